/* The public files say how a queue is, whole and current. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/settings.h"
#include "component/status_files.h"
#include "component/zone.h"
#include "policy/consortium.h"
#include "policy/date.h"

static char folder[] = "/tmp/deskbell-status-XXXXXX";
static struct consortium *settings;
static struct routing *routing;
static struct effects effects;
static struct status_files *files;
static msec_t at, midnight;

static void step(struct event event)
{
    event.at = at + 1000000;
    event.wall = midnight + at;
    event.resource = event.from == NULL ? "" : "desk";
    if (event.to == NULL)
        event.to = "";
    effects_clear(&effects);
    routing_step(routing, &event, &effects);
}

static void set_up(void)
{
    const struct routing_options options = {1, 1};

    ck_assert_ptr_nonnull(mkdtemp(folder));
    settings = settings_read("test/scenario/desk.conf", "localhost", stderr);
    for (size_t i = 0; i < settings->queue_count; i++)
        settings->queues[i].id = (int64_t)i + 1;
    for (size_t i = 0; i < settings->operator_count; i++)
        settings->operators[i].id = (int64_t)i + 1;
    effects_init(&effects);
    routing = routing_new();
    routing_start(routing, &options);
    files = status_files_new(folder);
    midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    at = 10 * 3600 * 1000;
    step((struct event){.type = EVENT_SETTINGS, .settings = settings});
    step((struct event){.type = EVENT_STREAM_UP});
}

static void tear_down(void)
{
    char command[100];

    status_files_free(files);
    routing_free(routing);
    effects_release(&effects);
    consortium_free(settings);
    zone_forget_all();
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *content(const char *name)
{
    static char text[1000];
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return "(none)";
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void update(void)
{
    status_files_update(files, routing, at + 1000000, midnight + at);
}

static void jane(enum show show)
{
    struct event event = {.type = EVENT_PRESENCE, .from = "mobius-mobstate-jane@localhost"};

    event.to = "mobius-mobstate";
    event.presence.show = show;
    step(event);
}

/* From the first answer to the probes on: nothing is written before it is known. */
START_TEST(follows_the_queue)
{
    update();
    ck_assert_str_eq(content("mobius-mobstate.json"), "(none)");
    at += 2000;
    step((struct event){.type = EVENT_TIME});
    update();
    ck_assert_str_eq(content("mobius-mobstate.json"),
                     "{\"queue\":\"mobius-mobstate\",\"state\":\"closed\",\"reason\":\"unstaffed\","
                     "\"waiting\":0,\"until\":\"2026-11-24T17:00:00Z\",\"next\":null,"
                     "\"ts\":\"2026-11-24T10:00:02Z\"}\n");
    at += 1000;
    jane(SHOW_AVAILABLE);
    update();
    ck_assert_str_eq(content("mobius-mobstate.txt"), "open\n");
    ck_assert_str_eq(content("mobius-mobstate.js"),
                     "deskbellStatus({\"queue\":\"mobius-mobstate\",\"state\":\"open\","
                     "\"reason\":null,\"waiting\":0,\"until\":\"2026-11-24T17:00:00Z\","
                     "\"next\":null,\"ts\":\"2026-11-24T10:00:03Z\"});\n");
    ck_assert(strstr(content("mobius-mobstate.svg"), "aria-label=\"chat: open\"") != NULL);
    struct event ask = {.type = EVENT_MESSAGE, .from = "ann@guest.localhost"};
    ask.to = "mobius-mobstate";
    ask.message.id = "";
    ask.message.body = "hello";
    step(ask);
    update();
    ck_assert(strstr(content("mobius-mobstate.json"), "\"waiting\":1") != NULL);
}
END_TEST

