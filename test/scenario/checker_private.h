/* checker_private.h: the checker's books, for its own files. */
#ifndef DESKBELL_TEST_SCENARIO_CHECKER_PRIVATE_H
#define DESKBELL_TEST_SCENARIO_CHECKER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/arena.h"
#include "policy/consortium.h"
#include "policy/decide.h"
#include "routing/bounds.h"
#include "test/scenario/checker.h"

struct book_line {
    enum author author;
    int64_t operator;
    const char *id, *body; /* of a line that is kept without text: what it must have been; NULL
                              until somebody reads it */
    int replaces;  /* the line that it corrects; 0: none */
    bool textless; /* recorded without its text */
    bool fresh;    /* recorded in the running step */
};

struct book_offer {
    int64_t operator;
    int64_t queue;
    enum offer_outcome outcome;
    bool fresh; /* opened in the running step */
    bool asked; /* by the desk: no transfer, not taken by hand, not shared by its owner */
};

/* What is known of a chat, from its records alone. */
struct book {
    int64_t number;
    const char *address, *patron; /* NULL before its first record */
    const char *desk; /* the local part that the patron hears it from; NULL: nothing heard yet */
    const char *code, *token; /* of the token only its hash */
    int64_t home;
    int64_t entry_queue, entry_operator; /* what the patron writes to: one of the two */
    bool moving; /* somebody has taken it for another library in the running step */
    int64_t owner;
    enum chat_state state;
    long opened_step, closed_step; /* serials of these steps; 0: not closed */
    msec_t waiting_since; /* as recorded */
    msec_t said_at;       /* monotonic: of the last line of a person, or of the restore */
    msec_t gone_at;       /* monotonic: the patron went; 0: here */
    bool recalling;
    char *transfer; /* "help mobius-slu" while it is being handed over; else NULL */
    int64_t to_queue, to_operator; /* its target, whatever that is called by now; 0: the other */
    struct book_line *lines; /* line 1 is lines[0] */
    int line_count, line_capacity;
    struct book_offer *offers;
    int offer_count, offer_capacity;
    int patron_sent, operators_sent; /* the newest line handed to each side */
    const char *desk_said; /* the last line of the desk to the patron, while nobody else spoke */
};

/* An operator as the settings had it, now or once; the newest of an id counts. */
struct member {
    int64_t id;
    const char *account, *name;
};

/* A queue as it was called last, in the settings of now or once. */
struct place {
    int64_t id;
    const char *name;
};

/* What an operator said last about its duty; queue 0: all of them. */
struct duty_known {
    int64_t operator, queue;
    bool off;
    int max; /* 0: none */
};

struct block_known {
    int64_t library;
    const char *patron;
    msec_t until;
    int64_t spared; /* chats up to that number go on: an administrator ends none by it */
};

/* Something that a library has to do. */
struct item {
    int64_t chat, library;
    const char *text;
    int64_t told_to;
    bool handed, done;
};

/* A line of the desk to an operator who wrote to it. */
struct answered {
    int64_t operator;
    msec_t at;
};

/* One client of an operator. */
struct client {
    const char *account, *resource;
    enum show show;
    int priority;
    msec_t idle_since;
    msec_t settled_at; /* wall: away without a mark counts from then on */
};

struct shown {
    const char *from, *to;
    enum show show;
    const char *status;
    long serial; /* of the step */
};

enum { CHANGES_MAX = 64, OUT_MAX = 4096 };

/* A chat changed hands in the running step, by its record or by its act. */
struct change {
    int64_t chat, before, after;
};

struct act_seen {
    int64_t chat;
    enum act act;
    int64_t operator;
};

struct step {
    const struct event *event;
    long serial; /* from 1 */
    const char *line; /* what a line of a patron is recorded as: with the link that came along */
    const char *body; /* and of an operator: without the doubled '!' */
    bool is_word;
    int64_t sender; /* operator; 0: nobody of ours */
    int receipts, errors, answers, to_sender;
    int commands;    /* answers to a word by command */
    int to_colleague;
    int64_t resumed; /* the chat that the event's token opens; 0: none */
    int64_t left;    /* the chat whose question was left */
    const char *blocked; /* the patron who was */
    int patron_lines, operator_lines, notes;
    int64_t patron_chat; /* of the patron's line */
    int patron_line;
    struct change changes[CHANGES_MAX];
    int change_count;
    struct act_seen acts[CHANGES_MAX];
    int act_count;
    struct effect out[OUT_MAX]; /* the messages; their strings are the step's */
    int out_count;
};

