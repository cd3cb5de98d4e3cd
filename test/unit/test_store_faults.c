/* The store when the database or another desk does not do as it should, and after a restart. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/mem.h"
#include "test/support/store_desk.h"

static PGconn *database;
static struct desk desk, other;
static struct effects turn;

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
    desk_close(&other);
    effects_release(&turn);
    PQfinish(database);
}

static void submit_and_settle(void)
{
    desk_submit(&desk, &turn, NULL, 0);
    desk_settle(&desk);
    effects_clear(&turn);
}

static void backends_end(void)
{
    sql(database, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                  " WHERE application_name = 'deskbell' AND datname = current_database()");
}

/* Lets every batch of the store wait before its first record, and go on. */
static void writes_hold(void)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.chat");
}

static void writes_release(void)
{
    sql(database, "COMMIT");
}

static void expect_once(int lines)
{
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), lines);
    ck_assert_int_eq(sql_number(database, "SELECT count(DISTINCT line) FROM deskbell.line"), lines);
    ck_assert_int_eq(desk.committed_count, lines);
    for (int i = 0; i < lines; i++)
        ck_assert_int_eq(desk.committed[i], i + 1);
    ck_assert_int_eq(desk_refused(&desk), 0);
}

/* One batch a line, some in flight all the time, `disturb` now and then. */
static void lines_write(int lines, int every, void (*disturb)(void))
{
    struct effects turns[STORE_BATCHES_MAX];

    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_init(&turns[i]);
    for (int i = 1; i <= lines; i++) {
        int64_t since = now_ms();
        while (store_room(desk.store) == 0) {
            desk_turn(&desk, 100);
            ck_assert_msg(now_ms() - since < 30000, "no room for 30 seconds");
        }
        struct effects *next = &turns[i % STORE_BATCHES_MAX];
        effects_clear(next);
        turn_chat(next, 1, i);
        turn_line(next, 1, i, "line");
        store_submit(desk.store, next, NULL, 0);
        if (i % every == 0)
            disturb();
    }
    desk_settle(&desk);
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_release(&turns[i]);
}

START_TEST(every_record_once_when_sessions_are_killed)
{
    lines_write(300, 20, backends_end);
    expect_once(300);
    ck_assert_int_ge(desk.aways, 10);
    ck_assert_int_eq(desk.ups, desk.aways + 1);
    ck_assert(desk.again);
    ck_assert_int_eq(sql_number(database, "SELECT epoch FROM deskbell.lease"), 1);
}
END_TEST

static void restart_fast(void)
{
    cluster_stop("fast");
    cluster_go();
}

static void restart_immediate(void)
{
    cluster_stop("immediate");
    cluster_go();
}

START_TEST(every_record_once_when_the_server_restarts)
{
    lines_write(60, 20, _i == 0 ? restart_fast : restart_immediate);
    PQreset(database);
    expect_once(60);
    ck_assert_int_ge(desk.aways, 2);
}
END_TEST

START_TEST(an_unknown_commit_that_happened_is_not_repeated)
{
    writes_hold();
    turn_chat(&turn, 1, 1);
    turn_line(&turn, 1, 1, "written, but who knows");
    store_submit(desk.store, &turn, NULL, 0);
    uint64_t statements = store_counts(desk.store)->statements;
    /* The answer cannot come back any more. */
    shutdown(store_fd(desk.store), SHUT_RD);
    writes_release();
    while (sql_number(database, "SELECT count(*) FROM deskbell.batch") == 0)
        usleep(1000);
    ck_assert_int_eq(desk.committed_count, 0);
    desk_wait(&desk, &desk.committed_count, 1);
    ck_assert_int_eq(desk.aways, 1);
    ck_assert_uint_eq(store_counts(desk.store)->statements, statements);
    expect_once(1);
}
END_TEST

START_TEST(an_unknown_commit_that_did_not_happen_is_sent_again)
{
    writes_hold();
    turn_chat(&turn, 1, 1);
    turn_line(&turn, 1, 1, "sent, not written");
    store_submit(desk.store, &turn, NULL, 0);
    uint64_t statements = store_counts(desk.store)->statements;
    backends_end();
    writes_release();
    desk_wait(&desk, &desk.committed_count, 1);
    ck_assert_uint_eq(store_counts(desk.store)->statements, 2 * statements);
    expect_once(1);
}
END_TEST

