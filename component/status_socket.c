#include "component/status_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "component/log.h"
#include "policy/mem.h"

#define SOCKET_NAME "status.sock"

enum { BACKLOG = 4 };

struct status_socket {
    int folder; /* state_dir */
    int listening;
    int client; /* -1: nobody is being answered */
    char *text;
    size_t length, sent;
    int64_t until;
};

/* The path of a socket has 108 bytes at most (unix(7)), a folder's may be longer: so it is named
 * through the open folder. */
static void address_set(int folder, struct sockaddr_un *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->sun_family = AF_UNIX;
    snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/" SOCKET_NAME, folder);
}

static bool listen_at(int listening, int folder)
{
    struct sockaddr_un address;
    mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO);

    address_set(folder, &address);
    unlinkat(folder, SOCKET_NAME, 0); /* of a process that died */
    bool bound = bind(listening, (const struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    return bound && listen(listening, BACKLOG) == 0;
}

struct status_socket *status_socket_new(const char *state_dir)
{
    struct status_socket *status = mem_new(sizeof *status);

    status->client = status->listening = -1;
    mkdir(state_dir, S_IRWXU); /* it may be there */
    status->folder = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (status->folder < 0)
        goto failed;
    status->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (status->listening >= 0 && listen_at(status->listening, status->folder))
        return status;
failed:
    log_warning("cannot listen at '%s/" SOCKET_NAME "', so deskbell status will not work: %s",
                state_dir, strerror(errno));
    return status_socket_free(status);
}

static void client_drop(struct status_socket *status)
{
    close(status->client);
    status->client = -1;
    free(status->text);
    status->text = NULL;
}

struct status_socket *status_socket_free(struct status_socket *status)
{
    if (status == NULL)
        return NULL;
    if (status->client >= 0)
        client_drop(status);
    if (status->listening >= 0) {
        unlinkat(status->folder, SOCKET_NAME, 0);
        close(status->listening);
    }
    if (status->folder >= 0)
        close(status->folder);
    free(status);
    return NULL;
}

int status_socket_fd(const struct status_socket *status)
{
    if (status == NULL)
        return -1;
    return status->client >= 0 ? status->client : status->listening;
}

short status_socket_poll_events(const struct status_socket *status)
{
    if (status == NULL)
        return 0;
    return status->client >= 0 ? POLLOUT : POLLIN;
}

int64_t status_socket_deadline(const struct status_socket *status)
{
    return status != NULL && status->client >= 0 ? status->until : INT64_MAX;
}

static void client_take(struct status_socket *status, int64_t now_ms, status_writer *write,
                        void *context)
{
    status->client = accept4(status->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (status->client < 0)
        return;
    status->until = now_ms + STATUS_SOCKET_MS_MAX;
    status->sent = 0;
    FILE *out = open_memstream(&status->text, &status->length);
    if (out == NULL)
        abort();
    write(context, out);
    fclose(out);
}

static void client_send(struct status_socket *status, int64_t now_ms)
{
    while (status->sent < status->length) {
        ssize_t sent = send(status->client, status->text + status->sent,
                            status->length - status->sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN && now_ms < status->until)
            return;
        if (sent < 0)
            break;
        status->sent += (size_t)sent;
    }
    client_drop(status);
}

void status_socket_process(struct status_socket *status, short revents, int64_t now_ms,
                           status_writer *write, void *context)
{
    if (status == NULL)
        return;
    if (status->client < 0 && revents != 0)
        client_take(status, now_ms, write, context);
    if (status->client >= 0)
        client_send(status, now_ms);
}

bool status_socket_ask(const char *state_dir, FILE *out, struct error *reterr)
{
    struct sockaddr_un address;
    char piece[4096];
    ssize_t length = -1;
    int connection = -1;
    int folder = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        goto out;
    address_set(folder, &address);
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 ||
        connect(connection, (const struct sockaddr *)&address, sizeof address) != 0)
        goto out;
    while ((length = read(connection, piece, sizeof piece)) > 0)
        fwrite(piece, 1, (size_t)length, out);
out:
    if (length < 0)
        error_set(reterr, "no desk answers at '%s/" SOCKET_NAME "': %s", state_dir,
                  strerror(errno));
    if (connection >= 0)
        close(connection);
    if (folder >= 0)
        close(folder);
    return length == 0;
}
