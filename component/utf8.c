#include "component/utf8.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static uint32_t code_point(const unsigned char *at, int bytes)
{
    static const unsigned char first_bits[] = {0x00, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = at[0] & first_bits[bytes];

    for (int i = 1; i < bytes; i++)
        point = point << 6 | (at[i] & 0x3f);
    return point;
}

static int point_columns(uint32_t point)
{
    static const struct {
        uint32_t first, last;
        int columns;
    } ranges[] = {
        {0x0300, 0x036f, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05bd, 0},   {0x064b, 0x065f, 0},
        {0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},   {0x200b, 0x200f, 0},
        {0x202a, 0x202e, 0},   {0x2060, 0x2064, 0},   {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},
        {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
        {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
        {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
        {0xe0100, 0xe01ef, 0},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return ranges[i].columns;
    return 1;
}

int utf8_columns_of(const char *text, size_t bytes_max)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + bytes_max;
    int columns = 0;

    while (at < end && *at != '\0' && columns < INT_MAX - 2) {
        int bytes = character_bytes(at);
        columns += bytes == 0 ? 1 : point_columns(code_point(at, bytes));
        at += bytes == 0 ? 1 : bytes;
    }
    return columns;
}

int utf8_columns(const char *text)
{
    return utf8_columns_of(text, strlen(text));
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
