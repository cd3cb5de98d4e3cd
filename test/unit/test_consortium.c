/* Building and linking a consortium. */
#include "build_consortium.h"

#include <stdlib.h>

static char complaints[2048];

static void collect(void *context, unsigned line, const char *text)
{
    size_t length = strlen(complaints);

    ck_assert_ptr_eq(context, complaints);
    snprintf(complaints + length, sizeof complaints - length, "%u: %s\n", line, text);
}

static struct operator_settings *add_operator(struct consortium *consortium, const char *name,
                                              unsigned line)
{
    if (consortium->operators == NULL)
        consortium->operators =
            arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->operators);
    struct operator_settings *person = &consortium->operators[consortium->operator_count++];
    person->name = name;
    person->library = (int)consortium->library_count - 1;
    person->line = line;
    return person;
}

static void add_snippet(struct consortium *consortium, const char *name, const char *queue,
                        unsigned line)
{
    if (consortium->snippets == NULL)
        consortium->snippets =
            arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->snippets);
    consortium->snippets[consortium->snippet_count++] = (struct snippet_settings){
        .name = name,
        .queue = queue,
        .library = (int)consortium->library_count - 1,
        .line = line,
    };
}

START_TEST(defaults_of_a_new_consortium)
{
    struct consortium *consortium = consortium_new("mobius");
    char days[HOURS_DAYS_TEXT_SIZE];

    ck_assert_str_eq(consortium->name, "mobius");
    ck_assert_str_eq(consortium->title, "");
    ck_assert_str_eq(consortium->timezone, "America/Chicago");
    ck_assert(consortium->hours.given);
    ck_assert_uint_eq(consortium->hours.count, 1);
    ck_assert_str_eq(hours_render_days(consortium->hours.windows[0].days, days), "mon-fri");
    ck_assert_int_eq(consortium->hours.windows[0].open, 480);
    ck_assert_int_eq(consortium->hours.windows[0].close, 1020);
    ck_assert_uint_eq(consortium->backup_hours.count, 3);
    ck_assert_str_eq(hours_render_days(consortium->backup_hours.windows[1].days, days), "sat");
    ck_assert_int_eq(consortium->backup_hours.windows[1].close, 1320);
    ck_assert_str_eq(hours_render_days(consortium->backup_hours.windows[2].days, days), "sun");
    ck_assert_int_eq(consortium->backup_hours.windows[2].close, 480);
    ck_assert(consortium->holidays.federal);
    ck_assert_int_eq(consortium->holidays.dates, HOLIDAYS_OBSERVED);
    ck_assert_int_eq(consortium->backup_index, NO_INDEX);
    ck_assert_int_eq(consortium_library(consortium, "a"), NO_INDEX);
    ck_assert_int_eq(consortium_queue(consortium, "a"), NO_INDEX);
    ck_assert_int_eq(consortium_operator(consortium, "a"), NO_INDEX);
    ck_assert(consortium_link(consortium, "example.org", build_complaint, NULL));
    ck_assert_ptr_null(consortium_free(consortium));
    ck_assert_ptr_null(consortium_free(NULL));
}
END_TEST

