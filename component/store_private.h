/* store_private.h: the store between its files.
 *
 * store.c          the pipeline: sends what is due, reads answers, calls back
 * store_session.c  the connection: connects, takes lock and epoch, notices that it is lost
 * store_lease.c    the lease: renewed, or looked at by a standby
 * store_batch.c    a turn's records as arrays
 * store_spool.c    batches on disk while the database is away or slow, and their way back
 * store_sieve.c    finds what the database refuses of a batch, so that the rest is written
 * store_desk.c     the desk's own state as events
 * store_restore.c  chats and lines as events
 * store_statements.c  the SQL of both
 *
 * What is sent is a queue of requests: some statements and a sync each, which the server runs as
 * one transaction. Answers come in the same order. */
#ifndef DESKBELL_COMPONENT_STORE_PRIVATE_H
#define DESKBELL_COMPONENT_STORE_PRIVATE_H

#include <libpq-fe.h>
#include <sys/queue.h>

#include "component/array.h"
#include "component/lease.h"
#include "component/record_bytes.h"
#include "component/spool.h"
#include "component/store.h"

enum {
    STORE_ARRAYS = 20,        /* the widest statement's arrays, and one */
    STORE_CHUNK_CHATS = 1000, /* chats that one piece of a restore brings */
    STORE_CHUNK_ROWS = 1000,  /* and rows of the desk's own state */
    STORE_REQUESTS_MAX = 64,
    STORE_STANDBY_MS = 1000,       /* how often who waits asks for the lock, without failover */
    STORE_LOCK_CLASS = 0x6465736b, /* "desk", in pg_locks.classid; objid is the consortium */
    /* Spooled batches on the wire at once, before live ones: enough that the server never waits.
     * Each is of one or more frames, cut at about so many records or bytes. */
    STORE_REPLAYS_MAX = 8,
    STORE_REPLAY_RECORDS = 1024,
    STORE_REPLAY_BYTES = 1024 * 1024,
    STORE_RING = STORE_BATCHES_MAX + STORE_REPLAYS_MAX
};

enum statement {
    STATEMENT_BEGIN,
    STATEMENT_BEGIN_SPAN,
    STATEMENT_CHATS,
    STATEMENT_MOVES,
    STATEMENT_LINES,
    STATEMENT_OFFERS_DECIDED,
    STATEMENT_OFFERS,
    STATEMENT_ACTS,
    STATEMENT_MARKS,
    STATEMENT_HANDED,
    STATEMENT_DUTIES,
    STATEMENT_DUTY_LOG,
    STATEMENT_BLOCKS,
    STATEMENT_FOLLOWUPS,
    STATEMENT_FOLLOWUPS_HANDED,
    STATEMENT_RECALL,
    STATEMENT_DESK_DUTIES,
    STATEMENT_DESK_BLOCKS,
    STATEMENT_DESK_FOLLOWUPS,
    STATEMENT_RESTORE_CHATS,
    STATEMENT_RESTORE_OFFERS,
    STATEMENT_RESTORE_LINES,
    STATEMENT_COUNT
};

enum {
    RESTORE_RESULTS = STATEMENT_RESTORE_LINES - STATEMENT_RESTORE_CHATS + 1,
    REQUEST_RESULTS_MAX = 4
};

enum request_type {
    REQUEST_SESSION, /* settings of the session, and who the consortium is */
    REQUEST_LOOK,    /* of a standby, at the lease */
    REQUEST_LOCK,
    REQUEST_RENEW, /* the lease */
    REQUEST_START, /* statements, channel, epoch */
    REQUEST_BATCH,
    REQUEST_RECALL,
    REQUEST_DESK,
    REQUEST_RESTORE
};

struct request {
    enum request_type type;
    int64_t number;                     /* of the batch */
    int64_t sent;                       /* when */
    PGresult *results[REQUEST_RESULTS_MAX]; /* with rows, in the order of the statements */
    int result_count;
    char sqlstate[6]; /* of the first error; "" is success */
    char cause[256];  /* its text, for requests that carry no chat */
    char rule[64];    /* the constraint or column that was broken; "" when none is named */
};

enum phase {
    PHASE_CLOSED,
    PHASE_WAITING, /* until retry_at */
    PHASE_CONNECTING,
    PHASE_STARTING, /* connected; session, lock or start under way */
    PHASE_STANDBY,  /* lock refused; asks again at retry_at */
    PHASE_REPLAY,   /* writes what was spooled; up when that is seen to work */
    PHASE_UP,
    PHASE_FENCED
};

