#include "component/lease.h"

#include <assert.h>

void lease_session(struct lease *lease)
{
    lease->looked = lease->seen_held = lease->freed = false;
}

void lease_sent(struct lease *lease, int64_t now)
{
    lease->next = now + LEASE_RENEW_MS;
}

void lease_renewed(struct lease *lease, int64_t sent)
{
    assert(!lease->ours || sent >= lease->sent);
    if (!lease->ours)
        lease->next = sent + LEASE_RENEW_MS;
    lease->ours = true;
    lease->sent = sent;
    lease->cut = false;
}

void lease_cut(struct lease *lease, int64_t now)
{
    if (!lease->cut)
        lease->cut_at = now;
    lease->cut = true;
}

int64_t lease_renew_at(const struct lease *lease)
{
    return lease->next;
}

int64_t lease_lapses_at(const struct lease *lease)
{
    if (!lease->ours)
        return INT64_MIN;
    int64_t end = lease->sent + LEASE_HOLD_MS;
    return lease->cut && lease->cut_at + LEASE_DOUBT_MS < end ? lease->cut_at + LEASE_DOUBT_MS
                                                              : end;
}

bool lease_may_write(const struct lease *lease, int64_t now)
{
    return now < lease_lapses_at(lease);
}

/* Counts from the reading of the first answer that shows this renewal to the sending of the
 * question that shows it still: what we slept in between is not counted. */
static int64_t seen_for(struct lease *lease, const struct lease_sight *sight, int64_t asked,
                        int64_t now)
{
    if (!lease->looked || lease->epoch != sight->epoch)
        lease->seen_held = lease->freed = false;
    if (!lease->looked || lease->epoch != sight->epoch || lease->renewed != sight->renewed) {
        lease->looked = true;
        lease->epoch = sight->epoch;
        lease->renewed = sight->renewed;
        lease->since = now;
    }
    return asked - lease->since;
}

enum lease_verdict lease_look(struct lease *lease, const struct lease_sight *sight, int64_t asked,
                              int64_t now)
{
    if (!sight->any)
        return LEASE_TAKE;
    int64_t seen = seen_for(lease, sight, asked, now);

    if (sight->held) {
        lease->seen_held = true;
        lease->freed = false;
        if (!sight->renews)
            return LEASE_WAIT; /* as long as its session is there, it lives */
        bool over =
            seen >= LEASE_TAKE_MS || (sight->age_ms >= LEASE_TAKE_MS && seen >= LEASE_SEEN_MS);
        return over ? LEASE_EVICT : LEASE_WAIT;
    }
    if (!lease->freed)
        lease->freed_at = now;
    lease->freed = true;
    bool gone = lease->seen_held && asked - lease->freed_at >= LEASE_FREE_MS;
    return gone || sight->ended || seen >= LEASE_TAKE_MS ? LEASE_TAKE : LEASE_WAIT;
}
