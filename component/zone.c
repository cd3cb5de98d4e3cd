#include "component/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/tzif.h"
#include "policy/mem.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo/"

enum {
    ZONE_NAME_MAX = 64,
    ZONE_FILE_BYTES_MAX = 256 * 1024 /* the longest of today have four thousand */
};

struct cached {
    struct cached *next;
    struct zone zone;
};

/* The one global of this file. Zones never change while the process lives, and who holds one
 * outlives many settings. The clerk loads settings in a thread of its own. */
static struct cached *zones;
static pthread_mutex_t zones_mutex = PTHREAD_MUTEX_INITIALIZER;

/* "America/Port-au-Prince", "Etc/GMT+5": parts of letters, digits, '+', '-', '_'. No dot, so there
 * is no way up; names of zones begin with a capital, so "right/..." and "localtime" are none. */
static bool zone_name_is_good(const char *name)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_";

    if (strspn(name, capitals) == 0 || strlen(name) > ZONE_NAME_MAX)
        return false;
    for (;;) {
        size_t length = strspn(name, good);
        if (length == 0)
            return false;
        name += length;
        if (*name == '\0')
            return true;
        if (*name++ != '/')
            return false;
    }
}

/* Without a cause: there is no such zone. */
static bool zone_refuse(const char *name, const char *cause, struct error *reterr)
{
    return error_set(reterr, "unknown time zone '%.*s'%s%s", ZONE_NAME_MAX, name,
                     cause != NULL ? ": " : "", cause != NULL ? cause : "");
}

/* The whole file; the caller frees it. */
static bool zone_read(const char *name, const char *path, unsigned char **ret_bytes,
                      size_t *ret_size, struct error *reterr)
{
    struct stat status;
    unsigned char *bytes = NULL;
    size_t size = 0;
    bool ok = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return zone_refuse(name, errno == ENOENT || errno == ENOTDIR ? NULL : strerror(errno),
                           reterr);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > ZONE_FILE_BYTES_MAX) {
        zone_refuse(name, NULL, reterr);
        goto out;
    }
    bytes = mem_new((size_t)status.st_size + 1);
    while (size < (size_t)status.st_size) {
        ssize_t got = read(fd, bytes + size, (size_t)status.st_size - size);
        if (got < 0) {
            zone_refuse(name, strerror(errno), reterr);
            goto out;
        }
        if (got == 0)
            break;
        size += (size_t)got;
    }
    *ret_bytes = bytes;
    *ret_size = size;
    ok = true;
out:
    if (!ok)
        free(bytes);
    close(fd);
    return ok;
}

/* With the mutex held. */
static const struct zone *zone_find(const char *name, struct error *reterr)
{
    struct cached *cached = NULL;
    unsigned char *bytes = NULL;
    char *path = NULL;
    size_t size = 0;
    struct error cause;

    for (const struct cached *known = zones; known != NULL; known = known->next)
        if (strcmp(known->zone.name, name) == 0)
            return &known->zone;
    if (!zone_name_is_good(name)) {
        zone_refuse(name, NULL, reterr);
        return NULL;
    }
    cached = mem_new(sizeof *cached);
    path = mem_printf(ZONE_DIRECTORY "%s", name);
    if (!zone_read(name, path, &bytes, &size, reterr)) {
        free(cached);
        cached = NULL;
        goto out;
    }
    if (!tzif_parse(bytes, size, &cached->zone, &cause)) {
        zone_refuse(name, cause.text, reterr);
        free(cached);
        cached = NULL;
        goto out;
    }
    cached->zone.name = mem_strdup(name);
    cached->next = zones;
    zones = cached;
out:
    free(path);
    free(bytes);
    return cached == NULL ? NULL : &cached->zone;
}

const struct zone *zone_load(const char *name, struct error *reterr)
{
    pthread_mutex_lock(&zones_mutex);
    const struct zone *zone = zone_find(name, reterr);
    pthread_mutex_unlock(&zones_mutex);
    return zone;
}

void zone_forget_all(void)
{
    pthread_mutex_lock(&zones_mutex);
    for (struct cached *cached = zones, *next; cached != NULL; cached = next) {
        next = cached->next;
        free((void *)(uintptr_t)cached->zone.name);
        tzif_release(&cached->zone);
        free(cached);
    }
    zones = NULL;
    pthread_mutex_unlock(&zones_mutex);
}
