/* The commands about transcripts as people use them: the list and back, a chat, files, erasing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/reads_desk.h"

#define SEARCH "transcript-search"
#define EXPORT(format, text, way) DAYS V("format", format) V("text", text) V("way", way)

static void absent(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "'%s' in %s", part, text);
}

static void present(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %s", part, text);
}

/* --- search --- */

static const struct {
    const char *fields, *found; /* numbers of mobstate's chats */
} searches[] = {
    {DAYS, "621"},
    {V("from", "") V("to", ""), "621"},
    {V("from", "2025-03-04") V("to", "2025-03-05"), ""},
    {DAYS V("words", "ZEBRA2"), "2"},
    {DAYS V("words", "room -zebra1"), "2"},
    {DAYS V("queue", "mobius-mobstate"), "621"},
    {DAYS V("operator", "mobius-chatstaff-max"), "2"},
    {DAYS V("tag", "maps"), "1"},
    {DAYS V("resolution", "answered"), "621"},
    {DAYS V("resolution", "lost"), ""},
    {DAYS V("left", "1"), "6"},
};

START_TEST(search_finds)
{
    char found[READS_CHATS + 1] = "";

    desk_act(database, 1, "tagged", 1, "maps");
    reads_run(MOB, SEARCH, "", searches[_i].fields, NULL);
    for (const char *at = out.bytes; (at = strstr(at, "<option label")) != NULL; at++) {
        const char *mark = strchr(at, '#');
        ck_assert_ptr_nonnull(mark);
        strncat(found, mark + 1, 1);
    }
    ck_assert_msg(strcmp(found, searches[_i].found) == 0, "%s: %s", searches[_i].fields,
                  out.bytes);
    if (found[0] == '\0')
        admin_expect("No chat was found.", "nothing");
}
END_TEST

START_TEST(search_complains)
{
    reads_run(MOB, SEARCH, "", V("from", "yesterday"), NULL);
    admin_expect("please write a date", "no date");
    admin_send(MOB, "node='" SEARCH "' $", X(V("tag", "Two Words")));
    admin_expect("is no tag", "no tag");
    admin_send(MOB, "node='" SEARCH "' $", X(V("operator", "Ann")));
    admin_expect("is no name of an operator", "no name");
    admin_send(MOB, "node='" SEARCH "' $", X(V("words", "-")));
    admin_expect("there is no word to look for", "no words");
    admin_send(MOB, "node='" SEARCH "' $", X(V("from", "2025-03-05") V("to", "2025-03-01")));
    admin_expect("Please look again: the last day", "the wrong way round");
}
END_TEST

START_TEST(list_text_and_back)
{
    reads_run(MOB, SEARCH, "", DAYS, NULL);
    admin_expect("3 chats, the newest first.", "counted");
    admin_expect("2025-03-03 10:00, c1, mobius-mobstate-ann, 2 lines, answered", "in the list");
    admin_send(MOB, "node='" SEARCH "' $", X(V("found", "mobius-mobstate.c1#1")));
    admin_expect("Chat mobius-mobstate.c1", "its heading");
    admin_expect("where is zebra1", "its text");
    absent(out.bytes, "patron1@guest.localhost");
    admin_send(MOB, "node='" SEARCH "' action='prev' $", "");
    admin_expect("mobius-mobstate.c2#2", "the list again");
    admin_send(MOB, "node='" SEARCH "' $", X(V("found", "mobius-mobstate.c2#2")));
    admin_expect("zebra2", "another");
    admin_send(MOB, "node='" SEARCH "' action='prev' $", "");
    admin_send(MOB, "node='" SEARCH "' action='prev' $", "");
    admin_expect("var=\"words\"", "the first form");
    admin_send(MOB, "node='" SEARCH "' $", X(DAYS V("words", "zebra6")));
    admin_send(MOB, "node='" SEARCH "' $", X(V("found", "mobius-mobstate.c6#6")));
    admin_expect("zebra6", "the third");
    admin_send(MOB, "node='" SEARCH "' $", X(""));
    admin_expect("Done.", "the end");
    ck_assert_str_eq(told, "");
    ck_assert_uint_eq(adhoc_session_count(adhoc), 0);
    ck_assert_str_eq(admin_audit(),
                     SEARCH " mobstate  ;" SEARCH " mobstate mobius-mobstate.c1#1 ;" SEARCH
                            " mobstate  ;" SEARCH " mobstate mobius-mobstate.c2#2 ;" SEARCH
                            " mobstate  ;" SEARCH " mobstate  ;" SEARCH
                            " mobstate mobius-mobstate.c6#6 ;");
}
END_TEST

