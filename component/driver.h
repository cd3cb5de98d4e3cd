/* driver.h: turns what comes in into events, and carries out what routing decides.
 *
 * The middle of the program: stream and store call it, it steps routing, gathers the effects of a
 * turn, has them written down, and then sends. It owns no descriptor and no clock. */
#ifndef DESKBELL_COMPONENT_DRIVER_H
#define DESKBELL_COMPONENT_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "component/config.h"

struct driver;
struct stream;
struct store;

/* The two clocks at one instant. */
struct now {
    int64_t at;   /* monotonic, ms; goes on while the machine sleeps */
    int64_t wall; /* since the Unix epoch, ms */
};

/* `config` is borrowed. NULL with a line in the log when the addresses make no sense. */
/* `clock` reads the monotonic clock of `struct now`: with failover each write to the stream asks it
 * whether the lease still lasts. */
struct driver *driver_new(const struct config *config, int64_t (*clock)(void));
struct driver *driver_free(struct driver *driver);

/* Borrowed, for the loop's poll(). */
struct stream *driver_stream(struct driver *driver);
struct store *driver_store(struct driver *driver);
/* Readable when driver_process() has something to do. */
int driver_clerk_fd(const struct driver *driver);
int driver_files_fd(const struct driver *driver);

/* Starts to connect to the database; the stream follows when all is restored. */
void driver_start(struct driver *driver, struct now now);

/* One round of the loop: what poll() said of the two descriptors, then whatever is due. */
void driver_process(struct driver *driver, short stream_revents, short store_revents,
                    struct now now);

/* When the next round is due if nothing happens; INT64_MAX: never. */
int64_t driver_deadline(const struct driver *driver, struct now now);

/* Ends in order: queues go unavailable, what is under way is written and sent, the stream is
 * closed. driver_ended() tells when it is done; it takes five seconds at most. */
void driver_end(struct driver *driver, struct now now);
bool driver_ended(const struct driver *driver, struct now now);

/* Why the process cannot go on: an exit code, 0 as long as it can. */
int driver_failure(const struct driver *driver);

/* Reads the consortium's settings again, as after a NOTIFY; they are in force a moment later. */
void driver_reload(struct driver *driver, struct now now);

bool driver_is_serving(const struct driver *driver);
/* Serving, or standing by for who does: the start is done. */
bool driver_is_ready(const struct driver *driver);
/* What it is doing now, for people, in a few words: into `ret`. */
void driver_status(const struct driver *driver, char *ret, size_t size);

/* The live state, for people. */
void driver_dump(const struct driver *driver, FILE *out);

#endif
