/* Who is asked: the edges of every rule. Chicago is UTC-6 in winter and UTC-5 in summer. */
#include "build_consortium.h"

#include <stdlib.h>

struct decide_case {
    const char *what, *queue, *at, *expected;
};

static void check_cases(struct consortium *consortium, const struct decide_case *cases,
                        size_t count)
{
    build_link(consortium);
    for (size_t i = 0; i < count; i++) {
        const char *got = build_decide(consortium, cases[i].queue, cases[i].at);
        ck_assert_msg(strcmp(got, cases[i].expected) == 0, "%s: %s at %s is '%s', not '%s'",
                      cases[i].what, cases[i].queue, cases[i].at, got, cases[i].expected);
    }
    consortium_free(consortium);
}

#define CHECK_CASES(consortium, cases)                                                             \
    check_cases(consortium, cases, sizeof(cases) / sizeof(cases)[0])

/* The defaults of a new consortium: library 'a' with rollover, 'n' without; backup 'c-s'. */
static struct consortium *build_mobius(void)
{
    struct consortium *consortium = consortium_new("c");
    struct consortium *empty = build_new("America/Chicago");

    consortium->zone = empty->zone;
    consortium_free(empty);
    consortium->libraries =
        arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->libraries);
    consortium->queues = arena_alloc(consortium->arena, BUILD_MAX * sizeof *consortium->queues);
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a")->rollover = true;
    build_library(consortium, "n", NULL);
    build_queue(consortium, "c-n");
    build_library(consortium, "s", NULL)->hours.given = true;
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    return consortium;
}

static const struct decide_case week_cases[] = {
    {"before opening", "c-a", "2026-11-23T07:59:59-06:00", "backup c-s"},
    {"opening", "c-a", "2026-11-23T08:00:00-06:00", "own c-a"},
    {"last second", "c-a", "2026-11-23T16:59:59-06:00", "own c-a"},
    {"close", "c-a", "2026-11-23T17:00:00-06:00", "backup c-s"},
    {"before midnight", "c-a", "2026-11-23T23:59:59-06:00", "backup c-s"},
    {"midnight", "c-a", "2026-11-24T00:00:00-06:00", "backup c-s"},
    {"Friday's window on Saturday", "c-a", "2026-11-21T07:59:59-06:00", "backup c-s"},
    {"it ends at eight", "c-a", "2026-11-21T08:00:00-06:00", "closed gap"},
    {"Saturday before ten", "c-a", "2026-11-21T09:59:59-06:00", "closed gap"},
    {"Saturday at ten", "c-a", "2026-11-21T10:00:00-06:00", "backup c-s"},
    {"Saturday's last second", "c-a", "2026-11-21T21:59:59-06:00", "backup c-s"},
    {"Saturday night", "c-a", "2026-11-21T22:00:00-06:00", "closed gap"},
    {"Sunday before ten", "c-a", "2026-11-22T09:59:59-06:00", "closed gap"},
    {"Sunday at ten", "c-a", "2026-11-22T10:00:00-06:00", "backup c-s"},
    {"over the week's end", "c-a", "2026-11-23T00:00:00-06:00", "backup c-s"},
    {"no rollover while the backup answers", "c-n", "2026-11-23T07:59:59-06:00",
     "closed no-rollover"},
    {"no rollover, own hours", "c-n", "2026-11-23T08:00:00-06:00", "own c-n"},
    {"no rollover, in a gap", "c-n", "2026-11-21T08:00:00-06:00", "closed gap"},
    {"the backup's queue itself", "c-s", "2026-11-23T20:00:00-06:00", "closed no-rollover"},
    {"a library without hours inherits none", "c-s", "2026-11-23T10:00:00-06:00", "closed gap"},
    {"the night before Thanksgiving", "c-a", "2026-11-25T23:59:59-06:00", "backup c-s"},
    {"Thanksgiving begins", "c-a", "2026-11-26T00:00:00-06:00", "closed holiday Thanksgiving Day"},
    {"own hours on a holiday", "c-a", "2026-11-26T10:00:00-06:00", "own c-a"},
    {"holiday evening", "c-a", "2026-11-26T23:59:59-06:00", "closed holiday Thanksgiving Day"},
    {"a window that began on the holiday", "c-a", "2026-11-27T00:00:00-06:00", "backup c-s"},
    {"two things would have to change", "c-n", "2026-11-26T20:00:00-06:00", "closed gap"},
    {"1 January on Saturday, observed", "c-a", "2021-12-31T20:00:00-06:00",
     "closed holiday New Year's Day"},
    {"1 January itself", "c-a", "2022-01-01T20:00:00-06:00", "backup c-s"},
    {"1 January on Sunday", "c-a", "2023-01-01T20:00:00-06:00", "backup c-s"},
    {"and observed on Monday", "c-a", "2023-01-02T07:00:00-06:00", "closed holiday New Year's Day"},
    {"a gap on a holiday", "c-a", "2022-12-24T22:00:00-06:00", "closed gap"},
    {"leap day", "c-a", "2024-02-29T16:59:59-06:00", "own c-a"},
    {"leap day's window over midnight", "c-a", "2024-03-01T07:59:59-06:00", "backup c-s"},
};

