/* canned.h: replies that are sent by their names, with fields that are filled in when they go out.
 *
 * "{library} is open {hours}. Call {phone}." A field is a name in braces; `{{` is one brace. An
 * unknown field is an error of the settings, so that no patron ever reads "{phnoe}". */
#ifndef DESKBELL_POLICY_CANNED_H
#define DESKBELL_POLICY_CANNED_H

#include "policy/consortium.h"

struct arena;

/* What a field stands for is that of the queue that the patron wrote to. */
enum canned_field {
    FIELD_LIBRARY, /* title */
    FIELD_QUEUE,   /* title */
    FIELD_HOURS,   /* in words */
    FIELD_PHONE,
    FIELD_LINK,
    FIELD_POLICIES,
    FIELD_OPERATOR, /* who sends it, as far as the library shows names */
    FIELD_NEXT,     /* when its hours begin next */
    FIELD_COUNT
};

enum { CANNED_NAME_MAX = 40 };

/* The name in braces, without them: "library". */
const char *canned_field_name(enum canned_field field);

/* One word: [a-z0-9-]{1,40}. */
bool canned_name_is_right(const char *name);

/* Sets bit FIELD for each field that the text has. False at the first brace that begins no field:
 * *ret_wrong and *ret_wrong_length are what stands there, brace included. */
bool canned_fields(const char *text, unsigned *ret_fields, const char **ret_wrong,
                   int *ret_wrong_length);

/* NULL when there is none of that name. */
const struct canned *canned_find(const struct canned_replies *replies, const char *name);

/* The text with `values` in the place of its fields; NULL when that has more than `bytes_max`. A
 * brace that begins no field stays as it is. In the arena. */
const char *canned_fill(struct arena *arena, const char *text,
                        const char *const values[static FIELD_COUNT], size_t bytes_max);

#endif
