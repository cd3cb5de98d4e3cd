/* Administrators' commands, with the clerk, in a real database: rights at each step, forms, jobs
 * and what comes of them. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/clerk.h"
#include "component/database.h"
#include "component/settings.h"
#include "component/stanza_in.h"
#include "component/stream.h"
#include "component/table.h"
#include "component/zone.h"
#include "policy/mem.h"
#include "test/support/store_desk.h"

#define COORDINATOR "coord@localhost/pidgin"
#define MOB "mobadmin@localhost/gajim" /* administers mobstate */
#define SLU "sluadmin@localhost/gajim" /* slu */
#define BOTH "both@localhost/gajim"    /* mobstate and slu */
#define ANN "ann@localhost/pidgin"     /* an operator of mobstate */
#define GUEST "guest@example.org/web"
#define MISSING "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"

enum { HOUR_MS = 3600 * 1000 };
#define WALL (20781LL * 24 * HOUR_MS + 16 * HOUR_MS) /* 2026-11-24 10:00 in Chicago, a Tuesday */

static PGconn *database;
static char conninfo[256];
static xmpp_ctx_t *ctx;
static struct consortium *settings;
static struct routing *routing;
static struct clerk *clerk;
static struct adhoc *adhoc;
static struct effects effects;
static struct xml_out out;
static char session[SESSION_ID_SIZE];
static int answers;        /* stanzas that came by themselves */
static char *told;         /* messages: "TO: BODY" lines */
static int64_t now = 1000000;

/* --- the desk around it --- */

static void step(void *context, struct event *event)
{
    (void)context;
    event->at = now;
    event->wall = WALL + now;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    effects_clear(&effects);
    routing_step(routing, event, &effects);
    routing_check(routing);
    for (size_t i = 0; i < effects.count; i++) {
        if (effects.list[i].type != EFFECT_ANSWER)
            continue;
        adhoc_answer(adhoc, &effects.list[i], &out);
        answers++;
    }
}

static void answer(void *context, const struct xml_out *stanza)
{
    (void)context;
    xml_out_bytes(&out, stanza->bytes, stanza->length);
    answers++;
}

static void tell(void *context, const char *to, const char *body)
{
    char *more = mem_printf("%s%s: %s\n", told, to, body);

    (void)context;
    free(told);
    told = more;
}

static struct adhoc_desk desk_of(void)
{
    return (struct adhoc_desk){
        .clerk = clerk,
        .consortium = "mobius",
        .domain = "chat.localhost",
        .accounts_domain = "localhost",
        .send = answer,
        .tell = tell,
        .step = step,
    };
}

static void settings_take(void)
{
    struct event event = {.type = EVENT_SETTINGS};
    struct consortium *before = settings;
    struct error error = {""};
    bool exists = false;

    ck_assert_msg(settings_load(database, "mobius", &settings, &exists, &error), "%s", error.text);
    ck_assert(exists);
    event.settings = settings;
    adhoc_settings(adhoc, settings);
    step(NULL, &event);
    consortium_free(before);
}

static void people_put(void)
{
    sql(database,
        "INSERT INTO deskbell.library (consortium_id, name, title) VALUES (1, 'slu', 'Saint Louis');"
        "INSERT INTO deskbell.coordinator (consortium_id, account, position)"
        " VALUES (1, 'coord@localhost', 0);"
        "INSERT INTO deskbell.library_admin (library_id, account, position)"
        " VALUES (1, 'both@localhost', 0), (1, 'mobadmin@localhost', 1),"
        " (2, 'sluadmin@localhost', 0), (2, 'both@localhost', 1);"
        "INSERT INTO deskbell.assignment (library_id, queue_id, consortium_id, operator_id,"
        " position) VALUES (1, 1, 1, 1, 0)");
}

static void set_up(void)
{
    struct event up = {.type = EVENT_STREAM_UP};

    database = database_new();
    people_put();
    snprintf(conninfo, sizeof conninfo, "host=%s user=deskbell dbname=%s", PQhost(database),
             PQdb(database));
    ctx = xmpp_ctx_new(NULL, NULL);
    effects_init(&effects);
    xml_out_init(&out);
    told = mem_strdup("");
    routing = routing_new();
    routing_start(routing, &(struct routing_options){.code_key = 7, .first_number = 1});
    clerk = clerk_new(conninfo);
    adhoc = adhoc_new(routing);
    const struct adhoc_desk desk = desk_of();
    adhoc_attach(adhoc, &desk);
    settings_take();
    step(NULL, &up);
}

static void tear_down(void)
{
    adhoc_attach(adhoc, &(struct adhoc_desk){0});
    clerk_free(clerk);
    adhoc_free(adhoc);
    routing_free(routing);
    effects_release(&effects);
    xml_out_release(&out);
    consortium_free(settings);
    settings = NULL;
    zone_forget_all();
    xmpp_ctx_free(ctx);
    free(told);
    PQfinish(database);
}

