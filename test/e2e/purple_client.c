/* purple_client.c: an operator in Pidgin, without the windows: libpurple is Pidgin's engine, and
 * what this prints is what Pidgin would show. Line protocol: line.h.
 *
 *   purple_client JID PASSWORD PORT FOLDER [manual]
 *
 * Commands: say JID TEXT; typing JID composing|paused|active; status available|away|xa|dnd|chat
 * TEXT; add JID (to the buddy list); menu JID (a contact's menu); run JID ENTRY (of the menu);
 * fill - FIELD=VALUE, one a line, and press OK; dismiss (press Cancel); idle - SECONDS (mouse and
 * keyboard untouched for so long; what then happens is libpurple's own idle time-out, with the
 * settings of a new Pidgin); quit. Events: menu from entries; form title instructions fields, one a
 * line (labels as in the dialog, the chosen in brackets); dialog title text; online; offline
 * reason; message window from body; system window body; typing from state; presence from show
 * status; sent xml (each presence and message, as it goes to the server); authorise from (granted
 * at once, unless "manual", and the other side added to the list in return, as a user would by the
 * dialog's button). */
#include <glib.h>
#include <purple.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/e2e/line.h"

static GMainLoop *loop;
static PurpleAccount *account;
static gboolean manual;

/* libpurple wants a main loop of the caller's; this is GLib's, as in Pidgin. */
struct watch {
    PurpleInputFunction function;
    gpointer data;
    int fd;
};

static gboolean watch_invoke(GIOChannel *source, GIOCondition condition, gpointer data)
{
    struct watch *watch = data;
    int ready = 0;

    (void)source;
    if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
        ready |= PURPLE_INPUT_READ;
    if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
        ready |= PURPLE_INPUT_WRITE;
    watch->function(watch->data, watch->fd, (PurpleInputCondition)ready);
    return TRUE;
}

static guint watch_add(gint fd, PurpleInputCondition condition, PurpleInputFunction function,
                       gpointer data)
{
    struct watch *watch = g_new0(struct watch, 1);
    GIOChannel *channel = g_io_channel_unix_new(fd);
    int wanted = 0;
    guint id;

    *watch = (struct watch){.function = function, .data = data, .fd = fd};
    if (condition & PURPLE_INPUT_READ)
        wanted |= G_IO_IN | G_IO_HUP | G_IO_ERR;
    if (condition & PURPLE_INPUT_WRITE)
        wanted |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
    id = g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, (GIOCondition)wanted, watch_invoke, watch,
                             g_free);
    g_io_channel_unref(channel);
    return id;
}

static PurpleEventLoopUiOps loop_ops = {
    .timeout_add = g_timeout_add,
    .timeout_remove = g_source_remove,
    .input_add = watch_add,
    .input_remove = g_source_remove,
    .timeout_add_seconds = g_timeout_add_seconds,
};

/* What a conversation's window shows, our own lines left out. */
static void window_write(PurpleConversation *conversation, const char *name, const char *alias,
                         const char *message, PurpleMessageFlags flags, time_t when)
{
    const char *window = purple_conversation_get_name(conversation);
    char *text = purple_markup_strip_html(message);

    (void)alias;
    (void)when;
    if (flags & PURPLE_MESSAGE_RECV)
        line_event("message", "window", window, "from", name, "body", text, "delayed",
                   flags & PURPLE_MESSAGE_DELAYED ? "yes" : NULL, NULL);
    else if (flags & (PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_ERROR))
        line_event("system", "window", window, "body", text, NULL);
    g_free(text);
}

static PurpleConversationUiOps window_ops = {.write_conv = window_write};

static void buddy_add(const char *jid)
{
    PurpleBuddy *buddy = purple_find_buddy(account, jid);

    if (!buddy) {
        buddy = purple_buddy_new(account, jid, NULL);
        purple_blist_add_buddy(buddy, NULL, purple_find_group("Buddies"), NULL);
    }
    purple_account_add_buddy(account, buddy);
}

