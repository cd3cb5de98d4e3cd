/* world.c: the clock, and the processes that live by it: who is called next, who dies, who sleeps.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/config.h"
#include "component/driver.h"
#include "component/store.h"
#include "component/stream.h"
#include "test/simulation/desk/desk.h"

enum { ROUNDS_MAX = 2000, RESTART_MS = 1000 };

struct node {
    struct driver *driver; /* NULL: no process */
    struct config config;
    int64_t starts_at;     /* FOREVER while it runs */
    int64_t stopped_until; /* 0: it is not */
    unsigned calls_left;   /* until it dies; 0: it lives */
    bool power;            /* with its machine, then */
    bool dying;
    int64_t rounds_at; /* rounds without the clock's going on */
    int rounds;
};

static struct node nodes[NODES];
struct sim sim;

static struct now now_of(void)
{
    return (struct now){sim.now, sim.wall + sim.now};
}

/* What the product takes for random is chance, too. */
int getentropy(void *bytes, size_t length)
{
    unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++)
        at[i] = (unsigned char)chance(256);
    return 0;
}

static int64_t clock_now(void)
{
    return sim.now;
}

static int node_count(void)
{
    return sim.failover ? NODES : 1;
}

void world_begin(bool failover)
{
    memset(nodes, 0, sizeof nodes);
    sim.now = 1000000;
    sim.wall = 1795514400000 - sim.now; /* 2026-11-24 10:00 UTC, a Tuesday */
    sim.failover = failover;
    sim.node = NOBODY;
    disk_begin();
    database_begin();
    link_begin();
    judge_begin();
    people_begin();
    for (int i = 0; i < NODES; i++)
        nodes[i].starts_at = FOREVER;
    for (int i = 0; i < node_count(); i++)
        node_start(i);
}

bool node_runs(int node)
{
    return nodes[node].driver != NULL;
}

bool node_is_dying(int node)
{
    return nodes[node].dying;
}

bool node_calls(void)
{
    struct node *node = &nodes[sim.node];

    sim.events++;
    if (node->calls_left > 0 && --node->calls_left == 0 && !node->dying) {
        story("node %d dies here", sim.node);
        node->dying = true;
    }
    return !node->dying;
}

static void node_bury(int at)
{
    struct node *node = &nodes[at];
    bool power = node->power;

    sim.node = at;
    node->dying = true;
    link_node_died(at);
    driver_free(node->driver);
    disk_died(at, power);
    sim.node = NOBODY;
    *node = (struct node){.config = node->config,
                          .starts_at = sim.now + 20 + (int64_t)chance(RESTART_MS)};
}

/* It may have ended by itself, or died in what it has just done. */
static void node_look(int at)
{
    if (!nodes[at].dying && !driver_ended(nodes[at].driver, now_of()))
        return;
    if (!nodes[at].dying)
        story("node %d ends", at);
    node_bury(at);
}

void node_start(int at)
{
    static char jid[] = SIM_DOMAIN, consortium[] = "mobius", host[] = "127.0.0.1",
                secret[] = "secret", accounts[] = "localhost", database[] = "simulated",
                states[NODES][8];
    struct node *node = &nodes[at];

    snprintf(states[at], sizeof states[at], "/node%d", at);
    node->config = (struct config){.consortium = consortium, .failover = sim.failover};
    node->config.component.jid = jid;
    node->config.component.host = host;
    node->config.component.secret = secret;
    node->config.accounts.domain = accounts;
    node->config.database = database;
    node->config.state_dir = states[at];
    story("node %d starts", at);
    sim.events++;
    sim.node = at;
    node->starts_at = FOREVER;
    node->driver = driver_new(&node->config, clock_now);
    judge_node_starts(at);
    driver_start(node->driver, now_of());
    sim.node = NOBODY;
    node_look(at);
}

static void node_process(int at)
{
    struct node *node = &nodes[at];

    if (node->rounds_at != sim.now) {
        node->rounds_at = sim.now;
        node->rounds = 0;
    }
    if (++node->rounds > ROUNDS_MAX)
        fail("node %d is called and called, and does nothing: its deadline %" PRId64
             ", database %" PRId64 ", stream %" PRId64 ", clerk %" PRId64 ", now %" PRId64
             ", store %" PRId64 ", stream %" PRId64,
             at, driver_deadline(node->driver, now_of()), database_wakes(at), link_wakes(at),
             clerk_wakes(at), sim.now, store_deadline(driver_store(node->driver)),
             stream_deadline(driver_stream(node->driver)));
    sim.node = at;
    driver_process(node->driver, link_revents(at), database_revents(at), now_of());
    sim.node = NOBODY;
    node_look(at);
}

void node_kill(int at, bool power, unsigned after_calls)
{
    struct node *node = &nodes[at];

    if (node->driver == NULL)
        return;
    node->power = power;
    if (after_calls > 0) {
        node->calls_left = after_calls;
        return;
    }
    story("node %d is killed%s", at, power ? ", its machine with it" : "");
    node_bury(at);
}

void node_stop(int at, int64_t until)
{
    if (nodes[at].driver == NULL)
        return;
    if (until > sim.now)
        story("node %d is stopped", at);
    nodes[at].stopped_until = until;
}

static int64_t least(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static int64_t node_due(int at)
{
    struct node *node = &nodes[at];

    if (node->driver == NULL)
        return node->starts_at;
    if (node->stopped_until > sim.now)
        return node->stopped_until;
    int64_t due = least(driver_deadline(node->driver, now_of()), database_wakes(at));
    return least(due, least(link_wakes(at), clerk_wakes(at)));
}

static void nodes_run(void)
{
    int first = node_count() > 1 ? (int)chance(2) : 0;

    for (int i = 0; i < node_count(); i++) {
        int at = (first + i) % node_count();
        if (node_due(at) > sim.now)
            continue;
        if (nodes[at].driver == NULL)
            node_start(at);
        else
            node_process(at);
    }
}

void world_run(int64_t until)
{
    for (;;) {
        int64_t due = least(database_due(), link_due());
        for (int i = 0; i < node_count(); i++)
            due = least(due, node_due(i));
        if (due > until)
            break;
        if (due > sim.now)
            sim.now = due;
        database_work();
        link_run();
        nodes_run();
    }
    sim.now = until > sim.now ? until : sim.now;
}

void world_end(void)
{
    for (int i = 0; i < NODES; i++)
        if (nodes[i].driver != NULL)
            node_bury(i);
    link_end();
    database_end();
    disk_end();
}

char *node_dump(int at)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    driver_dump(nodes[at].driver, out);
    fclose(out);
    return text;
}

bool world_is_settled(void)
{
    int serving = 0;

    for (int i = 0; i < node_count(); i++) {
        struct store_spool spool;
        if (nodes[i].driver == NULL || nodes[i].stopped_until > sim.now)
            return false;
        struct store *store = driver_store(nodes[i].driver);
        store_spool(store, &spool);
        if (spool.in_use || store_in_flight(store) > 0 || !disk_spool_is_empty(i))
            return false;
        serving += driver_is_serving(nodes[i].driver) && store_state(store) == STORE_UP;
    }
    return serving == 1 && link_is_idle() && database_is_idle();
}
