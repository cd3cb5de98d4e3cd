/* Each settings command as a person runs it, in a real database with the real roles: what it shows,
 * what it changes, and one thing that it refuses. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/admin_desk.h"

enum { STEPS_MAX = 5 };

/* The fields of a queue that nobody changes here. */
#define QUEUE_REST(ring, days)                                                                     \
    V("ring_seconds", ring) V("offer_seconds", "15") V("chats_per_operator", "5")                  \
        V("idle_grace_seconds", "600") V("patron_grace_seconds", "90") V("silent_seconds", "180")  \
            V("holding_seconds", "30") V("retention_days", days)

/* A command from its beginning: the answers, form by form, and what the last answer has. */
static const struct {
    const char *name, *jid, *node;
    const char *forms[STEPS_MAX]; /* after the first question */
    const char *expected;         /* in the last answer */
    const char *query, *value;    /* afterwards; NULL: none */
} runs[] = {
    {"library-edit", COORDINATOR, "library-edit",
     {X(V("library", "slu")), X(V("title", "St. Louis") V("timezone", "America/New_York"))},
     "title is now St. Louis",
     "SELECT title || timezone FROM deskbell.library WHERE name = 'slu'",
     "St. LouisAmerica/New_York"},
    {"library-edit: no such zone", COORDINATOR, "library-edit",
     {X(V("library", "slu")), X(V("title", "St. Louis") V("timezone", "Mars/Base"))},
     "status=\"executing\"",
     "SELECT title FROM deskbell.library WHERE name = 'slu'", "Saint Louis"},
    {"library-rename", COORDINATOR, "library-rename",
     {X(V("library", "mobstate")), X(V("abbreviation", "msu")), X(V("confirm", "1"))},
     "Queue mobius-mobstate is now mobius-msu",
     "SELECT string_agg(name, ' ' ORDER BY name) FROM deskbell.address",
     "mobius-msu mobius-msu-ann mobius-msu-bob"},
    {"library-rename: to another's", COORDINATOR, "library-rename",
     {X(V("library", "mobstate")), X(V("abbreviation", "slu"))},
     "there is a library 'slu' already",
     "SELECT count(*) FROM deskbell.library WHERE name = 'mobstate'", "1"},
    {"library-remove", COORDINATOR, "library-remove",
     {X(V("library", "slu")), X(V("confirm", "1"))},
     "Library slu is removed", "SELECT string_agg(name, ' ') FROM deskbell.library", "mobstate"},
    {"library-remove: not ticked", COORDINATOR, "library-remove",
     {X(V("library", "slu")), X(V("confirm", "0"))},
     "Tick the box", "SELECT count(*) FROM deskbell.library", "2"},
    {"admin-add", COORDINATOR, "admin-add",
     {X(V("library", "slu")), X(V("account", "new@example.org"))},
     "administrators are now",
     "SELECT count(*) FROM deskbell.library_admin WHERE account = 'new@example.org'", "1"},
    {"admin-add: no account", COORDINATOR, "admin-add",
     {X(V("library", "slu")), X(V("account", "a@b@c"))},
     "is not an account", "SELECT count(*) FROM deskbell.library_admin", "4"},
    {"admin-remove", COORDINATOR, "admin-remove",
     {X(V("library", "slu")), X(V("account", "both@localhost"))},
     "administrators are now sluadmin@localhost",
     "SELECT count(*) FROM deskbell.library_admin", "3"},
    {"admin-remove: nobody's", COORDINATOR, "admin-remove",
     {X(V("library", "slu")), X(V("account", "mobadmin@localhost"))},
     "please choose one of the list", "SELECT count(*) FROM deskbell.library_admin", "4"},
    {"queue-rollover", COORDINATOR, "queue-rollover",
     {X(V("library", "mobstate")), X(V("queue", "mobius-mobstate")), X(V("rollover", "1"))},
     "rollover is now on", "SELECT rollover FROM deskbell.queue", "t"},
    {"library-holiday-coverage", COORDINATOR, "library-holiday-coverage",
     {X(V("library", "mobstate")), X(V("coverage", "all") V("dates", ""))},
     "the backup answers on all holidays",
     NULL, NULL},
    {"library-holiday-coverage: no date", COORDINATOR, "library-holiday-coverage",
     {X(V("library", "mobstate")), X(V("coverage", "dates") V("dates", "tomorrow"))},
     "tomorrow", "SELECT count(*) FROM deskbell.holiday_coverage", "0"},
    {"backup-edit", COORDINATOR, "backup-edit",
     {X(V("queue", "mobius-mobstate") V("hours", "mon-fri 17:00-08:00"))},
     "backup queue is now mobius-mobstate", NULL, NULL},
    {"backup-edit: no hours", COORDINATOR, "backup-edit",
     {X(V("queue", "mobius-mobstate") V("hours", "at night"))}, "at night", NULL, NULL},
    {"holidays-edit", COORDINATOR, "holidays-edit",
     {X(V("calendar", "us-federal") V("dates", "observed") V("add", "2026-12-24 Eve")
            V("remove", ""))},
     "holidays add changed", NULL, NULL},
    {"holidays-edit: no date", COORDINATOR, "holidays-edit",
     {X(V("calendar", "us-federal") V("dates", "observed") V("add", "Eve") V("remove", ""))},
     "Eve", NULL, NULL},
    {"queue-add", MOB, "queue-add",
     {X(V("name", "law") V("title", "Law") V("transcripts", "1") V("retention_days", "90")
            V("operators", "ann"))},
     "Queue mobius-mobstate-law is new",
     "SELECT string_agg(q.name || count, ' ' ORDER BY q.name) FROM deskbell.queue q,"
     " LATERAL (SELECT count(*) FROM deskbell.assignment a WHERE a.queue_id = q.queue_id) c",
     "mobius-mobstate1 mobius-mobstate-law1"},
    {"queue-add: another library's name", MOB, "queue-add",
     {X(V("name", "mobius-slu-law") V("title", "") V("transcripts", "1") V("retention_days", "9"))},
     "is not a name of mobstate", "SELECT count(*) FROM deskbell.queue", "1"},
    {"queue-edit", MOB, "queue-edit",
     {X(V("queue", "mobius-mobstate")),
      X(V("name", "main") V("title", "Main") V("strategy", "least-busy") QUEUE_REST("50", "365"))},
     "Queue mobius-mobstate is now mobius-mobstate-main",
     "SELECT name || ring_seconds FROM deskbell.queue", "mobius-mobstate-main50"},
    {"queue-edit: shorter retention is asked for", MOB, "queue-edit",
     {X(V("queue", "mobius-mobstate")),
      X(V("name", "-") V("strategy", "all") QUEUE_REST("40", "1"))},
     "this cannot be undone", "SELECT retention_days > 1 FROM deskbell.queue", "t"},
    {"queue-edit: no number", MOB, "queue-edit",
     {X(V("queue", "mobius-mobstate")),
      X(V("name", "-") V("strategy", "all") QUEUE_REST("soon", "365"))},
     "Ring seconds: ", "SELECT ring_seconds FROM deskbell.queue", NULL},
    {"queue-remove", MOB, "queue-remove",
     {X(V("queue", "mobius-mobstate")), X(V("confirm", "1"))},
     "Queue mobius-mobstate is removed", "SELECT count(*) FROM deskbell.queue", "0"},
    {"queue-remove: another library's", MOB, "queue-remove",
     {X(V("queue", "mobius-slu"))}, "please choose one of the list", NULL, NULL},
    {"queue-assign", MOB, "queue-assign",
     {X(V("queue", "mobius-mobstate")), X("<field var='operators'/>")},
     "operators are now nobody", "SELECT count(*) FROM deskbell.assignment", "0"},
    {"queue-assign: nobody's", MOB, "queue-assign",
     {X(V("queue", "mobius-mobstate")), X(V("operators", "sue"))},
     "please choose one of the list", "SELECT count(*) FROM deskbell.assignment", "1"},
    {"hours-edit", MOB, "hours-edit",
     {X(V("queue", "mobius-mobstate")), X(V("hours", "mon-fri 09:00-17:00"))},
     "hours are now", "SELECT count(*) > 0 FROM deskbell.hours_window", "t"},
    {"hours-edit: of the consortium", COORDINATOR, "hours-edit",
     {X(V("library", "*")), X(V("hours", "mon-fri 09:00-17:00"))}, "Consortium: hours are now",
     NULL, NULL},
    {"hours-edit: not hours", MOB, "hours-edit",
     {X(V("queue", "-")), X(V("hours", "always"))},
     "always", "SELECT count(*) FROM deskbell.hours_window", "0"},
    {"closure-add", MOB, "closure-add",
     {X(V("queue", "-")), X(V("from", "2026-12-23") V("to", "2026-12-24") V("name", "Break"))},
     "on 2026-12-24 Break, closed", "SELECT count(*) FROM deskbell.closure", "2"},
    {"closure-add: backwards", MOB, "closure-add",
     {X(V("queue", "-")), X(V("from", "2026-12-23") V("to", "2026-12-20"))},
     "status=\"executing\"", "SELECT count(*) FROM deskbell.closure", "0"},
    {"closure-remove: none", MOB, "closure-remove",
     {X(V("queue", "-"))}, "There are no closures there.", NULL, NULL},
    {"snippet-add", MOB, "snippet-add",
     {X(V("text", "home page") V("queue", "mobius-mobstate"))},
     "Snippet mobstate (home page) is new", "SELECT count(*) FROM deskbell.snippet", "1"},
    {"snippet-add: parentheses", MOB, "snippet-add",
     {X(V("text", "home (page)") V("queue", "mobius-mobstate"))},
     "Write only what stands in the parentheses", "SELECT count(*) FROM deskbell.snippet", "0"},
    {"snippet-get: none", MOB, "snippet-get", {NULL}, "has no snippets yet", NULL, NULL},
    {"snippet-remove: none", MOB, "snippet-remove", {NULL}, "has no snippets yet", NULL, NULL},
    {"canned-edit", MOB, "canned-edit",
     {X(V("canned", "-")), X(V("name", "rules") V("text", "They hang at the door."))},
     "canned", "SELECT name FROM deskbell.canned", "rules"},
    {"canned-edit: no such field", MOB, "canned-edit",
     {X(V("canned", "-")), X(V("name", "rules") V("text", "Of {nobody}"))},
     "there is no field", "SELECT count(*) FROM deskbell.canned", "0"},
    {"profile-edit", MOB, "profile-edit",
     {X(V("queue", "-")), X(V("text", "Ask for Ann.") V("link", "https://example.org"))},
     "profile text is now Ask for Ann.", "SELECT count(*) > 0 FROM deskbell.profile", "t"},
    {"profile-edit: no link", MOB, "profile-edit",
     {X(V("queue", "-")), X(V("text", "") V("link", "javascript:x"))},
     "is not an address", NULL, NULL},
    {"notice", MOB, "notice",
     {X(V("notice", "-")), X(V("text", "The lift is broken.") V("until", "2199-12-01 17:00"))},
     "notices changed", NULL, NULL},
    {"notice: over", MOB, "notice",
     {X(V("notice", "-")), X(V("text", "The lift is broken.") V("until", "2020-12-01 17:00"))},
     "is over already", NULL, NULL},
    {"operator-edit", MOB, "operator-edit",
     {X(V("operator", "mobius-mobstate-ann")), X(V("name", "anna") V("title", "Anna"))},
     "Operator mobius-mobstate-ann is now mobius-mobstate-anna",
     "SELECT name || title FROM deskbell.operator WHERE operator_id = 1",
     "mobius-mobstate-annaAnna"},
    {"operator-edit: a queue's name", MOB, "operator-edit",
     {X(V("operator", "mobius-mobstate-ann")), X(V("name", ""))}, "please fill this in", NULL,
     NULL},
    {"operator-remove", MOB, "operator-remove",
     {X(V("operator", "mobius-mobstate-ann") V("remove_account", "0")), X(V("confirm", "1"))},
     "Operator mobius-mobstate-ann is removed", "SELECT name FROM deskbell.operator",
     "mobius-mobstate-bob"},
    {"operator-remove: another's account", MOB, "operator-remove",
     {X(V("operator", "mobius-mobstate-ann") V("remove_account", "1"))},
     "does not manage accounts here", "SELECT count(*) FROM deskbell.operator", "2"},
};

