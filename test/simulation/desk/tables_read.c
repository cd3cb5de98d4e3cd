/* tables_read.c: what a simulated PostgreSQL answers to a desk that starts, and to the judge. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "test/simulation/desk/tables_private.h"

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

struct pg_result *read_recall(const struct call *call)
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

/* Ids and bodies of the patron's last lines in one text, as the statement puts them together. */
static struct cell answer_recent(const struct chat *chat, int limit)
{
    const struct row **lines = mem_new((size_t)(chat->lines.count + 1) * sizeof *lines);
    int count = chat_lines(chat, lines), first = count, found = 0;
    const char *text = NULL;

    for (int i = count - 1; i >= 0 && found < limit; i--)
        if (cell_is(lines[i]->cell[3], "patron") && lines[i]->cell[5].length > 0) {
            first = i;
            found++;
        }
    for (int i = first; i < count; i++)
        if (cell_is(lines[i]->cell[3], "patron") && lines[i]->cell[5].length > 0)
            text = arena_printf(tables.arena, "%s%s%.*s\x1f%.*s", text == NULL ? "" : text,
                                text == NULL ? "" : "\x1e", lines[i]->cell[5].length,
                                lines[i]->cell[5].bytes, lines[i]->cell[6].length,
                                lines[i]->cell[6].bytes);
    free(lines);
    return (struct cell){text, text == NULL ? 0 : (int)strlen(text)};
}

static void answer_chat(const struct chat *chat, int recent, struct answer *answer)
{
    struct cell *row = answer_row(answer);
    int32_t last = cell_integer(chat->cell[CHAT_LAST_LINE]), highest = line_highest(chat);

    memcpy(row, chat->cell, 15 * sizeof *row);
    row[15] = integer_cell(highest > last ? highest : last);
    row[16] = integer_cell(chat->patron_mark);
    row[17] = integer_cell(chat->operator_mark);
    memcpy(row + 18, chat->cell + 16, 4 * sizeof *row);
    row[22] = answer_recent(chat, recent);
}

/* The newest of each operator, open or declined. */
static void answer_offers(const struct chat *chat, struct answer *answer)
{
    for (const struct row *row = chat->offers.first; row != NULL; row = row->next) {
        bool newest = true;
        for (const struct row *later = row->next; later != NULL; later = later->next)
            newest = newest && !cells_equal(later->cell[OFFER_OPERATOR], row->cell[OFFER_OPERATOR]);
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

static void answer_lines(const struct chat *chat, struct answer *answer)
{
    const struct row **lines = mem_new((size_t)(chat->lines.count + 1) * sizeof *lines);
    int count = chat_lines(chat, lines);
    int32_t above =
        chat->patron_mark < chat->operator_mark ? chat->patron_mark : chat->operator_mark;

    if (cell_is(chat->cell[CHAT_STATE], "waiting"))
        above = 0;
    for (int i = 0; i < count; i++) {
        if (cell_integer(lines[i]->cell[1]) <= above)
            continue;
        struct cell *cells = answer_row(answer);
        cells[0] = lines[i]->cell[0];
        line_answer(lines[i], cells + 1);
    }
    free(lines);
}

struct pg_result *read_restore(const struct call *call)
{
    int64_t after = cell_bigint(call->parameters[1]);
    int limit = (int)cell_bigint(call->parameters[2]);
    static const int columns[] = {23, 6, 8};
    struct answer answer = {.columns = columns[call->statement - STATEMENT_RESTORE_CHATS]};

    for (int64_t number = after + 1; number <= tables.chat_highest && limit > 0; number++) {
        const struct chat *chat = &tables.chats[number];
        if (!chat->there || cell_is(chat->cell[CHAT_STATE], "closed"))
            continue;
        limit--;
        if (call->statement == STATEMENT_RESTORE_CHATS)
            answer_chat(chat, (int)cell_bigint(call->parameters[3]), &answer);
        else if (call->statement == STATEMENT_RESTORE_OFFERS)
            answer_offers(chat, &answer);
        else
            answer_lines(chat, &answer);
    }
    return answer_end(&answer);
}

/* Of each table the row's number first, then its columns as they are written. */
struct pg_result *read_rows(const struct rows *rows, const struct call *call, int columns)
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

struct pg_result *read_followups(const struct call *call)
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
