/* Tables as people and programs read them, and the escaping of CSV and JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/csv.h"
#include "component/json.h"
#include "component/table.h"
#include "component/utf8.h"
#include "policy/mem.h"

static const struct {
    const char *cell, *csv;
} csv_cases[] = {
    {"", "\"\""},
    {NULL, "\"\""},
    {"plain", "plain"},
    {"two words", "two words"},
    {" a blank in front", "\" a blank in front\""},
    {"a,b", "\"a,b\""},
    {"a;b", "\"a;b\""},
    {"say \"yes\"", "\"say \"\"yes\"\"\""},
    {"two\nlines", "\"two\nlines\""},
    {"=1+1", "'=1+1"},
    {"=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""},
    {"+1", "+1"},
    {"+49 30 1234", "'+49 30 1234"},
    {"-1", "-1"},
    {"-1.50", "-1.50"},
    {"-1+1", "'-1+1"},
    {"-", "'-"},
    {"-1.", "'-1."},
    {"-.5", "'-.5"},
    {"@SUM(1)", "'@SUM(1)"},
    {"\t=1", "\"'\t=1\""},
    {"\r=1", "\"'\r=1\""},
    {"\n=1", "\"'\n=1\""},
    {"\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1"},
    {"a=1", "a=1"},
};

START_TEST(csv_cells)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    csv_put(out, csv_cases[_i].cell);
    fclose(out);
    ck_assert_str_eq(text, csv_cases[_i].csv);
    free(text);
}
END_TEST

static const struct {
    const char *text, *json;
} json_cases[] = {
    {NULL, "null"},
    {"", "\"\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"\x01\n\t\x7f", "\"\\u0001\\n\\u0009\\u007f\""},
    {"</script>", "\"\\u003c/script\\u003e\""},
    {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"\\u2028\\u2029\xe2\x80\xaa\""},
    {"\xc3\xbc\xf0\x9f\x98\x80", "\"\xc3\xbc\xf0\x9f\x98\x80\""},
    {"a\xff\xc3", "\"a\\ufffd\\ufffd\""},
};

START_TEST(json_texts)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    json_put_text(out, json_cases[_i].text);
    fclose(out);
    ck_assert_str_eq(text, json_cases[_i].json);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    bool csv, json;
} numbers[] = {
    {"0", true, true},    {"12", true, true},    {"-1.5", true, true}, {"+1", true, false},
    {"01", true, false},  {"1.", false, false},  {".5", false, false}, {"", false, false},
    {"-", false, false},  {"1e5", false, false}, {"1 ", false, false}, {"1.5.2", false, false},
    {"0.5", true, true},
};

START_TEST(numbers_are_told_from_texts)
{
    ck_assert(csv_is_number(numbers[_i].text) == numbers[_i].csv);
    ck_assert(json_is_number(numbers[_i].text) == numbers[_i].json);
}
END_TEST

static const struct {
    enum table_kind kind;
    const char *cell, *shown;
} shown[] = {
    {TABLE_TEXT, NULL, "-"},           {TABLE_TEXT, "90", "90"},
    {TABLE_DURATION, "0", "0:00"},     {TABLE_DURATION, "59", "0:59"},
    {TABLE_DURATION, "60", "1:00"},    {TABLE_DURATION, "3599", "59:59"},
    {TABLE_DURATION, "3600", "1:00:00"}, {TABLE_DURATION, "360000", "100:00:00"},
    {TABLE_DURATION, "soon", "soon"},  {TABLE_DURATION, NULL, "-"},
    {TABLE_DURATION, "9999999999999", "9999999999999"},
    {TABLE_SHARE, "85.5", "85.5%"},    {TABLE_SHARE, NULL, "-"},
};

START_TEST(cells_are_shown_by_their_kind)
{
    struct arena *arena = arena_new();
    struct table *table = table_new(arena, "t", "T");

    table_add_column(table, "a", "A", shown[_i].kind);
    table_add_row(table);
    table_set(table, 0, 0, shown[_i].cell);
    ck_assert_str_eq(table_show(table, 0, 0), shown[_i].shown);
    arena_free(arena);
}
END_TEST

static char *text_of(const struct table *table)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    table_put_text(table, out);
    fclose(out);
    return text;
}

static struct table *sample(struct arena *arena)
{
    struct table *table = table_new(arena, "chats", "Chats");

    table_add_column(table, "queue", "Queue", TABLE_TEXT);
    table_add_column(table, "chats", "Chats", TABLE_NUMBER);
    table_add_column(table, "wait", "Mean wait", TABLE_DURATION);
    table_add_row(table);
    table_set(table, 0, 0, "B\xc3\xbc" "cher");
    table_set_number(table, 0, 1, 12);
    table_set(table, 0, 2, "75");
    table_add_row(table);
    table_set(table, 1, 0, "\xe5\x9b\xb3\xe6\x9b\xb8");
    table_set_number(table, 1, 1, 5);
    table_add_note(table, "Counted when it was opened.");
    return table;
}

START_TEST(lines_are_aligned)
{
    struct arena *arena = arena_new();
    char *text = text_of(sample(arena));

    ck_assert_str_eq(text, "Chats\n"
                           "Queue   Chats  Mean wait\n"
                           "B\xc3\xbc" "cher     12       1:15\n"
                           "\xe5\x9b\xb3\xe6\x9b\xb8        5          -\n"
                           "Counted when it was opened.\n");
    free(text);
    arena_free(arena);
}
END_TEST

START_TEST(wide_labels_are_broken_wider_rows_are_lists)
{
    struct arena *arena = arena_new();
    struct table *table = table_new(arena, "w", "Wide");

    for (int i = 0; i < 6; i++)
        table_add_column(table, "c", "longest label of", i == 0 ? TABLE_TEXT : TABLE_NUMBER);
    table_add_row(table);
    table_set(table, 0, 0, "x");
    char *text = text_of(table);
    ck_assert_str_eq(text,
                     "Wide\n"
                     "longest  longest  longest  longest  longest  longest\n"
                     "label      label    label    label    label    label\n"
                     "of            of       of       of       of       of\n"
                     "x              -        -        -        -        -\n");
    free(text);
    table_set(table, 0, 0, "a text that is much too long for a column of a table with so many of "
                           "them, so that it needs \n lines of its own");
    text = text_of(table);
    ck_assert_str_eq(text, "Wide\n"
                           "longest label of: a text that is much too long for a column of "
                           "a table with\n"
                           "    so many of them, so that it needs lines of its own\n"
                           "  longest label of: -\n  longest label of: -\n  longest label of: -\n"
                           "  longest label of: -\n  longest label of: -\n");
    free(text);
    arena_free(arena);
}
END_TEST

START_TEST(a_table_without_rows_says_so)
{
    struct arena *arena = arena_new();
    struct table *table = table_new(arena, "w", "Nothing");

    table_add_column(table, "c", "C", TABLE_TEXT);
    char *text = text_of(table);
    ck_assert_str_eq(text, "Nothing\n(none)\n");
    free(text);
    arena_free(arena);
}
END_TEST

START_TEST(several_tables_are_apart)
{
    struct arena *arena = arena_new();
    struct tables tables = {0};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    tables_add(&tables, sample(arena));
    tables_add(&tables, sample(arena));
    tables.list[1]->row_count = 0;
    tables_put_csv(&tables, out);
    tables_put_text(&tables, out);
    tables_put_json(&tables, out);
    fclose(out);
    ck_assert_str_eq(text, "chats\r\nqueue,chats,wait\r\n"
                           "B\xc3\xbc" "cher,12,75\r\n\xe5\x9b\xb3\xe6\x9b\xb8,5,\"\"\r\n"
                           "\r\nchats\r\nqueue,chats,wait\r\n"
                           "Chats\nQueue   Chats  Mean wait\n"
                           "B\xc3\xbc" "cher     12       1:15\n"
                           "\xe5\x9b\xb3\xe6\x9b\xb8        5          -\n"
                           "Counted when it was opened.\n"
                           "\nChats\n(none)\nCounted when it was opened.\n"
                           "[{\"table\":\"chats\",\"title\":\"Chats\",\"columns\":["
                           "{\"key\":\"queue\",\"label\":\"Queue\",\"kind\":\"text\"},"
                           "{\"key\":\"chats\",\"label\":\"Chats\",\"kind\":\"number\"},"
                           "{\"key\":\"wait\",\"label\":\"Mean wait\",\"kind\":\"duration\"}],\n"
                           "\"rows\":[\n{\"queue\":\"B\xc3\xbc"
                           "cher\",\"chats\":12,\"wait\":75},\n"
                           "{\"queue\":\"\xe5\x9b\xb3\xe6\x9b\xb8\",\"chats\":5,\"wait\":null}],\n"
                           "\"notes\":[\"Counted when it was opened.\"]}\n"
                           ",{\"table\":\"chats\",\"title\":\"Chats\",\"columns\":["
                           "{\"key\":\"queue\",\"label\":\"Queue\",\"kind\":\"text\"},"
                           "{\"key\":\"chats\",\"label\":\"Chats\",\"kind\":\"number\"},"
                           "{\"key\":\"wait\",\"label\":\"Mean wait\",\"kind\":\"duration\"}],\n"
                           "\"rows\":[],\n\"notes\":[\"Counted when it was opened.\"]}\n]\n");
    free(text);
    arena_free(arena);
}
END_TEST

static uint32_t random_state = 7;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* Cells of what hurts, in every order; then lines are measured and another reader compares. */
static const char *const pieces[] = {
    "=", "+", "-", "@", "\t", "\r", "\n", "\"", ",", ";", "'", " ", "1", "2.5", ".", "word", "\\",
    "<b>", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbc\x9d", "\xe2\x80\xa8", "\x7f",
    "\x01", "\xe5\x9b\xb3", "mobius-mobstate",
};

