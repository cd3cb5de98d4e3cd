/* Accounts on the people's server as commands make them: when the server is asked, what is shown
 * once, and who has to prove that an account is theirs. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/codes.h"
#include "policy/mem.h"
#include "test/support/admin_desk.h"

#define COMPLETED "<command xmlns='" NS_COMMANDS "' status='completed'/>"
#define CONDITION(type, name)                                                                      \
    "<error type='" type "'><" name " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define JANE_ACCOUNT "mobius-mobstate-jane@localhost"

static void set_up(void)
{
    admin_set_up();
    admin_provision_begin();
}

static void jane_add(const char *account)
{
    char *form = mem_printf(X(V("name", "jane") V("title", "Jane") "%s%s%s"),
                            "<field var='account'><value>", account, "</value></field>");

    admin_send(MOB, "node='operator-add'", "");
    admin_send(MOB, "node='operator-add' $", form);
    free(form);
}

/* What the last stanza has between the two. */
static char *between(const char *before, const char *after)
{
    const char *at = strstr(out.bytes, before);

    ck_assert_msg(at != NULL, "no %s in %s", before, out.bytes);
    at += strlen(before);
    return mem_printf("%.*s", (int)(strstr(at, after) - at), at);
}

START_TEST(operator_gets_an_account)
{
    jane_add("");
    admin_expect("#add-user", "the server is asked");
    admin_expect("<value>" JANE_ACCOUNT "</value>", "for the account");
    ck_assert_str_eq(sql(database, "SELECT account FROM deskbell.operator WHERE title = 'Jane'"),
                     JANE_ACCOUNT);
    ck_assert_str_eq(told, "");
    char *password = between("var=\"password\"><value>", "<");
    admin_server_says("result", COMPLETED);
    admin_expect("status=\"completed\"", "answered");
    admin_expect("Account " JANE_ACCOUNT " is made.", "in words");
    admin_expect(password, "the password");
    ck_assert_ptr_nonnull(strstr(told, JANE_ACCOUNT ": Welcome. You are operator "
                                       "mobius-mobstate-jane of "));
    ck_assert_ptr_null(strstr(told, password));
    ck_assert_ptr_null(strstr(admin_audit(), password));
    free(password);
}
END_TEST

static const struct {
    const char *name, *type, *inner, *words;
} answers_of_server[] = {
    {"exists", "error", CONDITION("cancel", "conflict"),
     "exists already; its password stays as it is.\n'operator-password' gives it a new"},
    {"forbidden", "error", CONDITION("auth", "forbidden"), "does not let Deskbell manage accounts"},
    {"no such command", "error", CONDITION("cancel", "service-unavailable"),
     "has no command for accounts"},
};

START_TEST(server_says_no)
{
    jane_add("");
    char *password = between("var=\"password\"><value>", "<");
    admin_server_says(answers_of_server[_i].type, answers_of_server[_i].inner);
    admin_expect(answers_of_server[_i].words, answers_of_server[_i].name);
    admin_expect("operator-password", "tries again");
    ck_assert_ptr_null(strstr(out.bytes, password));
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.operator"), "3");
    free(password);
}
END_TEST

START_TEST(server_is_silent)
{
    jane_add("");
    xml_out_clear(&out);
    ck_assert_int_eq(adhoc_account_deadline(adhoc), now + PROVISION_MS_MAX);
    adhoc_account_due(adhoc, now + PROVISION_MS_MAX - 1);
    ck_assert_uint_eq(out.length, 0);
    adhoc_account_due(adhoc, now + PROVISION_MS_MAX);
    xml_out_bytes(&out, "", 1);
    admin_expect("has not answered", "silent");
    ck_assert_int_eq(adhoc_account_deadline(adhoc), INT64_MAX);
    jane_add("");
    adhoc_forget_pending(adhoc);
    adhoc_account_due(adhoc, INT64_MAX);
    ck_assert(TAILQ_EMPTY(&adhoc->accounts));
}
END_TEST

