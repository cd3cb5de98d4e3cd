#include "component/daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "component/database.h"
#include "component/driver.h"
#include "component/log.h"
#include "component/settings.h"
#include "component/status_socket.h"
#include "component/store.h"
#include "component/stream.h"

enum {
    /* The longest sleep: so soon a changed wall clock is noticed. */
    SLEEP_MS_MAX = 1000
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Counts the time that the machine slept, too: a lease runs out meanwhile. */
static int64_t monotonic_read(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

static struct now now_read(void)
{
    return (struct now){monotonic_read(), clock_ms(CLOCK_REALTIME)};
}

static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error like a full disk */
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* A bad file changes nothing. What the running process has taken from the file stays until a
 * restart; what the database has is read again at once. */
static void hangup(struct driver *driver, const char *config_path)
{
    struct config fresh;

    sd_notify(0, "RELOADING=1");
    if (config_load(config_path, &fresh, stderr)) {
        log_level_set((enum log_level)fresh.log_level);
        config_release(&fresh);
        driver_reload(driver, now_read());
        log_info("reading the settings again; changes of '%s' but log_level need a restart",
                 config_path);
    } else {
        log_warning("'%s' has errors, nothing is changed", config_path);
    }
    sd_notify(0, "READY=1");
}

static void signals_read(int fd, struct driver *driver, const char *config_path)
{
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        switch (info.ssi_signo) {
        case SIGHUP:
            hangup(driver, config_path);
            break;
        case SIGUSR1:
            driver_dump(driver, stderr);
            break;
        default:
            log_info("ending");
            sd_notify(0, "STOPPING=1");
            driver_end(driver, now_read());
        }
    }
}

static int sleep_ms(const struct driver *driver, const struct status_socket *status, struct now now)
{
    int64_t due = driver_deadline(driver, now);

    if (status_socket_deadline(status) < due)
        due = status_socket_deadline(status);
    if (due <= now.at)
        return 0;
    return due - now.at > SLEEP_MS_MAX ? SLEEP_MS_MAX : (int)(due - now.at);
}

static void status_write(void *context, FILE *out)
{
    driver_dump(context, out);
}

/* Tells systemd what has changed since it was told: `told` is what. */
static void status_tell(const struct driver *driver, bool *ready, char *told, size_t size)
{
    char text[256];

    driver_status(driver, text, sizeof text);
    if (strcmp(text, told) != 0)
        sd_notifyf(0, "STATUS=%s", text);
    snprintf(told, size, "%s", text);
    if (!*ready && driver_is_ready(driver)) {
        *ready = true;
        sd_notify(0, "READY=1");
    }
    sd_notify(0, "WATCHDOG=1");
}

static void loop(struct driver *driver, struct status_socket *status, int signals,
                 const char *config_path)
{
    bool ready = false;
    char told[256] = "";

    while (!driver_ended(driver, now_read())) {
        struct stream *stream = driver_stream(driver);
        struct store *store = driver_store(driver);
        struct pollfd descriptors[] = {
            {.fd = stream_fd(stream), .events = stream_poll_events(stream)},
            {.fd = store_fd(store), .events = store_poll_events(store)},
            {.fd = signals, .events = POLLIN},
            {.fd = status_socket_fd(status), .events = status_socket_poll_events(status)},
            {.fd = driver_clerk_fd(driver), .events = POLLIN},
            {.fd = driver_files_fd(driver), .events = POLLIN},
        };
        if (poll(descriptors, 6, sleep_ms(driver, status, now_read())) < 0 && errno != EINTR)
            abort();
        if (descriptors[2].revents != 0)
            signals_read(signals, driver, config_path);
        driver_process(driver, descriptors[0].revents, descriptors[1].revents, now_read());
        status_socket_process(status, descriptors[3].revents, now_read().at, status_write, driver);
        status_tell(driver, &ready, told, sizeof told);
    }
}

/* A database that is away now is waited for; one with another schema never fits, nor does a user
 * whom nothing there binds. */
static bool schema_fits(const struct config *config)
{
    struct error error = {""};
    PGconn *database = database_connect(config->database, &error);
    bool fits = true;

    if (database != NULL)
        fits = database_become(database, "deskbell_settings", &error) &&
               settings_schema_fits(database, &error) && database_is_bound(database, &error);
    else
        log_warning("the database is away, waiting for it");
    PQfinish(database);
    if (!fits)
        log_error("%s", error.text);
    return fits;
}

int daemon_run(const struct config *config, const char *config_path)
{
    int signals = signals_open();

    if (signals < 0)
        abort();
    log_level_set((enum log_level)config->log_level);
    prctl(PR_SET_DUMPABLE, 0); /* no secret and no chat in a core file */
    if (!schema_fits(config)) {
        close(signals);
        return EX_CONFIG;
    }
    xmpp_initialize();
    struct driver *driver = driver_new(config, monotonic_read);
    struct status_socket *status = status_socket_new(config->state_dir);
    driver_start(driver, now_read());
    loop(driver, status, signals, config_path);
    int code = driver_failure(driver);
    status_socket_free(status);
    driver_free(driver);
    xmpp_shutdown();
    close(signals);
    log_info("ended");
    return code;
}
