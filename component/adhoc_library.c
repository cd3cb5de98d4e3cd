/* adhoc_library.c: whether one may run a command, and for which library.
 *
 * The library that a form names is only a wish: it counts when the asker holds the command's right
 * for it now. Where there is but one it is fixed when the command begins, so that no form is
 * needed and none can change it. */
#include <string.h>

#include "component/adhoc_private.h"
#include "policy/arena.h"
#include "policy/mem.h"

enum right command_right_held(const struct command_call *call, int library)
{
    const struct command *command = call->command;

    if (rights_holds(call->settings, call->asker.account, command->right, library))
        return command->right;
    if (rights_holds(call->settings, call->asker.account, command->instead, library))
        return command->instead;
    return RIGHT_NONE;
}

static bool holds(const struct command_call *call, int library)
{
    return command_right_held(call, library) != RIGHT_NONE;
}

static size_t libraries_held(const struct command_call *call)
{
    return rights_libraries(call->settings, call->asker.account, call->command->right, NULL, 0) +
           rights_libraries(call->settings, call->asker.account, call->command->instead, NULL, 0);
}

static bool is_any_admin(const struct command_call *call)
{
    for (size_t i = 0; i < call->settings->library_count; i++)
        if (rights_is_admin(call->settings, call->asker.account, (int)i))
            return true;
    return false;
}

static bool is_among_who(const struct command_call *call)
{
    unsigned who = call->command->who;

    return ((who & WHO_OPERATOR) != 0 &&
            rights_operator(call->settings, call->asker.account) != NO_INDEX) ||
           ((who & WHO_ADMIN) != 0 && is_any_admin(call)) ||
           ((who & WHO_COORDINATOR) != 0 &&
            rights_is_coordinator(call->settings, call->asker.account));
}

bool command_right(const struct command_call *call)
{
    const struct command *command = call->command;

    if (call->settings == NULL || ((command->work != NULL || command->fetch != NULL) &&
                                   call->adhoc->desk.clerk == NULL))
        return false;
    if (is_among_who(call))
        return true;
    if (command->right == RIGHT_NONE)
        return false;
    switch (command->scope) {
    case SCOPE_LIBRARY:
        return libraries_held(call) > 0;
    case SCOPE_CONSORTIUM:
        return holds(call, NO_INDEX);
    case SCOPE_EITHER:
    case SCOPE_ANY:
        return libraries_held(call) > 0 || holds(call, NO_INDEX);
    }
    return false;
}

static bool scope_has_library(const struct command *command)
{
    return command->right != RIGHT_NONE &&
           (command->scope == SCOPE_LIBRARY || command->scope == SCOPE_EITHER);
}

void command_library_options(const struct command_call *call, struct choices *ret)
{
    if (call->settings == NULL || !scope_has_library(call->command))
        return;
    if (call->command->scope == SCOPE_EITHER && holds(call, NO_INDEX))
        choices_add(ret, call->asker.arena,
                    (struct choice){.value = LIBRARY_ALL, .label = "The whole consortium"});
    for (size_t i = 0; i < call->settings->library_count; i++) {
        const struct library_settings *library = &call->settings->libraries[i];
        if (!holds(call, (int)i))
            continue;
        const char *label = library->title[0] == '\0'
                                ? library->name
                                : arena_printf(call->asker.arena, "%s (%s)", library->name,
                                               library->title);
        choices_add(ret, call->asker.arena,
                    (struct choice){.value = library->name, .label = label});
    }
}

void command_library_begin(const struct command_call *call, struct session *session)
{
    struct choices options = {0};

    command_library_options(call, &options);
    if (options.count == 1)
        session->library = mem_strdup(options.list[0].value);
}

bool command_library_is_asked(const struct command_call *call)
{
    if (!scope_has_library(call->command) ||
        (call->session != NULL && call->session->library != NULL))
        return false;
    /* Who may run it without the right is not asked for what it is held. */
    return libraries_held(call) > 0 ||
           (call->command->scope == SCOPE_EITHER && holds(call, NO_INDEX));
}

/* The label that was chosen, or was the only one; "" before. */
static const char *label_chosen(const struct command_call *call)
{
    if (call->session != NULL && call->session->library != NULL)
        return call->session->library;
    return command_value(call, "library");
}

bool command_library(const struct command_call *call, int *ret_library)
{
    const char *label = label_chosen(call);

    *ret_library = NO_INDEX;
    if (call->settings == NULL)
        return false;
    if (call->command->scope == SCOPE_ANY || call->command->right == RIGHT_NONE)
        return command_right(call);
    if (call->command->scope == SCOPE_CONSORTIUM)
        return holds(call, NO_INDEX);
    if (strcmp(label, LIBRARY_ALL) == 0)
        return call->command->scope == SCOPE_EITHER && holds(call, NO_INDEX);
    int library = label[0] == '\0' ? NO_INDEX : consortium_library(call->settings, label);
    if (library == NO_INDEX || !holds(call, library))
        return false;
    *ret_library = library;
    return true;
}

bool command_library_is_lost(const struct command_call *call)
{
    int library;

    return scope_has_library(call->command) && label_chosen(call)[0] != '\0' &&
           !command_library(call, &library);
}

bool command_acts_as_coordinator(const struct command_call *call)
{
    int library;

    return call->command->right != RIGHT_NONE && command_library(call, &library) &&
           rights_holding(call->settings, call->asker.account, command_right_held(call, library),
                          library) ==
               HELD_AS_COORDINATOR;
}

bool command_reason_is_asked(const struct command_call *call)
{
    int library;

    switch (call->command->reason) {
    case REASON_NEVER:
        return false;
    case REASON_AT_LIBRARY:
        return command_library(call, &library) && library != NO_INDEX &&
               command_acts_as_coordinator(call);
    case REASON_ALWAYS:
        return command_acts_as_coordinator(call);
    }
    return false;
}
