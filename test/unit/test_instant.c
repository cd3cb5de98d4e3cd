/* RFC 3339. */
#include <check.h>
#include <stdlib.h>

#include "policy/instant.h"

enum { REFUSED = -1 };

static const struct {
    const char *text;
    instant at;
} texts[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00+00:00", 0},
    {"1970-01-01T00:00:00-00:00", 0},
    {"1970-01-01t00:00:01z", 1},
    {"1969-12-31T18:00:00-06:00", 0},
    {"1969-12-31T18:00:00-05:59", REFUSED},
    {"2026-11-26T10:00:00-06:00", 1795708800},
    {"2026-11-26T16:00:00Z", 1795708800},
    {"2026-11-26T16:00:00.999999Z", 1795708800},
    {"2026-11-27T02:30:00.5+10:30", 1795708800},
    {"2024-02-29T23:59:59Z", 1709251199},
    {"2199-12-31T23:59:59Z", 7258118399},
    {"2199-12-31T23:59:59-00:01", REFUSED},
    {"2200-01-01T00:00:00Z", REFUSED},
    {"2200-01-01T13:59:59+14:00", 7258118399},
    {"1969-12-31T23:59:59Z", REFUSED},
    {"1899-12-31T23:59:59Z", REFUSED},
    {"2026-02-29T00:00:00Z", REFUSED},
    {"2026-11-26T24:00:00Z", REFUSED},
    {"2026-11-26T23:60:00Z", REFUSED},
    {"2016-12-31T23:59:60Z", REFUSED},
    {"2026-11-26T16:00:00", REFUSED},
    {"2026-11-26T16:00Z", REFUSED},
    {"2026-11-26T16:00:00.Z", REFUSED},
    {"2026-11-26T16:00:00,5Z", REFUSED},
    {"2026-11-26T16:00:00ZZ", REFUSED},
    {"2026-11-26T16:00:00zx", REFUSED},
    {"2026-11-26T16:00:00+24:00", REFUSED},
    {"2026-11-26T16:00:00+06:60", REFUSED},
    {"2026-11-26T16:00:00+0600", REFUSED},
    {"2026-11-26T16:00:00+06", REFUSED},
    {"2026-11-26T16:00:00+06:0", REFUSED},
    {"2026-11-26T16:00:00+06:000", REFUSED},
    {"2026-11-26T16:00:00+", REFUSED},
    {"2026-11-26T16:00:00-:", REFUSED},
    {"2026-11-26 16:00:00Z", REFUSED},
    {"2026-11-26T16-00:00Z", REFUSED},
    {"2026-11-26T16:00-00Z", REFUSED},
    {"2026-11-26T1x:00:00Z", REFUSED},
    {"2026-11-26Tx1:00:00Z", REFUSED},
    {"2026-11-26T1/:00:00Z", REFUSED},
    {"2026-11-26T/1:00:00Z", REFUSED},
    {"2026-11-26T16:0", REFUSED},
    {"2026-11-26T", REFUSED},
    {"2026-11-26", REFUSED},
    {"2026", REFUSED},
    {"", REFUSED},
    {"now", REFUSED},
    {" 2026-11-26T16:00:00Z", REFUSED},
    {"2026-11-26T16:00:00Z ", REFUSED},
};

static void instant_text_row(size_t row)
{
    instant at = REFUSED;

    ck_assert_msg(instant_parse(texts[row].text, &at) == (texts[row].at != REFUSED), "%s",
                  texts[row].text);
    ck_assert_int_eq(at, texts[row].at);
}

START_TEST(instant_text)
{
    for (size_t row = 0; row < sizeof texts / sizeof texts[0]; row++)
        instant_text_row(row);
}
END_TEST

static const struct {
    instant at;
    const char *text;
} printed[] = {
    {0, "1970-01-01T00:00:00Z"},          {-1, "1969-12-31T23:59:59Z"},
    {1795708800, "2026-11-26T16:00:00Z"}, {1709251199, "2024-02-29T23:59:59Z"},
    {7292592000, "2201-02-04T00:00:00Z"},
};

static void instant_printed_row(size_t row)
{
    char text[INSTANT_TEXT_SIZE];

    ck_assert_str_eq(instant_print(printed[row].at, text), printed[row].text);
}

START_TEST(instant_printed)
{
    for (size_t row = 0; row < sizeof printed / sizeof printed[0]; row++)
        instant_printed_row(row);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("instant");
    TCase *tcase = tcase_create("instant");

    tcase_add_test(tcase, instant_text);
    tcase_add_test(tcase, instant_printed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
