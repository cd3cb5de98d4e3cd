/* checker_lines.c: what became of a line that somebody wrote: kept, known, answered or refused. */
#include <string.h>

#include "test/scenario/checker_private.h"

static bool was_called(const struct checker *checker, int64_t queue, const char *name)
{
    for (int i = 0; i < checker->place_count; i++)
        if (checker->places[i].id == queue && strcmp(checker->places[i].name, name) == 0)
            return true;
    return false;
}

/* What the patron's address of the chat is called now. */
static const char *entry_called(const struct checker *checker, const struct book *book)
{
    return book->entry_operator != 0 ? operator_name_of(checker, book->entry_operator)
                                     : queue_name_of(checker, book->entry_queue);
}

static bool entry_is_listed(const struct checker *checker, const struct book *book)
{
    return book->entry_operator != 0 ? operator_is_listed(checker, book->entry_operator)
                                     : queue_index_of(checker, book->entry_queue) != NO_INDEX;
}

/* The open chat that a patron's line to an address belongs to, before the step: the one that speaks
 * to the patron from there, whatever has borne that name since; else what is called so now; else,
 * and then several may be meant, what was called so. */
static struct book *patron_book(struct checker *checker, const char *patron, const char *to,
                                bool *ret_certain)
{
    struct book *now = NULL, *once = NULL;
    int now_count = 0;

    *ret_certain = true;
    for (int64_t i = checker->book_count - 1; i >= 0; i--) {
        struct book *book = &checker->books[i];
        if (book->patron == NULL || strcmp(book->patron, patron) != 0 ||
            book->opened_step == checker->step.serial || book->state == CHAT_CLOSED)
            continue;
        if (book->desk != NULL && strcmp(book->desk, to) == 0)
            return book;
        bool called = strcmp(entry_called(checker, book), to) == 0;
        if (called && entry_is_listed(checker, book)) {
            now = book;
            now_count++;
        } else if (called || was_called(checker, book->entry_queue, to)) {
            once = once == NULL ? book : once;
        }
    }
    *ret_certain = now_count == 1;
    return now != NULL ? now : once;
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
        if (strcmp(line->id, id) == 0 && line->body != NULL && strcmp(line->body, body) == 0)
            return distance;
    }
    return 0;
}

/* By a name of before a chat is found that speaks from elsewhere, and which one only the desk
 * knows: so the line may be known in any. Or it is known in one that has ended. */
static bool is_known_somewhere(const struct checker *checker, const char *patron, const char *id,
                               const char *body, bool ended)
{
    for (int64_t i = 0; i < checker->book_count; i++) {
        const struct book *book = &checker->books[i];
        if ((book->state == CHAT_CLOSED) == ended && book->patron != NULL &&
            strcmp(book->patron, patron) == 0 && repeat_distance(book, id, body) > 0)
            return true;
    }
    return false;
}

/* An operator writes to the desk wherever a queue hears it as staff; by a word, to all queues of
 * its library; and to colleagues. */
static bool writes_as_staff(const struct checker *checker, int64_t operator, const char *to)
{
    int queue = consortium_queue(checker->settings, to);

    if (operator == 0)
        return false;
    if (strchr(to, '.') != NULL || person_is_heard(checker, operator, to) ||
        consortium_operator(checker->settings, to) != NO_INDEX)
        return true;
    return queue != NO_INDEX && is_word_of_library(checker, operator, queue);
}

/* A name of before is still understood while chats run that began under it, by staff as by patrons;
 * which of the two the writer is there, only the desk knows. */
static bool writes_to_former_name(const struct checker *checker, int64_t operator, const char *to)
{
    if (operator == 0 || consortium_queue(checker->settings, to) != NO_INDEX ||
        consortium_operator(checker->settings, to) != NO_INDEX)
        return false;
    for (int i = 0; i < checker->place_count; i++)
        if (strcmp(checker->places[i].name, to) == 0)
            return true;
    return operator_called(checker, to) != 0;
}

