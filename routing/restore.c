/* restore.c: a chat comes back after a restart, and nobody should notice. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

/* A line of a chat that does not come back: to its patron, or to the operator who had it. */
static void restore_say(struct routing *routing, const struct chat_record *record,
                        const struct line_record *line, const struct operator *owner)
{
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);
    struct arena *arena = routing->out->arena;
    bool to_patron = line->author != AUTHOR_PATRON;

    if (!to_patron)
        effect->from = kept(routing, record->address);
    else if (record->entry_name[0] != '\0')
        effect->from = kept(routing, record->entry_name);
    else
        effect->from = arena_strndup(arena, record->address, strcspn(record->address, "."));
    effect->to = to_patron ? jid_full(routing, record->patron, record->patron_resource)
                           : kept(routing, owner->account);
    effect->message.id = arena_printf(arena, "%s-%d", record->code, line->line);
    effect->message.body = kept(routing, line->body);
    if (line->replaces != 0)
        effect->message.replaces = arena_printf(arena, "%s-%d", record->code, line->replaces);
    effect->message.private = !to_patron;
    effect->message.mark = (struct mark){to_patron ? MARK_PATRON : MARK_OPERATORS, record->number,
                                         line->line, 0};
}

/* What had not left of such a chat, in its order. Without an owner the operators' part is left
 * out. */
static void restore_unsent(struct routing *routing, const struct chat_record *record,
                           const struct operator *owner)
{
    const struct event *event = routing->event;

    for (size_t i = 0; i < event->restore.line_count; i++) {
        const struct line_record *line = &event->restore.lines[i];
        bool from_patron = line->author == AUTHOR_PATRON;
        int mark = from_patron ? record->operator_mark : record->patron_mark;
        if (line->author != AUTHOR_NOTE && line->body[0] != '\0' && line->line > mark &&
            (!from_patron || owner != NULL))
            restore_say(routing, record, line, owner);
    }
}

/* The queue was removed while no process ran: what had not reached the patron still does, and that
 * it was the last. */
static void restore_farewell(struct routing *routing, const struct chat_record *record)
{
    const struct event *event = routing->event;
    const struct line_record last = {.chat = record->number,
                                     .line = record->last_line + 1,
                                     .at = event->wall,
                                     .author = AUTHOR_DESK,
                                     .stanza_id = "",
                                     .body = "This chat desk was closed for good. We are sorry."};

    restore_unsent(routing, record, NULL);
    effects_add(routing->out, EFFECT_STORE_LINE)->line = last;
    restore_say(routing, record, &last, NULL);
}

static void offer_record_end(struct routing *routing, const struct offer_record *record)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_OFFER);

    effect->offer = *record;
    effect->offer.at = routing->event->wall;
    effect->offer.outcome = OFFER_WITHDRAWN;
}

/* The queue is no longer in the settings, or the patron has another chat there. */
static void restore_impossible(struct routing *routing, const struct chat_record *record,
                               bool removed)
{
    const struct event *event = routing->event;

    if (removed)
        restore_farewell(routing, record);
    for (size_t i = 0; i < event->restore.offer_count; i++)
        if (event->restore.offers[i].outcome == OFFER_OPEN)
            offer_record_end(routing, &event->restore.offers[i]);
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_CHAT);
    effect->chat = *record;
    effect->chat.code = kept(routing, record->code);
    effect->chat.address = kept(routing, record->address);
    effect->chat.patron = kept(routing, record->patron);
    effect->chat.patron_resource = kept(routing, record->patron_resource);
    effect->chat.entry_name = kept(routing, record->entry_name);
    effect->chat.token_hash = "";
    effect->chat.state = CHAT_CLOSED;
    effect->chat.end = END_REMOVED;
    effect->chat.closed = routing->event->wall;
    effect->chat.last_line = record->last_line + removed;
}

/* Who declined is not asked again, whoever has the chat now. An open offer of a claimed chat was a
 * transfer, which ends with the process: the chat stays its owner's. So does one to somebody who
 * is no operator of that queue any more. */
