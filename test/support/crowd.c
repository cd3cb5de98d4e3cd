#include "test/support/crowd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/mem.h"
#include "routing/bounds.h"

enum {
    ADDRESS_SIZE = 96,
    OPENING_MAX = 5, /* of a unit at once: windows on one screen are bounded */
    STALL_MS = 10 * 1000,
    BEHIND_MAX = 4096,            /* lines that an open loop catches up with in one turn */
    BURST = FLOOD_LINES_BURST - 2 /* our clock is not the desk's */
};

enum chat_state { CHAT_NEW, CHAT_OPENING, CHAT_OPEN };

struct side {
    int sent, got, acked;
};

struct chat {
    char address[ADDRESS_SIZE]; /* what the operator writes to */
    enum chat_state state;
    struct side sides[CROWD_SIDES];
    int64_t full_ms; /* when the patron's bucket is full again */
};

struct skips {
    struct crowd_skip *list;
    int count, capacity;
};

struct crowd {
    struct crowd_options options;
    struct link *link;
    struct chat *chats;
    int units, open_count, next_new;
    int *opening; /* by unit */
    struct skips skipped, unacked, broken;
    struct crowd_counts counts;
    int next;        /* whose turn it is */
    uint64_t chosen; /* lines given by turn_next() */
    double rate;     /* lines a second; 0: none */
    int64_t rate_since_ns, rate_sent;
    int64_t to_send;   /* of a closed loop, in answer to what comes */
    uint32_t *latency; /* tenths of a microsecond */
    size_t latency_count, latency_capacity;
    bool sorted;
    char *pad;
};

int64_t crowd_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* --- who they are --- */

static void queue_name(int unit, char name[ADDRESS_SIZE])
{
    snprintf(name, ADDRESS_SIZE, "mobius-l%04d%s", unit / 2, unit % 2 == 0 ? "" : "-b");
}

static void operator_name(int unit, char name[ADDRESS_SIZE])
{
    snprintf(name, ADDRESS_SIZE, "mobius-l%04d-op%d", unit / 2, unit % 2);
}

/* The unit of "mobius-l0003-b" or "mobius-l0003-op1"; -1: none. */
static int unit_read(struct link_text jid)
{
    char text[ADDRESS_SIZE] = "";
    int library = 0, consumed = 0;

    memcpy(text, jid.bytes, jid.length < sizeof text ? jid.length : sizeof text - 1);
    if (sscanf(text, "mobius-l%4d%n", &library, &consumed) != 1)
        return -1;
    const char *rest = text + consumed;
    return library * 2 + (strncmp(rest, "-b", 2) == 0 || strncmp(rest, "-op1", 4) == 0);
}

static void unit_write(const struct crowd *crowd, int unit, FILE *file)
{
    char queue[ADDRESS_SIZE], operator[ADDRESS_SIZE];

    queue_name(unit, queue);
    operator_name(unit, operator);
    fprintf(file,
            "%s{ name = \"%s\"; operators = [ \"%s\" ]; chats_per_operator = 100; silent_seconds = "
            "86400; transcripts = true; retention_days = 365; }%s",
            unit % 2 == 0 ? "\n  queues = ( " : ", ", queue, operator,
            unit % 2 == 1 || unit + 1 == crowd->units ? " );" : "");
}

void crowd_write_consortium(const struct crowd *crowd, FILE *file)
{
    fprintf(file, "consortium = { name = \"mobius\"; title = \"MOBIUS\"; timezone = \"UTC\";\n"
                  "hours = ( { days = \"all\"; open = \"00:00\"; close = \"24:00\"; } );\n"
                  "libraries = (\n");
    for (int unit = 0; unit < crowd->units; unit += 2) {
        bool two = unit + 1 < crowd->units;
        fprintf(file, "%s{ name = \"l%04d\"; title = \"L%d\"; operators = ( ",
                unit > 0 ? ",\n" : "", unit / 2, unit / 2);
        for (int i = 0; i <= two; i++)
            fprintf(
                file,
                "%s{ name = \"mobius-l%04d-op%d\"; account = \"mobius-l%04d-op%d@localhost\"; }",
                i > 0 ? ", " : "", unit / 2, i, unit / 2, i);
        fprintf(file, " );");
        for (int i = 0; i <= two; i++)
            unit_write(crowd, unit + i, file);
        fprintf(file, " }");
    }
    fprintf(file, "\n); };\n");
}

