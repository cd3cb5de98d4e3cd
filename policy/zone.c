#include "policy/zone.h"

#include <assert.h>

#include "policy/date.h"

/* The last entry that begins at or before `at`; there is one, since the first begins with time. */
static size_t zone_entry(const struct zone *zone, instant at)
{
    size_t low = 0, high = zone->count;

    assert(zone->count > 0 && zone->starts[0] == INT64_MIN);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t zone_offset(const struct zone *zone, instant at)
{
    return zone->offsets[zone_entry(zone, at)];
}

/* Two neighbours may have the same offset, when only the name of the time changed. */
instant zone_next_change(const struct zone *zone, instant at)
{
    size_t now = zone_entry(zone, at);

    for (size_t next = now + 1; next < zone->count; next++)
        if (zone->offsets[next] != zone->offsets[now])
            return zone->starts[next];
    return INT64_MAX;
}

int64_t zone_day(int64_t seconds)
{
    int64_t day = seconds / SECONDS_A_DAY;

    return day - (seconds % SECONDS_A_DAY < 0);
}
