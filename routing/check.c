/* check.c: the invariants of the live state, as assertions. Run after every step of every test.
 * What the effects promise is judged from outside, by test/scenario/checker.h. */
#include <assert.h>
#include <string.h>

#include "routing/routing_private.h"

static void check_offers(const struct routing *routing, const struct chat *chat)
{
    const struct offer *offer, *other;
    int open = 0;

    TAILQ_FOREACH(offer, &chat->offers, of_chat)
    {
        assert(offer->chat == chat);
        assert(!offer->unread);
        assert(offer->operator->listed);
        assert(offer->operator != chat->owner);
        assert(offer->via->index != NO_INDEX);
        assert(queue_by_id(routing, offer->via->id) == offer->via);
        bool found = false;
        TAILQ_FOREACH(other, &offer->operator->offers, of_operator)
            found = found || other == offer;
        assert(found);
        for (other = TAILQ_NEXT(offer, of_chat); other != NULL; other = TAILQ_NEXT(other, of_chat))
            assert(other->operator != offer->operator);
        open += !offer->declined;
    }
    assert(open == chat->open_offer_count);
}

/* A transfer is asked for its lines first, then it is out with a time. */
static void check_transfer(const struct chat *chat)
{
    const struct transfer *transfer = chat->transfer;

    if (transfer == NULL)
        return;
    assert(chat->state == CHAT_CLAIMED);
    assert(transfer->queue->index != NO_INDEX);
    assert(transfer->operator != chat->owner);
    assert(transfer->operator == NULL || transfer->operator->listed);
    assert(transfer->until == 0 || chat->open_offer_count > 0);
    assert((transfer->until == 0) == chat->recalling);
}

static void check_lines(const struct chat *chat)
{
    const struct kept_line *line;
    size_t bytes = 0;
    int count = 0;

    STAILQ_FOREACH(line, &chat->lines, entry)
    {
        assert(line->line <= chat->line_count);
        assert(strlen(line->body) == line->length);
        bytes += line->length;
        count++;
    }
    assert(count == chat->kept_count);
    assert(bytes == chat->kept_bytes);
    assert(count <= LINES_KEPT_MAX);
    memory_check(&chat->memory, chat->line_count);
    assert((chat->left_question == NULL) == (chat->left_contact == NULL));
    assert(chat->left_question == NULL || chat->state == CHAT_WAITING);
}

/* What a patron writes to lives as long as the chat. */
static void check_entry(const struct routing *routing, const struct entry *entry)
{
    assert((entry->queue == NULL) != (entry->operator == NULL));
    if (entry->queue != NULL)
        assert(queue_by_id(routing, entry->queue->id) == entry->queue);
    else
        assert(operator_by_id(routing, entry->operator->id) == entry->operator);
}

/* One owner exactly while claimed; offers only while waiting; closed chats are not here. */
static void check_chat(const struct routing *routing, const struct chat *chat)
{
    const struct chat *other;
    bool found = false;

    assert((chat->state == CHAT_CLAIMED) == (chat->owner != NULL));
    assert((chat->state == CHAT_CLAIMED) == (chat->answering != 0));
    assert(chat->state != CHAT_CLOSED);
    assert(chat->state == CHAT_CLAIMED || chat->silent_at == 0);
    assert(chat->state == CHAT_CLAIMED || chat->home->index != NO_INDEX);
    assert(chat->state == CHAT_WAITING ||
           (chat->news_at == 0 && chat->ring_until == 0 && chat->offer_until == 0));
    assert(timer_is_early(chat) || !routing->up); /* without the server graces wait */
    if (chat->state == CHAT_CLAIMED) {
        assert(chat->owner->listed);
        TAILQ_FOREACH(other, &chat->owner->chats, of_owner)
            found = found || other == chat;
        assert(chat->transfer != NULL || chat->open_offer_count == 0);
        assert(chat->recalling || chat->owed_line != 0 || STAILQ_EMPTY(&chat->lines));
        assert(chat->owed_line == 0 || !operator_is_present(chat->owner));
    } else {
        TAILQ_FOREACH(other, &routing->waiting, waiting)
            found = found || other == chat;
    }
    assert(found);
    assert(chat_by_code(routing, chat->code) == chat);
    assert(chat_by_patron(routing, chat->patron, &chat->entry) == chat);
    assert(entry_chat(routing, chat->patron, chat->entry_name) != NULL);
    check_entry(routing, &chat->entry);
    assert(queue_by_id(routing, chat->home->id) == chat->home);
    assert(routing->timers[chat->timer_index] == chat);
    check_offers(routing, chat);
    check_transfer(chat);
    assert(chat->token_hash[0] == '\0' || strlen(chat->token_hash) == TOKEN_HASH_MAX);
    check_lines(chat);
}

