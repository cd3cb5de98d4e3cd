/* Saving what an owner has several of, people, dates, windows, closures, canned replies, notices;
 * and its profile, which is a row of its own. */
#include <stdlib.h>
#include <string.h>

#include "component/settings_save_private.h"
#include "component/settings_value.h"
#include "policy/mem.h"

/* Whose lists: $1 to $3 of every statement here are the consortium's id, and the names of the
 * library and the queue, NULL above them. */
struct owner {
    struct saver *saver;
    const char *library, *queue;
};

/* Begins a statement of this owner. */
static struct statement *begin(const struct owner *owner, const char *sql)
{
    struct statement *statement = &owner->saver->statement;

    statement_begin(statement, sql);
    statement_number(statement, owner->saver->consortium_id);
    statement_text(statement, owner->library);
    statement_text(statement, owner->queue);
    return statement;
}

#define LIBRARY_ID                                                                                 \
    "(SELECT library_id FROM deskbell.library WHERE consortium_id = $1 AND name = $2)"
#define QUEUE_ID "(SELECT queue_id FROM deskbell.queue WHERE consortium_id = $1 AND name = $3)"
/* $2 and $3 must be used, or the server cannot tell their types. */
#define ONLY_CONSORTIUM "$2::text IS NULL AND $3::text IS NULL"
#define ONLY_LIBRARY "$3::text IS NULL"

/* One text for a whole list: neither names nor accounts have newlines. The caller's to free. */
static char *join_lines(const char *const *list, size_t count)
{
    size_t size = 1, used = 0;

    for (size_t i = 0; i < count; i++)
        size += strlen(list[i]) + 1;
    char *lines = mem_new(size);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);
        memcpy(lines + used, list[i], length);
        used += length;
        lines[used++] = i + 1 < count ? '\n' : '\0';
    }
    return lines;
}

/* The rows of a list that is $4: value, position. */
#define LINES "string_to_table($4, chr(10)) WITH ORDINALITY AS lines (value, position)"

/* Replaces a list of strings. A statement a list, not one a string: a large consortium has tens of
 * thousands of assignments. */
static bool save_texts(const struct owner *owner, const char *delete, const char *insert,
                       const char *const *list, size_t count)
{
    begin(owner, delete);
    if (!saver_run(owner->saver))
        return false;
    if (count == 0)
        return true;
    char *lines = join_lines(list, count);
    struct statement *statement = begin(owner, insert);
    statement_text(statement, lines);
    bool fine = saver_run(owner->saver);
    free(lines);
    return fine;
}

/* Windows */

static bool save_answerers(const struct owner *owner, const char *window_id,
                           const struct window *window)
{
    for (size_t i = 0; i < window->answered_by_count; i++) {
        struct statement *statement =
            begin(owner, "INSERT INTO deskbell.answered_by (consortium_id, window_id, queue_id, "
                         "position) SELECT $1, $4, queue_id, $6 FROM deskbell.queue "
                         "WHERE consortium_id = $1 AND name = $5 AND "
                         "($2::text IS NULL OR true) AND ($3::text IS NULL OR true)");
        statement_text(statement, window_id);
        statement_text(statement, window->answered_by[i]);
        statement_number(statement, (int64_t)i);
        if (!saver_run(owner->saver))
            return false;
    }
    return true;
}

/* `kind` is hours_window.owner; `closure_id` NULL but for a closure's. */
static bool insert_windows(const struct owner *owner, const char *kind, const char *closure_id,
                           const struct hours *hours)
{
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        PGresult *result = NULL;
        struct statement *statement =
            begin(owner, "INSERT INTO deskbell.hours_window (consortium_id, library_id, queue_id, "
                         "owner, closure_id, position, days, open_minute, close_minute, "
                         "others_answer) VALUES ($1, " LIBRARY_ID ", " QUEUE_ID
                         ", $4, $5, $6, $7, $8, $9, $10) RETURNING window_id");
        statement_text(statement, kind);
        statement_text(statement, closure_id);
        statement_number(statement, (int64_t)i);
        statement_number(statement, window->days);
        statement_number(statement, window->open);
        statement_number(statement, window->close);
        statement_switch(statement, window->others_answer);
        if (!statement_run(owner->saver->database, statement, &result, owner->saver->reterr))
            return false;
        bool fine = save_answerers(owner, PQgetvalue(result, 0, 0), window);
        PQclear(result);
        if (!fine)
            return false;
    }
    return true;
}

static bool save_hours(const struct owner *owner, const char *kind, const struct hours *hours)
{
    struct statement *statement =
        begin(owner, "DELETE FROM deskbell.hours_window WHERE consortium_id = $1 "
                     "AND library_id IS NOT DISTINCT FROM " LIBRARY_ID
                     " AND queue_id IS NOT DISTINCT FROM " QUEUE_ID " AND owner = $4");

    statement_text(statement, kind);
    return saver_run(owner->saver) && insert_windows(owner, kind, NULL, hours);
}

