#include "component/settings_value.h"

#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/date.h"
#include "policy/hours.h"
#include "policy/notice.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const strategy_names[] = {"all", "least-busy", "round-robin", NULL};
const char *const holiday_dates_names[] = {"observed", "actual", "both", NULL};

#define IN_CONSORTIUM(field) offsetof(struct consortium, field)
#define IN_LIBRARY(field) offsetof(struct library_settings, field)
#define IN_QUEUE(field) offsetof(struct queue_settings, field)
#define IN_OPERATOR(field) offsetof(struct operator_settings, field)
#define IN_SNIPPET(field) offsetof(struct snippet_settings, field)

static const struct settings_key consortium_rows[] = {
    {"title", CONSORTIUM_TITLE, VALUE_TEXT, IN_CONSORTIUM(title), 0},
    {"timezone", CONSORTIUM_TIMEZONE, VALUE_TEXT, IN_CONSORTIUM(timezone), 0},
    {"coordinators", CONSORTIUM_COORDINATORS, VALUE_TEXTS, IN_CONSORTIUM(coordinators),
     IN_CONSORTIUM(coordinator_count)},
    {"hours", CONSORTIUM_HOURS, VALUE_HOURS, IN_CONSORTIUM(hours), 0},
    {"closures", CONSORTIUM_CLOSURES, VALUE_CLOSURES, IN_CONSORTIUM(closures), 0},
    {"holidays.calendar", CONSORTIUM_HOLIDAYS_CALENDAR, VALUE_CALENDAR, IN_CONSORTIUM(holidays), 0},
    {"holidays.dates", CONSORTIUM_HOLIDAYS_DATES, VALUE_DATES, IN_CONSORTIUM(holidays), 0},
    {"holidays.add", CONSORTIUM_HOLIDAYS_ADD, VALUE_ADDED, IN_CONSORTIUM(holidays), 0},
    {"holidays.remove", CONSORTIUM_HOLIDAYS_REMOVE, VALUE_REMOVED, IN_CONSORTIUM(holidays), 0},
    {"backup.queue", CONSORTIUM_BACKUP_QUEUE, VALUE_TEXT, IN_CONSORTIUM(backup_queue), 0},
    {"backup.hours", CONSORTIUM_BACKUP_HOURS, VALUE_HOURS, IN_CONSORTIUM(backup_hours), 0},
    {"profile.text", CONSORTIUM_PROFILE_TEXT, VALUE_TEXT, IN_CONSORTIUM(profile.text), 0},
    {"profile.link", CONSORTIUM_PROFILE_LINK, VALUE_TEXT, IN_CONSORTIUM(profile.link), 0},
    {"profile.phone", CONSORTIUM_PROFILE_PHONE, VALUE_TEXT, IN_CONSORTIUM(profile.phone), 0},
    {"profile.policies", CONSORTIUM_PROFILE_POLICIES, VALUE_TEXT, IN_CONSORTIUM(profile.policies),
     0},
    {"canned", CONSORTIUM_CANNED, VALUE_CANNED, IN_CONSORTIUM(canned), 0},
    {"notices", CONSORTIUM_NOTICES, VALUE_NOTICES, IN_CONSORTIUM(notices), 0},
};

static const struct settings_key library_rows[] = {
    {"title", LIBRARY_TITLE, VALUE_TEXT, IN_LIBRARY(title), 0},
    {"admins", LIBRARY_ADMINS, VALUE_TEXTS, IN_LIBRARY(admins), IN_LIBRARY(admin_count)},
    {"timezone", LIBRARY_TIMEZONE, VALUE_TEXT, IN_LIBRARY(timezone), 0},
    {"holiday_coverage", LIBRARY_HOLIDAY_COVERAGE, VALUE_COVERAGE, 0, 0},
    {"hours", LIBRARY_HOURS, VALUE_HOURS, IN_LIBRARY(hours), 0},
    {"closures", LIBRARY_CLOSURES, VALUE_CLOSURES, IN_LIBRARY(closures), 0},
    {"profile.text", LIBRARY_PROFILE_TEXT, VALUE_TEXT, IN_LIBRARY(profile.text), 0},
    {"profile.link", LIBRARY_PROFILE_LINK, VALUE_TEXT, IN_LIBRARY(profile.link), 0},
    {"profile.phone", LIBRARY_PROFILE_PHONE, VALUE_TEXT, IN_LIBRARY(profile.phone), 0},
    {"profile.policies", LIBRARY_PROFILE_POLICIES, VALUE_TEXT, IN_LIBRARY(profile.policies), 0},
    {"canned", LIBRARY_CANNED, VALUE_CANNED, IN_LIBRARY(canned), 0},
    {"notices", LIBRARY_NOTICES, VALUE_NOTICES, IN_LIBRARY(notices), 0},
};

