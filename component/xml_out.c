#include "component/xml_out.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"

enum { CAPACITY_MIN = 256 };

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

void xml_out_init(struct xml_out *out)
{
    *out = (struct xml_out){0};
}

void xml_out_release(struct xml_out *out)
{
    free(out->bytes);
    xml_out_init(out);
}

void xml_out_clear(struct xml_out *out)
{
    out->length = 0;
}

void xml_out_bytes(struct xml_out *out, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (length > out->capacity - out->length) {
        size_t capacity = out->capacity < CAPACITY_MIN ? CAPACITY_MIN : out->capacity;
        while (capacity - out->length < length) {
            assert(capacity <= SIZE_MAX / 2);
            capacity *= 2;
        }
        out->bytes = mem_resize(out->bytes, capacity);
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

void xml_out_raw(struct xml_out *out, const char *markup)
{
    xml_out_bytes(out, markup, strlen(markup));
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Length of the character at `at` if it is whole UTF-8 in its shortest form and XML 1.0 may carry
 * it, else 0. The text's NUL is no continuation byte, so nothing is read behind it. */
static size_t character_length(const unsigned char *at)
{
    if (at[0] < 0x80)
        return at[0] >= 0x20 || at[0] == '\t' || at[0] == '\n' || at[0] == '\r';
    if (at[0] < 0xC2 || at[0] > 0xF4 || !is_continuation(at[1]))
        return 0;
    if (at[0] < 0xE0)
        return 2;
    if (!is_continuation(at[2]))
        return 0;
    if (at[0] < 0xF0) {
        bool overlong = at[0] == 0xE0 && at[1] < 0xA0;
        bool surrogate = at[0] == 0xED && at[1] > 0x9F;
        bool no_character = at[0] == 0xEF && at[1] == 0xBF && at[2] > 0xBD; /* U+FFFE, U+FFFF */
        return overlong || surrogate || no_character ? 0 : 3;
    }
    if (!is_continuation(at[3]) || (at[0] == 0xF0 && at[1] < 0x90) ||
        (at[0] == 0xF4 && at[1] > 0x8F))
        return 0;
    return 4;
}

static const char *entity_of(unsigned char byte)
{
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

/* A bit for each byte that stands for itself: printable ASCII but for the four above, and white
 * space. Nearly all bytes of all texts. */
#define BIT(byte) (UINT64_C(1) << ((byte) % 64))
static const uint64_t plain[4] = {
    (UINT64_MAX << 32 & ~(BIT('<') | BIT('>') | BIT('&') | BIT('"'))) | BIT('\t') | BIT('\n') |
        BIT('\r'),
    UINT64_MAX,
};

static bool is_plain(unsigned char byte)
{
    return (plain[byte / 64] >> byte % 64 & 1) != 0;
}

/* Runs of harmless bytes are copied at once: nearly every text is one run. */
static void write_text(struct xml_out *out, const char *text, bool escape)
{
    const unsigned char *run = (const unsigned char *)text, *at = run;

    for (;;) {
        while (is_plain(*at))
            at++;
        if (*at == '\0')
            break;
        const char *instead = escape ? entity_of(*at) : NULL;
        size_t length = character_length(at);
        if (instead == NULL && length > 0) {
            at += length;
            continue;
        }
        xml_out_bytes(out, (const char *)run, (size_t)(at - run));
        xml_out_raw(out, instead != NULL ? instead : replacement);
        run = ++at;
    }
    xml_out_bytes(out, (const char *)run, (size_t)(at - run));
}

void xml_out_text(struct xml_out *out, const char *text)
{
    write_text(out, text, true);
}

void xml_out_clean(struct xml_out *out, const char *markup)
{
    write_text(out, markup, false);
}

void xml_out_attribute(struct xml_out *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    xml_out_raw(out, " ");
    xml_out_raw(out, name);
    xml_out_raw(out, "=\"");
    xml_out_text(out, value);
    xml_out_raw(out, "\"");
}
