/* The desk's own state in a real PostgreSQL: duties, blocks, and the log of who was on duty. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/mem.h"
#include "test/support/store_desk.h"

enum { GIVEN_MAX = 4096 };

static const msec_t some_day = 1760000000000;
static const msec_t far_day = 4000000000000; /* blocks that are over do not come back */

static PGconn *database;
static struct desk desk;
static struct effects turn;

/* What a new process was given, as text, in order. */
static char *given[GIVEN_MAX];
static int given_count;

static void setup(void)
{
    database = database_new();
    desk_open(&desk, database, "here:1");
    effects_init(&turn);
    desk_wait(&desk, &desk.ups, 1);
}

static void teardown(void)
{
    desk_close(&desk);
    effects_release(&turn);
    PQfinish(database);
    while (given_count > 0)
        free(given[--given_count]);
}

static void submit_and_settle(void)
{
    desk_submit(&desk, &turn, NULL, 0);
    desk_settle(&desk);
    effects_clear(&turn);
    ck_assert_int_eq(desk_refused(&desk), 0);
}

static struct duty_record *turn_duty(int64_t operator, int64_t queue, bool off)
{
    struct duty_record *duty = &effects_add(&turn, EFFECT_STORE_DUTY)->duty;

    duty->operator = operator;
    duty->queue = queue;
    duty->off = off;
    duty->at = some_day;
    return duty;
}

static void turn_duty_log(int64_t operator, bool on, bool first)
{
    struct duty_log_record *log = &effects_add(&turn, EFFECT_STORE_DUTY_LOG)->duty_log;

    log->operator = operator;
    log->queue = 1;
    log->on = on;
    log->first = first;
    log->at = some_day;
}

static void turn_block(int64_t library, const char *patron, msec_t until)
{
    struct block_record *block = &effects_add(&turn, EFFECT_STORE_BLOCK)->block;

    block->library = library;
    block->patron = patron;
    block->until = until;
    block->operator = 2;
    block->chat = 7;
    block->at = some_day;
}

static void look_given(struct desk *of, const struct event *event)
{
    const struct duty_record *duty = event->duty;
    const struct block_record *block = event->block;

    (void)of;
    ck_assert_int_lt(given_count, GIVEN_MAX);
    if (event->type == EVENT_RESTORE_DUTY)
        given[given_count++] =
            mem_printf("duty %lld %lld %d %d %lld %lld", (long long)duty->operator,
                       (long long)duty->queue, duty->off, duty->max, (long long)duty->until,
                       (long long)(duty->at - some_day));
    else if (event->type == EVENT_RESTORE_BLOCK)
        given[given_count++] =
            mem_printf("block %lld %s %lld %lld %lld %lld", (long long)block->library,
                       block->patron, (long long)block->until, (long long)block->operator,
                       (long long)block->chat, (long long)(block->at - some_day));
    else
        given[given_count++] = mem_printf("chat %lld", (long long)event->restore.chat->number);
}

/* Another process takes over and is given everything. */
static void take_over(void)
{
    desk_close(&desk);
    desk_open(&desk, database, "there:2");
    desk.look = look_given;
    desk_wait(&desk, &desk.ups, 1);
    store_restore(desk.store);
    desk_wait(&desk, &desk.restoreds, 1);
}

START_TEST(the_desk_comes_back_before_the_chats)
{
    turn_chat(&turn, 9, 0);
    turn_block(1, "o'neill@guest.localhost", far_day);
    struct duty_record *duty = turn_duty(1, 0, false);
    duty->max = 2;
    duty->until = some_day + 5000;
    turn_duty(2, 1, true);
    submit_and_settle();
    ck_assert_str_eq(sql(database, "SELECT concat_ws('|', consortium_id, library_id, patron,"
                                   " operator_name, chat, lifted) FROM deskbell.block"),
                     "1|1|o'neill@guest.localhost|mobius-mobstate-bob|7");
    take_over();
    ck_assert_int_eq(given_count, 4);
    ck_assert_str_eq(given[0], "duty 1 0 0 2 1760000005000 0");
    ck_assert_str_eq(given[1], "duty 2 1 1 0 0 0");
    ck_assert_str_eq(given[2], "block 1 o'neill@guest.localhost 4000000000000 2 7 0");
    ck_assert_str_eq(given[3], "chat 9");
}
END_TEST

