/* sim_routing.c: the desk under random people, faults and restarts, by one seed.
 *
 *   sim_routing [--seed N|fresh] [--episodes N] [--events N] [--story yes]
 *   sim_routing --growth N
 *
 * Each episode is a desk of its own: patrons ask, operators come, answer, decline and vanish, the
 * server goes away, the process dies before it has sent, settings change (also while it is dead),
 * names change, patrons change their addresses and go on, time jumps, often to a minute at which
 * policy changes. After each step the core checks its own lists (routing_check), and the checker
 * judges what came out by books of its own (test/scenario/checker.h). What only the simulation
 * knows, it judges itself: what each patron's page has. A failure prints the seed that repeats it.
 *
 * --growth counts what one message costs while N chats run, and while 2 N do: that is the same. */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "test/scenario/world.h"
#include "test/simulation/seed.h"

enum { PATRONS = 7, OPERATORS = 5, LINES_MAX = 400, UNKNOWN = -1 };

/* What the page of a chat's patron has. */
struct page {
    int lines; /* recorded so far */
    bool for_patron[LINES_MAX];
    int shown; /* the newest line that came; or UNKNOWN */
};

static struct page pages[STORED_MAX]; /* by the chat's number */

static struct {
    uint64_t seed;
    int event;
    bool story; /* keep what happens, to show the end of it when it fails */
    bool plain; /* the settings are desk.conf's */
    struct world *world; /* of the running episode */
    int resumed_after; /* the line that the page says it has, when it presents a token */
    uint64_t restored, settings, refused;
    struct checker_counts counts;
} simulation;

static void fail(struct world *world, const char *what)
{
    (void)world;
    fprintf(stderr, "sim_routing: %s\n", what);
    abort();
}

/* --- what the pages have --- */

/* Each line of the desk and of operators comes once and in order, also through a change of address.
 * After a restart it is not known how far the page is. */
static void page_shows(struct world *world, const struct mark *mark)
{
    struct page *page = &pages[mark->chat];

    for (int line = page->shown + 1; page->shown != UNKNOWN && line < mark->line; line++)
        if (page->for_patron[line])
            fail(world, "a line that the patron never gets");
    if (page->shown != UNKNOWN && mark->line <= page->shown)
        fail(world, "a line that the patron gets twice");
    page->shown = mark->line;
}

static void pages_observe(struct world *world, const struct event *event,
                          const struct effect *effect)
{
    if (effect->type == EFFECT_STORE_LINE) {
        const struct line_record *line = &effect->line;
        if (line->line >= LINES_MAX)
            fail(world, "more lines than an episode can have");
        pages[line->chat].lines = line->line;
        pages[line->chat].for_patron[line->line] =
            line->author == AUTHOR_OPERATOR || line->author == AUTHOR_DESK;
    }
    if (effect->type == EFFECT_MESSAGE && effect->message.mark.type == MARK_PATRON &&
        world->sending)
        page_shows(world, &effect->message.mark);
    if (effect->type == EFFECT_RESUME && effect->resume.answer == RESUME_TOKEN &&
        event->type == EVENT_RESUME && !event->resume.asks)
        for (int i = 0; i < world->stored->chat_count; i++)
            if (strcmp(world->stored->chats[i].code, event->resume.code) == 0)
                pages[world->stored->chats[i].number].shown = simulation.resumed_after;
    simulation.refused += effect->type == EFFECT_ERROR;
}

static void process_restarts(struct world *world)
{
    for (int i = 0; i < STORED_MAX; i++)
        pages[i].shown = UNKNOWN;
    for (int i = 0; i < world->stored->line_count; i++) {
        const struct line_record *line = &world->stored->lines[i];
        if (line->body[0] == '\0')
            pages[line->chat].for_patron[line->line] = false; /* it was in memory alone */
    }
    world_restart(world);
    simulation.restored++;
}

/* --- chance --- */

