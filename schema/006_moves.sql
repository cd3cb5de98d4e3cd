-- Chats that move to another library, and what a patron writes to.

-- What the patron writes to, where that is not the home queue: the queue before a move, or an
-- operator's own address. All null: the home queue.
ALTER TABLE deskbell.chat
    ADD entry_queue_id bigint,
    ADD entry_operator_id bigint,
    ADD entry_name text,
    ADD CHECK (entry_queue_id IS NULL OR entry_operator_id IS NULL);

-- A correction (XEP-0308) is a line of its own, so that the transcript says what was read when. This
-- is the number of the line that it corrects.
ALTER TABLE deskbell.line
    ADD replaces integer CHECK (replaces > 0 AND replaces < line);

-- Ownership follows the patron who was in the wrong library: the chat and all about it become the
-- other library's. What belongs to it follows its row.
ALTER TABLE deskbell.offer
    DROP CONSTRAINT offer_library_id_chat_fkey,
    ADD FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number)
        ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE deskbell.act
    DROP CONSTRAINT act_library_id_chat_fkey,
    ADD FOREIGN KEY (library_id, chat) REFERENCES deskbell.chat (library_id, number)
        ON DELETE CASCADE ON UPDATE CASCADE;

-- What was said and done stays as it was, but for whose it is. The comparison is of bytes, so that
-- no column that equals itself by some collation can be changed by a letter.
CREATE FUNCTION deskbell.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved record := new;
BEGIN
    moved.library_id := old.library_id;
    IF new.library_id = old.library_id OR moved *<> old THEN
        RAISE EXCEPTION 'rows of % are only added to', tg_table_name
            USING errcode = 'restrict_violation';
    END IF;
    RETURN new;
END
$$;

DROP TRIGGER line_is_final ON deskbell.line;
DROP TRIGGER act_is_final ON deskbell.act;
CREATE TRIGGER line_is_final BEFORE UPDATE ON deskbell.line
    FOR EACH ROW EXECUTE FUNCTION deskbell.refuse_change();
CREATE TRIGGER act_is_final BEFORE UPDATE ON deskbell.act
    FOR EACH ROW EXECUTE FUNCTION deskbell.refuse_change();

-- Moves chats, each to the queue in its place of the other list, all at once for a batch. A chat
-- that was opened in the same batch is there already. A queue that was removed meanwhile takes
-- nothing: the chat stays whose it was, since the lines of the batch need a library.
CREATE FUNCTION deskbell.chats_move(my_consortium bigint, my_chats bigint[], my_queues bigint[])
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Lines have no foreign key that would take them along, and find their chat by its old library.
    UPDATE deskbell.line l SET library_id = q.library_id
        FROM unnest(my_chats, my_queues) AS u (chat, queue)
        JOIN deskbell.chat c ON c.consortium_id = my_consortium AND c.number = u.chat
        JOIN deskbell.queue q ON q.queue_id = u.queue AND q.consortium_id = my_consortium
        WHERE l.library_id = c.library_id AND l.chat = u.chat AND q.library_id <> c.library_id;
    UPDATE deskbell.chat c
        SET library_id = q.library_id, queue_id = q.queue_id, queue_name = q.name
        FROM unnest(my_chats, my_queues) AS u (chat, queue)
        JOIN deskbell.queue q ON q.queue_id = u.queue AND q.consortium_id = my_consortium
        WHERE c.consortium_id = my_consortium AND c.number = u.chat;
END
$$;
