#include "component/store.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/store_private.h"
#include "policy/mem.h"

enum {
    /* A database that says nothing for so long is treated as away. */
    ANSWER_MS_MAX = 10 * 1000,
    /* Recalls on the wire at once: with the batches and a restore they fit the request ring. */
    RECALLS_SENT_MAX = 16,
    RETRY_MS_FIRST = 200,
    /* A batch that comes back so soon says that the database is not slow any more. */
    BRISK_MS_MAX = 1000
};

struct store *store_new(const struct store_options *options, const struct store_events *events,
                        void *context)
{
    struct store *store = mem_new(sizeof *store);

    store->options = *options;
    store->events = events;
    store->context = context;
    store->random = options->random | 1;
    store->retry_ms = RETRY_MS_FIRST;
    STAILQ_INIT(&store->recalls);
    for (int i = 0; i < STORE_RING; i++)
        effects_init(&store->batches[i].own);
    return store;
}

static void request_clear(struct request *request)
{
    for (int i = 0; i < request->result_count; i++)
        PQclear(request->results[i]);
    memset(request, 0, sizeof *request);
}

struct store *store_free(struct store *store)
{
    if (store == NULL)
        return NULL;
    for (int i = 0; i < STORE_REQUESTS_MAX; i++)
        request_clear(&store->requests[i]);
    PQfinish(store->connection);
    while (!STAILQ_EMPTY(&store->recalls)) {
        struct recall *recall = STAILQ_FIRST(&store->recalls);
        STAILQ_REMOVE_HEAD(&store->recalls, entry);
        free(recall);
    }
    for (int i = 0; i < STORE_RING; i++) {
        free(store->batches[i].marks.list);
        effects_release(&store->batches[i].own);
        sieve_free(store->batches[i].sieve);
    }
    for (int i = 0; i < STORE_ARRAYS; i++)
        array_release(&store->arrays[i]);
    spool_close(store->spool);
    free(store->state_dir);
    free(store);
    return NULL;
}

void store_open(struct store *store, int64_t now_ms)
{
    assert(store->phase == PHASE_CLOSED);
    store->now = now_ms;
    store->retry_at = now_ms;
    store->phase = PHASE_WAITING;
}

enum store_state store_state(const struct store *store)
{
    switch (store->phase) {
    case PHASE_CLOSED:
        return STORE_CLOSED;
    case PHASE_WAITING:
    case PHASE_CONNECTING:
    case PHASE_STARTING:
    case PHASE_REPLAY:
        return STORE_AWAY;
    case PHASE_STANDBY:
        return STORE_STANDBY;
    case PHASE_UP:
        return STORE_UP;
    case PHASE_FENCED:
        break;
    }
    return STORE_FENCED;
}

int store_fd(const struct store *store)
{
    return store->connection == NULL ? -1 : PQsocket(store->connection);
}

short store_poll_events(const struct store *store)
{
    if (store->connection == NULL)
        return 0;
    if (store->phase == PHASE_CONNECTING)
        return store->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    return store->unsent ? POLLIN | POLLOUT : POLLIN;
}

/* When the oldest request should have been answered: a pipeline's turn comes one by one. */
static int64_t answer_until(const struct store *store)
{
    int64_t sent = store->requests[store->request_first].sent;

    return (sent > store->heard ? sent : store->heard) + ANSWER_MS_MAX;
}

int64_t store_deadline(const struct store *store)
{
    int64_t deadline = spool_deadline(store);

    int64_t due = INT64_MAX;
    if (store->phase == PHASE_WAITING ||
        (store->phase == PHASE_STANDBY && store->request_count == 0))
        due = store->retry_at;
    if (store->phase == PHASE_CONNECTING)
        due = store->connect_until;
    if (lease_deadline(store) < due)
        due = lease_deadline(store);
    if (store->request_count > 0 && answer_until(store) < due)
        due = answer_until(store);
    return due < deadline ? due : deadline;
}

const struct store_counts *store_counts(const struct store *store)
{
    return &store->counts;
}

int store_in_flight(const struct store *store)
{
    return (int)(store->last_number - store->reported);
}

int store_room(const struct store *store)
{
    if (store->epoch == 0 || store->replaying || store->phase == PHASE_FENCED)
        return 0;
    return STORE_BATCHES_MAX - store_in_flight(store);
}

/* Sending. What libpq cannot take shows as a broken connection when it is read next. */

static void parameters_send(struct store *store, enum statement statement, int count,
                            const char *const *values, const int *lengths)
{
    int formats[STORE_ARRAYS + 1];

    assert(count <= STORE_ARRAYS + 1);
    for (int i = 0; i < count; i++)
        formats[i] = 1; /* binary */
    PQsendQueryPrepared(store->connection, statement_names[statement], count, values, lengths,
                        formats, 1);
    store->counts.statements++;
}

