/* What each settings command does, what it says, and what it refuses. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/consortium_copy.h"
#include "component/edit.h"
#include "component/settings.h"
#include "component/zone.h"
#include "policy/mem.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { FIELDS_MAX = 12, NOW = 1790000000 /* 2026-09-21T14:13:20Z */ };

static const char base[] =
    "consortium = { name = \"mobius\"; title = \"MOBIUS\"; coordinators = [ \"boss@localhost\" ];\n"
    "holidays = { add = ( { date = \"2026-12-24\"; name = \"Eve\"; } ); remove = ( \"2026-10-12\" ); };\n"
    "backup = { queue = \"mobius-chatstaff\"; };\n"
    "closures = ( { date = \"2027-01-02\"; name = \"Stocktaking\"; } );\n"
    "canned = ( { name = \"hello\"; text = \"Hello from {library}\"; } );\n"
    "notices = ( { text = \"Catalogue is down\"; until = \"2027-12-01T17:00\"; } );\n"
    "profile = { text = \"All of us\"; phone = \"555\"; };\n"
    "libraries = (\n"
    " { name = \"chatstaff\"; title = \"Chatstaff\"; hours = ();\n"
    "   operators = ( { name = \"mobius-chatstaff-ann\"; } );\n"
    "   queues = ( { name = \"mobius-chatstaff\"; retention_days = 30;\n"
    "     operators = [ \"mobius-chatstaff-ann\" ]; } ); },\n"
    " { name = \"mobstate\"; title = \"Mo State\"; admins = [ \"mobius-mobstate-admin@localhost\", \"kim@else.org\" ];\n"
    "   timezone = \"America/New_York\"; holiday_coverage = [ \"2026-11-26\", \"2026-12-25\" ];\n"
    "   hours = ( { days = \"mon-fri\"; open = \"08:00\"; close = \"17:00\"; },\n"
    "     { days = \"mon,wed\"; open = \"17:00\"; close = \"20:00\"; answered_by = [ \"mobius-slu\", \"mobius-mobstate-law\" ]; } );\n"
    "   closures = ( { date = \"2026-12-23\"; name = \"Winter break\"; }, { date = \"2026-12-22\"; hours = ( { open = \"08:00\"; close = \"12:00\"; } ); } );\n"
    "   canned = ( { name = \"bye\"; text = \"Good bye.\\nCall {phone}.\"; } );\n"
    "   notices = ( { text = \"Fire drill\"; until = \"2027-01-01T09:30\"; } );\n"
    "   profile = { text = \" two\\nlines \"; link = \"https://mobstate.example/\"; phone = \"\"; };\n"
    "   operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },\n"
    "     { name = \"mobius-mobstate-bob\"; account = \"bob@else.org\"; } );\n"
    "   queues = ( { name = \"mobius-mobstate\"; rollover = true; retention_days = 365; welcome = \"Hello\\n\\\"you\\\" {there}\";\n"
    "     operators = [ \"mobius-mobstate-jane\", \"mobius-slu-sam\", \"mobius-mobstate-bob\" ]; },\n"
    "     { name = \"mobius-mobstate-law\"; title = \"Law\"; retention_days = 30; transcripts = false; hours = (); strategy = \"least-busy\";\n"
    "     closures = ( { date = \"2026-12-24\"; } ); profile = { text = \"none\"; }; } );\n"
    "   snippets = ( { name = \"mobstate (home page)\"; queue = \"mobius-mobstate\"; } ); },\n"
    " { name = \"slu\"; title = \"SLU\"; admins = [ \"mobius-slu-admin@localhost\" ];\n"
    "   operators = ( { name = \"mobius-slu-sam\"; title = \"Sam\"; } );\n"
    "   queues = ( { name = \"mobius-slu\"; retention_days = 30; operators = [ \"mobius-slu-sam\", \"mobius-umkc-eve\", \"mobius-mobstate-jane\" ];\n"
    "     hours = ( { days = \"all\"; open = \"00:00\"; close = \"24:00\"; answered_by = [ \"mobius-slu\", \"mobius-mobstate\" ]; } ); } );\n"
    "   snippets = ( { name = \"slu (home)\"; queue = \"mobius-slu\"; } ); },\n"
    " { name = \"umkc\"; title = \"UMKC\"; operators = ( { name = \"mobius-umkc-eve\"; } );\n"
    "   queues = ( { name = \"mobius-umkc\"; retention_days = 30; operators = [ \"mobius-umkc-eve\" ]; },\n"
    "     { name = \"mobius-umkc-old\"; retention_days = 30; } );\n"
    "   snippets = ( { name = \"umkc (x)\"; queue = \"mobius-umkc\"; } ); }\n"
    ");};\n";

static struct consortium *before;

