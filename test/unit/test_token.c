/* What patrons come back with: made, read and hashed. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "component/token.h"

#define SECRET "00112233445566778899aabbccddeeff"
/* By sha1sum of the 32 digits. */
#define SECRET_HASH "2ab31b2b0c25d5f6cbc9e082f80ab7cd27ec6315"

static const struct {
    const char *name, *text, *code; /* NULL: no token */
} cases[] = {
    {"a token", "k3f9." SECRET, "k3f9"},
    {"the longest code", "abcdefgh." SECRET, "abcdefgh"},
    {"a code too long", "abcdefghi." SECRET, NULL},
    {"no code", "." SECRET, NULL},
    {"nothing", "", NULL},
    {"no point", "k3f9", NULL},
    {"no secret", "k3f9.", NULL},
    {"a digit too few", "k3f9.0112233445566778899aabbccddeeff", NULL},
    {"a digit too many", "k3f9.0" SECRET, NULL},
    {"capitals are others", "k3f9.00112233445566778899AABBCCDDEEFF", NULL},
    {"no digits", "k3f9.00112233445566778899aabbccddeefg", NULL},
    {"a second point", "k3f9.." SECRET, NULL},
};

START_TEST(reading)
{
    char code[CHAT_CODE_MAX + 1] = "x", hash[TOKEN_HASH_MAX + 1] = "x";
    bool read = token_read(cases[_i].text, code, hash);

    ck_assert_msg(read == (cases[_i].code != NULL), "%s", cases[_i].name);
    ck_assert_msg(strcmp(code, read ? cases[_i].code : "") == 0, "%s: %s", cases[_i].name, code);
    ck_assert_msg(strcmp(hash, read ? SECRET_HASH : "") == 0, "%s: %s", cases[_i].name, hash);
}
END_TEST

START_TEST(each_is_new_and_fits_its_hash)
{
    char code[CHAT_CODE_MAX + 1], hash[TOKEN_HASH_MAX + 1], text[64];
    struct token one, other;

    token_make(&one);
    token_make(&other);
    ck_assert_str_ne(one.text, other.text);
    ck_assert_uint_eq(strlen(one.text), TOKEN_TEXT_MAX);
    snprintf(text, sizeof text, "k3f9.%s", one.text);
    ck_assert(token_read(text, code, hash));
    ck_assert_str_eq(hash, one.hash);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("token");
    TCase *tests = tcase_create("token");

    tcase_add_loop_test(tests, reading, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tests, each_is_new_and_fits_its_hash);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