void store_send_arrays(struct store *store, enum statement statement, int array_count)
{
    char consortium[8];
    const char *values[STORE_ARRAYS + 1] = {consortium};
    int lengths[STORE_ARRAYS + 1] = {sizeof consortium};

    binary_from_bigint(store->consortium, consortium);
    for (int i = 0; i < array_count; i++) {
        values[i + 1] = store->arrays[i].bytes;
        lengths[i + 1] = (int)store->arrays[i].length;
    }
    parameters_send(store, statement, array_count + 1, values, lengths);
}

void store_send_scalars(struct store *store, enum statement statement, const int64_t *scalars,
                        int scalar_count)
{
    char bytes[4][8];
    const char *values[4] = {bytes[0]};
    int lengths[4] = {sizeof bytes[0]};

    assert(scalar_count < 4);
    binary_from_bigint(store->consortium, bytes[0]);
    for (int i = 0; i < scalar_count; i++) {
        binary_from_bigint(scalars[i], bytes[i + 1]);
        values[i + 1] = bytes[i + 1];
        lengths[i + 1] = sizeof bytes[i + 1];
    }
    parameters_send(store, statement, scalar_count + 1, values, lengths);
}

void store_send_text(struct store *store, const char *sql)
{
    PQsendQueryParams(store->connection, sql, 0, NULL, NULL, NULL, NULL, 0);
}

struct request *store_sync(struct store *store, enum request_type type)
{
    assert(store->request_count < STORE_REQUESTS_MAX);
    int place = (store->request_first + store->request_count) % STORE_REQUESTS_MAX;
    struct request *request = &store->requests[place];

    PQpipelineSync(store->connection);
    request_clear(request);
    request->type = type;
    request->sent = store->now;
    store->request_count++;
    return request;
}

struct batch *store_batch_at(struct store *store, int place)
{
    return &store->batches[(store->batch_first + place) % STORE_RING];
}

struct batch *store_batch_add(struct store *store, int64_t first, int64_t number)
{
    assert(store->batch_count < STORE_RING);
    assert(first == store_ring_last(store) + 1);
    struct batch *batch = store_batch_at(store, store->batch_count++);

    batch->first = first;
    batch->number = number;
    batch->turn = NULL;
    effects_clear(&batch->own);
    batch->marks.count = 0;
    batch->sent = batch->spooled = false;
    batch->since = store->now;
    assert(batch->sieve == NULL);
    return batch;
}

int64_t store_ring_last(const struct store *store)
{
    if (store->batch_count == 0)
        return store->confirmed;
    return store->batches[(store->batch_first + store->batch_count - 1) % STORE_RING].number;
}

/* A recall is of use only behind the batches whose lines it has to see. */
static bool recall_may_go(struct store *store, const struct recall *recall)
{
    int64_t wired = store->confirmed;

    for (int i = 0; i < store->batch_count && store_batch_at(store, i)->sent; i++)
        wired = store_batch_at(store, i)->number;
    return recall->behind <= wired;
}

/* Sends whatever may be sent. Batches go out in the order of their numbers: one that has to go
 * again goes before those behind it, which the database refuses until it is there. */
static void pump(struct store *store)
{
    struct recall *recall;
    int sent = 0;

    if (store->phase != PHASE_UP && store->phase != PHASE_REPLAY)
        return;
    spool_load(store);
    /* Behind one that is being sieved nothing can be written. */
    for (int i = 0; i < store->batch_count; i++) {
        if (!store_batch_at(store, i)->sent)
            batch_send(store, store_batch_at(store, i));
        if (store_batch_at(store, i)->sieve != NULL)
            break;
    }
    if (store->phase != PHASE_UP)
        return;
    STAILQ_FOREACH(recall, &store->recalls, entry)
    {
        if (sent++ == RECALLS_SENT_MAX)
            break;
        if (!recall->sent && !recall_may_go(store, recall))
            break;
        if (!recall->sent)
            recall_send(store, recall);
    }
    if (!store->restoring || store->restore_sent)
        return;
    if (desk_is_read(store))
        restore_send(store);
    else
        desk_send(store);
}

static void flush(struct store *store)
{
    if (store->connection != NULL && store->phase != PHASE_CONNECTING)
        store->unsent = PQflush(store->connection) != 0;
}

int64_t store_submit(struct store *store, const struct effects *turn, const struct mark *marks,
                     size_t mark_count)
{
    assert(store_room(store) > 0);
    int64_t number = ++store->last_number;

    if (spool_takes(store, number, turn, marks, mark_count))
        return number;
    struct batch *batch = store_batch_add(store, number, number);
    batch->turn = turn;
    if (mark_count > batch->marks.capacity) {
        batch->marks.capacity = mark_count;
        batch->marks.list = mem_resize(batch->marks.list, mark_count * sizeof *marks);
    }
    if (mark_count > 0)
        memcpy(batch->marks.list, marks, mark_count * sizeof *marks);
    batch->marks.count = mark_count;
    pump(store);
    CRASH_POINT("batch-queued");
    flush(store);
    CRASH_POINT("batch-sent");
    return number;
}

