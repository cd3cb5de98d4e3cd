#include "component/database_dial.h"

#include <stdlib.h>

/* The connection string stands last, so that it wins. */
static const char *const keywords[] = {"client_encoding",
                                       "fallback_application_name",
                                       "keepalives_idle",
                                       "keepalives_interval",
                                       "keepalives_count",
                                       "tcp_user_timeout",
                                       "connect_timeout",
                                       "dbname",
                                       NULL};

PGconn *database_dial(const char *conninfo, const char *name)
{
    const char *const values[] = {"UTF8", name, "3", "2", "3", "8000", "10", conninfo, NULL};
    PGconn *database = PQconnectStartParams(keywords, values, 1);

    if (database == NULL)
        abort();
    return database;
}

PGconn *database_dial_wait(const char *conninfo)
{
    const char *const values[] = {"UTF8", "deskbell", "3", "2", "3", "8000", "10", conninfo, NULL};
    PGconn *database = PQconnectdbParams(keywords, values, 1);

    if (database == NULL)
        abort();
    return database;
}