/* Errors that are not the data's, from a trigger: the state that the nth insert meets. */
static const struct {
    const char *sqlstate;
    int aways;
} states[] = {{"40001", 0}, {"40P01", 0}, {"53100", 1}, {"25006", 1}, {"57014", 1}, {"XX000", 1}};

START_TEST(errors_that_pass_are_tried_again)
{
    char statement[512];

    snprintf(statement, sizeof statement,
             "CREATE SEQUENCE tries; GRANT ALL ON SEQUENCE tries TO deskbell_writer;"
             "GRANT USAGE ON SCHEMA public TO deskbell_writer;"
             "CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
             " IF nextval('tries') = 2 THEN RAISE 'stumble' USING errcode = '%s'; END IF;"
             " RETURN NULL; END $$;"
             "CREATE TRIGGER stumble AFTER INSERT ON deskbell.line"
             " FOR EACH STATEMENT EXECUTE FUNCTION stumble()",
             states[_i].sqlstate);
    sql(database, statement);
    lines_write(6, 100, NULL);
    expect_once(6);
    ck_assert_int_eq(desk.aways, states[_i].aways);
}
END_TEST

START_TEST(batches_wait_while_away_and_only_four)
{
    writes_hold();
    turn_chat(&turn, 1, 0);
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        store_submit(desk.store, &turn, NULL, 0);
    ck_assert_int_eq(store_room(desk.store), 0);
    backends_end();
    desk_wait(&desk, &desk.aways, 1);
    ck_assert_int_eq(store_state(desk.store), STORE_AWAY);
    ck_assert_int_eq(store_room(desk.store), 0);
    ck_assert_int_eq(store_in_flight(desk.store), STORE_BATCHES_MAX);
    writes_release();
    desk_settle(&desk);
    ck_assert_int_eq(desk.committed_count, STORE_BATCHES_MAX);
}
END_TEST

START_TEST(a_standby_takes_over_with_the_next_epoch)
{
    turn_chat(&turn, 5, 0);
    submit_and_settle();
    desk_open(&other, database, "there:2");
    desk_wait_state(&other, STORE_STANDBY);
    ck_assert_int_eq(store_room(other.store), 0);
    ck_assert_int_eq(other.ups, 0);
    desk_close(&desk);
    desk_wait(&other, &other.ups, 1);
    ck_assert(!other.again);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_int_eq(other.start.epoch, 2);
    ck_assert_int_eq(other.start.first_number, 6);
    ck_assert_str_eq(sql(database, "SELECT epoch || ' ' || holder FROM deskbell.lease"),
                     "2 there:2");
}
END_TEST

START_TEST(a_zombie_changes_nothing)
{
    /* It sleeps, its session ends, another takes over; then it wakes with a batch to write. */
    turn_chat(&turn, 1, 0);
    submit_and_settle();
    backends_end();
    desk_open(&other, database, "there:2");
    desk_wait(&other, &other.ups, 1);
    turn_chat(&turn, 2, 0);
    store_submit(desk.store, &turn, NULL, 0);
    desk_wait(&desk, &desk.fenceds, 1);
    ck_assert_int_eq(store_state(desk.store), STORE_FENCED);
    ck_assert_int_eq(store_room(desk.store), 0);
    ck_assert_int_eq(store_fd(desk.store), -1);
    ck_assert_int_eq(desk.committed_count, 1);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.chat"), 1);
}
END_TEST

START_TEST(a_batch_of_an_older_epoch_is_refused)
{
    turn_chat(&turn, 1, 0);
    sql(database, "UPDATE deskbell.lease SET epoch = epoch + 1");
    store_submit(desk.store, &turn, NULL, 0);
    desk_wait(&desk, &desk.fenceds, 1);
    ck_assert_int_eq(desk.committed_count, 0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.batch"), 0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.chat"), 0);
}
END_TEST

