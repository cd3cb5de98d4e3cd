/* rights.h: who may do what, for which library.
 *
 * A right is held through a bundle (a consortium's coordinators, a library's administrators, a
 * library's operators) or by a single grant. What each bundle holds and the single grants come
 * from the database with the settings. This judges what is listed and each step of a command; the
 * database judges once more in the transaction that does the work. */
#ifndef DESKBELL_POLICY_RIGHTS_H
#define DESKBELL_POLICY_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct consortium;

/* In the order in which people read them. */
enum right {
    RIGHT_NONE, /* needs none */
    RIGHT_LIBRARIES,
    RIGHT_POLICY,
    RIGHT_PEOPLE,
    RIGHT_QUEUES,
    RIGHT_HOURS,
    RIGHT_TEXTS,
    RIGHT_BLOCKS,
    RIGHT_GRANTS,
    RIGHT_TRANSCRIPTS,
    RIGHT_TRANSCRIPTS_OWN, /* those of chats that the account itself has answered */
    RIGHT_ERASE,
    RIGHT_STATISTICS,
    RIGHT_FOLLOWUPS,
    RIGHT_AUDIT,
    RIGHT_DESK,
    RIGHT_HELP, /* to answer requests for help */
    RIGHTS_END
};

enum bundle { BUNDLE_COORDINATOR, BUNDLE_ADMIN, BUNDLE_OPERATOR, BUNDLES_END };

/* A set of rights: bit RIGHT_x. */
typedef uint32_t right_set;

#define RIGHT_BIT(right) ((right_set)1 << (right))

/* A right that one account holds beside its bundles. */
struct grant {
    const char *account; /* bare JID */
    enum right right;
    int64_t library; /* the database's id; 0: the whole consortium and each of its libraries */
};

struct grants {
    right_set bundles[BUNDLES_END];
    size_t count;
    struct grant *list;
};

/* What the bundles hold where nothing else is said: of a file, and of a database that is new. */
extern const right_set rights_default[BUNDLES_END];

/* "transcripts-own"; "" for RIGHT_NONE. Never NULL. */
const char *right_name(enum right right);
/* False when no right has that name. */
bool right_find(const char *name, enum right *ret);
/* "coordinator", "admin", "operator". */
const char *bundle_name(enum bundle bundle);
bool bundle_find(const char *name, enum bundle *ret);

/* Through what an account holds a right; the first of these that applies. */
enum holding {
    HELD_NOT,
    HELD_AS_OPERATOR,
    HELD_AS_ADMIN,
    HELD_BY_GRANT,      /* for that library */
    HELD_AS_COORDINATOR /* or by a grant for the whole consortium: as somebody from outside of the
                           library, who has to give a reason for what is the library's own */
};

/* `library` is an index; NO_INDEX: the consortium as a whole. Nobody holds RIGHT_NONE. */
enum holding rights_holding(const struct consortium *consortium, const char *account,
                            enum right right, int library);

bool rights_holds(const struct consortium *consortium, const char *account, enum right right,
                  int library);

/* The libraries for which the account holds the right, ascending by name: up to `max` indices in
 * `ret` (NULL: they are only counted). How many there are. */
size_t rights_libraries(const struct consortium *consortium, const char *account,
                        enum right right, int *ret, size_t max);

/* What the account is, beside what it is granted. */
bool rights_is_coordinator(const struct consortium *consortium, const char *account);
bool rights_is_admin(const struct consortium *consortium, const char *account, int library);
/* The index of the account's operator; NO_INDEX when it is none. */
int rights_operator(const struct consortium *consortium, const char *account);

#endif
