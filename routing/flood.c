#include "routing/flood.h"

#include <assert.h>
#include <stdlib.h>

#include "policy/mem.h"
#include "routing/bounds.h"

/* A key may lie in any of so many neighbouring places. */
enum { WAYS = 8 };

struct bucket {
    uint64_t key;
    msec_t full_at;
};

struct flood {
    size_t sets;
    struct bucket *buckets; /* `sets` times WAYS */
};

static const struct {
    int burst;
    msec_t interval;
} limits[] = {
    [FLOOD_LINES] = {FLOOD_LINES_BURST, FLOOD_LINES_MS},
    [FLOOD_REPEATS] = {FLOOD_REPEATS_BURST, FLOOD_REPEATS_MS},
    [FLOOD_OPENINGS] = {FLOOD_OPENINGS_BURST, FLOOD_OPENINGS_MS},
    [FLOOD_QUEUE] = {FLOOD_QUEUE_BURST, FLOOD_QUEUE_MS},
    [FLOOD_LIBRARY] = {FLOOD_LIBRARY_BURST, FLOOD_LIBRARY_MS},
};

struct flood *flood_new(size_t buckets)
{
    struct flood *flood = mem_new(sizeof *flood);

    assert(buckets > 0);
    flood->sets = (buckets + WAYS - 1) / WAYS;
    flood->buckets = mem_new(flood->sets * WAYS * sizeof *flood->buckets);
    return flood;
}

struct flood *flood_free(struct flood *flood)
{
    if (flood == NULL)
        return NULL;
    free(flood->buckets);
    free(flood);
    return NULL;
}

/* FNV-1a, then splitmix64's end: neighbours in name are no neighbours in the table. */
uint64_t flood_key(uint64_t secret, enum flood_kind kind, const char *name)
{
    uint64_t value = secret ^ (0xcbf29ce484222325u + (uint64_t)kind);

    for (; *name != '\0'; name++)
        value = (value ^ (unsigned char)*name) * 0x100000001b3u;
    value = (value ^ secret ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* The bucket of that key, or the place for it: the one that is nearest to full, or full. */
static struct bucket *bucket_find(const struct flood *flood, uint64_t key)
{
    struct bucket *set = &flood->buckets[key % flood->sets * WAYS];
    struct bucket *place = set;

    for (struct bucket *bucket = set; bucket < set + WAYS; bucket++) {
        if (bucket->key == key)
            return bucket;
        if (bucket->full_at < place->full_at)
            place = bucket;
    }
    *place = (struct bucket){.key = key};
    return place;
}

bool flood_take(struct flood *flood, enum flood_kind kind, uint64_t key, msec_t at)
{
    struct bucket *bucket = bucket_find(flood, key);
    msec_t interval = limits[kind].interval;
    msec_t full_at = bucket->full_at > at ? bucket->full_at : at;

    if (full_at - at > (limits[kind].burst - 1) * interval)
        return false;
    bucket->full_at = full_at + interval;
    return true;
}
