#include "component/adhoc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/stanza_in.h"
#include "policy/arena.h"
#include "policy/mem.h"

enum action { ACTION_EXECUTE, ACTION_PREV, ACTION_NEXT, ACTION_COMPLETE, ACTION_CANCEL };

static const struct {
    const char *name;
    enum action action;
} actions[] = {
    {"execute", ACTION_EXECUTE}, {"prev", ACTION_PREV},     {"next", ACTION_NEXT},
    {"complete", ACTION_COMPLETE}, {"cancel", ACTION_CANCEL},
};

/* --- life --- */

struct adhoc *adhoc_new(struct routing *routing)
{
    struct adhoc *adhoc = mem_new(sizeof *adhoc);

    adhoc->routing = routing;
    adhoc->arena = arena_new();
    adhoc->pending = mem_new(PENDING_MAX * sizeof *adhoc->pending);
    TAILQ_INIT(&adhoc->by_age);
    TAILQ_INIT(&adhoc->accounts);
    return adhoc;
}

struct adhoc *adhoc_free(struct adhoc *adhoc)
{
    if (adhoc == NULL)
        return NULL;
    sessions_free(adhoc);
    accounts_free(adhoc);
    adhoc_forget_pending(adhoc);
    attendance_free(adhoc);
    free(adhoc->pending);
    arena_free(adhoc->arena);
    free(adhoc);
    return NULL;
}

void adhoc_clock(struct adhoc *adhoc, int64_t at, int64_t wall)
{
    adhoc->at = at;
    adhoc->wall = wall;
}

int64_t adhoc_wall(const struct adhoc *adhoc)
{
    return adhoc->wall;
}

void adhoc_forget_pending(struct adhoc *adhoc)
{
    for (int i = 0; i < PENDING_MAX; i++)
        pending_clear(&adhoc->pending[i]);
    attendance_forget(adhoc);
}

void adhoc_attach(struct adhoc *adhoc, const struct adhoc_desk *desk)
{
    adhoc->desk = *desk;
}

void adhoc_settings(struct adhoc *adhoc, const struct consortium *settings)
{
    adhoc->settings = settings;
}

unsigned adhoc_session_count(const struct adhoc *adhoc)
{
    return HASH_COUNT(adhoc->sessions);
}

/* --- what there is --- */

static struct command_call call_begin(struct adhoc *adhoc, const struct adhoc_request *request,
                                      const struct command *command)
{
    return (struct command_call){
        .adhoc = adhoc,
        .request = request,
        .asker = {adhoc->routing, request->account, adhoc->wall, adhoc->arena},
        .command = command,
        .settings = adhoc->settings,
    };
}

void adhoc_items(struct adhoc *adhoc, const struct adhoc_request *request, struct xml_out *out)
{
    arena_clear(adhoc->arena);
    for (const struct command *command = command_next(adhoc, NULL); command != NULL;
         command = command_next(adhoc, command)) {
        struct command_call call = call_begin(adhoc, request, command);
        if (!command_may(&call))
            continue;
        xml_out_raw(out, "<item");
        xml_out_attribute(out, "jid", request->to);
        xml_out_attribute(out, "node", command->node);
        xml_out_attribute(out, "name", command->title);
        xml_out_raw(out, "/>");
    }
}

const char *adhoc_title(struct adhoc *adhoc, const struct adhoc_request *request, const char *node)
{
    struct command_call call = call_begin(adhoc, request, NULL);

    arena_clear(adhoc->arena);
    return command_find_allowed(&call, node) ? call.command->title : NULL;
}

/* --- answers of words --- */

/* Several words of one command: false while more is to come. */
static bool pending_join(struct pending *pending, const char *text)
{
    if (pending->parts == 0 && pending->text == NULL)
        return true;
    char *joined = pending->text == NULL ? mem_strdup(text)
                                         : mem_printf("%s\n%s", pending->text, text);
    free(pending->text);
    pending->text = joined;
    return pending->parts-- == 0;
}