START_TEST(a_takeover_waits_for_the_batch_under_way)
{
    writes_hold();
    turn_chat(&turn, 1, 0);
    store_submit(desk.store, &turn, NULL, 0);
    while (sql_number(database,
                      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                      " AND application_name = 'deskbell'") == 0)
        usleep(1000);
    /* It holds the lease's row until it ends. */
    PGresult *result = PQexec(database, "SELECT FROM deskbell.lease FOR UPDATE NOWAIT");
    ck_assert_str_eq(PQresultErrorField(result, PG_DIAG_SQLSTATE), "55P03");
    PQclear(result);
    sql(database, "ROLLBACK");
    desk_settle(&desk);
    ck_assert_int_eq(desk.committed_count, 1);
}
END_TEST

START_TEST(a_session_of_ours_that_lingers_is_ended)
{
    /* The server does not notice that our end is gone: its socket lives on in a copy. */
    int copy = dup(store_fd(desk.store));

    ck_assert_int_ge(copy, 0);
    shutdown(copy, SHUT_RD);
    int64_t since = now_ms();
    desk_wait(&desk, &desk.ups, 2);
    ck_assert_int_lt(now_ms() - since, 10000);
    turn_chat(&turn, 1, 0);
    submit_and_settle();
    ck_assert_int_eq(desk.committed_count, 1);
    close(copy);
}
END_TEST

START_TEST(lost_commits_end_the_desk)
{
    /* A replica took over that had not got everything. */
    turn_chat(&turn, 1, 0);
    submit_and_settle();
    turn_chat(&turn, 2, 0);
    submit_and_settle();
    sql(database, "DELETE FROM deskbell.batch WHERE number = 2");
    backends_end();
    desk_wait(&desk, &desk.fenceds, 1);
}
END_TEST

/* What makes a database unfit, and what makes it fit again. */
static const struct {
    const char *name, *spoil, *repair;
} unfit_cases[] = {
    {"newer schema", "INSERT INTO deskbell.schema_version (version, name) VALUES (999, 'later')",
     "DELETE FROM deskbell.schema_version WHERE version = 999"},
    {"no schema", "ALTER SCHEMA deskbell RENAME TO gone", "ALTER SCHEMA gone RENAME TO deskbell"},
    {"no consortium", "UPDATE deskbell.consortium SET name = 'venus'",
     "UPDATE deskbell.consortium SET name = 'mobius'"},
};

START_TEST(an_unfit_database_is_waited_for)
{
    desk_close(&desk);
    sql(database, unfit_cases[_i].spoil);
    desk_open(&desk, database, "here:2");
    int64_t since = now_ms();
    while (now_ms() - since < 500)
        desk_turn(&desk, 50);
    ck_assert_msg(desk.ups == 0, "%s", unfit_cases[_i].name);
    ck_assert_int_eq(store_state(desk.store), STORE_AWAY);
    sql(database, unfit_cases[_i].repair);
    desk_wait(&desk, &desk.ups, 1);
}
END_TEST

START_TEST(an_erased_number_is_not_given_again)
{
    turn_chat(&turn, 41, 1);
    turn_line(&turn, 41, 1, "forget me");
    turn_act(&turn, 41, ACT_OPENED);
    submit_and_settle();
    sql(database, "DELETE FROM deskbell.chat");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 0);
    desk_close(&desk);
    desk_open(&other, database, "there:2");
    desk_wait(&other, &other.ups, 1);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_int_eq(other.start.first_number, 42);
    ck_assert_int_eq(other.restores, 0);
}
END_TEST

START_TEST(a_line_under_way_goes_with_its_erased_chat)
{
    char conninfo[512];

    /* Whoever may erase; the store's own login may not. */
    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=%s", PQhost(database),
             PQdb(database), PQuser(database));
    PGconn *eraser = PQconnectdb(conninfo);
    turn_chat(&turn, 1, 0);
    turn_chat(&turn, 2, 0);
    submit_and_settle();
    /* The line is inserted and the batch is not done, when its chat is erased. */
    sql(database, "BEGIN; LOCK TABLE deskbell.act");
    turn_line(&turn, 1, 1, "too late");
    turn_act(&turn, 2, ACT_OPENED);
    store_submit(desk.store, &turn, NULL, 0);
    while (sql_number(database, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        usleep(1000);
    PQsendQuery(eraser, "DELETE FROM deskbell.chat WHERE number = 1");
    while (sql_number(database, "SELECT count(*) FROM pg_locks WHERE NOT granted") < 2)
        usleep(1000);
    sql(database, "COMMIT");
    desk_settle(&desk);
    ck_assert_int_eq(desk.committed_count, 2);
    PGresult *result = PQgetResult(eraser);
    ck_assert_str_eq(PQcmdTuples(result), "1");
    PQclear(result);
    PQfinish(eraser);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 0);
}
END_TEST

