/* Profiles, canned replies and notices: what counts, and what it looks like. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/canned.h"
#include "policy/date.h"
#include "policy/instant.h"
#include "policy/notice.h"
#include "policy/profile.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Each key by itself; "" is a value. */
START_TEST(inherits_key_by_key)
{
    struct library_settings library = {.profile = {.text = "library", .link = "", .phone = "1"}};
    struct queue_settings queue = {.profile = {.text = NULL, .phone = "2"}};
    struct consortium consortium = {
        .libraries = &library,
        .queues = &queue,
        .profile = {.text = "consortium", .link = "https://c", .phone = "0"},
    };
    struct profile profile = profile_of_queue(&consortium, 0);

    ck_assert_str_eq(profile.text, "library");
    ck_assert_str_eq(profile.link, "");
    ck_assert_str_eq(profile.phone, "2");
    ck_assert_str_eq(profile.policies, "");
    ck_assert_str_eq(profile_of_library(&consortium, 0).phone, "1");
    ck_assert_str_eq(profile_of_library(&consortium, NO_INDEX).text, "consortium");
}
END_TEST

static const char *letters(struct arena *arena, const char *letter, int count)
{
    const char *text = "";

    for (int i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s", text, letter);
    return text;
}

START_TEST(short_form)
{
    struct arena *arena = arena_new();
    struct profile profile = {.text = "", .link = "", .phone = "", .policies = "https://p"};

    ck_assert_str_eq(profile_short(arena, "SLU", &profile), "");
    profile.phone = "555";
    ck_assert_str_eq(profile_short(arena, "SLU", &profile), "SLU: 555");
    profile.text = "Two\nlines";
    profile.link = "https://slu";
    ck_assert_str_eq(profile_short(arena, "SLU", &profile), "SLU: Two lines, 555, https://slu");
    profile.text = "Alumni may borrow.";
    ck_assert_str_eq(profile_short(arena, "SLU", &profile),
                     "SLU: Alumni may borrow. 555, https://slu");
    profile.phone = profile.link = "";
    profile.text = letters(arena, "\xc3\xbc", PROFILE_SHORT_CHARACTERS);
    ck_assert_str_eq(profile_short(arena, "S", &profile),
                     arena_printf(arena, "S: %s", profile.text));
    profile.text = arena_printf(arena, "%sx", profile.text);
    ck_assert_str_eq(
        profile_short(arena, "S", &profile),
        arena_printf(arena, "S: %s...", letters(arena, "\xc3\xbc", PROFILE_SHORT_CHARACTERS)));
    profile.text = arena_printf(arena, "%s bcd", letters(arena, "a", PROFILE_SHORT_CHARACTERS - 3));
    ck_assert_str_eq(
        profile_short(arena, "S", &profile),
        arena_printf(arena, "S: %s...", letters(arena, "a", PROFILE_SHORT_CHARACTERS - 3)));
    profile.text =
        arena_printf(arena, "%s bc d", letters(arena, "a", PROFILE_SHORT_CHARACTERS - 3));
    ck_assert_str_eq(
        profile_short(arena, "S", &profile),
        arena_printf(arena, "S: %s bc...", letters(arena, "a", PROFILE_SHORT_CHARACTERS - 3)));
    arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    bool right;
} links[] = {
    {"https://lib.example.edu/a?b=c#d", true},
    {"http://a", true},
    {"https://", false},
    {"http:///path", false},
    {"https://:80", false},
    {"https://?q", false},
    {"ftp://a", false},
    {"javascript:alert(1)", false},
    {"lib.example.edu", false},
    {"HTTPS://a", false},
    {"https://a b", false},
    {"https://a\"b", false},
    {"https://a<b>", false},
    {"https://a\nb", false},
    {"", false},
};

START_TEST(link_is)
{
    ck_assert_msg(profile_is_link(links[_i].text) == links[_i].right, "%s", links[_i].text);
}
END_TEST

static const char *const values[FIELD_COUNT] = {
    [FIELD_LIBRARY] = "SLU",  [FIELD_QUEUE] = "Ask",    [FIELD_HOURS] = "Mon",
    [FIELD_PHONE] = "{link}", [FIELD_LINK] = "https:/", [FIELD_POLICIES] = "",
    [FIELD_OPERATOR] = "Kim", [FIELD_NEXT] = "at 8",
};

static const struct {
    const char *text;
    const char *filled;
    const char *wrong; /* NULL: none */
    unsigned fields;
} texts[] = {
    {"", "", NULL, 0},
    {"no field", "no field", NULL, 0},
    {"{library}", "SLU", NULL, 1u << FIELD_LIBRARY},
    {"{library}{queue} of {library}", "SLUAsk of SLU", NULL,
     1u << FIELD_LIBRARY | 1u << FIELD_QUEUE},
    {"{hours},{policies}.", "Mon,.", NULL, 1u << FIELD_HOURS | 1u << FIELD_POLICIES},
    {"{phone}", "{link}", NULL, 1u << FIELD_PHONE}, /* filled in once */
    {"{link}{operator}{next}", "https:/Kimat 8", NULL,
     1u << FIELD_LINK | 1u << FIELD_OPERATOR | 1u << FIELD_NEXT},
    {"{{library}", "{library}", NULL, 0},
    {"{{{library}}", "{SLU}", NULL, 1u << FIELD_LIBRARY},
    {"a } b", "a } b", NULL, 0},
    {"a {{", "a {", NULL, 0},
    {"{librarie} x", "{librarie} x", "{librarie}", 0},
    {"{Library}", "{Library}", "{Library}", 0},
    {"{}", "{}", "{}", 0},
    {"{library", "{library", "{library", 0},
    {"{library }", "{library }", "{library", 0},
    {"end {", "end {", "{", 0},
    {"{queue} {two\nlines}", "Ask {two\nlines}", "{two", 1u << FIELD_QUEUE},
};

START_TEST(canned_text)
{
    struct arena *arena = arena_new();
    unsigned fields = 99;
    const char *wrong = NULL;
    int length = 0;

    ck_assert(canned_fields(texts[_i].text, &fields, &wrong, &length) == (texts[_i].wrong == NULL));
    ck_assert_uint_eq(fields, texts[_i].fields);
    if (texts[_i].wrong != NULL)
        ck_assert_str_eq(arena_strndup(arena, wrong, (size_t)length), texts[_i].wrong);
    ck_assert_str_eq(canned_fill(arena, texts[_i].text, values, 100), texts[_i].filled);
    arena_free(arena);
}
END_TEST

START_TEST(canned_bound)
{
    struct arena *arena = arena_new();

    ck_assert_str_eq(canned_fill(arena, "{library}12", values, 5), "SLU12");
    ck_assert_ptr_null(canned_fill(arena, "{library}12", values, 4));
    ck_assert_ptr_null(canned_fill(arena, "12{library}", values, 4));
    arena_free(arena);
}
END_TEST

START_TEST(canned_names)
{
    struct canned list[] = {{.name = "a-1"}, {.name = "hours"}};
    struct canned_replies replies = {2, list};

    ck_assert(canned_name_is_right("a-1"));
    ck_assert(!canned_name_is_right(""));
    ck_assert(!canned_name_is_right("A"));
    ck_assert(!canned_name_is_right("two words"));
    ck_assert(canned_name_is_right("1234567890123456789012345678901234567890"));
    ck_assert(!canned_name_is_right("12345678901234567890123456789012345678901"));
    ck_assert_ptr_eq(canned_find(&replies, "hours"), &list[1]);
    ck_assert_ptr_null(canned_find(&replies, "hour"));
    for (enum canned_field field = 0; field < FIELD_COUNT; field++)
        ck_assert_str_ne(canned_field_name(field), "");
}
END_TEST

static const struct {
    const char *until;
    bool right;
} untils[] = {
    {"2026-12-01T17:00", true},  {"2026-02-28T00:00", true},
    {"2026-02-29T10:00", false}, {"2026-12-01T24:00", false},
    {"2026-12-01 17:00", false}, {"2026-12-01T17:60", false},
    {"2026-12-01", false},       {"2026-12-01T17:00:00", false},
    {"2026-12-01T7:00", false},  {"", false},
};

START_TEST(until_text)
{
    struct notice notice = {.minute = -1};
    char text[NOTICE_UNTIL_TEXT_SIZE];

    ck_assert_msg(notice_until_parse(untils[_i].until, &notice) == untils[_i].right, "%s",
                  untils[_i].until);
    if (untils[_i].right)
        ck_assert_str_eq(notice_until_print(&notice, text), untils[_i].until);
    else
        ck_assert_int_eq(notice.minute, -1);
}
END_TEST

static const struct {
    const char *zone, *until, *instant;
} ends[] = {
    {"UTC", "2026-12-01T17:00", "2026-12-01T17:00:00Z"},
    {"America/Chicago", "2026-12-01T17:00", "2026-12-01T23:00:00Z"},
    {"America/Chicago", "2026-07-01T17:00", "2026-07-01T22:00:00Z"},
    /* 1 November, 02:00 becomes 01:00: the later of the two */
    {"America/Chicago", "2026-11-01T00:59", "2026-11-01T05:59:00Z"},
    {"America/Chicago", "2026-11-01T01:30", "2026-11-01T07:30:00Z"},
    {"America/Chicago", "2026-11-01T02:00", "2026-11-01T08:00:00Z"},
    /* 8 March, 02:00 becomes 03:00: 02:30 is half an hour later than 02:00 would have been */
    {"America/Chicago", "2026-03-08T01:59", "2026-03-08T07:59:00Z"},
    {"America/Chicago", "2026-03-08T02:30", "2026-03-08T08:30:00Z"},
    {"America/Chicago", "2026-03-08T03:00", "2026-03-08T08:00:00Z"},
};

START_TEST(until_instant)
{
    struct error error;
    struct notice notice = {.text = ""};
    char text[INSTANT_TEXT_SIZE];

    ck_assert(notice_until_parse(ends[_i].until, &notice));
    ck_assert_str_eq(instant_print(notice_until(&notice, zone_load(ends[_i].zone, &error)), text),
                     ends[_i].instant);
    zone_forget_all();
}
END_TEST

START_TEST(keys)
{
    struct notice one = {.text = "a", .minute = 1}, same = {.text = "a"}, other = {.text = "b"};

    ck_assert_uint_eq(notice_key(1, &one), notice_key(1, &same));
    ck_assert_uint_ne(notice_key(1, &one), notice_key(2, &one));
    ck_assert_uint_ne(notice_key(1, &one), notice_key(1, &other));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile");
    TCase *tests = tcase_create("profile");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tests, inherits_key_by_key);
    tcase_add_test(tests, short_form);
    tcase_add_loop_test(tests, link_is, 0, (int)COUNT(links));
    tcase_add_loop_test(tests, canned_text, 0, (int)COUNT(texts));
    tcase_add_test(tests, canned_bound);
    tcase_add_test(tests, canned_names);
    tcase_add_loop_test(tests, until_text, 0, (int)COUNT(untils));
    tcase_add_loop_test(tests, until_instant, 0, (int)COUNT(ends));
    tcase_add_test(tests, keys);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
