#include "component/utf8.h"

#include <limits.h>
#include <stddef.h>

/* Bytes of the character at `at`, 0 if it is none. The second byte's range keeps overlong forms,
 * surrogates and what is above U+10FFFF out. */
static int character_bytes(const unsigned char *at)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        int bytes;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (at[0] < forms[i].first_min || at[0] > forms[i].first_max)
            continue;
        if (forms[i].bytes == 1)
            return 1;
        if (at[1] < forms[i].second_min || at[1] > forms[i].second_max)
            return 0;
        for (int k = 2; k < forms[i].bytes; k++)
            if (at[k] < 0x80 || at[k] > 0xbf)
                return 0;
        return forms[i].bytes;
    }
    return 0;
}

int utf8_character(const char *text)
{
    return character_bytes((const unsigned char *)text);
}

int utf8_length(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    int characters = 0;

    while (*at != '\0' && characters < INT_MAX) {
        int bytes = character_bytes(at);
        if (bytes == 0)
            return -1;
        at += bytes;
        characters++;
    }
    return characters;
}

bool utf8_has_control(const char *text, bool newlines)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (newlines && (*at == '\n' || *at == '\t'))
            continue;
        if (*at < 0x20 || *at == 0x7f || (at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f))
            return true;
    }
    return false;
}