static bool recall_add(struct store *store, int64_t chat, enum event_type answer)
{
    if (store->recall_count == STORE_RECALLS_MAX)
        return false;
    struct recall *recall = mem_new(sizeof *recall);

    recall->chat = chat;
    recall->behind = store->last_number;
    recall->answer = answer;
    STAILQ_INSERT_TAIL(&store->recalls, recall, entry);
    store->recall_count++;
    pump(store);
    flush(store);
    return true;
}

bool store_recall(struct store *store, int64_t chat)
{
    return recall_add(store, chat, EVENT_RECALLED);
}

bool store_replay(struct store *store, int64_t chat)
{
    return recall_add(store, chat, EVENT_REPLAYED);
}

void store_restore(struct store *store)
{
    assert(store->epoch != 0 && store->last_number == 0 && !store->restoring);
    store->restoring = true;
    store->desk_table = 0;
    store->desk_row = store->restored_number = 0;
    pump(store);
    flush(store);
}

/* Answers. */

void store_report(struct store *store, int64_t up_to)
{
    while (store->reported < up_to && store->reported < store->last_number)
        store->events->committed(store->context, ++store->reported);
}

static void batch_pop(struct store *store)
{
    struct batch *batch = store_batch_at(store, 0);
    size_t records = 0;

    for (size_t i = 0; batch->turn != NULL && i < batch->turn->count; i++)
        records += effect_is_record(&batch->turn->list[i]);
    store->counts.batches += (uint64_t)(batch->number - batch->first + 1);
    store->counts.records += records;
    if (batch->spooled) {
        store->spool_state.replayed_batches += (uint64_t)(batch->number - batch->first + 1);
        store->spool_state.replayed_records += records;
    }
    batch->sieve = sieve_free(batch->sieve);
    store->batch_first = (store->batch_first + 1) % STORE_RING;
    store->batch_count--;
}

void store_batches_committed(struct store *store, int64_t up_to)
{
    if (up_to > store->confirmed)
        store->confirmed = up_to;
    /* All of them before the first is reported: its owner may call us, and what is in the ring then
     * is sent, as if the database had not got it. */
    while (store->batch_count > 0 && store_batch_at(store, 0)->number <= up_to)
        batch_pop(store);
    spool_confirmed(store);
    store_report(store, up_to);
}

static bool starts_with(const char *text, const char *head)
{
    return strncmp(text, head, strlen(head)) == 0;
}

static void batch_take(struct store *store, struct request *request)
{
    struct batch *batch = store_batch_at(store, 0);
    char cause[80];

    assert(store->batch_count > 0);
    if (request->sqlstate[0] == '\0') {
        assert(batch->number == request->number);
        store->writes = true;
        if (store->now - request->sent < BRISK_MS_MAX)
            store->slow = false;
        CRASH_POINT("commit-known");
        store_batches_committed(store, request->number);
        return;
    }
    if (strcmp(request->sqlstate, "ZD001") == 0) {
        store_fence(store, "another process took over");
        return;
    }
    for (int i = 0; i < store->batch_count; i++)
        if (store_batch_at(store, i)->number == request->number) {
            batch = store_batch_at(store, i);
            batch->sent = false;
        }
    /* Behind one that failed: goes again after it. */
    if (batch != store_batch_at(store, 0))
        return;
    if (strcmp(request->sqlstate, "ZD003") == 0) {
        if (batch->sieve != NULL)
            sieve_fine(store, batch);
        return;
    }
    /* Serialization failure and deadlock: nobody's fault, and soon over. */
    if (starts_with(request->sqlstate, "40"))
        return;
    if (starts_with(request->sqlstate, "22") || starts_with(request->sqlstate, "23")) {
        sieve_refused(store, batch, request);
        return;
    }
    /* The database cannot write now (full, read-only, shutting down), or not what we think it has:
     * it may be able to later, and on another connection. */
    snprintf(cause, sizeof cause, "batch %" PRId64 " fails with SQLSTATE %s", batch->number,
             request->sqlstate);
    store_lose(store, cause);
}

