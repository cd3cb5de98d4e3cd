/* chat.c: the life of a chat: opened, waiting, claimed, perhaps returned, closed. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/mem.h"
#include "routing/routing_private.h"

static char *patron_key(const char *patron, const struct entry *entry)
{
    return mem_printf("%s %d", patron,
                      entry->queue != NULL ? entry->queue->serial : entry->operator->serial);
}

static int *entry_count(const struct entry *entry)
{
    return entry->queue != NULL ? &entry->queue->entry_count : &entry->operator->entry_count;
}

const char *chat_entry_name(struct routing *routing, const struct chat *chat)
{
    return kept(routing, chat->entry_name);
}

struct chat *chat_by_code(const struct routing *routing, const char *code)
{
    struct chat *chat;

    HASH_FIND(by_code, routing->chats_by_code, code, strlen(code), chat);
    return chat;
}

struct chat *chat_by_number(const struct routing *routing, int64_t number)
{
    struct chat *chat;

    HASH_FIND(by_number, routing->chats_by_number, &number, sizeof number, chat);
    return chat;
}

struct chat *chat_by_patron(const struct routing *routing, const char *patron,
                            const struct entry *entry)
{
    char *key = patron_key(patron, entry);
    struct chat *chat;

    HASH_FIND(by_patron, routing->chats_by_patron, key, strlen(key), chat);
    free(key);
    return chat;
}

const char *chat_patron_jid(struct routing *routing, const struct chat *chat)
{
    return jid_full(routing, chat->patron, chat->patron_resource);
}

/* Nearly always at the end; a returned chat goes before those who came after it. */
void chat_wait_insert(struct routing *routing, struct chat *chat)
{
    struct chat *before = TAILQ_LAST(&routing->waiting, chats);

    assert(chat->state == CHAT_WAITING);
    while (before != NULL && (before->waiting_since > chat->waiting_since ||
                              (before->waiting_since == chat->waiting_since &&
                               before->number > chat->number)))
        before = TAILQ_PREV(before, chats, waiting);
    if (before == NULL)
        TAILQ_INSERT_HEAD(&routing->waiting, chat, waiting);
    else
        TAILQ_INSERT_AFTER(&routing->waiting, before, chat, waiting);
    chat->home->waiting_count++;
    routing->views_version++;
}

static void chat_wait_remove(struct routing *routing, struct chat *chat)
{
    TAILQ_REMOVE(&routing->waiting, chat, waiting);
    assert(chat->home->waiting_count > 0);
    chat->home->waiting_count--;
    routing->views_version++;
}

static bool address_head_is(const char *address, const char *name)
{
    size_t length = strlen(name);

    return strncmp(address, name, length) == 0 && address[length] == '.';
}

/* A queue's name when the chat began is the head of its address. */
static char *first_entry_name(const struct entry *entry, const char *address)
{
    const char *dot = strrchr(address, '.');

    if (entry->operator != NULL)
        return mem_strdup(entry->operator->name);
    return dot == NULL ? mem_strdup(address) : mem_printf("%.*s", (int)(dot - address), address);
}

struct chat *chat_new(struct routing *routing, int64_t number, const char *code,
                      const char *address, const struct entry *entry, struct queue *home,
                      const char *patron, const char *resource)
{
    struct chat *chat = mem_new(sizeof *chat);

    assert(strlen(code) <= CHAT_CODE_MAX);
    assert((entry->queue == NULL) != (entry->operator == NULL));
    chat->number = number;
    memcpy(chat->code, code, strlen(code) + 1);
    chat->address = mem_strdup(address);
    chat->patron = mem_strdup(patron);
    chat->patron_resource = mem_strdup(resource);
    chat->patron_key = patron_key(patron, entry);
    chat->entry = *entry;
    chat->entry_name = first_entry_name(entry, address);
    chat->home = home;
    chat->state = CHAT_WAITING;
    chat->tier = -1;
    chat->opened = chat->waiting_since = chat->waits_from = routing->event->wall;
    chat->active_at = routing->event->at;
    TAILQ_INIT(&chat->offers);
    STAILQ_INIT(&chat->lines);
    memory_init(&chat->memory);
    HASH_ADD(by_number, routing->chats_by_number, number, sizeof chat->number, chat);
    HASH_ADD_KEYPTR(by_code, routing->chats_by_code, chat->code, strlen(chat->code), chat);
    HASH_ADD_KEYPTR(by_patron, routing->chats_by_patron, chat->patron_key,
                    strlen(chat->patron_key), chat);
    home->chat_count++;
    ++*entry_count(entry);
    timer_add(routing, chat);
    return chat;
}

