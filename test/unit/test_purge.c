/* The daily purge with a clock that is moved, and the archives of queues, by the clerk in a real
 * database. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/archive.h"
#include "component/purge.h"
#include "component/settings.h"
#include "component/zone.h"
#include "policy/date.h"
#include "policy/mem.h"
#include "test/support/reads_desk.h"

enum { HOUR = HOUR_MS };

static struct consortium *settings;
static struct purge *purge;
static int64_t at, wall;

static void settings_take(void)
{
    struct error error = {""};
    bool exists = false;

    consortium_free(settings);
    settings = NULL;
    ck_assert_msg(settings_load(database, "mobius", &settings, &exists, &error), "%s", error.text);
}

/* The chats of reads_desk are of 2025-03-03; mobstate's queue keeps for the days it says. */
static void set_up(void)
{
    reads_set_up();
    sql(database, "UPDATE deskbell.queue SET retention_days = 30");
    settings_take();
    purge = purge_new(&(struct purge_desk){.step = admin_step});
    at = 1000;
    wall = (int64_t)date_from_civil(2025, 4, 1) * 24 * HOUR + 18 * HOUR; /* 13:00 in Chicago */
}

static void tear_down(void)
{
    purge_end(purge);
    admin_tear_down();
    purge_free(purge);
    consortium_free(settings);
    settings = NULL;
    zone_forget_all();
}

/* Until nothing is due any more; how many pieces that took. */
static int go(void)
{
    int pieces = 0;

    for (;;) {
        purge_process(purge, clerk, settings, at, wall);
        if (purge_deadline(purge) != INT64_MAX)
            return pieces;
        pieces++;
        while (purge_deadline(purge) == INT64_MAX) {
            struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
            poll(&poller, 1, 100);
            clerk_process(clerk, now_ms());
        }
    }
}

static const char *erased(void)
{
    return sql(database, "SELECT coalesce(string_agg(number::text, '' ORDER BY number), '')"
                         " FROM deskbell.chat WHERE erased IS NOT NULL");
}

START_TEST(once_a_day_for_each_library)
{
    ck_assert_int_eq(go(), 3);
    ck_assert_str_eq(erased(), "");
    ck_assert_str_eq(sql(database, "SELECT string_agg(library_id::text || day, ' ' ORDER BY"
                                   " library_id) FROM deskbell.purge WHERE queue_id = 0"),
                     "12025-04-01 22025-04-01 32025-04-01");
    ck_assert_int_eq(go(), 0);
    /* Behind the library's midnight, which is not that of UTC. */
    int64_t midnight = wall + 11 * HOUR;
    ck_assert_int_le(purge_deadline(purge) - at, midnight - wall);
    at += 10 * HOUR;
    wall += 10 * HOUR;
    ck_assert_int_eq(go(), 0);
    ck_assert_int_le(purge_deadline(purge) - at, midnight - wall);
    at += HOUR;
    wall += HOUR;
    ck_assert_int_eq(go(), 3);
    ck_assert_str_eq(erased(), "");
    /* 30 days behind their end, in the night of the third of April. */
    at += 24 * HOUR;
    wall += 24 * HOUR;
    ck_assert_int_eq(go(), 3);
    ck_assert_str_eq(erased(), "123456");
    ck_assert_str_eq(sql(database, "SELECT string_agg(concat(library_id, ' ', chats, ' ', lines),"
                                   " ';' ORDER BY library_id) FROM deskbell.purge WHERE chats > 0"),
                     "1 3 5;2 3 6");
}
END_TEST

/* A desk that starts again looks, and leaves no trace of it. */
START_TEST(start_again)
{
    go();
    int64_t rows = sql_number(database, "SELECT count(*) FROM deskbell.audit");
    ck_assert_int_eq(rows, 3);
    purge_free(purge);
    purge = purge_new(&(struct purge_desk){.step = admin_step});
    ck_assert_int_eq(go(), 3);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.audit"), rows);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.purge"), 3);
    /* A library that is new has its first day at once. */
    sql(database, "INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'late')");
    settings_take();
    purge_look(purge);
    ck_assert_int_eq(go(), 1);
}
END_TEST

