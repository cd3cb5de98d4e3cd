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
#include "routing/flood.h"
#include "routing/routing.h"

struct resource {
    TAILQ_ENTRY(resource) entry;
    enum show show;
    int priority;
    msec_t idle_since; /* wall clock; 0: no mark */
    msec_t settled_at; /* wall clock: away without a mark counts from then on */
    char name[];
};

struct offer {
    TAILQ_ENTRY(offer) of_chat;
    TAILQ_ENTRY(offer) of_operator;
    struct chat *chat;
    struct operator *operator;
    struct queue *via;
    bool declined; /* stays in the lists, so that nobody is asked twice */
    bool owners;   /* of who has just had the chat, through whatever queue that was */
    bool unread;   /* being restored: its text has not left yet */
};

/* How often something happened within a minute. */
struct rate {
    msec_t since; /* monotonic */
    int count;
};

struct operator {
    UT_hash_handle by_account, by_id, by_name;
    int64_t id;
    int serial; /* of this process, unique among queues and operators */
    char *name, *title, *account;
    int64_t library; /* id */
    bool listed;     /* still in the settings */
    int limit;       /* of chats: the smallest of its queues, or its own */
    int queue_limit; /* the smallest of its queues */
    int own_limit;   /* set by itself; 0: none */
    struct queue *home; /* the first queue that it answers: where a patron who writes to its own
                           address is at home; NULL: none */
    bool off;        /* off duty for all queues, by its own word */
    msec_t turns_at; /* wall clock: then `off` turns over; 0: never by itself */
    bool turned_unheard; /* by the clock, while it was not there */
    int64_t *queues_off; /* ids of queues for which it is off duty by its own word */
    size_t queue_off_count;
    TAILQ_HEAD(, resource) resources;
    int resource_count;
    msec_t lost_at; /* monotonic: when the last client went; 0 while there is one */
    TAILQ_HEAD(, chat) chats; /* that it owns, oldest claim first */
    int chat_count;
    int entry_count; /* chats whose patrons write to its own address, alive */
    TAILQ_HEAD(, offer) offers; /* open and declined */
    int open_offer_count;
    struct rate answers; /* of the desk to lines that went nowhere */
    struct rate talk;    /* lines to colleagues */
    uint64_t asked_last; /* the number of its last offer among all; 0: never asked */
    uint64_t *seen;      /* keys of the notices that it was shown */
    size_t seen_count;
};

/* A notice of the settings that are in force. */
struct known_notice {
    uint64_t key; /* see policy/notice.h */
    instant until;
    bool goes_on; /* it was in the settings before, and not over: who saw it has seen it */
};

/* Whether an operator is on duty for a queue, as it was written down last. */
enum duty_logged { DUTY_UNKNOWN, DUTY_OFF, DUTY_ON };

struct watcher {
    UT_hash_handle hh;
    char jid[]; /* full */
};

struct queue {
    UT_hash_handle by_name, by_id;
    int64_t id;
    int serial; /* of this process, unique among queues and operators: stays when a removed queue
                   comes back under a new id */
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
    enum duty_logged *logged; /* parallel */
    int waiting_count; /* chats at home here that wait */
    int chat_count;    /* chats at home here, alive */
    int entry_count;   /* chats whose patrons write here, alive: some may have moved away */
    enum queue_state state; /* last published, with the two below */
    bool unstaffed;
    msec_t alarm_at; /* monotonic: then its administrators hear that nobody is there; 0: not so */
    bool alarm_rung;
    char *status; /* text of the presence; NULL: never published */
    struct watcher *watchers;
};

struct kept_line {
    STAILQ_ENTRY(kept_line) entry;
    int line, replaces;
    enum author author;
    int64_t operator;
    size_t length;
    char body[];
};

/* The text of lines that are recorded without it, ascending; the oldest goes when there is too
 * much. */
struct memory {
    STAILQ_HEAD(, memory_line) lines;
    int count;
    size_t bytes;
};

/* What a patron writes to, and gets the answers from. A chat's entry never changes; its home does
 * when the chat moves to another library. Exactly one of the two is set. */
struct entry {
    struct queue *queue;
    struct operator *operator; /* its public address */
};

