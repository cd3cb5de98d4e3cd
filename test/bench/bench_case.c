#include "test/bench/bench_case.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "test/support/store_desk.h"

static const struct {
    const char *name;
    bool is_desk;
    int share;
} components[CASES] = {
    [RAW] = {"raw echo (poll, expat, own text)", false, 1},
    [STROPHE] = {"libstrophe echo", false, 2},
    [NODE] = {"@xmpp/component echo", false, 8},
    [SLIXMPP] = {"slixmpp echo", false, 20},
    [DESK_NONE] = {"desk, nothing kept", true, 1},
    [DESK] = {"deskbell as shipped", true, 1},
};

static char build[256];
/* Beside the sources, so that the benchmark works from any build folder. */
static const char peers[] = DESKBELL_BENCH_PEERS;

enum { RUNNING_MAX = 16 };
static struct bench_case *running[RUNNING_MAX];
static int running_count;

static void bench_end(void)
{
    for (int i = 0; i < running_count; i++) {
        if (running[i]->is_desk)
            desk_process_release(&running[i]->desk);
        else
            process_end(running[i]->pid, SIGKILL);
    }
    cluster_end();
}

/* For whoever has no patience: the benchmark does nothing that a signal could leave half done, and
 * a cluster left behind would go on for ever. */
static void told_to_end(int number)
{
    exit(128 + number);
}

void bench_begin(const char *argv0, bool durable)
{
    const char *slash = strrchr(argv0, '/');

    snprintf(build, sizeof build, "%.*s", slash == NULL ? 1 : (int)(slash - argv0),
             slash == NULL ? "." : argv0);
    setvbuf(stdout, NULL, _IOLBF, 0);
    cluster_start(durable);
    atexit(bench_end);
    signal(SIGTERM, told_to_end);
    signal(SIGINT, told_to_end);
}

void cases_tend(void)
{
    for (int i = 0; i < running_count; i++)
        link_turn(crowd_link(running[i]->crowd), 0);
}

static void path_make(char path[320], const char *folder, const char *name)
{
    snprintf(path, 320, "%s/%s", folder, name);
}

static void echo_start(struct bench_case *bench, const char *const *wrapper)
{
    const char *arguments[16] = {NULL};
    char port[16], program[320];
    int count = 0;

    for (; wrapper != NULL && wrapper[count] != NULL && count < 12; count++)
        arguments[count] = wrapper[count];
    snprintf(port, sizeof port, "%d", link_port(crowd_link(bench->crowd)));
    switch (bench->component) {
    case RAW:
        path_make(program, build, "echo_raw");
        break;
    case STROPHE:
        path_make(program, build, "echo_strophe");
        break;
    case NODE:
        arguments[count++] = "node";
        path_make(program, peers, "echo.mjs");
        break;
    case SLIXMPP:
        arguments[count++] = "/usr/bin/python3";
        path_make(program, peers, "echo_slixmpp.py");
        break;
    case DESK_NONE:
    case DESK:
        abort();
    }
    arguments[count++] = program;
    arguments[count++] = port;
    bench->pid = process_start(arguments, "/dev/null");
}

static bool is_installed(enum bench_component component)
{
    char path[320];

    if (component == NODE) {
        path_make(path, peers, "node_modules/@xmpp/component/package.json");
        return access(path, R_OK) == 0 && system("node --version >/dev/null 2>&1") == 0;
    }
    return component != SLIXMPP ||
           system("/usr/bin/python3 -c 'import slixmpp' >/dev/null 2>&1") == 0;
}

void case_begin(struct bench_case *bench, const char *const *wrapper)
{
    if (running_count == RUNNING_MAX)
        abort();
    running[running_count++] = bench;
    if (bench->is_desk) {
        desk_process_start(&bench->desk, wrapper);
        bench->pid = bench->desk.pid;
    } else {
        echo_start(bench, wrapper);
    }
}

