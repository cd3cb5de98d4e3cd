/* disk.c: a disk for each node, with a page cache in front of it.
 *
 * What was written is seen by everybody at once and is on the disk when fdatasync() says so; the
 * same with names and a folder's fsync(). Who loses power finds what was synced, and any part of
 * the rest: a torn end, zeros, a name or none. After a failed fdatasync() the pages count as clean
 * though the disk never got them, as with real kernels: a later fdatasync() of that file succeeds
 * and makes nothing durable. */
#define DISK_ITSELF
#include "test/simulation/desk/disk_calls.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "policy/mem.h"
#include "test/simulation/desk/desk.h"

enum { FILES_MAX = 4096, NAMES_MAX = 512, OPEN_MAX_HERE = 64, FOLDERS_MAX = 64, FD_BASE = 100000 };

struct file {
    unsigned char *bytes;
    size_t length, capacity;
    size_t durable; /* so much of the front is on the disk */
    bool forgotten; /* by a failed sync: nothing more of it gets there */
};

struct name {
    char text[80];
    int folder; /* where it is */
    int file;   /* or NOBODY: */
    int opens;  /* it is a folder itself, that one */
    bool live, durable;
};

struct disk {
    struct file files[FILES_MAX];
    int file_count;
    struct name names[NAMES_MAX];
    int name_count;
    int folder_count; /* 0 is state_dir */
};

struct descriptor {
    bool used;
    int node, file, folder; /* file is NOBODY for a folder */
    size_t offset;
    int listed; /* readdir() */
};

struct disk_faults disk_faults[NODES];
static struct disk disks[NODES];
static struct descriptor descriptors[OPEN_MAX_HERE];

static void disk_clear(struct disk *disk)
{
    for (int i = 0; i < disk->file_count; i++)
        free(disk->files[i].bytes);
    memset(disk->files, 0, (size_t)disk->file_count * sizeof disk->files[0]);
    disk->file_count = disk->name_count = 0;
    disk->folder_count = 1;
}

void disk_begin(void)
{
    memset(disk_faults, 0, sizeof disk_faults);
    memset(descriptors, 0, sizeof descriptors);
    for (int i = 0; i < NODES; i++)
        disk_clear(&disks[i]);
}

void disk_end(void)
{
    disk_begin();
}

static struct disk *own(void)
{
    if (sim.node == NOBODY)
        fail("the disk is used by nobody");
    return &disks[sim.node];
}

static struct name *name_find(struct disk *disk, int folder, const char *text)
{
    for (int i = 0; i < disk->name_count; i++) {
        struct name *name = &disk->names[i];
        if (name->live && name->folder == folder && strcmp(name->text, text) == 0)
            return name;
    }
    return NULL;
}

static struct name *name_add(struct disk *disk, int folder, const char *text)
{
    int at = 0;

    /* A name that is given again: its last removal is on the disk before it. */
    for (int i = 0; i < disk->name_count; i++)
        if (!disk->names[i].live && disk->names[i].folder == folder &&
            strcmp(disk->names[i].text, text) == 0)
            disk->names[i].durable = false;
    while (at < disk->name_count && (disk->names[at].live || disk->names[at].durable))
        at++;
    if (at == NAMES_MAX)
        fail("more names than the simulated disk has");
    if (at == disk->name_count)
        disk->name_count++;
    struct name *name = &disk->names[at];
    *name = (struct name){.folder = folder, .file = NOBODY, .opens = NOBODY, .live = true};
    snprintf(name->text, sizeof name->text, "%s", text);
    return name;
}

static struct descriptor *descriptor(int fd)
{
    int at = fd - FD_BASE;

    if (at < 0 || at >= OPEN_MAX_HERE || !descriptors[at].used)
        fail("a call with a descriptor that is not open");
    return &descriptors[at];
}

