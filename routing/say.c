/* say.c: notices to operators: not part of the transcript, and lost with the process. */
#include <string.h>

#include "routing/routing_private.h"

void say_to_operator(struct routing *routing, const struct operator *operator,
                     const char *from_address, const char *body)
{
    const struct event *event = routing->event;
    bool asks = event->type == EVENT_MESSAGE && strcmp(event->from, operator->account) == 0;

    if (!operator_is_present(operator) && !asks)
        return; /* the server would keep it and show it days later */
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);
    effect->from = kept(routing, from_address);
    /* Whoever writes is there, even if no queue may see it. */
    effect->to = operator_is_present(operator)
                     ? kept(routing, operator->account)
                     : jid_full(routing, event->from, event->resource);
    effect->message.id = "";
    effect->message.body = kept(routing, body);
    effect->message.private = true;
}
