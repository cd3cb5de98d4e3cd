/* text.c: what patrons read of the desk, and what a queue's presence says. */
#include <string.h>

#include "policy/arena.h"
#include "policy/date.h"
#include "policy/zone.h"
#include "routing/routing_private.h"

static const struct zone *queue_zone(const struct routing *routing, const struct queue *queue)
{
    const struct queue_settings *settings = &routing->settings->queues[queue->index];

    return routing->settings->libraries[settings->library].zone;
}

struct local {
    day_number date;
    int minute; /* of the day */
};

static struct local local_time(const struct zone *zone, instant at)
{
    instant local = at + zone_offset(zone, at);
    instant day = local / SECONDS_A_DAY - (local % SECONDS_A_DAY < 0);

    return (struct local){(day_number)day, (int)((local - day * SECONDS_A_DAY) / 60)};
}

/* "08:00" today, "Tue 08:00" within the week, else "Tue 5 Jan, 08:00"; in the queue's zone. */
static const char *text_time(struct routing *routing, const struct queue *queue, instant at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const struct zone *zone = queue_zone(routing, queue);
    struct arena *arena = routing->out->arena;
    struct local now = local_time(zone, routing->event->wall / 1000);
    struct local then = local_time(zone, at);
    int hour = then.minute / 60, minute = then.minute % 60;
    int year, month, day;

    if (then.date == now.date)
        return arena_printf(arena, "%02d:%02d", hour, minute);
    if (then.date < now.date + 7)
        return arena_printf(arena, "%s %02d:%02d", days[date_weekday(then.date)], hour, minute);
    date_to_civil(then.date, &year, &month, &day);
    return arena_printf(arena, "%s %d %s, %02d:%02d", days[date_weekday(then.date)], day,
                        months[month - 1], hour, minute);
}

/* ", back Tue 08:00" or nothing when no opening is in sight. */
static const char *text_back(struct routing *routing, const struct queue *queue)
{
    if (queue->next == INT64_MAX)
        return "";
    return arena_printf(routing->out->arena, ", back %s",
                        text_time(routing, queue, queue->next));
}

const char *text_welcome(struct routing *routing, const struct queue *queue)
{
    if (queue->options.welcome[0] != '\0')
        return queue->options.welcome;
    return arena_printf(routing->out->arena,
                        "Welcome to %s. A librarian has been asked and will answer here.",
                        queue->title);
}

static const char *text_opening(struct routing *routing, const struct queue *queue)
{
    if (queue->next == INT64_MAX)
        return "";
    const char *when = text_time(routing, queue, queue->next);
    bool today = when[0] >= '0' && when[0] <= '9';
    return arena_printf(routing->out->arena, " Somebody will be here again %s %s.",
                        today ? "at" : "on", when);
}

const char *text_closed(struct routing *routing, const struct queue *queue)
{
    struct arena *arena = routing->out->arena;
    const char *detail = queue->decision.detail;
    const char *head = queue->options.closed_text;

    if (head[0] == '\0')
        head = detail[0] != '\0'
                   ? arena_printf(arena, "The chat desk of %s is closed (%s).", queue->title,
                                  detail)
                   : arena_printf(arena, "The chat desk of %s is closed now.", queue->title);
    return arena_printf(arena, "%s%s", head, text_opening(routing, queue));
}

const char *text_unstaffed(struct routing *routing, const struct queue *queue)
{
    return arena_printf(routing->out->arena,
                        "Nobody is at the desk of %s right now. If you stay here, "
                        "your question is shown to the first librarian who comes.",
                        queue->title);
}

static const char busy_head[] = "All librarians are busy with other patrons.";

const char *text_busy(struct routing *routing, int place)
{
    if (place == 0)
        return arena_printf(routing->out->arena, "%s Please stay; it will be your turn.",
                            busy_head);
    return arena_printf(routing->out->arena, "%s You are number %d in line; please stay.",
                        busy_head, place);
}

bool text_is_busy(const char *text)
{
    return strncmp(text, busy_head, strlen(busy_head)) == 0;
}

const char *text_holding(struct routing *routing, const struct queue *queue)
{
    if (queue->options.holding_text[0] != '\0')
        return kept(routing, queue->options.holding_text);
    return "Thank you for waiting. We are still looking for a librarian.";
}

const char *text_waiting(struct routing *routing, msec_t minutes, int place)
{
    if (place == 0)
        return arena_printf(routing->out->arena,
                            "You have been waiting for %lld minute%s; thank you for your patience.",
                            (long long)minutes, minutes == 1 ? "" : "s");
    return arena_printf(routing->out->arena,
                        "You have been waiting for %lld minute%s and are number %d in line.",
                        (long long)minutes, minutes == 1 ? "" : "s", place);
}

const char *text_status(struct routing *routing, const struct queue *queue,
                        enum queue_state state)
{
    struct arena *arena = routing->out->arena;
    const struct decision *decision = &queue->decision;

    switch (state) {
    case QUEUE_FREE:
    case QUEUE_STAFFED:
        return "Open";
    case QUEUE_BUSY:
        return "All librarians are busy";
    case QUEUE_BACKUP:
        if (decision->verdict == VERDICT_BACKUP && queue->until != INT64_MAX)
            return arena_printf(arena, "Backup until %s", text_time(routing, queue, queue->until));
        return "Backup";
    case QUEUE_CLOSED:
        if (decision->tier_count > 0)
            return "Nobody is at the desk";
        if (decision->detail[0] != '\0')
            return arena_printf(arena, "Closed for %s%s", decision->detail,
                                text_back(routing, queue));
        return arena_printf(arena, "Closed%s", text_back(routing, queue));
    }
    return "";
}
