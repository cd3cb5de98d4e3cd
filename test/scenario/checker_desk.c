/* checker_desk.c: what the desk remembers beside its chats: duties, blocks, open items; and who may
 * go on with a chat from another address. */
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/scenario/checker_private.h"

static struct duty_known *duty_of(const struct checker *checker, int64_t operator, int64_t queue)
{
    for (int i = 0; i < checker->duty_count; i++)
        if (checker->duties[i].operator == operator && checker->duties[i].queue == queue)
            return &checker->duties[i];
    return NULL;
}

bool duty_says_off(const struct checker *checker, int64_t operator, int64_t queue)
{
    const struct duty_known *all = duty_of(checker, operator, 0);
    const struct duty_known *one = duty_of(checker, operator, queue);

    return (all != NULL && all->off) || (one != NULL && one->off);
}

int duty_says_max(const struct checker *checker, int64_t operator)
{
    const struct duty_known *all = duty_of(checker, operator, 0);

    return all == NULL ? 0 : all->max;
}

static void desk_duty(struct checker *checker, const struct duty_record *record)
{
    struct duty_known *duty = duty_of(checker, record->operator, record->queue);

    if (duty == NULL) {
        checker->duties = grown(checker->duties, checker->duty_count, &checker->duty_capacity,
                                sizeof(struct duty_known));
        duty = &checker->duties[checker->duty_count++];
    }
    *duty = (struct duty_known){record->operator, record->queue, record->off, record->max};
}

/* The log is for the statistics: it says what the presences and the words say. */
static void desk_duty_log(struct checker *checker, const struct duty_log_record *record)
{
    int queue = queue_index_of(checker, record->queue);
    bool assigned = is_assigned(checker, record->operator, record->queue);
    bool on = assigned && person_is_on_duty(checker, record->operator, queue);

    promise(checker, record->on == on, "%s is logged as %s duty, which is not so",
            operator_name_of(checker, record->operator), record->on ? "on" : "off");
}

static int64_t library_of_queue(const struct checker *checker, int64_t queue)
{
    int index = queue_index_of(checker, queue);

    return index == NO_INDEX
               ? 0
               : checker->settings->libraries[checker->settings->queues[index].library].id;
}

bool is_of_library(const struct checker *checker, int64_t operator, int64_t library)
{
    for (size_t i = 0; i < checker->settings->queue_count; i++) {
        int64_t queue = checker->settings->queues[i].id;
        if (library_of_queue(checker, queue) == library &&
            is_assigned(checker, operator, queue))
            return true;
    }
    return false;
}

bool is_word_of_library(const struct checker *checker, int64_t operator, int queue)
{
    int64_t library = library_of_queue(checker, checker->settings->queues[queue].id);

    return checker->step.is_word && is_of_library(checker, operator, library);
}

static const char *block_note(struct checker *checker, const struct block_record *record)
{
    const char *patron = arena_strdup(checker->memory, record->patron);

    checker->blocks = grown(checker->blocks, checker->block_count, &checker->block_capacity,
                            sizeof(struct block_known));
    checker->blocks[checker->block_count++] =
        (struct block_known){
        .library = record->library, .patron = patron, .until = record->until};
    return patron;
}

static void desk_block(struct checker *checker, const struct block_record *record)
{
    const struct book *book = book_of(checker, record->chat);

    promise(checker, record->operator == checker->step.sender && checker->step.is_word,
            "a patron is blocked by nobody's word");
    promise(checker, book->patron != NULL && strcmp(book->patron, record->patron) == 0,
            "somebody else than the patron of chat %lld is blocked", (long long)record->chat);
    promise(checker, library_of_queue(checker, book->home) == record->library ||
                         queue_index_of(checker, book->home) == NO_INDEX,
            "a patron is blocked for another library");
    checker->step.blocked = block_note(checker, record);
    checker->counts.blocked++;
}

