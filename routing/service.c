/* service.c: the service's own address as a contact: there whenever we are.
 *
 * Whoever works here is asked to be seen in turn: then we know who can be asked for help. */
#include <string.h>

#include "policy/rights.h"
#include "routing/routing_private.h"

static void subscription_tell(struct routing *routing, enum subscription subscription)
{
    struct effect *effect = effects_add(routing->out, EFFECT_SUBSCRIPTION);

    effect->from = "";
    effect->to = kept(routing, routing->event->from);
    effect->subscription = subscription;
}

static bool works_here(const struct routing *routing)
{
    const struct consortium *settings = routing->settings;
    const char *account = routing->event->from;

    if (rights_is_coordinator(settings, account) ||
        operator_by_account(routing, account) != NULL)
        return true;
    for (size_t i = 0; i < settings->library_count; i++)
        if (rights_is_admin(settings, account, (int)i))
            return true;
    return false;
}

void service_seen(struct routing *routing)
{
    const struct event *event = routing->event;

    if (event->type == EVENT_SUBSCRIPTION && event->subscription != SUBSCRIBE)
        return;
    if (event->type == EVENT_SUBSCRIPTION) {
        subscription_tell(routing, SUBSCRIBED);
        if (works_here(routing))
            subscription_tell(routing, SUBSCRIBE);
    }
    struct effect *effect = effects_add(routing->out, EFFECT_PRESENCE);
    effect->from = "";
    effect->to = kept(routing, event->from);
    effect->presence.show = SHOW_AVAILABLE;
    effect->presence.status = "The commands of the desk";
}
