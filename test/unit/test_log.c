/* The log: one line each, whatever a stranger's name is made of. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/log.h"

static const struct {
    const char *name, *text, *line;
} cases[] = {
    {"words", "a 'b'", "deskbell: warning: a 'b'\n"},
    {"a line break", "a\nerror: b", "deskbell: warning: a?error: b\n"},
    {"an escape", "a\x1b[2Jb\x7f", "deskbell: warning: a?[2Jb?\n"},
    {"other letters", "caf\xc3\xa9 \xe2\x80\xa6", "deskbell: warning: caf\xc3\xa9 \xe2\x80\xa6\n"},
    {"a turn",
     "a\xe2\x80\xae"
     "b",
     "deskbell: warning: a???b\n"},
    {"the first and the last", "\xe2\x80\xaa\xe2\x81\xa9", "deskbell: warning: ??????\n"},
    {"the one before and the one behind", "\xe2\x80\xa9\xe2\x81\xaa",
     "deskbell: warning: \xe2\x80\xa9\xe2\x81\xaa\n"},
    {"an isolate", "\xe2\x81\xa6", "deskbell: warning: ???\n"},
};

START_TEST(lines)
{
    char path[] = "/tmp/test_log.XXXXXX", found[256];
    int before = dup(STDERR_FILENO), file = mkstemp(path);

    unsetenv("JOURNAL_STREAM");
    ck_assert_int_ge(file, 0);
    dup2(file, STDERR_FILENO);
    log_warning("%s", cases[_i].text);
    dup2(before, STDERR_FILENO);
    close(before);
    ssize_t length = pread(file, found, sizeof found - 1, 0);
    close(file);
    unlink(path);
    ck_assert_int_gt((int)length, 0);
    found[length] = '\0';
    ck_assert_msg(strcmp(found, cases[_i].line) == 0, "%s: %s", cases[_i].name, found);
}
END_TEST

/* Each level writes itself and what is graver. */
START_TEST(levels)
{
    static const char *const written[] = {"e", "ew", "ewi", "ewid"};
    char path[] = "/tmp/test_log.XXXXXX", found[256] = "", letters[8] = "";
    int before = dup(STDERR_FILENO), file = mkstemp(path);

    setenv("JOURNAL_STREAM", "1:1", 1);
    dup2(file, STDERR_FILENO);
    log_level_set((enum log_level)_i);
    log_error("e");
    log_warning("w");
    log_info("i");
    log_debug("d");
    log_level_set(LOG_LEVEL_INFO);
    unsetenv("JOURNAL_STREAM");
    dup2(before, STDERR_FILENO);
    close(before);
    ck_assert(pread(file, found, sizeof found - 1, 0) > 0);
    close(file);
    unlink(path);
    /* "<3>e": the journal's priorities are 3, 4, 6, 7. */
    for (size_t i = 0; found[i] == '<'; i += 5) {
        letters[strlen(letters)] = found[i + 3];
        ck_assert_int_eq(found[i + 1], "3467"[strlen(letters) - 1]);
        ck_assert_int_eq(found[i + 4], '\n');
    }
    ck_assert_str_eq(letters, written[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tests = tcase_create("all");

    tcase_add_loop_test(tests, lines, 0, (int)(sizeof cases / sizeof cases[0]));
    tcase_add_loop_test(tests, levels, LOG_LEVEL_ERROR, LOG_LEVEL_DEBUG + 1);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
