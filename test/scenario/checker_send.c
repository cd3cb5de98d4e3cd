/* checker_send.c: what is sent: only what was written down, and only to those who may read it. */
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/scenario/checker_private.h"

static struct book *book_by_address(struct checker *checker, const char *address)
{
    for (int64_t i = 0; i < checker->book_count; i++)
        if (checker->books[i].address != NULL && strcmp(checker->books[i].address, address) == 0)
            return &checker->books[i];
    return NULL;
}

/* Whoever was an operator once: an old account may be told that it is one no more. */
static bool is_member(const struct checker *checker, const char *jid)
{
    for (int i = 0; i < checker->member_count; i++)
        if (same_bare(jid, checker->members[i].account))
            return true;
    return false;
}

static bool has_open_offer(const struct checker *checker, const struct book *book, const char *jid)
{
    for (int i = 0; i < book->offer_count; i++)
        if (book->offers[i].outcome == OFFER_OPEN &&
            is_account_of(checker, jid, book->offers[i].operator))
            return true;
    return false;
}

/* Owner now or at the beginning of the step, or somebody who was ever offered it. */
static bool knows_the_chat(const struct checker *checker, const struct book *book,
                           const char *jid)
{
    const struct step *step = &checker->step;

    if (book->owner != 0 && is_account_of(checker, jid, book->owner))
        return true;
    for (int i = 0; i < step->change_count; i++)
        if (step->changes[i].chat == book->number &&
            is_account_of(checker, jid, step->changes[i].before))
            return true;
    for (int i = 0; i < book->offer_count; i++)
        if (is_account_of(checker, jid, book->offers[i].operator))
            return true;
    return false;
}

static bool ended_before(const struct checker *checker, const struct book *book)
{
    return book->state == CHAT_CLOSED && book->closed_step != checker->step.serial;
}

static void send_patron(struct checker *checker, struct book *book, const struct effect *effect)
{
    const struct book_line *line = &book->lines[effect->message.mark.line - 1];

    /* Who is not let in, or leaves a question by the form, reads of it before there is a record. */
    const char *patron = book->patron != NULL ? book->patron : checker->step.event->from;
    promise(checker, patron != NULL && same_bare(effect->to, patron),
            "a line of chat %lld goes to another patron", (long long)book->number);
    promise(checker, line->author == AUTHOR_OPERATOR || line->author == AUTHOR_DESK,
            "a patron reads what is not for patrons in chat %lld", (long long)book->number);
    promise(checker, !effect->message.private, "a patron's line is marked as private");
    if (book->desk == NULL)
        book->desk = arena_strdup(checker->memory, effect->from);
    promise(checker, strcmp(book->desk, effect->from) == 0,
            "chat %lld speaks to its patron from %s and from %s", (long long)book->number,
            book->desk, effect->from);
}

static void send_staff(struct checker *checker, const struct book *book,
                       const struct effect *effect)
{
    bool owner = book->owner != 0 && is_account_of(checker, effect->to, book->owner);

    promise(checker, effect->message.private, "an operator's line may be kept by the server");
    promise(checker, owner || has_open_offer(checker, book, effect->to),
            "chat %lld is read by %s, who may not", (long long)book->number, effect->to);
    promise(checker, book->address != NULL && strcmp(effect->from, book->address) == 0,
            "a line of chat %lld comes from another window", (long long)book->number);
}

/* "CODE-3" where the record says that line 3 is corrected. */
static bool is_correction_of(const struct effect *effect, const struct book_line *line)
{
    const char *replaces = effect->message.replaces;

    if (replaces == NULL)
        return line->replaces == 0;
    const char *hyphen = strrchr(replaces, '-');
    return hyphen != NULL && strtol(hyphen + 1, NULL, 10) == line->replaces;
}

/* Of a chat that has ended a new process says what the one before did not. */
static bool was_owed(const struct checker *checker, const struct mark *mark)
{
    const struct event *event = checker->step.event;
    const struct chat_record *chat = event->restore.chat;

    return event->type == EVENT_RESTORE && chat->number == mark->chat &&
           mark->line > (mark->type == MARK_PATRON ? chat->patron_mark : chat->operator_mark);
}

