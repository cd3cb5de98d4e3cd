/* world.c: runs events through routing and remembers what it stored. */
#include "test/scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "policy/arena.h"

void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->stored = calloc(1, sizeof *world->stored);
    world->memory = arena_new();
    world->out = open_memstream(&world->output, &world->output_length);
    world->sending = true;
    world->show_presence = true;
    effects_init(&world->effects);
    world->checker = checker_new();
}

void world_release(struct world *world)
{
    routing_free(world->routing);
    checker_free(world->checker);
    consortium_free(world->settings);
    consortium_free(world->settings_before);
    effects_release(&world->effects);
    arena_free(world->memory);
    fclose(world->out);
    free(world->output);
    free(world->stored);
}

/* Chats are numbered in the order in which they are first stored. */
static struct routing *routing_started(const struct world *world)
{
    struct routing_options options = {.code_key = 7, .first_number = world->stored->chat_count + 1};
    struct routing *routing = routing_new();

    routing_start(routing, &options);
    return routing;
}

/* What was called otherwise before: "mobius-mobstate" for "mobius-state". */
static const char *old_name(struct world *world, const char *name, const char *renaming)
{
    char *save = NULL;

    for (char *pair = strtok_r(arena_strdup(world->memory, renaming), " ", &save); pair != NULL;
         pair = strtok_r(NULL, " ", &save)) {
        char *equals = strchr(pair, '=');
        if (equals != NULL && strcmp(equals + 1, name) == 0) {
            *equals = '\0';
            return pair;
        }
    }
    return name;
}

static int64_t settings_id(int index, const int64_t *id)
{
    static int64_t next = 1000;

    return index == NO_INDEX ? next++ : *id;
}

/* The database gives ids; here a name has the same one for ever, also when it is renamed. */
static void settings_number(struct world *world, struct consortium *settings,
                            const char *renaming)
{
    const struct consortium *before = world->settings;
    int old = NO_INDEX;

#define NUMBER(thing, find, list)                                                              \
    do {                                                                                        \
        if (before != NULL) {                                                                   \
            old = find(before, old_name(world, (thing)->name, renaming));                       \
            if (old == NO_INDEX)                                                                \
                old = find(before, (thing)->name);                                              \
        }                                                                                       \
        (thing)->id = settings_id(old, old == NO_INDEX ? NULL : &before->list[old].id);         \
    } while (0)

    for (size_t i = 0; i < settings->library_count; i++)
        NUMBER(&settings->libraries[i], consortium_library, libraries);
    for (size_t i = 0; i < settings->queue_count; i++)
        NUMBER(&settings->queues[i], consortium_queue, queues);
    for (size_t i = 0; i < settings->operator_count; i++)
        NUMBER(&settings->operators[i], consortium_operator, operators);
#undef NUMBER
}

bool world_settings_load(struct world *world, const char *path, const char *renaming)
{
    const char *file = arena_printf(world->memory, "%s/%s", world->folder, path);
    struct consortium *settings = settings_read(file, "localhost", stderr);

    if (settings == NULL)
        return false;
    settings_number(world, settings, renaming);
    consortium_free(world->settings_before);
    world->settings_before = world->settings;
    world->settings = settings;
    return true;
}

bool world_settings(struct world *world, const char *path, const char *renaming)
{
    struct event event = {.type = EVENT_SETTINGS};

    if (!world_settings_load(world, path, renaming))
        return false;
    if (world->routing == NULL)
        world->routing = routing_started(world);
    event.settings = world->settings;
    world_step(world, &event);
    return true;
}

static const char *keep(struct world *world, const char *text)
{
    return arena_strdup(world->memory, text);
}

static void store_chat(struct world *world, const struct chat_record *record)
{
    struct stored *stored = world->stored;
    int at = 0;

    while (at < stored->chat_count && stored->chats[at].number != record->number)
        at++;
    if (at == stored->chat_count)
        stored->chat_count++;
    struct chat_record *chat = &stored->chats[at];
    int patron_mark = chat->patron_mark, operator_mark = chat->operator_mark;
    *chat = *record;
    chat->code = keep(world, record->code);
    chat->address = keep(world, record->address);
    chat->patron = keep(world, record->patron);
    chat->patron_resource = keep(world, record->patron_resource);
    chat->entry_name = keep(world, record->entry_name);
    chat->token_hash = keep(world, record->token_hash);
    chat->patron_mark = patron_mark;
    chat->operator_mark = operator_mark;
}

