/* The engine of administrators' commands: forms, jobs, previews and what comes of them. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/stream.h"
#include "component/table.h"
#include "policy/mem.h"
#include "test/support/admin_desk.h"

/* --- commands of the test's own --- */

static const char *prefill_text(const struct command_call *call)
{
    return arena_printf(call->asker.arena, "of %s", call->settings->name);
}

static void letters(const struct command_call *call, struct choices *ret)
{
    choices_add(ret, call->asker.arena, (struct choice){.value = "a", .label = "A"});
    choices_add(ret, call->asker.arena, (struct choice){.value = "b", .label = "B"});
}

static const char *short_wrong(const struct command_call *call, const char *value)
{
    (void)call;
    return strlen(value) > 5 ? "at most five letters." : NULL;
}

static bool show_values(struct admin *admin)
{
    for (size_t i = 0; i < admin->value_count; i++)
        admin_show(admin, admin->values[i].name, admin->values[i].name, admin->values[i].text);
    admin_say(admin, "%s at %s by %s", admin->node,
              admin->library == NO_INDEX ? "all" : admin_library(admin)->name, admin->account);
    return true;
}

static const struct command_field all_types[] = {
    FIELD_LIBRARY,
    {.name = "fixed", .type = FIELD_FIXED, .label = "", .step = 1, .initial = "Read\nthis"},
    {.name = "hidden", .type = FIELD_HIDDEN, .label = "", .step = 1, .initial = "kept"},
    {.name = "switch", .type = FIELD_BOOLEAN, .label = "Switch", .step = 1, .initial = "1"},
    {.name = "jid", .type = FIELD_JID_SINGLE, .label = "JID", .step = 1},
    {.name = "jids", .type = FIELD_JID_MULTI, .label = "JIDs", .step = 1, .initial = "a@b\nc@d"},
    {.name = "one", .type = FIELD_LIST_SINGLE, .label = "One", .step = 1, .options = letters},
    {.name = "many", .type = FIELD_LIST_MULTI, .label = "Many", .step = 1, .required = true,
     .options = letters},
    {.name = "text", .type = FIELD_TEXT_SINGLE, .label = "Text", .step = 1,
     .prefill = prefill_text, .wrong = short_wrong},
    {.name = "lines", .type = FIELD_TEXT_MULTI, .label = "Lines", .step = 1},
    {.name = "secret", .type = FIELD_TEXT_PRIVATE, .label = "Secret", .step = 1},
    {.name = NULL},
};

static bool letters_fetch(struct admin *admin)
{
    const char *library = admin_library(admin)->name;

    if (strcmp(admin_value(admin, "start"), "refuse") == 0)
        return admin_refuse(admin, "No letters today.");
    admin_choice(admin, "letter", library, library);
    admin_choice(admin, "none of this step", "x", "x");
    admin_present(admin, "note", arena_printf(admin->arena, "now of %s, step %d", library,
                                              admin->step));
    return true;
}

static const struct command_field fetched_fields[] = {
    FIELD_LIBRARY,
    FIELD_REASON(1),
    {.name = "start", .type = FIELD_TEXT_SINGLE, .label = "Start", .step = 1},
    {.name = "letter", .type = FIELD_LIST_SINGLE, .label = "Letter", .step = 2, .required = true,
     .fetched = true},
    {.name = "note", .type = FIELD_TEXT_SINGLE, .label = "Note", .step = 2, .fetched = true},
    {.name = NULL},
};

static const char *confirm_words(const struct command_call *call)
{
    return strcmp(command_value(call, "start"), "harmless") == 0 ? NULL : "Really?";
}

static const struct command_field confirm_fields[] = {
    FIELD_LIBRARY,
    {.name = "start", .type = FIELD_TEXT_SINGLE, .label = "Start", .step = 1},
    {.name = NULL},
};

