/* tables.c: the rows of a simulated PostgreSQL, and what the statements of store_statements.c do to
 * them. Values stay in the wire's form. One transaction at a time: what it changes is kept in a
 * list, to be undone. Names of queues and operators are nobody's business here. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "component/array.h"
#include "policy/arena.h"
#include "policy/mem.h"
#include "test/simulation/desk/server.h"

#include "test/simulation/desk/tables_private.h"

struct tables tables;

void tables_begin(void)
{
    memset(&tables, 0, sizeof tables);
    tables.arena = arena_new();
    tables.undo_arena = arena_new();
}

void tables_end(void)
{
    tables.arena = arena_free(tables.arena);
    tables.undo_arena = arena_free(tables.undo_arena);
}

/* --- values --- */

static const char *kept(const void *bytes, int length)
{
    char *copy = arena_alloc(tables.arena, (size_t)length + 1);

    memcpy(copy, bytes, (size_t)length);
    return copy;
}

static struct cell cell_keep(struct cell cell)
{
    return cell.bytes == NULL ? cell : (struct cell){kept(cell.bytes, cell.length), cell.length};
}

int64_t cell_bigint(struct cell cell)
{
    return cell.bytes == NULL ? 0 : binary_bigint(cell.bytes);
}

int32_t cell_integer(struct cell cell)
{
    return cell.bytes == NULL ? 0 : binary_integer(cell.bytes);
}

bool cell_is(struct cell cell, const char *word)
{
    return cell.bytes != NULL && (size_t)cell.length == strlen(word) &&
           memcmp(cell.bytes, word, strlen(word)) == 0;
}

bool cells_equal(struct cell left, struct cell right)
{
    if (left.bytes == NULL || right.bytes == NULL)
        return left.bytes == right.bytes;
    return left.length == right.length && memcmp(left.bytes, right.bytes, (size_t)left.length) == 0;
}

struct cell bigint_cell(int64_t value)
{
    char bytes[8];

    binary_from_bigint(value, bytes);
    return (struct cell){kept(bytes, 8), 8};
}

struct cell integer_cell(int32_t value)
{
    char bytes[8];

    binary_from_bigint((int64_t)value, bytes);
    return (struct cell){kept(bytes + 4, 4), 4};
}

/* --- a transaction --- */

static void before(void *place, size_t size)
{
    struct undo *undo = arena_alloc(tables.undo_arena, sizeof *undo + size);

    undo->place = place;
    undo->size = size;
    memcpy(undo + 1, place, size);
    undo->next = tables.undo;
    tables.undo = undo;
    tables.writes++;
}

static void transaction_end(void)
{
    tables.undo = NULL;
    tables.writes = 0;
    tables.news_count = 0;
    memset(&tables.batch, 0, sizeof tables.batch);
    arena_clear(tables.undo_arena);
}

void tables_roll_back(void)
{
    for (struct undo *undo = tables.undo; undo != NULL; undo = undo->next)
        memcpy(undo->place, undo + 1, undo->size);
    transaction_end();
}

void tables_commit(int node)
{
    if (tables.writes > 0 && tables.batch.number == 0)
        fail("node %d writes without a batch", node);
    if (tables.batch.number != 0)
        judge_batch(tables.batch.epoch, tables.batch.first, tables.batch.number, node);
    for (int i = 0; i < tables.news_count; i++) {
        const struct cell *cell = tables.news[i]->cell;
        judge_line(cell_bigint(cell[0]), cell_integer(cell[1]), cell[3].bytes, cell[6].bytes,
                   (size_t)cell[6].length);
    }
    transaction_end();
}

static struct row *row_add(struct rows *rows, const struct cell *cells, int count)
{
    struct row *row = arena_alloc(tables.arena, sizeof *row);

    for (int i = 0; i < count; i++)
        row->cell[i] = cell_keep(cells[i]);
    row->number = ++tables.rows_given;
    before(rows, sizeof *rows);
    if (rows->last == NULL) {
        rows->first = row;
    } else {
        before(&rows->last->next, sizeof rows->last->next);
        rows->last->next = row;
    }
    rows->last = row;
    rows->count++;
    return row;
}

struct pg_result *result_error(const char *sqlstate, const char *message, const char *rule)
{
    struct pg_result *result = result_new(PGRES_FATAL_ERROR, 0, 0);

    result->sqlstate = sqlstate;
    result->message = message;
    result->rule = rule;
    return result;
}

struct chat *chat_of(int64_t number)
{
    if (number <= 0 || number >= CHATS_MAX)
        fail("chat number %" PRId64 " is no number of these", number);
    return &tables.chats[number];
}

