/* Weekly windows: text, and what they cover. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hours.h"

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64 };

static const struct {
    const char *text;
    int days;         /* -1: refused */
    const char *back; /* NULL: as it came */
} days[] = {
    {"all", DAYS_ALL, NULL},
    {"mon", MON, NULL},
    {"sun", SUN, NULL},
    {"mon,wed", MON | WED, NULL},
    {"wed,mon", MON | WED, "mon,wed"},
    {"mon,mon", MON, "mon"},
    {"mon-fri", MON | TUE | WED | THU | FRI, NULL},
    {"mon-fri,sun", MON | TUE | WED | THU | FRI | SUN, "sun-fri"},
    {"mon-thu,sat", MON | TUE | WED | THU | SAT, NULL},
    {"fri-mon", FRI | SAT | SUN | MON, NULL},
    {"sat-sun", SAT | SUN, "sat,sun"},
    {"sun-mon", SUN | MON, "mon,sun"},
    {"tue-tue", TUE, "tue"},
    {"tue-mon", DAYS_ALL, "all"},
    {"mon-tue,thu,fri-sat", MON | TUE | THU | FRI | SAT, "mon,tue,thu-sat"},
    {"mon,wed,fri,sun", MON | WED | FRI | SUN, NULL},
    {"", -1, NULL},
    {"all,mon", -1, NULL},
    {"mon,all", -1, NULL},
    {"alle", -1, NULL},
    {"mon,", -1, NULL},
    {",mon", -1, NULL},
    {"mon-", -1, NULL},
    {"-mon", -1, NULL},
    {"mon-fri-sun", -1, NULL},
    {"monday", -1, NULL},
    {"Mon", -1, NULL},
    {"mon, wed", -1, NULL},
    {"mon-fry", -1, NULL},
    {"mo", -1, NULL},
    {"mon;tue", -1, NULL},
};

static void days_text_row(size_t row)
{
    char text[HOURS_DAYS_TEXT_SIZE];
    uint8_t set = 0x55;
    bool good = days[row].days >= 0;

    ck_assert_msg(hours_parse_days(days[row].text, &set) == good, "%s", days[row].text);
    ck_assert_int_eq(set, good ? days[row].days : 0x55);
    if (good)
        ck_assert_str_eq(hours_render_days(set, text),
                         days[row].back != NULL ? days[row].back : days[row].text);
}

START_TEST(days_text)
{
    for (size_t row = 0; row < sizeof days / sizeof days[0]; row++)
        days_text_row(row);
}
END_TEST

START_TEST(every_set_of_days_comes_back)
{
    char text[HOURS_DAYS_TEXT_SIZE];
    uint8_t back;

    ck_assert_str_eq(hours_render_days(0, text), "");
    for (unsigned set = 1; set <= DAYS_ALL; set++) {
        ck_assert(hours_parse_days(hours_render_days((uint8_t)set, text), &back));
        ck_assert_uint_eq(back, set);
    }
}
END_TEST

static const struct {
    const char *text;
    int open, close; /* -1: refused */
} times[] = {
    {"00:00", 0, 1440},  {"00:01", 1, 1},    {"08:00", 480, 480}, {"23:59", 1439, 1439},
    {"24:00", -1, 1440}, {"24:01", -1, -1},  {"25:00", -1, -1},   {"12:60", -1, -1},
    {"8:00", -1, -1},    {"08:0", -1, -1},   {"08:000", -1, -1},  {"08-00", -1, -1},
    {"", -1, -1},        {"08", -1, -1},     {"08:", -1, -1},     {"0a:00", -1, -1},
    {"08:0a", -1, -1},   {"08:00 ", -1, -1}, {"+8:00", -1, -1},
};

