/* people.c: patrons and operators of the simulated desks. Half of the patrons have the widget,
 * which repeats what has no receipt, the others a plain client. Operators claim by answering. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/simulation/desk/desk.h"

enum { PATRONS = 6, OPERATORS = 4, PENDING_MAX_HERE = 12, CHATS_SEEN = 6, ADDRESS_SIZE = 96 };

static struct patron {
    const char *jid, *queue;
    bool widget;
    int pending[PENDING_MAX_HERE]; /* utterances without a receipt */
    int pending_count;
    int said, pending_said; /* how much in all; and when the oldest without a receipt was */
    bool gone;
} patrons[PATRONS];

static struct person {
    const char *jid, *queue;
    const char *show;                    /* NULL: gone; "" is available */
    char seen[CHATS_SEEN][ADDRESS_SIZE]; /* chats that wrote, the newest first */
} operators[OPERATORS];

#define AT_DESK "@" SIM_DOMAIN

void people_begin(void)
{
    static const struct patron everybody[PATRONS] = {
        {.jid = "ann@guest.localhost/web", .queue = "mobius-mobstate" AT_DESK, .widget = true},
        {.jid = "ben@guest.localhost/pidgin", .queue = "mobius-mobstate" AT_DESK},
        {.jid = "cem@guest.localhost/web", .queue = "mobius-slu" AT_DESK, .widget = true},
        {.jid = "dan@guest.localhost/gajim", .queue = "mobius-slu" AT_DESK},
        {.jid = "eve@guest.localhost/web", .queue = "mobius-mobstate" AT_DESK, .widget = true},
        {.jid = "fay@guest.localhost/web", .queue = "mobius-slu" AT_DESK, .widget = true},
    };
    static const struct person staff[OPERATORS] = {
        {.jid = "mobius-mobstate-jane@localhost/desk", .queue = "mobius-mobstate" AT_DESK},
        {.jid = "mobius-mobstate-bob@localhost/desk", .queue = "mobius-mobstate" AT_DESK},
        {.jid = "mobius-slu-sue@localhost/desk", .queue = "mobius-slu" AT_DESK},
        {.jid = "mobius-chatstaff-avery@localhost/desk", .queue = "mobius-chatstaff" AT_DESK},
    };

    memcpy(patrons, everybody, sizeof patrons);
    memcpy(operators, staff, sizeof operators);
    for (int i = 0; i < OPERATORS; i++)
        operators[i].show = "";
}

/* --- what they write --- */

static void utterance_text(bool patron, int utterance, char text[static 64], char id[static 16])
{
    snprintf(id, 16, "m%06d", utterance);
    snprintf(text, 64, "[%c%06d] %s", patron ? 'q' : 'a', utterance,
             patron ? "Is it open?" : "It is <open> & free.");
}

static bool patron_sends(const struct patron *patron, int utterance)
{
    char text[64], id[16];

    utterance_text(true, utterance, text, id);
    return link_deliver(&(struct stanza_text){.name = "message",
                                              .type = "chat",
                                              .from = patron->jid,
                                              .to = patron->queue,
                                              .id = patron->widget ? id : NULL,
                                              .body = text,
                                              .wants_receipt = patron->widget});
}

void people_patron_says(void)
{
    int who = (int)chance(PATRONS);
    struct patron *patron = &patrons[who];

    /* The widget never has more under way than the desk remembers. */
    if (patron->pending_count > 0 && patron->said - patron->pending_said >= PENDING_MAX_HERE)
        return;
    int utterance = judge_says(true, who, patron->widget);
    if (utterance == NOBODY)
        return;
    patron->gone = false;
    story("patron %d says %d", who, utterance);
    if (patron->widget && patron->pending_count == 0)
        patron->pending_said = patron->said;
    if (patron->widget)
        patron->pending[patron->pending_count++] = utterance;
    patron->said++;
    if (!patron_sends(patron, utterance) && !patron->widget)
        judge_refused(utterance);
}

