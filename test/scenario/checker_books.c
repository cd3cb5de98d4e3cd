/* checker_books.c: what is written down, against what was written down before. */
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "test/scenario/checker_private.h"

static void change_note(struct checker *checker, struct book *book, int64_t owner)
{
    struct step *step = &checker->step;

    if (owner == book->owner)
        return;
    promise(checker, step->change_count < CHANGES_MAX, "too many changes of owner in a step");
    if (step->change_count < CHANGES_MAX)
        step->changes[step->change_count++] = (struct change){book->number, book->owner, owner};
    checker->counts.claimed += book->owner == 0;
    checker->counts.returned += owner == 0;
    checker->counts.transferred += book->owner != 0 && owner != 0;
    book->owner = owner;
}

static const struct queue_settings *home_of(const struct checker *checker,
                                            const struct book *book)
{
    int index = queue_index_of(checker, book->home);

    return index == NO_INDEX ? NULL : &checker->settings->queues[index];
}

/* Each way to end has its own cause, and a boundary of the hours is none. */
static void book_end(struct checker *checker, const struct book *book, enum chat_end end)
{
    const struct event *event = checker->step.event;
    const struct queue_settings *home = home_of(checker, book);
    const char *owner = account_of(checker, book->owner);

    switch (end) {
    case END_OPERATOR:
        promise(checker, owner != NULL && event->from != NULL && strcmp(event->from, owner) == 0,
                "chat %lld was ended by somebody who does not own it", (long long)book->number);
        break;
    case END_PATRON:
        promise(checker,
                book->gone_at != 0 &&
                    (home == NULL ||
                     event->at >= book->gone_at + home->options.patron_grace_seconds * 1000),
                "chat %lld ended before its patron's grace was over", (long long)book->number);
        break;
    case END_IDLE:
        promise(checker, event->at >= book->said_at + CHAT_IDLE_MS,
                "chat %lld was called idle too early", (long long)book->number);
        break;
    case END_REFUSED:
        promise(checker, book->opened_step == checker->step.serial,
                "chat %lld was refused after it was let in", (long long)book->number);
        break;
    case END_REMOVED:
        promise(checker, home == NULL || event->type == EVENT_RESTORE,
                "chat %lld ended for a queue that is still there", (long long)book->number);
        break;
    case END_BLOCKED:
        promise(checker, checker->step.blocked != NULL && book->patron != NULL &&
                             strcmp(checker->step.blocked, book->patron) == 0,
                "chat %lld ended as if its patron was blocked", (long long)book->number);
        break;
    case END_LEFT:
        promise(checker, checker->step.left == book->number,
                "chat %lld ended, and its question was not kept", (long long)book->number);
        break;
    case END_NONE:
        promise(checker, false, "chat %lld ended without a cause", (long long)book->number);
        break;
    }
}

/* What stays as it was when the chat began. */
static void book_begin(struct checker *checker, struct book *book,
                       const struct chat_record *record)
{
    size_t head = strcspn(record->address, ".");

    book->address = arena_strdup(checker->memory, record->address);
    book->code = arena_strdup(checker->memory, record->code);
    book->patron = arena_strdup(checker->memory, record->patron);
    book->home = record->queue;
    book->waiting_since = record->waiting_since;
    if (book->desk == NULL)
        book->desk = record->entry_name[0] != '\0'
                         ? arena_strdup(checker->memory, record->entry_name)
                         : arena_strndup(checker->memory, record->address, head);
    if (book->said_at == 0)
        book->said_at = checker->step.event->at;
}

