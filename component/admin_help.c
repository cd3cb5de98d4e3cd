/* admin_help.c: help in tiers: operators ask their library's administrators, those ask the
 * coordinators. */
#include <string.h>

#include "component/adhoc_private.h"

/* The library where the asker is at home; NO_INDEX: nowhere, or at several. */
static int library_of(const struct command_call *call)
{
    int operator = rights_operator(call->settings, call->asker.account), found = NO_INDEX;

    if (operator != NO_INDEX)
        return call->settings->operators[operator].library;
    for (size_t i = 0; i < call->settings->library_count; i++) {
        if (!rights_is_admin(call->settings, call->asker.account, (int)i))
            continue;
        if (found != NO_INDEX)
            return NO_INDEX;
        found = (int)i;
    }
    return found;
}

struct helpers {
    size_t count;
    const char *const *accounts;
    const char *title; /* "your library's administrators" */
};

static struct helpers helpers_of(const struct command_call *call)
{
    const struct consortium *settings = call->settings;
    int library = library_of(call);
    bool asks_coordinators =
        library == NO_INDEX || settings->libraries[library].admin_count == 0 ||
        rights_is_admin(settings, call->asker.account, library) ||
        rights_is_coordinator(settings, call->asker.account);

    if (asks_coordinators)
        return (struct helpers){settings->coordinator_count, settings->coordinators,
                                "the consortium's coordinators"};
    return (struct helpers){settings->libraries[library].admin_count,
                            settings->libraries[library].admins, "your library's administrators"};
}

static const char *who_asks(const struct command_call *call)
{
    const struct consortium *settings = call->settings;
    int operator = rights_operator(settings, call->asker.account), library = library_of(call);
    struct arena *arena = call->asker.arena;
    const char *role = rights_is_coordinator(settings, call->asker.account) ? "coordinator"
                       : operator != NO_INDEX ? settings->operators[operator].name
                                              : "administrator";

    return library == NO_INDEX
               ? arena_printf(arena, "%s (%s)", call->asker.account, role)
               : arena_printf(arena, "%s (%s, %s)", call->asker.account, role,
                              settings->libraries[library].name);
}

/* The consortium's contact, as its profile has it. */
static const char *contact_words(const struct command_call *call)
{
    const struct profile *profile = &call->settings->profile;
    const char *phone = profile->phone == NULL ? "" : profile->phone;
    const char *link = profile->link == NULL ? "" : profile->link;

    if (phone[0] == '\0' && link[0] == '\0')
        return "";
    return arena_printf(call->asker.arena, "\nThe consortium's contact: %s%s%s", phone,
                        phone[0] == '\0' || link[0] == '\0' ? "" : ", ", link);
}

static void help_request(const struct command_call *call, struct outcome *ret)
{
    struct arena *arena = call->asker.arena;
    const struct helpers helpers = helpers_of(call);
    const char *told = "";
    const char *body =
        arena_printf(arena, "Help is asked for (%s) by %s:\n%s", command_value(call, "kind"),
                     who_asks(call), command_value(call, "text"));

    for (size_t i = 0; i < helpers.count; i++) {
        if (strcmp(helpers.accounts[i], call->asker.account) == 0 ||
            !result_tell(&ret->result, arena, helpers.accounts[i], body))
            continue;
        told = arena_printf(arena, "%s%s%s", told, told[0] == '\0' ? "" : ", ",
                            helpers.accounts[i]);
    }
    if (told[0] == '\0') {
        ret->result.type = NOTE_WARN;
        ret->result.text = arena_printf(arena, "There is nobody else among %s to ask.%s",
                                        helpers.title, contact_words(call));
        return;
    }
    ret->result.text = arena_printf(arena, "Sent to %s: %s.%s", helpers.title, told,
                                    contact_words(call));
}

static void kind_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice kinds[] = {
        {.value = "problem", .label = "Something does not work"},
        {.value = "rollover", .label = "A queue shall go to the backup, or not"},
        {.value = "rename", .label = "A library, queue or operator has a new name"},
        {.value = "holiday coverage", .label = "A holiday shall be covered, or not"},
        {.value = "other", .label = "Something else"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        choices_add(ret, call->asker.arena, kinds[i]);
}

static const char *help_instructions(const struct command_call *call)
{
    return arena_printf(call->asker.arena, "This goes to %s.", helpers_of(call).title);
}

static const struct command_field help_fields[] = {
    {.name = "kind",
     .type = FIELD_LIST_SINGLE,
     .label = "About",
     .required = true,
     .initial = "problem",
     .options = kind_options,
     .instructions = help_instructions},
    {.name = "text",
     .type = FIELD_TEXT_MULTI,
     .label = "What do you need? (No names or questions of patrons, please.)",
     .required = true},
    {.name = NULL},
};

const struct command help_commands[] = {
    {.node = "help-request",
     .title = "Ask for help",
     .places = PLACE_SERVICE,
     .who = WHO_ALL,
     .fields = help_fields,
     .run = help_request},
    {.node = NULL},
};
