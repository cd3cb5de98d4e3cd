#include "routing/effect.h"

#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"

void effects_init(struct effects *effects)
{
    memset(effects, 0, sizeof *effects);
    effects->arena = arena_new();
}

void effects_release(struct effects *effects)
{
    arena_free(effects->arena);
    free(effects->list);
    memset(effects, 0, sizeof *effects);
}

void effects_clear(struct effects *effects)
{
    arena_clear(effects->arena);
    effects->count = 0;
    effects->token_used = false;
}

struct effect *effects_add(struct effects *effects, enum effect_type type)
{
    if (effects->count == effects->capacity) {
        effects->capacity = effects->capacity == 0 ? 64 : effects->capacity * 2;
        effects->list = mem_resize(effects->list, effects->capacity * sizeof *effects->list);
    }
    struct effect *effect = &effects->list[effects->count++];
    memset(effect, 0, sizeof *effect);
    effect->type = type;
    return effect;
}
