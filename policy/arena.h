/* arena.h: memory that is filled piece by piece and let go all at once.
 *
 * A consortium's settings and the effects of a turn both have that life: many small pieces,
 * one owner, one end. Out of memory aborts; systemd restarts us and the store restores. */
#ifndef DESKBELL_POLICY_ARENA_H
#define DESKBELL_POLICY_ARENA_H

#include <stddef.h>

struct arena;

/* Never NULL. The caller frees it with arena_free(). */
struct arena *arena_new(void);

/* Frees the arena and all that came out of it. NULL is fine. Always returns NULL. */
struct arena *arena_free(struct arena *arena);

/* Forgets all pieces, keeps the memory for the next round. */
void arena_clear(struct arena *arena);

/* `size` zeroed bytes, aligned for any type; the arena's until it is cleared or freed. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of a string, or of its first `length` bytes with a NUL behind. NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out since the last clear: what a turn or a consortium costs. */
size_t arena_used(const struct arena *arena);

#endif
