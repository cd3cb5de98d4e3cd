#include "component/lease.h"

#include <assert.h>

void lease_session(struct lease *lease)
{
    lease->looked = lease->seen_held = false;
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
}

int64_t lease_renew_at(const struct lease *lease)
{
    return lease->next;
}

int64_t lease_lapses_at(const struct lease *lease)
{
    return lease->ours ? lease->sent + LEASE_HOLD_MS : INT64_MIN;
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
        lease->seen_held = false;
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
    bool saw_held = lease->seen_held;

    if (sight->held) {
        lease->seen_held = true;
        if (!sight->renews)
            return LEASE_WAIT; /* as long as its session is there, it lives */
        bool over =
            seen >= LEASE_TAKE_MS || (sight->age_ms >= LEASE_TAKE_MS && seen >= LEASE_SEEN_MS);
        return over ? LEASE_EVICT : LEASE_WAIT;
    }
    return saw_held || sight->ended || seen >= LEASE_TAKE_MS ? LEASE_TAKE : LEASE_WAIT;
}
