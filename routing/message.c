/* message.c: who writes to what, and what that means.
 *
 * An address decides what a message is about, the server's `from` who it is from. A chat's address
 * listens to operators only; a queue's to its operators as staff and to all others as patrons; an
 * operator's own to operators as colleagues and to all others as patrons. */
#include <assert.h>
#include <string.h>

#include "policy/arena.h"
#include "routing/contact.h"
#include "routing/routing_private.h"

static const char *sender_jid(struct routing *routing)
{
    return jid_full(routing, routing->event->from, routing->event->resource);
}

void message_refuse(struct routing *routing, const char *id, enum refusal refusal,
                    const char *text)
{
    struct effect *effect = effects_add(routing->out, EFFECT_ERROR);

    effect->from = kept(routing, routing->event->to);
    effect->to = sender_jid(routing);
    effect->error.id = kept(routing, id);
    effect->error.refusal = refusal;
    effect->error.text = text;
}

static void refuse(struct routing *routing, enum refusal refusal, const char *text)
{
    message_refuse(routing, routing->event->message.id, refusal, text);
}

bool flood_allows(struct routing *routing, enum flood_kind kind, const char *name)
{
    struct flood *flood = kind == FLOOD_QUEUE || kind == FLOOD_LIBRARY ? routing->flood_places
                                                                       : routing->flood_patrons;

    return flood_take(flood, kind, flood_key(routing->options.code_key, kind, name),
                      routing->event->at);
}

static void receipt(struct routing *routing)
{
    const struct event *event = routing->event;

    if (!event->message.wants_receipt || event->message.id[0] == '\0')
        return;
    struct effect *effect = effects_add(routing->out, EFFECT_RECEIPT);
    effect->from = kept(routing, event->to);
    effect->to = sender_jid(routing);
    effect->receipt = kept(routing, event->message.id);
}

struct chat *address_chat(const struct routing *routing, const char *address)
{
    const char *dot = strrchr(address, '.');
    struct chat *chat = dot == NULL ? NULL : chat_by_code(routing, dot + 1);

    return chat != NULL && strcmp(chat->address, address) == 0 ? chat : NULL;
}

/* A line of the chat's owner. */
static void operator_line(struct routing *routing, struct operator *operator, struct chat *chat,
                          const char *body)
{
    const char *id = routing->event->message.id;
    struct line_text text = line_compose(routing, body, &chat->operator_last);
    int line = line_write(routing, chat, AUTHOR_OPERATOR, operator, id, &text);

    last_line_note(&chat->operator_last, id, line, &text);
    line_pass_to_patron(routing, chat, line, &text);
    receipt(routing);
}

static void operator_claims(struct routing *routing, struct operator *operator,
                            struct chat *chat, struct offer *offer, const char *body)
{
    if (operator->chat_count >= operator->limit) {
        say_unasked(routing, operator, chat->address,
                    arena_printf(routing->out->arena,
                                 "You have %d chats, which is your limit. "
                                 "Your line was not sent; end a chat first.",
                                 operator->chat_count));
        return;
    }
    if (chat->transfer != NULL)
        transfer_claim(routing, chat, offer);
    else
        chat_claim(routing, chat, offer);
    operator_line(routing, operator, chat, body);
}

static const char chat_over[] = "This chat is over. Your line was not sent.";

/* Of the chat's library, or of that which it came from, or of a queue that is asked for it now: may
 * know who has it. */
static bool operator_may_know(const struct routing *routing, const struct operator *operator,
                              const struct chat *chat)
{
    const struct decision *decision = &chat->home->decision;

    if (operator->library == chat->home->library ||
        operator->library == entry_library(&chat->entry) || offer_find(chat, operator) != NULL)
        return true;
    for (int i = 0; chat->home->index != NO_INDEX && i < decision->tier_count; i++)
        for (int j = 0; j < decision->tiers[i].queue_count; j++)
            if (operator_is_assigned(operator,
                                     queue_by_index(routing, decision->tiers[i].queues[j])))
                return true;
    return false;
}

/* A line to a chat that is not this operator's: it goes nowhere, and that is said. Another
 * library's operator hears the same as of a chat that does not exist. */
static void operator_not_his(struct routing *routing, struct operator *operator,
                             struct chat *chat)
{
    const char *text = !operator_may_know(routing, operator, chat) ? chat_over
                       : chat->owner == NULL
                           ? "This chat is not offered to you now. Your line was not sent."
                           : arena_printf(routing->out->arena,
                                          "%s has this chat. Your line was not sent.",
                                          operator_label(routing, chat->owner));

