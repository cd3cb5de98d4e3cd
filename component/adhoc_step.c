/* adhoc_step.c: the forms of a command, one after the other, as its row in the table says. */
#include <stdlib.h>
#include <string.h>

#include "component/account.h"
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
    int highest = step_highest(call);

    if (step > highest)
        step = highest + 1;
    while (--step >= 0)
        if (step_is_asked(call, step))
            return step;
    return -1;
}

bool step_may_confirm(const struct command *command)
{
    return command->confirm != NULL || command->preview != NULL;
}

bool step_is_last(const struct command_call *call, int step)
{
    return step == STEP_CONFIRM ||
           (step >= step_highest(call) && !step_may_confirm(call->command));
}

bool step_wants_fetch(const struct command_call *call, int step)
{
    if (call->session->fetched_arena != NULL && call->session->fetched_step == step)
        return false;
    FIELDS_EACH(call, field)
    {
        if (field->step == step && field->fetched && field_is_asked(call, field))
            return true;
    }
    return false;
}

/* NULL when no job has said anything of it. */
static const struct fetched *fetched_of(const struct command_call *call,
                                        const struct command_field *field)
{
    const struct session *session = call->session;

    if (!field->fetched || session == NULL || session->fetched_arena == NULL ||
        session->fetched_step != field->step)
        return NULL;
    return &session->fetched[field - call->command->fields];
}

static void options_of(const struct command_call *call, const struct command_field *field,
                       struct choices *ret)
{
    const struct fetched *fetched = fetched_of(call, field);

    memset(ret, 0, sizeof *ret);
    if (field->options != NULL)
        field->options(call, ret);
    else if (fetched != NULL)
        *ret = fetched->choices;
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
    const struct fetched *fetched = fetched_of(call, field);

    if (value != NULL)
        return value;
    if (fetched != NULL && fetched->present != NULL)
        return fetched->present;
    if (field->prefill != NULL)
        value = field->prefill(call);
    return value != NULL ? value : field->initial;
}

/* Of these each line is a value of its own. */
static bool type_has_lines(enum field_type type)
{
    return type == FIELD_LIST_MULTI || type == FIELD_JID_MULTI || type == FIELD_TEXT_MULTI ||
           type == FIELD_FIXED;
}

static bool type_has_options(enum field_type type)
{
    return type == FIELD_LIST_SINGLE || type == FIELD_LIST_MULTI;
}

static void values_out(const struct command_call *call, enum field_type type, const char *value,
                       struct xml_out *out)
{
    char *rest = arena_strdup(call->asker.arena, value);

    if (type != FIELD_LIST_MULTI && type != FIELD_JID_MULTI) {
        form_value(out, type, value);
        return;
    }
    while (rest != NULL && rest[0] != '\0')
        form_value(out, type, strsep(&rest, "\n"));
}

static void field_out(const struct command_call *call, const struct command_field *field,
                      struct xml_out *out)
{
    const char *value = value_of(call, field);
    struct choices options;

    options_of(call, field, &options);
    form_field_begin(out, field->type, field->type == FIELD_FIXED ? NULL : field->name,
                     field->label, field->required);
    if (value != NULL)
        values_out(call, field->type, value, out);
    for (size_t i = 0; i < options.count; i++)
        form_option(out, options.list[i].label, options.list[i].value);
    form_field_end(out);
}

/* A preview may be long, which a form's instructions are not made for. */
static void confirm_form(const struct command_call *call, const char *complaint,
                         struct xml_out *out)
{
    const char *words = call->session->preview;

    if (words == NULL && call->command->confirm != NULL)
        words = call->command->confirm(call);
    if (words == NULL)
        words = "";
    bool lines = strchr(words, '\n') != NULL;
    const char *above = lines ? "This is what happens:" : words;
    if (complaint != NULL)
        above = arena_printf(call->asker.arena, "%s\n%s", complaint, above);
    form_begin(out, FORM_ASK, call->command->title, above);
    if (lines) {
        form_field_begin(out, FIELD_FIXED, NULL, "", false);
        form_value(out, FIELD_FIXED, words);
        form_field_end(out);
    }
    form_field_begin(out, FIELD_BOOLEAN, "confirm", "Yes, do this", true);
    form_value(out, FIELD_BOOLEAN, "0");
    form_field_end(out);
    form_end(out);
}

void step_form(const struct command_call *call, int step, const char *complaint,
               struct xml_out *out)
{
    const char *text = complaint == NULL ? "" : complaint;

