#include "component/store_private.h"

const char *const statement_names[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "begin",
    [STATEMENT_BEGIN_SPAN] = "begin_span",
    [STATEMENT_CHATS] = "chats",
    [STATEMENT_MOVES] = "moves",
    [STATEMENT_LINES] = "lines",
    [STATEMENT_OFFERS_DECIDED] = "offers_decided",
    [STATEMENT_OFFERS] = "offers",
    [STATEMENT_ACTS] = "acts",
    [STATEMENT_MARKS] = "marks",
    [STATEMENT_HANDED] = "handed",
    [STATEMENT_DUTIES] = "duties",
    [STATEMENT_DUTY_LOG] = "duty_log",
    [STATEMENT_BLOCKS] = "blocks",
    [STATEMENT_FOLLOWUPS] = "followups",
    [STATEMENT_FOLLOWUPS_HANDED] = "followups_handed",
    [STATEMENT_RECALL] = "recall",
    [STATEMENT_DESK_DUTIES] = "desk_duties",
    [STATEMENT_DESK_BLOCKS] = "desk_blocks",
    [STATEMENT_DESK_FOLLOWUPS] = "desk_followups",
    [STATEMENT_RESTORE_CHATS] = "restore_chats",
    [STATEMENT_RESTORE_OFFERS] = "restore_offers",
    [STATEMENT_RESTORE_LINES] = "restore_lines",
};

/* Names are looked up here: what the settings call a queue or an operator at that moment. A chat
 * that is not there leaves its library null, which the table refuses: nothing is dropped silently.
 * The library of a known chat stays until a move: its queue may have been removed meanwhile. One
 * of the same library that came back under its name has another id, and is the chat's home then. */
