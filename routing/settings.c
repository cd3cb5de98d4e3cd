/* settings.c: the live queues and operators follow the settings. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

static void replace(char **field, const char *text)
{
    char *fresh = mem_strdup(text);

    free(*field);
    *field = fresh;
}

struct queue *queue_by_name(const struct routing *routing, const char *name)
{
    struct queue *queue;

    HASH_FIND(by_name, routing->queues_by_name, name, strlen(name), queue);
    return queue;
}

struct queue *queue_by_id(const struct routing *routing, int64_t id)
{
    struct queue *queue;

    HASH_FIND(by_id, routing->queues_by_id, &id, sizeof id, queue);
    return queue;
}

const struct library_settings *library_by_id(const struct routing *routing, int64_t id)
{
    int index = library_index(routing, id);

    return index == NO_INDEX ? NULL : &routing->settings->libraries[index];
}

struct queue *queue_by_index(const struct routing *routing, int index)
{
    return queue_by_id(routing, routing->settings->queues[index].id);
}

struct operator *operator_by_account(const struct routing *routing, const char *account)
{
    struct operator *operator;

    HASH_FIND(by_account, routing->operators_by_account, account, strlen(account), operator);
    return operator;
}

struct operator *operator_by_id(const struct routing *routing, int64_t id)
{
    struct operator *operator;

    HASH_FIND(by_id, routing->operators_by_id, &id, sizeof id, operator);
    return operator;
}

struct operator *operator_by_name(const struct routing *routing, const char *name)
{
    struct operator *operator;

    HASH_FIND(by_name, routing->operators_by_name, name, strlen(name), operator);
    return operator;
}

static void queue_options_release(struct queue *queue)
{
    free((char *)queue->options.welcome);
    free((char *)queue->options.holding_text);
    free((char *)queue->options.closed_text);
}

struct queue *queue_free(struct routing *routing, struct queue *queue)
{
    struct watcher *watcher, *next;

    HASH_ITER(hh, queue->watchers, watcher, next)
    {
        HASH_DEL(queue->watchers, watcher);
        free(watcher);
    }
    HASH_DELETE(by_name, routing->queues_by_name, queue);
    HASH_DELETE(by_id, routing->queues_by_id, queue);
    queue_options_release(queue);
    free(queue->operators);
    free(queue->heard);
    free(queue->logged);
    free(queue->status);
    free(queue->name);
    free(queue->title);
    free(queue);
    return NULL;
}

struct operator *operator_free(struct routing *routing, struct operator *operator)
{
    assert(operator->chat_count == 0);
    assert(operator->entry_count == 0);
    assert(TAILQ_EMPTY(&operator->offers));
    while (!TAILQ_EMPTY(&operator->resources)) {
        struct resource *resource = TAILQ_FIRST(&operator->resources);
        TAILQ_REMOVE(&operator->resources, resource, entry);
        free(resource);
    }
    HASH_DELETE(by_account, routing->operators_by_account, operator);
    HASH_DELETE(by_id, routing->operators_by_id, operator);
    free(operator->name);
    free(operator->title);
    free(operator->account);
    free(operator->queues_off);
    free(operator->seen);
    free(operator);
    return NULL;
}

const char *queue_library_title(const struct routing *routing, const struct queue *queue)
{
    int library = library_index(routing, queue->library);

    return library == NO_INDEX ? queue->name : library_title(routing, library);
}

static bool settings_have_operator(const struct consortium *settings, int64_t id)
{
    for (size_t i = 0; i < settings->operator_count; i++)
        if (settings->operators[i].id == id)
            return true;
    return false;
}

static bool settings_have_queue(const struct consortium *settings, int64_t id)
{
    for (size_t i = 0; i < settings->queue_count; i++)
        if (settings->queues[i].id == id)
            return true;
    return false;
}

/* Who was removed while chats ran, and comes back with the same account, is the same person. */
static struct operator *operator_adopt(struct routing *routing,
                                       const struct operator_settings *settings)
{
    struct operator *operator = operator_by_account(routing, settings->account);

    if (operator == NULL || settings_have_operator(routing->settings, operator->id))
        return NULL;
    HASH_DELETE(by_id, routing->operators_by_id, operator);
    operator->id = settings->id;
    HASH_ADD(by_id, routing->operators_by_id, id, sizeof operator->id, operator);
    duty_store_again(routing, operator);
    return operator;
}

/* The presence that is known is that of the old account. */
static void operator_change_account(struct routing *routing, struct operator *operator,
                                    const char *account)
{
    HASH_DELETE(by_account, routing->operators_by_account, operator);
    replace(&operator->account, account);
    HASH_ADD_KEYPTR(by_account, routing->operators_by_account, operator->account,
                    strlen(operator->account), operator);
    operator_forget_presence(routing, operator);
}

