/* metrics.h: the desk's figures for Prometheus, as a file for node_exporter's textfile collector.
 *
 * No port is opened: the file is replaced atomically every METRICS_MS and once more at the end, and
 * node_exporter reads it. Nothing in it names a person or says what somebody wrote: queues are the
 * only names. doc/operations.md lists the figures and what to be woken by. */
#ifndef DESKBELL_COMPONENT_METRICS_H
#define DESKBELL_COMPONENT_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "component/store.h"
#include "component/stream.h"
#include "routing/routing.h"

enum { METRICS_MS = 15 * 1000 };

/* What is told, at one instant; all is borrowed for the call. */
struct metrics_values {
    const char *consortium;
    bool stream_up, database_up;
    bool active; /* not a standby, not starting */
    const struct stream_counts *stream;
    const struct store_counts *store;
    struct store_spool spool;
    uint64_t messages_in, messages_out; /* with words in them */
    uint64_t unkept;                    /* refused since they could not be written down */
    int64_t wall_ms;                    /* now */
    const struct routing *routing;      /* NULL before there are settings: no queues then */
};

/* Prometheus' text format: HELP and TYPE once a name, all samples of a name together. */
void metrics_render(const struct metrics_values *values, FILE *out);

struct metrics_file;

/* `path` is borrowed. NULL for a NULL: then nothing is ever written. */
struct metrics_file *metrics_file_new(const char *path);
/* NULL is fine for all of these. Always returns NULL. */
struct metrics_file *metrics_file_free(struct metrics_file *file);

/* When the next is due, by the monotonic clock; INT64_MAX: never. */
int64_t metrics_file_deadline(const struct metrics_file *file);

/* Replaces the file now, whatever is due. A file that cannot be written is logged once until it
 * works again, and tried again when it is due. */
void metrics_file_write(struct metrics_file *file, const struct metrics_values *values,
                        int64_t now_ms);

#endif
