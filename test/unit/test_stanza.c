/* From bytes to trees: cutting and building, every bound at the bound and one above, and the cost
 * of hostile stanzas counted in steps. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

#include "component/stanza_build.h"
#include "component/stanza_refuse.h"
#include "component/stanza_split.h"
#include "component/stream.h"
#include "policy/mem.h"

#define HEADER                                                                                     \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                         \
    "xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b' from='desk.example'>"

static xmpp_ctx_t *ctx;
static struct stanza_split split;
static struct stanza_builder *builder;
static struct xml_out told; /* what came of it, in words */

/* Else freed memory is kept aside, and memory_of_names_is_bounded could not measure. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1";
}

static void setup(void)
{
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, NULL);
    stanza_split_init(&split, STANZA_BYTES_MAX);
    builder = stanza_builder_new(ctx);
    xml_out_init(&told);
}

static void teardown(void)
{
    stanza_builder_free(builder);
    stanza_split_release(&split);
    xml_out_release(&told);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
}

static void start_over(void)
{
    stanza_split_clear(&split);
    stanza_builder_free(builder);
    builder = stanza_builder_new(ctx);
    xml_out_clear(&told);
}

static void tell_tree(xmpp_stanza_t *stanza)
{
    char *text;
    size_t length;

    ck_assert_int_eq(xmpp_stanza_to_text(stanza, &text, &length), XMPP_EOK);
    xml_out_bytes(&told, text, length);
    xmpp_free(ctx, text);
}

static void tell_refusal(xmpp_stanza_t *stanza, enum stanza_refusal refusal)
{
    const char *from = stanza != NULL ? xmpp_stanza_get_from(stanza) : NULL;
    char *line = mem_printf("{refused %d of %s}", (int)refusal, from != NULL ? from : "?");

    xml_out_raw(&told, line);
    free(line);
}

static void take(enum stanza_piece kind, const char *bytes, size_t length)
{
    xmpp_stanza_t *stanza;
    enum stanza_refusal refusal;
    const char *id;

    if (kind == PIECE_HEADER) {
        bool good = stanza_builder_header(builder, bytes, length, &id);
        xml_out_raw(&told, good ? id : "{bad header}");
    } else if (kind == PIECE_STANZA) {
        if (!stanza_builder_read(builder, bytes, length, &stanza, &refusal))
            xml_out_raw(&told, "{malformed}");
        else if (refusal == REFUSED_NOT)
            tell_tree(stanza);
        else
            tell_refusal(stanza, refusal);
    } else if (kind == PIECE_LONG || kind == PIECE_RESTRICTED) {
        tell_refusal(stanza_builder_head(builder, bytes, length),
                     kind == PIECE_LONG ? REFUSED_BYTES : REFUSED_RESTRICTED);
    } else {
        xml_out_raw(&told, kind == PIECE_END ? "{end}" : "{broken}");
    }
    xml_out_raw(&told, "\n");
}

/* From a heap block of the exact size, so that an over-read is seen. */
static void feed(const char *bytes, size_t length)
{
    char *copy = mem_new(length > 0 ? length : 1);
    const char *at = memcpy(copy, bytes, length), *piece;
    size_t piece_length;
    enum stanza_piece kind = split.broken ? PIECE_BROKEN : PIECE_NONE; /* told already */

    while (kind != PIECE_BROKEN &&
           (kind = stanza_split_next(&split, &at, &length, &piece, &piece_length)) != PIECE_NONE) {
        take(kind, piece, piece_length);
    }
    free(copy);
}

static void feed_text(const char *text)
{
    feed(text, strlen(text));
}

static void assert_told(const char *expected, const char *name)
{
    ck_assert_msg(told.length == strlen(expected) && memcmp(told.bytes, expected, told.length) == 0,
                  "%s:\n%.*s\nis not\n%s", name, (int)told.length, told.bytes, expected);
}

