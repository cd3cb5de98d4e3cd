/* The lease in the database: the holder renews it, the standby looks at it. lease.h decides. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/log.h"
#include "component/store_private.h"

/* The columns of a look. */
enum { LOOK_HELD, LOOK_EPOCH, LOOK_RENEWED, LOOK_AGE, LOOK_RENEWS, LOOK_ENDED, LOOK_HOLDER };

/* --- the holder --- */

void lease_send_start(struct store *store)
{
    static const char *const taken =
        "UPDATE deskbell.lease SET renewed = clock_timestamp(), watched = epoch"
        " WHERE consortium_id = $1::bigint AND epoch = coalesce(nullif($2::bigint, 0), epoch)";
    char consortium[24], epoch[24];
    const char *const values[] = {consortium, epoch};

    if (!store->options.failover)
        return;
    snprintf(consortium, sizeof consortium, "%" PRId64, store->consortium);
    snprintf(epoch, sizeof epoch, "%" PRId64, store->epoch);
    PQsendQueryParams(store->connection, taken, 2, NULL, values, NULL, NULL, 0);
}

void lease_take_start(struct store *store, const struct request *request)
{
    if (store->options.failover)
        lease_renewed(&store->lease, request->sent);
}

static bool holds(const struct store *store)
{
    return store->options.failover && store->epoch != 0 &&
           (store->phase == PHASE_UP || store->phase == PHASE_REPLAY);
}

static void renew_send(struct store *store, bool end)
{
    static const char *const renew =
        "UPDATE deskbell.lease SET renewed = clock_timestamp(), watched = epoch,"
        " ended = CASE WHEN $3::boolean THEN epoch ELSE ended END"
        " WHERE consortium_id = $1::bigint AND epoch = $2::bigint RETURNING ended = epoch";
    char consortium[24], epoch[24];
    const char *const values[] = {consortium, epoch, end ? "t" : "f"};

    snprintf(consortium, sizeof consortium, "%" PRId64, store->consortium);
    snprintf(epoch, sizeof epoch, "%" PRId64, store->epoch);
    PQsendQueryParams(store->connection, renew, 3, NULL, values, NULL, NULL, 0);
    store_sync(store, REQUEST_RENEW);
    lease_sent(&store->lease, store->now);
    store->renewing = true;
}

void lease_process(struct store *store)
{
    if (!holds(store) || store->renewing || store->lease_ended)
        return;
    bool end = store->ending && store->phase == PHASE_UP && store_in_flight(store) == 0;
    if (end || store->now >= lease_renew_at(&store->lease))
        renew_send(store, end);
}

int64_t lease_deadline(const struct store *store)
{
    if (!holds(store) || store->renewing || store->lease_ended)
        return INT64_MAX;
    if (store->ending && store->phase == PHASE_UP && store_in_flight(store) == 0)
        return store->now;
    return lease_renew_at(&store->lease);
}

void lease_take_renewal(struct store *store, struct request *request)
{
    const PGresult *row = request->result_count == 1 ? request->results[0] : NULL;
    char cause[sizeof request->cause];

    store->renewing = false;
    if (request->sqlstate[0] != '\0' || row == NULL) {
        /* A deadlock or the like is soon over; there are seven seconds more to try. */
        if (strncmp(request->sqlstate, "40", 2) == 0)
            return;
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    if (PQntuples(row) == 0) {
        store_fence(store, "another process took over");
        return;
    }
    lease_renewed(&store->lease, request->sent);
    store->lease_ended = store->ending && PQgetvalue(row, 0, 0)[0] == 't';
}

bool store_may_write(const struct store *store, int64_t now_ms)
{
    return !store->options.failover || lease_may_write(&store->lease, now_ms);
}

int64_t store_lapses_at(const struct store *store)
{
    return store->options.failover ? lease_lapses_at(&store->lease) : INT64_MAX;
}

void store_end(struct store *store)
{
    store->ending = true;
}

bool store_has_ended(const struct store *store)
{
    return !store->options.failover || store->lease_ended || !holds(store);
}

/* --- the standby --- */

/* All that taking over needs is done before, so that little is left to do then. */
static void look_prepare(struct store *store)
{
    static const char *const look =
        "SELECT held.so, l.epoch, (extract(epoch FROM l.renewed) * 1000000)::bigint,"
        " (extract(epoch FROM clock_timestamp() - l.renewed) * 1000)::bigint,"
        " l.watched = l.epoch, l.ended = l.epoch, l.holder"
        " FROM (SELECT EXISTS (SELECT FROM pg_locks"
        "   WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
        "   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        "   AND classid::bigint = $1 AND objid::bigint = $2)) held (so)"
        " LEFT JOIN deskbell.lease l ON l.consortium_id = $2::bigint";

    if (store->prepared)
        return;
    session_prepare(store);
    PQsendPrepare(store->connection, "look", look, 0, NULL);
}

