/* world.h: what a scenario runs in: settings, people with short names, and a memory of what was
 * stored, so that a restart can be played. Shared by the files of this folder. */
#ifndef DESKBELL_TEST_SCENARIO_WORLD_H
#define DESKBELL_TEST_SCENARIO_WORLD_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/consortium.h"
#include "routing/routing.h"
#include "test/scenario/checker.h"

enum {
    STORED_MAX = 2000,
    DELAYS_MAX = 64,
    RECALLS_MAX = 64,
    ECHOERS_MAX = 8,
    ECHOES_MAX = 400,
    ECHO_MS = 500
};

/* The database of a scenario: everything that was stored, the newest state of each chat. */
struct stored {
    struct chat_record chats[STORED_MAX];
    int chat_count;
    struct line_record lines[STORED_MAX];
    int line_count;
    struct offer_record offers[STORED_MAX];
    int offer_count;
    struct duty_record duties[STORED_MAX];
    int duty_count;
    struct block_record blocks[STORED_MAX];
    int block_count;
    struct followup_record followups[STORED_MAX];
    int followup_count;
    struct duty_log_record log[STORED_MAX]; /* the newest of each operator and queue */
    int log_count;
};

/* What a machine that answers every line is about to write. */
struct echo {
    msec_t at;
    const char *jid, *resource, *to, *body;
};

struct world {
    struct consortium *settings;
    struct consortium *settings_before; /* routing may still look at it */
    struct routing *routing;
    struct effects effects;
    struct stored *stored;
    struct arena *memory;
    const char *folder; /* of the scenario, where consortium files are looked for */
    msec_t midnight; /* wall clock of the scenario's date, UTC */
    msec_t now;      /* since that midnight; also the monotonic clock */
    bool show_records;
    bool show_presence;
    bool show_duty; /* the log of who was on duty */
    bool silent;          /* nothing is printed */
    bool sending;         /* false: what is sent from now on dies with the process */
    bool log_is_news; /* the log's last record was written, not passed over */
    struct {
        int64_t chat;
        enum event_type answer;
        int line_count; /* of all, when it was asked: later ones may be missing */
    } recalls[RECALLS_MAX]; /* asked for and not yet brought, the oldest first */
    int recall_count;
    bool database_slow; /* what is asked for does not come for now */
    struct token fresh;        /* for the next event */
    const char *tokens[STORED_MAX]; /* as they were given */
    int token_count;
    const char *form_question; /* of the form that is being read; NULL: a line */
    const char *echoers[ECHOERS_MAX]; /* bare JIDs of such machines */
    const char *echoer_resources[ECHOERS_MAX];
    int echoer_count;
    struct echo echoes[ECHOES_MAX];
    int echo_first, echo_count;
    int stranger_count; /* people of a crowd so far */
    char *output; /* the transcript of what really happened */
    size_t output_length;
    FILE *out;
    struct checker *checker; /* judges every step */
    /* Called after a step that broke a promise; NULL: whoever plays asks checker_fault(). */
    void (*broken)(struct world *world, const char *what);
    /* Sees every effect as it comes, with the event that caused it; may be NULL. */
    void (*observe)(struct world *world, const struct event *event, const struct effect *effect);
    void *observer;
};

/* world.c */
void world_init(struct world *world);
void world_release(struct world *world);
/* `renaming`: "OLD=NEW OLD=NEW": what bears the same id under another name; "" for nothing. */
bool world_settings(struct world *world, const char *path, const char *renaming);
/* The same while no process runs: a restart must follow, and reads them. */
bool world_settings_load(struct world *world, const char *path, const char *renaming);
/* Runs one event, checks the invariants, prints and stores the effects. */
void world_step(struct world *world, struct event *event);
/* Runs everything that is due until `at`, then sets the clock to it. */
void world_advance(struct world *world, msec_t at);
/* From now on that person is a machine that sends every line back, half a second later. */
void world_echo(struct world *world, const char *jid, const char *resource);
/* The database has it, as by an effect. */
void world_store_block(struct world *world, const struct block_record *record);
/* Answers what was asked of the database, unless that is slow. */
void world_bring_recalled(struct world *world);
/* What stands for a token's hash. */
void token_hash_stub(const char *text, char hash[TOKEN_HASH_MAX + 1]);
/* The process dies and another one comes; the server stays. */
void world_restart(struct world *world);

/* names.c: "jane" is the operator mobius-mobstate-jane, any other single word a guest. */
const char *name_to_jid(struct world *world, const char *name, const char **ret_resource);
const char *name_from_jid(struct world *world, const char *jid);
/* "#1" is the address of chat 1; every other address stays as it is. */
const char *address_from_alias(struct world *world, const char *alias);
const char *address_to_alias(struct world *world, const char *address);
/* "#1-3" is the id of line 3 of chat 1; every other id stays as it is. */
const char *line_alias(struct world *world, const char *id);
const char *operator_alias(struct world *world, int64_t id);
const char *queue_alias(struct world *world, int64_t id);
const char *library_alias(const struct world *world, int64_t id);

/* print.c */
void print_effect(struct world *world, const struct effect *effect);
void print_time(struct world *world, char direction);

/* script.c: one line of a scenario that begins with a time and '<'. */
bool script_event(struct world *world, char *text);

/* robots.c: the same, of what no person does. */
bool script_robots(struct world *world, const char *who, const char *verb, char *rest);

/* admins.c: what an administrator does by command, written down as it is told to routing. */
void admin_signs_off(struct world *world, const char *who, int64_t operator);
void admin_explains(struct world *world, const char *who, const char *queue);
void admin_blocks(struct world *world, int64_t library, const char *patron, msec_t hours);
void admin_erases(struct world *world, int64_t library, const int64_t *chats, size_t count);
bool script_admins(struct world *world, const char *who, const char *verb, char *rest);

#endif
