/* adhoc_commands.c: the table of all ad-hoc commands. A row lists a command, guards it, says what
 * it asks for and runs it. */
#include <assert.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "policy/arena.h"

static void list_of(const struct command_call *call, const struct choice *list, size_t count,
                    struct choices *ret)
{
    for (size_t i = 0; i < count; i++)
        choices_add(ret, call->asker.arena, list[i]);
}

/* --- which chat --- */

static bool chat_is_asked(const struct command_call *call)
{
    return call->session == NULL || call->session->chat == NULL;
}

static void chat_options(const struct command_call *call, struct choices *ret)
{
    choices_chats(&call->asker, call->command->part, ret);
}

/* The first question of a command about a chat, unless there is but one. */
#define FIELD_CHAT                                                                                 \
    {                                                                                              \
        .name = "chat", .type = FIELD_LIST_SINGLE, .label = "Chat", .required = true,              \
        .options = chat_options, .asked = chat_is_asked                                            \
    }

static const struct command_field chat_fields[] = {FIELD_CHAT, {.name = NULL}};

/* Which chat a form is about, where the address does not say it. */
static const char *chat_label(const struct command_call *call)
{
    const char *chat = command_chat(call);
    struct choices chats;

    choices_chats(&call->asker, PART_ANY, &chats);
    for (size_t i = 0; chat != NULL && i < chats.count; i++)
        if (strcmp(chats.list[i].value, chat) == 0)
            return arena_printf(call->asker.arena, "Chat %s", chats.list[i].label);
    return "";
}

/* --- transfer --- */

static void target_options(const struct command_call *call, struct choices *ret)
{
    choices_targets(&call->asker, command_chat(call), ret);
}

/* The title of the library that the chosen target is of; NULL when it is the chat's own. */
static const char *target_library(const struct command_call *call)
{
    const char *target = command_value(call, "target");
    struct choices targets;

    if (target[0] == '\0' || command_chat(call) == NULL)
        return NULL;
    target_options(call, &targets);
    for (size_t i = 0; i < targets.count; i++)
        if (strcmp(targets.list[i].value, target) == 0)
            return targets.list[i].library;
    return NULL; /* it is not there any more: the word says so */
}

static bool target_is_elsewhere(const struct command_call *call)
{
    return target_library(call) != NULL;
}

static const char *chat_library(const struct command_call *call)
{
    const char *library =
        asker_chat_library(&call->asker, command_chat(call), call->command->part);

    return library == NULL ? "your library" : library;
}

static void way_options(const struct command_call *call, struct choices *ret)
{
    struct arena *arena = call->asker.arena;
    const struct choice ways[] = {
        {.value = "help",
         .label = arena_printf(arena, "Ask for help: the chat stays %s's", chat_library(call))},
        {.value = "move",
         .label = arena_printf(arena, "Move: the chat and its transcript become %s's",
                               target_library(call))},
        {.value = "no", .label = "No, keep the chat"},
    };

    list_of(call, ways, sizeof ways / sizeof ways[0], ret);
}

static const char *way_instructions(const struct command_call *call)
{
    return arena_printf(call->asker.arena, "%s is of another library: %s. Say which it is.",
                        command_value(call, "target"), target_library(call));
}

/* In the order in which the word takes them: the way is asked last. */
static const struct command_field transfer_fields[] = {
    FIELD_CHAT,
    {.name = "how",
     .type = FIELD_LIST_SINGLE,
     .label = "What shall happen",
     .step = 2,
     .required = true,
     .initial = "help",
     .options = way_options,
     .asked = target_is_elsewhere,
     .instructions = way_instructions,
     .stop = "no",
     .stop_note = "The chat stays yours."},
    {.name = "target",
     .type = FIELD_LIST_SINGLE,
     .label = "Hand over to",
     .step = 1,
     .required = true,
     .options = target_options,
     .nothing = "Nobody else can take a chat now.",
     .instructions = chat_label},
    {.name = "note",
     .type = FIELD_TEXT_SINGLE,
     .label = "A note for whoever takes it",
     .step = 1},
    {.name = NULL},
};

