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

/* XEP-0050, section 4.4. */
enum adhoc_error {
    ERROR_NOT_FOUND,
    ERROR_BAD_REQUEST,
    ERROR_MALFORMED_ACTION,
    ERROR_BAD_ACTION,
    ERROR_BAD_PAYLOAD,
    ERROR_BAD_SESSION,
    ERROR_SESSION_EXPIRED,
    ERROR_LOST
};

static const struct {
    const char *type, *condition, *detail, *text;
} errors[] = {
    [ERROR_NOT_FOUND] = {"cancel", "item-not-found", NULL, NULL},
    [ERROR_BAD_REQUEST] = {"modify", "bad-request", NULL, NULL},
    [ERROR_MALFORMED_ACTION] = {"modify", "bad-request", "malformed-action", NULL},
    [ERROR_BAD_ACTION] = {"modify", "bad-request", "bad-action", NULL},
    [ERROR_BAD_PAYLOAD] = {"modify", "bad-request", "bad-payload", NULL},
    [ERROR_BAD_SESSION] = {"modify", "bad-request", "bad-sessionid",
                           "This form is done with. Please begin again."},
    [ERROR_SESSION_EXPIRED] = {"cancel", "not-allowed", "session-expired",
                               "This form waited too long. Please begin again."},
    [ERROR_LOST] = {"wait", "internal-server-error", NULL,
                    "This could not be written down. Please try again."},
};

/* --- life --- */

struct adhoc *adhoc_new(struct routing *routing)
{
    struct adhoc *adhoc = mem_new(sizeof *adhoc);

    adhoc->routing = routing;
    adhoc->arena = arena_new();
    adhoc->pending = mem_new(PENDING_MAX * sizeof *adhoc->pending);
    TAILQ_INIT(&adhoc->by_age);
    return adhoc;
}

struct adhoc *adhoc_free(struct adhoc *adhoc)
{
    if (adhoc == NULL)
        return NULL;
    sessions_free(adhoc);
    adhoc_forget_pending(adhoc);
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

void adhoc_forget_pending(struct adhoc *adhoc)
{
    for (int i = 0; i < PENDING_MAX; i++)
        pending_clear(&adhoc->pending[i]);
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
    };
}

void adhoc_items(struct adhoc *adhoc, const struct adhoc_request *request, struct xml_out *out)
{
    arena_clear(adhoc->arena);
    for (size_t i = 0; i < command_count; i++) {
        struct command_call call = call_begin(adhoc, request, &commands[i]);
        if (!command_may(&call))
            continue;
        xml_out_raw(out, "<item");
        xml_out_attribute(out, "jid", request->to);
        xml_out_attribute(out, "node", commands[i].node);
        xml_out_attribute(out, "name", commands[i].title);
        xml_out_raw(out, "/>");
    }
}

const char *adhoc_title(struct adhoc *adhoc, const struct adhoc_request *request, const char *node)
{
    const struct command *command = command_find(node);

    arena_clear(adhoc->arena);
    if (command == NULL)
        return NULL;
    struct command_call call = call_begin(adhoc, request, command);
    return command_may(&call) ? command->title : NULL;
}

/* --- answers --- */

static void answer_begin(struct xml_out *out, const char *type, const char *from, const char *to,
                         const char *id)
{
    xml_out_raw(out, "<iq");
    xml_out_attribute(out, "type", type);
    xml_out_attribute(out, "from", from);
    xml_out_attribute(out, "to", to);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, ">");
}

static void error_out(struct xml_out *out, enum adhoc_error error)
{
    xml_out_raw(out, "<error");
    xml_out_attribute(out, "type", errors[error].type);
    xml_out_raw(out, "><");
    xml_out_raw(out, errors[error].condition);
    xml_out_raw(out, " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>");
    if (errors[error].text != NULL) {
        xml_out_raw(out, "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>");
        xml_out_text(out, errors[error].text);
        xml_out_raw(out, "</text>");
    }
    if (errors[error].detail != NULL) {
        xml_out_raw(out, "<");
        xml_out_raw(out, errors[error].detail);
        xml_out_raw(out, " xmlns='" NS_COMMANDS "'/>");
    }
    xml_out_raw(out, "</error></iq>");
}

static void refuse(const struct adhoc_request *request, enum adhoc_error error,
                   struct xml_out *out)
{
    answer_begin(out, "error", request->to, request->jid, request->id);
    error_out(out, error);
}

static void command_begin(struct xml_out *out, const char *node, const char *session,
                          const char *status)
{
    xml_out_raw(out, "<command xmlns='" NS_COMMANDS "'");
    xml_out_attribute(out, "node", node);
    xml_out_attribute(out, "sessionid", session);
    xml_out_attribute(out, "status", status);
    xml_out_raw(out, ">");
}

/* A text of several lines comes as a field, too: not every client keeps a note's lines apart. */
static void done_out(struct xml_out *out, const char *node, const char *session,
                     enum note_type type, const char *text)
{
    static const char *const types[] = {"info", "warn", "error"};

    command_begin(out, node, session, "completed");
    xml_out_raw(out, "<note");
    xml_out_attribute(out, "type", types[type]);
    xml_out_raw(out, ">");
    xml_out_text(out, text);
    xml_out_raw(out, "</note>");
    if (strchr(text, '\n') != NULL) {
        form_begin(out, FORM_RESULT, command_find(node)->title, "");
        form_field_begin(out, FIELD_TEXT_MULTI, "answer", "Answer", false);
        form_value(out, FIELD_TEXT_MULTI, text);
        form_field_end(out);
        form_end(out);
    }
    xml_out_raw(out, "</command></iq>");
}

