/* print.c: an effect as a line that a librarian can read. */
#include <string.h>

#include "test/scenario/world.h"

static const char *const shows[] = {"unavailable", "chat", "available", "away", "xa", "dnd"};
static const char *const states[] = {"active", "composing", "paused", "inactive", "gone"};
static const char *const subscriptions[] = {"subscribe", "subscribed", "unsubscribe",
                                            "unsubscribed"};
static const char *const outcomes[] = {"open", "claimed", "lost", "declined", "withdrawn"};
static const char *const acts[] = {"opened",      "asked",       "claimed", "returned",
                                   "transfer offered", "transfer ended", "transferred", "tagged",
                                   "patron gone", "patron back", "closed"};
static const char *const chat_states[] = {"waiting", "claimed", "closed"};
static const char *const ends[] = {"",     "operator", "patron",
                                   "idle", "refused",  "removed"};
static const char *const resolutions[] = {"", "answered", "followup", "lost", "practice"};
static const char *const authors[] = {"patron", "operator", "desk", "note"};
static const char *const refusals[] = {"not found", "not allowed", "unavailable"};

void print_time(struct world *world, char direction)
{
    long long seconds = world->now / 1000;

    fprintf(world->out, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (world->now % 1000 != 0)
        fprintf(world->out, ".%03lld", (long long)world->now % 1000);
    fprintf(world->out, " %c ", direction);
}

/* Lines of a body are shown as \n, so that one effect is one line. */
static void print_quoted(struct world *world, const char *text)
{
    fputc('"', world->out);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", world->out);
        else
            fputc(*text, world->out);
    }
    fputc('"', world->out);
}

static void print_chat(struct world *world, const struct chat_record *chat)
{
    fprintf(world->out, "store #%lld %s", (long long)chat->number, chat_states[chat->state]);
    if (chat->owner != 0)
        fprintf(world->out, " by %s for %s", operator_alias(world, chat->owner),
                queue_alias(world, chat->answering_queue));
    if (chat->end != END_NONE)
        fprintf(world->out, " end %s", ends[chat->end]);
    if (chat->resolution != RESOLUTION_NONE)
        fprintf(world->out, " as %s", resolutions[chat->resolution]);
    fputc('\n', world->out);
}

static void print_record(struct world *world, const struct effect *effect)
{
    print_time(world, '>');
    switch (effect->type) {
    case EFFECT_STORE_CHAT:
        print_chat(world, &effect->chat);
        return;
    case EFFECT_STORE_LINE:
        fprintf(world->out, "store #%lld line %d by %s\n", (long long)effect->line.chat,
                effect->line.line,
                effect->line.author == AUTHOR_OPERATOR
                    ? operator_alias(world, effect->line.operator)
                    : authors[effect->line.author]);
        return;
    case EFFECT_STORE_OFFER:
        fprintf(world->out, "store #%lld offer to %s %s\n", (long long)effect->offer.chat,
                operator_alias(world, effect->offer.operator), outcomes[effect->offer.outcome]);
        return;
    default: /* the caller knows that it is a record */
        fprintf(world->out, "store #%lld %s%s%s\n", (long long)effect->act.chat,
                acts[effect->act.act], effect->act.detail[0] != '\0' ? " " : "",
                effect->act.detail);
        return;
    }
}

static void print_message(struct world *world, const struct effect *effect, const char *to)
{
    fprintf(world->out, "to %s from %s: ", to, address_to_alias(world, effect->from));
    print_quoted(world, effect->message.body);
    fputc('\n', world->out);
}

void print_effect(struct world *world, const struct effect *effect)
{
    if (effect_is_record(effect)) {
        if (world->show_records)
            print_record(world, effect);
        return;
    }
    bool about_presence = effect->type == EFFECT_PRESENCE || effect->type == EFFECT_SUBSCRIPTION ||
                          effect->type == EFFECT_PROBE;
    if (about_presence && !world->show_presence)
        return;
    const char *to = effect->to == NULL ? "" : name_from_jid(world, effect->to);
    const char *from = effect->from == NULL ? "" : address_to_alias(world, effect->from);
    print_time(world, '>');
    if (!world->sending)
        fputs("(lost) ", world->out);
    if (effect->type == EFFECT_MESSAGE) {
        print_message(world, effect, to);
    } else if (effect->type == EFFECT_PRESENCE) {
        fprintf(world->out, "%s shows %s %s: \"%s\"\n", from, to, shows[effect->presence.show],
                effect->presence.status);
    } else if (effect->type == EFFECT_CHAT_STATE) {
        fprintf(world->out, "%s is %s to %s\n", from, states[effect->chat_state], to);
    } else if (effect->type == EFFECT_RECEIPT) {
        fprintf(world->out, "receipt of %s to %s\n", effect->receipt, to);
    } else if (effect->type == EFFECT_ERROR) {
        fprintf(world->out, "refuse %s of %s, %s: \"%s\"\n", effect->error.id, to,
                refusals[effect->error.refusal], effect->error.text);
    } else if (effect->type == EFFECT_SUBSCRIPTION) {
        fprintf(world->out, "%s %s %s\n", from, subscriptions[effect->subscription], to);
    } else if (effect->type == EFFECT_RECALL) {
        fprintf(world->out, "recall #%lld\n", (long long)effect->recall);
    } else if (effect->type == EFFECT_ANSWER) {
        fprintf(world->out, "answer to %s at %s: ", to,
                from[0] == '\0' ? "the service" : from);
        print_quoted(world, effect->answer.text == NULL ? "(nothing)" : effect->answer.text);
        fputc('\n', world->out);
    } else {
        fprintf(world->out, "%s %s %s\n", from,
                effect->type == EFFECT_PROBE ? "probes" : "pings", to);
    }
}
