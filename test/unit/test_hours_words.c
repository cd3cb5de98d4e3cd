/* Hours as people say them. */
#include <check.h>
#include <stdlib.h>

#include "policy/arena.h"
#include "policy/hours.h"
#include "policy/hours_words.h"

enum { MON = 1, WED = 4, WEEK = 31, SAT = 32, SUN = 64 };

static const struct {
    struct window windows[4];         /* ends with one without days */
    const char *names[4];             /* of the queue that answers each, NULL: nobody else */
    bool itself;                      /* is named too */
    const char *colleagues, *patrons; /* NULL: the same */
} rows[] = {
    {{{.days = 0}}, {NULL}, false, "no hours of its own", NULL},
    {{{.days = WEEK, .open = 480, .close = 1020}}, {NULL}, false, "Mon-Fri 08:00-17:00", NULL},
    {{{.days = WEEK, .open = 480, .close = 1020}, {.days = MON | WED, .open = 1020, .close = 1200}},
     {NULL, "mobius-slu"},
     false,
     "Mon-Fri 08:00-17:00; Mon, Wed also 17:00-20:00 (answered by mobius-slu)",
     "Mon-Fri 08:00-17:00; Mon, Wed also 17:00-20:00"},
    {{{.days = WEEK, .open = 480, .close = 1020}, {.days = SAT, .open = 600, .close = 840}},
     {NULL, NULL},
     false,
     "Mon-Fri 08:00-17:00; Sat 10:00-14:00",
     NULL},
    {{{.days = WEEK, .open = 540, .close = 720}, {.days = WEEK, .open = 780, .close = 990}},
     {NULL, NULL},
     false,
     "Mon-Fri 09:00-12:00, 13:00-16:30",
     NULL},
    {{{.days = WEEK, .open = 540, .close = 720},
      {.days = WEEK, .open = 480, .close = 540},
      {.days = WEEK, .open = 960, .close = 1020}},
     {NULL, "mobius-slu", "mobius-slu"},
     false,
     "Mon-Fri 09:00-12:00; Mon-Fri also 08:00-09:00, 16:00-17:00 (answered by mobius-slu)",
     "Mon-Fri 09:00-12:00, 08:00-09:00, 16:00-17:00"},
    {{{.days = WEEK, .open = 540, .close = 720}, {.days = WEEK, .open = 780, .close = 990}},
     {"mobius-slu", "mobius-umkc"},
     false,
     "Mon-Fri 09:00-12:00 (answered by mobius-slu); Mon-Fri also 13:00-16:30 (answered by "
     "mobius-umkc)",
     "Mon-Fri 09:00-12:00, 13:00-16:30"},
    {{{.days = WEEK, .open = 480, .close = 1020}},
     {"mobius-slu"},
     true,
     "Mon-Fri 08:00-17:00 (together with mobius-slu)",
     "Mon-Fri 08:00-17:00"},
    {{{.days = SAT | SUN, .open = 1200, .close = 120}},
     {NULL},
     false,
     "Sat, Sun 20:00-02:00 the next day",
     NULL},
    {{{.days = SUN, .open = 480, .close = 480}},
     {NULL},
     false,
     "Sun 08:00-08:00 the next day",
     NULL},
    {{{.days = DAYS_ALL, .open = 0, .close = 1440}}, {NULL}, false, "every day all day", NULL},
    {{{.days = DAYS_ALL, .open = 0, .close = 1439}}, {NULL}, false, "every day 00:00-23:59", NULL},
    {{{.days = WEEK | SUN, .open = 600, .close = 1440}},
     {NULL},
     false,
     "Sun-Fri 10:00-24:00",
     NULL},
};

START_TEST(words)
{
    struct arena *arena = arena_new();
    struct window windows[4];
    const char *names[4][2];
    struct hours hours = {.given = true, .windows = windows};

    for (; rows[_i].windows[hours.count].days != 0; hours.count++) {
        struct window *window = &windows[hours.count];
        *window = rows[_i].windows[hours.count];
        names[hours.count][0] = rows[_i].names[hours.count];
        names[hours.count][1] = "mobius-mobstate";
        window->answered_by = names[hours.count];
        window->others_answer = names[hours.count][0] != NULL;
        window->answered_by_count = !window->others_answer ? 0 : rows[_i].itself ? 2 : 1;
    }
    ck_assert_str_eq(hours_words(arena, &hours, "mobius-mobstate", HOURS_FOR_COLLEAGUES),
                     rows[_i].colleagues);
    ck_assert_str_eq(hours_words(arena, &hours, "mobius-mobstate", HOURS_FOR_PATRONS),
                     rows[_i].patrons != NULL ? rows[_i].patrons : rows[_i].colleagues);
    arena_free(arena);
}
END_TEST

static struct hours one_window(struct window *window, uint8_t days)
{
    *window = (struct window){.days = days, .open = 480, .close = 540};
    return (struct hours){.given = true, .count = 1, .windows = window};
}

/* A queue without hours says those that it inherits. */
START_TEST(inherited)
{
    struct arena *arena = arena_new();
    struct window of_consortium, of_library, of_queue;
    struct library_settings library = {.name = "mobstate"};
    struct queue_settings queue = {.name = "mobius-mobstate"};
    struct consortium consortium = {.libraries = &library, .queues = &queue};

    consortium.hours = one_window(&of_consortium, MON);
    ck_assert_str_eq(hours_words_of_queue(arena, &consortium, 0, HOURS_FOR_PATRONS),
                     "Mon 08:00-09:00");
    library.hours = one_window(&of_library, WED);
    ck_assert_str_eq(hours_words_of_queue(arena, &consortium, 0, HOURS_FOR_PATRONS),
                     "Wed 08:00-09:00");
    queue.hours = one_window(&of_queue, SAT);
    ck_assert_str_eq(hours_words_of_queue(arena, &consortium, 0, HOURS_FOR_PATRONS),
                     "Sat 08:00-09:00");
    queue.hours = (struct hours){.given = true};
    ck_assert_str_eq(hours_words_of_queue(arena, &consortium, 0, HOURS_FOR_PATRONS),
                     "no hours of its own");
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hours_words");
    TCase *tests = tcase_create("words");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tests, words, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tests, inherited);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
