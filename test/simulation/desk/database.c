/* database.c: the sessions of a simulated PostgreSQL: who holds the lock, what is executed when,
 * and what becomes of a session whose client is gone.
 *
 * A session outlives its connection: what has arrived is still executed, and the lock is held until
 * the server notices. So a commit may happen after its client has given it up. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/schema_files.h"
#include "component/store_private.h"
#include "policy/arena.h"
#include "policy/mem.h"
#include "test/simulation/desk/server.h"

struct session {
    struct session *next;
    int node;
    int64_t pid;
    struct pg_conn *connection;      /* NULL: gone */
    struct unit *units, **units_end; /* on their way and being done, in order */
    int64_t ends_at;
};

const struct schema_file schema_files[] = {{"001_any", ""}};
const int schema_file_count = 1;

struct database_faults database_faults;

static struct {
    struct session *sessions, *holder;
    int64_t pids;
    int64_t epoch; /* of the lease; 0: nobody had it */
    int64_t renewed, watched, ended;
    struct arena *arena; /* texts of answers */
} database;

void database_begin(void)
{
    memset(&database, 0, sizeof database);
    memset(&database_faults, 0, sizeof database_faults);
    database.arena = arena_new();
    tables_begin();
}

static void session_free(struct session *session)
{
    if (session->connection != NULL) {
        session->connection->session = NULL;
        if (session->connection->broken_at == FOREVER && !session->connection->silent)
            session->connection->broken_at = sim.now + 1;
    }
    while (session->units != NULL) {
        struct unit *unit = session->units;
        session->units = unit->next;
        unit_free(unit);
    }
    for (struct session **at = &database.sessions; *at != NULL; at = &(*at)->next)
        if (*at == session) {
            *at = session->next;
            break;
        }
    if (database.holder == session)
        database.holder = NULL;
    free(session);
}

void database_end(void)
{
    while (database.sessions != NULL)
        session_free(database.sessions);
    tables_end();
    database.arena = arena_free(database.arena);
}

struct session *session_new(struct pg_conn *connection)
{
    struct session *session = mem_new(sizeof *session);

    session->node = connection->node;
    session->pid = ++database.pids;
    session->connection = connection;
    session->units_end = &session->units;
    session->ends_at = FOREVER;
    session->next = database.sessions;
    database.sessions = session;
    return session;
}

static int64_t service_ms(void)
{
    if (sim.now < database_faults.slow_until)
        return 200 + (int64_t)chance(now_and_then(3) ? 9000 : 1500);
    return chance(3);
}

void session_receive(struct session *session, struct unit *unit)
{
    int64_t at = sim.now;

    for (struct unit *last = session->units; last != NULL; last = last->next)
        at = last->at;
    unit->at = (at > sim.now ? at : sim.now) + service_ms();
    *session->units_end = unit;
    session->units_end = &unit->next;
}

/* The last so many of what is under way never arrive. */
static void session_truncate(struct session *session)
{
    int count = 0;

    for (struct unit *unit = session->units; unit != NULL; unit = unit->next)
        count++;
    int keep = (int)chance((unsigned)count + 1);
    struct unit **at = &session->units;
    for (int i = 0; i < keep; i++)
        at = &(*at)->next;
    struct unit *lost = *at;
    *at = NULL;
    session->units_end = at;
    while (lost != NULL) {
        struct unit *next = lost->next;
        unit_free(lost);
        lost = next;
    }
}

void session_leave(struct session *session)
{
    session->connection = NULL;
    session_truncate(session);
    session->ends_at = sim.now + (int64_t)chance(now_and_then(6) ? 15000 : 50);
}

/* --- what is asked outside of the prepared statements --- */

static const char *number_text(int64_t number)
{
    return arena_printf(database.arena, "%" PRId64, number);
}

static struct pg_result *answer_lock(struct session *session)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 1);

    if (database.holder == NULL)
        database.holder = session;
    result_set_text(result, 0, 0, database.holder == session ? "t" : "f");
    return result;
}

/* Micros: each renewal has a date of its own. */
static void lease_date(void)
{
    int64_t date = (sim.wall + sim.now) * 1000;

    database.renewed = date > database.renewed ? date : database.renewed + 1;
}

static struct pg_result *answer_lease(const struct call *call)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 2);
    const char *renewed = call->parameters[1].bytes;

    result_set_text(result, 0, 0, database.epoch == 0 ? NULL : number_text(database.epoch));
    if (renewed != NULL)
        result_set_text(result, 0, 1, strtoll(renewed, NULL, 10) != database.renewed ? "t" : "f");
    return result;
}

