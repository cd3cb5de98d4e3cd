/* bytes.h: a growing buffer, and numbers in it: the low byte first, whatever the machine. */
#ifndef DESKBELL_COMPONENT_BYTES_H
#define DESKBELL_COMPONENT_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* All zero is an empty one. Free `data` with free(). */
struct bytes {
    unsigned char *data;
    size_t length, capacity;
};

/* Room for `length` more at the end: where to write them. They count as written. */
unsigned char *bytes_add(struct bytes *bytes, size_t length);

void bytes_put32(unsigned char *at, uint32_t value);
void bytes_put64(unsigned char *at, uint64_t value);
uint32_t bytes_get32(const unsigned char *at);
uint64_t bytes_get64(const unsigned char *at);

#endif
