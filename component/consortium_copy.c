#include "component/consortium_copy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"

static void *field_of(void *thing, size_t offset)
{
    return (char *)thing + offset;
}

static void *thing_at(const struct consortium *consortium, const struct settings_kind *kind,
                      int index)
{
    char *const *array = (const void *)((const char *)consortium + kind->array);

    return *array + (size_t)index * kind->size;
}

static size_t thing_count(const struct consortium *consortium, const struct settings_kind *kind)
{
    return *(const size_t *)(const void *)((const char *)consortium + kind->count);
}

/* Copying */

static void copy_keys(struct arena *arena, const struct settings_kind *kind, void *to,
                      const void *from)
{
    for (size_t i = 0; i < kind->key_count; i++)
        value_copy(arena, &kind->keys[i], to, from);
}

/* What the link finds is left out: it belongs to the other arena. */
static void copy_kind(struct consortium *to, const struct settings_kind *kind,
                      const struct consortium *from)
{
    size_t count = thing_count(from, kind);
    char *things = count == 0 ? NULL : arena_alloc(to->arena, count * kind->size);

    *(void **)field_of(to, kind->array) = things;
    *(size_t *)field_of(to, kind->count) = count;
    for (size_t i = 0; i < count; i++) {
        const void *old = thing_at(from, kind, (int)i);
        void *new = memcpy(things + i * kind->size, old, kind->size);
        copy_keys(to->arena, kind, new, old);
        *(const char **)field_of(new, kind->name) = arena_strdup(to->arena, thing_name(kind, old));
    }
}

struct consortium *consortium_copy(const struct consortium *from)
{
    struct consortium *to = consortium_new(from->name);

    to->id = from->id;
    to->zone = from->zone;
    to->given = from->given;
    copy_keys(to->arena, &settings_consortium_kind, to, from);
    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        copy_kind(to, settings_kinds[i], from);
    for (size_t i = 0; i < to->queue_count; i++)
        to->queues[i].operator_index = NULL;
    to->renamed_count = from->renamed_count;
    if (from->renamed_count > 0)
        to->renamed = arena_alloc(to->arena, from->renamed_count * sizeof *to->renamed);
    for (size_t i = 0; i < from->renamed_count; i++)
        to->renamed[i] = (struct renamed_address){
            .name = arena_strdup(to->arena, from->renamed[i].name),
            .now = arena_strdup(to->arena, from->renamed[i].now),
            .until = from->renamed[i].until,
        };
    return to;
}

/* Coming and going */

void *consortium_add(struct consortium *consortium, const struct settings_kind *kind,
                     const char *name, int library)
{
    size_t count = thing_count(consortium, kind);
    char *things = arena_alloc(consortium->arena, (count + 1) * kind->size);

    if (count > 0)
        memcpy(things, thing_at(consortium, kind, 0), count * kind->size);
    void *thing = things + count * kind->size;
    *(const char **)field_of(thing, kind->name) = arena_strdup(consortium->arena, name);
    if (kind->library != NO_FIELD)
        *(int *)field_of(thing, kind->library) = library;
    if (kind->given != NO_FIELD)
        *(uint32_t *)field_of(thing, kind->given) = UINT32_MAX;
    *(void **)field_of(consortium, kind->array) = things;
    *(size_t *)field_of(consortium, kind->count) = count + 1;
    return thing;
}

void consortium_remove(struct consortium *consortium, const struct settings_kind *kind, int index)
{
    size_t count = thing_count(consortium, kind);
    char *thing = thing_at(consortium, kind, index);

    assert(index >= 0 && (size_t)index < count);
    memmove(thing, thing + kind->size, (count - (size_t)index - 1) * kind->size);
    *(size_t *)field_of(consortium, kind->count) = count - 1;
    if (count == 1)
        *(void **)field_of(consortium, kind->array) = NULL;
    if (kind != &settings_library_kind)
        return;
    for (int i = 1; i < SETTINGS_KIND_COUNT; i++)
        for (size_t k = 0; k < thing_count(consortium, settings_kinds[i]); k++) {
            int *library = field_of(thing_at(consortium, settings_kinds[i], (int)k),
                                    settings_kinds[i]->library);
            assert(*library != index);
            *library -= *library > index;
        }
}

/* Names */

const char *consortium_name(const struct consortium *consortium, const struct settings_kind *kind,
                            int64_t id)
{
    for (size_t i = 0; i < thing_count(consortium, kind); i++) {
        const void *thing = thing_at(consortium, kind, (int)i);
        if (thing_id(kind, thing) == id)
            return thing_name(kind, thing);
    }
    return NULL;
}

/* One name for another, wherever it stands. */
struct change {
    const char *old, *new;
};

static void change_name(const struct change *change, const char **name)
{
    if (*name != NULL && strcmp(*name, change->old) == 0)
        *name = change->new;
}

