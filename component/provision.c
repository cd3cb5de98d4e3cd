#include "component/provision.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc.h"
#include "component/form.h"
#include "component/letters.h"
#include "component/stanza_in.h"
#include "component/stanza_iq.h"
#include "policy/mem.h"

#define NS_ADMIN "http://jabber.org/protocol/admin"

/* An account under way. */
struct asked {
    char id[IQ_ID_SIZE]; /* "" : free */
    int64_t tag, due;
    enum provision_what what;
};

struct provision {
    xmpp_ctx_t *ctx;
    const char *jid, *domain;
    struct asked asked[PROVISION_ASKED_MAX];
};

static const struct {
    const char *node;
    const char *account_field;
    enum field_type account_type;
    bool twice; /* the password is sent a second time to be compared */
} commands[] = {
    [PROVISION_ADD] = {NS_ADMIN "#add-user", "accountjid", FIELD_JID_SINGLE, true},
    [PROVISION_PASSWORD] = {NS_ADMIN "#change-user-password", "accountjid", FIELD_JID_SINGLE,
                            false},
    [PROVISION_REMOVE] = {NS_ADMIN "#delete-user", "accountjids", FIELD_JID_MULTI, false},
};

struct provision *provision_new(xmpp_ctx_t *ctx, const char *jid, const char *domain)
{
    struct provision *provision = mem_new(sizeof *provision);

    provision->ctx = ctx;
    provision->jid = jid;
    provision->domain = domain;
    return provision;
}

struct provision *provision_free(struct provision *provision)
{
    free(provision);
    return NULL;
}

bool provision_can(const struct provision *provision, const char *account)
{
    const char *at = strchr(account, '@');

    return at != NULL && at != account && strcmp(at + 1, provision->domain) == 0;
}

static struct asked *asked_new(struct provision *provision)
{
    for (int i = 0; i < PROVISION_ASKED_MAX; i++) {
        struct asked *asked = &provision->asked[i];
        if (asked->id[0] != '\0')
            continue;
        iq_id_make(provision->ctx, asked->id);
        return asked;
    }
    return NULL;
}

static void field_out(struct xml_out *out, enum field_type type, const char *name,
                      const char *value)
{
    form_field_begin(out, type, name, "", false);
    form_value(out, type, value);
    form_field_end(out);
}

bool provision_ask(struct provision *provision, enum provision_what what, const char *account,
                   const char *password, int64_t tag, int64_t at, struct xml_out *out)
{
    struct asked *asked = asked_new(provision);

    assert(provision_can(provision, account));
    assert((password == NULL) == (what == PROVISION_REMOVE));
    if (asked == NULL)
        return false;
    asked->tag = tag;
    asked->what = what;
    asked->due = at + PROVISION_MS_MAX;
    xml_out_raw(out, "<iq type='set'");
    xml_out_attribute(out, "from", provision->jid);
    xml_out_attribute(out, "to", provision->domain);
    xml_out_attribute(out, "id", asked->id);
    xml_out_raw(out, "><command xmlns='" NS_COMMANDS "' action='execute'");
    xml_out_attribute(out, "node", commands[what].node);
    xml_out_raw(out, ">");
    form_begin(out, FORM_SUBMIT, "", "");
    field_out(out, FIELD_HIDDEN, "FORM_TYPE", NS_ADMIN);
    field_out(out, commands[what].account_type, commands[what].account_field, account);
    if (password != NULL)
        field_out(out, FIELD_TEXT_PRIVATE, "password", password);
    if (commands[what].twice)
        field_out(out, FIELD_TEXT_PRIVATE, "password-verify", password);
    form_end(out);
    xml_out_raw(out, "</command></iq>");
    return true;
}

/* Prosody says it in a note of type error, in words that only its source promises; of what can be
 * wrong with a well-formed request, the account's being there or not is all. */
static enum provision_outcome note_outcome(enum provision_what what, xmpp_stanza_t *note)
{
    const char *words = stanza_text(note);

    if (what == PROVISION_ADD && strstr(words, "already exists") != NULL)
        return PROVISION_EXISTS;
    if (what != PROVISION_ADD && strstr(words, "does not exist") != NULL)
        return PROVISION_MISSING;
    return PROVISION_REFUSED;
}

static enum provision_outcome result_outcome(enum provision_what what, xmpp_stanza_t *iq)
{
    xmpp_stanza_t *command = stanza_child(iq, "command", NS_COMMANDS);
    xmpp_stanza_t *note = command == NULL ? NULL : stanza_child(command, "note", NULL);

    if (note == NULL && command != NULL)
        note = stanza_child(command, "note", NS_COMMANDS);
    if (strcmp(stanza_attribute(command, "status"), "completed") != 0)
        return PROVISION_REFUSED;
    if (strcmp(stanza_attribute(note, "type"), "error") == 0)
        return note_outcome(what, note);
    /* Prosody tells of an account that it could not remove in a note of type info. */
    if (what == PROVISION_REMOVE && note != NULL &&
        strstr(stanza_text(note), "could not be deleted") != NULL)
        return PROVISION_MISSING;
    return PROVISION_DONE;
}

