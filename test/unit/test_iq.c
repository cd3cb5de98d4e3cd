/* Questions to our addresses, and answers to our own pings. */
#include <check.h>
#include <string.h>

#include "component/iq.h"
#include "component/settings.h"
#include "component/zone.h"

static xmpp_ctx_t *ctx;
static struct iq iq;
static struct routing *routing;
static struct adhoc *adhoc;
static struct consortium *settings;
static struct xml_out out;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    routing = routing_new();
    adhoc = adhoc_new(routing);
    iq_init(&iq, ctx, "chat.localhost", adhoc);
    settings = settings_read("test/scenario/desk.conf", "localhost", stderr);
    ck_assert_ptr_nonnull(settings);
    iq.settings = settings;
    xml_out_init(&out);
}

static void tear_down(void)
{
    xml_out_release(&out);
    iq_release(&iq);
    adhoc_free(adhoc);
    routing_free(routing);
    consortium_free(settings);
    zone_forget_all();
    xmpp_ctx_free(ctx);
}

/* Feeds one stanza; the answer is in `out`, ended by a NUL. */
static bool feed(const char *xml, struct event *ret)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);

    ck_assert_ptr_nonnull(stanza);
    xml_out_clear(&out);
    bool means = iq_handle(&iq, stanza, &out, ret);
    xml_out_bytes(&out, "", 1);
    xmpp_stanza_release(stanza);
    return means;
}

#define ASK(type, to, inner)                                                                       \
    "<iq type='" type "' id='1' from='ann@guest.localhost/web' to='" to "'>" inner "</iq>"
#define INFO "<query xmlns='http://jabber.org/protocol/disco#info'/>"
#define ITEMS "<query xmlns='http://jabber.org/protocol/disco#items'/>"

#define COMMANDS                                                                                   \
    "<query xmlns='http://jabber.org/protocol/disco#items' "                                       \
    "node='http://jabber.org/protocol/commands'/>"

static const struct {
    const char *name, *xml, *part;
} questions[] = {
    {"what are you", ASK("get", "chat.localhost", INFO), "category='component'"},
    {"what is a queue", ASK("get", "mobius-mobstate@chat.localhost", INFO), "name=\"Mo State\""},
    {"what can a queue", ASK("get", "mobius-mobstate@chat.localhost/desk", INFO),
     "var=\"urn:xmpp:receipts\""},
    {"an operator", ASK("get", "mobius-mobstate-jane@chat.localhost", INFO), "type='bot'"},
    {"any chat's address", ASK("get", "mobius-mobstate.zzzz@chat.localhost", INFO), "type='bot'"},
    {"nobody", ASK("get", "mobius-nowhere@chat.localhost", INFO), "item-not-found"},
    {"the queues", ASK("get", "chat.localhost", ITEMS), "jid=\"mobius-slu@chat.localhost\""},
    {"a queue has none", ASK("get", "mobius-slu@chat.localhost", ITEMS), "disco#items'></query>"},
    {"what can be run", ASK("get", "mobius-slu@chat.localhost", INFO),
     "var=\"http://jabber.org/protocol/commands\""},
    {"a stranger may run nothing", ASK("get", "mobius-slu@chat.localhost", COMMANDS),
     "commands\"></query>"},
    {"nor at the service", ASK("get", "chat.localhost", COMMANDS), "commands\"></query>"},
    {"nor in a chat", ASK("get", "mobius-slu.zzzz@chat.localhost", COMMANDS),
     "commands\"></query>"},
    {"nor at an operator's", ASK("get", "mobius-slu-sue@chat.localhost", COMMANDS),
     "commands\"></query>"},
    {"an address that is none", ASK("get", "nowhere@chat.localhost", COMMANDS), "item-not-found"},
    {"the list as a node",
     ASK("get", "mobius-slu@chat.localhost",
         "<query xmlns='http://jabber.org/protocol/disco#info' "
         "node='http://jabber.org/protocol/commands'/>"),
     "type='command-list'"},
    {"a stranger's command is none",
     ASK("get", "mobius-slu@chat.localhost",
         "<query xmlns='http://jabber.org/protocol/disco#info' node='who'/>"),
     "item-not-found"},
    {"running it",
     ASK("set", "mobius-slu@chat.localhost",
         "<command xmlns='http://jabber.org/protocol/commands' node='who'/>"),
     "item-not-found"},
    {"running at an operator's",
     ASK("set", "mobius-slu-sue@chat.localhost",
         "<command xmlns='http://jabber.org/protocol/commands' node='who'/>"),
     "item-not-found"},
    {"asking for a command",
     ASK("get", "mobius-slu@chat.localhost",
         "<command xmlns='http://jabber.org/protocol/commands' node='who'/>"),
     "service-unavailable"},
    {"version", ASK("get", "chat.localhost", "<query xmlns='jabber:iq:version'/>"),
     "<name>Deskbell</name><version>" DESKBELL_VERSION},
    {"ping", ASK("get", "chat.localhost", "<ping xmlns='urn:xmpp:ping'/>"),
     "<iq type=\"result\" from=\"chat.localhost\" to=\"ann@guest.localhost/web\" id=\"1\"></iq>"},
    {"something else", ASK("get", "chat.localhost", "<query xmlns='urn:x'/>"),
     "service-unavailable"},
    {"a set of what is only asked", ASK("set", "chat.localhost", INFO), "service-unavailable"},
};

