/* admin_settings_library.c: the coordinators' commands: libraries, their administrators, and what
 * is the whole consortium's. */
#include <string.h>

#include "component/admin_accounts.h"
#include "component/admin_settings.h"

static const struct command_field library_add_fields[] = {
    {LINE("abbreviation", "Abbreviation: small letters and digits, such as 'mobstate'", 0),
     .required = true},
    {LINE("title", "Title, as people read it", 0), .required = true},
    {LINE("timezone", "Time zone, such as America/Chicago (empty: the consortium's)", 0)},
    {LINE("account", "Account of its administrator: 'admin', or a whole address", 0),
     .required = true, .initial = "admin"},
    {LINE("queue", "First queue, what follows the library's name ('-': its main one)", 1),
     .required = true, .initial = "-"},
    {SWITCH("transcripts", "Keep transcripts", 1), .initial = "1"},
    {LINE("retention_days", "Keep them for so many days", 1), .required = true},
    {LINES("hours", HOURS_LABEL, 1), PRESENT},
    FIELDS_END,
};

static const struct command_field library_edit_fields[] = {
    FIELD_LIBRARY,
    {LINE("title", "Title, as people read it", 1), PRESENT, .required = true},
    {LINE("timezone", "Time zone (empty: the consortium's)", 1), PRESENT},
    FIELDS_END,
};

static const struct command_field library_rename_fields[] = {
    FIELD_LIBRARY,
    {LINE("abbreviation", "New abbreviation", 1), PRESENT, .required = true},
    FIELDS_END,
};

static void libraries_options(const struct command_call *call, struct choices *ret)
{
    for (size_t i = 0; i < call->settings->library_count; i++) {
        const struct library_settings *library = &call->settings->libraries[i];
        const char *label =
            arena_printf(call->asker.arena, "%s (%s)", library->name, library->title);
        choices_add(ret, call->asker.arena,
                    (struct choice){.value = library->name, .label = label});
    }
}

/* Not FIELD_LIBRARY: what goes cannot be the tenant in whose name it is done. */
static const struct command_field library_remove_fields[] = {
    {SETTING("library", FIELD_LIST_SINGLE, "Library", 0), .required = true,
     .options = libraries_options, .nothing = "There is no library."},
    FIELDS_END,
};

static const struct command_field admin_add_fields[] = {
    FIELD_LIBRARY,
    {LINE("account", "Account: 'admin', or a whole address", 1), .required = true},
    FIELDS_END,
};

static const struct command_field admin_fields[] = {
    FIELD_LIBRARY,
    {CHOICE("account", "Administrator", 1), .nothing = "This library has no administrator."},
    FIELDS_END,
};

static const struct command_field rollover_fields[] = {
    FIELD_LIBRARY,
    FIELD_QUEUE,
    {SWITCH("rollover", "The backup answers when nobody of the library does", 2), PRESENT},
    FIELDS_END,
};

static const struct command_field coverage_fields[] = {
    FIELD_LIBRARY,
    {CHOICE("coverage", "Holidays on which the backup answers", 1)},
    {LINES("dates", "For 'dates': one a line, such as 2026-11-26", 1), PRESENT},
    FIELDS_END,
};

static const struct command_field backup_fields[] = {
    {CHOICE("queue", "Queue of the backup", 0)},
    {LINES("hours", "Its hours, one line each: 'mon-fri 17:00-08:00'", 0), PRESENT},
    FIELDS_END,
};

static const struct command_field holidays_fields[] = {
    {CHOICE("calendar", "Calendar", 0)},
    {CHOICE("dates", "Which dates of it", 0)},
    {LINES("add", "More, one a line: '2026-12-24 Christmas Eve'", 0), PRESENT},
    {LINES("remove", "Without these dates, one a line", 0), PRESENT},
    FIELDS_END,
};

/* --- administrators --- */

