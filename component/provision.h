/* provision.h: accounts on the people's server: made, given a new password, removed.
 *
 * By the server's own commands (XEP-0133, sections 4.1, 4.2 and 4.6), each as one submitted form:
 * Prosody and ejabberd take it without the form having been asked for first. They want the desk's
 * domain among their administrators; an answer that says no is told with what to configure.
 *
 * An answer counts only with the id, and from the domain, that was asked. A password is in memory
 * only until its stanza is written, and never in a log. */
#ifndef DESKBELL_COMPONENT_PROVISION_H
#define DESKBELL_COMPONENT_PROVISION_H

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

#include "component/xml_out.h"

enum {
    PROVISION_ASKED_MAX = 64,     /* accounts under way: one administrator makes one at a time */
    PROVISION_MS_MAX = 20 * 1000, /* a server that is busy with a password's hash takes one */
    PASSWORD_SIZE = 24            /* four groups of five, three hyphens */
};

enum provision_what { PROVISION_ADD, PROVISION_PASSWORD, PROVISION_REMOVE };

enum provision_outcome {
    PROVISION_DONE,
    PROVISION_EXISTS,      /* ADD: somebody has that account */
    PROVISION_MISSING,     /* the others: nobody has */
    PROVISION_FORBIDDEN,   /* the desk is no administrator there */
    PROVISION_UNSUPPORTED, /* the server has no such command, or knows no such domain */
    PROVISION_REFUSED,     /* any other no */
    PROVISION_SILENT       /* no answer: it may have been done */
};

struct provision;

struct provision_result {
    int64_t tag;
    enum provision_what what;
    enum provision_outcome outcome;
};

/* `jid` is the desk's domain, `domain` that of the accounts; both borrowed for life. */
struct provision *provision_new(xmpp_ctx_t *ctx, const char *jid, const char *domain);
struct provision *provision_free(struct provision *provision);

/* Whether the account is of the domain where accounts can be made. */
bool provision_can(const struct provision *provision, const char *account);

/* Appends the question about an account that provision_can(). `tag` comes back with the answer.
 * `password` is NULL for PROVISION_REMOVE. False when too many are under way. */
bool provision_ask(struct provision *provision, enum provision_what what, const char *account,
                   const char *password, int64_t tag, int64_t at, struct xml_out *out);

/* Whether this iq (of type result or error) answers one; `ret` is filled then. */
bool provision_answered(struct provision *provision, xmpp_stanza_t *iq,
                        struct provision_result *ret);

/* One that is not answered by now, or, with `at` INT64_MAX (the stream is down), any. False when
 * there is none: call again until then. */
bool provision_expired(struct provision *provision, int64_t at, struct provision_result *ret);

/* When provision_expired() has something to say at the earliest; INT64_MAX for never. */
int64_t provision_deadline(const struct provision *provision);

/* For the person who asked; `account` is whose it was. Malloced. A full sentence or several. */
char *provision_words(const struct provision *provision, const struct provision_result *result,
                      const char *account);

/* A password that can be read out and typed: 100 random bits (letters.h). */
void password_make(char ret[PASSWORD_SIZE]);

#endif
