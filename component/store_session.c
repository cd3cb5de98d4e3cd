#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database_dial.h"
#include "component/log.h"
#include "component/login.h"
#include "component/schema_files.h"
#include "component/store_private.h"
#include "policy/mem.h"

enum {
    CONNECT_MS_MAX = 5000,
    RETRY_MS_MIN = 200, /* the back-off doubles from here */
    RETRY_MS_MAX = 10 * 1000,
    STEADY_MS = 1000, /* a session that lasted so long is asked for again at once */
    UNLOCK_MS = 50    /* until a session that was told to end has ended */
};

/* What stands behind the settings in the first answer of a session. */
enum { SESSION_START = 12, SESSION_USER, SESSION_IS_MIGHTY };

/* xorshift64*: for jitter only. */
static uint64_t random_next(struct store *store)
{
    store->random ^= store->random >> 12;
    store->random ^= store->random << 25;
    store->random ^= store->random >> 27;
    return store->random * 0x2545f4914f6cdd1du;
}

/* Half to all of the back-off, so that many desks do not knock in step. */
static void retry_plan(struct store *store)
{
    int half = store->retry_ms / 2;

    store->retry_at =
        store->now + half + (int64_t)(random_next(store) % (uint64_t)(store->retry_ms - half + 1));
    store->retry_ms = store->retry_ms * 2 < RETRY_MS_MAX ? store->retry_ms * 2 : RETRY_MS_MAX;
}

static void connection_drop(struct store *store)
{
    struct recall *recall;

    PQfinish(store->connection);
    store->connection = NULL;
    store->unsent = false;
    while (store->request_count > 0) {
        struct request *request = &store->requests[store->request_first];
        for (int i = 0; i < request->result_count; i++)
            PQclear(request->results[i]);
        request->result_count = 0;
        store->request_first = (store->request_first + 1) % STORE_REQUESTS_MAX;
        store->request_count--;
    }
    for (int i = 0; i < STORE_RING; i++)
        store->batches[i].sent = false;
    store->writes = store->slow = store->renewing = store->prepared = false;
    STAILQ_FOREACH(recall, &store->recalls, entry)
    recall->sent = false;
    store->restore_sent = false;
}

void store_lose(struct store *store, const char *cause)
{
    bool was_up = store->phase == PHASE_UP;

    if (!store->goodbye)
        lease_cut(&store->lease, store->now);
    if (!store->away_said) {
        int length = (int)strcspn(cause, "\n");
        log_warning("database is away, trying again: %.*s", length, cause);
        store->away_said = true;
    }
    connection_drop(store);
    store->phase = PHASE_WAITING;
    retry_plan(store);
    /* With a standby that saw our session end we are soon over, or nobody has the lock yet. */
    if (was_up && store->options.failover && store->now - store->up_at >= STEADY_MS)
        store->retry_at = store->now;
    if (was_up)
        store->events->away(store->context);
}

void store_fence(struct store *store, const char *cause)
{
    log_error("this desk is over, '%s' is not its to serve: %s", store->options.consortium, cause);
    connection_drop(store);
    store->phase = PHASE_FENCED;
    store->events->fenced(store->context);
}

void store_heed_goodbye(struct store *store, const char *sqlstate)
{
    /* It shuts down, crashed, or is not up yet. */
    if (sqlstate != NULL && strncmp(sqlstate, "57P0", 4) == 0)
        store->goodbye = true;
}

/* Notices are for people at a prompt; errors come with their results, but for what ends a session
 * that rests. */
