/* bench_relay TABLE [SIZE]: the tables of doc/performance.md about one component and its link; each
 * is printed as Markdown. test/bench/run runs them all. SIZE: quick or full.
 *
 * The cases of a table run in turn, round by round, and what is printed are medians; a ratio is the
 * median of the ratios of each round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/bench/bench_case.h"
#include "test/support/store_desk.h"

static bool full;
static int rounds = 5; /* an odd number below ROUNDS_MAX */

static double ratio_median(const struct bench_round *of, const struct bench_round *to, bool cpu)
{
    double ratios[ROUNDS_MAX];

    for (int i = 0; i < rounds; i++)
        ratios[i] = cpu ? of[i].cpu_us / to[i].cpu_us : of[i].rate / to[i].rate;
    return median(ratios, rounds);
}

enum field { RATE, CPU, P50, P99 };

static double round_median(const struct bench_round *round, enum field field)
{
    double values[ROUNDS_MAX];

    for (int i = 0; i < rounds; i++)
        values[i] = field == RATE  ? round[i].rate
                    : field == CPU ? round[i].cpu_us
                    : field == P50 ? round[i].p50
                                   : round[i].p99;
    return median(values, rounds);
}

/* --- closed loops --- */

static void rates_print(const struct bench_case *cases, int count,
                        struct bench_round results[CASES][ROUNDS_MAX], int window)
{
    printf("\n| closed loop, %d under way | lines/s | CPU us | p50 us | p99 us | rate to raw |"
           " CPU to raw |\n|---|---|---|---|---|---|---|\n",
           window);
    for (int i = 0; i < count; i++)
        printf("| %s | %.0f | %.2f | %.0f | %.0f | %.3f | %.2f |\n", cases[i].name,
               round_median(results[i], RATE), round_median(results[i], CPU),
               round_median(results[i], P50), round_median(results[i], P99),
               ratio_median(results[i], results[0], false),
               ratio_median(results[i], results[0], true));
    for (int i = 0; i < count; i++)
        for (int other = i + 1; cases[i].component > RAW && other < count; other++)
            if (cases[other].is_desk)
                printf("%s%s to %s: %.2f", i == 1 && other == i + 1 ? "\nRates: " : "; ",
                       cases[other].name, cases[i].name,
                       ratio_median(results[other], results[i], false));
    printf("\n");
}

static void table_rates(void)
{
    struct bench_case cases[CASES];
    struct bench_round results[CASES][ROUNDS_MAX];
    static const enum bench_component all[] = {RAW, STROPHE, NODE, SLIXMPP, DESK_NONE, DESK};
    const int windows[] = {64, 1024};
    int64_t lines = full ? 100000 : 20000;
    int count = cases_start(cases, all, CASES, 1000, true);
    for (size_t window = 0; window < sizeof windows / sizeof windows[0]; window++) {
        for (int round = -1; round < rounds; round++) /* the first is not counted */
            for (int i = 0; i < count; i++) {
                struct bench_round result =
                    case_exchange(&cases[i], windows[window], round < 0 ? lines / 4 : lines);
                if (round >= 0)
                    results[i][round] = result;
            }
        rates_print(cases, count, results, windows[window]);
        const struct crowd_counts *counts = crowd_counts(cases[count - 1].crowd);
        printf("(of the desk's lines so far %.0f %% were patrons')\n",
               100.0 * (double)counts->patron_sent / (double)counts->sent);
    }
    for (int i = 0; i < count; i++)
        case_release(&cases[i]);
}

/* --- one row a commit --- */

/* Lines a second and the median of their times in microseconds. */
static void commits(PGconn *database, int count, double *ret_rate, double *ret_p50)
{
    double *times = malloc((size_t)count * sizeof *times);
    int64_t since = crowd_now_ns();

    if (times == NULL)
        abort();
    for (int i = 0; i < count; i++) {
        int64_t begun = crowd_now_ns();
        PQclear(PQexec(database, "EXECUTE one_row"));
        times[i] = (double)(crowd_now_ns() - begun) / 1e3;
    }
    *ret_rate = count * 1e9 / (double)(crowd_now_ns() - since);
    *ret_p50 = median(times, count);
    free(times);
}

static PGconn *commits_open(void)
{
    PGconn *database = database_new();

    sql(database,
        "SET client_min_messages = warning;"
        "CREATE TABLE bench (library_id bigint, chat bigint, line integer, at timestamptz,"
        " author text, stanza_id text, body text);"
        "CREATE INDEX ON bench (chat, line);"
        "PREPARE one_row AS INSERT INTO bench VALUES"
        " (1, 1, 1, now(), 'patron', 'p1-1', repeat('x', 120))");
    return database;
}

