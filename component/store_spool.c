#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/quarantine.h"
#include "component/store_private.h"
#include "policy/mem.h"

enum {
    STUCK_RETRY_MS = 1000,
    /* Frames that share one transaction. */
    MERGE_NUMBERS_MAX = 1024
};

bool store_keep(struct store *store, const char *state_dir, bool spools, struct error *reterr)
{
    assert(store->phase == PHASE_CLOSED);
    store->spool = spool_open(state_dir, store->options.consortium, reterr);
    if (store->spool == NULL)
        return false;
    store->state_dir = mem_strdup(state_dir);
    store->spools = spools;
    if (spool_epoch(store->spool) != 0) {
        const struct spool_counts *counts = spool_counts(store->spool);
        log_warning("'%s/spool' holds %" PRIu64 " batches with %" PRIu64 " records of epoch"
                    " %" PRId64 ": they go to the database before anything else",
                    state_dir, counts->batches, counts->records, spool_epoch(store->spool));
        store->epoch = spool_epoch(store->spool);
        store->replaying = true;
        store->spool_state.in_use = true;
        CRASH_POINT("spool-found");
    }
    return true;
}

void store_spool(const struct store *store, struct store_spool *ret)
{
    *ret = store->spool_state;
    if (store->spool == NULL)
        return;
    ret->stuck = store_is_stuck(store);
    ret->batches = spool_counts(store->spool)->batches;
    ret->records = spool_counts(store->spool)->records;
    ret->bytes = spool_counts(store->spool)->bytes;
}

bool store_is_stuck(const struct store *store)
{
    return store->stuck && (store->phase != PHASE_UP || store->slow);
}

/* --- to the disk --- */

bool spool_is_ahead(const struct store *store)
{
    return store->spool != NULL && store_ring_last(store) < spool_last(store->spool);
}

static bool live_waits(const struct store *store)
{
    if (store->batch_count == 0)
        return false;
    return !store->batches[(store->batch_first + store->batch_count - 1) % STORE_RING].spooled;
}

/* When the oldest live batch becomes too slow. Live ones are behind the spooled ones, and as old as
 * they are young in number. */
static int64_t slow_at(const struct store *store)
{
    for (int i = 0; i < store->batch_count; i++) {
        const struct batch *batch = &store->batches[(store->batch_first + i) % STORE_RING];
        if (!batch->spooled)
            return batch->since + STORE_SLOW_MS;
    }
    return INT64_MAX;
}

/* Until all is restored the stream is closed and nobody waits; what restoring wants written follows
 * what is read, so it does not leave the order of the connection. */
static bool may_spool(const struct store *store)
{
    return store->spools && store->restored && store->phase != PHASE_FENCED;
}

static void spool_begin(struct store *store)
{
    if (store->spool_state.in_use)
        return;
    store->spool_state.in_use = true;
    store->spool_state.since = store->now;
    store->spool_state.replayed_batches = store->spool_state.replayed_records = 0;
    log_warning("chats go on: what the database does not take goes to '%s/spool'",
                store->state_dir);
}

/* Appends the batch; `copy`, unless NULL, gets what was written. */
static void frame_append(struct store *store, int64_t number, const struct effects *turn,
                         const struct mark *marks, size_t mark_count, struct effects *copy)
{
    struct bytes payload = {NULL, 0, 0};
    struct mark_list unused = {NULL, 0, 0};
    struct error error = {""};

    uint32_t records = record_bytes_write(&payload, turn, marks, mark_count);
    const struct spool_frame frame = {.epoch = store->epoch,
                                      .number = number,
                                      .records = records,
                                      .payload = payload.data,
                                      .length = payload.length};
    spool_append(store->spool, &frame);
    if (copy != NULL && !record_bytes_read(payload.data, payload.length, copy, &unused, &error))
        abort();
    free(unused.list);
    free(payload.data);
}

/* Live batches of the ring go to the spool, too, and need their turns no more. What of them is on
 * the wire stays there, under its number. */
static void spill(struct store *store)
{
    spool_begin(store);
    for (int i = 0; i < store->batch_count; i++) {
        struct batch *batch = store_batch_at(store, i);
        if (batch->spooled)
            continue;
        /* It points into the turn. What it has found it finds again. */
        batch->sieve = sieve_free(batch->sieve);
        frame_append(store, batch->number, batch->turn, batch->marks.list, batch->marks.count,
                     &batch->own);
        batch->turn = &batch->own;
        batch->spooled = true;
    }
    spool_skip(store->spool, store_ring_last(store));
    CRASH_POINT("spool-spilled");
}

