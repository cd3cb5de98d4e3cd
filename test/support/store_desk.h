/* store_desk.h: a private PostgreSQL cluster, and a store in it whose callbacks are written down.
 *
 * The store is the login 'deskbell', as in a real installation; the tests' own connections are the
 * superuser's. The cluster lives in a temporary folder and
 * listens on a Unix socket there only. Failures of the set-up itself end the program. */
#ifndef DESKBELL_TEST_SUPPORT_STORE_DESK_H
#define DESKBELL_TEST_SUPPORT_STORE_DESK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "component/store.h"
#include "routing/effect.h"

/* Starts the cluster, with a template database that has the schema and one consortium "mobius":
 * library "mobstate" with queue "mobius-mobstate" and operators "mobius-mobstate-ann" and "-bob".
 * Their ids are 1, 1, 1, and 1 and 2. Unless `durable`, the server does not wait for the disk: no
 * test pulls the plug. */
void cluster_start(bool durable);
void cluster_end(void);

/* pg_ctl restart with that mode, or only the half of it: "fast", "immediate". */
void cluster_stop(const char *mode);
void cluster_go(void);

/* Whether any file of the cluster has those bytes, the log of changes and the server's own log
 * included. For texts without anything that a shell would read. */
bool cluster_has_text(const char *text);

/* A new database from the template, and a connection to it. */
PGconn *database_new(void);

/* A connection to the same database as the desk's own login. */
PGconn *database_login(PGconn *database);

/* The first value of the first row; a failed statement ends the test. Borrowed until the next. */
const char *sql(PGconn *database, const char *statement);
int64_t sql_number(PGconn *database, const char *statement);

enum { DESK_LOG_MAX = 8192 };

/* Processor time of the store's backend in seconds: unlike a rate it does not depend on what else
 * the machine does. */
double backend_cpu(PGconn *database);

/* A store and all that it said. */
struct desk {
    struct store *store;
    char conninfo[256];
    int64_t ahead_ms; /* what its clock is ahead of ours: only to be added to */
    int ups, aways, fenceds, settings, restores, restoreds;
    bool again; /* the last up's */
    int64_t committed[DESK_LOG_MAX];
    int committed_count;
    char state_dir[128];
    struct store_start start;
    int recalled_count; /* answers */
    int recalled_lines; /* of the last */
    int64_t recalled_chat;
    int recalled_first, recalled_last; /* line numbers of the last */
    /* Called with every restored chat and every recall, when set. */
    void (*look)(struct desk *desk, const struct event *event);
    void *look_context;
};

void desk_open(struct desk *desk, PGconn *database, const char *holder);
/* One with failover, which may be a standby. */
void desk_open_failover(struct desk *desk, PGconn *database, const char *holder);
/* One that spools while the database is away, restored. The same holder finds the same spool. */
void desk_open_spooling(struct desk *desk, PGconn *database, const char *holder);
/* A folder that is the holder's own; what the last test left in it is removed. */
void desk_folder_clear(const char *holder);
/* Records set aside, and the text of the only file in the quarantine, borrowed until the next. */
int desk_refused(const struct desk *desk);
const char *desk_quarantine(const struct desk *desk);
void desk_close(struct desk *desk);

/* Runs the store's loop once, waiting at most that long. */
void desk_turn(struct desk *desk, int wait_ms);

/* Until the number is reached, or the test fails after 30 seconds. */
void desk_wait(struct desk *desk, const int *count, int value);
void desk_wait_state(struct desk *desk, enum store_state state);
/* Until nothing is in flight. */
void desk_settle(struct desk *desk);
/* Waits for room, then submits. */
int64_t desk_submit(struct desk *desk, const struct effects *turn, const struct mark *marks,
                    size_t mark_count);

int64_t now_ms(void);

/* Records of a turn; strings are borrowed. Chats are mobius-mobstate's, and wait. */
struct chat_record *turn_chat(struct effects *turn, int64_t number, int last_line);
struct line_record *turn_line(struct effects *turn, int64_t chat, int line, const char *body);
void turn_offer(struct effects *turn, int64_t chat, int64_t operator, msec_t at,
                enum offer_outcome outcome);
void turn_move(struct effects *turn, int64_t chat, int64_t queue);
void turn_act(struct effects *turn, int64_t chat, enum act act);

#endif
