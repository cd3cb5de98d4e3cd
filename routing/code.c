/* code.c: chat numbers as IDs of four to eight characters.
 *
 * An ID has to be short (people type it), hard to guess, and never given twice within the longest
 * retention. Drawing at random would need a look at all old chats; instead the number of the chat,
 * which never repeats, goes through a permutation under the consortium's secret: the first 34^4
 * chats get four characters, the next 34^5 five, and so on. Knowing an ID gives no right, so a
 * small Feistel network is enough. */
#include <assert.h>

#include "routing/routing_private.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz23456789";

enum { BASE = 34, CODE_MIN = 4, ROUNDS = 6 };

/* splitmix64: a well-mixed function of its argument. */
static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* A permutation of [0, 4^half_bits): swaps halves, and mixes one by the other, a few times. */
static uint64_t feistel(uint64_t key, uint64_t value, unsigned half_bits)
{
    uint64_t mask = (1ull << half_bits) - 1;
    uint64_t left = value >> half_bits, right = value & mask;

    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t next = left ^ (mix(key ^ mix(right + (round << 56))) & mask);
        left = right;
        right = next;
    }
    return left << half_bits | right;
}

/* A permutation of [0, size): walks the larger one until it is back inside. */
static uint64_t permute(uint64_t key, uint64_t value, uint64_t size)
{
    unsigned half_bits = 1;

    assert(value < size);
    while ((1ull << (2 * half_bits)) < size)
        half_bits++;
    do
        value = feistel(key, value, half_bits);
    while (value >= size);
    return value;
}

void code_from_number(uint64_t key, int64_t number, char code[CHAT_CODE_MAX + 1])
{
    uint64_t value = (uint64_t)number;
    uint64_t size = (uint64_t)BASE * BASE * BASE * BASE;
    int length = CODE_MIN;

    assert(number >= 0);
    while (length < CHAT_CODE_MAX && value >= size) {
        value -= size;
        size *= BASE;
        length++;
    }
    value = permute(key ^ (uint64_t)length, value % size, size);
    for (int i = length - 1; i >= 0; i--) {
        code[i] = letters[value % BASE];
        value /= BASE;
    }
    code[length] = '\0';
}
