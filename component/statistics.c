#include "component/statistics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/statistics_private.h"
#include "policy/date.h"
#include "policy/wall.h"

enum {
    ON_LIBRARY = 1 << STATISTICS_LIBRARY,
    ON_OPERATOR = 1 << STATISTICS_OPERATOR,
    ON_CONSORTIUM = 1 << STATISTICS_CONSORTIUM,
    ON_ALL = ON_LIBRARY | ON_OPERATOR | ON_CONSORTIUM
};

static const struct {
    const char *name, *label;
    unsigned scopes;
} by_list[STATISTICS_BY_COUNT] = {
    [STATISTICS_BY_NOTHING] = {"total", "", ON_ALL},
    [STATISTICS_BY_HOUR] = {"hour", "Hour", ON_ALL},
    [STATISTICS_BY_WEEKDAY] = {"weekday", "Weekday", ON_ALL},
    [STATISTICS_BY_DAY] = {"day", "Day", ON_ALL},
    [STATISTICS_BY_MONTH] = {"month", "Month", ON_ALL},
    [STATISTICS_BY_QUEUE] = {"queue", "Queue", ON_LIBRARY},
    [STATISTICS_BY_OPERATOR] = {"operator", "Operator", ON_LIBRARY},
    [STATISTICS_BY_ORIGIN] = {"origin", "Asked", ON_ALL},
    [STATISTICS_BY_ANSWERING] = {"answering", "Answered by", ON_LIBRARY | ON_CONSORTIUM},
};

const char *statistics_by_name(enum statistics_by by)
{
    return by_list[by].name;
}

bool statistics_by_parse(const char *name, enum statistics_by *ret_by)
{
    for (int i = 0; i < STATISTICS_BY_COUNT; i++) {
        if (strcmp(by_list[i].name, name) == 0) {
            *ret_by = (enum statistics_by)i;
            return true;
        }
    }
    return false;
}

bool statistics_by_fits(enum statistics_scope scope, enum statistics_by by)
{
    return (by_list[by].scopes & 1u << scope) != 0;
}

static bool index_fits(int index, size_t count)
{
    return index >= 0 && (size_t)index < count;
}

const char *statistics_refusal(const struct consortium *consortium,
                               const struct statistics_query *query)
{
    bool all = query->scope == STATISTICS_CONSORTIUM;

    if (!all && !index_fits(query->library, consortium->library_count))
        return "No such library.";
    if (query->scope == STATISTICS_OPERATOR &&
        (!index_fits(query->operator, consortium->operator_count) ||
         consortium->operators[query->operator].library != query->library))
        return "No such operator.";
    if (query->to < query->from)
        return "The last date is before the first.";
    if (query->to - query->from >= STATISTICS_DAYS_MAX)
        return "That are more than ten years.";
    if (query->duration_min < 0 || query->duration_min > STATISTICS_DURATION_MAX)
        return "The shortest duration is from 0 to 86400 seconds.";
    if (!statistics_by_fits(query->scope, query->by))
        return all ? "Figures of the whole consortium do not name queues or people."
                   : "Figures of one operator cannot be told apart by that.";
    return NULL;
}

void report_begin(const struct report *report, struct statement *statement, const char *sql)
{
    statement_begin(statement, sql);
    statement_text(statement, report->libraries);
    statement_number(statement, report->start);
    statement_number(statement, report->stop);
}

static void report_begin_chosen(const struct report *report, struct statement *statement,
                                const char *sql)
{
    report_begin(report, statement, sql);
    statement_number(statement, report->query->duration_min);
    statement_switch(statement, report->query->unanswered);
}

bool report_run(struct report *report, const struct statement *statement)
{
    PQclear(report->result);
    report->result = NULL;
    if (!statement_run(report->database, statement, &report->result, report->reterr))
        return false;
    report->rows = PQntuples(report->result);
    return true;
}

struct table *report_table(struct report *report, const char *key, const char *title)
{
    const struct statistics_query *query = report->query;
    const struct consortium *consortium = report->consortium;
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    const char *of = query->scope == STATISTICS_CONSORTIUM ? consortium->name
                     : query->scope == STATISTICS_OPERATOR
                         ? consortium->operators[query->operator].name
                         : consortium->libraries[query->library].name;

    struct table *table =
        table_new(report->arena, key,
                  arena_printf(report->arena, "%s, %s, %s to %s", title, of,
                               date_print(query->from, from), date_print(query->to, to)));
    tables_add(report->tables, table);
    return table;
}

void report_copy(struct report *report, struct table *table, size_t row, size_t column, int from,
                 int first, int count)
{
    for (int i = 0; i < count; i++)
        table_set(table, row, column + (size_t)i, result_text(report->result, from, first + i));
}

