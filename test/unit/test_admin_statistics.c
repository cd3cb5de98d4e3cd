/* Figures by command: whose, for whom, in which form, and against what was done. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/reads_desk.h"

#define FIGURES(by, format)                                                                        \
    DAYS V("by", by) V("minimum", "0") V("unanswered", "1") V("format", format)

static void absent(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "'%s' in %s", part, text);
}

static void present(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %s", part, text);
}

START_TEST(library_sees_its_own)
{
    reads_run(MOB, "statistics", "", FIGURES("total", "lines"), NULL);
    admin_expect("Figures from 2025-03-03 to 2025-03-03: mobstate. They follow as messages.",
                 "said");
    /* Three chats, of which two were answered. */
    present(told, "mobadmin@localhost/gajim: chats\n");
    present(told, "3,2,");
    absent(told, "mobius-slu");
    reads_run(MOB, "statistics", "", FIGURES("queue", "text"), NULL);
    admin_expect("mobius-mobstate", "by queue");
    absent(out.bytes, "mobius-slu");
    reads_run(MOB, "statistics", "", FIGURES("day", "table"), NULL);
    admin_expect("<reported>", "as a table");
    admin_expect("2025-03-03", "by day");
    reads_run(MOB, "statistics", "", FIGURES("total", "upload"), NULL);
    present(uploaded, "mobadmin@localhost statistics-2025-03-03-2025-03-03.csv text/csv\n");
}
END_TEST

START_TEST(coordinator_sees_sums)
{
    admin_send(COORDINATOR, "node='statistics'", "");
    admin_send(COORDINATOR, "node='statistics' $", X(V("library", "*")));
    absent(out.bytes, "var=\"reason\"");
    absent(out.bytes, "<value>operator</value>");
    absent(out.bytes, "<value>queue</value>");
    admin_send(COORDINATOR, "node='statistics' $", X(FIGURES("origin", "lines")));
    admin_expect("the whole consortium", "without a reason");
    present(told, "mobstate");
    present(told, "slu");
    absent(told, "mobius-mobstate-ann");
    absent(told, "mobius-mobstate");
    absent(told, "a coordinator");
    reads_run(COORDINATOR, "statistics", "slu", FIGURES("operator", "text"), NULL);
    admin_expect("please fill this in", "people want a reason");
    admin_send(COORDINATOR, "node='statistics' $",
               X(FIGURES("operator", "text") V("reason", "the yearly talk")));
    admin_expect("mobius-slu-jane", "with a reason");
    present(told, "sluadmin@localhost: coord@localhost, a coordinator, has read the figures of slu "
                  "and its people. Reason: the yearly talk");
    absent(told, "mobadmin");
}
END_TEST

/* Without any right, and without a row in the audit: it is one's own. */
START_TEST(operator_sees_own)
{
    admin_send(ANN, "node='statistics'", "");
    absent(out.bytes, "var=\"library\"");
    absent(out.bytes, "<value>operator</value>");
    admin_send(ANN, "node='statistics' $", X(FIGURES("total", "text")));
    admin_expect("yours", "said");
    admin_expect("mobius-mobstate-ann", "the own name");
    absent(out.bytes, "mobius-mobstate-bob");
    absent(out.bytes, "mobius-slu-jane");
    ck_assert_str_eq(admin_audit(), "");
    admin_send(GUEST, "node='statistics'", "");
    admin_expect(MISSING, "nobody");
}
END_TEST

START_TEST(what_is_wrong_is_said)
{
    reads_run(MOB, "statistics", "", V("from", "2025-03-05") V("to", "2025-03-01") V("by", "total")
              V("format", "text"), NULL);
    admin_expect("The last date is before the first.", "the wrong way round");
    reads_run(MOB, "statistics", "", DAYS V("by", "total") V("minimum", "99999"), NULL);
    admin_expect("please write seconds", "too long");
}
END_TEST

/* Operators see what is left to do in the queues that they answer. */
START_TEST(followups_of_own_queues)
{
    sql(database,
        "INSERT INTO deskbell.address VALUES (1, 'mobius-mobstate-law', 'queue');"
        "INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days)"
        " VALUES (1, 1, 'mobius-mobstate-law', 30);"
        "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind, body,"
        " contact, at, state, handed) VALUES (1, 1, 1, 4, 'followup', 'a law matter', '', now(),"
        " 'open', false)");
    admin_send(ANN, "node='followups'", "");
    admin_expect("where is zebra6", "the own queue's");
    absent(out.bytes, "a law matter");
    admin_send(JANE, "node='followups'", "");
    admin_expect("Nothing is left to do.", "another library's");
    admin_send(MOB, "node='followups'", "");
    admin_expect("a law matter", "all of the library");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_statistics");
    TCase *tests = tcase_create("admin_statistics");

    tcase_add_checked_fixture(tests, reads_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, library_sees_its_own);
    tcase_add_test(tests, coordinator_sees_sums);
    tcase_add_test(tests, operator_sees_own);
    tcase_add_test(tests, what_is_wrong_is_said);
    tcase_add_test(tests, followups_of_own_queues);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
