/* Administrators' commands as they are: who may run them, in memory and in the database, and a
 * database, a stream or a process that ends while one is under way. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/admin_desk.h"

/* --- who may begin what --- */

#define STATUS "queue-status policy-show holidays "
#define DESK                                                                                       \
    STATUS "operator-signoff followups help-request help-requests queue-add queue-edit "           \
           "queue-remove queue-assign hours-edit closure-add closure-remove snippet-add "          \
           "snippet-edit snippet-get snippet-remove canned-edit profile-edit notice block-list "   \
           "block-lift block-extend operator-add operator-edit operator-password "                 \
           "operator-remove grant revoke audit "
#define LIBRARIES                                                                                  \
    "library-add library-edit library-rename library-remove admin-add admin-remove "              \
    "admin-password queue-rollover library-holiday-coverage backup-edit holidays-edit "
#define REPORTS                                                                                    \
    "transcript-search transcript-get transcript-export transcript-erase statistics "

static const struct {
    const char *jid, *nodes; /* of administrators' tables, each followed by a blank */
} lists[] = {
    {COORDINATOR, DESK LIBRARIES REPORTS},
    {MOB, DESK REPORTS},
    {ANN, STATUS "duty followups help-request help-requests statistics "},
    {GUEST, ""},
};

START_TEST(lists_what_one_may_run)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = admin_request(lists[_i].jid, from);
    char *nodes = mem_strdup("");

    adhoc_items(adhoc, &request, &out);
    xml_out_bytes(&out, "", 1);
    for (const char *at = out.bytes; (at = strstr(at, " node=\"")) != NULL;) {
        at += strlen(" node=\"");
        char *node = mem_printf("%.*s", (int)strcspn(at, "\""), at);
        const struct command *row = command_find(adhoc, node);
        if (row->right != RIGHT_NONE || row->who != 0) {
            char *more = mem_printf("%s%s ", nodes, node);
            free(nodes);
            nodes = more;
        }
        free(node);
    }
    ck_assert_str_eq(nodes, lists[_i].nodes);
    free(nodes);
    free(from);
}
END_TEST

/* Whoever may not begin a command learns as much as of one that does not exist. */
START_TEST(what_is_foreign_is_missing)
{
    static const char *const people[] = {COORDINATOR, MOB, SLU, BOTH, ANN, GUEST};
    struct jid *from = mem_new(sizeof *from);
    int refused = 0;

    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        struct adhoc_request request = admin_request(people[i], from);
        char *missing = mem_strdup(admin_send(people[i], "node='no-such-command'", ""));
        for (const struct command *row = command_next(adhoc, NULL); row != NULL;
             row = command_next(adhoc, row)) {
            if (adhoc_title(adhoc, &request, row->node) != NULL)
                continue;
            char *attributes = mem_printf("node='%s'", row->node);
            ck_assert_str_eq(admin_send(people[i], attributes, ""), missing);
            free(attributes);
            refused++;
        }
        free(missing);
    }
    ck_assert_int_gt(refused, 100);
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
    free(from);
}
END_TEST

/* --- rights that go --- */

/* What the desk has in memory may be older than the database. */
START_TEST(database_has_the_last_word)
{
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    admin_send(MOB, "node='block-list'", "");
    admin_expect(MISSING, "not permitted");
    ck_assert_str_eq(admin_audit(), "");
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
}
END_TEST

