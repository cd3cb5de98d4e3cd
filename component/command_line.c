#include "component/command_line.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "component/commands.h"
#include "component/config.h"

enum { ANY_NUMBER = 1000000 };

/* Options that a command takes, as letters for getopt: w, d and p stand for the long ones. */
struct subcommand {
    const char *name;
    const char *usage;
    const char *summary;
    const char *options;
    int arguments_min, arguments_max;
    int (*run)(const struct command_line *line);
    const char *help;
};

static int command_version(const struct command_line *line);
static int command_help(const struct command_line *line);

/* In the order in which an administrator meets them. */
static const struct subcommand subcommands[] = {
    {"run", "[-c deskbell.conf]", "run the desk, in the foreground", "c", 0, 0, command_run,
     "Connects to the XMPP server and serves the consortium that deskbell.conf names, until\n"
     "SIGTERM. Logs to standard error. SIGHUP reads the configuration again, SIGUSR1 writes the\n"
     "live state to the log.\n"},
    {"check", "[-c deskbell.conf]", "say all that is wrong with deskbell.conf", "c", 0, 0,
     command_check, "Every error comes with file and line. The exit code is 0 or 1.\n"},
    {"migrate", "[-c deskbell.conf]", "bring the database's schema up to date", "c", 0, 0,
     command_migrate,
     "Makes roles and tables. Safe to run again, and beside another one. Back the database up\n"
     "first. It connects with 'migrate_database' of deskbell.conf, a superuser.\n"},
    {"import", "[-c deskbell.conf] [--dry-run] [--prune] FILE",
     "put a consortium file into the "
     "database",
     "cdp", 1, 1, command_import,
     "What the file names is set to what it says; a key left out keeps the database's value, or\n"
     "gets its default in something new. What the file does not name stays, and is listed as\n"
     "'not in the file'. A running desk follows at once. A file with an error changes nothing.\n"
     "\n"
     "  --dry-run  print what would change, and change nothing\n"
     "  --prune    remove what the file does not name; removed names stay reserved for 30 days\n"},
    {"import-closures", "[-c deskbell.conf] [--dry-run] LIBRARY FILE.ics",
     "put the whole days of an iCalendar file into a library's closures", "cd", 2, 2,
     command_import_closures,
     "LIBRARY is the abbreviation. Every event of whole days closes the library on its dates, "
     "from\n"
     "yesterday to two years ahead, repetitions too, and its summary is the closure's name. So "
     "take a\n"
     "calendar of closures only, and look with --dry-run first. Events with a time of day, "
     "cancelled\n"
     "ones and all else that is skipped are said, with line and reason. A date that has a closure\n"
     "keeps it, and none is ever removed: the same file again changes nothing. A running desk "
     "follows\n"
     "at once. A file that is no calendar changes nothing.\n"
     "\n"
     "  --dry-run  print what would change, and change nothing\n"},
    {"status", "[-c deskbell.conf]", "say how the running desk is", "c", 0, 0, command_status,
     "Who is connected, how each queue is, who is on duty, which chats there are; no chat's text.\n"
     "For the account that the desk runs as. The exit code is 1 when no desk runs here.\n"},
    {"export", "[-c deskbell.conf] CONSORTIUM",
     "write the database's settings as a consortium file", "c", 1, 1, command_export,
     "To standard output. Importing it again changes nothing.\n"},
    {"explain", "[-c deskbell.conf | -f FILE] [--week] QUEUE [TIME...]",
     "say who is asked to answer a queue, and when", "cfw", 1, ANY_NUMBER, command_explain,
     "TIME is like 2026-11-26T10:00:00-06:00; now if there is none; '-' reads one a line from\n"
     "standard input. One line each, with tabs: time, verdict, reason, tiers, until, next, "
     "detail.\n"
     "\n"
     "  -f FILE  from a consortium file instead of the database\n"
     "  --week   a readable week with its gaps; TIME is then a date\n"},
    {"version", "", "print the version", "", 0, 0, command_version, ""},
    {"help", "[COMMAND]", "print this, or more about a command", "", 0, 1, command_help, ""},
};

