/* record.h: what routing wants written down, and what comes back after a restart.
 *
 * Of chats: their state (the newest replaces the older), and moves, lines, offers and acts, which
 * are only added to (an offer's outcome is set once). Of the desk itself: duties, blocks and open
 * items, of which the newest of a key replaces the older. The store writes all records of a turn
 * in one transaction before anything of the turn is sent. */
#ifndef DESKBELL_ROUTING_RECORD_H
#define DESKBELL_ROUTING_RECORD_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t msec_t; /* milliseconds; which clock, the field says */

enum { CHAT_CODE_MAX = 8 }; /* characters of a chat's ID */

/* Hexadecimal digits of a token's 128 random bits, and of its hash. */
enum { TOKEN_TEXT_MAX = 32, TOKEN_HASH_MAX = 40 };

enum chat_state { CHAT_WAITING, CHAT_CLAIMED, CHAT_CLOSED };

enum chat_end {
    END_NONE,     /* not closed yet */
    END_OPERATOR, /* its operator ended it */
    END_PATRON,   /* the patron left */
    END_IDLE,     /* nobody wrote for long */
    END_REFUSED,  /* not let in: too many waiting */
    END_REMOVED,  /* the queue was taken away */
    END_BLOCKED,  /* an operator has blocked the patron */
    END_LEFT      /* the patron left the question, to be answered later */
};

enum resolution {
    RESOLUTION_NONE,
    RESOLUTION_ANSWERED,
    RESOLUTION_FOLLOWUP,
    RESOLUTION_LOST,
    RESOLUTION_PRACTICE
};

/* All ids are the database's. Wall clock; 0 means not (yet). */
struct chat_record {
    int64_t number; /* ascending, one a chat; the key */
    const char *code;    /* the ID in QUEUE.ID */
    const char *address; /* local part, QUEUE.ID: never changes */
    int64_t queue;       /* home: whose settings count; its library owns the chat */
    int64_t entry_queue;    /* what the patron writes to, where it is another queue than home, */
    int64_t entry_operator; /* or an operator's own address; both 0: the home queue */
    const char *entry_name; /* of that, when the chat began; "" where both are 0 and it is the head
                               of the address */
    int64_t answering_queue; /* through which the owner got it; 0 while nobody did */
    int64_t owner;           /* operator; 0 while nobody has it */
    const char *patron;          /* bare JID */
    const char *patron_resource; /* where answers go */
    const char *token_hash; /* of the token that its patron holds; "" for none */
    enum chat_state state;
    enum chat_end end;
    enum resolution resolution;
    msec_t opened, waiting_since, claimed, closed;
    int last_line; /* number of the newest line: when restored, of those in the database, since a
                      line alone does not store its chat again */
    int patron_mark;   /* the newest line handed to the patron's side of the socket, */
    int operator_mark; /* and to the operators', alone or in an offer; both only when restored */
};

/* A note is an operator's line for colleagues: never relayed. */
enum author { AUTHOR_PATRON, AUTHOR_OPERATOR, AUTHOR_DESK, AUTHOR_NOTE };

struct line_record {
    int64_t chat;
    int line; /* 1, 2, 3 ... in each chat, without gap */
    msec_t at;
    enum author author;
    int64_t operator;      /* of AUTHOR_OPERATOR and AUTHOR_NOTE; else 0 */
    const char *stanza_id; /* the sender's; "" when there was none */
    const char *body;
    int replaces; /* the number of the line that it corrects (XEP-0308); 0: none */
};

/* Ownership follows the patron to another library: to that queue's, with all that was said. */
struct move_record {
    int64_t chat;
    int64_t queue;
};

enum offer_outcome {
    OFFER_OPEN,
    OFFER_CLAIMED,  /* this operator took it */
    OFFER_LOST,     /* a colleague did */
    OFFER_DECLINED,
    OFFER_WITHDRAWN /* the operator left, or the chat ended */
};

struct offer_record {
    int64_t chat;
    int64_t operator;
    int64_t queue; /* the tier's queue through which the operator was asked */
    msec_t at;
    enum offer_outcome outcome;
    bool handed; /* the offer's text has left; only in a restored record */
};

/* Something that a library still has to do: one at most comes of a chat. */
enum followup_kind {
    FOLLOWUP_LEFT, /* a patron left a question */
    FOLLOWUP_NOTE  /* an operator ended the chat with a note for the library */
};

struct followup_record {
    int64_t chat;        /* that it came of; the key */
    const char *code;    /* the chat's ID */
    int64_t library;     /* whose it is */
    int64_t queue;       /* the chat's home */
    enum followup_kind kind;
    const char *text;    /* the question or the note: a copy of its own, whatever the transcript */
    const char *contact; /* where to answer; "" when nothing was left */
    int64_t operator;    /* who wrote the note; 0: the patron left it */
    msec_t at;
    int64_t told_to; /* the operator who was told of it; 0: nobody yet */
    msec_t told_at;
    bool handed;     /* what was told has left, or was counted in a line that has */
    int64_t done_by; /* operator */
    msec_t done_at;  /* 0: open */
};

/* What somebody did to a chat, for the audit and the statistics. */
enum act {
    ACT_OPENED,
    ACT_ASKED, /* a tier; detail is its verdict name, or "by name": who was written to */
    ACT_CLAIMED,
    ACT_RETURNED, /* its operator was lost or silent; it waits again */
    ACT_TRANSFER_OFFERED, /* detail is how, and to whom: "help mobius-slu" */
    ACT_TRANSFER_ENDED,   /* without success; detail says why */
    ACT_TRANSFERRED,      /* to that operator */
    ACT_TAGGED,           /* detail is the tag */
    ACT_PATRON_GONE,
    ACT_PATRON_BACK,
    ACT_CLOSED
};

struct act_record {
    int64_t chat;
    msec_t at;
    enum act act;
    int64_t operator; /* who did it or to whom it happened; 0: nobody of ours */
    const char *detail; /* "" when there is nothing to add; never chat text */
};

/* How an operator stands to the desk; the newest of an operator and queue replaces the older. */
struct duty_record {
    int64_t operator;
    int64_t queue; /* 0: all queues; only then max and until are set */
    bool off;
    int max;      /* chats at once, below the queues' limits; 0: none */
    msec_t until; /* wall clock: then `off` turns over; 0: never by itself */
    msec_t at;
};

/* An operator is on duty for a queue from now on, or no longer. Only added to. */
struct duty_log_record {
    int64_t operator;
    int64_t queue;
    bool on;
    bool first; /* the first that this process says of them: written only if it is news */
    msec_t at;
};

/* A library takes no messages of a patron; the newest of the two replaces the older. */
struct block_record {
    int64_t library;
    const char *patron; /* bare JID */
    msec_t until;       /* wall clock */
    int64_t operator;   /* who did it */
    int64_t chat;       /* and in which chat */
    msec_t at;
};

#endif
