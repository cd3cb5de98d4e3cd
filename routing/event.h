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
    EVENT_CHAT_STATE,   /* XEP-0085, to an address of ours */
    EVENT_PRESENCE,     /* somebody's resource came, changed or went, seen by one of ours */
    EVENT_PROBE,        /* somebody's server asks how a queue is */
    EVENT_SUBSCRIPTION, /* RFC 6121, section 3 */
    EVENT_BOUNCE,       /* what we sent to somebody came back, or a ping was not answered */
    EVENT_RESTORE,      /* a chat that was alive when the last process ended */
    EVENT_RECALLED      /* the lines that EFFECT_RECALL asked for */
};

enum show { SHOW_UNAVAILABLE, SHOW_CHAT, SHOW_AVAILABLE, SHOW_AWAY, SHOW_XA, SHOW_DND };

enum chat_state_name { STATE_ACTIVE, STATE_COMPOSING, STATE_PAUSED, STATE_INACTIVE, STATE_GONE };

enum subscription { SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED };

struct event {
    msec_t at;   /* the monotonic clock: all time-outs */
    msec_t wall; /* since the Unix epoch: policy, and what is written down */
    enum event_type type;
    const char *from;     /* bare JID of the sender, normalized by its server; NULL if nobody's */
    const char *resource; /* "" when there was none */
    const char *to;       /* local part of our address; "" is the service itself */
    union {
        const struct consortium *settings; /* borrowed until the next EVENT_SETTINGS */
        struct {
            const char *id; /* the stanza's; "" when it had none */
            const char *body;
            bool wants_receipt; /* XEP-0184 */
        } message;
        struct {
            int64_t tag;      /* the caller's, to know the answer by */
            const char *line; /* as it would be typed: "!tag maps" */
        } word;
        enum chat_state_name chat_state;
        struct {
            enum show show;
            int priority;
            msec_t idle_since; /* XEP-0319 or XEP-0256, wall clock; 0: no mark */
        } presence;
        enum subscription subscription;
        struct {
            const struct chat_record *chat;
            const struct offer_record *offers; /* the open and declined ones */
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
        } recalled;
    };
};

#endif
