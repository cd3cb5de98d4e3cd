/* stanza_refuse.h: the answer to the sender of a stanza that was over a bound (RFC 6120, 8.3). */
#ifndef DESKBELL_COMPONENT_STANZA_REFUSE_H
#define DESKBELL_COMPONENT_STANZA_REFUSE_H

#include <stdbool.h>
#include <strophe.h>

#include "component/stanza_build.h"
#include "component/xml_out.h"

/* Appends the error stanza to `out`. False, with nothing appended, when none may be sent: to an
 * error, an iq result, somebody who leaves, something without a sender, no stanza at all (NULL or
 * another element). `jid` is who answers if the stanza does not say whom it was for. */
bool stanza_refuse(struct xml_out *out, xmpp_stanza_t *stanza, enum stanza_refusal refusal,
                   const char *jid);

/* What was wrong, for the log: "more than 65536 bytes". */
const char *stanza_refusal_text(enum stanza_refusal refusal);

#endif
