/* sim_routing.c: the desk under random people, faults and restarts, by one seed.
 *
 *   sim_routing [--seed N] [--episodes N] [--events N] [--story yes]
 *
 * Each episode is a desk of its own: patrons ask, operators come, answer, decline and vanish, the
 * server goes away, the process dies before it has sent, settings change, time jumps. After each
 * step the core checks its own lists (routing_check), and the checker here judges what came out by
 * its own books, which share nothing with the core. A failure prints the seed that repeats it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "test/scenario/world.h"

enum { CHATS_MAX = STORED_MAX, PATRONS = 5, OPERATORS = 4 };

/* What the checker knows of a chat, from records alone. */
struct book {
    int lines;     /* the highest number seen */
    int64_t owner; /* 0: nobody */
    int64_t taker; /* whose offer was claimed last */
    bool open, closed;
    char *bodies[200]; /* by line number */
};

struct checker {
    uint64_t seed;
    int event;
    struct book books[CHATS_MAX];
    bool story; /* keep what happens, to show the end of it when it fails */
    int patron_lines; /* of the running step */
    int answers; /* to the word under way */
    uint64_t relayed, claimed, returned, transferred, restored;
};

static struct checker checker;

static struct world *running;

/* The last lines of the story, since most faults show near their cause. */
static void fail(const char *what)
{
    fflush(running->out);
    size_t from = running->output_length > 3000 ? running->output_length - 3000 : 0;
    fprintf(stderr, "%s\n", running->output + from);
    fprintf(stderr, "sim_routing: %s; repeat it with --seed %llu --episodes 1 (event %d)\n", what,
            (unsigned long long)checker.seed, checker.event);
    abort();
}

static void demand(bool holds, const char *what)
{
    if (!holds)
        fail(what);
}

/* --- the checker --- */

static void check_line(const struct line_record *line)
{
    struct book *book = &checker.books[line->chat];

    demand(!book->closed, "a line after the end");
    demand(line->line == book->lines + 1, "a gap in a transcript");
    book->lines = line->line;
    demand(line->line < 200, "more lines than an episode can have");
    book->bodies[line->line] = strdup(line->body);
    if (line->author == AUTHOR_OPERATOR)
        demand(line->operator == book->owner, "a line of one who does not own the chat");
    checker.patron_lines += line->author == AUTHOR_PATRON;
}

static void check_chat(const struct chat_record *chat)
{
    struct book *book = &checker.books[chat->number];

    demand(!book->closed, "a record after the end");
    demand((chat->state == CHAT_CLAIMED) == (chat->owner != 0) || chat->state == CHAT_CLOSED,
           "an owner exactly while claimed");
    checker.claimed += chat->owner != 0 && book->owner == 0;
    checker.returned += chat->owner == 0 && book->owner != 0;
    demand(book->owner == 0 || chat->owner == 0 || chat->owner == book->owner ||
               chat->owner == book->taker,
           "from owner to owner without a return or a transfer");
    book->owner = chat->owner;
    book->open = true;
    book->closed = chat->state == CHAT_CLOSED;
    demand(book->closed == (chat->end != END_NONE), "an end without a cause");
}

/* Whoever claims was asked, and the claim is recorded before the owner. */
static void check_offer(struct world *world, const struct offer_record *offer)
{
    bool open = false;

    if (offer->outcome == OFFER_OPEN)
        return;
    if (offer->outcome == OFFER_CLAIMED)
        checker.books[offer->chat].taker = offer->operator;
    for (int i = 0; i < world->stored->offer_count; i++) {
        const struct offer_record *stored = &world->stored->offers[i];
        open = open || (stored->chat == offer->chat && stored->operator == offer->operator &&
                        stored->outcome == OFFER_OPEN);
    }
    demand(open, "the outcome of an offer that was not open");
}

/* Relayed implies durable: the text is that of a line recorded before. */
static void check_message(const struct effect *effect)
{
    const struct mark *mark = &effect->message.mark;

    demand(strlen(effect->message.body) > 0, "an empty message");
    if (mark->type == MARK_PATRON || mark->type == MARK_OPERATORS) {
        const struct book *book = &checker.books[mark->chat];
        demand(mark->line >= 1 && mark->line <= book->lines, "a relay of a line not recorded");
        demand(strcmp(book->bodies[mark->line], effect->message.body) == 0,
               "a relay of another text than recorded");
        checker.relayed++;
    }
    if (strstr(effect->to, "@guest.localhost") != NULL)
        demand(strstr(effect->message.body, "@localhost") == NULL, "an account shown to a patron");
}

