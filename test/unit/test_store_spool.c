/* The store while the database is away, slow or unwilling: what was reported durable is in the
 * database afterwards, once and in order. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "policy/mem.h"
#include "test/support/store_desk.h"

static PGconn *database;
static struct desk desk;
static struct effects turns[STORE_BATCHES_MAX];
static int line; /* written last to chat 1 */

static void setup(void)
{
    database = database_new();
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_init(&turns[i]);
    line = 0;
    desk_folder_clear("here:1");
    desk_open_spooling(&desk, database, "here:1");
}

static void teardown(void)
{
    desk_close(&desk);
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_release(&turns[i]);
    PQfinish(database);
}

static bool in_use(void)
{
    struct store_spool spool;

    store_spool(desk.store, &spool);
    return spool.in_use;
}

static void until_written_back(void)
{
    int64_t since = now_ms();

    while (in_use() || store_in_flight(desk.store) > 0) {
        desk_turn(&desk, 50);
        ck_assert_msg(now_ms() - since < 30000, "the spool is never written back");
    }
}

/* A batch for each line of chat 1, each with the mark of the line before; waits for room only, so
 * that a store that does not spool hangs here. */
static void lines_write(int count)
{
    for (int i = 0; i < count; i++) {
        int64_t since = now_ms();
        while (store_room(desk.store) == 0) {
            desk_turn(&desk, 100);
            ck_assert_msg(now_ms() - since < 9000, "no room: chats stand still");
        }
        struct effects *turn = &turns[line % STORE_BATCHES_MAX];
        effects_clear(turn);
        line++;
        turn_chat(turn, 1, line);
        turn_line(turn, 1, line, "a line");
        const struct mark mark = {MARK_OPERATORS, 1, line - 1, 0};
        store_submit(desk.store, turn, &mark, 1);
    }
}

/* All reported so far, without the database's help. */
static void expect_reported(int count)
{
    int64_t since = now_ms();

    while (desk.committed_count < count) {
        desk_turn(&desk, 50);
        ck_assert_msg(now_ms() - since < 9000, "batches are not reported");
    }
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(desk.committed[i], i + 1);
}

static void expect_all_once(void)
{
    ck_assert_int_eq(desk.committed_count, line);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), line);
    /* The key allows no line twice; the order in which they came is that of the table. */
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM (SELECT line, row_number() OVER"
                                          " (ORDER BY ctid) AS place FROM deskbell.line) l"
                                          " WHERE line <> place"),
                     0);
    ck_assert_int_eq(sql_number(database, "SELECT max(number) FROM deskbell.batch WHERE epoch = 1"),
                     line);
    ck_assert_int_eq(sql_number(database, "SELECT operator_mark FROM deskbell.chat"), line - 1);
    ck_assert_int_eq(sql_number(database, "SELECT last_line FROM deskbell.chat"), line);
    ck_assert_int_eq(desk_refused(&desk), 0);
}

static int spool_files(void)
{
    char *command = mem_printf("ls %s/spool | grep -c .", desk.state_dir);
    FILE *pipe = popen(command, "r");
    int count = -1;

    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    free(command);
    return count;
}

START_TEST(chats_go_on_while_the_server_is_stopped)
{
    lines_write(5);
    cluster_stop(_i == 0 ? "fast" : "immediate");
    lines_write(200);
    expect_reported(205);
    ck_assert(in_use());
    ck_assert_int_eq(store_state(desk.store), STORE_AWAY);
    cluster_go();
    lines_write(200);
    until_written_back();
    PQreset(database);
    expect_all_once();
    ck_assert_int_eq(spool_files(), 0);
    lines_write(10);
    desk_settle(&desk);
    ck_assert(!in_use());
    expect_all_once();
}
END_TEST

