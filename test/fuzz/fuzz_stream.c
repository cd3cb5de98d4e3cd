/* fuzz_stream.c: what a server could send after the handshake, in segments of any size.
 *
 * The first byte of the input chooses the segments, the rest is sent. It must make no difference
 * where the segments end; a tree that is handed out is within the bounds and can be rendered and
 * read again; and what the stream sends is well-formed whatever came in. */
#include <expat.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/log.h"
#include "component/stream_private.h"

#define SERVER_HEADER                                                                              \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                         \
    "xmlns:stream='http://etherx.jabber.org/streams' id='1'>"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In place of component/log.c: a line for each refused input would be the fuzzer's only work. */
static void log_nothing(const char *format)
{
    (void)format;
}

#define LOG_FUNCTION(name)                                                                         \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        log_nothing(format);                                                                       \
    }

LOG_FUNCTION(log_error)
LOG_FUNCTION(log_warning)
LOG_FUNCTION(log_info)
LOG_FUNCTION(log_debug)

struct run {
    struct stream *stream;
    int peer;
    struct xml_out told; /* each stanza rendered, and the end */
    struct xml_out sent; /* by the stream */
};

static void require(int condition, const char *words)
{
    if (!condition) {
        fprintf(stderr, "%s\n", words);
        abort();
    }
}

static void tree_check(xmpp_stanza_t *element, int depth)
{
    int children = 0;

    require(depth <= STANZA_DEPTH_MAX, "too deep");
    require(xmpp_stanza_get_attribute_count(element) <= 2 * STANZA_ATTRIBUTES_MAX + 1,
            "too many attributes");
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(element); child != NULL;
         child = xmpp_stanza_get_next(child)) {
        if (xmpp_stanza_is_text(child))
            continue;
        children++;
        tree_check(child, depth + 1);
    }
    require(children <= STANZA_CHILDREN_MAX, "too many children");
}

static void markup_check(const char *bytes, size_t length, const char *words)
{
    XML_Parser parser = XML_ParserCreateNS("UTF-8", '\1');

    require(XML_Parse(parser, SERVER_HEADER, (int)strlen(SERVER_HEADER), 0) == XML_STATUS_OK &&
                XML_Parse(parser, bytes, (int)length, 0) == XML_STATUS_OK,
            words);
    XML_ParserFree(parser);
}

static void on_stanza(void *context, xmpp_stanza_t *stanza)
{
    struct run *run = context;
    char *text;
    size_t length;

    tree_check(stanza, 1);
    require(xmpp_stanza_to_text(stanza, &text, &length) == XMPP_EOK, "cannot be rendered");
    markup_check(text, length, "what was handed out is not well-formed when rendered");
    xml_out_bytes(&run->told, text, length);
    xmpp_free(run->stream->ctx, text);
}

static void on_down(void *context)
{
    struct run *run = context;

    xml_out_raw(&run->told, "{down}");
}

static void sent_read(struct run *run)
{
    char bytes[16384];
    ssize_t count;

    while ((count = recv(run->peer, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        xml_out_bytes(&run->sent, bytes, (size_t)count);
}

static void say(struct run *run, const char *bytes, size_t length)
{
    if (stream_fd(run->stream) < 0)
        return;
    require(send(run->peer, bytes, length, MSG_NOSIGNAL) == (ssize_t)length, "socket is full");
    while (stream_fd(run->stream) >= 0 && length > 0) {
        size_t before = run->stream->counts.bytes_in;
        stream_process(run->stream, POLLIN, 1000);
        length -= run->stream->counts.bytes_in - before;
    }
}

static void run_input(struct run *run, xmpp_ctx_t *ctx, const char *bytes, size_t length,
                      size_t segment)
{
    const struct stream_events events = {.stanza = on_stanza, .down = on_down};
    const struct stream_options options = {
        .ctx = ctx, .jid = "d.e", .host = "127.0.0.1", .port = 1, .secret = "s"};
    int pair[2];

    *run = (struct run){0};
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "no sockets");
    run->peer = pair[1];
    run->stream = stream_new(&options, &events, run);
    run->stream->fd = pair[0];
    run->stream->phase = PHASE_HEADER;
    run->stream->now_ms = 1000;
    run->stream->phase_until_ms = 10000;
    run->stream->builder = stanza_builder_new(ctx);
    say(run, SERVER_HEADER, strlen(SERVER_HEADER));
    say(run, "<handshake/>", 12);
    require(stream_state(run->stream) == STREAM_UP, "not up");
    sent_read(run); /* header and handshake */
    run->sent.length = 0;
    for (size_t at = 0; at < length; at += segment)
        say(run, bytes + at, length - at < segment ? length - at : segment);
    sent_read(run);
    stream_free(run->stream);
    close(run->peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t segments[] = {1, 2, 3, 5, 8, 13, 100, 1000};
    struct run whole, cut;
    static xmpp_ctx_t *ctx;

    if (size < 1)
        return 0;
    if (ctx == NULL)
        ctx = xmpp_ctx_new(NULL, NULL);
    size_t segment = segments[data[0] % (sizeof segments / sizeof *segments)];
    if (size / segment > 50) /* each segment costs system calls */
        segment = size / 50;
    run_input(&whole, ctx, (const char *)data + 1, size - 1, 32768);
    run_input(&cut, ctx, (const char *)data + 1, size - 1, segment);
    require(whole.told.length == cut.told.length &&
                (whole.told.length == 0 ||
                 memcmp(whole.told.bytes, cut.told.bytes, whole.told.length) == 0),
            "the segments made a difference");
    if (whole.sent.length > 0)
        markup_check(whole.sent.bytes, whole.sent.length, "what was sent is not well-formed");
    xml_out_release(&whole.told);
    xml_out_release(&whole.sent);
    xml_out_release(&cut.told);
    xml_out_release(&cut.sent);
    return 0;
}
