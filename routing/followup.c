/* followup.c: what libraries still have to do: questions that patrons left, and notes with which
 * operators ended chats. An item is open until somebody of the library says !done. The first of
 * its staff who is there in its own hours is told of it, once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

struct todo *todo_of_library(const struct routing *routing, int64_t library)
{
    struct todo *todo;

    HASH_FIND(by_library, routing->todos, &library, sizeof library, todo);
    return todo;
}

struct followup *followup_by_code(const struct routing *routing, const char *code)
{
    struct followup *followup;

    HASH_FIND(by_code, routing->followups_by_code, code, strlen(code), followup);
    return followup;
}

bool followups_full(const struct routing *routing, int64_t library)
{
    const struct todo *todo = todo_of_library(routing, library);

    return todo != NULL && todo->count >= FOLLOWUPS_OPEN_MAX;
}

/* Copies the text behind the others, and returns where it is. */
static const char *string_put(char **end, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*end, text, size);

    *end += size;
    return copy;
}

/* Nearly always at the end. */
static void todo_insert(struct todo *todo, struct followup *followup)
{
    struct followup *before = TAILQ_LAST(&todo->items, followups);

    while (before != NULL && (before->record.at > followup->record.at ||
                              (before->record.at == followup->record.at &&
                               before->record.chat > followup->record.chat)))
        before = TAILQ_PREV(before, followups, entry);
    if (before == NULL)
        TAILQ_INSERT_HEAD(&todo->items, followup, entry);
    else
        TAILQ_INSERT_AFTER(&todo->items, before, followup, entry);
    todo->count++;
    todo->untold += followup->record.told_to == 0;
}

/* The code is nobody else's. */
static struct followup *followup_new(struct routing *routing, const struct followup_record *record)
{
    struct todo *todo = todo_of_library(routing, record->library);
    size_t size = strlen(record->code) + strlen(record->text) + strlen(record->contact) + 3;
    struct followup *followup = mem_new(sizeof *followup + size);
    char *end = followup->strings;

    assert(record->done_at == 0);
    if (todo == NULL) {
        todo = mem_new(sizeof *todo);
        todo->library = record->library;
        TAILQ_INIT(&todo->items);
        HASH_ADD(by_library, routing->todos, library, sizeof todo->library, todo);
    }
    followup->todo = todo;
    followup->record = *record;
    followup->record.code = string_put(&end, record->code);
    followup->record.text = string_put(&end, record->text);
    followup->record.contact = string_put(&end, record->contact);
    HASH_ADD_KEYPTR(by_code, routing->followups_by_code, followup->record.code,
                    strlen(followup->record.code), followup);
    todo_insert(todo, followup);
    return followup;
}

static void followup_free(struct routing *routing, struct followup *followup)
{
    struct todo *todo = followup->todo;

    TAILQ_REMOVE(&todo->items, followup, entry);
    todo->count--;
    todo->untold -= followup->record.told_to == 0;
    assert(todo->untold >= 0 && todo->untold <= todo->count);
    HASH_DELETE(by_code, routing->followups_by_code, followup);
    free(followup);
}

void followups_free(struct routing *routing)
{
    struct todo *todo, *next;

    HASH_ITER(by_library, routing->todos, todo, next)
    {
        while (!TAILQ_EMPTY(&todo->items))
            followup_free(routing, TAILQ_FIRST(&todo->items));
        HASH_DELETE(by_library, routing->todos, todo);
        free(todo);
    }
}

static void followup_store(struct routing *routing, const struct followup *followup)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_FOLLOWUP);

    effect->followup = followup->record;
    effect->followup.code = kept(routing, followup->record.code);
    effect->followup.text = kept(routing, followup->record.text);
    effect->followup.contact = kept(routing, followup->record.contact);
}

/* An item's text is bounded; the whole is in the transcript. */
static const char *text_bounded(struct routing *routing, const char *text)
{
    static const char more[] = "...";
    size_t length = FOLLOWUP_BYTES_MAX - (sizeof more - 1);

    if (strlen(text) <= FOLLOWUP_BYTES_MAX)
        return text;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
        length--; /* not within a character */
    return arena_printf(routing->out->arena, "%.*s%s", (int)length, text, more);
}

