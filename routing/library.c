/* library.c: what somebody who answers has to know of the library that a patron wrote to. */
#include <string.h>

#include "policy/arena.h"
#include "policy/hours_words.h"
#include "policy/profile.h"
#include "routing/routing_private.h"

int library_index(const struct routing *routing, int64_t id)
{
    const struct consortium *settings = routing->settings;

    for (size_t i = 0; i < settings->library_count; i++)
        if (settings->libraries[i].id == id)
            return (int)i;
    return NO_INDEX;
}

const char *library_title(const struct routing *routing, int library)
{
    const struct consortium *settings = routing->settings;
    const char *title = library == NO_INDEX ? settings->title : settings->libraries[library].title;

    if (title[0] != '\0')
        return title;
    return library == NO_INDEX ? settings->name : settings->libraries[library].name;
}

struct profile library_queue_profile(const struct routing *routing, const struct queue *queue)
{
    if (queue->index != NO_INDEX)
        return profile_of_queue(routing->settings, queue->index);
    return profile_of_library(routing->settings, library_index(routing, queue->library));
}

/* The desk's words come before the patron's, so that nobody can write a notice of their own. */
const char *library_introduce(struct routing *routing, const struct offer *offer)
{
    struct arena *arena = routing->out->arena;
    const struct queue *home = offer->chat->home;
    int library = library_index(routing, home->library);
    const char *text = "", *urgent = notices_show(routing, offer->operator, library);

    if (offer->operator->library != home->library) {
        struct profile profile = library_queue_profile(routing, home);
        text = profile_short(arena, library_title(routing, library), &profile);
        if (text[0] != '\0')
            text = arena_printf(arena, "%s (!profile shows more)", text);
    }
    if (text[0] == '\0' || urgent[0] == '\0')
        return text[0] == '\0' ? urgent : text;
    return arena_printf(arena, "%s\n%s", text, urgent);
}

static const char *line_add(struct arena *arena, const char *text, const char *word,
                            const char *value)
{
    return value[0] == '\0' ? text : arena_printf(arena, "%s\n%s%s", text, word, value);
}

static const char *profile_lines(struct routing *routing, const char *head, const char *hours,
                                 const struct profile *profile, int library)
{
    struct arena *arena = routing->out->arena;
    const char *text = line_add(arena, head, "", profile->text);

    text = line_add(arena, text, "Hours: ", hours);
    text = line_add(arena, text, "Phone: ", profile->phone);
    text = line_add(arena, text, "Link: ", profile->link);
    text = line_add(arena, text, "Policies: ", profile->policies);
    return line_add(arena, text, "", notices_active(routing, library));
}

const char *library_describe(struct routing *routing, int library)
{
    const struct library_settings *settings = &routing->settings->libraries[library];
    const struct hours *hours =
        settings->hours.given ? &settings->hours : &routing->settings->hours;
    struct arena *arena = routing->out->arena;
    struct profile profile = profile_of_library(routing->settings, library);

    return profile_lines(
        routing, arena_printf(arena, "%s (%s)", library_title(routing, library), settings->name),
        hours_words(arena, hours, "", HOURS_FOR_COLLEAGUES), &profile, library);
}

const char *library_describe_queue(struct routing *routing, int queue)
{
    const struct queue_settings *settings = &routing->settings->queues[queue];
    const char *library = library_title(routing, settings->library);
    struct arena *arena = routing->out->arena;
    struct profile profile = profile_of_queue(routing->settings, queue);
    bool own_title = settings->title[0] != '\0' && strcmp(settings->title, library) != 0;

    return profile_lines(
        routing,
        arena_printf(arena, "%s%s%s (%s)", own_title ? settings->title : "",
                     own_title ? ", " : "", library, settings->name),
        hours_words_of_queue(arena, routing->settings, queue, HOURS_FOR_COLLEAGUES), &profile,
        settings->library);
}
