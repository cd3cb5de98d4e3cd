/* stream_echo.c: a component that sends each message back, on component/stream.c alone. For the
 * test against real servers, and to try a server by hand:
 *
 *     stream_echo HOST PORT JID SECRET [PING_MS DEAD_MS]
 *
 * Prints "up" and "down" as they happen, and the counts at the end. SIGTERM ends it politely. */
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/stream.h"

static volatile sig_atomic_t ending;
static struct stream *stream;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say(const char *word)
{
    printf("%s\n", word);
    fflush(stdout);
}

static void on_up(void *context)
{
    (void)context;
    say("up");
}

static void on_down(void *context)
{
    (void)context;
    say("down");
}

static void on_stanza(void *context, xmpp_stanza_t *stanza)
{
    const char *type = xmpp_stanza_get_type(stanza);
    const char *to = xmpp_stanza_get_to(stanza), *from = xmpp_stanza_get_from(stanza);

    (void)context;
    if (strcmp(xmpp_stanza_get_name(stanza), "message") != 0 || to == NULL || from == NULL ||
        (type != NULL && strcmp(type, "error") == 0))
        return;
    char *there = strdup(to), *back = strdup(from);
    xmpp_stanza_set_to(stanza, back);
    xmpp_stanza_set_from(stanza, there);
    stream_send_stanza(stream, stanza);
    free(there);
    free(back);
}

static void run(void)
{
    bool closing = false;

    stream_open(stream, now_ms());
    while (!closing || stream_state(stream) != STREAM_DOWN) {
        struct pollfd wait = {.fd = stream_fd(stream), .events = stream_poll_events(stream)};
        int64_t left = stream_deadline(stream) - now_ms();
        poll(&wait, 1, left < 0 ? 0 : left > 1000 ? 1000 : (int)left);
        stream_process(stream, wait.fd >= 0 ? wait.revents : 0, now_ms());
        if (ending && !closing) {
            closing = true;
            stream_close(stream, now_ms());
        }
    }
}

int main(int argc, char **argv)
{
    const struct stream_events events = {
        .up = on_up, .down = on_down, .stanza = on_stanza};

    if (argc < 5) {
        fprintf(stderr, "stream_echo HOST PORT JID SECRET [PING_MS DEAD_MS]\n");
        return 2;
    }
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    struct stream_options options = {
        .ctx = ctx,
        .host = argv[1],
        .port = (int)strtol(argv[2], NULL, 10),
        .jid = argv[3],
        .secret = argv[4],
        .ping_ms = argc > 6 ? (int)strtol(argv[5], NULL, 10) : 0,
        .dead_ms = argc > 6 ? (int)strtol(argv[6], NULL, 10) : 0,
        .random = (uint64_t)now_ms(),
    };
    stream = stream_new(&options, &events, NULL);
    run();
    const struct stream_counts *counts = stream_counts(stream);
    printf("in %llu out %llu refused %llu connects %llu\n", (unsigned long long)counts->stanzas_in,
           (unsigned long long)counts->stanzas_out, (unsigned long long)counts->refused,
           (unsigned long long)counts->connects);
    stream = stream_free(stream);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return 0;
}