/* Codes are of the desk's alphabet, and no two alike. */
static void code_make(int chat, char code[9])
{
    for (int i = 0; i < 6; i++, chat /= 26)
        code[5 - i] = (char)('a' + chat % 26);
    code[6] = '\0';
}

void crowd_write_chats(struct crowd *crowd, FILE *file)
{
    char code[9], name[ADDRESS_SIZE];

    fprintf(file, "CREATE TEMP TABLE crowd (chat integer, code text, queue text, operator text);\n"
                  "COPY crowd FROM stdin;\n");
    for (int i = 0; i < crowd->options.chats; i++) {
        struct chat *chat = &crowd->chats[i];
        code_make(i, code);
        queue_name(i / CROWD_UNIT, name);
        snprintf(chat->address, sizeof chat->address, "%.60s.%s", name, code);
        chat->state = CHAT_OPEN;
        fprintf(file, "%d\t%s\t%s\t", i, code, name);
        operator_name(i / CROWD_UNIT, name);
        fprintf(file, "%s\n", name);
    }
    crowd->open_count = crowd->options.chats;
    fprintf(
        file,
        "\\.\n"
        "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id,\n"
        " queue_name, answering_queue_id, answering_queue_name, owner_id, owner_name, patron,\n"
        " patron_resource, state, opened, waiting_since, claimed, last_line, patron_mark,\n"
        " operator_mark)\n"
        " SELECT q.consortium_id, q.library_id, c.chat + 1, c.code, c.queue || '.' || c.code,\n"
        "  q.queue_id, q.name, q.queue_id, q.name, o.operator_id, o.name,\n"
        "  'p' || c.chat || '@localhost', 'web', 'claimed', now(), now(), now(), 6, 6, 6\n"
        " FROM crowd c JOIN deskbell.queue q ON q.name = c.queue\n"
        "  JOIN deskbell.operator o ON o.name = c.operator ORDER BY c.chat;\n"
        "INSERT INTO deskbell.line (library_id, chat, line, at, author, operator_id,\n"
        "  operator_name, stanza_id, body)\n"
        " SELECT c.library_id, c.number, l, now(), CASE l %% 2 WHEN 1 THEN 'patron' ELSE\n"
        "  'operator' END, CASE l %% 2 WHEN 0 THEN c.owner_id END, CASE l %% 2 WHEN 0 THEN\n"
        "  c.owner_name END, 'id' || l, 'A line as people write them when they ask something'\n"
        " FROM deskbell.chat c, generate_series(1, 6) l WHERE c.state <> 'closed'\n"
        " ORDER BY c.number, l;\n"
        "INSERT INTO deskbell.offer (library_id, chat, operator_id, operator_name, queue_id,\n"
        "  queue_name, at, outcome, decided, handed)\n"
        " SELECT library_id, number, owner_id, owner_name, queue_id, queue_name, now(),\n"
        "  'claimed', now(), true FROM deskbell.chat WHERE state <> 'closed';\n"
        "ANALYZE deskbell.chat, deskbell.line, deskbell.offer;\n");
}

/* --- saying --- */

static void line_send(struct crowd *crowd, int number, enum crowd_side side, int line,
                      int64_t due_ns)
{
    struct chat *chat = &crowd->chats[number];
    char text[1024], from[ADDRESS_SIZE], to[ADDRESS_SIZE];
    char letter = side == CROWD_PATRON ? 'p' : 'o';

    if (side == CROWD_PATRON) {
        snprintf(from, sizeof from, "p%d@localhost/web", number);
        queue_name(number / CROWD_UNIT, to);
    } else {
        operator_name(number / CROWD_UNIT, from);
        strncat(from, "@localhost/desk", sizeof from - strlen(from) - 1);
        memcpy(to, chat->address, sizeof to);
    }
    int length =
        snprintf(text, sizeof text, "<message from='%s' to='%s@%s' type='chat' id='%c%d-%d'><body>",
                 from, to, crowd->options.jid, letter, number, line);
    int body = length;
    length += snprintf(text + length, sizeof text - (size_t)length, "#%c %d %d %" PRIx64 " ",
                       letter, number, line, crowd->options.timed ? (uint64_t)due_ns : 0);
    link_send(crowd->link, text, (size_t)length);
    if (length - body < crowd->options.body_bytes)
        link_send(crowd->link, crowd->pad, (size_t)(crowd->options.body_bytes - (length - body)));
    link_send(crowd->link, "</body>", 7);
    if (crowd->options.receipts)
        link_send(crowd->link, "<request xmlns='urn:xmpp:receipts'/>", 36);
    link_send(crowd->link, "</message>", 10);
}

