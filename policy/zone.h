/* zone.h: a time zone as a table of its transitions.
 *
 * component/zone.c fills the table from the system's zone files, as far as the end of 2201; here is
 * only arithmetic on it. No TZ variable, no libc time function. */
#ifndef DESKBELL_POLICY_ZONE_H
#define DESKBELL_POLICY_ZONE_H

#include <stddef.h>
#include <stdint.h>

/* Seconds since 1970-01-01T00:00:00Z, without leap seconds, as POSIX counts. */
typedef int64_t instant;

struct zone {
    const char *name;       /* "America/Chicago" */
    size_t count;           /* at least 1 */
    const instant *starts;  /* ascending; starts[0] is INT64_MIN */
    const int32_t *offsets; /* local time minus UTC, in seconds, from starts[i] on */
};

/* Local time minus UTC at `at`, in seconds. */
int32_t zone_offset(const struct zone *zone, instant at);

/* The first instant after `at` at which the offset changes, INT64_MAX if none. */
instant zone_next_change(const struct zone *zone, instant at);

/* The day since 1970-01-01 that a count of seconds falls on: rounds down, also before 1970. */
int64_t zone_day(int64_t seconds);

#endif
