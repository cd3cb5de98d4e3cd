/* statistics_private.h: the parts of the statistics. */
#ifndef DESKBELL_COMPONENT_STATISTICS_PRIVATE_H
#define DESKBELL_COMPONENT_STATISTICS_PRIVATE_H

#include "component/database.h"
#include "component/statistics.h"

/* See statistics_sql.c for their parameters and columns. */
extern const char statistics_sql_chats[];
extern const char statistics_sql_people[];
extern const char statistics_sql_answered[];
extern const char statistics_sql_transfers[];
extern const char statistics_sql_resolutions[];
extern const char statistics_sql_left[];
extern const char statistics_sql_tags[];
extern const char statistics_sql_duty[];

/* A query being run. */
struct report {
    PGconn *database;
    const struct consortium *consortium;
    const struct statistics_query *query;
    struct arena *arena;
    struct tables *tables;
    struct error *reterr;
    const struct zone *zone;
    const char *libraries; /* ids of the libraries, as an array of the database */
    instant start, stop;   /* of the dates; `stop` is not included */
    PGresult *result;      /* of the last statement */
    int rows;
};

/* Runs a statement that was begun by report_begin(), and keeps its result until the next. */
bool report_run(struct report *report, const struct statement *statement);

/* A statement whose first parameters are: libraries, start, stop. */
void report_begin(const struct report *report, struct statement *statement, const char *sql);

/* A table, with the title's tail and the dates said once. It is put behind the others. */
struct table *report_table(struct report *report, const char *key, const char *title);

/* Cells of a result, from its column `first` on into the table's columns from `column` on. */
void report_copy(struct report *report, struct table *table, size_t row, size_t column, int from,
                 int first, int count);

/* Promised and staffed hours. */
bool report_staffed(struct report *report);

#endif
