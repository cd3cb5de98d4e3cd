/* Clock changes, and when the next change comes: `until` and `next` against counting minutes. */
#include "build_consortium.h"

#include <stdlib.h>

/* One library 'z' in a zone of its own (the consortium's is the same), and a backup. */
struct clock_case {
    const char *what, *at, *expected;
};

static void check_clock(const char *zone, const char *window, const struct clock_case *cases,
                        size_t count)
{
    struct consortium *consortium = build_new(zone);

    build_library(consortium, "z", NULL);
    build_window(consortium, &build_queue(consortium, "c-z")->hours, window, NULL);
    build_link(consortium);
    for (size_t i = 0; i < count; i++) {
        const char *got = build_decide(consortium, "c-z", cases[i].at);
        ck_assert_msg(strcmp(got, cases[i].expected) == 0, "%s, %s: %s at %s", zone, cases[i].what,
                      got, cases[i].at);
    }
    consortium_free(consortium);
}

#define OPEN "own c-z"
#define CLOSED "closed gap"
#define CHECK_CLOCK(zone, window, cases)                                                           \
    check_clock(zone, window, cases, sizeof(cases) / sizeof(cases)[0])

START_TEST(chicago)
{
    static const struct clock_case autumn[] = {
        {"before", "2026-11-01T00:59:59-05:00", CLOSED},
        {"first pass", "2026-11-01T01:00:00-05:00", OPEN},
        {"end of the first pass", "2026-11-01T01:59:59-05:00", OPEN},
        {"second pass", "2026-11-01T01:00:00-06:00", OPEN},
        {"end of the second pass", "2026-11-01T01:59:59-06:00", OPEN},
        {"after", "2026-11-01T02:00:00-06:00", CLOSED},
    };
    static const struct clock_case half[] = {
        {"first pass", "2026-11-01T01:29:59-05:00", OPEN},
        {"closed by the wall", "2026-11-01T01:30:00-05:00", CLOSED},
        {"the wall goes back", "2026-11-01T01:00:00-06:00", OPEN},
        {"closed by the wall again", "2026-11-01T01:30:00-06:00", CLOSED},
    };
    static const struct clock_case spring[] = {
        {"before", "2026-03-08T01:59:59-06:00", CLOSED},
        {"the skipped half hour does not occur", "2026-03-08T03:00:00-05:00", CLOSED},
        {"on other days it does", "2026-03-09T02:00:00-05:00", OPEN},
    };
    static const struct clock_case into[] = {
        {"before", "2026-03-08T01:59:59-06:00", CLOSED},
        {"opened while the clock jumped", "2026-03-08T03:00:00-05:00", OPEN},
        {"closes by the wall", "2026-03-08T03:30:00-05:00", CLOSED},
    };

    CHECK_CLOCK("America/Chicago", "all 01:00-02:00", autumn);
    CHECK_CLOCK("America/Chicago", "all 00:30-01:30", half);
    CHECK_CLOCK("America/Chicago", "all 02:00-02:30", spring);
    CHECK_CLOCK("America/Chicago", "all 02:15-03:30", into);
}
END_TEST

/* Half an hour, at 02:00: to +10:30 in April, to +11:00 in October. */
START_TEST(lord_howe)
{
    static const struct clock_case autumn[] = {
        {"before", "2026-04-05T01:29:59+11:00", CLOSED},
        {"first pass", "2026-04-05T01:30:00+11:00", OPEN},
        {"end of the first pass", "2026-04-05T01:59:59+11:00", OPEN},
        {"second pass", "2026-04-05T01:30:00+10:30", OPEN},
        {"after", "2026-04-05T02:00:00+10:30", CLOSED},
    };
    static const struct clock_case spring[] = {
        {"before", "2026-10-04T01:59:59+10:30", CLOSED},
        {"skipped half", "2026-10-04T02:30:00+11:00", OPEN},
        {"close", "2026-10-04T03:00:00+11:00", CLOSED},
    };

    CHECK_CLOCK("Australia/Lord_Howe", "all 01:30-02:00", autumn);
    CHECK_CLOCK("Australia/Lord_Howe", "sun 02:00-03:00", spring);
}
END_TEST

/* Changes at midnight: Havana repeats 00:00-01:00, Sao Paulo skipped it and went back to 23:00 of
 * the day before; Apia skipped Friday, 30 December 2011. */
