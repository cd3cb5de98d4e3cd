#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    line->operator= row_bigint(result, row, column + 3);
    line->stanza_id = row_text(result, row, column + 4);
    line->body = row_text(result, row, column + 5);
    line->replaces =
        PQgetisnull(result, row, column + 6) ? 0 : row_integer(result, row, column + 6);
}

enum { CHAT_COLUMN_RECENT = 22 };

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
    store->events->recalled(store->context, &event);
}

void restore_send(struct store *store)
{
    const int64_t scalars[] = {store->restored_number, STORE_CHUNK_CHATS, STORE_RECENT_IDS_MAX};

    store_send_scalars(store, STATEMENT_RESTORE_CHATS, scalars, 3);
    store_send_scalars(store, STATEMENT_RESTORE_OFFERS, scalars, 2);
    store_send_scalars(store, STATEMENT_RESTORE_LINES, scalars, 2);
    store_sync(store, REQUEST_RESTORE);
    store->restore_sent = true;
}

/* What belongs to the chats of a piece, each ascending by chat, and how far it was given. */
struct piece {
    struct offer_record *offers;
    struct line_record *lines;
    int offer_count, line_count;
    int offer, line;
    struct line_record recent[STORE_RECENT_IDS_MAX]; /* of the chat being given */
    int recent_count;
    char *recent_text; /* what their texts lie in */
    size_t recent_size;
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
        offer->operator= row_bigint(rows, i, 1);
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
}

static void piece_release(struct piece *piece)
{
    free(piece->offers);
    free(piece->lines);
    free(piece->recent_text);
}

/* The patron's last lines of the chat in that row, as STATEMENT_RESTORE_CHATS has put them
 * together. */
static void recent_read(struct piece *piece, const PGresult *chats, int row)
{
    const char *text = row_text(chats, row, CHAT_COLUMN_RECENT);
    size_t size = strlen(text) + 1;

    piece->recent_count = 0;
    if (PQgetisnull(chats, row, CHAT_COLUMN_RECENT))
        return;
    if (size > piece->recent_size) {
        piece->recent_size = size * 2;
        piece->recent_text = mem_resize(piece->recent_text, piece->recent_size);
    }
    memcpy(piece->recent_text, text, size);
    char *rest = piece->recent_text, *line;
    while ((line = strsep(&rest, "\x1e")) != NULL && piece->recent_count < STORE_RECENT_IDS_MAX) {
        char *body = line;
        const char *id = strsep(&body, "\x1f");
        piece->recent[piece->recent_count++] =
            (struct line_record){.stanza_id = id, .body = body == NULL ? "" : body};
    }
}

/* Fills the event with what the piece has for its chat, the next in order. */
static void piece_next(struct piece *piece, const struct chat_record *chat, struct event *event)
{
    int offer = piece->offer, line = piece->line;

    while (piece->offer < piece->offer_count && piece->offers[piece->offer].chat == chat->number)
        piece->offer++;
    while (piece->line < piece->line_count && piece->lines[piece->line].chat == chat->number)
        piece->line++;
    event->restore.chat = chat;
    event->restore.offers = &piece->offers[offer];
    event->restore.offer_count = (size_t)(piece->offer - offer);
    event->restore.lines = &piece->lines[line];
    event->restore.line_count = (size_t)(piece->line - line);
    event->restore.recent = piece->recent;
    event->restore.recent_count = (size_t)piece->recent_count;
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
    const PGresult *chats = request->results[0];
    int count = PQntuples(chats);
    /* The database reads the next piece while this one is given. Nothing can stop that half-way:
     * whoever is told has no way to lose the connection. */
    if (count == STORE_CHUNK_CHATS) {
        store->restored_number = row_bigint(chats, count - 1, 0);
        restore_send(store);
        store->unsent = PQflush(store->connection) != 0;
    }
    piece_read(&piece, request->results);
    for (int i = 0; i < count; i++) {
        struct chat_record chat;
        struct event event = {.type = EVENT_RESTORE, .resource = "", .to = ""};
        chat_read(chats, i, &chat);
        recent_read(&piece, chats, i);
        piece_next(&piece, &chat, &event);
        store->events->restore(store->context, &event);
    }
    piece_release(&piece);
    if (count == STORE_CHUNK_CHATS)
        return;
    store->restoring = false;
    store->restored = true;
    const struct store_start start = {
        .epoch = store->epoch, .first_number = store->first_number, .code_key = store->code_key};
    store->events->restored(store->context, &start);
}