START_TEST(week_of_the_defaults)
{
    CHECK_CASES(build_mobius(), week_cases);
}
END_TEST

static const struct decide_case shared_cases[] = {
    {"without answered_by", "c-a", "2026-11-23T08:00:00Z", "own c-a"},
    {"others only", "c-a", "2026-11-24T08:00:00Z", "shared c-b,c-d"},
    {"itself named too", "c-a", "2026-11-25T08:00:00Z", "own c-a>c-b"},
    {"two windows are one tier", "c-a", "2026-11-26T08:00:00Z", "own c-a>c-b,c-d,c-e"},
    {"nobody named", "c-a", "2026-11-27T08:00:00Z", "closed gap"},
    {"the backup's queue in its first tier only", "c-a", "2026-11-28T08:00:00Z", "shared c-b,c-s"},
    {"shared, then backup", "c-a", "2026-11-29T08:00:00Z", "shared c-e>c-s"},
    {"who answers needs no hours", "c-e", "2026-11-29T08:00:00Z", "closed no-rollover"},
    {"own, then backup", "c-s", "2026-11-29T08:00:00Z", "own c-s"},
    {"the backup's queue for itself", "c-s", "2026-11-28T08:00:00Z", "backup c-s"},
};

START_TEST(shared_coverage)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct queue_settings *queue;

    build_library(consortium, "a", NULL);
    queue = build_queue(consortium, "c-a");
    queue->rollover = true;
    build_window(consortium, &queue->hours, "mon 08:00-09:00", NULL);
    build_window(consortium, &queue->hours, "tue 08:00-09:00", "c-d,c-b,c-d");
    build_window(consortium, &queue->hours, "wed 08:00-09:00", "c-b,c-a");
    build_window(consortium, &queue->hours, "thu 08:00-10:00", "c-e,c-b");
    build_window(consortium, &queue->hours, "thu 07:00-09:00", "c-b,c-a,c-d");
    build_window(consortium, &queue->hours, "fri 08:00-09:00", "");
    build_window(consortium, &queue->hours, "sat 08:00-09:00", "c-s,c-b");
    build_window(consortium, &queue->hours, "sun 08:00-09:00", "c-e");
    build_library(consortium, "b", NULL);
    build_queue(consortium, "c-b");
    build_queue(consortium, "c-d");
    build_queue(consortium, "c-e");
    build_library(consortium, "s", NULL);
    queue = build_queue(consortium, "c-s");
    queue->rollover = true;
    build_window(consortium, &queue->hours, "sun 00:00-24:00", NULL);
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "sat,sun 00:00-24:00", NULL);
    CHECK_CASES(consortium, shared_cases);
}
END_TEST

