/* Codes by which an account of another server says yes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/verify.h"
#include "test/support/store_desk.h"

#define FOREIGN "ann@elsewhere.example"
#define CODE "k3f9x-7wm2p"

static PGconn *database;

static void set_up(void)
{
    struct error error;

    database = database_new();
    ck_assert(verify_begin(database, 1, "mobius-mobstate-ann", FOREIGN, CODE, &error));
}

static void tear_down(void)
{
    PQfinish(database);
}

/* What the desk takes it for; "" for nothing. Borrowed until the next. */
static const char *finish(const char *account, const char *code)
{
    static char name[100];
    char *operator = NULL;
    struct error error;

    ck_assert_msg(verify_finish(database, 1, account, code, &operator, &error), "%s", error.text);
    snprintf(name, sizeof name, "%s", operator == NULL ? "" : operator);
    free(operator);
    return name;
}

#define ACCOUNT "SELECT account FROM deskbell.operator WHERE name = 'mobius-mobstate-ann'"

START_TEST(the_account_changes_with_the_code)
{
    char before[100];

    snprintf(before, sizeof before, "%s", sql(database, ACCOUNT));
    ck_assert_str_eq(finish(FOREIGN, "k3f9x-7wm2q"), "");
    ck_assert_str_eq(finish("mallory@elsewhere.example", CODE), "");
    ck_assert_str_eq(sql(database, ACCOUNT), before);
    ck_assert_str_eq(finish(FOREIGN, CODE), "mobius-mobstate-ann");
    ck_assert_str_eq(sql(database, ACCOUNT), FOREIGN);
    ck_assert_str_eq(finish(FOREIGN, CODE), ""); /* once */
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.account_check"), 0);
}
END_TEST

START_TEST(five_tries)
{
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(finish(FOREIGN, "aaaaa-aaaaa"), "");
    ck_assert_str_eq(finish(FOREIGN, CODE), "");
}
END_TEST

START_TEST(the_fifth_try_counts)
{
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(finish(FOREIGN, "aaaaa-aaaaa"), "");
    ck_assert_str_eq(finish(FOREIGN, CODE), "mobius-mobstate-ann");
}
END_TEST

START_TEST(a_week)
{
    sql(database, "UPDATE deskbell.account_check SET made_at = now() - interval '8 days' "
                  "RETURNING 1");
    ck_assert_str_eq(finish(FOREIGN, CODE), "");
}
END_TEST

START_TEST(a_new_code_ends_the_old)
{
    struct error error;

    ck_assert(verify_begin(database, 1, "mobius-mobstate-ann", FOREIGN, "bbbbb-bbbbb", &error));
    ck_assert_str_eq(finish(FOREIGN, CODE), "");
    ck_assert_str_eq(finish(FOREIGN, "bbbbb-bbbbb"), "mobius-mobstate-ann");
}
END_TEST

START_TEST(somebody_elses_account)
{
    sql(database, "UPDATE deskbell.operator SET account = '" FOREIGN "' WHERE name = "
                  "'mobius-mobstate-bob' RETURNING 1");
    ck_assert_str_eq(finish(FOREIGN, CODE), "");
}
END_TEST

START_TEST(nobody_of_that_name)
{
    struct error error;

    ck_assert(verify_begin(database, 1, "mobius-mobstate-zoe", FOREIGN, "bbbbb-bbbbb", &error));
    ck_assert_str_eq(finish(FOREIGN, "bbbbb-bbbbb"), "");
    ck_assert(verify_begin(database, 2, "mobius-mobstate-ann", FOREIGN, "bbbbb-bbbbb", &error));
    ck_assert_str_eq(finish(FOREIGN, "bbbbb-bbbbb"), "");
}
END_TEST

/* The code is not in the database. */
START_TEST(only_a_hash_is_kept)
{
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.account_check c WHERE "
                                          "c::text LIKE '%k3f9x%'"),
                     0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.account_check"), 1);
}
END_TEST

START_TEST(a_code_is_read_as_it_was_made)
{
    char code[VERIFY_CODE_SIZE], other[VERIFY_CODE_SIZE], read[VERIFY_CODE_SIZE];

    verify_code_make(code);
    verify_code_make(other);
    ck_assert_str_ne(code, other);
    ck_assert(verify_code_read(code, read));
    ck_assert_str_eq(read, code);
}
END_TEST

static const struct {
    const char *body;
    bool is_code;
} bodies[] = {
    {"k3f9x-7wm2p", true},
    {"  K3F9X-7WM2P \r\n", true},
    {"", false},
    {"   ", false},
    {"k3f9x", false},
    {"k3f9x-7wm2", false},
    {"k3f9x-7wm2pp", false},
    {"k3f9x-7wm2p please", false},
    {"my code is k3f9x-7wm2p", false},
    {"k3f9x 7wm2p", false},
    {"k3f9x7-wm2p", false},
    {"k3f9l-7wm2p", false}, /* no l */
    {"k3f9x-7wm0p", false}, /* no 0 */
    {"k3f9x-7wm2\xc3\xa9", false},
    {"hello there", false},
};

START_TEST(what_is_a_code)
{
    char code[VERIFY_CODE_SIZE];

    ck_assert_msg(verify_code_read(bodies[_i].body, code) == bodies[_i].is_code, "'%s'",
                  bodies[_i].body);
    if (bodies[_i].is_code)
        ck_assert_str_eq(code, "k3f9x-7wm2p");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *tests = tcase_create("verify");

    tcase_add_test(tests, a_code_is_read_as_it_was_made);
    tcase_add_loop_test(tests, what_is_a_code, 0, (int)(sizeof bodies / sizeof bodies[0]));
    suite_add_tcase(suite, tests);
    TCase *kept = tcase_create("kept");
    tcase_add_checked_fixture(kept, set_up, tear_down);
    tcase_set_timeout(kept, 60);
    tcase_add_test(kept, the_account_changes_with_the_code);
    tcase_add_test(kept, five_tries);
    tcase_add_test(kept, the_fifth_try_counts);
    tcase_add_test(kept, a_week);
    tcase_add_test(kept, a_new_code_ends_the_old);
    tcase_add_test(kept, somebody_elses_account);
    tcase_add_test(kept, nobody_of_that_name);
    tcase_add_test(kept, only_a_hash_is_kept);
    suite_add_tcase(suite, kept);
    cluster_start(false);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
