/* Who finds which chat: every way in which one library answers another's, and a twin that has the
 * same words; as the roles that row-level security binds, and by indexes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/permit.h"
#include "test/support/transcript_desk.h"

enum { MOBSTATE = 1, SLU, CHATSTAFF, LIBRARIES };
enum { ANN = 1, BOB, JANE, MAX };

static PGconn *database; /* the test's own, to which nothing is closed */
static PGconn *desk;     /* the program's */
static struct error error;

static void setup(void)
{
    char conninfo[256];

    database = transcript_desk_new();
    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=deskbell", PQhost(database),
             PQdb(database));
    desk = database_connect(conninfo, &error);
    ck_assert_msg(desk != NULL, "%s", error.text);
    sql(database,
        "INSERT INTO deskbell.library_admin SELECT n, 'admin' || n || '@localhost', 1"
        " FROM generate_series(1, 3) n");
    sql(database, "INSERT INTO deskbell.coordinator VALUES (1, 'coordinator@localhost', 1)");
    sql(database,
        "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\","
        "  granted_by) SELECT 1, library_id, account, 'transcripts-own', 'admin1@localhost'"
        " FROM deskbell.operator");
}

static void teardown(void)
{
    PQfinish(desk);
    PQfinish(database);
}

/* --- the matrix of mission.md --- */

static void answered_at_home(void)
{
    desk_claim(database, 1, ANN, 10);
    desk_line(database, 1, ANN, "On the second floor");
}

static void answered_by_shared_coverage(void)
{
    desk_claim(database, 1, JANE, 10);
    desk_line(database, 1, JANE, "On the second floor");
}

static void answered_by_the_backup(void)
{
    desk_claim(database, 1, MAX, 10);
    desk_line(database, 1, MAX, "On the second floor");
}

static void handed_over_for_help(void)
{
    answered_at_home();
    desk_act(database, 1, "transferred", JANE, "help mobius-slu");
    desk_sql(database,
             "UPDATE deskbell.chat SET owner_id = 3, owner_name = 'mobius-slu-jane',"
             " answering_queue_id = 2, answering_queue_name = 'mobius-slu' WHERE number = 1",
             NULL);
    desk_line(database, 1, JANE, "It has just come back");
}

static void moved(void)
{
    handed_over_for_help();
    sql(database, "SELECT deskbell.chats_move(1, '{1}', '{2}')");
}

/* The backup answers, and the patron was in the wrong library. */
static void moved_by_the_backup(void)
{
    answered_by_the_backup();
    sql(database, "SELECT deskbell.chats_move(1, '{1}', '{2}')");
}

static void asked_and_nobody_came(void)
{
}

/* Library by library, and operator by operator in their own libraries: found or not. Coordinators
 * look into one library at a time, so theirs are the columns of the libraries. */
static const struct {
    const char *name;
    void (*happens)(void);
    const char *libraries; /* mobstate, slu, chatstaff */
    const char *own;       /* ann, bob, jane, max */
} cells[] = {
    {"nobody answered", asked_and_nobody_came, "+--", "----"},
    {"an operator of the library", answered_at_home, "+--", "+---"},
    {"shared coverage", answered_by_shared_coverage, "+--", "----"},
    {"the backup", answered_by_the_backup, "+--", "----"},
    {"a transfer `help`", handed_over_for_help, "+--", "+---"},
    {"a transfer `move`", moved, "-+-", "--+-"},
    {"a transfer `move` by the backup", moved_by_the_backup, "-+-", "----"},
};

static bool enter(int64_t library, const char *account, const char *right, const char *reason)
{
    const struct permit permit = {.consortium_id = 1,
                                  .library_id = library,
                                  .account = account,
                                  .right = right,
                                  .command = "test",
                                  .reason = reason};
    bool permitted;

    ck_assert_msg(permit_begin(desk, &permit, &permitted, &error), "%s", error.text);
    return permitted;
}

