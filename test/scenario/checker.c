/* checker.c: one step of the checker, and what all its parts look up. See checker.h. */
#include "test/scenario/checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/scenario/checker_private.h"

void promise(struct checker *checker, bool holds, const char *format, ...)
{
    char text[500];
    va_list arguments;

    if (holds || checker->fault != NULL)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    checker->fault = arena_strdup(checker->memory, text);
}

void *grown(void *array, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    return mem_resize(array, (size_t)*capacity * size);
}

/* Chats are numbered from one in the order of their opening. */
struct book *book_of(struct checker *checker, int64_t chat)
{
    promise(checker, chat >= 1 && chat <= checker->book_count + 1, "a chat number out of order");
    if (chat < 1 || chat > checker->book_count + 1)
        abort();
    if (chat == checker->book_count + 1) {
        int capacity = (int)checker->book_capacity;
        checker->books = grown(checker->books, (int)checker->book_count, &capacity,
                               sizeof(struct book));
        checker->book_capacity = capacity;
        struct book *book = &checker->books[checker->book_count++];
        memset(book, 0, sizeof *book);
        book->number = chat;
        book->state = CHAT_WAITING;
        book->opened_step = checker->step.serial;
    }
    return &checker->books[chat - 1];
}

struct book_offer *book_offer_find(struct book *book, int64_t operator)
{
    for (int i = 0; i < book->offer_count; i++)
        if (book->offers[i].operator == operator)
            return &book->offers[i];
    return NULL;
}

const char *account_of(const struct checker *checker, int64_t operator)
{
    for (int i = checker->member_count - 1; i >= 0; i--)
        if (checker->members[i].id == operator)
            return checker->members[i].account;
    return NULL;
}

const char *operator_name_of(const struct checker *checker, int64_t operator)
{
    for (int i = checker->member_count - 1; i >= 0; i--)
        if (checker->members[i].id == operator)
            return checker->members[i].name;
    return "nobody";
}

bool operator_is_listed(const struct checker *checker, int64_t operator)
{
    for (size_t i = 0; i < checker->settings->operator_count; i++)
        if (checker->settings->operators[i].id == operator)
            return true;
    return false;
}

/* Who took the account over in the change in which the operator went is the same person. */
static int64_t heir_of(const struct checker *checker, int64_t operator)
{
    const char *account = account_of(checker, operator);

    for (int i = checker->member_count - 1; i >= 0; i--)
        if (strcmp(checker->members[i].account, account) == 0 &&
            operator_is_listed(checker, checker->members[i].id))
            return checker->members[i].id;
    return operator;
}

int64_t operator_called(const struct checker *checker, const char *name)
{
    int index = consortium_operator(checker->settings, name);

    if (index != NO_INDEX)
        return checker->settings->operators[index].id;
    for (int i = checker->member_count - 1; i >= 0; i--)
        if (strcmp(checker->members[i].name, name) == 0)
            return operator_is_listed(checker, checker->members[i].id)
                       ? checker->members[i].id
                       : heir_of(checker, checker->members[i].id);
    return 0;
}

/* By the settings of now. */
int64_t operator_of(const struct checker *checker, const char *account)
{
    for (size_t i = 0; i < checker->settings->operator_count; i++)
        if (strcmp(checker->settings->operators[i].account, account) == 0)
            return checker->settings->operators[i].id;
    return 0;
}

const char *queue_name_of(const struct checker *checker, int64_t queue)
{
    for (int i = checker->place_count - 1; i >= 0; i--)
        if (checker->places[i].id == queue)
            return checker->places[i].name;
    return "";
}

int queue_index_of(const struct checker *checker, int64_t queue)
{
    for (size_t i = 0; i < checker->settings->queue_count; i++)
        if (checker->settings->queues[i].id == queue)
            return (int)i;
    return NO_INDEX;
}

bool is_assigned(const struct checker *checker, int64_t operator, int64_t queue)
{
    int index = queue_index_of(checker, queue);

    for (size_t i = 0; index != NO_INDEX && i < checker->settings->queues[index].operator_count;
         i++) {
        int assigned = checker->settings->queues[index].operator_index[i];
        if (checker->settings->operators[assigned].id == operator)
            return true;
    }
    return false;
}

bool same_bare(const char *jid, const char *bare)
{
    size_t length = strlen(bare);

    return strncmp(jid, bare, length) == 0 && (jid[length] == '\0' || jid[length] == '/');
}

struct checker *checker_new(void)
{
    struct checker *checker = mem_new(sizeof *checker);

    checker->memory = arena_new();
    return checker;
}

struct checker *checker_free(struct checker *checker)
{
    if (checker == NULL)
        return NULL;
    for (int64_t i = 0; i < checker->book_count; i++) {
        free(checker->books[i].transfer);
        free(checker->books[i].lines);
        free(checker->books[i].offers);
    }
    free(checker->books);
    free(checker->members);
    free(checker->places);
    free(checker->duties);
    free(checker->blocks);
    free(checker->items);
    free(checker->answered);
    free(checker->clients);
    free(checker->shown);
    arena_free(checker->memory);
    free(checker);
    return NULL;
}

bool is_account_of(const struct checker *checker, const char *jid, int64_t operator)
{
    for (int i = 0; i < checker->member_count; i++)
        if (checker->members[i].id == operator && same_bare(jid, checker->members[i].account))
            return true;
    return false;
}