/* What entries were called before: their running chats go on under that address. No more of them
 * than have chats. */
struct former_name {
    UT_hash_handle hh;
    struct entry *entries; /* at least one; who bore the name last is the last */
    size_t entry_count;
    char name[];
};

/* The line that its writer may correct (XEP-0308): its newest one, by its stanza id's hash. */
struct last_line {
    uint64_t id;
    int line; /* 0: none */
};

/* A line as it is recorded and relayed. */
struct line_text {
    const char *body; /* with the link that came along */
    int replaces;     /* the line that it corrects; 0: none */
    bool link;        /* the body is a link and nothing else (XEP-0066) */
};

/* What the patron was told last about waiting, so that nothing is said twice. */
enum told { TOLD_NOTHING, TOLD_WELCOME, TOLD_CLOSED, TOLD_UNSTAFFED, TOLD_BUSY };

struct chat {
    UT_hash_handle by_code, by_patron, by_number;
    int64_t number;
    char code[CHAT_CODE_MAX + 1];
    char *address;    /* QUEUE.ID */
    char *patron_key; /* bare JID, a space, the entry's serial: key of by_patron */
    char *patron;     /* bare JID */
    char *patron_resource;
    struct entry entry;
    char *entry_name;       /* of that, when the chat began: where it goes on */
    struct queue *home;     /* its library owns the chat, its settings count */
    struct operator *owner; /* while claimed */
    int64_t answering;      /* id of the queue through which it was claimed; 0 before */
    enum chat_state state;
    enum told told;
    bool invited; /* the waiting patron was told how to leave the question */
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
    bool gone_told;     /* the owner was told that the patron went */
    char token_hash[TOKEN_HASH_MAX + 1]; /* of what its patron can come back with; "": nothing */
    struct replay *replay; /* its patron has come back, and reads what was missed; else NULL */
    STAILQ_HEAD(, kept_line) lines; /* while waiting, or owed: what an operator has to read */
    struct memory memory;    /* what was said where nothing is written down */
    bool text_lost;          /* some of what was said is nowhere any more */
    char *left_question, *left_contact; /* what the patron may agree to have kept; else NULL */
    int owed_line; /* the first of the patron's that came while the owner was away; 0: none */
    int kept_count;
    size_t kept_bytes;
    struct last_line patron_last, operator_last;
    uint64_t recent_ids[RECENT_IDS]; /* hashes; 0: free */
    int recent_next;
};

/* Within the library, or across libraries one of two: ownership stays, or follows. */
enum transfer_kind { TRANSFER_OWN, TRANSFER_HELP, TRANSFER_MOVE };

/* A claimed chat that its owner wants to hand over. It stays the owner's until somebody answers. */
struct transfer {
    struct queue *queue;       /* to this queue, or */
    struct operator *operator; /* to this operator, through `queue` */
    char *note;                /* for the next one; "" */
    char *detail;              /* for the audit: "help mobius-slu" */
    enum transfer_kind kind;
    msec_t until;              /* monotonic: then it comes back; 0: the offers are not out yet */
};

/* A patron whose messages a library does not take. */
struct block {
    UT_hash_handle hh;
    msec_t until; /* wall clock */
    char patron[]; /* bare JID */
};

struct blocked_library {
    UT_hash_handle hh;
    int64_t id;
    struct block *blocks; /* by patron; at most BLOCKS_PER_LIBRARY_MAX */
};

/* An open item. Its record's strings are its own. */
struct followup {
    TAILQ_ENTRY(followup) entry;
    UT_hash_handle by_code;
    struct todo *todo;
    struct followup_record record;
    char strings[];
};

/* The open items of a library. */
struct todo {
    UT_hash_handle by_library;
    int64_t library;
    TAILQ_HEAD(followups, followup) items; /* the oldest first */
    int count;
    int untold; /* items of which no operator was told yet */
};

