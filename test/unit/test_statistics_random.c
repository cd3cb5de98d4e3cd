/* Some thousand random chats, in two zones and on both days when the clocks change, counted by the
 * program and, from the raw rows, by test/statistics/oracle.py. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/json.h"
#include "component/statistics.h"
#include "component/zone.h"
#include "policy/date.h"
#include "policy/instant.h"
#include "policy/mem.h"
#include "test/support/statistics_desk.h"
#include "test/support/store_desk.h"

static PGconn *database;
static struct consortium *consortium;
static int queries;

/* The raw rows as JSON, read without a line of the program's statements. */
static void put_rows(FILE *out)
{
    static const char *const tables[] = {"chat", "offer", "act", "line", "followup", "duty_log"};

    sql(database, "SET timezone = 'UTC'");
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char *statement = mem_printf("SELECT coalesce(json_agg(t), '[]') FROM deskbell.%s t",
                                     tables[i]);
        PGresult *result = PQexec(database, statement);
        ck_assert_int_eq((int)PQresultStatus(result), (int)PGRES_TUPLES_OK);
        fprintf(out, "%s\"%s\":%s", i > 0 ? "," : "{", tables[i], PQgetvalue(result, 0, 0));
        PQclear(result);
        free(statement);
    }
    fputs("}\n", out);
}

static void put_result(const struct statistics_query *query, FILE *out)
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    struct arena *arena = arena_new();
    bool all = query->scope == STATISTICS_CONSORTIUM;

    ck_assert_ptr_null(statistics_refusal(consortium, query));
    struct tables tables = statistics_tables(database, consortium, query, arena);
    fprintf(out, "%s{\"query\":{\"library\":", queries++ > 0 ? "," : "[");
    json_put_text(out, all ? NULL : consortium->libraries[query->library].name);
    fputs(",\"operator\":", out);
    json_put_text(out, query->operator == NO_INDEX ? NULL
                                                   : consortium->operators[query->operator].name);
    fprintf(out,
            ",\"from\":\"%s\",\"to\":\"%s\",\"by\":\"%s\",\"duration_min\":%d,\"unanswered\":%s,"
            "\"now\":%lld},\"tables\":",
            date_print(query->from, from), date_print(query->to, to),
            statistics_by_name(query->by), query->duration_min,
            query->unanswered ? "true" : "false", (long long)query->now);
    tables_put_json(&tables, out);
    fputs("}\n", out);
    arena_free(arena);
}

/* Each change of the clocks alone, both days around it, and all; by everything. */
static void put_scope(enum statistics_scope scope, int library, int operator, FILE *out)
{
    static const int spans[][6] = {{2026, 3, 7, 2026, 3, 9},
                                   {2026, 11, 1, 2026, 11, 1},
                                   {2026, 3, 1, 2026, 11, 30}};

    for (int by = 0; by < STATISTICS_BY_COUNT; by++) {
        for (int i = 0; i < 3; i++) {
            const int *span = spans[i];
            struct statistics_query query = {.scope = scope,
                                             .library = library,
                                             .operator = operator,
                                             .from = date_from_civil(span[0], span[1], span[2]),
                                             .to = date_from_civil(span[3], span[4], span[5]),
                                             .by = (enum statistics_by)by,
                                             .duration_min = i == 2 ? by * 50 : 0,
                                             .unanswered = by % 2 == 0};
            ck_assert(instant_parse("2026-03-08T20:30:00Z", &query.now));
            if (i == 1)
                query.now += (instant)250 * SECONDS_A_DAY;
            if (statistics_by_fits(scope, query.by))
                put_result(&query, out);
        }
    }
}

START_TEST(another_program_counts_the_same)
{
    char folder[] = "/tmp/deskbell-statistics-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *rows = mem_printf("%s/rows.json", folder);
    char *results = mem_printf("%s/results.json", folder);
    database = statistics_database("random.sql");
    consortium = statistics_consortium(database);
    FILE *out = fopen(rows, "w");
    put_rows(out);
    fclose(out);
    out = fopen(results, "w");
    put_scope(STATISTICS_LIBRARY, MOBSTATE, NO_INDEX, out);
    put_scope(STATISTICS_LIBRARY, TRUMAN, NO_INDEX, out);
    put_scope(STATISTICS_LIBRARY, CHATSTAFF, NO_INDEX, out);
    put_scope(STATISTICS_CONSORTIUM, NO_INDEX, NO_INDEX, out);
    put_scope(STATISTICS_OPERATOR, TRUMAN, TOM, out);
    fputs("]\n", out);
    fclose(out);
    char *command = mem_printf("python3 -B test/statistics/oracle.py %s %s", rows, results);
    int status = system(command);
    free(command);
    unlink(rows);
    unlink(results);
    rmdir(folder);
    free(rows);
    free(results);
    PQfinish(database);
    consortium_free(consortium);
    zone_forget_all();
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics_random");
    TCase *tests = tcase_create("statistics_random");

    cluster_start(false);
    tcase_set_timeout(tests, 200);
    tcase_add_test(tests, another_program_counts_the_same);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
