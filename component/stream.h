/* stream.h: the link to the XMPP server, XEP-0114 (Jabber Component Protocol,
 * jabber:component:accept).
 *
 * A stream of its own, on expat, because libstrophe's connection cannot be used for a component
 * (doc/libstrophe.md has the reasons). Everything a stranger can send is bounded and costs linear
 * time; what is over a bound is refused to its sender and counted, and the stream stays up.
 *
 * The stream never blocks: the loop polls its descriptor and calls stream_process(). It connects,
 * shakes hands, reconnects with jittered back-off, and pings the server (XEP-0199) to notice a
 * half-open socket. Time is the caller's monotonic clock in milliseconds. */
#ifndef DESKBELL_COMPONENT_STREAM_H
#define DESKBELL_COMPONENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "component/error.h"
#include "component/stanza_build.h"

/* Bounds, each tested at the bound and one above. */
enum {
    STANZA_BYTES_MAX = 64 * 1024,     /* of one incoming stanza as the server sent it */
    STANZA_ELEMENTS_MAX = 1024,       /* of one stanza, itself counted: 4096 could cost 13 ms */
    STANZA_CHILDREN_MAX = 256,        /* elements in one element */
    STANZA_ATTRIBUTES_MAX = 32,       /* of one element, namespace declarations counted */
    STANZA_ATTRIBUTES_ALL_MAX = 2048, /* of one stanza: the 9000 of 64 KB could cost 8 ms */
    STANZA_DEPTH_MAX = 16,            /* the stanza itself is 1 */
    STANZA_NAMESPACE_BYTES_MAX = 256, /* each element keeps a copy of its namespace's name */
    STREAM_OUT_BYTES_MAX = 8 * 1024 * 1024,   /* unsent; then reading stops until it drains */
    STREAM_OUT_BYTES_LOST = 32 * 1024 * 1024, /* unsent; then the stream is given up */
    STANZA_OUT_BYTES_MAX = 128 * 1024,        /* Prosody closes the whole stream above 512 KB */
    STREAM_READ_BYTES = 64 * 1024             /* at most, by one stream_process() */
};

struct stream;

enum stream_state {
    STREAM_DOWN,       /* waiting to connect again, or not asked to */
    STREAM_CONNECTING, /* TCP, stream header or handshake under way */
    STREAM_UP,
    STREAM_CLOSING /* </stream:stream> queued, waiting for the rest to leave */
};

struct stream_options {
    xmpp_ctx_t *ctx;  /* borrowed, for building stanzas */
    const char *jid;  /* the component's domain */
    const char *host; /* numeric address or name */
    int port;
    bool allow_remote;  /* else only an address of this machine is connected to */
    const char *secret; /* borrowed until stream_free() */
    const char
        *ping_to; /* who answers our pings; NULL: the component itself, by way of the server */
    int ping_ms;  /* silence after which the server is pinged; 0: 3000 */
    int dead_ms;  /* silence after which the socket is given up; 0: 9000; at least twice the ping */
    uint64_t random; /* seed of the back-off's jitter */
};

/* What the stream tells its owner. `context` is stream_new()'s. All are called from within
 * stream_process() only. */
struct stream_events {
    /* The handshake was accepted. */
    void (*up)(void *context);
    /* The stream ended, once for each up; unsent output is gone. Reconnecting goes on by itself. */
    void (*down)(void *context);
    /* One message, presence or iq; stanza_build.h says what its tree looks like. Borrowed: the
     * stream releases it after the call. The stream's own pings, their answers, and what was
     * refused do not come here. May call every function but stream_process() and stream_free(). */
    void (*stanza)(void *context, xmpp_stanza_t *stanza);
    /* Asked before each write to the socket; false: nothing is written now. NULL: always. */
    bool (*may_write)(void *context);
};

struct stream_counts {
    uint64_t stanzas_in;  /* handed to the owner */
    uint64_t stanzas_out; /* what the owner queued: calls, however many stanzas were in each */
    uint64_t bytes_in, bytes_out;
    uint64_t refused;                     /* incoming stanzas over a bound */
    uint64_t refused_by[STANZA_REFUSALS]; /* the same, by which */
    uint64_t dropped;                     /* outgoing ones over theirs */
    uint64_t connects;                    /* handshakes accepted */
};

struct stream *stream_new(const struct stream_options *options, const struct stream_events *events,
                          void *context);
struct stream *stream_free(struct stream *stream);

/* Starts to connect, at once and again whenever it is down. */
void stream_open(struct stream *stream, int64_t now_ms);

/* Polite end: sends what is queued, then </stream:stream>; state becomes STREAM_DOWN when the
 * server has closed its side too (or after two seconds). Until then stanzas still arrive, and
 * nothing more can be sent. No reconnect. */
void stream_close(struct stream *stream, int64_t now_ms);

/* The opposite: the connection is gone when this returns, with all that has not left the machine.
 * For a node that may not speak any more. No reconnect, no callback. */
void stream_cut(struct stream *stream);

enum stream_state stream_state(const struct stream *stream);

/* For poll(): the descriptor (-1 when there is none, or nothing to be learned from it while it is
 * paused) and the events it waits for. To be asked again for each poll(). */
int stream_fd(const struct stream *stream);
short stream_poll_events(const struct stream *stream);

/* When stream_process() wants to be called even if nothing happens on the descriptor; INT64_MAX
 * when never. */
int64_t stream_deadline(const struct stream *stream);

/* Reads, parses, calls back, writes, connects: whatever is due. Never blocks. `revents` is poll's
 * answer for the descriptor. */
void stream_process(struct stream *stream, short revents, int64_t now_ms);

/* Stop or go on reading (back-pressure from the store). Writing goes on. What was read already,
 * at most STREAM_READ_BYTES, still comes. */
void stream_pause(struct stream *stream, bool paused);

/* Queues bytes, which must be whole stanzas of well-formed XML. Dropped silently when the stream
 * is not up; a stanza over STANZA_OUT_BYTES_MAX is dropped with a log line, the others with it are
 * not. Nothing is written before the next stream_flush() or stream_process(). */
void stream_send(struct stream *stream, const char *bytes, size_t length);

/* Renders and queues a stanza; the caller keeps it. What XML cannot carry becomes U+FFFD. */
void stream_send_stanza(struct stream *stream, xmpp_stanza_t *stanza);

/* Writes as much as the socket takes now. */
void stream_flush(struct stream *stream);

/* A position in the output since the stream came up: bytes queued so far, bytes that the kernel
 * took so far, bytes that the server's kernel has acknowledged. What was queued before `received`
 * reached its value outlives us: what is only written is lost with us when we die while the server
 * reads slowly, for a socket with something unread is reset. When the stream is down, `received` is
 * that of the connection before, until the next is tried. */
uint64_t stream_queued(const struct stream *stream);
uint64_t stream_written(const struct stream *stream);
uint64_t stream_received(const struct stream *stream);

const struct stream_counts *stream_counts(const struct stream *stream);

#endif