static const struct settings_key queue_rows[] = {
    {"title", QUEUE_TITLE, VALUE_TEXT, IN_QUEUE(title), 0},
    {"rollover", QUEUE_ROLLOVER, VALUE_SWITCH, IN_QUEUE(rollover), 0},
    {"operators", QUEUE_OPERATORS, VALUE_TEXTS, IN_QUEUE(operators), IN_QUEUE(operator_count)},
    {"hours", QUEUE_HOURS, VALUE_HOURS, IN_QUEUE(hours), 0},
    {"closures", QUEUE_CLOSURES, VALUE_CLOSURES, IN_QUEUE(closures), 0},
    {"strategy", QUEUE_STRATEGY, VALUE_STRATEGY, IN_QUEUE(options.strategy), 0},
    {"ring_seconds", QUEUE_RING_SECONDS, VALUE_NUMBER, IN_QUEUE(options.ring_seconds), 0},
    {"offer_seconds", QUEUE_OFFER_SECONDS, VALUE_NUMBER, IN_QUEUE(options.offer_seconds), 0},
    {"chats_per_operator", QUEUE_CHATS_PER_OPERATOR, VALUE_NUMBER,
     IN_QUEUE(options.chats_per_operator), 0},
    {"idle_grace_seconds", QUEUE_IDLE_GRACE_SECONDS, VALUE_NUMBER,
     IN_QUEUE(options.idle_grace_seconds), 0},
    {"patron_grace_seconds", QUEUE_PATRON_GRACE_SECONDS, VALUE_NUMBER,
     IN_QUEUE(options.patron_grace_seconds), 0},
    {"silent_seconds", QUEUE_SILENT_SECONDS, VALUE_NUMBER, IN_QUEUE(options.silent_seconds), 0},
    {"holding_seconds", QUEUE_HOLDING_SECONDS, VALUE_NUMBER, IN_QUEUE(options.holding_seconds), 0},
    {"retention_days", QUEUE_RETENTION_DAYS, VALUE_NUMBER, IN_QUEUE(options.retention_days), 0},
    {"transcripts", QUEUE_TRANSCRIPTS, VALUE_SWITCH, IN_QUEUE(options.transcripts), 0},
    {"show_operator_name", QUEUE_SHOW_OPERATOR_NAME, VALUE_SWITCH,
     IN_QUEUE(options.show_operator_name), 0},
    {"welcome", QUEUE_WELCOME, VALUE_TEXT, IN_QUEUE(options.welcome), 0},
    {"holding_text", QUEUE_HOLDING_TEXT, VALUE_TEXT, IN_QUEUE(options.holding_text), 0},
    {"closed_text", QUEUE_CLOSED_TEXT, VALUE_TEXT, IN_QUEUE(options.closed_text), 0},
    {"profile.text", QUEUE_PROFILE_TEXT, VALUE_TEXT, IN_QUEUE(profile.text), 0},
    {"profile.link", QUEUE_PROFILE_LINK, VALUE_TEXT, IN_QUEUE(profile.link), 0},
    {"profile.phone", QUEUE_PROFILE_PHONE, VALUE_TEXT, IN_QUEUE(profile.phone), 0},
    {"profile.policies", QUEUE_PROFILE_POLICIES, VALUE_TEXT, IN_QUEUE(profile.policies), 0},
};

static const struct settings_key operator_rows[] = {
    {"title", OPERATOR_TITLE, VALUE_TEXT, IN_OPERATOR(title), 0},
    {"account", OPERATOR_ACCOUNT, VALUE_TEXT, IN_OPERATOR(account), 0},
};