/* --- asking --- */

static struct adhoc_request request_of(const char *jid, struct jid *from)
{
    ck_assert(jid_parse(jid, from));
    return (struct adhoc_request){
        .jid = jid,
        .account = from->bare,
        .resource = from->resource,
        .to = "chat.localhost",
        .address = "",
        .place = PLACE_SERVICE,
        .id = "i1",
    };
}

static void session_remember(void)
{
    const char *id = strstr(out.bytes, "sessionid=\"");

    if (id != NULL)
        snprintf(session, sizeof session, "%s", id + strlen("sessionid=\""));
}

/* Sends without waiting. "$" in the attributes is the last session. */
static void post(const char *jid, const char *attributes, const char *inner)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(jid, from);
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
    answers = 0;
    adhoc_clock(adhoc, now, WALL + now);
    if (adhoc_execute(adhoc, &request, stanza, &out, &event))
        step(NULL, &event);
    xmpp_stanza_release(stanza);
    free(xml);
    free(from);
}

static void wait_answer(void)
{
    int64_t until = now_ms() + 20000;

    while (out.length == 0 && now_ms() < until) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&poller, 1, 100);
        clerk_process(clerk, now_ms());
    }
    xml_out_bytes(&out, "", 1);
    session_remember();
}

static const char *send(const char *jid, const char *attributes, const char *inner)
{
    post(jid, attributes, inner);
    wait_answer();
    return out.bytes;
}

static void expect(const char *part, const char *what)
{
    ck_assert_msg(strstr(out.bytes, part) != NULL, "%s: no '%s' in %s", what, part, out.bytes);
}

#define X(fields) "<x xmlns='jabber:x:data' type='submit'>" fields "</x>"
#define V(name, value) "<field var='" name "'><value>" value "</value></field>"

/* --- commands of the test's own --- */

static const char *prefill_text(const struct command_call *call)
{
    return arena_printf(call->asker.arena, "of %s", call->settings->name);
}

static void letters(const struct command_call *call, struct choices *ret)
{
    choices_add(ret, call->asker.arena, (struct choice){.value = "a", .label = "A"});
    choices_add(ret, call->asker.arena, (struct choice){.value = "b", .label = "B"});
}

static const char *short_wrong(const struct command_call *call, const char *value)
{
    (void)call;
    return strlen(value) > 5 ? "at most five letters." : NULL;
}

static bool show_values(struct admin *admin)
{
    for (size_t i = 0; i < admin->value_count; i++)
        admin_show(admin, admin->values[i].name, admin->values[i].name, admin->values[i].text);
    admin_say(admin, "%s at %s by %s", admin->node,
              admin->library == NO_INDEX ? "all" : admin_library(admin)->name, admin->account);
    return true;
}

static const struct command_field all_types[] = {
    FIELD_LIBRARY,
    {.name = "fixed", .type = FIELD_FIXED, .label = "", .step = 1, .initial = "Read\nthis"},
    {.name = "hidden", .type = FIELD_HIDDEN, .label = "", .step = 1, .initial = "kept"},
    {.name = "switch", .type = FIELD_BOOLEAN, .label = "Switch", .step = 1, .initial = "1"},
    {.name = "jid", .type = FIELD_JID_SINGLE, .label = "JID", .step = 1},
    {.name = "jids", .type = FIELD_JID_MULTI, .label = "JIDs", .step = 1, .initial = "a@b\nc@d"},
    {.name = "one", .type = FIELD_LIST_SINGLE, .label = "One", .step = 1, .options = letters},
    {.name = "many", .type = FIELD_LIST_MULTI, .label = "Many", .step = 1, .required = true,
     .options = letters},
    {.name = "text", .type = FIELD_TEXT_SINGLE, .label = "Text", .step = 1,
     .prefill = prefill_text, .wrong = short_wrong},
    {.name = "lines", .type = FIELD_TEXT_MULTI, .label = "Lines", .step = 1},
    {.name = "secret", .type = FIELD_TEXT_PRIVATE, .label = "Secret", .step = 1},
    {.name = NULL},
};

static bool letters_fetch(struct admin *admin)
{
    const char *library = admin_library(admin)->name;

    if (strcmp(admin_value(admin, "start"), "refuse") == 0)
        return admin_refuse(admin, "No letters today.");
    admin_choice(admin, "letter", library, library);
    admin_choice(admin, "none of this step", "x", "x");
    admin_present(admin, "note", arena_printf(admin->arena, "now of %s, step %d", library,
                                              admin->step));
    return true;
}

