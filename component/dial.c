#include "component/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address)
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    in_addr_t four;

    if (address->sa_family == AF_INET)
        four = ((const struct sockaddr_in *)address)->sin_addr.s_addr;
    else if (address->sa_family != AF_INET6)
        return false;
    else if (IN6_IS_ADDR_V4MAPPED(six))
        memcpy(&four, six->s6_addr + 12, sizeof four);
    else
        return IN6_IS_ADDR_LOOPBACK(six);
    return ntohl(four) >> 24 == IN_LOOPBACKNET;
}

bool dial_host_is_remote(const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *found;

    if (getaddrinfo(host, NULL, &hints, &found) != 0)
        return false;
    bool remote = !is_loopback(found->ai_addr);
    freeaddrinfo(found);
    return remote;
}

bool dial_start(struct dial *dial, const char *host, int port, bool remote, struct error *reterr)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    char service[16];

    *dial = (struct dial){.remote = remote};
    snprintf(service, sizeof service, "%d", port);
    int failure = getaddrinfo(host, service, &hints, &dial->addresses);
    if (failure == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV;
        failure = getaddrinfo(host, service, &hints, &dial->addresses);
    }
    if (failure != 0) {
        dial->addresses = NULL;
        return error_set(reterr, "cannot find host '%s': %s", host, gai_strerror(failure));
    }
    dial->next = dial->addresses;
    return true;
}

/* What fails here costs comfort, not the connection. */
static void socket_tune(int fd, int dead_ms)
{
    static const struct {
        int level, name, value;
    } rows[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1}, /* else an answer waits 40 ms for an acknowledgement */
        {SOL_SOCKET, SO_KEEPALIVE, 1},   {IPPROTO_TCP, TCP_KEEPIDLE, 30},
        {IPPROTO_TCP, TCP_KEEPINTVL, 5}, {IPPROTO_TCP, TCP_KEEPCNT, 3},
    };
    unsigned int dead = (unsigned int)dead_ms;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        (void)setsockopt(fd, rows[i].level, rows[i].name, &rows[i].value, sizeof rows[i].value);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
}

int dial_next(struct dial *dial, int dead_ms, struct error *reterr)
{
    while (dial->next != NULL) {
        const struct addrinfo *address = dial->next;
        dial->next = address->ai_next;
        if (!dial->remote && !is_loopback(address->ai_addr)) {
            error_set(reterr, "its address is another machine's (hint: the link is clear text; "
                              "component.allow_remote in deskbell.conf)");
            continue;
        }
        int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                        address->ai_protocol);
        if (fd < 0) {
            error_set(reterr, "cannot open a socket: %s", strerror(errno));
            continue;
        }
        socket_tune(fd, dead_ms);
        if (connect(fd, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS ||
            errno == EINTR)
            return fd;
        error_set(reterr, "cannot connect: %s", strerror(errno));
        close(fd);
    }
    return -1;
}

bool dial_finish(int fd, struct error *reterr)
{
    int failure = 0;
    socklen_t size = sizeof failure;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
        failure = errno;
    if (failure != 0)
        return error_set(reterr, "cannot connect: %s", strerror(failure));
    return true;
}

void dial_release(struct dial *dial)
{
    if (dial->addresses != NULL)
        freeaddrinfo(dial->addresses);
    *dial = (struct dial){0};
}
