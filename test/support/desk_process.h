/* desk_process.h: a `deskbell run` of one's own for a crowd.h: configuration and folders in a
 * temporary place, a database of a cluster_start() with the crowd's consortium in it. Failures of
 * the set-up end the program. */
#ifndef DESKBELL_TEST_SUPPORT_DESK_PROCESS_H
#define DESKBELL_TEST_SUPPORT_DESK_PROCESS_H

#include <libpq-fe.h>
#include <sys/types.h>

#include "test/support/crowd.h"

struct desk_process {
    char program[256];
    char folder[64]; /* deskbell.conf, state/, status/, log */
    char config[96];
    PGconn *database; /* the superuser's */
    pid_t pid;        /* 0: not running */
};

/* Makes the database and its consortium, and the configuration; starts nothing. `program` is
 * `deskbell`, or something with its command line; import is always done by `deskbell`. */
void desk_process_init(struct desk_process *process, const char *deskbell, const char *program,
                       struct crowd *crowd);
/* Ends it hard, if it runs, and removes the folder. */
void desk_process_release(struct desk_process *process);

/* Puts the crowd's chats into the database, claimed: crowd_write_chats(). */
void desk_process_seed(struct desk_process *process, struct crowd *crowd);

/* Starts `run`; its standard error goes to the file log. Under `wrapper` when that is not NULL:
 * words in front of the command, NULL at the end. */
void desk_process_start(struct desk_process *process, const char *const *wrapper);
/* Sends the signal and waits until it is gone; its wait status. */
int desk_process_end(struct desk_process *process, int signal);

/* Starts a program of any kind in the background; its standard error goes to the file. */
pid_t process_start(const char *const *arguments, const char *log);
int process_end(pid_t pid, int signal);

/* Of a process, with all its threads: seconds of processor time, and bytes of memory that is its
 * own (anonymous, resident). 0 when there is none. */
double process_cpu(pid_t pid);
double process_memory(pid_t pid);

#endif
