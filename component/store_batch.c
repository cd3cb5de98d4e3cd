#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/store_private.h"
#include "policy/mem.h"

static const char *const chat_state_list[] = {
    [CHAT_WAITING] = "waiting", [CHAT_CLAIMED] = "claimed", [CHAT_CLOSED] = "closed"};
static const char *const chat_end_list[] = {
    [END_NONE] = NULL,   [END_OPERATOR] = "operator", [END_PATRON] = "patron",
    [END_IDLE] = "idle", [END_REFUSED] = "refused",   [END_REMOVED] = "removed",
    [END_BLOCKED] = "blocked",   [END_LEFT] = "left"};
static const char *const resolution_list[] = {[RESOLUTION_NONE] = NULL,
                                              [RESOLUTION_ANSWERED] = "answered",
                                              [RESOLUTION_FOLLOWUP] = "followup",
                                              [RESOLUTION_LOST] = "lost",
                                              [RESOLUTION_PRACTICE] = "practice"};
static const char *const author_list[] = {
    [AUTHOR_PATRON] = "patron", [AUTHOR_OPERATOR] = "operator", [AUTHOR_DESK] = "desk",
    [AUTHOR_NOTE] = "note"};
static const char *const outcome_list[] = {[OFFER_OPEN] = "open",
                                           [OFFER_CLAIMED] = "claimed",
                                           [OFFER_LOST] = "lost",
                                           [OFFER_DECLINED] = "declined",
                                           [OFFER_WITHDRAWN] = "withdrawn"};
static const char *const act_list[] = {[ACT_OPENED] = "opened",
                                       [ACT_ASKED] = "asked",
                                       [ACT_CLAIMED] = "claimed",
                                       [ACT_RETURNED] = "returned",
                                       [ACT_TRANSFER_OFFERED] = "transfer offered",
                                       [ACT_TRANSFER_ENDED] = "transfer ended",
                                       [ACT_TRANSFERRED] = "transferred",
                                       [ACT_TAGGED] = "tagged",
                                       [ACT_PATRON_GONE] = "patron gone",
                                       [ACT_PATRON_BACK] = "patron back",
                                       [ACT_CLOSED] = "closed"};
static const char *const followup_kind_list[] = {[FOLLOWUP_LEFT] = "left",
                                                 [FOLLOWUP_NOTE] = "followup"};

#define WORDS(list)                                                                                \
    {                                                                                              \
        list, sizeof list / sizeof list[0]                                                         \
    }
const struct words chat_state_words = WORDS(chat_state_list);
const struct words chat_end_words = WORDS(chat_end_list);
const struct words resolution_words = WORDS(resolution_list);
const struct words author_words = WORDS(author_list);
const struct words outcome_words = WORDS(outcome_list);
const struct words act_words = WORDS(act_list);
const struct words followup_kind_words = WORDS(followup_kind_list);

int words_find(const struct words *words, const char *word)
{
    for (int i = 0; i < words->count; i++)
        if (words->list[i] != NULL && strcmp(words->list[i], word) == 0)
            return i;
    return 0;
}

static const char *word(const struct words *words, unsigned value)
{
    assert(value < (unsigned)words->count);
    return words->list[value];
}

/* A column: where its values come from. Rows of a statement are pointers to records. */
struct column {
    enum array_type type;
    bool null_if_zero; /* for ids and numbers */
    size_t offset;
    const struct words *words; /* the field is an enumerator, the value its word */
};

#define BIGINT(record, field)                                                                      \
    {                                                                                              \
        ARRAY_BIGINT, false, offsetof(struct record, field), NULL                                  \
    }
#define ID(record, field)                                                                          \
    {                                                                                              \
        ARRAY_BIGINT, true, offsetof(struct record, field), NULL                                   \
    }
#define INTEGER(record, field)                                                                     \
    {                                                                                              \
        ARRAY_INTEGER, false, offsetof(struct record, field), NULL                                 \
    }
/* An integer of which 0 is NULL. */
#define NUMBER(record, field)                                                                      \
    {                                                                                              \
        ARRAY_INTEGER, true, offsetof(struct record, field), NULL                                  \
    }
