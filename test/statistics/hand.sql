-- Ten chats and some duty, small enough to count by hand. Times are Chicago's of 2026 (UTC-5 until
-- 1 November 02:00, when clocks go back to 01:00, then UTC-6).
SET timezone = 'America/Chicago';

-- 1: mobstate, Fri 30 Oct 10:00:00. Ann after 30 s, line 10 s later, over after 10 min. Answered.
SELECT pg_temp.chat(1, 1, '2026-10-30 10:00', '2026-10-30 10:00:30', '2026-10-30 10:10:30',
                    'operator', 'answered');
SELECT pg_temp.asks(1, 1, 1, '2026-10-30 10:00', 'claimed', '2026-10-30 10:00:30');
SELECT pg_temp.says(1, '2026-10-30 10:00', 'patron'),
       pg_temp.says(1, '2026-10-30 10:00:40', 'operator'),
       pg_temp.says(1, '2026-10-30 10:01', 'operator');
SELECT pg_temp.act(1, '2026-10-30 10:02', 'tagged', 'printing'),
       pg_temp.act(1, '2026-10-30 10:03', 'tagged', 'printing'),
       pg_temp.act(1, '2026-10-30 10:10:30', 'closed', 'operator');

-- 2: mobstate, Fri 30 Oct 23:59:50, spans midnight. The backup's Cat after 20 s, 5 min. No text kept.
SELECT pg_temp.chat(2, 1, '2026-10-30 23:59:50', '2026-10-31 00:00:10', '2026-10-31 00:05:10',
                    'patron', NULL);
SELECT pg_temp.asks(2, 4, 4, '2026-10-30 23:59:50', 'claimed', '2026-10-31 00:00:10');
SELECT pg_temp.act(2, '2026-10-31 00:05:10', 'closed', 'patron');

-- 3: mobstate's second queue, Sun 1 Nov 01:30 CDT, first pass. Nobody was there, patron left.
SELECT pg_temp.chat(3, 2, '2026-11-01 01:30-05', NULL, '2026-11-01 01:32-05', 'patron', NULL);
-- 4: the same queue, 01:30 CST, second pass. Bob was asked, the patron gave up after 45 s.
SELECT pg_temp.chat(4, 2, '2026-11-01 01:30-06', NULL, '2026-11-01 01:30:45-06', 'patron', NULL);
SELECT pg_temp.asks(4, 2, 2, '2026-11-01 01:30-06', 'withdrawn', '2026-11-01 01:30:45-06');

-- 5: mobstate, Mon 2 Nov 09:00. Ann after 90 s; helped by Tom of truman from 09:05 on; over at 09:15.
SELECT pg_temp.chat(5, 1, '2026-11-02 09:00', '2026-11-02 09:01:30', '2026-11-02 09:15',
                    'operator', 'followup');
SELECT pg_temp.asks(5, 1, 1, '2026-11-02 09:00', 'claimed', '2026-11-02 09:01:30');
SELECT pg_temp.act(5, '2026-11-02 09:04', 'transfer offered', 'help mobius-truman'),
       pg_temp.act(5, '2026-11-02 09:04:30', 'transfer ended', 'taken back'),
       pg_temp.act(5, '2026-11-02 09:04:40', 'transfer offered', 'help mobius-truman-tom');
SELECT pg_temp.asks(5, 3, 3, '2026-11-02 09:04:40', 'claimed', '2026-11-02 09:05');
SELECT pg_temp.act(5, '2026-11-02 09:05', 'transferred', 'help mobius-truman-tom'),
       pg_temp.act(5, '2026-11-02 09:06', 'tagged', '=printing'),
       pg_temp.act(5, '2026-11-02 09:06', 'transferred', 'new name'),
       pg_temp.act(5, '2026-11-02 09:15', 'closed', 'operator');
INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind, state, body,
                               contact, at, handed)
    VALUES (1, 1, 5, 1, 'followup', 'open', 'secrettext', 'secretpatron', '2026-11-02 09:15', false);