/* By each way of reading there is: a list, a count, words, the number, the ID, a text, exports. */
static int ways_to_read(struct transcript_query query)
{
    const struct transcript_page page = {.limit = 10};
    struct transcript_export_counts counts;
    struct transcript_list list;
    int count, ways = 0;
    int64_t number;
    char *text, *exported;
    size_t size;

    ck_assert_msg(transcript_search(desk, &query, &page, &list, &error), "%s", error.text);
    ways += list.count == 1;
    transcript_list_release(&list);
    query.words = "bookmobile";
    ck_assert_msg(transcript_count(desk, &query, &count, &error), "%s", error.text);
    ways += count;
    query.words = NULL;
    query.chat = 1;
    ck_assert(transcript_count(desk, &query, &count, &error));
    ways += count;
    ck_assert(transcript_find(desk, &query.scope, "c1", &number, &error));
    ways += number == 1;
    ck_assert_msg(transcript_get(desk, &query.scope, 1, &text, &error), "%s", error.text);
    ways += text != NULL && strstr(text, "bookmobile") != NULL;
    ck_assert_int_eq(text != NULL, ways == 5);
    free(text);
    for (int with_lines = 0; with_lines <= 1; with_lines++) {
        FILE *out = open_memstream(&exported, &size);
        ck_assert((with_lines ? transcript_export : chat_data_export)(
            desk, &query, TRANSCRIPT_JSON, out, 1 << 20, &counts, &error));
        fclose(out);
        ways += counts.chats == 1;
        ck_assert_int_eq(strstr(exported, "bookmobile") != NULL, with_lines && counts.chats == 1);
        free(exported);
    }
    return ways;
}

/* All ways say the same, and what is not found is as if it were not there. */
static char sees(int64_t library, int64_t operator, const char *account)
{
    const struct transcript_query query = {.scope = {1, library, operator}};
    struct transcript_erased erased;

    ck_assert(enter(library, account, operator == 0 ? "transcripts" : "transcripts-own", "help"));
    int ways = ways_to_read(query), all = 7;
    sql(desk, "ROLLBACK");
    for (int how = ERASE_TEXT; operator == 0 && how <= ERASE_WHOLE; how++) {
        ck_assert(enter(library, account, "erase", "law"));
        ck_assert_msg(transcript_erase(desk, &query, (enum transcript_erase)how, &erased, &error),
                      "%s", error.text);
        ways += erased.chats;
        all++;
        ck_assert_int_eq(erased.alive, 0);
        sql(desk, "ROLLBACK");
    }
    ck_assert_msg(ways == 0 || ways == all, "%d of %d ways", ways, all);
    return ways > 0 ? '+' : '-';
}

static const char *const admins[] = {"", "admin1@localhost", "admin2@localhost",
                                     "admin3@localhost"};
static const char *const operators[] = {"", "ann@localhost", "bob@localhost", "jane@localhost",
                                        "max@localhost"};
static const int64_t library_of[] = {0, MOBSTATE, MOBSTATE, SLU, CHATSTAFF};

START_TEST(who_may_read)
{
    char libraries[LIBRARIES] = "", coordinator[LIBRARIES] = "", own[5] = "";

    desk_chat(database, MOBSTATE, 1, "2026-03-03 16:15:00+00");
    desk_line(database, 1, 0, "Where is the bookmobile?");
    cells[_i].happens();
    sql(database, "COMMIT");
    for (int library = MOBSTATE; library < LIBRARIES; library++) {
        libraries[library - 1] = sees(library, 0, admins[library]);
        coordinator[library - 1] = sees(library, 0, "coordinator@localhost");
        ck_assert(!enter(library, "coordinator@localhost", "transcripts", ""));
        ck_assert(!enter(library, admins[library % 3 + 1], "transcripts", "help"));
        ck_assert(!enter(library, "ann@localhost", "transcripts", "help"));
    }
    for (int operator = ANN; operator <= MAX; operator++)
        own[operator - 1] = sees(library_of[operator], operator, operators[operator]);
    ck_assert_msg(strcmp(libraries, cells[_i].libraries) == 0, "%s: libraries %s", cells[_i].name,
                  libraries);
    ck_assert_msg(strcmp(coordinator, libraries) == 0, "%s: coordinator %s", cells[_i].name,
                  coordinator);
    ck_assert_msg(strcmp(own, cells[_i].own) == 0, "%s: own %s", cells[_i].name, own);
}
END_TEST