struct routing {
    struct routing_options options;
    const struct consortium *settings; /* borrowed */
    bool up;
    msec_t settle_until; /* monotonic: presences are still coming in; 0: settled */
    int64_t next_number;
    int last_serial;      /* given to a queue or an operator */
    uint64_t offer_count; /* of this process */
    struct queue *queues_by_name, *queues_by_id;
    struct former_name *former_names;
    struct operator *operators_by_account, *operators_by_id;
    struct operator *operators_by_name; /* who was removed only where nobody bears the name now */
    struct chat *chats_by_code, *chats_by_patron, *chats_by_number;
    TAILQ_HEAD(chats, chat) waiting; /* by waiting_since, then number: who waits longest is first */
    struct todo *todos;   /* by library */
    struct followup *followups_by_code;
    struct chat **timers; /* binary heap by `due` */
    size_t timer_count, timer_capacity;
    instant policy_due;  /* wall, seconds: the earliest `look` of any queue */
    instant policy_seen; /* the wall clock when that was last asked: it can be set back */
    msec_t alarm_due;    /* monotonic: the earliest alarm */
    msec_t operator_due; /* wall: the earliest end of an idle grace, or turn of a duty */
    struct blocked_library *blocked; /* by id */
    struct replay *replays; /* by the number of the chat, which may be closed by now */
    struct flood *flood_patrons, *flood_places;
    struct ended *ended;
    uint64_t views_version; /* grows when a queue is published, decided, or waited at */
    bool staff_changed;  /* some queue may have to be published anew */
    bool leftovers; /* something that was removed may have lost its last chat */
    struct known_notice *notices; /* ascending by key */
    size_t notice_count;
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
/* What was removed goes with its last chat, and whoever finished it there leaves: at once, not with
 * the next settings, which may be another library's. */
void settings_sweep_leftovers(struct routing *routing);
struct queue *queue_by_name(const struct routing *routing, const char *name);
struct queue *queue_by_id(const struct routing *routing, int64_t id);
/* Of the settings; NULL when it is not in them (any more). */
const struct library_settings *library_by_id(const struct routing *routing, int64_t id);
struct queue *queue_by_index(const struct routing *routing, int index);
struct operator *operator_by_account(const struct routing *routing, const char *account);
struct operator *operator_by_id(const struct routing *routing, int64_t id);
/* May be one that was removed and whose chats still run: see `listed`. */
struct operator *operator_by_name(const struct routing *routing, const char *name);
struct queue *queue_free(struct routing *routing, struct queue *queue);
struct operator *operator_free(struct routing *routing, struct operator *operator);
/* The smaller of its own limit and its queues'. */
void operator_limit_apply(struct operator *operator);

/* entry.c: what patrons write to. */
/* What is called so now; false when it is nothing that a patron can write to. */
bool entry_find(const struct routing *routing, const char *address, struct entry *ret);
/* Its name now, borrowed until the next settings. */
const char *entry_name(const struct entry *entry);
/* The id of its library. */
int64_t entry_library(const struct entry *entry);
/* What the address of the event names now, or named before: whose staff the sender is, or else
 * where the sender has a chat. */
bool entry_of_event(const struct routing *routing, struct entry *ret);
/* Refuses an event to an address that nothing has; tells the new one of what was renamed. */
void entry_refuse(struct routing *routing);
/* The same of somebody's presence; nothing when the address was never anybody's. */
void entry_forward_presence(struct routing *routing);
/* The open chat of that patron that the address means: the one that speaks to the patron from
 * there, whatever its entry is called by now; else one whose entry is called so, or was. NULL for
 * none. */
struct chat *entry_chat(const struct routing *routing, const char *patron, const char *address);
/* Chats that run began under that name. */
void entry_remember_name(struct routing *routing, const struct entry *entry, const char *name);
/* It goes, or has no chats from before. */
void entry_forget_names(struct routing *routing, const struct entry *entry);

/* settings_drain.c: what the new settings take away, while chats hang on it. */
/* Of a queue that is out of the settings: who waits is told, who talks may finish. */
void queue_drain(struct routing *routing, struct queue *queue);
/* Of the name that it had: its people see it go. */
void queue_leave_name(struct routing *routing, struct queue *queue, const char *name);
/* It came back under its name, with another id. */
void queue_enter_id(struct routing *routing, struct queue *queue);
/* Of an account that it had. */
void operator_leave_account(struct routing *routing, struct operator *operator,
                            const char *account);
/* Of an id: what is recorded under it ends there, and goes on under the next. */
void operator_leave_id(struct routing *routing, struct operator *operator);
void operator_enter_id(struct routing *routing, struct operator *operator);
/* Offers and chats that operators and queues may not have any more. */
void settings_drain(struct routing *routing);
/* Of operators who answer no queue any more. */
void operators_drain(struct routing *routing);
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

/* duty.c: on and off duty by an operator's own word. */
/* By word alone: whether it is present is another matter. */
bool duty_is_off(const struct operator *operator, const struct queue *queue);
/* Says so for all queues or for one, stores it, and gives offers back; `turns_at` as in struct
 * operator. */
void duty_set(struct routing *routing, struct operator *operator, bool off, msec_t turns_at);
void duty_set_queue(struct routing *routing, struct operator *operator, const struct queue *queue,
                    bool off);
/* Ends what was said of single queues. */
void duty_set_queues_on(struct routing *routing, struct operator *operator);
void duty_set_limit(struct routing *routing, struct operator *operator, int limit);
/* The zone of the operator's library. */
const struct zone *operator_zone(const struct routing *routing, const struct operator *operator);
/* The midnight behind that instant, on the operator's clock. */
msec_t duty_midnight(const struct routing *routing, const struct operator *operator, msec_t after);
/* The operator has a new id. */
void duty_store_again(struct routing *routing, const struct operator *operator);
void duty_restore(struct routing *routing);
/* To one who comes and may not remember. */
void duty_greet(struct routing *routing, struct operator *operator);
/* Who signs off or on by the clock by now. */
void duties_due(struct routing *routing);
/* The duty that turns next, for routing.operator_due. */
void duty_watch(struct routing *routing, const struct operator *operator);
/* Writes down who is on duty for which queue, where that changed. */
void duties_log(struct routing *routing);
/* Likewise for one who does not answer the queue any more. */
void duty_log_end(struct routing *routing, const struct operator *operator,
                  const struct queue *queue, enum duty_logged before);
/* Forgets queues that are not in the settings any more. */
void duty_prune(struct routing *routing, struct operator *operator);

/* block.c: patrons whom a library does not listen to. */
bool block_holds(struct routing *routing, int64_t library, const char *patron);
/* Of the chat's patron, for its home's library; stored. */
void block_set(struct routing *routing, const struct chat *chat, const struct operator *operator,
               msec_t until);
void block_restore(struct routing *routing);
/* By EVENT_BLOCK. */
void block_changed(struct routing *routing);
/* Forgets libraries that are not in the settings any more. */
void blocks_prune(struct routing *routing);
void blocks_free(struct routing *routing);

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

/* alarm.c: a desk that is open and has nobody. */
/* The queue was looked at. */
void alarm_look(struct routing *routing, struct queue *queue);
void alarms_due(struct routing *routing);
/* The server is away, and nothing is known of anybody: the minutes are counted anew. */
void alarms_forget(struct routing *routing);

/* chat.c: the life of a chat. */
struct chat *chat_open(struct routing *routing, const struct entry *entry, struct queue *home,
                       const char *patron, const char *resource);
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
                            const struct entry *entry);
