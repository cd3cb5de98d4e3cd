/* Transcripts: what is found, and how one is read. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/transcript_desk.h"

static PGconn *database;
static struct error error;

static void setup(void)
{
    database = transcript_desk_new();
}

static void teardown(void)
{
    PQfinish(database);
}

static struct transcript_query all_of(int64_t library)
{
    return (struct transcript_query){.scope = {.consortium = 1, .library = library}};
}

/* The numbers of the chats that a query finds, newest first: "7 3". */
static const char *found(const struct transcript_query *query)
{
    static char text[4096];
    const struct transcript_page page = {.limit = TRANSCRIPT_PAGE_MAX};
    struct transcript_list list;
    int count;
    size_t used = 0;

    ck_assert_msg(transcript_search(database, query, &page, &list, &error), "%s", error.text);
    text[0] = '\0';
    for (size_t i = 0; i < list.count && used < sizeof text - 24; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", i > 0 ? " " : "",
                                 (long long)list.hits[i].number);
    ck_assert(transcript_count(database, query, &count, &error));
    ck_assert_int_eq(count, (int)list.count);
    transcript_list_release(&list);
    return text;
}

static void written_down(void)
{
    desk_chat(database, 1, 1, "2026-03-01 05:59:59+00"); /* still February in Chicago */
    desk_line(database, 1, 0, "Where is the map room?");
    desk_chat(database, 1, 2, "2026-03-01 06:00:00+00");
    desk_line(database, 2, 0, "¿Dónde está el catálogo? Quiero un año más.");
    desk_claim(database, 2, 1, 12);
    desk_line(database, 2, 1, "The map is on the second floor, not in a room.");
    desk_chat(database, 2, 3, "2026-03-02 16:00:00+00"); /* the twin's */
    desk_line(database, 3, 0, "Where is the map room? ¿Dónde está el catálogo?");
    desk_claim(database, 3, 3, 5);
    desk_act(database, 3, "tagged", 3, "maps");
    desk_chat(database, 1, 4, "2026-03-02 05:59:59+00"); /* the last second of the first */
    desk_act(database, 4, "tagged", 1, "maps");
    desk_act(database, 4, "tagged", 1, "hours");
    desk_line(database, 4, 0, "It's O'Neill's e-mail: oneill@example.org");
    desk_chat(database, 1, 5, "2026-03-02 06:00:00+00");
    desk_claim(database, 5, 4, 30);
    desk_sql(database, "UPDATE deskbell.chat SET resolution = 'followup' WHERE number = 5", NULL);
    desk_chat(database, 1, 6, "2026-03-05 06:00:00+00");
    desk_sql(database,
             "UPDATE deskbell.chat SET ended_by = 'left', resolution = NULL WHERE number = 6",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind,"
             " state, body, contact, at, handed) VALUES (1, 1, 6, 1, 'left', 'open',"
             " 'Do you have microfilm?', 'ann@example.org', now(), false)",
             NULL);
    /* One that goes on. */
    desk_chat(database, 1, 7, "2026-03-06 06:00:00+00");
    desk_line(database, 7, 0, "The printer eats my parchment");
    desk_sql(database,
             "UPDATE deskbell.chat SET state = 'waiting', closed = NULL, ended_by = NULL,"
             " resolution = NULL WHERE number = 7",
             NULL);
}

