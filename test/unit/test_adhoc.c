/* Ad-hoc commands: who may run what, forms one after the other, sessions and their bounds. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/settings.h"
#include "component/stanza_in.h"
#include "component/zone.h"
#include "policy/mem.h"

#define QUEUE "mobius-mobstate"
#define JANE "mobius-mobstate-jane@localhost/pidgin"
#define BOB "mobius-mobstate-bob@localhost/gajim"
#define SUE "mobius-slu-sue@localhost/pidgin"
#define ANN "ann@guest.localhost/web"

static xmpp_ctx_t *ctx;
static struct consortium *settings;
static struct routing *routing;
static struct adhoc *adhoc;
static struct effects effects;
static struct xml_out out;
static char session[SESSION_ID_SIZE], chats[4][80];
static int chat_count;
static int64_t tagged; /* the last chat that was */
enum { HOUR_MS = 3600 * 1000 };
#define WALL (20781LL * 24 * HOUR_MS + 10 * HOUR_MS) /* 2026-11-24 10:00, a Tuesday */

static int64_t now = 1000000;

static void step(struct event *event)
{
    static struct line_record line = {.body = "hello", .stanza_id = ""};

    event->at = now;
    event->wall = WALL + now;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    effects_clear(&effects);
    routing_step(routing, event, &effects);
    for (size_t i = 0; i < effects.count; i++) {
        const struct effect *effect = &effects.list[i];
        if (effect->type == EFFECT_STORE_CHAT && effect->chat.state == CHAT_WAITING)
            snprintf(chats[chat_count++ % 4], sizeof chats[0], "%s", effect->chat.address);
        if (effect->type == EFFECT_ANSWER)
            adhoc_answer(adhoc, effect, &out);
        if (effect->type == EFFECT_STORE_ACT && effect->act.act == ACT_TAGGED)
            tagged = effect->act.chat;
        if (effect->type != EFFECT_RECALL)
            continue;
        struct event recalled = {.type = EVENT_RECALLED};
        recalled.recalled.chat = line.chat = effect->recall;
        recalled.recalled.lines = &line;
        line.line = 1;
        recalled.recalled.line_count = 1;
        step(&recalled);
        return;
    }
}

static void says(const char *jid, const char *to, const char *body)
{
    struct jid *from = mem_new(sizeof *from);
    struct event event = {.type = EVENT_MESSAGE, .to = to};

    ck_assert(jid_parse(jid, from));
    event.from = from->bare;
    event.resource = from->resource;
    event.message.body = body;
    event.message.id = "";
    step(&event);
    free(from);
}

static void comes(const char *jid, const char *to)
{
    struct jid *from = mem_new(sizeof *from);
    struct event event = {.type = EVENT_PRESENCE, .to = to};

    ck_assert(jid_parse(jid, from));
    event.from = from->bare;
    event.resource = from->resource;
    event.presence.show = SHOW_AVAILABLE;
    step(&event);
    free(from);
}

static void set_up(void)
{
    struct event start = {.type = EVENT_SETTINGS}, up = {.type = EVENT_STREAM_UP};

    ctx = xmpp_ctx_new(NULL, NULL);
    settings = settings_read("test/scenario/desk.conf", "localhost", stderr);
    ck_assert_ptr_nonnull(settings);
    for (size_t i = 0; i < settings->library_count; i++)
        settings->libraries[i].id = (int64_t)i + 1;
    for (size_t i = 0; i < settings->queue_count; i++)
        settings->queues[i].id = (int64_t)i + 1;
    for (size_t i = 0; i < settings->operator_count; i++)
        settings->operators[i].id = (int64_t)i + 1;
    effects_init(&effects);
    xml_out_init(&out);
    routing = routing_new();
    routing_start(routing, &(struct routing_options){.code_key = 7, .first_number = 1});
    adhoc = adhoc_new(routing);
    start.settings = settings;
    adhoc_settings(adhoc, settings);
    step(&start);
    step(&up);
    comes(JANE, QUEUE);
    comes(BOB, QUEUE);
    comes(SUE, "mobius-slu");
}

