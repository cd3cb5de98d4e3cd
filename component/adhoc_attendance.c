/* adhoc_attendance.c: who of those who answer requests for help is here, as presences tell. Whoever
 * comes is told what is open. */
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/clerk.h"
#include "component/database.h"
#include "component/help.h"
#include "component/log.h"
#include "policy/mem.h"

enum {
    RESOURCES_MAX = 8, /* of one account; nobody has more clients */
    /* Whoever loses the connection and comes back has read it. */
    GREETING_MS = 10 * 60 * 1000
};

/* Of an account that answers, or has: no more than there are such people. */
struct attendant {
    UT_hash_handle hh;
    char *resources[RESOURCES_MAX];
    int resource_count;
    bool greeted;
    int64_t greeted_at;
    char account[];
};

static bool answers(const struct consortium *settings, const char *account)
{
    return rights_holds(settings, account, RIGHT_HELP, NO_INDEX) ||
           rights_libraries(settings, account, RIGHT_HELP, NULL, 0) > 0;
}

static struct attendant *attendant_of(struct adhoc *adhoc, const char *account)
{
    struct attendant *attendant;
    size_t length = strlen(account);

    HASH_FIND_STR(adhoc->attendants, account, attendant);
    if (attendant != NULL)
        return attendant;
    attendant = mem_new(sizeof *attendant + length + 1);
    memcpy(attendant->account, account, length + 1);
    HASH_ADD_STR(adhoc->attendants, account, attendant);
    return attendant;
}

static void resource_remove(struct attendant *attendant, int i)
{
    free(attendant->resources[i]);
    attendant->resources[i] = attendant->resources[--attendant->resource_count];
}

/* Each presence comes once from every address of ours that is a contact. */
static void resource_note(struct attendant *attendant, const char *resource, bool comes)
{
    for (int i = attendant->resource_count - 1; i >= 0; i--) {
        bool is_it = strcmp(attendant->resources[i], resource) == 0;
        if (is_it && comes)
            return;
        if (is_it || (!comes && resource[0] == '\0'))
            resource_remove(attendant, i);
    }
    if (comes && attendant->resource_count < RESOURCES_MAX)
        attendant->resources[attendant->resource_count++] = mem_strdup(resource);
}

/* --- the greeting --- */

struct greeting {
    struct adhoc *adhoc;
    struct arena *arena; /* with this itself */
    int64_t consortium, count;
    const char *account, *zone, *since;
    bool known;
    struct error error;
};

/* In the clerk's thread. */
static void greeting_work(PGconn *database, void *context)
{
    struct greeting *greeting = context;
    struct error *error = &greeting->error;

    greeting->known = database_run(database, "BEGIN READ ONLY", error) &&
                      database_run(database, "SET LOCAL ROLE deskbell_settings", error) &&
                      help_waiting(database, greeting->consortium, greeting->account,
                                   greeting->zone, greeting->arena, &greeting->count,
                                   &greeting->since, error) &&
                      database_run(database, "COMMIT", error);
}

static void greeting_done(void *context, enum clerk_end end)
{
    struct greeting *greeting = context;
    const struct adhoc_desk *desk = &greeting->adhoc->desk;

    if (end == CLERK_DONE && !greeting->known)
        log_error("cannot look for requests for help: %s", greeting->error.text);
    if (desk->clerk != NULL && greeting->known && greeting->count > 0)
        desk->tell(desk->context, greeting->account,
                   arena_printf(greeting->arena,
                                "%lld request%s for help wait%s for you, since %s. See "
                                "'help-requests'.",
                                (long long)greeting->count, greeting->count == 1 ? "" : "s",
                                greeting->count == 1 ? "s" : "", greeting->since));
    arena_free(greeting->arena);
}

/* Without room for the job it is said when the person comes again. */
static void greet(struct adhoc *adhoc, struct attendant *attendant)
{
    struct arena *arena;
    struct greeting *greeting;

    if (adhoc->desk.clerk == NULL ||
        (attendant->greeted && adhoc->at - attendant->greeted_at < GREETING_MS))
        return;
    arena = arena_new();
    greeting = arena_alloc(arena, sizeof *greeting);
    greeting->adhoc = adhoc;
    greeting->arena = arena;
    greeting->consortium = adhoc->settings->id;
    greeting->account = arena_strdup(arena, attendant->account);
    greeting->zone = arena_strdup(arena, adhoc->settings->zone->name);
    attendant->greeted = clerk_submit(
        adhoc->desk.clerk, &(struct clerk_job){greeting_work, greeting_done, greeting});
    attendant->greeted_at = adhoc->at;
    if (!attendant->greeted)
        arena_free(arena);
}

/* --- */

void adhoc_presence(struct adhoc *adhoc, const struct event *event)
{
    bool comes = event->type == EVENT_PRESENCE && event->presence.show != SHOW_UNAVAILABLE;
    struct attendant *attendant = NULL;

    if (event->type != EVENT_PRESENCE || adhoc->settings == NULL)
        return;
    if (!answers(adhoc->settings, event->from))
        return;
    attendant = attendant_of(adhoc, event->from);
    bool was_here = attendant->resource_count > 0;
    resource_note(attendant, event->resource == NULL ? "" : event->resource, comes);
    if (comes && !was_here)
        greet(adhoc, attendant);
}

static void probe_send(struct adhoc *adhoc, const char *account)
{
    struct xml_out out;

    xml_out_init(&out);
    xml_out_raw(&out, "<presence type='probe'");
    xml_out_attribute(&out, "from", adhoc->desk.domain);
    xml_out_attribute(&out, "to", account);
    xml_out_raw(&out, "/>");
    adhoc->desk.send(adhoc->desk.context, &out);
    xml_out_release(&out);
}

void adhoc_stream_up(struct adhoc *adhoc)
{
    const struct consortium *settings = adhoc->settings;

    if (settings == NULL || adhoc->desk.send == NULL)
        return;
    for (size_t i = 0; i < settings->coordinator_count; i++)
        probe_send(adhoc, settings->coordinators[i]);
    for (size_t i = 0; i < settings->library_count; i++)
        for (size_t k = 0; k < settings->libraries[i].admin_count; k++)
            probe_send(adhoc, settings->libraries[i].admins[k]);
}

void attendance_forget(struct adhoc *adhoc)
{
    struct attendant *attendant, *next;

    HASH_ITER(hh, adhoc->attendants, attendant, next)
    {
        while (attendant->resource_count > 0)
            resource_remove(attendant, attendant->resource_count - 1);
    }
}

void attendance_free(struct adhoc *adhoc)
{
    struct attendant *attendant, *next;

    attendance_forget(adhoc);
    HASH_ITER(hh, adhoc->attendants, attendant, next)
    {
        HASH_DEL(adhoc->attendants, attendant);
        free(attendant);
    }
}

void attendance_copy(const struct adhoc *adhoc, struct admin *admin)
{
    const struct attendant *attendant;
    const char **here =
        arena_alloc(admin->arena, (HASH_COUNT(adhoc->attendants) + 1) * sizeof *here);

    for (attendant = adhoc->attendants; attendant != NULL; attendant = attendant->hh.next)
        if (attendant->resource_count > 0)
            here[admin->here_count++] = arena_strdup(admin->arena, attendant->account);
    admin->here = here;
}
