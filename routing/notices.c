/* notices.c: urgent notices: who is told, once each. Nothing of it outlives the process: after a
 * restart the next offer shows a notice once more. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "policy/notice.h"
#include "routing/routing_private.h"

/* A notice of a library's index, or of NO_INDEX, which is the consortium. */
struct found {
    const struct notice *notice;
    uint64_t key;
    instant until;
};

/* The owner's `*at`-th notice, and on to the next; false behind the last. */
static bool notice_next(const struct routing *routing, int library, size_t *at, struct found *ret)
{
    const struct consortium *settings = routing->settings;
    const struct library_settings *owner =
        library == NO_INDEX ? NULL : &settings->libraries[library];
    const struct notices *notices = owner == NULL ? &settings->notices : &owner->notices;

    if (*at >= notices->count)
        return false;
    ret->notice = &notices->list[(*at)++];
    ret->key = notice_key(owner == NULL ? 0 : owner->id, ret->notice);
    ret->until = notice_until(ret->notice, owner == NULL ? settings->zone : owner->zone);
    return true;
}

/* The same, past those that are over. */
static bool active_next(const struct routing *routing, int library, size_t *at, struct found *ret)
{
    while (notice_next(routing, library, at, ret))
        if (routing->event->wall / 1000 < ret->until)
            return true;
    return false;
}

static const char *notice_words(struct routing *routing, int library, const struct notice *notice)
{
    return arena_printf(routing->out->arena, "Notice of %s: %s", library_title(routing, library),
                        notice->text);
}

static bool operator_has_seen(const struct operator *operator, uint64_t key)
{
    for (size_t i = 0; i < operator->seen_count; i++)
        if (operator->seen[i] == key)
            return true;
    return false;
}

/* True when it is news. What is kept is bounded by the settings: notices_apply() forgets others. */
static bool operator_sees(struct operator *operator, uint64_t key)
{
    if (operator_has_seen(operator, key))
        return false;
    operator->seen =
        mem_resize(operator->seen, (operator->seen_count + 1) * sizeof *operator->seen);
    operator->seen[operator->seen_count++] = key;
    return true;
}

/* `reader` NULL: all, whoever has seen what. */
static const char *notices_join(struct routing *routing, struct operator *reader, int library,
                                const char *text)
{
    struct found active;

    for (size_t at = 0; active_next(routing, library, &at, &active);)
        if (reader == NULL || operator_sees(reader, active.key))
            text = arena_printf(routing->out->arena, "%s%s%s", text, text[0] == '\0' ? "" : "\n",
                                notice_words(routing, library, active.notice));
    return text;
}

static const char *notices_of_both(struct routing *routing, struct operator *reader, int library)
{
    const char *text = notices_join(routing, reader, NO_INDEX, "");

    return library == NO_INDEX ? text : notices_join(routing, reader, library, text);
}

const char *notices_show(struct routing *routing, struct operator *operator, int library)
{
    return notices_of_both(routing, operator, library);
}

const char *notices_active(struct routing *routing, int library)
{
    return notices_of_both(routing, NULL, library);
}

/* --- new settings --- */

static void push_to(struct routing *routing, struct operator *operator, const char *address,
                    int library, const struct found *active)
{
    if (operator_is_present(operator) && operator_sees(operator, active->key))
        say_to_operator(routing, operator, address,
                        notice_words(routing, library, active->notice));
}

static void push_to_queue(struct routing *routing, struct queue *queue, int library,
                          const struct found *active)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (operator_is_on_duty(queue->operators[i], queue, routing->event->wall))
            push_to(routing, queue->operators[i], queue->name, library, active);
}

/* To those on duty who answer for the library now, or are answering: its own people, whom policy
 * asks for it at this hour, and whoever has one of its chats. */
static void push(struct routing *routing, int library, const struct found *active)
{
    int64_t id = library == NO_INDEX ? 0 : routing->settings->libraries[library].id;
    struct queue *queue, *next_queue;
    struct chat *chat, *next_chat;

    HASH_ITER(by_name, routing->queues_by_name, queue, next_queue)
    {
        if (queue->index == NO_INDEX || (library != NO_INDEX && queue->library != id))
            continue;
        push_to_queue(routing, queue, library, active);
        for (int i = 0; library != NO_INDEX && i < queue->decision.tier_count; i++)
            for (int j = 0; j < queue->decision.tiers[i].queue_count; j++)
                push_to_queue(routing,
                              queue_by_index(routing, queue->decision.tiers[i].queues[j]),
                              library, active);
    }
    HASH_ITER(by_number, routing->chats_by_number, chat, next_chat)
    {
        if (chat->owner != NULL && (library == NO_INDEX || chat->home->library == id))
            push_to(routing, chat->owner, chat->address, library, active);
    }
}

static int known_compare(const void *a, const void *b)
{
    uint64_t first = ((const struct known_notice *)a)->key;
    uint64_t second = ((const struct known_notice *)b)->key;

    return (first > second) - (first < second);
}

const struct known_notice *notice_known(const struct routing *routing, uint64_t key)
{
    struct known_notice wanted = {.key = key};

    if (routing->notice_count == 0)
        return NULL;
    return bsearch(&wanted, routing->notices, routing->notice_count, sizeof wanted, known_compare);
}

/* All of the settings, ascending by their keys, as the new list; those that went on from the old
 * one are marked. */
static void known_renew(struct routing *routing)
{
    size_t most = routing->settings->notices.count, count = 0;

    for (size_t i = 0; i < routing->settings->library_count; i++)
        most += routing->settings->libraries[i].notices.count;
    struct known_notice *fresh = mem_new((most + 1) * sizeof *fresh);
    for (int library = NO_INDEX; library < (int)routing->settings->library_count; library++) {
        struct found found;
        for (size_t at = 0; notice_next(routing, library, &at, &found);) {
            const struct known_notice *before = notice_known(routing, found.key);
            fresh[count++] = (struct known_notice){
                .key = found.key,
                .until = found.until,
                .goes_on = before != NULL && routing->event->wall / 1000 < before->until,
            };
        }
    }
    assert(count == most);
    if (count > 0)
        qsort(fresh, count, sizeof *fresh, known_compare);
    free(routing->notices);
    routing->notices = fresh;
    routing->notice_count = count;
}

/* One that was over in between, or taken back, is news when it comes again. */
static void operator_forget_notices(const struct routing *routing, struct operator *operator)
{
    size_t kept_count = 0;

    for (size_t i = 0; i < operator->seen_count; i++) {
        const struct known_notice *known = notice_known(routing, operator->seen[i]);
        if (known != NULL && known->goes_on)
            operator->seen[kept_count++] = operator->seen[i];
    }
    operator->seen_count = kept_count;
}

void notices_apply(struct routing *routing)
{
    struct operator *operator, *next;
    struct found active;

    known_renew(routing);
    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        operator_forget_notices(routing, operator);
    }
    for (int library = NO_INDEX; library < (int)routing->settings->library_count; library++)
        for (size_t at = 0; active_next(routing, library, &at, &active);)
            if (!notice_known(routing, active.key)->goes_on)
                push(routing, library, &active);
}

void notices_check(const struct routing *routing)
{
    const struct operator *operator, *next;

    for (size_t i = 1; i < routing->notice_count; i++)
        assert(routing->notices[i - 1].key <= routing->notices[i].key);
    HASH_ITER(by_id, routing->operators_by_id, operator, next)
    {
        assert(operator->seen_count <= routing->notice_count);
        for (size_t i = 0; i < operator->seen_count; i++)
            assert(notice_known(routing, operator->seen[i]) != NULL);
    }
}
