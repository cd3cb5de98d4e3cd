/* pq.c: libpq's functions, as far as the store uses them: pipeline mode, nothing that waits. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "test/simulation/desk/server.h"

struct pg_conn *connections;

static struct unit *units; /* to be used again */

struct unit *unit_new(void)
{
    struct unit *unit = units;

    if (unit == NULL) {
        unit = mem_new(sizeof *unit);
        unit->arena = arena_new();
        return unit;
    }
    units = unit->next;
    arena_clear(unit->arena);
    unit->next = NULL;
    unit->call_count = 0;
    return unit;
}

void unit_free(struct unit *unit)
{
    unit->next = units;
    units = unit;
}

struct pg_result *result_new(ExecStatusType status, int rows, int columns)
{
    size_t cells = (size_t)(rows * columns) * sizeof(struct cell);
    struct pg_result *result = mem_new(sizeof *result + cells);

    result->status = status;
    result->rows = rows;
    result->columns = columns;
    result->cells = (struct cell *)(result + 1);
    return result;
}

void result_set(struct pg_result *result, int row, int column, const char *bytes, int length)
{
    result->cells[row * result->columns + column] = (struct cell){bytes, length};
}

void result_set_text(struct pg_result *result, int row, int column, const char *text)
{
    result_set(result, row, column, text, text == NULL ? 0 : (int)strlen(text));
}

void connection_answer(struct pg_conn *connection, struct pg_result *result, int64_t at)
{
    result->at = at;
    *connection->answers_end = result;
    connection->answers_end = &result->next;
}

/* --- what the store calls --- */

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand)
{
    struct pg_conn *connection = mem_new(sizeof *connection);

    (void)keywords;
    (void)values;
    (void)expand;
    connection->node = sim.node;
    connection->status = CONNECTION_STARTED;
    connection->broken_at = FOREVER;
    connection->unsent_end = &connection->unsent;
    connection->answers_end = &connection->answers;
    connection->arrived_end = &connection->arrived;
    connection->connects_at = sim.now + 1 + (int64_t)chance(4);
    if (sim.now < database_faults.away_until) {
        connection->refused = true;
        if (chance(3) == 0)
            connection->connects_at = FOREVER;
    }
    connection->next = connections;
    connections = connection;
    sim.events++;
    return connection;
}

PostgresPollingStatusType PQconnectPoll(PGconn *connection)
{
    if (sim.now < connection->connects_at)
        return PGRES_POLLING_WRITING;
    if (connection->refused || sim.now < database_faults.away_until) {
        connection->status = CONNECTION_BAD;
        return PGRES_POLLING_FAILED;
    }
    connection->status = CONNECTION_OK;
    connection->session = session_new(connection);
    return PGRES_POLLING_OK;
}

ConnStatusType PQstatus(const PGconn *connection)
{
    return connection->status;
}

int PQsocket(const PGconn *connection)
{
    return connection->status == CONNECTION_BAD ? -1 : 1;
}

char *PQerrorMessage(const PGconn *connection)
{
    (void)connection;
    return (char *)(uintptr_t) "the simulated connection is broken";
}

static void results_free(struct pg_result *result)
{
    while (result != NULL) {
        struct pg_result *next = result->next;
        free(result);
        result = next;
    }
}

void PQfinish(PGconn *connection)
{
    if (connection == NULL)
        return;
    if (connection->session != NULL)
        session_leave(connection->session);
    if (connection->building != NULL)
        unit_free(connection->building);
    while (connection->unsent != NULL) {
        struct unit *unit = connection->unsent;
        connection->unsent = unit->next;
        unit_free(unit);
    }
    results_free(connection->answers);
    results_free(connection->arrived);
    for (struct pg_conn **at = &connections; *at != NULL; at = &(*at)->next)
        if (*at == connection) {
            *at = connection->next;
            break;
        }
    free(connection);
}

PQnoticeReceiver PQsetNoticeReceiver(PGconn *connection, PQnoticeReceiver receiver, void *context)
{
    connection->receiver = receiver;
    connection->receiver_context = context;
    return NULL;
}

int PQenterPipelineMode(PGconn *connection)
{
    (void)connection;
    return 1;
}

int PQsetnonblocking(PGconn *connection, int on)
{
    (void)connection;
    (void)on;
    return 0;
}

static struct call *call_add(PGconn *connection)
{
    if (connection->building == NULL)
        connection->building = unit_new();
    struct unit *unit = connection->building;
    if (unit->call_count == CALLS_MAX)
        fail("more statements before a sync than the simulation knows");
    struct call *call = &unit->calls[unit->call_count++];
    call->statement = NOBODY;
    call->sql = "";
    call->count = 0;
    return call;
}

static void parameters_copy(struct arena *arena, struct call *call, int count,
                            const char *const *values, const int *lengths)
{
    call->count = count;
    for (int i = 0; i < count; i++) {
        if (values[i] == NULL) {
            call->parameters[i] = (struct cell){NULL, 0};
            continue;
        }
        size_t length = lengths != NULL ? (size_t)lengths[i] : strlen(values[i]);
        char *bytes = arena_alloc(arena, length + 1);
        memcpy(bytes, values[i], length);
        call->parameters[i] = (struct cell){bytes, (int)length};
    }
}

int PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
                      const char *const *values, const int *lengths, const int *formats, int format)
{
    struct call *call = call_add(connection);

    (void)types;
    (void)lengths;
    (void)formats;
    (void)format;
    call->sql = arena_strdup(connection->building->arena, sql);
    parameters_copy(connection->building->arena, call, count, values, NULL);
    return 1;
}

