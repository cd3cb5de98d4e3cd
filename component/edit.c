/* One command on one copy of the settings: which, on what, and whether the whole still holds. */
#include <stdlib.h>
#include <string.h>

#include "component/edit_private.h"
#include "component/settings.h"
#include "component/settings_check.h"
#include "policy/mem.h"

/* Sorted by node. */
static const struct edit_command commands[] = {
    {"admin-add", SCOPE_LIBRARY, edit_admin_add, NULL, NULL},
    {"admin-remove", SCOPE_LIBRARY, edit_admin_remove, NULL, NULL},
    {"backup-edit", SCOPE_CONSORTIUM, edit_backup, present_backup, NULL},
    {"canned-edit", SCOPE_EITHER, edit_canned, present_canned, NULL},
    {"closure-add", SCOPE_EITHER, edit_closure_add, NULL, NULL},
    {"closure-remove", SCOPE_EITHER, edit_closure_remove, NULL, NULL},
    {"holidays-edit", SCOPE_CONSORTIUM, edit_holidays, present_holidays, NULL},
    {"hours-edit", SCOPE_EITHER, edit_hours_edit, present_hours_edit, NULL},
    {"library-add", SCOPE_CONSORTIUM, edit_library_add, present_library_add, NULL},
    {"library-edit", SCOPE_LIBRARY, edit_library_edit, present_library_edit, NULL},
    {"library-holiday-coverage", SCOPE_LIBRARY, edit_holiday_coverage, present_holiday_coverage,
     NULL},
    {"library-remove", SCOPE_LIBRARY, edit_library_remove, NULL, confirm_library_remove},
    {"library-rename", SCOPE_LIBRARY, edit_library_rename, present_library_rename,
     confirm_library_rename},
    {"notice", SCOPE_EITHER, edit_notice, present_notice, NULL},
    {"operator-add", SCOPE_LIBRARY, edit_operator_add, NULL, NULL},
    {"operator-edit", SCOPE_LIBRARY, edit_operator_edit, present_operator_edit, NULL},
    {"operator-remove", SCOPE_LIBRARY, edit_operator_remove, NULL, confirm_operator_remove},
    {"profile-edit", SCOPE_EITHER, edit_profile, present_profile, NULL},
    {"queue-add", SCOPE_LIBRARY, edit_queue_add, present_queue_add, NULL},
    {"queue-assign", SCOPE_LIBRARY, edit_queue_assign, present_queue_assign, NULL},
    {"queue-edit", SCOPE_LIBRARY, edit_queue_edit, present_queue_edit, confirm_queue_edit},
    {"queue-remove", SCOPE_LIBRARY, edit_queue_remove, NULL, confirm_queue_remove},
    {"queue-rollover", SCOPE_LIBRARY, edit_queue_rollover, present_queue_rollover, NULL},
    {"snippet-add", SCOPE_LIBRARY, edit_snippet_add, NULL, NULL},
    {"snippet-edit", SCOPE_LIBRARY, edit_snippet_edit, present_snippet_edit, NULL},
    {"snippet-remove", SCOPE_LIBRARY, edit_snippet_remove, NULL, NULL},
};

static const struct edit_command *command_find(const char *node)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (edit_is(commands[i].node, node))
            return &commands[i];
    return NULL;
}

/* The settings came out of a link and are copied as they were, so there is nothing to complain of.
 */
static void ignore_complaint(void *context, unsigned line, const char *text)
{
    (void)context;
    (void)line;
    (void)text;
}

struct edit *edit_new(const struct edit_request *request)
{
    struct edit *edit = mem_new(sizeof *edit);

    edit->request = *request;
    edit->arena = arena_new();
    edit->copy = consortium_copy(request->before);
    consortium_link(edit->copy, NULL, ignore_complaint, NULL);
    edit->label = request->library;
    edit->library = NO_INDEX;
    if (request->library != NULL)
        edit->library = consortium_library(edit->copy, request->library);
    edit->complaints = edit->changes = edit->advice = "";
    return edit;
}

struct edit *edit_free(struct edit *edit)
{
    if (edit != NULL) {
        consortium_free(edit->copy);
        arena_free(edit->arena);
        free(edit);
    }
    return NULL;
}

