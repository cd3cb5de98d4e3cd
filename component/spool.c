#include "component/crash.h"
#include "component/spool_private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/log.h"
#include "policy/mem.h"

enum { WINDOW_BYTES = 256 * 1024 };

/* --- writing --- */

void spool_append(struct spool *spool, const struct spool_frame *frame)
{
    assert(frame->number > spool->last);
    spool_frame_write(&spool->pending, frame);
    if (spool->pending_first == 0)
        spool->pending_first = frame->number;
    spool->last = frame->number;
    spool->pending_batches++;
    spool->pending_records += frame->records;
}

bool spool_needs_sync(const struct spool *spool)
{
    return spool->pending.length > 0;
}

static bool write_all(int fd, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, bytes, CRASH_PART("spool-write-half", length));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

/* A segment whose name is durable, with nothing in it but its head. */
static bool segment_begin(struct spool *spool)
{
    char name[SEGMENT_NAME_SIZE];
    struct bytes head = {NULL, 0, 0};
    bool fine = false;

    if (spool->segment_count == SPOOL_SEGMENTS_MAX) {
        errno = ENOSPC;
        return false;
    }
    segment_name(spool->next_sequence, name);
    int fd = openat(spool->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND,
                    S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    CRASH_POINT("segment-made");
    spool_head_write(&head, spool->consortium);
    fine = write_all(fd, head.data, head.length) && fdatasync(fd) == 0 &&
           fsync(spool->folder) == 0;
    free(head.data);
    if (!fine) {
        int error = errno;
        close(fd);
        unlinkat(spool->folder, name, 0);
        errno = error;
        return false;
    }
    struct segment *segment = segment_add(spool, spool->next_sequence++);
    segment->length = SPOOL_HEAD_BYTES;
    spool->counts.bytes += SPOOL_HEAD_BYTES;
    spool->writing = fd;
    CRASH_POINT("segment-begun");
    return true;
}

static void segment_end(struct spool *spool)
{
    if (spool->writing >= 0)
        close(spool->writing);
    spool->writing = -1;
}

bool spool_sync(struct spool *spool, struct error *reterr)
{
    if (spool->pending.length == 0)
        return true;
    if (spool->writing >= 0 &&
        spool->segments[spool->segment_count - 1].length >= SPOOL_SEGMENT_BYTES)
        segment_end(spool);
    if (spool->writing < 0 && !segment_begin(spool))
        return error_set(reterr, "cannot begin a file in '%s': %s", spool->path, strerror(errno));
    struct segment *segment = &spool->segments[spool->segment_count - 1];
    if (!write_all(spool->writing, spool->pending.data, spool->pending.length) ||
        fdatasync(spool->writing) != 0) {
        error_set(reterr, "cannot write to '%s': %s", spool->path, strerror(errno));
        /* Best effort: whoever looks through it finds a torn end, or frames that come again. */
        if (ftruncate(spool->writing, (off_t)segment->length) != 0)
            log_warning("cannot cut a file in '%s': %s", spool->path, strerror(errno));
        segment_end(spool);
        return false;
    }
    CRASH_POINT("spool-synced");
    segment->length += spool->pending.length;
    segment->batches += spool->pending_batches;
    segment->records += spool->pending_records;
    segment->last = spool->last;
    if (segment->first == 0)
        segment->first = spool->pending_first;
    spool->counts.bytes += spool->pending.length;
    spool->counts.batches += spool->pending_batches;
    spool->counts.records += spool->pending_records;
    spool->pending.length = spool->pending_offset = 0;
    spool->pending_batches = spool->pending_records = 0;
    spool->pending_first = 0;
    return true;
}

/* --- reading --- */

int64_t spool_epoch(const struct spool *spool)
{
    return spool->epoch;
}

int64_t spool_last(const struct spool *spool)
{
    return spool->last;
}

bool spool_unread(const struct spool *spool)
{
    return spool->read_last < spool->last;
}

void spool_skip(struct spool *spool, int64_t number)
{
    if (number > spool->read_last)
        spool->read_last = number;
}

/* At least `length` bytes of the segment from `offset` on, or fewer when it ends before. */
static bool window_read(struct spool *spool, const struct segment *segment, size_t offset,
                        size_t length)
{
    size_t end = spool->window_at + spool->window.length;
    size_t rest = segment->length - offset;

    length = length < rest ? length : rest;
    if (offset >= spool->window_at && offset + length <= end)
        return true;
    length = length < WINDOW_BYTES ? WINDOW_BYTES : length;
    length = length < rest ? length : rest;
    spool->window.length = 0;
    spool->window_at = offset;
    unsigned char *bytes = bytes_add(&spool->window, length);
    for (size_t done = 0; done < length;) {
        ssize_t got = pread(spool->reading, bytes + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            spool->window.length = 0;
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static void reader_move(struct spool *spool, uint64_t sequence)
{
    if (spool->reading >= 0)
        close(spool->reading);
    spool->reading = -1;
    spool->read_sequence = sequence;
    spool->read_offset = 0;
    spool->window.length = 0;
}

/* The segment that the reader is in or comes to next, opened; NULL: there is none. */
static const struct segment *segment_current(struct spool *spool)
{
    char name[SEGMENT_NAME_SIZE];

    for (int i = 0; i < spool->segment_count; i++) {
        const struct segment *segment = &spool->segments[i];
        bool same = segment->sequence == spool->read_sequence;
        if (segment->sequence < spool->read_sequence ||
            (same && spool->read_offset >= segment->length && i + 1 < spool->segment_count))
            continue;
        if (same && spool->reading >= 0)
            return segment;
        segment_name(segment->sequence, name);
        reader_move(spool, segment->sequence);
        spool->read_offset = SPOOL_HEAD_BYTES;
        spool->reading = openat(spool->folder, name, O_RDONLY | O_CLOEXEC);
        return segment;
    }
    return NULL;
}

/* The next frame of the segment at the reader's place. */
static bool frame_next(struct spool *spool, const struct segment *segment, struct spool_frame *ret)
{
    size_t offset, wanted = SPOOL_FRAME_HEAD_BYTES;

    for (int pass = 0; pass < 2; pass++) {
        if (!window_read(spool, segment, spool->read_offset, wanted))
            return false;
        size_t at = spool->read_offset - spool->window_at;
        const unsigned char *head = spool->window.data + at;
        size_t have = spool->window.length - at;
        if (have < SPOOL_FRAME_HEAD_BYTES)
            return false;
        wanted = SPOOL_FRAME_HEAD_BYTES + spool_frame_length(head);
        if (have < wanted && pass == 0)
            continue;
        offset = at;
        if (spool_frame_read(spool->window.data, spool->window.length, &offset, ret) != SPOOL_FOUND)
            return false;
        spool->read_offset = spool->window_at + offset;
        return true;
    }
    return false;
}

/* What was written and cannot be read back. It was looked through when it was found, and whole when
 * it was written: this disk lies. The file is repaired as at a start, and read from its beginning;
 * what was given already is passed by its number. */
static void segment_reread(struct spool *spool, uint64_t sequence)
{
    struct error error = {""};

    if (spool->segments[spool->segment_count - 1].sequence == sequence)
        segment_end(spool);
    for (int i = 0; i < spool->segment_count; i++) {
        struct segment *segment = &spool->segments[i];
        if (segment->sequence != sequence)
            continue;
        reader_move(spool, sequence);
        if (segment_look(spool, segment, &error))
            return;
        log_error("%s", error.text);
        reader_move(spool, sequence + 1);
    }
}

static bool segments_read(struct spool *spool, struct spool_frame *ret)
{
    const struct segment *segment;
    uint64_t again = UINT64_MAX;

    while ((segment = segment_current(spool)) != NULL) {
        bool last = segment == &spool->segments[spool->segment_count - 1];
        if (spool->read_offset >= segment->length && last)
            return false;
        if (spool->read_offset >= segment->length)
            continue; /* nothing in it but its head */
        if (!frame_next(spool, segment, ret)) {
            uint64_t sequence = segment->sequence;
            if (sequence == again)
                reader_move(spool, sequence + 1);
            else
                segment_reread(spool, sequence);
            again = sequence;
            continue;
        }
        if (ret->number > spool->read_last)
            return true;
    }
    return false;
}

bool spool_read(struct spool *spool, struct spool_frame *ret)
{
    if (!spool_unread(spool))
        return false;
    bool found = segments_read(spool, ret);
    spool->read_pending = !found;
    while (!found &&
           spool_frame_read(spool->pending.data, spool->pending.length, &spool->pending_offset,
                            ret) == SPOOL_FOUND)
        found = ret->number > spool->read_last;
    spool->read_before = spool->read_last;
    spool->read_bytes = found ? SPOOL_FRAME_HEAD_BYTES + ret->length : 0;
    spool->read_last = found ? ret->number : spool->last;
    return found;
}

void spool_unread_last(struct spool *spool)
{
    spool->read_last = spool->read_before;
    if (spool->read_pending)
        spool->pending_offset -= spool->read_bytes;
    else
        spool->read_offset -= spool->read_bytes;
    spool->read_bytes = 0;
}

/* --- dropping --- */

static void segment_remove_first(struct spool *spool)
{
    char name[SEGMENT_NAME_SIZE];
    const struct segment *segment = &spool->segments[0];

    segment_name(segment->sequence, name);
    if (unlinkat(spool->folder, name, 0) != 0 && errno != ENOENT)
        log_warning("cannot remove '%s/%s': %s", spool->path, name, strerror(errno));
    CRASH_POINT("segment-removed");
    spool->counts.bytes -= segment->length;
    spool->counts.batches -= segment->batches;
    spool->counts.records -= segment->records;
    memmove(spool->segments, spool->segments + 1,
            (size_t)(spool->segment_count - 1) * sizeof *spool->segments);
    spool->counts.segments = --spool->segment_count;
}

/* Frames that the disk never took and the database has. */
static void pending_drop(struct spool *spool, int64_t number)
{
    size_t offset = 0, keep = 0;
    struct spool_frame frame;

    while (spool_frame_read(spool->pending.data, spool->pending.length, &offset, &frame) ==
               SPOOL_FOUND &&
           frame.number <= number) {
        keep = offset;
        spool->pending_batches--;
        spool->pending_records -= frame.records;
    }
    memmove(spool->pending.data, spool->pending.data + keep, spool->pending.length - keep);
    spool->pending.length -= keep;
    spool->pending_offset -= keep < spool->pending_offset ? keep : spool->pending_offset;
    if (keep > 0)
        spool->pending_first = spool->pending.length > 0 ? number + 1 : 0;
}

void spool_drop(struct spool *spool, int64_t number, bool all)
{
    spool_skip(spool, number);
    if (spool->pending.length > 0)
        pending_drop(spool, number);
    while (spool->segment_count > 0 && spool->segments[0].last <= number) {
        bool last = spool->segment_count == 1;
        if (last && spool->writing >= 0 && !all)
            break;
        if (last)
            segment_end(spool);
        segment_remove_first(spool);
    }
    if (spool->segment_count == 0)
        reader_move(spool, spool->next_sequence);
}

void spool_forget(struct spool *spool)
{
    spool_drop(spool, INT64_MAX, true);
    spool->epoch = spool->last = spool->read_last = 0;
}

const struct spool_counts *spool_counts(const struct spool *spool)
{
    return &spool->counts;
}