/* --- unnest --- */

struct matrix {
    int rows, columns;
    struct cell *cells;
};

static uint32_t wire32(const char *bytes)
{
    return (uint32_t)binary_integer(bytes);
}

static struct matrix unnest(const struct call *call)
{
    struct matrix matrix = {0, call->count - 1, NULL};

    for (int column = 0; column < matrix.columns; column++) {
        const char *at = call->parameters[column + 1].bytes;
        int count = wire32(at) == 0 ? 0 : (int)wire32(at + 12);
        if (column == 0) {
            matrix.rows = count;
            matrix.cells = arena_alloc(tables.undo_arena,
                                       (size_t)(count * matrix.columns + 1) * sizeof(struct cell));
        }
        if (count != matrix.rows)
            fail("arrays of one statement have different lengths");
        at += 20;
        for (int row = 0; row < count; row++) {
            struct cell *cell = &matrix.cells[row * matrix.columns + column];
            int length = (int)wire32(at);
            *cell = length < 0 ? (struct cell){NULL, 0} : (struct cell){at + 4, length};
            at += 4 + (length < 0 ? 0 : length);
        }
    }
    return matrix;
}

static const struct cell *matrix_row(const struct matrix *matrix, int row)
{
    return &matrix->cells[row * matrix->columns];
}

/* --- batches --- */

int64_t tables_batch_highest(int64_t epoch)
{
    for (int i = tables.epoch_count - 1; i >= 0; i--)
        if (tables.epochs[i].epoch == epoch)
            return tables.epochs[i].highest;
    return 0;
}

static void batch_set(int64_t epoch, int64_t number)
{
    int at = 0;

    while (at < tables.epoch_count && tables.epochs[at].epoch != epoch)
        at++;
    if (at == EPOCHS_MAX)
        fail("more epochs than the simulation knows");
    if (at == tables.epoch_count) {
        before(&tables.epoch_count, sizeof tables.epoch_count);
        tables.epoch_count++;
    }
    before(&tables.epochs[at], sizeof tables.epochs[at]);
    tables.epochs[at].epoch = epoch;
    tables.epochs[at].highest = number;
}

static struct pg_result *batch_begin(int64_t lease, const struct call *call)
{
    int64_t epoch = cell_bigint(call->parameters[1]), number = cell_bigint(call->parameters[2]);

    if (epoch != lease)
        return result_error("ZD001", "the epoch is over", NULL);
    if (number != tables_batch_highest(epoch) + 1)
        return result_error("ZD002", "it is not the next batch", NULL);
    batch_set(epoch, number);
    tables.batch.epoch = epoch;
    tables.batch.first = tables.batch.number = number;
    return result_new(PGRES_COMMAND_OK, 0, 0);
}

static struct pg_result *batch_begin_span(const struct call *call)
{
    int64_t epoch = cell_bigint(call->parameters[1]), number = cell_bigint(call->parameters[3]);

    if (number <= tables_batch_highest(epoch))
        return result_error("23505", "there is such a batch", "batch_pkey");
    batch_set(epoch, number);
    tables.batch.number = number;
    return result_new(PGRES_COMMAND_OK, 0, 0);
}

/* --- chats, lines, offers --- */

int64_t tables_chat_highest(void)
{
    return tables.chat_highest;
}

static void chat_write(const struct cell *cells)
{
    int64_t number = cell_bigint(cells[CHAT_NUMBER]);
    struct chat *chat = chat_of(number);

    before(chat, sizeof *chat);
    for (int i = 0; i < CHAT_COLUMNS; i++)
        if (!chat->there || (i != CHAT_CODE && i != CHAT_ADDRESS && i != CHAT_OPENED))
            chat->cell[i] = cell_keep(cells[i]);
    chat->there = true;
    if (number > tables.chat_highest) {
        before(&tables.chat_highest, sizeof tables.chat_highest);
        tables.chat_highest = number;
    }
}

bool database_refuses(int64_t chat, int line)
{
    for (int i = 0; i < tables.refused_count; i++)
        if (tables.refused[i].chat == chat && tables.refused[i].line == line)
            return true;
    return false;
}

bool database_has_refused(void)
{
    return tables.refused_count > 0;
}

