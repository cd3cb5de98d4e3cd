#include "policy/holidays.h"

#include <assert.h>

#include "policy/date.h"

enum { LAST = -1, ANY_YEAR = 0, JUNETEENTH_SINCE = 2021 };

/* A fixed date, or the nth of a weekday in a month. Sorted by month. */
static const struct federal {
    const char *name; /* as the law writes it */
    int month;
    int day; /* 0: by weekday */
    int nth; /* 1 to 4, LAST */
    enum weekday weekday;
    int since; /* year */
} federal[] = {
    {"New Year's Day", 1, 1, 0, MONDAY, ANY_YEAR},
    {"Birthday of Martin Luther King, Jr.", 1, 0, 3, MONDAY, ANY_YEAR},
    {"Washington's Birthday", 2, 0, 3, MONDAY, ANY_YEAR},
    {"Memorial Day", 5, 0, LAST, MONDAY, ANY_YEAR},
    {"Juneteenth National Independence Day", 6, 19, 0, MONDAY, JUNETEENTH_SINCE},
    {"Independence Day", 7, 4, 0, MONDAY, ANY_YEAR},
    {"Labor Day", 9, 0, 1, MONDAY, ANY_YEAR},
    {"Columbus Day", 10, 0, 2, MONDAY, ANY_YEAR},
    {"Veterans Day", 11, 11, 0, MONDAY, ANY_YEAR},
    {"Thanksgiving Day", 11, 0, 4, THURSDAY, ANY_YEAR},
    {"Christmas Day", 12, 25, 0, MONDAY, ANY_YEAR},
};

/* The holiday that falls on the date itself. */
static const char *holiday_actual(day_number date)
{
    int year, month, day;
    enum weekday weekday = date_weekday(date);

    date_to_civil(date, &year, &month, &day);
    bool last = day + 7 > date_month_days(year, month);
    for (size_t i = 0; i < sizeof federal / sizeof federal[0]; i++) {
        const struct federal *holiday = &federal[i];
        if (holiday->month != month || year < holiday->since)
            continue;
        if (holiday->day == day)
            return holiday->name;
        if (holiday->day == 0 && holiday->weekday == weekday &&
            (holiday->nth == LAST ? last : holiday->nth == (day + 6) / 7))
            return holiday->name;
    }
    return NULL;
}

/* On a Saturday the Friday before is observed, on a Sunday the Monday after. So 1 January can be
 * observed in the year before. */
static const char *holiday_observed(day_number date)
{
    enum weekday weekday = date_weekday(date);

    if (weekday >= SATURDAY)
        return NULL;
    const char *name = holiday_actual(date);
    if (name == NULL && weekday == FRIDAY)
        name = holiday_actual(date + 1);
    if (name == NULL && weekday == MONDAY)
        name = holiday_actual(date - 1);
    return name;
}

const char *holiday_federal(day_number date, enum holiday_dates dates)
{
    const char *name = NULL;

    if (dates != HOLIDAYS_ACTUAL)
        name = holiday_observed(date);
    if (name == NULL && dates != HOLIDAYS_OBSERVED)
        name = holiday_actual(date);
    return name;
}

/* The first of the ascending dates that is not before `date`. */
static size_t holiday_first_added(const struct holidays *holidays, day_number date)
{
    size_t low = 0, high = holidays->added_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (holidays->added[middle].date < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool holiday_on(const struct holidays *holidays, day_number date, const char **ret_name)
{
    const char *name = NULL;

    if (holidays->federal && !date_in(holidays->removed, holidays->removed_count, date))
        name = holiday_federal(date, holidays->dates);
    bool found = name != NULL;
    size_t i = holiday_first_added(holidays, date);
    for (; i < holidays->added_count && holidays->added[i].date == date; i++) {
        found = true;
        if (holidays->added[i].name[0] != '\0') {
            name = holidays->added[i].name;
            break;
        }
    }
    if (found && ret_name != NULL)
        *ret_name = name != NULL ? name : "";
    return found;
}
