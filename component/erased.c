#include "component/erased.h"

#include "component/database.h"

bool open_items_read(PGconn *database, int64_t library, struct arena *arena,
                     struct open_items *ret, struct error *reterr)
{
    struct statement statement;
    PGresult *result;

    statement_begin(&statement, "SELECT f.chat FROM deskbell.followup f"
                                " WHERE f.library_id = $1 AND f.state = 'open' ORDER BY f.chat");
    statement_number(&statement, library);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret = (struct open_items){.library = library, .count = (size_t)PQntuples(result)};
    ret->chats = arena_alloc(arena, (ret->count + 1) * sizeof *ret->chats);
    for (size_t i = 0; i < ret->count; i++)
        ret->chats[i] = result_number(result, (int)i, 0);
    PQclear(result);
    return true;
}

bool open_items_compare(PGconn *database, const struct open_items *before, struct arena *arena,
                        struct event **ret_event, struct error *reterr)
{
    struct open_items after;
    size_t count = 0, at = 0;

    *ret_event = NULL;
    if (!open_items_read(database, before->library, arena, &after, reterr))
        return false;
    int64_t *gone = arena_alloc(arena, (before->count + 1) * sizeof *gone);
    for (size_t i = 0; i < before->count; i++) {
        while (at < after.count && after.chats[at] < before->chats[i])
            at++;
        if (at == after.count || after.chats[at] != before->chats[i])
            gone[count++] = before->chats[i];
    }
    if (count == 0)
        return true;
    *ret_event = arena_alloc(arena, sizeof **ret_event);
    **ret_event = (struct event){
        .type = EVENT_ERASED,
        .erased = {.library = before->library, .chats = gone, .count = count},
    };
    return true;
}
