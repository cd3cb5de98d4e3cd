/* admin_erase.c: transcripts that are erased by somebody's word. */
#include <string.h>

#include "component/admin_transcripts.h"
#include "component/erased.h"

static const struct choice ways[] = {
    {.value = "text", .label = "The text alone: the statistics stay as they are"},
    {.value = "whole", .label = "The whole chat, from the statistics, too"},
};

void transcripts_erase_options(const struct command_call *call, struct choices *ret)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        choices_add(ret, call->asker.arena, ways[i]);
}

/* One chat that is named, or what the rest of the form finds. */
static bool erase_query(struct admin *admin, struct transcript_query *ret)
{
    const char *name = admin_value(admin, "chat");

    if (name[0] == '\0')
        return transcripts_query(admin, ret);
    *ret = (struct transcript_query){0};
    if (!transcripts_scope(admin, &ret->scope) ||
        !transcript_find(admin->database, &ret->scope, name, &ret->chat, &admin->error))
        return false;
    if (ret->chat == 0)
        return admin_refuse(admin, "There is no such chat at %s.", admin_library(admin)->name);
    return true;
}

static bool erase_run(struct admin *admin, struct transcript_erased *ret)
{
    bool text = strcmp(admin_value(admin, "how"), "text") == 0;
    struct transcript_query query;
    struct open_items open;
    struct event *event;

    if (!erase_query(admin, &query))
        return false;
    if (!open_items_read(admin->database, query.scope.library, admin->arena, &open,
                         &admin->error))
        return false;
    if (!transcript_erase(admin->database, &query, text ? ERASE_TEXT : ERASE_WHOLE, ret,
                          &admin->error))
        return transcripts_failed(admin);
    if (!open_items_compare(admin->database, &open, admin->arena, &event, &admin->error))
        return false;
    admin->result.event = event;
    if (ret->chats > 0)
        return true;
    if (ret->alive > 0)
        return admin_refuse(admin, "What was found goes on, or is over only since a minute ago. "
                                   "Nothing is erased.");
    return admin_refuse(admin, "No chat was found that has anything to erase.");
}

static const char *plural(int count)
{
    return count == 1 ? "" : "s";
}

static const char *erased_words(struct admin *admin, const struct transcript_erased *erased)
{
    bool text = strcmp(admin_value(admin, "how"), "text") == 0;
    const char *words =
        arena_printf(admin->arena, "%s%d chat%s with %d line%s", text ? "the text of " : "",
                     erased->chats, plural(erased->chats), erased->lines, plural(erased->lines));

    if (erased->followups > 0)
        words = arena_printf(admin->arena, "%s and %d question%s or note%s left to do", words,
                             erased->followups, plural(erased->followups),
                             plural(erased->followups));
    return words;
}

static void rest_say(struct admin *admin, const struct transcript_erased *erased)
{
    if (erased->alive > 0)
        admin_say(admin, "Left alone: %d that go%s on, or %s over only since a minute ago.",
                  erased->alive, erased->alive == 1 ? "es" : "",
                  erased->alive == 1 ? "is" : "are");
    if (erased->more)
        admin_say(admin, "There are more: run the command once more for them.");
}

/* It is done, and rolled back: nothing else counts as well. */
bool transcripts_erase_preview(struct admin *admin)
{
    struct transcript_erased erased;

    if (!erase_run(admin, &erased))
        return false;
    admin_say(admin, "This erases %s of %s.", erased_words(admin, &erased),
              admin_library(admin)->name);
    admin_say(admin, "It cannot be undone.");
    rest_say(admin, &erased);
    return true;
}

bool transcripts_erase(struct admin *admin)
{
    struct transcript_erased erased;

    if (!erase_run(admin, &erased))
        return false;
    const char *words = erased_words(admin, &erased);
    if (!transcripts_note(admin, words))
        return false;
    admin_say(admin, "Erased: %s of %s.", words, admin_library(admin)->name);
    rest_say(admin, &erased);
    transcripts_tell(admin, arena_printf(admin->arena, "has erased %s", words));
    return true;
}
