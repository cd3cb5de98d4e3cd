/* Calendars as closures: which dates come of which events, what is skipped and with which words. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/closures_ics.h"
#include "component/ics.h"
#include "policy/arena.h"
#include "policy/date.h"

#define CALENDAR(text) "BEGIN:VCALENDAR\n" text "END:VCALENDAR\n"
/* The event begins in line 2, `text` in line 4. */
#define EVENT(text) CALENDAR("BEGIN:VEVENT\nUID:u\n" text "END:VEVENT\n")
#define EVE "DTSTART;VALUE=DATE:20261224\n"

/* Read on 2026-11-24: the window is 2026-11-23 to 2028-11-24. */
static const struct {
    const char *what, *text, *dates, *words;
} calendars[] = {
    {"no event", CALENDAR(""), "", ""},
    {"a day without an end", EVENT(EVE "SUMMARY:Eve\n"), "2026-12-24 Eve\n", ""},
    {"the end is the day after", EVENT(EVE "DTEND;VALUE=DATE:20261227\n"),
     "2026-12-24 \n2026-12-25 \n2026-12-26 \n", ""},
    {"an end that equals the start", EVENT(EVE "DTEND;VALUE=DATE:20261224\n"), "2026-12-24 \n", ""},
    {"days of duration", EVENT(EVE "DURATION:P2D\n"), "2026-12-24 \n2026-12-25 \n", ""},
    {"weeks of duration", EVENT("DTSTART;VALUE=DATE:20281120\nDURATION:P1W\n"),
     "2028-11-20 \n2028-11-21 \n2028-11-22 \n2028-11-23 \n2028-11-24 \n", ""},
    {"CR LF, folds, small letters, a BOM",
     "\xef\xbb\xbf"
     "begin:vcalendar\r\nBegin:vEvent\r\nuid:u\r\ndtstart;value=date:2026\r\n 1224\r\n"
     "summary:Win\r\n\tter\r\nend:vevent\r\nend:vcalendar\r\n",
     "2026-12-24 Winter\n", ""},
    {"a fold inside of a character", EVENT(EVE "SUMMARY:Caf\xc3\n \xa9\n"),
     "2026-12-24 Caf\xc3\xa9\n", ""},
    {"escapes and controls in a summary", EVENT(EVE "SUMMARY: A\\, b\\;\\n \x01\xc2\x85 c\\\\ \n"),
     "2026-12-24 A, b; c\\\n", ""},
    {"a backslash before a character of two bytes", EVENT(EVE "SUMMARY:Ca\\\xc3\xa9\n"),
     "2026-12-24 Ca ?\n", ""},
    {"alarms and other components are passed over",
     CALENDAR("BEGIN:VTODO\nDTSTART;VALUE=DATE:20261224\nEND:VTODO\nBEGIN:VEVENT\n" EVE
              "BEGIN:VALARM\nSUMMARY:Ring\nEND:VALARM\nX-WORDS:1\nEND:VEVENT\n"),
     "2026-12-24 \n", ""},
    {"two calendars in a file", EVENT(EVE) EVENT("DTSTART;VALUE=DATE:20261225\n"),
     "2026-12-24 \n2026-12-25 \n", ""},
    {"the window's first and last day",
     EVENT("DTSTART;VALUE=DATE:20261122\nDURATION:P2D\nRDATE;VALUE=DATE:20281124\n"),
     "2026-11-23 \n2028-11-24 \n", ""},

    {"every year", EVENT("DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\n"),
     "2026-11-26 \n2027-11-25 \n2028-11-23 \n", ""},
    {"every leap day", EVENT("DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY\n"), "2028-02-29 \n",
     ""},
    {"a count", EVENT(EVE "RRULE:FREQ=WEEKLY;COUNT=3\n"), "2026-12-24 \n2026-12-31 \n2027-01-07 \n",
     ""},
    {"until a day, which counts", EVENT(EVE "RRULE:FREQ=DAILY;UNTIL=20261226\n"),
     "2026-12-24 \n2026-12-25 \n2026-12-26 \n", ""},
    {"until an instant", EVENT(EVE "RRULE:FREQ=DAILY;UNTIL=20261225T060000Z\n"),
     "2026-12-24 \n2026-12-25 \n", ""},
    {"until before the window",
     EVENT("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY;UNTIL=20200109\n"), "",
     "f:2: event 'u' is skipped: no date of it is from 2026-11-23 to 2028-11-24\n"},
    {"the start counts beside the rule", EVENT(EVE "RRULE:FREQ=WEEKLY;COUNT=1;BYDAY=MO\n"),
     "2026-12-24 \n2026-12-28 \n", ""},
    {"a last workday of a month",
     EVENT("DTSTART;VALUE=DATE:20261231\nRRULE:FREQ=MONTHLY;COUNT=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-"
           "1\n"),
     "2026-12-31 \n2027-01-29 \n2027-02-26 \n", ""},
    {"several days, repeated over the window's begin",
     EVENT("DTSTART;VALUE=DATE:20251122\nDURATION:P3D\nRRULE:FREQ=YEARLY;COUNT=2\n"),
     "2026-11-23 \n2026-11-24 \n", ""},
    {"dates added and left out",
     EVENT(EVE "RRULE:FREQ=DAILY;COUNT=4\nRDATE;VALUE=DATE:20270201,20270203\n"
               "EXDATE;VALUE=DATE:20261227,20261225\nEXDATE:20270203T000000Z\n"),
     "2026-12-24 \n2026-12-26 \n2027-02-01 \n", ""},
    {"the start left out", EVENT(EVE "RRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20261224\n"),
     "2026-12-25 \n", ""},
    {"one date moved, the change comes first",
     CALENDAR("BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;VALUE=DATE:20261225\n"
              "DTSTART;VALUE=DATE:20261230\nSUMMARY:Moved\nEND:VEVENT\n"
              "BEGIN:VEVENT\nUID:u\n" EVE "RRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"),
     "2026-12-24 \n2026-12-26 \n2026-12-30 Moved\n", ""},
    {"one date cancelled, another event is not meant",
     CALENDAR(
         "BEGIN:VEVENT\nUID:u\n" EVE "RRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\n"
         "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;VALUE=DATE:20261225\nDTSTART;VALUE=DATE:20261225\n"
         "STATUS:CANCELLED\nEND:VEVENT\n"
         "BEGIN:VEVENT\nUID:v\nRECURRENCE-ID;VALUE=DATE:20261224\nDTSTART;VALUE=DATE:20261228\n"
         "END:VEVENT\n"),
     "2026-12-24 \n2026-12-28 \n", "f:7: event 'u' is skipped: it is cancelled\n"},
    {"a change of all later dates",
     EVENT(EVE "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261225\n"), "2026-12-24 \n",
     "f:2: event 'u' is skipped: not all of it, but the change of later dates too (RANGE)\n"},

    {"the first in the file has the date",
     CALENDAR("BEGIN:VEVENT\nUID:u\n" EVE "SUMMARY:Eve\nEND:VEVENT\n"
              "BEGIN:VEVENT\nUID:v\n" EVE "DURATION:P2D\nSUMMARY:Break\nEND:VEVENT\n"),
     "2026-12-24 Eve\n2026-12-25 Break\n",
     "f:7: event 'Break' is skipped: on 2026-12-24 'Eve' of line 2 comes first\n"},
    {"the same event twice", EVENT(EVE "SUMMARY:Eve\n") EVENT(EVE "SUMMARY:Eve\n"),
     "2026-12-24 Eve\n", ""},
    {"events without a UID are not each other's",
     CALENDAR("BEGIN:VEVENT\nRECURRENCE-ID;VALUE=DATE:20261224\n"
              "DTSTART;VALUE=DATE:20261230\nEND:VEVENT\nBEGIN:VEVENT\n" EVE "END:VEVENT\n"),
     "2026-12-24 \n2026-12-30 \n", ""},
    {"cancelled, spelled both ways",
     EVENT(EVE "STATUS:CANCELLED\n") EVENT(EVE "SUMMARY:S\nSTATUS:Canceled\n"), "",
     "f:2: event 'u' is skipped: it is cancelled\nf:9: event 'S' is skipped: it is cancelled\n"},
    {"a time of day", EVENT("DTSTART:20261224T080000\n"), "",
     "f:2: event 'u' is skipped: it has a time of day\n"},
    {"a time of day in a zone", EVENT("DTSTART;TZID=America/Chicago:20261224T000000\n"), "",
     "f:2: event 'u' is skipped: it has a time of day\n"},
    {"an end with a time of day", EVENT(EVE "DTEND:20261225T000000Z\n"), "",
     "f:2: event 'u' is skipped: its end has a time of day\n"},
    {"no start", EVENT("SUMMARY:S\n"), "", "f:2: event 'S' is skipped: it has no DTSTART\n"},
    {"an end before the start", EVENT(EVE "DTEND;VALUE=DATE:20261223\n"), "",
     "f:2: event 'u' is skipped: it ends before it begins\n"},
    {"hours of duration", EVENT(EVE "DURATION:PT36H\n"), "",
     "f:2: event 'u' is skipped: its duration is no number of days\n"},
    {"a negative duration", EVENT(EVE "DURATION:-P1D\n"), "",
     "f:2: event 'u' is skipped: its duration is negative or above 366 days\n"},
    {"an endless duration", EVENT(EVE "DURATION:P999999999D\n"), "",
     "f:2: event 'u' is skipped: its duration is negative or above 366 days\n"},
    {"367 days", EVENT(EVE "DTEND;VALUE=DATE:20271226\n"), "",
     "f:2: event 'u' is skipped: it lasts more than 366 days\n"},
    {"another century", EVENT("DTSTART;VALUE=DATE:19691231\n"), "",
     "f:2: event 'u' is skipped: its DTSTART is no date from 1970 to 2199\n"},
    {"no such date", EVENT("DTSTART;VALUE=DATE:20270229\n"), "",
     "f:2: event 'u' is skipped: its DTSTART is no date from 1970 to 2199\n"},
    {"hourly", EVENT(EVE "RRULE:FREQ=HOURLY\n"), "",
     "f:2: event 'u' is skipped: its RRULE is none for whole days\n"},
    {"a rule that never comes true", EVENT(EVE "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30\n"),
     "2026-12-24 \n", ""},
    {"a rule that libical knows never to come true",
     EVENT(EVE "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"), "2026-12-24 \n",
     "f:2: event 'u' is skipped: its RRULE never comes true, only its DTSTART counts\n"},
    {"an added date with a time", EVENT(EVE "RDATE:20270201T080000\n"), "2026-12-24 \n",
     "f:2: event 'u' is skipped: not all of it, but an RDATE that is no whole day\n"},

    {"nothing", "", NULL, "f: not an iCalendar file: no BEGIN:VCALENDAR\n"},
    {"a web page", "\n<html>\n", NULL, "f:2: not an iCalendar file: no BEGIN:VCALENDAR\n"},
    {"a card", "BEGIN:VCARD\n", NULL,
     "f:1: not an iCalendar file: BEGIN:VCALENDAR should be here\n"},
    {"no name", CALENDAR("hello\n"), NULL, "f:2: not a line of a calendar: no NAME:VALUE\n"},
    {"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" EVE, NULL,
     "f: the file was cut off: its last END is missing\n"},
    {"crossed", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", NULL,
     "f:3: END of what is not open: lines before it are missing\n"},
    {"an END too many", CALENDAR("") "END:VCALENDAR\n", NULL,
     "f:3: END of what is not open: lines before it are missing\n"},
    {"Latin-1", EVENT(EVE "SUMMARY:Caf\xe9\n"), NULL,
     "f:2: an event that is not UTF-8; save the calendar as UTF-8\n"},
    {"nested eight deep",
     CALENDAR("BEGIN:B\nBEGIN:C\nBEGIN:D\nBEGIN:E\nBEGIN:F\nBEGIN:G\nBEGIN:H\nBEGIN:I\n"), NULL,
     "f:9: components are nested too deep\n"},
    {"a component without a name", CALENDAR("BEGIN:\n"), NULL, "f:2: BEGIN of no component\n"},
};

