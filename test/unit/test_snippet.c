/* What a library may choose for its button, and the file that comes of it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/snippet_file.h"
#include "policy/arena.h"
#include "policy/snippet.h"

static struct arena *arena;

static void set_up(void)
{
    arena = arena_new();
}

static void tear_down(void)
{
    arena_free(arena);
}

static const struct {
    const char *name, *key;
} keys[] = {
    {"mobstate (home page)", "mobstate.home-page"},
    {"mobstate (Map room)", "mobstate.map-room"},
    {"mobstate ( Law,  2nd floor! )", "mobstate.law-2nd-floor"},
    {"mobstate (Bücher)", "mobstate.b-cher"},
    {"slu (!)", "slu.240c8dec"},
    {"slu (?)", "slu.3a0cb08e"},
};

START_TEST(key_of_a_name)
{
    char key[SNIPPET_KEY_SIZE];

    snippet_key(keys[_i].name, key);
    ck_assert_str_eq(key, keys[_i].key);
}
END_TEST

START_TEST(longest_key)
{
    char name[200], key[SNIPPET_KEY_SIZE];

    snprintf(name, sizeof name, "a2345678901234567890 (%s)",
             "123456789012345678901234567890123456789012345678901234567890");
    snippet_key(name, key);
    ck_assert_uint_eq(strlen(key), 20 + 1 + 60);
}
END_TEST

static const struct complaint {
    struct snippet_settings snippet;
    const char *complaint; /* how it begins; NULL: there is none */
} complaints[] = {
    {{.name = ""}, NULL},
    {{.accent = "#7a1f2b"}, NULL},
    {{.accent = "#0F5A8C"}, NULL},
    {{.accent = "#767676"}, NULL}, /* 4.54 */
    {{.accent = "#777777"}, "accent: white words on '#777777' cannot be read (contrast 4.4,"},
    {{.accent = "#ffe600"}, "accent: white words on '#ffe600' cannot be read (contrast 1.2,"},
    {{.accent = "#7a1f2"}, "accent: '#7a1f2' is not a colour"},
    {{.accent = "#7a1f2b0"}, "accent: '#7a1f2b0' is not a colour"},
    {{.accent = "#7a1f2g"}, "accent: '#7a1f2g' is not a colour"},
    {{.accent = "red;}*{display:none"}, "accent: 'red;}*{display:none' is not a colour"},
    {{.side = "start", .closed = "hide"}, NULL},
    {{.side = "left"}, "side: 'left' is neither 'start' nor 'end'"},
    {{.closed = "no"}, "closed: 'no' is neither 'show' nor 'hide'"},
    {{.consent_link = "https://example.org/privacy"}, NULL},
    {{.consent_link = "javascript:alert(1)"}, "consent_link: 'javascript:alert(1)' is not an http"},
    {{.questions = "Your name\n\n  E-mail* (email) \nI am: a student | a guest"}, NULL},
    {{.questions = "1\n2\n3\n4\n5\n6\n7\n8"}, NULL},
    {{.questions = "1\n2\n3\n4\n5\n6\n7\n8\n9"}, "questions: more than 8"},
    {{.questions = "I am: a student |"}, "questions: 'I am: a student |' has an empty choice"},
    {{.questions = "a student | a guest"}, "questions: 'a student | a guest' has choices, and no"},
    {{.questions = "* (email)"}, "questions: '* (email)' asks nothing"},
    {{.questions = "Q: 1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20"}, NULL},
    {{.questions = "Q: 1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21"},
     "questions: 'Q: 1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21' has more than 20"},
    {{.texts = "en.title: Map room\nes.title: Mapoteca: mapas\n"}, NULL},
    {{.questions = "I am*: a student | a guest", .texts = "es.I am: Soy\nes.a guest: visitante"},
     NULL},
    {{.texts = "es.I am: Soy"}, "texts: 'I am' is neither one of the page's words"},
    {{.texts = "en.language: xx"}, "texts: 'language' is neither one of the page's words"},
    {{.texts = "title: Map room"}, "texts: 'title: Map room' does not begin with a language"},
    {{.texts = "e.title: x"}, "texts: 'e.title: x' does not begin with a language"},
    {{.texts = "english.title: x"}, "texts: 'english.title: x' does not begin with a language"},
    {{.texts = "en.title"}, "texts: 'en.title' has no colon"},
    {{.texts = "en.: x"}, "texts: 'en.: x' does not say which words"},
    {{.texts = "en.title: "}, "texts: 'en.title:' has no words"},
};

