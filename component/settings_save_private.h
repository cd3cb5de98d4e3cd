/* settings_save_private.h: what the parts of saving share. */
#ifndef DESKBELL_COMPONENT_SETTINGS_SAVE_PRIVATE_H
#define DESKBELL_COMPONENT_SETTINGS_SAVE_PRIVATE_H

#include "component/database.h"
#include "policy/consortium.h"

struct saver {
    PGconn *database;
    const struct consortium *stored; /* NULL: nothing */
    const struct consortium *merged;
    int64_t consortium_id;
    struct statement statement;
    struct error *reterr;
};

/* Runs saver->statement. */
bool saver_run(struct saver *saver);

/* The lists that an owner has (people, dates, windows, closures, canned replies, notices) of one
 * that changed, and its profile: they are replaced as a whole, since nothing refers to them. `old`
 * is NULL for a new one. */
bool saver_consortium_lists(struct saver *saver);
bool saver_library_lists(struct saver *saver, const void *old, const void *new);
bool saver_queue_lists(struct saver *saver, const void *old, const void *new);

#endif
