#include "component/purge.h"

#include <stdlib.h>
#include <string.h>

#include "component/clerk.h"
#include "component/database.h"
#include "component/erased.h"
#include "component/log.h"
#include "component/permit.h"
#include "component/transcript.h"
#include "policy/date.h"
#include "policy/mem.h"
#include "policy/wall.h"

/* A library whose day is done, or was tried and is tried again. */
struct purge_day {
    int64_t library;
    day_number done; /* 0: none yet */
    int64_t again;   /* monotonic: not before; 0: at once */
};

/* A piece; lives in its arena. */
struct purge_job {
    struct purge *purge; /* the loop's: the thread leaves it alone */
    struct arena *arena;
    int64_t consortium, library;
    const char *name;
    day_number date;
    char day[DATE_TEXT_SIZE];
    int64_t wall;
    bool first; /* of the day: it may have been done by the process before */
    bool was_done, fine;
    struct transcript_purged purged;
    struct event *event; /* for routing; NULL: none */
    struct error error;
};

struct purge {
    struct purge_desk desk;
    struct purge_day *days;
    size_t day_count;
    int64_t due; /* monotonic; INT64_MAX: a piece is under way */
    int64_t more; /* the library that has more to go; 0: none */
    struct transcript_purged sum; /* of its pieces */
    int64_t at;  /* of the last call */
    bool ended;
};

struct purge *purge_new(const struct purge_desk *desk)
{
    struct purge *purge = mem_new(sizeof *purge);

    purge->desk = *desk;
    return purge;
}

struct purge *purge_free(struct purge *purge)
{
    if (purge == NULL)
        return NULL;
    free(purge->days);
    free(purge);
    return NULL;
}

/* --- in the clerk's thread --- */

static bool day_is_done(PGconn *database, struct purge_job *job)
{
    struct statement statement;
    PGresult *result;

    statement_begin(&statement, "SELECT EXISTS (SELECT FROM deskbell.purge p"
                                " WHERE p.library_id = $1 AND p.what = 'transcripts'"
                                " AND p.queue_id = 0 AND p.day >= $2::date)");
    statement_number(&statement, job->library);
    statement_text(&statement, job->day);
    if (!statement_run(database, &statement, &result, &job->error))
        return false;
    job->was_done = result_switch(result, 0, 0);
    PQclear(result);
    return true;
}

/* A row of no queue, with what the day took in all. */
static bool day_write(PGconn *database, struct purge_job *job)
{
    struct statement statement;

    statement_begin(&statement, "INSERT INTO deskbell.purge (consortium_id, library_id, what,"
                                " queue_id, day, ended_before)"
                                " VALUES ($1, $2, 'transcripts', 0, $3::date,"
                                " to_timestamp($4::bigint / 1000.0)) ON CONFLICT DO NOTHING");
    statement_number(&statement, job->consortium);
    statement_number(&statement, job->library);
    statement_text(&statement, job->day);
    statement_number(&statement, job->wall);
    return statement_run(database, &statement, NULL, &job->error);
}

static bool piece_take(PGconn *database, struct purge_job *job)
{
    struct open_items open;

    return open_items_read(database, job->library, job->arena, &open, &job->error) &&
           transcript_purge(database, job->consortium, job->library, job->wall, &job->purged,
                            &job->error) &&
           open_items_compare(database, &open, job->arena, &job->event, &job->error) &&
           (job->purged.more || day_write(database, job)) &&
           database_run(database, "COMMIT", &job->error);
}

static void piece_run(PGconn *database, void *context)
{
    struct purge_job *job = context;

    if (!permit_begin_own(database, job->consortium, job->library, "purge", job->day,
                          &job->error) ||
        (job->first && !day_is_done(database, job)))
        return;
    if (job->was_done) /* nothing is to be seen of the look either */
        job->fine = database_run(database, "ROLLBACK", &job->error);
    else
        job->fine = piece_take(database, job);
}

/* --- in the loop --- */

