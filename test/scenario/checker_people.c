/* checker_people.c: who is there and who could be asked, by presences and settings alone. */
#include <string.h>

#include "policy/mem.h"
#include "test/scenario/checker_private.h"

void people_forget(struct checker *checker)
{
    checker->client_count = 0;
    checker->shown_count = 0;
}

static void client_drop(struct checker *checker, int at)
{
    checker->clients[at] = checker->clients[--checker->client_count];
}

/* A queue that was removed still hears those who finish their chats there. */
bool person_is_heard(const struct checker *checker, int64_t operator, const char *queue)
{
    int index = consortium_queue(checker->settings, queue);

    if (index != NO_INDEX)
        return is_assigned(checker, operator, checker->settings->queues[index].id);
    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        if (book->state == CHAT_CLAIMED && book->owner == operator &&
            queue_index_of(checker, book->home) == NO_INDEX &&
            strcmp(queue_name_of(checker, book->home), queue) == 0)
            return true;
    }
    return false;
}

static bool away_without_mark(enum show show, msec_t idle_since)
{
    return (show == SHOW_AWAY || show == SHOW_XA) && idle_since == 0;
}

/* A client that was here before and goes away without a mark may bring it with the next step. */
static msec_t client_settles(const struct client *client, const struct event *event)
{
    if (!away_without_mark(event->presence.show, event->presence.idle_since))
        return 0;
    return away_without_mark(client->show, client->idle_since) ? client->settled_at
                                                               : event->wall + AWAY_SETTLE_MS;
}

static void client_event(struct checker *checker, const struct event *event)
{
    int64_t operator = operator_of(checker, event->from);
    int at = 0;

    if (operator == 0 || !person_is_heard(checker, operator, event->to))
        return;
    while (at < checker->client_count &&
           (strcmp(checker->clients[at].account, event->from) != 0 ||
            strcmp(checker->clients[at].resource, event->resource) != 0))
        at++;
    if (event->presence.show == SHOW_UNAVAILABLE) {
        if (at < checker->client_count)
            client_drop(checker, at);
        return;
    }
    if (at == checker->client_count) {
        checker->clients = grown(checker->clients, checker->client_count,
                                 &checker->client_capacity, sizeof(struct client));
        checker->clients[checker->client_count++] =
            (struct client){.account = arena_strdup(checker->memory, event->from),
                            .resource = arena_strdup(checker->memory, event->resource)};
    } else {
        checker->clients[at].settled_at = client_settles(&checker->clients[at], event);
    }
    checker->clients[at].show = event->presence.show;
    checker->clients[at].priority = event->presence.priority;
    checker->clients[at].idle_since = event->presence.idle_since;
}

/* Whom no queue hears any more is not known to be there. */
void clients_sweep(struct checker *checker)
{
    for (int i = checker->client_count - 1; i >= 0; i--) {
        int64_t operator = operator_of(checker, checker->clients[i].account);
        bool heard = false;
        for (size_t j = 0; operator != 0 && j < checker->settings->queue_count; j++)
            heard = heard || is_assigned(checker, operator, checker->settings->queues[j].id);
        for (int64_t j = 0; operator != 0 && j < checker->book_count; j++)
            heard = heard ||
                    (checker->books[j].owner == operator &&
                     checker->books[j].state == CHAT_CLAIMED &&
                     queue_index_of(checker, checker->books[j].home) == NO_INDEX);
        if (!heard)
            client_drop(checker, i);
    }
}

static void shown_forget(struct checker *checker, const char *to)
{
    for (int i = checker->shown_count - 1; i >= 0; i--)
        if (same_bare(checker->shown[i].to, to))
            checker->shown[i] = checker->shown[--checker->shown_count];
}

void people_event(struct checker *checker, const struct event *event)
{
    switch (event->type) {
    case EVENT_STREAM_UP:
        checker->up = true;
        checker->settle_until = event->at + SETTLE_MS;
        return;
    case EVENT_STREAM_DOWN:
        people_forget(checker);
        checker->up = false;
        return;
    case EVENT_STREAM_CLOSING:
        checker->up = false;
        return;
    case EVENT_SETTINGS:
        clients_sweep(checker);
        return;
    case EVENT_PRESENCE:
        client_event(checker, event);
        if (event->presence.show == SHOW_UNAVAILABLE)
            shown_forget(checker, event->from);
        return;
    default:
        return;
    }
}

bool person_is_present(const struct checker *checker, int64_t operator)
{
    const char *account = account_of(checker, operator);

    for (int i = 0; i < checker->client_count; i++)
        if (strcmp(checker->clients[i].account, account) == 0)
            return true;
    return false;
}

