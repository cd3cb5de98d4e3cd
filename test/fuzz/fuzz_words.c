/* What people write at a desk: each line of the input is one, behind a letter that says who writes
 * it where; what somebody runs by command has no '!', which the command brings. Jane has a chat,
 * another waits; bob, sue and the patron are there too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/fuzz/play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES_MAX = 60 };

enum how { TYPES, RUNS };

static const struct {
    char letter;
    const char *who, *to;
    enum how how;
} routes[] = {
    {'j', "jane", "#1", TYPES},
    {'w', "jane", "#2", TYPES},
    {'d', "jane", "mobius-mobstate", TYPES},
    {'b', "bob", "#1", TYPES},
    {'B', "bob", "#2", TYPES},
    {'c', "jane", "mobius-mobstate-bob", TYPES},
    {'s', "sue", "mobius-slu", TYPES},
    {'S', "sue", "#1", TYPES},
    {'p', "ann", "mobius-mobstate", TYPES},
    {'q', "eve", "mobius-mobstate", TYPES},
    {'J', "jane", "#1", RUNS},
    {'W', "bob", "#2", RUNS},
    {'D', "jane", "mobius-mobstate", RUNS},
    {'0', "bob", "", RUNS},
};

static void line_play(struct world *world, const char *line)
{
    if (line[0] == '+') { /* a minute */
        world_advance(world, world->now + 60 * 1000);
        return;
    }
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (routes[i].letter != line[0])
            continue;
        const char *to = address_from_alias(world, routes[i].to);
        if (routes[i].how == TYPES)
            play_line(world, routes[i].who, to, line + 1);
        else
            play_word(world, routes[i].who, to, arena_printf(world->memory, "!%s", line + 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;
    char *save = NULL;

    if (size == 0)
        return 0;
    play_begin(&world, "profiles.conf");
    play_presence(&world, "jane", SHOW_AVAILABLE, 0);
    play_line(&world, "ann", "mobius-mobstate", "hello");
    play_line(&world, "jane", address_from_alias(&world, "#1"), "good morning");
    play_presence(&world, "bob", SHOW_AVAILABLE, 0);
    play_presence(&world, "sue", SHOW_AVAILABLE, 0);
    play_line(&world, "eve", "mobius-mobstate", "is anybody there?");
    char *line = strtok_r(arena_strndup(world.memory, (const char *)data, size), "\n", &save);
    for (int count = 0; line != NULL && count < LINES_MAX && play_has_room(&world); count++) {
        line_play(&world, line);
        line = strtok_r(NULL, "\n", &save);
    }
    play_look(&world, "jane", address_from_alias(&world, "#1"));
    play_end(&world);
    return 0;
}
