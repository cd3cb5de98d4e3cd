#include "component/driver.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/crash.h"
#include "component/driver_private.h"
#include "component/log.h"
#include "policy/mem.h"

enum { END_MS_MAX = 5000 };

/* What works with the clerk beside the commands. */
static void helpers_new(struct driver *driver)
{
    const char *jid = driver->config->component.jid;

    driver->archive = archive_new(&(struct archive_desk){
        .domain = jid, .clerk = driver->clerk, .context = driver, .send = driver_command_send});
    driver->iq.archive = driver->archive;
    driver->parcels = parcels_new(&(struct parcels_desk){
        .ctx = driver->ctx,
        .jid = jid,
        .domain = driver->config->accounts.domain,
        .context = driver,
        .send = driver_command_send,
        .tell = driver_command_tell,
    });
    driver->purge = purge_new(&(struct purge_desk){.context = driver, .step = driver_command_step});
}

static void helpers_free(struct driver *driver)
{
    archive_free(driver->archive);
    parcels_free(driver->parcels);
    purge_free(driver->purge);
}

struct driver *driver_new(const struct config *config, int64_t (*clock)(void))
{
    struct driver *driver = mem_new(sizeof *driver);
    char host[256] = "";
    uint64_t random = 0;

    driver->config = config;
    driver->clock = clock;
    driver->ctx = xmpp_ctx_new(NULL, NULL);
    if (driver->ctx == NULL || getentropy(&random, sizeof random) != 0)
        abort();
    gethostname(host, sizeof host - 1);
    driver->holder = mem_printf("%s:%ld", host, (long)getpid());
    driver->routing = routing_new();
    driver->adhoc = adhoc_new(driver->routing);
    iq_init(&driver->iq, driver->ctx, config->component.jid, driver->adhoc);
    token_make(&driver->fresh);
    turns_init(&driver->turns);
    outbox_init(&driver->outbox);
    xml_out_init(&driver->out);
    driver->stanza_out = (struct stanza_out){config->component.jid, driver->iq.caps_ver};
    driver->marks_due = driver->settings_due = INT64_MAX;
    driver->status_files = status_files_new(config->status_dir);
    driver->metrics = metrics_file_new(config->metrics_file);
    driver->stream = stream_new(
        &(struct stream_options){
            .ctx = driver->ctx,
            .jid = config->component.jid,
            .host = config->component.host,
            .port = config->component.port,
            .allow_remote = config->component.allow_remote,
            .secret = config->component.secret,
            .random = random,
        },
        &driver_stream_events, driver);
    driver->store = store_new(
        &(struct store_options){
            .conninfo = config->database,
            .consortium = config->consortium,
            .holder = driver->holder,
            .random = ~random,
            .failover = config->failover,
        },
        &driver_store_events, driver);
    driver->clerk = clerk_new(config->database);
    driver->codes =
        (struct codes){.clerk = driver->clerk, .context = driver, .tell = driver_command_tell};
    if (config->accounts.provision)
        driver->provision =
            provision_new(driver->ctx, config->component.jid, config->accounts.domain);
    helpers_new(driver);
    adhoc_attach(driver->adhoc, &(struct adhoc_desk){
                                    .clerk = driver->clerk,
                                    .consortium = config->consortium,
                                    .domain = config->component.jid,
                                    .accounts_domain = config->accounts.domain,
                                    .provision = driver->provision,
                                    .context = driver,
                                    .send = driver_command_send,
                                    .tell = driver_command_tell,
                                    .upload = driver_command_upload,
                                    .step = driver_command_step,
                                });
    return driver;
}

struct driver *driver_free(struct driver *driver)
{
    if (driver == NULL)
        return NULL;
    driver_metrics_write(driver);
    struct clerk *clerk = driver->clerk;
    driver->clerk = driver->codes.clerk = NULL; /* what its jobs bring now is thrown away */
    adhoc_attach(driver->adhoc, &(struct adhoc_desk){0});
    archive_end(driver->archive);
    purge_end(driver->purge);
    clerk_free(clerk);
    helpers_free(driver);
    stream_free(driver->stream);
    store_free(driver->store);
    adhoc_free(driver->adhoc);
    provision_free(driver->provision);
    routing_free(driver->routing);
    status_files_free(driver->status_files);
    metrics_file_free(driver->metrics);
    consortium_free(driver->settings);
    iq_release(&driver->iq);
    turns_release(&driver->turns);
    outbox_release(&driver->outbox);
    xml_out_release(&driver->out);
    xmpp_ctx_free(driver->ctx);
    free(driver->recalls);
    free(driver->holder);
    free(driver);
    return NULL;
}

struct stream *driver_stream(struct driver *driver)
{
    return driver->stream;
}

struct store *driver_store(struct driver *driver)
{
    return driver->store;
}

int driver_clerk_fd(const struct driver *driver)
{
    return clerk_fd(driver->clerk);
}

int driver_files_fd(const struct driver *driver)
{
    return parcels_fd(driver->parcels);
}