/* What was taken once, be it in a trial, is never refused: that depends on the record. */
static bool line_is_refused(int64_t chat, int line)
{
    if (database_refuses(chat, line))
        return true;
    if (line >= LINES_SEEN_MAX)
        return false;
    uint64_t *seen = &tables.seen[chat][line / 64], bit = (uint64_t)1 << (line % 64);
    bool again = (*seen & bit) != 0;
    *seen |= bit;
    if (again)
        return false;
    if (database_faults.refuse == 0 || tables.refused_count == REFUSED_MAX)
        return false;
    database_faults.refuse--;
    tables.refused[tables.refused_count].chat = chat;
    tables.refused[tables.refused_count++].line = line;
    return true;
}

static struct pg_result *line_write(const struct cell *cells)
{
    int64_t number = cell_bigint(cells[0]);
    struct chat *chat = chat_of(number);
    int line = cell_integer(cells[1]);

    if (!chat->there)
        return result_error("23502", "null value", "library_id");
    if (line_is_refused(number, line))
        return result_error("23514", "a check is violated", "line_body_check");
    for (const struct row *row = chat->lines.first; row != NULL; row = row->next)
        if (cell_integer(row->cell[1]) == line)
            return result_error("23505", "duplicate key", "line_pkey");
    if (tables.news_count == (int)(sizeof tables.news / sizeof tables.news[0]))
        fail("more lines in a transaction than the simulation knows");
    tables.news[tables.news_count++] = row_add(&chat->lines, cells, 8);
    return NULL;
}


static struct row *offer_open(const struct chat *chat, struct cell operator)
{
    for (struct row *row = chat->offers.first; row != NULL; row = row->next)
        if (cells_equal(row->cell[OFFER_OPERATOR], operator) &&
            cell_is(row->cell[OFFER_OUTCOME], "open"))
            return row;
    return NULL;
}

static struct pg_result *offer_decide(const struct cell *cells)
{
    struct chat *chat = chat_of(cell_bigint(cells[OFFER_CHAT]));
    struct row *row = offer_open(chat, cells[OFFER_OPERATOR]);

    if (!chat->there || cells[OFFER_IS_NEW].bytes[0] != 0 || row == NULL)
        return NULL;
    before(row, sizeof *row);
    row->cell[OFFER_OUTCOME] = cell_keep(cells[OFFER_OUTCOME]);
    row->cell[OFFER_DECIDED] = cell_keep(cells[OFFER_DECIDED]);
    return NULL;
}

static bool offer_is_done(const struct chat *chat, const struct cell *cells)
{
    for (const struct row *row = chat->offers.first; row != NULL; row = row->next)
        if (cells_equal(row->cell[OFFER_OPERATOR], cells[OFFER_OPERATOR]) &&
            cells_equal(row->cell[OFFER_OUTCOME], cells[OFFER_OUTCOME]) &&
            cells_equal(row->cell[OFFER_DECIDED], cells[OFFER_DECIDED]) &&
            cells[OFFER_DECIDED].bytes != NULL)
            return true;
    return false;
}

static struct pg_result *offer_write(const struct cell *cells)
{
    struct chat *chat = chat_of(cell_bigint(cells[OFFER_CHAT]));
    struct cell handed = {kept("", 1), 1};

    if (!chat->there)
        return result_error("23502", "null value", "library_id");
    if (cells[OFFER_IS_NEW].bytes[0] == 0 && offer_is_done(chat, cells))
        return NULL;
    struct row *row = offer_open(chat, cells[OFFER_OPERATOR]);
    if (row != NULL && cell_is(cells[OFFER_OUTCOME], "open")) {
        before(row, sizeof *row);
        row->cell[OFFER_QUEUE] = cell_keep(cells[OFFER_QUEUE]);
        row->cell[OFFER_AT] = cell_keep(cells[OFFER_AT]);
    } else {
        row = row_add(&chat->offers, cells, OFFER_HANDED);
    }
    row->cell[OFFER_HANDED] = handed;
    return NULL;
}

static struct pg_result *act_write(const struct cell *cells)
{
    struct chat *chat = chat_of(cell_bigint(cells[0]));

    if (!chat->there)
        return result_error("23502", "null value", "library_id");
    tables.writes++;
    return NULL;
}

static struct pg_result *mark_write(const struct cell *cells)
{
    struct chat *chat = chat_of(cell_bigint(cells[0]));

    if (!chat->there)
        return NULL;
    before(chat, sizeof *chat);
    if (cell_integer(cells[1]) > chat->patron_mark)
        chat->patron_mark = cell_integer(cells[1]);
    if (cell_integer(cells[2]) > chat->operator_mark)
        chat->operator_mark = cell_integer(cells[2]);
    return NULL;
}

