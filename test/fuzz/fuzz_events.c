/* Any bytes as what happens at a small desk. The first byte chooses the desk, each four behind it
 * are an event: what, who, where, and which. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/fuzz/play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 150, SECOND_MS = 1000, HOUR_MS = 3600 * 1000 };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool server_away; /* nothing comes then but time and what administrators have begun */

static const char *const desks[] = {
    "desk.conf",         "duty.conf",         "left.conf",       "profiles.conf",
    "strategies.conf",   "desk_news.conf",    "policy.conf",     "desk_no_transcripts.conf",
    "desk_changed.conf", "notices_snow.conf", "notices_none.conf", "policy_closed.conf",
    "desk_without_bob.conf", "desk_bob_nowhere.conf", "notices_longer.conf", "crowd.conf",
};

static const char *const people[] = {
    "jane", "bob", "sue", "avery", "jane/phone", "bob/phone", "ann", "ben",
    "cem", "dan", "eve", "ann/tab2", "ben/", "zoe@elsewhere.example/x", "nobody/", "janet",
};

static const char *const addresses[] = {
    "mobius-mobstate", "mobius-slu", "mobius-chatstaff", "mobius-mobstate-law",
    "mobius-mobstate-jane", "mobius-mobstate-bob", "mobius-slu-sue", "mobius-mobstate-health", "",
    "nothing", "mobius-mobstate.zzzz", ".", "#1", "#2", "#3", "#4",
};

static const char *const bodies[] = {
    "hello", "", " ", "!", "!!x", "!end", "!end answered", "!end followup",
    "!end followup call ann@example.org", "!end lost", "!end practice", "!end x", "!decline",
    "!transfer", "!transfer mobius-slu", "!transfer help mobius-slu why",
    "!transfer move mobius-slu", "!transfer mobius-mobstate-bob", "!transfer mobius-mobstate",
    "!transfer help mobius-mobstate-jane", "!transfer move mobius-chatstaff", "!transfer x",
    "!cancel", "!c", "!c hours", "!c back", "!c no",
    "!info", "!profile", "!profile slu", "!profile x", "!note", "!note aside", "!tag", "!tag maps",
    "!tag A b", "!who", "!wait", "!take", "!take 9", "!todo", "!done", "!done x", "!off",
    "!off mobius-mobstate", "!off law", "!off mobius-slu", "!on", "!on mobius-mobstate", "!on x",
    "!max 1", "!max 2", "!max off", "!max x", "!until 10:30", "!until 00:00", "!until off",
    "!until x", "!block", "!block 1", "!block x", "!explain", "!explain mobius-slu", "!explain x",
    "!help", "!nonsense", "ann@example.org", "my number is 573-555-1234", "yes", "no",
    "Where is it?\nIn the cellar?", "https://example.org/",
};

/* "4711": the same id again is a repeat. */
static const char *const ids[] = {"", "m1", "m2", "m3", "4711", "", "", ""};

static const char *pick(struct world *world, const char *const *list, size_t count, uint8_t byte)
{
    return address_from_alias(world, list[byte % count]);
}

#define PICK(list, byte) pick(world, list, COUNT(list), byte)

/* "!take ID" and "!done ID" of what there is. */
static const char *body_of(struct world *world, uint8_t byte)
{
    const struct stored *stored = world->stored;

    if (byte < 200)
        return bodies[byte % COUNT(bodies)];
    if (stored->chat_count == 0)
        return "!wait";
    const char *code = stored->chats[byte % stored->chat_count].code;
    return arena_printf(world->memory, byte < 228 ? "!take %s" : "!done %s", code);
}

/* A command composes its line, so that it always is a word. */
static const char *word_of(struct world *world, const char *body)
{
    return body[0] == '!' ? body : arena_printf(world->memory, "!%s", body);
}

static void message(struct world *world, struct event *event, uint8_t which, uint8_t kind)
{
    event->message.body = body_of(world, which);
    event->message.id = ids[kind / 32];
    event->message.wants_receipt = which % 2 == 0;
    event->message.wants_token = which % 3 == 0;
    if (which % 16 == 7)
        event->message.replaces = ids[1 + which / 16 % 4];
    if (which % 16 == 9 && event->type == EVENT_MESSAGE)
        event->message.link = "https://example.org/";
    event->message.encrypted = which == 255;
    if (event->type == EVENT_LEAVE)
        event->message.contact = which % 8 == 0 ? "nowhere" : "ann@example.org";
}

/* A token as it was given or nearly, and a line from which to go on. */
static void resume(struct world *world, struct event *event, uint8_t which)
{
    event->resume.id = event->resume.after = "";
    event->resume.asks = which % 8 == 0;
    if (world->token_count == 0 || which % 8 == 1)
        return;
    const char *token = world->tokens[which / 8 % world->token_count];
    size_t code = strcspn(token, ".");
    memcpy(event->resume.code, token, code);
    token_hash_stub(which % 8 == 2 ? "guess" : token + code + 1, event->resume.hash);
    if (which % 8 > 3)
        event->resume.after = arena_printf(world->memory, "%s-%d", event->resume.code, which % 8);
}

