/* The grammar of names. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "policy/names.h"

#define TEN "abcdefghij"
#define TWENTY TEN TEN
#define FORTY TWENTY TWENTY
/* two bytes a character */
#define TEN_WIDE "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"

enum { LABEL = 1, QUEUE = 2, OPERATOR = 4, SNIPPET = 8 };

static const struct {
    const char *text;
    int is;
} names[] = {
    {"mobius", LABEL},
    {"m", LABEL},
    {"m1", LABEL},
    {TWENTY, LABEL},
    {TWENTY "k", 0},
    {"1m", 0},
    {"M", 0},
    {"mObius", 0},
    {"m_", 0},
    {"m{", 0},
    {"{", 0},
    {"m\u00fc", 0},
    {"", 0},
    {"mobius-mobstate", QUEUE},
    {TWENTY "-" TWENTY, QUEUE},
    {TWENTY "-" TWENTY "k", 0},
    {TWENTY "k-a", 0},
    {"mobius-1", 0},
    {"mobius-", 0},
    {"-mobstate", 0},
    {"mobius--mobstate", 0},
    {"mobius.mobstate", 0},
    {"mobius-mobstate-law", QUEUE | OPERATOR},
    {"mobius-mobstate-1", QUEUE | OPERATOR},
    {"mobius-mobstate-a-b--c", QUEUE | OPERATOR},
    {"mobius-mobstate-" FORTY, QUEUE | OPERATOR},
    {TWENTY "-" TWENTY "-" FORTY, QUEUE | OPERATOR},
    {"mobius-mobstate-" FORTY "k", 0},
    {"mobius-mobstate-", 0},
    {"mobius-mobstate--law", 0},
    {"mobius-mobstate-law-", 0},
    {"mobius-mobstate-Law", 0},
    {"mobius-mobstate-l.w", 0},
    {"mobius-mobstate.law", 0},
    {"mobius-mobstate law", 0},
    {"mobstate (home page)", SNIPPET},
    {"mobstate (x)", SNIPPET},
    {"mobstate ( )", SNIPPET},
    {"mobstate ()", 0},
    {"mobstate (x", 0},
    {"mobstate (x) ", 0},
    {"mobstate (x))", 0},
    {"mobstate ((x)", 0},
    {"mobstate  (x)", 0},
    {"mobstate(x)", 0},
    {"mobstate x", 0},
    {" (x)", 0},
    {"Mobstate (x)", 0},
    {"mobstate (a\tb)", 0},
    {"mobstate (a\x7f"
     "b)",
     0},
    {"mobstate (a\xc2\x85"
     "b)",
     0},
    {"mobstate (a\u00a0b)", SNIPPET},
    {"mobstate (caf\u00e9 \u4e2d \U0001f4da)", SNIPPET},
    {"mobstate (" FORTY TWENTY ")", SNIPPET},
    {"mobstate (" FORTY TWENTY "k)", 0},
    {"mobstate (" TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE ")", SNIPPET},
    {"mobstate (" TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE TEN_WIDE "\u00e4)", 0},
    {"mobstate (\xc3)", 0},         /* cut off */
    {"mobstate (\xc3", 0},          /* by the end */
    {"mobstate (\x80)", 0},         /* begins in the middle */
    {"mobstate (\xc0\xaf)", 0},     /* overlong */
    {"mobstate (\xe0\x80\xaf)", 0}, /* overlong */
    {"mobstate (\xf0\x80\x80\xaf)", 0},
    {"mobstate (\xed\xa0\x80)", 0}, /* a surrogate */
    {"mobstate (\xed\x9f\xbf)", SNIPPET},
    {"mobstate (\xee\x80\x80)", SNIPPET},
    {"mobstate (\xf4\x8f\xbf\xbf)", SNIPPET},
    {"mobstate (\xf4\x90\x80\x80)", 0}, /* above U+10FFFF */
    {"mobstate (\xf8\x88\x80\x80)", 0},
    {"mobstate (\xff)", 0},
};

static void name_kinds_row(size_t row)
{
    const char *text = names[row].text;
    int is = (name_is_label(text) ? LABEL : 0) | (name_is_queue(text) ? QUEUE : 0) |
             (name_is_operator(text) ? OPERATOR : 0) | (name_is_snippet(text) ? SNIPPET : 0);

    ck_assert_msg(is == names[row].is, "'%s' is %d", text, is);
    if ((is & (QUEUE | OPERATOR)) != 0)
        ck_assert_uint_le(strlen(text), NAME_MAX_BYTES);
}

START_TEST(name_kinds)
{
    for (size_t row = 0; row < sizeof names / sizeof names[0]; row++)
        name_kinds_row(row);
}
END_TEST

static const struct {
    const char *name, *consortium, *library;
    bool belongs;
} belongings[] = {
    {"mobius-mobstate", "mobius", "mobstate", true},
    {"mobius-mobstate-law", "mobius", "mobstate", true},
    {"mobius-mobstates", "mobius", "mobstate", false},
    {"mobius-mob", "mobius", "mobstate", false},
    {"mobius-mobstate", "mob", "mobstate", false},
    {"mobiusx-mobstate", "mobius", "mobstate", false},
    {"mobi", "mobius", "mobstate", false},
    {"other-mobstate", "mobius", "mobstate", false},
    {"mobius-slu", "mobius", "mobstate", false},
};

static void name_belonging_row(size_t row)
{
    ck_assert_int_eq(
        name_belongs(belongings[row].name, belongings[row].consortium, belongings[row].library),
        belongings[row].belongs);
}

START_TEST(name_belonging)
{
    for (size_t row = 0; row < sizeof belongings / sizeof belongings[0]; row++)
        name_belonging_row(row);
}
END_TEST

START_TEST(snippet_belonging)
{
    ck_assert(name_snippet_belongs("mobstate (x)", "mobstate"));
    ck_assert(!name_snippet_belongs("mobstate2 (x)", "mobstate"));
    ck_assert(!name_snippet_belongs("mobstate (x)", "mob"));
    ck_assert(!name_snippet_belongs("slu (x)", "mobstate"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *tcase = tcase_create("names");

    tcase_add_test(tcase, name_kinds);
    tcase_add_test(tcase, name_belonging);
    tcase_add_test(tcase, snippet_belonging);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
