-- What a patron comes back with, from another page or after a new anonymous log-in: of the token
-- that the patron holds, the desk keeps only the hash (SHA-1 of 128 random bits, hexadecimal).
-- Whoever reads this table cannot take over a chat with it. Empty: none was asked for, or the chat
-- is over. It lives in the chat's row since it is stored and read back with it, one a chat.
ALTER TABLE deskbell.chat
    ADD COLUMN token_hash text NOT NULL DEFAULT '' CHECK (token_hash ~ '^([0-9a-f]{40})?$');
