/* archive.h: the message archives of queues (XEP-0313) for those who may read the transcripts.
 *
 * mam.h knows what a question and an answer look like; here is whose question is answered. One has
 * to hold the right "transcripts" for the queue's library itself: who holds it for the whole
 * consortium has to give a reason, and a question has no room for one (transcript-search has). All
 * others get what they would get from a queue that has none, or is none. Each page is a read that
 * the audit has, as command "mam", before it is sent. */
#ifndef DESKBELL_COMPONENT_ARCHIVE_H
#define DESKBELL_COMPONENT_ARCHIVE_H

#include <stdbool.h>
#include <strophe.h>

#include "component/xml_out.h"
#include "policy/consortium.h"

enum {
    ARCHIVE_PAGES_MAX = 16,            /* under way; each is some milliseconds of the clerk's */
    ARCHIVE_PAGES_PER_ACCOUNT_MAX = 2  /* a client asks page by page */
};

struct clerk;
struct archive;

/* What is needed around; all is borrowed. */
struct archive_desk {
    const char *domain; /* the desk's */
    struct clerk *clerk;
    void *context;
    void (*send)(void *context, const struct xml_out *out);
};

struct archive *archive_new(const struct archive_desk *desk);
/* Behind clerk_free(). */
struct archive *archive_free(struct archive *archive);

/* Whether that account may ask that queue, by the settings of now. */
bool archive_may(const struct consortium *settings, const char *account, int queue);

/* Who asks, and for what; borrowed for the call. */
struct archive_question {
    const struct consortium *settings;
    const char *account, *jid; /* bare and full */
    const char *to;            /* the queue's address, as it was asked */
    const char *id;            /* of the iq */
    int queue;                 /* index */
};

/* Answers the <query/> of an iq of type set, later: NULL. Else the condition of an error: one of
 * mam_read()'s, "item-not-found" where one may not, "resource-constraint" above the bounds. */
const char *archive_ask(struct archive *archive, const struct archive_question *question,
                        xmpp_stanza_t *query);

/* The stream is down: what is under way is not sent any more. */
void archive_down(struct archive *archive);

/* The clerk ends: what comes back from it is thrown away. */
void archive_end(struct archive *archive);

#endif