/* A bucket as people read it. */
static const char *bucket_label(const struct report *report, const char *bucket)
{
    switch (report->query->by) {
    case STATISTICS_BY_HOUR:
        return arena_printf(report->arena, "%s:00", bucket);
    case STATISTICS_BY_WEEKDAY:
        return date_weekday_name((enum weekday)(bucket[0] - '1'));
    case STATISTICS_BY_ANSWERING:
        return bucket[0] == '\0' ? "(nobody)" : bucket;
    case STATISTICS_BY_QUEUE:
    case STATISTICS_BY_OPERATOR:
    case STATISTICS_BY_ORIGIN:
        return bucket[0] == '\0' ? "(removed)" : bucket;
    case STATISTICS_BY_NOTHING:
    case STATISTICS_BY_DAY:
    case STATISTICS_BY_MONTH:
        break;
    }
    return bucket;
}

/* The first column of a table by something; without, there is only the total. */
static void table_add_bucket(struct table *table, enum statistics_by by)
{
    table_add_column(table, by_list[by].name, by_list[by].label, TABLE_TEXT);
}

/* Whether a row of a statement with a total stands in the table, and as what. */
static const char *row_label(const struct report *report, int row, enum statistics_by by)
{
    if (result_number(report->result, row, 0) != 0)
        return "total";
    return by == STATISTICS_BY_NOTHING
               ? NULL
               : bucket_label(report, result_text(report->result, row, 1));
}

/* Columns of statistics_sql_chats. */
enum {
    CHATS_COUNTS = 2, /* chats, answered, missed, nobody there, abandoned, waiting, running */
    CHATS_RUNNING = 8,
    CHATS_WAIT = 9,
    CHATS_GIVEN_UP = 14,
    CHATS_FIRST_ANSWER = 19,
    CHATS_DURATION = 24
};

/* In tenths of per cent, rounded, as whole numbers: no sum of shares is off by a float's bit. */
static const char *share_print(struct arena *arena, int64_t part, int64_t whole)
{
    if (whole == 0)
        return NULL;
    int64_t tenths = (part * 2000 + whole) / (2 * whole);
    return arena_printf(arena, "%" PRId64 ".%d", tenths / 10, (int)(tenths % 10));
}

static void chats_add(struct report *report, struct table *table, int from, const char *label)
{
    size_t row = table_add_row(table);
    const PGresult *result = report->result;
    int64_t answered = result_number(result, from, CHATS_COUNTS + 1);
    int64_t over = answered + result_number(result, from, CHATS_COUNTS + 2) +
                   result_number(result, from, CHATS_COUNTS + 4);

    table_set(table, row, 0, label);
    report_copy(report, table, row, 1, from, CHATS_COUNTS, 6);
    table_set(table, row, 7, share_print(report->arena, answered, over));
}

/* One of several tables of the same rows: a number of chats, and mean, median, p90 and longest of a
 * time of theirs. `first` is where the result has the number. */
static void report_times(struct report *report, enum statistics_by by, const char *key,
                         const char *title, int first)
{
    static const struct {
        const char *key, *label;
    } parts[] = {{"mean", "Mean"}, {"median", "Median"}, {"p90", "p90"}, {"max", "Longest"}};
    struct table *table = report_table(report, key, title);

    table_add_bucket(table, by);
    table_add_column(table, "count", "Of", TABLE_NUMBER);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        table_add_column(table, parts[i].key, parts[i].label, TABLE_DURATION);
    for (int i = 0; i < report->rows; i++) {
        const char *label = row_label(report, i, by);
        if (label == NULL)
            continue;
        size_t row = table_add_row(table);
        table_set(table, row, 0, label);
        report_copy(report, table, row, 1, i, first, 5);
    }
}

/* Where the clocks change a day has another length, and an hour is missing or twice there. */
static void note_clock_changes(const struct report *report, struct table *table)
{
    enum { CHANGES_MAX = 6 };
    instant at = report->start - 1;
    char date[DATE_TEXT_SIZE];

    for (int i = 0; i < CHANGES_MAX; i++) {
        at = zone_next_change(report->zone, at);
        if (at >= report->stop)
            return;
        int minutes = (zone_offset(report->zone, at) - zone_offset(report->zone, at - 1)) / 60;
        if (minutes == 0)
            continue;
        date_print(wall_at(report->zone, at).date, date);
        table_add_note(table, arena_printf(report->arena, "Clocks went %s by %d:%02d on %s.",
                                           minutes < 0 ? "back" : "forward", abs(minutes) / 60,
                                           abs(minutes) % 60, date));
    }
}

