/* What an edit changed, in words that fit into a note. */
#include <stdlib.h>
#include <string.h>

#include "component/edit_private.h"
#include "policy/date.h"
#include "policy/hours_words.h"

enum { CHANGE_BYTES_MAX = 120 }; /* a longer value is not told, only that it changed */

struct teller {
    struct edit *edit;
    const char *text; /* so far */
    const char *what; /* "queue mobius-mobstate" */
    const char *key;  /* "ring seconds" */
};

static void tell(struct teller *teller, const char *line)
{
    teller->text = arena_printf(teller->edit->arena, "%s%s%s", teller->text,
                                teller->text[0] == '\0' ? "" : "\n",
                                edit_sentence(teller->edit, line));
}

#define TELL(teller, ...) tell(teller, arena_printf((teller)->edit->arena, __VA_ARGS__))

/* A value of one line that fits, else only that there is another. */
static void tell_value(struct teller *teller, const char *value)
{
    if (value == NULL || value[0] == '\0')
        TELL(teller, "%s: %s is now empty", teller->what, teller->key);
    else if (strlen(value) <= CHANGE_BYTES_MAX && strchr(value, '\n') == NULL)
        TELL(teller, "%s: %s is now %s", teller->what, teller->key, value);
    else
        TELL(teller, "%s: %s changed", teller->what, teller->key);
}

static const char *list_words(struct edit *edit, const char *const *list, size_t count)
{
    const char *words = count == 0 ? "nobody" : "";

    for (size_t i = 0; i < count; i++)
        words = arena_printf(edit->arena, "%s%s%s", words, i > 0 ? ", " : "", list[i]);
    return words;
}

static void tell_hours(struct teller *teller, const struct hours *hours)
{
    struct edit *edit = teller->edit;

    if (!hours->given)
        TELL(teller, "%s: %s are now inherited", teller->what, teller->key);
    else if (hours->count == 0)
        TELL(teller, "%s: %s are now none", teller->what, teller->key);
    else
        TELL(teller, "%s: %s are now %s", teller->what, teller->key,
             hours_words(edit->arena, hours, "", HOURS_FOR_COLLEAGUES));
}

/* Of two lists of closures: those of `list` that `other` has not just so. */
static void tell_closures(struct teller *teller, const char *words, const struct closures *list,
                          const struct closures *other)
{
    struct edit *edit = teller->edit;
    int told = 0, more = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct closure *closure = &list->list[i];
        bool same = false;
        for (size_t k = 0; k < other->count; k++)
            same |= other->list[k].date == closure->date &&
                    edit_is(other->list[k].name, closure->name) &&
                    edit_is(edit_present_hours(edit, &other->list[k].hours),
                            edit_present_hours(edit, &closure->hours));
        if (same)
            continue;
        if (told++ >= EDIT_COMPLAINTS_MAX) {
            more++;
            continue;
        }
        const char *hours = closure->special
                                ? edit_quote(edit, edit_present_hours(edit, &closure->hours))
                                : "closed";
        TELL(teller, "%s: %s %s, %s", teller->what, words,
             edit_present_date(edit, closure->date, closure->name), hours);
    }
    if (more > 0)
        TELL(teller, "%s: %s %d more dates", teller->what, words, more);
}

static void tell_coverage(struct teller *teller, const struct library_settings *library)
{
    if (library->covers_all_holidays)
        TELL(teller, "%s: the backup answers on all holidays", teller->what);
    else if (library->covered_count == 0)
        TELL(teller, "%s: the backup answers on no holiday", teller->what);
    else
        TELL(teller, "%s: the backup answers on %zu holiday%s", teller->what,
             library->covered_count, library->covered_count == 1 ? "" : "s");
}