struct sieve;

struct batch {
    int64_t first, number;      /* a spooled one may be of several numbers */
    const struct effects *turn; /* borrowed, or &own; NULL: nothing but its numbers */
    struct effects own;         /* a copy, of what the spool has */
    struct mark_list marks;
    bool sent;           /* on this connection, and not answered yet */
    bool spooled;        /* the turn is not borrowed any more */
    int64_t since;       /* submitted */
    struct sieve *sieve; /* it is being found out which of it the database refuses */
};

struct recall {
    STAILQ_ENTRY(recall) entry;
    int64_t chat;
    int64_t behind; /* the newest batch whose lines it has to see */
    enum event_type answer;
    bool sent;
};

struct store {
    struct store_options options;
    const struct store_events *events;
    void *context;
    struct store_counts counts;
    enum phase phase;
    int64_t now;

    PGconn *connection;
    PostgresPollingStatusType polling; /* while connecting */
    bool unsent;                       /* libpq has output that the socket did not take yet */
    int64_t connect_until;
    int64_t retry_at;
    int retry_ms;
    uint64_t random;
    bool away_said, standby_said;

    int64_t consortium; /* id; 0 before the first session */
    int64_t epoch;      /* 0 before it is taken */
    int64_t first_number;
    uint64_t code_key;
    /* Process id and start of the last session that had the lock (together they name one session),
     * and of this one. */
    char session[64], next_session[64];
    int64_t up_at; /* when it was last taken */

    struct lease lease;       /* with failover only */
    bool renewing;            /* a renewal is under way */
    bool ending, lease_ended; /* the end is to be told, and was */
    bool evict_said;
    bool prepared;     /* statements and channel, on this connection */
    bool goodbye;      /* the server said so: it is down for all, and not for us only */
    char serving[128]; /* whom the last look found */

    struct request requests[STORE_REQUESTS_MAX]; /* ring */
    int request_first, request_count;

    struct batch batches[STORE_RING]; /* ascending, without gap; spooled ones, then live ones */
    int batch_first, batch_count;
    int64_t last_number; /* submitted */
    int64_t reported;    /* durable, here or there */
    int64_t confirmed;   /* in the database */
    int64_t heard;       /* when the last request was answered */
    bool writes;         /* a batch was committed on this connection */
    bool restored;

    char *state_dir; /* where refused records go; NULL: store_keep() was not called */
    struct spool *spool;
    bool spools;    /* batches go there when the database is away */
    bool replaying; /* it holds batches of an older process, whose epoch ours is until they are
                       written */
    bool slow;      /* connected, but batches take too long */
    bool stuck;     /* the spool cannot be written, either */
    int64_t stuck_retry;
    struct store_spool spool_state;

    STAILQ_HEAD(recalls, recall) recalls;
    int recall_count;

    bool restoring, restore_sent;
    int desk_table;          /* being read, of those in store_desk.c; behind the last: chats */
    int64_t desk_row;        /* the number of its last row given */
    int64_t restored_number; /* the last chat given */

    struct array arrays[STORE_ARRAYS]; /* of the statement being built */
};

/* store.c */

/* Sends a prepared statement: `array_count` arrays of store->arrays behind the consortium's id, or
 * `scalar_count` numbers behind it. */
void store_send_arrays(struct store *store, enum statement statement, int array_count);
void store_send_scalars(struct store *store, enum statement statement, const int64_t *scalars,
                        int scalar_count);

/* Ends the statements sent since the last one, and queues their request. */
struct request *store_sync(struct store *store, enum request_type type);

/* Sends any text without parameters or rows of interest: a setting, PREPARE's kin, LISTEN. */
void store_send_text(struct store *store, const char *sql);

/* The i-th in the ring, the oldest first. */
struct batch *store_batch_at(struct store *store, int place);
/* A cleared place at its end. */
struct batch *store_batch_add(struct store *store, int64_t first, int64_t number);
/* The highest number in the ring, or that the database has. */
int64_t store_ring_last(const struct store *store);

/* Batches up to that number are in the database. */
void store_batches_committed(struct store *store, int64_t up_to);
/* Batches up to that number are durable: tells the owner. */
void store_report(struct store *store, int64_t up_to);

/* Connected, and writing works: live from now on. */
void store_go_up(struct store *store, bool again);

