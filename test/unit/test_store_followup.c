/* Libraries' open items in a real PostgreSQL. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/store_desk.h"

static const msec_t some_day = 1760000000000;

static PGconn *database;
static struct desk desk;
static struct effects turn;

/* What a new process was given, an item a line, and how many chats behind them. */
static char given[4096];
static int given_items, given_chats;

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
}

static void submit_and_settle(const struct mark *marks, size_t mark_count)
{
    desk_submit(&desk, &turn, marks, mark_count);
    desk_settle(&desk);
    effects_clear(&turn);
    ck_assert_int_eq(desk_refused(&desk), 0);
}

static struct followup_record *turn_followup(int64_t chat, const char *text)
{
    struct followup_record *followup = &effects_add(&turn, EFFECT_STORE_FOLLOWUP)->followup;

    *followup = (struct followup_record){
        .chat = chat,
        .code = "k3f9",
        .library = 1,
        .queue = 1,
        .kind = FOLLOWUP_LEFT,
        .text = text,
        .contact = "ann@example.org",
        .at = some_day,
    };
    return followup;
}

static void turn_left_chat(int64_t number)
{
    struct chat_record *chat = turn_chat(&turn, number, 1);

    chat->state = CHAT_CLOSED;
    chat->end = END_LEFT;
    chat->closed = some_day;
}

static void look_given(struct desk *of, const struct event *event)
{
    const struct followup_record *item = event->followup;
    size_t used = strlen(given);

    (void)of;
    if (event->type == EVENT_RESTORE) {
        given_chats++;
        return;
    }
    ck_assert_int_eq(event->type, EVENT_RESTORE_FOLLOWUP);
    ck_assert_int_eq(given_chats, 0);
    given_items++;
    if (used < sizeof given - 300)
        snprintf(given + used, sizeof given - used,
                 "%lld %s %lld %lld %d '%s' '%s' %lld %lld %lld %lld %d\n", (long long)item->chat,
                 item->code, (long long)item->library, (long long)item->queue, (int)item->kind,
                 item->text, item->contact, (long long)item->operator,
                 (long long)(item->at - some_day), (long long)item->told_to,
                 (long long)(item->told_at == 0 ? 0 : item->told_at - some_day), item->handed);
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

static const char *row(int chat)
{
    char statement[400];

    snprintf(statement, sizeof statement,
             "SELECT concat_ws('|', library_id, queue_name, kind, state, body, contact,"
             " operator_name, told_to_name, handed, done_by_name,"
             " extract(epoch FROM done_at - at)::integer)"
             " FROM deskbell.followup WHERE chat = %d",
             chat);
    return sql(database, statement);
}

START_TEST(an_item_is_written_and_comes_back)
{
    turn_chat(&turn, 9, 0);
    turn_left_chat(7);
    turn_followup(7, "Where is the map room?");
    turn_left_chat(8);
    struct followup_record *note = turn_followup(8, "Ask o'Neill");
    note->kind = FOLLOWUP_NOTE;
    note->contact = "";
    note->operator = 2;
    submit_and_settle(NULL, 0);
    ck_assert_str_eq(row(7),
                     "1|mobius-mobstate|left|open|Where is the map room?|ann@example.org|f");
    ck_assert_str_eq(row(8),
                     "1|mobius-mobstate|followup|open|Ask o'Neill||mobius-mobstate-bob|f");
    ck_assert_str_eq(sql(database, "SELECT ended_by FROM deskbell.chat WHERE number = 7"), "left");
    take_over();
    ck_assert_str_eq(given, "7 k3f9 1 1 0 'Where is the map room?' 'ann@example.org' 0 0 0 0 0\n"
                            "8 k3f9 1 1 1 'Ask o'Neill' '' 2 0 0 0 0\n");
    ck_assert_int_eq(given_chats, 1);
}
END_TEST

/* Told, left, done: over batches and within one. */
START_TEST(the_newest_of_an_item_counts)
{
    struct mark left = {MARK_FOLLOWUP, 7, 0, 2}, of_another = {MARK_FOLLOWUP, 8, 0, 1};

    turn_left_chat(7);
    turn_left_chat(8);
    turn_followup(7, "one");
    turn_followup(8, "two");
    for (int64_t chat = 7; chat <= 8; chat++) {
        struct followup_record *told = turn_followup(chat, chat == 7 ? "one" : "two");
        told->told_to = 2;
        told->told_at = some_day + 1000;
    }
    submit_and_settle(&left, 1);
    ck_assert_str_eq(row(7),
                     "1|mobius-mobstate|left|open|one|ann@example.org|mobius-mobstate-bob|t");
    submit_and_settle(&of_another, 1); /* who was told before counts no more */
    take_over();
    ck_assert_str_eq(given, "7 k3f9 1 1 0 'one' 'ann@example.org' 0 0 2 1000 1\n"
                            "8 k3f9 1 1 0 'two' 'ann@example.org' 0 0 2 1000 0\n");
    struct followup_record *done = turn_followup(7, "one");
    done->told_to = 2;
    done->told_at = some_day + 1000;
    done->done_by = 1;
    done->done_at = some_day + 5000;
    submit_and_settle(NULL, 0);
    ck_assert_str_eq(row(7), "1|mobius-mobstate|left|done|one|ann@example.org|mobius-mobstate-bob|"
                             "t|mobius-mobstate-ann|5");
    given[0] = '\0';
    take_over();
    ck_assert_str_eq(given, "8 k3f9 1 1 0 'two' 'ann@example.org' 0 0 2 1000 0\n");
}
END_TEST

/* Erasing a chat takes its item along, and what the desk says of it later harms nobody. */
START_TEST(an_erased_chat_takes_its_item_along)
{
    turn_left_chat(7);
    turn_followup(7, "one");
    submit_and_settle(NULL, 0);
    sql(database, "WITH gone AS (DELETE FROM deskbell.chat RETURNING 1) SELECT count(*) FROM gone");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.followup"), 0);
    turn_chat(&turn, 8, 0);
    turn_followup(7, "one")->done_at = some_day;
    submit_and_settle(NULL, 0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.followup"), 0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.chat"), 1);
}
END_TEST

/* More than a piece of a restore brings. */
START_TEST(many_items_come_in_pieces)
{
    sql(database,
        "WITH chats AS (INSERT INTO deskbell.chat (consortium_id, library_id, number, code,"
        "  address, queue_id, patron, patron_resource, state, ended_by, opened, closed, last_line)"
        " SELECT 1, 1, n, 'x' || n, 'q.x' || n, 1, 'p@localhost', '', 'closed', 'left', now(),"
        "  now(), 1 FROM generate_series(1, 2500) n RETURNING library_id, number)"
        " SELECT count(*) FROM chats");
    sql(database,
        "WITH items AS (INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id,"
        "  kind, state, body, contact, at, handed)"
        " SELECT 1, 1, n, 1, 'left', 'open', 'question ' || n, '', now(), false"
        "  FROM generate_series(1, 2500) n RETURNING 1) SELECT count(*) FROM items");
    take_over();
    ck_assert_int_eq(given_items, 2500);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_followup");
    TCase *tcase = tcase_create("store_followup");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, an_item_is_written_and_comes_back);
    tcase_add_test(tcase, the_newest_of_an_item_counts);
    tcase_add_test(tcase, an_erased_chat_takes_its_item_along);
    tcase_add_test(tcase, many_items_come_in_pieces);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
