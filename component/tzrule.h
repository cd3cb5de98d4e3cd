/* tzrule.h: the rule for the years to come at the end of a zone file: a POSIX TZ string with the
 * extension of RFC 8536 section 3.3.1 (times of day from -167 to 167 hours). */
#ifndef DESKBELL_COMPONENT_TZRULE_H
#define DESKBELL_COMPONENT_TZRULE_H

#include <stdbool.h>
#include <stdint.h>

enum { TZRULE_TEXT_MAX = 255 };

enum tzrule_form {
    TZRULE_JULIAN,  /* Jn: day 1 to 365, 29 February never counted */
    TZRULE_ORDINAL, /* n: day 0 to 365, 29 February counted */
    TZRULE_MONTH    /* Mm.w.d: the wth (5: last) of a weekday in a month */
};

struct tzrule_date {
    enum tzrule_form form;
    int day;      /* n; or the weekday, 0 is Sunday */
    int week;     /* 1 to 5 */
    int month;    /* 1 to 12 */
    int32_t time; /* seconds after the day's midnight */
};

/* Offsets are local time minus UTC in seconds (a TZ string has them the other way round). */
struct tzrule {
    int32_t standard_offset;
    bool has_summer;
    int32_t summer_offset;
    struct tzrule_date summer; /* begins, by standard time */
    struct tzrule_date winter; /* begins again, by summer time */
};

/* False for what is not a TZ string, and for summer time without dates. */
bool tzrule_parse(const char *text, struct tzrule *ret_rule);

/* When that date's change happens in a year, in seconds of local time since 1970. */
int64_t tzrule_start(const struct tzrule_date *date, int year);

#endif
