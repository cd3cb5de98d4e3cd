/* bench_short DESKBELL: the benchmark's claims that can be counted, in a few seconds: all lines
 * come through once and in order, a commit carries many of them, and ten times the live chats do
 * not make a line dearer. Nothing here depends on how fast the machine is. */
#include <signal.h>
#include <stdlib.h>

#include "test/bench/bench_case.h"
#include "test/support/store_desk.h"

enum { LINES = 3000, UNDER_WAY = 256 };

static int failures;

static void claim(bool holds, const char *what, double value)
{
    printf("%s: %s (%.2f)\n", holds ? "ok" : "NOT SO", what, value);
    failures += !holds;
}

static void link_wait(struct crowd *crowd)
{
    for (int i = 0; i < 600 && !link_is_up(crowd_link(crowd)); i++)
        link_turn(crowd_link(crowd), 100);
    for (int64_t until = now_ms() + 500; now_ms() < until;)
        link_turn(crowd_link(crowd), 10);
}

/* Microseconds of the desk's processor for a line. */
static double line_cpu(struct crowd *crowd, const struct desk_process *desk)
{
    double before = cpu_seconds(desk->pid);

    if (!crowd_exchange(crowd, UNDER_WAY, LINES))
        claim(false, "lines come back", 0);
    return (cpu_seconds(desk->pid) - before) * 1e6 / LINES;
}

static struct crowd *crowd_of(int chats)
{
    return crowd_new(&(struct crowd_options){
        .jid = "chat.localhost", .chats = chats, .patron_one_in = 4, .receipts = true});
}

static void account(struct crowd *crowd)
{
    const struct crowd_counts *counts = crowd_counts(crowd);
    const struct crowd_skip *skips;

    for (int64_t until = now_ms() + 10000; counts->receipts < counts->sent && now_ms() < until;)
        link_turn(crowd_link(crowd), 10);
    claim(counts->got == counts->sent, "every line came", (double)counts->got);
    claim(counts->receipts == counts->sent, "and has its receipt", (double)counts->receipts);
    claim(counts->repeats == 0 && counts->disorder == 0 && crowd_skipped(crowd, &skips) == 0,
          "once, and in order", (double)counts->repeats);
}

int main(int argc, char **argv)
{
    struct desk_process small, large;

    if (argc < 2)
        return 2;
    cluster_start(false);
    struct crowd *few = crowd_of(100), *many = crowd_of(1000);
    desk_process_init(&small, argv[1], argv[1], few);
    desk_process_start(&small, NULL);
    claim(crowd_open(few, 60000), "chats are asked for, offered and claimed", 100);
    int64_t batches = sql_number(small.database, "SELECT max(number) FROM deskbell.batch");
    double cheap = line_cpu(few, &small);
    batches = sql_number(small.database, "SELECT max(number) FROM deskbell.batch") - batches;
    claim(batches * 4 <= LINES, "a commit carries many lines", (double)LINES / (double)batches);
    account(few);
    claim(desk_process_end(&small, SIGTERM) == 0, "the desk ends cleanly", 0);

    desk_process_init(&large, argv[1], argv[1], many);
    desk_process_seed(&large, many);
    desk_process_start(&large, NULL);
    link_wait(many);
    double dear = line_cpu(many, &large);
    claim(dear < cheap * 3, "ten times the live chats do not make a line dearer", dear / cheap);
    claim(crowd_counts(many)->got == LINES, "restored chats go on", LINES);
    desk_process_end(&large, SIGKILL);

    desk_process_release(&small);
    desk_process_release(&large);
    crowd_free(few);
    crowd_free(many);
    cluster_end();
    return failures == 0 ? 0 : 1;
}