void case_wait(struct bench_case *bench)
{
    int64_t end = now_ms() + 180000;

    while (!link_is_up(crowd_link(bench->crowd)) && now_ms() < end) {
        link_turn(crowd_link(bench->crowd), 100);
        cases_tend();
    }
    /* The desk asks who is there; that is not what is measured. */
    for (int64_t quiet = now_ms() + (bench->is_desk ? 500 : 50); now_ms() < quiet; cases_tend())
        link_turn(crowd_link(bench->crowd), 10);
    if (!link_is_up(crowd_link(bench->crowd))) {
        fprintf(stderr, "bench: '%s' does not connect\n", bench->name);
        exit(1);
    }
}

bool case_prepare(struct bench_case *bench, enum bench_component component, int chats, bool timed)
{
    char deskbell[320], program[320];

    if (!is_installed(component))
        return false;
    memset(bench, 0, sizeof *bench);
    bench->component = component;
    bench->name = components[component].name;
    bench->is_desk = components[component].is_desk;
    bench->share = components[component].share;
    bench->crowd = crowd_new(&(struct crowd_options){
        .jid = "chat.localhost",
        .chats = chats,
        .patron_one_in = 5,
        .timed = timed,
        .echo = !bench->is_desk,
        .tend = cases_tend,
    });
    if (!bench->is_desk)
        return true;
    path_make(deskbell, build, "../deskbell");
    path_make(program, build, component == DESK ? "../deskbell" : "desk_none");
    desk_process_init(&bench->desk, deskbell, program, bench->crowd);
    desk_process_seed(&bench->desk, bench->crowd);
    return true;
}

int cases_start(struct bench_case *cases, const enum bench_component *list, int count, int chats,
                bool timed)
{
    int started = 0;

    for (int i = 0; i < count; i++)
        if (case_prepare(&cases[started], list[i], chats, timed))
            started++;
        else
            printf("(%s: not installed here)\n", components[list[i]].name);
    for (int i = 0; i < started; i++) {
        case_begin(&cases[i], NULL);
        case_wait(&cases[i]);
    }
    return started;
}

void case_end(struct bench_case *bench)
{
    if (bench->pid <= 0)
        return;
    for (int i = 0; i < running_count; i++)
        if (running[i] == bench)
            running[i--] = running[--running_count];
    if (bench->is_desk) {
        kill(bench->pid, SIGTERM);
        for (int i = 0; i < 300 && link_is_up(crowd_link(bench->crowd)); i++)
            link_turn(crowd_link(bench->crowd), 10);
        desk_process_end(&bench->desk, 0);
    } else {
        /* An echo in C ends with its connection, so that a tool around it can report. */
        link_hang_up(crowd_link(bench->crowd));
        process_end(bench->pid,
                    bench->component == NODE || bench->component == SLIXMPP ? SIGKILL : 0);
    }
    bench->pid = 0;
}

void case_release(struct bench_case *bench)
{
    case_end(bench);
    if (bench->is_desk)
        desk_process_release(&bench->desk);
    bench->crowd = crowd_free(bench->crowd);
}

double cpu_seconds(pid_t pid)
{
    struct timespec used;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

struct bench_round case_exchange(struct bench_case *bench, int window, int64_t lines)
{
    struct bench_round round = {0};

    cases_tend();
    double cpu = cpu_seconds(bench->pid);
    int64_t since = crowd_now_ns();
    lines /= bench->share;
    crowd_latency_clear(bench->crowd);
    if (!crowd_exchange(bench->crowd, window, lines)) {
        const struct crowd_counts *counts = crowd_counts(bench->crowd);
        fprintf(stderr, "bench: '%s' has stopped: sent %llu, came %llu, errors %llu\n", bench->name,
                (unsigned long long)counts->sent, (unsigned long long)counts->got,
                (unsigned long long)counts->errors);
        exit(1);
    }
    round.rate = (double)lines * 1e9 / (double)(crowd_now_ns() - since);
    round.cpu_us = (cpu_seconds(bench->pid) - cpu) * 1e6 / (double)lines;
    round.p50 = crowd_latency(bench->crowd, 0.5);
    round.p99 = crowd_latency(bench->crowd, 0.99);
    return round;
}

static int double_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, double_compare);
    return count == 0 ? 0 : (values[(count - 1) / 2] + values[count / 2]) / 2;
}
