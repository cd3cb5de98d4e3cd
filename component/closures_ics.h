/* closures_ics.h: the whole-day events of an iCalendar file as closures.
 *
 * Academic calendars come so. Every event of whole days is a closure, each date of it and of its
 * repetitions (RRULE, RDATE, EXDATE, single instances changed by RECURRENCE-ID); the summary is its
 * name. What is no closure is said with its line and the reason. */
#ifndef DESKBELL_COMPONENT_CLOSURES_ICS_H
#define DESKBELL_COMPONENT_CLOSURES_ICS_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/consortium.h"

struct arena;

enum {
    /* Around today, in the library's zone. Every date has one closure, so that a library's bound
     * (CLOSURES_MAX) holds what one file brings. */
    CLOSURES_DAYS_BACK = 1,
    CLOSURES_DAYS_AHEAD = 731,
    /* Days that all rules of a file run over, together: libical walks through each of them. */
    ICS_RULE_DAYS_MAX = 400000,
    ICS_EVENT_DAYS_MAX = 366 /* a longer one is a mistake */
};

/* Reads the text of a file. `path` stands before the line numbers of what is said to `words`.
 * Closures from `today` - CLOSURES_DAYS_BACK to `today` + CLOSURES_DAYS_AHEAD, ascending, in the
 * arena; `line` is that of the event. Of two events with one date the first in the file counts.
 * False when the file is no calendar, then nothing of it counts. */
bool closures_ics_read(const char *text, const char *path, day_number today, struct arena *arena,
                       struct closures *ret_closures, FILE *words);

/* The closures of `before` and those of `fresh` on other dates, ascending, in the arena. Says each
 * date that keeps another closure than the fresh one. */
struct closures closures_ics_merge(const struct closures *before, const struct closures *fresh,
                                   const char *path, struct arena *arena, FILE *words);

#endif
