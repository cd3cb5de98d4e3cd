/* seed.h: the seed of a simulation from its command line. */
#ifndef DESKBELL_TEST_SIMULATION_SEED_H
#define DESKBELL_TEST_SIMULATION_SEED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A number, or "fresh": one that nobody has played yet. Whoever fails prints it. */
static inline uint64_t seed_read(const char *text)
{
    uint32_t random = 0;

    if (strcmp(text, "fresh") != 0)
        return strtoull(text, NULL, 10);
    if (getentropy(&random, sizeof random) != 0)
        abort();
    return random;
}

#endif