/* Frees without a word or a record: the end of the process. */
struct chat *chat_free(struct routing *routing, struct chat *chat);
/* Ownership follows: from now on the chat is at home in that queue. */
void chat_move(struct routing *routing, struct chat *chat, struct queue *queue);
/* Whether it belongs to another library than that whose address the patron wrote to. */
bool chat_has_moved(const struct chat *chat);
/* Puts a bare chat into all indexes; for open and restore. */
struct chat *chat_new(struct routing *routing, int64_t number, const char *code,
                      const char *address, const struct entry *entry, struct queue *home,
                      const char *patron, const char *resource);
/* Has its lines read back; it is not offered until they came, by chat_recalled(). */
void chat_recall(struct routing *routing, struct chat *chat);
void chat_recalled(struct routing *routing);
void chat_store(struct routing *routing, const struct chat *chat, enum chat_end end,
                enum resolution resolution);
void chat_act(struct routing *routing, const struct chat *chat, enum act act,
              const struct operator *operator, const char *detail);
void chat_wait_insert(struct routing *routing, struct chat *chat);
/* The local part that the patron writes to and reads from, whatever its entry is called by now: the
 * one place that knows it. In the turn's arena. */
const char *chat_entry_name(struct routing *routing, const struct chat *chat);
/* Its patron writes from there from now on, and is no other chat's at the same address. Records
 * nothing. */
