/* Every settings command and every kind of person, at each step: permitted as the table of rights
 * says, and everything else is answered as if there was nothing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/admin_desk.h"

#define HOLDER "holder@example.org/web" /* of one grant at mobstate, for each right in turn */

/* Who may, as the interfaces have it. */
enum { COORDINATORS = 1, ADMINS = 2 };

static const struct {
    const char *node, *right;
    unsigned who;
} table[] = {
    {"library-add", "libraries", COORDINATORS},
    {"library-edit", "libraries", COORDINATORS},
    {"library-rename", "libraries", COORDINATORS},
    {"library-remove", "libraries", COORDINATORS},
    {"admin-add", "libraries", COORDINATORS},
    {"admin-remove", "libraries", COORDINATORS},
    {"admin-password", "libraries", COORDINATORS},
    {"queue-rollover", "policy", COORDINATORS},
    {"library-holiday-coverage", "policy", COORDINATORS},
    {"backup-edit", "policy", COORDINATORS},
    {"holidays-edit", "policy", COORDINATORS},
    {"operator-add", "people", COORDINATORS | ADMINS},
    {"operator-edit", "people", COORDINATORS | ADMINS},
    {"operator-password", "people", COORDINATORS | ADMINS},
    {"operator-remove", "people", COORDINATORS | ADMINS},
    {"queue-add", "queues", COORDINATORS | ADMINS},
    {"queue-edit", "queues", COORDINATORS | ADMINS},
    {"queue-remove", "queues", COORDINATORS | ADMINS},
    {"queue-assign", "queues", COORDINATORS | ADMINS},
    {"hours-edit", "hours", COORDINATORS | ADMINS},
    {"closure-add", "hours", COORDINATORS | ADMINS},
    {"closure-remove", "hours", COORDINATORS | ADMINS},
    {"snippet-add", "texts", COORDINATORS | ADMINS},
    {"snippet-edit", "texts", COORDINATORS | ADMINS},
    {"snippet-get", "texts", COORDINATORS | ADMINS},
    {"snippet-remove", "texts", COORDINATORS | ADMINS},
    {"canned-edit", "texts", COORDINATORS | ADMINS},
    {"profile-edit", "texts", COORDINATORS | ADMINS},
    {"notice", "texts", COORDINATORS | ADMINS},
    {"block-lift", "blocks", COORDINATORS | ADMINS},
    {"block-extend", "blocks", COORDINATORS | ADMINS},
    {"grant", "grants", COORDINATORS | ADMINS},
    {"revoke", "grants", COORDINATORS | ADMINS},
    {"audit", "audit", COORDINATORS | ADMINS},
    {"operator-signoff", "desk", COORDINATORS | ADMINS},
    {"transcript-search", "transcripts", COORDINATORS | ADMINS},
    {"transcript-get", "transcripts", COORDINATORS | ADMINS},
    {"transcript-export", "transcripts", COORDINATORS | ADMINS},
    {"transcript-erase", "erase", COORDINATORS | ADMINS},
};

enum { TABLE_COUNT = sizeof table / sizeof table[0] };

static const struct {
    const char *jid;
    unsigned who; /* what the person is somewhere */
} people[] = {
    {COORDINATOR, COORDINATORS}, {MOB, ADMINS},  {SLU, ADMINS},
    {BOTH, ADMINS},              {ANN, 0},       {HOLDER, 0},
    {GUEST, 0},                  {"patron@guest.localhost/1", 0},
};

enum { PEOPLE_COUNT = sizeof people / sizeof people[0] };

static char *attributes;

static const char *node_of(int i, const char *more)
{
    free(attributes);
    attributes = mem_printf("node='%s' %s", table[i].node, more);
    return attributes;
}

/* With queues, operators, snippets and closures at both libraries, so that each form has what to
 * choose from. */
static void set_up(void)
{
    admin_set_up();
    sql(database,
        "INSERT INTO deskbell.address (consortium_id, name, kind) VALUES"
        " (1, 'mobius-slu', 'queue'), (1, 'mobius-slu-sue', 'operator');"
        "INSERT INTO deskbell.queue (consortium_id, library_id, name, retention_days)"
        " VALUES (1, 2, 'mobius-slu', 30);"
        "INSERT INTO deskbell.operator (consortium_id, library_id, name, account)"
        " VALUES (1, 2, 'mobius-slu-sue', 'sue@localhost');"
        "INSERT INTO deskbell.snippet (consortium_id, library_id, name, queue_id)"
        " SELECT 1, library_id, CASE library_id WHEN 1 THEN 'mobstate (x)' ELSE 'slu (x)' END,"
        "  queue_id FROM deskbell.queue");
    admin_settings_take();
}

