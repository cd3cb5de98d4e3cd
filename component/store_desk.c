/* What the desk kept beside its chats, read back table by table before the first chat: a row of
 * `tables` is all that one more kind needs. */
#include <assert.h>
#include <string.h>

#include "component/store_private.h"

/* A row's first column is its number in the table; the event gets the record from the others. */

static void duty_give(struct store *store, const PGresult *result, int row)
{
    const struct duty_record duty = {
        .operator = row_bigint(result, row, 1),
        .queue = row_bigint(result, row, 2),
        .off = row_boolean(result, row, 3),
        .max = row_integer(result, row, 4),
        .until = row_time(result, row, 5),
        .at = row_time(result, row, 6),
    };
    struct event event = {.type = EVENT_RESTORE_DUTY, .resource = "", .to = "", .duty = &duty};

    store->events->restore(store->context, &event);
}

static void block_give(struct store *store, const PGresult *result, int row)
{
    const struct block_record block = {
        .library = row_bigint(result, row, 1),
        .patron = row_text(result, row, 2),
        .until = row_time(result, row, 3),
        .operator = row_bigint(result, row, 4),
        .chat = row_bigint(result, row, 5),
        .at = row_time(result, row, 6),
    };
    struct event event = {.type = EVENT_RESTORE_BLOCK, .resource = "", .to = "", .block = &block};

    store->events->restore(store->context, &event);
}

static void followup_give(struct store *store, const PGresult *result, int row)
{
    const struct followup_record followup = {
        .chat = row_bigint(result, row, 1),
        .code = row_text(result, row, 2),
        .library = row_bigint(result, row, 3),
        .queue = row_bigint(result, row, 4),
        .kind = (enum followup_kind)words_find(&followup_kind_words, row_text(result, row, 5)),
        .text = row_text(result, row, 6),
        .contact = row_text(result, row, 7),
        .operator = row_bigint(result, row, 8),
        .at = row_time(result, row, 9),
        .told_to = row_bigint(result, row, 10),
        .told_at = row_time(result, row, 11),
        .handed = row_boolean(result, row, 12),
    };
    struct event event = {.type = EVENT_RESTORE_FOLLOWUP, .resource = "", .to = ""};

    event.followup = &followup;
    store->events->restore(store->context, &event);
}

/* In the order in which they are given. */
static const struct {
    enum statement statement;
    void (*give)(struct store *store, const PGresult *result, int row);
} tables[] = {
    {STATEMENT_DESK_DUTIES, duty_give},
    {STATEMENT_DESK_BLOCKS, block_give},
    {STATEMENT_DESK_FOLLOWUPS, followup_give},
};

enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

bool desk_is_read(const struct store *store)
{
    return store->desk_table == TABLE_COUNT;
}

void desk_send(struct store *store)
{
    const int64_t scalars[] = {store->desk_row, STORE_CHUNK_ROWS};

    assert(store->desk_table < TABLE_COUNT);
    store_send_scalars(store, tables[store->desk_table].statement, scalars, 2);
    store_sync(store, REQUEST_DESK);
    store->restore_sent = true;
}

void desk_take(struct store *store, struct request *request)
{
    char cause[sizeof request->cause];

    store->restore_sent = false;
    if (request->sqlstate[0] != '\0' || request->result_count != 1) {
        memcpy(cause, request->cause, sizeof cause);
        store_lose(store, cause);
        return;
    }
    const PGresult *rows = request->results[0];
    int count = PQntuples(rows);
    for (int row = 0; row < count; row++) {
        store->desk_row = row_bigint(rows, row, 0);
        tables[store->desk_table].give(store, rows, row);
    }
    if (count == STORE_CHUNK_ROWS)
        return; /* the next piece is sent with the pump */
    store->desk_table++;
    store->desk_row = 0;
}