/* Somebody's own chats are those of their own library: an operator's number opens no other, even
 * without the wall of the database. Nor does a library's number in another consortium. */
START_TEST(a_number_opens_no_other_library)
{
    struct transcript_query query = {.scope = {1, SLU, ANN}};
    int count;

    desk_chat(database, MOBSTATE, 1, "2026-03-03 16:15:00+00");
    moved();
    ck_assert(transcript_count(database, &query, &count, &error));
    ck_assert_int_eq(count, 0);
    query.scope.operator = JANE;
    ck_assert(transcript_count(database, &query, &count, &error));
    ck_assert_int_eq(count, 1);
    query.scope = (struct transcript_scope){2, SLU, 0};
    ck_assert(transcript_count(database, &query, &count, &error));
    ck_assert_int_eq(count, 0);
}
END_TEST

/* --- twins under row-level security --- */

/* Chats 1, 3, 5 ... are mobstate's, 2, 4, 6 ... its twin's, with the same words at that time. */
static void twins(int chats)
{
    char count[12];

    snprintf(count, sizeof count, "%d", chats);
    desk_sql(database,
             "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
             "  queue_id, queue_name, patron, patron_resource, state, ended_by, opened, closed,"
             "  last_line)"
             " SELECT 1, 2 - n % 2, n, 'c' || n, 'q.c' || n, 2 - n % 2, 'mobius-x', 'p@x', '',"
             "  'closed', 'patron', at, at, 5 FROM (SELECT n,"
             "   '2026-01-01'::timestamptz + interval '5 minutes' * ((n - 1) / 2) AS at"
             "   FROM generate_series(1, $1::integer) n) days",
             count, NULL);
    desk_sql(database,
             "INSERT INTO deskbell.line"
             " SELECT c.library_id, c.number, n, c.opened, 'patron', NULL, NULL, '',"
             "  'a question about subject' || (c.number - 1) / 2 % 1000 || ' and more ' || n"
             " FROM deskbell.chat c CROSS JOIN generate_series(1, 5) n",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.act (library_id, chat, at, act, operator_id, detail)"
             " SELECT library_id, number, opened, 'tagged', 1, 'tag' || number % 100 / 2"
             " FROM deskbell.chat",
             NULL);
}

/* Counts that grow: of this transaction, and of those before that were not handed in yet. */
static int64_t rows_read(const char *table, const char *column)
{
    char statement[200];

    snprintf(statement, sizeof statement,
             "SELECT coalesce(sum(%s), 0) FROM pg_stat_xact_user_tables WHERE relname = '%s'",
             column, table);
    return sql_number(desk, statement);
}

/* Counted, not timed: no table of what was said or done is read from end to end, and no more than
 * the library's part of the words. */