START_TEST(what_is_wrong)
{
    const struct complaint *row = &complaints[_i];
    const char *complaint = snippet_complaint(arena, &row->snippet);

    if (row->complaint == NULL)
        ck_assert_ptr_null(complaint);
    else
        ck_assert_msg(complaint != NULL &&
                          strncmp(complaint, row->complaint, strlen(row->complaint)) == 0,
                      "'%s' instead of '%s'", complaint, row->complaint);
}
END_TEST

START_TEST(too_many_words)
{
    enum { LINE_LENGTH = sizeof "en.title: x\n" - 1 };
    static char lines[LINE_LENGTH * (SNIPPET_WORDS_MAX + 1) + 1];
    struct snippet_settings snippet = {.name = "", .texts = lines};
    size_t count;

    for (int i = 0; i <= SNIPPET_WORDS_MAX; i++)
        memcpy(lines + i * LINE_LENGTH, "en.title: x\n", LINE_LENGTH + 1);
    ck_assert_str_eq(snippet_complaint(arena, &snippet), "texts: more than 100 lines");
    snippet_words(arena, lines, &count);
    ck_assert_uint_eq(count, SNIPPET_WORDS_MAX);
    lines[LINE_LENGTH * SNIPPET_WORDS_MAX] = '\0';
    ck_assert_ptr_null(snippet_complaint(arena, &snippet));
}
END_TEST

/* Each of the page's own words can have others, and no word can that the page has not. */
START_TEST(words_of_the_page)
{
    FILE *file = fopen("widget/texts/en.json", "r");
    char line[500], key[100];
    int count = 0;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, " \"%99[a-z_]\":", key) == 1) {
            bool is_language = strcmp(key, "language") == 0 || strcmp(key, "direction") == 0;
            ck_assert_msg(snippet_word(key) == !is_language, "%s", key);
            count++;
        }
    fclose(file);
    ck_assert_int_eq(count, 54 + 2);
}
END_TEST

static const struct {
    struct snippet_settings snippet;
    const char *members;
} files[] = {
    {{.name = "mobstate (x)"}, "\"snippet\":\"mobstate (x)\""},
    {{.name = "mobstate (</script>)",
      .accent = "#7a1f2b",
      .side = "start",
      .closed = "hide",
      .consent = true,
      .consent_link = "https://example.org/?a=\"b\""},
     "\"snippet\":\"mobstate (\\u003c/script\\u003e)\",\"accent\":\"#7a1f2b\",\"side\":\"start\","
     "\"closed\":\"hide\",\"consent\":true,"
     "\"consent_link\":\"https://example.org/?a=\\\"b\\\"\""},
    {{.name = "m (x)", .questions = "Your name\nMail* (email)\nCall (phone)\nI am*: pupil | guest"},
     "\"snippet\":\"m (x)\",\"form\":[{\"label\":\"Your name\",\"type\":\"text\"},"
     "{\"label\":\"Mail\",\"type\":\"email\",\"required\":true},"
     "{\"label\":\"Call\",\"type\":\"tel\"},"
     "{\"label\":\"I am\",\"type\":\"select\",\"required\":true,"
     "\"options\":[\"pupil\",\"guest\"]}]"},
    {{.name = "m (x)",
      .questions = "I am: pupil | guest",
      .texts = "es.I am: Soy\nes.title: Mapas\nen.guest: a guest\nfr.I am: Je suis\n"
               "es.title: Otra\nen.title: Maps\nes.hint: Pregunte"},
     "\"snippet\":\"m (x)\","
     "\"form\":[{\"label\":{\"es\":\"Soy\",\"fr\":\"Je suis\",\"en\":\"I am\"},"
     "\"type\":\"select\",\"options\":[\"pupil\",{\"en\":\"a guest\"}]}],"
     "\"texts\":{\"es\":{\"title\":\"Mapas\",\"hint\":\"Pregunte\"},\"en\":{\"title\":\"Maps\"}}"},
};

START_TEST(members_of_the_file)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    snippet_put_members(out, &files[_i].snippet);
    fclose(out);
    ck_assert_str_eq(text, files[_i].members);
    free(text);
}
END_TEST

#define COUNT(rows) (int)(sizeof rows / sizeof rows[0])

int main(void)
{
    Suite *suite = suite_create("snippet");
    TCase *tcase = tcase_create("snippet");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, key_of_a_name, 0, COUNT(keys));
    tcase_add_test(tcase, longest_key);
    tcase_add_loop_test(tcase, what_is_wrong, 0, COUNT(complaints));
    tcase_add_test(tcase, too_many_words);
    tcase_add_test(tcase, words_of_the_page);
    tcase_add_loop_test(tcase, members_of_the_file, 0, COUNT(files));
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