#define BOOLEAN(record, field)                                                                     \
    {                                                                                              \
        ARRAY_BOOLEAN, false, offsetof(struct record, field), NULL                                 \
    }
#define TEXT(record, field)                                                                        \
    {                                                                                              \
        ARRAY_TEXT, false, offsetof(struct record, field), NULL                                    \
    }
#define TIME(record, field)                                                                        \
    {                                                                                              \
        ARRAY_TIME, false, offsetof(struct record, field), NULL                                    \
    }
#define WORD(record, field, words)                                                                 \
    {                                                                                              \
        ARRAY_TEXT, false, offsetof(struct record, field), &(words)                                \
    }

/* An offer as a row: what several records of one turn come to. */
struct offer_row {
    int64_t chat, operator, queue;
    msec_t at, decided;
    enum offer_outcome outcome;
    bool is_new; /* false: decides one that is open in the database */
};

/* All marks of a chat in a batch. */
struct mark_row {
    int64_t chat;
    int patron, operators;
};

static const struct column chat_columns[] = {
    BIGINT(chat_record, number),
    TEXT(chat_record, code),
    TEXT(chat_record, address),
    BIGINT(chat_record, queue),
    ID(chat_record, answering_queue),
    ID(chat_record, owner),
    TEXT(chat_record, patron),
    TEXT(chat_record, patron_resource),
    WORD(chat_record, state, chat_state_words),
    WORD(chat_record, end, chat_end_words),
    WORD(chat_record, resolution, resolution_words),
    TIME(chat_record, opened),
    TIME(chat_record, waiting_since),
    TIME(chat_record, claimed),
    TIME(chat_record, closed),
    INTEGER(chat_record, last_line),
    ID(chat_record, entry_queue),
    ID(chat_record, entry_operator),
    TEXT(chat_record, token_hash),
    TEXT(chat_record, entry_name),
};
static const struct column move_columns[] = {
    BIGINT(move_record, chat),
    BIGINT(move_record, queue),
};
static const struct column line_columns[] = {
    BIGINT(line_record, chat), INTEGER(line_record, line),
    TIME(line_record, at),     WORD(line_record, author, author_words),
    ID(line_record, operator), TEXT(line_record, stanza_id),
    TEXT(line_record, body),   NUMBER(line_record, replaces),
};
static const struct column offer_columns[] = {
    BIGINT(offer_row, chat),    BIGINT(offer_row, operator),
    ID(offer_row, queue),       TIME(offer_row, at),
    TIME(offer_row, decided),   WORD(offer_row, outcome, outcome_words),
    BOOLEAN(offer_row, is_new),
};
static const struct column act_columns[] = {
    BIGINT(act_record, chat), TIME(act_record, at),     WORD(act_record, act, act_words),
    ID(act_record, operator), TEXT(act_record, detail),
};
static const struct column duty_columns[] = {
    BIGINT(duty_record, operator), BIGINT(duty_record, queue), BOOLEAN(duty_record, off),
    INTEGER(duty_record, max),     TIME(duty_record, until),   TIME(duty_record, at),
};
static const struct column duty_log_columns[] = {
    BIGINT(duty_log_record, operator), BIGINT(duty_log_record, queue),
    BOOLEAN(duty_log_record, on),      BOOLEAN(duty_log_record, first),
    TIME(duty_log_record, at),
};
static const struct column block_columns[] = {
    BIGINT(block_record, library), TEXT(block_record, patron), TIME(block_record, until),
    ID(block_record, operator),    BIGINT(block_record, chat), TIME(block_record, at),
};
static const struct column followup_columns[] = {
    BIGINT(followup_record, chat),   BIGINT(followup_record, queue),
    WORD(followup_record, kind, followup_kind_words),
    TEXT(followup_record, text),     TEXT(followup_record, contact),
    ID(followup_record, operator),   TIME(followup_record, at),
    ID(followup_record, told_to),    TIME(followup_record, told_at),
    BOOLEAN(followup_record, handed), ID(followup_record, done_by),
    TIME(followup_record, done_at),
};
static const struct column mark_columns[] = {
    BIGINT(mark_row, chat),
    INTEGER(mark_row, patron),
    INTEGER(mark_row, operators),
};
static const struct column handed_columns[] = {
    BIGINT(mark, chat),
    BIGINT(mark, operator),
};