static void restore_offers(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;

    for (size_t i = 0; i < event->restore.offer_count; i++) {
        const struct offer_record *record = &event->restore.offers[i];
        struct operator *operator = operator_by_id(routing, record->operator);
        struct queue *via = queue_by_id(routing, record->queue);
        if (via == NULL && record->outcome == OFFER_DECLINED)
            via = chat->home;
        if (operator == NULL || via == NULL || offer_find(chat, operator) != NULL ||
            (record->outcome == OFFER_OPEN &&
             (chat->state == CHAT_CLAIMED || !operator_is_assigned(operator, via)))) {
            if (record->outcome == OFFER_OPEN)
                offer_record_end(routing, record);
            continue;
        }
        struct offer *offer = offer_new(chat, operator, via);
        if (record->outcome == OFFER_DECLINED) {
            offer_shut(offer);
        } else if (!record->handed) {
            offer->unread = true;
        }
    }
}

static bool line_invites(const struct line_record *line)
{
    size_t length = strlen(line->body), tail = strlen(text_invitation());

    return line->author == AUTHOR_DESK && length >= tail &&
           strcmp(line->body + length - tail, text_invitation()) == 0;
}

/* What the patron heard last from the process before, so that it is not said again. Who waits
 * longer than the holding line takes has heard that one. */
