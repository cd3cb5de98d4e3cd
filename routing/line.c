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
static uint64_t recent_id(const char *stanza_id, const char *body)
{
    uint64_t id = hash(hash(0xcbf29ce484222325u, stanza_id), body);

    return id + (id == 0); /* 0 is "free" */
}

bool ids_have(const uint64_t ids[RECENT_IDS], const char *stanza_id, const char *body)
{
    if (stanza_id[0] == '\0')
        return false;
    uint64_t id = recent_id(stanza_id, body);
    for (int i = 0; i < RECENT_IDS; i++)
        if (ids[i] == id)
            return true;
    return false;
}

bool line_is_repeat(const struct chat *chat, const char *stanza_id, const char *body)
{
    return ids_have(chat->recent_ids, stanza_id, body);
}

void line_remember(struct chat *chat, const char *stanza_id, const char *body)
{
    if (stanza_id[0] == '\0' || line_is_repeat(chat, stanza_id, body))
        return;
    chat->recent_ids[chat->recent_next] = recent_id(stanza_id, body);
    chat->recent_next = (chat->recent_next + 1) % RECENT_IDS;
}

/* At the end. The oldest goes when there is too much: it is in the transcript. */
static void kept_line_add(struct chat *chat, struct kept_line *kept_line)
{
    size_t length = kept_line->length;

    while (chat->kept_count > 0 && (chat->kept_count == LINES_KEPT_MAX ||
                                    chat->kept_bytes + length > LINES_KEPT_BYTES_MAX)) {
        struct kept_line *oldest = STAILQ_FIRST(&chat->lines);
        STAILQ_REMOVE_HEAD(&chat->lines, entry);
        chat->kept_count--;
        chat->kept_bytes -= oldest->length;
        free(oldest);
    }
    STAILQ_INSERT_TAIL(&chat->lines, kept_line, entry);
    chat->kept_count++;
    chat->kept_bytes += length;
}

/* Operators who are asked later have to read it. */
void line_keep(struct chat *chat, const struct line_record *record, const char *body)
{
    if (record->author == AUTHOR_DESK)
        return;
    size_t length = strlen(body);
    struct kept_line *kept_line = mem_new(sizeof *kept_line + length + 1);
    kept_line->line = record->line;
    kept_line->replaces = record->replaces;
    kept_line->author = record->author;
    kept_line->operator = record->operator;
    kept_line->length = length;
    memcpy(kept_line->body, body, length + 1);
    kept_line_add(chat, kept_line);
}

/* A line can come while the others are on their way from the database, which then does not bring
 * it. */
void lines_recalled(struct chat *chat, const struct line_record *lines, size_t count)
{
    STAILQ_HEAD(, kept_line) since = STAILQ_HEAD_INITIALIZER(since);
    int newest = count == 0 ? 0 : lines[count - 1].line;

    STAILQ_CONCAT(&since, &chat->lines);
    chat->kept_count = 0;
    chat->kept_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const char *body = memory_text(&chat->memory, &lines[i]);
        if (body != NULL)
            line_keep(chat, &lines[i], body);
        else if (lines[i].author != AUTHOR_DESK)
            chat->text_lost = true;
    }
    while (!STAILQ_EMPTY(&since)) {
        struct kept_line *kept_line = STAILQ_FIRST(&since);
        STAILQ_REMOVE_HEAD(&since, entry);
        if (kept_line->line > newest)
            kept_line_add(chat, kept_line);
        else
            free(kept_line);
    }
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
    chat->owed_line = 0;
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

/* A server keeps what it gets for somebody who is away, or drops it: Prosody shows it at the next
 * log-in, ejabberd never. So it waits here, for an owner who comes back. */
void line_owe(struct chat *chat, enum author author, int line)
{
    if (author == AUTHOR_PATRON && chat->owner != NULL && chat->owed_line == 0 &&
        !operator_is_present(chat->owner))
        chat->owed_line = line;
}

int line_write(struct routing *routing, struct chat *chat, enum author author,
               const struct operator *operator, const char *stanza_id,
               const struct line_text *text)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_LINE);
    struct line_record *record = &effect->line;

    record->chat = chat->number;
    record->line = ++chat->line_count;
    record->at = routing->event->wall;
    record->author = author;
    record->operator = operator == NULL ? 0 : operator->id;
    record->stanza_id = kept(routing, stanza_id);
    record->body = chat->home->options.transcripts ? kept(routing, text->body) : "";
    record->replaces = text->replaces;
    if (!chat->home->options.transcripts)
        memory_keep(&chat->memory, record->line, text->body);
    if (author == AUTHOR_PATRON || author == AUTHOR_OPERATOR)
        chat->active_at = routing->event->at;
    line_note_said(chat, author, text->body);
    line_owe(chat, author, chat->line_count);
    if (chat->state == CHAT_WAITING || chat->recalling || chat->owed_line != 0)
        line_keep(chat, record, text->body);
    return chat->line_count;
}

