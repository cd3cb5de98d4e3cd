/* adhoc_session.c: commands under way, and words that are waited for. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "component/adhoc_private.h"
#include "policy/arena.h"
#include "policy/mem.h"

static void session_id_new(char id[SESSION_ID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[(SESSION_ID_SIZE - 1) / 2];

    if (getentropy(random, sizeof random) != 0)
        abort();
    for (size_t i = 0; i < sizeof random; i++) {
        id[2 * i] = digits[random[i] >> 4];
        id[2 * i + 1] = digits[random[i] & 15];
    }
    id[SESSION_ID_SIZE - 1] = '\0';
}

void session_forget(struct session *session)
{
    session->fetched_arena = arena_free(session->fetched_arena);
    session->fetched = NULL;
    session->fetched_step = -1;
    free(session->preview);
    session->preview = NULL;
}

struct session *session_by_job(struct adhoc *adhoc, const char *id, int64_t job)
{
    struct session *session;

    HASH_FIND_STR(adhoc->sessions, id, session);
    return session != NULL && session->job == job ? session : NULL;
}

void session_end(struct adhoc *adhoc, struct session *session)
{
    HASH_DEL(adhoc->sessions, session);
    TAILQ_REMOVE(&adhoc->by_age, session, entry);
    for (int i = 0; i < COMMAND_FIELDS_MAX; i++)
        free(session->values[i]);
    free(session->jid);
    free(session->account);
    free(session->address);
    free(session->chat);
    free(session->library);
    session_forget(session);
    free(session);
}

void sessions_free(struct adhoc *adhoc)
{
    while (!TAILQ_EMPTY(&adhoc->by_age))
        session_end(adhoc, TAILQ_FIRST(&adhoc->by_age));
}

/* The account's oldest goes when it has as many as it may; else the oldest of all. Expired ones
 * are kept until then, to be told from those that never were. */
static void room_make(struct adhoc *adhoc, const char *account)
{
    struct session *session, *oldest = NULL;
    int count = 0;

    TAILQ_FOREACH(session, &adhoc->by_age, entry)
    {
        if (strcmp(session->account, account) != 0)
            continue;
        if (count++ == 0)
            oldest = session;
    }
    if (count >= SESSIONS_PER_ACCOUNT_MAX)
        session_end(adhoc, oldest);
    else if (HASH_COUNT(adhoc->sessions) >= SESSIONS_MAX)
        session_end(adhoc, TAILQ_FIRST(&adhoc->by_age));
}

struct session *session_new(struct adhoc *adhoc, const struct adhoc_request *request,
                            const struct command *command)
{
    room_make(adhoc, request->account);
    struct session *session = mem_new(sizeof *session);

    session_id_new(session->id);
    session->jid = mem_strdup(request->jid);
    session->account = mem_strdup(request->account);
    session->address = mem_strdup(request->address);
    session->command = command;
    session->began = adhoc->at;
    session->step = session->fetched_step = -1;
    HASH_ADD_STR(adhoc->sessions, id, session);
    TAILQ_INSERT_TAIL(&adhoc->by_age, session, entry);
    assert(HASH_COUNT(adhoc->sessions) <= SESSIONS_MAX);
    return session;
}

enum session_state session_find(struct adhoc *adhoc, const struct adhoc_request *request,
                                const struct command *command, const char *id,
                                struct session **ret)
{
    struct session *session;

    HASH_FIND_STR(adhoc->sessions, id, session);
    if (session == NULL || session->command != command ||
        strcmp(session->jid, request->jid) != 0 ||
        strcmp(session->address, request->address) != 0)
        return SESSION_UNKNOWN;
    if (adhoc->at - session->began >= SESSION_MS_MAX) {
        session_end(adhoc, session);
        return SESSION_EXPIRED;
    }
    *ret = session;
    return SESSION_FINE;
}

void pending_clear(struct pending *pending)
{
    free(pending->to);
    free(pending->jid);
    free(pending->id);
    free(pending->node);
    free(pending->text);
    memset(pending, 0, sizeof *pending);
}

int64_t pending_add(struct adhoc *adhoc, const struct adhoc_request *request,
                    const struct session *session)
{
    struct pending *pending = &adhoc->pending[++adhoc->tag % PENDING_MAX];

    pending_clear(pending);
    pending->tag = adhoc->tag;
    pending->to = mem_strdup(request->to);
    pending->jid = mem_strdup(request->jid);
    pending->id = request->id == NULL ? NULL : mem_strdup(request->id);
    pending->node = mem_strdup(session->command->node);
    memcpy(pending->session, session->id, sizeof pending->session);
    return pending->tag;
}

struct pending *pending_find(struct adhoc *adhoc, int64_t tag)
{
    struct pending *pending = &adhoc->pending[tag % PENDING_MAX];

    return tag > 0 && pending->tag == tag ? pending : NULL;
}
