/* table.h: a table of texts, and its forms: aligned lines for people, CSV and JSON for programs.
 *
 * A cell is a text, NULL where there is no value ("-" for people, empty in CSV, null in JSON). What
 * its column says decides how it is read:
 *
 *     TABLE_TEXT      as it is
 *     TABLE_NUMBER    digits, perhaps with a sign and a fraction
 *     TABLE_DURATION  whole seconds, as digits: people read m:ss or h:mm:ss
 *     TABLE_SHARE     per cent, with or without a fraction: people read "85.0%"
 *
 * For people a number, a duration and a share stand at the right. A table lives in the arena it
 * was made with, together with copies of all that was put into it. */
#ifndef DESKBELL_COMPONENT_TABLE_H
#define DESKBELL_COMPONENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "policy/arena.h"

enum table_kind { TABLE_TEXT, TABLE_NUMBER, TABLE_DURATION, TABLE_SHARE };

/* Columns of a line for people: what a chat window of an ordinary client shows without breaking. */
enum { TABLE_WIDTH_MAX = 76 };

struct table_column {
    const char *key;   /* for programs: small letters, digits and '_'; the `var` of a field */
    const char *label; /* for people */
    enum table_kind kind;
};

struct table {
    struct arena *arena; /* borrowed */
    const char *key;     /* for programs, as a column's */
    const char *title;   /* for people */
    size_t column_count, column_capacity;
    struct table_column *columns;
    size_t row_count, row_capacity;
    const char ***rows; /* rows[row][column] */
    size_t note_count, note_capacity;
    const char **notes; /* whole sentences, below the table */
};

/* Several tables, in the order in which they are shown. Start with {0}. */
struct tables {
    size_t count, capacity;
    struct table **list;
};

/* An empty table. Add the columns before the first row. */
struct table *table_new(struct arena *arena, const char *key, const char *title);
void table_add_column(struct table *table, const char *key, const char *label,
                      enum table_kind kind);

/* A row of cells without values; their number is from 0. */
size_t table_add_row(struct table *table);
void table_set(struct table *table, size_t row, size_t column, const char *cell);
void table_set_number(struct table *table, size_t row, size_t column, int64_t number);

void table_add_note(struct table *table, const char *note);

/* Puts the table behind the others. The list is in the table's arena. */
void tables_add(struct tables *tables, struct table *table);

/* NULL where there is no value. */
const char *table_cell(const struct table *table, size_t row, size_t column);

/* A cell as people read it ("-", "12:05", "85%"): also what <reported/> of XEP-0004 shows. In the
 * table's arena, or the cell itself. */
const char *table_show(const struct table *table, size_t row, size_t column);

/* Aligned lines: the title, the labels, the rows, the notes. No line is wider than TABLE_WIDTH_MAX
 * where the texts can be broken: a table that is too wide is shown row by row, as a list of
 * "label: cell", and notes are broken between words. Control characters become blanks. */
void table_put_text(const struct table *table, FILE *out);
void tables_put_text(const struct tables *tables, FILE *out); /* a blank line between two */

/* The keys, then the rows; see csv.h for the form. Title and notes are left out. Several tables
 * are apart by a blank line, each with a line before it that has nothing but its key. */
void table_put_csv(const struct table *table, FILE *out);
void tables_put_csv(const struct tables *tables, FILE *out);

/* {"table":KEY,"title":...,"columns":[{"key","label","kind"}],"rows":[{KEY:VALUE}],"notes":[]};
 * numbers, durations and shares are JSON numbers. Several are an array. */
void table_put_json(const struct table *table, FILE *out);
void tables_put_json(const struct tables *tables, FILE *out);

#endif
