/* What the desk kept beside its chats, read back table by table before the first chat: a row of
 * `tables` is all that one more kind needs. */
#include <assert.h>
#include <string.h>

#include "component/store_private.h"

/* A row's first column is its number in the table; the event gets the record from the others. */

static void duty_give(struct store *store, const PGresult *result, int row)
{
    const struct duty_record duty = {
        .operator = bigint_at(result, row, 1),
        .queue = bigint_at(result, row, 2),
        .off = boolean_at(result, row, 3),
        .max = integer_at(result, row, 4),
        .until = time_at(result, row, 5),
        .at = time_at(result, row, 6),
    };
    struct event event = {.type = EVENT_RESTORE_DUTY, .resource = "", .to = "", .duty = &duty};

    store->events->restore(store->context, &event);
}

static void block_give(struct store *store, const PGresult *result, int row)
{
    const struct block_record block = {
        .library = bigint_at(result, row, 1),
        .patron = text_at(result, row, 2),
        .until = time_at(result, row, 3),
        .operator = bigint_at(result, row, 4),
        .chat = bigint_at(result, row, 5),
        .at = time_at(result, row, 6),
    };
    struct event event = {.type = EVENT_RESTORE_BLOCK, .resource = "", .to = "", .block = &block};

    store->events->restore(store->context, &event);
}

static void followup_give(struct store *store, const PGresult *result, int row)
{
    const struct followup_record followup = {
        .chat = bigint_at(result, row, 1),
        .code = text_at(result, row, 2),
        .library = bigint_at(result, row, 3),
        .queue = bigint_at(result, row, 4),
        .kind = (enum followup_kind)words_find(&followup_kind_words, text_at(result, row, 5)),
        .text = text_at(result, row, 6),
        .contact = text_at(result, row, 7),
        .operator = bigint_at(result, row, 8),
        .at = time_at(result, row, 9),
        .told_to = bigint_at(result, row, 10),
        .told_at = time_at(result, row, 11),
        .handed = boolean_at(result, row, 12),
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
        store->desk_row = bigint_at(rows, row, 0);
        tables[store->desk_table].give(store, rows, row);
    }
    if (count == STORE_CHUNK_ROWS)
        return; /* the next piece is sent with the pump */
    store->desk_table++;
    store->desk_row = 0;
}