/* What a preview writes is gone. */
static bool preview_work(struct admin *admin)
{
    struct statement statement;
    const char *start = admin_value(admin, "start");

    if (strcmp(start, "nothing") == 0)
        return true;
    if (strcmp(start, "refuse") == 0)
        return admin_refuse(admin, "Not this one.");
    statement_begin(&statement, "UPDATE deskbell.library SET title = $2 WHERE library_id = $1");
    statement_number(&statement, admin_library(admin)->id);
    statement_text(&statement, start);
    if (!statement_run(admin->database, &statement, NULL, &admin->error))
        return false;
    admin_say(admin, "title: %s\nand more", start);
    return true;
}

static bool break_work(struct admin *admin)
{
    const char *start = admin_value(admin, "start");

    admin_tell(admin, "somebody@localhost", "never sent");
    if (strcmp(start, "sql") == 0) /* the error is not looked at */
        PQclear(PQexec(admin->database, "SELECT 1 / 0"));
    else if (strcmp(start, "away") == 0)
        PQclear(PQexec(admin->database,
                       "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())"));
    else
        return error_set(&admin->error, "broken on purpose");
    return true;
}

static bool long_work(struct admin *admin)
{
    struct table *table = table_new(admin->arena, "long", "Long");
    char *text = arena_alloc(admin->arena, 60001);

    memset(text, '"', 60000); /* six bytes each in XML */
    table_add_column(table, "a", "A", TABLE_TEXT);
    for (int i = 0; i < 400; i++)
        table_set(table, table_add_row(table), 0, "cell");
    if (strcmp(admin_value(admin, "start"), "table") == 0) {
        for (int i = 0; i < 300; i++)
            table_set(table, (size_t)i, 0, arena_strndup(admin->arena, text, 200));
        text[100] = '\0';
    } else if (strcmp(admin_value(admin, "start"), "rows") == 0) {
        text[100] = '\0';
    }
    admin_say(admin, "Look.");
    admin_show(admin, "text", "Text", text);
    admin->result.table = table;
    return true;
}

#define ROW(node_, fields_, ...)                                                                   \
    {                                                                                              \
        .node = (node_), .title = "A title", .places = PLACE_SERVICE, .right = RIGHT_TEXTS,        \
        .fields = (fields_), __VA_ARGS__                                                           \
    }

static const struct command test_commands[] = {
    ROW("all-types", all_types, .work = show_values),
    ROW("fetched", fetched_fields, .reason = REASON_AT_LIBRARY, .fetch = letters_fetch,
        .work = show_values),
    ROW("fetched-audited", fetched_fields, .reason = REASON_AT_LIBRARY, .fetch = letters_fetch,
        .fetch_is_audited = true, .work = show_values),
    ROW("confirmed", confirm_fields, .confirm = confirm_words, .object = "start",
        .work = show_values),
    ROW("previewed", confirm_fields, .preview = preview_work, .work = preview_work),
    ROW("breaks", confirm_fields, .work = break_work),
    ROW("long", confirm_fields, .work = long_work),
    ROW("either", confirm_fields, .scope = SCOPE_EITHER, .work = show_values),
    {.node = "whole", .title = "Whole", .places = PLACE_SERVICE, .right = RIGHT_POLICY,
     .scope = SCOPE_CONSORTIUM, .work = show_values},
    {.node = NULL},
};

static void set_up_more(void)
{
    admin_set_up();
    adhoc->more = test_commands;
}

/* --- stories --- */

struct story_step {
    const char *jid, *attributes, *inner, *part;
};

