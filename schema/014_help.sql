-- Requests for help, kept until they are closed: of an operator to the library's administrators, of
-- those to the coordinators. And: what is noted in the audit, the database signs itself.

INSERT INTO deskbell.right_name VALUES ('help', false);
INSERT INTO deskbell.bundle_right VALUES ('coordinator', 'help'), ('admin', 'help');

CREATE TABLE deskbell.help_request (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint, -- NULL: a coordinator's own, for the whole consortium
    number bigint GENERATED ALWAYS AS IDENTITY,
    account deskbell.account NOT NULL, -- who asked
    kind text NOT NULL CHECK (kind IN ('problem', 'rollover', 'rename', 'holiday coverage', 'other')),
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    -- What shall be: of a rollover which queue and 'on' or 'off', of holiday coverage 'all', 'none' or
    -- the dates, one a line. NULL: it is not said so that it could be done in one step.
    queue_id bigint,
    wish text CHECK (length(wish) BETWEEN 1 AND 1000),
    tier text NOT NULL CHECK (tier IN ('library', 'consortium')),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'escalated', 'closed')),
    reference text NOT NULL DEFAULT '' CHECK (length(reference) <= 100),
    answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 4000), -- the last one
    at timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now(),
    changed_by deskbell.account,
    PRIMARY KEY (consortium_id, number),
    CHECK (library_id IS NOT NULL OR tier = 'consortium'),
    CHECK ((state = 'escalated') <= (reference <> '')),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, queue_id)
        REFERENCES deskbell.queue (library_id, queue_id) ON DELETE SET NULL (queue_id)
);
CREATE INDEX ON deskbell.help_request (library_id, queue_id);
CREATE INDEX ON deskbell.help_request (consortium_id, account);

SELECT deskbell.guard('deskbell.help_request', 'chats', writer => '', report => '',
                      owner => 'SELECT');
-- What was asked stays as it was asked.
REVOKE UPDATE ON deskbell.help_request FROM deskbell_admin, deskbell_coordinator;
GRANT UPDATE (tier, state, reference, answer, changed, changed_by) ON deskbell.help_request
    TO deskbell_admin, deskbell_coordinator;

-- How many requests wait for this account's answer, and since when; for deskbell_settings, when
-- somebody comes to work.
CREATE FUNCTION deskbell.help_open(my_consortium bigint, my_account text)
    RETURNS TABLE (waiting bigint, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*), min(r.at) FROM deskbell.help_request r
        WHERE r.consortium_id = my_consortium AND r.state = 'open' AND r.account <> my_account
            AND EXISTS (SELECT FROM deskbell.holding h
                        WHERE h.consortium_id = my_consortium AND h.account = my_account
                            AND h."right" = 'help'
                            AND CASE r.tier WHEN 'library' THEN h.library_id = r.library_id
                                            ELSE h.library_id IS NULL END)
$$;
GRANT EXECUTE ON FUNCTION deskbell.help_open TO deskbell_settings;

-- Within the transaction of a permit, what came of it. Who, by which right and command is what
-- deskbell.enter() has written there: a caller says only what was done, and to which of the
-- consortium's libraries when it has entered that as a whole. False: nobody has entered. What
-- anybody was able to write in anybody's name, deskbell.audit_add(), is the owner's alone.

GRANT CREATE ON SCHEMA deskbell TO deskbell_audit;
SET LOCAL ROLE NONE;
SET LOCAL ROLE deskbell_audit;

CREATE FUNCTION deskbell.audit_note(my_library bigint, my_object text, my_reason text,
                                    my_detail text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO deskbell.audit
        (consortium_id, library_id, account, command, "right", object, reason, detail)
        SELECT a.consortium_id, nullif(my_library, 0), a.account, a.command, a."right",
               left(coalesce(my_object, ''), 300), left(coalesce(my_reason, ''), 500),
               left(coalesce(my_detail, ''), 300)
        FROM deskbell.audit a
        WHERE a.consortium_id = deskbell.at_consortium() AND a.at = now()
            AND a.transaction = pg_current_xact_id_if_assigned()
            AND (a.library_id IS NULL OR a.library_id = my_library)
        ORDER BY a.library_id NULLS LAST, a.number LIMIT 1;
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION deskbell.audit_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deskbell.audit_note
    TO deskbell_admin, deskbell_coordinator, deskbell_report;
REVOKE EXECUTE ON FUNCTION deskbell.audit_add
    FROM deskbell_admin, deskbell_coordinator, deskbell_report;

SET LOCAL ROLE NONE;
SET LOCAL ROLE deskbell_owner;
REVOKE CREATE ON SCHEMA deskbell FROM deskbell_audit;
