/* duty.c: on and off duty by an operator's own word.
 *
 * Whoever is logged in is on duty, unless the operator said otherwise: for all queues, or for some.
 * That word outlives log-ins and restarts, so it is stored. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "policy/wall.h"
#include "routing/routing_private.h"

static bool queue_is_off(const struct operator *operator, int64_t queue)
{
    for (size_t i = 0; i < operator->queue_off_count; i++)
        if (operator->queues_off[i] == queue)
            return true;
    return false;
}

bool duty_is_off(const struct operator *operator, const struct queue *queue)
{
    return operator->off || queue_is_off(operator, queue->id);
}

static void queue_off_add(struct operator *operator, int64_t queue)
{
    if (queue_is_off(operator, queue))
        return;
    operator->queues_off =
        mem_resize(operator->queues_off,
                   (operator->queue_off_count + 1) * sizeof *operator->queues_off);
    operator->queues_off[operator->queue_off_count++] = queue;
}

static void queue_off_remove(struct operator *operator, int64_t queue)
{
    size_t kept_count = 0;

    for (size_t i = 0; i < operator->queue_off_count; i++)
        if (operator->queues_off[i] != queue)
            operator->queues_off[kept_count++] = operator->queues_off[i];
    operator->queue_off_count = kept_count;
}

void duty_prune(struct routing *routing, struct operator *operator)
{
    for (size_t i = operator->queue_off_count; i > 0; i--) {
        int64_t id = operator->queues_off[i - 1];
        const struct queue *queue = queue_by_id(routing, id);
        if (queue == NULL || queue->index == NO_INDEX)
            queue_off_remove(operator, id);
    }
}

void duty_watch(struct routing *routing, const struct operator *operator)
{
    if (operator->turns_at != 0 && operator->turns_at < routing->operator_due)
        routing->operator_due = operator->turns_at;
}

const struct zone *operator_zone(const struct routing *routing, const struct operator *operator)
{
    const struct library_settings *library = library_by_id(routing, operator->library);

    return library == NULL ? routing->settings->zone : library->zone;
}

msec_t duty_midnight(const struct routing *routing, const struct operator *operator, msec_t after)
{
    const struct zone *zone = operator_zone(routing, operator);
    instant at = after / 1000;

    return wall_next(zone, at, wall_at(zone, at).date + 1, 0) * 1000;
}

static void duty_store(struct routing *routing, const struct operator *operator, int64_t queue)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_DUTY);
    struct duty_record *record = &effect->duty;

    record->operator = operator->id;
    record->queue = queue;
    record->at = routing->event->wall;
    if (queue != 0) {
        record->off = queue_is_off(operator, queue);
        return;
    }
    record->off = operator->off;
    record->max = operator->own_limit;
    record->until = operator->turns_at;
}

void duty_store_again(struct routing *routing, const struct operator *operator)
{
    if (operator->off || operator->own_limit != 0 || operator->turns_at != 0)
        duty_store(routing, operator, 0);
    for (size_t i = 0; i < operator->queue_off_count; i++)
        duty_store(routing, operator, operator->queues_off[i]);
}

/* Chats go on, but what was only offered goes to others. A declined offer stays: who comes back is
 * not asked again. */
static void duty_offers_withdraw(struct routing *routing, struct operator *operator)
{
    for (struct offer *offer = TAILQ_FIRST(&operator->offers), *next; offer != NULL;
         offer = next) {
        next = TAILQ_NEXT(offer, of_operator);
        if (!offer->declined && duty_is_off(operator, offer->via))
            offer_withdraw(routing, offer);
    }
}

void duty_set(struct routing *routing, struct operator *operator, bool off, msec_t turns_at)
{
    assert(turns_at >= 0);
    routing->staff_changed = true;
    operator->off = off;
    operator->turns_at = turns_at;
    duty_watch(routing, operator);
    duty_store(routing, operator, 0);
    duty_offers_withdraw(routing, operator);
}

void duty_set_queues_on(struct routing *routing, struct operator *operator)
{
    routing->staff_changed = true;
    while (operator->queue_off_count > 0) {
        int64_t queue = operator->queues_off[--operator->queue_off_count];
        duty_store(routing, operator, queue);
    }
}

/* Who is off for all and comes back for one queue stays off for the others. */
static void duty_split(struct routing *routing, struct operator *operator)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || !operator_is_assigned(operator, queue) ||
            queue_is_off(operator, queue->id))
            continue;
        queue_off_add(operator, queue->id);
        duty_store(routing, operator, queue->id);
    }
    operator->off = false;
    operator->turns_at = 0;
    duty_store(routing, operator, 0);
}