/* Kept, known already, or refused with a word: nothing that a patron writes just vanishes. */
void end_patron_line(struct checker *checker)
{
    const struct step *step = &checker->step;
    const struct event *event = step->event;

    if (event->type != EVENT_MESSAGE || event->message.body[0] == '\0')
        return;
    if (writes_to_former_name(checker, step->sender, event->to))
        return;
    if (writes_as_staff(checker, step->sender, event->to)) {
        promise(checker, step->patron_lines == 0, "a line of the staff is taken for a patron's");
        return;
    }
    bool certain;
    struct book *book = patron_book(checker, event->from, event->to, &certain);
    const char *id = event->message.id;
    int distance = id[0] == '\0' ? 0 : repeat_distance(book, id, step->line);
    if (distance > 0 && step->patron_lines > 0)
        distance--; /* it is the line of this step that was found */
    bool known = step->patron_lines + step->errors == 0 && id[0] != '\0' &&
                 (distance > 0 ||
                  (!certain && is_known_somewhere(checker, event->from, id, step->line, false)) ||
                  (book == NULL && step->receipts > 0 &&
                   is_known_somewhere(checker, event->from, id, step->line, true)));
    promise(checker, step->patron_lines + step->errors + known == 1,
            "the line '%s' of %s to %s is neither kept nor known nor refused (or more than one)",
            step->line, event->from, event->to);
    promise(checker,
            step->patron_lines == 0 || book == NULL || !certain ||
                book->number == step->patron_chat,
            "a line of %s to %s goes to another chat than the one there", event->from, event->to);
    if (step->patron_lines == 1 && id[0] != '\0' && book != NULL) {
        /* The line itself is now the last of that id; look behind it. */
        struct book before = *book;
        while (before.line_count > 0 &&
               before.lines[before.line_count - 1].author != AUTHOR_PATRON)
            before.line_count--;
        before.line_count -= before.line_count > 0;
        distance = repeat_distance(&before, id, step->line);
        promise(checker, distance == 0 || distance > RECENT_IDS,
                "a repeated line is recorded again in chat %lld", (long long)book->number);
    }
}

/* So many answers within a minute are a machine's, which the desk does not answer for ever. */
static bool is_silenced(const struct checker *checker, int64_t operator)
{
    int count = 0;

    for (int i = checker->answered_count - 1;
         i >= 0 && checker->answered[i].at > checker->step.event->at - 60000; i--)
        count += checker->answered[i].operator == operator;
    return count >= ANSWERS_A_MINUTE_MAX;
}

/* A line to a colleague goes there, or is answered. */
static void end_colleague_line(struct checker *checker)
{
    const struct step *step = &checker->step;

    promise(checker,
            step->to_colleague + step->answers == 1 ||
                (step->to_colleague + step->answers == 0 && is_silenced(checker, step->sender)),
            "a line of %s to a colleague is passed on %d times and answered %d times",
            operator_name_of(checker, step->sender), step->to_colleague, step->answers);
}

/* Relayed, or one line back: so the loser of a race hears it once, and nothing else happens. */
void end_operator_line(struct checker *checker)
{
    const struct step *step = &checker->step;
    const struct event *event = step->event;

    if (event->type != EVENT_MESSAGE || step->sender == 0 || event->message.body[0] == '\0' ||
        step->errors > 0)
        return;
    if (consortium_operator(checker->settings, event->to) != NO_INDEX)
        end_colleague_line(checker);
    if (strchr(event->to, '.') == NULL)
        return;
    promise(checker, step->operator_lines <= 1, "one line of an operator is recorded twice");
    bool silent = step->answers == 0 && is_silenced(checker, step->sender);
    if (step->operator_lines == 0)
        promise(checker, silent || step->answers == 1, "a line of %s is answered by %d lines",
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
        if (mark->chat == chat && mark->line >= line &&
            (mark->type == MARK_OPERATORS || mark->type == MARK_OFFER) &&
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
        /* Who is away gets it when back. */
        if (line && book->owner != 0 && person_is_present(checker, book->owner))
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