static int say(struct crowd *crowd, int number, enum crowd_side side, int64_t due_ns)
{
    int line = ++crowd->chats[number].sides[side].sent;

    crowd->counts.sent++;
    crowd->counts.patron_sent += side == CROWD_PATRON;
    line_send(crowd, number, side, line, due_ns);
    return line;
}

int crowd_say(struct crowd *crowd, int chat, enum crowd_side side)
{
    return say(crowd, chat, side, crowd_now_ns());
}

/* The desk's own arithmetic, a little stricter. */
static bool patron_may(const struct crowd *crowd, struct chat *chat, int64_t now_ms)
{
    int64_t full = chat->full_ms > now_ms ? chat->full_ms : now_ms;

    if (crowd->options.echo)
        return true;
    if (full - now_ms > (BURST - 1) * FLOOD_LINES_MS)
        return false;
    chat->full_ms = full + FLOOD_LINES_MS;
    return true;
}

/* The next chat's, and so on around. */
static void turn_next(struct crowd *crowd, int64_t now_ns, int64_t due_ns)
{
    int number = crowd->next;
    int one_in = crowd->options.echo ? 1 : crowd->options.patron_one_in;
    enum crowd_side side = CROWD_OPERATOR;

    crowd->next = (number + 1) % crowd->options.chats;
    /* The second term: an even number of chats must not give each chat only one of the sides. */
    uint64_t choice = crowd->chosen + crowd->chosen / (uint64_t)crowd->options.chats;
    crowd->chosen++;
    if (one_in > 0 && choice % (uint64_t)one_in == 0 &&
        patron_may(crowd, &crowd->chats[number], now_ns / 1000000))
        side = CROWD_PATRON;
    say(crowd, number, side, due_ns);
}

static void chats_open_more(struct crowd *crowd)
{
    while (crowd->next_new < crowd->options.chats) {
        int number = crowd->next_new, unit = number % crowd->units;
        int place = number / crowd->units;
        int chat = unit * CROWD_UNIT + place; /* across the units, not one after the other */
        if (place < CROWD_UNIT && chat < crowd->options.chats) {
            if (crowd->chats[chat].state != CHAT_NEW)
                goto next;
            if (crowd->opening[unit] >= OPENING_MAX)
                return;
            char queue[ADDRESS_SIZE];
            queue_name(unit, queue);
            link_print(crowd->link,
                       "<message from='p%d@localhost/web' to='%s@%s' type='chat' id='h%d'>"
                       "<body>#h %d</body></message>",
                       chat, queue, crowd->options.jid, chat, chat);
            crowd->chats[chat].state = CHAT_OPENING;
            crowd->chats[chat].full_ms = crowd_now_ns() / 1000000 + FLOOD_LINES_MS;
            crowd->opening[unit]++;
        }
    next:
        crowd->next_new++;
    }
}

/* --- hearing --- */

static void skip_add(struct skips *skips, int chat, enum crowd_side side, int line)
{
    if (skips->count == skips->capacity) {
        skips->capacity = skips->capacity == 0 ? 64 : skips->capacity * 2;
        skips->list = mem_resize(skips->list, (size_t)skips->capacity * sizeof *skips->list);
    }
    skips->list[skips->count++] = (struct crowd_skip){chat, side, line};
}

static int skip_find(const struct skips *skips, int chat, enum crowd_side side, int line)
{
    for (int i = 0; i < skips->count; i++)
        if (skips->list[i].chat == chat && skips->list[i].side == side &&
            skips->list[i].line == line)
            return i;
    return -1;
}

/* Counts up to `line`: what lies between is skipped. False: it was there before. */
static bool count_up(int *counter, int line, struct skips *skips, int chat, enum crowd_side side,
                     bool *ret_late)
{
    *ret_late = false;
    if (line <= *counter) {
        int place = skip_find(skips, chat, side, line);
        if (place < 0)
            return false;
        skips->list[place] = skips->list[--skips->count];
        *ret_late = true;
        return true;
    }
    for (int skipped = *counter + 1; skipped < line; skipped++)
        skip_add(skips, chat, side, skipped);
    *counter = line;
    return true;
}