static const struct command_field fetched_fields[] = {
    FIELD_LIBRARY,
    FIELD_REASON(1),
    {.name = "start", .type = FIELD_TEXT_SINGLE, .label = "Start", .step = 1},
    {.name = "letter", .type = FIELD_LIST_SINGLE, .label = "Letter", .step = 2, .required = true,
     .fetched = true},
    {.name = "note", .type = FIELD_TEXT_SINGLE, .label = "Note", .step = 2, .fetched = true},
    {.name = NULL},
};

static const char *confirm_words(const struct command_call *call)
{
    return strcmp(command_value(call, "start"), "harmless") == 0 ? NULL : "Really?";
}

static const struct command_field confirm_fields[] = {
    FIELD_LIBRARY,
    {.name = "start", .type = FIELD_TEXT_SINGLE, .label = "Start", .step = 1},
    {.name = NULL},
};

/* What a preview writes is gone. */
static bool preview_work(struct admin *admin)
{
    struct statement statement;
    const char *start = admin_value(admin, "start");

    if (strcmp(start, "nothing") == 0)
        return true;
    if (strcmp(start, "refuse") == 0)
        return admin_refuse(admin, "Not this one.");
    statement_begin(&statement, "UPDATE deskbell.library SET title = $2 WHERE library_id = $1");
    statement_number(&statement, admin_library(admin)->id);
    statement_text(&statement, start);
    if (!statement_run(admin->database, &statement, NULL, &admin->error))
        return false;
    admin_say(admin, "title: %s\nand more", start);
    return true;
}

static bool break_work(struct admin *admin)
{
    const char *start = admin_value(admin, "start");

    admin_tell(admin, "somebody@localhost", "never sent");
    if (strcmp(start, "sql") == 0) /* the error is not looked at */
        PQclear(PQexec(admin->database, "SELECT 1 / 0"));
    else if (strcmp(start, "away") == 0)
        PQclear(PQexec(admin->database, "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"));
    else
        return error_set(&admin->error, "broken on purpose");
    return true;
}

static bool long_work(struct admin *admin)
{
    struct table *table = table_new(admin->arena, "long", "Long");
    char *text = arena_alloc(admin->arena, 60001);

    memset(text, '"', 60000); /* six bytes each in XML */
    table_add_column(table, "a", "A", TABLE_TEXT);
    for (int i = 0; i < 400; i++)
        table_set(table, table_add_row(table), 0, "cell");
    if (strcmp(admin_value(admin, "start"), "table") == 0) {
        for (int i = 0; i < 300; i++)
            table_set(table, (size_t)i, 0, arena_strndup(admin->arena, text, 200));
        text[100] = '\0';
    } else if (strcmp(admin_value(admin, "start"), "rows") == 0) {
        text[100] = '\0';
    }
    admin_say(admin, "Look.");
    admin_show(admin, "text", "Text", text);
    admin->result.table = table;
    return true;
}

#define ROW(node_, fields_, ...)                                                                   \
    {                                                                                              \
        .node = (node_), .title = "A title", .places = PLACE_SERVICE, .right = RIGHT_TEXTS,        \
        .fields = (fields_), __VA_ARGS__                                                           \
    }

static const struct command test_commands[] = {
    ROW("all-types", all_types, .work = show_values),
    ROW("fetched", fetched_fields, .reason = REASON_AT_LIBRARY, .fetch = letters_fetch,
        .work = show_values),
    ROW("fetched-audited", fetched_fields, .reason = REASON_AT_LIBRARY, .fetch = letters_fetch,
        .fetch_is_audited = true, .work = show_values),
    ROW("confirmed", confirm_fields, .confirm = confirm_words, .object = "start",
        .work = show_values),
    ROW("previewed", confirm_fields, .preview = preview_work, .work = preview_work),
    ROW("breaks", confirm_fields, .work = break_work),
    ROW("long", confirm_fields, .work = long_work),
    ROW("either", confirm_fields, .scope = SCOPE_EITHER, .work = show_values),
    {.node = "whole", .title = "Whole", .places = PLACE_SERVICE, .right = RIGHT_POLICY,
     .scope = SCOPE_CONSORTIUM, .work = show_values},
    {.node = NULL},
};

static void set_up_more(void)
{
    set_up();
    adhoc->more = test_commands;
}

/* --- who may begin what --- */

static const struct {
    const char *jid, *nodes; /* of administrators' tables, each followed by a blank */
} lists[] = {
    {COORDINATOR, "queue-status policy-show holidays operator-signoff followups help-request "
                  "block-list block-lift block-extend grant revoke audit "},
    {MOB, "queue-status policy-show holidays operator-signoff followups help-request block-list "
          "block-lift block-extend grant revoke audit "},
    {ANN, "queue-status policy-show holidays duty help-request "},
    {GUEST, ""},
};

