/* xmpp_run_once() puts its socket into an fd_set without a look at FD_SETSIZE: with a descriptor
 * of 1024 or more it writes outside of the set. In a child process, with the C library's check. */
#include <fcntl.h>
#include <sys/resource.h>

#include "component_server.h"
#include "defect.h"

static void wait_for_reader(int fd)
{
    char byte;

    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
                          xmpp_stream_error_t *stream_error, void *userdata)
{
    (void)conn;
    (void)event;
    (void)error;
    (void)stream_error;
    (void)userdata;
}

static int socket_number = -1;

static int note_socket(xmpp_conn_t *conn, void *sock)
{
    (void)conn;
    socket_number = *(int *)sock;
    return 0;
}

static void connect_with_a_high_number(unsigned short port)
{
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);

    for (int i = 0; i < FD_SETSIZE; i++)
        if (open("/dev/null", O_RDONLY) < 0)
            _exit(2);
    xmpp_conn_set_jid(conn, "a@d.e");
    xmpp_conn_set_pass(conn, "secret");
    xmpp_conn_set_sockopt_callback(conn, note_socket);
    if (xmpp_connect_client(conn, "127.0.0.1", port, on_connection, NULL) != XMPP_EOK)
        _exit(2);
    if (socket_number < FD_SETSIZE)
        _exit(2);
    for (int i = 0; i < 5; i++)
        xmpp_run_once(ctx, 10);
    _exit(0);
}

int main(void)
{
    struct rlimit limit;
    pid_t server, child;
    int status;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < 2 * FD_SETSIZE) {
        printf("select limit: cannot be shown with %lu descriptors\n",
               (unsigned long)limit.rlim_max);
        return 0;
    }
    limit.rlim_cur = 2 * FD_SETSIZE;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    unsigned short port = component_server_start(wait_for_reader, &server);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        connect_with_a_high_number(port);
    }
    if (waitpid(child, &status, 0) != child)
        return 1;
    component_server_stop(server);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        return 1;
    return defect_verdict("descriptor over FD_SETSIZE", WIFSIGNALED(status));
}