/* All about a queue is read in its library's zone; holidays and backup in the consortium's. */
static const struct decide_case zone_cases[] = {
    {"inherited hours, before", "c-t", "2026-11-23T07:59:59+09:00", "backup c-s"},
    {"inherited hours in Tokyo's time", "c-t", "2026-11-23T08:00:00+09:00", "own c-t>c-s"},
    {"Tokyo's Monday is still Sunday in Chicago", "c-t", "2026-11-23T16:59:59+09:00",
     "own c-t>c-s"},
    {"Thanksgiving in Chicago, Friday in Tokyo", "c-t", "2026-11-27T10:00:00+09:00", "own c-t"},
    {"still the holiday", "c-t", "2026-11-27T14:59:59+09:00", "own c-t"},
    {"midnight in Chicago", "c-t", "2026-11-27T15:00:00+09:00", "own c-t>c-s"},
    {"before the holiday in Chicago", "c-t", "2026-11-26T14:59:59+09:00", "own c-t>c-s"},
    {"a queue's closure in its own zone, before", "c-a", "2026-12-01T08:59:59-06:00", "shared c-t"},
    {"Tokyo's 2 December begins at nine in Chicago", "c-a", "2026-12-01T09:00:00-06:00",
     "closed closure Tokyo closed"},
    {"and ends a day later", "c-a", "2026-12-02T08:59:59-06:00", "closed closure Tokyo closed"},
    {"it answers again", "c-a", "2026-12-02T09:00:00-06:00", "shared c-t"},
    {"a consortium's closure in Tokyo's zone", "c-t", "2026-12-10T08:00:00+09:00", "backup c-s"},
    {"Tokyo is still closed", "c-a", "2026-12-10T08:59:59-06:00", "closed closure All"},
    {"Tokyo is open again while Chicago is closed", "c-a", "2026-12-10T09:00:00-06:00",
     "shared c-t"},
    {"Chicago's date is still open", "c-t", "2026-12-11T08:00:00+09:00", "own c-t"},
};

START_TEST(zones)
{
    struct consortium *consortium = build_new("America/Chicago");
    struct library_settings *library;

    consortium->holidays.federal = true;
    build_window(consortium, &consortium->hours, "all 08:00-17:00", NULL);
    build_closure(consortium, &consortium->closures, "2026-12-10", "All", NULL);
    build_library(consortium, "a", NULL);
    build_window(consortium, &build_queue(consortium, "c-a")->hours, "all 08:00-10:00", "c-t");
    library = build_library(consortium, "t", "Asia/Tokyo");
    build_closure(consortium, &library->closures, "2026-12-02", "Tokyo closed", NULL);
    build_queue(consortium, "c-t")->rollover = true;
    build_library(consortium, "s", NULL);
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "all 00:00-24:00", NULL);
    consortium->queues[0].hours.windows[0].close = 9 * 60 + 30;
    consortium->queues[0].hours.windows[0].open = 8 * 60;
    CHECK_CASES(consortium, zone_cases);
}
END_TEST