/* Given in the wrong order everywhere. */
START_TEST(link_sorts_and_finds)
{
    struct consortium *consortium = build_new("America/Chicago");
    static const char *const persons[] = {"c-z-bob", "c-z-ann"};
    day_number covered[] = {300, 100, 100, 200};
    day_number removed[] = {9, 7, 8};
    struct holiday added[] = {{9, "b", 0}, {7, "a", 0}, {9, "c", 0}};

    struct library_settings *library = build_library(consortium, "z", NULL);
    library->covered = covered;
    library->covered_count = 4;
    build_closure(consortium, &library->closures, "2026-12-24", "second", NULL);
    build_closure(consortium, &library->closures, "2026-12-23", "first", NULL);
    struct queue_settings *queue = build_queue(consortium, "c-z");
    build_window(consortium, &queue->hours, "mon 08:00-17:00", "c-b,c-z,c-a");
    queue->operators = (const char **)(uintptr_t)persons;
    queue->operator_count = 2;
    add_operator(consortium, "c-z-bob", 1);
    add_operator(consortium, "c-z-ann", 2)->account = "ann@elsewhere.org";
    add_snippet(consortium, "z (b)", "c-z", 1);
    build_library(consortium, "b", NULL);
    build_queue(consortium, "c-b");
    add_operator(consortium, "c-b-cy", 3);
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a");
    add_snippet(consortium, "a (x)", "c-a", 1);
    consortium->backup_queue = "c-b";
    consortium->holidays.added = added;
    consortium->holidays.added_count = 3;
    consortium->holidays.removed = removed;
    consortium->holidays.removed_count = 3;
    for (int round = 0; round < 2; round++) /* linking again changes nothing */
        ck_assert(consortium_link(consortium, "example.org", build_complaint, NULL));

    static const char *const names[] = {"a", "b", "z"};
    for (int i = 0; i < 3; i++) {
        ck_assert_str_eq(consortium->libraries[i].name, names[i]);
        ck_assert_int_eq(consortium_library(consortium, names[i]), i);
        ck_assert_int_eq(consortium->queues[i].library, i);
    }
    ck_assert_int_eq(consortium_queue(consortium, "c-z"), 2);
    ck_assert_int_eq(consortium->backup_index, 1);
    queue = &consortium->queues[2];
    ck_assert_int_eq(queue->hours.windows[0].answered_by_index[0], 1);
    ck_assert_int_eq(queue->hours.windows[0].answered_by_index[1], 2);
    ck_assert_int_eq(queue->hours.windows[0].answered_by_index[2], 0);
    ck_assert_int_eq(consortium_operator(consortium, "c-z-bob"), 2);
    ck_assert_int_eq(queue->operator_index[0], 2);
    ck_assert_int_eq(queue->operator_index[1], 1);
    ck_assert_int_eq(consortium->operators[0].library, 1);
    ck_assert_int_eq(consortium->operators[2].library, 2);
    ck_assert_str_eq(consortium->operators[2].account, "c-z-bob@example.org");
    ck_assert_str_eq(consortium->operators[1].account, "ann@elsewhere.org");
    ck_assert_str_eq(consortium->snippets[0].name, "a (x)");
    ck_assert_int_eq(consortium->snippets[0].queue_index, 0);
    ck_assert_int_eq(consortium->snippets[1].library, 2);
    ck_assert_str_eq(consortium->libraries[2].closures.list[0].name, "first");
    ck_assert_int_eq(covered[0], 100);
    ck_assert_int_eq(covered[3], 300);
    ck_assert_int_eq(removed[0], 7);
    ck_assert_int_eq(removed[2], 9);
    ck_assert_str_eq(added[0].name, "a");
    ck_assert_int_eq(added[2].date, 9);
    consortium_free(consortium);
}
END_TEST

START_TEST(accounts_wait_without_a_domain)
{
    struct consortium *consortium = build_new("America/Chicago");

    build_library(consortium, "a", NULL);
    add_operator(consortium, "c-a-ann", 1);
    build_link(consortium);
    ck_assert_ptr_null(consortium->operators[0].account);
    consortium_free(consortium);
}
END_TEST

static void library_twice(struct consortium *consortium)
{
    build_library(consortium, "b", NULL)->line = 9;
    build_library(consortium, "a", NULL)->line = 4;
    build_library(consortium, "b", NULL)->line = 7;
}

static void queue_twice(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a")->line = 3;
    build_queue(consortium, "c-a")->line = 5;
}

static void operator_twice(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    add_operator(consortium, "c-a-ann", 3);
    add_operator(consortium, "c-a-ann", 5);
}

static void operator_named_as_a_queue(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a-law");
    add_operator(consortium, "c-a-law", 6);
}

static void snippet_twice(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a");
    add_snippet(consortium, "a (x)", "c-a", 8);
    add_snippet(consortium, "a (x)", "c-a", 9);
}

static void snippet_of_nobody(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    add_snippet(consortium, "a (x)", "c-b", 8);
}

static void no_backup_queue(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    consortium->backup_queue = "c-x";
}

static const char *persons[] = {"c-a-ann", "c-a-bob", "c-a-ann"};