static void check_timers(const struct routing *routing)
{
    assert(routing->timer_count == HASH_CNT(by_number, routing->chats_by_number));
    for (size_t i = 1; i < routing->timer_count; i++)
        assert(routing->timers[(i - 1) / 2]->due < routing->timers[i]->due ||
               (routing->timers[(i - 1) / 2]->due == routing->timers[i]->due &&
                routing->timers[(i - 1) / 2]->number < routing->timers[i]->number));
}

/* Who waited before comes before. */
static void check_waiting(const struct routing *routing)
{
    const struct chat *chat;

    TAILQ_FOREACH(chat, &routing->waiting, waiting)
    {
        const struct chat *next = TAILQ_NEXT(chat, waiting);
        assert(chat->state == CHAT_WAITING);
        assert(next == NULL || chat->waiting_since < next->waiting_since ||
               (chat->waiting_since == next->waiting_since && chat->number < next->number));
    }
}

/* Policy is looked at when something may change; that is as good as looking at it always. */
static void check_decision(const struct routing *routing, const struct queue *queue)
{
    struct decision decision;

    if (queue->index == NO_INDEX)
        return;
    policy_decide(routing->settings, queue->index, routing->policy_seen, &decision);
    assert(decision_equal(&decision, &queue->decision));
    assert(queue->look > routing->policy_seen);
    assert(queue->look <= queue->until);
    assert(routing->policy_due <= queue->look);
}

static void check_former_names(const struct routing *routing)
{
    const struct former_name *former;

    for (former = routing->former_names; former != NULL; former = former->hh.next) {
        assert(former->entry_count > 0);
        for (size_t i = 0; i < former->entry_count; i++)
            check_entry(routing, &former->entries[i]);
    }
}

static void check_queues(const struct routing *routing)
{
    struct queue *queue, *next_queue;
    struct chat *chat, *next_chat;

    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        int chats = 0, waiting = 0, entries = 0;
        HASH_ITER(by_number, routing->chats_by_number, chat, next_chat)
        {
            chats += chat->home == queue;
            entries += chat->entry.queue == queue;
            waiting += chat->home == queue && chat->state == CHAT_WAITING;
        }
        assert(chats == queue->chat_count);
        assert(entries == queue->entry_count);
        assert(waiting == queue->waiting_count);
        assert(waiting <= CHATS_WAITING_MAX || queue->index == NO_INDEX);
        assert(queue_by_name(routing, queue->name) == queue);
        assert(queue->alarm_at == 0 || queue->unstaffed);
        assert(queue->drained == (queue->index == NO_INDEX));
        for (size_t i = 0; i < queue->operator_count; i++)
            assert(queue->operators[i]->listed &&
                   operator_by_id(routing, queue->operators[i]->id) == queue->operators[i]);
        check_decision(routing, queue);
    }
}

static void check_operator_entries(const struct routing *routing, const struct operator *operator)
{
    const struct operator *named = operator_by_name(routing, operator->name);
    struct chat *chat, *next;
    int entries = 0;

    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        entries += chat->entry.operator == operator;
    }
    assert(entries == operator->entry_count);
    /* Of several who were removed under one name one is found by it, the others as once called. */
    assert(named == operator || (!operator->listed && named != NULL));
}

