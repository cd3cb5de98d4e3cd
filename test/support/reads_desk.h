/* reads_desk.h: three libraries with chats of every kind that has two libraries in it, and the
 * people who may read some of them, for the tests of commands.
 *
 *     chat  library   queue             who had it
 *     1     mobstate  mobius-mobstate   ann of mobstate
 *     2     mobstate  mobius-mobstate   max of chatstaff, the backup
 *     3     slu       mobius-slu        ann of mobstate: shared coverage, or help
 *     4     slu       mobius-slu        ann, then jane of slu: moved from mobstate
 *     5     slu       mobius-slu        jane
 *     6     mobstate  mobius-mobstate   nobody: a question was left
 *
 * All on 2025-03-03, at 10 o'clock in Chicago and every hour later. Each has a line of the patron
 * with the word "zebra" and its number ("zebra3"). */
#ifndef DESKBELL_TEST_SUPPORT_READS_DESK_H
#define DESKBELL_TEST_SUPPORT_READS_DESK_H

#include "test/support/admin_desk.h"
#include "test/support/transcript_desk.h"

#define STAFF "staffadmin@localhost/gajim" /* administers chatstaff */
#define JANE "jane@localhost/pidgin"       /* an operator of slu */
#define MAX "max@localhost/pidgin"         /* of chatstaff */

enum { READS_CHATS = 6 };

/* Around admin_set_up() and admin_tear_down(). */
void reads_set_up(void);

/* Gives the account a right at a library, and has the desk know it. */
void reads_grant(const char *account, int library, const char *right);

/* Begins the command and answers its forms: the library where one is asked, then `fields`, with a
 * reason where `reason` is not NULL. The answer. */
const char *reads_run(const char *jid, const char *node, const char *library, const char *fields,
                       const char *reason);

#define DAYS V("from", "2025-03-03") V("to", "2025-03-03")

#endif
