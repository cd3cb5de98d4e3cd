/* print.c: an effect as a line that a librarian can read. */
#include <string.h>

#include "policy/date.h"
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
                                   "idle", "refused",  "removed",
                                   "blocked", "left"};
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

/* A wall clock: the scenarios' zone is UTC. */
static void print_wall(struct world *world, msec_t wall)
{
    long long minutes = (wall - world->midnight) / 60000, day = minutes / MINUTES_A_DAY;

    fprintf(world->out, "%02lld:%02lld", minutes / 60 % 24, minutes % 60);
    if (day > 0)
        fprintf(world->out, " %lld day%s later", day, day == 1 ? "" : "s");
}

static void print_duty(struct world *world, const struct duty_record *duty)
{
    fprintf(world->out, "store %s is %s duty", operator_alias(world, duty->operator),
            duty->off ? "off" : "on");
    if (duty->queue != 0)
        fprintf(world->out, " for %s", queue_alias(world, duty->queue));
    if (duty->until != 0) {
        fputs(" until ", world->out);
        print_wall(world, duty->until);
    }
    if (duty->max != 0)
        fprintf(world->out, ", at most %d chats", duty->max);
    fputc('\n', world->out);
}

static void print_duty_log(struct world *world, const struct duty_log_record *log)
{
    print_time(world, '>');
    fprintf(world->out, "log %s %s duty for %s\n", operator_alias(world, log->operator),
            log->on ? "on" : "off", queue_alias(world, log->queue));
}

static void print_block(struct world *world, const struct block_record *block)
{
    fprintf(world->out, "store %s is blocked at %s by %s until ",
            name_from_jid(world, block->patron), library_alias(world, block->library),
            operator_alias(world, block->operator));
    print_wall(world, block->until);
    fputc('\n', world->out);
}

static void print_followup(struct world *world, const struct followup_record *followup)
{
    fprintf(world->out, "store #%lld %s ", (long long)followup->chat,
            followup->kind == FOLLOWUP_LEFT ? "left question" : "follow-up");
    if (followup->done_at != 0)
        fprintf(world->out, "done by %s\n", operator_alias(world, followup->done_by));
    else if (followup->told_to != 0)
        fprintf(world->out, "told to %s\n", operator_alias(world, followup->told_to));
    else
        fputs("open\n", world->out);
}

static void print_record(struct world *world, const struct effect *effect)
{
    print_time(world, '>');
    switch (effect->type) {
    case EFFECT_STORE_CHAT:
        print_chat(world, &effect->chat);
        return;
    case EFFECT_STORE_MOVE:
        fprintf(world->out, "store #%lld moves to %s\n", (long long)effect->move.chat,
                queue_alias(world, effect->move.queue));
        return;
    case EFFECT_STORE_LINE:
        fprintf(world->out, "store #%lld line %d by %s", (long long)effect->line.chat,
                effect->line.line,
                effect->line.author == AUTHOR_OPERATOR
                    ? operator_alias(world, effect->line.operator)
                    : authors[effect->line.author]);
        if (effect->line.replaces != 0)
            fprintf(world->out, " for line %d", effect->line.replaces);
        if (effect->line.body[0] == '\0')
            fputs(" without text", world->out);
        fputc('\n', world->out);
        return;
    case EFFECT_STORE_OFFER:
        fprintf(world->out, "store #%lld offer to %s %s\n", (long long)effect->offer.chat,
                operator_alias(world, effect->offer.operator), outcomes[effect->offer.outcome]);
        return;
    case EFFECT_STORE_DUTY:
        print_duty(world, &effect->duty);
        return;
    case EFFECT_STORE_BLOCK:
        print_block(world, &effect->block);
        return;
    case EFFECT_STORE_FOLLOWUP:
        print_followup(world, &effect->followup);
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
    fprintf(world->out, "to %s from %s", to, address_to_alias(world, effect->from));
    if (effect->message.headline)
        fputs(", headline", world->out);
    if (effect->message.mark.type == MARK_FOLLOWUP) {
        fputs(", delayed", world->out);
    } else if (effect->message.delayed != 0) {
        long long seconds = (effect->message.delayed - world->midnight) / 1000;
        fprintf(world->out, " again (%s %s, said at %02lld:%02lld:%02lld)",
                effect->message.own ? "own line" : "line",
                line_alias(world, effect->message.id), seconds / 3600, seconds / 60 % 60,
                seconds % 60);
    }
    fputs(": ", world->out);
    print_quoted(world, effect->message.body);
    if (effect->message.replaces != NULL)
        fprintf(world->out, " for line %s", strrchr(effect->message.replaces, '-') + 1);
    if (effect->message.link)
        fputs(" as a link", world->out);
    fputc('\n', world->out);
}

static void print_resume(struct world *world, const struct effect *effect, const char *to)
{
    static const char *const words[] = {
        [RESUME_DONE] = "that was all",
        [RESUME_GONE] = "there is no such chat",
        [RESUME_MOVED] = "this chat goes on elsewhere",
    };

    if (effect->resume.answer == RESUME_TOKEN)
        fprintf(world->out, "%s gives token t%d to %s\n", effect->from, world->token_count, to);
    else
        fprintf(world->out, "%s tells %s: %s\n", effect->from, to,
                words[effect->resume.answer]);
}

void print_effect(struct world *world, const struct effect *effect)
{
    if (effect->type == EFFECT_STORE_DUTY_LOG) {
        if (world->show_duty && world->log_is_news)
            print_duty_log(world, &effect->duty_log);
        return;
    }
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
    } else if (effect->type == EFFECT_RESUME) {
        print_resume(world, effect, to);
    } else if (effect->type == EFFECT_REPLAY) {
        fprintf(world->out, "replay #%lld\n", (long long)effect->recall);
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
