/* sim_tenants.c: what one library does changes nothing for another without shared coverage.
 *
 *   sim_tenants [--seed N|fresh] [--days N] [--events N] [--show yes]
 *
 * A day of two libraries is played three times with one seed: with both of them, with the first
 * one alone, and with another day of the second one. What the people of the first library are sent,
 * and what is written down about its chats and staff, must be the same to the byte each time. Where
 * not, something of the second library leaks: a count, a name, a place in a line, or an instant at
 * which something happens.
 *
 * Each library acts by draws of its own, at instants of its own, and reacts to what it has seen
 * itself: so its people do the same as long as they see the same. What happens to both (the server
 * goes away, the process dies) is drawn apart. Chat IDs and tokens come from one sequence for all
 * and say nothing; they are renamed in the order in which the library's own appear.
 *
 * Left out is what libraries may see of each other: the backup (only the second library has it),
 * a transfer across libraries, !who, which lists them as targets, and coordinators' settings.
 *
 * That it finds leaks was shown by planting some, each found within five days: a place in the
 * line that counts all who wait (chat_place() without its comparison of homes), and the next chat's
 * number in the text of !info. And it found three that nobody had planted: chats due at one instant
 * in an order that hung on others, and names and people that were removed, known until anybody's
 * settings changed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "policy/mem.h"
#include "test/scenario/world.h"
#include "test/simulation/seed.h"
#include "test/simulation/tenants.h"

enum { PATRONS = 4, CHATS_MAX = 400, TOKENS_MAX = 400 };

/* One who draws: a library, or what happens to both. */
struct player {
    const struct library *library; /* NULL: both */
    uint64_t chance;
    msec_t next; /* when it acts again; INT64_MAX: never */
    int variant;
    enum show shown[OPERATORS];
    const char *addresses[CHATS_MAX]; /* of its chats, in the order of their opening */
    int64_t numbers[CHATS_MAX];
    int chat_count;
    const char *tokens[TOKENS_MAX]; /* given to its patrons */
    int token_count;
};

enum { FIRST, SECOND, BOTH, PLAYERS };

struct day {
    struct world world;
    struct player players[PLAYERS];
    char *seen; /* what the first library sees */
    size_t seen_length;
    FILE *out;
};

static uint64_t seed_now; /* of the running day */

static void show_seed(int signal_number)
{
    (void)signal_number;
    fprintf(stderr, "sim_tenants: repeat it with --seed %llu --days 1\n",
            (unsigned long long)seed_now);
}

static void fail(struct world *world, const char *what)
{
    (void)world;
    fprintf(stderr, "sim_tenants: %s\n", what);
    abort();
}

static unsigned chance(struct player *player, unsigned below)
{
    player->chance ^= player->chance << 13;
    player->chance ^= player->chance >> 7;
    player->chance ^= player->chance << 17;
    return (unsigned)(player->chance >> 33) % below;
}

/* --- what belongs to a library --- */

static bool is_named_of(const struct library *library, const char *name)
{
    static const char head[] = "mobius-";
    size_t length = strlen(library->name);

    return strncmp(name, head, sizeof head - 1) == 0 &&
           strncmp(name + sizeof head - 1, library->name, length) == 0;
}

/* Its patrons are "NAME-LIBRARY@guest.localhost". */
static bool is_person_of(const struct library *library, const char *jid)
{
    size_t local = strcspn(jid, "@"), length = strlen(library->name);

    return is_named_of(library, jid) ||
           (local > length && strncmp(jid + local - length, library->name, length) == 0);
}

static const struct chat_record *chat_of(const struct world *world, int64_t number)
{
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.list[i].type == EFFECT_STORE_CHAT &&
            world->effects.list[i].chat.number == number)
            return &world->effects.list[i].chat;
    for (int i = 0; i < world->stored->chat_count; i++)
        if (world->stored->chats[i].number == number)
            return &world->stored->chats[i];
    return NULL;
}

