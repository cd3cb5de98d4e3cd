/* admin_transcripts.h: what the commands about transcripts share.
 *
 * admin_transcripts.c  the table, what is looked for, search and get
 * admin_export.c       many chats as a file or as chat lines
 * admin_erase.c        what goes */
#ifndef DESKBELL_COMPONENT_ADMIN_TRANSCRIPTS_H
#define DESKBELL_COMPONENT_ADMIN_TRANSCRIPTS_H

#include "component/adhoc_private.h"
#include "component/transcript.h"

/* Whose chats the asker reads: the library's, or the own ones. A refusal where there are none. */
bool transcripts_scope(struct admin *admin, struct transcript_scope *ret);

/* What the form's answers look for. A refusal when that is nothing to look for. */
bool transcripts_query(struct admin *admin, struct transcript_query *ret);

/* The library's administrators read what a coordinator did there: "has read chat 'x'". */
void transcripts_tell(struct admin *admin, const char *did);

/* What came of it, for the audit: "12 chats". */
bool transcripts_note(struct admin *admin, const char *detail);

/* A failed look is the person's to put right as long as the transaction stands. */
bool transcripts_failed(struct admin *admin);

/* admin_export.c */
bool transcripts_export(struct admin *admin);
void transcripts_format_options(const struct command_call *call, struct choices *ret);
void transcripts_way_options(const struct command_call *call, struct choices *ret);

/* admin_erase.c */
bool transcripts_erase(struct admin *admin);
bool transcripts_erase_preview(struct admin *admin);
void transcripts_erase_options(const struct command_call *call, struct choices *ret);

#endif
