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

/* At one instant the older chat comes first: how many others there are shows to nobody. */
static bool timer_before(const struct chat *a, const struct chat *b)
{
    return a->due < b->due || (a->due == b->due && a->number < b->number);
}

static void timer_rise(struct routing *routing, size_t index)
{
    struct chat *chat = routing->timers[index];

    while (index > 0 && timer_before(chat, routing->timers[(index - 1) / 2])) {
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
            timer_before(routing->timers[child + 1], routing->timers[child]))
            child++;
        if (timer_before(chat, routing->timers[child]))
            break;
        timer_place(routing, index, routing->timers[child]);
        index = child;
    }
    timer_place(routing, index, chat);
}

enum { DEADLINES_MAX = 8 };

/* All that the chat waits for. Returns how many there are. */
static int chat_deadlines(const struct chat *chat, msec_t list[DEADLINES_MAX])
{
    const struct queue_options *options = &chat->home->options;
    int count = 0;

    list[count++] = chat->active_at + CHAT_IDLE_MS;
    if (chat->gone_at != 0)
        list[count++] = chat->gone_at + options->patron_grace_seconds * 1000;
    if (chat->state == CHAT_WAITING && chat->ring_until != 0)
        list[count++] = chat->ring_until;
    if (chat->state == CHAT_WAITING && chat->offer_until != 0)
        list[count++] = chat->offer_until;
    if (chat->state == CHAT_WAITING && chat->news_at != 0)
        list[count++] = chat->news_at;
    if (chat->state == CHAT_CLAIMED && chat->silent_at != 0)
        list[count++] = chat->silent_at + options->silent_seconds * 1000;
    if (chat->state == CHAT_CLAIMED && chat->owner->lost_at != 0)
        list[count++] = chat->owner->lost_at + OWNER_GRACE_MS;
    if (chat->transfer != NULL && chat->transfer->until != 0)
        list[count++] = chat->transfer->until;
    return count;
}

/* The real deadline: the earliest. */
static msec_t chat_deadline(const struct chat *chat)
{
    msec_t list[DEADLINES_MAX], due = INT64_MAX;

    for (int i = chat_deadlines(chat, list) - 1; i >= 0; i--)
        due = list[i] < due ? list[i] : due;
    return due;
}

static int chat_deadlines_passed(const struct chat *chat, msec_t now)
{
    msec_t list[DEADLINES_MAX];
    int passed = 0;

    for (int i = chat_deadlines(chat, list) - 1; i >= 0; i--)
        passed += list[i] <= now;
    return passed;
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
    msec_t now = routing->event->at;

    /* Every round ends a chat, settles one of its deadlines, or puts it back. */
    for (size_t rounds = (DEADLINES_MAX + 1) * routing->timer_count + 1; rounds > 0; rounds--) {
        if (routing->timer_count == 0 || routing->timers[0]->due > now)
            return;
        struct chat *chat = routing->timers[0];
        int64_t number = chat->number;
        int passed = chat_deadlines_passed(chat, now);
        chat_due(routing, chat);
        if (chat_by_number(routing, number) == NULL)
            continue;
        /* Without the server a grace that is over waits for it; look again in a second. But two
         * deadlines at one instant are settled one behind the other. */
        msec_t due = chat_deadline(chat);
        bool waits = due <= now && chat_deadlines_passed(chat, now) >= passed;
        chat->due = waits ? now + 1000 : due;
        timer_sink(routing, chat->timer_index);
    }
}
