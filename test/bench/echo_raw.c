/* echo_raw PORT: the least that a component in C can do: poll, expat, own text. Each message goes
 * back to its sender with a new head. The limit that the benchmark measures against. */
#include <arpa/inet.h>
#include <errno.h>
#include <expat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT_MAX = 64 * 1024, READ_BYTES = 64 * 1024 };

struct text {
    char *bytes;
    size_t length, capacity;
};

struct echo {
    int fd;
    XML_Parser parser;
    int depth;
    bool in_message, in_body;
    struct text from, to, id, body, out;
};

static void text_add(struct text *text, const char *bytes, size_t length)
{
    if (text->length + length > text->capacity) {
        text->capacity = (text->length + length) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL)
            abort();
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void text_set(struct text *text, const char *value)
{
    text->length = 0;
    text_add(text, value, strlen(value));
}

static void text_add_escaped(struct text *text, const struct text *plain)
{
    size_t since = 0;

    for (size_t i = 0; i < plain->length; i++) {
        const char *entity = plain->bytes[i] == '&'   ? "&amp;"
                             : plain->bytes[i] == '<' ? "&lt;"
                             : plain->bytes[i] == '>' ? "&gt;"
                             : plain->bytes[i] == '"' ? "&quot;"
                                                      : NULL;
        if (entity == NULL)
            continue;
        text_add(text, plain->bytes + since, i - since);
        text_add(text, entity, strlen(entity));
        since = i + 1;
    }
    text_add(text, plain->bytes + since, plain->length - since);
}

#define ADD(out, literal) text_add(out, literal, sizeof(literal) - 1)

static void XMLCALL element_begins(void *context, const char *name, const char **attributes)
{
    struct echo *echo = context;

    echo->depth++;
    if (echo->depth == 1)
        ADD(&echo->out, "<handshake>0000000000000000000000000000000000000000</handshake>");
    if (echo->depth == 2) {
        echo->in_message = strcmp(name, "message") == 0;
        echo->body.length = 0;
        for (int i = 0; attributes[i] != NULL; i += 2) {
            struct text *text = strcmp(attributes[i], "from") == 0 ? &echo->from
                                : strcmp(attributes[i], "to") == 0 ? &echo->to
                                : strcmp(attributes[i], "id") == 0 ? &echo->id
                                                                   : NULL;
            if (text != NULL)
                text_set(text, attributes[i + 1]);
        }
    }
    echo->in_body = echo->depth == 3 && echo->in_message && strcmp(name, "body") == 0;
}

static void XMLCALL element_ends(void *context, const char *name)
{
    struct echo *echo = context;

    (void)name;
    echo->in_body = false;
    if (--echo->depth != 1 || !echo->in_message)
        return;
    ADD(&echo->out, "<message type='chat' from=\"");
    text_add_escaped(&echo->out, &echo->to);
    ADD(&echo->out, "\" to=\"");
    text_add_escaped(&echo->out, &echo->from);
    ADD(&echo->out, "\" id=\"");
    text_add_escaped(&echo->out, &echo->id);
    ADD(&echo->out, "\"><body>");
    text_add_escaped(&echo->out, &echo->body);
    ADD(&echo->out, "</body></message>");
}

static void XMLCALL text_comes(void *context, const char *bytes, int length)
{
    struct echo *echo = context;

    if (echo->in_body && echo->body.length + (size_t)length <= TEXT_MAX)
        text_add(&echo->body, bytes, (size_t)length);
}

static void connect_to(struct echo *echo, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((unsigned short)port)};
    int one = 1;

    echo->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(echo->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("echo_raw");
        exit(1);
    }
    setsockopt(echo->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    echo->parser = XML_ParserCreate(NULL);
    XML_SetUserData(echo->parser, echo);
    XML_SetElementHandler(echo->parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(echo->parser, text_comes);
    ADD(&echo->out, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                    "xmlns:stream='http://etherx.jabber.org/streams' to='chat.localhost'>");
}

/* Writes what the socket takes; the rest stays. */
static void flush(struct echo *echo)
{
    ssize_t count = send(echo->fd, echo->out.bytes, echo->out.length, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (count <= 0)
        return;
    echo->out.length -= (size_t)count;
    memmove(echo->out.bytes, echo->out.bytes + count, echo->out.length);
}

int main(int argc, char **argv)
{
    static char input[READ_BYTES];
    struct echo echo = {.fd = -1};

    connect_to(&echo, argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0);
    for (;;) {
        flush(&echo);
        struct pollfd descriptor = {
            .fd = echo.fd, .events = (short)(POLLIN | (echo.out.length > 0 ? POLLOUT : 0))};
        if (poll(&descriptor, 1, -1) < 0 || (descriptor.revents & ~POLLOUT) == 0)
            continue;
        ssize_t count = recv(echo.fd, input, sizeof input, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            return 0;
        if (count > 0 && XML_Parse(echo.parser, input, (int)count, 0) != XML_STATUS_OK)
            return 1;
    }
}
