/* say.c: notices to operators: not part of the transcript, and lost with the process. */
#include "routing/routing_private.h"

void say_to_operator(struct routing *routing, const struct operator *operator,
                     const char *from_address, const char *body)
{
    if (!operator_is_present(operator))
        return; /* the server would keep it and show it days later */
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);
    effect->from = kept(routing, from_address);
    effect->to = kept(routing, operator->account);
    effect->message.id = "";
    effect->message.body = kept(routing, body);
    effect->message.private = true;
}
