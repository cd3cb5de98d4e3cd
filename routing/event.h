/* event.h: everything that can happen to the desk, as routing_step() takes it.
 *
 * Component turns stanzas, rows, timers and signals into events. Strings are borrowed for the
 * call. Senders are what the XMPP server stamped (RFC 6120, section 8.1.2.1); nothing inside a
 * stanza ever says who somebody is. */
#ifndef DESKBELL_ROUTING_EVENT_H
#define DESKBELL_ROUTING_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "routing/record.h"

struct consortium;

enum event_type {
    EVENT_TIME,         /* nothing but that time passed */
    EVENT_STREAM_UP,    /* the server takes and brings stanzas from now on */
    EVENT_STREAM_CLOSING, /* the desk ends: the last that is sent */
    EVENT_STREAM_DOWN,  /* nothing is known about anybody's presence from now on */
    EVENT_SETTINGS,     /* new settings, or the first ones */
    EVENT_MESSAGE,      /* somebody wrote to an address of ours */
    EVENT_WORD,         /* an operator runs a word by command (XEP-0050) */
    EVENT_SIGNOFF,      /* an administrator, who may, takes an operator off duty */
    EVENT_EXPLAIN,      /* an administrator, who may, asks why a queue is open or closed */
    EVENT_BLOCK,        /* an administrator, who may, has changed until when a patron is blocked,
                           and has written it down: `until` of 0 ends it */
    EVENT_ERASED,       /* what was left to do in these chats was erased: it is nobody's any more */
    EVENT_LEAVE,        /* a patron left a question by a form */
    EVENT_CHAT_STATE,   /* XEP-0085, to an address of ours */
    EVENT_PRESENCE,     /* somebody's resource came, changed or went, seen by one of ours */
    EVENT_PROBE,        /* somebody's server asks how a queue is */
    EVENT_SUBSCRIPTION, /* RFC 6121, section 3 */
    EVENT_BOUNCE,       /* what we sent to somebody came back, or a ping was not answered */
    EVENT_RESTORE_DUTY,  /* what the last process kept beside the chats: one record each */
    EVENT_RESTORE_BLOCK,
    EVENT_RESTORE_FOLLOWUP,
    EVENT_RESTORE,      /* a chat that was alive when the last process ended */
    EVENT_RECALLED,     /* the lines that EFFECT_RECALL asked for */
    EVENT_RESUME,       /* a patron wants to go on with a chat, or a token for later */
    EVENT_REPLAYED      /* the lines that EFFECT_REPLAY asked for */
};

enum show { SHOW_UNAVAILABLE, SHOW_CHAT, SHOW_AVAILABLE, SHOW_AWAY, SHOW_XA, SHOW_DND };

enum chat_state_name { STATE_ACTIVE, STATE_COMPOSING, STATE_PAUSED, STATE_INACTIVE, STATE_GONE };

enum subscription { SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED };

/* 128 random bits that nobody has seen yet, in hexadecimal digits, and their hash. The core can
 * make neither. */
struct token {
    char text[TOKEN_TEXT_MAX + 1];
    char hash[TOKEN_HASH_MAX + 1];
};

struct event {
    msec_t at;   /* the monotonic clock: all time-outs */
    msec_t wall; /* since the Unix epoch: policy, and what is written down */
    enum event_type type;
    const char *from;     /* bare JID of the sender, normalized by its server; NULL if nobody's */
    const char *resource; /* "" when there was none */
    const char *to;       /* local part of our address; "" is the service itself */
    const char *id;       /* of a presence stanza; NULL when it had none. Other ids are below */
    const struct token *fresh; /* to give away; when it was, effects.token_used says so. NULL where
                                  no patron can ask for one */
    union {
        const struct consortium *settings; /* borrowed until the next EVENT_SETTINGS */
        struct {
            const char *id; /* the stanza's; "" when it had none */
            const char *body;   /* of EVENT_LEAVE: the question */
            bool wants_receipt; /* XEP-0184 */
            const char *contact; /* of EVENT_LEAVE: where to answer, as it was typed */
            const char *replaces; /* XEP-0308: the id of the line that it corrects; NULL: none */
            const char *link;     /* XEP-0066: a web address that came along; NULL: none */
            bool encrypted;       /* for keys that are not ours: the body says nothing */
            bool wants_token;     /* to go on with the chat from another address */
        } message;                /* of EVENT_MESSAGE and EVENT_LEAVE */
        struct {
            int64_t tag;      /* the caller's, to know the answer by */
            const char *line; /* as it would be typed: "!tag maps" */
        } word;
        struct {
            int64_t tag; /* as a word's */
            int64_t operator;
        } signoff;
        struct {
            int64_t tag; /* as a word's */
            const char *queue;
        } explain;
        enum chat_state_name chat_state;
        struct {
            enum show show;
            int priority;
            msec_t idle_since; /* XEP-0319 or XEP-0256, wall clock; 0: no mark */
        } presence;
        enum subscription subscription;
        const struct duty_record *duty;
        const struct block_record *block; /* and of EVENT_BLOCK: library, patron, until */
        const struct followup_record *followup;
        struct {
            int64_t library;
            const int64_t *chats;
            size_t count;
        } erased;
        struct {
            const struct chat_record *chat;
            const struct offer_record *offers; /* the newest of each operator, open or declined */
            size_t offer_count;
            const struct line_record *lines; /* ascending; all of a waiting chat, and of a claimed
                                                one those above the lower mark */
            size_t line_count;
            const struct line_record *recent; /* the patron's last lines, to know a repeat: their
                                                 stanza_id and body; ascending */
            size_t recent_count;
        } restore;
        struct {
            int64_t chat;
            const struct line_record *lines;
            size_t line_count;
        } recalled; /* and of EVENT_REPLAYED */
        struct {
            const char *id; /* the stanza's; "" when it had none */
            bool asks;      /* for a token; else one is presented: */
            char code[CHAT_CODE_MAX + 1];   /* "" when it is no chat's ID */
            char hash[TOKEN_HASH_MAX + 1];  /* of what is secret in it; "" when it is no token */
            const char *after; /* id of the last line that was shown; "": none */
        } resume;
    };
};

#endif
