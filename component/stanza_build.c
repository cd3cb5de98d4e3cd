#include "component/stanza_build.h"

#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "component/stream.h"
#include "component/xml_out.h"
#include "policy/mem.h"

/* Expat keeps every element's and attribute's name that it ever saw until the parser is freed, so
 * a stranger could grow it for ever with new names: a parser reads only so many bytes. */
enum { PARSER_BYTES_MAX = 1024 * 1024 };

/* Between the parts of an expanded name. No XML document can contain it, not even escaped. */
#define SEPARATOR '\1'

#define NS_XML "http://www.w3.org/XML/1998/namespace"
#define NS_COMPONENT "jabber:component:accept"

struct level {
    xmpp_stanza_t *element; /* borrowed from the tree */
    int children;           /* elements */
    int nodes;              /* with the texts between them */
    bool plain;             /* in the stream's namespace, and so has no xmlns */
};

struct stanza_builder {
    xmpp_ctx_t *ctx;
    XML_Parser parser;
    struct xml_out header; /* read again by each new parser */
    char *id;
    size_t parsed; /* bytes, by this parser */
    bool header_read;
    xmpp_stanza_t *top;
    struct level levels[STANZA_DEPTH_MAX];
    int depth;      /* open elements, the stream not counted */
    int elements;   /* of this stanza */
    int attributes; /* of all of them */
    int declared;   /* namespaces, by the tag about to be reported */
    int tops;       /* children of the stream that began since the last call */
    enum stanza_refusal refusal;
    struct xml_out text, name;
    const char *cause;
    uint64_t work;
};

struct expanded {
    const char *space, *local, *prefix; /* "" when there is none */
};

/* Cuts an expanded name into its parts, copied into `scratch`. False when the namespace's name is
 * over its bound: each element keeps a copy, so a long one would be multiplied. */
static bool name_expand(struct xml_out *scratch, const char *name, struct expanded *ret)
{
    size_t near = strnlen(name, STANZA_NAMESPACE_BYTES_MAX + 1);
    const char *end = memchr(name, SEPARATOR, near);

    if (end == NULL && near > STANZA_NAMESPACE_BYTES_MAX)
        return false;
    xml_out_clear(scratch);
    xml_out_bytes(scratch, name, strlen(name) + 1);
    *ret = (struct expanded){"", scratch->bytes, ""};
    if (end == NULL)
        return true;
    ret->space = scratch->bytes;
    scratch->bytes[end - name] = '\0';
    ret->local = scratch->bytes + (end - name) + 1;
    char *second = strchr(ret->local, SEPARATOR);
    if (second != NULL) {
        *second = '\0';
        ret->prefix = second + 1;
    }
    return true;
}

