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

enum { CHATS_MAX = STORED_MAX, PATRONS = 5, OPERATORS = 4, UNKNOWN = -1 };

/* What the checker knows of a chat, from records alone. */
struct book {
    int lines;     /* the highest number seen */
    int64_t owner; /* 0: nobody */
    int64_t taker; /* whose offer was claimed last */
    int64_t loser; /* who owned it before it was returned */
    bool open, closed;
    char *bodies[200]; /* by line number */
    bool for_patron[200];
    int shown; /* the newest line that the patron's page has; or UNKNOWN */
};

struct checker {
    uint64_t seed;
    int event;
    struct book books[CHATS_MAX];
    bool story; /* keep what happens, to show the end of it when it fails */
    int patron_lines; /* of the running step */
    int answers; /* to the word under way */
    int64_t resumed_chat; /* what the running step's token opens; 0: nothing */
    int resumed_after;
    uint64_t left, told, done; /* open items */
    uint64_t relayed, claimed, returned, transferred, moved, restored, blocked, refused;
    uint64_t resumes, refusals;
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
    book->for_patron[line->line] =
        line->author == AUTHOR_OPERATOR || line->author == AUTHOR_DESK;
    checker.patron_lines += line->author == AUTHOR_PATRON;
}

static bool is_off(const struct world *world, int64_t operator, int64_t queue)
{
    for (int i = 0; i < world->stored->duty_count; i++) {
        const struct duty_record *duty = &world->stored->duties[i];
        if (duty->operator == operator && (duty->queue == 0 || duty->queue == queue) && duty->off)
            return true;
    }
    return false;
}

static bool is_blocked(const struct world *world, int64_t queue, const char *patron)
{
    const struct consortium *settings = world->settings;
    int64_t library = 0;

    for (size_t i = 0; i < settings->queue_count; i++)
        if (settings->queues[i].id == queue)
            library = settings->libraries[settings->queues[i].library].id;
    for (int i = 0; i < world->stored->block_count; i++) {
        const struct block_record *block = &world->stored->blocks[i];
        if (block->library == library && strcmp(block->patron, patron) == 0 &&
            world->midnight + world->now < block->until)
            return true;
    }
    return false;
}

static void check_chat(const struct world *world, const struct chat_record *chat)
{
    struct book *book = &checker.books[chat->number];

    demand(!book->closed, "a record after the end");
    demand((chat->state == CHAT_CLAIMED) == (chat->owner != 0) || chat->state == CHAT_CLOSED,
           "an owner exactly while claimed");
    checker.claimed += chat->owner != 0 && book->owner == 0;
    checker.returned += chat->owner == 0 && book->owner != 0;
    if (chat->owner == 0 && book->owner != 0)
        book->loser = book->owner;
    demand(chat->state == CHAT_CLOSED || !is_blocked(world, chat->queue, chat->patron),
           "a chat of a patron who is blocked");
    checker.blocked += chat->end == END_BLOCKED;
    demand(book->owner == 0 || chat->owner == 0 || chat->owner == book->owner ||
               chat->owner == book->taker,
           "from owner to owner without a return or a transfer");
    book->owner = chat->owner;
    book->open = true;
    book->closed = chat->state == CHAT_CLOSED;
    demand(book->closed == (chat->end != END_NONE), "an end without a cause");
    demand(!book->closed || chat->token_hash[0] == '\0', "a token of a chat that is over");
}

/* Whoever claims was asked, and the claim is recorded before the owner. */
static void check_offer(struct world *world, const struct event *event,
                        const struct offer_record *offer)
{
    bool open = false;

    /* Off duty one is asked for nothing but a chat of one's own, and takes what one likes. */
    if (offer->outcome == OFFER_OPEN) {
        bool own_word = event->type == EVENT_MESSAGE &&
                        strstr(event->from, operator_alias(world, offer->operator)) != NULL;
        demand(own_word || offer->operator == checker.books[offer->chat].loser ||
                   !is_off(world, offer->operator, offer->queue),
               "an offer to somebody who is off duty");
        return;
    }
    if (offer->outcome == OFFER_CLAIMED)
        checker.books[offer->chat].taker = offer->operator;
    for (int i = 0; i < world->stored->offer_count; i++) {
        const struct offer_record *stored = &world->stored->offers[i];
        open = open || (stored->chat == offer->chat && stored->operator == offer->operator &&
                        stored->outcome == OFFER_OPEN);
    }
    demand(open, "the outcome of an offer that was not open");
}