/* By the newest word about the two. */
bool patron_is_blocked(const struct checker *checker, int64_t queue, const char *patron,
                       int64_t chat)
{
    int64_t library = library_of_queue(checker, queue);

    for (int i = checker->block_count - 1; i >= 0; i--) {
        const struct block_known *block = &checker->blocks[i];
        if (block->library == library && strcmp(block->patron, patron) == 0)
            return chat > block->spared && checker->step.event->wall < block->until;
    }
    return false;
}

static struct item *item_of(const struct checker *checker, int64_t chat)
{
    for (int i = 0; i < checker->item_count; i++)
        if (checker->items[i].chat == chat)
            return &checker->items[i];
    return NULL;
}

bool item_is_known(const struct checker *checker, const char *text)
{
    for (int i = 0; i < checker->item_count; i++)
        if (!checker->items[i].done && strcmp(checker->items[i].text, text) == 0)
            return true;
    return false;
}

/* Of the library's own staff one hears of an item, once; and what is done stays so. */
static void desk_item(struct checker *checker, const struct followup_record *record)
{
    struct item *item = item_of(checker, record->chat);

    promise(checker, record->text[0] != '\0', "an open item without words");
    promise(checker, record->told_to == 0 || record->told_to != record->operator,
            "a note is told to its author");
    if (item == NULL) {
        checker->items = grown(checker->items, checker->item_count, &checker->item_capacity,
                               sizeof(struct item));
        item = &checker->items[checker->item_count++];
        *item = (struct item){.chat = record->chat,
                              .library = record->library,
                              .text = arena_strdup(checker->memory, record->text)};
        checker->counts.left++;
        if (record->kind == FOLLOWUP_LEFT)
            checker->step.left = record->chat;
    }
    promise(checker, !item->done, "an item that is done is stored again");
    promise(checker, !item->handed || item->told_to == record->told_to,
            "an item that was told is told again");
    if (record->told_to != 0 && item->told_to != record->told_to)
        promise(checker, is_of_library(checker, record->told_to, item->library),
                "an item is told to %s, who is of another library",
                operator_name_of(checker, record->told_to));
    checker->counts.told += record->told_to != 0 && item->told_to != record->told_to;
    item->told_to = record->told_to;
    item->handed = record->handed;
    item->done = record->done_at != 0;
    checker->counts.done += item->done;
}

void desk_effect(struct checker *checker, const struct effect *effect)
{
    if (effect->type == EFFECT_STORE_DUTY)
        desk_duty(checker, &effect->duty);
    else if (effect->type == EFFECT_STORE_DUTY_LOG)
        desk_duty_log(checker, &effect->duty_log);
    else if (effect->type == EFFECT_STORE_BLOCK)
        desk_block(checker, &effect->block);
    else if (effect->type == EFFECT_STORE_FOLLOWUP)
        desk_item(checker, &effect->followup);
}

/* An item is read by whom it was recorded to be told to. */
void send_item(struct checker *checker, const struct effect *effect)
{
    const struct mark *mark = &effect->message.mark;
    const struct item *item = item_of(checker, mark->chat);
    int queue = consortium_queue(checker->settings, effect->from);

    promise(checker, item != NULL && item->told_to == mark->operator && mark->operator != 0,
            "an item is told that nobody wrote down");
    promise(checker, item == NULL || !item->done, "an item is told that is done or erased");
    promise(checker, same_bare(effect->to, account_of(checker, mark->operator)) &&
                         effect->message.private,
            "an item goes to %s", effect->to);
    int64_t library =
        queue == NO_INDEX ? 0 : library_of_queue(checker, checker->settings->queues[queue].id);
    promise(checker, item == NULL || item->library == library,
            "an item comes from %s, which is of another library", effect->from);
}

/* --- going on from another address --- */

static void desk_resume_event(struct checker *checker, const struct event *event)
{
    checker->step.resumed = 0;
    if (event->type != EVENT_RESUME || event->resume.asks)
        return;
    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        if (book->state != CHAT_CLOSED && book->token != NULL && book->token[0] != '\0' &&
            strcmp(book->code, event->resume.code) == 0 &&
            strcmp(book->token, event->resume.hash) == 0)
            checker->step.resumed = book->number;
    }
}