    say_unasked(routing, operator, chat->address, text);
}

static void operator_writes_to_chat(struct routing *routing, struct operator *operator)
{
    const struct event *event = routing->event;
    struct chat *chat = address_chat(routing, event->to);
    const char *body = event->message.body;

    if (body[0] == '!' && body[1] != '!') {
        word_run(routing, operator, chat, body);
        return;
    }
    if (body[0] == '!')
        body++;
    if (chat == NULL) {
        say_unasked(routing, operator, event->to, chat_over);
        return;
    }
    struct offer *offer = offer_find(chat, operator);
    if (chat->owner == operator) {
        lines_owed_send(routing, chat);
        chat->silent_at = 0;
        if (chat->transfer != NULL)
            transfer_end(routing, chat, "taken back", "You have gone on: the chat stays yours.");
        operator_line(routing, operator, chat, body);
    } else if (offer != NULL && !offer->declined && !chat->recalling) {
        operator_claims(routing, operator, chat, offer, body);
    } else {
        operator_not_his(routing, operator, chat);
    }
}

void patron_back(struct routing *routing, struct chat *chat)
{
    if (chat->gone_at == 0)
        return;
    chat->gone_at = 0;
    chat_act(routing, chat, ACT_PATRON_BACK, NULL, "");
    if (chat->owner != NULL && chat->gone_told)
        say_to_operator(routing, chat->owner, chat->address, "The patron is back.");
    chat->gone_told = false;
}

/* Where the patron writes from is where the answers go. */
void patron_here(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;

    if (strcmp(chat->patron_resource, event->resource) != 0) {
        chat_set_patron(routing, chat, event->from, event->resource);
        chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    }
    patron_back(routing, chat);
}

/* Where a new chat is at home. What was removed lets its chats end, and takes no new ones. */
static struct queue *entry_home(const struct entry *entry)
{
    if (entry->queue != NULL)
        return entry->queue->index == NO_INDEX ? NULL : entry->queue;
    return entry->operator->listed ? entry->operator->home : NULL;
}

/* Says why not. What was renamed takes new chats under its new name, which the library's page
 * has. */
static bool entry_is_open(struct routing *routing, const struct entry *entry)
{
    if (entry_home(entry) == NULL) {
        refuse(routing, REFUSAL_NOT_FOUND,
               entry->queue != NULL ? "This chat desk was closed for good." : "");
        return false;
    }
    if (strcmp(entry_name(entry), routing->event->to) != 0) {
        refuse(routing, REFUSAL_NOT_FOUND,
               entry->queue != NULL
                   ? "This chat desk has another address now. Please load the page again."
                   : "This librarian has another address now. Please load the page again.");
        return false;
    }
    return true;
}

static struct chat *patron_opens(struct routing *routing, const struct entry *entry,
                                 struct queue *home)
{
    const struct event *event = routing->event;
    const char *library =
        arena_printf(routing->out->arena, "%lld", (long long)home->library);

