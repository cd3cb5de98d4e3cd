#include "component/stanza_in.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "component/token.h"
#include "policy/instant.h"
#include "policy/mem.h"

#define NS_CHATSTATES "http://jabber.org/protocol/chatstates"
#define NS_RECEIPTS "urn:xmpp:receipts"
#define NS_CORRECTION "urn:xmpp:message-correct:0"
#define NS_LINK "jabber:x:oob"
#define NS_IDLE "urn:xmpp:idle:1"
#define NS_LAST "jabber:iq:last"
#define NS_FORM "jabber:x:data"
#define FORM_LEAVE "urn:x-deskbell:leave"

static bool part_copy(char *part, const char *text, size_t length)
{
    if (length > JID_PART_MAX)
        return false;
    memcpy(part, text, length);
    part[length] = '\0';
    return true;
}

/* RFC 7622, section 3.2: cut at the first '/', then at the first '@' before it. */
bool jid_parse(const char *text, struct jid *ret)
{
    if (text == NULL)
        return false;
    size_t bare = strcspn(text, "/");
    const char *at = memchr(text, '@', bare);
    const char *domain = at == NULL ? text : at + 1;
    const char *resource = text[bare] == '/' ? text + bare + 1 : "";

    if (bare > JID_MAX || domain == text + bare || at == text)
        return false;
    memcpy(ret->bare, text, bare);
    ret->bare[bare] = '\0';
    return part_copy(ret->local, text, at == NULL ? 0 : (size_t)(at - text)) &&
           part_copy(ret->domain, domain, (size_t)(text + bare - domain)) &&
           part_copy(ret->resource, resource, strlen(resource));
}

xmpp_stanza_t *stanza_child(xmpp_stanza_t *stanza, const char *name, const char *namespace)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(stanza); child != NULL;
         child = xmpp_stanza_get_next(child)) {
        const char *own = xmpp_stanza_get_name(child);
        const char *ns = xmpp_stanza_get_ns(child);
        if (own == NULL || strcmp(own, name) != 0)
            continue;
        if (namespace == NULL ? ns == NULL : ns != NULL && strcmp(ns, namespace) == 0)
            return child;
    }
    return NULL;
}

const char *stanza_attribute(xmpp_stanza_t *element, const char *name)
{
    const char *value = element == NULL ? NULL : xmpp_stanza_get_attribute(element, name);

    return value == NULL ? "" : value;
}

const char *stanza_text(xmpp_stanza_t *element)
{
    xmpp_stanza_t *text = element == NULL ? NULL : xmpp_stanza_get_children(element);

    if (text == NULL || !xmpp_stanza_is_text(text) || xmpp_stanza_get_next(text) != NULL)
        return "";
    const char *content = xmpp_stanza_get_text_ptr(text);
    return content == NULL ? "" : content;
}

static bool chat_state_read(xmpp_stanza_t *stanza, struct event *ret)
{
    static const char *const names[] = {"active", "composing", "paused", "inactive", "gone"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (stanza_child(stanza, names[i], NS_CHATSTATES) == NULL)
            continue;
        ret->type = EVENT_CHAT_STATE;
        ret->chat_state = (enum chat_state_name)i;
        return true;
    }
    return false;
}

/* The values of a field are the lines of a text (XEP-0004, section 3.3). A child of the field keeps
 * them together as long as the stanza lives. */
static const char *values_join(xmpp_stanza_t *field)
{
    size_t size = 1, length = 0;

    for (xmpp_stanza_t *value = xmpp_stanza_get_children(field); value != NULL;
         value = xmpp_stanza_get_next(value))
        size += strlen(stanza_text(value)) + 1;
    char *text = mem_new(size);
    for (xmpp_stanza_t *value = xmpp_stanza_get_children(field); value != NULL;
         value = xmpp_stanza_get_next(value)) {
        const char *line = stanza_text(value);
        const char *name = xmpp_stanza_get_name(value);
        if (name == NULL || strcmp(name, "value") != 0)
            continue;
        if (length > 0)
            text[length++] = '\n';
        memcpy(text + length, line, strlen(line));
        length += strlen(line);
    }
    xmpp_stanza_t *joined = xmpp_stanza_new(xmpp_stanza_get_context(field));
    xmpp_stanza_set_text(joined, text);
    xmpp_stanza_add_child_ex(field, joined, 0);
    free(text);
    return xmpp_stanza_get_text_ptr(joined);
}

