-- The desk's own state that is no chat: who is off duty, who is blocked. Read back before the chats.
--
-- As in 002 nothing here refers to a queue or an operator by a foreign key: a batch of the running
-- desk must neither wait for an import nor be refused by it. Rows of what was removed are passed
-- over when the desk starts. Each row also has a number of its own within the table, by which they
-- are read in pieces.

-- How an operator stands to the desk, as set by the words !off, !on, !max and !until. The tenant is
-- the operator's library: it is the operator's own setting, also for a queue of another library.
CREATE TABLE deskbell.duty (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    queue_id bigint NOT NULL DEFAULT 0, -- 0: for all queues, since a key has no NULL
    is_off boolean NOT NULL,
    chats_max integer CHECK (chats_max > 0), -- only where queue_id is 0, like the next
    until timestamptz, -- then is_off turns over by itself
    changed timestamptz NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (library_id, operator_id, queue_id),
    UNIQUE (consortium_id, number),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);

-- When somebody was on duty for a queue and when not: staffed hours, to hold against the promised
-- ones. The tenant is the queue's library, whose promise it is. Only changes are written, so the
-- newest row of a queue and operator says how it is now.
CREATE TABLE deskbell.duty_log (
    library_id bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    queue_id bigint NOT NULL,
    queue_name text,
    operator_id bigint NOT NULL,
    operator_name text,
    on_duty boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (library_id, number),
    FOREIGN KEY (library_id) REFERENCES deskbell.library ON DELETE CASCADE
);

-- A desk that starts asks for the newest row, to write only what changed meanwhile.
CREATE INDEX duty_log_newest ON deskbell.duty_log (library_id, queue_id, operator_id, number);

CREATE TRIGGER duty_log_is_final BEFORE UPDATE ON deskbell.duty_log
    FOR EACH STATEMENT EXECUTE FUNCTION deskbell.refuse_update();

-- Patrons whose messages a library does not take for a while. One row a patron and library: a new
-- block replaces the older. Rows that are over stay, for whoever asks who was blocked and why.
CREATE TABLE deskbell.block (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    patron text NOT NULL, -- bare JID
    until timestamptz NOT NULL,
    operator_id bigint, -- who did it
    operator_name text,
    chat bigint NOT NULL, -- and in which chat
    at timestamptz NOT NULL,
    lifted timestamptz, -- before its time
    number bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (library_id, patron),
    UNIQUE (consortium_id, number),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);

ALTER TABLE deskbell.chat DROP CONSTRAINT chat_ended_by_check;
ALTER TABLE deskbell.chat ADD CONSTRAINT chat_ended_by_check
    CHECK (ended_by IN ('operator', 'patron', 'idle', 'refused', 'removed', 'blocked'));
