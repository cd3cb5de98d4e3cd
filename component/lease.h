/* lease.h: who may serve the consortium, decided from what was seen; no clock, no I/O.
 *
 * The holder renews its lease in the database every second, and may write to its stream while the
 * last renewal is younger than LEASE_HOLD_MS by its own monotonic clock: counted from when the
 * renewal was sent, which is before the database dated it.
 *
 * A standby looks at the lease. It takes over at once when the holder ended in order, or when
 * nobody ever served. It takes over soon when it saw, in this session of its own, the holder's
 * session, and that has been gone for LEASE_FREE_MS: the holder is dead, or cut off from the
 * database. It takes over in the end when nothing was renewed for LEASE_TAKE_MS: a session of the
 * holder that is still there is ended then, for it hangs.
 *
 * A holder that is cut off cannot know whether a standby is, too. So who loses the session without
 * a word of the server has LEASE_DOUBT_MS to be back, and may not write any more after that. A
 * server that says good-bye is down for all, and costs the holder nothing but time.
 *
 * A standby whose own session is new did not see how the holder's ended: perhaps both by a restart
 * of the database. So it counts LEASE_TAKE_MS from its first look, and the holder, who knows that
 * the epoch is its own, comes back first.
 *
 * The database's clock dates the renewals and says how old the last one is. It may be set: so its
 * word that a lease is too old counts only once we looked on for LEASE_SEEN_MS by our own clock
 * without a new renewal, and LEASE_TAKE_MS by our own clock are enough whatever it says.
 *
 * Times are in milliseconds of the caller's monotonic clock, which goes on while the process is
 * stopped. The struct is plain: start from zeros. */
#ifndef DESKBELL_COMPONENT_LEASE_H
#define DESKBELL_COMPONENT_LEASE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LEASE_RENEW_MS = 1000, /* between the sendings of two renewals */
    LEASE_HOLD_MS = 8000,  /* so long after a renewal was sent the holder may write */
    /* So long after a renewal nobody else does. The four seconds between are for clocks that run
     * at different speed, and for a write that was decided on just before. */
    LEASE_TAKE_MS = 12000,
    /* So long we looked on ourselves before the database's word counts: longer than the holder
     * writes after the last renewal that we can have missed. */
    LEASE_SEEN_MS = LEASE_HOLD_MS + LEASE_RENEW_MS,
    LEASE_LOOK_MS = 50, /* between two looks of a standby */
    LEASE_DOUBT_MS = 150,
    LEASE_FREE_MS = 200 /* with the look before: of this is the gap after a death made */
};

/* What one look at the database shows. */
struct lease_sight {
    bool any;        /* somebody has served once: else nothing below counts */
    bool ended;      /* the holder of that epoch said that it ends, after its last write */
    bool renews;     /* the holder is one that renews; else its session is all there is to go by */
    bool held;       /* a session other than ours has the lock */
    int64_t epoch;   /* the newest */
    int64_t renewed; /* the last renewal's date there: compared for being another only */
    int64_t age_ms;  /* of it by the database's clock, which may say nonsense */
};

struct lease {
    /* The holder's. */
    bool ours;
    int64_t sent; /* when the renewal that was answered last was sent */
    int64_t next; /* when to send the next */
    bool cut;     /* its session was, and there is no other yet */
    int64_t cut_at;

    /* The standby's, of this session. */
    bool looked;
    bool seen_held; /* in this epoch */
    bool freed;     /* and not held since then */
    int64_t freed_at;
    int64_t epoch, renewed, since; /* the renewal seen last, and when it was first seen */
};

enum lease_verdict {
    LEASE_WAIT, /* look again after LEASE_LOOK_MS */
    LEASE_TAKE, /* ask for the lock; whoever has got it before us is served by another look */
    LEASE_EVICT /* the same, after the session that has the lock was ended */
};

/* A new session of ours with the database: what an older one saw does not count. The holder's own
 * lease goes on: it is dated, whatever session renewed it. */
void lease_session(struct lease *lease);

/* A renewal is sent. */
void lease_sent(struct lease *lease, int64_t now);
/* The one that was sent at `sent` was answered: we are the holder. Taking the epoch is a renewal.
 */
void lease_renewed(struct lease *lease, int64_t sent);
/* When the next is to be sent, if none is under way. */
int64_t lease_renew_at(const struct lease *lease);

/* The holder's session is gone, without a word of the server. The next renewal ends the doubt. */
void lease_cut(struct lease *lease, int64_t now);

/* Whether the holder may write to its stream now. To be asked with a fresh clock before each
 * write: the process may have been stopped since it looked last. */
bool lease_may_write(const struct lease *lease, int64_t now);
/* From when on it may not, if nothing is renewed; INT64_MIN: it may not now or ever before. */
int64_t lease_lapses_at(const struct lease *lease);

/* The standby: `sight` is the answer to a look that was sent at `asked` and read at `now`. */
enum lease_verdict lease_look(struct lease *lease, const struct lease_sight *sight, int64_t asked,
                              int64_t now);

#endif