START_TEST(the_newest_of_a_key_counts)
{
    /* In one turn ... */
    turn_duty(1, 0, true);
    turn_duty(1, 1, true);
    turn_duty(1, 0, false)->max = 3;
    turn_block(1, "ann@guest.localhost", far_day);
    turn_block(1, "ann@guest.localhost", far_day + 1000);
    submit_and_settle();
    ck_assert_str_eq(sql(database, "SELECT string_agg(concat_ws('|', queue_id, is_off, chats_max),"
                                   " ' ' ORDER BY queue_id) FROM deskbell.duty"),
                     "0|f|3 1|t");
    /* ... and over turns; a new block is not the one that was lifted. */
    sql(database, "UPDATE deskbell.block SET lifted = now()");
    turn_duty(1, 1, false);
    turn_duty(1, 0, true);
    turn_block(1, "ann@guest.localhost", far_day + 2000);
    submit_and_settle();
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.block"), 1);
    take_over();
    ck_assert_int_eq(given_count, 2); /* what came to nothing is not given */
    ck_assert_str_eq(given[0], "duty 1 0 1 0 0 0");
    ck_assert_str_eq(given[1], "block 1 ann@guest.localhost 4000000002000 2 7 0");
}
END_TEST

START_TEST(what_is_over_does_not_come_back)
{
    turn_block(1, "over@guest.localhost", some_day);
    turn_block(1, "lifted@guest.localhost", far_day);
    turn_block(1, "blocked@guest.localhost", far_day);
    submit_and_settle();
    sql(database, "UPDATE deskbell.block SET lifted = now() WHERE patron LIKE 'lifted%'");
    take_over();
    ck_assert_int_eq(given_count, 1);
    ck_assert_str_eq(given[0], "block 1 blocked@guest.localhost 4000000000000 2 7 0");
}
END_TEST

START_TEST(who_was_removed_spoils_no_batch)
{
    turn_duty(2, 0, true);
    submit_and_settle();
    sql(database, "DELETE FROM deskbell.operator WHERE operator_id = 2");
    turn_chat(&turn, 9, 0);
    turn_duty(2, 0, true);
    turn_duty(77, 88, true);
    turn_block(55, "ann@guest.localhost", far_day);
    turn_duty_log(2, true, false);
    submit_and_settle();
    ck_assert_str_eq(sql(database, "SELECT operator_id || coalesce(operator_name, ' nobody')"
                                   " FROM deskbell.duty_log"),
                     "2 nobody");
    take_over();
    ck_assert_int_eq(given_count, 1);
    ck_assert_str_eq(given[0], "chat 9");
}
END_TEST

/* What a process says first of somebody is written only when it is news. */
static const struct {
    const char *name;
    const char *says; /* + on, - off; A the first of a process; / ends a batch */
    const char *rows;
} log_cases[] = {
    {"on, off, on, one turn", "+-+", "+-+"},
    {"on, off, on, three turns", "+/-/+", "+-+"},
    {"the first: nobody was there before", "A-", ""},
    {"the first: somebody came", "A+", "+"},
    {"came back after a restart", "A+/A+", "+"},
    {"went during a restart", "A+/A-", "+-"},
    {"the first, and on in the same turn", "A+-+/A+", "+-+"},
};

static void log_case(int number)
{
    bool first = false;
    char query[256];

    for (const char *say = log_cases[number].says; *say != '\0'; say++) {
        if (*say == '/')
            submit_and_settle();
        else if (*say != 'A')
            turn_duty_log(number + 10, *say == '+', first);
        first = *say == 'A';
    }
    submit_and_settle();
    snprintf(query, sizeof query,
             "SELECT coalesce(string_agg(CASE WHEN on_duty THEN '+' ELSE '-' END, ''"
             " ORDER BY number), '') FROM deskbell.duty_log WHERE operator_id = %d",
             number + 10);
    const char *rows = sql(database, query);
    ck_assert_msg(strcmp(rows, log_cases[number].rows) == 0, "%s: %s", log_cases[number].name,
                  rows);
}

START_TEST(the_log_has_changes_only)
{
    for (int i = 0; i < (int)(sizeof log_cases / sizeof log_cases[0]); i++)
        log_case(i);
    PGresult *result = PQexec(database, "UPDATE deskbell.duty_log SET on_duty = true");
    ck_assert_str_eq(PQresultErrorField(result, PG_DIAG_SQLSTATE), "23001");
    PQclear(result);
}
END_TEST

/* Of patrons p1, p2 ... */
static void blocks_make(int count)
{
    char statement[256];

    snprintf(statement, sizeof statement,
             "INSERT INTO deskbell.block (consortium_id, library_id, patron, until, chat, at)"
             " SELECT 1, 1, 'p' || i || '@guest.localhost', now() + interval '1 hour', i, now()"
             " FROM generate_series(1, %d) i",
             count);
    sql(database, statement);
}

