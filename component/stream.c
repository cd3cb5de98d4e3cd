#include "component/stream.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/log.h"
#include "component/stream_private.h"
#include "policy/mem.h"

enum {
    PING_MS = 3000,
    DEAD_MS = 9000,
    CONNECT_MS = 10 * 1000, /* for TCP, header and handshake together */
    CLOSE_MS = 2000,
    BACKOFF_MS_MIN = 400, /* of which the jitter takes up to a half */
    BACKOFF_MS_MAX = 10 * 1000,
    STEADY_MS = 10 * 1000, /* a stream that lasted so long starts the back-off anew */
    SLOW_MS_MIN = 30 * 1000,
    SLOW_MS_MAX = 60 * 1000,
    CONFLICT_MS_MIN = 120 * 1000,
    CONFLICT_MS_MAX = 300 * 1000
};

/* splitmix64: for jitter, not for secrets. */
static uint64_t random_next(struct stream *stream)
{
    uint64_t mixed = stream->random += 0x9E3779B97F4A7C15u;

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static int random_between(struct stream *stream, int low, int high)
{
    return low + (int)(random_next(stream) % (uint64_t)(high - low + 1));
}

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

struct stream *stream_new(const struct stream_options *options, const struct stream_events *events,
                          void *context)
{
    struct stream *stream = mem_new(sizeof *stream);

    stream->ctx = options->ctx;
    stream->jid = mem_strdup(options->jid);
    stream->host = mem_strdup(options->host);
    stream->ping_to = mem_strdup(options->ping_to != NULL ? options->ping_to : options->jid);
    stream->secret = options->secret;
    stream->port = options->port;
    stream->allow_remote = options->allow_remote;
    stream->ping_ms = or_default(options->ping_ms, PING_MS);
    stream->dead_ms = or_default(options->dead_ms, DEAD_MS);
    if (stream->dead_ms < 2 * stream->ping_ms)
        stream->dead_ms = 2 * stream->ping_ms;
    stream->random = options->random;
    snprintf(stream->ping_prefix, sizeof stream->ping_prefix, "ping-%016" PRIx64 "-",
             random_next(stream));
    stream->events = *events;
    stream->context = context;
    stream->fd = -1;
    stream->backoff_ms = BACKOFF_MS_MIN;
    stanza_split_init(&stream->split, STANZA_BYTES_MAX);
    xml_out_init(&stream->out);
    return stream;
}

static void connection_release(struct stream *stream)
{
    if (stream->fd >= 0) {
        stream->received = stream_received(stream);
        close(stream->fd);
    }
    stream->fd = -1;
    dial_release(&stream->dial);
    stream_out_reset(stream);
    stream->phase = PHASE_DOWN;
    stream->hung = false;
    stream->doomed = false;
}

struct stream *stream_free(struct stream *stream)
{
    if (stream == NULL)
        return NULL;
    connection_release(stream);
    stanza_split_release(&stream->split);
    stanza_builder_free(stream->builder);
    free(stream->jid);
    free(stream->host);
    free(stream->ping_to);
    free(stream);
    return NULL;
}

void stream_doom(struct stream *stream, enum stream_retry retry, const char *format, ...)
{
    va_list arguments;

    if (stream->doomed)
        return;
    stream->doomed = true;
    stream->doomed_retry = retry;
    va_start(arguments, format);
    vsnprintf(stream->doomed_why, sizeof stream->doomed_why, format, arguments);
    va_end(arguments);
}

static void failure_log(struct stream *stream)
{
    if (strcmp(stream->doomed_why, stream->logged_why) == 0) {
        log_debug("still no link to the XMPP server: %s", stream->doomed_why);
        return;
    }
    snprintf(stream->logged_why, sizeof stream->logged_why, "%s", stream->doomed_why);
    log_warning("no link to the XMPP server '%s' port %d, trying again: %s", stream->host,
                stream->port, stream->doomed_why);
}

static int retry_delay(struct stream *stream)
{
    switch (stream->doomed_retry) {
    case RETRY_CONFLICT:
        return random_between(stream, CONFLICT_MS_MIN, CONFLICT_MS_MAX);
    case RETRY_SLOWLY:
        return random_between(stream, SLOW_MS_MIN, SLOW_MS_MAX);
    case RETRY_SOON:
        break;
    }
    int delay = random_between(stream, stream->backoff_ms / 2, stream->backoff_ms);
    stream->backoff_ms *= 2;
    if (stream->backoff_ms > BACKOFF_MS_MAX)
        stream->backoff_ms = BACKOFF_MS_MAX;
    return delay;
}

/* The end that was announced by stream_doom(). */
static void connection_end(struct stream *stream)
{
    bool was_up = stream->phase == PHASE_UP || stream->phase == PHASE_CLOSING;

    if (was_up && stream->now_ms - stream->up_ms >= STEADY_MS) {
        stream->backoff_ms = BACKOFF_MS_MIN;
        stream->logged_why[0] = '\0';
    }
    if (stream->phase == PHASE_CLOSING)
        log_info("disconnected from '%s' port %d", stream->host, stream->port);
    else
        failure_log(stream);
    connection_release(stream);
    stream->retry_at_ms = stream->now_ms + retry_delay(stream);
    if (was_up && stream->events.down != NULL)
        stream->events.down(stream->context);
}

/* The next address, or the end when none is left; `error` says why the one before failed. */
static void dial_on(struct stream *stream, struct error *error)
{
    stream->fd = dial_next(&stream->dial, stream->dead_ms, error);
    if (stream->fd < 0)
        stream_doom(stream, RETRY_SOON, "%s", error->text);
}

static void connection_begin(struct stream *stream)
{
    struct error error = {{0}};

    stream->phase = PHASE_DIALLING;
    stream->phase_until_ms = stream->now_ms + CONNECT_MS;
    stream->pinged_ms = 0;
    stream->received = 0;
    stanza_split_clear(&stream->split);
    stanza_builder_free(stream->builder);
    stream->builder = stanza_builder_new(stream->ctx);
    if (dial_start(&stream->dial, stream->host, stream->port, stream->allow_remote, &error))
        dial_on(stream, &error);
    else
        stream_doom(stream, RETRY_SOON, "%s", error.text);
}

static void dial_process(struct stream *stream, short revents)
{
    struct error error = {{0}};

    if ((revents & (POLLOUT | POLLERR | POLLHUP)) == 0)
        return;
    if (dial_finish(stream->fd, &error)) {
        dial_release(&stream->dial);
        stream->phase = PHASE_HEADER;
        stream_out_header(stream);
        return;
    }
    close(stream->fd);
    dial_on(stream, &error);
}

/* When the silence has lasted too long. A stream that is not read is judged by what it takes. */
static int64_t dead_at(const struct stream *stream)
{
    if (stream->phase != PHASE_UP)
        return INT64_MAX;
    if (stream_out_pending(stream) > STREAM_OUT_BYTES_MAX)
        return stream->progress_ms + stream->dead_ms;
    if (stream->paused || stream->pinged_ms == 0)
        return INT64_MAX;
    /* Counted from the ping, not from the last byte: who was stopped for a while finds a long
     * silence that is not the server's. */
    return stream->pinged_ms + stream->dead_ms - stream->ping_ms;
}

static int64_t ping_at(const struct stream *stream)
{
    if (stream->phase != PHASE_UP || stream_in_stopped(stream) || stream->pinged_ms != 0)
        return INT64_MAX;
    return stream->heard_ms + stream->ping_ms;
}

static void timers_process(struct stream *stream)
{
    bool limited = stream->phase != PHASE_UP && stream->phase != PHASE_DOWN;

    if (limited && stream->now_ms >= stream->phase_until_ms)
        stream_doom(stream, RETRY_SOON, "no answer within %d seconds", CONNECT_MS / 1000);
    else if (stream->now_ms >= dead_at(stream))
        stream_doom(stream, RETRY_SOON, "silent for %d ms in spite of a ping", stream->dead_ms);
    if (stream->now_ms >= ping_at(stream)) {
        stream_out_ping(stream);
        stream->pinged_ms = stream->now_ms;
    }
}

void stream_process(struct stream *stream, short revents, int64_t now_ms)
{
    stream->now_ms = now_ms;
    if (stream->phase == PHASE_DOWN) {
        if (stream->wanted && now_ms >= stream->retry_at_ms)
            connection_begin(stream);
        revents = 0;
    }
    if (stream->phase == PHASE_DIALLING && !stream->doomed)
        dial_process(stream, revents);
    else if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !stream->doomed) {
        stream->hung = (revents & (POLLHUP | POLLERR)) != 0;
        if (!stream_in_stopped(stream))
            stream_in_read(stream);
    }
    if (!stream->doomed)
        timers_process(stream);
    stream_flush(stream);
    if (stream->doomed)
        connection_end(stream);
}