void followup_add(struct routing *routing, const struct chat *chat, enum followup_kind kind,
                  const char *text, const char *contact, const struct operator *operator)
{
    const struct followup_record record = {
        .chat = chat->number,
        .code = chat->code,
        .library = chat->home->library,
        .queue = chat->home->id,
        .kind = kind,
        .text = text_bounded(routing, text),
        .contact = contact,
        .operator = operator == NULL ? 0 : operator->id,
        .at = routing->event->wall,
    };

    struct followup *same = followup_by_code(routing, chat->code);

    assert(!followups_full(routing, record.library));
    if (same != NULL)
        followup_free(routing, same); /* only by a mistake of the database; the newer counts */
    followup_store(routing, followup_new(routing, &record));
    routing->staff_changed = true; /* somebody may be there to be told */
}

const struct followup *followup_like(const struct routing *routing, const struct queue *queue,
                                     const char *text, const char *contact)
{
    const struct todo *todo = todo_of_library(routing, queue->library);
    const struct followup *followup;

    if (todo == NULL)
        return NULL;
    TAILQ_FOREACH(followup, &todo->items, entry)
        if (followup->record.queue == queue->id && strcmp(followup->record.text, text) == 0 &&
            strcmp(followup->record.contact, contact) == 0)
            return followup;
    return NULL;
}

void followup_done(struct routing *routing, struct followup *followup,
                   const struct operator *operator)
{
    followup->record.done_by = operator->id;
    followup->record.done_at = routing->event->wall;
    followup_store(routing, followup);
    followup_free(routing, followup);
}

/* The database has done its part already. An item of another library is left alone. */
void followups_erased(struct routing *routing)
{
    const struct event *event = routing->event;
    struct todo *todo = todo_of_library(routing, event->erased.library);
    struct followup *followup, *next;

    for (size_t i = 0; todo != NULL && i < event->erased.count; i++) {
        for (followup = TAILQ_FIRST(&todo->items); followup != NULL; followup = next) {
            next = TAILQ_NEXT(followup, entry);
            if (followup->record.chat == event->erased.chats[i])
                followup_free(routing, followup);
        }
    }
}

/* Who was told by a line that had not left is told again. */
void followup_restore(struct routing *routing)
{
    struct followup_record record = *routing->event->followup;

    if (record.done_at != 0 || followup_by_code(routing, record.code) != NULL)
        return;
    if (!record.handed)
        record.told_to = 0;
    followup_new(routing, &record);
}

/* --- telling --- */

bool operator_is_of_library(const struct routing *routing, const struct operator *operator,
                            int64_t library)
{
    struct queue *queue, *next;

    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->library == library && queue->index != NO_INDEX &&
            operator_is_assigned(operator, queue))
            return true;
    }
    return false;
}

/* The queue whose staff is told: the chat's home, or the library's first when that was removed. */
static struct queue *followup_queue(const struct routing *routing, const struct followup *followup)
{
    struct queue *queue = queue_by_id(routing, followup->record.queue), *next;

    if (queue != NULL && queue->index != NO_INDEX)
        return queue;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        if (queue->library == followup->record.library && queue->index != NO_INDEX)
            return queue;
    }
    return NULL;
}

/* Whether the library itself answers the queue now: not the backup, and no partner. */
static bool queue_has_own_hours(const struct routing *routing, const struct queue *queue)
{
    const struct decision *decision = &queue->decision;

    for (int i = 0; i < decision->tier_count; i++) {
        const struct tier *tier = &decision->tiers[i];
        for (int j = 0; tier->kind != VERDICT_BACKUP && j < tier->queue_count; j++)
            if (queue_by_index(routing, tier->queues[j])->library == queue->library)
                return true;
    }
    return false;
}

static struct operator *queue_on_duty(const struct routing *routing, const struct queue *queue,
                                      int64_t except)
{
    for (size_t i = 0; i < queue->operator_count; i++)
        if (queue->operators[i]->id != except &&
            operator_is_on_duty(queue->operators[i], queue, routing->event->wall))
            return queue->operators[i];
    return NULL;
}

/* Somebody of the queue, else of another queue of the library. Who wrote a note knows it. */
static struct operator *queue_listener(const struct routing *routing, const struct queue *queue,
                                       int64_t except)
{
    struct operator *operator = queue_on_duty(routing, queue, except);
    struct queue *other, *next;

    if (operator != NULL)
        return operator;
    HASH_ITER(by_name, routing->queues_by_name, other, next)
    {
        if (other->library != queue->library || other->index == NO_INDEX)
            continue;
        operator = queue_on_duty(routing, other, except);
        if (operator != NULL)
            return operator;
    }
    return NULL;
}

