#include "test/support/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/stanza_split.h"
#include "component/xml_out.h"
#include "policy/mem.h"

enum { READ_BYTES = 256 * 1024, STANZA_BYTES_MAX = 1024 * 1024 };

struct link {
    const char *jid;
    const struct link_events *events;
    void *context;
    int listener, fd; /* fd: -1 without a component */
    int port;
    bool up;
    struct stanza_split split;
    struct xml_out out;
    size_t sent; /* of out */
    struct link_counts counts;
    char input[READ_BYTES];
};

static void die(const char *what)
{
    fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
    exit(1);
}

struct link *link_new(const char *jid, const struct link_events *events, void *context)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct link *link = mem_new(sizeof *link);
    socklen_t size = sizeof address;

    link->jid = jid;
    link->events = events;
    link->context = context;
    link->fd = -1;
    link->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->listener < 0 ||
        bind(link->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(link->listener, 4) != 0 ||
        getsockname(link->listener, (struct sockaddr *)&address, &size) != 0)
        die("cannot listen");
    link->port = ntohs(address.sin_port);
    stanza_split_init(&link->split, STANZA_BYTES_MAX);
    xml_out_init(&link->out);
    return link;
}

struct link *link_free(struct link *link)
{
    if (link == NULL)
        return NULL;
    if (link->fd >= 0)
        close(link->fd);
    close(link->listener);
    stanza_split_release(&link->split);
    xml_out_release(&link->out);
    free(link);
    return NULL;
}

int link_port(const struct link *link)
{
    return link->port;
}

bool link_is_up(const struct link *link)
{
    return link->up;
}

const struct link_counts *link_counts(const struct link *link)
{
    return &link->counts;
}

bool link_text_is(struct link_text text, const char *word)
{
    return strlen(word) == text.length && memcmp(text.bytes, word, text.length) == 0;
}

/* --- sending --- */

size_t link_unsent(const struct link *link)
{
    return link->out.length - link->sent;
}

void link_send(struct link *link, const char *bytes, size_t length)
{
    if (link->up)
        xml_out_bytes(&link->out, bytes, length);
}

void link_print(struct link *link, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    link_send(link, text, (size_t)length);
    free(text);
}

void link_hang_up(struct link *link)
{
    if (link->fd < 0)
        return;
    close(link->fd);
    link->fd = -1;
    xml_out_clear(&link->out);
    link->sent = 0;
    stanza_split_clear(&link->split);
    if (!link->up)
        return;
    link->up = false;
    if (link->events->down != NULL)
        link->events->down(link->context);
}

void link_flush(struct link *link)
{
    while (link->fd >= 0 && link_unsent(link) > 0) {
        ssize_t count = send(link->fd, link->out.bytes + link->sent, link_unsent(link),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0) {
            link_hang_up(link);
            return;
        }
        link->sent += (size_t)count;
        link->counts.bytes_out += (uint64_t)count;
    }
    xml_out_clear(&link->out);
    link->sent = 0;
}

/* --- reading --- */

static struct link_text *attribute_place(struct link_stanza *stanza, struct link_text name)
{
    if (link_text_is(name, "from"))
        return &stanza->from;
    if (link_text_is(name, "to"))
        return &stanza->to;
    if (link_text_is(name, "id"))
        return &stanza->id;
    return link_text_is(name, "type") ? &stanza->type : NULL;
}

/* Reads the attributes of the start tag; where the tag ends. */
static const char *attributes_read(const char *at, const char *end, struct link_stanza *stanza)
{
    while (at < end && *at != '>') {
        while (at < end && strchr(" \t\r\n/", *at) != NULL)
            at++;
        const char *name = at;
        while (at < end && *at != '=' && *at != '>')
            at++;
        if (at >= end || *at == '>')
            break;
        struct link_text *place =
            attribute_place(stanza, (struct link_text){name, (size_t)(at - name)});
        const char *value = at + 2;
        const char *quote = value < end ? memchr(value, at[1], (size_t)(end - value)) : NULL;
        if (quote == NULL)
            return end;
        if (place != NULL)
            *place = (struct link_text){value, (size_t)(quote - value)};
        at = quote + 1;
    }
    return at < end ? at + 1 : end;
}

static void body_read(const char *at, const char *end, struct link_stanza *stanza)
{
    const char *body = memmem(at, (size_t)(end - at), "<body", 5);
    const char *open = body == NULL ? NULL : memchr(body, '>', (size_t)(end - body));
    const char *close = open == NULL ? NULL : memmem(open, (size_t)(end - open), "</body>", 7);

    if (close != NULL)
        stanza->body = (struct link_text){open + 1, (size_t)(close - open - 1)};
}

