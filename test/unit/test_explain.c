/* `deskbell explain`: the lines, the week, and the timeline behind them. */
#include "build_consortium.h"

#include <stdlib.h>

#include "component/explain.h"
#include "component/timeline.h"

#define LONG_NAME "c-abcdefghijklmnopqrst-uvwxyz0123456789-uvwxyz0123456789-0123456"

/* Queue 'c-a' with everything, 'c-n' plain, 'c-never' without any hours. */
static struct consortium *build_desk(void)
{
    struct consortium *consortium = build_new("America/Chicago");
    struct library_settings *library;
    struct queue_settings *queue;

    consortium->holidays.federal = true;
    build_window(consortium, &consortium->hours, "mon-fri 08:00-17:00", NULL);
    library = build_library(consortium, "a", NULL);
    build_closure(consortium, &library->closures, "2026-11-27", "Reading\tday\x7f", NULL);
    queue = build_queue(consortium, "c-a");
    queue->rollover = true;
    build_window(consortium, &queue->hours, "mon-fri 08:00-17:00", NULL);
    build_window(consortium, &queue->hours, "wed 17:00-20:00", "c-n,c-never");
    build_queue(consortium, "c-n");
    build_queue(consortium, "c-never")->hours.given = true;
    queue = build_queue(consortium, "c-wide");
    build_window(consortium, &queue->hours, "mon 08:00-17:00", LONG_NAME ",c-a,c-n,c-never");
    build_closure(consortium, &queue->closures, "2026-11-24",
                  "\u00c9t\u00e9 \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                  "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                  "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                  "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                  "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
                  NULL);
    build_window(consortium, &queue->hours, "tue 08:00-17:00", NULL);
    queue = build_queue(consortium, "c-always");
    build_window(consortium, &queue->hours, "all 00:00-24:00", NULL);
    queue = build_queue(consortium, LONG_NAME);
    build_window(consortium, &queue->hours, "all 00:00-24:00", NULL);
    build_library(consortium, "s", NULL)->hours.given = true;
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "mon-fri 17:00-08:00", NULL);
    build_window(consortium, &consortium->backup_hours, "sat 10:00-22:00", NULL);
    build_window(consortium, &consortium->backup_hours, "sun 10:00-08:00", NULL);
    build_link(consortium);
    return consortium;
}

/* Runs one request; out and err are the caller's to free. */
static int run(const struct consortium *consortium, struct explain_request request,
               const char *input, size_t input_size, char **ret_out, char **ret_err)
{
    size_t size;
    FILE *in = fmemopen((void *)(uintptr_t)input, input_size, "r");
    FILE *out = open_memstream(ret_out, &size), *err = open_memstream(ret_err, &size);

    ck_assert(in != NULL && out != NULL && err != NULL);
    int code = explain_run(consortium, &request, in, out, err);
    fclose(in);
    fclose(out);
    fclose(err);
    return code;
}