/* A seed is the same day with every compiler, so no expression draws twice where their order is the
 * compiler's: two draws are two statements, or parted by a comma of a declaration or by ?:. */
static uint64_t chance_state;

static unsigned chance(unsigned below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (unsigned)(chance_state >> 33) % below;
}

/* Also when an assertion of the core ends it. The last lines of the story, since most faults show
 * near their cause. */
static void show_seed(int signal_number)
{
    struct world *world = simulation.world;

    (void)signal_number;
    if (world != NULL && simulation.story) {
        fflush(world->out);
        size_t from = world->output_length > 20000 ? world->output_length - 20000 : 0;
        fprintf(stderr, "%s\n", world->output + from);
    }
    fprintf(stderr, "sim_routing: repeat it with --seed %llu --episodes 1 --story yes (event %d)\n",
            (unsigned long long)simulation.seed, simulation.event);
}

static const char *const operators[OPERATORS] = {"jane", "bob", "sue", "avery", "janet"};
static const char *const patrons[PATRONS] = {"ann", "ben", "cem", "dan", "eve", "fay", "gus"};

/* Names that there are or were once; the two big ones most likely. */
static const char *any_queue(struct world *world)
{
    static const char *const others[] = {"mobius-mobstate", "mobius-mobstate-main",
                                         "mobius-statemo", "mobius-mobstate-law", "mobius-slu"};
    const struct consortium *settings = world->settings;

    if (chance(12) == 0)
        return others[chance(5)];
    unsigned at = chance((unsigned)settings->queue_count);
    return settings->queues[at == 0 && chance(4) > 0 ? 1 : at].name;
}

/* A queue, or now and then a person. */
static const char *any_desk(struct world *world)
{
    static const char *const people[] = {"mobius-mobstate-jane", "mobius-mobstate-bob",
                                         "mobius-mobstate-janet", "mobius-statemo-jane",
                                         "mobius-slu-sue", "mobius-slu-nobody"};

    return chance(5) == 0 ? people[chance(6)] : any_queue(world);
}

/* Any chat there ever was, the newest most likely; sometimes one that never was. */
static const char *any_chat(struct world *world)
{
    int count = world->stored->chat_count;

    if (count == 0 || chance(50) == 0)
        return "mobius-mobstate.zzzz";
    unsigned among = chance(3) == 0 ? (unsigned)count : 4, back = chance(among);
    return world->stored->chats[back < (unsigned)count ? count - 1 - (int)back : 0].address;
}

/* --- what can happen --- */

