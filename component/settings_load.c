/* A consortium's settings out of the database.
 *
 * Every query names the owners of its rows and is ordered by them, so that the rows of one owner
 * stand together: a run of rows becomes an array at once. */
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/settings.h"
#include "component/settings_check.h"
#include "component/settings_value.h"
#include "component/zone.h"
#include "policy/arena.h"

/* A consortium on its way out of the database, and the result being read. */
struct loader {
    PGconn *database;
    struct consortium *consortium;
    struct error *reterr;
    PGresult *result;
    int rows;
};

static bool load_rows(struct loader *loader, const char *sql)
{
    struct statement statement;

    PQclear(loader->result);
    loader->result = NULL;
    statement_begin(&statement, sql);
    statement_number(&statement, loader->consortium->id);
    if (!statement_run(loader->database, &statement, &loader->result, loader->reterr))
        return false;
    loader->rows = PQntuples(loader->result);
    return true;
}

static const char *load_text(struct loader *loader, int row, int column)
{
    return arena_strdup(loader->consortium->arena, result_text(loader->result, row, column));
}

static int load_int(struct loader *loader, int row, int column)
{
    return (int)result_number(loader->result, row, column);
}

/* The first row after `row` that differs from it in one of the first `columns`. */
static int run_end(struct loader *loader, int row, int columns)
{
    int end = row + 1;

    for (; end < loader->rows; end++)
        for (int column = 0; column < columns; column++)
            if (PQgetisnull(loader->result, row, column) !=
                    PQgetisnull(loader->result, end, column) ||
                strcmp(PQgetvalue(loader->result, row, column),
                       PQgetvalue(loader->result, end, column)) != 0)
                return end;
    return end;
}

static void *load_array(struct loader *loader, int count, size_t size)
{
    return count == 0 ? NULL : arena_alloc(loader->consortium->arena, (size_t)count * size);
}

static const char **load_texts(struct loader *loader, int row, int end, int column)
{
    const char **list = load_array(loader, end - row, sizeof *list);

    for (int i = row; i < end; i++)
        list[i - row] = load_text(loader, i, column);
    return list;
}

/* A name that a foreign key vouches for. */
static struct library_settings *row_library(struct loader *loader, int row, int column)
{
    int index = consortium_library(loader->consortium, PQgetvalue(loader->result, row, column));

    return index == NO_INDEX ? NULL : &loader->consortium->libraries[index];
}

static struct queue_settings *row_queue(struct loader *loader, int row, int column)
{
    int index = consortium_queue(loader->consortium, PQgetvalue(loader->result, row, column));

    return index == NO_INDEX ? NULL : &loader->consortium->queues[index];
}

static int choice_index(const char *const *choices, const char *text)
{
    for (int i = 0; choices[i] != NULL; i++)
        if (strcmp(choices[i], text) == 0)
            return i;
    return 0; /* the column's CHECK lets nothing else in */
}

static bool load_consortium(struct loader *loader, const char *name, bool *ret_exists)
{
    struct consortium *consortium = loader->consortium;
    struct statement statement;

    statement_begin(&statement, "SELECT c.consortium_id, c.title, c.timezone, c.holiday_calendar, "
                                "c.holiday_dates, c.hours_given, c.backup_hours_given, q.name "
                                "FROM deskbell.consortium c "
                                "LEFT JOIN deskbell.queue q ON q.consortium_id = c.consortium_id "
                                "AND q.queue_id = c.backup_queue_id "
                                "WHERE c.name = $1");
    statement_text(&statement, name);
    if (!statement_run(loader->database, &statement, &loader->result, loader->reterr))
        return false;
    *ret_exists = PQntuples(loader->result) == 1;
    if (!*ret_exists)
        return true;
    consortium->id = result_number(loader->result, 0, 0);
    consortium->title = load_text(loader, 0, 1);
    consortium->timezone = load_text(loader, 0, 2);
    consortium->holidays.federal = strcmp(PQgetvalue(loader->result, 0, 3), "us-federal") == 0;
    consortium->holidays.dates =
        (enum holiday_dates)choice_index(holiday_dates_names, PQgetvalue(loader->result, 0, 4));
    consortium->hours = (struct hours){.given = result_switch(loader->result, 0, 5)};
    consortium->backup_hours = (struct hours){.given = result_switch(loader->result, 0, 6)};
    consortium->backup_queue = load_text(loader, 0, 7);
    consortium->given = UINT32_MAX;
    return true;
}

