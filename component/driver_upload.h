/* driver_upload.h: files for people: from a command's answer to a link in their chat window.
 *
 * The loop asks the server for a slot (upload.h), a courier puts the bytes there, and the loop
 * tells the person the link, or in plain words why there is none. */
#ifndef DESKBELL_COMPONENT_DRIVER_UPLOAD_H
#define DESKBELL_COMPONENT_DRIVER_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "component/xml_out.h"

enum {
    /* Of all files under way: four of the largest. */
    PARCELS_BYTES_MAX = 32 * 1024 * 1024
};

struct parcels;

/* What is needed around; all is borrowed. */
struct parcels_desk {
    xmpp_ctx_t *ctx;
    const char *jid, *domain; /* the desk's, and that of the accounts */
    void *context;
    void (*send)(void *context, const struct xml_out *out);
    void (*tell)(void *context, const char *to, const char *body);
};

struct parcels *parcels_new(const struct parcels_desk *desk);
/* Cuts off what is being put, within about a second; nobody is told any more. */
struct parcels *parcels_free(struct parcels *parcels);

/* Sends a file off to the account `to`; takes `bytes` over. What comes of it is told. */
void parcels_send(struct parcels *parcels, const char *to, const char *name,
                  const char *type, char *bytes, size_t size, int64_t at);

/* Whether this iq (of type result or error) is the server's answer to a question of ours. */
bool parcels_answered(struct parcels *parcels, xmpp_stanza_t *iq, int64_t at);

/* Readable (POLLIN) when a file has been put. */
int parcels_fd(const struct parcels *parcels);

/* To be called then, and at the deadline. */
void parcels_process(struct parcels *parcels, int64_t at);
int64_t parcels_deadline(const struct parcels *parcels);

/* The stream is down: who waits for a slot is told later that there was none. */
void parcels_down(struct parcels *parcels);

#endif
