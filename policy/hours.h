/* hours.h: weekly windows: their text form, and whether they cover a wall clock.
 *
 * Days are a set, bit 0 Monday to bit 6 Sunday. Times are minutes after midnight on the wall. */
#ifndef DESKBELL_POLICY_HOURS_H
#define DESKBELL_POLICY_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/consortium.h"
#include "policy/date.h"

enum { DAYS_ALL = 0x7f };

/* Any set of days, "24:00", and the NUL. */
enum { HOURS_DAYS_TEXT_SIZE = 32, HOURS_TIME_TEXT_SIZE = 6 };

/* "mon,wed", "mon-fri,sun", "fri-mon" (ranges may wrap), or "all". Lower case, no blanks. */
bool hours_parse_days(const char *text, uint8_t *ret_days);

/* The shortest list that reads back as the same set: "all", "mon-fri,sun", "fri-mon", "sat,sun";
 * "" for the empty set. Returns `out`. */
char *hours_render_days(uint8_t days, char out[static HOURS_DAYS_TEXT_SIZE]);

/* Exactly "HH:MM": as an opening 00:00 to 23:59, as a close 00:01 to 24:00; a close of 00:00 is
 * midnight and gives 1440, as 24:00 does. */
bool hours_parse_time(const char *text, bool is_close, int16_t *ret_minutes);

/* "08:00"; 1440 is "24:00". Returns `out`. */
char *hours_render_time(int minutes, char out[static HOURS_TIME_TEXT_SIZE]);

/* Whether a window that begins on a date covers `minute` of that same date. */
bool hours_window_covers(const struct window *window, int minute);

/* Whether a window that began on the date before still covers `minute` of this one. */
bool hours_window_reaches(const struct window *window, int minute);

/* Whether any of the weekly windows covers that minute of that day of the week, those of the day
 * before that reach over midnight included. */
bool hours_cover(const struct hours *hours, enum weekday weekday, int minute);

#endif
