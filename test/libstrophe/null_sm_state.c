/* xmpp_connect_component() never allocates conn->sm_state, and the first stanza of the server, its
 * <handshake/>, is counted in it: a NULL pointer is followed. In a child process. */
#include "component_server.h"
#include "defect.h"

static bool connected;

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
    (void)error;
    (void)stream_error;
    (void)userdata;
    connected = event == XMPP_CONN_CONNECT;
}

static void connect_as_component(unsigned short port)
{
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);

    xmpp_conn_set_jid(conn, "d.e");
    xmpp_conn_set_pass(conn, "secret");
    if (xmpp_connect_component(conn, "127.0.0.1", port, on_connection, NULL) != XMPP_EOK)
        _exit(2);
    for (int i = 0; i < 100 && !connected; i++)
        xmpp_run_once(ctx, 50);
    _exit(connected ? 0 : 2);
}

int main(void)
{
    pid_t server, child;
    int status;
    unsigned short port = component_server_start(wait_for_reader, &server);

    fflush(stdout);
    child = fork();
    if (child == 0) {
        /* The sanitizers would turn the signal into a report and an exit status of 1. */
        signal(SIGSEGV, SIG_DFL);
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(2);
        connect_as_component(port);
    }
    if (waitpid(child, &status, 0) != child)
        return 1;
    component_server_stop(server);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        return 1; /* neither crashed nor connected: the test itself is broken */
    return defect_verdict("NULL sm_state as a component",
                          WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
