/* routing.h: the desk's decisions as one state machine: queues, operators, chats.
 *
 * routing_step() takes one event, with the time inside it, and fills a list of effects. It never
 * calls out, never reads a clock, does no I/O: so the whole of it can be replayed, simulated and
 * fuzzed. Read event.h and effect.h first. */
#ifndef DESKBELL_ROUTING_ROUTING_H
#define DESKBELL_ROUTING_ROUTING_H

#include <stdint.h>
#include <stdio.h>

#include "policy/decide.h"
#include "routing/effect.h"
#include "routing/event.h"

struct routing;

struct routing_options {
    uint64_t code_key;    /* secret of the consortium: scatters chat numbers into IDs */
    int64_t first_number; /* of the next chat: one above the highest in the database */
};

struct routing *routing_new(void);
struct routing *routing_free(struct routing *routing);

/* To be called once, before the first EVENT_STREAM_UP. */
void routing_start(struct routing *routing, const struct routing_options *options);

/* Appends to `out`, which the caller clears between turns. EVENT_SETTINGS must be the first event;
 * the desk's own state (EVENT_RESTORE_DUTY ...), then EVENT_RESTOREs follow before the first
 * EVENT_STREAM_UP. */
void routing_step(struct routing *routing, const struct event *event, struct effects *out);

/* When an EVENT_TIME is due if nothing else happens, by the monotonic clock; INT64_MAX: never.
 * `wall` and `at` are the same instant on both clocks (policy's boundaries are by the wall). */
msec_t routing_deadline(const struct routing *routing, msec_t at, msec_t wall);

/* Verifies every list, count and back pointer; aborts by assert. For tests and the simulator after
 * each step. */
void routing_check(const struct routing *routing);

/* The live state in words, for people: no chat text. */
void routing_dump(const struct routing *routing, FILE *out);

/* Figures of the whole desk, for whoever watches over it. */
struct routing_counts {
    size_t chats;             /* not closed */
    size_t waiting;           /* for somebody */
    size_t operators_present; /* with a client that is connected */
    size_t steps;             /* taken so far */
};

void routing_counts(const struct routing *routing, struct routing_counts *ret);

/* How a queue is now: what its presence shows. */
enum queue_state { QUEUE_FREE, QUEUE_STAFFED, QUEUE_BUSY, QUEUE_BACKUP, QUEUE_CLOSED };

struct queue_view {
    const char *name; /* borrowed until the next step */
    bool published;   /* false: nothing is known yet, and the rest means nothing */
    enum queue_state state;
    bool unstaffed;            /* policy is open, but nobody is there */
    enum closed_reason reason; /* policy's; REASON_NONE unless it is closed */
    int waiting;               /* chats that wait for somebody */
    instant until;             /* when policy changes next; INT64_MAX: not within its horizon */
    instant next; /* of a queue that policy has closed: the next opening; else INT64_MAX */
};

/* The queue behind `*cursor` (NULL: the first); false behind the last. No step in between. */
struct queue;
bool routing_queue_next(const struct routing *routing, const struct queue **cursor,
                        struct queue_view *ret);

/* Somebody who is on duty at a queue. */
struct staff_view {
    const char *name; /* borrowed until the next step */
    int chats, limit; /* all chats that the person has, and how many may be */
};

/* The person of the queue (routing_queue_next()'s cursor) behind `*place`, which starts as 0; false
 * behind the last. `wall` is now. No step in between. */
bool routing_staff_next(const struct queue *queue, size_t *place, msec_t wall,
                        struct staff_view *ret);

/* An open item of a library, for lists. */
struct followup_view {
    const char *code;       /* the chat's ID; all strings are borrowed until the next step */
    int64_t library, queue; /* ids; the queue may have been removed since */
    enum followup_kind kind;
    const char *text, *contact; /* "" when no address was left */
    msec_t at;
    const char *told_to; /* name of the operator who was told of it; "" when nobody was */
};

/* The open item behind `*cursor` (NULL: the first); false behind the last. Library by library, the
 * oldest first in each. No step in between. */
struct followup;
bool routing_followup_next(const struct routing *routing, const struct followup **cursor,
                           struct followup_view *ret);

/* Another number whenever some queue_view may be another one. */
uint64_t routing_views_version(const struct routing *routing);

#endif