START_TEST(it_is_read_in_pieces)
{
    enum { BLOCKS = 2000 }; /* two full pieces, and an empty one that says so */

    blocks_make(BLOCKS);
    turn_duty(1, 0, true);
    turn_chat(&turn, 9, 0);
    submit_and_settle();
    take_over();
    ck_assert_int_eq(given_count, 1 + BLOCKS + 1);
    ck_assert_int_eq(strncmp(given[1], "block 1 p1@", 11), 0);
    ck_assert_int_eq(strncmp(given[BLOCKS], "block 1 p2000@", 14), 0);
    ck_assert_str_eq(given[BLOCKS + 1], "chat 9");
}
END_TEST

START_TEST(a_lost_connection_repeats_nothing)
{
    blocks_make(2500);
    turn_duty(1, 0, true);
    submit_and_settle();
    desk_close(&desk);
    desk_open(&desk, database, "there:2");
    desk.look = look_given;
    desk_wait(&desk, &desk.ups, 1);
    store_restore(desk.store);
    desk_wait(&desk, &desk.restores, 1 + 1000);
    sql(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  " WHERE application_name = 'deskbell' AND datname = current_database()");
    desk_wait(&desk, &desk.restoreds, 1);
    ck_assert_int_eq(desk.ups, 2);
    ck_assert_int_eq(given_count, 1 + 2500);
    for (int i = 0; i < 2500; i++) {
        char head[32];
        snprintf(head, sizeof head, "block 1 p%d@", i + 1);
        ck_assert_int_eq(strncmp(given[i + 1], head, strlen(head)), 0);
    }
}
END_TEST

static void turn_ended(int64_t number, int last_line, msec_t closed)
{
    struct chat_record *chat = turn_chat(&turn, number, last_line);

    chat->state = CHAT_CLOSED;
    chat->end = END_OPERATOR;
    chat->closed = closed;
    for (int line = 1; line <= last_line; line++)
        turn_line(&turn, number, line, "a line");
}

/* With whoever the newest line went to. What nobody was told within a day is too late. */
START_TEST(ended_chats_come_back_while_they_owe_a_line)
{
    static const struct mark marks[] = {
        {.type = MARK_PATRON, .chat = 9, .line = 1},
        {.type = MARK_PATRON, .chat = 10, .line = 2},
        {.type = MARK_OPERATORS, .chat = 11, .line = 2},
    };
    static const struct mark said = {.type = MARK_PATRON, .chat = 9, .line = 2};
    static const char *const owing[] = {"chat 8", "chat 9", "chat 13", "chat 14"};
    const msec_t now = (msec_t)time(NULL) * 1000, hour = 3600000;

    for (int64_t number = 9; number <= 11; number++)
        turn_ended(number, 2, now);
    turn_ended(12, 2, now - 25 * hour);
    turn_ended(13, 2, now - 23 * hour);
    turn_chat(&turn, 8, 0);
    turn_chat(&turn, 14, 0);
    desk_submit(&desk, &turn, marks, 3);
    desk_settle(&desk);
    take_over();
    ck_assert_int_eq(given_count, 4);
    for (int i = 0; i < given_count; i++)
        ck_assert_str_eq(given[i], owing[i]);
    effects_clear(&turn);
    desk_submit(&desk, &turn, &said, 1);
    desk_settle(&desk);
    take_over();
    ck_assert_int_eq(given_count, 4 + 3);
    ck_assert_str_eq(given[4], "chat 8");
    ck_assert_str_eq(given[5], "chat 13");
}
END_TEST

START_TEST(blocked_is_an_end)
{
    struct chat_record *chat = turn_chat(&turn, 9, 0);

    chat->state = CHAT_CLOSED;
    chat->end = END_BLOCKED;
    submit_and_settle();
    ck_assert_str_eq(sql(database, "SELECT ended_by FROM deskbell.chat"), "blocked");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_desk");
    TCase *kept = tcase_create("kept");

    cluster_start(false);
    tcase_add_checked_fixture(kept, setup, teardown);
    tcase_set_timeout(kept, 60);
    tcase_add_test(kept, the_desk_comes_back_before_the_chats);
    tcase_add_test(kept, the_newest_of_a_key_counts);
    tcase_add_test(kept, what_is_over_does_not_come_back);
    tcase_add_test(kept, who_was_removed_spoils_no_batch);
    tcase_add_test(kept, the_log_has_changes_only);
    tcase_add_test(kept, it_is_read_in_pieces);
    tcase_add_test(kept, a_lost_connection_repeats_nothing);
    tcase_add_test(kept, ended_chats_come_back_while_they_owe_a_line);
    tcase_add_test(kept, blocked_is_an_end);
    suite_add_tcase(suite, kept);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
