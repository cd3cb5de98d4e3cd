#include <stdlib.h>
#include <string.h>

#include "component/transcript_private.h"

enum {
    LINES_PIECE = 500,
    LINE_FRAME = 80 /* bytes of time and author, about */
};

bool transcript_lines(PGconn *database, const struct transcript_scope *scope, int64_t number,
                      const char *zone, transcript_line_put put, void *context,
                      struct error *reterr)
{
    int64_t behind = 0;

    for (;;) {
        struct statement statement;
        PGresult *result;
        statement_begin(
            &statement,
            "SELECT l.line, deskbell.clock_text(l.at, $4),"
            " to_char(l.at AT TIME ZONE $4, 'Dy YYYY-MM-DD'),"
            " to_char(l.at AT TIME ZONE $4, 'HH24:MI:SS'), l.author, l.operator_name, l.replaces,"
            " to_char(r.at AT TIME ZONE $4, 'HH24:MI:SS'), l.body, l.erased"
            " FROM deskbell.chat c"
            " JOIN deskbell.line l ON l.library_id = c.library_id AND l.chat = c.number"
            " LEFT JOIN deskbell.line r ON r.library_id = l.library_id AND r.chat = l.chat"
            "  AND r.line = l.replaces"
            " WHERE c.consortium_id = $1 AND c.library_id = $2 AND c.number = $3 AND l.line > $5"
            " ORDER BY l.line LIMIT $6");
        statement_number(&statement, scope->consortium);
        statement_number(&statement, scope->library);
        statement_number(&statement, number);
        statement_text(&statement, zone);
        statement_number(&statement, behind);
        statement_number(&statement, LINES_PIECE);
        if (!statement_run(database, &statement, &result, reterr))
            return false;
        int count = PQntuples(result);
        bool more = true;
        for (int row = 0; row < count && more; row++)
            more = put(context, result, row);
        if (count > 0)
            behind = result_number(result, count - 1, LINE_NUMBER);
        PQclear(result);
        if (count < LINES_PIECE || !more)
            return true;
    }
}

/* Bytes of what ends a line, whatever is made to look like one: CR LF, the C1 control, U+2028 and
 * U+2029. 0 if there is none. */