static void tear_down(void)
{
    adhoc_free(adhoc);
    routing_free(routing);
    effects_release(&effects);
    xml_out_release(&out);
    consortium_free(settings);
    zone_forget_all();
    xmpp_ctx_free(ctx);
}

/* One patron asks, and jane takes the chat. */
static const char *jane_has_chat(const char *patron)
{
    says(patron, QUEUE, "hello");
    const char *chat = chats[(chat_count - 1) % 4];
    says(JANE, chat, "Hi");
    return chat;
}

/* "#" stands for the newest chat. */
static struct adhoc_request request_of(const char *jid, struct jid *from, const char *address)
{
    ck_assert(jid_parse(jid, from));
    if (strcmp(address, "#") == 0)
        address = chats[(chat_count - 1) % 4];
    return (struct adhoc_request){
        .jid = jid,
        .account = from->bare,
        .resource = from->resource,
        .to = "written@chat.localhost/desk",
        .address = address,
        .place = address[0] == '\0'                ? PLACE_SERVICE
                 : strchr(address, '.') != NULL ? PLACE_CHAT
                                                   : PLACE_QUEUE,
        .id = "i1",
    };
}

static void session_remember(void)
{
    const char *id = strstr(out.bytes, "sessionid=\"");

    if (id != NULL)
        snprintf(session, sizeof session, "%s", id + strlen("sessionid=\""));
}

/* Sends <command ATTRIBUTES>INNER</command>; "$" in the attributes is the last session. The answer,
 * also of a word, is in `out`. */
static const char *send(const char *jid, const char *address, const char *attributes,
                        const char *inner)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(jid, from, address);
    const char *dollar = strchr(attributes, '$');
    struct event event;

    char *xml = dollar == NULL
                    ? mem_printf("<command xmlns='" NS_COMMANDS "' %s>%s</command>", attributes,
                                 inner)
                    : mem_printf("<command xmlns='" NS_COMMANDS "' %.*ssessionid='%s'%s>%s"
                                 "</command>",
                                 (int)(dollar - attributes), attributes, session, dollar + 1,
                                 inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    ck_assert_msg(stanza != NULL, "%s", xml);
    xml_out_clear(&out);
    adhoc_clock(adhoc, now, WALL + now);
    if (adhoc_execute(adhoc, &request, stanza, &out, &event)) {
        ck_assert_uint_eq(out.length, 0);
        step(&event);
    }
    xml_out_bytes(&out, "", 1);
    session_remember();
    xmpp_stanza_release(stanza);
    free(xml);
    free(from);
    return out.bytes;
}

static void expect(const char *part, const char *what)
{
    ck_assert_msg(strstr(out.bytes, part) != NULL, "%s: no '%s' in %s", what, part, out.bytes);
}

#define X(fields) "<x xmlns='jabber:x:data' type='submit'>" fields "</x>"
#define V(name, value) "<field var='" name "'><value>" value "</value></field>"

/* --- what is listed --- */

static const struct {
    const char *name, *jid, *address;
    const char *nodes; /* each followed by a blank */
} lists[] = {
    {"a queue to its operator", JANE, QUEUE,
     "take transfer cancel end c decline note tag info profile who wait todo done off on until max "
     "block explain help "},
    {"to another library's operator", SUE, QUEUE, ""},
    {"to a patron", ANN, QUEUE, ""},
    {"the service to an operator", SUE, "",
     "take who wait todo done off on until max explain help queue-status policy-show holidays "
     "duty "},
    {"the service to a patron", ANN, "", ""},
    {"a chat to its owner", JANE, "#", "transfer end c note tag info profile block "},
    {"a chat to a colleague", BOB, "#", ""},
    {"a chat to its patron", ANN, "#", ""},
    {"a chat that never was", JANE, QUEUE ".zzzz", ""},
};

static char *nodes_listed(void)
{
    char *nodes = mem_strdup("");

    xml_out_bytes(&out, "", 1);
    for (const char *at = out.bytes; (at = strstr(at, " node=\"")) != NULL;) {
        at += strlen(" node=\"");
        char *more = mem_printf("%s%.*s ", nodes, (int)strcspn(at, "\""), at);
        free(nodes);
        nodes = more;
    }
    return nodes;
}

