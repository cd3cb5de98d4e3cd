#include <errno.h>
#include <string.h>

#include "component/csv.h"
#include "component/json.h"
#include "component/transcript_private.h"

enum { CHATS_PIECE = 50 };

/* The caller's stream behind one that counts, and that fails when it is too much. */
struct counted {
    FILE *out;
    size_t bytes, bytes_max;
    bool full;
};

static ssize_t counted_write(void *cookie, const char *bytes, size_t length)
{
    struct counted *counted = cookie;

    if (length > counted->bytes_max - counted->bytes) {
        counted->full = true;
        errno = EFBIG;
        return 0;
    }
    counted->bytes += length;
    return (ssize_t)fwrite(bytes, 1, length, counted->out);
}

struct export
{
    PGconn *database;
    const struct transcript_scope *scope;
    enum transcript_format format;
    bool with_lines;
    FILE *out;
    struct transcript_export_counts counts;
    /* Of the chat that is being written. */
    const PGresult *head;
    int row;
    int64_t lines;
};

/* --- chats with their lines --- */

static const char *const line_columns[] = {"chat",       "queue",    "library",  "opened",
                                           "resolution", "tags",     "line",     "at",
                                           "author",     "operator", "replaces", "text"};

static const char *head_text(const struct export *export, enum transcript_head column)
{
    return result_text(export->head, export->row, (int)column);
}

static bool put_line_csv(void *context, const PGresult *result, int row)
{
    struct export *export = context;
    const char *const cells[] = {
        head_text(export, HEAD_ADDRESS),         head_text(export, HEAD_QUEUE),
        head_text(export, HEAD_LIBRARY),         head_text(export, HEAD_OPENED),
        head_text(export, HEAD_RESOLUTION),      head_text(export, HEAD_TAGS),
        result_text(result, row, LINE_NUMBER),   result_text(result, row, LINE_AT),
        result_text(result, row, LINE_AUTHOR),   result_text(result, row, LINE_OPERATOR),
        result_text(result, row, LINE_REPLACES), result_text(result, row, LINE_BODY),
    };

    export->lines++;
    csv_put_line(export->out, cells, sizeof cells / sizeof cells[0]);
    return ferror(export->out) == 0;
}

static void put_member(FILE *out, const char *key, const char *value)
{
    fprintf(out, ",\"%s\":", key);
    json_put_text(out, value);
}

/* A number is written by the database: never anything else. */
static void put_number(FILE *out, const char *key, const char *value)
{
    fprintf(out, ",\"%s\":%s", key, value != NULL ? value : "null");
}

static bool put_line_json(void *context, const PGresult *result, int row)
{
    struct export *export = context;
    FILE *out = export->out;

    fprintf(out, "%s{\"line\":%s", export->lines > 0 ? ",\n   " : "\n   ",
            result_text(result, row, LINE_NUMBER));
    export->lines++;
    put_member(out, "at", result_text(result, row, LINE_AT));
    put_member(out, "author", result_text(result, row, LINE_AUTHOR));
    put_member(out, "operator", result_text(result, row, LINE_OPERATOR));
    put_number(out, "replaces", result_text(result, row, LINE_REPLACES));
    if (result_switch(result, row, LINE_ERASED))
        fputs(",\"erased\":true", out);
    /* A line without a text is one of which none was kept. */
    const char *text = result_text(result, row, LINE_BODY);
    bool kept = text[0] != '\0' || result_switch(result, row, LINE_ERASED);
    put_member(out, "text", kept ? text : NULL);
    fputc('}', out);
    return ferror(out) == 0;
}

/* --- data of a chat --- */

enum data_kind { DATA_TEXT, DATA_NUMBER, DATA_SWITCH, DATA_PRACTICE };

