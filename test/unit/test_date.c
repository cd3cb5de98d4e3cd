/* Civil dates: the calendar's edges. */
#include <check.h>
#include <stdlib.h>

#include "policy/date.h"

/* Counted independently: day after day, by the rule of the leap years alone. */
static bool day_fits(day_number expected, int year, int month, int day)
{
    int y, m, d;

    date_to_civil(expected, &y, &m, &d);
    return date_from_civil(year, month, day) == expected && y == year && m == month && d == day;
}

START_TEST(every_day_in_order)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    day_number expected = -25567; /* 1900-01-01 */

    for (int year = 1900; year <= 2299; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year == 2000;
        for (int month = 1; month <= 12; month++) {
            int count = days[month - 1] + (month == 2 && leap);
            ck_assert_int_eq(date_month_days(year, month), count);
            for (int day = 1; day <= count; day++, expected++)
                if (!day_fits(expected, year, month, day))
                    ck_abort_msg("%d-%d-%d", year, month, day);
        }
    }
}
END_TEST

static const struct {
    const char *text;
    enum weekday weekday;
    const char *name;
} weekdays[] = {
    {"1970-01-01", THURSDAY, "thu"}, {"1969-12-31", WEDNESDAY, "wed"},
    {"1900-01-01", MONDAY, "mon"},   {"2000-02-29", TUESDAY, "tue"},
    {"2026-11-27", FRIDAY, "fri"},   {"2026-11-28", SATURDAY, "sat"},
    {"2299-12-31", SUNDAY, "sun"},
};

static void weekday_of_a_date_row(size_t row)
{
    day_number date;

    ck_assert(date_parse(weekdays[row].text, &date));
    ck_assert_int_eq(date_weekday(date), weekdays[row].weekday);
    ck_assert_str_eq(date_weekday_name(date_weekday(date)), weekdays[row].name);
}

START_TEST(weekday_of_a_date)
{
    for (size_t row = 0; row < sizeof weekdays / sizeof weekdays[0]; row++)
        weekday_of_a_date_row(row);
}
END_TEST

static const struct {
    const char *text;
    bool good;
} dates[] = {
    {"1970-01-01", true},   {"1900-01-01", true},  {"2299-12-31", true},  {"1899-12-31", false},
    {"2300-01-01", false},  {"2024-02-29", true},  {"2023-02-29", false}, {"2100-02-29", false},
    {"2000-02-29", true},   {"2026-00-10", false}, {"2026-13-10", false}, {"2026-04-31", false},
    {"2026-04-00", false},  {"2026-4-01", false},  {"2026-04-1", false},  {"2026-04-011", false},
    {"2026/04-01", false},  {"2026-04/01", false}, {"", false},           {"2026", false},
    {"2026-", false},       {"2026-04", false},    {"2026-04-", false},   {"x026-04-01", false},
    {"2026-x4-01", false},  {"2026-04-0x", false}, {"+202-04-01", false}, {" 2026-04-01", false},
    {"2026-04-01 ", false}, {"2026-04-:1", false},
};

static void date_text_row(size_t row)
{
    char text[DATE_TEXT_SIZE];
    day_number date = 12345;

    ck_assert_msg(date_parse(dates[row].text, &date) == dates[row].good, "%s", dates[row].text);
    if (dates[row].good)
        ck_assert_str_eq(date_print(date, text), dates[row].text);
    else
        ck_assert_int_eq(date, 12345);
}

START_TEST(date_text)
{
    for (size_t row = 0; row < sizeof dates / sizeof dates[0]; row++)
        date_text_row(row);
}
END_TEST

START_TEST(date_in_an_array)
{
    static const day_number array[] = {-5, 3, 3, 8};

    ck_assert(!date_in(NULL, 0, 3));
    for (day_number date = -7; date < 10; date++)
        ck_assert_int_eq(date_in(array, 4, date), date == -5 || date == 3 || date == 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("date");
    TCase *tcase = tcase_create("date");

    tcase_add_test(tcase, every_day_in_order);
    tcase_add_test(tcase, weekday_of_a_date);
    tcase_add_test(tcase, date_text);
    tcase_add_test(tcase, date_in_an_array);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
