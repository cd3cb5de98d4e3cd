/* What a stanza means to the desk: only its outer sender, only its direct children. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/stanza_in.h"

static xmpp_ctx_t *ctx;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
}

static void tear_down(void)
{
    xmpp_ctx_free(ctx);
}

static char long_part[JID_PART_MAX + 2];

static const struct {
    const char *text, *bare, *local, *domain, *resource;
} jids[] = {
    {"ann@guest.localhost/web", "ann@guest.localhost", "ann", "guest.localhost", "web"},
    {"guest.localhost", "guest.localhost", "", "guest.localhost", ""},
    {"a@b", "a@b", "a", "b", ""},
    {"dom/res@x", "dom", "", "dom", "res@x"},
    {"a@b/c/d@e", "a@b", "a", "b", "c/d@e"},
};

START_TEST(jid_parts)
{
    struct jid jid;

    ck_assert(jid_parse(jids[_i].text, &jid));
    ck_assert_str_eq(jid.bare, jids[_i].bare);
    ck_assert_str_eq(jid.local, jids[_i].local);
    ck_assert_str_eq(jid.domain, jids[_i].domain);
    ck_assert_str_eq(jid.resource, jids[_i].resource);
}
END_TEST

START_TEST(jid_refused)
{
    static const char *const bad[] = {NULL, "", "@b", "a@", "a@/r", "/r"};
    struct jid jid;

    ck_assert(!jid_parse(bad[_i], &jid));
}
END_TEST

START_TEST(jid_bound)
{
    struct jid jid;
    char text[JID_PART_MAX + 10];

    memset(long_part, 'a', JID_PART_MAX + 1);
    snprintf(text, sizeof text, "%.*s@b", JID_PART_MAX, long_part);
    ck_assert(jid_parse(text, &jid));
    snprintf(text, sizeof text, "%.*s@b", JID_PART_MAX + 1, long_part);
    ck_assert(!jid_parse(text, &jid));
}
END_TEST

#define HEAD " from='ann@guest.localhost/web' to='q@chat.localhost' id='m1'"

/* With a body for those who know no forms. */
#define FORM(type, form_type, question)                                                            \
    "<message" HEAD "><body>text</body><x xmlns='jabber:x:data' type='" type "'>"                  \
    "<field var='FORM_TYPE'><value>" form_type "</value></field><field/><other/>"                  \
    "<field var='question'>" question "</field>"                                                   \
    "<field var='contact'><value>ann@example.org</value></field></x></message>"