void people_repeat(void)
{
    for (int who = 0; who < PATRONS; who++)
        for (int i = 0; i < patrons[who].pending_count; i++) {
            judge_repeats(patrons[who].pending[i]);
            patron_sends(&patrons[who], patrons[who].pending[i]);
        }
}

static void operator_sends(int who, const char *address, const char *text)
{
    link_deliver(&(struct stanza_text){.name = "message",
                                       .type = "chat",
                                       .from = operators[who].jid,
                                       .to = address,
                                       .body = text});
}

static void operator_answers(int who, const char *address)
{
    char text[64], id[16];
    int utterance = judge_says(false, who, false);

    if (utterance == NOBODY)
        return;
    story("operator %d answers %s with %d", who, address, utterance);
    utterance_text(false, utterance, text, id);
    operator_sends(who, address, text);
}

void people_operator_says(void)
{
    int who = (int)chance(OPERATORS);
    struct person *person = &operators[who];
    unsigned among = now_and_then(3) ? CHATS_SEEN : 2, what = chance(20);
    const char *address = person->seen[chance(among)];

    if (address[0] == '\0')
        return;
    if (what < 14) {
        operator_answers(who, address);
        return;
    }
    static const char *const words[] = {"!end",  "!end",        "!decline",
                                        "!help", "!note aside", "!end followup call back"};
    story("operator %d: %s %s", who, address, words[what - 14]);
    operator_sends(who, address, words[what - 14]);
}

static void operator_shows(int who, const char *to)
{
    const struct person *person = &operators[who];

    link_deliver(&(struct stanza_text){
        .name = "presence",
        .type = person->show == NULL ? "unavailable" : NULL,
        .from = person->jid,
        .to = to,
        .show = person->show == NULL || person->show[0] == '\0' ? NULL : person->show});
}

void people_presence(void)
{
    static const char *const shows[] = {"", "", "", "away", "dnd", NULL};

    if (now_and_then(3)) {
        struct patron *patron = &patrons[chance(PATRONS)];
        patron->gone = !patron->gone;
        link_deliver(&(struct stanza_text){.name = "presence",
                                           .type = patron->gone ? "unavailable" : NULL,
                                           .from = patron->jid,
                                           .to = patron->queue});
        return;
    }
    int who = (int)chance(OPERATORS);
    operators[who].show = shows[chance(6)];
    operator_shows(who, operators[who].queue);
}

/* --- what they read --- */

/* The value of an attribute of the start tag; "" for none. */
static void attribute(const char *stanza, size_t length, const char *name, char *ret, size_t size)
{
    const char *end = memchr(stanza, '>', length);
    size_t named = strlen(name);

    ret[0] = '\0';
    for (const char *at = stanza; end != NULL && at + named + 3 < end; at++) {
        if (*at != ' ' || memcmp(at + 1, name, named) != 0 || at[named + 1] != '=')
            continue;
        char quote = at[named + 2];
        const char *value = at + named + 3, *stop = memchr(value, quote, (size_t)(end - value));
        if (stop != NULL && (size_t)(stop - value) < size) {
            memcpy(ret, value, (size_t)(stop - value));
            ret[stop - value] = '\0';
        }
        return;
    }
}

static bool contains(const char *stanza, size_t length, const char *what)
{
    return memmem(stanza, length, what, strlen(what)) != NULL;
}

static bool is_whose(const char *to, const char *jid)
{
    size_t bare = strcspn(to, "/");

    return strncmp(to, jid, bare) == 0 && jid[bare] == '/';
}

static void patron_is_answered(struct patron *patron, int utterance)
{
    for (int i = 0; i < patron->pending_count; i++) {
        if (patron->pending[i] != utterance)
            continue;
        patron->pending_count--;
        memmove(patron->pending + i, patron->pending + i + 1,
                (size_t)(patron->pending_count - i) * sizeof patron->pending[0]);
        if (i == 0) /* at least one later */
            patron->pending_said++;
        return;
    }
}

