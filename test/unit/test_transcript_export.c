/* Transcripts as files: for spreadsheets, programs and people. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/transcript_desk.h"

static PGconn *database;
static struct error error;
static struct transcript_export_counts counts;
static char *text;
static size_t size;

static const struct transcript_query all = {.scope = {.consortium = 1, .library = 1}};

static void setup(void)
{
    database = transcript_desk_new();
}

static void teardown(void)
{
    free(text);
    PQfinish(database);
}

typedef bool (*export_function)(PGconn *, const struct transcript_query *, enum transcript_format,
                                FILE *, size_t, struct transcript_export_counts *, struct error *);

static bool exported(export_function function, const struct transcript_query *query,
                     enum transcript_format format, size_t bytes_max)
{
    free(text);
    text = NULL;
    FILE *out = open_memstream(&text, &size);
    bool fine = function(database, query, format, out, bytes_max, &counts, &error);
    fclose(out);
    return fine;
}

/* Two chats, and one of a twin that has the same. */
static void written_down(void)
{
    static const int of[] = {1, 2, 1};

    for (int i = 0; i < 3; i++) {
        desk_chat(database, of[i], i + 1, "2026-03-03 16:15:00+00");
        desk_claim(database, i + 1, of[i] == 1 ? 1 : 3, 12);
        desk_act(database, i + 1, "tagged", 1, "maps");
        desk_line(database, i + 1, 0, of[i] == 1 ? "=HYPERLINK(\"x\",\"y\")" : "the twin's secret");
        desk_line(database, i + 1, 1, "One,\ntwo");
    }
    desk_act(database, 3, "transferred", 4, "help mobius-chatstaff");
    desk_sql(database,
             "UPDATE deskbell.chat SET owner_name = 'mobius-chatstaff-max',"
             " answering_queue_name = 'mobius-chatstaff', resolution = 'practice',"
             " entry_name = 'mobius-slu' WHERE number = 3",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT library_id, chat, 3, at + interval '61 s', author,"
             " operator_id, operator_name, '', 'One, three', 2 FROM deskbell.line"
             " WHERE chat = 3 AND line = 2",
             NULL);
}

#define ROW1 "mobius-mobstate.c1,mobius-mobstate,mobstate,2026-03-03T10:15:00-06:00,answered,maps,"
#define ROW3 "mobius-mobstate.c3,mobius-mobstate,mobstate,2026-03-03T10:15:00-06:00,practice,maps,"

START_TEST(lines_as_csv)
{
    written_down();
    ck_assert_msg(exported(transcript_export, &all, TRANSCRIPT_CSV, 1 << 20), "%s", error.text);
    ck_assert_str_eq(
        text,
        "chat,queue,library,opened,resolution,tags,line,at,author,operator,replaces,text\r\n" ROW1
        "1,2026-03-03T10:15:20-06:00,patron,\"\",\"\",\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n" ROW1
        "2,2026-03-03T10:15:40-06:00,operator,mobius-mobstate-ann,\"\",\"One,\ntwo\"\r\n" ROW3
        "1,2026-03-03T10:15:20-06:00,patron,\"\",\"\",\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n" ROW3
        "2,2026-03-03T10:15:40-06:00,operator,mobius-mobstate-ann,\"\",\"One,\ntwo\"\r\n" ROW3
        "3,2026-03-03T10:16:41-06:00,operator,mobius-mobstate-ann,2,\"One, three\"\r\n");
    ck_assert_int_eq(counts.chats, 2);
    ck_assert_int_eq(counts.lines, 5);
    ck_assert_int_eq(counts.bytes, (int64_t)size);
}
END_TEST

/* Each beginning that a spreadsheet could run, and what looks like it and is none. */
START_TEST(no_cell_is_a_formula)
{
    static const struct {
        const char *body, *cell;
    } cells[] = {
        {"=1+1", ",'=1+1\r\n"},
        {"+1+1", ",'+1+1\r\n"},
        {"-2+3", ",'-2+3\r\n"},
        {"@SUM(A1)", ",'@SUM(A1)\r\n"},
        {"\t=1", ",\"'\t=1\"\r\n"},
        {"\r=1", ",\"'\r=1\"\r\n"},
        {"\n=1", ",\"'\n=1\"\r\n"},
        {"1=1", ",1=1\r\n"},
        {"say \"no\"", ",\"say \"\"no\"\"\"\r\n"},
        {"a,b", ",\"a,b\"\r\n"},
        {"\xe2\x80\x8fשלום", ",\xe2\x80\x8fשלום\r\n"},
    };

    for (int i = 0; i < (int)(sizeof cells / sizeof cells[0]); i++) {
        struct transcript_query query = all;
        desk_chat(database, 1, i + 1, "2026-03-03 16:15:00+00");
        desk_line(database, i + 1, 0, cells[i].body);
        query.chat = i + 1;
        ck_assert(exported(transcript_export, &query, TRANSCRIPT_CSV, 1 << 20));
        size_t length = strlen(cells[i].cell);
        ck_assert_msg(size > length && strcmp(text + size - length, cells[i].cell) == 0, "%s: %s",
                      cells[i].body, text);
    }
}
END_TEST

