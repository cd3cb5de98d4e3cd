-- Transcripts: found by their words, erased, and purged when their time is over.

-- Words are compared without accents and capitals: who looks for "catalogo" means "Catálogo" too. No
-- dictionary of a language is used, since a desk answers in several, and no stop words, since a
-- title can be made of them.
CREATE FUNCTION deskbell.fold(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(normalize(body, NFD), '[\u0300-\u036f]', '', 'g'))
$$;

-- The words of a chat, in parts: a tsvector has a largest size, and a chat of a day has more words.
-- What the desk says is left out, since it says the same in each.
CREATE FUNCTION deskbell.chat_parts(my_library bigint, my_chat bigint)
    RETURNS TABLE (part integer, words tsvector) LANGUAGE sql STABLE AS $$
    SELECT pieces.part,
           to_tsvector('pg_catalog.simple',
                       deskbell.fold(string_agg(pieces.body, E'\n' ORDER BY pieces.line)))
        FROM (SELECT said.line, said.body,
                     (sum(length(said.body)) OVER (ORDER BY said.line) / 30000)::integer AS part
              FROM (SELECT l.line, left(l.body, 30000) AS body FROM deskbell.line l
                    WHERE l.library_id = my_library AND l.chat = my_chat AND l.author <> 'desk'
                    UNION ALL
                    SELECT 2147483647, left(f.body, 30000) FROM deskbell.followup f
                    WHERE f.library_id = my_library AND f.chat = my_chat) said) pieces
        GROUP BY pieces.part
$$;

-- Filled from the chats that are over, before somebody searches and by the daily purge, so that the
-- desk pays nothing: an index on the lines themselves makes each cost nine times as much. Each chat
-- has a part 0, also when nothing was said. There is no index on the words either, for row-level
-- security could not use it (@@ is not leakproof, so it is asked behind the policies); what is read
-- is one library's rows of this table, some 3 KB a chat.
CREATE TABLE deskbell.chat_words (
    library_id bigint NOT NULL,
    chat bigint NOT NULL,
    part integer NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (library_id, chat, part),
    FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number)
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- Who searches by operators and tags. A tag and a claim are rare beside the lines.
CREATE INDEX act_had ON deskbell.act (library_id, operator_id, chat)
    WHERE act IN ('claimed', 'transferred');
CREATE INDEX act_tag ON deskbell.act (library_id, detail, chat) WHERE act = 'tagged';

-- When the text was erased: the row stays for the statistics, the patron's address is empty.
ALTER TABLE deskbell.chat ADD COLUMN erased timestamptz CHECK (erased IS NULL OR state = 'closed');
ALTER TABLE deskbell.line
    ADD COLUMN erased boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT line_erased_check CHECK (NOT erased OR (body = '' AND stanza_id = ''));

-- What the purge has still to look at.
CREATE INDEX chat_kept ON deskbell.chat (library_id, queue_id, closed)
    WHERE state = 'closed' AND erased IS NULL;

-- What was said stays as it was, but for whose it is, and but for erasing: the text goes as a whole,
-- with a mark that it went, of a chat that is over. Nothing else of the line changes then.
CREATE FUNCTION deskbell.line_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record := new;
BEGIN
    IF new.erased AND NOT old.erased THEN
        before.body := old.body;
        before.stanza_id := old.stanza_id;
        before.erased := false;
        IF NOT before *<> old AND new.body = '' AND new.stanza_id = ''
            AND EXISTS (SELECT FROM deskbell.chat c WHERE c.library_id = old.library_id
                        AND c.number = old.chat AND c.state = 'closed') THEN
            RETURN new;
        END IF;
    ELSE
        before.library_id := old.library_id;
        IF NOT before *<> old AND new.library_id <> old.library_id THEN
            RETURN new;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of line are only added to' USING errcode = 'restrict_violation';
END
$$;

DROP TRIGGER line_is_final ON deskbell.line;
CREATE TRIGGER line_is_final BEFORE UPDATE ON deskbell.line
    FOR EACH ROW EXECUTE FUNCTION deskbell.line_change();

-- What went because its time was over, a row a day: never text, never whose. `ended_before` is the
-- moment by which a chat of that queue had to be over. Blocks have no queue: 0.
CREATE TABLE deskbell.purge (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    what text NOT NULL CHECK (what IN ('transcripts', 'blocks')),
    queue_id bigint NOT NULL,
    queue_name text, -- as the chats have it
    day date NOT NULL, -- the library's
    ended_before timestamptz NOT NULL,
    chats integer NOT NULL DEFAULT 0,
    lines integer NOT NULL DEFAULT 0,
    followups integer NOT NULL DEFAULT 0,
    blocks integer NOT NULL DEFAULT 0,
    PRIMARY KEY (library_id, what, queue_id, day),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);