/* The process dies while the database is away; the next one writes what the first had reported. */
START_TEST(the_next_process_writes_the_spool)
{
    lines_write(3);
    expect_reported(3);
    cluster_stop("fast");
    lines_write(40);
    expect_reported(43);
    desk_close(&desk);
    cluster_go();
    PQreset(database);
    desk_open_spooling(&desk, database, "here:1");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 43);
    ck_assert_int_eq(sql_number(database, "SELECT max(number) FROM deskbell.batch WHERE epoch = 1"),
                     43);
    ck_assert_int_eq(desk.start.epoch, 2);
    ck_assert_int_eq(desk.start.first_number, 2);
    ck_assert_int_eq(desk.restores, 1);
    ck_assert(!in_use());
    ck_assert_int_eq(spool_files(), 0);
    /* It numbers its own batches from 1. */
    desk.committed_count = 0;
    lines_write(1);
    expect_reported(1);
    until_written_back();
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 44);
}
END_TEST

START_TEST(what_another_process_overtook_is_set_aside)
{
    char *aside = mem_printf("%s/spool-of-epoch-1-0", desk.state_dir);

    cluster_stop("fast");
    lines_write(4);
    expect_reported(4);
    desk_close(&desk);
    cluster_go();
    PQreset(database);
    sql(database, "UPDATE deskbell.lease SET epoch = epoch + 1");
    desk_open_spooling(&desk, database, "here:1");
    ck_assert_int_eq(desk.start.epoch, 3);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 0);
    ck_assert_int_eq(access(aside, F_OK), 0);
    ck_assert_int_eq(spool_files(), 0);
    free(aside);
}
END_TEST

/* A batch does not come back for more than three seconds: its sends leave all the same. Then it
 * turns out to have happened. */
START_TEST(a_slow_commit_goes_to_the_spool_and_counts_once)
{
    lines_write(2);
    expect_reported(2);
    sql(database, "BEGIN; LOCK TABLE deskbell.chat");
    lines_write(2);
    int64_t since = now_ms();
    expect_reported(4);
    ck_assert_int_ge(now_ms() - since, STORE_SLOW_MS - 100);
    ck_assert_int_le(now_ms() - since, STORE_SLOW_MS + 1500);
    ck_assert(in_use());
    ck_assert_int_eq(desk.aways, 0); /* nobody has hung up */
    /* From now on nobody waits. */
    since = now_ms();
    lines_write(20);
    expect_reported(24);
    ck_assert_int_le(now_ms() - since, 2000);
    sql(database, "COMMIT");
    until_written_back();
    expect_all_once();
    lines_write(10);
    desk_settle(&desk);
    ck_assert(!in_use());
    expect_all_once();
}
END_TEST

/* The backend is stopped with a batch in it, longer than a connection is waited for. Its session
 * holds the lock until it has ended, so nobody writes before the batch's fate is known. */
START_TEST(a_stopped_backend_holds_the_place)
{
    lines_write(2);
    expect_reported(2);
    int backend = (int)sql_number(database, "SELECT pid FROM pg_stat_activity"
                                            " WHERE application_name = 'deskbell'");
    ck_assert_int_eq(kill(backend, SIGSTOP), 0);
    lines_write(4);
    expect_reported(6);
    int64_t until = now_ms() + 12000; /* also longer than until it is hung up on */
    while (now_ms() < until) {
        lines_write(1);
        desk_turn(&desk, 20);
        usleep(20000);
    }
    expect_reported(line);
    ck_assert_int_eq(desk.aways, 1);
    ck_assert_int_eq(store_state(desk.store), STORE_STANDBY);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 2);
    ck_assert_int_eq(kill(backend, SIGCONT), 0);
    until_written_back();
    expect_all_once();
}
END_TEST

START_TEST(a_database_that_does_not_write_is_away)
{
    lines_write(2);
    expect_reported(2);
    sql(database, _i == 0 ? "ALTER ROLE deskbell SET default_transaction_read_only = on"
                          : "CREATE FUNCTION stuffed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                            " RAISE 'no space' USING errcode = 'disk_full'; END $$;"
                            "CREATE TRIGGER stuffed BEFORE INSERT ON deskbell.line"
                            " FOR EACH STATEMENT EXECUTE FUNCTION stuffed()");
    if (_i == 0)
        sql(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE application_name = 'deskbell'");
    lines_write(30);
    expect_reported(32);
    int64_t until = now_ms() + 2500;
    while (now_ms() < until)
        desk_turn(&desk, 100);
    ck_assert(in_use());
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 2);
    /* Not up and away with every try. */
    ck_assert_int_le(desk.aways, 2);
    sql(database, _i == 0 ? "ALTER ROLE deskbell RESET default_transaction_read_only"
                          : "DROP TRIGGER stuffed ON deskbell.line");
    until_written_back();
    expect_all_once();
}
END_TEST