START_TEST(grant_acts_at_the_next_step)
{
    admin_send(ANN, "node='audit'", "");
    admin_expect(MISSING, "not yet");
    sql(database, "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\","
                  " granted_by) VALUES (1, 1, 'ann@localhost', 'audit', 'mobadmin@localhost')");
    admin_settings_take();
    admin_send(ANN, "node='audit'", "");
    admin_send(ANN, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")));
    admin_expect("completed", "granted");
    admin_send(MOB, "node='revoke'", "");
    admin_expect("<option label=\"ann@localhost: audit\">", "to be taken");
    admin_send(MOB, "node='revoke' $", X(V("grant", "ann@localhost audit")));
    admin_expect("It acts at their next step.", "asked");
    admin_send(MOB, "node='revoke' $", X(V("confirm", "1")));
    admin_expect("no longer holds", "taken");
    admin_settings_take();
    admin_send(ANN, "node='audit'", "");
    admin_expect(MISSING, "not any more");
}
END_TEST

/* --- blocks: the database and the memory --- */

static bool hears(const char *patron)
{
    struct event event = {.type = EVENT_MESSAGE, .from = patron, .to = "mobius-mobstate"};
    bool heard = false;

    now += 1000;
    event.message.body = "hello";
    event.message.id = "m";
    admin_step(NULL, &event);
    for (size_t i = 0; i < effects.count; i++)
        heard |= effects.list[i].type == EFFECT_STORE_CHAT;
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].type == EFFECT_ERROR)
            return false;
    return heard;
}

static void chat_put(void)
{
    sql(database, "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
                  " queue_id, queue_name, patron, patron_resource, state, opened, waiting_since,"
                  " last_line) VALUES (1, 1, 5, 'k3f9', 'mobius-mobstate.k3f9', 1,"
                  " 'mobius-mobstate', 'p@x', '', 'waiting', now(), now(), 0)");
}

START_TEST(block_is_changed_and_lifted)
{
    const struct block_record block = {
        .library = 1, .patron = "bad@example.org", .until = WALL + now + 24 * HOUR_MS};
    struct event restore = {.type = EVENT_RESTORE_BLOCK, .block = &block};

    chat_put();
    sql(database,
        "INSERT INTO deskbell.block (consortium_id, library_id, patron, until, operator_name, chat,"
        " at) VALUES (1, 1, 'bad@example.org', now() + interval '1 day', 'mobius-mobstate-ann', 5,"
        " now()), (1, 2, 'other@example.org', now() + interval '1 day', NULL, 6, now())");
    admin_step(NULL, &restore);
    ck_assert(!hears("bad@example.org"));
    admin_send(MOB, "node='block-list'", "");
    admin_expect("<value>k3f9</value>", "listed");
    admin_expect("<value>mobius-mobstate-ann</value>", "by whom");
    ck_assert_ptr_null(strstr(out.bytes, "example.org"));
    admin_send(MOB, "node='block-extend'", "");
    admin_expect("Chat k3f9, by mobius-mobstate-ann at ", "to choose");
    ck_assert_ptr_null(strstr(out.bytes, "example.org"));
    admin_send(MOB, "node='block-extend' $", X(V("block", "2") V("hours", "720")));
    admin_expect("please choose one of the list", "another library's");
    admin_send(MOB, "node='block-extend' $", X(V("block", "1") V("hours", "720")));
    admin_expect("The patron of chat k3f9 is blocked at mobstate until", "extended");
    ck_assert_str_eq(sql(database, "SELECT until > now() + interval '29 days' FROM deskbell.block"
                                   " WHERE library_id = 1"),
                     "t");
    admin_send(MOB, "node='block-lift'", "");
    admin_send(MOB, "node='block-lift' $", X(V("block", "1")));
    admin_expect("Let this patron write to you again, from now on?", "asked");
    ck_assert(!hears("bad@example.org"));
    admin_send(MOB, "node='block-lift' $", X(V("confirm", "1")));
    admin_expect("The patron of chat k3f9 can write to mobstate again.", "lifted");
    ck_assert(hears("bad@example.org"));
    ck_assert_str_eq(sql(database, "SELECT count(*) FILTER (WHERE lifted IS NOT NULL) FROM"
                                   " deskbell.block"),
                     "1");
    admin_send(MOB, "node='block-lift'", "");
    admin_expect("Nobody is blocked there.", "nothing left");
}
END_TEST

