/* choices.c: see choices.h. The lists themselves are made where the words are that show them. */
#include "routing/choices.h"

#include <assert.h>
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

/* The words' helpers look at the running step for the time and the arena. A question gives them
 * one in which nothing happens. */
struct question {
    struct event event;
    struct effects effects;
    struct operator *operator; /* NULL: the asker is none */
};

static void question_begin(const struct asker *asker, struct question *question)
{
    struct routing *routing = asker->routing;

    assert(routing->event == NULL);
    *question = (struct question){
        .event = {.type = EVENT_TIME, .wall = asker->wall, .resource = "", .to = ""},
        .effects = {.arena = asker->arena},
    };
    routing->event = &question->event;
    routing->out = &question->effects;
    question->operator = operator_by_account(routing, asker->account);
    if (question->operator != NULL && !question->operator->listed)
        question->operator = NULL;
}

static void question_end(const struct asker *asker, const struct question *question)
{
    assert(question->effects.count == 0);
    asker->routing->event = NULL;
    asker->routing->out = NULL;
}

void choices_add(struct choices *choices, struct arena *arena, struct choice choice)
{
    choices->total++;
    if (choices->count == CHOICES_MAX)
        return;
    if (choices->count == choices->capacity) {
        size_t capacity = choices->capacity == 0 ? 16 : choices->capacity * 2;
        struct choice *list = arena_alloc(arena, capacity * sizeof *list);
        if (choices->count > 0)
            memcpy(list, choices->list, choices->count * sizeof *list);
        choices->list = list;
        choices->capacity = capacity;
    }
    choices->list[choices->count++] = choice;
}

bool asker_is_operator(const struct asker *asker)
{
    const struct operator *operator = operator_by_account(asker->routing, asker->account);

    return operator != NULL && operator->listed;
}

bool asker_answers_queue(const struct asker *asker, const char *name)
{
    const struct operator *operator = operator_by_account(asker->routing, asker->account);
    const struct queue *queue = queue_by_name(asker->routing, name);

    return operator != NULL && operator->listed && queue != NULL && queue->index != NO_INDEX &&
           operator_is_assigned(operator, queue);
}

static bool chat_has_part(const struct chat *chat, const struct operator *operator,
                          enum chat_part part)
{
    const struct offer *offer = offer_find(chat, operator);
    bool owner = chat->owner == operator;
    bool offered = !owner && offer != NULL && !offer->declined && !chat->recalling;

    switch (part) {
    case PART_ANY:
        return owner || offered;
    case PART_OWNER:
        return owner;
    case PART_OFFERED:
        return offered;
    case PART_HANDING:
        return owner && chat->transfer != NULL;
    }
    return false;
}

const char *asker_chat_library(const struct asker *asker, const char *address,
                               enum chat_part part)
{
    const struct operator *operator = operator_by_account(asker->routing, asker->account);
    const struct chat *chat = address_chat(asker->routing, address);

    if (operator == NULL || !operator->listed || chat == NULL ||
        !chat_has_part(chat, operator, part))
        return NULL;
    return arena_strdup(asker->arena, queue_library_title(asker->routing, chat->home));
}

static void chat_add(const struct asker *asker, const struct chat *chat, bool owner,
                     struct choices *ret)
{
    long long minutes = (asker->wall - chat->opened) / 60000;
    struct choice choice = {
        .value = arena_strdup(asker->arena, chat->address),
        .label = arena_printf(asker->arena, "%s at %s, %lld min, %s", chat->code,
                              chat->home->name, minutes,
                              owner ? "yours" : "offered to you"),
    };

    choices_add(ret, asker->arena, choice);
}

void choices_chats(const struct asker *asker, enum chat_part part, struct choices *ret)
{
    struct question question;
    struct chat *chat;
    struct offer *offer;

    memset(ret, 0, sizeof *ret);
    question_begin(asker, &question);
    if (question.operator != NULL) {
        TAILQ_FOREACH(chat, &question.operator->chats, of_owner)
        {
            if (chat_has_part(chat, question.operator, part))
                chat_add(asker, chat, true, ret);
        }
        TAILQ_FOREACH(offer, &question.operator->offers, of_operator)
        {
            if (offer->chat->owner != question.operator &&
                chat_has_part(offer->chat, question.operator, part))
                chat_add(asker, offer->chat, false, ret);
        }
    }
    question_end(asker, &question);
}

void choices_queues(const struct asker *asker, struct choices *ret)
{
    struct queue *queue, *next;

    memset(ret, 0, sizeof *ret);
    HASH_ITER(by_name, asker->routing->queues_by_name, queue, next)
    {
        if (!asker_answers_queue(asker, queue->name))
            continue;
        struct choice choice = {
            .value = arena_strdup(asker->arena, queue->name),
            .label = arena_printf(asker->arena, "%s (%s)", queue->name, queue->title),
        };
        choices_add(ret, asker->arena, choice);
    }
}

void choices_targets(const struct asker *asker, const char *address, struct choices *ret)
{
    const struct chat *chat = address_chat(asker->routing, address);
    struct question question;

    memset(ret, 0, sizeof *ret);
    question_begin(asker, &question);
    if (question.operator != NULL && chat != NULL)
        targets_list(asker->routing, question.operator, chat->home->library, ret);
    question_end(asker, &question);
}

void choices_waiting(const struct asker *asker, struct choices *ret)
{
    struct question question;

    memset(ret, 0, sizeof *ret);
    question_begin(asker, &question);
    if (question.operator != NULL)
        waiting_list(asker->routing, question.operator, ret);
    question_end(asker, &question);
}

void choices_todo(const struct asker *asker, struct choices *ret)
{
    struct question question;

    memset(ret, 0, sizeof *ret);
    question_begin(asker, &question);
    if (question.operator != NULL)
        todo_list(asker->routing, question.operator, ret);
    question_end(asker, &question);
}
