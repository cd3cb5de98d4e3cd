/* adhoc_job.c: a command's work in the database, in the clerk's thread.
 *
 * A job has copies of all that it needs. What it says is looked at in the loop: then it is told
 * whose answer it is and whether anybody still waits for it. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/clerk.h"
#include "component/database.h"
#include "component/log.h"
#include "component/permit.h"
#include "component/settings.h"
#include "policy/arena.h"
#include "policy/mem.h"

enum job_end {
    JOB_FAILED,        /* admin.error says why */
    JOB_NOT_PERMITTED, /* or the library is gone */
    JOB_REFUSED,       /* by the command, with words */
    JOB_DONE
};

struct job {
    struct adhoc *adhoc; /* the loop's: the thread leaves it alone */
    enum job_kind kind;
    int step;
    int64_t tag;
    char session[SESSION_ID_SIZE];
    const struct command *command;
    const char *consortium;
    struct permit permit;
    struct admin admin;
    struct consortium *settings; /* of the transaction */
    enum job_end end;
    bool committing; /* it is unknown what became of it, when the connection breaks */
};

/* --- in the thread --- */

static bool (*job_function(const struct job *job))(struct admin *)
{
    switch (job->kind) {
    case JOB_FETCH:
        return job->command->fetch;
    case JOB_PREVIEW:
        return job->command->preview;
    case JOB_WORK:
        return job->command->work;
    }
    abort();
}

/* The library's place in the settings of now; false when it is gone. */
static bool library_find(struct job *job)
{
    struct admin *admin = &job->admin;

    admin->library = NO_INDEX;
    for (size_t i = 0; i < admin->settings->library_count; i++)
        if (admin->settings->libraries[i].id == job->permit.library_id)
            admin->library = (int)i;
    return job->permit.library_id == 0 || admin->library != NO_INDEX;
}

static enum job_end inside(struct job *job)
{
    struct admin *admin = &job->admin;
    bool exists = false;

    if (!settings_load(admin->database, job->consortium, &job->settings, &exists, &admin->error))
        return JOB_FAILED;
    admin->settings = job->settings;
    if (!exists || !library_find(job))
        return JOB_NOT_PERMITTED;
    if (!job_function(job)(admin))
        return admin->refused ? JOB_REFUSED : JOB_FAILED;
    /* A failed transaction takes a COMMIT and rolls back without an error. */
    if (PQtransactionStatus(admin->database) != PQTRANS_INTRANS) {
        if (admin->error.text[0] == '\0')
            error_set(&admin->error, "the transaction has failed before its end");
        return JOB_FAILED;
    }
    return JOB_DONE;
}

static bool job_commits(const struct job *job)
{
    return job->kind == JOB_WORK || (job->kind == JOB_FETCH && (job->command->fetch_is_audited ||
                                                                job->admin.audited));
}

static void job_work(PGconn *database, void *context)
{
    struct job *job = context;
    bool permitted = false;
    struct error error;

    job->admin.database = database;
    if (!permit_begin(database, &job->permit, &permitted, &job->admin.error))
        return;
    if (!permitted) {
        job->end = JOB_NOT_PERMITTED;
        return;
    }
    job->end = inside(job);
    if (job->end == JOB_DONE && job_commits(job)) {
        job->committing = true;
        if (!database_run(database, "COMMIT", &job->admin.error))
            job->end = JOB_FAILED;
    } else if (PQtransactionStatus(database) != PQTRANS_IDLE) {
        (void)database_run(database, "ROLLBACK", &error);
    }
    job->admin.database = NULL;
}

/* --- in the loop --- */

/* The answer waits for the accounts' server, if anybody waits for it still: a password that nobody
 * would see is not made. True when the job's memory is taken. */
static bool job_account_begin(struct job *job, const struct pending *pending)
{
    struct result *result = &job->admin.result;

    if (result->account == NULL || pending == NULL || job->adhoc->desk.provision == NULL)
        return false;
    return account_begin(job->adhoc, job->command, job->session, job->tag, job->admin.arena,
                         result);
}

static void job_free(struct job *job)
{
    struct arena *arena = job->admin.arena;

    consortium_free(job->settings);
    free(job->admin.result.file.bytes);
    arena_free(arena); /* with the job itself */
}

/* What is said when nothing came of it. */
static struct result failure_result(const struct job *job, enum clerk_end end)
{
    struct result result = {.type = NOTE_ERROR};

    if (end == CLERK_AWAY && job->committing)
        result.text = "The database went away while this was written down. Please look whether "
                      "it was done before you try again.";
    else if (end == CLERK_AWAY)
        result.text = "The database cannot be reached just now. Nothing was changed. "
                      "Please try again.";
    else
        result.text = "This could not be done: the database refuses it. Nothing was changed. "
                      "The service's log says why.";
    return result;
}

