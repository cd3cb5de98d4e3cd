/* judge.c: what desks promise, judged by what was said, what the database committed, what the spool
 * made durable and what the server read. It shares no code with the product.
 *
 * Each utterance has a mark of its own in its text, "[q000017]". The numbers behind the promises
 * are those of doc/reliability.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/simulation/desk/desk.h"

enum { CHATS_JUDGED = 2000, LAST_SHOWN_MAX = 512 };

struct utterance {
    bool patron, acknowledged, refused, repeated, quarantined, spooled[NODES], lost;
    bool again; /* in another chat */
    int who;
    int written;  /* lines in the database */
    int arrived;  /* relays that the server has read */
    int64_t chat; /* of its line */
    int line;
};

/* How far a chat's lines have come to one side. */
struct shown {
    char to[64], chat[16];
    int line, generation;
    int marked; /* up to here the database knows that it has left */
};

struct judge_counts judge_counts;

static struct {
    struct utterance utterances[UTTERANCES_MAX];
    int count;
    int64_t epoch;         /* the newest taken */
    int64_t epochs[NODES]; /* of the process that runs there */
    int64_t sending;       /* the newest that has relayed */
    int64_t highest[2];    /* epoch and number of the last batch */
    int last_line[CHATS_JUDGED];
    struct shown shown[LAST_SHOWN_MAX];
    int shown_count;
    int generation; /* grows with each restart and each new stream */
} judge;

void judge_begin(void)
{
    memset(&judge, 0, sizeof judge);
}

int judge_says(bool patron, int who, bool refusable)
{
    (void)refusable;
    if (judge.count == UTTERANCES_MAX)
        return NOBODY;
    judge.utterances[judge.count] = (struct utterance){.patron = patron, .who = who};
    return judge.count++;
}

void judge_repeats(int utterance)
{
    judge.utterances[utterance].repeated = true;
    judge_counts.repeats++;
}

void judge_refused(int utterance)
{
    judge.utterances[utterance].refused = true;
    judge_counts.refused++;
}

/* The next mark at or behind *at; NOBODY for none. */
static int mark_next(const char *bytes, size_t length, size_t *at)
{
    while (*at + 9 <= length) {
        const char *found = memchr(bytes + *at, '[', length - *at - 8);
        if (found == NULL)
            break;
        *at = (size_t)(found - bytes) + 1;
        if ((found[1] != 'q' && found[1] != 'a') || found[8] != ']')
            continue;
        int number = 0, digits = 0;
        while (digits < 6 && found[2 + digits] >= '0' && found[2 + digits] <= '9')
            number = number * 10 + (found[2 + digits++] - '0');
        if (digits == 6 && number < judge.count &&
            judge.utterances[number].patron == (found[1] == 'q'))
            return number;
    }
    *at = length;
    return NOBODY;
}

static bool is_durable(const struct utterance *utterance)
{
    bool spooled = false;

    for (int i = 0; i < NODES; i++)
        spooled = spooled || utterance->spooled[i];
    return utterance->written > 0 || spooled || utterance->quarantined;
}

/* 9: no receipt before the record. */
void judge_acknowledged(int number)
{
    struct utterance *utterance = &judge.utterances[number];

    if (number < 0 || number >= judge.count)
        fail("a receipt of nothing that was said");
    if (!is_durable(utterance))
        fail("%d has a receipt and is written nowhere", number);
    utterance->acknowledged = true;
    judge_counts.acknowledged++;
}

static bool is_message(const char *bytes, size_t length, const char *type)
{
    const char *end = memchr(bytes, '>', length);

    return strncmp(bytes, "<message", 8) == 0 && end != NULL &&
           memmem(bytes, (size_t)(end - bytes), type, strlen(type)) != NULL;
}

static bool is_relay(const char *bytes, size_t length)
{
    return is_message(bytes, length, "type='chat'") && memmem(bytes, length, "<body>", 6) != NULL;
}

/* 8: no relay without a record. 30: none by whom another has replaced. */
void judge_sends(int node, const char *bytes, size_t length)
{
    size_t at = 0;
    int number;
    bool any = false;

    if (!is_relay(bytes, length))
        return;
    while ((number = mark_next(bytes, length, &at)) != NOBODY) {
        any = true;
        if (!is_durable(&judge.utterances[number]))
            fail("node %d relays %d, which is written nowhere", node, number);
    }
    if (!any)
        return;
    judge_counts.relayed++;
}

void judge_hands(int node)
{
    if (judge.epochs[node] < judge.sending)
        fail("node %d of epoch %" PRId64 " relays behind epoch %" PRId64, node, judge.epochs[node],
             judge.sending);
    judge.sending = judge.epochs[node];
}