const struct edit_command *edit_command_here(struct edit *edit, const char *node)
{
    const struct edit_command *command = command_find(node);

    if (command == NULL)
        return NULL;
    switch (command->scope) {
    case SCOPE_LIBRARY:
        return edit->library == NO_INDEX ? NULL : command;
    case SCOPE_CONSORTIUM:
        return edit->label != NULL ? NULL : command;
    case SCOPE_EITHER:
        return edit->label != NULL && edit->library == NO_INDEX ? NULL : command;
    }
    return NULL;
}

/* What an import would complain of, in sentences. */
static void finish(struct edit *edit)
{
    struct file_reader reader = {.name = ""};
    int kept;

    settings_check(edit->copy, edit->request.accounts_domain, 0, &reader);
    kept = reader.errors < COMPLAINTS_MAX ? reader.errors : COMPLAINTS_MAX;
    for (int i = 0; i < kept; i++)
        edit_complain(edit, "%s.", edit_sentence(edit, reader.complaints[i].text));
    file_report(&reader, NULL);
    if (edit->label != NULL)
        edit->library = consortium_library(edit->copy, edit->label);
}

bool edit_run(struct edit *edit, const char *node)
{
    const struct edit_command *command = edit_command_here(edit, node);

    if (command == NULL)
        edit_complain(edit, "There is nothing here that could be changed so.");
    else
        command->apply(edit);
    if (edit->complaint_count == 0)
        finish(edit);
    if (edit->complaint_count > 0)
        return false;
    edit->changes = edit_say_changes(edit);
    if (edit->changes[0] != '\0')
        edit->advice = edit_say_advice(edit);
    return true;
}

const struct consortium *edit_after(const struct edit *edit)
{
    return edit->copy;
}

const char *edit_complaints(const struct edit *edit)
{
    return edit->complaints;
}

const char *edit_changes(const struct edit *edit)
{
    return edit->changes;
}

const char *edit_advice(const struct edit *edit)
{
    return edit->advice;
}

const char *edit_account(const struct edit *edit)
{
    return edit->account;
}

void edit_forget_complaints(struct edit *edit)
{
    edit->complaint_count = 0;
    edit->complaints = "";
}

const char *edit_confirm(struct edit *edit, const char *node)
{
    const struct edit_command *command = edit_command_here(edit, node);
    const char *words = command == NULL || command->confirm == NULL ? NULL : command->confirm(edit);

    edit_forget_complaints(edit);
    return words;
}

const char *edit_present(struct edit *edit, const char *node, const char *field)
{
    const struct edit_command *command = edit_command_here(edit, node);
    const char *text =
        command == NULL || command->present == NULL ? "" : command->present(edit, field);

    edit_forget_complaints(edit);
    return text;
}

/* Advice */

/* Whether the text has exactly that line. */
static bool has_line(const char *text, const char *line, size_t length)
{
    for (const char *at = text; *at != '\0';) {
        size_t here = strcspn(at, "\n");
        if (here == length && strncmp(at, line, length) == 0)
            return true;
        at += here + (at[here] == '\n');
    }
    return false;
}

static char *warnings(const struct consortium *consortium, const char *label)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int library = label == NULL ? NO_INDEX : consortium_library(consortium, label);

    if (out == NULL)
        abort();
    if (label == NULL || library != NO_INDEX)
        settings_warn_library(consortium, library, "", out);
    if (fclose(out) != 0)
        abort();
    return text;
}

/* Only what the command brought about: nobody reads a list of old sins again and again. */
const char *edit_say_advice(struct edit *edit)
{
    static const char mark[] = "warning: ";
    char *before = warnings(edit->request.before, edit->request.library);
    char *after = warnings(edit->copy, edit->label);
    const char *advice = "";

    for (const char *at = after; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        const char *words = strstr(at, mark);
        if (words != NULL && words < at + length && !has_line(before, at, length)) {
            words += strlen(mark);
            const char *line = arena_strndup(edit->arena, words, (size_t)(at + length - words));
            advice = arena_printf(edit->arena, "%s%s%s.", advice, advice[0] == '\0' ? "" : "\n",
                                  edit_sentence(edit, line));
        }
        at += length + (at[length] == '\n');
    }
    free(before);
    free(after);
    return advice;
}
