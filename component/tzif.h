/* tzif.h: the bytes of a zone file (TZif, RFC 8536) as a table of transitions.
 *
 * The footer's rule (a POSIX TZ string) is written out year by year, so that policy needs no rules
 * and the process's TZ is never touched. */
#ifndef DESKBELL_COMPONENT_TZIF_H
#define DESKBELL_COMPONENT_TZIF_H

#include <stdbool.h>
#include <stddef.h>

#include "component/error.h"
#include "policy/zone.h"

enum { TZIF_YEAR_LAST = 2201 };

/* Reads any bytes. On success *ret_zone has tables that the caller gives back to tzif_release();
 * its name is left alone. Version 1 files and files that count leap seconds are refused. */
bool tzif_parse(const unsigned char *bytes, size_t size, struct zone *ret_zone,
                struct error *reterr);

void tzif_release(struct zone *zone);

#endif
