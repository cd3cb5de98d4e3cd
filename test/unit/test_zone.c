/* Zone tables, zone files and the rules at their ends. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/tzif.h"
#include "component/tzrule.h"
#include "component/zone.h"
#include "policy/instant.h"
#include "policy/mem.h"
#include "policy/wall.h"

START_TEST(table_lookup)
{
    static const instant starts[] = {INT64_MIN, 100, 200, 300};
    static const int32_t offsets[] = {0, 3600, 3600, -60};
    static const struct {
        instant at;
        int32_t offset;
        instant next;
    } cases[] = {
        {INT64_MIN, 0, 100}, {99, 0, 100},     {100, 3600, 300},      {199, 3600, 300},
        {200, 3600, 300},    {299, 3600, 300}, {300, -60, INT64_MAX}, {INT64_MAX, -60, INT64_MAX},
    };
    struct zone zone = {"Test/Zone", 4, starts, offsets},
                fixed = {"Test/Fixed", 1, starts, offsets};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(zone_offset(&zone, cases[i].at), cases[i].offset);
        ck_assert_int_eq(zone_next_change(&zone, cases[i].at), cases[i].next);
    }
    ck_assert_int_eq(zone_offset(&fixed, 5), 0);
    ck_assert_int_eq(zone_next_change(&fixed, 5), INT64_MAX);
}
END_TEST

START_TEST(days_round_down)
{
    ck_assert_int_eq(zone_day(0), 0);
    ck_assert_int_eq(zone_day(86399), 0);
    ck_assert_int_eq(zone_day(86400), 1);
    ck_assert_int_eq(zone_day(-1), -1);
    ck_assert_int_eq(zone_day(-86400), -1);
    ck_assert_int_eq(zone_day(-86401), -2);
}
END_TEST

START_TEST(wall_clock)
{
    static const instant starts[] = {INT64_MIN, 1000};
    static const int32_t offsets[] = {-21036, 20700}; /* -5:50:36, +5:45 */
    struct zone zone = {"Test/Zone", 2, starts, offsets};
    struct wall before = wall_at(&zone, 0), after = wall_at(&zone, 86400 - 20700);

    ck_assert_int_eq(before.date, -1);
    ck_assert_int_eq(before.minute, 18 * 60 + 9);
    ck_assert_int_eq(after.date, 1);
    ck_assert_int_eq(after.minute, 0);
    ck_assert_ptr_eq(after.zone, &zone);
}
END_TEST

/* More zones than are kept. */
START_TEST(walls_of_many_zones)
{
    static const instant starts[] = {INT64_MIN};
    struct walls walls = {.at = 0};
    struct zone zones[WALLS_MAX + 2];
    int32_t offsets[WALLS_MAX + 2];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < WALLS_MAX + 2; i++) {
            offsets[i] = i * 60;
            zones[i] = (struct zone){"Test/Zone", 1, starts, &offsets[i]};
            struct wall wall = walls_get(&walls, &zones[i]);
            ck_assert_int_eq(wall.minute, i);
            ck_assert_ptr_eq(wall.zone, &zones[i]);
            ck_assert_int_le(walls.count, WALLS_MAX);
        }
}
END_TEST

/* Known changes, of the files and far beyond them by their rules. */
static const struct {
    const char *zone, *at;
    int before, after; /* minutes */
} changes[] = {
    {"America/Chicago", "2026-03-08T08:00:00Z", -360, -300},
    {"America/Chicago", "2026-11-01T07:00:00Z", -300, -360},
    {"America/Chicago", "1974-01-06T08:00:00Z", -360, -300},
    {"America/Chicago", "2199-03-10T08:00:00Z", -360, -300},
    {"America/Chicago", "2199-11-03T07:00:00Z", -300, -360},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", 660, 630},
    {"Australia/Lord_Howe", "2199-10-05T15:30:00Z", 630, 660},
    {"Europe/Dublin", "2100-03-28T01:00:00Z", 0, 60},
    {"Pacific/Chatham", "2150-04-04T14:00:00Z", 825, 765},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", -600, 840},
    {"America/Havana", "2025-11-02T05:00:00Z", -240, -300},
    {"Asia/Jerusalem", "2030-03-29T00:00:00Z", 120, 180},
};

