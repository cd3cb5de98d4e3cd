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

enum { CHAT_COLUMNS = 20, EPOCHS_MAX = 1000, CHATS_MAX = 4000, REFUSED_MAX = 64 };

/* Columns as STATEMENT_CHATS has them. */
enum { CHAT_NUMBER, CHAT_CODE, CHAT_ADDRESS, CHAT_STATE = 8, CHAT_OPENED = 11, CHAT_LAST_LINE = 15,
       CHAT_QUEUE = 3, CHAT_OWNER = 5 };

struct row {
    struct row *next;
    struct cell cell[CHAT_COLUMNS];
    int64_t number;
    bool is_new_of_offer;
};

struct rows {
    struct row *first, *last;
    int count;
};

struct chat {
    bool there;
    struct cell cell[CHAT_COLUMNS];
    int32_t patron_mark, operator_mark;
    struct rows lines, offers, followup;
};

struct undo {
    struct undo *next;
    void *place;
    size_t size;
    /* the old bytes follow */
};

static struct {
    struct arena *arena, *undo_arena;
    struct chat chats[CHATS_MAX];
    int64_t chat_highest;
    struct rows duties, blocks, duty_log;
    int64_t rows_given;
    struct {
        int64_t epoch, highest;
    } epochs[EPOCHS_MAX];
    int epoch_count;
    struct undo *undo;
    struct {
        int64_t epoch, first, number;
    } batch; /* of the open transaction */
    int writes; /* in it */
    struct row *news[STORE_REPLAY_RECORDS * 8]; /* its lines */
    int news_count;
    struct {
        int64_t chat;
        int line;
    } refused[REFUSED_MAX];
    int refused_count;
} tables;

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

static int64_t cell_bigint(struct cell cell)
{
    return cell.bytes == NULL ? 0 : binary_bigint(cell.bytes);
}

static int32_t cell_integer(struct cell cell)
{
    return cell.bytes == NULL ? 0 : binary_integer(cell.bytes);
}

static bool cell_is(struct cell cell, const char *word)
{
    return cell.bytes != NULL && (size_t)cell.length == strlen(word) &&
           memcmp(cell.bytes, word, strlen(word)) == 0;
}

static bool cells_equal(struct cell left, struct cell right)
{
    if (left.bytes == NULL || right.bytes == NULL)
        return left.bytes == right.bytes;
    return left.length == right.length &&
           memcmp(left.bytes, right.bytes, (size_t)left.length) == 0;
}

static struct cell bigint_cell(int64_t value)
{
    char bytes[8];

    binary_from_bigint(value, bytes);
    return (struct cell){kept(bytes, 8), 8};
}

static struct cell integer_cell(int32_t value)
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

static struct chat *chat_of(int64_t number)
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
            matrix.cells = arena_alloc(tables.undo_arena, (size_t)(count * matrix.columns + 1) *
                                                              sizeof(struct cell));
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

