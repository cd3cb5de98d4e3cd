#include "component/transcript_private.h"

/* Over for a minute: then the desk writes nothing of it any more, and never waits for us. */
#define IS_OVER                                                                                    \
    "(c.state = 'closed' AND coalesce(c.closed, '-infinity') <= now() - interval '1 minute')"

/* Takes the text of the chats of `piece` (library_id, number). An item whose text went cannot be
 * answered any more, so it is done. */
#define ERASE_PARTS                                                                                \
    " said AS (UPDATE deskbell.line l SET body = '', stanza_id = '', erased = true"                \
    "  FROM piece p WHERE l.library_id = p.library_id AND l.chat = p.number AND NOT l.erased"      \
    "  RETURNING l.library_id, l.chat),"                                                           \
    " items AS (UPDATE deskbell.followup f SET body = '', contact = '', state = 'done',"           \
    "   done_at = coalesce(f.done_at, now())"                                                      \
    "  FROM piece p WHERE f.library_id = p.library_id AND f.chat = p.number"                       \
    "  RETURNING f.library_id, f.chat),"                                                           \
    " words AS (DELETE FROM deskbell.chat_words w USING piece p"                                   \
    "  WHERE w.library_id = p.library_id AND w.chat = p.number),"                                  \
    " chats AS (UPDATE deskbell.chat c"                                                            \
    "  SET patron = '', patron_resource = '', token_hash = '', erased = now()"                     \
    "  FROM piece p WHERE c.library_id = p.library_id AND c.number = p.number RETURNING 1)"

#define ERASED_COUNTS                                                                              \
    " (SELECT count(*) FROM found WHERE NOT is_over),"                                             \
    " (SELECT count(*) FROM found WHERE is_over) > $15"

#define FOUND_BEGIN                                                                                \
    "WITH found AS MATERIALIZED (SELECT c.library_id, c.number, " IS_OVER " AS is_over"            \
    " FROM deskbell.chat c WHERE" TRANSCRIPT_FOUND
#define FOUND_END                                                                                  \
    "), piece AS MATERIALIZED (SELECT f.library_id, f.number FROM found f WHERE f.is_over"         \
    " ORDER BY f.number LIMIT $15::bigint),"

static const char *const erase_statements[] = {
    [ERASE_TEXT] = FOUND_BEGIN
    " AND c.erased IS NULL" FOUND_END ERASE_PARTS
    " SELECT (SELECT count(*) FROM chats), (SELECT count(*) FROM said),"
    " (SELECT count(*) FROM items)," ERASED_COUNTS,
    /* Triggers take away what belongs to a chat, so that is counted before. */
    [ERASE_WHOLE] = FOUND_BEGIN FOUND_END
    " gone AS (DELETE FROM deskbell.chat c USING piece p"
    "  WHERE c.library_id = p.library_id AND c.number = p.number RETURNING 1)"
    " SELECT (SELECT count(*) FROM gone),"
    " (SELECT count(*) FROM deskbell.line l"
    "  JOIN piece p ON l.library_id = p.library_id AND l.chat = p.number),"
    " (SELECT count(*) FROM deskbell.followup f"
    "  JOIN piece p ON f.library_id = p.library_id AND f.chat = p.number)," ERASED_COUNTS,
};

bool transcript_erase(PGconn *database, const struct transcript_query *query,
                      enum transcript_erase how, struct transcript_erased *ret,
                      struct error *reterr)
{
    struct statement statement;
    PGresult *result;

    if (!transcript_prepare(database, query, reterr))
        return false;
    transcript_statement(&statement, erase_statements[how], query);
    statement_number(&statement, TRANSCRIPT_COUNT_MAX);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret = (struct transcript_erased){
        .chats = (int)result_number(result, 0, 0),
        .lines = (int)result_number(result, 0, 1),
        .followups = (int)result_number(result, 0, 2),
        .alive = (int)result_number(result, 0, 3),
        .more = result_switch(result, 0, 4),
    };
    PQclear(result);
    return true;
}

/* --- the daily purge --- */

#define MOMENT "to_timestamp($2::bigint / 1000.0)"

#define LIBRARY_DAY                                                                                \
    "(" MOMENT " AT TIME ZONE coalesce(nullif(l.timezone, ''), k.timezone))::date"