static const struct {
    const char *queue;
    const char *times[3];
    const char *input;
    int code;
    const char *out, *err;
} runs[] = {
    {"c-a",
     {"2026-11-26T10:00:00-06:00"},
     "\n",
     0,
     "2026-11-26T16:00:00Z\town\t-\tc-a\t2026-11-26T23:00:00Z\t-\t-\n",
     ""},
    {"c-a",
     {"2026-11-27T00:00:00Z"},
     "\n",
     0,
     "2026-11-27T00:00:00Z\tclosed\tholiday\t-\t2026-11-27T06:00:00Z\t2026-11-27T06:00:00Z\t"
     "Thanksgiving Day\n",
     ""},
    {"c-a",
     {"2026-11-25T23:30:00Z"},
     "\n",
     0,
     "2026-11-25T23:30:00Z\tshared\t-\tc-n,c-never>c-s\t2026-11-26T02:00:00Z\t-\t-\n",
     ""},
    {"c-a",
     {"2026-11-27T17:00:00Z"},
     "\n",
     0,
     "2026-11-27T17:00:00Z\tclosed\tclosure\t-\t2026-11-27T23:00:00Z\t2026-11-27T23:00:00Z\t"
     "Reading day \n",
     ""},
    {"c-always",
     {"2026-12-01T17:00:00Z"},
     "\n",
     0,
     "2026-12-01T17:00:00Z\town\t-\tc-always\t-\t-\t-\n",
     ""},
    {"c-never",
     {"2026-11-28T15:00:00Z"},
     "\n",
     0,
     "2026-11-28T15:00:00Z\tclosed\tgap\t-\t2026-11-28T16:00:00Z\t-\t-\n",
     ""},
    {"c-always", {NULL}, "\n", 0, "2027-01-01T00:00:00Z\town\t-\tc-always\t-\t-\t-\n", ""},
    {"c-always",
     {"yesterday", "-", "1970-01-01T00:00:00Z"},
     "2026-02-29T00:00:00Z\n\n  \n2199-12-31T23:59:59Z \r\n2000-01-01T00:00:00Z",
     2,
     "2199-12-31T23:59:59Z\town\t-\tc-always\t-\t-\t-\n"
     "2000-01-01T00:00:00Z\town\t-\tc-always\t-\t-\t-\n"
     "1970-01-01T00:00:00Z\town\t-\tc-always\t-\t-\t-\n",
     "time 'yesterday' is not like 2026-11-26T10:00:00-06:00, from 1970 to 2199\n"
     "time '2026-02-29T00:00:00Z' is not like 2026-11-26T10:00:00-06:00, from 1970 to 2199\n"},
    {"c-a",
     {"a\nb\033[0m"},
     "\n",
     2,
     "",
     "time 'a b [0m' is not like 2026-11-26T10:00:00-06:00, from 1970 to 2199\n"},
    {"c-x", {"2026-11-26T10:00:00-06:00"}, "\n", 2, "", "queue 'c-x' does not exist\n"},
};

START_TEST(lines)
{
    struct consortium *consortium = build_desk();

    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct explain_request request = {.queue = runs[i].queue};
        char *out, *err;
        request.times = (char **)(uintptr_t)runs[i].times;
        request.now = build_instant("2027-01-01T00:00:00Z");
        while (request.count < 3 && runs[i].times[request.count] != NULL)
            request.count++;
        int code = run(consortium, request, runs[i].input, strlen(runs[i].input), &out, &err);
        ck_assert_str_eq(out, runs[i].out);
        ck_assert_str_eq(err, runs[i].err);
        ck_assert_int_eq(code, runs[i].code);
        free(out);
        free(err);
    }
    consortium_free(consortium);
}
END_TEST

START_TEST(strange_input)
{
    static const char nul[] = "2026-11-26T16:00:00Z\0x\n";
    struct consortium *consortium = build_desk();
    char long_line[5000], *out, *err, *times[] = {(char[]){"-"}};
    struct explain_request request = {.queue = "c-a", .times = times, .count = 1};

    ck_assert_int_eq(run(consortium, request, nul, sizeof nul - 1, &out, &err), 2);
    ck_assert_str_eq(out, "");
    ck_assert_ptr_nonnull(strstr(err, "time '2026-11-26T16:00:00Z?x' is not"));
    free(out);
    free(err);
    memset(long_line, ' ', sizeof long_line);
    memcpy(long_line, "2026-11-26T16:00:00Z", 20);
    memset(long_line + 4900, 'x', 99);
    long_line[4999] = '\n';
    memset(long_line + 30, 'y', 200);
    ck_assert_int_eq(run(consortium, request, long_line, sizeof long_line, &out, &err), 2);
    ck_assert_str_eq(out, "");
    ck_assert_uint_lt(strlen(err), 250);
    free(out);
    free(err);
    consortium_free(consortium);
}
END_TEST

START_TEST(full_disk)
{
    struct consortium *consortium = build_desk();
    char *text, *times[] = {(char[]){"2026-11-26T16:00:00Z"}};
    size_t size;
    struct explain_request request = {.queue = "c-a", .times = times, .count = 1};
    FILE *out = fopen("/dev/full", "w"), *err = open_memstream(&text, &size);

    ck_assert_int_eq(explain_run(consortium, &request, stdin, out, err), 1);
    fclose(out);
    fclose(err);
    ck_assert_str_eq(text, "cannot write the answers\n");
    free(text);
    consortium_free(consortium);
}
END_TEST