void adhoc_answer(struct adhoc *adhoc, const struct effect *answer, struct xml_out *out)
{
    struct pending *pending = pending_find(adhoc, answer->answer.tag);

    if (pending == NULL)
        return;
    struct answer_to to = pending_to(pending);
    struct result result = {.text = answer->answer.text};
    if (result.text != NULL && !pending_join(pending, result.text))
        return;
    if (pending->text != NULL)
        result.text = pending->text;
    if (answer->answer.text == NULL)
        answer_error(&to, ERROR_NOT_FOUND, out);
    else
        answer_result(&to, command_find(adhoc, pending->node), pending->session, &result, out);
    pending_clear(pending);
}

/* --- running --- */

/* A request under way. */
struct run {
    struct command_call call;
    struct session *session;
    struct answer_to to;
    struct xml_out *out;
};

static struct answer_to request_to(const struct adhoc_request *request)
{
    return (struct answer_to){.from = request->to, .to = request->jid, .id = request->id};
}

static void refuse(const struct run *run, enum adhoc_error error)
{
    answer_error(&run->to, error, run->out);
}

static void done_result(struct run *run, const struct result *result)
{
    answer_result(&run->to, run->call.command, run->session->id, result, run->out);
    session_end(run->call.adhoc, run->session);
}

static void done(struct run *run, enum note_type type, const char *text)
{
    done_result(run, &(struct result){.type = type, .text = text});
}

static void cancelled(struct run *run)
{
    answer_cancelled(&run->to, run->call.command->node, run->session->id, run->out);
    session_end(run->call.adhoc, run->session);
}

static void form_send(struct run *run, const char *complaint)
{
    answer_form(&run->to, &run->call, complaint, run->out);
}

static const char *no_chat(enum chat_part part)
{
    switch (part) {
    case PART_ANY:
        return "You have no chat now, and none is offered to you.";
    case PART_OWNER:
        return "You have no chat now.";
    case PART_OFFERED:
        return "No chat is offered to you now.";
    case PART_HANDING:
        return "You are not handing a chat over now.";
    }
    abort();
}

/* The one chat that it can be about needs no asking. False, and the session is over, when there is
 * none. */
static bool chat_begin(struct run *run)
{
    const struct adhoc_request *request = run->call.request;
    const struct command *command = run->call.command;
    struct choices chats;

    if (command->subject != ABOUT_CHAT)
        return true;
    if (request->place == PLACE_CHAT) {
        run->session->chat = mem_strdup(request->address);
        return true;
    }
    choices_chats(&run->call.asker, command->part, &chats);
    if (chats.count == 0) {
        done(run, NOTE_WARN, no_chat(command->part));
        return false;
    }
    if (chats.count == 1)
        run->session->chat = mem_strdup(chats.list[0].value);
    return true;
}

/* It was when it was chosen; people are slow. */
static bool chat_is_still(const struct run *run)
{
    const char *chat = command_chat(&run->call);

    return chat == NULL ||
           asker_chat_library(&run->call.asker, chat, run->call.command->part) != NULL;
}

/* The command goes on by itself, as an event whose answer follows; its session is over. */
static void event_begin(struct run *run, const struct event *event, struct event *ret)
{
    const struct adhoc_request *request = run->call.request;

    *ret = *event;
    ret->from = request->account;
    ret->resource = request->resource;
    ret->word.tag = pending_add(run->call.adhoc, request, run->session);
    session_end(run->call.adhoc, run->session);
}

/* The last word is the caller's to step, which is all of most commands. */
static void words_begin(struct run *run, const struct outcome *outcome, struct event *ret)
{
    struct adhoc *adhoc = run->call.adhoc;
    /* The session, which may own these, ends before they are used. */
    struct event word = {.type = EVENT_WORD, .to = arena_strdup(adhoc->arena, outcome->address)};
    const char *lines[OUTCOME_LINES_MAX];

    assert(outcome->line_count > 0);
    for (size_t i = 0; i < outcome->line_count; i++)
        lines[i] = arena_strdup(adhoc->arena, outcome->lines[i]);
    event_begin(run, &word, ret);
    pending_find(adhoc, ret->word.tag)->parts = (int)outcome->line_count - 1;
    for (size_t i = 0; i < outcome->line_count; i++) {
        struct event one = *ret;
        ret->word.line = one.word.line = lines[i];
        if (i + 1 < outcome->line_count)
            adhoc->desk.step(adhoc->desk.context, &one);
    }
}

