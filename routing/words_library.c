/* words_library.c: the words for those who answer for a library that they may not know. */
#include <string.h>

#include "policy/arena.h"
#include "policy/canned.h"
#include "policy/hours_words.h"
#include "policy/profile.h"
#include "routing/words.h"

/* The first word of what is behind the word. */
static const char *first_argument(const struct word_call *call)
{
    return arena_strndup(call->routing->out->arena, call->arguments,
                         strcspn(call->arguments, " \t\r\n"));
}

/* --- !profile --- */

/* Whether the window is one of a chat that the operator has or is asked for. */
static bool concerns(const struct word_call *call)
{
    return call->chat != NULL && (call->chat->owner == call->operator ||
                                  offer_find(call->chat, call->operator) != NULL);
}

void word_profile(const struct word_call *call)
{
    struct routing *routing = call->routing;
    const char *name = first_argument(call);
    bool of_chat = name[0] == '\0' && concerns(call);
    int queue = of_chat ? call->chat->home->index : consortium_queue(routing->settings, name);
    int library = consortium_library(routing->settings, name);

    if (name[0] == '\0')
        library = library_index(routing, of_chat ? call->chat->home->library
                                                 : call->operator->library);
    if (queue != NO_INDEX)
        word_answer(call, library_describe_queue(routing, queue));
    else if (library != NO_INDEX)
        word_answer(call, library_describe(routing, library));
    else if (name[0] == '\0')
        word_answer(call, "This library is no longer here.");
    else
        word_answer(call, "There is no library of that name. Write its abbreviation behind "
                          "!profile, as it stands in the middle of its queue's name.");
}

/* --- !c --- */

enum { OWNERS_MAX = 3, CANNED_SHOWN_BYTES = 60 };

/* Whose replies count, the patron's library first: its, the operator's own, everybody's. */
static int canned_owners(const struct routing *routing, const struct operator *operator,
                         const struct chat *chat,
                         const struct canned_replies *owners[static OWNERS_MAX])
{
    const struct consortium *settings = routing->settings;
    int home = chat == NULL ? NO_INDEX : library_index(routing, chat->home->library);
    int own = library_index(routing, operator->library);
    int count = 0;

    if (home != NO_INDEX)
        owners[count++] = &settings->libraries[home].canned;
    if (own != NO_INDEX && own != home)
        owners[count++] = &settings->libraries[own].canned;
    owners[count++] = &settings->canned;
    return count;
}

static const struct canned *canned_choose(const struct canned_replies *const *owners, int count,
                                          const char *name)
{
    for (int i = 0; i < count; i++) {
        const struct canned *reply = canned_find(owners[i], name);
        if (reply != NULL)
            return reply;
    }
    return NULL;
}

void canned_list(struct routing *routing, const struct operator *operator, const struct chat *chat,
                 struct choices *ret)
{
    const struct canned_replies *owners[OWNERS_MAX];
    struct arena *arena = routing->out->arena;
    int count = canned_owners(routing, operator, chat, owners);

    for (int i = 0; i < count; i++) {
        for (size_t j = 0; j < owners[i]->count; j++) {
            const struct canned *reply = &owners[i]->list[j];
            if (canned_choose(owners, i, reply->name) != NULL)
                continue; /* hidden by a nearer one */
            struct choice choice = {
                .value = kept(routing, reply->name),
                .label = arena_printf(arena, "%s: %s", reply->name,
                                      text_beginning(routing, reply->text, CANNED_SHOWN_BYTES)),
            };
            choices_add(ret, arena, choice);
        }
    }
}

static void canned_names(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    struct choices replies = {0};
    const char *text = "";

    canned_list(call->routing, call->operator, call->chat, &replies);
    for (size_t i = 0; i < replies.count; i++)
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ", ", replies.list[i].value);
    if (replies.count == 0)
        word_answer(call, "There are no canned replies here.");
    else
        word_answer(call, arena_printf(arena, "!c NAME sends one of these to the patron: %s.",
                                       text));
}

/* "on Tue 08:00"; "" when no hours are in sight. */
static const char *next_words(struct routing *routing, const struct queue *queue)
{
    instant now = routing->event->wall / 1000;
    instant next = policy_next_hours(routing->settings, queue->index, now);

    return next == INT64_MAX ? "" : text_at(routing, queue, next);
}

