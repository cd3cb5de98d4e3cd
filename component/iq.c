#include "component/iq.h"

#include <stdlib.h>
#include <string.h>

#include "component/form.h"
#include "component/mam.h"
#include "policy/mem.h"

#define NS_DISCO_INFO "http://jabber.org/protocol/disco#info"
#define NS_DISCO_ITEMS "http://jabber.org/protocol/disco#items"
#define NS_VERSION "jabber:iq:version"
#define NS_PING "urn:xmpp:ping"

/* XEP-0115, section 5.1, wants them sorted. */
static const char *const features[] = {
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/chatstates",
    NS_COMMANDS,
    NS_DISCO_INFO,
    NS_DISCO_ITEMS,
    NS_VERSION,
    "jabber:x:oob",
    "urn:xmpp:message-correct:0",
    NS_PING,
    "urn:xmpp:receipts",
};

enum target { TARGET_SERVICE, TARGET_QUEUE, TARGET_CHAT, TARGET_OPERATOR, TARGET_UNKNOWN };

struct iq_call {
    struct iq *iq;
    xmpp_stanza_t *stanza;
    xmpp_stanza_t *child; /* the question */
    enum target target;
    const struct queue_settings *queue; /* for TARGET_QUEUE */
    const char *node;                   /* of the query, "" for none */
    struct xml_out *out;
    struct event *event; /* what it means to routing; */
    bool means;          /* whether it does */
};

/* What a client reads: "client/bot" for a queue, so that it is treated as somebody to talk to. */
static const char *target_identity(enum target target)
{
    return target == TARGET_SERVICE ? "category='component' type='generic'"
                                    : "category='client' type='bot'";
}

/* XEP-0115, section 5.1: identity, then features, each ended by '<'. */
static void caps_compute(struct iq *iq)
{
    struct xml_out text;
    unsigned char digest[XMPP_SHA1_DIGEST_SIZE];

    xml_out_init(&text);
    xml_out_raw(&text, "client/bot//Deskbell<");
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        xml_out_raw(&text, features[i]);
        xml_out_raw(&text, "<");
    }
    xmpp_sha1_digest((const unsigned char *)text.bytes, text.length, digest);
    char *encoded = xmpp_base64_encode(iq->ctx, digest, sizeof digest);
    if (encoded == NULL)
        abort();
    size_t length = strnlen(encoded, CAPS_VER_SIZE - 1);
    memcpy(iq->caps_ver, encoded, length);
    iq->caps_ver[length] = '\0';
    xmpp_free(iq->ctx, encoded);
    xml_out_release(&text);
}

void iq_init(struct iq *iq, xmpp_ctx_t *ctx, const char *domain, struct adhoc *adhoc)
{
    memset(iq, 0, sizeof *iq);
    iq->ctx = ctx;
    iq->domain = domain;
    iq->adhoc = adhoc;
    iq->pings = mem_new(PINGS_MAX * sizeof *iq->pings);
    caps_compute(iq);
}

void iq_release(struct iq *iq)
{
    for (int i = 0; i < PINGS_MAX; i++) {
        free(iq->pings[i].queue);
        free(iq->pings[i].jid);
    }
    free(iq->pings);
    memset(iq, 0, sizeof *iq);
}

static void answer_begin(const struct iq_call *call)
{
    iq_begin(call->out, "result", xmpp_stanza_get_to(call->stanza),
             xmpp_stanza_get_from(call->stanza), xmpp_stanza_get_id(call->stanza));
}

static void answer_error(const struct iq_call *call, const char *type, const char *condition)
{
    iq_error(call->out, xmpp_stanza_get_to(call->stanza), xmpp_stanza_get_from(call->stanza),
             xmpp_stanza_get_id(call->stanza), type, condition);
}

/* Nothing has that name; what had it before is told by its name of now, as to who writes there. */
static void answer_unknown(const struct iq_call *call)
{
    const struct iq *iq = call->iq;
    const char *name = iq->settings == NULL
                           ? NULL
                           : consortium_forward(iq->settings, iq->to.local,
                                                adhoc_wall(iq->adhoc) / 1000);

    if (name == NULL)
        answer_error(call, "cancel", "item-not-found");
    else
        iq_gone(call->out, xmpp_stanza_get_to(call->stanza), xmpp_stanza_get_from(call->stanza),
                xmpp_stanza_get_id(call->stanza), name, iq->domain);
}

static const char *queue_title(const struct iq_call *call)
{
    const struct consortium *settings = call->iq->settings;

    return call->queue->title[0] != '\0' ? call->queue->title
                                         : settings->libraries[call->queue->library].title;
}

/* False when commands have no place at this address. */
static bool command_request(const struct iq_call *call, struct adhoc_request *ret)
{
    static const enum adhoc_place places[] = {
        [TARGET_SERVICE] = PLACE_SERVICE,
        [TARGET_QUEUE] = PLACE_QUEUE,
        [TARGET_CHAT] = PLACE_CHAT,
    };

    if (call->target > TARGET_CHAT)
        return false;
    *ret = (struct adhoc_request){
        .jid = xmpp_stanza_get_from(call->stanza),
        .account = call->iq->from.bare,
        .resource = call->iq->from.resource,
        .to = xmpp_stanza_get_to(call->stanza),
        .address = call->iq->to.local,
        .place = places[call->target],
        .id = xmpp_stanza_get_id(call->stanza),
    };
    return true;
}