const char *const statements[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "SELECT deskbell.batch_begin($1, $2, $3)",
    /* Spooled batches share a transaction, which has begun with the first one's number. The last
     * one's is what the next has to follow, and what is asked for after a lost answer; those before
     * are of no use any more. A row for each would cost more than what is in it. */
    [STATEMENT_BEGIN_SPAN] =
        "WITH older AS (DELETE FROM deskbell.batch"
        "  WHERE consortium_id = $1 AND epoch = $2 AND number < $3)"
        " INSERT INTO deskbell.batch (consortium_id, epoch, number) VALUES ($1, $2, $4)",
    [STATEMENT_CHATS] =
        "INSERT INTO deskbell.chat AS old"
        " (consortium_id, library_id, number, code, address, queue_id, queue_name,"
        "  answering_queue_id, answering_queue_name, owner_id, owner_name, patron,"
        "  patron_resource, state, ended_by, resolution, opened, waiting_since, claimed, closed,"
        "  last_line, entry_queue_id, entry_operator_id, entry_name, token_hash)"
        " SELECT $1, coalesce(known.library_id, home.library_id), u.number, u.code, u.address,"
        "  u.queue, CASE WHEN home.library_id = coalesce(known.library_id, home.library_id)"
        "   THEN home.name END, u.answering, answering.name, u.owner, owner.name, u.patron,"
        "  u.resource, u.state, u.ended_by, u.resolution, u.opened, u.waiting_since, u.claimed,"
        "  u.closed, u.last_line, u.entry_queue, u.entry_operator,"
        "  nullif(u.entry_name, ''), u.token_hash"
        " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],"
        "  $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],"
        "  $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[],"
        "  $17::integer[], $18::bigint[], $19::bigint[], $20::text[], $21::text[])"
        " AS u (number, code, address, queue, answering, owner, patron, resource, state, ended_by,"
        "  resolution, opened, waiting_since, claimed, closed, last_line, entry_queue,"
        "  entry_operator, token_hash, entry_name)"
        " LEFT JOIN deskbell.chat known ON known.consortium_id = $1 AND known.number = u.number"
        " LEFT JOIN deskbell.queue home ON home.queue_id = u.queue AND home.consortium_id = $1"
        " LEFT JOIN deskbell.queue answering ON answering.consortium_id = $1"
        "  AND answering.queue_id = u.answering"
        " LEFT JOIN deskbell.operator owner ON owner.consortium_id = $1"
        "  AND owner.operator_id = u.owner"
        " ON CONFLICT (library_id, number) DO UPDATE SET"
        "  queue_id = CASE WHEN excluded.queue_name IS NULL THEN old.queue_id"
        "   ELSE excluded.queue_id END,"
        "  queue_name = CASE WHEN excluded.queue_name IS NULL"
        "    OR excluded.queue_id = old.queue_id"
        "   THEN old.queue_name ELSE excluded.queue_name END,"
        "  answering_queue_id = excluded.answering_queue_id,"
        "  answering_queue_name = CASE WHEN excluded.answering_queue_id = old.answering_queue_id"
        "   THEN coalesce(excluded.answering_queue_name, old.answering_queue_name)"
        "   ELSE excluded.answering_queue_name END,"
        "  owner_id = excluded.owner_id,"
        "  owner_name = CASE WHEN excluded.owner_id = old.owner_id"
        "   THEN coalesce(excluded.owner_name, old.owner_name) ELSE excluded.owner_name END,"
        "  patron = excluded.patron, patron_resource = excluded.patron_resource,"
        "  state = excluded.state, ended_by = excluded.ended_by,"
        "  resolution = excluded.resolution, waiting_since = excluded.waiting_since,"
        "  claimed = excluded.claimed, closed = excluded.closed, last_line = excluded.last_line,"
        "  entry_queue_id = excluded.entry_queue_id,"
        "  entry_operator_id = excluded.entry_operator_id,"
        "  entry_name = excluded.entry_name,"
        "  token_hash = excluded.token_hash",
    [STATEMENT_MOVES] = "SELECT deskbell.chats_move($1, $2::bigint[], $3::bigint[])",
    [STATEMENT_LINES] =
        "INSERT INTO deskbell.line"
        " (library_id, chat, line, at, author, operator_id, operator_name, stanza_id, body,"
        "  replaces)"
        " SELECT c.library_id, u.chat, u.line, u.at, u.author, u.operator, o.name, u.stanza_id,"
        "  u.body, u.replaces"
        " FROM unnest($2::bigint[], $3::integer[], $4::timestamptz[], $5::text[], $6::bigint[],"
        "  $7::text[], $8::text[], $9::integer[])"
        " AS u (chat, line, at, author, operator, stanza_id, body, replaces)"
        " LEFT JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator",
    [STATEMENT_OFFERS_DECIDED] =
        "UPDATE deskbell.offer o SET outcome = u.outcome, decided = u.decided"
        " FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[],"
        "  $6::timestamptz[], $7::text[], $8::boolean[])"
        " AS u (chat, operator, queue, at, decided, outcome, is_new)"
        " JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " WHERE NOT u.is_new AND o.library_id = c.library_id AND o.chat = u.chat"
        "  AND o.operator_id = u.operator AND o.outcome = 'open'",
    /* An outcome without an open offer (an operator who was not asked took the chat) is a row of
     * its own; the others have just been written to theirs. */
    [STATEMENT_OFFERS] =
        "INSERT INTO deskbell.offer AS old"
        " (library_id, chat, operator_id, operator_name, queue_id, queue_name, at, outcome,"
        "  decided)"
        " SELECT c.library_id, u.chat, u.operator, o.name, u.queue, q.name, u.at, u.outcome,"
        "  u.decided"
        " FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[],"
        "  $6::timestamptz[], $7::text[], $8::boolean[]) WITH ORDINALITY"
        " AS u (chat, operator, queue, at, decided, outcome, is_new, place)"
        " LEFT JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator"
        " LEFT JOIN deskbell.queue q ON q.consortium_id = $1"
        "  AND q.queue_id = u.queue"
        " WHERE u.is_new OR NOT EXISTS (SELECT FROM deskbell.offer done"
        "  WHERE done.library_id = c.library_id AND done.chat = u.chat"
        "   AND done.operator_id = u.operator AND done.outcome = u.outcome"
        "   AND done.decided = u.decided)"
        " ORDER BY u.place"
        " ON CONFLICT (library_id, chat, operator_id) WHERE outcome = 'open'"
        " DO UPDATE SET queue_id = excluded.queue_id, queue_name = excluded.queue_name,"
        "  at = excluded.at, handed = false",
    [STATEMENT_ACTS] =
        "INSERT INTO deskbell.act (library_id, chat, at, act, operator_id, operator_name, detail)"
        " SELECT c.library_id, u.chat, u.at, u.act, u.operator, o.name, u.detail"
        " FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[])"
        "  WITH ORDINALITY AS u (chat, at, act, operator, detail, place)"
        " LEFT JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator"
        " ORDER BY u.place",
    [STATEMENT_MARKS] =
        "UPDATE deskbell.chat c SET patron_mark = greatest(c.patron_mark, u.patron),"
        "  operator_mark = greatest(c.operator_mark, u.operators)"
        " FROM unnest($2::bigint[], $3::integer[], $4::integer[]) AS u (chat, patron, operators)"
        " WHERE c.consortium_id = $1 AND c.number = u.chat"
        "  AND (c.patron_mark < u.patron OR c.operator_mark < u.operators)",
    [STATEMENT_HANDED] =
        "UPDATE deskbell.offer o SET handed = true"
        " FROM unnest($2::bigint[], $3::bigint[]) AS u (chat, operator)"
        " JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " WHERE o.library_id = c.library_id AND o.chat = u.chat AND o.operator_id = u.operator"
        "  AND o.outcome = 'open' AND NOT o.handed",
    /* Of an operator who was removed meanwhile nothing is kept. */
    [STATEMENT_DUTIES] =
        "INSERT INTO deskbell.duty"
        " (consortium_id, library_id, operator_id, queue_id, is_off, chats_max, until, changed)"
        " SELECT DISTINCT ON (u.operator, u.queue) $1, o.library_id, u.operator, u.queue, u.off,"
        "  nullif(u.chats, 0), u.until, u.at"
        " FROM unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::integer[],"
        "  $6::timestamptz[], $7::timestamptz[]) WITH ORDINALITY"
        "  AS u (operator, queue, off, chats, until, at, place)"
        " JOIN deskbell.operator o ON o.operator_id = u.operator AND o.consortium_id = $1"
        " ORDER BY u.operator, u.queue, u.place DESC"
        " ON CONFLICT (library_id, operator_id, queue_id) DO UPDATE SET is_off = excluded.is_off,"
        "  chats_max = excluded.chats_max, until = excluded.until, changed = excluded.changed",
    [STATEMENT_DUTY_LOG] =
        "INSERT INTO deskbell.duty_log"
        " (library_id, queue_id, queue_name, operator_id, operator_name, on_duty, at)"
        " SELECT q.library_id, u.queue, q.name, u.operator, o.name, u.on_duty, u.at"
        " FROM unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::boolean[],"
        "  $6::timestamptz[]) WITH ORDINALITY AS u (operator, queue, on_duty, first, at, place)"
        " JOIN deskbell.queue q ON q.queue_id = u.queue AND q.consortium_id = $1"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator"
        " WHERE NOT u.first OR u.on_duty <> coalesce((SELECT newest.on_duty"
        "   FROM deskbell.duty_log newest WHERE newest.library_id = q.library_id"
        "    AND newest.queue_id = u.queue AND newest.operator_id = u.operator"
        "   ORDER BY newest.number DESC LIMIT 1), false)"
        " ORDER BY u.place",
    [STATEMENT_BLOCKS] =
        "INSERT INTO deskbell.block"
        " (consortium_id, library_id, patron, until, operator_id, operator_name, chat, at)"
        " SELECT DISTINCT ON (u.library, u.patron) $1, l.library_id, u.patron, u.until,"
        "  u.operator, o.name, u.chat, u.at"
        " FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[],"
        "  $7::timestamptz[]) WITH ORDINALITY"
        "  AS u (library, patron, until, operator, chat, at, place)"
        " JOIN deskbell.library l ON l.library_id = u.library AND l.consortium_id = $1"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator"
        " ORDER BY u.library, u.patron, u.place DESC"
        " ON CONFLICT (library_id, patron) DO UPDATE SET until = excluded.until,"
        "  operator_id = excluded.operator_id, operator_name = excluded.operator_name,"
        "  chat = excluded.chat, at = excluded.at, lifted = NULL",
    /* A chat that was erased meanwhile has taken its item along. */
    [STATEMENT_FOLLOWUPS] =
        "INSERT INTO deskbell.followup AS old"
        " (consortium_id, library_id, chat, queue_id, queue_name, kind, state, body, contact,"
        "  operator_id, operator_name, at, told_to_id, told_to_name, told_at, handed, done_by_id,"
        "  done_by_name, done_at)"
        " SELECT DISTINCT ON (u.chat) $1, c.library_id, u.chat, u.queue, q.name, u.kind,"
        "  CASE WHEN u.done_at IS NULL THEN 'open' ELSE 'done' END, u.body, u.contact,"
        "  u.operator, o.name, u.at, u.told_to, told.name, u.told_at, u.handed, u.done_by,"
        "  done.name, u.done_at"
        " FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],"
        "  $7::bigint[], $8::timestamptz[], $9::bigint[], $10::timestamptz[], $11::boolean[],"
        "  $12::bigint[], $13::timestamptz[]) WITH ORDINALITY"
        "  AS u (chat, queue, kind, body, contact, operator, at, told_to, told_at, handed,"
        "   done_by, done_at, place)"
        " JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " LEFT JOIN deskbell.queue q ON q.consortium_id = $1"
        "  AND q.queue_id = u.queue"
        " LEFT JOIN deskbell.operator o ON o.consortium_id = $1"
        "  AND o.operator_id = u.operator"
        " LEFT JOIN deskbell.operator told ON told.consortium_id = $1"
        "  AND told.operator_id = u.told_to"
        " LEFT JOIN deskbell.operator done ON done.consortium_id = $1"
        "  AND done.operator_id = u.done_by"
        " ORDER BY u.chat, u.place DESC"
        " ON CONFLICT (library_id, chat) DO UPDATE SET state = excluded.state,"
        "  told_to_id = excluded.told_to_id, told_to_name = excluded.told_to_name,"
        "  told_at = excluded.told_at, handed = old.handed OR excluded.handed,"
        "  done_by_id = excluded.done_by_id, done_by_name = excluded.done_by_name,"
        "  done_at = excluded.done_at",
    [STATEMENT_FOLLOWUPS_HANDED] =
        "UPDATE deskbell.followup f SET handed = true"
        " FROM unnest($2::bigint[], $3::bigint[]) AS u (chat, operator)"
        " JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " WHERE f.library_id = c.library_id AND f.chat = u.chat AND f.told_to_id = u.operator"
        "  AND NOT f.handed",
    /* The desk's own state: a piece of each table, its number first. What has come to nothing and
     * what belongs to nobody any more is left out. */
    [STATEMENT_DESK_DUTIES] =
        "SELECT d.number, d.operator_id, d.queue_id, d.is_off, d.chats_max, d.until, d.changed"
        " FROM deskbell.duty d"
        " JOIN deskbell.operator o ON o.operator_id = d.operator_id AND o.library_id = d.library_id"
        " WHERE d.consortium_id = $1 AND d.number > $2"
        "  AND (d.is_off OR d.chats_max IS NOT NULL OR d.until IS NOT NULL)"
        " ORDER BY d.number LIMIT $3",
    [STATEMENT_DESK_BLOCKS] =
        "SELECT number, library_id, patron, until, operator_id, chat, at FROM deskbell.block"
        " WHERE consortium_id = $1 AND number > $2 AND until > now() AND lifted IS NULL"
        " ORDER BY number LIMIT $3",
    [STATEMENT_DESK_FOLLOWUPS] =
        "SELECT f.number, f.chat, c.code, f.library_id, f.queue_id, f.kind, f.body, f.contact,"
        "  f.operator_id, f.at, f.told_to_id, f.told_at, f.handed"
        " FROM deskbell.followup f"
        " JOIN deskbell.chat c ON c.library_id = f.library_id AND c.number = f.chat"
        " WHERE f.consortium_id = $1 AND f.number > $2 AND f.state = 'open'"
        " ORDER BY f.number LIMIT $3",
    [STATEMENT_RECALL] =
        "SELECT * FROM (SELECT l.line, l.at, l.author, l.operator_id, l.stanza_id, l.body,"
        "   l.replaces"
        "  FROM deskbell.line l JOIN deskbell.chat c"
        "   ON c.library_id = l.library_id AND c.number = l.chat"
        "  WHERE c.consortium_id = $1 AND c.number = $2 ORDER BY l.line DESC LIMIT $3) newest"
        " ORDER BY line",
/* Chats that are open, and of those that ended within a day the ones whose newest line has not
 * left: lines leave in order, so when the newest has, all have. */
#define CHUNK                                                                                      \
    "WITH ended AS MATERIALIZED (SELECT * FROM deskbell.chat"                                      \
    " WHERE consortium_id = $1 AND state = 'closed' AND closed > now() - interval '1 day'"         \
    "  AND number > $2 AND greatest(patron_mark, operator_mark) < last_line),"                     \
    " piece AS MATERIALIZED (SELECT * FROM ((SELECT * FROM deskbell.chat"                          \
    "  WHERE consortium_id = $1 AND state <> 'closed' AND number > $2 ORDER BY number LIMIT $3)"   \
    "  UNION ALL SELECT * FROM ended) due ORDER BY number LIMIT $3) "
    /* The chat's row is not written with every line, so the newest line is asked for. The patron's
     * last lines come as one text, between characters that XML cannot carry: rows of their own for
     * what is only compared cost half of a restore. */
    [STATEMENT_RESTORE_CHATS] =
        CHUNK "SELECT number, code, address, queue_id, answering_queue_id, owner_id, patron,"
              " patron_resource, state, ended_by, resolution, opened, waiting_since, claimed,"
              " closed, greatest(last_line, (SELECT max(l.line) FROM deskbell.line l"
              "  WHERE l.library_id = piece.library_id AND l.chat = piece.number)),"
              " patron_mark, operator_mark, entry_queue_id, entry_operator_id, token_hash,"
              " coalesce(entry_name, ''),"
              " (SELECT string_agg(i.stanza_id || E'\\x1f' || i.body, E'\\x1e' ORDER BY i.line)"
              "  FROM (SELECT l.line, l.stanza_id, l.body FROM deskbell.line l"
              "   WHERE l.library_id = piece.library_id AND l.chat = piece.number"
              "    AND l.author = 'patron' AND l.stanza_id <> ''"
              "   ORDER BY l.line DESC LIMIT $4) i)"
              " FROM piece ORDER BY number",
    /* What stands between each operator and the chat by now. Who declined it is not asked again,
     * whoever has had it since. */
    [STATEMENT_RESTORE_OFFERS] = CHUNK
    "SELECT chat, operator_id, queue_id, at, outcome, handed"
    " FROM (SELECT DISTINCT ON (o.chat, o.operator_id) o.*"
    "  FROM piece c JOIN deskbell.offer o ON o.library_id = c.library_id AND o.chat = c.number"
    "  ORDER BY o.chat, o.operator_id, o.number DESC) newest"
    " WHERE outcome IN ('open', 'declined') ORDER BY chat, number",
    [STATEMENT_RESTORE_LINES] =
        CHUNK "SELECT l.chat, l.line, l.at, l.author, l.operator_id, l.stanza_id, l.body,"
              " l.replaces"
              " FROM piece c CROSS JOIN LATERAL (SELECT * FROM deskbell.line l"
              "  WHERE l.library_id = c.library_id AND l.chat = c.number"
              "   AND l.line > CASE c.state WHEN 'waiting' THEN 0"
              "    ELSE least(c.patron_mark, c.operator_mark) END) l"
              " ORDER BY l.chat, l.line",
};
