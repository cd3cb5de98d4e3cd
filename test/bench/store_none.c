/* A store that keeps nothing and answers at once, in the place of component/store.c: what the desk
 * costs when it does not wait for commits. Linked into the benchmark's `desk_none` only; no setting
 * of the installed program leads here. Chats that are in the database are restored, so that both
 * desks of the benchmark begin alike. */
#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "component/store.h"
#include "policy/mem.h"

struct store {
    const struct store_options *options;
    const struct store_events *events;
    void *context;
    enum store_state state;
    int64_t submitted, reported;
    bool restore_wanted;
    struct store_counts counts;
    struct store_options copy;
};

struct store *store_new(const struct store_options *options, const struct store_events *events,
                        void *context)
{
    struct store *store = mem_new(sizeof *store);

    store->copy = *options;
    store->options = &store->copy;
    store->events = events;
    store->context = context;
    return store;
}

struct store *store_free(struct store *store)
{
    free(store);
    return NULL;
}

bool store_keep(struct store *store, const char *state_dir, bool spools, struct error *reterr)
{
    (void)store;
    (void)state_dir;
    (void)spools;
    (void)reterr;
    return true;
}

void store_spool(const struct store *store, struct store_spool *ret)
{
    (void)store;
    *ret = (struct store_spool){.in_use = false};
}

bool store_is_stuck(const struct store *store)
{
    (void)store;
    return false;
}

void store_open(struct store *store, int64_t now_ms)
{
    (void)now_ms;
    store->state = STORE_AWAY;
}

enum store_state store_state(const struct store *store)
{
    return store->state;
}

int store_fd(const struct store *store)
{
    (void)store;
    return -1;
}

short store_poll_events(const struct store *store)
{
    (void)store;
    return 0;
}

int64_t store_deadline(const struct store *store)
{
    bool waits =
        store->state == STORE_AWAY || store->restore_wanted || store->submitted > store->reported;

    return waits ? 0 : INT64_MAX;
}

static void chats_restore(struct store *store)
{
    PGconn *database = PQconnectdb(store->options->conninfo);
    PGresult *rows =
        PQexec(database, "SET ROLE deskbell_writer; SELECT number, code, address, queue_id,"
                         " answering_queue_id, owner_id, patron, patron_resource,"
                         " (extract(epoch FROM opened) * 1000)::bigint, last_line"
                         " FROM deskbell.chat WHERE state = 'claimed' ORDER BY number");

    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        fprintf(stderr, "store_none: %s", PQerrorMessage(database));
        exit(1);
    }
    for (int i = 0; i < PQntuples(rows); i++) {
        msec_t at = strtoll(PQgetvalue(rows, i, 8), NULL, 10);
        int line = (int)strtol(PQgetvalue(rows, i, 9), NULL, 10);
        const struct chat_record chat = {
            .number = strtoll(PQgetvalue(rows, i, 0), NULL, 10),
            .code = PQgetvalue(rows, i, 1),
            .address = PQgetvalue(rows, i, 2),
            .queue = strtoll(PQgetvalue(rows, i, 3), NULL, 10),
            .answering_queue = strtoll(PQgetvalue(rows, i, 4), NULL, 10),
            .owner = strtoll(PQgetvalue(rows, i, 5), NULL, 10),
            .patron = PQgetvalue(rows, i, 6),
            .patron_resource = PQgetvalue(rows, i, 7),
            .entry_name = "",
            .token_hash = "",
            .state = CHAT_CLAIMED,
            .opened = at,
            .waiting_since = at,
            .claimed = at,
            .last_line = line,
            .patron_mark = line,
            .operator_mark = line,
        };
        struct event event = {.type = EVENT_RESTORE, .resource = "", .to = ""};
        event.restore.chat = &chat;
        store->events->restore(store->context, &event);
    }
    PQclear(rows);
    PQfinish(database);
}

void store_process(struct store *store, short revents, int64_t now_ms)
{
    const struct store_start start = {.epoch = 1, .first_number = 1000000, .code_key = 1};

    (void)revents;
    (void)now_ms;
    if (store->state == STORE_AWAY) {
        store->state = STORE_UP;
        store->events->up(store->context, false);
    }
    if (store->restore_wanted) {
        store->restore_wanted = false;
        chats_restore(store);
        store->events->restored(store->context, &start);
    }
    while (store->reported < store->submitted)
        store->events->committed(store->context, ++store->reported);
}

int64_t store_submit(struct store *store, const struct effects *turn, const struct mark *marks,
                     size_t mark_count)
{
    (void)turn;
    (void)marks;
    (void)mark_count;
    assert(store_room(store) > 0);
    store->counts.batches++;
    return ++store->submitted;
}

int store_room(const struct store *store)
{
    return store->state == STORE_UP ? STORE_BATCHES_MAX - store_in_flight(store) : 0;
}

int store_in_flight(const struct store *store)
{
    return (int)(store->submitted - store->reported);
}

bool store_recall(struct store *store, int64_t chat)
{
    (void)store;
    (void)chat;
    return false;
}

bool store_replay(struct store *store, int64_t chat)
{
    (void)store;
    (void)chat;
    return false;
}

void store_restore(struct store *store)
{
    store->restore_wanted = true;
}

const struct store_counts *store_counts(const struct store *store)
{
    return &store->counts;
}
