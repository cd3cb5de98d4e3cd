#include "component/bytes.h"

#include "policy/mem.h"

unsigned char *bytes_add(struct bytes *bytes, size_t length)
{
    /* At least a byte, so that nothing added to nothing has an address. */
    if (bytes->data == NULL || bytes->length + length > bytes->capacity) {
        bytes->capacity = (bytes->length + length) * 2 + 1;
        bytes->data = mem_resize(bytes->data, bytes->capacity);
    }
    bytes->length += length;
    return bytes->data + bytes->length - length;
}

void bytes_put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

void bytes_put64(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

uint32_t bytes_get32(const unsigned char *at)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++)
        value |= (uint32_t)at[i] << 8 * i;
    return value;
}

uint64_t bytes_get64(const unsigned char *at)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}
