/* Turns keep their order, lines wait until they have left. */
#include <check.h>

#include "component/turn.h"

START_TEST(turns_in_order)
{
    struct turns turns;

    turns_init(&turns);
    for (int round = 0; round < 3; round++) {
        for (int64_t batch = 1; batch <= STORE_BATCHES_MAX; batch++) {
            struct turn *turn = turns_gathering(&turns);
            ck_assert_uint_eq(turn->effects.count, 0);
            effects_add(&turn->effects, EFFECT_STORE_LINE)->line.line = (int)batch;
            effects_add(&turn->effects, EFFECT_MESSAGE);
            turn_count_records(turn);
            ck_assert_uint_eq(turn->records, 1);
            turns_submitted(&turns, batch);
        }
        for (int64_t batch = 1; batch <= STORE_BATCHES_MAX; batch++) {
            ck_assert_int_eq(turns_oldest(&turns, batch)->effects.list[0].line.line, batch);
            turns_shift(&turns);
        }
        ck_assert_int_eq(turns.in_flight, 0);
    }
    turns_release(&turns);
}
END_TEST

START_TEST(lines_wait)
{
    struct outbox outbox;

    outbox_init(&outbox);
    for (int line = 1; line <= 200; line++)
        outbox_add(&outbox, &(struct mark){MARK_PATRON, 1, line, 0}, "<message/>", 10,
                   (uint64_t)line * 10);
    outbox_written(&outbox, 9);
    ck_assert_uint_eq(outbox.left_count, 0);
    outbox_written(&outbox, 10);
    ck_assert_uint_eq(outbox.left_count, 1);
    ck_assert_int_eq(outbox.left[0].line, 1);
    outbox_written(&outbox, 1999);
    ck_assert_uint_eq(outbox.left_count, 199);
    ck_assert_uint_eq(outbox.count, 1);
    ck_assert_int_eq(outbox_line(&outbox, 0)->mark.line, 200);
    ck_assert_mem_eq(outbox_line(&outbox, 0)->bytes, "<message/>", 10);
    outbox_marked(&outbox);
    ck_assert_uint_eq(outbox.left_count, 0);
    outbox_release(&outbox);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("turn");
    TCase *tcase = tcase_create("turn");

    tcase_add_test(tcase, turns_in_order);
    tcase_add_test(tcase, lines_wait);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
