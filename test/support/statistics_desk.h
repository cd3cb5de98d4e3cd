/* statistics_desk.h: a database with the libraries of test/statistics/, and queries about them. */
#ifndef DESKBELL_TEST_SUPPORT_STATISTICS_DESK_H
#define DESKBELL_TEST_SUPPORT_STATISTICS_DESK_H

#include <libpq-fe.h>

#include "component/statistics.h"
#include "component/table.h"

/* Indexes of the libraries, and of an operator. */
enum { CHATSTAFF, MOBSTATE, TRUMAN, TOM = 4 };

/* A new database with setting.sql and then the file of that name. Needs cluster_start(). */
PGconn *statistics_database(const char *file);

/* Runs a file of test/statistics/. */
void statistics_file(PGconn *database, const char *name);

/* The consortium of that database; the caller's. */
struct consortium *statistics_consortium(PGconn *database);

/* What it gives; the tables are the arena's. A failure ends the test. */
struct tables statistics_tables(PGconn *database, const struct consortium *consortium,
                                const struct statistics_query *query, struct arena *arena);

/* The rows of a table as lines, cells apart by commas, "-" for no value. The arena's. NULL: there
 * is no such table. */
const char *statistics_rows(const struct tables *tables, const char *key);

#endif