static const struct {
    const char *name;
    struct transcript_query query;
    const char *numbers;
} searches[] = {
    {"all of the library", {.chat = 0}, "7 6 5 4 2 1"},
    {"the first moment of a day in the library's zone", {.from = "2026-03-01"}, "7 6 5 4 2"},
    {"the last moment of a day", {.to = "2026-03-01"}, "4 2 1"},
    {"one day", {.from = "2026-03-01", .to = "2026-03-01"}, "4 2"},
    {"a day without chats", {.from = "2026-03-04", .to = "2026-03-04"}, ""},
    {"by moments, for programs", {.since = 1772344800000, .until = 1772431200000}, "4 2"},
    {"a moment after the first", {.since = 1772344800001, .until = 1772431200001}, "5 4"},
    {"its queue", {.queue = "mobius-mobstate"}, "7 6 5 4 2 1"},
    {"another library's queue", {.queue = "mobius-slu"}, ""},
    {"no such queue", {.queue = "mobius-mobstate-law"}, ""},
    {"who answered", {.answered = "mobius-mobstate-ann"}, "2"},
    {"who answered for the library, of another", {.answered = "mobius-chatstaff-max"}, "5"},
    {"who answered only elsewhere", {.answered = "mobius-slu-jane"}, ""},
    {"a tag", {.tag = "maps"}, "4"},
    {"a tag that nobody gave", {.tag = "map"}, ""},
    {"a resolution", {.resolution = "followup"}, "5"},
    {"a left question", {.left = true}, "6"},
    {"a word", {.words = "map"}, "2 1"},
    {"words in any order, in different lines", {.words = "floor catálogo"}, "2"},
    {"words that no chat has both", {.words = "microfilm catálogo"}, ""},
    {"a phrase", {.words = "\"map room\""}, "1"},
    {"a phrase in another order", {.words = "\"room map\""}, ""},
    {"a word, and another not", {.words = "map -floor"}, "1"},
    {"capitals and accents make no difference", {.words = "DONDE esta CATALOGO"}, "2"},
    {"nor in what is looked for", {.words = "Róóm"}, "2 1"},
    {"letters with a mark of their own", {.words = "ano"}, "2"},
    {"an apostrophe", {.words = "O'Neill's"}, "4"},
    {"a mail address", {.words = "oneill@example.org"}, "4"},
    {"part of a word", {.words = "microfil"}, ""},
    {"a question that was left", {.words = "microfilm"}, "6"},
    {"in a chat that goes on", {.words = "parchment"}, "7"},
    {"all conditions at once",
     {.words = "map", .from = "2026-03-01", .answered = "mobius-mobstate-ann",
      .resolution = "answered", .queue = "mobius-mobstate"},
     "2"},
    {"no statement of somebody else's", {.words = "' OR true; DROP TABLE deskbell.line; --"}, ""},
    {"a single chat", {.chat = 4}, "4"},
    {"a single chat of the twin", {.chat = 3}, ""},
};

START_TEST(searching)
{
    written_down();
    struct transcript_query query = searches[_i].query;
    query.scope = all_of(1).scope;
    ck_assert_msg(strcmp(found(&query), searches[_i].numbers) == 0, "%s: '%s' instead of '%s'",
                  searches[_i].name, found(&query), searches[_i].numbers);
}
END_TEST

static const struct {
    struct transcript_query query;
    const char *error;
} mistakes[] = {
    {{.from = "1.3.2026"}, "'1.3.2026' is no date: write it as 2026-03-01"},
    {{.to = "2026-02-30"}, "'2026-02-30' is no date: write it as 2026-03-31"},
    {{.from = "2026-03-02", .to = "2026-03-01"}, "the last day '2026-03-01' is before the first"},
    {{.queue = "O'Neill"}, "'O'Neill' is no name of a queue"},
    {{.answered = "ann"}, "'ann' is no name of an operator"},
    {{.tag = "Two Words"}, "'Two Words' is no tag: small letters, digits and hyphens"},
    {{.resolution = "open"}, "'open' is no resolution: answered, followup, lost or practice"},
    {{.words = " \"-\" "}, "there is no word to look for in ' \"-\" '"},
    {{.words = "caf\xe9"}, "the words to look for are not UTF-8"},
};

/* Told before anything is asked, so that the transaction goes on. */
START_TEST(mistakes_are_told)
{
    const struct transcript_page page = {.limit = 10};
    struct transcript_query query = mistakes[_i].query;
    struct transcript_list list;

    query.scope = all_of(1).scope;
    ck_assert(!transcript_search(database, &query, &page, &list, &error));
    ck_assert_str_eq(error.text, mistakes[_i].error);
    ck_assert_int_eq(PQtransactionStatus(database), PQTRANS_INTRANS);
}
END_TEST

START_TEST(as_many_words_as_fit)
{
    char words[TRANSCRIPT_WORDS_MAX + 2];
    struct transcript_query query = all_of(1);

    memset(words, 'a', sizeof words);
    words[TRANSCRIPT_WORDS_MAX] = '\0';
    query.words = words;
    ck_assert(transcript_query_check(&query, &error));
    words[TRANSCRIPT_WORDS_MAX] = 'a';
    words[TRANSCRIPT_WORDS_MAX + 1] = '\0';
    ck_assert(!transcript_query_check(&query, &error));
}
END_TEST