START_TEST(midnight_and_days)
{
    static const struct clock_case havana[] = {
        {"Saturday's last second", "2025-11-01T23:59:59-04:00", CLOSED},
        {"first pass", "2025-11-02T00:00:00-04:00", OPEN},
        {"second pass", "2025-11-02T00:00:00-05:00", OPEN},
        {"after", "2025-11-02T01:00:00-05:00", CLOSED},
    };
    static const struct clock_case sao_paulo[] = {
        {"Saturday's first last hour", "2018-02-17T23:59:59-02:00", OPEN},
        {"still Saturday", "2018-02-17T23:00:00-03:00", OPEN},
        {"Saturday ends", "2018-02-17T23:59:59-03:00", OPEN},
        {"Sunday", "2018-02-18T00:00:00-03:00", CLOSED},
        {"before the skipped midnight", "2018-11-03T23:59:59-03:00", OPEN},
        {"Sunday begins at one", "2018-11-04T01:00:00-02:00", CLOSED},
    };
    static const struct clock_case apia[] = {
        {"Thursday's last second", "2011-12-29T23:59:59-10:00", CLOSED},
        {"Saturday at once, Friday's window reaches it", "2011-12-31T00:00:00+14:00", OPEN},
        {"to its end", "2011-12-31T06:00:00+14:00", CLOSED},
        {"a Friday that there was", "2011-12-23T22:00:00-10:00", OPEN},
    };

    CHECK_CLOCK("America/Havana", "sun 00:00-01:00", havana);
    CHECK_CLOCK("America/Sao_Paulo", "sat 23:00-24:00", sao_paulo);
    CHECK_CLOCK("Pacific/Apia", "fri 22:00-06:00", apia);
}
END_TEST

/* A consortium in which nearly everything happens, around a date in a zone. */
static struct consortium *build_busy(const char *zone, day_number around)
{
    struct consortium *consortium = build_new(zone);
    struct library_settings *library;
    struct queue_settings *queue;
    struct closure *closure;
    char date[DATE_TEXT_SIZE];

    consortium->holidays.federal = true;
    build_window(consortium, &consortium->hours, "mon-fri 08:00-17:00", NULL);
    library = build_library(consortium, "a", NULL);
    build_closure(consortium, &library->closures, date_print(around + 2, date), "Shut", NULL);
    closure = build_closure(consortium, &library->closures, date_print(around + 4, date), "",
                            "10:00-02:00");
    build_window(consortium, &closure->hours, "07:00-08:30", "c-t");
    queue = build_queue(consortium, "c-a");
    queue->rollover = true;
    build_window(consortium, &queue->hours, "mon-fri 08:00-17:00", NULL);
    build_window(consortium, &queue->hours, "sat,sun 00:30-02:45", "c-a,c-t");
    build_window(consortium, &queue->hours, "wed 20:00-03:00", "c-t");
    build_queue(consortium, "c-a-none");
    library = build_library(consortium, "t", "Asia/Kathmandu");
    build_closure(consortium, &library->closures, date_print(around + 1, date), "Shut", NULL);
    build_queue(consortium, "c-t");
    library = build_library(consortium, "s", "Pacific/Chatham");
    library->hours.given = true;
    build_closure(consortium, &library->closures, date_print(around - 3, date), "Shut", NULL);
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "mon-fri 17:00-08:00", NULL);
    build_window(consortium, &consortium->backup_hours, "sun 10:00-08:00", NULL);
    build_link(consortium);
    return consortium;
}

enum { SPAN_DAYS = 24, SPAN_MINUTES = SPAN_DAYS * 1440 };

static const struct {
    const char *zone, *from;
} spans[] = {
    {"America/Chicago", "2026-10-25"},     {"America/Chicago", "2026-02-28"},
    {"Australia/Lord_Howe", "2026-03-27"}, {"Australia/Lord_Howe", "2026-09-27"},
    {"America/Havana", "2025-10-25"},      {"Asia/Tokyo", "2027-12-20"},
};

