/* xml_out.h: a growing buffer of bytes and the escaping writer for stanzas built by hand.
 *
 * Relayed messages are written straight into bytes, since rendering a stanza tree costs as much as
 * all the rest of a relay. Escaping is byte for byte that of xmpp_stanza_to_text(), and a test
 * says so. */
#ifndef DESKBELL_COMPONENT_XML_OUT_H
#define DESKBELL_COMPONENT_XML_OUT_H

#include <stddef.h>

struct xml_out {
    char *bytes; /* not NUL-terminated */
    size_t length;
    size_t capacity;
};

void xml_out_init(struct xml_out *out);
void xml_out_release(struct xml_out *out);
void xml_out_clear(struct xml_out *out);

/* As it is: markup. */
void xml_out_raw(struct xml_out *out, const char *markup);
void xml_out_bytes(struct xml_out *out, const char *bytes, size_t length);

/* Escaped text. Characters that XML 1.0 cannot carry (section 2.2) and bytes that are not UTF-8
 * become U+FFFD, so that no body can break the stream. */
void xml_out_text(struct xml_out *out, const char *text);

/* ` name="escaped value"`; nothing when the value is NULL. Double quotes, because the escaping of
 * libstrophe leaves an apostrophe as it is. */
void xml_out_attribute(struct xml_out *out, const char *name, const char *value);

/* Markup that somebody else rendered: only what XML cannot carry becomes U+FFFD. */
void xml_out_clean(struct xml_out *out, const char *markup);

#endif