static void *authorize_ask(PurpleAccount *asked, const char *remote_user, const char *id,
                           const char *alias, const char *message, gboolean on_list,
                           PurpleAccountRequestAuthorizationCb yes,
                           PurpleAccountRequestAuthorizationCb no, void *data)
{
    (void)asked;
    (void)id;
    (void)alias;
    (void)no;
    line_event("authorise", "from", remote_user, "text", message, NULL);
    if (manual)
        return NULL;
    yes(data);
    if (!on_list)
        buddy_add(remote_user);
    return NULL;
}

static PurpleAccountUiOps account_ops = {.request_authorize = authorize_ask};

static void presence_print(PurpleBuddy *buddy)
{
    PurplePresence *presence = purple_buddy_get_presence(buddy);
    PurpleStatus *status = purple_presence_get_active_status(presence);

    line_event("presence", "from", purple_buddy_get_name(buddy), "show",
               purple_presence_is_online(presence) ? purple_status_get_id(status) : "offline",
               "status", purple_status_get_attr_string(status, "message"), NULL);
}

/* What the desktop tells Pidgin: seconds since the last key or movement of the mouse. */
static time_t idle_seconds;

static time_t idle_get(void)
{
    return idle_seconds;
}

static PurpleIdleUiOps idle_ops = {.get_time_idle = idle_get};

static void idle_set(const char *seconds)
{
    idle_seconds = (time_t)strtol(seconds, NULL, 10);
    /* libpurple looks by a timer of minutes, and at once when this preference is set again. */
    purple_prefs_trigger_callback("/purple/away/idle_reporting");
}

static void on_sending(PurpleConnection *connection, xmlnode **packet)
{
    char *xml;

    (void)connection;
    if (!*packet || (strcmp((*packet)->name, "presence") && strcmp((*packet)->name, "message")))
        return;
    xml = xmlnode_to_str(*packet, NULL);
    line_event("sent", "xml", xml, NULL);
    g_free(xml);
}

static void on_status(PurpleBuddy *buddy, PurpleStatus *old, PurpleStatus *now)
{
    (void)old;
    (void)now;
    presence_print(buddy);
}

static void on_typing(PurpleAccount *to, const char *name)
{
    PurpleConversation *conversation =
        purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, name, to);
    PurpleTypingState state = PURPLE_NOT_TYPING;

    if (conversation)
        state = purple_conv_im_get_typing_state(purple_conversation_get_im_data(conversation));
    line_event("typing", "from", name, "state",
               state == PURPLE_TYPING  ? "composing"
               : state == PURPLE_TYPED ? "paused"
                                       : "active",
               NULL);
}

static void on_online(PurpleConnection *connection)
{
    (void)connection;
    line_event("online", "jid", purple_account_get_username(account), NULL);
}

static void on_error(PurpleConnection *connection, PurpleConnectionError error, const char *text)
{
    (void)connection;
    (void)error;
    line_event("offline", "reason", text, NULL);
}

static void on_offline(PurpleConnection *connection)
{
    (void)connection;
    line_event("offline", "reason", "signed off", NULL);
}

static void signals_connect(void)
{
    static int handle;
    void *list = purple_blist_get_handle(), *talks = purple_conversations_get_handle();
    void *connections = purple_connections_get_handle();

    purple_signal_connect(list, "buddy-status-changed", &handle, PURPLE_CALLBACK(on_status), NULL);
    purple_signal_connect(list, "buddy-signed-on", &handle, PURPLE_CALLBACK(presence_print), NULL);
    purple_signal_connect(list, "buddy-signed-off", &handle, PURPLE_CALLBACK(presence_print), NULL);
    purple_signal_connect(talks, "buddy-typing", &handle, PURPLE_CALLBACK(on_typing), NULL);
    purple_signal_connect(talks, "buddy-typed", &handle, PURPLE_CALLBACK(on_typing), NULL);
    purple_signal_connect(talks, "buddy-typing-stopped", &handle, PURPLE_CALLBACK(on_typing), NULL);
    purple_signal_connect(connections, "signed-on", &handle, PURPLE_CALLBACK(on_online), NULL);
    purple_signal_connect(connections, "signed-off", &handle, PURPLE_CALLBACK(on_offline), NULL);
    purple_signal_connect(connections, "connection-error", &handle, PURPLE_CALLBACK(on_error),
                          NULL);
    purple_signal_connect(purple_find_prpl("prpl-jabber"), "jabber-sending-xmlnode", &handle,
                          PURPLE_CALLBACK(on_sending), NULL);
}

