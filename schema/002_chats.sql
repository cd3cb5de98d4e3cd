-- Chats: what was said, who was asked, what was done, and who may write it.
--
-- Written by one process a consortium (component/store.c), read by people with psql and by the
-- reports. Words are spelled out as text with a check instead of enumeration types: they read the
-- same, and a later schema file can change a check inside its transaction.
--
-- Queues and operators are named by id *and* by the name they had then, without foreign keys.
-- A transcript says who was there, so it must outlive the removal of an operator or a queue; a
-- foreign key would either forbid the removal or forget who it was. It would also make a batch of
-- the running desk wait for, or be refused by, an import that removes what the desk still knows.
-- Ids are never given twice, so one without a row says "removed since". The library is another
-- matter: it owns the chats, so it cannot be removed from under them.

-- One row a chat, as it is now. The tenant is the library of the home queue, resolved from the
-- queue when the chat is first written, and never changed afterwards, whoever answers.
CREATE TABLE deskbell.chat (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    -- Ascending within the consortium; given by the desk, never twice (see numbering).
    number bigint NOT NULL CHECK (number > 0),
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 8),
    address text NOT NULL,
    queue_id bigint NOT NULL,
    queue_name text,
    answering_queue_id bigint,
    answering_queue_name text,
    owner_id bigint,
    owner_name text,
    patron text NOT NULL,
    patron_resource text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed')),
    ended_by text CHECK (ended_by IN ('operator', 'patron', 'idle', 'refused', 'removed')),
    resolution text CHECK (resolution IN ('answered', 'followup', 'lost', 'practice')),
    opened timestamptz NOT NULL,
    waiting_since timestamptz,
    claimed timestamptz,
    closed timestamptz,
    -- When this row was written last; the lines themselves may be further.
    last_line integer NOT NULL CHECK (last_line >= 0),
    -- The newest line that was handed to the socket, for each side: after a restart what lies
    -- above is sent again. They only grow.
    patron_mark integer NOT NULL DEFAULT 0,
    operator_mark integer NOT NULL DEFAULT 0,
    PRIMARY KEY (library_id, number),
    UNIQUE (consortium_id, number),
    -- No action on delete: whoever removes a library decides about its transcripts first.
    FOREIGN KEY (library_id, consortium_id) REFERENCES deskbell.library (library_id, consortium_id)
)
-- Marks change with nearly every line. Free room on the page keeps that off the indexes.
WITH (fillfactor = 70);

-- What a new process reads: few rows, however many chats there were.
CREATE INDEX chat_alive ON deskbell.chat (consortium_id, number) WHERE state <> 'closed';

CREATE TABLE deskbell.line (
    library_id bigint NOT NULL,
    chat bigint NOT NULL,
    line integer NOT NULL CHECK (line > 0),
    at timestamptz NOT NULL,
    author text NOT NULL CHECK (author IN ('patron', 'operator', 'desk', 'note')),
    operator_id bigint,
    operator_name text,
    stanza_id text NOT NULL, -- the sender's; empty when there was none
    body text NOT NULL,
    PRIMARY KEY (library_id, chat, line)
    -- No foreign key to the chat, which would cost as much as all the rest of a line. The desk's
    -- statement takes the library from the chat's row, so that without a chat there is no line, and
    -- chat_erased() below takes the lines away with their chat.
);

-- Whom the desk asked, and what came of it. The same operator can be asked again after the chat
-- came back from its owner, so the pair is no key; but only one of its offers is open.
CREATE TABLE deskbell.offer (
    library_id bigint NOT NULL,
    chat bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    operator_id bigint NOT NULL,
    operator_name text,
    queue_id bigint, -- the tier's queue through which the operator was asked
    queue_name text,
    at timestamptz NOT NULL,
    outcome text NOT NULL
        CHECK (outcome IN ('open', 'claimed', 'lost', 'declined', 'withdrawn')),
    decided timestamptz,
    handed boolean NOT NULL DEFAULT false, -- the offer's text has left
    PRIMARY KEY (library_id, chat, number),
    -- Erasing a chat erases all about it.
    FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number) ON DELETE CASCADE
);

CREATE UNIQUE INDEX offer_open ON deskbell.offer (library_id, chat, operator_id)
    WHERE outcome = 'open';

-- What somebody did to a chat: audit and statistics.
CREATE TABLE deskbell.act (
    library_id bigint NOT NULL,
    chat bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    act text NOT NULL CHECK (act IN ('opened', 'asked', 'claimed', 'returned', 'transfer offered',
                                     'transfer ended', 'transferred', 'tagged', 'patron gone',
                                     'patron back', 'closed')),
    operator_id bigint, -- who did it, or to whom it happened
    operator_name text,
    detail text NOT NULL, -- never chat text
    PRIMARY KEY (library_id, chat, number),
    FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number) ON DELETE CASCADE
);

-- What was said and done stays as it was. Erasing is another matter: the law can demand it.
CREATE FUNCTION deskbell.refuse_update() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added to', tg_table_name
        USING errcode = 'restrict_violation';
END
$$;

CREATE TRIGGER line_is_final BEFORE UPDATE ON deskbell.line
    FOR EACH STATEMENT EXECUTE FUNCTION deskbell.refuse_update();
CREATE TRIGGER act_is_final BEFORE UPDATE ON deskbell.act
    FOR EACH STATEMENT EXECUTE FUNCTION deskbell.refuse_update();