START_TEST(known_changes)
{
    struct error error;

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        instant at = 0;
        const struct zone *zone = zone_load(changes[i].zone, &error);
        ck_assert_msg(zone != NULL, "%s", error.text);
        ck_assert(instant_parse(changes[i].at, &at));
        ck_assert_msg(zone_next_change(zone, at - 1) == at, "%s", changes[i].at);
        ck_assert_int_eq(zone_offset(zone, at - 1), changes[i].before * 60);
        ck_assert_int_eq(zone_offset(zone, at), changes[i].after * 60);
    }
    const struct zone *chicago = zone_load("America/Chicago", &error);
    ck_assert_ptr_eq(zone_load("America/Chicago", NULL), chicago);
    ck_assert_str_eq(chicago->name, "America/Chicago");
    ck_assert_int_eq(chicago->starts[chicago->count - 1], INT64_C(7315945200)); /* 2201-11-01 */
    zone_forget_all();
}
END_TEST

START_TEST(names_that_are_none)
{
    static const char *const names[] = {
        "",
        "..",
        "../../../etc/passwd",
        "America/../Etc/UTC",
        "/etc/passwd",
        "America/",
        "America//New_York",
        "Nowhere/Land",
        "america/chicago",
        "right/UTC",
        "localtime",
        "America",
        "Etc/UTC/x",
        "Etc/U TC",
        "Etc/UTC.",
        "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDE",
    };
    struct error error;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char expected[ERROR_TEXT_MAX];
        ck_assert_ptr_null(zone_load(names[i], &error));
        snprintf(expected, sizeof expected, "unknown time zone '%.64s'", names[i]);
        ck_assert_str_eq(error.text, expected);
    }
    ck_assert_ptr_null(zone_load("Nowhere/Land", NULL));
}
END_TEST

static const struct {
    const char *text;
    bool good;
    int standard, summer;              /* minutes */
    const char *summer_at, *winter_at; /* local, in 2024; NULL: no summer time */
} rules[] = {
    {"CST6CDT,M3.2.0,M11.1.0", true, -360, -300, "2024-03-10T02:00:00Z", "2024-11-03T02:00:00Z"},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true, 630, 660, "2024-10-06T02:00:00Z",
     "2024-04-07T02:00:00Z"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", true, 60, 0, "2024-10-27T02:00:00Z", "2024-03-31T01:00:00Z"},
    {"EET-2EEST,M3.4.4/50,M10.4.4/50", true, 120, 180, "2024-03-30T02:00:00Z",
     "2024-10-26T02:00:00Z"},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, -120, -60, "2024-03-30T23:00:00Z",
     "2024-10-27T00:00:00Z"},
    {"AAA3BBB,J60/1:30,J59/0:00:05", true, -180, -120, "2024-03-01T01:30:00Z",
     "2024-02-28T00:00:05Z"},
    {"AAA+3BBB,59/+2,60", true, -180, -120, "2024-02-29T02:00:00Z", "2024-03-01T02:00:00Z"},
    {"AAA0BBB,0/0,365/24", true, 0, 60, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
    {"UTC0", true, 0, 0, NULL, NULL},
    {"<-03>3", true, -180, 0, NULL, NULL},
    {"<+0545>-5:45", true, 345, 0, NULL, NULL},
    {"ABC24", true, -1440, 0, NULL, NULL},
    {"", false, 0, 0, NULL, NULL},
    {"AB3", false, 0, 0, NULL, NULL},
    {"ABC", false, 0, 0, NULL, NULL},
    {"<AB>3", false, 0, 0, NULL, NULL},
    {"<ABC3", false, 0, 0, NULL, NULL},
    {"ABC25", false, 0, 0, NULL, NULL},
    {"ABC3:60", false, 0, 0, NULL, NULL},
    {"ABC3:", false, 0, 0, NULL, NULL},
    {"ABC3:00:61", false, 0, 0, NULL, NULL},
    {"ABC99999999999", false, 0, 0, NULL, NULL},
    {"ABC3 ", false, 0, 0, NULL, NULL},
    {"ABC3DEF", false, 0, 0, NULL, NULL},
    {"ABC3DEF25,J1,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J1", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J1,", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J0,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J366,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,366,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,M13.1.0,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,M1.6.0,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,M1.0.0,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,M1.1.7,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,M1.1,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J1/168,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J1/,J2", false, 0, 0, NULL, NULL},
    {"ABC3DEF,J1,J2x", false, 0, 0, NULL, NULL},
};