/* --- the other words' fields --- */

static void waiting_options(const struct command_call *call, struct choices *ret)
{
    choices_waiting(&call->asker, ret);
}

static const struct command_field take_fields[] = {
    {.name = "id",
     .type = FIELD_LIST_SINGLE,
     .label = "Chat",
     .required = true,
     .options = waiting_options,
     .nothing = "Nobody is waiting."},
    {.name = NULL},
};

static void todo_options(const struct command_call *call, struct choices *ret)
{
    choices_todo(&call->asker, ret);
}

static const struct command_field done_fields[] = {
    {.name = "id",
     .type = FIELD_LIST_SINGLE,
     .label = "Done is",
     .required = true,
     .options = todo_options,
     .nothing = "Nothing is left to do."},
    {.name = NULL},
};

static void resolution_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice resolutions[] = {
        {.value = "answered", .label = "Answered"},
        {.value = "followup", .label = "To be followed up"},
        {.value = "lost", .label = "The patron was lost"},
        {.value = "practice", .label = "Only practice"},
        {.value = "none", .label = "Not said"},
    };

    list_of(call, resolutions, sizeof resolutions / sizeof resolutions[0], ret);
}

static bool followup_is_chosen(const struct command_call *call)
{
    return strcmp(command_value(call, "resolution"), "followup") == 0;
}

static const struct command_field end_fields[] = {
    FIELD_CHAT,
    {.name = "resolution",
     .type = FIELD_LIST_SINGLE,
     .label = "The question is",
     .step = 1,
     .required = true,
     .initial = "answered",
     .options = resolution_options,
     .unsaid = "none",
     .instructions = chat_label},
    {.name = "note",
     .type = FIELD_TEXT_MULTI,
     .label = "What is to be done, and where to answer",
     .step = 2,
     .required = true,
     .asked = followup_is_chosen,
     .instructions = chat_label},
    {.name = NULL},
};

static void canned_options(const struct command_call *call, struct choices *ret)
{
    choices_canned(&call->asker, command_chat(call), ret);
}

static const struct command_field canned_fields[] = {
    FIELD_CHAT,
    {.name = "name",
     .type = FIELD_LIST_SINGLE,
     .label = "Send to the patron",
     .step = 1,
     .required = true,
     .options = canned_options,
     .nothing = "There are no canned replies here.",
     .instructions = chat_label},
    {.name = NULL},
};

static const struct command_field note_fields[] = {
    FIELD_CHAT,
    {.name = "note",
     .type = FIELD_TEXT_MULTI,
     .label = "Note (the patron never sees it)",
     .step = 1,
     .required = true,
     .instructions = chat_label},
    {.name = NULL},
};

static const struct command_field tag_fields[] = {
    FIELD_CHAT,
    {.name = "tag",
     .type = FIELD_TEXT_SINGLE,
     .label = "Tag (one word, such as maps)",
     .step = 1,
     .required = true,
     .instructions = chat_label},
    {.name = NULL},
};

static void hours_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice hours[] = {
        {.value = "1", .label = "1 hour"},     {.value = "24", .label = "1 day"},
        {.value = "168", .label = "1 week"},   {.value = "720", .label = "30 days"},
    };

    list_of(call, hours, sizeof hours / sizeof hours[0], ret);
}

static const struct command_field block_fields[] = {
    FIELD_CHAT,
    {.name = "hours",
     .type = FIELD_LIST_SINGLE,
     .label = "End this chat and hear no more of the patron for",
     .step = 1,
     .required = true,
     .initial = "24",
     .options = hours_options,
     .instructions = chat_label},
    {.name = NULL},
};

/* --- the asker's duty --- */

