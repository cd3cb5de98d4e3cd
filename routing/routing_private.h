/* routing_private.h: the live state, for the files of this folder and their tests.
 *
 * One struct routing owns queues, operators and chats. Queues and operators outlive a change of
 * settings: they are found again by their database id, and what is no longer in the settings is
 * marked and drained. Chats own their offers and kept lines. */
#ifndef DESKBELL_ROUTING_PRIVATE_H
#define DESKBELL_ROUTING_PRIVATE_H

#include <sys/queue.h>
#include <uthash.h>

#include "policy/consortium.h"
#include "policy/decide.h"
#include "routing/bounds.h"
#include "routing/routing.h"

struct resource {
    TAILQ_ENTRY(resource) entry;
    enum show show;
    int priority;
    msec_t idle_since; /* wall clock; 0: no mark */
    char name[];
};

struct offer {
    TAILQ_ENTRY(offer) of_chat;
    TAILQ_ENTRY(offer) of_operator;
    struct chat *chat;
    struct operator *operator;
    struct queue *via;
    bool declined; /* stays in the lists, so that nobody is asked twice */
    bool unread;   /* being restored: its text has not left yet */
};

struct operator {
    UT_hash_handle by_account, by_id;
    int64_t id;
    char *name, *title, *account;
    int64_t library; /* id */
    bool listed;     /* still in the settings */
    int limit;       /* of chats: the smallest of its queues */
    TAILQ_HEAD(, resource) resources;
    int resource_count;
    msec_t lost_at; /* monotonic: when the last client went; 0 while there is one */
    TAILQ_HEAD(, chat) chats; /* that it owns, oldest claim first */
    int chat_count;
    TAILQ_HEAD(, offer) offers; /* open and declined */
    int open_offer_count;
    uint64_t asked_last; /* the number of its last offer among all; 0: never asked */
};

struct watcher {
    UT_hash_handle hh;
    char jid[]; /* full */
};

struct queue {
    UT_hash_handle by_name, by_id;
    int64_t id;
    int serial; /* of this process: stays when a removed queue comes back under a new id */
    char *name, *title;
    int64_t library; /* id */
    int index;       /* in the settings; NO_INDEX when it was removed */
    struct queue_options options; /* its strings are own copies */
    struct decision decision;
    instant until, next; /* of the decision */
    instant look;        /* when its detail or a text may change; never after `until` */
    uint64_t mark;       /* of the decision's tiers and reason, the same in all settings */
    bool ask_anew;       /* the mark changed: who waits is asked for by the new tiers */
    bool drained;        /* removed, and those who finish their chats there have been told */
    struct operator **operators; /* assigned, in the settings' order */
    size_t operator_count;
    bool *heard; /* parallel: since the stream came up we know that it is subscribed */
    int waiting_count; /* chats at home here that wait */
    int chat_count;    /* chats at home here, alive */
    enum queue_state state; /* last published, with the two below */
    bool unstaffed;
    char *status; /* text of the presence; NULL: never published */
    struct watcher *watchers;
};

/* What a queue was called before: its running chats go on under that address. */
struct former_name {
    UT_hash_handle hh;
    struct queue *queue;
    char name[];
};

struct kept_line {
    STAILQ_ENTRY(kept_line) entry;
    int line;
    enum author author;
    int64_t operator;
    size_t length;
    char body[];
};

/* What the patron was told last about waiting, so that nothing is said twice. */
enum told { TOLD_NOTHING, TOLD_WELCOME, TOLD_CLOSED, TOLD_UNSTAFFED, TOLD_BUSY };