-- Who serves the consortium. The epoch grows with every process that takes over; a batch of an
-- older one is refused.
CREATE TABLE deskbell.lease (
    consortium_id bigint PRIMARY KEY REFERENCES deskbell.consortium ON DELETE CASCADE,
    epoch bigint NOT NULL,
    holder text NOT NULL, -- for people
    taken timestamptz NOT NULL,
    renewed timestamptz NOT NULL
);

-- Each committed batch, so that a commit whose outcome is unknown can be looked up. Numbers have
-- no gap within an epoch: what is at most the highest is committed.
CREATE TABLE deskbell.batch (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    epoch bigint NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consortium_id, epoch, number)
);

-- Chat IDs are chat numbers scattered by the key; neither may ever repeat or be guessed.
CREATE TABLE deskbell.numbering (
    consortium_id bigint PRIMARY KEY REFERENCES deskbell.consortium ON DELETE CASCADE,
    code_key bigint NOT NULL,
    last_erased bigint NOT NULL DEFAULT 0 -- the highest chat number that was deleted
);

-- What was said goes with its chat, and the number of an erased chat is not given again: its ID may
-- still be in somebody's client. A batch under way may be writing lines of a chat that is not
-- closed: taking the lease waits for it, and a later one does not find the chat.
CREATE FUNCTION deskbell.chat_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM erased WHERE state <> 'closed') THEN
        PERFORM FROM deskbell.lease
            WHERE consortium_id IN (SELECT e.consortium_id FROM erased e) FOR UPDATE;
    END IF;
    DELETE FROM deskbell.line l USING erased e
        WHERE l.library_id = e.library_id AND l.chat = e.number;
    UPDATE deskbell.numbering n
        SET last_erased = greatest(n.last_erased, gone.number)
        FROM (SELECT consortium_id, max(number) AS number FROM erased GROUP BY consortium_id) gone
        WHERE n.consortium_id = gone.consortium_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER chat_erased AFTER DELETE ON deskbell.chat
    REFERENCING OLD TABLE AS erased
    FOR EACH STATEMENT EXECUTE FUNCTION deskbell.chat_erased();

-- The next epoch, for a process that holds the consortium's advisory lock; the consortium's key is
-- made at the first time, from the server's strong random source (a UUID's first four bytes are
-- all random). Of older epochs only the highest number is of use any more.
CREATE FUNCTION deskbell.epoch_take(my_consortium bigint, my_holder text)
    RETURNS TABLE (my_epoch bigint, my_code_key bigint, my_first_number bigint)
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deskbell.lease AS held (consortium_id, epoch, holder, taken, renewed)
        VALUES (my_consortium, 1, my_holder, clock_timestamp(), clock_timestamp())
        ON CONFLICT (consortium_id) DO UPDATE
            SET epoch = held.epoch + 1, holder = excluded.holder,
                taken = excluded.taken, renewed = excluded.renewed
        RETURNING epoch INTO my_epoch;
    INSERT INTO deskbell.numbering (consortium_id, code_key)
        VALUES (my_consortium,
                ('x' || encode(substr(uuid_send(gen_random_uuid()), 1, 4)
                               || substr(uuid_send(gen_random_uuid()), 1, 4), 'hex')
                )::bit(64)::bigint)
        ON CONFLICT (consortium_id) DO NOTHING;
    DELETE FROM deskbell.batch b
        WHERE b.consortium_id = my_consortium AND b.epoch < my_epoch
            AND EXISTS (SELECT FROM deskbell.batch newer
                        WHERE newer.consortium_id = b.consortium_id AND newer.epoch = b.epoch
                            AND newer.number = b.number + 1);
    SELECT n.code_key,
           greatest(n.last_erased,
                    (SELECT max(c.number) FROM deskbell.chat c
                     WHERE c.consortium_id = my_consortium)) + 1
        INTO my_code_key, my_first_number
        FROM deskbell.numbering n WHERE n.consortium_id = my_consortium;
    RETURN NEXT;
END
$$;

-- The first statement of every batch. Locking the lease's row for share makes a takeover wait for
-- the batch under way, and refuses every later one. ZD001: the epoch is over. ZD002: not the next
-- number, which stops the batches that were sent behind one that failed.
CREATE FUNCTION deskbell.batch_begin(my_consortium bigint, my_epoch bigint, my_number bigint)
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM deskbell.lease
        WHERE consortium_id = my_consortium AND epoch = my_epoch FOR SHARE;
    IF NOT found THEN
        RAISE EXCEPTION 'epoch % is over', my_epoch USING errcode = 'ZD001';
    END IF;
    INSERT INTO deskbell.batch (consortium_id, epoch, number)
        SELECT my_consortium, my_epoch, my_number
        WHERE my_number = 1
            OR EXISTS (SELECT FROM deskbell.batch
                       WHERE consortium_id = my_consortium AND epoch = my_epoch
                           AND number = my_number - 1)
        ON CONFLICT DO NOTHING;
    IF NOT found THEN
        RAISE EXCEPTION 'batch % of epoch % is not the next', my_number, my_epoch
            USING errcode = 'ZD002';
    END IF;
    -- Only the newest few can be unknown to anybody. The rest would grow for ever.
    IF my_number % 1024 = 0 THEN
        DELETE FROM deskbell.batch
            WHERE consortium_id = my_consortium AND epoch = my_epoch AND number <= my_number - 1024;
    END IF;
END
$$;
