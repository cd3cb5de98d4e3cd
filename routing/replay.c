/* replay.c: what the patron's page has not shown is sent again, after a change of address.
 *
 * The lines come from the database, and meanwhile the chat goes on. From the change until the end
 * of the replay no line goes to the patron as it comes: it is only recorded, and the replay brings
 * it, so that nothing is lost, doubled, or out of order. Asking again as long as there are newer
 * lines needs no memory for them. A chat may close before its replay is over; what was said last is
 * sent all the same. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

struct replay {
    UT_hash_handle hh;
    int64_t number; /* of the chat: the key */
    struct chat *chat; /* NULL: closed meanwhile */
    char code[CHAT_CODE_MAX + 1];
    char *after;   /* id of the last line that was shown; NULL: `sent` says it by now */
    int sent;      /* the newest line that the patron has */
    int asked;     /* the newest line when it was asked for */
    int questions; /* not answered yet */
    /* Of a chat that is closed: */
    int last;
    char *from, *to;
    struct memory memory; /* its text, where the database has none */
};

static void replay_ask(struct routing *routing, struct replay *replay)
{
    replay->asked = replay->chat != NULL ? replay->chat->line_count : replay->last;
    replay->questions++;
    effects_add(routing->out, EFFECT_REPLAY)->recall = replay->number;
}

void replay_begin(struct routing *routing, struct chat *chat, const char *after)
{
    struct replay *replay = chat->replay;

    if (replay == NULL) {
        replay = mem_new(sizeof *replay);
        memory_init(&replay->memory);
        replay->number = chat->number;
        replay->chat = chat;
        memcpy(replay->code, chat->code, sizeof chat->code);
        HASH_ADD(hh, routing->replays, number, sizeof replay->number, replay);
        chat->replay = replay;
    }
    free(replay->after);
    replay->after = mem_strdup(after);
    replay->sent = 0;
    replay_ask(routing, replay);
}

static struct replay *replay_free(struct routing *routing, struct replay *replay)
{
    if (replay->chat != NULL)
        replay->chat->replay = NULL;
    HASH_DELETE(hh, routing->replays, replay);
    memory_release(&replay->memory);
    free(replay->after);
    free(replay->from);
    free(replay->to);
    free(replay);
    return NULL;
}

void replay_outlives(struct chat *chat)
{
    struct replay *replay = chat->replay;

    if (replay == NULL)
        return;
    replay->last = chat->line_count;
    replay->from = mem_strdup(chat->entry_name);
    replay->to = chat->patron_resource[0] == '\0'
                     ? mem_strdup(chat->patron)
                     : mem_printf("%s/%s", chat->patron, chat->patron_resource);
    memory_move(&replay->memory, &chat->memory);
    replay->chat = NULL;
    chat->replay = NULL;
}

void replays_free(struct routing *routing)
{
    struct replay *replay, *next;

    HASH_ITER(hh, routing->replays, replay, next)
    {
        replay_free(routing, replay);
    }
}

/* The number of the last line that was shown. Lines to the patron have it in their ids; the
 * patron's own are looked for. 0 when it is not known: then all is sent, and the page knows what it
 * has. */
static int replay_start(const struct replay *replay, const struct line_record *lines, size_t count)
{
    size_t length = strlen(replay->code);
    const char *after = replay->after;
    char *end;

    if (strncmp(after, replay->code, length) == 0 && after[length] == '-') {
        long line = strtol(after + length + 1, &end, 10);
        if (end != after + length + 1 && *end == '\0' && line > 0)
            return line < replay->asked ? (int)line : replay->asked;
    }
    for (size_t i = count; after[0] != '\0' && i > 0; i--)
        if (lines[i - 1].author == AUTHOR_PATRON && strcmp(lines[i - 1].stanza_id, after) == 0)
            return lines[i - 1].line;
    return 0;
}

static void replay_line(struct routing *routing, const struct replay *replay,
                        const struct line_record *line, const char *from, const char *to)
{
    const struct memory *memory =
        replay->chat != NULL ? &replay->chat->memory : &replay->memory;
    const char *body = memory_text(memory, line);
    struct effect *effect;

    if (line->author == AUTHOR_NOTE || body == NULL)
        return; /* for colleagues, or for nobody any more */
    effect = effects_add(routing->out, EFFECT_MESSAGE);
    effect->from = from;
    effect->to = to;
    effect->message.body = kept(routing, body);
    effect->message.delayed = line->at;
    effect->message.own = line->author == AUTHOR_PATRON;
    if (effect->message.own && line->stanza_id[0] != '\0')
        effect->message.id = kept(routing, line->stanza_id);
    else
        effect->message.id =
            arena_printf(routing->out->arena, "%s-%d", replay->code, line->line);
    if (!effect->message.own && line->replaces != 0)
        effect->message.replaces =
            arena_printf(routing->out->arena, "%s-%d", replay->code, line->replaces);
    if (!effect->message.own)
        effect->message.mark = (struct mark){MARK_PATRON, replay->number, line->line, 0};
}

void replay_go_on(struct routing *routing)
{
    const struct event *event = routing->event;
    const struct line_record *lines = event->recalled.lines;
    size_t count = event->recalled.line_count;
    struct replay *replay;

    HASH_FIND(hh, routing->replays, &event->recalled.chat, sizeof event->recalled.chat, replay);
    /* The answer to an older question may lack lines that the newest one asks for. */
    if (replay == NULL || --replay->questions > 0)
        return;
    const struct chat *chat = replay->chat;
    const char *from =
        chat != NULL ? chat_entry_name(routing, chat) : kept(routing, replay->from);
    const char *to =
        chat != NULL ? chat_patron_jid(routing, chat) : kept(routing, replay->to);
    if (replay->after != NULL)
        replay->sent = replay_start(replay, lines, count);
    free(replay->after);
    replay->after = NULL;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].line <= replay->sent)
            continue;
        replay_line(routing, replay, &lines[i], from, to);
        replay->sent = lines[i].line;
    }
    /* What was asked for and did not come is not there: the database refused it. */
    if (replay->sent < replay->asked)
        replay->sent = replay->asked;
    if (replay->sent < (chat != NULL ? chat->line_count : replay->last)) {
        replay_ask(routing, replay);
        return;
    }
    resume_say(routing, RESUME_DONE, from, to);
    replay_free(routing, replay);
}
