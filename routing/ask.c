/* ask.c: whom a waiting chat is offered to, tier by tier, and what its patron is told meanwhile. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

struct offer *offer_find(const struct chat *chat, const struct operator *operator)
{
    struct offer *offer;

    TAILQ_FOREACH(offer, &chat->offers, of_chat)
        if (offer->operator == operator)
            return offer;
    return NULL;
}

struct offer *offer_new(struct chat *chat, struct operator *operator, struct queue *via)
{
    struct offer *offer = mem_new(sizeof *offer);

    assert(offer_find(chat, operator) == NULL);
    offer->chat = chat;
    offer->operator = operator;
    offer->via = via;
    TAILQ_INSERT_TAIL(&chat->offers, offer, of_chat);
    TAILQ_INSERT_TAIL(&operator->offers, offer, of_operator);
    chat->open_offer_count++;
    operator->open_offer_count++;
    return offer;
}

void offer_shut(struct offer *offer)
{
    if (offer->declined)
        return;
    offer->declined = true;
    assert(offer->chat->open_offer_count > 0);
    assert(offer->operator->open_offer_count > 0);
    offer->chat->open_offer_count--;
    offer->operator->open_offer_count--;
}

struct offer *offer_free(struct offer *offer)
{
    offer_shut(offer);
    TAILQ_REMOVE(&offer->chat->offers, offer, of_chat);
    TAILQ_REMOVE(&offer->operator->offers, offer, of_operator);
    free(offer);
    return NULL;
}

void offer_store(struct routing *routing, const struct offer *offer, enum offer_outcome outcome)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_OFFER);

    effect->offer.chat = offer->chat->number;
    effect->offer.operator = offer->operator->id;
    effect->offer.queue = offer->via->id;
    effect->offer.at = routing->event->wall;
    effect->offer.outcome = outcome;
}

static const char *line_author(const struct routing *routing, const struct kept_line *line)
{
    const struct operator *operator = operator_by_id(routing, line->operator);

    if (line->author == AUTHOR_PATRON)
        return "Patron";
    return operator != NULL ? operator->name : "Librarian";
}

/* Who answers a move takes the chat for the library, and should know before. */
static const char *transfer_terms(struct routing *routing, const struct chat *chat)
{
    if (chat->transfer->kind != TRANSFER_MOVE)
        return "";
    return arena_printf(routing->out->arena, "; it becomes %s's",
                        queue_library_title(routing, chat->transfer->queue));
}

/* Whom the patron asked: the queue, or somebody there by name. */
static const char *offer_address(struct routing *routing, const struct chat *chat)
{
    if (chat->entry.operator == NULL || chat_has_moved(chat))
        return chat->home->name;
    return arena_printf(routing->out->arena, "%s, for %s", chat->home->name,
                        chat->entry.operator->name);
}

/* What was said so far, below what the operator has to know. Where others than the patron have
 * words in it, it says whose they are. */
static const char *offer_text(struct routing *routing, const struct offer *offer)
{
    struct arena *arena = routing->out->arena;
    const struct chat *chat = offer->chat;
    const char *introduction = library_introduce(routing, offer);
    const char *gap = introduction[0] == '\0' ? " " : "\n";
    const char *text = arena_printf(arena, "[%s]%s%s", offer_address(routing, chat),
                                    introduction[0] == '\0' ? "" : " ", introduction);
    struct kept_line *line;
    bool answered = chat->transfer != NULL || chat->text_lost;

    if (chat->transfer != NULL)
        text = arena_printf(arena, "%s%s%s hands this chat over%s%s%s", text, gap,
                            operator_label(routing, chat->owner), transfer_terms(routing, chat),
                            chat->transfer->note[0] == '\0' ? "" : ": ", chat->transfer->note);
    STAILQ_FOREACH(line, &chat->lines, entry)
        answered = answered || line->author != AUTHOR_PATRON;
    if (answered)
        text = chat->transfer != NULL ? arena_printf(arena, "%s\nSo far:", text)
                                      : arena_printf(arena, "%s%sThe chat so far:", text, gap);
    if (chat->text_lost)
        text = arena_printf(arena, "%s\n%s", text,
                            STAILQ_EMPTY(&chat->lines)
                                ? "(Nothing was kept of what was said before.)"
                                : "(Of some of what was said nothing was kept.)");
    STAILQ_FOREACH(line, &chat->lines, entry)
    {
        if (answered || introduction[0] != '\0')
            text = arena_printf(arena, "%s\n%s%s: %s", text,
                                line->author == AUTHOR_NOTE ? "Note by " : "",
                                line_author(routing, line), line->body);
        else
            text = arena_printf(arena, "%s%s%s", text,
                                line == STAILQ_FIRST(&chat->lines) ? " " : "\n", line->body);
    }
    return text;
}

