#include "component/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/adhoc.h"
#include "component/archive.h"
#include "component/clerk.h"
#include "component/codes.h"
#include "component/database.h"
#include "component/driver_spool.h"
#include "component/driver_upload.h"
#include "component/iq.h"
#include "component/log.h"
#include "component/provision.h"
#include "component/purge.h"
#include "component/settings.h"
#include "component/status_files.h"
#include "component/stanza_in.h"
#include "component/stanza_out.h"
#include "component/store.h"
#include "component/stream.h"
#include "component/token.h"
#include "component/turn.h"
#include "policy/consortium.h"
#include "policy/mem.h"
#include "routing/routing.h"

enum {
    /* A mark that nothing else carries to the database goes by itself after so long. */
    MARKS_DELAY_MS = 1000,
    SETTINGS_RETRY_MS = 5000,
    END_MS_MAX = 5000
};

struct recall_wanted {
    int64_t chat;
    enum effect_type type; /* EFFECT_RECALL or EFFECT_REPLAY */
};

struct driver {
    const struct config *config;
    xmpp_ctx_t *ctx;
    struct stream *stream;
    struct store *store;
    struct routing *routing;
    struct consortium *settings;
    struct status_files *status_files;
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

static void driver_step(struct driver *driver, struct event *event)
{
    struct turn *turn = turns_gathering(&driver->turns);

    event->at = driver->now.at;
    event->wall = driver->now.wall;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    event->fresh = &driver->fresh;
    routing_step(driver->routing, event, &turn->effects);
    if (turn->effects.token_used)
        token_make(&driver->fresh);
    turn->effects.token_used = false;
}

/* --- sending --- */

static void effect_send(struct driver *driver, const struct effect *effect)
{
    const char *ping_id = NULL;

    if (effect->type == EFFECT_PING)
        ping_id = iq_ping_id(&driver->iq, effect->from, effect->to);
    xml_out_clear(&driver->out);
    stanza_out_effect(&driver->stanza_out, effect, ping_id, &driver->out);
    stream_send(driver->stream, driver->out.bytes, driver->out.length);
    if (effect->type != EFFECT_MESSAGE || effect->message.mark.type == MARK_NONE)
        return;
    /* While the server is away the line waits; stream_is_up() sends it. */
    uint64_t position = stream_state(driver->stream) == STREAM_UP
                            ? stream_queued(driver->stream)
                            : UINT64_MAX;
    outbox_add(&driver->outbox, &effect->message.mark, driver->out.bytes, driver->out.length,
               position);
}

/* A chat whose lines are asked for is not offered before they come: no call may be lost. */
static bool recall_try(struct driver *driver, const struct recall_wanted *wanted)
{
    return wanted->type == EFFECT_RECALL ? store_recall(driver->store, wanted->chat)
                                         : store_replay(driver->store, wanted->chat);
}

static void recall(struct driver *driver, const struct effect *effect)
{
    const struct recall_wanted wanted = {effect->recall, effect->type};

    if (driver->recall_count == 0 && recall_try(driver, &wanted))
        return;
    if (driver->recall_count == driver->recall_capacity) {
        driver->recall_capacity = driver->recall_capacity == 0 ? 64 : driver->recall_capacity * 2;
        driver->recalls =
            mem_resize(driver->recalls, driver->recall_capacity * sizeof *driver->recalls);
    }
    driver->recalls[driver->recall_count++] = wanted;
}

static void recalls_retry(struct driver *driver)
{
    size_t done = 0;

    while (done < driver->recall_count && recall_try(driver, &driver->recalls[done]))
        done++;
    driver->recall_count -= done;
    memmove(driver->recalls, driver->recalls + done,
            driver->recall_count * sizeof *driver->recalls);
}

/* Of a word by command. */
static void answer_send(struct driver *driver, const struct effect *effect)
{
    xml_out_clear(&driver->out);
    adhoc_answer(driver->adhoc, effect, &driver->out);
    if (driver->out.length > 0)
        stream_send(driver->stream, driver->out.bytes, driver->out.length);
}

static void turn_carry_out(struct driver *driver, const struct turn *turn)
{
    for (size_t i = 0; i < turn->effects.count; i++) {
        const struct effect *effect = &turn->effects.list[i];
        if (effect_is_record(effect))
            continue;
        if (effect->type == EFFECT_RECALL || effect->type == EFFECT_REPLAY)
            recall(driver, effect);
        else if (effect->type == EFFECT_ANSWER)
            answer_send(driver, effect);
        else
            effect_send(driver, effect);
    }
}

static void marks_look(struct driver *driver)
{
    if (stream_state(driver->stream) == STREAM_UP || stream_state(driver->stream) == STREAM_CLOSING)
        outbox_written(&driver->outbox, stream_written(driver->stream));
    if (driver->outbox.left_count == 0)
        driver->marks_due = INT64_MAX;
    else if (driver->marks_due == INT64_MAX)
        driver->marks_due = driver->now.at + MARKS_DELAY_MS;
}

/* What has gathered is submitted when there is something to write down and room for it; sends
 * without records wait only for the turns before them, so that the order stays. */
static void turn_end(struct driver *driver)
{
    struct turn *turn = turns_gathering(&driver->turns);
    struct outbox *outbox = &driver->outbox;

    marks_look(driver);
    turn_count_records(turn);
    bool marks_wait = outbox->left_count > 0 &&
                      (driver->now.at >= driver->marks_due || driver->closing);
    if (turn->records == 0 && !marks_wait) {
        if (turn->effects.count == 0 || driver->turns.in_flight > 0)
            return;
        turn_carry_out(driver, turn);
        turn_clear(turn);
        return;
    }
    if (store_room(driver->store) == 0)
        return;
    int64_t batch =
        store_submit(driver->store, &turn->effects, outbox->left, outbox->left_count);
    turns_submitted(&driver->turns, batch);
    outbox_marked(outbox);
    driver->marks_due = INT64_MAX;
}

/* A database that does not keep up stops the reading, not the memory. */
static void driver_throttle(struct driver *driver)
{
    bool full = turns_gathering(&driver->turns)->effects.count >= STORE_BATCH_RECORDS &&
                store_room(driver->store) == 0;

    if (full == driver->paused)
        return;
    driver->paused = full;
    stream_pause(driver->stream, full);
}

/* --- stream --- */

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
}

