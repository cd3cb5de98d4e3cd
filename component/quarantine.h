/* quarantine.h: records that the database refuses, kept as files until a person has looked.
 *
 * One file a record in `quarantine` of state_dir (0700; files 0600): what was wrong, then the
 * record, field by field. The name comes from what is in it, so that a record which is refused
 * again after a restart is the same file. Nothing reads them but people. */
#ifndef DESKBELL_COMPONENT_QUARANTINE_H
#define DESKBELL_COMPONENT_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "component/error.h"
#include "routing/effect.h"

struct refusal_cause {
    const char *sqlstate;
    const char *rule; /* the constraint or column; "" when none is named */
};

/* Durable when it returns true. `ret_name` (of `size`) is the file's name in the folder. */
bool quarantine_record(const char *state_dir, int64_t epoch, int64_t number,
                       const struct effect *record, const struct refusal_cause *cause,
                       char *ret_name, size_t size, struct error *reterr);

/* The same for bytes that are no records: a spooled batch that cannot be understood. */
bool quarantine_bytes(const char *state_dir, int64_t epoch, int64_t number,
                      const unsigned char *bytes, size_t length, char *ret_name, size_t size,
                      struct error *reterr);

#endif
