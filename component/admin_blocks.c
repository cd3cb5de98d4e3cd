/* admin_blocks.c: commands about patrons whom a library does not listen to.
 *
 * The row in the database is changed in the transaction that is audited; routing, which judges
 * every line by what it has in memory, is told when that is committed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/database.h"
#include "component/table.h"
#include "policy/wall.h"

static const char *library_zone_words(const struct admin *admin)
{
    return admin_library(admin)->zone->name;
}

/* Of one library, those that hold now: number, which chat it was, who did it, since when, until
 * when. Nobody who works here ever sees a patron's address. */
static bool blocks_query(struct admin *admin, PGresult **ret_result)
{
    struct statement statement;

    statement_begin(&statement,
                    "SELECT b.number, coalesce(c.code, '?'), coalesce(b.operator_name, '?'),"
                    "  to_char(b.at AT TIME ZONE $2, 'YYYY-MM-DD HH24:MI'),"
                    "  to_char(b.until AT TIME ZONE $2, 'YYYY-MM-DD HH24:MI')"
                    " FROM deskbell.block b LEFT JOIN deskbell.chat c"
                    "  ON c.library_id = b.library_id AND c.number = b.chat"
                    " WHERE b.library_id = $1 AND b.until > now() AND b.lifted IS NULL"
                    " ORDER BY b.until, b.number");
    statement_number(&statement, admin_library(admin)->id);
    statement_text(&statement, library_zone_words(admin));
    return statement_run(admin->database, &statement, ret_result, &admin->error);
}

static bool block_list(struct admin *admin)
{
    static const char *const keys[] = {"block", "chat", "by", "since", "until"};
    static const char *const labels[] = {"Block", "Chat", "By", "Since", "Until"};
    struct table *table = table_new(admin->arena, "blocks", "Blocked patrons");
    PGresult *result;

    if (!blocks_query(admin, &result))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        table_add_column(table, keys[i], labels[i], TABLE_TEXT);
    for (int row = 0; row < PQntuples(result); row++) {
        size_t place = table_add_row(table);
        for (int i = 0; i < PQnfields(result); i++)
            table_set(table, place, (size_t)i, PQgetvalue(result, row, i));
    }
    if (table->row_count == 0) {
        admin_say(admin, "Nobody is blocked at %s.", admin_library(admin)->name);
    } else {
        admin_say(admin, "%zu patron%s blocked at %s (times: %s).", table->row_count,
                  table->row_count == 1 ? " is" : "s are", admin_library(admin)->name,
                  library_zone_words(admin));
        admin_table(admin, table);
    }
    PQclear(result);
    return true;
}

static bool blocks_fetch(struct admin *admin)
{
    PGresult *result;

    if (!blocks_query(admin, &result))
        return false;
    for (int row = 0; row < PQntuples(result); row++)
        admin_choice(admin, "block",
                     arena_printf(admin->arena, "Chat %s, by %s at %s, until %s",
                                  PQgetvalue(result, row, 1), PQgetvalue(result, row, 2),
                                  PQgetvalue(result, row, 3), PQgetvalue(result, row, 4)),
                     PQgetvalue(result, row, 0));
    PQclear(result);
    return true;
}

/* Runs the statement, which gives the row's new end in ms (0: it has none any more) and in words,
 * the patron, and the chat, and tells routing. No row: the block is over. */
static bool block_change(struct admin *admin, const struct statement *statement)
{
    struct block_record *block = arena_alloc(admin->arena, sizeof *block);
    struct event *event = arena_alloc(admin->arena, sizeof *event);
    PGresult *result;

    if (!statement_run(admin->database, statement, &result, &admin->error))
        return false;
    if (PQntuples(result) == 0) {
        PQclear(result);
        return admin_refuse(admin, "That patron is not blocked any more.");
    }
    *block = (struct block_record){
        .library = admin_library(admin)->id,
        .patron = arena_strdup(admin->arena, PQgetvalue(result, 0, 2)),
        .until = result_number(result, 0, 0),
    };
    event->type = EVENT_BLOCK;
    event->block = block;
    admin->result.event = event;
    if (block->until == 0)
        admin_say(admin, "The patron of chat %s can write to %s again.", PQgetvalue(result, 0, 3),
                  admin_library(admin)->name);
    else
        admin_say(admin, "The patron of chat %s is blocked at %s until %s (%s).",
                  PQgetvalue(result, 0, 3), admin_library(admin)->name, PQgetvalue(result, 0, 1),
                  library_zone_words(admin));
    PQclear(result);
    return true;
}

