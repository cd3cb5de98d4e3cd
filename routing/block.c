/* block.c: patrons whom a library does not listen to for a while.
 *
 * A block ends by the clock: nothing happens then, it just does not hold any more, and is forgotten
 * when somebody asks for it or room is needed. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

static struct blocked_library *library_find(const struct routing *routing, int64_t id)
{
    struct blocked_library *library;

    HASH_FIND(hh, routing->blocked, &id, sizeof id, library);
    return library;
}

static struct block *block_find(const struct blocked_library *library, const char *patron)
{
    struct block *block = NULL;

    if (library != NULL)
        HASH_FIND_STR(library->blocks, patron, block);
    return block;
}

static void block_drop(struct blocked_library *library, struct block *block)
{
    HASH_DEL(library->blocks, block);
    free(block);
}

bool block_holds(struct routing *routing, int64_t library_id, const char *patron)
{
    struct blocked_library *library = library_find(routing, library_id);
    struct block *block = block_find(library, patron);

    if (block == NULL)
        return false;
    if (routing->event->wall < block->until)
        return true;
    block_drop(library, block);
    return false;
}

static void block_make_room(struct blocked_library *library)
{
    struct block *block, *next, *first = NULL;

    if (HASH_COUNT(library->blocks) < BLOCKS_PER_LIBRARY_MAX)
        return;
    HASH_ITER(hh, library->blocks, block, next)
    {
        if (first == NULL || block->until < first->until)
            first = block;
    }
    block_drop(library, first);
}

static void block_put(struct routing *routing, int64_t library_id, const char *patron,
                      msec_t until)
{
    struct blocked_library *library = library_find(routing, library_id);
    struct block *block = block_find(library, patron);
    size_t length = strlen(patron);

    assert(until > 0);
    if (library == NULL) {
        library = mem_new(sizeof *library);
        library->id = library_id;
        HASH_ADD(hh, routing->blocked, id, sizeof library->id, library);
    }
    if (block == NULL) {
        block_make_room(library);
        block = mem_new(sizeof *block + length + 1);
        memcpy(block->patron, patron, length + 1);
        HASH_ADD_STR(library->blocks, patron, block);
    }
    block->until = until;
}

void block_set(struct routing *routing, const struct chat *chat, const struct operator *operator,
               msec_t until)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_BLOCK);

    effect->block.library = chat->home->library;
    effect->block.patron = kept(routing, chat->patron);
    effect->block.until = until;
    effect->block.operator = operator->id;
    effect->block.chat = chat->number;
    effect->block.at = routing->event->wall;
    block_put(routing, chat->home->library, chat->patron, until);
}

void block_restore(struct routing *routing)
{
    const struct block_record *record = routing->event->block;

    if (library_by_id(routing, record->library) != NULL && record->patron[0] != '\0' &&
        record->until > routing->event->wall)
        block_put(routing, record->library, record->patron, record->until);
}

/* What is written down already: nothing is stored, and no chat ends. */
void block_changed(struct routing *routing)
{
    const struct block_record *record = routing->event->block;
    struct blocked_library *library = library_find(routing, record->library);
    struct block *block = block_find(library, record->patron);

    if (record->until > routing->event->wall)
        block_restore(routing);
    else if (block != NULL)
        block_drop(library, block);
}

static void library_free(struct routing *routing, struct blocked_library *library)
{
    struct block *block, *next;

    HASH_ITER(hh, library->blocks, block, next)
    {
        block_drop(library, block);
    }
    HASH_DEL(routing->blocked, library);
    free(library);
}

void blocks_prune(struct routing *routing)
{
    struct blocked_library *library, *next;

    HASH_ITER(hh, routing->blocked, library, next)
    {
        if (library_by_id(routing, library->id) == NULL)
            library_free(routing, library);
    }
}

void blocks_free(struct routing *routing)
{
    struct blocked_library *library, *next;

    HASH_ITER(hh, routing->blocked, library, next)
    {
        library_free(routing, library);
    }
}
