/* instant.h: instants as RFC 3339 text. */
#ifndef DESKBELL_POLICY_INSTANT_H
#define DESKBELL_POLICY_INSTANT_H

#include <stdbool.h>

#include "policy/zone.h"

/* "2026-11-26T16:00:00Z" and the NUL */
enum { INSTANT_TEXT_SIZE = 21 };

/* RFC 3339 section 5.6: "2026-11-26T10:00:00-06:00". A fraction of a second is read and dropped, a
 * second 60 is refused, since POSIX time has none. False also outside the years 1970 to 2199 (UTC).
 */
bool instant_parse(const char *text, instant *ret_at);

/* In UTC, whole seconds. Years up to 9999. Returns `out`. */
char *instant_print(instant at, char out[static INSTANT_TEXT_SIZE]);

#endif
