#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/store_private.h"
#include "policy/mem.h"

/* Values of a row. Binary text has a NUL behind it too, which libpq adds. */

int64_t row_bigint(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : binary_bigint(PQgetvalue(result, row, column));
}

int row_integer(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : binary_integer(PQgetvalue(result, row, column));
}

bool row_boolean(const PGresult *result, int row, int column)
{
    return *PQgetvalue(result, row, column) != 0;
}

msec_t row_time(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : binary_time(PQgetvalue(result, row, column));
}

const char *row_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

/* A line's columns from `column` on, as all statements have them. */
static void line_read(const PGresult *result, int row, int column, int64_t chat,
                      struct line_record *line)
{
    line->chat = chat;
    line->line = row_integer(result, row, column);
    line->at = row_time(result, row, column + 1);
    line->author = (enum author)words_find(&author_words, row_text(result, row, column + 2));
    line->operator = row_bigint(result, row, column + 3);
    line->stanza_id = row_text(result, row, column + 4);
    line->body = row_text(result, row, column + 5);
    line->replaces =
        PQgetisnull(result, row, column + 6) ? 0 : row_integer(result, row, column + 6);
}

static void chat_read(const PGresult *result, int row, struct chat_record *chat)
{
    chat->number = row_bigint(result, row, 0);
    chat->code = row_text(result, row, 1);
    chat->address = row_text(result, row, 2);
    chat->queue = row_bigint(result, row, 3);
    chat->answering_queue = row_bigint(result, row, 4);
    chat->owner = row_bigint(result, row, 5);
    chat->patron = row_text(result, row, 6);
    chat->patron_resource = row_text(result, row, 7);
    chat->state = (enum chat_state)words_find(&chat_state_words, row_text(result, row, 8));
    chat->end = (enum chat_end)words_find(&chat_end_words, row_text(result, row, 9));
    chat->resolution = (enum resolution)words_find(&resolution_words, row_text(result, row, 10));
    chat->opened = row_time(result, row, 11);
    chat->waiting_since = row_time(result, row, 12);
    chat->claimed = row_time(result, row, 13);
    chat->closed = row_time(result, row, 14);
    chat->last_line = row_integer(result, row, 15);
    chat->patron_mark = row_integer(result, row, 16);
    chat->operator_mark = row_integer(result, row, 17);
    chat->entry_queue = row_bigint(result, row, 18);
    chat->entry_operator = row_bigint(result, row, 19);
    chat->token_hash = row_text(result, row, 20);
    chat->entry_name = row_text(result, row, 21);
}

void recall_send(struct store *store, struct recall *recall)
{
    const int64_t scalars[] = {recall->chat, STORE_RECALL_LINES_MAX};

    store_send_scalars(store, STATEMENT_RECALL, scalars, 2);
    store_sync(store, REQUEST_RECALL);
    recall->sent = true;
}

void recall_take(struct store *store, struct request *request, const struct recall *recall)
{
    struct line_record lines[STORE_RECALL_LINES_MAX];
    const PGresult *result = request->results[0];
    int count = PQntuples(result);

    assert(count <= STORE_RECALL_LINES_MAX);
    for (int i = 0; i < count; i++)
        line_read(result, i, 0, recall->chat, &lines[i]);
    struct event event = {.type = recall->answer, .resource = "", .to = ""};
    event.recalled.chat = recall->chat;
    event.recalled.lines = lines;
    event.recalled.line_count = (size_t)count;
    CRASH_POINT("recalled");
    store->events->recalled(store->context, &event);
}

void restore_send(struct store *store)
{
    const int64_t scalars[] = {store->restored_number, STORE_CHUNK_CHATS, STORE_RECENT_IDS_MAX};

    store_send_scalars(store, STATEMENT_RESTORE_CHATS, scalars, 2);
    store_send_scalars(store, STATEMENT_RESTORE_OFFERS, scalars, 2);
    store_send_scalars(store, STATEMENT_RESTORE_LINES, scalars, 2);
    store_send_scalars(store, STATEMENT_RESTORE_IDS, scalars, 3);
    store_sync(store, REQUEST_RESTORE);
    store->restore_sent = true;
}