START_TEST(lists_what_one_may_run)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = request_of(lists[_i].jid, from);
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
        struct adhoc_request request = request_of(people[i], from);
        char *missing = mem_strdup(send(people[i], "node='no-such-command'", ""));
        for (const struct command *row = command_next(adhoc, NULL); row != NULL;
             row = command_next(adhoc, row)) {
            if (adhoc_title(adhoc, &request, row->node) != NULL)
                continue;
            char *attributes = mem_printf("node='%s'", row->node);
            ck_assert_str_eq(send(people[i], attributes, ""), missing);
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

/* --- stories --- */

struct story_step {
    const char *jid, *attributes, *inner, *part;
};

static const struct {
    const char *name;
    struct story_step steps[8];
    const char *told;  /* part of what was told to others; NULL: nothing was */
    const char *audit; /* rows "command library object reason;" in all; NULL: not looked at */
} stories[] = {
    {"all types, prefilled",
     {{MOB, "node='all-types'", "", "<field type=\"fixed\"><value>Read</value><value>this</value>"},
      {MOB, "node='all-types' $ action='prev'", "", "<bad-action "},
      {MOB, "node='all-types' $", X(V("many", "a") V("text", "toolong")),
       "Text: at most five letters."},
      {MOB, "node='all-types' $", X(V("many", "a") V("jid", "nobody")),
       "JID: an address like name@example.org is wanted."},
      {MOB, "node='all-types' $", X(V("many", "c")), "Many: please choose one of the list."},
      {MOB, "node='all-types' $", X(""), "Many: please choose one of the list."},
      {MOB, "node='all-types' $",
       X("<field var='many'><value>a</value><value>b</value></field>" V("switch", "false")
             V("hidden", "mine") V("fixed", "mine") V("jid", " x@y.z ") V("lines", "l")),
       "all-types at mobstate by mobadmin@localhost"}},
     NULL,
     "all-types mobstate  ;"},
    {"their values",
     {{MOB, "node='all-types'", "",
       "label=\"JIDs\"><value>a@b</value><value>c@d</value></field>"},
      {MOB, "node='all-types' $",
       X("<field var='many'><value>a</value><value>b</value></field>" V("hidden", "mine")),
       "label=\"hidden\"><value>kept</value></field><field type=\"text-single\" var=\"switch\" "
       "label=\"switch\"><value>1</value>"}},
     NULL,
     NULL},
    {"a library is chosen",
     {{BOTH, "node='either'", "",
       "<option label=\"mobstate\"><value>mobstate</value></option><option label=\"slu (Saint "
       "Louis)\"><value>slu</value></option>"},
      {BOTH, "node='either' $", X(V("library", "nope")), "Library: please choose one of the list"},
      {BOTH, "node='either' $", X(V("library", "*")), "Library: please choose one of the list"},
      {BOTH, "node='either' $", X(V("library", "slu")), "<prev/>"},
      {BOTH, "node='either' $ action='prev'", "", "<value>slu</value><option "},
      {BOTH, "node='either' $", X(V("library", "mobstate")), "executing"},
      {BOTH, "node='either' $", X(V("start", "")), "either at mobstate by both@localhost"}},
     NULL,
     "either mobstate  ;"},
    {"or the whole consortium",
     {{COORDINATOR, "node='either'", "", "The whole consortium"},
      {COORDINATOR, "node='either' $", X(V("library", "*")), "executing"},
      {COORDINATOR, "node='either' $", X(""), "either at all by coord@localhost"},
      {COORDINATOR, "node='whole'", "", "whole at all"}},
     NULL,
     "either   ;whole   ;"},
    {"another library's name in a form that asks for none",
     {{MOB, "node='either'", "", "Start"},
      {MOB, "node='either' $", X(V("library", "slu") V("start", "")), "either at mobstate by"}},
     NULL,
     "either mobstate  ;"},
    {"a coordinator has to say why",
     {{COORDINATOR, "node='fetched'", "", "Library"},
      {COORDINATOR, "node='fetched' $", X(V("library", "slu")), "Your reason (the library"},
      {COORDINATOR, "node='fetched' $", X(""), "please fill this in"},
      {COORDINATOR, "node='fetched' $", X(V("reason", "a complaint")), "var=\"letter\""},
      {COORDINATOR, "node='fetched' $", X(V("letter", "slu")), "fetched at slu"}},
     NULL,
     "fetched slu  a complaint;"},
    {"an administrator has not",
     {{SLU, "node='fetched'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(""),
       "<value>now of slu, step 2</value></field></x>"},
      {SLU, "node='fetched' $ action='prev'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(V("start", "s")), "<option label=\"slu\"><value>slu</value>"},
      {SLU, "node='fetched' $", X(V("letter", "mobstate")), "please choose one of the list"},
      {SLU, "node='fetched' $", X(V("letter", "slu") V("note", "n")), "fetched at slu"}},
     NULL,
     "fetched slu  ;"},
    {"what is fetched and shown may be a read",
     {{SLU, "node='fetched-audited'", "", "label=\"Start\""},
      {SLU, "node='fetched-audited' $", X(""), "now of slu, step 2"},
      {SLU, "node='fetched-audited' $ action='cancel'", "", "canceled"}},
     NULL,
     "fetched-audited slu  ;"},
    {"a fetch that refuses",
     {{SLU, "node='fetched'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(V("start", "refuse")),
       "status=\"completed\"><note type=\"warn\">No letters today.</note>"}},
     NULL,
     ""},
    {"confirmed",
     {{MOB, "node='confirmed'", "", "<actions execute=\"next\"><next/></actions>"},
      {MOB, "node='confirmed' $", X(V("start", "it")),
       "<actions execute=\"complete\"><prev/><complete/></actions>"},
      {MOB, "node='confirmed' $", X(V("confirm", "0")), "Tick the box to do this, or cancel."},
      {MOB, "node='confirmed' $", X(V("start", "other")), "Tick the box"},
      {MOB, "node='confirmed' $ action='prev'", "", "<value>it</value>"},
      {MOB, "node='confirmed' $", X(V("start", "that")), "<instructions>Really?</instructions>"},
      {MOB, "node='confirmed' $", X(V("confirm", "1")), "<value>that</value>"}},
     NULL,
     "confirmed mobstate that ;"},
    {"what is harmless is not",
     {{MOB, "node='confirmed'", "", "Start"},
      {MOB, "node='confirmed' $", X(V("start", "harmless")), "completed"}},
     NULL,
     "confirmed mobstate harmless ;"},
    {"previewed",
     {{MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "New")),
       "<value>title: New</value><value>and more</value>"},
      {MOB, "node='previewed' $ action='prev'", "", "<value>New</value>"},
      {MOB, "node='previewed' $", X(V("start", "Newer")), "<value>title: Newer</value>"},
      {MOB, "node='previewed' $", X(V("confirm", "true")), "completed"}},
     NULL,
     "previewed mobstate  ;"},
    {"a preview that has nothing to say, and one that refuses",
     {{MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "nothing")), "completed"},
      {MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "refuse")), "<note type=\"warn\">Not this one."}},
     NULL,
     "previewed mobstate  ;"},
    {"work that fails",
     {{MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(""),
       "<note type=\"error\">This could not be done: the database refuses it."},
      {MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(V("start", "sql")), "the database refuses it"},
      {MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(V("start", "away")),
       "<note type=\"error\">The database cannot be reached just now. Nothing was changed. Please "
       "try again.</note>"}},
     NULL,
     ""},
    {"a long answer",
     {{MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(""), "The answer is too long for one message."},
      {MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(V("start", "table")), "label=\"Text\""},
      {MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(V("start", "rows")),
       "<reported><field type=\"text-single\" var=\"a\" label=\"A\"></field></reported><item>"}},
     NULL,
     NULL},
    {"queues now",
     {{MOB, "node='queue-status'", "", "1 queue, 0 patrons waiting."},
      {ANN, "node='queue-status'", "", "<field var=\"queue\"><value>mobius-mobstate</value>"},
      {SLU, "node='queue-status'", "", "0 queues, 0 patrons waiting."}},
     NULL,
     ""},
    {"holidays",
     {{ANN, "node='holidays'", "", "<value>2026</value>"},
      {ANN, "node='holidays' $", X(V("year", "26")), "Year: please write a year from 1970 to 2199"},
      {ANN, "node='holidays' $", X(V("year", "2026")),
       "<value>2026-11-26</value></field><field var=\"weekday\"><value>thu</value></field>"
       "<field var=\"name\"><value>Thanksgiving Day</value></field><field "
       "var=\"covered\"><value>no</value>"}},
     NULL,
     ""},
    {"hours",
     {{COORDINATOR, "node='policy-show'", "", "<value>2026-11-24</value>"},
      {COORDINATOR, "node='policy-show' $", X(V("queue", "mobius-mobstate") V("date", "2026-1")),
       "please write a date like 2026-11-26"},
      {COORDINATOR, "node='policy-show' $",
       X(V("queue", "mobius-mobstate") V("date", "2026-11-24")), "label=\"The week\""}},
     NULL,
     ""},
    {"duty as one form",
     {{ANN, "node='duty'", "", "Leave it as it is"},
      {ANN, "node='duty' $", X(V("duty", "off") V("queue", "all") V("max", "2")),
       "You are off duty"},
      {ANN, "node='duty'", "", "executing"},
      {ANN, "node='duty' $", X(V("duty", "on") V("queue", "all") V("max", "1") V("until", "17:00")),
       "At most 1 chat at once, by your own limit; you have 0 now.\nYou go off duty"}},
     NULL,
     NULL},
    {"help in tiers",
     {{ANN, "node='help-request'", "", "This goes to your library's administrators."},
      {ANN, "node='help-request' $", X(V("kind", "problem") V("text", "It is stuck")),
       "Sent to your library's administrators: both@localhost, mobadmin@localhost."},
      {MOB, "node='help-request'", "", "This goes to the consortium's coordinators."},
      {MOB, "node='help-request' $", X(V("kind", "rename") V("text", "New name")),
       "Sent to the consortium's coordinators: coord@localhost."},
      {COORDINATOR, "node='help-request'", "", "executing"},
      {COORDINATOR, "node='help-request' $", X(V("kind", "other") V("text", "Hm")),
       "<note type=\"warn\">There is nobody else"}},
     "mobadmin@localhost: Help is asked for (problem) by ann@localhost (mobius-mobstate-ann, "
     "mobstate):\nIt is stuck\n",
     NULL},
    {"an operator is taken off duty",
     {{MOB, "node='operator-signoff'", "", "mobius-mobstate-ann"},
      {MOB, "node='operator-signoff' $", X(V("operator", "mobius-mobstate-ann")),
       "Off duty for all queues: mobius-mobstate-ann."},
      {MOB, "node='operator-signoff'", "", "mobius-mobstate-ann"},
      {MOB, "node='operator-signoff' $", X(V("operator", "mobius-mobstate-ann")),
       "mobius-mobstate-ann is off duty already."},
      {SLU, "node='operator-signoff'", "", "That library has no operators."}},
     NULL,
     "operator-signoff mobstate mobius-mobstate-ann ;operator-signoff mobstate "
     "mobius-mobstate-ann ;"},
    {"a right is given and taken",
     {{MOB, "node='grant'", "", "<option label=\"erase\"><value>erase</value></option>"},
      {MOB, "node='grant' $", X(V("account", "ann@localhost") V("right", "policy")),
       "Right: please choose one of the list"},
      {MOB, "node='grant' $", X(V("account", "ann@localhost") V("right", "audit")),
       "ann@localhost now holds the right 'audit' for mobstate."}},
     NULL,
     "grant mobstate ann@localhost ;grant mobstate ann@localhost ;"},
    {"the audit",
     {{MOB, "node='block-list'", "", "Nobody is blocked at mobstate."},
      {MOB, "node='audit'", "", "<value>2026-10-25</value>"},
      {MOB, "node='audit' $", X(V("from", "yesterday") V("to", "2026-11-24")),
       "From: please write a date"},
      {MOB, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")),
       "<value>block-list</value>"},
      {SLU, "node='audit'", "", "executing"},
      {SLU, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")), "1 line from"}},
     NULL,
     "block-list mobstate  ;audit mobstate  ;audit slu  ;"},
    {"open items",
     {{MOB, "node='followups'", "", "Nothing is left to do."},
      {COORDINATOR, "node='followups'", "", "The whole consortium"},
      {COORDINATOR, "node='followups' $", X(V("library", "*")), "Your reason"},
      {COORDINATOR, "node='followups' $", X(V("reason", "the year's report")),
       "Nothing is left to do."}},
     NULL,
     "followups mobstate  ;followups mobstate  the year's report;followups slu  the year's "
     "report;followups   the year's report;"},
};

static const char *audit_rows(void)
{
    return sql(database,
               "SELECT coalesce(string_agg(concat(command, ' ', l.name, ' ', object, ' ', reason,"
               " ';'), '' ORDER BY number), '') FROM deskbell.audit a"
               " LEFT JOIN deskbell.library l USING (library_id)");
}

START_TEST(story)
{
    const struct story_step *steps = stories[_i].steps;
    char name[200];

    for (int i = 0; i < 8 && steps[i].jid != NULL; i++) {
        snprintf(name, sizeof name, "%s, %d", stories[_i].name, i + 1);
        send(steps[i].jid, steps[i].attributes, steps[i].inner);
        expect(steps[i].part, name);
        ck_assert_uint_le(out.length, STANZA_OUT_BYTES_MAX);
    }
    ck_assert_uint_le(adhoc_session_count(adhoc), 0);
    if (stories[_i].told == NULL)
        ck_assert_str_eq(told, "");
    else
        ck_assert_msg(strstr(told, stories[_i].told) != NULL, "%s", told);
    if (stories[_i].audit != NULL)
        ck_assert_str_eq(audit_rows(), stories[_i].audit);
}
END_TEST

START_TEST(preview_is_rolled_back)
{
    send(MOB, "node='previewed'", "");
    send(MOB, "node='previewed' $", X(V("start", "New")));
    expect("title: New", "shown");
    ck_assert_str_eq(sql(database, "SELECT title FROM deskbell.library WHERE library_id = 1"), "");
    send(MOB, "node='previewed' $", X(V("confirm", "1")));
    ck_assert_str_eq(sql(database, "SELECT title FROM deskbell.library WHERE library_id = 1"),
                     "New");
}
END_TEST

/* --- rights that go --- */

START_TEST(right_is_lost_between_two_steps)
{
    send(MOB, "node='confirmed'", "");
    send(MOB, "node='confirmed' $", X(V("start", "it")));
    expect("Really?", "asked");
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    settings_take();
    send(MOB, "node='confirmed' $", X(V("confirm", "1")));
    expect(MISSING, "no administrator any more");
    ck_assert_str_eq(audit_rows(), "");
}
END_TEST

/* The only library is not another one, when rights are exchanged meanwhile. */
START_TEST(library_is_not_exchanged)
{
    send(MOB, "node='confirmed'", "");
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost';"
                  "INSERT INTO deskbell.library_admin (library_id, account, position)"
                  " VALUES (2, 'mobadmin@localhost', 2)");
    settings_take();
    send(MOB, "node='confirmed' $", X(V("start", "it")));
    expect(MISSING, "the form was mobstate's");
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
}
END_TEST