/* More than a form can show: how many there are, and on to those before. */
START_TEST(list_goes_on)
{
    sql(database, "INSERT INTO deskbell.chat SELECT (jsonb_populate_record(c,"
                  " jsonb_build_object('number', 1000 + g, 'code', 'z' || g,"
                  " 'address', 'mobius-mobstate.z' || g))).*"
                  " FROM deskbell.chat c, generate_series(1, 120) g WHERE c.number = 1");
    reads_run(MOB, SEARCH, "", DAYS, NULL);
    admin_expect("123 chats, the newest first. Here are 100. For those before them go back and "
                 "write z21 into",
                 "the first page");
    admin_send(MOB, "node='" SEARCH "' action='prev' $", "");
    admin_send(MOB, "node='" SEARCH "' $", X(DAYS V("before", "z21")));
    admin_expect("#1020</value>", "the next page");
    admin_expect("mobius-mobstate.c1#1", "and its end");
    absent(out.bytes, "#1021</value>");
    absent(out.bytes, "Here are");
    admin_send(MOB, "node='" SEARCH "' action='prev' $", "");
    admin_send(MOB, "node='" SEARCH "' $", X(DAYS V("before", "none")));
    admin_expect("There is no chat none at mobstate.", "nobody's");
}
END_TEST

/* The library's administrators read of it, those of others do not. */
START_TEST(coordinator_says_why)
{
    reads_run(COORDINATOR, SEARCH, "mobstate", DAYS, "a complaint");
    present(told, "mobadmin@localhost: coord@localhost, a coordinator, has searched the "
                  "transcripts of mobstate. Reason: a complaint\n");
    admin_send(COORDINATOR, "node='" SEARCH "' $", X(V("found", "mobius-mobstate.c2#2")));
    admin_expect("zebra2", "read");
    present(told, "both@localhost: coord@localhost, a coordinator, has read chat "
                  "mobius-mobstate.c2 of mobstate. Reason: a complaint\n");
    absent(told, "sluadmin");
    reads_run(MOB, "audit", "", V("from", "2020-01-01") V("to", "2199-12-31"), NULL);
    admin_expect("a complaint", "in the audit");
    reads_run(SLU, "audit", "", V("from", "2020-01-01") V("to", "2199-12-31"), NULL);
    absent(out.bytes, "a complaint");
}
END_TEST

/* Nothing is shown of what is not audited. */
START_TEST(no_audit_no_text)
{
    sql(database, "ALTER TABLE deskbell.audit ADD CONSTRAINT deferred_no"
                  " EXCLUDE USING btree (command WITH =) DEFERRABLE INITIALLY DEFERRED");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "form"), NULL);
    admin_expect("zebra1", "the first");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "form"), NULL);
    admin_expect("the database refuses it", "the COMMIT fails");
    absent(out.bytes, "zebra1");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "lines"), NULL);
    ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(get_shows_and_sends)
{
    reads_run(MOB, "transcript-get", "", V("chat", "MOBIUS-MOBSTATE.c1@chat.localhost")
              V("how", "form"), NULL);
    admin_expect("zebra1", "by its address");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "lines"), NULL);
    admin_expect("its transcript follows as messages", "as lines");
    absent(out.bytes, "zebra1");
    present(told, "mobadmin@localhost/gajim: Chat mobius-mobstate.c1");
    present(told, "Patron: where is zebra1");
}
END_TEST

