/* Making the database say what the settings say: the difference to what it says, row by row, so
 * that ids of unchanged things stay, and with them all that refers to them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/consortium_copy.h"
#include "component/database.h"
#include "component/settings.h"
#include "component/settings_file.h"
#include "component/settings_save_private.h"
#include "component/settings_value.h"

bool saver_run(struct saver *saver)
{
    return statement_run(saver->database, &saver->statement, NULL, saver->reterr);
}

bool saver_run_one(struct saver *saver)
{
    PGresult *result = NULL;

    if (!statement_run(saver->database, &saver->statement, &result, saver->reterr))
        return false;
    bool met = strcmp(PQcmdTuples(result), "0") != 0;
    PQclear(result);
    return met || error_set(saver->reterr, "database: these settings are not to be changed here");
}

/* Begins a statement whose $1 is the consortium's id. */
static struct statement *begin(struct saver *saver, const char *sql)
{
    statement_begin(&saver->statement, sql);
    statement_number(&saver->statement, saver->consortium_id);
    return &saver->statement;
}

static bool save_consortium(struct saver *saver)
{
    const struct consortium *merged = saver->merged;
    struct statement *statement = &saver->statement;
    PGresult *result = NULL;

    if (saver->stored != NULL &&
        things_equal(&settings_consortium_kind, saver->stored, saver->merged)) {
        saver->consortium_id = saver->stored->id;
        return true;
    }
    statement_begin(statement,
                    saver->stored == NULL
                        ? "INSERT INTO deskbell.consortium (name, title, timezone, "
                          "holiday_calendar, holiday_dates, hours_given, backup_hours_given) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING consortium_id"
                        : "UPDATE deskbell.consortium SET title = $2, timezone = $3, "
                          "holiday_calendar = $4, holiday_dates = $5, hours_given = $6, "
                          "backup_hours_given = $7 WHERE name = $1 RETURNING consortium_id");
    statement_text(statement, merged->name);
    statement_text(statement, merged->title);
    statement_text(statement, merged->timezone);
    statement_text(statement, merged->holidays.federal ? "us-federal" : "none");
    statement_text(statement, holiday_dates_names[merged->holidays.dates]);
    statement_switch(statement, merged->hours.given);
    statement_switch(statement, merged->backup_hours.given);
    if (!statement_run(saver->database, statement, &result, saver->reterr))
        return false;
    bool fine = PQntuples(result) == 1;
    if (fine)
        saver->consortium_id = result_number(result, 0, 0);
    else
        error_set(saver->reterr, "database: these settings are not to be changed here");
    PQclear(result);
    return fine;
}

