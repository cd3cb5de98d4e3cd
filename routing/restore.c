/* restore.c: a chat comes back after a restart, and nobody should notice. */
#include <string.h>

#include "routing/routing_private.h"

/* The queue or the operator is no longer in the settings. */
static void restore_impossible(struct routing *routing, const struct chat_record *record)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_CHAT);

    effect->chat = *record;
    effect->chat.code = kept(routing, record->code);
    effect->chat.address = kept(routing, record->address);
    effect->chat.patron = kept(routing, record->patron);
    effect->chat.patron_resource = kept(routing, record->patron_resource);
    effect->chat.token_hash = "";
    effect->chat.state = CHAT_CLOSED;
    effect->chat.end = END_REMOVED;
    effect->chat.closed = routing->event->wall;
}

static void restore_offers(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;

    for (size_t i = 0; i < event->restore.offer_count; i++) {
        const struct offer_record *record = &event->restore.offers[i];
        struct operator *operator = operator_by_id(routing, record->operator);
        struct queue *via = queue_by_id(routing, record->queue);
        if (operator == NULL || via == NULL || offer_find(chat, operator) != NULL)
            continue;
        struct offer *offer = offer_new(chat, operator, via);
        if (record->outcome == OFFER_DECLINED) {
            offer->declined = true;
            chat->open_offer_count--;
            operator->open_offer_count--;
        } else if (!record->handed) {
            offer->unread = true;
        }
    }
}

/* What had not left the last process leaves now, with the same ids. Who has not got the offer yet
 * gets all lines with it. */
static void restore_lines(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;
    const struct chat_record *record = event->restore.chat;
    struct offer *offer;

    for (size_t i = 0; i < event->restore.line_count; i++) {
        const struct line_record *line = &event->restore.lines[i];
        if (chat->state == CHAT_WAITING)
            line_keep(chat, line);
        struct line_text text = {.body = line->body, .replaces = line->replaces};
        if (line->author == AUTHOR_NOTE)
            continue;
        if (line->author == AUTHOR_PATRON && line->line > record->operator_mark)
            line_pass_to_operators(routing, chat, line->line, &text);
        else if (line->author != AUTHOR_PATRON && line->line > record->patron_mark)
            line_pass_to_patron(routing, chat, line->line, &text);
    }
    TAILQ_FOREACH(offer, &chat->offers, of_chat)
        if (offer->unread) {
            offer->unread = false;
        offer_send(routing, offer);
    }
}

/* A transfer under way ends with the process: the chat stays its owner's. */
static void restore_transfer(struct routing *routing)
{
    const struct event *event = routing->event;

    for (size_t i = 0; i < event->restore.offer_count; i++) {
        if (event->restore.offers[i].outcome != OFFER_OPEN)
            continue;
        struct effect *effect = effects_add(routing->out, EFFECT_STORE_OFFER);
        effect->offer = event->restore.offers[i];
        effect->offer.at = routing->event->wall;
        effect->offer.outcome = OFFER_WITHDRAWN;
    }
}

/* What the patron wrote to may have been removed since: then the answers come from the home. */
static struct entry restore_entry(const struct routing *routing, const struct chat_record *record,
                                  struct queue *home)
{
    struct operator *operator = operator_by_id(routing, record->entry_operator);
    struct queue *queue = queue_by_id(routing, record->entry_queue);

    if (operator != NULL)
        return (struct entry){.operator = operator};
    return (struct entry){.queue = queue != NULL ? queue : home};
}

void chat_restore(struct routing *routing)
{
    const struct event *event = routing->event;
    const struct chat_record *record = event->restore.chat;
    struct queue *home = queue_by_id(routing, record->queue);
    struct operator *owner = operator_by_id(routing, record->owner);
    struct entry entry = restore_entry(routing, record, home);

    if (home == NULL || record->state == CHAT_CLOSED ||
        chat_by_patron(routing, record->patron, &entry) != NULL) {
        restore_impossible(routing, record);
        return;
    }
    struct chat *chat = chat_new(routing, record->number, record->code, record->address, &entry,
                                 home, record->patron, record->patron_resource);
    chat->opened = record->opened;
    chat->waiting_since = record->waiting_since;
    chat->claimed = record->claimed;
    chat->line_count = record->last_line;
    chat->told = TOLD_RESTORED;
    for (size_t i = 0; i < event->restore.recent_count; i++)
        line_remember(chat, event->restore.recent[i].stanza_id, event->restore.recent[i].body);
    if (strlen(record->token_hash) == TOKEN_HASH_MAX)
        memcpy(chat->token_hash, record->token_hash, sizeof chat->token_hash);
    if (record->number >= routing->next_number)
        routing->next_number = record->number + 1;
    if (record->state == CHAT_CLAIMED && owner != NULL && record->answering_queue != 0) {
        chat->state = CHAT_CLAIMED;
        chat_set_owner(routing, chat, owner, record->answering_queue);
        restore_transfer(routing);
    } else {
        chat_wait_insert(routing, chat);
        restore_offers(routing, chat);
        if (record->state == CHAT_CLAIMED) {
            chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
            chat->recalling = true;
            effects_add(routing->out, EFFECT_RECALL)->recall = chat->number;
        }
    }
    restore_lines(routing, chat);
}