/* A relay: of a line recorded before, with its text, not before the lines before it. */
static void send_relay(struct checker *checker, const struct effect *effect)
{
    const struct mark *mark = &effect->message.mark;
    struct book *book = book_of(checker, mark->chat);
    bool recorded = mark->line >= 1 && mark->line <= book->line_count;
    int *sent = mark->type == MARK_PATRON ? &book->patron_sent : &book->operators_sent;
    bool replayed = checker->step.event->type == EVENT_REPLAYED;
    /* An owner who was away has not had what the desk sent before it died. */
    bool back = mark->type == MARK_OPERATORS && (checker->step.event->type == EVENT_PRESENCE ||
                                                 checker->step.event->type == EVENT_MESSAGE);
    bool again = checker->step.event->type == EVENT_RESTORE || replayed || back;

    promise(checker, recorded, "a relay of a line that is not recorded in chat %lld",
            (long long)mark->chat);
    if (!recorded)
        return;
    promise(checker, replayed || was_owed(checker, mark) || !ended_before(checker, book),
            "a relay after the end of chat %lld", (long long)mark->chat);
    promise(checker, is_correction_of(effect, &book->lines[mark->line - 1]),
            "line %d of chat %lld corrects another one than it says", mark->line,
            (long long)mark->chat);
    struct book_line *line = &book->lines[mark->line - 1];
    if (line->body == NULL) {
        line->body = arena_strdup(checker->memory, effect->message.body);
        if (line->author == AUTHOR_DESK && !replayed)
            book_desk_line(checker, book, line->body);
    }
    promise(checker, strcmp(line->body, effect->message.body) == 0,
            "a relay of another text than recorded in chat %lld", (long long)mark->chat);
    promise(checker, again || mark->line > *sent ||
                         (mark->type == MARK_OPERATORS && mark->line == *sent),
            "line %d of chat %lld is relayed behind a later one", mark->line,
            (long long)mark->chat);
    if (mark->line > *sent)
        *sent = mark->line;
    if (mark->type == MARK_PATRON)
        send_patron(checker, book, effect);
    else
        send_staff(checker, book, effect);
    checker->counts.relayed++;
}

/* From the writer's public address to the colleague whose address it was written to: it is no chat,
 * and the one relay that nobody writes down. */
static bool is_to_colleague(const struct checker *checker, const struct effect *effect)
{
    const struct step *step = &checker->step;
    int64_t reader = operator_called(checker, step->event->to);

    return step->event->type == EVENT_MESSAGE && step->sender != 0 && !step->is_word &&
           reader != 0 && reader != step->sender && person_is_present(checker, reader) &&
           strcmp(effect->from, operator_name_of(checker, step->sender)) == 0 &&
           strcmp(effect->to, account_of(checker, reader)) == 0 &&
           strcmp(effect->message.body, step->body) == 0;
}

static bool is_listed(const char *const *accounts, size_t count, const char *jid)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(accounts[i], jid) == 0)
            return true;
    return false;
}

/* That a desk has nobody is told to those who look after its library. */
static void send_alarm(struct checker *checker, const struct effect *effect)
{
    const struct consortium *settings = checker->settings;
    int queue = consortium_queue(settings, effect->from);

    promise(checker, queue != NO_INDEX && effect->message.private,
            "an alarm comes from %s", effect->from);
    const struct library_settings *library = &settings->libraries[settings->queues[queue].library];
    promise(checker,
            library->admin_count > 0
                ? is_listed(library->admins, library->admin_count, effect->to)
                : is_listed(settings->coordinators, settings->coordinator_count, effect->to),
            "%s hears of %s and does not look after it", effect->to, effect->from);
    promise(checker, strchr(effect->message.body, '@') == NULL, "an alarm names an address");
}

