/* Failover: whether this process serves, stands by, or may not go on before its lease is renewed.
 */
#include <assert.h>
#include <stdio.h>

#include "component/driver_private.h"
#include "component/lease.h"
#include "component/log.h"
#include "policy/instant.h"

static void node_become(struct driver *driver, enum node node)
{
    if (driver->node == node)
        return;
    driver->node = node;
    driver->node_since = driver->now.at;
}

/* Nobody may be told anything more: not even the end of the stream. */
static void lapse(struct driver *driver)
{
    bool was_up =
        stream_state(driver->stream) == STREAM_UP || stream_state(driver->stream) == STREAM_CLOSING;

    log_warning("the lease was not renewed for %d seconds: the stream is closed until it is",
                LEASE_HOLD_MS / 1000);
    stream_cut(driver->stream);
    node_become(driver, NODE_LAPSED);
    if (was_up)
        driver_stream_events.down(driver);
}

static void serve(struct driver *driver)
{
    if (driver->node == NODE_LAPSED)
        log_info("the lease is renewed");
    node_become(driver, NODE_ACTIVE);
    if (!driver->closing)
        stream_open(driver->stream, driver->now.at);
}

void driver_lease_process(struct driver *driver)
{
    if (driver->failure != 0)
        return;
    if (!driver->restored) {
        bool waits = driver->config->failover && store_state(driver->store) == STORE_STANDBY;
        node_become(driver, waits ? NODE_STANDBY : NODE_STARTING);
        return;
    }
    bool may = store_may_write(driver->store, driver->now.at);
    if (may && driver->node != NODE_ACTIVE)
        serve(driver);
    else if (!may && driver->node != NODE_LAPSED)
        lapse(driver);
}

int64_t driver_lease_deadline(const struct driver *driver)
{
    return driver->node == NODE_ACTIVE ? store_lapses_at(driver->store) : INT64_MAX;
}

bool driver_is_ready(const struct driver *driver)
{
    return driver_is_serving(driver) || driver->node == NODE_STANDBY;
}

void driver_status(const struct driver *driver, char *ret, size_t size)
{
    const char *words = "Waiting for the database";

    if (driver->node == NODE_STANDBY) {
        snprintf(ret, size, "Standby: '%s' serves", store_serving(driver->store));
        return;
    }
    if (driver->node == NODE_LAPSED)
        words = "Paused: the lease is not renewed";
    else if (driver->node == NODE_ACTIVE)
        words = !driver_is_serving(driver) ? "Waiting for the XMPP server"
                : driver->config->failover ? "Active"
                                           : "Serving";
    snprintf(ret, size, "%s", words);
}

void driver_lease_dump(const struct driver *driver, FILE *out)
{
    static const char *const words[] = {
        [NODE_STARTING] = "starting",
        [NODE_STANDBY] = "standby",
        [NODE_ACTIVE] = "active",
        [NODE_LAPSED] = "paused, for its lease is not renewed,",
    };
    char text[INSTANT_TEXT_SIZE];

    if (!driver->config->failover)
        return;
    int64_t since = driver->now.wall - (driver->now.at - driver->node_since);
    fprintf(out, "failover: %s since %s", words[driver->node], instant_print(since / 1000, text));
    if (driver->node == NODE_STANDBY)
        fprintf(out, ", '%s' serves", store_serving(driver->store));
    fputc('\n', out);
}