/* --- open loops --- */

struct open_result {
    double p50, p99, p999, rate;
};

static struct open_result open_loop(struct bench_case *bench, double rate, double seconds)
{
    cases_tend();
    uint64_t before = crowd_counts(bench->crowd)->got;
    int64_t since = crowd_now_ns();

    crowd_latency_clear(bench->crowd);
    crowd_rate(bench->crowd, rate);
    while (crowd_now_ns() - since < (int64_t)(seconds * 1e9))
        crowd_turn(bench->crowd, 100);
    crowd_rate(bench->crowd, 0);
    double took = (double)(crowd_now_ns() - since) / 1e9;
    uint64_t got = crowd_counts(bench->crowd)->got - before;
    crowd_settle(bench->crowd, 10000);
    return (struct open_result){crowd_latency(bench->crowd, 0.5), crowd_latency(bench->crowd, 0.99),
                                crowd_latency(bench->crowd, 0.999), (double)got / took};
}

static void table_open(void)
{
    static const enum bench_component compared[] = {RAW, DESK_NONE, DESK};
    static const double rates[] = {100, 1000, 5000, 10000, 20000};
    enum { COMPARED = 3 };
    struct bench_case cases[COMPARED];
    PGconn *database = commits_open();

    cases_start(cases, compared, COMPARED, 1000, true);
    printf("\n| open loop, lines/s | raw p50 / p99 / p99.9 us | nothing kept | as shipped |"
           " one-row commit us | added p50 in commits | came |\n|---|---|---|---|---|---|---|\n");
    for (size_t rate = 0; rate < sizeof rates / sizeof rates[0]; rate++) {
        double values[COMPARED][3][ROUNDS_MAX], added[ROUNDS_MAX], commit[ROUNDS_MAX];
        double came[ROUNDS_MAX];
        for (int round = 0; round < rounds; round++) {
            struct open_result results[COMPARED];
            double commit_rate;
            commits(database, full ? 1000 : 200, &commit_rate, &commit[round]);
            for (int i = 0; i < COMPARED; i++) {
                results[i] = open_loop(&cases[i], rates[rate], full ? 3 : 1);
                values[i][0][round] = results[i].p50;
                values[i][1][round] = results[i].p99;
                values[i][2][round] = results[i].p999;
            }
            added[round] = (results[2].p50 - results[1].p50) / commit[round];
            came[round] = results[2].rate / rates[rate];
        }
        printf("| %.0f ", rates[rate]);
        for (int i = 0; i < COMPARED; i++)
            printf("| %.0f / %.0f / %.0f ", median(values[i][0], rounds),
                   median(values[i][1], rounds), median(values[i][2], rounds));
        printf("| %.0f | %.2f | %.2f |\n", median(commit, rounds), median(added, rounds),
               median(came, rounds));
        fflush(stdout);
    }
    for (int i = 0; i < COMPARED; i++)
        case_release(&cases[i]);
    PQfinish(database);
}

/* --- durable against one row a commit --- */

static void table_durable(void)
{
    static const enum bench_component compared[] = {DESK_NONE, DESK};
    struct bench_case cases[2];
    struct bench_round nones[ROUNDS_MAX], desks[ROUNDS_MAX];
    double rates[ROUNDS_MAX], times[ROUNDS_MAX], to_commit[ROUNDS_MAX];
    PGconn *database = commits_open();
    int64_t lines = full ? 100000 : 20000;

    cases_start(cases, compared, 2, 1000, true);
    for (int round = -1; round < rounds; round++) {
        int at = round < 0 ? 0 : round;
        commits(database, full ? 2000 : 500, &rates[at], &times[at]);
        nones[at] = case_exchange(&cases[0], 1024, lines);
        desks[at] = case_exchange(&cases[1], 1024, lines);
        to_commit[at] = desks[at].rate / rates[at];
    }
    printf(
        "\n| 1,000 live chats, 1,024 under way | lines/s | to nothing kept | to one row a commit "
        "|\n|---|---|---|---|\n"
        "| deskbell as shipped | %.0f | %.3f | %.1f |\n| desk, nothing kept | %.0f | 1 | |\n"
        "| one row a commit | %.0f (%.0f us) | | 1 |\n",
        round_median(desks, RATE), ratio_median(desks, nones, false), median(to_commit, rounds),
        round_median(nones, RATE), median(rates, rounds), median(times, rounds));
    case_release(&cases[0]);
    case_release(&cases[1]);
    PQfinish(database);
}

/* --- live chats --- */