/* What the calendar gives, one date a line, the caller's to free; NULL when it is refused. */
static char *read_calendar(const char *text, char **ret_words)
{
    struct arena *arena = arena_new();
    char *dates = NULL;
    size_t dates_length, words_length;
    struct closures closures;
    FILE *words = open_memstream(ret_words, &words_length);

    if (closures_ics_read(text, "f", date_from_civil(2026, 11, 24), arena, &closures, words)) {
        FILE *out = open_memstream(&dates, &dates_length);
        for (size_t i = 0; i < closures.count; i++) {
            char date[DATE_TEXT_SIZE];
            fprintf(out, "%s %s\n", date_print(closures.list[i].date, date), closures.list[i].name);
        }
        fclose(out);
    }
    fclose(words);
    arena_free(arena);
    return dates;
}

START_TEST(calendar)
{
    char *words = NULL;
    char *dates = read_calendar(calendars[_i].text, &words);

    ck_assert_msg((dates == NULL) == (calendars[_i].dates == NULL) &&
                      (dates == NULL || strcmp(dates, calendars[_i].dates) == 0),
                  "%s: it should give\n%sbut it gives\n%s", calendars[_i].what,
                  calendars[_i].dates == NULL ? "nothing\n" : calendars[_i].dates,
                  dates == NULL ? "nothing" : dates);
    ck_assert_msg(strcmp(words, calendars[_i].words) == 0, "%s: it should say\n%sbut it says\n%s",
                  calendars[_i].what, calendars[_i].words, words);
    free(dates);
    free(words);
}
END_TEST

