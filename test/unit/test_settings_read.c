/* The reader of consortium files: what is refused, in which words, on which line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "component/zone.h"
#include "policy/date.h"
#include "policy/hours.h"

/* What follows begins in line 2, inside the consortium; */
#define CONSORTIUM(text) "consortium = { name = \"mobius\";\n" text "\n};"
/* in line 2, inside the library mobstate; */
#define LIBRARY(text) CONSORTIUM("libraries = ( { name = \"mobstate\";" text "\n} );")
/* in line 2, inside the queue mobius-mobstate. */
#define QUEUE(text) LIBRARY("queues = ( { name = \"mobius-mobstate\";" text "} );")

static const struct {
    const char *text, *complaints;
} bad_files[] = {
    {"", "f: the file: 'consortium' is missing\n"},
    {"consortium = 1;", "f:1: the consortium must be a group in braces\n"},
    {"consortium = {\n  name = \"mobius\"\n  title = ;\n};", "f:3: syntax error\n"},
    {"consortium = {\n  name = \"mobius\" \"x\" }}", "f:2: syntax error\n"}, /* libconfig leaks */
    {"consortium = { };\nconsortium = { };", "f:2: duplicate setting name\n"},
    {"\n@include \"/etc/hostname\"", "f:2: @include is not allowed\n"},
    {"a = 1;\n # @include\n /* @include \n*/ b = \"@include\";",
     "f: the file: 'consortium' is "
     "missing\n"
     "f:1: unknown key 'a' in the file\n"
     "f:4: unknown key 'b' in the "
     "file\n"},
    {"a =\n ((((((((((((((((( 1 )))))))))))))))));", "f:2: nested too deeply\n"},
    {"consortium = { };", "f:1: the consortium: 'name' is missing\n"},
    {"consortium = { name = \"Mobius\"; };",
     "f:1: name: 'Mobius' is not an abbreviation (a small letter, then small letters and digits, "
     "at most 20)\n"},
    {CONSORTIUM("title = 1;\nhalo = 2;\ntimezone = \"Mars/Base\";"),
     "f:2: title: must be a text in quotes\n"
     "f:3: unknown key 'halo' in the consortium\n"
     "f:4: timezone: unknown time zone 'Mars/Base'\n"},
    {CONSORTIUM("title = \"\xff\";"), "f:2: title: is not valid UTF-8\n"},
    {CONSORTIUM("title = \"a\\nb\";"), "f:2: title: has a control character\n"},
    {CONSORTIUM("coordinators = [ \"jane\", \"a@b\",\n\"a@b/desk\", \"Jane@b\", \"a@b\", \"\" ];"),
     "f:2: coordinators: 'jane' is not an account (name@domain, in small letters)\n"
     "f:3: coordinators: 'a@b/desk' is not an account (name@domain, in small letters)\n"
     "f:3: coordinators: 'Jane@b' is not an account (name@domain, in small letters)\n"
     "f:3: coordinators: 'a@b' is there twice\n"
     "f:3: coordinators: is empty\n"},
    {CONSORTIUM("coordinators = \"a@b\";"), "f:2: coordinators: must be a list\n"},
    {CONSORTIUM("hours = ( { days = \"mon-fri\"; open = \"08:00\"; close = \"25:00\"; } );"),
     "f:2: hours: close 25:00 is not a time\n"},
    {CONSORTIUM("hours = ( { days = \"mon-fry\"; open = \"24:00\"; close = \"8:00\"; } );"),
     "f:2: hours: days 'mon-fry' are not days\n"
     "f:2: hours: open 24:00 is not a time\n"
     "f:2: hours: close 8:00 is not a time\n"},
    {CONSORTIUM("hours = ( { open = \"08:00\"; till = \"9\"; },\n\"mon\" );"),
     "f:2: unknown key 'till' in hours\n"
     "f:2: hours: 'days' is missing\n"
     "f:2: hours: 'close' is missing\n"
     "f:3: hours must be a group in braces\n"},
    {CONSORTIUM("holidays = { calendar = \"uk\"; dates = \"some\";\n"
                "add = ( { date = \"2026-02-29\"; }, { name = \"x\"; },\n"
                "{ date = \"2026-12-24\"; }, { date = \"2026-12-24\"; } );\n"
                "remove = [ \"26-1-1\", \"2026-01-01\", \"2026-01-01\" ]; };"),
     "f:2: calendar: 'uk' is neither 'us-federal' nor 'none'\n"
     "f:2: dates: 'some' is none of 'observed', 'actual', 'both'\n"
     "f:3: date: '2026-02-29' is not a date\n"
     "f:3: an added holiday: 'date' is missing\n"
     "f:4: add: 2026-12-24 is there twice (line 4)\n"
     "f:5: remove: '26-1-1' is not a date\n"
     "f:5: remove: 2026-01-01 is there twice\n"},
    {CONSORTIUM("backup = {\nhours = ( { days = \"all\"; open = \"08:00\"; close = \"09:00\";\n"
                "answered_by = [ \"mobius-slu\" ]; } ); };"),
     "f:2: backup: 'queue' is missing\n"
     "f:4: unknown key 'answered_by' in hours\n"},
    {CONSORTIUM("backup = {\nqueue = \"mobius-none\"; };"),
     "f:3: backup: queue 'mobius-none' does not exist\n"},
    {CONSORTIUM("libraries = ( { name = \"a\"; },\n{ name = \"a\"; }, { name = \"b-c\"; }, { } );"),
     "f:3: name: 'b-c' is not an abbreviation (a small letter, then small letters and digits, "
     "at most 20)\n"
     "f:3: a library: 'name' is missing\n"
     "f:3: library 'a' is given twice\n"},
    {LIBRARY("holiday_coverage = \"yes\";"),
     "f:2: holiday_coverage: must be true, false or a list of dates\n"},
    {LIBRARY("closures = (\n{ date = \"2026-12-24\"; }, { date = \"2026-12-24\"; name = \"x\"; },\n"
             "{ date = \"2026-12-25\"; hours = (); }, { date = \"2026-13-01\"; },\n"
             "{ date = \"2026-13-01\"; hours = ( { days = \"mon\"; open = \"09:00\"; } ); } );"),
     "f:3: library 'mobstate': closure of 2026-12-24 is given twice\n"
     "f:4: hours: a closure's hours may not be empty; leave them out to close\n"
     "f:4: date: '2026-13-01' is not a date\n"
     "f:5: date: '2026-13-01' is not a date\n"
     "f:5: unknown key 'days' in hours\n"
     "f:5: hours: 'close' is missing\n"},
    {LIBRARY("queues = (\n{ name = \"mobius-slu\"; },\n{ name = \"mobius-mobstate-\"; },\n"
             "{ name = \"umkc-mobstate\"; }, \n{ name = \"mobius-mobstate-x\"; rollover = 1; } );"),
     "f:3: name: 'mobius-slu' must begin with 'mobius-mobstate'\n"
     "f:4: name: 'mobius-mobstate-' is not a queue's name (consortium-library or "
     "consortium-library-rest)\n"
     "f:5: name: 'umkc-mobstate' must begin with 'mobius-mobstate'\n"
     "f:6: rollover: must be true or false\n"},
    {QUEUE("ring_seconds = 0; offer_seconds = 86401;\nchats_per_operator = \"5\"; "
           "strategy = \"fair\";\nretention_days = 0; silent_seconds = 1.5;\n"
           "transcripts = 1; welcome = \"a\\x01\";"),
     "f:2: ring_seconds: 0 is not between 1 and 86400\n"
     "f:2: offer_seconds: 86401 is not between 1 and 86400\n"
     "f:3: chats_per_operator: must be a number\n"
     "f:3: strategy: 'fair' is none of 'all', 'least-busy', 'round-robin'\n"
     "f:4: retention_days: 0 is not between 1 and 3660\n"
     "f:4: silent_seconds: must be a number\n"
     "f:5: transcripts: must be true or false\n"
     "f:5: welcome: has a control character\n"},
    {QUEUE("ring_seconds =\n4294967336;"), "f:3: a number is too large\n"},
    {QUEUE("operators = [ \"mobius-mobstate-janedoe\", \"mobius-mobstate\" ];"),
     "f:2: operators: 'mobius-mobstate' is not an operator's name\n"
     "f:2: queue 'mobius-mobstate': operator 'mobius-mobstate-janedoe' does not exist\n"},
    {QUEUE("hours = ( { days = \"all\"; open = \"00:00\"; close = \"00:00\";\n"
           "answered_by = [ \"mobius-slu\", \"slu\" ]; },\n{ days = \"all\"; open = \"00:00\"; "
           "close = \"00:00\"; answered_by = []; } );"),
     "f:2: queue 'mobius-mobstate': queue 'mobius-slu' in answered_by does not exist\n"
     "f:3: answered_by: 'slu' is not a queue's name\n"
     "f:4: answered_by: names no queue; leave it out where the queue itself answers\n"},
    {LIBRARY(
         "queues = ( { name = \"mobius-mobstate-law\"; } );\n"
         "operators = ( { name = \"mobius-mobstate-law\"; },\n"
         "{ name = \"mobius-mobstate-a\"; account = \"a@b\"; },\n"
         "{ name = \"mobius-mobstate-b\"; account = \"a@b\"; },\n"
         "{ name = \"mobius-mobstate-c\"; account = \"mobius-mobstate-d@localhost\"; },\n"
         "{ name = \"mobius-mobstate-d\"; }, { name = \"mobius-mobstate-e\"; account = \"x\"; },"
         "\n{ name = \"mobius-mobstate\"; } );"),
     "f:3: operator 'mobius-mobstate-law': a queue has that name\n"
     "f:5: operator 'mobius-mobstate-b': account 'a@b' is that of 'mobius-mobstate-a'\n"
     "f:7: account: 'x' is not an account (name@domain, in small letters)\n"
     "f:7: operator 'mobius-mobstate-d': account 'mobius-mobstate-d@localhost' is that of "
     "'mobius-mobstate-c'\n"
     "f:8: name: 'mobius-mobstate' is not an operator's name (consortium-library-rest)\n"},
    {LIBRARY(
         "queues = ( { name = \"mobius-mobstate\"; } );\nsnippets = (\n"
         "{ name = \"mobstate (x)\"; queue = \"mobius-mobstate-x\"; },\n"
         "{ name = \"slu (x)\"; queue = \"mobius-mobstate\"; },\n{ name = \"mobstate x\"; } );"),
     "f:4: snippet 'mobstate (x)': queue 'mobius-mobstate-x' does not exist\n"
     "f:5: name: 'slu (x)' must begin with 'mobstate ('\n"
     "f:6: name: 'mobstate x' is not a snippet's name (library (text))\n"
     "f:6: a snippet: 'queue' is missing\n"
     "f:6: snippet 'mobstate x': queue '' does not exist\n"},
    {CONSORTIUM("libraries = ( { name = \"a\"; queues = ( { name = \"mobius-a\"; } ); },\n"
                "{ name = \"b\"; snippets = ( { name = \"b (x)\"; queue = \"mobius-a\"; } ); } );"),
     "f:3: snippet 'b (x)': queue 'mobius-a' is another library's\n"},
    {CONSORTIUM("profile = { text = 1;\nlink = \"lib.example.edu\"; phone = \"1\\n2\";\n"
                "policies = \"\"; halo = 1; };"),
     "f:2: text: must be a text in quotes\n"
     "f:3: link: 'lib.example.edu' is not an address that begins with https:// or http://\n"
     "f:3: phone: has a control character\n"
     "f:4: unknown key 'halo' in a profile\n"},
    {LIBRARY("profile = \"x\"; queues = (\n{ name = \"mobius-mobstate\"; profile = {\n"
             "policies = \"javascript:x\"; }; } );"),
     "f:2: a profile must be a group in braces\n"
     "f:4: policies: 'javascript:x' is not an address that begins with https:// or http://\n"},
    {LIBRARY(
         "canned = (\n{ name = \"a\"; text = \"{{{hours}}\"; },\n{ name = \"b\"; text = "
         "\"Call {fone}.\"; },\n{ name = \"Two words\"; text = \"x\"; },\n{ name = \"a\"; text = "
         "\"\"; },\n{ text = \"{\"; }, 1 );\ncanned = 1;"),
     "f:8: duplicate setting name\n"},
    {LIBRARY(
         "canned = (\n{ name = \"a\"; text = \"{{{hours}}\"; },\n{ name = \"b\"; text = "
         "\"Call {fone}.\"; },\n{ name = \"Two words\"; text = \"x\"; },\n{ name = \"a\"; text = "
         "\"\"; },\n{ name = \"c\"; text = \"{\"; }, { name = \"d\"; } );"),
     "f:4: library 'mobstate': canned 'b': there is no field '{fone}'; '{{' is one brace\n"
     "f:5: library 'mobstate': canned 'Two words' is not one word of small letters, digits and "
     "hyphens, at most 40\n"
     "f:6: text: is empty\n"
     "f:6: library 'mobstate': canned 'a' is given twice\n"
     "f:7: a canned reply: 'text' is missing\n"
     "f:7: library 'mobstate': canned 'c': there is no field '{'; '{{' is one brace\n"},
    {LIBRARY(
         "notices = (\n{ text = \"x\"; until = \"2026-12-01\"; },\n{ text = \"y\"; },\n"
         "{ until = \"2026-12-01T17:00\"; },\n{ text = \"x\"; until = \"2026-12-01T24:00\"; } );"),
     "f:3: until: '2026-12-01' is not a time such as 2026-12-01T17:00\n"
     "f:4: a notice: 'until' is missing\n"
     "f:5: a notice: 'text' is missing\n"
     "f:6: until: '2026-12-01T24:00' is not a time such as 2026-12-01T17:00\n"
     "f:6: library 'mobstate': a notice with that text is given twice\n"},
    {CONSORTIUM("notices = ( {}, {}, {}, {}, {}, {} );"), "f:2: notices: 6 are more than 5\n"},
};

