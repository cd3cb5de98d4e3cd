/* stream_server.h: a server played by the test, for test_stream*.c. One thread, non-blocking
 * sockets on loopback, and a clock that the test turns. Included once by each of them: it has the
 * state. */
#ifndef DESKBELL_TEST_STREAM_SERVER_H
#define DESKBELL_TEST_STREAM_SERVER_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <sys/socket.h>
#include <unistd.h>

#include "policy/mem.h"
#include "component/stream.h"
#include "component/xml_out.h"

#define SERVER_HEADER                                                                              \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                         \
    "xmlns:stream='http://etherx.jabber.org/streams' id='abc&amp;1' from='desk.example'>"

static xmpp_ctx_t *ctx;
static struct stream *stream;
static int64_t now; /* the test's clock */

/* What the owner was told. */
static int ups, downs;
static struct xml_out seen;
static void (*on_next)(void); /* what the owner does at the next stanza */

/* The server's side. */
static int listener, port, server;
static struct xml_out got;
static bool got_end; /* of the component's side */
static bool remote_allowed; /* for the next stream_make() */
static char log_path[] = "/tmp/test_stream.XXXXXX";

static inline void on_up(void *context)
{
    ck_assert_ptr_eq(context, &seen);
    ups++;
}

static inline void on_down(void *context)
{
    ck_assert_ptr_eq(context, &seen);
    downs++;
}

static inline void on_stanza(void *context, xmpp_stanza_t *stanza)
{
    char *text;
    size_t length;

    ck_assert_ptr_eq(context, &seen);
    ck_assert_int_eq(xmpp_stanza_to_text(stanza, &text, &length), XMPP_EOK);
    xml_out_bytes(&seen, text, length);
    xmpp_free(ctx, text);
    if (on_next != NULL) {
        void (*act)(void) = on_next;
        on_next = NULL;
        act();
    }
}

static inline void listen_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 5), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    port = ntohs(address.sin_port);
}

static inline void stream_make(const char *host)
{
    const struct stream_events events = {
        .up = on_up, .down = on_down, .stanza = on_stanza};
    struct stream_options options = {.ctx = ctx,
                                     .jid = "desk.example",
                                     .host = host,
                                     .port = port,
                                     .allow_remote = remote_allowed,
                                     .secret = "s3cret",
                                     .random = 7};

    stream = stream_new(&options, &events, &seen);
}

static inline void setup(void)
{
    int log = mkstemp(log_path);

    ck_assert_int_ge(log, 0);
    dup2(log, STDERR_FILENO);
    close(log);
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, NULL);
    xml_out_init(&seen);
    xml_out_init(&got);
    now = 1000000;
    server = -1;
    listen_start();
    stream_make("127.0.0.1");
}

static inline void teardown(void)
{
    stream = stream_free(stream);
    if (server >= 0)
        close(server);
    close(listener);
    xml_out_release(&seen);
    xml_out_release(&got);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    unlink(log_path);
}

/* One turn of an owner's loop, without waiting longer than the kernel needs. */
static inline void turn(void)
{
    struct pollfd wait = {.fd = stream_fd(stream), .events = stream_poll_events(stream)};

    poll(&wait, 1, 2);
    stream_process(stream, wait.fd >= 0 ? wait.revents : 0, now);
}