static bool queues_are_several(const struct command_call *call)
{
    struct choices queues;

    choices_queues(&call->asker, &queues);
    return queues.count > 1;
}

static void duty_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice all = {.value = "all", .label = "All my queues"};
    struct choices queues;

    list_of(call, &all, 1, ret);
    choices_queues(&call->asker, &queues);
    list_of(call, queues.list, queues.count, ret);
}

static const struct command_field duty_fields[] = {
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "For",
     .required = true,
     .initial = "all",
     .options = duty_options,
     .unsaid = "all",
     .asked = queues_are_several},
    {.name = NULL},
};

static const struct command_field until_fields[] = {
    {.name = "until",
     .type = FIELD_TEXT_SINGLE,
     .label = "Off duty from (a time such as 17:00, or off)",
     .required = true},
    {.name = NULL},
};

static const struct command_field max_fields[] = {
    {.name = "max",
     .type = FIELD_TEXT_SINGLE,
     .label = "At most so many chats at once (a number, or off)",
     .required = true},
    {.name = NULL},
};

static bool queue_is_unknown(const struct command_call *call)
{
    return call->request->place != PLACE_QUEUE;
}

static void queue_options(const struct command_call *call, struct choices *ret)
{
    choices_queues(&call->asker, ret);
}

static const struct command_field explain_fields[] = {
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "Queue",
     .required = true,
     .options = queue_options,
     .nothing = "You answer no queue.",
     .asked = queue_is_unknown},
    {.name = NULL},
};

/* --- running a word --- */

/* Who went back may have answered what is not asked any more. */
static bool value_is_told(const struct command_call *call, const struct command_field *field,
                          const char *value)
{
    if (value[0] == '\0' || strcmp(field->name, "chat") == 0 ||
        (field->unsaid != NULL && strcmp(field->unsaid, value) == 0))
        return false;
    return field->asked == NULL || field->asked(call);
}

/* The node is the word; what was asked, but for the chat, follows in the row's order. */
static void run_word(const struct command_call *call, struct outcome *ret)
{
    struct arena *arena = call->asker.arena;
    const char *line = arena_printf(arena, "!%s", call->command->node);
    const struct command_field *field = call->command->fields;

    for (; field != NULL && field->name != NULL; field++) {
        const char *value = command_value(call, field->name);
        if (value_is_told(call, field, value))
            line = arena_printf(arena, "%s %s", line, value);
    }
    ret->lines[ret->line_count++] = line;
    ret->address = call->command->subject == ABOUT_CHAT
                       ? command_chat(call)
                       : call->request->address;
    assert(ret->address != NULL);
}

enum { AT_DESK = PLACE_SERVICE | PLACE_QUEUE, AT_CHAT = PLACE_QUEUE | PLACE_CHAT };

/* A word, run at the desk; and one about a chat. */
#define WORD(node_, title_, fields_)                                                               \
    {                                                                                              \
        .node = (node_), .title = (title_), .places = AT_DESK, .fields = (fields_),                \
        .run = run_word                                                                            \
    }
#define CHAT_WORD(node_, title_, part_, fields_)                                                   \
    {                                                                                              \
        .node = (node_), .title = (title_), .places = AT_CHAT, .subject = ABOUT_CHAT,              \
        .part = (part_), .fields = (fields_), .run = run_word                                      \
    }

