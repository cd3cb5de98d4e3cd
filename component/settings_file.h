/* settings_file.h: libconfig files read through tables of keys.
 *
 * deskbell.conf and a consortium file are read the same way: a table says which keys a group may
 * have, and whatever is wrong is said with file and line, all of it, not only the first.
 *
 * libconfig 1.5 is kept from three things before it sees the text: @include (an import must not
 * read other files of the server), numbers that it would silently wrap around, and nesting without
 * end. It stops at the first syntax error, so that one is reported alone. */
#ifndef DESKBELL_COMPONENT_SETTINGS_FILE_H
#define DESKBELL_COMPONENT_SETTINGS_FILE_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

struct file_complaint {
    unsigned line;
    int order;
    char *text;
};

struct file_reader {
    const char *name;    /* what stands before the line number */
    struct arena *arena; /* where strings go; NULL: mem_strdup(), the target's to free */
    int errors;
    struct file_complaint *complaints; /* the first COMPLAINTS_MAX */
};

enum file_type {
    FILE_LINE,   /* a string without control characters -> const char * */
    FILE_TEXT,   /* the same, newlines and tabs allowed */
    FILE_NUMBER, /* -> int */
    FILE_SWITCH, /* true or false -> bool */
    FILE_CHOICE, /* one of `choices` -> int, its index */
    FILE_OTHER   /* read() does it all */
};

struct file_key {
    const char *key;
    enum file_type type;
    bool required;
    int given;                  /* bit to set in the group's mask, NO_BIT for none */
    size_t offset;              /* in the target; read() gets target + offset */
    int min, max;               /* of a number, or of a string's characters */
    const char *const *choices; /* ends with NULL */
    void (*read)(struct file_reader *reader, const config_setting_t *setting, void *target);
};

enum { NO_BIT = -1 };

/* Counts an error and keeps its words for file_report(). Line 0: the file as a whole. */
void file_complain(struct file_reader *reader, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints what was complained of, "FILE:LINE: words", in the order of the lines, and forgets it.
 * `out` may be NULL. Returns whether there was nothing. */
bool file_report(struct file_reader *reader, FILE *out);

/* The whole file as a string, the caller's to free; NULL after a complaint. */
char *file_slurp(struct file_reader *reader, const char *path);

/* Parses; false after exactly one complaint. `tree` must be initialised and be destroyed by the
 * caller in either case. */
bool file_parse(struct file_reader *reader, const char *text, config_t *tree);

/* Reads every key of `group` into `target` by the table; `what` is the group's name for people
 * ("a queue"). `ret_given` may be NULL. A key whose value is wrong leaves the target as it is. */
void file_group(struct file_reader *reader, const config_setting_t *group, const char *what,
                const struct file_key *keys, size_t key_count, void *target, uint32_t *ret_given);

/* The value of a string setting, NULL after a complaint if it is none or breaks the rules. */
const char *file_string(struct file_reader *reader, const config_setting_t *setting,
                        const char *key, bool newlines, int min, int max);

/* Whether the setting is a list or array with at most `max` elements; else a complaint. */
bool file_list(struct file_reader *reader, const config_setting_t *setting, const char *key,
               int max);

/* A member of a group if it is a string, else NULL, without complaint. */
const char *file_peek(const config_setting_t *group, const char *key);

/* The number of elements of a member if it is a list or array, else 0, without complaint. */
size_t file_peek_length(const config_setting_t *group, const char *key);

#endif
