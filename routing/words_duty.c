/* words_duty.c: the words with which operators go on and off duty. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/date.h"
#include "policy/wall.h"
#include "routing/words.h"

const char *word_argument(const struct word_call *call)
{
    size_t length = strlen(call->arguments);

    while (length > 0 && strchr(" \t\r\n", call->arguments[length - 1]) != NULL)
        length--;
    return arena_strndup(call->routing->out->arena, call->arguments, length);
}

bool word_number(const char *text, int max, int *ret)
{
    size_t length = strlen(text);

    if (length == 0 || length > 6 || strspn(text, "0123456789") != length)
        return false;
    long number = strtol(text, NULL, 10);
    if (number < 1 || number > max)
        return false;
    *ret = (int)number;
    return true;
}

/* "law" of "mobius-mobstate-law"; "" of a queue that is named after its library alone. */
static const char *queue_rest(const struct routing *routing, const struct queue *queue)
{
    const struct consortium *settings = routing->settings;
    const char *library = settings->libraries[settings->queues[queue->index].library].name;
    size_t head = strlen(settings->name) + 1 + strlen(library);

    return strlen(queue->name) > head + 1 ? queue->name + head + 1 : "";
}

struct queue *word_own_queue(const struct word_call *call, const char *name)
{
    struct queue *queue, *next, *found = NULL;
    int count = 0;

    HASH_ITER(by_name, call->routing->queues_by_name, queue, next)
    {
        if (queue->index == NO_INDEX || !operator_is_assigned(call->operator, queue))
            continue;
        if (strcmp(queue->name, name) == 0)
            return queue;
        if (name[0] != '\0' && strcmp(queue_rest(call->routing, queue), name) == 0) {
            found = queue;
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

static void answer_no_queue(const struct word_call *call, const char *name)
{
    word_answer(call, arena_printf(call->routing->out->arena,
                                   "You answer no queue '%.60s'. Write its whole name.", name));
}

/* How it is now, and what becomes of what is on the screen. */
static void answer_duty(const struct word_call *call, int withdrawn)
{
    struct arena *arena = call->routing->out->arena;
    const struct operator *operator = call->operator;
    const char *text = text_duty(call->routing, operator);

    if (withdrawn > 0)
        text = arena_printf(arena, "%s %d chat%s not taken yet %s no longer offered to you.", text,
                            withdrawn, withdrawn == 1 ? "" : "s", withdrawn == 1 ? "is" : "are");
    if (operator->off && operator->chat_count > 0)
        text = arena_printf(arena, "%s Your %d open chat%s on.", text, operator->chat_count,
                            operator->chat_count == 1 ? " goes" : "s go");
    word_answer(call, text);
}

void word_off(const struct word_call *call)
{
    struct operator *operator = call->operator;
    const char *name = word_argument(call);
    struct queue *queue = word_own_queue(call, name);
    int offers = operator->open_offer_count;

    if (name[0] != '\0' && queue == NULL) {
        answer_no_queue(call, name);
        return;
    }
    if (queue != NULL)
        duty_set_queue(call->routing, operator, queue, true);
    else
        duty_set(call->routing, operator, true, 0);
    answer_duty(call, offers - operator->open_offer_count);
}

/* The end that !until has set for a duty stays; that of a sign-off is over. */
void word_on(const struct word_call *call)
{
    struct operator *operator = call->operator;
    const char *name = word_argument(call);
    struct queue *queue = word_own_queue(call, name);

    if (name[0] != '\0' && queue == NULL) {
        answer_no_queue(call, name);
        return;
    }
    if (queue != NULL) {
        duty_set_queue(call->routing, operator, queue, false);
    } else {
        duty_set_queues_on(call->routing, operator);
        duty_set(call->routing, operator, false, operator->off ? 0 : operator->turns_at);
    }
    answer_duty(call, 0);
}

static void answer_limit(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    const struct operator *operator = call->operator;
    const char *whose = operator->own_limit != 0 ? "by your own limit" : "as your queues allow";

    word_answer(call, arena_printf(arena, "At most %d chat%s at once, %s; you have %d now.",
                                   operator->limit, operator->limit == 1 ? "" : "s", whose,
                                   operator->chat_count));
}

void word_max(const struct word_call *call)
{
    struct operator *operator = call->operator;
    const char *text = word_argument(call);
    int limit = 0;

    if (operator->queue_limit == INT_MAX) {
        word_answer(call, "You answer no queue.");
        return;
    }
    if (text[0] == '\0') {
        answer_limit(call);
        return;
    }
    if (strcmp(text, "off") != 0 && strcmp(text, "0") != 0 &&
        !word_number(text, operator->queue_limit, &limit)) {
        word_answer(call, arena_printf(call->routing->out->arena,
                                       "Your queues allow %d chat%s at once, and !max can only "
                                       "lower that: !max 1 to !max %d, or !max off.",
                                       operator->queue_limit,
                                       operator->queue_limit == 1 ? "" : "s",
                                       operator->queue_limit));
        return;
    }
    duty_set_limit(call->routing, operator, limit);
    answer_limit(call);
}

/* "17:00" or "8:30" as minutes after midnight. */
static bool time_parse(const char *text, int *ret_minute)
{
    size_t digits = strspn(text, "0123456789");

    if (digits < 1 || digits > 2 || text[digits] != ':' ||
        strspn(text + digits + 1, "0123456789") != 2 || text[digits + 3] != '\0')
        return false;
    long hour = strtol(text, NULL, 10), minute = strtol(text + digits + 1, NULL, 10);
    *ret_minute = (int)(hour * 60 + minute);
    return hour < 24 && minute < 60;
}

/* The next time that the clock of the operator's library shows that minute. */
static msec_t time_next(const struct word_call *call, int minute)
{
    const struct zone *zone = operator_zone(call->routing, call->operator);
    instant now = call->routing->event->wall / 1000;
    struct wall wall = wall_at(zone, now);

    return wall_next(zone, now, wall.date + (minute <= wall.minute), minute) * 1000;
}

static void answer_until(const struct word_call *call)
{
    struct routing *routing = call->routing;
    const struct operator *operator = call->operator;
    const struct zone *zone = operator_zone(routing, operator);
    msec_t back = duty_midnight(routing, operator, operator->turns_at);
    const char *when = text_clock(routing, zone, operator->turns_at / 1000);
    bool today = when[0] <= '9'; /* it begins with a weekday or an hour */

    word_answer(call, arena_printf(routing->out->arena,
                                   "You go off duty for all your queues %s %s; chats that are "
                                   "open then go on. You are on duty again on %s, or as soon as "
                                   "you write !on.",
                                   today ? "at" : "on", when,
                                   text_clock(routing, zone, back / 1000)));
}

void word_until(const struct word_call *call)
{
    struct operator *operator = call->operator;
    const char *text = word_argument(call);
    bool end = strcmp(text, "off") == 0;
    int minute = 0;

    if (text[0] != '\0' && !end && !time_parse(text, &minute)) {
        word_answer(call, "Write the time like this: !until 17:00. !until off takes it back.");
        return;
    }
    if (operator->off && text[0] != '\0') {
        word_answer(call, "You are off duty; write !on first.");
        return;
    }
    if (text[0] != '\0')
        duty_set(call->routing, operator, false, end ? 0 : time_next(call, minute));
    if (operator->off || operator->turns_at == 0)
        answer_duty(call, 0);
    else
        answer_until(call);
}