/* Where it is at home changes by a move alone, its patron with the right token. */
static void book_place(struct checker *checker, struct book *book,
                       const struct chat_record *record)
{
    bool resumed = checker->step.resumed == book->number &&
                   strcmp(record->patron, checker->step.event->from) == 0;

    promise(checker, strcmp(book->address, record->address) == 0, "a chat's address changed");
    promise(checker, strcmp(book->patron, record->patron) == 0 || resumed,
            "a chat's patron changed");
    if (strcmp(book->patron, record->patron) != 0)
        book->patron = arena_strdup(checker->memory, record->patron);
    /* A queue that was removed and made again under its name has another id. */
    promise(checker, book->home == record->queue || home_of(checker, book) == NULL,
            "chat %lld changed its home", (long long)book->number);
    book->home = record->queue;
    book->entry_operator = record->entry_operator;
    book->entry_queue = record->entry_operator != 0 ? 0
                        : record->entry_queue != 0  ? record->entry_queue
                                                    : record->queue;
    promise(checker, record->state == CHAT_CLOSED ||
                         !patron_is_blocked(checker, record->queue, record->patron, book->number),
            "chat %lld is of a patron who is blocked", (long long)book->number);
}

static void book_move(struct checker *checker, const struct move_record *record)
{
    struct book *book = book_of(checker, record->chat);

    promise(checker, book->moving, "chat %lld moves though nobody has taken it",
            (long long)record->chat);
    book->moving = false;
    book->home = record->queue;
    checker->counts.moved++;
}

static void book_chat(struct checker *checker, const struct chat_record *record)
{
    struct book *book = book_of(checker, record->number);

    promise(checker, book->state != CHAT_CLOSED, "a record after the end of chat %lld",
            (long long)record->number);
    promise(checker,
            record->state == CHAT_CLOSED || (record->state == CHAT_CLAIMED) == (record->owner != 0),
            "chat %lld has an owner though it waits, or none though it is claimed",
            (long long)record->number);
    promise(checker, (record->state == CHAT_CLOSED) == (record->end != END_NONE),
            "chat %lld has an end without being closed", (long long)record->number);
    if (book->address == NULL)
        book_begin(checker, book, record);
    book_place(checker, book, record);
    promise(checker, record->state != CHAT_CLOSED || record->token_hash[0] == '\0',
            "chat %lld is over, and its token is not", (long long)record->number);
    book->token = arena_strdup(checker->memory, record->token_hash);
    promise(checker, book->waiting_since == record->waiting_since,
            "chat %lld lost its place in the line", (long long)record->number);
    if (record->end != END_NONE) {
        book_end(checker, book, record->end);
        book->closed_step = checker->step.serial;
    }
    change_note(checker, book, record->owner);
    book->state = record->state;
    checker->counts.closed += record->state == CHAT_CLOSED;
}

/* Names of people and of other libraries, in what the desk itself says to a patron. */
void book_desk_line(struct checker *checker, struct book *book, const char *body)
{
    const struct consortium *settings = checker->settings;
    const struct queue_settings *home = home_of(checker, book);

    for (int i = 0; i < checker->member_count; i++)
        promise(checker,
                strstr(body, checker->members[i].account) == NULL &&
                    strstr(body, checker->members[i].name) == NULL,
                "a patron reads the account of %s", checker->members[i].name);
    for (size_t i = 0; home != NULL && i < settings->library_count; i++) {
        const struct library_settings *library = &settings->libraries[i];
        bool own = (int)i == home->library || strstr(home->title, library->title) != NULL;
        promise(checker, own || library->title[0] == '\0' || strstr(body, library->title) == NULL,
                "a patron of another library reads of %s", library->title);
    }
    promise(checker, book->desk_said == NULL || strcmp(book->desk_said, body) != 0,
            "chat %lld: the desk says the same twice in a row", (long long)book->number);
    book->desk_said = arena_strdup(checker->memory, body);
    checker->counts.desk_lines++;
}

/* Of the settings' canned replies one begins so: what is filled in comes behind. */
static bool is_canned_of(const struct canned_replies *replies, const char *body)
{
    for (size_t i = 0; i < replies->count; i++)
        if (strncmp(replies->list[i].text, body, strcspn(replies->list[i].text, "{")) == 0)
            return true;
    return false;
}

static bool is_canned(const struct checker *checker, const char *body)
{
    for (size_t i = 0; i < checker->settings->library_count; i++)
        if (is_canned_of(&checker->settings->libraries[i].canned, body))
            return true;
    return is_canned_of(&checker->settings->canned, body);
}

/* As the patron wrote it; behind the question of a form stands where to answer, if somebody talks
 * to the patron already. */
