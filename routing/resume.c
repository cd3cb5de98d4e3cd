/* resume.c: a patron who changes the page, or gets a new anonymous log-in, goes on with the chat.
 *
 * Whoever shows the chat's token is its patron from then on. The token is random and good for one
 * use; only its hash is kept, so that neither the database nor a dump of memory opens a chat. All
 * that does not fit is answered alike: nobody learns which chats there are. */
#include <assert.h>
#include <string.h>

#include "policy/arena.h"
#include "routing/routing_private.h"

struct effect *resume_say(struct routing *routing, enum resume_answer answer, const char *from,
                          const char *to)
{
    struct effect *effect = effects_add(routing->out, EFFECT_RESUME);

    effect->from = from;
    effect->to = to;
    effect->resume.answer = answer;
    effect->resume.token = "";
    return effect;
}

void token_give(struct routing *routing, struct chat *chat)
{
    const struct token *fresh = routing->event->fresh;

    assert(fresh != NULL);
    assert(!routing->out->token_used);
    assert(strlen(fresh->hash) == TOKEN_HASH_MAX);
    memcpy(chat->token_hash, fresh->hash, sizeof chat->token_hash);
    routing->out->token_used = true;
    chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    struct effect *effect = resume_say(routing, RESUME_TOKEN, chat_entry_name(routing, chat),
                                       chat_patron_jid(routing, chat));
    effect->resume.token =
        arena_printf(routing->out->arena, "%s.%s", chat->code, fresh->text);
}

/* In a time that does not tell how much of it was right. */
static bool token_fits(const struct chat *chat, const char *hash)
{
    unsigned different = 0;

    if (strlen(chat->token_hash) != TOKEN_HASH_MAX || strlen(hash) != TOKEN_HASH_MAX)
        return false;
    for (int i = 0; i < TOKEN_HASH_MAX; i++)
        different |= (unsigned char)(chat->token_hash[i] ^ hash[i]);
    return different == 0;
}

/* The chat that the sender may go on with at this address, where it began; or NULL: a blocked one
 * with none. Who has another chat here keeps that: two of one patron at one address could not be
 * told apart. */
static struct chat *resume_find(struct routing *routing)
{
    const struct event *event = routing->event;
    struct chat *chat = chat_by_code(routing, event->resume.code);

    if (chat == NULL || strcmp(chat->entry_name, event->to) != 0 ||
        block_holds(routing, chat->home->library, event->from) ||
        !token_fits(chat, event->resume.hash))
        return NULL;
    const struct chat *at_entry = chat_by_patron(routing, event->from, &chat->entry);
    const struct chat *here = entry_chat(routing, event->from, event->to);
    return (at_entry == NULL || at_entry == chat) && (here == NULL || here == chat) ? chat : NULL;
}

static void resume_chat(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;
    bool same = strcmp(chat->patron, event->from) == 0 &&
                strcmp(chat->patron_resource, event->resource) == 0;

    if (!same && chat->gone_at == 0)
        resume_say(routing, RESUME_MOVED, chat_entry_name(routing, chat),
                   chat_patron_jid(routing, chat));
    if (!same)
        chat_set_patron(routing, chat, event->from, event->resource);
    patron_back(routing, chat);
    token_give(routing, chat);
    replay_begin(routing, chat, event->resume.after);
}

void resume_received(struct routing *routing)
{
    const struct event *event = routing->event;
    const struct operator *operator = operator_by_account(routing, event->from);
    struct entry entry;
    struct chat *chat = NULL;

    if (!flood_allows(routing, FLOOD_LINES, event->from)) {
        message_refuse(routing, event->resume.id, REFUSAL_UNAVAILABLE, TEXT_TOO_FAST);
        return;
    }
    if (entry_of_event(routing, &entry) &&
        (operator == NULL || entry.queue == NULL ||
         !operator_is_assigned(operator, entry.queue)) &&
        strlen(event->resume.after) <= STANZA_ID_BYTES_MAX)
        chat = event->resume.asks ? chat_by_patron(routing, event->from, &entry)
                                  : resume_find(routing);
    if (chat == NULL) {
        resume_say(routing, RESUME_GONE, kept(routing, event->to),
                   jid_full(routing, event->from, event->resource));
    } else if (event->resume.asks) {
        patron_here(routing, chat);
        token_give(routing, chat);
    } else {
        resume_chat(routing, chat);
    }
}