static void restore_told(struct routing *routing, struct chat *chat)
{
    const struct event *event = routing->event;
    const struct queue *home = chat->home;
    const char *said = NULL;

    for (size_t i = 0; i < event->restore.line_count; i++) {
        const struct line_record *line = &event->restore.lines[i];
        if (line->body[0] == '\0') {
            said = line->author == AUTHOR_DESK ? "" : said; /* something that was not kept */
            continue;
        }
        line_note_said(chat, line->author, line->body);
        if (line->author == AUTHOR_DESK && !leave_is_said(line->body))
            said = line->body;
        chat->invited = line->author != AUTHOR_OPERATOR && (chat->invited || line_invites(line));
    }
    chat->invited = chat->invited && chat->state == CHAT_WAITING;
    if (chat->state != CHAT_WAITING || said == NULL)
        return;
    chat->told = TOLD_WELCOME;
    if (strcmp(said, text_unstaffed(routing, home)) == 0)
        chat->told = TOLD_UNSTAFFED;
    else if (strcmp(said, text_closed(routing, home)) == 0)
        chat->told = TOLD_CLOSED;
    else if (text_is_busy(said))
        chat->told = TOLD_BUSY;
    chat->news_count = event->wall - chat->waiting_since >= home->options.holding_seconds * 1000LL;
    chat_news_start(routing, chat);
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
        if (line->body[0] == '\0') {
            chat->text_lost = chat->text_lost || line->author != AUTHOR_DESK;
            continue;
        }
        if (line->line > record->operator_mark)
            line_owe(chat, line->author, line->line);
        if (chat->state == CHAT_WAITING || chat->owed_line != 0)
            line_keep(chat, line, line->body);
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

/* What was said where nothing is kept died with the last process. Whoever waits for an answer, or
 * for one that did not leave any more, is asked to write again. */
static void restore_ask_again(struct routing *routing, struct chat *chat)
{
    static const char ask_again[] = "We were interrupted, and nothing that is written here is "
                                    "kept. Please write again what was not answered.";
    const struct event *event = routing->event;
    const struct chat_record *record = event->restore.chat;
    int asked = record->operator_mark, answered = record->patron_mark;
    bool lost = !chat->home->options.transcripts, unsent = false;

    for (size_t i = 0; i < event->restore.line_count; i++) {
        const struct line_record *line = &event->restore.lines[i];
        if (line->author == AUTHOR_PATRON && line->line > asked)
            asked = line->line;
        if (line->author == AUTHOR_OPERATOR && line->line > answered)
            answered = line->line;
        lost = lost || line->body[0] == '\0';
        unsent = unsent || (line->author == AUTHOR_OPERATOR && line->body[0] == '\0' &&
                            line->line > record->patron_mark);
    }
    if (!lost || chat->line_count == 0)
        return;
    if ((chat->state == CHAT_WAITING || asked > answered || unsent) &&
        !line_was_said(chat, ask_again))
        line_desk(routing, chat, ask_again);
}

/* Its owner was removed while no process ran. */
static void restore_without_owner(struct routing *routing, struct chat *chat)
{
    chat_act(routing, chat, ACT_RETURNED, NULL, "removed");
    line_desk(routing, chat, "One moment, please: the librarian had to leave.");
    chat_news_again(routing, chat);
    chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    chat_recall(routing, chat);
}

/* What the patron wrote to may have been removed since: then the home has the chats that began
 * there. */
static struct entry restore_entry(const struct routing *routing, const struct chat_record *record,
                                  struct queue *home)
{
    struct operator *operator = operator_by_id(routing, record->entry_operator);
    struct queue *queue = queue_by_id(routing, record->entry_queue);

    if (operator != NULL)
        return (struct entry){.operator = operator};
    return (struct entry){.queue = queue != NULL ? queue : home};
}

/* Nor may its receipts have left. */
static void restore_ids(struct routing *routing, const struct chat_record *record,
                        const struct entry *entry)
{
    const struct event *event = routing->event;
    struct chat ended = {.recent_next = 0};

    if (entry->queue == NULL && entry->operator == NULL)
        return;
    for (size_t i = 0; i < event->restore.recent_count; i++)
        if (event->restore.recent[i].body[0] != '\0')
            line_remember(&ended, event->restore.recent[i].stanza_id,
                          event->restore.recent[i].body);
    ended_remember(routing, record->patron, entry, ended.recent_ids);
}

void chat_restore(struct routing *routing)
{
    const struct event *event = routing->event;
    const struct chat_record *record = event->restore.chat;
    struct queue *home = queue_by_id(routing, record->queue);
    struct operator *owner = operator_by_id(routing, record->owner);
    struct entry entry = restore_entry(routing, record, home);

    /* The last process died when the end was written, and had not said all. */
    if (record->state == CHAT_CLOSED) {
        restore_unsent(routing, record, owner);
        restore_ids(routing, record, &entry);
        return;
    }
    if (home == NULL ||
        chat_by_patron(routing, record->patron, &entry) != NULL) {
        restore_impossible(routing, record, home == NULL);
        return;
    }
    struct chat *chat = chat_new(routing, record->number, record->code, record->address, &entry,
                                 home, record->patron, record->patron_resource);
    chat->opened = record->opened;
    chat->waiting_since = record->waiting_since;
    chat->claimed = record->claimed;
    if (record->claimed == 0)
        chat->waits_from = record->waiting_since;
    chat->line_count = record->last_line;
    if (record->entry_name[0] != '\0') {
        free(chat->entry_name);
        chat->entry_name = mem_strdup(record->entry_name);
    }
    if (strcmp(chat->entry_name, entry_name(&entry)) != 0)
        entry_remember_name(routing, &entry, chat->entry_name);
    /* Without its text a line that comes again is taken as new: the text is wanted. */
    for (size_t i = 0; i < event->restore.recent_count; i++)
        if (event->restore.recent[i].body[0] != '\0')
            line_remember(chat, event->restore.recent[i].stanza_id,
                          event->restore.recent[i].body);
    if (strlen(record->token_hash) == TOKEN_HASH_MAX)
        memcpy(chat->token_hash, record->token_hash, sizeof chat->token_hash);
    if (record->number >= routing->next_number)
        routing->next_number = record->number + 1;
    if (record->state == CHAT_CLAIMED && owner != NULL && record->answering_queue != 0) {
        chat->state = CHAT_CLAIMED;
        chat_set_owner(routing, chat, owner, record->answering_queue);
    } else {
        chat_wait_insert(routing, chat);
    }
    restore_offers(routing, chat);
    restore_told(routing, chat);
    restore_lines(routing, chat);
    restore_ask_again(routing, chat);
    if (record->state == CHAT_CLAIMED && chat->owner == NULL)
        restore_without_owner(routing, chat);
}
