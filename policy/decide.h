/* decide.h: who is asked to answer a queue at a given instant.
 *
 * Pure functions of their arguments: no I/O, no clock, no allocation, no state. "Home team first":
 * the queue itself, then the queues that share its hours, then the backup. Whether anybody is
 * really there is routing's business. */
#ifndef DESKBELL_POLICY_DECIDE_H
#define DESKBELL_POLICY_DECIDE_H

#include <stdbool.h>

#include "policy/consortium.h"
#include "policy/zone.h"

/* The kinds of tiers, in the order in which they are asked; the verdict is that of the first. */
enum verdict { VERDICT_OWN, VERDICT_SHARED, VERDICT_BACKUP, VERDICT_CLOSED };

/* Why a queue is closed: the first that fits, each by "would anybody be asked if that one thing
 * were otherwise?" */
enum closed_reason { REASON_NONE, REASON_CLOSURE, REASON_HOLIDAY, REASON_NO_ROLLOVER, REASON_GAP };

enum {
    TIERS_MAX = 3,
    /* answered_by of all windows that cover an instant, together: those that began today and those
     * that began yesterday can be of two `struct hours` (a date can have a closure's) */
    TIER_QUEUES_MAX = 2 * ANSWERED_BY_MAX,
    HORIZON_DAYS = 400    /* how far `until` and `next` look */
};

struct tier {
    enum verdict kind;
    int queue_count;
    short queues[TIER_QUEUES_MAX]; /* indexes into consortium.queues, ascending (= by name) */
};

struct decision {
    enum verdict verdict;
    enum closed_reason reason; /* REASON_NONE unless closed */
    int tier_count;            /* 0 when closed */
    struct tier tiers[TIERS_MAX];
    const char *detail; /* the holiday's or closure's name, "" if none; the consortium's or ours */
};

/* The consortium must be linked and have its zones. `queue` is an index. */
void policy_decide(const struct consortium *consortium, int queue, instant at,
                   struct decision *ret);

/* The first instant after `at` at which the tiers or the reason change (a change of detail does
 * not count), INT64_MAX if none within HORIZON_DAYS. */
instant policy_until(const struct consortium *consortium, int queue, instant at);

/* The first instant after `at` at which the queue is not closed, INT64_MAX likewise. For a queue
 * that is open now and stays so that is `at` + 1. */
instant policy_next(const struct consortium *consortium, int queue, instant at);

/* The first instant after `at` at which hours of the queue's own begin, whoever answers them:
 * before it neither the queue itself is asked nor whom its windows name. INT64_MAX likewise. */
instant policy_next_hours(const struct consortium *consortium, int queue, instant at);

/* The next instant after `at` at which the decision could change, at most about a day ahead:
 * between the two it is one and the same. For who keeps a table of it. */
instant policy_boundary(const struct consortium *consortium, int queue, instant at);

/* Whether tiers and reason are the same; the detail does not count. */
bool decision_equal(const struct decision *a, const struct decision *b);

/* "own", "shared", "backup", "closed"; "-", "closure", "holiday", "no-rollover", "gap". */
const char *verdict_name(enum verdict verdict);
const char *closed_reason_name(enum closed_reason reason);

#endif