static const struct {
    const char *name;
    struct story_step steps[8];
    const char *told;  /* part of what was told to others; NULL: nothing was */
    const char *audit; /* rows "command library object reason;" in all; NULL: not looked at */
} stories[] = {
    {"all types, prefilled",
     {{MOB, "node='all-types'", "", "<field type=\"fixed\"><value>Read\nthis</value>"},
      {MOB, "node='all-types' $ action='prev'", "", "<bad-action "},
      {MOB, "node='all-types' $", X(V("many", "a") V("text", "toolong")),
       "Text: at most five letters."},
      {MOB, "node='all-types' $", X(V("many", "a") V("jid", "nobody")),
       "JID: an address like name@example.org is wanted."},
      {MOB, "node='all-types' $", X(V("many", "c")), "Many: please choose one of the list."},
      {MOB, "node='all-types' $", X(""), "Many: please choose one of the list."},
      {MOB, "node='all-types' $",
       X("<field var='many'><value>a</value><value>b</value></field>" V("switch", "false")
             V("hidden", "mine") V("fixed", "mine") V("jid", " x@y.z ") V("lines", "l")),
       "all-types at mobstate by mobadmin@localhost"}},
     NULL,
     "all-types mobstate  ;"},
    {"their values",
     {{MOB, "node='all-types'", "",
       "label=\"JIDs\"><value>a@b</value><value>c@d</value></field>"},
      {MOB, "node='all-types' $",
       X("<field var='many'><value>a</value><value>b</value></field>" V("hidden", "mine")),
       "label=\"hidden\"><value>kept</value></field><field type=\"text-single\" var=\"switch\" "
       "label=\"switch\"><value>1</value>"}},
     NULL,
     NULL},
    {"a library is chosen",
     {{BOTH, "node='either'", "",
       "<option label=\"mobstate\"><value>mobstate</value></option><option label=\"slu (Saint "
       "Louis)\"><value>slu</value></option>"},
      {BOTH, "node='either' $", X(V("library", "nope")), "Library: please choose one of the list"},
      {BOTH, "node='either' $", X(V("library", "*")), "Library: please choose one of the list"},
      {BOTH, "node='either' $", X(V("library", "slu")), "<prev/>"},
      {BOTH, "node='either' $ action='prev'", "", "<value>slu</value><option "},
      {BOTH, "node='either' $", X(V("library", "mobstate")), "executing"},
      {BOTH, "node='either' $", X(V("start", "")), "either at mobstate by both@localhost"}},
     NULL,
     "either mobstate  ;"},
    {"or the whole consortium",
     {{COORDINATOR, "node='either'", "", "The whole consortium"},
      {COORDINATOR, "node='either' $", X(V("library", "*")), "executing"},
      {COORDINATOR, "node='either' $", X(""), "either at all by coord@localhost"},
      {COORDINATOR, "node='whole'", "", "whole at all"}},
     NULL,
     "either   ;whole   ;"},
    {"another library's name in a form that asks for none",
     {{MOB, "node='either'", "", "Start"},
      {MOB, "node='either' $", X(V("library", "slu") V("start", "")), "either at mobstate by"}},
     NULL,
     "either mobstate  ;"},
    {"a coordinator has to say why",
     {{COORDINATOR, "node='fetched'", "", "Library"},
      {COORDINATOR, "node='fetched' $", X(V("library", "slu")), "Your reason (the library"},
      {COORDINATOR, "node='fetched' $", X(""), "please fill this in"},
      {COORDINATOR, "node='fetched' $", X(V("reason", "a complaint")), "var=\"letter\""},
      {COORDINATOR, "node='fetched' $", X(V("letter", "slu")), "fetched at slu"}},
     NULL,
     "fetched slu  a complaint;"},
    {"an administrator has not",
     {{SLU, "node='fetched'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(""),
       "<value>now of slu, step 2</value></field></x>"},
      {SLU, "node='fetched' $ action='prev'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(V("start", "s")), "<option label=\"slu\"><value>slu</value>"},
      {SLU, "node='fetched' $", X(V("letter", "mobstate")), "please choose one of the list"},
      {SLU, "node='fetched' $", X(V("letter", "slu") V("note", "n")), "fetched at slu"}},
     NULL,
     "fetched slu  ;"},
    {"what is fetched and shown may be a read",
     {{SLU, "node='fetched-audited'", "", "label=\"Start\""},
      {SLU, "node='fetched-audited' $", X(""), "now of slu, step 2"},
      {SLU, "node='fetched-audited' $ action='cancel'", "", "canceled"}},
     NULL,
     "fetched-audited slu  ;"},
    {"a fetch that refuses",
     {{SLU, "node='fetched'", "", "label=\"Start\""},
      {SLU, "node='fetched' $", X(V("start", "refuse")),
       "status=\"completed\"><note type=\"warn\">No letters today.</note>"}},
     NULL,
     ""},
    {"confirmed",
     {{MOB, "node='confirmed'", "", "<actions execute=\"next\"><next/></actions>"},
      {MOB, "node='confirmed' $", X(V("start", "it")),
       "<actions execute=\"complete\"><prev/><complete/></actions>"},
      {MOB, "node='confirmed' $", X(V("confirm", "0")), "Tick the box to do this, or cancel."},
      {MOB, "node='confirmed' $", X(V("start", "other")), "Tick the box"},
      {MOB, "node='confirmed' $ action='prev'", "", "<value>it</value>"},
      {MOB, "node='confirmed' $", X(V("start", "that")), "<instructions>Really?</instructions>"},
      {MOB, "node='confirmed' $", X(V("confirm", "1")), "<value>that</value>"}},
     NULL,
     "confirmed mobstate that ;"},
    {"what is harmless is not",
     {{MOB, "node='confirmed'", "", "Start"},
      {MOB, "node='confirmed' $", X(V("start", "harmless")), "completed"}},
     NULL,
     "confirmed mobstate harmless ;"},
    {"previewed",
     {{MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "New")),
       "<value>title: New\nand more</value>"},
      {MOB, "node='previewed' $ action='prev'", "", "<value>New</value>"},
      {MOB, "node='previewed' $", X(V("start", "Newer")), "<value>title: Newer\n"},
      {MOB, "node='previewed' $", X(V("confirm", "true")), "completed"}},
     NULL,
     "previewed mobstate  ;"},
    {"a preview that has nothing to say, and one that refuses",
     {{MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "nothing")), "completed"},
      {MOB, "node='previewed'", "", "Start"},
      {MOB, "node='previewed' $", X(V("start", "refuse")), "<note type=\"warn\">Not this one."}},
     NULL,
     "previewed mobstate  ;"},
    {"work that fails",
     {{MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(""),
       "<note type=\"error\">This could not be done: the database refuses it."},
      {MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(V("start", "sql")), "the database refuses it"},
      {MOB, "node='breaks'", "", "Start"},
      {MOB, "node='breaks' $", X(V("start", "away")),
       "<note type=\"error\">The database cannot be reached just now. Nothing was changed. Please "
       "try again.</note>"}},
     NULL,
     ""},
    {"a long answer",
     {{MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(""), "The answer is too long for one message."},
      {MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(V("start", "table")), "label=\"Text\""},
      {MOB, "node='long'", "", "Start"},
      {MOB, "node='long' $", X(V("start", "rows")),
       "<reported><field type=\"text-single\" var=\"a\" label=\"A\"></field></reported><item>"}},
     NULL,
     NULL},
    {"queues now",
     {{MOB, "node='queue-status'", "", "1 queue, 0 patrons waiting."},
      {ANN, "node='queue-status'", "", "<field var=\"queue\"><value>mobius-mobstate</value>"},
      {SLU, "node='queue-status'", "", "0 queues, 0 patrons waiting."}},
     NULL,
     ""},
    {"holidays",
     {{ANN, "node='holidays'", "", "<value>2026</value>"},
      {ANN, "node='holidays' $", X(V("year", "26")), "Year: please write a year from 1970 to 2199"},
      {ANN, "node='holidays' $", X(V("year", "2026")),
       "<value>2026-11-26</value></field><field var=\"weekday\"><value>thu</value></field>"
       "<field var=\"name\"><value>Thanksgiving Day</value></field><field "
       "var=\"covered\"><value>no</value>"}},
     NULL,
     ""},
    {"hours",
     {{COORDINATOR, "node='policy-show'", "", "<value>2026-11-24</value>"},
      {COORDINATOR, "node='policy-show' $", X(V("queue", "mobius-mobstate") V("date", "2026-1")),
       "please write a date like 2026-11-26"},
      {COORDINATOR, "node='policy-show' $",
       X(V("queue", "mobius-mobstate") V("date", "2026-11-24")), "<value>The week:\n"}},
     NULL,
     ""},
    {"why open or closed",
     {{COORDINATOR, "node='explain'", "", "<value>mobius-mobstate"},
      {COORDINATOR, "node='explain' $", X(V("queue", "mobius-mobstate")), "is closed ("},
      {MOB, "node='explain'", "", "mobius-mobstate"},
      {MOB, "node='explain' $", X(V("queue", "mobius-slu")), "please choose one of the list"},
      {MOB, "node='explain' $", X(V("queue", "mobius-mobstate")), "(Times: "}},
     NULL,
     ""},
    {"duty as one form",
     {{ANN, "node='duty'", "", "Leave it as it is"},
      {ANN, "node='duty' $", X(V("duty", "off") V("queue", "all") V("max", "2")),
       "You are off duty"},
      {ANN, "node='duty'", "", "executing"},
      {ANN, "node='duty' $", X(V("duty", "on") V("queue", "all") V("max", "1") V("until", "17:00")),
       "At most 1 chat at once, by your own limit; you have 0 now.\nYou go off duty"}},
     NULL,
     NULL},
    {"help in tiers",
     {{ANN, "node='help-request'", "", "This goes to your library's administrators."},
      {ANN, "node='help-request' $", X(V("kind", "problem") V("text", "It is stuck")),
       "Sent to your library's administrators: both@localhost, mobadmin@localhost."},
      {MOB, "node='help-request'", "", "This goes to the consortium's coordinators."},
      {MOB, "node='help-request' $", X(V("kind", "rename") V("text", "New name")),
       "Sent to the consortium's coordinators: coord@localhost."},
      {COORDINATOR, "node='help-request'", "", "executing"},
      {COORDINATOR, "node='help-request' $", X(V("library", "*")), "coordinators."},
      {COORDINATOR, "node='help-request' $", X(V("kind", "other") V("text", "Hm")),
       "<note type=\"warn\">There is nobody else"}},
     "mobadmin@localhost: Help is asked for (problem, number 1) by ann@localhost "
     "(mobius-mobstate-ann, "
     "mobstate):\nIt is stuck\n",
     NULL},
    {"an operator is taken off duty",
     {{MOB, "node='operator-signoff'", "", "mobius-mobstate-ann"},
      {MOB, "node='operator-signoff' $", X(V("operator", "mobius-mobstate-ann")),
       "Off duty for all queues: mobius-mobstate-ann."},
      {MOB, "node='operator-signoff'", "", "mobius-mobstate-ann"},
      {MOB, "node='operator-signoff' $", X(V("operator", "mobius-mobstate-ann")),
       "mobius-mobstate-ann is off duty already."},
      {SLU, "node='operator-signoff'", "", "That library has no operators."}},
     NULL,
     "operator-signoff mobstate mobius-mobstate-ann ;operator-signoff mobstate "
     "mobius-mobstate-ann ;"},
    {"a right is given and taken",
     {{MOB, "node='grant'", "", "<option label=\"erase\"><value>erase</value></option>"},
      {MOB, "node='grant' $", X(V("account", "ann@localhost") V("right", "policy")),
       "Right: please choose one of the list"},
      {MOB, "node='grant' $", X(V("account", "ann@localhost") V("right", "audit")),
       "ann@localhost now holds the right 'audit' for mobstate."}},
     NULL,
     "grant mobstate ann@localhost ;grant mobstate ann@localhost ;"},
    {"the audit",
     {{MOB, "node='block-list'", "", "Nobody is blocked at mobstate."},
      {MOB, "node='audit'", "", "<value>2026-10-25</value>"},
      {MOB, "node='audit' $", X(V("from", "yesterday") V("to", "2026-11-24")),
       "From: please write a date"},
      {MOB, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")),
       "<value>block-list</value>"},
      {SLU, "node='audit'", "", "executing"},
      {SLU, "node='audit' $", X(V("from", "2020-01-01") V("to", "2199-12-31")), "1 line from"}},
     NULL,
     "block-list mobstate  ;audit mobstate  ;audit slu  ;"},
    {"open items",
     {{MOB, "node='followups'", "", "Nothing is left to do."},
      {COORDINATOR, "node='followups'", "", "The whole consortium"},
      {COORDINATOR, "node='followups' $", X(V("library", "*")), "Your reason"},
      {COORDINATOR, "node='followups' $", X(V("reason", "the year's report")),
       "Nothing is left to do."}},
     NULL,
     "followups mobstate  ;followups mobstate  the year's report;followups slu  the year's "
     "report;followups   the year's report;"},
};