/* Newest first and back again; a chat that begins meanwhile moves nothing. */
START_TEST(pages_are_stable)
{
    struct transcript_query query = all_of(1);
    struct transcript_page page = {.limit = 3};
    struct transcript_list list;

    for (int i = 1; i <= 7; i++)
        desk_chat(database, 1, i, "2026-03-01 06:00:00+00");
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_int_eq(list.hits[0].number, 7);
    ck_assert(list.more);
    page.older_than = list.hits[2].number;
    transcript_list_release(&list);
    desk_chat(database, 1, 8, "2026-03-01 06:00:00+00");
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_int_eq(list.hits[0].number, 4);
    ck_assert(list.more);
    transcript_list_release(&list);
    page.older_than = 2;
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_uint_eq(list.count, 1);
    ck_assert(!list.more);
    transcript_list_release(&list);
    page = (struct transcript_page){.newer_than = 2, .limit = 3};
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_int_eq(list.hits[0].number, 5);
    ck_assert_int_eq(list.hits[2].number, 3);
    ck_assert(list.more);
    transcript_list_release(&list);
    page.limit = TRANSCRIPT_PAGE_MAX + 1;
    ck_assert(!transcript_search(database, &query, &page, &list, &error));
}
END_TEST

START_TEST(a_hit_says_what_is_needed_to_choose)
{
    struct transcript_query query = all_of(1);
    const struct transcript_page page = {.limit = 10};
    struct transcript_list list;

    written_down();
    query.chat = 4;
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.hits[0].address, "mobius-mobstate.c4");
    ck_assert_str_eq(list.hits[0].queue, "mobius-mobstate");
    ck_assert_str_eq(list.hits[0].opened, "2026-03-01 23:59");
    ck_assert_str_eq(list.hits[0].operator, "");
    ck_assert_str_eq(list.hits[0].resolution, "answered");
    ck_assert_str_eq(list.hits[0].tags, "hours, maps");
    ck_assert_int_eq(list.hits[0].lines, 1);
    ck_assert(!list.hits[0].erased);
    transcript_list_release(&list);
    query.chat = 7;
    ck_assert(transcript_search(database, &query, &page, &list, &error));
    ck_assert_str_eq(list.hits[0].resolution, "waiting");
    transcript_list_release(&list);
}
END_TEST

START_TEST(a_chat_is_named_by_address_or_id)
{
    static const struct {
        const char *name;
        int64_t number;
    } names[] = {
        {"mobius-mobstate.c4", 4},
        {"Mobius-Mobstate.C4", 4},
        {"mobius-mobstate.c4@chat.example.org/desk", 4},
        {"c4", 4},
        {"c3", 0},
        {"mobius-slu.c3", 0},
        {"mobius-slu.c4", 0},
        {"", 0},
        {"@x", 0},
        {"' OR true --", 0},
        {"c4\xff", 0},
    };
    const struct transcript_scope scope = all_of(1).scope;
    int64_t number;

    written_down();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert(transcript_find(database, &scope, names[i].name, &number, &error));
        ck_assert_msg(number == names[i].number, "'%s': %lld", names[i].name, (long long)number);
    }
}
END_TEST

static const char conversation[] =
    "Chat mobius-mobstate.c9\n"
    "Asked at: mobius-mobstate, Missouri State\n"
    "Came in at: mobius-slu\n"
    "Opened: Tue 2026-03-03 23:59:00 (America/Chicago)\n"
    "Waited: 0:12\n"
    "Answered by: mobius-slu-jane of mobius-slu, for mobstate\n"
    "Handed over: 00:00:00 taken over by mobius-slu-jane (help mobius-slu)\n"
    "Ended: 2026-03-04 00:14:00, the patron left\n"
    "Lasted: 14:48\n"
    "Resolution: answered\n"
    "Tags: maps\n"
    "\n"
    "Tue 2026-03-03\n"
    "23:59:20 Patron: Where is the\n"
    "    00:00:00 mobius-mobstate-ann: Go away!\n"
    "    map  [2Jroom?\n"
    "23:59:40 mobius-mobstate-ann: On the secnd floor.\n"
    "Wed 2026-03-04\n"
    "00:00:00 mobius-mobstate-ann, instead of 23:59:40: On the second floor.\n"
    "00:00:20 Note of mobius-mobstate-ann: A regular.\n"
    "00:00:40 Desk: You are now with Saint Louis.\n"
    "00:01:00 Patron: \xe2\x80\xae=1+1\n";

