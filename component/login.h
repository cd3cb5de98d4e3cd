/* login.h: root, as far as the database is concerned, is nobody. */
#ifndef DESKBELL_COMPONENT_LOGIN_H
#define DESKBELL_COMPONENT_LOGIN_H

#include <stdbool.h>

#include "component/error.h"

/* SQL: whether whoever logged in is above row-level security, or can become so. */
#define LOGIN_IS_MIGHTY                                                                            \
    "(SELECT bool_or(m.rolsuper OR m.rolbypassrls OR m.rolname = 'deskbell_owner')"                \
    " FROM pg_roles m WHERE pg_has_role(session_user, m.oid, 'member'))"

/* When this process is root's, and the system has an account of the name that the connection string
 * logs in with, the process becomes that account for good: then the database's usual way to tell
 * who comes (peer) knows it, as in `sudo deskbell migrate`. Call it when all files are read. */
bool login_become(const char *conninfo, struct error *reterr);

#endif
