#include "policy/hours.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { DAYS_A_WEEK = 7, DAY_NAME_LENGTH = 3 };

/* NO_INDEX when `text` does not begin with a day's name. */
static int hours_day_at(const char *text)
{
    for (int day = 0; day < DAYS_A_WEEK; day++)
        if (strncmp(text, date_weekday_name((enum weekday)day), DAY_NAME_LENGTH) == 0)
            return day;
    return NO_INDEX;
}

bool hours_parse_days(const char *text, uint8_t *ret_days)
{
    unsigned days = 0;

    if (strcmp(text, "all") == 0) {
        *ret_days = DAYS_ALL;
        return true;
    }
    for (;; text++) {
        int first = hours_day_at(text);
        if (first == NO_INDEX)
            return false;
        text += DAY_NAME_LENGTH;
        int last = first;
        if (*text == '-') {
            last = hours_day_at(text + 1);
            if (last == NO_INDEX)
                return false;
            text += 1 + DAY_NAME_LENGTH;
        }
        for (int day = first; day != last; day = (day + 1) % DAYS_A_WEEK)
            days |= 1u << day;
        days |= 1u << last;
        if (*text != ',')
            break;
    }
    if (*text != '\0')
        return false;
    *ret_days = (uint8_t)days;
    return true;
}

static bool hours_day_in(uint8_t days, int day)
{
    return (days >> (day + DAYS_A_WEEK) % DAYS_A_WEEK & 1) != 0;
}

/* Three days or more in a row are a range, also over the week's end: so a run begins where the day
 * before is not in the set. */
char *hours_render_days(uint8_t days, char out[static HOURS_DAYS_TEXT_SIZE])
{
    size_t length = 0;

    assert(days <= DAYS_ALL);
    if (days == DAYS_ALL)
        return memcpy(out, "all", sizeof "all");
    out[0] = '\0';
    for (int day = 0; day < DAYS_A_WEEK; day++) {
        if (!hours_day_in(days, day))
            continue;
        int before = 0, run = 1;
        while (hours_day_in(days, day - before - 1))
            before++;
        while (hours_day_in(days, day + run))
            run++;
        bool ranged = before + run >= 3;
        if (ranged && before > 0)
            continue;
        const char *name = date_weekday_name((enum weekday)day);
        const char *last = date_weekday_name((enum weekday)((day + run - 1) % DAYS_A_WEEK));
        length +=
            (size_t)snprintf(out + length, HOURS_DAYS_TEXT_SIZE - length, "%s%s%s%s",
                             length > 0 ? "," : "", name, ranged ? "-" : "", ranged ? last : "");
        assert(length < HOURS_DAYS_TEXT_SIZE);
    }
    return out;
}

bool hours_parse_time(const char *text, bool is_close, int16_t *ret_minutes)
{
    if (strspn(text, "0123456789") != 2 || text[2] != ':' || strspn(text + 3, "0123456789") != 2 ||
        text[5] != '\0')
        return false;
    int hour = (text[0] - '0') * 10 + (text[1] - '0');
    int minute = (text[3] - '0') * 10 + (text[4] - '0');
    int minutes = hour * 60 + minute;
    if (minute > 59 || minutes > MINUTES_A_DAY)
        return false;
    if (is_close && minutes == 0)
        minutes = MINUTES_A_DAY;
    if (!is_close && minutes == MINUTES_A_DAY)
        return false;
    *ret_minutes = (int16_t)minutes;
    return true;
}

char *hours_render_time(int minutes, char out[static HOURS_TIME_TEXT_SIZE])
{
    assert(minutes >= 0 && minutes <= MINUTES_A_DAY);
    snprintf(out, HOURS_TIME_TEXT_SIZE, "%02u:%02u", (unsigned)minutes / 60 % 100,
             (unsigned)minutes % 60);
    return out;
}

bool hours_window_covers(const struct window *window, int minute)
{
    bool ends_tomorrow = window->close <= window->open;

    return minute >= window->open && (ends_tomorrow || minute < window->close);
}

bool hours_window_reaches(const struct window *window, int minute)
{
    bool ends_tomorrow = window->close <= window->open;

    return ends_tomorrow && minute < window->close;
}

bool hours_cover(const struct hours *hours, enum weekday weekday, int minute)
{
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        if (hours_day_in(window->days, (int)weekday) && hours_window_covers(window, minute))
            return true;
        if (hours_day_in(window->days, (int)weekday - 1) && hours_window_reaches(window, minute))
            return true;
    }
    return false;
}