static const char purge_chats[] =
    "WITH home AS (SELECT DISTINCT c.library_id, c.queue_id FROM deskbell.library l"
    "  JOIN deskbell.chat c ON c.library_id = l.library_id"
    "  WHERE l.consortium_id = $1 AND l.library_id = $4"
    "   AND c.state = 'closed' AND c.erased IS NULL),"
    " kept AS (SELECT home.library_id, home.queue_id, " MOMENT " - interval '24 hours' * coalesce("
    "   q.retention_days,"
    "   (SELECT max(x.retention_days) FROM deskbell.queue x WHERE x.library_id = home.library_id),"
    "   (SELECT max(x.retention_days) FROM deskbell.queue x WHERE x.consortium_id = $1),"
    "   3660) AS ended_before"
    "  FROM home LEFT JOIN deskbell.queue q"
    "   ON q.library_id = home.library_id AND q.queue_id = home.queue_id),"
    " piece AS MATERIALIZED (SELECT c.library_id, c.number, c.queue_id, c.queue_name,"
    "   kept.ended_before"
    "  FROM kept CROSS JOIN LATERAL (SELECT o.library_id, o.number, o.queue_id, o.queue_name"
    "   FROM deskbell.chat o"
    "   WHERE o.library_id = kept.library_id AND o.queue_id = kept.queue_id"
    "    AND o.state = 'closed' AND o.erased IS NULL AND o.closed < kept.ended_before"
    "   ORDER BY o.closed LIMIT $3) c LIMIT $3)," ERASE_PARTS ","
    " lines AS (SELECT s.library_id, s.chat, count(*) AS number FROM said s"
    "  GROUP BY s.library_id, s.chat),"
    " tally AS (SELECT p.library_id, p.queue_id, max(p.queue_name) AS queue_name,"
    "   max(p.ended_before) AS ended_before, count(*) AS chats,"
    "   coalesce(sum(lines.number), 0) AS lines, count(i.chat) AS items"
    "  FROM piece p"
    "  LEFT JOIN lines ON lines.library_id = p.library_id AND lines.chat = p.number"
    "  LEFT JOIN items i ON i.library_id = p.library_id AND i.chat = p.number"
    "  GROUP BY p.library_id, p.queue_id),"
    " noted AS (INSERT INTO deskbell.purge AS old (consortium_id, library_id, what, queue_id,"
    "   queue_name, day, ended_before, chats, lines, followups)"
    "  SELECT $1, t.library_id, 'transcripts', t.queue_id, t.queue_name,"
    "   " LIBRARY_DAY ","
    "   t.ended_before, t.chats, t.lines, t.items"
    "  FROM tally t JOIN deskbell.library l ON l.library_id = t.library_id"
    "  JOIN deskbell.consortium k ON k.consortium_id = l.consortium_id"
    "  ON CONFLICT (library_id, what, queue_id, day) DO UPDATE SET"
    "   ended_before = excluded.ended_before, chats = old.chats + excluded.chats,"
    "   lines = old.lines + excluded.lines, followups = old.followups + excluded.followups)"
    " SELECT coalesce(sum(chats), 0), coalesce(sum(lines), 0), coalesce(sum(items), 0) FROM tally";

/* A year: who asks why a patron was blocked last term still finds it. */
static const char purge_blocks[] =
    "WITH gone AS (DELETE FROM deskbell.block b WHERE b.consortium_id = $1 AND b.library_id = $4"
    "  AND (b.library_id, b.patron) IN (SELECT o.library_id, o.patron FROM deskbell.block o"
    "   WHERE o.library_id = $4 AND least(o.until, o.lifted) < " MOMENT
    "    - interval '24 hours' * 365 LIMIT $3)"
    "  RETURNING b.library_id),"
    " tally AS (SELECT library_id, count(*) AS blocks FROM gone GROUP BY library_id),"
    " noted AS (INSERT INTO deskbell.purge AS old (consortium_id, library_id, what, queue_id, day,"
    "   ended_before, blocks)"
    "  SELECT $1, t.library_id, 'blocks', 0,"
    "   " LIBRARY_DAY ","
    "   " MOMENT " - interval '24 hours' * 365, t.blocks"
    "  FROM tally t JOIN deskbell.library l ON l.library_id = t.library_id"
    "  JOIN deskbell.consortium k ON k.consortium_id = l.consortium_id"
    "  ON CONFLICT (library_id, what, queue_id, day) DO UPDATE SET"
    "   ended_before = excluded.ended_before, blocks = old.blocks + excluded.blocks)"
    " SELECT coalesce(sum(blocks), 0) FROM tally";

static bool purge_run(PGconn *database, const char *sql, const struct transcript_scope *of,
                      msec_t now, PGresult **ret_result, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement, sql);
    statement_number(&statement, of->consortium);
    statement_number(&statement, now);
    statement_number(&statement, TRANSCRIPT_PURGE_CHATS);
    statement_number(&statement, of->library);
    return statement_run(database, &statement, ret_result, reterr);
}

bool transcript_purge(PGconn *database, int64_t consortium, int64_t library, msec_t now,
                      struct transcript_purged *ret, struct error *reterr)
{
    const struct transcript_scope of = {.consortium = consortium, .library = library};
    PGresult *result;
    int indexed;

    if (!purge_run(database, purge_chats, &of, now, &result, reterr))
        return false;
    *ret = (struct transcript_purged){
        .chats = (int)result_number(result, 0, 0),
        .lines = (int)result_number(result, 0, 1),
        .followups = (int)result_number(result, 0, 2),
    };
    PQclear(result);
    if (!purge_run(database, purge_blocks, &of, now, &result, reterr))
        return false;
    ret->others = (int)result_number(result, 0, 0);
    PQclear(result);
    /* Last, so that nothing is made ready that goes at once. */
    if (!transcript_index(database, consortium, library, TRANSCRIPT_PURGE_CHATS, &indexed, reterr))
        return false;
    ret->more = ret->chats == TRANSCRIPT_PURGE_CHATS || ret->others == TRANSCRIPT_PURGE_CHATS ||
                indexed == TRANSCRIPT_PURGE_CHATS;
    return true;
}