static struct pg_result *answer_look(const struct session *session)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 7);
    bool held = database.holder != NULL && database.holder != session;

    result_set_text(result, 0, 0, held ? "t" : "f");
    if (database.epoch == 0)
        return result;
    result_set_text(result, 0, 1, number_text(database.epoch));
    result_set_text(result, 0, 2, number_text(database.renewed));
    result_set_text(result, 0, 3, number_text(sim.wall + sim.now - database.renewed / 1000));
    result_set_text(result, 0, 4, database.watched == database.epoch ? "t" : "f");
    result_set_text(result, 0, 5, database.ended == database.epoch ? "t" : "f");
    result_set_text(result, 0, 6, "another");
    return result;
}

static bool is_read_only(void)
{
    return sim.now < database_faults.read_only_until;
}

/* Of the epoch in the second parameter; 0 is the newest. */
static struct pg_result *answer_renew(const struct call *call)
{
    int64_t epoch = strtoll(call->parameters[1].bytes, NULL, 10);
    bool ends = call->count > 2 && call->parameters[2].bytes[0] == 't';

    if (is_read_only())
        return result_error("25006", "cannot execute in a read-only transaction", NULL);
    bool found = database.epoch != 0 && (epoch == 0 || epoch == database.epoch);
    if (found) {
        lease_date();
        database.watched = database.epoch;
        if (ends)
            database.ended = database.epoch;
    }
    if (call->count == 2)
        return result_new(PGRES_COMMAND_OK, 0, 0);
    struct pg_result *result = result_new(PGRES_TUPLES_OK, found, 1);
    if (found)
        result_set_text(result, 0, 0, database.ended == database.epoch ? "t" : "f");
    return result;
}

static struct pg_result *answer_terminate(struct session *session, const struct call *call)
{
    struct session *holder = database.holder;
    const char *whom = call->parameters[2].bytes;
    bool found =
        holder != NULL && holder != session &&
        (strcmp(whom, "any") == 0 ||
         strcmp(whom, arena_printf(database.arena, "%" PRId64 " start", holder->pid)) == 0);
    struct pg_result *result = result_new(PGRES_TUPLES_OK, found, 1);

    if (found) {
        result_set_text(result, 0, 0, "t");
        holder->ends_at = sim.now + (int64_t)chance(40);
    }
    return result;
}

static struct pg_result *answer_take(struct session *session)
{
    struct pg_result *result;

    if (is_read_only())
        return result_error("25006", "cannot execute in a read-only transaction", NULL);
    if (database.holder != session)
        fail("an epoch is taken without the lock");
    result = result_new(PGRES_TUPLES_OK, 1, 3);
    judge_epoch(++database.epoch, session->node);
    lease_date();
    result_set_text(result, 0, 0, number_text(database.epoch));
    result_set_text(result, 0, 1, "4711");
    result_set_text(result, 0, 2, number_text(tables_chat_highest() + 1));
    return result;
}

static struct pg_result *answer_check(const struct call *call)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 2);
    int64_t epoch = strtoll(call->parameters[1].bytes, NULL, 10);

    result_set_text(result, 0, 0, number_text(database.epoch));
    result_set_text(result, 0, 1, number_text(tables_batch_highest(epoch)));
    return result;
}

static struct pg_result *answer_settings(const struct session *session)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 15);

    for (int column = 0; column < 12; column++)
        result_set_text(result, 0, column, "on");
    result_set_text(result, 0, 12, "start");
    result_set_text(result, 0, 13, "deskbell");
    result_set_text(result, 0, 14, "f");
    (void)session;
    return result;
}

static struct pg_result *answer_who(const struct session *session)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, 1, 5);

    result_set_text(result, 0, 0, "1");
    result_set_text(result, 0, 1, "1");
    result_set_text(result, 0, 2, "UTF8");
    result_set_text(result, 0, 3, number_text(session->pid));
    result_set_text(result, 0, 4, "on");
    return result;
}

static bool begins(const char *sql, const char *head)
{
    return strncmp(sql, head, strlen(head)) == 0;
}

static struct pg_result *text_execute(struct session *session, const struct call *call)
{
    if (begins(call->sql, "SELECT set_config("))
        return answer_settings(session);
    if (begins(call->sql, "SELECT c.consortium_id"))
        return answer_who(session);
    if (begins(call->sql, "SELECT pg_try_advisory_lock("))
        return answer_lock(session);
    if (begins(call->sql, "SELECT l.epoch, $2::bigint <>"))
        return answer_lease(call);
    if (begins(call->sql, "SELECT held.so"))
        return answer_look(session);
    if (begins(call->sql, "UPDATE deskbell.lease SET renewed"))
        return answer_renew(call);
    if (begins(call->sql, "SELECT pg_terminate_backend("))
        return answer_terminate(session, call);
    if (begins(call->sql, "SELECT * FROM deskbell.epoch_take("))
        return answer_take(session);
    if (begins(call->sql, "SELECT epoch, (SELECT coalesce(max(number)"))
        return answer_check(call);
    if (begins(call->sql, "DO $$ BEGIN RAISE EXCEPTION 'a trial'"))
        return result_error("ZD003", "a trial", NULL);
    if (!begins(call->sql, "SET ") && !begins(call->sql, "LISTEN "))
        fail("the simulated database does not know: %s", call->sql);
    return result_new(PGRES_COMMAND_OK, 0, 0);
}