static void say(const char *jid, const char *text)
{
    PurpleConversation *conversation =
        purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, jid, account);
    char *html = purple_markup_escape_text(text, -1);

    if (!conversation)
        conversation = purple_conversation_new(PURPLE_CONV_TYPE_IM, account, jid);
    purple_conv_im_send(purple_conversation_get_im_data(conversation), html);
    g_free(html);
}

static void typing_set(const char *jid, const char *state)
{
    PurpleConnection *connection = purple_account_get_connection(account);

    if (connection)
        serv_send_typing(connection, jid,
                         strcmp(state, "composing") == 0 ? PURPLE_TYPING
                         : strcmp(state, "paused") == 0  ? PURPLE_TYPED
                                                         : PURPLE_NOT_TYPING);
}

static void status_set(const char *word, const char *text)
{
    const char *id = strcmp(word, "xa") == 0     ? "extended_away"
                     : strcmp(word, "chat") == 0 ? "freeforchat"
                                                 : word;

    purple_account_set_status(account, id, TRUE, "message", *text ? text : NULL, NULL);
}

/* --- a contact's menu, and the dialogs that follow --- */

/* The prpl's entries of the menu, which are the commands that the contact offered. */
static GList *menu_entries(const char *jid)
{
    PurpleConnection *connection = purple_account_get_connection(account);
    PurpleBuddy *buddy = purple_find_buddy(account, jid);
    PurplePluginProtocolInfo *info;

    if (!connection || !buddy)
        return NULL;
    info = PURPLE_PLUGIN_PROTOCOL_INFO(purple_connection_get_prpl(connection));
    return info->blist_node_menu(PURPLE_BLIST_NODE(buddy));
}

static void menu_free(GList *entries)
{
    g_list_free_full(entries, (GDestroyNotify)purple_menu_action_free);
}

static void menu_print(const char *jid)
{
    GList *entries = menu_entries(jid);
    GString *text = g_string_new(NULL);

    for (GList *entry = entries; entry; entry = entry->next)
        g_string_append_printf(text, "%s\n", ((PurpleMenuAction *)entry->data)->label);
    line_event("menu", "from", jid, "entries", text->str, NULL);
    g_string_free(text, TRUE);
    menu_free(entries);
}

static void menu_run(const char *jid, const char *label)
{
    GList *entries = menu_entries(jid), *entry = entries;

    while (entry && strcmp(((PurpleMenuAction *)entry->data)->label, label) != 0)
        entry = entry->next;
    if (entry) {
        PurpleMenuAction *action = entry->data;
        ((void (*)(PurpleBlistNode *, gpointer))action->callback)(
            PURPLE_BLIST_NODE(purple_find_buddy(account, jid)), action->data);
    } else {
        line_event("error", "text", "no such entry", "verb", label, NULL);
    }
    menu_free(entries);
}

/* The dialog that is open; a newer one takes its place. */
static struct {
    PurpleRequestFields *fields;
    PurpleRequestFieldsCb ok, cancel;
    void *user;
} dialog;

static void field_describe(PurpleRequestField *field, GString *text)
{
    const char *label = purple_request_field_get_label(field);
    const char *value = NULL;

    g_string_append_printf(text, "%s%s:", label ? label : "",
                           purple_request_field_is_required(field) ? "*" : "");
    switch (purple_request_field_get_type(field)) {
    case PURPLE_REQUEST_FIELD_STRING:
        value = purple_request_field_string_get_default_value(field);
        g_string_append_printf(text, " %s", value ? value : "");
        break;
    case PURPLE_REQUEST_FIELD_CHOICE:
        for (GList *at = purple_request_field_choice_get_labels(field); at; at = at->next)
            g_string_append_printf(
                text,
                g_list_position(purple_request_field_choice_get_labels(field), at) ==
                        purple_request_field_choice_get_default_value(field)
                    ? " [%s]"
                    : " %s |",
                (const char *)at->data);
        break;
    case PURPLE_REQUEST_FIELD_LIST:
        for (GList *at = purple_request_field_list_get_items(field); at; at = at->next)
            g_string_append_printf(text,
                                   purple_request_field_list_is_selected(field, at->data)
                                       ? " [%s]"
                                       : " %s |",
                                   (const char *)at->data);
        break;
    case PURPLE_REQUEST_FIELD_BOOLEAN:
        g_string_append(text,
                        purple_request_field_bool_get_default_value(field) ? " [x]" : " [ ]");
        break;
    default:
        break;
    }
    g_string_append_c(text, '\n');
}

