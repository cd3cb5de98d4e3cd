/* store.h: the desk's memory in PostgreSQL: what a turn wants written down, and what comes back.
 *
 * One connection in pipeline mode, driven by the loop like stream.h: it never blocks (but for the
 * look-up of a host name: use a socket directory or a numeric address), reconnects with jittered
 * back-off, and tells its owner by callbacks what became of each batch.
 *
 * A batch is one turn's records and the marks of what left since, in one transaction. Batches are
 * numbered 1, 2, 3 ... within the process's epoch, and the database takes each number once and only
 * in order. So when a connection breaks, what was under way is looked up and never guessed: what is
 * there is reported committed, what is not is sent again under its old number.
 *
 * With a folder to spool into (store_keep()), a batch is durable once it is in the database or on
 * our disk: while the database is away, or takes longer than STORE_SLOW_MS, batches go to the
 * spool, and from there to the database, in order, when it is back. spool.h says why each is
 * written exactly once. What the database refuses of a batch for what is in it is kept in a file
 * (quarantine.h), and the rest of the batch is written.
 *
 * One process at a time serves a consortium. It holds an advisory lock, and took an epoch when it
 * first got it; every batch checks that this epoch is still the newest, so that a process that
 * slept while another took over changes nothing. With `failover` it renews a lease besides, and a
 * standby takes over as lease.h says: at once after a death, in the end from one that hangs.
 *
 * Time is the caller's monotonic clock in milliseconds. */
#ifndef DESKBELL_COMPONENT_STORE_H
#define DESKBELL_COMPONENT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/error.h"
#include "routing/effect.h"

enum {
    /* One would let desk and database wait for each other; more than four gains nothing. */
    STORE_BATCHES_MAX = 4,
    /* A turn should end at about so many records. A larger one is taken, not refused. */
    STORE_BATCH_RECORDS = 256,
    /* A batch that is not answered for so long goes to the spool, and its sends leave. */
    STORE_SLOW_MS = 3000,
    /* Recalls not answered yet. Each is a window that opens on some operator's screen. */
    STORE_RECALLS_MAX = 1024,
    /* The newest lines that a recall brings: what an operator reads before answering. */
    STORE_RECALL_LINES_MAX = 200,
    /* Stanza ids that a restored chat brings, to know a repeat (routing/bounds.h: RECENT_IDS). */
    STORE_RECENT_IDS_MAX = 16
};

struct store;

enum store_state {
    STORE_CLOSED,  /* not opened */
    STORE_AWAY,    /* no connection that can write: connecting, or waiting to try again */
    STORE_STANDBY, /* connected, while another process serves the consortium; asks every second */
    STORE_UP,      /* lock and epoch are ours, batches are written */
    STORE_FENCED   /* another process took a newer epoch: this one is over */
};

struct store_options {
    const char *conninfo;   /* libpq connection string; borrowed until store_free() */
    const char *consortium; /* name; borrowed likewise */
    const char *holder;     /* who takes the epoch, for people: "host:pid"; borrowed likewise */
    uint64_t random;        /* seed of the back-off's jitter */
    bool failover;          /* there may be a standby: renew the lease, obey it */
};

/* What the last process left, beside its chats. */
struct store_start {
    int64_t epoch;        /* of this process */
    int64_t first_number; /* of the next chat: never given before, also when chats were erased */
    uint64_t code_key;    /* the consortium's secret for chat IDs */
};

/* What the store tells its owner; all from within store_process() only. Any may call
 * store_submit(), store_recall() and store_restore(), none may call store_free(). */
struct store_events {
    /* Lock and epoch are held. `again` is false once, at the first time: then call
     * store_restore() before the stream opens. Settings may have changed meanwhile. */
    void (*up)(void *context, bool again);
    /* Up no more. What was submitted is kept and goes on after the next `up`. */
    void (*away)(void *context);
    /* Another process has taken over: nothing of this one is written any more, and nothing may be
     * sent any more. The batches in flight are not committed, and are never reported. */
    void (*fenced)(void *context);
    /* The batch is durable, in the database or the spool: carry out its sends. In the order of the
     * numbers; from now on its turn is not looked at any more. */
    void (*committed)(void *context, int64_t batch);
    /* The settings of the consortium were saved by somebody: load them. A standby is told at first,
     * too, and has them before it is up. */
    void (*settings)(void *context);
    /* What the desk kept beside its chats (EVENT_RESTORE_DUTY ...), then one EVENT_RESTORE a chat,
     * the oldest first; all but for `at` and `wall`, which the owner sets. Strings are borrowed for
     * the call. */
    void (*restore)(void *context, struct event *event);
    /* All chats were given. */
    void (*restored)(void *context, const struct store_start *start);
    /* One EVENT_RECALLED or EVENT_REPLAYED, likewise. A chat that nobody knows has no lines. */
    void (*recalled)(void *context, struct event *event);
};