struct chat {
    UT_hash_handle by_code, by_patron, by_number;
    int64_t number;
    char code[CHAT_CODE_MAX + 1];
    char *address;    /* QUEUE.ID */
    char *patron_key; /* bare JID, a space, the home queue's serial: key of by_patron */
    char *patron;     /* bare JID */
    char *patron_resource;
    struct queue *home;
    struct operator *owner; /* while claimed */
    int64_t answering;      /* id of the queue through which it was claimed; 0 before */
    enum chat_state state;
    enum told told;
    msec_t opened, waiting_since, claimed; /* wall */
    int line_count;
    TAILQ_ENTRY(chat) waiting;  /* in routing.waiting while CHAT_WAITING */
    TAILQ_ENTRY(chat) of_owner; /* in owner->chats while CHAT_CLAIMED */
    TAILQ_HEAD(, offer) offers;
    int open_offer_count;
    struct transfer *transfer; /* while the owner offers it to somebody else; else NULL */
    int tier;          /* highest tier asked so far; -1: none */
    msec_t ring_until; /* monotonic: then the next tier is asked; 0: no next */
    msec_t offer_until; /* monotonic: then one more of the tier is asked; 0: nobody more */
    msec_t news_at;     /* monotonic: then the waiting patron hears again; 0: never */
    int news_count;     /* how often that was */
    uint64_t desk_said; /* hash of the last line, if it was the desk's; else 0 */
    msec_t waits_from;  /* wall: when it began to wait, the last time */
    int told_place;     /* the best place in line that the patron was told; 0: none */
    msec_t silent_at;   /* monotonic: the first line that the owner left unanswered; 0: none */
    msec_t active_at;   /* monotonic: the last line of either */
    msec_t gone_at;    /* monotonic: the patron went; 0: here, as far as we know */
    msec_t due;        /* key in routing.timers: no later than the earliest of the above */
    size_t timer_index; /* position in routing.timers */
    bool recalling;     /* its lines are being read back; not offered until they came */
    STAILQ_HEAD(, kept_line) lines; /* while waiting: what an operator has to read */
    int kept_count;
    size_t kept_bytes;
    uint64_t recent_ids[RECENT_IDS]; /* hashes; 0: free */
    int recent_next;
};

/* A claimed chat that its owner wants to hand over. It stays the owner's until somebody answers. */
struct transfer {
    struct queue *queue;       /* to this queue, or */
    struct operator *operator; /* to this operator, through `queue` */
    char *note;                /* for the next one; "" */
    char *detail;              /* for the audit: "help mobius-slu" */
    msec_t until;              /* monotonic: then it comes back; 0: the offers are not out yet */
};

struct routing {
    struct routing_options options;
    const struct consortium *settings; /* borrowed */
    bool up;
    msec_t settle_until; /* monotonic: presences are still coming in; 0: settled */
    int64_t next_number;
    int queue_serial;     /* the last one given */
    uint64_t offer_count; /* of this process */
    struct queue *queues_by_name, *queues_by_id;
    struct former_name *former_names;
    struct operator *operators_by_account, *operators_by_id;
    struct chat *chats_by_code, *chats_by_patron, *chats_by_number;
    TAILQ_HEAD(chats, chat) waiting; /* by waiting_since, then number: who waits longest is first */
    struct chat **timers; /* binary heap by `due` */
    size_t timer_count, timer_capacity;
    instant policy_due;  /* wall, seconds: the earliest `look` of any queue */
    instant policy_seen; /* the wall clock when that was last asked: it can be set back */
    msec_t operator_due; /* wall: the earliest end of an idle grace */
    uint64_t views_version; /* grows when a queue is published, decided, or waited at */
    bool staff_changed;  /* some queue may have to be published anew */
    size_t steps; /* taken so far */
    /* Of the running step: */
    const struct event *event;
    struct effects *out;
};

/* "bare/resource", or the bare JID when there is no resource; in the turn's arena. */
const char *jid_full(struct routing *routing, const char *bare, const char *resource);

/* A copy of the text in the running turn's arena: effects outlive everything else here. */
const char *kept(struct routing *routing, const char *text);

