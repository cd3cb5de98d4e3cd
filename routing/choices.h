/* choices.h: what somebody can choose from: the lists behind !who and !wait, for forms.
 *
 * Questions between two steps: they change nothing and send nothing. A list and its strings live
 * in the asker's arena and are true until the next step; whoever acts on them sends an EVENT_WORD,
 * which looks again. */
#ifndef DESKBELL_ROUTING_CHOICES_H
#define DESKBELL_ROUTING_CHOICES_H

#include "routing/routing.h"

/* More would not be read; a form of so many is about 40 KB, which servers let through. */
enum { CHOICES_MAX = 300 };

struct choice {
    const char *value; /* what the word takes */
    const char *label; /* what a person reads */
    const char *library; /* of a transfer's target that is another library's than the chat: that
                            library's title; else NULL */
};

struct choices {
    size_t count; /* at most CHOICES_MAX */
    size_t total; /* with those that had no room */
    size_t capacity;
    struct choice *list;
};

/* Who asks, and when. */
struct asker {
    struct routing *routing;
    const char *account; /* bare JID */
    msec_t wall;
    struct arena *arena;
};

/* What somebody has to do with a chat. */
enum chat_part {
    PART_ANY,     /* one of the next two */
    PART_OWNER,
    PART_OFFERED, /* and not declined */
    PART_HANDING  /* the owner, while it offers the chat to somebody else */
};

bool asker_is_operator(const struct asker *asker);
bool asker_answers_queue(const struct asker *asker, const char *queue);
/* Of the chat with that address: the library's title that it belongs to; NULL when the asker has
 * not that part in it, or there is none. */
const char *asker_chat_library(const struct asker *asker, const char *address,
                               enum chat_part part);

/* The asker's chats by address; its own before those that it is offered. */
void choices_chats(const struct asker *asker, enum chat_part part, struct choices *ret);
/* The queues that the asker answers, by name. */
void choices_queues(const struct asker *asker, struct choices *ret);
/* Who can take a transfer, by name: the asker's own library first. `address` is the chat's. */
void choices_targets(const struct asker *asker, const char *address, struct choices *ret);
/* Chats that wait for the asker, by ID: the longest wait first. */
void choices_waiting(const struct asker *asker, struct choices *ret);
/* Open items that the asker can do, by ID. */
void choices_todo(const struct asker *asker, struct choices *ret);

/* Adds one; copies nothing. */
void choices_add(struct choices *choices, struct arena *arena, struct choice choice);

#endif
