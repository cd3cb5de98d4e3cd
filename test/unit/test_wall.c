/* When a wall clock shows a time next, also where the clock is set. */
#include "build_consortium.h"

#include <stdlib.h>

#include "policy/wall.h"

static const struct {
    const char *what, *zone, *after, *date;
    int hour, minute;
    const char *expected;
} cases[] = {
    {"later today", "America/Chicago", "2026-11-24T10:00:00-06:00", "2026-11-24", 17, 0,
     "2026-11-24T23:00:00Z"},
    {"tomorrow", "America/Chicago", "2026-11-24T18:00:00-06:00", "2026-11-25", 17, 0,
     "2026-11-25T23:00:00Z"},
    {"a time that is past is now", "UTC", "2026-11-24T10:00:00Z", "2026-11-24", 9, 0,
     "2026-11-24T10:00:01Z"},
    {"midnight", "America/Chicago", "2026-11-24T23:59:59-06:00", "2026-11-25", 0, 0,
     "2026-11-25T06:00:00Z"},
    {"before the clock goes back", "America/Chicago", "2026-10-31T20:00:00-05:00", "2026-11-01", 0,
     30, "2026-11-01T05:30:00Z"},
    {"behind it", "America/Chicago", "2026-10-31T20:00:00-05:00", "2026-11-01", 3, 0,
     "2026-11-01T09:00:00Z"},
    {"a time that comes twice: the first", "America/Chicago", "2026-10-31T20:00:00-05:00",
     "2026-11-01", 1, 30, "2026-11-01T06:30:00Z"},
    {"from between the two: the second", "America/Chicago", "2026-11-01T01:10:00-06:00",
     "2026-11-01", 1, 30, "2026-11-01T07:30:00Z"},
    {"a time that is skipped: when the clock is set", "America/Chicago",
     "2026-03-07T20:00:00-06:00", "2026-03-08", 2, 30, "2026-03-08T08:00:00Z"},
    {"behind the skip", "America/Chicago", "2026-03-07T20:00:00-06:00", "2026-03-08", 3, 0,
     "2026-03-08T08:00:00Z"},
    {"a midnight that is skipped", "America/Santiago", "2026-09-05T12:00:00-04:00", "2026-09-06", 0,
     0, "2026-09-06T04:00:00Z"},
};

START_TEST(the_next_time)
{
    const struct zone *zone = build_zone(cases[_i].zone);
    day_number date = build_date(cases[_i].date);
    int minute = cases[_i].hour * 60 + cases[_i].minute;
    const char *got =
        build_instant_text(wall_next(zone, build_instant(cases[_i].after), date, minute));

    ck_assert_msg(strcmp(got, cases[_i].expected) == 0, "%s: %s", cases[_i].what, got);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wall");
    TCase *next = tcase_create("next");

    tcase_add_loop_test(next, the_next_time, 0, sizeof cases / sizeof cases[0]);
    suite_add_tcase(suite, next);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    zone_forget_all();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