/* settings.c: queues and operators follow the settings. */
void settings_apply(struct routing *routing, const struct consortium *settings);
struct queue *queue_by_name(const struct routing *routing, const char *name);
struct queue *queue_by_id(const struct routing *routing, int64_t id);
struct queue *queue_by_index(const struct routing *routing, int index);
/* By a name that it had while its running chats began. */
struct queue *queue_by_former_name(const struct routing *routing, const char *name);
void queue_remember_name(struct routing *routing, struct queue *queue, const char *name);
struct operator *operator_by_account(const struct routing *routing, const char *account);
struct operator *operator_by_id(const struct routing *routing, int64_t id);
struct queue *queue_free(struct routing *routing, struct queue *queue);
struct operator *operator_free(struct routing *routing, struct operator *operator);

/* settings_drain.c: what the new settings take away, while chats hang on it. */
/* Of a queue that is out of the settings: who waits is told, who talks may finish. */
void queue_drain(struct routing *routing, struct queue *queue);
/* Of the name that it had: its people see it go. */
void queue_leave_name(struct routing *routing, struct queue *queue, const char *name);
/* Of an account that it had. */
void operator_leave_account(struct routing *routing, struct operator *operator,
                            const char *account);
/* Of an id: what is recorded under it ends there, and goes on under the next. */
void operator_leave_id(struct routing *routing, struct operator *operator);
void operator_enter_id(struct routing *routing, struct operator *operator);
/* Offers and chats that operators and queues may not have any more. */
void settings_drain(struct routing *routing);
void subscription_send(struct routing *routing, const struct queue *queue,
                       const struct operator *operator, enum subscription subscription);

/* operator.c: presence and availability of operators. */
bool operator_is_present(const struct operator *operator);
bool operator_is_assigned(const struct operator *operator, const struct queue *queue);
/* On duty for the queue, present, not away (but for the grace), xa or dnd. */
bool operator_is_on_duty(const struct operator *operator, const struct queue *queue, msec_t wall);
/* And below the limit of chats. */
bool operator_is_available(const struct operator *operator, const struct queue *queue,
                           msec_t wall);
/* Its account is another one now. */
void operator_forget_presence(struct routing *routing, struct operator *operator);
void operator_presence(struct routing *routing, struct operator *operator);
void operators_stream_down(struct routing *routing);
void operators_stream_up(struct routing *routing);
/* Idle graces that end by now. */
void operators_due(struct routing *routing);
/* How colleagues read the name: "Jane (mobius-mobstate-janedoe)". In the turn's arena. */
const char *operator_label(struct routing *routing, const struct operator *operator);

/* We know that the operator lets the queue see the presence. */
void operator_heard(const struct operator *operator, struct queue *queue);
/* Asks those who have not let it yet. */
void operators_subscribe(struct routing *routing);

/* queue.c: what a queue shows. */
enum queue_state queue_compute(const struct routing *routing, const struct queue *queue,
                               bool *ret_unstaffed);
void queue_decide(struct routing *routing, struct queue *queue);
void queues_due(struct routing *routing);
/* Who waits at a queue whose tiers changed is asked for anew. */
void queues_ask_anew(struct routing *routing);
/* Compares with what was published; tells operators and watchers, and returns true, when it
 * changed. */
bool queue_publish(struct routing *routing, struct queue *queue);
void queues_publish(struct routing *routing);
/* Tells everybody who watches that the queue is no more, or that the desk shuts down. */
void queue_hide(struct routing *routing, struct queue *queue);
/* To one who asks. `hears_all`: what is published to all reaches this JID too. */
void queue_show_to(struct routing *routing, struct queue *queue, const char *jid, bool hears_all);
void queue_watch(struct routing *routing, struct queue *queue, const char *jid);
void queue_unwatch(struct queue *queue, const char *jid);
void queue_unwatch_all(struct queue *queue);
enum show queue_state_show(enum queue_state state);

/* chat.c: the life of a chat. */
struct chat *chat_open(struct routing *routing, struct queue *home, const char *patron,
                       const char *resource);
/* The one place that changes an owner: keeps the operators' lists and counts. `owner` may be NULL;
 * `answering` is the id of the queue through which it answers, 0 for nobody. */
void chat_set_owner(struct routing *routing, struct chat *chat, struct operator *owner,
                    int64_t answering);
