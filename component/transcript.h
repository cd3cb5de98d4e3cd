/* transcript.h: what was said in chats that are over or going on: found, read, taken out, erased.
 *
 * All functions are blocking statements inside a transaction that the caller began, after asking
 * whether the person may (permit.h), and name consortium and library in each statement all the
 * same: nothing here finds a chat of another library. A chat is of the library of its home queue
 * as it is now: a `help` transfer, shared coverage and the backup change nothing about that, a
 * `move` takes the chat along with all that was said. Who answered for another library finds
 * nothing here, not even under "own chats".
 *
 * Nothing that identifies a patron is ever given out, but for what was written.
 *
 * Days and times are the library's: in its time zone, else the consortium's. A failed function has
 * spoiled the transaction: roll back. */
#ifndef DESKBELL_COMPONENT_TRANSCRIPT_H
#define DESKBELL_COMPONENT_TRANSCRIPT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "component/error.h"
#include "routing/record.h"

enum {
    TRANSCRIPT_PAGE_MAX = 100,     /* hits of one page: what a form of a client can show */
    TRANSCRIPT_COUNT_MAX = 10000,  /* further than that nobody counts, and erasing takes so many */
    TRANSCRIPT_WORDS_MAX = 200,    /* bytes of the words looked for */
    TRANSCRIPT_TEXT_MAX = 1 << 20, /* bytes of one chat as text; what is above is left out */
    TRANSCRIPT_EXPORT_MAX = 64 << 20, /* bytes of an export: a year of a large library */
    TRANSCRIPT_PURGE_CHATS = 500      /* chats that one piece of the purge takes */
};

/* Whose chats. */
struct transcript_scope {
    int64_t consortium, library;
    int64_t operator; /* only those that this operator of the library had; 0: all of it */
};

/* What is looked for. All that is set has to hold; NULL and "" are no condition. Everything is
 * borrowed for the call. */
struct transcript_query {
    struct transcript_scope scope;
    int64_t chat;           /* this one only; 0: none in particular */
    const char *from, *to;  /* days "2026-03-01" on which the chat began, both included */
    const char *queue;      /* home queue, by the name it has or had then */
    const char *answered;   /* an operator who had the chat, by name likewise */
    const char *tag;        /* one of its tags */
    const char *resolution; /* "answered", "followup", "lost", "practice" */
    const char *words;      /* all of them, in any order; "a phrase" in quotes, -word: not that one.
                               Accents and capitals make no difference */
    bool left;              /* only where the patron left a question to be answered later */
    msec_t since, until;    /* wall clock: began at or after, and before; 0: no limit */
};

/* A page is a piece of the list in its order, newest first, cut off by the number of a chat. The
 * order is stable: a chat that begins meanwhile moves nothing. */
struct transcript_page {
    int64_t older_than; /* chats below this number; 0: from the newest */
    int64_t newer_than; /* chats above this number: the page next to it; 0 unless paging back */
    int limit;          /* 1 to TRANSCRIPT_PAGE_MAX */
};

struct transcript_hit {
    int64_t number;
    char *address;    /* local part: QUEUE.ID */
    char *queue;      /* its name now, else as it was */
    char *opened;     /* "2026-03-01 10:15" */
    char *operator;   /* who had it last; "" when nobody did */
    char *resolution; /* "" when there is none; "waiting" and "claimed": it goes on */
    char *tags;       /* with ", " between */
    int lines;
    bool erased;      /* its text is gone */
};

struct transcript_list {
    struct transcript_hit *hits;
    size_t count;
    bool more; /* there are others beyond, in the direction of the paging */
};

/* Whether dates, words and so on are such as can be looked for; `reterr` says what is not. Each of
 * the functions below does it too, before anything else: then the transaction is not spoiled. */
bool transcript_query_check(const struct transcript_query *query, struct error *reterr);

bool transcript_search(PGconn *database, const struct transcript_query *query,
                       const struct transcript_page *page, struct transcript_list *ret_list,
                       struct error *reterr);
void transcript_list_release(struct transcript_list *list);

