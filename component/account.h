/* account.h: the bare JID of a person's account, as far as one can tell without its server. */
#ifndef DESKBELL_COMPONENT_ACCOUNT_H
#define DESKBELL_COMPONENT_ACCOUNT_H

#include <stdbool.h>

/* Whether `text` reads local@domain: both parts there, no resource, no character that an address
 * cannot have (RFC 7622), in small letters (servers fold them, and a comparison must not miss). */
bool account_is_plausible(const char *text);

/* The same for a domain alone: chat.example.org. */
bool account_domain_is_plausible(const char *text);

#endif
