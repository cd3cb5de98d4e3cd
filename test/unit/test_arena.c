/* The arena. ASan watches that its pieces do not overlap what they should not. */
#include <check.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new();
}

static void teardown(void)
{
    arena = arena_free(arena);
    ck_assert_ptr_null(arena);
    ck_assert_ptr_null(arena_free(NULL));
}

static bool all_bytes(const unsigned char *piece, size_t size, int value)
{
    for (size_t i = 0; i < size; i++)
        if (piece[i] != value)
            return false;
    return true;
}

/* Many small pieces and a few larger than any block, each zeroed, aligned and left alone. */
START_TEST(pieces_do_not_overlap)
{
    static const size_t sizes[] = {1, 7, 16, 100, 5000, 20000, 0, 16384, 3};
    enum { COUNT = 90 };
    unsigned char *pieces[COUNT];

    for (int round = 0; round < 3; round++) {
        size_t least = 0;
        for (int i = 0; i < COUNT; i++) {
            size_t size = sizes[i % 9];
            pieces[i] = arena_alloc(arena, size);
            ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
            ck_assert(all_bytes(pieces[i], size, 0));
            memset(pieces[i], i + 1, size);
            least += size;
        }
        ck_assert_uint_ge(arena_used(arena), least);
        for (int i = 0; i < COUNT; i++)
            ck_assert(all_bytes(pieces[i], sizes[i % 9], i + 1));
        arena_clear(arena);
        ck_assert_uint_eq(arena_used(arena), 0);
    }
}
END_TEST

/* What a round needed once, the next has without new blocks, in the same places. */
START_TEST(clear_keeps_the_blocks)
{
    enum { COUNT = 40 };
    void *first[COUNT];

    for (int i = 0; i < COUNT; i++)
        first[i] = arena_alloc(arena, 1000);
    arena_clear(arena);
    for (int i = 0; i < COUNT; i++)
        ck_assert_ptr_eq(arena_alloc(arena, 1000), first[i]);
}
END_TEST

/* A piece that the next kept block cannot hold gets a block of its own in between. */
START_TEST(large_piece_between_kept_blocks)
{
    for (int i = 0; i < 40; i++)
        arena_alloc(arena, 1000);
    arena_clear(arena);
    memset(arena_alloc(arena, 16000), 1, 16000);
    memset(arena_alloc(arena, 100000), 2, 100000);
    char *after = arena_alloc(arena, 16000);
    memset(after, 3, 16000);
    ck_assert_uint_ge(arena_used(arena), 132000);
}
END_TEST

START_TEST(strings)
{
    ck_assert_ptr_null(arena_strdup(arena, NULL));
    ck_assert_ptr_null(arena_strndup(arena, NULL, 3));
    ck_assert_str_eq(arena_strdup(arena, ""), "");
    ck_assert_str_eq(arena_strdup(arena, "desk"), "desk");
    ck_assert_str_eq(arena_strndup(arena, "deskbell", 4), "desk");
    ck_assert_str_eq(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    ck_assert_str_eq(arena_printf(arena, "%s", ""), "");
    const char *long_text = arena_printf(arena, "%030000d", 1);
    ck_assert_uint_eq(strlen(long_text), 30000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, pieces_do_not_overlap);
    tcase_add_test(tcase, clear_keeps_the_blocks);
    tcase_add_test(tcase, large_piece_between_kept_blocks);
    tcase_add_test(tcase, strings);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
