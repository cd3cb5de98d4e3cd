/* upload.h: a file for somebody's browser, by way of the XMPP server (XEP-0363).
 *
 * An export is too long for chat lines. Where the server has a place for files, the desk asks it
 * for a slot, puts the file there and hands out the link, which nobody can guess and which the
 * server forgets after its own time. The service is looked for once a connection, among what the
 * domain of the accounts lists (XEP-0030).
 *
 * Two halves: the questions to the server go through the stream and never wait; upload_put() sends
 * the bytes, blocks, and belongs into a thread of its own (courier.h). */
#ifndef DESKBELL_COMPONENT_UPLOAD_H
#define DESKBELL_COMPONENT_UPLOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "component/error.h"
#include "component/xml_out.h"

enum {
    UPLOAD_WAITING_MAX = 16, /* files under way; each waits some round trips for its slot */
    UPLOAD_SERVICES_MAX = 32, /* items of the domain that are asked what they are */
    UPLOAD_MS_MAX = 20 * 1000, /* for a slot, the looking included */
    UPLOAD_URL_BYTES_MAX = 2048,
    UPLOAD_HEADERS_MAX = 3, /* Authorization, Cookie, Expires: section 5 allows no other */
    UPLOAD_HEADER_BYTES_MAX = 2048,
    UPLOAD_PUT_SECONDS_MAX = 60
};

struct upload;

enum upload_outcome {
    UPLOAD_SLOT,      /* there is room: put it there */
    UPLOAD_NONE,      /* the server has no such service */
    UPLOAD_TOO_LARGE,
    UPLOAD_FORBIDDEN, /* the desk is not allowed to */
    UPLOAD_REFUSED,   /* any other no: quota, trouble */
    UPLOAD_SILENT     /* no answer, or the stream broke */
};

struct upload_slot {
    char put[UPLOAD_URL_BYTES_MAX + 1], get[UPLOAD_URL_BYTES_MAX + 1];
    size_t header_count;
    char headers[UPLOAD_HEADERS_MAX][UPLOAD_HEADER_BYTES_MAX + 1]; /* "Name: value" */
};

struct upload_result {
    int64_t tag;
    enum upload_outcome outcome;
    struct upload_slot slot; /* with UPLOAD_SLOT */
};

/* `jid` is the desk's domain, `domain` that of the accounts; both borrowed for life. */
struct upload *upload_new(xmpp_ctx_t *ctx, const char *jid, const char *domain);
struct upload *upload_free(struct upload *upload);

/* Asks for a slot; the questions are appended to `out`, the answer comes by the two functions
 * below, with `tag`. `name` is a plain file name, "chats.csv". False when too many wait. */
bool upload_ask(struct upload *upload, const char *name, const char *type, size_t size, int64_t tag,
                int64_t at, struct xml_out *out);

/* Whether this iq (of type result or error) is an answer to one of our questions; further ones are
 * appended to `out`. What came of a file is asked by upload_next() afterwards. */
bool upload_answered(struct upload *upload, xmpp_stanza_t *iq, struct xml_out *out);

/* One file whose matter is settled, or whose time is over at `at` (INT64_MAX: the stream is down).
 * False when there is none: call again until then. */
bool upload_next(struct upload *upload, int64_t at, struct upload_result *ret);

/* When upload_next() has something to say at the earliest; INT64_MAX for never. */
int64_t upload_deadline(const struct upload *upload);

/* The stream is down; what was known of the server is forgotten. upload_next(INT64_MAX) follows. */
void upload_forget(struct upload *upload);

/* For the person, when there is no slot. Borrowed. */
const char *upload_words(enum upload_outcome outcome);

/* To be called before the first thread that puts something. */
void upload_put_prepare(void);

/* Puts the bytes into the slot. Blocks, for UPLOAD_PUT_SECONDS_MAX at most, or until about a second
 * after `ended` has become true (NULL: never). Over https; plain http only to this machine itself,
 * since anybody on the way could read it. */
bool upload_put(const struct upload_slot *slot, const char *type, const void *bytes, size_t size,
                const atomic_bool *ended, struct error *reterr);

/* Whether such an address is one that upload_put() would go to. */
bool upload_is_safe(const char *url);

#endif