/* Whether this is a queue whose archive the asker may read. */
static bool has_archive(const struct iq_call *call)
{
    return call->target == TARGET_QUEUE && call->iq->archive != NULL &&
           archive_may(call->iq->settings, call->iq->from.bare,
                       (int)(call->queue - call->iq->settings->queues));
}

static void info_out(const struct iq_call *call, const char *identity, const char *name,
                     const char *const *list, size_t count)
{
    answer_begin(call);
    xml_out_raw(call->out, "<query xmlns='" NS_DISCO_INFO "'");
    if (call->node[0] != '\0')
        xml_out_attribute(call->out, "node", call->node);
    xml_out_raw(call->out, "><identity ");
    xml_out_raw(call->out, identity);
    xml_out_attribute(call->out, "name", name);
    xml_out_raw(call->out, "/>");
    for (size_t i = 0; i < count; i++) {
        xml_out_raw(call->out, "<feature");
        xml_out_attribute(call->out, "var", list[i]);
        xml_out_raw(call->out, "/>");
    }
    /* Not among those that presence has a hash of, which all people see alike. */
    if (call->node[0] == '\0' && has_archive(call))
        xml_out_raw(call->out, "<feature var=\"" NS_MAM "\"/>");
    xml_out_raw(call->out, "</query></iq>");
}

/* A command that one may run is a node of its own. */
static void disco_info_command(const struct iq_call *call)
{
    static const char *const command_features[] = {NS_COMMANDS, NS_FORM};
    struct adhoc_request request;
    const char *title = NULL;

    if (strcmp(call->node, NS_COMMANDS) == 0) {
        info_out(call, "category='automation' type='command-list'", "Commands", command_features,
                 1);
        return;
    }
    if (command_request(call, &request))
        title = adhoc_title(call->iq->adhoc, &request, call->node);
    if (title == NULL)
        answer_error(call, "cancel", "item-not-found");
    else
        info_out(call, "category='automation' type='command-node'", title, command_features, 2);
}

/* A caps query names node#ver and gets what was hashed; else a queue bears its title. */
static void disco_info(struct iq_call *call)
{
    bool hashed = strncmp(call->node, CAPS_NODE "#", strlen(CAPS_NODE "#")) == 0;
    const char *name = "Deskbell";

    if (call->node[0] != '\0' && !hashed) {
        disco_info_command(call);
        return;
    }
    if (call->target == TARGET_QUEUE && !hashed)
        name = queue_title(call);
    info_out(call, target_identity(hashed ? TARGET_QUEUE : call->target), name, features,
             sizeof features / sizeof features[0]);
}

/* The service lists its queues: their names and presence are public. Every address lists, below
 * a node of its own, the commands that the asker may run. */
static void disco_items(struct iq_call *call)
{
    const struct consortium *settings = call->iq->settings;
    struct iq_call item = *call;
    struct adhoc_request request;

    answer_begin(call);
    xml_out_raw(call->out, "<query xmlns='" NS_DISCO_ITEMS "'");
    if (call->node[0] != '\0')
        xml_out_attribute(call->out, "node", call->node);
    xml_out_raw(call->out, ">");
    for (size_t i = 0; call->target == TARGET_SERVICE && call->node[0] == '\0' &&
                       settings != NULL && i < settings->queue_count;
         i++) {
        item.queue = &settings->queues[i];
        xml_out_raw(call->out, "<item jid=\"");
        xml_out_text(call->out, item.queue->name);
        xml_out_raw(call->out, "@");
        xml_out_text(call->out, call->iq->domain);
        xml_out_raw(call->out, "\"");
        xml_out_attribute(call->out, "name", queue_title(&item));
        xml_out_raw(call->out, "/>");
    }
    if (strcmp(call->node, NS_COMMANDS) == 0 && command_request(call, &request))
        adhoc_items(call->iq->adhoc, &request, call->out);
    xml_out_raw(call->out, "</query></iq>");
}

static void version(struct iq_call *call)
{
    answer_begin(call);
    xml_out_raw(call->out, "<query xmlns='" NS_VERSION "'><name>Deskbell</name><version>"
                           DESKBELL_VERSION "</version></query></iq>");
}

static void ping(struct iq_call *call)
{
    answer_begin(call);
    xml_out_raw(call->out, "</iq>");
}

static void command(struct iq_call *call)
{
    struct adhoc_request request;

    if (command_request(call, &request))
        call->means =
            adhoc_execute(call->iq->adhoc, &request, call->child, call->out, call->event);
    else
        answer_error(call, "cancel", "item-not-found");
}

/* Who may not ask learns as much as from an address that is none. */
static void archive_form(struct iq_call *call)
{
    if (!has_archive(call)) {
        answer_error(call, "cancel", "item-not-found");
        return;
    }
    answer_begin(call);
    mam_form_out(call->out);
    xml_out_raw(call->out, "</iq>");
}