static int descriptor_add(int file, int folder)
{
    for (int at = 0; at < OPEN_MAX_HERE; at++)
        if (!descriptors[at].used) {
            descriptors[at] = (struct descriptor){true, sim.node, file, folder, 0, 0};
            return FD_BASE + at;
        }
    fail("descriptors are not closed");
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

int disk_mkdir(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    return refuse(EEXIST);
}

int disk_open(const char *path, int flags)
{
    (void)path;
    (void)flags;
    return descriptor_add(NOBODY, 0);
}

int disk_mkdirat(int folder, const char *text, mode_t mode)
{
    struct disk *disk = own();

    (void)mode;
    if (!node_calls())
        return refuse(EIO);
    if (name_find(disk, descriptor(folder)->folder, text) != NULL)
        return refuse(EEXIST);
    struct name *name = name_add(disk, descriptor(folder)->folder, text);
    if (disk->folder_count == FOLDERS_MAX)
        fail("more folders than the simulated disk has");
    name->opens = disk->folder_count++;
    /* The two that are there from the first start on: their loss is no fault of interest. */
    name->durable = strcmp(text, "spool") == 0 || strcmp(text, "quarantine") == 0;
    return 0;
}

int disk_openat(int folder, const char *text, int flags, ...)
{
    struct disk *disk = own();
    struct name *name = name_find(disk, descriptor(folder)->folder, text);

    if (name == NULL && (flags & O_CREAT) == 0)
        return refuse(ENOENT);
    if (name != NULL && (flags & O_EXCL) != 0)
        return refuse(EEXIST);
    if (name != NULL && name->opens != NOBODY)
        return descriptor_add(NOBODY, name->opens);
    if ((flags & O_CREAT) != 0 && !node_calls())
        return refuse(EIO);
    if (name == NULL) {
        if (disk->file_count == FILES_MAX)
            fail("more files than the simulated disk has");
        name = name_add(disk, descriptor(folder)->folder, text);
        name->file = disk->file_count++;
    }
    if ((flags & O_TRUNC) != 0) {
        disk->files[name->file].length = disk->files[name->file].durable = 0;
        disk->files[name->file].forgotten = false;
    }
    return descriptor_add(name->file, descriptor(folder)->folder);
}

int disk_close(int fd)
{
    descriptor(fd)->used = false;
    return 0;
}

int disk_dup(int fd)
{
    return descriptor_add(descriptor(fd)->file, descriptor(fd)->folder);
}

int disk_fchmod(int fd, mode_t mode)
{
    (void)mode;
    (void)descriptor(fd);
    return 0;
}

int disk_flock(int fd, int how)
{
    (void)how;
    (void)descriptor(fd);
    return 0;
}

static struct file *file_of(int fd)
{
    struct descriptor *open = descriptor(fd);

    if (open->file == NOBODY)
        fail("a folder is read or written");
    return &disks[open->node].files[open->file];
}

int disk_fstat(int fd, struct stat *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->st_mode = S_IFREG | S_IRUSR | S_IWUSR;
    ret->st_size = (off_t)file_of(fd)->length;
    return 0;
}

ssize_t disk_pread(int fd, void *bytes, size_t length, off_t offset)
{
    const struct file *file = file_of(fd);

    if ((size_t)offset >= file->length)
        return 0;
    if (length > file->length - (size_t)offset)
        length = file->length - (size_t)offset;
    memcpy(bytes, file->bytes + offset, length);
    return (ssize_t)length;
}

ssize_t disk_read(int fd, void *bytes, size_t length)
{
    ssize_t got = disk_pread(fd, bytes, length, (off_t)descriptor(fd)->offset);

    descriptor(fd)->offset += (size_t)got;
    return got;
}

/* All writers append, or write a file from its beginning. */
ssize_t disk_write(int fd, const void *bytes, size_t length)
{
    struct file *file = file_of(fd);

    if (!node_calls())
        return refuse(EIO);
    if (sim.now < disk_faults[sim.node].full_until) {
        length = length > 0 ? chance((unsigned)length) : 0;
        if (length == 0 || chance(2) == 0)
            return refuse(ENOSPC);
    } else if (now_and_then(16) && length > 1) {
        length = 1 + chance((unsigned)length - 1); /* a short write is none of its business */
    }
    if (file->length + length > file->capacity) {
        file->capacity = (file->length + length) * 2;
        file->bytes = mem_resize(file->bytes, file->capacity);
    }
    memcpy(file->bytes + file->length, bytes, length);
    file->length += length;
    return (ssize_t)length;
}

static const char *folder_name(const struct disk *disk, int folder)
{
    for (int i = 0; i < disk->name_count; i++)
        if (disk->names[i].opens == folder)
            return disk->names[i].text;
    return "";
}

int disk_fdatasync(int fd)
{
    struct file *file = file_of(fd);

    if (!node_calls())
        return refuse(EIO);
    if (disk_faults[sim.node].sync_fails > 0) {
        disk_faults[sim.node].sync_fails--;
        file->forgotten = true;
        story("  fdatasync of node %d fails", sim.node);
        return refuse(EIO);
    }
    if (file->forgotten)
        return 0;
    const char *folder = folder_name(&disks[sim.node], descriptor(fd)->folder);
    if (strcmp(folder, "spool") == 0)
        judge_spooled(sim.node, file->bytes + file->durable, file->length - file->durable);
    else if (strcmp(folder, "quarantine") == 0)
        judge_quarantined(file->bytes + file->durable, file->length - file->durable);
    file->durable = file->length;
    return 0;
}

int disk_fsync(int fd)
{
    struct disk *disk = own();
    int folder = descriptor(fd)->folder;

    if (!node_calls())
        return refuse(EIO);
    if (disk_faults[sim.node].sync_fails > 0) {
        disk_faults[sim.node].sync_fails--;
        return refuse(EIO);
    }
    for (int i = 0; i < disk->name_count; i++)
        if (disk->names[i].folder == folder)
            disk->names[i].durable = disk->names[i].live;
    return 0;
}

int disk_ftruncate(int fd, off_t length)
{
    struct file *file = file_of(fd);

    if (!node_calls())
        return refuse(EIO);
    if ((size_t)length < file->length)
        file->length = (size_t)length;
    if (file->durable > file->length)
        file->durable = file->length;
    return 0;
}

int disk_linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    struct disk *disk = own();
    struct name *name = name_find(disk, descriptor(from_folder)->folder, from);

    (void)flags;
    if (!node_calls())
        return refuse(EIO);
    if (name == NULL)
        return refuse(ENOENT);
    if (name_find(disk, descriptor(to_folder)->folder, to) != NULL)
        return refuse(EEXIST);
    int file = name->file;
    name_add(disk, descriptor(to_folder)->folder, to)->file = file;
    return 0;
}

