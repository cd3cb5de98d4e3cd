-- What libraries still have to do: questions that patrons left, and notes with which operators ended
-- chats. Read back before the chats as long as they are open.

-- One row a chat at most. The text is a copy of its own: a library that keeps no transcripts still
-- has to be able to answer. It goes with its chat all the same, since erasing a chat erases all about
-- it. Names are what people were called when they did it, as in 002.
CREATE TABLE deskbell.followup (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    chat bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    queue_id bigint NOT NULL, -- the chat's home
    queue_name text,
    kind text NOT NULL CHECK (kind IN ('left', 'followup')), -- by the patron, by an operator
    state text NOT NULL CHECK (state IN ('open', 'done')),
    body text NOT NULL, -- the question, or the note
    contact text NOT NULL, -- where to answer; empty when no address was left
    operator_id bigint, -- who wrote the note
    operator_name text,
    at timestamptz NOT NULL,
    told_to_id bigint, -- the operator of the library who was told of it
    told_to_name text,
    told_at timestamptz,
    handed boolean NOT NULL, -- what was told has left; else it is told again after a restart
    done_by_id bigint,
    done_by_name text,
    done_at timestamptz,
    PRIMARY KEY (library_id, chat),
    CHECK ((state = 'done') = (done_at IS NOT NULL)),
    FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number) ON DELETE CASCADE
);

-- What a new process reads, in pieces.
CREATE UNIQUE INDEX followup_open ON deskbell.followup (consortium_id, number) WHERE state = 'open';

-- The full list, so that this file does not depend on what others have added.
ALTER TABLE deskbell.chat DROP CONSTRAINT chat_ended_by_check;
ALTER TABLE deskbell.chat ADD CONSTRAINT chat_ended_by_check
    CHECK (ended_by IN ('operator', 'patron', 'idle', 'refused', 'removed', 'blocked', 'left'));
