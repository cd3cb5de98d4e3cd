#include "test/support/desk_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/store_desk.h"

enum { ARGUMENTS_MAX = 32 };

static void die(const char *what)
{
    fprintf(stderr, "desk_process: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- processes --- */

pid_t process_start(const char *const *arguments, const char *log)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid > 0)
        return pid;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) {
        dup2(fd, STDERR_FILENO);
        dup2(fd, STDOUT_FILENO);
    }
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

int process_end(pid_t pid, int signal)
{
    int status = 0;

    if (pid <= 0)
        return 0;
    kill(pid, signal);
    waitpid(pid, &status, 0);
    return status;
}

double process_cpu(pid_t pid)
{
    char path[64];
    unsigned long user = 0, kernel = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &kernel) != 2)
        user = kernel = 0;
    fclose(file);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

double process_memory(pid_t pid)
{
    char path[64], line[256];
    unsigned long kilobytes = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "RssAnon: %lu", &kilobytes) == 1)
            break;
    fclose(file);
    return (double)kilobytes * 1024;
}

/* --- the desk --- */

static FILE *file_new(const char *folder, const char *name, char path[96])
{
    snprintf(path, 96, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fchmod(fileno(file), 0600) != 0)
        die(path);
    return file;
}

static void config_write(struct desk_process *process, struct crowd *crowd)
{
    FILE *file = file_new(process->folder, "deskbell.conf", process->config);

    fprintf(file,
            "consortium = \"mobius\"; failover = false;\n"
            "component = { jid = \"chat.localhost\"; host = \"127.0.0.1\"; port = %d; secret = "
            "\"bench\"; };\n"
            "accounts = { domain = \"localhost\"; provision = false; };\n"
            "database = \"host=%s dbname=%s user=deskbell\";\n"
            "state_dir = \"%s/state\"; status_dir = \"%s/status\";\n",
            link_port(crowd_link(crowd)), PQhost(process->database), PQdb(process->database),
            process->folder, process->folder);
    fclose(file);
}

static void folder_make(const char *folder, const char *name)
{
    char path[96];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (mkdir(path, 0700) != 0)
        die(path);
}

void desk_process_init(struct desk_process *process, const char *deskbell, const char *program,
                       struct crowd *crowd)
{
    char path[96], log[96];

    memset(process, 0, sizeof *process);
    snprintf(process->program, sizeof process->program, "%s", program);
    snprintf(process->folder, sizeof process->folder, "/tmp/deskbell-crowd-XXXXXX");
    if (mkdtemp(process->folder) == NULL)
        die(process->folder);
    folder_make(process->folder, "state");
    folder_make(process->folder, "status");
    process->database = database_new();
    config_write(process, crowd);
    FILE *file = file_new(process->folder, "mobius.conf", path);
    crowd_write_consortium(crowd, file);
    fclose(file);
    snprintf(log, sizeof log, "%s/log", process->folder);
    const char *const import[] = {deskbell, "import", "-c", process->config, "--prune", path, NULL};
    int status = process_end(process_start(import, log), 0);
    if (status != 0) {
        fprintf(stderr, "desk_process: import failed, see %s\n", log);
        exit(1);
    }
}

void desk_process_seed(struct desk_process *process, struct crowd *crowd)
{
    char path[96], log[96];
    FILE *file = file_new(process->folder, "chats.sql", path);

    crowd_write_chats(crowd, file);
    fclose(file);
    snprintf(log, sizeof log, "%s/log", process->folder);
    const char *const psql[] = {
        "psql",     "-qX", "-v", "ON_ERROR_STOP=1",       "-h", PQhost(process->database), "-U",
        "postgres", "-f",  path, PQdb(process->database), NULL};
    if (process_end(process_start(psql, log), 0) != 0) {
        fprintf(stderr, "desk_process: psql failed, see %s\n", log);
        exit(1);
    }
}

void desk_process_start(struct desk_process *process, const char *const *wrapper)
{
    const char *arguments[ARGUMENTS_MAX] = {NULL};
    char log[96];
    int count = 0;

    for (; wrapper != NULL && wrapper[count] != NULL && count < ARGUMENTS_MAX - 5; count++)
        arguments[count] = wrapper[count];
    arguments[count++] = process->program;
    arguments[count++] = "run";
    arguments[count++] = "-c";
    arguments[count++] = process->config;
    snprintf(log, sizeof log, "%s/log", process->folder);
    process->pid = process_start(arguments, log);
}

int desk_process_end(struct desk_process *process, int signal)
{
    int status = process_end(process->pid, signal);

    process->pid = 0;
    return status;
}

void desk_process_release(struct desk_process *process)
{
    char command[128];

    desk_process_end(process, SIGKILL);
    PQfinish(process->database);
    snprintf(command, sizeof command, "rm -rf %s", process->folder);
    if (system(command) != 0)
        die(command);
}
