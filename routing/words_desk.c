/* words_desk.c: the words about the desk, which can be written in any window. */
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

enum { WAITING_SHOWN_MAX = 30 };

/* Whether the operator answers the chat's queue, or a tier that policy asks for it now. */
static struct queue *queue_for(const struct routing *routing, const struct operator *operator,
                               const struct chat *chat)
{
    if (operator_is_assigned(operator, chat->home))
        return chat->home;
    return tiers_queue(routing, &chat->home->decision, operator);
}

void waiting_list(struct routing *routing, const struct operator *operator, struct choices *ret)
{
    struct arena *arena = routing->out->arena;
    const struct chat *chat;

    TAILQ_FOREACH(chat, &routing->waiting, waiting)
    {
        long long minutes = (routing->event->wall - chat->waiting_since) / 60000;
        if (queue_for(routing, operator, chat) == NULL)
            continue;
        struct choice choice = {
            .value = kept(routing, chat->code),
            .label = arena_printf(arena, "%s at %s, %lld min", chat->code, chat->home->name,
                                  minutes),
        };
        choices_add(ret, arena, choice);
    }
}

const char *choices_text(struct arena *arena, const char *head, const struct choices *choices,
                         size_t limit)
{
    const char *text = head;

    for (size_t i = 0; i < choices->count && i < limit; i++)
        text = arena_printf(arena, "%s\n%s", text, choices->list[i].label);
    return text;
}

void word_wait(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    struct choices waiting = {0};

    waiting_list(call->routing, call->operator, &waiting);
    if (waiting.count == 0) {
        word_answer(call, "Nobody is waiting.");
        return;
    }
    const char *head = arena_printf(arena, "Waiting: %zu. !take ID takes one.", waiting.total);
    word_answer(call, choices_text(arena, head, &waiting, WAITING_SHOWN_MAX));
}

/* The beginning of an ID is enough when it fits one chat alone. */
static struct chat *waiting_chat(const struct word_call *call, const char *id, int *ret_count)
{
    struct chat *chat, *found = NULL;

    *ret_count = 0;
    TAILQ_FOREACH(chat, &call->routing->waiting, waiting)
    {
        if (strncmp(chat->code, id, strlen(id)) != 0 ||
            queue_for(call->routing, call->operator, chat) == NULL)
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
        offer = offer_new(chat, call->operator, queue_for(call->routing, call->operator, chat));
        offer_store(routing, offer, OFFER_OPEN);
        offer_send(routing, offer);
    }
    const char *text = arena_printf(routing->out->arena,
                                    "The chat %s is yours; answer in its window.", chat->code);
    chat_claim(routing, chat, offer);
    word_answer(call, text);
}

/* Queues first, then people. */
static void targets_of(struct routing *routing, const struct operator *operator, int64_t library,
                       bool own, struct choices *ret)
{
    struct arena *arena = routing->out->arena;
    struct queue *queue, *next_queue;
    struct operator *other, *next_operator;

    HASH_ITER(by_name, routing->queues_by_name, queue, next_queue)
    {
        if (queue->index == NO_INDEX || (queue->library == operator->library) != own ||
            !queue_can_take(routing, queue, operator))
            continue;
        struct choice choice = {
            .value = kept(routing, queue->name),
            .label = arena_printf(arena, "%s (%s)", queue->name, queue->title),
            .library = queue->library == library ? NULL : queue_library_title(routing, queue),
        };
        choices_add(ret, arena, choice);
    }
    HASH_ITER(by_id, routing->operators_by_id, other, next_operator)
    {
        if (other == operator || !other->listed || (other->library == operator->library) != own ||
            (queue = operator_queue(routing, other)) == NULL)
            continue;
        struct choice choice = {
            .value = kept(routing, other->name),
            .label = arena_printf(arena, "%s, %d chat%s", operator_label(routing, other),
                                  other->chat_count, other->chat_count == 1 ? "" : "s"),
            .library = other->library == library ? NULL : queue_library_title(routing, queue),
        };
        choices_add(ret, arena, choice);
    }
}

void targets_list(struct routing *routing, const struct operator *operator, int64_t library,
                  struct choices *ret)
{
    targets_of(routing, operator, library, true, ret);
    targets_of(routing, operator, library, false, ret);
}

void word_who(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    const char *off = call->operator->off ? "You are off duty; !on ends that." : "";
    struct choices targets = {0};

    targets_list(call->routing, call->operator, call->operator->library, &targets);
    if (targets.count == 0) {
        word_answer(call, arena_printf(arena, "Nobody else can take a chat now.%s%s",
                                       off[0] == '\0' ? "" : " ", off));
        return;
    }
    const char *text = choices_text(arena, "These can take a chat, your library first:", &targets,
                                    CHOICES_MAX);
    word_answer(call, arena_printf(arena, "%s%s%s", text, off[0] == '\0' ? "" : "\n", off));
}