static void someone_says(struct world *world, const char *who, const char *to, const char *body,
                         const char *id)
{
    struct event event = {.type = EVENT_MESSAGE, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.message.body = body;
    event.message.id = id;
    event.message.wants_receipt = chance(2) == 0;
    if (chance(4) == 0)
        event.message.replaces = chance(2) == 0 ? "o1" : "m1";
    if (chance(10) == 0)
        event.message.link = "https://a.example/";
    event.message.wants_token = chance(3) == 0;
    world_step(world, &event);
}

/* By command. */
static void someone_runs(struct world *world, const char *who, const char *to, const char *line)
{
    struct event event = {.type = EVENT_WORD, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.word.line = line;
    event.word.tag = (int64_t)chance(1000);
    world_step(world, &event);
}

static void patron_says(struct world *world)
{
    char body[32], id[16];

    snprintf(body, sizeof body, "question %u", chance(40));
    snprintf(id, sizeof id, "m%u", chance(30));
    const char *who = patrons[chance(PATRONS)], *to = any_desk(world);
    someone_says(world, who, to, body, id);
}

/* With the address in a line, or the form. */
static void patron_leaves(struct world *world)
{
    const char *who = patrons[chance(PATRONS)], *queue = any_queue(world);
    struct event event = {.type = EVENT_LEAVE, .to = queue};

    if (chance(2) == 0) {
        static const char *const lines[] = {"573-555-1234", "my mail is a@b.org", "yes", "no"};
        someone_says(world, who, queue, lines[chance(4)], "");
        return;
    }
    event.from = name_to_jid(world, who, &event.resource);
    event.message.body = chance(9) == 0 ? " " : "Where is it?";
    event.message.contact = chance(9) == 0 ? "nowhere" : "a@b.org";
    event.message.id = "f1";
    event.message.wants_receipt = chance(2) == 0;
    world_step(world, &event);
}

static const char *any_patron(struct world *world)
{
    if (chance(2) == 0)
        return patrons[chance(PATRONS)];
    const char *name = patrons[chance(PATRONS)];
    return arena_printf(world->memory, "%s%u", name, chance(4));
}

/* The token as it was given, mostly to the address where its chat is, and from some line on. */
static void token_show(struct world *world, const char *token, struct event *event)
{
    size_t code = strcspn(token, ".");

    memcpy(event->resume.code, token, code);
    token_hash_stub(token + code + 1, event->resume.hash);
    for (int i = 0; i < world->stored->chat_count; i++) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (strcmp(chat->code, event->resume.code) != 0)
            continue;
        if (chance(8) > 0)
            event->to = chat->entry_name[0] != '\0'
                            ? chat->entry_name
                            : arena_strndup(world->memory, chat->address,
                                            strcspn(chat->address, "."));
        int after = (int)chance((unsigned)pages[chat->number].lines + 1);
        simulation.resumed_after = after;
        if (after > 0)
            event->resume.after = arena_printf(world->memory, "%s-%d", chat->code, after);
    }
}

/* Somebody shows a token: mostly one of the last that were given. */
static void patron_resumes(struct world *world)
{
    struct event event = {.type = EVENT_RESUME};
    unsigned among = chance(4) == 0 ? 20 : 3, back = chance(among);

    event.resume.id = event.resume.after = "";
    event.to = any_queue(world);
    event.from = name_to_jid(world, any_patron(world), &event.resource);
    event.resume.asks = chance(10) == 0;
    simulation.resumed_after = 0;
    if ((int)back < world->token_count && !event.resume.asks)
        token_show(world, world->tokens[world->token_count - 1 - (int)back], &event);
    world_step(world, &event);
}

/* Answers of the database come late, now and then; more questions than there is room for wait for
 * them. */
static void database_changes(struct world *world)
{
    world->database_slow = chance(3) > 0 && world->recall_count < RECALLS_MAX / 2;
    world_bring_recalled(world);
}

/* Often somebody who has the chat or is asked for it, so that something comes of it. */
static const char *any_operator(struct world *world, const char *address)
{
    for (int i = 0; i < world->stored->chat_count; i++) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (strcmp(chat->address, address) != 0 || chance(4) == 0)
            continue;
        if (chat->owner != 0 && chance(2) == 0)
            return operator_alias(world, chat->owner);
        for (int j = world->stored->offer_count - 1; j >= 0; j--)
            if (world->stored->offers[j].chat == chat->number &&
                world->stored->offers[j].outcome == OFFER_OPEN)
                return operator_alias(world, world->stored->offers[j].operator);
    }
    return operators[chance(OPERATORS)];
}