static bool load_coordinators(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader, "SELECT account FROM deskbell.coordinator WHERE consortium_id = $1 "
                           "ORDER BY position, account"))
        return false;
    consortium->coordinators = load_texts(loader, 0, loader->rows, 0);
    consortium->coordinator_count = (size_t)loader->rows;
    return true;
}

static bool load_holidays(struct loader *loader)
{
    struct holidays *holidays = &loader->consortium->holidays;

    if (!load_rows(loader, "SELECT change, date - DATE '1970-01-01', name FROM deskbell.holiday "
                           "WHERE consortium_id = $1 ORDER BY change, date"))
        return false;
    holidays->added = load_array(loader, loader->rows, sizeof *holidays->added);
    holidays->removed = load_array(loader, loader->rows, sizeof *holidays->removed);
    for (int row = 0; row < loader->rows; row++) {
        day_number date = load_int(loader, row, 1);
        if (strcmp(PQgetvalue(loader->result, row, 0), "add") == 0)
            holidays->added[holidays->added_count++] =
                (struct holiday){.date = date, .name = load_text(loader, row, 2)};
        else
            holidays->removed[holidays->removed_count++] = date;
    }
    return true;
}

static bool load_libraries(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader, "SELECT library_id, name, title, timezone, hours_given, "
                           "covers_all_holidays FROM deskbell.library WHERE consortium_id = $1 "
                           "ORDER BY name COLLATE \"C\""))
        return false;
    consortium->libraries = load_array(loader, loader->rows, sizeof *consortium->libraries);
    consortium->library_count = (size_t)loader->rows;
    for (int row = 0; row < loader->rows; row++)
        consortium->libraries[row] = (struct library_settings){
            .id = result_number(loader->result, row, 0),
            .name = load_text(loader, row, 1),
            .title = load_text(loader, row, 2),
            .timezone = load_text(loader, row, 3),
            .hours.given = result_switch(loader->result, row, 4),
            .covers_all_holidays = result_switch(loader->result, row, 5),
            .given = UINT32_MAX,
        };
    return true;
}

static bool load_admins(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, a.account FROM deskbell.library_admin a "
                           "JOIN deskbell.library l USING (library_id) WHERE l.consortium_id = $1 "
                           "ORDER BY l.name, a.position, a.account"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        struct library_settings *library = row_library(loader, row, 0);
        end = run_end(loader, row, 1);
        if (library == NULL)
            continue;
        library->admins = load_texts(loader, row, end, 1);
        library->admin_count = (size_t)(end - row);
    }
    return true;
}

static bool load_coverage(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, h.date - DATE '1970-01-01' "
                           "FROM deskbell.holiday_coverage h "
                           "JOIN deskbell.library l USING (library_id) WHERE l.consortium_id = $1 "
                           "ORDER BY l.name, h.date"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        struct library_settings *library = row_library(loader, row, 0);
        end = run_end(loader, row, 1);
        if (library == NULL)
            continue;
        library->covered = load_array(loader, end - row, sizeof *library->covered);
        library->covered_count = (size_t)(end - row);
        for (int i = row; i < end; i++)
            library->covered[i - row] = load_int(loader, i, 1);
    }
    return true;
}

static bool load_queues(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader,
                   "SELECT l.name, q.queue_id, q.name, q.title, q.rollover, q.hours_given, "
                   "q.strategy, q.ring_seconds, q.offer_seconds, q.chats_per_operator, "
                   "q.idle_grace_seconds, q.patron_grace_seconds, q.silent_seconds, "
                   "q.holding_seconds, q.retention_days, q.transcripts, q.show_operator_name, "
                   "q.welcome, q.holding_text, q.closed_text FROM deskbell.queue q "
                   "JOIN deskbell.library l USING (library_id) WHERE q.consortium_id = $1 "
                   "ORDER BY q.name COLLATE \"C\""))
        return false;
    consortium->queues = load_array(loader, loader->rows, sizeof *consortium->queues);
    consortium->queue_count = (size_t)loader->rows;
    for (int row = 0; row < loader->rows; row++)
        consortium->queues[row] = (struct queue_settings){
            .library = consortium_library(consortium, PQgetvalue(loader->result, row, 0)),
            .id = result_number(loader->result, row, 1),
            .name = load_text(loader, row, 2),
            .title = load_text(loader, row, 3),
            .rollover = result_switch(loader->result, row, 4),
            .hours.given = result_switch(loader->result, row, 5),
            .options = {.strategy = (enum strategy)choice_index(strategy_names,
                                                                PQgetvalue(loader->result, row, 6)),
                        .ring_seconds = load_int(loader, row, 7),
                        .offer_seconds = load_int(loader, row, 8),
                        .chats_per_operator = load_int(loader, row, 9),
                        .idle_grace_seconds = load_int(loader, row, 10),
                        .patron_grace_seconds = load_int(loader, row, 11),
                        .silent_seconds = load_int(loader, row, 12),
                        .holding_seconds = load_int(loader, row, 13),
                        .retention_days = load_int(loader, row, 14),
                        .transcripts = result_switch(loader->result, row, 15),
                        .show_operator_name = result_switch(loader->result, row, 16),
                        .welcome = load_text(loader, row, 17),
                        .holding_text = load_text(loader, row, 18),
                        .closed_text = load_text(loader, row, 19)},
            .given = UINT32_MAX,
        };
    return true;
}

