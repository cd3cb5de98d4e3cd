#include "test/support/statistics_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "policy/mem.h"
#include "test/support/store_desk.h"

void statistics_file(PGconn *database, const char *name)
{
    char *path = mem_printf("test/statistics/%s", name);
    char *text = mem_new(1 << 16);
    FILE *file = fopen(path, "r");

    if (file == NULL || fread(text, 1, (1 << 16) - 1, file) == 0) {
        perror(path);
        exit(1);
    }
    fclose(file);
    sql(database, text);
    free(text);
    free(path);
}

PGconn *statistics_database(const char *file)
{
    PGconn *database = database_new();

    statistics_file(database, "setting.sql");
    statistics_file(database, file);
    return database;
}

struct consortium *statistics_consortium(PGconn *database)
{
    struct consortium *consortium = NULL;
    struct error error = {""};
    bool exists;

    if (!settings_load(database, "mobius", &consortium, &exists, &error) || consortium == NULL) {
        fprintf(stderr, "statistics_desk: %s\n", error.text);
        exit(1);
    }
    return consortium;
}

struct tables statistics_tables(PGconn *database, const struct consortium *consortium,
                                const struct statistics_query *query, struct arena *arena)
{
    struct tables tables = {0};
    struct error error = {""};

    if (!statistics_run(database, consortium, query, arena, &tables, &error)) {
        fprintf(stderr, "statistics_desk: %s\n", error.text);
        exit(1);
    }
    return tables;
}

const char *statistics_rows(const struct tables *tables, const char *key)
{
    for (size_t i = 0; i < tables->count; i++) {
        const struct table *table = tables->list[i];
        if (strcmp(table->key, key) != 0)
            continue;
        char *rows = arena_strdup(table->arena, "");
        for (size_t row = 0; row < table->row_count; row++) {
            for (size_t column = 0; column < table->column_count; column++) {
                const char *cell = table_cell(table, row, column);
                rows = arena_printf(table->arena, "%s%s%s", rows, column > 0 ? "," : "",
                                    cell == NULL ? "-" : cell);
            }
            rows = arena_printf(table->arena, "%s\n", rows);
        }
        return rows;
    }
    return NULL;
}
