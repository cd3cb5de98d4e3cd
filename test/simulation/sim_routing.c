/* sim_routing.c: the desk under random people, faults and restarts, by one seed.
 *
 *   sim_routing [--seed N] [--episodes N] [--events N] [--story yes]
 *   sim_routing --growth N
 *
 * Each episode is a desk of its own: patrons ask, operators come, answer, decline and vanish, the
 * server goes away, the process dies before it has sent, settings change (also while it is dead),
 * names change, time jumps, often to a minute at which policy changes. After each step the core
 * checks its own lists (routing_check), and the checker judges what came out by books of its own
 * (test/scenario/checker.h). A failure prints the seed that repeats it.
 *
 * --growth counts what one message costs while N chats run, and while 2 N do: that is the same. */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "test/scenario/world.h"

enum { PATRONS = 7, OPERATORS = 5 };

static struct {
    uint64_t seed;
    int event;
    bool story; /* keep what happens, to show the end of it when it fails */
    bool plain; /* the settings are desk.conf's */
    uint64_t restored, settings;
    struct checker_counts counts;
} simulation;

/* The last lines of the story, since most faults show near their cause. */
static void fail(struct world *world, const char *what)
{
    fflush(world->out);
    size_t from = world->output_length > 20000 ? world->output_length - 20000 : 0;
    fprintf(stderr, "%s\n", world->output + from);
    fprintf(stderr, "sim_routing: %s\n", what);
    abort();
}

/* --- chance --- */

static uint64_t chance_state;

static unsigned chance(unsigned below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (unsigned)(chance_state >> 33) % below;
}

/* Also when an assertion of the core ends it. */
static void show_seed(int signal_number)
{
    (void)signal_number;
    fprintf(stderr, "sim_routing: repeat it with --seed %llu --episodes 1 --story yes (event %d)\n",
            (unsigned long long)simulation.seed, simulation.event);
}

static const char *const operators[OPERATORS] = {"jane", "bob", "sue", "avery", "janet"};
static const char *const patrons[PATRONS] = {"ann", "ben", "cem", "dan", "eve", "fay", "gus"};

/* Names that there are or were once; the two big ones most likely. */
static const char *any_queue(struct world *world)
{
    static const char *const others[] = {"mobius-mobstate", "mobius-mobstate-main",
                                         "mobius-statemo", "mobius-mobstate-law", "mobius-slu"};
    const struct consortium *settings = world->settings;

    if (chance(12) == 0)
        return others[chance(5)];
    unsigned at = chance((unsigned)settings->queue_count);
    return settings->queues[at == 0 && chance(4) > 0 ? 1 : at].name;
}

/* Any chat there ever was, the newest most likely; sometimes one that never was. */
static const char *any_chat(struct world *world)
{
    int count = world->stored->chat_count;

    if (count == 0 || chance(50) == 0)
        return "mobius-mobstate.zzzz";
    unsigned back = chance(chance(3) == 0 ? (unsigned)count : 4);
    return world->stored->chats[back < (unsigned)count ? count - 1 - (int)back : 0].address;
}

/* --- what can happen --- */

static void someone_says(struct world *world, const char *who, const char *to, const char *body,
                         const char *id)
{
    struct event event = {.type = EVENT_MESSAGE, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.message.body = body;
    event.message.id = id;
    event.message.wants_receipt = chance(2) == 0;
    world_step(world, &event);
}

static void patron_says(struct world *world)
{
    char body[32], id[16];

    snprintf(body, sizeof body, "question %u", chance(40));
    snprintf(id, sizeof id, "m%u", chance(30));
    someone_says(world, patrons[chance(PATRONS)], any_queue(world), body, id);
}

/* Often somebody who has the chat or is asked for it, so that something comes of it. */
static const char *any_operator(struct world *world, const char *address)
{
    for (int i = 0; i < world->stored->chat_count; i++) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (strcmp(chat->address, address) != 0 || chance(4) == 0)
            continue;
        if (chat->owner != 0 && chance(2) == 0)
            return operator_alias(world, chat->owner);
        for (int j = world->stored->offer_count - 1; j >= 0; j--)
            if (world->stored->offers[j].chat == chat->number &&
                world->stored->offers[j].outcome == OFFER_OPEN)
                return operator_alias(world, world->stored->offers[j].operator);
    }
    return operators[chance(OPERATORS)];
}

