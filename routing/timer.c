/* timer.c: one binary heap for the deadlines of all chats.
 *
 * A chat's key may be earlier than its real deadline, never later: a line pushes the idle time-out
 * back without touching the heap, and a chat whose key comes up too early is just put back. */
#include <assert.h>
#include <stdlib.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

static void timer_place(struct routing *routing, size_t index, struct chat *chat)
{
    routing->timers[index] = chat;
    chat->timer_index = index;
}

static void timer_rise(struct routing *routing, size_t index)
{
    struct chat *chat = routing->timers[index];

    while (index > 0 && routing->timers[(index - 1) / 2]->due > chat->due) {
        timer_place(routing, index, routing->timers[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    timer_place(routing, index, chat);
}

static void timer_sink(struct routing *routing, size_t index)
{
    struct chat *chat = routing->timers[index];

    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= routing->timer_count)
            break;
        if (child + 1 < routing->timer_count &&
            routing->timers[child + 1]->due < routing->timers[child]->due)
            child++;
        if (routing->timers[child]->due >= chat->due)
            break;
        timer_place(routing, index, routing->timers[child]);
        index = child;
    }
    timer_place(routing, index, chat);
}

static msec_t earlier(msec_t a, msec_t b)
{
    return a < b ? a : b;
}

/* The real deadline. */
static msec_t chat_deadline(const struct chat *chat)
{
    msec_t due = chat->active_at + CHAT_IDLE_MS;

    if (chat->gone_at != 0)
        due = earlier(due, chat->gone_at + chat->home->options.patron_grace_seconds * 1000);
    if (chat->state == CHAT_WAITING && chat->ring_until != 0)
        due = earlier(due, chat->ring_until);
    if (chat->state == CHAT_WAITING && chat->offer_until != 0)
        due = earlier(due, chat->offer_until);
    if (chat->state == CHAT_WAITING && chat->news_at != 0)
        due = earlier(due, chat->news_at);
    if (chat->state == CHAT_CLAIMED && chat->silent_at != 0)
        due = earlier(due, chat->silent_at + chat->home->options.silent_seconds * 1000);
    if (chat->state == CHAT_CLAIMED && chat->owner->lost_at != 0)
        due = earlier(due, chat->owner->lost_at + OWNER_GRACE_MS);
    if (chat->transfer != NULL && chat->transfer->until != 0)
        due = earlier(due, chat->transfer->until);
    return due;
}

bool timer_is_early(const struct chat *chat)
{
    return chat->due <= chat_deadline(chat);
}

void timer_add(struct routing *routing, struct chat *chat)
{
    if (routing->timer_count == routing->timer_capacity) {
        size_t capacity = routing->timer_capacity == 0 ? 64 : routing->timer_capacity * 2;
        routing->timers = mem_resize(routing->timers, capacity * sizeof(struct chat *));
        routing->timer_capacity = capacity;
    }
    chat->due = chat_deadline(chat);
    timer_place(routing, routing->timer_count, chat);
    timer_rise(routing, routing->timer_count++);
}

void timer_remove(struct routing *routing, struct chat *chat)
{
    size_t index = chat->timer_index;

    assert(routing->timers[index] == chat);
    struct chat *last = routing->timers[--routing->timer_count];
    if (last == chat)
        return;
    timer_place(routing, index, last);
    timer_rise(routing, index);
    timer_sink(routing, last->timer_index);
}

void timer_update(struct routing *routing, struct chat *chat)
{
    msec_t due = chat_deadline(chat);

    if (due >= chat->due)
        return;
    chat->due = due;
    timer_rise(routing, chat->timer_index);
}

/* Which deadline it was. While the server is away nobody can be told and nobody can come back:
 * only idle chats end then. */
static void chat_due(struct routing *routing, struct chat *chat)
{
    msec_t now = routing->event->at;

    if (now >= chat->active_at + CHAT_IDLE_MS) {
        chat_close(routing, chat, END_IDLE, RESOLUTION_NONE, NULL);
    } else if (routing->up && chat->gone_at != 0 &&
               now >= chat->gone_at + chat->home->options.patron_grace_seconds * 1000) {
        chat_close(routing, chat, END_PATRON, RESOLUTION_NONE, NULL);
    } else if (routing->up && chat->state == CHAT_CLAIMED && chat->owner->lost_at != 0 &&
               now >= chat->owner->lost_at + OWNER_GRACE_MS) {
        chat_return(routing, chat);
    } else if (chat->transfer != NULL && chat->transfer->until != 0 &&
               now >= chat->transfer->until) {
        transfer_end(routing, chat, "unanswered", "Nobody has taken it. The chat is still yours.");
    } else if (routing->up && chat->state == CHAT_CLAIMED && chat->silent_at != 0 &&
               now >= chat->silent_at + chat->home->options.silent_seconds * 1000) {
        chat_silent(routing, chat);
    } else if (chat->state == CHAT_WAITING &&
               ((chat->ring_until != 0 && now >= chat->ring_until) ||
                (chat->offer_until != 0 && now >= chat->offer_until))) {
        chat_ask(routing, chat);
    } else if (chat->state == CHAT_WAITING && chat->news_at != 0 && now >= chat->news_at) {
        chat_news(routing, chat);
    }
}

void timers_due(struct routing *routing)
{
    /* Every round ends a chat or settles one of its deadlines, of which there are seven. */
    for (size_t rounds = 7 * routing->timer_count + 1; rounds > 0; rounds--) {
        if (routing->timer_count == 0 || routing->timers[0]->due > routing->event->at)
            return;
        struct chat *chat = routing->timers[0];
        int64_t number = chat->number;
        chat_due(routing, chat);
        if (chat_by_number(routing, number) == NULL)
            continue;
        msec_t due = chat_deadline(chat);
        /* Without the server a grace that is over waits for it; look again in a second. */
        chat->due = due > routing->event->at ? due : routing->event->at + 1000;
        timer_sink(routing, chat->timer_index);
    }
}