static const struct settings_key snippet_rows[] = {
    {"queue", SNIPPET_QUEUE, VALUE_TEXT, IN_SNIPPET(queue), 0},
    {"accent", SNIPPET_ACCENT, VALUE_TEXT, IN_SNIPPET(accent), 0},
    {"side", SNIPPET_SIDE, VALUE_TEXT, IN_SNIPPET(side), 0},
    {"closed", SNIPPET_CLOSED, VALUE_TEXT, IN_SNIPPET(closed), 0},
    {"consent", SNIPPET_CONSENT, VALUE_SWITCH, IN_SNIPPET(consent), 0},
    {"consent_link", SNIPPET_CONSENT_LINK, VALUE_TEXT, IN_SNIPPET(consent_link), 0},
    {"questions", SNIPPET_QUESTIONS, VALUE_TEXT, IN_SNIPPET(questions), 0},
    {"texts", SNIPPET_TEXTS, VALUE_TEXT, IN_SNIPPET(texts), 0},
};

#define THINGS(plural, counted) IN_CONSORTIUM(plural), IN_CONSORTIUM(counted)

const struct settings_kind settings_consortium_kind = {
    "consortium",
    NO_FIELD,
    NO_FIELD,
    sizeof(struct consortium),
    IN_CONSORTIUM(name),
    IN_CONSORTIUM(id),
    NO_FIELD,
    IN_CONSORTIUM(given),
    NO_FIELD,
    consortium_rows,
    COUNT(consortium_rows),
};
const struct settings_kind settings_library_kind = {
    "library",
    THINGS(libraries, library_count),
    sizeof(struct library_settings),
    IN_LIBRARY(name),
    IN_LIBRARY(id),
    IN_LIBRARY(line),
    IN_LIBRARY(given),
    NO_FIELD,
    library_rows,
    COUNT(library_rows),
};
const struct settings_kind settings_queue_kind = {
    "queue",
    THINGS(queues, queue_count),
    sizeof(struct queue_settings),
    IN_QUEUE(name),
    IN_QUEUE(id),
    IN_QUEUE(line),
    IN_QUEUE(given),
    IN_QUEUE(library),
    queue_rows,
    COUNT(queue_rows),
};
const struct settings_kind settings_operator_kind = {
    "operator",
    THINGS(operators, operator_count),
    sizeof(struct operator_settings),
    IN_OPERATOR(name),
    IN_OPERATOR(id),
    IN_OPERATOR(line),
    IN_OPERATOR(given),
    IN_OPERATOR(library),
    operator_rows,
    COUNT(operator_rows),
};
const struct settings_kind settings_snippet_kind = {
    "snippet",
    THINGS(snippets, snippet_count),
    sizeof(struct snippet_settings),
    IN_SNIPPET(name),
    IN_SNIPPET(id),
    IN_SNIPPET(line),
    IN_SNIPPET(given),
    IN_SNIPPET(library),
    snippet_rows,
    COUNT(snippet_rows),
};

const struct settings_kind *const settings_kinds[SETTINGS_KIND_COUNT] = {
    &settings_library_kind,
    &settings_operator_kind,
    &settings_queue_kind,
    &settings_snippet_kind,
};

static const void *field_of(const void *thing, size_t offset)
{
    return (const char *)thing + offset;
}

const char *thing_name(const struct settings_kind *kind, const void *thing)
{
    return *(const char *const *)field_of(thing, kind->name);
}

int64_t thing_id(const struct settings_kind *kind, const void *thing)
{
    return *(const int64_t *)field_of(thing, kind->id);
}

unsigned thing_line(const struct settings_kind *kind, const void *thing)
{
    return kind->line == NO_FIELD ? 0 : *(const unsigned *)field_of(thing, kind->line);
}

uint32_t thing_given(const struct settings_kind *kind, const void *thing)
{
    return kind->given == NO_FIELD ? UINT32_MAX : *(const uint32_t *)field_of(thing, kind->given);
}

const char *thing_library(const struct settings_kind *kind, const struct consortium *consortium,
                          const void *thing)
{
    if (kind->library == NO_FIELD)
        return thing_name(kind, thing);
    return consortium->libraries[*(const int *)field_of(thing, kind->library)].name;
}