void offer_say(struct routing *routing, const struct offer *offer, const char *body)
{
    const struct chat *chat = offer->chat;
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);

    effect->from = kept(routing, chat->address);
    effect->to = kept(routing, offer->operator->account);
    effect->message.id = arena_printf(routing->out->arena, "%s-offer", chat->code);
    effect->message.body = body;
    effect->message.private = true;
    effect->message.mark =
        (struct mark){MARK_OFFER, chat->number, chat->line_count, offer->operator->id};
}

void offer_send(struct routing *routing, const struct offer *offer)
{
    offer_say(routing, offer, offer_text(routing, offer));
}

/* Of two who could be asked: whom the queue's strategy asks first. Whose last offer is older comes
 * first in both; that is all of round-robin. */
static bool operator_before(const struct operator *a, const struct operator *b,
                            enum strategy strategy)
{
    int load_a = a->chat_count + a->open_offer_count;
    int load_b = b->chat_count + b->open_offer_count;

    switch (strategy) {
    case STRATEGY_ALL:
        return false; /* the order of the settings */
    case STRATEGY_LEAST_BUSY:
        if (load_a != load_b)
            return load_a < load_b;
        return a->asked_last < b->asked_last;
    case STRATEGY_ROUND_ROBIN:
        return a->asked_last < b->asked_last;
    }
    abort();
}

/* The next of the queue to be offered the chat; NULL when all who are available were asked. */
static struct operator *queue_candidate(const struct routing *routing, const struct chat *chat,
                                        const struct queue *via)
{
    struct operator *best = NULL;

    for (size_t i = 0; i < via->operator_count; i++) {
        struct operator *operator = via->operators[i];
        if (offer_find(chat, operator) == NULL &&
            operator->open_offer_count < OFFERS_PER_OPERATOR_MAX &&
            operator_is_available(operator, via, routing->event->wall) &&
            (best == NULL || operator_before(operator, best, via->options.strategy)))
            best = operator;
    }
    return best;
}

/* Whether somebody of the queue who is on duty has the chat on the screen. */
static bool queue_was_asked(const struct routing *routing, const struct chat *chat,
                            const struct queue *via)
{
    const struct offer *offer;

    TAILQ_FOREACH(offer, &chat->offers, of_chat)
        if (!offer->declined && operator_is_assigned(offer->operator, via) &&
            operator_is_on_duty(offer->operator, via, routing->event->wall))
            return true;
    return false;
}

static void queue_offer(struct routing *routing, struct chat *chat, struct queue *via,
                        struct operator *operator)
{
    struct offer *offer = offer_new(chat, operator, via);

    operator->asked_last = ++routing->offer_count;
    offer_store(routing, offer, OFFER_OPEN);
    offer_send(routing, offer);
}

