/* names.c: short names for people and chats, so that a scenario reads like a story. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/scenario/world.h"

/* The part of an operator's name behind the last hyphen. */
static const char *last_part(const char *name)
{
    const char *hyphen = strrchr(name, '-');

    return hyphen == NULL ? name : hyphen + 1;
}

/* Of the settings of now, else of those before: who was removed is still somebody. */
static const struct operator_settings *operator_named(const struct world *world,
                                                      const char *person)
{
    const struct consortium *both[] = {world->settings, world->settings_before};

    for (int when = 0; when < 2; when++)
        for (size_t i = 0; both[when] != NULL && i < both[when]->operator_count; i++)
            if (strcmp(last_part(both[when]->operators[i].name), person) == 0)
                return &both[when]->operators[i];
    return NULL;
}

static const struct operator_settings *operator_with_account(const struct world *world,
                                                             const char *jid, size_t length)
{
    const struct consortium *both[] = {world->settings, world->settings_before};

    for (int when = 0; when < 2; when++) {
        for (size_t i = 0; both[when] != NULL && i < both[when]->operator_count; i++) {
            const struct operator_settings *operator = &both[when]->operators[i];
            if (strlen(operator->account) == length &&
                strncmp(operator->account, jid, length) == 0)
                return operator;
        }
    }
    return NULL;
}

const char *name_to_jid(struct world *world, const char *name, const char **ret_resource)
{
    const char *slash = strchr(name, '/');
    const char *person =
        slash == NULL ? name : arena_strndup(world->memory, name, (size_t)(slash - name));

    *ret_resource = slash == NULL ? "desk" : slash + 1;
    const struct operator_settings *operator = operator_named(world, person);
    if (operator != NULL)
        return operator->account;
    if (slash == NULL)
        *ret_resource = "web";
    if (strchr(person, '@') != NULL)
        return person;
    return arena_printf(world->memory, "%s@guest.localhost", person);
}

const char *name_from_jid(struct world *world, const char *jid)
{
    size_t bare = strcspn(jid, "/");
    const char *at = strchr(jid, '@');

    const struct operator_settings *operator = operator_with_account(world, jid, bare);

    if (operator != NULL)
        return arena_printf(world->memory, "%s%s", last_part(operator->name),
                            strcmp(jid + bare, "/desk") == 0 ? "" : jid + bare);
    if (at != NULL && strncmp(at, "@guest.localhost", bare - (size_t)(at - jid)) == 0)
        return arena_printf(world->memory, "%.*s%s", (int)(at - jid), jid,
                            strcmp(jid + bare, "/web") == 0 ? "" : jid + bare);
    return jid;
}

const char *address_from_alias(struct world *world, const char *alias)
{
    if (alias[0] != '#')
        return alias;
    for (int i = 0; i < world->stored->chat_count; i++)
        if (world->stored->chats[i].number == strtoll(alias + 1, NULL, 10))
            return world->stored->chats[i].address;
    return alias;
}

const char *address_to_alias(struct world *world, const char *address)
{
    for (int i = 0; i < world->stored->chat_count; i++)
        if (strcmp(world->stored->chats[i].address, address) == 0)
            return arena_printf(world->memory, "#%lld",
                                (long long)world->stored->chats[i].number);
    return address;
}

const char *line_alias(struct world *world, const char *id)
{
    size_t length = strcspn(id, "-");

    for (int i = 0; i < world->stored->chat_count; i++) {
        const struct chat_record *chat = &world->stored->chats[i];
        if (strlen(chat->code) == length && strncmp(chat->code, id, length) == 0)
            return arena_printf(world->memory, "#%lld%s", (long long)chat->number, id + length);
    }
    return id;
}

const char *operator_alias(struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->settings->operator_count; i++)
        if (world->settings->operators[i].id == id)
            return last_part(world->settings->operators[i].name);
    return id == 0 ? "nobody" : "somebody";
}

const char *queue_alias(struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->settings->queue_count; i++)
        if (world->settings->queues[i].id == id)
            return world->settings->queues[i].name;
    return id == 0 ? "none" : "a removed queue";
}

const char *library_alias(const struct world *world, int64_t id)
{
    for (size_t i = 0; i < world->settings->library_count; i++)
        if (world->settings->libraries[i].id == id)
            return world->settings->libraries[i].name;
    return "a removed library";
}
