/* words_block.c: the word with which a library stops listening to a patron for a while. */
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

enum { BLOCK_HOURS = 24, BLOCK_HOURS_MAX = 720 };

/* Who has the chat or is asked for it has seen what the patron writes. */
static bool may_block(const struct word_call *call)
{
    const struct offer *offer =
        call->chat == NULL ? NULL : offer_find(call->chat, call->operator);

    return word_owns_chat(call) || (offer != NULL && !offer->declined);
}

/* The asker's own offer ends without a word, since the word is answered. */
static void block_end_chat(const struct word_call *call, struct chat *chat, const char *until)
{
    struct routing *routing = call->routing;
    struct offer *offer = offer_find(chat, call->operator);

    if (chat->owner != NULL && chat->owner != call->operator)
        say_to_operator(routing, chat->owner, chat->address,
                        arena_printf(routing->out->arena,
                                     "%s has blocked this patron until %s. This chat is over.",
                                     operator_label(routing, call->operator), until));
    if (offer != NULL) {
        if (!offer->declined)
            offer_store(routing, offer, OFFER_WITHDRAWN);
        offer_free(offer);
    }
    chat_close(routing, chat, END_BLOCKED, RESOLUTION_NONE, call->operator);
}

/* All chats of the patron in that library: what is said there would not be heard any more. */
static void block_end_chats(const struct word_call *call, int64_t library, const char *patron,
                            const char *until)
{
    struct chat *chat, *next;

    HASH_ITER(by_number, call->routing->chats_by_number, chat, next)
    {
        if (chat->home->library == library && strcmp(chat->patron, patron) == 0)
            block_end_chat(call, chat, until);
    }
}

void word_block(const struct word_call *call)
{
    struct routing *routing = call->routing;
    const char *text = word_argument(call);
    int hours = BLOCK_HOURS;

    if (!may_block(call)) {
        word_answer(call, "!block is for a chat that is yours or offered to you; "
                          "write it in its window.");
        return;
    }
    if (text[0] != '\0' && !word_number(text, BLOCK_HOURS_MAX, &hours)) {
        word_answer(call, "!block HOURS: 1 to 720; 24 if you write none. The patron is not "
                          "blocked.");
        return;
    }
    const struct queue *home = call->chat->home;
    const char *patron = kept(routing, call->chat->patron);
    msec_t end = routing->event->wall + (msec_t)hours * 3600 * 1000;
    const char *until =
        text_clock(routing, operator_zone(routing, call->operator), end / 1000);
    block_set(routing, call->chat, call->operator, end);
    word_answer(call, arena_printf(routing->out->arena,
                                   "This chat is over, and %s hears no more of this patron "
                                   "until %s.",
                                   queue_library_title(routing, home), until));
    block_end_chats(call, home->library, patron, until);
}