/* In pieces, so that others can be served between; the open item goes from the desk's memory. */
START_TEST(pieces_and_memory)
{
    const struct followup_record record = {.chat = 6, .library = 1, .queue = 1, .code = "c6",
                                           .kind = FOLLOWUP_LEFT, .text = "where is zebra6",
                                           .contact = "zoe@example.org", .at = WALL};
    struct event restore = {.type = EVENT_RESTORE_FOLLOWUP, .followup = &record};
    struct event ask = {.type = EVENT_WORD, .from = "ann@localhost", .resource = "pidgin",
                        .to = "mobius-mobstate", .word = {.tag = 1, .line = "!todo"}};

    admin_step(NULL, &restore);
    sql(database, "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
                  " queue_id, queue_name, patron, patron_resource, state, ended_by, opened, closed,"
                  " last_line) SELECT 1, 1, n, 'd' || n, 'x.d' || n, 1, 'mobius-mobstate', 'p@x',"
                  " '', 'closed', 'patron', '2025-03-03', '2025-03-03', 0"
                  " FROM generate_series(1001, 1600) n");
    wall += 30 * 24LL * HOUR;
    ck_assert_int_eq(go(), 4);
    ck_assert_str_eq(sql(database, "SELECT count(*) FROM deskbell.chat WHERE erased IS NULL"),
                     "0");
    admin_step(NULL, &ask);
    for (size_t i = 0; i < effects.count; i++)
        ck_assert(effects.list[i].type != EFFECT_ANSWER ||
                  strstr(effects.list[i].answer.text, "zebra6") == NULL);
}
END_TEST

START_TEST(database_away)
{
    cluster_stop("fast");
    ck_assert_int_eq(go(), 3);
    ck_assert_int_gt(purge_deadline(purge), at);
    cluster_go();
    PQreset(database);
    ck_assert_int_eq(go(), 0);
    at += PURGE_RETRY_MS;
    ck_assert_int_eq(go(), 3);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.purge"), 3);
}
END_TEST

/* --- archives --- */

static struct archive *archive;

static void archive_said(void *context, const struct xml_out *stanza)
{
    (void)context;
    xml_out_bytes(&out, stanza->bytes, stanza->length);
}

/* The condition, or NULL when the answer follows. */
static const char *archive_question_put(const char *jid, int queue, const char *inner)
{
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    char *xml = mem_printf("<query xmlns='urn:xmpp:mam:2' queryid='q'>%s</query>", inner);
    xmpp_stanza_t *query = xmpp_stanza_new_from_string(ctx, xml);
    char *account = mem_printf("%.*s", (int)strcspn(jid, "/"), jid);
    const char *wrong = archive_ask(archive,
                                    &(struct archive_question){.settings = settings,
                                                               .account = account,
                                                               .jid = jid,
                                                               .to = "mobius-x@chat.localhost",
                                                               .id = "m1",
                                                               .queue = queue},
                                    query);

    xmpp_stanza_release(query);
    xmpp_ctx_free(ctx);
    free(account);
    free(xml);
    return wrong;
}

static const char *archive_wait(void)
{
    int64_t until = now_ms() + 20000;

    while (out.length == 0 && now_ms() < until) {
        struct pollfd poller = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&poller, 1, 100);
        clerk_process(clerk, now_ms());
    }
    xml_out_bytes(&out, "", 1);
    return out.bytes;
}

static void archive_set_up(void)
{
    set_up();
    archive = archive_new(&(struct archive_desk){
        .domain = "chat.localhost", .clerk = clerk, .send = archive_said});
    xml_out_clear(&out);
}

