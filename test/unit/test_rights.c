/* Rights: through what an account holds one, for which library. */
#include "build_consortium.h"

#include <stdlib.h>
#include <string.h>

#include "policy/rights.h"

static struct consortium *settings;

/* Libraries a (id 1), b (id 2), c (id 0: of a file). */
static void setup(void)
{
    static const char *coordinators[] = {"coord@x"}, *admins[] = {"admin@x", "both@x"};
    static const char *others[] = {"both@x"};
    static struct grant grants[] = {
        {"own@x", RIGHT_TRANSCRIPTS_OWN, 1}, {"wide@x", RIGHT_AUDIT, 0},
        {"both@x", RIGHT_POLICY, 2},         {"admin@x", RIGHT_AUDIT, 0},
    };

    settings = build_new("UTC");
    build_library(settings, "a", NULL);
    build_library(settings, "b", NULL);
    build_library(settings, "c", NULL);
    settings->libraries[0].id = 1;
    settings->libraries[1].id = 2;
    settings->libraries[0].admins = admins;
    settings->libraries[0].admin_count = 2;
    settings->libraries[1].admins = others;
    settings->libraries[1].admin_count = 1;
    settings->coordinators = coordinators;
    settings->coordinator_count = 1;
    settings->operators = arena_alloc(settings->arena, sizeof *settings->operators);
    settings->operators[0] =
        (struct operator_settings){.name = "q-b-ann", .account = "ann@x", .library = 1};
    settings->operator_count = 1;
    settings->grants.list = grants;
    settings->grants.count = sizeof grants / sizeof grants[0];
    settings->grants.bundles[BUNDLE_OPERATOR] = RIGHT_BIT(RIGHT_STATISTICS);
}

static void teardown(void)
{
    consortium_free(settings);
    zone_forget_all();
}

static const struct {
    const char *account;
    enum right right;
    int library;
    enum holding holding;
} cases[] = {
    {"coord@x", RIGHT_POLICY, NO_INDEX, HELD_AS_COORDINATOR},
    {"coord@x", RIGHT_HOURS, 2, HELD_AS_COORDINATOR},
    {"coord@x", RIGHT_NONE, 0, HELD_NOT},
    {"admin@x", RIGHT_HOURS, 0, HELD_AS_ADMIN},
    {"admin@x", RIGHT_HOURS, 1, HELD_NOT},
    {"admin@x", RIGHT_HOURS, NO_INDEX, HELD_NOT},
    {"admin@x", RIGHT_POLICY, 0, HELD_NOT},
    {"admin@x", RIGHT_LIBRARIES, 0, HELD_NOT},
    {"admin@x", RIGHT_AUDIT, 0, HELD_AS_ADMIN},       /* the own one comes first */
    {"admin@x", RIGHT_AUDIT, 1, HELD_AS_COORDINATOR}, /* by the wide grant, from outside */
    {"both@x", RIGHT_POLICY, 1, HELD_BY_GRANT},
    {"both@x", RIGHT_POLICY, 0, HELD_NOT},
    {"own@x", RIGHT_TRANSCRIPTS_OWN, 0, HELD_BY_GRANT},
    {"own@x", RIGHT_TRANSCRIPTS_OWN, 2, HELD_NOT}, /* whose id is 0 */
    {"own@x", RIGHT_TRANSCRIPTS, 0, HELD_NOT},
    {"wide@x", RIGHT_AUDIT, NO_INDEX, HELD_AS_COORDINATOR},
    {"ann@x", RIGHT_STATISTICS, 1, HELD_AS_OPERATOR},
    {"ann@x", RIGHT_STATISTICS, 0, HELD_NOT},
    {"ann@x", RIGHT_DESK, 1, HELD_NOT},
    {"nobody@x", RIGHT_DESK, 0, HELD_NOT},
};

START_TEST(holding)
{
    ck_assert_int_eq(rights_holding(settings, cases[_i].account, cases[_i].right,
                                    cases[_i].library),
                     cases[_i].holding);
}
END_TEST

START_TEST(libraries)
{
    int list[2] = {7, 7};

    ck_assert_uint_eq(rights_libraries(settings, "coord@x", RIGHT_HOURS, list, 2), 3);
    ck_assert_int_eq(list[0], 0);
    ck_assert_int_eq(list[1], 1);
    ck_assert_uint_eq(rights_libraries(settings, "both@x", RIGHT_POLICY, list, 2), 1);
    ck_assert_int_eq(list[0], 1);
    ck_assert_uint_eq(rights_libraries(settings, "nobody@x", RIGHT_HOURS, NULL, 0), 0);
}
END_TEST

START_TEST(names)
{
    for (int i = RIGHT_NONE + 1; i < RIGHTS_END; i++) {
        enum right right;
        ck_assert(right_find(right_name((enum right)i), &right));
        ck_assert_int_eq(right, i);
    }
    enum right right;
    enum bundle bundle;
    ck_assert(!right_find("", &right) && !right_find("everything", &right));
    ck_assert(bundle_find("admin", &bundle) && bundle == BUNDLE_ADMIN);
    ck_assert(!bundle_find("", &bundle));
    ck_assert_str_eq(right_name(RIGHT_TRANSCRIPTS_OWN), "transcripts-own");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rights");
    TCase *tests = tcase_create("rights");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, holding, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, libraries);
    tcase_add_test(tests, names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
