/* Accounts on the people's server: what is asked, and what each server's answer means. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/provision.h"

static xmpp_ctx_t *ctx;
static struct provision *provision;
static struct xml_out out;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    provision = provision_new(ctx, "chat.localhost", "localhost");
    xml_out_init(&out);
}

static void tear_down(void)
{
    xml_out_release(&out);
    provision = provision_free(provision);
    xmpp_ctx_free(ctx);
}

/* Asks, and returns the question's id. */
static const char *ask(enum provision_what what, int64_t tag)
{
    static char id[64];

    xml_out_clear(&out);
    ck_assert(provision_ask(provision, what, "mobius-slu-sue@localhost",
                            what == PROVISION_REMOVE ? NULL : "a<b&c", tag, 1000, &out));
    xml_out_bytes(&out, "", 1);
    const char *at = strstr(out.bytes, " id=\"");
    ck_assert_ptr_nonnull(at);
    ck_assert_int_eq(sscanf(at, " id=\"%63[^\"]", id), 1);
    return id;
}

static bool answer(const char *from, const char *type, const char *id, const char *inner,
                   struct provision_result *ret)
{
    char text[2048];

    snprintf(text, sizeof text, "<iq type='%s' from='%s' to='chat.localhost' id='%s'>%s</iq>", type,
             from, id, inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
    ck_assert_ptr_nonnull(stanza);
    bool ours = provision_answered(provision, stanza, ret);
    xmpp_stanza_release(stanza);
    return ours;
}

#define COMMAND(status, inner)                                                                     \
    "<command xmlns='http://jabber.org/protocol/commands' status='" status "'>" inner "</command>"
#define ERROR(condition)                                                                           \
    "<error type='cancel'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

static const struct {
    const char *name, *type, *inner;
    enum provision_what what;
    enum provision_outcome outcome;
} answers[] = {
    {"Prosody made it", "result",
     COMMAND("completed", "<note type='info'>Account successfully created</note>"), PROVISION_ADD,
     PROVISION_DONE},
    {"ejabberd made it", "result", COMMAND("completed", ""), PROVISION_ADD, PROVISION_DONE},
    {"Prosody has one already: a result", "result",
     COMMAND("completed", "<note type='error'>Account already exists</note>"), PROVISION_ADD,
     PROVISION_EXISTS},
    {"ejabberd has one already", "error", ERROR("conflict"), PROVISION_ADD, PROVISION_EXISTS},
    {"Prosody had none to remove: a note of type info", "result",
     COMMAND("completed", "<note type='info'>The following accounts could not be deleted:\n"
                          "mobius-slu-sue@localhost</note>"),
     PROVISION_REMOVE, PROVISION_MISSING},
    {"Prosody knows nobody of that name", "result",
     COMMAND("completed", "<note type='error'>User does not exist</note>"), PROVISION_PASSWORD,
     PROVISION_MISSING},
    {"a form instead of an end is no success", "result", COMMAND("executing", ""), PROVISION_ADD,
     PROVISION_REFUSED},
    {"nor is an empty result", "result", "", PROVISION_ADD, PROVISION_REFUSED},
    {"nor a note that complains of something else", "result",
     COMMAND("completed", "<note type='error'>Passwords do not match</note>"), PROVISION_ADD,
     PROVISION_REFUSED},
    {"not an administrator", "error", ERROR("forbidden"), PROVISION_ADD, PROVISION_FORBIDDEN},
    {"the anonymous host of ejabberd", "error", ERROR("not-allowed"), PROVISION_ADD,
     PROVISION_FORBIDDEN},
    {"no such command", "error", ERROR("service-unavailable"), PROVISION_ADD,
     PROVISION_UNSUPPORTED},
    {"no such account", "error", ERROR("item-not-found"), PROVISION_REMOVE, PROVISION_MISSING},
    {"the server is gone", "error", ERROR("remote-server-timeout"), PROVISION_PASSWORD,
     PROVISION_SILENT},
    {"an error of its own invention", "error", ERROR("gone"), PROVISION_ADD, PROVISION_REFUSED},
    {"an error without a word", "error", "", PROVISION_ADD, PROVISION_REFUSED},
};

START_TEST(what_answers_mean)
{
    struct provision_result result = {0};
    const char *id = ask(answers[_i].what, 7);

    ck_assert_msg(answer("localhost", answers[_i].type, id, answers[_i].inner, &result), "%s",
                  answers[_i].name);
    ck_assert_msg(result.outcome == answers[_i].outcome, "%s: %d", answers[_i].name,
                  (int)result.outcome);
    ck_assert_int_eq(result.tag, 7);
    ck_assert_int_eq(result.what, answers[_i].what);
    /* Once only. */
    ck_assert(!answer("localhost", answers[_i].type, id, answers[_i].inner, &result));
    ck_assert_int_eq(provision_deadline(provision), INT64_MAX);
}
END_TEST

START_TEST(question)
{
    ask(PROVISION_ADD, 1);
    static const char *const parts[] = {
        "to=\"localhost\"", "from=\"chat.localhost\"",
        "node=\"http://jabber.org/protocol/admin#add-user\"",
        "var=\"accountjid\"><value>mobius-slu-sue@localhost</value>",
        "var=\"password\"><value>a&lt;b&amp;c</value>",
        "var=\"password-verify\"><value>a&lt;b&amp;c</value>", "type=\"submit\""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(out.bytes, parts[i]) != NULL, "%s in %s", parts[i], out.bytes);
    ask(PROVISION_PASSWORD, 2);
    ck_assert_ptr_null(strstr(out.bytes, "password-verify"));
    ask(PROVISION_REMOVE, 3);
    ck_assert_ptr_nonnull(strstr(out.bytes, "var=\"accountjids\""));
    ck_assert_ptr_null(strstr(out.bytes, "password\""));
}
END_TEST

START_TEST(forged_answers)
{
    struct provision_result result = {0};
    char id[64];

    snprintf(id, sizeof id, "%s", ask(PROVISION_ADD, 7));
    ck_assert(!answer("mobius-slu-sue@localhost", "result", id, COMMAND("completed", ""), &result));
    ck_assert(!answer("guest.localhost", "result", id, COMMAND("completed", ""), &result));
    ck_assert(!answer("localhost/x", "result", id, COMMAND("completed", ""), &result));
    ck_assert(!answer("localhost", "result", "1", COMMAND("completed", ""), &result));
    ck_assert(!answer("localhost", "result", "", COMMAND("completed", ""), &result));
    ck_assert(answer("localhost", "result", id, COMMAND("completed", ""), &result));
}
END_TEST

START_TEST(no_answer)
{
    struct provision_result result = {0};
    char id[64];

    snprintf(id, sizeof id, "%s", ask(PROVISION_ADD, 7));
    ck_assert_int_eq(provision_deadline(provision), 1000 + PROVISION_MS_MAX);
    ck_assert(!provision_expired(provision, 999 + PROVISION_MS_MAX, &result));
    ck_assert(provision_expired(provision, 1000 + PROVISION_MS_MAX, &result));
    ck_assert_int_eq(result.tag, 7);
    ck_assert_int_eq(result.outcome, PROVISION_SILENT);
    ck_assert(!provision_expired(provision, INT64_MAX, &result));
    ck_assert(!answer("localhost", "result", id, COMMAND("completed", ""), &result));
}
END_TEST

START_TEST(bound)
{
    struct provision_result result = {0};
    int expired = 0;

    for (int i = 0; i < PROVISION_ASKED_MAX; i++)
        ask(PROVISION_REMOVE, i);
    ck_assert(!provision_ask(provision, PROVISION_REMOVE, "x@localhost", NULL, 0, 0, &out));
    while (provision_expired(provision, INT64_MAX, &result))
        expired++;
    ck_assert_int_eq(expired, PROVISION_ASKED_MAX);
    ask(PROVISION_REMOVE, 0);
}
END_TEST

START_TEST(whose_accounts)
{
    static const char *const foreign[] = {"sue@example.org", "localhost", "@localhost",
                                          "sue@sub.localhost", "sue@localhost/desk"};

    ck_assert(provision_can(provision, "sue@localhost"));
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        ck_assert_msg(!provision_can(provision, foreign[i]), "%s", foreign[i]);
}
END_TEST

/* Every outcome of everything has words, which say whose account or what to configure. */
START_TEST(words)
{
    for (int what = PROVISION_ADD; what <= PROVISION_REMOVE; what++)
        for (int outcome = PROVISION_DONE; outcome <= PROVISION_SILENT; outcome++) {
            struct provision_result result = {1, (enum provision_what)what,
                                              (enum provision_outcome)outcome};
            char *text = provision_words(provision, &result, "sue@localhost");
            ck_assert(strstr(text, "sue@localhost") != NULL ||
                      strstr(text, "administrator can") != NULL);
            ck_assert_int_eq(text[strlen(text) - 1], '.');
            free(text);
        }
}
END_TEST

START_TEST(passwords)
{
    char one[PASSWORD_SIZE], other[PASSWORD_SIZE];

    password_make(one);
    password_make(other);
    ck_assert_str_ne(one, other);
    ck_assert_uint_eq(strlen(one), PASSWORD_SIZE - 1);
    ck_assert_uint_eq(strspn(one, "abcdefghijkmnpqrstuvwxyz23456789-"), PASSWORD_SIZE - 1);
    ck_assert(one[5] == '-' && one[11] == '-' && one[17] == '-' && one[22] != '-');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("provision");
    TCase *tests = tcase_create("provision");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_answers_mean, 0, (int)(sizeof answers / sizeof answers[0]));
    tcase_add_test(tests, question);
    tcase_add_test(tests, forged_answers);
    tcase_add_test(tests, no_answer);
    tcase_add_test(tests, bound);
    tcase_add_test(tests, whose_accounts);
    tcase_add_test(tests, words);
    tcase_add_test(tests, passwords);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
