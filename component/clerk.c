#include "component/clerk.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/database.h"
#include "component/database_dial.h"
#include "policy/mem.h"

struct entry {
    struct clerk_job job;
    enum clerk_end end;
};

/* A ring. Jobs that wait and those that have ended are never more than this together with the one
 * that runs: a job is only taken when there is room for its end. */
struct entries {
    struct entry list[CLERK_JOBS_MAX + 1];
    size_t first, count;
};

struct clerk {
    const char *conninfo;
    pthread_t thread;
    int ended_fd;  /* the loop's poll: something has ended */
    int ending_fd; /* the thread's poll while it connects: give up */

    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t wake;   /* the thread: a job, or the end */
    struct entries waiting, ended;
    bool ending;
    bool running;
    uint64_t started; /* jobs that were begun: tells one from the next */
    int socket;       /* of the running job's connection; -1: none, or cut already */

    /* The thread's alone. */
    PGconn *database;

    /* The loop's alone. */
    uint64_t seen; /* the job whose time is running */
    int64_t due;
};

static void entries_push(struct entries *entries, const struct entry *entry)
{
    assert(entries->count <= CLERK_JOBS_MAX);
    entries->list[(entries->first + entries->count++) % (CLERK_JOBS_MAX + 1)] = *entry;
}

static bool entries_shift(struct entries *entries, struct entry *ret)
{
    if (entries->count == 0)
        return false;
    *ret = entries->list[entries->first];
    entries->first = (entries->first + 1) % (CLERK_JOBS_MAX + 1);
    entries->count--;
    return true;
}

static void event_raise(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
}

/* --- the thread: connecting --- */

/* As PQconnectdb(), but the end of the process does not wait for a server that does not answer. */
static bool connect_wait(struct clerk *clerk, PGconn *database)
{
    int left_ms = CLERK_CONNECT_SECONDS_MAX * 1000;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        enum { SLICE_MS = 100 }; /* counted instead of a clock: the deadline may be a bit late */
        struct pollfd fds[] = {
            {.fd = PQsocket(database), .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT},
            {.fd = clerk->ending_fd, .events = POLLIN},
        };
        int ready = poll(fds, 2, SLICE_MS);
        if (fds[1].revents != 0 || (ready < 0 && errno != EINTR))
            return false;
        if (ready <= 0) {
            left_ms -= SLICE_MS;
            if (left_ms <= 0)
                return false;
            continue;
        }
        state = PQconnectPoll(database);
    }
    return state == PGRES_POLLING_OK;
}

/* Once connected, a server whose client is gone stops working on its statement. The check is a
 * poll of the socket, which some systems do not have: then the statement's time-out ends it. */
static bool session_set_up(PGconn *database)
{
    char timeout[64];
    struct error error;
    struct statement statement;

    snprintf(timeout, sizeof timeout, "%ds", CLERK_STATEMENT_SECONDS_MAX);
    statement_begin(&statement, "SELECT set_config('statement_timeout', $1, false)");
    statement_text(&statement, timeout);
    if (!database_run(database, "SET client_encoding = 'UTF8'; SET client_min_messages = warning",
                      &error) ||
        !statement_run(database, &statement, NULL, &error))
        return false;
    (void)database_run(database, "SET client_connection_check_interval = '1s'", &error);
    PQsetErrorVerbosity(database, PQERRORS_TERSE); /* a row in its DETAIL may be what was said */
    return PQstatus(database) == CONNECTION_OK;
}

static void socket_publish(struct clerk *clerk, int fd)
{
    pthread_mutex_lock(&clerk->mutex);
    clerk->socket = clerk->ending ? -1 : fd;
    if (clerk->ending && fd >= 0)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&clerk->mutex);
}

/* The loop must not touch the socket's number any more when it is closed. */
static void disconnect(struct clerk *clerk)
{
    socket_publish(clerk, -1);
    PQfinish(clerk->database);
    clerk->database = NULL;
}

static bool connect_now(struct clerk *clerk)
{
    PGconn *database = database_dial(clerk->conninfo, "deskbell clerk");

    clerk->database = database;
    if (PQstatus(database) == CONNECTION_BAD || !connect_wait(clerk, database)) {
        disconnect(clerk);
        return false;
    }
    socket_publish(clerk, PQsocket(database));
    if (!session_set_up(database)) {
        disconnect(clerk);
        return false;
    }
    return true;
}

/* A connection that has rested may be dead without knowing it: one empty statement tells. */
static bool connection_is_alive(PGconn *database)
{
    PGresult *result = PQexec(database, "");
    bool alive = PQresultStatus(result) == PGRES_EMPTY_QUERY;

    PQclear(result);
    return alive;
}

/* --- the thread: working --- */

static enum clerk_end job_run(struct clerk *clerk, const struct clerk_job *job)
{
    struct error error;

    if (clerk->database != NULL && !connection_is_alive(clerk->database))
        disconnect(clerk);
    if (clerk->database == NULL && !connect_now(clerk))
        return CLERK_AWAY;
    job->work(clerk->database, job->context);
    if (PQstatus(clerk->database) == CONNECTION_OK &&
        PQtransactionStatus(clerk->database) != PQTRANS_IDLE)
        (void)database_run(clerk->database, "ROLLBACK", &error);
    if (PQstatus(clerk->database) == CONNECTION_OK)
        return CLERK_DONE;
    disconnect(clerk);
    return CLERK_AWAY;
}

