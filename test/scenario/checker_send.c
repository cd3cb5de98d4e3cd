/* checker_send.c: what is sent: only what was written down, and only to those who may read it. */
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

static bool is_account_of(const struct checker *checker, const char *jid, int64_t operator)
{
    for (int i = 0; i < checker->member_count; i++)
        if (checker->members[i].id == operator && same_bare(jid, checker->members[i].account))
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

    promise(checker, book->patron != NULL && same_bare(effect->to, book->patron),
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

/* A relay: of a line recorded before, with its text, not before the lines before it. */
static void send_relay(struct checker *checker, const struct effect *effect)
{
    const struct mark *mark = &effect->message.mark;
    struct book *book = book_of(checker, mark->chat);
    bool recorded = mark->line >= 1 && mark->line <= book->line_count;
    int *sent = mark->type == MARK_PATRON ? &book->patron_sent : &book->operators_sent;
    bool again = checker->step.event->type == EVENT_RESTORE;

    promise(checker, recorded, "a relay of a line that is not recorded in chat %lld",
            (long long)mark->chat);
    if (!recorded)
        return;
    promise(checker, !ended_before(checker, book), "a relay after the end of chat %lld",
            (long long)mark->chat);
    promise(checker, strcmp(book->lines[mark->line - 1].body, effect->message.body) == 0,
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

/* A notice of the desk to one of the staff: no part of the chat. */
static void send_notice(struct checker *checker, const struct effect *effect)
{
    struct step *step = &checker->step;
    const char *from = step->event->from;
    struct book *book = book_by_address(checker, effect->from);
    bool answer = from != NULL && same_bare(effect->to, from);

    promise(checker, is_member(checker, effect->to) && effect->message.private,
            "a notice for the staff goes to %s", effect->to);
    promise(checker, answer || book == NULL || knows_the_chat(checker, book, effect->to),
            "%s hears of chat %lld, which is none of theirs", effect->to,
            book == NULL ? 0LL : (long long)book->number);
    promise(checker, answer || book == NULL || !ended_before(checker, book),
            "a notice after the end of chat %lld", book == NULL ? 0LL : (long long)book->number);
    if (answer && strcmp(effect->from, step->event->to) == 0)
        step->answers++;
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
        promise(checker, step->event->type == EVENT_MESSAGE && same_bare(effect->to, from),
                "an error that nobody asked for");
        return;
    case EFFECT_PRESENCE:
        presence_sent(checker, effect);
        return;
    case EFFECT_SUBSCRIPTION:
        if (effect->subscription == UNSUBSCRIBE)
            presence_forget(checker, effect->from, effect->to);
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

/* The open chat that a patron's line to an address belongs to, before the step. */
static struct book *patron_book(struct checker *checker, const char *patron, const char *to)
{
    for (int64_t i = checker->book_count - 1; i >= 0; i--) {
        struct book *book = &checker->books[i];
        int home = queue_index_of(checker, book->home);
        if (book->patron == NULL || strcmp(book->patron, patron) != 0 ||
            book->opened_step == checker->step.serial || book->state == CHAT_CLOSED)
            continue;
        if ((book->desk != NULL && strcmp(book->desk, to) == 0) ||
            (home != NO_INDEX && strcmp(checker->settings->queues[home].name, to) == 0))
            return book;
    }
    return NULL;
}

/* How many lines of the patron ago that id came with that body; 0: never. */
static int repeat_distance(const struct book *book, const char *id, const char *body)
{
    int distance = 0;

    for (int i = book == NULL ? -1 : book->line_count - 1; i >= 0; i--) {
        const struct book_line *line = &book->lines[i];
        if (line->author != AUTHOR_PATRON || line->id[0] == '\0')
            continue;
        distance++;
        if (strcmp(line->id, id) == 0 && strcmp(line->body, body) == 0)
            return distance;
    }
    return 0;
}

/* Kept, known already, or refused with a word: nothing that a patron writes just vanishes. */
void end_patron_line(struct checker *checker)
{
    const struct step *step = &checker->step;
    const struct event *event = step->event;

    if (event->type != EVENT_MESSAGE || event->message.body[0] == '\0')
        return;
    bool as_staff = step->sender != 0 && (strchr(event->to, '.') != NULL ||
                                          person_is_heard(checker, step->sender, event->to));
    if (as_staff) {
        promise(checker, step->patron_lines == 0, "a line of the staff is taken for a patron's");
        return;
    }
    struct book *book = patron_book(checker, event->from, event->to);
    const char *id = event->message.id;
    int distance = id[0] == '\0' ? 0 : repeat_distance(book, id, event->message.body);
    if (distance > 0 && step->patron_lines > 0)
        distance--; /* it is the line of this step that was found */
    bool known = distance > 0 && step->patron_lines == 0;
    promise(checker, step->patron_lines + step->errors + known == 1,
            "a patron's line is neither kept nor known nor refused (or more than one of these)");
    promise(checker, step->patron_lines == 0 || book == NULL || book->number == step->patron_chat,
            "a patron's line opens a second chat");
    if (step->patron_lines == 1 && id[0] != '\0' && book != NULL) {
        /* The line itself is now the last of that id; look behind it. */
        struct book before = *book;
        while (before.line_count > 0 &&
               before.lines[before.line_count - 1].author != AUTHOR_PATRON)
            before.line_count--;
        before.line_count -= before.line_count > 0;
        distance = repeat_distance(&before, id, event->message.body);
        promise(checker, distance == 0 || distance > RECENT_IDS,
                "a repeated line is recorded again in chat %lld", (long long)book->number);
    }
}

/* Relayed, or one line back: so the loser of a race hears it once, and nothing else happens. */
void end_operator_line(struct checker *checker)
{
    const struct step *step = &checker->step;
    const struct event *event = step->event;

    if (event->type != EVENT_MESSAGE || step->sender == 0 || event->message.body[0] == '\0' ||
        strchr(event->to, '.') == NULL || step->errors > 0)
        return;
    promise(checker, !step->is_word || step->operator_lines == 0, "a word reaches the patron");
    promise(checker, step->operator_lines <= 1, "one line of an operator is recorded twice");
    if (step->operator_lines == 0)
        promise(checker, step->answers == 1, "a line of %s is answered by %d lines",
                operator_name_of(checker, step->sender), step->answers);
    for (int i = 0; i < step->out_count; i++)
        promise(checker,
                step->operator_lines > 0 || step->out[i].message.mark.type != MARK_PATRON ||
                    strcmp(step->out[i].message.body, step->body) != 0,
                "a patron reads the line of one who does not have the chat");
}

/* The line of this step reached whoever has the chat, or is asked for it. */
static bool was_sent_to(const struct checker *checker, int64_t chat, int line, int64_t operator)
{
    const struct step *step = &checker->step;

    for (int i = 0; i < step->out_count; i++) {
        const struct mark *mark = &step->out[i].message.mark;
        if (mark->chat == chat && mark->line >= line && mark->type >= MARK_OPERATORS &&
            is_account_of(checker, step->out[i].to, operator))
            return true;
    }
    return false;
}

void end_relays(struct checker *checker)
{
    const struct step *step = &checker->step;

    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        bool settled = checker->up && book->state != CHAT_WAITING && book->transfer == NULL;
        bool line = step->patron_chat == book->number && book->state != CHAT_CLOSED;
        if (line && book->owner != 0)
            promise(checker, was_sent_to(checker, book->number, step->patron_line, book->owner),
                    "the owner of chat %lld does not get the patron's line",
                    (long long)book->number);
        for (int j = 0; j < book->offer_count; j++) {
            const struct book_offer *offer = &book->offers[j];
            promise(checker, !settled || offer->outcome != OFFER_OPEN,
                    "an offer of chat %lld stays open though it is over", (long long)book->number);
            if (line && offer->outcome == OFFER_OPEN)
                promise(checker,
                        was_sent_to(checker, book->number, step->patron_line, offer->operator),
                        "%s is asked for chat %lld and does not get the patron's line",
                        operator_name_of(checker, offer->operator), (long long)book->number);
        }
    }
}