void chat_set_patron(struct routing *routing, struct chat *chat, const char *patron,
                     const char *resource);
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
/* The same three for what people wrote: with what it corrects, and as a link. */
int line_write(struct routing *routing, struct chat *chat, enum author author,
               const struct operator *operator, const char *stanza_id,
               const struct line_text *text);
void line_pass_to_patron(struct routing *routing, const struct chat *chat, int line,
                         const struct line_text *text);
void line_pass_to_operators(struct routing *routing, const struct chat *chat, int line,
                            const struct line_text *text);
/* Of the running event's message. A link that the body does not say comes on a line of its own. A
 * correction of anything but the writer's `last` line is an ordinary line. `body` is the event's,
 * perhaps without its first character. */
struct line_text line_compose(struct routing *routing, const char *body,
                              const struct last_line *last);
/* The writer's newest line, unless it corrects one: that stays the one to be corrected. */
void last_line_note(struct last_line *last, const char *stanza_id, int line,
                    const struct line_text *text);
/* A line of the desk to the patron: recorded and sent. */
void line_desk(struct routing *routing, struct chat *chat, const char *body);
/* With its text, which the record may lack. */
void line_keep(struct chat *chat, const struct line_record *record, const char *body);
/* Whether the desk said just that, and nobody anything since: not twice in a row. */
bool line_was_said(const struct chat *chat, const char *body);
void line_note_said(struct chat *chat, enum author author, const char *body);
/* Those that were read back, and behind them the ones that came since. */
void lines_recalled(struct chat *chat, const struct line_record *lines, size_t count);
void lines_forget(struct chat *chat);
/* Notes that a line which the owner, who is away, has not got is to be kept. */
void line_owe(struct chat *chat, enum author author, int line);
/* The owner is back, and gets what came meanwhile. */
void lines_owed_send(struct routing *routing, struct chat *chat);
/* True when the patron sent that body under that id before. */
bool line_is_repeat(const struct chat *chat, const char *stanza_id, const char *body);
bool ids_have(const uint64_t ids[RECENT_IDS], const char *stanza_id, const char *body);
/* From now on it is a repeat. */
void line_remember(struct chat *chat, const char *stanza_id, const char *body);

/* ended.c: whether the event's sender said that in a chat there that has just ended. */
struct ended *ended_new(void);
struct ended *ended_free(struct ended *ended);
void ended_remember(struct routing *routing, const char *patron, const struct entry *entry,
                    const uint64_t ids[RECENT_IDS]);
bool ended_has(const struct routing *routing, const struct entry *entry, const char *stanza_id,
               const char *body);

/* ask.c: tiers and offers. */
/* Asks whoever is to be asked now and has not been, and tells the patron what to expect. */
void chat_ask(struct routing *routing, struct chat *chat);
/* Every waiting chat, the longest wait first. */
void chats_ask(struct routing *routing);
void chat_news(struct routing *routing, struct chat *chat); /* to a patron who waits long */
void chat_news_start(struct routing *routing, struct chat *chat); /* when it hears again */
/* It waits once more, and its patron has just been told so. */
void chat_news_again(struct routing *routing, struct chat *chat);
/* Whether anybody but the owner could be asked now. */
bool chat_has_others(const struct routing *routing, const struct chat *chat);
/* The policy of its queue changed: tiers are asked from the first again. */
void chat_ask_anew(struct routing *routing, struct chat *chat);
/* The queue through which policy lets the operator be asked now; NULL: through none. */
struct queue *tiers_queue(const struct routing *routing, const struct decision *decision,
                          const struct operator *operator);
struct offer *offer_find(const struct chat *chat, const struct operator *operator);
void offer_shut(struct offer *offer); /* it stays in the lists and is open no more */
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

/* library.c: what somebody who answers has to know. Texts are in the turn's arena; lines are parted
 * by newlines, none at the end. */
