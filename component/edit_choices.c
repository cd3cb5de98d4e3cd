/* What the choice fields of a form offer: only what is the edit's own. */
#include <string.h>

#include "component/edit_private.h"

struct chooser {
    struct edit *edit;
    struct edit_choice *list;
    size_t count;
};

static void choose(struct chooser *chooser, const char *label, const char *value)
{
    struct edit *edit = chooser->edit;

    /* Room doubles, so that hundreds of operators cost no square. */
    if ((chooser->count & (chooser->count - 1)) == 0) {
        size_t room = chooser->count == 0 ? 1 : 2 * chooser->count;
        struct edit_choice *grown = arena_alloc(edit->arena, room * sizeof *grown);
        if (chooser->count > 0)
            memcpy(grown, chooser->list, chooser->count * sizeof *grown);
        chooser->list = grown;
    }
    chooser->list[chooser->count++] = (struct edit_choice){label, value};
}

static void choose_words(struct chooser *chooser, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        choose(chooser, words[i], words[i]);
}

/* "mobius-mobstate (Reference)" */
static const char *labelled(struct edit *edit, const char *name, const char *title)
{
    return title[0] == '\0' ? name : arena_printf(edit->arena, "%s (%s)", name, title);
}

static void choose_queues(struct chooser *chooser, const char *whole)
{
    const struct consortium *copy = chooser->edit->copy;

    if (chooser->edit->label == NULL)
        return;
    if (whole != NULL)
        choose(chooser, whole, EDIT_WHOLE);
    for (size_t i = 0; i < copy->queue_count; i++)
        if (copy->queues[i].library == chooser->edit->library)
            choose(chooser, labelled(chooser->edit, copy->queues[i].name, copy->queues[i].title),
                   copy->queues[i].name);
}

static void choose_operators(struct chooser *chooser, bool rest)
{
    const struct consortium *copy = chooser->edit->copy;

    for (size_t i = 0; i < copy->operator_count; i++) {
        const struct operator_settings *person = &copy->operators[i];
        const char *name = person->name;
        if (person->library != chooser->edit->library)
            continue;
        if (rest)
            name = edit_rest(chooser->edit, name);
        choose(chooser, labelled(chooser->edit, name, person->title), name);
    }
}

static void choose_admins(struct chooser *chooser)
{
    const struct library_settings *library =
        &chooser->edit->copy->libraries[chooser->edit->library];

    for (size_t i = 0; i < library->admin_count; i++)
        choose(chooser, library->admins[i], library->admins[i]);
}

static void choose_closures(struct chooser *chooser)
{
    const struct closures *closures = edit_closures(chooser->edit);

    for (size_t i = 0; closures != NULL && i < closures->count; i++)
        choose(chooser,
               edit_present_date(chooser->edit, closures->list[i].date, closures->list[i].name),
               edit_present_date(chooser->edit, closures->list[i].date, ""));
}

static void choose_snippets(struct chooser *chooser)
{
    const struct consortium *copy = chooser->edit->copy;

    for (size_t i = 0; i < copy->snippet_count; i++)
        if (copy->snippets[i].library == chooser->edit->library)
            choose(chooser, copy->snippets[i].name, copy->snippets[i].name);
}

static void choose_replies(struct chooser *chooser)
{
    const struct canned_replies *replies = edit_canned_replies(chooser->edit);

    choose(chooser, "A new one", EDIT_WHOLE);
    for (size_t i = 0; i < replies->count; i++)
        choose(chooser, replies->list[i].name, replies->list[i].name);
}

static void choose_notices(struct chooser *chooser)
{
    const struct notices *notices = edit_notices(chooser->edit);

    choose(chooser, "A new one", EDIT_WHOLE);
    for (size_t i = 0; i < notices->count; i++)
        choose(chooser, edit_quote(chooser->edit, notices->list[i].text), notices->list[i].text);
}

/* Any library's queue can be the backup. */
static void choose_backup(struct chooser *chooser)
{
    const struct consortium *copy = chooser->edit->copy;

    choose(chooser, "No backup", EDIT_WHOLE);
    for (size_t i = 0; i < copy->queue_count; i++)
        choose(chooser, labelled(chooser->edit, copy->queues[i].name, copy->queues[i].title),
               copy->queues[i].name);
}

/* Commands for which the library itself is a choice beside its queues. */
static bool has_whole(const char *node)
{
    return edit_is(node, "hours-edit") || edit_is(node, "closure-add") ||
           edit_is(node, "closure-remove") || edit_is(node, "profile-edit");
}

static void choose_field(struct chooser *chooser, const char *node, const char *field)
{
    if (edit_is(node, "backup-edit") && edit_is(field, "queue"))
        choose_backup(chooser);
    else if (edit_is(node, "library-add"))
        return; /* there is nothing yet */
    else if (edit_is(field, "queue"))
        choose_queues(chooser, has_whole(node) ? "The library as a whole" : NULL);
    else if (edit_is(field, "queues"))
        choose_queues(chooser, NULL);
    else if (edit_is(field, "operator") || edit_is(field, "operators"))
        choose_operators(chooser, edit_is(field, "operators"));
    else if (edit_is(node, "admin-remove") && edit_is(field, "account"))
        choose_admins(chooser);
    else if (edit_is(node, "closure-remove") && edit_is(field, "dates"))
        choose_closures(chooser);
    else if (edit_is(field, "snippet"))
        choose_snippets(chooser);
    else if (edit_is(field, "side"))
        choose_words(chooser, edit_sides);
    else if (edit_is(field, "closed"))
        choose_words(chooser, edit_closed);
    else if (edit_is(field, "canned"))
        choose_replies(chooser);
    else if (edit_is(field, "notice"))
        choose_notices(chooser);
    else if (edit_is(field, "strategy"))
        choose_words(chooser, strategy_names);
    else if (edit_is(field, "calendar"))
        choose_words(chooser, edit_calendars);
    else if (edit_is(field, "coverage"))
        choose_words(chooser, edit_coverages);
    else if (edit_is(node, "holidays-edit") && edit_is(field, "dates"))
        choose_words(chooser, holiday_dates_names);
}

const struct edit_choice *edit_choices(struct edit *edit, const char *node, const char *field,
                                       size_t *ret_count)
{
    struct chooser chooser = {.edit = edit};

    if (edit_command_here(edit, node) != NULL)
        choose_field(&chooser, node, field);
    edit_forget_complaints(edit);
    *ret_count = chooser.count;
    return chooser.list;
}
