/* words_chat.c: the words about one chat, written in its window. */
#include <assert.h>
#include <string.h>

#include "policy/arena.h"
#include "routing/contact.h"
#include "routing/words.h"

enum { TAG_BYTES_MAX = 40 };

/* True when the chat is the asker's; else says that the word is for one's own chats. */
static bool own_chat(const struct word_call *call, const char *word)
{
    if (word_owns_chat(call))
        return true;
    word_answer(call, arena_printf(call->routing->out->arena,
                                   "!%s is for a chat that is yours; write it in its window.",
                                   word));
    return false;
}

/* The next word of the text, in the turn's arena; `*text` goes on behind it. */
static const char *next_word(struct arena *arena, const char **text)
{
    size_t length = strcspn(*text, " \t\r\n");
    const char *word = arena_strndup(arena, *text, length);

    *text += length;
    *text += strspn(*text, " \t\r\n");
    return word;
}

/* The note is for the home library, whoever wrote it. An address in it is where to answer. */
static void end_with_followup(const struct word_call *call, const char *note)
{
    struct routing *routing = call->routing;
    struct arena *arena = routing->out->arena;
    struct chat *chat = call->chat;
    struct contact found = {0, 0};

    if (note[0] == '\0') {
        word_answer(call, "What is to be done, and where to answer? !end followup NOTE; "
                          "the chat is not ended yet.");
        return;
    }
    if (followups_full(routing, chat->home->library)) {
        word_answer(call, arena_printf(arena, "%s has %d open items, which is the most there can "
                                              "be. The chat is not ended; !todo lists them.",
                                       chat->home->title, FOLLOWUPS_OPEN_MAX));
        return;
    }
    contact_find(note, &found);
    followup_add(routing, chat, FOLLOWUP_NOTE, note,
                 arena_strndup(arena, note + found.start, found.length), call->operator);
    word_answer(call, arena_printf(arena, "You have ended this chat. Its follow-up %s is on the "
                                          "list of %s.",
                                   chat->code, chat->home->title));
    chat_close(routing, chat, END_OPERATOR, RESOLUTION_FOLLOWUP, call->operator);
}

void word_end(const struct word_call *call)
{
    static const struct {
        const char *name;
        enum resolution resolution;
    } resolutions[] = {
        {"", RESOLUTION_NONE},
        {"answered", RESOLUTION_ANSWERED},
        {"lost", RESOLUTION_LOST},
        {"practice", RESOLUTION_PRACTICE},
    };

    const char *rest = call->arguments;

    if (!own_chat(call, "end"))
        return;
    if (strcmp(next_word(call->routing->out->arena, &rest), "followup") == 0) {
        end_with_followup(call, rest);
        return;
    }
    for (size_t i = 0; i < sizeof resolutions / sizeof resolutions[0]; i++) {
        if (strcmp(call->arguments, resolutions[i].name) != 0)
            continue;
        word_answer(call, "You have ended this chat.");
        chat_close(call->routing, call->chat, END_OPERATOR, resolutions[i].resolution,
                   call->operator);
        return;
    }
    word_answer(call, "!end can be followed by answered, followup NOTE, lost or practice.");
}

void word_decline(const struct word_call *call)
{
    struct offer *offer = call->chat == NULL ? NULL : offer_find(call->chat, call->operator);

    if (offer == NULL || offer->declined) {
        word_answer(call, "There is nothing to decline here.");
        return;
    }
    word_answer(call, "Declined. This chat will not be offered to you again.");
    offer_decline(call->routing, offer);
}

void word_info(const struct word_call *call)
{
    struct routing *routing = call->routing;
    struct arena *arena = routing->out->arena;
    const struct chat *chat = call->chat;
    const struct offer *offer = chat == NULL ? NULL : offer_find(chat, call->operator);
    const char *moved = "";

    if (chat == NULL ||
        (chat->owner != call->operator && (offer == NULL || offer->declined))) {
        word_answer(call, "This is no chat of yours.");
        return;
    }
    if (chat_has_moved(chat))
        moved = arena_printf(arena, ", moved from %s", chat_entry_name(routing, chat));
    else if (chat->entry.operator != NULL)
        moved = arena_printf(arena, ", to %s", chat_entry_name(routing, chat));
    word_answer(call,
                arena_printf(arena, "%s, asked at %s (%s)%s, %lld minutes ago, %d lines, %s%s%s.",
                             chat->code, chat->home->name, chat->home->title, moved,
                             (long long)((routing->event->wall - chat->opened) / 60000),
                             chat->line_count, chat->owner == NULL ? "waiting" : "answered by ",
                             chat->owner == NULL ? "" : operator_label(routing, chat->owner),
                             chat->home->options.transcripts ? "" : "; nothing is kept"));
}

void word_note(const struct word_call *call)
{
    if (!own_chat(call, "note"))
        return;
    if (call->arguments[0] == '\0') {
        word_answer(call, "Write the note behind the word: !note TEXT.");
        return;
    }
    line_store(call->routing, call->chat, AUTHOR_NOTE, call->operator, "", call->arguments);
    word_answer(call, call->chat->home->options.transcripts
                          ? "Noted. The patron does not see it."
                          : "Noted for as long as this chat goes on; nothing is kept here. "
                            "The patron does not see it.");
}