/* Index of the library with that id, NO_INDEX when it is no longer in the settings. */
int library_index(const struct routing *routing, int64_t id);
/* The title, or the abbreviation where there is none; NO_INDEX is the consortium. Borrowed. */
const char *library_title(const struct routing *routing, int library);
/* Of a removed queue: what is left, its library's. */
struct profile library_queue_profile(const struct routing *routing, const struct queue *queue);
/* What goes before the patron's words in an offer: the profile in short for somebody of another
 * library, and the notices that this operator has not seen. "" for nothing. */
const char *library_introduce(struct routing *routing, const struct offer *offer);
/* All that the settings tell of a library, or of a queue. By index. */
const char *library_describe(struct routing *routing, int library);
const char *library_describe_queue(struct routing *routing, int queue);

/* notices.c: urgent notices. `library` is an index; NO_INDEX is the consortium alone. */
/* Follows the settings: tells those on duty what is new, forgets what is gone. */
void notices_apply(struct routing *routing);
/* Those of the library and the consortium that are not over and that the operator has not seen; it
 * has seen them then. "" for none. In the turn's arena. */
const char *notices_show(struct routing *routing, struct operator *operator, int library);
/* All that are not over. */
const char *notices_active(struct routing *routing, int library);
/* NULL when the settings have none with that key. */
const struct known_notice *notice_known(const struct routing *routing, uint64_t key);
void notices_check(const struct routing *routing);

/* transfer.c: handing a chat over. */
/* The lines are asked for; the offers follow with transfer_offer(). */
void transfer_begin(struct routing *routing, struct chat *chat, struct queue *queue,
                    struct operator *operator, enum transfer_kind kind, const char *note);
void transfer_offer(struct routing *routing, struct chat *chat);
/* Back to the owner, who is told `why` (NULL: the caller tells it). */
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
/* The chat of a local part QUEUE.ID, NULL when there is none (any more). */
struct chat *address_chat(const struct routing *routing, const char *address);
void message_received(struct routing *routing);
void leave_received(struct routing *routing);
void chat_state_received(struct routing *routing);
void presence_received(struct routing *routing);
void probe_received(struct routing *routing);
void subscription_received(struct routing *routing);
/* service.c: a subscription to the service's own address, or a probe of it. */
void service_seen(struct routing *routing);
void bounce_received(struct routing *routing);
void patron_gone(struct routing *routing, struct chat *chat);
/* The sender is the chat's patron, so answers go to where it writes from. */
void patron_here(struct routing *routing, struct chat *chat);
/* It was gone, perhaps. */
void patron_back(struct routing *routing, struct chat *chat);
/* To the sender: the message with that id is not taken. `text` is borrowed until the effects go. */
void message_refuse(struct routing *routing, const char *id, enum refusal refusal,
                    const char *text);
/* False when there was too much of that kind under that name. */
bool flood_allows(struct routing *routing, enum flood_kind kind, const char *name);
#define TEXT_TOO_FAST "That was fast. Please wait a moment and send it again."

/* memory.c: the text of lines that may not be written down. */
void memory_init(struct memory *memory);
void memory_release(struct memory *memory);
void memory_keep(struct memory *memory, int line, const char *body);
/* `from` is empty then. */
void memory_move(struct memory *to, struct memory *from);
/* The text of a line as it was read back: its own, or what is remembered; NULL: it is nowhere.
 * Borrowed. */
const char *memory_text(const struct memory *memory, const struct line_record *record);
void memory_check(const struct memory *memory, int newest);

/* resume.c: going on with a chat from another address. */
void resume_received(struct routing *routing);
/* The chat's patron gets the event's fresh token; one given before is good for nothing. Stores the
 * chat. */
void token_give(struct routing *routing, struct chat *chat);
/* `from` and `to` are in the turn's arena. The effect is valid until the next one is added. */
struct effect *resume_say(struct routing *routing, enum resume_answer answer, const char *from,
                          const char *to);

/* replay.c: what was missed meanwhile. */
/* Asks for the lines; those behind the one with the id `after` go to the patron, then whatever came
 * meanwhile. Until then no line goes to the patron in another way. */
