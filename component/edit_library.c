/* Libraries, and who administrates them. */
#include <string.h>

#include "component/edit_private.h"
#include "component/zone.h"
#include "policy/names.h"

static struct library_settings *own_library(struct edit *edit)
{
    return &edit->copy->libraries[edit->library];
}

/* An abbreviation that no library has; NULL after a complaint. */
static const char *new_label(struct edit *edit)
{
    const char *text = edit_required(edit, "abbreviation");

    if (text == NULL)
        return NULL;
    if (!name_is_label(text)) {
        edit_complain(edit,
                      "Abbreviation: '%s' is not one: a small letter, then small letters and "
                      "digits, at most %d, such as 'mobstate'.",
                      edit_quote(edit, text), LABEL_MAX);
        return NULL;
    }
    if (consortium_library(edit->copy, text) != NO_INDEX) {
        edit_complain(edit, "Abbreviation: there is a library '%s' already.", text);
        return NULL;
    }
    return text;
}

/* "" is the consortium's. */
static void take_timezone(struct edit *edit, struct library_settings *library)
{
    struct error error;

    if (edit_answer(edit, "timezone") == NULL)
        return;
    const char *text = edit_trimmed(edit, "timezone");
    if (text[0] == '\0') {
        library->timezone = NULL;
        library->zone = edit->copy->zone;
        return;
    }
    const struct zone *zone = zone_load(text, &error);
    if (zone == NULL) {
        edit_complain(edit, "Timezone: '%s' is not a time zone such as 'America/Chicago'.",
                      edit_quote(edit, text));
        return;
    }
    library->timezone = arena_strdup(edit->copy->arena, text);
    library->zone = zone;
}

static void add_admin(struct edit *edit, struct library_settings *library)
{
    const char *text = edit_required(edit, "account");
    const char *account = text == NULL ? NULL : edit_account_named(edit, "account", text);

    if (account == NULL)
        return;
    for (size_t i = 0; i < library->admin_count; i++)
        if (edit_is(library->admins[i], account))
            return;
    if (library->admin_count >= ADMINS_MAX) {
        edit_complain(edit, "Account: a library has at most %d administrators.", ADMINS_MAX);
        return;
    }
    const char **admins =
        arena_alloc(edit->copy->arena, (library->admin_count + 1) * sizeof *admins);
    for (size_t i = 0; i < library->admin_count; i++)
        admins[i] = library->admins[i];
    admins[library->admin_count++] = account;
    library->admins = admins;
    edit->account = account;
}

/* How long patrons' words are kept has no default that nobody chose. */
static void add_first_queue(struct edit *edit)
{
    const char *name = edit_own_name(edit, NAME_QUEUE, "queue", edit_trimmed(edit, "queue"));

    edit_required(edit, "retention_days");
    edit_required(edit, "transcripts");
    if (name == NULL)
        return;
    struct queue_settings *queue =
        consortium_add(edit->copy, &settings_queue_kind, name, edit->library);
    queue->title = "";
    queue->options = queue_options_default;
    if (edit_trimmed(edit, "retention_days")[0] != '\0')
        edit_number(edit, "retention_days", 1, RETENTION_DAYS_MAX, &queue->options.retention_days);
    if (edit_trimmed(edit, "transcripts")[0] != '\0')
        edit_switch(edit, "transcripts", &queue->options.transcripts);
}

void edit_library_add(struct edit *edit)
{
    const char *label = new_label(edit), *hours = edit_answer(edit, "hours");

    if (label == NULL)
        return;
    if (edit->copy->library_count >= LIBRARIES_MAX) {
        edit_complain(edit, "There are %d libraries already, more are not possible.",
                      LIBRARIES_MAX);
        return;
    }
    edit->library = (int)edit->copy->library_count;
    struct library_settings *library =
        consortium_add(edit->copy, &settings_library_kind, label, NO_INDEX);
    edit->label = library->name;
    library->title = "";
    library->zone = edit->copy->zone;
    edit_line(edit, "title", 1, LINE_CHARACTERS_MAX, &library->title);
    if (library->title[0] == '\0' && edit_answer(edit, "title") == NULL)
        edit_complain(edit, "Title: is missing.");
    take_timezone(edit, library);
    add_admin(edit, library);
    if (hours != NULL)
        edit_hours(edit, "hours", hours, false, true, &library->hours);
    add_first_queue(edit);
}

const char *present_library_add(struct edit *edit, const char *field)
{
    (void)edit;
    return edit_is(field, "hours") ? "inherited" : "";
}

void edit_library_edit(struct edit *edit)
{
    edit_line(edit, "title", 0, LINE_CHARACTERS_MAX, &own_library(edit)->title);
    take_timezone(edit, own_library(edit));
}

const char *present_library_edit(struct edit *edit, const char *field)
{
    const struct library_settings *library = own_library(edit);

    if (edit_is(field, "title"))
        return library->title;
    return edit_is(field, "timezone") && library->timezone != NULL ? library->timezone : "";
}

void edit_library_rename(struct edit *edit)
{
    if (edit_is(edit_trimmed(edit, "abbreviation"), edit->label))
        return;
    const char *label = new_label(edit);
    if (label == NULL)
        return;
    consortium_rename_library(edit->copy, edit->library, label);
    edit->label = own_library(edit)->name;
}

const char *present_library_rename(struct edit *edit, const char *field)
{
    return edit_is(field, "abbreviation") ? edit->label : "";
}

const char *confirm_library_rename(struct edit *edit)
{
    return arena_printf(
        edit->arena,
        "Rename library %s to %s? All addresses of its queues and operators change with it. The "
        "old "
        "ones answer with the new ones for 30 days: change links on web pages until then. Accounts "
        "on the server keep their names.",
        edit->label, edit_quote(edit, edit_trimmed(edit, "abbreviation")));
}

