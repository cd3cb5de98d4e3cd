/* admin_rights.c: commands about who may do what, and who did. */
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/database.h"
#include "component/permit.h"
#include "component/table.h"
#include "policy/date.h"
#include "policy/wall.h"

enum { AUDIT_ROWS_MAX = RESULT_ROWS_MAX };

/* --- grant, revoke --- */

/* The rights that the asker holds there: nobody can give what is not theirs. */
static void rights_options(const struct command_call *call, struct choices *ret)
{
    int library;

    if (!command_library(call, &library))
        return;
    for (int right = RIGHT_NONE + 1; right < RIGHTS_END; right++) {
        const char *name = right_name((enum right)right);
        if (rights_holds(call->settings, call->asker.account, (enum right)right, library))
            choices_add(ret, call->asker.arena, (struct choice){.value = name, .label = name});
    }
}

/* Single grants there, of rights that the asker holds. */
static void grants_options(const struct command_call *call, struct choices *ret)
{
    struct arena *arena = call->asker.arena;
    int library;

    if (!command_library(call, &library))
        return;
    int64_t id = library == NO_INDEX ? 0 : call->settings->libraries[library].id;
    for (size_t i = 0; i < call->settings->grants.count; i++) {
        const struct grant *grant = &call->settings->grants.list[i];
        const char *name = right_name(grant->right);
        if (grant->library == id &&
            rights_holds(call->settings, call->asker.account, grant->right, library))
            choices_add(ret, arena,
                        (struct choice){
                            .value = arena_printf(arena, "%s %s", grant->account, name),
                            .label = arena_printf(arena, "%s: %s", grant->account, name),
                        });
    }
}

static struct permit giver_of(const struct admin *admin)
{
    return (struct permit){
        .consortium_id = admin->settings->id,
        .library_id = admin->library == NO_INDEX ? 0 : admin_library(admin)->id,
        .account = admin->account,
        .right = right_name(RIGHT_GRANTS),
        .command = admin->node,
        .reason = admin->reason,
    };
}

static const char *where(const struct admin *admin)
{
    return admin->library == NO_INDEX ? "the whole consortium" : admin_library(admin)->name;
}

/* The running desk judges by what it has loaded: it loads again. */
static bool settings_touch(struct admin *admin)
{
    struct statement statement;
    char channel[48];

    snprintf(channel, sizeof channel, "deskbell_settings_%lld", (long long)admin->settings->id);
    statement_begin(&statement, "SELECT pg_notify($1, '')");
    statement_text(&statement, channel);
    return statement_run(admin->database, &statement, NULL, &admin->error);
}

static bool grant(struct admin *admin)
{
    const char *account = admin_value(admin, "account"), *right = admin_value(admin, "right");
    const struct permit giver = giver_of(admin);
    bool done = false;

    if (!permit_grant(admin->database, &giver, account, right, &done, &admin->error))
        return false;
    if (!done)
        return admin_refuse(admin, "You cannot give the right '%s' for %s.", right, where(admin));
    admin_say(admin, "%s now holds the right '%s' for %s.", account, right, where(admin));
    return settings_touch(admin);
}

static bool revoke(struct admin *admin)
{
    char *account = arena_strdup(admin->arena, admin_value(admin, "grant"));
    char *right = strchr(account, ' ');
    const struct permit giver = giver_of(admin);
    bool done = false;

    if (right == NULL)
        return admin_refuse(admin, "There is no such grant.");
    *right++ = '\0';
    if (!permit_revoke(admin->database, &giver, account, right, &done, &admin->error))
        return false;
    if (!done)
        return admin_refuse(admin, "You cannot take the right '%s' for %s.", right, where(admin));
    admin_say(admin, "%s no longer holds the right '%s' for %s.", account, right, where(admin));
    return settings_touch(admin);
}

static const char *revoke_confirm(const struct command_call *call)
{
    char *account = arena_strdup(call->asker.arena, command_value(call, "grant"));
    char *right = strchr(account, ' ');

    if (right == NULL)
        return NULL;
    *right++ = '\0';
    return arena_printf(call->asker.arena,
                        "Take the right '%s' from %s? It acts at their next step.", right,
                        account);
}

static const struct command_field grant_fields[] = {
    FIELD_LIBRARY,
    {.name = "account",
     .type = FIELD_JID_SINGLE,
     .label = "Account (name@example.org)",
     .step = 1,
     .required = true},
    {.name = "right",
     .type = FIELD_LIST_SINGLE,
     .label = "Right",
     .step = 1,
     .required = true,
     .options = rights_options},
    {.name = NULL},
};

static const struct command_field revoke_fields[] = {
    FIELD_LIBRARY,
    {.name = "grant",
     .type = FIELD_LIST_SINGLE,
     .label = "Take back",
     .step = 1,
     .required = true,
     .options = grants_options,
     .nothing = "Nobody has a single right there that you could take back. Coordinators and "
                "administrators have theirs from admin-add and admin-remove."},
    {.name = NULL},
};

