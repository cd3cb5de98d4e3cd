/* script.c: one event of a scenario, from its words. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/scenario/world.h"

static bool stands_for(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

/* \n in a quoted text is a new line. */
static char *text_read(struct world *world, const char *text)
{
    char *body = arena_strdup(world->memory, text);

    for (char *newline; (newline = strstr(body, "\\n")) != NULL;) {
        *newline = '\n';
        memmove(newline + 1, newline + 2, strlen(newline + 2) + 1);
    }
    return body;
}

/* `WHO says "TEXT" to ADDRESS [id ID] [receipt] [corrects ID] [link URL] [encrypted] [token]` */
static bool script_says(struct world *world, const char *who, char *rest)
{
    struct event event = {.type = EVENT_MESSAGE};
    char *end = strrchr(rest, '"');
    char *save = NULL;

    if (rest[0] != '"' || end == rest || strncmp(end, "\" to ", 5) != 0)
        return false;
    *end = '\0';
    char *body = text_read(world, rest + 1);
    event.from = name_to_jid(world, who, &event.resource);
    event.to = address_from_alias(world, strtok_r(end + 5, " ", &save));
    event.message.body = body;
    event.message.id = "";
    if (world->form_question != NULL) {
        event.type = EVENT_LEAVE;
        event.message.contact = body;
        event.message.body = world->form_question;
        world->form_question = NULL;
    }
    for (char *word; (word = strtok_r(NULL, " ", &save)) != NULL;) {
        if (stands_for(word, "receipt"))
            event.message.wants_receipt = true;
        else if (stands_for(word, "encrypted"))
            event.message.encrypted = true;
        else if (stands_for(word, "token"))
            event.message.wants_token = true;
        else if (stands_for(word, "id"))
            event.message.id = strtok_r(NULL, " ", &save);
        else if (stands_for(word, "corrects"))
            event.message.replaces = strtok_r(NULL, " ", &save);
        else if (stands_for(word, "link"))
            event.message.link = strtok_r(NULL, " ", &save);
        else
            return false;
    }
    world_step(world, &event);
    return true;
}

/* `WHO runs "!WORD" at ADDRESS`: a word by command, as from a client's menu. */
static bool script_runs(struct world *world, const char *who, char *rest)
{
    struct event event = {.type = EVENT_WORD};
    char *end = strrchr(rest, '"');

    if (rest[0] != '"' || end == rest || strncmp(end, "\" at ", 5) != 0)
        return false;
    *end = '\0';
    event.from = name_to_jid(world, who, &event.resource);
    event.to = stands_for(end + 5, "the service") ? "" : address_from_alias(world, end + 5);
    event.word.line = rest + 1;
    event.word.tag = 1;
    world_step(world, &event);
    return true;
}

/* `WHO leaves "QUESTION" contact "ADDRESS" to QUEUE [id ID] [receipt]`: the widget's form */
static bool script_leaves(struct world *world, const char *who, char *rest)
{
    char *contact = strstr(rest, "\" contact \"");

    if (rest[0] != '"' || contact == NULL)
        return false;
    *contact = '\0';
    world->form_question = text_read(world, rest + 1);
    return script_says(world, who, contact + sizeof "\" contact" - 1 + 1);
}

/* `COUNT guests leave questions at QUEUE`, one a second, unheard */
static bool script_guests(struct world *world, long count, const char *rest)
{
    const char *queue = strrchr(rest, ' ');
    bool silent = world->silent;

    if (queue == NULL || strncmp(rest, "leave questions at ", 19) != 0)
        return false;
    world->silent = true;
    for (long i = 1; i <= count; i++) {
        struct event event = {.type = EVENT_LEAVE, .resource = "web", .to = queue + 1};
        event.from = arena_printf(world->memory, "guest%ld@guest.localhost", i);
        event.message.id = "";
        event.message.body = arena_printf(world->memory, "Question %ld?", i);
        event.message.contact = arena_printf(world->memory, "guest%ld@example.org", i);
        world_step(world, &event);
        world_advance(world, world->now + 1000);
    }
    world->silent = silent;
    return true;
}

