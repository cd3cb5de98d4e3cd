/* Edits on their way into a real database: the rows that change, and the ids that stay. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/edit.h"
#include "component/permit.h"
#include "component/settings.h"
#include "component/zone.h"
#include "policy/mem.h"
#include "test/support/store_desk.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char base[] =
    "consortium = { name = \"mobius\"; title = \"MOBIUS\"; coordinators = [ \"boss@localhost\" ]; "
    "backup = { queue = \"mobius-slu\"; };\n"
    "libraries = (\n"
    " { name = \"mobstate\"; title = \"Mo State\"; admins = [ \"a@localhost\", \"b@localhost\" ];\n"
    "   operators = ( { name = \"mobius-mobstate-ann\"; }, { name = \"mobius-mobstate-bob\"; } );\n"
    "   queues = ( { name = \"mobius-mobstate\"; retention_days = 30; operators = [ "
    "\"mobius-mobstate-ann\", \"mobius-mobstate-bob\" ];\n"
    "      closures = ( { date = \"2026-12-24\"; } ); },\n"
    "     { name = \"mobius-mobstate-law\"; retention_days = 30; } );\n"
    "   snippets = ( { name = \"mobstate (home)\"; queue = \"mobius-mobstate\"; } ); },\n"
    " { name = \"slu\"; title = \"SLU\"; admins = [ \"c@localhost\" ]; closures = ( { date = "
    "\"2026-12-24\"; } );\n"
    "   operators = ( { name = \"mobius-slu-sam\"; } );\n"
    "   queues = ( { name = \"mobius-slu\"; retention_days = 30; operators = [ \"mobius-slu-sam\", "
    "\"mobius-mobstate-ann\" ];\n"
    "     hours = ( { days = \"all\"; open = \"00:00\"; close = \"24:00\"; answered_by = [ "
    "\"mobius-slu\", \"mobius-mobstate\" ]; } ); } );\n"
    "   snippets = ( { name = \"slu (home)\"; queue = \"mobius-slu\"; } ); } ); };\n";

static PGconn *database;

static struct consortium *load(void)
{
    struct consortium *consortium = NULL;
    struct error error;
    bool exists = false;

    ck_assert_msg(settings_load(database, "mobius", &consortium, &exists, &error), "%s",
                  error.text);
    return consortium;
}

static void setup(void)
{
    struct consortium *file = settings_read_text(base, "base", "localhost", stderr);
    struct consortium *merged;
    struct error error;

    database = database_new();
    struct consortium *stored = load();
    merged = settings_merge(stored, file, "localhost", true, "base", stderr);
    ck_assert_msg(settings_save(database, stored, merged, &error), "%s", error.text);
    consortium_free(stored);
    consortium_free(file);
    consortium_free(merged);
}

static void teardown(void)
{
    PQfinish(database);
    zone_forget_all();
}

static const char *value_of(void *context, const char *field)
{
    const char *const *fields = context;

    for (size_t i = 0; fields[i] != NULL; i += 2)
        if (strcmp(fields[i], field) == 0)
            return fields[i + 1];
    return NULL;
}

/* Whether it was saved; `ret_error` may be NULL. */
static bool change(const char *node, const char *library, const char *const *fields,
                   struct error *ret_error)
{
    struct consortium *before = load();
    struct edit_request request = {
        .before = before,
        .library = library,
        .accounts_domain = "localhost",
        .now = 1790000000,
        .value = value_of,
        .context = (void *)(uintptr_t)fields,
    };
    struct edit *edit = edit_new(&request);
    struct error error = {""};

    ck_assert_msg(edit_run(edit, node), "%s: %s", node, edit_complaints(edit));
    bool saved = settings_save(database, before, edit_after(edit), &error);
    if (saved) {
        /* What was meant is what is there. */
        struct consortium *after = load();
        ck_assert_int_eq(settings_diff(after, edit_after(edit), NULL, stderr), 0);
        consortium_free(after);
    }
    if (ret_error != NULL)
        *ret_error = error;
    edit_free(edit);
    consortium_free(before);
    return saved;
}

#define CHANGE(node, library, ...)                                                                 \
    ck_assert(change(node, library, (const char *const[]){__VA_ARGS__, NULL}, NULL))

