#include "component/letters.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LETTERS_MAX = 64 };

static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

_Static_assert(sizeof alphabet == 33, "a letter is five bits");

static bool is_hyphen(size_t place, size_t group)
{
    return place % (group + 1) == group;
}

void letters_make(char *ret, size_t size, size_t group)
{
    unsigned char random[LETTERS_MAX];

    assert(size > 1 && size <= LETTERS_MAX);
    if (getentropy(random, sizeof random) != 0)
        abort();
    for (size_t i = 0; i < size - 1; i++)
        ret[i] = is_hyphen(i, group) ? '-' : alphabet[random[i] % 32];
    ret[size - 1] = '\0';
    explicit_bzero(random, sizeof random);
}

bool letters_are(const char *text, size_t size, size_t group)
{
    if (strlen(text) != size - 1)
        return false;
    for (size_t i = 0; i < size - 1; i++)
        if (is_hyphen(i, group) ? text[i] != '-' : strchr(alphabet, text[i]) == NULL)
            return false;
    return true;
}
