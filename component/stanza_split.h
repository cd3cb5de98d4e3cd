/* stanza_split.h: cuts the bytes of an XML stream into whole stanzas before anything parses them.
 *
 * The parser then sees each stanza in one piece, so that where a segment ended can make no
 * difference; an unfinished tag is never scanned twice (expat would, for each segment); and a
 * stanza over the bound is thrown away byte by byte while it arrives, without being parsed. One
 * pass, constant work a byte. Only nesting and quoting are understood here: whether it is
 * well-formed is the parser's business. */
#ifndef DESKBELL_COMPONENT_STANZA_SPLIT_H
#define DESKBELL_COMPONENT_STANZA_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/xml_out.h"

enum stanza_piece {
    PIECE_NONE,       /* the bytes are used up */
    PIECE_HEADER,     /* <stream:stream ...>, perhaps with an XML declaration before it */
    PIECE_STANZA,     /* a whole child of the stream */
    PIECE_LONG,       /* one that was over the bound has ended; the piece is its start tag, or
                       * empty when the start tag alone was over the bound */
    PIECE_RESTRICTED, /* one with a comment or processing instruction in it; as PIECE_LONG */
    PIECE_END,        /* </stream:stream> */
    PIECE_BROKEN      /* text, comment, instruction or declaration where none may stand; stays so */
};

struct stanza_split {
    size_t bytes_max;
    struct xml_out held; /* what came so far of an unfinished piece */
    size_t length;       /* of the piece so far, also when it is no longer held */
    size_t head;         /* length of its start tag; 0 before the tag has ended */
    int state;
    int depth;    /* open elements, the stream included */
    size_t match; /* how much of a marker was seen */
    bool slash, restricted, given, broken;
    uint64_t work; /* bytes looked at and copied, for the test of linear time */
};

void stanza_split_init(struct stanza_split *split, size_t bytes_max);
void stanza_split_release(struct stanza_split *split);

/* Starts over, before a header. */
void stanza_split_clear(struct stanza_split *split);

/* Starts over inside a stream, for bytes that have no header. */
void stanza_split_enter(struct stanza_split *split);

/* Has a piece begun whose end was not seen? */
bool stanza_split_inside_piece(const struct stanza_split *split);

/* Takes bytes up to the end of the next piece and moves `bytes` and `length` on. The piece is
 * borrowed until the next call. */
enum stanza_piece stanza_split_next(struct stanza_split *split, const char **bytes, size_t *length,
                                    const char **ret_piece, size_t *ret_length);

#endif