#define COUNT(list) (int)(sizeof list / sizeof list[0])

static void column_add(struct array *array, const struct column *column, const char *record)
{
    const char *field = record + column->offset;

    if (column->words != NULL) {
        array_add_text(array, word(column->words, *(const unsigned *)field));
        return;
    }
    switch (column->type) {
    case ARRAY_BIGINT:
        if (column->null_if_zero)
            array_add_id(array, *(const int64_t *)field);
        else
            array_add_bigint(array, *(const int64_t *)field);
        break;
    case ARRAY_INTEGER:
        if (column->null_if_zero && *(const int *)field == 0)
            array_add_null(array);
        else
            array_add_integer(array, *(const int *)field);
        break;
    case ARRAY_TEXT:
        array_add_text(array, *(const char *const *)field);
        break;
    case ARRAY_BOOLEAN:
        array_add_boolean(array, *(const bool *)field);
        break;
    case ARRAY_TIME:
        array_add_time(array, *(const msec_t *)field);
        break;
    }
}

/* One statement for all rows; none at all for no rows. */
static void rows_send(struct store *store, enum statement statement, const struct column *columns,
                      int column_count, const void *const *rows, size_t row_count)
{
    assert(column_count <= STORE_ARRAYS);
    if (row_count == 0)
        return;
    for (int i = 0; i < column_count; i++) {
        struct array *array = &store->arrays[i];
        array_clear(array, columns[i].type);
        for (size_t row = 0; row < row_count; row++)
            column_add(array, &columns[i], rows[row]);
        array_finish(array);
    }
    store_send_arrays(store, statement, column_count);
}

/* A record with its place in the turn, to sort by what it is about. */
struct placed {
    int64_t chat, operator;
    size_t place;
    const struct effect *effect;
};

static int placed_compare(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;

    if (a->chat != b->chat)
        return a->chat < b->chat ? -1 : 1;
    if (a->operator!= b->operator)
        return a->operator<b->operator? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* The newest snapshot of each chat: INSERT ... ON CONFLICT takes a row once a statement, and the
 * older ones are of no use to anybody. */
static void chats_send(struct store *store, struct placed *chats, size_t count, const void **rows)
{
    size_t kept = 0;

    qsort(chats, count, sizeof *chats, placed_compare);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || chats[i + 1].chat != chats[i].chat)
            rows[kept++] = &chats[i].effect->chat;
    rows_send(store, STATEMENT_CHATS, chat_columns, COUNT(chat_columns), rows, kept);
}

/* The last move of each chat says where it is now. */
static void moves_send(struct store *store, struct placed *moves, size_t count, const void **rows)
{
    size_t kept = 0;

    qsort(moves, count, sizeof *moves, placed_compare);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || moves[i + 1].chat != moves[i].chat)
            rows[kept++] = &moves[i].effect->move;
    rows_send(store, STATEMENT_MOVES, move_columns, COUNT(move_columns), rows, kept);
}

/* What the turn's records of one chat and operator come to: at most one that decides the offer
 * that is open in the database, then new ones, of which at most the last is open. */
static size_t offers_fold(const struct placed *offers, size_t count, struct offer_row *folded)
{
    size_t used = 0;
    struct offer_row *last = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct offer_record *record = &offers[i].effect->offer;
        if (i > 0 && placed_compare(&(struct placed){.chat = offers[i].chat,
                                                     .operator = offers[i].operator},
                                    &(struct placed){.chat = offers[i - 1].chat,
                                                     .operator = offers[i - 1].operator}) != 0)
            last = NULL;
        if (last != NULL && last->outcome == OFFER_OPEN) {
            if (record->outcome == OFFER_OPEN) {
                last->at = record->at;
                last->queue = record->queue;
            } else {
                last->outcome = record->outcome;
                last->decided = record->at;
            }
            continue;
        }
        bool open = record->outcome == OFFER_OPEN;
        folded[used] = (struct offer_row){
            .chat = record->chat,
            .operator = record->operator,
            .queue = record->queue,
            .at = record->at,
            .decided = open ? 0 : record->at,
            .outcome = record->outcome,
            .is_new = open || last != NULL,
        };
        last = &folded[used++];
    }
    return used;
}

