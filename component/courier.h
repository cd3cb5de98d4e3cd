/* courier.h: threads that put files on the server, beside the loop and beside the clerk.
 *
 * A file server that is slow, or stopped, holds whoever puts something there for up to
 * UPLOAD_PUT_SECONDS_MAX. In the clerk's thread that would stop every command of every
 * administrator, so each file has a thread of its own, COURIER_THREADS_MAX at most; further ones
 * wait for their turn. No thread shares anything with the loop but the file that it carries. */
#ifndef DESKBELL_COMPONENT_COURIER_H
#define DESKBELL_COMPONENT_COURIER_H

#include <stdbool.h>
#include <stddef.h>

#include "component/error.h"
#include "component/upload.h"

enum {
    COURIER_THREADS_MAX = 3, /* one that hangs, one that is slow, and one for everybody else */
    COURIER_FILES_MAX = 32   /* under way, those that wait included */
};

struct courier;

struct courier_file {
    const struct upload_slot *slot;
    const char *type;
    const void *bytes;
    size_t size;
    /* In the loop, from courier_process() or courier_free(), exactly once for each file that was
     * taken; `failure` is NULL when the file is there. */
    void (*done)(void *context, const struct error *failure);
    void *context; /* with all that is pointed to, the courier's until done() */
};

struct courier *courier_new(void);

/* Cuts off what is under way and joins the threads, within about a second; done() is called for
 * all with a failure. NULL is fine. Always returns NULL. */
struct courier *courier_free(struct courier *courier);

/* False, and nothing is taken, when COURIER_FILES_MAX are under way. */
bool courier_send(struct courier *courier, const struct courier_file *file);

/* Readable (POLLIN) when a file has come to its end. */
int courier_fd(const struct courier *courier);

/* Calls done() for all that have ended, and lets others begin. Never waits. */
void courier_process(struct courier *courier);

#endif
