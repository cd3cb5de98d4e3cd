#include "component/table.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "component/csv.h"
#include "component/json.h"

/* Room for one more in an array of the arena: the old piece stays behind until the arena goes, at
 * most as much again as what is in use. */
static void *array_grow(struct arena *arena, void *list, size_t count, size_t *capacity,
                        size_t size)
{
    if (count < *capacity)
        return list;
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    void *grown = arena_alloc(arena, *capacity * size);
    if (count > 0)
        memcpy(grown, list, count * size);
    return grown;
}

struct table *table_new(struct arena *arena, const char *key, const char *title)
{
    struct table *table = arena_alloc(arena, sizeof *table);

    table->arena = arena;
    table->key = arena_strdup(arena, key);
    table->title = arena_strdup(arena, title);
    return table;
}

void table_add_column(struct table *table, const char *key, const char *label,
                      enum table_kind kind)
{
    assert(table->row_count == 0);
    table->columns = array_grow(table->arena, table->columns, table->column_count,
                                &table->column_capacity, sizeof *table->columns);
    table->columns[table->column_count++] = (struct table_column){
        arena_strdup(table->arena, key), arena_strdup(table->arena, label), kind};
}

size_t table_add_row(struct table *table)
{
    assert(table->column_count > 0);
    table->rows = array_grow(table->arena, table->rows, table->row_count, &table->row_capacity,
                             sizeof *table->rows);
    table->rows[table->row_count] =
        arena_alloc(table->arena, table->column_count * sizeof **table->rows);
    return table->row_count++;
}

void table_set(struct table *table, size_t row, size_t column, const char *cell)
{
    assert(row < table->row_count);
    assert(column < table->column_count);
    table->rows[row][column] = arena_strdup(table->arena, cell);
}

void table_set_number(struct table *table, size_t row, size_t column, int64_t number)
{
    assert(row < table->row_count);
    assert(column < table->column_count);
    table->rows[row][column] = arena_printf(table->arena, "%" PRId64, number);
}

void table_add_note(struct table *table, const char *note)
{
    table->notes = array_grow(table->arena, table->notes, table->note_count,
                              &table->note_capacity, sizeof *table->notes);
    table->notes[table->note_count++] = arena_strdup(table->arena, note);
}

void tables_add(struct tables *tables, struct table *table)
{
    tables->list = array_grow(table->arena, tables->list, tables->count, &tables->capacity,
                              sizeof(struct table *));
    tables->list[tables->count++] = table;
}

const char *table_cell(const struct table *table, size_t row, size_t column)
{
    assert(row < table->row_count);
    assert(column < table->column_count);
    return table->rows[row][column];
}

/* Seconds as digits; what is none, or too long to be real, is shown as it is. */
static const char *duration_show(const struct table *table, const char *cell)
{
    enum { DIGITS_MAX = 12 };
    long long seconds = 0;
    size_t digits = strspn(cell, "0123456789");

    if (digits == 0 || digits > DIGITS_MAX || cell[digits] != '\0')
        return cell;
    for (const char *at = cell; *at != '\0'; at++)
        seconds = seconds * 10 + (*at - '0');
    if (seconds >= 3600)
        return arena_printf(table->arena, "%lld:%02lld:%02lld", seconds / 3600,
                            seconds / 60 % 60, seconds % 60);
    return arena_printf(table->arena, "%lld:%02lld", seconds / 60, seconds % 60);
}

const char *table_show(const struct table *table, size_t row, size_t column)
{
    const char *cell = table_cell(table, row, column);

    if (cell == NULL)
        return "-";
    switch (table->columns[column].kind) {
    case TABLE_TEXT:
    case TABLE_NUMBER:
        break;
    case TABLE_DURATION:
        return duration_show(table, cell);
    case TABLE_SHARE:
        return arena_printf(table->arena, "%s%%", cell);
    }
    return cell;
}

void table_put_csv(const struct table *table, FILE *out)
{
    for (size_t i = 0; i < table->column_count; i++) {
        fputs(i > 0 ? "," : "", out);
        csv_put(out, table->columns[i].key);
    }
    fputs("\r\n", out);
    for (size_t i = 0; i < table->row_count; i++)
        csv_put_line(out, table->rows[i], table->column_count);
}

void tables_put_csv(const struct tables *tables, FILE *out)
{
    for (size_t i = 0; i < tables->count; i++) {
        fputs(i > 0 ? "\r\n" : "", out);
        if (tables->count > 1)
            csv_put_line(out, &tables->list[i]->key, 1);
        table_put_csv(tables->list[i], out);
    }
}

static void json_put_pair(FILE *out, const char *before, const char *name, const char *text)
{
    fprintf(out, "%s\"%s\":", before, name);
    json_put_text(out, text);
}

static void json_put_cell(const struct table *table, size_t row, size_t column, FILE *out)
{
    const char *cell = table_cell(table, row, column);

    if (cell != NULL && table->columns[column].kind != TABLE_TEXT && json_is_number(cell))
        fputs(cell, out);
    else
        json_put_text(out, cell);
}

void table_put_json(const struct table *table, FILE *out)
{
    static const char *const kinds[] = {[TABLE_TEXT] = "text",
                                        [TABLE_NUMBER] = "number",
                                        [TABLE_DURATION] = "duration",
                                        [TABLE_SHARE] = "share"};

    json_put_pair(out, "{", "table", table->key);
    json_put_pair(out, ",", "title", table->title);
    fputs(",\"columns\":[", out);
    for (size_t i = 0; i < table->column_count; i++) {
        json_put_pair(out, i > 0 ? ",{" : "{", "key", table->columns[i].key);
        json_put_pair(out, ",", "label", table->columns[i].label);
        json_put_pair(out, ",", "kind", kinds[table->columns[i].kind]);
        fputc('}', out);
    }
    fputs("],\n\"rows\":[", out);
    for (size_t i = 0; i < table->row_count; i++) {
        fputs(i > 0 ? ",\n{" : "\n{", out);
        for (size_t k = 0; k < table->column_count; k++) {
            fputs(k > 0 ? "," : "", out);
            json_put_text(out, table->columns[k].key);
            fputc(':', out);
            json_put_cell(table, i, k, out);
        }
        fputc('}', out);
    }
    fputs("],\n\"notes\":[", out);
    for (size_t i = 0; i < table->note_count; i++) {
        fputs(i > 0 ? "," : "", out);
        json_put_text(out, table->notes[i]);
    }
    fputs("]}\n", out);
}

void tables_put_json(const struct tables *tables, FILE *out)
{
    fputs("[", out);
    for (size_t i = 0; i < tables->count; i++) {
        fputs(i > 0 ? "," : "", out);
        table_put_json(tables->list[i], out);
    }
    fputs("]\n", out);
}
