/* transcript_desk.h: a written-down consortium with chats, for the tests of transcripts.
 *
 * To what store_desk.h has (library 1 "mobstate", queue 1, operators 1 "ann" and 2 "bob") come the
 * libraries 2 "slu" with queue 2 "mobius-slu" and operator 3 "mobius-slu-jane", and 3 "chatstaff",
 * the backup, with queue 3 and operator 4 "mobius-chatstaff-max". Consortium and zone:
 * America/Chicago. Times are "2026-03-03 16:15:00+00" and the like. */
#ifndef DESKBELL_TEST_SUPPORT_TRANSCRIPT_DESK_H
#define DESKBELL_TEST_SUPPORT_TRANSCRIPT_DESK_H

#include "component/transcript.h"
#include "test/support/store_desk.h"

/* A new database with those, in a transaction. */
PGconn *transcript_desk_new(void);

/* Runs one statement with texts in the place of $1, $2 ... up to a NULL. */
void desk_sql(PGconn *database, const char *statement, ...);

/* A chat of the library's queue (its id is the library's), closed a quarter of an hour after it was
 * opened. Its ID is "c" and the number; its address in the queue `mobius-LIBRARY`. */
void desk_chat(PGconn *database, int library, int number, const char *opened);

/* The operator takes it: an act, the owner, and through that operator's queue, so long after the
 * opening. */
void desk_claim(PGconn *database, int number, int operator, int seconds);

/* Its next line; operator 0: the patron's. */
void desk_line(PGconn *database, int number, int operator, const char *body);

void desk_act(PGconn *database, int number, const char *act, int operator, const char *detail);

#endif