static void unknown_and_repeated_operators(struct consortium *consortium)
{
    build_library(consortium, "a", NULL);
    struct queue_settings *queue = build_queue(consortium, "c-a");
    queue->line = 11;
    queue->operators = persons;
    queue->operator_count = 3;
    add_operator(consortium, "c-a-ann", 2);
}

static void unknown_answerers(struct consortium *consortium)
{
    struct library_settings *library = build_library(consortium, "a", NULL);
    struct queue_settings *queue = build_queue(consortium, "c-a");
    build_window(consortium, &consortium->hours, "all 08:00-09:00", "c-1");
    consortium->hours.windows[0].line = 1;
    build_closure(consortium, &consortium->closures, "2026-01-01", "", "08:00-09:00");
    build_window(consortium, &consortium->closures.list[0].hours, "10:00-11:00", "c-2");
    build_window(consortium, &library->hours, "all 08:00-09:00", "c-a,c-3");
    build_closure(consortium, &library->closures, "2026-01-01", "", "08:00-09:00");
    build_window(consortium, &library->closures.list[0].hours, "10:00-11:00", "c-4");
    build_window(consortium, &queue->hours, "all 08:00-09:00", "c-5,c-a");
    build_closure(consortium, &queue->closures, "2026-01-01", "", "08:00-09:00");
    build_window(consortium, &queue->closures.list[0].hours, "10:00-11:00", "c-6");
}

static void closures_twice(struct consortium *consortium)
{
    struct library_settings *library = build_library(consortium, "a", NULL);
    struct queue_settings *queue = build_queue(consortium, "c-a");
    build_closure(consortium, &library->closures, "2026-01-02", "", NULL)->line = 7;
    build_closure(consortium, &library->closures, "2026-01-03", "", NULL)->line = 1;
    build_closure(consortium, &library->closures, "2026-01-02", "", NULL)->line = 5;
    build_closure(consortium, &queue->closures, "2026-01-04", "", NULL)->line = 2;
    build_closure(consortium, &queue->closures, "2026-01-04", "", NULL)->line = 3;
    build_closure(consortium, &consortium->closures, "2026-01-02", "", NULL)->line = 9;
}

static const struct {
    void (*build)(struct consortium *);
    const char *complaints;
} faults[] = {
    {library_twice, "9: library 'b' is given twice\n"},
    {queue_twice, "5: queue 'c-a' is given twice\n"},
    {operator_twice, "5: operator 'c-a-ann' is given twice\n"},
    {operator_named_as_a_queue, "6: operator 'c-a-law': a queue has that name\n"},
    {snippet_twice, "9: snippet 'a (x)' is given twice\n"},
    {snippet_of_nobody, "8: snippet 'a (x)': queue 'c-b' does not exist\n"},
    {no_backup_queue, "0: backup: queue 'c-x' does not exist\n"},
    {unknown_and_repeated_operators, "11: queue 'c-a': operator 'c-a-bob' does not exist\n"
                                     "11: queue 'c-a': operator 'c-a-ann' is named twice\n"},
    {unknown_answerers, "1: consortium: queue 'c-1' in answered_by does not exist\n"
                        "0: consortium: queue 'c-2' in answered_by does not exist\n"
                        "0: library 'a': queue 'c-3' in answered_by does not exist\n"
                        "0: library 'a': queue 'c-4' in answered_by does not exist\n"
                        "0: queue 'c-a': queue 'c-5' in answered_by does not exist\n"
                        "0: queue 'c-a': queue 'c-6' in answered_by does not exist\n"},
    {closures_twice, "7: library 'a': closure of 2026-01-02 is given twice\n"
                     "3: queue 'c-a': closure of 2026-01-04 is given twice\n"},
};

START_TEST(link_complains)
{
    struct consortium *consortium = build_new("America/Chicago");

    complaints[0] = '\0';
    faults[_i].build(consortium);
    ck_assert(!consortium_link(consortium, NULL, collect, complaints));
    ck_assert_str_eq(complaints, faults[_i].complaints);
    consortium_free(consortium);
}
END_TEST

