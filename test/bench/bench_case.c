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

void bench_folders_find(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    snprintf(build, sizeof build, "%.*s", slash == NULL ? 1 : (int)(slash - argv0),
             slash == NULL ? "." : argv0);
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

void case_again(struct bench_case *bench, const char *const *wrapper)
{
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

    while (!link_is_up(crowd_link(bench->crowd)) && now_ms() < end)
        link_turn(crowd_link(bench->crowd), 100);
    /* The desk asks who is there; that is not what is measured. */
    for (int64_t quiet = now_ms() + (bench->is_desk ? 500 : 50); now_ms() < quiet;)
        link_turn(crowd_link(bench->crowd), 10);
    if (!link_is_up(crowd_link(bench->crowd))) {
        fprintf(stderr, "bench: '%s' does not connect\n", bench->name);
        exit(1);
    }
}

bool case_start(struct bench_case *bench, enum bench_component component, int chats, bool timed,
                const char *const *wrapper)
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
    });
    if (bench->is_desk) {
        path_make(deskbell, build, "../deskbell");
        path_make(program, build, component == DESK ? "../deskbell" : "desk_none");
        desk_process_init(&bench->desk, deskbell, program, bench->crowd);
        desk_process_seed(&bench->desk, bench->crowd);
    }
    case_again(bench, wrapper);
    case_wait(bench);
    return true;
}

void case_end(struct bench_case *bench)
{
    if (bench->pid <= 0)
        return;
    if (bench->is_desk) {
        kill(bench->pid, SIGTERM);
        for (int i = 0; i < 300 && link_is_up(crowd_link(bench->crowd)); i++)
            link_turn(crowd_link(bench->crowd), 10);
        desk_process_end(&bench->desk, 0);
    } else {
        /* An echo in C ends with its connection, so that a tool around it can report. */
        link_hang_up(crowd_link(bench->crowd));
        process_end(bench->pid, bench->component == NODE || bench->component == SLIXMPP ? SIGKILL
                                                                                      : 0);
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
    return count == 0 ? 0
                      : (values[(count - 1) / 2] + values[count / 2]) / 2;
}
