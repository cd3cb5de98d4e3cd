/* line.c: the lines of a chat: numbered, recorded, relayed. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

/* FNV-1a, going on from `value`. */
static uint64_t hash(uint64_t value, const char *text)
{
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3u;
    return (value ^ 0xff) * 0x100000001b3u; /* no byte of UTF-8: the end of the text */
}

/* The body counts too: stock clients count their ids from one again in each session. */
bool line_is_repeat(struct chat *chat, const char *stanza_id, const char *body)
{
    if (stanza_id[0] == '\0')
        return false;
    uint64_t id = hash(hash(0xcbf29ce484222325u, stanza_id), body);
    id += id == 0; /* 0 is "free" */
    for (int i = 0; i < RECENT_IDS; i++)
        if (chat->recent_ids[i] == id)
            return true;
    chat->recent_ids[chat->recent_next] = id;
    chat->recent_next = (chat->recent_next + 1) % RECENT_IDS;
    return false;
}

/* Operators who are asked later have to read it. The oldest goes when there is too much: it is in
 * the transcript. */
void line_keep(struct chat *chat, const struct line_record *record)
{
    size_t length = strlen(record->body);
    struct kept_line *kept_line;

    if (record->author == AUTHOR_DESK)
        return;
    while (chat->kept_count > 0 && (chat->kept_count == LINES_KEPT_MAX ||
                                    chat->kept_bytes + length > LINES_KEPT_BYTES_MAX)) {
        struct kept_line *oldest = STAILQ_FIRST(&chat->lines);
        STAILQ_REMOVE_HEAD(&chat->lines, entry);
        chat->kept_count--;
        chat->kept_bytes -= oldest->length;
        free(oldest);
    }
    kept_line = mem_new(sizeof *kept_line + length + 1);
    kept_line->line = record->line;
    kept_line->author = record->author;
    kept_line->operator = record->operator;
    kept_line->length = length;
    memcpy(kept_line->body, record->body, length + 1);
    STAILQ_INSERT_TAIL(&chat->lines, kept_line, entry);
    chat->kept_count++;
    chat->kept_bytes += length;
}

void lines_forget(struct chat *chat)
{
    while (!STAILQ_EMPTY(&chat->lines)) {
        struct kept_line *kept_line = STAILQ_FIRST(&chat->lines);
        STAILQ_REMOVE_HEAD(&chat->lines, entry);
        free(kept_line);
    }
    chat->kept_count = 0;
    chat->kept_bytes = 0;
}

void line_note_said(struct chat *chat, enum author author, const char *body)
{
    if (author != AUTHOR_NOTE)
        chat->desk_said = author == AUTHOR_DESK ? hash(0xcbf29ce484222325u, body) : 0;
}

bool line_was_said(const struct chat *chat, const char *body)
{
    return chat->desk_said == hash(0xcbf29ce484222325u, body);
}

int line_store(struct routing *routing, struct chat *chat, enum author author,
               const struct operator *operator, const char *stanza_id, const char *body)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_LINE);
    struct line_record *record = &effect->line;

    record->chat = chat->number;
    record->line = ++chat->line_count;
    record->at = routing->event->wall;
    record->author = author;
    record->operator = operator == NULL ? 0 : operator->id;
    record->stanza_id = kept(routing, stanza_id);
    record->body = kept(routing, body);
    if (author == AUTHOR_PATRON || author == AUTHOR_OPERATOR)
        chat->active_at = routing->event->at;
    line_note_said(chat, author, body);
    if (chat->state == CHAT_WAITING)
        line_keep(chat, record);
    return chat->line_count;
}

/* The id of a relayed line is made of chat and number, so that a repeat after a restart bears the
 * same one and the receiver knows it. */
static void line_send(struct routing *routing, const struct chat *chat, const char *from,
                      const char *to, int line, const char *body, enum mark_type mark)
{
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);

    effect->from = from;
    effect->to = to;
    effect->message.id = arena_printf(routing->out->arena, "%s-%d", chat->code, line);
    effect->message.body = body;
    effect->message.private = mark != MARK_PATRON;
    effect->message.mark = (struct mark){mark, chat->number, line, 0};
}

void line_to_patron(struct routing *routing, const struct chat *chat, int line, const char *body)
{
    line_send(routing, chat, chat_entry_name(routing, chat), chat_patron_jid(routing, chat), line,
              kept(routing, body), MARK_PATRON);
}

void line_to_operators(struct routing *routing, const struct chat *chat, int line,
                       const char *body)
{
    const char *from = kept(routing, chat->address);
    const char *text = kept(routing, body);
    struct offer *offer;

    if (chat->owner != NULL)
        line_send(routing, chat, from, kept(routing, chat->owner->account), line, text,
                  MARK_OPERATORS);
    TAILQ_FOREACH(offer, &chat->offers, of_chat)
        if (!offer->declined && !offer->unread)
            line_send(routing, chat, from, kept(routing, offer->operator->account), line, text,
                      MARK_OPERATORS);
}

void line_desk(struct routing *routing, struct chat *chat, const char *body)
{
    int line = line_store(routing, chat, AUTHOR_DESK, NULL, "", body);

    line_to_patron(routing, chat, line, body);
}