static void *dialog_open(const char *title, const char *primary, const char *secondary,
                         PurpleRequestFields *fields, const char *ok_text, GCallback ok,
                         const char *cancel_text, GCallback cancel, PurpleAccount *asked,
                         const char *who, PurpleConversation *conversation, void *user)
{
    GString *text = g_string_new(NULL);

    (void)ok_text;
    (void)cancel_text;
    (void)asked;
    (void)who;
    (void)conversation;
    for (GList *group = purple_request_fields_get_groups(fields); group; group = group->next)
        for (GList *field = purple_request_field_group_get_fields(group->data); field;
             field = field->next)
            field_describe(field->data, text);
    dialog.fields = fields;
    dialog.ok = (PurpleRequestFieldsCb)ok;
    dialog.cancel = (PurpleRequestFieldsCb)cancel;
    dialog.user = user;
    line_event("form", "title", title, "primary", primary, "instructions", secondary, "fields",
               text->str, NULL);
    g_string_free(text, TRUE);
    return &dialog;
}

static void dialog_close(PurpleRequestType type, void *handle)
{
    (void)type;
    (void)handle;
}

/* A person picks by what is shown. */
static void field_fill(PurpleRequestField *field, const char *value)
{
    GList *labels;

    switch (purple_request_field_get_type(field)) {
    case PURPLE_REQUEST_FIELD_STRING:
        purple_request_field_string_set_value(field, value);
        break;
    case PURPLE_REQUEST_FIELD_CHOICE:
        labels = purple_request_field_choice_get_labels(field);
        for (GList *at = labels; at; at = at->next)
            if (strstr(at->data, value))
                purple_request_field_choice_set_value(field, g_list_position(labels, at));
        break;
    case PURPLE_REQUEST_FIELD_LIST:
        purple_request_field_list_clear_selected(field);
        for (GList *at = purple_request_field_list_get_items(field); at; at = at->next)
            if (strstr(at->data, value))
                purple_request_field_list_add_selected(field, at->data);
        break;
    case PURPLE_REQUEST_FIELD_BOOLEAN:
        purple_request_field_bool_set_value(field, strcmp(value, "yes") == 0);
        break;
    default:
        break;
    }
}

static PurpleRequestField *field_by_label(const char *label)
{
    for (GList *group = purple_request_fields_get_groups(dialog.fields); group;
         group = group->next)
        for (GList *field = purple_request_field_group_get_fields(group->data); field;
             field = field->next) {
            const char *own = purple_request_field_get_label(field->data);
            if (own && strcmp(own, label) == 0)
                return field->data;
        }
    return NULL;
}

static void dialog_end(PurpleRequestFieldsCb button)
{
    PurpleRequestFields *fields = dialog.fields;

    dialog.fields = NULL;
    if (button)
        button(dialog.user, fields);
    purple_request_fields_destroy(fields);
}

static void dialog_fill(char *text)
{
    char **lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; dialog.fields && *line; line++) {
        char *value = strchr(*line, '=');
        if (!value)
            continue;
        *value++ = '\0';
        PurpleRequestField *field = field_by_label(*line);
        if (field)
            field_fill(field, value);
        else
            line_event("error", "text", "no such field", "verb", *line, NULL);
    }
    g_strfreev(lines);
    if (dialog.fields)
        dialog_end(dialog.ok);
}

static PurpleRequestUiOps request_ops = {.request_fields = dialog_open,
                                         .close_request = dialog_close};