/* Which chat it was, as a part of the statement. */
#define RETURNING_CHAT                                                                             \
    "patron, coalesce((SELECT c.code FROM deskbell.chat c"                                         \
    " WHERE c.library_id = b.library_id AND c.number = b.chat), '?')"
#define WHERE_BLOCK                                                                                \
    " WHERE library_id = $1 AND number::text = $2 AND until > now() AND lifted IS NULL RETURNING "

static bool block_lift(struct admin *admin)
{
    struct statement statement;

    statement_begin(&statement, "UPDATE deskbell.block b SET lifted = now()" WHERE_BLOCK
                                "0, '', " RETURNING_CHAT);
    statement_number(&statement, admin_library(admin)->id);
    statement_text(&statement, admin_value(admin, "block"));
    return block_change(admin, &statement);
}

static bool block_extend(struct admin *admin)
{
    struct statement statement;

    statement_begin(&statement,
                    "UPDATE deskbell.block b SET until = now() + $3 * interval '1 hour'" WHERE_BLOCK
                    "floor(extract(epoch FROM until) * 1000)::bigint,"
                    "  to_char(until AT TIME ZONE $4, 'YYYY-MM-DD HH24:MI'), " RETURNING_CHAT);
    statement_number(&statement, admin_library(admin)->id);
    statement_text(&statement, admin_value(admin, "block"));
    statement_text(&statement, admin_value(admin, "hours"));
    statement_text(&statement, library_zone_words(admin));
    return block_change(admin, &statement);
}

static const char *lift_confirm(const struct command_call *call)
{
    (void)call;
    return "Let this patron write to you again, from now on?";
}

static void hours_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice hours[] = {
        {.value = "24", .label = "1 day from now"},
        {.value = "168", .label = "1 week from now"},
        {.value = "720", .label = "30 days from now"},
        {.value = "2160", .label = "90 days from now"},
        {.value = "8760", .label = "1 year from now"},
    };

    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++)
        choices_add(ret, call->asker.arena, hours[i]);
}

#define FIELD_BLOCK                                                                                \
    {                                                                                              \
        .name = "block", .type = FIELD_LIST_SINGLE, .label = "Blocked patron", .step = 1,          \
        .required = true, .fetched = true, .nothing = "Nobody is blocked there."                   \
    }

static const struct command_field library_fields[] = {FIELD_LIBRARY, {.name = NULL}};

static const struct command_field lift_fields[] = {FIELD_LIBRARY, FIELD_BLOCK, {.name = NULL}};

static const struct command_field extend_fields[] = {
    FIELD_LIBRARY,
    FIELD_BLOCK,
    {.name = "hours",
     .type = FIELD_LIST_SINGLE,
     .label = "Blocked for",
     .step = 1,
     .required = true,
     .initial = "168",
     .options = hours_options},
    {.name = NULL},
};

const struct command block_commands[] = {
    {.node = "block-list",
     .title = "Blocked patrons",
     .places = PLACE_SERVICE,
     .right = RIGHT_BLOCKS,
     .fields = library_fields,
     .work = block_list},
    {.node = "block-lift",
     .title = "Lift a block",
     .places = PLACE_SERVICE,
     .right = RIGHT_BLOCKS,
     .fields = lift_fields,
     .object = "block",
     .fetch = blocks_fetch,
     .confirm = lift_confirm,
     .work = block_lift},
    {.node = "block-extend",
     .title = "Change how long a patron is blocked",
     .places = PLACE_SERVICE,
     .right = RIGHT_BLOCKS,
     .fields = extend_fields,
     .object = "block",
     .fetch = blocks_fetch,
     .work = block_extend},
    {.node = NULL},
};
