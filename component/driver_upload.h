/* driver_upload.h: files for people: from a command's answer to a link in their chat window.
 *
 * The loop asks the server for a slot (upload.h), the clerk's thread puts the bytes there, and the
 * loop tells the person the link, or in plain words why there is none. */
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

struct clerk;
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
/* The clerk has ended before: nothing comes back from it. */
struct parcels *parcels_free(struct parcels *parcels);

/* Sends a file off to the account `to`; takes `bytes` over. What comes of it is told. */
void parcels_send(struct parcels *parcels, struct clerk *clerk, const char *to, const char *name,
                  const char *type, char *bytes, size_t size, int64_t at);

/* Whether this iq (of type result or error) is the server's answer to a question of ours. */
bool parcels_answered(struct parcels *parcels, struct clerk *clerk, xmpp_stanza_t *iq, int64_t at);

/* To be called at the deadline. */
void parcels_process(struct parcels *parcels, struct clerk *clerk, int64_t at);
int64_t parcels_deadline(const struct parcels *parcels);

/* The stream is down: who waits for a slot is told later that there was none. */
void parcels_down(struct parcels *parcels, struct clerk *clerk);

/* The clerk ends: what comes back from it is thrown away. */
void parcels_end(struct parcels *parcels);

#endif
