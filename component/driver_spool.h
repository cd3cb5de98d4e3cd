/* driver_spool.h: what people see of the spool: refusals when it cannot be written,
 * and its state. */
#ifndef DESKBELL_COMPONENT_DRIVER_SPOOL_H
#define DESKBELL_COMPONENT_DRIVER_SPOOL_H

#include <stdbool.h>
#include <stdio.h>
#include <strophe.h>

#include "component/driver.h"
#include "component/xml_out.h"

struct store;

/* While neither the database nor the spool takes anything (store_is_stuck()): appends the error
 * (wait, resource-constraint) for a stanza that somebody wants kept or done: a message with words,
 * a command. False: it is none, and goes its way: presence above all, which nobody sends again. */
bool spool_refuses(xmpp_stanza_t *stanza, const char *jid, struct xml_out *out);

/* A line or more for `deskbell status`. */
void spool_dump(const struct store *store, struct now now, FILE *out);

#endif