START_TEST(the_code_key_stays)
{
    store_restore(desk.store);
    desk_wait(&desk, &desk.restoreds, 1);
    ck_assert_int_eq(desk.start.first_number, 1);
    ck_assert_uint_ne(desk.start.code_key, 0);
    desk_close(&desk);
    desk_open(&other, database, "there:2");
    desk_wait(&other, &other.ups, 1);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_uint_eq(other.start.code_key, desk.start.code_key);
}
END_TEST

/* Texts that a careless encoding would lose or change. */
static const char *const bodies[] = {
    "plain",
    "NULL",
    "{}",
    "{\"a\",NULL}",
    "it's \"quoted\"",
    "back\\slash \\n \\x41 \\\\",
    "two\nlines\r\n\ttab",
    "",
    " ",
    "Grüße, ☃ and 𝄞",
    "e\xcc\x81 is not \xc3\xa9",
    "$1 %s %n ; --",
    "\x01\x7f control",
};
enum { BODIES = sizeof bodies / sizeof bodies[0] };
static char *long_body;

static void look_at_texts(struct desk *of, const struct event *event)
{
    (void)of;
    ck_assert_int_eq(event->type, EVENT_RESTORE);
    ck_assert_uint_eq(event->restore.line_count, BODIES + 1);
    for (int i = 0; i < BODIES; i++) {
        const struct line_record *line = &event->restore.lines[i];
        ck_assert_int_eq(line->chat, 1);
        ck_assert_int_eq(line->line, i + 1);
        ck_assert_int_eq(line->at, 1760000000001 + i);
        ck_assert_str_eq(line->body, bodies[i]);
    }
    ck_assert_str_eq(event->restore.lines[BODIES].body, long_body);
    ck_assert_str_eq(event->restore.chat->patron, "O'Neill{}@localhost");
    ck_assert_str_eq(event->restore.chat->patron_resource, "NULL");
}

START_TEST(texts_come_back_byte_for_byte)
{
    long_body = mem_new((1 << 20) + 1);
    memset(long_body, 'x', 1 << 20);
    struct chat_record *chat = turn_chat(&turn, 1, BODIES + 1);
    chat->patron = "O'Neill{}@localhost";
    chat->patron_resource = "NULL";
    for (int i = 0; i < BODIES; i++)
        turn_line(&turn, 1, i + 1, bodies[i]);
    turn_line(&turn, 1, BODIES + 1, long_body);
    submit_and_settle();
    ck_assert_int_eq(desk_refused(&desk), 0);
    desk_close(&desk);
    desk_open(&other, database, "there:2");
    other.look = look_at_texts;
    desk_wait(&other, &other.ups, 1);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_int_eq(other.restores, 1);
    free(long_body);
}
END_TEST

#define TOKEN_HASH "0123456789abcdef0123456789abcdef01234567"