static const char *json_value(const char *path)
{
    static char statement[200];
    const char *values[] = {text};

    snprintf(statement, sizeof statement, "SELECT $1::json #>> '{%s}'", path);
    PGresult *result = PQexecParams(database, statement, 1, NULL, values, NULL, NULL, 0);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s\n%s",
                  PQresultErrorMessage(result), text);
    snprintf(statement, sizeof statement, "%s",
             PQgetisnull(result, 0, 0) ? "(null)" : PQgetvalue(result, 0, 0));
    PQclear(result);
    return statement;
}

START_TEST(chats_as_json)
{
    struct transcript_query none = all;

    written_down();
    ck_assert(exported(transcript_export, &all, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("0,chat"), "mobius-mobstate.c1");
    ck_assert_str_eq(json_value("0,lines,0,text"), "=HYPERLINK(\"x\",\"y\")");
    ck_assert_str_eq(json_value("0,lines,0,author"), "patron");
    ck_assert_str_eq(json_value("0,lines,0,operator"), "(null)");
    ck_assert_str_eq(json_value("0,lines,1,text"), "One,\ntwo");
    ck_assert_str_eq(json_value("1,practice"), "true");
    ck_assert_str_eq(json_value("1,lines,2,replaces"), "2");
    ck_assert_str_eq(json_value("1,lines,2,at"), "2026-03-03T10:16:41-06:00");
    ck_assert_str_eq(json_value("1,lines,3,at"), "(null)");
    ck_assert_str_eq(json_value("2,chat"), "(null)");
    none.tag = "nothing";
    ck_assert(exported(transcript_export, &none, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("0"), "(null)");
    ck_assert_int_eq(counts.chats, 0);
}
END_TEST

START_TEST(chats_as_text)
{
    written_down();
    ck_assert(exported(transcript_export, &all, TRANSCRIPT_TEXT, 1 << 20));
    ck_assert_ptr_eq(strstr(text, "Chat mobius-mobstate.c1\n"), text);
    ck_assert_ptr_nonnull(strstr(text, "\n\n========================================\n\n"
                                       "Chat mobius-mobstate.c3\n"));
    ck_assert_int_eq(counts.lines, 5);
}
END_TEST

/* No format says who the patron was, what a client called its stanzas, or anything of the twin. */
START_TEST(nobody_is_named_but_who_answered)
{
    static const char *const secrets[] = {"guest.localhost", "browser", "id-of-stanza", "secret",
                                          "@localhost"};

    written_down();
    for (int format = TRANSCRIPT_JSON; format <= TRANSCRIPT_TEXT; format++)
        for (int lines = 0; lines <= 1; lines++) {
            if (!exported(lines ? transcript_export : chat_data_export, &all,
                          (enum transcript_format)format, 1 << 20)) {
                ck_assert_int_eq(format, TRANSCRIPT_TEXT);
                continue;
            }
            for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
                ck_assert_ptr_null(strstr(text, secrets[i]));
            ck_assert_ptr_nonnull(strstr(text, "mobius-mobstate-ann"));
        }
}
END_TEST

START_TEST(data_of_chats_without_text)
{
    written_down();
    ck_assert(exported(chat_data_export, &all, TRANSCRIPT_CSV, 1 << 20));
    ck_assert_str_eq(
        text,
        "chat,queue,library,opened,claimed,closed,waited_seconds,answered_after_seconds,"
        "duration_seconds,state,ended_by,resolution,practice,operator,answering_queue,came_in_at,"
        "transfers,tags,left_question,lines_patron,lines_operator,lines_desk,lines_note,erased\r\n"
        "mobius-mobstate.c1,mobius-mobstate,mobstate,2026-03-03T10:15:00-06:00,"
        "2026-03-03T10:15:12-06:00,2026-03-03T10:30:00-06:00,12,40,888,closed,patron,answered,no,"
        "mobius-mobstate-ann,mobius-mobstate,\"\",0,maps,no,1,1,0,0,\"\"\r\n"
        "mobius-mobstate.c3,mobius-mobstate,mobstate,2026-03-03T10:15:00-06:00,"
        "2026-03-03T10:15:12-06:00,2026-03-03T10:30:00-06:00,12,40,888,closed,patron,practice,yes,"
        "mobius-chatstaff-max,mobius-chatstaff,mobius-slu,1,maps,no,1,2,0,0,\"\"\r\n");
    ck_assert(exported(chat_data_export, &all, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("1,transfers"), "1");
    ck_assert_str_eq(json_value("1,lines_operator"), "2");
    ck_assert_str_eq(json_value("1,left_question"), "false");
    ck_assert_str_eq(json_value("1,lines"), "(null)");
    ck_assert_int_eq(counts.lines, 0);
}
END_TEST

/* The hour that comes twice, told apart; and a zone east of UTC. */
START_TEST(times_are_the_librarys)
{
    sql(database, "UPDATE deskbell.library SET timezone = 'Asia/Kathmandu' WHERE library_id = 2");
    desk_chat(database, 1, 1, "2026-11-01 06:30:00+00");
    desk_chat(database, 1, 2, "2026-11-01 07:30:00+00");
    desk_chat(database, 2, 3, "2026-11-01 20:00:00+00");
    ck_assert(exported(chat_data_export, &all, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("0,opened"), "2026-11-01T01:30:00-05:00");
    ck_assert_str_eq(json_value("1,opened"), "2026-11-01T01:30:00-06:00");
    struct transcript_query twin = {.scope = {.consortium = 1, .library = 2}, .from = "2026-11-02"};
    ck_assert(exported(chat_data_export, &twin, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("0,opened"), "2026-11-02T01:45:00+05:45");
}
END_TEST

/* At the bound, and one byte below what is needed. */
START_TEST(an_export_is_bounded)
{
    written_down();
    ck_assert(exported(transcript_export, &all, TRANSCRIPT_CSV, 1 << 20));
    size_t needed = size;
    sql(database, "SAVEPOINT before");
    ck_assert(exported(transcript_export, &all, TRANSCRIPT_CSV, needed));
    ck_assert_uint_eq(size, needed);
    ck_assert(!exported(transcript_export, &all, TRANSCRIPT_CSV, needed - 1));
    ck_assert_ptr_nonnull(strstr(error.text, "take fewer days at a time"));
    sql(database, "ROLLBACK TO before");
    FILE *full = fopen("/dev/full", "w");
    ck_assert(!transcript_export(database, &all, TRANSCRIPT_CSV, full, needed, &counts, &error));
    ck_assert_str_eq(error.text, "cannot export: the file cannot be written");
    fclose(full);
}
END_TEST

/* More chats than a piece of the cursor, and more lines than a piece of a chat. */
START_TEST(pieces_are_put_together)
{
    desk_sql(database,
             "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
             " queue_id, queue_name, patron, patron_resource, state, opened, closed, last_line)"
             " SELECT 1, 1, n, 'c' || n, 'mobius-mobstate.c' || n, 1, 'mobius-mobstate', 'p@x', '',"
             " 'closed', now() - interval '1 day', now() - interval '1 day', 0"
             " FROM generate_series(1, 150) n",
             NULL);
    desk_sql(database,
             "INSERT INTO deskbell.line SELECT 1, 100, n, now(), 'patron', NULL, NULL, '',"
             " 'line ' || n FROM generate_series(1, 1000) n",
             NULL);
    ck_assert(exported(chat_data_export, &all, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("149,chat"), "mobius-mobstate.c150");
    ck_assert_int_eq(counts.chats, 150);
    ck_assert(exported(transcript_export, &all, TRANSCRIPT_JSON, 1 << 20));
    ck_assert_str_eq(json_value("99,lines,999,text"), "line 1000");
    ck_assert_int_eq(counts.lines, 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transcript_export");
    TCase *tcase = tcase_create("transcript_export");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, lines_as_csv);
    tcase_add_test(tcase, no_cell_is_a_formula);
    tcase_add_test(tcase, chats_as_json);
    tcase_add_test(tcase, chats_as_text);
    tcase_add_test(tcase, nobody_is_named_but_who_answered);
    tcase_add_test(tcase, data_of_chats_without_text);
    tcase_add_test(tcase, times_are_the_librarys);
    tcase_add_test(tcase, an_export_is_bounded);
    tcase_add_test(tcase, pieces_are_put_together);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
