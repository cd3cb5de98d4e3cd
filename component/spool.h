/* spool.h: a journal of batches on disk, for as long as the database cannot take them.
 *
 * Append-only: frames (spool_frame.h) in segments of a bounded size, in the folder `spool` of
 * state_dir (0700; files 0600). What spool_sync() has reported is on the disk (fdatasync, and the
 * folder's fsync after a new name), so that what hangs on it may be sent. Read in the order of the
 * numbers, and dropped from the front as the database has taken it.
 *
 * Why each batch gets into the database exactly once, and in order, whatever dies when:
 *
 * 1. A batch has one number within its process's epoch, given when its turn ended, and keeps it:
 *    on the wire, in the spool, in the spool of a process that starts later.
 * 2. The database takes a number once, and only behind the one before it, in the transaction that
 *    writes the batch (deskbell.batch_begin). So a batch that is offered twice is written once, and
 *    one that overtakes is refused. Spooled batches that follow each other may share a transaction:
 *    it begins with the number of the first, leaves that of the last, and writes all or none.
 * 3. A commit may be under way when we stop waiting for it: the batch was slow, went to the spool,
 *    and its sends left. It is still the same number. If its session lives on, its answer comes and
 *    counts. If not, the next session first needs the advisory lock, which the old session holds
 *    until it has ended: then the commit has happened or never will, and the highest number in the
 *    database says which. What is at most that number is not offered again.
 * 4. Live batches go to the database only when the spool holds nothing that was not put on this
 *    connection before them; until then they go to the spool's end. So there is one order: that of
 *    the numbers.
 * 5. Marks (what has left the process) are part of the batches, so that they follow the lines and
 *    offers that they are of.
 * 6. A process that finds a spool writes it under the epoch that is in it, before it takes an epoch
 *    of its own. Has another process taken one meanwhile, then chats may have gone on without what
 *    is in the spool: it is set aside, and a person is told.
 * 7. A frame that cannot be read leaves a gap in the numbers. The gap is seen, reported, and filled
 *    with empty batches, since what is behind it can still be written.
 *
 * On any error of a write or a sync the file is not written to again: what the kernel has thrown
 * away after an error it reports only once. The frames that were not synced stay in memory (at most
 * STORE_BATCHES_MAX turns) and go into a new segment at the next call. */
#ifndef DESKBELL_COMPONENT_SPOOL_H
#define DESKBELL_COMPONENT_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "component/error.h"
#include "component/spool_frame.h"

enum {
    /* A segment that has reached it is followed by another: what a damaged disk block can take is
     * looked for in so much, and so much is given back at a time. */
    SPOOL_SEGMENT_BYTES = 16 * 1024 * 1024,
    /* Segments at once: 1 TiB. The disk is full long before. */
    SPOOL_SEGMENTS_MAX = 65536
};

struct spool;

struct spool_counts {
    uint64_t batches, records, bytes; /* on disk, of segments not dropped yet */
    uint64_t damaged;                 /* segments that were set aside since the start */
    int segments;
};

/* Opens the folder, makes it when it is not there, and looks through what is in it: a torn end is
 * cut; a damaged segment is kept as `damaged-...`, and what can be read of it takes its place. Logs
 * what it did. NULL with an error: no such folder, another process uses it, it is of another
 * consortium, or what is in it can be neither read nor set aside. */
struct spool *spool_open(const char *state_dir, const char *consortium, struct error *reterr);

/* Closes the files; what is in them stays. NULL is fine. Always returns NULL. */
struct spool *spool_close(struct spool *spool);

/* The frame's number is above all that were appended or found. Held in memory until spool_sync();
 * the payload is copied. */
void spool_append(struct spool *spool, const struct spool_frame *frame);

/* Makes durable what was appended. False: none of it is; it stays, and may be tried again. */
bool spool_sync(struct spool *spool, struct error *reterr);
bool spool_needs_sync(const struct spool *spool);

/* The epoch of what was found when it was opened; 0: nothing was. */
int64_t spool_epoch(const struct spool *spool);
/* The highest number that was found or appended. */
int64_t spool_last(const struct spool *spool);

/* Whether there is a frame that spool_read() has not given, and spool_skip() not passed. */
bool spool_unread(const struct spool *spool);
/* The next frame, also one that was not synced yet. False: there is none, or what there should be
 * cannot be read, which was logged; after that nothing is unread. Borrowed until the next call. */
bool spool_read(struct spool *spool, struct spool_frame *ret);
/* Puts the frame back that the last spool_read() gave: it comes again. */
void spool_unread_last(struct spool *spool);
/* Frames up to that number need not be read. */
void spool_skip(struct spool *spool, int64_t number);

/* The database has what is up to that number: segments with nothing else are removed, but for the
 * one that is being written, unless `all`: nobody writes any more for now. */
void spool_drop(struct spool *spool, int64_t number, bool all);

/* All of it is in the database, or kept elsewhere: it is emptied, and numbers begin anew. */
void spool_forget(struct spool *spool);

/* Everything in it is kept in a folder of its own beside it, since it cannot be replayed.
 * `ret_name` (of `size`) is its name in state_dir. Then the spool is empty. */
bool spool_set_aside(struct spool *spool, char *ret_name, size_t size, struct error *reterr);

const struct spool_counts *spool_counts(const struct spool *spool);

#endif
