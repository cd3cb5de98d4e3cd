"""Questions to the catalog: every row of an answer is a hole between libraries."""

# What belongs to no library and no consortium.
COMMON = "('schema_version', 'right_name', 'bundle_right')"
APP = "('deskbell', 'deskbell_writer', 'deskbell_settings', 'deskbell_admin', 'deskbell_coordinator'," \
      " 'deskbell_report')"

TABLES = "pg_class t WHERE t.relnamespace = 'deskbell'::regnamespace AND t.relkind IN ('r', 'p')"
TENANT = f"{TABLES} AND t.relname NOT IN {COMMON}"

# The first column of a key, and whether one of its columns is the tenant's.
FIRST = "(SELECT attname FROM pg_attribute WHERE attrelid = {rel} AND attnum = {keys}[{first}])"

GATES = {
    "a table without a tenant": f"SELECT t.relname FROM {TENANT} AND NOT EXISTS (SELECT FROM pg_attribute a"
        " WHERE a.attrelid = t.oid AND a.attname IN ('library_id', 'consortium_id') AND NOT a.attisdropped)",
    "a table that row-level security does not bind": f"SELECT t.relname FROM {TENANT}"
        " AND NOT (t.relrowsecurity AND t.relforcerowsecurity)",
    "a role that a restrictive policy does not bind": f"SELECT t.relname, r.rolname, c.command FROM {TENANT}"
        .replace("pg_class t WHERE", "pg_class t, pg_roles r, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[],"
                 "'{r,a,w,d}'::\"char\"[]) AS c (command, letter) WHERE") +
        " AND r.rolname IN ('deskbell_admin', 'deskbell_coordinator', 'deskbell_report')"
        " AND (has_table_privilege(r.oid, t.oid, c.command) OR c.command <> 'DELETE' AND"
        "      has_any_column_privilege(r.oid, t.oid, c.command)) AND NOT EXISTS (SELECT FROM pg_policy p"
        " WHERE p.polrelid = t.oid AND NOT p.polpermissive AND p.polroles @> ARRAY[r.oid]"
        " AND p.polcmd IN ('*', c.letter)"
        " AND coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
        "  ~ 'at_consortium|at_library')",
    "a permissive policy for more than one role and command": "SELECT polrelid::regclass, polname FROM pg_policy"
        " WHERE polpermissive AND (polcmd = '*' OR cardinality(polroles) <> 1 OR polroles = '{0}')"
        " UNION ALL SELECT polrelid::regclass, min(polname) FROM pg_policy WHERE polpermissive"
        " GROUP BY polrelid, polcmd, polroles HAVING count(*) > 1",
    "a check that is not the condition": "SELECT polrelid::regclass, polname FROM pg_policy"
        " WHERE (polcmd IN ('*', 'w') AND pg_get_expr(polqual, polrelid)"
        "  IS DISTINCT FROM pg_get_expr(polwithcheck, polrelid)) OR polcmd = 'a' AND polwithcheck IS NULL",
    "a key that does not begin with the tenant": "SELECT i.indexrelid::regclass FROM pg_index i,"
        f" {TENANT} AND i.indrelid = t.oid AND i.indisunique AND NOT (t.relname = 'consortium') AND "
        + FIRST.format(rel="i.indrelid", keys="i.indkey", first=0) + " NOT IN ('library_id', 'consortium_id')",
    "a foreign key without the tenant": "SELECT c.conrelid::regclass, c.conname FROM pg_constraint c"
        " WHERE c.contype = 'f' AND c.connamespace = 'deskbell'::regnamespace AND c.confrelid::regclass::text"
        " NOT IN ('deskbell.right_name') AND NOT EXISTS (SELECT FROM unnest(c.conkey, c.confkey) AS k (here, there)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here"
        " JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.there"
        " WHERE a.attname = b.attname AND a.attname IN ('library_id', 'consortium_id'))",
    "a tenant's table without an index for it": f"SELECT t.relname FROM {TENANT} AND NOT EXISTS (SELECT FROM"
        " pg_index i WHERE i.indrelid = t.oid AND "
        + FIRST.format(rel="t.oid", keys="i.indkey", first=0) + " IN ('library_id', 'consortium_id'))",
    "a view that looks with its owner's eyes": "SELECT relname FROM pg_class WHERE relkind = 'v'"
        " AND relnamespace = 'deskbell'::regnamespace"
        " AND NOT coalesce(reloptions @> '{security_invoker=true}', false)",
    "a materialised view": "SELECT relname FROM pg_class WHERE relkind = 'm'"
        " AND relnamespace = 'deskbell'::regnamespace",
    "a definer's function with a loose path": "SELECT oid::regprocedure FROM pg_proc"
        " WHERE pronamespace = 'deskbell'::regnamespace AND prosecdef AND NOT coalesce(array_to_string("
        "proconfig, ';') ~ 'search_path=pg_catalog, ([a-z_]+, )*pg_temp', false)",
    "a function for everybody": "SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(p.proacl,"
        " acldefault('f', p.proowner))) a WHERE p.pronamespace = 'deskbell'::regnamespace AND a.grantee = 0",
    "a leakproof function": "SELECT oid::regprocedure FROM pg_proc"
        " WHERE pronamespace = 'deskbell'::regnamespace AND proleakproof",
    "a right over tables that nobody needs": f"SELECT t.relname, a.grantee::regrole, a.privilege_type FROM"
        f" pg_class t, aclexplode(t.relacl) a WHERE t.relnamespace = 'deskbell'::regnamespace AND a.grantee <>"
        " t.relowner AND (a.grantee = 0 OR a.is_grantable OR a.privilege_type IN ('TRUNCATE', 'TRIGGER',"
        " 'REFERENCES') OR a.grantee = 'deskbell'::regrole)",
    "a table of somebody else's": f"SELECT t.relname, t.relowner::regrole FROM {TABLES} AND t.relowner <>"
        " CASE t.relname WHEN 'audit' THEN 'deskbell_audit'::regrole ELSE 'deskbell_owner'::regrole END",
    "a mighty role": "SELECT rolname FROM pg_roles WHERE rolname ~ '^deskbell' AND (rolsuper OR rolbypassrls"
        " OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit OR rolcanlogin <> (rolname = 'deskbell'))",
    "a member of the owners": f"SELECT r.rolname, o.rolname FROM pg_roles r, pg_roles o WHERE r.rolname IN {APP}"
        " AND o.rolname IN ('deskbell_owner', 'deskbell_audit') AND pg_has_role(r.oid, o.oid, 'member')",
    "a way into the schema": "SELECT a.grantee::regrole FROM pg_namespace n, aclexplode(n.nspacl) a WHERE"
        " n.nspname = 'deskbell' AND a.grantee <> n.nspowner AND (a.grantee IN (0, 'deskbell'::regrole) OR"
        " a.privilege_type = 'CREATE')",
    "something to make in public": "SELECT a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a"
        " WHERE n.nspname = 'public' AND a.grantee = 0",
    "functions that are born open": "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_default_acl"
        " WHERE defaclrole = 'deskbell_owner'::regrole AND defaclobjtype = 'f'"
        " AND NOT EXISTS (SELECT FROM aclexplode(defaclacl) a WHERE a.grantee = 0))",
    # What a chat that moves takes along is counted anew by a trigger: nothing is lost that the chats
    # themselves do not say.
    "a writer that takes away": f"SELECT t.relname, c FROM pg_class t, unnest('{{DELETE,TRUNCATE}}'::text[]) c"
        " WHERE t.relnamespace = 'deskbell'::regnamespace AND t.relkind = 'r' AND t.relname NOT IN ('batch', 'answering')"
        " AND has_table_privilege('deskbell_writer', t.oid, c)",
    "statistics of rows": f"SELECT r.rolname FROM pg_roles r WHERE r.rolname IN {APP}"
        " AND has_table_privilege(r.oid, 'pg_catalog.pg_statistic', 'SELECT')",
}

