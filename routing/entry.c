/* entry.c: what patrons write to: a queue, or an operator's own address, under the name that it has
 * now or, while chats from before run, had once. */
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

bool entry_find(const struct routing *routing, const char *address, struct entry *ret)
{
    ret->queue = queue_by_name(routing, address);
    ret->operator = ret->queue != NULL ? NULL : operator_by_name(routing, address);
    return ret->queue != NULL || ret->operator != NULL;
}

const char *entry_name(const struct entry *entry)
{
    return entry->queue != NULL ? entry->queue->name : entry->operator->name;
}

int64_t entry_library(const struct entry *entry)
{
    return entry->queue != NULL ? entry->queue->library : entry->operator->library;
}

static struct former_name *former_find(const struct routing *routing, const char *name)
{
    struct former_name *former;

    HASH_FIND_STR(routing->former_names, name, former);
    return former;
}

/* Whom the address hears as staff by its name of now. */
static bool entry_has_staff(const struct routing *routing, const struct entry *entry)
{
    const struct operator *operator = operator_by_account(routing, routing->event->from);

    return operator != NULL &&
           (entry->queue == NULL || operator_is_assigned(operator, entry->queue));
}

static bool entry_is(const struct entry *a, const struct entry *b)
{
    return a->queue == b->queue && a->operator == b->operator;
}

/* Of two chats that an address may mean: the one that speaks from there, then the newer one. */
static struct chat *chat_meant(struct chat *a, struct chat *b, const char *address)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    bool speaks_a = strcmp(a->entry_name, address) == 0;
    bool speaks_b = strcmp(b->entry_name, address) == 0;
    if (speaks_a != speaks_b)
        return speaks_a ? a : b;
    return a->number > b->number ? a : b;
}

struct chat *entry_chat(const struct routing *routing, const char *patron, const char *address)
{
    const struct former_name *former = former_find(routing, address);
    struct chat *found = NULL;
    struct entry entry;

    if (entry_find(routing, address, &entry))
        found = chat_by_patron(routing, patron, &entry);
    if (found != NULL && strcmp(found->entry_name, address) == 0)
        return found;
    struct chat *before = NULL;
    for (size_t i = 0; former != NULL && i < former->entry_count; i++)
        before = chat_meant(before, chat_by_patron(routing, patron, &former->entries[i]), address);
    if (found == NULL || (before != NULL && strcmp(before->entry_name, address) == 0))
        return before;
    return found;
}

bool entry_of_event(const struct routing *routing, struct entry *ret)
{
    const struct event *event = routing->event;
    const struct former_name *former = former_find(routing, event->to);
    bool named = entry_find(routing, event->to, ret);

    if (former == NULL || (named && entry_has_staff(routing, ret)))
        return named;
    const struct chat *chat = entry_chat(routing, event->from, event->to);
    if (chat != NULL)
        *ret = chat->entry;
    else if (!named)
        *ret = former->entries[former->entry_count - 1];
    return true;
}

static const char *forward(const struct routing *routing)
{
    const struct event *event = routing->event;

    return routing->settings == NULL
               ? NULL
               : consortium_forward(routing->settings, event->to, event->wall / 1000);
}

void entry_refuse(struct routing *routing)
{
    const char *id = routing->event->message.id, *to = forward(routing);

    if (to != NULL)
        message_refuse(routing, id, REFUSAL_GONE, kept(routing, to));
    else
        message_refuse(routing, id, REFUSAL_NOT_FOUND, "");
}

void entry_forward_presence(struct routing *routing)
{
    const char *to = forward(routing);

    if (to == NULL)
        return;
    message_refuse(routing, routing->event->id == NULL ? "" : routing->event->id, REFUSAL_GONE,
                   kept(routing, to));
    routing->out->list[routing->out->count - 1].error.of_presence = true;
}

void entry_remember_name(struct routing *routing, const struct entry *entry, const char *name)
{
    struct former_name *former = former_find(routing, name);
    size_t length = strlen(name), kept_count = 0;

    if (former == NULL) {
        former = mem_new(sizeof *former + length + 1);
        memcpy(former->name, name, length + 1);
        HASH_ADD_STR(routing->former_names, name, former);
    }
    for (size_t i = 0; i < former->entry_count; i++)
        if (!entry_is(&former->entries[i], entry))
            former->entries[kept_count++] = former->entries[i];
    former->entries = mem_resize(former->entries, (kept_count + 1) * sizeof *former->entries);
    former->entries[kept_count] = *entry; /* the newest is the last */
    former->entry_count = kept_count + 1;
}

void entry_forget_names(struct routing *routing, const struct entry *entry)
{
    struct former_name *former, *next;

    HASH_ITER(hh, routing->former_names, former, next)
    {
        size_t kept_count = 0;
        for (size_t i = 0; i < former->entry_count; i++)
            if (!entry_is(&former->entries[i], entry))
                former->entries[kept_count++] = former->entries[i];
        former->entry_count = kept_count;
        if (kept_count > 0)
            continue;
        HASH_DEL(routing->former_names, former);
        free(former->entries);
        free(former);
    }
}