static void messages_send(const struct adhoc *adhoc, const struct result *result)
{
    for (size_t i = 0; i < result->message_count; i++)
        adhoc->desk.tell(adhoc->desk.context, result->messages[i].to, result->messages[i].body);
}

/* A job, if there is room for it. */
static void job_begin(struct run *run, enum job_kind kind, int step)
{
    if (!job_submit(&run->call, run->session, kind, step))
        done(run, NOTE_ERROR, "Too much is being asked just now. Nothing was changed. "
                              "Please try again.");
}

/* All is asked. True when an event is to be stepped. */
static bool finish(struct run *run, struct event *ret)
{
    struct adhoc *adhoc = run->call.adhoc;
    struct outcome outcome = {.line_count = 0};

    if (run->call.command->work != NULL) {
        job_begin(run, JOB_WORK, -1);
        return false;
    }
    run->call.command->run(&run->call, &outcome);
    messages_send(adhoc, &outcome.result);
    if (outcome.result.text != NULL) {
        done_result(run, &outcome.result);
        return false;
    }
    if (outcome.result.event != NULL) {
        event_begin(run, outcome.result.event, ret);
        return true;
    }
    words_begin(run, &outcome, ret);
    return true;
}

/* All fields are filled in: the question before the work, or the work. */
static bool conclude(struct run *run, struct event *ret)
{
    const struct command *command = run->call.command;
    bool asked = run->session->step == STEP_CONFIRM;

    if (!asked && command->preview != NULL) {
        job_begin(run, JOB_PREVIEW, -1);
        return false;
    }
    if (!asked && command->confirm != NULL && command->confirm(&run->call) != NULL) {
        run->session->step = STEP_CONFIRM;
        form_send(run, NULL);
        return false;
    }
    return finish(run, ret);
}

/* The form of a step for which all is there. */
static void step_send(struct run *run, int step)
{
    const char *nothing = step_nothing(&run->call, step);

    if (nothing != NULL) {
        done(run, NOTE_WARN, nothing);
        return;
    }
    run->session->step = step;
    form_send(run, NULL);
}

/* The step's form, now or when a job has fetched what it shows. */
static void step_begin(struct run *run, int step)
{
    if (step_wants_fetch(&run->call, step))
        job_begin(run, JOB_FETCH, step);
    else
        step_send(run, step);
}

/* The next form, or the end. */
static bool proceed(struct run *run, struct event *ret)
{
    int step = step_after(&run->call, run->session->step);

    if (!chat_is_still(run)) {
        done(run, NOTE_WARN, "That chat is not yours any more.");
        return false;
    }
    if (step < 0)
        return conclude(run, ret);
    step_begin(run, step);
    return false;
}

static bool first(struct run *run, enum action action, struct event *ret)
{
    if (action != ACTION_EXECUTE) {
        refuse(run, ERROR_BAD_ACTION);
        return false;
    }
    run->session = session_new(run->call.adhoc, run->call.request, run->call.command);
    run->call.session = run->session;
    command_library_begin(&run->call, run->session);
    return chat_begin(run) && proceed(run, ret);
}

/* The form that was sent is filled in. */
static bool submitted(struct run *run, const struct form *form, struct event *ret)
{
    const char *complaint = NULL, *stop = NULL;

    if (!step_take(&run->call, run->session, form, &complaint, &stop)) {
        form_send(run, complaint);
        return false;
    }
    if (stop != NULL) {
        done(run, NOTE_INFO, stop);
        return false;
    }
    return proceed(run, ret);
}

static bool further(struct run *run, enum action action, const struct form *form,
                    struct event *ret)
{
    bool last = step_is_last(&run->call, run->session->step);
    int before = step_before(&run->call, run->session->step);