START_TEST(lists_what_one_may_run)
{
    struct jid *from = mem_new(sizeof *from);

    jane_has_chat(ANN);
    struct adhoc_request request = request_of(lists[_i].jid, from, lists[_i].address);
    xml_out_clear(&out);
    adhoc_items(adhoc, &request, &out);
    char *nodes = nodes_listed();
    ck_assert_msg(strcmp(nodes, lists[_i].nodes) == 0, "%s: %s", lists[_i].name, nodes);
    bool lists_end = strstr(lists[_i].nodes, "end ") != NULL;
    ck_assert(lists_end == (adhoc_title(adhoc, &request, "end") != NULL));
    ck_assert_ptr_null(adhoc_title(adhoc, &request, "ned"));
    free(nodes);
    free(from);
}
END_TEST

/* Gajim takes no item with another attribute. */
START_TEST(items_have_three_attributes)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(JANE, from, QUEUE);

    xml_out_clear(&out);
    adhoc_items(adhoc, &request, &out);
    xml_out_bytes(&out, "", 1);
    ck_assert_ptr_nonnull(strstr(out.bytes, "<item jid=\"written@chat.localhost/desk\" "
                                            "node=\"take\" name=\"Take a chat that waits\"/>"));
    free(from);
}
END_TEST

/* An offer is for whoever is offered it, until it is declined. */
START_TEST(offered_chats)
{
    says(ANN, QUEUE, "hello");
    send(BOB, "#", "node='c'", "");
    expect("There are no canned replies here.", "nothing to send");
    send(BOB, "#", "node='end'", "");
    expect("item-not-found", "not his yet");
    send(BOB, "#", "node='info'", "");
    expect("waiting", "but he may look");
    send(BOB, "#", "node='decline'", "");
    expect("<note type=\"info\">Declined.", "declines");
    send(BOB, "#", "node='decline'", "");
    expect("item-not-found", "declines again");
    send(BOB, QUEUE, "node='decline'", "");
    expect("<note type=\"warn\">No chat is offered to you now.", "nothing left");
}
END_TEST

/* --- one request --- */

