/* Saving names that changed: rows keep their ids, and with them chats, people's duty and
 * transcripts.
 *
 * The old name stays reserved as a removed one's does, for the library under its name of now, and a
 * queue's or operator's is remembered, so that who still writes there is told the new one. */
#include <string.h>

#include "component/consortium_copy.h"
#include "component/settings_save_private.h"
#include "component/settings_value.h"

/* One thing's new name. */
struct renaming {
    const struct settings_kind *kind;
    int64_t id;
    const char *old, *new;
    const char *library; /* as it is called now */
};

/* Statements with $1 the consortium, $2 the id, $3 the new name and $4 the old one. NULL ends a
 * list. All of each kind must meet a row but those that only may. */
static const struct step {
    const struct settings_kind *kind;
    bool optional;
    const char *sql;
} steps[] = {
    {&settings_library_kind, false,
     "UPDATE deskbell.library SET name = $3 WHERE consortium_id = $1 AND library_id = $2 "
     "AND name = $4"},
    {&settings_library_kind, true,
     "UPDATE deskbell.reserved_name SET library_name = $3 WHERE consortium_id = $1 "
     "AND library_name = $4 AND $2::bigint > 0"},
    {&settings_operator_kind, false,
     "INSERT INTO deskbell.address (consortium_id, name, kind, library_id) SELECT $1, $3, "
     "'operator', library_id FROM deskbell.operator WHERE consortium_id = $1 AND operator_id = $2 "
     "AND name = $4"},
    {&settings_operator_kind, false,
     "UPDATE deskbell.operator SET name = $3 WHERE consortium_id = $1 AND operator_id = $2 "
     "AND name = $4"},
    {&settings_operator_kind, false,
     "INSERT INTO deskbell.former_name (library_id, consortium_id, name, operator_id) SELECT "
     "library_id, $1, $4, operator_id FROM deskbell.operator WHERE consortium_id = $1 AND "
     "operator_id = $2 AND name = $3 ON CONFLICT (consortium_id, name) DO UPDATE SET library_id = "
     "EXCLUDED.library_id, queue_id = NULL, operator_id = EXCLUDED.operator_id, "
     "renamed_at = now()"},
    {&settings_queue_kind, false,
     "INSERT INTO deskbell.address (consortium_id, name, kind, library_id) SELECT $1, $3, 'queue', "
     "library_id FROM deskbell.queue WHERE consortium_id = $1 AND queue_id = $2 AND name = $4"},
    {&settings_queue_kind, false,
     "UPDATE deskbell.queue SET name = $3 WHERE consortium_id = $1 AND queue_id = $2 "
     "AND name = $4"},
    {&settings_queue_kind, false,
     "INSERT INTO deskbell.former_name (library_id, consortium_id, name, queue_id) SELECT "
     "library_id, $1, $4, queue_id FROM deskbell.queue WHERE consortium_id = $1 AND queue_id = $2 "
     "AND name = $3 ON CONFLICT (consortium_id, name) DO UPDATE SET library_id = "
     "EXCLUDED.library_id, queue_id = EXCLUDED.queue_id, operator_id = NULL, renamed_at = now()"},
    {&settings_snippet_kind, false,
     "UPDATE deskbell.snippet SET name = $3 WHERE consortium_id = $1 AND snippet_id = $2 "
     "AND name = $4"},
    {NULL, true,
     "DELETE FROM deskbell.address WHERE consortium_id = $1 AND name = $4 AND $2::bigint > 0 "
     "AND $3::text <> $4"},
};

static bool reserve_old(struct saver *saver, const struct renaming *renaming)
{
    struct statement *statement = &saver->statement;

    statement_begin(statement,
                    "INSERT INTO deskbell.reserved_name (consortium_id, name, kind, library_name) "
                    "VALUES ($1, $2, $3, $4) ON CONFLICT (consortium_id, name) DO UPDATE SET "
                    "kind = $3, library_name = $4, removed_at = now()");
    statement_number(statement, saver->stored->id);
    statement_text(statement, renaming->old);
    statement_text(statement, renaming->kind->word);
    statement_text(statement, renaming->library);
    return saver_run(saver);
}

static bool rename_thing(struct saver *saver, const struct renaming *renaming)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].kind != NULL && steps[i].kind != renaming->kind)
            continue;
        struct statement *statement = &saver->statement;
        statement_begin(statement, steps[i].sql);
        statement_number(statement, saver->stored->id);
        statement_number(statement, renaming->id);
        statement_text(statement, renaming->new);
        statement_text(statement, renaming->old);
        if (!(steps[i].optional ? saver_run(saver) : saver_run_one(saver)))
            return false;
    }
    return reserve_old(saver, renaming);
}

bool saver_names(struct saver *saver)
{
    for (int i = 0; i < SETTINGS_KIND_COUNT && saver->stored != NULL; i++) {
        const struct settings_kind *kind = settings_kinds[i];
        struct settings_walk walk = {.kind = kind, .old = saver->stored, .new = saver->merged};
        const void *old, *new;
        while (walk_next(&walk, &old, &new)) {
            int64_t id = new == NULL ? 0 : thing_id(kind, new);
            const char *name =
                id == 0 || old != NULL ? NULL : consortium_name(saver->stored, kind, id);
            if (name == NULL)
                continue;
            struct renaming renaming = {kind, id, name, thing_name(kind, new),
                                        thing_library(kind, saver->merged, new)};
            if (!rename_thing(saver, &renaming))
                return false;
        }
    }
    return true;
}
