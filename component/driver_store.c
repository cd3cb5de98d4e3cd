/* What the database brings: the settings, what was under way, and whether a turn is written. */
#include <stdlib.h>

#include "component/crash.h"
#include "component/database.h"
#include "component/driver_private.h"
#include "component/log.h"
#include "component/settings.h"
#include "policy/mem.h"

enum { SETTINGS_RETRY_MS = 5000 };

/* --- settings --- */

struct loading {
    struct driver *driver;
    char *consortium;
    struct consortium *settings; /* NULL: the error says why */
    struct error error;
};

/* In the clerk's thread. All queries see the same moment. */
static void settings_fetch(PGconn *database, void *context)
{
    struct loading *loading = context;
    struct error *error = &loading->error;
    bool exists = false;

    if (!database_run(database, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error) ||
        !database_run(database, "SET LOCAL ROLE deskbell_settings", error) ||
        !settings_load(database, loading->consortium, &loading->settings, &exists, error))
        return; /* the clerk rolls back */
    if (!exists)
        error_set(error, "the database has no consortium '%s'; deskbell import puts it there",
                  loading->consortium);
    (void)database_run(database, "COMMIT", NULL);
    CRASH_POINT("settings-fetched");
}

static void settings_apply(struct driver *driver, struct consortium *fresh)
{
    struct consortium *before = driver->settings;
    struct event event = {.type = EVENT_SETTINGS, .settings = fresh};

    driver->settings_due = INT64_MAX;
    driver->settings = fresh;
    driver->iq.settings = fresh;
    adhoc_settings(driver->adhoc, fresh);
    purge_look(driver->purge);
    status_files_settings(driver->status_files, fresh);
    driver_step(driver, &event);
    consortium_free(before);
    CRASH_POINT("settings-applied");
    log_info("settings of '%s': %zu libraries, %zu queues, %zu operators", fresh->name,
             fresh->library_count, fresh->queue_count, fresh->operator_count);
    if (!driver->restore_wanted || store_state(driver->store) != STORE_UP)
        return;
    driver->restore_wanted = false;
    store_restore(driver->store);
}

static void settings_fetched(void *context, enum clerk_end end)
{
    struct loading *loading = context;
    struct driver *driver = loading->driver;

    driver->loading = false;
    if (end == CLERK_AWAY && loading->error.text[0] == '\0')
        error_set(&loading->error, "the database cannot be reached");
    if (loading->settings == NULL) {
        driver->settings_due = driver->now.at + SETTINGS_RETRY_MS;
        log_warning("cannot load the settings of '%s'%s: %s", loading->consortium,
                    driver->settings == NULL ? "" : ", keeping the old ones", loading->error.text);
    } else if (driver->clerk != NULL) {
        settings_apply(driver, loading->settings);
    } else {
        consortium_free(loading->settings); /* the process ends */
    }
    if (driver->load_again)
        driver_settings_want(driver);
    free(loading->consortium);
    free(loading);
}

/* Loads them in the clerk's thread: a database that is slow or away must not stop the desk. What
 * was told while they are loaded may have come too late for it, so they are loaded again. */
void driver_settings_want(struct driver *driver)
{
    struct loading *loading;

    driver->load_again = driver->loading;
    if (driver->loading || driver->clerk == NULL)
        return;
    loading = mem_new(sizeof *loading);
    loading->driver = driver;
    loading->consortium = mem_strdup(driver->config->consortium);
    driver->loading =
        clerk_submit(driver->clerk, &(struct clerk_job){settings_fetch, settings_fetched, loading});
    if (driver->loading)
        return;
    driver->settings_due = driver->now.at + SETTINGS_RETRY_MS;
    free(loading->consortium);
    free(loading);
}

/* --- store --- */

/* A standby has loaded them, and was told of each change since. */
static bool settings_are_fresh(const struct driver *driver)
{
    return driver->node == NODE_STANDBY && driver->settings != NULL && !driver->loading &&
           driver->settings_due == INT64_MAX;
}

static void store_is_up(void *context, bool again)
{
    struct driver *driver = context;

    log_info("connected to the database%s", again ? " again" : "");
    /* A restore that is under way goes on by itself where the last connection broke. */
    if (!again)
        driver->restore_wanted = true;
    if (driver->restore_wanted && settings_are_fresh(driver)) {
        driver->restore_wanted = false;
        store_restore(driver->store);
    } else {
        driver_settings_want(driver);
    }
}

static void store_is_away(void *context)
{
    struct driver *driver = context;

    if (driver->config->failover || !driver->restored)
        log_warning("the database is away%s", driver->restored ? ", chats wait for it" : "");
}

static void store_is_fenced(void *context)
{
    struct driver *driver = context;

    log_error("another process serves '%s' now, ending", driver->config->consortium);
    stream_cut(driver->stream);
    driver->failure = EXIT_FAILURE;
}

static void batch_committed(void *context, int64_t batch)
{
    struct driver *driver = context;

    log_debug("batch %lld is kept", (long long)batch);
    driver_carry_out(driver, turns_oldest(&driver->turns, batch));
    CRASH_POINT("turn-carried");
    turns_shift(&driver->turns);
}

static void settings_changed(void *context)
{
    driver_settings_want(context);
}

static void event_restored(void *context, struct event *event)
{
    driver_step(context, event);
}

static void all_restored(void *context, const struct store_start *start)
{
    struct driver *driver = context;
    struct routing_options options = {start->code_key, start->first_number};

    routing_start(driver->routing, &options);
    driver->restored = true;
    CRASH_POINT("restored");
    log_info("restored, epoch %lld", (long long)start->epoch);
    driver_lease_process(driver); /* opens the stream */
}

const struct store_events driver_store_events = {
    .up = store_is_up,
    .away = store_is_away,
    .fenced = store_is_fenced,
    .committed = batch_committed,
    .settings = settings_changed,
    .restore = event_restored,
    .restored = all_restored,
    .recalled = event_restored,
};
