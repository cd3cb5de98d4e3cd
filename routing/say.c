/* say.c: notices to operators: not part of the transcript, and lost with the process. */
#include <assert.h>
#include <limits.h>
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

int rate_count(struct rate *rate, msec_t now)
{
    if (now - rate->since >= 60000) {
        rate->since = now;
        rate->count = 0;
    }
    assert(rate->count < INT_MAX); /* no minute has so many events */
    return ++rate->count;
}

bool answer_is_due(struct routing *routing, struct operator *operator, const char *from_address)
{
    int count = rate_count(&operator->answers, routing->event->at);

    if (count == ANSWERS_A_MINUTE_MAX)
        say_to_operator(routing, operator, from_address,
                        "Many lines of yours went nowhere within a minute. "
                        "The desk is silent about the next ones.");
    return count < ANSWERS_A_MINUTE_MAX;
}

void say_unasked(struct routing *routing, struct operator *operator, const char *from_address,
                 const char *body)
{
    if (answer_is_due(routing, operator, from_address))
        say_to_operator(routing, operator, from_address, body);
}
