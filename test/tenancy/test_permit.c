/* Who may what, asked over the desk's own login: every right, bearer and library; and that settings
 * are saved by those who may, and refused by the database to others. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/permit.h"
#include "component/settings.h"
#include "test/support/store_desk.h"

static PGconn *superuser, *desk;
static struct error error;

static const char *const rights[] = {"libraries",   "policy",          "people", "queues",
                                     "hours",       "texts",           "blocks", "grants",
                                     "transcripts", "transcripts-own", "erase",  "statistics",
                                     "followups",   "audit",           "desk",   "help"};
enum { RIGHT_COUNT = sizeof rights / sizeof rights[0] };

/* Libraries 1 and 2 are of consortium 1, library 3 of consortium 2, 9 is of none. */
static const int64_t libraries[] = {0, 1, 2, 3, 9};

static void setup(void)
{
    superuser = database_new();
    sql(superuser,
        "INSERT INTO deskbell.consortium (name, timezone, hours_given, backup_hours_given) VALUES"
        " ('other', 'UTC', false, false);"
        "INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'slu'), (2, 'far');"
        "INSERT INTO deskbell.address (consortium_id, name, kind) VALUES"
        " (1, 'mobius-slu', 'queue'), (1, 'mobius-slu-kim', 'operator');"
        "INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days)"
        " VALUES (2, 1, 'mobius-slu', 365);"
        "INSERT INTO deskbell.operator (library_id, consortium_id, name, account)"
        " VALUES (2, 1, 'mobius-slu-kim', 'kim@x');"
        "INSERT INTO deskbell.coordinator VALUES (1, 'boss@x', 1), (2, 'boss2@x', 1);"
        "INSERT INTO deskbell.library_admin VALUES (1, 'admin@x', 1), (2, 'admin2@x', 1)");
    desk = database_login(superuser);
}

static void teardown(void)
{
    PQfinish(desk);
    PQfinish(superuser);
}

/* "" when it is not permitted; else the role, and the transaction is open. */
static const char *enter(const struct permit *permit)
{
    bool permitted = true;

    ck_assert_msg(permit_begin(desk, permit, &permitted, &error), "%s", error.text);
    ck_assert_int_eq(PQtransactionStatus(desk), permitted ? PQTRANS_INTRANS : PQTRANS_IDLE);
    return permitted ? sql(desk, "SELECT current_user") : "";
}

static void leave(const char *word)
{
    sql(desk, word);
    ck_assert_str_eq(sql(desk, "SELECT current_user"), "deskbell");
}

enum bearer { COORDINATOR, ADMIN, OPERATOR, GRANTED, GRANTED_ALL, NOBODY, BEARER_COUNT };
static const char *const accounts[] = {"boss@x",    "admin@x", "ann@localhost",
                                       "granted@x", "all@x",   "nobody@x"};

/* The table of the manual in other words: where the right is held. */
static bool held_in(enum bearer bearer, const char *right, int64_t library)
{
    bool consortiums = strcmp(right, "libraries") == 0 || strcmp(right, "policy") == 0;

    if (library > 2)
        return false;
    switch (bearer) {
    case COORDINATOR:
    case GRANTED_ALL:
        return true;
    case ADMIN:
        return library == 1 && !consortiums;
    case GRANTED:
        return library == 1;
    case OPERATOR:
    case NOBODY:
    case BEARER_COUNT:
        return false;
    }
    return false;
}

static const char *role_for(enum bearer bearer, const char *right)
{
    bool whole = bearer == COORDINATOR || bearer == GRANTED_ALL ||
                 strcmp(right, "libraries") == 0 || strcmp(right, "policy") == 0;

    return strcmp(right, "statistics") == 0 ? "deskbell_report"
           : whole                          ? "deskbell_coordinator"
                                            : "deskbell_admin";
}

static void grant_single(const char *right)
{
    char statement[256];

    sql(superuser, "DELETE FROM deskbell.permission");
    snprintf(statement, sizeof statement,
             "INSERT INTO deskbell.permission VALUES (1, 1, 'granted@x', '%s', 'boss@x'),"
             " (1, NULL, 'all@x', '%s', 'boss@x')",
             right, right);
    sql(superuser, statement);
}

