/* How the driver is: in words for `deskbell status` and the log, in figures for Prometheus. */
#include <stdlib.h>

#include "component/driver_private.h"
#include "component/driver_spool.h"

void driver_metrics_write(struct driver *driver)
{
    struct metrics_values values = {
        .consortium = driver->config->consortium,
        .stream_up = stream_state(driver->stream) == STREAM_UP,
        .database_up = store_state(driver->store) == STORE_UP,
        .active = driver->node == NODE_ACTIVE && !driver->closing,
        .stream = stream_counts(driver->stream),
        .store = store_counts(driver->store),
        .messages_in = driver->messages_in,
        .messages_out = driver->messages_out,
        .unkept = driver->unkept,
        .wall_ms = driver->now.wall,
        .routing = driver->settings == NULL ? NULL : driver->routing,
    };

    if (driver->metrics == NULL)
        return;
    store_spool(driver->store, &values.spool);
    metrics_file_write(driver->metrics, &values, driver->now.at);
}

static const char *store_words(enum store_state state)
{
    switch (state) {
    case STORE_UP:
        return "connected";
    case STORE_STANDBY:
        return "connected, another process serves";
    case STORE_FENCED:
        return "another process has taken over";
    case STORE_CLOSED:
    case STORE_AWAY:
        return "away";
    }
    abort();
}

void driver_dump(const struct driver *driver, FILE *out)
{
    const struct stream_counts *stream = stream_counts(driver->stream);

    fprintf(out, "deskbell " DESKBELL_VERSION ", process %s, consortium '%s'\n", driver->holder,
            driver->config->consortium);
    fprintf(out, "database: %s\n", store_words(store_state(driver->store)));
    driver_lease_dump(driver, out);
    spool_dump(driver->store, driver->now, out);
    fprintf(out, "stream: %llu stanzas in, %llu out, %llu refused\n",
            (unsigned long long)stream->stanzas_in, (unsigned long long)stream->stanzas_out,
            (unsigned long long)stream->refused);
    fprintf(out, "turns: %d in flight, %zu lines not yet sent\n", driver->turns.in_flight,
            driver->outbox.count);
    if (driver->settings != NULL)
        routing_dump(driver->routing, out);
}
