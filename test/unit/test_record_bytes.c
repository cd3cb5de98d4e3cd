/* Records as bytes: what comes back is what went in, for every field of every kind. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/record_bytes.h"

static struct effects turn, again;
static struct bytes bytes;
static struct mark_list marks;
static struct error error;

static void setup(void)
{
    effects_init(&turn);
    effects_init(&again);
}

static void teardown(void)
{
    effects_release(&turn);
    effects_release(&again);
    free(bytes.data);
    free(marks.list);
}

/* A field that is not in the tables is lost in an outage, and the compiler cannot see it: who adds
 * one to a record finds this test. (As on 64-bit machines.) */
START_TEST(the_tables_have_every_field)
{
    ck_assert_uint_eq(sizeof(struct chat_record), 20 * 8);
    ck_assert_uint_eq(sizeof(struct move_record), 2 * 8);
    ck_assert_uint_eq(sizeof(struct line_record), 8 * 8);
    ck_assert_uint_eq(sizeof(struct offer_record), 5 * 8);
    ck_assert_uint_eq(sizeof(struct act_record), 5 * 8);
    ck_assert_uint_eq(sizeof(struct duty_record), 5 * 8);
    ck_assert_uint_eq(sizeof(struct duty_log_record), 4 * 8);
    ck_assert_uint_eq(sizeof(struct block_record), 6 * 8);
    ck_assert_uint_eq(sizeof(struct followup_record), 14 * 8);
    ck_assert_uint_eq(sizeof(struct mark), 4 * 8);
}
END_TEST

static void round_trip(const struct mark *list, size_t count)
{
    ck_assert_uint_eq(record_bytes_write(&bytes, &turn, list, count), turn.count);
    ck_assert_msg(record_bytes_read(bytes.data, bytes.length, &again, &marks, &error), "%s",
                  error.text);
    ck_assert_uint_eq(again.count, turn.count);
    ck_assert_uint_eq(marks.count, count);
}

START_TEST(every_number_and_text_comes_back)
{
    const struct mark mark = {MARK_FOLLOWUP, INT64_MAX, INT32_MIN, INT64_MIN};

    struct chat_record *chat = &effects_add(&turn, EFFECT_STORE_CHAT)->chat;
    *chat = (struct chat_record){INT64_MAX, "c", "q.c", 2, 3, 4, "", 6, 7, "p@h", NULL, "hash",
                                 CHAT_CLOSED, END_LEFT, RESOLUTION_PRACTICE, 8, -9, 10, 11, 12,
                                 0, 0};
    effects_add(&turn, EFFECT_STORE_LINE)->line = (struct line_record){
        INT64_MIN, INT32_MAX, 1760000000000, AUTHOR_NOTE, 5, "\"id\"", "two\nlines \xc3\xbc", 3};
    effects_add(&turn, EFFECT_STORE_DUTY)->duty = (struct duty_record){1, 2, true, -3, 4, 5};
    effects_add(&turn, EFFECT_STORE_FOLLOWUP)->followup = (struct followup_record){
        1, "c", 2, 3, FOLLOWUP_NOTE, "t", "u", 4, 5, 6, 7, true, 8, 9};
    round_trip(&mark, 1);
    const struct chat_record *read = &again.list[0].chat;
    ck_assert_int_eq(read->number, INT64_MAX);
    ck_assert_str_eq(read->address, "q.c");
    ck_assert_str_eq(read->entry_name, "");
    ck_assert_ptr_null(read->patron_resource);
    ck_assert_int_eq(read->end, END_LEFT);
    ck_assert_int_eq(read->waiting_since, -9);
    ck_assert_int_eq(read->last_line, 12);
    ck_assert_int_eq(again.list[1].line.chat, INT64_MIN);
    ck_assert_int_eq(again.list[1].line.line, INT32_MAX);
    ck_assert_str_eq(again.list[1].line.body, "two\nlines \xc3\xbc");
    ck_assert_int_eq(again.list[1].line.replaces, 3);
    ck_assert(again.list[2].duty.off);
    ck_assert_int_eq(again.list[2].duty.max, -3);
    ck_assert_int_eq(again.list[3].followup.done_at, 9);
    ck_assert(again.list[3].followup.handed);
    ck_assert_int_eq(marks.list[0].type, MARK_FOLLOWUP);
    ck_assert_int_eq(marks.list[0].line, INT32_MIN);
    ck_assert_int_eq(marks.list[0].operator, INT64_MIN);
}
END_TEST

START_TEST(what_is_no_record_is_not_kept)
{
    effects_add(&turn, EFFECT_STORE_MOVE)->move = (struct move_record){1, 2};
    effects_add(&turn, EFFECT_MESSAGE);
    ck_assert_uint_eq(record_bytes_write(&bytes, &turn, NULL, 0), 1);
}
END_TEST

START_TEST(a_cut_is_an_error_or_fewer_records)
{
    effects_add(&turn, EFFECT_STORE_MOVE)->move = (struct move_record){1, 2};
    effects_add(&turn, EFFECT_STORE_MOVE)->move = (struct move_record){300, 400};
    record_bytes_write(&bytes, &turn, NULL, 0);
    size_t half = 4; /* kind, length, two small numbers */
    for (size_t cut = 0; cut < bytes.length; cut++) {
        effects_clear(&again);
        bool fine = record_bytes_read(bytes.data, cut, &again, &marks, &error);
        ck_assert_msg(fine == (cut == 0 || cut == half), "cut at %zu", cut);
    }
}
END_TEST

START_TEST(people_can_read_it)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    struct effect *effect = effects_add(&turn, EFFECT_STORE_ACT);

    effect->act = (struct act_record){7, 8, ACT_TAGGED, 0, "a\\b\x01\nc"};
    record_print(effect, out);
    fclose(out);
    ck_assert_str_eq(text, "chat: 7\nat: 8\nact: 7\noperator: 0\ndetail: a\\\\b\\x01\\nc\n");
    ck_assert_str_eq(record_name(effect), "act");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record_bytes");
    TCase *tcase = tcase_create("record_bytes");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_tables_have_every_field);
    tcase_add_test(tcase, every_number_and_text_comes_back);
    tcase_add_test(tcase, what_is_no_record_is_not_kept);
    tcase_add_test(tcase, a_cut_is_an_error_or_fewer_records);
    tcase_add_test(tcase, people_can_read_it);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