static void check_duty(const struct routing *routing, const struct operator *operator)
{
    bool own = operator->own_limit != 0 && operator->own_limit < operator->queue_limit;

    assert(operator->own_limit >= 0);
    assert(operator->limit == (own ? operator->own_limit : operator->queue_limit));
    assert(operator->turns_at == 0 || routing->operator_due <= operator->turns_at);
    for (size_t i = 0; i < operator->queue_off_count; i++) {
        const struct queue *queue = queue_by_id(routing, operator->queues_off[i]);
        assert(queue != NULL);
        assert(duty_is_off(operator, queue));
        for (size_t j = 0; j < i; j++)
            assert(operator->queues_off[j] != operator->queues_off[i]);
    }
}

static void check_blocks(const struct routing *routing)
{
    struct blocked_library *library, *next_library;
    struct block *block, *next;

    HASH_ITER(hh, routing->blocked, library, next_library)
    {
        assert(HASH_COUNT(library->blocks) <= BLOCKS_PER_LIBRARY_MAX);
        HASH_ITER(hh, library->blocks, block, next)
        {
            assert(block->until > 0);
            assert(block->patron[0] != '\0');
        }
    }
}

static void check_operators(const struct routing *routing)
{
    struct operator *operator, *next;

    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        const struct chat *chat;
        const struct offer *offer;
        const struct resource *resource;
        int chats = 0, open = 0, resources = 0;
        TAILQ_FOREACH(chat, &operator->chats, of_owner)
        {
            assert(chat->owner == operator);
            chats++;
        }
        TAILQ_FOREACH(offer, &operator->offers, of_operator)
        {
            assert(offer->operator == operator);
            open += !offer->declined;
        }
        TAILQ_FOREACH(resource, &operator->resources, entry)
        {
            assert(resource->show != SHOW_UNAVAILABLE);
            resources++;
        }
        assert(chats == operator->chat_count);
        assert(open == operator->open_offer_count);
        assert(resources == operator->resource_count);
        assert(resources == 0 || operator->lost_at == 0 || !routing->up);
        assert(operator_by_account(routing, operator->account) == operator);
        /* Who was removed has no rights: only an address where chats from before end. */
        assert(operator->listed ||
               (chats == 0 && resources == 0 && TAILQ_EMPTY(&operator->offers)));
        check_operator_entries(routing, operator);
        check_duty(routing, operator);
    }
}

/* What is open is in one list, the oldest first, and found by its ID. */
static void check_followups(const struct routing *routing)
{
    struct todo *todo, *next;
    unsigned all = 0;

    HASH_ITER(by_library, routing->todos, todo, next)
    {
        const struct followup *followup, *before = NULL;
        int count = 0, untold = 0;
        TAILQ_FOREACH(followup, &todo->items, entry)
        {
            assert(followup->todo == todo);
            assert(followup->record.library == todo->library);
            assert(followup->record.done_at == 0);
            assert(followup_by_code(routing, followup->record.code) == followup);
            assert(before == NULL || before->record.at <= followup->record.at);
            assert(chat_by_number(routing, followup->record.chat) == NULL);
            untold += followup->record.told_to == 0;
            count++;
            before = followup;
        }
        assert(count == todo->count);
        assert(untold == todo->untold);
        all += (unsigned)count;
    }
    assert(all == HASH_CNT(by_code, routing->followups_by_code));
}

void routing_check(const struct routing *routing)
{
    struct chat *chat, *next;

    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        check_chat(routing, chat);
    }
    check_timers(routing);
    check_waiting(routing);
    check_queues(routing);
    check_former_names(routing);
    check_operators(routing);
    check_blocks(routing);
    check_followups(routing);
    notices_check(routing);
}
