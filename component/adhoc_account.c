/* adhoc_account.c: commands that ask the people's server for an account, and wait for it.
 *
 * What the command does in the database is committed before: a server that says no leaves settings
 * that are right, and the answer tells which command tries again. The password is made here, sent
 * to the server, shown once, and forgotten. */
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/provision.h"
#include "policy/arena.h"
#include "policy/mem.h"

struct account_wait {
    TAILQ_ENTRY(account_wait) entry;
    int64_t tag; /* of who waits */
    const struct command *command;
    char session[SESSION_ID_SIZE];
    struct arena *arena; /* with the result */
    struct result result;
    char password[PASSWORD_SIZE];
};

static void wait_free(struct adhoc *adhoc, struct account_wait *wait)
{
    TAILQ_REMOVE(&adhoc->accounts, wait, entry);
    arena_free(wait->arena);
    explicit_bzero(wait, sizeof *wait);
    free(wait);
}

void accounts_free(struct adhoc *adhoc)
{
    while (!TAILQ_EMPTY(&adhoc->accounts))
        wait_free(adhoc, TAILQ_FIRST(&adhoc->accounts));
}

static struct account_wait *wait_find(struct adhoc *adhoc, int64_t tag)
{
    struct account_wait *wait;

    TAILQ_FOREACH(wait, &adhoc->accounts, entry)
    {
        if (wait->tag == tag)
            return wait;
    }
    return NULL;
}

/* Whatever has held a password. */
static void out_send(struct adhoc *adhoc, struct xml_out *out)
{
    if (out->length > 0) {
        adhoc->desk.send(adhoc->desk.context, out);
        explicit_bzero(out->bytes, out->length);
    }
    xml_out_release(out);
}

static bool ask(struct adhoc *adhoc, struct account_wait *wait, enum provision_what what)
{
    const char *password = what == PROVISION_REMOVE ? NULL : wait->password;
    struct xml_out out;

    xml_out_init(&out);
    bool asked = provision_ask(adhoc->desk.provision, what, wait->result.account->account,
                               password, wait->tag, adhoc->at, &out);
    out_send(adhoc, &out);
    return asked;
}

static void say(struct arena *arena, struct result *result, const char *words)
{
    result->text =
        result->text == NULL ? words : arena_printf(arena, "%s\n%s", result->text, words);
}

bool account_begin(struct adhoc *adhoc, const struct command *command, const char *session,
                   int64_t tag, struct arena *arena, struct result *result)
{
    struct account_wait *wait = mem_new(sizeof *wait);

    wait->tag = tag;
    wait->command = command;
    memcpy(wait->session, session, sizeof wait->session);
    wait->arena = arena;
    wait->result = *result;
    password_make(wait->password);
    TAILQ_INSERT_TAIL(&adhoc->accounts, wait, entry);
    if (ask(adhoc, wait, result->account->what))
        return true;
    wait->arena = NULL; /* stays the caller's */
    wait_free(adhoc, wait);
    result->type = NOTE_WARN;
    say(arena, result, "Too many accounts are asked for just now: the server was not told.");
    if (result->account->again != NULL)
        say(arena, result,
            arena_printf(arena, "Please try again with '%s'.", result->account->again));
    return false;
}

static bool is_well(const struct provision_result *answer)
{
    return answer->outcome == PROVISION_DONE ||
           (answer->what == PROVISION_ADD && answer->outcome == PROVISION_EXISTS) ||
           (answer->what == PROVISION_REMOVE && answer->outcome == PROVISION_MISSING);
}

static void words_add(struct adhoc *adhoc, struct account_wait *wait,
                      const struct provision_result *answer)
{
    const struct result_account *account = wait->result.account;
    char *words = provision_words(adhoc->desk.provision, answer, account->account);

    say(wait->arena, &wait->result, arena_strdup(wait->arena, words));
    free(words);
    if (!is_well(answer))
        wait->result.type = NOTE_WARN;
    if (account->again == NULL)
        return;
    if (answer->outcome == PROVISION_EXISTS)
        say(wait->arena, &wait->result,
            arena_printf(wait->arena, "'%s' gives it a new one.", account->again));
    else if (!is_well(answer))
        say(wait->arena, &wait->result,
            arena_printf(wait->arena, "Everything else is done; '%s' tries the account again.",
                         account->again));
}

/* The password is shown from where it is wiped afterwards. */
static void password_add(struct account_wait *wait)
{
    struct result *result = &wait->result;

    if (result->field_count + 2 > RESULT_FIELDS_MAX)
        result->field_count = RESULT_FIELDS_MAX - 2;
    result->fields[result->field_count++] =
        (struct result_field){"account", "Account", result->account->account};
    result->fields[result->field_count++] = (struct result_field){
        "password", "Password (shown only now; please hand it over)", wait->password};
}

static void answered(struct adhoc *adhoc, const struct provision_result *answer)
{
    struct account_wait *wait = wait_find(adhoc, answer->tag);
    struct pending *pending = pending_find(adhoc, answer->tag);
    struct xml_out out;

    if (wait == NULL)
        return;
    if (answer->what == PROVISION_PASSWORD && answer->outcome == PROVISION_MISSING &&
        ask(adhoc, wait, PROVISION_ADD))
        return;
    words_add(adhoc, wait, answer);
    if (answer->outcome == PROVISION_DONE && answer->what != PROVISION_REMOVE)
        password_add(wait);
    if (wait->result.account->welcome != NULL && answer->what == PROVISION_ADD && is_well(answer))
        adhoc->desk.tell(adhoc->desk.context, wait->result.account->account,
                         wait->result.account->welcome);
    if (pending != NULL) {
        struct answer_to to = pending_to(pending);
        xml_out_init(&out);
        answer_result(&to, wait->command, wait->session, &wait->result, &out);
        pending_clear(pending);
        out_send(adhoc, &out);
    }
    wait_free(adhoc, wait);
}

bool adhoc_account_answered(struct adhoc *adhoc, xmpp_stanza_t *iq)
{
    const char *type = xmpp_stanza_get_type(iq);
    struct provision_result answer;

    if (adhoc->desk.provision == NULL || type == NULL ||
        (strcmp(type, "result") != 0 && strcmp(type, "error") != 0) ||
        !provision_answered(adhoc->desk.provision, iq, &answer))
        return false;
    answered(adhoc, &answer);
    return true;
}

void adhoc_account_due(struct adhoc *adhoc, int64_t at)
{
    struct provision_result answer;

    while (adhoc->desk.provision != NULL &&
           provision_expired(adhoc->desk.provision, at, &answer))
        answered(adhoc, &answer);
}

int64_t adhoc_account_deadline(const struct adhoc *adhoc)
{
    return adhoc->desk.provision == NULL ? INT64_MAX
                                         : provision_deadline(adhoc->desk.provision);
}