START_TEST(every_right_bearer_and_library)
{
    const char *right = rights[_i];

    grant_single(right);
    for (enum bearer bearer = 0; bearer < BEARER_COUNT; bearer++)
        for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
            struct permit permit = {1,   libraries[i], accounts[bearer], right,
                                    "x", "",           "asked",          false};
            const char *role = held_in(bearer, right, libraries[i]) ? role_for(bearer, right) : "";
            int64_t before = sql_number(superuser, "SELECT count(*) FROM deskbell.audit");
            ck_assert_msg(strcmp(enter(&permit), role) == 0, "%s %s %d", accounts[bearer], right,
                          (int)libraries[i]);
            if (role[0] != '\0')
                leave("COMMIT");
            int64_t rows = sql_number(superuser, "SELECT count(*) FROM deskbell.audit") - before;
            ck_assert_int_eq(rows > 0, role[0] != '\0');
        }
}
END_TEST

/* Of the two bundles, one right at a time is another's business than all the others. */
START_TEST(no_other_right_comes_with_it)
{
    grant_single(rights[_i]);
    for (int i = 0; i < RIGHT_COUNT; i++) {
        struct permit permit = {1, 1, "granted@x", rights[i], "x", "", "asked", false};
        ck_assert_int_eq(enter(&permit)[0] != '\0', i == _i);
        if (i == _i)
            leave("ROLLBACK");
    }
}
END_TEST

static const struct {
    const char *account, *right;
    int64_t library;
    bool personal, needed;
} reason_cases[] = {
    {"boss@x", "transcripts", 1, false, true},   {"boss@x", "erase", 1, false, true},
    {"boss@x", "followups", 1, false, true},     {"boss@x", "transcripts", 0, false, true},
    {"boss@x", "statistics", 1, true, true},     {"boss@x", "people", 1, true, true},
    {"boss@x", "statistics", 0, false, false},   {"boss@x", "people", 1, false, false},
    {"boss@x", "policy", 1, false, false},       {"admin@x", "transcripts", 1, false, false},
    {"admin@x", "statistics", 1, true, false},   {"admin@x", "transcripts", 2, false, false},
    {"nobody@x", "transcripts", 1, true, false},
};

START_TEST(reasons)
{
    struct permit permit = {
        1,    reason_cases[_i].library, reason_cases[_i].account, reason_cases[_i].right, "x", "",
        NULL, reason_cases[_i].personal};
    bool needed = !reason_cases[_i].needed;
    bool fails = reason_cases[_i].needed || strcmp(permit.account, "nobody@x") == 0 ||
                 (permit.library_id == 2 && strcmp(permit.account, "admin@x") == 0);

    ck_assert(permit_needs_reason(desk, &permit, &needed, &error));
    ck_assert_int_eq(needed, reason_cases[_i].needed);
    for (int blank = 0; blank < 2; blank++) {
        permit.reason = blank ? "  " : NULL;
        ck_assert_int_eq(enter(&permit)[0] == '\0', fails);
        if (!fails)
            leave("ROLLBACK");
    }
    permit.reason = "a patron asked";
    if (needed) {
        ck_assert_str_ne(enter(&permit), "");
        leave("COMMIT");
        ck_assert_int_eq(sql_number(superuser, "SELECT count(DISTINCT library_id) FROM"
                                               " deskbell.audit WHERE reason = 'a patron asked'"),
                         permit.library_id == 0 ? 2 : 1);
    }
}
END_TEST