/* The session keeps its own copy of what was found. */
static void session_keep(struct session *session, const struct job *job)
{
    const struct command_field *fields = session->command->fields;
    struct arena *arena = arena_new();

    session_forget(session);
    session->fetched_arena = arena;
    session->fetched_step = job->step;
    session->fetched = arena_alloc(arena, COMMAND_FIELDS_MAX * sizeof *session->fetched);
    for (size_t i = 0; i < job->admin.fetched_count; i++) {
        const struct admin_fetched *from = &job->admin.fetched[i];
        size_t place = 0;
        while (strcmp(fields[place].name, from->name) != 0)
            place++;
        struct fetched *to = &session->fetched[place];
        to->present = arena_strdup(arena, from->present);
        for (size_t j = 0; j < from->choices.count; j++)
            choices_add(&to->choices, arena,
                        (struct choice){
                            .value = arena_strdup(arena, from->choices.list[j].value),
                            .label = arena_strdup(arena, from->choices.list[j].label),
                        });
    }
}

/* Whether the answers are to be given again: the form that was sent last is still the session's. */
static bool job_asks_again(const struct job *job, const struct session *session)
{
    return job->end == JOB_REFUSED && job->admin.again && job->kind != JOB_FETCH &&
           session->step >= 0 && session->step != STEP_CONFIRM;
}

/* The form goes on. */
static void job_continue(struct job *job, struct session *session, struct pending *pending,
                         struct xml_out *out)
{
    struct pending waits = *pending;
    const char *complaint = job_asks_again(job, session) ? job->admin.result.text : NULL;

    if (job->kind == JOB_FETCH)
        session_keep(session, job);
    else if (complaint == NULL)
        session_forget(session);
    if (job->kind == JOB_PREVIEW && complaint == NULL && job->admin.result.text != NULL)
        session->preview = mem_strdup(admin_text(&job->admin));
    memset(pending, 0, sizeof *pending); /* its words are in `waits`; the ring may be used anew */
    session_resume(job->adhoc, session, &waits, job->kind, job->step, complaint, out);
    pending_clear(&waits);
}

static void messages_send(const struct job *job)
{
    const struct adhoc_desk *desk = &job->adhoc->desk;
    const struct result *result = &job->admin.result;

    for (size_t i = 0; i < result->message_count; i++)
        desk->tell(desk->context, result->messages[i].to, result->messages[i].body);
}

/* Its link is read later where the person is gone. */
static void file_send(struct job *job)
{
    const struct adhoc_desk *desk = &job->adhoc->desk;
    struct result_file *file = &job->admin.result.file;

    if (file->bytes == NULL || desk->upload == NULL)
        return;
    desk->upload(desk->context, job->admin.account, file->name, file->type, file->bytes,
                 file->size);
    file->bytes = NULL;
}

/* The end of the command. True when routing answers it, by the same tag. */
static bool job_finish(struct job *job, struct session *session)
{
    const struct adhoc_desk *desk = &job->adhoc->desk;

    if (session != NULL)
        session_end(job->adhoc, session);
    if (job->admin.result.event == NULL)
        return false;
    struct event event = *job->admin.result.event;
    event.from = job->admin.account;
    if (job->admin.result.text == NULL)
        event.word.tag = job->tag;
    desk->step(desk->context, &event);
    return job->admin.result.text == NULL;
}

static void job_answer(struct job *job, enum clerk_end end, struct session *session,
                       struct pending *pending, struct xml_out *out)
{
    struct answer_to to = pending_to(pending);
    struct result result = job->admin.result;

    if (end == CLERK_DONE && job->end == JOB_NOT_PERMITTED) {
        answer_error(&to, ERROR_NOT_FOUND, out);
    } else {
        if (end == CLERK_AWAY || job->end == JOB_FAILED)
            result = failure_result(job, end);
        answer_result(&to, job->command, job->session, &result, out);
    }
    if (session != NULL)
        session_end(job->adhoc, session);
    pending_clear(pending);
}

static void job_done(void *context, enum clerk_end end)
{
    struct job *job = context;
    struct adhoc *adhoc = job->adhoc;
    struct pending *pending = pending_find(adhoc, job->tag);
    struct session *session = session_by_job(adhoc, job->session, job->tag);
    bool fine = end == CLERK_DONE && job->end == JOB_DONE;
    struct xml_out out;

    if (end == CLERK_DONE && job->end == JOB_FAILED)
        log_error("command '%s' has failed: %s", job->command->node, job->admin.error.text);
    if (adhoc->desk.clerk == NULL) { /* the process ends */
        job_free(job);
        return;
    }
    xml_out_init(&out);
    arena_clear(adhoc->arena);
    if (session != NULL)
        session->job = 0;
    if (fine && job_commits(job)) {
        messages_send(job);
        file_send(job);
    }
    if (fine && job->kind == JOB_WORK) {
        if (job_finish(job, session))
            pending = NULL;
        consortium_free(job->settings);
        job->settings = NULL;
        if (job_account_begin(job, pending)) {
            xml_out_release(&out);
            return;
        }
        if (pending != NULL)
            job_answer(job, end, NULL, pending, &out);
    } else if (pending != NULL && session != NULL &&
               (fine || (end == CLERK_DONE && job_asks_again(job, session)))) {
        job_continue(job, session, pending, &out);
    } else if (pending != NULL) {
        job_answer(job, end, session, pending, &out);
    }
    if (out.length > 0)
        adhoc->desk.send(adhoc->desk.context, &out);
    xml_out_release(&out);
    job_free(job);
}

