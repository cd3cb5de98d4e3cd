/* The clerk: jobs in their order, a database that goes and comes, and an end that waits for
 * nobody. */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/clerk.h"
#include "policy/mem.h"
#include "test/support/store_desk.h"

enum { TASKS_MAX = CLERK_JOBS_MAX + 8 };

/* A job: a statement, and what came of it. */
struct task {
    const char *statement;
    char value[64];
    int ended; /* its place among those that have; 0: not yet */
    enum clerk_end end;
};

static PGconn *database;
static struct clerk *clerk;
static char conninfo[256];
static struct task tasks[TASKS_MAX];
static int ended;

static void setup(void)
{
    database = database_new();
    snprintf(conninfo, sizeof conninfo, "host=%s user=%s dbname=%s", PQhost(database),
             PQuser(database), PQdb(database));
    memset(tasks, 0, sizeof tasks);
    ended = 0;
    clerk = clerk_new(conninfo);
}

static void teardown(void)
{
    clerk_free(clerk);
    PQfinish(database);
}

/* Many statements are one implicit transaction for PQexec(): "BEGIN; ..." leaves it open. */
static void task_work(PGconn *connection, void *context)
{
    struct task *task = context;
    PGresult *result = PQexec(connection, task->statement);

    if (PQntuples(result) > 0)
        snprintf(task->value, sizeof task->value, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
}

static void task_done(void *context, enum clerk_end end)
{
    struct task *task = context;

    ck_assert_int_eq(task->ended, 0);
    task->ended = ++ended;
    task->end = end;
}

static bool submit(struct task *task, const char *statement)
{
    task->statement = statement;
    return clerk_submit(clerk, &(struct clerk_job){task_work, task_done, task});
}

static void wait_for(int count)
{
    int64_t until = now_ms() + 20000;

    while (ended < count) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        ck_assert_msg(now_ms() < until, "%d of %d ended", ended, count);
        poll(&poller, 1, 100);
        clerk_process(clerk, now_ms());
    }
}

START_TEST(jobs_run_in_their_order)
{
    ck_assert(submit(&tasks[0], "SELECT pg_sleep(0.2)"));
    ck_assert(submit(&tasks[1], "CREATE TABLE a AS SELECT 'one'::text AS b"));
    ck_assert(submit(&tasks[2], "SELECT b FROM a"));
    wait_for(3);
    ck_assert_str_eq(tasks[2].value, "one");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(tasks[i].ended, i + 1);
        ck_assert_int_eq(tasks[i].end, CLERK_DONE);
    }
}
END_TEST

/* A job that fails is a job that has run. */
START_TEST(a_transaction_that_is_left_open_is_rolled_back)
{
    submit(&tasks[0], "BEGIN; CREATE TABLE a (b integer)");
    submit(&tasks[1], "BEGIN; SELECT 1 / 0");
    submit(&tasks[2], "SELECT to_regclass('a') IS NULL");
    wait_for(3);
    ck_assert_int_eq(tasks[1].end, CLERK_DONE);
    ck_assert_str_eq(tasks[2].value, "t");
}
END_TEST

START_TEST(the_connection_stays_and_has_a_time_out)
{
    submit(&tasks[0], "SELECT pg_backend_pid()");
    submit(&tasks[1], "SELECT pg_backend_pid()");
    submit(&tasks[2], "SHOW statement_timeout");
    submit(&tasks[3], "SHOW client_connection_check_interval");
    wait_for(4);
    ck_assert_str_ne(tasks[0].value, "");
    ck_assert_str_eq(tasks[0].value, tasks[1].value);
    ck_assert_str_eq(tasks[2].value, "30s");
    ck_assert_str_eq(tasks[3].value, "1s");
}
END_TEST

START_TEST(a_connection_that_died_at_rest_is_made_anew)
{
    submit(&tasks[0], "SELECT pg_backend_pid()");
    wait_for(1);
    char *kill = mem_printf("SELECT pg_terminate_backend(%s, 5000)", tasks[0].value);
    ck_assert_str_eq(sql(database, kill), "t");
    free(kill);
    submit(&tasks[1], "SELECT 'alive'");
    wait_for(2);
    ck_assert_int_eq(tasks[1].end, CLERK_DONE);
    ck_assert_str_eq(tasks[1].value, "alive");
}
END_TEST

START_TEST(one_that_dies_at_work_says_so)
{
    submit(&tasks[0], "SELECT pg_terminate_backend(pg_backend_pid())");
    wait_for(1);
    ck_assert_int_eq(tasks[0].end, CLERK_AWAY);
    submit(&tasks[1], "SELECT 'alive'");
    wait_for(2);
    ck_assert_int_eq(tasks[1].end, CLERK_DONE);
}
END_TEST

