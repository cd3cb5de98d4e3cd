/* spool_private.h: the spool between its files.
 *
 * spool.c         appends, syncs, reads, drops
 * spool_folder.c  opens the folder, looks through segments, sets aside what is damaged */
#ifndef DESKBELL_COMPONENT_SPOOL_PRIVATE_H
#define DESKBELL_COMPONENT_SPOOL_PRIVATE_H

#include "component/spool.h"

enum { SEGMENT_NAME_SIZE = 32 };

struct segment {
    uint64_t sequence; /* its name */
    size_t length;     /* durable and looked through */
    int64_t first, last; /* numbers; 0: no frames */
    uint64_t batches, records;
};

struct spool {
    char *path;       /* of the folder, for people */
    char *consortium;
    int state, folder; /* descriptors of state_dir and of the folder */
    struct spool_counts counts;

    struct segment *segments; /* the oldest first */
    int segment_count, segment_capacity;
    uint64_t next_sequence;
    int writing; /* descriptor of the last segment; -1: the next frame begins a new one */

    struct bytes pending; /* frames not synced */
    int64_t pending_first; /* number of the first; 0: none */
    uint64_t pending_batches, pending_records;
    int64_t epoch; /* that was found */
    int64_t last;  /* number, found or appended */

    int64_t read_last; /* number given or passed */
    uint64_t read_sequence; /* where the reader is; what has been removed meanwhile is passed */
    size_t read_offset;
    int reading; /* descriptor of that segment, or -1 */
    struct bytes window; /* what was read of it */
    size_t window_at;
    size_t pending_offset; /* the reader's place in `pending` */
    int64_t read_before;   /* read_last before the last frame was given, */
    size_t read_bytes;     /* and how long that frame is, */
    bool read_pending;     /* and whether it is not synced */
};

void segment_name(uint64_t sequence, char name[static SEGMENT_NAME_SIZE]);

/* A segment at the end of the list. */
struct segment *segment_add(struct spool *spool, uint64_t sequence);
void segment_count_frame(struct segment *segment, const struct spool_frame *frame);

/* Looks through a segment, repairs it, and fills `segment`. False with an error: it can be neither
 * read nor set aside. */
bool segment_look(struct spool *spool, struct segment *segment, struct error *reterr);

#endif