static bool is_chat_of(const struct day *day, int64_t number, const struct library *library)
{
    const struct chat_record *chat = chat_of(&day->world, number);

    return chat != NULL && is_named_of(library, chat->address);
}

/* A chat's place among the library's own: their numbers are all that others have to do with it. */
static int chat_alias(const struct player *player, int64_t number)
{
    for (int i = 0; i < player->chat_count; i++)
        if (player->numbers[i] == number)
            return i + 1;
    return 0;
}

static void chat_note(struct day *day, const struct chat_record *chat)
{
    for (int i = FIRST; i <= SECOND; i++) {
        struct player *player = &day->players[i];
        if (!is_named_of(&libraries[i], chat->address) || chat_alias(player, chat->number) != 0)
            continue;
        if (player->chat_count == CHATS_MAX)
            fail(&day->world, "more chats than a day can have");
        player->numbers[player->chat_count] = chat->number;
        player->addresses[player->chat_count++] =
            arena_strdup(day->world.memory, chat->address);
    }
}

/* --- what the first library sees --- */

static const char *name_of_operator(const struct day *day, int64_t id)
{
    return operator_alias((struct world *)&day->world, id);
}

static void see_record(struct day *day, const struct effect *effect)
{
    const struct library *library = &libraries[FIRST];
    const struct player *player = &day->players[FIRST];
    struct world *world = &day->world;
    FILE *out = day->out;

    switch (effect->type) {
    case EFFECT_STORE_CHAT:
        if (is_chat_of(day, effect->chat.number, library))
            fprintf(out, "chat %s state %d end %d as %d owner %s of %s patron %s/%s line %d\n",
                    effect->chat.address, effect->chat.state, effect->chat.end,
                    effect->chat.resolution, name_of_operator(day, effect->chat.owner),
                    queue_alias(world, effect->chat.answering_queue), effect->chat.patron,
                    effect->chat.patron_resource, effect->chat.last_line);
        return;
    case EFFECT_STORE_LINE:
        if (is_chat_of(day, effect->line.chat, library))
            fprintf(out, "line %d of %d by %d %s for %d: %s\n", effect->line.line,
                    chat_alias(player, effect->line.chat), effect->line.author,
                    name_of_operator(day, effect->line.operator), effect->line.replaces,
                    effect->line.body);
        return;
    case EFFECT_STORE_OFFER:
        if (is_chat_of(day, effect->offer.chat, library))
            fprintf(out, "offer of %d to %s through %s: %d\n",
                    chat_alias(player, effect->offer.chat),
                    name_of_operator(day, effect->offer.operator),
                    queue_alias(world, effect->offer.queue), effect->offer.outcome);
        return;
    case EFFECT_STORE_ACT:
        if (is_chat_of(day, effect->act.chat, library))
            fprintf(out, "act %d of %d by %s: %s\n", effect->act.act,
                    chat_alias(player, effect->act.chat),
                    name_of_operator(day, effect->act.operator), effect->act.detail);
        return;
    case EFFECT_STORE_DUTY_LOG:
        if (is_named_of(library, queue_alias(world, effect->duty_log.queue)))
            fprintf(out, "duty of %s for %s: %d\n",
                    name_of_operator(day, effect->duty_log.operator),
                    queue_alias(world, effect->duty_log.queue), effect->duty_log.on);
        return;
    case EFFECT_STORE_FOLLOWUP:
        if (is_chat_of(day, effect->followup.chat, library))
            fprintf(out, "item of %d told to %s done by %s: %s (%s)\n",
                    chat_alias(player, effect->followup.chat),
                    name_of_operator(day, effect->followup.told_to),
                    name_of_operator(day, effect->followup.done_by), effect->followup.text,
                    effect->followup.contact);
        return;
    default: /* moves do not happen; duties and blocks show in what they change */
        return;
    }
}