static void attribute_copy(const char *bytes, size_t length, const char *name, char *ret,
                           size_t size)
{
    const char *end = memchr(bytes, '>', length);
    const char *found =
        end == NULL ? NULL : memmem(bytes, (size_t)(end - bytes), name, strlen(name));

    ret[0] = '\0';
    for (size_t i = 0; found != NULL && i + 1 < size; i++) {
        const char *at = found + strlen(name) + i;
        if (*at == '"' || *at == '/')
            return;
        ret[i] = *at;
        ret[i + 1] = '\0';
    }
}

static struct shown *shown_find(const char *to, const char *chat)
{
    for (int i = 0; i < judge.shown_count; i++)
        if (strcmp(judge.shown[i].to, to) == 0 && strcmp(judge.shown[i].chat, chat) == 0)
            return &judge.shown[i];
    if (judge.shown_count == LAST_SHOWN_MAX)
        return NULL;
    struct shown *shown = &judge.shown[judge.shown_count++];
    *shown = (struct shown){.line = 0};
    snprintf(shown->to, sizeof shown->to, "%s", to);
    snprintf(shown->chat, sizeof shown->chat, "%s", chat);
    return shown;
}

/* 14: lines in order, repeats only behind a restart or on a new stream. */
static void order_look(const char *bytes, size_t length)
{
    char to[64], id[32];

    attribute_copy(bytes, length, " to=\"", to, sizeof to);
    attribute_copy(bytes, length, " id=\"", id, sizeof id);
    char *dash = strchr(id, '-');
    int line = dash == NULL ? 0 : (int)strtol(dash + 1, NULL, 10);
    if (line == 0 || strlen(id) > 15) /* of no line */
        return;
    *dash = '\0';
    struct shown *shown = shown_find(to, id);
    if (shown == NULL)
        return;
    if (line <= shown->line && shown->generation == judge.generation)
        fail("line %d of chat %s comes to %s behind line %d", line, id, to, shown->line);
    /* The number of a line that was refused is given again by the next process. */
    if (line <= shown->marked && !database_has_refused())
        fail("line %d of chat %s comes to %s again, long after it was marked", line, id, to);
    shown->line = line;
    shown->generation = judge.generation;
}

/* Offers show lines again; to a patron each goes once. */
void judge_marked(void)
{
    for (int i = 0; i < judge.shown_count; i++)
        if (strstr(judge.shown[i].to, "@guest.") != NULL)
            judge.shown[i].marked = judge.shown[i].line;
}

void judge_arrives(int node, const char *bytes, size_t length)
{
    size_t at = 0;
    int number;

    (void)node;
    if (!is_relay(bytes, length))
        return;
    story("    read: %.*s", (int)length, bytes);
    while ((number = mark_next(bytes, length, &at)) != NOBODY)
        judge.utterances[number].arrived++;
    order_look(bytes, length);
}

void judge_lost(int node, const char *bytes, size_t length)
{
    size_t at = 0;
    int number;

    (void)node;
    while ((number = mark_next(bytes, length, &at)) != NOBODY)
        judge.utterances[number].lost = true;
}

void judge_link_up(int node)
{
    (void)node;
    judge.generation++;
}

void judge_node_starts(int node)
{
    judge.epochs[node] = 0;
    judge.generation++;
}

/* --- the database --- */

void judge_epoch(int64_t epoch, int node)
{
    story("  node %d takes epoch %" PRId64, node, epoch);
    if (epoch <= judge.epoch)
        fail("epoch %" PRId64 " is taken behind %" PRId64, epoch, judge.epoch);
    judge.epoch = judge.epochs[node] = epoch;
    judge_counts.epochs++;
}

/* 29: numbers without a gap. 30: none of an older epoch. */
void judge_batch(int64_t epoch, int64_t first, int64_t number, int node)
{
    if (epoch != judge.epoch)
        fail("node %d writes batch %" PRId64 " of epoch %" PRId64 ", which is over", node, number,
             epoch);
    int64_t before = epoch == judge.highest[0] ? judge.highest[1] : 0;
    if (first != before + 1 || number < first)
        fail("batch %" PRId64 " of epoch %" PRId64 " comes behind %" PRId64, first, epoch, before);
    judge.highest[0] = epoch;
    judge.highest[1] = number;
    judge_counts.batches += (uint64_t)(number - first + 1);
}

