/* One record that the database refuses would take its whole batch along, and with a batch everybody
 * whose turn it was. So it is found, by halves, in trials that are rolled back: the first so many
 * records are taken, the first so many and one are not. That one is kept in a file, and the rest is
 * tried again. Eight trials find one of 256.
 *
 * The order is that in which statements go (chats before their lines), since a record may need one
 * before it, never one behind it. The marks come last, as one. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/quarantine.h"
#include "component/store_private.h"
#include "policy/mem.h"

/* Rolls the trial back, and says that all before it was taken. */
const char sieve_trial_end[] =
    "DO $$ BEGIN RAISE EXCEPTION 'a trial' USING errcode = 'ZD003'; END $$";

struct sieve {
    const struct effect **records; /* in the order of the statements; borrowed from the batch */
    size_t count;                  /* of them; the marks are one more */
    bool *out;                     /* is not sent any more; of the marks, too */
    size_t taken, refused;         /* the first `taken` are; the first `refused` are not */
    bool trial;                    /* what is sent now is the first `tried` */
    size_t tried;
    char sqlstate[6], rule[64]; /* what was wrong with the first `refused` */
};

struct sieve *sieve_free(struct sieve *sieve)
{
    if (sieve == NULL)
        return NULL;
    free(sieve->records);
    free(sieve->out);
    free(sieve);
    return NULL;
}

/* Records keep their order within a type, and types are enumerated as their statements go. */
static struct sieve *sieve_new(const struct batch *batch)
{
    struct sieve *sieve = mem_new(sizeof *sieve);
    size_t effects = batch->turn == NULL ? 0 : batch->turn->count;

    sieve->records = mem_new((effects + 1) * sizeof *sieve->records);
    for (int type = 0; type < EFFECT_MESSAGE; type++)
        for (size_t i = 0; i < effects; i++)
            if ((int)batch->turn->list[i].type == type)
                sieve->records[sieve->count++] = &batch->turn->list[i];
    sieve->out = mem_new((sieve->count + 1) * sizeof *sieve->out);
    return sieve;
}

bool sieve_is_trial(const struct sieve *sieve)
{
    return sieve->trial;
}

void sieve_select(const struct batch *batch, struct effects *ret, bool *ret_marks)
{
    const struct sieve *sieve = batch->sieve;
    size_t end = sieve->trial ? sieve->tried : sieve->count + 1;

    ret->list = mem_new((sieve->count + 1) * sizeof *ret->list);
    for (size_t i = 0; i < sieve->count && i < end; i++)
        if (!sieve->out[i])
            ret->list[ret->count++] = *sieve->records[i];
    *ret_marks = end > sieve->count && !sieve->out[sieve->count];
}

/* The record at that place is the one. False: it cannot be kept now, so it is not given up. */
static bool record_set_aside(struct store *store, const struct batch *batch, size_t place)
{
    struct sieve *sieve = batch->sieve;
    const struct refusal_cause cause = {sieve->sqlstate, sieve->rule};
    char name[128];
    struct error error = {"there is no folder for it"};

    if (place == sieve->count) {
        log_error("the database refuses the marks of batch %" PRId64 " of epoch %" PRId64
                  ": SQLSTATE %s, rule '%s'; lines may be sent again after a restart",
                  batch->number, store->epoch, sieve->sqlstate, sieve->rule);
        sieve->out[place] = true;
        return true;
    }
    if (store->state_dir == NULL ||
        !quarantine_record(store->state_dir, store->epoch, batch->number, sieve->records[place],
                           &cause, name, sizeof name, &error)) {
        log_error("the database refuses a record of batch %" PRId64 ", and it cannot be set aside:"
                  " %s", batch->number, error.text);
        return false;
    }
    log_error("the database refuses a record of batch %" PRId64 " of epoch %" PRId64
              ": SQLSTATE %s, rule '%s'; it is kept as '%s/quarantine/%s', the rest is written",
              batch->number, store->epoch, sieve->sqlstate, sieve->rule, store->state_dir, name);
    store->counts.refused++;
    CRASH_POINT("record-set-aside");
    sieve->out[place] = true;
    return true;
}

/* Halves what is left; once it is one record, sets it aside and sends the rest in earnest. */
static void sieve_go_on(struct store *store, struct batch *batch)
{
    struct sieve *sieve = batch->sieve;

    assert(sieve->taken < sieve->refused);
    if (sieve->refused - sieve->taken > 1) {
        sieve->trial = true;
        sieve->tried = sieve->taken + (sieve->refused - sieve->taken) / 2;
        return;
    }
    if (!record_set_aside(store, batch, sieve->taken)) {
        store_lose(store, "a refused record cannot be set aside");
        return;
    }
    sieve->taken = sieve->refused;
    sieve->trial = false;
}

void sieve_refused(struct store *store, struct batch *batch, const struct request *request)
{
    char cause[80];

    if (batch->sieve == NULL)
        batch->sieve = sieve_new(batch);
    struct sieve *sieve = batch->sieve;
    size_t refused = sieve->trial ? sieve->tried : sieve->count + 1;
    if (refused <= sieve->taken) {
        /* All of it was taken in trials, or there is nothing: not what we think it has, or it has
         * changed its mind (somebody adds a rule). What was found counts no more. */
        batch->sieve = sieve_free(sieve);
        snprintf(cause, sizeof cause, "batch %" PRId64 " fails with SQLSTATE %s", batch->number,
                 request->sqlstate);
        store_lose(store, cause);
        return;
    }
    sieve->refused = refused;
    memcpy(sieve->sqlstate, request->sqlstate, sizeof sieve->sqlstate);
    memcpy(sieve->rule, request->rule, sizeof sieve->rule);
    sieve_go_on(store, batch);
}

void sieve_fine(struct store *store, struct batch *batch)
{
    assert(batch->sieve->trial);
    batch->sieve->taken = batch->sieve->tried;
    sieve_go_on(store, batch);
}