static void look_send(struct store *store)
{
    char class[24], consortium[24];
    const char *const values[] = {class, consortium};

    look_prepare(store);
    snprintf(class, sizeof class, "%d", STORE_LOCK_CLASS);
    snprintf(consortium, sizeof consortium, "%" PRId64, store->consortium);
    PQsendQueryPrepared(store->connection, "look", 2, values, NULL, NULL, 0);
    store_sync(store, REQUEST_LOOK);
}

void lease_ask(struct store *store)
{
    /* Who had the epoch once in this process only has to see that it still is the newest. */
    if (store->options.failover && store->epoch == 0)
        look_send(store);
    else
        session_lock(store, NULL, false);
}

static void sight_read(const PGresult *row, struct lease_sight *ret)
{
    *ret = (struct lease_sight){
        .any = !PQgetisnull(row, 0, LOOK_EPOCH),
        .held = PQgetvalue(row, 0, LOOK_HELD)[0] == 't',
        .renews = PQgetvalue(row, 0, LOOK_RENEWS)[0] == 't',
        .ended = PQgetvalue(row, 0, LOOK_ENDED)[0] == 't',
        .epoch = strtoll(PQgetvalue(row, 0, LOOK_EPOCH), NULL, 10),
        .renewed = strtoll(PQgetvalue(row, 0, LOOK_RENEWED), NULL, 10),
        .age_ms = strtoll(PQgetvalue(row, 0, LOOK_AGE), NULL, 10),
    };
}

void lease_take_look(struct store *store, struct request *request)
{
    const PGresult *row = request->result_count == 1 ? request->results[0] : NULL;
    char cause[sizeof request->cause];
    struct lease_sight sight;

    if (request->sqlstate[0] != '\0' || row == NULL || PQntuples(row) != 1) {
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    sight_read(row, &sight);
    const char *renewed = sight.any ? PQgetvalue(row, 0, LOOK_RENEWED) : "0";
    snprintf(store->serving, sizeof store->serving, "%s", PQgetvalue(row, 0, LOOK_HOLDER));
    switch (lease_look(&store->lease, &sight, request->sent, store->now)) {
    case LEASE_WAIT:
        break;
    case LEASE_TAKE:
        session_lock(store, renewed, false);
        return;
    case LEASE_EVICT:
        if (!store->evict_said)
            log_warning("'%s' has not renewed its lease for %d seconds: taking over from it",
                        store->serving, LEASE_TAKE_MS / 1000);
        store->evict_said = true;
        session_lock(store, renewed, true);
        return;
    }
    store->evict_said = false;
    lease_stand_by(store);
}

void lease_stand_by(struct store *store)
{
    bool first = store->phase != PHASE_STANDBY;

    store->phase = PHASE_STANDBY;
    if (!store->standby_said)
        log_info("another deskbell serves '%s', standing by", store->options.consortium);
    store->standby_said = true;
    store->retry_at = store->now + (store->options.failover ? LEASE_LOOK_MS : STORE_STANDBY_MS);
    /* From here on we are told when they change. */
    if (first && store->prepared)
        store->events->settings(store->context);
}

const char *store_serving(const struct store *store)
{
    return store->serving;
}
