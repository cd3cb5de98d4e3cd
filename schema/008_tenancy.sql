-- Tenants, roles, permissions, audit: what one library may see of another is nothing.
--
-- The program connects as the login 'deskbell', which may nothing by itself: for each thing that it
-- does it becomes the role that may just that. Row-level security then judges every row by the tenant
-- that deskbell.enter() has set for the transaction, the owner's included (FORCE).
--
-- Run by a superuser, or by the database's owner when that one has CREATEROLE. Roles are the whole
-- cluster's and stay when the database goes. Later files run as deskbell_owner.
--
-- For later files:
--
--   SELECT deskbell.guard('deskbell.TABLE', 'chats');
--   SELECT deskbell.guard('deskbell.TABLE', 'chats', writer => 'SELECT, INSERT', admin => 'SELECT');
--
-- guards a new table in one line: row-level security enabled and forced, restrictive policies of the
-- tenant, and for each role the grants with one permissive policy a command. 'chats': every role sees
-- the library it has entered only (needs a column library_id). 'settings': seen in all of the
-- consortium, written by the library (consortium_id or library_id or both). A role not named gets
-- what is usual for the kind, '' is nothing. Call it again to change one; it begins anew.
--
-- deskbell.guard_role('deskbell.TABLE', 'admin', 'UPDATE') adds to what is guarded already.
--
-- Functions and views are nobody's until they are granted: GRANT EXECUTE ON FUNCTION ..., GRANT SELECT
-- ON ... TO deskbell_admin, deskbell_coordinator, deskbell_report, also those that a policy, a view or
-- an index needs (triggers' own functions do not).
-- A view is WITH (security_invoker = true), a SECURITY DEFINER function has SET search_path =
-- pg_catalog, pg_temp and nobody's EXECUTE but those it is granted to. Such a function runs as
-- deskbell_owner, for whom guarded tables are empty too: deskbell.guard_owner('deskbell.TABLE',
-- 'SELECT, UPDATE') lets it in, as narrowly as it needs. A file that changes rows itself does so
-- between ALTER TABLE ... NO FORCE ROW LEVEL SECURITY and ... FORCE ROW LEVEL SECURITY.
--
-- Keys and uniques begin with library_id or consortium_id, and foreign keys carry it: they look
-- behind row-level security, and would tell of rows that nobody may see.

-- Roles

DO $$
DECLARE
    mighty boolean := (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user);
    superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    my_role text;
BEGIN
    IF NOT mighty THEN
        RAISE EXCEPTION 'user ''%'' may not create the roles of Deskbell, run ''deskbell migrate'' as '
            'a superuser of the database', current_user USING errcode = 'insufficient_privilege';
    END IF;
    FOREACH my_role IN ARRAY ARRAY['owner', 'audit', 'writer', 'settings', 'admin', 'coordinator',
                                   'report'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', 'deskbell_' || my_role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this cluster has them
        END;
    END LOOP;
    BEGIN
        CREATE ROLE deskbell LOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = 'deskbell') THEN
        ALTER ROLE deskbell NOINHERIT;
    END IF;
    GRANT deskbell_writer, deskbell_settings, deskbell_admin, deskbell_coordinator, deskbell_report
        TO deskbell;
    IF NOT superuser THEN
        EXECUTE format('GRANT deskbell_owner, deskbell_audit TO %I', current_user);
    END IF;
    -- A database that the desk's own login made is not its any more.
    IF (SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
        WHERE d.datname = current_database()) = 'deskbell' THEN
        EXECUTE format('ALTER DATABASE %I OWNER TO deskbell_owner', current_database());
    END IF;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE deskbell_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The tenant of the transaction. After one the settings are empty texts, and anybody could set them
-- to anything: what is no number is no tenant. Library 0 is the consortium as a whole.

CREATE FUNCTION deskbell.at_consortium() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('deskbell.consortium', true) ~ '^[0-9]{1,18}$'
                THEN nullif(current_setting('deskbell.consortium', true), '')::bigint END;
CREATE FUNCTION deskbell.at_library() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('deskbell.library', true) ~ '^[0-9]{1,18}$'
                THEN nullif(current_setting('deskbell.library', true), '')::bigint END;

-- Keys that begin with the tenant. Where a unique one of the right columns is there already, it does
-- without a primary key: what refers to it would have to be made anew.

ALTER TABLE deskbell.queue DROP CONSTRAINT queue_pkey,
    REPLICA IDENTITY USING INDEX queue_library_id_queue_id_key;
ALTER TABLE deskbell.operator DROP CONSTRAINT operator_pkey,
    REPLICA IDENTITY USING INDEX operator_library_id_operator_id_key;
ALTER TABLE deskbell.snippet DROP CONSTRAINT snippet_pkey, ADD PRIMARY KEY (library_id, snippet_id);
ALTER TABLE deskbell.profile DROP CONSTRAINT profile_pkey,
    ADD PRIMARY KEY (consortium_id, profile_id);
ALTER TABLE deskbell.canned DROP CONSTRAINT canned_pkey, ADD PRIMARY KEY (consortium_id, canned_id);
ALTER TABLE deskbell.notice DROP CONSTRAINT notice_pkey, ADD PRIMARY KEY (consortium_id, notice_id);

-- A consortium's own rows have no library: a foreign key with it does not look at those, the other
-- one does.
ALTER TABLE deskbell.hours_window DROP CONSTRAINT hours_window_closure_id_fkey;
ALTER TABLE deskbell.closure DROP CONSTRAINT closure_pkey,
    ADD PRIMARY KEY (consortium_id, closure_id), ADD UNIQUE (library_id, closure_id);
ALTER TABLE deskbell.hours_window DROP CONSTRAINT hours_window_pkey,
    ADD UNIQUE (library_id, window_id),
    REPLICA IDENTITY USING INDEX hours_window_consortium_id_window_id_key,
    ADD FOREIGN KEY (consortium_id, closure_id)
        REFERENCES deskbell.closure (consortium_id, closure_id) ON DELETE CASCADE,
    ADD FOREIGN KEY (library_id, closure_id)
        REFERENCES deskbell.closure (library_id, closure_id) ON DELETE CASCADE;
DROP INDEX deskbell.hours_window_closure_id_idx, deskbell.assignment_operator_id_idx,
    deskbell.answered_by_queue_id_idx;
CREATE INDEX ON deskbell.hours_window (consortium_id, closure_id);
CREATE INDEX ON deskbell.assignment (consortium_id, operator_id);
CREATE INDEX ON deskbell.answered_by (consortium_id, queue_id);

-- Whose an address, an answerer of a window and a reserved name is. Who writes them need not say it:
-- it follows from the name or the window. A library that is gone has no reserved names any more that
-- one of its own could want; those are the consortium's.

ALTER TABLE deskbell.address ADD library_id bigint;
ALTER TABLE deskbell.answered_by ADD library_id bigint;
ALTER TABLE deskbell.reserved_name ADD library_id bigint;

CREATE FUNCTION deskbell.row_owner() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_table_name = 'answered_by' THEN
        new.library_id := (SELECT w.library_id FROM deskbell.hours_window w
                           WHERE w.consortium_id = new.consortium_id
                               AND w.window_id = new.window_id);
    ELSIF tg_table_name = 'address' THEN
        new.library_id := coalesce(new.library_id,
            (SELECT l.library_id FROM deskbell.library l WHERE l.consortium_id = new.consortium_id
                 AND l.name::text = split_part(new.name, '-', 2)));
    ELSE
        new.library_id := (SELECT l.library_id FROM deskbell.library l
                           WHERE l.consortium_id = new.consortium_id
                               AND l.name::text = new.library_name);
    END IF;
    RETURN new;
END
$$;

UPDATE deskbell.address a SET library_id = coalesce(
    (SELECT q.library_id FROM deskbell.queue q
     WHERE q.consortium_id = a.consortium_id AND q.name::text = a.name),
    (SELECT o.library_id FROM deskbell.operator o
     WHERE o.consortium_id = a.consortium_id AND o.name::text = a.name));
DELETE FROM deskbell.address WHERE library_id IS NULL; -- nobody's
UPDATE deskbell.answered_by a SET library_id = w.library_id FROM deskbell.hours_window w
    WHERE w.window_id = a.window_id;
UPDATE deskbell.reserved_name r SET library_id = l.library_id FROM deskbell.library l
    WHERE l.consortium_id = r.consortium_id AND l.name::text = r.library_name;

-- The updates have left checks of foreign keys behind, which stand in the way of changing a table.
SET CONSTRAINTS ALL IMMEDIATE;

CREATE TRIGGER row_owner BEFORE INSERT ON deskbell.answered_by
    FOR EACH ROW EXECUTE FUNCTION deskbell.row_owner();
CREATE TRIGGER row_owner BEFORE INSERT ON deskbell.address
    FOR EACH ROW EXECUTE FUNCTION deskbell.row_owner();
CREATE TRIGGER row_owner BEFORE INSERT OR UPDATE OF library_name ON deskbell.reserved_name
    FOR EACH ROW EXECUTE FUNCTION deskbell.row_owner();

ALTER TABLE deskbell.address ALTER library_id SET NOT NULL,
    ADD FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE;
ALTER TABLE deskbell.answered_by DROP CONSTRAINT answered_by_pkey,
    ADD PRIMARY KEY (consortium_id, window_id, queue_id),
    ADD FOREIGN KEY (library_id, window_id)
        REFERENCES deskbell.hours_window (library_id, window_id) ON DELETE CASCADE;
CREATE INDEX ON deskbell.answered_by (library_id, window_id);

-- Permissions

CREATE TABLE deskbell.right_name (
    name text COLLATE "C" PRIMARY KEY,
    needs_reason boolean NOT NULL -- of whom it is not the own library
);
INSERT INTO deskbell.right_name VALUES
    ('libraries', false), ('policy', false), ('people', false), ('queues', false),
    ('hours', false), ('texts', false), ('blocks', false), ('grants', false),
    ('transcripts', true), ('transcripts-own', false), ('erase', true), ('statistics', false),
    ('followups', true), ('audit', false), ('desk', false);

-- Who bears the bundles: deskbell.coordinator all rows of 'coordinator' for the whole consortium,
-- deskbell.library_admin those of 'admin' and deskbell.operator those of 'operator' (none, at first)
-- for their library.
CREATE TABLE deskbell.bundle_right (
    bundle text COLLATE "C" NOT NULL CHECK (bundle IN ('coordinator', 'admin', 'operator')),
    "right" text COLLATE "C" NOT NULL REFERENCES deskbell.right_name,
    PRIMARY KEY (bundle, "right")
);
INSERT INTO deskbell.bundle_right
    SELECT 'coordinator', name FROM deskbell.right_name
    UNION ALL SELECT 'admin', name FROM deskbell.right_name WHERE name NOT IN ('libraries', 'policy');

-- Single grants. library_id NULL: in the whole consortium.
CREATE TABLE deskbell.permission (
    consortium_id bigint NOT NULL REFERENCES deskbell.consortium ON DELETE CASCADE,
    library_id bigint,
    account deskbell.account NOT NULL,
    "right" text COLLATE "C" NOT NULL REFERENCES deskbell.right_name,
    granted_by deskbell.account NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (consortium_id, library_id, account, "right"),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE
);
CREATE INDEX ON deskbell.permission (consortium_id, account);

-- Everything that anybody holds, from whichever table. library_id NULL: in the whole consortium.
CREATE VIEW deskbell.holding WITH (security_invoker = true) AS
    SELECT c.consortium_id, NULL::bigint AS library_id, c.account::text AS account, b."right"
        FROM deskbell.coordinator c JOIN deskbell.bundle_right b ON b.bundle = 'coordinator'
    UNION ALL
    SELECT l.consortium_id, l.library_id, a.account::text, b."right"
        FROM deskbell.library_admin a JOIN deskbell.library l ON l.library_id = a.library_id
        JOIN deskbell.bundle_right b ON b.bundle = 'admin'
    UNION ALL
    SELECT o.consortium_id, o.library_id, o.account::text, b."right"
        FROM deskbell.operator o JOIN deskbell.bundle_right b ON b.bundle = 'operator'
    UNION ALL
    SELECT p.consortium_id, p.library_id, p.account::text, p."right" FROM deskbell.permission p;

-- Where the account holds the right that it needs in a library (0: as to the consortium): 'library',
-- 'consortium', or NULL for nowhere. Without a right: whether the account is anybody's there.
CREATE FUNCTION deskbell.judge(my_consortium bigint, my_library bigint, my_account text,
                               my_right text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF my_library <> 0 AND NOT EXISTS (
            SELECT FROM deskbell.library l
            WHERE l.consortium_id = my_consortium AND l.library_id = my_library) THEN
        RETURN NULL;
    END IF;
    IF my_right IS NULL THEN
        RETURN (SELECT 'library' WHERE EXISTS (
            SELECT FROM deskbell.holding h
            WHERE h.consortium_id = my_consortium AND h.account = my_account
                AND (my_library = 0 OR h.library_id IS NULL OR h.library_id = my_library)
            UNION ALL
            SELECT FROM deskbell.operator o
            WHERE o.consortium_id = my_consortium AND o.account = my_account
                AND (my_library = 0 OR o.library_id = my_library)));
    END IF;
    -- The own library's is the narrower one and wins.
    RETURN (SELECT CASE WHEN bool_or(h.library_id = my_library) THEN 'library' ELSE 'consortium' END
            FROM deskbell.holding h
            WHERE h.consortium_id = my_consortium AND h.account = my_account
                AND h."right" = my_right AND (h.library_id IS NULL OR h.library_id = my_library)
            HAVING count(*) > 0);
END
$$;

CREATE FUNCTION deskbell.holds(my_consortium bigint, my_library bigint, my_account text,
                               my_right text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT my_right IS NOT NULL
        AND deskbell.judge(my_consortium, coalesce(my_library, 0), my_account, my_right) IS NOT NULL
$$;

-- For a list of commands: what an account holds, once each; library 0 is the whole consortium.
CREATE FUNCTION deskbell.held(my_consortium bigint, my_account text)
    RETURNS TABLE (library_id bigint, "right" text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT coalesce(h.library_id, 0), h."right" FROM deskbell.holding h
        WHERE h.consortium_id = my_consortium AND h.account = my_account ORDER BY 1, 2
$$;

-- Whoever is no operator of a library any more has no single grants in it either: they were given to
-- the person who worked there. What an administrator holds is in another table.
CREATE FUNCTION deskbell.permission_forget() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM deskbell.permission p
        WHERE p.consortium_id = old.consortium_id AND p.library_id = old.library_id
            AND p.account = old.account;
    RETURN NULL;
END
$$;
CREATE TRIGGER permission_forget_removed AFTER DELETE ON deskbell.operator
    FOR EACH ROW EXECUTE FUNCTION deskbell.permission_forget();
CREATE TRIGGER permission_forget_changed AFTER UPDATE OF account ON deskbell.operator
    FOR EACH ROW WHEN (old.account <> new.account) EXECUTE FUNCTION deskbell.permission_forget();

-- The audit. It outlives what it tells of: names, no foreign keys.

CREATE TABLE deskbell.audit (
    consortium_id bigint NOT NULL,
    library_id bigint, -- NULL: as to the consortium
    number bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    account text NOT NULL,
    command text NOT NULL,
    "right" text, -- NULL: none was needed
    object text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL, -- never text of a chat, never a secret
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (consortium_id, number)
);
CREATE INDEX ON deskbell.audit (library_id, at);
CREATE INDEX ON deskbell.audit (consortium_id, at);

CREATE FUNCTION deskbell.refuse_loss() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', tg_table_name USING errcode = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON deskbell.audit
    FOR EACH STATEMENT EXECUTE FUNCTION deskbell.refuse_loss();

-- The only way in. Texts that people typed are cut, not refused: the row must come about.
CREATE FUNCTION deskbell.audit_add(my_consortium bigint, my_library bigint, my_account text,
                                   my_command text, my_right text, my_object text, my_reason text,
                                   my_detail text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO deskbell.audit
        (consortium_id, library_id, account, command, "right", object, reason, detail)
        VALUES (my_consortium, nullif(my_library, 0), left(my_account, 1023), left(my_command, 100),
                my_right, left(coalesce(my_object, ''), 300), left(coalesce(my_reason, ''), 500),
                left(coalesce(my_detail, ''), 300))
$$;

-- Whether this very transaction has a row in it.
CREATE FUNCTION deskbell.audited() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM deskbell.audit a
                   WHERE a.consortium_id = deskbell.at_consortium() AND a.at = now()
                       AND a.transaction = pg_current_xact_id_if_assigned())
$$;

-- Entering

CREATE FUNCTION deskbell.tenant_set(my_consortium bigint, my_library bigint) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT set_config('deskbell.consortium', my_consortium::text, true),
           set_config('deskbell.library', my_library::text, true)
$$;

-- Checks, writes the audit's row and sets the tenant, all in the caller's transaction. Returns the
-- role to go on as; NULL: not permitted, and nothing was done.
CREATE FUNCTION deskbell.enter(my_consortium bigint, my_library bigint, my_account text,
                               my_right text, my_command text, my_object text, my_reason text,
                               my_personal boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place text := deskbell.judge(my_consortium, my_library, my_account, my_right);
    asks boolean := deskbell.needs_reason(my_consortium, my_library, my_account, my_right,
                                          my_personal);
BEGIN
    IF place IS NULL OR (asks AND btrim(coalesce(my_reason, '')) = '') THEN
        RETURN NULL;
    END IF;
    PERFORM deskbell.tenant_set(my_consortium, my_library);
    IF my_right IS NULL THEN
        RETURN 'deskbell_admin';
    END IF;
    -- Who reads in all libraries at once is seen by each of them.
    IF my_library = 0 AND asks THEN
        PERFORM deskbell.audit_add(my_consortium, l.library_id, my_account, my_command, my_right,
                                   my_object, my_reason, '')
            FROM deskbell.library l WHERE l.consortium_id = my_consortium;
    END IF;
    PERFORM deskbell.audit_add(my_consortium, my_library, my_account, my_command, my_right,
                               my_object, my_reason, '');
    RETURN CASE WHEN my_right = 'statistics' THEN 'deskbell_report'
                WHEN place = 'consortium' OR my_right IN ('libraries', 'policy')
                    THEN 'deskbell_coordinator'
                ELSE 'deskbell_admin' END;
END
$$;

CREATE FUNCTION deskbell.needs_reason(my_consortium bigint, my_library bigint, my_account text,
                                      my_right text, my_personal boolean) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        deskbell.judge(my_consortium, my_library, my_account, my_right) = 'consortium'
        AND (my_personal OR (SELECT r.needs_reason FROM deskbell.right_name r
                             WHERE r.name = my_right)), false)
$$;

-- The desk's own work in a library, which nobody asked for.
CREATE FUNCTION deskbell.enter_own(my_consortium bigint, my_library bigint, my_command text,
                                   my_object text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM deskbell.library l
                   WHERE l.consortium_id = my_consortium AND l.library_id = my_library) THEN
        RETURN false;
    END IF;
    PERFORM deskbell.tenant_set(my_consortium, my_library);
    PERFORM deskbell.audit_add(my_consortium, my_library, 'deskbell', my_command, NULL, my_object,
                               '', '');
    RETURN true;
END
$$;

-- Whether the giver may give or take it: only what the giver holds there, and consortium-wide only a
-- coordinator.
CREATE FUNCTION deskbell.may_give(my_consortium bigint, my_library bigint, my_giver text,
                                  my_right text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT deskbell.holds(my_consortium, my_library, my_giver, 'grants')
        AND deskbell.holds(my_consortium, my_library, my_giver, my_right)
        AND (coalesce(my_library, 0) <> 0
             OR EXISTS (SELECT FROM deskbell.coordinator c
                        WHERE c.consortium_id = my_consortium AND c.account = my_giver))
$$;

CREATE FUNCTION deskbell.grant_right(my_consortium bigint, my_library bigint, my_giver text,
                                     my_account text, my_right text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT deskbell.may_give(my_consortium, my_library, my_giver, my_right) THEN
        RETURN false;
    END IF;
    INSERT INTO deskbell.permission (consortium_id, library_id, account, "right", granted_by)
        VALUES (my_consortium, nullif(my_library, 0), my_account, my_right, my_giver)
        ON CONFLICT DO NOTHING;
    PERFORM deskbell.audit_add(my_consortium, my_library, my_giver, 'grant', 'grants', my_account,
                               '', my_right);
    RETURN true;
END
$$;

CREATE FUNCTION deskbell.revoke_right(my_consortium bigint, my_library bigint, my_giver text,
                                      my_account text, my_right text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT deskbell.may_give(my_consortium, my_library, my_giver, my_right) THEN
        RETURN false;
    END IF;
    DELETE FROM deskbell.permission p
        WHERE p.consortium_id = my_consortium
            AND p.library_id IS NOT DISTINCT FROM nullif(my_library, 0)
            AND p.account = my_account AND p."right" = my_right;
    PERFORM deskbell.audit_add(my_consortium, my_library, my_giver, 'revoke', 'grants', my_account,
                               '', my_right);
    RETURN true;
END
$$;

-- What only coordinators decide of a library's own rows.
CREATE FUNCTION deskbell.refuse_policy() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a library does not decide this of itself'
        USING errcode = 'insufficient_privilege';
END
$$;
CREATE TRIGGER policy_is_the_consortiums BEFORE INSERT ON deskbell.queue
    FOR EACH ROW WHEN (current_user = 'deskbell_admin' AND new.rollover)
    EXECUTE FUNCTION deskbell.refuse_policy();
CREATE TRIGGER policy_stays_the_consortiums BEFORE UPDATE ON deskbell.queue
    FOR EACH ROW WHEN (current_user = 'deskbell_admin' AND new.rollover <> old.rollover)
    EXECUTE FUNCTION deskbell.refuse_policy();
CREATE TRIGGER policy_stays_the_consortiums BEFORE UPDATE ON deskbell.library
    FOR EACH ROW WHEN (current_user = 'deskbell_admin'
                       AND (new.covers_all_holidays <> old.covers_all_holidays
                            OR new.name <> old.name OR new.consortium_id <> old.consortium_id))
    EXECUTE FUNCTION deskbell.refuse_policy();

-- The guard

CREATE FUNCTION deskbell.policy_add(my_table regclass, my_name text, kind text, command text,
                                    my_role text, rule text) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO %I', my_name, my_table, kind, command,
                   my_role)
        || CASE WHEN command <> 'INSERT' THEN format(' USING (%s)', rule) ELSE '' END
        || CASE WHEN command NOT IN ('SELECT', 'DELETE') THEN format(' WITH CHECK (%s)', rule)
                ELSE '' END;
END
$$;

-- Grants one role its commands, and adds one permissive policy for each.
CREATE FUNCTION deskbell.guard_role(my_table regclass, my_role text, commands text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    command text;
BEGIN
    IF commands = '' THEN
        RETURN;
    END IF;
    FOREACH command IN ARRAY regexp_split_to_array(commands, ' *, *') LOOP
        IF command NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') THEN
            RAISE EXCEPTION 'nobody is granted %', command;
        END IF;
        EXECUTE format('GRANT %s ON %s TO %I', command, my_table, 'deskbell_' || my_role);
        PERFORM deskbell.policy_add(my_table, my_role || '_' || lower(command), 'PERMISSIVE',
                                    command, 'deskbell_' || my_role, 'true');
    END LOOP;
END
$$;

-- For functions of deskbell_owner that others call: what the owner may see and do in a guarded table.
CREATE FUNCTION deskbell.guard_owner(my_table regclass, commands text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    my_policy name;
BEGIN
    FOR my_policy IN SELECT polname FROM pg_policy
                     WHERE polrelid = my_table AND polname LIKE 'owner\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %s', my_policy, my_table);
    END LOOP;
    PERFORM deskbell.guard_role(my_table, 'owner', commands);
END
$$;

-- What holds on top of every permissive policy. Sub-selects, so that a statement asks for the tenant
-- once and not for every row.
CREATE FUNCTION deskbell.guard_tenant(my_table regclass, shared boolean) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    has_library boolean := EXISTS (SELECT FROM pg_attribute
        WHERE attrelid = my_table AND attname = 'library_id' AND NOT attisdropped);
    has_consortium boolean := EXISTS (SELECT FROM pg_attribute
        WHERE attrelid = my_table AND attname = 'consortium_id' AND NOT attisdropped);
    ours text := CASE
        WHEN has_consortium THEN 'consortium_id = (SELECT deskbell.at_consortium())'
        ELSE 'library_id IN (SELECT l.library_id FROM deskbell.library l'
             ' WHERE l.consortium_id = (SELECT deskbell.at_consortium()))' END;
    mine text := CASE WHEN has_library THEN 'library_id = (SELECT deskbell.at_library())'
                      ELSE 'false' END;
    whole text := '(SELECT deskbell.at_library()) = 0';
    seen text := '(SELECT deskbell.audited())';
    coordinators text;
    command text;
BEGIN
    IF NOT (has_consortium OR has_library) OR NOT (shared OR has_library) THEN
        RAISE EXCEPTION 'table % has no tenant', my_table;
    END IF;
    coordinators := format('%s AND %s AND (%s OR %s)', ours, seen, whole, mine);
    mine := format('%s AND %s', ours, mine);
    IF NOT shared THEN
        PERFORM deskbell.policy_add(my_table, 'tenant_admin', 'RESTRICTIVE', 'ALL',
                                    'deskbell_admin', mine);
        PERFORM deskbell.policy_add(my_table, 'tenant_coordinator', 'RESTRICTIVE', 'ALL',
                                    'deskbell_coordinator', coordinators);
        PERFORM deskbell.policy_add(my_table, 'tenant_report', 'RESTRICTIVE', 'ALL',
            'deskbell_report', format('(%s) OR (%s AND %s AND %s)', mine, ours, whole, seen));
        RETURN;
    END IF;
    FOREACH command IN ARRAY ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] LOOP
        PERFORM deskbell.policy_add(my_table, 'tenant_admin_' || lower(command), 'RESTRICTIVE',
            command, 'deskbell_admin', CASE command WHEN 'SELECT' THEN ours ELSE mine END);
        PERFORM deskbell.policy_add(my_table, 'tenant_coordinator_' || lower(command),
            'RESTRICTIVE', command, 'deskbell_coordinator',
            CASE command WHEN 'SELECT' THEN ours ELSE coordinators END);
    END LOOP;
    PERFORM deskbell.policy_add(my_table, 'tenant_report', 'RESTRICTIVE', 'ALL',
                                'deskbell_report', ours);
END
$$;

CREATE FUNCTION deskbell.guard(my_table regclass, kind text, writer text DEFAULT NULL,
                               settings text DEFAULT NULL, admin text DEFAULT NULL,
                               coordinator text DEFAULT NULL, report text DEFAULT NULL,
                               owner text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shared boolean := kind = 'settings';
    everything text := 'SELECT, INSERT, UPDATE, DELETE';
    my_policy name;
BEGIN
    IF kind NOT IN ('chats', 'settings') THEN
        RAISE EXCEPTION 'tables are guarded as ''chats'' or ''settings'', not as ''%''', kind;
    END IF;
    FOR my_policy IN SELECT polname FROM pg_policy WHERE polrelid = my_table LOOP
        EXECUTE format('DROP POLICY %I ON %s', my_policy, my_table);
    END LOOP;
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, deskbell, deskbell_writer, deskbell_settings,'
                   ' deskbell_admin, deskbell_coordinator, deskbell_report', my_table);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', my_table);
    PERFORM deskbell.guard_tenant(my_table, shared);
    PERFORM deskbell.guard_role(my_table, 'writer', coalesce(writer,
        CASE WHEN shared THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE' END));
    PERFORM deskbell.guard_role(my_table, 'settings', coalesce(settings,
        CASE WHEN shared THEN everything ELSE '' END));
    PERFORM deskbell.guard_role(my_table, 'admin', coalesce(admin, everything));
    PERFORM deskbell.guard_role(my_table, 'coordinator', coalesce(coordinator, everything));
    PERFORM deskbell.guard_role(my_table, 'report', coalesce(report, 'SELECT'));
    PERFORM deskbell.guard_role(my_table, 'owner', coalesce(owner, ''));
END
$$;

-- All is the owner's, but for the audit

DO $$
DECLARE
    mine record;
BEGIN
    ALTER SCHEMA deskbell OWNER TO deskbell_owner;
    REVOKE ALL ON SCHEMA deskbell FROM PUBLIC, deskbell;
    GRANT USAGE ON SCHEMA deskbell TO deskbell_audit, deskbell_writer, deskbell_settings,
        deskbell_admin, deskbell_coordinator, deskbell_report;
    GRANT CREATE ON SCHEMA deskbell TO deskbell_audit; -- to be given its table
    FOR mine IN
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS what, oid::regclass::text AS name
            FROM pg_class WHERE relnamespace = 'deskbell'::regnamespace AND relkind IN ('r', 'p', 'v')
        UNION ALL SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc
            WHERE pronamespace = 'deskbell'::regnamespace
        UNION ALL SELECT 'DOMAIN', oid::regtype::text FROM pg_type
            WHERE typnamespace = 'deskbell'::regnamespace AND typtype = 'd'
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO %I', mine.what, mine.name,
            CASE WHEN mine.name IN ('deskbell.audit', 'deskbell.audited()')
                      OR mine.name LIKE 'deskbell.audit\_add(%'
                 THEN 'deskbell_audit' ELSE 'deskbell_owner' END);
        IF mine.what = 'FUNCTION' THEN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', mine.name);
        ELSIF mine.what <> 'DOMAIN' THEN
            EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, deskbell', mine.name);
        END IF;
    END LOOP;
    REVOKE CREATE ON SCHEMA deskbell FROM deskbell_audit;
END
$$;

GRANT SELECT ON deskbell.schema_version, deskbell.right_name, deskbell.bundle_right
    TO deskbell_writer, deskbell_settings, deskbell_admin, deskbell_coordinator, deskbell_report;
GRANT EXECUTE ON FUNCTION deskbell.at_consortium, deskbell.at_library
    TO deskbell_owner, deskbell_audit, deskbell_writer, deskbell_settings, deskbell_admin,
       deskbell_coordinator, deskbell_report;
GRANT EXECUTE ON FUNCTION deskbell.audited TO deskbell_admin, deskbell_coordinator, deskbell_report;
GRANT EXECUTE ON FUNCTION deskbell.audit_add
    TO deskbell_owner, deskbell_admin, deskbell_coordinator, deskbell_report;
GRANT EXECUTE ON FUNCTION deskbell.enter, deskbell.enter_own, deskbell.needs_reason,
    deskbell.holds, deskbell.held TO deskbell_admin;
GRANT EXECUTE ON FUNCTION deskbell.holds, deskbell.grant_right, deskbell.revoke_right
    TO deskbell_admin, deskbell_coordinator;
GRANT EXECUTE ON FUNCTION deskbell.epoch_take, deskbell.batch_begin, deskbell.chats_move
    TO deskbell_writer;
-- It takes the lines along and asks for the lease, whoever erases the chat.
ALTER FUNCTION deskbell.chat_erased SECURITY DEFINER SET search_path = pg_catalog, pg_temp;

-- Settings. Who bears which bundle, and what the consortium decides, no library writes.
SELECT deskbell.guard('deskbell.consortium', 'settings', settings => 'SELECT, INSERT, UPDATE',
                      admin => 'SELECT', coordinator => 'SELECT, UPDATE', owner => 'SELECT');
SELECT deskbell.guard('deskbell.coordinator', 'settings', admin => 'SELECT', owner => 'SELECT');
SELECT deskbell.guard('deskbell.library', 'settings', admin => 'SELECT, UPDATE', owner => 'SELECT');
SELECT deskbell.guard('deskbell.library_admin', 'settings', admin => 'SELECT', owner => 'SELECT');
SELECT deskbell.guard('deskbell.holiday_coverage', 'settings', admin => 'SELECT');
SELECT deskbell.guard('deskbell.operator', 'settings', owner => 'SELECT');
SELECT deskbell.guard('deskbell.holiday', 'settings', admin => 'SELECT');
SELECT deskbell.guard(my_table::regclass, 'settings') FROM unnest(ARRAY[
    'deskbell.address', 'deskbell.queue', 'deskbell.assignment', 'deskbell.snippet',
    'deskbell.closure', 'deskbell.hours_window', 'deskbell.answered_by', 'deskbell.profile',
    'deskbell.canned', 'deskbell.notice', 'deskbell.reserved_name']) AS my_table;

-- What the desk knows of itself.
SELECT deskbell.guard('deskbell.lease', 'settings', writer => 'SELECT, INSERT, UPDATE',
                      settings => '', admin => '', coordinator => '', report => '',
                      owner => 'SELECT, UPDATE');
SELECT deskbell.guard('deskbell.numbering', 'settings', writer => 'SELECT, INSERT',
                      settings => '', admin => '', coordinator => '', report => '',
                      owner => 'SELECT, UPDATE');
SELECT deskbell.guard('deskbell.batch', 'settings', writer => 'SELECT, INSERT, DELETE',
                      settings => '', admin => '', coordinator => '', report => '');

-- Chats. Lines and acts are only added to; the library may take them away, and a chat that moves
-- takes them along, of which the lines need the column and the acts nothing.
SELECT deskbell.guard('deskbell.chat', 'chats', admin => 'SELECT, UPDATE, DELETE',
                      coordinator => 'SELECT, UPDATE, DELETE');
SELECT deskbell.guard('deskbell.line', 'chats', writer => 'SELECT, INSERT, UPDATE',
                      admin => 'SELECT, DELETE', coordinator => 'SELECT, DELETE',
                      owner => 'SELECT, DELETE');
REVOKE UPDATE ON deskbell.line FROM deskbell_writer;
GRANT UPDATE (library_id) ON deskbell.line TO deskbell_writer;
SELECT deskbell.guard('deskbell.act', 'chats', writer => 'SELECT, INSERT',
                      admin => 'SELECT, DELETE', coordinator => 'SELECT, DELETE');
SELECT deskbell.guard('deskbell.offer', 'chats', admin => 'SELECT, DELETE',
                      coordinator => 'SELECT, DELETE');
SELECT deskbell.guard('deskbell.duty', 'chats', admin => 'SELECT', coordinator => 'SELECT');
SELECT deskbell.guard('deskbell.duty_log', 'chats', writer => 'SELECT, INSERT', admin => 'SELECT',
                      coordinator => 'SELECT');
SELECT deskbell.guard('deskbell.block', 'chats', admin => 'SELECT, UPDATE',
                      coordinator => 'SELECT, UPDATE');
SELECT deskbell.guard('deskbell.followup', 'chats', admin => 'SELECT, UPDATE, DELETE',
                      coordinator => 'SELECT, UPDATE, DELETE');

-- Whether a library that is to be removed has chats, and no more than that.
GRANT SELECT (library_id) ON deskbell.chat TO deskbell_settings;
CREATE POLICY settings_select ON deskbell.chat FOR SELECT TO deskbell_settings USING (true);

-- Permissions are changed by the functions alone, the audit is written by its own.
SELECT deskbell.guard('deskbell.permission', 'chats', writer => '', settings => 'SELECT',
                      admin => 'SELECT', coordinator => 'SELECT', report => '', owner => 'SELECT, INSERT, DELETE');
SELECT deskbell.guard('deskbell.audit', 'chats', writer => '', admin => 'SELECT',
                      coordinator => 'SELECT', report => '');
CREATE POLICY audit_select ON deskbell.audit FOR SELECT TO deskbell_audit USING (true);
CREATE POLICY audit_insert ON deskbell.audit FOR INSERT TO deskbell_audit WITH CHECK (true);
GRANT SELECT ON deskbell.holding TO deskbell_admin, deskbell_coordinator;