START_TEST(bad_file)
{
    char *said = NULL;
    size_t length = 0;
    FILE *complaints = open_memstream(&said, &length);

    struct consortium *consortium =
        settings_read_text(bad_files[_i].text, "f", "localhost", complaints);
    fclose(complaints);
    ck_assert_str_eq(said, bad_files[_i].complaints);
    ck_assert_ptr_null(consortium);
    free(said);
    zone_forget_all();
}
END_TEST

static struct consortium *read_sample(void)
{
    struct consortium *consortium = settings_read("etc/mobius.conf", "localhost", stderr);

    ck_assert_ptr_nonnull(consortium);
    return consortium;
}

START_TEST(sample_is_read)
{
    struct consortium *sample = read_sample();

    ck_assert_str_eq(sample->name, "mobius");
    ck_assert_str_eq(sample->title, "MOBIUS");
    ck_assert_ptr_nonnull(sample->zone);
    ck_assert_str_eq(sample->coordinators[0], "mobius-coordinator@localhost");
    ck_assert_uint_eq(sample->library_count, 5);
    ck_assert_str_eq(sample->queues[sample->backup_index].name, "mobius-chatstaff");
    ck_assert_uint_eq(sample->backup_hours.count, 3);
    ck_assert(sample->backup_hours.windows[2].days == 1 << SUNDAY);
    ck_assert(!(sample->given & 1U << CONSORTIUM_CLOSURES));
    ck_assert(sample->given & 1U << CONSORTIUM_PROFILE_POLICIES);
    ck_assert(!(sample->given & 1U << CONSORTIUM_PROFILE_PHONE));
    ck_assert_ptr_null(sample->profile.phone);
    ck_assert_uint_eq(sample->canned.count, 2);
    ck_assert_uint_eq(sample->notices.count, 1);
    ck_assert(sample->given & 1U << CONSORTIUM_HOLIDAYS_DATES);
    consortium_free(sample);
    zone_forget_all();
}
END_TEST

