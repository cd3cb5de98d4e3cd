/* Statistics of ten chats, against figures computed by hand from test/statistics/hand.sql: the
 * numbers in brackets are its chats. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/statistics.h"
#include "component/zone.h"
#include "policy/date.h"
#include "policy/instant.h"
#include "policy/mem.h"
#include "test/support/statistics_desk.h"
#include "test/support/store_desk.h"

static PGconn *database;
static struct consortium *consortium;
static struct arena *arena;

static void set_up(void)
{
    database = statistics_database("hand.sql");
    consortium = statistics_consortium(database);
    arena = arena_new();
}

static void tear_down(void)
{
    char *statement = mem_printf("DROP DATABASE %s", PQdb(database));
    PGconn *server;
    char *conninfo = mem_printf("host=%s user=postgres dbname=postgres", PQhost(database));

    PQfinish(database);
    server = PQconnectdb(conninfo);
    sql(server, statement);
    PQfinish(server);
    free(conninfo);
    free(statement);
    arena_free(arena);
    consortium_free(consortium);
    zone_forget_all();
}

/* Friday 30 October to Monday 2 November 2026, asked on Monday at 20:00. */
static struct statistics_query weekend(enum statistics_scope scope, int library)
{
    struct statistics_query query = {.scope = scope,
                                     .library = library,
                                     .operator = NO_INDEX,
                                     .from = date_from_civil(2026, 10, 30),
                                     .to = date_from_civil(2026, 11, 2),
                                     .unanswered = true};

    ck_assert(instant_parse("2026-11-02T20:00:00-06:00", &query.now));
    return query;
}

static struct tables run(const struct statistics_query *query)
{
    ck_assert_ptr_null(statistics_refusal(consortium, query));
    return statistics_tables(database, consortium, query, arena);
}

static const struct {
    const char *key, *rows;
} totals[] = {
    /* chats 1 2 3 4 5 7 8 9, answered 1 2 5 7, missed 3 9, nobody there 3, given up 4, waits 8;
     * 4 of 7 is 57.14 % */
    {"chats", "total,8,4,2,1,1,1,57.1\n"},
    /* 5 [7], 20 [2], 30 [1], 90 [5]: 145 / 4 = 36.25 */
    {"wait", "total,4,36,20,90,90\n"},
    {"first_answer", "total,1,40,40,40,40\n"},
    {"given_up", "total,1,45,45,45,45\n"},
    /* 300 [2], 600 [1], 810 [5] */
    {"duration", "total,3,570,600,810,810\n"},
    /* Own: 600 [1] + 210 [5] + 115 [7], which Ann has still. Truman: 600 [5]. For it: 290 [6] */
    {"answered", "mobstate,chatstaff,1,300\nmobstate,mobstate,3,925\nmobstate,truman,1,600\n"
                 "truman,mobstate,1,290\n"},
    /* Promised twice 9 hours each. Staffed Fri 0-13, Mon 16-18: of it 5 + 1 hours promised, 8 + 1
     * not; Ann 12 + 2, Bob 2 */
    {"staffed", "mobius-mobstate,64800,21600,33.3,32400,57600\n"
                "mobius-mobstate-health,64800,0,0.0,0,0\n"
                "total,129600,21600,16.7,32400,57600\n"},
    {"transfers", "help,queue,1,0\nhelp,operator,1,1\n"},
    {"resolutions", "answered,1\nfollowup,1\nnone,1\n"},
    {"left", "left,1,1,3600\nfollowup,1,0,-\n"},
    {"tags", "=printing,1\nprinting,1\n"},
};

START_TEST(a_library_has_its_own_figures)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    struct tables tables = run(&query);

    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        ck_assert_str_eq(statistics_rows(&tables, totals[i].key), totals[i].rows);
}
END_TEST

static const struct {
    enum statistics_by by;
    const char *rows;
} buckets[] = {
    {STATISTICS_BY_HOUR, "01:00,2,0,1,1,1,0,0.0\n" /* both passes: 3, 4 */
                         "09:00,1,1,0,0,0,0,100.0\n10:00,1,1,0,0,0,0,100.0\n"
                         "11:00,2,1,0,0,0,1,100.0\n12:00,1,0,1,0,0,0,0.0\n"
                         "23:00,1,1,0,0,0,0,100.0\n"},
    {STATISTICS_BY_WEEKDAY, "mon,4,2,1,0,0,1,66.7\nfri,2,2,0,0,0,0,100.0\n"
                            "sun,2,0,1,1,1,0,0.0\n"},
    {STATISTICS_BY_DAY, "2026-10-30,2,2,0,0,0,0,100.0\n" /* 2 ends on the next day */
                        "2026-11-01,2,0,1,1,1,0,0.0\n2026-11-02,4,2,1,0,0,1,66.7\n"},
    {STATISTICS_BY_MONTH, "2026-10,2,2,0,0,0,0,100.0\n2026-11,6,2,2,1,1,1,40.0\n"},
    {STATISTICS_BY_QUEUE, "mobius-mobstate,6,4,1,0,0,1,80.0\n"
                          "mobius-mobstate-health,2,0,1,1,1,0,0.0\n"},
    {STATISTICS_BY_ORIGIN, "mobstate,8,4,2,1,1,1,57.1\n"},
    {STATISTICS_BY_ANSWERING, "(nobody),4,0,2,1,1,1,0.0\nchatstaff,1,1,0,0,0,0,100.0\n"
                              "mobstate,2,2,0,0,0,0,100.0\ntruman,1,1,0,0,0,0,100.0\n"},
    {STATISTICS_BY_OPERATOR, ""},
};

