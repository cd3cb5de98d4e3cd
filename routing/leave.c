/* leave.c: patrons who leave their question. A patron who is told that nobody will answer soon may
 * write an e-mail address or a phone number; with the question it becomes an open item of the
 * library, and the chat is over. Where nothing else is kept, the patron is shown what would be, and
 * asked. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/contact.h"
#include "routing/routing_private.h"

static const char ask_question[] =
    "Thank you for your address. What is your question? Please write it here.";
static const char ask_address[] =
    "To leave your question, please write the address alone, in one short line.";
static const char sorry_head[] = "We are sorry: so many questions wait at ";
static const char nothing_kept[] =
    "Then nothing is kept. You can still wait here, or write your address again.";

bool leave_is_said(const char *text)
{
    return strcmp(text, ask_question) == 0 || strcmp(text, ask_address) == 0 ||
           strcmp(text, nothing_kept) == 0 ||
           strncmp(text, sorry_head, strlen(sorry_head)) == 0;
}

static bool line_is_contact(const char *body)
{
    struct contact contact;

    return strnlen(body, CONTACT_LINE_BYTES_MAX + 1) <= CONTACT_LINE_BYTES_MAX &&
           contact_find(body, &contact) && contact_is_all(body, &contact);
}

static const struct kept_line *first_line(const struct chat *chat)
{
    const struct kept_line *line;

    STAILQ_FOREACH(line, &chat->lines, entry)
        if (line->author == AUTHOR_PATRON)
            return line;
    return NULL;
}

static bool chat_has_question(const struct chat *chat)
{
    const struct kept_line *line;

    STAILQ_FOREACH(line, &chat->lines, entry)
        if (line->author == AUTHOR_PATRON && !line_is_contact(line->body))
            return true;
    return false;
}

/* What the patron wrote in this chat, but for lines that are nothing but an address. */
static const char *chat_question(struct routing *routing, const struct chat *chat)
{
    char *text = arena_alloc(routing->out->arena, chat->kept_bytes + (size_t)chat->kept_count + 1);
    const struct kept_line *line;
    size_t length = 0;

    STAILQ_FOREACH(line, &chat->lines, entry)
    {
        if (line->author != AUTHOR_PATRON || line_is_contact(line->body))
            continue;
        if (length > 0)
            text[length++] = '\n';
        memcpy(text + length, line->body, line->length);
        length += line->length;
    }
    text[length] = '\0';
    return text;
}

void leave_question(struct routing *routing, struct chat *chat, const char *question,
                    const char *contact)
{
    const struct queue *home = chat->home;

    assert(chat->state == CHAT_WAITING);
    if (followups_full(routing, home->library)) {
        line_desk(routing, chat,
                  arena_printf(routing->out->arena,
                               "%s%s that yours could not be kept. "
                               "Please try again another day.%s",
                               sorry_head, home->title, text_opening(routing, home)));
        return;
    }
    followup_add(routing, chat, FOLLOWUP_LEFT, question, contact, NULL);
    line_desk(routing, chat,
              arena_printf(routing->out->arena,
                           "Thank you! Your question is kept for the librarians of %s, who will "
                           "answer you at %s.%s",
                           home->title, contact, text_opening(routing, home)));
    chat_close(routing, chat, END_LEFT, RESOLUTION_NONE, NULL);
}

void leave_forget(struct chat *chat)
{
    free(chat->left_question);
    free(chat->left_contact);
    chat->left_question = chat->left_contact = NULL;
}

/* Nothing is kept of this chat, so the patron decides about each word that would be. */
static void leave_offer(struct routing *routing, struct chat *chat, const char *question,
                        const char *contact)
{
    leave_forget(chat);
    chat->left_question = mem_strdup(question);
    chat->left_contact = mem_strdup(contact);
    line_desk(routing, chat,
              arena_printf(routing->out->arena,
                           "Nothing of this chat is kept. For an answer, this has to be: \"%s\", "
                           "to be answered at %s. Write yes if the librarians of %s may keep it.",
                           question, contact, chat->home->title));
}

/* "Yes", "yes, please", "OK." */
static bool line_agrees(const char *body)
{
    static const char *const words[] = {"yes", "y", "ok", "okay", "sure"};
    size_t start = strspn(body, " \t\r\n\"");
    size_t length = strcspn(body + start, " \t\r\n\".,!");

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && strncasecmp(body + start, words[i], length) == 0)
            return true;
    return false;
}

static void leave_answered(struct routing *routing, struct chat *chat, const char *body)
{
    struct arena *arena = routing->out->arena;
    const char *question = arena_strdup(arena, chat->left_question);
    const char *contact = arena_strdup(arena, chat->left_contact);

    leave_forget(chat);
    if (line_agrees(body))
        leave_question(routing, chat, question, contact);
    else
        line_desk(routing, chat, nothing_kept);
}

void leave_heard(struct routing *routing, struct chat *chat, const char *body, bool invited)
{
    const char *text = body;
    struct contact contact;

    if (chat->state != CHAT_WAITING || !chat->invited || chat->recalling)
        return;
    if (chat->left_question != NULL) {
        leave_answered(routing, chat, body);
        return;
    }
    if (!chat_has_question(chat)) {
        line_desk(routing, chat, ask_question);
        return;
    }
    if (!invited)
        return;
    if (!contact_find(text, &contact)) {
        /* Who gave the address first has written the question now. */
        const struct kept_line *first = first_line(chat);
        if (first == NULL || !line_is_contact(first->body))
            return;
        text = first->body;
        contact_find(text, &contact);
    } else if (strlen(text) > CONTACT_LINE_BYTES_MAX) {
        line_desk(routing, chat, ask_address);
        return;
    }
    const char *where =
        arena_strndup(routing->out->arena, text + contact.start, contact.length);
    if (chat->home->options.transcripts)
        leave_question(routing, chat, chat_question(routing, chat), where);
    else
        leave_offer(routing, chat, chat_question(routing, chat), where);
}
