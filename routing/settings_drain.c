/* settings_drain.c: what new settings take away, while chats hang on it: told to all sides, and
 * nobody is left behind. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

void subscription_send(struct routing *routing, const struct queue *queue,
                       const struct operator *operator, enum subscription subscription)
{
    if (!routing->up)
        return;
    struct effect *effect = effects_add(routing->out, EFFECT_SUBSCRIPTION);
    effect->from = kept(routing, queue->name);
    effect->to = kept(routing, operator->account);
    effect->subscription = subscription;
}

static bool operator_finishes_at(const struct operator *operator, const struct queue *queue)
{
    const struct chat *chat;

    TAILQ_FOREACH(chat, &operator->chats, of_owner)
        if (chat->home == queue)
            return true;
    return false;
}

static void offers_take_back(struct routing *routing, struct chat *chat)
{
    for (struct offer *offer = TAILQ_FIRST(&chat->offers), *next; offer != NULL; offer = next) {
        next = TAILQ_NEXT(offer, of_chat);
        if (!offer->declined)
            offer_take_back(routing, offer);
    }
}

/* Whoever finishes a chat there stays its operator for so long, since only so the queue hears
 * whether that person is still there. Nobody's end of duty is written: the queue has no row. */
static void queue_keep_finishing(struct routing *routing, struct queue *queue)
{
    size_t stay = 0;

    for (size_t i = 0; i < queue->operator_count; i++) {
        struct operator *operator = queue->operators[i];
        if (!operator->listed || !operator_finishes_at(operator, queue)) {
            subscription_send(routing, queue, operator, UNSUBSCRIBE);
            continue;
        }
        queue->heard[stay] = queue->heard[i];
        queue->logged[stay] = DUTY_UNKNOWN;
        queue->operators[stay++] = operator;
    }
    queue->operator_count = stay;
}

void queue_drain(struct routing *routing, struct queue *queue)
{
    struct chat *chat, *next;

    if (queue->drained) {
        queue_keep_finishing(routing, queue);
        return;
    }
    queue->drained = true;
    queue_hide(routing, queue);
    free(queue->status);
    queue->status = NULL; /* should it come back, it shows itself anew */
    transfers_end_to(routing, queue, NULL);
    for (chat = TAILQ_FIRST(&routing->waiting); chat != NULL; chat = next) {
        next = TAILQ_NEXT(chat, waiting);
        if (chat->home != queue)
            continue;
        offers_take_back(routing, chat);
        chat_close(routing, chat, END_REMOVED, RESOLUTION_NONE, NULL);
    }
    queue_keep_finishing(routing, queue);
    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        if (chat->home == queue)
            say_to_operator(routing, chat->owner, chat->address,
                            arena_printf(routing->out->arena,
                                         "%s was removed. This chat goes on until you end it; "
                                         "nobody new comes in.",
                                         queue->name));
    }
}

/* Contact lists and open pages know the old name: there the queue goes away, and comes again under
 * the new one. Its chats go on under the old one. */
void queue_leave_name(struct routing *routing, struct queue *queue, const char *name)
{
    struct chat *chat, *next;

    queue_hide(routing, queue);
    queue_unwatch_all(queue);
    free(queue->status);
    queue->status = NULL;
    for (size_t i = 0; i < queue->operator_count; i++) {
        subscription_send(routing, queue, queue->operators[i], UNSUBSCRIBE);
        queue->heard[i] = false;
    }
    if (queue->entry_count > 0)
        entry_remember_name(routing, &(struct entry){.queue = queue}, queue->name);
    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        if (chat->home == queue && chat->owner != NULL)
            say_to_operator(routing, chat->owner, chat->address,
                            arena_printf(routing->out->arena,
                                         "%s is called %s now. This chat goes on here.",
                                         queue->name, name));
    }
}

/* What hangs on the queue is found by its id after a restart, and nobody's duty is known under the
 * new one. */
