#include "component/verify.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/letters.h"
#include "policy/mem.h"

enum { CODE_GROUP = 5 };

void verify_code_make(char ret[VERIFY_CODE_SIZE])
{
    letters_make(ret, VERIFY_CODE_SIZE, CODE_GROUP);
}

bool verify_code_read(const char *body, char ret[VERIFY_CODE_SIZE])
{
    size_t length = 0;

    body += strspn(body, " \t\r\n");
    for (; length < VERIFY_CODE_SIZE - 1 && body[length] != '\0'; length++)
        ret[length] = (char)tolower((unsigned char)body[length]);
    ret[length] = '\0';
    return letters_are(ret, VERIFY_CODE_SIZE, CODE_GROUP) &&
           body[length + strspn(body + length, " \t\r\n")] == '\0';
}

bool verify_begin(PGconn *database, int64_t consortium, const char *operator, const char *account,
                  const char *code, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement,
                    "INSERT INTO deskbell.account_check (consortium_id, library_id, operator_id, "
                    "account, code_hash) SELECT consortium_id, library_id, operator_id, $3, "
                    "sha256(convert_to($4, 'UTF8')) FROM deskbell.operator WHERE consortium_id = "
                    "$1 AND name = $2 ON CONFLICT (library_id, operator_id) DO UPDATE SET account "
                    "= EXCLUDED.account, code_hash = EXCLUDED.code_hash, made_at = now(), tries = "
                    "0");
    statement_number(&statement, consortium);
    statement_text(&statement, operator);
    statement_text(&statement, account);
    statement_text(&statement, code);
    return statement_run(database, &statement, NULL, reterr);
}

bool verify_finish(PGconn *database, int64_t consortium, const char *account, const char *code,
                   char **ret_operator, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, "SELECT deskbell.account_verify($1, $2, $3)");
    statement_number(&statement, consortium);
    statement_text(&statement, account);
    statement_text(&statement, code);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    const char *name = result_text(result, 0, 0);
    *ret_operator = name == NULL ? NULL : mem_strdup(name);
    PQclear(result);
    return true;
}