static void archive(struct iq_call *call)
{
    const char *wrong = "item-not-found";

    if (has_archive(call))
        wrong = archive_ask(call->iq->archive,
                            &(struct archive_question){
                                .settings = call->iq->settings,
                                .account = call->iq->from.bare,
                                .jid = xmpp_stanza_get_from(call->stanza),
                                .to = xmpp_stanza_get_to(call->stanza),
                                .id = xmpp_stanza_get_id(call->stanza),
                                .queue = (int)(call->queue - call->iq->settings->queues),
                            },
                            call->child);
    if (wrong != NULL)
        answer_error(call,
                     strcmp(wrong, "resource-constraint") == 0 ? "wait"
                     : strcmp(wrong, "bad-request") == 0       ? "modify"
                                                               : "cancel",
                     wrong);
}

/* Everything that is answered with a result. */
static const struct {
    const char *element, *namespace;
    bool set; /* else it is a get */
    void (*answer)(struct iq_call *call);
} rows[] = {
    {"query", NS_DISCO_INFO, false, disco_info},
    {"query", NS_DISCO_ITEMS, false, disco_items},
    {"query", NS_VERSION, false, version},
    {"ping", NS_PING, false, ping},
    {"command", NS_COMMANDS, true, command},
    {"query", NS_MAM, false, archive_form},
    {"query", NS_MAM, true, archive},
};

static void question(struct iq_call *call, bool is_set)
{
    if (call->target == TARGET_UNKNOWN) {
        answer_unknown(call);
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        call->child = stanza_child(call->stanza, rows[i].element, rows[i].namespace);
        if (call->child == NULL || rows[i].set != is_set)
            continue;
        const char *node = xmpp_stanza_get_attribute(call->child, "node");
        call->node = node == NULL ? "" : node;
        rows[i].answer(call);
        return;
    }
    answer_error(call, "cancel", "service-unavailable");
}

/* A chat's address looks the same whether the chat exists or not: knowing it gives no right, and
 * asking tells nothing. */
static enum target target_find(const struct iq *iq, const struct jid *to,
                               const struct queue_settings **ret_queue)
{
    if (to->local[0] == '\0')
        return TARGET_SERVICE;
    if (iq->settings == NULL)
        return TARGET_UNKNOWN;
    int index = consortium_queue(iq->settings, to->local);
    if (index != NO_INDEX) {
        *ret_queue = &iq->settings->queues[index];
        return TARGET_QUEUE;
    }
    if (strchr(to->local, '.') != NULL)
        return TARGET_CHAT;
    return consortium_operator(iq->settings, to->local) != NO_INDEX ? TARGET_OPERATOR
                                                                     : TARGET_UNKNOWN;
}

static struct ping *ping_find(struct iq *iq, const char *id, const char *from)
{
    for (int i = 0; id != NULL && id[0] != '\0' && from != NULL && i < PINGS_MAX; i++)
        if (strcmp(iq->pings[i].id, id) == 0 && strcmp(iq->pings[i].jid, from) == 0)
            return &iq->pings[i];
    return NULL;
}

const char *iq_ping_id(struct iq *iq, const char *queue, const char *jid)
{
    struct ping *fresh = &iq->pings[iq->ping_next++ % PINGS_MAX];

    free(fresh->queue);
    free(fresh->jid);
    iq_id_make(iq->ctx, fresh->id);
    fresh->queue = mem_strdup(queue);
    fresh->jid = mem_strdup(jid);
    return fresh->id;
}

/* Whose ping it answers is gone when the answer is an error. */
static bool ping_answered(struct iq *iq, xmpp_stanza_t *stanza, bool is_error, struct event *ret)
{
    struct ping *asked = ping_find(iq, xmpp_stanza_get_id(stanza), xmpp_stanza_get_from(stanza));

    if (asked == NULL)
        return false; /* nobody asked */
    asked->id[0] = '\0';
    *ret = (struct event){.type = EVENT_BOUNCE, .from = iq->from.bare, .to = asked->queue};
    ret->resource = iq->from.resource;
    return is_error;
}

bool iq_handle(struct iq *iq, xmpp_stanza_t *stanza, struct xml_out *out, struct event *ret)
{
    const char *type = xmpp_stanza_get_type(stanza);
    struct iq_call call = {.iq = iq, .stanza = stanza, .node = "", .out = out, .event = ret};

    if (type == NULL || !jid_parse(xmpp_stanza_get_to(stanza), &iq->to) ||
        !jid_parse(xmpp_stanza_get_from(stanza), &iq->from) ||
        strcmp(iq->to.domain, iq->domain) != 0)
        return false;
    if (strcmp(type, "get") != 0 && strcmp(type, "set") != 0)
        return ping_answered(iq, stanza, strcmp(type, "error") == 0, ret);
    call.target = target_find(iq, &iq->to, &call.queue);
    question(&call, strcmp(type, "set") == 0);
    return call.means;
}