static const struct {
    const char *value;
    bool fits;
} rules[] = {
    {"FREQ=DAILY", true},
    {"freq=weekly;byday=mo,+2TU,-1fr;wkst=su", true},
    {"FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=-1,31;BYYEARDAY=-366;BYWEEKNO=53;BYSETPOS=1", true},
    {"INTERVAL=999;FREQ=MONTHLY;COUNT=99999", true},
    {"FREQ=DAILY;UNTIL=20261231", true},
    {"FREQ=DAILY;UNTIL=20261231T120000", true},
    {"FREQ=DAILY;UNTIL=20261231T120000Z", true},
    {"", false},
    {"FREQ", false},
    {"FREQ=", false},
    {"FREQ=HOURLY", false},
    {"FREQ=DAILY;", false},
    {"FREQ=DAILY;FREQ=DAILY", false},
    {"FREQ=DAILY;INTERVAL=65537", false}, /* libical takes it for 1 */
    {"FREQ=DAILY;INTERVAL=-1", false},
    {"FREQ=DAILY;INTERVAL=1,2", false},
    {"FREQ=DAILY;COUNT=100000", false},
    {"FREQ=DAILY;BYHOUR=1", false},
    {"FREQ=DAILY;RSCALE=CHINESE", false},
    {"FREQ=DAILY;SKIP=FORWARD", false},
    {"FREQ=DAILY;X-A=1", false},
    {"FREQ=DAILY;BYDAY=", false},
    {"FREQ=DAILY;BYDAY=MO,", false},
    {"FREQ=DAILY;BYDAY=XX", false},
    {"FREQ=DAILY;BYDAY=M", false},
    {"FREQ=DAILY;BYDAY=+MO", false},
    {"FREQ=DAILY;BYDAY=100MO", false},
    {"FREQ=DAILY;BYMONTH=-1", false},
    {"FREQ=DAILY;BYMONTHDAY=1MO", false},
    {"FREQ=DAILY;UNTIL=2026", false},
    {"FREQ=DAILY;UNTIL=20261231T1200", false},
    {"FREQ=DAILY;UNTIL=20261231T120000X", false},
    {"FREQ=DAILY;UNTIL=2026123100000000", false},
};

