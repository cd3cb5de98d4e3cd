/* message.c: who writes to what, and what that means.
 *
 * An address decides what a message is about, the server's `from` who it is from. A chat's address
 * listens to operators only; a queue's to its operators as staff and to all others as patrons. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

static const char *sender_jid(struct routing *routing)
{
    return jid_full(routing, routing->event->from, routing->event->resource);
}

static void refuse(struct routing *routing, enum refusal refusal, const char *text)
{
    struct effect *effect = effects_add(routing->out, EFFECT_ERROR);

    effect->from = kept(routing, routing->event->to);
    effect->to = sender_jid(routing);
    effect->error.id = kept(routing, routing->event->message.id);
    effect->error.refusal = refusal;
    effect->error.text = text;
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

/* The chat of a local part QUEUE.ID, NULL when there is none (any more). */
static struct chat *address_chat(const struct routing *routing, const char *address)
{
    const char *dot = strrchr(address, '.');
    struct chat *chat = dot == NULL ? NULL : chat_by_code(routing, dot + 1);

    return chat != NULL && strcmp(chat->address, address) == 0 ? chat : NULL;
}

/* The queue that the event's address names now or named before; where the sender has a chat at one
 * of the two, that one. */
static struct queue *event_queue(const struct routing *routing)
{
    const struct event *event = routing->event;
    struct queue *queue = queue_by_name(routing, event->to);
    struct queue *former = queue_by_former_name(routing, event->to);

    if (queue == NULL || (former != NULL && chat_by_patron(routing, event->from, queue) == NULL &&
                          chat_by_patron(routing, event->from, former) != NULL))
        return former;
    return queue;
}

/* A line of the chat's owner. */
static void operator_line(struct routing *routing, struct operator *operator, struct chat *chat,
                          const char *body)
{
    int line = line_store(routing, chat, AUTHOR_OPERATOR, operator, routing->event->message.id,
                          body);

    line_to_patron(routing, chat, line, body);
    receipt(routing);
}

