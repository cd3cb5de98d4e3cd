/* command_line.h: the program's subcommands.
 *
 * One table lists them, helps with them and runs them, so that the three cannot disagree. */
#ifndef DESKBELL_COMPONENT_COMMAND_LINE_H
#define DESKBELL_COMPONENT_COMMAND_LINE_H

#include <stdbool.h>

/* What a command was called with. Texts are those of argv. */
struct command_line {
    const char *config_path; /* -c, or the default */
    bool config_given;
    const char *file; /* -f, NULL without */
    bool week, dry_run, prune;
    int count; /* of what is no option */
    char **arguments;
};

enum {
    EXIT_FINE = 0,
    EXIT_REFUSED = 1, /* or failed */
    EXIT_USAGE = 2,
    EXIT_CONFIG = 78 /* sysexits: deskbell.conf is bad, or the schema does not fit */
};

/* Runs what argv asks for and returns the exit code. */
int command_line_run(int argc, char **argv);

#endif