static inline void server_read(void)
{
    char bytes[16384];
    ssize_t count;

    if (server < 0)
        return;
    while ((count = recv(server, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        xml_out_bytes(&got, bytes, (size_t)count);
    got_end = count == 0 || (count < 0 && errno == ECONNRESET);
}

static inline bool has(struct xml_out *out, const char *text)
{
    return out->length > 0 && memmem(out->bytes, out->length, text, strlen(text)) != NULL;
}

static inline int count_of(struct xml_out *out, const char *text)
{
    int count = 0;
    const char *at = out->bytes, *end = out->bytes + out->length;

    while (out->length > 0 && (at = memmem(at, (size_t)(end - at), text, strlen(text))) != NULL) {
        count++;
        at += strlen(text);
    }
    return count;
}

static inline void turns(int count)
{
    for (int i = 0; i < count; i++) {
        turn();
        server_read();
    }
}

static inline void until_server_has(const char *text)
{
    for (int i = 0; i < 500 && !has(&got, text); i++)
        turns(1);
    ck_assert_msg(has(&got, text), "'%s' is not in '%.*s'", text, (int)got.length, got.bytes);
}

static inline void until_seen(const char *text)
{
    for (int i = 0; i < 500 && !has(&seen, text); i++)
        turns(1);
    ck_assert_msg(has(&seen, text), "'%s' is not in '%.*s'", text, (int)seen.length, seen.bytes);
}

static inline void until_state(enum stream_state state)
{
    for (int i = 0; i < 500 && stream_state(stream) != state; i++)
        turns(1);
    ck_assert_int_eq(stream_state(stream), state);
}

static inline void server_say_bytes(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(server, bytes, length, MSG_NOSIGNAL);
        ck_assert_int_gt(sent, 0);
        bytes += sent;
        length -= (size_t)sent;
    }
}

static inline void server_say(const char *text)
{
    server_say_bytes(text, strlen(text));
}

static inline void server_accept(void)
{
    xml_out_clear(&got);
    for (int i = 0; i < 500; i++) {
        turn();
        server = accept4(listener, NULL, NULL, 0);
        if (server >= 0)
            break;
    }
    ck_assert_int_ge(server, 0);
    until_server_has("<stream:stream");
}

static inline void server_drop(void)
{
    close(server);
    server = -1;
}

static inline void come_up(void)
{
    int before = ups;

    if (stream_state(stream) == STREAM_DOWN)
        stream_open(stream, now);
    server_accept();
    server_say(SERVER_HEADER);
    until_server_has("</handshake>");
    server_say("<handshake/>");
    until_state(STREAM_UP);
    ck_assert_int_eq(ups, before + 1);
    xml_out_clear(&got);
}

static inline struct xml_out log_read(void)
{
    struct xml_out text;
    char bytes[4096];
    FILE *file = fopen(log_path, "r");
    size_t count;

    xml_out_init(&text);
    ck_assert_ptr_nonnull(file);
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0)
        xml_out_bytes(&text, bytes, count);
    fclose(file);
    return text;
}

static inline void assert_logged(const char *text, int times)
{
    struct xml_out log = log_read();

    ck_assert_msg(count_of(&log, text) == times, "'%s' is not %d times in '%.*s'", text, times,
                  (int)log.length, log.bytes);
    ck_assert_msg(!has(&log, "s3cret"), "the secret is in the log");
    xml_out_release(&log);
}

static inline void end_by_eof(void)
{
    server_drop();
}

static inline void end_by_reset(void)
{
    struct linger at_once = {1, 0};

    setsockopt(server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    server_drop();
}

static inline void end_by_tag(void)
{
    server_say("</stream:stream>");
}

enum { MESSAGE_SIZE = 1100 };

/* A 1 KB message with its number. */
static inline size_t numbered(char *ret, int number)
{
    return (size_t)snprintf(ret, MESSAGE_SIZE, "<message id=\"%08d\"><body>%0960d</body></message>",
                            number, 0);
}

static inline void fill_up(void)
{
    char message[MESSAGE_SIZE];

    for (int i = 0; (stream_poll_events(stream) & POLLIN) != 0; i++) {
        stream_send(stream, message, numbered(message, i));
        stream_flush(stream);
    }
}

static inline int run_cases(const char *name, void (*add)(TCase *cases))
{
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create("all");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    add(cases);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

#define LOOP(test, table)                                                                          \
    tcase_add_loop_test(cases, test, 0, (int)(sizeof(table) / sizeof *(table)))

#endif