const struct command word_commands[] = {
    WORD("take", "Take a chat that waits", take_fields),
    CHAT_WORD("transfer", "Hand a chat over", PART_OWNER, transfer_fields),
    CHAT_WORD("cancel", "Take a hand-over back", PART_HANDING, chat_fields),
    CHAT_WORD("end", "End a chat", PART_OWNER, end_fields),
    CHAT_WORD("c", "Send a canned reply", PART_ANY, canned_fields),
    CHAT_WORD("decline", "Decline a chat (not me)", PART_OFFERED, chat_fields),
    CHAT_WORD("note", "Write a note for colleagues", PART_OWNER, note_fields),
    CHAT_WORD("tag", "Tag a chat for the statistics", PART_OWNER, tag_fields),
    CHAT_WORD("info", "What is known of a chat", PART_ANY, chat_fields),
    CHAT_WORD("profile", "About the patron's library", PART_ANY, chat_fields),
    WORD("who", "Who can take a chat", NULL),
    WORD("wait", "Who is waiting", NULL),
    WORD("todo", "What is left to do", NULL),
    WORD("done", "Take something off the list", done_fields),
    WORD("off", "Go off duty", duty_fields),
    WORD("on", "Go on duty", duty_fields),
    WORD("until", "Go off duty at a time", until_fields),
    WORD("max", "Limit my chats", max_fields),
    CHAT_WORD("block", "Block a patron", PART_ANY, block_fields),
    WORD("explain", "Why open or closed", explain_fields),
    WORD("help", "Help: all words", NULL),
    {.node = NULL},
};

static const struct command *const tables[] = {
    word_commands,   desk_commands,    help_commands,       queue_commands,
    text_commands,   block_commands,   people_commands,     right_commands,
    library_commands, transcript_commands, statistics_commands,
};
enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

/* The i-th, the one for tests last; NULL behind it. */
static const struct command *table_at(const struct adhoc *adhoc, size_t i)
{
    return i < TABLE_COUNT ? tables[i] : i == TABLE_COUNT ? adhoc->more : NULL;
}

const struct command *command_next(const struct adhoc *adhoc, const struct command *command)
{
    const struct command *table;
    bool here = command == NULL;

    for (size_t i = 0; (table = table_at(adhoc, i)) != NULL; i++) {
        for (; table->node != NULL; table++) {
            if (here)
                return table;
            here = table == command;
        }
    }
    return NULL;
}

const struct command *command_find(const struct adhoc *adhoc, const char *node)
{
    const struct command *command = NULL;

    while ((command = command_next(adhoc, command)) != NULL)
        if (strcmp(command->node, node) == 0)
            return command;
    return NULL;
}

bool command_find_allowed(struct command_call *call, const char *node)
{
    call->command = NULL;
    while ((call->command = command_next(call->adhoc, call->command)) != NULL)
        if (strcmp(call->command->node, node) == 0 && command_may(call))
            return true;
    return false;
}

/* The words are operators'; the rows of administrators say for themselves whose they are. */
static bool service_may(const struct command_call *call)
{
    if (call->command->right != RIGHT_NONE || call->command->who != 0)
        return command_right(call);
    return asker_is_operator(&call->asker);
}

bool command_may(const struct command_call *call)
{
    const struct command *command = call->command;
    const char *address = call->request->address;
    bool here = false;

    if ((command->places & call->request->place) == 0)
        return false;
    switch (call->request->place) {
    case PLACE_SERVICE:
        here = service_may(call);
        break;
    case PLACE_QUEUE:
        here = asker_answers_queue(&call->asker, address);
        break;
    case PLACE_CHAT:
        here = asker_chat_library(&call->asker, address, command->part) != NULL;
        break;
    }
    return here && (command->may == NULL || command->may(call));
}

const char *command_chat(const struct command_call *call)
{
    const char *chosen;

    if (call->command->subject != ABOUT_CHAT || call->session == NULL)
        return NULL;
    if (call->session->chat != NULL)
        return call->session->chat;
    chosen = command_value(call, "chat");
    return chosen[0] == '\0' ? NULL : chosen;
}

const char *command_value(const struct command_call *call, const char *name)
{
    const struct command_field *fields = call->command->fields;

    for (int i = 0; call->session != NULL && fields != NULL && fields[i].name != NULL; i++) {
        assert(i < COMMAND_FIELDS_MAX);
        if (strcmp(fields[i].name, name) == 0)
            return call->session->values[i] == NULL ? "" : call->session->values[i];
    }
    return "";
}