static void see_sent(struct day *day, const struct event *event, const struct effect *effect)
{
    FILE *out = day->out;

    switch (effect->type) {
    case EFFECT_MESSAGE:
        fprintf(out, "message id %s delayed %lld private %d replaces %s headline %d link %d own %d:"
                     " %s\n",
                effect->message.id, (long long)effect->message.delayed, effect->message.private,
                effect->message.replaces == NULL ? "-" : effect->message.replaces,
                effect->message.headline, effect->message.link, effect->message.own,
                effect->message.body);
        return;
    case EFFECT_CHAT_STATE:
        fprintf(out, "types %d\n", effect->chat_state);
        return;
    case EFFECT_RECEIPT:
        fprintf(out, "receipt %s\n", effect->receipt);
        return;
    case EFFECT_ERROR:
        fprintf(out, "error %s %d: %s\n", effect->error.id, effect->error.refusal,
                effect->error.text == NULL ? "" : effect->error.text);
        return;
    case EFFECT_PRESENCE:
        fprintf(out, "presence %d: %s\n", effect->presence.show, effect->presence.status);
        return;
    case EFFECT_SUBSCRIPTION:
        fprintf(out, "subscription %d\n", effect->subscription);
        return;
    case EFFECT_RESUME:
        fprintf(out, "resume %d: %s\n", effect->resume.answer, effect->resume.token);
        return;
    case EFFECT_ANSWER:
        fprintf(out, "answer to %s: %s\n", event->word.line,
                effect->answer.text == NULL ? "-" : effect->answer.text);
        return;
    default: /* a probe, a ping */
        fprintf(out, "effect %d\n", effect->type);
        return;
    }
}

static void token_note(struct day *day, const struct effect *effect)
{
    for (int i = FIRST; i <= SECOND; i++) {
        struct player *player = &day->players[i];
        if (effect->resume.answer == RESUME_TOKEN &&
            is_person_of(&libraries[i], effect->to) && player->token_count < TOKENS_MAX)
            player->tokens[player->token_count++] =
                arena_strdup(day->world.memory, effect->resume.token);
    }
}

static void observe(struct world *world, const struct event *event, const struct effect *effect)
{
    struct day *day = world->observer;
    long at = ftell(day->out);

    if (effect->type == EFFECT_STORE_CHAT)
        chat_note(day, &effect->chat);
    if (effect->type == EFFECT_RESUME)
        token_note(day, effect);
    if (effect->type == EFFECT_RECALL || effect->type == EFFECT_REPLAY)
        return;
    if (effect_is_record(effect)) {
        see_record(day, effect);
    } else if (effect->to != NULL && is_person_of(&libraries[FIRST], effect->to)) {
        fprintf(day->out, "to %s from %s: ", effect->to, effect->from);
        see_sent(day, event, effect);
    }
    if (ftell(day->out) != at)
        fprintf(day->out, "  at %lld%s\n", (long long)world->now, world->sending ? "" : ", lost");
}