/* What the patron's page has: each line of the desk and of operators comes once and in order, also
 * through a change of address. After a restart it is not known how far the page is. */
static void check_shown(struct book *book, const struct mark *mark)
{
    for (int line = book->shown + 1; book->shown != UNKNOWN && line < mark->line; line++)
        demand(!book->for_patron[line], "a line that the patron never gets");
    demand(book->shown == UNKNOWN || mark->line > book->shown, "a line that the patron gets twice");
    book->shown = mark->line;
}

/* Only the token that was given last opens a chat, and all is there when the desk says so. */
static void check_resume(const struct event *event, const struct effect *effect)
{
    int64_t number = checker.resumed_chat;

    if (effect->resume.answer == RESUME_TOKEN && event->type == EVENT_RESUME &&
        !event->resume.asks) {
        demand(number != 0, "a chat opened without its token");
        checker.books[number].shown = checker.resumed_after;
        checker.resumes++;
    }
    if (effect->resume.answer == RESUME_GONE && event->type == EVENT_RESUME)
        checker.refusals++;
}

/* Relayed implies durable: the text is that of a line recorded before. */
static void check_message(const struct effect *effect)
{
    const struct mark *mark = &effect->message.mark;

    demand(strlen(effect->message.body) > 0, "an empty message");
    if (mark->type == MARK_PATRON || mark->type == MARK_OPERATORS) {
        const struct book *book = &checker.books[mark->chat];
        demand(mark->line >= 1 && mark->line <= book->lines, "a relay of a line not recorded");
        demand(effect->message.replaces == NULL ||
                   strtol(strrchr(effect->message.replaces, '-') + 1, NULL, 10) < mark->line,
               "a correction of a line that comes later");
        demand(strcmp(book->bodies[mark->line], effect->message.body) == 0,
               "a relay of another text than recorded");
        checker.relayed++;
    }
    if (mark->type == MARK_PATRON && running->sending)
        check_shown(&checker.books[mark->chat], mark);
    if (strstr(effect->to, "@guest.localhost") != NULL)
        demand(strstr(effect->message.body, "@localhost") == NULL, "an account shown to a patron");
}

/* Of the library's own staff one hears of an item, once; and what is done stays so. */
static void check_followup(struct world *world, const struct followup_record *item)
{
    const struct followup_record *before = NULL;

    for (int i = 0; i < world->stored->followup_count; i++)
        if (world->stored->followups[i].chat == item->chat)
            before = &world->stored->followups[i];
    demand(strlen(item->text) > 0, "an open item without words");
    demand(before == NULL || before->done_at == 0, "an item that is done is stored again");
    demand(before == NULL || !before->handed || before->told_to == item->told_to,
           "an item that was told is told again");
    for (size_t i = 0; i < world->settings->operator_count; i++) {
        const struct operator_settings *operator = &world->settings->operators[i];
        if (operator->id == item->told_to && (before == NULL || before->told_to == 0))
            demand(world->settings->libraries[operator->library].id == item->library,
                   "an item told to another library");
    }
    demand(item->told_to == 0 || item->told_to != item->operator, "a note told to its author");
    checker.left += before == NULL;
    checker.told += item->told_to != 0 && item->done_at == 0;
    checker.done += item->done_at != 0;
}