static void check_start(const struct tzrule_date *date, const char *expected)
{
    char text[INSTANT_TEXT_SIZE];

    ck_assert_str_eq(instant_print(tzrule_start(date, 2024), text), expected);
}

START_TEST(rule_text)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct tzrule rule = {.standard_offset = 1};
        ck_assert_msg(tzrule_parse(rules[i].text, &rule) == rules[i].good, "%s", rules[i].text);
        ck_assert_int_eq(rule.standard_offset, rules[i].good ? rules[i].standard * 60 : 1);
        ck_assert_int_eq(rule.has_summer, rules[i].summer_at != NULL);
        if (!rule.has_summer)
            continue;
        ck_assert_int_eq(rule.summer_offset, rules[i].summer * 60);
        check_start(&rule.summer, rules[i].summer_at);
        check_start(&rule.winter, rules[i].winter_at);
    }
}
END_TEST

/* A small zone file: one type of +1:00, one of +2:00, and as many transitions as are asked for. */
struct file {
    unsigned char bytes[512];
    size_t size;
};

static void put(struct file *file, const void *bytes, size_t size)
{
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

static void put_number(struct file *file, int64_t value, int length)
{
    for (int i = length - 1; i >= 0; i--) {
        unsigned char byte = (unsigned char)((uint64_t)value >> (8 * i));
        put(file, &byte, 1);
    }
}

static void put_header(struct file *file, char version, int64_t leap, int64_t times, int64_t types)
{
    static const char zero[15];

    put(file, "TZif", 4);
    put(file, &version, 1);
    put(file, zero, sizeof zero);
    put_number(file, 0, 4);
    put_number(file, 0, 4);
    put_number(file, leap, 4);
    put_number(file, times, 4);
    put_number(file, types, 4);
    put_number(file, 4, 4);
}

static struct file build_file(const instant *times, size_t count, const char *footer)
{
    struct file file = {.size = 0};

    put_header(&file, '2', 0, 0, 1);
    put(&file, "\0\0\0\0\0\0UTC", 10);
    put_header(&file, '2', 0, (int64_t)count, 2);
    for (size_t i = 0; i < count; i++)
        put_number(&file, times[i], 8);
    for (size_t i = 0; i < count; i++)
        put_number(&file, (int64_t)(i + 1) % 2, 1);
    put(&file, "\0\0\x0e\x10\0\0\0\0\x1c\x20\1\0ABC", 16);
    put(&file, footer, strlen(footer));
    return file;
}

START_TEST(file_without_a_rule)
{
    static const instant times[] = {1000, 2000};
    struct file file = build_file(times, 2, "\n\n");
    struct zone zone;
    struct error error;

    ck_assert_msg(tzif_parse(file.bytes, file.size, &zone, &error), "%s", error.text);
    ck_assert_uint_eq(zone.count, 3);
    ck_assert_int_eq(zone_offset(&zone, 999), 3600);
    ck_assert_int_eq(zone_offset(&zone, 1000), 7200);
    ck_assert_int_eq(zone_offset(&zone, INT64_MAX), 3600);
    tzif_release(&zone);
    ck_assert_uint_eq(zone.count, 0);
}
END_TEST

/* The rule speaks after the last transition only, and from 1900 where there is none. */
START_TEST(file_with_a_rule)
{
    static const instant late[] = {7300000000}; /* 2201-05 */
    static const instant beyond[] = {7400000000};
    struct file file = build_file(late, 1, "\nABC-1DEF,M3.5.0,M10.5.0\n");
    struct zone zone;

    ck_assert(tzif_parse(file.bytes, file.size, &zone, NULL));
    ck_assert_uint_eq(zone.count, 3);
    ck_assert_int_eq(zone.offsets[2], 3600);
    tzif_release(&zone);
    file = build_file(beyond, 1, "\nABC-1DEF,M3.5.0,M10.5.0\n");
    ck_assert(tzif_parse(file.bytes, file.size, &zone, NULL));
    ck_assert_uint_eq(zone.count, 2);
    tzif_release(&zone);
    file = build_file(NULL, 0, "\nABC-1DEF,M3.5.0,M10.5.0\n");
    ck_assert(tzif_parse(file.bytes, file.size, &zone, NULL));
    ck_assert_uint_eq(zone.count, 1 + 2 * (2201 - 1899 + 1));
    tzif_release(&zone);
}
END_TEST

/* RFC 8536 section 3.3.1: summer time all year, whose end is the start of the next. */
START_TEST(summer_all_year)
{
    static const instant times[] = {1000};
    struct file file = build_file(times, 1, "\nXXX0YYY,0/0,J365/25\n");
    struct zone zone;
    instant at;

    ck_assert(tzif_parse(file.bytes, file.size, &zone, NULL));
    ck_assert(instant_parse("1970-06-01T00:00:00Z", &at));
    ck_assert_int_eq(zone_offset(&zone, at), 7200);
    ck_assert(instant_parse("2050-01-01T00:00:00Z", &at));
    ck_assert_int_eq(zone_offset(&zone, at), 3600);
    ck_assert_int_eq(zone_offset(&zone, at - 1), 3600);
    ck_assert_int_gt(zone_next_change(&zone, at), INT64_C(7258118400));
    tzif_release(&zone);
}
END_TEST

static void check_refused(const struct file *file, size_t size, const char *expected)
{
    unsigned char *exact = memcpy(mem_new(size + (size == 0)), file->bytes, size);
    struct zone zone;
    struct error error;

    ck_assert(!tzif_parse(exact, size, &zone, &error));
    if (expected != NULL)
        ck_assert_str_eq(error.text, expected);
    free(exact);
}

START_TEST(files_that_are_none)
{
    static const instant times[] = {1000, 2000}, back[] = {2000, 2000};
    struct file good = build_file(times, 2, "\nABC-1\n"), file = good;
    char long_footer[300];

    for (size_t size = 0; size < good.size; size++) /* cut off anywhere; ASan watches */
        check_refused(&good, size, NULL);
    file.bytes[0] = 'X';
    check_refused(&file, file.size, "not a zone file");
    file = good;
    file.bytes[4] = 0;
    check_refused(&file, file.size, "a zone file of version 1");
    file = good;
    file.bytes[54 + 31] = 1;
    check_refused(&file, file.size, "zone file cut off");
    file = good;
    memset(file.bytes + 32, 0xff, 4);
    check_refused(&file, file.size, "zone file cut off");
    file = good;
    file.bytes[54 + 44 + 16] = 9;
    check_refused(&file, file.size, "a transition to a type that is not there");
    file = good;
    file.bytes[54 + 44 + 18] = 1;
    check_refused(&file, file.size, "an offset of 16780816 seconds");
    file = build_file(back, 2, "\nABC-1\n");
    check_refused(&file, file.size, "transition times do not ascend");
    file = build_file(times, 2, "\nABC\n");
    check_refused(&file, file.size, "a rule that cannot be read in the footer");
    file = build_file(times, 2, "xABC-1\n");
    check_refused(&file, file.size, "no footer");
    memset(long_footer, 'A', sizeof long_footer);
    long_footer[0] = '\n';
    memcpy(long_footer + sizeof long_footer - 2, "\n", 2);
    file = build_file(times, 2, long_footer);
    check_refused(&file, file.size, "a footer of 297 bytes");
    file.size = 0;
    put_header(&file, '2', 0, 0, 0);
    put(&file, "ABC", 4);
    put_header(&file, '2', 0, 0, 0);
    put(&file, "ABC", 4);
    check_refused(&file, file.size, "a zone file without types");
    file.size = 0;
    put_header(&file, '2', 0, 0, 0);
    put(&file, "ABC", 4);
    put_header(&file, '2', 1, 0, 0);
    put(&file, "ABC\0abcdefghijklm", 16);
    check_refused(&file, file.size, "a zone file that counts leap seconds");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zone");
    TCase *tcase = tcase_create("zone");

    tcase_add_test(tcase, table_lookup);
    tcase_add_test(tcase, days_round_down);
    tcase_add_test(tcase, wall_clock);
    tcase_add_test(tcase, walls_of_many_zones);
    tcase_add_test(tcase, known_changes);
    tcase_add_test(tcase, names_that_are_none);
    tcase_add_test(tcase, rule_text);
    tcase_add_test(tcase, file_without_a_rule);
    tcase_add_test(tcase, file_with_a_rule);
    tcase_add_test(tcase, summer_all_year);
    tcase_add_test(tcase, files_that_are_none);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
