#include "component/codes.h"

#include <stdlib.h>
#include <string.h>

#include "component/clerk.h"
#include "component/database.h"
#include "component/log.h"
#include "component/verify.h"
#include "policy/mem.h"
#include "routing/event.h"

struct code_job {
    struct codes *codes;
    int64_t consortium;
    char *account, *operator_name; /* NULL: not right */
    char code[VERIFY_CODE_SIZE];
    bool done;
    struct error error;
};

/* In the clerk's thread. */
static void code_work(PGconn *database, void *context)
{
    struct code_job *job = context;
    struct error *error = &job->error;

    job->done = database_run(database, "BEGIN", error) &&
                database_run(database, "SET LOCAL ROLE deskbell_settings", error) &&
                verify_finish(database, job->consortium, job->account, job->code,
                              &job->operator_name, error) &&
                database_run(database, "COMMIT", error);
}

static void code_tell(const struct code_job *job)
{
    char *body;

    if (!job->done)
        body = mem_strdup("This could not be looked up just now. Please send the code again in a "
                          "minute.");
    else if (job->operator_name != NULL)
        body = mem_printf("Thank you: this account is operator %s's from now on. Write !help for "
                          "what you can do here.",
                          job->operator_name);
    else
        body = mem_strdup("Nobody waits for this code from this account. Please ask whoever gave "
                          "it to you for a new one.");
    job->codes->tell(job->codes->context, job->account, body);
    free(body);
}

static void code_done(void *context, enum clerk_end end)
{
    struct code_job *job = context;

    job->codes->under_way--;
    if (end == CLERK_DONE && !job->done)
        log_error("cannot look a code up: %s", job->error.text);
    if (job->codes->clerk != NULL)
        code_tell(job);
    explicit_bzero(job->code, sizeof job->code);
    free(job->account);
    free(job->operator_name);
    free(job);
}

bool codes_take(struct codes *codes, int64_t consortium, const struct event *event)
{
    char code[VERIFY_CODE_SIZE];

    if (codes->clerk == NULL || event->type != EVENT_MESSAGE || event->to[0] != '\0' ||
        event->message.body == NULL || !verify_code_read(event->message.body, code))
        return false;
    struct code_job *job = mem_new(sizeof *job);
    job->codes = codes;
    job->consortium = consortium;
    job->account = mem_strdup(event->from);
    memcpy(job->code, code, sizeof job->code);
    if (codes->under_way < CODES_MAX) {
        codes->under_way++;
        if (clerk_submit(codes->clerk, &(struct clerk_job){code_work, code_done, job}))
            return true;
        codes->under_way--;
    }
    code_tell(job); /* as a database that is away */
    free(job->account);
    explicit_bzero(job, sizeof *job);
    free(job);
    return true;
}