static void store_offer(struct world *world, const struct offer_record *record)
{
    struct stored *stored = world->stored;

    for (int i = 0; i < stored->offer_count; i++) {
        struct offer_record *offer = &stored->offers[i];
        if (offer->chat == record->chat && offer->operator == record->operator) {
            offer->outcome = record->outcome;
            return;
        }
    }
    stored->offers[stored->offer_count++] = *record;
}

static void store_duty(struct world *world, const struct duty_record *record)
{
    struct stored *stored = world->stored;
    int at = 0;

    while (at < stored->duty_count && (stored->duties[at].operator != record->operator ||
                                       stored->duties[at].queue != record->queue))
        at++;
    if (at == stored->duty_count)
        stored->duty_count++;
    stored->duties[at] = *record;
}

void world_store_block(struct world *world, const struct block_record *record)
{
    struct stored *stored = world->stored;
    int at = 0;

    while (at < stored->block_count && (stored->blocks[at].library != record->library ||
                                        strcmp(stored->blocks[at].patron, record->patron) != 0))
        at++;
    if (at == stored->block_count)
        stored->block_count++;
    stored->blocks[at] = *record;
    stored->blocks[at].patron = keep(world, record->patron);
}

static void store_followup(struct world *world, const struct followup_record *record)
{
    struct stored *stored = world->stored;
    int at = 0;

    while (at < stored->followup_count && stored->followups[at].chat != record->chat)
        at++;
    if (at == stored->followup_count)
        stored->followup_count++;
    struct followup_record *followup = &stored->followups[at];
    *followup = *record;
    followup->code = keep(world, record->code);
    followup->text = keep(world, record->text);
    followup->contact = keep(world, record->contact);
}

static void store_duty_log(struct world *world, const struct duty_log_record *record)
{
    struct stored *stored = world->stored;
    int at = 0;

    while (at < stored->log_count && (stored->log[at].operator != record->operator ||
                                      stored->log[at].queue != record->queue))
        at++;
    bool before = at < stored->log_count && stored->log[at].on;
    if (at == stored->log_count)
        stored->log_count++;
    stored->log[at] = *record;
    world->log_is_news = !record->first || record->on != before;
}

static void store_mark(struct world *world, const struct mark *mark)
{
    struct stored *stored = world->stored;

    for (int i = 0; i < stored->followup_count; i++)
        if (mark->type == MARK_FOLLOWUP && stored->followups[i].chat == mark->chat)
            stored->followups[i].handed = true;
    for (int i = 0; i < stored->chat_count; i++) {
        struct chat_record *chat = &stored->chats[i];
        if (chat->number != mark->chat || mark->type == MARK_FOLLOWUP)
            continue;
        int *field = mark->type == MARK_PATRON ? &chat->patron_mark : &chat->operator_mark;
        if (mark->line > *field)
            *field = mark->line;
    }
    for (int i = 0; i < stored->offer_count; i++)
        if (mark->type == MARK_OFFER && stored->offers[i].chat == mark->chat &&
            stored->offers[i].operator == mark->operator)
            stored->offers[i].handed = true;
}

/* They are written behind all records of their turn: what is sent can come before its chat. */
static void marks_remember(struct world *world)
{
    for (size_t i = 0; world->sending && i < world->effects.count; i++) {
        const struct effect *effect = &world->effects.list[i];
        if (effect->type == EFFECT_MESSAGE && effect->message.mark.type != MARK_NONE)
            store_mark(world, &effect->message.mark);
    }
}

void world_echo(struct world *world, const char *jid, const char *resource)
{
    if (world->echoer_count == ECHOERS_MAX)
        abort();
    world->echoers[world->echoer_count] = keep(world, jid);
    world->echoer_resources[world->echoer_count++] = keep(world, resource);
}

/* More than a story can bear is a loop, which is what the story is about: it ends the program. */
static void echo_plan(struct world *world, const struct effect *effect)
{
    for (int i = 0; i < world->echoer_count; i++) {
        size_t length = strlen(world->echoers[i]);
        if (strncmp(effect->to, world->echoers[i], length) != 0 ||
            (effect->to[length] != '\0' && effect->to[length] != '/'))
            continue;
        if (world->echo_count == ECHOES_MAX)
            abort();
        world->echoes[world->echo_count++] =
            (struct echo){world->now + ECHO_MS, world->echoers[i], world->echoer_resources[i],
                          keep(world, effect->from), keep(world, effect->message.body)};
    }
}

/* Tokens are numbered as they are given: t1, t2 ... Routing only compares hashes. */
void token_hash_stub(const char *text, char hash[TOKEN_HASH_MAX + 1])
{
    snprintf(hash, TOKEN_HASH_MAX + 1, "hash of%33.33s", text);
}