    if (action == ACTION_CANCEL || (form != NULL && form->cancelled)) {
        cancelled(run);
        return false;
    }
    if ((action == ACTION_PREV && before < 0) || (action == ACTION_NEXT && last) ||
        (action == ACTION_COMPLETE && !last)) {
        refuse(run, ERROR_BAD_ACTION);
        return false;
    }
    if (action == ACTION_PREV) {
        step_begin(run, before);
        return false;
    }
    if (form == NULL) {
        refuse(run, ERROR_BAD_PAYLOAD);
        return false;
    }
    return submitted(run, form, ret);
}

void session_resume(struct adhoc *adhoc, struct session *session, const struct pending *pending,
                    enum job_kind kind, int step, const char *complaint, struct xml_out *out)
{
    struct adhoc_request request = {
        .jid = session->jid,
        .account = session->account,
        .resource = "",
        .to = pending->to,
        .address = session->address,
        .place = PLACE_SERVICE,
        .id = pending->id,
    };
    struct run run = {
        .call = call_begin(adhoc, &request, session->command),
        .session = session,
        .to = request_to(&request),
        .out = out,
    };

    run.call.session = session;
    if (!command_may(&run.call) || command_library_is_lost(&run.call)) {
        refuse(&run, ERROR_NOT_FOUND);
        session_end(adhoc, session);
    } else if (complaint != NULL) {
        form_send(&run, complaint);
    } else if (kind == JOB_FETCH) {
        step_send(&run, step);
    } else if (session->preview != NULL) {
        session->step = STEP_CONFIRM;
        form_send(&run, NULL);
    } else {
        finish(&run, NULL); /* a row with a preview has its work in the database */
    }
}

/* A missing action is the form's default (XEP-0050, section 3.4), as is "execute". */
static bool action_read(xmpp_stanza_t *command, enum action *ret)
{
    const char *name = xmpp_stanza_get_attribute(command, "action");

    *ret = ACTION_EXECUTE;
    if (name == NULL)
        return true;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, name) != 0)
            continue;
        *ret = actions[i].action;
        return true;
    }
    return false;
}

/* What is wrong with the request before anything is done; -1 for nothing. */
static int request_check(struct run *run, xmpp_stanza_t *command, enum action *ret_action)
{
    const struct adhoc_request *request = run->call.request;
    const char *node = xmpp_stanza_get_attribute(command, "node");
    const char *id = xmpp_stanza_get_attribute(command, "sessionid");

    if (request->id != NULL && strlen(request->id) > PENDING_ID_BYTES_MAX)
        return ERROR_BAD_REQUEST;
    if (node == NULL || !command_find_allowed(&run->call, node))
        return ERROR_NOT_FOUND;
    if (!action_read(command, ret_action))
        return ERROR_MALFORMED_ACTION;
    if (id == NULL)
        return -1;
    switch (session_find(run->call.adhoc, request, run->call.command, id, &run->session)) {
    case SESSION_UNKNOWN:
        return ERROR_BAD_SESSION;
    case SESSION_EXPIRED:
        return ERROR_SESSION_EXPIRED;
    case SESSION_FINE:
        break;
    }
    run->call.session = run->session;
    if (run->session->job != 0)
        return ERROR_BUSY;
    if (!command_library_is_lost(&run->call))
        return -1;
    session_end(run->call.adhoc, run->session);
    return ERROR_NOT_FOUND;
}

bool adhoc_execute(struct adhoc *adhoc, const struct adhoc_request *request,
                   xmpp_stanza_t *command, struct xml_out *out, struct event *ret)
{
    struct run run = {
        .call = call_begin(adhoc, request, NULL), .to = request_to(request), .out = out};
    xmpp_stanza_t *x = stanza_child(command, "x", NS_FORM);
    enum action action = ACTION_EXECUTE;
    struct form *form = NULL;
    struct error error;

    arena_clear(adhoc->arena);
    int wrong = request_check(&run, command, &action);
    if (wrong >= 0) {
        refuse(&run, (enum adhoc_error)wrong);
        return false;
    }
    if (run.session == NULL)
        return first(&run, action, ret);
    if (x != NULL) {
        form = arena_alloc(adhoc->arena, sizeof *form);
        if (!form_read(x, adhoc->arena, form, &error)) {
            refuse(&run, ERROR_BAD_PAYLOAD);
            return false;
        }
    }
    return further(&run, action, form, ret);
}