/* All at once, or the best one, and after offer_seconds the next best as well. */
static bool queue_ask(struct routing *routing, struct chat *chat, struct queue *via,
                      bool next_is_due)
{
    bool asked = queue_was_asked(routing, chat, via);
    struct operator *operator = queue_candidate(routing, chat, via);

    if (via->options.strategy == STRATEGY_ALL) {
        for (; operator != NULL; operator = queue_candidate(routing, chat, via)) {
            queue_offer(routing, chat, via, operator);
            asked = true;
        }
        return asked;
    }
    if (operator != NULL && (!asked || next_is_due)) {
        queue_offer(routing, chat, via, operator);
        asked = true;
        operator = queue_candidate(routing, chat, via);
        chat->offer_until = 0;
    }
    if (operator != NULL && chat->offer_until == 0)
        chat->offer_until = routing->event->at + via->options.offer_seconds * 1000;
    return asked;
}

/* Offers the chat to whoever of the tier is to be asked now. True when somebody of the tier who is
 * on duty has it on the screen. */
static bool tier_ask(struct routing *routing, struct chat *chat, const struct tier *tier,
                     bool next_is_due)
{
    bool asked = false;

    for (int i = 0; i < tier->queue_count; i++)
        asked = queue_ask(routing, chat, queue_by_index(routing, tier->queues[i]), next_is_due) ||
                asked;
    return asked;
}

/* A tier with nobody to ask is passed at once; the next after one that was asked comes when its
 * time is over, or when it has lost everybody. */
static bool tiers_ask(struct routing *routing, struct chat *chat)
{
    const struct decision *decision = &chat->home->decision;
    msec_t now = routing->event->at;
    bool next_is_due = chat->offer_until != 0 && now >= chat->offer_until;
    bool asked = false;

    if (next_is_due)
        chat->offer_until = 0;
    for (int i = 0; i < decision->tier_count; i++) {
        bool fresh = i > chat->tier;
        if (fresh && asked && now < chat->ring_until)
            break;
        bool anybody = tier_ask(routing, chat, &decision->tiers[i], next_is_due);
        if (fresh) {
            chat->tier = i;
            if (anybody) {
                chat->ring_until = now + chat->home->options.ring_seconds * 1000;
                chat_act(routing, chat, ACT_ASKED, NULL, verdict_name(decision->tiers[i].kind));
            }
        }
        asked = asked || anybody;
    }
    if (chat->tier == decision->tier_count - 1)
        chat->ring_until = 0;
    timer_update(routing, chat);
    return asked;
}

struct queue *tiers_queue(const struct routing *routing, const struct decision *decision,
                          const struct operator *operator)
{
    for (int i = 0; i < decision->tier_count; i++) {
        for (int j = 0; j < decision->tiers[i].queue_count; j++) {
            struct queue *via = queue_by_index(routing, decision->tiers[i].queues[j]);
            if (operator_is_assigned(operator, via))
                return via;
        }
    }
    return NULL;
}

/* Who was written to by name is asked before all others, alone while it rings. By the queue's hours
 * as everybody: a name is no way around them. False when the tiers are due. */
static bool entry_ask(struct routing *routing, struct chat *chat)
{
    struct operator *operator = chat->entry.operator;
    msec_t now = routing->event->at;

    if (operator == NULL || chat->tier >= 0)
        return false;
    struct queue *via = tiers_queue(routing, &chat->home->decision, operator);
    if (via == NULL)
        return false;
    if (offer_find(chat, operator) == NULL &&
        operator->open_offer_count < OFFERS_PER_OPERATOR_MAX &&
        operator_is_available(operator, via, routing->event->wall)) {
        queue_offer(routing, chat, via, operator);
        chat->ring_until = now + chat->home->options.ring_seconds * 1000;
        chat_act(routing, chat, ACT_ASKED, operator, "by name");
        timer_update(routing, chat);
    }
    return now < chat->ring_until && queue_was_asked(routing, chat, via);
}

static int chat_place(const struct routing *routing, const struct chat *chat)
{
    const struct chat *other;
    int place = 1;

    TAILQ_FOREACH(other, &routing->waiting, waiting)
    {
        if (other == chat)
            break;
        place += other->home == chat->home;
    }
    return place;
}

static enum told chat_outlook(const struct routing *routing, const struct chat *chat, bool asked)
{
    bool unstaffed;