/* What was removed stays for its chats alone, and what was renamed known by the old name. */
static void chat_lets_go(struct routing *routing, const struct chat *chat)
{
    const struct entry *entry = &chat->entry;

    routing->leftovers = routing->leftovers || chat->home->index == NO_INDEX ||
                         (entry->queue != NULL && entry->queue->index == NO_INDEX) ||
                         (entry->operator != NULL && !entry->operator->listed);
}

void chat_set_owner(struct routing *routing, struct chat *chat, struct operator *owner,
                    int64_t answering)
{
    assert((owner == NULL) == (answering == 0));
    if (owner != chat->owner)
        chat->operator_last = (struct last_line){0}; /* clients count alike: not the new one's */
    chat_lets_go(routing, chat);
    if (chat->owner != NULL) {
        TAILQ_REMOVE(&chat->owner->chats, chat, of_owner);
        assert(chat->owner->chat_count > 0);
        chat->owner->chat_count--;
    }
    if (owner != NULL) {
        TAILQ_INSERT_TAIL(&owner->chats, chat, of_owner);
        owner->chat_count++;
    }
    chat->owner = owner;
    chat->owed_line = 0;
    chat->answering = answering;
    chat->gone_told = false; /* a new one does not know */
    routing->staff_changed = true;
}

void chat_set_patron(struct routing *routing, struct chat *chat, const char *patron,
                     const char *resource)
{
    char *bare = mem_strdup(patron), *rest = mem_strdup(resource);
    const struct chat *other = chat_by_patron(routing, patron, &chat->entry);

    assert(other == NULL || other == chat);
    HASH_DELETE(by_patron, routing->chats_by_patron, chat);
    free(chat->patron_key);
    free(chat->patron);
    free(chat->patron_resource);
    chat->patron = bare;
    chat->patron_resource = rest;
    chat->patron_key = patron_key(chat->patron, &chat->entry);
    HASH_ADD_KEYPTR(by_patron, routing->chats_by_patron, chat->patron_key,
                    strlen(chat->patron_key), chat);
}

struct chat *chat_free(struct routing *routing, struct chat *chat)
{
    replay_outlives(chat);
    while (!TAILQ_EMPTY(&chat->offers))
        offer_free(TAILQ_FIRST(&chat->offers));
    transfer_drop(chat);
    if (chat->state == CHAT_WAITING)
        chat_wait_remove(routing, chat);
    chat_set_owner(routing, chat, NULL, 0);
    timer_remove(routing, chat);
    HASH_DELETE(by_number, routing->chats_by_number, chat);
    HASH_DELETE(by_code, routing->chats_by_code, chat);
    HASH_DELETE(by_patron, routing->chats_by_patron, chat);
    chat->home->chat_count--;
    if (--*entry_count(&chat->entry) == 0)
        entry_forget_names(routing, &chat->entry);
    lines_forget(chat);
    memory_release(&chat->memory);
    leave_forget(chat);
    free(chat->address);
    free(chat->entry_name);
    free(chat->patron);
    free(chat->patron_resource);
    free(chat->patron_key);
    free(chat);
    return NULL;
}

void chat_store(struct routing *routing, const struct chat *chat, enum chat_end end,
                enum resolution resolution)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_CHAT);
    struct chat_record *record = &effect->chat;

    record->number = chat->number;
    record->code = kept(routing, chat->code);
    record->address = kept(routing, chat->address);
    record->queue = chat->home->id;
    bool plain = chat->entry.queue == chat->home &&
                 address_head_is(chat->address, chat->entry_name);
    record->entry_name = plain ? "" : kept(routing, chat->entry_name);
    if (chat->entry.operator != NULL)
        record->entry_operator = chat->entry.operator->id;
    else if (chat->entry.queue != chat->home)
        record->entry_queue = chat->entry.queue->id;
    record->answering_queue = chat->answering;
    record->owner = chat->owner == NULL ? 0 : chat->owner->id;
    record->patron = kept(routing, chat->patron);
    record->patron_resource = kept(routing, chat->patron_resource);
    record->token_hash = end == END_NONE ? kept(routing, chat->token_hash) : "";
    record->state = end == END_NONE ? chat->state : CHAT_CLOSED;
    record->end = end;
    record->resolution = resolution;
    record->opened = chat->opened;
    record->waiting_since = chat->waiting_since;
    record->claimed = chat->claimed;
    record->closed = end == END_NONE ? 0 : routing->event->wall;
    record->last_line = chat->line_count;
}