/* Every minute is decided by itself; from that, going backwards, when the next change comes. */
START_TEST(against_counting_minutes)
{
    static struct decision decisions[2];
    static instant until[SPAN_MINUTES], next[SPAN_MINUTES];
    day_number from = build_date(spans[_i].from);
    struct consortium *consortium = build_busy(spans[_i].zone, from + 8);
    instant start = (instant)from * SECONDS_A_DAY, change = INT64_MAX, open = INT64_MAX;

    for (int queue = 0; queue < (int)consortium->queue_count; queue++) {
        change = open = INT64_MAX;
        for (int minute = SPAN_MINUTES - 1; minute >= 0; minute--) {
            struct decision *now = &decisions[minute & 1], *later = &decisions[!(minute & 1)];
            instant at = start + minute * 60;
            policy_decide(consortium, queue, at, now);
            if (minute < SPAN_MINUTES - 1 && !decision_equal(now, later))
                change = at + 60;
            until[minute] = change;
            next[minute] = open;
            if (now->verdict != VERDICT_CLOSED)
                open = at;
        }
        for (int minute = 0; minute < SPAN_MINUTES; minute += 11) {
            instant at = start + minute * 60 + minute % 59;
            if (until[minute] != INT64_MAX && policy_until(consortium, queue, at) != until[minute])
                ck_abort_msg("%s: until after minute %d", spans[_i].zone, minute);
            policy_decide(consortium, queue, at, &decisions[0]);
            instant expected = decisions[0].verdict != VERDICT_CLOSED ? at + 1 : next[minute];
            if (expected != INT64_MAX && policy_next(consortium, queue, at) != expected)
                ck_abort_msg("%s: next after minute %d", spans[_i].zone, minute);
        }
    }
    consortium_free(consortium);
}
END_TEST

/* Ten who answer, in ten zones, each closed on one date of its own calendar: each date's begin and
 * end is a change. */
START_TEST(many_zones)
{
    static const char *const zones[] = {
        "Pacific/Kiritimati", "Pacific/Chatham", "Asia/Tokyo",      "Asia/Kathmandu",
        "Asia/Tehran",        "Europe/Dublin",   "Atlantic/Azores", "America/St_Johns",
        "America/Chicago",    "Pacific/Apia",
    };
    enum { COUNT = sizeof zones / sizeof zones[0] };
    struct consortium *consortium = build_new("Etc/UTC");
    struct arena *arena = consortium->arena;
    char names[COUNT * 4 + 1] = "";

    for (int i = 0; i < COUNT; i++) {
        char label[2] = {(char)('b' + i), '\0'};
        build_library(consortium, arena_strdup(arena, label), zones[i]);
        struct queue_settings *queue = build_queue(consortium, arena_printf(arena, "c-%s", label));
        build_closure(consortium, &queue->closures, "2026-06-15", "", NULL);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%sc-%s", i > 0 ? "," : "",
                 label);
    }
    build_library(consortium, "a", NULL);
    build_window(consortium, &build_queue(consortium, "c-a")->hours, "all 00:00-24:00", names);
    build_link(consortium);

    instant at = build_instant("2026-06-13T12:00:00Z"), end = at + 4 * SECONDS_A_DAY;
    struct decision decisions[2];
    int changes = 0, now = 0;
    policy_decide(consortium, 0, at, &decisions[now]);
    instant expected = policy_until(consortium, 0, at);
    for (at += 60; at < end; at += 60) {
        policy_decide(consortium, 0, at, &decisions[!now]);
        bool changed = !decision_equal(&decisions[now], &decisions[!now]);
        if (changed != (at == expected))
            ck_abort_msg("a change at %s", build_instant_text(at));
        if (changed) {
            changes++;
            now = !now;
            expected = policy_until(consortium, 0, at);
        }
    }
    ck_assert_int_eq(changes, 2 * COUNT);
    consortium_free(consortium);
}
END_TEST

/* A queue that opens once, at noon of a far day. */
START_TEST(horizon)
{
    struct consortium *consortium = build_new("Etc/UTC");
    instant opens = build_instant("2030-05-05T12:00:00Z");
    instant far = (instant)HORIZON_DAYS * SECONDS_A_DAY;

    build_library(consortium, "a", NULL);
    build_closure(consortium, &build_queue(consortium, "c-a")->closures, "2030-05-05", "",
                  "12:00-13:00");
    build_link(consortium);
    ck_assert_int_eq(policy_until(consortium, 0, opens - far), opens);
    ck_assert_int_eq(policy_next(consortium, 0, opens - far), opens);
    ck_assert_int_eq(policy_until(consortium, 0, opens - far - 1), INT64_MAX);
    ck_assert_int_eq(policy_next(consortium, 0, opens - far - 1), INT64_MAX);
    ck_assert_int_eq(policy_until(consortium, 0, opens - 1), opens);
    ck_assert_int_eq(policy_next(consortium, 0, opens - 1), opens);
    ck_assert_int_eq(policy_until(consortium, 0, opens), opens + 3600);
    ck_assert_int_eq(policy_next(consortium, 0, opens), opens + 1);
    ck_assert_int_eq(policy_next(consortium, 0, opens + 3598), opens + 3599);
    ck_assert_int_eq(policy_next(consortium, 0, opens + 3599), INT64_MAX);
    ck_assert_int_eq(policy_until(consortium, 0, opens + 3600), INT64_MAX);
    consortium_free(consortium);
}
END_TEST

