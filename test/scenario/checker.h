/* checker.h: what a desk promises, judged from outside.
 *
 * The checker sees what goes into routing (events, settings) and what comes out (effects), keeps
 * books of its own, and shares no code with routing: only policy's answers, which have an oracle of
 * their own. Every scenario, the simulation and the scripted day run under it. routing_check() is
 * the other half: the core's own lists.
 *
 * The promises, by their numbers in the list of invariants:
 *
 *    1 one owner exactly while claimed            book_chat (a record), check.c (the live state)
 *    2 one act for each change of owner           end_owners
 *    3 who claims was asked, is of that queue     book_offer, book_offer_open (could take it)
 *    4 one winner, a loser hears it once          book_line (owner), end_operator_line; machines
 *                                                 that answer each line: is_silenced
 *    5 limits of chats and of offers              end_owners, book_offer_open
 *    6 closed is final                            book_line, book_chat, book_offer, send_message
 *    7 a patron's line is kept, known or refused  end_patron_line, end_relays
 *    8 no relay without a record                  send_relay; colleagues' lines alone have none
 *                                                 (is_to_colleague, end_colleague_line)
 *    9 no receipt before the record               send_receipt
 *   10 a repeat is recorded once                  end_patron_line
 *   11 who may read a chat                        book_offer_open, send_message, send_relay
 *   12 across libraries by a transfer alone       book_offer_open, end_owners, book_place,
 *                                                 book_move
 *   13 transcript without a gap                   book_line
 *   14 relays in order, repeats after a restart   send_relay
 *   15 relayed = recorded = accepted              send_relay, book_line
 *   16 what a patron may read                     send_patron, book_desk_line
 *   17 one reply at most, none to an error        end_replies
 *   18 who waits longest is asked first           end_order
 *   19 nobody idle while somebody waits           end_work
 *   20 a returned chat keeps its time             book_chat
 *   21 presence tells the truth, and once         presence_sent, end_presence
 *   22 policy is a function of rules and time     test/policy/property.py
 *   23 hours alone never close a chat             book_end
 *
 * And those of the desk's own state (checker_desk.c): who is off duty is offered nothing and logged
 * so; who is blocked has no chat; a left question is kept, told once to the library's own
 * staff, and done once; a word by command is answered once; only the newest token opens its chat,
 * and no other. That going on from another address loses and doubles no line, the simulation knows.
 *
 * Not here: that a library's events change nothing for the others (11, second half) is played by
 * test/simulation/sim_tenants.c, and by b16_two_libraries.scenario, word for word. 24 to 38 are
 * about administrators, the database and failover: they belong to tests that have these. */
#ifndef DESKBELL_TEST_SCENARIO_CHECKER_H
#define DESKBELL_TEST_SCENARIO_CHECKER_H

#include <stdint.h>

#include "routing/effect.h"
#include "routing/event.h"

struct checker;

struct checker_counts {
    uint64_t relayed, claimed, returned, transferred, declined, closed, desk_lines;
    uint64_t moved, blocked, resumed;
    uint64_t strangers;        /* tokens that opened nothing */
    uint64_t left, told, done; /* open items */
};

struct checker *checker_new(void);
struct checker *checker_free(struct checker *checker);

/* One step: the event as it goes in, each effect in its order, and the end. The settings of an
 * event are borrowed until the next ones. */
void checker_begin(struct checker *checker, const struct event *event);
void checker_effect(struct checker *checker, const struct effect *effect);
void checker_end(struct checker *checker);

/* The process has died: what it knew of presences is gone, what was recorded is not. */
void checker_restart(struct checker *checker);

/* The first promise that was broken, in words; NULL while all are kept. Borrowed. */
const char *checker_fault(const struct checker *checker);

struct checker_counts checker_counts(const struct checker *checker);

#endif
