#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/spool_private.h"
#include "policy/mem.h"

enum { ASIDE_NAMES_MAX = 1000 };

static const char ending[] = ".spool";

void segment_name(uint64_t sequence, char name[static SEGMENT_NAME_SIZE])
{
    snprintf(name, SEGMENT_NAME_SIZE, "%016" PRIu64 "%s", sequence, ending);
}

struct segment *segment_add(struct spool *spool, uint64_t sequence)
{
    if (spool->segment_count == spool->segment_capacity) {
        spool->segment_capacity = spool->segment_capacity == 0 ? 16 : spool->segment_capacity * 2;
        spool->segments = mem_resize(spool->segments, (size_t)spool->segment_capacity *
                                                          sizeof *spool->segments);
    }
    struct segment *segment = &spool->segments[spool->segment_count++];
    memset(segment, 0, sizeof *segment);
    segment->sequence = sequence;
    spool->counts.segments = spool->segment_count;
    return segment;
}

/* A frame that was written again behind a failed write counts once. */
void segment_count_frame(struct segment *segment, const struct spool_frame *frame)
{
    if (segment->first == 0)
        segment->first = frame->number;
    if (frame->number <= segment->last)
        return;
    segment->last = frame->number;
    segment->batches++;
    segment->records += frame->records;
}

