/* words_explain.c: what policy says of a queue now, in one line. */
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

/* "a, then b and c, then d": the tiers in the order in which they are asked. */
static const char *explain_tiers(struct routing *routing, const struct decision *decision)
{
    struct arena *arena = routing->out->arena;
    const char *text = "";

    for (int i = 0; i < decision->tier_count; i++) {
        const struct tier *tier = &decision->tiers[i];
        for (int j = 0; j < tier->queue_count; j++) {
            const char *before = j > 0 ? " and " : i > 0 ? ", then " : "";
            text = arena_printf(arena, "%s%s%s", text, before,
                                queue_by_index(routing, tier->queues[j])->name);
        }
    }
    return text;
}

static const char *explain_reason(struct routing *routing, const struct decision *decision)
{
    struct arena *arena = routing->out->arena;
    bool named = decision->detail[0] != '\0';

    switch (decision->reason) {
    case REASON_CLOSURE:
        return named ? arena_printf(arena, "closure: %s", decision->detail) : "closure";
    case REASON_HOLIDAY:
        return named ? arena_printf(arena, "holiday: %s", decision->detail) : "holiday";
    case REASON_NO_ROLLOVER:
        return "outside of its hours, and it does not go to the backup";
    case REASON_GAP:
    case REASON_NONE:
        break;
    }
    return "nobody has hours now";
}

static const char *explain_open(struct routing *routing, const struct queue *queue,
                                const struct zone *zone)
{
    static const char *const hours[] = {[VERDICT_OWN] = "own hours",
                                        [VERDICT_SHARED] = "shared hours",
                                        [VERDICT_BACKUP] = "backup hours"};
    struct arena *arena = routing->out->arena;
    const struct decision *decision = &queue->decision;
    const char *until = queue->until == INT64_MAX
                            ? ""
                            : arena_printf(arena, " until %s",
                                           text_clock(routing, zone, queue->until));
    bool unstaffed;

    queue_compute(routing, queue, &unstaffed);
    return arena_printf(arena, "%s is open (%s)%s; asked: %s%s", queue->name,
                        hours[decision->verdict], until, explain_tiers(routing, decision),
                        unstaffed ? "; nobody there is on duty" : "");
}

static const char *explain_closed(struct routing *routing, const struct queue *queue,
                                  const struct zone *zone)
{
    struct arena *arena = routing->out->arena;
    const char *reason = explain_reason(routing, &queue->decision);

    if (queue->next == INT64_MAX)
        return arena_printf(arena, "%s is closed (%s); no opening is in sight", queue->name,
                            reason);
    return arena_printf(arena, "%s is closed (%s); it opens %s", queue->name, reason,
                        text_clock(routing, zone, queue->next));
}

/* The one that is named, else the chat's, else the one whose window it is. */
static const struct queue *explain_queue(const struct word_call *call, const char *name)
{
    const struct queue *queue;

    if (name[0] == '\0' && call->chat != NULL)
        return call->chat->home;
    queue = queue_by_name(call->routing, name[0] == '\0' ? call->address : name);
    return queue != NULL ? queue : word_own_queue(call, name);
}

static const char *explain_text(struct routing *routing, const struct queue *queue)
{
    const struct zone *zone = consortium_queue_zone(routing->settings, queue->index);
    const char *text = queue->decision.tier_count == 0 ? explain_closed(routing, queue, zone)
                                                       : explain_open(routing, queue, zone);

    return arena_printf(routing->out->arena, "%s. (Times: %s)", text, zone->name);
}

void explain_received(struct routing *routing)
{
    const struct queue *queue = queue_by_name(routing, routing->event->explain.queue);

    answer_command(routing, queue == NULL || queue->index == NO_INDEX
                                ? NULL
                                : explain_text(routing, queue));
}

void word_explain(const struct word_call *call)
{
    struct routing *routing = call->routing;
    struct arena *arena = routing->out->arena;
    const char *name = word_argument(call);
    const struct queue *queue = explain_queue(call, name);

    if (queue == NULL || queue->index == NO_INDEX) {
        word_answer(call, name[0] == '\0'
                              ? "Which queue? !explain QUEUE."
                              : arena_printf(arena, "There is no queue '%.60s'.", name));
        return;
    }
    word_answer(call, explain_text(routing, queue));
}