static void observe(struct world *world, const struct event *event, const struct effect *effect)
{
    switch (effect->type) {
    case EFFECT_STORE_LINE:
        check_line(&effect->line);
        break;
    case EFFECT_STORE_CHAT:
        check_chat(&effect->chat);
        break;
    case EFFECT_STORE_OFFER:
        check_offer(world, &effect->offer);
        break;
    case EFFECT_MESSAGE:
        check_message(effect);
        break;
    case EFFECT_ERROR:
        demand(event->type == EVENT_MESSAGE, "an error that nobody asked for");
        break;
    case EFFECT_STORE_ACT:
        checker.transferred += effect->act.act == ACT_TRANSFERRED;
        break;
    case EFFECT_ANSWER:
        demand(event->type == EVENT_WORD && event->word.tag == effect->answer.tag,
               "an answer that nobody asked for");
        checker.answers++;
        break;
    case EFFECT_CHAT_STATE:
    case EFFECT_RECEIPT:
    case EFFECT_PRESENCE:
    case EFFECT_SUBSCRIPTION:
    case EFFECT_PROBE:
    case EFFECT_PING:
    case EFFECT_RECALL:
        break;
    }
}

/* --- chance --- */

static uint64_t chance_state;

static unsigned chance(unsigned below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (unsigned)(chance_state >> 33) % below;
}

static const char *const operators[OPERATORS] = {"jane", "bob", "sue", "avery"};
static const char *const patrons[PATRONS] = {"ann", "ben", "cem", "dan", "eve"};
static const char *const queues[] = {"mobius-mobstate", "mobius-slu", "mobius-chatstaff",
                                     "mobius-mobstate-law"};

static const char *any_queue(void)
{
    return queues[chance(chance(8) == 0 ? 4 : 2)];
}

/* Any chat there ever was, the newest most likely; sometimes one that never was. */
static const char *any_chat(struct world *world)
{
    int count = world->stored->chat_count;

    if (count == 0 || chance(50) == 0)
        return "mobius-mobstate.zzzz";
    unsigned back = chance(chance(3) == 0 ? (unsigned)count : 4);
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
    world_step(world, &event);
}

/* By command: answered once, whatever it is and whoever runs it. */
static void someone_runs(struct world *world, const char *who, const char *to, const char *line)
{
    struct event event = {.type = EVENT_WORD, .to = to};

    event.from = name_to_jid(world, who, &event.resource);
    event.word.line = line;
    event.word.tag = (int64_t)chance(1000);
    checker.answers = 0;
    world_step(world, &event);
    demand(checker.answers == 1, "a word by command that was not answered once");
}

static void patron_says(struct world *world)
{
    char body[32], id[16];

    snprintf(body, sizeof body, "question %u", chance(40));
    snprintf(id, sizeof id, "m%u", chance(30));
    checker.patron_lines = 0;
    someone_says(world, patrons[chance(PATRONS)], any_queue(), body, id);
    demand(checker.patron_lines <= 1, "one line of a patron recorded twice");
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
    enum { WORDS = 20 };
    static const char *const words[WORDS] = {
        "!end",      "!end answered", "!decline", "!help",   "!ned",  "!!x",        "!",
        "!end x",    "!cancel",       "!who",     "!wait",   "!info", "!note aside", "!tag maps",
        "!transfer", "!transfer x",   "!take",    "!take 9", "!note", "!tag A b"};
    const char *chat = any_chat(world), *who = any_operator(world, chat);
    char body[32], take[16];

    snprintf(take, sizeof take, "!take %.2s", strrchr(chat, '.') + 1);
    snprintf(body, sizeof body, "answer %u", chance(40));
    if (chance(6) == 0)
        someone_says(world, who, any_queue(), chance(2) == 0 ? take : body, "");
    else if (chance(3) == 0)
        someone_says(world, who, chat, words[chance(WORDS)], "");
    else if (chance(6) == 0)
        someone_runs(world, chance(10) == 0 ? patrons[chance(PATRONS)] : who,
                     chance(3) == 0 ? any_queue() : chat, words[chance(WORDS)]);
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

/* The owner of some claimed chat hands it over. */
static void operator_transfers(struct world *world)
{
    static const char *const targets[] = {"mobius-slu", "mobius-mobstate", "mobius-mobstate-bob",
                                          "mobius-mobstate-jane", "mobius-chatstaff-avery"};
    char body[64];

    snprintf(body, sizeof body, "!transfer help %s note", targets[chance(5)]);
    for (int i = world->stored->chat_count - 1; i >= 0; i--) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (chat->state != CHAT_CLAIMED || chance(3) == 0)
            continue;
        someone_says(world, operator_alias(world, chat->owner), chat->address, body, "");
        return;
    }
}