static const char *admin_welcome(const struct admin *admin, const char *title)
{
    return arena_printf(
        admin->arena,
        "Welcome. You administrate the chat desk of %s now. Add %s to your contacts: its commands "
        "(in Gajim and Pidgin in the contact's menu) make queues, operators and hours; "
        "'help-request' asks the coordinators.",
        title, admin->domain);
}

/* The same for a library that is new and one that gets one more. */
static bool with_admin(struct admin *admin, const char *title)
{
    struct edit *edit = settings_edit(admin, false);
    bool fine = settings_save_edit(admin, edit);

    if (fine) {
        settings_say(admin, edit);
        if (edit_account(edit) != NULL)
            account_want(admin, edit_account(edit), "admin-password", admin_welcome(admin, title));
    }
    edit_free(edit);
    return fine;
}

static bool library_add(struct admin *admin)
{
    return with_admin(admin, admin_value(admin, "title"));
}

static bool admin_add(struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);

    return with_admin(admin, library->title[0] == '\0' ? library->name : library->title);
}

static bool admin_password(struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);
    const char *account = NULL;

    for (size_t i = 0; i < library->admin_count; i++)
        if (strcmp(library->admins[i], admin_value(admin, "account")) == 0)
            account = library->admins[i];
    if (account == NULL)
        return admin_complain(admin, "That is no administrator of %s any more.", library->name);
    if (!account_may_change(admin, account))
        return false;
    account_wish(admin, PROVISION_PASSWORD, account, admin->node,
                 admin_welcome(admin, library->title[0] == '\0' ? library->name : library->title));
    return true;
}

const struct command library_commands[] = {
    {SETTINGS_ROW("library-add", "Add a library", RIGHT_LIBRARIES, SCOPE_CONSORTIUM,
                  "abbreviation", library_add_fields),
     .work = library_add},
    {SETTINGS_ROW("library-edit", "Change a library", RIGHT_LIBRARIES, SCOPE_LIBRARY, NULL,
                  library_edit_fields),
     .work = settings_work},
    {SETTINGS_ROW("library-rename", "Rename a library", RIGHT_LIBRARIES, SCOPE_LIBRARY,
                  "abbreviation", library_rename_fields),
     .work = settings_work},
    {SETTINGS_ROW("library-remove", "Remove a library", RIGHT_LIBRARIES, SCOPE_CONSORTIUM,
                  "library", library_remove_fields),
     .work = settings_work},
    {SETTINGS_ROW("admin-add", "Add an administrator", RIGHT_LIBRARIES, SCOPE_LIBRARY, "account",
                  admin_add_fields),
     .work = admin_add},
    {SETTINGS_ROW("admin-remove", "Remove an administrator", RIGHT_LIBRARIES, SCOPE_LIBRARY,
                  "account", admin_fields),
     .work = settings_work},
    {.node = "admin-password",
     .title = "New password of an administrator",
     .places = PLACE_SERVICE,
     .right = RIGHT_LIBRARIES,
     .scope = SCOPE_LIBRARY,
     .object = "account",
     .fields = admin_fields,
     .fetch = settings_fetch,
     .work = admin_password},
    {SETTINGS_ROW("queue-rollover", "Rollover of a queue to the backup", RIGHT_POLICY,
                  SCOPE_LIBRARY, "queue", rollover_fields),
     .work = settings_work},
    {SETTINGS_ROW("library-holiday-coverage", "Holidays that the backup covers", RIGHT_POLICY,
                  SCOPE_LIBRARY, "coverage", coverage_fields),
     .work = settings_work},
    {SETTINGS_ROW("backup-edit", "The backup and its hours", RIGHT_POLICY, SCOPE_CONSORTIUM,
                  "queue", backup_fields),
     .work = settings_work},
    {SETTINGS_ROW("holidays-edit", "The consortium's holidays", RIGHT_POLICY, SCOPE_CONSORTIUM,
                  NULL, holidays_fields),
     .work = settings_work},
    {.node = NULL},
};
