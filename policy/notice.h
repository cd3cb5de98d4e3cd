/* notice.h: urgent notices: how long one counts, and what tells it from others. */
#ifndef DESKBELL_POLICY_NOTICE_H
#define DESKBELL_POLICY_NOTICE_H

#include "policy/consortium.h"
#include "policy/zone.h"

/* "2026-12-01T17:00" and the NUL */
enum { NOTICE_UNTIL_TEXT_SIZE = 17 };

/* Exactly that form, a date and a minute that exist. */
bool notice_until_parse(const char *text, struct notice *ret);

/* The same form. Returns `out`. */
char *notice_until_print(const struct notice *notice, char out[static NOTICE_UNTIL_TEXT_SIZE]);

/* The instant from which on the notice is over, in its owner's zone. */
instant notice_until(const struct notice *notice, const struct zone *zone);

/* A number for the text of an owner (a library's id, 0 for the consortium): another text is another
 * notice, another `until` is not. */
uint64_t notice_key(int64_t owner, const struct notice *notice);

#endif