void queue_enter_id(struct routing *routing, struct queue *queue)
{
    struct chat *chat, *next;

    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        if (chat->home == queue || chat->entry.queue == queue)
            chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    }
    for (size_t i = 0; i < queue->operator_count; i++)
        queue->logged[i] = DUTY_UNKNOWN;
}

/* The old account is nobody any more; the new one is asked to let the queues see it. */
void operator_leave_account(struct routing *routing, struct operator *operator,
                            const char *account)
{
    struct queue *queue, *next;
    struct chat *chat;

    TAILQ_FOREACH(chat, &operator->chats, of_owner)
        say_to_operator(routing, operator, chat->address,
                        arena_printf(routing->out->arena,
                                     "Your account for the desk is %s now. Log in there within a "
                                     "minute to go on with this chat.",
                                     account));
    for (struct offer *offer = TAILQ_FIRST(&operator->offers), *after; offer != NULL;
         offer = after) {
        after = TAILQ_NEXT(offer, of_operator);
        if (!offer->declined)
            offer_take_back(routing, offer);
    }
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        for (size_t i = 0; i < queue->operator_count; i++) {
            if (queue->operators[i] != operator)
                continue;
            subscription_send(routing, queue, operator, UNSUBSCRIBE);
            queue->heard[i] = false;
        }
    }
}

void operator_leave_id(struct routing *routing, struct operator *operator)
{
    struct offer *offer;

    TAILQ_FOREACH(offer, &operator->offers, of_operator)
        if (!offer->declined)
            offer_store(routing, offer, OFFER_WITHDRAWN);
}

void operator_enter_id(struct routing *routing, struct operator *operator)
{
    struct offer *offer;
    struct chat *chat;

    TAILQ_FOREACH(offer, &operator->offers, of_operator)
        if (!offer->declined)
            offer_store(routing, offer, OFFER_OPEN);
    TAILQ_FOREACH(chat, &operator->chats, of_owner)
    {
        chat_act(routing, chat, ACT_TRANSFERRED, operator, "new name");
        chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    }
}

static bool operator_has_queue(const struct routing *routing, const struct operator *operator)
{
    struct queue *queue, *next;

    HASH_ITER(by_id, routing->queues_by_id, queue, next)
    {
        if (operator_is_assigned(operator, queue))
            return true;
    }
    return false;
}

/* Whose rights end with the settings: removed, or without any queue, so that no one would know
 * whether that person is there. */
static void operator_drain(struct routing *routing, struct operator *operator)
{
    for (struct offer *offer = TAILQ_FIRST(&operator->offers), *next; offer != NULL;
         offer = next) {
        next = TAILQ_NEXT(offer, of_operator);
        if (!offer->declined || !operator->listed)
            offer_take_back(routing, offer);
    }
    transfers_end_to(routing, NULL, operator);
    for (struct chat *chat = TAILQ_FIRST(&operator->chats), *next; chat != NULL; chat = next) {
        next = TAILQ_NEXT(chat, of_owner);
        say_to_operator(routing, operator, chat->address,
                        "You do not answer this desk any more. "
                        "Your colleagues are asked to go on with this chat.");
        chat_take_away(routing, chat);
    }
    operator_forget_presence(routing, operator);
}

void operators_drain(struct routing *routing)
{
    struct operator *operator, *next;

    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        if (!operator->listed || !operator_has_queue(routing, operator))
            operator_drain(routing, operator);
    }
}

void settings_drain(struct routing *routing)
{
    struct operator *operator, *next_operator;

    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        for (struct offer *offer = TAILQ_FIRST(&operator->offers), *next; offer != NULL;
             offer = next) {
            next = TAILQ_NEXT(offer, of_operator);
            bool stays = offer->declined || offer->owners;
            /* What was declined stays so, by whatever queue it came. */
            if (stays && offer->via->index == NO_INDEX)
                offer->via = offer->chat->home;
            if (offer->via->index == NO_INDEX ||
                (!stays && !operator_is_assigned(operator, offer->via)))
                offer_take_back(routing, offer);
        }
    }
    operators_drain(routing);
}
