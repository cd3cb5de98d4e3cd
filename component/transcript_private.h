/* transcript_private.h: transcripts between their files.
 *
 * transcript.c         what is looked for: checked, found, counted
 * transcript_show.c    one chat for people
 * transcript_export.c  many chats for programs and people
 * transcript_erase.c   what goes: by somebody's word, and because its time is over */
#ifndef DESKBELL_COMPONENT_TRANSCRIPT_PRIVATE_H
#define DESKBELL_COMPONENT_TRANSCRIPT_PRIVATE_H

#include "component/database.h"
#include "component/transcript.h"

/* The zone of the library $2 in the consortium $1. */
#define TRANSCRIPT_ZONE                                                                            \
    "(SELECT coalesce(nullif((SELECT z.timezone FROM deskbell.library z"                           \
    " WHERE z.library_id = $2 AND z.consortium_id = $1), ''),"                                     \
    " (SELECT z.timezone FROM deskbell.consortium z WHERE z.consortium_id = $1), 'UTC'))"

#define TRANSCRIPT_LOOKED_FOR                                                                      \
    "(SELECT websearch_to_tsquery('pg_catalog.simple', deskbell.fold($11)))"

/* Who had a chat. */
#define TRANSCRIPT_HAD                                                                             \
    "c.number IN (SELECT a.chat FROM deskbell.act a WHERE a.library_id = $2"                       \
    " AND a.act IN ('claimed', 'transferred') AND "

/* The conditions of a query on deskbell.chat c, with the parameters that transcript_statement()
 * fills: $1 to $14. Those that are not set are folded away when the statement is planned. What is
 * looked up is of the library by itself and not by the chat, so that it is looked up once. Chats
 * that have no words yet (they go on, or are over since a moment ago) are read. */
#define TRANSCRIPT_FOUND                                                                           \
    " c.consortium_id = $1 AND c.library_id = $2"                                                  \
    " AND ($3::bigint IS NULL OR " TRANSCRIPT_HAD "a.operator_id = $3"                             \
    "   AND EXISTS (SELECT FROM deskbell.operator o"                                               \
    "    WHERE o.operator_id = $3 AND o.library_id = $2)))"                                        \
    " AND ($4::bigint IS NULL OR c.number = $4)"                                                   \
    " AND ($5::date IS NULL OR c.opened >= $5::date::timestamp AT TIME ZONE " TRANSCRIPT_ZONE ")"  \
    " AND ($6::date IS NULL"                                                                       \
    "  OR c.opened < ($6::date + 1)::timestamp AT TIME ZONE " TRANSCRIPT_ZONE ")"                  \
    " AND ($7::text IS NULL OR c.queue_name = $7 OR c.queue_id ="                                  \
    "  (SELECT q.queue_id FROM deskbell.queue q"                                                   \
    "   WHERE q.consortium_id = $1 AND q.library_id = $2 AND q.name = $7))"                        \
    " AND ($8::text IS NULL OR " TRANSCRIPT_HAD "(a.operator_name = $8 OR a.operator_id ="         \
    "   (SELECT o.operator_id FROM deskbell.operator o"                                            \
    "    WHERE o.consortium_id = $1 AND o.name = $8))))"                                           \
    " AND ($9::text IS NULL OR c.number IN (SELECT a.chat FROM deskbell.act a"                     \
    "  WHERE a.library_id = $2 AND a.act = 'tagged' AND a.detail = $9))"                           \
    " AND ($10::text IS NULL OR c.resolution = $10)"                                               \
    " AND ($11::text IS NULL"                                                                      \
    "  OR c.number IN (SELECT w.chat FROM deskbell.chat_words w"                                   \
    "   WHERE w.library_id = $2 AND w.words @@ " TRANSCRIPT_LOOKED_FOR ")"                         \
    "  OR (NOT EXISTS (SELECT FROM deskbell.chat_words w"                                          \
    "    WHERE w.library_id = $2 AND w.chat = c.number AND w.part = 0)"                            \
    "   AND c.erased IS NULL"                                                                      \
    "   AND (SELECT bool_or(p.words @@ " TRANSCRIPT_LOOKED_FOR ")"                                 \
    "    FROM deskbell.chat_parts(c.library_id, c.number) p)))"                                    \
    " AND (NOT $12::boolean OR c.number IN (SELECT f.chat FROM deskbell.followup f"                \
    "  WHERE f.library_id = $2 AND f.kind = 'left'))"                                              \
    " AND ($13::bigint IS NULL OR c.opened >= to_timestamp($13::bigint / 1000.0))"                 \
    " AND ($14::bigint IS NULL OR c.opened < to_timestamp($14::bigint / 1000.0))"

/* Begins a statement with those fourteen; more can be added from $15. */
void transcript_statement(struct statement *statement, const char *sql,
                          const struct transcript_query *query);