struct store_counts {
    uint64_t statements; /* sent for batches: a fixed few for each, however many records */
    uint64_t batches;    /* committed */
    uint64_t records;    /* in them, before coalescing */
    uint64_t connects;   /* that got as far as STORE_UP */
    uint64_t refused;    /* records set aside, since the database refuses them (SQLSTATE class 22
                            or 23) */
};

/* How much of the desk's memory is on our disk only. */
struct store_spool {
    bool in_use;                      /* batches go there, or come from there */
    bool stuck;                       /* it should be in use, and cannot be written */
    int64_t since;                    /* in use, by the monotonic clock; 0: never */
    uint64_t batches, records, bytes; /* on disk: an upper bound of what the database lacks */
    int64_t replayed;                 /* when it was last empty again; 0: never */
    uint64_t replayed_batches, replayed_records; /* then, or so far */
};

/* `events` is borrowed until store_free(); all of its functions must be there. */
struct store *store_new(const struct store_options *options, const struct store_events *events,
                        void *context);

/* Closes the connection, which frees the lock. What is in flight is left to itself: a process that
 * ends in order waits for store_in_flight() == 0 first. NULL is fine. Always returns NULL. */
struct store *store_free(struct store *store);

/* Opens state_dir for what the database cannot take: records that it refuses, and, if `spools`,
 * batches while it is away. Before store_open(). A spool that is found there is written to the
 * database before the first `up`, whatever `spools` says. False with an error when the folder
 * cannot be used, or holds what must not be lost and cannot be read. */
bool store_keep(struct store *store, const char *state_dir, bool spools, struct error *reterr);

void store_spool(const struct store *store, struct store_spool *ret);

/* Neither the database nor the spool takes anything: what comes in now could not be kept. */
bool store_is_stuck(const struct store *store);

/* Starts to connect, at once and again whenever the connection is lost. */
void store_open(struct store *store, int64_t now_ms);

enum store_state store_state(const struct store *store);

/* Whether the stream may be written to now: always without failover, else while the lease lasts.
 * To be asked with a fresh clock before each write. */
bool store_may_write(const struct store *store, int64_t now_ms);
/* From when on not, if nothing is renewed; INT64_MAX: never, INT64_MIN: not yet at all. */
int64_t store_lapses_at(const struct store *store);

/* All is written, and the stream is closed: with failover, lets a standby take over at once. Done
 * when store_has_ended(). */
void store_end(struct store *store);
bool store_has_ended(const struct store *store);

/* Who served, for people, when a standby looked last: "host:pid", "" for nobody. */
const char *store_serving(const struct store *store);

/* For poll(): the descriptor (-1 when there is none) and the events it waits for. Both change:
 * ask before every poll(). */
int store_fd(const struct store *store);
short store_poll_events(const struct store *store);

/* When store_process() wants to be called even if nothing happens on the descriptor; INT64_MAX:
 * never. */
int64_t store_deadline(const struct store *store);

/* Reads, writes, connects, calls back: whatever is due. Never blocks. `revents` is poll's answer
 * for the descriptor, 0 when there was none. */
void store_process(struct store *store, short revents, int64_t now_ms);

/* Makes one batch of the turn's records and the marks, and returns its number. The turn, its list
 * and its strings are borrowed until `committed` names that number: they may be read
 * again when a connection breaks. The marks are copied. A turn without records and marks is a batch
 * too: it costs a commit, so do not submit it. Only when store_room() > 0. */
int64_t store_submit(struct store *store, const struct effects *turn, const struct mark *marks,
                     size_t mark_count);

/* How many more batches can be submitted now: 0 before the first `up`, after `fenced`, and while
 * STORE_BATCHES_MAX are in flight. While the store is away, submitted batches wait. */
int store_room(const struct store *store);

/* Batches submitted and not reported yet. */
int store_in_flight(const struct store *store);

/* Reads the newest lines of a chat, as they are behind all batches submitted so far; answered by
 * `recalled`. False, and nothing is done, when STORE_RECALLS_MAX are
 * waiting: ask again later. */
bool store_recall(struct store *store, int64_t chat);
/* The same, answered as EVENT_REPLAYED. The answers of both come in the order of the calls. */
bool store_replay(struct store *store, int64_t chat);

/* Reads the desk's own state, then all chats that are not closed: `restore` for each, then
 * `restored`. In pieces, so that memory stays bounded; when the connection breaks it goes on behind
 * the last one given. Only
 * after the first `up`, and before the first store_submit(). What restoring itself wants written
 * may be submitted from `restore` on. */
void store_restore(struct store *store);

const struct store_counts *store_counts(const struct store *store);

#endif