static bool load_operators(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader, "SELECT l.name, o.operator_id, o.name, o.title, o.account "
                           "FROM deskbell.operator o JOIN deskbell.library l USING (library_id) "
                           "WHERE o.consortium_id = $1 ORDER BY o.name COLLATE \"C\""))
        return false;
    consortium->operators = load_array(loader, loader->rows, sizeof *consortium->operators);
    consortium->operator_count = (size_t)loader->rows;
    for (int row = 0; row < loader->rows; row++)
        consortium->operators[row] = (struct operator_settings){
            .library = consortium_library(consortium, PQgetvalue(loader->result, row, 0)),
            .id = result_number(loader->result, row, 1),
            .name = load_text(loader, row, 2),
            .title = load_text(loader, row, 3),
            .account = load_text(loader, row, 4),
            .given = UINT32_MAX,
        };
    return true;
}

static bool load_assignments(struct loader *loader)
{
    if (!load_rows(loader, "SELECT q.name, o.name FROM deskbell.assignment a "
                           "JOIN deskbell.queue q USING (consortium_id, queue_id) "
                           "JOIN deskbell.operator o USING (consortium_id, operator_id) "
                           "WHERE consortium_id = $1 ORDER BY q.name, a.position, o.name"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        struct queue_settings *queue = row_queue(loader, row, 0);
        end = run_end(loader, row, 1);
        if (queue == NULL)
            continue;
        queue->operators = load_texts(loader, row, end, 1);
        queue->operator_count = (size_t)(end - row);
    }
    return true;
}

static bool load_snippets(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader, "SELECT l.name, s.snippet_id, s.name, q.name, accent, side, closed, "
                           "consent, consent_link, questions, texts FROM deskbell.snippet s "
                           "JOIN deskbell.queue q USING (library_id, queue_id) "
                           "JOIN deskbell.library l USING (library_id) "
                           "WHERE s.consortium_id = $1 ORDER BY s.name COLLATE \"C\""))
        return false;
    consortium->snippets = load_array(loader, loader->rows, sizeof *consortium->snippets);
    consortium->snippet_count = (size_t)loader->rows;
    for (int row = 0; row < loader->rows; row++)
        consortium->snippets[row] = (struct snippet_settings){
            .library = consortium_library(consortium, PQgetvalue(loader->result, row, 0)),
            .id = result_number(loader->result, row, 1),
            .name = load_text(loader, row, 2),
            .queue = load_text(loader, row, 3),
            .accent = load_text(loader, row, 4),
            .side = load_text(loader, row, 5),
            .closed = load_text(loader, row, 6),
            .consent = result_switch(loader->result, row, 7),
            .consent_link = load_text(loader, row, 8),
            .questions = load_text(loader, row, 9),
            .texts = load_text(loader, row, 10),
            .given = UINT32_MAX,
        };
    return true;
}

/* Whose a row is: a queue's, else a library's, else the consortium's. */
struct row_owner {
    struct library_settings *library;
    struct queue_settings *queue;
};

/* Columns 0 and 1 are a library and a queue, NULL where the owner is above them. False when it is
 * not there. */
static bool row_owner(struct loader *loader, int row, struct row_owner *ret)
{
    *ret = (struct row_owner){NULL, NULL};
    if (!PQgetisnull(loader->result, row, 1))
        return (ret->queue = row_queue(loader, row, 1)) != NULL;
    if (!PQgetisnull(loader->result, row, 0))
        return (ret->library = row_library(loader, row, 0)) != NULL;
    return true;
}