/* One presence an address: what a server does for a client that several queues know. */
static void script_presence(struct world *world, const char *who, const struct event *shown,
                            int idle, const char *to)
{
    struct event event = *shown;

    event.from = name_to_jid(world, who, &event.resource);
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

/* `WHO online|chatty|away|xa|dnd|offline [idle SECONDS] [priority N] [at QUEUE]` */
static bool script_presence_words(struct world *world, const char *who, const char *verb,
                                  char *rest)
{
    size_t words = sizeof presence_words / sizeof presence_words[0], found = 0;
    char *save = NULL;
    const char *to = NULL;
    struct event shown = {.type = EVENT_PRESENCE};
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
        else if (stands_for(word, "priority"))
            shown.presence.priority = (int)strtol(value, NULL, 10);
        else if (stands_for(word, "at"))
            to = value;
    }
    shown.presence.show = presence_words[found].show;
    script_presence(world, who, &shown, idle, to);
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

/* The ID of the chat that an alias such as #1 stands for. */
static const char *script_code(struct world *world, const char *alias)
{
    const char *dot = strrchr(address_from_alias(world, alias), '.');

    return dot == NULL ? "" : dot + 1;
}

/* t1 is the first token that was given, #1.guess one for chat 1 that never was. */
static void script_token(struct world *world, const char *name, struct event *event)
{
    long number = name[0] == 't' ? strtol(name + 1, NULL, 10) : 0;
    char *token = arena_strdup(world->memory, name);

    if (number >= 1 && number <= world->token_count)
        token = arena_strdup(world->memory, world->tokens[number - 1]);
    char *dot = strchr(token, '.');
    if (dot == NULL)
        return; /* no token at all */
    *dot = '\0';
    snprintf(event->resume.code, sizeof event->resume.code, "%s",
             token[0] == '#' ? script_code(world, token) : token);
    token_hash_stub(dot + 1, event->resume.hash);
}

/* `WHO asks QUEUE for a token`, `WHO resumes QUEUE with TOKEN [after ID]`; #1-3 is the id of line 3
 * of chat 1 */
static bool script_resume(struct world *world, const char *who, const char *verb, char *rest)
{
    struct event event = {.type = EVENT_RESUME};
    char *save = NULL;
    const char *word;

    event.resume.asks = stands_for(verb, "asks");
    if (!event.resume.asks && !stands_for(verb, "resumes"))
        return false;
    event.from = name_to_jid(world, who, &event.resource);
    event.to = strtok_r(rest, " ", &save);
    event.resume.id = event.resume.after = "";
    while (!event.resume.asks && (word = strtok_r(NULL, " ", &save)) != NULL) {
        char *value = strtok_r(NULL, " ", &save);
        if (value == NULL)
            return false;
        if (stands_for(word, "with")) {
            script_token(world, value, &event);
        } else if (value[0] == '#') {
            const char *alias = strtok_r(value, "-", &value);
            event.resume.after =
                arena_printf(world->memory, "%s-%s", script_code(world, alias), value);
        } else {
            event.resume.after = value;
        }
    }
    world_step(world, &event);
    return true;
}

/* The live state as the journal has it. */
static void script_dump(struct world *world)
{
    char *text = NULL, *save = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    routing_dump(world->routing, out);
    fclose(out);
    for (char *line = strtok_r(text, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        print_time(world, '>');
        fprintf(world->out, "%s\n", line);
    }
    free(text);
}

/* What no person does. */
static bool script_desk(struct world *world, const char *word, const char *rest)
{
    struct event up = {.type = EVENT_STREAM_UP}, down = {.type = EVENT_STREAM_DOWN};
    struct event closing = {.type = EVENT_STREAM_CLOSING};

    if (stands_for(word, "up"))
        world_step(world, &up);
    else if (stands_for(word, "down"))
        world_step(world, &down);
    else if (stands_for(word, "closing"))
        world_step(world, &closing);
    else if (stands_for(word, "dump"))
        script_dump(world);
    else if (stands_for(word, "restart"))
        world_restart(world);
    else if (stands_for(word, "database-answers")) {
        world->database_slow = false;
        world_bring_recalled(world);
    }
    else if (stands_for(word, "dies-before-sending"))
        world->sending = false;
    else if (stands_for(word, "database-slow"))
        world->database_slow = true;
    else if (stands_for(word, "settings"))
        return script_settings(world, rest, false);
    else if (stands_for(word, "settings-while-away"))
        return script_settings(world, rest, true);
    else
        return stands_for(word, "time");
    return true;
}

/* `WHO echoes`: answers every line with the same, as a machine does. */
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
    if (stands_for(verb, "echoes")) {
        const char *resource;
        const char *jid = name_to_jid(world, text, &resource);
        world_echo(world, jid, resource);
        return true;
    }
    if (rest != NULL && (script_robots(world, text, verb, rest) ||
                         script_admins(world, text, verb, rest)))
        return true;
    if (stands_for(verb, "says"))
        return rest != NULL && script_says(world, text, rest);
    if (stands_for(verb, "runs"))
        return rest != NULL && script_runs(world, text, rest);
    if (stands_for(verb, "leaves"))
        return rest != NULL && script_leaves(world, text, rest);
    if (stands_for(verb, "guests"))
        return rest != NULL && script_guests(world, strtol(text, NULL, 10), rest);
    char nothing[] = "";
    return script_presence_words(world, text, verb, rest == NULL ? nothing : rest) ||
           (rest != NULL && script_resume(world, text, verb, rest)) ||
           (rest != NULL && script_other(world, text, verb, rest));
}