static void time_text_row(size_t row)
{
    char text[HOURS_TIME_TEXT_SIZE];
    int16_t open = -1, close = -1;

    ck_assert_int_eq(hours_parse_time(times[row].text, false, &open), times[row].open >= 0);
    ck_assert_int_eq(hours_parse_time(times[row].text, true, &close), times[row].close >= 0);
    ck_assert_int_eq(open, times[row].open);
    ck_assert_int_eq(close, times[row].close);
    if (open >= 0)
        ck_assert_str_eq(hours_render_time(open, text), times[row].text);
    if (close > 0 && close != open)
        ck_assert_str_eq(hours_render_time(close, text), "24:00");
}

START_TEST(time_text)
{
    for (size_t row = 0; row < sizeof times / sizeof times[0]; row++)
        time_text_row(row);
}
END_TEST

static const struct {
    const char *what;
    int open, close, minute;
    bool covers, reaches;
} windows[] = {
    {"a minute before opening", 480, 1020, 479, false, false},
    {"the opening minute counts", 480, 1020, 480, true, false},
    {"the last minute", 480, 1020, 1019, true, false},
    {"the closing minute does not", 480, 1020, 1020, false, false},
    {"to the end of the day", 480, 1440, 1439, true, false},
    {"24:00 does not reach the next day", 480, 1440, 0, false, false},
    {"over midnight, the evening", 1020, 480, 1439, true, false},
    {"over midnight, before it opens", 1020, 480, 1019, false, false},
    {"over midnight, first minute of the next day", 1020, 480, 0, false, true},
    {"over midnight, last minute of the next day", 1020, 480, 479, false, true},
    {"over midnight, the closing minute", 1020, 480, 480, false, false},
    {"equal times are a whole day, before", 540, 540, 539, false, true},
    {"equal times are a whole day, from", 540, 540, 540, true, false},
    {"midnight to midnight", 0, 1440, 0, true, false},
};

static void window_edges_row(size_t row)
{
    struct window window = {.open = (int16_t)windows[row].open,
                            .close = (int16_t)windows[row].close};

    ck_assert_msg(hours_window_covers(&window, windows[row].minute) == windows[row].covers, "%s",
                  windows[row].what);
    ck_assert_msg(hours_window_reaches(&window, windows[row].minute) == windows[row].reaches, "%s",
                  windows[row].what);
}

START_TEST(window_edges)
{
    for (size_t row = 0; row < sizeof windows / sizeof windows[0]; row++)
        window_edges_row(row);
}
END_TEST

static const struct {
    const char *what;
    enum weekday weekday;
    int minute;
    bool covered;
} weekly[] = {
    {"Friday evening", FRIDAY, 1020, true},
    {"Saturday before Friday's close", SATURDAY, 479, true},
    {"Saturday gap", SATURDAY, 480, false},
    {"Saturday's own window", SATURDAY, 600, true},
    {"Sunday evening", SUNDAY, 1439, true},
    {"over the week's end", MONDAY, 479, true},
    {"Monday at the close", MONDAY, 480, false},
    {"Sunday morning: Saturday does not reach", SUNDAY, 0, false},
};

static void week_edges_row(size_t row)
{
    struct window list[] = {
        {.days = FRI, .open = 1020, .close = 480},
        {.days = SAT, .open = 600, .close = 1320},
        {.days = SUN, .open = 600, .close = 480},
    };
    struct hours hours = {true, 3, list}, none = {true, 0, NULL};

    ck_assert_msg(hours_cover(&hours, weekly[row].weekday, weekly[row].minute) ==
                      weekly[row].covered,
                  "%s", weekly[row].what);
    ck_assert(!hours_cover(&none, weekly[row].weekday, weekly[row].minute));
}

START_TEST(week_edges)
{
    for (size_t row = 0; row < sizeof weekly / sizeof weekly[0]; row++)
        week_edges_row(row);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hours");
    TCase *tcase = tcase_create("hours");

    tcase_add_test(tcase, days_text);
    tcase_add_test(tcase, every_set_of_days_comes_back);
    tcase_add_test(tcase, time_text);
    tcase_add_test(tcase, window_edges);
    tcase_add_test(tcase, week_edges);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
