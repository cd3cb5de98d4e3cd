#include "component/tzrule.h"

#include <stdlib.h>

#include "policy/date.h"

enum { NAME_LENGTH_MIN = 3, CHANGE_TIME_DEFAULT = 2 * 3600 };

static bool tzrule_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool tzrule_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Each reader takes what it knows from *text and moves it on; false leaves it anywhere. */

static bool tzrule_number(const char **text, int least, int most, int *ret)
{
    int value = 0;

    if (!tzrule_digit(**text))
        return false;
    for (; tzrule_digit(**text); (*text)++) {
        value = value * 10 + (**text - '0');
        if (value > most)
            return false;
    }
    *ret = value;
    return value >= least;
}

static bool tzrule_skip(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

/* "CST" or "<-03>" */
static bool tzrule_name(const char **text)
{
    int length = 0;

    if (tzrule_skip(text, '<')) {
        while (tzrule_letter(**text) || tzrule_digit(**text) || **text == '+' || **text == '-') {
            (*text)++;
            length++;
        }
        return tzrule_skip(text, '>') && length >= NAME_LENGTH_MIN;
    }
    for (; tzrule_letter(**text); (*text)++)
        length++;
    return length >= NAME_LENGTH_MIN;
}

/* "[+-]h[:mm[:ss]]" in seconds */
static bool tzrule_time(const char **text, int hours_max, int32_t *ret)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = tzrule_skip(text, '-');

    if (!negative)
        tzrule_skip(text, '+');
    if (!tzrule_number(text, 0, hours_max, &hours))
        return false;
    if (tzrule_skip(text, ':')) {
        if (!tzrule_number(text, 0, 59, &minutes))
            return false;
        if (tzrule_skip(text, ':') && !tzrule_number(text, 0, 59, &seconds))
            return false;
    }
    int32_t value = hours * 3600 + minutes * 60 + seconds;
    *ret = negative ? -value : value;
    return true;
}

static bool tzrule_date_parse(const char **text, struct tzrule_date *ret)
{
    bool ok;

    *ret = (struct tzrule_date){.time = CHANGE_TIME_DEFAULT};
    if (tzrule_skip(text, 'M')) {
        ret->form = TZRULE_MONTH;
        ok = tzrule_number(text, 1, 12, &ret->month) && tzrule_skip(text, '.') &&
             tzrule_number(text, 1, 5, &ret->week) && tzrule_skip(text, '.') &&
             tzrule_number(text, 0, 6, &ret->day);
    } else if (tzrule_skip(text, 'J')) {
        ret->form = TZRULE_JULIAN;
        ok = tzrule_number(text, 1, 365, &ret->day);
    } else {
        ret->form = TZRULE_ORDINAL;
        ok = tzrule_number(text, 0, 365, &ret->day);
    }
    if (ok && tzrule_skip(text, '/'))
        ok = tzrule_time(text, 167, &ret->time);
    return ok;
}

bool tzrule_parse(const char *text, struct tzrule *ret_rule)
{
    struct tzrule rule = {.has_summer = false};
    int32_t west;

    if (!tzrule_name(&text) || !tzrule_time(&text, 24, &west))
        return false;
    rule.standard_offset = -west;
    if (*text != '\0') {
        rule.has_summer = true;
        if (!tzrule_name(&text))
            return false;
        rule.summer_offset = rule.standard_offset + 3600;
        if (*text != ',') {
            if (!tzrule_time(&text, 24, &west))
                return false;
            rule.summer_offset = -west;
        }
        if (!tzrule_skip(&text, ',') || !tzrule_date_parse(&text, &rule.summer) ||
            !tzrule_skip(&text, ',') || !tzrule_date_parse(&text, &rule.winter) || *text != '\0')
            return false;
    }
    *ret_rule = rule;
    return true;
}

static day_number tzrule_day(const struct tzrule_date *date, int year)
{
    day_number new_year = date_from_civil(year, 1, 1);

    switch (date->form) {
    case TZRULE_JULIAN: {
        bool leap_day_passed = date_month_days(year, 2) == 29 && date->day >= 31 + 29;
        return new_year + date->day - 1 + leap_day_passed;
    }
    case TZRULE_ORDINAL:
        return new_year + date->day;
    case TZRULE_MONTH: {
        day_number first = date_from_civil(year, date->month, 1);
        int weekday = (date->day + 6) % 7; /* 0 is Monday, as in date.h */
        int ahead = (weekday - (int)date_weekday(first) + 7) % 7;
        int day = 1 + ahead + (date->week - 1) * 7;
        if (day > date_month_days(year, date->month))
            day -= 7;
        return first + day - 1;
    }
    }
    abort();
}

int64_t tzrule_start(const struct tzrule_date *date, int year)
{
    return (int64_t)tzrule_day(date, year) * SECONDS_A_DAY + date->time;
}