static void fill(struct table *table)
{
    for (size_t row = 0; row < 2000; row++) {
        table_add_row(table);
        for (size_t column = 0; column < 3; column++) {
            char cell[128] = "";
            size_t length = 0;
            uint32_t count = random_below(6);
            if (count == 5 && random_below(2) == 0)
                continue; /* without a value */
            for (uint32_t i = 0; i < count; i++) {
                const char *piece = pieces[random_below(sizeof pieces / sizeof pieces[0])];
                length += (size_t)snprintf(cell + length, sizeof cell - length, "%s", piece);
            }
            table_set(table, row, column, cell);
        }
    }
}

START_TEST(another_reader_gets_the_same_cells)
{
    struct arena *arena = arena_new();
    struct table *table = table_new(arena, "random", "Random");
    char folder[] = "/tmp/deskbell-table-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 3; i++)
        table_add_column(table, i == 0 ? "a" : i == 1 ? "b" : "c", "C", TABLE_TEXT);
    fill(table);
    char *csv = mem_printf("%s/table.csv", folder), *json = mem_printf("%s/table.json", folder);
    FILE *out = fopen(csv, "w");
    table_put_csv(table, out);
    fclose(out);
    out = fopen(json, "w");
    table_put_json(table, out);
    fclose(out);
    char *command = mem_printf("python3 -B test/statistics/read_back.py %s %s", csv, json);
    int status = system(command);
    free(command);
    unlink(csv);
    unlink(json);
    rmdir(folder);
    free(csv);
    free(json);
    arena_free(arena);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(no_line_is_too_wide)
{
    struct arena *arena = arena_new();

    for (int round = 0; round < 20; round++) {
        struct table *table = table_new(arena, "random", "Random");
        for (int i = 0; i < 3; i++)
            table_add_column(table, "c", i == 2 ? "Number of them" : "Text", TABLE_TEXT);
        fill(table);
        table->row_count = (size_t)round;
        char *text = text_of(table);
        for (char *at = text, *end; *at != '\0'; at = end) {
            size_t bytes = strcspn(at, "\n");
            end = at + bytes + (at[bytes] == '\n');
            ck_assert_int_le(utf8_columns_of(at, bytes), TABLE_WIDTH_MAX);
        }
        free(text);
    }
    arena_free(arena);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    Suite *suite = suite_create("table");
    TCase *tests = tcase_create("table");

    tcase_add_loop_test(tests, csv_cells, 0, COUNT(csv_cases));
    tcase_add_loop_test(tests, json_texts, 0, COUNT(json_cases));
    tcase_add_loop_test(tests, numbers_are_told_from_texts, 0, COUNT(numbers));
    tcase_add_loop_test(tests, cells_are_shown_by_their_kind, 0, COUNT(shown));
    tcase_add_test(tests, lines_are_aligned);
    tcase_add_test(tests, wide_labels_are_broken_wider_rows_are_lists);
    tcase_add_test(tests, a_table_without_rows_says_so);
    tcase_add_test(tests, several_tables_are_apart);
    tcase_add_test(tests, another_reader_gets_the_same_cells);
    tcase_add_test(tests, no_line_is_too_wide);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
