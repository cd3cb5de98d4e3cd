/* hours_words.h: weekly windows as people say them. */
#ifndef DESKBELL_POLICY_HOURS_WORDS_H
#define DESKBELL_POLICY_HOURS_WORDS_H

#include "policy/consortium.h"

struct arena;

/* For colleagues: with the queues that answer a window in the place of the queue itself. */
enum hours_reader { HOURS_FOR_PATRONS, HOURS_FOR_COLLEAGUES };

/* "Mon-Fri 08:00-17:00; Mon, Wed also 17:00-20:00 (answered by mobius-slu)", in the order of the
 * settings; windows of the same days stand together. "no hours of its own" when there is no window.
 * `self` is the name of the queue whose hours they are: it is not said to answer itself. In the
 * arena. */
const char *hours_words(struct arena *arena, const struct hours *hours, const char *self,
                        enum hours_reader reader);

/* The same of a queue's own windows, inherited ones included. `queue` is an index. */
const char *hours_words_of_queue(struct arena *arena, const struct consortium *consortium,
                                 int queue, enum hours_reader reader);

#endif
