/* zone.h: reads time zones from the system's zone files (TZif, RFC 8536) into plain tables.
 *
 * Each zone is read once and lives as long as the process, so that settings can be swapped without
 * asking who still points at a zone. Any thread may load one. */
#ifndef DESKBELL_COMPONENT_ZONE_H
#define DESKBELL_COMPONENT_ZONE_H

#include "component/error.h"
#include "policy/zone.h"

/* Transitions from the beginning to the end of 2201 (questions end with 2199, and the answers look
 * 400 days ahead). NULL with an error for an unknown name
 * ("America/Chicago" style names only; no path can escape the zone directory). */
const struct zone *zone_load(const char *name, struct error *reterr);

/* For tests under leak checking. */
void zone_forget_all(void);

#endif
