#include "component/spool_frame.h"

#include <assert.h>
#include <string.h>

#include "component/crc32c.h"

static const char segment_magic[] = "deskbell spool 1";
static const char frame_magic[] = "DBF1";

enum {
    MAGIC_BYTES = 4,
    AT_LENGTH = 4,
    AT_EPOCH = 8,
    AT_NUMBER = 16,
    AT_RECORDS = 24,
    AT_PAYLOAD_SUM = 28,
    AT_HEAD_SUM = 32
};

void spool_head_write(struct bytes *bytes, const char *consortium)
{
    unsigned char *head = bytes_add(bytes, SPOOL_HEAD_BYTES);

    memcpy(head, segment_magic, sizeof segment_magic - 1);
    bytes_put32(head + 16, crc32c(consortium, strlen(consortium)));
    bytes_put32(head + 20, crc32c(head, 20));
}

bool spool_head_read(const unsigned char *bytes, size_t length, const char *consortium,
                     bool *ret_other)
{
    *ret_other = false;
    if (length < SPOOL_HEAD_BYTES || memcmp(bytes, segment_magic, sizeof segment_magic - 1) != 0 ||
        bytes_get32(bytes + 20) != crc32c(bytes, 20))
        return false;
    *ret_other = bytes_get32(bytes + 16) != crc32c(consortium, strlen(consortium));
    return !*ret_other;
}

void spool_frame_write(struct bytes *bytes, const struct spool_frame *frame)
{
    assert(frame->length <= SPOOL_PAYLOAD_BYTES_MAX);
    unsigned char *head = bytes_add(bytes, SPOOL_FRAME_HEAD_BYTES + frame->length);

    memcpy(head, frame_magic, MAGIC_BYTES);
    bytes_put32(head + AT_LENGTH, (uint32_t)frame->length);
    bytes_put64(head + AT_EPOCH, (uint64_t)frame->epoch);
    bytes_put64(head + AT_NUMBER, (uint64_t)frame->number);
    bytes_put32(head + AT_RECORDS, frame->records);
    bytes_put32(head + AT_PAYLOAD_SUM, crc32c(frame->payload, frame->length));
    bytes_put32(head + AT_HEAD_SUM, crc32c(head, AT_HEAD_SUM));
    if (frame->length > 0)
        memcpy(head + SPOOL_FRAME_HEAD_BYTES, frame->payload, frame->length);
}

/* A head that says the truth about itself; the payload may still be short or wrong. */
static bool head_read(const unsigned char *bytes, size_t length, struct spool_frame *ret)
{
    if (length < SPOOL_FRAME_HEAD_BYTES || memcmp(bytes, frame_magic, MAGIC_BYTES) != 0 ||
        bytes_get32(bytes + AT_HEAD_SUM) != crc32c(bytes, AT_HEAD_SUM))
        return false;
    ret->epoch = (int64_t)bytes_get64(bytes + AT_EPOCH);
    ret->number = (int64_t)bytes_get64(bytes + AT_NUMBER);
    ret->records = bytes_get32(bytes + AT_RECORDS);
    ret->length = bytes_get32(bytes + AT_LENGTH);
    ret->payload = bytes + SPOOL_FRAME_HEAD_BYTES;
    return ret->epoch > 0 && ret->number > 0 && ret->length <= SPOOL_PAYLOAD_BYTES_MAX;
}

size_t spool_frame_length(const unsigned char *head)
{
    struct spool_frame frame;

    return head_read(head, SPOOL_FRAME_HEAD_BYTES, &frame) ? frame.length : 0;
}

static bool frame_is_whole(const unsigned char *bytes, size_t length, struct spool_frame *ret)
{
    return head_read(bytes, length, ret) && ret->length <= length - SPOOL_FRAME_HEAD_BYTES &&
           bytes_get32(bytes + AT_PAYLOAD_SUM) == crc32c(ret->payload, ret->length);
}

/* Where the next whole frame begins, at or behind `offset`; `length` for none. A head that is right
 * is passed over with its payload, for its checksum was of no use twice. */
static size_t frame_search(const unsigned char *bytes, size_t length, size_t offset)
{
    struct spool_frame frame;

    while (offset < length) {
        const unsigned char *found =
            memmem(bytes + offset, length - offset, frame_magic, MAGIC_BYTES);
        if (found == NULL)
            return length;
        offset = (size_t)(found - bytes);
        if (frame_is_whole(found, length - offset, &frame))
            return offset;
        if (head_read(found, length - offset, &frame) &&
            frame.length <= length - offset - SPOOL_FRAME_HEAD_BYTES)
            offset += SPOOL_FRAME_HEAD_BYTES + frame.length;
        else
            offset += MAGIC_BYTES;
    }
    return length;
}

/* A file that was made longer and not filled before the power went reads as zeros. */
static bool looks_torn(const unsigned char *bytes, size_t length)
{
    struct spool_frame frame;
    size_t zeros = 0;

    while (zeros < length && bytes[zeros] == 0)
        zeros++;
    if (zeros == length)
        return true;
    if (length < SPOOL_FRAME_HEAD_BYTES)
        return memcmp(bytes, frame_magic, length < MAGIC_BYTES ? length : MAGIC_BYTES) == 0;
    return head_read(bytes, length, &frame) && frame.length > length - SPOOL_FRAME_HEAD_BYTES;
}

enum spool_find spool_frame_read(const unsigned char *bytes, size_t length, size_t *offset,
                                 struct spool_frame *ret)
{
    struct spool_frame frame;

    assert(*offset <= length);
    if (*offset == length)
        return SPOOL_END;
    const unsigned char *at = bytes + *offset;
    size_t rest = length - *offset;
    if (frame_is_whole(at, rest, &frame)) {
        *ret = frame;
        *offset += SPOOL_FRAME_HEAD_BYTES + frame.length;
        return SPOOL_FOUND;
    }
    bool head = head_read(at, rest, &frame) && frame.length <= rest - SPOOL_FRAME_HEAD_BYTES;
    size_t next = frame_search(bytes, length,
                               *offset + (head ? SPOOL_FRAME_HEAD_BYTES + frame.length : 1));
    if (next == length && looks_torn(at, rest))
        return SPOOL_TORN;
    *offset = next;
    return SPOOL_DAMAGED;
}