static struct closures *row_closures(struct loader *loader, int row)
{
    struct row_owner owner;

    if (!row_owner(loader, row, &owner))
        return NULL;
    if (owner.queue != NULL)
        return &owner.queue->closures;
    return owner.library != NULL ? &owner.library->closures : &loader->consortium->closures;
}

static bool load_closures(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, q.name, c.date - DATE '1970-01-01', c.name, c.special "
                           "FROM deskbell.closure c "
                           "LEFT JOIN deskbell.library l ON l.library_id = c.library_id "
                           "LEFT JOIN deskbell.queue q ON q.library_id = c.library_id "
                           "AND q.queue_id = c.queue_id "
                           "WHERE c.consortium_id = $1 ORDER BY l.name, q.name, c.date"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        struct closures *closures = row_closures(loader, row);
        end = run_end(loader, row, 2);
        if (closures == NULL)
            continue;
        closures->list = load_array(loader, end - row, sizeof *closures->list);
        closures->count = (size_t)(end - row);
        for (int i = row; i < end; i++)
            closures->list[i - row] = (struct closure){
                .date = load_int(loader, i, 2),
                .name = load_text(loader, i, 3),
                .special = result_switch(loader->result, i, 4),
            };
    }
    return true;
}

/* Columns 2 and 3 are the kind of the owner, and a closure's date. */
static struct hours *row_hours(struct loader *loader, int row)
{
    const char *owner = PQgetvalue(loader->result, row, 2);

    if (strcmp(owner, "closure") == 0) {
        struct closures *closures = row_closures(loader, row);
        day_number date = load_int(loader, row, 3);
        for (size_t i = 0; closures != NULL && i < closures->count; i++)
            if (closures->list[i].date == date)
                return &closures->list[i].hours;
        return NULL;
    }
    if (strcmp(owner, "consortium") == 0)
        return &loader->consortium->hours;
    if (strcmp(owner, "backup") == 0)
        return &loader->consortium->backup_hours;
    if (strcmp(owner, "library") == 0) {
        struct library_settings *library = row_library(loader, row, 0);
        return library == NULL ? NULL : &library->hours;
    }
    struct queue_settings *queue = row_queue(loader, row, 1);
    return queue == NULL ? NULL : &queue->hours;
}

/* Names have no commas, so a list of them can travel as one text. */
static void load_answerers(struct loader *loader, int row, struct window *window)
{
    const char *text = result_text(loader->result, row, 8);
    size_t count = 1;

    if (text == NULL)
        return;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
    window->answered_by =
        arena_alloc(loader->consortium->arena, count * sizeof *window->answered_by);
    for (const char *at = text; window->answered_by_count < count;) {
        size_t length = strcspn(at, ",");
        window->answered_by[window->answered_by_count++] =
            arena_strndup(loader->consortium->arena, at, length);
        at += length + (at[length] == ',');
    }
}

static bool load_windows(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, q.name, w.owner, c.date - DATE '1970-01-01', w.days, "
                           "w.open_minute, w.close_minute, w.others_answer, "
                           "(SELECT string_agg(aq.name, ',' ORDER BY a.position, aq.name) "
                           "FROM deskbell.answered_by a "
                           "JOIN deskbell.queue aq USING (consortium_id, queue_id) "
                           "WHERE consortium_id = $1 AND a.window_id = w.window_id) "
                           "FROM deskbell.hours_window w "
                           "LEFT JOIN deskbell.library l ON l.library_id = w.library_id "
                           "LEFT JOIN deskbell.queue q ON q.library_id = w.library_id "
                           "AND q.queue_id = w.queue_id "
                           "LEFT JOIN deskbell.closure c ON c.consortium_id = w.consortium_id "
                           "AND c.closure_id = w.closure_id "
                           "WHERE w.consortium_id = $1 "
                           "ORDER BY l.name, q.name, w.owner, c.date, w.position, w.window_id"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        struct hours *hours = row_hours(loader, row);
        end = run_end(loader, row, 4);
        if (hours == NULL)
            continue;
        hours->given = true;
        hours->windows = load_array(loader, end - row, sizeof *hours->windows);
        hours->count = (size_t)(end - row);
        for (int i = row; i < end; i++) {
            struct window *window = &hours->windows[i - row];
            window->days = (uint8_t)load_int(loader, i, 4);
            window->open = (int16_t)load_int(loader, i, 5);
            window->close = (int16_t)load_int(loader, i, 6);
            window->others_answer = result_switch(loader->result, i, 7);
            load_answerers(loader, i, window);
        }
    }
    return true;
}

