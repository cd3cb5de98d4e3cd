#include "policy/hours_words.h"

#include <string.h>

#include "policy/arena.h"
#include "policy/hours.h"

/* "mon-fri,sun" as "Mon-Fri, Sun". */
static const char *words_days(struct arena *arena, uint8_t days)
{
    char text[HOURS_DAYS_TEXT_SIZE];
    const char *words = "";

    if (days == DAYS_ALL)
        return "every day";
    hours_render_days(days, text);
    for (char *at = text; *at != '\0'; at++)
        if (at == text || at[-1] == ',' || at[-1] == '-')
            *at = (char)(*at - 'a' + 'A');
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, ",");
        words =
            arena_printf(arena, "%s%s%.*s", words, words[0] == '\0' ? "" : ", ", (int)length, at);
        at += length + (at[length] == ',');
    }
    return words;
}

static const char *words_times(struct arena *arena, const struct window *window)
{
    char open[HOURS_TIME_TEXT_SIZE], close[HOURS_TIME_TEXT_SIZE];

    if (window->open == 0 && window->close == MINUTES_A_DAY)
        return "all day";
    return arena_printf(arena, "%s-%s%s", hours_render_time(window->open, open),
                        hours_render_time(window->close, close),
                        window->close <= window->open ? " the next day" : "");
}

static bool answers_itself(const struct window *window, const char *self)
{
    for (size_t i = 0; i < window->answered_by_count; i++)
        if (strcmp(window->answered_by[i], self) == 0)
            return true;
    return !window->others_answer;
}

/* " (answered by mobius-slu)", " (together with mobius-slu)" or "". */
static const char *words_answerers(struct arena *arena, const struct window *window,
                                   const char *self)
{
    const char *names = "";

    for (size_t i = 0; i < window->answered_by_count; i++)
        if (strcmp(window->answered_by[i], self) != 0)
            names = arena_printf(arena, "%s%s%s", names, names[0] == '\0' ? "" : ", ",
                                 window->answered_by[i]);
    if (names[0] == '\0')
        return "";
    return arena_printf(arena, " (%s %s)",
                        answers_itself(window, self) ? "together with" : "answered by", names);
}

const char *hours_words(struct arena *arena, const struct hours *hours, const char *self,
                        enum hours_reader reader)
{
    const char *words = "", *answerers = "";
    unsigned said = 0; /* days that were named already */

    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        const char *before = answerers;
        answerers = reader == HOURS_FOR_COLLEAGUES ? words_answerers(arena, window, self) : "";
        const char *times = words_times(arena, window);
        bool goes_on = i > 0 && window->days == window[-1].days && strcmp(before, answerers) == 0;
        if (goes_on)
            words = arena_printf(arena, "%s, %s", words, times);
        else
            words = arena_printf(arena, "%s%s%s%s%s %s", words, before, i > 0 ? "; " : "",
                                 words_days(arena, window->days),
                                 (said & window->days) != 0 ? " also" : "", times);
        said |= window->days;
    }
    if (hours->count == 0)
        return "no hours of its own";
    return arena_printf(arena, "%s%s", words, answerers);
}

const char *hours_words_of_queue(struct arena *arena, const struct consortium *consortium,
                                 int queue, enum hours_reader reader)
{
    return hours_words(arena, consortium_queue_hours(consortium, queue),
                       consortium->queues[queue].name, reader);
}