bool person_is_on_duty(const struct checker *checker, int64_t operator, int queue)
{
    const char *account = account_of(checker, operator);
    msec_t grace = checker->settings->queues[queue].options.idle_grace_seconds * 1000LL;
    msec_t wall = checker->step.event->wall;

    if (duty_says_off(checker, operator, checker->settings->queues[queue].id))
        return false;

    for (int i = 0; i < checker->client_count; i++) {
        const struct client *client = &checker->clients[i];
        bool away = client->show == SHOW_AWAY || client->show == SHOW_XA;
        if (strcmp(client->account, account) != 0 || client->priority < 0)
            continue;
        if (client->show == SHOW_AVAILABLE || client->show == SHOW_CHAT ||
            (away && client->idle_since != 0 && wall < client->idle_since + grace) ||
            (away && client->idle_since == 0 && wall < client->settled_at))
            return true;
    }
    return false;
}

int person_limit(const struct checker *checker, int64_t operator)
{
    int own = duty_says_max(checker, operator), limit = own != 0 ? own : INT32_MAX;

    for (size_t i = 0; i < checker->settings->queue_count; i++) {
        const struct queue_settings *queue = &checker->settings->queues[i];
        if (is_assigned(checker, operator, queue->id) && queue->options.chats_per_operator < limit)
            limit = queue->options.chats_per_operator;
    }
    return limit;
}

int person_chats(const struct checker *checker, int64_t operator)
{
    int count = 0;

    for (int64_t i = 0; i < checker->book_count; i++)
        count += checker->books[i].state == CHAT_CLAIMED && checker->books[i].owner == operator;
    return count;
}

int person_offers(const struct checker *checker, int64_t operator)
{
    int count = 0;

    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book_offer *offer = book_offer_find(&checker->books[i], operator);
        count += offer != NULL && offer->outcome == OFFER_OPEN;
    }
    return count;
}

/* One client that was shown something else meanwhile has the whole account hear it again. */
static void shown_differs(struct checker *checker, const struct effect *effect)
{
    for (int i = checker->shown_count - 1; i >= 0; i--) {
        const struct shown *shown = &checker->shown[i];
        if (strcmp(shown->from, effect->from) == 0 && strcmp(shown->to, effect->to) != 0 &&
            same_bare(effect->to, shown->to) &&
            (shown->show != effect->presence.show ||
             strcmp(shown->status, effect->presence.status) != 0))
            checker->shown[i] = checker->shown[--checker->shown_count];
    }
}

void presence_sent(struct checker *checker, const struct effect *effect)
{
    const struct step *step = &checker->step;
    const struct event *event = step->event;
    bool requested = event->from != NULL && same_bare(effect->to, event->from);
    int at = 0;

    shown_differs(checker, effect);
    while (at < checker->shown_count && (strcmp(checker->shown[at].from, effect->from) != 0 ||
                                         strcmp(checker->shown[at].to, effect->to) != 0))
        at++;
    bool known = at < checker->shown_count;
    promise(checker,
            requested || !known || checker->shown[at].show != effect->presence.show ||
                strcmp(checker->shown[at].status, effect->presence.status) != 0,
            "%s shows %s twice that it is '%s'", effect->from, effect->to,
            effect->presence.status);
    if (effect->presence.show == SHOW_UNAVAILABLE) {
        if (known)
            checker->shown[at] = checker->shown[--checker->shown_count];
        return;
    }
    if (!known) {
        checker->shown = grown(checker->shown, checker->shown_count, &checker->shown_capacity,
                               sizeof(struct shown));
        checker->shown[checker->shown_count++] =
            (struct shown){.from = arena_strdup(checker->memory, effect->from),
                           .to = arena_strdup(checker->memory, effect->to)};
    }
    checker->shown[at].show = effect->presence.show;
    checker->shown[at].status = arena_strdup(checker->memory, effect->presence.status);
    checker->shown[at].serial = step->serial;
}

void presence_forget(struct checker *checker, const char *from, const char *to)
{
    for (int i = checker->shown_count - 1; i >= 0; i--)
        if (strcmp(checker->shown[i].from, from) == 0 && same_bare(checker->shown[i].to, to))
            checker->shown[i] = checker->shown[--checker->shown_count];
}

static bool queue_is_open(const struct checker *checker, int queue)
{
    const struct consortium *settings = checker->settings;
    struct decision decision;

    policy_decide(settings, queue, checker->step.event->wall / 1000, &decision);
    for (int i = 0; i < decision.tier_count; i++) {
        for (int j = 0; j < decision.tiers[i].queue_count; j++) {
            int via = decision.tiers[i].queues[j];
            for (size_t k = 0; k < settings->queues[via].operator_count; k++) {
                int operator = settings->queues[via].operator_index[k];
                if (person_is_on_duty(checker, settings->operators[operator].id, via))
                    return true;
            }
        }
    }
    return false;
}

