/* The other half of component/crash.h, for the test program alone.
 *
 *   DESKBELL_CRASH=POINT:VISIT[,...]   where to end
 *   DESKBELL_CRASH_COUNTS=FILE         how often each point was visited, kept up to date: lines of
 *                                      a fixed length "NAME COUNT", which outlive the process */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "component/crash.h"

enum { POINTS_MAX = 128, ROW = 48 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *name;
    int visits;
} points[POINTS_MAX];
static char *table; /* of the file, POINTS_MAX rows */

static void table_open(void)
{
    const char *path = getenv("DESKBELL_CRASH_COUNTS");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return;
    if (ftruncate(fd, POINTS_MAX * ROW) == 0)
        table = mmap(NULL, POINTS_MAX * ROW, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (table == MAP_FAILED)
        table = NULL;
    close(fd);
}

static int visit(const char *name)
{
    static bool opened;
    int i = 0, count;

    pthread_mutex_lock(&mutex);
    if (!opened)
        table_open();
    opened = true;
    while (i < POINTS_MAX && points[i].name != NULL && strcmp(points[i].name, name) != 0)
        i++;
    if (i == POINTS_MAX)
        abort();
    points[i].name = name;
    count = ++points[i].visits;
    if (table != NULL)
        snprintf(table + i * ROW, ROW, "%s %d\n", name, count);
    pthread_mutex_unlock(&mutex);
    return count;
}

static bool is_wanted(const char *name, int count)
{
    const char *wanted = getenv("DESKBELL_CRASH");
    size_t length = strlen(name);

    while (wanted != NULL && *wanted != '\0') {
        if (strncmp(wanted, name, length) == 0 && wanted[length] == ':' &&
            strtol(wanted + length + 1, NULL, 10) == count)
            return true;
        wanted = strchr(wanted, ',');
        wanted = wanted == NULL ? NULL : wanted + 1;
    }
    return false;
}

static void end(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

void crash_point(const char *name)
{
    if (is_wanted(name, visit(name)))
        end();
}

/* The rest is written next, and that is the end: see crash_part's callers, which come again. */
size_t crash_part(const char *name, size_t length)
{
    static bool parted;

    if (parted)
        end();
    parted = is_wanted(name, visit(name)) && length > 1;
    return parted ? length / 2 : length;
}
