#include "test/support/store_desk.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "component/schema_files.h"
#include "policy/mem.h"

static char folder[64];
static const msec_t some_day = 1760000000000;

static void die(const char *what)
{
    fprintf(stderr, "store_desk: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* As the user postgres when we are root, which PostgreSQL refuses to be. The command finds the
 * folder in $D, and is in it. */
static void run(const char *command)
{
    const char *user =
        geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups" : "";
    char *whole =
        mem_printf("D=%s %s sh -c 'PATH=$(pg_config --bindir):$PATH; cd $D; %s' >>%s/log 2>&1",
                   folder, user, command, folder);

    if (system(whole) != 0)
        die(whole);
    free(whole);
}

static bool durable_wanted;

void cluster_go(void)
{
    if (durable_wanted)
        run("pg_ctl -D data -w -l server.log -o \"-k $D -c listen_addresses=\" start");
    else
        run("pg_ctl -D data -w -l server.log -o \"-k $D -c listen_addresses= -c fsync=off\" start");
}

void cluster_stop(const char *mode)
{
    char *command = mem_printf("pg_ctl -D data -w -m %s stop", mode);

    run(command);
    free(command);
}

static PGconn *connect_to(const char *name, const char *user)
{
    char conninfo[256];

    snprintf(conninfo, sizeof conninfo, "host=%s user=%s dbname=%s", folder, user, name);
    PGconn *database = PQconnectdb(conninfo);
    if (PQstatus(database) != CONNECTION_OK)
        die(PQerrorMessage(database));
    return database;
}

void cluster_start(bool durable)
{
    const char *place = !durable && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    durable_wanted = durable;
    snprintf(folder, sizeof folder, "%s/deskbell-store-XXXXXX", place);
    if (mkdtemp(folder) == NULL)
        die(folder);
    if (geteuid() == 0) {
        char *command = mem_printf("chown postgres: %s", folder);
        if (system(command) != 0)
            die(command);
        free(command);
    }
    run("initdb -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N");
    cluster_go();
    PGconn *server = connect_to("postgres", "postgres");
    sql(server, "CREATE DATABASE desk_template");
    PQfinish(server);
    PGconn *database = connect_to("desk_template", "postgres");
    sql(database, "SET client_min_messages = warning");
    for (int i = 0; i < schema_file_count; i++)
        sql(database, schema_files[i].sql);
    sql(database, "DELETE FROM deskbell.schema_version");
    char *version =
        mem_printf("INSERT INTO deskbell.schema_version (version, name) VALUES (%ld, 'test')",
                   strtol(schema_files[schema_file_count - 1].name, NULL, 10));
    sql(database, version);
    free(version);
    sql(database, "INSERT INTO deskbell.consortium (name, timezone, hours_given,"
                  " backup_hours_given) VALUES ('mobius', 'America/Chicago', true, false);"
                  "INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'mobstate');"
                  "INSERT INTO deskbell.address VALUES (1, 'mobius-mobstate', 'queue'),"
                  " (1, 'mobius-mobstate-ann', 'operator'),"
                  " (1, 'mobius-mobstate-bob', 'operator');"
                  "INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days)"
                  " VALUES (1, 1, 'mobius-mobstate', 365);"
                  "INSERT INTO deskbell.operator (library_id, consortium_id, name, account)"
                  " VALUES (1, 1, 'mobius-mobstate-ann', 'ann@localhost'),"
                  " (1, 1, 'mobius-mobstate-bob', 'bob@localhost')");
    PQfinish(database);
}

bool cluster_has_text(const char *text)
{
    char *command = mem_printf("grep -rqaF '%s' %s/data %s/server.log", text, folder, folder);
    int status = system(command);

    free(command);
    if (status == -1 || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 1))
        die("grep");
    return WEXITSTATUS(status) == 0;
}

void cluster_end(void)
{
    cluster_stop("immediate");
    char *command = mem_printf("rm -rf %s", folder);
    if (system(command) != 0)
        die(command);
    free(command);
}

PGconn *database_new(void)
{
    static int count; /* without forks, see test/CMakeLists.txt, one process makes several */
    char statement[128], name[32];
    PGconn *server = connect_to("postgres", "postgres");

    snprintf(name, sizeof name, "desk_%d_%d", (int)getpid(), ++count);
    snprintf(statement, sizeof statement, "CREATE DATABASE %s TEMPLATE desk_template", name);
    sql(server, statement);
    PQfinish(server);
    return connect_to(name, "postgres");
}

PGconn *database_login(PGconn *database)
{
    return connect_to(PQdb(database), "deskbell");
}

const char *sql(PGconn *database, const char *statement)
{
    static char value[1 << 20];
    PGresult *result = PQexec(database, statement);

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s\n%s", statement, PQresultErrorMessage(result));
        abort();
    }
    value[0] = '\0';
    if (PQntuples(result) > 0)
        snprintf(value, sizeof value, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

int64_t sql_number(PGconn *database, const char *statement)
{
    return strtoll(sql(database, statement), NULL, 10);
}

double backend_cpu(PGconn *database)
{
    char path[64];
    unsigned long user = 0, kernel = 0;
    int pid = (int)sql_number(database, "SELECT max(pid) FROM pg_stat_activity"
                                        " WHERE application_name = 'deskbell'");

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL ||
        fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &kernel) != 2)
        exit(1);
    fclose(file);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void desk_up(void *context, bool again)
{
    struct desk *desk = context;

    desk->ups++;
    desk->again = again;
}

static void desk_away(void *context)
{
    ((struct desk *)context)->aways++;
}

static void desk_fenced(void *context)
{
    ((struct desk *)context)->fenceds++;
}

static void desk_committed(void *context, int64_t batch)
{
    struct desk *desk = context;

    if (desk->committed_count == DESK_LOG_MAX)
        abort();
    desk->committed[desk->committed_count++] = batch;
}

static void desk_settings(void *context)
{
    ((struct desk *)context)->settings++;
}

static void desk_restore(void *context, struct event *event)
{
    struct desk *desk = context;

    desk->restores++;
    if (desk->look != NULL)
        desk->look(desk, event);
}

static void desk_restored(void *context, const struct store_start *start)
{
    struct desk *desk = context;

    desk->restoreds++;
    desk->start = *start;
}

static void desk_recalled(void *context, struct event *event)
{
    struct desk *desk = context;
    size_t count = event->recalled.line_count;

    desk->recalled_count++;
    desk->recalled_chat = event->recalled.chat;
    desk->recalled_lines = (int)count;
    desk->recalled_first = count == 0 ? 0 : event->recalled.lines[0].line;
    desk->recalled_last = count == 0 ? 0 : event->recalled.lines[count - 1].line;
    if (desk->look != NULL)
        desk->look(desk, event);
}

static const struct store_events events = {
    .up = desk_up,
    .away = desk_away,
    .fenced = desk_fenced,
    .committed = desk_committed,
    .settings = desk_settings,
    .restore = desk_restore,
    .restored = desk_restored,
    .recalled = desk_recalled,
};

static void state_dir_name(const char *holder, char *ret, size_t size)
{
    snprintf(ret, size, "%s/%d-%s", folder, (int)getpid(), holder);
}

void desk_folder_clear(const char *holder)
{
    char path[128];

    state_dir_name(holder, path, sizeof path);
    char *command = mem_printf("rm -rf %s", path);
    if (system(command) != 0)
        die(command);
    free(command);
}

int desk_refused(const struct desk *desk)
{
    return (int)store_counts(desk->store)->refused;
}

const char *desk_quarantine(const struct desk *desk)
{
    static char text[1 << 20];
    char *command = mem_printf("cat %s/quarantine/*", desk->state_dir);
    FILE *pipe = popen(command, "r");

    if (pipe == NULL)
        die(command);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    pclose(pipe);
    free(command);
    return text;
}

static void desk_open_as(struct desk *desk, PGconn *database, const char *holder, bool spools,
                         bool failover)
{
    struct error error = {""};

    memset(desk, 0, sizeof *desk);
    state_dir_name(holder, desk->state_dir, sizeof desk->state_dir);
    snprintf(desk->conninfo, sizeof desk->conninfo, "host=%s user=deskbell dbname=%s", folder,
             PQdb(database));
    const struct store_options options = {.conninfo = desk->conninfo,
                                          .consortium = "mobius",
                                          .holder = holder,
                                          .random = (uint64_t)getpid(),
                                          .failover = failover};
    desk->store = store_new(&options, &events, desk);
    if (!store_keep(desk->store, desk->state_dir, spools, &error)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    store_open(desk->store, now_ms());
}

void desk_open(struct desk *desk, PGconn *database, const char *holder)
{
    desk_open_as(desk, database, holder, false, false);
}

void desk_open_failover(struct desk *desk, PGconn *database, const char *holder)
{
    desk_open_as(desk, database, holder, false, true);
}

void desk_open_spooling(struct desk *desk, PGconn *database, const char *holder)
{
    desk_open_as(desk, database, holder, true, false);
    desk_wait(desk, &desk->ups, 1);
    store_restore(desk->store);
    desk_wait(desk, &desk->restoreds, 1);
}

void desk_close(struct desk *desk)
{
    desk->store = store_free(desk->store);
}

void desk_turn(struct desk *desk, int wait_ms)
{
    struct pollfd poller = {.fd = store_fd(desk->store), .events = store_poll_events(desk->store)};
    int64_t until = store_deadline(desk->store) - now_ms() - desk->ahead_ms;

    if (until < wait_ms)
        wait_ms = until < 0 ? 0 : (int)until;
    poll(&poller, 1, wait_ms);
    store_process(desk->store, poller.revents, now_ms() + desk->ahead_ms);
}

static void expect_soon(int64_t since, const char *what)
{
    if (now_ms() - since < 30000)
        return;
    fprintf(stderr, "waited 30 seconds in vain: %s\n", what);
    abort();
}

void desk_wait(struct desk *desk, const int *count, int value)
{
    int64_t since = now_ms();

    while (*count < value) {
        desk_turn(desk, 100);
        expect_soon(since, "a callback");
    }
}

void desk_wait_state(struct desk *desk, enum store_state state)
{
    int64_t since = now_ms();

    while (store_state(desk->store) != state) {
        desk_turn(desk, 100);
        expect_soon(since, "a state");
    }
}

void desk_settle(struct desk *desk)
{
    int64_t since = now_ms();

    while (store_in_flight(desk->store) > 0) {
        desk_turn(desk, 100);
        expect_soon(since, "batches in flight");
    }
}

int64_t desk_submit(struct desk *desk, const struct effects *turn, const struct mark *marks,
                    size_t mark_count)
{
    int64_t since = now_ms();

    while (store_room(desk->store) == 0) {
        desk_turn(desk, 100);
        expect_soon(since, "room");
    }
    return store_submit(desk->store, turn, marks, mark_count);
}

struct chat_record *turn_chat(struct effects *turn, int64_t number, int last_line)
{
    struct chat_record *chat = &effects_add(turn, EFFECT_STORE_CHAT)->chat;

    chat->number = number;
    chat->code = "k3f9";
    chat->address = "mobius-mobstate.k3f9";
    chat->queue = 1;
    chat->patron = "patron@localhost";
    chat->patron_resource = "browser";
    chat->entry_name = chat->token_hash = "";
    chat->state = CHAT_WAITING;
    chat->opened = some_day + number;
    chat->waiting_since = some_day + number;
    chat->last_line = last_line;
    return chat;
}

struct line_record *turn_line(struct effects *turn, int64_t chat, int line, const char *body)
{
    struct line_record *record = &effects_add(turn, EFFECT_STORE_LINE)->line;

    record->chat = chat;
    record->line = line;
    record->at = some_day + line;
    record->author = AUTHOR_PATRON;
    record->stanza_id = "";
    record->body = body;
    return record;
}

void turn_offer(struct effects *turn, int64_t chat, int64_t operator, msec_t at,
                enum offer_outcome outcome)
{
    struct offer_record *offer = &effects_add(turn, EFFECT_STORE_OFFER)->offer;

    offer->chat = chat;
    offer->operator = operator;
    offer->queue = 1;
    offer->at = some_day + at;
    offer->outcome = outcome;
}

void turn_move(struct effects *turn, int64_t chat, int64_t queue)
{
    struct move_record *move = &effects_add(turn, EFFECT_STORE_MOVE)->move;

    move->chat = chat;
    move->queue = queue;
}

void turn_act(struct effects *turn, int64_t chat, enum act act)
{
    struct act_record *record = &effects_add(turn, EFFECT_STORE_ACT)->act;

    record->chat = chat;
    record->at = some_day;
    record->act = act;
    record->detail = "";
}
