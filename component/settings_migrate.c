/* Bringing the schema up to date, and telling whether it is. */
#include <stdio.h>

#include "component/crash.h"
#include "component/database.h"
#include "component/schema_files.h"
#include "component/settings.h"

/* Before the first migration there is no table to ask: version 0. */
static bool read_version(PGconn *database, int *ret_version, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;
    bool fine = false;

    *ret_version = 0;
    statement_begin(&statement, "SELECT has_schema_privilege(n.oid, 'USAGE')"
                                " AND has_table_privilege(c.oid, 'SELECT')"
                                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                " WHERE n.nspname = 'deskbell' AND c.relname = 'schema_version'");
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    bool there = PQntuples(result) == 1;
    bool readable = there && result_switch(result, 0, 0);
    PQclear(result);
    if (!there)
        return true;
    if (!readable)
        return error_set(reterr, "the database has an older schema, which is not for the roles of "
                                 "this deskbell: run 'deskbell migrate'");
    statement_begin(&statement, "SELECT coalesce(max(version), 0) FROM deskbell.schema_version");
    fine = statement_run(database, &statement, &result, reterr);
    if (fine) {
        *ret_version = (int)result_number(result, 0, 0);
        PQclear(result);
    }
    return fine;
}

static bool complain_of_version(int version, struct error *reterr)
{
    if (version > schema_file_count)
        return error_set(
            reterr,
            "this deskbell is older than the database: it knows schema version %d, the "
            "database has %d",
            schema_file_count, version);
    if (version < schema_file_count)
        return error_set(
            reterr,
            "the database has schema version %d, this deskbell needs %d: run 'deskbell "
            "migrate'",
            version, schema_file_count);
    return true;
}

/* Once the schema is deskbell_owner's, so is what later files make. */
static bool become_owner(PGconn *database, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement,
                    "SELECT set_config('role', 'deskbell_owner', true) FROM pg_namespace"
                    " WHERE nspname = 'deskbell'"
                    " AND pg_get_userbyid(nspowner) = 'deskbell_owner'");
    return statement_run(database, &statement, NULL, reterr);
}

static bool apply(PGconn *database, int version, FILE *out, struct error *reterr)
{
    const struct schema_file *file = &schema_files[version - 1];
    struct statement statement;

    if (!database_run(database, file->sql, reterr))
        return false;
    statement_begin(&statement,
                    "INSERT INTO deskbell.schema_version (version, name) VALUES ($1, $2)");
    CRASH_POINT("migration-applied");
    statement_number(&statement, version);
    statement_text(&statement, file->name);
    if (!statement_run(database, &statement, NULL, reterr))
        return false;
    fprintf(out, "applied %s\n", file->name);
    return true;
}

/* The lock ends with the transaction, whatever becomes of this process. */
static bool apply_next(PGconn *database, FILE *out, bool *ret_done, struct error *reterr)
{
    int version = 0;

    if (!database_run(database, "BEGIN", reterr))
        return false;
    if (!database_run(database,
                      "SELECT pg_advisory_xact_lock(hashtextextended('deskbell migrate', 0))",
                      reterr) ||
        !read_version(database, &version, reterr))
        goto failed;
    if (version > schema_file_count) {
        complain_of_version(version, reterr);
        goto failed;
    }
    *ret_done = version == schema_file_count;
    if (!*ret_done &&
        (!become_owner(database, reterr) || !apply(database, version + 1, out, reterr)))
        goto failed;
    CRASH_POINT("migration-ends");
    if (!database_run(database, "COMMIT", reterr))
        return false;
    CRASH_POINT("migration-committed");
    return true;
failed:
    database_run(database, "ROLLBACK", NULL);
    return false;
}

/* Roles are made by those who may make roles; whom they made the owner's member can go on. Others
 * can at best see that there is nothing to do. */
static bool may_migrate(PGconn *database, bool *ret_may, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement,
                    "SELECT bool_or(m.rolname = 'deskbell_owner' OR m.rolname = current_user"
                    "  AND (m.rolsuper OR m.rolcreaterole))"
                    " FROM pg_roles m WHERE pg_has_role(m.oid, 'member')");
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_may = result_switch(result, 0, 0);
    PQclear(result);
    return true;
}

static bool refuse_to_migrate(PGconn *database, struct error *reterr)
{
    int version = 0;

    if (database_become(database, "deskbell_settings", NULL) &&
        read_version(database, &version, NULL) && version >= schema_file_count)
        return complain_of_version(version, reterr);
    return error_set(reterr,
                     "the database's user '%s' may not change the schema: let 'migrate_database' "
                     "in deskbell.conf name a superuser, as in \"host=/run/postgresql "
                     "dbname=%s user=postgres\", and run 'sudo deskbell migrate'",
                     PQuser(database), PQdb(database));
}

bool settings_migrate(PGconn *database, FILE *out, struct error *reterr)
{
    bool done = false, may = false;

    if (!may_migrate(database, &may, reterr))
        return false;
    if (!may)
        return refuse_to_migrate(database, reterr);
    while (!done)
        if (!apply_next(database, out, &done, reterr))
            return false;
    return true;
}

bool settings_schema_fits(PGconn *database, struct error *reterr)
{
    int version = 0;

    return read_version(database, &version, reterr) && complain_of_version(version, reterr);
}

bool settings_schema_newer(PGconn *database)
{
    int version = 0;

    return read_version(database, &version, NULL) && version > schema_file_count;
}
