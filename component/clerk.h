/* clerk.h: one thread beside the loop that talks to the database and may wait for it.
 *
 * The desk's own records go through the store, which never blocks. Everything else that needs the
 * database (administrators' commands, searches, statistics, the loading of settings) is a job for
 * the clerk: a plain blocking function on a connection that the clerk keeps. Jobs run one after
 * the other, in the order in which they came, so one that follows another sees what it did.
 *
 * A job owns all that it reads and writes: the thread shares nothing with the loop but the queue
 * of jobs, under a mutex. A job does not log (it hands its words back), reads no clock but the
 * database's, and calls nothing of routing. Of ours it may use policy/, the settings, arenas, and
 * whatever says that it takes a PGconn. */
#ifndef DESKBELL_COMPONENT_CLERK_H
#define DESKBELL_COMPONENT_CLERK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    /* Jobs that wait: people who submit forms, a second's work at the usual pace. */
    CLERK_JOBS_MAX = 256,
    /* What the server stops by itself; the longest report of a year takes a few seconds. */
    CLERK_STATEMENT_SECONDS_MAX = 30,
    CLERK_CONNECT_SECONDS_MAX = 5,
    /* A job above this has lost its server without a word: its connection is cut. */
    CLERK_JOB_MS_MAX = 120 * 1000
};

struct clerk;

enum clerk_end {
    CLERK_DONE, /* the job's function has run, whatever it found; its connection was alive */
    CLERK_AWAY  /* the database could not be reached: the function did not run, or the connection
                   broke in it. Jobs that came meanwhile end so, too, without trying again.
                   Whether a COMMIT that was on its way then took effect is unknown, as with every
                   database */
};

struct clerk_job {
    /* In the clerk's thread, outside of a transaction. Begins, and ends, its own: one that is left
     * open is rolled back. */
    void (*work)(PGconn *database, void *context);
    /* In the loop, from clerk_process(); takes `context` back. Called exactly once for every job
     * that was taken, with CLERK_AWAY also from clerk_free(). */
    void (*done)(void *context, enum clerk_end end);
    void *context; /* the clerk's from clerk_submit() until done() */
};

/* Starts the thread; connects with the first job. `conninfo` is borrowed. */
struct clerk *clerk_new(const char *conninfo);

/* Ends it: what waits is not run any more, what runs is cut off (its transaction is rolled back,
 * and the server stops working on it within a second), the thread is joined. NULL is fine. Always
 * returns NULL. */
struct clerk *clerk_free(struct clerk *clerk);

/* False, and nothing is taken, when CLERK_JOBS_MAX wait. */
bool clerk_submit(struct clerk *clerk, const struct clerk_job *job);

/* Readable (POLLIN) when a job has ended. */
int clerk_fd(const struct clerk *clerk);

/* Calls done() for all that have ended, in their order. `at` is the monotonic clock. To be called
 * when clerk_fd() is readable, and at clerk_deadline(). */
void clerk_process(struct clerk *clerk, int64_t at);

/* When the job that runs is to be given up; INT64_MAX: none runs. */
int64_t clerk_deadline(const struct clerk *clerk);

#endif