static const struct {
    const char *name, *jid, *address, *attributes, *inner, *part;
} requests[] = {
    {"a word", JANE, QUEUE, "node='who'", "",
     "<note type=\"info\">These can take a chat, your library first:"},
    {"its lines as a field", JANE, QUEUE, "node='help' action='execute'", "",
     "<field type=\"fixed\" var=\"answer\"><value>Answer in a chat"},
    {"a finished one", JANE, QUEUE, "node='wait'", "", "status=\"completed\""},
    {"the answer's address", JANE, QUEUE, "node='wait'", "",
     "<iq type=\"result\" from=\"written@chat.localhost/desk\" to=\"" JANE "\" id=\"i1\">"},
    {"at the service", SUE, "", "node='wait'", "", ">Nobody is waiting.</note></command></iq>"},
    {"nothing to choose from", JANE, QUEUE, "node='take'", "",
     "<note type=\"warn\">Nobody is waiting."},
    {"one queue needs no asking", JANE, QUEUE, "node='off'", "", "You are off duty"},
    {"the queue itself", JANE, QUEUE, "node='explain'", "", ">" QUEUE " is open"},
    {"any of one's queues", JANE, "", "node='explain'", "",
     "<option label=\"mobius-mobstate (Mo State)\"><value>mobius-mobstate</value></option>"},
    {"nothing to be done", JANE, QUEUE, "node='done'", "",
     "<note type=\"warn\">Nothing is left to do."},
    {"nothing handed over", JANE, QUEUE, "node='cancel'", "",
     "<note type=\"warn\">You are not handing a chat over now."},
    {"one chat needs no asking", JANE, QUEUE, "node='info'", "", "answered by Jane"},
    {"the chat's library", JANE, QUEUE, "node='profile'", "", "Mo State"},
    {"the chat itself", JANE, "#", "node='info'", "", "answered by Jane"},
    {"no chat", BOB, QUEUE, "node='info'", "", "none is offered to you."},
    {"a colleague's chat", BOB, "#", "node='info'", "", "item-not-found"},
    {"a chat that never was", BOB, QUEUE ".zzzz", "node='info'", "", "item-not-found"},
    {"a patron", ANN, QUEUE, "node='who'", "", "item-not-found"},
    {"another library's", SUE, QUEUE, "node='who'", "", "item-not-found"},
    {"a queue's at the service", JANE, "", "node='transfer'", "", "item-not-found"},
    {"a queue's in a chat", JANE, "#", "node='who'", "", "item-not-found"},
    {"no such command", JANE, QUEUE, "node='whom'", "", "item-not-found"},
    {"no command", JANE, QUEUE, "", "", "item-not-found"},
    {"no such action", JANE, QUEUE, "node='who' action='start'", "",
     "<malformed-action xmlns='http://jabber.org/protocol/commands'/>"},
    {"an action without a form", JANE, QUEUE, "node='who' action='complete'", "", "<bad-action "},
    {"cancelled before it began", JANE, QUEUE, "node='who' action='cancel'", "", "<bad-action "},
    {"an unknown session", JANE, QUEUE, "node='end' sessionid='x'", "", "<bad-sessionid "},
    {"a patron learns nothing", ANN, QUEUE, "node='end' sessionid='x'", "", "item-not-found"},
    {"a form", JANE, "#", "node='end'", "",
     "status=\"executing\"><actions execute=\"next\"><next/></actions><x "},
    {"a form that is the last", JANE, "#", "node='tag'", "",
     "status=\"executing\"><actions execute=\"complete\"><complete/></actions><x "},
    {"a form's field", JANE, "#", "node='end'", "",
     "<field type=\"list-single\" var=\"resolution\" label=\"The question is\"><required/>"
     "<value>answered</value><option label=\"Answered\"><value>answered</value></option>"},
    {"a form that may have another", JANE, "#", "node='transfer'", "",
     "<actions execute=\"next\"><next/></actions>"},
    {"targets, the own library first", JANE, "#", "node='transfer'", "",
     "<option label=\"mobius-mobstate (Mo State)\">"},
    {"which chat", JANE, QUEUE, "node='end'", "", "<instructions>Chat "},
};

START_TEST(one_request)
{
    jane_has_chat(ANN);
    send(requests[_i].jid, requests[_i].address, requests[_i].attributes, requests[_i].inner);
    expect(requests[_i].part, requests[_i].name);
    ck_assert_uint_eq(adhoc_session_count(adhoc), strstr(out.bytes, "executing") != NULL);
}
END_TEST

/* --- form after form --- */

struct request_step {
    const char *jid, *address, *attributes, *inner, *part;
};

