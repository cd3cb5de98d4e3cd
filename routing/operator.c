/* operator.c: who of the staff is there, and who can be asked. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

bool operator_is_present(const struct operator *operator)
{
    assert((operator->resource_count == 0) == TAILQ_EMPTY(&operator->resources));
    return operator->resource_count > 0;
}

bool operator_is_assigned(const struct operator *operator, const struct queue *queue)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (queue->operators[i] == operator)
            return true;
    return false;
}

void operator_heard(const struct operator *operator, struct queue *queue)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (queue->operators[i] == operator)
            queue->heard[i] = true;
}

/* Who is subscribed but offline is asked once more, which that person's server answers itself
 * (RFC 6121, section 3.1.3). */
void operators_subscribe(struct routing *routing)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        for (size_t i = 0; i < queue->operator_count; i++) {
            if (queue->heard[i])
                continue;
            struct effect *effect = effects_add(routing->out, EFFECT_SUBSCRIPTION);
            effect->from = kept(routing, queue->name);
            effect->to = kept(routing, queue->operators[i]->account);
            effect->subscription = SUBSCRIBE;
        }
    }
}

/* A client that went away by itself carries the time of the last activity, and its person is
 * taken to be near for a while; one that was sent away by hand carries none. A negative priority
 * wants no messages (RFC 6121, section 4.7.2.3). */
static bool resource_is_available(const struct resource *resource, int idle_grace_seconds,
                                  msec_t wall)
{
    if (resource->priority < 0)
        return false;
    switch (resource->show) {
    case SHOW_CHAT:
    case SHOW_AVAILABLE:
        return true;
    case SHOW_AWAY:
    case SHOW_XA:
        if (resource->idle_since == 0)
            return wall < resource->settled_at;
        return wall < resource->idle_since + (msec_t)idle_grace_seconds * 1000;
    case SHOW_DND:
    case SHOW_UNAVAILABLE:
        return false;
    }
    return false;
}

bool operator_is_on_duty(const struct operator *operator, const struct queue *queue, msec_t wall)
{
    struct resource *resource;

    if (!operator->listed || duty_is_off(operator, queue))
        return false;
    TAILQ_FOREACH(resource, &operator->resources, entry)
        if (resource_is_available(resource, queue->options.idle_grace_seconds, wall))
            return true;
    return false;
}

bool operator_is_available(const struct operator *operator, const struct queue *queue,
                           msec_t wall)
{
    return operator->chat_count < operator->limit &&
           operator_is_on_duty(operator, queue, wall);
}

const char *operator_label(struct routing *routing, const struct operator *operator)
{
    if (operator->title[0] == '\0')
        return operator->name;
    return arena_printf(routing->out->arena, "%s (%s)", operator->title, operator->name);
}

static struct resource *resource_find(const struct operator *operator, const char *name)
{
    struct resource *resource;

    TAILQ_FOREACH(resource, &operator->resources, entry)
        if (strcmp(resource->name, name) == 0)
            return resource;
    return NULL;
}

static void resource_drop(struct operator *operator, struct resource *resource)
{
    TAILQ_REMOVE(&operator->resources, resource, entry);
    operator->resource_count--;
    free(resource);
}

static struct resource *resource_new(struct operator *operator, const char *name)
{
    struct resource *resource = mem_new(sizeof *resource + strlen(name) + 1);

    memcpy(resource->name, name, strlen(name) + 1);
    /* The oldest makes room: a client that crashed often is no reason to lose the live one. */
    if (operator->resource_count == RESOURCES_PER_OPERATOR_MAX)
        resource_drop(operator, TAILQ_FIRST(&operator->resources));
    TAILQ_INSERT_TAIL(&operator->resources, resource, entry);
    operator->resource_count++;
    return resource;
}