static struct profile *row_profile(struct loader *loader, int row)
{
    struct row_owner owner;

    if (!row_owner(loader, row, &owner))
        return NULL;
    if (owner.queue != NULL)
        return &owner.queue->profile;
    return owner.library != NULL ? &owner.library->profile : &loader->consortium->profile;
}

static bool load_profiles(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, q.name, p.text, p.link, p.phone, p.policies "
                           "FROM deskbell.profile p "
                           "LEFT JOIN deskbell.library l ON l.library_id = p.library_id "
                           "LEFT JOIN deskbell.queue q ON q.library_id = p.library_id "
                           "AND q.queue_id = p.queue_id "
                           "WHERE p.consortium_id = $1"))
        return false;
    for (int row = 0; row < loader->rows; row++) {
        struct profile *profile = row_profile(loader, row);
        if (profile != NULL)
            *profile = (struct profile){
                .text = load_text(loader, row, 2),
                .link = load_text(loader, row, 3),
                .phone = load_text(loader, row, 4),
                .policies = load_text(loader, row, 5),
            };
    }
    return true;
}

static bool load_canned(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, c.name, c.text FROM deskbell.canned c "
                           "LEFT JOIN deskbell.library l ON l.library_id = c.library_id "
                           "WHERE c.consortium_id = $1 ORDER BY l.name, c.name"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        bool whole = PQgetisnull(loader->result, row, 0);
        struct library_settings *library = whole ? NULL : row_library(loader, row, 0);
        end = run_end(loader, row, 1);
        if (!whole && library == NULL)
            continue;
        struct canned_replies *canned = whole ? &loader->consortium->canned : &library->canned;
        canned->list = load_array(loader, end - row, sizeof *canned->list);
        canned->count = (size_t)(end - row);
        for (int i = row; i < end; i++)
            canned->list[i - row] = (struct canned){
                .name = load_text(loader, i, 1),
                .text = load_text(loader, i, 2),
            };
    }
    return true;
}

static bool load_notices(struct loader *loader)
{
    if (!load_rows(loader, "SELECT l.name, n.text, n.until::date - DATE '1970-01-01', "
                           "(extract(hour FROM n.until) * 60 + extract(minute FROM "
                           "n.until))::integer FROM deskbell.notice n "
                           "LEFT JOIN deskbell.library l ON l.library_id = n.library_id "
                           "WHERE n.consortium_id = $1 ORDER BY l.name, n.position, n.notice_id"))
        return false;
    for (int row = 0, end; row < loader->rows; row = end) {
        bool whole = PQgetisnull(loader->result, row, 0);
        struct library_settings *library = whole ? NULL : row_library(loader, row, 0);
        end = run_end(loader, row, 1);
        if (!whole && library == NULL)
            continue;
        struct notices *notices = whole ? &loader->consortium->notices : &library->notices;
        notices->list = load_array(loader, end - row, sizeof *notices->list);
        notices->count = (size_t)(end - row);
        for (int i = row; i < end; i++)
            notices->list[i - row] = (struct notice){
                .text = load_text(loader, i, 1),
                .date = load_int(loader, i, 2),
                .minute = load_int(loader, i, 3),
            };
    }
    return true;
}

static bool load_renamed(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    if (!load_rows(loader,
                   "SELECT f.name, coalesce(q.name::text, o.name::text), "
                   "extract(epoch FROM f.renamed_at + interval '30 days')::bigint "
                   "FROM deskbell.former_name f "
                   "LEFT JOIN deskbell.queue q USING (library_id, queue_id) "
                   "LEFT JOIN deskbell.operator o ON o.library_id = f.library_id "
                   "AND o.operator_id = f.operator_id WHERE f.consortium_id = $1 AND "
                   "coalesce(q.queue_id, o.operator_id) IS NOT NULL "
                   "AND f.renamed_at > now() - interval '30 days' ORDER BY f.name"))
        return false;
    consortium->renamed = load_array(loader, loader->rows, sizeof *consortium->renamed);
    consortium->renamed_count = (size_t)loader->rows;
    for (int row = 0; row < loader->rows; row++)
        consortium->renamed[row] = (struct renamed_address){
            .name = load_text(loader, row, 0),
            .now = load_text(loader, row, 1),
            .until = result_number(loader->result, row, 2),
        };
    return true;
}

