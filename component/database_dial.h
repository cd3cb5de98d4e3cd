/* database_dial.h: how we connect to PostgreSQL.
 *
 * Either end notices in seconds when the other is gone, for which the kernel would take two hours;
 * texts are in UTF-8. What the connection string says of these things itself wins. */
#ifndef DESKBELL_COMPONENT_DATABASE_DIAL_H
#define DESKBELL_COMPONENT_DATABASE_DIAL_H

#include <libpq-fe.h>

/* Begins to connect, under that name, as PQconnectStartParams(); never NULL. */
PGconn *database_dial(const char *conninfo, const char *name);
/* Connects, for ten seconds at most, as PQconnectdbParams(); never NULL. */
PGconn *database_dial_wait(const char *conninfo);

#endif
