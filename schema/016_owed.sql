-- What was said in the turn that closed a chat may not have left when the process died. A new one
-- reads the chats that ended within the last day (component/store_statements.c) and says what lies
-- above their marks. The marks themselves are no part of the index: they change with nearly every
-- line, and a column of an index cannot be changed in place.
CREATE INDEX chat_ended ON deskbell.chat (consortium_id, closed) WHERE state = 'closed';
