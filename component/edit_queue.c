/* Queues: what one is called, how it is run, and who answers it. */
#include <string.h>

#include "component/edit_private.h"

/* One option as a field. */
struct option {
    const char *field;
    enum { OPTION_NUMBER, OPTION_SWITCH, OPTION_TEXT } type;
    size_t offset;
    int min, max;
};

#define NUMBER(key, min, max)                                                                      \
    {                                                                                              \
#key, OPTION_NUMBER, offsetof(struct queue_options, key), min, max                         \
    }
#define SWITCH(key)                                                                                \
    {                                                                                              \
#key, OPTION_SWITCH, offsetof(struct queue_options, key), 0, 0                             \
    }
#define TEXT(key)                                                                                  \
    {                                                                                              \
#key, OPTION_TEXT, offsetof(struct queue_options, key), 0, TEXT_CHARACTERS_MAX             \
    }

/* The ranges are those of a consortium file. */
static const struct option options[] = {
    NUMBER(ring_seconds, 1, SECONDS_MAX),
    NUMBER(offer_seconds, 1, SECONDS_MAX),
    NUMBER(chats_per_operator, 1, CHATS_PER_OPERATOR_MAX),
    NUMBER(idle_grace_seconds, 0, SECONDS_MAX),
    NUMBER(patron_grace_seconds, 0, SECONDS_MAX),
    NUMBER(silent_seconds, 1, SECONDS_MAX),
    NUMBER(holding_seconds, 1, SECONDS_MAX),
    NUMBER(retention_days, 1, RETENTION_DAYS_MAX),
    SWITCH(transcripts),
    SWITCH(show_operator_name),
    TEXT(welcome),
    TEXT(holding_text),
    TEXT(closed_text),
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static void take_options(struct edit *edit, struct queue_settings *queue)
{
    int strategy = (int)queue->options.strategy;

    edit_pick(edit, "strategy", strategy_names, &strategy);
    queue->options.strategy = (enum strategy)strategy;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        void *target = (char *)&queue->options + option->offset;
        switch (option->type) {
        case OPTION_NUMBER:
            edit_number(edit, option->field, option->min, option->max, target);
            break;
        case OPTION_SWITCH:
            edit_switch(edit, option->field, target);
            break;
        case OPTION_TEXT:
            edit_text(edit, option->field, option->min, option->max, target);
            break;
        }
    }
}

static const char *present_option(struct edit *edit, const struct queue_settings *queue,
                                  const char *field)
{
    if (edit_is(field, "strategy"))
        return strategy_names[queue->options.strategy];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const void *value = (const char *)&queue->options + options[i].offset;
        if (!edit_is(field, options[i].field))
            continue;
        switch (options[i].type) {
        case OPTION_NUMBER:
            return edit_present_number(edit, *(const int *)value);
        case OPTION_SWITCH:
            return edit_present_switch(*(const bool *)value);
        case OPTION_TEXT:
            return *(const char *const *)value;
        }
    }
    return "";
}

/* A name that is free for a queue; NULL after a complaint. */
static const char *new_name(struct edit *edit, const char *text)
{
    const char *name = edit_own_name(edit, NAME_QUEUE, "name", text);

    if (name == NULL)
        return NULL;
    if (consortium_queue(edit->copy, name) != NO_INDEX)
        edit_complain(edit, "Name: there is a queue '%s' already.", name);
    else if (consortium_operator(edit->copy, name) != NO_INDEX)
        edit_complain(edit, "Name: '%s' is an operator.", name);
    else
        return name;
    return NULL;
}

/* Who answers. Somebody of another library can stay where the coordinators put one, but cannot be
 * named anew. False after a complaint. */
