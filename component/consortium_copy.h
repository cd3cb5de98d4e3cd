/* consortium_copy.h: settings that may be changed, and what a change of a name takes along. */
#ifndef DESKBELL_COMPONENT_CONSORTIUM_COPY_H
#define DESKBELL_COMPONENT_CONSORTIUM_COPY_H

#include "component/settings_value.h"
#include "policy/consortium.h"

/* A deep copy with an arena of its own, the caller's to consortium_free(). Ids and zones are kept;
 * what consortium_link() finds is not: it has to be linked. */
struct consortium *consortium_copy(const struct consortium *from);

/* Makes room for one more thing of a kind and returns it, zeroed, with the name and the library's
 * index. The array is out of order until the next link. */
void *consortium_add(struct consortium *consortium, const struct settings_kind *kind,
                     const char *name, int library);

/* Takes a thing out. Of a library its index is taken out of all others too, whose things must be
 * gone already. What refers to it by name stays. */
void consortium_remove(struct consortium *consortium, const struct settings_kind *kind, int index);

/* The name of the thing with that id, NULL when there is none. It looks at all: for the few whose
 * names changed. */
const char *consortium_name(const struct consortium *consortium, const struct settings_kind *kind,
                            int64_t id);

/* Gives a thing another name, and says that name wherever the old one stood. A library's name is
 * part of no other by this alone: see consortium_rename_library(). */
void consortium_rename(struct consortium *consortium, const struct settings_kind *kind, int index,
                       const char *name);

/* Gives a library another name, and all its queues, operators and snippets theirs. */
void consortium_rename_library(struct consortium *consortium, int library, const char *name);

/* A copy of `before`, linked, in which all that has the same id in `after` has its name from there:
 * what differs from `after` then is all but the names. */
struct consortium *consortium_renamed(const struct consortium *before,
                                      const struct consortium *after);

#endif