static bool report_chats(struct report *report)
{
    enum statistics_by by = report->query->by;
    struct statement statement;

    if (by == STATISTICS_BY_OPERATOR)
        by = STATISTICS_BY_NOTHING; /* there are the people for it */
    report_begin_chosen(report, &statement, statistics_sql_chats);
    statement_text(&statement, by_list[by].name);
    statement_text(&statement, report->zone->name);
    if (!report_run(report, &statement))
        return false;
    struct table *chats = report_table(report, "chats", "Chats");
    table_add_bucket(chats, by);
    table_add_column(chats, "chats", "Chats", TABLE_NUMBER);
    table_add_column(chats, "answered", "Answered", TABLE_NUMBER);
    table_add_column(chats, "missed", "Missed", TABLE_NUMBER);
    table_add_column(chats, "nobody_there", "nobody there", TABLE_NUMBER);
    table_add_column(chats, "abandoned", "Given up", TABLE_NUMBER);
    table_add_column(chats, "waiting", "Wait now", TABLE_NUMBER);
    table_add_column(chats, "answered_share", "Share", TABLE_SHARE);
    for (int i = 0; i < report->rows; i++) {
        const char *label = row_label(report, i, by);
        if (label == NULL)
            continue;
        chats_add(report, chats, i, label);
    }
    int64_t running = result_number(report->result, report->rows - 1, CHATS_RUNNING);
    table_add_note(chats, arena_printf(report->arena,
                                       "A chat counts when it was opened, by the clock of %s; "
                                       "%" PRId64 " still run.",
                                       report->zone->name, running));
    note_clock_changes(report, chats);
    report_times(report, by, "wait", "Wait", CHATS_WAIT);
    report_times(report, by, "first_answer", "Wait for the first line", CHATS_FIRST_ANSWER);
    report_times(report, by, "given_up", "Wait of those who gave up", CHATS_GIVEN_UP);
    report_times(report, by, "duration", "Duration", CHATS_DURATION);
    return true;
}

static bool report_people(struct report *report)
{
    const struct statistics_query *query = report->query;
    struct statement statement;

    report_begin(report, &statement, statistics_sql_people);
    statement_number(&statement, query->duration_min);
    statement_text(&statement, by_list[query->by].name);
    statement_text(&statement, report->zone->name);
    statement_number(&statement, query->scope == STATISTICS_OPERATOR
                                     ? report->consortium->operators[query->operator].id
                                     : 0);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "people", "Chats answered");
    table_add_bucket(table, query->by);
    table_add_column(table, "chats", "Chats", TABLE_NUMBER);
    table_add_column(table, "time", "Time", TABLE_DURATION);
    for (int i = 0; i < report->rows; i++) {
        const char *label = row_label(report, i, query->by);
        if (label == NULL)
            continue;
        size_t row = table_add_row(table);
        table_set(table, row, 0, label);
        report_copy(report, table, row, 1, i, 2, 2);
    }
    if (query->scope == STATISTICS_OPERATOR)
        note_clock_changes(report, table);
    report_times(report, query->by, "people_wait", "Wait for the first claim", 4);
    report_times(report, query->by, "people_time", "Time with a chat", 9);
    return true;
}

static const char *library_label(const struct report *report, int row, int column)
{
    const char *name = result_text(report->result, row, column);

    return name[0] == '\0' ? "(removed)" : name;
}

static bool report_answered(struct report *report)
{
    const struct statistics_query *query = report->query;
    struct statement statement;

    report_begin(report, &statement, statistics_sql_answered);
    statement_number(&statement, query->duration_min);
    statement_number(&statement, query->scope == STATISTICS_CONSORTIUM
                                     ? 0
                                     : report->consortium->libraries[query->library].id);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "answered", "Who answered for whom");
    table_add_column(table, "origin", "Asked", TABLE_TEXT);
    table_add_column(table, "answering", "Answered by", TABLE_TEXT);
    table_add_column(table, "chats", "Chats", TABLE_NUMBER);
    table_add_column(table, "time", "Time", TABLE_DURATION);
    for (int i = 0; i < report->rows; i++) {
        size_t row = table_add_row(table);
        table_set(table, row, 0, library_label(report, i, 1));
        table_set(table, row, 1, library_label(report, i, 3));
        report_copy(report, table, row, 2, i, 4, 2);
    }
    return true;
}

/* A table whose rows are the statement's as they are, text columns first. */
static void report_plain(struct report *report, struct table *table)
{
    for (int i = 0; i < report->rows; i++)
        report_copy(report, table, table_add_row(table), 0, i, 0, (int)table->column_count);
}

