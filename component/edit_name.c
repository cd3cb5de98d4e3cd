/* Names by grammar: whoever edits a library can say only names of that library. */
#include <string.h>

#include "component/account.h"
#include "component/edit_private.h"
#include "policy/names.h"

/* People write "JaneDoe" too; there is no name that has capitals. */
static const char *lower(struct edit *edit, const char *text)
{
    char *copy = arena_strdup(edit->arena, text);

    for (char *at = copy; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return copy;
}

/* "mobius-mobstate" */
static const char *own_prefix(struct edit *edit)
{
    return arena_printf(edit->arena, "%s-%s", edit->copy->name, edit->label);
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "mobius-": whatever begins so is a whole name, and has to be an own one. */
static bool is_foreign(struct edit *edit, const char *text, const char *prefix)
{
    return begins(text, arena_printf(edit->arena, "%s-", edit->copy->name)) &&
           !begins(text, arena_printf(edit->arena, "%s-", prefix));
}

static void complain_of_foreign(struct edit *edit, const char *field, const char *text,
                                const char *prefix)
{
    edit_complain(edit,
                  "%s: '%s' is not a name of %s: those begin with '%s-'. Write only what "
                  "follows, such as 'janedoe'.",
                  edit_word(edit, field), edit_quote(edit, text), edit->label, prefix);
}

const char *edit_own_name(struct edit *edit, enum edit_name kind, const char *field,
                          const char *text)
{
    const char *prefix = own_prefix(edit), *name = prefix, *rest = lower(edit, text);
    bool main = rest[0] == '\0' || edit_is(rest, EDIT_WHOLE) || edit_is(rest, prefix);

    if (!main && is_foreign(edit, rest, prefix)) {
        complain_of_foreign(edit, field, text, prefix);
        return NULL;
    }
    if (!main && begins(rest, prefix) && rest[strlen(prefix)] == '-')
        rest += strlen(prefix) + 1;
    if (!main)
        name = arena_printf(edit->arena, "%s-%s", prefix, rest);
    if (kind == NAME_QUEUE ? name_is_queue(name) : name_is_operator(name))
        return name;
    edit_complain(edit,
                  "%s: '%s' cannot be a name: small letters, digits and hyphens between them, at "
                  "most %d, such as '%s'.",
                  edit_word(edit, field), edit_quote(edit, text), REST_MAX,
                  kind == NAME_QUEUE ? "law" : "janedoe");
    return NULL;
}

int edit_queue_named(struct edit *edit, const char *field, const char *text)
{
    const char *name = edit_own_name(edit, NAME_QUEUE, field, text);

    if (name == NULL)
        return NO_INDEX;
    int queue = consortium_queue(edit->copy, name);
    if (queue == NO_INDEX || edit->copy->queues[queue].library != edit->library) {
        edit_complain(edit, "%s: %s has no queue '%s'.", edit_word(edit, field), edit->label, name);
        return NO_INDEX;
    }
    return queue;
}

int edit_queue(struct edit *edit, const char *field)
{
    const char *text = edit_required(edit, field);

    return text == NULL ? NO_INDEX : edit_queue_named(edit, field, text);
}

int edit_operator_named(struct edit *edit, const char *field, const char *text)
{
    const char *name = edit_own_name(edit, NAME_OPERATOR, field, text);

    if (name == NULL)
        return NO_INDEX;
    int person = consortium_operator(edit->copy, name);
    if (person == NO_INDEX || edit->copy->operators[person].library != edit->library) {
        edit_complain(edit, "%s: %s has no operator '%s'.", edit_word(edit, field), edit->label,
                      name);
        return NO_INDEX;
    }
    return person;
}

int edit_operator(struct edit *edit, const char *field)
{
    const char *text = edit_required(edit, field);

    return text == NULL ? NO_INDEX : edit_operator_named(edit, field, text);
}

const char *edit_rest(struct edit *edit, const char *name)
{
    size_t length = strlen(own_prefix(edit));

    return name[length] == '-' ? name + length + 1 : "";
}

const char *edit_account_named(struct edit *edit, const char *field, const char *text)
{
    const char *account = lower(edit, text);

    if (strchr(account, '@') == NULL) {
        const char *name = edit_own_name(edit, NAME_OPERATOR, field, text);
        if (name == NULL)
            return NULL;
        return arena_printf(edit->copy->arena, "%s@%s", name, edit->request.accounts_domain);
    }
    if (account_is_plausible(account))
        return arena_strdup(edit->copy->arena, account);
    edit_complain(edit, "%s: '%s' is not an account such as 'jane@example.org'.",
                  edit_word(edit, field), edit_quote(edit, text));
    return NULL;
}

bool edit_account_is_own(struct edit *edit, const char *field, const char *account)
{
    const char *prefix = own_prefix(edit), *at = strchr(account, '@');
    const char *local = arena_strndup(edit->arena, account, (size_t)(at - account));

    if (!edit_is(at + 1, edit->request.accounts_domain) || !is_foreign(edit, local, prefix))
        return true;
    complain_of_foreign(edit, field, account, prefix);
    return false;
}