/* In the order of the columns; for programs the keys are both formats'. */
static const struct {
    const char *key;
    enum transcript_head column;
    enum data_kind kind;
} data[] = {
    {"chat", HEAD_ADDRESS, DATA_TEXT},
    {"queue", HEAD_QUEUE, DATA_TEXT},
    {"library", HEAD_LIBRARY, DATA_TEXT},
    {"opened", HEAD_OPENED, DATA_TEXT},
    {"claimed", HEAD_CLAIMED, DATA_TEXT},
    {"closed", HEAD_CLOSED, DATA_TEXT},
    {"waited_seconds", HEAD_WAITED, DATA_NUMBER},
    {"answered_after_seconds", HEAD_ANSWERED_AFTER, DATA_NUMBER},
    {"duration_seconds", HEAD_DURATION, DATA_NUMBER},
    {"state", HEAD_STATE, DATA_TEXT},
    {"ended_by", HEAD_ENDED_BY, DATA_TEXT},
    {"resolution", HEAD_RESOLUTION, DATA_TEXT},
    {"practice", HEAD_RESOLUTION, DATA_PRACTICE},
    {"operator", HEAD_OPERATOR, DATA_TEXT},
    {"answering_queue", HEAD_ANSWERING, DATA_TEXT},
    {"came_in_at", HEAD_ENTRY, DATA_TEXT},
    {"transfers", HEAD_TRANSFERS, DATA_NUMBER},
    {"tags", HEAD_TAGS, DATA_TEXT},
    {"left_question", HEAD_LEFT, DATA_SWITCH},
    {"lines_patron", HEAD_LINES_PATRON, DATA_NUMBER},
    {"lines_operator", HEAD_LINES_OPERATOR, DATA_NUMBER},
    {"lines_desk", HEAD_LINES_DESK, DATA_NUMBER},
    {"lines_note", HEAD_LINES_NOTE, DATA_NUMBER},
    {"erased", HEAD_ERASED, DATA_TEXT},
};

enum { DATA_COUNT = sizeof data / sizeof data[0] };

static bool data_on(const struct export *export, size_t i)
{
    const char *text = head_text(export, data[i].column);

    return text != NULL &&
           (data[i].kind == DATA_PRACTICE ? strcmp(text, "practice") == 0 : text[0] == 't');
}

static void put_data_csv(struct export *export)
{
    const char *cells[DATA_COUNT];

    for (size_t i = 0; i < DATA_COUNT; i++)
        cells[i] = data[i].kind == DATA_SWITCH || data[i].kind == DATA_PRACTICE
                       ? (data_on(export, i) ? "yes" : "no")
                       : head_text(export, data[i].column);
    csv_put_line(export->out, cells, DATA_COUNT);
}

/* Without the closing brace: lines may follow. */
static void put_data_json(struct export *export)
{
    FILE *out = export->out;

    fputs(export->counts.chats > 0 ? ",\n {\"chat\":" : "\n {\"chat\":", out);
    json_put_text(out, head_text(export, HEAD_ADDRESS));
    for (size_t i = 1; i < DATA_COUNT; i++) {
        const char *text = head_text(export, data[i].column);
        if (data[i].kind == DATA_NUMBER)
            put_number(out, data[i].key, text);
        else if (data[i].kind == DATA_TEXT)
            put_member(out, data[i].key, text);
        else
            fprintf(out, ",\"%s\":%s", data[i].key, data_on(export, i) ? "true" : "false");
    }
}

/* --- both --- */

static bool export_lines(struct export *export, transcript_line_put put, struct error *reterr)
{
    return transcript_lines(export->database, export->scope,
                            result_number(export->head, export->row, HEAD_NUMBER),
                            head_text(export, HEAD_ZONE), put, export, reterr);
}

static bool export_chat(struct export *export, struct error *reterr)
{
    bool fine = true;

    export->lines = 0;
    switch (export->format) {
    case TRANSCRIPT_CSV:
        if (export->with_lines)
            fine = export_lines(export, put_line_csv, reterr);
        else
            put_data_csv(export);
        break;
    case TRANSCRIPT_JSON:
        put_data_json(export);
        if (export->with_lines) {
            fputs(",\"lines\":[", export->out);
            fine = export_lines(export, put_line_json, reterr);
            fputc(']', export->out);
        }
        fputc('}', export->out);
        break;
    case TRANSCRIPT_TEXT:
        if (export->counts.chats > 0)
            fputs("\n========================================\n\n", export->out);
        fine = transcript_put_text(export->database, export->scope, export->head, export->row,
                                   TRANSCRIPT_TEXT_MAX, export->out, &export->lines, reterr);
        break;
    }
    export->counts.chats++;
    export->counts.lines += export->lines;
    return fine;
}

