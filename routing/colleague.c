/* colleague.c: operators write to each other by their public addresses. What they say is passed on
 * and forgotten: it is no chat, nobody's transcript, and no record of it exists. */
#include <assert.h>

#include "policy/arena.h"
#include "routing/routing_private.h"

/* From the writer's own public address, so that an answer comes back the same way. */
static void colleague_relay(struct routing *routing, const struct operator *writer,
                            const struct operator *reader, const char *body)
{
    const struct last_line none = {0};
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);

    effect->from = kept(routing, writer->name);
    effect->to = kept(routing, reader->account);
    effect->message.id = kept(routing, routing->event->message.id);
    effect->message.body = kept(routing, line_compose(routing, body, &none).body);
    effect->message.private = true;
}

void colleague_writes(struct routing *routing, struct operator *writer, struct operator *reader)
{
    struct arena *arena = routing->out->arena;
    const char *body = routing->event->message.body;
    const char *name = reader->title[0] != '\0' ? reader->title : reader->name;

    assert(reader->listed);
    if (body[0] == '!' && body[1] != '!') {
        word_run(routing, writer, NULL, body);
        return;
    }
    if (body[0] == '!')
        body++;
    if (writer == reader)
        say_unasked(routing, writer, reader->name,
                    "This is your own address: patrons and colleagues can write to you here. "
                    "The desk understands words that begin with !, such as !help.");
    else if (!operator_is_present(reader))
        say_unasked(routing, writer, reader->name,
                    arena_printf(arena, "%s is not here now. Your line was not sent.", name));
    else if (rate_count(&writer->talk, routing->event->at) > COLLEAGUE_LINES_A_MINUTE_MAX)
        say_unasked(routing, writer, reader->name,
                    "These are too many lines for one minute. Your line was not sent.");
    else
        colleague_relay(routing, writer, reader, body);
}

void colleague_types(struct routing *routing, const struct operator *writer,
                     const struct operator *reader)
{
    if (writer == reader || !reader->listed || !operator_is_present(reader))
        return;
    struct effect *effect = effects_add(routing->out, EFFECT_CHAT_STATE);
    effect->from = kept(routing, writer->name);
    effect->to = kept(routing, reader->account);
    effect->chat_state = routing->event->chat_state;
}
