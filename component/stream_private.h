/* stream_private.h: what stream.c (life cycle), stream_in.c (what arrives) and stream_out.c (what
 * leaves) share. Nobody else includes it. */
#ifndef DESKBELL_COMPONENT_STREAM_PRIVATE_H
#define DESKBELL_COMPONENT_STREAM_PRIVATE_H

#include "component/dial.h"
#include "component/stanza_build.h"
#include "component/stanza_split.h"
#include "component/stream.h"
#include "component/xml_out.h"

enum stream_phase {
    PHASE_DOWN,
    PHASE_DIALLING,
    PHASE_HEADER,    /* our header is on its way, the server's is awaited */
    PHASE_HANDSHAKE, /* the digest is on its way */
    PHASE_UP,
    PHASE_CLOSING
};

/* How long to stay away after the end. */
enum stream_retry {
    RETRY_SOON,    /* 0.2 s to 10 s */
    RETRY_SLOWLY,  /* what the server refuses now it will refuse in a second */
    RETRY_CONFLICT /* another of us is connected: do not fight it */
};

struct stream {
    xmpp_ctx_t *ctx;
    char *jid, *host, *ping_to;
    const char *secret; /* borrowed */
    int port, ping_ms, dead_ms;
    struct stream_events events;
    void *context;

    enum stream_phase phase;
    bool wanted; /* to be connected */
    bool allow_remote;
    bool paused;
    bool hung; /* the socket reported its end while nothing was read */
    int fd;    /* -1 when there is none */
    struct dial dial;
    int64_t now_ms; /* as the owner said last */
    int64_t phase_until_ms;
    int64_t retry_at_ms;
    int64_t heard_ms;    /* last whole stanza read */
    int64_t progress_ms; /* last byte written */
    int64_t pinged_ms;   /* since then nothing whole was read; 0: not pinged */
    int64_t up_ms;
    int64_t refusal_logged_ms;
    int backoff_ms;
    uint64_t random;
    char ping_prefix[32]; /* of our pings' ids */
    uint64_t pings;

    /* Set where the stream cannot be ended at once; stream_process() does it. */
    bool doomed;
    enum stream_retry doomed_retry;
    char doomed_why[ERROR_TEXT_MAX];
    char logged_why[ERROR_TEXT_MAX]; /* one cause is logged once, until a stream lasted */

    struct stanza_split split;
    struct stanza_builder *builder;
    struct xml_out out;
    size_t out_sent; /* bytes of `out` that the kernel took */
    bool shut;       /* for writing */
    uint64_t queued, written;
    struct stream_counts counts;
    char input[STREAM_READ_BYTES];
};

/* Ends the connection with the next step of stream_process(). The first cause counts. */
void stream_doom(struct stream *stream, enum stream_retry retry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* stream_out.c */
void stream_out_reset(struct stream *stream);
void stream_out_bytes(struct stream *stream, const char *bytes, size_t length);
void stream_out_raw(struct stream *stream, const char *markup);
size_t stream_out_pending(const struct stream *stream);
void stream_out_header(struct stream *stream);
void stream_out_handshake(struct stream *stream, const char *id);
void stream_out_ping(struct stream *stream);

/* stream_in.c */
void stream_in_read(struct stream *stream);
bool stream_in_stopped(const struct stream *stream);

#endif
