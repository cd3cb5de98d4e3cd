/* database.h: plain blocking statements, for the commands and for what is loaded at a start.
 *
 * Parameters only: no SQL is ever built from strings. */
#ifndef DESKBELL_COMPONENT_DATABASE_H
#define DESKBELL_COMPONENT_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "component/error.h"

enum { STATEMENT_VALUES_MAX = 24 };

/* One statement's parameters, filled from left to right. Texts are borrowed until it has run. */
struct statement {
    const char *sql;
    int count;
    const char *values[STATEMENT_VALUES_MAX];
    char numbers[STATEMENT_VALUES_MAX][24];
};

/* NULL with an error when the database cannot be reached. The caller's: PQfinish(). */
PGconn *database_connect(const char *conninfo, struct error *reterr);

void statement_begin(struct statement *statement, const char *sql);
void statement_text(struct statement *statement, const char *text); /* NULL is SQL's NULL */
void statement_number(struct statement *statement, int64_t number);
void statement_switch(struct statement *statement, bool value);

/* Runs it. *ret_result is the caller's to PQclear(); NULL when nobody wants it. On failure the
 * error has the server's words, one line. */
bool statement_run(PGconn *database, const struct statement *statement, PGresult **ret_result,
                   struct error *reterr);

/* Makes the connection act as that role from now on. A role that the cluster does not have is
 * passed over: then the schema is older than its roles, which settings_schema_fits() says in better
 * words. */
bool database_become(PGconn *database, const char *role, struct error *reterr);

/* Whether row-level security binds whoever logged in here; the error says who is too mighty, and
 * what to do. */
bool database_is_bound(PGconn *database, struct error *reterr);

/* A statement, or several, without parameters or result. */
bool database_run(PGconn *database, const char *sql, struct error *reterr);

/* The error of a connection or a result (NULL: the connection's) as one line. Returns false. */
bool database_error(PGconn *database, const PGresult *result, struct error *reterr);

/* A number or a switch of a result; the column must not be NULL. */
int64_t result_number(const PGresult *result, int row, int column);
bool result_switch(const PGresult *result, int row, int column);

/* NULL for SQL's NULL; borrowed from the result. */
const char *result_text(const PGresult *result, int row, int column);

#endif