static const char *followup_text(struct routing *routing, const struct followup *followup,
                                 const struct queue *queue)
{
    struct arena *arena = routing->out->arena;
    const struct followup_record *record = &followup->record;
    const struct operator *author = operator_by_id(routing, record->operator);
    const char *head =
        record->kind == FOLLOWUP_LEFT
            ? arena_printf(arena, "Left question %s from %s", record->code,
                           text_time(routing, queue, record->at / 1000))
            : arena_printf(arena, "Follow-up %s from %s%s%s", record->code,
                           text_time(routing, queue, record->at / 1000),
                           author == NULL ? "" : " by ",
                           author == NULL ? "" : operator_label(routing, author));

    if (record->contact[0] == '\0')
        return arena_printf(arena, "%s: %s\nWrite !done %s when it is done.", head, record->text,
                            record->code);
    return arena_printf(arena, "%s: %s\nAnswer to %s, then write !done %s.", head, record->text,
                        record->contact, record->code);
}

/* `line`: in a line of its own; else it is counted in another. */
static void followup_tell(struct routing *routing, struct followup *followup,
                          const struct queue *queue, const struct operator *operator, bool line)
{
    assert(followup->record.told_to == 0);
    followup->record.told_to = operator->id;
    followup->record.told_at = routing->event->wall;
    followup->record.handed = !line;
    followup->todo->untold--;
    followup_store(routing, followup);
    if (!line)
        return;
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);
    effect->from = kept(routing, queue->name);
    effect->to = kept(routing, operator->account);
    effect->message.id = arena_printf(routing->out->arena, "%s-left", followup->record.code);
    effect->message.body = followup_text(routing, followup, queue);
    effect->message.delayed = followup->record.at;
    effect->message.private = true;
    effect->message.mark = (struct mark){MARK_FOLLOWUP, followup->record.chat, 0, operator->id};
}

/* The oldest first, so many in lines of their own; the rest as a number, to one operator. */
static void queue_tell(struct routing *routing, const struct queue *queue, struct todo *todo)
{
    struct operator *first = queue_listener(routing, queue, 0), *rest_to = NULL;
    struct followup *followup;
    int lines = 0, rest = 0;

    if (first == NULL)
        return;
    TAILQ_FOREACH(followup, &todo->items, entry)
    {
        int64_t author = followup->record.operator;
        if (followup->record.told_to != 0 || followup_queue(routing, followup) != queue)
            continue;
        struct operator *operator = first->id != author ? first
                                                        : queue_listener(routing, queue, author);
        if (operator == NULL || (rest_to != NULL && operator != rest_to))
            continue;
        bool line = lines < FOLLOWUPS_TOLD_MAX;
        followup_tell(routing, followup, queue, operator, line);
        lines += line;
        rest += !line;
        rest_to = line ? NULL : operator;
    }
    if (rest > 0)
        say_to_operator(routing, rest_to, queue->name,
                        arena_printf(routing->out->arena, "And %d more: !todo lists them.", rest));
}

void followups_tell(struct routing *routing)
{
    struct queue *queue, *next;

    if (!routing->up || !routing->staff_changed || routing->settle_until != 0)
        return;
    HASH_ITER(by_name, routing->queues_by_name, queue, next)
    {
        struct todo *todo = todo_of_library(routing, queue->library);
        if (queue->index != NO_INDEX && todo != NULL && todo->untold > 0 &&
            queue_has_own_hours(routing, queue))
            queue_tell(routing, queue, todo);
    }
}

/* --- for lists --- */

bool routing_followup_next(const struct routing *routing, const struct followup **cursor,
                           struct followup_view *ret)
{
    const struct followup *followup =
        *cursor == NULL ? NULL : TAILQ_NEXT(*cursor, entry);
    const struct todo *todo = *cursor == NULL ? routing->todos : (*cursor)->todo;

    while (followup == NULL && todo != NULL) {
        if (*cursor == NULL || todo != (*cursor)->todo)
            followup = TAILQ_FIRST(&todo->items);
        todo = todo->by_library.next;
    }
    if (followup == NULL)
        return false;
    const struct operator *told = operator_by_id(routing, followup->record.told_to);
    *cursor = followup;
    *ret = (struct followup_view){
        .code = followup->record.code,
        .library = followup->record.library,
        .queue = followup->record.queue,
        .kind = followup->record.kind,
        .text = followup->record.text,
        .contact = followup->record.contact,
        .at = followup->record.at,
        .told_to = told == NULL ? "" : told->name,
    };
    return true;
}