static bool file_read(int folder, const char *name, struct bytes *ret)
{
    /* Below its bound before the last write, which was of all turns in flight. */
    enum { LIMIT = SPOOL_SEGMENT_BYTES + 6 * SPOOL_PAYLOAD_BYTES_MAX };
    struct stat stat;
    bool fine = false;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return false;
    if (fstat(fd, &stat) != 0)
        goto out;
    if (!S_ISREG(stat.st_mode) || stat.st_size > LIMIT) {
        errno = EFBIG;
        goto out;
    }
    ret->length = 0;
    unsigned char *bytes = bytes_add(ret, (size_t)stat.st_size);
    size_t done = 0;
    while (done < (size_t)stat.st_size) {
        ssize_t got = read(fd, bytes + done, (size_t)stat.st_size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    /* What a bad block hides is damage like any other: the rest may still be there. */
    if (done < (size_t)stat.st_size)
        ret->length = done;
    fine = done == (size_t)stat.st_size || done > 0;
out:
    close(fd);
    return fine;
}

/* Keeps the file under a name that says what it is, beside its old one. */
static bool file_keep(const struct spool *spool, const char *name, char kept[static 64])
{
    for (int i = 0; i < ASIDE_NAMES_MAX; i++) {
        snprintf(kept, 64, "damaged-%.*s-%d", (int)strcspn(name, "."), name, i);
        if (linkat(spool->folder, name, spool->folder, kept, 0) == 0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* Puts what could be read in the place of the damaged file. */
static bool file_replace(const struct spool *spool, const char *name, const struct bytes *whole)
{
    static const char fresh[] = "repaired.new";
    int fd = openat(spool->folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);
    bool fine = false;

    if (fd < 0)
        return false;
    fine = write(fd, whole->data, whole->length) == (ssize_t)whole->length && fdatasync(fd) == 0;
    close(fd);
    CRASH_POINT("segment-repaired");
    return fine && renameat(spool->folder, fresh, spool->folder, name) == 0 &&
           fsync(spool->folder) == 0;
}

static bool file_cut(const struct spool *spool, const char *name, size_t length)
{
    int fd = openat(spool->folder, name, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    bool fine = ftruncate(fd, (off_t)length) == 0 && fdatasync(fd) == 0;
    close(fd);
    CRASH_POINT("segment-cut");
    return fine;
}

static bool damage_report(struct spool *spool, const char *name, const struct bytes *whole,
                          const struct segment *segment, size_t lost, struct error *reterr)
{
    char kept[64];

    if (!file_keep(spool, name, kept) || !file_replace(spool, name, whole))
        return error_set(reterr, "'%s/%s' is damaged and cannot be set aside: %s", spool->path,
                         name, strerror(errno));
    spool->counts.damaged++;
    log_error("'%s/%s' is damaged: %zu bytes of it cannot be read; %" PRIu64 " batches with"
              " %" PRIu64 " records can, and are written to the database. The file is kept as"
              " '%s': look at the disk, and compare the chats of that time with what people say",
              spool->path, name, lost, segment->batches, segment->records, kept);
    return true;
}

bool segment_look(struct spool *spool, struct segment *segment, struct error *reterr)
{
    char name[SEGMENT_NAME_SIZE];
    struct bytes bytes = {NULL, 0, 0}, whole = {NULL, 0, 0};
    struct segment found = {.sequence = segment->sequence};
    struct spool_frame frame;
    enum spool_find find;
    bool other = false, fine = false;

    segment_name(segment->sequence, name);
    if (!file_read(spool->folder, name, &bytes)) {
        error_set(reterr, "cannot read '%s/%s': %s", spool->path, name, strerror(errno));
        goto out;
    }
    bool head = spool_head_read(bytes.data, bytes.length, spool->consortium, &other);
    if (other) {
        error_set(reterr, "'%s/%s' is of another consortium than '%s'", spool->path, name,
                  spool->consortium);
        goto out;
    }
    /* A head that was cut short has nothing behind it. */
    size_t offset = bytes.length < SPOOL_HEAD_BYTES ? bytes.length : SPOOL_HEAD_BYTES, lost = 0;
    spool_head_write(&whole, spool->consortium);
    for (;;) {
        size_t before = offset;
        find = spool_frame_read(bytes.data, bytes.length, &offset, &frame);
        if (find == SPOOL_DAMAGED) {
            lost += offset - before;
        } else if (find == SPOOL_FOUND) {
            segment_count_frame(&found, &frame);
            spool->epoch = spool->epoch != 0 ? spool->epoch : frame.epoch;
            memcpy(bytes_add(&whole, offset - before), bytes.data + before, offset - before);
        } else {
            break;
        }
    }
    if (!head && bytes.length >= SPOOL_HEAD_BYTES)
        lost += SPOOL_HEAD_BYTES;
    if (lost > 0) {
        if (!damage_report(spool, name, &whole, &found, lost, reterr))
            goto out;
    } else if (!head || find == SPOOL_TORN) {
        /* Never synced, so nobody was told that it was kept. */
        log_info("'%s/%s' ends in mid-write, %zu bytes are cut", spool->path, name,
                 bytes.length - offset);
        if (head ? !file_cut(spool, name, offset) : !file_replace(spool, name, &whole)) {
            error_set(reterr, "cannot cut '%s/%s': %s", spool->path, name, strerror(errno));
            goto out;
        }
    }
    spool->counts.bytes += whole.length - segment->length;
    spool->counts.batches += found.batches - segment->batches;
    spool->counts.records += found.records - segment->records;
    found.length = whole.length;
    *segment = found;
    fine = true;
out:
    free(bytes.data);
    free(whole.data);
    return fine;
}

static int sequence_compare(const void *left, const void *right)
{
    const struct segment *a = left, *b = right;

    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static bool segments_find(struct spool *spool, struct error *reterr)
{
    DIR *folder = fdopendir(dup(spool->folder));
    struct dirent *entry;

    if (folder == NULL)
        return error_set(reterr, "cannot read '%s': %s", spool->path, strerror(errno));
    rewinddir(folder);
    while ((entry = readdir(folder)) != NULL && spool->segment_count < SPOOL_SEGMENTS_MAX) {
        char *end, name[SEGMENT_NAME_SIZE];
        uint64_t sequence = strtoull(entry->d_name, &end, 10);
        segment_name(sequence, name);
        if (strcmp(name, entry->d_name) == 0)
            segment_add(spool, sequence);
    }
    closedir(folder);
    if (spool->segment_count > 0)
        qsort(spool->segments, (size_t)spool->segment_count, sizeof *spool->segments,
              sequence_compare);
    for (int i = 0; i < spool->segment_count; i++) {
        struct segment *segment = &spool->segments[i];
        if (!segment_look(spool, segment, reterr))
            return false;
        spool->next_sequence = segment->sequence + 1;
        spool->last = segment->last > spool->last ? segment->last : spool->last;
    }
    return true;
}

struct spool *spool_open(const char *state_dir, const char *consortium, struct error *reterr)
{
    struct spool *spool = mem_new(sizeof *spool);

    spool->path = mem_printf("%s/spool", state_dir);
    spool->consortium = mem_strdup(consortium);
    spool->state = spool->folder = spool->writing = spool->reading = -1;
    spool->next_sequence = 1;
    mkdir(state_dir, S_IRWXU); /* it may be there */
    spool->state = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool->state >= 0)
        mkdirat(spool->state, "spool", S_IRWXU);
    spool->folder = spool->state < 0
                        ? -1
                        : openat(spool->state, "spool", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool->folder < 0 || fchmod(spool->folder, S_IRWXU) != 0) {
        error_set(reterr, "cannot open the folder '%s': %s", spool->path, strerror(errno));
        return spool_close(spool);
    }
    if (flock(spool->folder, LOCK_EX | LOCK_NB) != 0) {
        error_set(reterr, "another process uses '%s'", spool->path);
        return spool_close(spool);
    }
    if (!segments_find(spool, reterr))
        return spool_close(spool);
    if (spool->counts.batches == 0)
        spool_drop(spool, spool->last, true);
    return spool;
}

struct spool *spool_close(struct spool *spool)
{
    if (spool == NULL)
        return NULL;
    int descriptors[] = {spool->state, spool->folder, spool->writing, spool->reading};
    for (int i = 0; i < 4; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    free(spool->path);
    free(spool->consortium);
    free(spool->segments);
    free(spool->pending.data);
    free(spool->window.data);
    free(spool);
    return NULL;
}

bool spool_set_aside(struct spool *spool, char *ret_name, size_t size, struct error *reterr)
{
    char name[SEGMENT_NAME_SIZE];
    int aside = -1;

    for (int i = 0; i < ASIDE_NAMES_MAX && aside < 0; i++) {
        snprintf(ret_name, size, "spool-of-epoch-%" PRId64 "-%d", spool->epoch, i);
        if (mkdirat(spool->state, ret_name, S_IRWXU) == 0)
            aside = openat(spool->state, ret_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        else if (errno != EEXIST)
            break;
    }
    bool fine = aside >= 0;
    for (int i = 0; i < spool->segment_count && fine; i++) {
        segment_name(spool->segments[i].sequence, name);
        fine = linkat(spool->folder, name, aside, name, 0) == 0;
        CRASH_POINT("segment-linked-aside");
    }
    fine = fine && fsync(aside) == 0 && fsync(spool->state) == 0;
    if (!fine)
        error_set(reterr, "cannot set '%s' aside: %s", spool->path, strerror(errno));
    if (aside >= 0)
        close(aside);
    CRASH_POINT("spool-set-aside");
    if (fine)
        spool_forget(spool);
    return fine;
}
