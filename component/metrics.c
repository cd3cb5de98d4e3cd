#include "component/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/log.h"
#include "policy/mem.h"

struct metrics_file {
    char *path, *fresh;
    int64_t due;
    bool complained;
};

static void head_put(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP deskbell_%s %s\n# TYPE deskbell_%s %s\n", name, help, name, type);
}

/* A value of a label: any text would do, with these three escaped. */
static void value_put(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            fputs("\\n", out);
            continue;
        }
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void sample_put(FILE *out, const char *name, const char *label, const char *text,
                       uint64_t value)
{
    fprintf(out, "deskbell_%s{%s=\"", name, label);
    value_put(out, text);
    fprintf(out, "\"} %" PRIu64 "\n", value);
}

struct plain {
    const char *name, *type, *help;
    uint64_t value;
};

static void plain_put(FILE *out, const struct plain *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        head_put(out, table[i].name, table[i].type, table[i].help);
        fprintf(out, "deskbell_%s %" PRIu64 "\n", table[i].name, table[i].value);
    }
}

static void build_put(FILE *out, const struct metrics_values *values)
{
    head_put(out, "build_info", "gauge", "Always 1; the program's version and what it serves.");
    fputs("deskbell_build_info{version=\"" DESKBELL_VERSION "\",consortium=\"", out);
    value_put(out, values->consortium);
    fputs("\"} 1\n", out);
}

static void states_put(FILE *out, const struct metrics_values *values)
{
    const struct store_spool *spool = &values->spool;
    const struct plain table[] = {
        {"updated_timestamp_seconds", "gauge", "When these figures were written.",
         (uint64_t)(values->wall_ms / 1000)},
        {"active", "gauge", "1: this process serves; 0: it starts, stands by, or has ended.",
         values->active},
        {"stream_up", "gauge", "1: the XMPP server is connected.", values->stream_up},
        {"database_up", "gauge", "1: what is said is written to PostgreSQL.", values->database_up},
        {"spool_in_use", "gauge", "1: what is said goes to the spool on disk.", spool->in_use},
        {"spool_stuck", "gauge",
         "1: neither database nor spool can be written, patrons are turned "
         "away.",
         spool->stuck},
        {"spool_records", "gauge", "Records that are on this disk only.", spool->records},
        {"spool_bytes", "gauge", "Bytes of the spool.", spool->bytes},
    };

    plain_put(out, table, sizeof table / sizeof table[0]);
}

static void counts_put(FILE *out, const struct metrics_values *values)
{
    const struct stream_counts *stream = values->stream;
    const struct store_counts *store = values->store;
    const struct plain table[] = {
        {"stream_connects_total", "counter", "Connections to the XMPP server that were accepted.",
         stream->connects},
        {"stream_received_bytes_total", "counter", "Bytes read from the XMPP server.",
         stream->bytes_in},
        {"stream_sent_bytes_total", "counter", "Bytes written to the XMPP server.",
         stream->bytes_out},
        {"dropped_stanzas_total", "counter", "Stanzas that were too large to be sent.",
         stream->dropped},
        {"database_connects_total", "counter", "Connections to the database that could write.",
         store->connects},
        {"store_batches_total", "counter", "Transactions that were committed.", store->batches},
        {"store_records_total", "counter", "Records in them.", store->records},
        {"quarantined_records_total", "counter",
         "Records that the database refused: a fault of "
         "the program.",
         store->refused},
    };

    plain_put(out, table, sizeof table / sizeof table[0]);
    head_put(out, "messages_total", "counter", "Messages with words, from and to the XMPP server.");
    sample_put(out, "messages_total", "direction", "in", values->messages_in);
    sample_put(out, "messages_total", "direction", "out", values->messages_out);
    head_put(out, "stanzas_total", "counter", "Stanzas of any kind, from and to the XMPP server.");
    sample_put(out, "stanzas_total", "direction", "in", stream->stanzas_in);
    sample_put(out, "stanzas_total", "direction", "out", stream->stanzas_out);
}

static const char *const refusals[STANZA_REFUSALS] = {
    [REFUSED_BYTES] = "bytes",           [REFUSED_ELEMENTS] = "elements",
    [REFUSED_CHILDREN] = "children",     [REFUSED_ATTRIBUTES] = "attributes",
    [REFUSED_DEPTH] = "depth",           [REFUSED_NAMESPACE] = "namespace",
    [REFUSED_RESTRICTED] = "restricted", [REFUSED_UNKEPT] = "unkept",
};

