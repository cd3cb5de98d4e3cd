/* A queue without transcripts, from the settings in the database through routing and the store back
 * to the database: what people write there reaches no file of the cluster. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "component/zone.h"
#include "policy/consortium.h"
#include "routing/routing.h"
#include "test/support/store_desk.h"

#define SECRET "melancholia-quince"

static PGconn *database;
static struct desk desk;
static struct effects turn;
static struct routing *routing;
static struct consortium *settings;
static msec_t now;

static void setup(void)
{
    database = database_new();
    desk_open(&desk, database, "here:1");
    effects_init(&turn);
    desk_wait(&desk, &desk.ups, 1);
}

static void teardown(void)
{
    routing_free(routing);
    consortium_free(settings);
    desk_close(&desk);
    effects_release(&turn);
    PQfinish(database);
    zone_forget_all();
}

/* One step, and what it wants written down is written. */
static void step(struct event event)
{
    static const struct token fresh = {
        .text = "0123456789abcdef0123456789abcdef",
        .hash = "0123456789abcdef0123456789abcdef01234567"};

    event.at = event.wall = now += 10;
    event.resource = "desk";
    event.fresh = &fresh;
    if (event.to == NULL)
        event.to = "";
    routing_step(routing, &event, &turn);
    bool records = false;
    for (size_t i = 0; i < turn.count; i++)
        records = records || effect_is_record(&turn.list[i]);
    if (records)
        desk_submit(&desk, &turn, NULL, 0);
    desk_settle(&desk);
    ck_assert_str_eq(desk.sqlstate, "");
    effects_clear(&turn);
}

static void say(const char *from, const char *to, const char *id, const char *body)
{
    struct event event = {.type = EVENT_MESSAGE, .from = from, .to = to};

    event.message.id = id;
    event.message.body = body;
    step(event);
}

/* Ann answers a patron, with a note and a tag; then the patron comes again, and leaves a question
 * without agreeing to it. */
static void day(bool transcripts)
{
    struct error error;
    bool exists = false;
    char window[64];

    if (!transcripts)
        sql(database, "UPDATE deskbell.queue SET transcripts = false");
    sql(database, "INSERT INTO deskbell.hours_window"
                  " (consortium_id, owner, position, days, open_minute, close_minute)"
                  " VALUES (1, 'consortium', 1, 127, 0, 1440)");
    sql(database, "INSERT INTO deskbell.assignment VALUES (1, 1, 1, 1, 1)");
    ck_assert(settings_load(database, "mobius", &settings, &exists, &error));
    routing = routing_new();
    now = 1760000000000;
    step((struct event){.type = EVENT_SETTINGS, .settings = settings});
    routing_start(routing, &(struct routing_options){.code_key = 7, .first_number = 1});
    step((struct event){.type = EVENT_STREAM_UP});
    now += 5000;
    step((struct event){.type = EVENT_TIME});
    struct event presence = {.type = EVENT_PRESENCE, .from = "ann@localhost"};
    presence.to = "mobius-mobstate";
    presence.presence.show = SHOW_AVAILABLE;
    step(presence);
    say("pat@guest", "mobius-mobstate", "p1", SECRET " asked");
    snprintf(window, sizeof window, "%s", sql(database, "SELECT address FROM deskbell.chat"));
    say("ann@localhost", window, "o1", "answered " SECRET);
    say("ann@localhost", window, "o2", "!note noted " SECRET);
    say("ann@localhost", window, "o3", "!tag maps");
    say("ann@localhost", window, "o4", "!transfer mobius-mobstate " SECRET);
    say("pat@guest", "mobius-mobstate", "p2", "thanks " SECRET);
    say("ann@localhost", window, "o5", "!end answered");
    presence.presence.show = SHOW_UNAVAILABLE;
    step(presence);
    say("pat@guest", "mobius-mobstate", "p3", SECRET " once more");
    say("pat@guest", "mobius-mobstate", "p4", "pat@" SECRET ".example");
    say("pat@guest", "mobius-mobstate", "p5", "no, thank you");
    sql(database, "CHECKPOINT");
}

START_TEST(no_text_reaches_the_cluster)
{
    day(false);
    ck_assert(!cluster_has_text(SECRET));
    ck_assert_str_eq(sql(database, "SELECT string_agg(DISTINCT author, ' ' ORDER BY author)"
                                   " FROM deskbell.line"),
                     "desk note operator patron");
    ck_assert_int_gt(sql_number(database, "SELECT count(*) FROM deskbell.line"), 8);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line WHERE body <> ''"),
                     0);
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.followup"), 0);
    ck_assert_str_eq(sql(database, "SELECT detail FROM deskbell.act WHERE act = 'tagged'"), "maps");
    ck_assert_str_eq(sql(database, "SELECT resolution FROM deskbell.chat WHERE number = 1"),
                     "answered");
}
END_TEST

/* That the search would find it. */
START_TEST(text_with_transcripts_is_found)
{
    day(true);
    ck_assert(cluster_has_text(SECRET));
    ck_assert_int_eq(sql_number(database, "SELECT count(*) FROM deskbell.line WHERE body = ''"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("no_transcripts");
    TCase *tcase = tcase_create("no_transcripts");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, no_text_reaches_the_cluster);
    tcase_add_test(tcase, text_with_transcripts_is_found);
    suite_add_tcase(suite, tcase);
    cluster_start(false);
    srunner_run_all(runner, CK_ENV);
    cluster_end();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
