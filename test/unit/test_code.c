/* Chat IDs: short, of the grammar's letters, and never the same for two numbers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "routing/routing_private.h"

enum { CODES = 34 * 34 * 34 * 34 + 20000 };

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* All numbers of four characters and some of five. */
START_TEST(no_code_twice)
{
    char(*codes)[CHAT_CODE_MAX + 1] = calloc(CODES, sizeof *codes);

    ck_assert_ptr_nonnull(codes);
    for (int64_t number = 0; number < CODES; number++)
        code_from_number(42, number, codes[number]);
    qsort(codes, CODES, sizeof *codes, compare);
    for (int i = 1; i < CODES; i++)
        ck_assert_msg(strcmp(codes[i - 1], codes[i]) != 0, "'%s' twice", codes[i]);
    free(codes);
}
END_TEST

static const struct {
    int64_t number;
    size_t length;
} lengths[] = {
    {0, 4},
    {34LL * 34 * 34 * 34 - 1, 4},
    {34LL * 34 * 34 * 34, 5},
    {34LL * 34 * 34 * 34 + 34LL * 34 * 34 * 34 * 34 - 1, 5},
    {34LL * 34 * 34 * 34 + 34LL * 34 * 34 * 34 * 34, 6},
    {INT64_MAX, 8},
};

START_TEST(grows_with_the_number)
{
    char code[CHAT_CODE_MAX + 1];

    code_from_number(7, lengths[_i].number, code);
    ck_assert_uint_eq(strlen(code), lengths[_i].length);
    ck_assert_uint_eq(strspn(code, "abcdefghijklmnopqrstuvwxyz23456789"), lengths[_i].length);
}
END_TEST

/* Whoever knows one ID must not know the next. */
START_TEST(neighbours_and_keys_differ)
{
    char code[CHAT_CODE_MAX + 1], next[CHAT_CODE_MAX + 1], other[CHAT_CODE_MAX + 1];
    int alike = 0;

    for (int64_t number = 1; number < 1000; number++) {
        code_from_number(1, number, code);
        code_from_number(1, number + 1, next);
        code_from_number(2, number, other);
        alike += strncmp(code, next, 3) == 0;
        alike += strcmp(code, other) == 0;
    }
    ck_assert_int_le(alike, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("code");
    TCase *tcase = tcase_create("code");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, no_code_twice);
    tcase_add_loop_test(tcase, grows_with_the_number, 0, sizeof lengths / sizeof lengths[0]);
    tcase_add_test(tcase, neighbours_and_keys_differ);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
