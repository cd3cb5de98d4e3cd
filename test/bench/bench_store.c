/* How fast turns become durable, and how fast chats come back.
 *
 *   bench_store [TURNS] [CHATS]
 *
 * Prints lines a second for turns of 256 lines in 256 chats: lines alone, with the marks of the
 * turn before (what a busy desk writes), with a snapshot of each chat (what it never has to); then
 * the time of a restore. With fsync on. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "test/support/store_desk.h"

enum { ROWS = STORE_BATCH_RECORDS, IN_FLIGHT = STORE_BATCHES_MAX };

static struct effects turns[IN_FLIGHT];
static const char stanza_id[] = "5f1b1c9e-0c5c-4f0e-9a4b-2b6f0d1c8a11";
static const char body[] = "A line of about a hundred and twenty characters, as people write them "
                           "when they ask a library something, or answer it.";

/* Processor time in microseconds: ours, and the store's backend's. Unlike the rates it does not
 * depend on what else the machine does. */
struct cpu {
    double desk, backend;
};

static struct cpu cpu_now(PGconn *database)
{
    return (struct cpu){.desk = (double)clock() * 1e6 / CLOCKS_PER_SEC,
                        .backend = backend_cpu(database) * 1e6};
}

enum { LINES = 0, MARKS = 1, SNAPSHOTS = 2 }; /* what goes with the lines */

static void bench_turns(struct desk *desk, PGconn *database, int count, int with, int depth)
{
    struct cpu before = cpu_now(database);
    static int number = 1;
    struct mark marks[ROWS];
    int64_t since = now_ms();

    for (int i = 0; i < count; i++, number++) {
        while (store_in_flight(desk->store) >= depth)
            desk_turn(desk, 1000);
        struct effects *turn = &turns[i % IN_FLIGHT];
        effects_clear(turn);
        for (int chat = 1; chat <= ROWS; chat++) {
            if (with & SNAPSHOTS)
                turn_chat(turn, chat, number);
            turn_line(turn, chat, number, body)->stanza_id = stanza_id;
            marks[chat - 1] = (struct mark){MARK_OPERATORS, chat, number - 1, 0};
        }
        store_submit(desk->store, turn, marks, with & MARKS ? ROWS : 0);
    }
    desk_settle(desk);
    double seconds = (double)(now_ms() - since) / 1000, rows = (double)count * ROWS;
    struct cpu after = cpu_now(database);
    printf("256 lines%s%s, %d in flight: %.0f lines/s, %.2f ms a turn; CPU us a line: backend %.1f,"
           " desk %.1f\n",
           with & MARKS ? ", marks" : "", with & SNAPSHOTS ? ", snapshots" : "", depth,
           rows / seconds, seconds * 1000 / count, (after.backend - before.backend) / rows,
           (after.desk - before.desk) / rows);
}

static void bench_restore(PGconn *database, int chats)
{
    struct desk desk;
    struct effects turn;

    effects_init(&turn);
    desk_open(&desk, database, "bench");
    desk_wait(&desk, &desk.ups, 1);
    sql(database, "DELETE FROM deskbell.chat");
    for (int i = 1; i <= chats; i++) {
        turn_chat(&turn, 1000 + i, 3);
        for (int line = 1; line <= 3; line++)
            turn_line(&turn, 1000 + i, line, body)->stanza_id = "id";
        turn_offer(&turn, 1000 + i, 1, 0, OFFER_OPEN);
        if (i % 1000 == 0 || i == chats) {
            desk_submit(&desk, &turn, NULL, 0);
            desk_settle(&desk);
            effects_clear(&turn);
        }
    }
    desk_close(&desk);
    desk_open(&desk, database, "bench");
    desk_wait(&desk, &desk.ups, 1);
    struct cpu before = cpu_now(database);
    int64_t since = now_ms();
    store_restore(desk.store);
    desk_wait(&desk, &desk.restoreds, 1);
    int64_t took = now_ms() - since;
    struct cpu after = cpu_now(database);
    printf(
        "restore of %d waiting chats with 3 lines and an offer each: %lld ms; CPU ms: backend %.0f,"
        " desk %.0f\n",
        desk.restores, (long long)took, (after.backend - before.backend) / 1000,
        (after.desk - before.desk) / 1000);
    desk_close(&desk);
    effects_release(&turn);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 200;
    int chats = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100000;
    struct desk desk;

    cluster_start(true);
    PGconn *database = database_new();
    for (int i = 0; i < IN_FLIGHT; i++)
        effects_init(&turns[i]);
    desk_open(&desk, database, "bench");
    desk_wait(&desk, &desk.ups, 1);
    bench_turns(&desk, database, 1, SNAPSHOTS, 1);
    bench_turns(&desk, database, count, LINES, IN_FLIGHT);
    bench_turns(&desk, database, count, LINES, 1);
    bench_turns(&desk, database, count, LINES | MARKS, IN_FLIGHT);
    bench_turns(&desk, database, count, LINES | MARKS, 1);
    bench_turns(&desk, database, count, LINES | MARKS | SNAPSHOTS, IN_FLIGHT);
    desk_close(&desk);
    bench_restore(database, chats);
    for (int i = 0; i < IN_FLIGHT; i++)
        effects_release(&turns[i]);
    PQfinish(database);
    cluster_end();
    return 0;
}
