/* codes.h: people who prove that an account is theirs, by writing a code to the service's address.
 *
 * Whether the code is right is the database's to say (verify.h), by a job of the clerk; the answer
 * comes when it is done, right or not in the same way, to whoever wrote. */
#ifndef DESKBELL_COMPONENT_CODES_H
#define DESKBELL_COMPONENT_CODES_H

#include <stdbool.h>
#include <stdint.h>

struct clerk;
struct event;

/* Jobs under way: everybody can write a code, and the clerk has others to serve. */
enum { CODES_MAX = 8 };

/* What lives longer than any job: the process's. */
struct codes {
    struct clerk *clerk; /* NULL: none is taken, and what comes back is thrown away */
    int under_way;
    void *context;
    /* Sends a message from the service's address. */
    void (*tell)(void *context, const char *to, const char *body);
};

/* Whether the event is a message to the service that is a code and nothing else; it is dealt with
 * then. `consortium` is the database's id. */
bool codes_take(struct codes *codes, int64_t consortium, const struct event *event);

#endif