static void stream_is_down(void *context)
{
    struct driver *driver = context;
    struct event event = {.type = EVENT_STREAM_DOWN};

    for (size_t i = 0; i < driver->outbox.count; i++)
        outbox_line(&driver->outbox, i)->position = UINT64_MAX;
    adhoc_forget_pending(driver->adhoc);
    adhoc_account_due(driver->adhoc, INT64_MAX);
    archive_down(driver->archive);
    parcels_down(driver->parcels, driver->clerk);
    if (!driver->closing)
        driver_step(driver, &event);
}

static void iq_received(struct driver *driver, xmpp_stanza_t *stanza)
{
    struct event event;

    if (parcels_answered(driver->parcels, driver->clerk, stanza, driver->now.at))
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

static void command_send(void *context, const struct xml_out *out)
{
    struct driver *driver = context;

    stream_send(driver->stream, out->bytes, out->length);
}

/* Whoever is away reads it later. */
static void command_tell(void *context, const char *to, const char *body)
{
    const struct effect message = {
        .type = EFFECT_MESSAGE,
        .from = "",
        .to = to,
        .message = {.id = "", .body = body},
    };

    effect_send(context, &message);
}

static void command_step(void *context, struct event *event)
{
    driver_step(context, event);
}

static void command_upload(void *context, const char *to, const char *name, const char *type,
                           char *bytes, size_t size)
{
    struct driver *driver = context;

    parcels_send(driver->parcels, driver->clerk, to, name, type, bytes, size, driver->now.at);
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
        turn_end(driver);
}

static const struct stream_events stream_events = {
    .up = stream_is_up,
    .down = stream_is_down,
    .stanza = stanza_received,
};

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
    driver_step(driver, &event);
    consortium_free(before);
    log_info("settings of '%s': %zu libraries, %zu queues, %zu operators", fresh->name,
             fresh->library_count, fresh->queue_count, fresh->operator_count);
    if (!driver->restore_wanted || store_state(driver->store) != STORE_UP)
        return;
    driver->restore_wanted = false;
    store_restore(driver->store);
}

static void settings_want(struct driver *driver);

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
                    driver->settings == NULL ? "" : ", keeping the old ones",
                    loading->error.text);
    } else if (driver->clerk != NULL) {
        settings_apply(driver, loading->settings);
    } else {
        consortium_free(loading->settings); /* the process ends */
    }
    if (driver->load_again)
        settings_want(driver);
    free(loading->consortium);
    free(loading);
}

/* Loads them in the clerk's thread: a database that is slow or away must not stop the desk. What
 * was told while they are loaded may have come too late for it, so they are loaded again. */
static void settings_want(struct driver *driver)
{
    struct loading *loading;

    driver->load_again = driver->loading;
    if (driver->loading || driver->clerk == NULL)
        return;
    loading = mem_new(sizeof *loading);
    loading->driver = driver;
    loading->consortium = mem_strdup(driver->config->consortium);
    driver->loading = clerk_submit(
        driver->clerk, &(struct clerk_job){settings_fetch, settings_fetched, loading});
    if (driver->loading)
        return;
    driver->settings_due = driver->now.at + SETTINGS_RETRY_MS;
    free(loading->consortium);
    free(loading);
}

/* --- store --- */

static void store_is_up(void *context, bool again)
{
    struct driver *driver = context;

    log_info("connected to the database%s", again ? " again" : "");
    driver->restore_wanted = !driver->restored;
    settings_want(driver);
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

    turn_carry_out(driver, turns_oldest(&driver->turns, batch));
    turns_shift(&driver->turns);
}

static void settings_changed(void *context)
{
    settings_want(context);
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
    log_info("restored, epoch %lld", (long long)start->epoch);
    stream_open(driver->stream, driver->now.at);
}

