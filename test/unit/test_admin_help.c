/* Requests for help against a database of their own: asked, said again, answered, passed on,
 * escalated, accepted, closed; and who sees which. */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/admin_desk.h"

#define OPEN                                                                                       \
    "SELECT coalesce(string_agg(concat_ws(' ', number, account, tier, state," \
    " nullif(reference, ''), queue_id, wish), ';' ORDER BY number), '') FROM deskbell.help_request"

static void say(const char *jid, const char *attributes, const char *form, const char *part)
{
    admin_send(jid, attributes, form);
    admin_expect(part, form);
}

static void told_forget(void)
{
    free(told);
    told = mem_strdup("");
}

/* Each step of a command. */
static void ask(const char *jid, const char *kind_form, const char *more, const char *part)
{
    admin_send(jid, "node='help-request'", "");
    say(jid, "node='help-request' $", kind_form, more == NULL ? part : "executing");
    if (more != NULL)
        say(jid, "node='help-request' $", more, part);
}

static void answer(const char *jid, const char *number, const char *what, const char *part)
{
    char *choice = mem_printf(X("<field var='request'><value>%s</value></field>"), number);

    say(jid, "node='help-requests'", "", "executing");
    if (strstr(out.bytes, "var=\"library\"") != NULL)
        say(jid, "node='help-requests' $", X(V("library", "*")), "executing");
    say(jid, "node='help-requests' $", choice, "executing");
    free(choice);
    say(jid, "node='help-requests' $", what, part);
}

/* What runs without anybody who waits for its answer. */
static void clerk_wait(void)
{
    for (int i = 0; i < 50 && told[0] == '\0'; i++) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&poller, 1, 20);
        clerk_process(clerk, now_ms());
    }
}

static void presence(const char *account, const char *resource, enum show show)
{
    struct event event = {.type = EVENT_PRESENCE, .from = account, .to = "", .resource = resource};

    event.presence.show = show;
    adhoc_clock(adhoc, now, WALL + now);
    adhoc_presence(adhoc, &event);
    clerk_wait();
}

#define ROLLOVER X(V("kind", "rollover") V("text", "Please, for the winter"))

START_TEST(from_an_operator_to_the_vendor)
{
    ask(ANN, X(V("kind", "problem") V("text", "It is stuck")), NULL,
        "administrators: both@localhost, mobadmin@localhost. It is number 1");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: Help is asked for (problem, n"));
    ck_assert_str_eq(sql(database, OPEN), "1 ann@localhost library open");
    /* Not the coordinators' yet, nor another library's. */
    say(COORDINATOR, "node='help-requests'", "", "executing");
    say(COORDINATOR, "node='help-requests' $", X(V("library", "*")),
        "No request for help is open.");
    say(SLU, "node='help-requests'", "", "No request for help is open.");
    answer(MOB, "1", X(V("action", "answer")), "Please write an answer.");
    told_forget();
    answer(MOB, "1", X(V("action", "answer") V("answer", "Try again")), "Request 1 is answered.");
    ck_assert_str_eq(told, "ann@localhost: Request for help 1 (problem) is answered.\nTry again\n"
                           "(mobadmin@localhost)\n");
    answer(MOB, "1", X(V("action", "escalate") V("reference", "X-1")),
           "please choose one of the list");
    told_forget();
    answer(MOB, "1", X(V("action", "pass")), "Sent to the consortium's coordinators: coord@");
    ck_assert_ptr_nonnull(strstr(told, "It is stuck"));
    ck_assert_str_eq(sql(database, OPEN), "1 ann@localhost consortium open");
    answer(COORDINATOR, "1", X(V("action", "escalate")), "the vendor's reference");
    told_forget();
    answer(COORDINATOR, "1", X(V("action", "escalate") V("reference", "X-77")),
           "Request 1 is escalated, reference X-77.");
    ck_assert_ptr_nonnull(strstr(told, "ann@localhost: Request for help 1 (problem) is escalated"));
    ck_assert_str_eq(sql(database, OPEN), "1 ann@localhost consortium escalated X-77");
    answer(COORDINATOR, "1", X(V("action", "close") V("answer", "Mended")), "Request 1 is closed.");
    ck_assert_str_eq(sql(database, OPEN), "1 ann@localhost consortium closed X-77");
    say(ANN, "node='help-requests'", "", "No request for help is open.");
}
END_TEST

START_TEST(accepted_in_one_step)
{
    admin_send(MOB, "node='help-request'", "");
    say(MOB, "node='help-request' $", ROLLOVER, "var=\"rollover\"");
    say(MOB, "node='help-request' $", X(V("queue", "mobius-mobstate") V("rollover", "0")),
        "That is so already");
    say(MOB, "node='help-request' $", X(V("queue", "mobius-mobstate") V("rollover", "1")),
        "Sent to the consortium's coordinators: coord@localhost.");
    ck_assert_str_eq(sql(database, OPEN), "1 mobadmin@localhost consortium open 1 on");
    told_forget();
    say(COORDINATOR, "node='help-requests'", "", "executing");
    say(COORDINATOR, "node='help-requests' $", X(V("library", "*")), "Please, for the winter");
    say(COORDINATOR, "node='help-requests' $", X(V("request", "1")), "<value>accept</value>");
    say(COORDINATOR, "node='help-requests' $", X(V("action", "accept")),
        "Request 1 is accepted. Queue mobius-mobstate: rollover is now on");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: Request for help 1 (rollover) is ac"));
    ck_assert_str_eq(sql(database, "SELECT rollover FROM deskbell.queue"), "t");
    ck_assert_str_eq(admin_audit(), "help-request mobstate rollover ;help-requests  1 ;"
                                    "help-requests mobstate queue-rollover ;");
    /* Holidays: the dates are checked when they are asked for. */
    admin_send(MOB, "node='help-request'", "");
    say(MOB, "node='help-request' $", X(V("kind", "holiday coverage") V("text", "Please")),
        "dates");
    say(MOB, "node='help-request' $", X(V("coverage", "dates") V("dates", "2026-11-31")),
        "2026-11-31");
    say(MOB, "node='help-request' $", X(V("coverage", "dates") V("dates", "2026-11-26")),
        "It is number 2");
    answer(COORDINATOR, "2", X(V("action", "accept")), "Request 2 is accepted.");
    ck_assert_str_eq(sql(database, "SELECT string_agg(date::text, ' ')"
                                   " FROM deskbell.holiday_coverage"),
                     "2026-11-26");
}
END_TEST

/* Whoever may answer for the whole consortium, and nothing else, changes no settings by it. */
START_TEST(accepting_needs_the_right)
{
    ask(MOB, ROLLOVER, X(V("queue", "mobius-mobstate") V("rollover", "1")), "number 1");
    sql(database, "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\","
                  " granted_by) VALUES (1, NULL, 'guest@example.org', 'help', 'coord@localhost')");
    admin_settings_take();
    answer(GUEST, "1", X(V("action", "accept")), "This needs the right 'policy'");
    ck_assert_str_eq(sql(database, "SELECT rollover FROM deskbell.queue"), "f");
    ck_assert_str_eq(sql(database, OPEN), "1 mobadmin@localhost consortium open 1 on");
    /* The queue goes: what was asked stays, as words. */
    sql(database, "DELETE FROM deskbell.assignment; DELETE FROM deskbell.queue");
    admin_settings_take();
    answer(COORDINATOR, "1", X(V("action", "accept")), "please choose one of the list");
}
END_TEST

START_TEST(taken_back)
{
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL, "number 1");
    say(MOB, "node='help-requests'", "", "executing");
    say(MOB, "node='help-requests' $", X(V("request", "1")), "executing");
    told_forget();
    char *of_mob = mem_strdup(session);
    answer(ANN, "1", X(V("action", "close")), "Request 1 is closed.");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: Request for help 1 (other) is c"));
    /* Whoever was about to answer it is too late. */
    memcpy(session, of_mob, strlen(of_mob) + 1);
    say(MOB, "node='help-requests' $", X(V("action", "pass")), "That request is closed already.");
    free(of_mob);
}
END_TEST