/* Attributes come out in the order of libstrophe's hash: at most one that matters an element. */
static const struct {
    const char *name, *in, *out;
} tree_cases[] = {
    {"a stanza carries no namespace of the stream", "<message><body>hi</body></message>",
     "<message><body>hi</body></message>\n"},
    {"nor does one that says it", "<message xmlns='jabber:component:accept'><body/></message>",
     "<message><body/></message>\n"},
    {"another namespace is kept", "<iq><q xmlns='urn:q'><i/></q></iq>",
     "<iq><q xmlns=\"urn:q\"><i/></q></iq>\n"},
    {"a prefixed element gets its namespace by default",
     "<iq><x:q xmlns:x='urn:q'><x:i/><b/></x:q></iq>",
     "<iq><q xmlns=\"urn:q\"><i/><b xmlns=\"jabber:component:accept\"/></q></iq>\n"},
    {"no namespace inside the stream's", "<iq><q xmlns=''><i/></q></iq>",
     "<iq><q xmlns=\"\"><i/></q></iq>\n"},
    {"the stream's inside another one",
     "<iq><q xmlns='urn:q'><m xmlns='jabber:component:accept'>"
     "<b/></m></q></iq>",
     "<iq><q xmlns=\"urn:q\"><m xmlns=\"jabber:component:accept\"><b/></m></q></iq>\n"},
    {"the client's namespace is another one", "<message xmlns='jabber:client'><b/></message>",
     "<message><b/></message>\n"}, /* libstrophe's rendering leaves that one out at the top */
    {"xml:lang keeps its name", "<message><body xml:lang='de'>ja</body></message>",
     "<message><body xml:lang=\"de\">ja</body></message>\n"},
    {"text in one piece whatever it is made of",
     "<m><b>a&lt;b&#x1F600;\n\n<![CDATA[<c> ]] ]]]>&amp;</b></m>",
     "<m><b>a&lt;b\xF0\x9F\x98\x80\n\n&lt;c&gt; ]] ]&amp;</b></m>\n"},
    {"mixed content keeps its order", "<m>1<a/>2<b>3</b>4</m>", "<m>1<a/>2<b>3</b>4</m>\n"},
    {"an empty stanza", "<m/>", "<m/>\n"},
    {"two stanzas with white space around them", " <m/>\n\n<m></m> ", "<m/>\n<m/>\n"},
    {"markup characters in attributes", "<m a='>'/><m a=\"/>'&lt;\"/>",
     "<m a=\"&gt;\"/>\n<m a=\"/&gt;'&lt;\"/>\n"},
    {"white space in an end tag", "<m><a></a ></m\n>", "<m><a/></m>\n"},
    {"the end", "<m/></stream:stream>", "<m/>\n{end}\n"},
    {"a comment refuses its stanza only", "<m from='x'><!-- > -- --></m><m/>",
     "{refused 7 of x}\n<m/>\n"},
    {"a comment with a stanza in it", "<m from='x'><!--</m><m/>--></m><m/>",
     "{refused 7 of x}\n<m/>\n"},
    {"a processing instruction", "<m from='x'><a><?php ?\?></a></m><m/>",
     "{refused 7 of x}\n<m/>\n"},
    {"a comment between stanzas", "<m/><!-- --><m/>", "<m/>\n{broken}\n"},
    {"an instruction between stanzas", "<?php ?>", "{broken}\n"},
    {"a document type", "<!DOCTYPE a>", "{broken}\n"},
    {"a document type in a stanza", "<m><!DOCTYPE a></m>", "{broken}\n"},
    {"an entity declaration", "<m><!ENTITY a 'b'></m>", "{broken}\n"},
    {"character data between stanzas", "<m/>x", "<m/>\n{broken}\n"},
    {"a CDATA section between stanzas", "<![CDATA[ ]]>", "{broken}\n"},
    {"an unknown entity", "<m>&x;</m>", "{malformed}\n"},
    {"tags that do not match", "<m><a></m></a>", "{malformed}\n"},
    {"an attribute twice", "<m a='' a=''/>", "{malformed}\n"},
    {"a less-than in an attribute", "<m a='<'/>", "{malformed}\n"},
    {"not UTF-8", "<m>\xFF</m>", "{malformed}\n"},
    {"a character that XML has not", "<m>&#1;</m>", "{malformed}\n"},
    {"an empty tag", "<>", "{broken}\n"},
    {"a prefix nobody declared", "<m from='x'><u:a/></m><m/>", "{refused 6 of x}\n<m/>\n"},
    {"an element of XML's own", "<m from='x'><xml:a/></m><m/>", "{refused 6 of x}\n<m/>\n"},
    {"one at the stanza itself", "<u:m from='x'/><m/>", "{refused 6 of ?}\n<m/>\n"},
    {"a declaration does not outlive its element", "<m><u:a xmlns:u='u'/><u:a/></m><m/>",
     "{refused 6 of ?}\n<m/>\n"},
};