START_TEST(story)
{
    const struct story_step *steps = stories[_i].steps;
    char name[200];

    for (int i = 0; i < 8 && steps[i].jid != NULL; i++) {
        snprintf(name, sizeof name, "%s, %d", stories[_i].name, i + 1);
        admin_send(steps[i].jid, steps[i].attributes, steps[i].inner);
        admin_expect(steps[i].part, name);
        ck_assert_uint_le(out.length, STANZA_OUT_BYTES_MAX);
    }
    ck_assert_uint_le(adhoc_session_count(adhoc), 0);
    if (stories[_i].told == NULL)
        ck_assert_str_eq(told, "");
    else
        ck_assert_msg(strstr(told, stories[_i].told) != NULL, "%s", told);
    if (stories[_i].audit != NULL)
        ck_assert_str_eq(admin_audit(), stories[_i].audit);
}
END_TEST

START_TEST(preview_is_rolled_back)
{
    admin_send(MOB, "node='previewed'", "");
    admin_send(MOB, "node='previewed' $", X(V("start", "New")));
    admin_expect("title: New", "shown");
    ck_assert_str_eq(sql(database, "SELECT title FROM deskbell.library WHERE library_id = 1"), "");
    admin_send(MOB, "node='previewed' $", X(V("confirm", "1")));
    ck_assert_str_eq(sql(database, "SELECT title FROM deskbell.library WHERE library_id = 1"),
                     "New");
}
END_TEST

