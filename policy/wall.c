#include "policy/wall.h"

#include "policy/date.h"

struct wall wall_at(const struct zone *zone, instant at)
{
    int64_t local = at + zone_offset(zone, at);
    int64_t day = zone_day(local);

    return (struct wall){zone, (day_number)day, (int)(local - day * SECONDS_A_DAY) / 60};
}

instant wall_next(const struct zone *zone, instant after, day_number date, int minute)
{
    instant local = (instant)date * SECONDS_A_DAY + minute * 60;
    instant from = after + 1;

    /* Each turn is a stretch of one offset; the last one has no end. */
    for (;;) {
        instant at = local - zone_offset(zone, from);
        instant change = zone_next_change(zone, from);
        if (at < from)
            at = from;
        if (at < change || change == INT64_MAX)
            return at;
        from = change;
    }
}

/* The offset is that of a day before or of a day after, as zones change theirs months apart. When
 * the clock is put back both fit, and the later one counts; when it is put forward none does. */
instant wall_instant(const struct zone *zone, day_number date, int minute)
{
    instant local = (instant)date * SECONDS_A_DAY + minute * 60;
    instant before = local - zone_offset(zone, local - SECONDS_A_DAY);
    instant after = local - zone_offset(zone, local + SECONDS_A_DAY);

    if (after + zone_offset(zone, after) == local)
        return after;
    return before;
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
