/* absent.c: what the simulated desks have not: commands, archive, uploads, accounts, purge, status
 * files. And the clerk, who brings settings only, from a file, and a log that can be silent. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc.h"
#include "component/archive.h"
#include "component/clerk.h"
#include "component/codes.h"
#include "component/consortium_copy.h"
#include "component/database.h"
#include "component/driver_upload.h"
#include "component/log.h"
#include "component/mam.h"
#include "component/metrics.h"
#include "component/provision.h"
#include "component/purge.h"
#include "component/settings.h"
#include "component/status_files.h"
#include "policy/mem.h"
#include "test/simulation/desk/desk.h"

/* --- settings, by the clerk --- */

struct clerk {
    int node;
    struct clerk_job jobs[CLERK_JOBS_MAX];
    int count;
    int64_t at; /* when the first is done */
};

static struct consortium *settings;
static struct clerk *clerks[NODES];

static void settings_number(struct consortium *consortium)
{
    consortium->id = 1;
    for (size_t i = 0; i < consortium->library_count; i++)
        consortium->libraries[i].id = 100 + (int64_t)i;
    for (size_t i = 0; i < consortium->queue_count; i++)
        consortium->queues[i].id = 200 + (int64_t)i;
    for (size_t i = 0; i < consortium->operator_count; i++)
        consortium->operators[i].id = 300 + (int64_t)i;
}

bool settings_begin(void)
{
    settings = settings_read("test/scenario/desk.conf", "localhost", stderr);
    if (settings != NULL)
        settings_number(settings);
    return settings != NULL;
}

void settings_end(void)
{
    consortium_free(settings);
}

int64_t settings_library(int64_t queue)
{
    for (size_t i = 0; i < settings->queue_count; i++)
        if (settings->queues[i].id == queue)
            return settings->libraries[settings->queues[i].library].id;
    return 0;
}

static void complaint_drop(void *context, unsigned line, const char *words)
{
    (void)context;
    (void)line;
    (void)words;
}

bool settings_load(PGconn *database, const char *name, struct consortium **ret_consortium,
                   bool *ret_exists, struct error *reterr)
{
    (void)database;
    (void)name;
    (void)reterr;
    *ret_consortium = consortium_copy(settings);
    *ret_exists = true;
    return consortium_link(*ret_consortium, "localhost", complaint_drop, NULL);
}

bool database_run(PGconn *database, const char *sql, struct error *reterr)
{
    (void)database;
    (void)sql;
    (void)reterr;
    return true;
}

struct clerk *clerk_new(const char *conninfo)
{
    struct clerk *clerk = mem_new(sizeof *clerk);

    (void)conninfo;
    clerk->node = sim.node;
    clerk->at = FOREVER;
    clerks[sim.node] = clerk;
    return clerk;
}

static void job_end(struct clerk *clerk, enum clerk_end end)
{
    struct clerk_job job = clerk->jobs[0];

    clerk->count--;
    memmove(clerk->jobs, clerk->jobs + 1, (size_t)clerk->count * sizeof clerk->jobs[0]);
    clerk->at = clerk->count > 0 ? sim.now + 1 : FOREVER;
    if (end == CLERK_DONE)
        job.work(NULL, job.context);
    job.done(job.context, end);
}

struct clerk *clerk_free(struct clerk *clerk)
{
    while (clerk->count > 0)
        job_end(clerk, CLERK_AWAY);
    if (clerks[clerk->node] == clerk)
        clerks[clerk->node] = NULL;
    free(clerk);
    return NULL;
}

bool clerk_submit(struct clerk *clerk, const struct clerk_job *job)
{
    if (clerk->count == CLERK_JOBS_MAX)
        return false;
    clerk->jobs[clerk->count++] = *job;
    if (clerk->count == 1)
        clerk->at = sim.now + 1 + (int64_t)chance(5);
    return true;
}

int clerk_fd(const struct clerk *clerk)
{
    (void)clerk;
    return -1;
}

void clerk_process(struct clerk *clerk, int64_t at)
{
    if (clerk->count > 0 && clerk->at <= at)
        job_end(clerk, at < database_faults.away_until ? CLERK_AWAY : CLERK_DONE);
}

int64_t clerk_deadline(const struct clerk *clerk)
{
    (void)clerk;
    return FOREVER;
}

int64_t clerk_wakes(int node)
{
    return clerks[node] == NULL ? FOREVER : clerks[node]->at;
}

/* --- the log --- */

__attribute__((format(printf, 2, 0))) static void log_line(const char *word, const char *format,
                                                           va_list arguments)
{
    if (!sim.story)
        return;
    printf("%10.3f   node %d %s: ", (double)sim.now / 1000, sim.node, word);
    vprintf(format, arguments);
    putchar('\n');
}

#define LOG_FUNCTION(name, word)                                                                   \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        log_line(word, format, arguments);                                                         \
        va_end(arguments);                                                                         \
    }

LOG_FUNCTION(log_error, "error")
LOG_FUNCTION(log_warning, "warning")
LOG_FUNCTION(log_info, "info")
LOG_FUNCTION(log_debug, "debug")

/* --- what there is not --- */

/* The smallest block stands for each. */
#define ABSENT(type, name)                                                                         \
    struct type *name##_free(struct type *absent)                                                  \
    {                                                                                              \
        free(absent);                                                                              \
        return NULL;                                                                               \
    }

ABSENT(adhoc, adhoc)
ABSENT(archive, archive)
ABSENT(parcels, parcels)
ABSENT(purge, purge)
ABSENT(status_files, status_files)
ABSENT(provision, provision)

struct adhoc *adhoc_new(struct routing *routing)
{
    (void)routing;
    return mem_new(1);
}

