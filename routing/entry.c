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

bool entry_of_event(const struct routing *routing, struct entry *ret)
{
    const struct event *event = routing->event;
    const struct former_name *former = former_find(routing, event->to);
    bool named = entry_find(routing, event->to, ret);

    if (former == NULL ||
        (named && (entry_has_staff(routing, ret) ||
                   chat_by_patron(routing, event->from, ret) != NULL ||
                   chat_by_patron(routing, event->from, &former->entry) == NULL)))
        return named;
    *ret = former->entry;
    return true;
}

static int renamed_compare(const void *key, const void *element)
{
    return strcmp(key, ((const struct renamed_address *)element)->name);
}

void entry_refuse(struct routing *routing)
{
    const struct event *event = routing->event;
    const struct consortium *settings = routing->settings;
    const struct renamed_address *renamed = NULL;

    if (settings != NULL && settings->renamed_count > 0)
        renamed = bsearch(event->to, settings->renamed, settings->renamed_count,
                          sizeof *settings->renamed, renamed_compare);
    if (renamed != NULL && event->wall / 1000 < renamed->until)
        message_refuse(routing, event->message.id, REFUSAL_GONE,
                       kept(routing, renamed->now));
    else
        message_refuse(routing, event->message.id, REFUSAL_NOT_FOUND, "");
}

void entry_remember_name(struct routing *routing, const struct entry *entry, const char *name)
{
    struct former_name *former = former_find(routing, name);
    size_t length = strlen(name);

    if (former == NULL) {
        former = mem_new(sizeof *former + length + 1);
        memcpy(former->name, name, length + 1);
        HASH_ADD_STR(routing->former_names, name, former);
    }
    former->entry = *entry;
}

void entry_forget_names(struct routing *routing, const struct entry *entry)
{
    struct former_name *former, *next;

    HASH_ITER(hh, routing->former_names, former, next)
    {
        if (former->entry.queue != entry->queue || former->entry.operator != entry->operator)
            continue;
        HASH_DEL(routing->former_names, former);
        free(former);
    }
}