START_TEST(password_makes_what_is_missing)
{
    sql(database, "UPDATE deskbell.operator SET account = 'mobius-mobstate-ann@localhost'"
                  " WHERE operator_id = 1");
    admin_settings_take();
    admin_send(MOB, "node='operator-password'", "");
    admin_send(MOB, "node='operator-password' $", X(V("operator", "mobius-mobstate-ann")));
    admin_expect("#change-user-password", "asked");
    char *password = between("var=\"password\"><value>", "<");
    admin_server_says("error", CONDITION("cancel", "item-not-found"));
    admin_expect("#add-user", "made");
    admin_expect(password, "with that password");
    admin_server_says("result", COMPLETED);
    admin_expect("is made.", "done");
    admin_expect(password, "shown");
    free(password);
}
END_TEST

/* Whose password one cannot take: of nobody who may do more, and of no account that the desk has
 * not made, though it was written into a form. */
static const struct {
    const char *account, *more, *words;
} others[] = {
    {"director@localhost", "SELECT 1", "is not an account that Deskbell makes"},
    {"mobius-x@example.org", "SELECT 1", "is not an account that Deskbell makes"},
    {"mobius-boss@localhost",
     "INSERT INTO deskbell.coordinator (consortium_id, account, position) VALUES"
     " (1, 'mobius-boss@localhost', 1)",
     "may do more than you"},
    {"mobius-mobstate-bob@localhost",
     "INSERT INTO deskbell.library_admin (library_id, account, position) VALUES"
     " (2, 'mobius-mobstate-bob@localhost', 5)",
     "may do more than you"},
    {"mobius-mobstate-bob@localhost",
     "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\", granted_by)"
     " VALUES (1, 2, 'mobius-mobstate-bob@localhost', 'audit', 'coord@localhost')",
     "may do more than you"},
};

START_TEST(password_of_others)
{
    char *query = mem_printf("UPDATE deskbell.operator SET account = '%s' WHERE operator_id = 1",
                             others[_i].account);

    sql(database, query);
    sql(database, others[_i].more);
    admin_settings_take();
    admin_send(MOB, "node='operator-password'", "");
    admin_send(MOB, "node='operator-password' $", X(V("operator", "mobius-mobstate-ann")));
    admin_expect(others[_i].words, "refused");
    admin_send(MOB, "node='operator-remove'", "");
    admin_send(MOB, "node='operator-remove' $",
               X(V("operator", "mobius-mobstate-ann") V("remove_account", "1")));
    admin_expect("status=\"executing\"", "refused, too");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.operator"), "2");
    free(query);
}
END_TEST

START_TEST(removed_with_the_account)
{
    sql(database, "UPDATE deskbell.operator SET account = 'mobius-mobstate-ann@localhost'"
                  " WHERE operator_id = 1");
    admin_settings_take();
    admin_send(MOB, "node='operator-remove'", "");
    admin_send(MOB, "node='operator-remove' $",
               X(V("operator", "mobius-mobstate-ann") V("remove_account", "1")));
    admin_expect("Remove operator mobius-mobstate-ann", "asked");
    admin_send(MOB, "node='operator-remove' $", X(V("confirm", "1")));
    admin_expect("#delete-user", "the server is told");
    admin_server_says("result", COMPLETED);
    admin_expect("is removed from the server.", "done");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.operator"), "1");
}
END_TEST

START_TEST(coordinator_says_why)
{
    sql(database, "UPDATE deskbell.operator SET account = 'mobius-mobstate-ann@localhost'"
                  " WHERE operator_id = 1");
    admin_settings_take();
    admin_send(COORDINATOR, "node='operator-edit'", "");
    admin_send(COORDINATOR, "node='operator-edit' $", X(V("library", "mobstate")));
    admin_expect("Your reason", "asked");
    admin_send(COORDINATOR, "node='operator-edit' $", X(V("reason", "she cannot log in")));
    ck_assert_str_eq(admin_audit(), "");
    admin_send(COORDINATOR, "node='operator-edit' $", X(V("operator", "mobius-mobstate-ann")));
    admin_expect("mobius-mobstate-ann@localhost", "seen");
    ck_assert_str_eq(admin_audit(),
                     "operator-edit mobstate mobius-mobstate-ann she cannot log in;");
    admin_send(COORDINATOR, "node='operator-edit' $", X(V("name", "ann") V("title", "Ann")));
    admin_expect("title is now Ann", "done");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: coord@localhost, a coordinator, has"));
}
END_TEST

/* --- libraries --- */

