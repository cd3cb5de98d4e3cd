#include "component/stanza_split.h"

#include <string.h>

enum {
    IN_TEXT,
    TAG_OPENED, /* after '<' */
    IN_TAG,
    IN_QUOTE,
    IN_APOSTROPHE,
    IN_END_TAG,
    IN_INSTRUCTION,
    IN_BANG, /* after "<!", before it is clear of what kind */
    IN_COMMENT,
    IN_CDATA
};

#define HEAD_ENDS SIZE_MAX /* with the byte just looked at */

static const char cdata_start[] = "[CDATA[";

void stanza_split_init(struct stanza_split *split, size_t bytes_max)
{
    *split = (struct stanza_split){.bytes_max = bytes_max};
    xml_out_init(&split->held);
}

void stanza_split_release(struct stanza_split *split)
{
    xml_out_release(&split->held);
}

static void piece_clear(struct stanza_split *split)
{
    xml_out_clear(&split->held);
    split->length = 0;
    split->head = 0;
    split->restricted = false;
    split->given = false;
}

void stanza_split_clear(struct stanza_split *split)
{
    piece_clear(split);
    split->state = IN_TEXT;
    split->depth = 0;
    split->match = 0;
    split->slash = false;
    split->broken = false;
}

void stanza_split_enter(struct stanza_split *split)
{
    stanza_split_clear(split);
    split->depth = 1;
}

bool stanza_split_inside_piece(const struct stanza_split *split)
{
    return split->length > 0 && !split->given;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Between stanzas only white space may stand. Returns the number of bytes that are text; sets
 * `broken` for others. */
static size_t text_scan(struct stanza_split *split, const char *bytes, size_t length)
{
    if (split->depth >= 2) {
        const char *markup = memchr(bytes, '<', length);
        return markup == NULL ? length : (size_t)(markup - bytes);
    }
    size_t at = 0;
    while (at < length && is_space(bytes[at]))
        at++;
    if (at < length && bytes[at] != '<')
        split->broken = true;
    return at;
}

/* Up to and with the last byte of `marker`, which may be cut anywhere. Its first two bytes are
 * alike or unlike: "--" of "-->", "]]" of "]]>", "?" of "?>". */
static size_t marker_scan(struct stanza_split *split, const char *marker, const char *bytes,
                          size_t length, bool *ret_found)
{
    size_t marker_length = strlen(marker), at = 0;

    *ret_found = false;
    while (at < length && !*ret_found) {
        char byte = bytes[at++];
        if (byte == marker[split->match])
            split->match++;
        else if (split->match != marker_length - 1 || byte != marker[0])
            split->match = byte == marker[0]; /* else one more of the repeated byte: stay */
        *ret_found = split->match == marker_length;
    }
    if (*ret_found)
        split->match = 0;
    return at;
}

/* The start tag's '>' was seen: one deeper, unless it was an empty element. */
static bool tag_ends(struct stanza_split *split)
{
    if (!split->slash)
        split->depth++;
    else if (split->depth == 0)
        split->broken = true; /* an empty stream */
    if (split->head == 0)
        split->head = HEAD_ENDS;
    split->state = IN_TEXT;
    return split->depth == 1; /* the header, or an empty stanza */
}

static size_t tag_scan(struct stanza_split *split, const char *bytes, size_t length, bool *ret_ends)
{
    size_t at = 0;

    while (at < length) {
        char byte = bytes[at++];
        if (byte == '>') {
            *ret_ends = tag_ends(split);
            return at;
        }
        split->slash = byte == '/';
        if (byte == '"' || byte == '\'') {
            split->state = byte == '"' ? IN_QUOTE : IN_APOSTROPHE;
            return at;
        }
    }
    return at;
}

static size_t quote_scan(struct stanza_split *split, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, split->state == IN_QUOTE ? '"' : '\'', length);

    if (end == NULL)
        return length;
    split->state = IN_TAG;
    return (size_t)(end - bytes) + 1;
}

static size_t end_tag_scan(struct stanza_split *split, const char *bytes, size_t length,
                           bool *ret_ends)
{
    const char *end = memchr(bytes, '>', length);

    if (end == NULL)
        return length;
    split->depth--;
    split->state = IN_TEXT;
    *ret_ends = split->depth <= 1;
    return (size_t)(end - bytes) + 1;
}

/* What a real server never sends. Inside a stanza the stanza is refused, since its frame is still
 * clear; outside, and for a declaration, the stream is broken. The XML declaration before the
 * header is the one instruction that may be. */
static void restricted_begins(struct stanza_split *split, int state)
{
    split->restricted = true;
    split->match = 0;
    split->state = state;
    if (split->depth == 1 || (split->depth == 0 && state != IN_INSTRUCTION))
        split->broken = true;
}

static void tag_opened(struct stanza_split *split, char byte)
{
    split->slash = false;
    split->match = 0;
    if (byte == '/') {
        split->state = IN_END_TAG;
        if (split->depth == 0)
            split->broken = true;
    } else if (byte == '!') {
        split->state = IN_BANG;
    } else if (byte == '?') {
        restricted_begins(split, IN_INSTRUCTION);
    } else if (byte == '>' || byte == '<' || is_space(byte)) {
        split->broken = true;
    } else {
        split->state = IN_TAG;
    }
}