static void operator_apply(struct routing *routing, const struct operator_settings *settings)
{
    struct operator *operator = operator_by_id(routing, settings->id);

    if (operator == NULL)
        operator = operator_adopt(routing, settings);
    if (operator == NULL) {
        operator = mem_new(sizeof *operator);
        operator->id = settings->id;
        operator->serial = ++routing->last_serial;
        TAILQ_INIT(&operator->resources);
        TAILQ_INIT(&operator->chats);
        TAILQ_INIT(&operator->offers);
        operator->account = mem_strdup(settings->account);
        operator->lost_at = routing->event->at;
        HASH_ADD(by_id, routing->operators_by_id, id, sizeof operator->id, operator);
        HASH_ADD_KEYPTR(by_account, routing->operators_by_account, operator->account,
                        strlen(operator->account), operator);
    } else if (strcmp(operator->account, settings->account) != 0) {
        operator_change_account(routing, operator, settings->account);
    }
    replace(&operator->name, settings->name);
    replace(&operator->title, settings->title);
    operator->library = routing->settings->libraries[settings->library].id;
    operator->listed = true;
}

static void subscription_send(struct routing *routing, const struct queue *queue,
                              const struct operator *operator, enum subscription subscription)
{
    if (!routing->up)
        return;
    struct effect *effect = effects_add(routing->out, EFFECT_SUBSCRIPTION);
    effect->from = kept(routing, queue->name);
    effect->to = kept(routing, operator->account);
    effect->subscription = subscription;
}

/* New assignments subscribe, ended ones let go. */
static void queue_assign(struct routing *routing, struct queue *queue,
                         const struct queue_settings *settings)
{
    struct operator **before = queue->operators;
    size_t before_count = queue->operator_count;

    queue->operators = mem_new((settings->operator_count + 1) * sizeof(struct operator *));
    queue->operator_count = settings->operator_count;
    bool *heard_before = queue->heard;
    queue->heard = mem_new((settings->operator_count + 1) * sizeof(bool));
    enum duty_logged *logged_before = queue->logged;
    queue->logged = mem_new((settings->operator_count + 1) * sizeof *queue->logged);
    for (size_t i = 0; i < settings->operator_count; i++) {
        const struct operator_settings *assigned =
            &routing->settings->operators[settings->operator_index[i]];
        queue->operators[i] = operator_by_id(routing, assigned->id);
        bool had = false;
        for (size_t j = 0; j < before_count; j++) {
            if (before[j] != queue->operators[i])
                continue;
            had = true;
            queue->heard[i] = heard_before[j];
            queue->logged[i] = logged_before[j];
        }
        if (!had)
            subscription_send(routing, queue, queue->operators[i], SUBSCRIBE);
    }
    for (size_t j = 0; j < before_count; j++)
        if (!operator_is_assigned(before[j], queue)) {
            subscription_send(routing, queue, before[j], UNSUBSCRIBE);
            duty_log_end(routing, before[j], queue, logged_before[j]);
        }
    free(before);
    free(heard_before);
    free(logged_before);
}

/* A queue that was removed while chats ran, and comes back under its name, is the same to all who
 * talk in it. */
static struct queue *queue_adopt(struct routing *routing, const struct queue_settings *settings)
{
    struct queue *queue = queue_by_name(routing, settings->name);

    if (queue == NULL || settings_have_queue(routing->settings, queue->id))
        return NULL;
    HASH_DELETE(by_id, routing->queues_by_id, queue);
    queue->id = settings->id;
    HASH_ADD(by_id, routing->queues_by_id, id, sizeof queue->id, queue);
    return queue;
}

static void queue_apply(struct routing *routing, int index)
{
    const struct queue_settings *settings = &routing->settings->queues[index];
    const struct library_settings *library = &routing->settings->libraries[settings->library];
    struct queue *queue = queue_by_id(routing, settings->id);

    if (queue == NULL)
        queue = queue_adopt(routing, settings);
    if (queue == NULL) {
        queue = mem_new(sizeof *queue);
        queue->id = settings->id;
        queue->serial = ++routing->last_serial;
        queue->name = mem_strdup(settings->name);
        HASH_ADD(by_id, routing->queues_by_id, id, sizeof queue->id, queue);
        HASH_ADD_KEYPTR(by_name, routing->queues_by_name, queue->name, strlen(queue->name), queue);
    } else if (strcmp(queue->name, settings->name) != 0) {
        HASH_DELETE(by_name, routing->queues_by_name, queue);
        replace(&queue->name, settings->name);
        HASH_ADD_KEYPTR(by_name, routing->queues_by_name, queue->name, strlen(queue->name), queue);
    }
    queue->index = index;
    queue->library = library->id;
    replace(&queue->title, settings->title[0] != '\0' ? settings->title : library->title);
    queue_options_release(queue);
    queue->options = settings->options;
    queue->options.welcome = mem_strdup(settings->options.welcome);
    queue->options.holding_text = mem_strdup(settings->options.holding_text);
    queue->options.closed_text = mem_strdup(settings->options.closed_text);
    queue_assign(routing, queue, settings);
}

