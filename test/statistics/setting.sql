-- Beside the library 'mobstate' of the test cluster (queue 1, operators ann 1 and bob 2): 'truman' in
-- another zone, and the backup 'chatstaff'. And a twin consortium with the same libraries.
UPDATE deskbell.consortium SET title = 'MOBIUS' WHERE consortium_id = 1;
INSERT INTO deskbell.library (consortium_id, name, timezone)
    VALUES (1, 'truman', 'America/Denver'), (1, 'chatstaff', NULL);
INSERT INTO deskbell.address VALUES
    (1, 'mobius-mobstate-health', 'queue'), (1, 'mobius-truman', 'queue'),
    (1, 'mobius-chatstaff', 'queue'), (1, 'mobius-truman-tom', 'operator'),
    (1, 'mobius-chatstaff-cat', 'operator'), (1, 'mobius-chatstaff-dan', 'operator');
INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days, rollover)
    VALUES (1, 1, 'mobius-mobstate-health', 365, false), -- 2
           (2, 1, 'mobius-truman', 365, true),           -- 3
           (3, 1, 'mobius-chatstaff', 365, false);       -- 4
UPDATE deskbell.queue SET rollover = true WHERE queue_id = 1;
INSERT INTO deskbell.operator (library_id, consortium_id, name, account)
    VALUES (2, 1, 'mobius-truman-tom', 'tom@localhost'),        -- 3
           (3, 1, 'mobius-chatstaff-cat', 'cat@localhost'),     -- 4
           (3, 1, 'mobius-chatstaff-dan', 'dan@localhost');     -- 5
UPDATE deskbell.consortium SET backup_queue_id = 4 WHERE consortium_id = 1;

INSERT INTO deskbell.consortium (name, timezone, hours_given, backup_hours_given)
    VALUES ('twin', 'America/Chicago', true, false);
INSERT INTO deskbell.library (consortium_id, name) VALUES (2, 'mobstate');  -- 4
INSERT INTO deskbell.address VALUES (2, 'twin-mobstate', 'queue'), (2, 'twin-mobstate-eve', 'operator');
INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days)
    VALUES (4, 2, 'twin-mobstate', 365);                                    -- 5
INSERT INTO deskbell.operator (library_id, consortium_id, name, account)
    VALUES (4, 2, 'twin-mobstate-eve', 'eve@localhost');                    -- 6

-- Own hours: Monday to Friday 08:00 to 17:00 by the library's clock; chatstaff has none of its own.
INSERT INTO deskbell.hours_window
    (consortium_id, owner, position, days, open_minute, close_minute)
    VALUES (1, 'consortium', 0, 31, 480, 1020);
UPDATE deskbell.library SET hours_given = true WHERE library_id = 3;
-- The backup: Monday to Friday 17:00 to 08:00, Saturday 10:00 to 22:00, by Chicago's.
UPDATE deskbell.consortium SET backup_hours_given = true WHERE consortium_id = 1;
INSERT INTO deskbell.hours_window
    (consortium_id, owner, position, days, open_minute, close_minute)
    VALUES (1, 'backup', 0, 31, 1020, 480), (1, 'backup', 1, 32, 600, 1320);
INSERT INTO deskbell.closure (consortium_id, library_id, date, name)
    VALUES (1, 1, '2026-10-28', 'Staff day');

-- Short ways to write rows as the desk writes them, in its order.
CREATE FUNCTION pg_temp.chat(my_number bigint, my_queue bigint, my_opened timestamptz,
                             my_claimed timestamptz, my_closed timestamptz, my_end text,
                             my_resolution text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id,
        queue_name, patron, patron_resource, state, ended_by, resolution, opened, claimed, closed,
        last_line)
    SELECT q.consortium_id, q.library_id, my_number, 'c', 'a', q.queue_id, q.name, 'secretpatron',
        'r', CASE WHEN my_closed IS NOT NULL THEN 'closed'
                  WHEN my_claimed IS NOT NULL THEN 'claimed' ELSE 'waiting' END,
        my_end, my_resolution, my_opened, my_claimed, my_closed, 0
    FROM deskbell.queue q WHERE q.queue_id = my_queue;
END $$;
CREATE FUNCTION pg_temp.asks(my_chat bigint, my_operator bigint, my_queue bigint, my_at timestamptz,
                             my_outcome text, my_decided timestamptz)
    RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO deskbell.offer (library_id, chat, operator_id, operator_name, queue_id, queue_name,
                                at, outcome)
        SELECT c.library_id, c.number, o.operator_id, o.name, q.queue_id, q.name, my_at, 'open'
        FROM deskbell.chat c, deskbell.operator o, deskbell.queue q
        WHERE c.consortium_id IN (1, 2) AND c.number = my_chat AND o.operator_id = my_operator
            AND q.queue_id = my_queue;
    UPDATE deskbell.offer SET outcome = my_outcome, decided = my_decided
        WHERE library_id = (SELECT c.library_id FROM deskbell.chat c
                            WHERE c.consortium_id IN (1, 2) AND c.number = my_chat)
            AND chat = my_chat AND operator_id = my_operator AND outcome = 'open';
END $$;
CREATE FUNCTION pg_temp.act(my_chat bigint, my_at timestamptz, my_act text, my_detail text)
    RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO deskbell.act (library_id, chat, at, act, detail)
        SELECT c.library_id, c.number, my_at, my_act, my_detail
        FROM deskbell.chat c WHERE c.consortium_id IN (1, 2) AND c.number = my_chat;
END $$;
CREATE FUNCTION pg_temp.says(my_chat bigint, my_at timestamptz, my_author text)
    RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO deskbell.line (library_id, chat, line, at, author, stanza_id, body)
        SELECT c.library_id, c.number, (SELECT count(*) + 1 FROM deskbell.line l
                                        WHERE l.library_id = c.library_id AND l.chat = my_chat),
               my_at, my_author, '', 'secrettext'
        FROM deskbell.chat c WHERE c.consortium_id IN (1, 2) AND c.number = my_chat;
END $$;