START_TEST(a_database_that_is_away_comes_back)
{
    submit(&tasks[0], "SELECT 1");
    wait_for(1);
    cluster_stop("immediate");
    submit(&tasks[1], "SELECT 'away'");
    wait_for(2);
    ck_assert_int_eq(tasks[1].end, CLERK_AWAY);
    ck_assert_str_eq(tasks[1].value, "");
    cluster_go();
    submit(&tasks[2], "SELECT 'back'");
    wait_for(3);
    ck_assert_int_eq(tasks[2].end, CLERK_DONE);
    ck_assert_str_eq(tasks[2].value, "back");
}
END_TEST

/* Those that are done but not fetched count, too: their ends need room. */
START_TEST(no_more_than_it_can_hold)
{
    int taken = 0;

    while (taken < TASKS_MAX && submit(&tasks[taken], "SELECT pg_sleep(0.01)"))
        taken++;
    ck_assert_int_ge(taken, CLERK_JOBS_MAX);
    ck_assert_int_le(taken, CLERK_JOBS_MAX + 1); /* the one that runs does not wait */
    wait_for(taken);
    ck_assert(submit(&tasks[TASKS_MAX - 1], "SELECT 1"));
    wait_for(taken + 1);
}
END_TEST

static int64_t sleepers(void)
{
    return sql_number(database, "SELECT count(*) FROM pg_stat_activity"
                                " WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(60)%'");
}

static void wait_sleepers(int64_t wanted)
{
    for (int i = 0; i < 100 && sleepers() != wanted; i++)
        usleep(50000);
    ck_assert_int_eq(sleepers(), wanted);
}

START_TEST(the_end_cuts_what_runs_and_drops_what_waits)
{
    int64_t began;

    submit(&tasks[0], "SELECT pg_sleep(60)");
    submit(&tasks[1], "CREATE TABLE a (b integer)");
    wait_sleepers(1);
    began = now_ms();
    clerk = clerk_free(clerk);
    ck_assert_int_lt(now_ms() - began, 2000);
    ck_assert_int_eq(ended, 2);
    ck_assert_int_eq(tasks[0].end, CLERK_AWAY);
    ck_assert_int_eq(tasks[1].end, CLERK_AWAY);
    wait_sleepers(0);
    ck_assert_str_eq(sql(database, "SELECT to_regclass('a') IS NULL"), "t");
}
END_TEST

START_TEST(a_job_without_an_end_is_cut)
{
    int64_t at = 1000;

    submit(&tasks[0], "SELECT pg_sleep(60)");
    wait_sleepers(1);
    clerk_process(clerk, at);
    ck_assert_int_eq(clerk_deadline(clerk), at + CLERK_JOB_MS_MAX);
    clerk_process(clerk, at + CLERK_JOB_MS_MAX - 1);
    ck_assert_int_eq(sleepers(), 1);
    clerk_process(clerk, at + CLERK_JOB_MS_MAX);
    wait_for(1);
    ck_assert_int_eq(tasks[0].end, CLERK_AWAY);
    clerk_process(clerk, at + CLERK_JOB_MS_MAX);
    ck_assert_int_eq(clerk_deadline(clerk), INT64_MAX);
    wait_sleepers(0);
}
END_TEST

/* A server that takes the connection and says nothing: neither the end nor the next waits. */
START_TEST(the_end_does_not_wait_for_a_connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(listener, 4), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    clerk_free(clerk);
    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1 port=%d user=a dbname=a",
             ntohs(address.sin_port));
    clerk = clerk_new(conninfo);
    submit(&tasks[0], "SELECT 1");
    usleep(200000);
    int64_t began = now_ms();
    clerk = clerk_free(clerk);
    ck_assert_int_lt(now_ms() - began, 2000);
    ck_assert_int_eq(tasks[0].end, CLERK_AWAY);
    close(listener);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clerk");
    TCase *tests = tcase_create("clerk");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, jobs_run_in_their_order);
    tcase_add_test(tests, a_transaction_that_is_left_open_is_rolled_back);
    tcase_add_test(tests, the_connection_stays_and_has_a_time_out);
    tcase_add_test(tests, a_connection_that_died_at_rest_is_made_anew);
    tcase_add_test(tests, one_that_dies_at_work_says_so);
    tcase_add_test(tests, a_database_that_is_away_comes_back);
    tcase_add_test(tests, no_more_than_it_can_hold);
    tcase_add_test(tests, the_end_cuts_what_runs_and_drops_what_waits);
    tcase_add_test(tests, a_job_without_an_end_is_cut);
    tcase_add_test(tests, the_end_does_not_wait_for_a_connection);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
