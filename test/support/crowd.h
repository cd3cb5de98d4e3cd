/* crowd.h: patrons and operators without bodies, on a link.h: as many as wanted, who open chats,
 * claim them, write to each other and keep account of every line.
 *
 *     crowd = crowd_new(&options);       listens; start the component on link_port(crowd_link(c))
 *     crowd_write_consortium(crowd, f);  what `deskbell import` needs, for that many chats
 *     crowd_open(crowd, 30000);          through the front door: asks, offers, claims
 *     crowd_rate(crowd, 1000);           from now on lines go out, both ways, 1000 a second
 *     crowd_turn(crowd, 100);            ... again and again
 *
 * Chats are served in units of 100: a queue and the one operator who has them all (the bound of
 * chats_per_operator, and of new chats at once in one queue); two units are a library. A line says
 * in its body whose, of which chat and the how-manyth it is, so that what comes back needs no
 * memory: lines have to come once and in order. Patrons keep to the desk's limit for patrons
 * (routing/bounds.h); where one has to wait, the operator writes instead. Operators answer probes
 * and subscriptions, also after the component was away. */
#ifndef DESKBELL_TEST_SUPPORT_CROWD_H
#define DESKBELL_TEST_SUPPORT_CROWD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "test/support/link.h"

enum { CROWD_UNIT = 100 };

enum crowd_side { CROWD_PATRON, CROWD_OPERATOR, CROWD_SIDES };

struct crowd_options {
    const char *jid; /* the component's; borrowed until crowd_free() */
    int chats;
    /* Of so many lines one is a patron's: 2 is every other; 0: none. */
    int patron_one_in;
    /* Lines ask for receipts (XEP-0184). */
    bool receipts;
    /* Lines carry the time, for crowd_latency(). Not with crowd_repeat(): a repeat is the same. */
    bool timed;
    /* The component is an echo, which gives each line back to its sender: no chats are opened, and
     * all lines are patrons', without the limit. */
    bool echo;
    int body_bytes; /* of a line; 0: 120 */
};

/* Of both sides of all chats. */
struct crowd_counts {
    uint64_t sent, got;
    uint64_t patron_sent;
    uint64_t repeats;  /* lines that had come before */
    uint64_t disorder; /* lines that came behind a later one */
    uint64_t receipts;
    uint64_t other;  /* messages that are no line: welcomes, answers */
    uint64_t errors; /* stanzas of type error */
};

/* A line that a later one has overtaken: lost, or late. */
struct crowd_skip {
    int chat;
    enum crowd_side side;
    int line;
};

struct crowd;

struct crowd *crowd_new(const struct crowd_options *options);
struct crowd *crowd_free(struct crowd *crowd);

struct link *crowd_link(struct crowd *crowd);
const struct crowd_counts *crowd_counts(const struct crowd *crowd);

/* The consortium "mobius" with the crowd's queues and operators, always open. */
void crowd_write_consortium(const struct crowd *crowd, FILE *file);

/* All chats as `count` INSERT rows of claimed chats, to be run in a database with that consortium
 * (superuser) while no desk is running: quicker than the front door, whose locks let a hundred
 * chats a queue in at once. The crowd takes them for open. */
void crowd_write_chats(struct crowd *crowd, FILE *file);

/* Opens all chats that are not open yet, and has them claimed. False when it takes longer. */
bool crowd_open(struct crowd *crowd, int wait_ms);

/* link_turn(), and the lines that are due by crowd_rate(). */
void crowd_turn(struct crowd *crowd, int wait_ms);

/* So many lines a second from now on, whatever comes back; 0: none. */
void crowd_rate(struct crowd *crowd, double lines_a_second);

/* One line of that side; `line`: which one of the chat it was, 1 for the first. */
int crowd_say(struct crowd *crowd, int chat, enum crowd_side side);

/* Closed loop: `count` lines, `window` of them under way at any time. False when nothing came for
 * ten seconds. */
bool crowd_exchange(struct crowd *crowd, int window, int64_t count);

/* Turns until all that was sent has come, or nothing came for so long: false. */
bool crowd_settle(struct crowd *crowd, int quiet_ms);

/* With receipts: says again what has none yet, under the same ids, as the widget does. */
void crowd_repeat(struct crowd *crowd);

/* Lines sent and received of one side of a chat (the highest number), and with a receipt. */
int crowd_sent(const struct crowd *crowd, int chat, enum crowd_side side);
int crowd_got(const struct crowd *crowd, int chat, enum crowd_side side);

/* What never came although a later line did; of these, what had got its receipt is a broken
 * promise, and listed by the second. The lists are the crowd's. */
int crowd_skipped(const struct crowd *crowd, const struct crowd_skip **ret);
int crowd_broken(struct crowd *crowd, const struct crowd_skip **ret);
/* Lines with a receipt that have not come, skipped or at the end of their chat. */
int64_t crowd_owed(const struct crowd *crowd);

/* Microseconds from saying to hearing of the lines since the last crowd_latency_clear(), of which
 * that share was quicker (0.5: the median). -1: none came. An open loop counts from when a line was
 * due. */
double crowd_latency(struct crowd *crowd, double share);
void crowd_latency_clear(struct crowd *crowd);

int64_t crowd_now_ns(void);

#endif
