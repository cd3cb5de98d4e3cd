/* words_todo.c: the words about a library's open items. They show the items of the libraries whose
 * queues the asker answers, and no others. */
#include <string.h>

#include "policy/arena.h"
#include "routing/words.h"

enum { ITEMS_SHOWN_MAX = 30, WORDS_BYTES_MAX = 60 };

static const char *text_age(struct routing *routing, msec_t since)
{
    long long minutes = (routing->event->wall - since) / 60000;

    if (minutes < 120)
        return arena_printf(routing->out->arena, "%lld min", minutes < 0 ? 0 : minutes);
    if (minutes < 48 * 60)
        return arena_printf(routing->out->arena, "%lld hours", minutes / 60);
    return arena_printf(routing->out->arena, "%lld days", minutes / (24 * 60));
}

static const char *item_line(struct routing *routing, const struct followup *followup)
{
    const struct followup_record *record = &followup->record;

    return arena_printf(routing->out->arena, "%s (%s, %s) %s%s%s", record->code,
                        record->kind == FOLLOWUP_LEFT ? "left question" : "follow-up",
                        text_age(routing, record->at),
                        text_beginning(routing, record->text, WORDS_BYTES_MAX),
                        record->contact[0] == '\0' ? "" : " - answer to ", record->contact);
}

void todo_list(struct routing *routing, const struct operator *operator, struct choices *ret)
{
    const struct followup *followup;
    struct todo *todo, *next;

    HASH_ITER(by_library, routing->todos, todo, next)
    {
        if (!operator_is_of_library(routing, operator, todo->library))
            continue;
        TAILQ_FOREACH(followup, &todo->items, entry)
        {
            struct choice choice = {
                .value = kept(routing, followup->record.code),
                .label = item_line(routing, followup),
            };
            choices_add(ret, routing->out->arena, choice);
        }
    }
}

void word_todo(const struct word_call *call)
{
    struct arena *arena = call->routing->out->arena;
    struct choices items = {0};

    todo_list(call->routing, call->operator, &items);
    if (items.count == 0) {
        word_answer(call, "Nothing is left to do.");
        return;
    }
    const char *text =
        arena_printf(arena, "To do: %zu. !done ID takes one off the list.", items.total);
    text = choices_text(arena, text, &items, ITEMS_SHOWN_MAX);
    if (items.total > ITEMS_SHOWN_MAX)
        text = arena_printf(arena, "%s\nThe newer ones follow when some of these are done.", text);
    word_answer(call, text);
}

/* The ID as somebody types it: perhaps with the full stop behind it, or in capitals. */
static void code_read(const char *text, char code[CHAT_CODE_MAX + 1])
{
    size_t length = 0;

    for (; length < CHAT_CODE_MAX; length++) {
        char c = text[length];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '9')))
            break;
        code[length] = c;
    }
    code[text[length + strspn(text + length, " .\t\r\n")] == '\0' ? length : 0] = '\0';
}

/* Another library's item and none at all are answered alike: an ID gives no right. */
void word_done(const struct word_call *call)
{
    struct routing *routing = call->routing;
    char code[CHAT_CODE_MAX + 1];

    code_read(call->arguments, code);
    struct followup *followup = followup_by_code(routing, code);

    if (followup == NULL ||
        !operator_is_of_library(routing, call->operator, followup->record.library)) {
        word_answer(call, "There is nothing to do under that ID; !todo lists what there is.");
        return;
    }
    const char *text = arena_printf(routing->out->arena, "Done: %s.", followup->record.code);
    followup_done(routing, followup, call->operator);
    word_answer(call, text);
}