static bool save_closures(const struct owner *owner, const struct closures *closures)
{
    begin(owner, "DELETE FROM deskbell.closure WHERE consortium_id = $1 "
                 "AND library_id IS NOT DISTINCT FROM " LIBRARY_ID
                 " AND queue_id IS NOT DISTINCT FROM " QUEUE_ID);
    if (!saver_run(owner->saver))
        return false;
    for (size_t i = 0; i < closures->count; i++) {
        const struct closure *closure = &closures->list[i];
        PGresult *result = NULL;
        struct statement *statement =
            begin(owner, "INSERT INTO deskbell.closure (consortium_id, library_id, queue_id, date, "
                         "name, special) VALUES ($1, " LIBRARY_ID ", " QUEUE_ID
                         ", DATE '1970-01-01' + $4::integer, $5, $6) RETURNING closure_id");
        statement_number(statement, closure->date);
        statement_text(statement, closure->name);
        statement_switch(statement, closure->special);
        if (!statement_run(owner->saver->database, statement, &result, owner->saver->reterr))
            return false;
        bool fine = insert_windows(owner, "closure", PQgetvalue(result, 0, 0), &closure->hours);
        PQclear(result);
        if (!fine)
            return false;
    }
    return true;
}

/* Dates */

static bool save_coverage(const struct owner *owner, const struct library_settings *library)
{
    begin(owner, "DELETE FROM deskbell.holiday_coverage WHERE library_id = " LIBRARY_ID
                 " AND " ONLY_LIBRARY);
    if (!saver_run(owner->saver))
        return false;
    for (size_t i = 0; i < library->covered_count; i++) {
        struct statement *statement = begin(
            owner, "INSERT INTO deskbell.holiday_coverage (library_id, date) "
                   "SELECT " LIBRARY_ID ", DATE '1970-01-01' + $4::integer WHERE " ONLY_LIBRARY);
        statement_number(statement, library->covered[i]);
        if (!saver_run(owner->saver))
            return false;
    }
    return true;
}

static bool insert_holiday(const struct owner *owner, const char *change, day_number date,
                           const char *name)
{
    struct statement *statement =
        begin(owner, "INSERT INTO deskbell.holiday (consortium_id, change, date, name) "
                     "SELECT $1, $4, DATE '1970-01-01' + $5::integer, $6 WHERE " ONLY_CONSORTIUM);

    statement_text(statement, change);
    statement_number(statement, date);
    statement_text(statement, name);
    return saver_run(owner->saver);
}

static bool save_holidays(const struct owner *owner, const struct holidays *holidays)
{
    begin(owner, "DELETE FROM deskbell.holiday WHERE consortium_id = $1 AND " ONLY_CONSORTIUM);
    if (!saver_run(owner->saver))
        return false;
    for (size_t i = 0; i < holidays->added_count; i++)
        if (!insert_holiday(owner, "add", holidays->added[i].date, holidays->added[i].name))
            return false;
    for (size_t i = 0; i < holidays->removed_count; i++)
        if (!insert_holiday(owner, "remove", holidays->removed[i], ""))
            return false;
    return true;
}

/* Profiles, canned replies, notices */

static bool save_profile(const struct owner *owner, const struct profile *profile)
{
    begin(owner, "DELETE FROM deskbell.profile WHERE consortium_id = $1 "
                 "AND library_id IS NOT DISTINCT FROM " LIBRARY_ID
                 " AND queue_id IS NOT DISTINCT FROM " QUEUE_ID);
    if (!saver_run(owner->saver))
        return false;
    if (profile->text == NULL && profile->link == NULL && profile->phone == NULL &&
        profile->policies == NULL)
        return true;
    struct statement *statement = begin(
        owner, "INSERT INTO deskbell.profile (consortium_id, library_id, queue_id, text, "
               "link, phone, policies) VALUES ($1, " LIBRARY_ID ", " QUEUE_ID ", $4, $5, $6, $7)");
    statement_text(statement, profile->text);
    statement_text(statement, profile->link);
    statement_text(statement, profile->phone);
    statement_text(statement, profile->policies);
    return saver_run(owner->saver);
}

static bool save_canned(const struct owner *owner, const struct canned_replies *canned)
{
    begin(owner, "DELETE FROM deskbell.canned WHERE consortium_id = $1 "
                 "AND library_id IS NOT DISTINCT FROM " LIBRARY_ID " AND " ONLY_LIBRARY);
    if (!saver_run(owner->saver))
        return false;
    for (size_t i = 0; i < canned->count; i++) {
        struct statement *statement =
            begin(owner, "INSERT INTO deskbell.canned (consortium_id, library_id, name, text) "
                         "SELECT $1, " LIBRARY_ID ", $4, $5 WHERE " ONLY_LIBRARY);
        statement_text(statement, canned->list[i].name);
        statement_text(statement, canned->list[i].text);
        if (!saver_run(owner->saver))
            return false;
    }
    return true;
}