START_TEST(library_comes_with_its_administrator)
{
    admin_send(COORDINATOR, "node='library-add'", "");
    admin_send(COORDINATOR, "node='library-add' $",
               X(V("abbreviation", "umkc") V("title", "Kansas City") V("timezone", "")
                     V("account", "admin")));
    admin_expect("<value>inherited</value>", "the second form");
    admin_send(COORDINATOR, "node='library-add' $",
               X(V("queue", "-") V("transcripts", "1") V("hours", "inherited")));
    admin_expect("Keep them for so many days: please fill this in.", "no silent default");
    admin_send(COORDINATOR, "node='library-add' $",
               X(V("queue", "-") V("transcripts", "1") V("retention_days", "365")
                     V("hours", "mon-fri 08:00-17:00")));
    admin_expect("<value>mobius-umkc-admin@localhost</value>", "the server is asked");
    char *password = between("var=\"password\"><value>", "<");
    admin_server_says("result", COMPLETED);
    admin_expect("Library umkc is new", "told");
    admin_expect("Queue mobius-umkc is new", "with its queue");
    admin_expect(password, "and the password");
    ck_assert_ptr_nonnull(strstr(told, "mobius-umkc-admin@localhost: Welcome. You administrate"));
    ck_assert_str_eq(sql(database, "SELECT retention_days FROM deskbell.queue"
                                   " WHERE name = 'mobius-umkc'"),
                     "365");
    admin_settings_take();
    /* And it works. */
    admin_send("mobius-umkc-admin@localhost/gajim", "node='queue-add'", "");
    admin_send("mobius-umkc-admin@localhost/gajim", "node='queue-add' $",
               X(V("name", "law") V("transcripts", "0") V("retention_days", "1")));
    admin_expect("Queue mobius-umkc-law is new", "by its administrator");
    admin_send(COORDINATOR, "node='admin-password'", "");
    admin_send(COORDINATOR, "node='admin-password' $", X(V("library", "umkc")));
    admin_send(COORDINATOR, "node='admin-password' $",
               X(V("account", "mobius-umkc-admin@localhost")));
    admin_expect("#change-user-password", "a new one");
    ck_assert_ptr_null(strstr(out.bytes, password));
    admin_server_says("result", COMPLETED);
    admin_expect("has a new password", "told");
    admin_send(COORDINATOR, "node='admin-remove'", "");
    admin_send(COORDINATOR, "node='admin-remove' $", X(V("library", "umkc")));
    admin_send(COORDINATOR, "node='admin-remove' $",
               X(V("account", "mobius-umkc-admin@localhost")));
    admin_expect("is the last administrator of umkc", "never the last");
    free(password);
}
END_TEST

START_TEST(library_exists)
{
    admin_send(COORDINATOR, "node='library-add'", "");
    admin_send(COORDINATOR, "node='library-add' $",
               X(V("abbreviation", "slu") V("title", "Another") V("account", "admin")));
    admin_send(COORDINATOR, "node='library-add' $",
               X(V("queue", "-") V("transcripts", "1") V("retention_days", "365")));
    admin_expect("there is a library 'slu' already", "refused");
    admin_send(COORDINATOR, "node='admin-add'", "");
    admin_send(COORDINATOR, "node='admin-add' $", X(V("library", "slu")));
    admin_send(COORDINATOR, "node='admin-add' $", X(V("account", "new")));
    admin_expect("<value>mobius-slu-new@localhost</value>", "made");
    admin_server_says("error", CONDITION("cancel", "conflict"));
    admin_expect("exists already", "or named");
    ck_assert_ptr_null(strstr(out.bytes, "var=\"password\""));
}
END_TEST

/* --- accounts of others --- */

static void code_note(void *context, const char *to, const char *body)
{
    admin_tell_note(context, to, body);
    xml_out_raw(&out, "<told/>"); /* ends the wait */
}

/* Sends it; what the desk says then. */
static const char *code_send(const char *account, const char *code)
{
    struct codes codes = {.clerk = clerk, .tell = code_note};
    struct event event = {.type = EVENT_MESSAGE, .from = account, .to = ""};

    free(told);
    told = mem_strdup("");
    xml_out_clear(&out);
    event.message.body = code;
    ck_assert(codes_take(&codes, 1, &event));
    admin_wait();
    ck_assert_int_eq(codes.under_way, 0);
    return told;
}