/* What the desk has in memory may be older than the database. */
START_TEST(database_has_the_last_word)
{
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    send(MOB, "node='block-list'", "");
    expect(MISSING, "not permitted");
    ck_assert_str_eq(audit_rows(), "");
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
}
END_TEST

START_TEST(grant_acts_at_the_next_step)
{
    send(ANN, "node='audit'", "");
    expect(MISSING, "not yet");
    sql(database, "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\","
                  " granted_by) VALUES (1, 1, 'ann@localhost', 'audit', 'mobadmin@localhost')");
    settings_take();
    send(ANN, "node='audit'", "");
    send(ANN, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")));
    expect("completed", "granted");
    send(MOB, "node='revoke'", "");
    expect("<option label=\"ann@localhost: audit\">", "to be taken");
    send(MOB, "node='revoke' $", X(V("grant", "ann@localhost audit")));
    expect("It acts at their next step.", "asked");
    send(MOB, "node='revoke' $", X(V("confirm", "1")));
    expect("no longer holds", "taken");
    settings_take();
    send(ANN, "node='audit'", "");
    expect(MISSING, "not any more");
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
    step(NULL, &event);
    for (size_t i = 0; i < effects.count; i++)
        heard |= effects.list[i].type == EFFECT_MESSAGE || effects.list[i].type == EFFECT_STORE_CHAT;
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].type == EFFECT_ERROR)
            return false;
    return heard;
}

