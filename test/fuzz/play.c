#include "test/fuzz/play.h"

#include <signal.h>
#include <stdlib.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "routing/choices.h"

#ifndef SCENARIO_FOLDER
#error "the build says where test/scenario is"
#endif

static struct world *playing;

static void show_story(int signal_number)
{
    fflush(playing->out);
    fprintf(stderr, "%s", playing->output);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void fail(struct world *world, const char *what)
{
    (void)world;
    fprintf(stderr, "a broken promise: %s\n", what);
    abort();
}

static void demand(struct world *world, bool truth, const char *what)
{
    if (!truth)
        fail(world, what);
}

void play_begin(struct world *world, const char *desk)
{
    struct event up = {.type = EVENT_STREAM_UP};

    world_init(world);
    world->silent = getenv("STORY") == NULL;
    world->show_records = true;
    playing = world;
    if (!world->silent)
        signal(SIGABRT, show_story); /* also when an assertion of the core ends it */
    world->broken = fail;
    world->folder = SCENARIO_FOLDER;
    world->midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    world->now = 10 * 3600 * 1000;
    demand(world, world_settings(world, desk, ""), desk);
    world_step(world, &up);
    world_advance(world, world->now + 10 * 1000);
}

bool play_has_room(const struct world *world)
{
    const struct stored *stored = world->stored;
    int most = STORED_MAX * 3 / 4;

    return stored->chat_count < 200 && stored->line_count < most && stored->offer_count < most &&
           stored->log_count < most;
}

void play_end(struct world *world)
{
    struct event up = {.type = EVENT_STREAM_UP};

    world_restart(world);
    world_step(world, &up);
    world_advance(world, world->now + 24LL * 3600 * 1000);
    for (int i = 0; i < world->stored->chat_count; i++)
        demand(world, world->stored->chats[i].state == CHAT_CLOSED, "a chat that never ends");
    world_release(world);
}

void play_tell(struct world *world, const char *what, const char *who, const char *to,
               const char *body)
{
    if (world->silent)
        return;
    print_time(world, '<');
    fprintf(world->out, "%s %s at %s \"%s\"\n", who, what, address_to_alias(world, to), body);
}

void play_line(struct world *world, const char *who, const char *to, const char *body)
{
    struct event event = {.type = EVENT_MESSAGE, .to = to};

    play_tell(world, "writes", who, to, body);
    event.from = name_to_jid(world, who, &event.resource);
    event.message.body = body;
    event.message.id = "";
    world_step(world, &event);
}

void play_word(struct world *world, const char *who, const char *to, const char *line)
{
    struct event event = {.type = EVENT_WORD, .to = to};

    play_tell(world, "runs", who, to, line);
    event.from = name_to_jid(world, who, &event.resource);
    event.word.line = line;
    event.word.tag = 1;
    world_step(world, &event);
}

void play_presence(struct world *world, const char *who, enum show show, msec_t idle_ms)
{
    static const char *const shows[] = {"gone", "chatty", "there", "away", "xa", "dnd"};

    play_tell(world, shows[show], who, "every queue", idle_ms > 0 ? "idle" : "");
    for (size_t i = 0; i < world->settings->queue_count; i++) {
        struct event event = {.type = EVENT_PRESENCE, .to = world->settings->queues[i].name};
        event.from = name_to_jid(world, who, &event.resource);
        event.presence.show = show;
        if (idle_ms > 0)
            event.presence.idle_since = world->midnight + world->now - idle_ms;
        world_step(world, &event);
    }
}

/* Lists have names for people, and no more than can be read. */
static void look_at_choices(struct world *world, const struct asker *asker, const char *address)
{
    struct choices choices = {0};

    for (int part = PART_ANY; part <= PART_HANDING; part++) {
        choices_chats(asker, (enum chat_part)part, &choices);
        asker_chat_library(asker, address, (enum chat_part)part);
    }
    choices_queues(asker, &choices);
    choices_targets(asker, address, &choices);
    choices_waiting(asker, &choices);
    choices_canned(asker, address, &choices);
    choices_todo(asker, &choices);
    demand(world, choices.count <= CHOICES_MAX && choices.count <= choices.total,
           "a list without an end");
    demand(world, choices.count == 0 || asker_is_operator(asker), "a list for a stranger");
    for (size_t i = 0; i < choices.count; i++)
        demand(world, choices.list[i].value[0] != '\0' && choices.list[i].label[0] != '\0',
               "a choice without a name");
    asker_answers_queue(asker, address);
}

void play_look(struct world *world, const char *who, const char *address)
{
    struct arena *arena = arena_new();
    struct asker asker = {world->routing, NULL, world->midnight + world->now, arena};
    const struct followup *cursor = NULL;
    struct followup_view view;
    const char *resource;

    asker.account = name_to_jid(world, who, &resource);
    look_at_choices(world, &asker, address);
    routing_dump(world->routing, world->out);
    while (routing_followup_next(world->routing, &cursor, &view))
        demand(world, view.text[0] != '\0', "an open item without words");
    arena_free(arena);
}
