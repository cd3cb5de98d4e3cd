-- Some thousand chats at random, the same every time, around both changes of the clocks in 2026 (8
-- March and 1 November), with all that can happen to a chat; and duty to hold against the hours.
SELECT setseed(0.5);
DO $$
DECLARE
    opening timestamptz; claim timestamptz; later timestamptz; over timestamptz;
    home bigint; via bigint; who bigint; r double precision; how text; resolved text;
    queues bigint[] := '{1,1,1,2,3,3,4}';
    -- via which queue whom: also an operator for another library's queue
    vias bigint[] := '{1,1,2,3,4,4,1}'; whos bigint[] := '{1,2,2,3,4,5,3}'; pick integer;
BEGIN
    FOR my_number IN 100..3099 LOOP
        -- The twin has every tenth.
        opening := CASE WHEN random() < 0.5 THEN timestamptz '2026-03-06 06:00Z'
                        ELSE timestamptz '2026-10-30 06:00Z' END
                   + make_interval(secs => floor(random() * 4 * 86400 * 1000) / 1000);
        home := CASE WHEN my_number % 10 = 0 THEN 5 ELSE queues[1 + floor(random() * 7)::integer] END;
        r := random();
        IF r < 0.30 THEN -- nobody took it
            how := (ARRAY['patron', 'patron', 'left', 'idle', 'refused'])[1 + floor(random() * 5)::integer];
            over := CASE WHEN random() < 0.1 THEN NULL
                         ELSE opening + make_interval(secs => floor(random() * 400000) / 1000) END;
            PERFORM pg_temp.chat(my_number, home, opening, NULL, over,
                                 CASE WHEN over IS NULL THEN NULL ELSE how END, NULL);
            IF random() < 0.6 THEN
                pick := 1 + floor(random() * 7)::integer;
                PERFORM pg_temp.asks(my_number, whos[pick], vias[pick], opening,
                                     CASE WHEN over IS NULL THEN 'open' ELSE 'withdrawn' END, over);
            END IF;
            IF how = 'left' AND over IS NOT NULL THEN
                INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind, state,
                                               body, contact, at, handed, done_at)
                    SELECT c.consortium_id, c.library_id, c.number, c.queue_id, 'left',
                           CASE WHEN my_number % 2 = 0 THEN 'done' ELSE 'open' END, 'b', '', over, false,
                           CASE WHEN my_number % 2 = 0
                                THEN over + make_interval(secs => floor(random() * 9000)) END
                    FROM deskbell.chat c WHERE c.consortium_id IN (1, 2) AND c.number = my_number;
            END IF;
            CONTINUE;
        END IF;
        claim := opening + make_interval(secs => floor(random() * random() * 300000) / 1000);
        PERFORM pg_temp.chat(my_number, home, opening, claim, NULL, NULL, NULL);
        pick := 1 + floor(random() * 7)::integer;
        IF my_number % 10 = 0 THEN
            via := 5; who := 6;
        ELSE
            via := vias[pick]; who := whos[pick];
        END IF;
        PERFORM pg_temp.asks(my_number, who, via, opening, 'claimed', claim);
        PERFORM pg_temp.says(my_number, opening, 'patron');
        IF random() < 0.8 THEN
            PERFORM pg_temp.says(my_number, claim + make_interval(secs => floor(random() * 9)), 'note'),
                    pg_temp.says(my_number, claim + make_interval(secs => floor(random() * 90)),
                                 'operator'),
                    pg_temp.says(my_number, claim + interval '2 minutes', 'operator');
        END IF;
        later := claim + make_interval(secs => floor(random() * 600000) / 1000);
        r := random();
        pick := 1 + floor(random() * 7)::integer;
        IF my_number % 10 = 0 THEN
            NULL;
        ELSIF r < 0.15 THEN -- came back, and was taken again
            PERFORM pg_temp.act(my_number, later, 'returned', 'lost');
            later := later + make_interval(secs => floor(random() * 60000) / 1000);
            PERFORM pg_temp.asks(my_number, whos[pick], vias[pick], later, 'claimed', later);
        ELSIF r < 0.25 THEN -- offered in vain
            PERFORM pg_temp.act(my_number, later, 'transfer offered', 'own mobius-mobstate-bob'),
                    pg_temp.act(my_number, later, 'transfer ended', 'nobody');
        ELSIF r < 0.40 THEN
            PERFORM pg_temp.act(my_number, later, 'transfer offered', 'help mobius-truman'),
                    pg_temp.act(my_number, later, 'transferred', 'help mobius-truman'),
                    pg_temp.asks(my_number, whos[pick], vias[pick], later, 'claimed', later);
        ELSIF r < 0.50 THEN
            PERFORM pg_temp.act(my_number, later, 'transfer offered', 'move mobius-truman'),
                    pg_temp.act(my_number, later, 'transferred', 'move mobius-truman from x'),
                    deskbell.chats_move(1, ARRAY[my_number], ARRAY[3::bigint]),
                    pg_temp.asks(my_number, 3, 3, later, 'claimed', later);
        END IF;
        IF random() < 0.3 THEN
            PERFORM pg_temp.act(my_number, later, 'tagged', (ARRAY['print', 'loan', 'Loan', 'é'])
                                                            [1 + floor(random() * 4)::integer]);
        END IF;
        IF random() < 0.05 THEN
            CONTINUE; -- still runs
        END IF;
        over := later + make_interval(secs => floor(random() * 1200000) / 1000);
        resolved := (ARRAY['answered', 'answered', 'followup', 'lost', 'practice', NULL, NULL])
                    [1 + floor(random() * 7)::integer];
        UPDATE deskbell.chat SET state = 'closed', closed = over, ended_by = 'operator',
            resolution = resolved WHERE consortium_id IN (1, 2) AND number = my_number;
        PERFORM pg_temp.act(my_number, over, 'closed', 'operator');
    END LOOP;
    -- People come and go: each turns over every few hours, from before the first day on.
    FOR pick IN 1..7 LOOP
        opening := timestamptz '2026-03-01 00:00Z';
        FOR i IN 1..300 LOOP
            INSERT INTO deskbell.duty_log (library_id, queue_id, operator_id, on_duty, at)
                SELECT q.library_id, q.queue_id, whos[pick], i % 2 = 1, opening
                FROM deskbell.queue q WHERE q.queue_id = vias[pick];
            opening := opening + make_interval(secs => floor(random() * random() * 9e8) / 1000);
        END LOOP;
    END LOOP;
END
$$;