bool spool_takes(struct store *store, int64_t number, const struct effects *turn,
                 const struct mark *marks, size_t mark_count)
{
    if (!may_spool(store) ||
        (store->phase == PHASE_UP && !store->slow && !spool_is_ahead(store) &&
         store->batch_count < STORE_RING))
        return false;
    if (live_waits(store))
        spill(store);
    spool_begin(store);
    frame_append(store, number, turn, marks, mark_count, NULL);
    CRASH_POINT("spool-appended");
    return true;
}

static void sync_try(struct store *store)
{
    struct error error = {""};

    if (!spool_needs_sync(store->spool) || (store->stuck && store->now < store->stuck_retry))
        return;
    if (!spool_sync(store->spool, &error)) {
        if (!store->stuck)
            log_error("%s: neither the database nor the spool takes anything, so messages are "
                      "refused until one does; make room, or see to the disk", error.text);
        store->stuck = true;
        store->stuck_retry = store->now + STUCK_RETRY_MS;
        return;
    }
    if (store->stuck)
        log_info("'%s/spool' can be written again", store->state_dir);
    store->stuck = false;
    CRASH_POINT("spool-durable");
    store_report(store, spool_last(store->spool));
    CRASH_POINT("spool-reported");
}

/* --- and back --- */

/* An offer that is made again after its text had left would be taken for handed over when the
 * mark of the older one comes behind both. */
static bool offers_collide(const struct batch *batch, size_t records, size_t marks)
{
    for (size_t i = records; i < batch->own.count; i++) {
        if (batch->own.list[i].type != EFFECT_STORE_OFFER)
            continue;
        const struct offer_record *offer = &batch->own.list[i].offer;
        for (size_t mark = 0; mark < marks; mark++)
            if (batch->marks.list[mark].type == MARK_OFFER &&
                batch->marks.list[mark].chat == offer->chat &&
                batch->marks.list[mark].operator == offer->operator)
                return true;
    }
    return false;
}

/* A frame is whole and its records are not ours to read: another version wrote them. */
static void frame_set_aside(struct store *store, const struct spool_frame *frame,
                            const char *cause)
{
    char name[128];
    struct error error = {""};

    if (quarantine_bytes(store->state_dir, frame->epoch, frame->number, frame->payload,
                         frame->length, name, sizeof name, &error))
        log_error("spooled batch %" PRId64 " of epoch %" PRId64 " is not written: %s; it is kept as"
                  " '%s/quarantine/%s'",
                  frame->number, frame->epoch, cause, store->state_dir, name);
    else
        log_error("spooled batch %" PRId64 " of epoch %" PRId64 " is not written: %s; %s",
                  frame->number, frame->epoch, cause, error.text);
}

/* Takes the frame into the batch, or leaves the batch as it was. */
static bool frame_merge(struct store *store, struct batch *batch, const struct spool_frame *frame,
                        bool first)
{
    size_t records = batch->own.count, marks = batch->marks.count;
    struct error error = {"it is of another epoch"};

    bool fine = frame->epoch == store->epoch &&
                record_bytes_read(frame->payload, frame->length, &batch->own, &batch->marks,
                                  &error);
    if (fine && (first || !offers_collide(batch, records, marks)))
        return true;
    batch->own.count = records;
    batch->marks.count = marks;
    if (!first)
        return false;
    frame_set_aside(store, frame, error.text);
    return true;
}

/* Numbers whose batches cannot be read: they are used up, all at once. */
static void gap_load(struct store *store, int64_t from, int64_t to)
{
    log_error("batches %" PRId64 " to %" PRId64 " of epoch %" PRId64 " cannot be read from"
              " '%s/spool': what was said in them is not in the database",
              from, to, store->epoch, store->state_dir);
    store_batch_add(store, from, to)->spooled = true;
}

