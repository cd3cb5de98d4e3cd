#include "component/permit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "policy/mem.h"

/* The roles that deskbell.enter() names. A role cannot be a parameter of SET. */
static const struct {
    const char *name, *sql;
} roles[] = {
    {"deskbell_admin", "SET LOCAL ROLE deskbell_admin"},
    {"deskbell_coordinator", "SET LOCAL ROLE deskbell_coordinator"},
    {"deskbell_report", "SET LOCAL ROLE deskbell_report"},
};

/* Until somebody has entered, this role has no tenant, and so sees nothing. */
static bool open_transaction(PGconn *database, struct error *reterr)
{
    return database_run(database, "BEGIN", reterr) && database_run(database, roles[0].sql, reterr);
}

/* Rolls back what is open, and hands the verdict on. */
static bool close_transaction(PGconn *database, bool fine)
{
    if (PQtransactionStatus(database) != PQTRANS_IDLE)
        database_run(database, "ROLLBACK", NULL);
    return fine;
}

/* $1 to $4 of every statement about a permit. */
static void begin(struct statement *statement, const struct permit *permit, const char *sql)
{
    statement_begin(statement, sql);
    statement_number(statement, permit->consortium_id);
    statement_number(statement, permit->library_id);
    statement_text(statement, permit->account);
    statement_text(statement, permit->right);
}

static bool take_role(PGconn *database, const char *name, struct error *reterr)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(name, roles[i].name) == 0)
            return database_run(database, roles[i].sql, reterr);
    return error_set(reterr, "database: 'deskbell.enter' names an unknown role '%s'", name);
}

bool permit_begin(PGconn *database, const struct permit *permit, bool *ret_permitted,
                  struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    if (!open_transaction(database, reterr))
        return close_transaction(database, false);
    begin(&statement, permit,
          "SELECT deskbell.enter($1, $2, $3, $4, coalesce($5, ''), $6, $7, $8)");
    statement_text(&statement, permit->command);
    statement_text(&statement, permit->object);
    statement_text(&statement, permit->reason);
    statement_switch(&statement, permit->personal);
    if (!statement_run(database, &statement, &result, reterr))
        return close_transaction(database, false);
    const char *role = result_text(result, 0, 0);
    bool permitted = role != NULL;
    bool fine = !permitted || take_role(database, role, reterr);
    PQclear(result);
    if (!fine || !permitted)
        close_transaction(database, true);
    if (fine)
        *ret_permitted = permitted;
    return fine;
}

/* One switch of a statement, within a transaction of its own. */
static bool ask(PGconn *database, const struct statement *statement, bool *ret_answer,
                struct error *reterr)
{
    PGresult *result = NULL;

    bool fine =
        open_transaction(database, reterr) && statement_run(database, statement, &result, reterr);
    if (fine)
        *ret_answer = result_switch(result, 0, 0);
    PQclear(result);
    return close_transaction(database, fine);
}

bool permit_needs_reason(PGconn *database, const struct permit *permit, bool *ret_needed,
                         struct error *reterr)
{
    struct statement statement;

    begin(&statement, permit, "SELECT deskbell.needs_reason($1, $2, $3, $4, $5)");
    statement_switch(&statement, permit->personal);
    return ask(database, &statement, ret_needed, reterr);
}

bool permit_begin_own(PGconn *database, int64_t consortium_id, int64_t library_id,
                      const char *command, const char *object, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    if (!open_transaction(database, reterr))
        return close_transaction(database, false);
    statement_begin(&statement, "SELECT deskbell.enter_own($1, $2, $3, $4)");
    statement_number(&statement, consortium_id);
    statement_number(&statement, library_id);
    statement_text(&statement, command);
    statement_text(&statement, object);
    if (!statement_run(database, &statement, &result, reterr))
        return close_transaction(database, false);
    bool fine = result_switch(result, 0, 0);
    PQclear(result);
    if (!fine) {
        error_set(reterr, "there is no library %lld any more", (long long)library_id);
        close_transaction(database, false);
    }
    return fine;
}

bool permit_note(PGconn *database, int64_t library_id, const char *object, const char *reason,
                 const char *detail, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, "SELECT deskbell.audit_note($1, $2, $3, $4)");
    statement_number(&statement, library_id);
    statement_text(&statement, object);
    statement_text(&statement, reason);
    statement_text(&statement, detail);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    bool noted = result_switch(result, 0, 0);
    PQclear(result);
    return noted || error_set(reterr, "nobody has entered library %lld in this transaction",
                              (long long)library_id);
}

bool permit_list(PGconn *database, int64_t consortium_id, const char *account,
                 struct permit_held **ret_held, size_t *ret_count, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, "SELECT library_id, \"right\" FROM deskbell.held($1, $2) "
                                "ORDER BY 1, 2 LIMIT $3");
    statement_number(&statement, consortium_id);
    statement_text(&statement, account);
    statement_number(&statement, PERMIT_HELD_MAX);
    bool fine =
        open_transaction(database, reterr) && statement_run(database, &statement, &result, reterr);
    if (fine) {
        size_t count = (size_t)PQntuples(result);
        struct permit_held *held = count == 0 ? NULL : mem_new(count * sizeof *held);
        for (size_t i = 0; i < count; i++) {
            held[i].library_id = result_number(result, (int)i, 0);
            snprintf(held[i].right, sizeof held[i].right, "%s", PQgetvalue(result, (int)i, 1));
        }
        *ret_held = held;
        *ret_count = count;
    }
    PQclear(result);
    return close_transaction(database, fine);
}

static bool change(PGconn *database, const struct permit *giver, const char *sql,
                   const char *account, const char *right, bool *ret_done, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, sql);
    statement_number(&statement, giver->consortium_id);
    statement_number(&statement, giver->library_id);
    statement_text(&statement, giver->account);
    statement_text(&statement, account);
    statement_text(&statement, right);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_done = result_switch(result, 0, 0);
    PQclear(result);
    return true;
}

bool permit_grant(PGconn *database, const struct permit *giver, const char *account,
                  const char *right, bool *ret_done, struct error *reterr)
{
    return change(database, giver, "SELECT deskbell.grant_right($1, $2, $3, $4, $5)", account,
                  right, ret_done, reterr);
}

bool permit_revoke(PGconn *database, const struct permit *giver, const char *account,
                   const char *right, bool *ret_done, struct error *reterr)
{
    return change(database, giver, "SELECT deskbell.revoke_right($1, $2, $3, $4, $5)", account,
                  right, ret_done, reterr);
}
