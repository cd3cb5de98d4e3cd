/* stanza_out.h: from an effect of routing to the bytes of a stanza.
 *
 * Written straight into the buffer, without a tree: this is the way of every relayed line. */
#ifndef DESKBELL_COMPONENT_STANZA_OUT_H
#define DESKBELL_COMPONENT_STANZA_OUT_H

#include "component/xml_out.h"
#include "routing/effect.h"

/* The resource that presence comes from: Pidgin offers a contact's commands only for a full JID. */
#define DESK_RESOURCE "desk"

struct stanza_out {
    const char *domain;   /* the component's */
    const char *caps_ver; /* XEP-0115: the hash of what a queue can do */
};

/* Appends the stanza. Records, EFFECT_RECALL, EFFECT_REPLAY and EFFECT_ANSWER are none and must not
 * come here. `ping_id` is the id of an EFFECT_PING, NULL for all others. */
void stanza_out_effect(const struct stanza_out *stanza_out, const struct effect *effect,
                       const char *ping_id, struct xml_out *out);

#endif
