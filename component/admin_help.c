/* admin_help.c: help in tiers: operators ask their library's administrators, those ask the
 * coordinators. What is asked is kept until somebody closes it (admin_help_answer.c). */
#include "component/admin_help.h"

#include <stdlib.h>
#include <string.h>

#include "component/edit.h"
#include "component/utf8.h"

int help_library(const struct consortium *settings, int64_t library)
{
    for (size_t i = 0; library != 0 && i < settings->library_count; i++)
        if (settings->libraries[i].id == library)
            return (int)i;
    return NO_INDEX;
}

struct helpers help_helpers(const struct consortium *settings, enum help_tier tier, int library)
{
    if (tier == HELP_AT_CONSORTIUM || library == NO_INDEX)
        return (struct helpers){settings->coordinator_count, settings->coordinators,
                                "the consortium's coordinators"};
    return (struct helpers){settings->libraries[library].admin_count,
                            settings->libraries[library].admins, "your library's administrators"};
}

static enum help_tier tier_of(const struct consortium *settings, const char *account, int library)
{
    return library == NO_INDEX || settings->libraries[library].admin_count == 0 ||
                   rights_is_admin(settings, account, library) ||
                   rights_is_coordinator(settings, account)
               ? HELP_AT_CONSORTIUM
               : HELP_AT_LIBRARY;
}

const char *help_who(struct arena *arena, const struct consortium *settings, const char *account,
                     int library)
{
    int operator = rights_operator(settings, account);
    const char *role = rights_is_coordinator(settings, account) ? "coordinator"
                       : operator != NO_INDEX ? settings->operators[operator].name
                       : library != NO_INDEX && rights_is_admin(settings, account, library)
                           ? "administrator"
                           : NULL;
    const char *place = library == NO_INDEX ? NULL : settings->libraries[library].name;

    if (role == NULL && place == NULL)
        return account;
    return arena_printf(arena, "%s (%s%s%s)", account, role == NULL ? "" : role,
                        role == NULL || place == NULL ? "" : ", ", place == NULL ? "" : place);
}

static bool is_here(const struct admin *admin, const char *account)
{
    for (size_t i = 0; i < admin->here_count; i++)
        if (strcmp(admin->here[i], account) == 0)
            return true;
    return false;
}

const char *help_tell(struct admin *admin, const struct helpers *helpers, const char *body)
{
    const char *told = "";

    for (int here = 1; here >= 0; here--) {
        for (size_t i = 0; i < helpers->count; i++) {
            const char *account = helpers->accounts[i];
            if (is_here(admin, account) != (here == 1) || strcmp(account, admin->account) == 0 ||
                !admin_tell(admin, account, body))
                continue;
            told = arena_printf(admin->arena, "%s%s%s%s", told, told[0] == '\0' ? "" : ", ",
                                account, here ? " (here now)" : "");
        }
    }
    return told;
}

/* The consortium's contact, as its profile has it. */
static const char *contact_words(const struct admin *admin)
{
    const struct profile *profile = &admin->settings->profile;
    const char *phone = profile->phone == NULL ? "" : profile->phone;
    const char *link = profile->link == NULL ? "" : profile->link;

    if (phone[0] == '\0' && link[0] == '\0')
        return "";
    return arena_printf(admin->arena, "\nThe consortium's contact: %s%s%s", phone,
                        phone[0] == '\0' || link[0] == '\0' ? "" : ", ", link);
}

/* --- what is wished --- */

struct wish {
    const struct help_request *request;
    const char *queue;
};

static const char *wish_value(void *context, const char *field)
{
    const struct wish *wish = context;
    const char *words = wish->request->wish;
    bool dates = strcmp(words, "all") != 0 && strcmp(words, "none") != 0;

    if (strcmp(field, "queue") == 0)
        return wish->queue;
    if (strcmp(field, "rollover") == 0)
        return strcmp(wish->request->wish, "on") == 0 ? "1" : "0";
    if (strcmp(field, "coverage") == 0)
        return dates ? "dates" : wish->request->wish;
    return strcmp(field, "dates") == 0 && dates ? wish->request->wish : NULL;
}