/* type -1: means nothing to the desk. */
static const struct {
    const char *name, *xml;
    int type;
    const char *body;
} stanzas[] = {
    {"a chat line", "<message type='chat'" HEAD "><body>hello</body></message>", EVENT_MESSAGE,
     "hello"},
    {"a normal line", "<message" HEAD "><body>hello</body></message>", EVENT_MESSAGE, "hello"},
    {"typing", "<message type='chat'" HEAD "><composing "
               "xmlns='http://jabber.org/protocol/chatstates'/></message>",
     EVENT_CHAT_STATE, NULL},
    {"a question by form", FORM("submit", "urn:x-deskbell:leave", "<value>Where?</value>"),
     EVENT_LEAVE, "Where?"},
    {"a form with no question", FORM("submit", "urn:x-deskbell:leave", ""), EVENT_LEAVE, ""},
    {"a question of three lines",
     FORM("submit", "urn:x-deskbell:leave", "<value>a</value><value/><value>b</value>"),
     EVENT_LEAVE, "a\n\nb"},
    {"a question that is no text",
     FORM("submit", "urn:x-deskbell:leave", "<value><b>a</b></value>"), EVENT_LEAVE, ""},
    {"a form that is cancelled", FORM("cancel", "urn:x-deskbell:leave", "<value>a</value>"),
     EVENT_MESSAGE, "text"},
    {"a form of somebody else", FORM("submit", "urn:x-other", "<value>a</value>"), EVENT_MESSAGE,
     "text"},
    {"a body of another namespace",
     "<message type='chat'" HEAD "><body xmlns='urn:x'>hello</body></message>", -1, NULL},
    {"an empty body", "<message type='chat'" HEAD "><body/></message>", -1, NULL},
    {"a headline", "<message type='headline'" HEAD "><body>x</body></message>", -1, NULL},
    {"a room's line", "<message type='groupchat'" HEAD "><body>x</body></message>", -1, NULL},
    {"an error", "<message type='error'" HEAD "><body>x</body></message>", EVENT_BOUNCE, NULL},
    {"a carbon",
     "<message" HEAD "><received xmlns='urn:xmpp:carbons:2'><forwarded "
     "xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@localhost' "
     "to='q@chat.localhost'><body>believe me</body></message></forwarded></received></message>",
     -1, NULL},
    {"an archive's result",
     "<message" HEAD "><result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'>"
     "<message xmlns='jabber:client'><body>x</body></message></forwarded></result></message>",
     -1, NULL},
    {"a roster push",
     "<iq type='set'" HEAD "><query xmlns='jabber:iq:roster'><item jid='a@b'/></query></iq>", -1,
     NULL},
    {"a carbon of what somebody sent",
     "<message" HEAD "><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
     "<message xmlns='jabber:client' from='boss@localhost' to='q.k3f9@chat.localhost'>"
     "<body>believe me</body></message></forwarded></sent></message>",
     -1, NULL},
    {"a forwarded message",
     "<message" HEAD "><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
     "from='boss@localhost'><body>believe me</body></message></forwarded></message>",
     -1, NULL},
    {"a forwarded message beside a text",
     "<message" HEAD "><body>my own</body><forwarded xmlns='urn:xmpp:forward:0'>"
     "<message xmlns='jabber:client' from='boss@localhost' id='m2'><body>believe me</body>"
     "</message></forwarded></message>",
     EVENT_MESSAGE, "my own"},
    {"what a privileged server part forwards",
     "<message" HEAD "><privilege xmlns='urn:xmpp:privilege:2'><forwarded "
     "xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@localhost'>"
     "<body>believe me</body></message></forwarded></privilege></message>",
     -1, NULL},
    {"a pubsub event",
     "<message" HEAD "><event xmlns='http://jabber.org/protocol/pubsub#event'>"
     "<items node='x'><item><body xmlns='jabber:client'>x</body></item></items></event></message>",
     -1, NULL},
    {"an invitation to a room",
     "<message" HEAD "><x xmlns='http://jabber.org/protocol/muc#user'><invite "
     "to='q@chat.localhost'/></x></message>",
     -1, NULL},
    {"a direct invitation",
     "<message" HEAD "><x xmlns='jabber:x:conference' jid='room@muc.localhost'/></message>", -1,
     NULL},
    {"a text with markup beside it",
     "<message" HEAD "><body>hello</body><html xmlns='http://jabber.org/protocol/xhtml-im'>"
     "<body xmlns='http://www.w3.org/1999/xhtml'><b>other</b></body></html></message>",
     EVENT_MESSAGE, "hello"},
    {"markup alone",
     "<message" HEAD "><html xmlns='http://jabber.org/protocol/xhtml-im'>"
     "<body xmlns='http://www.w3.org/1999/xhtml'>x</body></html></message>",
     -1, NULL},
    {"an old delayed sender",
     "<message" HEAD "><body>hello</body><addresses xmlns='http://jabber.org/protocol/address'>"
     "<address type='ofrom' jid='boss@localhost'/></addresses></message>",
     EVENT_MESSAGE, "hello"},
    {"nobody's", "<message to='q@chat.localhost'><body>x</body></message>", -1, NULL},
    {"to another domain",
     "<message from='a@b/c' to='q@other.localhost'><body>x</body></message>", -1, NULL},
    {"from ourselves", "<message from='q@chat.localhost' to='q@chat.localhost'><body>x</body>"
                       "</message>",
     -1, NULL},
    {"available", "<presence" HEAD "/>", EVENT_PRESENCE, NULL},
    {"gone", "<presence type='unavailable'" HEAD "/>", EVENT_PRESENCE, NULL},
    {"a probe", "<presence type='probe'" HEAD "/>", EVENT_PROBE, NULL},
    {"a request", "<presence type='subscribe'" HEAD "/>", EVENT_SUBSCRIPTION, NULL},
    {"a presence error", "<presence type='error'" HEAD "/>", -1, NULL},
};