static void refused_put(FILE *out, const struct metrics_values *values)
{
    head_put(out, "refused_stanzas_total", "counter",
             "Stanzas over a bound, by which; unkept: "
             "nothing could be written down.");
    for (size_t i = REFUSED_NOT + 1; i < STANZA_REFUSALS; i++)
        sample_put(out, "refused_stanzas_total", "reason", refusals[i],
                   i == REFUSED_UNKEPT ? values->unkept : values->stream->refused_by[i]);
}

static const char *const queue_words[] = {[QUEUE_FREE] = "open",
                                          [QUEUE_STAFFED] = "staffed",
                                          [QUEUE_BUSY] = "busy",
                                          [QUEUE_BACKUP] = "backup",
                                          [QUEUE_CLOSED] = "closed"};

/* One sample a state, so that a change ends no series: `== 1` finds the one. */
static void queue_states_put(FILE *out, const struct routing *routing)
{
    const struct queue *cursor = NULL;
    struct queue_view view;

    head_put(out, "queue_state", "gauge", "1 for the state that the queue is in.");
    while (routing_queue_next(routing, &cursor, &view))
        for (size_t i = 0; view.published && i < sizeof queue_words / sizeof queue_words[0]; i++)
            fprintf(out, "deskbell_queue_state{queue=\"%s\",state=\"%s\"} %d\n", view.name,
                    queue_words[i], (size_t)view.state == i);
    head_put(out, "queue_unstaffed", "gauge", "1: the queue is in its hours, and nobody is there.");
    cursor = NULL;
    while (routing_queue_next(routing, &cursor, &view))
        if (view.published)
            sample_put(out, "queue_unstaffed", "queue", view.name, view.unstaffed);
    head_put(out, "queue_waiting", "gauge", "Chats of the queue that wait for somebody.");
    cursor = NULL;
    while (routing_queue_next(routing, &cursor, &view))
        sample_put(out, "queue_waiting", "queue", view.name, (uint64_t)view.waiting);
}

static void routing_put(FILE *out, const struct routing *routing)
{
    struct routing_counts counts;

    routing_counts(routing, &counts);
    const struct plain table[] = {
        {"chats_live", "gauge", "Chats that are not closed.", counts.chats},
        {"chats_waiting", "gauge", "Those of them that wait for somebody.", counts.waiting},
        {"operators_present", "gauge", "Operators with a client that is connected.",
         counts.operators_present},
        {"routing_steps_total", "counter", "Events that were decided on.", counts.steps},
    };
    plain_put(out, table, sizeof table / sizeof table[0]);
    queue_states_put(out, routing);
}

void metrics_render(const struct metrics_values *values, FILE *out)
{
    build_put(out, values);
    states_put(out, values);
    counts_put(out, values);
    refused_put(out, values);
    if (values->routing != NULL)
        routing_put(out, values->routing);
}

struct metrics_file *metrics_file_new(const char *path)
{
    if (path == NULL)
        return NULL;
    struct metrics_file *file = mem_new(sizeof *file);
    file->path = mem_strdup(path);
    file->fresh = mem_printf("%s.new", path); /* the collector reads only what ends in .prom */
    return file;
}

struct metrics_file *metrics_file_free(struct metrics_file *file)
{
    if (file == NULL)
        return NULL;
    free(file->path);
    free(file->fresh);
    free(file);
    return NULL;
}

int64_t metrics_file_deadline(const struct metrics_file *file)
{
    return file == NULL ? INT64_MAX : file->due;
}

/* A reader sees the old file or the new one. Nothing is synced: who reads a figure of before a
 * power cut misses nothing. */
static bool file_replace(const struct metrics_file *file, const struct metrics_values *values)
{
    FILE *out = fopen(file->fresh, "we");

    if (out == NULL)
        return false;
    metrics_render(values, out);
    /* The collector runs under another account, whatever the umask says. */
    bool fine = fchmod(fileno(out), 0644) == 0 && !ferror(out);
    if (fclose(out) != 0)
        fine = false;
    fine = fine && rename(file->fresh, file->path) == 0;
    int cause = errno;
    if (!fine)
        unlink(file->fresh);
    errno = cause;
    return fine;
}

void metrics_file_write(struct metrics_file *file, const struct metrics_values *values,
                        int64_t now_ms)
{
    if (file == NULL)
        return;
    bool fine = file_replace(file, values);
    if (!fine && !file->complained)
        log_warning("cannot write the metrics to '%s': %s", file->path, strerror(errno));
    file->complained = !fine;
    file->due = now_ms + METRICS_MS;
}