static void bang_scan(struct stanza_split *split, char byte)
{
    if (split->match == 0 && byte == '-') {
        split->match = sizeof cdata_start; /* no length of cdata_start: one '-' was seen */
    } else if (split->match == sizeof cdata_start && byte == '-') {
        restricted_begins(split, IN_COMMENT);
    } else if (split->match < sizeof cdata_start - 1 && byte == cdata_start[split->match]) {
        split->match++;
        if (split->match == sizeof cdata_start - 1) {
            split->match = 0;
            split->state = IN_CDATA;
            if (split->depth < 2)
                split->broken = true;
        }
    } else {
        split->broken = true; /* <!DOCTYPE and its like */
    }
}

/* Looks at some bytes, at least one. `ret_ends` becomes true when a piece ends with them. */
static size_t scan(struct stanza_split *split, const char *bytes, size_t length, bool *ret_ends)
{
    size_t used = 1;
    bool found;

    switch (split->state) {
    case IN_TEXT:
        used = text_scan(split, bytes, length);
        if (used < length && !split->broken) {
            split->state = TAG_OPENED;
            used++;
        }
        return used;
    case TAG_OPENED:
        tag_opened(split, bytes[0]);
        return 1;
    case IN_TAG:
        return tag_scan(split, bytes, length, ret_ends);
    case IN_QUOTE:
    case IN_APOSTROPHE:
        return quote_scan(split, bytes, length);
    case IN_END_TAG:
        return end_tag_scan(split, bytes, length, ret_ends);
    case IN_BANG:
        bang_scan(split, bytes[0]);
        return 1;
    case IN_INSTRUCTION:
        used = marker_scan(split, "?>", bytes, length, &found);
        break;
    case IN_COMMENT:
        used = marker_scan(split, "-->", bytes, length, &found);
        break;
    default:
        used = marker_scan(split, "]]>", bytes, length, &found);
        break;
    }
    if (found)
        split->state = IN_TEXT;
    return used;
}

/* Keeps the bytes of an unfinished piece as long as it is within the bound, else its start tag. */
static void piece_hold(struct stanza_split *split, const char *bytes, size_t length)
{
    size_t wanted = split->length + length;

    if (wanted > split->bytes_max)
        wanted = split->head <= split->bytes_max ? split->head : 0;
    if (wanted > split->held.length) {
        /* Only what came just now can be missing: before, the piece was within the bound. */
        size_t missing = wanted - split->held.length;
        xml_out_bytes(&split->held, bytes, missing < length ? missing : length);
        split->work += missing;
    }
    split->held.length = wanted;
    split->length += length;
}

static enum stanza_piece piece_kind(const struct stanza_split *split)
{
    if (split->depth == 0)
        return PIECE_END;
    if (split->length > split->bytes_max)
        return PIECE_LONG;
    return split->restricted ? PIECE_RESTRICTED : PIECE_STANZA;
}

/* Hands out the piece of which `bytes` are the last: without a copy if they are the whole. */
static enum stanza_piece piece_give(struct stanza_split *split, bool header, const char *bytes,
                                    size_t length, const char **ret_piece, size_t *ret_length)
{
    bool whole = split->length == 0 && length <= split->bytes_max;

    if (whole)
        split->length = length;
    else
        piece_hold(split, bytes, length);
    enum stanza_piece kind = header ? PIECE_HEADER : piece_kind(split);
    *ret_piece = whole ? bytes : split->held.bytes;
    *ret_length = whole ? length : split->held.length;
    if (kind == PIECE_RESTRICTED)
        *ret_length = split->head;
    split->given = true;
    if (header && split->length > split->bytes_max) {
        split->broken = true;
        return PIECE_BROKEN;
    }
    return kind;
}

/* White space between stanzas and the XML declaration belong to no piece. */
static const char *piece_start(struct stanza_split *split, const char *start, const char *now)
{
    if (split->state == TAG_OPENED)
        return now - 1;
    if (split->state != IN_TEXT)
        return start;
    piece_clear(split);
    return now;
}

enum stanza_piece stanza_split_next(struct stanza_split *split, const char **bytes, size_t *length,
                                    const char **ret_piece, size_t *ret_length)
{
    const char *start = *bytes;

    *ret_piece = NULL;
    *ret_length = 0;
    if (split->given)
        piece_clear(split);
    while (*length > 0 && !split->broken) {
        bool ends = false, before_header = split->depth == 0;
        size_t used = scan(split, *bytes, *length, &ends);
        *bytes += used;
        *length -= used;
        split->work += used;
        if (split->head == HEAD_ENDS)
            split->head = split->length + (size_t)(*bytes - start);
        if (split->depth <= 1 && !ends && !split->broken)
            start = piece_start(split, start, *bytes);
        if (ends)
            return piece_give(split, before_header, start, (size_t)(*bytes - start), ret_piece,
                              ret_length);
    }
    if (split->broken)
        return PIECE_BROKEN;
    if (*bytes > start)
        piece_hold(split, start, (size_t)(*bytes - start));
    return PIECE_NONE;
}