    if (asked || chat->open_offer_count > 0)
        return TOLD_WELCOME;
    if (chat->home->decision.tier_count == 0)
        return TOLD_CLOSED;
    if (queue_compute(routing, chat->home, &unstaffed) == QUEUE_BUSY)
        return TOLD_BUSY;
    return TOLD_UNSTAFFED;
}

/* Who was told that nobody is there waits for nothing that could be told again and again. */
void chat_news_start(struct routing *routing, struct chat *chat)
{
    bool hopes = chat->told == TOLD_WELCOME || chat->told == TOLD_BUSY;
    msec_t pause = chat->news_count == 0 ? chat->home->options.holding_seconds * 1000LL
                                         : NEWS_MS_FIRST;

    if (!hopes)
        chat->news_at = 0;
    else if (chat->news_at == 0)
        chat->news_at = routing->event->at + pause;
    timer_update(routing, chat);
}

void chat_news_again(struct routing *routing, struct chat *chat)
{
    chat->told = TOLD_WELCOME;
    chat->waits_from = routing->event->wall;
    chat->news_count = chat->told_place = 0;
    chat->news_at = routing->event->at + NEWS_MS_FIRST;
    timer_update(routing, chat);
}

/* Who came back into the line goes before those who came after; nobody is told to have slipped
 * back: 0 for a place behind the one told before. */
static int chat_tell_place(const struct routing *routing, struct chat *chat)
{
    int place = chat_place(routing, chat);

    if (chat->told_place != 0 && place > chat->told_place)
        return 0;
    chat->told_place = place;
    return place;
}

/* How long and in which place; who hears that for the first time can leave the question instead. */
static const char *chat_news_text(struct routing *routing, struct chat *chat)
{
    msec_t waited = (routing->event->wall - chat->waits_from) / 60000;
    const char *text = text_waiting(routing, waited, chat_tell_place(routing, chat));

    if (chat->invited)
        return text;
    chat->invited = true;
    return arena_printf(routing->out->arena, "%s%s", text, text_invitation());
}

/* First the queue's holding line, then the place in line, at growing distances. */
void chat_news(struct routing *routing, struct chat *chat)
{
    msec_t pause = (msec_t)NEWS_MS_FIRST << (chat->news_count < 3 ? chat->news_count : 3);

    chat->news_at = routing->event->at + (pause < NEWS_MS_MAX ? pause : NEWS_MS_MAX);
    const char *text = chat->news_count++ == 0 ? text_holding(routing, chat->home)
                                               : chat_news_text(routing, chat);
    if (!line_was_said(chat, text))
        line_desk(routing, chat, text);
}

bool chat_has_others(const struct routing *routing, const struct chat *chat)
{
    const struct decision *decision = &chat->home->decision;

    for (int i = 0; chat->home->index != NO_INDEX && i < decision->tier_count; i++) {
        for (int j = 0; j < decision->tiers[i].queue_count; j++) {
            const struct queue *via = queue_by_index(routing, decision->tiers[i].queues[j]);
            for (size_t k = 0; k < via->operator_count; k++)
                if (via->operators[k] != chat->owner &&
                    operator_is_available(via->operators[k], via, routing->event->wall))
                    return true;
        }
    }
    return false;
}

/* Once for each change of the outlook; that somebody is asked at last is news only to a patron who
 * heard that nobody was there. */