/* What the fields stand for; "" where there is nothing to say. */
static void canned_values(const struct word_call *call, const char *values[static FIELD_COUNT])
{
    struct routing *routing = call->routing;
    const struct queue *home = call->chat->home;
    const struct consortium *settings = routing->settings;
    struct profile profile = library_queue_profile(routing, home);
    bool named = home->options.show_operator_name;
    const char *title = call->operator->title;
    bool has_hours = consortium_queue_hours(settings, home->index)->count > 0;

    values[FIELD_LIBRARY] = library_title(routing, library_index(routing, home->library));
    values[FIELD_QUEUE] = home->title;
    values[FIELD_HOURS] = !has_hours ? ""
                                     : hours_words_of_queue(routing->out->arena, settings,
                                                            home->index, HOURS_FOR_PATRONS);
    values[FIELD_PHONE] = profile.phone;
    values[FIELD_LINK] = profile.link;
    values[FIELD_POLICIES] = profile.policies;
    values[FIELD_OPERATOR] = named && title[0] != '\0' ? title : "a librarian";
    values[FIELD_NEXT] = has_hours ? next_words(routing, home) : "";
}

/* The reply as the patron will read it; NULL after an answer that says why not. A text with a gap
 * where the telephone should be is worse than none. */
static const char *canned_text(const struct word_call *call, const struct canned *reply)
{
    struct arena *arena = call->routing->out->arena;
    const char *values[FIELD_COUNT], *wrong;
    unsigned fields;
    int length;

    canned_values(call, values);
    canned_fields(reply->text, &fields, &wrong, &length);
    for (enum canned_field field = 0; field < FIELD_COUNT; field++) {
        if ((fields & 1u << field) == 0 || values[field][0] != '\0')
            continue;
        word_answer(call, arena_printf(arena,
                                       "'%s' was not sent: it needs {%s}, and %s has none.",
                                       reply->name, canned_field_name(field),
                                       call->chat->home->name));
        return NULL;
    }
    const char *text = canned_fill(arena, reply->text, values, LINE_BYTES_MAX);
    if (text == NULL)
        word_answer(call, arena_printf(arena, "'%s' was not sent: filled in it is too long.",
                                       reply->name));
    return text;
}

/* Why the operator cannot write to the patron now; NULL when nothing is against it. */
static const char *cannot_write(const struct word_call *call)
{
    const struct chat *chat = call->chat;
    const struct offer *offer = chat == NULL ? NULL : offer_find(chat, call->operator);

    if (chat == NULL)
        return "!c is for a chat that is yours; write it in its window.";
    if (chat->home->index == NO_INDEX)
        return "This desk was removed, and its canned replies with it.";
    if (chat->owner == call->operator)
        return chat->transfer == NULL ? NULL
                                      : "You are handing this chat over; !cancel takes it back.";
    if (offer != NULL && !offer->declined && !chat->recalling)
        return call->operator->chat_count < call->operator->limit
                   ? NULL
                   : "You have as many chats as your limit allows; end one first.";
    if (chat->owner == NULL)
        return "This chat is not offered to you now. Nothing was sent.";
    return arena_printf(call->routing->out->arena, "%s has this chat. Nothing was sent.",
                        operator_label(call->routing, chat->owner));
}

/* To answer with a canned reply is to answer: it takes a chat that is offered, as a line would. */
static void canned_send(const struct word_call *call, const char *text)
{
    struct routing *routing = call->routing;
    struct chat *chat = call->chat;
    struct offer *offer = offer_find(chat, call->operator);

    if (chat->owner != call->operator && chat->transfer != NULL)
        transfer_claim(routing, chat, offer);
    else if (chat->owner != call->operator)
        chat_claim(routing, chat, offer);
    chat->silent_at = 0;
    int line = line_store(routing, chat, AUTHOR_OPERATOR, call->operator, "", text);
    line_to_patron(routing, chat, line, text);
    word_answer(call, arena_printf(routing->out->arena, "Sent: %s", text));
}

void word_canned(const struct word_call *call)
{
    const struct canned_replies *owners[OWNERS_MAX];
    const char *name = first_argument(call);
    int count = canned_owners(call->routing, call->operator, call->chat, owners);
    const struct canned *reply = canned_choose(owners, count, name);

    if (name[0] == '\0') {
        canned_names(call);
        return;
    }
    const char *why_not = cannot_write(call);
    if (why_not != NULL) {
        word_answer(call, why_not);
        return;
    }
    if (reply == NULL) {
        word_answer(call, "There is no canned reply of that name; !c lists them.");
        return;
    }
    const char *text = canned_text(call, reply);
    if (text != NULL)
        canned_send(call, text);
}