START_TEST(rule)
{
    ck_assert_msg(ics_rule_fits(rules[_i].value) == rules[_i].fits, "'%s'", rules[_i].value);
}
END_TEST

static char *repeated(const char *head, const char *part, int count, const char *tail)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    fputs(head, out);
    for (int i = 0; i < count; i++)
        fputs(part, out);
    fputs(tail, out);
    fclose(out);
    return text;
}

#define LEAST "BEGIN:VEVENT\nEND:VEVENT\n"
#define HEAD "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:"
#define TAIL "\n" EVE "END:VEVENT\nEND:VCALENDAR\n"
/* "BEGIN:VEVENT" "SUMMARY:" EVE "END:VEVENT", each but EVE's own line with CR LF */
#define AROUND (14 + 8 + 2 + (int)sizeof EVE + 12)
#define FOREVER "BEGIN:VEVENT\nUID:u\nDTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"

/* At the bound, and one above. */
static const struct {
    const char *head, *part, *tail;
    int most;
    const char *words; /* a part of what is said one above */
} bounds[] = {
    {"BEGIN:VCALENDAR\n", LEAST, "END:VCALENDAR\n", ICS_EVENTS_MAX,
     "f:10002: more than 5000 events\n"},
    {HEAD, "x", TAIL, ICS_EVENT_BYTES_MAX - AROUND, "f:2: an event larger than 32768 bytes\n"},
    {"BEGIN:VCALENDAR\n", FOREVER, "END:VCALENDAR\n", ICS_RULE_DAYS_MAX / 21513,
     "f:92: the rules up to here run over more than 400000 days together; leave old events out\n"},
};

