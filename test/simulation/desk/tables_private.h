/* tables_private.h: the rows between tables.c, which writes, and tables_read.c. */
#ifndef DESKBELL_TEST_SIMULATION_DESK_TABLES_PRIVATE_H
#define DESKBELL_TEST_SIMULATION_DESK_TABLES_PRIVATE_H

#include "test/simulation/desk/server.h"

enum {
    CHAT_COLUMNS = 20,
    EPOCHS_MAX = 1000,
    CHATS_MAX = 2000,
    REFUSED_MAX = 64,
    LINES_SEEN_MAX = 512
};

/* Columns as STATEMENT_CHATS has them. */
enum {
    CHAT_NUMBER,
    CHAT_CODE,
    CHAT_ADDRESS,
    CHAT_STATE = 8,
    CHAT_OPENED = 11,
    CHAT_LAST_LINE = 15,
    CHAT_QUEUE = 3,
    CHAT_OWNER = 5
};

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

struct tables {
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
    } batch;                                    /* of the open transaction */
    int writes;                                 /* in it */
    struct row *news[STORE_REPLAY_RECORDS * 8]; /* its lines */
    int news_count;
    struct {
        int64_t chat;
        int line;
    } refused[REFUSED_MAX];
    int refused_count;
    uint64_t seen[CHATS_MAX]
                 [LINES_SEEN_MAX / 64]; /* lines, in transactions that were undone, too */
};
extern struct tables tables;

/* Columns: chat, operator, queue, at, decided, outcome, is_new; handed behind them. */
enum {
    OFFER_CHAT,
    OFFER_OPERATOR,
    OFFER_QUEUE,
    OFFER_AT,
    OFFER_DECIDED,
    OFFER_OUTCOME,
    OFFER_IS_NEW,
    OFFER_HANDED
};

/* tables.c */
int64_t cell_bigint(struct cell cell);
int32_t cell_integer(struct cell cell);
bool cell_is(struct cell cell, const char *word);
bool cells_equal(struct cell left, struct cell right);
struct cell bigint_cell(int64_t value);
struct cell integer_cell(int32_t value);
struct chat *chat_of(int64_t number);

/* tables_read.c */
struct pg_result *read_recall(const struct call *call);
struct pg_result *read_restore(const struct call *call);
struct pg_result *read_rows(const struct rows *rows, const struct call *call, int columns);
struct pg_result *read_followups(const struct call *call);

#endif
