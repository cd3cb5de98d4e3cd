#include "policy/canned.h"

#include <assert.h>
#include <string.h>

#include "policy/arena.h"

static const char *const field_names[FIELD_COUNT] = {
    "library", "queue", "hours", "phone", "link", "policies", "operator", "next",
};

const char *canned_field_name(enum canned_field field)
{
    assert(field < FIELD_COUNT);
    return field_names[field];
}

bool canned_name_is_right(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= CANNED_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* The field that begins at the brace `at`, FIELD_COUNT if none. */
static enum canned_field field_at(const char *at, size_t *ret_length)
{
    for (enum canned_field field = 0; field < FIELD_COUNT; field++) {
        size_t length = strlen(field_names[field]);
        if (strncmp(at + 1, field_names[field], length) == 0 && at[1 + length] == '}') {
            *ret_length = length + 2;
            return field;
        }
    }
    return FIELD_COUNT;
}

bool canned_fields(const char *text, unsigned *ret_fields, const char **ret_wrong,
                   int *ret_wrong_length)
{
    size_t length = 0;

    *ret_fields = 0;
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + length, '{')) {
        length = 2;
        if (at[1] == '{')
            continue;
        enum canned_field field = field_at(at, &length);
        if (field == FIELD_COUNT) {
            size_t wrong = strcspn(at, "} \n\t");
            *ret_wrong = at;
            *ret_wrong_length = (int)(wrong + (at[wrong] == '}'));
            return false;
        }
        *ret_fields |= 1u << field;
    }
    return true;
}

const struct canned *canned_find(const struct canned_replies *replies, const char *name)
{
    for (size_t i = 0; i < replies->count; i++)
        if (strcmp(replies->list[i].name, name) == 0)
            return &replies->list[i];
    return NULL;
}

/* Writes to `out` unless it is NULL. Returns the bytes, without NUL; stops beyond `max`. */
static size_t fill(char *out, const char *text, const char *const *values, size_t max)
{
    size_t size = 0;

    while (*text != '\0' && size <= max) {
        size_t length = strcspn(text, "{"), skipped = length;
        const char *piece = text;
        if (length == 0) {
            enum canned_field field = field_at(text, &skipped);
            if (field < FIELD_COUNT) {
                piece = values[field];
                length = strlen(piece);
            } else {
                length = 1;
                skipped = text[1] == '{' ? 2 : 1;
            }
        }
        if (out != NULL)
            memcpy(out + size, piece, length);
        size += length;
        text += skipped;
    }
    return size;
}

const char *canned_fill(struct arena *arena, const char *text,
                        const char *const values[static FIELD_COUNT], size_t bytes_max)
{
    size_t size = fill(NULL, text, values, bytes_max);

    if (size > bytes_max)
        return NULL;
    char *filled = arena_alloc(arena, size + 1); /* zeroed: the NUL is there */
    fill(filled, text, values, bytes_max);
    return filled;
}