static const void *walk_at(const struct settings_kind *kind, const struct consortium *consortium,
                           size_t at)
{
    if (consortium == NULL || at >= *(const size_t *)field_of(consortium, kind->count))
        return NULL;
    return *(const char *const *)field_of(consortium, kind->array) + at * kind->size;
}

bool walk_next(struct settings_walk *walk, const void **ret_old, const void **ret_new)
{
    const void *old = walk_at(walk->kind, walk->old, walk->at_old);
    const void *new = walk_at(walk->kind, walk->new, walk->at_new);
    int order = 0;

    if (old == NULL || new == NULL)
        order = old == NULL ? 1 : -1;
    else
        order = strcmp(thing_name(walk->kind, old), thing_name(walk->kind, new));
    *ret_old = order <= 0 ? old : NULL;
    *ret_new = order >= 0 ? new : NULL;
    walk->at_old += *ret_old != NULL;
    walk->at_new += *ret_new != NULL;
    return *ret_old != NULL || *ret_new != NULL;
}

/* Writing */

void value_write_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\t')
            fputs("\\t", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void write_texts(FILE *out, const char *const *list, size_t count)
{
    fputs("[ ", out);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", out);
        value_write_quoted(out, list[i]);
    }
    fputs(count > 0 ? " ]" : "]", out);
}

static void write_hours(FILE *out, const struct hours *hours)
{
    char days[HOURS_DAYS_TEXT_SIZE], clock[HOURS_TIME_TEXT_SIZE];

    fputs("( ", out);
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        fputs(i > 0 ? ", { " : "{ ", out);
        if (window->days != 0)
            fprintf(out, "days = \"%s\"; ", hours_render_days(window->days, days));
        fprintf(out, "open = \"%s\"; ", hours_render_time(window->open, clock));
        fprintf(out, "close = \"%s\"; ", hours_render_time(window->close, clock));
        if (window->others_answer) {
            fputs("answered_by = ", out);
            write_texts(out, window->answered_by, window->answered_by_count);
            fputs("; ", out);
        }
        fputs("}", out);
    }
    fputs(hours->count > 0 ? " )" : ")", out);
}

static void write_closures(FILE *out, const struct closures *closures)
{
    char date[DATE_TEXT_SIZE];

    fputs("( ", out);
    for (size_t i = 0; i < closures->count; i++) {
        const struct closure *closure = &closures->list[i];
        fprintf(out, "%s{ date = \"%s\"; ", i > 0 ? ", " : "", date_print(closure->date, date));
        if (closure->name[0] != '\0') {
            fputs("name = ", out);
            value_write_quoted(out, closure->name);
            fputs("; ", out);
        }
        if (closure->special) {
            fputs("hours = ", out);
            write_hours(out, &closure->hours);
            fputs("; ", out);
        }
        fputs("}", out);
    }
    fputs(closures->count > 0 ? " )" : ")", out);
}

static void write_dates(FILE *out, const day_number *dates, size_t count)
{
    char date[DATE_TEXT_SIZE];

    fputs("[ ", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? ", " : "", date_print(dates[i], date));
    fputs(count > 0 ? " ]" : "]", out);
}

static void write_added(FILE *out, const struct holidays *holidays)
{
    char date[DATE_TEXT_SIZE];

    fputs("( ", out);
    for (size_t i = 0; i < holidays->added_count; i++) {
        const struct holiday *holiday = &holidays->added[i];
        fprintf(out, "%s{ date = \"%s\"; ", i > 0 ? ", " : "", date_print(holiday->date, date));
        if (holiday->name[0] != '\0') {
            fputs("name = ", out);
            value_write_quoted(out, holiday->name);
            fputs("; ", out);
        }
        fputs("}", out);
    }
    fputs(holidays->added_count > 0 ? " )" : ")", out);
}

static void write_canned(FILE *out, const struct canned_replies *canned)
{
    fputs("( ", out);
    for (size_t i = 0; i < canned->count; i++) {
        fprintf(out, "%s{ name = \"%s\"; text = ", i > 0 ? ", " : "", canned->list[i].name);
        value_write_quoted(out, canned->list[i].text);
        fputs("; }", out);
    }
    fputs(canned->count > 0 ? " )" : ")", out);
}