START_TEST(chats_are_told_apart)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    for (size_t i = 0; i < sizeof buckets / sizeof buckets[0]; i++) {
        query.by = buckets[i].by;
        struct tables tables = run(&query);
        ck_assert_str_eq(statistics_rows(&tables, "chats"),
                         arena_printf(arena, "%stotal,8,4,2,1,1,1,57.1\n", buckets[i].rows));
    }
}
END_TEST

START_TEST(a_library_sees_its_people_and_nobody_elses)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    query.by = STATISTICS_BY_OPERATOR;
    struct tables tables = run(&query);
    /* Ann: 600 [1] + 210 [5] + 290 [6, for truman], and 7 runs; she was first for 30 90 10. */
    ck_assert_str_eq(statistics_rows(&tables, "people"),
                     "mobius-mobstate-ann,4,1100\nmobius-mobstate-bob,1,115\ntotal,4,1215\n");
    ck_assert_str_eq(statistics_rows(&tables, "people_wait"),
                     "mobius-mobstate-ann,3,43,30,90,90\nmobius-mobstate-bob,1,5,5,5,5\n"
                     "total,4,34,10,90,90\n");
    ck_assert_str_eq(statistics_rows(&tables, "people_time"),
                     "mobius-mobstate-ann,3,367,290,600,600\n"
                     "mobius-mobstate-bob,1,115,115,115,115\ntotal,4,304,210,600,600\n");
}
END_TEST

START_TEST(an_operator_sees_the_own_chats)
{
    struct statistics_query query = weekend(STATISTICS_OPERATOR, TRUMAN);

    query.operator = TOM;
    ck_assert_str_eq(consortium->operators[TOM].name, "mobius-truman-tom");
    query.by = STATISTICS_BY_ORIGIN;
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "people"),
                     "mobstate,1,600\ntruman,1,900\ntotal,2,1500\n");
    ck_assert_str_eq(statistics_rows(&tables, "people_wait"),
                     "mobstate,0,-,-,-,-\ntruman,0,-,-,-,-\ntotal,0,-,-,-,-\n");
    ck_assert_ptr_null(statistics_rows(&tables, "chats"));
    ck_assert_ptr_null(statistics_rows(&tables, "tags"));
}
END_TEST

START_TEST(the_consortium_has_sums_and_names_nobody)
{
    struct statistics_query query = weekend(STATISTICS_CONSORTIUM, NO_INDEX);
    char *text = NULL;
    size_t size;

    query.by = STATISTICS_BY_ORIGIN;
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"),
                     "mobstate,8,4,2,1,1,1,57.1\ntruman,1,1,0,0,0,0,100.0\n"
                     "total,9,5,2,1,1,1,62.5\n");
    ck_assert_str_eq(statistics_rows(&tables, "answered"),
                     "mobstate,chatstaff,1,300\nmobstate,mobstate,3,925\nmobstate,truman,1,600\n"
                     "truman,mobstate,1,290\ntruman,truman,1,900\n");
    /* The backup: Fri 0-8, Fri 17 to Sat 8, Sat 10-22, Mon 17-20 are 38 hours; Cat has 15 of them
     * and 2 besides. Truman's clock is an hour behind. */
    ck_assert_str_eq(statistics_rows(&tables, "staffed"),
                     "chatstaff,136800,54000,39.5,7200,61200\n"
                     "mobstate,129600,21600,16.7,32400,57600\n"
                     "truman,64800,0,0.0,0,0\ntotal,331200,75600,22.8,39600,118800\n");
    ck_assert_str_eq(statistics_rows(&tables, "transfers"),
                     "move,queue,1,1\nhelp,queue,1,0\nhelp,operator,1,1\n");
    ck_assert_ptr_null(statistics_rows(&tables, "people"));
    ck_assert_ptr_null(statistics_rows(&tables, "tags"));
    FILE *out = open_memstream(&text, &size);
    tables_put_text(&tables, out);
    tables_put_csv(&tables, out);
    tables_put_json(&tables, out);
    fclose(out);
    static const char *const secrets[] = {"-ann", "-bob", "-tom",  "-cat",   "-dan",
                                          "eve",  "twin", "local", "secret", "printing"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        ck_assert_msg(strstr(text, secrets[i]) == NULL, "%s", secrets[i]);
    free(text);
}
END_TEST

