/* worst_stanzas.h: the dearest stanzas that are within every bound: what a hostile guest who knows
 * this program would send. For the test that counts their steps and the bench that takes the time.
 */
#ifndef DESKBELL_TEST_WORST_STANZAS_H
#define DESKBELL_TEST_WORST_STANZAS_H

#include <stdio.h>
#include <string.h>

#include "component/stream.h"
#include "component/xml_out.h"

#define WORST_START "<message from='g@guest.example/r' to='q@desk.example' type='chat' id='1'>"
#define WORST_END "</message>"

/* Is there room for so many more bytes? The end of the stanza needs its own. */
static inline bool worst_room(const struct xml_out *out, size_t more)
{
    return out->length + more + 128 <= STANZA_BYTES_MAX;
}

/* As many of `unit` as there is room for. */
static inline void worst_fill(struct xml_out *out, const char *unit)
{
    while (worst_room(out, strlen(unit)))
        xml_out_raw(out, unit);
}

static inline void worst_text(struct xml_out *out, const char *unit)
{
    xml_out_raw(out, WORST_START "<body>");
    worst_fill(out, unit);
    xml_out_raw(out, "</body>" WORST_END);
}

static inline void worst_letters(struct xml_out *out)
{
    worst_text(out, "x");
}

static inline void worst_newlines(struct xml_out *out)
{
    worst_text(out, "\n");
}

static inline void worst_entities(struct xml_out *out)
{
    worst_text(out, "&lt;");
}

static inline void worst_numbers(struct xml_out *out)
{
    worst_text(out, "&#9;\n");
}

static inline void worst_sections(struct xml_out *out)
{
    worst_text(out, "<![CDATA[]]>\n");
}

static inline void worst_letters_of_four_bytes(struct xml_out *out)
{
    worst_text(out, "\xF0\x9F\x93\x9A");
}

/* Elements in as few parents as the bounds allow: each is appended by a walk along its siblings.
 * `start` and `element` have so many attributes each. */
static inline void worst_elements(struct xml_out *out, const char *start, int start_attributes,
                                  const char *element, int element_attributes)
{
    int elements = 1, left = STANZA_ATTRIBUTES_ALL_MAX - 4;

    xml_out_raw(out, WORST_START);
    while (elements < STANZA_ELEMENTS_MAX - 1 && left >= start_attributes + element_attributes &&
           worst_room(out, strlen(start) + strlen(element))) {
        elements++;
        left -= start_attributes;
        xml_out_raw(out, start);
        for (int i = 0; i < STANZA_CHILDREN_MAX && elements < STANZA_ELEMENTS_MAX &&
                        left >= element_attributes && worst_room(out, strlen(element));
             i++, elements++, left -= element_attributes)
            xml_out_raw(out, element);
        xml_out_raw(out, "</g>");
    }
    xml_out_raw(out, WORST_END);
}

static inline void worst_siblings(struct xml_out *out)
{
    worst_elements(out, "<g>", 0, "<a/>", 0);
}

static inline void worst_siblings_and_texts(struct xml_out *out)
{
    worst_elements(out, "<g>", 0, "<a/>\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0);
}

/* Each element keeps a copy of the name. */
static inline void worst_namespaces(struct xml_out *out)
{
    char start[STANZA_NAMESPACE_BYTES_MAX + 32];

    snprintf(start, sizeof start, "<g xmlns='%0*d'>", STANZA_NAMESPACE_BYTES_MAX, 0);
    worst_elements(out, start, 1, "<a/>", 0);
}

/* Tags with as many attributes as one may have, each `name` with a number and then `value`. */
static inline void worst_tags(struct xml_out *out, const char *start, const char *name,
                              const char *value)
{
    char tag[STANZA_ATTRIBUTES_MAX * 32] = "<a";
    size_t length = 2;

    for (int i = 0; i < STANZA_ATTRIBUTES_MAX; i++)
        length += (size_t)snprintf(tag + length, sizeof tag - length, " %s%d='%s'", name, i, value);
    snprintf(tag + length, sizeof tag - length, "/>");
    worst_elements(out, start, start[2] != '>', tag, STANZA_ATTRIBUTES_MAX);
}

static inline void worst_attributes(struct xml_out *out)
{
    worst_tags(out, "<g>", "a", "");
}

static inline void worst_attribute_values(struct xml_out *out)
{
    worst_tags(out, "<g>", "a", "&lt;");
}

static inline void worst_declarations(struct xml_out *out)
{
    worst_tags(out, "<g>", "xmlns:a", "u");
}

/* Each attribute with a prefix takes the namespace's name along. */
static inline void worst_prefixes(struct xml_out *out)
{
    char start[STANZA_NAMESPACE_BYTES_MAX + 32];

    snprintf(start, sizeof start, "<g xmlns:p='%0*d'>", STANZA_NAMESPACE_BYTES_MAX, 0);
    worst_tags(out, start, "p:a", "");
}

static inline void worst_nesting(struct xml_out *out)
{
    xml_out_raw(out, WORST_START);
    for (int i = 1; i < STANZA_DEPTH_MAX; i++)
        xml_out_raw(out, "<a>");
    worst_fill(out, "\n");
    for (int i = 1; i < STANZA_DEPTH_MAX; i++)
        xml_out_raw(out, "</a>");
    xml_out_raw(out, WORST_END);
}

/* The one form that a patron may send, with every line as a value of its own. */
static inline void worst_form(struct xml_out *out)
{
    xml_out_raw(out, WORST_START "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
                                 "<value>urn:x-deskbell:leave</value></field>"
                                 "<field var='question'>");
    for (int i = 0; i < STANZA_CHILDREN_MAX - 1; i++)
        xml_out_raw(out, "<value>xxxxxxxx</value>\n");
    xml_out_raw(out, "</field><field var='contact'>");
    for (int i = 0; i < STANZA_CHILDREN_MAX - 1; i++)
        xml_out_raw(out, "<value>x</value>\n");
    xml_out_raw(out, "</field></x>" WORST_END);
}

static const struct {
    const char *name;
    void (*write)(struct xml_out *out);
} worst_stanzas[] = {
    {"letters", worst_letters},
    {"letters of four bytes", worst_letters_of_four_bytes},
    {"newlines", worst_newlines},
    {"entities", worst_entities},
    {"numeric entities and newlines", worst_numbers},
    {"empty CDATA sections", worst_sections},
    {"siblings", worst_siblings},
    {"siblings with texts between", worst_siblings_and_texts},
    {"a long namespace in each", worst_namespaces},
    {"attributes", worst_attributes},
    {"attributes with entities", worst_attribute_values},
    {"declarations", worst_declarations},
    {"prefixed attributes", worst_prefixes},
    {"newlines at the bottom", worst_nesting},
    {"a form of one-line values", worst_form},
};

enum { WORST_STANZAS = sizeof worst_stanzas / sizeof worst_stanzas[0] };

#endif