START_TEST(coordinator_is_seen)
{
    chat_put();
    sql(database, "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind,"
                  " body, contact, at, state, handed) VALUES (1, 1, 5, 1, 'left', 'Where is it?',"
                  " 'p@x', now(), 'open', false)");
    admin_send(COORDINATOR, "node='followups'", "");
    admin_send(COORDINATOR, "node='followups' $", X(V("library", "mobstate")));
    admin_send(COORDINATOR, "node='followups' $", X(V("reason", "a complaint")));
    admin_expect("Where is it?", "read");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: coord@localhost, a coordinator, has "
                                       "read the open items of mobstate. Reason: a complaint"));
    ck_assert_ptr_null(strstr(told, "sluadmin"));
    admin_send(SLU, "node='followups'", "");
    admin_expect("Nothing is left to do.", "another library's");
}
END_TEST

/* --- sessions and jobs --- */

START_TEST(job_under_way)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    admin_post(MOB, "node='block-lift'", "");
    ck_assert_uint_eq(out.length, 0);
    /* The session's id is nobody's to know yet; one that waits takes nothing. */
    struct session *waits = TAILQ_FIRST(&adhoc->by_age);
    memcpy(session, waits->id, sizeof session);
    admin_send(MOB, "node='block-lift' $", X(V("block", "1")));
    admin_expect("<unexpected-request ", "busy");
    admin_send(BOTH, "node='block-lift' $", X(V("block", "1")));
    admin_expect("<bad-sessionid ", "somebody else's");
    xml_out_clear(&out);
    sql(database, "COMMIT");
    admin_wait();
    admin_expect("Nobody is blocked there.", "its end");
    ck_assert_int_eq(answers, 1);
}
END_TEST

/* The server tells those who wait that we are gone; the job's work counts. */
START_TEST(stream_falls_meanwhile)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    admin_post(MOB, "node='block-list'", "");
    adhoc_forget_pending(adhoc);
    sql(database, "COMMIT");
    for (int i = 0; i < 100 && adhoc_session_count(adhoc) > 0; i++) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&poller, 1, 100);
        clerk_process(clerk, now_ms());
    }
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_str_eq(admin_audit(), "block-list mobstate  ;");
    admin_send(MOB, "node='block-list'", "");
    admin_expect("Nobody is blocked at mobstate.", "and again");
}
END_TEST

START_TEST(database_is_away_and_comes_back)
{
    cluster_stop("fast");
    admin_send(MOB, "node='block-list'", "");
    admin_expect("<note type=\"error\">The database cannot be reached just now. Nothing was "
                 "changed. Please try again.</note>",
                 "away");
    admin_send(MOB, "node='queue-status'", "");
    admin_expect("1 queue", "the desk goes on");
    cluster_go();
    admin_send(MOB, "node='block-list'", "");
    admin_expect("Nobody is blocked at mobstate.", "back");
    PQreset(database);
}
END_TEST

START_TEST(without_a_clerk)
{
    adhoc_attach(adhoc, &(struct adhoc_desk){.tell = admin_tell_note, .step = admin_step});
    admin_send(MOB, "node='queue-status'", "");
    admin_expect("1 queue", "in memory");
    adhoc->desk.clerk = NULL;
    admin_post(MOB, "node='block-list'", "");
    xml_out_bytes(&out, "", 1);
    admin_expect(MISSING, "in the database");
}
END_TEST

/* The process ends while a job runs: its answer is nobody's. */
START_TEST(end_with_a_job)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    admin_post(MOB, "node='block-list'", "");
    admin_post(MOB, "node='audit'", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_commands");
    TCase *tests = tcase_create("admin_commands");

    tcase_add_checked_fixture(tests, admin_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, lists_what_one_may_run, 0, sizeof lists / sizeof lists[0]);
    tcase_add_test(tests, what_is_foreign_is_missing);
    tcase_add_test(tests, database_has_the_last_word);
    tcase_add_test(tests, grant_acts_at_the_next_step);
    tcase_add_test(tests, block_is_changed_and_lifted);
    tcase_add_test(tests, coordinator_is_seen);
    tcase_add_test(tests, job_under_way);
    tcase_add_test(tests, stream_falls_meanwhile);
    tcase_add_test(tests, database_is_away_and_comes_back);
    tcase_add_test(tests, without_a_clerk);
    tcase_add_test(tests, end_with_a_job);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
