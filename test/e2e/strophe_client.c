/* strophe_client.c: a plain XMPP client on libstrophe: a patron by anonymous login over TCP, or an
 * operator whose client does nothing by itself. Line protocol: line.h.
 *
 *   strophe_client JID|DOMAIN PASSWORD|- PORT [accept]
 *
 * Commands: say JID TEXT; ask JID TEXT (wants a receipt, XEP-0184); typing JID STATE (XEP-0085);
 * presence JID available|unavailable|subscribe|...; status available|away|xa|dnd|chat TEXT;
 * raw - XML (one stanza as it is); drop (closes the socket without a word); quit.
 * Events: online jid; offline reason; sent to id; message from id body; typing from state;
 * receipt from id; presence from type show status; iq from type id xml; error from id condition
 * text. Every received stanza that has no event of its own comes as stanza xml. Pings are answered.
 * With "accept" requests to subscribe are granted and returned. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/e2e/line.h"

enum { TICK_MS = 20 };

static xmpp_ctx_t *context;
static xmpp_conn_t *connection;
static bool accept_all, finished;
static int socket_fd = -1, id_last;

static xmpp_stanza_t *stanza_make(const char *name, const char *type, const char *to)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new(context);

    xmpp_stanza_set_name(stanza, name);
    if (type)
        xmpp_stanza_set_type(stanza, type);
    if (to && *to)
        xmpp_stanza_set_to(stanza, to);
    return stanza;
}

static xmpp_stanza_t *child_add(xmpp_stanza_t *parent, const char *name, const char *ns,
                                const char *text)
{
    xmpp_stanza_t *child = xmpp_stanza_new(context);

    xmpp_stanza_set_name(child, name);
    if (ns)
        xmpp_stanza_set_ns(child, ns);
    if (text) {
        xmpp_stanza_t *words = xmpp_stanza_new(context);
        xmpp_stanza_set_text(words, text);
        xmpp_stanza_add_child(child, words);
        xmpp_stanza_release(words);
    }
    xmpp_stanza_add_child(parent, child);
    xmpp_stanza_release(child);
    return child; /* borrowed: the parent's */
}

static void stanza_send(xmpp_stanza_t *stanza)
{
    xmpp_send(connection, stanza);
    xmpp_stanza_release(stanza);
}

static void message_send(const char *to, const char *text, bool receipt)
{
    xmpp_stanza_t *message = stanza_make("message", "chat", to);
    char id[32];

    snprintf(id, sizeof(id), "m%d", ++id_last);
    xmpp_stanza_set_id(message, id);
    child_add(message, "body", NULL, text);
    if (receipt)
        child_add(message, "request", "urn:xmpp:receipts", NULL);
    stanza_send(message);
    line_event("sent", "to", to, "id", id, NULL);
}

static void status_set(const char *word, const char *text)
{
    xmpp_stanza_t *presence = stanza_make("presence", NULL, NULL);

    if (strcmp(word, "available") != 0)
        child_add(presence, "show", NULL, word);
    if (*text)
        child_add(presence, "status", NULL, text);
    stanza_send(presence);
}

static void command_run(struct line_command *command, void *user)
{
    const char *verb = command->verb, *jid = command->jid, *text = command->text;

    (void)user;
    if (strcmp(verb, "say") == 0 || strcmp(verb, "ask") == 0) {
        message_send(jid, text, *verb == 'a');
    } else if (strcmp(verb, "typing") == 0) {
        xmpp_stanza_t *message = stanza_make("message", "chat", jid);
        child_add(message, text, "http://jabber.org/protocol/chatstates", NULL);
        stanza_send(message);
    } else if (strcmp(verb, "presence") == 0) {
        stanza_send(stanza_make("presence", strcmp(text, "available") == 0 ? NULL : text, jid));
    } else if (strcmp(verb, "status") == 0) {
        status_set(jid, text);
    } else if (strcmp(verb, "raw") == 0) {
        xmpp_send_raw(connection, text, strlen(text));
    } else if (strcmp(verb, "drop") == 0) {
        shutdown(socket_fd, SHUT_RDWR);
    } else if (strcmp(verb, "quit") == 0) {
        xmpp_disconnect(connection);
    } else {
        line_event("error", "text", "unknown command", "verb", verb, NULL);
    }
}

static char *child_text(xmpp_stanza_t *stanza, const char *name)
{
    xmpp_stanza_t *child = stanza ? xmpp_stanza_get_child_by_name(stanza, name) : NULL;

    return child ? xmpp_stanza_get_text(child) : NULL;
}

static void error_print(xmpp_stanza_t *stanza)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(stanza, "error");
    xmpp_stanza_t *child = error ? xmpp_stanza_get_children(error) : NULL;
    char *text = child_text(error, "text");

    line_event("error", "kind", xmpp_stanza_get_name(stanza), "from", xmpp_stanza_get_from(stanza),
               "id", xmpp_stanza_get_id(stanza), "condition",
               child ? xmpp_stanza_get_name(child) : NULL, "text", text, NULL);
    if (text)
        xmpp_free(context, text);
}

static void stanza_print(const char *event, xmpp_stanza_t *stanza)
{
    char *xml = NULL;
    size_t length;

    if (xmpp_stanza_to_text(stanza, &xml, &length) == XMPP_EOK) {
        line_event(event, "from", xmpp_stanza_get_from(stanza), "type",
                   xmpp_stanza_get_type(stanza), "id", xmpp_stanza_get_id(stanza), "xml", xml,
                   NULL);
        xmpp_free(context, xml);
    }
}

