#include "component/crc32c.h"

#include <stdbool.h>

enum { SLICES = 8, POLYNOMIAL_BITS = 8 };

static uint32_t tables[SLICES][256];
static bool made;

/* Table n tells what a byte does to the sum when n more bytes follow it. */
static void tables_make(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t sum = i;
        for (int bit = 0; bit < POLYNOMIAL_BITS; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78u : 0);
        tables[0][i] = sum;
    }
    for (int slice = 1; slice < SLICES; slice++)
        for (int i = 0; i < 256; i++)
            tables[slice][i] =
                tables[slice - 1][i] >> 8 ^ tables[0][tables[slice - 1][i] & 0xff];
    made = true;
}

uint32_t crc32c(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    uint32_t sum = ~0u;

    if (!made)
        tables_make();
    for (; length >= SLICES; length -= SLICES, byte += SLICES) {
        sum ^= (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
               (uint32_t)byte[3] << 24;
        sum = tables[7][sum & 0xff] ^ tables[6][sum >> 8 & 0xff] ^ tables[5][sum >> 16 & 0xff] ^
              tables[4][sum >> 24] ^ tables[3][byte[4]] ^ tables[2][byte[5]] ^
              tables[1][byte[6]] ^ tables[0][byte[7]];
    }
    for (; length > 0; length--, byte++)
        sum = sum >> 8 ^ tables[0][(sum ^ *byte) & 0xff];
    return ~sum;
}