START_TEST(stanza_meaning)
{
    struct jid *from = calloc(1, sizeof *from), *to = calloc(1, sizeof *to);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, stanzas[_i].xml);
    struct event event = {.type = EVENT_TIME};

    ck_assert_ptr_nonnull(stanza);
    bool means = stanza_in_event(stanza, "chat.localhost", from, to, &event);
    ck_assert_msg(means == (stanzas[_i].type >= 0), "%s", stanzas[_i].name);
    if (means) {
        ck_assert_msg((int)event.type == stanzas[_i].type, "%s", stanzas[_i].name);
        ck_assert_str_eq(event.from, "ann@guest.localhost");
        ck_assert_str_eq(event.resource, "web");
        ck_assert_str_eq(event.to, "q");
    }
    if (stanzas[_i].body != NULL) {
        ck_assert_str_eq(event.message.body, stanzas[_i].body);
        ck_assert_str_eq(event.message.id, "m1");
        if (event.type == EVENT_LEAVE)
            ck_assert_str_eq(event.message.contact, "ann@example.org");
    }
    xmpp_stanza_release(stanza);
    free(from);
    free(to);
}
END_TEST

/* What passes beside a text; NULL: nothing. */
static const struct {
    const char *name, *inner, *body, *replaces, *link;
    bool encrypted;
} passing[] = {
    {"nothing", "<body>x</body>", "x", NULL, NULL, false},
    {"a correction", "<body>x</body><replace xmlns='urn:xmpp:message-correct:0' id='m0'/>", "x",
     "m0", NULL, false},
    {"a correction of nothing", "<body>x</body><replace xmlns='urn:xmpp:message-correct:0'/>", "x",
     NULL, NULL, false},
    {"a correction of another kind", "<body>x</body><replace xmlns='urn:x' id='m0'/>", "x", NULL,
     NULL, false},
    {"a link", "<body>x</body><x xmlns='jabber:x:oob'><url>https://a.example/?b</url></x>", "x",
     NULL, "https://a.example/?b", false},
    {"a link alone", "<x xmlns='jabber:x:oob'><url>HTTP://a.example</url></x>", "HTTP://a.example",
     NULL, "HTTP://a.example", false},
    {"a script", "<body>x</body><x xmlns='jabber:x:oob'><url>javascript:x</url></x>", "x", NULL,
     NULL, false},
    {"a file", "<body>x</body><x xmlns='jabber:x:oob'><url>file:///etc/passwd</url></x>", "x",
     NULL, NULL, false},
    {"data", "<body>x</body><x xmlns='jabber:x:oob'><url>data:text/html,x</url></x>", "x", NULL,
     NULL, false},
    {"a link with a space", "<body>x</body><x xmlns='jabber:x:oob'><url>http://a b</url></x>", "x",
     NULL, NULL, false},
    {"a link over two lines", "<body>x</body><x xmlns='jabber:x:oob'><url>http://a\nb</url></x>",
     "x", NULL, NULL, false},
    {"an empty link", "<body>x</body><x xmlns='jabber:x:oob'/>", "x", NULL, NULL, false},
    {"OMEMO",
     "<body>I sent you an OMEMO message</body>"
     "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>",
     "I sent you an OMEMO message", NULL, NULL, true},
    {"OMEMO 2 without a text", "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted>",
     "", NULL, NULL, true},
    {"OpenPGP", "<body>x</body><openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp>", "x", NULL, NULL,
     true},
    {"old OpenPGP", "<body>x</body><x xmlns='jabber:x:encrypted'>x</x>", "x", NULL, NULL, true},
    {"OTR", "<body>?OTR:x</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>",
     "?OTR:x", NULL, NULL, true},
};