static bool is_patrons(const struct checker *checker, const char *body)
{
    const struct step *step = &checker->step;

    if (step->line == NULL)
        return false;
    if (body[0] == '\0')
        return true; /* without its text */
    if (strcmp(body, step->line) == 0)
        return true;
    size_t length = strlen(step->line);
    return step->event->type == EVENT_LEAVE && strncmp(body, step->line, length) == 0 &&
           strncmp(body + length, "\n(", 2) == 0;
}

/* Recorded as it was accepted, from the one who sent it. */
static void book_line_author(struct checker *checker, struct book *book,
                             const struct line_record *record)
{
    struct step *step = &checker->step;
    const struct event *event = step->event;
    bool textless = record->body[0] == '\0';
    bool sent = event->type == EVENT_MESSAGE &&
                (textless || strcmp(record->body, step->body) == 0);
    bool canned = step->is_word && (textless || is_canned(checker, record->body));

    switch (record->author) {
    case AUTHOR_PATRON:
        promise(checker, is_patrons(checker, record->body),
                "a patron's line is recorded otherwise than it was sent");
        promise(checker, book->patron == NULL || strcmp(book->patron, event->from) == 0,
                "a patron's line of somebody else");
        step->patron_lines++;
        step->patron_chat = book->number;
        step->patron_line = record->line;
        break;
    case AUTHOR_OPERATOR:
        promise(checker, (sent && !step->is_word) || canned,
                "an operator's line is recorded otherwise than it was sent");
        promise(checker, record->operator == book->owner && step->sender == book->owner,
                "a line of %s, who does not own chat %lld",
                operator_name_of(checker, record->operator), (long long)book->number);
        step->operator_lines++;
        break;
    case AUTHOR_NOTE:
        promise(checker, record->operator != 0 && record->operator == step->sender,
                "a note of somebody else");
        step->notes++;
        break;
    case AUTHOR_DESK:
        if (!textless)
            book_desk_line(checker, book, record->body);
        return;
    }
    book->desk_said = NULL;
    if (record->author != AUTHOR_NOTE)
        book->said_at = event->at;
}

/* Of a line that is kept without its text: by what the sender wrote, if that says it. */
static const char *text_meant(struct checker *checker, const struct line_record *record)
{
    const struct step *step = &checker->step;

    if (record->body[0] != '\0')
        return arena_strdup(checker->memory, record->body);
    if (record->author == AUTHOR_PATRON && step->event->type == EVENT_MESSAGE)
        return step->line;
    return NULL;
}

void end_texts(struct checker *checker)
{
    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        const struct queue_settings *home = home_of(checker, book);
        for (int j = book->line_count - 1; j >= 0 && book->lines[j].fresh; j--) {
            book->lines[j].fresh = false;
            promise(checker, home == NULL || home->options.transcripts != book->lines[j].textless,
                    "line %d of chat %lld is kept %s its text, against the settings", j + 1,
                    (long long)book->number, book->lines[j].textless ? "without" : "with");
        }
    }
}

void books_forget(struct checker *checker)
{
    for (int64_t i = 0; i < checker->book_count; i++) {
        struct book *book = &checker->books[i];
        for (int j = 0; j < book->line_count; j++)
            if (book->lines[j].textless)
                book->lines[j].id = ""; /* so it may come again */
        if (book->line_count > 0 && book->lines[book->line_count - 1].textless)
            book->desk_said = NULL;
    }
}

/* Who comes under a new id with the old account is the same person. */
static bool same_person(const struct checker *checker, int64_t a, int64_t b)
{
    return a == b ||
           (a != 0 && b != 0 && strcmp(account_of(checker, a), account_of(checker, b)) == 0);
}

