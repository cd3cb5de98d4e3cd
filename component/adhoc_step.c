/* adhoc_step.c: the forms of a command, one after the other, as its row in the table says. */
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/utf8.h"
#include "policy/arena.h"
#include "policy/mem.h"

/* The field's place in the row; those behind the end are never asked for. */
#define FIELDS_EACH(call, field)                                                                   \
    for (const struct command_field *field = (call)->command->fields;                              \
         field != NULL && field->name != NULL; field++)

static bool field_is_asked(const struct command_call *call, const struct command_field *field)
{
    return field->asked == NULL || field->asked(call);
}

static bool step_is_asked(const struct command_call *call, int step)
{
    FIELDS_EACH(call, field)
    {
        if (field->step == step && field_is_asked(call, field))
            return true;
    }
    return false;
}

static int step_highest(const struct command_call *call)
{
    int highest = -1;

    FIELDS_EACH(call, field)
    {
        if (field->step > highest)
            highest = field->step;
    }
    return highest;
}

int step_after(const struct command_call *call, int step)
{
    int highest = step_highest(call);

    while (++step <= highest)
        if (step_is_asked(call, step))
            return step;
    return -1;
}

int step_before(const struct command_call *call, int step)
{
    while (--step >= 0)
        if (step_is_asked(call, step))
            return step;
    return -1;
}

bool step_is_last(const struct command_call *call, int step)
{
    return step >= step_highest(call);
}

static void options_of(const struct command_call *call, const struct command_field *field,
                       struct choices *ret)
{
    memset(ret, 0, sizeof *ret);
    if (field->options != NULL)
        field->options(call, ret);
}

const char *step_nothing(const struct command_call *call, int step)
{
    struct choices options;

    FIELDS_EACH(call, field)
    {
        if (field->step != step || field->nothing == NULL || !field_is_asked(call, field))
            continue;
        options_of(call, field, &options);
        if (options.count == 0)
            return field->nothing;
    }
    return NULL;
}

static const char *value_of(const struct command_call *call, const struct command_field *field)
{
    const char *value = call->session->values[field - call->command->fields];

    return value != NULL ? value : field->initial;
}

static void field_out(const struct command_call *call, const struct command_field *field,
                      struct xml_out *out)
{
    const char *value = value_of(call, field);
    struct choices options;

    options_of(call, field, &options);
    form_field_begin(out, field->type, field->name, field->label, field->required);
    if (value != NULL)
        form_value(out, field->type, value);
    for (size_t i = 0; i < options.count; i++)
        form_option(out, options.list[i].label, options.list[i].value);
    form_field_end(out);
}

void step_form(const struct command_call *call, int step, const char *complaint,
               struct xml_out *out)
{
    const char *text = complaint == NULL ? "" : complaint;

    FIELDS_EACH(call, field)
    {
        if (field->step == step && field->instructions != NULL && field_is_asked(call, field))
            text = arena_printf(call->asker.arena, "%s%s%s", text, text[0] == '\0' ? "" : "\n",
                                field->instructions(call));
    }
    form_begin(out, FORM_ASK, call->command->title, text);
    FIELDS_EACH(call, field)
    {
        if (field->step == step && field_is_asked(call, field))
            field_out(call, field, out);
    }
    form_end(out);
}

static bool is_option(const struct command_call *call, const struct command_field *field,
                      const char *value)
{
    struct choices options;

    options_of(call, field, &options);
    for (size_t i = 0; i < options.count; i++)
        if (strcmp(options.list[i].value, value) == 0)
            return true;
    return false;
}

/* What is wrong with an answer, for the person; NULL when nothing is. */
static const char *value_complaint(const struct command_call *call,
                                   const struct command_field *field, const char *value)
{
    struct arena *arena = call->asker.arena;

    if (field->type == FIELD_LIST_SINGLE && !is_option(call, field, value))
        return arena_printf(arena, "%s: please choose one of the list.", field->label);
    if (field->required && value[0] == '\0' && field->type != FIELD_LIST_SINGLE)
        return arena_printf(arena, "%s: please fill this in.", field->label);
    if (utf8_has_control(value, field->type == FIELD_TEXT_MULTI))
        return arena_printf(arena, "%s: please use plain text.", field->label);
    return NULL;
}

bool step_take(const struct command_call *call, struct session *session, const struct form *form,
               const char **ret_complaint, const char **ret_stop)
{
    *ret_stop = NULL;
    FIELDS_EACH(call, field)
    {
        if (field->step != session->step || !field_is_asked(call, field))
            continue;
        const char *value = form_text(form, field->name, call->asker.arena);
        *ret_complaint = value_complaint(call, field, value);
        if (*ret_complaint != NULL)
            return false;
        char **kept = &session->values[field - call->command->fields];
        free(*kept);
        *kept = mem_strdup(value);
        if (field->stop != NULL && strcmp(field->stop, value) == 0)
            *ret_stop = field->stop_note;
    }
    return true;
}
