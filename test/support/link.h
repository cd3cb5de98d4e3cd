/* link.h: the server's side of XEP-0114, for test programs: it listens on a free port of the
 * loopback, takes the component's connection and whatever handshake comes, gives each stanza to its
 * owner, and sends what the owner says. When the component is gone it waits for the next one.
 *
 * Made for load: one pass over what comes, nothing is unescaped or allocated for a stanza, one
 * write a turn. Of the server it does what a component cannot do without: what is meant for the
 * component's own addresses goes back to it, and questions to the server (iq) are answered, a ping
 * with a result, all others with service-unavailable. Failures of the set-up end the program. */
#ifndef DESKBELL_TEST_SUPPORT_LINK_H
#define DESKBELL_TEST_SUPPORT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in the stanza, escaped as they came; not NUL-terminated. Empty when there were none. */
struct link_text {
    const char *bytes;
    size_t length;
};

struct link_stanza {
    char kind; /* the name's first letter: 'm', 'p' or 'i' */
    struct link_text type, from, to, id;
    struct link_text body; /* of a message; its markup is whatever stands in it */
    struct link_text all;
};

/* All from within link_turn(). Any may be NULL. */
struct link_events {
    void (*up)(void *context);   /* the handshake was answered */
    void (*down)(void *context); /* the component is gone; what was not sent yet is lost */
    void (*stanza)(void *context, const struct link_stanza *stanza);
};

struct link_counts {
    uint64_t stanzas_in, bytes_in, bytes_out;
    uint64_t connects;
    uint64_t broken; /* streams that were no XML stream */
};

struct link;

/* `jid` is the component's domain, `events` are borrowed until link_free(). */
struct link *link_new(const char *jid, const struct link_events *events, void *context);
struct link *link_free(struct link *link);

int link_port(const struct link *link);
bool link_is_up(const struct link *link);
const struct link_counts *link_counts(const struct link *link);

/* Waits until something comes or can be sent, at most that long (0: looks, -1: for ever), reads
 * once, calls back, and writes what the socket takes. */
void link_turn(struct link *link, int wait_ms);

/* Queues whole stanzas; they leave with link_flush() or the next link_turn(). Thrown away while no
 * component is there. */
void link_send(struct link *link, const char *bytes, size_t length);
void link_print(struct link *link, const char *format, ...) __attribute__((format(printf, 2, 3)));
void link_flush(struct link *link);

/* Queued and not taken by the kernel yet. */
size_t link_unsent(const struct link *link);

/* Ends the connection, as a server that dies does. */
void link_hang_up(struct link *link);

/* Whether the two are the same. */
bool link_text_is(struct link_text text, const char *word);

#endif
