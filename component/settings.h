/* settings.h: a consortium's settings between file, memory and database.
 *
 * file -> settings_read() -> struct consortium -> settings_merge() over what the database has ->
 * settings_diff() for people -> settings_save() in one transaction, with a NOTIFY that makes the
 * running desk load them again. */
#ifndef DESKBELL_COMPONENT_SETTINGS_H
#define DESKBELL_COMPONENT_SETTINGS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>

#include "component/error.h"
#include "policy/consortium.h"

/* Reads a consortium file. Prints every error as "FILE:LINE: words" to `complaints` and returns
 * NULL after one or more; warnings are settings_warn()'s. The result is linked, has its zones and
 * is the caller's. `accounts_domain` may be NULL (explain -f). */
struct consortium *settings_read(const char *path, const char *accounts_domain, FILE *complaints);

/* The same from bytes in memory, for tests and the fuzzer; `name` stands for the file's. */
struct consortium *settings_read_text(const char *text, const char *name,
                                      const char *accounts_domain, FILE *complaints);

/* Writes the file that settings_read() gives the same settings for. */
void settings_write(const struct consortium *consortium, FILE *out);

/* The consortium of that name from the database, or NULL: *ret_exists tells "there is none" (true
 * result path: *ret_exists = false, no error) from failure. Linked, with zones, the caller's. */
bool settings_load(PGconn *database, const char *name, struct consortium **ret_consortium,
                   bool *ret_exists, struct error *reterr);

/* A new consortium: what `file` names is set to what it says, a key left out keeps the value of
 * `stored` (or the default for something new), what it does not name stays unless `prune`.
 * `stored` may be NULL. Prints to `complaints`, with `path` and line, and returns NULL when
 * the result does not link. */
struct consortium *settings_merge(const struct consortium *stored, const struct consortium *file,
                                  const char *accounts_domain, bool prune, const char *path,
                                  FILE *complaints);

/* Prints the differences, one a line, like a diff ("+ queue mobius-mobstate", "~ queue
 * mobius-mobstate: rollover false -> true", "- operator ..."), a long list by the elements that
 * came and went, below it; then what `file` does not name.
 * Returns how many changes there are. `stored` may be NULL. */
int settings_diff(const struct consortium *stored, const struct consortium *merged,
                  const struct consortium *file, FILE *out);

/* What an administrator would want to know though it is no error. One line each. */
void settings_warn(const struct consortium *consortium, const char *path, FILE *out);

/* The same, only of what is one library's; NO_INDEX: of all. */
void settings_warn_library(const struct consortium *consortium, int library, const char *path,
                           FILE *out);

/* Prints "PATH:LINE: words" for each name that `merged` has, `stored` has not, and is reserved,
 * since something of another kind or library had it within the last 30 days. */
bool settings_check_reserved(PGconn *database, const struct consortium *stored,
                             const struct consortium *merged, const char *path, FILE *complaints,
                             int *ret_taken, struct error *reterr);

/* Makes the database say what `merged` says, in one transaction (the caller's, who then ends it, if
 * there is one), with a NOTIFY on the channel
 * deskbell_settings_ID (ID: the consortium's) when anything changed. What is unchanged keeps its
 * id. Fails when the database no longer says what `stored` says (NULL: has no such consortium), or
 * when a name is reserved. */
bool settings_save(PGconn *database, const struct consortium *stored,
                   const struct consortium *merged, struct error *reterr);

/* Applies the schema files not applied yet, each in one transaction. Prints each to `out`. Whoever
 * logged in must be a superuser, be able to make roles, or be a member of deskbell_owner. */
bool settings_migrate(PGconn *database, FILE *out, struct error *reterr);

/* Whether the database has exactly the schema that this program knows; the error says which is
 * older and what to do. */
bool settings_schema_fits(PGconn *database, struct error *reterr);

/* Whether the database's schema is newer than the one that this program knows. False too when the
 * database does not say. */
bool settings_schema_newer(PGconn *database);

#endif