# Each must turn the gate red that stands before it.
MUTANTS = [
    ("a table that row-level security does not bind", "ALTER TABLE deskbell.chat NO FORCE ROW LEVEL SECURITY"),
    ("a table that row-level security does not bind", "ALTER TABLE deskbell.line DISABLE ROW LEVEL SECURITY"),
    ("a table that row-level security does not bind",
     "CREATE TABLE deskbell.new (library_id bigint, x int); ALTER TABLE deskbell.new OWNER TO deskbell_owner"),
    ("a table without a tenant", "CREATE TABLE deskbell.new (x int)"),
    ("a role that a restrictive policy does not bind", "DROP POLICY tenant_admin ON deskbell.chat"),
    ("a role that a restrictive policy does not bind", "ALTER POLICY tenant_report ON deskbell.act USING (true)"
     " WITH CHECK (true)"),
    ("a permissive policy for more than one role and command", "CREATE POLICY wide ON deskbell.chat USING (true)"),
    ("a permissive policy for more than one role and command",
     "CREATE POLICY wide ON deskbell.line FOR SELECT TO deskbell_admin USING (true)"),
    ("a check that is not the condition", "ALTER POLICY tenant_admin ON deskbell.chat WITH CHECK (true)"),
    ("a key that does not begin with the tenant", "ALTER TABLE deskbell.queue ADD UNIQUE (queue_id)"),
    ("a foreign key without the tenant", "ALTER TABLE deskbell.queue ADD UNIQUE (queue_id);"
     " ALTER TABLE deskbell.snippet ADD FOREIGN KEY (queue_id) REFERENCES deskbell.queue (queue_id)"),
    ("a view that looks with its owner's eyes", "CREATE VIEW deskbell.plain AS SELECT * FROM deskbell.chat"),
    ("a view that looks with its owner's eyes", "ALTER VIEW deskbell.holding RESET (security_invoker)"),
    ("a materialised view", "CREATE MATERIALIZED VIEW deskbell.m AS SELECT 1"),
    ("a definer's function with a loose path", "ALTER FUNCTION deskbell.enter RESET search_path"),
    ("a function for everybody", "GRANT EXECUTE ON FUNCTION deskbell.audit_add TO PUBLIC"),
    ("a leakproof function", "ALTER FUNCTION deskbell.at_library LEAKPROOF"),
    ("a right over tables that nobody needs", "GRANT TRUNCATE ON deskbell.chat TO deskbell_admin"),
    ("a right over tables that nobody needs", "GRANT SELECT ON deskbell.chat TO deskbell"),
    ("a table of somebody else's", "ALTER TABLE deskbell.audit OWNER TO deskbell_owner"),
    ("a mighty role", "ALTER ROLE deskbell_admin BYPASSRLS"),
    ("a mighty role", "ALTER ROLE deskbell INHERIT"),
    ("a member of the owners", "GRANT deskbell_owner TO deskbell_report"),
    ("a way into the schema", "GRANT CREATE ON SCHEMA deskbell TO deskbell_settings"),
    ("something to make in public", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ("functions that are born open", "ALTER DEFAULT PRIVILEGES FOR ROLE deskbell_owner GRANT EXECUTE ON FUNCTIONS"
     " TO PUBLIC"),
    ("a writer that takes away", "GRANT DELETE ON deskbell.chat TO deskbell_writer"),
    ("a tenant's table without an index for it", "ALTER TABLE deskbell.holiday DROP CONSTRAINT holiday_pkey"),
    ("statistics of rows", "GRANT SELECT ON pg_catalog.pg_statistic TO deskbell_report"),
]