/* Those of store_statements.c are known already; of others the text says what they do, and one name
 * means one text. */
static struct {
    const char *name, *sql;
} prepared[8];

static const char *prepared_text(const char *name, const char *sql)
{
    for (int i = 0; i < 8; i++) {
        if (prepared[i].name == NULL && sql != NULL) {
            prepared[i].name = name;
            prepared[i].sql = sql;
        }
        if (prepared[i].name != NULL && strcmp(prepared[i].name, name) == 0)
            return prepared[i].sql;
    }
    fail("statement '%s' was not prepared", name);
}

static int statement_of(const char *name)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        if (strcmp(statement_names[i], name) == 0)
            return i;
    return NOBODY;
}

int PQsendPrepare(PGconn *connection, const char *name, const char *sql, int count,
                  const Oid *types)
{
    (void)connection;
    (void)count;
    (void)types;
    if (statement_of(name) == NOBODY)
        prepared_text(name, sql);
    return 1;
}

int PQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values,
                        const int *lengths, const int *formats, int format)
{
    struct call *call = call_add(connection);

    (void)formats;
    (void)format;
    call->statement = statement_of(name);
    bool text = call->statement == NOBODY;
    if (text)
        call->sql = prepared_text(name, NULL);
    parameters_copy(connection->building->arena, call, count, values, text ? NULL : lengths);
    return 1;
}

int PQpipelineSync(PGconn *connection)
{
    if (connection->building == NULL)
        connection->building = unit_new();
    *connection->unsent_end = connection->building;
    connection->unsent_end = &connection->building->next;
    connection->building = NULL;
    return 1;
}

int PQflush(PGconn *connection)
{
    if (connection->unsent == NULL)
        return 0;
    if (!node_calls())
        return 0;
    if (connection->status == CONNECTION_BAD)
        return -1;
    while (connection->unsent != NULL) {
        struct unit *unit = connection->unsent;
        connection->unsent = unit->next;
        unit->next = NULL;
        if (connection->session == NULL || connection->silent)
            unit_free(unit); /* into a socket that nobody reads */
        else
            session_receive(connection->session, unit);
    }
    connection->unsent_end = &connection->unsent;
    return 0;
}

int PQconsumeInput(PGconn *connection)
{
    while (connection->answers != NULL && connection->answers->at <= sim.now) {
        struct pg_result *result = connection->answers;
        connection->answers = result->next;
        if (connection->answers == NULL)
            connection->answers_end = &connection->answers;
        result->next = NULL;
        *connection->arrived_end = result;
        connection->arrived_end = &result->next;
    }
    if (connection->broken_at > sim.now)
        return 1;
    connection->status = CONNECTION_BAD;
    if (connection->goodbye) {
        struct pg_result *words = result_error("57P01", "it is shut down", NULL);
        connection->receiver(connection->receiver_context, words);
        free(words);
    }
    return 0;
}

int PQisBusy(PGconn *connection)
{
    return connection->arrived == NULL && connection->status != CONNECTION_BAD;
}

PGresult *PQgetResult(PGconn *connection)
{
    struct pg_result *result = connection->arrived;

    if (result == NULL)
        return NULL;
    connection->arrived = result->next;
    if (connection->arrived == NULL)
        connection->arrived_end = &connection->arrived;
    if (!result->pause)
        return result;
    free(result);
    return NULL;
}

void PQclear(PGresult *result)
{
    free(result);
}

ExecStatusType PQresultStatus(const PGresult *result)
{
    return result->status;
}

char *PQresultErrorField(const PGresult *result, int field)
{
    const char *text = NULL;

    if (field == PG_DIAG_SQLSTATE)
        text = result->sqlstate;
    else if (field == PG_DIAG_MESSAGE_PRIMARY)
        text = result->message;
    else if (field == PG_DIAG_CONSTRAINT_NAME)
        text = result->rule;
    return (char *)(uintptr_t)text;
}

int PQntuples(const PGresult *result)
{
    return result->rows;
}

int PQgetisnull(const PGresult *result, int row, int column)
{
    return result->cells[row * result->columns + column].bytes == NULL;
}

char *PQgetvalue(const PGresult *result, int row, int column)
{
    const struct cell *cell = &result->cells[row * result->columns + column];

    return (char *)(uintptr_t)(cell->bytes == NULL ? "" : cell->bytes);
}

PGnotify *PQnotifies(PGconn *connection)
{
    if (connection->notices == 0)
        return NULL;
    connection->notices--;
    return mem_new(sizeof(PGnotify));
}

void PQfreemem(void *pointer)
{
    free(pointer);
}

/* --- for the world --- */

static struct pg_conn *connection_of(int node)
{
    for (struct pg_conn *at = connections; at != NULL; at = at->next)
        if (at->node == node)
            return at;
    return NULL;
}

int64_t database_wakes(int node)
{
    const struct pg_conn *connection = connection_of(node);
    int64_t at = FOREVER;

    if (connection == NULL || connection->status == CONNECTION_BAD)
        return FOREVER;
    if (connection->status != CONNECTION_OK)
        return connection->connects_at;
    if (connection->answers != NULL)
        at = connection->answers->at;
    if (connection->broken_at < at)
        at = connection->broken_at;
    return connection->notices > 0 ? sim.now : at;
}

short database_revents(int node)
{
    const struct pg_conn *connection = connection_of(node);

    if (connection == NULL || database_wakes(node) > sim.now)
        return 0;
    return connection->status == CONNECTION_OK ? POLLIN : POLLOUT;
}
