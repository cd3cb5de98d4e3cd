#include <assert.h>

#include "policy/date.h"
#include "policy/decide.h"
#include "policy/decide_private.h"
#include "policy/wall.h"

#define HORIZON_SECONDS ((instant)HORIZON_DAYS * SECONDS_A_DAY)

/* Searching: the earliest instant found so far at which something could change. */
struct search {
    const struct consortium *consortium;
    instant at;
    instant best;
    struct walls walls; /* of the zones whose midnights and clock changes are in `best` */
};

static void search_offer(struct search *search, instant candidate)
{
    if (candidate > search->at && candidate < search->best)
        search->best = candidate;
}

/* The minute of a wall's date, as long as the zone keeps its offset; beyond that point the change
 * of the offset itself comes first. */
static void search_minute(struct search *search, const struct wall *wall, int minute)
{
    instant local = (instant)wall->date * SECONDS_A_DAY + minute * 60;

    search_offer(search, local - zone_offset(wall->zone, search->at));
}

/* A zone's next midnight, and its clock change. */
static struct wall search_zone(struct search *search, const struct zone *zone)
{
    int known = search->walls.count;
    struct wall wall = walls_get(&search->walls, zone);

    if (search->walls.count > known || known == WALLS_MAX) {
        search_minute(search, &wall, MINUTES_A_DAY);
        search_offer(search, zone_next_change(zone, search->at));
    }
    return wall;
}

static void search_windows(struct search *search, const struct wall *wall,
                           const struct hours *hours, unsigned days, bool today)
{
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        if ((window->days & days) != days)
            continue;
        if (today)
            search_minute(search, wall, window->open);
        if (today == (window->close > window->open))
            search_minute(search, wall, window->close);
        /* Closures of those who answer count by the dates of their own zones. */
        for (size_t k = 0; k < window->answered_by_count; k++)
            search_zone(search,
                        consortium_queue_zone(search->consortium, window->answered_by_index[k]));
    }
}

/* The windows that begin on a date: the weekly ones and, if it has any, a closure's; both, because
 * the reason of a closed queue depends also on what the closure replaces. */
static void search_date(struct search *search, const struct wall *wall, int queue, day_number date)
{
    const struct closure *closure = consortium_queue_closure(search->consortium, queue, date);
    bool today = date == wall->date;

    search_windows(search, wall, consortium_queue_hours(search->consortium, queue),
                   1u << date_weekday(date), today);
    if (closure != NULL)
        search_windows(search, wall, &closure->hours, 0, today);
}

static void search_backup(struct search *search)
{
    const struct consortium *consortium = search->consortium;
    struct wall central = search_zone(search, consortium->zone);
    enum weekday weekday = date_weekday(central.date);
    enum weekday day_before = date_weekday(central.date - 1);

    search_zone(search, consortium_queue_zone(consortium, consortium->backup_index));
    search_windows(search, &central, &consortium->backup_hours, 1u << weekday, true);
    search_windows(search, &central, &consortium->backup_hours, 1u << day_before, false);
}

instant policy_boundary(const struct consortium *consortium, int queue, instant at)
{
    struct search search;

    search.consortium = consortium;
    search.at = search.walls.at = at;
    search.best = INT64_MAX;
    search.walls.count = 0;
    struct wall wall = search_zone(&search, consortium_queue_zone(consortium, queue));
    search_date(&search, &wall, queue, wall.date);
    search_date(&search, &wall, queue, wall.date - 1);
    if (consortium->backup_index != NO_INDEX)
        search_backup(&search);
    assert(search.best > at && search.best < INT64_MAX);
    return search.best;
}

instant policy_until(const struct consortium *consortium, int queue, instant at)
{
    struct decision now, then;

    policy_decide(consortium, queue, at, &now);
    for (instant next = policy_boundary(consortium, queue, at); next <= at + HORIZON_SECONDS;
         next = policy_boundary(consortium, queue, next)) {
        policy_decide(consortium, queue, next, &then);
        if (!decision_equal(&now, &then))
            return next;
    }
    return INT64_MAX;
}

static bool policy_own_hours(const struct consortium *consortium, int queue, instant at)
{
    struct decision decision;

    policy_decide(consortium, queue, at, &decision);
    return decision.verdict == VERDICT_OWN || decision.verdict == VERDICT_SHARED;
}

instant policy_next_hours(const struct consortium *consortium, int queue, instant at)
{
    bool before = policy_own_hours(consortium, queue, at);

    for (instant next = policy_boundary(consortium, queue, at); next <= at + HORIZON_SECONDS;
         next = policy_boundary(consortium, queue, next)) {
        bool now = policy_own_hours(consortium, queue, next);
        if (now && !before)
            return next;
        before = now;
    }
    return INT64_MAX;
}

instant policy_next(const struct consortium *consortium, int queue, instant at)
{
    for (instant next = at + 1; next <= at + HORIZON_SECONDS;
         next = policy_boundary(consortium, queue, next))
        if (policy_is_open(consortium, queue, next))
            return next;
    return INT64_MAX;
}