/* How many there are; at most TRANSCRIPT_COUNT_MAX. */
bool transcript_count(PGconn *database, const struct transcript_query *query, int *ret_count,
                      struct error *reterr);

/* The number of a chat: by its address "QUEUE.ID" (a domain behind it is passed over) or its ID.
 * 0 when the scope has none such, whoever else may have. IDs come again after years: the newest. */
bool transcript_find(PGconn *database, const struct transcript_scope *scope, const char *name,
                     int64_t *ret_number, struct error *reterr);

/* The chat as people read it: a heading and the lines, each with its time and author; a correction
 * says what it stands in for. The text is the caller's to free(); NULL when the scope has no such
 * chat. */
bool transcript_get(PGconn *database, const struct transcript_scope *scope, int64_t number,
                    char **ret_text, struct error *reterr);

enum transcript_format { TRANSCRIPT_JSON, TRANSCRIPT_CSV, TRANSCRIPT_TEXT };

struct transcript_export_counts {
    int64_t chats, lines; /* lines: 0 for chat data */
    int64_t bytes;
};

/* Writes chats with their lines, the oldest first: JSON as an array of chats with lines, CSV with a
 * row a line, text as by transcript_get() with a line of '=' between. Memory is bounded by one
 * chat. An export above `bytes_max` fails, with what to do in `reterr`; what was written till then
 * is of no use. `out` is the caller's; an error of writing fails too. */
bool transcript_export(PGconn *database, const struct transcript_query *query,
                       enum transcript_format format, FILE *out, size_t bytes_max,
                       struct transcript_export_counts *ret, struct error *reterr);

/* What is known of each chat without any text: when it was opened, how long the patron waited, how
 * long it took, who answered through which queue, transfers, resolution, tags, number of lines by
 * author. CSV with a row a chat, or JSON as an array; not TRANSCRIPT_TEXT. */
bool chat_data_export(PGconn *database, const struct transcript_query *query,
                      enum transcript_format format, FILE *out, size_t bytes_max,
                      struct transcript_export_counts *ret, struct error *reterr);

enum transcript_erase { ERASE_TEXT, ERASE_WHOLE };

struct transcript_erased {
    int chats, lines; /* lines whose text went, or that went altogether */
    int followups;    /* questions and notes that went with them */
    int alive;        /* found, but left alone: not over, or only since a minute ago */
    bool more;        /* TRANSCRIPT_COUNT_MAX are done, and there are others: once more */
};

/* Erases what the query finds. ERASE_TEXT takes the words, the patron's address, left questions,
 * notes and contact; who was there when, tags and resolution stay for the statistics. ERASE_WHOLE
 * leaves nothing. Chats that go on are left alone, since the desk holds them in memory: end them
 * first. An item for the library that was open is done with (ERASE_TEXT) or gone; but a running
 * desk has its text in memory, and tells it, until it starts again. */
bool transcript_erase(PGconn *database, const struct transcript_query *query,
                      enum transcript_erase how, struct transcript_erased *ret,
                      struct error *reterr);

struct transcript_purged {
    int chats, lines, followups; /* whose text went */
    int others;                  /* rows of other kinds that were over */
    bool more;                   /* commit, and call again */
};

/* One piece of the daily purge of a library, at the wall clock `now`, as its desk's own work
 * (permit_begin_own(); the audit has its row). Erases the text of chats that ended longer ago than
 * the home queue's retention_days, as ERASE_TEXT does, and writes down in deskbell.purge how many
 * of which queue. Where the queue was removed since, its library's longest retention counts, else
 * the consortium's, else ten years. Blocks go a year after they are over. What else is over goes
 * by itself (tokens with the end of a chat, batches with the next), and duties stay for the
 * statistics. Then what is kept is made ready to be searched. */
bool transcript_purge(PGconn *database, int64_t consortium, int64_t library, msec_t now,
                      struct transcript_purged *ret, struct error *reterr);

/* Makes chats that are over quick to search by words; a piece of at most `limit` chats of the
 * library. Searching does it by itself, and so does the daily purge. */
bool transcript_index(PGconn *database, int64_t consortium, int64_t library, int limit,
                      int *ret_chats, struct error *reterr);

#endif