static struct pg_result *handed_write(const struct cell *cells)
{
    struct row *row = offer_open(chat_of(cell_bigint(cells[0])), cells[1]);

    if (row == NULL)
        return NULL;
    before(row, sizeof *row);
    row->cell[OFFER_HANDED] = (struct cell){kept("\1", 1), 1};
    return NULL;
}

/* --- the desk's own --- */

/* The newest of a key of the first `key` columns replaces the older. */
static void keyed_write(struct rows *rows, const struct cell *cells, int count, int key)
{
    for (struct row *row = rows->first; row != NULL; row = row->next) {
        bool same = true;
        for (int i = 0; i < key; i++)
            same = same && cells_equal(row->cell[i], cells[i]);
        if (!same)
            continue;
        before(row, sizeof *row);
        for (int i = key; i < count; i++)
            row->cell[i] = cell_keep(cells[i]);
        return;
    }
    row_add(rows, cells, count);
}

static struct pg_result *duty_write(const struct cell *cells)
{
    keyed_write(&tables.duties, cells, 6, 2);
    return NULL;
}

static struct pg_result *block_write(const struct cell *cells)
{
    keyed_write(&tables.blocks, cells, 6, 2);
    return NULL;
}

static struct pg_result *duty_log_write(const struct cell *cells)
{
    (void)cells;
    tables.writes++;
    return NULL;
}

/* Columns as STATEMENT_FOLLOWUPS has them: chat, queue, kind, body, contact, operator, at, told_to,
 * told_at, handed, done_by, done_at. */
static struct pg_result *followup_write(const struct cell *cells)
{
    struct chat *chat = chat_of(cell_bigint(cells[0]));

    if (!chat->there)
        return NULL;
    bool handed = chat->followup.first != NULL && chat->followup.first->cell[9].bytes[0] != 0;
    keyed_write(&chat->followup, cells, 12, 1);
    if (handed)
        chat->followup.first->cell[9] = (struct cell){kept("\1", 1), 1};
    return NULL;
}

static struct pg_result *followup_handed_write(const struct cell *cells)
{
    struct row *row = chat_of(cell_bigint(cells[0]))->followup.first;

    if (row == NULL || !cells_equal(row->cell[7], cells[1]))
        return NULL;
    before(row, sizeof *row);
    row->cell[9] = (struct cell){kept("\1", 1), 1};
    return NULL;
}

static const struct {
    enum statement statement;
    struct pg_result *(*write)(const struct cell *cells);
} writers[] = {
    {STATEMENT_LINES, line_write},
    {STATEMENT_OFFERS_DECIDED, offer_decide},
    {STATEMENT_OFFERS, offer_write},
    {STATEMENT_ACTS, act_write},
    {STATEMENT_MARKS, mark_write},
    {STATEMENT_HANDED, handed_write},
    {STATEMENT_DUTIES, duty_write},
    {STATEMENT_DUTY_LOG, duty_log_write},
    {STATEMENT_BLOCKS, block_write},
    {STATEMENT_FOLLOWUPS, followup_write},
    {STATEMENT_FOLLOWUPS_HANDED, followup_handed_write},
};

struct pg_result *tables_execute(int64_t lease, const struct call *call)
{
    switch (call->statement) {
    case STATEMENT_BEGIN:
        return batch_begin(lease, call);
    case STATEMENT_BEGIN_SPAN:
        return batch_begin_span(call);
    case STATEMENT_RECALL:
        return read_recall(call);
    case STATEMENT_DESK_DUTIES:
        return read_rows(&tables.duties, call, 6);
    case STATEMENT_DESK_BLOCKS:
        return read_rows(&tables.blocks, call, 6);
    case STATEMENT_DESK_FOLLOWUPS:
        return read_followups(call);
    case STATEMENT_RESTORE_CHATS:
    case STATEMENT_RESTORE_OFFERS:
    case STATEMENT_RESTORE_LINES:
        return read_restore(call);
    default:
        break;
    }
    const struct matrix matrix = unnest(call);
    struct pg_result *error = NULL;
    if (call->statement == STATEMENT_MOVES)
        fail("nobody moves a chat here");
    for (int row = 0; row < matrix.rows && error == NULL; row++) {
        if (call->statement == STATEMENT_CHATS)
            chat_write(matrix_row(&matrix, row));
        for (size_t i = 0; i < sizeof writers / sizeof writers[0] && error == NULL; i++)
            if ((int)writers[i].statement == call->statement)
                error = writers[i].write(matrix_row(&matrix, row));
    }
    return error != NULL ? error : result_new(PGRES_COMMAND_OK, 0, 0);
}
