/* admin_help_answer.c: requests for help, by those who answer them: the library's administrators
 * those of its operators, coordinators what comes from administrators or was passed on to them.
 * Whoever asked sees the own ones, and can say that they are not needed any more. */
#include <stdlib.h>
#include <string.h>

#include "component/admin_help.h"
#include "component/admin_settings.h"
#include "component/database.h"
#include "component/permit.h"
#include "component/settings.h"
#include "component/utf8.h"

/* What somebody is to a request. */
enum part { PART_ASKER, PART_LIBRARY, PART_COORDINATOR };

static bool acts_for_consortium(const struct admin *admin)
{
    return admin->by_right && (admin->library == NO_INDEX || admin->as_coordinator);
}

static struct help_scope scope_of(const struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);

    return (struct help_scope){
        .consortium = admin->settings->id,
        .library = library == NULL ? 0 : library->id,
        .account = admin->by_right ? NULL : admin->account,
        .consortium_only = acts_for_consortium(admin),
        .zone = library == NULL ? admin->settings->zone->name : library->zone->name,
    };
}

static enum part part_of(const struct admin *admin, const struct help_request *request)
{
    if (strcmp(request->account, admin->account) == 0)
        return PART_ASKER;
    if (acts_for_consortium(admin))
        return PART_COORDINATOR;
    return request->tier == HELP_AT_LIBRARY ? PART_LIBRARY : PART_ASKER;
}

/* --- the list --- */

static const char *excerpt(struct arena *arena, const char *text)
{
    const char *end = text;

    for (int i = 0; i < 60 && *end != '\0' && *end != '\n'; i++)
        end += utf8_character(end) > 0 ? utf8_character(end) : 1;
    return arena_printf(arena, "%.*s%s", (int)(end - text), text, *end == '\0' ? "" : "...");
}

static bool list_fetch(struct admin *admin)
{
    const struct help_scope scope = scope_of(admin);
    struct help_request *list;
    size_t count;

    if (!help_list(admin->database, &scope, admin->arena, &list, &count, &admin->error))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct help_request *request = &list[i];
        const char *who = help_who(admin->arena, admin->settings, request->account,
                                   help_library(admin->settings, request->library));
        const char *state = request->state == HELP_ESCALATED ? ", escalated"
                            : request->tier == HELP_AT_CONSORTIUM && !scope.consortium_only
                                ? ", with the coordinators"
                                : "";
        admin_choice(admin, "request",
                     arena_printf(admin->arena, "%lld, %s, %s, %s%s: %s",
                                  (long long)request->number, request->at, request->kind, who,
                                  state, excerpt(admin->arena, request->text)),
                     arena_printf(admin->arena, "%lld", (long long)request->number));
    }
    return true;
}

/* --- one of them --- */

/* NULL, with false's meaning, when it is gone. */
static struct help_request *request_find(struct admin *admin)
{
    const struct help_scope scope = scope_of(admin);
    struct help_request *request;
    long long number = strtoll(admin_value(admin, "request"), NULL, 10);

    if (!help_find(admin->database, &scope, number, admin->arena, &request, &admin->error))
        return NULL;
    if (request == NULL)
        admin_refuse(admin, "That request is closed already.");
    return request;
}

/* "Queue q: rollover is now on": of what would be changed by a yes. NULL: nothing could be. */
static const char *wish_words(struct admin *admin, const struct help_request *request)
{
    const char *node, *words = NULL;
    struct edit *edit = help_edit(admin, request, &node);

    if (edit != NULL && edit_run(edit, node) && edit_changes(edit)[0] != '\0')
        words = arena_strdup(admin->arena, edit_changes(edit));
    edit_free(edit);
    return words;
}

static const char *request_words(struct admin *admin, const struct help_request *request,
                                 const char *wish)
{
    struct arena *arena = admin->arena;
    const char *words =
        arena_printf(arena, "%s, %s, by %s:\n%s", request->at, request->kind,
                     help_who(arena, admin->settings, request->account,
                              help_library(admin->settings, request->library)),
                     request->text);

    if (wish != NULL)
        words = arena_printf(arena, "%s\nAccepted: %s", words, wish);
    if (request->reference[0] != '\0')
        words = arena_printf(arena, "%s\nEscalated as %s", words, request->reference);
    if (request->answer[0] != '\0')
        words = arena_printf(arena, "%s\nAnswered: %s", words, request->answer);
    return words;
}