static void operator_says(struct world *world)
{
    enum { WORDS = 21 };
    static const char *const words[WORDS] = {
        "!end",      "!end answered", "!decline", "!help",   "!ned",  "!!x",        "!",
        "!end x",    "!cancel",       "!who",     "!wait",   "!info", "!note aside", "!tag maps",
        "!transfer", "!transfer x",   "!take",    "!take 9", "!note", "!tag A b",   "!decline"};
    const char *chat = any_chat(world), *who = any_operator(world, chat);
    char body[32], take[16];

    snprintf(take, sizeof take, "!take %.2s", strrchr(chat, '.') + 1);
    snprintf(body, sizeof body, "answer %u", chance(40));
    if (chance(8) == 0)
        someone_says(world, who, any_queue(world), chance(2) == 0 ? take : body, "");
    else if (chance(8) == 0)
        someone_says(world, who, chat, "!decline", "");
    else if (chance(5) == 0)
        someone_says(world, who, chat, words[chance(WORDS)], "");
    else
        someone_says(world, who, chat, body, "o1");
}

static void presence(struct world *world, const char *who, enum show show, const char *to)
{
    struct event event = {.type = EVENT_PRESENCE, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.presence.show = show;
    event.presence.priority = chance(20) == 0 ? -1 : 0;
    if (show == SHOW_AWAY && chance(2) == 0)
        event.presence.idle_since = world->midnight + world->now - chance(900) * 1000;
    world_step(world, &event);
}

/* The owner of some claimed chat hands it over. */
static void operator_transfers(struct world *world)
{
    static const char *const targets[] = {"mobius-slu", "mobius-mobstate", "mobius-mobstate-bob",
                                          "mobius-mobstate-jane", "mobius-chatstaff-avery"};
    char body[64];

    snprintf(body, sizeof body, "!transfer %s%s note", chance(4) == 0 ? "" : "help ",
             targets[chance(5)]);
    for (int i = world->stored->chat_count - 1; i >= 0; i--) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (chat->state != CHAT_CLAIMED || chance(3) == 0)
            continue;
        someone_says(world, operator_alias(world, chat->owner), chat->address, body, "");
        return;
    }
}

static enum show shown[OPERATORS];

/* A server tells every queue that may see that person; who is gone from the settings, too. */
static void operator_announce(struct world *world, unsigned who)
{
    const struct consortium *settings = world->settings;

    for (size_t i = 0; i < settings->queue_count; i++)
        presence(world, operators[who], shown[who], settings->queues[i].name);
    if (chance(4) == 0)
        presence(world, operators[who], shown[who], any_queue(world));
}

static void operator_presence(struct world *world)
{
    unsigned who = chance(OPERATORS);

    shown[who] = chance(4) > 0 ? SHOW_AVAILABLE : (enum show)chance(6);
    operator_announce(world, who);
}

/* The server answers the probes of a desk that came back; now and then somebody is gone. */
static void probes_answered(struct world *world)
{
    for (unsigned who = 0; who < OPERATORS; who++) {
        if (chance(8) == 0)
            shown[who] = SHOW_UNAVAILABLE;
        if (shown[who] != SHOW_UNAVAILABLE)
            operator_announce(world, who);
    }
}

static void patron_presence(struct world *world)
{
    presence(world, patrons[chance(PATRONS)],
             chance(2) == 0 ? SHOW_AVAILABLE : SHOW_UNAVAILABLE, any_queue(world));
}

static void something_else(struct world *world)
{
    struct event event = {.type = EVENT_CHAT_STATE};
    const char *who = chance(2) == 0 ? patrons[chance(PATRONS)] : operators[chance(OPERATORS)];

    event.from = name_to_jid(world, who, &event.resource);
    event.to = chance(2) == 0 ? any_queue(world) : any_chat(world);
    switch (chance(4)) {
    case 0:
        event.type = EVENT_BOUNCE;
        break;
    case 1:
        event.type = EVENT_PROBE;
        break;
    case 2:
        event.type = EVENT_SUBSCRIPTION;
        event.subscription = (enum subscription)chance(4);
        break;
    default:
        event.chat_state = (enum chat_state_name)chance(5);
    }
    world_step(world, &event);
}

static void server_goes(struct world *world)
{
    struct event down = {.type = EVENT_STREAM_DOWN}, up = {.type = EVENT_STREAM_UP};

    world_step(world, &down);
    world_advance(world, world->now + (msec_t)chance(300) * 1000);
    world_step(world, &up);
    probes_answered(world);
}