/* A consortium with as many queues as are asked for, and one window that names them all. */
static struct consortium *many_queues(size_t queues, size_t named)
{
    struct consortium *consortium = build_new("America/Chicago");
    struct arena *arena = consortium->arena;
    struct library_settings *library = build_library(consortium, "a", NULL);

    consortium->queues = arena_alloc(arena, queues * sizeof *consortium->queues);
    consortium->queue_count = queues;
    for (size_t i = 0; i < queues; i++)
        consortium->queues[i].name = arena_printf(arena, "c-a-%05zu", i);
    build_window(consortium, &library->hours, "all 00:00-12:00", "");
    build_window(consortium, &library->hours, "all 00:00-24:00", "");
    for (int w = 0; w < 2; w++) { /* named twice counts once */
        struct window *window = &library->hours.windows[w];
        window->line = 5;
        window->answered_by_count = named;
        window->answered_by = arena_alloc(arena, named * sizeof *window->answered_by);
        for (size_t i = 0; i < named; i++)
            window->answered_by[i] = consortium->queues[queues - 1 - i].name;
    }
    return consortium;
}

START_TEST(answered_by_bound)
{
    struct consortium *consortium = many_queues(ANSWERED_BY_MAX + 2, ANSWERED_BY_MAX);
    struct decision decision;

    build_link(consortium);
    policy_decide(consortium, 0, 0, &decision);
    ck_assert_int_eq(decision.tier_count, 1);
    ck_assert_int_eq(decision.tiers[0].queue_count, ANSWERED_BY_MAX);
    for (int i = 0; i < ANSWERED_BY_MAX; i++)
        ck_assert_int_eq(decision.tiers[0].queues[i], i + 2);
    consortium_free(consortium);

    complaints[0] = '\0';
    consortium = many_queues(ANSWERED_BY_MAX + 1, ANSWERED_BY_MAX + 1);
    ck_assert(!consortium_link(consortium, NULL, collect, complaints));
    ck_assert_str_eq(complaints, "5: library 'a': answered_by names 129 queues, more than 128\n");
    consortium_free(consortium);
}
END_TEST

START_TEST(queues_bound)
{
    struct consortium *consortium = many_queues(CONSORTIUM_QUEUES_MAX, 0);

    build_link(consortium);
    consortium_free(consortium);
    complaints[0] = '\0';
    consortium = many_queues(CONSORTIUM_QUEUES_MAX + 1, 0);
    ck_assert(!consortium_link(consortium, NULL, collect, complaints));
    ck_assert_str_eq(complaints, "0: 10001 queues are more than 10000\n");
    consortium_free(consortium);
}
END_TEST

START_TEST(inheritance)
{
    struct consortium *consortium = build_new("America/Chicago");

    build_window(consortium, &consortium->hours, "mon 01:00-02:00", NULL);
    build_library(consortium, "a", "Asia/Tokyo");
    build_queue(consortium, "c-a");
    struct library_settings *library = build_library(consortium, "b", NULL);
    build_window(consortium, &library->hours, "mon 03:00-04:00", NULL);
    build_queue(consortium, "c-b");
    build_queue(consortium, "c-b-none")->hours.given = true;
    build_link(consortium);
    ck_assert_ptr_eq(consortium_queue_hours(consortium, 0), &consortium->hours);
    ck_assert_ptr_eq(consortium_queue_hours(consortium, 1), &consortium->libraries[1].hours);
    ck_assert_uint_eq(consortium_queue_hours(consortium, 2)->count, 0);
    ck_assert_str_eq(consortium_queue_zone(consortium, 0)->name, "Asia/Tokyo");
    ck_assert_str_eq(consortium_queue_zone(consortium, 2)->name, "America/Chicago");
    consortium_free(consortium);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("consortium");
    TCase *tcase = tcase_create("consortium");

    tcase_add_unchecked_fixture(tcase, NULL, zone_forget_all);
    tcase_add_test(tcase, defaults_of_a_new_consortium);
    tcase_add_test(tcase, link_sorts_and_finds);
    tcase_add_test(tcase, accounts_wait_without_a_domain);
    tcase_add_loop_test(tcase, link_complains, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(tcase, answered_by_bound);
    tcase_add_test(tcase, queues_bound);
    tcase_add_test(tcase, inheritance);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
