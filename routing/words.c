/* words.c: lines of operators that begin with '!'. They never reach a patron, even when mistyped;
 * every one is answered with one plain line. */
#include <string.h>

#include "policy/arena.h"
#include "routing/routing_private.h"

struct word_call {
    struct routing *routing;
    struct operator *operator;
    struct chat *chat;     /* NULL outside of a chat */
    struct queue *queue;   /* NULL unless written to a queue */
    const char *address;   /* whose window it is */
    const char *arguments; /* behind the word, trimmed at the front */
};

static void answer(const struct word_call *call, const char *text)
{
    say_to_operator(call->routing, call->operator, call->address, text);
}

static bool call_owns_chat(const struct word_call *call)
{
    return call->chat != NULL && call->chat->owner == call->operator;
}

static void word_end(const struct word_call *call)
{
    static const struct {
        const char *name;
        enum resolution resolution;
    } resolutions[] = {
        {"", RESOLUTION_NONE},
        {"answered", RESOLUTION_ANSWERED},
        {"followup", RESOLUTION_FOLLOWUP},
        {"lost", RESOLUTION_LOST},
        {"practice", RESOLUTION_PRACTICE},
    };

    if (!call_owns_chat(call)) {
        answer(call, "!end ends a chat that is yours; write it in the chat's window.");
        return;
    }
    for (size_t i = 0; i < sizeof resolutions / sizeof resolutions[0]; i++) {
        if (strcmp(call->arguments, resolutions[i].name) != 0)
            continue;
        answer(call, "You have ended this chat.");
        chat_close(call->routing, call->chat, END_OPERATOR, resolutions[i].resolution,
                   call->operator);
        return;
    }
    answer(call, "!end can be followed by answered, followup, lost or practice.");
}

static void word_decline(const struct word_call *call)
{
    struct offer *offer =
        call->chat == NULL ? NULL : offer_find(call->chat, call->operator);

    if (offer == NULL || offer->declined) {
        answer(call, "There is nothing to decline here.");
        return;
    }
    answer(call, "Declined. This chat will not be offered to you again.");
    offer_decline(call->routing, offer);
}

static void word_help(const struct word_call *call);

/* In the order in which !help shows them. */
static const struct word {
    const char *name;
    const char *help;
    void (*run)(const struct word_call *call);
} words[] = {
    {"decline", "!decline - not me, ask the others", word_decline},
    {"end", "!end [answered|followup|lost|practice] - end this chat", word_end},
    {"help", "!help - this list", word_help},
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

static void word_help(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    const char *text = "Answer in a chat's window to take it. Your words for the desk:";

    for (size_t i = 0; i < WORD_COUNT; i++)
        text = arena_printf(arena, "%s\n%s", text, words[i].help);
    answer(call, arena_printf(arena, "%s\n!! - sends a line that begins with one !", text));
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
              struct queue *queue, const char *line)
{
    struct word_call call = {
        .routing = routing,
        .operator = operator,
        .chat = chat,
        .queue = queue,
        .address = routing->event->to,
    };
    const char *word = line + 1;
    size_t length = strcspn(word, " \t\r\n");

    call.arguments = word + length + strspn(word + length, " \t\r\n");
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strlen(words[i].name) == length && strncmp(words[i].name, word, length) == 0) {
            words[i].run(&call);
            return;
        }
    }
    answer(&call, word_unknown(routing, word, length));
}