/* A notice of the desk to one of the staff: no part of the chat. */
static void send_notice(struct checker *checker, const struct effect *effect)
{
    struct step *step = &checker->step;
    const char *from = step->event->from;
    struct book *book = book_by_address(checker, effect->from);
    bool answer = from != NULL && same_bare(effect->to, from);
    int person = consortium_operator(checker->settings, effect->from);

    if (effect->message.own) {
        send_own_line(checker, effect);
        return;
    }
    if (effect->message.headline) {
        send_alarm(checker, effect);
        return;
    }
    promise(checker, person == NO_INDEX || answer || is_to_colleague(checker, effect),
            "somebody speaks to %s in the name of %s", effect->to, effect->from);
    step->to_colleague += person != NO_INDEX && is_to_colleague(checker, effect);
    promise(checker, is_member(checker, effect->to) && effect->message.private,
            "a notice for the staff goes to %s", effect->to);
    promise(checker, answer || book == NULL || knows_the_chat(checker, book, effect->to),
            "%s hears of chat %lld, which is none of theirs", effect->to,
            book == NULL ? 0LL : (long long)book->number);
    promise(checker, answer || book == NULL || !ended_before(checker, book),
            "a notice after the end of chat %lld", book == NULL ? 0LL : (long long)book->number);
    if (!answer || strcmp(effect->from, step->event->to) != 0)
        return;
    step->answers++;
    checker->answered = grown(checker->answered, checker->answered_count,
                              &checker->answered_capacity, sizeof(struct answered));
    checker->answered[checker->answered_count++] =
        (struct answered){step->sender, step->event->at};
}

static void send_message(struct checker *checker, const struct effect *effect)
{
    struct step *step = &checker->step;

    promise(checker, effect->message.body[0] != '\0', "an empty message");
    promise(checker, strchr(effect->from, '@') == NULL, "a sender with a domain");
    switch (effect->message.mark.type) {
    case MARK_NONE:
        send_notice(checker, effect);
        break;
    case MARK_PATRON:
    case MARK_OPERATORS:
        send_relay(checker, effect);
        break;
    case MARK_FOLLOWUP:
        send_item(checker, effect);
        break;
    case MARK_OFFER:
        send_staff(checker, book_of(checker, effect->message.mark.chat), effect);
        break;
    }
    promise(checker, step->out_count < OUT_MAX, "too many messages in a step");
    if (step->out_count < OUT_MAX)
        step->out[step->out_count++] = *effect;
}

/* The tick means that the line is in the transcript. */
static void send_receipt(struct checker *checker, const struct effect *effect)
{
    bool recorded = false;

    checker->step.receipts++;
    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        for (int j = book->line_count - 1; j >= 0 && !recorded; j--)
            recorded = strcmp(book->lines[j].id, effect->receipt) == 0;
    }
    /* A form that came twice is known by its words. */
    recorded = recorded || (checker->step.event->type == EVENT_LEAVE &&
                            item_is_known(checker, checker->step.line));
    promise(checker, recorded, "a receipt for '%s', which is not recorded", effect->receipt);
}

void send_effect(struct checker *checker, const struct effect *effect)
{
    struct step *step = &checker->step;
    const char *from = step->event->from;

    if (effect->to != NULL && from != NULL && same_bare(effect->to, from) &&
        (effect->type == EFFECT_MESSAGE || effect->type == EFFECT_ERROR) &&
        strcmp(effect->from, step->event->to) == 0)
        step->to_sender++;
    switch (effect->type) {
    case EFFECT_MESSAGE:
        send_message(checker, effect);
        return;
    case EFFECT_RECEIPT:
        send_receipt(checker, effect);
        return;
    case EFFECT_ERROR:
        step->errors++;
        promise(checker, (step->event->type == EVENT_MESSAGE ||
                          step->event->type == EVENT_LEAVE ||
                          step->event->type == EVENT_RESUME) && same_bare(effect->to, from),
                "an error that nobody asked for");
        return;
    case EFFECT_PRESENCE:
        presence_sent(checker, effect);
        return;
    case EFFECT_SUBSCRIPTION:
        if (effect->subscription == UNSUBSCRIBE)
            presence_forget(checker, effect->from, effect->to);
        return;
    case EFFECT_RESUME:
        send_resume(checker, effect);
        return;
    case EFFECT_ANSWER:
        send_answer(checker, effect);
        return;
    case EFFECT_RECALL:
        book_of(checker, effect->recall)->recalling = true;
        return;
    default:
        return;
    }
}

void end_replies(struct checker *checker)
{
    const struct step *step = &checker->step;

    promise(checker, step->errors + (step->patron_lines > 0) <= 1,
            "a message is both taken and refused, or refused twice");
    promise(checker, step->receipts <= 1, "two receipts for one message");
    promise(checker, step->event->type != EVENT_BOUNCE || step->to_sender == 0,
            "what came back as undeliverable is answered");
}