/* Checks the query, and makes its library ready when words are looked for. */
bool transcript_prepare(PGconn *database, const struct transcript_query *query,
                        struct error *reterr);

/* What is known of a chat without its lines: the columns of TRANSCRIPT_HEAD, in this order. Those
 * that may be NULL say so. */
enum transcript_head {
    HEAD_NUMBER,
    HEAD_ADDRESS,
    HEAD_QUEUE,
    HEAD_QUEUE_TITLE, /* "" when the queue was removed */
    HEAD_LIBRARY,
    HEAD_LIBRARY_TITLE,
    HEAD_ZONE,
    HEAD_ENTRY,     /* what the patron wrote to, where it was not the home queue; NULL */
    HEAD_ANSWERING, /* queue through which its last operator got it; NULL */
    HEAD_OPERATOR,  /* who had it last; NULL */
    HEAD_STATE,
    HEAD_ENDED_BY,   /* NULL */
    HEAD_RESOLUTION, /* NULL */
    HEAD_OPENED,     /* these four for programs: deskbell.clock_text() */
    HEAD_CLAIMED,    /* NULL */
    HEAD_CLOSED,     /* NULL */
    HEAD_ERASED,     /* NULL */
    HEAD_OPENED_DAY, /* "Tue 2026-03-03" */
    HEAD_OPENED_TIME,
    HEAD_CLOSED_TIME,    /* with the day when it is another; NULL */
    HEAD_WAITED,         /* whole seconds until the first had it, else until the end; NULL */
    HEAD_ANSWERED_AFTER, /* until the first line of an operator; NULL */
    HEAD_DURATION,       /* from the first who had it to the end; NULL */
    HEAD_TAGS,           /* "" or "maps, hours" */
    HEAD_TRANSFERS,      /* how often it went to another operator */
    HEAD_MOVED,          /* for people, a line each: who took it over, from whom it came back */
    HEAD_LEFT,           /* boolean: the patron left a question */
    HEAD_LINES_PATRON,
    HEAD_LINES_OPERATOR,
    HEAD_LINES_DESK,
    HEAD_LINES_NOTE
};

/* In the order of the chats. */
#define TRANSCRIPT_HEAD                                                                            \
    "SELECT h.number, h.address, h.queue, h.queue_title, h.library, h.library_title, h.zone,"      \
    " h.entry, h.answering, h.operator, h.state, h.ended_by, h.resolution,"                        \
    " deskbell.clock_text(h.opened, h.zone), deskbell.clock_text(h.claimed, h.zone),"              \
    " deskbell.clock_text(h.closed, h.zone), deskbell.clock_text(h.erased, h.zone),"               \
    " to_char(h.opened AT TIME ZONE h.zone, 'Dy YYYY-MM-DD'),"                                     \
    " to_char(h.opened AT TIME ZONE h.zone, 'HH24:MI:SS'),"                                        \
    " to_char(h.closed AT TIME ZONE h.zone,"                                                       \
    "  CASE WHEN (h.closed AT TIME ZONE h.zone)::date = (h.opened AT TIME ZONE h.zone)::date"      \
    "  THEN 'HH24:MI:SS' ELSE 'YYYY-MM-DD HH24:MI:SS' END),"                                       \
    " h.waited, h.answered_after, h.duration, h.tags, h.transfers, h.moved, h.left_question,"      \
    " h.lines_patron, h.lines_operator, h.lines_desk, h.lines_note"                                \
    " FROM deskbell.chat_summary h WHERE h.consortium_id = $1 AND h.library_id = $2"               \
    " AND h.number IN (SELECT c.number FROM deskbell.chat c WHERE" TRANSCRIPT_FOUND                \
    ") ORDER BY h.number"

/* The lines of a chat, in pieces. */
enum transcript_line {
    LINE_NUMBER,
    LINE_AT,   /* for programs */
    LINE_DAY,  /* "Tue 2026-03-03" */
    LINE_TIME, /* "10:15:02" */
    LINE_AUTHOR,
    LINE_OPERATOR,      /* of its author, as the name was then; NULL */
    LINE_REPLACES,      /* number; NULL */
    LINE_REPLACES_TIME, /* when that was written; NULL */
    LINE_BODY,
    LINE_ERASED
};

/* Runs `put` on each line of the chat behind `head`, in order, until it says false; 500 lines are
 * held at a time. */
typedef bool (*transcript_line_put)(void *context, const PGresult *result, int row);
bool transcript_lines(PGconn *database, const struct transcript_scope *scope, int64_t number,
                      const char *zone, transcript_line_put put, void *context,
                      struct error *reterr);

/* The chat of a row of TRANSCRIPT_HEAD as people read it. At `bytes_max` of text it stops, with a
 * line that says so. */
bool transcript_put_text(PGconn *database, const struct transcript_scope *scope,
                         const PGresult *head, int row, size_t bytes_max, FILE *out,
                         int64_t *ret_lines, struct error *reterr);

#endif
