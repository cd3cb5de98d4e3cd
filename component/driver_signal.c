/* What the stream and the commands bring. */
#include <string.h>

#include "component/crash.h"
#include "component/driver_private.h"
#include "component/driver_spool.h"

static void stream_is_up(void *context)
{
    struct driver *driver = context;
    struct event event = {.type = EVENT_STREAM_UP};

    for (size_t i = 0; i < driver->outbox.count; i++) {
        struct outbox_line *line = outbox_line(&driver->outbox, i);
        stream_send(driver->stream, line->bytes, line->length);
        line->position = stream_queued(driver->stream);
    }
    driver_step(driver, &event);
    adhoc_stream_up(driver->adhoc);
    CRASH_POINT("stream-up");
}

static void stream_is_down(void *context)
{
    struct driver *driver = context;
    struct event event = {.type = EVENT_STREAM_DOWN};

    outbox_written(&driver->outbox, stream_received(driver->stream));
    for (size_t i = 0; i < driver->outbox.count; i++)
        outbox_line(&driver->outbox, i)->position = UINT64_MAX;
    adhoc_forget_pending(driver->adhoc);
    adhoc_account_due(driver->adhoc, INT64_MAX);
    archive_down(driver->archive);
    parcels_down(driver->parcels);
    if (!driver->closing)
        driver_step(driver, &event);
}

static void iq_received(struct driver *driver, xmpp_stanza_t *stanza)
{
    struct event event;

    if (parcels_answered(driver->parcels, stanza, driver->now.at))
        return;
    adhoc_clock(driver->adhoc, driver->now.at, driver->now.wall);
    if (adhoc_account_answered(driver->adhoc, stanza))
        return;
    xml_out_clear(&driver->out);
    bool means = iq_handle(&driver->iq, stanza, &driver->out, &event);
    if (driver->out.length > 0)
        stream_send(driver->stream, driver->out.bytes, driver->out.length);
    if (means)
        driver_step(driver, &event);
}

/* --- commands --- */

void driver_command_send(void *context, const struct xml_out *out)
{
    struct driver *driver = context;

    stream_send(driver->stream, out->bytes, out->length);
}

/* Whoever is away reads it later. */
void driver_command_tell(void *context, const char *to, const char *body)
{
    const struct effect message = {
        .type = EFFECT_MESSAGE,
        .from = "",
        .to = to,
        .message = {.id = "", .body = body},
    };

    driver_send(context, &message);
}

void driver_command_step(void *context, struct event *event)
{
    driver_step(context, event);
}

void driver_command_upload(void *context, const char *to, const char *name, const char *type,
                           char *bytes, size_t size)
{
    struct driver *driver = context;

    parcels_send(driver->parcels, to, name, type, bytes, size, driver->now.at);
}

static void stanza_received(void *context, xmpp_stanza_t *stanza)
{
    struct driver *driver = context;
    struct event event = {.type = EVENT_TIME, .wall = driver->now.wall};

    if (driver->closing)
        return;
    if (store_is_stuck(driver->store)) {
        xml_out_clear(&driver->out);
        if (spool_refuses(stanza, driver->config->component.jid, &driver->out)) {
            driver->unkept++;
            stream_send(driver->stream, driver->out.bytes, driver->out.length);
            return;
        }
    }
    if (strcmp(xmpp_stanza_get_name(stanza), "iq") == 0)
        iq_received(driver, stanza);
    else if (stanza_in_event(stanza, driver->config->component.jid, &driver->from, &driver->to,
                             &event) &&
             (driver->settings == NULL ||
              !codes_take(&driver->codes, driver->settings->id, &event)))
        driver_step(driver, &event);
    if (turns_gathering(&driver->turns)->effects.count >= STORE_BATCH_RECORDS)
        driver_turn_end(driver);
}

/* The process may have been stopped since it looked last, for longer than the lease. */
static bool stream_may_write(void *context)
{
    struct driver *driver = context;

    return store_may_write(driver->store, driver->clock());
}

const struct stream_events driver_stream_events = {
    .may_write = stream_may_write,
    .up = stream_is_up,
    .down = stream_is_down,
    .stanza = stanza_received,
};
