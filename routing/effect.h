/* effect.h: what routing_step() wants done.
 *
 * Records (EFFECT_STORE_*) are committed before any other effect of the same turn is carried out;
 * the others are carried out in their order. Effects and their strings live in the list's arena
 * until effects_clear(). */
#ifndef DESKBELL_ROUTING_EFFECT_H
#define DESKBELL_ROUTING_EFFECT_H

#include "routing/event.h"
#include "routing/record.h"

struct arena;

enum effect_type {
    EFFECT_STORE_CHAT,
    EFFECT_STORE_MOVE,
    EFFECT_STORE_LINE,
    EFFECT_STORE_OFFER,
    EFFECT_STORE_ACT,
    EFFECT_STORE_DUTY,
    EFFECT_STORE_DUTY_LOG,
    EFFECT_STORE_BLOCK,
    EFFECT_STORE_FOLLOWUP,
    EFFECT_MESSAGE, /* the first that is no record */
    EFFECT_CHAT_STATE,
    EFFECT_RECEIPT,      /* XEP-0184: what has that id is durable */
    EFFECT_ERROR,        /* a message was not taken: RFC 6120, section 8.3 */
    EFFECT_PRESENCE,
    EFFECT_SUBSCRIPTION,
    EFFECT_PROBE,
    EFFECT_PING,  /* XEP-0199, to see whether a patron is still there; an error is an
                     EVENT_BOUNCE */
    EFFECT_RECALL, /* read a chat's lines and bring them as EVENT_RECALLED */
    EFFECT_REPLAY, /* the same, for the chat's patron: as EVENT_REPLAYED */
    EFFECT_RESUME, /* to a patron, about going on with a chat from another address */
    EFFECT_ANSWER  /* of an EVENT_WORD, _SIGNOFF or _EXPLAIN: exactly one each */
};

/* A message that has left this process is marked in the database with the next batch, so that
 * after a restart exactly what had not left is sent again. */
enum mark_type {
    MARK_NONE,      /* a notice that may be lost with the process */
    MARK_PATRON,    /* a line to the patron */
    MARK_OPERATORS, /* a line to the owner, or to all who are asked */
    MARK_OFFER,     /* an offer's text */
    MARK_FOLLOWUP   /* a library's open item, as told to one operator */
};

struct mark {
    enum mark_type type;
    int64_t chat;
    int line;         /* the line's number; of an offer: of the newest line in its text; else 0 */
    int64_t operator; /* of an offer: to whom */
};

/* The text of the last is the local part that the address has now. */
enum refusal { REFUSAL_NOT_FOUND, REFUSAL_NOT_ALLOWED, REFUSAL_UNAVAILABLE, REFUSAL_GONE };

enum resume_answer {
    RESUME_TOKEN,   /* to come back with */
    RESUME_DONE,    /* all that was missed has been sent */
    RESUME_GONE,    /* no such chat, or not with that token: nothing to go on with */
    RESUME_MOVED    /* the chat goes on at another address of its patron */
};

struct effect {
    enum effect_type type;
    const char *from; /* local part of our address; "" the service. NULL in records */
    const char *to;   /* bare or full JID. NULL in records */
    union {
        struct chat_record chat;
        struct move_record move;
        struct line_record line;
        struct offer_record offer;
        struct act_record act;
        struct duty_record duty;
        struct duty_log_record duty_log;
        struct block_record block;
        struct followup_record followup;
        struct {
            const char *id;
            const char *body;
            msec_t delayed; /* wall clock of the original (XEP-0203); 0: it is new */
            bool private;   /* to an operator: <no-store/> (XEP-0334) */
            const char *replaces; /* XEP-0308: our id of the line that it corrects; NULL: none */
            bool headline;        /* shown apart, and kept for nobody (RFC 6121, 5.2.2) */
            bool link;            /* XEP-0066: the body is a web address and nothing else */
            bool own;       /* a patron's own line, replayed */
            struct mark mark;
        } message;
        enum chat_state_name chat_state;
        const char *receipt; /* the id that is acknowledged */
        struct {
            const char *id; /* of the refused message */
            enum refusal refusal;
            const char *text; /* "" for none; of REFUSAL_GONE the name of now */
            bool of_presence; /* else it is a message that is refused */
        } error;
        struct {
            enum show show;
            const char *status; /* "" for none */
        } presence;
        enum subscription subscription;
        int64_t recall; /* the chat's number; of EFFECT_REPLAY, too */
        struct {
            enum resume_answer answer;
            const char *token; /* of RESUME_TOKEN: "CODE.SECRET" */
        } resume;
        struct {
            int64_t tag;      /* the event's */
            const char *text; /* NULL: it is no operator's word, or not at that address; there is no
                                 such operator */
        } answer;
    };
};

struct effects {
    struct arena *arena;
    size_t count, capacity;
    struct effect *list;
    bool token_used; /* the event's fresh token was given away; who makes it clears this */
};

void effects_init(struct effects *effects);
void effects_release(struct effects *effects);
void effects_clear(struct effects *effects);

/* A new zeroed effect of that type at the end; valid until the next one is added. */
struct effect *effects_add(struct effects *effects, enum effect_type type);

static inline bool effect_is_record(const struct effect *effect)
{
    return effect->type < EFFECT_MESSAGE;
}

#endif