/* Sessions are killed again and again while spooled and live batches are written. */
START_TEST(killed_sessions_lose_and_repeat_nothing)
{
    for (int i = 0; i < 30; i++) {
        lines_write(20);
        int64_t until = now_ms() + 1000;
        while (i % 3 == 0 && store_state(desk.store) != STORE_UP && now_ms() < until)
            desk_turn(&desk, 20);
        if (i % 3 != 2)
            sql(database, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                          " WHERE application_name = 'deskbell'");
    }
    until_written_back();
    desk_settle(&desk);
    expect_all_once();
    ck_assert_int_ge(desk.aways, 2);
}
END_TEST

START_TEST(a_recall_sees_what_was_spooled)
{
    lines_write(2);
    expect_reported(2);
    cluster_stop("fast");
    lines_write(50);
    expect_reported(52);
    ck_assert(store_recall(desk.store, 1));
    cluster_go();
    desk_wait(&desk, &desk.recalled_count, 1);
    ck_assert_int_eq(desk.recalled_lines, 52);
    PQreset(database);
}
END_TEST

static void disk_full(bool full)
{
    const struct rlimit limit = {full ? 0 : RLIM_INFINITY, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* Neither takes anything. Nothing is reported, nothing is forgotten, there is no more room; and
 * either of the two ends it. */
START_TEST(both_away)
{
    lines_write(2);
    expect_reported(2);
    cluster_stop("fast");
    desk_wait(&desk, &desk.aways, 1);
    /* Check writes to a file with every assertion: none while the disk is "full". */
    disk_full(true);
    for (int i = 0; i < STORE_BATCHES_MAX; i++) {
        struct effects *turn = &turns[line % STORE_BATCHES_MAX];
        effects_clear(turn);
        line++;
        turn_chat(turn, 1, line);
        turn_line(turn, 1, line, "a line");
        const struct mark mark = {MARK_OPERATORS, 1, line - 1, 0};
        store_submit(desk.store, turn, &mark, 1);
    }
    int64_t until = now_ms() + 1500;
    while (now_ms() < until)
        desk_turn(&desk, 100);
    int reported = desk.committed_count, room = store_room(desk.store);
    bool stuck = store_is_stuck(desk.store);
    if (_i == 0)
        disk_full(false);
    if (_i == 1) {
        disk_full(false); /* the server needs one */
        cluster_go();
        disk_full(true);
    }
    until = now_ms() + 8000;
    while (now_ms() < until && desk.committed_count < 6)
        desk_turn(&desk, 100);
    int later = desk.committed_count;
    bool still = store_is_stuck(desk.store);
    disk_full(false);
    ck_assert_int_eq(reported, 2);
    ck_assert_int_eq(room, 0);
    ck_assert(stuck);
    ck_assert_int_eq(later, 6);
    ck_assert(!still);
    if (_i == 0)
        cluster_go();
    lines_write(5);
    until_written_back();
    PQreset(database);
    expect_all_once();
}
END_TEST

/* One bad record in the middle of a spooled crowd. */
START_TEST(a_refused_record_does_not_stop_the_replay)
{
    lines_write(10);
    expect_reported(10);
    cluster_stop("fast");
    for (int i = 0; i < 60; i++) {
        lines_write(1);
        if (i == 20) {
            struct effects *turn = &turns[line % STORE_BATCHES_MAX];
            effects_clear(turn);
            while (store_room(desk.store) == 0)
                desk_turn(&desk, 100);
            turn_line(turn, 77, 1, "of a chat that is not there");
            turn_act(turn, 1, ACT_TAGGED);
            store_submit(desk.store, turn, NULL, 0);
            expect_reported(line + 1);
        }
    }
    expect_reported(71);
    cluster_go();
    until_written_back();
    PQreset(database);
    ck_assert_int_eq(desk_refused(&desk), 1);
    ck_assert_ptr_nonnull(strstr(desk_quarantine(&desk), "body: of a chat that is not there\n"));
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 70);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.act"), 1);
    ck_assert_int_eq(sql_number(database, "SELECT max(number) FROM deskbell.batch"), 71);
}
END_TEST

/* Every record of a turn is bad but one. */
START_TEST(all_but_one_refused)
{
    struct effects *turn = &turns[0];

    turn_chat(turn, 1, 1);
    for (int i = 1; i <= 30; i++)
        turn_line(turn, i == 17 ? 1 : 500 + i, i == 17 ? 1 : i, "a line");
    const struct mark mark = {MARK_PATRON, 1, 1, 0};
    store_submit(desk.store, turn, &mark, 1);
    expect_reported(1);
    until_written_back();
    ck_assert_int_eq(desk_refused(&desk), 29);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 1);
    ck_assert_int_eq(sql_number(database, "SELECT patron_mark FROM deskbell.chat"), 1);
}
END_TEST