START_TEST(command_runs)
{
    char *attributes = mem_printf("node='%s'", runs[_i].node);
    char *further = mem_printf("node='%s' $", runs[_i].node);

    admin_send(runs[_i].jid, attributes, "");
    for (int i = 0; i < STEPS_MAX && runs[_i].forms[i] != NULL; i++) {
        ck_assert_msg(strstr(out.bytes, "executing") != NULL, "%s, form %d: %s", runs[_i].name, i,
                      out.bytes);
        admin_send(runs[_i].jid, further, runs[_i].forms[i]);
    }
    admin_expect(runs[_i].expected, runs[_i].name);
    if (runs[_i].query != NULL) {
        const char *value = sql(database, runs[_i].query);
        ck_assert_msg(runs[_i].value == NULL || strcmp(value, runs[_i].value) == 0, "%s: %s",
                      runs[_i].name, value);
    }
    free(attributes);
    free(further);
}
END_TEST

/* What a form shows is what is there, and going on without a change changes nothing. */
START_TEST(forms_show_what_is_there)
{
    admin_send(MOB, "node='queue-edit'", "");
    admin_expect("<option label=\"mobius-mobstate", "a choice");
    admin_send(MOB, "node='queue-edit' $", X(V("queue", "mobius-mobstate")));
    admin_expect("var=\"ring_seconds\"", "a form");
    admin_expect("<value>40</value>", "filled in");
    admin_send(MOB, "node='queue-edit' action='prev' $", "");
    admin_expect("<value>mobius-mobstate</value><option", "chosen before");
    admin_send(MOB, "node='queue-edit' $", X(V("queue", "mobius-mobstate")));
    admin_send(MOB, "node='queue-edit' $",
               X(V("name", "-") V("title", "Reference") V("strategy", "all") QUEUE_REST("40", "365")
                     V("transcripts", "1") V("show_operator_name", "0")));
    admin_expect("status=\"completed\"", "done");
}
END_TEST