/* With the mutex held. */
static void away_all(struct clerk *clerk)
{
    struct entry entry;

    while (entries_shift(&clerk->waiting, &entry)) {
        entry.end = CLERK_AWAY;
        entries_push(&clerk->ended, &entry);
    }
}

/* When nobody could be reached for one job, those that came meanwhile need not try for themselves:
 * a form is answered after one time-out and not after many. */
static void *thread_run(void *context)
{
    struct clerk *clerk = context;
    struct entry entry;

    pthread_mutex_lock(&clerk->mutex);
    for (;;) {
        while (!clerk->ending && clerk->waiting.count == 0)
            pthread_cond_wait(&clerk->wake, &clerk->mutex);
        if (clerk->ending)
            break;
        entries_shift(&clerk->waiting, &entry);
        clerk->running = true;
        clerk->started++;
        pthread_mutex_unlock(&clerk->mutex);
        entry.end = job_run(clerk, &entry.job);
        pthread_mutex_lock(&clerk->mutex);
        clerk->running = false;
        entries_push(&clerk->ended, &entry);
        if (clerk->database == NULL && entry.end == CLERK_AWAY)
            away_all(clerk);
        event_raise(clerk->ended_fd);
    }
    pthread_mutex_unlock(&clerk->mutex);
    disconnect(clerk);
    return NULL;
}

/* --- the loop --- */

/* Signals are the loop's: the thread starts with all of them blocked. */
struct clerk *clerk_new(const char *conninfo)
{
    struct clerk *clerk = mem_new(sizeof *clerk);
    sigset_t all, before;

    clerk->conninfo = conninfo;
    clerk->socket = -1;
    clerk->due = INT64_MAX;
    clerk->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    clerk->ending_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (clerk->ended_fd < 0 || clerk->ending_fd < 0)
        abort();
    pthread_mutex_init(&clerk->mutex, NULL);
    pthread_cond_init(&clerk->wake, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&clerk->thread, NULL, thread_run, clerk) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return clerk;
}

/* Cutting the socket ends whatever statement runs, or runs next, and cannot wait for the server as
 * PQcancel() would; a server that is stopped must not keep the process. With the mutex held. */
static void job_cut(struct clerk *clerk)
{
    if (clerk->socket >= 0)
        shutdown(clerk->socket, SHUT_RDWR);
    clerk->socket = -1;
}

static void done_all(struct clerk *clerk)
{
    struct entry entry;

    for (;;) {
        pthread_mutex_lock(&clerk->mutex);
        bool some = entries_shift(&clerk->ended, &entry);
        pthread_mutex_unlock(&clerk->mutex);
        if (!some)
            return;
        entry.job.done(entry.job.context, entry.end);
    }
}

struct clerk *clerk_free(struct clerk *clerk)
{
    if (clerk == NULL)
        return NULL;
    pthread_mutex_lock(&clerk->mutex);
    clerk->ending = true;
    event_raise(clerk->ending_fd);
    job_cut(clerk);
    pthread_cond_signal(&clerk->wake);
    pthread_mutex_unlock(&clerk->mutex);
    pthread_join(clerk->thread, NULL);
    done_all(clerk);
    away_all(clerk);
    done_all(clerk);
    pthread_cond_destroy(&clerk->wake);
    pthread_mutex_destroy(&clerk->mutex);
    close(clerk->ended_fd);
    close(clerk->ending_fd);
    free(clerk);
    return NULL;
}

bool clerk_submit(struct clerk *clerk, const struct clerk_job *job)
{
    const struct entry entry = {.job = *job};

    pthread_mutex_lock(&clerk->mutex);
    bool room = !clerk->ending && clerk->waiting.count + clerk->ended.count < CLERK_JOBS_MAX;
    if (room) {
        entries_push(&clerk->waiting, &entry);
        pthread_cond_signal(&clerk->wake);
    }
    pthread_mutex_unlock(&clerk->mutex);
    return room;
}

int clerk_fd(const struct clerk *clerk)
{
    return clerk->ended_fd;
}

void clerk_process(struct clerk *clerk, int64_t at)
{
    uint64_t raised;

    if (read(clerk->ended_fd, &raised, sizeof raised) < 0 && errno != EAGAIN && errno != EINTR)
        abort();
    done_all(clerk);
    pthread_mutex_lock(&clerk->mutex);
    if (!clerk->running) {
        clerk->due = INT64_MAX;
    } else if (clerk->seen != clerk->started || clerk->due == INT64_MAX) {
        clerk->seen = clerk->started;
        clerk->due = at + CLERK_JOB_MS_MAX;
    } else if (at >= clerk->due) {
        job_cut(clerk);
        clerk->due = at + CLERK_JOB_MS_MAX; /* it ends at once, and until then nobody looks */
    }
    pthread_mutex_unlock(&clerk->mutex);
}

int64_t clerk_deadline(const struct clerk *clerk)
{
    return clerk->due;
}
