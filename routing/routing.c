/* routing.c: the one entry: an event comes in, and what follows from it. */
#include "routing/routing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

const char *kept(struct routing *routing, const char *text)
{
    return arena_strdup(routing->out->arena, text);
}

const char *jid_full(struct routing *routing, const char *bare, const char *resource)
{
    if (resource[0] == '\0')
        return kept(routing, bare);
    size_t length = strlen(bare), rest = strlen(resource);
    char *full = arena_alloc(routing->out->arena, length + 1 + rest + 1);
    memcpy(full, bare, length);
    full[length] = '/';
    memcpy(full + length + 1, resource, rest + 1);
    return full;
}

struct routing *routing_new(void)
{
    struct routing *routing = mem_new(sizeof *routing);

    routing->policy_due = INT64_MAX;
    routing->operator_due = INT64_MAX;
    routing->alarm_due = INT64_MAX;
    routing->flood_patrons = flood_new(FLOOD_PATRONS_MAX);
    routing->flood_places = flood_new(FLOOD_PLACES_MAX);
    routing->ended = ended_new();
    TAILQ_INIT(&routing->waiting);
    return routing;
}

void routing_start(struct routing *routing, const struct routing_options *options)
{
    assert(!routing->up);
    routing->options = *options;
    if (options->first_number > routing->next_number)
        routing->next_number = options->first_number;
}

struct routing *routing_free(struct routing *routing)
{
    struct chat *chat, *next_chat;
    struct queue *queue, *next_queue;
    struct operator *operator, *next_operator;

    if (routing == NULL)
        return NULL;
    HASH_ITER(by_number, routing->chats_by_number, chat, next_chat)
    {
        chat_free(routing, chat);
    }
    HASH_CLEAR(by_name, routing->operators_by_name);
    replays_free(routing);
    flood_free(routing->flood_patrons);
    flood_free(routing->flood_places);
    ended_free(routing->ended);
    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        queue_free(routing, queue);
    }
    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        operator_free(routing, operator);
    }
    blocks_free(routing);
    followups_free(routing);
    free(routing->timers);
    free(routing->notices);
    free(routing);
    return NULL;
}

static void ping_patron(struct routing *routing, const struct chat *chat)
{
    struct effect *effect = effects_add(routing->out, EFFECT_PING);

    effect->from = chat_entry_name(routing, chat);
    effect->to = chat_patron_jid(routing, chat);
}

/* The server does not repeat presences to a component that comes back: staff is probed, patrons
 * are pinged. Subscriptions wait until the probes are answered: Prosody 0.12 answers a probe that
 * it may not answer with `unsubscribed`, and forgets a request that waits for that person. */
static void stream_up(struct routing *routing)
{
    struct queue *queue, *next_queue;
    struct chat *chat, *next_chat;

    routing->up = true;
    routing->settle_until = routing->event->at + SETTLE_MS;
    routing->staff_changed = true;
    operators_stream_up(routing);
    HASH_ITER(by_name, routing->queues_by_name, queue, next_queue)
    {
        for (size_t i = 0; i < queue->operator_count; i++) {
            const char *account = kept(routing, queue->operators[i]->account);
            struct effect *effect = effects_add(routing->out, EFFECT_PROBE);
            queue->heard[i] = false;
            effect->from = kept(routing, queue->name);
            effect->to = account;
        }
    }
    HASH_ITER(by_number, routing->chats_by_number, chat, next_chat)
    {
        if (chat->gone_at != 0)
            chat->gone_at = routing->event->at;
        timer_update(routing, chat);
        ping_patron(routing, chat);
    }
}

/* The server tells nobody that a component is gone, so every queue says it. */
static void stream_closing(struct routing *routing)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        queue_hide(routing, queue);
    }
    routing->up = false;
}

static void settle(struct routing *routing)
{
    if (routing->settle_until == 0 || routing->event->at < routing->settle_until)
        return;
    routing->settle_until = 0;
    routing->staff_changed = true;
    operators_subscribe(routing);
}

static void stream_down(struct routing *routing)
{
    routing->up = false;
    routing->settle_until = 0;
    operators_stream_down(routing);
    alarms_forget(routing);
}

/* What the last process kept. */
static void restore_handle(struct routing *routing)
{
    enum event_type type = routing->event->type;

    if (type == EVENT_RESTORE_DUTY)
        duty_restore(routing);
    else if (type == EVENT_RESTORE_BLOCK)
        block_restore(routing);
    else if (type == EVENT_RESTORE_FOLLOWUP)
        followup_restore(routing);
    else
        chat_restore(routing);
}

