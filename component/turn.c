#include "component/turn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"

void turns_init(struct turns *turns)
{
    memset(turns, 0, sizeof *turns);
    for (int i = 0; i < TURNS_MAX; i++)
        effects_init(&turns->ring[i].effects);
}

void turns_release(struct turns *turns)
{
    for (int i = 0; i < TURNS_MAX; i++)
        effects_release(&turns->ring[i].effects);
}

struct turn *turns_gathering(struct turns *turns)
{
    assert(turns->in_flight < TURNS_MAX);
    return &turns->ring[(turns->first + turns->in_flight) % TURNS_MAX];
}

void turn_count_records(struct turn *turn)
{
    for (; turn->counted < turn->effects.count; turn->counted++)
        turn->records += effect_is_record(&turn->effects.list[turn->counted]);
}

void turn_clear(struct turn *turn)
{
    effects_clear(&turn->effects);
    turn->records = turn->counted = 0;
    turn->batch = 0;
}

void turns_submitted(struct turns *turns, int64_t batch)
{
    assert(turns->in_flight < STORE_BATCHES_MAX);
    turns_gathering(turns)->batch = batch;
    turns->in_flight++;
    turn_clear(turns_gathering(turns));
}

struct turn *turns_oldest(struct turns *turns, int64_t batch)
{
    struct turn *turn = &turns->ring[turns->first];

    assert(turns->in_flight > 0);
    assert(turn->batch == batch);
    return turn;
}

void turns_shift(struct turns *turns)
{
    assert(turns->in_flight > 0);
    turn_clear(&turns->ring[turns->first]);
    turns->first = (turns->first + 1) % TURNS_MAX;
    turns->in_flight--;
}

void outbox_init(struct outbox *outbox)
{
    memset(outbox, 0, sizeof *outbox);
}

void outbox_release(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++)
        free(outbox_line(outbox, i)->bytes);
    free(outbox->lines);
    free(outbox->left);
    memset(outbox, 0, sizeof *outbox);
}

struct outbox_line *outbox_line(const struct outbox *outbox, size_t index)
{
    assert(index < outbox->count);
    return &outbox->lines[(outbox->first + index) % outbox->capacity];
}

/* The stream's own bound on unsent bytes bounds the ring: reading stops long before. */
static void outbox_grow(struct outbox *outbox)
{
    size_t capacity = outbox->capacity == 0 ? 64 : outbox->capacity * 2;
    struct outbox_line *lines = mem_new(capacity * sizeof *lines);

    for (size_t i = 0; i < outbox->count; i++)
        lines[i] = *outbox_line(outbox, i);
    free(outbox->lines);
    outbox->lines = lines;
    outbox->first = 0;
    outbox->capacity = capacity;
}

void outbox_add(struct outbox *outbox, const struct mark *mark, const char *bytes, size_t length,
                uint64_t position)
{
    if (outbox->count == outbox->capacity)
        outbox_grow(outbox);
    outbox->count++;
    struct outbox_line *line = outbox_line(outbox, outbox->count - 1);
    line->mark = *mark;
    line->position = position;
    line->bytes = mem_new(length);
    memcpy(line->bytes, bytes, length);
    line->length = length;
}

void outbox_written(struct outbox *outbox, uint64_t position)
{
    while (outbox->count > 0 && outbox_line(outbox, 0)->position <= position) {
        struct outbox_line *line = outbox_line(outbox, 0);
        if (outbox->left_count == outbox->left_capacity) {
            outbox->left_capacity = outbox->left_capacity == 0 ? 64 : outbox->left_capacity * 2;
            outbox->left =
                mem_resize(outbox->left, outbox->left_capacity * sizeof *outbox->left);
        }
        outbox->left[outbox->left_count++] = line->mark;
        free(line->bytes);
        outbox->first = (outbox->first + 1) % outbox->capacity;
        outbox->count--;
    }
}

void outbox_marked(struct outbox *outbox)
{
    outbox->left_count = 0;
}