/* The line is there, as with transcripts; its text never was. */
START_TEST(no_text_was_kept)
{
    desk_line(database, 1, 0, "");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "form"), NULL);
    admin_expect("Patron: (no text was kept)", "as text");
    reads_run(MOB, "transcript-export", "", EXPORT("json", "1", "lines"), NULL);
    present(told, "\"author\":\"patron\",\"operator\":null,\"replaces\":null,\"text\":null");
}
END_TEST

/* --- export --- */

START_TEST(export_as_file)
{
    reads_run(MOB, "transcript-export", "", EXPORT("csv", "1", "upload"), NULL);
    admin_expect("3 chats of mobstate. The link to the file follows as a message.", "said");
    present(uploaded, "mobadmin@localhost "
                      "mobstate-transcripts-2025-03-03-2025-03-03.csv text/csv\n");
    present(uploaded, "zebra1");
    absent(uploaded, "zebra3");
    ck_assert_str_eq(told, "");
    ck_assert_str_eq(sql(database, "SELECT string_agg(detail, ';' ORDER BY number)"
                                   " FROM deskbell.audit WHERE command = 'transcript-export'"),
                     ";3 chats");
}
END_TEST

START_TEST(export_without_text)
{
    reads_run(MOB, "transcript-export", "", EXPORT("json", "0", "upload"), NULL);
    present(uploaded, "mobstate-chats-2025-03-03-2025-03-03.json application/json\n");
    absent(uploaded, "zebra");
    absent(uploaded, "patron1@");
    reads_run(MOB, "transcript-export", "", EXPORT("text", "0", "upload"), NULL);
    admin_expect("choose CSV or JSON", "no text of no text");
}
END_TEST

/* 1 MB of chat lines, 8 MB of a file: at the bound of the form, not of the database. */
START_TEST(export_too_long)
{
    desk_sql(database,
             "INSERT INTO deskbell.line (library_id, chat, line, at, author, stanza_id, body)"
             " SELECT 1, 1, 10 + n, now(), 'patron', '', repeat('zebra ', 1600)"
             " FROM generate_series(1, 150) n",
             NULL);
    reads_run(MOB, "transcript-export", "", EXPORT("csv", "1", "lines"), NULL);
    admin_expect("too long for chat lines: take fewer days", "lines");
    ck_assert_str_eq(told, "");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "form"), NULL);
    admin_expect("transcript-get sends all of it as chat lines.", "a form");
    desk_sql(database,
             "INSERT INTO deskbell.line (library_id, chat, line, at, author, stanza_id, body)"
             " SELECT 1, 2, 10 + n, now(), 'patron', '', repeat('zebra ', 1600)"
             " FROM generate_series(1, 900) n",
             NULL);
    reads_run(MOB, "transcript-export", "", EXPORT("csv", "1", "upload"), NULL);
    admin_expect("This cannot be done: the export is larger than 8388608 bytes", "a file");
    ck_assert_str_eq(uploaded, "");
}
END_TEST

/* --- erase --- */

static int open_items(void)
{
    struct followup_record record = {.chat = 6, .library = 1, .queue = 1, .code = "c6",
                                     .kind = FOLLOWUP_LEFT, .text = "where is zebra6",
                                     .contact = "zoe@example.org", .at = WALL};
    struct event ask = {.type = EVENT_WORD, .from = "ann@localhost", .resource = "pidgin",
                        .to = "mobius-mobstate", .word = {.tag = 1, .line = "!todo"}};
    struct event restore = {.type = EVENT_RESTORE_FOLLOWUP, .followup = &record};
    static bool restored;
    int found = 0;

    if (!restored)
        admin_step(NULL, &restore);
    restored = true;
    admin_step(NULL, &ask);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].type == EFFECT_ANSWER)
            found += strstr(effects.list[i].answer.text, "zebra6") != NULL;
    return found;
}

