/* robots.c: what no person does: many lines at once, many people at once, two programs that repeat
 * each other. What comes of it is counted, not told line by line. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/scenario/world.h"

enum { REPEATS_MAX = 1000 };

/* What happened while nothing was printed. */
struct tally {
    int refused, passed;
    const char *text; /* of the last refusal */
    /* Of two who repeat each other: the last line to either. */
    const char *first, *second; /* bare JIDs */
    const char *to, *from, *body;
};

static void tally_observe(struct world *world, const struct event *event,
                          const struct effect *effect)
{
    struct tally *tally = world->observer;

    (void)event;
    if (effect->type == EFFECT_ERROR) {
        tally->refused++;
        tally->text = arena_strdup(world->memory, effect->error.text);
    }
    if (effect->type != EFFECT_MESSAGE)
        return;
    tally->passed++;
    size_t bare = strcspn(effect->to, "/");
    if (tally->first == NULL || (strncmp(effect->to, tally->first, bare) != 0 &&
                                 strncmp(effect->to, tally->second, bare) != 0))
        return;
    tally->to = arena_strndup(world->memory, effect->to, bare);
    tally->from = arena_strdup(world->memory, effect->from);
    tally->body = arena_strdup(world->memory, effect->message.body);
}

static void tally_begin(struct world *world, struct tally *tally)
{
    world->silent = true;
    world->observe = tally_observe;
    world->observer = tally;
}

static void tally_end(struct world *world)
{
    world->silent = false;
    world->observe = NULL;
    world->observer = NULL;
}

static void robot_line(struct world *world, const char *jid, const char *resource,
                       const char *to, const char *body, const char *id)
{
    struct event event = {.type = EVENT_MESSAGE, .from = jid, .resource = resource, .to = to};

    event.message.body = body;
    event.message.id = id;
    world_step(world, &event);
}

static void print_refused(struct world *world, const struct tally *tally, int count)
{
    print_time(world, '>');
    fprintf(world->out, "%d of %d are refused%s%s%s\n", tally->refused, count,
            tally->refused > 0 ? ": \"" : "", tally->refused > 0 ? tally->text : "",
            tally->refused > 0 ? "\"" : "");
}

/* `WHO says N lines to ADDRESS`, `WHO says N times BODY to ADDRESS id ID` */
static bool robots_flood(struct world *world, const char *who, char *rest)
{
    struct tally tally = {.text = ""};
    char *save = NULL;
    const char *resource;
    const char *jid = name_to_jid(world, who, &resource);
    int count = (int)strtol(strtok_r(rest, " ", &save), NULL, 10);
    bool same = strcmp(strtok_r(NULL, " ", &save), "times") == 0;
    const char *body = same ? strtok_r(NULL, " ", &save) : "";
    strtok_r(NULL, " ", &save); /* "to" */
    const char *to = address_from_alias(world, strtok_r(NULL, " ", &save));
    strtok_r(NULL, " ", &save); /* "id" */
    const char *id = same ? strtok_r(NULL, " ", &save) : "";

    tally_begin(world, &tally);
    for (int i = 1; i <= count; i++)
        robot_line(world, jid, resource, to,
                   same ? body : arena_printf(world->memory, "line %d", i), id);
    tally_end(world);
    print_refused(world, &tally, count);
    return true;
}

/* `N strangers say BODY to QUEUE`, each from an address of its own that nobody has had. */
static bool robots_crowd(struct world *world, const char *number, char *rest)
{
    struct tally tally = {.text = ""};
    int count = (int)strtol(number, NULL, 10);
    char *save = NULL;

    strtok_r(rest, " ", &save); /* "say" */
    const char *body = strtok_r(NULL, " ", &save);
    strtok_r(NULL, " ", &save); /* "to" */
    const char *queue = strtok_r(NULL, " ", &save);
    tally_begin(world, &tally);
    for (int i = 0; i < count; i++) {
        const char *jid =
            arena_printf(world->memory, "stranger%d@guest.localhost", ++world->stranger_count);
        robot_line(world, jid, "web", queue, body, "");
    }
    tally_end(world);
    print_refused(world, &tally, count);
    return true;
}

/* `A and B repeat each other in CHAT`: A says something, and each says what it reads, until nothing
 * comes any more. */
static bool robots_repeat(struct world *world, const char *who, char *rest)
{
    struct tally tally = {.text = ""};
    const char *chat = strchr(rest, '#');
    const char *resource;
    int rounds = 0;

    if (chat == NULL)
        return false;
    tally.from = address_from_alias(world, chat);
    rest[strcspn(rest, " ")] = '\0';
    tally.first = tally.to = name_to_jid(world, who, &resource);
    tally.second = name_to_jid(world, rest, &resource);
    tally.body = "I am away";
    tally_begin(world, &tally);
    for (; tally.to != NULL && rounds < REPEATS_MAX; rounds++) {
        const char *jid = tally.to;
        tally.to = NULL;
        robot_line(world, jid, strcmp(jid, tally.first) == 0 ? "desk" : "web", tally.from,
                   tally.body, "");
    }
    tally_end(world);
    print_time(world, '>');
    fprintf(world->out, "%s\n",
            rounds == REPEATS_MAX
                ? "they never end"
                : arena_printf(world->memory, "after %d lines one is refused, and all is quiet",
                               rounds));
    return true;
}

bool script_robots(struct world *world, const char *who, const char *verb, char *rest)
{
    if (strcmp(verb, "says") == 0 && rest[0] >= '1' && rest[0] <= '9')
        return robots_flood(world, who, rest);
    if (strcmp(verb, "strangers") == 0)
        return robots_crowd(world, who, rest);
    if (strcmp(verb, "and") == 0)
        return robots_repeat(world, who, rest);
    return false;
}