START_TEST(trees)
{
    struct xml_out whole;

    feed_text(HEADER);
    xml_out_clear(&told);
    feed_text(tree_cases[_i].in);
    assert_told(tree_cases[_i].out, tree_cases[_i].name);

    /* F15: wherever a segment ends, and with one byte a segment, the same comes out. */
    size_t length = strlen(tree_cases[_i].in), header = strlen(HEADER);
    xml_out_init(&whole);
    xml_out_raw(&whole, HEADER);
    xml_out_raw(&whole, tree_cases[_i].in);
    char *expected = mem_printf("a&b\n%s", tree_cases[_i].out);
    for (size_t cut = 1; cut <= header + length; cut++) {
        start_over();
        feed(whole.bytes, cut);
        feed(whole.bytes + cut, whole.length - cut);
        assert_told(expected, tree_cases[_i].name);
    }
    start_over();
    for (size_t i = 0; i < whole.length && !split.broken; i++)
        feed(whole.bytes + i, 1);
    assert_told(expected, tree_cases[_i].name);
    free(expected);
    xml_out_release(&whole);
}
END_TEST

START_TEST(prefixed_attributes_keep_prefix_and_declaration)
{
    feed_text(HEADER);
    xml_out_clear(&told);
    feed_text("<m><a xmlns:x='urn:x' x:b='1'/></m>");
    xml_out_bytes(&told, "", 1);
    ck_assert_ptr_nonnull(strstr(told.bytes, " x:b=\"1\""));
    ck_assert_ptr_nonnull(strstr(told.bytes, " xmlns:x=\"urn:x\""));
}
END_TEST

static const struct {
    const char *name, *in;
} header_cases[] = {
    {"another document", "<html>"},
    {"another namespace", "<stream:stream xmlns:stream='urn:x' id='1'>"},
    {"no namespace", "<stream>"},
    {"no XML", "<stream:stream id=1>"},
};

START_TEST(headers_refused)
{
    feed_text(header_cases[_i].in);
    assert_told("{bad header}\n", header_cases[_i].name);
}
END_TEST

START_TEST(empty_streams_and_endless_headers_are_broken)
{
    feed_text("<stream:stream/>");
    assert_told("{broken}\n", "empty");
    start_over();
    feed_text("HTTP/1.1 400 Bad Request");
    assert_told("{broken}\n", "HTTP");
    start_over();
    feed_text("<stream:stream id='");
    for (int i = 0; i < STANZA_BYTES_MAX / 16; i++)
        feed_text("0123456789ABCDEF");
    feed_text("'>");
    assert_told("{broken}\n", "long");
}
END_TEST

/* Each writes a stanza from a@b with `count` of something. */
static void write_bytes(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>");
    while (out->length < (size_t)count - strlen("</m>"))
        xml_out_raw(out, "x");
    xml_out_raw(out, "</m>");
}

static void write_children(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "<a/>");
    xml_out_raw(out, "</m>");
}

static void write_children_and_texts(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>\n");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "<a/>\n");
    xml_out_raw(out, "</m>");
}

static void write_elements(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>");
    for (count--; count > 0; count -= 128) {
        int inner = count < 128 ? count : 128;
        xml_out_raw(out, "<g>");
        for (int i = 1; i < inner; i++)
            xml_out_raw(out, "<a/>");
        xml_out_raw(out, "</g>");
    }
    xml_out_raw(out, "</m>");
}

