/* array.h: a column of values as one parameter of a statement, in PostgreSQL's binary form.
 *
 * `INSERT ... SELECT FROM unnest($1, $2, ...)` writes any number of rows with one statement. Binary
 * arrays need no quoting, so no text can break out of one: not a quote, not "{}", not "NULL". */
#ifndef DESKBELL_COMPONENT_ARRAY_H
#define DESKBELL_COMPONENT_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "routing/record.h"

enum array_type { ARRAY_BIGINT, ARRAY_INTEGER, ARRAY_TEXT, ARRAY_BOOLEAN, ARRAY_TIME };

/* All zero is an empty one, ready for array_clear(). */
struct array {
    char *bytes; /* the parameter, once array_finish() wrote its head */
    size_t length, capacity;
    enum array_type type;
    int32_t count;
    bool has_null;
};

void array_release(struct array *array);

/* Empties it for values of that type; keeps the memory. */
void array_clear(struct array *array, enum array_type type);

/* One value behind the others. The function has to fit the type. */
void array_add_bigint(struct array *array, int64_t value);
void array_add_integer(struct array *array, int32_t value);
void array_add_boolean(struct array *array, bool value);
void array_add_text(struct array *array, const char *text); /* NULL is SQL's NULL */
void array_add_id(struct array *array, int64_t id);         /* 0 is NULL */
void array_add_null(struct array *array);                   /* of any type */
void array_add_time(struct array *array, msec_t wall);      /* timestamptz; 0 is NULL */

/* Writes the head; `bytes` and `length` are the parameter until the next array_clear(). */
void array_finish(struct array *array);

/* Binary values of a result, as libpq gives them. */
int64_t binary_bigint(const char *bytes);
int32_t binary_integer(const char *bytes);
msec_t binary_time(const char *bytes);

/* The other direction, for single parameters. `bytes` has room for eight. */
void binary_from_bigint(int64_t value, char *bytes);

#endif