void chat_act(struct routing *routing, const struct chat *chat, enum act act,
              const struct operator *operator, const char *detail)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_ACT);

    effect->act.chat = chat->number;
    effect->act.at = routing->event->wall;
    effect->act.act = act;
    effect->act.operator = operator == NULL ? 0 : operator->id;
    effect->act.detail = kept(routing, detail);
}

bool chat_has_moved(const struct chat *chat)
{
    return chat->home->library != entry_library(&chat->entry);
}

void chat_move(struct routing *routing, struct chat *chat, struct queue *queue)
{
    struct effect *effect = effects_add(routing->out, EFFECT_STORE_MOVE);

    assert(chat->state == CHAT_CLAIMED); /* who waits is counted at the home */
    assert(queue->index != NO_INDEX);
    effect->move.chat = chat->number;
    effect->move.queue = queue->id;
    chat_lets_go(routing, chat);
    chat->home->chat_count--;
    chat->home = queue;
    chat->home->chat_count++;
    timer_update(routing, chat); /* the new home's times count */
}

struct chat *chat_open(struct routing *routing, const struct entry *entry, struct queue *home,
                       const char *patron, const char *resource)
{
    int64_t number = routing->next_number++;
    char code[CHAT_CODE_MAX + 1];

    assert(home->index != NO_INDEX);
    code_from_number(routing->options.code_key, number, code);
    const char *address = arena_printf(routing->out->arena, "%s.%s", home->name, code);
    struct chat *chat = chat_new(routing, number, code, address, entry, home, patron, resource);
    chat_wait_insert(routing, chat);
    chat_act(routing, chat, ACT_OPENED, NULL, "");
    return chat;
}

void chat_claim(struct routing *routing, struct chat *chat, struct offer *offer)
{
    struct operator *operator = offer->operator;

    assert(chat->state == CHAT_WAITING);
    assert(chat->owner == NULL);
    assert(offer->chat == chat);
    chat_wait_remove(routing, chat);
    chat->state = CHAT_CLAIMED;
    chat_set_owner(routing, chat, operator, offer->via->id);
    if (chat->claimed == 0)
        chat->claimed = routing->event->wall;
    chat->ring_until = chat->offer_until = chat->news_at = chat->silent_at = 0;
    chat->invited = false;
    leave_forget(chat);
    offers_end(routing, chat, operator);
    lines_forget(chat);
    chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    chat_act(routing, chat, ACT_CLAIMED, operator, "");
    if (chat->home->options.show_operator_name && operator->title[0] != '\0')
        line_desk(routing, chat,
                  arena_printf(routing->out->arena, "You are chatting with %s.",
                               operator->title));
    timer_update(routing, chat);
}

void chat_recall(struct routing *routing, struct chat *chat)
{
    chat->recalling = true;
    effects_add(routing->out, EFFECT_RECALL)->recall = chat->number;
}

/* Back to waiting, at its old place; its lines are read again for those who are asked. */
static void chat_wait_again(struct routing *routing, struct chat *chat, const char *cause,
                            const char *body)
{
    struct operator *owner = chat->owner;

    assert(chat->state == CHAT_CLAIMED);
    transfer_drop(chat); /* who was offered it may still answer */
    chat_set_owner(routing, chat, NULL, 0);
    chat->state = CHAT_WAITING;
    chat->tier = -1;
    chat->silent_at = 0;
    chat_wait_insert(routing, chat);
    chat_act(routing, chat, ACT_RETURNED, owner, cause);
    line_desk(routing, chat, body);
    chat_news_again(routing, chat);
    chat_store(routing, chat, END_NONE, RESOLUTION_NONE);
    chat_recall(routing, chat);
}

/* It loses its owner for good. The patron reads the first where a colleague can be asked, else the
 * second. */