static void tell_key(struct teller *teller, const struct settings_key *key, const void *old,
                     const void *new)
{
    const void *before = (const char *)old + key->offset, *after = (const char *)new + key->offset;

    switch (key->type) {
    case VALUE_TEXT:
        tell_value(teller, *(const char *const *)after);
        break;
    case VALUE_NUMBER:
        TELL(teller, "%s: %s is now %d, was %d", teller->what, teller->key, *(const int *)after,
             *(const int *)before);
        break;
    case VALUE_SWITCH:
        TELL(teller, "%s: %s is now %s", teller->what, teller->key,
             *(const bool *)after ? "on" : "off");
        break;
    case VALUE_STRATEGY:
        tell_value(teller, strategy_names[*(const enum strategy *)after]);
        break;
    case VALUE_HOURS:
        tell_hours(teller, after);
        break;
    case VALUE_CLOSURES:
        tell_closures(teller, "no longer on", before, after);
        tell_closures(teller, "on", after, before);
        break;
    case VALUE_TEXTS:
        TELL(teller, "%s: %s are now %s", teller->what,
             edit_is(key->key, "admins") ? "administrators" : teller->key,
             list_words(teller->edit, *(const char *const *const *)after,
                        *(const size_t *)(const void *)((const char *)new + key->count_offset)));
        break;
    case VALUE_COVERAGE:
        tell_coverage(teller, new);
        break;
    case VALUE_CALENDAR:
    case VALUE_DATES:
    case VALUE_ADDED:
    case VALUE_REMOVED:
    case VALUE_CANNED:
    case VALUE_NOTICES:
        TELL(teller, "%s: %s changed", teller->what, teller->key);
        break;
    }
}

static void tell_keys(struct teller *teller, const struct settings_kind *kind, const void *old,
                      const void *new)
{
    struct edit *edit = teller->edit;

    teller->what = kind == &settings_consortium_kind
                       ? "consortium"
                       : arena_printf(edit->arena, "%s %s", kind->word, thing_name(kind, new));
    for (size_t i = 0; i < kind->key_count; i++) {
        const struct settings_key *key = &kind->keys[i];
        char *words = arena_strdup(edit->arena, key->key);
        for (char *at = words; *at != '\0'; at++)
            if (*at == '_' || *at == '.')
                *at = ' ';
        teller->key = words;
        if (!value_equal(key, old, new))
            tell_key(teller, key, old, new);
    }
}

static void tell_things(struct teller *teller, const struct settings_kind *kind,
                        const struct consortium *before, const struct consortium *after)
{
    struct settings_walk walk = {.kind = kind, .old = before, .new = after};
    const void *old, *new;

    while (walk_next(&walk, &old, &new)) {
        if (old != NULL && new != NULL)
            tell_keys(teller, kind, old, new);
        else
            TELL(teller, "%s %s %s", kind->word, thing_name(kind, old == NULL ? new : old),
                 old == NULL ? "is new" : "is removed");
    }
}

/* Names that things with the same id have now. Few are looked for: those whose own are gone. */
static void tell_names(struct teller *teller, const struct settings_kind *kind,
                       const struct consortium *before, const struct consortium *after)
{
    struct settings_walk walk = {.kind = kind, .old = before, .new = after};
    const void *old, *new;

    while (walk_next(&walk, &old, &new)) {
        if (old == NULL || new != NULL)
            continue;
        int64_t id = thing_id(kind, old);
        const char *name = id == 0 ? NULL : consortium_name(after, kind, id);
        if (name != NULL)
            TELL(teller, "%s %s is now %s", kind->word, thing_name(kind, old), name);
    }
}

const char *edit_say_changes(struct edit *edit)
{
    struct teller teller = {.edit = edit, .text = ""};
    struct consortium *renamed = consortium_renamed(edit->request.before, edit->copy);

    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        tell_names(&teller, settings_kinds[i], edit->request.before, edit->copy);
    tell_keys(&teller, &settings_consortium_kind, renamed, edit->copy);
    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        tell_things(&teller, settings_kinds[i], renamed, edit->copy);
    consortium_free(renamed);
    return teller.text;
}