static bool save_notices(const struct owner *owner, const struct notices *notices)
{
    begin(owner, "DELETE FROM deskbell.notice WHERE consortium_id = $1 "
                 "AND library_id IS NOT DISTINCT FROM " LIBRARY_ID " AND " ONLY_LIBRARY);
    if (!saver_run(owner->saver))
        return false;
    for (size_t i = 0; i < notices->count; i++) {
        const struct notice *notice = &notices->list[i];
        struct statement *statement =
            begin(owner, "INSERT INTO deskbell.notice (consortium_id, library_id, position, text, "
                         "until) SELECT $1, " LIBRARY_ID ", $4, $5, DATE '1970-01-01' "
                         "+ $6::integer + make_interval(mins => $7) WHERE " ONLY_LIBRARY);
        statement_number(statement, (int64_t)i);
        statement_text(statement, notice->text);
        statement_number(statement, notice->date);
        statement_number(statement, notice->minute);
        if (!saver_run(owner->saver))
            return false;
    }
    return true;
}

/* Owners */

bool saver_consortium_lists(struct saver *saver)
{
    const struct consortium *merged = saver->merged;
    struct owner owner = {saver, NULL, NULL};

    if (saver->stored != NULL && things_equal(&settings_consortium_kind, saver->stored, merged))
        return true;
    return save_texts(&owner,
                      "DELETE FROM deskbell.coordinator WHERE consortium_id = $1 "
                      "AND " ONLY_CONSORTIUM,
                      "INSERT INTO deskbell.coordinator (consortium_id, account, position) "
                      "SELECT $1, value, position FROM " LINES " WHERE " ONLY_CONSORTIUM,
                      merged->coordinators, merged->coordinator_count) &&
           save_holidays(&owner, &merged->holidays) &&
           save_hours(&owner, "consortium", &merged->hours) &&
           save_hours(&owner, "backup", &merged->backup_hours) &&
           save_closures(&owner, &merged->closures) && save_profile(&owner, &merged->profile) &&
           save_canned(&owner, &merged->canned) && save_notices(&owner, &merged->notices);
}

static bool same_texts(const char *const *one, size_t one_count, const char *const *other,
                       size_t other_count)
{
    bool same = one_count == other_count;

    for (size_t i = 0; same && i < one_count; i++)
        same = strcmp(one[i], other[i]) == 0;
    return same;
}

/* What the consortium decides of a library, who administers it and which holidays are covered: not
 * written when it is as it was, since whoever changes the rest of a library may not write it. */
static bool save_granted(const struct owner *owner, const struct library_settings *old,
                         const struct library_settings *library)
{
    if ((old == NULL ||
         !same_texts(old->admins, old->admin_count, library->admins, library->admin_count)) &&
        !save_texts(owner,
                    "DELETE FROM deskbell.library_admin WHERE library_id = " LIBRARY_ID
                    " AND " ONLY_LIBRARY,
                    "INSERT INTO deskbell.library_admin (library_id, account, position) "
                    "SELECT " LIBRARY_ID ", value, position FROM " LINES " WHERE " ONLY_LIBRARY,
                    library->admins, library->admin_count))
        return false;
    return (old != NULL && old->covered_count == library->covered_count &&
            (old->covered_count == 0 ||
             memcmp(old->covered, library->covered,
                    library->covered_count * sizeof *library->covered) == 0)) ||
           save_coverage(owner, library);
}

bool saver_library_lists(struct saver *saver, const void *old, const void *new)
{
    const struct library_settings *library = new;
    struct owner owner = {saver, library->name, NULL};

    return save_granted(&owner, old, library) && save_hours(&owner, "library", &library->hours) &&
           save_closures(&owner, &library->closures) && save_profile(&owner, &library->profile) &&
           save_canned(&owner, &library->canned) && save_notices(&owner, &library->notices);
}

bool saver_queue_lists(struct saver *saver, const void *old, const void *new)
{
    const struct queue_settings *queue = new;
    struct owner owner = {saver, saver->merged->libraries[queue->library].name, queue->name};

    (void)old;
    return save_texts(&owner,
                      "DELETE FROM deskbell.assignment WHERE library_id = " LIBRARY_ID
                      " AND queue_id = " QUEUE_ID,
                      "INSERT INTO deskbell.assignment (library_id, queue_id, consortium_id, "
                      "operator_id, position) SELECT " LIBRARY_ID ", " QUEUE_ID
                      ", $1, o.operator_id, lines.position FROM " LINES
                      " JOIN deskbell.operator o ON o.consortium_id = $1 AND o.name = value",
                      queue->operators, queue->operator_count) &&
           save_hours(&owner, "queue", &queue->hours) && save_closures(&owner, &queue->closures) &&
           save_profile(&owner, &queue->profile);
}