START_TEST(right_is_lost_between_two_steps)
{
    admin_send(MOB, "node='confirmed'", "");
    admin_send(MOB, "node='confirmed' $", X(V("start", "it")));
    admin_expect("Really?", "asked");
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    admin_settings_take();
    admin_send(MOB, "node='confirmed' $", X(V("confirm", "1")));
    admin_expect(MISSING, "no administrator any more");
    ck_assert_str_eq(admin_audit(), "");
}
END_TEST

/* The only library is not another one, when rights are exchanged meanwhile. */
START_TEST(library_is_not_exchanged)
{
    admin_send(MOB, "node='confirmed'", "");
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost';"
                  "INSERT INTO deskbell.library_admin (library_id, account, position)"
                  " VALUES (2, 'mobadmin@localhost', 2)");
    admin_settings_take();
    admin_send(MOB, "node='confirmed' $", X(V("start", "it")));
    admin_expect(MISSING, "the form was mobstate's");
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin");
    TCase *tests = tcase_create("admin");

    tcase_add_checked_fixture(tests, set_up_more, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, story, 0, sizeof stories / sizeof stories[0]);
    tcase_add_test(tests, preview_is_rolled_back);
    tcase_add_test(tests, right_is_lost_between_two_steps);
    tcase_add_test(tests, library_is_not_exchanged);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
