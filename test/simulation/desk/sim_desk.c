/* sim_desk.c: desks under random people and faults, by one seed.
 *
 *   sim_desk [--seed N|fresh] [--episodes N] [--actions N] [--nodes 1|2] [--story yes]
 *            [--shorten no]
 *
 * An episode is a script: so many actions, each with a time to wait and chance of its own, so that
 * a script with some of them left out is still a script. Safety: the promises of judge.c hold
 * whatever happens. Liveness: then the faults stop, and all has to settle within a bound. What
 * fails is made shorter as long as it fails, and printed with its seed. */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "component/zone.h"
#include "test/simulation/desk/desk.h"
#include "test/simulation/seed.h"

enum { ACTIONS_MAX = 5000, SETTLE_MS = 120 * 1000, SETTLE_ROUNDS = 60, NAME_SIZE = 24 };

struct action {
    uint64_t chance;
    int kind;
    int64_t wait;
};

static struct {
    uint64_t seed;
    int count, episodes;
    bool failover;
    bool as_it_is; /* a script that fails is not made shorter */
    bool child;    /* plays a part of a script, to see whether it fails */
    struct action actions[ACTIONS_MAX];
    int action_count;
    int playing;       /* the action */
    uint64_t done[32]; /* actions of each kind */
} play = {.seed = 1, .episodes = 20, .count = 400};

static uint64_t chance_state = 1;

/* splitmix64 */
static uint64_t scatter(uint64_t number)
{
    number += 0x9e3779b97f4a7c15u;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
    return number ^ (number >> 31);
}

unsigned chance(unsigned below)
{
    chance_state = scatter(chance_state);
    return (unsigned)(chance_state >> 33) % below;
}

bool now_and_then(unsigned in)
{
    return chance(in) == 0;
}

void story(const char *format, ...)
{
    va_list arguments;

    if (!sim.story)
        return;
    printf("%10.3f ", (double)sim.now / 1000);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

void fail(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fprintf(stderr, "sim_desk: ");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, " (at %.3f s)\n", (double)sim.now / 1000);
    if (play.child && !sim.story) {
        unsigned sum = 0;
        for (const char *at = format; *at != '\0'; at++)
            sum = sum * 31 + (unsigned char)*at;
        _exit(1 + (int)(sum % 200));
    }
    abort();
}

/* UBSan ends like an assertion. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:print_stacktrace=1";
}

/* --- what can happen --- */

static int any_node(void)
{
    return sim.failover ? (int)chance(NODES) : 0;
}

static int64_t some_time(void)
{
    return (int64_t)chance(now_and_then(4) ? 30000 : 4000);
}

static void nothing(void)
{
}

/* Marks go with the next batch, or by themselves after a second. */
static void minutes_pass(void)
{
    bool was_settled = world_is_settled();

    world_run(sim.now + 3000);
    if (was_settled && world_is_settled())
        judge_marked();
    world_run(sim.now + (int64_t)chance(120000));
}

static void kill_now(void)
{
    node_kill(any_node(), now_and_then(3), 0);
}

static void kill_within(void)
{
    node_kill(any_node(), now_and_then(3), 1 + chance(40));
}

static void stop_node(void)
{
    node_stop(any_node(), sim.now + 500 + some_time());
}

static void database_goes(void)
{
    database_faults.away_until = sim.now + some_time();
    database_restart(now_and_then(2));
}

static void database_slows(void)
{
    database_faults.slow_until = sim.now + 2 * some_time();
}

static void database_is_read_only(void)
{
    database_faults.read_only_until = sim.now + some_time();
}

static void session_breaks(void)
{
    if (chance(2) == 0)
        database_faults.cut_before = 1;
    else
        database_faults.cut_after = 1;
}

static void connection_breaks(void)
{
    database_cut(any_node(), now_and_then(3));
}

static void record_is_refused(void)
{
    database_faults.refuse = 1 + chance(2);
}

static void disk_fills(void)
{
    disk_faults[any_node()].full_until = sim.now + some_time();
}

static void sync_fails(void)
{
    disk_faults[any_node()].sync_fails = 1 + chance(3);
}

static void stream_breaks(void)
{
    link_cut(any_node());
}

static void server_goes(void)
{
    link_faults.down_until = sim.now + some_time();
    for (int i = 0; i < NODES; i++)
        link_cut(i);
}

static void server_slows(void)
{
    link_faults.slow_until = sim.now + some_time();
}

