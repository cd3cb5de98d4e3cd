#include "component/store_private.h"

const char *const statement_names[STATEMENT_COUNT] = {
    "begin",  "chats",  "lines",         "offers_decided", "offers",        "acts",        "marks",
    "handed", "recall", "restore_chats", "restore_offers", "restore_lines", "restore_ids",
};

/* Names are looked up here: what the settings call a queue or an operator at that moment. A chat
 * that is not there leaves its library null, which the table refuses: nothing is dropped silently.
 * The library of a known chat stays: its queue may have been removed meanwhile. */
const char *const statements[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "SELECT deskbell.batch_begin($1, $2, $3)",
    [STATEMENT_CHATS] =
        "INSERT INTO deskbell.chat AS old"
        " (consortium_id, library_id, number, code, address, queue_id, queue_name,"
        "  answering_queue_id, answering_queue_name, owner_id, owner_name, patron,"
        "  patron_resource, state, ended_by, resolution, opened, waiting_since, claimed, closed,"
        "  last_line, token_hash)"
        " SELECT $1, coalesce(known.library_id, home.library_id), u.number, u.code, u.address,"
        "  u.queue, home.name, u.answering, answering.name, u.owner, owner.name, u.patron,"
        "  u.resource, u.state, u.ended_by, u.resolution, u.opened, u.waiting_since, u.claimed,"
        "  u.closed, u.last_line, u.token_hash"
        " FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],"
        "  $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],"
        "  $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[],"
        "  $17::integer[], $18::text[])"
        " AS u (number, code, address, queue, answering, owner, patron, resource, state, ended_by,"
        "  resolution, opened, waiting_since, claimed, closed, last_line, token_hash)"
        " LEFT JOIN deskbell.chat known ON known.consortium_id = $1 AND known.number = u.number"
        " LEFT JOIN deskbell.queue home ON home.queue_id = u.queue AND home.consortium_id = $1"
        " LEFT JOIN deskbell.queue answering ON answering.queue_id = u.answering"
        " LEFT JOIN deskbell.operator owner ON owner.operator_id = u.owner"
        " ON CONFLICT (library_id, number) DO UPDATE SET"
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
        "  token_hash = excluded.token_hash",
    [STATEMENT_LINES] =
        "INSERT INTO deskbell.line"
        " (library_id, chat, line, at, author, operator_id, operator_name, stanza_id, body)"
        " SELECT c.library_id, u.chat, u.line, u.at, u.author, u.operator, o.name, u.stanza_id,"
        "  u.body"
        " FROM unnest($2::bigint[], $3::integer[], $4::timestamptz[], $5::text[], $6::bigint[],"
        "  $7::text[], $8::text[])"
        " AS u (chat, line, at, author, operator, stanza_id, body)"
        " LEFT JOIN deskbell.chat c ON c.consortium_id = $1 AND c.number = u.chat"
        " LEFT JOIN deskbell.operator o ON o.operator_id = u.operator",
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
        " LEFT JOIN deskbell.operator o ON o.operator_id = u.operator"
        " LEFT JOIN deskbell.queue q ON q.queue_id = u.queue"
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
        " LEFT JOIN deskbell.operator o ON o.operator_id = u.operator"
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
    [STATEMENT_RECALL] =
        "SELECT * FROM (SELECT l.line, l.at, l.author, l.operator_id, l.stanza_id, l.body"
        "  FROM deskbell.line l JOIN deskbell.chat c"
        "   ON c.library_id = l.library_id AND c.number = l.chat"
        "  WHERE c.consortium_id = $1 AND c.number = $2 ORDER BY l.line DESC LIMIT $3) newest"
        " ORDER BY line",
#define CHUNK                                                                                      \
    "WITH piece AS MATERIALIZED (SELECT * FROM deskbell.chat"                                      \
    " WHERE consortium_id = $1 AND state <> 'closed' AND number > $2 ORDER BY number LIMIT $3) "
    /* The chat's row is not written with every line, so the newest line is asked for. */
    [STATEMENT_RESTORE_CHATS] =
        CHUNK "SELECT number, code, address, queue_id, answering_queue_id, owner_id, patron,"
              " patron_resource, state, ended_by, resolution, opened, waiting_since, claimed,"
              " closed, greatest(last_line, (SELECT max(l.line) FROM deskbell.line l"
              "  WHERE l.library_id = piece.library_id AND l.chat = piece.number)),"
              " patron_mark, operator_mark, token_hash FROM piece ORDER BY number",
    /* An offer that was declined before somebody claimed the chat is history: now that the chat
     * came back, that operator is asked again. */
    [STATEMENT_RESTORE_OFFERS] = CHUNK
    "SELECT o.chat, o.operator_id, o.queue_id, o.at, o.outcome, o.handed"
    " FROM piece c JOIN deskbell.offer o ON o.library_id = c.library_id AND o.chat = c.number"
    " WHERE c.state = 'waiting' AND o.outcome IN ('open', 'declined')"
    "  AND NOT EXISTS (SELECT FROM deskbell.offer claim WHERE claim.library_id = c.library_id"
    "   AND claim.chat = c.number AND claim.outcome = 'claimed'"
    "   AND claim.decided >= o.decided)"
    " ORDER BY o.chat, o.number",
    [STATEMENT_RESTORE_LINES] =
        CHUNK "SELECT l.chat, l.line, l.at, l.author, l.operator_id, l.stanza_id, l.body"
              " FROM piece c CROSS JOIN LATERAL (SELECT * FROM deskbell.line l"
              "  WHERE l.library_id = c.library_id AND l.chat = c.number"
              "   AND l.line > CASE c.state WHEN 'waiting' THEN 0"
              "    ELSE least(c.patron_mark, c.operator_mark) END) l"
              " ORDER BY l.chat, l.line",
    [STATEMENT_RESTORE_IDS] =
        CHUNK "SELECT i.chat, i.stanza_id, i.body"
              " FROM piece c CROSS JOIN LATERAL (SELECT l.chat, l.line, l.stanza_id, l.body"
              "  FROM deskbell.line l"
              "  WHERE l.library_id = c.library_id AND l.chat = c.number"
              "   AND l.author = 'patron' AND l.stanza_id <> '' ORDER BY l.line DESC LIMIT $4) i"
              " ORDER BY i.chat, i.line",
};
