/* help.h: requests for help in the database, kept until they are closed.
 *
 * Plain blocking functions inside the transaction of a permit, whose role and tenant say what can
 * be seen: a library's requests, or as the consortium as a whole all that are its coordinators' to
 * answer. Texts are people's words about the desk. */
#ifndef DESKBELL_COMPONENT_HELP_H
#define DESKBELL_COMPONENT_HELP_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/error.h"

struct arena;

enum {
    HELP_TEXT_CHARACTERS_MAX = 4000, /* and of an answer; the schema holds it, too */
    HELP_WISH_CHARACTERS_MAX = 1000,
    HELP_REFERENCE_CHARACTERS_MAX = 100,
    HELP_OPEN_MAX = 20,  /* of one account: whoever has more is better served by a phone */
    HELP_LIST_MAX = 200, /* to choose from, the oldest first */
    HELP_KEPT_DAYS = 365 /* behind its end */
};

#define HELP_KIND_ROLLOVER "rollover"
#define HELP_KIND_COVERAGE "holiday coverage"

/* Who answers it. */
enum help_tier { HELP_AT_LIBRARY, HELP_AT_CONSORTIUM };
enum help_state { HELP_OPEN, HELP_ESCALATED, HELP_CLOSED };

struct help_request {
    int64_t number;
    int64_t library; /* the database's id; 0: a coordinator's own */
    const char *account, *kind, *text;
    int64_t queue;         /* the database's id; 0: none */
    const char *wish;      /* see schema/014_help.sql; NULL: none */
    enum help_tier tier;
    enum help_state state;
    const char *reference; /* the vendor's; "" for none */
    const char *answer;    /* the last; "" for none */
    const char *at;        /* "2026-11-24 10:00" where it is asked to be read */
};

/* Whose requests are meant. */
struct help_scope {
    int64_t consortium;
    int64_t library;     /* 0: of all that can be seen */
    const char *account; /* only those that this one has asked; NULL: everybody's */
    bool consortium_only; /* only those that the coordinators answer */
    const char *zone;    /* of the times */
};

/* Keeps it (number, tier, kind, text, queue and wish are read; state and the rest begin anew), and
 * forgets what was closed long ago. *ret_number is 0, and nothing is kept, where the account has
 * HELP_OPEN_MAX that are not closed. */
bool help_ask(PGconn *database, int64_t consortium, const struct help_request *request,
              int64_t *ret_number, struct error *reterr);

/* Those that are not closed, the oldest first, at most HELP_LIST_MAX. All in the arena. */
bool help_list(PGconn *database, const struct help_scope *scope, struct arena *arena,
               struct help_request **ret_list, size_t *ret_count, struct error *reterr);

/* One of them, which nobody else changes until the transaction ends; *ret NULL: it is none of them,
 * or closed. */
bool help_find(PGconn *database, const struct help_scope *scope, int64_t number,
               struct arena *arena, struct help_request **ret, struct error *reterr);

/* Writes down tier, state, reference and answer, and who changed it. */
bool help_change(PGconn *database, int64_t consortium, const struct help_request *request,
                 const char *account, struct error *reterr);

/* How many requests wait for this account, and since when ("2026-11-24"); in any transaction as
 * deskbell_settings. */
bool help_waiting(PGconn *database, int64_t consortium, const char *account, const char *zone,
                  struct arena *arena, int64_t *ret_count, const char **ret_since,
                  struct error *reterr);

#endif
