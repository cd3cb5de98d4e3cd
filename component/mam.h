/* mam.h: a queue's transcripts as its message archive (XEP-0313), for tools that know no Deskbell.
 *
 * Whoever may read the library's transcripts asks the queue's address. Each line of a chat is a
 * message from the chat's address, its author as the resource; notes for colleagues are among them.
 *
 * The order is chat by chat in the order in which they were opened, and line by line within: a
 * reader wants a conversation in one piece, though the specification wants one order in time. An
 * item's id is NUMBER-LINE and stays what it is as long as the line is kept. Lines whose text was
 * erased or never kept are not there. */
#ifndef DESKBELL_COMPONENT_MAM_H
#define DESKBELL_COMPONENT_MAM_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

#include "component/error.h"
#include "component/xml_out.h"

#define NS_MAM "urn:xmpp:mam:2"

struct arena;

enum {
    MAM_PAGE = 50,      /* when the query does not say */
    MAM_PAGE_MAX = 200, /* stanzas at once; more is asked for page by page */
    MAM_QUERYID_BYTES_MAX = 255
};

struct mam_place {
    int64_t chat; /* 0: no place */
    int line;
};

struct mam_query {
    const char *queryid;     /* NULL: none */
    const char *chat;        /* local part of the address of the one chat (`with`); NULL: all */
    int64_t since, until;    /* wall clock in ms, both included; 0: no limit */
    struct mam_place after;  /* behind this item */
    struct mam_place before; /* before this one */
    bool backwards;          /* the page that ends there (XEP-0059, section 2.3), or the last */
    bool flip;               /* send a page's items the newest first (section 4.3) */
    int max;                 /* 0: nothing but whether there is more */
};

/* Reads the <query/> of an iq of type set into the arena. NULL when it is right, else the condition
 * of the error: "bad-request", "item-not-found" for an id that never was one, or
 * "feature-not-implemented" for a filter that is not known. `domain` is the desk's. */
const char *mam_read(xmpp_stanza_t *query, const char *domain, struct arena *arena,
                     struct mam_query *ret);

/* Appends the <query/> that answers an iq of type get: which filters there are. */
void mam_form_out(struct xml_out *out);

struct mam_item {
    struct mam_place place;
    int64_t at;          /* ms */
    const char *chat;    /* local part */
    const char *author;  /* "Patron", "Desk", "Note", or the operator's name */
    const char *body;
};

struct mam_page {
    size_t count;
    struct mam_item *items; /* as they are sent */
    bool complete;          /* nothing lies beyond, in the direction of the paging */
};

/* Reads a page; the library's and queue's ids are the database's. In the transaction of a permit
 * for the library. All of the page is in the arena. */
bool mam_fetch(PGconn *database, int64_t library, int64_t queue, const struct mam_query *query,
               struct arena *arena, struct mam_page *ret, struct error *reterr);

/* Appends the messages of the page and the answer to the iq. `queue` is the address asked, `to` the
 * full JID that did. */
void mam_page_out(const struct mam_page *page, const struct mam_query *query, const char *queue,
                  const char *domain, const char *to, const char *id, struct xml_out *out);

#endif