static const struct decide_case closure_cases[] = {
    {"the day before", "c-a", "2026-03-01T23:59:59Z", "own c-a>c-s"},
    {"library closed: the window of the day before", "c-a", "2026-03-02T00:00:00Z", "backup c-s"},
    {"library closed, its patrons go on", "c-a", "2026-03-02T23:59:59Z", "backup c-s"},
    {"a window that began on the closed date", "c-a", "2026-03-03T00:00:00Z", "own c-a>c-s"},
    {"it ends", "c-a", "2026-03-03T04:00:00Z", "backup c-s"},
    {"no backup: closed", "c-b", "2026-03-04T20:00:00Z", "closed closure Queue"},
    {"the queue's closure wins over its library's", "c-a", "2026-03-05T20:00:00Z", "backup c-s"},
    {"special hours of the queue win: inside", "c-a", "2026-03-05T09:00:00Z", "own c-a>c-s"},
    {"special hours reach over midnight", "c-a", "2026-03-09T01:59:59Z", "own c-a>c-s"},
    {"the replaced window does not", "c-a", "2026-03-09T02:00:00Z", "backup c-s"},
    {"special: the day before still reaches in", "c-a", "2026-03-08T03:59:59Z", "own c-a>c-s"},
    {"the library's wins over the consortium's", "c-b", "2026-03-10T20:00:00Z",
     "closed closure Library"},
    {"library's special hours over the consortium's", "c-a", "2026-03-10T20:00:00Z", "own c-a"},
    {"the consortium's reaches a queue", "c-b", "2026-03-11T20:00:00Z",
     "closed closure Consortium"},
    {"and the backup's", "c-a", "2026-03-11T12:00:00Z", "closed closure Consortium"},
    {"the backup's own closure wins", "c-a", "2026-03-12T12:00:00Z", "backup c-s"},
    {"backup closed", "c-a", "2026-03-13T12:00:00Z", "closed closure Backup"},
    {"backup closed, own hours", "c-a", "2026-03-13T20:00:00Z", "own c-a"},
    {"backup closed on a date without backup hours", "c-a", "2026-03-14T12:00:00Z", "closed gap"},
    {"who answers is closed", "c-b", "2026-03-16T08:00:00Z", "closed closure Away"},
    {"all but one", "c-b", "2026-03-17T08:00:00Z", "shared c-e"},
    {"the first by name of those closed", "c-b", "2026-03-18T08:00:00Z", "closed closure Away"},
    {"in whichever order they are named", "c-b", "2026-03-18T08:30:00Z", "closed closure Away"},
    {"own closure, but others answer", "c-b", "2026-03-19T08:00:00Z", "shared c-d,c-e"},
    {"own closure speaks first", "c-b", "2026-03-20T08:00:00Z", "closed closure Own"},
    {"own closure without a name", "c-b", "2026-03-21T08:00:00Z", "closed closure Away"},
    {"no closure has a name", "c-b", "2026-03-23T08:00:00Z", "closed closure"},
    {"special hours add on a day that had none", "c-x", "2026-03-24T08:00:00Z", "own c-x"},
    {"special hours with answered_by", "c-x", "2026-03-24T10:00:00Z", "shared c-d"},
    {"outside special hours it is no closure", "c-x", "2026-03-24T12:00:00Z", "closed no-rollover"},
    {"special hours do not touch the backup's windows", "c-a", "2026-03-25T07:00:00Z",
     "backup c-s"},
    {"shortened by special hours", "c-b", "2026-03-25T20:00:00Z", "closed closure Short"},
    {"a queue with special hours still answers others", "c-b", "2026-03-26T08:00:00Z",
     "shared c-d,c-e"},
};