-- 6: asked mobstate, Mon 2 Nov 10:00; Ann after 10 s; moved to truman, Tom has it from 10:05 to 10:20.
SELECT pg_temp.chat(6, 1, '2026-11-02 10:00', '2026-11-02 10:00:10', NULL, NULL, NULL);
SELECT pg_temp.asks(6, 1, 1, '2026-11-02 10:00', 'claimed', '2026-11-02 10:00:10');
SELECT pg_temp.act(6, '2026-11-02 10:04', 'transfer offered', 'move mobius-truman'),
       pg_temp.act(6, '2026-11-02 10:05', 'transferred', 'move mobius-truman from mobius-mobstate');
SELECT deskbell.chats_move(1, '{6}', '{3}');
SELECT pg_temp.asks(6, 3, 3, '2026-11-02 10:04', 'claimed', '2026-11-02 10:05');
UPDATE deskbell.chat SET state = 'closed', closed = '2026-11-02 10:20', ended_by = 'operator',
    resolution = 'answered' WHERE number = 6;
SELECT pg_temp.act(6, '2026-11-02 10:20', 'closed', 'operator');

-- 7: mobstate, Mon 2 Nov 11:00. Bob after 5 s; lost at 11:02; Ann from 11:03 on; still runs.
SELECT pg_temp.chat(7, 1, '2026-11-02 11:00', '2026-11-02 11:00:05', NULL, NULL, NULL);
SELECT pg_temp.asks(7, 2, 1, '2026-11-02 11:00', 'claimed', '2026-11-02 11:00:05');
SELECT pg_temp.act(7, '2026-11-02 11:02', 'returned', 'lost');
SELECT pg_temp.asks(7, 1, 1, '2026-11-02 11:02', 'claimed', '2026-11-02 11:03');

-- 8: mobstate, Mon 2 Nov 11:30: waits. 9: left the question at 12:02, answered 1 h later. 10: practice.
SELECT pg_temp.chat(8, 1, '2026-11-02 11:30', NULL, NULL, NULL, NULL);
SELECT pg_temp.chat(9, 1, '2026-11-02 12:00', NULL, '2026-11-02 12:02', 'left', NULL);
SELECT pg_temp.asks(9, 1, 1, '2026-11-02 12:00', 'declined', '2026-11-02 12:00:30');
INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind, state, body,
                               contact, at, handed, done_at)
    VALUES (1, 1, 9, 1, 'left', 'done', 'secrettext', 'secretpatron', '2026-11-02 12:02', false,
            '2026-11-02 13:02');
SELECT pg_temp.chat(10, 1, '2026-11-02 13:00', '2026-11-02 13:00:01', '2026-11-02 13:10', 'operator',
                    'practice');
SELECT pg_temp.asks(10, 1, 1, '2026-11-02 13:00', 'claimed', '2026-11-02 13:00:01');
SELECT pg_temp.act(10, '2026-11-02 13:01', 'tagged', 'training'),
       pg_temp.act(10, '2026-11-02 13:10', 'closed', 'operator');

-- The twin's: one of each at the same time.
SELECT pg_temp.chat(11, 5, '2026-11-02 09:00', '2026-11-02 09:00:01', '2026-11-02 10:00', 'operator',
                    'lost');
SELECT pg_temp.asks(11, 6, 5, '2026-11-02 09:00', 'claimed', '2026-11-02 09:00:01');
SELECT pg_temp.act(11, '2026-11-02 09:30', 'tagged', 'twins'),
       pg_temp.act(11, '2026-11-02 10:00', 'closed', 'operator');

-- Duty for mobstate's first queue. Ann since Thursday (!) until Fri 30 Oct 12:00, Bob 11:00 to 13:00,
-- Ann again Mon 2 Nov 16:00 to 18:00. For the backup: Cat Fri 30 Oct 16:00 to Sat 31 Oct 09:00.
INSERT INTO deskbell.duty_log (library_id, queue_id, operator_id, on_duty, at) VALUES
    (1, 1, 1, true, '2026-10-29 20:00'),
    (1, 1, 1, false, '2026-10-30 12:00'),
    (1, 1, 2, true, '2026-10-30 11:00'),
    (1, 1, 2, false, '2026-10-30 13:00'),
    (1, 1, 1, true, '2026-11-02 16:00'),
    (1, 1, 1, false, '2026-11-02 18:00'),
    (3, 4, 4, true, '2026-10-30 16:00'),
    (3, 4, 4, false, '2026-10-31 09:00'),
    (4, 5, 6, true, '2026-10-30 08:00');
