/* verify.h: whether an account of another server is whose the administrator says.
 *
 * The administrator is shown a code once and hands it to the colleague, who writes it to the desk
 * from that account: the server stamps who writes. Until then the operator keeps the old account.
 *
 * The functions on a connection block, and belong into a transaction of the caller's. */
#ifndef DESKBELL_COMPONENT_VERIFY_H
#define DESKBELL_COMPONENT_VERIFY_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "component/error.h"

/* "k3f9x-7wm2p": 50 random bits, of which five tries are allowed. */
enum { VERIFY_CODE_SIZE = 12 };

void verify_code_make(char ret[VERIFY_CODE_SIZE]);

/* Whether what somebody wrote is a code and nothing else, in any letters, with spaces around it.
 * `ret` is the code as it was made. */
bool verify_code_read(const char *body, char ret[VERIFY_CODE_SIZE]);

/* Waits for that account's person; a check of that operator under way is replaced. */
bool verify_begin(PGconn *database, int64_t consortium, const char *operator, const char *account,
                  const char *code, struct error *reterr);

/* As deskbell_settings. Somebody has sent a code: `*ret_operator` is the name of the operator whose
 * account it is from now on (malloced), or NULL, when nobody waits for that code from that account.
 */
bool verify_finish(PGconn *database, int64_t consortium, const char *account, const char *code,
                   char **ret_operator, struct error *reterr);

#endif
