#include "policy/date.h"

#include <assert.h>
#include <stdio.h>

/* Counting in years that begin in March puts the leap day at a year's end, so that the months
 * before any month are a straight line: 153 days every five months. */
enum {
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    DAYS_400_YEARS = 146097,
    DAYS_100_YEARS = 36524,
    DAYS_4_YEARS = 1461
};

day_number date_from_civil(int year, int month, int day)
{
    assert(year > 0 && month >= 1 && month <= 12);
    int from_march = (month + 9) % 12;
    int years = year - (from_march >= 10);

    return years * 365 + years / 4 - years / 100 + years / 400 + (153 * from_march + 2) / 5 + day -
           1 - DAYS_TO_1970;
}

void date_to_civil(day_number date, int *ret_year, int *ret_month, int *ret_day)
{
    int days = date + DAYS_TO_1970;

    assert(days >= 0);
    int cycle = days / DAYS_400_YEARS;
    int rest = days % DAYS_400_YEARS;
    /* Take out the leap days that lie behind, then every year has 365 days. */
    int year =
        (rest - rest / (DAYS_4_YEARS - 1) + rest / DAYS_100_YEARS - rest / (DAYS_400_YEARS - 1)) /
        365;
    int day = rest - (year * 365 + year / 4 - year / 100);
    int from_march = (5 * day + 2) / 153;
    *ret_day = day - (153 * from_march + 2) / 5 + 1;
    *ret_month = (from_march + 2) % 12 + 1;
    *ret_year = cycle * 400 + year + (from_march >= 10);
}

int date_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    assert(month >= 1 && month <= 12);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

enum weekday date_weekday(day_number date)
{
    int from_thursday = date % 7; /* 1970-01-01 was one */

    return (enum weekday)((from_thursday + 7 + THURSDAY) % 7);
}

const char *date_weekday_name(enum weekday weekday)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    assert(weekday <= SUNDAY);
    return names[weekday];
}

bool date_in(const day_number *dates, size_t count, day_number date)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (dates[middle] < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && dates[low] == date;
}

/* -1 unless all are digits. */
static int date_digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_parse(const char *text, day_number *ret_date)
{
    int year = date_digits(text, 4);

    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || text[4] != '-')
        return false;
    int month = date_digits(text + 5, 2);
    if (month < 1 || month > 12 || text[7] != '-')
        return false;
    int day = date_digits(text + 8, 2);
    if (day < 1 || day > date_month_days(year, month) || text[10] != '\0')
        return false;
    *ret_date = date_from_civil(year, month, day);
    return true;
}

char *date_print(day_number date, char out[static DATE_TEXT_SIZE])
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    assert(year <= 9999);
    snprintf(out, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)day % 100);
    return out;
}