/* A form that comes again has what was wrong, and what was written into it. */
START_TEST(complaint_keeps_the_form)
{
    admin_send(MOB, "node='hours-edit'", "");
    admin_send(MOB, "node='hours-edit' $", X(V("queue", "-")));
    admin_send(MOB, "node='hours-edit' $", X(V("hours", "mon 8-17")));
    admin_expect("is not like", "the complaint");
    admin_expect("<value>mon 8-17</value>", "what was written");
    admin_send(MOB, "node='hours-edit' $", X(V("hours", "mon 08:00-17:00")));
    admin_expect("status=\"completed\"", "at last");
    ck_assert_str_eq(admin_audit(), "hours-edit mobstate - ;");
}
END_TEST

/* What a client sends back as it was. */
#define KEPT V("queue", "mobius-mobstate") V("side", "end") V("closed", "show")

START_TEST(snippet_is_html)
{
    admin_send(MOB, "node='snippet-add'", "");
    admin_send(MOB, "node='snippet-add' $",
               X(V("text", "home page") V("queue", "mobius-mobstate")));
    admin_send(MOB, "node='snippet-get'", "");
    admin_send(MOB, "node='snippet-get' $",
               X(V("snippet", "mobstate (home page)") V("label", "Ask &lt;us&gt; \"now\"")));
    admin_expect("data-queue=&quot;mobius-mobstate&quot; "
                 "data-snippet=&quot;mobstate.home-page&quot; "
                 "data-label=&quot;Ask &amp;lt;us&amp;gt; &amp;quot;now&amp;quot;&quot;&gt;"
                 "&lt;/script&gt;",
                 "the script");
    admin_expect("&lt;noscript&gt;&lt;a href=&quot;https://YOUR-SERVER/widget.html?queue="
                 "mobius-mobstate&amp;amp;snippet=mobstate.home-page&quot;",
                 "the link");
    admin_send(MOB, "node='snippet-edit'", "");
    admin_send(MOB, "node='snippet-edit' $", X(V("snippet", "mobstate (home page)")));
    admin_expect("<value>show</value>", "a prefilled form");
    admin_send(MOB, "node='snippet-edit' $", X(V("accent", "#eeeeee") KEPT));
    admin_expect("cannot be read (contrast 1.1", "a colour that is refused");
    admin_send(MOB, "node='snippet-edit' $",
               X(V("accent", "#7a1f2b") V("questions", "I am: a student | a guest") KEPT));
    ck_assert_str_eq(sql(database, "SELECT accent || ' ' || questions FROM deskbell.snippet"),
                     "#7a1f2b I am: a student | a guest");
    admin_send(MOB, "node='snippet-remove'", "");
    admin_send(MOB, "node='snippet-remove' $", X(V("snippet", "mobstate (home page)")));
    admin_expect("Snippet mobstate (home page) is removed", "gone");
}
END_TEST

START_TEST(closure_is_removed)
{
    sql(database, "INSERT INTO deskbell.closure (consortium_id, library_id, date, name) VALUES"
                  " (1, 1, '2026-12-23', 'Break'), (1, 1, '2026-12-24', 'Eve')");
    admin_settings_take();
    admin_send(MOB, "node='closure-remove'", "");
    admin_send(MOB, "node='closure-remove' $", X(V("queue", "-")));
    admin_expect("label=\"2026-12-23 Break\"", "to choose");
    admin_send(MOB, "node='closure-remove' $", X(V("dates", "2026-12-23")));
    ck_assert_str_eq(sql(database, "SELECT string_agg(name, ' ') FROM deskbell.closure"), "Eve");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_settings");
    TCase *tests = tcase_create("admin_settings");

    tcase_add_checked_fixture(tests, admin_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, command_runs, 0, sizeof runs / sizeof runs[0]);
    tcase_add_test(tests, forms_show_what_is_there);
    tcase_add_test(tests, complaint_keeps_the_form);
    tcase_add_test(tests, snippet_is_html);
    tcase_add_test(tests, closure_is_removed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