static void message_print(xmpp_stanza_t *stanza)
{
    static const char *const states[] = {"active", "composing", "paused", "inactive", "gone"};
    const char *from = xmpp_stanza_get_from(stanza);
    xmpp_stanza_t *receipt =
        xmpp_stanza_get_child_by_name_and_ns(stanza, "received", "urn:xmpp:receipts");
    char *body = child_text(stanza, "body");
    bool shown = body || receipt;

    if (receipt)
        line_event("receipt", "from", from, "id", xmpp_stanza_get_id(receipt), NULL);
    for (size_t i = 0; !body && i < sizeof(states) / sizeof(states[0]); i++)
        if (xmpp_stanza_get_child_by_name_and_ns(stanza, states[i],
                                                 "http://jabber.org/protocol/chatstates")) {
            line_event("typing", "from", from, "state", states[i], NULL);
            shown = true;
        }
    if (body) {
        line_event("message", "from", from, "id", xmpp_stanza_get_id(stanza), "body", body,
                   "delayed", xmpp_stanza_get_child_by_ns(stanza, "urn:xmpp:delay") ? "yes" : NULL,
                   NULL);
        xmpp_free(context, body);
    }
    if (!shown)
        stanza_print("stanza", stanza);
}

static void presence_print(xmpp_stanza_t *stanza)
{
    const char *from = xmpp_stanza_get_from(stanza), *type = xmpp_stanza_get_type(stanza);
    char *show = child_text(stanza, "show"), *status = child_text(stanza, "status");

    line_event("presence", "from", from, "type", type ? type : "available", "show",
               show ? show : "", "status", status, NULL);
    if (show)
        xmpp_free(context, show);
    if (status)
        xmpp_free(context, status);
    if (accept_all && type && strcmp(type, "subscribe") == 0) {
        stanza_send(stanza_make("presence", "subscribed", from));
        stanza_send(stanza_make("presence", "subscribe", from));
    }
}

static void iq_handle(xmpp_stanza_t *stanza)
{
    const char *type = xmpp_stanza_get_type(stanza);

    if (type && strcmp(type, "get") == 0 &&
        xmpp_stanza_get_child_by_name_and_ns(stanza, "ping", "urn:xmpp:ping")) {
        xmpp_stanza_t *reply = stanza_make("iq", "result", xmpp_stanza_get_from(stanza));
        if (xmpp_stanza_get_id(stanza))
            xmpp_stanza_set_id(reply, xmpp_stanza_get_id(stanza));
        stanza_send(reply);
        return;
    }
    stanza_print("iq", stanza);
    if (type && (strcmp(type, "get") == 0 || strcmp(type, "set") == 0))
        stanza_send(xmpp_stanza_reply_error(stanza, "cancel", "service-unavailable", NULL));
}

static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *user)
{
    const char *name = xmpp_stanza_get_name(stanza), *type = xmpp_stanza_get_type(stanza);

    (void)conn;
    (void)user;
    if (type && strcmp(type, "error") == 0)
        error_print(stanza);
    else if (strcmp(name, "message") == 0)
        message_print(stanza);
    else if (strcmp(name, "presence") == 0)
        presence_print(stanza);
    else if (strcmp(name, "iq") == 0)
        iq_handle(stanza);
    return 1;
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t status, int error,
                          xmpp_stream_error_t *stream_error, void *user)
{
    (void)error;
    (void)user;
    if (status == XMPP_CONN_CONNECT) {
        xmpp_handler_add(conn, on_stanza, NULL, NULL, NULL, NULL);
        status_set("available", "");
        line_event("online", "jid", xmpp_conn_get_bound_jid(conn), NULL);
        return;
    }
    line_event("offline", "reason",
               stream_error && stream_error->text ? stream_error->text
               : stream_error                     ? "stream error"
                                                  : "closed",
               NULL);
    finished = true;
}

static int on_socket(xmpp_conn_t *conn, void *fd)
{
    (void)conn;
    socket_fd = *(int *)fd;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: strophe_client JID PASSWORD|- PORT [accept]\n", stderr);
        return 2;
    }
    accept_all = argc > 4 && strcmp(argv[4], "accept") == 0;
    signal(SIGPIPE, SIG_IGN);
    xmpp_initialize();
    context = xmpp_ctx_new(NULL, NULL);
    connection = xmpp_conn_new(context);
    xmpp_conn_set_flags(connection, XMPP_CONN_FLAG_DISABLE_TLS | XMPP_CONN_FLAG_DISABLE_SM);
    xmpp_conn_set_sockopt_callback(connection, on_socket);
    xmpp_conn_set_jid(connection, argv[1]);
    if (strcmp(argv[2], "-") != 0)
        xmpp_conn_set_pass(connection, argv[2]);
    if (xmpp_connect_client(connection, "127.0.0.1", (unsigned short)strtol(argv[3], NULL, 10),
                            on_connection, NULL) != XMPP_EOK) {
        line_event("offline", "reason", "cannot connect", NULL);
        finished = true;
    }
    while (!finished) {
        if (!line_poll(command_run, NULL))
            xmpp_disconnect(connection);
        xmpp_run_once(context, TICK_MS);
    }
    xmpp_conn_release(connection);
    xmpp_ctx_free(context);
    xmpp_shutdown();
    return 0;
}