static const struct {
    const char *name;
    struct request_step steps[7]; /* ended by one without a sender */
} stories[] = {
    {"ended by the default action",
     {{JANE, "#", "node='end'", "", "executing"},
      {JANE, "#", "node='end' $", X(V("resolution", "lost")), ">You have ended this chat.<"},
      {JANE, "#", "node='end' $", X(V("resolution", "lost")), "item-not-found"}}},
    {"not said how",
     {{JANE, QUEUE, "node='end'", "", "executing"},
      {JANE, QUEUE, "node='end' $", X(V("resolution", "none")), "ended"}}},
    {"ended with a follow-up, which is done",
     {{JANE, "#", "node='end'", "", "<actions execute=\"next\">"},
      {JANE, "#", "node='end' $", X(V("resolution", "followup")), "What is to be done"},
      {JANE, "#", "node='end' $", X(V("note", "maps, to ann@example.org")), "Its follow-up"},
      {JANE, QUEUE, "node='done'", "", "maps, to ann@example.org"},
      {JANE, QUEUE, "node='done' $", X(V("id", "zzzz")), "please choose one of the list"},
      {JANE, QUEUE, "node='todo'", "", "To do: 1."}}},
    {"a number that the word does not take",
     {{JANE, QUEUE, "node='max'", "", "a number, or off"},
      {JANE, QUEUE, "node='max' $", X(V("max", "9")), "!max can only lower that"},
      {JANE, QUEUE, "node='max'", "", "executing"},
      {JANE, QUEUE, "node='max' $", X(V("max", "1")), "At most 1 chat at once"}}},
    {"a blocked patron",
     {{JANE, QUEUE, "node='block'", "", "<value>24</value><option label=\"1 hour\">"},
      {JANE, QUEUE, "node='block' $", X(V("hours", "2")), "please choose one of the list"},
      {JANE, QUEUE, "node='block' $", X(V("hours", "1")), "hears no more of this patron"}}},
    {"off duty at a time",
     {{JANE, "", "node='until'", "", "such as 17:00"},
      {JANE, "", "node='until' $", X(V("until", "16:30")), "at 16:30"}}},
    {"explained at the service",
     {{JANE, "", "node='explain'", "", "executing"},
      {JANE, "", "node='explain' $", X(V("queue", QUEUE)), ">" QUEUE " is open"}}},
    {"a replayed end",
     {{JANE, QUEUE, "node='tag'", "", "executing"},
      {JANE, QUEUE, "node='tag' $ action='complete'", X(V("tag", "maps")), "Tagged 'maps'."},
      {JANE, QUEUE, "node='tag' $ action='complete'", X(V("tag", "maps")), "<bad-sessionid "}}},
    {"another client of the same person",
     {{JANE, QUEUE, "node='tag'", "", "executing"},
      {"mobius-mobstate-jane@localhost/phone", QUEUE, "node='tag' $", X(V("tag", "maps")),
       "<bad-sessionid "},
      {BOB, QUEUE, "node='tag' $", X(V("tag", "maps")), "<bad-sessionid "},
      {JANE, "#", "node='tag' $", X(V("tag", "maps")), "<bad-sessionid "},
      {JANE, QUEUE, "node='note' $", X(V("tag", "maps")), "<bad-sessionid "},
      {JANE, QUEUE, "node='tag' $", X(V("tag", "maps")), "Tagged"}}},
    {"an empty box is asked again",
     {{JANE, "#", "node='tag'", "", "executing"},
      {JANE, "#", "node='tag' $", X("<field var='tag'><value/></field>"),
       "<note type='error'>Tag (one word, such as maps): please fill this in.</note>"},
      {JANE, "#", "node='tag' $", X(V("tag", "maps")), "Tagged 'maps'."}}},
    {"a choice that is none",
     {{JANE, "#", "node='end'", "", "executing"},
      {JANE, "#", "node='end' $", X(V("resolution", "eaten")), "please choose one of the list"},
      {JANE, "#", "node='end' $", X(""), "please choose one of the list"},
      {JANE, "#", "node='end' $", X(V("resolution", "lost")), "ended"}}},
    {"a line break where none may be",
     {{JANE, "#", "node='tag'", "", "executing"},
      {JANE, "#", "node='tag' $",
       X("<field var='tag'><value>a</value><value>b</value></field>"), "please use plain text"}}},
    {"no form, or no form that was filled in",
     {{JANE, "#", "node='tag'", "", "executing"},
      {JANE, "#", "node='tag' $", "", "<bad-payload "},
      {JANE, "#", "node='tag' $", "<x xmlns='jabber:x:data' type='form'/>", "<bad-payload "},
      {JANE, "#", "node='tag' $ action='next'", X(V("tag", "maps")), "<bad-action "},
      {JANE, "#", "node='tag' $ action='prev'", X(V("tag", "maps")), "<bad-action "},
      {JANE, "#", "node='tag' $ action='complete'", X(V("tag", "maps")), "Tagged"}}},
    {"cancelled",
     {{JANE, "#", "node='end'", "", "executing"},
      {JANE, "#", "node='end' $ action='cancel'", "", "status=\"canceled\""},
      {JANE, "#", "node='end' $", X(V("resolution", "lost")), "<bad-sessionid "}}},
    {"cancelled in Pidgin",
     {{JANE, "#", "node='end'", "", "executing"},
      {JANE, "#", "node='end' $", "<x xmlns='jabber:x:data' type='cancel'/>", "canceled"}}},
    {"lines of a note",
     {{JANE, "#", "node='note'", "", "executing"},
      {JANE, "#", "node='note' $", X("<field var='note'><value>one</value><value>two</value>"
                                     "<value/></field>"),
       "Noted."}}},
    {"handed over to a colleague",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $ action='next'",
       X(V("target", "mobius-mobstate-bob") V("note", "maps")), "Offered to mobius-mobstate-bob"},
      {JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-mobstate-bob")), "over already"},
      {JANE, QUEUE, "node='cancel'", "", "Taken back"}}},
    {"handed over to another library",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-slu")),
       "mobius-slu is of another library"},
      {JANE, "#", "node='transfer' $ action='next'", X(V("how", "help")), "<bad-action "},
      {JANE, "#", "node='transfer' $ action='complete'", X(V("how", "help")),
       "Offered to mobius-slu"}}},
    {"moved to another library",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-slu-sue") V("note", "yours")),
       "Move: the chat and its transcript become Saint Louis's"},
      {JANE, "#", "node='transfer' $ action='complete'", X(V("how", "move")),
       "takes the chat and its transcript to Saint Louis"}}},
    {"or not",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-slu")),
       "<actions execute=\"complete\"><prev/><complete/></actions>"},
      {JANE, "#", "node='transfer' $", X(V("how", "no")), "The chat stays yours."}}},
    {"back, and to a colleague",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-slu") V("note", "ours")), "executing"},
      {JANE, "#", "node='transfer' $ action='prev'", "",
       "label=\"A note for whoever takes it\"><value>ours</value>"},
      {JANE, "#", "node='transfer' $", X(V("target", "mobius-mobstate")),
       ">Offered to mobius-mobstate."}}},
    {"a name that is not of the list",
     {{JANE, "#", "node='transfer'", "", "executing"},
      {JANE, "#", "node='transfer' $", X(V("target", "help mobius-slu")),
       "please choose one of the list"}}},
};

