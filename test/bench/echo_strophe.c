/* echo_strophe PORT: an echo on libstrophe's connection, as fast as its public API allows: one
 * handler, text by pointer, own output, one write a turn, no delay in the socket.
 *
 * COMPAT(libstrophe 0.12.2): a component crashes on the first stanza (doc/libstrophe.md, 1). A
 * client's attempt on the same object, refused at once, leaves behind what it lacks. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <sys/socket.h>

#include "component/xml_out.h"

static int connection_fd = -1;
static struct xml_out out;

static int sockopt_note(xmpp_conn_t *conn, void *sock)
{
    int one = 1;

    (void)conn;
    connection_fd = *(int *)sock;
    setsockopt(connection_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return 0;
}

static int sockopt_refuse(xmpp_conn_t *conn, void *sock)
{
    (void)conn;
    (void)sock;
    return -1;
}

static int message_came(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *context)
{
    xmpp_stanza_t *body = xmpp_stanza_get_child_by_name(stanza, "body");
    xmpp_stanza_t *text = body == NULL ? NULL : xmpp_stanza_get_children(body);

    (void)conn;
    (void)context;
    if (text == NULL)
        return 1;
    xml_out_raw(&out, "<message type='chat'");
    xml_out_attribute(&out, "from", xmpp_stanza_get_to(stanza));
    xml_out_attribute(&out, "to", xmpp_stanza_get_from(stanza));
    xml_out_attribute(&out, "id", xmpp_stanza_get_id(stanza));
    xml_out_raw(&out, "><body>");
    xml_out_text(&out, xmpp_stanza_get_text_ptr(text));
    xml_out_raw(&out, "</body></message>");
    return 1;
}

static void connection_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
                             xmpp_stream_error_t *stream_error, void *context)
{
    (void)error;
    (void)stream_error;
    (void)context;
    if (event == XMPP_CONN_CONNECT)
        xmpp_handler_add(conn, message_came, NULL, "message", NULL, NULL);
    else if (connection_fd >= 0)
        exit(0);
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;

    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_conn_t *conn = xmpp_conn_new(ctx);
    xml_out_init(&out);
    xmpp_conn_set_jid(conn, "nobody@localhost");
    xmpp_conn_set_sockopt_callback(conn, sockopt_refuse);
    (void)xmpp_connect_client(conn, "127.0.0.1", 1, connection_event, NULL);
    xmpp_conn_set_sockopt_callback(conn, sockopt_note);
    xmpp_conn_set_jid(conn, "chat.localhost");
    xmpp_conn_set_pass(conn, "bench");
    if (xmpp_connect_component(conn, "127.0.0.1", (unsigned short)port, connection_event, NULL) !=
        XMPP_EOK)
        return 1;
    for (;;) {
        struct pollfd descriptor = {.fd = connection_fd, .events = POLLIN};
        xmpp_run_once(ctx, 0);
        /* What a handler has queued leaves with the next call, which may read more. */
        while (out.length > 0) {
            xmpp_send_raw(conn, out.bytes, out.length);
            xml_out_clear(&out);
            xmpp_run_once(ctx, 0);
        }
        poll(&descriptor, 1, xmpp_conn_send_queue_len(conn) > 0 ? 0 : 100);
    }
}