static void operator_says(struct world *world)
{
    enum { WORDS = 44 };
    static const char *const words[WORDS] = {
        "!end",      "!end answered", "!decline", "!help",   "!ned",  "!!x",        "!",
        "!end x",    "!cancel",       "!who",     "!wait",   "!info", "!note aside", "!tag maps",
        "!transfer", "!transfer x",   "!take",    "!take 9", "!note", "!tag A b",   "!decline",
        "!off",      "!off mobius-mobstate", "!off mobius-slu", "!on", "!on", "!on mobius-mobstate",
        "!max 1",    "!max off",      "!until 00:00", "!until off", "!block 1", "!block 99x",
        "!explain",  "!on",           "!on",      "!on",
        "!todo",     "!end followup", "!end followup call +15735551234",
        "!c",        "!c hours",      "!c hours", "!profile"};
    const char *chat = any_chat(world), *who = any_operator(world, chat);
    char body[32], take[16], done[32], until[32];

    snprintf(take, sizeof take, "!take %.2s", strrchr(chat, '.') + 1);
    int items = world->stored->followup_count;
    snprintf(done, sizeof done, "!done %s",
             items > 0 ? world->stored->followups[chance((unsigned)items)].code : "k3f9");
    snprintf(body, sizeof body, "answer %u", chance(40));
    snprintf(until, sizeof until, "!until %02d:%02u", (int)(world->now / 3600000 % 24), chance(60));
    const char *word = words[chance(WORDS)], *desk = any_desk(world);
    const char *anybody = operators[chance(OPERATORS)], *patron = patrons[chance(PATRONS)];
    if (chance(8) == 0)
        someone_says(world, anybody, desk, done, "");
    else if (chance(6) == 0)
        someone_says(world, who, desk, chance(2) == 0 ? take : body, "");
    else if (chance(20) == 0)
        someone_says(world, who, chat, until, "");
    else if (chance(9) == 0)
        someone_says(world, who, chat, "!decline", "");
    else if (chance(4) == 0)
        someone_says(world, who, chat, word, "");
    else if (chance(6) == 0)
        someone_runs(world, who, chance(3) == 0 ? desk : chat, word);
    else if (chance(50) == 0)
        someone_runs(world, patron, chat, word);
    else
        someone_says(world, who, chat, body, "o1");
}

static void presence(struct world *world, const char *who, enum show show, const char *to)
{
    struct event event = {.type = EVENT_PRESENCE, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.presence.show = show;
    event.presence.priority = chance(20) == 0 ? -1 : 0;
    if (show == SHOW_AWAY && chance(2) == 0)
        event.presence.idle_since = world->midnight + world->now - chance(900) * 1000;
    world_step(world, &event);
}

/* One of those who are asked for the chat answers. */
static void somebody_takes(struct world *world, const struct chat_record *chat)
{
    for (int i = 0; i < world->stored->offer_count; i++) {
        const struct offer_record *offer = &world->stored->offers[i];
        if (offer->chat != chat->number || offer->outcome != OFFER_OPEN)
            continue;
        someone_says(world, operator_alias(world, offer->operator), chat->address, "mine", "");
        return;
    }
}

/* The owner of some claimed chat hands it over, or blocks its patron. */
static void operator_transfers(struct world *world)
{
    static const char *const targets[] = {"mobius-slu", "mobius-mobstate", "mobius-mobstate-bob",
                                          "mobius-mobstate-jane", "mobius-chatstaff-avery"};
    char body[64];

    static const char *const kinds[] = {"", "help ", "help ", "move ", "move "};
    const char *kind = kinds[chance(5)], *target = targets[chance(5)];

    if (chance(5) == 0)
        snprintf(body, sizeof body, "!block %u", 1 + chance(3));
    else
        snprintf(body, sizeof body, "!transfer %s%s note", kind, target);
    for (int i = world->stored->chat_count - 1; i >= 0; i--) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (chat->state != CHAT_CLAIMED || chance(3) == 0)
            continue;
        someone_says(world, operator_alias(world, chat->owner), chat->address, body, "");
        if (chance(2) == 0)
            somebody_takes(world, chat);
        return;
    }
}

static enum show shown[OPERATORS];

/* A server tells every queue that may see that person; who is gone from the settings, too. */
static void operator_announce(struct world *world, unsigned who)
{
    const struct consortium *settings = world->settings;

    for (size_t i = 0; i < settings->queue_count; i++)
        presence(world, operators[who], shown[who], settings->queues[i].name);
    if (chance(4) == 0)
        presence(world, operators[who], shown[who], any_queue(world));
}

static void operator_presence(struct world *world)
{
    unsigned who = chance(OPERATORS);

    shown[who] = chance(4) > 0 ? SHOW_AVAILABLE : (enum show)chance(6);
    operator_announce(world, who);
}