START_TEST(form_after_form)
{
    jane_has_chat(ANN);
    for (const struct request_step *at = stories[_i].steps; at->jid != NULL; at++) {
        send(at->jid, at->address, at->attributes, at->inner);
        expect(at->part, stories[_i].name);
    }
}
END_TEST

START_TEST(chooses_among_chats)
{
    char inner[300];
    const char *first = jane_has_chat(ANN);

    jane_has_chat("ben@guest.localhost/web");
    send(JANE, QUEUE, "node='tag'", "");
    expect("<actions execute=\"next\"><next/></actions>", "asks which");
    expect("yours\"><value>", "says which");
    snprintf(inner, sizeof inner, X(V("chat", "%s")), first);
    send(JANE, QUEUE, "node='tag' $", X(V("chat", "mobius-mobstate.zzzz")));
    expect("please choose one of the list", "one that is not hers");
    send(JANE, QUEUE, "node='tag' $", inner);
    expect("<prev/><complete/>", "asks for the tag");
    expect("var=\"tag\"", "and for nothing else");
    send(JANE, QUEUE, "node='tag' $ action='prev'", "");
    expect("var=\"chat\"", "back to the chats");
    send(JANE, QUEUE, "node='tag' $", inner);
    send(JANE, QUEUE, "node='tag' $", X(V("tag", "maps")));
    expect("Tagged 'maps'.", "done");
    ck_assert_int_eq(tagged, 1);
}
END_TEST

/* Rights are asked again at each step. */
START_TEST(chat_is_lost_between)
{
    const char *chat = jane_has_chat(ANN);

    send(JANE, QUEUE, "node='tag'", "");
    says(JANE, chat, "!end");
    send(JANE, QUEUE, "node='tag' $", X(V("tag", "maps")));
    expect("<note type=\"warn\">That chat is not yours any more.", "at the queue");
    jane_has_chat(ANN);
    send(JANE, "#", "node='transfer'", "");
    says(JANE, "#", "!end");
    says(JANE, chats[(chat_count - 1) % 4], "!end");
    send(JANE, "#", "node='transfer' $", X(V("target", "mobius-slu")));
    expect("item-not-found", "in the chat");
}
END_TEST