struct checker {
    struct arena *memory;
    const struct consortium *settings; /* borrowed */
    struct book *books;                /* by number - 1 */
    int64_t book_count, book_capacity;
    struct member *members;
    int member_count, member_capacity;
    struct place *places;
    int place_count, place_capacity;
    struct duty_known *duties;
    int duty_count, duty_capacity;
    struct block_known *blocks;
    int block_count, block_capacity;
    struct item *items;
    int item_count, item_capacity;
    struct answered *answered; /* the newest last */
    int answered_count, answered_capacity;
    struct client *clients;
    int client_count, client_capacity;
    struct shown *shown;
    int shown_count, shown_capacity;
    bool up;
    msec_t settle_until;
    struct step step;
    const char *fault;
    struct checker_counts counts;
};

/* checker.c */
/* Notes the first broken promise. */
void promise(struct checker *checker, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Room for one more in a growing array. */
void *grown(void *array, int count, int *capacity, size_t size);
struct book *book_of(struct checker *checker, int64_t chat);
struct book_offer *book_offer_find(struct book *book, int64_t operator);
const char *account_of(const struct checker *checker, int64_t operator);
/* Is in the settings. */
bool operator_is_listed(const struct checker *checker, int64_t operator);
/* Who is called so, or was called so last; 0: nobody. */
int64_t operator_called(const struct checker *checker, const char *name);
/* Now or once. */
bool is_account_of(const struct checker *checker, const char *jid, int64_t operator);
int64_t operator_of(const struct checker *checker, const char *account);
const char *operator_name_of(const struct checker *checker, int64_t operator);
/* As it is called now, or was last; "" when there never was one. */
const char *queue_name_of(const struct checker *checker, int64_t queue);
int queue_index_of(const struct checker *checker, int64_t queue);
bool is_assigned(const struct checker *checker, int64_t operator, int64_t queue);
bool same_bare(const char *jid, const char *bare);

/* checker_books.c: records */
void book_effect(struct checker *checker, const struct effect *effect);
/* What the desk says to a patron. */
void book_desk_line(struct checker *checker, struct book *book, const char *body);
/* The text of lines is kept where the home queue keeps any, and nowhere else. */
void end_texts(struct checker *checker);
/* What was only in memory is gone. */
void books_forget(struct checker *checker);

/* checker_desk.c: duties, blocks, open items, tokens, commands */
void desk_effect(struct checker *checker, const struct effect *effect);
/* What the event itself says: who asks to go on, what an administrator has changed. */
void desk_event(struct checker *checker, const struct event *event);
bool duty_says_off(const struct checker *checker, int64_t operator, int64_t queue);
int duty_says_max(const struct checker *checker, int64_t operator);
bool patron_is_blocked(const struct checker *checker, int64_t queue, const char *patron,
                       int64_t chat);
bool item_is_known(const struct checker *checker, const char *text);
bool is_of_library(const struct checker *checker, int64_t operator, int64_t library);
/* A word to a queue of a library of which the operator answers another queue. */
bool is_word_of_library(const struct checker *checker, int64_t operator, int queue);
void send_item(struct checker *checker, const struct effect *effect);
void send_resume(struct checker *checker, const struct effect *effect);
void send_own_line(struct checker *checker, const struct effect *effect);
void send_answer(struct checker *checker, const struct effect *effect);
void end_command(struct checker *checker);

/* checker_send.c: what is sent */
void send_effect(struct checker *checker, const struct effect *effect);
void end_replies(struct checker *checker);

/* checker_lines.c: what became of the event's line */
void end_patron_line(struct checker *checker);
void end_operator_line(struct checker *checker);
void end_relays(struct checker *checker);

/* checker_people.c: who is there, who is asked, what queues show */
void people_event(struct checker *checker, const struct event *event);
void people_forget(struct checker *checker);
/* Whom no queue hears any more is not known to be there. */
void clients_sweep(struct checker *checker);
/* As the staff of the queue, by its name; a removed one hears those who finish chats there. */
bool person_is_heard(const struct checker *checker, int64_t operator, const char *queue);
bool person_is_present(const struct checker *checker, int64_t operator);
/* Present, not away beyond the grace, and so on; the limit of chats aside. */
bool person_is_on_duty(const struct checker *checker, int64_t operator, int queue);
int person_limit(const struct checker *checker, int64_t operator);
int person_chats(const struct checker *checker, int64_t operator);
int person_offers(const struct checker *checker, int64_t operator);
void presence_sent(struct checker *checker, const struct effect *effect);
/* The queue lets go of that contact. */
void presence_forget(struct checker *checker, const char *from, const char *to);
void end_presence(struct checker *checker);
void end_order(struct checker *checker);
void end_work(struct checker *checker);

#endif
