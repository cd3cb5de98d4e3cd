/* status_socket.h: the running desk's state, for `deskbell status`, over a Unix socket.
 *
 * The socket is `status.sock` in state_dir, for its owner alone (0600). Nothing is read from it:
 * who connects gets the state as text, then the end. One is answered at a time, the others wait in
 * the kernel's queue, and who does not read is dropped after STATUS_SOCKET_MS_MAX. */
#ifndef DESKBELL_COMPONENT_STATUS_SOCKET_H
#define DESKBELL_COMPONENT_STATUS_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "component/error.h"

enum { STATUS_SOCKET_MS_MAX = 5000 };

struct status_socket;

/* Writes the state; `context` is the caller's. */
typedef void status_writer(void *context, FILE *out);

/* Makes state_dir (0700) when it is not there, and listens. NULL, after a warning in the log, when
 * that fails: a desk without it serves patrons all the same. */
struct status_socket *status_socket_new(const char *state_dir);

/* Removes the socket. NULL is fine. Always returns NULL. */
struct status_socket *status_socket_free(struct status_socket *status);

/* For poll(); -1 and 0 for a NULL. Ask before every poll(). */
int status_socket_fd(const struct status_socket *status);
short status_socket_poll_events(const struct status_socket *status);

/* When status_socket_process() is due even if nothing happens; INT64_MAX: never. By the monotonic
 * clock, in ms. */
int64_t status_socket_deadline(const struct status_socket *status);

/* Accepts, answers, drops: whatever is due. Never blocks. */
void status_socket_process(struct status_socket *status, short revents, int64_t now_ms,
                           status_writer *write, void *context);

/* The other end: copies what the desk of that state_dir says to `out`. */
bool status_socket_ask(const char *state_dir, FILE *out, struct error *reterr);

#endif
