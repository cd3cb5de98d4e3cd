/* words_desk.c: the words about the desk, which can be written in any window. */
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

enum { LIST_MAX = 30 };

/* Whether the operator answers the chat's queue, or a tier that policy asks for it now. */
static struct queue *queue_for(const struct word_call *call, const struct chat *chat)
{
    const struct decision *decision = &chat->home->decision;

    if (operator_is_assigned(call->operator, chat->home))
        return chat->home;
    for (int i = 0; i < decision->tier_count; i++) {
        for (int j = 0; j < decision->tiers[i].queue_count; j++) {
            struct queue *via = queue_by_index(call->routing, decision->tiers[i].queues[j]);
            if (operator_is_assigned(call->operator, via))
                return via;
        }
    }
    return NULL;
}

void word_wait(const struct word_call *call)
{
    struct routing *routing = call->routing;
    const char *text = "";
    const struct chat *chat;
    int count = 0;

    TAILQ_FOREACH(chat, &routing->waiting, waiting)
    {
        if (queue_for(call, chat) == NULL || count++ >= LIST_MAX)
            continue;
        text = arena_printf(routing->out->arena, "%s\n%s at %s, %lld min", text,
                            chat->code, chat->home->name,
                            (long long)(routing->event->wall - chat->waiting_since) / 60000);
    }
    if (count == 0)
        word_answer(call, "Nobody is waiting.");
    else
        word_answer(call, arena_printf(routing->out->arena,
                                       "Waiting: %d. !take ID takes one.%s", count, text));
}

/* The beginning of an ID is enough when it fits one chat alone. */
static struct chat *waiting_chat(const struct word_call *call, const char *id, int *ret_count)
{
    struct chat *chat, *found = NULL;

    *ret_count = 0;
    TAILQ_FOREACH(chat, &call->routing->waiting, waiting)
    {
        if (strncmp(chat->code, id, strlen(id)) != 0 || queue_for(call, chat) == NULL)
            continue;
        found = chat;
        ++*ret_count;
    }
    return *ret_count == 1 ? found : NULL;
}

void word_take(const struct word_call *call)
{
    struct routing *routing = call->routing;
    int count = 0;
    struct chat *chat =
        call->arguments[0] == '\0' ? NULL : waiting_chat(call, call->arguments, &count);

    if (chat == NULL || chat->recalling) {
        word_answer(call, count > 1 ? "More than one ID begins so."
                                    : "No such chat waits for you; !wait lists them.");
        return;
    }
    if (call->operator->chat_count >= call->operator->limit) {
        word_answer(call, "You have as many chats as your limit allows; end one first.");
        return;
    }
    struct offer *offer = offer_find(chat, call->operator);
    if (offer == NULL || offer->declined) {
        if (offer != NULL)
            offer_free(offer);
        offer = offer_new(chat, call->operator, queue_for(call, chat));
        offer_store(routing, offer, OFFER_OPEN);
        offer_send(routing, offer);
    }
    const char *text = arena_printf(routing->out->arena,
                                    "The chat %s is yours; answer in its window.", chat->code);
    chat_claim(routing, chat, offer);
    word_answer(call, text);
}

/* Queues first, then people; the asker's own library before the others. */
static const char *who_queues(const struct word_call *call, bool own, const char *text)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, call->routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || (queue->library == call->operator->library) != own ||
            !queue_can_take(call->routing, queue, call->operator))
            continue;
        text = arena_printf(call->routing->out->arena, "%s\n%s (%s)", text, queue->name,
                            queue->title);
    }
    return text;
}

static const char *who_people(const struct word_call *call, bool own, const char *text)
{
    struct operator *operator, *next;

    HASH_ITER(by_id, call->routing->operators_by_id, operator, next)
    {
        if (operator == call->operator || !operator->listed ||
            (operator->library == call->operator->library) != own ||
            operator_queue(call->routing, operator) == NULL)
            continue;
        text = arena_printf(call->routing->out->arena, "%s\n%s, %d chat%s", text,
                            operator_label(call->routing, operator), operator->chat_count,
                            operator->chat_count == 1 ? "" : "s");
    }
    return text;
}

void word_who(const struct word_call *call)
{
    const char *text = who_queues(call, true, "");

    text = who_people(call, true, text);
    text = who_queues(call, false, text);
    text = who_people(call, false, text);
    if (text[0] == '\0')
        word_answer(call, "Nobody else can take a chat now.");
    else
        word_answer(call, arena_printf(call->routing->out->arena,
                                       "These can take a chat, your library first:%s", text));
}
