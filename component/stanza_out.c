#include "component/stanza_out.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/iq.h"
#include "component/stanza_iq.h"
#include "component/token.h"

static void attribute_from(const struct stanza_out *stanza_out, const struct effect *effect,
                           const char *resource, struct xml_out *out)
{
    xml_out_raw(out, " from=\"");
    if (effect->from[0] != '\0') {
        xml_out_text(out, effect->from);
        xml_out_raw(out, "@");
    }
    xml_out_text(out, stanza_out->domain);
    if (resource != NULL) {
        xml_out_raw(out, "/");
        xml_out_raw(out, resource);
    }
    xml_out_raw(out, "\"");
    xml_out_attribute(out, "to", effect->to);
}

/* XEP-0203: when it was said, by XEP-0082. */
static void delay_out(const struct stanza_out *stanza_out, msec_t wall, struct xml_out *out)
{
    time_t seconds = (time_t)(wall / 1000);
    struct tm utc;
    char stamp[32];

    if (gmtime_r(&seconds, &utc) == NULL)
        return;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    xml_out_raw(out, "<delay xmlns='urn:xmpp:delay'");
    xml_out_attribute(out, "from", stanza_out->domain);
    xml_out_attribute(out, "stamp", stamp);
    xml_out_raw(out, "/>");
}

static void message_out(const struct stanza_out *stanza_out, const struct effect *effect,
                        struct xml_out *out)
{
    xml_out_raw(out, effect->message.headline ? "<message type='headline'"
                                              : "<message type='chat'");
    attribute_from(stanza_out, effect, NULL, out);
    if (effect->message.id[0] != '\0')
        xml_out_attribute(out, "id", effect->message.id);
    xml_out_raw(out, "><body>");
    xml_out_text(out, effect->message.body);
    xml_out_raw(out, "</body>");
    if (!effect->message.headline)
        xml_out_raw(out, "<active xmlns='http://jabber.org/protocol/chatstates'/>");
    if (effect->message.replaces != NULL) {
        xml_out_raw(out, "<replace xmlns='urn:xmpp:message-correct:0'");
        xml_out_attribute(out, "id", effect->message.replaces);
        xml_out_raw(out, "/>");
    }
    if (effect->message.link) {
        xml_out_raw(out, "<x xmlns='jabber:x:oob'><url>");
        xml_out_text(out, effect->message.body);
        xml_out_raw(out, "</url></x>");
    }
    if (effect->message.private)
        xml_out_raw(out, "<no-store xmlns='urn:xmpp:hints'/>");
    if (effect->message.delayed != 0)
        delay_out(stanza_out, effect->message.delayed, out);
    if (effect->message.own)
        xml_out_raw(out, "<own xmlns='" NS_RESUME "'/>");
    xml_out_raw(out, "</message>");
}

static void resume_out(const struct stanza_out *stanza_out, const struct effect *effect,
                       struct xml_out *out)
{
    static const char *const names[] = {
        [RESUME_TOKEN] = "resume",
        [RESUME_DONE] = "resumed",
        [RESUME_GONE] = "gone",
        [RESUME_MOVED] = "moved",
    };

    xml_out_raw(out, "<message type='chat'");
    attribute_from(stanza_out, effect, NULL, out);
    xml_out_raw(out, "><");
    xml_out_raw(out, names[effect->resume.answer]);
    xml_out_raw(out, " xmlns='" NS_RESUME "'");
    if (effect->resume.answer == RESUME_TOKEN)
        xml_out_attribute(out, "token", effect->resume.token);
    xml_out_raw(out, "/><no-store xmlns='urn:xmpp:hints'/></message>");
}

static void chat_state_out(const struct stanza_out *stanza_out, const struct effect *effect,
                           struct xml_out *out)
{
    static const char *const names[] = {"active", "composing", "paused", "inactive", "gone"};

    xml_out_raw(out, "<message type='chat'");
    attribute_from(stanza_out, effect, NULL, out);
    xml_out_raw(out, "><");
    xml_out_raw(out, names[effect->chat_state]);
    xml_out_raw(out, " xmlns='http://jabber.org/protocol/chatstates'/>"
                     "<no-store xmlns='urn:xmpp:hints'/></message>");
}

static void receipt_out(const struct stanza_out *stanza_out, const struct effect *effect,
                        struct xml_out *out)
{
    xml_out_raw(out, "<message type='chat'");
    attribute_from(stanza_out, effect, NULL, out);
    xml_out_raw(out, "><received xmlns='urn:xmpp:receipts'");
    xml_out_attribute(out, "id", effect->receipt);
    xml_out_raw(out, "/><no-store xmlns='urn:xmpp:hints'/></message>");
}

/* RFC 6120, section 8.3.3. */
static void error_out(const struct stanza_out *stanza_out, const struct effect *effect,
                      struct xml_out *out)
{
    static const struct {
        const char *type, *condition;
    } conditions[] = {
        [REFUSAL_NOT_FOUND] = {"cancel", "item-not-found"},
        [REFUSAL_NOT_ALLOWED] = {"modify", "not-acceptable"},
        [REFUSAL_UNAVAILABLE] = {"wait", "resource-constraint"},
        [REFUSAL_GONE] = {"cancel", "gone"},
    };