int line_store(struct routing *routing, struct chat *chat, enum author author,
               const struct operator *operator, const char *stanza_id, const char *body)
{
    return line_write(routing, chat, author, operator, stanza_id,
                      &(struct line_text){.body = body});
}

static uint64_t id_hash(const char *stanza_id)
{
    return hash(0xcbf29ce484222325u, stanza_id);
}

struct line_text line_compose(struct routing *routing, const char *body,
                              const struct last_line *last)
{
    const char *replaces = routing->event->message.replaces;
    const char *link = routing->event->message.link;
    struct line_text text = {.body = body};

    if (replaces != NULL && last->line != 0 && id_hash(replaces) == last->id)
        text.replaces = last->line;
    if (link == NULL)
        return text;
    text.link = strcmp(body, link) == 0;
    if (strstr(body, link) == NULL)
        text.body = arena_printf(routing->out->arena, "%s\n%s", body, link);
    return text;
}

void last_line_note(struct last_line *last, const char *stanza_id, int line,
                    const struct line_text *text)
{
    if (text->replaces != 0)
        return;
    last->line = stanza_id[0] == '\0' ? 0 : line;
    last->id = id_hash(stanza_id);
}

/* What goes to the patron may stay in the archive of the patron's server; what goes to operators
 * must not (XEP-0334). */
static void line_send(struct routing *routing, const struct chat *chat, const char *from,
                      const char *to, int line, const struct line_text *text, enum mark_type mark)
{
    struct arena *arena = routing->out->arena;
    struct effect *effect = effects_add(routing->out, EFFECT_MESSAGE);

    effect->from = from;
    effect->to = to;
    effect->message.id = arena_printf(arena, "%s-%d", chat->code, line);
    effect->message.body = text->body;
    effect->message.private = mark != MARK_PATRON;
    effect->message.link = text->link;
    if (text->replaces != 0)
        effect->message.replaces = arena_printf(arena, "%s-%d", chat->code, text->replaces);
    effect->message.mark = (struct mark){mark, chat->number, line, 0};
}

void lines_owed_send(struct routing *routing, struct chat *chat)
{
    const struct kept_line *line;
    const char *to = kept(routing, chat->owner->account);

    if (chat->owed_line == 0)
        return;
    STAILQ_FOREACH(line, &chat->lines, entry)
        if (line->author == AUTHOR_PATRON && line->line >= chat->owed_line)
            line_send(routing, chat, kept(routing, chat->address), to, line->line,
                      &(struct line_text){.body = kept(routing, line->body),
                                          .replaces = line->replaces},
                      MARK_OPERATORS);
    chat->owed_line = 0;
    if (!chat->recalling)
        lines_forget(chat);
}

void line_pass_to_patron(struct routing *routing, const struct chat *chat, int line,
                         const struct line_text *text)
{
    struct line_text copy = *text;

    if (chat->replay != NULL)
        return; /* which brings it, behind those before it */
    copy.body = kept(routing, text->body);
    line_send(routing, chat, chat_entry_name(routing, chat), chat_patron_jid(routing, chat), line,
              &copy, MARK_PATRON);
}

void line_pass_to_operators(struct routing *routing, const struct chat *chat, int line,
                            const struct line_text *text)
{
    const char *from = kept(routing, chat->address);
    struct line_text copy = *text;
    struct offer *offer;

    copy.body = kept(routing, text->body);
    if (chat->owner != NULL && operator_is_present(chat->owner))
        line_send(routing, chat, from, kept(routing, chat->owner->account), line, &copy,
                  MARK_OPERATORS);
    TAILQ_FOREACH(offer, &chat->offers, of_chat)
        if (!offer->declined && !offer->unread)
            line_send(routing, chat, from, kept(routing, offer->operator->account), line, &copy,
                      MARK_OPERATORS);
}

void line_to_patron(struct routing *routing, const struct chat *chat, int line, const char *body)
{
    line_pass_to_patron(routing, chat, line, &(struct line_text){.body = body});
}

void line_to_operators(struct routing *routing, const struct chat *chat, int line,
                       const char *body)
{
    line_pass_to_operators(routing, chat, line, &(struct line_text){.body = body});
}

void line_desk(struct routing *routing, struct chat *chat, const char *body)
{
    int line = line_store(routing, chat, AUTHOR_DESK, NULL, "", body);

    line_to_patron(routing, chat, line, body);
}