/* Several stop, one by one, and come back in another order. */
static void swizzle(void)
{
    unsigned longest = 1000 + (unsigned)some_time();

    for (int i = 0; i < 3; i++) {
        int64_t back = sim.now + 500 + (int64_t)chance(longest);
        switch (chance(4)) {
        case 0:
            database_faults.away_until = back;
            database_restart(true);
            break;
        case 1:
            link_faults.down_until = back;
            link_cut(any_node());
            break;
        case 2:
            disk_faults[any_node()].full_until = back;
            break;
        default:
            node_stop(any_node(), back);
        }
        world_run(sim.now + (int64_t)chance(1000));
    }
}

static const struct {
    const char *name;
    unsigned weight;
    void (*happens)(void);
} kinds[] = {
    {"patron says", 300, people_patron_says},
    {"operator says", 300, people_operator_says},
    {"presence", 40, people_presence},
    {"repeat", 60, people_repeat},
    {"time passes", 20, nothing},
    {"minutes pass", 8, minutes_pass},
    {"settings change", 3, database_notify},
    {"kill", 5, kill_now},
    {"kill within calls", 12, kill_within},
    {"stop", 6, stop_node},
    {"database away", 6, database_goes},
    {"database slow", 6, database_slows},
    {"database read-only", 3, database_is_read_only},
    {"session breaks", 10, session_breaks},
    {"connection breaks", 6, connection_breaks},
    {"record refused", 3, record_is_refused},
    {"disk full", 5, disk_fills},
    {"sync fails", 5, sync_fails},
    {"stream breaks", 6, stream_breaks},
    {"server away", 3, server_goes},
    {"server slow", 4, server_slows},
    {"swizzle", 3, swizzle},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

/* --- an episode --- */

static void script_make(uint64_t seed)
{
    unsigned total = 0;

    for (int i = 0; i < KIND_COUNT; i++)
        total += kinds[i].weight;
    /* Every third desk is a quiet one with few faults: there the deep states are. */
    bool calm = seed % 3 == 0;
    for (int i = 0; i < play.count; i++) {
        struct action *action = &play.actions[i];
        action->chance = scatter(seed * 1000003 + (uint64_t)i);
        chance_state = action->chance;
        unsigned pick = chance(total);
        action->kind = 0;
        while (pick >= kinds[action->kind].weight)
            pick -= kinds[action->kind++].weight;
        if (calm && action->kind > 6 && chance(3) > 0)
            action->kind = (int)chance(2);
        action->wait = (int64_t)chance(now_and_then(12) ? 8000 : now_and_then(3) ? 400 : 12);
    }
    play.action_count = play.count;
}

static void faults_end(void)
{
    memset(&database_faults, 0, sizeof database_faults);
    memset(&link_faults, 0, sizeof link_faults);
    memset(disk_faults, 0, sizeof disk_faults);
    for (int i = 0; i < NODES; i++)
        if (node_runs(i))
            node_stop(i, 0);
}

static bool no_chat_is_left(void)
{
    const char *address;
    size_t length;
    bool claimed;
    int at = 0, lines;

    return !database_chat(&at, &address, &length, &claimed, &lines);
}

/* Liveness: the faults are over, so all is written, one node serves, each chat comes to its end. */
static void settle(void)
{
    int64_t began = sim.now;

    faults_end();
    for (int round = 0; round < SETTLE_ROUNDS && !world_is_settled(); round++)
        world_run(sim.now + 2000);
    if (!world_is_settled() || sim.now - began > SETTLE_MS)
        fail("the faults are over, and not all is written and served");
    for (int round = 0; round < SETTLE_ROUNDS && !no_chat_is_left(); round++) {
        people_settle();
        world_run(sim.now + 5000);
    }
    if (!no_chat_is_left())
        fail("the faults are over, and a chat does not end");
    people_repeat();
    world_run(sim.now + 5000);
    /* Somebody always looks at the lease, pings, renews: at one moment of some nothing is under
     * way. */
    for (int round = 0; round < SETTLE_ROUNDS && !world_is_settled(); round++)
        world_run(sim.now + 17);
    if (!world_is_settled())
        fail("not all is written in the end");
    for (int i = 0; i < NODES; i++)
        if (node_runs(i) && link_owner() == i)
            judge_state(i);
    judge_end();
}

static void script_play(void)
{
    chance_state = play.seed;
    world_begin(play.failover);
    world_run(sim.now + 3000);
    for (play.playing = 0; play.playing < play.action_count; play.playing++) {
        const struct action *action = &play.actions[play.playing];
        chance_state = action->chance;
        sim.events++;
        play.done[action->kind]++;
        kinds[action->kind].happens();
        world_run(sim.now + action->wait);
    }
    settle();
    world_end();
}

/* --- the shortest script --- */

/* How it fails: the exit status of a process of its own; 0: not at all. */
static int script_try(void)
{
    int status = 0;

    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(0);
        signal(SIGABRT, SIG_DFL);
        signal(SIGSEGV, SIG_DFL);
        alarm(20);
        script_play();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

/* Whether the script without those from `from` on fails in the same way; then it is without. */
static bool still_fails(int from, int count, int how)
{
    struct action kept[ACTIONS_MAX];

    memcpy(kept, play.actions, sizeof kept);
    memmove(play.actions + from, play.actions + from + count,
            (size_t)(play.action_count - from - count) * sizeof play.actions[0]);
    play.action_count -= count;
    if (script_try() == how)
        return true;
    play.action_count += count;
    memcpy(play.actions, kept, sizeof kept);
    return false;
}

static void script_reduce(void)
{
    int how = script_try();

    for (int size = play.action_count / 2; size > 0; size /= 2) {
        bool shorter = true;
        while (shorter) {
            shorter = false;
            for (int from = 0; from + size <= play.action_count;)
                if (still_fails(from, size, how))
                    shorter = size == 1;
                else
                    from += size;
        }
    }
}

/* In the process that failed: its memory is what it is, so another one shortens the script. */
static void failed(int signal_number)
{
    char seed[24], count[16];
    static char nodes[] = "1";

    (void)signal_number;
    signal(SIGABRT, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    fflush(stdout);
    snprintf(seed, sizeof seed, "%" PRIu64, play.seed);
    snprintf(count, sizeof count, "%d", play.count);
    nodes[0] = play.failover ? '2' : '1';
    fprintf(stderr,
            "sim_desk: repeat it with --seed %s --episodes 1 --actions %s --nodes %s"
            " --story yes (action %d)\n",
            seed, count, nodes, play.playing);
    if (sim.story || play.child || play.as_it_is)
        _exit(1);
    execl("/proc/self/exe", "sim_desk", "--seed", seed, "--actions", count, "--nodes", nodes,
          "--reduce", "yes", (char *)NULL);
    _exit(1);
}

static void reduce(void)
{
    script_make(play.seed);
    play.child = true;
    script_reduce();
    printf("the shortest script that fails:\n");
    for (int i = 0; i < play.action_count; i++)
        printf("  %s, chance %016" PRIx64 ", then %" PRId64 " ms\n",
               kinds[play.actions[i].kind].name, play.actions[i].chance, play.actions[i].wait);
    printf("its story:\n");
    sim.story = true;
    signal(SIGABRT, failed);
    script_play();
}

int main(int argc, char **argv)
{
    bool reduces = false;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            play.seed = seed_read(argv[i + 1]);
        else if (strcmp(argv[i], "--episodes") == 0)
            play.episodes = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--actions") == 0)
            play.count = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--nodes") == 0)
            play.failover = argv[i + 1][0] == '2';
        else if (strcmp(argv[i], "--story") == 0)
            sim.story = strcmp(argv[i + 1], "yes") == 0;
        else if (strcmp(argv[i], "--reduce") == 0)
            reduces = true;
        else if (strcmp(argv[i], "--shorten") == 0)
            play.as_it_is = strcmp(argv[i + 1], "no") == 0;
    }
    if (play.count > ACTIONS_MAX || !settings_begin())
        return EXIT_FAILURE;
    if (reduces) {
        reduce();
        return EXIT_FAILURE;
    }
    signal(SIGABRT, failed);
    signal(SIGSEGV, failed);
    uint64_t first = play.seed;
    for (int i = 0; i < play.episodes; i++) {
        play.seed = first + (uint64_t)i;
        script_make(play.seed);
        script_play();
    }
    printf("%d episodes of %d actions from seed %" PRIu64 ", %s: %" PRIu64 " events, %" PRIu64
           " lines written, %" PRIu64 " relayed, %" PRIu64 " acknowledged, %" PRIu64
           " repeats, %" PRIu64 " batches, %" PRIu64 " spooled, %" PRIu64 " epochs, %" PRIu64
           " rebuilt, no fault\n",
           play.episodes, play.count, first, play.failover ? "two nodes" : "one node", sim.events,
           judge_counts.lines, judge_counts.relayed, judge_counts.acknowledged,
           judge_counts.repeats, judge_counts.batches, judge_counts.spooled, judge_counts.epochs,
           judge_counts.states);
    settings_end();
    zone_forget_all();
    return 0;
}
