/* What goes: by somebody's word, and because its time is over. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/transcript_desk.h"

static PGconn *database;
static struct error error;
static struct transcript_erased erased;

static const struct transcript_query all = {.scope = {.consortium = 1, .library = 1}};

static void setup(void)
{
    database = transcript_desk_new();
}

static void teardown(void)
{
    PQfinish(database);
}

/* A chat with two lines of its own words, an act, and a question that was left. */
static void full_chat(int library, int number, const char *opened)
{
    desk_chat(database, library, number, opened);
    desk_claim(database, number, library == 1 ? 1 : 3, 5);
    desk_act(database, number, "tagged", 1, "maps");
    desk_line(database, number, 0, "a secret word");
    desk_line(database, number, 1, "another secret");
    desk_sql(database,
             "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind,"
             " state, body, contact, at, handed) SELECT 1, library_id, number, queue_id, 'left',"
             " 'open', 'a secret question', 'secret@example.org', opened, false FROM deskbell.chat"
             " WHERE number = (SELECT max(number) FROM deskbell.chat)",
             NULL);
}

/* How many rows of how many tables have that text anywhere. */
static int64_t traces(const char *of)
{
    static const char *const tables[] = {"chat", "line", "offer", "act",
                                         "followup", "chat_words", "purge"};
    int64_t count = 0;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char statement[200];
        snprintf(statement, sizeof statement,
                 "SELECT count(*) FROM deskbell.%s t WHERE t::text LIKE '%%%s%%'", tables[i], of);
        count += sql_number(database, statement);
    }
    return count;
}

static void alive(int number)
{
    desk_sql(database,
             "UPDATE deskbell.chat SET state = 'claimed', closed = NULL, ended_by = NULL,"
             " resolution = NULL WHERE number = $1::integer",
             number == 2 ? "2" : "3", NULL);
}

START_TEST(text_goes_and_the_rest_stays)
{
    struct transcript_query query = all;
    struct transcript_list list;
    const struct transcript_page page = {.limit = 10};
    char *text;

    full_chat(1, 1, "2026-03-03 16:15:00+00");
    query.words = "secret";
    ck_assert_msg(transcript_erase(database, &query, ERASE_TEXT, &erased, &error), "%s",
                  error.text);
    ck_assert_int_eq(erased.chats, 1);
    ck_assert_int_eq(erased.lines, 2);
    ck_assert_int_eq(erased.followups, 1);
    ck_assert_int_eq(erased.alive, 0);
    ck_assert(!erased.more);
    ck_assert_int_eq(traces("secret"), 0);
    ck_assert_int_eq(traces("patron1@guest"), 0);
    ck_assert_int_eq(traces("browser"), 0);
    ck_assert_int_eq(traces("id-of-stanza"), 0);
    ck_assert_str_eq(sql(database, "SELECT string_agg(author || ' ' || coalesce(operator_name, '-')"
                                   " || extract(minute FROM at), ', ' ORDER BY line)"
                                   " FROM deskbell.line"),
                     "patron -15, operator mobius-mobstate-ann15");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.act"), 2);
    ck_assert_str_eq(sql(database, "SELECT state FROM deskbell.followup"), "done");
    ck_assert(transcript_search(database, &all, &page, &list, &error));
    ck_assert_uint_eq(list.count, 1);
    ck_assert(list.hits[0].erased);
    ck_assert_str_eq(list.hits[0].tags, "maps");
    ck_assert_int_eq(list.hits[0].lines, 2);
    transcript_list_release(&list);
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_uint_eq(list.count, 0);
    transcript_list_release(&list);
    ck_assert(transcript_get(database, &all.scope, 1, &text, &error));
    ck_assert_ptr_nonnull(strstr(text, "10:15:20 Patron: (erased)\n"));
    ck_assert_ptr_nonnull(strstr(text, "The text was erased: "));
    free(text);
    /* Once more: there is nothing left to do. */
    ck_assert(transcript_erase(database, &all, ERASE_TEXT, &erased, &error));
    ck_assert_int_eq(erased.chats, 0);
}
END_TEST