/* A change of the detail alone is none: two holidays in a row, two names. */
START_TEST(detail_does_not_count)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct holiday added[] = {{build_date("2026-11-27"), "Second", 0}};
    struct decision decision;

    consortium->holidays = (struct holidays){true, HOLIDAYS_OBSERVED, 1, added, 0, NULL};
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a")->rollover = true;
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "all 00:00-24:00", NULL);
    build_link(consortium);
    ck_assert_int_eq(policy_until(consortium, 0, build_instant("2026-11-26T12:00:00Z")),
                     build_instant("2026-11-28T00:00:00Z"));
    policy_decide(consortium, 0, build_instant("2026-11-27T12:00:00Z"), &decision);
    ck_assert_str_eq(decision.detail, "Second");
    consortium_free(consortium);
}
END_TEST

/* Between two boundaries nothing changes, and a boundary is at most a day and a clock change away.
 */
START_TEST(boundaries)
{
    day_number from = build_date("2026-10-25");
    struct consortium *consortium = build_busy("America/Chicago", from + 8);
    instant start = (instant)from * SECONDS_A_DAY, end = start + 20 * (instant)SECONDS_A_DAY;

    for (instant at = start, next; at < end; at = next) {
        struct decision first, last;
        next = policy_boundary(consortium, 0, at);
        ck_assert_int_gt(next, at);
        ck_assert_int_le(next, at + SECONDS_A_DAY + 3600);
        policy_decide(consortium, 0, at, &first);
        policy_decide(consortium, 0, next - 1, &last);
        ck_assert(decision_equal(&first, &last));
    }
    consortium_free(consortium);
}
END_TEST

/* A Wednesday with windows of the queue's own, the last of which another answers; the rest is the
 * backup's. */
static const struct {
    const char *at, *begins;
} next_hours[] = {
    {"2026-06-10T07:59:59Z", "2026-06-10T08:00:00Z"}, /* the backup answers until then */
    {"2026-06-10T08:00:00Z", "2026-06-10T13:00:00Z"}, /* not the ones under way */
    {"2026-06-10T12:30:00Z", "2026-06-10T13:00:00Z"},
    {"2026-06-10T13:00:00Z", "2026-06-11T15:00:00Z"}, /* the next one joins it; on Thursday */
    {"2026-06-10T16:00:00Z", "2026-06-11T15:00:00Z"}, /* the library is shut, the other not */
    {"2026-06-11T15:00:00Z", "2026-06-12T08:00:00Z"},
};

START_TEST(next_own_hours)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct library_settings *library = build_library(consortium, "a", NULL);
    struct queue_settings *queue = build_queue(consortium, "c-a");

    build_closure(consortium, &library->closures, "2026-06-11", "", NULL);
    queue->rollover = true;
    build_window(consortium, &queue->hours, "all 08:00-12:00", NULL);
    build_window(consortium, &queue->hours, "all 13:00-15:00", NULL);
    build_window(consortium, &queue->hours, "all 15:00-17:00", "c-b");
    build_library(consortium, "b", NULL);
    build_queue(consortium, "c-b")->hours.given = true;
    consortium->backup_queue = "c-b";
    build_window(consortium, &consortium->backup_hours, "all 00:00-24:00", NULL);
    build_link(consortium);
    ck_assert_str_eq(build_instant_text(policy_next_hours(consortium, build_find(consortium, "c-a"),
                                                          build_instant(next_hours[_i].at))),
                     next_hours[_i].begins);
    ck_assert_str_eq(build_instant_text(policy_next_hours(consortium, build_find(consortium, "c-b"),
                                                          build_instant(next_hours[_i].at))),
                     "-");
    consortium_free(consortium);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("until");
    TCase *tcase = tcase_create("until");

    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, NULL, zone_forget_all);
    tcase_add_test(tcase, chicago);
    tcase_add_test(tcase, lord_howe);
    tcase_add_test(tcase, midnight_and_days);
    tcase_add_loop_test(tcase, against_counting_minutes, 0, sizeof spans / sizeof spans[0]);
    tcase_add_test(tcase, many_zones);
    tcase_add_test(tcase, horizon);
    tcase_add_test(tcase, detail_does_not_count);
    tcase_add_test(tcase, boundaries);
    tcase_add_loop_test(tcase, next_own_hours, 0, sizeof next_hours / sizeof next_hours[0]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
