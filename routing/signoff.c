/* signoff.c: an administrator takes an operator off duty, who has left without a word. */
#include "policy/arena.h"
#include "routing/routing_private.h"

static struct operator *operator_listed(const struct routing *routing, int64_t id)
{
    struct operator *operator = operator_by_id(routing, id);

    return operator != NULL && operator->listed ? operator : NULL;
}

/* As by !off: open chats go on, offers go to others. The operator reads who it was, to ask. */
void signoff_received(struct routing *routing)
{
    struct arena *arena = routing->out->arena;
    struct operator *operator = operator_listed(routing, routing->event->signoff.operator);

    if (operator == NULL) {
        answer_command(routing, NULL);
        return;
    }
    const char *label = operator_label(routing, operator);
    int chats = operator->chat_count;
    if (operator->off) {
        answer_command(routing, arena_printf(arena, "%s is off duty already.", label));
        return;
    }
    duty_set(routing, operator, true, 0);
    say_to_operator(routing, operator, "",
                    arena_printf(arena,
                                 "%s has taken you off duty for all your queues. Write !on to be "
                                 "asked again.%s",
                                 routing->event->from, chats > 0 ? " Your open chats go on." : ""));
    if (chats > 0)
        label = arena_printf(arena, "%s (%d open chat%s on)", label, chats,
                             chats == 1 ? " goes" : "s go");
    answer_command(routing, arena_printf(arena, "Off duty for all queues: %s.", label));
}