static void write_attributes(struct xml_out *out, int count)
{
    char name[32];

    xml_out_raw(out, "<m from='a@b'");
    for (int i = 1; i < count; i++) {
        snprintf(name, sizeof name, "a%d", i);
        xml_out_attribute(out, name, "");
    }
    xml_out_raw(out, "/>");
}

static void write_inner_attributes(struct xml_out *out, int count)
{
    char name[32];

    xml_out_raw(out, "<m from='a@b'><a");
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "a%d", i);
        xml_out_attribute(out, name, "");
    }
    xml_out_raw(out, "/></m>");
}

static void write_all_attributes(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>");
    for (count--; count > 0; count -= 16) {
        xml_out_raw(out, "<a");
        for (int i = 0; i < 16 && i < count; i++) {
            char name[] = {' ', (char)('a' + i), '=', '\'', '\'', '\0'};
            xml_out_raw(out, name);
        }
        xml_out_raw(out, "/>");
    }
    xml_out_raw(out, "</m>");
}

static void write_declarations(struct xml_out *out, int count)
{
    char name[32];

    xml_out_raw(out, "<m from='a@b'><a");
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "xmlns:a%d", i);
        xml_out_attribute(out, name, "urn:a");
    }
    xml_out_raw(out, "/></m>");
}

static void write_depth(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'>");
    for (int i = 1; i < count; i++)
        xml_out_raw(out, "<a>");
    for (int i = 1; i < count; i++)
        xml_out_raw(out, "</a>");
    xml_out_raw(out, "</m>");
}

static void write_namespace(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'><a xmlns='");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "n");
    xml_out_raw(out, "'/></m>");
}

static void write_attribute_namespace(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'><a xmlns:x='");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "n");
    xml_out_raw(out, "' x:b=''/></m>");
}

static const struct {
    const char *name;
    void (*write)(struct xml_out *out, int count);
    int bound;
    enum stanza_refusal refusal;
} bound_cases[] = {
    {"bytes", write_bytes, STANZA_BYTES_MAX, REFUSED_BYTES},
    {"children", write_children, STANZA_CHILDREN_MAX, REFUSED_CHILDREN},
    {"children, texts between", write_children_and_texts, STANZA_CHILDREN_MAX, REFUSED_CHILDREN},
    {"elements", write_elements, STANZA_ELEMENTS_MAX, REFUSED_ELEMENTS},
    {"attributes", write_attributes, STANZA_ATTRIBUTES_MAX, REFUSED_ATTRIBUTES},
    {"attributes of a child", write_inner_attributes, STANZA_ATTRIBUTES_MAX, REFUSED_ATTRIBUTES},
    {"declarations", write_declarations, STANZA_ATTRIBUTES_MAX, REFUSED_ATTRIBUTES},
    {"attributes of all", write_all_attributes, STANZA_ATTRIBUTES_ALL_MAX, REFUSED_ATTRIBUTES},
    {"depth", write_depth, STANZA_DEPTH_MAX, REFUSED_DEPTH},
    {"namespace", write_namespace, STANZA_NAMESPACE_BYTES_MAX, REFUSED_NAMESPACE},
    {"attribute's namespace", write_attribute_namespace, STANZA_NAMESPACE_BYTES_MAX,
     REFUSED_NAMESPACE},
};

static char *told_text(void)
{
    xml_out_bytes(&told, "", 1);
    told.length--;
    return told.bytes;
}

