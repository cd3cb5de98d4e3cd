/* flood.h: how much is too much: token buckets for strangers, in a table that cannot grow.
 *
 * A bucket is kept as one instant, when it will be full again (the "generic cell rate algorithm"),
 * so an entry is 16 bytes, and one whose instant has passed is as good as none. */
#ifndef DESKBELL_ROUTING_FLOOD_H
#define DESKBELL_ROUTING_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "routing/record.h"

enum flood_kind {
    FLOOD_LINES,    /* of a patron */
    FLOOD_REPEATS,  /* of a patron's lines that are here already */
    FLOOD_OPENINGS, /* of chats, by a patron, */
    FLOOD_QUEUE,    /* at a queue, */
    FLOOD_LIBRARY   /* and at all queues of a library */
};

struct flood;

/* A table of at least `buckets`, all of them full. */
struct flood *flood_new(size_t buckets);
struct flood *flood_free(struct flood *flood);

/* Names a bucket. The secret keeps strangers from choosing names that push out one another. */
uint64_t flood_key(uint64_t secret, enum flood_kind kind, const char *name);

/* Takes one out of the bucket; false, and nothing is taken, when it is empty. `at` is the monotonic
 * clock. */
bool flood_take(struct flood *flood, enum flood_kind kind, uint64_t key, msec_t at);

#endif