static bool is_components(const struct link *link, struct link_text jid)
{
    const char *at = memchr(jid.bytes, '@', jid.length);
    size_t length = strlen(link->jid);

    if (at != NULL)
        jid = (struct link_text){at + 1, (size_t)(jid.bytes + jid.length - at - 1)};
    return jid.length >= length && memcmp(jid.bytes, link->jid, length) == 0 &&
           (jid.length == length || jid.bytes[length] == '/');
}

static void question_answer(struct link *link, const struct link_stanza *stanza)
{
    bool is_ping = memmem(stanza->all.bytes, stanza->all.length, "urn:xmpp:ping", 13) != NULL;

    link_print(link, "<iq type='%s' from='%.*s' to='%.*s' id='%.*s'%s",
               is_ping ? "result" : "error", (int)stanza->to.length, stanza->to.bytes,
               (int)stanza->from.length, stanza->from.bytes, (int)stanza->id.length,
               stanza->id.bytes,
               is_ping ? "/>"
                       : "><error type='cancel'><service-unavailable "
                         "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
}

static void stanza_arrived(struct link *link, const char *bytes, size_t length)
{
    const struct link_text empty = {"", 0};
    struct link_stanza stanza = {bytes[1], empty, empty, empty, empty, empty, {bytes, length}};
    const char *end = bytes + length;
    const char *space = memchr(bytes, ' ', length);

    if (!link->up) { /* <handshake>: ours is not to judge */
        link->up = true;
        link_send(link, "<handshake/>", 12);
        link->counts.connects++;
        if (link->events->up != NULL)
            link->events->up(link->context);
        return;
    }
    link->counts.stanzas_in++;
    if (space == NULL)
        return;
    const char *content = attributes_read(space, end, &stanza);
    if (is_components(link, stanza.to)) {
        link_send(link, bytes, length);
        return;
    }
    if (stanza.kind == 'm')
        body_read(content, end, &stanza);
    if (link->events->stanza != NULL)
        link->events->stanza(link->context, &stanza);
    if (stanza.kind == 'i' &&
        (link_text_is(stanza.type, "get") || link_text_is(stanza.type, "set")))
        question_answer(link, &stanza);
}

static void header_arrived(struct link *link)
{
    static const char header[] =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
        "xmlns:stream='http://etherx.jabber.org/streams' id='link' from='";

    xml_out_bytes(&link->out, header, sizeof header - 1);
    xml_out_raw(&link->out, link->jid);
    xml_out_raw(&link->out, "'>");
}

static void piece_arrived(struct link *link, enum stanza_piece kind, const char *piece,
                          size_t length)
{
    switch (kind) {
    case PIECE_HEADER:
        header_arrived(link);
        break;
    case PIECE_STANZA:
        stanza_arrived(link, piece, length);
        break;
    case PIECE_END:
        xml_out_raw(&link->out, "</stream:stream>");
        link_flush(link);
        link_hang_up(link);
        break;
    case PIECE_LONG:
    case PIECE_RESTRICTED:
    case PIECE_BROKEN:
        link->counts.broken++;
        link_hang_up(link);
        break;
    case PIECE_NONE:
        break;
    }
}

static void link_read(struct link *link)
{
    ssize_t count = recv(link->fd, link->input, sizeof link->input, MSG_DONTWAIT);
    const char *bytes = link->input, *piece;
    size_t length, piece_length;
    enum stanza_piece kind;

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        link_hang_up(link);
        return;
    }
    length = (size_t)count;
    link->counts.bytes_in += length;
    while (link->fd >= 0 && (kind = stanza_split_next(&link->split, &bytes, &length, &piece,
                                                      &piece_length)) != PIECE_NONE)
        piece_arrived(link, kind, piece, piece_length);
}

/* A second connection takes the place of the first, as on a server that kicks the old one. */
static void link_accept(struct link *link)
{
    int fd = accept4(link->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int one = 1;

    if (fd < 0)
        return;
    link_hang_up(link);
    link->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

void link_turn(struct link *link, int wait_ms)
{
    link_flush(link);
    struct pollfd descriptors[] = {
        {.fd = link->fd, .events = (short)(POLLIN | (link_unsent(link) > 0 ? POLLOUT : 0))},
        {.fd = link->listener, .events = POLLIN},
    };
    if (poll(descriptors, 2, wait_ms) < 0 && errno != EINTR)
        die("poll");
    if (descriptors[0].revents & (POLLIN | POLLHUP | POLLERR))
        link_read(link);
    if (descriptors[1].revents & POLLIN)
        link_accept(link);
    link_flush(link);
}