/* store_session.c */
void session_connect(struct store *store);
/* Goes on with connecting once the socket is ready. */
void session_poll(struct store *store);
/* Asks for the lock, again or for the first time. `renewed`, unless NULL, is the date of the lease
 * that it was decided on: another one refuses the lock. `evict` ends the session that has it. */
void session_lock(struct store *store, const char *renewed, bool evict);
/* What a session needs to serve: its statements, and to be told of new settings. */
void session_prepare(struct store *store);
void session_take(struct store *store, struct request *request);
void session_take_lock(struct store *store, struct request *request);
void session_take_start(struct store *store, struct request *request);
/* Takes an epoch of our own, once an older one's spool is written. */
void session_take_epoch(struct store *store);

/* Gives the connection up, and tries again after the back-off. `cause` is said once an outage. */
void store_lose(struct store *store, const char *cause);

/* Looks whether the server says that it goes down. */
void store_heed_goodbye(struct store *store, const char *sqlstate);

/* The end: nothing that this process could write would be taken. */
void store_fence(struct store *store, const char *cause);

/* store_lease.c */

/* Asks for the lock, or first looks whether we may. */
void lease_ask(struct store *store);
void lease_take_look(struct store *store, struct request *request);
/* Not now: asks again soon. */
void lease_stand_by(struct store *store);
/* Goes with the taking of the epoch, in its transaction; and that was answered. */
void lease_send_start(struct store *store);
void lease_take_start(struct store *store, const struct request *request);
void lease_take_renewal(struct store *store, struct request *request);
void lease_process(struct store *store);
int64_t lease_deadline(const struct store *store);

/* store_statements.c */
extern const char *const statements[STATEMENT_COUNT];
extern const char *const statement_names[STATEMENT_COUNT];

/* store_batch.c */

/* The words that the database keeps for an enumeration; NULL is SQL's NULL. */
struct words {
    const char *const *list;
    int count;
};
extern const struct words chat_state_words, chat_end_words, resolution_words, author_words,
    outcome_words, act_words, followup_kind_words;

/* The enumerator of a word, 0 for none. */
int words_find(const struct words *words, const char *word);

/* Sends the batch's statements and its sync. */
void batch_send(struct store *store, struct batch *batch);

/* store_spool.c */

/* There are spooled batches that are not in the ring yet: then a live one has to follow them. */
bool spool_is_ahead(const struct store *store);
/* Takes a submitted batch into the spool, if that is where it belongs now. */
bool spool_takes(struct store *store, int64_t number, const struct effects *turn,
                 const struct mark *marks, size_t mark_count);
/* Puts spooled batches into the ring, as far as there is room. */
void spool_load(struct store *store);
/* Whatever is due: spills, syncs, reports, notices that the replay is done. */
void spool_process(struct store *store);
int64_t spool_deadline(const struct store *store);
/* The database has all up to store->confirmed. */
void spool_confirmed(struct store *store);
/* The lease is of another epoch than what was found: it cannot be replayed. False: nor kept. */
bool spool_too_late(struct store *store);

/* store_sieve.c */

/* The batch, all of it or what is being tried of it, was refused; or a trial was not. */
void sieve_refused(struct store *store, struct batch *batch, const struct request *request);
void sieve_fine(struct store *store, struct batch *batch);
/* What to send of the batch now: into `ret`, whose list (free()) points to the batch's strings. */
void sieve_select(const struct batch *batch, struct effects *ret, bool *ret_marks);
/* What is sent is a trial, to be rolled back: its last statement. */
bool sieve_is_trial(const struct sieve *sieve);
extern const char sieve_trial_end[];
struct sieve *sieve_free(struct sieve *sieve);

/* Values of a row, by its column. Text is borrowed from the result. */
int64_t row_bigint(const PGresult *result, int row, int column); /* 0 is NULL */
int row_integer(const PGresult *result, int row, int column);    /* likewise */
bool row_boolean(const PGresult *result, int row, int column);
msec_t row_time(const PGresult *result, int row, int column); /* likewise */
const char *row_text(const PGresult *result, int row, int column);

/* store_desk.c */
/* True when all of the desk's own state was given. */
bool desk_is_read(const struct store *store);
void desk_send(struct store *store);
/* Gives the rows of a piece to the owner. */
void desk_take(struct store *store, struct request *request);

/* store_restore.c */
void restore_send(struct store *store);
/* Gives the chats of a piece to the owner. */
void restore_take(struct store *store, struct request *request);
void recall_send(struct store *store, struct recall *recall);
void recall_take(struct store *store, struct request *request, const struct recall *recall);

#endif