static const struct {
    const char *file, *renaming;
} desks[] = {
    {"desk.conf", "mobius-mobstate-main=mobius-mobstate mobius-mobstate-janet=mobius-mobstate-jane "
                  "statemo=mobstate mobius-statemo=mobius-mobstate "
                  "mobius-statemo-jane=mobius-mobstate-jane "
                  "mobius-statemo-bob=mobius-mobstate-bob"},
    {"desk_changed.conf", ""},
    {"desk_queue_renamed.conf", "mobius-mobstate=mobius-mobstate-main"},
    {"desk_without_bob.conf", ""},
    {"desk_bob_elsewhere.conf", ""},
    {"desk_bob_nowhere.conf", ""},
    {"desk_jane_renamed.conf", "mobius-mobstate-jane=mobius-mobstate-janet"},
    {"desk_library_renamed.conf", "mobstate=statemo mobius-mobstate=mobius-statemo "
                                  "mobius-mobstate-jane=mobius-statemo-jane "
                                  "mobius-mobstate-bob=mobius-statemo-bob"},
};

/* From the plain desk to another one, or back to it: so names go and come again. */
static bool settings_change(struct world *world,
                            bool (*change)(struct world *, const char *, const char *))
{
    unsigned at = simulation.plain ? 1 + chance(sizeof desks / sizeof desks[0] - 1) : 0;

    simulation.plain = at == 0;
    simulation.settings++;
    return change(world, desks[at].file, desks[at].renaming);
}

static void process_dies(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    if (chance(6) == 0)
        settings_change(world, world_settings_load);
    world_restart(world);
    simulation.restored++;
    world_step(world, &up);
    probes_answered(world);
}

/* Now and then to the second before a library opens or closes, and over it. */
static void time_passes(struct world *world)
{
    msec_t seconds = chance(40) == 0 ? chance(8 * 3600) : chance(chance(4) == 0 ? 200 : 15);
    msec_t until = (chance(2) == 0 ? 8 : 17) * 3600 * 1000LL, day = 24 * 3600 * 1000LL;

    world_advance(world, world->now + seconds * 1000 + chance(1000));
    if (chance(60) == 0) {
        until = world->now - world->now % day + until - 1500;
        world_advance(world, until < world->now ? until + day : until);
    }
}

static void anything(struct world *world)
{
    unsigned what = chance(100);

    if (what < 30)
        patron_says(world);
    else if (what < 52)
        operator_says(world);
    else if (what < 55)
        operator_transfers(world);
    else if (what < 68)
        operator_presence(world);
    else if (what < 76)
        patron_presence(world);
    else if (what < 82)
        something_else(world);
    else if (what < 96)
        time_passes(world);
    else if (what < 97)
        server_goes(world);
    else if (what < 98)
        world->sending = false;
    else if (what < 99)
        process_dies(world);
    else
        settings_change(world, world_settings);
}

/* Liveness: everybody leaves, a day passes, and no chat is left. */
static void everybody_leaves(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    world_restart(world);
    world_step(world, &up);
    world_advance(world, world->now + 24LL * 3600 * 1000);
    for (int i = 0; i < world->stored->chat_count; i++)
        if (world->stored->chats[i].state != CHAT_CLOSED)
            fail(world, "a chat that never ends");
}

static void counts_add(const struct world *world)
{
    struct checker_counts counts = checker_counts(world->checker);

    simulation.counts.relayed += counts.relayed;
    simulation.counts.claimed += counts.claimed;
    simulation.counts.returned += counts.returned;
    simulation.counts.transferred += counts.transferred;
    simulation.counts.declined += counts.declined;
    simulation.counts.closed += counts.closed;
}

static void episode(uint64_t seed, int events)
{
    struct world world;
    struct event up = {.type = EVENT_STREAM_UP};

    memset(shown, 0, sizeof shown);
    simulation.seed = seed;
    simulation.plain = true;
    chance_state = seed * 0x9e3779b97f4a7c15u + 1;
    world_init(&world);
    world.silent = !simulation.story;
    world.show_records = true;
    world.broken = fail;
    world.folder = "test/scenario";
    world.midnight = (msec_t)date_from_civil(2026, 11, 23) * SECONDS_A_DAY * 1000;
    world.now = (msec_t)chance(24 * 3600) * 1000;
    if (!world_settings(&world, "desk.conf", ""))
        fail(&world, "no test/scenario/desk.conf here");
    world_step(&world, &up);
    for (simulation.event = 0; simulation.event < events; simulation.event++)
        anything(&world);
    everybody_leaves(&world);
    counts_add(&world);
    world_release(&world);
}

