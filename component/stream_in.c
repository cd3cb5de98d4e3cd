#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/stanza_refuse.h"
#include "component/stream_private.h"

#define NS_STREAMS "http://etherx.jabber.org/streams"
#define NS_STREAM_ERRORS "urn:ietf:params:xml:ns:xmpp-streams"

enum { REFUSAL_LOG_MS = 60 * 1000 };

static bool text_is(const char *text, const char *expected)
{
    return text != NULL && strcmp(text, expected) == 0;
}

bool stream_in_stopped(const struct stream *stream)
{
    return stream->paused || stream_out_pending(stream) > STREAM_OUT_BYTES_MAX;
}

static void stream_broken(struct stream *stream, const char *condition, const char *cause)
{
    char markup[256];

    snprintf(markup, sizeof markup,
             "<stream:error><%s xmlns='" NS_STREAM_ERRORS "'/></stream:error></stream:stream>",
             condition);
    stream_out_raw(stream, markup);
    stream_flush(stream);
    stream_doom(stream, RETRY_SOON, "the server sent what is no XMPP: %s", cause);
}

static void header_arrived(struct stream *stream, const char *bytes, size_t length)
{
    const char *id;

    if (!stanza_builder_header(stream->builder, bytes, length, &id)) {
        stream_broken(stream, "invalid-xml", stanza_builder_cause(stream->builder));
        return;
    }
    stream_out_handshake(stream, id);
    stream->phase = PHASE_HANDSHAKE;
}

/* What the server says last. Each of the three that time alone does not heal has its own words,
 * because somebody must do something. */
static void error_arrived(struct stream *stream, xmpp_stanza_t *error)
{
    const char *condition = "undefined-condition";
    xmpp_stanza_t *child = xmpp_stanza_get_children(error);

    for (; child != NULL; child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        if (text_is(xmpp_stanza_get_ns(child), NS_STREAM_ERRORS) && !text_is(name, "text")) {
            condition = name;
            break;
        }
    }
    if (strcmp(condition, "conflict") == 0)
        stream_doom(stream, RETRY_CONFLICT,
                    "the server says 'conflict': another process is connected as '%s'",
                    stream->jid);
    else if (strcmp(condition, "not-authorized") == 0)
        stream_doom(stream, RETRY_SLOWLY,
                    "the server says 'not-authorized' (hint: the secret in deskbell.conf and the "
                    "server's component_secret differ)");
    else if (strcmp(condition, "host-unknown") == 0)
        stream_doom(stream, RETRY_SLOWLY,
                    "the server says 'host-unknown' (hint: its configuration has no component "
                    "'%s')",
                    stream->jid);
    else
        stream_doom(stream, RETRY_SOON, "the server says '%s'", condition);
}

/* The answer to our ping comes from whom we asked. When that is the component's own domain, what
 * comes back is the question itself, which proves just as much. */
static bool is_own_ping(const struct stream *stream, xmpp_stanza_t *stanza)
{
    const char *id = xmpp_stanza_get_id(stanza);

    return id != NULL && text_is(xmpp_stanza_get_name(stanza), "iq") &&
           strncmp(id, stream->ping_prefix, strlen(stream->ping_prefix)) == 0 &&
           text_is(xmpp_stanza_get_from(stanza), stream->ping_to);
}

static void handshake_accepted(struct stream *stream)
{
    stream->phase = PHASE_UP;
    stream->up_ms = stream->now_ms;
    stream->counts.connects++;
    stream->queued = 0;
    stream->written = 0;
    log_info("connected to '%s' port %d as '%s'", stream->host, stream->port, stream->jid);
    if (stream->events.up != NULL)
        stream->events.up(stream->context);
}

static void stanza_arrived(struct stream *stream, xmpp_stanza_t *stanza)
{
    const char *name = xmpp_stanza_get_name(stanza), *space = xmpp_stanza_get_ns(stanza);

    CRASH_POINT("stanza-whole");
    if (text_is(space, NS_STREAMS)) {
        if (text_is(name, "error"))
            error_arrived(stream, stanza);
        return;
    }
    if (space != NULL)
        return;
    if (stream->phase == PHASE_HANDSHAKE) {
        if (text_is(name, "handshake"))
            handshake_accepted(stream);
        return;
    }
    bool known = text_is(name, "message") || text_is(name, "presence") || text_is(name, "iq");
    if (!known || is_own_ping(stream, stanza))
        return;
    stream->counts.stanzas_in++;
    if (stream->events.stanza != NULL)
        stream->events.stanza(stream->context, stanza);
}