static void operator_claims(struct routing *routing, struct operator *operator,
                            struct chat *chat, struct offer *offer, const char *body)
{
    if (operator->chat_count >= operator->limit) {
        say_to_operator(routing, operator, chat->address,
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

/* Of the chat's library, or of a queue that is asked for it now: may know who has it. */
static bool operator_may_know(const struct routing *routing, const struct operator *operator,
                              const struct chat *chat)
{
    const struct decision *decision = &chat->home->decision;

    if (operator->library == chat->home->library || offer_find(chat, operator) != NULL)
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

    say_to_operator(routing, operator, chat->address, text);
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
        say_to_operator(routing, operator, event->to, chat_over);
        return;
    }
    struct offer *offer = offer_find(chat, operator);
    if (chat->owner == operator) {
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

/* Where the patron writes from is where the answers go. */
static void patron_here(struct routing *routing, struct chat *chat)
{
    const char *resource = routing->event->resource;

    if (strcmp(chat->patron_resource, resource) != 0) {
        free(chat->patron_resource);
        chat->patron_resource = mem_strdup(resource);
        chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    }
    if (chat->gone_at == 0)
        return;
    chat->gone_at = 0;
    chat_act(routing, chat, ACT_PATRON_BACK, NULL, "");
    if (chat->owner != NULL)
        say_to_operator(routing, chat->owner, chat->address, "The patron is back.");
}

static struct chat *patron_opens(struct routing *routing, struct queue *queue)
{
    const struct event *event = routing->event;

    if (HASH_CNT(by_number, routing->chats_by_number) >= CHATS_LIVE_MAX) {
        refuse(routing, REFUSAL_UNAVAILABLE, "Too many chats just now; please try again later.");
        return NULL;
    }
    return chat_open(routing, queue, event->from, event->resource);
}

static void patron_writes(struct routing *routing, struct queue *queue)
{
    const struct event *event = routing->event;
    struct chat *chat = chat_by_patron(routing, event->from, queue);
    bool fresh = chat == NULL;

    /* A queue that was removed lets its chats end, and takes no new ones; a renamed one takes them
     * under its new name, which the library's page has. */
    if (fresh && queue->index == NO_INDEX) {
        refuse(routing, REFUSAL_NOT_FOUND, "This chat desk was closed for good.");
        return;
    }
    if (fresh && strcmp(queue->name, event->to) != 0) {
        refuse(routing, REFUSAL_NOT_FOUND,
               "This chat desk has another address now. Please load the page again.");
        return;
    }
    if (fresh && (chat = patron_opens(routing, queue)) == NULL)
        return;
    patron_here(routing, chat);
    if (line_is_repeat(chat, event->message.id, event->message.body)) {
        receipt(routing);
        return;
    }
    int line = line_store(routing, chat, AUTHOR_PATRON, NULL, event->message.id,
                          event->message.body);
    line_to_operators(routing, chat, line, event->message.body);
    receipt(routing);
    if (chat->owner != NULL && chat->silent_at == 0) {
        chat->silent_at = routing->event->at == 0 ? 1 : routing->event->at;
        timer_update(routing, chat);
    }
    if (!fresh) {
        chat_ask(routing, chat);
    } else if (queue->waiting_count > CHATS_WAITING_MAX) {
        chat_close(routing, chat, END_REFUSED, RESOLUTION_NONE, NULL);
    } else {
        chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
        chat_ask(routing, chat);
    }
}

static void staff_writes_to_queue(struct routing *routing, struct operator *operator,
                                  struct queue *queue)
{
    const char *body = routing->event->message.body;

    if (body[0] == '!' && body[1] != '!') {
        word_run(routing, operator, NULL, body);
        return;
    }
    say_to_operator(routing, operator, queue->name,
                    "Patrons' questions come in windows of their own; answer there. "
                    "Here the desk understands words that begin with !, such as !help.");
}

void message_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    struct queue *queue = event_queue(routing);

    if (event->message.body[0] == '\0')
        return;
    if (strlen(event->message.body) > LINE_BYTES_MAX ||
        strlen(event->message.id) > STANZA_ID_BYTES_MAX) {
        refuse(routing, REFUSAL_NOT_ALLOWED, "That message is too long.");
        return;
    }
    if (operator != NULL && queue != NULL && operator_is_assigned(operator, queue))
        staff_writes_to_queue(routing, operator, queue);
    else if (operator != NULL && strchr(event->to, '.') != NULL)
        operator_writes_to_chat(routing, operator);
    else if (queue != NULL)
        patron_writes(routing, queue);
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
    struct queue *queue = event_queue(routing);

    if (!routing->up)
        return;
    if (chat != NULL) {
        if (operator != NULL && chat->owner == operator)
            state_send(routing, chat_entry_name(routing, chat), chat_patron_jid(routing, chat));
    } else if (queue != NULL) {
        chat = chat_by_patron(routing, event->from, queue);
        if (chat != NULL && chat->owner != NULL && operator_is_present(chat->owner))
            state_send(routing, kept(routing, chat->address),
                       kept(routing, chat->owner->account));
    }
}

void patron_gone(struct routing *routing, struct chat *chat)
{
    if (chat->gone_at != 0)
        return;
    /* 0 means "here", so an instant of 0 has to be another one. */
    chat->gone_at = routing->event->at == 0 ? 1 : routing->event->at;
    chat_act(routing, chat, ACT_PATRON_GONE, NULL, "");
    if (chat->owner != NULL)
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
    struct queue *queue = event_queue(routing);
    bool former = queue != NULL && strcmp(queue->name, event->to) != 0;

    if (queue == NULL)
        return;
    if (operator != NULL && operator_is_assigned(operator, queue)) {
        if (!former)
            operator_presence(routing, operator);
        if (former || event->presence.show == SHOW_UNAVAILABLE || queue->index == NO_INDEX)
            return;
        operator_heard(operator, queue);
        queue_show_to(routing, queue, sender_jid(routing), true);
        return;
    }
    struct chat *chat = chat_by_patron(routing, event->from, queue);
    if (event->presence.show == SHOW_UNAVAILABLE) {
        queue_unwatch(queue, sender_jid(routing));
        if (chat != NULL && (strcmp(chat->patron_resource, event->resource) == 0 ||
                             event->resource[0] == '\0'))
            patron_gone(routing, chat);
        return;
    }
    if (chat != NULL)
        patron_here(routing, chat);
    if (queue->index != NO_INDEX && !former)
        queue_watch(routing, queue, sender_jid(routing));
}

void probe_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);
    struct queue *queue = queue_by_name(routing, event->to);

    if (queue == NULL || queue->index == NO_INDEX)
        return;
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

    if (queue == NULL || queue->index == NO_INDEX)
        return;
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
    struct queue *queue = event_queue(routing);
    struct chat *chat = queue == NULL ? NULL : chat_by_patron(routing, event->from, queue);

    if (chat != NULL && strcmp(chat->patron_resource, event->resource) == 0)
        patron_gone(routing, chat);
}