START_TEST(a_search_reads_what_it_needs)
{
    static const struct {
        const char *name;
        struct transcript_query query;
        int count;
        int64_t lines_max, chats_max;
    } searches[] = {
        /* Half of the chats are the twin's, so that the planner may well read both. */
        {"a word", {.words = "subject77"}, 5, 0, 20000},
        {"words that nobody wrote", {.words = "nothing"}, 0, 0, 20000},
        {"a tag", {.tag = "tag7"}, 100, 0, 20000},
        {"a day", {.from = "2026-01-03", .to = "2026-01-03"}, 288, 0, 20000},
        {"one chat", {.chat = 4711}, 1, 0, 2},
    };
    struct transcript_query query = {.scope = {1, MOBSTATE, 0}, .words = "subject1"};
    const char *const tables[] = {"line", "act", "followup"};
    int count;

    twins(10000);
    sql(database, "COMMIT");
    ck_assert(enter(MOBSTATE, admins[MOBSTATE], "transcripts", ""));
    ck_assert_msg(transcript_count(desk, &query, &count, &error), "%s", error.text);
    ck_assert_int_eq(count, 5);
    sql(desk, "COMMIT");
    sql(database, "ANALYZE");
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        ck_assert(enter(MOBSTATE, admins[MOBSTATE], "transcripts", ""));
        int64_t lines = rows_read("line", "idx_tup_fetch");
        int64_t chats = rows_read("chat", "seq_tup_read + idx_tup_fetch");
        query = searches[i].query;
        query.scope = (struct transcript_scope){1, MOBSTATE, 0};
        ck_assert_msg(transcript_count(desk, &query, &count, &error), "%s", error.text);
        ck_assert_msg(count == searches[i].count, "%s: %d", searches[i].name, count);
        for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
            ck_assert_msg(rows_read(tables[t], "seq_tup_read") == 0, "%s reads all of %s",
                          searches[i].name, tables[t]);
        ck_assert_int_le(rows_read("line", "idx_tup_fetch") - lines, searches[i].lines_max);
        chats = rows_read("chat", "seq_tup_read + idx_tup_fetch") - chats;
        ck_assert_msg(chats <= searches[i].chats_max, "%s: %lld chats", searches[i].name,
                      (long long)chats);
        sql(desk, "COMMIT");
    }
}
END_TEST

/* Whose tenant is set, and whose library is named: only both together find anything. */
START_TEST(both_walls_hold)
{
    int count;

    twins(20);
    sql(database, "COMMIT");
    for (int tenant = MOBSTATE; tenant <= SLU; tenant++)
        for (int library = MOBSTATE; library <= SLU; library++) {
            struct transcript_query query = {.scope = {1, library, 0}, .words = "subject7"};
            ck_assert(enter(tenant, admins[tenant], "transcripts", ""));
            ck_assert_msg(transcript_count(desk, &query, &count, &error), "%s", error.text);
            ck_assert_int_eq(count, tenant == library ? 1 : 0);
            sql(desk, "ROLLBACK");
        }
}
END_TEST

/* As the role that it has then, and only where it was let in. */
START_TEST(the_purge_is_the_desks_own_work)
{
    struct transcript_purged purged;

    twins(20);
    desk_sql(database,
             "INSERT INTO deskbell.block (consortium_id, library_id, patron, until, chat, at)"
             " VALUES (1, 1, 'a@x', '2020-01-01', 1, '2020-01-01'),"
             " (1, 2, 'a@x', '2020-01-01', 1, '2020-01-01')",
             NULL);
    sql(database, "COMMIT");
    for (int library = MOBSTATE; library <= SLU; library++) {
        ck_assert(permit_begin_own(desk, 1, MOBSTATE, "purge", "", &error));
        ck_assert_msg(transcript_purge(desk, 1, library, 1900000000000, &purged, &error), "%s",
                      error.text);
        ck_assert_int_eq(purged.chats, library == MOBSTATE ? 10 : 0);
        ck_assert_int_eq(purged.lines, library == MOBSTATE ? 50 : 0);
        ck_assert_int_eq(purged.others, library == MOBSTATE ? 1 : 0);
        sql(desk, "COMMIT");
    }
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line WHERE erased"), 50);
    ck_assert_str_eq(sql(database, "SELECT string_agg(concat_ws(' ', library_id, what, chats,"
                                   " blocks), ', ' ORDER BY what) FROM deskbell.purge"),
                     "1 blocks 0 1, 1 transcripts 10 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transcript_tenants");
    TCase *tcase = tcase_create("transcript_tenants");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, who_may_read, 0, sizeof cells / sizeof cells[0]);
    tcase_add_test(tcase, a_search_reads_what_it_needs);
    tcase_add_test(tcase, both_walls_hold);
    tcase_add_test(tcase, a_number_opens_no_other_library);
    tcase_add_test(tcase, the_purge_is_the_desks_own_work);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
