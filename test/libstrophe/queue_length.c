/* xmpp_conn_send_queue_len() leaves out the item that is being written: with one item of 16 MB and
 * a server that reads nothing it is 0, so it cannot tell when to wait for POLLOUT, or what left. */
#include "component_server.h"
#include "defect.h"

static bool connected;

static void never_read(int fd)
{
    (void)fd;
    sleep(60);
}

static int refuse_socket(xmpp_conn_t *conn, void *sock)
{
    (void)conn;
    (void)sock;
    return -1;
}

static int accept_socket(xmpp_conn_t *conn, void *sock)
{
    (void)conn;
    (void)sock;
    return 0;
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

int main(void)
{
    enum { ITEM_BYTES = 16 * 1024 * 1024 };
    pid_t server;
    unsigned short port = component_server_start(never_read, &server);

    signal(SIGPIPE, SIG_IGN);
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    xmpp_conn_set_jid(conn, "d.e");
    xmpp_conn_set_pass(conn, "secret");
    /* Around the crash that null_sm_state.c shows: a client's connection attempt that fails before
     * it sends anything leaves an sm_state behind. */
    xmpp_conn_set_sockopt_callback(conn, refuse_socket);
    xmpp_connect_client(conn, "127.0.0.1", 1, on_connection, NULL);
    xmpp_conn_set_sockopt_callback(conn, accept_socket);
    if (xmpp_connect_component(conn, "127.0.0.1", port, on_connection, NULL) != XMPP_EOK)
        return 1;
    for (int i = 0; i < 100 && !connected; i++)
        xmpp_run_once(ctx, 50);
    char *item = text_of("<m>", "x", ITEM_BYTES, "</m>");
    xmpp_send_raw(conn, item, strlen(item));
    free(item);
    int before = xmpp_conn_send_queue_len(conn);
    for (int i = 0; i < 3; i++)
        xmpp_run_once(ctx, 0);
    int after = xmpp_conn_send_queue_len(conn);
    bool meaningful = connected && before == 1;
    printf("items queued: %d, with most of it unwritten: %d\n", before, after);
    component_server_stop(server);
    xmpp_conn_release(conn);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    if (!meaningful)
        return 1;
    return defect_verdict("queue length without the item being written", after == 0);
}
