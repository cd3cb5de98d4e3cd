/* Who may read whose transcripts, through the commands, against the database with its roles: every
 * way in which a chat comes to have two libraries in it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/reads_desk.h"

static const struct reader {
    const char *what, *jid, *account;
    int granted; /* "transcripts-own" at that library; 0: not */
    const char *library, *reason;
    const char *reads; /* numbers of chats; NULL: the command is not there */
} readers[] = {
    {"the library's admin", MOB, NULL, 0, "mobstate", NULL, "126"},
    {"the other's admin", SLU, NULL, 0, "slu", NULL, "345"},
    {"the backup's admin", STAFF, NULL, 0, "chatstaff", NULL, ""},
    {"an admin of two, at one", BOTH, NULL, 0, "mobstate", NULL, "126"},
    {"the same, at the other", BOTH, NULL, 0, "slu", NULL, "345"},
    {"a coordinator with a reason", COORDINATOR, NULL, 0, "slu", "a complaint", "345"},
    {"a coordinator without", COORDINATOR, NULL, 0, "slu", NULL, ""},
    {"a coordinator with blanks", COORDINATOR, NULL, 0, "slu", "  ", ""},
    {"an operator", ANN, NULL, 0, "mobstate", NULL, NULL},
    {"an operator with the grant", ANN, "ann@localhost", 1, "mobstate", NULL, "1"},
    {"an operator of the other", JANE, "jane@localhost", 2, "slu", NULL, "45"},
    {"with the grant elsewhere", ANN, "ann@localhost", 2, "slu", NULL, ""},
    {"the backup's with the grant", MAX, "max@localhost", 3, "chatstaff", NULL, ""},
    {"a patron", GUEST, NULL, 0, "mobstate", NULL, NULL},
};

/* Each chat's word is in the answer, or in a form's value, if and only if it is read. */
static void expect_reads(const struct reader *reader, int chat, bool there, const char *how)
{
    bool may = reader->reads != NULL && strchr(reader->reads, '0' + chat) != NULL;

    ck_assert_msg(there == may, "%s, chat %d, %s: %s", reader->what, chat, how, out.bytes);
}

static void by_search(const struct reader *reader)
{
    char mark[32];

    reads_run(reader->jid, "transcript-search", reader->library, DAYS, reader->reason);
    char *list = mem_strdup(out.bytes);
    for (int chat = 1; chat <= READS_CHATS; chat++) {
        snprintf(mark, sizeof mark, ".c%d#%d</value>", chat, chat);
        const char *option = strstr(list, mark);
        expect_reads(reader, chat, option != NULL, "listed");
        /* What is not in the list cannot be chosen from it. */
        const char *name = chat == 3 || chat == 4 || chat == 5 ? "mobius-slu" : "mobius-mobstate";
        char *form = mem_printf(X("<field var='found'><value>%s.c%d#%d</value></field>"), name,
                                chat, chat);
        admin_send(reader->jid, "node='transcript-search' $", form);
        snprintf(mark, sizeof mark, "zebra%d", chat);
        expect_reads(reader, chat, strstr(out.bytes, mark) != NULL, "chosen");
        if (option != NULL)
            admin_send(reader->jid, "node='transcript-search' action='prev' $", "");
        free(form);
    }
    free(list);
}

static void by_id(const struct reader *reader)
{
    for (int chat = 1; chat <= READS_CHATS; chat++) {
        char *fields = mem_printf(V("how", "form") "<field var='chat'><value>c%d</value></field>",
                                  chat);
        char mark[32];
        snprintf(mark, sizeof mark, "zebra%d", chat);
        reads_run(reader->jid, "transcript-get", reader->library, fields, reader->reason);
        expect_reads(reader, chat, strstr(out.bytes, mark) != NULL, "by its ID");
        free(fields);
    }
}

static void by_export(const struct reader *reader)
{
    char mark[32];

    free(told);
    told = mem_strdup("");
    reads_run(reader->jid, "transcript-export", reader->library,
               DAYS V("format", "csv") V("text", "1") V("way", "lines"), reader->reason);
    for (int chat = 1; chat <= READS_CHATS; chat++) {
        snprintf(mark, sizeof mark, "zebra%d", chat);
        expect_reads(reader, chat, strstr(told, mark) != NULL, "exported");
    }
}

START_TEST(who_may_read)
{
    const struct reader *reader = &readers[_i];

    if (reader->granted != 0)
        reads_grant(reader->account, reader->granted, "transcripts-own");
    by_search(reader);
    by_id(reader);
    by_export(reader);
    /* Whatever was shown is in the audit, with the reason; and nothing that was not. */
    bool reads = reader->reads != NULL && reader->reads[0] != '\0';
    ck_assert_msg(reads == (strstr(admin_audit(), "transcript-get") != NULL), "%s: %s",
                  reader->what, admin_audit());
    ck_assert(reader->reason == NULL || !reads ||
              strstr(admin_audit(), reader->reason) != NULL);
}
END_TEST

/* Foreign chats and chats that never were are told apart by nothing. */
START_TEST(foreign_is_missing)
{
    reads_run(MOB, "transcript-get", "", V("chat", "c3") V("how", "form"), NULL);
    char *foreign = mem_strdup(strstr(out.bytes, "<note"));
    reads_run(MOB, "transcript-get", "", V("chat", "nope") V("how", "form"), NULL);
    ck_assert_str_eq(strstr(out.bytes, "<note"), foreign);
    free(foreign);
}
END_TEST

/* The right goes while the list is on the screen. */
START_TEST(right_that_goes)
{
    reads_run(MOB, "transcript-search", "", DAYS, NULL);
    admin_expect(".c1#1</value>", "listed");
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    admin_send(MOB, "node='transcript-search' $", X(V("found", "mobius-mobstate.c1#1")));
    admin_expect(MISSING, "gone in the database");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_reads");
    TCase *tests = tcase_create("admin_reads");

    tcase_add_checked_fixture(tests, reads_set_up, admin_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, who_may_read, 0, sizeof readers / sizeof readers[0]);
    tcase_add_test(tests, foreign_is_missing);
    tcase_add_test(tests, right_that_goes);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