    if (step == STEP_CONFIRM) {
        confirm_form(call, complaint, out);
        return;
    }
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

/* Each line of a list's or of JIDs' answer has to be good for itself. */
static const char *line_complaint(const struct command_call *call,
                                  const struct command_field *field, const char *value)
{
    struct arena *arena = call->asker.arena;

    if (type_has_options(field->type) && !is_option(call, field, value))
        return arena_printf(arena, "%s: please choose one of the list.", field->label);
    if ((field->type == FIELD_JID_SINGLE || field->type == FIELD_JID_MULTI) &&
        !account_is_plausible(value))
        return arena_printf(arena, "%s: an address like name@example.org is wanted.",
                            field->label);
    if (utf8_has_control(value, field->type == FIELD_TEXT_MULTI))
        return arena_printf(arena, "%s: please use plain text.", field->label);
    return NULL;
}

/* What is wrong with an answer, for the person; NULL when nothing is. */
static const char *value_complaint(const struct command_call *call,
                                   const struct command_field *field, const char *value)
{
    struct arena *arena = call->asker.arena;
    const char *complaint = NULL;

    if (value[0] == '\0') {
        if (!field->required)
            return NULL;
        return arena_printf(arena, type_has_options(field->type)
                                       ? "%s: please choose one of the list."
                                       : "%s: please fill this in.",
                            field->label);
    }
    if (field->type == FIELD_TEXT_MULTI || !type_has_lines(field->type)) {
        complaint = line_complaint(call, field, value);
    } else {
        char *rest = arena_strdup(arena, value);
        while (rest != NULL && complaint == NULL)
            complaint = line_complaint(call, field, strsep(&rest, "\n"));
    }
    if (complaint == NULL && field->wrong != NULL) {
        complaint = field->wrong(call, value);
        if (complaint != NULL)
            complaint = arena_printf(arena, "%s: %s", field->label, complaint);
    }
    return complaint;
}

/* Blanks around an address or a line come with copying. */
static const char *trimmed(struct arena *arena, const char *value)
{
    static const char blanks[] = " \t\r\n";
    size_t length;

    value += strspn(value, blanks);
    length = strlen(value);
    while (length > 0 && strchr(blanks, value[length - 1]) != NULL)
        length--;
    return arena_strndup(arena, value, length);
}

static const char *answer_to_field(const struct command_call *call,
                                   const struct command_field *field, const struct form *form)
{
    const char *before = value_of(call, field);

    switch (field->type) {
    case FIELD_BOOLEAN:
        return form_boolean(form, field->name, before != NULL && strcmp(before, "1") == 0) ? "1"
                                                                                          : "0";
    case FIELD_FIXED:
    case FIELD_HIDDEN: /* nobody's to change */
        return before == NULL ? "" : before;
    case FIELD_JID_MULTI:
    case FIELD_LIST_MULTI:
    case FIELD_LIST_SINGLE:
    case FIELD_TEXT_MULTI:
    case FIELD_TEXT_PRIVATE:
    case FIELD_TEXT_SINGLE:
        return form_text(form, field->name, call->asker.arena);
    case FIELD_JID_SINGLE:
        return trimmed(call->asker.arena, form_text(form, field->name, call->asker.arena));
    }
    abort();
}

static void session_take(struct session *session, size_t place, const char *value)
{
    char *kept = mem_strdup(value); /* it may be the old one */

    free(session->values[place]);
    session->values[place] = kept;
}

/* Answers to later forms hang on those to earlier ones: a queue's settings on the queue. */
static void later_forget(const struct command_call *call, struct session *session)
{
    FIELDS_EACH(call, field)
    {
        size_t place = (size_t)(field - call->command->fields);
        if (field->step <= session->step)
            continue;
        free(session->values[place]);
        session->values[place] = NULL;
    }
}

/* XEP-0050 has no question of its own: a box that has to be ticked. */
static bool confirm_take(const struct form *form, const char **ret_complaint)
{
    if (form_boolean(form, "confirm", false))
        return true;
    *ret_complaint = "Tick the box to do this, or cancel.";
    return false;
}

bool step_take(const struct command_call *call, struct session *session, const struct form *form,
               const char **ret_complaint, const char **ret_stop)
{
    bool changed = false;

    *ret_stop = NULL;
    if (session->step == STEP_CONFIRM)
        return confirm_take(form, ret_complaint);
    FIELDS_EACH(call, field)
    {
        if (field->step != session->step || !field_is_asked(call, field))
            continue;
        const char *value = answer_to_field(call, field, form);
        *ret_complaint = value_complaint(call, field, value);
        if (*ret_complaint != NULL)
            return false;
        size_t place = (size_t)(field - call->command->fields);
        if (session->values[place] == NULL || strcmp(session->values[place], value) != 0)
            changed = true;
        session_take(session, place, value);
        if (field->stop != NULL && strcmp(field->stop, value) == 0)
            *ret_stop = field->stop_note;
    }
    if (changed)
        later_forget(call, session);
    if (session->fetched_step > session->step)
        session_forget(session);
    return true;
}