static size_t line_end(const char *text)
{
    static const char *const ends[] = {"\r\n", "\n",       "\r",           "\v",
                                       "\f",   "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strncmp(text, ends[i], strlen(ends[i])) == 0)
            return strlen(ends[i]);
    return 0;
}

/* What was written, indented from its second line on: nobody can write a line of somebody else's.
 * Other control characters, which can move a terminal's cursor, become blanks. */
static void put_body(const char *body, FILE *out)
{
    while (*body != '\0') {
        size_t end = line_end(body);
        if (end > 0) {
            fputs("\n    ", out);
            body += end;
        } else if ((unsigned char)body[0] == 0xc2 && (unsigned char)body[1] < 0xa0) {
            fputc(' ', out);
            body += 2;
        } else {
            fputc(((unsigned char)*body < 0x20 && *body != '\t') || *body == 0x7f ? ' ' : *body,
                  out);
            body++;
        }
    }
}

static void put_author(const PGresult *result, int row, FILE *out)
{
    const char *author = result_text(result, row, LINE_AUTHOR);
    const char *name = result_text(result, row, LINE_OPERATOR);

    if (strcmp(author, "patron") == 0)
        fputs("Patron", out);
    else if (strcmp(author, "desk") == 0)
        fputs("Desk", out);
    else if (strcmp(author, "note") == 0)
        fprintf(out, "Note of %s", name != NULL ? name : "an operator");
    else
        fputs(name != NULL ? name : "Operator", out);
}

struct text_lines {
    FILE *out;
    char day[sizeof "Tue 2026-03-03"]; /* of the line before */
    size_t bytes, bytes_max;
    int64_t count;
};

static bool put_line(void *context, const PGresult *result, int row)
{
    struct text_lines *lines = context;
    FILE *out = lines->out;
    const char *day = result_text(result, row, LINE_DAY);
    const char *body = result_text(result, row, LINE_BODY);

    lines->bytes += strlen(body) + LINE_FRAME;
    if (lines->bytes > lines->bytes_max) {
        fputs("(The rest is left out: the chat is too long to be shown.)\n", out);
        return false;
    }
    lines->count++;
    if (strcmp(day, lines->day) != 0)
        fprintf(out, "%s\n", day);
    snprintf(lines->day, sizeof lines->day, "%s", day);
    fprintf(out, "%s ", result_text(result, row, LINE_TIME));
    put_author(result, row, out);
    if (result_text(result, row, LINE_REPLACES_TIME) != NULL)
        fprintf(out, ", instead of %s", result_text(result, row, LINE_REPLACES_TIME));
    fputs(": ", out);
    if (result_switch(result, row, LINE_ERASED))
        fputs("(erased)", out);
    else if (body[0] == '\0')
        fputs("(no text was kept)", out);
    else
        put_body(body, out);
    fputc('\n', out);
    return ferror(out) == 0;
}

/* "0:12", "1:02:03" */
static void put_duration(const char *label, const char *seconds, FILE *out)
{
    if (seconds == NULL)
        return;
    long long all = strtoll(seconds, NULL, 10);
    if (all < 0)
        all = 0;
    if (all >= 3600)
        fprintf(out, "%s: %lld:%02lld:%02lld\n", label, all / 3600, all / 60 % 60, all % 60);
    else
        fprintf(out, "%s: %lld:%02lld\n", label, all / 60, all % 60);
}

/* The library is in the name, by its grammar: "for" is worth saying only of another's. */
static void put_answered(const PGresult *head, int row, FILE *out)
{
    const char *name = result_text(head, row, HEAD_OPERATOR);
    const char *via = result_text(head, row, HEAD_ANSWERING);

    if (name == NULL) {
        fputs("Answered by: nobody\n", out);
        return;
    }
    fprintf(out, "Answered by: %s", name);
    if (via != NULL && strcmp(via, result_text(head, row, HEAD_QUEUE)) != 0)
        fprintf(out, " of %s, for %s", via, result_text(head, row, HEAD_LIBRARY));
    fputc('\n', out);
}

static void put_end(const PGresult *head, int row, FILE *out)
{
    static const struct {
        const char *ended_by, *words;
    } ends[] = {
        {"operator", "by the operator"},
        {"patron", "the patron left"},
        {"idle", "nobody wrote any more"},
        {"refused", "too many were waiting"},
        {"removed", "the queue was removed"},
        {"blocked", "the patron was blocked"},
        {"left", "the patron left the question to be answered later"},
    };
    const char *by = result_text(head, row, HEAD_ENDED_BY);
    const char *state = result_text(head, row, HEAD_STATE);
    const char *closed = result_text(head, row, HEAD_CLOSED_TIME);

    if (strcmp(state, "closed") != 0) {
        fprintf(out, "Goes on: %s\n", state);
        return;
    }
    fprintf(out, "Ended: %s", closed != NULL ? closed : "");
    for (size_t i = 0; by != NULL && i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(by, ends[i].ended_by) == 0)
            fprintf(out, ", %s", ends[i].words);
    fputc('\n', out);
    put_duration("Lasted", result_text(head, row, HEAD_DURATION), out);
}

static void put_moved(const char *moved, FILE *out)
{
    while (*moved != '\0') {
        size_t length = strcspn(moved, "\n");
        fprintf(out, "Handed over: %.*s\n", (int)length, moved);
        moved += length;
        moved += strspn(moved, "\n");
    }
}

static void put_head(const PGresult *head, int row, FILE *out)
{
    const char *title = result_text(head, row, HEAD_QUEUE_TITLE);
    const char *library = result_text(head, row, HEAD_LIBRARY_TITLE);
    const char *entry = result_text(head, row, HEAD_ENTRY);
    const char *resolution = result_text(head, row, HEAD_RESOLUTION);

    fprintf(out, "Chat %s\n", result_text(head, row, HEAD_ADDRESS));
    fprintf(out, "Asked at: %s", result_text(head, row, HEAD_QUEUE));
    if (title[0] != '\0')
        fprintf(out, " (%s)", title);
    if (library[0] != '\0')
        fprintf(out, ", %s", library);
    fputc('\n', out);
    if (entry != NULL)
        fprintf(out, "Came in at: %s\n", entry);
    fprintf(out, "Opened: %s %s (%s)\n", result_text(head, row, HEAD_OPENED_DAY),
            result_text(head, row, HEAD_OPENED_TIME), result_text(head, row, HEAD_ZONE));
    put_duration("Waited", result_text(head, row, HEAD_WAITED), out);
    put_answered(head, row, out);
    put_moved(result_text(head, row, HEAD_MOVED), out);
    put_end(head, row, out);
    if (resolution != NULL)
        fprintf(out, "Resolution: %s\n", resolution);
    if (result_text(head, row, HEAD_TAGS)[0] != '\0')
        fprintf(out, "Tags: %s\n", result_text(head, row, HEAD_TAGS));
    if (result_text(head, row, HEAD_ERASED) != NULL)
        fprintf(out, "The text was erased: %.10s\n", result_text(head, row, HEAD_ERASED));
    fputc('\n', out);
}

bool transcript_put_text(PGconn *database, const struct transcript_scope *scope,
                         const PGresult *head, int row, size_t bytes_max, FILE *out,
                         int64_t *ret_lines, struct error *reterr)
{
    struct text_lines lines = {.out = out, .bytes_max = bytes_max};

    put_head(head, row, out);
    if (!transcript_lines(database, scope, result_number(head, row, HEAD_NUMBER),
                          result_text(head, row, HEAD_ZONE), put_line, &lines, reterr))
        return false;
    *ret_lines = lines.count;
    return true;
}

bool transcript_get(PGconn *database, const struct transcript_scope *scope, int64_t number,
                    char **ret_text, struct error *reterr)
{
    const struct transcript_query query = {.scope = *scope, .chat = number};
    struct statement statement;
    PGresult *head;
    int64_t lines;
    char *text = NULL;
    size_t size = 0;

    *ret_text = NULL;
    if (number <= 0)
        return true;
    transcript_statement(&statement, TRANSCRIPT_HEAD, &query);
    if (!statement_run(database, &statement, &head, reterr))
        return false;
    if (PQntuples(head) == 0) {
        PQclear(head);
        return true;
    }
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        abort();
    bool fine =
        transcript_put_text(database, scope, head, 0, TRANSCRIPT_TEXT_MAX, memory, &lines, reterr);
    fclose(memory);
    PQclear(head);
    if (fine)
        *ret_text = text;
    else
        free(text);
    return fine;
}
