#include "component/archive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/clerk.h"
#include "component/database.h"
#include "component/log.h"
#include "component/mam.h"
#include "component/permit.h"
#include "component/stanza_iq.h"
#include "policy/arena.h"
#include "policy/mem.h"
#include "policy/rights.h"

/* A page under way; lives in its arena. */
struct page_job {
    struct archive *archive; /* the loop's: the thread leaves it alone */
    struct page_job *next;
    struct arena *arena;
    const char *account, *jid, *to, *id;
    int64_t library, queue;
    struct permit permit;
    struct mam_query query;
    bool permitted, read;
    bool lost; /* the stream has fallen since */
    struct mam_page page;
    struct error error;
};

struct archive {
    struct archive_desk desk;
    struct page_job *jobs;
    bool ended;
};

struct archive *archive_new(const struct archive_desk *desk)
{
    struct archive *archive = mem_new(sizeof *archive);

    archive->desk = *desk;
    return archive;
}

struct archive *archive_free(struct archive *archive)
{
    if (archive == NULL)
        return NULL;
    assert(archive->jobs == NULL);
    free(archive);
    return NULL;
}

bool archive_may(const struct consortium *settings, const char *account, int queue)
{
    switch (rights_holding(settings, account, RIGHT_TRANSCRIPTS,
                           settings->queues[queue].library)) {
    case HELD_NOT:
    case HELD_AS_COORDINATOR:
        return false;
    case HELD_AS_OPERATOR:
    case HELD_AS_ADMIN:
    case HELD_BY_GRANT:
        return true;
    }
    abort();
}

/* --- in the clerk's thread --- */

static void page_read(PGconn *database, void *context)
{
    struct page_job *job = context;

    if (!permit_begin(database, &job->permit, &job->permitted, &job->error) || !job->permitted)
        return;
    job->read = mam_fetch(database, job->library, job->queue, &job->query, job->arena, &job->page,
                          &job->error) &&
                database_run(database, "COMMIT", &job->error);
}

/* --- in the loop --- */

static void page_refuse(const struct page_job *job, const char *type, const char *condition,
                        struct xml_out *out)
{
    iq_error(out, job->to, job->jid, job->id, type, condition);
}

static void job_end(struct page_job *job)
{
    struct page_job **place = &job->archive->jobs;

    while (*place != job)
        place = &(*place)->next;
    *place = job->next;
    arena_free(job->arena);
}

static void page_send(void *context, enum clerk_end end)
{
    struct page_job *job = context;
    const struct archive_desk *desk = &job->archive->desk;
    struct xml_out out;

    if (job->archive->ended || job->lost) {
        job_end(job);
        return;
    }
    xml_out_init(&out);
    if (end == CLERK_AWAY) {
        page_refuse(job, "wait", "internal-server-error", &out);
    } else if (job->read) {
        mam_page_out(&job->page, &job->query, job->to, desk->domain, job->jid, job->id, &out);
    } else if (job->error.text[0] != '\0') {
        log_error("a page of an archive cannot be read: %s", job->error.text);
        page_refuse(job, "cancel", "internal-server-error", &out);
    } else {
        page_refuse(job, "cancel", "item-not-found", &out);
    }
    desk->send(desk->context, &out);
    xml_out_release(&out);
    job_end(job);
}

static bool is_room(const struct archive *archive, const char *account)
{
    int all = 0, own = 0;

    for (const struct page_job *job = archive->jobs; job != NULL; job = job->next) {
        all++;
        own += strcmp(job->account, account) == 0;
    }
    return all < ARCHIVE_PAGES_MAX && own < ARCHIVE_PAGES_PER_ACCOUNT_MAX;
}

static struct page_job *job_new(struct archive *archive, const struct archive_question *question)
{
    const struct queue_settings *queue = &question->settings->queues[question->queue];
    struct arena *arena = arena_new();
    struct page_job *job = arena_alloc(arena, sizeof *job);

    *job = (struct page_job){
        .archive = archive,
        .next = archive->jobs,
        .arena = arena,
        .account = arena_strdup(arena, question->account),
        .jid = arena_strdup(arena, question->jid),
        .to = arena_strdup(arena, question->to),
        .id = arena_strdup(arena, question->id),
        .library = question->settings->libraries[queue->library].id,
        .queue = queue->id,
    };
    job->permit = (struct permit){
        .consortium_id = question->settings->id,
        .library_id = job->library,
        .account = job->account,
        .right = right_name(RIGHT_TRANSCRIPTS),
        .command = "mam",
        .object = arena_strdup(arena, queue->name),
        .reason = "",
    };
    archive->jobs = job;
    return job;
}

const char *archive_ask(struct archive *archive, const struct archive_question *question,
                        xmpp_stanza_t *query)
{
    if (!archive_may(question->settings, question->account, question->queue))
        return "item-not-found";
    if (!is_room(archive, question->account))
        return "resource-constraint";
    struct page_job *job = job_new(archive, question);
    const char *wrong = mam_read(query, archive->desk.domain, job->arena, &job->query);
    if (wrong == NULL && job->query.chat != NULL)
        job->permit.object = job->query.chat;
    if (wrong == NULL && !clerk_submit(archive->desk.clerk,
                                       &(struct clerk_job){page_read, page_send, job}))
        wrong = "resource-constraint";
    if (wrong != NULL)
        job_end(job);
    return wrong;
}

void archive_down(struct archive *archive)
{
    for (struct page_job *job = archive->jobs; job != NULL; job = job->next)
        job->lost = true;
}

void archive_end(struct archive *archive)
{
    archive->ended = true;
}
