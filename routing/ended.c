/* ended.c: ids of chats that have just ended. A line whose receipt was lost is repeated, and would
 * begin a new chat with what the old one has. */
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

enum {
    ENDED_CHATS = 256,
    /* A widget repeats within seconds of being connected again. Longer, and somebody who has the
     * same to say again in a new chat, with a client that counts its ids from one, is not heard. */
    ENDED_MS = 2 * 60 * 1000
};

struct ended {
    struct {
        char *patron;
        int serial; /* of what the patron wrote to */
        msec_t at;  /* monotonic */
        uint64_t ids[RECENT_IDS];
    } chats[ENDED_CHATS]; /* ring */
    int next;
};

struct ended *ended_new(void)
{
    return mem_new(sizeof(struct ended));
}

struct ended *ended_free(struct ended *ended)
{
    for (int i = 0; ended != NULL && i < ENDED_CHATS; i++)
        free(ended->chats[i].patron);
    free(ended);
    return NULL;
}

static int entry_serial(const struct entry *entry)
{
    return entry->queue != NULL ? entry->queue->serial : entry->operator->serial;
}

void ended_remember(struct routing *routing, const char *patron, const struct entry *entry,
                    const uint64_t ids[RECENT_IDS])
{
    struct ended *ended = routing->ended;
    int place = ended->next;

    free(ended->chats[place].patron);
    ended->chats[place].patron = mem_strdup(patron);
    ended->chats[place].serial = entry_serial(entry);
    ended->chats[place].at = routing->event->at;
    memcpy(ended->chats[place].ids, ids, sizeof ended->chats[place].ids);
    ended->next = (place + 1) % ENDED_CHATS;
}

bool ended_has(const struct routing *routing, const struct entry *entry, const char *stanza_id,
               const char *body)
{
    const struct event *event = routing->event;
    const struct ended *ended = routing->ended;

    for (int i = 0; i < ENDED_CHATS; i++)
        if (ended->chats[i].patron != NULL && event->at - ended->chats[i].at < ENDED_MS &&
            ended->chats[i].serial == entry_serial(entry) &&
            strcmp(ended->chats[i].patron, event->from) == 0 &&
            ids_have(ended->chats[i].ids, stanza_id, body))
            return true;
    return false;
}