static void token_remember(struct world *world, const char *token)
{
    world->tokens[world->token_count++ % STORED_MAX] = keep(world, token);
}

static void remember(struct world *world, const struct effect *effect)
{
    struct stored *stored = world->stored;

    switch (effect->type) {
    case EFFECT_STORE_CHAT:
        store_chat(world, &effect->chat);
        break;
    case EFFECT_STORE_LINE: {
        struct line_record *line = &stored->lines[stored->line_count++];
        *line = effect->line;
        line->stanza_id = keep(world, effect->line.stanza_id);
        line->body = keep(world, effect->line.body);
        break;
    }
    case EFFECT_STORE_OFFER:
        store_offer(world, &effect->offer);
        break;
    case EFFECT_STORE_DUTY:
        store_duty(world, &effect->duty);
        break;
    case EFFECT_STORE_DUTY_LOG:
        store_duty_log(world, &effect->duty_log);
        break;
    case EFFECT_STORE_BLOCK:
        world_store_block(world, &effect->block);
        break;
    case EFFECT_STORE_FOLLOWUP:
        store_followup(world, &effect->followup);
        break;
    case EFFECT_MESSAGE:
        echo_plan(world, effect);
        break;
    case EFFECT_RECALL:
    case EFFECT_REPLAY:
        world->recalls[world->recall_count].chat = effect->recall;
        world->recalls[world->recall_count].answer =
            effect->type == EFFECT_RECALL ? EVENT_RECALLED : EVENT_REPLAYED;
        world->recalls[world->recall_count++].line_count = stored->line_count;
        break;
    case EFFECT_RESUME:
        if (effect->resume.answer == RESUME_TOKEN)
            token_remember(world, effect->resume.token);
        break;
    case EFFECT_STORE_MOVE: /* the chat's record says it too */
    case EFFECT_STORE_ACT:
    case EFFECT_CHAT_STATE:
    case EFFECT_RECEIPT:
    case EFFECT_ERROR:
    case EFFECT_PRESENCE:
    case EFFECT_SUBSCRIPTION:
    case EFFECT_PROBE:
    case EFFECT_PING:
    case EFFECT_ANSWER:
        break;
    }
}

/* In the story as if somebody had written it. */
static void echo_say(struct world *world)
{
    const struct echo *echo = &world->echoes[world->echo_first++];
    struct event event = {.type = EVENT_MESSAGE,
                          .from = echo->jid,
                          .resource = echo->resource,
                          .to = echo->to};

    event.message.id = "";
    event.message.body = echo->body;
    print_time(world, '>');
    fprintf(world->out, "echo of %s to %s\n",
            name_from_jid(world, arena_printf(world->memory, "%s/%s", echo->jid, echo->resource)),
            address_to_alias(world, echo->to));
    world_step(world, &event);
}

/* Of the first `among` lines that were stored, those of the chat above a number. */
static int stored_lines(const struct world *world, int64_t chat, int above, int among,
                        struct line_record *lines)
{
    int count = 0;

    for (int i = 0; i < among; i++)
        if (world->stored->lines[i].chat == chat && world->stored->lines[i].line > above)
            lines[count++] = world->stored->lines[i];
    return count;
}

void world_bring_recalled(struct world *world)
{
    while (world->recall_count > 0 && !world->database_slow) {
        struct line_record *lines = calloc(STORED_MAX, sizeof *lines);
        struct event event = {.type = world->recalls[0].answer};
        event.recalled.chat = world->recalls[0].chat;
        event.recalled.lines = lines;
        event.recalled.line_count = (size_t)stored_lines(
            world, event.recalled.chat, 0, world->recalls[0].line_count, lines);
        world->recall_count--;
        memmove(world->recalls, world->recalls + 1,
                (size_t)world->recall_count * sizeof world->recalls[0]);
        world_step(world, &event);
        free(lines);
    }
}

void world_step(struct world *world, struct event *event)
{
    event->at = world->now + 1000000; /* the two clocks differ, as they do in life */
    event->wall = world->midnight + world->now;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    snprintf(world->fresh.text, sizeof world->fresh.text, "%032d", world->token_count + 1);
    token_hash_stub(world->fresh.text, world->fresh.hash);
    event->fresh = &world->fresh;
    effects_clear(&world->effects);
    checker_begin(world->checker, event);
    routing_step(world->routing, event, &world->effects);
    routing_check(world->routing);
    for (size_t i = 0; i < world->effects.count; i++) {
        checker_effect(world->checker, &world->effects.list[i]);
        if (world->observe != NULL)
            world->observe(world, event, &world->effects.list[i]);
        remember(world, &world->effects.list[i]);
        if (!world->silent)
            print_effect(world, &world->effects.list[i]);
    }
    marks_remember(world);
    checker_end(world->checker);
    if (world->broken != NULL && checker_fault(world->checker) != NULL)
        world->broken(world, checker_fault(world->checker));
    world_bring_recalled(world);
}