static void tear_down(void)
{
    free(attributes);
    attributes = NULL;
    admin_tear_down();
}

static void grant_put(const char *right)
{
    char *query = mem_printf("INSERT INTO deskbell.permission (consortium_id, library_id, account,"
                             " \"right\", granted_by) VALUES (1, 1, 'holder@example.org', '%s',"
                             " 'coord@localhost')",
                             right);

    sql(database, query);
    admin_settings_take();
    free(query);
}

static bool is_missing(const char *answer)
{
    return strstr(answer, MISSING) != NULL;
}

static char *missing_of(const char *jid)
{
    return mem_strdup(admin_send(jid, "node='no-such-command'", ""));
}

static bool is_listed(const char *jid, const char *node)
{
    struct jid *from = mem_new(sizeof *from);
    struct adhoc_request request = admin_request(jid, from);
    bool listed = adhoc_title(adhoc, &request, node) != NULL;

    free(from);
    return listed;
}

/* Listed and begun by those of the table alone, and by nobody else in any way. */
START_TEST(first_step)
{
    const char *jid = people[_i].jid;
    char *missing = missing_of(jid);

    for (int i = 0; i < TABLE_COUNT; i++) {
        bool may = (table[i].who & people[_i].who) != 0;
        ck_assert_msg(is_listed(jid, table[i].node) == may, "%s, %s: listed", jid, table[i].node);
        const char *answer = admin_send(jid, node_of(i, ""), "");
        if (may)
            ck_assert_msg(strstr(answer, "<error") == NULL, "%s, %s: %s", jid, table[i].node,
                          answer);
        else
            ck_assert_str_eq(answer, missing);
    }
    free(missing);
}
END_TEST

/* Whoever holds the one right begins the commands of it at that library, and no other. */
START_TEST(single_grant)
{
    if (_i > 0 && strcmp(table[_i].right, table[_i - 1].right) == 0)
        return; /* was tried */
    grant_put(table[_i].right);
    for (int i = 0; i < TABLE_COUNT; i++) {
        const struct command *row = command_find(adhoc, table[i].node);
        bool may = strcmp(table[i].right, table[_i].right) == 0 && row->scope != SCOPE_CONSORTIUM;
        ck_assert_msg(is_listed(HOLDER, table[i].node) == may, "%s with %s", table[i].node,
                      table[_i].right);
        admin_send(HOLDER, node_of(i, ""), "");
        ck_assert_msg(is_missing(out.bytes) != may, "%s with %s: %s", table[i].node,
                      table[_i].right, out.bytes);
        /* Nothing of the other library is there to choose. */
        ck_assert_msg(strstr(out.bytes, "slu") == NULL, "%s: %s", table[i].node, out.bytes);
    }
}
END_TEST

/* A session is of who began it: anybody else, with a right or without, has none by that id. */
static void session_is_mine(int i)
{
    admin_send(COORDINATOR, node_of(i, ""), "");
    ck_assert_msg(strstr(out.bytes, "executing") != NULL, "%s: %s", table[i].node, out.bytes);
    char *id = mem_strdup(session);
    unsigned sessions = adhoc_session_count(adhoc);
    for (int who = 1; who < PEOPLE_COUNT; who++) {
        bool may = (table[i].who & people[who].who) != 0;
        char *missing = missing_of(people[who].jid);
        memcpy(session, id, strlen(id) + 1);
        admin_send(people[who].jid, node_of(i, "$"), X(V("library", "mobstate")));
        if (may)
            ck_assert_msg(strstr(out.bytes, "<bad-sessionid ") != NULL, "%s: %s",
                          people[who].jid, out.bytes);
        else
            ck_assert_str_eq(out.bytes, missing);
        free(missing);
    }
    ck_assert_uint_eq(adhoc_session_count(adhoc), sessions);
    free(id);
}