    if (HASH_CNT(by_number, routing->chats_by_number) >= CHATS_LIVE_MAX) {
        refuse(routing, REFUSAL_UNAVAILABLE, "Too many chats just now; please try again later.");
        return NULL;
    }
    if (!flood_allows(routing, FLOOD_OPENINGS, event->from)) {
        refuse(routing, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return NULL;
    }
    /* The queue first: a flood that it stops takes nothing away from its library's others. */
    if (!flood_allows(routing, FLOOD_QUEUE, home->name) ||
        !flood_allows(routing, FLOOD_LIBRARY, library)) {
        refuse(routing, REFUSAL_UNAVAILABLE,
               "Many people are writing to this desk just now. Please try again in a minute.");
        return NULL;
    }
    return chat_open(routing, entry, home, event->from, event->resource);
}

/* A line that is here already: only its receipt was lost. */
static void patron_repeats(struct routing *routing, struct chat *chat)
{
    if (!flood_allows(routing, FLOOD_REPEATS, routing->event->from)) {
        refuse(routing, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return;
    }
    patron_here(routing, chat);
    receipt(routing);
    if (routing->event->message.wants_token)
        token_give(routing, chat);
}

static bool patron_is_blocked(struct routing *routing, int64_t library)
{
    if (!block_holds(routing, library, routing->event->from))
        return false;
    refuse(routing, REFUSAL_NOT_ALLOWED,
           "This chat desk cannot take your message. If you need help, please visit the "
           "library.");
    return true;
}

static void patron_writes(struct routing *routing, const struct entry *entry)
{
    const struct event *event = routing->event;
    struct chat *chat = chat_by_patron(routing, event->from, entry);
    struct queue *home = chat == NULL ? entry_home(entry) : chat->home;
    bool fresh = chat == NULL, invited = !fresh && chat->invited;

    if (home != NULL && patron_is_blocked(routing, home->library))
        return;
    if (fresh && event->message.wants_receipt &&
        ended_has(routing, entry, event->message.id,
                  line_compose(routing, event->message.body, &(struct last_line){0}).body)) {
        if (flood_allows(routing, FLOOD_REPEATS, event->from))
            receipt(routing);
        else
            refuse(routing, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return;
    }
    if (fresh && !entry_is_open(routing, entry))
        return;
    struct line_text text = {.body = NULL};
    if (!fresh) {
        text = line_compose(routing, event->message.body, &chat->patron_last);
        if (line_is_repeat(chat, event->message.id, text.body)) {
            patron_repeats(routing, chat);
            return;
        }
    }
    if (!flood_allows(routing, FLOOD_LINES, event->from)) {
        refuse(routing, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return;
    }
    if (fresh) {
        if ((chat = patron_opens(routing, entry, home)) == NULL)
            return;
        text = line_compose(routing, event->message.body, &chat->patron_last);
    }
    patron_here(routing, chat);
    line_remember(chat, event->message.id, text.body);
    int line = line_write(routing, chat, AUTHOR_PATRON, NULL, event->message.id, &text);
    last_line_note(&chat->patron_last, event->message.id, line, &text);
    line_pass_to_operators(routing, chat, line, &text);
    receipt(routing);
    if (chat->owner != NULL && chat->silent_at == 0) {
        assert(routing->event->at > 0); /* 0 is "not so" */
        chat->silent_at = routing->event->at;
        timer_update(routing, chat);
    }
    if (fresh && home->waiting_count > CHATS_WAITING_MAX) {
        chat_close(routing, chat, END_REFUSED, RESOLUTION_NONE, NULL);
        return;
    }
    if (event->message.wants_token)
        token_give(routing, chat);
    else if (fresh)
        chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    chat_ask(routing, chat);
    leave_heard(routing, chat, event->message.body, invited);
}

/* The form takes part in a chat that is there already: who talks to somebody only adds a line, and
 * who waits need not wait any more. Without one it makes one of its own, so that the statistics
 * count it. */
static void patron_leaves(struct routing *routing, const struct entry *entry, const char *contact)
{
    const struct event *event = routing->event;
    struct chat *chat = chat_by_patron(routing, event->from, entry);
    struct queue *home = chat == NULL ? entry_home(entry) : chat->home;
    const char *body = event->message.body;

    if (patron_is_blocked(routing, home->library))
        return;
    if (chat == NULL && !entry_is_open(routing, entry))
        return;
    if (chat == NULL && followups_full(routing, home->library)) {
        refuse(routing, REFUSAL_UNAVAILABLE,
               "So many questions wait here that yours could not be kept; "
               "please try again another day.");
        return;
    }
    if (!flood_allows(routing, FLOOD_LINES, event->from)) {
        refuse(routing, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return;
    }
    if (chat == NULL && (chat = patron_opens(routing, entry, home)) == NULL)
        return;
    patron_here(routing, chat);
    if (line_is_repeat(chat, event->message.id, body)) {
        patron_repeats(routing, chat);
        return;
    }
    line_remember(chat, event->message.id, body);
    bool waits = chat->state == CHAT_WAITING;
    if (!waits)
        body = arena_printf(routing->out->arena, "%s\n(%s)", body, contact);
    int line = line_store(routing, chat, AUTHOR_PATRON, NULL, event->message.id, body);
    line_to_operators(routing, chat, line, body);
    receipt(routing);
    if (waits)
        leave_question(routing, chat, body, contact);
}

void leave_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    struct entry entry;
    bool found = entry_of_event(routing, &entry);
    struct queue *queue = found ? entry.queue : NULL;
    const char *question = event->message.body, *field = event->message.contact;
    struct contact contact;

    if (!found) {
        entry_refuse(routing);
    } else if (entry_home(&entry) == NULL) {
        (void)entry_is_open(routing, &entry);
    } else if (operator != NULL && queue != NULL && operator_is_assigned(operator, queue)) {
        refuse(routing, REFUSAL_NOT_ALLOWED, "This form is for patrons.");
    } else if (strlen(question) > FOLLOWUP_BYTES_MAX || strlen(field) > CONTACT_LINE_BYTES_MAX ||
               strlen(event->message.id) > STANZA_ID_BYTES_MAX) {
        refuse(routing, REFUSAL_NOT_ALLOWED, "That message is too long.");
    } else if (question[strspn(question, " \t\r\n")] == '\0') {
        refuse(routing, REFUSAL_NOT_ALLOWED, "Please write your question.");
    } else if (!contact_read(field, &contact)) {
        refuse(routing, REFUSAL_NOT_ALLOWED,
               "Please give an e-mail address or a phone number, so that somebody can answer you.");
    } else {
        const char *where = arena_strndup(routing->out->arena, field + contact.start,
                                          contact.length);
        if (followup_like(routing, entry_home(&entry), question, where) != NULL)
            receipt(routing); /* it came twice, and the chat that knew its id is over */
        else
            patron_leaves(routing, &entry, where);
    }
}

/* To a queue of one's own all is for the desk, to others of the library's a word. */
static bool writes_as_staff(const struct routing *routing, const struct operator *operator,
                            const struct queue *queue)
{
    if (operator == NULL || queue == NULL)
        return false;
    return operator_is_assigned(operator, queue) ||
           (routing->event->message.body[0] == '!' &&
            operator_is_of_library(routing, operator, queue->library));
}

static void staff_writes_to_queue(struct routing *routing, struct operator *operator,
                                  struct queue *queue)
{
    const char *body = routing->event->message.body;

    if (body[0] == '!' && body[1] != '!') {
        word_run(routing, operator, NULL, body);
        return;
    }
    say_unasked(routing, operator, queue->name,
                "Patrons' questions come in windows of their own; answer there. "
                "Here the desk understands words that begin with !, such as !help.");
}

void message_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    size_t link_length = event->message.link == NULL ? 0 : strlen(event->message.link) + 1;
    struct entry entry;
    bool found = entry_of_event(routing, &entry);
    struct queue *queue = found ? entry.queue : NULL;

    if (event->message.encrypted) {
        refuse(routing, REFUSAL_NOT_ALLOWED,
               "This desk cannot read encrypted messages; please switch encryption off for it.");
        return;
    }
    if (event->message.body[0] == '\0')
        return;
    if (strlen(event->message.body) + link_length > LINE_BYTES_MAX ||
        strlen(event->message.id) > STANZA_ID_BYTES_MAX) {
        refuse(routing, REFUSAL_NOT_ALLOWED, "That message is too long.");
        return;
    }
    if (writes_as_staff(routing, operator, queue))
        staff_writes_to_queue(routing, operator, queue);
    else if (operator != NULL && strchr(event->to, '.') != NULL)
        operator_writes_to_chat(routing, operator);
    else if (!found)
        entry_refuse(routing);
    else if (operator == NULL || entry.queue != NULL)
        patron_writes(routing, &entry);
    else if (entry.operator->listed)
        colleague_writes(routing, operator, entry.operator);
    else
        refuse(routing, REFUSAL_NOT_FOUND, "");
}

static void state_send(struct routing *routing, const char *from, const char *to)
{
    struct effect *effect = effects_add(routing->out, EFFECT_CHAT_STATE);

    effect->from = from;
    effect->to = to;
    effect->chat_state = routing->event->chat_state;
}

/* Typing is shown only between patron and owner: a waiting patron must not see that somebody of
 * several hesitates, and who lost the chat types to nobody. */
void chat_state_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct chat *chat = address_chat(routing, event->to);
    struct operator *operator = operator_by_account(routing, event->from);
    struct entry entry;

    if (!routing->up)
        return;
    if (chat != NULL) {
        if (operator != NULL && chat->owner == operator)
            state_send(routing, chat_entry_name(routing, chat), chat_patron_jid(routing, chat));
    } else if (entry_of_event(routing, &entry)) {
        if (operator != NULL && entry.operator != NULL) {
            colleague_types(routing, operator, entry.operator);
            return;
        }
        chat = chat_by_patron(routing, event->from, &entry);
        if (chat != NULL && chat->owner != NULL && operator_is_present(chat->owner))
            state_send(routing, kept(routing, chat->address),
                       kept(routing, chat->owner->account));
    }
}

void patron_gone(struct routing *routing, struct chat *chat)
{
    if (chat->gone_at != 0)
        return;
    assert(routing->event->at > 0); /* 0 is "here" */
    chat->gone_at = routing->event->at;
    chat_act(routing, chat, ACT_PATRON_GONE, NULL, "");
    chat->gone_told = chat->owner != NULL && operator_is_present(chat->owner);
    if (chat->gone_told)
        say_to_operator(routing, chat->owner, chat->address,
                        arena_printf(routing->out->arena,
                                     "The patron's connection is gone. "
                                     "The chat stays open for %d seconds.",
                                     chat->home->options.patron_grace_seconds));
    timer_update(routing, chat);
}

/* An operator's presence comes to every queue that it answers; any of them will do. What comes to
 * a former name does not count: the server says there that we have let go of the old contact. */
void presence_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    struct entry entry;

    if (event->to[0] == '\0' || !entry_of_event(routing, &entry)) {
        if (event->presence.show != SHOW_UNAVAILABLE)
            entry_forward_presence(routing);
        return;
    }
    struct queue *queue = entry.queue;
    bool former = strcmp(entry_name(&entry), event->to) != 0;
    if (queue != NULL && operator != NULL && operator_is_assigned(operator, queue)) {
        if (!former)
            operator_presence(routing, operator);
        if (former || event->presence.show == SHOW_UNAVAILABLE || queue->index == NO_INDEX)
            return;
        operator_heard(operator, queue);
        queue_show_to(routing, queue, sender_jid(routing), true);
        return;
    }
    struct chat *chat = chat_by_patron(routing, event->from, &entry);
    if (event->presence.show == SHOW_UNAVAILABLE) {
        if (queue != NULL)
            queue_unwatch(queue, sender_jid(routing));
        if (chat != NULL && (strcmp(chat->patron_resource, event->resource) == 0 ||
                             event->resource[0] == '\0'))
            patron_gone(routing, chat);
        return;
    }
    if (chat != NULL)
        patron_here(routing, chat);
    if (queue != NULL && queue->index != NO_INDEX && !former)
        queue_watch(routing, queue, sender_jid(routing));
}

/* Whom a subscription or a probe is for when it is no queue: the service itself, or something that
 * is called otherwise now. */
static void service_or_forward(struct routing *routing)
{
    const struct event *event = routing->event;

    if (event->to[0] == '\0')
        service_seen(routing);
    else if ((event->type == EVENT_PROBE || event->subscription == SUBSCRIBE) &&
             operator_by_name(routing, event->to) == NULL)
        entry_forward_presence(routing);
}

void probe_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    struct queue *queue = queue_by_name(routing, event->to);

