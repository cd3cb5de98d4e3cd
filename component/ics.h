/* ics.h: an iCalendar file (RFC 5545) cut into its events.
 *
 * libical 3.0 never sees a stranger's file as a whole. It forgets line numbers, it takes
 * INTERVAL=65537 for 1, and a rule that never comes true keeps it busy for seconds. So each event
 * is copied out with the few properties that closures need, unfolded, valid UTF-8, within bounds,
 * and with a rule of whose every part we know what it means. */
#ifndef DESKBELL_COMPONENT_ICS_H
#define DESKBELL_COMPONENT_ICS_H

#include <stdbool.h>
#include <stddef.h>

#include "component/settings_file.h"

enum {
    ICS_EVENTS_MAX = 5000,       /* ten years of a full academic calendar */
    ICS_EVENT_BYTES_MAX = 32768, /* of what is kept of one; some 3,000 dates to add or leave out */
    ICS_DEPTH_MAX = 8            /* the format needs 3 */
};

struct ics_event {
    unsigned line;    /* of its BEGIN */
    const char *text; /* "BEGIN:VEVENT" to "END:VEVENT", lines end with CR LF; the arena's */
    bool odd_rule;    /* it has an RRULE that ics_rule_fits() refuses, which was left out */
};

/* The events of a whole file, in its order, in the reader's arena. False after exactly one
 * complaint: what is no sound calendar is not read in part. */
bool ics_split(struct file_reader *reader, const char *text, struct ics_event **ret_events,
               size_t *ret_count);

/* Whether an RRULE's value is one for whole days: DAILY to YEARLY, by the Gregorian calendar,
 * every part known, at most once, and its numbers in range. */
bool ics_rule_fits(const char *value);

#endif
