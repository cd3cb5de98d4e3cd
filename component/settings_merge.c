/* Merging a file over what is stored. */
#include <string.h>

#include "component/settings.h"
#include "component/settings_check.h"
#include "component/settings_value.h"
#include "component/zone.h"
#include "policy/arena.h"

/* A file's thing has the defaults where it gives nothing, so a new one takes all from there. */
static void merge_keys(struct arena *arena, const struct settings_kind *kind, void *to,
                       const void *stored, const void *file)
{
    uint32_t given = file == NULL ? 0 : thing_given(kind, file);

    for (size_t i = 0; i < kind->key_count; i++) {
        const struct settings_key *key = &kind->keys[i];
        bool by_file = stored == NULL || (given & UINT32_C(1) << key->given) != 0;
        value_copy(arena, key, to, by_file ? file : stored);
    }
}

static void *field_of(void *thing, size_t offset)
{
    return (char *)thing + offset;
}

/* Libraries come first, since the others find theirs by its name. */
static void merge_kind(struct consortium *merged, const struct settings_kind *kind,
                       const struct consortium *stored, const struct consortium *file, bool prune)
{
    struct settings_walk walk = {.kind = kind, .old = stored, .new = file};
    const void *old, *new;
    size_t count = 0, most = 0;

    while (walk_next(&walk, &old, &new))
        most++;
    char *things = most == 0 ? NULL : arena_alloc(merged->arena, most * kind->size);
    walk = (struct settings_walk){.kind = kind, .old = stored, .new = file};
    while (walk_next(&walk, &old, &new)) {
        const struct consortium *source = new != NULL ? file : stored;
        const void *from = new != NULL ? new : old;
        if (new == NULL && prune)
            continue;
        void *to = memcpy(things + count++ * kind->size, from, kind->size);
        merge_keys(merged->arena, kind, to, old, new);
        *(const char **)field_of(to, kind->name) =
            arena_strdup(merged->arena, thing_name(kind, from));
        *(int64_t *)field_of(to, kind->id) =
            old == NULL ? 0 : *(const int64_t *)(const void *)((const char *)old + kind->id);
        *(unsigned *)field_of(to, kind->line) = new == NULL ? 0 : thing_line(kind, new);
        if (kind->given != NO_FIELD)
            *(uint32_t *)field_of(to, kind->given) =
                old != NULL ? UINT32_MAX : thing_given(kind, new);
        if (kind->library != NO_FIELD)
            *(int *)field_of(to, kind->library) =
                consortium_library(merged, thing_library(kind, source, from));
    }
    *(void **)field_of(merged, kind->array) = things;
    *(size_t *)field_of(merged, kind->count) = count;
}

/* Zones were found when the two sources were read, so they are there. */
static void merge_zones(struct consortium *merged, struct file_reader *reader)
{
    struct error error;

    merged->zone = zone_load(merged->timezone, &error);
    if (merged->zone == NULL)
        file_complain(reader, 0, "timezone: %s", error.text);
    for (size_t i = 0; i < merged->library_count; i++) {
        struct library_settings *library = &merged->libraries[i];
        library->zone = merged->zone;
        if (library->timezone != NULL)
            library->zone = zone_load(library->timezone, &error);
        if (library->zone == NULL)
            file_complain(reader, library->line, "timezone: %s", error.text);
    }
}

struct consortium *settings_merge(const struct consortium *stored, const struct consortium *file,
                                  const char *accounts_domain, bool prune, const char *path,
                                  FILE *complaints)
{
    struct consortium *merged = consortium_new(file->name);
    struct file_reader reader = {.name = path};

    merged->id = stored == NULL ? 0 : stored->id;
    merged->given = stored == NULL ? file->given : UINT32_MAX;
    merge_keys(merged->arena, &settings_consortium_kind, merged, stored, file);
    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        merge_kind(merged, settings_kinds[i], stored, file, prune);
    merge_zones(merged, &reader);
    settings_check(merged, accounts_domain, 0, &reader);
    if (!file_report(&reader, complaints))
        merged = consortium_free(merged);
    return merged;
}