static bool is_address(const char *name)
{
    static const char *const names[] = {"from", "to", "id", "type"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void attribute_set(struct stanza_builder *builder, xmpp_stanza_t *element, const char *name,
                          const char *value)
{
    struct expanded parts;

    if (strchr(name, SEPARATOR) == NULL) {
        xmpp_stanza_set_attribute(element, name, value);
        return;
    }
    if (!name_expand(&builder->name, name, &parts)) {
        builder->refusal = REFUSED_NAMESPACE;
        return;
    }
    bool xml = strcmp(parts.space, NS_XML) == 0;
    const char *prefix = xml ? "xml" : parts.prefix;
    char *full = mem_printf("%s:%s", prefix, parts.local);
    xmpp_stanza_set_attribute(element, full, value);
    free(full);
    if (!xml) {
        char *declaration = mem_printf("xmlns:%s", prefix);
        xmpp_stanza_set_attribute(element, declaration, parts.space);
        free(declaration);
    }
}

/* The stanza's own tag is over a bound: what an answer needs, and no more. */
static void attributes_set_few(xmpp_stanza_t *element, const char **attributes)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (is_address(attributes[i]))
            xmpp_stanza_set_attribute(element, attributes[i], attributes[i + 1]);
}

static void child_append(struct stanza_builder *builder, xmpp_stanza_t *child)
{
    struct level *parent = &builder->levels[builder->depth - 1];

    builder->work += (uint64_t)parent->nodes; /* xmpp_stanza_add_child_ex() walks them */
    parent->nodes++;
    xmpp_stanza_add_child_ex(parent->element, child, 0);
}

/* Text arrives in any number of callbacks, one a line at least; it is collected and set once. */
static void text_flush(struct stanza_builder *builder)
{
    if (builder->text.length == 0)
        return;
    xmpp_stanza_t *text = xmpp_stanza_new(builder->ctx);
    xmpp_stanza_set_text_with_size(text, builder->text.bytes, builder->text.length);
    child_append(builder, text);
    builder->work += builder->text.length;
    xml_out_clear(&builder->text);
}

static enum stanza_refusal bounds_check(const struct stanza_builder *builder, int attributes)
{
    if (builder->elements >= STANZA_ELEMENTS_MAX)
        return REFUSED_ELEMENTS;
    if (builder->depth >= STANZA_DEPTH_MAX)
        return REFUSED_DEPTH;
    if (builder->depth > 0 && builder->levels[builder->depth - 1].children >= STANZA_CHILDREN_MAX)
        return REFUSED_CHILDREN;
    if (attributes > STANZA_ATTRIBUTES_MAX || builder->attributes > STANZA_ATTRIBUTES_ALL_MAX)
        return REFUSED_ATTRIBUTES;
    return REFUSED_NOT;
}

static void element_build(struct stanza_builder *builder, const char *name, const char **attributes)
{
    struct level *parent = builder->depth > 0 ? &builder->levels[builder->depth - 1] : NULL;
    struct level *level = &builder->levels[builder->depth];
    xmpp_stanza_t *element = xmpp_stanza_new(builder->ctx);
    struct expanded parts;

    if (parent == NULL)
        builder->top = element;
    else
        child_append(builder, element);
    /* XML's own namespace cannot be a default one (Namespaces in XML, section 3), so an element of
     * it could not be written again. */
    if (!name_expand(&builder->name, name, &parts) || strcmp(parts.space, NS_XML) == 0) {
        builder->refusal = REFUSED_NAMESPACE;
        return;
    }
    *level = (struct level){.element = element};
    level->plain = strcmp(parts.space, NS_COMPONENT) == 0 && (parent == NULL || parent->plain);
    xmpp_stanza_set_name(element, parts.local);
    if (!level->plain)
        xmpp_stanza_set_ns(element, parts.space);
    if (parent != NULL)
        parent->children++;
    builder->elements++;
    if (builder->refusal != REFUSED_NOT) {
        attributes_set_few(element, attributes);
        return;
    }
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        attribute_set(builder, element, attributes[i], attributes[i + 1]);
}

/* The stream's own start tag. A new parser reads it again, and then nothing is to be learned. */
static void header_take(struct stanza_builder *builder, const char *name, const char **attributes)
{
    builder->header_read = strncmp(name, "http://etherx.jabber.org/streams\1stream", 39) == 0 &&
                           (name[39] == '\0' || name[39] == SEPARATOR);
    if (builder->id != NULL)
        return;
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], "id") == 0) {
            free(builder->id);
            builder->id = mem_strdup(attributes[i + 1]);
        }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct stanza_builder *builder = context;
    int count = builder->declared;

    builder->declared = 0;
    builder->work++;
    if (!builder->header_read) {
        header_take(builder, name, attributes);
        return;
    }
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        count++;
    builder->work += (uint64_t)count;
    builder->attributes += count;
    builder->tops += builder->depth == 0;
    if (builder->refusal == REFUSED_NOT && builder->tops == 1) {
        builder->refusal = bounds_check(builder, count);
        if (builder->depth > 0 && builder->refusal == REFUSED_NOT)
            text_flush(builder);
        if (builder->depth == 0 || builder->refusal == REFUSED_NOT)
            element_build(builder, name, attributes);
        /* Expat alone would take its time for what follows, and nobody needs it. */
        if (builder->refusal != REFUSED_NOT)
            XML_StopParser(builder->parser, XML_FALSE);
    }
    builder->depth++;
}

static void on_end(void *context, const char *name)
{
    struct stanza_builder *builder = context;

    (void)name;
    builder->work++;
    if (builder->refusal == REFUSED_NOT && builder->tops == 1)
        text_flush(builder);
    builder->depth--;
}

static void on_text(void *context, const char *bytes, int length)
{
    struct stanza_builder *builder = context;

    builder->work++;
    if (builder->depth == 0 || builder->refusal != REFUSED_NOT)
        return;
    builder->work += (uint64_t)length;
    xml_out_bytes(&builder->text, bytes, (size_t)length);
}

static void on_declaration(void *context, const char *prefix, const char *uri)
{
    struct stanza_builder *builder = context;

    (void)prefix;
    (void)uri;
    builder->declared++;
}

static bool parser_feed(struct stanza_builder *builder, const char *bytes, size_t length)
{
    builder->parsed += length;
    return XML_Parse(builder->parser, bytes, (int)length, 0) == XML_STATUS_OK;
}

