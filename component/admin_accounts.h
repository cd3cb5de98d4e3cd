/* admin_accounts.h: whose accounts on the people's server the desk may make and change.
 *
 * Those of the accounts' domain that begin with the consortium's name and a hyphen: a name that
 * nobody else there is given. The account of any other person is only named, so that nobody can
 * take it over by writing it into a form. */
#ifndef DESKBELL_COMPONENT_ADMIN_ACCOUNTS_H
#define DESKBELL_COMPONENT_ADMIN_ACCOUNTS_H

#include "component/admin.h"

bool account_is_ours(const struct admin *admin, const char *account);

/* The server is asked for it when all is committed. */
void account_wish(struct admin *admin, enum provision_what what, const char *account,
                  const char *again, const char *welcome);

/* The server is to make it when all is committed, with `welcome` for who finds it there (NULL:
 * none); or the text says who has to. `again` is the command that tries once more. */
void account_want(struct admin *admin, const char *account, const char *again,
                  const char *welcome);

/* Whether the asker may give the account another password, or have it removed: ours, and of nobody
 * who may do more than the asker. False after a complaint. */
bool account_may_change(struct admin *admin, const char *account);

#endif
