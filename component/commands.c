#include "component/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/closures_ics.h"
#include "component/config.h"
#include "component/daemon.h"
#include "component/database.h"
#include "component/explain.h"
#include "component/login.h"
#include "component/settings.h"
#include "component/settings_bounds.h"
#include "component/settings_file.h"
#include "component/status_socket.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "policy/wall.h"

static int fail(int exit_code, const char *words)
{
    fprintf(stderr, "deskbell: %s\n", words);
    return exit_code;
}

int command_run(const struct command_line *line)
{
    struct config config;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_CONFIG;
    int exit_code = daemon_run(&config, line->config_path);
    config_release(&config);
    return exit_code;
}

int command_check(const struct command_line *line)
{
    struct config config;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_REFUSED;
    printf("%s: fine\n", line->config_path);
    config_release(&config);
    return EXIT_FINE;
}

int command_migrate(const struct command_line *line)
{
    struct config config;
    struct error error;
    int exit_code = EXIT_FINE;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_CONFIG;
    PGconn *database = NULL;
    if (login_become(config.migrate_database, &error))
        database = database_connect(config.migrate_database, &error);
    if (database == NULL) {
        exit_code = fail(EXIT_REFUSED, error.text);
        goto out;
    }
    if (settings_migrate(database, stdout, &error)) {
        puts("the schema is up to date");
        goto out;
    }
    /* A failure with a schema that is newer is not one of the database. */
    exit_code = fail(settings_schema_newer(database) ? EXIT_CONFIG : EXIT_REFUSED, error.text);
out:
    PQfinish(database);
    config_release(&config);
    return exit_code;
}

/* Everything between a good configuration and the settings of its consortium. */
static int open_settings(const struct config *config, const char *name, PGconn **ret_database,
                         struct consortium **ret_stored, bool *ret_exists)
{
    struct error error;

    if (!login_become(config->database, &error))
        return fail(EXIT_REFUSED, error.text);
    *ret_database = database_connect(config->database, &error);
    if (*ret_database == NULL || !database_become(*ret_database, "deskbell_settings", &error))
        return fail(EXIT_REFUSED, error.text);
    if (!settings_schema_fits(*ret_database, &error))
        return fail(EXIT_CONFIG, error.text);
    if (!settings_load(*ret_database, name, ret_stored, ret_exists, &error))
        return fail(EXIT_REFUSED, error.text);
    return EXIT_FINE;
}

static void print_count(int changes, const struct command_line *line)
{
    if (changes == 0)
        puts("nothing changes");
    else
        printf("%d %s%s\n", changes, changes == 1 ? "change" : "changes",
               line->dry_run ? ", not made (--dry-run)" : "");
}

static int import_merged(PGconn *database, const struct consortium *stored,
                         const struct consortium *file, const struct consortium *merged,
                         const struct command_line *line)
{
    const char *path = line->arguments[0];
    struct error error;
    int taken = 0;

    if (!settings_check_reserved(database, stored, merged, path, stderr, &taken, &error))
        return fail(EXIT_REFUSED, error.text);
    if (taken > 0)
        return EXIT_REFUSED;
    int changes = settings_diff(stored, merged, file, stdout);
    settings_warn(merged, path, stderr);
    if (!line->dry_run && !settings_save(database, stored, merged, &error))
        return fail(EXIT_REFUSED, error.text);
    print_count(changes, line);
    return EXIT_FINE;
}

static int import_file(const struct config *config, const struct command_line *line)
{
    const char *path = line->arguments[0];
    struct consortium *file = NULL, *stored = NULL, *merged = NULL;
    PGconn *database = NULL;
    bool exists = false;
    int exit_code = EXIT_REFUSED;

    file = settings_read(path, config->accounts.domain, stderr);
    if (file == NULL)
        goto out;
    if (strcmp(file->name, config->consortium) != 0) {
        fprintf(stderr, "%s: consortium '%s' is not '%s', the one that %s names\n", path,
                file->name, config->consortium, line->config_path);
        goto out;
    }
    exit_code = open_settings(config, file->name, &database, &stored, &exists);
    if (exit_code != EXIT_FINE)
        goto out;
    exit_code = EXIT_REFUSED;
    merged = settings_merge(stored, file, config->accounts.domain, line->prune, path, stderr);
    if (merged != NULL)
        exit_code = import_merged(database, stored, file, merged, line);
out:
    PQfinish(database);
    consortium_free(file);
    consortium_free(stored);
    consortium_free(merged);
    return exit_code;
}

int command_import(const struct command_line *line)
{
    struct config config;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_CONFIG;
    int exit_code = import_file(&config, line);
    config_release(&config);
    return exit_code;
}

static void print_added(const struct library_settings *library, const struct closures *before)
{
    char date[DATE_TEXT_SIZE];

    for (size_t i = 0, old = 0; i < library->closures.count; i++) {
        const struct closure *closure = &library->closures.list[i];
        if (old < before->count && before->list[old].date == closure->date) {
            old++;
            continue;
        }
        printf("+ library %s: closure %s%s%s\n", library->name, date_print(closure->date, date),
               closure->name[0] == '\0' ? "" : " ", closure->name);
    }
}