static void book_line(struct checker *checker, const struct line_record *record)
{
    struct book *book = book_of(checker, record->chat);

    promise(checker, book->state != CHAT_CLOSED, "a line after the end of chat %lld",
            (long long)record->chat);
    promise(checker, record->line == book->line_count + 1, "a gap in the transcript of chat %lld",
            (long long)record->chat);
    book_line_author(checker, book, record);
    promise(checker, record->replaces >= 0 && record->replaces <= book->line_count &&
                         (record->replaces == 0 ||
                          (book->lines[record->replaces - 1].author == record->author &&
                           same_person(checker, book->lines[record->replaces - 1].operator,
                                       record->operator))),
            "line %d of chat %lld corrects somebody else's", record->line,
            (long long)record->chat);
    book->lines = grown(book->lines, book->line_count, &book->line_capacity,
                        sizeof(struct book_line));
    book->lines[book->line_count++] = (struct book_line){
        .author = record->author,
        .operator = record->operator,
        .id = arena_strdup(checker->memory, record->stanza_id),
        .body = text_meant(checker, record),
        .replaces = record->replaces,
        .textless = record->body[0] == '\0',
        .fresh = true,
    };
}

static bool queue_is_asked(const struct checker *checker, const struct book *book, int64_t queue)
{
    int home = queue_index_of(checker, book->home), via = queue_index_of(checker, queue);
    struct decision decision;

    if (home == NO_INDEX || via == NO_INDEX)
        return false;
    policy_decide(checker->settings, home, checker->step.event->wall / 1000, &decision);
    for (int i = 0; i < decision.tier_count; i++)
        for (int j = 0; j < decision.tiers[i].queue_count; j++)
            if (decision.tiers[i].queues[j] == via)
                return true;
    return false;
}

/* The target of "help mobius-slu", "move" or "own" is that queue, or that operator. */
static void transfer_begin(struct checker *checker, struct book *book, const char *detail)
{
    const struct consortium *settings = checker->settings;
    const char *target = strchr(detail, ' ') == NULL ? "" : strchr(detail, ' ') + 1;
    int queue = consortium_queue(settings, target);
    int operator = consortium_operator(settings, target);

    free(book->transfer);
    book->transfer = mem_strdup(detail);
    book->to_queue = queue == NO_INDEX ? 0 : settings->queues[queue].id;
    book->to_operator = operator == NO_INDEX ? 0 : settings->operators[operator].id;
}

static bool transfer_names(const struct checker *checker, const struct book *book,
                           const struct book_offer *offer)
{
    return (book->to_queue != 0 && offer->queue == book->to_queue) ||
           (book->to_operator != 0 && strcmp(account_of(checker, book->to_operator),
                                             account_of(checker, offer->operator)) == 0);
}

/* Whoever is offered a chat reads it: policy asks that queue, or a transfer names it, or it was the
 * operator's own a moment ago (perhaps under an older id), or the operator takes it by hand. */
static void book_offer_open(struct checker *checker, struct book *book, struct book_offer *offer,
                            enum offer_outcome before)
{
    struct step *step = &checker->step;
    bool was_owner = false;

    for (int i = 0; i < step->change_count; i++)
        was_owner = was_owner || (step->changes[i].chat == book->number &&
                                  step->changes[i].before == offer->operator);
    bool by_hand = step->sender == offer->operator && step->is_word;
    for (int i = 0; i < book->offer_count; i++)
        was_owner = was_owner || (step->event->type == EVENT_SETTINGS &&
                                  book->offers[i].operator != offer->operator &&
                                  strcmp(account_of(checker, book->offers[i].operator),
                                         account_of(checker, offer->operator)) == 0);
    offer->fresh = true;
    offer->asked = book->transfer == NULL && !was_owner && !by_hand;
    promise(checker, is_assigned(checker, offer->operator, offer->queue) || was_owner,
            "chat %lld is offered to %s through a queue that is not theirs",
            (long long)book->number, operator_name_of(checker, offer->operator));
    promise(checker,
            was_owner || queue_is_asked(checker, book, offer->queue) ||
                (book->transfer != NULL && transfer_names(checker, book, offer)) ||
                (by_hand && is_assigned(checker, offer->operator, book->home)),
            "chat %lld is shown to %s, whom nobody asked", (long long)book->number,
            operator_name_of(checker, offer->operator));
    int via = queue_index_of(checker, offer->queue);
    promise(checker,
            was_owner || by_hand || via == NO_INDEX ||
                (person_is_on_duty(checker, offer->operator, via) &&
                 person_chats(checker, offer->operator) < person_limit(checker, offer->operator)),
            "chat %lld is offered to %s, who cannot take it", (long long)book->number,
            operator_name_of(checker, offer->operator));
    promise(checker, before != OFFER_DECLINED || !offer->asked,
            "chat %lld is offered again to %s, who declined it", (long long)book->number,
            operator_name_of(checker, offer->operator));
    promise(checker, !offer->asked || person_offers(checker, offer->operator) <=
                                          OFFERS_PER_OPERATOR_MAX,
            "%s is asked for more chats than fit on a screen",
            operator_name_of(checker, offer->operator));
}

