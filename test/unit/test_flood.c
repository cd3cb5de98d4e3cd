/* Who may write how fast: a person always, a program never, and nobody's flood is another's. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "routing/bounds.h"
#include "routing/flood.h"

static struct flood *flood;

static void setup(void)
{
    flood = flood_new(FLOOD_PATRONS_MAX);
}

static void teardown(void)
{
    flood_free(flood);
}

/* So many of `count` get through when they come `pause_ms` apart. */
static int taken(enum flood_kind kind, const char *name, msec_t from, msec_t pause_ms, int count)
{
    int passed = 0;

    for (int i = 0; i < count; i++)
        passed += flood_take(flood, kind, flood_key(7, kind, name), from + i * pause_ms);
    return passed;
}

static const struct {
    const char *name;
    enum flood_kind kind;
    msec_t pause_ms;
    int count, passed;
} cases[] = {
    {"ten pasted lines", FLOOD_LINES, 0, 10, 10},
    {"a line every two seconds, for an hour", FLOOD_LINES, 2000, 1800, 1800},
    {"as many at once as the bucket holds", FLOOD_LINES, 0, FLOOD_LINES_BURST, FLOOD_LINES_BURST},
    {"and one more", FLOOD_LINES, 0, FLOOD_LINES_BURST + 1, FLOOD_LINES_BURST},
    {"a bot at full speed, for a second", FLOOD_LINES, 1, 1000, FLOOD_LINES_BURST},
    {"a bot at ten lines a second, for a minute", FLOOD_LINES, 100, 600, FLOOD_LINES_BURST + 29},
    {"a millisecond too fast shows in the end", FLOOD_LINES, 1999, 100000, 99969},
    {"a page that repeats all of its outbox", FLOOD_REPEATS, 0, 50, 50},
    {"repeats at full speed", FLOOD_REPEATS, 0, 1000, FLOOD_REPEATS_BURST},
    {"openings of one address", FLOOD_OPENINGS, 0, 10, FLOOD_OPENINGS_BURST},
    {"a class that tries the chat", FLOOD_QUEUE, 0, 100, 100},
    {"a flood of a queue", FLOOD_QUEUE, 0, 1000, FLOOD_QUEUE_BURST},
    {"a flood of a library", FLOOD_LIBRARY, 0, 1000, FLOOD_LIBRARY_BURST},
};

START_TEST(limits)
{
    int passed = taken(cases[_i].kind, "ann", 5, cases[_i].pause_ms, cases[_i].count);

    ck_assert_msg(passed == cases[_i].passed, "%s: %d of %d, not %d", cases[_i].name, passed,
                  cases[_i].count, cases[_i].passed);
}
END_TEST

START_TEST(an_empty_bucket_fills_one_at_a_time)
{
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", 0, 0, 100), FLOOD_LINES_BURST);
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", FLOOD_LINES_MS - 1, 0, 5), 0);
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", FLOOD_LINES_MS, 0, 5), 1);
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", 4 * FLOOD_LINES_MS, 0, 5), 3);
    /* Not more than full, however long it takes. */
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", 1000000, 0, 100), FLOOD_LINES_BURST);
}
END_TEST

START_TEST(names_and_kinds_are_apart)
{
    ck_assert_int_eq(taken(FLOOD_LINES, "ann", 0, 0, 100), FLOOD_LINES_BURST);
    ck_assert_int_eq(taken(FLOOD_LINES, "ben", 0, 0, 100), FLOOD_LINES_BURST);
    ck_assert_int_eq(taken(FLOOD_REPEATS, "ann", 0, 0, 100), FLOOD_REPEATS_BURST);
    ck_assert(flood_key(1, FLOOD_LINES, "ann") != flood_key(2, FLOOD_LINES, "ann"));
}
END_TEST

/* The table does not grow, so somebody is forgotten: those who have the least to be forgiven. */
START_TEST(many_addresses_do_not_free_a_bot)
{
    char name[32];

    ck_assert_int_eq(taken(FLOOD_LINES, "bot", 0, 0, 100), FLOOD_LINES_BURST);
    for (int i = 0; i < 20 * FLOOD_PATRONS_MAX; i++) {
        snprintf(name, sizeof name, "stranger%d", i);
        ck_assert_int_eq(taken(FLOOD_LINES, name, 0, 0, 1), 1);
    }
    ck_assert_int_eq(taken(FLOOD_LINES, "bot", 1, 0, 100), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flood");
    TCase *tests = tcase_create("flood");
    int count = (int)(sizeof cases / sizeof cases[0]);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, limits, 0, count);
    tcase_add_test(tests, an_empty_bucket_fills_one_at_a_time);
    tcase_add_test(tests, names_and_kinds_are_apart);
    tcase_add_test(tests, many_addresses_do_not_free_a_bot);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
