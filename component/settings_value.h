/* settings_value.h: every key of a consortium's settings, once.
 *
 * The rows here say where a key's value is and of what kind. From them come the export, the
 * differences that import prints, what a merge takes from where, and what the database is told:
 * a key that has its row cannot be forgotten by one of them. */
#ifndef DESKBELL_COMPONENT_SETTINGS_VALUE_H
#define DESKBELL_COMPONENT_SETTINGS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "policy/consortium.h"

enum value_type {
    VALUE_TEXT, /* const char *, NULL when there is none */
    VALUE_NUMBER,
    VALUE_SWITCH,
    VALUE_STRATEGY,
    VALUE_HOURS,
    VALUE_CLOSURES,
    VALUE_TEXTS,    /* const char ** at offset, size_t at count_offset */
    VALUE_COVERAGE, /* of the whole struct library_settings, as the next is of struct holidays */
    VALUE_CALENDAR,
    VALUE_DATES,
    VALUE_ADDED,
    VALUE_REMOVED,
    VALUE_CANNED,
    VALUE_NOTICES
};

struct settings_key {
    const char *key; /* as in the file; "backup.hours" for one in a group */
    int given;       /* the bit in the thing's `given` */
    enum value_type type;
    size_t offset;
    size_t count_offset;
};

/* One kind of thing. The first row of offsets is in struct consortium, the others in the thing;
 * NO_FIELD where there is none. Names are no keys: they tell things apart. */
struct settings_kind {
    const char *word; /* "queue" */
    size_t array, count;
    size_t size, name, id, line, given, library;
    const struct settings_key *keys; /* in the order of the file */
    size_t key_count;
};

#define NO_FIELD SIZE_MAX

extern const struct settings_kind settings_consortium_kind; /* its thing is the consortium itself */
extern const struct settings_kind settings_library_kind;
extern const struct settings_kind settings_queue_kind;
extern const struct settings_kind settings_operator_kind;
extern const struct settings_kind settings_snippet_kind;

/* The last four: all things that a consortium has, what others refer to first. */
enum { SETTINGS_KIND_COUNT = 4 };
extern const struct settings_kind *const settings_kinds[SETTINGS_KIND_COUNT];

const char *thing_name(const struct settings_kind *kind, const void *thing);
int64_t thing_id(const struct settings_kind *kind, const void *thing); /* 0: not stored yet */
unsigned thing_line(const struct settings_kind *kind, const void *thing);

/* The keys that the source of the thing named; all for a kind without such bits. */
uint32_t thing_given(const struct settings_kind *kind, const void *thing);

/* The name of the library that a thing belongs to; a library belongs to itself. */
const char *thing_library(const struct settings_kind *kind, const struct consortium *consortium,
                          const void *thing);

/* Walks the things of one kind in two consortia side by side, by name: */
struct settings_walk {
    const struct settings_kind *kind;
    const struct consortium *old, *new; /* either may be NULL; else linked */
    size_t at_old, at_new;              /* begin with 0 */
};

/* The next one: one of the two is NULL where only the other consortium has it. False at the end. */
bool walk_next(struct settings_walk *walk, const void **ret_old, const void **ret_new);

/* "all", "least-busy", "round-robin" and NULL; "observed", "actual", "both" and NULL. */
extern const char *const strategy_names[];
extern const char *const holiday_dates_names[];

/* Prints the value as the file has it; nothing when it is absent (inherited, or no backup). */
void value_write(FILE *out, const struct settings_key *key, const void *thing);

/* The same as a string, the caller's to free; "" when absent. */
char *value_text(const struct settings_key *key, const void *thing);

bool value_equal(const struct settings_key *key, const void *one, const void *other);

/* Whether all keys are equal. */
bool things_equal(const struct settings_kind *kind, const void *one, const void *other);

/* Copies the value with all that it points to into the arena. */
void value_copy(struct arena *arena, const struct settings_key *key, void *to, const void *from);

/* A string in quotes, with what libconfig wants escaped. */
void value_write_quoted(FILE *out, const char *text);

#endif