/* --- the beginning --- */

static void values_copy(const struct command_call *call, struct admin *admin)
{
    const struct command_field *fields = call->command->fields;
    struct admin_value *values =
        arena_alloc(admin->arena, COMMAND_FIELDS_MAX * sizeof *values);

    admin->values = values;
    for (size_t i = 0; fields != NULL && fields[i].name != NULL; i++) {
        assert(i < COMMAND_FIELDS_MAX);
        if (call->session->values[i] == NULL ||
            (fields[i].asked != NULL && !fields[i].asked(call)))
            continue;
        values[admin->value_count++] = (struct admin_value){
            fields[i].name, arena_strdup(admin->arena, call->session->values[i])};
    }
}

static void fetched_begin(const struct command_call *call, int step, struct admin *admin)
{
    const struct command_field *field = call->command->fields;

    admin->step = step;
    admin->fetched = arena_alloc(admin->arena, COMMAND_FIELDS_MAX * sizeof *admin->fetched);
    for (; field->name != NULL; field++)
        if (field->step == step && field->fetched)
            admin->fetched[admin->fetched_count++].name = field->name;
}

/* What the audit names; while a form is fetched, only what was chosen in one before it: a look at a
 * list is not one at what stands in it. */
static const char *object_of(const struct command_call *call, const struct admin *admin, int step)
{
    const char *name = call->command->object;

    for (const struct command_field *field = call->command->fields;
         name != NULL && field->name != NULL; field++)
        if (strcmp(field->name, name) == 0 && (step < 0 || field->step < step))
            return admin_value(admin, name);
    return "";
}

static void permit_fill(const struct command_call *call, int library, int step, struct job *job)
{
    const struct command *command = call->command;
    struct admin *admin = &job->admin;

    job->permit = (struct permit){
        .consortium_id = call->settings->id,
        .library_id = library == NO_INDEX ? 0 : call->settings->libraries[library].id,
        .account = admin->account,
        .right = admin->by_right ? right_name(admin->right) : NULL,
        .command = command->node,
        .object = object_of(call, admin, step),
        .reason = admin->reason,
        .personal = command->reason == REASON_ALWAYS ||
                    (command->reason == REASON_AT_LIBRARY && library != NO_INDEX),
    };
}

static struct job *job_new(const struct command_call *call, bool by_right, int library, int step)
{
    struct adhoc *adhoc = call->adhoc;
    struct arena *arena = arena_new();
    struct job *job = arena_alloc(arena, sizeof *job);
    struct admin *admin = &job->admin;

    job->adhoc = adhoc;
    job->command = call->command;
    job->consortium = arena_strdup(arena, adhoc->desk.consortium);
    *admin = (struct admin){
        .arena = arena,
        .account = arena_strdup(arena, call->request->account),
        .jid = arena_strdup(arena, call->request->jid),
        .node = call->command->node,
        .domain = arena_strdup(arena, adhoc->desk.domain),
        .accounts_domain = arena_strdup(arena, adhoc->desk.accounts_domain),
        .wall = adhoc->wall,
        .library = NO_INDEX,
        .by_right = by_right,
        .right = by_right ? command_right_held(call, library) : RIGHT_NONE,
        .as_coordinator = command_acts_as_coordinator(call),
        .provisions = adhoc->desk.provision != NULL,
    };
    values_copy(call, admin);
    admin->reason = admin_value(admin, "reason");
    if (call->command->wants_attendance)
        attendance_copy(adhoc, admin);
    permit_fill(call, library, step, job);
    return job;
}

static int library_of_operator(const struct command_call *call)
{
    int operator = rights_operator(call->settings, call->asker.account);

    return operator == NO_INDEX ? NO_INDEX : call->settings->operators[operator].library;
}

bool job_submit(const struct command_call *call, struct session *session, enum job_kind kind,
                int step)
{
    struct adhoc *adhoc = call->adhoc;
    int library = NO_INDEX;

    bool by_right =
        call->command->right != RIGHT_NONE && command_library(call, &library);
    if (!by_right)
        library = call->command->own ? library_of_operator(call) : NO_INDEX;
    struct job *job = job_new(call, by_right, library, step);
    job->kind = kind;
    job->step = step;
    memcpy(job->session, session->id, sizeof job->session);
    job->tag = pending_add(adhoc, call->request, session);
    if (kind == JOB_FETCH)
        fetched_begin(call, step, &job->admin);
    if (!clerk_submit(adhoc->desk.clerk, &(struct clerk_job){job_work, job_done, job})) {
        pending_clear(pending_find(adhoc, job->tag));
        job_free(job);
        return false;
    }
    session->job = job->tag;
    return true;
}