START_TEST(answers)
{
    struct event event;

    ck_assert(!feed(questions[_i].xml, &event));
    ck_assert_msg(strstr(out.bytes, questions[_i].part) != NULL, "%s: %s", questions[_i].name,
                  out.bytes);
    ck_assert(strstr(out.bytes, "@localhost") == NULL); /* no operator's account leaves */
}
END_TEST

START_TEST(never_answers_an_answer)
{
    static const char *const silent[] = {
        ASK("result", "chat.localhost", ""),
        ASK("error", "chat.localhost", "<error type='cancel'/>"),
        ASK("get", "other.localhost", INFO),
        "<iq type='get' id='1' from='a@b'><ping xmlns='urn:xmpp:ping'/></iq>",
        "<iq id='1' from='a@b' to='chat.localhost'/>",
    };
    struct event event;

    ck_assert(!feed(silent[_i], &event));
    ck_assert_str_eq(out.bytes, "");
}
END_TEST

static void error_of(char text[static 300], const char *id, const char *who)
{
    snprintf(text, 300,
             "<iq type='error' id='%s' from='%s@guest.localhost/web'"
             " to='mobius-slu@chat.localhost'/>",
             id, who);
}

/* An answer counts with the right id from the right sender, and once. */
START_TEST(pings)
{
    struct event event;
    const char *id = iq_ping_id(&iq, "mobius-slu", "ann@guest.localhost/web");
    char right[300], stranger[300], guessed[300];

    error_of(right, id, "ann");
    error_of(stranger, id, "eve");
    error_of(guessed, "", "ann");
    ck_assert(!feed(stranger, &event));
    ck_assert(!feed(guessed, &event));
    ck_assert(feed(right, &event));
    ck_assert_int_eq(event.type, EVENT_BOUNCE);
    ck_assert_str_eq(event.to, "mobius-slu");
    ck_assert_str_eq(event.from, "ann@guest.localhost");
    ck_assert_str_eq(event.resource, "web");
    ck_assert(!feed(right, &event));
}
END_TEST

/* What presence announces is the same at every address. */
static const char *const caps_addresses[] = {"mobius-slu@chat.localhost/desk",
                                             "chat.localhost/desk"};

/* The hash that presence announces is that of what disco#info says (XEP-0115, section 5.1). */
START_TEST(caps_hash)
{
    struct event event;
    char xml[400], text[1000] = "client/bot//Deskbell<";
    unsigned char digest[XMPP_SHA1_DIGEST_SIZE];

    snprintf(xml, sizeof xml,
             "<iq type='get' id='1' from='a@b/c' to='%s'><query "
             "xmlns='http://jabber.org/protocol/disco#info' node='" CAPS_NODE "#%s'/></iq>",
             caps_addresses[_i], iq.caps_ver);
    feed(xml, &event);
    ck_assert(strstr(out.bytes, "category='client' type='bot' name=\"Deskbell\"") != NULL);
    ck_assert(strstr(out.bytes, iq.caps_ver) != NULL);
    for (const char *at = out.bytes; (at = strstr(at, "var=\"")) != NULL;) {
        at += 5;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%.*s<", (int)strcspn(at, "\""), at);
    }
    xmpp_sha1_digest((const unsigned char *)text, strlen(text), digest);
    char *expected = xmpp_base64_encode(ctx, digest, sizeof digest);
    ck_assert_str_eq(iq.caps_ver, expected);
    xmpp_free(ctx, expected);
}
END_TEST

/* Whoever still asks an address of before is told the one of now, for as long as writers are. */
START_TEST(an_old_address)
{
    static struct renamed_address renamed[] = {{"mobius-msu", "mobius-mobstate", 1000}};
    struct event event;

    settings->renamed = renamed;
    settings->renamed_count = 1;
    adhoc_clock(adhoc, 0, 999999);
    ck_assert(!feed(ASK("get", "mobius-msu@chat.localhost", INFO), &event));
    ck_assert_str_eq(out.bytes,
                     "<iq type=\"error\" from=\"mobius-msu@chat.localhost\""
                     " to=\"ann@guest.localhost/web\" id=\"1\"><error type='cancel'>"
                     "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>"
                     "xmpp:mobius-mobstate@chat.localhost</gone>"
                     "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>This address has changed."
                     " Please write to mobius-mobstate@chat.localhost</text></error></iq>");
    ck_assert(!feed(ASK("set", "mobius-msu@chat.localhost", COMMANDS), &event));
    ck_assert_ptr_nonnull(strstr(out.bytes, "<gone "));
    adhoc_clock(adhoc, 0, 1000000);
    ck_assert(!feed(ASK("get", "mobius-msu@chat.localhost", INFO), &event));
    ck_assert_ptr_nonnull(strstr(out.bytes, "item-not-found"));
    settings->renamed_count = 0;
    settings->renamed = NULL;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("iq");
    TCase *tcase = tcase_create("iq");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, answers, 0, sizeof questions / sizeof questions[0]);
    tcase_add_loop_test(tcase, never_answers_an_answer, 0, 5);
    tcase_add_test(tcase, pings);
    tcase_add_loop_test(tcase, caps_hash, 0, 2);
    tcase_add_test(tcase, an_old_address);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