static const struct store_events store_events = {
    .up = store_is_up,
    .away = store_is_away,
    .fenced = store_is_fenced,
    .committed = batch_committed,
    .settings = settings_changed,
    .restore = event_restored,
    .restored = all_restored,
    .recalled = event_restored,
};

/* --- life --- */

/* What works with the clerk beside the commands. */
static void helpers_new(struct driver *driver)
{
    const char *jid = driver->config->component.jid;

    driver->archive = archive_new(&(struct archive_desk){
        .domain = jid, .clerk = driver->clerk, .context = driver, .send = command_send});
    driver->iq.archive = driver->archive;
    driver->parcels = parcels_new(&(struct parcels_desk){
        .ctx = driver->ctx,
        .jid = jid,
        .domain = driver->config->accounts.domain,
        .context = driver,
        .send = command_send,
        .tell = command_tell,
    });
    driver->purge =
        purge_new(&(struct purge_desk){.context = driver, .step = command_step});
}

static void helpers_free(struct driver *driver)
{
    archive_free(driver->archive);
    parcels_free(driver->parcels);
    purge_free(driver->purge);
}

struct driver *driver_new(const struct config *config)
{
    struct driver *driver = mem_new(sizeof *driver);
    char host[256] = "";
    uint64_t random = 0;

    driver->config = config;
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
    driver->stream = stream_new(
        &(struct stream_options){
            .ctx = driver->ctx,
            .jid = config->component.jid,
            .host = config->component.host,
            .port = config->component.port,
            .secret = config->component.secret,
            .random = random,
        },
        &stream_events, driver);
    driver->store = store_new(
        &(struct store_options){
            .conninfo = config->database,
            .consortium = config->consortium,
            .holder = driver->holder,
            .random = ~random,
        },
        &store_events, driver);
    driver->clerk = clerk_new(config->database);
    driver->codes = (struct codes){.clerk = driver->clerk, .context = driver, .tell = command_tell};
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
                                    .send = command_send,
                                    .tell = command_tell,
                                    .upload = command_upload,
                                    .step = command_step,
                                });
    return driver;
}

struct driver *driver_free(struct driver *driver)
{
    if (driver == NULL)
        return NULL;
    struct clerk *clerk = driver->clerk;
    driver->clerk = driver->codes.clerk = NULL; /* what its jobs bring now is thrown away */
    adhoc_attach(driver->adhoc, &(struct adhoc_desk){0});
    archive_end(driver->archive);
    parcels_end(driver->parcels);
    purge_end(driver->purge);
    clerk_free(clerk);
    helpers_free(driver);
    stream_free(driver->stream);
    store_free(driver->store);
    adhoc_free(driver->adhoc);
    provision_free(driver->provision);
    routing_free(driver->routing);
    status_files_free(driver->status_files);
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

void driver_start(struct driver *driver, struct now now)
{
    struct error error = {""};

    driver->now = now;
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

static void settings_retry(struct driver *driver)
{
    if (driver->now.at < driver->settings_due || store_state(driver->store) != STORE_UP)
        return;
    driver->settings_due = INT64_MAX;
    settings_want(driver);
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
    routing_due(driver);
    settings_retry(driver);
    parcels_process(driver->parcels, driver->clerk, now.at);
    if (purge_may(driver))
        purge_process(driver->purge, driver->clerk, driver->settings, now.at, now.wall);
    if (driver->recall_count > 0)
        recalls_retry(driver);
    turn_end(driver);
    end_process(driver);
    stream_flush(driver->stream);
    if (driver_is_serving(driver) && !driver->closing)
        status_files_update(driver->status_files, driver->routing, now.at, now.wall);
    marks_look(driver);
    driver_throttle(driver);
}

int64_t driver_deadline(const struct driver *driver, struct now now)
{
    int64_t due = stream_deadline(driver->stream);
    int64_t files =
        driver_is_serving(driver) ? status_files_deadline(driver->status_files) : INT64_MAX;
    int64_t others[] = {files, adhoc_account_deadline(driver->adhoc),
                        clerk_deadline(driver->clerk), store_deadline(driver->store),
                        store_room(driver->store) > 0 ? driver->marks_due : INT64_MAX,
                        driver->settings_due,
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
    return driver->closing && stream_state(driver->stream) == STREAM_DOWN &&
           store_in_flight(driver->store) == 0 && driver->outbox.left_count == 0;
}

int driver_failure(const struct driver *driver)
{
    return driver->failure;
}

void driver_reload(struct driver *driver, struct now now)
{
    driver->now = now;
    if (driver->settings != NULL)
        settings_want(driver);
}

bool driver_is_serving(const struct driver *driver)
{
    return stream_state(driver->stream) == STREAM_UP;
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
    spool_dump(driver->store, driver->now, out);
    fprintf(out, "stream: %llu stanzas in, %llu out, %llu refused\n",
            (unsigned long long)stream->stanzas_in, (unsigned long long)stream->stanzas_out,
            (unsigned long long)stream->refused);
    fprintf(out, "turns: %d in flight, %zu lines not yet sent\n", driver->turns.in_flight,
            driver->outbox.count);
    if (driver->settings != NULL)
        routing_dump(driver->routing, out);
}
