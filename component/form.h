/* form.h: data forms (XEP-0004) as people's clients understand them.
 *
 * Written with the ten field types alone and always with one, since clients drop the value of a
 * field without a type or show nothing for a type that they do not know. Read within bounds, and
 * forgiving where clients differ: Pidgin sends an empty <value/> for an empty box and one more
 * behind the lines of a long text, and 1 and 0 for yes and no. */
#ifndef DESKBELL_COMPONENT_FORM_H
#define DESKBELL_COMPONENT_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

#include "component/error.h"
#include "component/xml_out.h"

#define NS_FORM "jabber:x:data"

struct arena;

/* Of a form that somebody sends. The stanza as a whole is at most 64 KB. */
enum {
    FORM_FIELDS_MAX = 64,           /* our largest forms have 20 */
    FORM_VALUES_MAX = 512,          /* of all fields: lines of a text are values, too */
    FORM_NAME_BYTES_MAX = 64,       /* of a field's name; ours are shorter */
    FORM_FIELD_BYTES_MAX = 16 * 1024 /* of a field's values together */
};

/* To be filled in, filled in by us, or an answer. */
enum form_kind { FORM_ASK, FORM_SUBMIT, FORM_RESULT };

enum field_type {
    FIELD_BOOLEAN,
    FIELD_FIXED,
    FIELD_HIDDEN,
    FIELD_JID_MULTI,
    FIELD_JID_SINGLE,
    FIELD_LIST_MULTI,
    FIELD_LIST_SINGLE,
    FIELD_TEXT_MULTI,
    FIELD_TEXT_PRIVATE,
    FIELD_TEXT_SINGLE
};

/* Begins an <x/>; "" for what it has not. */
void form_begin(struct xml_out *out, enum form_kind kind, const char *title,
                const char *instructions);
/* Begins a field. `name` may be NULL for FIELD_FIXED. Its values go next, then its options. */
void form_field_begin(struct xml_out *out, enum field_type type, const char *name,
                      const char *label, bool required);
/* Of FIELD_TEXT_MULTI each line is a value. A fixed text is one with all its lines: of several
 * values Pidgin, Gajim and Converse.js show the first. */
void form_value(struct xml_out *out, enum field_type type, const char *text);
void form_option(struct xml_out *out, const char *label, const char *value);
void form_field_end(struct xml_out *out);
void form_end(struct xml_out *out);

/* One field as it was sent. */
struct form_field {
    const char *name;
    size_t count; /* of values; an empty one at the end is not counted */
    const char **values;
};

struct form {
    bool cancelled; /* type='cancel': the person closed the form */
    size_t count;
    struct form_field fields[FORM_FIELDS_MAX];
};

/* Reads what somebody sends (type 'submit' or 'cancel') into the arena. False, with what is wrong
 * for the sender, when it is no such form or over a bound. Fields without a name are passed over,
 * of two with the same name the first counts. */
bool form_read(xmpp_stanza_t *x, struct arena *arena, struct form *ret, struct error *reterr);

/* NULL when it was not sent. */
const struct form_field *form_field(const struct form *form, const char *name);

/* The field's values as the lines of one text; "" when it was not sent. */
const char *form_text(const struct form *form, const char *name, struct arena *arena);

/* 1 and true, 0 and false; `fallback` for everything else and when it was not sent. */
bool form_boolean(const struct form *form, const char *name, bool fallback);

#endif