static bool report_transfers(struct report *report)
{
    struct statement statement;

    report_begin_chosen(report, &statement, statistics_sql_transfers);
    statement_number(&statement, report->consortium->id);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "transfers", "Transfers");
    table_add_column(table, "kind", "Kind", TABLE_TEXT);
    table_add_column(table, "target", "To", TABLE_TEXT);
    table_add_column(table, "offered", "Offered", TABLE_NUMBER);
    table_add_column(table, "taken", "Taken", TABLE_NUMBER);
    report_plain(report, table);
    return true;
}

/* Also the number of practice chats, as a note. */
static bool report_resolutions(struct report *report)
{
    struct statement statement;

    report_begin_chosen(report, &statement, statistics_sql_resolutions);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "resolutions", "Resolutions");
    table_add_column(table, "resolution", "Resolution", TABLE_TEXT);
    table_add_column(table, "chats", "Chats", TABLE_NUMBER);
    report->rows--; /* the last one is what was left out */
    report_plain(report, table);
    table_add_note(table, arena_printf(report->arena, "Practice chats are left out: %s.",
                                       result_text(report->result, report->rows, 1)));
    return true;
}

static bool report_left(struct report *report)
{
    struct statement statement;

    report_begin(report, &statement, statistics_sql_left);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "left", "Left questions and follow-ups");
    table_add_column(table, "kind", "Kind", TABLE_TEXT);
    table_add_column(table, "all", "All", TABLE_NUMBER);
    table_add_column(table, "done", "Done", TABLE_NUMBER);
    table_add_column(table, "time_mean", "Mean time until done", TABLE_DURATION);
    report_plain(report, table);
    return true;
}

static bool report_tags(struct report *report)
{
    struct statement statement;

    report_begin_chosen(report, &statement, statistics_sql_tags);
    statement_number(&statement, STATISTICS_TAGS_MAX);
    if (!report_run(report, &statement))
        return false;
    struct table *table = report_table(report, "tags", "Tags");
    table_add_column(table, "tag", "Tag", TABLE_TEXT);
    table_add_column(table, "chats", "Chats", TABLE_NUMBER);
    report_plain(report, table);
    return true;
}

static bool report_all(struct report *report)
{
    const struct statistics_query *query = report->query;

    if (query->scope == STATISTICS_OPERATOR)
        return report_people(report);
    return report_chats(report) &&
           (query->by != STATISTICS_BY_OPERATOR || report_people(report)) &&
           report_answered(report) && report_staffed(report) && report_transfers(report) &&
           report_resolutions(report) && report_left(report) &&
           (query->scope == STATISTICS_CONSORTIUM || report_tags(report));
}

/* The server's compiler sees costs of many rows and takes seconds for what then takes one: measured
 * with 100,000 chats, 11 seconds with it and 3 without. */
static bool report_compile_nothing(struct report *report)
{
    struct statement statement;

    statement_begin(&statement, "SELECT set_config('jit', 'off', true)");
    return report_run(report, &statement);
}

/* Ids of the libraries in question, as the database writes an array. */
static const char *libraries_print(const struct consortium *consortium,
                                   const struct statistics_query *query, struct arena *arena)
{
    if (query->scope != STATISTICS_CONSORTIUM)
        return arena_printf(arena, "{%" PRId64 "}", consortium->libraries[query->library].id);
    size_t size = consortium->library_count * 21 + 3, used = 1;
    char *text = arena_alloc(arena, size);
    text[0] = '{';
    for (size_t i = 0; i < consortium->library_count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i > 0 ? "," : "",
                                 consortium->libraries[i].id);
    text[used] = '}';
    return text;
}

/* The first instant of a date, or of the next one if the zone skipped it. */
static instant date_start(const struct zone *zone, day_number date)
{
    return wall_next(zone, ((instant)date - 2) * SECONDS_A_DAY, date, 0);
}

bool statistics_run(PGconn *database, const struct consortium *consortium,
                    const struct statistics_query *query, struct arena *arena,
                    struct tables *ret_tables, struct error *reterr)
{
    struct tables tables = {0};

    assert(statistics_refusal(consortium, query) == NULL);
    const struct zone *zone = query->scope == STATISTICS_CONSORTIUM
                                  ? consortium->zone
                                  : consortium->libraries[query->library].zone;
    struct report report = {.database = database,
                            .consortium = consortium,
                            .query = query,
                            .arena = arena,
                            .tables = &tables,
                            .reterr = reterr,
                            .zone = zone,
                            .libraries = libraries_print(consortium, query, arena),
                            .start = date_start(zone, query->from),
                            .stop = date_start(zone, query->to + 1)};
    bool fine = report_compile_nothing(&report) && report_all(&report);
    PQclear(report.result);
    if (fine)
        *ret_tables = tables;
    return fine;
}
