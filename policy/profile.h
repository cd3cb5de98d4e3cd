/* profile.h: what somebody who answers for a library or a queue has to know of it. */
#ifndef DESKBELL_POLICY_PROFILE_H
#define DESKBELL_POLICY_PROFILE_H

#include "policy/consortium.h"

struct arena;

/* Characters of the text that a short profile shows; the rest is cut at a word. */
enum { PROFILE_SHORT_CHARACTERS = 200 };

/* What counts for a queue: key by key its own, else its library's, else the consortium's; "" where
 * nobody says anything, never NULL. Borrowed from the consortium. `queue` is an index. */
struct profile profile_of_queue(const struct consortium *consortium, int queue);

/* The same for a library as a whole; NO_INDEX is the consortium. */
struct profile profile_of_library(const struct consortium *consortium, int library);

/* "Mo State: Alumni may borrow. 555-0100, https://...": one line for an offer. "" when the profile
 * has neither text nor phone nor link. In the arena. */
const char *profile_short(struct arena *arena, const char *title, const struct profile *profile);

/* http or https, a host, and nothing that a client would not make a link of: no blanks, quotes or
 * angle brackets. */
bool profile_is_link(const char *text);

#endif
