#include "component/record_bytes.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"

enum { MARK_KIND = 100, VARINT_BYTES_MAX = 10 };

enum field_type { FIELD_BIGINT, FIELD_INT, FIELD_ENUM, FIELD_BOOL, FIELD_TEXT };

struct field {
    const char *name;
    enum field_type type;
    size_t offset; /* in the record */
    int last;      /* the highest enumerator */
};

#define BIGINT(record, field) {#field, FIELD_BIGINT, offsetof(struct record, field), 0}
#define INT(record, field) {#field, FIELD_INT, offsetof(struct record, field), 0}
#define ENUM(record, field, last) {#field, FIELD_ENUM, offsetof(struct record, field), last}
#define BOOL(record, field) {#field, FIELD_BOOL, offsetof(struct record, field), 0}
#define TEXT(record, field) {#field, FIELD_TEXT, offsetof(struct record, field), 0}

/* Only added to at the end: older spools are read by these. */
static const struct field chat_fields[] = {
    BIGINT(chat_record, number),
    TEXT(chat_record, code),
    TEXT(chat_record, address),
    BIGINT(chat_record, queue),
    BIGINT(chat_record, entry_queue),
    BIGINT(chat_record, entry_operator),
    TEXT(chat_record, entry_name),
    BIGINT(chat_record, answering_queue),
    BIGINT(chat_record, owner),
    TEXT(chat_record, patron),
    TEXT(chat_record, patron_resource),
    TEXT(chat_record, token_hash),
    ENUM(chat_record, state, CHAT_CLOSED),
    ENUM(chat_record, end, END_LEFT),
    ENUM(chat_record, resolution, RESOLUTION_PRACTICE),
    BIGINT(chat_record, opened),
    BIGINT(chat_record, waiting_since),
    BIGINT(chat_record, claimed),
    BIGINT(chat_record, closed),
    INT(chat_record, last_line),
};
static const struct field move_fields[] = {
    BIGINT(move_record, chat),
    BIGINT(move_record, queue),
};
static const struct field line_fields[] = {
    BIGINT(line_record, chat),
    INT(line_record, line),
    BIGINT(line_record, at),
    ENUM(line_record, author, AUTHOR_NOTE),
    BIGINT(line_record, operator),
    TEXT(line_record, stanza_id),
    TEXT(line_record, body),
    INT(line_record, replaces),
};
static const struct field offer_fields[] = {
    BIGINT(offer_record, chat),
    BIGINT(offer_record, operator),
    BIGINT(offer_record, queue),
    BIGINT(offer_record, at),
    ENUM(offer_record, outcome, OFFER_WITHDRAWN),
};
static const struct field act_fields[] = {
    BIGINT(act_record, chat),
    BIGINT(act_record, at),
    ENUM(act_record, act, ACT_CLOSED),
    BIGINT(act_record, operator),
    TEXT(act_record, detail),
};
static const struct field duty_fields[] = {
    BIGINT(duty_record, operator),
    BIGINT(duty_record, queue),
    BOOL(duty_record, off),
    INT(duty_record, max),
    BIGINT(duty_record, until),
    BIGINT(duty_record, at),
};
static const struct field duty_log_fields[] = {
    BIGINT(duty_log_record, operator),
    BIGINT(duty_log_record, queue),
    BOOL(duty_log_record, on),
    BOOL(duty_log_record, first),
    BIGINT(duty_log_record, at),
};
static const struct field block_fields[] = {
    BIGINT(block_record, library),
    TEXT(block_record, patron),
    BIGINT(block_record, until),
    BIGINT(block_record, operator),
    BIGINT(block_record, chat),
    BIGINT(block_record, at),
};
static const struct field followup_fields[] = {
    BIGINT(followup_record, chat),
    TEXT(followup_record, code),
    BIGINT(followup_record, library),
    BIGINT(followup_record, queue),
    ENUM(followup_record, kind, FOLLOWUP_NOTE),
    TEXT(followup_record, text),
    TEXT(followup_record, contact),
    BIGINT(followup_record, operator),
    BIGINT(followup_record, at),
    BIGINT(followup_record, told_to),
    BIGINT(followup_record, told_at),
    BOOL(followup_record, handed),
    BIGINT(followup_record, done_by),
    BIGINT(followup_record, done_at),
};
static const struct field mark_fields[] = {
    ENUM(mark, type, MARK_FOLLOWUP),
    BIGINT(mark, chat),
    INT(mark, line),
    BIGINT(mark, operator),
};

