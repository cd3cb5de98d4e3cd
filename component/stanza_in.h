/* stanza_in.h: from a stanza to an event of routing.
 *
 * Only the outer `from`, stamped by the server, says who somebody is, and only direct children of a
 * message are read (and the fields of a form that leaves a question): what is wrapped (carbons,
 * XEP-0280; forwarded, XEP-0297; MAM results, XEP-0313; roster pushes) is not even looked at. Of a
 * message's other children those pass that stanza_in.c names (corrections, links, receipts, chat
 * states); all else is dropped. */
#ifndef DESKBELL_COMPONENT_STANZA_IN_H
#define DESKBELL_COMPONENT_STANZA_IN_H

#include <stdbool.h>
#include <strophe.h>

#include "routing/event.h"

/* RFC 7622, section 3.1: each part at most 1023 bytes. */
enum { JID_PART_MAX = 1023, JID_MAX = 3 * JID_PART_MAX + 2 };

/* Of a link's address: what browsers and servers take. A longer one is dropped. */
enum { LINK_BYTES_MAX = 2048 };

/* An address in its parts; "" where there is none. */
struct jid {
    char bare[JID_MAX + 1];
    char local[JID_PART_MAX + 1];
    char domain[JID_PART_MAX + 1];
    char resource[JID_PART_MAX + 1];
};

/* False for NULL and for what cannot be an address. Server-made addresses are normalized already
 * (RFC 7622, section 3.3); nothing is changed here. */
bool jid_parse(const char *text, struct jid *ret);

/* Fills `ret` for a message or presence to our `domain` and returns true, or false when it means
 * nothing to the desk: no sender, another domain, a type that we do not speak, no text and no
 * state. `at` and `wall` are left to the caller. A field of several lines is joined within the
 * stanza. The strings belong to the stanza and to `from`
 * and `to`, which the caller provides. */
bool stanza_in_event(xmpp_stanza_t *stanza, const char *domain, struct jid *from, struct jid *to,
                     struct event *ret);

/* The direct child with that name and namespace (NULL: the stream's), or NULL. */
xmpp_stanza_t *stanza_child(xmpp_stanza_t *stanza, const char *name, const char *namespace);

/* "" when there is no such attribute, or no element (NULL). Borrowed. */
const char *stanza_attribute(xmpp_stanza_t *element, const char *name);

/* The text of an element that has nothing but text; "" else. Borrowed. */
const char *stanza_text(xmpp_stanza_t *element);

#endif
