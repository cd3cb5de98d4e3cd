-- Accounts of other servers, until their people have said yes.
--
-- A mini-administrator may give an operator an account that this consortium's server does not have.
-- Whoever typed it could be mistaken, and patrons' questions would go to a stranger. So the operator
-- keeps the old account until somebody writes the code from the new one: the administrator was shown
-- it once and hands it on, and only the server says who writes.
CREATE TABLE deskbell.account_check (
    consortium_id bigint NOT NULL,
    library_id bigint NOT NULL,
    operator_id bigint NOT NULL,
    account deskbell.account NOT NULL,
    code_hash bytea NOT NULL, -- SHA-256: the code itself is only in people's hands
    made_at timestamptz NOT NULL DEFAULT now(),
    tries integer NOT NULL DEFAULT 0,
    PRIMARY KEY (library_id, operator_id),
    FOREIGN KEY (library_id, consortium_id)
        REFERENCES deskbell.library (library_id, consortium_id) ON DELETE CASCADE,
    FOREIGN KEY (library_id, operator_id)
        REFERENCES deskbell.operator (library_id, operator_id) ON DELETE CASCADE
);

-- Who writes may be asked for by several libraries.
CREATE INDEX ON deskbell.account_check (consortium_id, account);

SELECT deskbell.guard('deskbell.account_check', 'settings', writer => '', report => '');

-- The account's person sends a code: the operator's name that it belongs to now, or NULL. Five wrong
-- ones, or a week, and the administrator has to begin again. For deskbell_settings, since nobody is
-- at a library yet.
CREATE FUNCTION deskbell.account_verify(my_consortium bigint, my_account text, my_code text)
    RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_operator bigint;
    found_name text;
BEGIN
    UPDATE deskbell.account_check SET tries = tries + 1
        WHERE consortium_id = my_consortium AND account = my_account;
    DELETE FROM deskbell.account_check
        WHERE consortium_id = my_consortium
          AND (tries > 5 OR made_at < now() - interval '7 days');
    DELETE FROM deskbell.account_check c
        WHERE consortium_id = my_consortium AND account = my_account
          AND code_hash = sha256(convert_to(my_code, 'UTF8'))
          -- Meanwhile the account may have become another operator's.
          AND NOT EXISTS (SELECT FROM deskbell.operator o
                          WHERE o.consortium_id = my_consortium AND o.account = my_account
                            AND o.operator_id <> c.operator_id)
        RETURNING operator_id INTO found_operator;
    IF found_operator IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE deskbell.operator SET account = my_account
        WHERE operator_id = found_operator AND consortium_id = my_consortium
        RETURNING name INTO found_name;
    PERFORM pg_notify('deskbell_settings_' || my_consortium, '');
    RETURN found_name;
END
$$;

GRANT EXECUTE ON FUNCTION deskbell.account_verify TO deskbell_settings;