/* One word of letters, digits and hyphens, so that statistics can count it. */
void word_tag(const struct word_call *call)
{
    size_t length = strlen(call->arguments);

    if (!own_chat(call, "tag"))
        return;
    if (length == 0 || length > TAG_BYTES_MAX ||
        strspn(call->arguments, "abcdefghijklmnopqrstuvwxyz0123456789-") != length) {
        word_answer(call, "A tag is one word of small letters, digits and hyphens: !tag maps.");
        return;
    }
    chat_act(call->routing, call->chat, ACT_TAGGED, call->operator, call->arguments);
    word_answer(call, arena_printf(call->routing->out->arena, "Tagged '%s'.", call->arguments));
}

/* --- transfer --- */

struct target {
    struct queue *queue;
    struct operator *operator; /* NULL: the queue */
    int64_t library;
};

/* By the full name only: a short one could be another library's. */
static bool target_find(const struct word_call *call, const char *name, struct target *ret)
{
    struct queue *queue = queue_by_name(call->routing, name);
    struct operator *operator = operator_by_name(call->routing, name);

    memset(ret, 0, sizeof *ret);
    if (queue != NULL && queue->index != NO_INDEX) {
        ret->queue = queue_can_take(call->routing, queue, call->operator) ? queue : NULL;
        ret->library = queue->library;
        return true;
    }
    if (operator == NULL || !operator->listed)
        return false;
    ret->operator = operator;
    ret->queue = operator == call->operator ? NULL : operator_queue(call->routing, operator);
    ret->library = operator->library;
    return true;
}

/* Across libraries somebody has to say which it is: it decides whose transcript it is. */
static const char *transfer_choice(const struct word_call *call, const struct target *target,
                                   const char *name)
{
    return arena_printf(call->routing->out->arena,
                        "%s is of another library, so say which it is. "
                        "!transfer help %s: the chat stays %s's. "
                        "!transfer move %s: the patron was in the wrong library; "
                        "the chat and its transcript become %s's.",
                        name, name, queue_library_title(call->routing, call->chat->home), name,
                        queue_library_title(call->routing, target->queue));
}

static const char *transfer_answer(const struct word_call *call, const struct target *target,
                                   const char *name, enum transfer_kind wanted,
                                   enum transfer_kind kind)
{
    struct arena *arena = call->routing->out->arena;
    const char *until = "The chat is yours until somebody answers; "
                        "typing or !cancel takes it back.";

    if (kind == TRANSFER_MOVE)
        return arena_printf(arena,
                            "Offered to %s. Who answers takes the chat and its transcript to %s; "
                            "until then it is yours, and typing or !cancel takes it back.",
                            name, queue_library_title(call->routing, target->queue));
    if (wanted == TRANSFER_MOVE)
        return arena_printf(arena, "%s is of the same library, so nothing moves. Offered to it. %s",
                            name, until);
    return arena_printf(arena, "Offered to %s. %s", name, until);
}

static void transfer_to(const struct word_call *call, const struct target *target,
                        const char *name, enum transfer_kind wanted, const char *note)
{
    struct arena *arena = call->routing->out->arena;

    if (target->queue == NULL) {
        word_answer(call, arena_printf(arena, "%s cannot take a chat now. !who lists who can.",
                                       name));
        return;
    }
    /* Through a queue of the chat's own library nothing can move, whoever sits there. */
    bool own = target->library == call->chat->home->library ||
               (wanted == TRANSFER_MOVE && target->queue->library == call->chat->home->library);
    if (!own && wanted == TRANSFER_OWN) {
        word_answer(call, transfer_choice(call, target, name));
        return;
    }
    enum transfer_kind kind = own ? TRANSFER_OWN : wanted;
    if (kind == TRANSFER_MOVE &&
        block_holds(call->routing, target->queue->library, call->chat->patron)) {
        word_answer(call, arena_printf(arena,
                                       "%s hears no more of this patron for now, so the chat "
                                       "cannot move there. The chat is still yours.",
                                       queue_library_title(call->routing, target->queue)));
        return;
    }
    word_answer(call, transfer_answer(call, target, name, wanted, kind));
    transfer_begin(call->routing, call->chat, target->queue, target->operator, kind, note);
}

void word_transfer(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    const char *rest = call->arguments;
    struct target target;

    if (!own_chat(call, "transfer"))
        return;
    const char *name = next_word(arena, &rest);
    enum transfer_kind kind = strcmp(name, "help") == 0   ? TRANSFER_HELP
                              : strcmp(name, "move") == 0 ? TRANSFER_MOVE
                                                          : TRANSFER_OWN;
    if (kind != TRANSFER_OWN)
        name = next_word(arena, &rest);
    if (name[0] == '\0')
        word_answer(call, "Whom to? !transfer TARGET [note]; !who lists who can take it.");
    else if (call->chat->transfer != NULL)
        word_answer(call, "This chat is being handed over already; !cancel takes it back.");
    else if (!target_find(call, name, &target))
        word_answer(call, arena_printf(arena, "There is no queue or operator '%.40s'.", name));
    else
        transfer_to(call, &target, name, kind, rest);
}

void word_cancel(const struct word_call *call)
{
    if (!word_owns_chat(call) || call->chat->transfer == NULL) {
        word_answer(call, "There is no transfer to take back here.");
        return;
    }
    transfer_end(call->routing, call->chat, "cancelled", NULL);
    word_answer(call, "Taken back: the chat stays yours.");
}
