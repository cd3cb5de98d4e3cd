/* turn.h: what has been decided and is on its way: turns that wait for their commit, and lines that
 * wait to leave.
 *
 * Relayed implies durable: the sends of a turn are carried out when its records are committed.
 * Durable implies relayed, too: a line is remembered until the server's kernel has acknowledged it,
 * which is marked in the database with the next batch; what a broken stream lost is sent again. */
#ifndef DESKBELL_COMPONENT_TURN_H
#define DESKBELL_COMPONENT_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/store.h"
#include "routing/effect.h"

enum { TURNS_MAX = STORE_BATCHES_MAX + 1 };

struct turn {
    struct effects effects;
    size_t records; /* among the first `counted` effects */
    size_t counted;
    int64_t batch; /* 0 while it gathers */
};

/* A ring: the turns in flight, the oldest first, then the one that gathers. */
struct turns {
    struct turn ring[TURNS_MAX];
    int first, in_flight;
};

void turns_init(struct turns *turns);
void turns_release(struct turns *turns);

/* The turn that effects are added to. */
struct turn *turns_gathering(struct turns *turns);
/* Counts what was added since the last call. */
void turn_count_records(struct turn *turn);
/* Forgets what it holds, to gather anew. */
void turn_clear(struct turn *turn);

/* The gathering turn was submitted as that batch; an empty one gathers now. */
void turns_submitted(struct turns *turns, int64_t batch);

/* The oldest in flight, which must have that batch number. */
struct turn *turns_oldest(struct turns *turns, int64_t batch);

/* It is done with. */
void turns_shift(struct turns *turns);

/* Lines that have been handed to the stream and may still be lost. */
struct outbox_line {
    struct mark mark;
    uint64_t position; /* in the stream's output, behind the line */
    char *bytes;
    size_t length;
};

struct outbox {
    struct outbox_line *lines; /* ring of `capacity` */
    size_t first, count, capacity;
    struct mark *left; /* have left, not yet in the database */
    size_t left_count, left_capacity;
};

void outbox_init(struct outbox *outbox);
void outbox_release(struct outbox *outbox);

/* Remembers a line until it has left. The bytes are copied. */
void outbox_add(struct outbox *outbox, const struct mark *mark, const char *bytes, size_t length,
                uint64_t position);

/* Everything up to that position has left. */
void outbox_written(struct outbox *outbox, uint64_t position);

/* The i-th line that has not left yet, the oldest first. Borrowed. */
struct outbox_line *outbox_line(const struct outbox *outbox, size_t index);

/* The marks went into a batch. */
void outbox_marked(struct outbox *outbox);

#endif