void desk_event(struct checker *checker, const struct event *event)
{
    desk_resume_event(checker, event);
    if (event->type == EVENT_BLOCK) {
        block_note(checker, event->block);
        checker->blocks[checker->block_count - 1].spared = checker->book_count;
    }
    for (size_t i = 0; event->type == EVENT_ERASED && i < event->erased.count; i++) {
        struct item *item = item_of(checker, event->erased.chats[i]);
        if (item != NULL && item->library == event->erased.library)
            item->done = true;
    }
}

static const struct book *book_with_code(const struct checker *checker, const char *token)
{
    size_t length = strcspn(token, ".");

    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        if (book->code != NULL && strlen(book->code) == length &&
            strncmp(book->code, token, length) == 0)
            return book;
    }
    return NULL;
}

/* Only the token that was given last opens a chat, and only the chat's patron gets a new one. */
void send_resume(struct checker *checker, const struct effect *effect)
{
    const struct step *step = &checker->step;
    const struct book *book;

    switch (effect->resume.answer) {
    case RESUME_TOKEN:
        book = book_with_code(checker, effect->resume.token);
        promise(checker, book != NULL && book->state != CHAT_CLOSED &&
                             same_bare(effect->to, book->patron) &&
                             same_bare(effect->to, step->event->from),
                "a token goes to somebody who does not have the chat");
        promise(checker,
                step->event->type != EVENT_RESUME || step->event->resume.asks ||
                    (book != NULL && step->resumed == book->number),
                "a chat is opened without its token");
        checker->counts.resumed += step->resumed != 0;
        break;
    case RESUME_MOVED:
        promise(checker, step->resumed != 0, "a chat moves away without its token");
        break;
    case RESUME_GONE:
        promise(checker, step->event->type == EVENT_RESUME &&
                             same_bare(effect->to, step->event->from),
                "nobody asked to go on with a chat");
        checker->counts.strangers += !step->event->resume.asks;
        break;
    case RESUME_DONE:
        promise(checker, step->event->type == EVENT_REPLAYED,
                "a replay is over that has not begun");
        break;
    }
}

/* A line of the patron's own, shown again: to that patron alone, as it was written. */
void send_own_line(struct checker *checker, const struct effect *effect)
{
    const struct step *step = &checker->step;
    bool found = false;

    promise(checker, step->event->type == EVENT_REPLAYED && effect->message.delayed != 0,
            "a patron's own line comes out of turn");
    if (step->event->type != EVENT_REPLAYED)
        return;
    const struct book *book = book_of(checker, step->event->recalled.chat);
    for (int i = 0; i < book->line_count; i++)
        found = found || (book->lines[i].author == AUTHOR_PATRON &&
                          (book->lines[i].body == NULL ||
                           strcmp(book->lines[i].body, effect->message.body) == 0));
    promise(checker, found && same_bare(effect->to, book->patron) &&
                         strcmp(effect->from, book->desk) == 0,
            "a line of chat %lld is shown again to somebody else, or another one",
            (long long)book->number);
}

/* --- the words by command --- */

void send_answer(struct checker *checker, const struct effect *effect)
{
    const struct event *event = checker->step.event;

    promise(checker,
            (event->type == EVENT_WORD && event->word.tag == effect->answer.tag) ||
                (event->type == EVENT_SIGNOFF && event->signoff.tag == effect->answer.tag) ||
                (event->type == EVENT_EXPLAIN && event->explain.tag == effect->answer.tag),
            "an answer that nobody asked for");
    checker->step.commands++;
}

void end_command(struct checker *checker)
{
    enum event_type type = checker->step.event->type;

    promise(checker,
            checker->step.commands ==
                (type == EVENT_WORD || type == EVENT_SIGNOFF || type == EVENT_EXPLAIN),
            "a word by command is answered %d times", checker->step.commands);
}