START_TEST(sessions_expire)
{
    jane_has_chat(ANN);
    send(JANE, QUEUE, "node='end'", "");
    now += SESSION_MS_MAX - 1;
    send(JANE, QUEUE, "node='end' $", X(V("resolution", "eaten")));
    expect("executing", "a moment before");
    now += 1;
    send(JANE, QUEUE, "node='end' $", X(V("resolution", "lost")));
    expect("<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>", "too late");
    expect("<session-expired xmlns='http://jabber.org/protocol/commands'/>", "too late");
    send(JANE, QUEUE, "node='end' $", X(V("resolution", "lost")));
    expect("<bad-sessionid ", "and forgotten");
}
END_TEST

START_TEST(sessions_are_bounded)
{
    char first[SESSION_ID_SIZE];

    jane_has_chat(ANN);
    send(JANE, QUEUE, "node='end'", "");
    memcpy(first, session, sizeof first);
    for (int i = 1; i < SESSIONS_PER_ACCOUNT_MAX; i++)
        send(JANE, QUEUE, "node='end'", "");
    ck_assert_uint_eq(adhoc_session_count(adhoc), SESSIONS_PER_ACCOUNT_MAX);
    memcpy(session, first, sizeof first);
    send(JANE, QUEUE, "node='end' $", X(V("resolution", "eaten")));
    expect("executing", "as many as there may be");
    send("mobius-mobstate-jane@localhost/phone", QUEUE, "node='end'", "");
    ck_assert_uint_eq(adhoc_session_count(adhoc), SESSIONS_PER_ACCOUNT_MAX);
    memcpy(session, first, sizeof first);
    send(JANE, QUEUE, "node='end' $", X(V("resolution", "lost")));
    expect("<bad-sessionid ", "the oldest made room");
}
END_TEST

/* Of all accounts together, too: straight into the list, as no test desk has so many people. */
START_TEST(all_sessions_are_bounded)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(JANE, from, QUEUE);
    char account[40];
    struct session *first = NULL, *found;

    for (int i = 0; i < SESSIONS_MAX + 1; i++) {
        snprintf(account, sizeof account, "o%d@localhost", i);
        request.account = account;
        struct session *fresh = session_new(adhoc, &request, &word_commands[0]);
        if (i == 0)
            memcpy(session, fresh->id, sizeof session);
        first = i == 1 ? fresh : first;
    }
    ck_assert_uint_eq(adhoc_session_count(adhoc), SESSIONS_MAX);
    ck_assert_int_eq(session_find(adhoc, &request, &word_commands[0], session, &found),
                     SESSION_UNKNOWN);
    ck_assert_int_eq(session_find(adhoc, &request, &word_commands[0], first->id, &found),
                     SESSION_FINE);
    free(from);
}
END_TEST

/* An answer goes to whoever waits for it, once; after the stream broke to nobody. */
START_TEST(answers_pending)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(JANE, from, QUEUE);
    struct session *fresh = session_new(adhoc, &request, command_find(adhoc, "who"));
    struct effect answer = {.type = EFFECT_ANSWER};
    int64_t first = pending_add(adhoc, &request, fresh), last = 0;

    answer.answer.tag = first;
    answer.answer.text = "Yes.";
    for (int i = 1; i < PENDING_MAX; i++)
        last = pending_add(adhoc, &request, fresh);
    xml_out_clear(&out);
    adhoc_answer(adhoc, &answer, &out);
    ck_assert_uint_gt(out.length, 0);
    xml_out_clear(&out);
    adhoc_answer(adhoc, &answer, &out);
    ck_assert_uint_eq(out.length, 0);
    pending_add(adhoc, &request, fresh);
    pending_add(adhoc, &request, fresh); /* makes room where the second was */
    answer.answer.tag = first + 1;
    adhoc_answer(adhoc, &answer, &out);
    ck_assert_uint_eq(out.length, 0);
    answer.answer.tag = last;
    adhoc_answer(adhoc, &answer, &out);
    ck_assert_uint_gt(out.length, 0);
    xml_out_clear(&out);
    adhoc_forget_pending(adhoc);
    answer.answer.tag = last + 1;
    adhoc_answer(adhoc, &answer, &out);
    answer.answer.tag = 0;
    adhoc_answer(adhoc, &answer, &out);
    ck_assert_uint_eq(out.length, 0);
    free(from);
}
END_TEST