/* A hostile guest can have many refused: they are counted, and a line a minute says so. */
static void stanza_refused(struct stream *stream, xmpp_stanza_t *stanza,
                           enum stanza_refusal refusal)
{
    struct xml_out answer;
    const char *from = stanza != NULL ? xmpp_stanza_get_from(stanza) : NULL;

    stream->counts.refused++;
    stream->counts.refused_by[refusal]++;
    log_debug("refused a stanza: %s", stanza_refusal_text(refusal));
    if (stream->counts.refused == 1 ||
        stream->now_ms - stream->refusal_logged_ms >= REFUSAL_LOG_MS) {
        stream->refusal_logged_ms = stream->now_ms;
        log_warning("refused a stanza from '%.200s' (%" PRIu64 " so far): %s",
                    from != NULL ? from : "?", stream->counts.refused,
                    stanza_refusal_text(refusal));
    }
    xml_out_init(&answer);
    if (stream->phase == PHASE_UP && stanza_refuse(&answer, stanza, refusal, stream->jid)) {
        /* The answer repeats names of the sender's choice, each byte perhaps as an entity. */
        if (answer.length <= STANZA_OUT_BYTES_MAX)
            stream_out_bytes(stream, answer.bytes, answer.length);
        else
            stream->counts.dropped++;
    }
    xml_out_release(&answer);
}

static void piece_arrived(struct stream *stream, enum stanza_piece kind, const char *bytes,
                          size_t length)
{
    xmpp_stanza_t *stanza;
    enum stanza_refusal refusal;

    switch (kind) {
    case PIECE_NONE:
        break;
    case PIECE_HEADER:
        header_arrived(stream, bytes, length);
        break;
    case PIECE_STANZA:
        if (!stanza_builder_read(stream->builder, bytes, length, &stanza, &refusal))
            stream_broken(stream, "not-well-formed", stanza_builder_cause(stream->builder));
        else if (refusal == REFUSED_NOT)
            stanza_arrived(stream, stanza);
        else
            stanza_refused(stream, stanza, refusal);
        break;
    case PIECE_LONG:
    case PIECE_RESTRICTED:
        stanza = stanza_builder_head(stream->builder, bytes, length);
        stanza_refused(stream, stanza, kind == PIECE_LONG ? REFUSED_BYTES : REFUSED_RESTRICTED);
        break;
    case PIECE_END:
        if (stream->phase != PHASE_CLOSING) {
            stream_out_raw(stream, "</stream:stream>");
            stream_flush(stream);
        }
        stream_doom(stream, RETRY_SOON, "the server closed the stream");
        break;
    case PIECE_BROKEN:
        stream_broken(stream, "restricted-xml", "something between stanzas");
        break;
    }
}

/* Bytes of a stanza without an end do not count: when a server forgets an end tag, nothing that
 * follows is heard, although there is much of it. */
static void heard(struct stream *stream)
{
    stream->heard_ms = stream->now_ms;
    stream->pinged_ms = 0;
}

void stream_in_read(struct stream *stream)
{
    ssize_t count = recv(stream->fd, stream->input, sizeof stream->input, MSG_DONTWAIT);
    const char *bytes = stream->input, *piece;
    size_t length, piece_length;
    enum stanza_piece kind;

    if (count < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            stream_doom(stream, RETRY_SOON, "cannot read: %s", strerror(errno));
        return;
    }
    if (count == 0) {
        stream_doom(stream, RETRY_SOON, "the server closed the connection");
        return;
    }
    length = (size_t)count;
    stream->counts.bytes_in += length;
    CRASH_POINT("stream-read");
    /* A callback may cut the stream; then the rest belongs to nobody. */
    while (stream->fd >= 0 && !stream->doomed &&
           (kind = stanza_split_next(&stream->split, &bytes, &length, &piece, &piece_length)) !=
               PIECE_NONE) {
        heard(stream);
        piece_arrived(stream, kind, piece, piece_length);
    }
    if (!stanza_split_inside_piece(&stream->split))
        heard(stream);
}
