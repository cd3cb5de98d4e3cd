/* Every command that a right lets in, and every kind of person, at each step: permitted as the
 * table of rights says, and everything else is answered as if there was nothing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/support/admin_desk.h"

#define HOLDER "holder@example.org/web" /* of one grant at mobstate, for each right in turn */

/* Who may, as the interfaces have it. */
enum { COORDINATORS = 1, ADMINS = 2, OPERATORS = 4, ALL = 7 };

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
    {"block-list", "blocks", COORDINATORS | ADMINS},
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
    /* Operators have these for what is their own. */
    {"help-request", "help", ALL},
    {"help-requests", "help", ALL},
    {"followups", "followups", ALL},
    {"statistics", "statistics", ALL},
};

enum { TABLE_COUNT = sizeof table / sizeof table[0] };

static const struct {
    const char *jid;
    unsigned who; /* what the person is somewhere */
} people[] = {
    {COORDINATOR, COORDINATORS}, {MOB, ADMINS},  {SLU, ADMINS},
    {BOTH, ADMINS},              {ANN, OPERATORS},       {HOLDER, 0},
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
        "  queue_id FROM deskbell.queue;"
        "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id,"
        " patron, patron_resource, state, ended_by, opened, closed, last_line)"
        " SELECT 1, 2, 7001, 'abc', 'chat-7001', queue_id, 'pat@localhost', '', 'closed', 'patron',"
        "  '2026-11-24 15:00Z', '2026-11-24 15:05Z', 0 FROM deskbell.queue WHERE library_id = 2;"
        "INSERT INTO deskbell.help_request (consortium_id, library_id, account, kind, text, tier)"
        " VALUES (1, 1, 'ann@localhost', 'problem', 'ours', 'library'),"
        " (1, 2, 'sue@localhost', 'problem', 'of slu', 'library')");
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

/* A command that is let in by a right, and is not looked at here, is forgotten. */
START_TEST(all_are_here)
{
    const struct command *command = NULL;

    while ((command = command_next(adhoc, command)) != NULL) {
        bool is_here = command->right == RIGHT_NONE || command->scope == SCOPE_ANY;
        for (int i = 0; i < TABLE_COUNT; i++)
            is_here = is_here || strcmp(table[i].node, command->node) == 0;
        ck_assert_msg(is_here, "%s is not in the table", command->node);
    }
}
END_TEST

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

/* With the one grant HOLDER begins what it is for, and finds nothing else. */
static void grant_lets_in(const char *right, bool everywhere)
{
    char *missing = missing_of(HOLDER);

    for (int i = 0; i < TABLE_COUNT; i++) {
        const struct command *row = command_find(adhoc, table[i].node);
        bool may = strcmp(table[i].right, right) == 0 &&
                   (everywhere || row->scope != SCOPE_CONSORTIUM);
        ck_assert_msg(is_listed(HOLDER, table[i].node) == may, "%s with %s", table[i].node, right);
        admin_send(HOLDER, node_of(i, ""), "");
        if (!may)
            ck_assert_str_eq(out.bytes, missing);
        ck_assert_msg(is_missing(out.bytes) != may, "%s with %s: %s", table[i].node, right,
                      out.bytes);
        /* Nothing of the other library is there to choose. */
        ck_assert_msg(everywhere || strstr(out.bytes, "slu") == NULL, "%s: %s", table[i].node,
                      out.bytes);
    }
    free(missing);
}

/* Whoever holds the one right begins the commands of it at that library, and no other. */
START_TEST(single_grant)
{
    if (_i > 0 && strcmp(table[_i].right, table[_i - 1].right) == 0)
        return; /* was tried */
    grant_put(table[_i].right);
    grant_lets_in(table[_i].right, false);
    /* The same for the whole consortium, then nothing at all any more. */
    sql(database, "UPDATE deskbell.permission SET library_id = NULL");
    admin_settings_take();
    grant_lets_in(table[_i].right, true);
    sql(database, "DELETE FROM deskbell.permission");
    admin_settings_take();
    grant_lets_in("", false);
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

/* Once the desk knows that the right is gone, no action of the session is anything to it. */
static void session_is_gone(const char *jid, int i)
{
    static const char *const actions[] = {"$", "$ action='prev'", "$ action='next'",
                                          "$ action='complete'", "$ action='cancel'"};
    char *missing = missing_of(jid);

    for (size_t action = 0; action < sizeof actions / sizeof actions[0]; action++) {
        admin_send(jid, node_of(i, actions[action]), X(V("library", "mobstate")));
        ck_assert_str_eq(out.bytes, missing);
    }
    free(missing);
}

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
    if (told_to_desk) {
        ck_assert_msg(is_missing(out.bytes), "%s: %s", table[i].node, out.bytes);
        session_is_gone(jid, i);
    }
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
    /* Those two ask nothing: they were done before. */
    ck_assert_str_eq(admin_audit(), "block-list mobstate  ;followups mobstate  ;");
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

/* --- what is another library's is as what is not at all --- */

/* The names of what is at the other library, and names like these of nothing. */
#define NAMES(library, chat, request)                                                              \
    X(V("library", library) V("queue", "mobius-" library) V("operator", "mobius-" library "-sue") \
          V("account", library "admin@localhost") V("snippet", library " (x)") V("chat", chat)     \
              V("transcript", chat) V("request", request) V("name", library) V("text", library)    \
                  V("title", library) V("words", library) V("abbreviation", library)               \
                      V("from", "2026-11-01") V("to", "2026-11-30") V("format", "text")            \
                          V("by", "total") V("right", "texts") V("kind", "problem"))

/* What was asked for, and what is new each time, are left out of the comparison. */
static char *masked(const char *text)
{
    static const char *const words[] = {"slu", "xyz", "7001", "7002"};
    static const char *const fresh[][2] = {
        {"sessionid=\"", "\""}, {"var=\"code\" ", "</field>"}, {"It is number ", ","}};
    char *copy = mem_strdup(text);

    for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++)
        for (char *at = copy; (at = strstr(at, fresh[i][0])) != NULL;) {
            at += strlen(fresh[i][0]);
            memset(at, '#', (size_t)(strstr(at, fresh[i][1]) - at));
        }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (char *at = copy; (at = strstr(at, words[i])) != NULL;)
            memset(at, '#', strlen(words[i]));
    return copy;
}