static bool take_operators(struct edit *edit, struct queue_settings *queue)
{
    const char **lines;
    size_t count = edit_lines(edit, edit_trimmed(edit, "operators"), &lines), kept = 0;
    const char **names = arena_alloc(edit->copy->arena, (count + 1) * sizeof *names);

    if (count > QUEUE_OPERATORS_MAX) {
        edit_complain(edit, "Operators: %zu are more than %d.", count, QUEUE_OPERATORS_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = NULL;
        for (size_t k = 0; k < queue->operator_count; k++)
            if (edit_is(queue->operators[k], lines[i]))
                name = queue->operators[k];
        if (name == NULL) {
            int person = edit_operator_named(edit, "operators", lines[i]);
            if (person == NO_INDEX)
                return false;
            name = edit->copy->operators[person].name;
        }
        for (size_t k = 0; k < kept; k++)
            if (edit_is(names[k], name)) {
                edit_complain(edit, "Operators: '%s' is there twice.", name);
                return false;
            }
        names[kept++] = name;
    }
    queue->operators = kept == 0 ? NULL : names;
    queue->operator_count = kept;
    return true;
}

void edit_queue_add(struct edit *edit)
{
    const char *name = new_name(edit, edit_trimmed(edit, "name"));

    edit_required(edit, "retention_days");
    edit_required(edit, "transcripts");
    if (name == NULL)
        return;
    if (edit->copy->queue_count >= CONSORTIUM_QUEUES_MAX) {
        edit_complain(edit, "There are %d queues already, more are not possible.",
                      CONSORTIUM_QUEUES_MAX);
        return;
    }
    struct queue_settings queue = {.options = queue_options_default, .title = ""};
    edit_line(edit, "title", 0, LINE_CHARACTERS_MAX, &queue.title);
    if (edit_trimmed(edit, "retention_days")[0] != '\0' &&
        edit_trimmed(edit, "transcripts")[0] != '\0')
        take_options(edit, &queue);
    if (!take_operators(edit, &queue))
        return;
    struct queue_settings *added =
        consortium_add(edit->copy, &settings_queue_kind, name, edit->library);
    added->title = queue.title;
    added->options = queue.options;
    added->operators = queue.operators;
    added->operator_count = queue.operator_count;
}

/* What was chosen when the library was set up is likely to be meant again. */
const char *present_queue_add(struct edit *edit, const char *field)
{
    if (!edit_is(field, "retention_days") && !edit_is(field, "transcripts"))
        return "";
    for (size_t i = 0; i < edit->copy->queue_count; i++)
        if (edit->copy->queues[i].library == edit->library)
            return present_option(edit, &edit->copy->queues[i], field);
    return "";
}

void edit_queue_edit(struct edit *edit)
{
    int index = edit_queue(edit, "queue");
    const char *text = edit_answer(edit, "name");

    if (index == NO_INDEX)
        return;
    struct queue_settings *queue = &edit->copy->queues[index];
    edit_line(edit, "title", 0, LINE_CHARACTERS_MAX, &queue->title);
    take_options(edit, queue);
    if (text == NULL)
        return;
    const char *name = edit_own_name(edit, NAME_QUEUE, "name", edit_trimmed(edit, "name"));
    if (name == NULL || edit_is(name, queue->name))
        return;
    name = new_name(edit, name);
    if (name != NULL)
        consortium_rename(edit->copy, &settings_queue_kind, index, name);
}

const char *present_queue_edit(struct edit *edit, const char *field)
{
    int index = edit_queue(edit, "queue");

    if (index == NO_INDEX)
        return "";
    const struct queue_settings *queue = &edit->copy->queues[index];
    if (edit_is(field, "name")) {
        const char *rest = edit_rest(edit, queue->name);
        return rest[0] == '\0' ? EDIT_WHOLE : rest;
    }
    return edit_is(field, "title") ? queue->title : present_option(edit, queue, field);
}

/* What is purged is gone. */
const char *confirm_queue_edit(struct edit *edit)
{
    int index = edit_queue(edit, "queue");

    if (index == NO_INDEX)
        return NULL;
    const struct queue_settings *queue = &edit->copy->queues[index];
    int days = queue->options.retention_days;
    edit_number(edit, "retention_days", 1, RETENTION_DAYS_MAX, &days);
    if (days >= queue->options.retention_days)
        return NULL;
    return arena_printf(edit->arena,
                        "Keep transcripts of %s for %d days instead of %d? Older ones are deleted "
                        "soon, and this cannot be undone.",
                        queue->name, days, queue->options.retention_days);
}

void edit_queue_remove(struct edit *edit)
{
    int index = edit_queue(edit, "queue");

    if (index != NO_INDEX && edit_queue_is_free(edit, index, NO_INDEX))
        consortium_remove(edit->copy, &settings_queue_kind, index);
}

const char *confirm_queue_remove(struct edit *edit)
{
    int index = edit_queue(edit, "queue");

    if (index == NO_INDEX)
        return NULL;
    return arena_printf(edit->arena,
                        "Remove queue %s? Its hours and closures go with it; running chats are led "
                        "to their end, and transcripts stay. This cannot be undone.",
                        edit->copy->queues[index].name);
}

void edit_queue_assign(struct edit *edit)
{
    int index = edit_queue(edit, "queue");

    if (index != NO_INDEX && edit_answer(edit, "operators") != NULL)
        take_operators(edit, &edit->copy->queues[index]);
}

/* Own ones by what their forms say, others by their whole names. */
const char *present_queue_assign(struct edit *edit, const char *field)
{
    int index = edit_queue(edit, "queue");

    if (index == NO_INDEX || !edit_is(field, "operators"))
        return "";
    const struct queue_settings *queue = &edit->copy->queues[index];
    const char **lines = arena_alloc(edit->arena, (queue->operator_count + 1) * sizeof *lines);
    for (size_t i = 0; i < queue->operator_count; i++) {
        int person = consortium_operator(edit->copy, queue->operators[i]);
        bool own = person != NO_INDEX && edit->copy->operators[person].library == edit->library;
        lines[i] = own ? edit_rest(edit, queue->operators[i]) : queue->operators[i];
    }
    return edit_present_lines(edit, lines, queue->operator_count);
}
