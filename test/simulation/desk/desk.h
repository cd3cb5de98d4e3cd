/* desk.h: whole desks in one process, by one seed: what the files of this folder share.
 *
 *   sim_desk.c   command line, scripts, what happens when, the shortest script that fails
 *   world.c      clock, nodes, who is called next
 *   people.c     patrons and operators: what they write, and what they do with what they read
 *   judge.c      the checker: shares no code with the product
 *   database.c   a PostgreSQL: sessions, lock, lease, batches, tables; what it executes
 *   tables.c     its rows, and the statements of store_statements.c on them
 *   pq.c         libpq's functions, as far as the store uses them, on that database
 *   disk.c       a node's disk, and the calls that the spool makes (disk_calls.h)
 *   link.c       component/stream.h and an XMPP server behind it
 *   absent.c     what these desks have not: commands, archive, uploads, purge; and the clerk, who
 *                brings the settings
 *
 * All else is the product itself: routing, driver, turn and outbox, store and spool. Everything
 * that the outside could do is decided by chance(), so a script is the same with every compiler.
 * Time is in ms of one clock, which all nodes and the database share. */
#ifndef DESKBELL_TEST_SIMULATION_DESK_DESK_H
#define DESKBELL_TEST_SIMULATION_DESK_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NODES = 2, NOBODY = -1 };

#define SIM_DOMAIN "deskbell.localhost"
#define FOREVER INT64_MAX

/* --- sim_desk.c --- */

struct sim {
    int64_t now;     /* monotonic */
    int64_t wall;    /* of now == 0 */
    uint64_t events; /* whatever the world did to a node, or a node to the world */
    int node;        /* whose code is running, or NOBODY */
    bool story;      /* print what happens */
    bool failover;   /* two nodes, of which one serves */
};
extern struct sim sim;

/* The world's chance: 0 to below - 1. */
unsigned chance(unsigned below);
/* One time in so many. */
bool now_and_then(unsigned in);

/* A promise is broken: ends the process. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void story(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- world.c --- */

void world_begin(bool failover);
void world_end(void);
/* Lets everything happen that is due until then. */
void world_run(int64_t until);
void node_start(int node);
/* kill -9, now or within the node's next call of the world but so many. `power`: its disk forgets
 * what was not synced. */
void node_kill(int node, bool power, unsigned after_calls);
void node_stop(int node, int64_t until); /* SIGSTOP, SIGCONT */
bool node_runs(int node);
/* The node's process has died in the call that is running: nothing that it does has an effect. */
bool node_is_dying(int node);
/* The node calls the world: false when it does not live to see the end of that call. */
bool node_calls(void);
/* Everybody is well, all is written, nothing is under way. */
bool world_is_settled(void);
/* The node's own description, for people; free() it. */
char *node_dump(int node);

/* --- link.c --- */

struct link_faults {
    int64_t down_until; /* the server is away */
    int64_t slow_until; /* it reads slowly */
};
extern struct link_faults link_faults;

void link_begin(void);
void link_end(void);
/* The stream breaks: some of what is under way, either way, is lost. */
void link_cut(int node);
void link_node_died(int node);
/* When the server has something to do, and doing it. */
int64_t link_due(void);
void link_run(void);
short link_revents(int node);
int64_t link_wakes(int node);
/* A client's stanza, to whichever node the component's stream belongs to. False: the server has
 * no component now, and answers with an error. */
struct stanza_text {
    const char *name, *type, *from, *to, *id, *body, *show;
    bool wants_receipt;
};
bool link_deliver(const struct stanza_text *stanza);
/* Who holds the component's stream; NOBODY. */
int link_owner(void);
/* Nothing is under way to the server or from it. */
bool link_is_idle(void);

/* --- people.c --- */