static void change_hours(const struct change *change, struct hours *hours)
{
    for (size_t i = 0; i < hours->count; i++)
        for (size_t k = 0; k < hours->windows[i].answered_by_count; k++)
            change_name(change, &hours->windows[i].answered_by[k]);
}

static void change_closures(const struct change *change, struct closures *closures)
{
    for (size_t i = 0; i < closures->count; i++)
        change_hours(change, &closures->list[i].hours);
}

static void change_queue(const struct change *change, struct consortium *consortium)
{
    change_hours(change, &consortium->hours);
    change_hours(change, &consortium->backup_hours);
    change_closures(change, &consortium->closures);
    change_name(change, &consortium->backup_queue);
    for (size_t i = 0; i < consortium->library_count; i++) {
        change_hours(change, &consortium->libraries[i].hours);
        change_closures(change, &consortium->libraries[i].closures);
    }
    for (size_t i = 0; i < consortium->queue_count; i++) {
        change_hours(change, &consortium->queues[i].hours);
        change_closures(change, &consortium->queues[i].closures);
    }
    for (size_t i = 0; i < consortium->snippet_count; i++)
        change_name(change, &consortium->snippets[i].queue);
}

static void change_operator(const struct change *change, struct consortium *consortium)
{
    for (size_t i = 0; i < consortium->queue_count; i++)
        for (size_t k = 0; k < consortium->queues[i].operator_count; k++)
            change_name(change, &consortium->queues[i].operators[k]);
}

void consortium_rename(struct consortium *consortium, const struct settings_kind *kind, int index,
                       const char *name)
{
    const char **field = field_of(thing_at(consortium, kind, index), kind->name);
    struct change change = {*field, arena_strdup(consortium->arena, name)};

    if (kind == &settings_queue_kind)
        change_queue(&change, consortium);
    else if (kind == &settings_operator_kind)
        change_operator(&change, consortium);
    for (size_t i = 0; i < consortium->renamed_count; i++)
        change_name(&change, &consortium->renamed[i].now);
    *field = change.new;
}

void consortium_rename_library(struct consortium *consortium, int library, const char *name)
{
    const char *old = consortium->libraries[library].name;
    size_t prefix = strlen(consortium->name) + 1 + strlen(old);

    for (int i = 1; i < SETTINGS_KIND_COUNT; i++) {
        const struct settings_kind *kind = settings_kinds[i];
        for (size_t k = 0; k < thing_count(consortium, kind); k++) {
            void *thing = thing_at(consortium, kind, (int)k);
            const char *now = thing_name(kind, thing);
            if (*(const int *)field_of(thing, kind->library) != library)
                continue;
            if (kind == &settings_snippet_kind)
                now = arena_printf(consortium->arena, "%s%s", name, now + strlen(old));
            else
                now = arena_printf(consortium->arena, "%s-%s%s", consortium->name, name,
                                   now + prefix);
            consortium_rename(consortium, kind, (int)k, now);
        }
    }
    consortium_rename(consortium, &settings_library_kind, library, name);
}

struct bearer {
    int64_t id;
    const char *name;
};

static int bearer_compare(const void *left, const void *right)
{
    const struct bearer *a = left, *b = right;

    return (a->id > b->id) - (a->id < b->id);
}

/* By id, since a large consortium has tens of thousands of names. */
static void take_names(struct consortium *to, const struct settings_kind *kind,
                       const struct consortium *from)
{
    size_t count = thing_count(from, kind);
    struct bearer *bearers = arena_alloc(to->arena, (count + 1) * sizeof *bearers);

    for (size_t i = 0; i < count; i++) {
        const void *thing = thing_at(from, kind, (int)i);
        bearers[i].id = thing_id(kind, thing);
        bearers[i].name = thing_name(kind, thing);
    }
    qsort(bearers, count, sizeof *bearers, bearer_compare);
    for (size_t i = 0; i < thing_count(to, kind); i++) {
        void *thing = thing_at(to, kind, (int)i);
        struct bearer key = {thing_id(kind, thing), NULL};
        const struct bearer *found =
            key.id == 0 || count == 0
                ? NULL
                : bsearch(&key, bearers, count, sizeof *bearers, bearer_compare);
        if (found != NULL && strcmp(found->name, thing_name(kind, thing)) != 0)
            consortium_rename(to, kind, (int)i, found->name);
    }
}

/* A name that somebody else still bears is no error of this copy. */
static void ignore_complaint(void *context, unsigned line, const char *text)
{
    (void)context;
    (void)line;
    (void)text;
}

struct consortium *consortium_renamed(const struct consortium *before,
                                      const struct consortium *after)
{
    struct consortium *renamed = consortium_copy(before);

    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        take_names(renamed, settings_kinds[i], after);
    consortium_link(renamed, NULL, ignore_complaint, NULL);
    return renamed;
}