static void latency_add(struct crowd *crowd, uint64_t said_ns, int64_t now_ns)
{
    uint64_t tenths = ((uint64_t)now_ns - said_ns) / 100;

    if (crowd->latency_count == crowd->latency_capacity) {
        crowd->latency_capacity =
            crowd->latency_capacity == 0 ? 1 << 16 : crowd->latency_capacity * 2;
        crowd->latency =
            mem_resize(crowd->latency, crowd->latency_capacity * sizeof *crowd->latency);
    }
    crowd->latency[crowd->latency_count++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
    crowd->sorted = false;
}

static void line_came(struct crowd *crowd, int number, enum crowd_side side, int line,
                      uint64_t said_ns)
{
    struct chat *chat = &crowd->chats[number];
    bool late;

    if (!count_up(&chat->sides[side].got, line, &crowd->skipped, number, side, &late)) {
        crowd->counts.repeats++;
        return;
    }
    crowd->counts.disorder += late;
    crowd->counts.got++;
    int64_t now_ns = crowd->options.timed || crowd->to_send > 0 ? crowd_now_ns() : 0;
    if (said_ns != 0)
        latency_add(crowd, said_ns, now_ns);
    if (chat->state == CHAT_OPENING) {
        chat->state = CHAT_OPEN;
        crowd->open_count++;
        crowd->opening[number / CROWD_UNIT]--;
        chats_open_more(crowd);
    } else if (crowd->to_send > 0) {
        crowd->to_send--;
        turn_next(crowd, now_ns, now_ns);
    }
}

/* The question came with an offer: the first answer has the chat. */
static void offer_came(struct crowd *crowd, int number, const struct link_stanza *stanza)
{
    struct chat *chat = &crowd->chats[number];
    const char *at = memchr(stanza->from.bytes, '@', stanza->from.length);

    if (at == NULL || chat->state != CHAT_OPENING || chat->address[0] != '\0')
        return;
    snprintf(chat->address, sizeof chat->address, "%.*s", (int)(at - stanza->from.bytes),
             stanza->from.bytes);
    crowd_say(crowd, number, CROWD_OPERATOR);
}

static uint64_t number_read(const char **at, const char *end, int base)
{
    uint64_t value = 0;

    while (*at < end && **at == ' ')
        (*at)++;
    for (; *at < end && **at != ' '; (*at)++) {
        char digit = **at;
        int worth = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                   : base;
        if (worth >= base)
            break;
        value = value * (uint64_t)base + (uint64_t)worth;
    }
    return value;
}

static void receipt_came(struct crowd *crowd, const struct link_stanza *stanza, const char *found)
{
    const char *end = stanza->all.bytes + stanza->all.length;
    const char *id = memmem(found, (size_t)(end - found), "id=", 3);
    bool late;

    if (id == NULL || end - id < 8)
        return;
    enum crowd_side side = id[4] == 'p' ? CROWD_PATRON : CROWD_OPERATOR;
    const char *at = id + 5;
    uint64_t number = number_read(&at, end, 10);
    at++;
    uint64_t line = number_read(&at, end, 10);
    if (number < (uint64_t)crowd->options.chats &&
        count_up(&crowd->chats[number].sides[side].acked, (int)line, &crowd->unacked, (int)number,
                 side, &late))
        crowd->counts.receipts++;
}

static void message_came(struct crowd *crowd, const struct link_stanza *stanza)
{
    const char *end = stanza->body.bytes + stanza->body.length;
    const char *mark = memchr(stanza->body.bytes, '#', stanza->body.length);
    const char *found = NULL;

    if (mark == NULL && stanza->body.length == 0)
        found = memmem(stanza->all.bytes, stanza->all.length, "<received", 9);
    if (found != NULL) {
        receipt_came(crowd, stanza, found);
        return;
    }
    if (mark == NULL || end - mark < 4 || strchr("hpo", mark[1]) == NULL || mark[2] != ' ') {
        crowd->counts.other++;
        return;
    }
    const char *at = mark + 2;
    uint64_t number = number_read(&at, end, 10);
    if (number >= (uint64_t)crowd->options.chats) {
        crowd->counts.other++;
        return;
    }
    if (mark[1] == 'h') {
        offer_came(crowd, (int)number, stanza);
        return;
    }
    int line = (int)number_read(&at, end, 10);
    line_came(crowd, (int)number, mark[1] == 'p' ? CROWD_PATRON : CROWD_OPERATOR, line,
              number_read(&at, end, 16));
}

/* What their clients and their server answer. */
static void presence_came(struct crowd *crowd, const struct link_stanza *stanza)
{
    int unit = unit_read(stanza->to);
    bool asks = link_text_is(stanza->type, "subscribe");

    if (unit < 0 || (!asks && !link_text_is(stanza->type, "probe")))
        return;
    if (asks)
        link_print(crowd->link, "<presence type='subscribed' from='%.*s' to='%.*s'/>",
                   (int)stanza->to.length, stanza->to.bytes, (int)stanza->from.length,
                   stanza->from.bytes);
    link_print(crowd->link, "<presence from='%.*s/desk' to='%.*s'/>", (int)stanza->to.length,
               stanza->to.bytes, (int)stanza->from.length, stanza->from.bytes);
}

static void stanza_came(void *context, const struct link_stanza *stanza)
{
    struct crowd *crowd = context;

    if (link_text_is(stanza->type, "error"))
        crowd->counts.errors++;
    else if (stanza->kind == 'm')
        message_came(crowd, stanza);
    else if (stanza->kind == 'p')
        presence_came(crowd, stanza);
}

static const struct link_events link_events = {.stanza = stanza_came};

/* --- life --- */

struct crowd *crowd_new(const struct crowd_options *options)
{
    struct crowd *crowd = mem_new(sizeof *crowd);

    crowd->options = *options;
    if (crowd->options.body_bytes == 0)
        crowd->options.body_bytes = 120;
    crowd->units = (options->chats + CROWD_UNIT - 1) / CROWD_UNIT;
    crowd->chats = mem_new((size_t)options->chats * sizeof *crowd->chats);
    crowd->opening = mem_new((size_t)crowd->units * sizeof *crowd->opening);
    crowd->pad = mem_new((size_t)crowd->options.body_bytes + 1);
    memset(crowd->pad, 'x', (size_t)crowd->options.body_bytes);
    crowd->link = link_new(options->jid, &link_events, crowd);
    return crowd;
}

struct crowd *crowd_free(struct crowd *crowd)
{
    if (crowd == NULL)
        return NULL;
    link_free(crowd->link);
    free(crowd->chats);
    free(crowd->opening);
    free(crowd->pad);
    free(crowd->latency);
    free(crowd->skipped.list);
    free(crowd->unacked.list);
    free(crowd->broken.list);
    free(crowd);
    return NULL;
}

struct link *crowd_link(struct crowd *crowd)
{
    return crowd->link;
}

const struct crowd_counts *crowd_counts(const struct crowd *crowd)
{
    return &crowd->counts;
}

int crowd_sent(const struct crowd *crowd, int chat, enum crowd_side side)
{
    return crowd->chats[chat].sides[side].sent;
}

int crowd_got(const struct crowd *crowd, int chat, enum crowd_side side)
{
    return crowd->chats[chat].sides[side].got;
}

/* --- pace --- */

void crowd_rate(struct crowd *crowd, double lines_a_second)
{
    crowd->rate = lines_a_second;
    crowd->rate_since_ns = crowd_now_ns();
    crowd->rate_sent = 0;
}

/* Says what is due; milliseconds until the next, at most `wait_ms`. */
static int rate_keep(struct crowd *crowd, int wait_ms)
{
    double gap_ns = 1e9 / crowd->rate;
    int64_t now_ns = crowd_now_ns();
    int64_t due = (int64_t)((double)(now_ns - crowd->rate_since_ns) / gap_ns);

    for (int i = 0; crowd->rate_sent < due && i < BEHIND_MAX; i++) {
        crowd->rate_sent++;
        turn_next(crowd, now_ns,
                  crowd->rate_since_ns + (int64_t)((double)crowd->rate_sent * gap_ns));
    }
    int64_t next_ns = crowd->rate_since_ns + (int64_t)((double)(crowd->rate_sent + 1) * gap_ns);
    int64_t ms = (next_ns - now_ns) / 1000000;
    return wait_ms >= 0 && ms > wait_ms ? wait_ms : ms < 0 ? 0 : (int)ms;
}

void crowd_turn(struct crowd *crowd, int wait_ms)
{
    if (crowd->rate > 0 && link_is_up(crowd->link))
        wait_ms = rate_keep(crowd, wait_ms);
    link_turn(crowd->link, wait_ms);
}

bool crowd_open(struct crowd *crowd, int wait_ms)
{
    int64_t end_ns = crowd_now_ns() + (int64_t)wait_ms * 1000000;

    while (crowd->open_count < crowd->options.chats && crowd_now_ns() < end_ns) {
        if (link_is_up(crowd->link))
            chats_open_more(crowd);
        link_turn(crowd->link, 100);
    }
    return crowd->open_count == crowd->options.chats;
}

bool crowd_settle(struct crowd *crowd, int quiet_ms)
{
    uint64_t got = crowd->counts.got;
    int64_t heard_ns = crowd_now_ns();

    while (crowd->counts.got < crowd->counts.sent) {
        link_turn(crowd->link, 10);
        if (crowd->counts.got != got) {
            got = crowd->counts.got;
            heard_ns = crowd_now_ns();
        } else if (crowd_now_ns() - heard_ns > (int64_t)quiet_ms * 1000000) {
            return false;
        }
    }
    return true;
}

bool crowd_exchange(struct crowd *crowd, int window, int64_t count)
{
    int64_t now_ns = crowd_now_ns();

    if (window > count)
        window = (int)count;
    crowd->to_send = count - window;
    for (int i = 0; i < window; i++)
        turn_next(crowd, now_ns, now_ns);
    bool done = crowd_settle(crowd, STALL_MS);
    crowd->to_send = 0;
    return done;
}

void crowd_repeat(struct crowd *crowd)
{
    for (int i = 0; i < crowd->options.chats; i++)
        for (enum crowd_side side = 0; side < CROWD_SIDES; side++)
            for (int line = crowd->chats[i].sides[side].acked + 1;
                 line <= crowd->chats[i].sides[side].sent; line++)
                line_send(crowd, i, side, line, 0);
    for (int i = 0; i < crowd->unacked.count; i++)
        line_send(crowd, crowd->unacked.list[i].chat, crowd->unacked.list[i].side,
                  crowd->unacked.list[i].line, 0);
}

/* --- account --- */

int crowd_skipped(const struct crowd *crowd, const struct crowd_skip **ret)
{
    *ret = crowd->skipped.list;
    return crowd->skipped.count;
}

int crowd_broken(struct crowd *crowd, const struct crowd_skip **ret)
{
    crowd->broken.count = 0;
    for (int i = 0; i < crowd->skipped.count; i++) {
        const struct crowd_skip *skip = &crowd->skipped.list[i];
        if (skip->line <= crowd->chats[skip->chat].sides[skip->side].acked &&
            skip_find(&crowd->unacked, skip->chat, skip->side, skip->line) < 0)
            skip_add(&crowd->broken, skip->chat, skip->side, skip->line);
    }
    *ret = crowd->broken.list;
    return crowd->broken.count;
}

int64_t crowd_owed(const struct crowd *crowd)
{
    int64_t owed = 0;

    for (int i = 0; i < crowd->options.chats; i++)
        for (enum crowd_side side = 0; side < CROWD_SIDES; side++) {
            const struct side *count = &crowd->chats[i].sides[side];
            owed += count->acked > count->got ? count->acked - count->got : 0;
        }
    for (int i = 0; i < crowd->skipped.count; i++) {
        const struct crowd_skip *skip = &crowd->skipped.list[i];
        owed += skip->line <= crowd->chats[skip->chat].sides[skip->side].acked &&
                skip_find(&crowd->unacked, skip->chat, skip->side, skip->line) < 0;
    }
    return owed;
}

void crowd_latency_clear(struct crowd *crowd)
{
    crowd->latency_count = 0;
}

static int tenths_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

double crowd_latency(struct crowd *crowd, double share)
{
    if (crowd->latency_count == 0)
        return -1;
    if (!crowd->sorted)
        qsort(crowd->latency, crowd->latency_count, sizeof *crowd->latency, tenths_compare);
    crowd->sorted = true;
    size_t place = (size_t)(share * (double)crowd->latency_count);
    if (place >= crowd->latency_count)
        place = crowd->latency_count - 1;
    return (double)crowd->latency[place] / 10;
}