START_TEST(bound)
{
    for (int above = 0; above <= 1; above++) {
        char *words = NULL, *text = repeated(bounds[_i].head, bounds[_i].part,
                                             bounds[_i].most + above, bounds[_i].tail);
        char *dates = read_calendar(text, &words);
        ck_assert_msg((dates == NULL) == (above == 1), "%d: %s", _i, words);
        ck_assert_msg(above == 0 || strstr(words, bounds[_i].words) != NULL, "%d: %s", _i, words);
        free(dates);
        free(words);
        free(text);
    }
}
END_TEST

START_TEST(names_have_a_bound)
{
    char *words = NULL, *name = repeated("", "\xc3\xa9", 101, "");
    char *text = repeated(HEAD, name, 1, TAIL), *dates = read_calendar(text, &words);

    ck_assert_uint_eq(strlen(dates), strlen("2026-12-24 \n") + 200);
    free(dates);
    free(words);
    free(name);
    free(text);
}
END_TEST

/* What is there stays: other dates, another name, special hours. */
START_TEST(merge)
{
    struct closure old[] = {{.date = 1, .name = "old"},
                            {.date = 3, .name = "same"},
                            {.date = 4, .name = "other"},
                            {.date = 5, .special = true, .name = "short"},
                            {.date = 9, .name = "late"}};
    struct closure fresh[] = {{.date = 2, .name = "new", .line = 20},
                              {.date = 3, .name = "same", .line = 30},
                              {.date = 4, .name = "another", .line = 40},
                              {.date = 5, .name = "short", .line = 50},
                              {.date = 6, .name = "new", .line = 60}};
    struct closures before = {5, old}, added = {5, fresh};
    struct arena *arena = arena_new();
    char *words = NULL;
    size_t length;
    FILE *out = open_memstream(&words, &length);
    struct closures merged = closures_ics_merge(&before, &added, "f", arena, out);
    static const int dates[] = {1, 2, 3, 4, 5, 6, 9};

    fclose(out);
    ck_assert_str_eq(words,
                     "f:40: 'another' is skipped: 1970-01-05 keeps its closure 'other'\n"
                     "f:50: 'short' is skipped: 1970-01-06 keeps its special hours 'short'\n");
    ck_assert_uint_eq(merged.count, 7);
    for (size_t i = 0; i < merged.count; i++)
        ck_assert_int_eq(merged.list[i].date, dates[i]);
    ck_assert_str_eq(merged.list[3].name, "other");
    ck_assert(merged.list[4].special);
    free(words);
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("closures_ics");
    TCase *tests = tcase_create("calendars");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, calendar, 0, (int)(sizeof calendars / sizeof calendars[0]));
    tcase_add_loop_test(tests, rule, 0, (int)(sizeof rules / sizeof rules[0]));
    tcase_add_loop_test(tests, bound, 0, (int)(sizeof bounds / sizeof bounds[0]));
    tcase_add_test(tests, names_have_a_bound);
    tcase_add_test(tests, merge);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