START_TEST(said_again_to_those_who_answer)
{
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL, "number 1");
    told_forget();
    presence("sluadmin@localhost", "a", SHOW_AVAILABLE);
    presence("coord@localhost", "a", SHOW_AVAILABLE);
    presence("guest@example.org", "a", SHOW_AVAILABLE);
    ck_assert_str_eq(told, "");
    presence("mobadmin@localhost", "a", SHOW_AVAILABLE);
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: 1 request for help waits for you, "));
    told_forget();
    /* Another client, and one that loses its way for a minute, hear nothing. */
    presence("mobadmin@localhost", "b", SHOW_AWAY);
    presence("mobadmin@localhost", "a", SHOW_UNAVAILABLE);
    presence("mobadmin@localhost", "b", SHOW_UNAVAILABLE);
    presence("mobadmin@localhost", "a", SHOW_AVAILABLE);
    ck_assert_str_eq(told, "");
    /* Who is here is named first. */
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL,
        "administrators: mobadmin@localhost (here now), both@localhost.");
    presence("mobadmin@localhost", "", SHOW_UNAVAILABLE);
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL,
        "administrators: both@localhost, mobadmin@localhost.");
    told_forget();
    now += HOUR_MS;
    presence("mobadmin@localhost", "a", SHOW_AVAILABLE);
    ck_assert_ptr_nonnull(strstr(told, "3 requests for help wait for you"));
}
END_TEST

START_TEST(no_more_than_a_person_can_wait_for)
{
    sql(database, "INSERT INTO deskbell.help_request (consortium_id, library_id, account, kind,"
                  " text, tier) SELECT 1, 1, 'ann@localhost', 'other', 'x', 'library'"
                  " FROM generate_series(1, 20)");
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL, "You have 20 requests open.");
    sql(database, "UPDATE deskbell.help_request SET state = 'closed', changed = now() -"
                  " interval '400 days' WHERE number < 3");
    ask(ANN, X(V("kind", "other") V("text", "Hm")), NULL, "It is number 21");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.help_request"), "19");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_help");
    TCase *tests = tcase_create("admin_help");

    tcase_add_checked_fixture(tests, admin_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, from_an_operator_to_the_vendor);
    tcase_add_test(tests, accepted_in_one_step);
    tcase_add_test(tests, accepting_needs_the_right);
    tcase_add_test(tests, taken_back);
    tcase_add_test(tests, said_again_to_those_who_answer);
    tcase_add_test(tests, no_more_than_a_person_can_wait_for);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
