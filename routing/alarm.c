/* alarm.c: a library promises an hour, and nobody is there: those who can do something about it
 * hear of it once. As a headline (RFC 6121, section 5.2.2): clients show it apart, and servers keep
 * none for who is away, so that nobody reads of yesterday's gap tomorrow. */
#include "policy/arena.h"
#include "routing/routing_private.h"

static const char *alarm_text(struct routing *routing, const struct queue *queue)
{
    struct arena *arena = routing->out->arena;
    int waiting = queue->waiting_count;
    const char *until = queue->until == INT64_MAX ? ""
                                                  : arena_printf(arena, ", and it is open until %s",
                                                                 text_time(routing, queue,
                                                                           queue->until));
    const char *patrons = waiting == 0   ? ""
                          : waiting == 1 ? " One patron is waiting."
                                         : arena_printf(arena, " %d patrons are waiting.", waiting);

    return arena_printf(arena, "Nobody has been at the desk of %s for %d minutes%s.%s",
                        queue->name, ALARM_MS / 60000, until, patrons);
}

/* The library's own administrators; where there are none, the consortium's coordinators. */
static void alarm_ring(struct routing *routing, const struct queue *queue)
{
    const struct library_settings *library = library_by_id(routing, queue->library);
    bool own = library != NULL && library->admin_count > 0;
    const char *const *accounts = own ? library->admins : routing->settings->coordinators;
    size_t count = own ? library->admin_count : routing->settings->coordinator_count;
    const char *text = alarm_text(routing, queue);

    for (size_t i = 0; i < count; i++) {
        struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);
        effect->from = kept(routing, queue->name);
        effect->to = kept(routing, accounts[i]);
        effect->message.id = "";
        effect->message.body = text;
        effect->message.headline = true;
        effect->message.private = true;
    }
}

void alarm_look(struct routing *routing, struct queue *queue)
{
    if (!queue->unstaffed || queue->decision.tiers[0].kind == VERDICT_BACKUP) {
        queue->alarm_at = 0;
        queue->alarm_rung = false;
        return;
    }
    if (queue->alarm_at == 0)
        queue->alarm_at = routing->event->at + ALARM_MS;
    if (!queue->alarm_rung && queue->alarm_at < routing->alarm_due)
        routing->alarm_due = queue->alarm_at;
}

void alarms_forget(struct routing *routing)
{
    struct queue *queue, *next;

    routing->alarm_due = INT64_MAX;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        queue->alarm_at = 0;
    }
}

void alarms_due(struct routing *routing)
{
    msec_t now = routing->event->at;
    struct queue *queue, *next;

    if (!routing->up || routing->settle_until != 0 || now < routing->alarm_due)
        return;
    routing->alarm_due = INT64_MAX;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || queue->alarm_at == 0 || queue->alarm_rung)
            continue;
        if (now >= queue->alarm_at) {
            alarm_ring(routing, queue);
            queue->alarm_rung = true;
        } else if (queue->alarm_at < routing->alarm_due) {
            routing->alarm_due = queue->alarm_at;
        }
    }
}