/* What belongs to the chats of a piece, each ascending by chat, and how far it was given. */
struct piece {
    struct offer_record *offers;
    struct line_record *lines;
    struct line_record *recent;
    int offer_count, line_count, recent_count;
    int offer, line, recent_line;
};

static void piece_read(struct piece *piece, PGresult *const *results)
{
    const PGresult *rows = results[1];

    memset(piece, 0, sizeof *piece);
    piece->offer_count = PQntuples(rows);
    piece->offers = mem_new((size_t)(piece->offer_count + 1) * sizeof *piece->offers);
    for (int i = 0; i < piece->offer_count; i++) {
        struct offer_record *offer = &piece->offers[i];
        offer->chat = row_bigint(rows, i, 0);
        offer->operator = row_bigint(rows, i, 1);
        offer->queue = row_bigint(rows, i, 2);
        offer->at = row_time(rows, i, 3);
        offer->outcome = (enum offer_outcome)words_find(&outcome_words, row_text(rows, i, 4));
        offer->handed = row_boolean(rows, i, 5);
    }
    rows = results[2];
    piece->line_count = PQntuples(rows);
    piece->lines = mem_new((size_t)(piece->line_count + 1) * sizeof *piece->lines);
    for (int i = 0; i < piece->line_count; i++)
        line_read(rows, i, 1, row_bigint(rows, i, 0), &piece->lines[i]);
    rows = results[3];
    piece->recent_count = PQntuples(rows);
    piece->recent = mem_new((size_t)(piece->recent_count + 1) * sizeof *piece->recent);
    for (int i = 0; i < piece->recent_count; i++) {
        piece->recent[i].chat = row_bigint(rows, i, 0);
        piece->recent[i].stanza_id = row_text(rows, i, 1);
        piece->recent[i].body = row_text(rows, i, 2);
    }
}

static void piece_release(struct piece *piece)
{
    free(piece->offers);
    free(piece->lines);
    free(piece->recent);
}

/* Fills the event with what the piece has for its chat, the next in order. */
static void piece_next(struct piece *piece, const struct chat_record *chat, struct event *event)
{
    int offer = piece->offer, line = piece->line, recent = piece->recent_line;

    while (piece->offer < piece->offer_count && piece->offers[piece->offer].chat == chat->number)
        piece->offer++;
    while (piece->line < piece->line_count && piece->lines[piece->line].chat == chat->number)
        piece->line++;
    while (piece->recent_line < piece->recent_count &&
           piece->recent[piece->recent_line].chat == chat->number)
        piece->recent_line++;
    event->restore.chat = chat;
    event->restore.offers = &piece->offers[offer];
    event->restore.offer_count = (size_t)(piece->offer - offer);
    event->restore.lines = &piece->lines[line];
    event->restore.line_count = (size_t)(piece->line - line);
    event->restore.recent = &piece->recent[recent];
    event->restore.recent_count = (size_t)(piece->recent_line - recent);
}

void restore_take(struct store *store, struct request *request)
{
    struct piece piece;
    char cause[sizeof request->cause];

    store->restore_sent = false;
    if (request->sqlstate[0] != '\0' || request->result_count != RESTORE_RESULTS) {
        memcpy(cause, request->cause, sizeof cause);
        store_lose(store, cause);
        return;
    }
    piece_read(&piece, request->results);
    int count = PQntuples(request->results[0]);
    for (int i = 0; i < count; i++) {
        struct chat_record chat;
        struct event event = {.type = EVENT_RESTORE, .resource = "", .to = ""};
        chat_read(request->results[0], i, &chat);
        piece_next(&piece, &chat, &event);
        store->restored_number = chat.number;
        store->events->restore(store->context, &event);
    }
    piece_release(&piece);
    if (count == STORE_CHUNK_CHATS)
        return; /* the next piece is sent with the pump */
    store->restoring = false;
    store->restored = true;
    const struct store_start start = {
        .epoch = store->epoch, .first_number = store->first_number, .code_key = store->code_key};
    store->events->restored(store->context, &start);
}