void stream_open(struct stream *stream, int64_t now_ms)
{
    stream->now_ms = now_ms;
    stream->wanted = true;
    stream->retry_at_ms = now_ms;
}

void stream_close(struct stream *stream, int64_t now_ms)
{
    stream->now_ms = now_ms;
    stream->wanted = false;
    if (stream->phase == PHASE_UP) {
        stream_out_raw(stream, "</stream:stream>");
        stream->phase = PHASE_CLOSING;
        stream->phase_until_ms = now_ms + CLOSE_MS;
    } else if (stream->phase != PHASE_CLOSING) {
        connection_release(stream);
    }
}

void stream_cut(struct stream *stream)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    stream->wanted = false;
    if (stream->fd >= 0)
        (void)setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection_release(stream);
}

enum stream_state stream_state(const struct stream *stream)
{
    switch (stream->phase) {
    case PHASE_DOWN:
        return STREAM_DOWN;
    case PHASE_UP:
        return STREAM_UP;
    case PHASE_CLOSING:
        return STREAM_CLOSING;
    case PHASE_DIALLING:
    case PHASE_HEADER:
    case PHASE_HANDSHAKE:
        break;
    }
    return STREAM_CONNECTING;
}

/* A socket that reported its end goes on reporting it: polled while it is not read, it would keep
 * the loop spinning. */
int stream_fd(const struct stream *stream)
{
    return stream->hung && stream_in_stopped(stream) ? -1 : stream->fd;
}

short stream_poll_events(const struct stream *stream)
{
    short events = 0;

    if (stream->phase == PHASE_DIALLING)
        return POLLOUT;
    if (!stream_in_stopped(stream))
        events |= POLLIN;
    if (stream_out_pending(stream) > 0)
        events |= POLLOUT;
    return events;
}

int64_t stream_deadline(const struct stream *stream)
{
    int64_t dead = dead_at(stream), ping = ping_at(stream);

    if (stream->doomed)
        return stream->now_ms;
    if (stream->phase == PHASE_DOWN)
        return stream->wanted ? stream->retry_at_ms : INT64_MAX;
    if (stream->phase != PHASE_UP)
        return stream->phase_until_ms;
    return dead < ping ? dead : ping;
}

void stream_pause(struct stream *stream, bool paused)
{
    stream->paused = paused;
}

const struct stream_counts *stream_counts(const struct stream *stream)
{
    return &stream->counts;
}