-- A moment as a library's clocks showed it, with what they were ahead of UTC:
-- "2026-03-01T10:15:00-06:00". For programs, and for an hour that comes twice.
CREATE FUNCTION deskbell.clock_text(at timestamptz, zone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_char(at AT TIME ZONE zone, 'YYYY-MM-DD"T"HH24:MI:SS')
        || CASE WHEN (at AT TIME ZONE zone) < (at AT TIME ZONE 'UTC') THEN '-' ELSE '+' END
        || to_char(greatest((at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC'),
                            (at AT TIME ZONE 'UTC') - (at AT TIME ZONE zone)), 'HH24:MI')
$$;

-- What is known of a chat without its text, for people and programs. Seconds are whole; who waited
-- in vain waited until the end. No patron's address: it is nobody's business here.
CREATE VIEW deskbell.chat_summary WITH (security_invoker = true) AS
    SELECT c.consortium_id, c.library_id, c.number, c.address,
           coalesce(q.name::text, c.queue_name, '') AS queue, coalesce(q.title, '') AS queue_title,
           l.name::text AS library, l.title AS library_title,
           coalesce(nullif(l.timezone, ''), k.timezone) AS zone, c.entry_name AS entry,
           c.answering_queue_name AS answering, c.owner_name AS operator, c.state, c.ended_by,
           c.resolution, c.opened, c.claimed, c.closed, c.erased,
           floor(extract(epoch FROM coalesce(c.claimed, c.closed) - c.opened))::bigint AS waited,
           floor(extract(epoch FROM said.answered - c.opened))::bigint AS answered_after,
           floor(extract(epoch FROM c.closed - c.claimed))::bigint AS duration,
           coalesce(did.tags, '') AS tags, did.transfers, coalesce(did.moved, '') AS moved,
           EXISTS (SELECT FROM deskbell.followup f
                   WHERE f.library_id = c.library_id AND f.chat = c.number AND f.kind = 'left')
               AS left_question,
           said.patron AS lines_patron, said.operator AS lines_operator, said.desk AS lines_desk,
           said.note AS lines_note
    FROM deskbell.chat c
    JOIN deskbell.library l ON l.library_id = c.library_id
    JOIN deskbell.consortium k ON k.consortium_id = c.consortium_id
    LEFT JOIN deskbell.queue q ON q.library_id = c.library_id AND q.queue_id = c.queue_id
    CROSS JOIN LATERAL (
        SELECT min(line.at) FILTER (WHERE line.author = 'operator') AS answered,
               count(*) FILTER (WHERE line.author = 'patron') AS patron,
               count(*) FILTER (WHERE line.author = 'operator') AS operator,
               count(*) FILTER (WHERE line.author = 'desk') AS desk,
               count(*) FILTER (WHERE line.author = 'note') AS note
        FROM deskbell.line WHERE line.library_id = c.library_id AND line.chat = c.number) said
    CROSS JOIN LATERAL (
        SELECT string_agg(DISTINCT a.detail, ', ') FILTER (WHERE a.act = 'tagged') AS tags,
               count(*) FILTER (WHERE a.act = 'transferred') AS transfers,
               -- A line each: who took it over from whom it was, or that it came back.
               string_agg(to_char(a.at AT TIME ZONE coalesce(nullif(l.timezone, ''), k.timezone),
                                  'HH24:MI:SS')
                          || CASE a.act WHEN 'transferred' THEN ' taken over by '
                                        ELSE ' came back from ' END
                          || coalesce(a.operator_name, 'somebody')
                          || CASE a.detail WHEN '' THEN '' ELSE ' (' || a.detail || ')' END,
                          E'\n' ORDER BY a.number)
                   FILTER (WHERE a.act IN ('transferred', 'returned')) AS moved
        FROM deskbell.act a WHERE a.library_id = c.library_id AND a.chat = c.number) did;

-- Who may what. The desk goes on writing lines and moving them, and no more. Of a line a library can
-- take the text; the purge is its own work in each library.
SELECT deskbell.guard('deskbell.line', 'chats', writer => 'SELECT, INSERT, UPDATE',
                      admin => 'SELECT, UPDATE, DELETE', coordinator => 'SELECT, UPDATE, DELETE',
                      owner => 'SELECT, DELETE');
REVOKE UPDATE ON deskbell.line FROM deskbell_writer, deskbell_admin, deskbell_coordinator;
GRANT UPDATE (library_id) ON deskbell.line TO deskbell_writer;
GRANT UPDATE (body, stanza_id, erased) ON deskbell.line TO deskbell_admin, deskbell_coordinator;
SELECT deskbell.guard('deskbell.block', 'chats', admin => 'SELECT, UPDATE, DELETE',
                      coordinator => 'SELECT, UPDATE');
SELECT deskbell.guard('deskbell.chat_words', 'chats', writer => '',
                      admin => 'SELECT, INSERT, DELETE', coordinator => 'SELECT, INSERT, DELETE',
                      report => '');
SELECT deskbell.guard('deskbell.purge', 'chats', writer => '', admin => 'SELECT, INSERT, UPDATE',
                      coordinator => 'SELECT');
GRANT SELECT ON deskbell.chat_summary TO deskbell_admin, deskbell_coordinator, deskbell_report;
REVOKE ALL ON FUNCTION deskbell.fold, deskbell.chat_parts, deskbell.line_change,
    deskbell.clock_text FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deskbell.fold, deskbell.chat_parts, deskbell.clock_text
    TO deskbell_admin, deskbell_coordinator, deskbell_report;
