#include "policy/names.h"

#include <stdint.h>
#include <string.h>

static bool name_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool name_letter_or_digit(char c)
{
    return name_letter(c) || (c >= '0' && c <= '9');
}

/* Length of the label that `text` begins with, 0 if none or too long. */
static size_t name_label_length(const char *text)
{
    size_t length = 0;

    if (!name_letter(text[0]))
        return 0;
    while (name_letter_or_digit(text[length]))
        length++;
    return length <= LABEL_MAX ? length : 0;
}

/* What follows "label-label" in `text`; NULL if it does not begin so. */
static const char *name_after_labels(const char *text)
{
    size_t first = name_label_length(text);

    if (first == 0 || text[first] != '-')
        return NULL;
    text += first + 1;
    size_t second = name_label_length(text);
    return second == 0 ? NULL : text + second;
}

static bool name_is_rest(const char *text)
{
    size_t length = 0;

    while (name_letter_or_digit(text[length]) || text[length] == '-')
        length++;
    return text[length] == '\0' && length >= 1 && length <= REST_MAX && text[0] != '-' &&
           text[length - 1] != '-';
}

bool name_is_label(const char *text)
{
    size_t length = name_label_length(text);

    return length > 0 && text[length] == '\0';
}

bool name_is_queue(const char *text)
{
    const char *after = name_after_labels(text);

    if (after == NULL)
        return false;
    return *after == '\0' || (*after == '-' && name_is_rest(after + 1));
}

bool name_is_operator(const char *text)
{
    const char *after = name_after_labels(text);

    return after != NULL && *after == '-' && name_is_rest(after + 1);
}

/* The character at the front of UTF-8 text, and its bytes (1 to 4); 0 bytes when it is not valid:
 * cut off, overlong, a surrogate, or above U+10FFFF. */
static size_t name_character(const char *text, uint32_t *ret_character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text[0];
    size_t bytes = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    if (bytes == 0 || first >= 0xf8)
        return 0;
    uint32_t character = bytes == 1 ? first : first & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) /* the NUL too */
            return 0;
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (character < least[bytes] || character > 0x10ffff || character >> 11 == 0xd800 >> 11)
        return 0;
    *ret_character = character;
    return bytes;
}

bool name_is_snippet(const char *text)
{
    size_t label = name_label_length(text);
    int characters = 0;

    if (label == 0 || strncmp(text + label, " (", 2) != 0)
        return false;
    for (text += label + 2; *text != ')'; characters++) {
        uint32_t character;
        size_t bytes = name_character(text, &character);
        /* C0 (the NUL at the end among them), DEL and C1 */
        if (bytes == 0 || character < 0x20 || (character >= 0x7f && character < 0xa0) ||
            character == '(')
            return false;
        text += bytes;
    }
    return text[1] == '\0' && characters >= 1 && characters <= SNIPPET_TEXT_MAX;
}

bool name_belongs(const char *name, const char *consortium, const char *library)
{
    size_t first = strlen(consortium), second = strlen(library);

    if (strncmp(name, consortium, first) != 0 || name[first] != '-')
        return false;
    name += first + 1;
    return strncmp(name, library, second) == 0 && (name[second] == '-' || name[second] == '\0');
}

bool name_snippet_belongs(const char *name, const char *library)
{
    size_t length = strlen(library);

    return strncmp(name, library, length) == 0 && name[length] == ' ';
}