static void *notice_show(PurpleNotifyMsgType type, const char *title, const char *primary,
                         const char *secondary)
{
    (void)type;
    line_event("dialog", "title", title, "text", primary, "more", secondary, NULL);
    return NULL;
}

static PurpleNotifyUiOps notify_ops = {.notify_message = notice_show};

static void command_run(struct line_command *command, void *user)
{
    (void)user;
    if (strcmp(command->verb, "say") == 0)
        say(command->jid, command->text);
    else if (strcmp(command->verb, "typing") == 0)
        typing_set(command->jid, command->text);
    else if (strcmp(command->verb, "status") == 0)
        status_set(command->jid, command->text);
    else if (strcmp(command->verb, "add") == 0)
        buddy_add(command->jid);
    else if (strcmp(command->verb, "idle") == 0)
        idle_set(command->text);
    else if (strcmp(command->verb, "menu") == 0)
        menu_print(command->jid);
    else if (strcmp(command->verb, "run") == 0)
        menu_run(command->jid, command->text);
    else if (strcmp(command->verb, "fill") == 0)
        dialog_fill(command->text);
    else if (strcmp(command->verb, "dismiss") == 0 && dialog.fields)
        dialog_end(dialog.cancel);
    else if (strcmp(command->verb, "quit") == 0)
        g_main_loop_quit(loop);
    else
        line_event("error", "text", "unknown command", "verb", command->verb, NULL);
}

static gboolean input_ready(GIOChannel *source, GIOCondition condition, gpointer data)
{
    (void)source;
    (void)condition;
    (void)data;
    if (line_poll(command_run, NULL))
        return TRUE;
    g_main_loop_quit(loop);
    return FALSE;
}

static void core_start(const char *folder)
{
    static PurpleCoreUiOps core_ops;

    purple_util_set_user_dir(folder);
    purple_debug_set_enabled(getenv("PURPLE_DEBUG") != NULL);
    purple_core_set_ui_ops(&core_ops);
    purple_eventloop_set_ui_ops(&loop_ops);
    purple_conversations_set_ui_ops(&window_ops);
    purple_accounts_set_ui_ops(&account_ops);
    purple_idle_set_ui_ops(&idle_ops);
    purple_request_set_ui_ops(&request_ops);
    purple_notify_set_ui_ops(&notify_ops);
    if (!purple_core_init("deskbell-test")) {
        fputs("purple_client: libpurple does not start\n", stderr);
        exit(1);
    }
    purple_set_blist(purple_blist_new());
    purple_blist_load();
    /* Timestamps and logs are for people. */
    purple_prefs_set_bool("/purple/logging/log_ims", FALSE);
    purple_prefs_set_string("/purple/proxy/type", "none");
    purple_network_force_online();
}

static void account_start(const char *jid, const char *password, int port)
{
    PurpleSavedStatus *status = purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE);

    account = purple_account_new(jid, "prpl-jabber");
    purple_account_set_password(account, password);
    purple_account_set_string(account, "connect_server", "127.0.0.1");
    purple_account_set_int(account, "port", port);
    purple_account_set_string(account, "connection_security", "opportunistic_tls");
    purple_account_set_bool(account, "auth_plain_in_clear", TRUE);
    purple_accounts_add(account);
    purple_account_set_enabled(account, "deskbell-test", TRUE);
    purple_savedstatus_activate(status);
}

int main(int argc, char **argv)
{
    GIOChannel *input;

    if (argc < 5) {
        fputs("usage: purple_client JID PASSWORD PORT FOLDER [manual]\n", stderr);
        return 2;
    }
    manual = argc > 5 && strcmp(argv[5], "manual") == 0;
    signal(SIGPIPE, SIG_IGN);
    loop = g_main_loop_new(NULL, FALSE);
    core_start(argv[4]);
    signals_connect();
    input = g_io_channel_unix_new(0);
    g_io_add_watch(input, (GIOCondition)(G_IO_IN | G_IO_HUP | G_IO_ERR), input_ready, NULL);
    account_start(argv[1], argv[2], (int)strtol(argv[3], NULL, 10));
    g_main_loop_run(loop);
    purple_core_quit();
    return 0;
}
