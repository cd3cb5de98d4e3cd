/* What may be in a text from outside, and what an account looks like. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/account.h"
#include "component/settings_bounds.h"
#include "component/utf8.h"

static const struct {
    const char *text;
    int length;
} lengths[] = {
    {"", 0},
    {"a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", 4},
    {"\x7f\xc2\x80", 2},
    {"\x80", -1},
    {"\xc0\x80", -1}, /* overlong */
    {"\xc1\xbf", -1},
    {"\xc3", -1}, /* cut off */
    {"\xc3(", -1},
    {"\xe0\x9f\xbf", -1}, /* overlong */
    {"\xe0\xa0\x80", 1},
    {"\xe2\x82", -1},
    {"\xe2\x82\xc3", -1},
    {"\xed\x9f\xbf", 1},
    {"\xed\xa0\x80", -1}, /* a surrogate */
    {"\xee\x80\x80", 1},
    {"\xf0\x8f\xbf\xbf", -1}, /* overlong */
    {"\xf0\x90\x80\x80", 1},
    {"\xf0\x90\x80", -1},
    {"\xf4\x8f\xbf\xbf", 1},
    {"\xf4\x90\x80\x80", -1}, /* above U+10FFFF */
    {"\xf5\x80\x80\x80", -1},
    {"\xff", -1},
};

START_TEST(length_counts_characters)
{
    ck_assert_int_eq(utf8_length(lengths[_i].text), lengths[_i].length);
}
END_TEST

static const struct {
    const char *text;
    bool in_line, in_text;
} controls[] = {
    {"plain \xc3\xbc", false, false},
    {"a\nb", true, false},
    {"a\tb", true, false},
    {"a\rb", true, true},
    {"\x1b[0m", true, true},
    {"\x7f", true, true},
    {"\xc2\x85", true, true},
    {"\xc2\xa0", false, false},
    {"\x01", true, true},
};

START_TEST(controls_are_found)
{
    ck_assert(utf8_has_control(controls[_i].text, false) == controls[_i].in_line);
    ck_assert(utf8_has_control(controls[_i].text, true) == controls[_i].in_text);
}
END_TEST

static const struct {
    const char *text;
    bool plausible;
} accounts[] = {
    {"a@b", true},         {"jane.doe@chat.example.org", true},
    {"j\xc3\xbc@b", true}, {"a@[::1]", true},
    {"", false},           {"a", false},
    {"@b", false},         {"a@", false},
    {"a@b/desk", false},   {"a@b@c", false},
    {"a b@c", false},      {"a@b c", false},
    {"A@b", false},        {"a@B", false},
    {"a&@b", false},       {"a@.b", false},
    {"a\n@b", false},      {"a@b\xff", false},
    {"<a@b", false},       {"a'@b", false},
};

START_TEST(account_looks_right)
{
    ck_assert_msg(account_is_plausible(accounts[_i].text) == accounts[_i].plausible, "%s",
                  accounts[_i].text);
}
END_TEST

START_TEST(account_has_a_bound)
{
    char text[ACCOUNT_BYTES_MAX + 2];

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text[1] = '@';
    ck_assert(!account_is_plausible(text));
    text[ACCOUNT_BYTES_MAX] = '\0';
    ck_assert(account_is_plausible(text));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tests = tcase_create("texts");

    tcase_add_loop_test(tests, length_counts_characters, 0, COUNT(lengths));
    tcase_add_loop_test(tests, controls_are_found, 0, COUNT(controls));
    tcase_add_loop_test(tests, account_looks_right, 0, COUNT(accounts));
    tcase_add_test(tests, account_has_a_bound);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
