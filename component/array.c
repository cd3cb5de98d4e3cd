#include "component/array.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"

enum {
    HEAD_BYTES = 20,        /* dimensions, has-null, element type, length, lower bound */
    CAPACITY_KEPT = 1 << 20 /* a single huge turn does not keep its memory for ever */
};

/* Object ids of the element types: fixed for ever in pg_type.dat. */
static const uint32_t type_oids[] = {
    [ARRAY_BIGINT] = 20,  [ARRAY_INTEGER] = 23, [ARRAY_TEXT] = 25,
    [ARRAY_BOOLEAN] = 16, [ARRAY_TIME] = 1184,
};

/* timestamptz counts microseconds from 2000-01-01. */
static const msec_t epoch_ms = 946684800000;

static void put32(char *bytes, uint32_t value)
{
    value = htobe32(value);
    memcpy(bytes, &value, sizeof value);
}

void binary_from_bigint(int64_t value, char *bytes)
{
    uint64_t swapped = htobe64((uint64_t)value);

    memcpy(bytes, &swapped, sizeof swapped);
}

int64_t binary_bigint(const char *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value);
}

int32_t binary_integer(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return (int32_t)be32toh(value);
}

msec_t binary_time(const char *bytes)
{
    return binary_bigint(bytes) / 1000 + epoch_ms;
}

void array_release(struct array *array)
{
    free(array->bytes);
    memset(array, 0, sizeof *array);
}

void array_clear(struct array *array, enum array_type type)
{
    if (array->capacity > CAPACITY_KEPT)
        array_release(array);
    array->type = type;
    array->length = HEAD_BYTES;
    array->count = 0;
    array->has_null = false;
}

/* Room for `size` more bytes at the end, counted as used. */
static char *array_grow(struct array *array, size_t size)
{
    if (array->length + size > array->capacity) {
        array->capacity = (array->length + size) * 2;
        array->bytes = mem_resize(array->bytes, array->capacity);
    }
    char *place = array->bytes + array->length;
    array->length += size;
    return place;
}

static void array_add(struct array *array, const void *value, size_t size)
{
    char *place = array_grow(array, 4 + size);

    assert(size <= INT32_MAX);
    put32(place, (uint32_t)size);
    memcpy(place + 4, value, size);
    array->count++;
}

void array_add_null(struct array *array)
{
    put32(array_grow(array, 4), UINT32_MAX);
    array->has_null = true;
    array->count++;
}

void array_add_bigint(struct array *array, int64_t value)
{
    char bytes[8];

    assert(array->type == ARRAY_BIGINT);
    binary_from_bigint(value, bytes);
    array_add(array, bytes, sizeof bytes);
}

void array_add_integer(struct array *array, int32_t value)
{
    char bytes[4];

    assert(array->type == ARRAY_INTEGER);
    put32(bytes, (uint32_t)value);
    array_add(array, bytes, sizeof bytes);
}

void array_add_boolean(struct array *array, bool value)
{
    char byte = value ? 1 : 0;

    assert(array->type == ARRAY_BOOLEAN);
    array_add(array, &byte, 1);
}

void array_add_text(struct array *array, const char *text)
{
    assert(array->type == ARRAY_TEXT);
    if (text == NULL)
        array_add_null(array);
    else
        array_add(array, text, strlen(text));
}

void array_add_id(struct array *array, int64_t id)
{
    if (id == 0)
        array_add_null(array);
    else
        array_add_bigint(array, id);
}

void array_add_time(struct array *array, msec_t wall)
{
    char bytes[8];

    assert(array->type == ARRAY_TIME);
    if (wall == 0) {
        array_add_null(array);
        return;
    }
    binary_from_bigint((wall - epoch_ms) * 1000, bytes);
    array_add(array, bytes, sizeof bytes);
}

void array_finish(struct array *array)
{
    array_grow(array, 0); /* an empty one may have no memory yet */
    /* An array without elements has no dimension. */
    put32(array->bytes, array->count > 0);
    put32(array->bytes + 4, array->has_null);
    put32(array->bytes + 8, type_oids[array->type]);
    if (array->count == 0) {
        array->length = 12;
        return;
    }
    put32(array->bytes + 12, (uint32_t)array->count);
    put32(array->bytes + 16, 1);
}
