-- What somebody who answers has to know of a library: profiles, canned replies, urgent notices.
--
-- Owners are as in deskbell.closure: library_id is NULL for the consortium's own, queue_id for what
-- is not a queue's. Each row can be added, changed and removed by itself; a canned reply is found by
-- its owner and name, a notice by its owner and text.

-- NULL in a column is inherited, a queue's from its library, that from the consortium; an empty text
-- is none, and inherits nothing.
CREATE TABLE deskbell.profile (
    profile_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    queue_id bigint,
    text text CHECK (char_length(text) <= 1000),
    link text CHECK (link ~ '^(https?://[^[:space:]"''<>`\\]+)?$' AND char_length(link) <= 500),
    phone text CHECK (phone !~ '[[:cntrl:]]' AND char_length(phone) <= 100),
    policies text CHECK (policies ~ '^(https?://[^[:space:]"''<>`\\]+)?$'
                         AND char_length(policies) <= 500),
    CHECK (library_id IS NOT NULL OR queue_id IS NULL),
    UNIQUE NULLS NOT DISTINCT (consortium_id, library_id, queue_id),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE
);

-- Which fields a text may have is the program's to say.
CREATE TABLE deskbell.canned (
    canned_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    name text COLLATE "C" NOT NULL CHECK (name ~ '^[a-z0-9-]{1,40}$'),
    text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1000),
    UNIQUE NULLS NOT DISTINCT (consortium_id, library_id, name),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);

-- `until` is the wall clock of the library, or of the consortium for its own.
CREATE TABLE deskbell.notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    position integer NOT NULL, -- the order is the administrator's
    text text NOT NULL CHECK (text !~ '[[:cntrl:]]' AND char_length(text) BETWEEN 1 AND 300),
    until timestamp NOT NULL CHECK (date_trunc('minute', until) = until
        AND until >= '1900-01-01' AND until < '2300-01-01'),
    UNIQUE NULLS NOT DISTINCT (consortium_id, library_id, text),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);