/* The library's closures with those of the file. What is changed is copied, the rest is that of
 * `stored`, whose arena has it all. */
static int add_closures(PGconn *database, const struct consortium *stored, int index,
                        const char *text, const struct command_line *line)
{
    const char *path = line->arguments[1];
    struct consortium merged = *stored;
    struct closures fresh;
    struct timespec now;
    struct error error;
    size_t size = stored->library_count * sizeof *stored->libraries;

    clock_gettime(CLOCK_REALTIME, &now);
    day_number today = wall_at(stored->libraries[index].zone, now.tv_sec).date;
    if (!closures_ics_read(text, path, today, stored->arena, &fresh, stderr))
        return EXIT_REFUSED;
    merged.libraries = memcpy(arena_alloc(stored->arena, size), stored->libraries, size);
    struct library_settings *library = &merged.libraries[index];
    const struct closures *before = &stored->libraries[index].closures;
    library->closures = closures_ics_merge(before, &fresh, path, stored->arena, stderr);
    if (library->closures.count > CLOSURES_MAX) {
        fprintf(stderr, "%s: library '%s' would have %zu closures, more than %d\n", path,
                library->name, library->closures.count, CLOSURES_MAX);
        return EXIT_REFUSED;
    }
    print_added(library, before);
    int changes = (int)(library->closures.count - before->count);
    if (!line->dry_run && changes > 0 && !settings_save(database, stored, &merged, &error))
        return fail(EXIT_REFUSED, error.text);
    print_count(changes, line);
    return EXIT_FINE;
}

static int import_closures(const struct config *config, const struct command_line *line)
{
    const char *name = line->arguments[0];
    struct file_reader reader = {.name = line->arguments[1]};
    struct consortium *stored = NULL;
    PGconn *database = NULL;
    bool exists = false;
    int exit_code = EXIT_REFUSED;

    char *text = file_slurp(&reader, line->arguments[1]);
    if (!file_report(&reader, stderr))
        goto out;
    exit_code = open_settings(config, config->consortium, &database, &stored, &exists);
    if (exit_code != EXIT_FINE)
        goto out;
    exit_code = EXIT_REFUSED;
    int index = exists ? consortium_library(stored, name) : NO_INDEX;
    if (index == NO_INDEX)
        fprintf(stderr, "deskbell: consortium '%s' has no library '%s'\n", config->consortium,
                name);
    else
        exit_code = add_closures(database, stored, index, text, line);
out:
    PQfinish(database);
    consortium_free(stored);
    free(text);
    return exit_code;
}

int command_import_closures(const struct command_line *line)
{
    struct config config;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_CONFIG;
    int exit_code = import_closures(&config, line);
    config_release(&config);
    return exit_code;
}

int command_status(const struct command_line *line)
{
    struct config config;
    struct error error;
    int exit_code = EXIT_FINE;

    if (!config_load(line->config_path, &config, stderr))
        return EXIT_CONFIG;
    if (!status_socket_ask(config.state_dir, stdout, &error))
        exit_code = fail(EXIT_REFUSED, error.text);
    config_release(&config);
    return exit_code;
}

/* The consortium `name` (NULL: the configuration's) from the database; NULL after words. */
static struct consortium *load_stored(const struct command_line *line, const char *name)
{
    struct config config;
    struct consortium *stored = NULL;
    PGconn *database = NULL;
    bool exists = false;

    if (!config_load(line->config_path, &config, stderr))
        return NULL;
    if (name == NULL)
        name = config.consortium;
    if (open_settings(&config, name, &database, &stored, &exists) == EXIT_FINE && !exists)
        fprintf(stderr, "deskbell: the database has no consortium '%s'\n", name);
    PQfinish(database);
    config_release(&config);
    return stored;
}

int command_export(const struct command_line *line)
{
    struct consortium *stored = load_stored(line, line->arguments[0]);

    if (stored == NULL)
        return EXIT_REFUSED;
    settings_write(stored, stdout);
    consortium_free(stored);
    if (fflush(stdout) != 0 || ferror(stdout))
        return fail(EXIT_REFUSED, "cannot write to standard output");
    return EXIT_FINE;
}

int command_explain(const struct command_line *line)
{
    if (line->file != NULL && line->config_given)
        return fail(EXIT_USAGE, "explain: -c and -f exclude each other");
    struct consortium *consortium =
        line->file != NULL ? settings_read(line->file, NULL, stderr) : load_stored(line, NULL);
    if (consortium == NULL)
        return EXIT_REFUSED;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct explain_request request = {
        .queue = line->arguments[0],
        .times = line->arguments + 1,
        .count = line->count - 1,
        .week = line->week,
        .now = now.tv_sec,
    };
    int exit_code = explain_run(consortium, &request, stdin, stdout, stderr);
    consortium_free(consortium);
    return exit_code;
}