void driver_start(struct driver *driver, struct now now)
{
    struct error error = {""};

    driver->now = now;
    driver->node_since = now.at;
    /* With a standby one node that writes matters more than chats that go on. */
    if (!store_keep(driver->store, driver->config->state_dir, !driver->config->failover, &error)) {
        log_error("%s", error.text);
        driver->failure = EXIT_FAILURE;
        return;
    }
    store_open(driver->store, now.at);
}

/* What routing waits for: time-outs, boundaries of policy. */
static void routing_due(struct driver *driver)
{
    struct event event = {.type = EVENT_TIME};

    if (driver->settings != NULL && driver->restored && !driver->closing &&
        routing_deadline(driver->routing, driver->now.at, driver->now.wall) <= driver->now.at)
        driver_step(driver, &event);
}

/* While the database is away they come with its return. */
static bool settings_may(const struct driver *driver)
{
    enum store_state state = store_state(driver->store);

    return state == STORE_UP || (state == STORE_STANDBY && driver->config->failover);
}

static void settings_retry(struct driver *driver)
{
    if (driver->now.at < driver->settings_due || !settings_may(driver))
        return;
    driver->settings_due = INT64_MAX;
    driver_settings_want(driver);
}

/* Routing has to know what is open before it is told what is not. */
static bool purge_may(const struct driver *driver)
{
    return driver->restored && !driver->ending && store_state(driver->store) == STORE_UP;
}

/* The last turn is on its way to the database; then the stream closes, then the last marks. */
static void end_process(struct driver *driver)
{
    if (!driver->ending || driver->closing || driver->turns.in_flight > 0 ||
        turns_gathering(&driver->turns)->effects.count > 0)
        return;
    driver->closing = true;
    stream_close(driver->stream, driver->now.at);
    CRASH_POINT("end-closing");
}

static bool said_all(const struct driver *driver)
{
    return driver->closing && stream_state(driver->stream) == STREAM_DOWN &&
           store_in_flight(driver->store) == 0 && driver->outbox.left_count == 0;
}

void driver_process(struct driver *driver, short stream_revents, short store_revents,
                    struct now now)
{
    driver->now = now;
    adhoc_clock(driver->adhoc, now.at, now.wall);
    clerk_process(driver->clerk, now.at);
    adhoc_account_due(driver->adhoc, now.at);
    stream_process(driver->stream, stream_revents, now.at);
    store_process(driver->store, store_revents, now.at);
    driver_lease_process(driver);
    routing_due(driver);
    settings_retry(driver);
    parcels_process(driver->parcels, now.at);
    if (purge_may(driver))
        purge_process(driver->purge, driver->clerk, driver->settings, now.at, now.wall);
    if (driver->recall_count > 0)
        driver_recalls_retry(driver);
    driver_turn_end(driver);
    end_process(driver);
    stream_flush(driver->stream);
    if (driver_is_serving(driver) && !driver->closing)
        status_files_update(driver->status_files, driver->routing, now.at, now.wall);
    if (now.at >= metrics_file_deadline(driver->metrics))
        driver_metrics_write(driver);
    driver_marks_look(driver);
    driver_throttle(driver);
    if (said_all(driver))
        store_end(driver->store);
}

int64_t driver_deadline(const struct driver *driver, struct now now)
{
    int64_t due = stream_deadline(driver->stream);
    int64_t files =
        driver_is_serving(driver) ? status_files_deadline(driver->status_files) : INT64_MAX;
    int64_t others[] = {files,
                        adhoc_account_deadline(driver->adhoc),
                        clerk_deadline(driver->clerk),
                        store_deadline(driver->store),
                        driver_lease_deadline(driver),
                        store_room(driver->store) > 0 ? driver->marks_due : INT64_MAX,
                        metrics_file_deadline(driver->metrics),
                        settings_may(driver) ? driver->settings_due : INT64_MAX,
                        driver->ending ? driver->end_due : INT64_MAX,
                        parcels_deadline(driver->parcels),
                        purge_may(driver) ? purge_deadline(driver->purge) : INT64_MAX,
                        driver->restored ? routing_deadline(driver->routing, now.at, now.wall)
                                         : INT64_MAX};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i] < due)
            due = others[i];
    return due;
}

void driver_end(struct driver *driver, struct now now)
{
    struct event event = {.type = EVENT_STREAM_CLOSING};

    if (driver->ending)
        return;
    driver->now = now;
    driver->ending = true;
    driver->end_due = now.at + END_MS_MAX;
    CRASH_POINT("end-asked");
    if (driver->restored)
        driver_step(driver, &event);
}

bool driver_ended(const struct driver *driver, struct now now)
{
    if (driver->failure != 0)
        return true;
    if (!driver->ending)
        return false;
    if (now.at >= driver->end_due)
        return true;
    return said_all(driver) && store_has_ended(driver->store);
}

int driver_failure(const struct driver *driver)
{
    return driver->failure;
}

void driver_reload(struct driver *driver, struct now now)
{
    driver->now = now;
    if (driver->settings != NULL)
        driver_settings_want(driver);
}

bool driver_is_serving(const struct driver *driver)
{
    return stream_state(driver->stream) == STREAM_UP;
}