START_TEST(closed_by_policy)
{
    at = 20 * 3600 * 1000;
    step((struct event){.type = EVENT_TIME});
    update();
    ck_assert_str_eq(content("mobius-slu.json"),
                     "{\"queue\":\"mobius-slu\",\"state\":\"closed\",\"reason\":\"no-rollover\","
                     "\"waiting\":0,\"until\":\"2026-11-25T08:00:00Z\","
                     "\"next\":\"2026-11-25T08:00:00Z\",\"ts\":\"2026-11-24T20:00:00Z\"}\n");
}
END_TEST

/* `ts` is younger than a minute even when nothing happens, and old while the desk is silent. */
START_TEST(lives_every_minute)
{
    at += 2000;
    step((struct event){.type = EVENT_TIME});
    update();
    at += STATUS_FILES_MS_MAX - 1;
    update();
    ck_assert(strstr(content("mobius-slu.json"), "10:00:02Z") != NULL);
    ck_assert_int_eq(status_files_deadline(files), at + 1 + 1000000);
    at += 1;
    update();
    ck_assert(strstr(content("mobius-slu.json"), "10:01:02Z") != NULL);
}
END_TEST

static struct snippet_settings snippets[] = {
    {.name = "mobstate (Map room)", .queue = "mobius-mobstate", .accent = "#7a1f2b"},
    {.name = "mobstate (old)", .queue = "mobius-mobstate"},
};

static void snippets_are(size_t count)
{
    settings->snippets = snippets;
    settings->snippet_count = count;
    status_files_settings(files, settings);
}

/* The queue's state and the library's settings, when either changes, and every minute. */
START_TEST(snippets_follow)
{
    snippets_are(2);
    at += 2000;
    step((struct event){.type = EVENT_TIME});
    update();
    ck_assert_str_eq(content("mobstate.map-room.json"),
                     "{\"queue\":\"mobius-mobstate\",\"state\":\"closed\",\"reason\":\"unstaffed\","
                     "\"waiting\":0,\"until\":\"2026-11-24T17:00:00Z\",\"next\":null,"
                     "\"ts\":\"2026-11-24T10:00:02Z\",\"snippet\":\"mobstate (Map room)\","
                     "\"accent\":\"#7a1f2b\"}\n");
    ck_assert_str_ne(content("mobstate.old.json"), "(none)");
    at += 1000;
    jane(SHOW_AVAILABLE);
    update();
    ck_assert(strstr(content("mobstate.map-room.json"), "\"state\":\"open\"") != NULL);
    at += STATUS_FILES_MS_MAX;
    update();
    ck_assert(strstr(content("mobstate.map-room.json"), "10:01:03Z") != NULL);
    snippets[0].accent = "#123456";
    snippets_are(2);
    update();
    ck_assert(strstr(content("mobstate.map-room.json"), "#123456") != NULL);
}
END_TEST

static void file_put(const char *name)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fputs("mine", file);
    fclose(file);
}

/* Also those of an earlier run; nothing else is touched. */
START_TEST(snippets_go)
{
    file_put("slu.gone.json");
    file_put("slu.gone.txt");
    file_put("Slu.gone.json");
    file_put("robots.json");
    snippets_are(2);
    at += 2000;
    step((struct event){.type = EVENT_TIME});
    update();
    ck_assert_str_eq(content("slu.gone.json"), "(none)");
    ck_assert_str_eq(content("slu.gone.txt"), "mine");
    ck_assert_str_eq(content("Slu.gone.json"), "mine");
    ck_assert_str_eq(content("robots.json"), "mine");
    snippets_are(1);
    update();
    ck_assert_str_eq(content("mobstate.old.json"), "(none)");
    ck_assert_str_ne(content("mobstate.map-room.json"), "(none)");
    ck_assert_str_ne(content("mobius-mobstate.json"), "(none)");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status_files");
    TCase *tcase = tcase_create("status_files");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, follows_the_queue);
    tcase_add_test(tcase, closed_by_policy);
    tcase_add_test(tcase, lives_every_minute);
    tcase_add_test(tcase, snippets_follow);
    tcase_add_test(tcase, snippets_go);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
