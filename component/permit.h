/* permit.h: who may do what, judged by the database at the moment of every step.
 *
 * permit_begin() opens a transaction, asks deskbell.enter() whether the account holds the right for
 * the library now, lets it write the audit row, and takes the role and the tenant that row-level
 * security judges every later statement of the transaction by. The work is then plain statements;
 * the caller ends it with COMMIT. A read that must leave a trace is only shown after the COMMIT.
 *
 *     role                  when                              reads and writes
 *     deskbell_admin        the right is held in the library  that library's chats; the
 * consortium's settings, writable its own only deskbell_coordinator  the right is held
 * consortium-wide the library, or with library 0 all of the consortium deskbell_report       the
 * right is "statistics"         reads as the above, writes nothing
 */
#ifndef DESKBELL_COMPONENT_PERMIT_H
#define DESKBELL_COMPONENT_PERMIT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/error.h"

/* What is asked for. Texts are borrowed for the call; NULL stands for an empty one but where said.
 */
struct permit {
    int64_t consortium_id;
    int64_t library_id;  /* 0: of the consortium as a whole */
    const char *account; /* bare JID of who asks */
    /* One of deskbell.right_name. NULL: a command for all who work here. It is not audited, and is
     * for coordinators, and for administrators, operators and holders of any grant of the library;
     * of any library when library_id is 0. Runs as deskbell_admin, without chats for library 0. */
    const char *right;
    const char *command; /* the node, "transcript-get" */
    const char *object;  /* what it is done to: a name or a chat's ID; never text or a secret */
    const char *reason;
    bool personal; /* names people or their accounts: a coordinator gives a reason */
};

/* Opens the transaction when it is permitted (*ret_permitted), else leaves none open. Somebody who
 * holds the right only consortium-wide needs a reason for "transcripts", "erase" and "followups",
 * and for all that is `personal`: without one it is not permitted. A library or a consortium that
 * does not exist is not permitted either. False on a failure of the database, without a
 * transaction. The connection's role stays as it was before, but for the transaction. */
bool permit_begin(PGconn *database, const struct permit *permit, bool *ret_permitted,
                  struct error *reterr);

/* Whether permit_begin() would want a reason, for the form that asks for it. The reason in `permit`
 * does not matter. False in *ret_needed too where nothing would be permitted. */
bool permit_needs_reason(PGconn *database, const struct permit *permit, bool *ret_needed,
                         struct error *reterr);

/* The desk's own work in a library (retention, say), which nobody asked for: a transaction as
 * deskbell_admin for that library with an audit row of account "deskbell". */
bool permit_begin_own(PGconn *database, int64_t consortium_id, int64_t library_id,
                      const char *command, const char *object, struct error *reterr);

/* One more row of the audit within the transaction of a permit that has a right, for what came of
 * it: "12 chats". Who, by which right and command is what permit_begin() has written there: the
 * database takes nobody's word for it. `library_id` is the permit's; of one for the consortium as a
 * whole any of its libraries, too, or 0. Never text of a chat, never a secret. */
bool permit_note(PGconn *database, int64_t library_id, const char *object, const char *reason,
                 const char *detail, struct error *reterr);

/* What an account holds now, for a list of commands. library_id 0: in all libraries and for what
 * is the consortium's. Sorted by library and right. */
struct permit_held {
    int64_t library_id;
    char right[24];
};

/* Nobody holds more than this many: the rights times the libraries of a grant each. */
enum { PERMIT_HELD_MAX = 4096 };

/* *ret_held is the caller's to free(); NULL when there are none. */
bool permit_list(PGconn *database, int64_t consortium_id, const char *account,
                 struct permit_held **ret_held, size_t *ret_count, struct error *reterr);

/* Gives or takes a single grant (library_id 0: consortium-wide), within the transaction of a permit
 * for "grants". *ret_done is false, and nothing changes, when `giver` does not hold the right there
 * (for consortium-wide ones: is no coordinator), or when there is no such right or library. To give
 * what is given and to take what is not there is done. */
bool permit_grant(PGconn *database, const struct permit *giver, const char *account,
                  const char *right, bool *ret_done, struct error *reterr);
bool permit_revoke(PGconn *database, const struct permit *giver, const char *account,
                   const char *right, bool *ret_done, struct error *reterr);

#endif