void adhoc_answer(struct adhoc *adhoc, const struct effect *answer, struct xml_out *out)
{
    struct pending *pending = pending_find(adhoc, answer->answer.tag);

    if (pending == NULL)
        return;
    answer_begin(out, answer->answer.text == NULL ? "error" : "result", pending->to, pending->jid,
                 pending->id);
    if (answer->answer.text == NULL)
        error_out(out, ERROR_NOT_FOUND);
    else
        done_out(out, pending->node, pending->session, NOTE_INFO, answer->answer.text);
    pending_clear(pending);
}

void adhoc_answer_lost(struct adhoc *adhoc, const struct effect *answer, struct xml_out *out)
{
    struct pending *pending = pending_find(adhoc, answer->answer.tag);

    if (pending == NULL)
        return;
    answer_begin(out, "error", pending->to, pending->jid, pending->id);
    error_out(out, ERROR_LOST);
    pending_clear(pending);
}

/* --- running --- */

/* A request under way. */
struct run {
    struct command_call call;
    struct session *session;
    struct xml_out *out;
};

static void done(struct run *run, enum note_type type, const char *text)
{
    const struct adhoc_request *request = run->call.request;

    answer_begin(run->out, "result", request->to, request->jid, request->id);
    done_out(run->out, run->call.command->node, run->session->id, type, text);
    session_end(run->call.adhoc, run->session);
}

static void cancelled(struct run *run)
{
    const struct adhoc_request *request = run->call.request;

    answer_begin(run->out, "result", request->to, request->jid, request->id);
    command_begin(run->out, run->call.command->node, run->session->id, "canceled");
    xml_out_raw(run->out, "</command></iq>");
    session_end(run->call.adhoc, run->session);
}

/* The form of the session's step. Whether more follows may hang on the answers: "complete" is
 * offered only where nothing can. */
static void form_send(struct run *run, const char *complaint)
{
    const struct adhoc_request *request = run->call.request;
    int step = run->session->step;
    const char *go = step_is_last(&run->call, step) ? "complete" : "next";

    answer_begin(run->out, "result", request->to, request->jid, request->id);
    command_begin(run->out, run->call.command->node, run->session->id, "executing");
    xml_out_raw(run->out, "<actions");
    xml_out_attribute(run->out, "execute", go);
    xml_out_raw(run->out, ">");
    if (step_before(&run->call, step) >= 0)
        xml_out_raw(run->out, "<prev/>");
    xml_out_raw(run->out, go[0] == 'c' ? "<complete/>" : "<next/>");
    xml_out_raw(run->out, "</actions>");
    if (complaint != NULL) {
        xml_out_raw(run->out, "<note type='error'>");
        xml_out_text(run->out, complaint);
        xml_out_raw(run->out, "</note>");
    }
    step_form(&run->call, step, complaint, run->out);
    xml_out_raw(run->out, "</command></iq>");
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

/* All is asked. True when a word is to be run. */
static bool finish(struct run *run, struct event *ret)
{
    const struct adhoc_request *request = run->call.request;
    struct outcome outcome = {.line = NULL};

    run->call.command->run(&run->call, &outcome);
    if (outcome.result.text != NULL) {
        done(run, outcome.result.type, outcome.result.text);
        return false;
    }
    *ret = (struct event){.type = EVENT_WORD, .from = request->account};
    ret->resource = request->resource;
    ret->to = arena_strdup(run->call.adhoc->arena, outcome.address); /* the session ends here */
    ret->word.line = arena_strdup(run->call.adhoc->arena, outcome.line);
    ret->word.tag = pending_add(run->call.adhoc, request, run->session);
    session_end(run->call.adhoc, run->session);
    return true;
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
        return finish(run, ret);
    const char *nothing = step_nothing(&run->call, step);
    if (nothing != NULL) {
        done(run, NOTE_WARN, nothing);
        return false;
    }
    run->session->step = step;
    form_send(run, NULL);
    return false;
}

static bool first(struct run *run, enum action action, struct event *ret)
{
    if (action != ACTION_EXECUTE) {
        refuse(run->call.request, ERROR_BAD_ACTION, run->out);
        return false;
    }
    run->session = session_new(run->call.adhoc, run->call.request, run->call.command);
    run->call.session = run->session;
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
        refuse(run->call.request, ERROR_BAD_ACTION, run->out);
        return false;
    }
    if (action == ACTION_PREV) {
        run->session->step = before;
        form_send(run, NULL);
        return false;
    }
    if (form == NULL) {
        refuse(run->call.request, ERROR_BAD_PAYLOAD, run->out);
        return false;
    }
    return submitted(run, form, ret);
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
    run->call.command = node == NULL ? NULL : command_find(node);
    if (run->call.command == NULL || !command_may(&run->call))
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
        run->call.session = run->session;
        return -1;
    }
    abort();
}

bool adhoc_execute(struct adhoc *adhoc, const struct adhoc_request *request,
                   xmpp_stanza_t *command, struct xml_out *out, struct event *ret)
{
    struct run run = {.call = call_begin(adhoc, request, NULL), .out = out};
    xmpp_stanza_t *x = stanza_child(command, "x", NS_FORM);
    enum action action = ACTION_EXECUTE;
    struct form *form = NULL;
    struct error error;

    arena_clear(adhoc->arena);
    int wrong = request_check(&run, command, &action);
    if (wrong >= 0) {
        refuse(request, (enum adhoc_error)wrong, out);
        return false;
    }
    if (run.session == NULL)
        return first(&run, action, ret);
    if (x != NULL) {
        form = arena_alloc(adhoc->arena, sizeof *form);
        if (!form_read(x, adhoc->arena, form, &error)) {
            refuse(request, ERROR_BAD_PAYLOAD, out);
            return false;
        }
    }
    return further(&run, action, form, ret);
}