/* The next frames as one batch. */
static void batch_load(struct store *store)
{
    struct spool_frame frame;
    struct batch *batch = NULL;
    int64_t next = store_ring_last(store) + 1;
    size_t bytes = 0;

    spool_skip(store->spool, next - 1);
    while (spool_read(store->spool, &frame)) {
        if (frame.number != next) {
            spool_unread_last(store->spool);
            if (batch == NULL)
                gap_load(store, next, frame.number - 1);
            return;
        }
        bool first = batch == NULL;
        if (first) {
            batch = store_batch_add(store, next, next);
            batch->turn = &batch->own;
            batch->spooled = true;
        }
        if (!frame_merge(store, batch, &frame, first)) {
            spool_unread_last(store->spool);
            return;
        }
        batch->number = next++;
        bytes += frame.length;
        if (batch->own.count >= STORE_REPLAY_RECORDS || bytes >= STORE_REPLAY_BYTES ||
            batch->number - batch->first >= MERGE_NUMBERS_MAX)
            return;
    }
    if (batch == NULL && next <= spool_last(store->spool))
        gap_load(store, next, spool_last(store->spool));
}

void spool_load(struct store *store)
{
    while (spool_is_ahead(store) && store->batch_count < STORE_REPLAYS_MAX) {
        batch_load(store);
        CRASH_POINT("replay-loaded");
    }
}

void spool_confirmed(struct store *store)
{
    if (store->spool != NULL && store->spool_state.in_use)
        spool_drop(store->spool, store->confirmed, false);
}

/* --- what is due --- */

static void replay_end(struct store *store)
{
    struct store_spool *state = &store->spool_state;

    log_info("the spool is in the database: %" PRIu64 " batches with %" PRIu64 " records",
             state->replayed_batches, state->replayed_records);
    CRASH_POINT("replay-done");
    state->in_use = false;
    state->replayed = store->now;
    spool_drop(store->spool, store->confirmed, true);
}

/* All of an older process is written: its epoch ends. */
static void older_end(struct store *store)
{
    replay_end(store);
    spool_forget(store->spool);
    CRASH_POINT("older-epoch-done");
    store->replaying = false;
    store->epoch = store->confirmed = 0;
    session_take_epoch(store);
}

static void replay_look(struct store *store)
{
    if (spool_is_ahead(store))
        return;
    if (store->phase == PHASE_REPLAY && store->replaying) {
        if (store->batch_count == 0)
            older_end(store);
        return;
    }
    if (store->phase == PHASE_REPLAY && (store->writes || store->batch_count == 0))
        store_go_up(store, true);
    bool left = store->batch_count > 0 && store_batch_at(store, 0)->spooled;
    /* Slow is what it is until an answer comes quickly, and at night nobody asks: by then what the
     * database has is not kept here. */
    bool slow = store->slow && store->batch_count > 0;
    if (store->phase == PHASE_UP && !slow && store->spool_state.in_use && !left)
        replay_end(store);
}

void spool_process(struct store *store)
{
    if (store->spool == NULL)
        return;
    if (may_spool(store) && live_waits(store)) {
        bool away = store->phase != PHASE_UP;
        if (!away && store->now >= slow_at(store)) {
            log_warning("the database is slow: a batch is not answered for %d seconds",
                        STORE_SLOW_MS / 1000);
            store->slow = true;
        }
        if (away || store->slow)
            spill(store);
    }
    sync_try(store);
    replay_look(store);
    if (store->stuck && !spool_needs_sync(store->spool))
        store->stuck = false;
}

int64_t spool_deadline(const struct store *store)
{
    if (store->spool == NULL || store->phase == PHASE_FENCED || store->phase == PHASE_CLOSED)
        return INT64_MAX;
    if (spool_needs_sync(store->spool))
        return store->stuck ? store->stuck_retry : 0;
    return may_spool(store) && store->phase == PHASE_UP ? slow_at(store) : INT64_MAX;
}

bool spool_too_late(struct store *store)
{
    char name[64];
    struct error error = {""};
    int64_t epoch = store->epoch;

    if (!spool_set_aside(store->spool, name, sizeof name, &error)) {
        log_error("%s", error.text);
        return false;
    }
    log_error("another process has served '%s' since epoch %" PRId64 " ended: its spool cannot"
              " be written behind what was said meanwhile: it is kept as '%s/%s'; nothing in it"
              " is in the database",
              store->options.consortium, epoch, store->state_dir, name);
    store->replaying = store->spool_state.in_use = false;
    store->epoch = 0;
    return true;
}
