#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "component/log.h"
#include "component/stream_private.h"
#include "policy/mem.h"

/* A drained buffer above this goes back to the system. */
enum { OUT_CAPACITY_KEPT = 1024 * 1024, OUT_COMPACT_MIN = 64 * 1024 };

void stream_out_reset(struct stream *stream)
{
    xml_out_release(&stream->out);
    stream->out_sent = 0;
    stream->queued = 0;
    stream->written = 0;
    stream->shut = false;
}

size_t stream_out_pending(const struct stream *stream)
{
    return stream->out.length - stream->out_sent;
}

/* The sent half is moved away only when it is the larger one, so each byte moves once at most. */
static void out_compact(struct stream *stream)
{
    struct xml_out *out = &stream->out;

    if (stream->out_sent == out->length) {
        xml_out_clear(out);
        stream->out_sent = 0;
        if (out->capacity > OUT_CAPACITY_KEPT)
            xml_out_release(out);
    } else if (stream->out_sent >= OUT_COMPACT_MIN && stream->out_sent > out->length / 2) {
        out->length -= stream->out_sent;
        memmove(out->bytes, out->bytes + stream->out_sent, out->length);
        stream->out_sent = 0;
    }
}

void stream_out_bytes(struct stream *stream, const char *bytes, size_t length)
{
    if (stream->fd < 0 || stream->doomed)
        return;
    if (stream_out_pending(stream) + length > STREAM_OUT_BYTES_LOST) {
        stream_doom(stream, RETRY_SOON, "the server does not take what is sent: %zu bytes wait",
                    stream_out_pending(stream));
        return;
    }
    out_compact(stream);
    if (stream_out_pending(stream) == 0)
        stream->progress_ms = stream->now_ms; /* waiting for the kernel begins here */
    xml_out_bytes(&stream->out, bytes, length);
    stream->queued += length;
    stream->counts.bytes_out += length;
}

void stream_out_raw(struct stream *stream, const char *markup)
{
    stream_out_bytes(stream, markup, strlen(markup));
}

void stream_out_header(struct stream *stream)
{
    struct xml_out header;

    xml_out_init(&header);
    xml_out_raw(&header, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
                         " xmlns:stream='http://etherx.jabber.org/streams'");
    xml_out_attribute(&header, "to", stream->jid);
    xml_out_raw(&header, ">");
    stream_out_bytes(stream, header.bytes, header.length);
    xml_out_release(&header);
}

/* XEP-0114, section 3: the digest of the stream's id followed by the secret. */
void stream_out_handshake(struct stream *stream, const char *id)
{
    char *salted = mem_printf("%s%s", id, stream->secret);
    char *digest = xmpp_sha1(stream->ctx, (const unsigned char *)salted, strlen(salted));

    stream_out_raw(stream, "<handshake>");
    stream_out_raw(stream, digest != NULL ? digest : "");
    stream_out_raw(stream, "</handshake>");
    explicit_bzero(salted, strlen(salted));
    free(salted);
    if (digest != NULL)
        xmpp_free(stream->ctx, digest);
}

void stream_out_ping(struct stream *stream)
{
    struct xml_out ping;
    char id[64];

    snprintf(id, sizeof id, "%s%" PRIu64, stream->ping_prefix, ++stream->pings);
    xml_out_init(&ping);
    xml_out_raw(&ping, "<iq type=\"get\"");
    xml_out_attribute(&ping, "id", id);
    xml_out_attribute(&ping, "from", stream->jid);
    xml_out_attribute(&ping, "to", stream->ping_to);
    xml_out_raw(&ping, "><ping xmlns=\"urn:xmpp:ping\"/></iq>");
    stream_out_bytes(stream, ping.bytes, ping.length);
    xml_out_release(&ping);
}

/* More than one stanza may have: each is looked at by itself. Rare, so the second pass is cheap. */
static void out_big(struct stream *stream, const char *bytes, size_t length)
{
    struct stanza_split split;
    const char *piece;
    size_t piece_length;
    enum stanza_piece kind;

    stanza_split_init(&split, STANZA_OUT_BYTES_MAX);
    stanza_split_enter(&split);
    while ((kind = stanza_split_next(&split, &bytes, &length, &piece, &piece_length)) ==
               PIECE_STANZA ||
           kind == PIECE_LONG) {
        if (kind == PIECE_STANZA) {
            stream_out_bytes(stream, piece, piece_length);
            continue;
        }
        stream->counts.dropped++;
        log_error("dropped an outgoing stanza of %zu bytes: more than %d", split.length,
                  STANZA_OUT_BYTES_MAX);
    }
    if (kind != PIECE_NONE || stanza_split_inside_piece(&split)) {
        stream->counts.dropped++;
        log_error("dropped %zu outgoing bytes that are no whole stanza", length + split.length);
    }
    stanza_split_release(&split);
}

void stream_send(struct stream *stream, const char *bytes, size_t length)
{
    if (stream->phase != PHASE_UP)
        return;
    stream->counts.stanzas_out++;
    if (length > STANZA_OUT_BYTES_MAX)
        out_big(stream, bytes, length);
    else
        stream_out_bytes(stream, bytes, length);
}

void stream_send_stanza(struct stream *stream, xmpp_stanza_t *stanza)
{
    struct xml_out clean;
    char *text = NULL;
    size_t length;

    if (stream->phase != PHASE_UP)
        return;
    if (xmpp_stanza_to_text(stanza, &text, &length) != XMPP_EOK) {
        stream->counts.dropped++;
        log_error("dropped an outgoing stanza that cannot be rendered");
        return;
    }
    xml_out_init(&clean);
    xml_out_clean(&clean, text);
    stream_send(stream, clean.bytes, clean.length);
    xml_out_release(&clean);
    xmpp_free(stream->ctx, text);
}

void stream_flush(struct stream *stream)
{
    if (stream->fd < 0 || stream->phase == PHASE_DIALLING || stream->shut || stream->doomed)
        return;
    while (stream_out_pending(stream) > 0) {
        if (stream->events.may_write != NULL && !stream->events.may_write(stream->context))
            return;
        ssize_t sent = send(stream->fd, stream->out.bytes + stream->out_sent,
                            stream_out_pending(stream), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                stream_doom(stream, RETRY_SOON, "cannot write: %s", strerror(errno));
            return;
        }
        stream->out_sent += (size_t)sent;
        stream->written += (uint64_t)sent;
        stream->progress_ms = stream->now_ms;
    }
    out_compact(stream);
    if (stream->phase == PHASE_CLOSING) {
        /* Closing at once with something unread would take back what was just sent. */
        shutdown(stream->fd, SHUT_WR);
        stream->shut = true;
    }
}

uint64_t stream_queued(const struct stream *stream)
{
    return stream->queued;
}

uint64_t stream_written(const struct stream *stream)
{
    return stream->written;
}