/* An offer is made, its text leaves, it is withdrawn and made again, all in one outage: after it
 * the last offer counts as not handed over. */
START_TEST(marks_keep_their_place_among_the_offers)
{
    const struct mark handed = {MARK_OFFER, 1, 1, 1};
    static const enum offer_outcome outcomes[] = {OFFER_OPEN, OFFER_OPEN, OFFER_WITHDRAWN,
                                                  OFFER_OPEN};

    lines_write(1);
    expect_reported(1);
    cluster_stop("fast");
    for (int i = 0; i < 4; i++) {
        effects_clear(&turns[3]);
        if (i != 1)
            turn_offer(&turns[3], 1, 1, i, outcomes[i]);
        store_submit(desk.store, &turns[3], &handed, i == 1);
        expect_reported(2 + i);
    }
    cluster_go();
    until_written_back();
    PQreset(database);
    ck_assert_str_eq(sql(database, "SELECT string_agg(outcome || ' ' || handed, ','"
                                   " ORDER BY number) FROM deskbell.offer"),
                     "withdrawn true,open false");
}
END_TEST

/* A frame that cannot be read costs what is in it, and nothing behind it. */
START_TEST(damage_costs_no_more_than_itself)
{
    cluster_stop("fast");
    lines_write(30);
    expect_reported(30);
    desk_close(&desk);
    char *command = mem_printf("f=$(ls %s/spool/*.spool); s=$(stat -c %%s $f);"
                               " printf X | dd of=$f bs=1 seek=$((s / 2)) conv=notrunc 2>&1",
                               desk.state_dir);
    ck_assert_int_eq(system(command), 0);
    free(command);
    cluster_go();
    PQreset(database);
    desk_open_spooling(&desk, database, "here:1");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 29);
    ck_assert_int_eq(sql_number(database, "SELECT max(number) FROM deskbell.batch WHERE epoch = 1"),
                     30);
    ck_assert_int_eq(spool_files(), 1); /* the damaged one, for people */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_spool");
    TCase *tcase = tcase_create("store_spool");

    cluster_start(false);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 90);
    tcase_add_loop_test(tcase, chats_go_on_while_the_server_is_stopped, 0, 2);
    tcase_add_test(tcase, the_next_process_writes_the_spool);
    tcase_add_test(tcase, what_another_process_overtook_is_set_aside);
    tcase_add_test(tcase, a_slow_commit_goes_to_the_spool_and_counts_once);
    tcase_add_test(tcase, a_stopped_backend_holds_the_place);
    tcase_add_loop_test(tcase, a_database_that_does_not_write_is_away, 0, 2);
    tcase_add_test(tcase, killed_sessions_lose_and_repeat_nothing);
    tcase_add_test(tcase, a_recall_sees_what_was_spooled);
    tcase_add_loop_test(tcase, both_away, 0, 2);
    tcase_add_test(tcase, a_refused_record_does_not_stop_the_replay);
    tcase_add_test(tcase, all_but_one_refused);
    tcase_add_test(tcase, marks_keep_their_place_among_the_offers);
    tcase_add_test(tcase, damage_costs_no_more_than_itself);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
