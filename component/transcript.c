#include "component/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "component/transcript_private.h"
#include "component/utf8.h"
#include "policy/date.h"
#include "policy/mem.h"
#include "policy/names.h"

enum {
    INDEX_PIECE = 2000, /* chats that become searchable in one statement */
    TAG_MAX = 40
};

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static bool check_days(const struct transcript_query *query, struct error *reterr)
{
    day_number from = 0, to = 0;

    if (given(query->from) && !date_parse(query->from, &from))
        return error_set(reterr, "'%.40s' is no date: write it as 2026-03-01", query->from);
    if (given(query->to) && !date_parse(query->to, &to))
        return error_set(reterr, "'%.40s' is no date: write it as 2026-03-31", query->to);
    if (given(query->from) && given(query->to) && to < from)
        return error_set(reterr, "the last day '%s' is before the first", query->to);
    return true;
}

/* Quotes are no words, and to the database a question of nothing would be one about everything or
 * nothing, as its version likes. */
static bool check_words(const char *words, struct error *reterr)
{
    if (strlen(words) > TRANSCRIPT_WORDS_MAX)
        return error_set(reterr, "too many words to look for: at most %d bytes",
                         TRANSCRIPT_WORDS_MAX);
    if (utf8_length(words) < 0)
        return error_set(reterr, "the words to look for are not UTF-8");
    if (strspn(words, " \t\r\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") < strlen(words))
        return true;
    return error_set(reterr, "there is no word to look for in '%s'", words);
}

static bool check_tag(const char *tag)
{
    size_t length = strlen(tag);

    return length <= TAG_MAX &&
           strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool transcript_query_check(const struct transcript_query *query, struct error *reterr)
{
    static const char *const resolutions[] = {"answered", "followup", "lost", "practice"};
    bool known = !given(query->resolution);

    if (!check_days(query, reterr))
        return false;
    if (given(query->queue) && !name_is_queue(query->queue))
        return error_set(reterr, "'%.100s' is no name of a queue", query->queue);
    if (given(query->answered) && !name_is_operator(query->answered))
        return error_set(reterr, "'%.100s' is no name of an operator", query->answered);
    if (given(query->tag) && !check_tag(query->tag))
        return error_set(reterr, "'%.100s' is no tag: small letters, digits and hyphens",
                         query->tag);
    for (size_t i = 0; !known && i < sizeof resolutions / sizeof resolutions[0]; i++)
        known = strcmp(query->resolution, resolutions[i]) == 0;
    if (!known)
        return error_set(reterr, "'%.40s' is no resolution: answered, followup, lost or practice",
                         query->resolution);
    return !given(query->words) || check_words(query->words, reterr);
}

static void add_text(struct statement *statement, const char *text)
{
    statement_text(statement, given(text) ? text : NULL);
}

static void add_number(struct statement *statement, int64_t number)
{
    if (number == 0)
        statement_text(statement, NULL);
    else
        statement_number(statement, number);
}

void transcript_statement(struct statement *statement, const char *sql,
                          const struct transcript_query *query)
{
    statement_begin(statement, sql);
    statement_number(statement, query->scope.consortium);
    statement_number(statement, query->scope.library);
    add_number(statement, query->scope.operator);
    add_number(statement, query->chat);
    add_text(statement, query->from);
    add_text(statement, query->to);
    add_text(statement, query->queue);
    add_text(statement, query->answered);
    add_text(statement, query->tag);
    add_text(statement, query->resolution);
    add_text(statement, query->words);
    statement_switch(statement, query->left);
    add_number(statement, query->since);
    add_number(statement, query->until);
}

bool transcript_prepare(PGconn *database, const struct transcript_query *query,
                        struct error *reterr)
{
    int chats = INDEX_PIECE;

    if (!transcript_query_check(query, reterr))
        return false;
    while (given(query->words) && chats == INDEX_PIECE)
        if (!transcript_index(database, query->scope.consortium, query->scope.library, INDEX_PIECE,
                              &chats, reterr))
            return false;
    return true;
}

/* Two can do it at once. A chat that is over has all its lines after a moment at the latest. */
bool transcript_index(PGconn *database, int64_t consortium, int64_t library, int limit,
                      int *ret_chats, struct error *reterr)
{
    struct statement statement;
    PGresult *result;

    statement_begin(&statement,
                    "WITH piece AS MATERIALIZED (SELECT c.library_id, c.number FROM deskbell.chat c"
                    "  WHERE c.consortium_id = $1 AND c.library_id = $2 AND c.state = 'closed'"
                    "   AND c.erased IS NULL"
                    "   AND coalesce(c.closed, '-infinity') <= now() - interval '1 minute'"
                    "   AND NOT EXISTS (SELECT FROM deskbell.chat_words w"
                    "    WHERE w.library_id = c.library_id AND w.chat = c.number)"
                    "  ORDER BY c.number LIMIT $3),"
                    " made AS (INSERT INTO deskbell.chat_words (library_id, chat, part, words)"
                    "  SELECT piece.library_id, piece.number, coalesce(p.part, 0),"
                    "   coalesce(p.words, ''::tsvector)"
                    "  FROM piece LEFT JOIN LATERAL"
                    "   deskbell.chat_parts(piece.library_id, piece.number) p ON true"
                    "  ON CONFLICT DO NOTHING)"
                    " SELECT count(*) FROM piece");
    statement_number(&statement, consortium);
    statement_number(&statement, library);
    statement_number(&statement, limit);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_chats = (int)result_number(result, 0, 0);
    PQclear(result);
    return true;
}

#define HITS                                                                                       \
    "SELECT c.number, c.address, coalesce(q.name::text, c.queue_name, ''),"                        \
    " to_char(c.opened AT TIME ZONE " TRANSCRIPT_ZONE ", 'YYYY-MM-DD HH24:MI'),"                   \
    " coalesce(c.owner_name, ''),"                                                                 \
    " CASE c.state WHEN 'closed' THEN coalesce(c.resolution, '') ELSE c.state END,"                \
    " (SELECT coalesce(string_agg(DISTINCT a.detail, ', '), '') FROM deskbell.act a"               \
    "  WHERE a.library_id = c.library_id AND a.chat = c.number AND a.act = 'tagged'),"             \
    " (SELECT count(*) FROM deskbell.line l"                                                       \
    "  WHERE l.library_id = c.library_id AND l.chat = c.number),"                                  \
    " c.erased IS NOT NULL"                                                                        \
    " FROM (SELECT c.* FROM deskbell.chat c WHERE" TRANSCRIPT_FOUND                                \
    "  AND ($15::bigint IS NULL OR c.number < $15)"                                                \
    "  AND ($16::bigint IS NULL OR c.number > $16)"                                                \
    "  ORDER BY c.number "
#define HITS_END                                                                                   \
    " LIMIT $17) c"                                                                                \
    " LEFT JOIN deskbell.queue q ON q.library_id = c.library_id AND q.queue_id = c.queue_id"       \
    " ORDER BY c.number "

static struct transcript_hit hit_read(const PGresult *result, int row)
{
    return (struct transcript_hit){
        .number = result_number(result, row, 0),
        .address = mem_strdup(result_text(result, row, 1)),
        .queue = mem_strdup(result_text(result, row, 2)),
        .opened = mem_strdup(result_text(result, row, 3)),
        .operator= mem_strdup(result_text(result, row, 4)),
        .resolution = mem_strdup(result_text(result, row, 5)),
        .tags = mem_strdup(result_text(result, row, 6)),
        .lines = (int)result_number(result, row, 7),
        .erased = result_switch(result, row, 8),
    };
}

bool transcript_search(PGconn *database, const struct transcript_query *query,
                       const struct transcript_page *page, struct transcript_list *ret_list,
                       struct error *reterr)
{
    bool back = page->newer_than > 0;
    struct statement statement;
    PGresult *result;

    if (page->limit < 1 || page->limit > TRANSCRIPT_PAGE_MAX)
        return error_set(reterr, "a page has 1 to %d chats", TRANSCRIPT_PAGE_MAX);
    if (!transcript_prepare(database, query, reterr))
        return false;
    transcript_statement(&statement, back ? HITS "ASC" HITS_END "ASC" : HITS "DESC" HITS_END "DESC",
                         query);
    add_number(&statement, page->older_than);
    add_number(&statement, page->newer_than);
    statement_number(&statement, page->limit + 1);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    int rows = PQntuples(result), count = rows > page->limit ? page->limit : rows;
    *ret_list = (struct transcript_list){.count = (size_t)count, .more = rows > count};
    ret_list->hits = mem_new((size_t)(count > 0 ? count : 1) * sizeof *ret_list->hits);
    for (int row = 0; row < count; row++)
        ret_list->hits[back ? count - 1 - row : row] = hit_read(result, row);
    PQclear(result);
    return true;
}

void transcript_list_release(struct transcript_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct transcript_hit *hit = &list->hits[i];
        free(hit->address);
        free(hit->queue);
        free(hit->opened);
        free(hit->operator);
        free(hit->resolution);
        free(hit->tags);
    }
    free(list->hits);
    *list = (struct transcript_list){0};
}