static bool is_part_of_word(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

/* As a word of its own. */
static void replace_all(char *text, const char *what, const char *by)
{
    size_t length = strlen(what);

    for (char *at = text; (at = strstr(at, what)) != NULL; at += length)
        if ((at == text || !is_part_of_word(at[-1])) && !is_part_of_word(at[length]))
            memcpy(at, by, length);
}

/* IDs and tokens by the order in which the library's own appeared. The number behind the dot of a
 * token is one of the world's; behind it stand as many digits. */
static void seen_rename(struct day *day)
{
    const struct player *player = &day->players[FIRST];
    char alias[64];

    fclose(day->out);
    for (int i = 0; i < player->token_count; i++) {
        const char *secret = strchr(player->tokens[i], '.') + 1;
        snprintf(alias, sizeof alias, "T%0*d", (int)strlen(secret) - 1, i + 1);
        replace_all(day->seen, secret, alias);
    }
    for (int i = 0; i < player->chat_count; i++) {
        const char *code = strrchr(player->addresses[i], '.') + 1;
        snprintf(alias, sizeof alias, "C%0*d", (int)strlen(code) - 1, i + 1);
        replace_all(day->seen, code, alias);
    }
}

/* --- what a library's people do --- */

static void act(struct day *day, struct event *event, const char *local, const char *domain,
                const char *resource, const char *to)
{
    event->from = arena_printf(day->world.memory, "%s@%s", local, domain);
    event->resource = resource;
    event->to = to;
    world_step(&day->world, event);
}

static const char *any_patron(struct day *day, struct player *player)
{
    static const char *const names[PATRONS] = {"ann", "ben", "cem", "dan"};

    return arena_printf(day->world.memory, "%s-%s", names[chance(player, PATRONS)],
                        player->library->name);
}

static const char *any_desk(struct player *player)
{
    return player->library->desks[chance(player, 5)];
}

/* One of the last few; or one that never was. */
static const char *any_chat(struct player *player)
{
    unsigned among = player->chat_count < 4 ? (unsigned)player->chat_count : 4;

    if (among == 0 || chance(player, 30) == 0)
        return "mobius-mobstate.zzzz";
    return player->addresses[player->chat_count - 1 - (int)chance(player, among)];
}

static void patron_acts(struct day *day, struct player *player)
{
    const char *who = any_patron(day, player), *to = any_desk(player);
    unsigned what = chance(player, 20);
    struct event event = {.type = EVENT_MESSAGE};

    if (what < 13) {
        event.message.id = arena_printf(day->world.memory, "m%u", chance(player, 30));
        event.message.body =
            arena_printf(day->world.memory, "question %u", chance(player, 40));
        event.message.wants_receipt = chance(player, 2) == 0;
        event.message.wants_token = chance(player, 3) == 0;
        if (chance(player, 8) == 0)
            event.message.body = "my mail is a@b.org";
    } else if (what < 15) {
        event.type = EVENT_LEAVE;
        event.message.id = "f1";
        event.message.body = "Where is it?";
        event.message.contact = "a@b.org";
    } else if (what < 18) {
        event.type = EVENT_PRESENCE;
        event.presence.show = chance(player, 3) == 0 ? SHOW_UNAVAILABLE : SHOW_AVAILABLE;
    } else if (what < 19) {
        event.type = EVENT_CHAT_STATE;
        event.chat_state = STATE_COMPOSING;
    } else {
        event.type = EVENT_BOUNCE;
    }
    act(day, &event, who, "guest.localhost", "web", to);
}

/* With one of the library's last tokens, from any of its patrons' addresses. */
static void patron_resumes(struct day *day, struct player *player)
{
    struct event event = {.type = EVENT_RESUME};
    unsigned among = player->token_count < 3 ? (unsigned)player->token_count : 3;
    const char *who = any_patron(day, player), *to = any_desk(player);

    event.resume.id = event.resume.after = "";
    event.resume.asks = among == 0;
    if (among > 0) {
        const char *token = player->tokens[player->token_count - 1 - (int)chance(player, among)];
        size_t code = strcspn(token, ".");
        memcpy(event.resume.code, token, code);
        token_hash_stub(token + code + 1, event.resume.hash);
    }
    act(day, &event, who, "guest.localhost", "web", to);
}

/* The owner of the chat most likely, or somebody who is asked for it. */
static const char *any_staff(struct day *day, struct player *player, const char *address)
{
    const struct stored *stored = day->world.stored;
    const char *by_chance = player->library->staff[chance(player, OPERATORS)];
    bool owner = chance(player, 4) > 0;
    int64_t found = 0;

    for (int i = 0; owner && i < stored->chat_count; i++) {
        const struct chat_record *chat = &stored->chats[i];
        if (strcmp(chat->address, address) != 0)
            continue;
        found = chat->owner;
        for (int j = stored->offer_count - 1; found == 0 && j >= 0; j--)
            if (stored->offers[j].chat == chat->number &&
                stored->offers[j].outcome == OFFER_OPEN)
                found = stored->offers[j].operator;
    }
    const struct consortium *settings = day->world.settings;
    for (size_t i = 0; found != 0 && i < settings->operator_count; i++)
        if (settings->operators[i].id == found)
            return arena_strndup(day->world.memory, settings->operators[i].account,
                                 strcspn(settings->operators[i].account, "@"));
    return by_chance;
}

/* All but !who and transfers to others: see above. */
static const char *any_line(struct day *day, struct player *player, const char *chat)
{
    static const char *const words[] = {
        "!end",  "!end answered", "!decline", "!help",      "!wait", "!info", "!note aside",
        "!todo", "!explain",      "!off",     "!on",        "!on",   "!on",   "!max 1",
        "!c",    "!c hours",      "!profile", "!max off",   "!take", "!tag maps",
        "!transfer %s", "!transfer %s", "!transfer %s", "!cancel", "!end followup call",
        "!block 1", "!take %.4s", "!done %.4s"};
    enum { WORDS = sizeof words / sizeof words[0] };
    const char *word = words[chance(player, WORDS)];
    unsigned number = chance(player, 40), target = chance(player, 5);

    if (chance(player, 3) > 0)
        return arena_printf(day->world.memory, "answer %u", number);
    if (strncmp(word, "!transfer", 9) == 0)
        return arena_printf(day->world.memory, "!transfer %s",
                            target < 4 || player->library == &libraries[FIRST]
                                ? player->library->desks[target]
                                : "help mobius-chatstaff");
    if (strstr(word, "%.4s") != NULL)
        return arena_printf(day->world.memory, "%.6s%s", word, strrchr(chat, '.') + 1);
    return word;
}

static void staff_acts(struct day *day, struct player *player)
{
    const char *chat = any_chat(player), *desk = any_desk(player);
    const char *line = any_line(day, player, chat), *who = any_staff(day, player, chat);
    unsigned what = chance(player, 10);
    struct event event = {.type = EVENT_MESSAGE};

    if (what == 0 && line[0] == '!') {
        event.type = EVENT_WORD;
        event.word.line = line;
        event.word.tag = 1;
    } else {
        event.message.id = "o1";
        event.message.body = line;
    }
    act(day, &event, who, "localhost", "desk", what < 8 ? chat : desk);
}

/* As a server does: to each of the library's queues of now. */
static void staff_announces(struct day *day, struct player *player, unsigned who)
{
    const struct consortium *settings = day->world.settings;
    const char *local = player->library->staff[who];

    for (size_t i = 0; i < settings->queue_count; i++) {
        struct event event = {.type = EVENT_PRESENCE};
        const char *name = settings->queues[i].name;
        event.presence.show = player->shown[who];
        if (player->shown[who] == SHOW_AWAY)
            event.presence.idle_since = day->world.midnight + day->world.now - 500 * 1000;
        if (is_named_of(&libraries[FIRST], name) == (player->library == &libraries[FIRST]))
            act(day, &event, local, "localhost", "desk", name);
    }
}

static void staff_comes(struct day *day, struct player *player)
{
    unsigned who = chance(player, OPERATORS);
    static const enum show shows[] = {SHOW_AVAILABLE, SHOW_AVAILABLE, SHOW_AVAILABLE, SHOW_AWAY,
                                      SHOW_DND,       SHOW_UNAVAILABLE};

    player->shown[who] = shows[chance(player, 6)];
    staff_announces(day, player, who);
}

/* The whole consortium is in one file. */
static bool settings_write(struct day *day, const char *renaming)
{
    static const char head[] =
        "consortium = { name = \"mobius\"; title = \"MOBIUS\"; timezone = \"UTC\";\n"
        "hours = ( { days = \"mon-fri\"; open = \"08:00\"; close = \"17:00\"; } );\n"
        "backup = { queue = \"mobius-chatstaff\"; hours = ( { days = \"mon-fri\";"
        " open = \"17:00\"; close = \"08:00\"; } ); };\nlibraries = (\n"
        "{ name = \"chatstaff\"; title = \"Chatstaff\"; hours = ();"
        " operators = ( { name = \"mobius-chatstaff-avery\"; title = \"Avery\"; } );"
        " queues = ( { name = \"mobius-chatstaff\"; operators = [ \"mobius-chatstaff-avery\" ];"
        " retention_days = 365; } ); },\n";
    const char *path = arena_printf(day->world.memory, "%s/desk.conf", day->world.folder);
    FILE *file = fopen(path, "w");

    if (file == NULL)
        return false;
    fprintf(file, "%s%s,\n%s\n); };\n", head,
            libraries[FIRST].variants[day->players[FIRST].variant].text,
            libraries[SECOND].variants[day->players[SECOND].variant].text);
    fclose(file);
    return world_settings(&day->world, "desk.conf", renaming);
}

/* From the plain settings to others, or back. */
static void settings_change(struct day *day, struct player *player)
{
    int before = player->variant;

    player->variant = before == 0 ? 1 + (int)chance(player, VARIANTS - 1) : 0;
    if (!settings_write(day, before == 0 ? player->library->variants[player->variant].there
                                         : player->library->variants[before].back))
        fail(&day->world, "settings that cannot be read");
}

static void library_acts(struct day *day, struct player *player)
{
    unsigned what = chance(player, 100);

    if (what < 40)
        patron_acts(day, player);
    else if (what < 45)
        patron_resumes(day, player);
    else if (what < 80)
        staff_acts(day, player);
    else if (what < 97)
        staff_comes(day, player);
    else
        settings_change(day, player);
}

/* --- what happens to both --- */

static void server_returns(struct day *day)
{
    struct event up = {.type = EVENT_STREAM_UP};

    world_step(&day->world, &up);
    for (int i = FIRST; i <= SECOND; i++)
        for (unsigned who = 0; who < OPERATORS && day->players[i].next != INT64_MAX; who++)
            if (day->players[i].shown[who] != SHOW_UNAVAILABLE)
                staff_announces(day, &day->players[i], who);
}

static void both_suffer(struct day *day, struct player *player)
{
    struct event down = {.type = EVENT_STREAM_DOWN};

    switch (chance(player, 3)) {
    case 0:
        world_step(&day->world, &down);
        server_returns(day);
        return;
    case 1:
        day->world.sending = false;
        return;
    default:
        world_restart(&day->world);
        server_returns(day);
    }
}

/* --- a day --- */

/* Each player has instants of its own, so that none acts in another's place. */
static void player_waits(struct player *player, int index)
{
    unsigned among = chance(player, 20) == 0 ? 1800 : 20;
    msec_t pause = (msec_t)chance(player, among) * 1000 + chance(player, 300) * PLAYERS;

    if (player->library == NULL)
        pause = pause * 40 - pause * 40 % PLAYERS;
    player->next += pause - pause % PLAYERS + PLAYERS;
    player->next += index - player->next % PLAYERS;
}

static struct player *player_next(struct day *day)
{
    struct player *next = &day->players[FIRST];

    for (int i = FIRST; i < PLAYERS; i++)
        if (day->players[i].next < next->next)
            next = &day->players[i];
    return next;
}

static void day_begin(struct day *day, const char *folder, uint64_t seed, uint64_t second)
{
    struct event up = {.type = EVENT_STREAM_UP};

    memset(day, 0, sizeof *day);
    world_init(&day->world);
    day->world.silent = true;
    day->world.broken = fail;
    day->world.observe = observe;
    day->world.observer = day;
    day->world.folder = folder;
    day->world.midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    day->out = open_memstream(&day->seen, &day->seen_length);
    for (int i = FIRST; i < PLAYERS; i++) {
        struct player *player = &day->players[i];
        player->library = i == BOTH ? NULL : &libraries[i];
        player->chance = (i == SECOND ? second : seed) * 0x9e3779b97f4a7c15u + 1 + (uint64_t)i;
        player->next = (7 * 3600 + 30 * 60) * 1000LL;
        player_waits(player, i);
    }
    if (second == 0)
        day->players[SECOND].next = INT64_MAX;
    if (!settings_write(day, ""))
        fail(&day->world, "settings that cannot be read");
    world_step(&day->world, &up);
}

/* The day ends after so many acts of the first library. `second` is the second one's seed, 0: it
 * does nothing. The caller frees what the first one has seen. */
static char *day_play(const char *folder, uint64_t seed, uint64_t second, int events)
{
    struct day *day = mem_new(sizeof *day);
    char *seen;

    day_begin(day, folder, seed, second);
    while (events > 0) {
        struct player *player = player_next(day);
        world_advance(&day->world, player->next);
        if (player == &day->players[BOTH])
            both_suffer(day, player);
        else
            library_acts(day, player);
        events -= player == &day->players[FIRST];
        player_waits(player, (int)(player - day->players));
    }
    seen_rename(day);
    seen = day->seen;
    world_release(&day->world);
    free(day);
    return seen;
}

/* The first line that differs, with some before it. */
static void show_difference(const char *what, const char *a, const char *b)
{
    size_t at = 0, from;

    while (a[at] != '\0' && a[at] == b[at])
        at++;
    from = at;
    for (int lines = 0; from > 0 && lines < 8; from--)
        lines += a[from - 1] == '\n';
    fprintf(stderr, "sim_tenants: the first library sees something else %s:\n", what);
    fprintf(stderr, "%.*s\n-- or --\n%.*s\n", (int)(at - from + strcspn(a + at, "\n")), a + from,
            (int)(at - from + strcspn(b + at, "\n")), b + from);
}

static bool day_is_same(const char *folder, uint64_t seed, int events, bool show,
                        size_t *ret_bytes)
{
    char *with = day_play(folder, seed, seed + 1000000007u, events);
    char *without = day_play(folder, seed, 0, events);
    char *other = day_play(folder, seed, seed + 2000000011u, events);
    bool alone = strcmp(with, without) == 0, any = strcmp(with, other) == 0;

    if (show)
        printf("%s", with);
    if (!alone)
        show_difference("when the second one is silent", with, without);
    else if (!any)
        show_difference("when the second one has another day", with, other);
    *ret_bytes = strlen(with);
    free(with);
    free(without);
    free(other);
    return alone && any;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/deskbell-tenants-XXXXXX";
    uint64_t seed = 1;
    long days = 20, events = 150;
    size_t bytes = 0, all = 0;
    bool show = false, same = true;

    signal(SIGABRT, show_seed);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = seed_read(argv[i + 1]);
        else if (strcmp(argv[i], "--days") == 0)
            days = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--events") == 0)
            events = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--show") == 0)
            show = strcmp(argv[i + 1], "yes") == 0;
    }
    if (mkdtemp(folder) == NULL)
        return 1;
    for (long i = 0; i < days && same; i++) {
        seed_now = seed + (uint64_t)i;
        same = day_is_same(folder, seed_now, (int)events, show, &bytes);
        all += bytes;
    }
    if (!same)
        show_seed(0);
    else
        printf("%ld days of %ld acts from seed %llu: %zu bytes seen by one library, the same each "
               "time\n",
               days, events, (unsigned long long)seed, all);
    char *path = mem_printf("%s/desk.conf", folder);
    unlink(path);
    free(path);
    rmdir(folder);
    zone_forget_all();
    return same ? 0 : 1;
}