START_TEST(bounds)
{
    struct xml_out stanza;
    char expected[64];

    snprintf(expected, sizeof expected, "{refused %d of a@b}\n<m/>\n",
             (int)bound_cases[_i].refusal);
    xml_out_init(&stanza);
    for (int segment = 7; segment <= 70000; segment += 69993) { /* in many pieces, and in one */
        start_over();
        feed_text(HEADER);
        xml_out_clear(&told);
        xml_out_clear(&stanza);
        bound_cases[_i].write(&stanza, bound_cases[_i].bound);
        for (size_t at = 0; at < stanza.length; at += (size_t)segment)
            feed(stanza.bytes + at,
                 stanza.length - at < (size_t)segment ? stanza.length - at : (size_t)segment);
        ck_assert_msg(strncmp(told_text(), "<m ", 3) == 0, "%s at the bound: %.80s",
                      bound_cases[_i].name, told_text());

        xml_out_clear(&told);
        xml_out_clear(&stanza);
        bound_cases[_i].write(&stanza, bound_cases[_i].bound + 1);
        for (size_t at = 0; at < stanza.length; at += (size_t)segment)
            feed(stanza.bytes + at,
                 stanza.length - at < (size_t)segment ? stanza.length - at : (size_t)segment);
        feed_text("<m/>");
        assert_told(expected, bound_cases[_i].name);
    }
    xml_out_release(&stanza);
}
END_TEST

START_TEST(a_start_tag_over_the_bound_cannot_be_answered)
{
    feed_text(HEADER);
    xml_out_clear(&told);
    feed_text("<m from='a@b' a='");
    for (int i = 0; i < STANZA_BYTES_MAX / 16; i++)
        feed_text("0123456789ABCDEF");
    feed_text("'><b/></m><m/>");
    assert_told("{refused 1 of ?}\n<m/>\n", "start tag");
    ck_assert_uint_le(split.held.capacity, 2 * STANZA_BYTES_MAX);
}
END_TEST

/* Steps for a stanza of `count` of something, whether it is built or refused. */
static uint64_t work_of(void (*write)(struct xml_out *out, int count), int count)
{
    struct xml_out stanza;

    start_over();
    feed_text(HEADER);
    uint64_t before = split.work + stanza_builder_work(builder);
    xml_out_init(&stanza);
    write(&stanza, count);
    for (size_t at = 0; at < stanza.length; at += 1000)
        feed(stanza.bytes + at, stanza.length - at < 1000 ? stanza.length - at : 1000);
    xml_out_release(&stanza);
    return split.work + stanza_builder_work(builder) - before;
}

static void write_newlines(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'><body>");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "\n");
    xml_out_raw(out, "</body></m>");
}

static void write_entities(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b'><body>");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "&amp;");
    xml_out_raw(out, "</body></m>");
}

static void write_long_name(struct xml_out *out, int count)
{
    xml_out_raw(out, "<m from='a@b' a='");
    for (int i = 0; i < count; i++)
        xml_out_raw(out, "n");
    xml_out_raw(out, "'/>");
}

static const struct {
    const char *name;
    void (*write)(struct xml_out *out, int count);
    int count;
} work_cases[] = {
    {"children", write_children, 2000},
    {"children over the bytes", write_children, 100000},
    {"elements", write_elements, 4000},
    {"attributes", write_attributes, 4000},
    {"declarations", write_declarations, 3000},
    {"depth", write_depth, 4000},
    {"newlines", write_newlines, 30000},
    {"newlines over the bytes", write_newlines, 500000},
    {"entities", write_entities, 6000},
    {"one tag", write_long_name, 30000},
    {"one tag over the bytes", write_long_name, 1000000},
};

START_TEST(work_is_linear)
{
    uint64_t once = work_of(work_cases[_i].write, work_cases[_i].count);
    uint64_t twice = work_of(work_cases[_i].write, 2 * work_cases[_i].count);

    ck_assert_msg(twice <= once * 22 / 10, "%s: %d cost %llu steps, %d cost %llu",
                  work_cases[_i].name, work_cases[_i].count, (unsigned long long)once,
                  2 * work_cases[_i].count, (unsigned long long)twice);
}
END_TEST

static long memory_pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long all, resident;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &all, &resident), 2);
    fclose(file);
    return resident;
}

