#include "component/timeline.h"

#include <assert.h>
#include <stdlib.h>

#include "policy/date.h"
#include "policy/mem.h"

/* A block is long enough that 400 days are a few of them, and short enough that one question costs
 * little. 1,400 blocks reach to 2215. */
enum { BLOCK_DAYS = 64, BLOCK_COUNT = 1400 };
#define BLOCK_SECONDS ((instant)BLOCK_DAYS * SECONDS_A_DAY)
#define HORIZON_SECONDS ((instant)HORIZON_DAYS * SECONDS_A_DAY)

struct change {
    instant at;
    bool open; /* from here on */
};

struct block {
    bool filled;
    bool opens; /* some change opens */
    size_t count;
    struct change *changes; /* ascending */
};

struct timeline {
    const struct consortium *consortium;
    int queue;
    struct block blocks[BLOCK_COUNT];
};

struct timeline *timeline_new(const struct consortium *consortium, int queue)
{
    struct timeline *timeline = mem_new(sizeof *timeline);

    timeline->consortium = consortium;
    timeline->queue = queue;
    return timeline;
}

struct timeline *timeline_free(struct timeline *timeline)
{
    if (timeline == NULL)
        return NULL;
    for (int i = 0; i < BLOCK_COUNT; i++)
        free(timeline->blocks[i].changes);
    free(timeline);
    return NULL;
}

static void block_fill(struct block *block, const struct timeline *timeline, instant start)
{
    struct decision decisions[2]; /* before and now, taking turns */
    size_t capacity = 0;
    int before = 0;

    policy_decide(timeline->consortium, timeline->queue, start - 1, &decisions[before]);
    for (instant at = start; at < start + BLOCK_SECONDS;
         at = policy_boundary(timeline->consortium, timeline->queue, at)) {
        struct decision *now = &decisions[!before];
        policy_decide(timeline->consortium, timeline->queue, at, now);
        if (decision_equal(&decisions[before], now))
            continue;
        if (block->count == capacity) {
            capacity = capacity * 2 + 64;
            block->changes = mem_resize(block->changes, capacity * sizeof *block->changes);
        }
        bool open = now->verdict != VERDICT_CLOSED;
        block->changes[block->count++] = (struct change){at, open};
        block->opens |= open;
        before = !before;
    }
    block->filled = true;
}

static const struct block *timeline_block(struct timeline *timeline, int index)
{
    struct block *block = &timeline->blocks[index];

    assert(index >= 0 && index < BLOCK_COUNT);
    if (!block->filled)
        block_fill(block, timeline, index * BLOCK_SECONDS);
    return block;
}

/* Index of the first change after `at`. */
static size_t block_after(const struct block *block, instant at)
{
    size_t low = 0, high = block->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block->changes[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static instant timeline_find(struct timeline *timeline, instant at, bool must_open)
{
    instant end = at + HORIZON_SECONDS;

    assert(at >= 0);
    for (int index = (int)(at / BLOCK_SECONDS); index <= (int)(end / BLOCK_SECONDS); index++) {
        const struct block *block = timeline_block(timeline, index);
        if (must_open && !block->opens)
            continue;
        for (size_t i = block_after(block, at); i < block->count; i++) {
            const struct change *change = &block->changes[i];
            if (change->open || !must_open)
                return change->at <= end ? change->at : INT64_MAX;
        }
    }
    return INT64_MAX;
}

instant timeline_until(struct timeline *timeline, instant at)
{
    return timeline_find(timeline, at, false);
}

instant timeline_next(struct timeline *timeline, instant at)
{
    return timeline_find(timeline, at, true);
}
