/* Two stores of one consortium with failover: who takes over when, and that the other changes
 * nothing. Each has a clock of its own that the test moves, so that no test waits for a lease to
 * end. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "component/store_private.h"
#include "test/support/store_desk.h"

static PGconn *database;
static struct desk active, standby;
static struct effects turn;

static bool may_write(const struct desk *desk)
{
    return store_may_write(desk->store, now_ms() + desk->ahead_ms);
}

/* What the server takes to answer is real time, and must not be made longer by our clock. */
static void answered(struct desk *desk)
{
    int64_t since = now_ms();

    do
        desk_turn(desk, 1);
    while ((desk->store->phase == PHASE_CONNECTING || desk->store->request_count > 0) &&
           now_ms() - since < 20000);
}

/* Both go on for a while of their own clocks; `active` only if it does not hang. */
static void pass(int ms, bool hangs)
{
    for (int past = 0; past < ms; past += 50) {
        active.ahead_ms += 50;
        standby.ahead_ms += 50;
        if (!hangs)
            answered(&active);
        answered(&standby);
    }
}

static void setup(void)
{
    database = database_new();
    desk_open_failover(&active, database, "here:1");
    desk_wait(&active, &active.ups, 1);
    desk_open_failover(&standby, database, "there:2");
    desk_wait_state(&standby, STORE_STANDBY);
    effects_init(&turn);
}

static void teardown(void)
{
    desk_close(&active);
    desk_close(&standby);
    effects_release(&turn);
    PQfinish(database);
}

static int64_t epoch(void)
{
    return sql_number(database, "SELECT epoch FROM deskbell.lease");
}

static void backends_end(const char *holder)
{
    const char *const values[] = {holder};
    PGresult *result =
        PQexecParams(database,
                     "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                     " AND EXISTS (SELECT FROM deskbell.lease WHERE holder = $1)",
                     1, NULL, values, NULL, NULL, 0);

    ck_assert_int_eq(PQntuples(result), 1);
    PQclear(result);
}

START_TEST(a_holder_that_renews_stays)
{
    ck_assert_str_eq(store_serving(standby.store), "here:1");
    ck_assert_int_eq(standby.settings, 1); /* it is told to load them */
    pass(20000, false);
    ck_assert(may_write(&active) && !may_write(&standby));
    ck_assert_int_eq(epoch(), 1);
    ck_assert_int_eq(standby.ups, 0);
}
END_TEST

START_TEST(a_death_is_seen_soon)
{
    desk_close(&active);
    int64_t before = standby.ahead_ms;
    while (standby.ups == 0)
        pass(50, true);
    ck_assert_int_le(standby.ahead_ms - before, 2000);
    ck_assert(may_write(&standby));
    ck_assert_int_eq(epoch(), 2);
    ck_assert_str_eq(sql(database, "SELECT holder FROM deskbell.lease"), "there:2");
}
END_TEST

/* It is stopped with a batch that it has not sent: that is refused when it wakes. */
START_TEST(a_sleeper_is_taken_over_from_and_changes_nothing)
{
    int64_t renewed = active.store->lease.sent;

    while (standby.ups == 0)
        pass(50, true);
    ck_assert(!may_write(&active));
    ck_assert_int_ge(standby.store->now - renewed, LEASE_TAKE_MS);
    ck_assert_int_lt(active.ahead_ms, LEASE_TAKE_MS + 3000);
    ck_assert_int_eq(epoch(), 2);
    turn_chat(&turn, 1, 1);
    turn_line(&turn, 1, 1, "too late");
    store_submit(active.store, &turn, NULL, 0);
    desk_wait(&active, &active.fenceds, 1);
    ck_assert(!may_write(&active));
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 0);
    ck_assert_int_eq(active.committed_count, 0);
}
END_TEST

/* Its session broke and it is quick: it goes on under its epoch. */
START_TEST(who_comes_back_at_once_stays)
{
    pass(2000, false);
    backends_end("here:1");
    desk_wait(&active, &active.ups, 2);
    ck_assert(active.again && may_write(&active));
    pass(3000, false);
    ck_assert_int_eq(epoch(), 1);
    ck_assert_int_eq(standby.ups, 0);
    ck_assert(may_write(&active));
}
END_TEST

/* The server says good-bye to both; whoever was active comes first, however late it is. */
START_TEST(behind_a_restart_of_the_server_the_old_one_goes_on)
{
    pass(2000, false);
    cluster_stop("fast");
    desk_wait(&active, &active.aways, 1);
    ck_assert(may_write(&active)); /* for eight seconds */
    cluster_go();
    desk_wait_state(&standby, STORE_STANDBY);
    int64_t seen = standby.store->now;
    while (standby.store->now - seen < LEASE_HOLD_MS)
        pass(50, true);
    ck_assert_int_eq(standby.ups, 0);
    ck_assert(!may_write(&active));
    desk_wait(&active, &active.ups, 2);
    ck_assert(may_write(&active));
    PQreset(database);
    ck_assert_int_eq(epoch(), 1);
}
END_TEST

START_TEST(who_ends_in_order_is_followed_without_a_wait)
{
    store_end(active.store);
    while (!store_has_ended(active.store))
        desk_turn(&active, 10);
    desk_close(&active);
    desk_close(&standby);
    desk_open_failover(&standby, database, "there:2"); /* one that has seen nothing */
    desk_wait(&standby, &standby.ups, 1);
    ck_assert_int_eq(standby.ahead_ms, 0);
    ck_assert_int_eq(epoch(), 2);
}
END_TEST

/* A process that was configured without failover renews nothing, and is not to be ended for it. */
START_TEST(a_holder_without_failover_is_left_alone)
{
    desk_close(&active);
    desk_close(&standby);
    desk_open(&active, database, "here:1");
    desk_wait(&active, &active.ups, 1);
    desk_open_failover(&standby, database, "there:2");
    desk_wait_state(&standby, STORE_STANDBY);
    pass(2 * LEASE_TAKE_MS, false);
    ck_assert_int_eq(standby.ups, 0);
    ck_assert(may_write(&active));
}
END_TEST

/* New settings reach a standby. */
START_TEST(a_standby_is_told_of_new_settings)
{
    sql(database, "SELECT pg_notify('deskbell_settings_1', '')");
    desk_wait(&standby, &standby.settings, 2);
}
END_TEST

int main(void)
{
    cluster_start(false);
    Suite *suite = suite_create("store_lease");
    TCase *tests = tcase_create("store_lease");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_holder_that_renews_stays);
    tcase_add_test(tests, a_death_is_seen_soon);
    tcase_add_test(tests, a_sleeper_is_taken_over_from_and_changes_nothing);
    tcase_add_test(tests, who_comes_back_at_once_stays);
    tcase_add_test(tests, who_ends_in_order_is_followed_without_a_wait);
    tcase_add_test(tests, a_holder_without_failover_is_left_alone);
    tcase_add_test(tests, a_standby_is_told_of_new_settings);
    tcase_add_test(tests, behind_a_restart_of_the_server_the_old_one_goes_on);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