static struct purge_day *day_of(struct purge *purge, int64_t library)
{
    for (size_t i = 0; i < purge->day_count; i++)
        if (purge->days[i].library == library)
            return &purge->days[i];
    purge->days = mem_resize(purge->days, (purge->day_count + 1) * sizeof *purge->days);
    purge->days[purge->day_count] = (struct purge_day){.library = library};
    return &purge->days[purge->day_count++];
}

static void day_end(struct purge *purge, const struct purge_job *job)
{
    const struct transcript_purged *sum = &purge->sum;

    day_of(purge, job->library)->done = job->date;
    if (sum->chats + sum->others > 0)
        log_info("purge of library '%s': %d chats with %d lines, %d items to be followed up, "
                 "%d blocks",
                 job->name, sum->chats, sum->lines, sum->followups, sum->others);
    purge->sum = (struct transcript_purged){0};
    purge->more = 0;
}

static void piece_done(void *context, enum clerk_end end)
{
    struct purge_job *job = context;
    struct purge *purge = job->purge;

    if (purge->ended) {
        arena_free(job->arena);
        return;
    }
    purge->due = purge->at;
    if (end == CLERK_AWAY || !job->fine) {
        day_of(purge, job->library)->again = purge->at + PURGE_RETRY_MS;
        if (end != CLERK_AWAY)
            log_error("purge of library '%s' has failed: %s", job->name, job->error.text);
        purge->sum = (struct transcript_purged){0};
        purge->more = 0;
    } else {
        purge->sum.chats += job->purged.chats;
        purge->sum.lines += job->purged.lines;
        purge->sum.followups += job->purged.followups;
        purge->sum.others += job->purged.others;
        if (job->event != NULL)
            purge->desk.step(purge->desk.context, job->event);
        if (job->purged.more)
            purge->more = job->library;
        else
            day_end(purge, job);
    }
    arena_free(job->arena);
}

static bool piece_submit(struct purge *purge, struct clerk *clerk,
                         const struct consortium *settings, int library, day_number date,
                         int64_t wall)
{
    struct arena *arena = arena_new();
    struct purge_job *job = arena_alloc(arena, sizeof *job);

    *job = (struct purge_job){
        .purge = purge,
        .arena = arena,
        .consortium = settings->id,
        .library = settings->libraries[library].id,
        .name = arena_strdup(arena, settings->libraries[library].name),
        .date = date,
        .wall = wall,
        .first = purge->more == 0,
    };
    date_print(date, job->day);
    if (clerk_submit(clerk, &(struct clerk_job){piece_run, piece_done, job}))
        return true;
    arena_free(arena);
    return false;
}

/* When the library's midnight comes, in ms from now. */
static int64_t midnight_ms(const struct zone *zone, day_number date, int64_t wall)
{
    instant midnight = wall_instant(zone, date + 1, 0);
    int64_t ms = (int64_t)midnight * 1000 - wall;

    return ms > 1000 ? ms : 1000;
}

void purge_process(struct purge *purge, struct clerk *clerk, const struct consortium *settings,
                   int64_t at, int64_t wall)
{
    int64_t due = at + PURGE_RETRY_MS; /* a wall clock can be moved */

    purge->at = at;
    if (settings == NULL || at < purge->due)
        return;
    for (size_t i = 0; i < settings->library_count; i++) {
        const struct library_settings *library = &settings->libraries[i];
        struct purge_day *day = day_of(purge, library->id);
        day_number date = wall_at(library->zone, wall / 1000).date;
        int64_t next = at + midnight_ms(library->zone, date, wall);
        if (purge->more != 0 && purge->more != library->id)
            continue;
        if (day->done < date && day->again <= at) {
            if (piece_submit(purge, clerk, settings, (int)i, date, wall)) {
                purge->due = INT64_MAX;
                return;
            }
            next = at + 1000; /* the clerk has no room */
        } else if (day->done < date) {
            next = day->again;
        }
        if (next < due)
            due = next;
    }
    purge->more = 0; /* that library is gone */
    purge->due = due;
}

int64_t purge_deadline(const struct purge *purge)
{
    return purge->due;
}

void purge_look(struct purge *purge)
{
    if (purge->due != INT64_MAX)
        purge->due = 0;
}

void purge_end(struct purge *purge)
{
    purge->ended = true;
}