START_TEST(chats_are_left_out_on_demand)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    query.duration_min = 600; /* 2 was shorter, 1 exactly that, 7 runs still */
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,7,3,2,1,1,1,50.0\n");
    ck_assert_str_eq(statistics_rows(&tables, "answered"),
                     "mobstate,mobstate,2,600\nmobstate,truman,1,600\n");
    query.duration_min = 601;
    tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,6,2,2,1,1,1,40.0\n");
    query.duration_min = 0;
    query.unanswered = false;
    tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,4,4,0,0,0,0,100.0\n");
    ck_assert_str_eq(statistics_rows(&tables, "left"), "left,1,1,3600\nfollowup,1,0,-\n");
}
END_TEST

static const char *notes(const struct tables *tables)
{
    char *all = arena_strdup(arena, "");

    for (size_t i = 0; i < tables->count; i++)
        for (size_t k = 0; k < tables->list[i]->note_count; k++)
            all = arena_printf(arena, "%s%s\n", all, tables->list[i]->notes[k]);
    return all;
}

START_TEST(what_is_counted_is_told)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    struct tables tables = run(&query);

    ck_assert_str_eq(notes(&tables),
                     "A chat counts when it was opened, by the clock of America/Chicago; 2 still "
                     "run.\nClocks went back by 1:00 on 2026-11-01.\n"
                     "Practice chats are left out: 1.\n");
    ck_assert_str_eq(tables.list[0]->title, "Chats, mobstate, 2026-10-30 to 2026-11-02");
    query.from = date_from_civil(2026, 11, 2);
    tables = run(&query);
    ck_assert_ptr_null(strstr(notes(&tables), "Clocks"));
    query.from = date_from_civil(2026, 3, 8);
    tables = run(&query);
    ck_assert_ptr_nonnull(strstr(notes(&tables), "Clocks went forward by 1:00 on 2026-03-08.\n"));
}
END_TEST

START_TEST(the_days_are_the_librarys)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    /* 23:59:50 is Friday still; the first of November has both passes of the hour. */
    query.to = query.from;
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,2,2,0,0,0,0,100.0\n");
    query.from = query.to = date_from_civil(2026, 11, 1);
    tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,2,0,1,1,1,0,0.0\n");
    /* Truman's clock, which shows 08:00 to Chicago's 09:00. */
    sql(database, "UPDATE deskbell.chat SET opened = '2026-11-02 00:30-06' WHERE number = 6");
    query = weekend(STATISTICS_LIBRARY, TRUMAN);
    query.by = STATISTICS_BY_DAY;
    tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"),
                     "2026-11-01,1,1,0,0,0,0,100.0\ntotal,1,1,0,0,0,0,100.0\n");
    query = weekend(STATISTICS_CONSORTIUM, NO_INDEX);
    query.by = STATISTICS_BY_DAY;
    tables = run(&query);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&tables, "chats"), "2026-11-02,5,"));
}
END_TEST

START_TEST(promises_follow_closures_and_the_clock)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    query.from = query.to = date_from_civil(2026, 10, 28); /* closed */
    struct tables tables = run(&query);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&tables, "staffed"), "total,0,0,-,0,0\n"));
    /* Only until now: asked at 10:00 of a Monday. */
    query.from = query.to = date_from_civil(2026, 11, 2);
    ck_assert(instant_parse("2026-11-02T10:00:00-06:00", &query.now));
    tables = run(&query);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&tables, "staffed"),
                                 "mobius-mobstate,7200,0,0.0,0,0\n"));
    /* Nothing of days to come; the database's clock, when there is no other, is behind them too. */
    query.from = query.to = date_from_civil(2199, 1, 1);
    query.now = 0;
    tables = run(&query);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&tables, "staffed"), "total,0,0,-,0,0\n"));
}
END_TEST

START_TEST(a_range_without_chats_is_all_zero)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    query.from = query.to = date_from_civil(2020, 1, 1);
    query.by = STATISTICS_BY_HOUR;
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,0,0,0,0,0,0,-\n");
    ck_assert_str_eq(statistics_rows(&tables, "wait"), "total,0,-,-,-,-\n");
    ck_assert_str_eq(statistics_rows(&tables, "answered"), "");
    ck_assert_str_eq(statistics_rows(&tables, "tags"), "");
    sql(database, "DELETE FROM deskbell.duty_log");
    tables = run(&query);
    ck_assert_ptr_nonnull(strstr(statistics_rows(&tables, "staffed"), "total,64800,0,0.0,0,0\n"));
}
END_TEST