static void administrator(struct world *world, const char *who, const uint8_t *bytes)
{
    const struct consortium *settings = world->settings;
    const struct library_settings *library =
        &settings->libraries[bytes[2] % settings->library_count];
    int64_t chats[2] = {bytes[3] % 8, bytes[3] / 8};
    const char *resource;

    who = name_to_jid(world, who, &resource);
    if (bytes[3] < 64)
        admin_signs_off(world, who, settings->operators[bytes[2] % settings->operator_count].id);
    else if (bytes[3] < 96)
        admin_explains(world, who, PICK(addresses, bytes[2]));
    else if (bytes[3] < 160)
        admin_blocks(world, bytes[2] == 255 ? 0 : library->id, who, bytes[3] % 4);
    else
        admin_erases(world, library->id, chats, 2);
}

static void process_restarts(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    play_tell(world, "restarts", "the process", "", "");
    world_restart(world);
    world_step(world, &up);
    server_away = false;
}

static void server_changes(struct world *world, bool asked)
{
    struct event event = {.type = server_away ? EVENT_STREAM_UP : EVENT_STREAM_DOWN};
    struct event closing = {.type = EVENT_STREAM_CLOSING};

    play_tell(world, server_away ? "comes" : "goes", "the server", "", "");
    if (!server_away && asked)
        world_step(world, &closing);
    world_step(world, &event);
    server_away = !server_away;
}

static void desk_itself(struct world *world, const uint8_t *bytes)
{
    const char *desk = desks[bytes[2] % COUNT(desks)];

    switch (bytes[1] % 8) {
    case 0:
    case 1:
        server_changes(world, bytes[3] % 2 == 0);
        break;
    case 2:
        world->sending = false;
        break;
    case 3:
        world_settings_load(world, desk, "");
        process_restarts(world);
        break;
    case 4:
        process_restarts(world);
        break;
    case 5:
        world->database_slow = true;
        break;
    case 6:
        world->database_slow = false;
        world_bring_recalled(world);
        break;
    default:
        play_tell(world, "changes", "the desk", desk, "");
        world_settings(world, desk, "");
    }
}

static void time_passes(struct world *world, const uint8_t *bytes)
{
    msec_t unit = bytes[1] < 160 ? SECOND_MS : bytes[1] < 240 ? 60 * SECOND_MS : HOUR_MS;

    world_advance(world, world->now + bytes[2] % 64 * unit + bytes[3]);
}

static const struct {
    enum event_type type;
    const char *what;
} stanzas[] = {
    {EVENT_MESSAGE, "writes"},  {EVENT_MESSAGE, "writes"},  {EVENT_MESSAGE, "writes"},
    {EVENT_WORD, "runs"},       {EVENT_LEAVE, "leaves"},    {EVENT_RESUME, "resumes"},
    {EVENT_CHAT_STATE, "types"}, {EVENT_PRESENCE, "is"},    {EVENT_PROBE, "probes"},
    {EVENT_SUBSCRIPTION, "subscribes"}, {EVENT_BOUNCE, "bounces"},
};

/* What is in it, in words. */
static const char *stanza_fill(struct world *world, struct event *event, const uint8_t *bytes)
{
    switch (event->type) {
    case EVENT_MESSAGE:
    case EVENT_LEAVE:
        message(world, event, bytes[3], bytes[0]);
        return event->message.body;
    case EVENT_RESUME:
        resume(world, event, bytes[3]);
        return event->resume.code;
    case EVENT_CHAT_STATE:
        event->chat_state = (enum chat_state_name)(bytes[3] % 5);
        break;
    case EVENT_SUBSCRIPTION:
        event->subscription = (enum subscription)(bytes[3] % 4);
        break;
    case EVENT_WORD:
        return event->word.line = word_of(world, body_of(world, bytes[3]));
    case EVENT_PRESENCE:
        event->presence.show = (enum show)(bytes[3] % 6);
        event->presence.priority = bytes[3] > 250 ? -1 : 0;
        if (bytes[3] % 16 > 12)
            event->presence.idle_since = world->midnight + world->now - bytes[3] * 5000;
        break;
    default: /* nothing is */
        break;
    }
    return "";
}

static void event_play(struct world *world, const uint8_t *bytes)
{
    enum { EVERY_QUEUE = COUNT(stanzas), ADMINISTRATOR, DESK, LOOK, TIME, KINDS };
    const char *who = people[bytes[1] % COUNT(people)];
    struct event event = {.to = PICK(addresses, bytes[2])};
    size_t kind = bytes[0] % KINDS;

    if (server_away && kind <= EVERY_QUEUE) {
        return;
    }
    if (kind < COUNT(stanzas)) {
        event.type = stanzas[kind].type;
        event.from = name_to_jid(world, who, &event.resource);
        play_tell(world, stanzas[kind].what, who, event.to, stanza_fill(world, &event, bytes));
        world_step(world, &event);
    } else if (kind == EVERY_QUEUE) {
        play_presence(world, who, (enum show)(bytes[2] % 6), bytes[3] > 200 ? bytes[3] * 5000 : 0);
    } else if (kind == ADMINISTRATOR) {
        administrator(world, who, bytes);
    } else if (kind == DESK) {
        desk_itself(world, bytes);
    } else if (kind == LOOK) {
        play_look(world, who, event.to);
    } else {
        time_passes(world, bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;

    if (size == 0)
        return 0;
    server_away = false;
    play_begin(&world, desks[data[0] % COUNT(desks)]);
    for (size_t at = 1, count = 0; at + 4 <= size && count < EVENTS_MAX; at += 4, count++) {
        if (!play_has_room(&world))
            break;
        if (world.recall_count > 4) {
            world.database_slow = false;
            world_bring_recalled(&world);
        }
        event_play(&world, data + at);
    }
    play_end(&world);
    return 0;
}