static void expect_text(const char *name, const char *is, const char *should)
{
    ck_assert_msg((is == NULL) == (should == NULL), "%s", name);
    if (is != NULL)
        ck_assert_msg(strcmp(is, should) == 0, "%s: %s", name, is);
}

START_TEST(what_passes)
{
    struct jid *from = calloc(1, sizeof *from), *to = calloc(1, sizeof *to);
    char xml[400];
    struct event event = {.type = EVENT_TIME};

    snprintf(xml, sizeof xml, "<message" HEAD ">%s</message>", passing[_i].inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    ck_assert(stanza_in_event(stanza, "chat.localhost", from, to, &event));
    ck_assert_msg(event.type == EVENT_MESSAGE, "%s", passing[_i].name);
    ck_assert_str_eq(event.from, "ann@guest.localhost");
    expect_text(passing[_i].name, event.message.body, passing[_i].body);
    expect_text(passing[_i].name, event.message.replaces, passing[_i].replaces);
    expect_text(passing[_i].name, event.message.link, passing[_i].link);
    ck_assert_msg(event.message.encrypted == passing[_i].encrypted, "%s", passing[_i].name);
    xmpp_stanza_release(stanza);
    free(from);
    free(to);
}
END_TEST

/* At the bound and one above. */
START_TEST(a_link_is_bounded)
{
    struct jid *from = calloc(1, sizeof *from), *to = calloc(1, sizeof *to);
    char link[LINK_BYTES_MAX + 2], xml[LINK_BYTES_MAX + 400];

    for (int over = 0; over <= 1; over++) {
        struct event event = {.type = EVENT_TIME};
        memset(link, 'a', sizeof link);
        memcpy(link, "http://", 7);
        link[LINK_BYTES_MAX + over] = '\0';
        snprintf(xml, sizeof xml,
                 "<message" HEAD "><body>x</body><x xmlns='jabber:x:oob'><url>%s</url></x>"
                 "</message>",
                 link);
        xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
        ck_assert(stanza_in_event(stanza, "chat.localhost", from, to, &event));
        ck_assert((event.message.link == NULL) == (over == 1));
        xmpp_stanza_release(stanza);
    }
    free(from);
    free(to);
}
END_TEST

#define TOKEN "00112233445566778899aabbccddeeff"

static const struct {
    const char *name, *inner;
    enum event_type type;
    bool wants_token, asks;
    const char *code; /* of a token that can be one; "" else */
    const char *after;
} resumes[] = {
    {"a line", "<body>x</body>", EVENT_MESSAGE, false, false, NULL, NULL},
    {"a line that asks for a token", "<body>x</body><resume xmlns='urn:x-deskbell:resume'/>",
     EVENT_MESSAGE, true, false, NULL, NULL},
    {"a line that shows one asks for none",
     "<body>x</body><resume xmlns='urn:x-deskbell:resume' token='k3f9." TOKEN "'/>", EVENT_MESSAGE,
     false, false, NULL, NULL},
    {"another namespace", "<body>x</body><resume xmlns='urn:xmpp:sm:3'/>", EVENT_MESSAGE, false,
     false, NULL, NULL},
    {"asking alone", "<resume xmlns='urn:x-deskbell:resume'/>", EVENT_RESUME, false, true, "", ""},
    {"a token",
     "<resume xmlns='urn:x-deskbell:resume' token='k3f9." TOKEN "' after='k3f9-3'/>", EVENT_RESUME,
     false, false, "k3f9", "k3f9-3"},
    {"what is no token is presented, too", "<resume xmlns='urn:x-deskbell:resume' token='x'/>",
     EVENT_RESUME, false, false, "", ""},
    {"typing beside it",
     "<active xmlns='http://jabber.org/protocol/chatstates'/>"
     "<resume xmlns='urn:x-deskbell:resume' token='k3f9." TOKEN "'/>",
     EVENT_RESUME, false, false, "k3f9", ""},
};

START_TEST(resume_parts)
{
    struct jid *from = calloc(1, sizeof *from), *to = calloc(1, sizeof *to);
    char xml[400];
    struct event event = {.type = EVENT_TIME};

    snprintf(xml, sizeof xml, "<message type='chat'" HEAD ">%s</message>", resumes[_i].inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    ck_assert(stanza_in_event(stanza, "chat.localhost", from, to, &event));
    ck_assert_msg(event.type == resumes[_i].type, "%s", resumes[_i].name);
    if (event.type == EVENT_MESSAGE) {
        ck_assert_msg(event.message.wants_token == resumes[_i].wants_token, "%s",
                      resumes[_i].name);
    } else {
        ck_assert_msg(event.resume.asks == resumes[_i].asks, "%s", resumes[_i].name);
        ck_assert_str_eq(event.resume.id, "m1");
        ck_assert_str_eq(event.resume.code, resumes[_i].code);
        ck_assert_int_eq(event.resume.hash[0] != '\0', resumes[_i].code[0] != '\0');
        ck_assert_str_eq(event.resume.after, resumes[_i].after);
    }
    xmpp_stanza_release(stanza);
    free(from);
    free(to);
}
END_TEST

static const struct {
    const char *inner;
    enum show show;
    int priority;
    msec_t idle_since; /* at wall clock 1000000000 */
} presences[] = {
    {"", SHOW_AVAILABLE, 0, 0},
    {"<show>chat</show><priority>5</priority>", SHOW_CHAT, 5, 0},
    {"<show>away</show>", SHOW_AWAY, 0, 0},
    {"<show>xa</show><priority>-1</priority>", SHOW_XA, -1, 0},
    {"<show>dnd</show><priority>999</priority>", SHOW_DND, 127, 0},
    {"<show>sleepy</show>", SHOW_AVAILABLE, 0, 0},
    {"<show>away</show><idle xmlns='urn:xmpp:idle:1' since='1970-01-10T00:00:00Z'/>", SHOW_AWAY, 0,
     9 * 86400000LL},
    {"<show>away</show><query xmlns='jabber:iq:last' seconds='600'/>", SHOW_AWAY, 0, 999400000},
    {"<show>away</show><idle xmlns='urn:xmpp:idle:1' since='yesterday'/>", SHOW_AWAY, 0, 0},
    {"<show>away</show><query xmlns='jabber:iq:last' seconds='-5'/>", SHOW_AWAY, 0, 0},
};

START_TEST(presence_parts)
{
    struct jid *from = calloc(1, sizeof *from), *to = calloc(1, sizeof *to);
    char xml[400];
    struct event event = {.type = EVENT_TIME, .wall = 1000000000};

    snprintf(xml, sizeof xml, "<presence" HEAD ">%s</presence>", presences[_i].inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    ck_assert(stanza_in_event(stanza, "chat.localhost", from, to, &event));
    ck_assert_int_eq(event.presence.show, presences[_i].show);
    ck_assert_int_eq(event.presence.priority, presences[_i].priority);
    ck_assert_int_eq(event.presence.idle_since, presences[_i].idle_since);
    xmpp_stanza_release(stanza);
    free(from);
    free(to);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stanza_in");
    TCase *tcase = tcase_create("stanza_in");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, jid_parts, 0, sizeof jids / sizeof jids[0]);
    tcase_add_loop_test(tcase, jid_refused, 0, 6);
    tcase_add_test(tcase, jid_bound);
    tcase_add_loop_test(tcase, stanza_meaning, 0, sizeof stanzas / sizeof stanzas[0]);
    tcase_add_loop_test(tcase, what_passes, 0, sizeof passing / sizeof passing[0]);
    tcase_add_test(tcase, a_link_is_bounded);
    tcase_add_loop_test(tcase, resume_parts, 0, sizeof resumes / sizeof resumes[0]);
    tcase_add_loop_test(tcase, presence_parts, 0, sizeof presences / sizeof presences[0]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