START_TEST(sample_library)
{
    struct consortium *sample = read_sample();
    const struct library_settings *chatstaff =
        &sample->libraries[consortium_library(sample, "chatstaff")];
    const struct library_settings *mobstate =
        &sample->libraries[consortium_library(sample, "mobstate")];

    ck_assert(chatstaff->hours.given && chatstaff->hours.count == 0);
    ck_assert(!mobstate->hours.given);
    ck_assert(mobstate->zone == sample->zone && mobstate->timezone == NULL);
    ck_assert(mobstate->covered_count == 2 && !mobstate->covers_all_holidays);
    ck_assert(sample->libraries[consortium_library(sample, "slu")].covers_all_holidays);
    ck_assert_uint_eq(mobstate->closures.count, 4);
    ck_assert(mobstate->closures.list[1].special);
    ck_assert_int_eq(mobstate->closures.list[1].hours.windows[0].close, 12 * 60);
    ck_assert_str_eq(mobstate->canned.list[0].name, "back"); /* ascending */
    ck_assert_str_eq(mobstate->canned.list[1].name, "hours");
    ck_assert_int_eq(mobstate->notices.list[0].minute, 12 * 60);
    ck_assert_str_eq(mobstate->profile.phone, "417-555-0100");
    ck_assert(mobstate->given & 1U << LIBRARY_PROFILE_TEXT);
    ck_assert(!(mobstate->given & 1U << LIBRARY_PROFILE_POLICIES));
    ck_assert_uint_eq(chatstaff->canned.count, 0);
    consortium_free(sample);
    zone_forget_all();
}
END_TEST