static void archive_tear_down(void)
{
    archive_end(archive);
    tear_down();
    archive_free(archive);
}

START_TEST(archive_of_the_own_library)
{
    int mobstate = consortium_queue(settings, "mobius-mobstate");
    int slu = consortium_queue(settings, "mobius-slu");

    ck_assert_ptr_null(archive_question_put(MOB, mobstate, ""));
    const char *page = archive_wait();
    ck_assert_ptr_nonnull(strstr(page, "zebra1"));
    ck_assert_ptr_nonnull(strstr(page, "zebra6"));
    ck_assert_ptr_null(strstr(page, "zebra3"));
    ck_assert_ptr_null(strstr(page, "patron1@"));
    ck_assert_ptr_nonnull(strstr(page, "complete='true'"));
    ck_assert_str_eq(admin_audit(), "mam mobstate mobius-mobstate ;");
    ck_assert_str_eq(archive_question_put(MOB, slu, ""), "item-not-found");
    ck_assert_str_eq(archive_question_put(COORDINATOR, slu, ""), "item-not-found");
    ck_assert_str_eq(archive_question_put(ANN, mobstate, ""), "item-not-found");
    ck_assert_str_eq(archive_question_put(MOB, mobstate, "<x xmlns='jabber:x:data' type='submit'>"
                                          "<field var='start'><value>noon</value></field></x>"),
                     "bad-request");
}
END_TEST

/* What the desk has in memory may be older. */
START_TEST(archive_by_the_database)
{
    int queue = consortium_queue(settings, "mobius-mobstate");

    sql(database, "DELETE FROM deskbell.library_admin WHERE account = 'mobadmin@localhost'");
    ck_assert_ptr_null(archive_question_put(MOB, queue, ""));
    ck_assert_ptr_nonnull(strstr(archive_wait(), MISSING));
    ck_assert_str_eq(admin_audit(), "");
}
END_TEST

START_TEST(archive_bounds)
{
    int queue = consortium_queue(settings, "mobius-mobstate");

    sql(database, "BEGIN; LOCK TABLE deskbell.chat");
    for (int i = 0; i < ARCHIVE_PAGES_PER_ACCOUNT_MAX; i++)
        ck_assert_ptr_null(archive_question_put(MOB, queue, ""));
    ck_assert_str_eq(archive_question_put(MOB, queue, ""), "resource-constraint");
    ck_assert_ptr_null(archive_question_put(BOTH, queue, ""));
    archive_down(archive);
    sql(database, "COMMIT");
    ck_assert_ptr_null(archive_question_put(BOTH, queue, ""));
    archive_wait();
    ck_assert_ptr_nonnull(strstr(out.bytes, "both@localhost"));
    ck_assert_ptr_null(strstr(out.bytes, "mobadmin@localhost"));
}
END_TEST

START_TEST(archive_while_the_database_is_away)
{
    int queue = consortium_queue(settings, "mobius-mobstate");

    cluster_stop("fast");
    ck_assert_ptr_null(archive_question_put(MOB, queue, ""));
    ck_assert_ptr_nonnull(strstr(archive_wait(), "internal-server-error"));
    cluster_go();
    PQreset(database);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("purge");
    TCase *tests = tcase_create("purge"), *archives = tcase_create("archive");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, once_a_day_for_each_library);
    tcase_add_test(tests, start_again);
    tcase_add_test(tests, pieces_and_memory);
    tcase_add_test(tests, database_away);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(archives, archive_set_up, archive_tear_down);
    tcase_set_timeout(archives, 60);
    tcase_add_test(archives, archive_of_the_own_library);
    tcase_add_test(archives, archive_by_the_database);
    tcase_add_test(archives, archive_bounds);
    tcase_add_test(archives, archive_while_the_database_is_away);
    suite_add_tcase(suite, archives);
    SRunner *runner = srunner_create(suite);
    cluster_start(false);
    srunner_run_all(runner, CK_NORMAL);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