static char *week(const char *queue, const char *date, int expected_code)
{
    struct consortium *consortium = build_desk();
    char *out, *err, *times[] = {(char *)(uintptr_t)date};
    struct explain_request request = {.queue = queue, .times = times, .count = date != NULL};

    request.week = true;
    request.now = build_instant("2026-11-24T05:30:00Z"); /* still Monday in Chicago */
    int code = run(consortium, request, "\n", 1, &out, &err);
    ck_assert_int_eq(code, expected_code);
    ck_assert_int_eq(err[0] == '\0', expected_code == 0);
    free(err);
    consortium_free(consortium);
    return out;
}

START_TEST(week_of_thanksgiving)
{
    char *by_date = week("c-a", "2026-11-29", 0), *by_now = week("c-a", NULL, 0);

    ck_assert_str_eq(by_date, "Mon 23 Nov to Sun 29 Nov 2026, America/Chicago\n"
                              "c-a\n"
                              "\n"
                              "Mon 23 Nov  00:00-08:00    backup: c-s\n"
                              "            08:00-17:00    own: c-a\n"
                              "            17:00-24:00    backup: c-s\n"
                              "Tue 24 Nov  00:00-08:00    backup: c-s\n"
                              "            08:00-17:00    own: c-a\n"
                              "            17:00-24:00    backup: c-s\n"
                              "Wed 25 Nov  00:00-08:00    backup: c-s\n"
                              "            08:00-17:00    own: c-a\n"
                              "            17:00-20:00    shared: c-n, c-never, then backup: c-s\n"
                              "            20:00-24:00    backup: c-s\n"
                              "Thu 26 Nov  00:00-08:00  ! nobody: holiday, Thanksgiving Day\n"
                              "            08:00-17:00    own: c-a\n"
                              "            17:00-24:00  ! nobody: holiday, Thanksgiving Day\n"
                              "Fri 27 Nov  00:00-08:00    backup: c-s\n"
                              "            08:00-17:00  ! nobody: closed for Reading day\n"
                              "            17:00-24:00    backup: c-s\n"
                              "Sat 28 Nov  00:00-08:00    backup: c-s\n"
                              "            08:00-10:00  ! nobody: gap\n"
                              "            10:00-22:00    backup: c-s\n"
                              "            22:00-24:00  ! nobody: gap\n"
                              "Sun 29 Nov  00:00-10:00  ! nobody: gap\n"
                              "            10:00-24:00    backup: c-s\n"
                              "\n"
                              "! Nobody is asked during 38 h 00 min of this week.\n");
    ck_assert_str_eq(by_date, by_now);
    free(by_date);
    free(by_now);
}
END_TEST

START_TEST(week_with_a_clock_change)
{
    char *text = week("c-never", "2026-11-01", 0);

    ck_assert_ptr_nonnull(strstr(text, "Sun  1 Nov  00:00-02:00  ! nobody: gap\n"
                                       "            clocks go from 02:00 to 01:00\n"
                                       "            01:00-10:00  ! nobody: gap\n"
                                       "            10:00-24:00  ! nobody: no rollover to the "
                                       "backup\n"));
    ck_assert_ptr_nonnull(strstr(text, "during 169 h 00 min"));
    free(text);
    text = week("c-always", "2026-03-08", 0);
    ck_assert_ptr_nonnull(strstr(text, "Sun  8 Mar  00:00-02:00    own: c-always\n"
                                       "            clocks go from 02:00 to 03:00\n"
                                       "            03:00-24:00    own: c-always\n"
                                       "\nSomebody is asked at every hour of this week.\n"));
    free(text);
}
END_TEST