START_TEST(closures)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct library_settings *library;
    struct queue_settings *queue;
    struct closure *closure;

    build_closure(consortium, &consortium->closures, "2026-03-10", "Consortium", NULL);
    build_closure(consortium, &consortium->closures, "2026-03-11", "Consortium", NULL);
    build_closure(consortium, &consortium->closures, "2026-03-12", "Consortium", NULL);
    library = build_library(consortium, "a", NULL);
    build_window(consortium, &library->hours, "all 18:00-04:00", NULL);
    build_closure(consortium, &library->closures, "2026-03-02", "Library", NULL);
    build_closure(consortium, &library->closures, "2026-03-05", "Library", NULL);
    build_closure(consortium, &library->closures, "2026-03-10", "Library", "20:00-21:00");
    queue = build_queue(consortium, "c-a");
    queue->rollover = true;
    build_closure(consortium, &queue->closures, "2026-03-05", "Queue", "09:00-10:00");
    build_closure(consortium, &queue->closures, "2026-03-08", "Queue", "22:00-02:00");
    build_closure(consortium, &queue->closures, "2026-03-25", "Queue", "12:00-13:00");
    library = build_library(consortium, "b", NULL);
    build_window(consortium, &library->hours, "all 18:00-22:00", NULL);
    build_window(consortium, &library->hours, "all 08:00-09:00", "c-e,c-d");
    build_window(consortium, &library->hours, "all 08:30-09:00", "c-d,c-e");
    build_closure(consortium, &library->closures, "2026-03-10", "Library", NULL);
    queue = build_queue(consortium, "c-b");
    build_closure(consortium, &queue->closures, "2026-03-04", "Queue", NULL);
    build_closure(consortium, &queue->closures, "2026-03-19", "Own", NULL);
    build_closure(consortium, &queue->closures, "2026-03-20", "Own", NULL);
    build_closure(consortium, &queue->closures, "2026-03-21", "", NULL);
    build_closure(consortium, &queue->closures, "2026-03-25", "Short", "18:00-19:00");
    build_library(consortium, "d", NULL)->hours.given = true;
    queue = build_queue(consortium, "c-d");
    for (int day = 16; day <= 21; day++)
        if (day != 19)
            build_closure(consortium, &queue->closures,
                          arena_printf(consortium->arena, "2026-03-%02d", day), "Away", NULL);
    build_closure(consortium, &queue->closures, "2026-03-23", "", NULL);
    build_closure(consortium, &queue->closures, "2026-03-26", "Half", "20:00-21:00");
    queue = build_queue(consortium, "c-e");
    for (int day = 16; day <= 23; day++)
        if (day != 17 && day != 19)
            build_closure(consortium, &queue->closures,
                          arena_printf(consortium->arena, "2026-03-%02d", day), "Else", NULL);
    queue = build_queue(consortium, "c-x");
    closure = build_closure(consortium, &queue->closures, "2026-03-24", "", "08:00-09:00");
    build_window(consortium, &closure->hours, "10:00-11:00", "c-d");
    build_library(consortium, "s", NULL)->hours.given = true;
    queue = build_queue(consortium, "c-s");
    build_closure(consortium, &queue->closures, "2026-03-12", "", "01:00-02:00");
    build_closure(consortium, &queue->closures, "2026-03-13", "Backup", NULL);
    build_closure(consortium, &queue->closures, "2026-03-14", "Backup", NULL);
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "sun-fri 00:00-24:00", NULL);
    CHECK_CASES(consortium, closure_cases);
}
END_TEST

/* Backup only in the evening, but on a holiday for who bought it the whole date. */
static const struct decide_case coverage_cases[] = {
    {"an ordinary day", "c-all", "2026-11-24T12:00:00Z", "closed gap"},
    {"an ordinary evening", "c-all", "2026-11-24T20:00:00Z", "backup c-s"},
    {"all holidays, from midnight", "c-all", "2026-11-26T00:00:00Z", "backup c-s"},
    {"all holidays, to midnight", "c-all", "2026-11-26T23:59:59Z", "backup c-s"},
    {"the day after is ordinary", "c-all", "2026-11-27T00:00:00Z", "closed gap"},
    {"some holidays: this one", "c-some", "2026-11-26T12:00:00Z", "backup c-s"},
    {"some holidays: another", "c-some", "2026-11-11T20:00:00Z", "closed holiday Veterans Day"},
    {"another, outside the backup's hours", "c-some", "2026-11-11T12:00:00Z", "closed gap"},
    {"another, the backup closed too", "c-some", "2026-12-25T20:00:00Z", "closed gap"},
    {"a listed date that is no holiday", "c-some", "2026-11-30T12:00:00Z", "closed gap"},
    {"it does not stop the backup either", "c-some", "2026-11-30T20:00:00Z", "backup c-s"},
    {"none", "c-none", "2026-11-26T20:00:00Z", "closed holiday Thanksgiving Day"},
    {"coverage without rollover", "c-flat", "2026-11-26T12:00:00Z", "closed no-rollover"},
    {"an added date, its name first", "c-none", "2026-12-24T20:00:00Z", "closed holiday Eve"},
    {"an added date is covered like the others", "c-all", "2026-12-24T12:00:00Z", "backup c-s"},
    {"a removed date is ordinary", "c-none", "2026-10-12T20:00:00Z", "backup c-s"},
    {"backup closed on a covered holiday", "c-all", "2026-12-25T12:00:00Z",
     "closed closure Nobody"},
    {"the day observed", "c-none", "2027-07-05T20:00:00Z", "closed holiday Independence Day"},
    {"the date itself", "c-none", "2027-07-04T20:00:00Z", "backup c-s"},
};

