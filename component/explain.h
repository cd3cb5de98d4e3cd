/* explain.h: `deskbell explain`: what policy says of a queue, for people and scripts. */
#ifndef DESKBELL_COMPONENT_EXPLAIN_H
#define DESKBELL_COMPONENT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/consortium.h"
#include "policy/zone.h"

struct explain_request {
    const char *queue; /* its name, as the user typed it */
    char **times;      /* RFC 3339; "-" reads one a line from `in`; with `week` a date */
    int count;         /* 0: now */
    bool week;         /* a readable week, Monday to Sunday, around the date (at most one) */
    instant now;
};

/* Answers on `out`, one line a time:
 *
 *     TIME VERDICT REASON TIERS UNTIL NEXT DETAIL      (tabs between)
 *
 * An unknown queue, a time or a date that cannot be read is one line on `err`, the other times are
 * answered all the same. Blank lines of `in` are passed over. Returns the exit code: 0, 2 after
 * such a line, 1 when `out` cannot be written. The consortium must be linked and have its zones. */
int explain_run(const struct consortium *consortium, const struct explain_request *request,
                FILE *in, FILE *out, FILE *err);

#endif
