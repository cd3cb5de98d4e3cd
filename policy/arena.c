#include "policy/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
    struct block *next;
    size_t size; /* of bytes[] */
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *first;
    struct block *current; /* blocks behind it are empty and wait for reuse */
    size_t used;
};

static void *arena_malloc(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        abort();
    return memory;
}

static struct block *block_new(size_t size)
{
    struct block *block = arena_malloc(sizeof *block + size);

    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = arena_malloc(sizeof *arena);

    arena->first = arena->current = block_new(BLOCK_BYTES);
    arena->used = 0;
    return arena;
}

struct arena *arena_free(struct arena *arena)
{
    if (arena == NULL)
        return NULL;
    for (struct block *block = arena->first, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
    return NULL;
}

/* Blocks of an unusual size served one large piece; keeping them would keep a peak for ever. */
void arena_clear(struct arena *arena)
{
    struct block **link = &arena->first->next;

    while (*link != NULL) {
        struct block *block = *link;
        if (block->size > BLOCK_BYTES) {
            *link = block->next;
            free(block);
        } else {
            block->used = 0;
            link = &block->next;
        }
    }
    arena->first->used = 0;
    arena->current = arena->first;
    arena->used = 0;
}

static struct block *arena_block_for(struct arena *arena, size_t size)
{
    struct block *block = arena->current;

    if (block->size - block->used >= size)
        return block;
    if (block->next != NULL && block->next->size >= size) {
        assert(block->next->used == 0);
        arena->current = block->next;
        return block->next;
    }
    struct block *fresh = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES);
    fresh->next = block->next;
    block->next = fresh;
    arena->current = fresh;
    return fresh;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);

    assert(size < SIZE_MAX - align);
    size = (size + align - 1) / align * align;
    struct block *block = arena_block_for(arena, size);
    void *piece = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(piece, 0, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    if (text == NULL)
        return NULL;
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

/* Formatting is dear, and most texts are short: these are formatted once. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
    char guess[256];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(guess, sizeof guess, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof guess) {
        memcpy(text, guess, (size_t)length + 1);
        return text;
    }
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