    const char *stanza = effect->error.of_presence ? "presence" : "message";

    xml_out_raw(out, "<");
    xml_out_raw(out, stanza);
    xml_out_raw(out, " type='error'");
    attribute_from(stanza_out, effect, NULL, out);
    if (effect->error.id[0] != '\0')
        xml_out_attribute(out, "id", effect->error.id);
    xml_out_raw(out, "><error");
    xml_out_attribute(out, "type", conditions[effect->error.refusal].type);
    xml_out_raw(out, ">");
    if (effect->error.refusal == REFUSAL_GONE) {
        stanza_gone(out, effect->error.text, stanza_out->domain);
    } else {
        xml_out_raw(out, "<");
        xml_out_raw(out, conditions[effect->error.refusal].condition);
        xml_out_raw(out, " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>");
        if (effect->error.text[0] != '\0') {
            xml_out_raw(out, "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>");
            xml_out_text(out, effect->error.text);
            xml_out_raw(out, "</text>");
        }
    }
    xml_out_raw(out, "</error></");
    xml_out_raw(out, stanza);
    xml_out_raw(out, ">");
}

static void presence_out(const struct stanza_out *stanza_out, const struct effect *effect,
                         struct xml_out *out)
{
    static const char *const shows[] = {"", "chat", NULL, "away", "xa", "dnd"};
    const char *show = shows[effect->presence.show];

    xml_out_raw(out, "<presence");
    attribute_from(stanza_out, effect, DESK_RESOURCE, out);
    if (effect->presence.show == SHOW_UNAVAILABLE) {
        xml_out_raw(out, " type='unavailable'/>");
        return;
    }
    xml_out_raw(out, ">");
    if (show != NULL) {
        xml_out_raw(out, "<show>");
        xml_out_raw(out, show);
        xml_out_raw(out, "</show>");
    }
    xml_out_raw(out, "<status>");
    xml_out_text(out, effect->presence.status);
    xml_out_raw(out, "</status><c xmlns='http://jabber.org/protocol/caps' hash='sha-1'");
    xml_out_attribute(out, "node", CAPS_NODE);
    xml_out_attribute(out, "ver", stanza_out->caps_ver);
    xml_out_raw(out, "/></presence>");
}

/* From the bare JID: RFC 6121, section 3.1.2 and 4.3.1. */
static void presence_typed_out(const struct stanza_out *stanza_out, const struct effect *effect,
                               const char *type, struct xml_out *out)
{
    xml_out_raw(out, "<presence");
    attribute_from(stanza_out, effect, NULL, out);
    xml_out_attribute(out, "type", type);
    xml_out_raw(out, "/>");
}

static void ping_out(const struct stanza_out *stanza_out, const struct effect *effect,
                     const char *id, struct xml_out *out)
{
    assert(id != NULL);
    xml_out_raw(out, "<iq type='get'");
    attribute_from(stanza_out, effect, NULL, out);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, "><ping xmlns='urn:xmpp:ping'/></iq>");
}

void stanza_out_effect(const struct stanza_out *stanza_out, const struct effect *effect,
                       const char *ping_id, struct xml_out *out)
{
    static const char *const subscriptions[] = {"subscribe", "subscribed", "unsubscribe",
                                                "unsubscribed"};

    switch (effect->type) {
    case EFFECT_MESSAGE:
        message_out(stanza_out, effect, out);
        return;
    case EFFECT_CHAT_STATE:
        chat_state_out(stanza_out, effect, out);
        return;
    case EFFECT_RECEIPT:
        receipt_out(stanza_out, effect, out);
        return;
    case EFFECT_ERROR:
        error_out(stanza_out, effect, out);
        return;
    case EFFECT_PRESENCE:
        presence_out(stanza_out, effect, out);
        return;
    case EFFECT_SUBSCRIPTION:
        presence_typed_out(stanza_out, effect, subscriptions[effect->subscription], out);
        return;
    case EFFECT_PROBE:
        presence_typed_out(stanza_out, effect, "probe", out);
        return;
    case EFFECT_PING:
        ping_out(stanza_out, effect, ping_id, out);
        return;
    case EFFECT_RESUME:
        resume_out(stanza_out, effect, out);
        return;
    case EFFECT_STORE_CHAT:
    case EFFECT_STORE_MOVE:
    case EFFECT_STORE_LINE:
    case EFFECT_STORE_OFFER:
    case EFFECT_STORE_ACT:
    case EFFECT_STORE_DUTY:
    case EFFECT_STORE_DUTY_LOG:
    case EFFECT_STORE_BLOCK:
    case EFFECT_STORE_FOLLOWUP:
    case EFFECT_RECALL:
    case EFFECT_ANSWER:
    case EFFECT_REPLAY:
        break;
    }
    abort();
}