static void members_learn(struct checker *checker)
{
    for (size_t i = 0; i < checker->settings->operator_count; i++) {
        const struct operator_settings *operator = &checker->settings->operators[i];
        const char *account = account_of(checker, operator->id);
        if (account != NULL && strcmp(account, operator->account) == 0 &&
            strcmp(operator_name_of(checker, operator->id), operator->name) == 0)
            continue;
        checker->members = grown(checker->members, checker->member_count,
                                 &checker->member_capacity, sizeof(struct member));
        checker->members[checker->member_count++] =
            (struct member){operator->id, arena_strdup(checker->memory, operator->account),
                            arena_strdup(checker->memory, operator->name)};
    }
}

static void places_learn(struct checker *checker)
{
    for (size_t i = 0; i < checker->settings->queue_count; i++) {
        const struct queue_settings *queue = &checker->settings->queues[i];
        if (strcmp(queue_name_of(checker, queue->id), queue->name) == 0)
            continue;
        checker->places = grown(checker->places, checker->place_count, &checker->place_capacity,
                                sizeof(struct place));
        checker->places[checker->place_count++] =
            (struct place){queue->id, arena_strdup(checker->memory, queue->name)};
    }
}

/* What the event's line is recorded as. */
static void line_read(struct checker *checker, const struct event *event)
{
    struct step *step = &checker->step;
    const char *body = event->message.body, *link = event->message.link;

    if (event->type == EVENT_WORD)
        step->is_word = true;
    if (event->type != EVENT_MESSAGE && event->type != EVENT_LEAVE)
        return;
    step->is_word = event->type == EVENT_MESSAGE && body[0] == '!' && body[1] != '!';
    step->line = link == NULL || strstr(body, link) != NULL
                     ? arena_strdup(checker->memory, body)
                     : arena_printf(checker->memory, "%s\n%s", body, link);
    step->body = body[0] == '!' && body[1] == '!' ? step->line + 1 : step->line;
}

void checker_begin(struct checker *checker, const struct event *event)
{
    struct step *step = &checker->step;

    step->event = event;
    step->serial++;
    step->change_count = step->act_count = step->out_count = 0;
    step->receipts = step->errors = step->answers = step->to_sender = 0;
    step->patron_lines = step->operator_lines = step->notes = 0;
    step->patron_chat = step->left = 0;
    step->commands = step->to_colleague = 0;
    step->line = step->body = step->blocked = NULL;
    step->is_word = false;
    if (event->type == EVENT_SETTINGS) {
        checker->settings = event->settings;
        members_learn(checker);
        places_learn(checker);
    }
    line_read(checker, event);
    desk_event(checker, event);
    people_event(checker, event);
    step->sender = event->from == NULL ? 0 : operator_of(checker, event->from);
    for (int64_t i = 0; i < checker->book_count; i++)
        for (int j = 0; j < checker->books[i].offer_count; j++)
            checker->books[i].offers[j].fresh = false;
    if (event->type == EVENT_RECALLED)
        book_of(checker, event->recalled.chat)->recalling = false;
    if (event->type == EVENT_RESTORE)
        book_of(checker, event->restore.chat->number)->said_at = event->at;
}

void checker_effect(struct checker *checker, const struct effect *effect)
{
    if (effect_is_record(effect)) {
        desk_effect(checker, effect);
        book_effect(checker, effect);
    } else {
        send_effect(checker, effect);
    }
}

/* Two lists in the order of the step: what the records say and what the acts say. */
static void end_owners(struct checker *checker)
{
    const struct step *step = &checker->step;

    for (int i = 0, j = 0; i < step->change_count || j < step->act_count; i++, j++) {
        promise(checker, i < step->change_count && j < step->act_count,
                "a change of owner and its act do not come together");
        if (i >= step->change_count || j >= step->act_count)
            return;
        const struct change *change = &step->changes[i];
        const struct act_seen *act = &step->acts[j];
        bool fits = change->chat == act->chat;
        if (act->act == ACT_CLAIMED)
            fits = fits && change->before == 0 && change->after == act->operator;
        else if (act->act == ACT_RETURNED)
            fits = fits && change->after == 0 &&
                   (change->before == act->operator || act->operator == 0);
        else
            fits = fits && change->before != 0 && change->after == act->operator;
        promise(checker, fits, "chat %lld changed hands otherwise than its act says",
                (long long)change->chat);
        /* Whoever lowered the own limit, and comes under a new name, keeps what there is. */
        if (change->after != 0 && step->event->type != EVENT_SETTINGS)
            promise(checker,
                    person_chats(checker, change->after) <= person_limit(checker, change->after),
                    "%s has more chats than the limit",
                    operator_name_of(checker, change->after));
    }
}

void checker_end(struct checker *checker)
{
    end_owners(checker);
    end_command(checker);
    end_replies(checker);
    end_patron_line(checker);
    end_operator_line(checker);
    end_relays(checker);
    end_order(checker);
    end_work(checker);
    end_presence(checker);
    end_texts(checker);
    clients_sweep(checker);
}

void checker_restart(struct checker *checker)
{
    people_forget(checker);
    books_forget(checker);
    checker->up = false;
    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        free(book->transfer);
        book->transfer = NULL;
        book->recalling = false;
        book->gone_at = 0;
    }
}

const char *checker_fault(const struct checker *checker)
{
    return checker->fault;
}

struct checker_counts checker_counts(const struct checker *checker)
{
    return checker->counts;
}