START_TEST(session_of_somebody_else)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        session_is_mine(i);
}
END_TEST

/* The right goes between two steps: in memory, or in the database alone. */
static void right_goes(const char *jid, int i, const char *query, bool told_to_desk)
{
    admin_send(jid, node_of(i, ""), "");
    if (strstr(out.bytes, "executing") == NULL)
        return; /* nothing to choose from */
    sql(database, query);
    if (told_to_desk)
        admin_settings_take();
    admin_send(jid, node_of(i, "$"),
               X(V("queue", "mobius-mobstate") V("operator", "mobius-mobstate-ann") V("name", "new")
                     V("text", "y") V("snippet", "mobstate (x)") V("canned", "-") V("notice", "-")
                         V("abbreviation", "new") V("title", "New") V("account", "admin")
                             V("library", "slu") V("calendar", "none") V("dates", "observed")
                                 V("retention_days", "9") V("transcripts", "1")));
    ck_assert_msg(is_missing(out.bytes) || strstr(out.bytes, "executing") != NULL, "%s: %s",
                  table[i].node, out.bytes);
    if (told_to_desk)
        ck_assert_msg(is_missing(out.bytes), "%s: %s", table[i].node, out.bytes);
}

static void rights_put(void)
{
    sql(database, "INSERT INTO deskbell.library_admin (library_id, account, position) VALUES"
                  " (1, 'mobadmin@localhost', 1) ON CONFLICT DO NOTHING;"
                  "INSERT INTO deskbell.coordinator (consortium_id, account, position) VALUES"
                  " (1, 'coord@localhost', 0) ON CONFLICT DO NOTHING");
    admin_settings_take();
}

START_TEST(revoked_between_steps)
{
    for (int i = 0; i < TABLE_COUNT; i++) {
        bool is_admins = (table[i].who & ADMINS) != 0;
        right_goes(is_admins ? MOB : COORDINATOR, i,
                   is_admins ? "DELETE FROM deskbell.library_admin WHERE account ="
                               " 'mobadmin@localhost'"
                             : "DELETE FROM deskbell.coordinator",
                   _i == 0);
        rights_put();
    }
    ck_assert_str_eq(admin_audit(), "");
}
END_TEST

/* A library that is not one's own cannot be chosen, whatever the form said. */
START_TEST(library_of_others)
{
    for (int i = 0; i < TABLE_COUNT; i++) {
        if ((table[i].who & ADMINS) == 0)
            continue;
        admin_send(BOTH, node_of(i, ""), "");
        sql(database, "DELETE FROM deskbell.library_admin WHERE library_id = 2 AND account ="
                      " 'both@localhost'");
        admin_settings_take();
        admin_send(BOTH, node_of(i, "$"), X(V("library", "slu")));
        admin_expect("please choose one of the list", table[i].node);
        ck_assert_ptr_null(strstr(out.bytes, "<option label=\"slu"));
        sql(database, "INSERT INTO deskbell.library_admin (library_id, account, position) VALUES"
                      " (2, 'both@localhost', 1)");
        admin_settings_take();
    }
}
END_TEST

/* What is done cannot be done again by its session. */
START_TEST(replayed)
{
    admin_send(MOB, "node='snippet-add'", "");
    const char *form = X(V("text", "y") V("queue", "mobius-mobstate"));
    admin_send(MOB, "node='snippet-add' $", form);
    admin_expect("status=\"completed\"", "done");
    admin_send(MOB, "node='snippet-add' $", form);
    admin_expect("<bad-sessionid ", "over");
    admin_send(SLU, "node='snippet-add' $", form);
    admin_expect("<bad-sessionid ", "nor by others");
    admin_send(ANN, "node='snippet-add' $", form);
    ck_assert(is_missing(out.bytes));
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.snippet"), "3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_matrix");
    TCase *tests = tcase_create("admin_matrix");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, first_step, 0, PEOPLE_COUNT);
    tcase_add_loop_test(tests, single_grant, 0, TABLE_COUNT);
    tcase_add_test(tests, session_of_somebody_else);
    /* With the desk told of it, and without. */
    tcase_add_loop_test(tests, revoked_between_steps, 0, 2);
    tcase_add_test(tests, library_of_others);
    tcase_add_test(tests, replayed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