static void export_begin(struct export *export)
{
    const char *keys[DATA_COUNT];

    for (size_t i = 0; i < DATA_COUNT; i++)
        keys[i] = data[i].key;
    if (export->format == TRANSCRIPT_JSON)
        fputc('[', export->out);
    else if (export->format == TRANSCRIPT_CSV && export->with_lines)
        csv_put_line(export->out, line_columns, sizeof line_columns / sizeof line_columns[0]);
    else if (export->format == TRANSCRIPT_CSV)
        csv_put_line(export->out, keys, DATA_COUNT);
}

static bool export_run(struct export *export, const struct transcript_query *query,
                       struct error *reterr)
{
    struct statement statement, fetch;
    int rows = CHATS_PIECE;
    bool fine = true;

    transcript_statement(&statement,
                         "DECLARE transcript_export NO SCROLL CURSOR FOR " TRANSCRIPT_HEAD, query);
    if (!statement_run(export->database, &statement, NULL, reterr))
        return false;
    export_begin(export);
    statement_begin(&fetch, "FETCH 50 FROM transcript_export");
    while (fine && rows == CHATS_PIECE) {
        PGresult *head;
        if (!statement_run(export->database, &fetch, &head, reterr))
            return false;
        rows = PQntuples(head);
        export->head = head;
        for (export->row = 0; fine && export->row < rows; export->row++)
            fine = export_chat(export, reterr) && ferror(export->out) == 0;
        PQclear(head);
    }
    if (fine && export->format == TRANSCRIPT_JSON)
        fputs("\n]\n", export->out);
    return fine && database_run(export->database, "CLOSE transcript_export", reterr);
}

static bool export_all(PGconn *database, const struct transcript_query *query,
                       enum transcript_format format, bool with_lines, FILE *out, size_t bytes_max,
                       struct transcript_export_counts *ret, struct error *reterr)
{
    struct counted counted = {.out = out, .bytes_max = bytes_max};
    const cookie_io_functions_t functions = {.write = counted_write};
    struct export export = {
        .database = database, .scope = &query->scope, .format = format, .with_lines = with_lines};
    struct error cause = {""};

    if (!transcript_prepare(database, query, reterr))
        return false;
    export.out = fopencookie(&counted, "w", functions);
    if (export.out == NULL)
        return error_set(reterr, "cannot export: %s", strerror(errno));
    bool fine = export_run(&export, query, &cause);
    fine = fclose(export.out) == 0 && fflush(out) == 0 && fine;
    if (counted.full)
        return error_set(reterr, "the export is larger than %zu bytes: take fewer days at a time",
                         bytes_max);
    if (!fine)
        return error_set(reterr, "cannot export: %s",
                         cause.text[0] != '\0' ? cause.text : "the file cannot be written");
    *ret = export.counts;
    ret->bytes = (int64_t)counted.bytes;
    return true;
}

bool transcript_export(PGconn *database, const struct transcript_query *query,
                       enum transcript_format format, FILE *out, size_t bytes_max,
                       struct transcript_export_counts *ret, struct error *reterr)
{
    return export_all(database, query, format, true, out, bytes_max, ret, reterr);
}

bool chat_data_export(PGconn *database, const struct transcript_query *query,
                      enum transcript_format format, FILE *out, size_t bytes_max,
                      struct transcript_export_counts *ret, struct error *reterr)
{
    if (format == TRANSCRIPT_TEXT)
        return error_set(reterr, "data of chats are CSV or JSON, not text");
    return export_all(database, query, format, false, out, bytes_max, ret, reterr);
}
