-- What statistics are counted from, beyond the rows of the chats themselves.

-- Reports ask for the chats that a library's patrons opened between two days.
CREATE INDEX chat_opened ON deskbell.chat (library_id, opened);

-- And who was on duty at the first of them.
CREATE INDEX duty_log_at ON deskbell.duty_log (library_id, queue_id, operator_id, at);

-- Who had a chat, from when to when: from a claim to the next one, to the chat's coming back from
-- its owner, or to its end. The chat's own row knows only who has it now, and belongs to the library
-- that was asked; a library that answers for others has to count its work without seeing theirs. So
-- there is one row for each library that has a part in it: the one that was asked, the one whose
-- queue it was answered through, and the operator's. There is nothing here of what was said.
--
-- Written by the triggers below out of rows that are written anyway, twice in the life of most
-- chats. Erasing a chat erases all about it, here too.
CREATE TABLE deskbell.answering (
    library_id bigint NOT NULL, -- who may count it
    consortium_id bigint NOT NULL,
    chat bigint NOT NULL,
    offer bigint NOT NULL, -- deskbell.offer's number of the claim
    asking_library_id bigint NOT NULL, -- follows a move, as the chat does
    answering_library_id bigint NOT NULL, -- of the queue through which it was offered
    operator_id bigint, -- only where library_id is the operator's own library
    operator_name text,
    opened timestamptz NOT NULL, -- the chat
    began timestamptz NOT NULL,
    ended timestamptz, -- NULL: has it still
    is_first boolean NOT NULL, -- the patron had waited until then
    practice boolean NOT NULL DEFAULT false,
    PRIMARY KEY (library_id, chat, offer),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (consortium_id, chat)
        REFERENCES deskbell.chat (consortium_id, number) ON DELETE CASCADE
);

CREATE INDEX answering_chat ON deskbell.answering (consortium_id, chat);
CREATE INDEX answering_opened ON deskbell.answering (library_id, opened);

-- A claim. Claims of one batch may come in any order, so each looks at both of its neighbours.
CREATE FUNCTION deskbell.answering_begin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    my_chat deskbell.chat%ROWTYPE;
BEGIN
    SELECT * INTO my_chat FROM deskbell.chat c
        WHERE c.library_id = new.library_id AND c.number = new.chat;
    UPDATE deskbell.answering a SET ended = new.decided
        WHERE a.consortium_id = my_chat.consortium_id AND a.chat = new.chat
            AND a.began <= new.decided AND (a.ended IS NULL OR a.ended > new.decided);
    INSERT INTO deskbell.answering
        (library_id, consortium_id, chat, offer, asking_library_id, answering_library_id,
         operator_id, operator_name, opened, began, ended, is_first)
        SELECT DISTINCT u.library_id, my_chat.consortium_id, new.chat, new.number,
               my_chat.library_id, coalesce(q.library_id, my_chat.library_id),
               CASE WHEN u.library_id = o.library_id THEN new.operator_id END,
               CASE WHEN u.library_id = o.library_id THEN new.operator_name END,
               my_chat.opened, new.decided,
               (SELECT min(later.began) FROM deskbell.answering later
                WHERE later.consortium_id = my_chat.consortium_id AND later.chat = new.chat
                    AND later.began > new.decided),
               my_chat.claimed = new.decided
        FROM (SELECT) one
        LEFT JOIN deskbell.queue q
            ON q.consortium_id = my_chat.consortium_id AND q.queue_id = new.queue_id
        LEFT JOIN deskbell.operator o
            ON o.consortium_id = my_chat.consortium_id AND o.operator_id = new.operator_id
        CROSS JOIN LATERAL unnest(ARRAY[my_chat.library_id, q.library_id, o.library_id])
            AS u (library_id)
        WHERE u.library_id IS NOT NULL AND my_chat.claimed IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER offer_inserted AFTER INSERT ON deskbell.offer
    FOR EACH ROW WHEN (new.outcome = 'claimed') EXECUTE FUNCTION deskbell.answering_begin();
CREATE TRIGGER offer_claimed AFTER UPDATE OF outcome ON deskbell.offer
    FOR EACH ROW WHEN (new.outcome = 'claimed' AND old.outcome <> 'claimed')
    EXECUTE FUNCTION deskbell.answering_begin();

