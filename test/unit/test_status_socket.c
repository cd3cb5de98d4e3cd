/* The running desk's state over a Unix socket: for its owner alone, whole, and never in the way. */
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "component/status_socket.h"

enum { LARGE = 1000 * 1000 };

static char folder[200];
static char *answer;
static size_t answer_length;
static bool asked;
static struct error error;
static size_t text_length;

/* A folder whose path is longer than a socket's may be. */
static void set_up(void)
{
    char base[] = "/tmp/deskbell-status-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(base));
    snprintf(folder, sizeof folder, "%s/%0120d", base, 0);
    answer = NULL;
    asked = false;
}

static void tear_down(void)
{
    char command[300];

    snprintf(command, sizeof command, "rm -rf '%.27s'", folder);
    ck_assert_int_eq(system(command), 0);
    free(answer);
}

static void write_text(void *context, FILE *out)
{
    (void)context;
    for (size_t i = 0; i < text_length; i++)
        fputc(i % 64 == 63 ? '\n' : 'x', out);
}

static void *ask(void *unused)
{
    FILE *out = open_memstream(&answer, &answer_length);

    asked = status_socket_ask(folder, out, &error);
    fclose(out);
    return unused;
}

/* Runs the desk's side until the one who asks is done. */
static void serve(struct status_socket *status)
{
    pthread_t thread;
    void *result = &thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, ask, NULL), 0);
    while (pthread_tryjoin_np(thread, &result) != 0) {
        struct pollfd descriptor = {status_socket_fd(status), status_socket_poll_events(status),
                                    0};
        poll(&descriptor, 1, 10);
        status_socket_process(status, descriptor.revents, 1, write_text, NULL);
    }
}

START_TEST(whole_answer)
{
    struct status_socket *status = status_socket_new(folder);
    struct stat info;
    char path[300];

    ck_assert_ptr_nonnull(status);
    snprintf(path, sizeof path, "%s/status.sock", folder);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(stat(folder, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0700);
    text_length = _i == 0 ? 0 : LARGE;
    serve(status);
    ck_assert_msg(asked, "%s", error.text);
    ck_assert_uint_eq(answer_length, text_length);
    status_socket_free(status);
    ck_assert_int_ne(stat(path, &info), 0);
}
END_TEST

START_TEST(nobody_there)
{
    status_socket_free(status_socket_new(folder));
    ask(NULL);
    ck_assert(!asked);
    ck_assert_ptr_nonnull(strstr(error.text, "no desk answers at '/tmp/deskbell-status-"));
    ck_assert_ptr_nonnull(strstr(error.text, "No such file or directory"));
}
END_TEST

/* A socket that a dead process left behind is no hindrance. */
START_TEST(left_behind)
{
    struct status_socket *first = status_socket_new(folder), *second = status_socket_new(folder);

    ck_assert_ptr_nonnull(second);
    text_length = 10;
    serve(second);
    ck_assert(asked);
    status_socket_free(second);
    status_socket_free(first);
}
END_TEST

/* Who connects and does not read gets so much time, then the next one is served. */
START_TEST(silent_client)
{
    struct status_socket *status = status_socket_new(folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "status.sock"};
    int client = socket(AF_UNIX, SOCK_STREAM, 0);

    text_length = 10 * LARGE;
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(connect(client, (const struct sockaddr *)&address, sizeof address), 0);
    while (status_socket_deadline(status) == INT64_MAX) {
        struct pollfd descriptor = {status_socket_fd(status), POLLIN, 0};
        poll(&descriptor, 1, 10);
        status_socket_process(status, descriptor.revents, 100, write_text, NULL);
    }
    ck_assert_int_eq(status_socket_deadline(status), 100 + STATUS_SOCKET_MS_MAX);
    status_socket_process(status, 0, 100 + STATUS_SOCKET_MS_MAX - 1, write_text, NULL);
    ck_assert_int_ne(status_socket_deadline(status), INT64_MAX);
    status_socket_process(status, 0, 100 + STATUS_SOCKET_MS_MAX, write_text, NULL);
    ck_assert_int_eq(status_socket_deadline(status), INT64_MAX);
    text_length = 10;
    serve(status);
    ck_assert(asked);
    status_socket_free(status);
    close(client);
}
END_TEST

START_TEST(impossible)
{
    snprintf(folder, sizeof folder, "/tmp/deskbell-status-nowhere/deeper");
    ck_assert_ptr_null(status_socket_new(folder));
    ck_assert_int_eq(status_socket_fd(NULL), -1);
    ck_assert_int_eq(status_socket_deadline(NULL), INT64_MAX);
    status_socket_process(NULL, 0, 0, write_text, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("status_socket");
    TCase *tests = tcase_create("status_socket");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, whole_answer, 0, 2);
    tcase_add_test(tests, nobody_there);
    tcase_add_test(tests, left_behind);
    tcase_add_test(tests, silent_client);
    tcase_add_test(tests, impossible);
    tcase_set_timeout(tests, 30);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