static bool load_zones(struct loader *loader)
{
    struct consortium *consortium = loader->consortium;

    consortium->zone = zone_load(consortium->timezone, loader->reterr);
    if (consortium->zone == NULL)
        return false;
    for (size_t i = 0; i < consortium->library_count; i++) {
        struct library_settings *library = &consortium->libraries[i];
        library->zone = consortium->zone;
        if (library->timezone != NULL)
            library->zone = zone_load(library->timezone, loader->reterr);
        if (library->zone == NULL)
            return false;
    }
    return true;
}

/* Another hand may have written to the database: what it says is judged like a file. */
static bool check_loaded(struct loader *loader)
{
    struct file_reader reader = {.name = "database"};

    settings_check(loader->consortium, NULL, 0, &reader);
    if (reader.errors > 0)
        error_set(loader->reterr, "database: %s", reader.complaints[0].text);
    return file_report(&reader, NULL);
}

static bool load_bundles(struct loader *loader)
{
    struct grants *grants = &loader->consortium->grants;

    if (!load_rows(loader, "SELECT b.bundle, b.\"right\" FROM deskbell.bundle_right b "
                           "WHERE $1::bigint <> 0"))
        return false;
    memset(grants->bundles, 0, sizeof grants->bundles);
    for (int row = 0; row < loader->rows; row++) {
        enum bundle bundle;
        enum right right;
        if (bundle_find(load_text(loader, row, 0), &bundle) &&
            right_find(load_text(loader, row, 1), &right))
            grants->bundles[bundle] |= RIGHT_BIT(right);
    }
    return true;
}

/* Whoever enters a library sees its own grants alone, and a report none: those commands do not
 * judge by them, the database does. A right of a newer schema is nobody's here. */
static bool load_grants(struct loader *loader)
{
    struct grants *grants = &loader->consortium->grants;

    if (!load_rows(loader, "SELECT has_table_privilege('deskbell.permission', 'SELECT') "
                           "WHERE $1::bigint <> 0"))
        return false;
    if (!result_switch(loader->result, 0, 0))
        return true;
    if (!load_rows(loader, "SELECT p.account, p.\"right\", coalesce(p.library_id, 0) "
                           "FROM deskbell.permission p WHERE p.consortium_id = $1 "
                           "ORDER BY p.account, 2, 3"))
        return false;
    grants->list = load_array(loader, loader->rows, sizeof *grants->list);
    for (int row = 0; row < loader->rows; row++) {
        enum right right;
        if (!right_find(load_text(loader, row, 1), &right))
            continue;
        grants->list[grants->count++] = (struct grant){
            .account = load_text(loader, row, 0),
            .right = right,
            .library = result_number(loader->result, row, 2),
        };
    }
    return true;
}

static bool load_all(struct loader *loader, const char *name, bool *ret_exists)
{
    static bool (*const parts[])(struct loader *) = {
        load_coordinators, load_holidays, load_libraries, load_admins,
        load_coverage,     load_queues,   load_operators, load_assignments,
        load_snippets,     load_closures, load_windows,   load_profiles,
        load_canned,       load_notices,  load_renamed,   load_bundles,
        load_grants,       load_zones,    check_loaded,
    };

    if (!load_consortium(loader, name, ret_exists))
        return false;
    for (size_t i = 0; *ret_exists && i < sizeof parts / sizeof parts[0]; i++)
        if (!parts[i](loader))
            return false;
    return true;
}

bool settings_load(PGconn *database, const char *name, struct consortium **ret_consortium,
                   bool *ret_exists, struct error *reterr)
{
    struct loader loader = {.database = database, .reterr = reterr};
    bool own_transaction = PQtransactionStatus(database) == PQTRANS_IDLE;
    bool exists = false, fine = false;

    /* All queries must see the same moment. */
    if (own_transaction &&
        !database_run(database, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", reterr))
        return false;
    loader.consortium = consortium_new(name);
    fine = load_all(&loader, name, &exists);
    PQclear(loader.result);
    if (own_transaction)
        database_run(database, fine ? "COMMIT" : "ROLLBACK", NULL);
    if (!fine || !exists)
        loader.consortium = consortium_free(loader.consortium);
    if (fine) {
        *ret_consortium = loader.consortium;
        *ret_exists = exists;
    }
    return fine;
}