enum { SUBCOMMAND_COUNT = sizeof subcommands / sizeof subcommands[0] };

static const struct subcommand *subcommand_find(const char *name)
{
    for (int i = 0; i < SUBCOMMAND_COUNT; i++)
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    return NULL;
}

static void print_usage(FILE *out, const struct subcommand *subcommand)
{
    fprintf(out, "usage: deskbell %s%s%s\n", subcommand->name,
            subcommand->usage[0] == '\0' ? "" : " ", subcommand->usage);
}

static void print_overview(FILE *out)
{
    fputs("usage: deskbell COMMAND [OPTION...]\n\nThe chat desk of a library consortium.\n\n", out);
    for (int i = 0; i < SUBCOMMAND_COUNT; i++)
        fprintf(out, "  %-15s  %s\n", subcommands[i].name, subcommands[i].summary);
    fprintf(out,
            "\n-c defaults to %s. 'deskbell help COMMAND' says more.\nExit codes: 0 fine, 1 "
            "refused or failed, 2 wrong usage, 78 bad deskbell.conf or schema.\n",
            CONFIG_DEFAULT_PATH);
}

static int command_version(const struct command_line *line)
{
    (void)line;
    puts("deskbell " DESKBELL_VERSION);
    return EXIT_FINE;
}

static int command_help(const struct command_line *line)
{
    if (line->count == 0) {
        print_overview(stdout);
        return EXIT_FINE;
    }
    const struct subcommand *subcommand = subcommand_find(line->arguments[0]);
    if (subcommand == NULL) {
        fprintf(stderr, "deskbell: no command '%s'; 'deskbell help' lists them\n",
                line->arguments[0]);
        return EXIT_USAGE;
    }
    print_usage(stdout, subcommand);
    printf("\nTo %s.\n%s%s", subcommand->summary, subcommand->help[0] == '\0' ? "" : "\n",
           subcommand->help);
    return EXIT_FINE;
}

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"file", required_argument, NULL, 'f'},
    {"week", no_argument, NULL, 'w'},
    {"dry-run", no_argument, NULL, 'd'},
    {"prune", no_argument, NULL, 'p'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* False for an option that there is not, or not here. */
static bool option_take(const struct subcommand *subcommand, int option, struct command_line *line)
{
    if (strchr(subcommand->options, option) == NULL)
        return false;
    switch (option) {
    case 'c':
        line->config_path = optarg;
        line->config_given = true;
        return true;
    case 'f':
        line->file = optarg;
        return true;
    case 'w':
        line->week = true;
        return true;
    case 'd':
        line->dry_run = true;
        return true;
    case 'p':
        line->prune = true;
        return true;
    default:
        return false;
    }
}

static int usage_error(const struct subcommand *subcommand)
{
    fputs("deskbell: ", stderr);
    print_usage(stderr, subcommand);
    return EXIT_USAGE;
}

static int subcommand_run(const struct subcommand *subcommand, int argc, char **argv)
{
    struct command_line line = {.config_path = CONFIG_DEFAULT_PATH};

    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "c:f:h", long_options, NULL)) != -1;) {
        if (option == 'h') {
            line = (struct command_line){.count = 1, .arguments = argv};
            return command_help(&line);
        }
        if (option == '?' || !option_take(subcommand, option, &line))
            return usage_error(subcommand);
    }
    line.count = argc - optind;
    line.arguments = argv + optind;
    if (line.count < subcommand->arguments_min || line.count > subcommand->arguments_max)
        return usage_error(subcommand);
    return subcommand->run(&line);
}

int command_line_run(int argc, char **argv)
{
    static char help[] = "help", version[] = "version";

    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        argv[1] = help;
    if (strcmp(argv[1], "--version") == 0)
        argv[1] = version;
    const struct subcommand *subcommand = subcommand_find(argv[1]);
    if (subcommand == NULL) {
        fprintf(stderr, "deskbell: no command '%s'; 'deskbell help' lists them\n", argv[1]);
        return EXIT_USAGE;
    }
    return subcommand_run(subcommand, argc - 1, argv + 1);
}