static void patron_reads(struct patron *patron, const char *stanza, size_t length)
{
    char id[64], type[16];

    attribute(stanza, length, "type", type, sizeof type);
    if (strcmp(type, "error") == 0) {
        attribute(stanza, length, "id", id, sizeof id);
        int utterance = id[0] == 'm' ? (int)strtol(id + 1, NULL, 10) : NOBODY;
        /* To be tried again, says the server, or the desk. */
        if (utterance == NOBODY || contains(stanza, length, "resource-constraint"))
            return;
        judge_refused(utterance);
        patron_is_answered(patron, utterance);
        return;
    }
    const char *receipt = memmem(stanza, length, "<received ", 10);
    if (receipt == NULL)
        return;
    attribute(receipt, length - (size_t)(receipt - stanza), "id", id, sizeof id);
    int utterance = (int)strtol(id + 1, NULL, 10);
    judge_acknowledged(utterance);
    patron_is_answered(patron, utterance);
}

static void operator_reads(struct person *person, const char *stanza, size_t length)
{
    char from[ADDRESS_SIZE];
    int at = 0;

    attribute(stanza, length, "from", from, sizeof from);
    size_t local = strcspn(from, "@");
    if (memchr(from, '.', local) == NULL)
        return;
    while (at < CHATS_SEEN - 1 && strcmp(person->seen[at], from) != 0)
        at++;
    memmove(person->seen + 1, person->seen, (size_t)at * sizeof person->seen[0]);
    memcpy(person->seen[0], from, sizeof from);
}

static void ping_answer(const char *stanza, size_t length, const char *to, bool gone)
{
    char from[ADDRESS_SIZE], id[128];

    attribute(stanza, length, "from", from, sizeof from);
    attribute(stanza, length, "id", id, sizeof id);
    link_deliver(&(struct stanza_text){
        .name = "iq", .type = gone ? "error" : "result", .from = to, .to = from, .id = id});
}

void people_receive(const char *stanza, size_t length, int node)
{
    char to[ADDRESS_SIZE], type[16], from[ADDRESS_SIZE];
    bool message = strncmp(stanza, "<message", 8) == 0;

    (void)node;
    attribute(stanza, length, "to", to, sizeof to);
    attribute(stanza, length, "type", type, sizeof type);
    for (int who = 0; who < PATRONS; who++) {
        if (!is_whose(to, patrons[who].jid))
            continue;
        if (message)
            patron_reads(&patrons[who], stanza, length);
        else if (strncmp(stanza, "<iq", 3) == 0 && strcmp(type, "get") == 0)
            ping_answer(stanza, length, to, patrons[who].gone);
    }
    for (int who = 0; who < OPERATORS; who++) {
        if (!is_whose(to, operators[who].jid))
            continue;
        if (message && contains(stanza, length, "<body>"))
            operator_reads(&operators[who], stanza, length);
        attribute(stanza, length, "from", from, sizeof from);
        if (strcmp(type, "probe") == 0 && operators[who].show != NULL)
            operator_shows(who, from);
    }
}

void people_settle(void)
{
    const char *address;
    size_t length;
    bool claimed;
    int at = 0, lines;

    for (int who = 0; who < OPERATORS; who++) {
        if (operators[who].show == NULL || operators[who].show[0] != '\0') {
            operators[who].show = "";
            operator_shows(who, operators[who].queue);
        }
    }
    people_repeat();
    while (database_chat(&at, &address, &length, &claimed, &lines)) {
        char to[ADDRESS_SIZE];
        snprintf(to, sizeof to, "%.*s" AT_DESK, (int)length, address);
        const char *dot = memchr(address, '.', length);
        char take[32] = "!end";
        if (!claimed && dot != NULL) /* also who has declined it */
            snprintf(take, sizeof take, "!take %.*s", (int)(address + length - dot - 1), dot + 1);
        for (int who = 0; who < OPERATORS; who++)
            operator_sends(who, claimed ? to : operators[who].queue, take);
    }
}