/* What somebody saw last of a queue says whether it is open. */
static void end_presence_of(struct checker *checker, int queue)
{
    const struct queue_settings *settings = &checker->settings->queues[queue];
    bool open = queue_is_open(checker, queue);

    for (size_t i = 0; i < settings->operator_count; i++) {
        const char *account =
            checker->settings->operators[settings->operator_index[i]].account;
        const struct shown *last = NULL;
        for (int j = 0; j < checker->shown_count; j++) {
            const struct shown *shown = &checker->shown[j];
            if (strcmp(shown->from, settings->name) == 0 && same_bare(shown->to, account) &&
                (last == NULL || shown->serial >= last->serial))
                last = shown;
        }
        if (last != NULL &&
            person_is_present(checker,
                              checker->settings->operators[settings->operator_index[i]].id))
            promise(checker, (last->show != SHOW_XA) == open, "%s shows %s '%s', which is not so",
                    settings->name, account, last->status);
    }
}

void end_presence(struct checker *checker)
{
    if (!checker->up || checker->step.event->at < checker->settle_until)
        return;
    for (size_t i = 0; i < checker->settings->queue_count; i++)
        end_presence_of(checker, (int)i);
}

/* Of the home team, which is asked first; who is asked by turns has another order. */
static bool first_tier(const struct checker *checker, const struct book *book, int64_t queue)
{
    int home = queue_index_of(checker, book->home), via = queue_index_of(checker, queue);
    struct decision decision;

    if (home == NO_INDEX || via == NO_INDEX ||
        checker->settings->queues[via].options.strategy != STRATEGY_ALL)
        return false;
    policy_decide(checker->settings, home, checker->step.event->wall / 1000, &decision);
    for (int i = 0; decision.tier_count > 0 && i < decision.tiers[0].queue_count; i++)
        if (decision.tiers[0].queues[i] == via)
            return true;
    return false;
}

/* Whom the patron wrote to by name is asked alone for a while. */
static bool rings_by_name(struct book *book)
{
    const struct book_offer *offer = book->entry_operator == 0
                                         ? NULL
                                         : book_offer_find(book, book->entry_operator);

    return offer != NULL && offer->outcome == OFFER_OPEN;
}

static bool knows_offer(struct book *book, int64_t operator)
{
    const struct book_offer *offer = book_offer_find(book, operator);

    return offer != NULL &&
           (offer->outcome == OFFER_OPEN || offer->outcome == OFFER_DECLINED);
}

static void end_order_of(struct checker *checker, const struct book *later, int64_t operator)
{
    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        bool before = book->waiting_since < later->waiting_since ||
                      (book->waiting_since == later->waiting_since &&
                       book->number < later->number);
        if (book != later && book->home == later->home && before &&
            book->state == CHAT_WAITING && !book->recalling && !rings_by_name(book))
            promise(checker, knows_offer(book, operator),
                    "%s is asked for chat %lld though chat %lld waits longer",
                    operator_name_of(checker, operator), (long long)later->number,
                    (long long)book->number);
    }
}

void end_order(struct checker *checker)
{
    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        for (int j = 0; j < book->offer_count; j++) {
            const struct book_offer *offer = &book->offers[j];
            if (offer->fresh && offer->asked && first_tier(checker, book, offer->queue))
                end_order_of(checker, book, offer->operator);
        }
    }
}

/* Everybody of the first tier's queue who could take the chat has been asked. */
static void end_work_of(struct checker *checker, struct book *book, int via)
{
    const struct consortium *settings = checker->settings;
    const struct queue_settings *queue = &settings->queues[via];

    for (size_t i = 0; i < queue->operator_count; i++) {
        int64_t operator = settings->operators[queue->operator_index[i]].id;
        if (person_is_on_duty(checker, operator, via) &&
            person_chats(checker, operator) < person_limit(checker, operator) &&
            person_offers(checker, operator) < OFFERS_PER_OPERATOR_MAX)
            promise(checker, knows_offer(book, operator),
                    "chat %lld waits, %s could take it and is not asked", (long long)book->number,
                    operator_name_of(checker, operator));
    }
}

void end_work(struct checker *checker)
{
    if (!checker->up)
        return;
    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        int home = queue_index_of(checker, book->home);
        struct decision decision;
        if (book->state != CHAT_WAITING || book->recalling || rings_by_name(book))
            continue;
        promise(checker, home != NO_INDEX, "chat %lld waits at a queue that is gone",
                (long long)book->number);
        if (home == NO_INDEX)
            continue;
        policy_decide(checker->settings, home, checker->step.event->wall / 1000, &decision);
        for (int j = 0; decision.tier_count > 0 && j < decision.tiers[0].queue_count; j++) {
            int via = decision.tiers[0].queues[j];
            if (checker->settings->queues[via].options.strategy == STRATEGY_ALL)
                end_work_of(checker, book, via);
        }
    }
}