/* --- growth --- */

struct cost {
    size_t effects, steps;
};

/* Steps the clock and the message, without the checks, which look at everything each time. */
static void growth_step(struct routing *routing, struct effects *effects, struct event *event,
                        msec_t now, struct cost *cost)
{
    msec_t due;

    while ((due = routing_deadline(routing, now, now)) <= now) {
        struct event time = {.type = EVENT_TIME, .at = now, .wall = now, .to = ""};
        routing_step(routing, &time, effects);
        cost->steps++;
    }
    event->at = event->wall = now;
    routing_step(routing, event, effects);
    cost->steps++;
    cost->effects += effects->count;
    effects_clear(effects);
}

/* A line of every patron, and of every patron once more, while all of them wait for nobody. */
static struct cost growth_cost(struct world *world, int chats)
{
    struct routing *routing = routing_new();
    struct routing_options options = {.code_key = 7, .first_number = 1};
    struct event settings = {.type = EVENT_SETTINGS, .settings = world->settings, .to = ""};
    struct event up = {.type = EVENT_STREAM_UP, .to = ""};
    struct cost cost = {0, 0};
    struct effects effects;
    msec_t now = world->midnight + 36000000LL;

    effects_init(&effects);
    routing_start(routing, &options);
    growth_step(routing, &effects, &settings, now, &cost);
    growth_step(routing, &effects, &up, now, &cost);
    growth_step(routing, &effects, &(struct event){.type = EVENT_TIME, .to = ""}, now + 5000,
                &cost);
    for (int i = 0; i < 2 * chats; i++) {
        char patron[48];
        snprintf(patron, sizeof patron, "p%d@guest.localhost", i % chats);
        struct event line = {.type = EVENT_MESSAGE, .from = patron, .resource = "web"};
        line.to = i % chats < 40 ? "mobius-slu" : "mobius-mobstate";
        line.message.id = "";
        line.message.body = "hello";
        if (i == chats)
            cost = (struct cost){0, 0};
        growth_step(routing, &effects, &line, now + 5000 + i, &cost);
    }
    effects_release(&effects);
    routing_free(routing);
    return cost;
}

/* What a message costs does not depend on how many others there are. */
static bool growth(int chats)
{
    struct world world;
    bool fine = false;

    world_init(&world);
    world.silent = true;
    world.folder = "test/scenario";
    world.midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    if (world_settings(&world, "desk.conf", "")) {
        struct cost one = growth_cost(&world, chats), two = growth_cost(&world, 2 * chats);
        printf("%d chats: %.3f steps and %.3f effects a message; %d: %.3f and %.3f\n", chats,
               (double)one.steps / chats, (double)one.effects / chats, 2 * chats,
               (double)two.steps / (2 * chats), (double)two.effects / (2 * chats));
        fine = two.steps <= 2 * one.steps + 2 && two.effects <= 2 * one.effects + 2;
    }
    world_release(&world);
    zone_forget_all();
    return fine;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    long episodes = 50, events = 300;

    signal(SIGABRT, show_seed);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--episodes") == 0)
            episodes = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--story") == 0)
            simulation.story = strcmp(argv[i + 1], "yes") == 0;
        else if (strcmp(argv[i], "--growth") == 0)
            return growth((int)strtol(argv[i + 1], NULL, 10)) ? 0 : 1;
        else if (strcmp(argv[i], "--events") == 0)
            events = strtol(argv[i + 1], NULL, 10);
    }
    for (long i = 0; i < episodes; i++)
        episode(seed + (uint64_t)i, (int)events);
    const struct checker_counts *counts = &simulation.counts;
    printf("%ld episodes of %ld events from seed %llu: %llu lines relayed, %llu claims, "
           "%llu declines, %llu returns, %llu transfers, %llu restarts, %llu settings, no fault\n",
           episodes, events, (unsigned long long)seed, (unsigned long long)counts->relayed,
           (unsigned long long)counts->claimed, (unsigned long long)counts->declined,
           (unsigned long long)counts->returned, (unsigned long long)counts->transferred,
           (unsigned long long)simulation.restored, (unsigned long long)simulation.settings);
    zone_forget_all();
    return 0;
}