/* As if it had come from the database. */
static void give_ids(struct consortium *consortium)
{
    consortium->given = UINT32_MAX;
    for (size_t i = 0; i < consortium->library_count; i++) {
        consortium->libraries[i].id = 100 + (int64_t)i;
        consortium->libraries[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->queue_count; i++) {
        consortium->queues[i].id = 200 + (int64_t)i;
        consortium->queues[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->operator_count; i++) {
        consortium->operators[i].id = 300 + (int64_t)i;
        consortium->operators[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->snippet_count; i++)
        consortium->snippets[i].id = 400 + (int64_t)i;
}

static void setup(void)
{
    before = settings_read_text(base, "base", "localhost", stderr);
    ck_assert_ptr_nonnull(before);
    give_ids(before);
}

static void teardown(void)
{
    before = consortium_free(before);
    zone_forget_all();
}

static char *exported(const struct consortium *consortium)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    settings_write(consortium, out);
    fclose(out);
    return text;
}

/* "field", "text", ..., NULL */
static const char *value_of(void *context, const char *field)
{
    const char *const *fields = context;

    for (size_t i = 0; fields[i] != NULL; i += 2)
        if (strcmp(fields[i], field) == 0)
            return fields[i + 1];
    return NULL;
}

static struct edit *edit_of(const char *library, const char *const *fields)
{
    struct edit_request request = {
        .before = before,
        .library = library,
        .accounts_domain = "localhost",
        .now = NOW,
        .value = value_of,
        .context = (void *)(uintptr_t)fields,
    };

    return edit_new(&request);
}

/* What was saved could be imported again, whatever the command: no bound is kept by a form alone. */
static void check_importable(const struct consortium *after)
{
    char *text = exported(after), *words = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&words, &size);
    struct consortium *again = settings_read_text(text, "after", "localhost", out);

    fclose(out);
    ck_assert_msg(again != NULL, "%s", words);
    char *second = exported(again);
    ck_assert_str_eq(text, second);
    consortium_free(again);
    free(text);
    free(second);
    free(words);
}

/* Good cases */

static const struct {
    const char *node, *library, *changes;
    const char *fields[FIELDS_MAX * 2];
} good[] = {
    {"library-add", NULL,
     "library wash is new\nqueue mobius-wash is new",
     {"abbreviation", "wash", "title", "Wash", "timezone", "", "account", "admin", "retention_days",
      "365", "transcripts", "1", "queue", "", "hours", "inherited"}},
    {"library-add", NULL,
     "library wash is new\nqueue mobius-wash-law is new",
     {"abbreviation", "wash", "title", "Wash", "timezone", "America/Denver", "account",
      "Carl@Example.org", "retention_days", "3660", "transcripts", "false", "queue", "law", "hours",
      "none"}},
    {"library-add", NULL,
     "library abcdefghijklmnopqrst is new\nqueue mobius-abcdefghijklmnopqrst is new",
     {"abbreviation", "abcdefghijklmnopqrst", "title", "T", "account", "a", "retention_days", "1",
      "transcripts", "0", "queue", "-"}},
    {"library-edit", "mobstate",
     "library mobstate: title is now New title\nlibrary mobstate: timezone is now empty",
     {"title", "New title", "timezone", ""}},
    {"library-edit", "mobstate", "library mobstate: timezone is now America/Chicago",
     {"timezone", "America/Chicago"}},
    {"library-rename", "mobstate",
     "library mobstate is now msu\noperator mobius-mobstate-bob is now mobius-msu-bob\n"
     "operator mobius-mobstate-jane is now mobius-msu-jane\nqueue mobius-mobstate is now mobius-msu\n"
     "queue mobius-mobstate-law is now mobius-msu-law\n"
     "snippet mobstate (home page) is now msu (home page)",
     {"abbreviation", "msu"}},
    {"admin-add", "slu",
     "library slu: admins is now mobius-slu-admin@localhost, mobius-slu-second@localhost",
     {"account", "second"}},
    {"admin-add", "slu", "", {"account", "ADMIN"}},
    {"admin-remove", "mobstate", "library mobstate: admins is now mobius-mobstate-admin@localhost",
     {"account", "kim@else.org"}},
    {"admin-remove", "mobstate", "library mobstate: admins is now kim@else.org",
     {"account", "admin"}},
    {"queue-rollover", "mobstate", "queue mobius-mobstate-law: rollover is now on",
     {"queue", "law", "rollover", "1"}},
    {"queue-rollover", "mobstate", "queue mobius-mobstate: rollover is now off",
     {"queue", "mobius-mobstate", "rollover", "0"}},
    {"library-holiday-coverage", "mobstate", "library mobstate: the backup answers on all holidays",
     {"coverage", "all", "dates", "2026-11-26"}},
    {"library-holiday-coverage", "mobstate", "library mobstate: the backup answers on no holiday",
     {"coverage", "none"}},
    {"library-holiday-coverage", "mobstate", "library mobstate: the backup answers on 1 holidays",
     {"coverage", "dates", "dates", "2026-07-04\n\n2026-07-04\n"}},
    {"backup-edit", NULL, "consortium: backup queue is now mobius-slu", {"queue", "mobius-slu"}},
    {"backup-edit", NULL, "consortium: backup queue is now empty\nconsortium: backup hours are now none",
     {"queue", "-", "hours", "none"}},
    {"holidays-edit", NULL,
     "consortium: holidays calendar changed\nconsortium: holidays dates changed\n"
     "consortium: holidays add changed\nconsortium: holidays remove changed",
     {"calendar", "none", "dates", "both", "add", "2026-12-31 New Year's Eve\n2026-12-24", "remove",
      ""}},
    {"operator-add", "mobstate",
     "operator mobius-mobstate-janedoe is new\n"
     "queue mobius-mobstate-law: operators is now mobius-mobstate-janedoe",
     {"name", "JaneDoe", "title", "Jane D.", "account", "", "queues", "law"}},
    {"operator-add", "mobstate", "operator mobius-mobstate-x is new",
     {"name", "mobius-mobstate-x", "account", "other"}},
    {"operator-add", "mobstate", "operator mobius-mobstate-1234567890123456789012345678901234567890 is new",
     {"name", "1234567890123456789012345678901234567890"}},
    {"operator-edit", "mobstate",
     "operator mobius-mobstate-jane is now mobius-mobstate-janet\n"
     "operator mobius-mobstate-janet: title is now Janet",
     {"operator", "jane", "name", "janet", "title", "Janet"}},
    {"operator-edit", "mobstate", "operator mobius-mobstate-jane: account is now j@far.example",
     {"operator", "mobius-mobstate-jane", "account", "j@far.example"}},
    {"operator-remove", "mobstate",
     "operator mobius-mobstate-jane is removed\n"
     "queue mobius-mobstate: operators is now mobius-slu-sam, mobius-mobstate-bob\n"
     "queue mobius-slu: operators is now mobius-slu-sam, mobius-umkc-eve",
     {"operator", "jane"}},
    {"queue-add", "slu", "queue mobius-slu-law is new",
     {"name", "law", "title", "Law", "retention_days", "30", "transcripts", "1", "operators", "sam"}},
    {"queue-edit", "mobstate",
     "queue mobius-mobstate: strategy is now round-robin\n"
     "queue mobius-mobstate: ring seconds is now 86400, was 40\n"
     "queue mobius-mobstate: show operator name is now on\nqueue mobius-mobstate: welcome changed",
     {"queue", "mobius-mobstate", "strategy", "round-robin", "ring_seconds", "86400",
      "show_operator_name", "true", "welcome", "a\nb"}},
    {"queue-edit", "mobstate", "queue mobius-mobstate-law is now mobius-mobstate-jura",
     {"queue", "law", "name", "jura"}},
    {"queue-edit", "mobstate", "queue mobius-mobstate is now mobius-mobstate-main",
     {"queue", "-", "name", "main"}},
    {"library-remove", "umkc", "library umkc is removed\noperator mobius-umkc-eve is removed\n"
                               "queue mobius-slu: operators is now mobius-slu-sam, mobius-mobstate-jane\n"
                               "queue mobius-umkc is removed\nqueue mobius-umkc-old is removed\nsnippet umkc (x) is removed",
     {NULL}},
    {"queue-remove", "umkc", "queue mobius-umkc-old is removed", {"queue", "old"}},
    {"queue-assign", "mobstate", "queue mobius-mobstate: operators is now mobius-mobstate-bob, mobius-slu-sam",
     {"queue", "mobius-mobstate", "operators", "bob\nmobius-slu-sam"}},
    {"queue-assign", "mobstate", "queue mobius-mobstate: operators is now nobody",
     {"queue", "mobius-mobstate", "operators", ""}},
    {"hours-edit", "mobstate",
     "queue mobius-mobstate: hours are now Mon-Fri 08:00-17:00; Mon, Wed also 17:00-24:00 (answered "
     "by mobius-slu, mobius-mobstate-law)",
     {"queue", "mobius-mobstate", "hours",
      "Mon - Fri 8:00 \xe2\x80\x93 17:00\n\nmon, wed  17:00-24:00  answered by mobius-slu, law\n"}},
    {"hours-edit", "mobstate", "library mobstate: hours are now inherited", {"queue", "-", "hours", ""}},
    {"hours-edit", "mobstate", "library mobstate: hours are now none", {"hours", " None "}},
    {"hours-edit", "slu", "library slu: hours are now every day 09:00-09:00 the next day",
     {"queue", "-", "hours", "all 09:00-09:00"}},
    {"hours-edit", NULL, "consortium: hours are now Mon all day", {"hours", "mon 00:00-00:00"}},
    {"closure-add", "mobstate",
     "library mobstate: on 2026-12-30 Between the years, closed\n"
     "library mobstate: on 2026-12-31 Between the years, closed",
     {"queue", "-", "from", "2026-12-30", "to", "2026-12-31", "name", "Between the years"}},
    {"closure-add", "mobstate", "queue mobius-mobstate-law: on 2026-12-30, 08:00-12:00 13:00-15:00",
     {"queue", "law", "from", "2026-12-30", "hours", "08:00-12:00\n13:00-15:00"}},
    {"closure-add", "mobstate", "", {"from", "2026-12-23", "name", "Winter break"}},
    {"closure-add", NULL, "consortium: on 2026-12-30, closed", {"from", "2026-12-30", "to", ""}},
    {"closure-remove", "mobstate",
     "library mobstate: no longer on 2026-12-22, 08:00-12:00\n"
     "library mobstate: no longer on 2026-12-23 Winter break, closed",
     {"dates", "2026-12-23\n2026-12-22"}},
    {"closure-remove", "mobstate", "library mobstate: no longer on 2026-12-23 Winter break, closed",
     {"queue", "-", "from", "2026-12-23", "to", "2027-02-01"}},
    {"snippet-add", "mobstate", "snippet mobstate (catalogue) is new",
     {"text", "catalogue", "queue", "law"}},
    {"snippet-add", "mobstate", "", {"text", "mobstate (home page)", "queue", "mobius-mobstate"}},
    {"snippet-remove", "mobstate", "snippet mobstate (home page) is removed",
     {"snippet", "home page"}},
    {"canned-edit", "mobstate", "library mobstate: canned changed",
     {"canned", "-", "name", "open", "text", "We are open {hours}."}},
    {"canned-edit", "mobstate", "library mobstate: canned changed",
     {"canned", "bye", "name", "byebye"}},
    {"canned-edit", NULL, "consortium: canned changed", {"canned", "hello", "remove", "1"}},
    {"profile-edit", "mobstate", "queue mobius-mobstate: profile phone is now 1",
     {"queue", "mobius-mobstate", "phone", "1"}},
    {"profile-edit", "mobstate",
     "library mobstate: profile text is now empty\nlibrary mobstate: profile link is now empty\n"
     "library mobstate: profile phone is now empty",
     {"text", "", "link", "none", "phone", ""}},
    {"notice", "mobstate", "library mobstate: notices changed",
     {"notice", "-", "text", "Printer on fire", "until", "17:00"}},
    {"notice", "mobstate", "library mobstate: notices changed",
     {"notice", "Fire drill", "until", "2026-12-31 08:00"}},
    {"notice", NULL, "consortium: notices changed", {"notice", "Catalogue is down", "remove", "1"}},
};

START_TEST(good_cases)
{
    char *old = exported(before);
    struct edit *edit = edit_of(good[_i].library, good[_i].fields);
    bool fine = edit_run(edit, good[_i].node);

    ck_assert_msg(fine, "%s: %s", good[_i].node, edit_complaints(edit));
    ck_assert_str_eq(edit_changes(edit), good[_i].changes);
    check_importable(edit_after(edit));
    char *still = exported(before);
    ck_assert_str_eq(old, still);
    edit_free(edit);
    free(old);
    free(still);
}
END_TEST

/* Refusals */

#define LONG_NAME "a2345678901234567890123456789012345678901" /* 41 */

static const struct {
    const char *node, *library, *complaint;
    const char *fields[FIELDS_MAX * 2];
} bad[] = {
    {"nonsense", "mobstate", "There is nothing here", {NULL}},
    {"library-add", "mobstate", "There is nothing here", {NULL}},
    {"library-edit", NULL, "There is nothing here", {NULL}},
    {"library-edit", "nowhere", "There is nothing here", {NULL}},
    {"hours-edit", "nowhere", "There is nothing here", {"hours", "none"}},
    {"library-add", NULL, "Abbreviation: is missing.", {NULL}},
    {"library-add", NULL, "Abbreviation: 'a-b' is not one", {"abbreviation", "a-b"}},
    {"library-add", NULL, "is not one", {"abbreviation", "abcdefghijklmnopqrstu"}},
    {"library-add", NULL, "there is a library 'slu' already", {"abbreviation", "slu"}},
    {"library-add", NULL,
     "Title: is missing.\nAccount: is missing.\nRetention days: is missing.\n"
     "Transcripts: is missing.",
     {"abbreviation", "wash"}},
    {"library-add", NULL, "Timezone: 'Mars/Phobos' is not a time zone",
     {"abbreviation", "wash", "timezone", "Mars/Phobos"}},
    {"library-add", NULL, "Timezone: '../../etc/passwd' is not",
     {"abbreviation", "wash", "timezone", "../../etc/passwd"}},
    {"library-add", NULL, "Retention days: '3661' is not a number from 1 to 3660.",
     {"abbreviation", "wash", "retention_days", "3661"}},
    {"library-add", NULL, "Retention days: '99999999999999999999' is not",
     {"abbreviation", "wash", "retention_days", "99999999999999999999"}},
    {"library-add", NULL, "Transcripts: 'maybe' is neither",
     {"abbreviation", "wash", "transcripts", "maybe"}},
    {"library-rename", "mobstate", "there is a library 'slu' already", {"abbreviation", "slu"}},
    {"library-remove", "chatstaff", "Queue 'mobius-chatstaff' is the backup", {NULL}},
    {"library-remove", "mobstate",
     "Queue 'mobius-mobstate' answers in the hours of queue 'mobius-slu'", {NULL}},
    {"admin-add", "slu", "Account: is missing.", {"account", " "}},
    {"admin-add", "slu", "is not an account", {"account", "a b@localhost"}},
    {"admin-add", "slu", "cannot be a name", {"account", "a b"}},
    {"admin-remove", "slu", "is the last administrator of slu", {"account", "admin"}},
    {"admin-remove", "slu", "'boss@localhost' is no administrator", {"account", "boss@localhost"}},
    {"queue-rollover", "slu", "Queue: 'mobius-mobstate' is not a name of slu: those begin with "
                              "'mobius-slu-'. Write only what follows",
     {"queue", "mobius-mobstate", "rollover", "1"}},
    {"queue-rollover", "slu", "Queue: 'mobius-nowhere' is not a name of slu",
     {"queue", "mobius-nowhere", "rollover", "1"}},
    {"queue-rollover", "slu", "Queue: slu has no queue 'mobius-slu-law'.",
     {"queue", "law", "rollover", "1"}},
    {"queue-rollover", "slu", "Rollover: is missing.", {"queue", "mobius-slu"}},
    {"library-holiday-coverage", "slu", "Coverage: 'some' is none of 'all', 'none', 'dates'.",
     {"coverage", "some"}},
    {"library-holiday-coverage", "slu", "Dates: name at least one", {"coverage", "dates"}},
    {"library-holiday-coverage", "slu", "Dates: '2026-02-29' is not a date",
     {"coverage", "dates", "dates", "2026-02-29"}},
    {"backup-edit", NULL, "there is no queue 'mobius-x'", {"queue", "mobius-x"}},
    {"backup-edit", NULL, "cannot be answered by others",
     {"hours", "mon 08:00-09:00 answered by mobius-slu"}},
    {"backup-edit", NULL, "nothing to inherit from", {"hours", "inherited"}},
    {"holidays-edit", NULL, "Add: 'tomorrow' is not a date", {"add", "tomorrow Party"}},
    {"holidays-edit", NULL, "Add: 2026-12-24 is there twice.", {"add", "2026-12-24\n2026-12-24 x"}},
    {"holidays-edit", NULL, "Add: has a control character", {"add", "2026-12-24 a\x01z"}},
    {"operator-add", "mobstate", "Name: is missing.", {NULL}},
    {"operator-add", "mobstate", "there is an operator 'mobius-mobstate-jane' already",
     {"name", "jane"}},
    {"operator-add", "mobstate", "'mobius-mobstate-law' is a queue", {"name", "law"}},
    {"operator-add", "mobstate", "Name: 'mobius-slu-eve' is not a name of mobstate",
     {"name", "mobius-slu-eve"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", LONG_NAME}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "-jane"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "jane.doe"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "j\xc3\xa4ne"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "mobius-mobstate"}},
    {"operator-add", "mobstate", "Account: 'bob@else.org' is that of operator 'mobius-mobstate-bob'",
     {"name", "eve", "account", "bob@else.org"}},
    {"operator-add", "slu", "Account: 'bob@else.org' is an operator's elsewhere already.",
     {"name", "eve", "account", "bob@else.org"}},
    {"operator-add", "mobstate", "Account: 'mobius-slu-eve@localhost' is not a name of mobstate",
     {"name", "eve", "account", "mobius-slu-eve@localhost"}},
    {"operator-add", "mobstate", "Queues: mobstate has no queue 'mobius-mobstate-x'",
     {"name", "eve", "queues", "law\nx"}},
    {"operator-add", "mobstate", "Title: has a control character or a line break.",
     {"name", "eve", "title", "a\nb"}},
    {"operator-edit", "mobstate", "mobstate has no operator 'mobius-mobstate-eve'",
     {"operator", "eve", "title", "x"}},
    {"operator-edit", "mobstate", "there is an operator 'mobius-mobstate-bob' already",
     {"operator", "jane", "name", "bob"}},
    {"operator-remove", "mobstate", "'mobius-slu-sam' is not a name of mobstate",
     {"operator", "mobius-slu-sam"}},
    {"queue-add", "slu", "Name: there is a queue 'mobius-slu' already.\nRetention days: is missing.",
     {"name", "-"}},
    {"queue-add", "slu", "'mobius-slu-sam' is an operator",
     {"name", "sam", "retention_days", "1", "transcripts", "1"}},
    {"queue-add", "slu", "Operators: 'mobius-mobstate-jane' is not a name of slu",
     {"name", "law", "retention_days", "1", "transcripts", "1", "operators",
      "mobius-mobstate-jane"}},
    {"queue-edit", "slu", "Ring seconds: '0' is not a number from 1 to 86400.",
     {"queue", "mobius-slu", "ring_seconds", "0"}},
    {"queue-edit", "slu", "Chats per operator: '-1' is not",
     {"queue", "mobius-slu", "chats_per_operator", "-1"}},
    {"queue-edit", "slu", "Strategy: 'none' is none of 'all', 'least-busy', 'round-robin'.",
     {"queue", "mobius-slu", "strategy", "none"}},
    {"queue-edit", "slu", "Welcome: has a control character.",
     {"queue", "mobius-slu", "welcome", "a\x07z"}},
    {"queue-edit", "mobstate", "there is a queue 'mobius-mobstate' already",
     {"queue", "law", "name", "mobius-mobstate"}},
    {"queue-remove", "chatstaff", "Queue 'mobius-chatstaff' is the backup",
     {"queue", "mobius-chatstaff"}},
    {"queue-remove", "mobstate",
     "Queue 'mobius-mobstate' answers in the hours of queue 'mobius-slu': change those first.\n"
     "Snippet 'mobstate (home page)' leads to queue 'mobius-mobstate': remove it first.",
     {"queue", "mobius-mobstate"}},
    {"queue-remove", "mobstate",
     "Queue 'mobius-mobstate-law' answers in the hours of library mobstate", {"queue", "law"}},
    {"queue-assign", "mobstate", "Operators: 'mobius-mobstate-bob' is there twice.",
     {"queue", "mobius-mobstate", "operators", "bob\nmobius-mobstate-bob"}},
    {"queue-assign", "mobstate", "Operators: 'mobius-slu-sam' is not a name of mobstate",
     {"queue", "law", "operators", "mobius-slu-sam"}},
    {"hours-edit", "mobstate", "Hours, line 2: 'mon 8-17' is not like 'mon-fri 08:00-17:00'.",
     {"hours", "tue 08:00-09:00\nmon 8-17"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon 24:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon 08:00-24:01"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "08:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "someday 08:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon"}},
    {"hours-edit", "mobstate", "names a queue twice",
     {"hours", "mon 08:00-12:00 answered by law, mobius-mobstate-law"}},
    {"hours-edit", "mobstate", "names no queue", {"hours", "mon 08:00-12:00 answered by ,"}},
    {"hours-edit", "mobstate", "names what cannot be a queue",
     {"hours", "mon 08:00-12:00 answered by mobius-slu)"}},
    {"hours-edit", "mobstate",
     "Library 'mobstate': queue 'mobius-nowhere' in answered_by does not exist.",
     {"hours", "mon 08:00-12:00 answered by mobius-nowhere"}},
    {"closure-add", "mobstate", "From: is missing.", {NULL}},
    {"closure-add", "mobstate", "To: 2026-12-29 is before 2026-12-30.",
     {"from", "2026-12-30", "to", "2026-12-29"}},
    {"closure-add", "mobstate", "are more than 366 days", {"from", "2026-01-01", "to", "2027-01-02"}},
    {"closure-add", "mobstate", "there is a closure on 2026-12-23 Winter break already",
     {"from", "2026-12-20", "to", "2026-12-23"}},
    {"closure-add", "mobstate", "is not like '08:00-12:00'",
     {"from", "2026-12-30", "hours", "mon 08:00-12:00"}},
    {"closure-remove", "mobstate", "there is no closure on 2026-12-30", {"dates", "2026-12-30"}},
    {"closure-remove", "mobstate", "there is no closure then", {"from", "2026-12-30"}},
    {"snippet-add", "mobstate", "Text: 'slu (home)' is not a snippet of mobstate",
     {"text", "slu (home)", "queue", "law"}},
    {"snippet-add", "mobstate", "has to have 1 to 60 characters",
     {"text", "1234567890123456789012345678901234567890123456789012345678901", "queue", "law"}},
    {"snippet-add", "mobstate", "there is a snippet 'mobstate (home page)' already",
     {"text", "home page", "queue", "law"}},
    {"snippet-add", "mobstate", "'mobius-slu' is not a name of mobstate",
     {"text", "x", "queue", "mobius-slu"}},
    {"snippet-remove", "mobstate", "there is no 'mobstate (x)'", {"snippet", "x"}},
    {"canned-edit", "mobstate", "there is no field '{oops}'",
     {"canned", "-", "name", "x", "text", "a {oops} b"}},
    {"canned-edit", "mobstate", "there is a reply 'bye' already",
     {"canned", "-", "name", "bye", "text", "a"}},
    {"canned-edit", "mobstate", "is not one word", {"canned", "-", "name", "a b", "text", "a"}},
    {"canned-edit", "mobstate", "there is no reply 'hello'", {"canned", "hello", "remove", "1"}},
    {"canned-edit", "mobstate", "Text: is missing.", {"canned", "bye", "text", ""}},
    {"canned-edit", "mobstate", "choose the reply", {"remove", "1"}},
    {"profile-edit", "mobstate", "Link: 'javascript:alert(1)' is not an address",
     {"link", "javascript:alert(1)"}},
    {"profile-edit", "mobstate", "Phone: has a control character or a line break.", {"phone", "1\n2"}},
    {"notice", "mobstate", "Until: is missing.", {"text", "x"}},
    {"notice", "mobstate", "Until: '2026-09-21 09:00' is over already.",
     {"text", "x", "until", "2026-09-21 09:00"}},
    {"notice", "mobstate", "Until: 'soon' is not a time", {"text", "x", "until", "soon"}},
    {"notice", "mobstate", "a notice with that text is given twice",
     {"text", "Fire drill", "until", "2027-01-01 09:30"}},
    {"notice", "mobstate", "is not there any more", {"notice", "Catalogue is down", "remove", "1"}},
};

START_TEST(refusals)
{
    struct edit *edit = edit_of(bad[_i].library, bad[_i].fields);
    bool fine = edit_run(edit, bad[_i].node);

    ck_assert_msg(!fine, "%s: %s went through", bad[_i].node, bad[_i].complaint);
    ck_assert_msg(strstr(edit_complaints(edit), bad[_i].complaint) != NULL, "%s: said %s",
                  bad[_i].complaint, edit_complaints(edit));
    ck_assert_str_eq(edit_changes(edit), "");
    edit_free(edit);
}
END_TEST

/* Every command with its fields: the ones that choose first, so that the others are about them. */
static const struct {
    const char *node, *library;
    const char *chosen[7];
    const char *fields[24];
} forms[] = {
    {"library-edit", "mobstate", {NULL}, {"title", "timezone"}},
    {"library-edit", "slu", {NULL}, {"title", "timezone"}},
    {"library-rename", "mobstate", {NULL}, {"abbreviation"}},
    {"queue-rollover", "mobstate", {"queue", "mobius-mobstate"}, {"rollover"}},
    {"library-holiday-coverage", "mobstate", {NULL}, {"coverage", "dates"}},
    {"library-holiday-coverage", "slu", {NULL}, {"coverage", "dates"}},
    {"backup-edit", NULL, {NULL}, {"queue", "hours"}},
    {"holidays-edit", NULL, {NULL}, {"calendar", "dates", "add", "remove"}},
    {"operator-edit", "mobstate", {"operator", "bob"}, {"name", "title", "account"}},
    {"operator-edit", "mobstate", {"operator", "jane"}, {"name", "title", "account"}},
    {"queue-edit", "mobstate", {"queue", "mobius-mobstate"},
     {"name", "title", "strategy", "ring_seconds", "offer_seconds", "chats_per_operator",
      "idle_grace_seconds", "patron_grace_seconds", "silent_seconds", "holding_seconds",
      "retention_days", "transcripts", "show_operator_name", "welcome", "holding_text",
      "closed_text"}},
    {"queue-edit", "mobstate", {"queue", "law"},
     {"name", "title", "strategy", "retention_days", "transcripts", "welcome"}},
    {"queue-assign", "mobstate", {"queue", "mobius-mobstate"}, {"operators"}},
    {"queue-assign", "slu", {"queue", "mobius-slu"}, {"operators"}},
    {"hours-edit", "mobstate", {"queue", "-"}, {"hours"}},
    {"hours-edit", "mobstate", {"queue", "law"}, {"hours"}},
    {"hours-edit", "mobstate", {"queue", "mobius-mobstate"}, {"hours"}},
    {"hours-edit", "slu", {"queue", "mobius-slu"}, {"hours"}},
    {"hours-edit", NULL, {NULL}, {"hours"}},
    {"canned-edit", "mobstate", {"canned", "bye"}, {"name", "text", "remove"}},
    {"canned-edit", NULL, {"canned", "hello"}, {"name", "text", "remove"}},
    {"profile-edit", "mobstate", {"queue", "-"}, {"text", "link", "phone", "policies"}},
    {"profile-edit", "mobstate", {"queue", "law"}, {"text", "link", "phone", "policies"}},
    {"profile-edit", NULL, {NULL}, {"text", "link", "phone", "policies"}},
    {"notice", "mobstate", {"notice", "Fire drill"}, {"text", "until", "remove"}},
    {"notice", NULL, {"notice", "Catalogue is down"}, {"text", "until", "remove"}},
    {"library-add", NULL,
     {"abbreviation", "wash", "account", "a", "title", "T"},
     {"retention_days", "transcripts", "queue", "hours", "timezone", "title", "abbreviation",
      "account"}},
    {"admin-add", "slu", {NULL}, {"account"}},
    {"admin-remove", "slu", {NULL}, {"account"}},
    {"operator-add", "mobstate", {"name", "eve"}, {"name", "title", "account", "queues"}},
    {"operator-remove", "mobstate", {NULL}, {"operator"}},
    {"queue-add", "mobstate", {"name", "new", "retention_days", "3", "transcripts", "1"},
     {"name", "title", "retention_days", "transcripts", "operators", "welcome"}},
    {"queue-remove", "mobstate", {NULL}, {"queue"}},
    {"closure-add", "mobstate", {"from", "2026-10-10"}, {"queue", "from", "to", "name", "hours"}},
    {"closure-remove", "mobstate", {NULL}, {"queue", "dates", "from", "to"}},
    {"snippet-add", "mobstate", {"queue", "law", "text", "new"}, {"queue", "text"}},
    {"snippet-remove", "mobstate", {NULL}, {"snippet"}},
};

enum { FORMS_PREFILLED = 26 /* those that come back as they are */ };

/* Fields of a form in the making. */
struct answers {
    const char *list[FIELDS_MAX * 6];
    size_t count;
};

static void answer(struct answers *answers, const char *field, const char *text)
{
    ck_assert_uint_lt(answers->count + 2, COUNT(answers->list));
    answers->list[answers->count++] = field;
    answers->list[answers->count++] = text;
}

static void answer_chosen(struct answers *answers, const char *const *chosen)
{
    for (size_t i = 0; chosen[i] != NULL; i += 2)
        answer(answers, chosen[i], chosen[i + 1]);
}

/* A form that is sent back as it was shown changes nothing. */
START_TEST(round_trip)
{
    struct answers answers = {.count = 0};

    answer_chosen(&answers, forms[_i].chosen);
    struct edit *asked = edit_of(forms[_i].library, answers.list);
    for (size_t i = 0; forms[_i].fields[i] != NULL; i++)
        answer(&answers, forms[_i].fields[i],
               edit_present(asked, forms[_i].node, forms[_i].fields[i]));
    struct edit *edit = edit_of(forms[_i].library, answers.list);
    ck_assert_msg(edit_run(edit, forms[_i].node), "%s: %s", forms[_i].node,
                  edit_complaints(edit));
    ck_assert_str_eq(edit_changes(edit), "");
    ck_assert_str_eq(edit_advice(edit), "");
    char *old = exported(before), *new = exported(edit_after(edit));
    ck_assert_str_eq(old, new);
    free(old);
    free(new);
    edit_free(edit);
    edit_free(asked);
}
END_TEST

/* The text of a field may be anything. Whatever comes of it can be imported again, and no other
 * library's things change, nor appear in a complaint that did not name them. */
static void run_hostile(size_t form, const char *field, const char *text)
{
    struct answers answers = {.count = 0};

    answer(&answers, field, text);
    answer_chosen(&answers, forms[form].chosen);
    struct edit *edit = edit_of(forms[form].library, answers.list);
    edit_confirm(edit, forms[form].node);
    if (edit_run(edit, forms[form].node)) {
        ck_assert_str_eq(edit_complaints(edit), "");
        if (edit_changes(edit)[0] != '\0')
            check_importable(edit_after(edit));
    } else {
        ck_assert_str_ne(edit_complaints(edit), "");
        for (const char *at = edit_complaints(edit); *at != '\0'; at++)
            ck_assert_msg((unsigned char)*at >= 0x20 || *at == '\n', "%s: %s", forms[form].node,
                          edit_complaints(edit));
        ck_assert_uint_lt(strlen(edit_complaints(edit)), 8192);
    }
    edit_free(edit);
}

static char *many(const char *piece, size_t bytes)
{
    size_t length = strlen(piece);
    char *text = mem_new(bytes + 1);

    for (size_t i = 0; i + length <= bytes; i += length)
        memcpy(text + i, piece, length);
    return text;
}

START_TEST(hostile_values)
{
    static const char *const texts[] = {
        "", " ", "-", "\n\n\n", "{", "}", "{{", "{library}", "\"", "\\", "'; DROP TABLE x; --",
        "a\x01z", "\x7f", "\xc2\x85", "\xff\xfe", "\xe2\x80\xae", "<x/>&amp;", "%s%n", "@include \"x\"",
        "mobius-slu", "mobius-slu-sam", "slu", "slu (home)", "mobius-", "mobius", "-1", "0", "00", "1e9",
        "2147483648", "mon-fri 08:00-17:00", "08:00-12:00", "mon 00:00-24:00 answered by mobius-slu",
        "mon 08:00-09:00 answered by answered by", "all", "2026-12-24", "0000-00-00", "9999-12-31",
        "2299-12-31", "17:00", "inherited", "none", "a\r\nb", "Etc/UTC", "@", "@localhost", "a@", "a@b@c",
    };
    char *big[] = {many("a", 16384), many("a", 16385), many("{", 16384), many("a\n", 16384),
                   many("mon 08:00-09:00\n", 16384), many("2026-12-24\n", 16384),
                   many("\xc3\xa4", 16384), many(",", 16384), many("mon,", 16384)};

    for (size_t i = 0; forms[_i].fields[i] != NULL; i++) {
        for (size_t k = (i + (size_t)_i) % 3; k < COUNT(texts); k += 3) /* time */
            run_hostile((size_t)_i, forms[_i].fields[i], texts[k]);
        for (size_t k = (i + (size_t)_i) % 3; k < COUNT(big); k += 3)
            run_hostile((size_t)_i, forms[_i].fields[i], big[k]);
    }
    for (size_t k = 0; k < COUNT(big); k++)
        free(big[k]);
}
END_TEST

/* What an edit of one library leaves alone: all that is the others'. */
START_TEST(others_stay)
{
    const char *library = good[_i].library;

    if (library == NULL)
        return;
    struct edit *edit = edit_of(library, good[_i].fields);
    ck_assert(edit_run(edit, good[_i].node));
    for (size_t i = 0; i < before->library_count; i++) {
        const struct library_settings *old = &before->libraries[i];
        int index = consortium_library(edit_after(edit), old->name);
        if (strcmp(old->name, library) != 0)
            ck_assert(things_equal(&settings_library_kind, old,
                                   &edit_after(edit)->libraries[index]));
    }
    for (size_t i = 0; i < before->operator_count; i++) {
        const struct operator_settings *old = &before->operators[i];
        int index = consortium_operator(edit_after(edit), old->name);
        if (strcmp(before->libraries[old->library].name, library) != 0)
            ck_assert(things_equal(&settings_operator_kind, old,
                                   &edit_after(edit)->operators[index]));
    }
    ck_assert_int_eq(edit_after(edit)->id, before->id);
    edit_free(edit);
}
END_TEST

START_TEST(copy_is_the_same_and_apart)
{
    struct consortium *copy = consortium_copy(before);
    char *old = exported(before), *same = exported(copy);

    ck_assert_str_eq(old, same);
    ck_assert_int_eq(copy->queues[0].id, before->queues[0].id);
    ck_assert_ptr_eq(copy->libraries[1].zone, before->libraries[1].zone);
    /* Everything in the copy changes: its strings are its own, so even their bytes may. */
    for (size_t i = 0; i < copy->queue_count; i++)
        for (size_t k = 0; k < copy->queues[i].operator_count; k++)
            ((char *)(uintptr_t)copy->queues[i].operators[k])[0] = 'X';
    for (size_t i = 0; i < copy->library_count; i++) {
        ((char *)(uintptr_t)copy->libraries[i].name)[0] = 'X';
        for (size_t k = 0; k < copy->libraries[i].closures.count; k++)
            copy->libraries[i].closures.list[k].date++;
        for (size_t k = 0; k < copy->libraries[i].hours.count; k++)
            copy->libraries[i].hours.windows[k].open = 1;
    }
    ((char *)(uintptr_t)copy->backup_queue)[0] = 'X';
    copy->holidays.added[0].date++;
    char *still = exported(before);
    ck_assert_str_eq(old, still);
    copy = consortium_free(copy);
    free(old);
    free(same);
    free(still);
}
END_TEST

START_TEST(rename_keeps_ids_and_references)
{
    static const char *const fields[] = {"abbreviation", "msu", NULL};
    struct edit *edit = edit_of("mobstate", fields);

    ck_assert(edit_run(edit, "library-rename"));
    const struct consortium *after = edit_after(edit);
    int library = consortium_library(after, "msu"), queue = consortium_queue(after, "mobius-msu-law");
    ck_assert_int_ne(library, NO_INDEX);
    ck_assert_int_ne(queue, NO_INDEX);
    ck_assert_int_eq(after->queues[queue].library, library);
    ck_assert_int_eq(after->libraries[library].id,
                     before->libraries[consortium_library(before, "mobstate")].id);
    ck_assert_int_eq(after->queues[queue].id,
                     before->queues[consortium_queue(before, "mobius-mobstate-law")].id);
    /* The server has no way to rename an account. */
    int person = consortium_operator(after, "mobius-msu-jane");
    ck_assert_str_eq(after->operators[person].account, "mobius-mobstate-jane@localhost");
    const struct queue_settings *slu = &after->queues[consortium_queue(after, "mobius-slu")];
    ck_assert_str_eq(slu->hours.windows[0].answered_by[1], "mobius-msu");
    ck_assert_str_eq(slu->operators[2], "mobius-msu-jane");
    char *text = exported(after);
    ck_assert_ptr_null(strstr(text, "\"mobius-mobstate\""));
    free(text);
    edit_free(edit);
}
END_TEST

START_TEST(accounts_are_told)
{
    static const char *const fields[] = {"name", "eve", NULL};
    static const char *const other[] = {"operator", "jane", "title", "J", NULL};
    struct edit *edit = edit_of("mobstate", fields);

    ck_assert_ptr_null(edit_account(edit));
    ck_assert(edit_run(edit, "operator-add"));
    ck_assert_str_eq(edit_account(edit), "mobius-mobstate-eve@localhost");
    edit_free(edit);
    edit = edit_of("mobstate", other);
    ck_assert(edit_run(edit, "operator-edit"));
    ck_assert_ptr_null(edit_account(edit));
    edit_free(edit);
}
END_TEST

static const struct {
    const char *node, *library, *words; /* NULL: nothing is asked */
    const char *fields[5];
} questions[] = {
    {"library-remove", "mobstate", "Remove library mobstate with 2 queues, 2 operators and 1 snippets?", {NULL}},
    {"library-rename", "mobstate", "Rename library mobstate to msu?", {"abbreviation", "msu"}},
    {"operator-remove", "mobstate",
     "Remove operator mobius-mobstate-jane (Jane), who answers 2 queues?", {"operator", "jane"}},
    {"operator-remove", "mobstate", NULL, {"operator", "mobius-slu-sam"}},
    {"queue-remove", "mobstate", "Remove queue mobius-mobstate-law?", {"queue", "law"}},
    {"queue-edit", "mobstate", "Keep transcripts of mobius-mobstate for 30 days instead of 365?",
     {"queue", "mobius-mobstate", "retention_days", "30"}},
    {"queue-edit", "mobstate", NULL, {"queue", "mobius-mobstate", "retention_days", "366"}},
    {"hours-edit", "mobstate", NULL, {"hours", "none"}},
};

START_TEST(confirmations)
{
    struct edit *edit = edit_of(questions[_i].library, questions[_i].fields);
    const char *words = edit_confirm(edit, questions[_i].node);

    ck_assert_int_eq(words == NULL, questions[_i].words == NULL);
    if (words != NULL)
        ck_assert_msg(strncmp(words, questions[_i].words, strlen(questions[_i].words)) == 0, "%s",
                      words);
    ck_assert_str_eq(edit_complaints(edit), "");
    edit_free(edit);
}
END_TEST

static const struct {
    const char *node, *library, *field, *values;
    const char *fields[3];
} menus[] = {
    {"queue-edit", "mobstate", "queue", "mobius-mobstate mobius-mobstate-law ", {NULL}},
    {"hours-edit", "slu", "queue", "- mobius-slu ", {NULL}},
    {"hours-edit", NULL, "queue", "", {NULL}},
    {"queue-assign", "mobstate", "operators", "bob jane ", {NULL}},
    {"operator-edit", "slu", "operator", "mobius-slu-sam ", {NULL}},
    {"admin-remove", "mobstate", "account", "mobius-mobstate-admin@localhost kim@else.org ", {NULL}},
    {"closure-remove", "mobstate", "dates", "2026-12-22 2026-12-23 ", {NULL}},
    {"closure-remove", "mobstate", "dates", "2026-12-24 ", {"queue", "law"}},
    {"closure-remove", "slu", "dates", "", {"queue", "mobius-mobstate"}},
    {"snippet-remove", "slu", "snippet", "slu (home) ", {NULL}},
    {"canned-edit", "mobstate", "canned", "- bye ", {NULL}},
    {"notice", NULL, "notice", "- Catalogue is down ", {NULL}},
    {"backup-edit", NULL, "queue",
     "- mobius-chatstaff mobius-mobstate mobius-mobstate-law mobius-slu mobius-umkc mobius-umkc-old ",
     {NULL}},
    {"queue-edit", "mobstate", "strategy", "all least-busy round-robin ", {NULL}},
    {"holidays-edit", NULL, "dates", "observed actual both ", {NULL}},
    {"library-holiday-coverage", "slu", "coverage", "all none dates ", {NULL}},
    {"queue-edit", "nowhere", "queue", "", {NULL}},
};

START_TEST(choices)
{
    struct edit *edit = edit_of(menus[_i].library, menus[_i].fields);
    char text[512] = "";
    size_t count = 0, used = 0;
    const struct edit_choice *list =
        edit_choices(edit, menus[_i].node, menus[_i].field, &count);

    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s ", list[i].value);
    ck_assert_str_eq(text, menus[_i].values);
    edit_free(edit);
}
END_TEST

/* Only what the command brought about, and only of that library. */
START_TEST(advice)
{
    static const char *const overlap[] = {"hours", "mon 08:00-12:00\nmon 11:00-13:00", NULL};
    static const char *const rollover[] = {"queue", "law", "rollover", "1", NULL};
    static const char *const canned[] = {"name", "p", "text", "See {policies}", NULL};
    struct edit *edit = edit_of("mobstate", overlap);

    ck_assert(edit_run(edit, "hours-edit"));
    ck_assert_ptr_nonnull(
        strstr(edit_advice(edit), "Library mobstate: the window mon 11:00-13:00 overlaps another."));
    edit_free(edit);
    edit = edit_of("mobstate", rollover);
    ck_assert(edit_run(edit, "queue-rollover"));
    ck_assert_msg(strstr(edit_advice(edit), "mobius-mobstate-law") != NULL, "%s",
                  edit_advice(edit));
    ck_assert_ptr_null(strstr(edit_advice(edit), "slu"));
    edit_free(edit);
    edit = edit_of("mobstate", canned);
    ck_assert(edit_run(edit, "canned-edit"));
    ck_assert_str_eq(edit_advice(edit), "Canned 'p': queue mobius-mobstate and 1 more have nothing "
                                        "for {policies}.");
    edit_free(edit);
}
END_TEST

static void complain_of_link(void *context, unsigned line, const char *text)
{
    (void)context;
    ck_abort_msg("%u: %s", line, text);
}

/* The bounds that only the form keeps. */
START_TEST(bounds)
{
    char text[64];
    struct consortium *start = before;
    struct edit *edit = NULL;

    for (int i = 0; i < 5; i++) { /* one notice is there, NOTICES_MAX are five */
        const char *fields[] = {"text", text, "until", "2027-01-01 10:00", NULL};
        snprintf(text, sizeof text, "Notice %d", i);
        edit = edit_of("mobstate", fields);
        ck_assert_int_eq(edit_run(edit, "notice"), i < 4);
        if (i == 4)
            ck_assert_str_eq(edit_complaints(edit),
                             "There are 5 notices already: remove one first.");
        struct consortium *next = consortium_copy(edit_after(edit));
        ck_assert(consortium_link(next, NULL, complain_of_link, NULL));
        if (before != start)
            consortium_free(before);
        before = next;
        edit_free(edit);
    }
    consortium_free(before);
    before = start;
    char *windows = many("mon 08:00-09:00\n", 56 * 16), *more = many("mon 08:00-09:00\n", 57 * 16);
    const char *few[] = {"hours", windows, NULL}, *too_many[] = {"hours", more, NULL};
    edit = edit_of("mobstate", few);
    ck_assert(edit_run(edit, "hours-edit"));
    edit_free(edit);
    edit = edit_of("mobstate", too_many);
    ck_assert(!edit_run(edit, "hours-edit"));
    ck_assert_str_eq(edit_complaints(edit), "Hours: 57 windows are more than 56.");
    edit_free(edit);
    free(windows);
    free(more);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit");
    TCase *tests = tcase_create("edit");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, good_cases, 0, COUNT(good));
    tcase_add_loop_test(tests, others_stay, 0, COUNT(good));
    tcase_add_loop_test(tests, refusals, 0, COUNT(bad));
    tcase_add_loop_test(tests, round_trip, 0, FORMS_PREFILLED);
    tcase_add_loop_test(tests, hostile_values, 0, COUNT(forms));
    tcase_add_test(tests, copy_is_the_same_and_apart);
    tcase_add_test(tests, rename_keeps_ids_and_references);
    tcase_add_test(tests, accounts_are_told);
    tcase_add_loop_test(tests, confirmations, 0, COUNT(questions));
    tcase_add_loop_test(tests, choices, 0, COUNT(menus));
    tcase_add_test(tests, advice);
    tcase_add_test(tests, bounds);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
