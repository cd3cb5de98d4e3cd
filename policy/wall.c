#include "policy/wall.h"

#include "policy/date.h"

struct wall wall_at(const struct zone *zone, instant at)
{
    int64_t local = at + zone_offset(zone, at);
    int64_t day = zone_day(local);

    return (struct wall){zone, (day_number)day, (int)(local - day * SECONDS_A_DAY) / 60};
}
