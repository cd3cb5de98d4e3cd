/* world.h: what a scenario runs in: settings, people with short names, and a memory of what was
 * stored, so that a restart can be played. Shared by the files of this folder. */
#ifndef DESKBELL_TEST_SCENARIO_WORLD_H
#define DESKBELL_TEST_SCENARIO_WORLD_H

#include <stdbool.h>
#include <stdio.h>

#include "policy/consortium.h"
#include "routing/routing.h"
#include "test/scenario/checker.h"

enum { STORED_MAX = 2000, DELAYS_MAX = 64 };

/* The database of a scenario: everything that was stored, the newest state of each chat. */
struct stored {
    struct chat_record chats[STORED_MAX];
    int chat_count;
    struct line_record lines[STORED_MAX];
    int line_count;
    struct offer_record offers[STORED_MAX];
    int offer_count;
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
    bool silent;          /* nothing is printed */
    bool sending;         /* false: what is sent from now on dies with the process */
    int64_t recall[16]; /* asked for and not yet brought */
    int recall_count;
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
/* The process dies and another one comes; the server stays. */
void world_restart(struct world *world);

/* names.c: "jane" is the operator mobius-mobstate-jane, any other single word a guest. */
const char *name_to_jid(struct world *world, const char *name, const char **ret_resource);
const char *name_from_jid(struct world *world, const char *jid);
/* "#1" is the address of chat 1; every other address stays as it is. */
const char *address_from_alias(struct world *world, const char *alias);
const char *address_to_alias(struct world *world, const char *address);
const char *operator_alias(struct world *world, int64_t id);
const char *queue_alias(struct world *world, int64_t id);

/* print.c */
void print_effect(struct world *world, const struct effect *effect);
void print_time(struct world *world, char direction);

/* script.c: one line of a scenario that begins with a time and '<'. */
bool script_event(struct world *world, char *text);

#endif