void chat_claim(struct routing *routing, struct chat *chat, struct offer *offer);
/* Its owner is lost: it waits again, at its old place. */
void chat_return(struct routing *routing, struct chat *chat);
/* Its owner may not have it any more. */
void chat_take_away(struct routing *routing, struct chat *chat);
/* Its owner does not answer: if somebody else can be asked, it waits again, and whoever answers
 * first has it, the old owner too. */
void chat_silent(struct routing *routing, struct chat *chat);
/* Ends and frees the chat. `actor` may be NULL. */
void chat_close(struct routing *routing, struct chat *chat, enum chat_end end,
                enum resolution resolution, struct operator *actor);
struct chat *chat_by_code(const struct routing *routing, const char *code);
struct chat *chat_by_number(const struct routing *routing, int64_t number);
struct chat *chat_by_patron(const struct routing *routing, const char *patron,
                            const struct queue *home);
/* Frees without a word or a record: the end of the process. */
struct chat *chat_free(struct routing *routing, struct chat *chat);
/* Puts a bare chat into all indexes; for open and restore. */
struct chat *chat_new(struct routing *routing, int64_t number, const char *code,
                      const char *address, struct queue *home, const char *patron,
                      const char *resource);
void chat_recalled(struct routing *routing);
void chat_store(struct routing *routing, const struct chat *chat, enum chat_end end,
                enum resolution resolution);
void chat_act(struct routing *routing, const struct chat *chat, enum act act,
              const struct operator *operator, const char *detail);
void chat_wait_insert(struct routing *routing, struct chat *chat);
/* The local part that the patron writes to and hears the desk from: the name of the first queue
 * when the chat began. In the turn's arena. */
const char *chat_entry_name(struct routing *routing, const struct chat *chat);
/* The patron's full JID, in the turn's arena. */
const char *chat_patron_jid(struct routing *routing, const struct chat *chat);

/* line.c: lines of a chat, to whom they go. */
/* Records the line and returns its number. */
int line_store(struct routing *routing, struct chat *chat, enum author author,
               const struct operator *operator, const char *stanza_id, const char *body);
void line_to_patron(struct routing *routing, const struct chat *chat, int line, const char *body);
/* To the owner, or to all who are asked and have read the offer. */
void line_to_operators(struct routing *routing, const struct chat *chat, int line,
                       const char *body);
/* A line of the desk to the patron: recorded and sent. */
void line_desk(struct routing *routing, struct chat *chat, const char *body);
void line_keep(struct chat *chat, const struct line_record *record);
/* Whether the desk said just that, and nobody anything since: not twice in a row. */
bool line_was_said(const struct chat *chat, const char *body);
void line_note_said(struct chat *chat, enum author author, const char *body);
void lines_forget(struct chat *chat);
/* True when the patron sent that body under that id before; remembers it. */
bool line_is_repeat(struct chat *chat, const char *stanza_id, const char *body);

/* ask.c: tiers and offers. */
/* Asks whoever is to be asked now and has not been, and tells the patron what to expect. */
void chat_ask(struct routing *routing, struct chat *chat);
/* Every waiting chat, the longest wait first. */
void chats_ask(struct routing *routing);
/* A line for a patron who waits long. */
void chat_news(struct routing *routing, struct chat *chat);
/* When the patron is to hear again. */
void chat_news_start(struct routing *routing, struct chat *chat);
/* It waits once more, and its patron has just been told so. */
void chat_news_again(struct routing *routing, struct chat *chat);
/* Whether anybody but the owner could be asked now. */
bool chat_has_others(const struct routing *routing, const struct chat *chat);
/* The policy of its queue changed: tiers are asked from the first again. */
void chat_ask_anew(struct routing *routing, struct chat *chat);
struct offer *offer_find(const struct chat *chat, const struct operator *operator);
void offer_decline(struct routing *routing, struct offer *offer);
/* The operator cannot be asked any more; frees the offer. */
void offer_withdraw(struct routing *routing, struct offer *offer);
/* Ends every offer of the chat; `winner` (may be NULL) claimed it, the others are told so. */
void offers_end(struct routing *routing, struct chat *chat, const struct operator *winner);
/* The same, and the operator is told so. */
void offer_take_back(struct routing *routing, struct offer *offer);
/* Ends the operator's open offers: it cannot be asked now. What it declined stays declined. */
void offers_withdraw(struct routing *routing, struct operator *operator);
/* The offer's text, to one who was offered the chat. */
void offer_send(struct routing *routing, const struct offer *offer);
/* The same mark with another text, to one who knows the chat. */
void offer_say(struct routing *routing, const struct offer *offer, const char *body);
void offer_store(struct routing *routing, const struct offer *offer, enum offer_outcome outcome);
struct offer *offer_new(struct chat *chat, struct operator *operator, struct queue *via);
struct offer *offer_free(struct offer *offer);

