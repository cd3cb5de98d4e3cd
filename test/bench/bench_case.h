/* bench_case.h: the components that are compared, each with a crowd of its own at its link. */
#ifndef DESKBELL_TEST_BENCH_BENCH_CASE_H
#define DESKBELL_TEST_BENCH_BENCH_CASE_H

#include "test/support/desk_process.h"

enum { ROUNDS_MAX = 9, CASES = 6 };

enum bench_component { RAW, STROPHE, NODE, SLIXMPP, DESK_NONE, DESK };

struct bench_case {
    enum bench_component component;
    const char *name;
    bool is_desk;
    int share; /* of the lines that a round of the raw echo has: slow ones have fewer */
    struct crowd *crowd;
    struct desk_process desk; /* of desks */
    pid_t pid;
};

/* What a round of one case gave. */
struct bench_round {
    double rate;     /* lines a second */
    double cpu_us;   /* of the component, a line */
    double p50, p99; /* microseconds */
};

/* Finds the programs beside the benchmark's own name, and starts a cluster. Whatever was started is
 * ended when the benchmark exits. */
void bench_begin(const char *argv0, bool durable);

/* Sets up the component with so many live chats; false when it is not installed here. `timed`:
 * lines carry the time. */
bool case_prepare(struct bench_case *bench, enum bench_component component, int chats, bool timed);
/* Sets up all of them that are installed, then starts them; how many. */
int cases_start(struct bench_case *cases, const enum bench_component *components, int count,
                int chats, bool timed);
/* Starts it, also again after it has ended. `wrapper`: as in desk_process_start(). */
void case_begin(struct bench_case *bench, const char *const *wrapper);
/* Ends the component and waits; the crowd stays. */
void case_end(struct bench_case *bench);
void case_release(struct bench_case *bench);

/* Waits until it is connected. */
void case_wait(struct bench_case *bench);

/* Lets all of them live on while one is measured: a link that answers no pings is given up after
 * nine seconds. */
void cases_tend(void);

/* One closed loop of `lines` (before `share`). */
struct bench_round case_exchange(struct bench_case *bench, int window, int64_t lines);

/* Seconds of processor time of all threads, in fine steps. */
double cpu_seconds(pid_t pid);

double median(double *values, int count);

#endif
