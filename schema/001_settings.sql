-- What a consortium has set: libraries, people, queues, hours, closures, holidays.
--
-- Several consortia share one database, so every row is keyed by its consortium. A row that belongs
-- to a library also carries the library's id, and the keys that others refer to lead with it
-- (library_id, ...): a foreign key then cannot cross libraries by mistake, and row-level security
-- can judge each row by a column of its own, without a join.
--
-- The grammar of names is checked here too: names keep a patron from landing in a wrong library,
-- and not every hand that writes to this database goes through the program.

CREATE SCHEMA deskbell;

-- One row for each file of the schema; the program compares the largest with what it knows.
CREATE TABLE deskbell.schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE DOMAIN deskbell.label AS text COLLATE "C"
    CHECK (VALUE ~ '^[a-z][a-z0-9]{0,19}$');

CREATE DOMAIN deskbell.queue_name AS text COLLATE "C"
    CHECK (VALUE ~ ('^[a-z][a-z0-9]{0,19}-[a-z][a-z0-9]{0,19}'
                    '(-[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?)?$'));

CREATE DOMAIN deskbell.operator_name AS text COLLATE "C"
    CHECK (VALUE ~ '^[a-z][a-z0-9]{0,19}-[a-z][a-z0-9]{0,19}-[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$');

CREATE DOMAIN deskbell.snippet_name AS text COLLATE "C"
    CHECK (VALUE ~ '^[a-z][a-z0-9]{0,19} \([^()[:cntrl:]]{1,60}\)$');

-- A bare JID. Small letters, so that comparing two means what the servers mean.
CREATE DOMAIN deskbell.account AS text COLLATE "C"
    CHECK (VALUE ~ '^[^[:space:]"&''/:<>@A-Z]+@[^[:space:]"&''/<>@A-Z]+$'
           AND octet_length(VALUE) <= 1023);

CREATE TABLE deskbell.consortium (
    consortium_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name deskbell.label NOT NULL UNIQUE,
    title text NOT NULL DEFAULT '',
    timezone text NOT NULL,
    holiday_calendar text NOT NULL DEFAULT 'us-federal'
        CHECK (holiday_calendar IN ('us-federal', 'none')),
    holiday_dates text NOT NULL DEFAULT 'observed'
        CHECK (holiday_dates IN ('observed', 'actual', 'both')),
    hours_given boolean NOT NULL,
    backup_hours_given boolean NOT NULL,
    backup_queue_id bigint
);

CREATE TABLE deskbell.coordinator (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    account deskbell.account NOT NULL,
    position integer NOT NULL, -- the order is the administrator's
    PRIMARY KEY (consortium_id, account)
);

CREATE TABLE deskbell.library (
    library_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    name deskbell.label NOT NULL,
    title text NOT NULL DEFAULT '',
    timezone text, -- NULL: the consortium's
    hours_given boolean NOT NULL DEFAULT false, -- true without a window: never open
    covers_all_holidays boolean NOT NULL DEFAULT false,
    UNIQUE (consortium_id, name),
    UNIQUE (library_id, consortium_id)
);

CREATE TABLE deskbell.library_admin (
    library_id bigint NOT NULL REFERENCES deskbell.library ON DELETE CASCADE,
    account deskbell.account NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (library_id, account)
);

-- The holidays for which a library bought coverage by the backup, when not for all.
CREATE TABLE deskbell.holiday_coverage (
    library_id bigint NOT NULL REFERENCES deskbell.library ON DELETE CASCADE,
    date date NOT NULL,
    PRIMARY KEY (library_id, date)
);

-- Queues and operators of a consortium share one name space: an address is one or the other. The
-- row here is what both refer to, each with its own fixed kind, so that no name can be both.
CREATE TABLE deskbell.address (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('queue', 'operator')),
    PRIMARY KEY (consortium_id, name),
    UNIQUE (consortium_id, name, kind)
);

-- Seconds have the ranges that the program accepts; see its manual for what each does.
CREATE TABLE deskbell.queue (
    queue_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    library_id bigint NOT NULL,
    consortium_id bigint NOT NULL,
    name deskbell.queue_name NOT NULL,
    kind text NOT NULL GENERATED ALWAYS AS ('queue') STORED,
    title text NOT NULL DEFAULT '',
    rollover boolean NOT NULL DEFAULT false,
    hours_given boolean NOT NULL DEFAULT false,
    strategy text NOT NULL DEFAULT 'all' CHECK (strategy IN ('all', 'least-busy', 'round-robin')),
    ring_seconds integer NOT NULL DEFAULT 40 CHECK (ring_seconds BETWEEN 1 AND 86400),
    offer_seconds integer NOT NULL DEFAULT 15 CHECK (offer_seconds BETWEEN 1 AND 86400),
    chats_per_operator integer NOT NULL DEFAULT 5 CHECK (chats_per_operator BETWEEN 1 AND 100),
    idle_grace_seconds integer NOT NULL DEFAULT 600 CHECK (idle_grace_seconds BETWEEN 0 AND 86400),
    patron_grace_seconds integer NOT NULL DEFAULT 90
        CHECK (patron_grace_seconds BETWEEN 0 AND 86400),
    silent_seconds integer NOT NULL DEFAULT 180 CHECK (silent_seconds BETWEEN 1 AND 86400),
    holding_seconds integer NOT NULL DEFAULT 30 CHECK (holding_seconds BETWEEN 1 AND 86400),
    -- No default: how long patrons' words are kept is chosen when a library is set up.
    retention_days integer NOT NULL CHECK (retention_days BETWEEN 1 AND 3660),
    transcripts boolean NOT NULL DEFAULT true,
    show_operator_name boolean NOT NULL DEFAULT false,
    welcome text NOT NULL DEFAULT '',
    holding_text text NOT NULL DEFAULT '',
    closed_text text NOT NULL DEFAULT '',
    UNIQUE (consortium_id, name),
    UNIQUE (library_id, queue_id),
    UNIQUE (consortium_id, queue_id),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (consortium_id, name, kind) REFERENCES deskbell.address (consortium_id, name, kind)
);