/* Removing */

static bool hours_name(const struct hours *hours, const char *queue)
{
    for (size_t i = 0; i < hours->count; i++)
        for (size_t k = 0; k < hours->windows[i].answered_by_count; k++)
            if (edit_is(hours->windows[i].answered_by[k], queue))
                return true;
    return false;
}

static bool owner_names(const struct hours *hours, const struct closures *closures,
                        const char *queue)
{
    bool names = hours_name(hours, queue);

    for (size_t i = 0; i < closures->count; i++)
        names |= hours_name(&closures->list[i].hours, queue);
    return names;
}

bool edit_queue_is_free(struct edit *edit, int queue, int library)
{
    const struct consortium *copy = edit->copy;
    const char *name = copy->queues[queue].name;
    int complaints = edit->complaint_count;

    if (copy->backup_queue != NULL && edit_is(copy->backup_queue, name))
        edit_complain(edit, "Queue '%s' is the backup: name another with backup-edit first.", name);
    if (owner_names(&copy->hours, &copy->closures, name))
        edit_complain(edit, "Queue '%s' answers in the consortium's hours: change those first.",
                      name);
    for (size_t i = 0; i < copy->library_count; i++)
        if ((int)i != library &&
            owner_names(&copy->libraries[i].hours, &copy->libraries[i].closures, name))
            edit_complain(edit,
                          "Queue '%s' answers in the hours of library %s: change those first.",
                          name, copy->libraries[i].name);
    for (size_t i = 0; i < copy->queue_count; i++)
        if ((int)i != queue && copy->queues[i].library != library &&
            owner_names(&copy->queues[i].hours, &copy->queues[i].closures, name))
            edit_complain(edit,
                          "Queue '%s' answers in the hours of queue '%s': change those first.",
                          name, copy->queues[i].name);
    for (size_t i = 0; i < copy->snippet_count; i++)
        if (copy->snippets[i].library != library && edit_is(copy->snippets[i].queue, name))
            edit_complain(edit, "Snippet '%s' leads to queue '%s': remove it first.",
                          copy->snippets[i].name, name);
    return edit->complaint_count == complaints;
}

void edit_operator_leave(struct edit *edit, const char *name)
{
    for (size_t i = 0; i < edit->copy->queue_count; i++) {
        struct queue_settings *queue = &edit->copy->queues[i];
        size_t kept = 0;
        for (size_t k = 0; k < queue->operator_count; k++)
            if (!edit_is(queue->operators[k], name))
                queue->operators[kept++] = queue->operators[k];
        queue->operator_count = kept;
    }
}

void edit_library_remove(struct edit *edit)
{
    struct consortium *copy = edit->copy;
    bool is_free = true;

    for (size_t i = 0; i < copy->queue_count; i++)
        if (copy->queues[i].library == edit->library)
            is_free &= edit_queue_is_free(edit, (int)i, edit->library);
    if (!is_free)
        return;
    for (size_t i = copy->snippet_count; i-- > 0;)
        if (copy->snippets[i].library == edit->library)
            consortium_remove(copy, &settings_snippet_kind, (int)i);
    for (size_t i = copy->queue_count; i-- > 0;)
        if (copy->queues[i].library == edit->library)
            consortium_remove(copy, &settings_queue_kind, (int)i);
    for (size_t i = copy->operator_count; i-- > 0;)
        if (copy->operators[i].library == edit->library) {
            edit_operator_leave(edit, copy->operators[i].name);
            consortium_remove(copy, &settings_operator_kind, (int)i);
        }
    consortium_remove(copy, &settings_library_kind, edit->library);
    edit->library = NO_INDEX;
}

const char *confirm_library_remove(struct edit *edit)
{
    const struct consortium *copy = edit->copy;
    int queues = 0, people = 0, snippets = 0;

    for (size_t i = 0; i < copy->queue_count; i++)
        queues += copy->queues[i].library == edit->library;
    for (size_t i = 0; i < copy->operator_count; i++)
        people += copy->operators[i].library == edit->library;
    for (size_t i = 0; i < copy->snippet_count; i++)
        snippets += copy->snippets[i].library == edit->library;
    return arena_printf(edit->arena,
                        "Remove library %s with %d queues, %d operators and %d snippets? This "
                        "cannot be undone. Their accounts stay on the server.",
                        edit->label, queues, people, snippets);
}

/* Administrators */

void edit_admin_add(struct edit *edit)
{
    add_admin(edit, own_library(edit));
}

/* A library without one could not help itself. */
void edit_admin_remove(struct edit *edit)
{
    struct library_settings *library = own_library(edit);
    const char *text = edit_required(edit, "account");
    const char *account = text == NULL ? NULL : edit_account_named(edit, "account", text);
    size_t kept = 0;

    if (account == NULL)
        return;
    for (size_t i = 0; i < library->admin_count; i++)
        kept += !edit_is(library->admins[i], account);
    if (kept == library->admin_count) {
        edit_complain(edit, "Account: '%s' is no administrator of %s.", edit_quote(edit, account),
                      edit->label);
        return;
    }
    if (kept == 0) {
        edit_complain(edit, "'%s' is the last administrator of %s: add another one first.",
                      edit_quote(edit, account), edit->label);
        return;
    }
    kept = 0;
    for (size_t i = 0; i < library->admin_count; i++)
        if (!edit_is(library->admins[i], account))
            library->admins[kept++] = library->admins[i];
    library->admin_count = kept;
}
