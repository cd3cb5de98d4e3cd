/* build_consortium.h: small consortia for the tests of policy, built piece by piece.
 *
 * Everything of the same kind has room for BUILD_MAX. Names are the caller's. A decision reads back
 * as text, so that a table can say what it expects. */
#ifndef DESKBELL_TEST_BUILD_CONSORTIUM_H
#define DESKBELL_TEST_BUILD_CONSORTIUM_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/consortium.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/hours.h"
#include "policy/instant.h"

enum { BUILD_MAX = 16 };

static inline const struct zone *build_zone(const char *name)
{
    struct error error;
    const struct zone *zone = zone_load(name, &error);

    ck_assert_msg(zone != NULL, "%s", error.text);
    return zone;
}

/* Consortium 'c' without own hours, holidays or backup. */
static inline struct consortium *build_new(const char *zone)
{
    struct consortium *consortium = consortium_new("c");

    consortium->zone = build_zone(zone);
    consortium->hours.count = 0;
    consortium->backup_hours.count = 0;
    consortium->holidays.federal = false;
    consortium->libraries =
        arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->libraries);
    consortium->queues = arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->queues);
    return consortium;
}

/* NULL: the consortium's zone. */
static inline struct library_settings *build_library(struct consortium *consortium,
                                                     const char *name, const char *zone)
{
    ck_assert_uint_lt(consortium->library_count, BUILD_MAX);
    struct library_settings *library = &consortium->libraries[consortium->library_count++];
    library->name = name;
    library->zone = zone == NULL ? consortium->zone : build_zone(zone);
    return library;
}

/* A queue of the library that was built last. */
static inline struct queue_settings *build_queue(struct consortium *consortium, const char *name)
{
    ck_assert_uint_lt(consortium->queue_count, BUILD_MAX);
    struct queue_settings *queue = &consortium->queues[consortium->queue_count++];
    queue->name = name;
    queue->library = (int)consortium->library_count - 1;
    queue->options = queue_options_default;
    return queue;
}

/* `text` is "DAYS OPEN-CLOSE" or, in a closure, "OPEN-CLOSE"; `answered_by` "c-a,c-b", "" for an
 * empty list, or NULL. */
static inline void build_window(struct consortium *consortium, struct hours *hours,
                                const char *text, const char *answered_by)
{
    struct window *window;
    char days[32] = "", open[6], close[6];

    if (hours->windows == NULL || hours->count == 0)
        hours->windows = arena_alloc(consortium->arena, BUILD_MAX * sizeof *hours->windows);
    ck_assert_uint_lt(hours->count, BUILD_MAX);
    hours->given = true;
    window = &hours->windows[hours->count++];
    if (sscanf(text, "%31s %5[^-]-%5s", days, open, close) == 3)
        ck_assert(hours_parse_days(days, &window->days));
    else
        ck_assert_int_eq(sscanf(text, "%5[^-]-%5s", open, close), 2);
    ck_assert_msg(hours_parse_time(open, false, &window->open), "%s", text);
    ck_assert_msg(hours_parse_time(close, true, &window->close), "%s", text);
    window->others_answer = answered_by != NULL;
    if (answered_by == NULL || answered_by[0] == '\0')
        return;
    char *rest = arena_strdup(consortium->arena, answered_by);
    window->answered_by = arena_alloc(consortium->arena, BUILD_MAX * sizeof *window->answered_by);
    for (char *name; (name = strsep(&rest, ",")) != NULL;)
        window->answered_by[window->answered_by_count++] = name;
}

static inline day_number build_date(const char *text)
{
    day_number date = 0;

    ck_assert_msg(date_parse(text, &date), "%s", text);
    return date;
}

static inline instant build_instant(const char *text)
{
    instant at = 0;

    ck_assert_msg(instant_parse(text, &at), "%s", text);
    return at;
}

/* Closed for the whole date; `special` ("OPEN-CLOSE") gives it hours instead. */
static inline struct closure *build_closure(struct consortium *consortium,
                                            struct closures *closures, const char *date,
                                            const char *name, const char *special)
{
    if (closures->list == NULL)
        closures->list = arena_alloc(consortium->arena, BUILD_MAX * sizeof *closures->list);
    ck_assert_uint_lt(closures->count, BUILD_MAX);
    struct closure *closure = &closures->list[closures->count++];
    closure->date = build_date(date);
    closure->name = name;
    closure->special = special != NULL;
    if (special != NULL)
        build_window(consortium, &closure->hours, special, NULL);
    return closure;
}

static inline void build_complaint(void *context, unsigned line, const char *text)
{
    (void)context;
    ck_abort_msg("line %u: %s", line, text);
}

static inline void build_link(struct consortium *consortium)
{
    ck_assert(consortium_link(consortium, NULL, build_complaint, NULL));
}

static inline int build_find(const struct consortium *consortium, const char *queue)
{
    int index = consortium_queue(consortium, queue);

    ck_assert_msg(index != NO_INDEX, "%s", queue);
    return index;
}

/* "own c-a>c-b,c-d>c-s" or "closed holiday Thanksgiving Day". Static until the next call. */
static inline const char *build_decision_text(const struct consortium *consortium,
                                              const struct decision *decision)
{
    static char text[1024];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", verdict_name(decision->verdict));

    for (int i = 0; i < decision->tier_count; i++)
        for (int k = 0; k < decision->tiers[i].queue_count; k++)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       k > 0   ? ","
                                       : i > 0 ? ">"
                                               : " ",
                                       consortium->queues[decision->tiers[i].queues[k]].name);
    if (decision->tier_count == 0)
        snprintf(text + length, sizeof text - length, " %s%s%s",
                 closed_reason_name(decision->reason), decision->detail[0] != '\0' ? " " : "",
                 decision->detail);
    return text;
}

static inline const char *build_decide(const struct consortium *consortium, const char *queue,
                                       const char *at)
{
    struct decision decision;

    policy_decide(consortium, build_find(consortium, queue), build_instant(at), &decision);
    return build_decision_text(consortium, &decision);
}

/* "-" for INT64_MAX. Static until the next call. */
static inline const char *build_instant_text(instant at)
{
    static char text[INSTANT_TEXT_SIZE];

    return at == INT64_MAX ? "-" : instant_print(at, text);
}

#endif