-- The chat came back or is over. A batch writes its acts after its claims, also after one that came
-- later: what such a claim has ended too late is put right.
CREATE FUNCTION deskbell.answering_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE deskbell.answering a
        SET ended = CASE WHEN a.began <= new.at THEN least(a.ended, new.at) ELSE a.ended END,
            practice = c.resolution IS NOT DISTINCT FROM 'practice'
        FROM deskbell.chat c
        WHERE c.library_id = new.library_id AND c.number = new.chat
            AND a.consortium_id = c.consortium_id AND a.chat = c.number
            AND (a.ended IS NULL OR a.ended > new.at OR c.resolution = 'practice');
    RETURN NULL;
END
$$;

CREATE TRIGGER act_ends_answering AFTER INSERT ON deskbell.act
    FOR EACH ROW WHEN (new.act IN ('returned', 'closed'))
    EXECUTE FUNCTION deskbell.answering_end();

-- A chat that moves was the other library's to answer from the beginning: it counts all of it, and
-- the library that it came from keeps only what it did itself.
CREATE FUNCTION deskbell.answering_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE deskbell.answering a SET asking_library_id = new.library_id
        WHERE a.consortium_id = new.consortium_id AND a.chat = new.number;
    INSERT INTO deskbell.answering
        (library_id, consortium_id, chat, offer, asking_library_id, answering_library_id, opened,
         began, ended, is_first, practice)
        SELECT DISTINCT new.library_id, a.consortium_id, a.chat, a.offer, a.asking_library_id,
               a.answering_library_id, a.opened, a.began, a.ended, a.is_first, a.practice
        FROM deskbell.answering a
        WHERE a.consortium_id = new.consortium_id AND a.chat = new.number
        ON CONFLICT DO NOTHING;
    DELETE FROM deskbell.answering a
        WHERE a.consortium_id = new.consortium_id AND a.chat = new.number
            AND a.library_id = old.library_id AND a.answering_library_id <> old.library_id
            AND a.operator_id IS NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER chat_moves_answering AFTER UPDATE OF library_id ON deskbell.chat
    FOR EACH ROW WHEN (new.library_id <> old.library_id)
    EXECUTE FUNCTION deskbell.answering_move();

-- The chats there were before this file. Row-level security is off for its owner meanwhile.
ALTER TABLE deskbell.chat NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.offer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.act NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.queue NO FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.operator NO FORCE ROW LEVEL SECURITY;
INSERT INTO deskbell.answering
    (library_id, consortium_id, chat, offer, asking_library_id, answering_library_id, operator_id,
     operator_name, opened, began, ended, is_first, practice)
    SELECT DISTINCT u.library_id, c.consortium_id, c.number, f.number, c.library_id,
           coalesce(q.library_id, c.library_id),
           CASE WHEN u.library_id = o.library_id THEN f.operator_id END,
           CASE WHEN u.library_id = o.library_id THEN f.operator_name END,
           c.opened, f.decided, least(f.next, c.closed, ended.at), c.claimed = f.decided,
           c.resolution IS NOT DISTINCT FROM 'practice'
    FROM (SELECT claimed.*, lead(decided) OVER (PARTITION BY library_id, chat
                                                ORDER BY decided, number) AS next
          FROM deskbell.offer claimed WHERE outcome = 'claimed') f
    JOIN deskbell.chat c ON c.library_id = f.library_id AND c.number = f.chat
    LEFT JOIN deskbell.queue q
        ON q.consortium_id = c.consortium_id AND q.queue_id = f.queue_id
    LEFT JOIN deskbell.operator o
        ON o.consortium_id = c.consortium_id AND o.operator_id = f.operator_id
    LEFT JOIN LATERAL (SELECT min(a.at) AS at FROM deskbell.act a
                       WHERE a.library_id = f.library_id AND a.chat = f.chat
                           AND a.act = 'returned' AND a.at >= f.decided) ended ON true
    CROSS JOIN LATERAL unnest(ARRAY[c.library_id, q.library_id, o.library_id]) AS u (library_id)
    WHERE u.library_id IS NOT NULL AND c.claimed IS NOT NULL;
ALTER TABLE deskbell.chat FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.offer FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.act FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.queue FORCE ROW LEVEL SECURITY;
ALTER TABLE deskbell.operator FORCE ROW LEVEL SECURITY;

-- Written by the triggers above, as whoever writes the chat.
SELECT deskbell.guard('deskbell.answering', 'chats', writer => 'SELECT, INSERT, UPDATE, DELETE',
                      admin => 'SELECT', coordinator => 'SELECT');

-- When somebody was first answered is read from the lines, never their text.
REVOKE SELECT ON deskbell.line FROM deskbell_report;
GRANT SELECT (library_id, chat, line, at, author) ON deskbell.line TO deskbell_report;
