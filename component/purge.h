/* purge.h: the daily purge: text of chats that have been kept long enough goes, library by library.
 *
 * Once a day for each library, when the desk starts and behind each midnight of the library. A
 * piece of at most TRANSCRIPT_PURGE_CHATS is a job of the clerk, and others come in between. A row
 * in deskbell.purge says that a library's day is done, so that a desk that starts again does not
 * begin anew. What went is logged in numbers. While the database is away, nothing is tried. */
#ifndef DESKBELL_COMPONENT_PURGE_H
#define DESKBELL_COMPONENT_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/consortium.h"
#include "routing/event.h"

enum { PURGE_RETRY_MS = 10 * 60 * 1000 };

struct clerk;
struct purge;

struct purge_desk {
    void *context;
    /* Steps routing; borrowed for the call. */
    void (*step)(void *context, struct event *event);
};

struct purge *purge_new(const struct purge_desk *desk);
/* Behind clerk_free(). */
struct purge *purge_free(struct purge *purge);

/* Gives the clerk what is due now: one piece at a time. `at` is monotonic, `wall` the wall clock,
 * both in ms. */
void purge_process(struct purge *purge, struct clerk *clerk, const struct consortium *settings,
                   int64_t at, int64_t wall);

/* When purge_process() has something to do, monotonic; INT64_MAX while a piece is under way. */
int64_t purge_deadline(const struct purge *purge);

/* The settings are others: there may be a new library. */
void purge_look(struct purge *purge);

/* The clerk ends: what comes back from it is thrown away. */
void purge_end(struct purge *purge);

#endif
