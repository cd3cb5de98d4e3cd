#include "policy/notice.h"

#include <stdio.h>
#include <string.h>

#include "policy/date.h"
#include "policy/hours.h"
#include "policy/wall.h"

bool notice_until_parse(const char *text, struct notice *ret)
{
    char date[DATE_TEXT_SIZE];
    day_number day;
    int16_t minute;

    if (strlen(text) != NOTICE_UNTIL_TEXT_SIZE - 1 || text[DATE_TEXT_SIZE - 1] != 'T')
        return false;
    memcpy(date, text, DATE_TEXT_SIZE - 1);
    date[DATE_TEXT_SIZE - 1] = '\0';
    if (!date_parse(date, &day) || !hours_parse_time(text + DATE_TEXT_SIZE, false, &minute))
        return false;
    ret->date = day;
    ret->minute = minute;
    return true;
}

char *notice_until_print(const struct notice *notice, char out[static NOTICE_UNTIL_TEXT_SIZE])
{
    char date[DATE_TEXT_SIZE], time[HOURS_TIME_TEXT_SIZE];

    snprintf(out, NOTICE_UNTIL_TEXT_SIZE, "%sT%s", date_print(notice->date, date),
             hours_render_time(notice->minute, time));
    return out;
}

instant notice_until(const struct notice *notice, const struct zone *zone)
{
    return wall_instant(zone, notice->date, notice->minute);
}

/* FNV-1a. */
uint64_t notice_key(int64_t owner, const struct notice *notice)
{
    uint64_t key = UINT64_C(14695981039346656037);

    key = (key ^ (uint64_t)owner) * UINT64_C(1099511628211);
    for (const char *at = notice->text; *at != '\0'; at++)
        key = (key ^ (unsigned char)*at) * UINT64_C(1099511628211);
    return key;
}