static enum show shown[OPERATORS];

static void operator_announce(struct world *world, unsigned who)
{
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++)
        presence(world, operators[who], shown[who], queues[i]);
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
    presence(world, patrons[chance(PATRONS)],
             chance(2) == 0 ? SHOW_AVAILABLE : SHOW_UNAVAILABLE, any_queue());
}

static void something_else(struct world *world)
{
    struct event event = {.type = EVENT_CHAT_STATE};
    const char *who = chance(2) == 0 ? patrons[chance(PATRONS)] : operators[chance(OPERATORS)];

    event.from = name_to_jid(world, who, &event.resource);
    event.to = chance(2) == 0 ? any_queue() : any_chat(world);
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

static void process_dies(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    world_restart(world);
    checker.restored++;
    world_step(world, &up);
    probes_answered(world);
}

static void time_passes(struct world *world)
{
    msec_t seconds = chance(40) == 0 ? chance(8 * 3600) : chance(chance(4) == 0 ? 200 : 15);

    world_advance(world, world->now + seconds * 1000 + chance(1000));
}

static void anything(struct world *world)
{
    unsigned what = chance(100);

    if (what < 30)
        patron_says(world);
    else if (what < 52)
        operator_says(world);
    else if (what < 55)
        operator_transfers(world);
    else if (what < 68)
        operator_presence(world);
    else if (what < 76)
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
        world_settings(world, chance(3) == 0 ? "desk_changed.conf" : "desk.conf");
}

/* Liveness: everybody leaves, a day passes, and no chat is left. */
static void everybody_leaves(struct world *world)
{
    world_restart(world);
    struct event up = {.type = EVENT_STREAM_UP};
    world_step(world, &up);
    world_advance(world, world->now + 24LL * 3600 * 1000);
    for (int i = 0; i < world->stored->chat_count; i++)
        demand(world->stored->chats[i].state == CHAT_CLOSED, "a chat that never ends");
}

static void episode(uint64_t seed, int events)
{
    struct world world;
    struct event up = {.type = EVENT_STREAM_UP};

    memset(&checker.books, 0, sizeof checker.books);
    memset(shown, 0, sizeof shown);
    checker.seed = seed;
    chance_state = seed * 0x9e3779b97f4a7c15u + 1;
    world_init(&world);
    world.silent = !checker.story;
    world.show_records = true;
    running = &world;
    world.observe = observe;
    world.folder = "test/scenario";
    world.midnight = (msec_t)date_from_civil(2026, 11, 23) * SECONDS_A_DAY * 1000;
    world.now = (msec_t)chance(24 * 3600) * 1000;
    demand(world_settings(&world, "desk.conf"), "no test/scenario/desk.conf here");
    world_step(&world, &up);
    for (checker.event = 0; checker.event < events; checker.event++)
        anything(&world);
    everybody_leaves(&world);
    world_release(&world);
    for (int i = 0; i < CHATS_MAX; i++)
        for (int line = 0; line < 200; line++)
            free(checker.books[i].bodies[line]);
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    long episodes = 50, events = 300;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--episodes") == 0)
            episodes = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--story") == 0)
            checker.story = strcmp(argv[i + 1], "yes") == 0;
        else if (strcmp(argv[i], "--events") == 0)
            events = strtol(argv[i + 1], NULL, 10);
    }
    for (long i = 0; i < episodes; i++)
        episode(seed + (uint64_t)i, (int)events);
    printf("%ld episodes of %ld events from seed %llu: %llu lines relayed, %llu claims, "
           "%llu returns, %llu transfers, %llu restarts, no fault\n",
           episodes, events, (unsigned long long)seed, (unsigned long long)checker.relayed,
           (unsigned long long)checker.claimed, (unsigned long long)checker.returned,
           (unsigned long long)checker.transferred,
           (unsigned long long)checker.restored);
    zone_forget_all();
    return 0;
}
