/* admin_accounts.c: operators, and the accounts that people log in with.
 *
 * An account that the desk makes itself is known to be the operator's. Any other has a person
 * behind it who was not asked: the operator gets it when that person has sent the code (verify.h),
 * and keeps the old one until then. */
#include "component/admin_accounts.h"

#include <string.h>

#include "component/admin_settings.h"
#include "component/database.h"
#include "component/verify.h"

bool account_is_ours(const struct admin *admin, const char *account)
{
    const char *name = admin->settings->name, *at = strchr(account, '@');
    size_t length = strlen(name);

    return at != NULL && strcmp(at + 1, admin->accounts_domain) == 0 &&
           strncmp(account, name, length) == 0 && account[length] == '-';
}

void account_wish(struct admin *admin, enum provision_what what, const char *account,
                  const char *again, const char *welcome)
{
    struct result_account *wish = arena_alloc(admin->arena, sizeof *wish);

    *wish = (struct result_account){what, arena_strdup(admin->arena, account), welcome, again};
    admin->result.account = wish;
}

void account_want(struct admin *admin, const char *account, const char *again,
                  const char *welcome)
{
    if (!account_is_ours(admin, account))
        admin_say(admin, "Account %s has to be there already: Deskbell makes only those of %s that "
                         "begin with '%s-'.",
                  account, admin->accounts_domain, admin->settings->name);
    else if (!admin->provisions)
        admin_say(admin, "Account %s has to be made by the server's administrator, if it is not "
                         "there: 'accounts.provision' is off in deskbell.conf.",
                  account);
    else
        account_wish(admin, PROVISION_ADD, account, again, welcome);
}

/* Whether the account holds a right anywhere that the asker does not hold there. The database is
 * asked: a library does not see what is granted elsewhere. */
static bool holds_more(struct admin *admin, const char *account, bool *ret_more)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement,
                    "SELECT EXISTS (SELECT FROM deskbell.right_name r, (SELECT 0 AS library_id"
                    " UNION ALL SELECT library_id FROM deskbell.library WHERE consortium_id = $1) l"
                    " WHERE deskbell.holds($1, l.library_id, $2, r.name)"
                    "  AND NOT deskbell.holds($1, l.library_id, $3, r.name))");
    statement_number(&statement, admin->settings->id);
    statement_text(&statement, account);
    statement_text(&statement, admin->account);
    if (!statement_run(admin->database, &statement, &result, &admin->error))
        return false;
    *ret_more = result_switch(result, 0, 0);
    PQclear(result);
    return true;
}

bool account_may_change(struct admin *admin, const char *account)
{
    const struct consortium *settings = admin->settings;
    bool more = false;

    if (!admin->provisions)
        return admin_complain(admin, "Deskbell does not manage accounts here "
                                     "('accounts.provision' is off in deskbell.conf): please ask "
                                     "the server's administrator.");
    if (!account_is_ours(admin, account))
        return admin_complain(admin, "%s is not an account that Deskbell makes: it changes only "
                                     "those of %s that begin with '%s-'.",
                              account, admin->accounts_domain, settings->name);
    if (strcmp(account, admin->account) == 0)
        return true;
    if (!holds_more(admin, account, &more))
        return false;
    if (more || rights_is_coordinator(settings, account))
        return admin_complain(admin, "Whoever has account %s may do more than you: please ask a "
                                     "coordinator.",
                              account);
    return true;
}

/* --- operators --- */

static const char *library_title(const struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);

    return library->title[0] == '\0' ? library->name : library->title;
}

/* Of the chosen one as it was; NULL when it is a new one. */
static const struct operator_settings *operator_chosen(const struct admin *admin)
{
    int index = consortium_operator(admin->settings, admin_value(admin, "operator"));

    if (index == NO_INDEX || admin->settings->operators[index].library != admin->library)
        return NULL;
    return &admin->settings->operators[index];
}

