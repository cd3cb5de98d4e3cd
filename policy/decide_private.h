/* decide_private.h: what decide.c (one instant) and until.c (many) share. */
#ifndef DESKBELL_POLICY_DECIDE_PRIVATE_H
#define DESKBELL_POLICY_DECIDE_PRIVATE_H

#include "policy/decide.h"

/* A wall clock: what the people in a zone see at an instant. */
struct wall {
    const struct zone *zone;
    day_number date;
    int minute; /* after midnight */
};

struct wall wall_at(const struct zone *zone, instant at);

/* The zone in which all about a queue is read: its library's. */
const struct zone *queue_zone(const struct consortium *consortium, int queue);

/* A queue's own windows: its own, else its library's, else the consortium's. */
const struct hours *queue_hours(const struct consortium *consortium, int queue);

/* The closure that counts for a queue on a date: its own, else its library's, else the
 * consortium's; NULL if none. */
const struct closure *queue_closure(const struct consortium *consortium, int queue,
                                    day_number date);

/* Whether anybody is asked at all; without the reason, so cheaper than a decision. */
bool policy_is_open(const struct consortium *consortium, int queue, instant at);

#endif