static void book_offer(struct checker *checker, const struct offer_record *record)
{
    struct book *book = book_of(checker, record->chat);
    struct book_offer *offer = book_offer_find(book, record->operator);

    promise(checker, book->state != CHAT_CLOSED, "an offer after the end of chat %lld",
            (long long)record->chat);
    if (record->outcome == OFFER_OPEN) {
        enum offer_outcome before = offer == NULL ? OFFER_WITHDRAWN : offer->outcome;
        if (offer == NULL) {
            book->offers = grown(book->offers, book->offer_count, &book->offer_capacity,
                                 sizeof(struct book_offer));
            offer = &book->offers[book->offer_count++];
            memset(offer, 0, sizeof *offer);
            offer->operator = record->operator;
        }
        promise(checker, before != OFFER_OPEN, "chat %lld is offered twice to %s",
                (long long)book->number, operator_name_of(checker, record->operator));
        offer->queue = record->queue;
        offer->outcome = OFFER_OPEN;
        book_offer_open(checker, book, offer, before);
        return;
    }
    promise(checker, offer != NULL && offer->outcome == OFFER_OPEN,
            "the outcome of an offer of chat %lld that was not open", (long long)record->chat);
    if (offer == NULL)
        return;
    if (record->outcome == OFFER_CLAIMED)
        promise(checker, is_assigned(checker, offer->operator, offer->queue) ||
                             queue_index_of(checker, offer->queue) == NO_INDEX ||
                             checker->step.sender == offer->operator,
                "chat %lld is claimed by one who is not of its queue", (long long)record->chat);
    checker->counts.declined += record->outcome == OFFER_DECLINED;
    offer->outcome = record->outcome;
}

static void book_act(struct checker *checker, const struct act_record *record)
{
    struct book *book = book_of(checker, record->chat);
    struct step *step = &checker->step;

    if (record->act == ACT_PATRON_GONE)
        book->gone_at = step->event->at;
    if (record->act == ACT_PATRON_BACK)
        book->gone_at = 0;
    if (record->act == ACT_TRANSFER_OFFERED)
        transfer_begin(checker, book, record->detail);
    /* An owner with a new id and the old account goes on with a transfer, too. */
    if (record->act == ACT_TRANSFERRED && book->transfer != NULL)
        book->moving = strncmp(book->transfer, "move ", 5) == 0;
    if (record->act == ACT_TRANSFER_ENDED || record->act == ACT_RETURNED ||
        (record->act == ACT_TRANSFERRED && step->event->type != EVENT_SETTINGS)) {
        free(book->transfer);
        book->transfer = NULL;
    }
    if (record->act != ACT_CLAIMED && record->act != ACT_RETURNED &&
        record->act != ACT_TRANSFERRED)
        return;
    promise(checker, step->act_count < CHANGES_MAX, "too many acts in a step");
    if (step->act_count < CHANGES_MAX)
        step->acts[step->act_count++] =
            (struct act_seen){record->chat, record->act, record->operator};
}

void book_effect(struct checker *checker, const struct effect *effect)
{
    if (effect->type == EFFECT_STORE_CHAT)
        book_chat(checker, &effect->chat);
    else if (effect->type == EFFECT_STORE_MOVE)
        book_move(checker, &effect->move);
    else if (effect->type == EFFECT_STORE_LINE)
        book_line(checker, &effect->line);
    else if (effect->type == EFFECT_STORE_OFFER)
        book_offer(checker, &effect->offer);
    else if (effect->type == EFFECT_STORE_ACT)
        book_act(checker, &effect->act);
}