static void offers_send(struct store *store, struct placed *offers, size_t count, const void **rows)
{
    if (count == 0)
        return;
    struct offer_row *folded = mem_new(count * sizeof *folded);
    bool decides = false;

    qsort(offers, count, sizeof *offers, placed_compare);
    size_t used = offers_fold(offers, count, folded);
    for (size_t i = 0; i < used; i++) {
        rows[i] = &folded[i];
        decides = decides || !folded[i].is_new;
    }
    if (decides)
        rows_send(store, STATEMENT_OFFERS_DECIDED, offer_columns, COUNT(offer_columns), rows, used);
    rows_send(store, STATEMENT_OFFERS, offer_columns, COUNT(offer_columns), rows, used);
    free(folded);
}

static int mark_compare(const void *left, const void *right)
{
    const struct mark_row *a = left, *b = right;

    return a->chat < b->chat ? -1 : a->chat > b->chat;
}

/* One row a chat: an UPDATE takes any one of several. Returns how many. */
static size_t marks_fold(struct mark_row *marks, size_t count)
{
    size_t used = 0;

    qsort(marks, count, sizeof *marks, mark_compare);
    for (size_t i = 0; i < count; i++) {
        if (used == 0 || marks[used - 1].chat != marks[i].chat) {
            marks[used++] = marks[i];
            continue;
        }
        struct mark_row *row = &marks[used - 1];
        row->patron = marks[i].patron > row->patron ? marks[i].patron : row->patron;
        row->operators = marks[i].operators > row->operators ? marks[i].operators : row->operators;
    }
    return used;
}

/* What has been handed over as a whole, with the operator whom it went to. */
static void handed_send(struct store *store, const struct batch *batch, enum mark_type type,
                        enum statement statement, const void **rows)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->marks.count; i++)
        if (batch->marks.list[i].type == type)
            rows[count++] = &batch->marks.list[i];
    rows_send(store, statement, handed_columns, COUNT(handed_columns), rows, count);
}

static void marks_send(struct store *store, const struct batch *batch)
{
    struct mark_row *marks = mem_new((batch->marks.count + 1) * sizeof *marks);
    const void **rows = mem_new((batch->marks.count + 1) * sizeof *rows);
    size_t count = 0;

    for (size_t i = 0; i < batch->marks.count; i++) {
        const struct mark *mark = &batch->marks.list[i];
        switch (mark->type) {
        case MARK_NONE:
        case MARK_FOLLOWUP: /* no line of a chat */
            break;
        case MARK_PATRON:
            marks[count++] = (struct mark_row){mark->chat, mark->line, 0};
            break;
        case MARK_OFFER: /* its text brought the lines up to that one */
            marks[count++] = (struct mark_row){mark->chat, 0, mark->line};
            break;
        case MARK_OPERATORS:
            marks[count++] = (struct mark_row){mark->chat, 0, mark->line};
            break;
        }
    }
    handed_send(store, batch, MARK_OFFER, STATEMENT_HANDED, rows);
    handed_send(store, batch, MARK_FOLLOWUP, STATEMENT_FOLLOWUPS_HANDED, rows);
    count = marks_fold(marks, count);
    for (size_t i = 0; i < count; i++)
        rows[i] = &marks[i];
    rows_send(store, STATEMENT_MARKS, mark_columns, COUNT(mark_columns), rows, count);
    free(marks);
    free(rows);
}

/* Records of the desk itself: each kind goes as it is, all of a turn in one statement, which takes
 * the newest of a key by itself. */
static const struct {
    enum effect_type type;
    enum statement statement;
    const struct column *columns;
    int column_count;
    size_t offset; /* of the record in the effect */
} desk_kinds[] = {
    {EFFECT_STORE_DUTY, STATEMENT_DUTIES, duty_columns, COUNT(duty_columns),
     offsetof(struct effect, duty)},
    {EFFECT_STORE_DUTY_LOG, STATEMENT_DUTY_LOG, duty_log_columns, COUNT(duty_log_columns),
     offsetof(struct effect, duty_log)},
    {EFFECT_STORE_BLOCK, STATEMENT_BLOCKS, block_columns, COUNT(block_columns),
     offsetof(struct effect, block)},
    {EFFECT_STORE_FOLLOWUP, STATEMENT_FOLLOWUPS, followup_columns, COUNT(followup_columns),
     offsetof(struct effect, followup)},
};

