/* Federal holidays against the lists that the government publishes (Office of Personnel
 * Management), and what a consortium adds and takes away. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/date.h"
#include "policy/holidays.h"

/* As published: the days off, those in lieu included; a New Year's Day that is observed in the year
 * before stands where it is observed. */
static const char *const published[] = {
    "2012 01-02 01-16 02-20 05-28 07-04 09-03 10-08 11-12 11-22 12-25",
    "2015 01-01 01-19 02-16 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
    "2016 01-01 01-18 02-15 05-30 07-04 09-05 10-10 11-11 11-24 12-26",
    "2017 01-02 01-16 02-20 05-29 07-04 09-04 10-09 11-10 11-23 12-25",
    "2018 01-01 01-15 02-19 05-28 07-04 09-03 10-08 11-12 11-22 12-25",
    "2019 01-01 01-21 02-18 05-27 07-04 09-02 10-14 11-11 11-28 12-25",
    "2020 01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
    "2021 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    "2022 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    "2023 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    "2024 01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    "2025 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    "2026 01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    "2027 01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    "2028 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    "2029 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
    "2030 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
};

static void published_years_row(size_t row)
{
    const char *line = published[row];
    int year = (int)strtol(line, NULL, 10);

    for (day_number date = date_from_civil(year, 1, 1); date < date_from_civil(year + 1, 1, 1);
         date++) {
        char text[DATE_TEXT_SIZE];
        bool listed = strstr(line, date_print(date, text) + 5) != NULL;
        if ((holiday_federal(date, HOLIDAYS_OBSERVED) != NULL) != listed)
            ck_abort_msg("%s", text);
    }
}

START_TEST(published_years)
{
    for (size_t row = 0; row < sizeof published / sizeof published[0]; row++)
        published_years_row(row);
}
END_TEST

static const struct {
    const char *date;
    const char *observed, *actual; /* names; NULL: none */
} named[] = {
    {"2026-01-01", "New Year's Day", "New Year's Day"},
    {"2026-01-19", "Birthday of Martin Luther King, Jr.", "Birthday of Martin Luther King, Jr."},
    {"2026-02-16", "Washington's Birthday", "Washington's Birthday"},
    {"2026-05-25", "Memorial Day", "Memorial Day"},
    {"2026-05-18", NULL, NULL},
    {"2023-05-29", "Memorial Day", "Memorial Day"},
    {"2020-06-19", NULL, NULL},
    {"2021-06-18", "Juneteenth National Independence Day", NULL},
    {"2021-06-19", NULL, "Juneteenth National Independence Day"},
    {"2026-06-19", "Juneteenth National Independence Day", "Juneteenth National Independence Day"},
    {"2026-07-03", "Independence Day", NULL},
    {"2026-07-04", NULL, "Independence Day"},
    {"2027-07-05", "Independence Day", NULL},
    {"2027-07-04", NULL, "Independence Day"},
    {"2026-09-07", "Labor Day", "Labor Day"},
    {"2026-10-12", "Columbus Day", "Columbus Day"},
    {"2026-11-11", "Veterans Day", "Veterans Day"},
    {"2029-11-12", "Veterans Day", NULL},
    {"2026-11-26", "Thanksgiving Day", "Thanksgiving Day"},
    {"2026-12-25", "Christmas Day", "Christmas Day"},
    {"2021-12-31", "New Year's Day", NULL},
    {"2022-01-01", NULL, "New Year's Day"},
    {"2023-01-01", NULL, "New Year's Day"},
    {"2023-01-02", "New Year's Day", NULL},
    {"2026-12-31", NULL, NULL},
    {"2024-02-29", NULL, NULL},
    {"1970-01-01", "New Year's Day", "New Year's Day"},
    {"2199-11-28", "Thanksgiving Day", "Thanksgiving Day"},
};

static void check_name(const char *got, const char *expected, const char *date)
{
    ck_assert_msg((got == NULL) == (expected == NULL), "%s is %s", date, got);
    if (expected != NULL)
        ck_assert_str_eq(got, expected);
}

static void names_of_the_law_row(size_t row)
{
    const char *text = named[row].date, *both = named[row].observed;
    day_number date;

    ck_assert(date_parse(text, &date));
    check_name(holiday_federal(date, HOLIDAYS_OBSERVED), named[row].observed, text);
    check_name(holiday_federal(date, HOLIDAYS_ACTUAL), named[row].actual, text);
    check_name(holiday_federal(date, HOLIDAYS_BOTH), both != NULL ? both : named[row].actual, text);
}

START_TEST(names_of_the_law)
{
    for (size_t row = 0; row < sizeof named / sizeof named[0]; row++)
        names_of_the_law_row(row);
}
END_TEST

static const struct {
    const char *what, *date, *name; /* NULL: no holiday */
} own[] = {
    {"the calendar's", "2026-11-26", "Thanksgiving Day"},
    {"removed", "2026-10-12", NULL},
    {"an ordinary date", "2026-10-13", NULL},
    {"added, with a name", "2026-12-24", "Eve"},
    {"added without a name", "2026-12-28", ""},
    {"added on the calendar's, the own name first", "2026-12-25", "Feast"},
    {"added without a name on the calendar's", "2026-11-11", "Veterans Day"},
    {"added twice, the second has the name", "2026-12-29", "Second"},
    {"removed and added: the own list wins", "2026-09-07", "Again"},
};

static void added_and_removed_row(size_t row)
{
    day_number removed[2], date;
    struct holiday added[7];
    static const struct {
        const char *date, *name;
    } list[] = {
        {"2026-09-07", "Again"},  {"2026-11-11", ""}, {"2026-12-24", "Eve"},
        {"2026-12-25", "Feast"},  {"2026-12-28", ""}, {"2026-12-29", ""},
        {"2026-12-29", "Second"},
    };
    struct holidays holidays = {true, HOLIDAYS_OBSERVED, 7, added, 2, removed};
    const char *name = "untouched";

    for (int i = 0; i < 7; i++) {
        ck_assert(date_parse(list[i].date, &added[i].date));
        added[i].name = list[i].name;
    }
    ck_assert(date_parse("2026-09-07", &removed[0]));
    ck_assert(date_parse("2026-10-12", &removed[1]));
    ck_assert(date_parse(own[row].date, &date));
    ck_assert_msg(holiday_on(&holidays, date, &name) == (own[row].name != NULL), "%s",
                  own[row].what);
    ck_assert_str_eq(name, own[row].name != NULL ? own[row].name : "untouched");
    ck_assert_int_eq(holiday_on(&holidays, date, NULL), own[row].name != NULL);
    holidays.federal = false;
    holidays.added_count = 0;
    ck_assert(!holiday_on(&holidays, date, NULL));
}

START_TEST(added_and_removed)
{
    for (size_t row = 0; row < sizeof own / sizeof own[0]; row++)
        added_and_removed_row(row);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("holidays");
    TCase *tcase = tcase_create("holidays");

    tcase_add_test(tcase, published_years);
    tcase_add_test(tcase, names_of_the_law);
    tcase_add_test(tcase, added_and_removed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
