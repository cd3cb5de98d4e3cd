/* transfer.c: an owner hands a chat over. It is an offer like any other, but the chat stays the
 * owner's until somebody answers: typing or !cancel takes it back, and so does time. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

bool queue_can_take(const struct routing *routing, const struct queue *queue,
                    const struct operator *owner)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (queue->operators[i] != owner &&
            operator_is_available(queue->operators[i], queue, routing->event->wall))
            return true;
    return false;
}

struct queue *operator_queue(const struct routing *routing, const struct operator *operator)
{
    struct queue *queue, *next, *found = NULL;

    /* One of its own library first: a chat that moves to a person becomes that library's. */
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index != NO_INDEX && operator_is_assigned(operator, queue) &&
            operator_is_available(operator, queue, routing->event->wall) &&
            (found == NULL || (queue->library == operator->library &&
                               found->library != operator->library)))
            found = queue;
    }
    return found;
}

void transfer_drop(struct chat *chat)
{
    if (chat->transfer == NULL)
        return;
    free(chat->transfer->note);
    free(chat->transfer->detail);
    free(chat->transfer);
    chat->transfer = NULL;
}

void transfer_begin(struct routing *routing, struct chat *chat, struct queue *queue,
                    struct operator *operator, enum transfer_kind kind, const char *note)
{
    static const char *const kinds[] = {
        [TRANSFER_OWN] = "own", [TRANSFER_HELP] = "help", [TRANSFER_MOVE] = "move"};
    struct transfer *transfer = mem_new(sizeof *transfer);

    assert(chat->state == CHAT_CLAIMED);
    assert(chat->transfer == NULL);
    transfer->queue = queue;
    transfer->operator = operator;
    transfer->note = mem_strdup(note);
    transfer->kind = kind;
    transfer->detail =
        mem_printf("%s %s", kinds[kind], operator != NULL ? operator->name : queue->name);
    chat->transfer = transfer;
    chat_act(routing, chat, ACT_TRANSFER_OFFERED, chat->owner, transfer->detail);
    chat_recall(routing, chat);
}

static void transfer_offer_to(struct routing *routing, struct chat *chat,
                              struct operator *operator)
{
    struct queue *via = chat->transfer->queue;

    if (operator == chat->owner || !operator_is_assigned(operator, via) ||
        operator->open_offer_count >= OFFERS_PER_OPERATOR_MAX ||
        !operator_is_available(operator, via, routing->event->wall))
        return;
    struct offer *before = offer_find(chat, operator);
    if (before != NULL && !before->declined)
        return;
    if (before != NULL)
        offer_free(before); /* it is a colleague who asks now */
    struct offer *offer = offer_new(chat, operator, via);
    offer_store(routing, offer, OFFER_OPEN);
    offer_send(routing, offer);
}

void transfer_offer(struct routing *routing, struct chat *chat)
{
    struct transfer *transfer = chat->transfer;

    if (transfer->operator != NULL) {
        transfer_offer_to(routing, chat, transfer->operator);
    } else {
        for (size_t i = 0; i < transfer->queue->operator_count; i++)
            transfer_offer_to(routing, chat, transfer->queue->operators[i]);
    }
    if (chat->owed_line == 0)
        lines_forget(chat);
    transfer->until = routing->event->at + chat->home->options.ring_seconds * 1000;
    timer_update(routing, chat);
    if (chat->open_offer_count == 0)
        transfer_end(routing, chat, "nobody", "Nobody can take it now. The chat is still yours.");
}

/* Ends the offers that are out, with a word to each. */
static void transfer_recall_offers(struct routing *routing, struct chat *chat)
{
    transfer_drop(chat); /* first: the end of the last offer must not end it again */
    for (struct offer *offer = TAILQ_FIRST(&chat->offers), *next; offer != NULL; offer = next) {
        next = TAILQ_NEXT(offer, of_chat);
        if (!offer->declined)
            offer_take_back(routing, offer);
    }
}

void transfer_end(struct routing *routing, struct chat *chat, const char *cause, const char *why)
{
    assert(chat->transfer != NULL);
    chat_act(routing, chat, ACT_TRANSFER_ENDED, chat->owner, cause);
    chat->recalling = false;
    if (chat->owed_line == 0)
        lines_forget(chat);
    transfer_recall_offers(routing, chat);
    if (why != NULL)
        say_to_operator(routing, chat->owner, chat->address, why);
}

void transfers_end_to(struct routing *routing, const struct queue *queue,
                      const struct operator *operator)
{
    struct chat *chat, *next;

    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        if (chat->transfer != NULL && ((queue != NULL && chat->transfer->queue == queue) ||
                                       (operator != NULL && chat->transfer->operator == operator)))
            transfer_end(routing, chat, "removed", "That desk is gone. The chat is still yours.");
    }
}

/* The audit names both sides, since the old library has no row of the chat any more. */
static void transfer_move(struct routing *routing, struct chat *chat, struct operator *operator,
                          struct queue *queue)
{
    struct arena *arena = routing->out->arena;
    const char *detail = arena_printf(arena, "%s from %s", chat->transfer->detail,
                                      chat->home->name);

    chat_act(routing, chat, ACT_TRANSFERRED, operator, detail);
    chat_move(routing, chat, queue);
    line_desk(routing, chat,
              arena_printf(arena, "You are now with %s.", queue_library_title(routing, queue)));
}

void transfer_claim(struct routing *routing, struct chat *chat, struct offer *offer)
{
    struct operator *before = chat->owner, *operator = offer->operator;
    struct arena *arena = routing->out->arena;
    struct queue *via = offer->via;
    const char *text = arena_printf(arena, "%s has taken this chat.",
                                    operator_label(routing, operator));

    assert(chat->state == CHAT_CLAIMED);
    assert(chat->transfer != NULL);
    bool moves = chat->transfer->kind == TRANSFER_MOVE;
    /* Blocked there since it was offered: the library would hear nothing of what it owns. */
    if (moves && block_holds(routing, via->library, chat->patron)) {
        moves = false;
        text = arena_printf(arena, "%s It stays %s's, since %s has blocked this patron.", text,
                            queue_library_title(routing, chat->home),
                            queue_library_title(routing, via));
        say_to_operator(routing, operator, chat->address,
                        arena_printf(arena,
                                     "This chat stays %s's, since your library has blocked this "
                                     "patron.",
                                     queue_library_title(routing, chat->home)));
    }
    if (moves) {
        transfer_move(routing, chat, operator, via);
        text = arena_printf(arena, "%s It belongs to %s now.", text,
                            queue_library_title(routing, via));
    } else {
        chat_act(routing, chat, ACT_TRANSFERRED, operator, chat->transfer->detail);
    }
    transfer_drop(chat);
    chat_set_owner(routing, chat, operator, via->id);
    lines_forget(chat);
    chat->silent_at = 0;
    say_to_operator(routing, before, chat->address, text);
    offers_end(routing, chat, operator);
    chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
}