void world_advance(struct world *world, msec_t at)
{
    for (int rounds = 0; rounds < 10000; rounds++) {
        msec_t due = routing_deadline(world->routing, world->now + 1000000,
                                      world->midnight + world->now);
        struct event event = {.type = EVENT_TIME};
        const struct echo *echo = &world->echoes[world->echo_first];
        if (world->echo_first < world->echo_count && echo->at <= at &&
            (due == INT64_MAX || echo->at <= due - 1000000)) {
            world->now = echo->at > world->now ? echo->at : world->now;
            echo_say(world);
            continue;
        }
        if (due == INT64_MAX || due - 1000000 > at)
            break;
        if (due - 1000000 > world->now)
            world->now = due - 1000000;
        world_step(world, &event);
    }
    world->now = at;
}

static void restore_chat(struct world *world, struct chat_record *chat)
{
    static struct line_record lines[STORED_MAX], recent[STORED_MAX];
    static struct offer_record offers[STORED_MAX];
    struct event event = {.type = EVENT_RESTORE};
    int lower = chat->patron_mark < chat->operator_mark ? chat->patron_mark : chat->operator_mark;

    for (int i = 0; i < world->stored->line_count; i++)
        if (world->stored->lines[i].chat == chat->number &&
            world->stored->lines[i].line > chat->last_line)
            chat->last_line = world->stored->lines[i].line;
    event.restore.chat = chat;
    event.restore.lines = lines;
    event.restore.line_count = (size_t)stored_lines(
        world, chat->number, chat->state == CHAT_WAITING ? 0 : lower, world->stored->line_count,
        lines);
    event.restore.offers = offers;
    for (int i = 0; i < world->stored->offer_count; i++) {
        const struct offer_record *offer = &world->stored->offers[i];
        if (offer->chat == chat->number &&
            (offer->outcome == OFFER_OPEN || offer->outcome == OFFER_DECLINED))
            offers[event.restore.offer_count++] = *offer;
    }
    event.restore.recent = recent;
    for (int i = 0; i < world->stored->line_count; i++)
        if (world->stored->lines[i].chat == chat->number &&
            world->stored->lines[i].author == AUTHOR_PATRON)
            recent[event.restore.recent_count++] = world->stored->lines[i];
    world_step(world, &event);
}

/* Of chats that have ended those whose newest line has not left, for a day. */
static bool comes_back(const struct world *world, const struct chat_record *chat)
{
    int mark = chat->patron_mark > chat->operator_mark ? chat->patron_mark : chat->operator_mark;

    return chat->state != CHAT_CLOSED ||
           (mark < chat->last_line && chat->closed > world->midnight + world->now - 86400000);
}

/* The desk's own state comes before the chats. */
static void restore_desk(struct world *world)
{
    for (int i = 0, count = world->stored->duty_count; i < count; i++) {
        struct event event = {.type = EVENT_RESTORE_DUTY, .duty = &world->stored->duties[i]};
        world_step(world, &event);
    }
    for (int i = 0, count = world->stored->block_count; i < count; i++) {
        struct event event = {.type = EVENT_RESTORE_BLOCK, .block = &world->stored->blocks[i]};
        world_step(world, &event);
    }
    for (int i = 0, count = world->stored->followup_count; i < count; i++) {
        struct event event = {.type = EVENT_RESTORE_FOLLOWUP};
        event.followup = &world->stored->followups[i];
        if (event.followup->done_at == 0)
            world_step(world, &event);
    }
}

void world_restart(struct world *world)
{
    struct event settings = {.type = EVENT_SETTINGS, .settings = world->settings};
    int chats = world->stored->chat_count;

    world->sending = true;
    world->database_slow = false;
    world->recall_count = 0; /* asked by the one that died */
    routing_free(world->routing);
    world->routing = routing_started(world);
    checker_restart(world->checker);
    world_step(world, &settings);
    restore_desk(world);
    for (int i = 0; i < chats; i++)
        if (comes_back(world, &world->stored->chats[i]))
            restore_chat(world, &world->stored->chats[i]);
}
