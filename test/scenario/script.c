/* script.c: one event of a scenario, from its words. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/scenario/world.h"

static bool stands_for(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

/* `WHO says "TEXT" to ADDRESS [id ID] [receipt]` */
static bool script_says(struct world *world, const char *who, char *rest)
{
    struct event event = {.type = EVENT_MESSAGE};
    char *end = strrchr(rest, '"');
    char *save = NULL;

    if (rest[0] != '"' || end == rest || strncmp(end, "\" to ", 5) != 0)
        return false;
    *end = '\0';
    char *body = arena_strdup(world->memory, rest + 1);
    for (char *newline; (newline = strstr(body, "\\n")) != NULL;) {
        *newline = '\n';
        memmove(newline + 1, newline + 2, strlen(newline + 2) + 1);
    }
    event.from = name_to_jid(world, who, &event.resource);
    event.to = address_from_alias(world, strtok_r(end + 5, " ", &save));
    event.message.body = body;
    event.message.id = "";
    for (char *word; (word = strtok_r(NULL, " ", &save)) != NULL;) {
        if (stands_for(word, "receipt"))
            event.message.wants_receipt = true;
        else if (stands_for(word, "id"))
            event.message.id = strtok_r(NULL, " ", &save);
        else
            return false;
    }
    world_step(world, &event);
    return true;
}

/* One presence an address: what a server does for a client that several queues know. */
static void script_presence(struct world *world, const char *who, enum show show, int idle,
                            const char *to)
{
    struct event event = {.type = EVENT_PRESENCE};

    event.from = name_to_jid(world, who, &event.resource);
    event.presence.show = show;
    event.presence.idle_since =
        idle == 0 ? 0 : world->midnight + world->now - (msec_t)idle * 1000;
    if (to != NULL) {
        event.to = to;
        world_step(world, &event);
        return;
    }
    for (size_t i = 0; i < world->settings->queue_count; i++) {
        const struct queue_settings *queue = &world->settings->queues[i];
        for (size_t j = 0; j < queue->operator_count; j++) {
            const char *account =
                world->settings->operators[queue->operator_index[j]].account;
            if (strcmp(account, event.from) == 0) {
                event.to = queue->name;
                world_step(world, &event);
            }
        }
    }
}

static const struct {
    const char *word;
    enum show show;
} presence_words[] = {
    {"online", SHOW_AVAILABLE}, {"chatty", SHOW_CHAT}, {"away", SHOW_AWAY},
    {"xa", SHOW_XA},            {"dnd", SHOW_DND},     {"offline", SHOW_UNAVAILABLE},
};

static const struct {
    const char *word;
    enum chat_state_name state;
} state_words[] = {
    {"active", STATE_ACTIVE}, {"composing", STATE_COMPOSING}, {"paused", STATE_PAUSED},
    {"inactive", STATE_INACTIVE}, {"gone", STATE_GONE},
};

/* `WHO online|chatty|away|xa|dnd|offline [idle SECONDS] [at QUEUE]` */
static bool script_presence_words(struct world *world, const char *who, const char *verb,
                                  char *rest)
{
    size_t words = sizeof presence_words / sizeof presence_words[0], found = 0;
    char *save = NULL;
    const char *to = NULL;
    int idle = 0;

    while (found < words && !stands_for(verb, presence_words[found].word))
        found++;
    if (found == words)
        return false;
    for (char *word = strtok_r(rest, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        char *value = strtok_r(NULL, " ", &save);
        if (value == NULL)
            return false;
        if (stands_for(word, "idle"))
            idle = (int)strtol(value, NULL, 10);
        else if (stands_for(word, "at"))
            to = value;
    }
    script_presence(world, who, presence_words[found].show, idle, to);
    return true;
}

/* `WHO is STATE to ADDRESS`, `WHO probes|subscribes|bounces ADDRESS` */
static bool script_other(struct world *world, const char *who, const char *verb, char *rest)
{
    struct event event = {.type = EVENT_TIME};

    event.from = name_to_jid(world, who, &event.resource);
    event.to = address_from_alias(world, rest);
    if (stands_for(verb, "probes")) {
        event.type = EVENT_PROBE;
    } else if (stands_for(verb, "subscribes")) {
        event.type = EVENT_SUBSCRIPTION;
        event.subscription = SUBSCRIBE;
        event.resource = "";
    } else if (stands_for(verb, "bounces")) {
        event.type = EVENT_BOUNCE;
    } else if (stands_for(verb, "is")) {
        char *to = strstr(rest, " to ");
        if (to == NULL)
            return false;
        *to = '\0';
        event.type = EVENT_CHAT_STATE;
        event.to = address_from_alias(world, to + 4);
        for (size_t i = 0; i < sizeof state_words / sizeof state_words[0]; i++)
            if (stands_for(rest, state_words[i].word))
                event.chat_state = state_words[i].state;
    } else {
        return false;
    }
    world_step(world, &event);
    return true;
}

/* `settings FILE [renaming OLD=NEW OLD=NEW...]`, or `settings-while-away ...`: the process dies,
 * the settings change, another process comes. */
static bool script_settings(struct world *world, const char *rest, bool away)
{
    const char *renaming = strstr(rest, " renaming ");
    const char *file = renaming == NULL ? rest
                                        : arena_strndup(world->memory, rest,
                                                        (size_t)(renaming - rest));

    renaming = renaming == NULL ? "" : renaming + strlen(" renaming ");
    if (!away)
        return world_settings(world, file, renaming);
    if (!world_settings_load(world, file, renaming))
        return false;
    world_restart(world);
    return true;
}

/* What no person does. */
static bool script_desk(struct world *world, const char *word, const char *rest)
{
    struct event up = {.type = EVENT_STREAM_UP}, down = {.type = EVENT_STREAM_DOWN};

    if (stands_for(word, "up"))
        world_step(world, &up);
    else if (stands_for(word, "down"))
        world_step(world, &down);
    else if (stands_for(word, "restart"))
        world_restart(world);
    else if (stands_for(word, "dies-before-sending"))
        world->sending = false;
    else if (stands_for(word, "settings"))
        return script_settings(world, rest, false);
    else if (stands_for(word, "settings-while-away"))
        return script_settings(world, rest, true);
    else
        return stands_for(word, "time");
    return true;
}

bool script_event(struct world *world, char *text)
{
    char *verb = strchr(text, ' ');

    if (verb == NULL)
        return script_desk(world, text, "");
    *verb++ = '\0';
    if (stands_for(text, "settings") || stands_for(text, "settings-while-away"))
        return script_desk(world, text, verb);
    char *rest = strchr(verb, ' ');
    if (rest != NULL)
        *rest++ = '\0';
    if (stands_for(verb, "says"))
        return rest != NULL && script_says(world, text, rest);
    char nothing[] = "";
    return script_presence_words(world, text, verb, rest == NULL ? nothing : rest) ||
           (rest != NULL && script_other(world, text, verb, rest));
}