void replay_begin(struct routing *routing, struct chat *chat, const char *after);
void replay_go_on(struct routing *routing);
/* The chat is about to be freed, its replay goes on. */
void replay_outlives(struct chat *chat);
void replays_free(struct routing *routing);

/* words.c: lines of operators that begin with '!'. */
/* `chat` is NULL outside of a chat. Answers into the window that was written in, with one plain
 * line. */
void word_run(struct routing *routing, struct operator *operator, struct chat *chat,
              const char *line);
/* The same by EVENT_WORD: the answer is an EFFECT_ANSWER. */
void word_received(struct routing *routing);

/* To whoever runs a command; `text` as in EFFECT_ANSWER. */
void answer_command(struct routing *routing, const char *text);
void signoff_received(struct routing *routing); /* signoff.c */
void explain_received(struct routing *routing); /* words_explain.c */

/* leave.c: patrons who leave their question. */
/* The waiting patron wrote that line. `invited` is whether the invitation stood before it. Ends the
 * chat when the line completes what has to be left. */
void leave_heard(struct routing *routing, struct chat *chat, const char *body, bool invited);
/* Whether the desk says that to somebody who is leaving a question. */
bool leave_is_said(const char *text);
/* The patron no longer thinks about it. */
void leave_forget(struct chat *chat);
/* Keeps the question and ends the chat; or says that it cannot be kept. */
void leave_question(struct routing *routing, struct chat *chat, const char *question,
                    const char *contact);

/* followup.c: what libraries still have to do. */
bool followups_full(const struct routing *routing, int64_t library);
/* The chat's open item. The caller has seen that the library's list is not full. */
void followup_add(struct routing *routing, const struct chat *chat, enum followup_kind kind,
                  const char *text, const char *contact, const struct operator *operator);
/* An open item of that queue with the same words and address, or NULL: a form that comes twice. */
const struct followup *followup_like(const struct routing *routing, const struct queue *queue,
                                     const char *text, const char *contact);
struct followup *followup_by_code(const struct routing *routing, const char *code);
struct todo *todo_of_library(const struct routing *routing, int64_t library);
/* It is done, and forgotten here. */
void followup_done(struct routing *routing, struct followup *followup,
                   const struct operator *operator);
/* Tells those who have come of what was left for them. */
void followups_tell(struct routing *routing);
void followup_restore(struct routing *routing);
void followups_erased(struct routing *routing);
void followups_free(struct routing *routing);
/* Answers a queue of that library. */
bool operator_is_of_library(const struct routing *routing, const struct operator *operator,
                            int64_t library);

/* colleague.c: an operator writes to the public address of another, or to its own. */
void colleague_writes(struct routing *routing, struct operator *writer, struct operator *reader);
void colleague_types(struct routing *routing, const struct operator *writer,
                     const struct operator *reader);

/* say.c: notices, which are not part of the transcript. */
void say_to_operator(struct routing *routing, const struct operator *operator,
                     const char *from_address, const char *body);
/* The answer to a line that went nowhere. There are so many a minute, and the last of them says
 * that the desk is silent from then on: so no machine that answers lines can keep us busy. */
void say_unasked(struct routing *routing, struct operator *operator, const char *from_address,
                 const char *body);
/* Counts an answer of that kind; false when it must not be said. */
bool answer_is_due(struct routing *routing, struct operator *operator, const char *from_address);
/* One more; returns how many there were within this minute. */
int rate_count(struct rate *rate, msec_t now);

/* The library that the queue belongs to, as people call it: its title, else the queue's. */
const char *queue_library_title(const struct routing *routing, const struct queue *queue);

/* timer.c: one heap for all chats. */
void timer_add(struct routing *routing, struct chat *chat);
void timer_remove(struct routing *routing, struct chat *chat);
/* Its key is no later than its earliest deadline. For routing_check(). */
bool timer_is_early(const struct chat *chat);
/* Something about the chat's deadlines changed. */
void timer_update(struct routing *routing, struct chat *chat);
void timers_due(struct routing *routing);

void chat_restore(struct routing *routing); /* restore.c: after a restart */

/* code.c: chat numbers as IDs. */
void code_from_number(uint64_t key, int64_t number, char code[CHAT_CODE_MAX + 1]);

#include "routing/text.h"

#endif