START_TEST(account_of_another_server)
{
    jane_add("jane@example.org");
    admin_expect("until then the account is " JANE_ACCOUNT, "not yet");
    ck_assert_ptr_null(strstr(out.bytes, "#add-user"));
    ck_assert_ptr_nonnull(strstr(told, "jane@example.org: mobadmin@localhost asks that you"));
    char *code = between("please hand it over)\"><value>", "<");
    ck_assert_ptr_null(strstr(told, code));
    ck_assert_str_eq(sql(database, "SELECT account FROM deskbell.operator WHERE title = 'Jane'"),
                     JANE_ACCOUNT);
    const char *wrong = "jane@example.org: Nobody waits for this code from this account. Please "
                        "ask whoever gave it to you for a new one.\n";
    ck_assert_str_eq(code_send("jane@example.org", "22222-22222"), wrong);
    code_send("eve@example.org", code);
    ck_assert_ptr_nonnull(strstr(told, "Nobody waits for this code from this account."));
    ck_assert_str_eq(sql(database, "SELECT account FROM deskbell.operator WHERE title = 'Jane'"),
                     JANE_ACCOUNT);
    ck_assert_str_eq(code_send("jane@example.org", code),
                     "jane@example.org: Thank you: this account is operator mobius-mobstate-jane's "
                     "from now on. Write !help for what you can do here.\n");
    ck_assert_str_eq(sql(database, "SELECT account FROM deskbell.operator WHERE title = 'Jane'"),
                     "jane@example.org");
    ck_assert_str_eq(code_send("jane@example.org", code), wrong);
    free(code);
}
END_TEST

/* An account of our server that is not ours to make has a person behind it, too. */
START_TEST(account_of_somebody_else)
{
    admin_send(MOB, "node='operator-edit'", "");
    admin_send(MOB, "node='operator-edit' $", X(V("operator", "mobius-mobstate-ann")));
    admin_send(MOB, "node='operator-edit' $",
               X(V("name", "ann") V("title", "Annie") V("account", "director@localhost")));
    admin_expect("title is now Annie", "the rest is done");
    admin_expect("until then the account is ann@localhost", "but for the account");
    ck_assert_str_eq(sql(database, "SELECT account || title FROM deskbell.operator"
                                   " WHERE operator_id = 1"),
                     "ann@localhostAnnie");
}
END_TEST

START_TEST(not_a_code)
{
    static const char *const bodies[] = {"hello", "22222-2222", "22222-22222 please", "!help"};
    struct codes codes = {.clerk = clerk, .tell = code_note};
    struct event event = {.type = EVENT_MESSAGE, .from = "a@b", .to = ""};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        event.message.body = bodies[i];
        ck_assert_msg(!codes_take(&codes, 1, &event), "%s", bodies[i]);
    }
    event.message.body = "22222-22222";
    event.to = "mobius-mobstate";
    ck_assert(!codes_take(&codes, 1, &event));
}
END_TEST

/* Above the bound it is answered as if the database was away, and the clerk has no more to do. */
START_TEST(many_codes)
{
    struct codes codes = {.clerk = clerk, .tell = code_note, .under_way = CODES_MAX};
    struct event event = {.type = EVENT_MESSAGE, .from = "a@b", .to = ""};

    event.message.body = "22222-22222";
    ck_assert(codes_take(&codes, 1, &event));
    ck_assert_ptr_nonnull(strstr(told, "a@b: This could not be looked up just now."));
    ck_assert_int_eq(codes.under_way, CODES_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_accounts");
    TCase *tests = tcase_create("admin_accounts");

    tcase_add_checked_fixture(tests, set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, operator_gets_an_account);
    tcase_add_loop_test(tests, server_says_no, 0,
                        sizeof answers_of_server / sizeof answers_of_server[0]);
    tcase_add_test(tests, server_is_silent);
    tcase_add_test(tests, password_makes_what_is_missing);
    tcase_add_loop_test(tests, password_of_others, 0, sizeof others / sizeof others[0]);
    tcase_add_test(tests, removed_with_the_account);
    tcase_add_test(tests, coordinator_says_why);
    tcase_add_test(tests, library_comes_with_its_administrator);
    tcase_add_test(tests, library_exists);
    tcase_add_test(tests, account_of_another_server);
    tcase_add_test(tests, account_of_somebody_else);
    tcase_add_test(tests, not_a_code);
    tcase_add_test(tests, many_codes);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
