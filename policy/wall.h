/* wall.h: the wall clock that the people in a zone see at an instant. */
#ifndef DESKBELL_POLICY_WALL_H
#define DESKBELL_POLICY_WALL_H

#include "policy/consortium.h"
#include "policy/zone.h"

struct wall {
    const struct zone *zone;
    day_number date;
    int minute; /* after midnight, whole minutes */
};

struct wall wall_at(const struct zone *zone, instant at);

/* The first instant behind `after` at which the clock shows that date and minute, or something
 * later: where the clock skips them, or `after` is already behind them. */
instant wall_next(const struct zone *zone, instant after, day_number date, int minute);

/* The other way round: the last instant at which that minute of the date begins on the wall. A
 * minute that the clock skips counts as if it had not been put forward yet. */
instant wall_instant(const struct zone *zone, day_number date, int minute);

/* The walls of several zones at one instant, each looked up once; a consortium has few zones, and
 * beyond WALLS_MAX they are looked up again and again. Start with { .at = ... }. */
enum { WALLS_MAX = 8 };

struct walls {
    instant at;
    int count;
    struct wall list[WALLS_MAX];
};

struct wall walls_get(struct walls *walls, const struct zone *zone);

#endif