static void write_notices(FILE *out, const struct notices *notices)
{
    char until[NOTICE_UNTIL_TEXT_SIZE];

    fputs("( ", out);
    for (size_t i = 0; i < notices->count; i++) {
        fputs(i > 0 ? ", { text = " : "{ text = ", out);
        value_write_quoted(out, notices->list[i].text);
        fprintf(out, "; until = \"%s\"; }", notice_until_print(&notices->list[i], until));
    }
    fputs(notices->count > 0 ? " )" : ")", out);
}

static void write_coverage(FILE *out, const struct library_settings *library)
{
    if (library->covers_all_holidays || library->covered_count == 0)
        fputs(library->covers_all_holidays ? "true" : "false", out);
    else
        write_dates(out, library->covered, library->covered_count);
}

static void write_optional_hours(FILE *out, const struct hours *hours)
{
    if (hours->given)
        write_hours(out, hours);
}

static void write_text(FILE *out, const char *text)
{
    if (text != NULL)
        value_write_quoted(out, text);
}

void value_write(FILE *out, const struct settings_key *key, const void *thing)
{
    const void *field = (const char *)thing + key->offset;
    const struct holidays *holidays = field; /* for the keys that are theirs */

    switch (key->type) {
    case VALUE_TEXT:
        write_text(out, *(const char *const *)field);
        break;
    case VALUE_NUMBER:
        fprintf(out, "%d", *(const int *)field);
        break;
    case VALUE_SWITCH:
        fputs(*(const bool *)field ? "true" : "false", out);
        break;
    case VALUE_STRATEGY:
        write_text(out, strategy_names[*(const enum strategy *)field]);
        break;
    case VALUE_HOURS:
        write_optional_hours(out, field);
        break;
    case VALUE_CLOSURES:
        write_closures(out, field);
        break;
    case VALUE_TEXTS:
        write_texts(out, *(const char *const *const *)field,
                    *(const size_t *)(const void *)((const char *)thing + key->count_offset));
        break;
    case VALUE_COVERAGE:
        write_coverage(out, field);
        break;
    case VALUE_CALENDAR:
        write_text(out, holidays->federal ? "us-federal" : "none");
        break;
    case VALUE_DATES:
        write_text(out, holiday_dates_names[holidays->dates]);
        break;
    case VALUE_ADDED:
        write_added(out, field);
        break;
    case VALUE_REMOVED:
        write_dates(out, holidays->removed, holidays->removed_count);
        break;
    case VALUE_CANNED:
        write_canned(out, field);
        break;
    case VALUE_NOTICES:
        write_notices(out, field);
        break;
    }
}

char *value_text(const struct settings_key *key, const void *thing)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        abort();
    value_write(out, key, thing);
    if (fclose(out) != 0)
        abort();
    return text;
}

bool value_equal(const struct settings_key *key, const void *one, const void *other)
{
    char *first = value_text(key, one), *second = value_text(key, other);
    bool equal = strcmp(first, second) == 0;

    free(first);
    free(second);
    return equal;
}

bool things_equal(const struct settings_kind *kind, const void *one, const void *other)
{
    for (size_t i = 0; i < kind->key_count; i++)
        if (!value_equal(&kind->keys[i], one, other))
            return false;
    return true;
}

/* Copying */

static void *copy_array(struct arena *arena, const void *from, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    return memcpy(arena_alloc(arena, count * size), from, count * size);
}

static const char **copy_texts(struct arena *arena, const char *const *from, size_t count)
{
    const char **list = copy_array(arena, from, count, sizeof *list);

    for (size_t i = 0; i < count; i++)
        list[i] = arena_strdup(arena, from[i]);
    return list;
}

static struct hours copy_hours(struct arena *arena, const struct hours *from)
{
    struct hours hours = *from;

    hours.windows = copy_array(arena, from->windows, from->count, sizeof *from->windows);
    for (size_t i = 0; i < from->count; i++) {
        struct window *window = &hours.windows[i];
        window->answered_by = copy_texts(arena, window->answered_by, window->answered_by_count);
        window->answered_by_index = NULL;
    }
    return hours;
}