/* No line is wider than a terminal, whatever the names are. */
START_TEST(week_is_narrow)
{
    char *text = week("c-wide", "2026-11-24", 0);
    int columns = 0;

    for (const char *c = text; *c != '\0'; c++) {
        columns = *c == '\n' ? 0 : columns + (((unsigned char)*c & 0xc0) != 0x80);
        ck_assert_int_le(columns, 80);
    }
    ck_assert_ptr_nonnull(strstr(text, "shared: c-a,\n"
                                       "                            c-abcdefghijklmnopqrst-"
                                       "uvwxyz0123456789-uvwxyz012345\n"
                                       "                            6789-0123456, c-n, c-never\n"));
    free(text);
}
END_TEST

START_TEST(week_dates)
{
    static const char *const bad[] = {"2026-02-30", "1969-12-31", "2200-01-01", "today"};
    struct consortium *consortium = build_desk();
    char *out, *err, *times[] = {(char[]){"2026-11-24"}, (char[]){"2026-11-25"}};
    struct explain_request request = {.queue = "c-a", .times = times, .count = 2, .week = true};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char *text = week("c-a", bad[i], 2);
        ck_assert_str_eq(text, "");
        free(text);
    }
    free(week("c-a", "1970-01-01", 0));
    free(week("c-a", "2199-12-31", 0));
    ck_assert_int_eq(run(consortium, request, "\n", 1, &out, &err), 2);
    ck_assert_str_eq(err, "date '2026-11-25' is one too many for --week\n");
    free(out);
    free(err);
    consortium_free(consortium);
}
END_TEST

/* The kept changes say what policy says, also where its horizon and the blocks end. */
START_TEST(timeline_says_the_same)
{
    struct consortium *consortium = build_desk();
    instant at = build_instant("2025-10-20T03:00:00Z");

    for (int queue = 0; queue < (int)consortium->queue_count; queue++) {
        struct timeline *timeline = timeline_new(consortium, queue);
        for (int i = 0; i < 40; i++) {
            struct decision decision;
            instant moment = at + i * (instant)(SECONDS_A_DAY * 11 + 12345);
            policy_decide(consortium, queue, moment, &decision);
            ck_assert_int_eq(timeline_until(timeline, moment),
                             policy_until(consortium, queue, moment));
            if (decision.verdict == VERDICT_CLOSED)
                ck_assert_int_eq(timeline_next(timeline, moment),
                                 policy_next(consortium, queue, moment));
        }
        ck_assert_ptr_null(timeline_free(timeline));
    }
    ck_assert_ptr_null(timeline_free(NULL));
    consortium_free(consortium);
}
END_TEST

START_TEST(timeline_horizon)
{
    struct consortium *consortium = build_new("Etc/UTC");
    instant opens = build_instant("2030-05-05T12:00:00Z");
    instant far = (instant)HORIZON_DAYS * SECONDS_A_DAY;

    build_library(consortium, "a", NULL);
    build_closure(consortium, &build_queue(consortium, "c-a")->closures, "2030-05-05", "",
                  "12:00-13:00");
    build_link(consortium);
    struct timeline *timeline = timeline_new(consortium, 0);
    ck_assert_int_eq(timeline_until(timeline, opens - far), opens);
    ck_assert_int_eq(timeline_next(timeline, opens - far), opens);
    ck_assert_int_eq(timeline_until(timeline, opens - far - 1), INT64_MAX);
    ck_assert_int_eq(timeline_next(timeline, opens - far - 1), INT64_MAX);
    ck_assert_int_eq(timeline_until(timeline, opens), opens + 3600);
    ck_assert_int_eq(timeline_next(timeline, opens + 3600), INT64_MAX);
    timeline_free(timeline);
    consortium_free(consortium);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tcase = tcase_create("explain");

    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, NULL, zone_forget_all);
    tcase_add_test(tcase, lines);
    tcase_add_test(tcase, strange_input);
    tcase_add_test(tcase, full_disk);
    tcase_add_test(tcase, week_of_thanksgiving);
    tcase_add_test(tcase, week_with_a_clock_change);
    tcase_add_test(tcase, week_is_narrow);
    tcase_add_test(tcase, week_dates);
    tcase_add_test(tcase, timeline_says_the_same);
    tcase_add_test(tcase, timeline_horizon);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
