/* table_text.c: a table as aligned lines for people. */
#include <stdlib.h>
#include <string.h>

#include "component/table.h"
#include "component/utf8.h"
#include "policy/mem.h"

enum { GAP = 2, INDENT = 2 };

/* Bytes of the longest beginning of a word that takes at most `columns`, at least one character. */
static size_t word_cut(const char *word, size_t bytes, int columns)
{
    size_t fits = 0;

    while (fits < bytes) {
        int step = utf8_character(word + fits);
        size_t next = fits + (step > 0 ? (size_t)step : 1);
        if (fits > 0 && utf8_columns_of(word, next) > columns)
            break;
        fits = next;
    }
    return fits;
}

/* Line feeds and the like are blanks here: a cell cannot begin a line of its own. */
static char *text_without_controls(const char *text)
{
    char *copy = mem_strdup(text);

    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return copy;
}

/* Words one after the other from `column` on, on as many lines as they need; later lines begin
 * after `indent` blanks. */
static void put_wrapped(const char *text, int column, int indent, FILE *out)
{
    char *copy = text_without_controls(text);
    bool first = true; /* of its line */

    for (const char *at = copy;;) {
        at += strspn(at, " ");
        size_t word = strcspn(at, " ");
        if (word == 0)
            break;
        int columns = utf8_columns_of(at, word);
        if (column + !first + columns > TABLE_WIDTH_MAX && !(first && column == indent)) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        if (column + columns > TABLE_WIDTH_MAX) {
            word = word_cut(at, word, TABLE_WIDTH_MAX - column);
            columns = utf8_columns_of(at, word);
        }
        fprintf(out, "%s%.*s", first ? "" : " ", (int)word, at);
        column += !first + columns;
        first = false;
        at += word;
    }
    fputc('\n', out);
    free(copy);
}

static int cell_columns(const struct table *table, size_t row, size_t column)
{
    return utf8_columns(table_show(table, row, column));
}

static int word_columns_max(const char *label)
{
    int widest = 0;

    while (*label != '\0') {
        size_t word = strcspn(label, " ");
        int columns = utf8_columns_of(label, word);
        widest = columns > widest ? columns : widest;
        label += word + (label[word] == ' ');
    }
    return widest;
}

/* Widths with each label on one line, or broken between its words. Returns that of a whole line. */
static int widths_find(const struct table *table, int *widths, bool broken)
{
    int sum = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const char *label = table->columns[i].label;
        widths[i] = broken ? word_columns_max(label) : utf8_columns(label);
        for (size_t row = 0; row < table->row_count; row++) {
            int columns = cell_columns(table, row, i);
            widths[i] = columns > widths[i] ? columns : widths[i];
        }
        sum += widths[i] + (i > 0 ? GAP : 0);
    }
    return sum;
}

/* One cell of an aligned line. `owed` are the blanks that stand before whatever comes next, so
 * that no line ends in blanks. */
static void put_aligned(const struct table *table, size_t column, int width, const char *text,
                        size_t bytes, int *owed, FILE *out)
{
    int blanks = width - utf8_columns_of(text, bytes);
    bool left = table->columns[column].kind == TABLE_TEXT;

    if (bytes > 0) {
        fprintf(out, "%*s%.*s", *owed + (left ? 0 : blanks), "", (int)bytes, text);
        *owed = 0;
    }
    *owed += (bytes == 0 || left ? blanks : 0) + GAP;
}

/* Bytes of `label` that go on one line of that width: whole words, at least one. */
static size_t label_line(const char *label, int width)
{
    size_t fits = strcspn(label, " ");

    while (label[fits] == ' ') {
        size_t next = fits + 1 + strcspn(label + fits + 1, " ");
        if (utf8_columns_of(label, next) > width)
            break;
        fits = next;
    }
    return fits;
}

static void put_labels(const struct table *table, const int *widths, FILE *out)
{
    const char **rest = mem_new(table->column_count * sizeof *rest);
    bool more = true;

    for (size_t i = 0; i < table->column_count; i++)
        rest[i] = table->columns[i].label;
    while (more) {
        int owed = 0;
        more = false;
        for (size_t i = 0; i < table->column_count; i++) {
            size_t bytes = label_line(rest[i], widths[i]);
            put_aligned(table, i, widths[i], rest[i], bytes, &owed, out);
            rest[i] += bytes + (rest[i][bytes] == ' ');
            more = more || rest[i][0] != '\0';
        }
        fputc('\n', out);
    }
    free(rest);
}

static void put_rows(const struct table *table, const int *widths, FILE *out)
{
    put_labels(table, widths, out);
    for (size_t row = 0; row < table->row_count; row++) {
        int owed = 0;
        for (size_t i = 0; i < table->column_count; i++) {
            char *cell = text_without_controls(table_show(table, row, i));
            put_aligned(table, i, widths[i], cell, strlen(cell), &owed, out);
            free(cell);
        }
        fputc('\n', out);
    }
}

/* Too wide for lines: one paragraph a row. */
static void put_list(const struct table *table, FILE *out)
{
    for (size_t row = 0; row < table->row_count; row++) {
        for (size_t i = 0; i < table->column_count; i++) {
            int indent = i > 0 ? INDENT : 0;
            fprintf(out, "%*s%s: ", indent, "", table->columns[i].label);
            put_wrapped(table_show(table, row, i),
                        indent + utf8_columns(table->columns[i].label) + 2, 2 * INDENT, out);
        }
    }
}

void table_put_text(const struct table *table, FILE *out)
{
    int *widths = mem_new((table->column_count + 1) * sizeof *widths);

    put_wrapped(table->title, 0, 0, out);
    if (table->row_count == 0)
        fputs("(none)\n", out);
    else if (widths_find(table, widths, false) <= TABLE_WIDTH_MAX ||
             widths_find(table, widths, true) <= TABLE_WIDTH_MAX)
        put_rows(table, widths, out);
    else
        put_list(table, out);
    for (size_t i = 0; i < table->note_count; i++)
        put_wrapped(table->notes[i], 0, 0, out);
    free(widths);
}

void tables_put_text(const struct tables *tables, FILE *out)
{
    for (size_t i = 0; i < tables->count; i++) {
        fputs(i > 0 ? "\n" : "", out);
        table_put_text(tables->list[i], out);
    }
}
