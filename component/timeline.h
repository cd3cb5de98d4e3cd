/* timeline.h: a queue's changes over the years, found once and kept.
 *
 * policy_until() and policy_next() look up to 400 days ahead for each question. Who asks many
 * questions (explain with a file of times) keeps the changes instead: in blocks of days that are
 * filled when first asked for. Memory: about ten bytes a change, at most some 8 MB. */
#ifndef DESKBELL_COMPONENT_TIMELINE_H
#define DESKBELL_COMPONENT_TIMELINE_H

#include "policy/decide.h"

struct timeline;

/* Borrows the consortium. The caller frees it with timeline_free(). */
struct timeline *timeline_new(const struct consortium *consortium, int queue);

/* NULL is fine. Always returns NULL. */
struct timeline *timeline_free(struct timeline *timeline);

/* What policy_until() says, for 0 <= `at` < 2200-01-01. */
instant timeline_until(struct timeline *timeline, instant at);

/* What policy_next() says of a queue that is closed at `at`, likewise. */
instant timeline_next(struct timeline *timeline, instant at);

#endif