/* The text of a form's field; "" when there is none. */
static const char *field_text(xmpp_stanza_t *form, const char *name)
{
    for (xmpp_stanza_t *field = xmpp_stanza_get_children(form); field != NULL;
         field = xmpp_stanza_get_next(field)) {
        const char *own = xmpp_stanza_get_name(field);
        const char *var = xmpp_stanza_get_attribute(field, "var");
        if (own != NULL && strcmp(own, "field") == 0 && var != NULL && strcmp(var, name) == 0)
            return values_join(field);
    }
    return "";
}

/* A question that is left by form, XEP-0004 with a FORM_TYPE by XEP-0068. */
static bool leave_read(xmpp_stanza_t *stanza, struct event *ret)
{
    xmpp_stanza_t *form = stanza_child(stanza, "x", NS_FORM);
    const char *type = form == NULL ? NULL : xmpp_stanza_get_type(form);

    if (type == NULL || strcmp(type, "submit") != 0 ||
        strcmp(field_text(form, "FORM_TYPE"), FORM_LEAVE) != 0)
        return false;
    ret->type = EVENT_LEAVE;
    ret->message.body = field_text(form, "question");
    ret->message.contact = field_text(form, "contact");
    return true;
}

/* XEP-0308: the id of the line that it corrects. */
static const char *replaces_read(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *replace = stanza_child(stanza, "replace", NS_CORRECTION);

    return replace == NULL ? NULL : xmpp_stanza_get_attribute(replace, "id");
}

/* XEP-0066: only an address that a browser opens, without anything that could hide where it goes.
 * Of other kinds (data:, javascript:, file:) nothing is passed on. */
static const char *link_read(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *x = stanza_child(stanza, "x", NS_LINK);
    xmpp_stanza_t *url = x == NULL ? NULL : stanza_child(x, "url", NS_LINK);
    const char *link = stanza_text(url);
    size_t length = strlen(link);

    if (strncasecmp(link, "https://", 8) != 0 && strncasecmp(link, "http://", 7) != 0)
        return NULL;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)link[i] <= ' ' || link[i] == 0x7f)
            return NULL;
    return length <= LINK_BYTES_MAX ? link : NULL;
}

/* What clients put beside a text that only other keys can read (XEP-0384, 0373, 0027, 0380). */
static bool is_encrypted(xmpp_stanza_t *stanza)
{
    static const struct {
        const char *name, *namespace;
    } marks[] = {
        {"encrypted", "eu.siacs.conversations.axolotl"}, {"encrypted", "urn:xmpp:omemo:1"},
        {"encrypted", "urn:xmpp:omemo:2"},               {"openpgp", "urn:xmpp:openpgp:0"},
        {"x", "jabber:x:encrypted"},                     {"encryption", "urn:xmpp:eme:0"},
    };

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (stanza_child(stanza, marks[i].name, marks[i].namespace) != NULL)
            return true;
    return false;
}

/* Without a token it asks for one. What is no token is presented all the same, to be answered like
 * a wrong one. */
static void resume_read(xmpp_stanza_t *resume, const char *id, struct event *ret)
{
    const char *token = xmpp_stanza_get_attribute(resume, "token");
    const char *after = xmpp_stanza_get_attribute(resume, "after");

    ret->type = EVENT_RESUME;
    ret->resume.id = id;
    ret->resume.asks = token == NULL;
    token_read(token == NULL ? "" : token, ret->resume.code, ret->resume.hash);
    ret->resume.after = after == NULL ? "" : after;
}

/* Types that carry a conversation of two. A headline is no question, a groupchat no desk, and an
 * error is never answered. */
static bool message_read(xmpp_stanza_t *stanza, struct event *ret)
{
    const char *type = xmpp_stanza_get_type(stanza);
    const char *id = xmpp_stanza_get_id(stanza) == NULL ? "" : xmpp_stanza_get_id(stanza);
    xmpp_stanza_t *resume = stanza_child(stanza, "resume", NS_RESUME);

    if (type != NULL && strcmp(type, "error") == 0) {
        ret->type = EVENT_BOUNCE;
        return true;
    }
    if (type != NULL && strcmp(type, "chat") != 0 && strcmp(type, "normal") != 0)
        return false;
    ret->message.encrypted = is_encrypted(stanza);
    if (!leave_read(stanza, ret)) {
        ret->message.body = stanza_text(stanza_child(stanza, "body", NULL));
        ret->message.link = link_read(stanza);
        if (ret->message.body[0] == '\0' && ret->message.link != NULL)
            ret->message.body = ret->message.link;
        if (ret->message.body[0] == '\0' && !ret->message.encrypted) {
            if (resume == NULL)
                return chat_state_read(stanza, ret);
            resume_read(resume, id, ret);
            return true;
        }
        ret->message.replaces = replaces_read(stanza);
        ret->type = EVENT_MESSAGE;
    }
    ret->message.id = id;
    ret->message.wants_token =
        resume != NULL && xmpp_stanza_get_attribute(resume, "token") == NULL;
    ret->message.wants_receipt = stanza_child(stanza, "request", NS_RECEIPTS) != NULL;
    return true;
}

