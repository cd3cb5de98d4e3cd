/* queue.c: what a queue shows to operators and patrons. Computed, never stored. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

/* Who would be asked, and why not, as one number (FNV-1a): indexes mean nothing in the next
 * settings, ids do. */
static uint64_t decision_mark(const struct routing *routing, const struct decision *decision)
{
    uint64_t mark = UINT64_C(14695981039346656037);

#define MIX(value) mark = (mark ^ (uint64_t)(value)) * UINT64_C(1099511628211)
    MIX(decision->reason);
    for (int i = 0; i < decision->tier_count; i++) {
        MIX(decision->tiers[i].kind);
        for (int j = 0; j < decision->tiers[i].queue_count; j++)
            MIX(routing->settings->queues[decision->tiers[i].queues[j]].id);
    }
#undef MIX
    return mark;
}

void queue_decide(struct routing *routing, struct queue *queue)
{
    instant now = routing->event->wall / 1000;

    policy_decide(routing->settings, queue->index, now, &queue->decision);
    uint64_t mark = decision_mark(routing, &queue->decision);
    queue->ask_anew = queue->ask_anew || mark != queue->mark;
    queue->mark = mark;
    queue->until = policy_until(routing->settings, queue->index, now);
    queue->next = queue->decision.verdict == VERDICT_CLOSED
                      ? policy_next(routing->settings, queue->index, now)
                      : now;
    queue->look = policy_boundary(routing->settings, queue->index, now);
    if (queue->look < routing->policy_due)
        routing->policy_due = queue->look;
    routing->staff_changed = true;
}

/* At a midnight only the name of a closure may change, and whether a time is today's. */
static void queue_look(struct routing *routing, struct queue *queue)
{
    instant now = routing->event->wall / 1000;

    if (now >= queue->until || now < routing->policy_seen) {
        queue_decide(routing, queue);
        return;
    }
    policy_decide(routing->settings, queue->index, now, &queue->decision);
    uint64_t mark = decision_mark(routing, &queue->decision);
    queue->ask_anew = queue->ask_anew || mark != queue->mark;
    queue->mark = mark;
    queue->look = policy_boundary(routing->settings, queue->index, now);
    if (queue->look < routing->policy_due)
        routing->policy_due = queue->look;
    routing->staff_changed = true;
}

void queues_ask_anew(struct routing *routing)
{
    struct queue *queue, *next_queue;

    for (struct chat *chat = TAILQ_FIRST(&routing->waiting), *next; chat != NULL; chat = next) {
        next = TAILQ_NEXT(chat, waiting);
        if (chat->home->ask_anew)
            chat_ask_anew(routing, chat);
    }
    HASH_ITER(by_name, routing->queues_by_name, queue, next_queue)
    {
        queue->ask_anew = false;
    }
}

/* A clock that was set back has all queues looked at. */
void queues_due(struct routing *routing)
{
    instant now = routing->event->wall / 1000;
    bool back = now < routing->policy_seen;
    struct queue *queue, *next;

    if (back || now >= routing->policy_due) {
        routing->policy_due = INT64_MAX;
        HASH_ITER(by_name, routing->queues_by_name, queue, next)
        {
            if (queue->index == NO_INDEX)
                continue;
            if (back || now >= queue->look)
                queue_look(routing, queue);
            else if (queue->look < routing->policy_due)
                routing->policy_due = queue->look;
        }
        queues_ask_anew(routing);
    }
    routing->policy_seen = now;
}

struct staff {
    bool there; /* somebody is on duty */
    bool free;  /* and below the limit */
    bool idle;  /* and has no chat at all */
};

static struct staff tier_staff(const struct routing *routing, const struct tier *tier)
{
    struct staff staff = {false, false, false};
    msec_t wall = routing->event->wall;

    for (int i = 0; i < tier->queue_count; i++) {
        const struct queue *queue = queue_by_index(routing, tier->queues[i]);
        for (size_t j = 0; j < queue->operator_count; j++) {
            const struct operator *operator = queue->operators[j];
            staff.there = staff.there || operator_is_on_duty(operator, queue, wall);
            if (operator_is_available(operator, queue, wall)) {
                staff.free = true;
                staff.idle = staff.idle || operator->chat_count == 0;
            }
        }
    }
    return staff;
}

