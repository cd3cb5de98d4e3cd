#include "policy/wall.h"

#include "policy/date.h"

struct wall wall_at(const struct zone *zone, instant at)
{
    int64_t local = at + zone_offset(zone, at);
    int64_t day = zone_day(local);

    return (struct wall){zone, (day_number)day, (int)(local - day * SECONDS_A_DAY) / 60};
}

struct wall walls_get(struct walls *walls, const struct zone *zone)
{
    for (int i = 0; i < walls->count; i++)
        if (walls->list[i].zone == zone)
            return walls->list[i];
    struct wall wall = wall_at(zone, walls->at);
    if (walls->count < WALLS_MAX)
        walls->list[walls->count++] = wall;
    return wall;
}
