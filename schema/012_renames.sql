-- What a queue or an operator was called before it was renamed. Whoever still writes there within 30
-- days is told the new address; until then the name is reserved too (deskbell.reserved_name).

CREATE TABLE deskbell.former_name (
    library_id bigint NOT NULL,
    consortium_id bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    queue_id bigint,
    operator_id bigint,
    renamed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consortium_id, name),
    CHECK ((queue_id IS NULL) <> (operator_id IS NULL)),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, operator_id)
        REFERENCES deskbell.operator (library_id, operator_id) ON DELETE CASCADE
);
CREATE INDEX ON deskbell.former_name (library_id, queue_id);
CREATE INDEX ON deskbell.former_name (library_id, operator_id);

SELECT deskbell.guard('deskbell.former_name', 'settings');