static void chat_give_back(struct routing *routing, struct chat *chat, const char *cause,
                           const char *asking, const char *alone)
{
    if (chat->home->index == NO_INDEX)
        chat_close(routing, chat, END_REMOVED, RESOLUTION_NONE, NULL);
    else
        chat_wait_again(routing, chat, cause, chat_has_others(routing, chat) ? asking : alone);
}

void chat_return(struct routing *routing, struct chat *chat)
{
    chat_give_back(routing, chat, "lost",
                   "One moment, please: the librarian's connection was lost. "
                   "We are looking for a colleague.",
                   "The librarian's connection was lost.");
}

void chat_take_away(struct routing *routing, struct chat *chat)
{
    chat_give_back(routing, chat, "removed",
                   "One moment, please: the librarian had to leave. "
                   "We are looking for a colleague.",
                   "The librarian had to leave.");
}

void chat_silent(struct routing *routing, struct chat *chat)
{
    struct operator *owner = chat->owner;
    struct queue *via = queue_by_id(routing, chat->answering);

    if (chat->transfer != NULL || !chat_has_others(routing, chat)) {
        chat->silent_at = routing->event->at; /* look again later */
        return;
    }
    chat_wait_again(routing, chat, "silent",
                    "Thank you for your patience. We are asking a colleague, too.");
    if (via == NULL || via->index == NO_INDEX)
        via = chat->home; /* removed since, perhaps: the owner came from there to help */
    struct offer *offer = offer_new(chat, owner, via);
    offer->owners = true;
    offer_store(routing, offer, OFFER_OPEN);
    offer_say(routing, offer,
              "The patron has waited long for your answer, so this chat is offered to your "
              "colleagues, too. Answer here to go on with it.");
}

void chat_recalled(struct routing *routing)
{
    const struct event *event = routing->event;
    struct chat *chat = chat_by_number(routing, event->recalled.chat);

    if (chat == NULL || !chat->recalling)
        return;
    chat->recalling = false;
    lines_recalled(chat, event->recalled.lines, event->recalled.line_count);
    if (chat->transfer != NULL)
        transfer_offer(routing, chat);
    else
        chat_ask(routing, chat);
}

/* What both sides read at the end. */
static void chat_farewell(struct routing *routing, struct chat *chat, enum chat_end end)
{
    switch (end) {
    case END_OPERATOR:
        line_desk(routing, chat,
                  "The librarian has ended this chat. Thank you! "
                  "Just write again if there is anything else.");
        break;
    case END_PATRON:
        if (chat->owner != NULL)
            say_to_operator(routing, chat->owner, chat->address,
                            "The patron has left. This chat is over.");
        break;
    case END_IDLE:
        line_desk(routing, chat,
                  "This chat was closed, since nobody wrote for half an hour. "
                  "Just write again to start a new one.");
        if (chat->owner != NULL)
            say_to_operator(routing, chat->owner, chat->address,
                            "Nobody wrote for half an hour. This chat is over.");
        break;
    case END_REMOVED:
        line_desk(routing, chat, "This chat desk was closed for good. We are sorry.");
        break;
    case END_REFUSED:
        line_desk(routing, chat,
                  "Too many people are waiting just now. "
                  "Please try again in a few minutes.");
        break;
    case END_BLOCKED:
        line_desk(routing, chat,
                  "The librarian has ended this chat. If you need more help, "
                  "please visit the library.");
        break;
    case END_LEFT: /* what was kept was said just before */
        break;
    case END_NONE:
        abort();
    }
}

void chat_close(struct routing *routing, struct chat *chat, enum chat_end end,
                enum resolution resolution, struct operator *actor)
{
    static const char *const end_names[] = {
        [END_NONE] = "",       [END_OPERATOR] = "operator", [END_PATRON] = "patron",
        [END_IDLE] = "idle",   [END_REFUSED] = "refused",   [END_REMOVED] = "removed",
        [END_BLOCKED] = "blocked",
        [END_LEFT] = "left",
    };

    chat_farewell(routing, chat, end);
    offers_end(routing, chat, NULL);
    chat_store(routing, chat, end, resolution);
    chat_act(routing, chat, ACT_CLOSED, actor, end_names[end]);
    routing->staff_changed = true;
    ended_remember(routing, chat->patron, &chat->entry, chat->recent_ids);
    chat_free(routing, chat);
}