/* Tables whose rows' versions (ctid, xmin) tell what was touched. */
static const char *const tables[] = {
    "library",          "library_admin", "queue",        "operator", "assignment",
    "snippet",          "closure",       "hours_window", "address",  "canned",
    "holiday_coverage", "profile",       "consortium"};

/* The names of tables with rows that are not as they were, but for those that are added. */
static char *touched(char *const *before)
{
    static char text[512];
    char query[256];

    text[0] = '\0';
    for (size_t i = 0; i < COUNT(tables); i++) {
        snprintf(query, sizeof query,
                 "SELECT coalesce(string_agg(md5(t::text) || xmin, ',' ORDER BY t::text), '') "
                 "FROM deskbell.%s t",
                 tables[i]);
        if (strcmp(sql(database, query), before[i]) != 0)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", tables[i]);
    }
    return text;
}

static const struct {
    const char *node, *library, *touched;
    const char *fields[12];
} changes[] = {
    {"library-edit", "mobstate", "library ", {"title", "New"}},
    {"admin-add", "mobstate", "library library_admin ", {"account", "d@localhost"}},
    {"operator-add", "mobstate", "operator address ", {"name", "eve"}},
    {"operator-edit", "mobstate", "operator ", {"operator", "ann", "title", "Ann"}},
    {"operator-edit", "mobstate", "operator address ", {"operator", "ann", "name", "anna"}},
    {"operator-remove",
     "mobstate",
     "queue operator assignment hours_window closure address ",
     {"operator", "ann"}},
    {"queue-add",
     "slu",
     "queue address ",
     {"name", "law", "retention_days", "1", "transcripts", "1"}},
    {"queue-edit", "mobstate", "queue ", {"queue", "law", "ring_seconds", "50"}},
    {"queue-edit", "mobstate", "queue address ", {"queue", "mobius-mobstate", "name", "main"}},
    {"queue-remove", "mobstate", "queue address ", {"queue", "law"}},
    {"queue-assign", "mobstate", "queue assignment ", {"queue", "law", "operators", "bob"}},
    {"hours-edit",
     "mobstate",
     "queue hours_window ",
     {"queue", "law", "hours", "mon 08:00-09:00 answered by mobius-slu"}},
    {"closure-add", "mobstate", "queue closure ", {"queue", "law", "from", "2026-12-30"}},
    {"snippet-add", "mobstate", "snippet ", {"text", "x", "queue", "law"}},
    {"library-rename",
     "mobstate",
     "library queue operator snippet address ",
     {"abbreviation", "msu"}},
    {"backup-edit", NULL, "consortium ", {"queue", "-"}},
};

START_TEST(only_its_rows)
{
    char *before[COUNT(tables)];
    char query[256];

    for (size_t i = 0; i < COUNT(tables); i++) {
        snprintf(query, sizeof query,
                 "SELECT coalesce(string_agg(md5(t::text) || xmin, ',' ORDER BY t::text), '') "
                 "FROM deskbell.%s t",
                 tables[i]);
        before[i] = mem_strdup(sql(database, query));
    }
    ck_assert(change(changes[_i].node, changes[_i].library, changes[_i].fields, NULL));
    const char *now = touched(before);
    /* In the tables' order, whatever the case's. */
    char expected[512] = "";
    for (size_t i = 0; i < COUNT(tables); i++) {
        snprintf(query, sizeof query, "%s ", tables[i]);
        const char *at = strstr(changes[_i].touched, query);
        if (at != NULL && (at == changes[_i].touched || at[-1] == ' '))
            strncat(expected, query, sizeof expected - strlen(expected) - 1);
    }
    ck_assert_msg(strcmp(now, expected) == 0, "%s: touched %s, not %s", changes[_i].node, now,
                  expected);
    for (size_t i = 0; i < COUNT(tables); i++)
        free(before[i]);
}
END_TEST

static void add_chat(void)
{
    sql(database,
        "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id, "
        "patron, patron_resource, state, opened, last_line) SELECT consortium_id, library_id, 1, "
        "'k3f9', 'mobius-mobstate.k3f9', queue_id, 'guest@localhost', 'x', 'closed', now(), 0 "
        "FROM deskbell.queue WHERE name = 'mobius-mobstate'");
}