/* --- audit --- */

const char *command_day(const struct command_call *call, int back)
{
    char text[DATE_TEXT_SIZE];
    int library;

    if (!command_library(call, &library))
        return NULL;
    const struct zone *zone =
        library == NO_INDEX ? call->settings->zone : call->settings->libraries[library].zone;
    return arena_strdup(call->asker.arena,
                        date_print(wall_at(zone, call->asker.wall / 1000).date - back, text));
}

static const char *audit_from(const struct command_call *call)
{
    return command_day(call, 30);
}

static const char *audit_to(const struct command_call *call)
{
    return command_day(call, 0);
}

const char *command_date_wrong(const struct command_call *call, const char *value)
{
    day_number date;

    (void)call;
    return date_parse(value, &date) ? NULL : "please write a date like 2026-11-26.";
}

static const struct command_field audit_fields[] = {
    FIELD_LIBRARY,
    {.name = "from",
     .type = FIELD_TEXT_SINGLE,
     .label = "From",
     .step = 1,
     .required = true,
     .prefill = audit_from,
     .wrong = command_date_wrong},
    {.name = "to",
     .type = FIELD_TEXT_SINGLE,
     .label = "To",
     .step = 1,
     .required = true,
     .prefill = audit_to,
     .wrong = command_date_wrong},
    {.name = NULL},
};

/* The newest first, in the library's zone. Of the consortium as a whole all rows; row-level
 * security has the last word on which these are. */
static bool audit_query(struct admin *admin, PGresult **ret_result)
{
    const struct library_settings *library = admin_library(admin);
    struct statement statement;

    statement_begin(&statement,
                    "SELECT to_char(a.at AT TIME ZONE $4, 'YYYY-MM-DD HH24:MI'),"
                    "  coalesce(l.name, ''), a.account, a.command, coalesce(a.object, ''),"
                    "  coalesce(a.reason, ''), coalesce(a.detail, '')"
                    " FROM deskbell.audit a"
                    "  LEFT JOIN deskbell.library l ON l.library_id = a.library_id"
                    " WHERE a.consortium_id = $1 AND ($2::bigint = 0 OR a.library_id = $2)"
                    "  AND a.at >= ($3::date)::timestamp AT TIME ZONE $4"
                    "  AND a.at < ($5::date + 1)::timestamp AT TIME ZONE $4"
                    " ORDER BY a.at DESC LIMIT $6");
    statement_number(&statement, admin->settings->id);
    statement_number(&statement, library == NULL ? 0 : library->id);
    statement_text(&statement, admin_value(admin, "from"));
    statement_text(&statement,
                   library == NULL ? admin->settings->zone->name : library->zone->name);
    statement_text(&statement, admin_value(admin, "to"));
    statement_number(&statement, AUDIT_ROWS_MAX + 1);
    return statement_run(admin->database, &statement, ret_result, &admin->error);
}

static bool audit(struct admin *admin)
{
    static const char *const keys[] = {"at", "library", "account", "command",
                                       "object", "reason", "detail"};
    static const char *const labels[] = {"When", "Library", "Who", "Command",
                                         "What", "Reason", "Detail"};
    struct table *table = table_new(admin->arena, "audit", "What was done");
    PGresult *result;

    if (!audit_query(admin, &result))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        table_add_column(table, keys[i], labels[i], TABLE_TEXT);
    for (int row = 0; row < PQntuples(result) && row < AUDIT_ROWS_MAX; row++) {
        size_t place = table_add_row(table);
        for (int i = 0; i < PQnfields(result); i++)
            if (PQgetvalue(result, row, i)[0] != '\0')
                table_set(table, place, (size_t)i, PQgetvalue(result, row, i));
    }
    admin_say(admin, "%zu line%s from %s to %s, the newest first.%s", table->row_count,
              table->row_count == 1 ? "" : "s", admin_value(admin, "from"),
              admin_value(admin, "to"),
              PQntuples(result) > AUDIT_ROWS_MAX ? " Older ones are left out: ask for fewer days."
                                                 : "");
    if (table->row_count > 0)
        admin_table(admin, table);
    PQclear(result);
    return true;
}

const struct command right_commands[] = {
    {.node = "grant",
     .title = "Give somebody a right",
     .places = PLACE_SERVICE,
     .right = RIGHT_GRANTS,
     .scope = SCOPE_EITHER,
     .fields = grant_fields,
     .object = "account",
     .work = grant},
    {.node = "revoke",
     .title = "Take a right back",
     .places = PLACE_SERVICE,
     .right = RIGHT_GRANTS,
     .scope = SCOPE_EITHER,
     .fields = revoke_fields,
     .object = "grant",
     .confirm = revoke_confirm,
     .work = revoke},
    {.node = "audit",
     .title = "Who did what",
     .places = PLACE_SERVICE,
     .right = RIGHT_AUDIT,
     .scope = SCOPE_EITHER,
     .fields = audit_fields,
     .work = audit},
    {.node = NULL},
};