static struct consortium *build_coverage(void)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct library_settings *library;
    struct holiday *added = arena_alloc(consortium->arena, sizeof *added);
    day_number *dates = arena_alloc(consortium->arena, 3 * sizeof *dates);

    dates[0] = build_date("2026-11-30");
    dates[1] = build_date("2026-11-26");
    dates[2] = build_date("2026-10-12");
    *added = (struct holiday){.date = build_date("2026-12-24"), .name = "Eve"};
    consortium->holidays = (struct holidays){true, HOLIDAYS_OBSERVED, 1, added, 1, dates + 2};
    build_library(consortium, "all", NULL)->covers_all_holidays = true;
    build_queue(consortium, "c-all")->rollover = true;
    library = build_library(consortium, "some", NULL);
    library->covered = dates;
    library->covered_count = 2;
    build_queue(consortium, "c-some")->rollover = true;
    build_library(consortium, "none", NULL);
    build_queue(consortium, "c-none")->rollover = true;
    build_library(consortium, "flat", NULL)->covers_all_holidays = true;
    build_queue(consortium, "c-flat");
    library = build_library(consortium, "s", NULL);
    build_closure(consortium, &library->closures, "2026-12-25", "Nobody", NULL);
    build_queue(consortium, "c-s");
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "all 18:00-24:00", NULL);
    return consortium;
}

START_TEST(holiday_coverage)
{
    struct consortium *consortium = build_coverage();

    /* Christmas: the backup is closed, which only those would notice whom it would have answered.
     */
    CHECK_CASES(consortium, coverage_cases);
}
END_TEST

static const struct decide_case both_cases[] = {
    {"the date itself", "c-none", "2027-07-04T20:00:00Z", "closed holiday Independence Day"},
    {"and the day observed", "c-none", "2027-07-05T20:00:00Z", "closed holiday Independence Day"},
};

static const struct decide_case actual_cases[] = {
    {"the date itself", "c-none", "2027-07-04T20:00:00Z", "closed holiday Independence Day"},
    {"not the day observed", "c-none", "2027-07-05T20:00:00Z", "backup c-s"},
};

START_TEST(which_holiday_dates_count)
{
    struct consortium *consortium = build_coverage();

    consortium->holidays.dates = HOLIDAYS_BOTH;
    CHECK_CASES(consortium, both_cases);
    consortium = build_coverage();
    consortium->holidays.dates = HOLIDAYS_ACTUAL;
    CHECK_CASES(consortium, actual_cases);
}
END_TEST

/* Each clause of "the first that fits", where an earlier one would not change anything. */
static const struct decide_case reason_cases[] = {
    {"closure before no-rollover", "c-n", "2026-11-24T12:00:00Z", "closed closure Shut"},
    {"closure, though outside the hours: no-rollover", "c-n", "2026-11-24T20:00:00Z",
     "closed no-rollover"},
    {"closure on a holiday: own hours would answer", "c-n", "2026-11-26T12:00:00Z",
     "closed closure Shut"},
    {"closure and holiday, both would have to go", "c-n", "2026-11-26T20:00:00Z", "closed gap"},
    {"holiday before no-rollover needs rollover", "c-r", "2026-11-26T20:00:00Z",
     "closed holiday Thanksgiving Day"},
    {"closed backup on a holiday: two things", "c-r", "2026-12-25T20:00:00Z", "closed gap"},
    {"closed backup without rollover: two things", "c-n", "2026-12-26T20:00:00Z", "closed gap"},
    {"closed backup with rollover", "c-r", "2026-12-26T20:00:00Z", "closed closure Shut too"},
    {"yesterday's special hours took the night away", "c-w", "2026-11-25T03:00:00Z",
     "closed closure"},
};