START_TEST(rename_keeps_ids)
{
    int64_t queue =
        sql_number(database, "SELECT queue_id FROM deskbell.queue WHERE name = 'mobius-mobstate'");
    int64_t person = sql_number(
        database, "SELECT operator_id FROM deskbell.operator WHERE name = 'mobius-mobstate-ann'");
    char query[256];

    add_chat();
    CHANGE("library-rename", "mobstate", "abbreviation", "msu");
    snprintf(query, sizeof query, "SELECT name FROM deskbell.queue WHERE queue_id = %lld",
             (long long)queue);
    ck_assert_str_eq(sql(database, query), "mobius-msu");
    snprintf(query, sizeof query,
             "SELECT name || ' ' || account FROM deskbell.operator WHERE operator_id = %lld",
             (long long)person);
    ck_assert_str_eq(sql(database, query), "mobius-msu-ann ann@localhost");
    ck_assert_str_eq(sql(database, "SELECT string_agg(name || ':' || kind, ' ' ORDER BY name) FROM "
                                   "deskbell.address"),
                     "mobius-msu:queue mobius-msu-ann:operator mobius-msu-bob:operator "
                     "mobius-msu-law:queue mobius-slu:queue mobius-slu-sam:operator");
    ck_assert_int_eq(sql_number(database,
                                "SELECT count(*) FROM deskbell.chat c JOIN deskbell.queue q USING "
                                "(library_id, queue_id) WHERE q.name = 'mobius-msu'"),
                     1);
    struct consortium *after = load();
    ck_assert_uint_eq(after->renamed_count, 4);
    ck_assert_str_eq(after->renamed[0].name, "mobius-mobstate");
    ck_assert_str_eq(after->renamed[0].now, "mobius-msu");
    ck_assert_str_eq(after->renamed[1].now, "mobius-msu-ann");
    ck_assert_int_gt(after->renamed[0].until, (int64_t)time(NULL) + 29 * 86400);
    consortium_free(after);
    /* After 30 days it is nobody's. */
    sql(database, "UPDATE deskbell.former_name SET renamed_at = now() - interval '31 days'");
    after = load();
    ck_assert_uint_eq(after->renamed_count, 0);
    consortium_free(after);
    CHANGE("library-edit", "msu", "title", "Swept");
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.former_name"), 0);
}
END_TEST

START_TEST(old_names_are_reserved)
{
    struct error error;
    static const char *const again[] = {
        "abbreviation",   "mobstate", "title",       "T", "account", "a",
        "retention_days", "1",        "transcripts", "1", NULL};

    CHANGE("library-rename", "mobstate", "abbreviation", "msu");
    ck_assert(!change("library-add", NULL, again, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "reserved"));
    /* The library itself may have it back, also after another rename. */
    CHANGE("library-rename", "msu", "abbreviation", "mosu");
    CHANGE("library-rename", "mosu", "abbreviation", "mobstate");
    ck_assert_str_eq(
        sql(database, "SELECT string_agg(name, ' ' ORDER BY name) FROM deskbell.former_name"),
        "mobius-mosu mobius-mosu-ann mobius-mosu-bob mobius-mosu-law mobius-msu "
        "mobius-msu-ann mobius-msu-bob mobius-msu-law");
    ck_assert_str_eq(sql(database,
                         "SELECT string_agg(name, ' ' ORDER BY name) FROM deskbell.reserved_name "
                         "WHERE kind = 'library'"),
                     "mosu msu");
    struct consortium *after = load();
    ck_assert_str_eq(after->renamed[0].now, "mobius-mobstate");
    consortium_free(after);
    /* A queue's old name is not free for an operator. */
    CHANGE("queue-edit", "mobstate", "queue", "law", "name", "jura");
    static const char *const person[] = {"name", "law", NULL};
    ck_assert(!change("operator-add", "mobstate", person, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "reserved"));
    /* For a queue of the same library it is, and then it is that one's. */
    CHANGE("queue-add", "mobstate", "name", "law", "retention_days", "1", "transcripts", "1");
    ck_assert_int_eq(
        sql_number(database,
                   "SELECT count(*) FROM deskbell.former_name WHERE name = 'mobius-mobstate-law'"),
        0);
}
END_TEST