static void event_handle(struct routing *routing)
{
    switch (routing->event->type) {
    case EVENT_TIME:
        return;
    case EVENT_STREAM_UP:
        stream_up(routing);
        return;
    case EVENT_STREAM_DOWN:
        stream_down(routing);
        return;
    case EVENT_STREAM_CLOSING:
        stream_closing(routing);
        return;
    case EVENT_SETTINGS:
        settings_apply(routing, routing->event->settings);
        return;
    case EVENT_MESSAGE:
        message_received(routing);
        return;
    case EVENT_WORD:
        word_received(routing);
        return;
    case EVENT_SIGNOFF:
        signoff_received(routing);
        return;
    case EVENT_EXPLAIN:
        explain_received(routing);
        return;
    case EVENT_BLOCK:
        block_changed(routing);
        return;
    case EVENT_ERASED:
        followups_erased(routing);
        return;
    case EVENT_LEAVE:
        leave_received(routing);
        return;
    case EVENT_CHAT_STATE:
        chat_state_received(routing);
        return;
    case EVENT_PRESENCE:
        presence_received(routing);
        return;
    case EVENT_PROBE:
        probe_received(routing);
        return;
    case EVENT_SUBSCRIPTION:
        subscription_received(routing);
        return;
    case EVENT_BOUNCE:
        bounce_received(routing);
        return;
    case EVENT_RESTORE_DUTY:
    case EVENT_RESTORE_BLOCK:
    case EVENT_RESTORE_FOLLOWUP:
    case EVENT_RESTORE:
        restore_handle(routing);
        return;
    case EVENT_RECALLED:
        chat_recalled(routing);
        return;
    case EVENT_RESUME:
        resume_received(routing);
        return;
    case EVENT_REPLAYED:
        replay_go_on(routing);
        return;
    }
    abort();
}

/* Policy's boundaries come before the event itself: who writes at 17:00:00 is asked for by the
 * rules of 17:00:00. */
void routing_step(struct routing *routing, const struct event *event, struct effects *out)
{
    assert(routing->event == NULL);
    assert(event->type == EVENT_SETTINGS || routing->settings != NULL);
    routing->event = event;
    routing->out = out;
    routing->steps++;
    if (event->type != EVENT_SETTINGS)
        queues_due(routing);
    operators_due(routing);
    event_handle(routing);
    timers_due(routing);
    settings_sweep_leftovers(routing);
    settle(routing);
    if (routing->staff_changed && routing->up)
        chats_ask(routing);
    duties_log(routing);
    followups_tell(routing);
    queues_publish(routing);
    alarms_due(routing);
    routing->event = NULL;
    routing->out = NULL;
}

msec_t routing_deadline(const struct routing *routing, msec_t at, msec_t wall)
{
    msec_t due = INT64_MAX;

    if (routing->timer_count > 0)
        due = routing->timers[0]->due;
    if (routing->settle_until != 0 && routing->settle_until < due)
        due = routing->settle_until;
    if (routing->up && routing->settle_until == 0 && routing->alarm_due < due)
        due = routing->alarm_due;
    if (routing->policy_due != INT64_MAX && routing->policy_due * 1000 - wall + at < due)
        due = routing->policy_due * 1000 - wall + at;
    if (routing->operator_due != INT64_MAX && routing->operator_due - wall + at < due)
        due = routing->operator_due - wall + at;
    return due;
}

bool routing_queue_next(const struct routing *routing, const struct queue **cursor,
                        struct queue_view *ret)
{
    const struct queue *queue =
        *cursor == NULL ? routing->queues_by_name : (*cursor)->by_name.next;

    while (queue != NULL && queue->index == NO_INDEX)
        queue = queue->by_name.next;
    if (queue == NULL)
        return false;
    *cursor = queue;
    *ret = (struct queue_view){
        .name = queue->name,
        .published = queue->status != NULL,
        .state = queue->state,
        .unstaffed = queue->unstaffed,
        .reason = queue->decision.reason,
        .waiting = queue->waiting_count,
        .until = queue->until,
        .next = queue->decision.tier_count == 0 ? queue->next : INT64_MAX,
    };
    return true;
}

uint64_t routing_views_version(const struct routing *routing)
{
    return routing->views_version;
}
