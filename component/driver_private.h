/* driver_private.h: what the parts of the driver share; nobody else includes it.
 *
 * driver.c: its life. driver_signal.c: what stream and commands bring. driver_store.c: what the
 * database brings, settings too. driver_lease.c: whether we may serve, and who does.
 * driver_effect.c: what is done with routing's effects. driver_figures.c: how it is. */
#ifndef DESKBELL_COMPONENT_DRIVER_PRIVATE_H
#define DESKBELL_COMPONENT_DRIVER_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "component/adhoc.h"
#include "component/archive.h"
#include "component/clerk.h"
#include "component/codes.h"
#include "component/driver.h"
#include "component/driver_upload.h"
#include "component/iq.h"
#include "component/metrics.h"
#include "component/provision.h"
#include "component/purge.h"
#include "component/stanza_in.h"
#include "component/stanza_out.h"
#include "component/status_files.h"
#include "component/store.h"
#include "component/stream.h"
#include "component/token.h"
#include "component/turn.h"
#include "policy/consortium.h"
#include "routing/routing.h"

struct recall_wanted {
    int64_t chat;
    enum effect_type type; /* EFFECT_RECALL or EFFECT_REPLAY */
};

enum node {
    NODE_STARTING, /* no database yet, or restoring */
    NODE_STANDBY,
    NODE_ACTIVE,
    NODE_LAPSED /* was active, and may not before its lease is renewed */
};

struct driver {
    const struct config *config;
    int64_t (*clock)(void);
    enum node node;
    int64_t node_since;
    xmpp_ctx_t *ctx;
    struct stream *stream;
    struct store *store;
    struct routing *routing;
    struct consortium *settings;
    struct status_files *status_files;
    struct metrics_file *metrics; /* NULL: none are wanted */
    uint64_t messages_in, messages_out, unkept;
    struct adhoc *adhoc;
    struct clerk *clerk;
    struct provision *provision; /* NULL: accounts are not ours to make */
    struct codes codes;
    struct archive *archive;
    struct parcels *parcels;
    struct purge *purge;
    struct iq iq;
    struct turns turns;
    struct outbox outbox;
    struct xml_out out; /* scratch */
    struct stanza_out stanza_out;
    struct now now;
    char *holder;
    bool loading, load_again; /* the settings, by a job of the clerk; and once more behind it */
    bool restore_wanted;      /* when they are there */
    bool restored;
    bool paused;
    struct recall_wanted *recalls; /* that the store had no room for yet */
    size_t recall_count, recall_capacity;
    int64_t marks_due;    /* INT64_MAX: none wait */
    int64_t settings_due; /* when to try again to load them; INT64_MAX: never */
    bool ending, closing; /* asked to end; the stream's end has begun */
    int64_t end_due;
    int failure;
    struct jid from, to; /* of the stanza that is being read */
    struct token fresh;  /* nobody has it yet */
};

extern const struct stream_events driver_stream_events;
extern const struct store_events driver_store_events;

/* driver_effect.c */

/* Gives routing the event; what it decides joins the turn that gathers. */
void driver_step(struct driver *driver, struct event *event);
/* Now, and not with the turn. */
void driver_send(struct driver *driver, const struct effect *effect);
void driver_recalls_retry(struct driver *driver);
/* Sends what the turn decided; its records are in the database. */
void driver_carry_out(struct driver *driver, const struct turn *turn);
/* Which lines the socket has taken. */
void driver_marks_look(struct driver *driver);
void driver_turn_end(struct driver *driver);
void driver_throttle(struct driver *driver);

/* driver_signal.c: hands for the commands; the context is the driver. */
void driver_command_send(void *context, const struct xml_out *out);
void driver_command_tell(void *context, const char *to, const char *body);
void driver_command_step(void *context, struct event *event);
void driver_command_upload(void *context, const char *to, const char *name, const char *type,
                           char *bytes, size_t size);

/* driver_lease.c */

/* Closes and opens the stream as the lease says. */
void driver_lease_process(struct driver *driver);
int64_t driver_lease_deadline(const struct driver *driver);
/* A line for `deskbell status`; none without failover. */
void driver_lease_dump(const struct driver *driver, FILE *out);

/* driver_figures.c: writes the file of metrics. */
void driver_metrics_write(struct driver *driver);

/* driver_store.c: reads the settings again, in the clerk's thread. */
void driver_settings_want(struct driver *driver);

#endif
