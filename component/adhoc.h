/* adhoc.h: ad-hoc commands (XEP-0050): the operators' actions in a client's menu.
 *
 * One table row (adhoc_commands.c) lists a command, guards it, asks for what it needs and runs it,
 * so that these cannot disagree. Most rows run a word (routing/words.c) by EVENT_WORD: the action
 * itself exists once, and its answer comes back when it is written down.
 *
 * An administrator's command works in the database, as a job of the clerk (clerk.h, admin.h): its
 * answer comes when the job is done, to the full JID that asked, and to nobody when the stream has
 * fallen since.
 *
 * A command under way is a session: of one full JID, at one address, of one command, for a quarter
 * of an hour. Rights are asked again at each step; what one may not run and what does not exist
 * are answered alike. */
#ifndef DESKBELL_COMPONENT_ADHOC_H
#define DESKBELL_COMPONENT_ADHOC_H

#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

#include "component/xml_out.h"
#include "routing/routing.h"

#define NS_COMMANDS "http://jabber.org/protocol/commands"

enum {
    /* Commands under way, at some 20 KB each; the oldest makes room. */
    SESSIONS_MAX = 1024,
    /* And of one account: somebody who opens more forms has forgotten the first. */
    SESSIONS_PER_ACCOUNT_MAX = 16,
    SESSION_MS_MAX = 15 * 60 * 1000,
    /* Words whose turn is not committed yet. */
    PENDING_MAX = 1024,
    /* Of an iq that waits for its answer; clients' are below 64. */
    PENDING_ID_BYTES_MAX = 1023
};

struct adhoc;
struct clerk;
struct consortium;
struct provision;

/* Where a command can be run, as bits. */
enum adhoc_place { PLACE_SERVICE = 1, PLACE_QUEUE = 2, PLACE_CHAT = 4 };

/* Who asks, and where; borrowed for the call. A queue exists, a chat need not. */
struct adhoc_request {
    const char *jid;      /* of the sender, full */
    const char *account;  /* the same, bare */
    const char *resource; /* its resource; "" for none */
    const char *to;       /* our address as it was written */
    const char *address;  /* its local part; "" is the service */
    enum adhoc_place place;
    const char *id; /* of the iq; NULL for none */
};

/* What the commands need of the process around them; all is borrowed. */
struct adhoc_desk {
    struct clerk *clerk;
    const char *consortium, *domain, *accounts_domain;
    struct provision *provision; /* NULL: accounts are not ours to make */
    void *context;
    /* Sends a stanza. */
    void (*send)(void *context, const struct xml_out *out);
    /* Sends a message from the service's address. */
    void (*tell)(void *context, const char *to, const char *body);
    /* Sends a file off, and tells `to` where it is, or why not; takes `bytes` over. */
    void (*upload)(void *context, const char *to, const char *name, const char *type, char *bytes,
                   size_t size);
    /* Steps routing, outside of any call of this; strings are borrowed for the call. */
    void (*step)(void *context, struct event *event);
};

/* `routing` is borrowed, and must not be in a step during any call here. */
struct adhoc *adhoc_new(struct routing *routing);
struct adhoc *adhoc_free(struct adhoc *adhoc);

/* Without it no command that works in the database is listed. Copied. */
void adhoc_attach(struct adhoc *adhoc, const struct adhoc_desk *desk);

/* The settings of now, borrowed until the next call; NULL before the first. */
void adhoc_settings(struct adhoc *adhoc, const struct consortium *settings);

/* What time it is now, monotonic and wall, in ms: to be told before the calls below. */
void adhoc_clock(struct adhoc *adhoc, int64_t at, int64_t wall);
/* The latter, as it was told last. */
int64_t adhoc_wall(const struct adhoc *adhoc);

/* Appends an <item/> for each command that the asker may run here. */
void adhoc_items(struct adhoc *adhoc, const struct adhoc_request *request, struct xml_out *out);

/* The title of that command; NULL when there is none or the asker may not run it here. */
const char *adhoc_title(struct adhoc *adhoc, const struct adhoc_request *request,
                        const char *node);

/* Handles a <command/> (an iq of type set). Appends the answer, or returns true with an EVENT_WORD
 * to step, whose strings are borrowed until the next call; its answer follows by adhoc_answer(). */
bool adhoc_execute(struct adhoc *adhoc, const struct adhoc_request *request,
                   xmpp_stanza_t *command, struct xml_out *out, struct event *ret);

/* Appends the answer of a word: an EFFECT_ANSWER whose turn is committed. Nothing when nobody waits
 * for it any more. */
void adhoc_answer(struct adhoc *adhoc, const struct effect *answer, struct xml_out *out);

/* An event that came in, which may be the presence of somebody who answers requests for help: who
 * comes is told what is open. */
void adhoc_presence(struct adhoc *adhoc, const struct event *event);
/* The stream is up: asks for the presence of administrators and coordinators. */
void adhoc_stream_up(struct adhoc *adhoc);
/* The stream is down: the server has told those who wait that we are gone, and nobody's presence is
 * known. */
void adhoc_forget_pending(struct adhoc *adhoc);

/* Whether this iq (of type result or error) answers what a command has asked about an account; the
 * command's answer is sent. */
bool adhoc_account_answered(struct adhoc *adhoc, xmpp_stanza_t *iq);
/* Gives up what the accounts' server has not answered by now; INT64_MAX: all of it, since the
 * stream is down. */
void adhoc_account_due(struct adhoc *adhoc, int64_t at);
/* When that has something to do; INT64_MAX for never. */
int64_t adhoc_account_deadline(const struct adhoc *adhoc);

/* Sessions under way, for people who look inside and for tests. */
unsigned adhoc_session_count(const struct adhoc *adhoc);

#endif