START_TEST(the_whole_leaves_nothing)
{
    struct transcript_query query = all;

    full_chat(1, 1, "2026-03-03 16:15:00+00");
    desk_chat(database, 1, 2, "2026-03-03 16:15:00+00");
    query.words = "secret";
    ck_assert(transcript_erase(database, &query, ERASE_WHOLE, &erased, &error));
    ck_assert_int_eq(erased.chats, 1);
    ck_assert_int_eq(erased.lines, 2);
    ck_assert_int_eq(erased.followups, 1);
    ck_assert_int_eq(traces("secret"), 0);
    ck_assert_int_eq(sql_number(database, "SELECT sum(number) FROM deskbell.chat"), 2);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line"), 0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.act"), 0);
    ck_assert_int_eq(sql_number(database, "SELECT last_erased FROM deskbell.numbering"), 1);
}
END_TEST

/* Nothing but what is found: not the twin's, not what goes on, not what has just ended. */
START_TEST(others_are_left_alone)
{
    for (int how = ERASE_TEXT; how <= ERASE_WHOLE; how++) {
        sql(database, "SAVEPOINT before");
        full_chat(1, 1, "2026-03-03 16:15:00+00");
        full_chat(1, 2, "2026-03-03 16:15:00+00");
        alive(2);
        full_chat(1, 3, "2026-03-03 16:15:00+00");
        desk_sql(database,
                 "UPDATE deskbell.chat SET closed = now() - interval '59 s' WHERE number = 3",
                 NULL);
        full_chat(2, 4, "2026-03-03 16:15:00+00");
        full_chat(1, 5, "2026-03-03 16:15:00+00");
        desk_sql(database,
                 "UPDATE deskbell.chat SET closed = now() - interval '61 s' WHERE number = 5",
                 NULL);
        int64_t before = traces("secret");
        ck_assert(transcript_erase(database, &all, (enum transcript_erase)how, &erased, &error));
        ck_assert_int_eq(erased.chats, 2);
        ck_assert_int_eq(erased.alive, 2);
        ck_assert_int_eq(traces("secret"), before * 3 / 5);
        ck_assert_int_eq(traces("patron4@guest"), 1);
        struct transcript_query foreign = all;
        foreign.chat = 4;
        ck_assert(transcript_erase(database, &foreign, (enum transcript_erase)how, &erased,
                                   &error));
        ck_assert_int_eq(erased.chats + erased.alive + erased.lines, 0);
        sql(database, "ROLLBACK TO before");
    }
}
END_TEST

