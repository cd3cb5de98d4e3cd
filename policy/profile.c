#include "policy/profile.h"

#include <string.h>

#include "policy/arena.h"

static const char *first_given(const char *own, const char *library, const char *consortium)
{
    if (own != NULL)
        return own;
    if (library != NULL)
        return library;
    return consortium != NULL ? consortium : "";
}

static struct profile profile_inherit(const struct profile *own, const struct profile *library,
                                      const struct profile *consortium)
{
    return (struct profile){
        .text = first_given(own->text, library->text, consortium->text),
        .link = first_given(own->link, library->link, consortium->link),
        .phone = first_given(own->phone, library->phone, consortium->phone),
        .policies = first_given(own->policies, library->policies, consortium->policies),
    };
}

struct profile profile_of_queue(const struct consortium *consortium, int queue)
{
    const struct queue_settings *settings = &consortium->queues[queue];

    return profile_inherit(&settings->profile, &consortium->libraries[settings->library].profile,
                           &consortium->profile);
}

struct profile profile_of_library(const struct consortium *consortium, int library)
{
    const struct profile none = {.text = NULL};

    return profile_inherit(&none,
                           library == NO_INDEX ? &none : &consortium->libraries[library].profile,
                           &consortium->profile);
}

/* Bytes of the first `max` characters of valid UTF-8. */
static size_t characters_bytes(const char *text, int max)
{
    size_t bytes = 0;

    for (; text[bytes] != '\0' && max > 0; max--)
        for (bytes++; ((unsigned char)text[bytes] & 0xc0) == 0x80;)
            bytes++;
    return bytes;
}

/* In one line, and when it is too long, up to the end of a word if one ends in its second half. */
static const char *text_short(struct arena *arena, const char *text)
{
    size_t bytes = characters_bytes(text, PROFILE_SHORT_CHARACTERS);
    bool cut = text[bytes] != '\0';
    char *line = arena_strndup(arena, text, bytes);

    for (char *at = line; *at != '\0'; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    if (!cut)
        return line;
    char *space = strrchr(line, ' ');
    if (text[bytes] != ' ' && space != NULL && (size_t)(space - line) > bytes / 2)
        *space = '\0';
    return arena_printf(arena, "%s...", line);
}

/* What joins the next part to what is there: a sentence has its own end. */
static const char *text_gap(const char *line)
{
    size_t length = strlen(line);

    if (length == 0)
        return "";
    return strchr(".!?", line[length - 1]) != NULL ? " " : ", ";
}

const char *profile_short(struct arena *arena, const char *title, const struct profile *profile)
{
    const char *parts[] = {text_short(arena, profile->text), profile->phone, profile->link};
    const char *line = "";

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i][0] != '\0')
            line = arena_printf(arena, "%s%s%s", line, text_gap(line), parts[i]);
    return line[0] == '\0' ? "" : arena_printf(arena, "%s: %s", title, line);
}

bool profile_is_link(const char *text)
{
    const char *host = NULL;

    if (strncmp(text, "https://", 8) == 0)
        host = text + 8;
    else if (strncmp(text, "http://", 7) == 0)
        host = text + 7;
    if (host == NULL || host[0] == '\0' || strchr("/:?#", host[0]) != NULL)
        return false;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        if (*at <= ' ' || *at == 0x7f || strchr("\"'<>`\\", *at) != NULL)
            return false;
    return true;
}