static struct closures copy_closures(struct arena *arena, const struct closures *from)
{
    struct closures closures = *from;

    closures.list = copy_array(arena, from->list, from->count, sizeof *from->list);
    for (size_t i = 0; i < from->count; i++) {
        closures.list[i].name = arena_strdup(arena, from->list[i].name);
        closures.list[i].hours = copy_hours(arena, &from->list[i].hours);
    }
    return closures;
}

static void copy_added(struct arena *arena, struct holidays *to, const struct holidays *from)
{
    to->added_count = from->added_count;
    to->added = copy_array(arena, from->added, from->added_count, sizeof *from->added);
    for (size_t i = 0; i < to->added_count; i++)
        to->added[i].name = arena_strdup(arena, from->added[i].name);
}

static void copy_coverage(struct arena *arena, struct library_settings *to,
                          const struct library_settings *from)
{
    to->covers_all_holidays = from->covers_all_holidays;
    to->covered_count = from->covered_count;
    to->covered = copy_array(arena, from->covered, from->covered_count, sizeof *from->covered);
}

static void copy_removed(struct arena *arena, struct holidays *to, const struct holidays *from)
{
    to->removed_count = from->removed_count;
    to->removed = copy_array(arena, from->removed, from->removed_count, sizeof *from->removed);
}

static struct canned_replies copy_canned(struct arena *arena, const struct canned_replies *from)
{
    struct canned_replies canned = *from;

    canned.list = copy_array(arena, from->list, from->count, sizeof *from->list);
    for (size_t i = 0; i < from->count; i++) {
        canned.list[i].name = arena_strdup(arena, from->list[i].name);
        canned.list[i].text = arena_strdup(arena, from->list[i].text);
    }
    return canned;
}

static struct notices copy_notices(struct arena *arena, const struct notices *from)
{
    struct notices notices = *from;

    notices.list = copy_array(arena, from->list, from->count, sizeof *from->list);
    for (size_t i = 0; i < from->count; i++)
        notices.list[i].text = arena_strdup(arena, from->list[i].text);
    return notices;
}

static void copy_text_list(struct arena *arena, const struct settings_key *key, char *to,
                           const char *from)
{
    size_t count = *(const size_t *)(const void *)(from + key->count_offset);

    *(size_t *)(void *)(to + key->count_offset) = count;
    *(const char ***)(void *)(to + key->offset) =
        copy_texts(arena, *(const char *const *const *)(const void *)(from + key->offset), count);
}

void value_copy(struct arena *arena, const struct settings_key *key, void *to, const void *from)
{
    void *target = (char *)to + key->offset;
    const void *source = (const char *)from + key->offset;

    switch (key->type) {
    case VALUE_TEXT:
        *(const char **)target = arena_strdup(arena, *(const char *const *)source);
        break;
    case VALUE_NUMBER:
        *(int *)target = *(const int *)source;
        break;
    case VALUE_SWITCH:
        *(bool *)target = *(const bool *)source;
        break;
    case VALUE_STRATEGY:
        *(enum strategy *)target = *(const enum strategy *)source;
        break;
    case VALUE_HOURS:
        *(struct hours *)target = copy_hours(arena, source);
        break;
    case VALUE_CLOSURES:
        *(struct closures *)target = copy_closures(arena, source);
        break;
    case VALUE_TEXTS:
        copy_text_list(arena, key, to, from);
        break;
    case VALUE_COVERAGE:
        copy_coverage(arena, target, source);
        break;
    case VALUE_CALENDAR:
        ((struct holidays *)target)->federal = ((const struct holidays *)source)->federal;
        break;
    case VALUE_DATES:
        ((struct holidays *)target)->dates = ((const struct holidays *)source)->dates;
        break;
    case VALUE_ADDED:
        copy_added(arena, target, source);
        break;
    case VALUE_REMOVED:
        copy_removed(arena, target, source);
        break;
    case VALUE_CANNED:
        *(struct canned_replies *)target = copy_canned(arena, source);
        break;
    case VALUE_NOTICES:
        *(struct notices *)target = copy_notices(arena, source);
        break;
    }
}