struct edit *help_edit(struct admin *admin, const struct help_request *request,
                       const char **ret_node)
{
    const struct consortium *settings = admin->settings;
    struct wish *wish = arena_alloc(admin->arena, sizeof *wish);
    int library = help_library(settings, request->library);
    bool rollover = strcmp(request->kind, HELP_KIND_ROLLOVER) == 0;

    wish->request = request;
    for (size_t i = 0; rollover && i < settings->queue_count; i++)
        if (settings->queues[i].id == request->queue && settings->queues[i].library == library)
            wish->queue = settings->queues[i].name;
    if (request->wish == NULL || library == NO_INDEX || (rollover && wish->queue == NULL))
        return NULL;
    *ret_node = rollover ? "queue-rollover" : "library-holiday-coverage";
    return edit_new(&(struct edit_request){
        .before = settings,
        .library = settings->libraries[library].name,
        .accounts_domain = admin->accounts_domain,
        .now = admin->wall / 1000,
        .value = wish_value,
        .context = wish,
    });
}

/* What can be done in one step is asked so that it can; false after a complaint. */
static bool wish_take(struct admin *admin, struct help_request *request)
{
    const char *coverage = admin_value(admin, "coverage"), *node;
    int queue = consortium_queue(admin->settings, admin_value(admin, "queue"));

    if (admin->library == NO_INDEX)
        return true;
    if (strcmp(request->kind, HELP_KIND_ROLLOVER) == 0 && queue != NO_INDEX) {
        request->queue = admin->settings->queues[queue].id;
        request->wish = admin_switch(admin, "rollover") ? "on" : "off";
    } else if (strcmp(request->kind, HELP_KIND_COVERAGE) == 0 && coverage[0] != '\0') {
        request->wish =
            strcmp(coverage, "dates") == 0 ? admin_value(admin, "dates") : coverage;
    } else {
        return true;
    }
    if (request->wish[0] == '\0')
        return admin_complain(admin, "Please write the dates, one a line.");
    if (utf8_length(request->wish) > HELP_WISH_CHARACTERS_MAX)
        return admin_complain(admin, "These are too many dates for one request.");
    struct edit *edit = help_edit(admin, request, &node);
    if (edit == NULL)
        return admin_complain(admin, "That queue is not there any more.");
    bool fine = edit_run(edit, node);
    if (!fine)
        admin_complain(admin, "%s", edit_complaints(edit));
    else if (edit_changes(edit)[0] == '\0')
        fine = admin_complain(admin, "That is so already.");
    edit_free(edit);
    return fine;
}

static const char *wish_words(struct admin *admin, const struct help_request *request)
{
    if (request->wish == NULL)
        return "";
    if (request->queue != 0)
        return arena_printf(admin->arena, "\nRollover of %s: %s", admin_value(admin, "queue"),
                            request->wish);
    return arena_printf(admin->arena, "\nHolidays that the backup covers: %s", request->wish);
}

/* --- asking --- */

static bool help_request(struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);
    enum help_tier tier = tier_of(admin->settings, admin->account, admin->library);
    struct helpers helpers = help_helpers(admin->settings, tier, admin->library);
    struct help_request request = {
        .library = library == NULL ? 0 : library->id,
        .account = admin->account,
        .kind = admin_value(admin, "kind"),
        .text = admin_value(admin, "text"),
        .tier = tier,
    };
    int64_t number;

    if (!wish_take(admin, &request) ||
        !help_ask(admin->database, admin->settings->id, &request, &number, &admin->error))
        return false;
    if (number == 0)
        return admin_refuse(admin, "You have %d requests open. Please see 'help-requests': close "
                                   "what is not needed any more.%s",
                            HELP_OPEN_MAX, contact_words(admin));
    const char *told = help_tell(
        admin, &helpers,
        arena_printf(admin->arena,
                     "Help is asked for (%s, number %lld) by %s:\n%s%s\nAnswer it with "
                     "'help-requests'.",
                     request.kind, (long long)number,
                     help_who(admin->arena, admin->settings, admin->account, admin->library),
                     request.text, wish_words(admin, &request)));
    if (told[0] == '\0')
        return admin_refuse(admin, "There is nobody else among %s to ask.%s", helpers.title,
                            contact_words(admin));
    admin_say(admin,
              "Sent to %s: %s. It is number %lld, and is kept until it is closed; you hear of each "
              "change.%s",
              helpers.title, told, (long long)number, contact_words(admin));
    return true;
}

/* --- the form --- */

/* Of an operator without the right it is the own one, which nobody is asked for. */
static int library_meant(const struct command_call *call)
{
    int operator = rights_operator(call->settings, call->asker.account), library;

    if (command_library(call, &library))
        return library;
    return operator == NO_INDEX ? NO_INDEX : call->settings->operators[operator].library;
}