    if (queue == NULL || queue->index == NO_INDEX) {
        service_or_forward(routing);
        return;
    }
    if (operator != NULL && operator_is_assigned(operator, queue))
        queue_show_to(routing, queue, sender_jid(routing), operator_is_present(operator));
    else
        queue_watch(routing, queue, sender_jid(routing));
}

/* Anybody may have a queue in the contact list; what it shows is public. */
void subscription_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct queue *queue = queue_by_name(routing, event->to);

    if (queue == NULL || queue->index == NO_INDEX) {
        service_or_forward(routing);
        return;
    }
    struct operator *operator = operator_by_account(routing, event->from);
    if (event->subscription == SUBSCRIBED && operator != NULL)
        operator_heard(operator, queue);
    if (event->subscription == SUBSCRIBE) {
        struct effect *effect = effects_add(routing->out, EFFECT_SUBSCRIPTION);
        effect->from = kept(routing, queue->name);
        effect->to = kept(routing, event->from);
        effect->subscription = SUBSCRIBED;
        queue_show_to(routing, queue, kept(routing, event->from), false);
    }
}

/* A patron's full JID no longer exists. An operator's presence says better whether it is there. */
void bounce_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct entry entry;
    struct chat *chat = entry_of_event(routing, &entry)
                            ? chat_by_patron(routing, event->from, &entry)
                            : NULL;

    if (chat != NULL && strcmp(chat->patron_resource, event->resource) == 0)
        patron_gone(routing, chat);
}
