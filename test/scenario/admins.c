/* admins.c: what an administrator does to the desk by command. Whether one may, is not routing's to
 * ask: what comes here is permitted, and is written down before routing hears of it. */
#include <stdlib.h>
#include <string.h>

#include "test/scenario/world.h"

enum { ERASED_MAX = 16, HOUR_MS = 3600 * 1000 };

void admin_signs_off(struct world *world, const char *who, int64_t operator)
{
    struct event event = {.type = EVENT_SIGNOFF, .from = who};

    event.signoff.tag = 2;
    event.signoff.operator = operator;
    world_step(world, &event);
}

void admin_explains(struct world *world, const char *who, const char *queue)
{
    struct event event = {.type = EVENT_EXPLAIN, .from = who};

    event.explain.tag = 3;
    event.explain.queue = queue;
    world_step(world, &event);
}

void admin_blocks(struct world *world, int64_t library, const char *patron, msec_t hours)
{
    struct event event = {.type = EVENT_BLOCK};
    struct block_record record = {.library = library, .patron = patron};

    record.at = world->midnight + world->now;
    record.until = hours == 0 ? 0 : record.at + hours * HOUR_MS;
    event.block = &record;
    world_store_block(world, &record);
    world_step(world, &event);
}

void admin_erases(struct world *world, int64_t library, const int64_t *chats, size_t count)
{
    struct event event = {.type = EVENT_ERASED};
    struct stored *stored = world->stored;

    for (size_t i = 0; i < count; i++)
        for (int j = 0; j < stored->followup_count; j++)
            if (stored->followups[j].chat == chats[i] &&
                stored->followups[j].library == library && stored->followups[j].done_at == 0)
                stored->followups[j].done_at = world->midnight + world->now;
    event.erased.library = library;
    event.erased.chats = chats;
    event.erased.count = count;
    world_step(world, &event);
}

/* 0 is no library's id. */
static int64_t library_id(const struct world *world, const char *name)
{
    int library = name == NULL ? NO_INDEX : consortium_library(world->settings, name);

    return library == NO_INDEX ? 0 : world->settings->libraries[library].id;
}

static int64_t operator_id(struct world *world, const char *name)
{
    const char *resource, *account = name_to_jid(world, name, &resource);

    for (size_t i = 0; i < world->settings->operator_count; i++)
        if (strcmp(world->settings->operators[i].account, account) == 0)
            return world->settings->operators[i].id;
    return 0;
}

/* `blocks PATRON at LIBRARY [for HOURS]`, `unblocks PATRON at LIBRARY` */
static bool script_blocks(struct world *world, char *rest, bool block)
{
    char *save = NULL;
    const char *resource, *patron = name_to_jid(world, strtok_r(rest, " ", &save), &resource);
    const char *at = strtok_r(NULL, " ", &save), *library = strtok_r(NULL, " ", &save);
    const char *length = strtok_r(NULL, " ", &save), *hours = strtok_r(NULL, " ", &save);

    if (at == NULL || strcmp(at, "at") != 0 || library == NULL ||
        (length != NULL && (strcmp(length, "for") != 0 || hours == NULL)))
        return false;
    msec_t given = hours == NULL ? 24 : strtoll(hours, NULL, 10);
    admin_blocks(world, library_id(world, library), patron, block ? given : 0);
    return true;
}

/* `erases #1 #2 of LIBRARY` */
static bool script_erases(struct world *world, char *rest)
{
    int64_t chats[ERASED_MAX];
    size_t count = 0;
    char *save = NULL, *word = strtok_r(rest, " ", &save);

    for (; word != NULL && word[0] == '#' && count < ERASED_MAX; word = strtok_r(NULL, " ", &save))
        chats[count++] = strtoll(word + 1, NULL, 10);
    if (word == NULL || strcmp(word, "of") != 0)
        return false;
    admin_erases(world, library_id(world, strtok_r(NULL, " ", &save)), chats, count);
    return true;
}

bool script_admins(struct world *world, const char *who, const char *verb, char *rest)
{
    const char *resource, *from = name_to_jid(world, who, &resource);

    if (strcmp(verb, "signs") == 0 && strncmp(rest, "off ", 4) == 0)
        admin_signs_off(world, from, operator_id(world, rest + 4));
    else if (strcmp(verb, "explains") == 0)
        admin_explains(world, from, rest);
    else if (strcmp(verb, "blocks") == 0 || strcmp(verb, "unblocks") == 0)
        return script_blocks(world, rest, verb[0] == 'b');
    else if (strcmp(verb, "erases") == 0)
        return script_erases(world, rest);
    else
        return false;
    return true;
}