/* A removed queue takes nobody in any more. Who waits is told; who talks may finish. */
static void queue_remove(struct routing *routing, struct queue *queue)
{
    queue_hide(routing, queue);
    transfers_end_to(routing, queue, NULL);
    for (struct chat *chat = TAILQ_FIRST(&routing->waiting), *next; chat != NULL; chat = next) {
        next = TAILQ_NEXT(chat, waiting);
        if (chat->home == queue)
            chat_close(routing, chat, END_REMOVED, RESOLUTION_NONE, NULL);
    }
    for (size_t i = 0; i < queue->operator_count; i++)
        subscription_send(routing, queue, queue->operators[i], UNSUBSCRIBE);
    queue->operator_count = 0; /* nor is anybody's end of duty written: the queue has no row */
}

void operator_limit_apply(struct operator *operator)
{
    bool own = operator->own_limit != 0 && operator->own_limit < operator->queue_limit;

    operator->limit = own ? operator->own_limit : operator->queue_limit;
}

/* Over several queues the smallest limit applies, and the first by name is the home. */
static void operator_limits(struct routing *routing)
{
    struct queue *queue, *next_queue;
    struct operator *operator, *next_operator;

    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        operator->queue_limit = INT_MAX;
        operator->home = NULL;
    }
    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        for (size_t i = 0; i < queue->operator_count; i++) {
            operator = queue->operators[i];
            if (queue->options.chats_per_operator < operator->queue_limit)
                operator->queue_limit = queue->options.chats_per_operator;
            if (operator->home == NULL || queue->index < operator->home->index)
                operator->home = queue;
        }
    }
    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        operator_limit_apply(operator);
        duty_prune(routing, operator);
    }
}

/* Frees what is not in the settings and no longer in use. */
static void settings_sweep(struct routing *routing)
{
    struct queue *queue, *next_queue;
    struct operator *operator, *next_operator;

    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        if (queue->index == NO_INDEX && queue->chat_count == 0 && queue->entry_count == 0)
            queue_free(routing, queue);
    }
    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        if (!operator->listed) {
            offers_withdraw(routing, operator);
            transfers_end_to(routing, NULL, operator);
            if (operator->chat_count == 0 && operator->entry_count == 0)
                operator_free(routing, operator);
        }
    }
}

/* Who was removed keeps the name for the chats that run, unless somebody else has it now. */
static void operators_name(struct routing *routing)
{
    struct operator *operator, *next;

    for (int listed = 1; listed >= 0; listed--) {
        HASH_ITER(by_id, routing->operators_by_id, operator, next)
        {
            if (operator->listed == (listed == 1) &&
                operator_by_name(routing, operator->name) == NULL)
                HASH_ADD_KEYPTR(by_name, routing->operators_by_name, operator->name,
                                strlen(operator->name), operator);
        }
    }
}

void settings_apply(struct routing *routing, const struct consortium *settings)
{
    struct queue *queue, *next_queue;
    struct operator *operator, *next_operator;

    routing->settings = settings;
    routing->staff_changed = true;
    routing->policy_seen = routing->event->wall / 1000;
    HASH_CLEAR(by_name, routing->operators_by_name);
    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        operator->listed = false;
    }
    for (size_t i = 0; i < settings->operator_count; i++)
        operator_apply(routing, &settings->operators[i]);
    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        queue->index = NO_INDEX;
    }
    for (size_t i = 0; i < settings->queue_count; i++)
        queue_apply(routing, (int)i);
    HASH_ITER(by_id, routing->queues_by_id, queue, next_queue)
    {
        if (queue->index == NO_INDEX)
            queue_remove(routing, queue);
        else
            queue_decide(routing, queue);
    }
    operator_limits(routing);
    /* Offers that the new settings no longer justify: the operator left the queue. */
    HASH_ITER(by_id, routing->operators_by_id, operator, next_operator)
    {
        for (struct offer *offer = TAILQ_FIRST(&operator->offers), *next; offer != NULL;
             offer = next) {
            next = TAILQ_NEXT(offer, of_operator);
            if (!operator_is_assigned(operator, offer->via))
                offer_withdraw(routing, offer);
        }
    }
    settings_sweep(routing);
    operators_name(routing);
    blocks_prune(routing);
    notices_apply(routing);
    queues_ask_anew(routing);
}