/* The server answers the probes of a desk that came back; now and then somebody is gone. */
static void probes_answered(struct world *world)
{
    for (unsigned who = 0; who < OPERATORS; who++) {
        if (chance(8) == 0)
            shown[who] = SHOW_UNAVAILABLE;
        if (shown[who] != SHOW_UNAVAILABLE)
            operator_announce(world, who);
    }
}

static void patron_presence(struct world *world)
{
    const char *who = patrons[chance(PATRONS)], *to = any_desk(world);

    presence(world, who, chance(2) == 0 ? SHOW_AVAILABLE : SHOW_UNAVAILABLE, to);
}

static void something_else(struct world *world)
{
    struct event event = {.type = EVENT_CHAT_STATE};
    const char *patron = patrons[chance(PATRONS)], *operator = operators[chance(OPERATORS)];
    const char *who = chance(2) == 0 ? patron : operator;

    event.from = name_to_jid(world, who, &event.resource);
    event.to = chance(2) == 0 ? any_desk(world) : any_chat(world);
    switch (chance(4)) {
    case 0:
        event.type = EVENT_BOUNCE;
        break;
    case 1:
        event.type = EVENT_PROBE;
        break;
    case 2:
        event.type = EVENT_SUBSCRIPTION;
        event.subscription = (enum subscription)chance(4);
        break;
    default:
        event.chat_state = (enum chat_state_name)chance(5);
    }
    world_step(world, &event);
}

static void server_goes(struct world *world)
{
    struct event down = {.type = EVENT_STREAM_DOWN}, up = {.type = EVENT_STREAM_UP};

    world_step(world, &down);
    world_advance(world, world->now + (msec_t)chance(300) * 1000);
    world_step(world, &up);
    probes_answered(world);
}

static const struct {
    const char *file, *renaming;
} desks[] = {
    {"desk.conf", "mobius-mobstate-main=mobius-mobstate mobius-mobstate-janet=mobius-mobstate-jane "
                  "statemo=mobstate mobius-statemo=mobius-mobstate "
                  "mobius-statemo-jane=mobius-mobstate-jane "
                  "mobius-statemo-bob=mobius-mobstate-bob"},
    {"desk_changed.conf", ""},
    {"desk_news.conf", ""},
    {"desk_queue_renamed.conf", "mobius-mobstate=mobius-mobstate-main"},
    {"desk_without_bob.conf", ""},
    {"desk_no_transcripts.conf", ""},
    {"desk_no_transcripts.conf", ""},
    {"desk_bob_elsewhere.conf", ""},
    {"desk_bob_nowhere.conf", ""},
    {"desk_jane_renamed.conf", "mobius-mobstate-jane=mobius-mobstate-janet"},
    {"desk_library_renamed.conf", "mobstate=statemo mobius-mobstate=mobius-statemo "
                                  "mobius-mobstate-jane=mobius-statemo-jane "
                                  "mobius-mobstate-bob=mobius-statemo-bob"},
};

/* From the plain desk to another one, or back to it: so names go and come again. */
static bool settings_change(struct world *world,
                            bool (*change)(struct world *, const char *, const char *))
{
    unsigned at = simulation.plain ? 1 + chance(sizeof desks / sizeof desks[0] - 1) : 0;

    simulation.plain = at == 0;
    simulation.settings++;
    return change(world, desks[at].file, desks[at].renaming);
}

static void process_dies(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    if (chance(6) == 0)
        settings_change(world, world_settings_load);
    process_restarts(world);
    world_step(world, &up);
    probes_answered(world);
}

/* Now and then to the second before a library opens or closes, and over it. */
static void time_passes(struct world *world)
{
    unsigned among = chance(40) == 0 ? 8 * 3600 : chance(4) == 0 ? 200 : 15;
    msec_t seconds = chance(among);
    msec_t until = (chance(2) == 0 ? 8 : 17) * 3600 * 1000LL, day = 24 * 3600 * 1000LL;

    world_advance(world, world->now + seconds * 1000 + chance(1000));
    if (chance(60) == 0) {
        until = world->now - world->now % day + until - 1500;
        world_advance(world, until < world->now ? until + day : until);
    }
}