static void chat_tell(struct routing *routing, struct chat *chat, bool asked)
{
    enum told outlook = chat_outlook(routing, chat, asked), before = chat->told;

    /* Whose turn it is at last hears that from the librarian, and until then is still in line. */
    if (outlook == before || (outlook == TOLD_WELCOME && before == TOLD_BUSY))
        return;
    if (routing->settle_until != 0 && outlook != TOLD_WELCOME && outlook != TOLD_CLOSED)
        return;
    chat->told = outlook;
    if (outlook == TOLD_BUSY && chat->news_count == 0)
        chat->news_count = 1; /* that all are busy is a holding line already */
    chat->invited = chat->invited || outlook == TOLD_CLOSED || outlook == TOLD_UNSTAFFED;
    chat_news_start(routing, chat);
    switch (outlook) {
    case TOLD_WELCOME:
        if (before == TOLD_NOTHING)
            line_desk(routing, chat, text_welcome(routing, chat->home));
        else
            line_desk(routing, chat, "Somebody is at the desk now and has been asked.");
        break;
    case TOLD_CLOSED:
        line_desk(routing, chat, text_closed(routing, chat->home));
        break;
    case TOLD_UNSTAFFED:
        line_desk(routing, chat, text_unstaffed(routing, chat->home));
        break;
    case TOLD_BUSY:
        line_desk(routing, chat, text_busy(routing, chat_tell_place(routing, chat)));
        break;
    case TOLD_NOTHING:
        abort();
    }
}

void chat_ask(struct routing *routing, struct chat *chat)
{
    if (chat->state != CHAT_WAITING || chat->recalling || !routing->up)
        return;
    assert(chat->home->index != NO_INDEX);
    bool asked = entry_ask(routing, chat) || tiers_ask(routing, chat);
    chat_tell(routing, chat, asked);
}

void chats_ask(struct routing *routing)
{
    struct chat *chat;

    TAILQ_FOREACH(chat, &routing->waiting, waiting)
        chat_ask(routing, chat);
}

void chat_ask_anew(struct routing *routing, struct chat *chat)
{
    chat->tier = -1;
    chat->ring_until = chat->offer_until = 0;
    chat_ask(routing, chat);
}

/* A transfer that nobody can take any more has failed. */
static void transfer_look(struct routing *routing, struct chat *chat)
{
    if (chat->transfer != NULL && chat->transfer->until != 0 && chat->open_offer_count == 0)
        transfer_end(routing, chat, "declined", "Nobody can take it now. The chat is still yours.");
}

void offer_decline(struct routing *routing, struct offer *offer)
{
    struct chat *chat = offer->chat;

    offer_store(routing, offer, OFFER_DECLINED);
    offer_shut(offer);
    routing->staff_changed = true; /* the next tier may be due */
    transfer_look(routing, chat);
}

void offer_withdraw(struct routing *routing, struct offer *offer)
{
    struct chat *chat = offer->chat;

    if (!offer->declined)
        offer_store(routing, offer, OFFER_WITHDRAWN);
    offer_free(offer);
    routing->staff_changed = true;
    transfer_look(routing, chat);
}

void offer_take_back(struct routing *routing, struct offer *offer)
{
    if (!offer->declined)
        say_to_operator(routing, offer->operator, offer->chat->address,
                        "This chat is not offered to you any more.");
    offer_withdraw(routing, offer);
}

void offers_withdraw(struct routing *routing, struct operator *operator)
{
    for (struct offer *offer = TAILQ_FIRST(&operator->offers), *next; offer != NULL;
         offer = next) {
        next = TAILQ_NEXT(offer, of_operator);
        if (!offer->declined)
            offer_withdraw(routing, offer);
    }
}

void offers_end(struct routing *routing, struct chat *chat, const struct operator *winner)
{
    for (struct offer *offer = TAILQ_FIRST(&chat->offers), *next; offer != NULL; offer = next) {
        next = TAILQ_NEXT(offer, of_chat);
        if (offer->declined)
            continue; /* stays so, should the chat come back */
        if (offer->operator == winner) {
            offer_store(routing, offer, OFFER_CLAIMED);
        } else if (winner != NULL) {
            offer_store(routing, offer, OFFER_LOST);
            say_to_operator(routing, offer->operator, chat->address,
                            arena_printf(routing->out->arena, "%s has taken this chat.",
                                         operator_label(routing, winner)));
        } else {
            offer_store(routing, offer, OFFER_WITHDRAWN);
            say_to_operator(routing, offer->operator, chat->address, "This chat is over.");
        }
        offer_free(offer);
    }
}
