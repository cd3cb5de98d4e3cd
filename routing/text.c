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

const char *text_clock(struct routing *routing, const struct zone *zone, instant at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct arena *arena = routing->out->arena;
    struct local now = local_time(zone, routing->event->wall / 1000);
    struct local then = local_time(zone, at);
    int hour = then.minute / 60, minute = then.minute % 60;
    int year, month, day;

    if (then.date == now.date)
        return arena_printf(arena, "%02d:%02d", hour, minute);
    if (then.date < now.date + 7 && then.date > now.date - 7)
        return arena_printf(arena, "%s %02d:%02d", days[date_weekday(then.date)], hour, minute);
    date_to_civil(then.date, &year, &month, &day);
    return arena_printf(arena, "%s %d %s, %02d:%02d", days[date_weekday(then.date)], day,
                        months[month - 1], hour, minute);
}

const char *text_time(struct routing *routing, const struct queue *queue, instant at)
{
    return text_clock(routing, queue_zone(routing, queue), at);
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

const char *text_at(struct routing *routing, const struct queue *queue, instant at)
{
    const char *when = text_time(routing, queue, at);
    bool today = when[0] <= '9'; /* it begins with a weekday or an hour */

    return arena_printf(routing->out->arena, "%s %s", today ? "at" : "on", when);
}

const char *text_invitation(void)
{
    return " To leave your question, write your e-mail address or phone number here; "
           "somebody will answer you.";
}

const char *text_opening(struct routing *routing, const struct queue *queue)
{
    if (queue->decision.tier_count > 0 || queue->next == INT64_MAX)
        return "";
    return arena_printf(routing->out->arena, " Somebody will be here again %s.",
                        text_at(routing, queue, queue->next));
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
    return arena_printf(arena, "%s%s%s", head, text_opening(routing, queue), text_invitation());
}

const char *text_unstaffed(struct routing *routing, const struct queue *queue)
{
    return arena_printf(routing->out->arena,
                        "Nobody is at the desk of %s right now. If you stay here, "
                        "your question is shown to the first librarian who comes.%s",
                        queue->title, text_invitation());
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

/* Never cut within a character: bytes that go on with one are 10xxxxxx. */
const char *text_beginning(struct routing *routing, const char *text, size_t bytes)
{
    size_t length = strlen(text);
    bool cut = length > bytes;

    if (cut)
        for (length = bytes; length > 0 && (text[length] & 0xc0) == 0x80; length--)
            ;
    char *copy = arena_printf(routing->out->arena, "%.*s%s", (int)length, text, cut ? "..." : "");
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t')
            *c = ' ';
    return copy;
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