static void recall_answered(struct store *store, struct request *request)
{
    struct recall *recall = STAILQ_FIRST(&store->recalls);
    char cause[sizeof request->cause];

    assert(recall != NULL && recall->sent);
    if (request->sqlstate[0] != '\0') {
        snprintf(cause, sizeof cause, "%s", request->cause);
        store_lose(store, cause);
        return;
    }
    /* A batch before it had to go again: then it was too early, and so is every later one. */
    if (store->confirmed < recall->behind) {
        STAILQ_REMOVE_HEAD(&store->recalls, entry);
        recall->sent = false;
        STAILQ_INSERT_TAIL(&store->recalls, recall, entry);
        return;
    }
    STAILQ_REMOVE_HEAD(&store->recalls, entry);
    store->recall_count--;
    recall_take(store, request, recall);
    free(recall);
}

static void request_take(struct store *store, struct request *request)
{
    switch (request->type) {
    case REQUEST_SESSION:
        session_take(store, request);
        break;
    case REQUEST_LOOK:
        lease_take_look(store, request);
        break;
    case REQUEST_RENEW:
        lease_take_renewal(store, request);
        break;
    case REQUEST_LOCK:
        session_take_lock(store, request);
        break;
    case REQUEST_START:
        session_take_start(store, request);
        break;
    case REQUEST_BATCH:
        batch_take(store, request);
        break;
    case REQUEST_RECALL:
        recall_answered(store, request);
        break;
    case REQUEST_DESK:
        desk_take(store, request);
        break;
    case REQUEST_RESTORE:
        restore_take(store, request);
        break;
    }
}

static void text_copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from == NULL ? "" : from);
}

/* Keeps the result until its request is complete, which only the sync says: before it, nothing is
 * committed. */
static void result_take(struct store *store, PGresult *result)
{
    struct request *request = &store->requests[store->request_first];
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_PIPELINE_SYNC) {
        struct request done = *request;
        store->heard = store->now;
        memset(request, 0, sizeof *request);
        store->request_first = (store->request_first + 1) % STORE_REQUESTS_MAX;
        store->request_count--;
        PQclear(result);
        request_take(store, &done);
        request_clear(&done);
        return;
    }
    if (status == PGRES_TUPLES_OK && request->result_count < REQUEST_RESULTS_MAX) {
        request->results[request->result_count++] = result;
        return;
    }
    if (status == PGRES_FATAL_ERROR && request->sqlstate[0] == '\0') {
        const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        store_heed_goodbye(store, sqlstate);
        text_copy(request->sqlstate, sizeof request->sqlstate,
                  sqlstate == NULL ? "08006" : sqlstate);
        text_copy(request->cause, sizeof request->cause,
                  PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
        const char *rule = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
        text_copy(request->rule, sizeof request->rule,
                  rule != NULL ? rule : PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
    }
    PQclear(result);
}

static void notifications_take(struct store *store)
{
    PGnotify *notify;
    bool any = false;

    while ((notify = PQnotifies(store->connection)) != NULL) {
        any = true;
        PQfreemem(notify);
    }
    if (any && (store->phase == PHASE_UP || store->phase == PHASE_STANDBY))
        store->events->settings(store->context);
}

static void answers_take(struct store *store)
{
    bool pause = false;

    /* A NULL ends each statement's results; two in a row say that there is nothing more. */
    while (store->connection != NULL && store->request_count > 0 &&
           PQisBusy(store->connection) == 0) {
        PGresult *result = PQgetResult(store->connection);
        if (result == NULL && pause)
            break;
        pause = result == NULL;
        if (result != NULL)
            result_take(store, result);
    }
    if (store->connection != NULL)
        notifications_take(store);
    if (store->connection != NULL && PQstatus(store->connection) == CONNECTION_BAD)
        store_lose(store, PQerrorMessage(store->connection));
}

static void connection_process(struct store *store, short revents, int64_t now_ms)
{
    if (store->phase == PHASE_WAITING) {
        if (now_ms >= store->retry_at)
            session_connect(store);
        return;
    }
    if (store->phase == PHASE_CONNECTING) {
        if (revents != 0)
            session_poll(store);
        else if (now_ms >= store->connect_until)
            store_lose(store, "no answer while connecting");
        flush(store);
        return;
    }
    if (revents != 0 && PQconsumeInput(store->connection) == 0) {
        /* What came before the end is still there to read. */
        answers_take(store);
        if (store->connection != NULL)
            store_lose(store, PQerrorMessage(store->connection));
        return;
    }
    answers_take(store);
    if (store->phase == PHASE_STANDBY && store->request_count == 0 && now_ms >= store->retry_at)
        lease_ask(store);
    lease_process(store);
    if (store->request_count > 0 && answer_until(store) <= now_ms)
        store_lose(store, "no answer for ten seconds");
    pump(store);
    flush(store);
}

void store_process(struct store *store, short revents, int64_t now_ms)
{
    store->now = now_ms;
    if (store->phase == PHASE_CLOSED || store->phase == PHASE_FENCED)
        return;
    connection_process(store, revents, now_ms);
    if (store->phase == PHASE_FENCED)
        return;
    spool_process(store);
    pump(store);
    flush(store);
}