START_TEST(block_is_changed_and_lifted)
{
    const struct block_record block = {
        .library = 1, .patron = "bad@example.org", .until = WALL + now + 24 * HOUR_MS};
    struct event restore = {.type = EVENT_RESTORE_BLOCK, .block = &block};

    sql(database,
        "INSERT INTO deskbell.block (consortium_id, library_id, patron, until, operator_name, chat,"
        " at) VALUES (1, 1, 'bad@example.org', now() + interval '1 day', 'mobius-mobstate-ann', 5,"
        " now()), (1, 2, 'other@example.org', now() + interval '1 day', NULL, 6, now())");
    step(NULL, &restore);
    ck_assert(!hears("bad@example.org"));
    send(MOB, "node='block-list'", "");
    expect("<value>bad@example.org</value>", "listed");
    ck_assert_ptr_null(strstr(out.bytes, "other@example.org"));
    send(MOB, "node='block-extend'", "");
    send(MOB, "node='block-extend' $", X(V("patron", "other@example.org") V("hours", "720")));
    expect("please choose one of the list", "another library's");
    send(MOB, "node='block-extend' $", X(V("patron", "bad@example.org") V("hours", "720")));
    expect("bad@example.org is blocked at mobstate until", "extended");
    ck_assert_str_eq(sql(database, "SELECT until > now() + interval '29 days' FROM deskbell.block"
                                   " WHERE library_id = 1"),
                     "t");
    send(MOB, "node='block-lift'", "");
    send(MOB, "node='block-lift' $", X(V("patron", "bad@example.org")));
    expect("Let bad@example.org write to you again, from now on?", "asked");
    ck_assert(!hears("bad@example.org"));
    send(MOB, "node='block-lift' $", X(V("confirm", "1")));
    expect("bad@example.org can write to mobstate again.", "lifted");
    ck_assert(hears("bad@example.org"));
    ck_assert_str_eq(sql(database, "SELECT count(*) FILTER (WHERE lifted IS NOT NULL) FROM"
                                   " deskbell.block"),
                     "1");
    send(MOB, "node='block-lift'", "");
    expect("Nobody is blocked there.", "nothing left");
}
END_TEST

