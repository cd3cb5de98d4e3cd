/* dial.h: connecting to a host and port without blocking, each of its addresses in turn. */
#ifndef DESKBELL_COMPONENT_DIAL_H
#define DESKBELL_COMPONENT_DIAL_H

#include <stdbool.h>

#include "component/error.h"

struct addrinfo;

struct dial {
    struct addrinfo *addresses, *next;
    bool remote;
};

/* A number that stands for another machine. A name is none before it is looked up. */
bool dial_host_is_remote(const char *host);

/* Unless `remote`, only addresses of this machine are dialled: XEP-0114 is clear text, and who
 * reads along has the chats and can guess the secret at leisure. Looks the host up. A numeric
 * address costs nothing; a name may block as long as the resolver takes, so configure an address
 * where that matters. */
bool dial_start(struct dial *dial, const char *host, int port, bool remote, struct error *reterr);

/* Begins to connect to the next address and returns the socket, or -1 when none is left; `reterr`
 * then says why the last one failed, unless it was already filled by dial_finish(). The socket is
 * the caller's: non-blocking, close-on-exec, no Nagle, keepalive; unacknowledged bytes end it
 * after `dead_ms`. */
int dial_next(struct dial *dial, int dead_ms, struct error *reterr);

/* To be called when the socket is writable: did it connect? */
bool dial_finish(int fd, struct error *reterr);

void dial_release(struct dial *dial);

#endif
