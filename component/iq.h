/* iq.h: questions that any client may ask any of our addresses: what are you, what have you got,
 * which version, are you there, what can I do here, what was said (XEP-0030, 0050, 0092, 0115,
 * 0199, 0313). One table row answers each; what no row answers gets service-unavailable in one
 * place. And whether the service itself is there, which is asked by presence. */
#ifndef DESKBELL_COMPONENT_IQ_H
#define DESKBELL_COMPONENT_IQ_H

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

#include "component/adhoc.h"
#include "component/archive.h"
#include "component/stanza_in.h"
#include "component/stanza_iq.h"
#include "component/xml_out.h"
#include "policy/consortium.h"

/* XEP-0115: a URI that names the program. */
#define CAPS_NODE "urn:x-deskbell"

enum { PINGS_MAX = 4096, CAPS_VER_SIZE = 32 };

/* Our own pings under way: an answer counts only with the id, from whom it was asked. */
struct ping {
    char id[IQ_ID_SIZE];
    char *queue; /* local part that asked */
    char *jid;   /* full JID that was asked */
};

struct iq {
    xmpp_ctx_t *ctx;
    const char *domain;
    struct adhoc *adhoc;               /* borrowed */
    struct archive *archive;           /* borrowed; NULL: no queue has one */
    const struct consortium *settings; /* borrowed; NULL before the first */
    char caps_ver[CAPS_VER_SIZE];
    struct ping *pings; /* ring: the oldest makes room */
    unsigned ping_next;
    struct jid from, to; /* of the iq that is being read */
};

void iq_init(struct iq *iq, xmpp_ctx_t *ctx, const char *domain, struct adhoc *adhoc);
void iq_release(struct iq *iq);

/* Handles an iq. An answer is appended to `out`. True when it means something to
 * routing: `ret` is the event without its clocks, its strings are borrowed until the next call. An
 * EVENT_BOUNCE is an error for one of our pings: nobody is there any more. An EVENT_WORD is a
 * command's. */
bool iq_handle(struct iq *iq, xmpp_stanza_t *stanza, struct xml_out *out, struct event *ret);

/* A new id for a ping from `queue` to `jid`, remembered. Borrowed until PINGS_MAX more. */
const char *iq_ping_id(struct iq *iq, const char *queue, const char *jid);

#endif