/* 10: once; 13: in order. */
void judge_line(int64_t chat, int line, const char *author, const char *body, size_t length)
{
    size_t at = 0;
    int number;

    judge_counts.lines++;
    story("    chat %" PRId64 " line %d of %s: %.*s", chat, line, author,
          (int)(length < 200 ? length : 200), body);
    if (chat >= CHATS_JUDGED)
        fail("more chats than can be judged");
    if (line <= judge.last_line[chat])
        fail("line %d of chat %" PRId64 " is written behind line %d", line, chat,
             judge.last_line[chat]);
    for (int missing = judge.last_line[chat] + 1; missing < line; missing++)
        if (!database_refuses(chat, missing))
            fail("line %d of chat %" PRId64 " is missing before line %d", missing, chat, line);
    judge.last_line[chat] = line;
    if (strcmp(author, "patron") != 0 && strcmp(author, "operator") != 0)
        return;
    while ((number = mark_next(body, length, &at)) != NOBODY) {
        struct utterance *utterance = &judge.utterances[number];
        /* A repeat behind the end of its chat opens the next one: the chat is part of the key. */
        if (++utterance->written > 1 && (utterance->chat == chat || !utterance->repeated))
            fail("%d is written twice", number);
        utterance->again = utterance->written > 1;
        utterance->chat = chat;
        utterance->line = line;
        for (int earlier = number - 1; earlier >= 0; earlier--) {
            const struct utterance *other = &judge.utterances[earlier];
            if (other->patron != utterance->patron || other->who != utterance->who ||
                other->chat != chat || other->written == 0)
                continue;
            if (other->line > line && !other->repeated && !utterance->repeated)
                fail("%d is written behind %d", earlier, number);
            break;
        }
    }
}

void judge_spooled(int node, const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    int number;

    while ((number = mark_next((const char *)bytes, length, &at)) != NOBODY) {
        judge.utterances[number].spooled[node] = true;
        judge_counts.spooled++;
    }
}

void judge_quarantined(const unsigned char *bytes, size_t length)
{
    size_t at = 0;
    int number;

    while ((number = mark_next((const char *)bytes, length, &at)) != NOBODY)
        judge.utterances[number].quarantined = true;
}

/* --- memory against rows --- */

/* 28: "chat ADDRESS: claimed by NAME, N lines, ..." of the node's own words against the database.
 */
void judge_state(int node)
{
    const char *address;
    size_t length;
    bool claimed;
    int at = 0, lines, chats = 0;
    char *dump = node_dump(node);

    while (database_chat(&at, &address, &length, &claimed, &lines)) {
        char head[96];
        snprintf(head, sizeof head, "chat %.*s: %s", (int)length, address,
                 claimed ? "claimed" : "waiting");
        const char *found = strstr(dump, head);
        if (found == NULL)
            fail("node %d does not know '%s' as the database does:\n%s", node, head, dump);
        const char *count = strchr(found, ',');
        int known = count == NULL ? 0 : (int)strtol(count + 1, NULL, 10);
        if (known != lines && !database_refuses(at, known))
            fail("node %d knows %d lines of '%s', the database %d", node, known, head, lines);
        chats++;
    }
    for (const char *found = dump; (found = strstr(found, "chat ")) != NULL; found++)
        chats -= found == dump || found[-1] == '\n';
    if (chats != 0)
        fail("node %d and the database do not have the same chats:\n%s", node, dump);
    judge_counts.states++;
    free(dump);
}

void judge_restored(int node)
{
    judge_state(node);
    for (int i = 0; i < judge.count; i++) {
        struct utterance *utterance = &judge.utterances[i];
        if (utterance->written > 0 && utterance->arrived == 0 && !utterance->lost &&
            database_is_closed(utterance->chat)) {
            utterance->lost = true;
            judge_counts.buried++;
        }
    }
}

/* --- the end --- */

static void utterance_end(int number)
{
    const struct utterance *utterance = &judge.utterances[number];

    if (utterance->acknowledged && utterance->written == 0 && !utterance->quarantined)
        fail("%d was acknowledged, and is lost", number);
    for (int i = 0; i < NODES; i++)
        if (utterance->spooled[i] && utterance->written == 0 && !utterance->quarantined)
            fail("%d was in the spool of node %d, and is lost", number, i);
    if (utterance->written > 0 && !utterance->patron && utterance->arrived == 0 && !utterance->lost)
        fail("answer %d is written, and was never relayed", number);
}

/* Whatever lies before a line that an operator has read, one has read. */
static void relays_end(void)
{
    int read[CHATS_JUDGED] = {0};

    for (int i = 0; i < judge.count; i++) {
        const struct utterance *utterance = &judge.utterances[i];
        if (utterance->patron && utterance->arrived > 0 && utterance->written > 0 &&
            !utterance->again && utterance->line > read[utterance->chat])
            read[utterance->chat] = utterance->line;
    }
    for (int i = 0; i < judge.count; i++) {
        const struct utterance *utterance = &judge.utterances[i];
        if (utterance->patron && utterance->written > 0 && utterance->arrived == 0 &&
            !utterance->again && !utterance->lost && utterance->line < read[utterance->chat])
            fail("question %d is written, and no operator has read it", i);
    }
}

void judge_end(void)
{
    for (int i = 0; i < judge.count; i++)
        utterance_end(i);
    relays_end();
}