START_TEST(sample_queue)
{
    struct consortium *sample = read_sample();
    const struct queue_settings *queue =
        &sample->queues[consortium_queue(sample, "mobius-mobstate")];
    const struct queue_settings *other = &sample->queues[consortium_queue(sample, "mobius-slu")];

    ck_assert(queue->rollover);
    ck_assert(queue->hours.windows[1].others_answer && !queue->hours.windows[0].others_answer);
    ck_assert_str_eq(sample->queues[queue->hours.windows[1].answered_by_index[0]].name,
                     "mobius-slu");
    ck_assert_str_eq(sample->operators[queue->operator_index[1]].name, "mobius-mobstate-samlee");
    ck_assert_str_eq(sample->operators[queue->operator_index[1]].account,
                     "mobius-mobstate-samlee@localhost");
    ck_assert(queue->given & 1U << QUEUE_WELCOME && !(queue->given & 1U << QUEUE_STRATEGY));
    ck_assert(other->options.strategy == STRATEGY_ROUND_ROBIN && other->options.show_operator_name);
    ck_assert_int_eq(other->options.ring_seconds, 40);
    ck_assert_str_eq(sample->libraries[queue->library].name, "mobstate");
    other = &sample->queues[consortium_queue(sample, "mobius-mobstate-healthsciences")];
    ck_assert_str_eq(other->profile.phone, "417-555-0177");
    ck_assert_ptr_null(other->profile.link);
    ck_assert(other->given & 1U << QUEUE_PROFILE_PHONE &&
              !(other->given & 1U << QUEUE_PROFILE_LINK));
    consortium_free(sample);
    zone_forget_all();
}
END_TEST