/* RFC 6120, section 8.3.3. ejabberd has no word but conflict for most of what it does not do. */
static const struct {
    const char *condition;
    enum provision_outcome add, other;
} conditions[] = {
    {"conflict", PROVISION_EXISTS, PROVISION_REFUSED},
    {"item-not-found", PROVISION_UNSUPPORTED, PROVISION_MISSING},
    {"forbidden", PROVISION_FORBIDDEN, PROVISION_FORBIDDEN},
    {"not-allowed", PROVISION_FORBIDDEN, PROVISION_FORBIDDEN},
    {"not-authorized", PROVISION_FORBIDDEN, PROVISION_FORBIDDEN},
    {"service-unavailable", PROVISION_UNSUPPORTED, PROVISION_UNSUPPORTED},
    {"feature-not-implemented", PROVISION_UNSUPPORTED, PROVISION_UNSUPPORTED},
    {"remote-server-not-found", PROVISION_UNSUPPORTED, PROVISION_UNSUPPORTED},
    {"remote-server-timeout", PROVISION_SILENT, PROVISION_SILENT},
};

static enum provision_outcome error_outcome(enum provision_what what, xmpp_stanza_t *iq)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(iq, "error");

    for (size_t i = 0; error != NULL && i < sizeof conditions / sizeof conditions[0]; i++)
        if (xmpp_stanza_get_child_by_name(error, conditions[i].condition) != NULL)
            return what == PROVISION_ADD ? conditions[i].add : conditions[i].other;
    return PROVISION_REFUSED;
}

bool provision_answered(struct provision *provision, xmpp_stanza_t *iq,
                        struct provision_result *ret)
{
    const char *id = stanza_attribute(iq, "id");
    bool is_error = strcmp(stanza_attribute(iq, "type"), "error") == 0;

    if (id[0] == '\0' || strcmp(stanza_attribute(iq, "from"), provision->domain) != 0)
        return false;
    for (int i = 0; i < PROVISION_ASKED_MAX; i++) {
        struct asked *asked = &provision->asked[i];
        if (strcmp(asked->id, id) != 0)
            continue;
        *ret = (struct provision_result){
            asked->tag, asked->what,
            is_error ? error_outcome(asked->what, iq) : result_outcome(asked->what, iq)};
        asked->id[0] = '\0';
        return true;
    }
    return false;
}

bool provision_expired(struct provision *provision, int64_t at, struct provision_result *ret)
{
    for (int i = 0; i < PROVISION_ASKED_MAX; i++) {
        struct asked *asked = &provision->asked[i];
        if (asked->id[0] == '\0' || asked->due > at)
            continue;
        *ret = (struct provision_result){asked->tag, asked->what, PROVISION_SILENT};
        asked->id[0] = '\0';
        return true;
    }
    return false;
}

int64_t provision_deadline(const struct provision *provision)
{
    int64_t due = INT64_MAX;

    for (int i = 0; i < PROVISION_ASKED_MAX; i++)
        if (provision->asked[i].id[0] != '\0' && provision->asked[i].due < due)
            due = provision->asked[i].due;
    return due;
}

static char *done_words(enum provision_what what, const char *account)
{
    switch (what) {
    case PROVISION_ADD:
        return mem_printf("Account %s is made.", account);
    case PROVISION_PASSWORD:
        return mem_printf("Account %s has a new password.", account);
    case PROVISION_REMOVE:
        return mem_printf("Account %s is removed from the server.", account);
    }
    abort();
}

char *provision_words(const struct provision *provision, const struct provision_result *result,
                      const char *account)
{
    const char *domain = provision->domain;

    switch (result->outcome) {
    case PROVISION_DONE:
        return done_words(result->what, account);
    case PROVISION_EXISTS:
        return mem_printf("Account %s exists already; its password stays as it is.", account);
    case PROVISION_MISSING:
        return mem_printf("There is no account %s on the server.", account);
    case PROVISION_FORBIDDEN:
        return mem_printf("The server of %s does not let Deskbell manage accounts. Its "
                          "administrator can allow it: in Prosody, admins = { \"%s\" } below "
                          "VirtualHost \"%s\"; in ejabberd, a rule for %s in access_rules, "
                          "configure.",
                          domain, provision->jid, domain, provision->jid);
    case PROVISION_UNSUPPORTED:
        return mem_printf("The server of %s has no command for accounts. Its administrator can "
                          "switch it on: in Prosody, the modules adhoc and admin_adhoc; in "
                          "ejabberd, mod_adhoc and mod_configure.",
                          domain);
    case PROVISION_REFUSED:
        return mem_printf("The server of %s would not do this for account %s. Its log says why.",
                          domain, account);
    case PROVISION_SILENT:
        return mem_printf("The server of %s has not answered; account %s may have been changed or "
                          "not. Please look, or try again.",
                          domain, account);
    }
    abort();
}

void password_make(char ret[PASSWORD_SIZE])
{
    letters_make(ret, PASSWORD_SIZE, 5);
}