START_TEST(reasons)
{
    struct consortium *consortium = build_new("Etc/UTC");
    struct queue_settings *queue;

    consortium->holidays.federal = true;
    build_window(consortium, &consortium->hours, "all 08:00-17:00", NULL);
    build_library(consortium, "n", NULL);
    queue = build_queue(consortium, "c-n");
    build_closure(consortium, &queue->closures, "2026-11-24", "Shut", NULL);
    build_closure(consortium, &queue->closures, "2026-11-26", "Shut", NULL);
    build_queue(consortium, "c-r")->rollover = true;
    queue = build_queue(consortium, "c-w");
    build_window(consortium, &queue->hours, "all 22:00-06:00", NULL);
    build_closure(consortium, &queue->closures, "2026-11-24", "Short night", "22:00-02:00");
    build_library(consortium, "s", NULL)->hours.given = true;
    queue = build_queue(consortium, "c-s");
    build_closure(consortium, &queue->closures, "2026-12-25", "Shut too", NULL);
    build_closure(consortium, &queue->closures, "2026-12-26", "Shut too", NULL);
    consortium->backup_queue = "c-s";
    build_window(consortium, &consortium->backup_hours, "all 17:00-24:00", NULL);
    CHECK_CASES(consortium, reason_cases);
}
END_TEST

START_TEST(without_a_backup)
{
    static const struct decide_case cases[] = {
        {"own", "c-a", "2026-11-24T12:00:00Z", "own c-a"},
        {"rollover to nobody", "c-a", "2026-11-24T20:00:00Z", "closed gap"},
    };
    struct consortium *consortium = build_new("Etc/UTC");

    build_window(consortium, &consortium->hours, "all 08:00-17:00", NULL);
    build_library(consortium, "a", NULL);
    build_queue(consortium, "c-a")->rollover = true;
    build_window(consortium, &consortium->backup_hours, "all 00:00-24:00", NULL);
    CHECK_CASES(consortium, cases);
}
END_TEST

START_TEST(names_of_verdicts)
{
    ck_assert_str_eq(verdict_name(VERDICT_OWN), "own");
    ck_assert_str_eq(verdict_name(VERDICT_SHARED), "shared");
    ck_assert_str_eq(verdict_name(VERDICT_BACKUP), "backup");
    ck_assert_str_eq(verdict_name(VERDICT_CLOSED), "closed");
    ck_assert_str_eq(closed_reason_name(REASON_NONE), "-");
    ck_assert_str_eq(closed_reason_name(REASON_CLOSURE), "closure");
    ck_assert_str_eq(closed_reason_name(REASON_HOLIDAY), "holiday");
    ck_assert_str_eq(closed_reason_name(REASON_NO_ROLLOVER), "no-rollover");
    ck_assert_str_eq(closed_reason_name(REASON_GAP), "gap");
}
END_TEST

START_TEST(equal_decisions)
{
    struct decision a = {.reason = REASON_NONE, .tier_count = 1}, b;

    a.tiers[0] = (struct tier){VERDICT_OWN, 2, {3, 4}};
    b = a;
    b.detail = "another";
    ck_assert(decision_equal(&a, &b));
    b.reason = REASON_GAP;
    ck_assert(!decision_equal(&a, &b));
    b = a;
    b.tier_count = 0;
    ck_assert(!decision_equal(&a, &b));
    b = a;
    b.tiers[0].kind = VERDICT_SHARED;
    ck_assert(!decision_equal(&a, &b));
    b = a;
    b.tiers[0].queue_count = 1;
    ck_assert(!decision_equal(&a, &b));
    b = a;
    b.tiers[0].queues[1] = 5;
    ck_assert(!decision_equal(&a, &b));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decide");
    TCase *tcase = tcase_create("decide");

    tcase_add_unchecked_fixture(tcase, NULL, zone_forget_all);
    tcase_add_test(tcase, week_of_the_defaults);
    tcase_add_test(tcase, shared_coverage);
    tcase_add_test(tcase, zones);
    tcase_add_test(tcase, closures);
    tcase_add_test(tcase, holiday_coverage);
    tcase_add_test(tcase, which_holiday_dates_count);
    tcase_add_test(tcase, reasons);
    tcase_add_test(tcase, without_a_backup);
    tcase_add_test(tcase, names_of_verdicts);
    tcase_add_test(tcase, equal_decisions);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
