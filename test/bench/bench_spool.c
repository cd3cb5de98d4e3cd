/* What an outage costs: how fast batches go to the spool, how large they are there, and how fast
 * they come back.
 *
 *   bench_spool [RECORDS] [LINES-A-TURN]
 *
 * Lines of about 120 characters in 256 chats, each with the mark of the line before, and a chat's
 * snapshot with every tenth: what a busy desk writes. With fsync on, the spool on the same disk.
 * A day of 50 messages a second is 4,320,000 records: its size is that of this run, scaled. Ends
 * with 1 when what comes back is not what went in, or comes slower than 20,000 records a second
 * (but for sanitized builds, which are not what is measured). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "test/support/store_desk.h"

enum { CHATS = 256, DAY_RECORDS = 4320000, RATE_MIN = 20000 };

static struct effects turns[STORE_BATCHES_MAX];
static const char stanza_id[] = "5f1b1c9e-0c5c-4f0e-9a4b-2b6f0d1c8a11";
static const char body[] = "A line of about a hundred and twenty characters, as people write them "
                           "when they ask a library something, or answer it.";

/* Lines of the chats in turn. Returns how many records. */
static int turn_fill(struct effects *turn, struct mark *marks, int from, int lines)
{
    int records = 0;

    effects_clear(turn);
    for (int i = 0; i < lines; i++) {
        int chat = (from + i) % CHATS + 1, line = (from + i) / CHATS + 1;
        if ((from + i) % 10 == 0) {
            turn_chat(turn, chat, line);
            records++;
        }
        turn_line(turn, chat, line, body)->stanza_id = stanza_id;
        records++;
        marks[i] = (struct mark){MARK_OPERATORS, chat, line - 1, 0};
    }
    return records;
}

static int outage_write(struct desk *desk, int wanted, int lines, int *ret_lines)
{
    struct mark marks[STORE_BATCH_RECORDS];
    int records = 0, written = 0;

    for (int i = 0; records < wanted; i++) {
        while (store_room(desk->store) == 0)
            desk_turn(desk, 100);
        desk->committed_count = 0;
        struct effects *turn = &turns[i % STORE_BATCHES_MAX];
        records += turn_fill(turn, marks, written, lines);
        written += lines;
        store_submit(desk->store, turn, marks, (size_t)lines); /* four turns a sync */
    }
    desk_settle(desk);
    *ret_lines = written;
    return records;
}

static int bench(PGconn *database, int wanted, int lines_a_turn)
{
    struct store_spool spool;
    struct desk desk;
    struct rusage usage;
    int lines;

    desk_open_spooling(&desk, database, "bench");
    effects_clear(&turns[0]);
    for (int chat = 1; chat <= CHATS; chat++)
        turn_chat(&turns[0], chat, 0);
    desk_submit(&desk, &turns[0], NULL, 0);
    desk_settle(&desk);
    cluster_stop("fast");
    desk_wait(&desk, &desk.aways, 1);
    int64_t since = now_ms();
    int records = outage_write(&desk, wanted, lines_a_turn, &lines);
    double took = (double)(now_ms() - since) / 1000;
    store_spool(desk.store, &spool);
    double size = (double)spool.bytes / records;
    printf("spooled %d records, %d lines a turn: %.0f records/s, %.0f turns/s, %.0f bytes a record;"
           " a day of 50 messages/s: %.0f MB\n",
           records, lines_a_turn, records / took, (double)spool.batches / took, size,
           size * DAY_RECORDS / 1e6);
    cluster_go();
    int ups = desk.ups;
    clock_t before = clock();
    while (store_state(desk.store) != STORE_STANDBY && desk.ups == ups && spool.in_use &&
           spool.replayed_batches == 0) {
        desk_turn(&desk, 1);
        store_spool(desk.store, &spool);
        since = now_ms();
    }
    while (spool.in_use) {
        desk_turn(&desk, 1000);
        store_spool(desk.store, &spool);
    }
    took = (double)(now_ms() - since) / 1000;
    double rate = records / took, own = (double)(clock() - before) / CLOCKS_PER_SEC;
    PQreset(database);
    printf("CPU us a record: backend %.1f, desk %.1f\n", backend_cpu(database) * 1e6 / records,
           own * 1e6 / records);
    int64_t found = sql_number(database, "SELECT count(*) FROM deskbell.line");
    printf("replayed in %.1f s: %.0f records/s; %lld of %d lines in the database\n", took, rate,
           (long long)found, lines);
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory so far: %.1f MB\n", (double)usage.ru_maxrss / 1024);
    desk_close(&desk);
    sql(database, "TRUNCATE deskbell.line");
    if (found != lines)
        return 1;
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    return rate >= RATE_MIN ? 0 : 1;
#endif
}

int main(int argc, char **argv)
{
    int records = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 430000;
    int lines = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10;
    int failed;

    if (lines < 1 || lines > STORE_BATCH_RECORDS)
        return 1;
    cluster_start(true);
    PGconn *database = database_new();
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_init(&turns[i]);
    failed = bench(database, records / 10, 1);
    failed |= bench(database, records, lines);
    for (int i = 0; i < STORE_BATCHES_MAX; i++)
        effects_release(&turns[i]);
    PQfinish(database);
    cluster_end();
    return failed;
}