-- Checked at commit: the queue and the consortium that names it are written in one transaction.
ALTER TABLE deskbell.consortium ADD FOREIGN KEY (consortium_id, backup_queue_id)
    REFERENCES deskbell.queue (consortium_id, queue_id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE deskbell.operator (
    operator_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    library_id bigint NOT NULL,
    consortium_id bigint NOT NULL,
    name deskbell.operator_name NOT NULL,
    kind text NOT NULL GENERATED ALWAYS AS ('operator') STORED,
    title text NOT NULL DEFAULT '',
    account deskbell.account NOT NULL,
    UNIQUE (consortium_id, name),
    UNIQUE (library_id, operator_id),
    UNIQUE (consortium_id, operator_id),
    -- The desk knows people by their accounts. At commit, so that two can swap theirs.
    UNIQUE (consortium_id, account) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (consortium_id, name, kind) REFERENCES deskbell.address (consortium_id, name, kind)
);

-- Who answers a queue. The row is the queue's library's; the operator may be another's.
CREATE TABLE deskbell.assignment (
    library_id bigint NOT NULL,
    queue_id bigint NOT NULL,
    consortium_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (library_id, queue_id, operator_id),
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE,
    FOREIGN KEY (consortium_id, operator_id)
        REFERENCES deskbell.operator (consortium_id, operator_id) ON DELETE CASCADE
);
CREATE INDEX ON deskbell.assignment (operator_id);

-- What a library puts on its pages: it leads to a queue of that library, never of another.
CREATE TABLE deskbell.snippet (
    snippet_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    library_id bigint NOT NULL,
    consortium_id bigint NOT NULL,
    name deskbell.snippet_name NOT NULL,
    queue_id bigint NOT NULL,
    UNIQUE (consortium_id, name),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE
);

-- A closure is the consortium's, a library's or a queue's: library_id is NULL for the first,
-- queue_id for the first two.
CREATE TABLE deskbell.closure (
    closure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    queue_id bigint,
    date date NOT NULL,
    name text NOT NULL DEFAULT '',
    special boolean NOT NULL DEFAULT false, -- has windows of its own; else closed all day
    CHECK (library_id IS NOT NULL OR queue_id IS NULL),
    UNIQUE NULLS NOT DISTINCT (consortium_id, library_id, queue_id, date),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE
);

-- A window belongs to exactly one owner. Windows of a closure have no days: its date is theirs.
CREATE TABLE deskbell.hours_window (
    window_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    queue_id bigint,
    closure_id bigint REFERENCES deskbell.closure ON DELETE CASCADE,
    owner text NOT NULL CHECK (owner IN ('consortium', 'backup', 'library', 'queue', 'closure')),
    position integer NOT NULL,
    days smallint NOT NULL, -- bit 0 is Monday, bit 6 Sunday
    open_minute smallint NOT NULL CHECK (open_minute BETWEEN 0 AND 1439),
    close_minute smallint NOT NULL CHECK (close_minute BETWEEN 1 AND 1440),
    others_answer boolean NOT NULL DEFAULT false,
    CHECK (CASE owner
           WHEN 'closure' THEN closure_id IS NOT NULL AND days = 0
           ELSE closure_id IS NULL AND days BETWEEN 1 AND 127 END),
    CHECK (CASE owner
           WHEN 'queue' THEN queue_id IS NOT NULL
           WHEN 'library' THEN library_id IS NOT NULL AND queue_id IS NULL
           WHEN 'closure' THEN true
           ELSE library_id IS NULL AND queue_id IS NULL END),
    CHECK (library_id IS NOT NULL OR queue_id IS NULL),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE,
    UNIQUE (consortium_id, window_id)
);
CREATE INDEX ON deskbell.hours_window (closure_id);
CREATE INDEX ON deskbell.hours_window (library_id, queue_id);

-- Shared coverage: the queues that answer a window, of any library of the consortium. Removing a
-- queue that others count on is refused, not silently forgotten: no cascade from that side.
CREATE TABLE deskbell.answered_by (
    consortium_id bigint NOT NULL,
    window_id bigint NOT NULL,
    queue_id bigint NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (window_id, queue_id),
    FOREIGN KEY (consortium_id, window_id)
        REFERENCES deskbell.hours_window (consortium_id, window_id) ON DELETE CASCADE,
    FOREIGN KEY (consortium_id, queue_id)
        REFERENCES deskbell.queue (consortium_id, queue_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ON deskbell.answered_by (queue_id);

-- Dates that a consortium adds to its calendar of holidays, or takes away.
CREATE TABLE deskbell.holiday (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    date date NOT NULL,
    change text NOT NULL CHECK (change IN ('add', 'remove')),
    name text NOT NULL DEFAULT '',
    PRIMARY KEY (consortium_id, change, date)
);

-- A removed name must not come back at once as something else: a patron's bookmark or an operator's
-- roster would lead to strangers. It stays reserved for 30 days, but for the same kind of thing in
-- the same library. The library is kept as a name, since it may be gone.
CREATE TABLE deskbell.reserved_name (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('library', 'queue', 'operator', 'snippet')),
    library_name text COLLATE "C" NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consortium_id, name)
);