/* transfer.c: handing a chat over. */
/* `how` is "own" or "help". The lines are asked for; the offers follow with transfer_offer(). */
void transfer_begin(struct routing *routing, struct chat *chat, struct queue *queue,
                    struct operator *operator, const char *how, const char *note);
void transfer_offer(struct routing *routing, struct chat *chat);
/* Back to the owner, who is told `why`. */
void transfer_end(struct routing *routing, struct chat *chat, const char *cause, const char *why);
/* One who was offered it has answered. */
void transfer_claim(struct routing *routing, struct chat *chat, struct offer *offer);
/* What is handed over to a queue or an operator that goes away stays where it is. */
void transfers_end_to(struct routing *routing, const struct queue *queue,
                      const struct operator *operator);
/* Forgets it; offers stay. */
void transfer_drop(struct chat *chat);
/* Somebody of the queue, other than the owner, who could take a chat now. */
bool queue_can_take(const struct routing *routing, const struct queue *queue,
                    const struct operator *owner);
/* The queue through which the operator could take a chat now, or NULL. */
struct queue *operator_queue(const struct routing *routing, const struct operator *operator);

/* message.c: who writes to what. */
void message_received(struct routing *routing);
void chat_state_received(struct routing *routing);
void presence_received(struct routing *routing);
void probe_received(struct routing *routing);
void subscription_received(struct routing *routing);
void bounce_received(struct routing *routing);
void patron_gone(struct routing *routing, struct chat *chat);

/* words.c: lines of operators that begin with '!'. */
/* `chat` is NULL outside of a chat. Answers into the window that was written in, with one plain
 * line. */
void word_run(struct routing *routing, struct operator *operator, struct chat *chat,
              const char *line);

/* say.c: notices, which are not part of the transcript. */
void say_to_operator(struct routing *routing, const struct operator *operator,
                     const char *from_address, const char *body);

/* text.c: what people read. In the turn's arena. */
const char *text_welcome(struct routing *routing, const struct queue *queue);
const char *text_closed(struct routing *routing, const struct queue *queue);
const char *text_unstaffed(struct routing *routing, const struct queue *queue);
const char *text_holding(struct routing *routing, const struct queue *queue);
/* `place` 0: not told. */
const char *text_waiting(struct routing *routing, msec_t minutes, int place);
const char *text_busy(struct routing *routing, int place);
/* Whether it is that text, with any place. */
bool text_is_busy(const char *text);
const char *text_status(struct routing *routing, const struct queue *queue,
                        enum queue_state state);

/* timer.c: one heap for all chats. */
void timer_add(struct routing *routing, struct chat *chat);
void timer_remove(struct routing *routing, struct chat *chat);
/* Its key is no later than its earliest deadline. For routing_check(). */
bool timer_is_early(const struct chat *chat);
/* Something about the chat's deadlines changed. */
void timer_update(struct routing *routing, struct chat *chat);
void timers_due(struct routing *routing);

/* restore.c: after a restart. */
void chat_restore(struct routing *routing);

/* code.c: chat numbers as IDs. */
void code_from_number(uint64_t key, int64_t number, char code[CHAT_CODE_MAX + 1]);

#endif