START_TEST(long_ids)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(JANE, from, QUEUE);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(
        ctx, "<command xmlns='" NS_COMMANDS "' node='who'/>");
    char id[PENDING_ID_BYTES_MAX + 2];
    struct event event;

    memset(id, 'i', sizeof id);
    id[PENDING_ID_BYTES_MAX + 1] = '\0';
    request.id = id;
    xml_out_clear(&out);
    ck_assert(!adhoc_execute(adhoc, &request, stanza, &out, &event));
    xml_out_bytes(&out, "", 1);
    expect("<bad-request ", "one above");
    request.id = id + 1;
    xml_out_clear(&out);
    ck_assert(adhoc_execute(adhoc, &request, stanza, &out, &event));
    xmpp_stanza_release(stanza);
    free(from);
}
END_TEST

static void row_field_check(const struct command *command, const struct command_field *field)
{
    bool list = field->type == FIELD_LIST_SINGLE || field->type == FIELD_LIST_MULTI;

    ck_assert_msg(!list || (field->options != NULL) != field->fetched, "%s, %s", command->node,
                  field->name);
    ck_assert_msg(!field->fetched || command->fetch != NULL, "%s, %s", command->node, field->name);
    ck_assert_msg(field->step >= 0 && field->step < STEP_CONFIRM, "%s", command->node);
}

static bool row_has(const struct command *command, const char *name)
{
    for (const struct command_field *field = command->fields;
         field != NULL && field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return true;
    return false;
}

static void row_check(const struct command *command)
{
    const struct command_field *field = command->fields;
    int count = 0;

    /* The one word that administrators who are no operators have as a command of their own. */
    if (strcmp(command->node, "explain") != 0)
        ck_assert_ptr_eq(command_find(adhoc, command->node), command);
    for (; field != NULL && field->name != NULL; field++, count++)
        row_field_check(command, field);
    ck_assert_int_le(count, COMMAND_FIELDS_MAX);
    const char *first = count == 0 ? "" : command->fields[0].name;
    ck_assert_msg((strcmp(first, "chat") == 0) == (command->subject == ABOUT_CHAT), "%s",
                  command->node);
    bool library = command->right != RIGHT_NONE &&
                   (command->scope == SCOPE_LIBRARY || command->scope == SCOPE_EITHER);
    /* Elsewhere a library may be what the command is about, and is no tenant then. */
    ck_assert_msg((strcmp(first, "library") == 0 &&
                   command->fields[0].options == command_library_options) == library,
                  "%s", command->node);
    ck_assert_msg(row_has(command, "reason") == (command->reason != REASON_NEVER), "%s",
                  command->node);
    ck_assert_msg(command->object == NULL || row_has(command, command->object), "%s",
                  command->node);
    ck_assert_msg((command->run != NULL) != (command->work != NULL), "%s", command->node);
    ck_assert_msg(command->preview == NULL || command->work != NULL, "%s", command->node);
}

/* The rows keep what the code relies on. */
START_TEST(table)
{
    int count = 0;

    for (const struct command *command = command_next(adhoc, NULL); command != NULL;
         command = command_next(adhoc, command), count++)
        row_check(command);
    ck_assert_int_gt(count, 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adhoc");
    TCase *tcase = tcase_create("adhoc");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, lists_what_one_may_run, 0, sizeof lists / sizeof lists[0]);
    tcase_add_test(tcase, items_have_three_attributes);
    tcase_add_test(tcase, offered_chats);
    tcase_add_loop_test(tcase, one_request, 0, sizeof requests / sizeof requests[0]);
    tcase_add_loop_test(tcase, form_after_form, 0, sizeof stories / sizeof stories[0]);
    tcase_add_test(tcase, chooses_among_chats);
    tcase_add_test(tcase, chat_is_lost_between);
    tcase_add_test(tcase, sessions_expire);
    tcase_add_test(tcase, sessions_are_bounded);
    tcase_add_test(tcase, all_sessions_are_bounded);
    tcase_add_test(tcase, answers_pending);
    tcase_add_test(tcase, long_ids);
    tcase_add_test(tcase, table);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
