/* spool_frame.h: the bytes of a spool's segment. Pure: no file is touched here.
 *
 * A segment is a head and frames, each a batch:
 *
 *   head   "deskbell spool 1" 16, of which consortium 4 (checksum of its name), checksum 4
 *   frame  "DBF1" 4, payload's length 4, epoch 8, number 8, records 4, checksum of the payload 4,
 *          checksum of these 32 bytes 4, payload
 *
 * Numbers have their low byte first. The frame's head has a checksum of its own, so that a length
 * can be believed: a frame that is complete and wrong is told from one that was being written when
 * the process or the machine died. Inside a payload no such head can be made up by somebody who
 * writes messages: it holds NUL bytes, which XML cannot carry. */
#ifndef DESKBELL_COMPONENT_SPOOL_FRAME_H
#define DESKBELL_COMPONENT_SPOOL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/bytes.h"

enum {
    SPOOL_HEAD_BYTES = 24,
    SPOOL_FRAME_HEAD_BYTES = 36,
    /* Of a payload. A turn has a few hundred records of at most 64 KiB (stream.h); none ever
     * comes near, and a length above it is no length. */
    SPOOL_PAYLOAD_BYTES_MAX = 64 * 1024 * 1024
};

struct spool_frame {
    int64_t epoch, number; /* of the batch */
    uint32_t records;
    const unsigned char *payload; /* borrowed */
    size_t length;
};

enum spool_find {
    SPOOL_FOUND,  /* a frame */
    SPOOL_END,    /* nothing more */
    SPOOL_TORN,   /* the beginning of a frame, and nothing behind it: a crash in mid-write */
    SPOOL_DAMAGED /* bytes that are no frame any more */
};

void spool_head_write(struct bytes *bytes, const char *consortium);
/* Whether it is the head of a segment of that consortium; `ret_other`: it is one of another. */
bool spool_head_read(const unsigned char *bytes, size_t length, const char *consortium,
                     bool *ret_other);

void spool_frame_write(struct bytes *bytes, const struct spool_frame *frame);

/* Of the payload, as the head of a frame says; 0 when it is no such head. `head` has
 * SPOOL_FRAME_HEAD_BYTES. */
size_t spool_frame_length(const unsigned char *head);

/* What is at *offset. SPOOL_FOUND: fills *ret, whose payload is borrowed from `bytes`, and moves
 * behind it. SPOOL_DAMAGED: moves to the next frame that is whole, or to the end. The others move
 * nothing. Linear in what it passes. */
enum spool_find spool_frame_read(const unsigned char *bytes, size_t length, size_t *offset,
                                 struct spool_frame *ret);

#endif