/* All answers to a command whose forms are answered so, one behind the other. */
static char *answers_to(const char *jid, int i, const char *names)
{
    char *all = mem_strdup("");

    admin_send(jid, node_of(i, ""), "");
    for (int step = 0; step < 3 && strstr(out.bytes, "executing") != NULL; step++) {
        admin_send(jid, node_of(i, "$"), names);
        char *text = masked(out.bytes);
        char *more = mem_printf("%s%s\n", all, text);
        free(text);
        free(all);
        all = more;
    }
    return all;
}

START_TEST(foreign_is_missing)
{
    static const char *const jids[] = {MOB, ANN, HOLDER};
    const char *jid = jids[_i];
    int asked = 0;

    if (strcmp(jid, HOLDER) == 0) /* of every right that administrators have */
        for (int i = 1; i < TABLE_COUNT; i++)
            if ((table[i].who & ADMINS) != 0 && strcmp(table[i].right, table[i - 1].right) != 0)
                grant_put(table[i].right);
    for (int i = 0; i < TABLE_COUNT; i++) {
        /* A coordinator's: nothing is foreign. The audit grows by each look. */
        if ((table[i].who & ADMINS) == 0 || strcmp(table[i].right, "audit") == 0)
            continue;
        char *foreign = answers_to(jid, i, NAMES("slu", "7001", "2"));
        char *missing = answers_to(jid, i, NAMES("xyz", "7002", "9"));
        ck_assert_msg(strcmp(foreign, missing) == 0, "%s: %.1500s\n%.1500s", table[i].node, foreign,
                      missing);
        asked += foreign[0] != '\0';
        free(foreign);
        free(missing);
    }
    ck_assert_int_ge(asked, strcmp(jid, ANN) == 0 ? 3 : 20);
}
END_TEST

/* What is done cannot be done again by its session, nor by whoever may not any more. */
START_TEST(replayed)
{
    admin_send(MOB, "node='snippet-add'", "");
    const char *form = X(V("text", "y") V("queue", "mobius-mobstate"));
    admin_send(MOB, "node='snippet-add' $", form);
    admin_send(MOB, "node='snippet-add' $", SNIPPET_LOOK);
    admin_expect("status=\"completed\"", "done");
    admin_send(MOB, "node='snippet-add' $", SNIPPET_LOOK);
    admin_expect("<bad-sessionid ", "over");
    admin_send(MOB, "node='snippet-add' $", form);
    admin_expect("<bad-sessionid ", "over");
    admin_send(SLU, "node='snippet-add' $", form);
    admin_expect("<bad-sessionid ", "nor by others");
    admin_send(ANN, "node='snippet-add' $", form);
    ck_assert(is_missing(out.bytes));
    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    admin_send(MOB, "node='snippet-add' $", SNIPPET_LOOK);
    admin_expect("<bad-sessionid ", "the desk does not know yet");
    admin_settings_take();
    char *missing = missing_of(MOB);
    admin_send(MOB, "node='snippet-add' $", SNIPPET_LOOK);
    ck_assert_str_eq(out.bytes, missing);
    free(missing);
    rights_put();
    admin_send(MOB, "node='snippet-add' $", SNIPPET_LOOK);
    admin_expect("<bad-sessionid ", "over for good");
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.snippet"), "3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admin_matrix");
    TCase *tests = tcase_create("admin_matrix");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, all_are_here);
    tcase_add_loop_test(tests, first_step, 0, PEOPLE_COUNT);
    tcase_add_loop_test(tests, single_grant, 0, TABLE_COUNT);
    tcase_add_test(tests, session_of_somebody_else);
    /* With the desk told of it, and without. */
    tcase_add_loop_test(tests, revoked_between_steps, 0, 2);
    tcase_add_test(tests, library_of_others);
    tcase_add_test(tests, replayed);
    suite_add_tcase(suite, tests);
    TCase *foreign = tcase_create("foreign");
    tcase_add_checked_fixture(foreign, set_up, tear_down);
    tcase_set_timeout(foreign, 60);
    tcase_add_loop_test(foreign, foreign_is_missing, 0, 3);
    suite_add_tcase(suite, foreign);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