static void anything(struct world *world)
{
    unsigned what = chance(100);

    if (world->recall_count >= RECALLS_MAX / 2)
        database_changes(world);
    if (what < 24)
        patron_says(world);
    else if (what < 26)
        patron_leaves(world);
    else if (what < 29)
        patron_resumes(world);
    else if (what < 30)
        database_changes(world);
    else if (what < 52)
        operator_says(world);
    else if (what < 57)
        operator_transfers(world);
    else if (what < 70)
        operator_presence(world);
    else if (what < 77)
        patron_presence(world);
    else if (what < 82)
        something_else(world);
    else if (what < 96)
        time_passes(world);
    else if (what < 97)
        server_goes(world);
    else if (what < 98)
        world->sending = false;
    else if (what < 99)
        process_dies(world);
    else
        settings_change(world, world_settings);
}

/* Liveness: everybody leaves, a day passes, and no chat is left. */
static void everybody_leaves(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    process_restarts(world);
    world_step(world, &up);
    world_advance(world, world->now + 24LL * 3600 * 1000);
    for (int i = 0; i < world->stored->chat_count; i++)
        if (world->stored->chats[i].state != CHAT_CLOSED)
            fail(world, "a chat that never ends");
}

static void counts_add(const struct world *world)
{
    struct checker_counts counts = checker_counts(world->checker);

    simulation.counts.relayed += counts.relayed;
    simulation.counts.claimed += counts.claimed;
    simulation.counts.returned += counts.returned;
    simulation.counts.transferred += counts.transferred;
    simulation.counts.declined += counts.declined;
    simulation.counts.closed += counts.closed;
    simulation.counts.moved += counts.moved;
    simulation.counts.blocked += counts.blocked;
    simulation.counts.resumed += counts.resumed;
    simulation.counts.strangers += counts.strangers;
    simulation.counts.left += counts.left;
    simulation.counts.told += counts.told;
    simulation.counts.done += counts.done;
}

static void episode(uint64_t seed, int events)
{
    struct world world;
    struct event up = {.type = EVENT_STREAM_UP};

    memset(shown, 0, sizeof shown);
    memset(pages, 0, sizeof pages);
    simulation.seed = seed;
    simulation.plain = true;
    chance_state = seed * 0x9e3779b97f4a7c15u + 1;
    world_init(&world);
    simulation.world = &world;
    world.silent = !simulation.story;
    world.show_records = true;
    world.broken = fail;
    world.observe = pages_observe;
    world.folder = "test/scenario";
    world.midnight = (msec_t)date_from_civil(2026, 11, 23) * SECONDS_A_DAY * 1000;
    world.now = (msec_t)chance(24 * 3600) * 1000;
    if (!world_settings(&world, "desk.conf", ""))
        fail(&world, "no test/scenario/desk.conf here");
    world_step(&world, &up);
    for (simulation.event = 0; simulation.event < events; simulation.event++)
        anything(&world);
    everybody_leaves(&world);
    counts_add(&world);
    simulation.world = NULL;
    world_release(&world);
}

/* --- growth --- */

struct cost {
    size_t effects, steps;
};

/* Steps the clock and the message, without the checks, which look at everything each time. */
static void growth_step(struct routing *routing, struct effects *effects, struct event *event,
                        msec_t now, struct cost *cost)
{
    msec_t due;

    while ((due = routing_deadline(routing, now, now)) <= now) {
        struct event time = {.type = EVENT_TIME, .at = now, .wall = now, .to = ""};
        routing_step(routing, &time, effects);
        cost->steps++;
    }
    event->at = event->wall = now;
    routing_step(routing, event, effects);
    cost->steps++;
    cost->effects += effects->count;
    effects_clear(effects);
}