struct kind {
    int number; /* in the bytes, for ever */
    const char *name;
    enum effect_type type;
    size_t offset; /* of the record in the effect */
    const struct field *fields;
    int field_count;
};

#define KIND(number, name, type, member)                                                           \
    {                                                                                              \
        number, #name, type, offsetof(struct effect, member), name##_fields,                       \
            sizeof name##_fields / sizeof name##_fields[0]                                         \
    }
static const struct kind kinds[] = {
    KIND(1, chat, EFFECT_STORE_CHAT, chat),
    KIND(2, move, EFFECT_STORE_MOVE, move),
    KIND(3, line, EFFECT_STORE_LINE, line),
    KIND(4, offer, EFFECT_STORE_OFFER, offer),
    KIND(5, act, EFFECT_STORE_ACT, act),
    KIND(6, duty, EFFECT_STORE_DUTY, duty),
    KIND(7, duty_log, EFFECT_STORE_DUTY_LOG, duty_log),
    KIND(8, block, EFFECT_STORE_BLOCK, block),
    KIND(9, followup, EFFECT_STORE_FOLLOWUP, followup),
};
static const struct kind mark_kind = {
    MARK_KIND, "mark", EFFECT_MESSAGE, 0, mark_fields, sizeof mark_fields / sizeof mark_fields[0]};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static const struct kind *kind_of(enum effect_type type)
{
    for (int i = 0; i < KIND_COUNT; i++)
        if (kinds[i].type == type)
            return &kinds[i];
    abort(); /* a record without a row here would be lost in an outage */
}

/* --- writing --- */

static void varint_write(struct bytes *bytes, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *bytes_add(bytes, 1) = (unsigned char)(value | 0x80);
    *bytes_add(bytes, 1) = (unsigned char)value;
}

