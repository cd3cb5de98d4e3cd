#include "component/login.h"

#include <errno.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL when the string leaves it to libpq, which then takes whoever the process is. */
static const char *login_name(const PQconninfoOption *options)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, "user") == 0 && options->val != NULL)
            return options->val;
    return getenv("PGUSER");
}

bool login_become(const char *conninfo, struct error *reterr)
{
    if (geteuid() != 0)
        return true;
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    const char *name = login_name(options);
    const struct passwd *account = name == NULL ? NULL : getpwnam(name);
    bool fine = true;

    if (account != NULL && account->pw_uid != 0 &&
        (initgroups(account->pw_name, account->pw_gid) < 0 || setgid(account->pw_gid) < 0 ||
         setuid(account->pw_uid) < 0))
        fine =
            error_set(reterr, "cannot become '%s', the database's user: %s", name, strerror(errno));
    PQconninfoFree(options);
    return fine;
}