/* The same, or the new one, after the edit. */
static const struct operator_settings *operator_after(const struct admin *admin,
                                                      const struct edit *edit)
{
    const struct operator_settings *before = operator_chosen(admin);
    const struct consortium *after = edit_after(edit);

    for (size_t i = 0; i < after->operator_count; i++)
        if (after->operators[i].id == (before == NULL ? 0 : before->id))
            return &after->operators[i];
    return NULL;
}

static const char *operator_welcome(const struct admin *admin, const char *name)
{
    return arena_printf(
        admin->arena,
        "Welcome. You are operator %s of %s now. Add %s to your contacts and write !on to it to go "
        "on duty, !off to leave, and !help for all words; the same is in its menu of commands.",
        name, library_title(admin), admin->domain);
}

/* Library's people read what a coordinator has done with one of them. */
static void library_learns(struct admin *admin)
{
    if (admin->as_coordinator && admin->reason[0] != '\0')
        admin_tell_library(admin, arena_printf(admin->arena,
                                               "%s, a coordinator, has used '%s' at %s for "
                                               "operator %s. Reason: %s",
                                               admin->account, admin->node,
                                               admin_library(admin)->name,
                                               admin_value(admin, "operator"), admin->reason));
}

static bool code_begin(struct admin *admin, const struct operator_settings *person,
                       const char *account)
{
    char code[VERIFY_CODE_SIZE];

    verify_code_make(code);
    if (!verify_begin(admin->database, admin->settings->id, person->name, account, code,
                      &admin->error))
        return false;
    admin_say(admin,
              "Account %s is %s's as soon as its person has sent the code below from it to %s; "
              "until then the account is %s. The code is good for a week.",
              account, person->name, admin->domain, person->account);
    admin_show(admin, "code", "Code (shown only now; please hand it over)", code);
    admin_tell(admin, account,
               arena_printf(admin->arena,
                            "%s asks that you answer patrons' questions as operator %s of %s. "
                            "If that is right, ask them for the code and send it to this address, "
                            "from this account. If it is not, do nothing.",
                            admin->account, person->name, library_title(admin)));
    explicit_bzero(code, sizeof code);
    return true;
}

/* Everything but the account is done now. */
static bool with_code(struct admin *admin, const char *account)
{
    struct edit *edit = settings_edit(admin, true);
    bool fine = settings_save_edit(admin, edit);

    if (fine) {
        if (edit_changes(edit)[0] != '\0')
            settings_say(admin, edit);
        fine = code_begin(admin, operator_after(admin, edit), account);
    }
    edit_free(edit);
    return fine;
}

/* operator-add, operator-edit */
static bool operator_put(struct admin *admin)
{
    struct edit *edit = settings_edit(admin, false);
    bool fine = false;

    if (!edit_run(edit, admin->node)) {
        admin_complain(admin, "%s", edit_complaints(edit));
    } else if (edit_account(edit) != NULL && !account_is_ours(admin, edit_account(edit))) {
        fine = with_code(admin, arena_strdup(admin->arena, edit_account(edit)));
    } else {
        edit_free(edit);
        edit = settings_edit(admin, false);
        fine = settings_save_edit(admin, edit);
        if (fine)
            settings_say(admin, edit);
        if (fine && edit_account(edit) != NULL)
            account_want(admin, edit_account(edit), "operator-password",
                         operator_welcome(admin, operator_after(admin, edit)->name));
    }
    if (fine)
        library_learns(admin);
    edit_free(edit);
    return fine;
}

static bool operator_password(struct admin *admin)
{
    const struct operator_settings *person = operator_chosen(admin);

    if (person == NULL)
        return admin_complain(admin, "That operator is not there any more.");
    if (!account_may_change(admin, person->account))
        return false;
    account_wish(admin, PROVISION_PASSWORD, person->account, admin->node,
                 operator_welcome(admin, person->name));
    library_learns(admin);
    return true;
}

