/* Statistics of a hundred thousand chats: as many statements as for one, and a day is found by the
 * index, however many other days there are. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/statistics.h"
#include "component/zone.h"
#include "policy/date.h"
#include "policy/mem.h"
#include "test/support/statistics_desk.h"
#include "test/support/store_desk.h"

enum { DAYS = 500 };

/* Mobstate's, but every fourth truman's: 500 days from 1 January 2025 on, 200 chats a day, half a
 * minute of waiting, four minutes of talk. Without triggers, which would take longer than all else:
 * what they do is written here. */
static const char fill[] =
    "SET session_replication_role = replica;"
    "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id,"
    "  queue_name, patron, patron_resource, state, ended_by, resolution, opened, claimed, closed,"
    "  last_line)"
    " SELECT 1, library, 1000 + i, 'c', 'a', library * 2 - 1, 'q', 'p', 'r', 'closed', 'operator',"
    "  'answered', opened, opened + interval '30 seconds', opened + interval '270 seconds', 2"
    " FROM (SELECT i, 1 + (i % 4 = 0)::integer AS library,"
    "  timestamptz '2025-01-01 06:00Z' + i * interval '432 seconds' AS opened"
    "  FROM generate_series(0, 99999) i) one;"
    "INSERT INTO deskbell.offer (library_id, chat, operator_id, queue_id, at, outcome, decided)"
    " SELECT library_id, number, 1, 1, opened, 'claimed', claimed FROM deskbell.chat"
    "  WHERE number >= 1000;"
    "INSERT INTO deskbell.answering SELECT c.library_id, 1, c.number, o.number, c.library_id, 1,"
    "  CASE c.library_id WHEN 1 THEN 1 END, NULL, c.opened, c.claimed, c.closed, true, false"
    " FROM deskbell.chat c JOIN deskbell.offer o ON o.library_id = c.library_id"
    "  AND o.chat = c.number WHERE c.number >= 1000;"
    "INSERT INTO deskbell.act (library_id, chat, at, act, detail)"
    " SELECT library_id, number, opened, 'tagged', 'tag' || number % 100 FROM deskbell.chat"
    "  WHERE number >= 1000;"
    "INSERT INTO deskbell.line (library_id, chat, line, at, author, stanza_id, body)"
    " SELECT library_id, number, line, opened + line * interval '20 seconds',"
    "  CASE line WHEN 1 THEN 'patron' ELSE 'operator' END, '', ''"
    " FROM deskbell.chat, generate_series(1, 2) line WHERE number >= 1000;"
    "INSERT INTO deskbell.duty_log (library_id, queue_id, operator_id, on_duty, at)"
    " SELECT 1, 1, who, i % 2 = 0, timestamptz '2025-01-01 06:00Z' + i * interval '6 hours'"
    " FROM generate_series(0, 1999) i, generate_series(1, 20) who;"
    "RESET session_replication_role; ANALYZE";

/* Statements sent, by the trace that libpq writes. */
static int statements_in(FILE *trace)
{
    char line[4096];
    int count = 0;

    rewind(trace);
    while (fgets(line, sizeof line, trace) != NULL)
        count += strstr(line, "\tParse\t") != NULL;
    return count;
}

static struct tables run(PGconn *database, const struct statistics_query *query,
                         struct arena *arena, int *ret_statements)
{
    struct consortium *consortium = statistics_consortium(database);
    FILE *trace = tmpfile();

    PQtrace(database, trace);
    int64_t start = now_ms();
    struct tables tables = statistics_tables(database, consortium, query, arena);
    int64_t end = now_ms();
    PQuntrace(database);
    *ret_statements = statements_in(trace);
    printf("%d days by %s: %d statements, %lld ms\n", (int)(query->to - query->from) + 1,
           statistics_by_name(query->by), *ret_statements, (long long)(end - start));
    fclose(trace);
    consortium_free(consortium);
    return tables;
}

/* What this transaction has read of a table: by itself, or through its indexes. */
static int64_t rows_read(PGconn *database, const char *table, bool whole)
{
    char *statement =
        mem_printf("SELECT coalesce(%s, 0) FROM pg_stat_xact_user_tables WHERE relname = '%s'",
                   whole ? "seq_tup_read" : "idx_tup_fetch", table);
    int64_t rows = sql_number(database, statement);

    free(statement);
    return rows;
}

static const struct statistics_query library_year = {
    .scope = STATISTICS_LIBRARY, .library = MOBSTATE, .operator = NO_INDEX, .unanswered = true};

static void check_day(PGconn *database, int statements, struct arena *arena)
{
    static const char *const tables[] = {"chat", "offer", "act", "line", "answering", "duty_log"};
    struct statistics_query query = library_year;
    int many;

    query.from = query.to = date_from_civil(2025, 6, 2);
    query.by = STATISTICS_BY_OPERATOR;
    sql(database, "BEGIN");
    struct tables result = run(database, &query, arena, &many);
    ck_assert_int_eq(many, statements);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&result, "chats"), "total,150,150,0,0,0,0,100.0"));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        int64_t whole = rows_read(database, tables[i], true);
        int64_t fetched = rows_read(database, tables[i], false);
        printf("%s: %lld rows by index\n", tables[i], (long long)fetched);
        ck_assert_msg(whole == 0, "%s: %lld rows read", tables[i], (long long)whole);
        /* 150 chats, each looked at by a few statements; lines, offers and acts once or twice. */
        ck_assert_msg(fetched <= 2000, "%s: %lld rows", tables[i], (long long)fetched);
    }
    sql(database, "COMMIT");
}

static void check_all(PGconn *database, int statements, struct arena *arena)
{
    struct statistics_query query = library_year;
    int many;

    query.from = date_from_civil(2025, 1, 1);
    query.to = query.from + DAYS; /* an hour behind, in summer */
    query.by = STATISTICS_BY_OPERATOR;
    sql(database, "BEGIN");
    struct tables result = run(database, &query, arena, &many);
    ck_assert_int_eq(many, statements);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&result, "chats"), "total,75000,75000,"));
    ck_assert_ptr_nonnull(strstr(statistics_rows(&result, "wait"), "total,75000,30,30,30,30"));
    query.scope = STATISTICS_CONSORTIUM;
    query.library = NO_INDEX;
    query.by = STATISTICS_BY_DAY;
    result = run(database, &query, arena, &many);
    ck_assert_int_le(many, statements);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&result, "chats"), "total,100000,100000,"));
    ck_assert_str_eq(sql(database, "SHOW jit"), "off");
    sql(database, "COMMIT");
}

START_TEST(growth_costs_no_statement_and_no_day_another)
{
    struct statistics_query query = library_year;
    PGconn *database = statistics_database("hand.sql");
    struct arena *arena = arena_new();
    int few;

    query.from = query.to = date_from_civil(2025, 6, 2);
    query.by = STATISTICS_BY_OPERATOR;
    run(database, &query, arena, &few);
    sql(database, fill);
    check_day(database, few, arena);
    check_all(database, few, arena);
    PQfinish(database);
    arena_free(arena);
    zone_forget_all();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics_growth");
    TCase *tests = tcase_create("statistics_growth");

    cluster_start(false);
    tcase_set_timeout(tests, 250);
    tcase_add_test(tests, growth_costs_no_statement_and_no_day_another);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