static void notice_drop(void *context, const PGresult *result)
{
    store_heed_goodbye(context, PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

void session_connect(struct store *store)
{
    assert(store->connection == NULL);
    store->phase = PHASE_CONNECTING;
    store->connect_until = store->now + CONNECT_MS_MAX;
    store->polling = PGRES_POLLING_WRITING;
    store->connection = database_dial(store->options.conninfo, "deskbell");
    PQsetNoticeReceiver(store->connection, notice_drop, store);
    if (PQstatus(store->connection) == CONNECTION_BAD)
        store_lose(store, PQerrorMessage(store->connection));
}

static const char *const become_writer = "SET ROLE deskbell_writer";

/* What the session needs whatever the server's configuration says: a commit that is durable when it
 * is reported, plans that find each row by its key (all statements here want just that, but before
 * the first ANALYZE the planner would read whole tables, and keep the plan), and a server that
 * notices when we are gone: after more than LEASE_HOLD_MS, for then the lock is another's, and we
 * may only be cut off. Then who we are, and whether program and schema fit. What the server tells
 * only whoever logged in (its own session) comes before the role. */
static void session_send(struct store *store)
{
    static const char *const settings =
        "SELECT set_config('synchronous_commit', 'on', false),"
        " set_config('statement_timeout', '30s', false),"
        " set_config('default_transaction_isolation', 'read committed', false),"
        " set_config('jit', 'off', false),"
        " set_config('enable_seqscan', 'off', false),"
        " set_config('enable_bitmapscan', 'off', false),"
        " set_config('enable_hashjoin', 'off', false),"
        " set_config('enable_mergejoin', 'off', false),"
        " set_config('tcp_keepalives_idle', '3', false),"
        " set_config('tcp_keepalives_interval', '2', false),"
        " set_config('tcp_keepalives_count', '3', false),"
        " set_config('tcp_user_timeout', '10000', false),"
        " (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()),"
        " session_user, " LOGIN_IS_MIGHTY;
    static const char *const who =
        "SELECT c.consortium_id, (SELECT max(version) FROM deskbell.schema_version),"
        " current_setting('server_encoding'), pg_backend_pid(),"
        " current_setting('synchronous_commit')"
        " FROM (SELECT) one LEFT JOIN deskbell.consortium c ON c.name = $1";
    const char *const parameter = store->options.consortium;

    store->phase = PHASE_STARTING;
    if (PQenterPipelineMode(store->connection) == 0 ||
        PQsetnonblocking(store->connection, 1) != 0) {
        store_lose(store, PQerrorMessage(store->connection));
        return;
    }
    PQsendQueryParams(store->connection, settings, 0, NULL, NULL, NULL, NULL, 0);
    store_send_text(store, become_writer);
    PQsendQueryParams(store->connection, who, 1, NULL, &parameter, NULL, NULL, 0);
    store_sync(store, REQUEST_SESSION);
}

void session_poll(struct store *store)
{
    store->polling = PQconnectPoll(store->connection);
    if (store->polling == PGRES_POLLING_FAILED)
        store_lose(store, PQerrorMessage(store->connection));
    else if (store->polling == PGRES_POLLING_OK)
        session_send(store);
}

void session_take(struct store *store, struct request *request)
{
    const PGresult *session = request->results[0];
    const PGresult *who = request->result_count == 2 ? request->results[1] : NULL;
    char cause[256];

    if (who == NULL || PQntuples(who) != 1) {
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    long known = strtol(schema_files[schema_file_count - 1].name, NULL, 10);
    long found = strtol(PQgetvalue(who, 0, 1), NULL, 10);
    if (strcmp(PQgetvalue(who, 0, 2), "UTF8") != 0)
        snprintf(cause, sizeof cause, "its encoding is '%s', not 'UTF8'", PQgetvalue(who, 0, 2));
    else if (found != known)
        snprintf(cause, sizeof cause, "its schema has version %ld, this program %ld", found, known);
    else if (PQgetisnull(who, 0, 0))
        snprintf(cause, sizeof cause, "there is no consortium '%s' in it",
                 store->options.consortium);
    else if (strcmp(PQgetvalue(who, 0, 4), "on") != 0)
        snprintf(cause, sizeof cause, "synchronous_commit cannot be switched on");
    else if (PQgetvalue(session, 0, SESSION_IS_MIGHTY)[0] == 't')
        snprintf(cause, sizeof cause, "its user '%s' is above the rules that keep libraries apart",
                 PQgetvalue(session, 0, SESSION_USER));
    else
        cause[0] = '\0';
    if (cause[0] != '\0') {
        store_lose(store, cause);
        return;
    }
    store->consortium = strtoll(PQgetvalue(who, 0, 0), NULL, 10);
    store->goodbye = false;
    lease_session(&store->lease);
    lease_ask(store);
    /* Only now: until here session_pid is the session before, which may still hold the lock. */
    snprintf(store->next_session, sizeof store->next_session, "%s %s", PQgetvalue(who, 0, 3),
             PQgetvalue(session, 0, SESSION_START));
}

/* When our last connection broke without the server's notice, its session still holds the lock,
 * perhaps for long: ours to end. It is known by process id and start, for ids come again. It is the
 * login's and not the role's: only as the login may we look at it, and end it. */
void session_lock(struct store *store, const char *renewed, bool evict)
{
    static const char *const lock =
        "SELECT pg_try_advisory_lock($1::integer, ($2::bigint)::integer)";
    /* A statement of its own behind the lock: so it sees all that who had it before has written. */
    static const char *const lease =
        "SELECT l.epoch, $2::bigint <> coalesce((extract(epoch FROM l.renewed) * 1000000)::bigint,"
        "  0) FROM (SELECT) one LEFT JOIN deskbell.lease l ON l.consortium_id = $1::bigint";
    static const char *const unlock =
        "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.classid::bigint = $1 AND l.objid::bigint = $2"
        "  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        "  AND l.granted AND a.pid <> pg_backend_pid()"
        "  AND ($3 = 'any' OR a.pid || ' ' || a.backend_start = $3)";
    char class[24], consortium[24];
    const char *values[] = {class, consortium, evict ? "any" : store->session};

    snprintf(class, sizeof class, "%d", STORE_LOCK_CLASS);
    snprintf(consortium, sizeof consortium, "%" PRId64, store->consortium);
    if (values[2][0] != '\0') {
        store_send_text(store, "SET ROLE NONE");
        PQsendQueryParams(store->connection, unlock, 3, NULL, values, NULL, NULL, 0);
        store_send_text(store, become_writer);
    }
    PQsendQueryParams(store->connection, lock, 2, NULL, values, NULL, NULL, 0);
    values[2] = renewed;
    PQsendQueryParams(store->connection, lease, 2, NULL, values + 1, NULL, NULL, 0);
    store_sync(store, REQUEST_LOCK);
}

static void epoch_send(struct store *store)
{
    static const char *const take = "SELECT * FROM deskbell.epoch_take($1::bigint, $2)";
    /* What is at most the highest number is committed: each follows the one before it. */
    static const char *const check =
        "SELECT epoch, (SELECT coalesce(max(number), 0) FROM deskbell.batch"
        "  WHERE consortium_id = $1::bigint AND epoch = $2::bigint)"
        " FROM deskbell.lease WHERE consortium_id = $1::bigint";
    char consortium[24], epoch[24];
    const char *const values[] = {consortium, store->epoch == 0 ? store->options.holder : epoch};

    snprintf(consortium, sizeof consortium, "%" PRId64, store->consortium);
    snprintf(epoch, sizeof epoch, "%" PRId64, store->epoch);
    PQsendQueryParams(store->connection, store->epoch == 0 ? take : check, 2, NULL, values, NULL,
                      NULL, 0);
    lease_send_start(store);
    store_sync(store, REQUEST_START);
}

void session_prepare(struct store *store)
{
    char listen[64];

    store->prepared = true;
    snprintf(listen, sizeof listen, "LISTEN deskbell_settings_%" PRId64, store->consortium);
    for (int i = 0; i < STATEMENT_COUNT; i++)
        PQsendPrepare(store->connection, statement_names[i], statements[i], 0, NULL);
    store_send_text(store, listen);
}

void session_take_epoch(struct store *store)
{
    assert(store->epoch == 0 && store->phase == PHASE_REPLAY);
    store->phase = PHASE_STARTING;
    epoch_send(store);
}

void session_take_lock(struct store *store, struct request *request)
{
    int count = request->result_count;
    const PGresult *lock = count >= 2 ? request->results[count - 2] : NULL;
    const PGresult *lease = count >= 2 ? request->results[count - 1] : NULL;
    char cause[sizeof request->cause];

    if (request->sqlstate[0] != '\0' || lock == NULL || PQntuples(lock) != 1 ||
        PQntuples(lease) != 1) {
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    bool ours = PQgetvalue(lock, 0, 0)[0] == 't';
    bool newer = store->epoch != 0 && strtoll(PQgetvalue(lease, 0, 0), NULL, 10) != store->epoch;
    if (newer && store->replaying) {
        if (ours && !spool_too_late(store)) {
            store_lose(store, "what was spooled can be neither written nor set aside");
            return;
        }
        newer = false;
    }
    if (newer) {
        store_fence(store, "another process took over");
        return;
    }
    if (ours && PQgetvalue(lease, 0, 1)[0] == 't') {
        /* It was renewed since we decided: the lock goes back with the connection. */
        store_lose(store, "the lease was renewed just when it was to be taken");
        return;
    }
    if (ours) {
        memcpy(store->session, store->next_session, sizeof store->session);
        if (!store->prepared)
            session_prepare(store);
        epoch_send(store);
        return;
    }
    if (count == 3 && PQntuples(request->results[0]) > 0) {
        store->phase = PHASE_STANDBY;
        store->retry_at = store->now + UNLOCK_MS;
        return;
    }
    lease_stand_by(store);
}

void session_take_start(struct store *store, struct request *request)
{
    const PGresult *row = request->result_count == 1 ? request->results[0] : NULL;
    bool again = store->epoch != 0;
    char cause[sizeof request->cause];

    if (request->sqlstate[0] != '\0' || row == NULL || PQntuples(row) != 1) {
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    int64_t epoch = strtoll(PQgetvalue(row, 0, 0), NULL, 10);
    int64_t committed = 0;
    if (!again) {
        store->epoch = epoch;
        store->code_key = (uint64_t)strtoll(PQgetvalue(row, 0, 1), NULL, 10);
        store->first_number = strtoll(PQgetvalue(row, 0, 2), NULL, 10);
    } else {
        committed = strtoll(PQgetvalue(row, 0, 1), NULL, 10);
    }
    if (epoch != store->epoch) {
        store_fence(store, "another process took over");
        return;
    }
    if (committed < store->confirmed) {
        /* Say, a replica took over that had not got all. What was relayed is not written, and no
         * later batch fits: a new process starts from what is there. */
        store_fence(store, "the database has lost batches that it had committed");
        return;
    }
    lease_take_start(store, request);
    store->phase = PHASE_REPLAY;
    store_batches_committed(store, committed);
    /* Whether it can write shows only when it does: until then what is new goes to the spool. */
    bool left = store->spools && (store->batch_count > 0 || spool_is_ahead(store));
    if (!store->replaying && !left)
        store_go_up(store, again);
}

void store_go_up(struct store *store, bool again)
{
    store->phase = PHASE_UP;
    store->up_at = store->now;
    store->retry_ms = RETRY_MS_MIN;
    store->standby_said = false;
    if (store->away_said)
        log_info("database is back");
    store->away_said = false;
    store->counts.connects++;
    store->events->up(store->context, again);
}