START_TEST(no_right_needed)
{
    static const struct {
        const char *account;
        int64_t library;
        bool permitted;
    } cases[] = {
        {"boss@x", 1, true},        {"boss@x", 0, true},
        {"admin@x", 1, true},       {"admin@x", 2, false},
        {"admin@x", 0, true},       {"ann@localhost", 1, true},
        {"ann@localhost", 0, true}, {"ann@localhost", 2, false},
        {"kim@x", 2, true},         {"nobody@x", 1, false},
        {"nobody@x", 0, false},     {"boss2@x", 1, false},
        {"boss@x", 3, false},       {NULL, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct permit permit = {.consortium_id = 1,
                                .library_id = cases[i].library,
                                .account = cases[i].account,
                                .command = "policy-show"};
        ck_assert_str_eq(enter(&permit), cases[i].permitted ? "deskbell_admin" : "");
        if (cases[i].permitted)
            leave("COMMIT");
    }
    ck_assert_int_eq(sql_number(superuser, "SELECT count(*) FROM deskbell.audit"), 0);
}
END_TEST

START_TEST(the_audit_goes_with_the_work)
{
    struct permit permit = {1, 1, "admin@x", "hours", "hours-edit", "mobius-mobstate", "", false};

    enter(&permit);
    ck_assert(permit_note(desk, 1, "mobius-mobstate", "", "2 windows", &error));
    leave("ROLLBACK");
    ck_assert_int_eq(sql_number(superuser, "SELECT count(*) FROM deskbell.audit"), 0);
    enter(&permit);
    ck_assert(permit_note(desk, 1, "mobius-mobstate", "", "2 windows", &error));
    leave("COMMIT");
    ck_assert_str_eq(sql(superuser, "SELECT string_agg(concat_ws('|', consortium_id, library_id,"
                                    " account, command, \"right\", object, reason, detail), ' ')"
                                    " FROM deskbell.audit"),
                     "1|1|admin@x|hours-edit|hours|mobius-mobstate|| "
                     "1|1|admin@x|hours-edit|hours|mobius-mobstate||2 windows");
}
END_TEST

static bool give(const char *giver, int64_t library, const char *account, const char *right,
                 bool take)
{
    struct permit permit = {1, library, giver, "grants", "grant", account, "", false};
    bool done = false;

    if (enter(&permit)[0] == '\0')
        return false;
    ck_assert_msg(
        (take ? permit_revoke : permit_grant)(desk, &permit, account, right, &done, &error), "%s",
        error.text);
    leave("COMMIT");
    return done;
}

START_TEST(a_change_acts_on_the_next_step)
{
    struct permit permit = {1,  1,    "ann@localhost", "transcripts-own", "transcript-get", "",
                            "", false};

    ck_assert_str_eq(enter(&permit), "");
    ck_assert(give("admin@x", 1, "ann@localhost", "transcripts-own", false));
    ck_assert_str_eq(enter(&permit), "deskbell_admin");
    leave("COMMIT");
    ck_assert(give("admin@x", 1, "ann@localhost", "transcripts-own", false)); /* is given */
    ck_assert(give("admin@x", 1, "ann@localhost", "transcripts-own", true));
    ck_assert_str_eq(enter(&permit), "");
    sql(superuser, "DELETE FROM deskbell.library_admin");
    permit.account = "admin@x";
    permit.right = "texts";
    ck_assert_str_eq(enter(&permit), "");
    ck_assert_int_eq(sql_number(superuser, "SELECT count(*) FROM deskbell.audit WHERE object ="
                                           " 'ann@localhost' AND detail = 'transcripts-own'"),
                     3);
}
END_TEST

START_TEST(nobody_gives_more_than_they_hold)
{
    ck_assert(!give("admin@x", 1, "x@x", "policy", false));
    ck_assert(!give("admin@x", 2, "x@x", "desk", false));
    ck_assert(!give("admin@x", 0, "x@x", "desk", false));
    ck_assert(!give("admin@x", 1, "x@x", "nonsense", false));
    ck_assert(!give("ann@localhost", 1, "x@x", "desk", false));
    ck_assert(!give("boss@x", 3, "x@x", "desk", false));
    ck_assert(give("boss@x", 1, "x@x", "policy", false));
    ck_assert(give("boss@x", 0, "all@x", "grants", false));
    ck_assert(give("boss@x", 0, "all@x", "desk", false));
    /* With "grants" alone: what one holds, and nothing for the consortium. */
    ck_assert(give("all@x", 1, "y@x", "desk", false));
    ck_assert(!give("all@x", 1, "y@x", "transcripts", false));
    ck_assert(!give("all@x", 0, "y@x", "desk", false));
    ck_assert(!give("all@x", 1, "x@x", "policy", true));
    ck_assert(!give("admin@x", 0, "all@x", "desk", true));
    ck_assert(give("boss@x", 0, "all@x", "desk", true));
    ck_assert_int_eq(sql_number(superuser, "SELECT count(*) FROM deskbell.permission"), 3);
    ck_assert(give("boss@x", 1, "x@x", "libraries", false));
}
END_TEST

START_TEST(what_is_held_can_be_listed)
{
    struct permit_held *held = NULL;
    size_t count = 9;

    ck_assert(permit_list(desk, 1, "nobody@x", &held, &count, &error));
    ck_assert(held == NULL && count == 0);
    ck_assert(permit_list(desk, 1, "boss@x", &held, &count, &error));
    ck_assert_uint_eq(count, RIGHT_COUNT);
    ck_assert_int_eq(held[0].library_id, 0);
    free(held);
    grant_single("transcripts");
    sql(superuser, "INSERT INTO deskbell.library_admin VALUES (1, 'granted@x', 2)");
    ck_assert(permit_list(desk, 1, "granted@x", &held, &count, &error));
    ck_assert_uint_eq(count, RIGHT_COUNT - 2);
    ck_assert_int_eq(held[0].library_id, 1);
    ck_assert_str_eq(held[0].right, "audit");
    free(held);
}
END_TEST

START_TEST(the_desks_own_work)
{
    ck_assert(permit_begin_own(desk, 1, 2, "purge", "mobius-slu", &error));
    ck_assert_str_eq(sql(desk, "SELECT current_user || deskbell.at_library()"), "deskbell_admin2");
    leave("COMMIT");
    ck_assert_str_eq(sql(superuser, "SELECT account || library_id FROM deskbell.audit"),
                     "deskbell2");
    ck_assert(!permit_begin_own(desk, 1, 3, "purge", "", &error));
    ck_assert_str_eq(error.text, "there is no library 3 any more");
    leave("SELECT 1");
}
END_TEST

/* Settings */

typedef void change_settings(struct consortium *consortium);

static void own_title(struct consortium *consortium)
{
    consortium->libraries[0].title = "Mo State";
}

static void own_queue(struct consortium *consortium)
{
    static const char *operators[] = {"mobius-mobstate-ann", "mobius-slu-kim"};

    consortium->queues[0].title = "Ask us";
    consortium->queues[0].operators = operators;
    consortium->queues[0].operator_count = 2;
}

static void own_hours(struct consortium *consortium)
{
    static const char *answers[] = {"mobius-slu"};
    static struct window window = {.days = 1,
                                   .open = 60,
                                   .close = 120,
                                   .others_answer = true,
                                   .answered_by = answers,
                                   .answered_by_count = 1};

    consortium->queues[0].hours = (struct hours){.given = true, .windows = &window, .count = 1};
}

static void own_operator_goes(struct consortium *consortium)
{
    consortium->operators[0] = consortium->operators[1];
    consortium->operators[1] = consortium->operators[2];
    consortium->operator_count = 2;
}

static void foreign_title(struct consortium *consortium)
{
    consortium->libraries[1].title = "mine now";
}

static void foreign_queue(struct consortium *consortium)
{
    consortium->queues[1].title = "mine now";
}

static void foreign_queue_goes(struct consortium *consortium)
{
    consortium->queue_count = 1;
}

static void own_rollover(struct consortium *consortium)
{
    consortium->queues[0].rollover = true;
}

static void own_admins(struct consortium *consortium)
{
    static const char *admins[] = {"admin@x", "friend@x"};

    consortium->libraries[0].admins = admins;
    consortium->libraries[0].admin_count = 2;
}

static void whole_title(struct consortium *consortium)
{
    consortium->title = "The Consortium";
}

static void whole_backup(struct consortium *consortium)
{
    consortium->backup_queue = "mobius-mobstate";
}

static const struct {
    const char *name;
    change_settings *change;
    const char *look; /* true when it is saved */
    const char *coordinators_right;
    bool admin_may, coordinator_may; /* both in library 1; the coordinator in the whole */
} changes[] = {
    {"title", own_title, "SELECT title = 'Mo State' FROM deskbell.library WHERE library_id = 1",
     "texts", true, true},
    {"queue", own_queue,
     "SELECT count(*) = 2 FROM deskbell.assignment JOIN deskbell.queue q USING (queue_id)"
     " WHERE q.title = 'Ask us'",
     "queues", true, true},
    {"hours", own_hours, "SELECT library_id = 1 FROM deskbell.answered_by", "hours", true, true},
    {"operator", own_operator_goes,
     "SELECT library_id = 1 FROM deskbell.reserved_name WHERE name = 'mobius-mobstate-ann'",
     "people", true, true},
    {"foreign title", foreign_title,
     "SELECT title = 'mine now' FROM deskbell.library WHERE library_id = 2", "texts", false, true},
    {"foreign queue", foreign_queue,
     "SELECT title = 'mine now' FROM deskbell.queue WHERE library_id = 2", "queues", false, true},
    {"foreign queue goes", foreign_queue_goes,
     "SELECT count(*) = 0 FROM deskbell.queue WHERE library_id = 2", "queues", false, true},
    {"rollover", own_rollover, "SELECT rollover FROM deskbell.queue WHERE library_id = 1", "policy",
     false, true},
    {"admins", own_admins, "SELECT count(*) = 2 FROM deskbell.library_admin WHERE library_id = 1",
     "libraries", false, true},
    {"consortium", whole_title,
     "SELECT title = 'The Consortium' FROM deskbell.consortium"
     " WHERE consortium_id = 1",
     "libraries", false, true},
    {"backup", whole_backup,
     "SELECT backup_queue_id = 1 FROM deskbell.consortium"
     " WHERE consortium_id = 1",
     "policy", false, true},
};
enum { CHANGE_COUNT = sizeof changes / sizeof changes[0] };

/* As a command does it. Whether it was saved. */
static bool save_as(const struct permit *permit, change_settings *change)
{
    struct consortium *stored = NULL, *merged = NULL;
    bool exists = false;

    ck_assert_str_ne(enter(permit), "");
    ck_assert_msg(settings_load(desk, "mobius", &stored, &exists, &error), "%s", error.text);
    ck_assert(settings_load(desk, "mobius", &merged, &exists, &error) && exists);
    change(merged);
    bool saved = settings_save(desk, stored, merged, &error);
    ck_assert_int_ne(PQtransactionStatus(desk), PQTRANS_IDLE);
    leave(saved ? "COMMIT" : "ROLLBACK");
    consortium_free(stored);
    consortium_free(merged);
    return saved;
}

START_TEST(settings_of_an_admin)
{
    struct permit permit = {1, 1, "admin@x", "queues", "x", "", "", false};

    sql(superuser, "LISTEN deskbell_settings_1");
    bool saved = save_as(&permit, changes[_i].change);
    ck_assert_msg(saved == changes[_i].admin_may, "%s: %s", changes[_i].name, error.text);
    ck_assert_msg((sql(superuser, changes[_i].look)[0] == 't') == saved, "%s", changes[_i].name);
    PGnotify *told = PQnotifies(superuser);
    ck_assert_int_eq(told != NULL, saved);
    PQfreemem(told);
}
END_TEST

START_TEST(settings_of_a_coordinator)
{
    struct permit permit = {1, 0, "boss@x", changes[_i].coordinators_right, "x", "", "", false};

    bool saved = save_as(&permit, changes[_i].change);
    ck_assert_msg(saved == changes[_i].coordinator_may, "%s: %s", changes[_i].name, error.text);
    ck_assert_str_eq(sql(superuser, changes[_i].look), saved ? "t" : "f");
}
END_TEST

START_TEST(who_is_above_the_rules)
{
    ck_assert(database_is_bound(desk, &error));
    ck_assert(!database_is_bound(superuser, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "the database's user 'postgres' is above"));
    sql(superuser, "GRANT deskbell_owner TO deskbell_report");
    ck_assert(!database_is_bound(desk, &error));
    sql(superuser, "REVOKE deskbell_owner FROM deskbell_report; ALTER ROLE deskbell BYPASSRLS");
    ck_assert(!database_is_bound(desk, &error));
    sql(superuser, "ALTER ROLE deskbell NOBYPASSRLS");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("permit");
    TCase *permits = tcase_create("permits"), *settings = tcase_create("settings");

    cluster_start(false);
    tcase_add_checked_fixture(permits, setup, teardown);
    tcase_add_checked_fixture(settings, setup, teardown);
    tcase_set_timeout(permits, 60);
    tcase_set_timeout(settings, 60);
    tcase_add_loop_test(permits, every_right_bearer_and_library, 0, RIGHT_COUNT);
    tcase_add_loop_test(permits, no_other_right_comes_with_it, 0, RIGHT_COUNT);
    tcase_add_loop_test(permits, reasons, 0, sizeof reason_cases / sizeof reason_cases[0]);
    tcase_add_test(permits, no_right_needed);
    tcase_add_test(permits, the_audit_goes_with_the_work);
    tcase_add_test(permits, a_change_acts_on_the_next_step);
    tcase_add_test(permits, nobody_gives_more_than_they_hold);
    tcase_add_test(permits, what_is_held_can_be_listed);
    tcase_add_test(permits, the_desks_own_work);
    tcase_add_test(permits, who_is_above_the_rules);
    tcase_add_loop_test(settings, settings_of_an_admin, 0, CHANGE_COUNT);
    tcase_add_loop_test(settings, settings_of_a_coordinator, 0, CHANGE_COUNT);
    suite_add_tcase(suite, permits);
    suite_add_tcase(suite, settings);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