static bool line_is_refused(int64_t chat, int line)
{
    if (database_refuses(chat, line))
        return true;
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

/* Columns: chat, operator, queue, at, decided, outcome, is_new; handed behind them. */
enum { OFFER_CHAT, OFFER_OPERATOR, OFFER_QUEUE, OFFER_AT, OFFER_DECIDED, OFFER_OUTCOME,
       OFFER_IS_NEW, OFFER_HANDED };

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

/* --- reading --- */

struct answer {
    int count, capacity, columns;
    struct cell *cells; /* of the transaction's arena */
};

static struct cell *answer_row(struct answer *answer)
{
    size_t size = (size_t)answer->columns * sizeof(struct cell);

    if (answer->count == answer->capacity) {
        answer->capacity = answer->capacity == 0 ? 16 : answer->capacity * 2;
        answer->cells = mem_resize(answer->cells, (size_t)answer->capacity * size);
    }
    return &answer->cells[answer->count++ * answer->columns];
}

static struct pg_result *answer_end(struct answer *answer)
{
    struct pg_result *result = result_new(PGRES_TUPLES_OK, answer->count, answer->columns);

    if (answer->count > 0)
        memcpy(result->cells, answer->cells,
               (size_t)(answer->count * answer->columns) * sizeof(struct cell));
    free(answer->cells);
    return result;
}

static int line_compare(const void *left, const void *right)
{
    const struct row *const *a = left, *const *b = right;

    return cell_integer((*a)->cell[1]) - cell_integer((*b)->cell[1]);
}

/* A chat's lines in their order, into `ret`; how many. */
static int chat_lines(const struct chat *chat, const struct row **ret)
{
    int count = 0;

    for (const struct row *row = chat->lines.first; row != NULL; row = row->next)
        ret[count++] = row;
    qsort(ret, (size_t)count, sizeof *ret, line_compare);
    return count;
}

/* line, at, author, operator, stanza_id, body, replaces */
static void line_answer(const struct row *row, struct cell *ret)
{
    for (int i = 0; i < 7; i++)
        ret[i] = row->cell[i + 1];
}

static struct pg_result *read_recall(const struct call *call)
{
    const struct chat *chat = chat_of(cell_bigint(call->parameters[1]));
    int limit = (int)cell_bigint(call->parameters[2]);
    const struct row **lines = mem_new((size_t)(chat->lines.count + 1) * sizeof *lines);
    int count = chat_lines(chat, lines);
    struct answer answer = {.columns = 7};

    for (int i = count > limit ? count - limit : 0; i < count; i++)
        line_answer(lines[i], answer_row(&answer));
    free(lines);
    return answer_end(&answer);
}

static int32_t line_highest(const struct chat *chat)
{
    int32_t highest = 0;

    for (const struct row *row = chat->lines.first; row != NULL; row = row->next)
        if (cell_integer(row->cell[1]) > highest)
            highest = cell_integer(row->cell[1]);
    return highest;
}

static void answer_chat(const struct chat *chat, struct answer *answer)
{
    struct cell *row = answer_row(answer);
    int32_t last = cell_integer(chat->cell[CHAT_LAST_LINE]), highest = line_highest(chat);

    memcpy(row, chat->cell, 15 * sizeof *row);
    row[15] = integer_cell(highest > last ? highest : last);
    row[16] = integer_cell(chat->patron_mark);
    row[17] = integer_cell(chat->operator_mark);
    memcpy(row + 18, chat->cell + 16, 4 * sizeof *row);
}

/* The newest of each operator, open or declined. */
static void answer_offers(const struct chat *chat, struct answer *answer)
{
    for (const struct row *row = chat->offers.first; row != NULL; row = row->next) {
        bool newest = true;
        for (const struct row *later = row->next; later != NULL; later = later->next)
            newest = newest &&
                     !cells_equal(later->cell[OFFER_OPERATOR], row->cell[OFFER_OPERATOR]);
        if (!newest || (!cell_is(row->cell[OFFER_OUTCOME], "open") &&
                        !cell_is(row->cell[OFFER_OUTCOME], "declined")))
            continue;
        static const int columns[] = {OFFER_CHAT, OFFER_OPERATOR, OFFER_QUEUE,
                                      OFFER_AT,   OFFER_OUTCOME,  OFFER_HANDED};
        struct cell *cells = answer_row(answer);
        for (int i = 0; i < 6; i++)
            cells[i] = row->cell[columns[i]];
    }
}

static void answer_lines(const struct chat *chat, struct answer *answer, bool ids, int limit)
{
    const struct row **lines = mem_new((size_t)(chat->lines.count + 1) * sizeof *lines);
    int count = chat_lines(chat, lines), first = 0;
    int32_t above = chat->patron_mark < chat->operator_mark ? chat->patron_mark
                                                            : chat->operator_mark;

    if (cell_is(chat->cell[CHAT_STATE], "waiting"))
        above = 0;
    for (int i = count - 1, found = 0; ids && i >= 0 && found <= limit; i--)
        if (cell_is(lines[i]->cell[3], "patron") && lines[i]->cell[5].length > 0) {
            found++;
            first = found > limit ? i + 1 : 0;
        }
    for (int i = first; i < count; i++) {
        if (ids ? !cell_is(lines[i]->cell[3], "patron") || lines[i]->cell[5].length == 0
                : cell_integer(lines[i]->cell[1]) <= above)
            continue;
        struct cell *cells = answer_row(answer);
        cells[0] = lines[i]->cell[0];
        if (ids) {
            cells[1] = lines[i]->cell[5];
            cells[2] = lines[i]->cell[6];
        } else {
            line_answer(lines[i], cells + 1);
        }
    }
    free(lines);
}

static struct pg_result *read_restore(const struct call *call)
{
    int64_t after = cell_bigint(call->parameters[1]);
    int limit = (int)cell_bigint(call->parameters[2]);
    static const int columns[] = {22, 6, 8, 3};
    struct answer answer = {.columns = columns[call->statement - STATEMENT_RESTORE_CHATS]};

    for (int64_t number = after + 1; number <= tables.chat_highest && limit > 0; number++) {
        const struct chat *chat = &tables.chats[number];
        if (!chat->there || cell_is(chat->cell[CHAT_STATE], "closed"))
            continue;
        limit--;
        if (call->statement == STATEMENT_RESTORE_CHATS)
            answer_chat(chat, &answer);
        else if (call->statement == STATEMENT_RESTORE_OFFERS)
            answer_offers(chat, &answer);
        else if (call->statement == STATEMENT_RESTORE_LINES)
            answer_lines(chat, &answer, false, 0);
        else
            answer_lines(chat, &answer, true, (int)cell_bigint(call->parameters[3]));
    }
    return answer_end(&answer);
}

/* Of each table the row's number first, then its columns as they are written. */
static struct pg_result *read_rows(const struct rows *rows, const struct call *call, int columns)
{
    int64_t after = cell_bigint(call->parameters[1]);
    int limit = (int)cell_bigint(call->parameters[2]);
    struct answer answer = {.columns = columns + 1};

    for (const struct row *row = rows->first; row != NULL && limit > 0; row = row->next) {
        if (row->number <= after)
            continue;
        struct cell *cells = answer_row(&answer);
        cells[0] = bigint_cell(row->number);
        memcpy(cells + 1, row->cell, (size_t)columns * sizeof *cells);
        limit--;
    }
    return answer_end(&answer);
}

static struct pg_result *read_followups(const struct call *call)
{
    struct answer answer = {.columns = 13};

    /* The number is the chat's: one item a chat. */
    for (int64_t number = cell_bigint(call->parameters[1]) + 1; number <= tables.chat_highest;
         number++) {
        const struct row *row = tables.chats[number].followup.first;
        if (row == NULL || row->cell[11].bytes != NULL)
            continue;
        struct cell *cells = answer_row(&answer);
        cells[0] = cells[1] = row->cell[0];
        cells[2] = tables.chats[number].cell[CHAT_CODE];
        cells[3] = bigint_cell(settings_library(cell_bigint(row->cell[1])));
        cells[4] = row->cell[1];
        for (int i = 0; i < 8; i++)
            cells[5 + i] = row->cell[2 + i];
    }
    return answer_end(&answer);
}

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
    case STATEMENT_RESTORE_IDS:
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

/* --- for the judge --- */

bool database_chat(int *at, const char **ret_address, size_t *ret_length, bool *ret_claimed,
                   int *ret_lines)
{
    while (++*at <= tables.chat_highest) {
        const struct chat *chat = &tables.chats[*at];
        if (!chat->there || cell_is(chat->cell[CHAT_STATE], "closed"))
            continue;
        *ret_address = chat->cell[CHAT_ADDRESS].bytes;
        *ret_length = (size_t)chat->cell[CHAT_ADDRESS].length;
        *ret_claimed = cell_is(chat->cell[CHAT_STATE], "claimed");
        *ret_lines = line_highest(chat);
        return true;
    }
    return false;
}

bool database_is_closed(int64_t chat)
{
    return cell_is(chat_of(chat)->cell[CHAT_STATE], "closed");
}