START_TEST(coordinator_is_seen)
{
    sql(database, "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
                  " queue_id, queue_name, patron, patron_resource, state, opened, waiting_since,"
                  " last_line) VALUES (1, 1, 5, 'k3f9', 'mobius-mobstate.k3f9', 1,"
                  " 'mobius-mobstate', 'p@x', '', 'waiting', now(), now(), 0)");
    sql(database, "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind,"
                  " body, contact, at, state, handed) VALUES (1, 1, 5, 1, 'left', 'Where is it?',"
                  " 'p@x', now(), 'open', false)");
    send(COORDINATOR, "node='followups'", "");
    send(COORDINATOR, "node='followups' $", X(V("library", "mobstate")));
    send(COORDINATOR, "node='followups' $", X(V("reason", "a complaint")));
    expect("Where is it?", "read");
    ck_assert_ptr_nonnull(strstr(told, "mobadmin@localhost: coord@localhost, a coordinator, has "
                                       "read the open items of mobstate. Reason: a complaint"));
    ck_assert_ptr_null(strstr(told, "sluadmin"));
    send(SLU, "node='followups'", "");
    expect("Nothing is left to do.", "another library's");
}
END_TEST

/* --- sessions and jobs --- */

START_TEST(job_under_way)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    post(MOB, "node='block-lift'", "");
    ck_assert_uint_eq(out.length, 0);
    /* The session's id is nobody's to know yet; one that waits takes nothing. */
    struct session *waits = TAILQ_FIRST(&adhoc->by_age);
    memcpy(session, waits->id, sizeof session);
    send(MOB, "node='block-lift' $", X(V("patron", "a@b")));
    expect("<unexpected-request ", "busy");
    send(BOTH, "node='block-lift' $", X(V("patron", "a@b")));
    expect("<bad-sessionid ", "somebody else's");
    xml_out_clear(&out);
    sql(database, "COMMIT");
    wait_answer();
    expect("Nobody is blocked there.", "its end");
    ck_assert_int_eq(answers, 1);
}
END_TEST

