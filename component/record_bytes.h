/* record_bytes.h: a turn's records and marks as bytes, for the spool and for what the database
 * refuses, and as text for people.
 *
 * Each record: its kind (a number that never changes meaning), its length, then its fields in the
 * order of a table, numbers as variable-length integers. New fields come last, so that what an
 * older program wrote is read by a newer one: what it does not have is zero. What a newer program
 * wrote and this one does not know is an error, never half a record. */
#ifndef DESKBELL_COMPONENT_RECORD_BYTES_H
#define DESKBELL_COMPONENT_RECORD_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "component/bytes.h"
#include "component/error.h"
#include "routing/effect.h"

/* Adds the records of the turn, not its other effects, and the marks. Returns how many records. */
uint32_t record_bytes_write(struct bytes *bytes, const struct effects *turn,
                            const struct mark *marks, size_t mark_count);

struct mark_list {
    struct mark *list; /* free() */
    size_t count, capacity;
};

/* Adds the records to `turn` and the marks to `marks`, in their order; strings are the turn's.
 * False with an error when the bytes are not what record_bytes_write() makes: then some may have
 * been added. */
bool record_bytes_read(const unsigned char *bytes, size_t length, struct effects *turn,
                       struct mark_list *marks, struct error *reterr);

/* The record's table: "line". */
const char *record_name(const struct effect *record);

/* One line a field, "body: two\nlines" with control characters and backslashes escaped. */
void record_print(const struct effect *record, FILE *out);

#endif
