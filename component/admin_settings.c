/* admin_settings.c: the edits as commands, all by the same three functions. */
#include "component/admin_settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"

/* Commands that change no settings choose as one that does. */
static const struct {
    const char *node, *as;
} choosers[] = {
    {"snippet-get", "snippet-remove"},
    {"operator-password", "operator-remove"},
    {"admin-password", "admin-remove"},
};

static const char *edit_node(const char *node)
{
    for (size_t i = 0; i < sizeof choosers / sizeof choosers[0]; i++)
        if (strcmp(choosers[i].node, node) == 0)
            return choosers[i].as;
    return node;
}

static const char *value_of(void *context, const char *field)
{
    return admin_answer(context, field);
}

static const char *value_but_account(void *context, const char *field)
{
    return strcmp(field, "account") == 0 ? NULL : admin_answer(context, field);
}

/* A library that is removed is no tenant to act as: it is chosen in the consortium's name. */
static const char *library_label(const struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);
    const char *chosen = admin_value(admin, "library");

    if (library != NULL)
        return library->name;
    return chosen[0] == '\0' || strcmp(chosen, LIBRARY_ALL) == 0 ? NULL : chosen;
}

struct edit *settings_edit(struct admin *admin, bool without_account)
{
    return edit_new(&(struct edit_request){
        .before = admin->settings,
        .library = library_label(admin),
        .accounts_domain = admin->accounts_domain,
        .now = admin->wall / 1000,
        .value = without_account ? value_but_account : value_of,
        .context = admin,
    });
}

bool settings_at_library(const struct command_call *call)
{
    int library;

    return command_library(call, &library) && library != NO_INDEX;
}

/* --- forms --- */

static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);

    for (const char *at = text; *at != '\0';) {
        size_t here = strcspn(at, "\n");
        if (here == length && strncmp(at, line, length) == 0)
            return true;
        at += here + (at[here] == '\n');
    }
    return false;
}

/* Who answers a queue now comes first, in that order, which clients keep; those of other libraries
 * can stay, though nobody can choose them anew. */
static void present_choices(struct admin *admin, const char *field, const char *present,
                            const struct edit_choice *choices, size_t count)
{
    char *rest = arena_strdup(admin->arena, present);

    while (rest != NULL && rest[0] != '\0') {
        const char *line = strsep(&rest, "\n"), *label = line;
        for (size_t i = 0; i < count; i++)
            if (strcmp(choices[i].value, line) == 0)
                label = choices[i].label;
        admin_choice(admin, field, label, line);
    }
}

static void field_fetch(struct admin *admin, struct edit *edit, const char *field)
{
    const char *node = edit_node(admin->node);
    const char *present = edit_present(edit, node, field);
    bool several = strcmp(field, "operators") == 0;
    size_t count = 0;

    const struct edit_choice *choices = edit_choices(edit, node, field, &count);
    if (several)
        present_choices(admin, field, present, choices, count);
    for (size_t i = 0; i < count; i++)
        if (!several || !has_line(present, choices[i].value))
            admin_choice(admin, field, choices[i].label, choices[i].value);
    if (present[0] != '\0')
        admin_present(admin, field, present);
}

bool settings_fetch(struct admin *admin)
{
    struct edit *edit = settings_edit(admin, false);

    for (size_t i = 0; i < admin->fetched_count; i++)
        field_fetch(admin, edit, admin->fetched[i].name);
    /* A coordinator who gives a reason sees what is a person's. */
    admin->audited = admin->as_coordinator && admin->reason[0] != '\0' &&
                     admin_value(admin, "operator")[0] != '\0';
    edit_free(edit);
    return true;
}

/* --- doing it --- */

static const char *sentence(struct admin *admin, const char *words)
{
    char *text = arena_printf(admin->arena, "%s.", words);

    text[0] = (char)toupper((unsigned char)text[0]);
    return text;
}

/* Names that had another meaning a short while ago. The lines are ":0: name: 'x' was ...". */
static bool reserved_check(struct admin *admin, const struct edit *edit)
{
    char *text = NULL;
    size_t size = 0;
    int taken = 0;
    FILE *complaints = open_memstream(&text, &size);

    if (complaints == NULL)
        abort();
    bool fine = settings_check_reserved(admin->database, admin->settings, edit_after(edit), "",
                                        complaints, &taken, &admin->error);
    if (fclose(complaints) != 0)
        abort();
    for (char *rest = text; fine && taken > 0 && rest != NULL && rest[0] != '\0';) {
        const char *line = strsep(&rest, "\n"), *words = strstr(line, "name: ");
        if (words != NULL)
            admin_complain(admin, "%s", sentence(admin, words));
    }
    free(text);
    return fine && taken == 0;
}

bool settings_save_edit(struct admin *admin, struct edit *edit)
{
    if (!edit_run(edit, admin->node))
        return admin_complain(admin, "%s", edit_complaints(edit));
    if (edit_changes(edit)[0] == '\0')
        return true;
    if (!reserved_check(admin, edit))
        return false;
    if (settings_save(admin->database, admin->settings, edit_after(edit), &admin->error))
        return true;
    /* What it refuses by itself is told; a failure of the database is another matter. */
    if (PQtransactionStatus(admin->database) == PQTRANS_INTRANS)
        return admin_refuse(admin, "%s", sentence(admin, admin->error.text));
    return false;
}

void settings_say(struct admin *admin, const struct edit *edit)
{
    if (edit_changes(edit)[0] == '\0')
        admin_say(admin, "That is so already: nothing was changed.");
    else
        admin_say(admin, "Done. %s", edit_changes(edit));
    if (edit_advice(edit)[0] != '\0')
        admin_show(admin, "advice", "Please think of this", edit_advice(edit));
}

/* All that the work does, to be rolled back: so the question comes only when the answer can be
 * done. Nothing said is no question. */
bool settings_preview(struct admin *admin)
{
    struct edit *edit = settings_edit(admin, false);
    const char *question = edit_confirm(edit, admin->node);

    bool fine = settings_save_edit(admin, edit);
    if (fine && question != NULL && edit_changes(edit)[0] != '\0')
        admin_say(admin, "%s", question);
    edit_free(edit);
    return fine;
}

bool settings_work(struct admin *admin)
{
    struct edit *edit = settings_edit(admin, false);

    bool fine = settings_save_edit(admin, edit);
    if (fine)
        settings_say(admin, edit);
    edit_free(edit);
    return fine;
}
