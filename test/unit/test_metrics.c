/* The file for Prometheus: its format as their parser wants it, whole at any time, nobody's name.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/metrics.h"
#include "component/settings.h"
#include "component/zone.h"
#include "policy/consortium.h"
#include "policy/date.h"

enum { NAMES_MAX = 64 };

static struct consortium *settings;
static struct routing *routing;
static struct effects effects;
static struct stream_counts stream;
static struct store_counts store;
static msec_t at;

static void step(struct event event)
{
    event.at = at + 1000000;
    event.wall = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000 + at;
    event.resource = event.from == NULL ? "" : "desk";
    if (event.to == NULL)
        event.to = "";
    effects_clear(&effects);
    routing_step(routing, &event, &effects);
}

/* A desk with Jane on duty and Ann waiting. */
static void set_up(void)
{
    const struct routing_options options = {1, 1};

    settings = settings_read("test/scenario/desk.conf", "localhost", stderr);
    for (size_t i = 0; i < settings->queue_count; i++)
        settings->queues[i].id = (int64_t)i + 1;
    for (size_t i = 0; i < settings->operator_count; i++)
        settings->operators[i].id = (int64_t)i + 1;
    effects_init(&effects);
    routing = routing_new();
    routing_start(routing, &options);
    at = 10 * 3600 * 1000;
    step((struct event){.type = EVENT_SETTINGS, .settings = settings});
    step((struct event){.type = EVENT_STREAM_UP});
    at += 2000;
    step((struct event){.type = EVENT_TIME});
    step((struct event){.type = EVENT_PRESENCE,
                        .from = "mobius-mobstate-jane@localhost",
                        .to = "mobius-mobstate",
                        .presence.show = SHOW_AVAILABLE});
    step((struct event){.type = EVENT_MESSAGE,
                        .from = "ann@guest.localhost",
                        .to = "mobius-mobstate",
                        .message = {.id = "", .body = "sesame"}});
    stream = (struct stream_counts){.stanzas_in = 7, .refused = 3};
    stream.refused_by[REFUSED_DEPTH] = 3;
    store = (struct store_counts){.batches = 11, .records = 12};
}

static void tear_down(void)
{
    routing_free(routing);
    effects_release(&effects);
    consortium_free(settings);
    zone_forget_all();
}

static struct metrics_values values_now(void)
{
    return (struct metrics_values){
        .consortium = "mobius",
        .stream_up = true,
        .active = true,
        .stream = &stream,
        .store = &store,
        .spool = {.in_use = true, .records = 5, .bytes = 900},
        .messages_in = 1,
        .messages_out = 2,
        .unkept = 4,
        .wall_ms = 1764000000999,
        .routing = routing,
    };
}

/* Freed by the caller. */
static char *render(const struct metrics_values *values)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    metrics_render(values, out);
    fclose(out);
    ck_assert_uint_eq(strlen(text), size);
    return text;
}

static void says(const char *text, const char *line)
{
    char *whole = NULL;

    ck_assert_int_gt(asprintf(&whole, "\n%s\n", line), 0);
    ck_assert_msg(strstr(text, whole) != NULL, "no '%s' in:\n%s", line, text);
    free(whole);
}

START_TEST(figures)
{
    struct metrics_values values = values_now();
    char *text = render(&values);

    says(text, "deskbell_build_info{version=\"" DESKBELL_VERSION "\",consortium=\"mobius\"} 1");
    says(text, "deskbell_updated_timestamp_seconds 1764000000");
    says(text, "deskbell_stream_up 1");
    says(text, "deskbell_database_up 0");
    says(text, "deskbell_spool_in_use 1");
    says(text, "deskbell_spool_stuck 0");
    says(text, "deskbell_spool_records 5");
    says(text, "deskbell_chats_live 1");
    says(text, "deskbell_chats_waiting 1");
    says(text, "deskbell_operators_present 1");
    says(text, "deskbell_messages_total{direction=\"in\"} 1");
    says(text, "deskbell_messages_total{direction=\"out\"} 2");
    says(text, "deskbell_stanzas_total{direction=\"in\"} 7");
    says(text, "deskbell_store_batches_total 11");
    says(text, "deskbell_store_records_total 12");
    says(text, "deskbell_refused_stanzas_total{reason=\"depth\"} 3");
    says(text, "deskbell_refused_stanzas_total{reason=\"bytes\"} 0");
    says(text, "deskbell_refused_stanzas_total{reason=\"unkept\"} 4");
    says(text, "deskbell_queue_waiting{queue=\"mobius-mobstate\"} 1");
    says(text, "deskbell_queue_waiting{queue=\"mobius-slu\"} 0");
    says(text, "deskbell_queue_state{queue=\"mobius-mobstate\",state=\"open\"} 1");
    says(text, "deskbell_queue_state{queue=\"mobius-mobstate\",state=\"closed\"} 0");
    says(text, "deskbell_queue_unstaffed{queue=\"mobius-mobstate\"} 0");
    /* Neither people nor words. */
    ck_assert_ptr_null(strstr(text, "jane"));
    ck_assert_ptr_null(strstr(text, "ann@"));
    ck_assert_ptr_null(strstr(text, "sesame"));
    free(text);
}
END_TEST