static bool same_text(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* Last, when its queue is there. */
static bool save_backup(struct saver *saver)
{
    if (saver->stored != NULL &&
        same_text(saver->stored->backup_queue, saver->merged->backup_queue))
        return true;
    struct statement *statement =
        begin(saver, "UPDATE deskbell.consortium SET backup_queue_id = (SELECT queue_id "
                     "FROM deskbell.queue WHERE consortium_id = $1 AND name = $2) "
                     "WHERE consortium_id = $1");

    statement_text(statement, saver->merged->backup_queue);
    return saver_run_one(saver);
}

/* Removing */

static const struct removal {
    const struct settings_kind *kind;
    const char *sql;
} removals[] = {
    {&settings_snippet_kind, "DELETE FROM deskbell.snippet WHERE consortium_id = $1 AND name = $2"},
    {&settings_queue_kind, "DELETE FROM deskbell.queue WHERE consortium_id = $1 AND name = $2"},
    {&settings_operator_kind,
     "DELETE FROM deskbell.operator WHERE consortium_id = $1 AND name = $2"},
    {&settings_library_kind, "DELETE FROM deskbell.library WHERE consortium_id = $1 AND name = $2"},
};

static bool remove_thing(struct saver *saver, const struct removal *removal, const void *thing)
{
    const char *name = thing_name(removal->kind, thing);
    struct statement *statement = begin(saver, removal->sql);

    statement_text(statement, name);
    if (!saver_run_one(saver))
        return false;
    statement = begin(saver, "DELETE FROM deskbell.address WHERE consortium_id = $1 AND name = $2");
    statement_text(statement, name);
    if (!saver_run(saver))
        return false;
    statement = begin(saver, "INSERT INTO deskbell.reserved_name (consortium_id, name, kind, "
                             "library_name) VALUES ($1, $2, $3, $4) ON CONFLICT (consortium_id, "
                             "name) DO UPDATE SET kind = $3, library_name = $4, removed_at = "
                             "now()");
    statement_text(statement, name);
    statement_text(statement, removal->kind->word);
    statement_text(statement, thing_library(removal->kind, saver->stored, thing));
    return saver_run(saver);
}

/* What refers to others goes first. The backup queue's reference is checked at the end only. */
static bool remove_things(struct saver *saver)
{
    for (size_t i = 0; i < sizeof removals / sizeof removals[0]; i++) {
        struct settings_walk walk = {
            .kind = removals[i].kind, .old = saver->stored, .new = saver->merged};
        const void *old, *new;
        while (walk_next(&walk, &old, &new))
            if (new == NULL && !remove_thing(saver, &removals[i], old))
                return false;
    }
    return true;
}

/* Adding and changing */

/* Row-level security judges what is to be inserted before it looks for a conflict, and a library
 * may change itself but make none: here the two are two statements. */
static bool save_library(struct saver *saver, const void *old, const void *thing)
{
    const struct library_settings *library = thing;
    struct statement *statement = begin(
        saver, old == NULL
                   ? "INSERT INTO deskbell.library (consortium_id, name, title, timezone, "
                     "hours_given, covers_all_holidays) VALUES ($1, $2, $3, $4, $5, $6)"
                   : "UPDATE deskbell.library SET title = $3, timezone = $4, hours_given = $5, "
                     "covers_all_holidays = $6 WHERE consortium_id = $1 AND name = $2");

    statement_text(statement, library->name);
    statement_text(statement, library->title);
    statement_text(statement, library->timezone);
    statement_switch(statement, library->hours.given);
    statement_switch(statement, library->covers_all_holidays);
    return saver_run_one(saver);
}

/* A name is taken in the same statement as the thing that bears it. */
static bool save_operator(struct saver *saver, const void *old, const void *thing)
{
    const struct operator_settings *person = thing;

    (void)old;
    struct statement *statement = begin(
        saver, "WITH taken AS (INSERT INTO deskbell.address (consortium_id, name, kind) VALUES "
               "($1, $2, 'operator') ON CONFLICT (consortium_id, name) DO NOTHING) INSERT INTO "
               "deskbell.operator (library_id, consortium_id, name, title, account) SELECT "
               "library_id, $1, $2, $3, $4 FROM deskbell.library WHERE consortium_id = $1 AND "
               "name = $5 ON CONFLICT (consortium_id, name) DO UPDATE SET title = $3, account = "
               "$4");
    statement_text(statement, person->name);
    statement_text(statement, person->title);
    statement_text(statement, person->account);
    statement_text(statement, saver->merged->libraries[person->library].name);
    return saver_run(saver);
}

static bool save_queue(struct saver *saver, const void *old, const void *thing)
{
    const struct queue_settings *queue = thing;
    const struct queue_options *options = &queue->options;

    (void)old;
    struct statement *statement = begin(
        saver, "WITH taken AS (INSERT INTO deskbell.address (consortium_id, name, kind) VALUES "
               "($1, $2, 'queue') ON CONFLICT (consortium_id, name) DO NOTHING) INSERT INTO "
               "deskbell.queue (library_id, consortium_id, name, title, rollover, hours_given, "
               "strategy, ring_seconds, offer_seconds, chats_per_operator, idle_grace_seconds, "
               "patron_grace_seconds, silent_seconds, holding_seconds, retention_days, "
               "transcripts, show_operator_name, welcome, holding_text, closed_text) SELECT "
               "library_id, $1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
               "$17, $18, $19, $20 FROM deskbell.library WHERE consortium_id = $1 AND name = $3 "
               "ON CONFLICT (consortium_id, name) DO UPDATE SET title = $4, rollover = $5, "
               "hours_given = $6, strategy = $7, ring_seconds = $8, offer_seconds = $9, "
               "chats_per_operator = $10, idle_grace_seconds = $11, patron_grace_seconds = $12, "
               "silent_seconds = $13, holding_seconds = $14, retention_days = $15, transcripts = "
               "$16, show_operator_name = $17, welcome = $18, holding_text = $19, closed_text = "
               "$20");
    statement_text(statement, queue->name);
    statement_text(statement, saver->merged->libraries[queue->library].name);
    statement_text(statement, queue->title);
    statement_switch(statement, queue->rollover);
    statement_switch(statement, queue->hours.given);
    statement_text(statement, strategy_names[options->strategy]);
    statement_number(statement, options->ring_seconds);
    statement_number(statement, options->offer_seconds);
    statement_number(statement, options->chats_per_operator);
    statement_number(statement, options->idle_grace_seconds);
    statement_number(statement, options->patron_grace_seconds);
    statement_number(statement, options->silent_seconds);
    statement_number(statement, options->holding_seconds);
    statement_number(statement, options->retention_days);
    statement_switch(statement, options->transcripts);
    statement_switch(statement, options->show_operator_name);
    statement_text(statement, options->welcome);
    statement_text(statement, options->holding_text);
    statement_text(statement, options->closed_text);
    return saver_run(saver);
}

static bool save_snippet(struct saver *saver, const void *old, const void *thing)
{
    const struct snippet_settings *snippet = thing;
    struct statement *statement = begin(
        saver, "INSERT INTO deskbell.snippet (library_id, consortium_id, name, queue_id, accent, "
               "side, closed, consent, consent_link, questions, texts) "
               "SELECT library_id, $1, $2, queue_id, $4, $5, $6, $7::boolean, $8, $9, $10 "
               "FROM deskbell.queue WHERE consortium_id = $1 AND name = $3 "
               "ON CONFLICT (consortium_id, name) DO UPDATE SET (queue_id, accent, side, closed, "
               "consent, consent_link, questions, texts) = (EXCLUDED.queue_id, EXCLUDED.accent, "
               "EXCLUDED.side, EXCLUDED.closed, EXCLUDED.consent, EXCLUDED.consent_link, "
               "EXCLUDED.questions, EXCLUDED.texts)");

    (void)old;
    statement_text(statement, snippet->name);
    statement_text(statement, snippet->queue);
    statement_text(statement, snippet->accent);
    statement_text(statement, snippet->side);
    statement_text(statement, snippet->closed);
    statement_switch(statement, snippet->consent);
    statement_text(statement, snippet->consent_link);
    statement_text(statement, snippet->questions);
    statement_text(statement, snippet->texts);
    return saver_run(saver);
}

/* What came back within its 30 days gives the reservation back; what is over is forgotten. */
static bool release_names(struct saver *saver)
{
    begin(saver, "DELETE FROM deskbell.former_name f WHERE consortium_id = $1 AND (renamed_at <= "
                 "now() - interval '30 days' OR EXISTS (SELECT FROM deskbell.address a WHERE "
                 "a.consortium_id = $1 AND a.name = f.name))");
    if (!saver_run(saver))
        return false;
    begin(saver, "DELETE FROM deskbell.reserved_name r WHERE consortium_id = $1 AND "
                 "(removed_at <= now() - interval '30 days' OR name IN "
                 "(SELECT name FROM deskbell.address WHERE consortium_id = $1 UNION ALL "
                 "SELECT name::text FROM deskbell.library WHERE consortium_id = $1 UNION ALL "
                 "SELECT name::text FROM deskbell.snippet WHERE consortium_id = $1))");
    return saver_run(saver);
}

/* Whom others refer to comes first; then what refers to them. */
static const struct addition {
    const struct settings_kind *kind;
    bool (*save)(struct saver *saver, const void *old, const void *thing);
} additions[] = {
    {&settings_library_kind, save_library},
    {&settings_operator_kind, save_operator},
    {&settings_queue_kind, save_queue},
    {&settings_snippet_kind, save_snippet},
    {&settings_library_kind, saver_library_lists},
    {&settings_queue_kind, saver_queue_lists},
};

static bool add_things(struct saver *saver)
{
    for (size_t i = 0; i < sizeof additions / sizeof additions[0]; i++) {
        const struct addition *addition = &additions[i];
        struct settings_walk walk = {
            .kind = addition->kind, .old = saver->stored, .new = saver->merged};
        const void *old, *new;
        while (walk_next(&walk, &old, &new)) {
            if (new == NULL || (old != NULL && things_equal(addition->kind, old, new)))
                continue;
            if (!addition->save(saver, old, new))
                return false;
        }
    }
    return true;
}

/* Names of the removed */

/* The library that a thing will belong to, by the name that it still has in the database. */
static const char *stored_library(const struct settings_kind *kind, const struct consortium *stored,
                                  const struct consortium *merged, const void *thing)
{
    const char *name = thing_library(kind, merged, thing);
    int library = consortium_library(merged, name);
    int64_t id = library == NO_INDEX ? 0 : merged->libraries[library].id;
    const char *now =
        stored == NULL || id == 0 ? NULL : consortium_name(stored, &settings_library_kind, id);

    return now == NULL ? name : now;
}

/* `rows`: name, kind, library, first free day. */
static int reserved_row(const PGresult *rows, const struct settings_kind *kind, const char *library,
                        const void *thing)
{
    for (int row = 0; row < PQntuples(rows); row++)
        if (strcmp(PQgetvalue(rows, row, 0), thing_name(kind, thing)) == 0 &&
            (strcmp(PQgetvalue(rows, row, 1), kind->word) != 0 ||
             strcmp(PQgetvalue(rows, row, 2), library) != 0))
            return row;
    return -1;
}

bool settings_check_reserved(PGconn *database, const struct consortium *stored,
                             const struct consortium *merged, const char *path, FILE *complaints,
                             int *ret_taken, struct error *reterr)
{
    struct file_reader reader = {.name = path};
    struct statement statement;
    PGresult *rows = NULL;

    statement_begin(
        &statement,
        "SELECT r.name, r.kind, r.library_name, "
        "to_char(r.removed_at + interval '30 days', 'YYYY-MM-DD') "
        "FROM deskbell.reserved_name r JOIN deskbell.consortium c USING (consortium_id) "
        "WHERE c.name = $1 AND r.removed_at > now() - interval '30 days'");
    statement_text(&statement, merged->name);
    if (!statement_run(database, &statement, &rows, reterr))
        return false;
    for (int i = 0; i < SETTINGS_KIND_COUNT; i++) {
        const struct settings_kind *kind = settings_kinds[i];
        struct settings_walk walk = {.kind = kind, .old = stored, .new = merged};
        const void *old, *new;
        while (walk_next(&walk, &old, &new)) {
            if (old != NULL)
                continue;
            int row = reserved_row(rows, kind, stored_library(kind, stored, merged, new), new);
            if (row >= 0)
                file_complain(&reader, thing_line(kind, new),
                              "name: '%s' was a removed %s's and is reserved until %s",
                              thing_name(kind, new), PQgetvalue(rows, row, 1),
                              PQgetvalue(rows, row, 3));
        }
    }
    PQclear(rows);
    *ret_taken = reader.errors;
    file_report(&reader, complaints);
    return true;
}

/* The transaction */

static bool lock(struct saver *saver)
{
    statement_begin(
        &saver->statement,
        "SELECT pg_advisory_xact_lock(hashtextextended('deskbell settings ' || $1, 0))");
    statement_text(&saver->statement, saver->merged->name);
    return saver_run(saver);
}

/* Somebody else may have changed the settings since they were loaded. */
static bool check_unchanged(struct saver *saver)
{
    struct consortium *now = NULL;
    bool exists = false;

    if (!settings_load(saver->database, saver->merged->name, &now, &exists, saver->reterr))
        return false;
    bool unchanged = exists == (saver->stored != NULL) &&
                     (!exists || settings_diff(now, saver->stored, NULL, NULL) == 0);
    consortium_free(now);
    if (!unchanged)
        error_set(saver->reterr, "the settings of '%s' were changed meanwhile: try again",
                  saver->merged->name);
    return unchanged;
}

static bool check_names(struct saver *saver)
{
    int taken = 0;

    if (!settings_check_reserved(saver->database, saver->stored, saver->merged, "", NULL, &taken,
                                 saver->reterr))
        return false;
    if (taken > 0)
        return error_set(saver->reterr,
                         "%d names are reserved, since they were removed less than "
                         "30 days ago",
                         taken);
    return true;
}

/* Whose chats are still kept cannot go: the transcripts are the library's. The database would
 * refuse too, in words that help nobody. */
static bool check_removed(struct saver *saver)
{
    struct settings_walk walk = {
        .kind = &settings_library_kind, .old = saver->stored, .new = saver->merged};
    const void *old, *new;

    while (walk_next(&walk, &old, &new)) {
        PGresult *result = NULL;
        if (new != NULL)
            continue;
        const struct library_settings *library = old;
        statement_begin(&saver->statement,
                        "SELECT EXISTS (SELECT FROM deskbell.chat WHERE library_id = $1)");
        statement_number(&saver->statement, library->id);
        if (!statement_run(saver->database, &saver->statement, &result, saver->reterr))
            return false;
        bool kept = result_switch(result, 0, 0);
        PQclear(result);
        if (kept)
            return error_set(saver->reterr,
                             "library '%s' cannot be removed: transcripts of its chats are kept; "
                             "erase its chats first, or wait until none is left",
                             library->name);
    }
    return true;
}

static bool notify(struct saver *saver)
{
    begin(saver, "SELECT pg_notify('deskbell_settings_' || $1::bigint, '')");
    return saver_run(saver);
}

static bool save_rest(struct saver *saver)
{
    return save_consortium(saver) && remove_things(saver) && add_things(saver) &&
           saver_consortium_lists(saver) && save_backup(saver) && release_names(saver) &&
           notify(saver);
}

bool settings_save(PGconn *database, const struct consortium *stored,
                   const struct consortium *merged, struct error *reterr)
{
    struct saver saver = {
        .database = database, .stored = stored, .merged = merged, .reterr = reterr};

    struct consortium *renamed = NULL;
    bool own_transaction = PQtransactionStatus(database) == PQTRANS_IDLE;

    if (settings_diff(stored, merged, NULL, NULL) == 0)
        return true;
    if (own_transaction && !database_run(database, "BEGIN", reterr))
        return false;
    if (stored != NULL) /* what is left to do once the names are saved */
        renamed = consortium_renamed(stored, merged);
    bool fine =
        lock(&saver) && check_unchanged(&saver) && check_names(&saver) && saver_names(&saver);
    saver.stored = renamed;
    fine = fine && check_removed(&saver) && save_rest(&saver);
    consortium_free(renamed);
    if (fine && (!own_transaction || database_run(database, "COMMIT", reterr)))
        return true;
    if (own_transaction)
        database_run(database, "ROLLBACK", NULL);
    return false;
}