START_TEST(erase_text)
{
    ck_assert_int_eq(open_items(), 1);
    reads_run(MOB, "transcript-erase", "", DAYS V("how", "text"), NULL);
    admin_expect("This erases the text of 3 chats with 5 lines and 1 question or note left to do "
                 "of mobstate.",
                 "asked");
    admin_expect("It cannot be undone.", "warned");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.line WHERE erased"), "0");
    ck_assert_int_eq(open_items(), 1);
    admin_send(MOB, "node='transcript-erase' $", X(V("confirm", "0")));
    admin_expect("Tick the box", "not yet");
    admin_send(MOB, "node='transcript-erase' $", X(V("confirm", "1")));
    admin_expect("Erased: the text of 3 chats with 5 lines", "done");
    ck_assert_str_eq(sql(database, "SELECT string_agg(number::text, '' ORDER BY number)"
                                   " FROM deskbell.chat WHERE erased IS NOT NULL"),
                     "126");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.line"
                                   " WHERE library_id = 1 AND body <> ''"),
                     "0");
    ck_assert_int_eq(open_items(), 0);
    ck_assert_str_eq(sql(database, "SELECT detail FROM deskbell.audit WHERE detail <> ''"),
                     "the text of 3 chats with 5 lines and 1 question or note left to do");
    reads_run(MOB, "transcript-get", "", V("chat", "c1") V("how", "form"), NULL);
    admin_expect("(erased)", "still there");
    reads_run(MOB, "transcript-erase", "", DAYS V("how", "text"), NULL);
    admin_expect("No chat was found that has anything to erase.", "nothing left");
}
END_TEST

START_TEST(erase_one_whole)
{
    reads_run(MOB, "transcript-erase", "", DAYS V("chat", "c3") V("how", "whole"), NULL);
    admin_expect("There is no such chat at mobstate.", "another library's");
    reads_run(COORDINATOR, "transcript-erase", "mobstate", DAYS V("chat", "c1") V("how", "whole"),
              "a court says so");
    admin_expect("This erases 1 chat with 2 lines of mobstate.", "asked");
    ck_assert_str_eq(told, "");
    admin_send(COORDINATOR, "node='transcript-erase' $", X(V("confirm", "1")));
    admin_expect("Erased: 1 chat with 2 lines", "done");
    present(told, "mobadmin@localhost: coord@localhost, a coordinator, has erased 1 chat with 2 "
                  "lines of mobstate. Reason: a court says so");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.chat"), "5");
    ck_assert_str_eq(sql(database, "SELECT string_agg(DISTINCT object, '') FROM deskbell.audit"),
                     "c1");
}
END_TEST

/* A chat that goes on is the desk's. */
START_TEST(erase_leaves_what_goes_on)
{
    sql(database, "UPDATE deskbell.chat SET state = 'claimed', closed = NULL, ended_by = NULL,"
                  " resolution = NULL WHERE number = 1");
    reads_run(MOB, "transcript-erase", "", DAYS V("chat", "c1") V("how", "text"), NULL);
    admin_expect("goes on, or is over only since a minute ago. Nothing is erased.", "one");
    reads_run(MOB, "transcript-erase", "", DAYS V("how", "text"), NULL);
    admin_expect("Left alone: 1 that goes on", "among others");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_transcripts");
    TCase *tests = tcase_create("admin_transcripts");

    tcase_add_checked_fixture(tests, reads_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, search_finds, 0, sizeof searches / sizeof searches[0]);
    tcase_add_test(tests, search_complains);
    tcase_add_test(tests, list_text_and_back);
    tcase_add_test(tests, list_goes_on);
    tcase_add_test(tests, coordinator_says_why);
    tcase_add_test(tests, no_audit_no_text);
    tcase_add_test(tests, get_shows_and_sends);
    tcase_add_test(tests, no_text_was_kept);
    tcase_add_test(tests, export_as_file);
    tcase_add_test(tests, export_without_text);
    tcase_add_test(tests, export_too_long);
    tcase_add_test(tests, erase_text);
    tcase_add_test(tests, erase_one_whole);
    tcase_add_test(tests, erase_leaves_what_goes_on);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