/* The server tells those who wait that we are gone; the job's work counts. */
START_TEST(stream_falls_meanwhile)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    post(MOB, "node='block-list'", "");
    adhoc_forget_pending(adhoc);
    sql(database, "COMMIT");
    for (int i = 0; i < 100 && adhoc_session_count(adhoc) > 0; i++) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&poller, 1, 100);
        clerk_process(clerk, now_ms());
    }
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_str_eq(audit_rows(), "block-list mobstate  ;");
    send(MOB, "node='block-list'", "");
    expect("Nobody is blocked at mobstate.", "and again");
}
END_TEST

START_TEST(database_is_away_and_comes_back)
{
    cluster_stop("fast");
    send(MOB, "node='block-list'", "");
    expect("<note type=\"error\">The database cannot be reached just now. Nothing was changed. "
           "Please try again.</note>",
           "away");
    send(MOB, "node='queue-status'", "");
    expect("1 queue", "the desk goes on");
    cluster_go();
    send(MOB, "node='block-list'", "");
    expect("Nobody is blocked at mobstate.", "back");
    PQreset(database);
}
END_TEST

START_TEST(without_a_clerk)
{
    adhoc_attach(adhoc, &(struct adhoc_desk){.tell = tell, .step = step});
    send(MOB, "node='queue-status'", "");
    expect("1 queue", "in memory");
    adhoc->desk.clerk = NULL;
    post(MOB, "node='block-list'", "");
    xml_out_bytes(&out, "", 1);
    expect(MISSING, "in the database");
}
END_TEST

/* The process ends while a job runs: its answer is nobody's. */
START_TEST(end_with_a_job)
{
    sql(database, "BEGIN; LOCK TABLE deskbell.block");
    post(MOB, "node='block-list'", "");
    post(MOB, "node='audit'", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin");
    TCase *tests = tcase_create("admin"), *more = tcase_create("more");

    tcase_add_checked_fixture(tests, set_up, tear_down);
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
    tcase_add_checked_fixture(more, set_up_more, tear_down);
    tcase_set_timeout(more, 60);
    tcase_add_loop_test(more, story, 0, sizeof stories / sizeof stories[0]);
    tcase_add_test(more, preview_is_rolled_back);
    tcase_add_test(more, right_is_lost_between_two_steps);
    tcase_add_test(more, library_is_not_exchanged);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, more);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