static void parser_renew(struct stanza_builder *builder)
{
    if (builder->parser != NULL)
        XML_ParserFree(builder->parser);
    builder->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
    if (builder->parser == NULL)
        abort();
    XML_SetReturnNSTriplet(builder->parser, 1);
    XML_SetUserData(builder->parser, builder);
    XML_SetElementHandler(builder->parser, on_start, on_end);
    XML_SetCharacterDataHandler(builder->parser, on_text);
    XML_SetStartNamespaceDeclHandler(builder->parser, on_declaration);
    builder->parsed = 0;
    builder->header_read = false;
    if (builder->header.length > 0 &&
        !parser_feed(builder, builder->header.bytes, builder->header.length))
        abort(); /* it was read before */
}

struct stanza_builder *stanza_builder_new(xmpp_ctx_t *ctx)
{
    struct stanza_builder *builder = mem_new(sizeof *builder);

    builder->ctx = ctx;
    builder->cause = "";
    xml_out_init(&builder->header);
    xml_out_init(&builder->text);
    xml_out_init(&builder->name);
    parser_renew(builder);
    return builder;
}

static void tree_release(struct stanza_builder *builder)
{
    if (builder->top != NULL)
        xmpp_stanza_release(builder->top);
    builder->top = NULL;
    builder->depth = 0;
    builder->elements = 0;
    builder->attributes = 0;
    builder->declared = 0;
    builder->tops = 0;
    builder->refusal = REFUSED_NOT;
    xml_out_clear(&builder->text);
}

struct stanza_builder *stanza_builder_free(struct stanza_builder *builder)
{
    if (builder == NULL)
        return NULL;
    tree_release(builder);
    XML_ParserFree(builder->parser);
    xml_out_release(&builder->header);
    xml_out_release(&builder->text);
    xml_out_release(&builder->name);
    free(builder->id);
    free(builder);
    return NULL;
}

bool stanza_builder_header(struct stanza_builder *builder, const char *bytes, size_t length,
                           const char **ret_id)
{
    assert(builder->header.length == 0);
    if (!parser_feed(builder, bytes, length)) {
        builder->cause = XML_ErrorString(XML_GetErrorCode(builder->parser));
        return false;
    }
    if (!builder->header_read || builder->depth != 0) {
        builder->cause = "not an XMPP stream";
        return false;
    }
    xml_out_bytes(&builder->header, bytes, length);
    if (builder->id == NULL)
        builder->id = mem_strdup("");
    *ret_id = builder->id;
    return true;
}

/* Well-formed by XML 1.0, and a client may have got it past its server: not the server's fault, so
 * the stream stays. */
static bool is_namespace_error(enum XML_Error code)
{
    return code == XML_ERROR_UNBOUND_PREFIX || code == XML_ERROR_UNDECLARING_PREFIX ||
           code == XML_ERROR_RESERVED_PREFIX_XML || code == XML_ERROR_RESERVED_PREFIX_XMLNS ||
           code == XML_ERROR_RESERVED_NAMESPACE_URI;
}

bool stanza_builder_read(struct stanza_builder *builder, const char *bytes, size_t length,
                         xmpp_stanza_t **ret_stanza, enum stanza_refusal *ret_refusal)
{
    tree_release(builder);
    if (builder->parsed + length > PARSER_BYTES_MAX)
        parser_renew(builder);
    if (!parser_feed(builder, bytes, length)) {
        enum XML_Error code = XML_GetErrorCode(builder->parser);
        if (code != XML_ERROR_ABORTED && !is_namespace_error(code)) {
            builder->cause = XML_ErrorString(code);
            return false;
        }
        parser_renew(builder);
        if (code != XML_ERROR_ABORTED)
            builder->refusal = REFUSED_NAMESPACE;
    } else if (builder->depth != 0 || builder->tops != 1) {
        builder->cause = "tags do not match"; /* and so the cutting was not what expat sees */
        return false;
    }
    *ret_stanza = builder->top;
    *ret_refusal = builder->refusal;
    return true;
}

xmpp_stanza_t *stanza_builder_head(struct stanza_builder *builder, const char *bytes, size_t length)
{
    tree_release(builder);
    parser_renew(builder);
    if (length > 0)
        parser_feed(builder, bytes, length); /* an error leaves no element */
    parser_renew(builder);
    return builder->top;
}

const char *stanza_builder_cause(const struct stanza_builder *builder)
{
    return builder->cause;
}

uint64_t stanza_builder_work(const struct stanza_builder *builder)
{
    return builder->work;
}