START_TEST(midnight_closes)
{
    struct consortium *read = settings_read_text(
        QUEUE("hours = ( { days = \"all\"; open = \"17:00\"; close = \"00:00\"; },"
              "{ days = \"fri-mon\"; open = \"00:00\"; close = \"24:00\"; } );"),
        "f", NULL, stderr);

    ck_assert_ptr_nonnull(read);
    ck_assert_int_eq(read->queues[0].hours.windows[0].close, 1440);
    ck_assert_int_eq(read->queues[0].hours.windows[0].days, DAYS_ALL);
    ck_assert_int_eq(read->queues[0].hours.windows[1].close, 1440);
    ck_assert_int_eq(read->queues[0].hours.windows[1].days, 0x71);
    consortium_free(read);
    zone_forget_all();
}
END_TEST

static void read_many(int libraries, const char *expected)
{
    char *text = NULL, *said = NULL;
    size_t size = 0, length = 0;
    FILE *out = open_memstream(&text, &size);

    fputs("consortium = { name = \"mobius\"; libraries = (", out);
    for (int i = 0; i < libraries; i++)
        fprintf(out, "%s{ name = \"l%d\"; }", i > 0 ? "," : "", i);
    fputs("); };", out);
    fclose(out);
    FILE *complaints = open_memstream(&said, &length);
    struct consortium *read = settings_read_text(text, "f", NULL, complaints);
    fclose(complaints);
    ck_assert_str_eq(said, expected);
    consortium_free(read);
    free(text);
    free(said);
}

START_TEST(libraries_have_a_bound)
{
    read_many(500, "");
    read_many(501, "f:1: libraries: 501 are more than 500\n");
    zone_forget_all();
}
END_TEST

START_TEST(complaints_have_a_bound)
{
    char *text = NULL, *said = NULL;
    size_t size = 0, length = 0;
    int lines = 0;
    FILE *out = open_memstream(&text, &size);

    fputs("consortium = { name = \"mobius\"; };", out);
    for (int i = 0; i < 205; i++)
        fprintf(out, "x%d = 1;\n", i);
    fclose(out);
    FILE *complaints = open_memstream(&said, &length);
    ck_assert_ptr_null(settings_read_text(text, "f", NULL, complaints));
    fclose(complaints);
    for (const char *at = said; *at != '\0'; at++)
        lines += *at == '\n';
    ck_assert_int_eq(lines, 201);
    ck_assert_ptr_nonnull(strstr(said, "\nf: and 5 more\n"));
    free(text);
    free(said);
    zone_forget_all();
}
END_TEST

START_TEST(missing_file)
{
    char *said = NULL;
    size_t length = 0;
    FILE *complaints = open_memstream(&said, &length);

    ck_assert_ptr_null(settings_read("/nonexistent/x.conf", NULL, complaints));
    fclose(complaints);
    ck_assert_str_eq(said, "/nonexistent/x.conf: cannot open: No such file or directory\n");
    free(said);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings_read");
    TCase *tests = tcase_create("files");

    tcase_add_loop_test(tests, bad_file, 0, (int)(sizeof bad_files / sizeof bad_files[0]));
    tcase_add_test(tests, sample_is_read);
    tcase_add_test(tests, sample_library);
    tcase_add_test(tests, sample_queue);
    tcase_add_test(tests, midnight_closes);
    tcase_add_test(tests, libraries_have_a_bound);
    tcase_add_test(tests, complaints_have_a_bound);
    tcase_add_test(tests, missing_file);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
