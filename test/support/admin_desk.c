#include "test/support/admin_desk.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "component/zone.h"
#include "policy/mem.h"

PGconn *database;
static char conninfo[256];
static xmpp_ctx_t *ctx;
static struct consortium *settings;
static struct routing *routing;
static struct provision *provision;
struct clerk *clerk;
struct adhoc *adhoc;
struct effects effects;
struct xml_out out;
char session[SESSION_ID_SIZE];
int answers;        /* stanzas that came by themselves */
char *told;         /* messages: "TO: BODY" lines */
char *uploaded;
int64_t now = 1000000;

/* --- the desk around it --- */

void admin_step(void *context, struct event *event)
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

void admin_tell_note(void *context, const char *to, const char *body)
{
    char *more = mem_printf("%s%s: %s\n", told, to, body);

    (void)context;
    free(told);
    told = more;
}

static void upload_note(void *context, const char *to, const char *name, const char *type,
                        char *bytes, size_t size)
{
    (void)context;
    free(uploaded);
    uploaded = mem_printf("%s %s %s\n%.*s", to, name, type, (int)size, bytes);
    free(bytes);
}

static struct adhoc_desk desk_of(void)
{
    return (struct adhoc_desk){
        .clerk = clerk,
        .consortium = "mobius",
        .domain = "chat.localhost",
        .accounts_domain = "localhost",
        .provision = provision,
        .send = answer,
        .tell = admin_tell_note,
        .upload = upload_note,
        .step = admin_step,
    };
}

void admin_settings_take(void)
{
    struct event event = {.type = EVENT_SETTINGS};
    struct consortium *before = settings;
    struct error error = {""};
    bool exists = false;

    ck_assert_msg(settings_load(database, "mobius", &settings, &exists, &error), "%s", error.text);
    ck_assert(exists);
    event.settings = settings;
    adhoc_settings(adhoc, settings);
    admin_step(NULL, &event);
    consortium_free(before);
}

static void people_put(void)
{
    sql(database,
        "INSERT INTO deskbell.library (consortium_id, name, title)"
        " VALUES (1, 'slu', 'Saint Louis');"
        "INSERT INTO deskbell.coordinator (consortium_id, account, position)"
        " VALUES (1, 'coord@localhost', 0);"
        "INSERT INTO deskbell.library_admin (library_id, account, position)"
        " VALUES (1, 'both@localhost', 0), (1, 'mobadmin@localhost', 1),"
        " (2, 'sluadmin@localhost', 0), (2, 'both@localhost', 1);"
        "INSERT INTO deskbell.assignment (library_id, queue_id, consortium_id, operator_id,"
        " position) VALUES (1, 1, 1, 1, 0)");
}

void admin_set_up(void)
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
    uploaded = mem_strdup("");
    routing = routing_new();
    routing_start(routing, &(struct routing_options){.code_key = 7, .first_number = 1});
    clerk = clerk_new(conninfo);
    adhoc = adhoc_new(routing);
    const struct adhoc_desk desk = desk_of();
    adhoc_attach(adhoc, &desk);
    admin_settings_take();
    admin_step(NULL, &up);
}

void admin_provision_begin(void)
{
    provision = provision_new(ctx, "chat.localhost", "localhost");
    const struct adhoc_desk desk = desk_of();
    adhoc_attach(adhoc, &desk);
}

void admin_server_says(const char *type, const char *inner)
{
    const char *id = strstr(out.bytes, " id=\"");

    ck_assert_msg(strstr(out.bytes, "to=\"localhost\"") != NULL && id != NULL, "%s", out.bytes);
    id += strlen(" id=\"");
    char *xml = mem_printf("<iq xmlns='jabber:component:accept' type='%s' id='%.*s'"
                           " from='localhost' to='chat.localhost'>%s</iq>",
                           type, (int)strcspn(id, "\""), id, inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);
    ck_assert_msg(stanza != NULL, "%s", xml);
    xml_out_clear(&out);
    ck_assert(adhoc_account_answered(adhoc, stanza));
    xml_out_bytes(&out, "", 1);
    xmpp_stanza_release(stanza);
    free(xml);
}

void admin_tear_down(void)
{
    adhoc_attach(adhoc, &(struct adhoc_desk){0});
    clerk_free(clerk);
    adhoc_free(adhoc);
    provision = provision_free(provision);
    routing_free(routing);
    effects_release(&effects);
    xml_out_release(&out);
    consortium_free(settings);
    settings = NULL;
    zone_forget_all();
    xmpp_ctx_free(ctx);
    free(told);
    free(uploaded);
    PQfinish(database);
}

/* --- asking --- */

struct adhoc_request admin_request(const char *jid, struct jid *from)
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
void admin_post(const char *jid, const char *attributes, const char *inner)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = admin_request(jid, from);
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
        admin_step(NULL, &event);
    xmpp_stanza_release(stanza);
    free(xml);
    free(from);
}

void admin_wait(void)
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

const char *admin_send(const char *jid, const char *attributes, const char *inner)
{
    admin_post(jid, attributes, inner);
    admin_wait();
    return out.bytes;
}

void admin_expect(const char *part, const char *what)
{
    ck_assert_msg(strstr(out.bytes, part) != NULL, "%s: no '%s' in %s", what, part, out.bytes);
}

const char *admin_audit(void)
{
    return sql(database,
               "SELECT coalesce(string_agg(concat(command, ' ', l.name, ' ', object, ' ', reason,"
               " ';'), '' ORDER BY number), '') FROM deskbell.audit a"
               " LEFT JOIN deskbell.library l USING (library_id)");
}