static void look_at_chats(struct desk *of, const struct event *event)
{
    const struct chat_record *chat = event->restore.chat;

    (void)of;
    switch (chat->number) {
    case 1: /* waits: all lines, and the offers that count now */
        ck_assert_int_eq(chat->state, CHAT_WAITING);
        ck_assert_int_eq(chat->opened, 1760000000001);
        ck_assert_int_eq(chat->claimed, 0);
        ck_assert_int_eq(chat->owner, 0);
        ck_assert_int_eq(chat->last_line, 20);
        ck_assert_str_eq(chat->token_hash, "");
        ck_assert_uint_eq(event->restore.line_count, 20);
        ck_assert_uint_eq(event->restore.offer_count, 2);
        ck_assert_int_eq(event->restore.offers[0].operator, 1);
        ck_assert_int_eq(event->restore.offers[0].outcome, OFFER_DECLINED);
        ck_assert_int_eq(event->restore.offers[1].operator, 2);
        ck_assert_int_eq(event->restore.offers[1].outcome, OFFER_OPEN);
        ck_assert(event->restore.offers[1].handed);
        /* The last sixteen of the patron's that had one. */
        ck_assert_uint_eq(event->restore.recent_count, 16);
        ck_assert_str_eq(event->restore.recent[0].stanza_id, "id-4");
        ck_assert_str_eq(event->restore.recent[15].stanza_id, "id-19");
        ck_assert_int_eq(event->restore.lines[18].replaces, 0);
        ck_assert_int_eq(event->restore.lines[19].replaces, 19);
        ck_assert_int_eq(chat->entry_queue, 0);
        ck_assert_int_eq(chat->entry_operator, 2);
        ck_assert_str_eq(chat->entry_name, "mobius-mobstate-jane");
        break;
    case 2: /* claimed: what is above the lower mark */
        ck_assert_int_eq(chat->state, CHAT_CLAIMED);
        ck_assert_int_eq(chat->owner, 2);
        ck_assert_int_eq(chat->answering_queue, 1);
        ck_assert_int_eq(chat->entry_queue, 1);
        ck_assert_int_eq(chat->entry_operator, 0);
        ck_assert_str_eq(chat->entry_name, "");
        ck_assert_int_eq(chat->patron_mark, 3);
        ck_assert_int_eq(chat->operator_mark, 5);
        ck_assert_str_eq(chat->token_hash, TOKEN_HASH);
        ck_assert_uint_eq(event->restore.line_count, 3);
        ck_assert_int_eq(event->restore.lines[0].line, 4);
        ck_assert_int_eq(event->restore.lines[0].author, AUTHOR_OPERATOR);
        ck_assert_int_eq(event->restore.lines[0].operator, 2);
        ck_assert_uint_eq(event->restore.offer_count, 1);
        ck_assert_int_eq(event->restore.offers[0].outcome, OFFER_DECLINED);
        break;
    case 4: /* came back from its owner: what was declined stays so */
        ck_assert_uint_eq(event->restore.offer_count, 2);
        ck_assert_int_eq(event->restore.offers[0].operator, 1);
        ck_assert_int_eq(event->restore.offers[0].outcome, OFFER_DECLINED);
        ck_assert_int_eq(event->restore.offers[1].operator, 2);
        ck_assert_int_eq(event->restore.offers[1].outcome, OFFER_OPEN);
        break;
    default:
        ck_abort_msg("a closed chat comes back");
    }
}

static void chats_for_restore(void)
{
    static char ids[20][8];

    struct chat_record *chat = turn_chat(&turn, 1, 1); /* as it was when its first line came */
    chat->entry_operator = 2;
    chat->entry_name = "mobius-mobstate-jane";
    for (int i = 1; i <= 20; i++) {
        struct line_record *line = turn_line(&turn, 1, i, "line");
        snprintf(ids[i - 1], sizeof ids[0], "id-%d", i);
        if (i < 20)
            line->stanza_id = ids[i - 1];
        else
            line->replaces = 19;
    }
    turn_offer(&turn, 1, 1, 1, OFFER_OPEN);
    turn_offer(&turn, 1, 1, 2, OFFER_DECLINED);
    turn_offer(&turn, 1, 2, 3, OFFER_OPEN);
    chat = turn_chat(&turn, 2, 6);
    chat->state = CHAT_CLAIMED;
    chat->owner = 2;
    chat->answering_queue = 1;
    chat->entry_queue = 1;
    chat->token_hash = TOKEN_HASH;
    turn_offer(&turn, 2, 1, 1, OFFER_OPEN);
    turn_offer(&turn, 2, 1, 2, OFFER_DECLINED);
    for (int i = 1; i <= 6; i++) {
        struct line_record *line = turn_line(&turn, 2, i, "line");
        line->author = AUTHOR_OPERATOR;
        line->operator = 2;
    }
    chat = turn_chat(&turn, 3, 1);
    chat->state = CHAT_CLOSED;
    chat->end = END_PATRON;
    turn_line(&turn, 3, 1, "bye");
    turn_chat(&turn, 4, 0);
    turn_offer(&turn, 4, 1, 1, OFFER_OPEN);
    turn_offer(&turn, 4, 1, 2, OFFER_DECLINED);
    turn_offer(&turn, 4, 2, 1, OFFER_OPEN);
    turn_offer(&turn, 4, 2, 3, OFFER_CLAIMED);
    turn_offer(&turn, 4, 2, 4, OFFER_OPEN);
}