static bool request_fetch(struct admin *admin)
{
    struct help_request *request = request_find(admin);

    if (request == NULL)
        return false;
    enum part part = part_of(admin, request);
    const char *wish = part == PART_COORDINATOR ? wish_words(admin, request) : NULL;
    admin_present(admin, "asked", request_words(admin, request, wish));
    if (wish != NULL)
        admin_choice(admin, "action", "Accept: do what is asked, and close it", "accept");
    if (part != PART_ASKER)
        admin_choice(admin, "action", "Answer, and leave it open", "answer");
    admin_choice(admin, "action",
                 part == PART_ASKER ? "It is not needed any more" : "Close it", "close");
    if (part == PART_LIBRARY)
        admin_choice(admin, "action", "Pass it on to the coordinators", "pass");
    if (part == PART_COORDINATOR)
        admin_choice(admin, "action", "Escalate it to the vendor", "escalate");
    admin_present(admin, "action",
                  wish != NULL ? "accept" : part == PART_ASKER ? "close" : "answer");
    return true;
}

bool help_answer_fetch(struct admin *admin)
{
    return admin->step == 1 ? list_fetch(admin) : request_fetch(admin);
}

/* --- doing it --- */

/* The right to change the setting is asked for by itself: who may answer need not have it. */
static bool may_accept(struct admin *admin, const struct help_request *request, bool *ret)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, "SELECT deskbell.holds($1, $2, $3, 'policy')");
    statement_number(&statement, admin->settings->id);
    statement_number(&statement, request->library);
    statement_text(&statement, admin->account);
    if (!statement_run(admin->database, &statement, &result, &admin->error))
        return false;
    *ret = result_switch(result, 0, 0);
    PQclear(result);
    return true;
}

/* *ret_done are the changes in words. */
static bool accept(struct admin *admin, const struct help_request *request, const char **ret_done)
{
    const char *node;
    bool may = false;

    if (!may_accept(admin, request, &may))
        return false;
    if (!may)
        return admin_refuse(admin, "This needs the right 'policy', which you do not hold.");
    struct edit *edit = help_edit(admin, request, &node);
    bool fine = edit != NULL && edit_run(edit, node);
    if (!fine)
        admin_refuse(admin, "What was asked for cannot be done any more.%s%s",
                     edit == NULL ? "" : "\n", edit == NULL ? "" : edit_complaints(edit));
    else
        fine = settings_save(admin->database, admin->settings, edit_after(edit), &admin->error);
    if (fine)
        *ret_done = arena_printf(admin->arena, "accepted. %s", edit_changes(edit));
    edit_free(edit);
    return fine &&
           permit_note(admin->database, request->library, node, admin->reason, *ret_done,
                       &admin->error);
}

/* What is said of it; NULL behind a refusal or a failure. */
static const char *act(struct admin *admin, struct help_request *request, const char *action)
{
    const char *done = NULL, *reference = admin_value(admin, "reference");

    if (strcmp(action, "answer") == 0) {
        if (admin_value(admin, "answer")[0] != '\0')
            return "is answered.";
        admin_complain(admin, "Please write an answer.");
        return NULL;
    }
    if (strcmp(action, "pass") == 0) {
        request->tier = HELP_AT_CONSORTIUM;
        return "is passed on to the consortium's coordinators.";
    }
    if (strcmp(action, "escalate") == 0) {
        if (reference[0] == '\0' || utf8_length(reference) > HELP_REFERENCE_CHARACTERS_MAX) {
            admin_complain(admin, "Please write the vendor's reference, in %d characters.",
                           HELP_REFERENCE_CHARACTERS_MAX);
            return NULL;
        }
        request->reference = reference;
        request->state = HELP_ESCALATED;
        return arena_printf(admin->arena, "is escalated, reference %s.", reference);
    }
    request->state = HELP_CLOSED;
    if (strcmp(action, "accept") != 0)
        return "is closed.";
    return accept(admin, request, &done) ? arena_printf(admin->arena, "is %s", done) : NULL;
}

