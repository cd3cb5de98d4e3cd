#include "component/permit.h"

#include "component/database.h"

/* Row-level security is not there yet: the rights in memory are the only judge. */
bool permit_begin(PGconn *database, const struct permit *permit, bool *ret_permitted,
                  struct error *reterr)
{
    (void)permit;
    if (!database_run(database, "BEGIN", reterr))
        return false;
    *ret_permitted = true;
    return true;
}

bool permit_grant(PGconn *database, const struct permit *giver, const char *account,
                  const char *right, bool *ret_done, struct error *reterr)
{
    (void)database;
    (void)giver;
    (void)account;
    (void)right;
    (void)reterr;
    *ret_done = false;
    return true;
}

bool permit_revoke(PGconn *database, const struct permit *giver, const char *account,
                   const char *right, bool *ret_done, struct error *reterr)
{
    return permit_grant(database, giver, account, right, ret_done, reterr);
}
