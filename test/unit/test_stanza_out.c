/* Effects as bytes: each kind, and nothing that a body says can become markup. */
#include <check.h>
#include <string.h>

#include "component/stanza_out.h"

static const struct stanza_out desk = {.domain = "chat.localhost", .caps_ver = "hash="};

static const struct {
    const char *name;
    struct effect effect;
    const char *ping_id, *bytes;
} effects[] = {
    {"a line to a patron",
     {.type = EFFECT_MESSAGE,
      .from = "mobius-slu",
      .to = "ann@guest.localhost/web",
      .message = {.id = "k3f9-2", .body = "a < b & \"c\""}},
     NULL,
     "<message type='chat' from=\"mobius-slu@chat.localhost\" to=\"ann@guest.localhost/web\""
     " id=\"k3f9-2\"><body>a &lt; b &amp; &quot;c&quot;</body>"
     "<active xmlns='http://jabber.org/protocol/chatstates'/></message>"},
    {"a repeat to an operator",
     {.type = EFFECT_MESSAGE,
      .from = "mobius-slu.k3f9",
      .to = "jane@localhost",
      .message = {.id = "", .body = "x", .private = true, .delayed = 1000000000000}},
     NULL,
     "<message type='chat' from=\"mobius-slu.k3f9@chat.localhost\" to=\"jane@localhost\"><body>x"
     "</body><active xmlns='http://jabber.org/protocol/chatstates'/>"
     "<no-store xmlns='urn:xmpp:hints'/><delay xmlns='urn:xmpp:delay' from=\"chat.localhost\""
     " stamp=\"2001-09-09T01:46:40Z\"/></message>"},
    {"a correction",
     {.type = EFFECT_MESSAGE,
      .from = "q",
      .to = "a@b",
      .message = {.id = "k3f9-3", .body = "x", .replaces = "k3f9-2"}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b\" id=\"k3f9-3\"><body>x</body>"
     "<active xmlns='http://jabber.org/protocol/chatstates'/>"
     "<replace xmlns='urn:xmpp:message-correct:0' id=\"k3f9-2\"/></message>"},
    {"a link",
     {.type = EFFECT_MESSAGE,
      .from = "q",
      .to = "a@b",
      .message = {.id = "", .body = "https://a/?b&c", .link = true}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b\"><body>https://a/?b&amp;c</body>"
     "<active xmlns='http://jabber.org/protocol/chatstates'/>"
     "<x xmlns='jabber:x:oob'><url>https://a/?b&amp;c</url></x></message>"},
    {"a headline",
     {.type = EFFECT_MESSAGE,
      .from = "q",
      .to = "a@b",
      .message = {.id = "", .body = "x", .private = true, .headline = true}},
     NULL,
     "<message type='headline' from=\"q@chat.localhost\" to=\"a@b\"><body>x</body>"
     "<no-store xmlns='urn:xmpp:hints'/></message>"},
    {"markup in names",
     {.type = EFFECT_MESSAGE,
      .from = "a\"><x",
      .to = "b'\"<c@d",
      .message = {.id = "\"/>", .body = "</body>"}},
     NULL,
     "<message type='chat' from=\"a&quot;&gt;&lt;x@chat.localhost\" to=\"b'&quot;&lt;c@d\""
     " id=\"&quot;/&gt;\"><body>&lt;/body&gt;</body>"
     "<active xmlns='http://jabber.org/protocol/chatstates'/></message>"},
    {"typing",
     {.type = EFFECT_CHAT_STATE, .from = "q", .to = "a@b/c", .chat_state = STATE_COMPOSING},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><composing"
     " xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/>"
     "</message>"},
    {"a receipt",
     {.type = EFFECT_RECEIPT, .from = "q", .to = "a@b/c", .receipt = "m1"},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><received"
     " xmlns='urn:xmpp:receipts' id=\"m1\"/><no-store xmlns='urn:xmpp:hints'/></message>"},
    {"a refusal",
     {.type = EFFECT_ERROR,
      .from = "q",
      .to = "a@b/c",
      .error = {.id = "m1", .refusal = REFUSAL_NOT_FOUND, .text = ""}},
     NULL,
     "<message type='error' from=\"q@chat.localhost\" to=\"a@b/c\" id=\"m1\">"
     "<error type=\"cancel\"><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
     "</error></message>"},
    {"an address that has changed",
     {.type = EFFECT_ERROR,
      .from = "q",
      .to = "a@b/c",
      .error = {.id = "m1", .refusal = REFUSAL_GONE, .text = "mobius-msu"}},
     NULL,
     "<message type='error' from=\"q@chat.localhost\" to=\"a@b/c\" id=\"m1\">"
     "<error type=\"cancel\"><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>"
     "xmpp:mobius-msu@chat.localhost</gone><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>"
     "This address has changed. Please write to mobius-msu@chat.localhost</text></error>"
     "</message>"},
    {"a contact whose address has changed",
     {.type = EFFECT_ERROR,
      .from = "q",
      .to = "a@b",
      .error = {.id = "", .refusal = REFUSAL_GONE, .text = "n", .of_presence = true}},
     NULL,
     "<presence type='error' from=\"q@chat.localhost\" to=\"a@b\"><error type=\"cancel\">"
     "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:n@chat.localhost</gone>"
     "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>"
     "This address has changed. Please write to n@chat.localhost</text></error></presence>"},
    {"a refusal with words",
     {.type = EFFECT_ERROR,
      .from = "q",
      .to = "a@b/c",
      .error = {.id = "", .refusal = REFUSAL_UNAVAILABLE, .text = "later"}},
     NULL,
     "<message type='error' from=\"q@chat.localhost\" to=\"a@b/c\"><error type=\"wait\">"
     "<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
     "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>later</text></error></message>"},
    {"a patron's own line, again",
     {.type = EFFECT_MESSAGE,
      .from = "q",
      .to = "a@b/c",
      .message = {.id = "m1", .body = "x", .delayed = 1000000000000, .own = true}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\" id=\"m1\"><body>x</body>"
     "<active xmlns='http://jabber.org/protocol/chatstates'/><delay xmlns='urn:xmpp:delay'"
     " from=\"chat.localhost\" stamp=\"2001-09-09T01:46:40Z\"/>"
     "<own xmlns='urn:x-deskbell:resume'/></message>"},
    {"a token",
     {.type = EFFECT_RESUME,
      .from = "q",
      .to = "a@b/c",
      .resume = {.answer = RESUME_TOKEN, .token = "k3f9.00"}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><resume"
     " xmlns='urn:x-deskbell:resume' token=\"k3f9.00\"/><no-store xmlns='urn:xmpp:hints'/>"
     "</message>"},
    {"all was sent again",
     {.type = EFFECT_RESUME, .from = "q", .to = "a@b/c", .resume = {.answer = RESUME_DONE}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><resumed"
     " xmlns='urn:x-deskbell:resume'/><no-store xmlns='urn:xmpp:hints'/></message>"},
    {"no such chat",
     {.type = EFFECT_RESUME, .from = "q", .to = "a@b/c", .resume = {.answer = RESUME_GONE}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><gone"
     " xmlns='urn:x-deskbell:resume'/><no-store xmlns='urn:xmpp:hints'/></message>"},
    {"the chat goes on elsewhere",
     {.type = EFFECT_RESUME, .from = "q", .to = "a@b/c", .resume = {.answer = RESUME_MOVED}},
     NULL,
     "<message type='chat' from=\"q@chat.localhost\" to=\"a@b/c\"><moved"
     " xmlns='urn:x-deskbell:resume'/><no-store xmlns='urn:xmpp:hints'/></message>"},
    {"a queue that is busy",
     {.type = EFFECT_PRESENCE,
      .from = "q",
      .to = "a@b",
      .presence = {.show = SHOW_DND, .status = "All busy"}},
     NULL,
     "<presence from=\"q@chat.localhost/desk\" to=\"a@b\"><show>dnd</show><status>All busy</status>"
     "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node=\"urn:x-deskbell\""
     " ver=\"hash=\"/></presence>"},
    {"a queue that goes",
     {.type = EFFECT_PRESENCE,
      .from = "q",
      .to = "a@b",
      .presence = {.show = SHOW_UNAVAILABLE, .status = ""}},
     NULL,
     "<presence from=\"q@chat.localhost/desk\" to=\"a@b\" type='unavailable'/>"},
    {"a request",
     {.type = EFFECT_SUBSCRIPTION, .from = "q", .to = "a@b", .subscription = SUBSCRIBE},
     NULL,
     "<presence from=\"q@chat.localhost\" to=\"a@b\" type=\"subscribe\"/>"},
    {"a probe",
     {.type = EFFECT_PROBE, .from = "q", .to = "a@b"},
     NULL,
     "<presence from=\"q@chat.localhost\" to=\"a@b\" type=\"probe\"/>"},
    {"a ping of the service",
     {.type = EFFECT_PING, .from = "", .to = "a@b/c"},
     "id-1",
     "<iq type='get' from=\"chat.localhost\" to=\"a@b/c\" id=\"id-1\">"
     "<ping xmlns='urn:xmpp:ping'/></iq>"},
};

START_TEST(bytes)
{
    struct xml_out out;

    xml_out_init(&out);
    stanza_out_effect(&desk, &effects[_i].effect, effects[_i].ping_id, &out);
    xml_out_bytes(&out, "", 1);
    ck_assert_msg(strcmp(out.bytes, effects[_i].bytes) == 0, "%s:\n%s\n%s", effects[_i].name,
                  out.bytes, effects[_i].bytes);
    xml_out_release(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stanza_out");
    TCase *tcase = tcase_create("stanza_out");

    tcase_add_loop_test(tcase, bytes, 0, sizeof effects / sizeof effects[0]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