static void desk_records_send(struct store *store, const struct effects *turn, const void **rows)
{
    for (int kind = 0; kind < COUNT(desk_kinds); kind++) {
        size_t count = 0;
        for (size_t i = 0; i < turn->count; i++)
            if (turn->list[i].type == desk_kinds[kind].type)
                rows[count++] = (const char *)&turn->list[i] + desk_kinds[kind].offset;
        rows_send(store, desk_kinds[kind].statement, desk_kinds[kind].columns,
                  desk_kinds[kind].column_count, rows, count);
    }
}

/* Chats and their moves first, since the rest finds its library by them; marks last, since they may
 * be of lines and offers of this very batch. */
static void turn_send(struct store *store, const struct effects *turn)
{
    size_t chat_count = 0, move_count = 0, line_count = 0, offer_count = 0, act_count = 0;
    struct placed *chats = mem_new((turn->count + 1) * sizeof *chats);
    struct placed *moves = mem_new((turn->count + 1) * sizeof *moves);
    struct placed *offers = mem_new((turn->count + 1) * sizeof *offers);
    const void **lines = mem_new((turn->count + 1) * sizeof *lines);
    const void **acts = mem_new((turn->count + 1) * sizeof *acts);
    const void **rows = mem_new((turn->count + 1) * sizeof *rows);

    for (size_t i = 0; i < turn->count; i++) {
        const struct effect *effect = &turn->list[i];
        if (!effect_is_record(effect))
            continue;
        if (effect->type == EFFECT_STORE_CHAT)
            chats[chat_count++] =
                (struct placed){.chat = effect->chat.number, .place = i, .effect = effect};
        else if (effect->type == EFFECT_STORE_MOVE)
            moves[move_count++] =
                (struct placed){.chat = effect->move.chat, .place = i, .effect = effect};
        else if (effect->type == EFFECT_STORE_LINE)
            lines[line_count++] = &effect->line;
        else if (effect->type == EFFECT_STORE_OFFER)
            offers[offer_count++] = (struct placed){.chat = effect->offer.chat,
                                                    .operator = effect->offer.operator,
                                                    .place = i,
                                                    .effect = effect};
        else if (effect->type == EFFECT_STORE_ACT)
            acts[act_count++] = &effect->act;
    }
    chats_send(store, chats, chat_count, rows);
    moves_send(store, moves, move_count, rows);
    rows_send(store, STATEMENT_LINES, line_columns, COUNT(line_columns), lines, line_count);
    offers_send(store, offers, offer_count, rows);
    rows_send(store, STATEMENT_ACTS, act_columns, COUNT(act_columns), acts, act_count);
    desk_records_send(store, turn, rows);
    free(chats);
    free(moves);
    free(offers);
    free(lines);
    free(acts);
    free(rows);
}

void batch_send(struct store *store, struct batch *batch)
{
    const int64_t key[] = {store->epoch, batch->first, batch->number};
    struct effects some = {0};
    bool marks = true;

    assert(!batch->sent);
    store_send_scalars(store, STATEMENT_BEGIN, key, 2);
    if (batch->number > batch->first)
        store_send_scalars(store, STATEMENT_BEGIN_SPAN, key, 3);
    if (batch->sieve != NULL) {
        sieve_select(batch, &some, &marks);
        turn_send(store, &some);
        free(some.list);
    } else if (batch->turn != NULL) {
        turn_send(store, batch->turn);
    }
    CRASH_POINT("batch-half");
    if (marks)
        marks_send(store, batch);
    if (batch->sieve != NULL && sieve_is_trial(batch->sieve)) {
        store_send_text(store, "SET CONSTRAINTS ALL IMMEDIATE");
        store_send_text(store, sieve_trial_end);
    }
    store_sync(store, REQUEST_BATCH)->number = batch->number;
    batch->sent = true;
}