/* Small numbers of either sign are short. */
static void number_write(struct bytes *bytes, int64_t value)
{
    varint_write(bytes, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

static int64_t field_number(const struct field *field, const char *at)
{
    switch (field->type) {
    case FIELD_BIGINT:
        return *(const int64_t *)at;
    case FIELD_INT:
        return *(const int *)at;
    case FIELD_ENUM:
        return *(const unsigned *)at;
    case FIELD_BOOL:
        return *(const bool *)at;
    case FIELD_TEXT:
        break;
    }
    abort();
}

/* A text is its length and one, then its bytes; 0 is none at all. */
static void field_write(struct bytes *bytes, const struct field *field, const char *at)
{
    if (field->type != FIELD_TEXT) {
        number_write(bytes, field_number(field, at));
        return;
    }
    const char *text = *(const char *const *)at;
    if (text == NULL) {
        varint_write(bytes, 0);
        return;
    }
    size_t length = strlen(text);
    varint_write(bytes, length + 1);
    if (length > 0)
        memcpy(bytes_add(bytes, length), text, length);
}

/* Kind, length, fields. The length is known behind the fields: they are written first. */
static void record_write(struct bytes *bytes, const struct kind *kind, const char *record)
{
    struct bytes fields = {NULL, 0, 0};

    for (int i = 0; i < kind->field_count; i++)
        field_write(&fields, &kind->fields[i], record + kind->fields[i].offset);
    *bytes_add(bytes, 1) = (unsigned char)kind->number;
    varint_write(bytes, fields.length);
    memcpy(bytes_add(bytes, fields.length), fields.data, fields.length);
    free(fields.data);
}

uint32_t record_bytes_write(struct bytes *bytes, const struct effects *turn,
                            const struct mark *marks, size_t mark_count)
{
    uint32_t records = 0;

    for (size_t i = 0; i < turn->count; i++) {
        const struct effect *effect = &turn->list[i];
        if (!effect_is_record(effect))
            continue;
        const struct kind *kind = kind_of(effect->type);
        record_write(bytes, kind, (const char *)effect + kind->offset);
        records++;
    }
    for (size_t i = 0; i < mark_count; i++)
        record_write(bytes, &mark_kind, (const char *)&marks[i]);
    return records;
}

/* --- reading --- */

struct reader {
    const unsigned char *at, *end;
    bool fine;
};

static uint64_t varint_read(struct reader *reader)
{
    uint64_t value = 0;

    for (int i = 0; i < VARINT_BYTES_MAX && reader->at < reader->end; i++) {
        unsigned char byte = *reader->at++;
        if (i == VARINT_BYTES_MAX - 1 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << 7 * i;
        if (byte < 0x80)
            return value;
    }
    reader->fine = false;
    return 0;
}

static const char *text_read(struct reader *reader, struct arena *arena)
{
    uint64_t length = varint_read(reader);

    if (!reader->fine || length == 0)
        return NULL;
    length--;
    if (length > (uint64_t)(reader->end - reader->at) ||
        memchr(reader->at, '\0', (size_t)length) != NULL) {
        reader->fine = false;
        return NULL;
    }
    reader->at += length;
    return arena_strndup(arena, (const char *)reader->at - length, (size_t)length);
}

static void number_read(struct reader *reader, const struct field *field, char *at)
{
    uint64_t raw = varint_read(reader);
    int64_t value = (int64_t)(raw >> 1 ^ (raw & 1 ? UINT64_MAX : 0));

    switch (field->type) {
    case FIELD_BIGINT:
        *(int64_t *)at = value;
        return;
    case FIELD_INT:
        reader->fine = reader->fine && value >= INT32_MIN && value <= INT32_MAX;
        *(int *)at = reader->fine ? (int)value : 0;
        return;
    case FIELD_ENUM:
        reader->fine = reader->fine && value >= 0 && value <= field->last;
        *(unsigned *)at = reader->fine ? (unsigned)value : 0;
        return;
    case FIELD_BOOL:
        reader->fine = reader->fine && value >= 0 && value <= 1;
        *(bool *)at = reader->fine && value == 1;
        return;
    case FIELD_TEXT:
        break;
    }
    abort();
}

static void fields_read(struct reader *reader, const struct kind *kind, char *record,
                        struct arena *arena)
{
    for (int i = 0; i < kind->field_count && reader->fine && reader->at < reader->end; i++) {
        char *at = record + kind->fields[i].offset;
        if (kind->fields[i].type == FIELD_TEXT)
            *(const char **)at = text_read(reader, arena);
        else
            number_read(reader, &kind->fields[i], at);
    }
    reader->fine = reader->fine && reader->at == reader->end;
}

static struct mark *mark_add(struct mark_list *marks)
{
    if (marks->count == marks->capacity) {
        marks->capacity = marks->capacity == 0 ? 64 : marks->capacity * 2;
        marks->list = mem_resize(marks->list, marks->capacity * sizeof *marks->list);
    }
    struct mark *mark = &marks->list[marks->count++];
    memset(mark, 0, sizeof *mark);
    return mark;
}

bool record_bytes_read(const unsigned char *bytes, size_t length, struct effects *turn,
                       struct mark_list *marks, struct error *reterr)
{
    if (length == 0)
        return true; /* `bytes` may be NULL then */
    struct reader whole = {bytes, bytes + length, true};
    while (whole.at < whole.end) {
        int number = *whole.at++;
        uint64_t size = varint_read(&whole);
        if (!whole.fine || size > (uint64_t)(whole.end - whole.at))
            return error_set(reterr, "a record is longer than what it is in");
        struct reader reader = {whole.at, whole.at + size, true};
        whole.at += size;
        const struct kind *kind = NULL;
        for (int i = 0; i < KIND_COUNT; i++)
            if (kinds[i].number == number)
                kind = &kinds[i];
        if (number == MARK_KIND)
            fields_read(&reader, &mark_kind, (char *)mark_add(marks), turn->arena);
        else if (kind != NULL)
            fields_read(&reader, kind, (char *)effects_add(turn, kind->type) + kind->offset,
                        turn->arena);
        else
            return error_set(reterr, "a record is of kind %d, which this program does not know",
                             number);
        if (!reader.fine)
            return error_set(reterr, "a record of kind %d cannot be read", number);
    }
    return true;
}

/* --- for people --- */

const char *record_name(const struct effect *record)
{
    return kind_of(record->type)->name;
}

static void text_print(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\n')
            fputs("\\n", out);
        else if (byte == '\\')
            fputs("\\\\", out);
        else if (byte < ' ' || byte == 127)
            fprintf(out, "\\x%02x", byte);
        else
            fputc(byte, out);
    }
}

void record_print(const struct effect *record, FILE *out)
{
    const struct kind *kind = kind_of(record->type);

    for (int i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const char *at = (const char *)record + kind->offset + field->offset;
        fprintf(out, "%s: ", field->name);
        if (field->type != FIELD_TEXT)
            fprintf(out, "%" PRId64, field_number(field, at));
        else if (*(const char *const *)at != NULL)
            text_print(*(const char *const *)at, out);
        fputc('\n', out);
    }
}