/* A line of every patron, and of every patron once more, while all of them wait for nobody. */
static struct cost growth_cost(struct world *world, int chats)
{
    struct routing *routing = routing_new();
    struct routing_options options = {.code_key = 7, .first_number = 1};
    struct event settings = {.type = EVENT_SETTINGS, .settings = world->settings, .to = ""};
    struct event up = {.type = EVENT_STREAM_UP, .to = ""};
    struct cost cost = {0, 0};
    struct effects effects;
    msec_t now = world->midnight + 36000000LL;

    effects_init(&effects);
    routing_start(routing, &options);
    growth_step(routing, &effects, &settings, now, &cost);
    growth_step(routing, &effects, &up, now, &cost);
    growth_step(routing, &effects, &(struct event){.type = EVENT_TIME, .to = ""}, now + 5000,
                &cost);
    for (int i = 0; i < 2 * chats; i++) {
        char patron[48];
        snprintf(patron, sizeof patron, "p%d@guest.localhost", i % chats);
        struct event line = {.type = EVENT_MESSAGE, .from = patron, .resource = "web"};
        line.to = i % chats < 40 ? "mobius-slu" : "mobius-mobstate";
        line.message.id = "";
        line.message.body = "hello";
        if (i == chats)
            cost = (struct cost){0, 0};
        growth_step(routing, &effects, &line, now + 5000 + i, &cost);
    }
    effects_release(&effects);
    routing_free(routing);
    return cost;
}

/* What a message costs does not depend on how many others there are. */
static bool growth(int chats)
{
    struct world world;
    bool fine = false;

    world_init(&world);
    world.silent = true;
    world.folder = "test/scenario";
    world.midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    if (world_settings(&world, "desk.conf", "")) {
        struct cost one = growth_cost(&world, chats), two = growth_cost(&world, 2 * chats);
        printf("%d chats: %.3f steps and %.3f effects a message; %d: %.3f and %.3f\n", chats,
               (double)one.steps / chats, (double)one.effects / chats, 2 * chats,
               (double)two.steps / (2 * chats), (double)two.effects / (2 * chats));
        fine = two.steps <= 2 * one.steps + 2 && two.effects <= 2 * one.effects + 2;
    }
    world_release(&world);
    zone_forget_all();
    return fine;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    long episodes = 50, events = 300;

    signal(SIGABRT, show_seed);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = seed_read(argv[i + 1]);
        else if (strcmp(argv[i], "--episodes") == 0)
            episodes = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--story") == 0)
            simulation.story = strcmp(argv[i + 1], "yes") == 0;
        else if (strcmp(argv[i], "--growth") == 0)
            return growth((int)strtol(argv[i + 1], NULL, 10)) ? 0 : 1;
        else if (strcmp(argv[i], "--events") == 0)
            events = strtol(argv[i + 1], NULL, 10);
    }
    for (long i = 0; i < episodes; i++)
        episode(seed + (uint64_t)i, (int)events);
    const struct checker_counts *counts = &simulation.counts;
    printf("%ld episodes of %ld events from seed %llu: %llu lines relayed, %llu claims, "
           "%llu declines, %llu returns, %llu transfers, %llu moves, %llu blocked, %llu refused, "
           "%llu resumes, %llu tokens refused, %llu items left, %llu told, %llu done, "
           "%llu restarts, %llu settings, no fault\n",
           episodes, events, (unsigned long long)seed, (unsigned long long)counts->relayed,
           (unsigned long long)counts->claimed, (unsigned long long)counts->declined,
           (unsigned long long)counts->returned, (unsigned long long)counts->transferred,
           (unsigned long long)counts->moved, (unsigned long long)counts->blocked,
           (unsigned long long)simulation.refused, (unsigned long long)counts->resumed,
           (unsigned long long)counts->strangers, (unsigned long long)counts->left,
           (unsigned long long)counts->told, (unsigned long long)counts->done,
           (unsigned long long)simulation.restored, (unsigned long long)simulation.settings);
    zone_forget_all();
    return 0;
}
