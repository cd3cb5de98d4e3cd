/* date.h: civil dates of the Gregorian calendar as numbers of days.
 *
 * Day 0 is 1970-01-01. No zone is involved: a date is what a wall calendar shows. */
#ifndef DESKBELL_POLICY_DATE_H
#define DESKBELL_POLICY_DATE_H

#include <stdbool.h>

#include "policy/consortium.h"

/* Dates outside these years are typing errors: no rule of ours reaches them. */
enum { DATE_YEAR_MIN = 1900, DATE_YEAR_MAX = 2299 };

enum { SECONDS_A_DAY = 86400, MINUTES_A_DAY = 1440 };

/* "2026-11-26" and the NUL */
enum { DATE_TEXT_SIZE = 11 };

enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

/* The day of a date that exists: month 1 to 12, day 1 to 31, years DATE_YEAR_MIN to DATE_YEAR_MAX
 * and a few around. */
day_number date_from_civil(int year, int month, int day);

/* The other way round. */
void date_to_civil(day_number date, int *ret_year, int *ret_month, int *ret_day);

/* Days that the month has in that year. */
int date_month_days(int year, int month);

enum weekday date_weekday(day_number date);

/* "mon" to "sun". */
const char *date_weekday_name(enum weekday weekday);

/* Whether an ascending array of dates has that one. */
bool date_in(const day_number *dates, size_t count, day_number date);

/* Exactly "YYYY-MM-DD", a date that exists, in the years above. Else false. */
bool date_parse(const char *text, day_number *ret_date);

/* The same form. Returns `out`. */
char *date_print(day_number date, char out[static DATE_TEXT_SIZE]);

#endif