static bool is_offered(enum part part, const char *action)
{
    switch (part) {
    case PART_ASKER:
        return strcmp(action, "close") == 0;
    case PART_LIBRARY:
        return strcmp(action, "accept") != 0 && strcmp(action, "escalate") != 0;
    case PART_COORDINATOR:
        return strcmp(action, "pass") != 0;
    }
    abort();
}

/* Who asked hears of each change; the coordinators of what is theirs now, and who would answer of
 * what is not needed any more. */
static void people_tell(struct admin *admin, const struct help_request *request, enum part part,
                        const char *action, const char *words)
{
    int library = help_library(admin->settings, request->library);
    const struct helpers helpers = help_helpers(admin->settings, request->tier, library);
    const char *answer = admin_value(admin, "answer");
    const char *body = arena_printf(admin->arena, "Request for help %lld (%s) %s%s%s\n(%s)",
                                    (long long)request->number, request->kind, words,
                                    answer[0] == '\0' ? "" : "\n", answer, admin->account);

    if (strcmp(request->account, admin->account) != 0)
        admin_tell(admin, request->account, body);
    if (part == PART_ASKER) {
        help_tell(admin, &helpers, body);
    } else if (strcmp(action, "pass") == 0) {
        const char *told =
            help_tell(admin, &helpers,
                      arena_printf(admin->arena, "%s\n%s asked:\n%s", body,
                                   help_who(admin->arena, admin->settings, request->account,
                                            library),
                                   request->text));
        if (told[0] != '\0')
            admin_say(admin, "Sent to %s: %s.", helpers.title, told);
    }
}

bool help_answer(struct admin *admin)
{
    struct help_request *request = request_find(admin);
    const char *action = admin_value(admin, "action"), *answer = admin_value(admin, "answer");

    if (request == NULL)
        return false;
    enum part part = part_of(admin, request);
    if (!is_offered(part, action))
        return admin_refuse(admin, "That request is not yours to answer any more.");
    if (answer[0] != '\0')
        request->answer = answer;
    const char *words = act(admin, request, action);
    if (words == NULL || !help_change(admin->database, admin->settings->id, request,
                                      admin->account, &admin->error))
        return false;
    admin_say(admin, "Request %lld %s", (long long)request->number, words);
    people_tell(admin, request, part, action, words);
    return true;
}

static const char *answer_wrong(const struct command_call *call, const char *value)
{
    return utf8_length(value) <= HELP_TEXT_CHARACTERS_MAX
               ? NULL
               : arena_printf(call->asker.arena, "please be shorter: %d characters at most.",
                              HELP_TEXT_CHARACTERS_MAX);
}

/* Only coordinators know the vendor. */
static bool reference_is_asked(const struct command_call *call)
{
    int library;

    return command_library(call, &library) && command_acts_as_coordinator(call);
}

/* Who only takes back what was asked has nothing to say about it. */
static bool answer_is_asked(const struct command_call *call)
{
    int library;

    return command_library(call, &library);
}

const struct command_field help_answer_fields[] = {
    FIELD_LIBRARY,
    {.name = "request",
     .type = FIELD_LIST_SINGLE,
     .label = "Request for help",
     .step = 1,
     .required = true,
     .fetched = true,
     .nothing = "No request for help is open."},
    {.name = "asked", .type = FIELD_FIXED, .label = "Request", .step = 2, .fetched = true},
    {.name = "action",
     .type = FIELD_LIST_SINGLE,
     .label = "What shall happen",
     .step = 2,
     .required = true,
     .fetched = true},
    {.name = "answer",
     .type = FIELD_TEXT_MULTI,
     .label = "Words for whoever asked",
     .step = 2,
     .asked = answer_is_asked,
     .wrong = answer_wrong},
    {.name = "reference",
     .type = FIELD_TEXT_SINGLE,
     .label = "To escalate: the vendor's reference",
     .step = 2,
     .asked = reference_is_asked},
    {.name = NULL},
};
