/* dump.c: the live state in words and figures, for the journal and for people. No chat text, no
 * patron. */
#include <assert.h>

#include "routing/routing_private.h"

static const char *const queue_state_names[] = {"free", "staffed", "busy", "backup", "closed"};

static void dump_queues(const struct routing *routing, FILE *out)
{
    const struct queue *cursor = NULL;
    struct queue_view view;

    while (routing_queue_next(routing, &cursor, &view))
        fprintf(out, "queue %s: %s%s, %d waiting\n", view.name, queue_state_names[view.state],
                view.unstaffed ? " (nobody there)" : "", view.waiting);
}

static void dump_operators(const struct routing *routing, FILE *out)
{
    struct operator *operator, *next;

    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        fprintf(out, "operator %s: %d clients, %d of %d chats, %d offers", operator->name,
                operator->resource_count, operator->chat_count, operator->limit,
                operator->open_offer_count);
        if (operator->off)
            fputs(", off duty", out);
        else if (operator->queue_off_count > 0)
            fprintf(out, ", off duty for %zu queues", operator->queue_off_count);
        fputc('\n', out);
    }
}

static void dump_chats(const struct routing *routing, FILE *out)
{
    struct chat *chat, *next;

    HASH_ITER(by_number, routing->chats_by_number, chat, next)
    {
        fprintf(out, "chat %s: %s%s, %d lines, asked up to tier %d, %d offers%s\n", chat->address,
                chat->state == CHAT_CLAIMED ? "claimed by " : "waiting",
                chat->owner != NULL ? chat->owner->name : "", chat->line_count, chat->tier + 1,
                chat->open_offer_count, chat->gone_at != 0 ? ", patron gone" : "");
    }
}

void routing_dump(const struct routing *routing, FILE *out)
{
    fprintf(out, "desk: server %s, %zu steps\n", routing->up ? "connected" : "away",
            routing->steps);
    dump_queues(routing, out);
    dump_operators(routing, out);
    dump_chats(routing, out);
}

void routing_counts(const struct routing *routing, struct routing_counts *ret)
{
    const struct queue *queue;
    const struct operator *operator;

    *ret = (struct routing_counts){
        .chats = HASH_CNT(by_number, routing->chats_by_number),
        .steps = routing->steps,
    };
    for (queue = routing->queues_by_name; queue != NULL; queue = queue->by_name.next)
        ret->waiting += (size_t)queue->waiting_count;
    for (operator = routing->operators_by_id; operator != NULL; operator = operator->by_id.next)
        ret->operators_present += operator->resource_count > 0;
    assert(ret->waiting <= ret->chats);
}
