#include "component/database.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database_dial.h"
#include "component/login.h"

PGconn *database_connect(const char *conninfo, struct error *reterr)
{
    PGconn *database = database_dial_wait(conninfo);

    if (PQstatus(database) != CONNECTION_OK) {
        database_error(database, NULL, reterr);
        PQfinish(database);
        return NULL;
    }
    if (!database_run(database, "SET client_encoding = 'UTF8'; SET client_min_messages = warning",
                      reterr)) {
        PQfinish(database);
        return NULL;
    }
    return database;
}

void statement_begin(struct statement *statement, const char *sql)
{
    statement->sql = sql;
    statement->count = 0;
}

void statement_text(struct statement *statement, const char *text)
{
    assert(statement->count < STATEMENT_VALUES_MAX);
    statement->values[statement->count++] = text;
}

void statement_number(struct statement *statement, int64_t number)
{
    assert(statement->count < STATEMENT_VALUES_MAX);
    char *text = statement->numbers[statement->count];
    snprintf(text, sizeof statement->numbers[0], "%" PRId64, number);
    statement_text(statement, text);
}

void statement_switch(struct statement *statement, bool value)
{
    statement_text(statement, value ? "t" : "f");
}

/* The server's words come in several lines ("ERROR:  ...\nDETAIL:  ..."): made one. */
bool database_error(PGconn *database, const PGresult *result, struct error *reterr)
{
    const char *words = result != NULL ? PQresultErrorMessage(result) : PQerrorMessage(database);
    char text[ERROR_TEXT_MAX];
    size_t used = 0;

    for (; *words != '\0' && used < sizeof text - 1; words++) {
        char letter = *words == '\n' || *words == '\t' ? ' ' : *words;
        if (letter != ' ' || (used > 0 && text[used - 1] != ' '))
            text[used++] = letter;
    }
    while (used > 0 && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
    return error_set(reterr, "database: %s", text);
}

bool statement_run(PGconn *database, const struct statement *statement, PGresult **ret_result,
                   struct error *reterr)
{
    PGresult *result = PQexecParams(database, statement->sql, statement->count, NULL,
                                    statement->values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        database_error(database, result, reterr);
        PQclear(result);
        return false;
    }
    if (ret_result != NULL)
        *ret_result = result;
    else
        PQclear(result);
    return true;
}

bool database_run(PGconn *database, const char *sql, struct error *reterr)
{
    PGresult *result = PQexec(database, sql);
    ExecStatusType status = PQresultStatus(result);
    bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!fine)
        database_error(database, result, reterr);
    PQclear(result);
    return fine;
}

bool database_become(PGconn *database, const char *role, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement, "SELECT set_config('role', rolname, false) FROM pg_roles "
                                "WHERE rolname = $1");
    statement_text(&statement, role);
    return statement_run(database, &statement, NULL, reterr);
}

bool database_is_bound(PGconn *database, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, "SELECT " LOGIN_IS_MIGHTY ", session_user");
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    bool bound = !result_switch(result, 0, 0);
    if (!bound)
        error_set(reterr,
                  "the database's user '%s' is above the rules that keep libraries apart: let "
                  "'database' in deskbell.conf name a user that is no superuser and no member of "
                  "deskbell_owner, such as 'deskbell'; 'migrate_database' is for the mighty one",
                  PQgetvalue(result, 0, 1));
    PQclear(result);
    return bound;
}

int64_t result_number(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

bool result_switch(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}

const char *result_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}
