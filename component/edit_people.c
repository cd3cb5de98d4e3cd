/* Operators. */
#include <string.h>

#include "component/edit_private.h"
#include "policy/date.h"

/* Whose it is, is told only when that is one of the own. */
static void take_account(struct edit *edit, const struct operator_settings *person,
                         const char **target)
{
    const char *text = edit_trimmed(edit, "account");
    const char *name = person->name;

    if (text[0] == '\0')
        text = name;
    const char *account = edit_account_named(edit, "account", text);
    if (account == NULL || (*target != NULL && edit_is(*target, account)) ||
        !edit_account_is_own(edit, "account", account))
        return;
    for (size_t i = 0; i < edit->copy->operator_count; i++) {
        const struct operator_settings *other = &edit->copy->operators[i];
        if (other == person || other->account == NULL || !edit_is(other->account, account))
            continue;
        if (other->library == edit->library)
            edit_complain(edit, "Account: '%s' is that of operator '%s'.",
                          edit_quote(edit, account), other->name);
        else
            edit_complain(edit, "Account: '%s' is an operator's elsewhere already.",
                          edit_quote(edit, account));
        return;
    }
    *target = edit->account = account;
}

static void assign(struct edit *edit, struct queue_settings *queue, const char *name)
{
    if (queue->operator_count >= QUEUE_OPERATORS_MAX) {
        edit_complain(edit, "Queues: '%s' has %d operators already.", queue->name,
                      QUEUE_OPERATORS_MAX);
        return;
    }
    const char **operators =
        arena_alloc(edit->copy->arena, (queue->operator_count + 1) * sizeof *operators);
    for (size_t i = 0; i < queue->operator_count; i++)
        operators[i] = queue->operators[i];
    operators[queue->operator_count++] = name;
    queue->operators = operators;
}

static bool queue_has(const struct queue_settings *queue, const char *name)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (edit_is(queue->operators[i], name))
            return true;
    return false;
}

/* A name that is free for an operator; queues share the name space. NULL after a complaint. */
static const char *new_name(struct edit *edit)
{
    const char *text = edit_required(edit, "name");
    const char *name = text == NULL ? NULL : edit_own_name(edit, NAME_OPERATOR, "name", text);

    if (name == NULL)
        return NULL;
    if (consortium_operator(edit->copy, name) != NO_INDEX)
        edit_complain(edit, "Name: there is an operator '%s' already.", name);
    else if (consortium_queue(edit->copy, name) != NO_INDEX)
        edit_complain(edit, "Name: '%s' is a queue.", name);
    else
        return name;
    return NULL;
}

void edit_operator_add(struct edit *edit)
{
    const char *name = new_name(edit);
    const char **lines;
    size_t count = edit_lines(edit, edit_trimmed(edit, "queues"), &lines);

    if (name == NULL)
        return;
    if (edit->copy->operator_count >= OPERATORS_MAX) {
        edit_complain(edit, "There are %d operators already, more are not possible.",
                      OPERATORS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int queue = edit_queue_named(edit, "queues", lines[i]);
        if (queue != NO_INDEX && !queue_has(&edit->copy->queues[queue], name))
            assign(edit, &edit->copy->queues[queue], arena_strdup(edit->copy->arena, name));
    }
    struct operator_settings *person =
        consortium_add(edit->copy, &settings_operator_kind, name, edit->library);
    person->title = "";
    edit_line(edit, "title", 0, LINE_CHARACTERS_MAX, &person->title);
    take_account(edit, person, &person->account);
}

/* The account stays with the person: no server renames one. */
void edit_operator_edit(struct edit *edit)
{
    int index = edit_operator(edit, "operator");

    if (index == NO_INDEX)
        return;
    struct operator_settings *person = &edit->copy->operators[index];
    edit_line(edit, "title", 0, LINE_CHARACTERS_MAX, &person->title);
    if (edit_trimmed(edit, "account")[0] != '\0')
        take_account(edit, person, &person->account);
    if (edit_answer(edit, "name") == NULL)
        return;
    const char *text = edit_required(edit, "name");
    if (text == NULL || edit_is(text, edit_rest(edit, person->name)) || edit_is(text, person->name))
        return;
    const char *name = new_name(edit);
    if (name != NULL)
        consortium_rename(edit->copy, &settings_operator_kind, index, name);
}

const char *present_operator_edit(struct edit *edit, const char *field)
{
    int index = edit_operator(edit, "operator");

    if (index == NO_INDEX)
        return "";
    const struct operator_settings *person = &edit->copy->operators[index];
    if (edit_is(field, "name"))
        return edit_rest(edit, person->name);
    if (edit_is(field, "title"))
        return person->title;
    return edit_is(field, "account") ? person->account : "";
}

/* Transcripts keep the name: they have it by value. */
void edit_operator_remove(struct edit *edit)
{
    int index = edit_operator(edit, "operator");

    if (index == NO_INDEX)
        return;
    edit_operator_leave(edit, edit->copy->operators[index].name);
    consortium_remove(edit->copy, &settings_operator_kind, index);
}

const char *confirm_operator_remove(struct edit *edit)
{
    int index = edit_operator(edit, "operator"), queues = 0;

    if (index == NO_INDEX)
        return NULL;
    const struct operator_settings *person = &edit->copy->operators[index];
    for (size_t i = 0; i < edit->copy->queue_count; i++)
        queues += queue_has(&edit->copy->queues[i], person->name);
    return arena_printf(
        edit->arena,
        "Remove operator %s%s%s%s, who answers %d queues? Running chats are offered "
        "to others; transcripts keep the name.",
        person->name, person->title[0] != '\0' ? " (" : "", person->title,
        person->title[0] != '\0' ? ")" : "", queues);
}