/* HELP, TYPE, then all samples of that name, and a name but once; counters end in _total. */
START_TEST(format)
{
    struct metrics_values values = values_now();
    char *text = render(&values), *rest = text, *line, *seen[NAMES_MAX];
    size_t count = 0, samples = 1;
    char type[16] = "";

    while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
        if (strncmp(line, "# HELP deskbell_", 16) == 0) {
            ck_assert_msg(samples > 0, "no sample before '%s'", line);
            char *name = line + strlen("# HELP ");
            name[strcspn(name, " ")] = '\0';
            for (size_t i = 0; i < count; i++)
                ck_assert_str_ne(seen[i], name);
            ck_assert_uint_lt(count, NAMES_MAX);
            seen[count++] = name;
            line = strsep(&rest, "\n");
            ck_assert_str_eq(strsep(&line, " "), "#");
            ck_assert_str_eq(strsep(&line, " "), "TYPE");
            ck_assert_str_eq(strsep(&line, " "), name);
            snprintf(type, sizeof type, "%s", line);
            bool total = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
            ck_assert_str_eq(type, total ? "counter" : "gauge");
            samples = 0;
            continue;
        }
        size_t length = strcspn(line, "{ ");
        ck_assert(count > 0 && strlen(seen[count - 1]) == length);
        ck_assert_msg(strncmp(line, seen[count - 1], length) == 0, "'%s' out of place", line);
        const char *value = strrchr(line, ' ');
        ck_assert(value != NULL && value[1] != '\0' &&
                  strspn(value + 1, "0123456789") == strlen(value + 1));
        samples++;
    }
    ck_assert_str_eq(line, ""); /* the last line is whole */
    ck_assert_uint_gt(samples, 0);
    ck_assert_uint_gt(count, 20);
    free(text);
}
END_TEST

START_TEST(escapes_labels)
{
    struct metrics_values values = values_now();

    values.consortium = "a\"b\\c\nd";
    values.routing = NULL; /* no settings yet */
    char *text = render(&values);
    ck_assert_ptr_nonnull(strstr(text, ",consortium=\"a\\\"b\\\\c\\nd\"} 1\n"));
    ck_assert_ptr_null(strstr(text, "queue"));
    free(text);
}
END_TEST

START_TEST(replaces_the_file)
{
    char folder[] = "/tmp/test_metrics.XXXXXX", *path = NULL, *fresh = NULL;
    struct metrics_values values = values_now();
    struct stat first, second;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_gt(asprintf(&path, "%s/deskbell.prom", folder), 0);
    ck_assert_int_gt(asprintf(&fresh, "%s.new", path), 0);
    struct metrics_file *file = metrics_file_new(path);
    ck_assert_int_le(metrics_file_deadline(file), 0);
    umask(0077);
    metrics_file_write(file, &values, 5000);
    ck_assert_int_eq(metrics_file_deadline(file), 5000 + METRICS_MS);
    ck_assert_int_eq(stat(path, &first), 0);
    ck_assert_int_eq(first.st_mode & 0777, 0644);
    int reader = open(path, O_RDONLY); /* whoever has it open keeps the old one */
    metrics_file_write(file, &values, 20000);
    ck_assert_int_eq(stat(path, &second), 0);
    ck_assert(first.st_ino != second.st_ino);
    ck_assert_int_eq(lseek(reader, 0, SEEK_END), first.st_size);
    ck_assert_int_ne(access(fresh, F_OK), 0);
    close(reader);
    /* What cannot be written is tried again, and leaves nothing half. */
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    metrics_file_write(file, &values, 40000);
    ck_assert_int_eq(metrics_file_deadline(file), 40000 + METRICS_MS);
    ck_assert_int_ne(access(fresh, F_OK), 0);
    rmdir(path);
    metrics_file_write(file, &values, 60000);
    ck_assert_int_eq(access(path, F_OK), 0);
    unlink(path);
    rmdir(folder);
    metrics_file_free(file);
    free(fresh);
    free(path);
}
END_TEST

START_TEST(none_wanted)
{
    struct metrics_values values = values_now();

    ck_assert_ptr_null(metrics_file_new(NULL));
    metrics_file_write(NULL, &values, 0);
    ck_assert(metrics_file_deadline(NULL) == INT64_MAX);
    ck_assert_ptr_null(metrics_file_free(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tests = tcase_create("all");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, figures);
    tcase_add_test(tests, format);
    tcase_add_test(tests, escapes_labels);
    tcase_add_test(tests, replaces_the_file);
    tcase_add_test(tests, none_wanted);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
