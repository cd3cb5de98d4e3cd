/* text_duty.c: what operators read of their duty. */
#include "policy/arena.h"
#include "routing/routing_private.h"

enum { NAMES_MAX = 8 }; /* of one list: who answers more queues knows them */

/* "a, b and c" of the operator's queues that are on or off; "" for none. */
static const char *duty_queues(struct routing *routing, const struct operator *operator, bool off)
{
    struct arena *arena = routing->out->arena;
    const char *text = "", *last = NULL;
    struct queue *queue, *next;
    int count = 0;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || !operator_is_assigned(operator, queue) ||
            duty_is_off(operator, queue) != off)
            continue;
        if (count > 0 && count <= NAMES_MAX)
            text = arena_printf(arena, "%s%s%s", text, count == 1 ? "" : ", ", last);
        last = queue->name;
        count++;
    }
    if (count > NAMES_MAX)
        return arena_printf(arena, "%s and %d more", text, count - NAMES_MAX);
    if (count < 2)
        return count == 0 ? "" : last;
    return arena_printf(arena, "%s and %s", text, last);
}

static const char *duty_turn_time(struct routing *routing, const struct operator *operator)
{
    return text_clock(routing, operator_zone(routing, operator), operator->turns_at / 1000);
}

static const char *duty_on(struct routing *routing, const struct operator *operator)
{
    const char *queues = duty_queues(routing, operator, false);

    if (operator->turns_at == 0)
        return arena_printf(routing->out->arena, "You are on duty for %s", queues);
    return arena_printf(routing->out->arena, "You are on duty for %s until %s", queues,
                        duty_turn_time(routing, operator));
}

/* Present, but nothing new comes: away, busy, or a client that takes no messages. */
static bool duty_is_idle(const struct routing *routing, const struct operator *operator)
{
    struct queue *queue, *next;
    bool idle = false;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || !operator_is_assigned(operator, queue) ||
            duty_is_off(operator, queue))
            continue;
        if (operator_is_on_duty(operator, queue, routing->event->wall))
            return false;
        idle = true;
    }
    return idle && operator_is_present(operator);
}

const char *text_duty(struct routing *routing, const struct operator *operator)
{
    struct arena *arena = routing->out->arena;
    const char *on = duty_queues(routing, operator, false);
    const char *off = duty_queues(routing, operator, true);
    const char *text;

    if (on[0] == '\0' && off[0] == '\0')
        return "You answer no queue.";
    if (on[0] == '\0' && operator->turns_at != 0)
        text = arena_printf(arena, "You are off duty for %s until %s, or until you write !on.",
                            off, duty_turn_time(routing, operator));
    else if (on[0] == '\0')
        text = arena_printf(arena, "You are off duty for %s until you write !on.", off);
    else if (off[0] == '\0')
        text = arena_printf(arena, "%s.", duty_on(routing, operator));
    else
        text = arena_printf(arena, "%s, and off duty for %s until you write !on.",
                            duty_on(routing, operator), off);
    if (operator->own_limit != 0)
        text = arena_printf(arena, "%s At most %d chat%s at once.", text, operator->own_limit,
                            operator->own_limit == 1 ? "" : "s");
    if (duty_is_idle(routing, operator))
        text = arena_printf(arena, "%s Your client shows away or busy: nothing new comes before "
                                   "it shows available.",
                            text);
    return text;
}

const char *text_duty_turned(struct routing *routing, const struct operator *operator)
{
    struct arena *arena = routing->out->arena;
    const char *text = text_duty(routing, operator);
    const struct chat *chat;
    int count = 0;

    if (!operator->off)
        return arena_printf(arena, "It is a new day. %s", text);
    TAILQ_FOREACH(chat, &operator->chats, of_owner)
    {
        if (count++ == NAMES_MAX)
            break;
        text = arena_printf(arena, "%s%s %s", text, count == 1 ? " Still yours and open:" : ",",
                            chat->address);
    }
    if (count == 0)
        return text;
    return arena_printf(arena, "%s%s. They go on until you end them.", text,
                        count > NAMES_MAX ? " and more" : "");
}
