/* Any bytes as the cells of a table: CSV can be taken apart again into the same cells, each of them
 * harmless in a spreadsheet; JSON has no byte that could end a string or a script; no line for
 * people is too wide. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/csv.h"
#include "component/table.h"
#include "component/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

/* Unescapes the cell at `at` into `cell`, which has room for all. What is behind it. */
static const char *cell_read(const char *at, char *cell)
{
    if (*at != '"') {
        size_t bytes = strcspn(at, ",\r");
        memcpy(cell, at, bytes);
        cell[bytes] = '\0';
        demand(strpbrk(cell, "\"\n;") == NULL);
        return at + bytes;
    }
    for (at++; *at != '"' || at[1] == '"'; at++) {
        demand(*at != '\0');
        at += *at == '"';
        *cell++ = *at;
    }
    *cell = '\0';
    return at + 1;
}

static void check_csv(const struct table *table, const char *csv)
{
    const char *at = strstr(csv, "\r\n") + 2;
    char *room = arena_alloc(table->arena, strlen(csv) + 1);

    for (size_t i = 0; i < table->column_count; i++) {
        const char *want = table_cell(table, 0, i), *cell = room;
        at = cell_read(at, room);
        if (*cell == '\'' && *want != '\'')
            cell++;
        else
            demand(*cell == '\0' || strchr("=+-@\t\r\n", *cell) == NULL || csv_is_number(cell));
        demand(strcmp(cell, want) == 0);
        demand(*at == (i + 1 < table->column_count ? ',' : '\r'));
        at++;
    }
    demand(strcmp(at, "\n") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct table *table = table_new(arena, "t", "T");
    char *csv = NULL, *json = NULL, *text = NULL;
    size_t bytes;

    for (int i = 0; i < 2; i++)
        table_add_column(table, "c", "C", i == 0 ? TABLE_TEXT : TABLE_DURATION);
    table_add_row(table);
    char *all = arena_strndup(arena, (const char *)data, size);
    table_set(table, 0, 0, all);
    size_t first = strlen(all);
    table_set(table, 0, 1, first < size ? all + first + 1 : "");
    FILE *out = open_memstream(&csv, &bytes);
    table_put_csv(table, out);
    fclose(out);
    check_csv(table, csv);
    out = open_memstream(&json, &bytes);
    table_put_json(table, out);
    fclose(out);
    demand(utf8_length(json) >= 0 && strpbrk(json, "<>\t\r\x7f") == NULL);
    out = open_memstream(&text, &bytes);
    table_put_text(table, out);
    fclose(out);
    for (char *at = text; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n')
        demand(utf8_columns_of(at, strcspn(at, "\n")) <= TABLE_WIDTH_MAX);
    free(csv);
    free(json);
    free(text);
    arena_free(arena);
    return 0;
}
