#include "component/tzif.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/tzrule.h"
#include "policy/date.h"
#include "policy/mem.h"

enum {
    HEADER_BYTES = 44,
    COUNTS_AT = 20, /* six numbers of four bytes */
    TYPE_BYTES = 6,
    OFFSET_MAX = 26 * 3600, /* RFC 8536 section 3.2: -25 to +26 hours */
    OFFSET_MIN = -25 * 3600,
    YEAR_FIRST = 1900
};

struct counts {
    uint32_t is_ut, is_standard, leap, time, type, character;
};

/* The growing tables. */
struct transitions {
    instant *starts;
    int32_t *offsets;
    size_t count;
    size_t capacity;
};

static int64_t tzif_number(const unsigned char *bytes, int length)
{
    uint64_t value = (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;

    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

/* False when the bytes do not begin with a header. */
static bool tzif_header(const unsigned char *bytes, size_t size, struct counts *ret)
{
    uint32_t counts[6];

    if (size < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    for (int i = 0; i < 6; i++)
        counts[i] = (uint32_t)tzif_number(bytes + COUNTS_AT + i * 4, 4);
    *ret = (struct counts){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return true;
}

/* Bytes of the data behind a header whose times have `time_bytes` each. 64 bits cannot overflow. */
static uint64_t tzif_data_bytes(const struct counts *counts, uint64_t time_bytes)
{
    return counts->time * (time_bytes + 1) + counts->type * (uint64_t)TYPE_BYTES +
           counts->character + counts->leap * (time_bytes + 4) + counts->is_standard +
           counts->is_ut;
}

/* A transition at or before the last one replaces it: rules that mean summer time all year end and
 * begin it at the same instant. */
static void transitions_add(struct transitions *transitions, instant start, int32_t offset)
{
    while (transitions->count > 1 && transitions->starts[transitions->count - 1] >= start)
        transitions->count--;
    if (transitions->count == transitions->capacity) {
        transitions->capacity = transitions->capacity * 2 + 64;
        transitions->starts =
            mem_resize(transitions->starts, transitions->capacity * sizeof *transitions->starts);
        transitions->offsets =
            mem_resize(transitions->offsets, transitions->capacity * sizeof *transitions->offsets);
    }
    transitions->starts[transitions->count] = start;
    transitions->offsets[transitions->count] = offset;
    transitions->count++;
}

static bool tzif_data(const unsigned char *data, const struct counts *counts,
                      struct transitions *transitions, struct error *reterr)
{
    const unsigned char *indexes = data + (size_t)counts->time * 8;
    const unsigned char *types = indexes + counts->time;
    instant before = INT64_MIN;

    for (uint32_t i = 0; i < counts->type; i++) {
        int64_t offset = tzif_number(types + (size_t)i * TYPE_BYTES, 4);
        if (offset < OFFSET_MIN || offset > OFFSET_MAX)
            return error_set(reterr, "an offset of %lld seconds", (long long)offset);
    }
    transitions_add(transitions, INT64_MIN, (int32_t)tzif_number(types, 4));
    for (uint32_t i = 0; i < counts->time; i++) {
        instant start = tzif_number(data + (size_t)i * 8, 8);
        if (start <= before)
            return error_set(reterr, "transition times do not ascend");
        if (indexes[i] >= counts->type)
            return error_set(reterr, "a transition to a type that is not there");
        int64_t offset = tzif_number(types + (size_t)indexes[i] * TYPE_BYTES, 4);
        transitions_add(transitions, start, (int32_t)offset);
        before = start;
    }
    return true;
}

/* The rule speaks from the last transition on. */
static void tzif_write_out(const struct tzrule *rule, struct transitions *transitions)
{
    instant last = transitions->starts[transitions->count - 1];
    int first_year = YEAR_FIRST, month, day;

    if (!rule->has_summer)
        return;
    int64_t last_day = last == INT64_MIN ? INT64_MIN : zone_day(last);
    if (last_day > date_from_civil(YEAR_FIRST, 1, 1)) {
        if (last_day > date_from_civil(TZIF_YEAR_LAST, 12, 31))
            return;
        date_to_civil((day_number)last_day, &first_year, &month, &day);
    }
    for (int year = first_year - 1; year <= TZIF_YEAR_LAST; year++) {
        instant summer = tzrule_start(&rule->summer, year) - rule->standard_offset;
        instant winter = tzrule_start(&rule->winter, year) - rule->summer_offset;
        bool summer_first = summer <= winter;
        instant starts[2] = {summer_first ? summer : winter, summer_first ? winter : summer};
        for (int i = 0; i < 2; i++)
            if (starts[i] > last)
                transitions_add(transitions, starts[i],
                                (i == 0) == summer_first ? rule->summer_offset
                                                         : rule->standard_offset);
    }
}

static bool tzif_footer(const unsigned char *bytes, size_t size, struct transitions *transitions,
                        struct error *reterr)
{
    char text[TZRULE_TEXT_MAX + 1];
    struct tzrule rule;
    const unsigned char *end = size > 1 ? memchr(bytes + 1, '\n', size - 1) : NULL;

    if (end == NULL || bytes[0] != '\n')
        return error_set(reterr, "no footer");
    size_t length = (size_t)(end - bytes) - 1;
    if (length == 0)
        return true; /* nothing is known beyond the last transition: it stays */
    if (length > TZRULE_TEXT_MAX)
        return error_set(reterr, "a footer of %zu bytes", length);
    memcpy(text, bytes + 1, length);
    text[length] = '\0';
    if (strlen(text) != length || !tzrule_parse(text, &rule))
        return error_set(reterr, "a rule that cannot be read in the footer");
    tzif_write_out(&rule, transitions);
    return true;
}

bool tzif_parse(const unsigned char *bytes, size_t size, struct zone *ret_zone,
                struct error *reterr)
{
    struct transitions transitions = {.count = 0};
    struct counts counts;
    bool ok = false;

    if (!tzif_header(bytes, size, &counts))
        return error_set(reterr, "not a zone file");
    uint64_t first = HEADER_BYTES + tzif_data_bytes(&counts, 4);
    if (bytes[4] < '2')
        return error_set(reterr, "a zone file of version 1");
    if (first > size || !tzif_header(bytes + first, size - first, &counts))
        return error_set(reterr, "zone file cut off");
    bytes += first + HEADER_BYTES;
    size -= first + HEADER_BYTES;
    uint64_t data = tzif_data_bytes(&counts, 8);
    if (data > size)
        return error_set(reterr, "zone file cut off");
    if (counts.leap > 0)
        return error_set(reterr, "a zone file that counts leap seconds");
    if (counts.type == 0)
        return error_set(reterr, "a zone file without types");
    if (!tzif_data(bytes, &counts, &transitions, reterr))
        goto out;
    if (!tzif_footer(bytes + data, size - data, &transitions, reterr))
        goto out;
    ret_zone->count = transitions.count;
    ret_zone->starts = transitions.starts;
    ret_zone->offsets = transitions.offsets;
    ok = true;
out:
    if (!ok) {
        free(transitions.starts);
        free(transitions.offsets);
    }
    return ok;
}

void tzif_release(struct zone *zone)
{
    free((void *)(uintptr_t)zone->starts); /* ours before it became the reader's */
    free((void *)(uintptr_t)zone->offsets);
    zone->starts = NULL;
    zone->offsets = NULL;
    zone->count = 0;
}
