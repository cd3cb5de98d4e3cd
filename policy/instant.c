#include "policy/instant.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "policy/date.h"

/* 2200-01-01T00:00:00Z */
#define INSTANT_END ((instant)84006 * SECONDS_A_DAY)

/* Two digits, at most `most`; -1 if it is something else. */
static int instant_two_digits(const char *text, int most)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    int value = (text[0] - '0') * 10 + (text[1] - '0');
    return value <= most ? value : -1;
}

/* "Z" or "+HH:MM" up to the text's end: seconds east of UTC. */
static bool instant_parse_offset(const char *text, int *ret_seconds)
{
    if ((text[0] == 'Z' || text[0] == 'z') && text[1] == '\0') {
        *ret_seconds = 0;
        return true;
    }
    if (text[0] != '+' && text[0] != '-')
        return false;
    int hours = instant_two_digits(text + 1, 23);
    if (hours < 0 || text[3] != ':')
        return false;
    int minutes = instant_two_digits(text + 4, 59);
    if (minutes < 0 || text[6] != '\0')
        return false;
    int seconds = (hours * 60 + minutes) * 60;
    *ret_seconds = text[0] == '-' ? -seconds : seconds;
    return true;
}

/* "10:00:00", fraction dropped: seconds after midnight, and where the text goes on. */
static bool instant_parse_clock(const char *text, int *ret_seconds, const char **ret_rest)
{
    int hour = instant_two_digits(text, 23);

    if (hour < 0 || text[2] != ':')
        return false;
    int minute = instant_two_digits(text + 3, 59);
    if (minute < 0 || text[5] != ':')
        return false;
    int second = instant_two_digits(text + 6, 59);
    if (second < 0)
        return false;
    text += 8;
    if (*text == '.') {
        size_t digits = strspn(text + 1, "0123456789");
        if (digits == 0)
            return false;
        text += 1 + digits;
    }
    *ret_seconds = (hour * 60 + minute) * 60 + second;
    *ret_rest = text;
    return true;
}

bool instant_parse(const char *text, instant *ret_at)
{
    char date_text[DATE_TEXT_SIZE];
    day_number date;
    int clock, offset;
    const char *rest;

    size_t length = strnlen(text, DATE_TEXT_SIZE);
    if (length < DATE_TEXT_SIZE)
        return false;
    memcpy(date_text, text, DATE_TEXT_SIZE - 1);
    date_text[DATE_TEXT_SIZE - 1] = '\0';
    if (!date_parse(date_text, &date))
        return false;
    if (text[DATE_TEXT_SIZE - 1] != 'T' && text[DATE_TEXT_SIZE - 1] != 't')
        return false;
    if (!instant_parse_clock(text + DATE_TEXT_SIZE, &clock, &rest) ||
        !instant_parse_offset(rest, &offset))
        return false;
    instant at = (instant)date * SECONDS_A_DAY + clock - offset;
    if (at < 0 || at >= INSTANT_END)
        return false;
    *ret_at = at;
    return true;
}

static char *instant_print_pair(char *out, int value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

/* By hand, because a hundred thousand lines are printed in less than printf's time. */
char *instant_print(instant at, char out[static INSTANT_TEXT_SIZE])
{
    int year, month, day;
    day_number date = (day_number)zone_day(at);
    int second = (int)(at - (instant)date * SECONDS_A_DAY);

    date_to_civil(date, &year, &month, &day);
    assert(year <= 9999);
    char *end = instant_print_pair(out, year / 100);
    end = instant_print_pair(end, year % 100);
    *end++ = '-';
    end = instant_print_pair(end, month);
    *end++ = '-';
    end = instant_print_pair(end, day);
    *end++ = 'T';
    end = instant_print_pair(end, second / 3600);
    *end++ = ':';
    end = instant_print_pair(end, second / 60 % 60);
    *end++ = ':';
    end = instant_print_pair(end, second % 60);
    *end++ = 'Z';
    *end = '\0';
    return out;
}