/* Whoever administrates too goes on to need the account. */
static bool account_may_go(struct admin *admin, const char *account)
{
    for (size_t i = 0; i < admin->settings->library_count; i++)
        if (rights_is_admin(admin->settings, account, (int)i))
            return admin_complain(admin, "Account %s is also an administrator's: it has to stay on "
                                         "the server.",
                                  account);
    return account_may_change(admin, account);
}

static bool operator_remove(struct admin *admin)
{
    const struct operator_settings *person = operator_chosen(admin);
    bool account_too = admin_switch(admin, "remove_account");

    if (person == NULL)
        return admin_complain(admin, "That operator is not there any more.");
    if (account_too && !account_may_go(admin, person->account))
        return false;
    if (!settings_work(admin))
        return false;
    if (account_too)
        account_wish(admin, PROVISION_REMOVE, person->account, NULL, NULL);
    library_learns(admin);
    return true;
}

static bool operator_remove_preview(struct admin *admin)
{
    const struct operator_settings *person = operator_chosen(admin);

    if (person != NULL && admin_switch(admin, "remove_account") &&
        !account_may_go(admin, person->account))
        return false;
    return settings_preview(admin);
}

/* Behind the reason: a coordinator who gives none is shown nobody. */
#define FIELD_OPERATOR                                                                             \
    {CHOICE("operator", "Operator", 2), .nothing = "This library has no operators yet."}

static const struct command_field operator_add_fields[] = {
    FIELD_LIBRARY,
    {LINE("name", "Name, what follows the library's: 'janedoe'", 1), .required = true},
    {LINE("title", "Title, as colleagues read it", 1)},
    {LINE("account", "Account (empty: a new one of the same name; or a whole address)", 1)},
    {SEVERAL("queues", "Answers", 1)},
    FIELDS_END,
};

static const struct command_field operator_edit_fields[] = {
    FIELD_LIBRARY,
    FIELD_REASON(1),
    FIELD_OPERATOR,
    {LINE("name", "Name, what follows the library's", 3), PRESENT, .required = true},
    {LINE("title", "Title, as colleagues read it", 3), PRESENT},
    {LINE("account", "Account", 3), PRESENT},
    FIELDS_END,
};

static const struct command_field operator_fields[] = {FIELD_LIBRARY, FIELD_REASON(1),
                                                       FIELD_OPERATOR, FIELDS_END};

static const struct command_field operator_remove_fields[] = {
    FIELD_LIBRARY,
    FIELD_REASON(1),
    FIELD_OPERATOR,
    {SWITCH("remove_account", "Remove the account from the server, too", 2), .initial = "0"},
    FIELDS_END,
};

const struct command people_commands[] = {
    {SETTINGS_ROW("operator-add", "Add an operator", RIGHT_PEOPLE, SCOPE_LIBRARY, "name",
                  operator_add_fields),
     .work = operator_put},
    {SETTINGS_ROW("operator-edit", "Change an operator", RIGHT_PEOPLE, SCOPE_LIBRARY, "operator",
                  operator_edit_fields),
     .reason = REASON_AT_LIBRARY,
     .work = operator_put},
    {.node = "operator-password",
     .title = "New password of an operator",
     .places = PLACE_SERVICE,
     .right = RIGHT_PEOPLE,
     .scope = SCOPE_LIBRARY,
     .object = "operator",
     .fields = operator_fields,
     .fetch = settings_fetch,
     .reason = REASON_AT_LIBRARY,
     .work = operator_password},
    {.node = "operator-remove",
     .title = "Remove an operator",
     .places = PLACE_SERVICE,
     .right = RIGHT_PEOPLE,
     .scope = SCOPE_LIBRARY,
     .object = "operator",
     .fields = operator_remove_fields,
     .fetch = settings_fetch,
     .preview = operator_remove_preview,
     .reason = REASON_AT_LIBRARY,
     .work = operator_remove},
    {.node = NULL},
};