START_TEST(one_chat_is_every_percentile)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, TRUMAN);
    struct tables tables = run(&query);

    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,1,1,0,0,0,0,100.0\n");
    ck_assert_str_eq(statistics_rows(&tables, "wait"), "total,1,10,10,10,10\n");
    ck_assert_str_eq(statistics_rows(&tables, "duration"), "total,1,1190,1190,1190,1190\n");
}
END_TEST

START_TEST(an_erased_chat_is_counted_no_more)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);

    sql(database, "DELETE FROM deskbell.chat WHERE number IN (5, 6)");
    struct tables tables = run(&query);
    ck_assert_str_eq(statistics_rows(&tables, "chats"), "total,7,3,2,1,1,1,50.0\n");
    ck_assert_str_eq(statistics_rows(&tables, "answered"),
                     "mobstate,chatstaff,1,300\nmobstate,mobstate,2,715\n");
}
END_TEST

/* What a library may read, as a policy of the database has it: the figures are the same. */
START_TEST(a_library_needs_no_row_of_others)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    static const char *const keys[] = {"chats", "wait", "answered", "people", "staffed", "tags"};
    const char *before[6];

    query.by = STATISTICS_BY_OPERATOR;
    struct tables tables = run(&query);
    for (int i = 0; i < 6; i++)
        before[i] = statistics_rows(&tables, keys[i]);
    sql(database, "BEGIN READ ONLY; SELECT set_config('deskbell.consortium', '1', true),"
                  " set_config('deskbell.library', '1', true); SET LOCAL ROLE deskbell_report");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.chat WHERE number = 6"),
                     0);
    tables = run(&query);
    sql(database, "ROLLBACK");
    for (int i = 0; i < 6; i++)
        ck_assert_str_eq(statistics_rows(&tables, keys[i]), before[i]);
}
END_TEST

START_TEST(queries_that_make_no_sense_are_refused)
{
    struct statistics_query query = weekend(STATISTICS_CONSORTIUM, NO_INDEX);

    query.by = STATISTICS_BY_OPERATOR;
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query.by = STATISTICS_BY_QUEUE;
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query = weekend(STATISTICS_LIBRARY, 3);
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query = weekend(STATISTICS_OPERATOR, MOBSTATE);
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query.operator = TOM; /* of another library */
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    query.to = query.from - 1;
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query.to = query.from + STATISTICS_DAYS_MAX - 1;
    ck_assert_ptr_null(statistics_refusal(consortium, &query));
    query.to++;
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
    query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    query.duration_min = STATISTICS_DURATION_MAX;
    ck_assert_ptr_null(statistics_refusal(consortium, &query));
    query.duration_min++;
    ck_assert_ptr_nonnull(statistics_refusal(consortium, &query));
}
END_TEST

START_TEST(a_failure_of_the_database_is_told)
{
    struct statistics_query query = weekend(STATISTICS_LIBRARY, MOBSTATE);
    struct tables tables = {0};
    struct error error = {""};

    sql(database, "DROP TABLE deskbell.duty_log");
    ck_assert(!statistics_run(database, consortium, &query, arena, &tables, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "duty_log"));
    ck_assert_uint_eq(tables.count, 0);
}
END_TEST

START_TEST(words_are_read_and_written)
{
    enum statistics_by by;

    for (int i = 0; i < STATISTICS_BY_COUNT; i++) {
        ck_assert(statistics_by_parse(statistics_by_name((enum statistics_by)i), &by));
        ck_assert_int_eq((int)by, i);
    }
    ck_assert(!statistics_by_parse("year", &by));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("statistics");

    cluster_start(false);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_library_has_its_own_figures);
    tcase_add_test(tests, chats_are_told_apart);
    tcase_add_test(tests, a_library_sees_its_people_and_nobody_elses);
    tcase_add_test(tests, an_operator_sees_the_own_chats);
    tcase_add_test(tests, the_consortium_has_sums_and_names_nobody);
    tcase_add_test(tests, chats_are_left_out_on_demand);
    tcase_add_test(tests, what_is_counted_is_told);
    tcase_add_test(tests, the_days_are_the_librarys);
    tcase_add_test(tests, promises_follow_closures_and_the_clock);
    tcase_add_test(tests, a_range_without_chats_is_all_zero);
    tcase_add_test(tests, one_chat_is_every_percentile);
    tcase_add_test(tests, an_erased_chat_is_counted_no_more);
    tcase_add_test(tests, a_library_needs_no_row_of_others);
    tcase_add_test(tests, queries_that_make_no_sense_are_refused);
    tcase_add_test(tests, a_failure_of_the_database_is_told);
    tcase_add_test(tests, words_are_read_and_written);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
