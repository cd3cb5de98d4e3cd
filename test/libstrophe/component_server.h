/* component_server.h: a server for one component, in a child process: accepts whatever handshake
 * comes, then does what the test wants. */
#ifndef DESKBELL_TEST_COMPONENT_SERVER_H
#define DESKBELL_TEST_COMPONENT_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPONENT_SERVER_HEADER                                                                    \
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                         \
    "xmlns:stream='http://etherx.jabber.org/streams' id='1' from='d.e'>"

static inline void component_serve(int listener, void (*then)(int fd))
{
    char bytes[4096];
    int fd = accept(listener, NULL, NULL);
    size_t length = 0;

    /* Header and handshake may come in one segment or in several. */
    if (fd < 0 || recv(fd, bytes, sizeof bytes, 0) <= 0)
        _exit(1);
    if (send(fd, COMPONENT_SERVER_HEADER, strlen(COMPONENT_SERVER_HEADER), MSG_NOSIGNAL) < 0)
        _exit(1);
    while (length < sizeof bytes - 1) {
        ssize_t count = recv(fd, bytes + length, sizeof bytes - 1 - length, 0);
        if (count <= 0)
            _exit(1);
        length += (size_t)count;
        bytes[length] = '\0';
        if (strstr(bytes, "</handshake>") != NULL)
            break;
    }
    if (send(fd, "<handshake/>", 12, MSG_NOSIGNAL) < 0)
        _exit(1);
    then(fd);
    _exit(0);
}

/* Returns the port; `ret_child` is the server's process, to be killed. */
static inline unsigned short component_server_start(void (*then)(int fd), pid_t *ret_child)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        abort();
    *ret_child = fork();
    if (*ret_child == 0)
        component_serve(listener, then);
    close(listener);
    return ntohs(address.sin_port);
}

static inline void component_server_stop(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

#endif