void duty_set_queue(struct routing *routing, struct operator *operator, const struct queue *queue,
                    bool off)
{
    assert(operator_is_assigned(operator, queue));
    routing->staff_changed = true;
    if (operator->off && !off)
        duty_split(routing, operator);
    if (off)
        queue_off_add(operator, queue->id);
    else
        queue_off_remove(operator, queue->id);
    duty_store(routing, operator, queue->id);
    duty_offers_withdraw(routing, operator);
}

void duty_set_limit(struct routing *routing, struct operator *operator, int limit)
{
    assert(limit >= 0);
    operator->own_limit = limit;
    operator_limit_apply(operator);
    routing->staff_changed = true;
    duty_store(routing, operator, 0);
}

/* Any window of the desk that the operator knows; NULL when it answers no queue. */
static const struct queue *operator_any_queue(const struct routing *routing,
                                              const struct operator *operator)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index != NO_INDEX && operator_is_assigned(operator, queue))
            return queue;
    }
    return NULL;
}

/* While the server comes back everybody seems to come, and only what the clock did meanwhile is
 * news. */
void duty_greet(struct routing *routing, struct operator *operator)
{
    const struct queue *queue = operator_any_queue(routing, operator);
    bool off = operator->off || operator->queue_off_count > 0;

    if (queue != NULL && off && (operator->turned_unheard || routing->settle_until == 0))
        say_to_operator(routing, operator, queue->name, text_duty(routing, operator));
    operator->turned_unheard = false;
}

/* A day that began while the desk was away turns it twice. */
static void duty_turn(struct routing *routing, struct operator *operator)
{
    bool off = operator->off, before = off;
    msec_t turns_at = operator->turns_at;

    while (turns_at != 0 && routing->event->wall >= turns_at) {
        turns_at = off ? 0 : duty_midnight(routing, operator, turns_at);
        off = !off;
    }
    duty_set(routing, operator, off, turns_at);
    const struct queue *queue = operator_any_queue(routing, operator);
    operator->turned_unheard = !operator_is_present(operator);
    if (off != before && queue != NULL)
        say_to_operator(routing, operator, queue->name, text_duty_turned(routing, operator));
}

void duties_due(struct routing *routing)
{
    struct operator *operator, *next;

    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        if (operator->turns_at != 0 && routing->event->wall >= operator->turns_at)
            duty_turn(routing, operator);
    }
}

void duty_restore(struct routing *routing)
{
    const struct duty_record *record = routing->event->duty;
    struct operator *operator = operator_by_id(routing, record->operator);

    if (operator == NULL)
        return;
    if (record->queue == 0) {
        operator->off = record->off;
        operator->own_limit = record->max > 0 ? record->max : 0;
        operator->turns_at = record->until > 0 ? record->until : 0;
        operator_limit_apply(operator);
        duty_watch(routing, operator);
    } else if (queue_by_id(routing, record->queue) != NULL && record->off) {
        queue_off_add(operator, record->queue);
    }
}

/* --- the log of who was on duty --- */

static void log_store(struct routing *routing, const struct operator *operator,
                      const struct queue *queue, bool on, bool first)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_DUTY_LOG);

    effect->duty_log.operator = operator->id;
    effect->duty_log.queue = queue->id;
    effect->duty_log.on = on;
    effect->duty_log.first = first;
    effect->duty_log.at = routing->event->wall;
}

void duty_log_end(struct routing *routing, const struct operator *operator,
                  const struct queue *queue, enum duty_logged before)
{
    if (before == DUTY_ON)
        log_store(routing, operator, queue, false, false);
}

/* Only what is known counts: nobody went off duty because the server is away. */
void duties_log(struct routing *routing)
{
    struct queue *queue, *next;

    if (!routing->up || !routing->staff_changed || routing->settle_until != 0)
        return;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        for (size_t i = 0; queue->index != NO_INDEX && i < queue->operator_count; i++) {
            const struct operator *operator = queue->operators[i];
            bool on = operator_is_on_duty(operator, queue, routing->event->wall);
            enum duty_logged before = queue->logged[i];
            if (before == (on ? DUTY_ON : DUTY_OFF))
                continue;
            queue->logged[i] = on ? DUTY_ON : DUTY_OFF;
            log_store(routing, operator, queue, on, before == DUTY_UNKNOWN);
        }
    }
}