int disk_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    struct disk *disk = own();

    if (!node_calls())
        return refuse(EIO);
    struct name *name = name_find(disk, descriptor(from_folder)->folder, from);
    struct name *target = name_find(disk, descriptor(to_folder)->folder, to);
    if (name == NULL)
        return refuse(ENOENT);
    int file = name->file;
    name->live = false;
    if (target == NULL)
        target = name_add(disk, descriptor(to_folder)->folder, to);
    target->file = file;
    return 0;
}

int disk_unlinkat(int folder, const char *text, int flags)
{
    struct name *name = name_find(own(), descriptor(folder)->folder, text);

    (void)flags;
    if (!node_calls())
        return refuse(EIO);
    if (name == NULL)
        return refuse(ENOENT);
    name->live = false;
    return 0;
}

DIR *disk_fdopendir(int fd)
{
    return (DIR *)descriptor(fd);
}

void disk_rewinddir(DIR *dir)
{
    ((struct descriptor *)dir)->listed = 0;
}

struct dirent *disk_readdir(DIR *dir)
{
    static struct dirent entry;
    struct descriptor *open = (struct descriptor *)dir;
    const struct disk *disk = &disks[open->node];

    while (open->listed < disk->name_count) {
        const struct name *name = &disk->names[open->listed++];
        if (!name->live || name->folder != open->folder)
            continue;
        snprintf(entry.d_name, sizeof entry.d_name, "%s", name->text);
        return &entry;
    }
    return NULL;
}

int disk_closedir(DIR *dir)
{
    ((struct descriptor *)dir)->used = false;
    return 0;
}

/* Some of what was not synced is there all the same, whole or as zeros: the end of a file that was
 * made longer before it was filled. */
static void file_lose(struct file *file)
{
    size_t unsynced = file->length - file->durable, kept = 0;

    if (unsynced > 0)
        kept = chance((unsigned)unsynced + 1);
    size_t filled = chance(3) == 0 && kept > 0 ? chance((unsigned)kept + 1) : kept;
    file->length = file->durable + kept;
    if (filled < kept)
        memset(file->bytes + file->durable + filled, 0, kept - filled);
    file->durable = file->length;
    file->forgotten = false;
}

void disk_died(int node, bool power)
{
    struct disk *disk = &disks[node];

    for (int at = 0; at < OPEN_MAX_HERE; at++)
        if (descriptors[at].used && descriptors[at].node == node)
            descriptors[at].used = false;
    if (!power)
        return;
    for (int i = 0; i < disk->file_count; i++)
        file_lose(&disk->files[i]);
    for (int i = 0; i < disk->name_count; i++) {
        struct name *name = &disk->names[i];
        if (name->live != name->durable)
            name->live = chance(2) == 0;
        name->durable = name->live;
    }
}

bool disk_spool_is_empty(int node)
{
    const struct disk *disk = &disks[node];

    /* A damaged one is kept under another name. */
    for (int i = 0; i < disk->name_count; i++)
        if (disk->names[i].live && disk->names[i].file != NOBODY &&
            strstr(disk->names[i].text, ".spool") != NULL &&
            strcmp(folder_name(disk, disk->names[i].folder), "spool") == 0 &&
            disk->files[disk->names[i].file].length > 24)
            return false;
    return true;
}
