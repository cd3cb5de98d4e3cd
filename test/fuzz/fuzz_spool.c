/* Any bytes as a segment of a spool, and as the records of a frame: read to the end, every frame
 * whole, damage never moving backwards; and what is read as records is written as the same bytes'
 * records again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/crc32c.h"
#include "component/record_bytes.h"
#include "component/spool_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void records_check(const unsigned char *bytes, size_t length)
{
    struct effects turn, again;
    struct mark_list marks = {NULL, 0, 0}, marks_again = {NULL, 0, 0};
    struct bytes first = {NULL, 0, 0}, second = {NULL, 0, 0};
    struct error error = {""};

    effects_init(&turn);
    effects_init(&again);
    if (record_bytes_read(bytes, length, &turn, &marks, &error)) {
        uint32_t records = record_bytes_write(&first, &turn, marks.list, marks.count);
        demand(records == turn.count);
        demand(record_bytes_read(first.data, first.length, &again, &marks_again, &error));
        demand(again.count == turn.count && marks_again.count == marks.count);
        record_bytes_write(&second, &again, marks_again.list, marks_again.count);
        demand(first.length == second.length &&
               (first.length == 0 || memcmp(first.data, second.data, first.length) == 0));
        FILE *nowhere = fopen("/dev/null", "w");
        for (size_t i = 0; nowhere != NULL && i < turn.count; i++)
            record_print(&turn.list[i], nowhere);
        if (nowhere != NULL)
            fclose(nowhere);
    } else {
        demand(error.text[0] != '\0');
    }
    free(first.data);
    free(second.data);
    free(marks.list);
    free(marks_again.list);
    effects_release(&turn);
    effects_release(&again);
}

/* Checksums keep a fuzzer out: they are made right, so that it gets to what is behind them. */
static void sums_mend(unsigned char *bytes, size_t length)
{
    for (size_t at = 0; length - at >= SPOOL_FRAME_HEAD_BYTES;) {
        unsigned char *head = bytes + at;
        size_t payload = bytes_get32(head + 4);
        if (memcmp(head, "DBF1", 4) != 0 || head[27] == 0xff) {
            at++;
            continue;
        }
        size_t rest = length - at - SPOOL_FRAME_HEAD_BYTES;
        if (payload <= rest)
            bytes_put32(head + 28, crc32c(head + SPOOL_FRAME_HEAD_BYTES, payload));
        bytes_put32(head + 32, crc32c(head, 32));
        at += SPOOL_FRAME_HEAD_BYTES + (payload <= rest ? payload : 0);
    }
}

static void segment_check(const unsigned char *bytes, size_t length)
{
    struct spool_frame frame;
    enum spool_find find;
    size_t offset = 0, before = 0;
    bool other;

    spool_head_read(bytes, length, "mobius", &other);
    while ((find = spool_frame_read(bytes, length, &offset, &frame)) != SPOOL_END &&
           find != SPOOL_TORN) {
        demand(offset > before && offset <= length);
        before = offset;
        if (find == SPOOL_FOUND) {
            demand(frame.payload >= bytes && frame.payload + frame.length <= bytes + length);
            records_check(frame.payload, frame.length);
        }
    }
    demand(offset == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *copy = malloc(size + 1);

    demand(copy != NULL);
    if (size == 0)
        data = copy;
    records_check(data, size);
    segment_check(data, size);
    memcpy(copy, data, size);
    sums_mend(copy, size);
    segment_check(copy, size);
    free(copy);
    return 0;
}