START_TEST(chats_come_back_as_they_were)
{
    const struct mark marks[] = {
        {MARK_PATRON, 2, 3, 0}, {MARK_OPERATORS, 2, 5, 0}, {MARK_OFFER, 1, 2, 2}};

    chats_for_restore();
    desk_submit(&desk, &turn, marks, 3);
    desk_settle(&desk);
    ck_assert_int_eq(desk_refused(&desk), 0);
    desk_close(&desk);
    desk_open(&other, database, "there:2");
    other.look = look_at_chats;
    desk_wait(&other, &other.ups, 1);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_int_eq(other.restores, 3);
    ck_assert_int_eq(other.start.first_number, 5);
}
END_TEST

static void look_at_order(struct desk *of, const struct event *event)
{
    ck_assert_int_eq(event->restore.chat->number, of->restores * 2);
    ck_assert_uint_eq(event->restore.line_count, 1);
    ck_assert_int_eq(event->restore.lines[0].chat, event->restore.chat->number);
    /* In the first piece, while the second is on its way, the connection goes: what was given is
     * not given again. */
    if (of->restores == 500 && of->aways == 0)
        backends_end();
}

START_TEST(a_restore_in_pieces_gives_each_chat_once)
{
    for (int i = 1; i <= 2500; i++) {
        turn_chat(&turn, i * 2, 1);
        turn_line(&turn, i * 2, 1, "line");
    }
    submit_and_settle();
    desk_close(&desk);
    desk_open(&other, database, "there:2");
    other.look = look_at_order;
    desk_wait(&other, &other.ups, 1);
    store_restore(other.store);
    desk_wait(&other, &other.restoreds, 1);
    ck_assert_int_eq(other.restores, 2500);
    ck_assert_int_eq(other.aways, 1);
}
END_TEST

START_TEST(a_recall_survives_the_connection)
{
    turn_chat(&turn, 1, 1);
    turn_line(&turn, 1, 1, "line");
    submit_and_settle();
    backends_end();
    ck_assert(store_recall(desk.store, 1));
    desk_wait(&desk, &desk.recalled_count, 1);
    ck_assert_int_eq(desk.recalled_lines, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *faults = tcase_create("faults");

    cluster_start(false);
    tcase_add_checked_fixture(faults, setup, teardown);
    tcase_set_timeout(faults, 120);
    tcase_add_test(faults, every_record_once_when_sessions_are_killed);
    tcase_add_loop_test(faults, every_record_once_when_the_server_restarts, 0, 2);
    tcase_add_test(faults, an_unknown_commit_that_happened_is_not_repeated);
    tcase_add_test(faults, an_unknown_commit_that_did_not_happen_is_sent_again);
    tcase_add_loop_test(faults, errors_that_pass_are_tried_again, 0,
                        sizeof states / sizeof states[0]);
    tcase_add_test(faults, batches_wait_while_away_and_only_four);
    tcase_add_test(faults, a_standby_takes_over_with_the_next_epoch);
    tcase_add_test(faults, a_zombie_changes_nothing);
    tcase_add_test(faults, a_batch_of_an_older_epoch_is_refused);
    tcase_add_test(faults, a_takeover_waits_for_the_batch_under_way);
    tcase_add_test(faults, a_session_of_ours_that_lingers_is_ended);
    tcase_add_test(faults, lost_commits_end_the_desk);
    tcase_add_loop_test(faults, an_unfit_database_is_waited_for, 0,
                        sizeof unfit_cases / sizeof unfit_cases[0]);
    tcase_add_test(faults, an_erased_number_is_not_given_again);
    tcase_add_test(faults, a_line_under_way_goes_with_its_erased_chat);
    tcase_add_test(faults, the_code_key_stays);
    tcase_add_test(faults, texts_come_back_byte_for_byte);
    tcase_add_test(faults, chats_come_back_as_they_were);
    tcase_add_test(faults, a_restore_in_pieces_gives_each_chat_once);
    tcase_add_test(faults, a_recall_survives_the_connection);
    suite_add_tcase(suite, faults);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