void people_begin(void);
void people_patron_says(void);
void people_operator_says(void);
void people_presence(void);
void people_repeat(void);
/* A stanza of the desk has come to its server: start tag and body. */
void people_receive(const char *stanza, size_t length, int node);
/* They answer each offer, end each chat: so that nothing waits. */
void people_settle(void);

/* --- absent.c --- */

/* The settings that the clerk brings; false when they cannot be read. */
bool settings_begin(void);
void settings_end(void);
/* Ids: of the library of a queue; name of an operator, NULL for none. */
int64_t settings_library(int64_t queue);
/* The clerk's work for the node is done. */
void clerk_node_died(int node);
int64_t clerk_wakes(int node);

/* --- judge.c --- */

enum { UTTERANCES_MAX = 4000 };

/* Who says something and what number it gets: "[q000017]" is in its text and nowhere else. */
int judge_says(bool patron, int who, bool refusable);
void judge_begin(void);
/* It is on its way once more, by the same id. */
void judge_repeats(int utterance);
void judge_refused(int utterance); /* the sender was told that it was not taken */
void judge_acknowledged(int utterance);
/* The node hands bytes to its stream; the server has read them. */
void judge_sends(int node, const char *bytes, size_t length);
void judge_arrives(int node, const char *bytes, size_t length);
/* Its kernel takes a piece. */
void judge_hands(int node);
/* All that has left is marked by now. */
void judge_marked(void);
void judge_link_up(int node);
/* What the kernel had taken is lost with a stream, or a machine. */
void judge_lost(int node, const char *bytes, size_t length);
/* The node has read back what there is, and has done nothing yet. */
void judge_restored(int node);
void judge_node_starts(int node);
/* The database has committed. */
void judge_epoch(int64_t epoch, int node);
void judge_batch(int64_t epoch, int64_t first, int64_t number, int node);
void judge_line(int64_t chat, int line, const char *author, const char *body, size_t length);
/* Bytes of the spool became durable; of the quarantine. */
void judge_spooled(int node, const unsigned char *bytes, size_t length);
void judge_quarantined(const unsigned char *bytes, size_t length);
/* What the node says of its chats is what the database has. Only when all is written. */
void judge_state(int node);
/* All is over: nothing is missing. */
void judge_end(void);

struct judge_counts {
    uint64_t relayed, acknowledged, lines, spooled, batches, epochs, repeats, refused, states;
    uint64_t
        buried; /* lines that were not sent yet when their chat had ended and the process died */
};
extern struct judge_counts judge_counts;

/* --- database.c --- */

struct database_faults {
    int64_t away_until, slow_until, read_only_until;
    unsigned cut_before, cut_after; /* sessions that break before, or behind, the next commit */
    unsigned refuse;                /* the next records are refused */
};
extern struct database_faults database_faults;

void database_begin(void);
void database_end(void);
/* All connections of the node break; `silently`: the server does not notice for long. */
void database_cut(int node, bool silently);
void database_restart(bool crash);
void database_notify(void);
int64_t database_due(void);
void database_work(void);
/* Of the node's newest connection. */
short database_revents(int node);
int64_t database_wakes(int node);
/* That line is one that the database refuses. */
bool database_refuses(int64_t chat, int line);
bool database_has_refused(void); /* any */
bool database_holds(int node);   /* the node's session has the lock */
bool database_is_idle(void);

/* Rows of chats that are not closed, for the judge: false behind the last. */
bool database_chat(int *at, const char **ret_address, size_t *ret_length, bool *ret_claimed,
                   int *ret_lines);
bool database_is_closed(int64_t chat);

/* --- disk.c --- */

struct disk_faults {
    int64_t full_until;
    unsigned sync_fails; /* the next so many */
};
extern struct disk_faults disk_faults[NODES];

void disk_begin(void);
void disk_end(void);
/* The node's process is gone: its descriptors are closed. `power`: what was not synced is lost, or
 * torn. */
void disk_died(int node, bool power);
/* No segment of a spool has anything but its head. */
bool disk_spool_is_empty(int node);

#endif