static struct pg_result *call_execute(struct session *session, const struct call *call)
{
    if (call->statement == NOBODY)
        return text_execute(session, call);
    if (call->statement == STATEMENT_BEGIN && is_read_only())
        return result_error(chance(2) == 0 ? "25006" : "53100", "cannot write", NULL);
    return tables_execute(database.epoch, call);
}

/* --- what happens when --- */

static void answer(struct session *session, struct pg_result *result, int64_t at)
{
    if (session->connection == NULL || session->connection->silent)
        free(result);
    else
        connection_answer(session->connection, result, at);
}

/* One transaction. What is answered arrives a moment later. */
static void unit_execute(struct session *session, const struct unit *unit)
{
    int64_t at = sim.now + (int64_t)chance(2);
    bool failed = false;

    sim.events++;
    for (int i = 0; i < unit->call_count; i++) {
        struct pg_result *result = failed ? result_new(PGRES_PIPELINE_ABORTED, 0, 0)
                                          : call_execute(session, &unit->calls[i]);
        failed = failed || result->status == PGRES_FATAL_ERROR;
        answer(session, result, at);
        struct pg_result *pause = result_new(PGRES_EMPTY_QUERY, 0, 0);
        pause->pause = true;
        answer(session, pause, at);
    }
    if (unit->call_count > 0 && unit->calls[0].statement == STATEMENT_BEGIN)
        story("    batch %" PRId64 " of node %d, %d statements: %s",
              binary_bigint(unit->calls[0].parameters[2].bytes), session->node, unit->call_count,
              failed ? "refused" : "written");
    if (failed)
        tables_roll_back();
    else
        tables_commit(session->node);
    answer(session, result_new(PGRES_PIPELINE_SYNC, 0, 0), at);
}

static void session_break(struct session *session)
{
    struct pg_conn *connection = session->connection;

    story("  a session of node %d breaks", session->node);
    if (connection != NULL) {
        connection->broken_at = sim.now + 1;
        connection->session = NULL;
        session->connection = NULL;
    }
    session->ends_at = sim.now + (int64_t)chance(now_and_then(4) ? 3000 : 20);
}

static bool unit_writes(const struct unit *unit)
{
    return unit->call_count > 0 && unit->calls[0].statement == STATEMENT_BEGIN;
}

static void session_run(struct session *session)
{
    while (session->units != NULL && session->units->at <= sim.now) {
        struct unit *unit = session->units;
        if (unit_writes(unit) && database_faults.cut_before > 0) {
            database_faults.cut_before--;
            session_break(session);
            session_truncate(session);
            return;
        }
        session->units = unit->next;
        if (session->units == NULL)
            session->units_end = &session->units;
        bool cut = unit_writes(unit) && database_faults.cut_after > 0;
        if (cut) {
            database_faults.cut_after--;
            session_break(session);
        }
        unit_execute(session, unit);
        unit_free(unit);
    }
}

int64_t database_due(void)
{
    int64_t due = FOREVER;

    for (const struct session *session = database.sessions; session != NULL;
         session = session->next) {
        if (session->units != NULL && session->units->at < due)
            due = session->units->at;
        if (session->ends_at < due)
            due = session->ends_at;
    }
    return due;
}

void database_work(void)
{
    struct session *next;

    for (struct session *session = database.sessions; session != NULL; session = next) {
        next = session->next;
        session_run(session);
        if (session->ends_at <= sim.now)
            session_free(session);
    }
}

void database_cut(int node, bool silently)
{
    for (struct session *session = database.sessions; session != NULL; session = session->next) {
        if (session->node != node || session->connection == NULL)
            continue;
        if (!silently) {
            session_break(session);
            continue;
        }
        story("  node %d and the database do not hear each other any more", node);
        session->connection->silent = true;
        session->ends_at = sim.now + 8000 + (int64_t)chance(8000);
    }
}

void database_restart(bool crash)
{
    while (database.sessions != NULL) {
        if (!crash && database.sessions->units != NULL && chance(2) == 0)
            unit_execute(database.sessions, database.sessions->units);
        if (database.sessions->connection != NULL)
            database.sessions->connection->goodbye = chance(8) > 0;
        session_free(database.sessions);
    }
}

void database_notify(void)
{
    for (struct pg_conn *connection = connections; connection != NULL;
         connection = connection->next)
        if (connection->status == CONNECTION_OK && !connection->silent)
            connection->notices++;
}

bool database_holds(int node)
{
    return database.holder != NULL && database.holder->node == node;
}

bool database_is_idle(void)
{
    for (const struct session *session = database.sessions; session != NULL;
         session = session->next)
        if (session->units != NULL)
            return false;
    return true;
}