static const struct {
    const char *name, *statement;
    bool allowed;
} changes[] = {
    {"erasing", "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true", true},
    {"another text", "UPDATE deskbell.line SET body = 'x', stanza_id = ''", false},
    {"no text without the mark", "UPDATE deskbell.line SET body = '', stanza_id = ''", false},
    {"a text with the mark", "UPDATE deskbell.line SET erased = true, stanza_id = ''", false},
    {"the mark and another author",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true, author = 'desk'", false},
    {"the mark and another time",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true, at = now()", false},
    {"the mark and another operator",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true, operator_name = 'x'",
     false},
    {"the mark and another library",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true, library_id = 2", false},
    {"another library alone", "UPDATE deskbell.line SET library_id = 2", true},
    {"another library and text", "UPDATE deskbell.line SET library_id = 2, body = 'x'", false},
    {"nothing", "UPDATE deskbell.line SET body = body", false},
    {"a text back",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true;"
     "UPDATE deskbell.line SET body = 'x', stanza_id = '', erased = false",
     false},
    {"a text under the mark",
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true;"
     "UPDATE deskbell.line SET body = 'x'",
     false},
    {"erasing what goes on",
     "UPDATE deskbell.chat SET state = 'waiting';"
     "UPDATE deskbell.line SET body = '', stanza_id = '', erased = true",
     false},
    {"an act", "UPDATE deskbell.act SET detail = 'x'", false},
    {"a mark on a chat that goes on", "UPDATE deskbell.chat SET state = 'waiting', erased = now()",
     false},
};

/* Erasing is the one hole in what keeps lines final, and nothing else fits through. */
START_TEST(lines_stay_final)
{
    full_chat(1, 1, "2026-03-03 16:15:00+00");
    PGresult *result = PQexec(database, changes[_i].statement);
    ck_assert_msg((PQresultStatus(result) == PGRES_COMMAND_OK) == changes[_i].allowed, "%s: %s",
                  changes[_i].name, PQresultErrorMessage(result));
    PQclear(result);
}
END_TEST

/* --- the purge --- */

static const msec_t now = 1780000000000; /* 2026-05-28 20:26:40 UTC */

static void ended(int number, const char *closed)
{
    char text[12];

    snprintf(text, sizeof text, "%d", number);
    desk_sql(database, "UPDATE deskbell.chat SET closed = $1::timestamptz WHERE number = $2",
             closed, text, NULL);
}

/* One piece of each library. */
static struct transcript_purged purge(void)
{
    struct transcript_purged all_libraries = {0}, purged;

    for (int library = 1; library <= 3; library++) {
        ck_assert_msg(transcript_purge(database, 1, library, now, &purged, &error), "%s",
                      error.text);
        ck_assert_int_le(purged.chats, TRANSCRIPT_PURGE_CHATS);
        all_libraries.chats += purged.chats;
        all_libraries.lines += purged.lines;
        all_libraries.followups += purged.followups;
        all_libraries.others += purged.others;
        all_libraries.more = all_libraries.more || purged.more;
    }
    return all_libraries;
}

static const char *kept(void)
{
    return sql(database, "SELECT string_agg(number::text, ' ' ORDER BY number) FROM deskbell.chat"
                         " WHERE erased IS NULL");
}

/* Days of 24 hours after the end, by the home queue; 365, 90 and 30 in this consortium. */
START_TEST(each_queue_has_its_time)
{
    full_chat(1, 1, "2025-05-28 20:00:00+00");
    ended(1, "2025-05-28 20:26:39+00"); /* a second over */
    full_chat(1, 2, "2025-05-28 20:00:00+00");
    ended(2, "2025-05-28 20:26:40+00"); /* to the second */
    full_chat(2, 3, "2026-02-27 20:00:00+00");
    ended(3, "2026-02-27 20:26:39+00");
    full_chat(2, 4, "2026-02-27 20:00:00+00");
    ended(4, "2026-02-27 20:26:40+00");
    full_chat(3, 5, "2026-04-28 20:00:00+00");
    ended(5, "2026-04-28 20:26:39+00");
    full_chat(2, 6, "2020-01-01 00:00:00+00");
    desk_sql(database,
             "UPDATE deskbell.chat SET state = 'waiting', closed = NULL, ended_by = NULL"
             " WHERE number = 6",
             NULL);
    struct transcript_purged purged = purge();
    ck_assert_int_eq(purged.chats, 3);
    ck_assert_int_eq(purged.lines, 6);
    ck_assert_int_eq(purged.followups, 3);
    ck_assert(!purged.more);
    ck_assert_str_eq(kept(), "2 4 6");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line WHERE erased"), 6);
    ck_assert_int_eq(traces("patron1@guest"), 0);
    ck_assert_str_eq(
        sql(database, "SELECT string_agg(concat_ws(' ', library_id, what, queue_id, queue_name,"
                      " day, ended_before AT TIME ZONE 'UTC', chats, lines, followups, blocks),"
                      " ', '  ORDER BY library_id) FROM deskbell.purge"),
        "1 transcripts 1 mobius-mobstate 2026-05-28 2025-05-28 20:26:40 1 2 1 0, "
        "2 transcripts 2 mobius-slu 2026-05-28 2026-02-27 20:26:40 1 2 1 0, "
        "3 transcripts 3 mobius-chatstaff 2026-05-28 2026-04-28 20:26:40 1 2 1 0");
    purged = purge();
    ck_assert_int_eq(purged.chats, 0);
    ck_assert_int_eq(traces("secret"), 4 + 4 + 3); /* lines, item, and words but of who goes on */
}
END_TEST

/* Whose queue was removed: the longest of the library, then of the consortium, then ten years. */
START_TEST(a_removed_queue_has_the_longest_time)
{
    static const struct {
        const char *statement, *age;
        bool goes;
    } cases[] = {
        {"UPDATE deskbell.chat SET queue_id = 99", "365 days 1 s", true},
        {"UPDATE deskbell.chat SET queue_id = 99", "364 days 23:59:59", false},
        {"DELETE FROM deskbell.queue WHERE queue_id = 1", "90 days 1 s", true},
        {"DELETE FROM deskbell.queue WHERE queue_id = 1", "89 days 23:59:59", false},
        {"DELETE FROM deskbell.queue", "3660 days 1 s", true},
        {"DELETE FROM deskbell.queue", "3659 days 23:59:59", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sql(database, "SAVEPOINT before");
        full_chat(1, 1, "2010-01-01 00:00:00+00");
        desk_sql(database,
                 "UPDATE deskbell.chat SET closed = to_timestamp(1780000000) - $1::interval",
                 cases[i].age, NULL);
        sql(database, cases[i].statement);
        ck_assert_msg((purge().chats == 1) == cases[i].goes, "%s after %s", cases[i].statement,
                      cases[i].age);
        sql(database, "ROLLBACK TO before");
    }
}
END_TEST

START_TEST(the_purge_goes_in_pieces)
{
    int pieces = 0, chats = 0;
    struct transcript_purged purged;

    desk_sql(database,
             "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
             " queue_id, patron, patron_resource, state, opened, closed, last_line)"
             " SELECT 1, 1 + n % 2, n, 'c' || n, 'q.c' || n, 1 + n % 2, 'p@x', '', 'closed',"
             " '2020-01-01', '2020-01-01', 0 FROM generate_series(1, 1200) n",
             NULL);
    do {
        purged = purge();
        chats += purged.chats;
        pieces++;
    } while (purged.more);
    ck_assert_int_eq(pieces, 2);
    ck_assert_int_eq(chats, 1200);
    ck_assert_str_eq(sql(database, "SELECT string_agg(chats::text, ' ') FROM deskbell.purge"),
                     "600 600");
}
END_TEST

/* A year after they were over, or lifted. And what is kept can be searched afterwards. */
START_TEST(blocks_go_too)
{
    desk_sql(database,
             "INSERT INTO deskbell.block (consortium_id, library_id, patron, until, chat, at,"
             "  lifted) VALUES (1, 1, 'a@x', '2025-05-28 20:26:39+00', 1, '2025-01-01', NULL),"
             " (1, 1, 'b@x', '2025-05-28 20:26:40+00', 1, '2025-01-01', NULL),"
             " (1, 1, 'c@x', '2027-01-01', 1, '2025-01-01', '2025-05-28 20:26:39+00'),"
             " (1, 2, 'd@x', '2025-05-28 20:26:39+00', 1, '2025-01-01', NULL)",
             NULL);
    full_chat(1, 1, "2026-05-01 00:00:00+00");
    ck_assert_int_eq(purge().others, 3);
    ck_assert_str_eq(sql(database, "SELECT string_agg(patron, ' ') FROM deskbell.block"), "b@x");
    ck_assert_str_eq(sql(database, "SELECT string_agg(concat_ws(' ', library_id, what, queue_id,"
                                   " blocks), ', ' ORDER BY library_id) FROM deskbell.purge"),
                     "1 blocks 0 2, 2 blocks 0 1");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.chat_words"), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transcript_erase");
    TCase *tcase = tcase_create("transcript_erase");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, text_goes_and_the_rest_stays);
    tcase_add_test(tcase, the_whole_leaves_nothing);
    tcase_add_test(tcase, others_are_left_alone);
    tcase_add_loop_test(tcase, lines_stay_final, 0, sizeof changes / sizeof changes[0]);
    tcase_add_test(tcase, each_queue_has_its_time);
    tcase_add_test(tcase, a_removed_queue_has_the_longest_time);
    tcase_add_test(tcase, the_purge_goes_in_pieces);
    tcase_add_test(tcase, blocks_go_too);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