void adhoc_attach(struct adhoc *adhoc, const struct adhoc_desk *desk)
{
    (void)adhoc;
    (void)desk;
}

void adhoc_settings(struct adhoc *adhoc, const struct consortium *consortium)
{
    (void)adhoc;
    (void)consortium;
}

void adhoc_clock(struct adhoc *adhoc, int64_t at, int64_t wall)
{
    (void)adhoc;
    (void)at;
    (void)wall;
}

void adhoc_items(struct adhoc *adhoc, const struct adhoc_request *request, struct xml_out *out)
{
    (void)adhoc;
    (void)request;
    (void)out;
}

const char *adhoc_title(struct adhoc *adhoc, const struct adhoc_request *request, const char *node)
{
    (void)adhoc;
    (void)request;
    (void)node;
    return NULL;
}

bool adhoc_execute(struct adhoc *adhoc, const struct adhoc_request *request, xmpp_stanza_t *command,
                   struct xml_out *out, struct event *ret)
{
    (void)adhoc;
    (void)request;
    (void)command;
    (void)out;
    (void)ret;
    return false;
}

void adhoc_answer(struct adhoc *adhoc, const struct effect *answer, struct xml_out *out)
{
    (void)adhoc;
    (void)answer;
    (void)out;
}

void adhoc_forget_pending(struct adhoc *adhoc)
{
    (void)adhoc;
}

bool adhoc_account_answered(struct adhoc *adhoc, xmpp_stanza_t *iq)
{
    (void)adhoc;
    (void)iq;
    return false;
}

void adhoc_account_due(struct adhoc *adhoc, int64_t at)
{
    (void)adhoc;
    (void)at;
}

int64_t adhoc_account_deadline(const struct adhoc *adhoc)
{
    (void)adhoc;
    return FOREVER;
}

struct archive *archive_new(const struct archive_desk *desk)
{
    (void)desk;
    return mem_new(1);
}

bool archive_may(const struct consortium *consortium, const char *account, int queue)
{
    (void)consortium;
    (void)account;
    (void)queue;
    return false;
}

const char *archive_ask(struct archive *archive, const struct archive_question *question,
                        xmpp_stanza_t *query)
{
    (void)archive;
    (void)question;
    (void)query;
    return NULL;
}

void archive_down(struct archive *archive)
{
    (void)archive;
}

void archive_end(struct archive *archive)
{
    (void)archive;
}

bool codes_take(struct codes *codes, int64_t consortium, const struct event *event)
{
    (void)codes;
    (void)consortium;
    (void)event;
    return false;
}

struct parcels *parcels_new(const struct parcels_desk *desk)
{
    (void)desk;
    return mem_new(1);
}

void parcels_send(struct parcels *parcels, const char *to, const char *name, const char *type,
                  char *bytes, size_t size, int64_t at)
{
    (void)parcels;
    (void)to;
    (void)name;
    (void)type;
    (void)size;
    (void)at;
    free(bytes);
}

bool parcels_answered(struct parcels *parcels, xmpp_stanza_t *iq, int64_t at)
{
    (void)parcels;
    (void)iq;
    (void)at;
    return false;
}

void parcels_process(struct parcels *parcels, int64_t at)
{
    (void)parcels;
    (void)at;
}

int64_t parcels_deadline(const struct parcels *parcels)
{
    (void)parcels;
    return FOREVER;
}

void parcels_down(struct parcels *parcels)
{
    (void)parcels;
}

int parcels_fd(const struct parcels *parcels)
{
    (void)parcels;
    return -1;
}

struct provision *provision_new(xmpp_ctx_t *ctx, const char *jid, const char *domain)
{
    (void)ctx;
    (void)jid;
    (void)domain;
    return NULL;
}

struct purge *purge_new(const struct purge_desk *desk)
{
    (void)desk;
    return mem_new(1);
}

void purge_process(struct purge *purge, struct clerk *clerk, const struct consortium *consortium,
                   int64_t at, int64_t wall)
{
    (void)purge;
    (void)clerk;
    (void)consortium;
    (void)at;
    (void)wall;
}

int64_t purge_deadline(const struct purge *purge)
{
    (void)purge;
    return FOREVER;
}

void purge_look(struct purge *purge)
{
    (void)purge;
}

void purge_end(struct purge *purge)
{
    (void)purge;
}

struct status_files *status_files_new(const char *folder)
{
    (void)folder;
    return mem_new(1);
}

void status_files_update(struct status_files *files, const struct routing *routing, int64_t at,
                         int64_t wall)
{
    (void)files;
    (void)routing;
    (void)at;
    (void)wall;
}

int64_t status_files_deadline(const struct status_files *files)
{
    (void)files;
    return FOREVER;
}

void mam_form_out(struct xml_out *out)
{
    (void)out;
}

int64_t adhoc_wall(const struct adhoc *adhoc)
{
    (void)adhoc;
    return sim.wall + sim.now;
}

void adhoc_presence(struct adhoc *adhoc, const struct event *event)
{
    (void)adhoc;
    (void)event;
}

void adhoc_stream_up(struct adhoc *adhoc)
{
    (void)adhoc;
}

void status_files_settings(struct status_files *files, const struct consortium *consortium)
{
    (void)files;
    (void)consortium;
}

struct metrics_file *metrics_file_new(const char *path)
{
    (void)path;
    return NULL;
}

struct metrics_file *metrics_file_free(struct metrics_file *file)
{
    return file;
}

int64_t metrics_file_deadline(const struct metrics_file *file)
{
    (void)file;
    return FOREVER;
}

void metrics_file_write(struct metrics_file *file, const struct metrics_values *values,
                        int64_t now_ms)
{
    (void)file;
    (void)values;
    (void)now_ms;
}