START_TEST(library_with_chats_stays)
{
    struct error error;
    static const char *const none[] = {NULL};

    CHANGE("hours-edit", "slu", "queue", "mobius-slu", "hours", "none");
    add_chat();
    CHANGE("library-rename", "mobstate", "abbreviation", "msu");
    ck_assert(!change("library-remove", "msu", none, &error));
    ck_assert_str_eq(error.text, "library 'msu' cannot be removed: transcripts of its chats are "
                                 "kept; erase its chats first, or wait until none is left");
}
END_TEST

START_TEST(within_the_callers_transaction)
{
    sql(database, "BEGIN");
    CHANGE("library-rename", "mobstate", "abbreviation", "msu");
    ck_assert_int_eq(PQtransactionStatus(database), PQTRANS_INTRANS);
    sql(database, "ROLLBACK");
    ck_assert_int_eq(
        sql_number(database, "SELECT count(*) FROM deskbell.library WHERE name = 'mobstate'"), 1);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.former_name"), 0);
}
END_TEST

/* The same under row-level security, as who may do it. */
static const struct {
    const char *account, *right, *node, *then;
    const char *fields[8];
} permitted[] = {
    {"boss@localhost",
     "libraries",
     "library-rename",
     "mobius-msu mobius-msu-law mobius-slu",
     {"abbreviation", "msu"}},
    {"a@localhost",
     "queues",
     "queue-edit",
     "mobius-mobstate mobius-mobstate-jura mobius-slu",
     {"queue", "law", "name", "jura"}},
    {"a@localhost",
     "queues",
     "queue-edit",
     "mobius-mobstate-law mobius-mobstate-main mobius-slu",
     {"queue", "-", "name", "main"}},
    {"a@localhost",
     "people",
     "operator-edit",
     "mobius-mobstate mobius-mobstate-law mobius-slu",
     {"operator", "ann", "name", "anna"}},
    {"a@localhost",
     "people",
     "operator-add",
     "mobius-mobstate mobius-mobstate-law mobius-slu",
     {"name", "eve", "queues", "law"}},
    {"a@localhost",
     "people",
     "operator-remove",
     "mobius-mobstate mobius-mobstate-law mobius-slu",
     {"operator", "bob"}},
    {"a@localhost", "queues", "queue-remove", "mobius-mobstate mobius-slu", {"queue", "law"}},
    {"a@localhost",
     "hours",
     "hours-edit",
     "mobius-mobstate mobius-mobstate-law mobius-slu",
     {"hours", "mon 08:00-12:00 answered by mobius-slu"}},
    {"boss@localhost",
     "policy",
     "library-holiday-coverage",
     "mobius-mobstate mobius-mobstate-law mobius-slu",
     {"coverage", "all"}},
};

START_TEST(as_whoever_may)
{
    bool may = false;
    struct error error = {""};
    struct permit permit = {
        .consortium_id = sql_number(database, "SELECT consortium_id FROM deskbell.consortium"),
        .library_id =
            sql_number(database, "SELECT library_id FROM deskbell.library WHERE name = 'mobstate'"),
        .account = permitted[_i].account,
        .right = permitted[_i].right,
        .command = permitted[_i].node,
    };

    ck_assert_msg(permit_begin(database, &permit, &may, &error), "%s", error.text);
    ck_assert(may);
    ck_assert_msg(change(permitted[_i].node, "mobstate", permitted[_i].fields, &error), "%s",
                  error.text);
    sql(database, "COMMIT");
    ck_assert_str_eq(
        sql(database, "SELECT string_agg(name, ' ' ORDER BY name) FROM deskbell.queue"),
        permitted[_i].then);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit_store");
    TCase *tests = tcase_create("edit_store");

    cluster_start(false);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, only_its_rows, 0, COUNT(changes));
    tcase_add_loop_test(tests, as_whoever_may, 0, COUNT(permitted));
    tcase_add_test(tests, rename_keeps_ids);
    tcase_add_test(tests, old_names_are_reserved);
    tcase_add_test(tests, library_with_chats_stays);
    tcase_add_test(tests, within_the_callers_transaction);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