/* Own and shared tiers are the team; the backup counts only where the team is not free. */
enum queue_state queue_compute(const struct routing *routing, const struct queue *queue,
                               bool *ret_unstaffed)
{
    const struct decision *decision = &queue->decision;
    struct staff team = {false, false, false}, backup = {false, false, false};

    for (int i = 0; i < decision->tier_count; i++) {
        struct staff staff = tier_staff(routing, &decision->tiers[i]);
        struct staff *sum = decision->tiers[i].kind == VERDICT_BACKUP ? &backup : &team;
        sum->there = sum->there || staff.there;
        sum->free = sum->free || staff.free;
        sum->idle = sum->idle || staff.idle;
    }
    *ret_unstaffed = decision->tier_count > 0 && !team.there && !backup.there;
    if (decision->tier_count == 0 || *ret_unstaffed)
        return QUEUE_CLOSED;
    if (team.idle)
        return QUEUE_FREE;
    if (team.free)
        return QUEUE_STAFFED;
    if (backup.free)
        return QUEUE_BACKUP;
    return QUEUE_BUSY;
}

enum show queue_state_show(enum queue_state state)
{
    switch (state) {
    case QUEUE_FREE:
        return SHOW_CHAT;
    case QUEUE_STAFFED:
        return SHOW_AVAILABLE;
    case QUEUE_BUSY:
        return SHOW_DND;
    case QUEUE_BACKUP:
        return SHOW_AWAY;
    case QUEUE_CLOSED:
        return SHOW_XA;
    }
    abort();
}

static void presence_send(struct routing *routing, const struct queue *queue, const char *jid,
                          enum show show, const char *status)
{
    struct effect *effect = effects_add(routing->out, EFFECT_PRESENCE);

    effect->from = kept(routing, queue->name);
    effect->to = kept(routing, jid);
    effect->presence.show = show;
    effect->presence.status = kept(routing, status);
}

/* To each operator who is there, and to each watcher. */
static void presence_broadcast(struct routing *routing, struct queue *queue, enum show show,
                               const char *status)
{
    struct watcher *watcher, *next;

    for (size_t i = 0; i < queue->operator_count; i++)
        if (operator_is_present(queue->operators[i]))
            presence_send(routing, queue, queue->operators[i]->account, show, status);
    HASH_ITER(hh, queue->watchers, watcher, next)
    {
        presence_send(routing, queue, watcher->jid, show, status);
    }
}

void queue_hide(struct routing *routing, struct queue *queue)
{
    if (routing->up)
        presence_broadcast(routing, queue, SHOW_UNAVAILABLE, "");
}

bool queue_publish(struct routing *routing, struct queue *queue)
{
    bool unstaffed;

    assert(queue->index != NO_INDEX);
    enum queue_state state = queue_compute(routing, queue, &unstaffed);
    queue->unstaffed = unstaffed;
    alarm_look(routing, queue);
    const char *status = text_status(routing, queue, state);
    if (queue->status != NULL && queue->state == state && strcmp(queue->status, status) == 0)
        return false;
    queue->state = state;
    free(queue->status);
    queue->status = mem_strdup(status);
    presence_broadcast(routing, queue, queue_state_show(state), queue->status);
    return true;
}

void queues_publish(struct routing *routing)
{
    struct queue *queue, *next;

    if (!routing->up || !routing->staff_changed || routing->settle_until != 0)
        return;
    routing->staff_changed = false;
    routing->views_version++;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index != NO_INDEX)
            queue_publish(routing, queue);
    }
}

void queue_show_to(struct routing *routing, struct queue *queue, const char *jid, bool hears_all)
{
    if (queue_publish(routing, queue) && hears_all)
        return;
    presence_send(routing, queue, jid, queue_state_show(queue->state), queue->status);
}

void queue_watch(struct routing *routing, struct queue *queue, const char *jid)
{
    struct watcher *watcher;
    size_t length = strlen(jid);

    HASH_FIND_STR(queue->watchers, jid, watcher);
    if (watcher == NULL && HASH_COUNT(queue->watchers) < WATCHERS_PER_QUEUE_MAX) {
        watcher = mem_new(sizeof *watcher + length + 1);
        memcpy(watcher->jid, jid, length + 1);
        HASH_ADD_STR(queue->watchers, jid, watcher);
    }
    queue_show_to(routing, queue, jid, watcher != NULL);
}

void queue_unwatch(struct queue *queue, const char *jid)
{
    struct watcher *watcher;

    HASH_FIND_STR(queue->watchers, jid, watcher);
    if (watcher == NULL)
        return;
    HASH_DEL(queue->watchers, watcher);
    free(watcher);
}

void queue_unwatch_all(struct queue *queue)
{
    struct watcher *watcher, *next;

    HASH_ITER(hh, queue->watchers, watcher, next)
    {
        HASH_DEL(queue->watchers, watcher);
        free(watcher);
    }
}