bool transcript_count(PGconn *database, const struct transcript_query *query, int *ret_count,
                      struct error *reterr)
{
    struct statement statement;
    PGresult *result;

    if (!transcript_prepare(database, query, reterr))
        return false;
    transcript_statement(&statement,
                         "SELECT count(*) FROM (SELECT FROM deskbell.chat c"
                         " WHERE" TRANSCRIPT_FOUND " LIMIT $15) found",
                         query);
    statement_number(&statement, TRANSCRIPT_COUNT_MAX);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    *ret_count = (int)result_number(result, 0, 0);
    PQclear(result);
    return true;
}

/* A chat's address is at most a queue's name, a dot and an ID. */
bool transcript_find(PGconn *database, const struct transcript_scope *scope, const char *name,
                     int64_t *ret_number, struct error *reterr)
{
    const struct transcript_query query = {.scope = *scope};
    size_t length = strcspn(name, "@");
    struct statement statement;
    PGresult *result;

    *ret_number = 0;
    if (length == 0 || length > NAME_MAX_BYTES + 1 + CHAT_CODE_MAX || utf8_length(name) < 0)
        return true;
    char *local = mem_strdup(name);
    local[length] = '\0';
    transcript_statement(&statement,
                         "SELECT c.number FROM deskbell.chat c WHERE" TRANSCRIPT_FOUND
                         " AND (c.address = lower($15) OR c.code = lower($15))"
                         " ORDER BY c.number DESC LIMIT 1",
                         &query);
    statement_text(&statement, local);
    bool fine = statement_run(database, &statement, &result, reterr);
    free(local);
    if (!fine)
        return false;
    if (PQntuples(result) > 0)
        *ret_number = result_number(result, 0, 0);
    PQclear(result);
    return true;
}