/* Milliseconds from the start of the process until a line of an operator has come through; and of
 * the desk's processor. */
static double restart(struct bench_case *bench, double *ret_cpu_ms)
{
    struct crowd *crowd = bench->crowd;
    uint64_t got = crowd_counts(crowd)->got;
    bool said = false;

    case_end(bench);
    int64_t since = crowd_now_ns();
    case_begin(bench, NULL);
    while (crowd_counts(crowd)->got == got && crowd_now_ns() - since < 120 * 1000000000LL) {
        link_turn(crowd_link(crowd), 10);
        cases_tend();
        if (!said && link_is_up(crowd_link(crowd)) && crowd_say(crowd, 0, CROWD_OPERATOR) > 0)
            said = true;
    }
    double took = (double)(crowd_now_ns() - since) / 1e6;
    *ret_cpu_ms = cpu_seconds(bench->pid) * 1000;
    case_wait(bench);
    return took;
}

static void table_chats(void)
{
    static const int numbers[] = {10, 1000, 10000, 100000};
    enum { NUMBERS = 4 };
    static const enum bench_component compared[] = {DESK_NONE, DESK};
    struct bench_case cases[2][NUMBERS];
    double cpu[2][NUMBERS][ROUNDS_MAX], memory[NUMBERS], restarts[NUMBERS][ROUNDS_MAX];
    double restart_cpu[NUMBERS][ROUNDS_MAX];
    int64_t lines = full ? 50000 : 10000;

    for (int kind = 0; kind < 2; kind++)
        for (int n = 0; n < NUMBERS; n++)
            case_prepare(&cases[kind][n], compared[kind], numbers[n], false);
    for (int kind = 0; kind < 2; kind++)
        for (int n = 0; n < NUMBERS; n++) {
            case_begin(&cases[kind][n], NULL);
            case_wait(&cases[kind][n]);
            memory[n] = process_memory(cases[kind][n].pid); /* at last the shipped one's */
        }
    /* First, while all chats are of one length. */
    for (int round = 0; round < rounds; round++)
        for (int n = 0; n < NUMBERS; n++)
            restarts[n][round] = restart(&cases[1][n], &restart_cpu[n][round]);
    for (int round = -1; round < rounds; round++)
        for (int n = 0; n < NUMBERS; n++)
            for (int kind = 0; kind < 2; kind++) {
                struct bench_round result = case_exchange(&cases[kind][n], 256, lines);
                if (round >= 0)
                    cpu[kind][n][round] = result.cpu_us;
            }
    printf("\n| live chats | nothing kept: CPU us a line | to 10 chats | as shipped: CPU us a line "
           "| to 10 chats | bytes a chat | restart to the first line, ms | of it the desk's "
           "processor |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (int n = 0; n < NUMBERS; n++) {
        double ratios[2][ROUNDS_MAX];
        for (int round = 0; round < rounds; round++)
            for (int kind = 0; kind < 2; kind++)
                ratios[kind][round] = cpu[kind][n][round] / cpu[kind][0][round];
        double ratio_none = median(ratios[0], rounds), ratio_desk = median(ratios[1], rounds);
        double bytes = n == 0 ? 0 : (memory[n] - memory[0]) / (numbers[n] - numbers[0]);
        double cpu_none[ROUNDS_MAX], cpu_desk[ROUNDS_MAX];
        memcpy(cpu_none, cpu[0][n], sizeof cpu_none);
        memcpy(cpu_desk, cpu[1][n], sizeof cpu_desk);
        printf("| %d | %.2f | %.2f | %.2f | %.2f | %.0f | %.0f | %.0f |\n", numbers[n],
               median(cpu_none, rounds), ratio_none, median(cpu_desk, rounds), ratio_desk, bytes,
               median(restarts[n], rounds), median(restart_cpu[n], rounds));
    }
    for (int kind = 0; kind < 2; kind++)
        for (int n = 0; n < NUMBERS; n++)
            case_release(&cases[kind][n]);
}

static const struct {
    const char *name;
    void (*run)(void);
} tables[] = {
    {"rates", table_rates},
    {"durable", table_durable},
    {"open", table_open},
    {"chats", table_chats},
};

int main(int argc, char **argv)
{
    full = argc > 2 && strcmp(argv[2], "full") == 0;
    for (size_t i = 0; argc > 1 && i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(argv[1], tables[i].name) != 0)
            continue;
        bench_begin(argv[0], true);
        tables[i].run();
        return 0;
    }
    fprintf(stderr, "usage: bench_relay rates|durable|open|chats [quick|full]\n");
    return 2;
}