/* Expat never forgets a name. 24 MB of stanzas with new names in each must not stay. */
START_TEST(memory_of_names_is_bounded)
{
    char stanza[128];
    long before = 0;

    feed_text(HEADER);
    for (int i = 0; i < 300000; i++) {
        snprintf(stanza, sizeof stanza, "<m><name-of-an-element-%d attribute-%d=''/></m>", i, i);
        feed_text(stanza);
        xml_out_clear(&told);
        if (i == 60000)
            before = memory_pages();
    }
    long grown = (memory_pages() - before) * (sysconf(_SC_PAGESIZE) / 1024);
    ck_assert_msg(grown < 8 * 1024, "grew by %ld KiB", grown);
}
END_TEST

static const struct {
    const char *in, *out;
} refuse_cases[] = {
    {"<message from='a@b/c' to='q@d' id='1&amp;' type='chat'/>",
     "<message type=\"error\" from=\"q@d\" to=\"a@b/c\" id=\"1&amp;\">"},
    {"<message from='a@b' id='1'/>", "<message type=\"error\" from=\"d.e\" to=\"a@b\" id=\"1\">"},
    {"<message from='a@b' to='q@d' type='error'/>", ""},
    {"<message to='q@d'/>", ""},
    {"<iq from='a@b' to='q@d' id='1' type='get'/>",
     "<iq type=\"error\" from=\"q@d\" to=\"a@b\" id=\"1\">"},
    {"<iq from='a@b' to='q@d' id='1' type='set'/>",
     "<iq type=\"error\" from=\"q@d\" to=\"a@b\" id=\"1\">"},
    {"<iq from='a@b' to='q@d' id='1' type='result'/>", ""},
    {"<iq from='a@b' to='q@d' id='1' type='error'/>", ""},
    {"<iq from='a@b' to='q@d' id='1'/>", ""},
    {"<presence from='a@b' to='q@d'/>", "<presence type=\"error\" from=\"q@d\" to=\"a@b\">"},
    {"<presence from='a@b' to='q@d' type='subscribe'/>",
     "<presence type=\"error\" from=\"q@d\" to=\"a@b\">"},
    {"<presence from='a@b' to='q@d' type='unavailable'/>", ""},
    {"<presence from='a@b' to='q@d' type='error'/>", ""},
    {"<other from='a@b' to='q@d'/>", ""},
    {"<message xmlns='urn:x' from='a@b' to='q@d'/>", ""},
};

START_TEST(who_is_answered)
{
    struct xml_out answer;

    xml_out_init(&answer);
    feed_text(HEADER);
    xmpp_stanza_t *head =
        stanza_builder_head(builder, refuse_cases[_i].in, strlen(refuse_cases[_i].in));
    ck_assert_ptr_nonnull(head);
    bool expected = refuse_cases[_i].out[0] != '\0';
    ck_assert_int_eq(stanza_refuse(&answer, head, REFUSED_BYTES, "d.e"), expected);
    ck_assert_int_eq(answer.length > 0, expected);
    if (expected) {
        xml_out_bytes(&answer, "", 1);
        ck_assert_msg(strncmp(answer.bytes, refuse_cases[_i].out, strlen(refuse_cases[_i].out)) ==
                          0,
                      "%s", answer.bytes);
        ck_assert_ptr_nonnull(strstr(
            answer.bytes, "<error type=\"modify\">"
                          "<policy-violation xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"));
    }
    xml_out_release(&answer);
}
END_TEST

#define LOOP(test, table)                                                                          \
    tcase_add_loop_test(cases, test, 0, (int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("stanza");
    TCase *cases = tcase_create("all");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    LOOP(trees, tree_cases);
    tcase_add_test(cases, prefixed_attributes_keep_prefix_and_declaration);
    LOOP(headers_refused, header_cases);
    tcase_add_test(cases, empty_streams_and_endless_headers_are_broken);
    LOOP(bounds, bound_cases);
    tcase_add_test(cases, a_start_tag_over_the_bound_cannot_be_answered);
    LOOP(work_is_linear, work_cases);
    tcase_add_test(cases, memory_of_names_is_bounded);
    LOOP(who_is_answered, refuse_cases);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
