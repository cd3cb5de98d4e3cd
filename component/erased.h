/* erased.h: what a running desk has to forget when the text of chats is erased.
 *
 * Routing tells operators of open items (left questions, notes to follow up) out of its memory.
 * What of them went with a transcript is found by looking before and after, in the same
 * transaction. */
#ifndef DESKBELL_COMPONENT_ERASED_H
#define DESKBELL_COMPONENT_ERASED_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/error.h"
#include "policy/arena.h"
#include "routing/event.h"

/* The chats of the library that have an open item, ascending. */
struct open_items {
    int64_t library;
    size_t count;
    int64_t *chats; /* in the arena */
};

bool open_items_read(PGconn *database, int64_t library, struct arena *arena,
                     struct open_items *ret, struct error *reterr);

/* Reads once more. *ret_event (in the arena) is an EVENT_ERASED of those that are gone since; NULL
 * when none is. */
bool open_items_compare(PGconn *database, const struct open_items *before, struct arena *arena,
                        struct event **ret_event, struct error *reterr);

#endif