static void observe(struct world *world, const struct event *event, const struct effect *effect)
{
    switch (effect->type) {
    case EFFECT_STORE_LINE:
        check_line(&effect->line);
        break;
    case EFFECT_STORE_CHAT:
        check_chat(world, &effect->chat);
        break;
    case EFFECT_STORE_MOVE:
        demand(checker.books[effect->move.chat].owner != 0, "a move of a chat that nobody has");
        checker.moved++;
        break;
    case EFFECT_STORE_OFFER:
        check_offer(world, event, &effect->offer);
        break;
    case EFFECT_MESSAGE:
        check_message(effect);
        break;
    case EFFECT_ERROR:
        demand(event->type == EVENT_MESSAGE || event->type == EVENT_LEAVE ||
                   event->type == EVENT_RESUME,
               "an error that nobody asked for");
        checker.refused += effect->error.refusal == REFUSAL_NOT_ALLOWED;
        break;
    case EFFECT_STORE_FOLLOWUP:
        check_followup(world, &effect->followup);
        break;
    case EFFECT_STORE_ACT:
        checker.transferred += effect->act.act == ACT_TRANSFERRED;
        break;
    case EFFECT_ANSWER:
        demand(event->type == EVENT_WORD && event->word.tag == effect->answer.tag,
               "an answer that nobody asked for");
        checker.answers++;
        break;
    case EFFECT_STORE_DUTY:
    case EFFECT_STORE_DUTY_LOG:
    case EFFECT_STORE_BLOCK:
    case EFFECT_CHAT_STATE:
    case EFFECT_RECEIPT:
    case EFFECT_PRESENCE:
    case EFFECT_SUBSCRIPTION:
    case EFFECT_PROBE:
    case EFFECT_PING:
    case EFFECT_RESUME:
        check_resume(event, effect);
        break;
    case EFFECT_RECALL:
    case EFFECT_REPLAY:
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

/* A queue, or now and then a person. */
static const char *any_desk(void)
{
    static const char *const people[] = {"mobius-mobstate-jane", "mobius-mobstate-bob",
                                         "mobius-slu-sue", "mobius-slu-nobody"};

    return chance(5) == 0 ? people[chance(4)] : any_queue();
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
    if (chance(4) == 0)
        event.message.replaces = chance(2) == 0 ? "o1" : "m1";
    if (chance(10) == 0)
        event.message.link = "https://a.example/";
    event.message.wants_token = chance(3) == 0;
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
    someone_says(world, patrons[chance(PATRONS)], any_desk(), body, id);
    demand(checker.patron_lines <= 1, "one line of a patron recorded twice");
}

/* With the address in a line, or the form. */
static void patron_leaves(struct world *world)
{
    const char *who = patrons[chance(PATRONS)], *queue = any_queue();
    struct event event = {.type = EVENT_LEAVE, .to = queue};

    if (chance(2) == 0) {
        someone_says(world, who, queue, chance(3) == 0 ? "573-555-1234" : "my mail is a@b.org", "");
        return;
    }
    event.from = name_to_jid(world, who, &event.resource);
    event.message.body = chance(9) == 0 ? " " : "Where is it?";
    event.message.contact = chance(9) == 0 ? "nowhere" : "a@b.org";
    event.message.id = "f1";
    world_step(world, &event);
}

static const char *any_patron(void)
{
    char name[16];

    snprintf(name, sizeof name, "%s%u", patrons[chance(PATRONS)], chance(4));
    return chance(2) == 0 ? arena_strdup(running->memory, name) : patrons[chance(PATRONS)];
}

/* Somebody shows a token: mostly one of the last that were given, to its queue. */
static void patron_resumes(struct world *world)
{
    struct event event = {.type = EVENT_RESUME};
    unsigned back = chance(chance(4) == 0 ? 20 : 3);

    event.resume.id = event.resume.after = "";
    event.to = any_queue();
    event.from = name_to_jid(world, any_patron(), &event.resource);
    event.resume.asks = chance(10) == 0;
    checker.resumed_chat = 0;
    checker.resumed_after = 0;
    if ((int)back < world->token_count && !event.resume.asks) {
        const char *token = world->tokens[world->token_count - 1 - (int)back];
        size_t code = strcspn(token, ".");
        memcpy(event.resume.code, token, code);
        token_hash_stub(token + code + 1, event.resume.hash);
        for (int i = 0; i < world->stored->chat_count; i++) {
            const struct chat_record *chat = &world->stored->chats[i];
            if (strcmp(chat->code, event.resume.code) != 0)
                continue;
            const char *dot = strchr(chat->address, '.');
            event.to = chance(8) == 0 ? event.to
                                      : arena_strndup(world->memory, chat->address,
                                                      (size_t)(dot - chat->address));
            if (strcmp(chat->token_hash, event.resume.hash) == 0)
                checker.resumed_chat = chat->number;
            int lines = checker.books[chat->number].lines;
            checker.resumed_after = lines == 0 ? 0 : (int)chance((unsigned)lines + 1);
            if (checker.resumed_after > 0)
                event.resume.after =
                    arena_printf(world->memory, "%s-%d", chat->code, checker.resumed_after);
        }
    }
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
    enum { WORDS = 43 };
    static const char *const words[WORDS] = {
        "!end",      "!end answered", "!decline", "!help",   "!ned",  "!!x",        "!",
        "!end x",    "!cancel",       "!who",     "!wait",   "!info", "!note aside", "!tag maps",
        "!transfer", "!transfer x",   "!take",    "!take 9", "!note", "!tag A b",
        "!off",      "!off mobius-mobstate", "!off mobius-slu", "!on", "!on", "!on mobius-mobstate",
        "!max 1",    "!max off",      "!until 00:00", "!until off", "!block 1", "!block 99x",
        "!explain",  "!on",           "!on",     "!on",
        "!todo",     "!end followup", "!end followup call +15735551234",
        "!c",        "!c hours",      "!c hours", "!profile"};
    const char *chat = any_chat(world), *who = any_operator(world, chat);
    char body[32], take[16], done[32], until[32];

    snprintf(take, sizeof take, "!take %.2s", strrchr(chat, '.') + 1);
    snprintf(done, sizeof done, "!done %s", strrchr(chat, '.') + 1);
    snprintf(body, sizeof body, "answer %u", chance(40));
    snprintf(until, sizeof until, "!until %02d:%02u", (int)(world->now / 3600000 % 24), chance(60));
    if (chance(8) == 0)
        someone_says(world, who, any_desk(), done, "");
    else if (chance(6) == 0)
        someone_says(world, who, any_desk(), chance(2) == 0 ? take : body, "");
    else if (chance(20) == 0)
        someone_says(world, who, chat, until, "");
    else if (chance(3) == 0)
        someone_says(world, who, chat, words[chance(WORDS)], "");
    else if (chance(6) == 0)
        someone_runs(world, chance(10) == 0 ? patrons[chance(PATRONS)] : who,
                     chance(3) == 0 ? any_desk() : chat, words[chance(WORDS)]);
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

    if (chance(5) == 0)
        snprintf(body, sizeof body, "!block %u", 1 + chance(3));
    else
        snprintf(body, sizeof body, "!transfer %s %s note", chance(2) == 0 ? "help" : "move",
                 targets[chance(5)]);
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
             chance(2) == 0 ? SHOW_AVAILABLE : SHOW_UNAVAILABLE, any_desk());
}

static void something_else(struct world *world)
{
    struct event event = {.type = EVENT_CHAT_STATE};
    const char *who = chance(2) == 0 ? patrons[chance(PATRONS)] : operators[chance(OPERATORS)];

    event.from = name_to_jid(world, who, &event.resource);
    event.to = chance(2) == 0 ? any_desk() : any_chat(world);
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

static void process_restarts(struct world *world)
{
    for (int i = 0; i < CHATS_MAX; i++)
        checker.books[i].shown = UNKNOWN;
    world_restart(world);
}

static void process_dies(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    process_restarts(world);
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
    static const char *const files[] = {"desk.conf", "desk_news.conf", "desk_news.conf",
                                        "desk_changed.conf"};
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
        world_settings(world, files[chance(4)]);
}

/* Liveness: everybody leaves, a day passes, and no chat is left. */
static void everybody_leaves(struct world *world)
{
    process_restarts(world);
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
           "%llu returns, %llu transfers, %llu moves, %llu blocked, %llu refused, %llu resumes, "
           "%llu tokens refused, %llu restarts, %llu items left, %llu told, %llu done, no fault\n",
           episodes, events, (unsigned long long)seed, (unsigned long long)checker.relayed,
           (unsigned long long)checker.claimed, (unsigned long long)checker.returned,
           (unsigned long long)checker.transferred, (unsigned long long)checker.moved,
           (unsigned long long)checker.blocked, (unsigned long long)checker.refused,
           (unsigned long long)checker.resumes, (unsigned long long)checker.refusals,
           (unsigned long long)checker.restored, (unsigned long long)checker.left,
           (unsigned long long)checker.told, (unsigned long long)checker.done);
    zone_forget_all();
    return 0;
}