/* XEP-0319 says since when, XEP-0256 for how long, someone did not touch the client. */
static msec_t idle_since(xmpp_stanza_t *stanza, msec_t wall)
{
    xmpp_stanza_t *idle = stanza_child(stanza, "idle", NS_IDLE);
    xmpp_stanza_t *last = stanza_child(stanza, "query", NS_LAST);
    const char *since = idle == NULL ? NULL : xmpp_stanza_get_attribute(idle, "since");
    const char *seconds = last == NULL ? NULL : xmpp_stanza_get_attribute(last, "seconds");
    instant at;

    if (since != NULL && instant_parse(since, &at))
        return at * 1000;
    if (seconds == NULL)
        return 0;
    long long idle_seconds = strtoll(seconds, NULL, 10);
    return idle_seconds > 0 && idle_seconds < 86400LL * 365 ? wall - idle_seconds * 1000 : 0;
}

static enum show show_read(xmpp_stanza_t *stanza)
{
    static const struct {
        const char *name;
        enum show show;
    } shows[] = {{"chat", SHOW_CHAT}, {"away", SHOW_AWAY}, {"xa", SHOW_XA}, {"dnd", SHOW_DND}};
    const char *text = stanza_text(stanza_child(stanza, "show", NULL));

    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++)
        if (strcmp(text, shows[i].name) == 0)
            return shows[i].show;
    return SHOW_AVAILABLE;
}

static int priority_read(xmpp_stanza_t *stanza)
{
    long priority = strtol(stanza_text(stanza_child(stanza, "priority", NULL)), NULL, 10);

    return priority < -128 ? -128 : priority > 127 ? 127 : (int)priority;
}

static bool presence_read(xmpp_stanza_t *stanza, struct event *ret)
{
    static const struct {
        const char *type;
        enum event_type event;
        enum subscription subscription;
    } types[] = {
        {"probe", EVENT_PROBE, 0},
        {"subscribe", EVENT_SUBSCRIPTION, SUBSCRIBE},
        {"subscribed", EVENT_SUBSCRIPTION, SUBSCRIBED},
        {"unsubscribe", EVENT_SUBSCRIPTION, UNSUBSCRIBE},
        {"unsubscribed", EVENT_SUBSCRIPTION, UNSUBSCRIBED},
    };
    const char *type = xmpp_stanza_get_type(stanza);

    ret->id = xmpp_stanza_get_id(stanza);
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(type, types[i].type) != 0)
            continue;
        ret->type = types[i].event;
        if (ret->type == EVENT_SUBSCRIPTION)
            ret->subscription = types[i].subscription;
        return true;
    }
    ret->type = EVENT_PRESENCE;
    if (type != NULL && strcmp(type, "unavailable") == 0) {
        ret->presence.show = SHOW_UNAVAILABLE;
        return true;
    }
    if (type != NULL)
        return false;
    ret->presence.show = show_read(stanza);
    ret->presence.priority = priority_read(stanza);
    ret->presence.idle_since = idle_since(stanza, ret->wall);
    return true;
}

bool stanza_in_event(xmpp_stanza_t *stanza, const char *domain, struct jid *from, struct jid *to,
                     struct event *ret)
{
    const char *name = xmpp_stanza_get_name(stanza);

    if (!jid_parse(xmpp_stanza_get_from(stanza), from) ||
        !jid_parse(xmpp_stanza_get_to(stanza), to))
        return false;
    /* Our own addresses never write to each other: that would be a loop. */
    if (strcmp(to->domain, domain) != 0 || strcmp(from->domain, domain) == 0)
        return false;
    ret->from = from->bare;
    ret->resource = from->resource;
    ret->to = to->local;
    if (strcmp(name, "message") == 0)
        return message_read(stanza, ret);
    if (strcmp(name, "presence") == 0)
        return presence_read(stanza, ret);
    return false;
}