static const char *help_instructions(const struct command_call *call)
{
    int library = library_meant(call);
    enum help_tier tier = tier_of(call->settings, call->asker.account, library);

    return arena_printf(call->asker.arena, "This goes to %s.",
                        help_helpers(call->settings, tier, library).title);
}

static void kind_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice kinds[] = {
        {.value = "problem", .label = "Something does not work"},
        {.value = HELP_KIND_ROLLOVER, .label = "A queue shall go to the backup, or not"},
        {.value = "rename", .label = "A library, queue or operator has a new name"},
        {.value = HELP_KIND_COVERAGE, .label = "A holiday shall be covered, or not"},
        {.value = "other", .label = "Something else"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        choices_add(ret, call->asker.arena, kinds[i]);
}

static void queue_options(const struct command_call *call, struct choices *ret)
{
    int library = library_meant(call);

    for (size_t i = 0; library != NO_INDEX && i < call->settings->queue_count; i++)
        if (call->settings->queues[i].library == library)
            choices_add(ret, call->asker.arena,
                        (struct choice){.value = call->settings->queues[i].name,
                                        .label = call->settings->queues[i].name});
}

static void coverage_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice coverages[] = {
        {.value = "all", .label = "All holidays"},
        {.value = "none", .label = "No holiday"},
        {.value = "dates", .label = "These alone"},
    };

    for (size_t i = 0; i < sizeof coverages / sizeof coverages[0]; i++)
        choices_add(ret, call->asker.arena, coverages[i]);
}

static bool kind_is(const struct command_call *call, const char *kind)
{
    return library_meant(call) != NO_INDEX && strcmp(command_value(call, "kind"), kind) == 0;
}

static bool is_rollover(const struct command_call *call)
{
    return kind_is(call, HELP_KIND_ROLLOVER);
}

static bool is_coverage(const struct command_call *call)
{
    return kind_is(call, HELP_KIND_COVERAGE);
}

static const char *text_wrong(const struct command_call *call, const char *value)
{
    return utf8_length(value) <= HELP_TEXT_CHARACTERS_MAX
               ? NULL
               : arena_printf(call->asker.arena, "please be shorter: %d characters at most.",
                              HELP_TEXT_CHARACTERS_MAX);
}

static const struct command_field help_fields[] = {
    FIELD_LIBRARY,
    {.name = "kind",
     .type = FIELD_LIST_SINGLE,
     .label = "About",
     .step = 1,
     .required = true,
     .initial = "problem",
     .options = kind_options,
     .instructions = help_instructions},
    {.name = "text",
     .type = FIELD_TEXT_MULTI,
     .label = "What do you need? (No names or questions of patrons, please.)",
     .step = 1,
     .required = true,
     .wrong = text_wrong},
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "Queue",
     .step = 2,
     .required = true,
     .options = queue_options,
     .nothing = "Your library has no queue yet.",
     .asked = is_rollover},
    {.name = "rollover",
     .type = FIELD_BOOLEAN,
     .label = "The backup shall answer when nobody of the library does",
     .step = 2,
     .initial = "1",
     .asked = is_rollover},
    {.name = "coverage",
     .type = FIELD_LIST_SINGLE,
     .label = "Holidays on which the backup shall answer",
     .step = 2,
     .required = true,
     .initial = "dates",
     .options = coverage_options,
     .asked = is_coverage},
    {.name = "dates",
     .type = FIELD_TEXT_MULTI,
     .label = "For 'These alone': their dates, one a line, such as 2026-11-26 (see 'holidays')",
     .step = 2,
     .asked = is_coverage},
    {.name = NULL},
};

/* Whoever works here may ask; who has a library's or the consortium's right to answer says for
 * which of them. */
const struct command help_commands[] = {
    {.node = "help-request",
     .title = "Ask for help",
     .places = PLACE_SERVICE,
     .right = RIGHT_HELP,
     .scope = SCOPE_EITHER,
     .who = WHO_OPERATOR,
     .own = true,
     .wants_attendance = true,
     .fields = help_fields,
     .object = "kind",
     .work = help_request},
    {.node = "help-requests",
     .title = "Requests for help: answer, close, escalate",
     .places = PLACE_SERVICE,
     .right = RIGHT_HELP,
     .scope = SCOPE_EITHER,
     .who = WHO_OPERATOR,
     .own = true,
     .wants_attendance = true,
     .fields = help_answer_fields,
     .object = "request",
     .fetch = help_answer_fetch,
     .work = help_answer},
    {.node = NULL},
};