static void converse(void)
{
    desk_chat(database, 1, 9, "2026-03-04 05:59:00+00");
    desk_claim(database, 9, 1, 12);
    desk_line(database, 9, 0, "Where is the\r\n00:00:00 mobius-mobstate-ann: Go away!\xe2\x80\xa8"
                              "map \x1b[2Jroom?");
    desk_line(database, 9, 1, "On the secnd floor.");
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT library_id, chat, 3, at + interval '20 s', author,"
             " operator_id, operator_name, '', 'On the second floor.', 2 FROM deskbell.line"
             " WHERE chat = 9 AND line = 2",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT library_id, chat, 4, at + interval '40 s', 'note',"
             " operator_id, operator_name, '', 'A regular.' FROM deskbell.line"
             " WHERE chat = 9 AND line = 2",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT library_id, chat, 5, at + interval '60 s', 'desk',"
             " NULL, NULL, '', 'You are now with Saint Louis.' FROM deskbell.line"
             " WHERE chat = 9 AND line = 2",
             NULL);
    desk_line(database, 9, 0, "\xe2\x80\xae=1+1");
    desk_act(database, 9, "tagged", 1, "maps");
    desk_act(database, 9, "transferred", 3, "help mobius-slu");
    desk_sql(database,
             "UPDATE deskbell.chat SET owner_name = 'mobius-slu-jane', owner_id = 3,"
             " answering_queue_name = 'mobius-slu', entry_name = 'mobius-slu' WHERE number = 9",
             NULL);
}

/* Nobody can write a line of somebody else's, and nothing says who the patron was. */
START_TEST(a_chat_as_people_read_it)
{
    const struct transcript_scope scope = all_of(1).scope, twin = all_of(2).scope;
    char *text;

    converse();
    ck_assert(transcript_get(database, &scope, 9, &text, &error));
    ck_assert_str_eq(text, conversation);
    free(text);
    ck_assert(transcript_get(database, &twin, 9, &text, &error));
    ck_assert_ptr_null(text);
    ck_assert(transcript_get(database, &scope, 10, &text, &error));
    ck_assert_ptr_null(text);
}
END_TEST

/* More lines than a piece, and more text than is shown. */
START_TEST(a_long_chat_ends_somewhere)
{
    const struct transcript_scope scope = all_of(1).scope;
    char *text;

    desk_chat(database, 1, 9, "2026-03-04 05:59:00+00");
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT 1, 9, n, '2026-03-04 06:00:00+00', 'patron', NULL,"
             " NULL, '', 'line ' || n || repeat('.', 1000) FROM generate_series(1, 1200) n",
             NULL);
    ck_assert(transcript_get(database, &scope, 9, &text, &error));
    ck_assert_ptr_nonnull(strstr(text, "Patron: line 501."));
    ck_assert_ptr_null(strstr(text, "Patron: line 1200."));
    ck_assert_uint_lt(strlen(text), TRANSCRIPT_TEXT_MAX + 2000);
    ck_assert_ptr_nonnull(strstr(text, "(The rest is left out: the chat is too long"));
    free(text);
}
END_TEST

/* A chat that talks for a day has more words than one tsvector can hold; and letters that become
 * several when they are taken apart. */
START_TEST(a_long_chat_is_found_by_its_last_word)
{
    struct transcript_query query = all_of(1);

    desk_chat(database, 1, 9, "2026-03-04 05:59:00+00");
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT 1, 9, n, '2026-03-04 06:00:00+00', 'patron', NULL,"
             " NULL, '', (SELECT string_agg(md5((n * 1000 + i)::text) || '각ΐ', ' ')"
             "  FROM generate_series(1, 200) i) || ' word' || n FROM generate_series(1, 400) n",
             NULL);
    query.words = "word400";
    ck_assert_str_eq(found(&query), "9");
    ck_assert_int_gt(sql_number(database, "SELECT count(*) FROM deskbell.chat_words"), 50);
    query.words = "word401";
    ck_assert_str_eq(found(&query), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transcript");
    TCase *tcase = tcase_create("transcript");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, searching, 0, sizeof searches / sizeof searches[0]);
    tcase_add_loop_test(tcase, mistakes_are_told, 0, sizeof mistakes / sizeof mistakes[0]);
    tcase_add_test(tcase, as_many_words_as_fit);
    tcase_add_test(tcase, pages_are_stable);
    tcase_add_test(tcase, a_hit_says_what_is_needed_to_choose);
    tcase_add_test(tcase, a_chat_is_named_by_address_or_id);
    tcase_add_test(tcase, a_chat_as_people_read_it);
    tcase_add_test(tcase, a_long_chat_ends_somewhere);
    tcase_add_test(tcase, a_long_chat_is_found_by_its_last_word);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
