/* The buttons on a library's pages. */
#include "component/edit_private.h"
#include "policy/names.h"

const char *const edit_sides[] = {"end", "start", NULL};
const char *const edit_closed[] = {"show", "hide", NULL};

/* "home page", or the whole "mobstate (home page)"; NULL after a complaint. */
static const char *snippet_name(struct edit *edit, const char *field)
{
    const char *text = edit_required(edit, field), *name = text;

    if (text == NULL)
        return NULL;
    if (!name_is_snippet(text))
        name = arena_printf(edit->arena, "%s (%s)", edit->label, text);
    if (name_is_snippet(name) && name_snippet_belongs(name, edit->label))
        return name;
    if (name_is_snippet(name))
        edit_complain(edit,
                      "%s: '%s' is not a snippet of %s: those begin with '%s ('. Write only what "
                      "stands in the parentheses.",
                      edit_word(edit, field), edit_quote(edit, text), edit->label, edit->label);
    else
        edit_complain(edit, "%s: '%s' has to have 1 to %d characters, and no parentheses.",
                      edit_word(edit, field), edit_quote(edit, text), SNIPPET_TEXT_MAX);
    return NULL;
}

static int find_snippet(const struct consortium *consortium, const char *name)
{
    for (size_t i = 0; i < consortium->snippet_count; i++)
        if (edit_is(consortium->snippets[i].name, name))
            return (int)i;
    return NO_INDEX;
}

/* --- what is chosen for one --- */

static const struct {
    const char *field;
    size_t offset;
    bool lines;
    const char *const *choices; /* the first is the default; NULL: a text */
} settings[] = {
    {"accent", offsetof(struct snippet_settings, accent), false, NULL},
    {"side", offsetof(struct snippet_settings, side), false, edit_sides},
    {"closed", offsetof(struct snippet_settings, closed), false, edit_closed},
    {"consent_link", offsetof(struct snippet_settings, consent_link), false, NULL},
    {"questions", offsetof(struct snippet_settings, questions), true, NULL},
    {"texts", offsetof(struct snippet_settings, texts), true, NULL},
};

enum { SETTING_COUNT = sizeof settings / sizeof settings[0] };

static void take_choice(struct edit *edit, const char *field, const char *const *choices,
                        const char **target)
{
    int choice = 0;

    for (int i = 0; *target != NULL && choices[i] != NULL; i++)
        if (edit_is(choices[i], *target))
            choice = i;
    edit_pick(edit, field, choices, &choice);
    *target = choice == 0 ? NULL : choices[choice];
}

/* Whether the whole fits together, settings_check() says. */
static void take_settings(struct edit *edit, struct snippet_settings *snippet)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char **target = (void *)((char *)snippet + settings[i].offset);
        const char *text = *target == NULL ? "" : *target;
        if (settings[i].choices != NULL) {
            take_choice(edit, settings[i].field, settings[i].choices, target);
            continue;
        }
        if (settings[i].lines)
            edit_text(edit, settings[i].field, 0, SNIPPET_LINES_MAX, &text);
        else
            edit_line(edit, settings[i].field, 0, SNIPPET_LINE_MAX, &text);
        *target = text[0] == '\0' ? NULL : text;
    }
    edit_switch(edit, "consent", &snippet->consent);
}

static const char *present_setting(const struct snippet_settings *snippet, const char *field)
{
    if (edit_is(field, "consent"))
        return edit_present_switch(snippet->consent);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *text = *(const char *const *)(const void *)((const char *)snippet +
                                                               settings[i].offset);
        if (!edit_is(field, settings[i].field))
            continue;
        if (text == NULL)
            return settings[i].choices == NULL ? "" : settings[i].choices[0];
        return text;
    }
    return "";
}

/* --- the commands --- */

void edit_snippet_add(struct edit *edit)
{
    const char *name = snippet_name(edit, "text");
    int queue = edit_queue(edit, "queue");
    struct consortium *copy = edit->copy;

    if (name == NULL || queue == NO_INDEX)
        return;
    int there = find_snippet(copy, name);
    if (there != NO_INDEX) {
        if (!edit_is(copy->snippets[there].queue, copy->queues[queue].name))
            edit_complain(edit, "Text: there is a snippet '%s' already, for queue '%s'.", name,
                          copy->snippets[there].queue);
        return;
    }
    if (copy->snippet_count >= SNIPPETS_MAX) {
        edit_complain(edit, "There are %d snippets already, more are not possible.", SNIPPETS_MAX);
        return;
    }
    struct snippet_settings *snippet =
        consortium_add(copy, &settings_snippet_kind, name, edit->library);
    snippet->queue = copy->queues[queue].name;
}

/* The chosen one; NULL after a complaint. */
static struct snippet_settings *chosen(struct edit *edit)
{
    const char *name = snippet_name(edit, "snippet");
    int index = name == NULL ? NO_INDEX : find_snippet(edit->copy, name);

    if (index == NO_INDEX && name != NULL)
        edit_complain(edit, "Snippet: there is no '%s'.", name);
    return index == NO_INDEX ? NULL : &edit->copy->snippets[index];
}

void edit_snippet_edit(struct edit *edit)
{
    struct snippet_settings *snippet = chosen(edit);

    if (snippet == NULL)
        return;
    if (edit_answer(edit, "queue") != NULL) {
        int queue = edit_queue(edit, "queue");
        if (queue == NO_INDEX)
            return;
        snippet->queue = edit->copy->queues[queue].name;
    }
    take_settings(edit, snippet);
}

const char *present_snippet_edit(struct edit *edit, const char *field)
{
    const struct snippet_settings *snippet = chosen(edit);

    if (snippet == NULL)
        return "";
    return edit_is(field, "queue") ? snippet->queue : present_setting(snippet, field);
}

void edit_snippet_remove(struct edit *edit)
{
    const struct snippet_settings *snippet = chosen(edit);

    if (snippet != NULL)
        consortium_remove(edit->copy, &settings_snippet_kind,
                          (int)(snippet - edit->copy->snippets));
}
