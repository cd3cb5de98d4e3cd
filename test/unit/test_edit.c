/* What each settings command does, what it says, and what it refuses. */
#include "edit_desk.h"

/* Good cases */

static const struct {
    const char *node, *library, *changes;
    const char *fields[FIELDS_MAX * 2];
} good[] = {
    {"library-add",
     NULL,
     "Library wash is new\nQueue mobius-wash is new",
     {"abbreviation", "wash", "title", "Wash", "timezone", "", "account", "admin", "retention_days",
      "365", "transcripts", "1", "queue", "", "hours", "inherited"}},
    {"library-add",
     NULL,
     "Library wash is new\nQueue mobius-wash-law is new",
     {"abbreviation", "wash", "title", "Wash", "timezone", "America/Denver", "account",
      "Carl@Example.org", "retention_days", "3660", "transcripts", "false", "queue", "law", "hours",
      "none"}},
    {"library-add",
     NULL,
     "Library abcdefghijklmnopqrst is new\nQueue mobius-abcdefghijklmnopqrst is new",
     {"abbreviation", "abcdefghijklmnopqrst", "title", "T", "account", "a", "retention_days", "1",
      "transcripts", "0", "queue", "-"}},
    {"library-edit",
     "mobstate",
     "Library mobstate: title is now New title\nLibrary mobstate: timezone is now empty",
     {"title", "New title", "timezone", ""}},
    {"library-edit",
     "mobstate",
     "Library mobstate: timezone is now America/Chicago",
     {"timezone", "America/Chicago"}},
    {"library-rename",
     "mobstate",
     "Library mobstate is now msu\nOperator mobius-mobstate-bob is now mobius-msu-bob\n"
     "Operator mobius-mobstate-jane is now mobius-msu-jane\nQueue mobius-mobstate is now "
     "mobius-msu\n"
     "Queue mobius-mobstate-law is now mobius-msu-law\n"
     "Snippet mobstate (home page) is now msu (home page)",
     {"abbreviation", "msu"}},
    {"admin-add",
     "slu",
     "Library slu: administrators are now mobius-slu-admin@localhost, mobius-slu-second@localhost",
     {"account", "second"}},
    {"admin-add", "slu", "", {"account", "ADMIN"}},
    {"admin-remove",
     "mobstate",
     "Library mobstate: administrators are now mobius-mobstate-admin@localhost",
     {"account", "kim@else.org"}},
    {"admin-remove",
     "mobstate",
     "Library mobstate: administrators are now kim@else.org",
     {"account", "admin"}},
    {"queue-rollover",
     "mobstate",
     "Queue mobius-mobstate-law: rollover is now on",
     {"queue", "law", "rollover", "1"}},
    {"queue-rollover",
     "mobstate",
     "Queue mobius-mobstate: rollover is now off",
     {"queue", "mobius-mobstate", "rollover", "0"}},
    {"library-holiday-coverage",
     "mobstate",
     "Library mobstate: the backup answers on all holidays",
     {"coverage", "all", "dates", "2026-11-26"}},
    {"library-holiday-coverage",
     "mobstate",
     "Library mobstate: the backup answers on no holiday",
     {"coverage", "none"}},
    {"library-holiday-coverage",
     "mobstate",
     "Library mobstate: the backup answers on 1 holiday",
     {"coverage", "dates", "dates", "2026-07-04\n\n2026-07-04\n"}},
    {"backup-edit", NULL, "Consortium: backup queue is now mobius-slu", {"queue", "mobius-slu"}},
    {"backup-edit",
     NULL,
     "Consortium: backup queue is now empty\nConsortium: backup hours are now none",
     {"queue", "-", "hours", "none"}},
    {"holidays-edit",
     NULL,
     "Consortium: holidays calendar changed\nConsortium: holidays dates changed\n"
     "Consortium: holidays add changed\nConsortium: holidays remove changed",
     {"calendar", "none", "dates", "both", "add", "2026-12-31 New Year's Eve\n2026-12-24", "remove",
      ""}},
    {"operator-add",
     "mobstate",
     "Operator mobius-mobstate-janedoe is new\n"
     "Queue mobius-mobstate-law: operators are now mobius-mobstate-janedoe",
     {"name", "JaneDoe", "title", "Jane D.", "account", "", "queues", "law"}},
    {"operator-add",
     "mobstate",
     "Operator mobius-mobstate-x is new",
     {"name", "mobius-mobstate-x", "account", "other"}},
    {"operator-add",
     "mobstate",
     "Operator mobius-mobstate-1234567890123456789012345678901234567890 is new",
     {"name", "1234567890123456789012345678901234567890"}},
    {"operator-edit",
     "mobstate",
     "Operator mobius-mobstate-jane is now mobius-mobstate-janet\n"
     "Operator mobius-mobstate-janet: title is now Janet",
     {"operator", "jane", "name", "janet", "title", "Janet"}},
    {"operator-edit",
     "mobstate",
     "Operator mobius-mobstate-jane: account is now j@far.example",
     {"operator", "mobius-mobstate-jane", "account", "j@far.example"}},
    {"operator-remove",
     "mobstate",
     "Operator mobius-mobstate-jane is removed\n"
     "Queue mobius-mobstate: operators are now mobius-slu-sam, mobius-mobstate-bob\n"
     "Queue mobius-slu: operators are now mobius-slu-sam, mobius-umkc-eve",
     {"operator", "jane"}},
    {"queue-add",
     "slu",
     "Queue mobius-slu-law is new",
     {"name", "law", "title", "Law", "retention_days", "30", "transcripts", "1", "operators",
      "sam"}},
    {"queue-edit",
     "mobstate",
     "Queue mobius-mobstate: strategy is now round-robin\n"
     "Queue mobius-mobstate: ring seconds is now 86400, was 40\n"
     "Queue mobius-mobstate: show operator name is now on\nQueue mobius-mobstate: welcome changed",
     {"queue", "mobius-mobstate", "strategy", "round-robin", "ring_seconds", "86400",
      "show_operator_name", "true", "welcome", "a\nb"}},
    {"queue-edit",
     "mobstate",
     "Queue mobius-mobstate-law is now mobius-mobstate-jura",
     {"queue", "law", "name", "jura"}},
    {"queue-edit",
     "mobstate",
     "Queue mobius-mobstate is now mobius-mobstate-main",
     {"queue", "-", "name", "main"}},
    {"library-remove",
     "umkc",
     "Library umkc is removed\nOperator mobius-umkc-eve is removed\n"
     "Queue mobius-slu: operators are now mobius-slu-sam, mobius-mobstate-jane\n"
     "Queue mobius-umkc is removed\nQueue mobius-umkc-old is removed\nSnippet umkc (x) is removed",
     {NULL}},
    {"queue-remove", "umkc", "Queue mobius-umkc-old is removed", {"queue", "old"}},
    {"queue-assign",
     "mobstate",
     "Queue mobius-mobstate: operators are now mobius-mobstate-bob, mobius-slu-sam",
     {"queue", "mobius-mobstate", "operators", "bob\nmobius-slu-sam"}},
    {"queue-assign",
     "mobstate",
     "Queue mobius-mobstate: operators are now nobody",
     {"queue", "mobius-mobstate", "operators", ""}},
    {"hours-edit",
     "mobstate",
     "Queue mobius-mobstate: hours are now Mon-Fri 08:00-17:00; Mon, Wed also 17:00-24:00 "
     "(answered "
     "by mobius-slu, mobius-mobstate-law)",
     {"queue", "mobius-mobstate", "hours",
      "Mon - Fri 8:00 \xe2\x80\x93 17:00\n\nmon, wed  17:00-24:00  answered by mobius-slu, law\n"}},
    {"hours-edit",
     "mobstate",
     "Library mobstate: hours are now inherited",
     {"queue", "-", "hours", ""}},
    {"hours-edit", "mobstate", "Library mobstate: hours are now none", {"hours", " None "}},
    {"hours-edit",
     "slu",
     "Library slu: hours are now every day 09:00-09:00 the next day",
     {"queue", "-", "hours", "all 09:00-09:00"}},
    {"hours-edit", NULL, "Consortium: hours are now Mon all day", {"hours", "mon 00:00-00:00"}},
    {"closure-add",
     "mobstate",
     "Library mobstate: on 2026-12-30 Between the years, closed\n"
     "Library mobstate: on 2026-12-31 Between the years, closed",
     {"queue", "-", "from", "2026-12-30", "to", "2026-12-31", "name", "Between the years"}},
    {"closure-add",
     "mobstate",
     "Queue mobius-mobstate-law: on 2026-12-30, 08:00-12:00 13:00-15:00",
     {"queue", "law", "from", "2026-12-30", "hours", "08:00-12:00\n13:00-15:00"}},
    {"closure-add", "mobstate", "", {"from", "2026-12-23", "name", "Winter break"}},
    {"closure-add", NULL, "Consortium: on 2026-12-30, closed", {"from", "2026-12-30", "to", ""}},
    {"closure-remove",
     "mobstate",
     "Library mobstate: no longer on 2026-12-22, 08:00-12:00\n"
     "Library mobstate: no longer on 2026-12-23 Winter break, closed",
     {"dates", "2026-12-23\n2026-12-22"}},
    {"closure-remove",
     "mobstate",
     "Library mobstate: no longer on 2026-12-23 Winter break, closed",
     {"queue", "-", "from", "2026-12-23", "to", "2027-02-01"}},
    {"snippet-add",
     "mobstate",
     "Snippet mobstate (catalogue) is new",
     {"text", "catalogue", "queue", "law"}},
    {"snippet-add", "mobstate", "", {"text", "mobstate (home page)", "queue", "mobius-mobstate"}},
    {"snippet-edit",
     "mobstate",
     "Snippet mobstate (home page): queue is now mobius-mobstate-law\n"
     "Snippet mobstate (home page): accent is now #7a1f2b\n"
     "Snippet mobstate (home page): side is now start\n"
     "Snippet mobstate (home page): closed is now hide\n"
     "Snippet mobstate (home page): consent is now on\n"
     "Snippet mobstate (home page): consent link is now https://example.org/\n"
     "Snippet mobstate (home page): questions is now Your name\n"
     "Snippet mobstate (home page): texts changed",
     {"snippet", "home page", "queue", "law", "accent", " #7a1f2b ", "side", "start", "closed",
      "hide", "consent", "1", "consent_link", "https://example.org/", "questions", "Your name",
      "texts", "en.title: Maps\r\nes.title: Mapas"}},
    {"snippet-edit", "mobstate", "", {"snippet", "home page", "side", "end", "texts", ""}},
    {"snippet-remove",
     "mobstate",
     "Snippet mobstate (home page) is removed",
     {"snippet", "home page"}},
    {"canned-edit",
     "mobstate",
     "Library mobstate: canned changed",
     {"canned", "-", "name", "open", "text", "We are open {hours}."}},
    {"canned-edit",
     "mobstate",
     "Library mobstate: canned changed",
     {"canned", "bye", "name", "byebye"}},
    {"canned-edit", NULL, "Consortium: canned changed", {"canned", "hello", "remove", "1"}},
    {"profile-edit",
     "mobstate",
     "Queue mobius-mobstate: profile phone is now 1",
     {"queue", "mobius-mobstate", "phone", "1"}},
    {"profile-edit",
     "mobstate",
     "Library mobstate: profile text is now empty\nLibrary mobstate: profile link is now empty\n"
     "Library mobstate: profile phone is now empty",
     {"text", "", "link", "none", "phone", ""}},
    {"notice",
     "mobstate",
     "Library mobstate: notices changed",
     {"notice", "-", "text", "Printer on fire", "until", "17:00"}},
    {"notice",
     "mobstate",
     "Library mobstate: notices changed",
     {"notice", "Fire drill", "until", "2026-12-31 08:00"}},
    {"notice", NULL, "Consortium: notices changed", {"notice", "Catalogue is down", "remove", "1"}},
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
    {"library-add",
     NULL,
     "Title: is missing.\nAccount: is missing.\nRetention days: is missing.\n"
     "Transcripts: is missing.",
     {"abbreviation", "wash"}},
    {"library-add",
     NULL,
     "Timezone: 'Mars/Phobos' is not a time zone",
     {"abbreviation", "wash", "timezone", "Mars/Phobos"}},
    {"library-add",
     NULL,
     "Timezone: '../../etc/passwd' is not",
     {"abbreviation", "wash", "timezone", "../../etc/passwd"}},
    {"library-add",
     NULL,
     "Retention days: '3661' is not a number from 1 to 3660.",
     {"abbreviation", "wash", "retention_days", "3661"}},
    {"library-add",
     NULL,
     "Retention days: '99999999999999999999' is not",
     {"abbreviation", "wash", "retention_days", "99999999999999999999"}},
    {"library-add",
     NULL,
     "Transcripts: 'maybe' is neither",
     {"abbreviation", "wash", "transcripts", "maybe"}},
    {"library-rename", "mobstate", "there is a library 'slu' already", {"abbreviation", "slu"}},
    {"library-remove", "chatstaff", "Queue 'mobius-chatstaff' is the backup", {NULL}},
    {"library-remove",
     "mobstate",
     "Queue 'mobius-mobstate' answers in the hours of queue 'mobius-slu'",
     {NULL}},
    {"admin-add", "slu", "Account: is missing.", {"account", " "}},
    {"admin-add", "slu", "is not an account", {"account", "a b@localhost"}},
    {"admin-add", "slu", "cannot be a name", {"account", "a b"}},
    {"admin-remove", "slu", "is the last administrator of slu", {"account", "admin"}},
    {"admin-remove", "slu", "'boss@localhost' is no administrator", {"account", "boss@localhost"}},
    {"queue-rollover",
     "slu",
     "Queue: 'mobius-mobstate' is not a name of slu: those begin with "
     "'mobius-slu-'. Write only what follows",
     {"queue", "mobius-mobstate", "rollover", "1"}},
    {"queue-rollover",
     "slu",
     "Queue: 'mobius-nowhere' is not a name of slu",
     {"queue", "mobius-nowhere", "rollover", "1"}},
    {"queue-rollover",
     "slu",
     "Queue: slu has no queue 'mobius-slu-law'.",
     {"queue", "law", "rollover", "1"}},
    {"queue-rollover", "slu", "Rollover: is missing.", {"queue", "mobius-slu"}},
    {"library-holiday-coverage",
     "slu",
     "Coverage: 'some' is none of 'all', 'none', 'dates'.",
     {"coverage", "some"}},
    {"library-holiday-coverage", "slu", "Dates: name at least one", {"coverage", "dates"}},
    {"library-holiday-coverage",
     "slu",
     "Dates: '2026-02-29' is not a date",
     {"coverage", "dates", "dates", "2026-02-29"}},
    {"backup-edit", NULL, "there is no queue 'mobius-x'", {"queue", "mobius-x"}},
    {"backup-edit",
     NULL,
     "cannot be answered by others",
     {"hours", "mon 08:00-09:00 answered by mobius-slu"}},
    {"backup-edit", NULL, "nothing to inherit from", {"hours", "inherited"}},
    {"holidays-edit", NULL, "Add: 'tomorrow' is not a date", {"add", "tomorrow Party"}},
    {"holidays-edit", NULL, "Add: 2026-12-24 is there twice.", {"add", "2026-12-24\n2026-12-24 x"}},
    {"holidays-edit", NULL, "Add: has a control character", {"add", "2026-12-24 a\x01z"}},
    {"operator-add", "mobstate", "Name: is missing.", {NULL}},
    {"operator-add",
     "mobstate",
     "there is an operator 'mobius-mobstate-jane' already",
     {"name", "jane"}},
    {"operator-add", "mobstate", "'mobius-mobstate-law' is a queue", {"name", "law"}},
    {"operator-add",
     "mobstate",
     "Name: 'mobius-slu-eve' is not a name of mobstate",
     {"name", "mobius-slu-eve"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", LONG_NAME}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "-jane"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "jane.doe"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "j\xc3\xa4ne"}},
    {"operator-add", "mobstate", "cannot be a name", {"name", "mobius-mobstate"}},
    {"operator-add",
     "mobstate",
     "Account: 'bob@else.org' is that of operator 'mobius-mobstate-bob'",
     {"name", "eve", "account", "bob@else.org"}},
    {"operator-add",
     "slu",
     "Account: 'bob@else.org' is an operator's elsewhere already.",
     {"name", "eve", "account", "bob@else.org"}},
    {"operator-add",
     "mobstate",
     "Account: 'mobius-slu-eve@localhost' is not a name of mobstate",
     {"name", "eve", "account", "mobius-slu-eve@localhost"}},
    {"operator-add",
     "mobstate",
     "Queues: mobstate has no queue 'mobius-mobstate-x'",
     {"name", "eve", "queues", "law\nx"}},
    {"operator-add",
     "mobstate",
     "Title: has a control character or a line break.",
     {"name", "eve", "title", "a\nb"}},
    {"operator-edit",
     "mobstate",
     "mobstate has no operator 'mobius-mobstate-eve'",
     {"operator", "eve", "title", "x"}},
    {"operator-edit",
     "mobstate",
     "there is an operator 'mobius-mobstate-bob' already",
     {"operator", "jane", "name", "bob"}},
    {"operator-remove",
     "mobstate",
     "'mobius-slu-sam' is not a name of mobstate",
     {"operator", "mobius-slu-sam"}},
    {"queue-add",
     "slu",
     "Name: there is a queue 'mobius-slu' already.\nRetention days: is missing.",
     {"name", "-"}},
    {"queue-add",
     "slu",
     "'mobius-slu-sam' is an operator",
     {"name", "sam", "retention_days", "1", "transcripts", "1"}},
    {"queue-add",
     "slu",
     "Operators: 'mobius-mobstate-jane' is not a name of slu",
     {"name", "law", "retention_days", "1", "transcripts", "1", "operators",
      "mobius-mobstate-jane"}},
    {"queue-edit",
     "slu",
     "Ring seconds: '0' is not a number from 1 to 86400.",
     {"queue", "mobius-slu", "ring_seconds", "0"}},
    {"queue-edit",
     "slu",
     "Chats per operator: '-1' is not",
     {"queue", "mobius-slu", "chats_per_operator", "-1"}},
    {"queue-edit",
     "slu",
     "Strategy: 'none' is none of 'all', 'least-busy', 'round-robin'.",
     {"queue", "mobius-slu", "strategy", "none"}},
    {"queue-edit",
     "slu",
     "Welcome: has a control character.",
     {"queue", "mobius-slu", "welcome", "a\x07z"}},
    {"queue-edit",
     "mobstate",
     "there is a queue 'mobius-mobstate' already",
     {"queue", "law", "name", "mobius-mobstate"}},
    {"queue-remove",
     "chatstaff",
     "Queue 'mobius-chatstaff' is the backup",
     {"queue", "mobius-chatstaff"}},
    {"queue-remove",
     "mobstate",
     "Queue 'mobius-mobstate' answers in the hours of queue 'mobius-slu': change those first.\n"
     "Snippet 'mobstate (home page)' leads to queue 'mobius-mobstate': remove it first.",
     {"queue", "mobius-mobstate"}},
    {"queue-remove",
     "mobstate",
     "Queue 'mobius-mobstate-law' answers in the hours of library mobstate",
     {"queue", "law"}},
    {"queue-assign",
     "mobstate",
     "Operators: 'mobius-mobstate-bob' is there twice.",
     {"queue", "mobius-mobstate", "operators", "bob\nmobius-mobstate-bob"}},
    {"queue-assign",
     "mobstate",
     "Operators: 'mobius-slu-sam' is not a name of mobstate",
     {"queue", "law", "operators", "mobius-slu-sam"}},
    {"hours-edit",
     "mobstate",
     "Hours, line 2: 'mon 8-17' is not like 'mon-fri 08:00-17:00'.",
     {"hours", "tue 08:00-09:00\nmon 8-17"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon 24:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon 08:00-24:01"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "08:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "someday 08:00-12:00"}},
    {"hours-edit", "mobstate", "is not like", {"hours", "mon"}},
    {"hours-edit",
     "mobstate",
     "names a queue twice",
     {"hours", "mon 08:00-12:00 answered by law, mobius-mobstate-law"}},
    {"hours-edit", "mobstate", "names no queue", {"hours", "mon 08:00-12:00 answered by ,"}},
    {"hours-edit",
     "mobstate",
     "names what cannot be a queue",
     {"hours", "mon 08:00-12:00 answered by mobius-slu)"}},
    {"hours-edit",
     "mobstate",
     "Library 'mobstate': queue 'mobius-nowhere' in answered_by does not exist.",
     {"hours", "mon 08:00-12:00 answered by mobius-nowhere"}},
    {"closure-add", "mobstate", "From: is missing.", {NULL}},
    {"closure-add",
     "mobstate",
     "To: 2026-12-29 is before 2026-12-30.",
     {"from", "2026-12-30", "to", "2026-12-29"}},
    {"closure-add",
     "mobstate",
     "are more than 366 days",
     {"from", "2026-01-01", "to", "2027-01-02"}},
    {"closure-add",
     "mobstate",
     "there is a closure on 2026-12-23 Winter break already",
     {"from", "2026-12-20", "to", "2026-12-23"}},
    {"closure-add",
     "mobstate",
     "is not like '08:00-12:00'",
     {"from", "2026-12-30", "hours", "mon 08:00-12:00"}},
    {"closure-remove", "mobstate", "there is no closure on 2026-12-30", {"dates", "2026-12-30"}},
    {"closure-remove", "mobstate", "there is no closure then", {"from", "2026-12-30"}},
    {"snippet-add",
     "mobstate",
     "Text: 'slu (home)' is not a snippet of mobstate",
     {"text", "slu (home)", "queue", "law"}},
    {"snippet-add",
     "mobstate",
     "has to have 1 to 60 characters",
     {"text", "1234567890123456789012345678901234567890123456789012345678901", "queue", "law"}},
    {"snippet-add",
     "mobstate",
     "there is a snippet 'mobstate (home page)' already",
     {"text", "home page", "queue", "law"}},
    {"snippet-add",
     "mobstate",
     "'mobius-slu' is not a name of mobstate",
     {"text", "x", "queue", "mobius-slu"}},
    {"snippet-remove", "mobstate", "there is no 'mobstate (x)'", {"snippet", "x"}},
    {"snippet-edit", "mobstate", "there is no 'mobstate (x)'", {"snippet", "x"}},
    {"snippet-edit",
     "mobstate",
     "accent: white words on '#eeeeee' cannot be read",
     {"snippet", "home page", "accent", "#eeeeee"}},
    {"snippet-edit", "mobstate", "'left' is none of", {"snippet", "home page", "side", "left"}},
    {"snippet-edit", "mobstate", "Queue: ", {"snippet", "home page", "queue", "mobius-slu"}},
    {"snippet-add",
     "mobstate",
     "their file would be 'mobstate.home-page'",
     {"text", "Home page!", "queue", "law"}},
    {"canned-edit",
     "mobstate",
     "there is no field '{oops}'",
     {"canned", "-", "name", "x", "text", "a {oops} b"}},
    {"canned-edit",
     "mobstate",
     "there is a reply 'bye' already",
     {"canned", "-", "name", "bye", "text", "a"}},
    {"canned-edit", "mobstate", "is not one word", {"canned", "-", "name", "a b", "text", "a"}},
    {"canned-edit", "mobstate", "there is no reply 'hello'", {"canned", "hello", "remove", "1"}},
    {"canned-edit", "mobstate", "Text: is missing.", {"canned", "bye", "text", ""}},
    {"canned-edit", "mobstate", "choose the reply", {"remove", "1"}},
    {"profile-edit",
     "mobstate",
     "Link: 'javascript:alert(1)' is not an address",
     {"link", "javascript:alert(1)"}},
    {"profile-edit",
     "mobstate",
     "Phone: has a control character or a line break.",
     {"phone", "1\n2"}},
    {"notice", "mobstate", "Until: is missing.", {"text", "x"}},
    {"notice",
     "mobstate",
     "Until: '2026-09-21 09:00' is over already.",
     {"text", "x", "until", "2026-09-21 09:00"}},
    {"notice", "mobstate", "Until: 'soon' is not a time", {"text", "x", "until", "soon"}},
    {"notice",
     "mobstate",
     "a notice with that text is given twice",
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
            ck_assert(
                things_equal(&settings_library_kind, old, &edit_after(edit)->libraries[index]));
    }
    for (size_t i = 0; i < before->operator_count; i++) {
        const struct operator_settings *old = &before->operators[i];
        int index = consortium_operator(edit_after(edit), old->name);
        if (strcmp(before->libraries[old->library].name, library) != 0)
            ck_assert(
                things_equal(&settings_operator_kind, old, &edit_after(edit)->operators[index]));
    }
    ck_assert_int_eq(edit_after(edit)->id, before->id);
    edit_free(edit);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit");
    TCase *tests = tcase_create("edit");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 200);
    tcase_add_loop_test(tests, good_cases, 0, COUNT(good));
    tcase_add_loop_test(tests, others_stay, 0, COUNT(good));
    tcase_add_loop_test(tests, refusals, 0, COUNT(bad));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