/* When the idle grace of some resource ends, its person counts as away: look again then. */
static void operator_watch_grace(struct routing *routing, const struct resource *resource)
{
    struct queue *queue, *next;

    if (resource->settled_at > routing->event->wall &&
        resource->settled_at < routing->operator_due)
        routing->operator_due = resource->settled_at;
    if (resource->idle_since == 0)
        return;
    HASH_ITER(by_id, routing->queues_by_id, queue, next)
    {
        msec_t end = resource->idle_since + (msec_t)queue->options.idle_grace_seconds * 1000;
        if (end > routing->event->wall && end < routing->operator_due)
            routing->operator_due = end;
    }
}

/* Its patrons' deadlines hang on it. */
static void operator_lost(struct routing *routing, struct operator *operator)
{
    struct chat *chat;

    operator->lost_at = routing->event->at;
    TAILQ_FOREACH(chat, &operator->chats, of_owner)
        timer_update(routing, chat);
    offers_withdraw(routing, operator);
}

void operator_forget_presence(struct routing *routing, struct operator *operator)
{
    while (!TAILQ_EMPTY(&operator->resources))
        resource_drop(operator, TAILQ_FIRST(&operator->resources));
    operator_lost(routing, operator);
}

static bool away_without_mark(enum show show, msec_t idle_since)
{
    return (show == SHOW_AWAY || show == SHOW_XA) && idle_since == 0;
}

/* Pidgin goes away in two steps, and the mark comes with the second; it comes back in two steps,
 * and the first has no mark any more. Neither is a person's choice, which the unmarked step alone
 * looks like. Each step arrives once for every queue. */
static msec_t resource_settles(const struct resource *resource, const struct event *event)
{
    if (!away_without_mark(event->presence.show, event->presence.idle_since))
        return 0;
    if (away_without_mark(resource->show, resource->idle_since))
        return resource->settled_at;
    return event->wall + AWAY_SETTLE_MS;
}

void operator_presence(struct routing *routing, struct operator *operator)
{
    const struct event *event = routing->event;
    struct chat *chat;
    struct resource *resource = resource_find(operator, event->resource);

    routing->staff_changed = true;
    if (event->presence.show == SHOW_UNAVAILABLE) {
        if (resource == NULL)
            return;
        resource_drop(operator, resource);
        if (!operator_is_present(operator))
            operator_lost(routing, operator);
        return;
    }
    bool comes = !operator_is_present(operator);
    if (resource == NULL)
        resource = resource_new(operator, event->resource);
    else
        resource->settled_at = resource_settles(resource, event);
    resource->show = event->presence.show;
    resource->priority = event->presence.priority;
    resource->idle_since = event->presence.idle_since;
    operator->lost_at = 0;
    operator_watch_grace(routing, resource);
    if (!comes)
        return;
    TAILQ_FOREACH(chat, &operator->chats, of_owner)
    {
        lines_owed_send(routing, chat);
    }
    duty_greet(routing, operator);
}

/* Nothing is known any more, but nobody is lost yet: they are probed when the server is back. */
void operators_stream_down(struct routing *routing)
{
    struct operator *operator, *next;

    routing->staff_changed = true;
    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        while (!TAILQ_EMPTY(&operator->resources))
            resource_drop(operator, TAILQ_FIRST(&operator->resources));
    }
}

void operators_stream_up(struct routing *routing)
{
    struct operator *operator, *next;
    struct chat *chat;

    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        operator->lost_at = routing->event->at;
        TAILQ_FOREACH(chat, &operator->chats, of_owner)
            timer_update(routing, chat);
    }
}

void operators_due(struct routing *routing)
{
    struct operator *operator, *next;
    struct resource *resource;

    if (routing->event->wall < routing->operator_due)
        return;
    routing->operator_due = INT64_MAX;
    routing->staff_changed = true;
    duties_due(routing);
    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        duty_watch(routing, operator);
        TAILQ_FOREACH(resource, &operator->resources, entry)
            operator_watch_grace(routing, resource);
    }
}
