/* words.c: lines of operators that begin with '!'. They never reach a patron, even when mistyped;
 * every one is answered with one plain line. */
#include "routing/words.h"

#include <assert.h>
#include <string.h>

#include "policy/arena.h"

/* By which the command under way knows its answer. */
static int64_t command_tag(const struct event *event)
{
    if (event->type == EVENT_SIGNOFF)
        return event->signoff.tag;
    if (event->type == EVENT_EXPLAIN)
        return event->explain.tag;
    assert(event->type == EVENT_WORD);
    return event->word.tag;
}

void answer_command(struct routing *routing, const char *text)
{
    const struct event *event = routing->event;
    struct effect *effect = effects_add(routing->out, EFFECT_ANSWER);

    effect->from = kept(routing, event->to);
    effect->to = jid_full(routing, event->from, event->resource);
    effect->answer.tag = command_tag(event);
    effect->answer.text = text == NULL ? NULL : kept(routing, text);
}

void word_answer(const struct word_call *call, const char *text)
{
    if (call->routing->event->type == EVENT_WORD)
        answer_command(call->routing, text);
    else
        say_to_operator(call->routing, call->operator, call->address, text);
}

bool word_owns_chat(const struct word_call *call)
{
    return call->chat != NULL && call->chat->owner == call->operator;
}

static void word_help(const struct word_call *call);

/* In the order in which !help shows them. */
static const struct word {
    const char *name;
    const char *help;
    void (*run)(const struct word_call *call);
} words[] = {
    {"decline", "!decline - not me, ask the others", word_decline},
    {"transfer", "!transfer [help|move] TARGET [note] - hand this chat to a queue or a colleague",
     word_transfer},
    {"cancel", "!cancel - take a transfer back", word_cancel},
    {"end", "!end [answered|followup NOTE|lost|practice] - end this chat", word_end},
    {"c", "!c NAME - send a canned reply; !c lists them", word_canned},
    {"info", "!info - what is known of this chat", word_info},
    {"profile", "!profile [LIBRARY] - hours, phone and more of the patron's library, or another",
     word_profile},
    {"note", "!note TEXT - for colleagues; the patron never sees it", word_note},
    {"tag", "!tag WORD - for the statistics", word_tag},
    {"who", "!who - who can take a transfer", word_who},
    {"wait", "!wait - who is waiting", word_wait},
    {"take", "!take ID - take a chat that waits", word_take},
    {"todo", "!todo - questions that wait for an answer", word_todo},
    {"done", "!done ID - one of them is done", word_done},
    {"off", "!off [QUEUE] - off duty until you write !on", word_off},
    {"on", "!on [QUEUE] - on duty again", word_on},
    {"max", "!max N - at most N chats at once; !max off", word_max},
    {"until", "!until HH:MM - off duty from then on; !until off", word_until},
    {"block", "!block [HOURS] - end this chat and hear no more of its patron", word_block},
    {"explain", "!explain [QUEUE] - who is asked now, and until when", word_explain},
    {"help", "!help - this list", word_help},
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

static void word_help(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    const char *text = "Answer in a chat's window to take it. Your words for the desk:";

    for (size_t i = 0; i < WORD_COUNT; i++)
        text = arena_printf(arena, "%s\n%s", text, words[i].help);
    word_answer(call, arena_printf(arena, "%s\n!! - sends a line that begins with one !", text));
}

/* Only letters of a mistyped word are repeated: the rest of the line may be the patron's. */
static const char *word_unknown(struct routing *routing, const char *word, size_t length)
{
    size_t letters = 0;

    while (letters < length && letters < 20 &&
           ((word[letters] >= 'a' && word[letters] <= 'z') ||
            (word[letters] >= 'A' && word[letters] <= 'Z')))
        letters++;
    return arena_printf(routing->out->arena,
                        "There is no word !%.*s, and the patron has not seen it. "
                        "!help lists the words.",
                        (int)letters, word);
}

void word_run(struct routing *routing, struct operator *operator, struct chat *chat,
              const char *line)
{
    struct word_call call = {
        .routing = routing,
        .operator = operator,
        .chat = chat,
        .address = kept(routing, routing->event->to),
    };
    assert(line[0] == '!');
    const char *word = line + 1;
    size_t length = strcspn(word, " \t\r\n");

    call.arguments = word + length + strspn(word + length, " \t\r\n");
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strlen(words[i].name) == length && strncmp(words[i].name, word, length) == 0) {
            words[i].run(&call);
            return;
        }
    }
    if (routing->event->type == EVENT_WORD || answer_is_due(routing, operator, call.address))
        word_answer(&call, word_unknown(routing, word, length));
}

/* The same addresses where a typed word is understood, and the service. */
static bool word_is_heard(const struct routing *routing, const struct operator *operator)
{
    const char *to = routing->event->to;
    const struct queue *queue = queue_by_name(routing, to);

    if (operator == NULL || !operator->listed)
        return false;
    if (queue != NULL)
        return operator_is_assigned(operator, queue);
    return to[0] == '\0' || strchr(to, '.') != NULL;
}

void word_received(struct routing *routing)
{
    const struct event *event = routing->event;
    struct operator *operator = operator_by_account(routing, event->from);

    if (!word_is_heard(routing, operator))
        answer_command(routing, NULL);
    else if (strlen(event->word.line) > LINE_BYTES_MAX)
        answer_command(routing, "That is too long.");
    else
        word_run(routing, operator, address_chat(routing, event->to), event->word.line);
}
