#include "component/help.h"

#include <string.h>

#include "component/database.h"
#include "policy/arena.h"

static const char *const tiers[] = {[HELP_AT_LIBRARY] = "library",
                                    [HELP_AT_CONSORTIUM] = "consortium"};
static const char *const states[] = {
    [HELP_OPEN] = "open", [HELP_ESCALATED] = "escalated", [HELP_CLOSED] = "closed"};

/* NULL is SQL's for an id that is 0. */
static void statement_id(struct statement *statement, int64_t id)
{
    if (id == 0)
        statement_text(statement, NULL);
    else
        statement_number(statement, id);
}

static bool forget_old(PGconn *database, int64_t consortium, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement, "DELETE FROM deskbell.help_request WHERE consortium_id = $1"
                                " AND state = 'closed'"
                                " AND changed < now() - $2 * interval '1 day'");
    statement_number(&statement, consortium);
    statement_number(&statement, HELP_KEPT_DAYS);
    return statement_run(database, &statement, NULL, reterr);
}

bool help_ask(PGconn *database, int64_t consortium, const struct help_request *request,
              int64_t *ret_number, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    if (!forget_old(database, consortium, reterr))
        return false;
    statement_begin(&statement,
                    "INSERT INTO deskbell.help_request"
                    " (consortium_id, library_id, account, kind, text, queue_id, wish, tier)"
                    " SELECT $1, $2::bigint, $3::text, $4, $5, $6::bigint, $7, $8"
                    " WHERE (SELECT count(*) FROM deskbell.help_request r"
                    "  WHERE r.consortium_id = $1 AND r.account = $3::text"
                    "   AND r.state <> 'closed') < $9"
                    " RETURNING number");
    statement_number(&statement, consortium);
    statement_id(&statement, request->library);
    statement_text(&statement, request->account);
    statement_text(&statement, request->kind);
    statement_text(&statement, request->text);
    statement_id(&statement, request->queue);
    statement_text(&statement, request->wish);
    statement_text(&statement, tiers[request->tier]);
    statement_number(&statement, HELP_OPEN_MAX);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_number = PQntuples(result) == 0 ? 0 : result_number(result, 0, 0);
    PQclear(result);
    return true;
}

#define COLUMNS                                                                                    \
    " SELECT r.number, coalesce(r.library_id, 0), r.account, r.kind, r.text,"                      \
    "  coalesce(r.queue_id, 0), r.wish, r.tier = 'consortium', r.state = 'escalated',"             \
    "  r.reference, r.answer, to_char(r.at AT TIME ZONE $5, 'YYYY-MM-DD HH24:MI')"                 \
    " FROM deskbell.help_request r WHERE r.consortium_id = $1 AND r.state <> 'closed'"             \
    "  AND ($2::bigint = 0 OR r.library_id = $2) AND ($3::text IS NULL OR r.account = $3::text)"   \
    "  AND (NOT $4 OR r.tier = 'consortium')"

static void scoped(struct statement *statement, const struct help_scope *scope, const char *sql)
{
    statement_begin(statement, sql);
    statement_number(statement, scope->consortium);
    statement_number(statement, scope->library);
    statement_text(statement, scope->account);
    statement_switch(statement, scope->consortium_only);
    statement_text(statement, scope->zone);
}

static void request_read(const PGresult *result, int row, struct arena *arena,
                         struct help_request *ret)
{
    *ret = (struct help_request){
        .number = result_number(result, row, 0),
        .library = result_number(result, row, 1),
        .account = arena_strdup(arena, result_text(result, row, 2)),
        .kind = arena_strdup(arena, result_text(result, row, 3)),
        .text = arena_strdup(arena, result_text(result, row, 4)),
        .queue = result_number(result, row, 5),
        .wish = arena_strdup(arena, result_text(result, row, 6)),
        .tier = result_switch(result, row, 7) ? HELP_AT_CONSORTIUM : HELP_AT_LIBRARY,
        .state = result_switch(result, row, 8) ? HELP_ESCALATED : HELP_OPEN,
        .reference = arena_strdup(arena, result_text(result, row, 9)),
        .answer = arena_strdup(arena, result_text(result, row, 10)),
        .at = arena_strdup(arena, result_text(result, row, 11)),
    };
}

bool help_list(PGconn *database, const struct help_scope *scope, struct arena *arena,
               struct help_request **ret_list, size_t *ret_count, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    scoped(&statement, scope, COLUMNS " ORDER BY r.number LIMIT $6");
    statement_number(&statement, HELP_LIST_MAX);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    size_t count = (size_t)PQntuples(result);
    struct help_request *list = arena_alloc(arena, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++)
        request_read(result, (int)i, arena, &list[i]);
    PQclear(result);
    *ret_list = list;
    *ret_count = count;
    return true;
}

bool help_find(PGconn *database, const struct help_scope *scope, int64_t number,
               struct arena *arena, struct help_request **ret, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    scoped(&statement, scope, COLUMNS " AND r.number = $6 FOR UPDATE");
    statement_number(&statement, number);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret = NULL;
    if (PQntuples(result) > 0) {
        *ret = arena_alloc(arena, sizeof **ret);
        request_read(result, 0, arena, *ret);
    }
    PQclear(result);
    return true;
}

bool help_change(PGconn *database, int64_t consortium, const struct help_request *request,
                 const char *account, struct error *reterr)
{
    struct statement statement;

    statement_begin(&statement, "UPDATE deskbell.help_request SET tier = $3, state = $4,"
                                " reference = $5, answer = $6, changed = now(), changed_by = $7"
                                " WHERE consortium_id = $1 AND number = $2");
    statement_number(&statement, consortium);
    statement_number(&statement, request->number);
    statement_text(&statement, tiers[request->tier]);
    statement_text(&statement, states[request->state]);
    statement_text(&statement, request->reference);
    statement_text(&statement, request->answer);
    statement_text(&statement, account);
    return statement_run(database, &statement, NULL, reterr);
}

bool help_waiting(PGconn *database, int64_t consortium, const char *account, const char *zone,
                  struct arena *arena, int64_t *ret_count, const char **ret_since,
                  struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement,
                    "SELECT waiting, coalesce(to_char(since AT TIME ZONE $3, 'YYYY-MM-DD'), '')"
                    " FROM deskbell.help_open($1, $2)");
    statement_number(&statement, consortium);
    statement_text(&statement, account);
    statement_text(&statement, zone);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_count = result_number(result, 0, 0);
    *ret_since = arena_strdup(arena, result_text(result, 0, 1));
    PQclear(result);
    return true;
}
