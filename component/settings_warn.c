/* What an administrator would want to know though it is no error. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "policy/arena.h"
#include "policy/canned.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/hours.h"
#include "policy/mem.h"
#include "policy/profile.h"

enum {
    MINUTES_A_WEEK = 7 * MINUTES_A_DAY,
    GAPS_MAX = 512 /* different ones are told; a consortium with more has another problem */
};

struct warner {
    const char *path;
    FILE *out;
    int library; /* whose things are looked at; NO_INDEX: everybody's */
};

/* Whether a thing of that library is looked at. */
static bool looks_at(const struct warner *warner, int library)
{
    return warner->library == NO_INDEX || warner->library == library;
}

static void warn(const struct warner *warner, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void warn(const struct warner *warner, unsigned line, const char *format, ...)
{
    va_list arguments;

    if (line > 0)
        fprintf(warner->out, "%s:%u: warning: ", warner->path, line);
    else
        fprintf(warner->out, "%s: warning: ", warner->path);
    va_start(arguments, format);
    vfprintf(warner->out, format, arguments);
    va_end(arguments);
    fputc('\n', warner->out);
}

/* Windows that overlap */

/* Minutes of the week that a window covers from each of its days on, as a bit a minute would; the
 * week is a ring. */
static void mark_window(const struct window *window, unsigned char *covered, bool *ret_overlaps)
{
    int length = window->close > window->open ? window->close - window->open
                                              : window->close - window->open + MINUTES_A_DAY;

    for (int day = 0; day < 7; day++) {
        if ((window->days & 1 << day) == 0)
            continue;
        for (int i = 0; i < length; i++) {
            unsigned char *minute =
                &covered[(day * MINUTES_A_DAY + window->open + i) % MINUTES_A_WEEK];
            *ret_overlaps |= *minute != 0;
            *minute = 1;
        }
    }
}

static void warn_of_overlaps(const struct warner *warner, const char *owner,
                             const struct hours *hours)
{
    char days[HOURS_DAYS_TEXT_SIZE], open[HOURS_TIME_TEXT_SIZE], close[HOURS_TIME_TEXT_SIZE];
    unsigned char *covered = mem_new(MINUTES_A_WEEK);

    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        bool overlaps = false;
        mark_window(window, covered, &overlaps);
        if (overlaps)
            warn(warner, window->line, "%s: the window %s %s-%s overlaps another", owner,
                 hours_render_days(window->days, days), hours_render_time(window->open, open),
                 hours_render_time(window->close, close));
    }
    free(covered);
}

static void warn_of_all_overlaps(const struct warner *warner, const struct consortium *consortium)
{
    if (warner->library == NO_INDEX) {
        warn_of_overlaps(warner, "the consortium's hours", &consortium->hours);
        warn_of_overlaps(warner, "the backup's hours", &consortium->backup_hours);
    }
    for (size_t i = 0; i < consortium->library_count; i++) {
        const struct library_settings *library = &consortium->libraries[i];
        if (!looks_at(warner, (int)i))
            continue;
        char *owner = mem_printf("library %s", library->name);
        warn_of_overlaps(warner, owner, &library->hours);
        free(owner);
    }
    for (size_t i = 0; i < consortium->queue_count; i++) {
        const struct queue_settings *queue = &consortium->queues[i];
        if (!looks_at(warner, queue->library))
            continue;
        char *owner = mem_printf("queue %s", queue->name);
        warn_of_overlaps(warner, owner, &queue->hours);
        free(owner);
    }
}

/* Gaps */

/* The same without closures and holidays: a plain week. */
static struct consortium plain_copy(const struct consortium *consortium, struct arena *arena)
{
    struct consortium plain = *consortium;
    size_t libraries = consortium->library_count * sizeof *plain.libraries;
    size_t queues = consortium->queue_count * sizeof *plain.queues;

    plain.closures = (struct closures){0, NULL};
    plain.holidays = (struct holidays){.federal = false};
    plain.libraries = libraries == 0
                          ? NULL
                          : memcpy(arena_alloc(arena, libraries), consortium->libraries, libraries);
    plain.queues =
        queues == 0 ? NULL : memcpy(arena_alloc(arena, queues), consortium->queues, queues);
    for (size_t i = 0; i < plain.library_count; i++)
        plain.libraries[i].closures = (struct closures){0, NULL};
    for (size_t i = 0; i < plain.queue_count; i++)
        plain.queues[i].closures = (struct closures){0, NULL};
    return plain;
}

/* Closed times that begin at the same minute of several days and are as long as each other. */
struct gap {
    int begin;    /* minutes after midnight */
    int length;   /* minutes */
    uint8_t days; /* that it begins on */
    int queue;    /* the first that has it */
    int more_queues;
};

struct gaps {
    struct gap list[GAPS_MAX];
    int count;
};

static void gaps_add(struct gaps *gaps, int begin, int length, int queue)
{
    uint8_t day = (uint8_t)(1 << begin / MINUTES_A_DAY);

    for (int i = 0; i < gaps->count; i++) {
        struct gap *gap = &gaps->list[i];
        if (gap->queue == queue && gap->begin == begin % MINUTES_A_DAY && gap->length == length) {
            gap->days |= day;
            return;
        }
    }
    if (gaps->count < GAPS_MAX)
        gaps->list[gaps->count++] = (struct gap){begin % MINUTES_A_DAY, length, day, queue, 0};
}

/* What many queues have in common is told once. */
static void gaps_join(struct gaps *gaps)
{
    int kept = 0;

    for (int i = 0; i < gaps->count; i++) {
        const struct gap *gap = &gaps->list[i];
        int same = 0;
        while (same < kept &&
               (gaps->list[same].begin != gap->begin || gaps->list[same].length != gap->length ||
                gaps->list[same].days != gap->days))
            same++;
        if (same < kept)
            gaps->list[same].more_queues++;
        else
            gaps->list[kept++] = *gap;
    }
    gaps->count = kept;
}

/* A queue with rollover means to be answered around the clock, so each of its gaps counts. Of one
 * without only those between two windows of one day do: that it sleeps at night is no mistake.
 * A gap is what lies between two times that are covered, so it must begin after one in the first
 * week, and end before one in the second. */
static void find_gaps(const struct consortium *plain, int queue, day_number monday,
                      struct gaps *gaps)
{
    const struct zone *zone = plain->libraries[plain->queues[queue].library].zone;
    instant start =
        (instant)monday * SECONDS_A_DAY - zone_offset(zone, (instant)monday * SECONDS_A_DAY);
    struct decision decision;
    instant closed_since = start;
    bool closed = false, seen_open = false;

    for (instant at = start; at < start + INT64_C(14) * SECONDS_A_DAY;
         at = policy_until(plain, queue, at)) {
        policy_decide(plain, queue, at, &decision);
        if (decision.verdict == VERDICT_CLOSED) {
            closed_since = closed ? closed_since : at;
            closed = true;
            continue;
        }
        int begin = (int)((closed_since - start) / 60), end = (int)((at - start) / 60);
        bool same_day = begin / MINUTES_A_DAY == end / MINUTES_A_DAY;
        if (closed && seen_open && begin < MINUTES_A_WEEK &&
            (plain->queues[queue].rollover || same_day))
            gaps_add(gaps, begin, end - begin, queue);
        closed = false;
        seen_open = true;
    }
}

static void warn_of_gap(const struct warner *warner, const struct consortium *consortium,
                        const struct gap *gap)
{
    const struct queue_settings *queue = &consortium->queues[gap->queue];
    char days[HOURS_DAYS_TEXT_SIZE], open[HOURS_TIME_TEXT_SIZE], close[HOURS_TIME_TEXT_SIZE];
    char others[32] = "", later[32] = "";
    int end = gap->begin + gap->length;

    if (gap->more_queues > 0)
        snprintf(others, sizeof others, " and %d more", gap->more_queues);
    hours_render_days(gap->days, days);
    hours_render_time(gap->begin, open);
    hours_render_time(end % MINUTES_A_DAY, close);
    if (end == MINUTES_A_DAY)
        snprintf(close, sizeof close, "24:00");
    if (end > 2 * MINUTES_A_DAY)
        snprintf(later, sizeof later, " %d days later", end / MINUTES_A_DAY);
    else if (end > MINUTES_A_DAY)
        snprintf(later, sizeof later, " the next day");
    warn(warner, queue->line, "queue %s%s: nobody answers %s from %s to %s%s", queue->name, others,
         days, open, close, later);
}

static void warn_of_gaps(const struct warner *warner, const struct consortium *consortium)
{
    struct arena *arena = arena_new();
    struct gaps *gaps = mem_new(sizeof *gaps);
    struct consortium plain = plain_copy(consortium, arena);
    day_number monday = date_from_civil(2026, 6, 1); /* no clock of ours changes in that week */

    for (size_t i = 0; i < plain.queue_count; i++)
        if (looks_at(warner, plain.queues[i].library))
            find_gaps(&plain, (int)i, monday, gaps);
    gaps_join(gaps);
    for (int i = 0; i < gaps->count; i++)
        warn_of_gap(warner, consortium, &gaps->list[i]);
    free(gaps);
    arena_free(arena);
}

/* Single queues */

static void warn_of_backup(const struct warner *warner, const struct consortium *consortium)
{
    if (consortium->backup_index == NO_INDEX)
        return;
    const struct queue_settings *backup = &consortium->queues[consortium->backup_index];
    if (backup->operator_count == 0 && looks_at(warner, backup->library))
        warn(warner, backup->line, "queue %s: the backup has no operators", backup->name);
}

static void warn_of_queue(const struct warner *warner, const struct consortium *consortium,
                          const struct queue_settings *queue)
{
    const struct library_settings *library = &consortium->libraries[queue->library];
    const struct hours *hours = library->hours.given ? &library->hours : &consortium->hours;

    if ((queue->given & UINT32_C(1) << QUEUE_RETENTION_DAYS) == 0)
        warn(warner, queue->line, "queue %s: has no retention_days, taken as %d", queue->name,
             queue->options.retention_days);
    if (queue->rollover && hours->count == 0)
        warn(warner, queue->line, "queue %s: has rollover, but library %s has no hours at all",
             queue->name, library->name);
    if (queue->rollover && consortium->backup_index == NO_INDEX)
        warn(warner, queue->line, "queue %s: has rollover, but there is no backup", queue->name);
}

/* Canned replies */

/* Whether a queue has nothing to put into the field; what only shows when it is sent is there. */
static bool field_is_empty(const struct consortium *consortium, int queue, enum canned_field field)
{
    struct profile profile = profile_of_queue(consortium, queue);

    switch (field) {
    case FIELD_HOURS:
    case FIELD_NEXT:
        return consortium_queue_hours(consortium, queue)->count == 0;
    case FIELD_PHONE:
        return profile.phone[0] == '\0';
    case FIELD_LINK:
        return profile.link[0] == '\0';
    case FIELD_POLICIES:
        return profile.policies[0] == '\0';
    case FIELD_LIBRARY:
    case FIELD_QUEUE:
    case FIELD_OPERATOR:
    case FIELD_COUNT:
        return false;
    }
    return false;
}

/* Such a reply is not sent, so somebody should know before a patron waits for it. The backup's own
 * queue is left out: patrons write to it by mistake at most. `library` NO_INDEX: everybody's. */
static void warn_of_canned(const struct warner *warner, const struct consortium *consortium,
                           int library, const struct canned *reply, enum canned_field field)
{
    int first = NO_INDEX, others = 0;

    for (size_t i = 0; i < consortium->queue_count; i++) {
        if ((int)i == consortium->backup_index ||
            (library != NO_INDEX && consortium->queues[i].library != library) ||
            !field_is_empty(consortium, (int)i, field))
            continue;
        if (first == NO_INDEX)
            first = (int)i;
        else
            others++;
    }
    if (first != NO_INDEX && others > 0)
        warn(warner, reply->line, "canned '%s': queue %s and %d more have nothing for {%s}",
             reply->name, consortium->queues[first].name, others, canned_field_name(field));
    else if (first != NO_INDEX)
        warn(warner, reply->line, "canned '%s': queue %s has nothing for {%s}", reply->name,
             consortium->queues[first].name, canned_field_name(field));
}

static void warn_of_all_canned(const struct warner *warner, const struct consortium *consortium,
                               int library, const struct canned_replies *canned)
{
    for (size_t i = 0; i < canned->count; i++) {
        const char *wrong;
        unsigned fields;
        int length;
        if (!canned_fields(canned->list[i].text, &fields, &wrong, &length))
            continue; /* settings_check() let none of these through */
        for (enum canned_field field = 0; field < FIELD_COUNT; field++)
            if ((fields & 1u << field) != 0)
                warn_of_canned(warner, consortium, library, &canned->list[i], field);
    }
}

void settings_warn_library(const struct consortium *consortium, int library, const char *path,
                           FILE *out)
{
    struct warner warner = {path, out, library};

    warn_of_all_overlaps(&warner, consortium);
    warn_of_backup(&warner, consortium);
    for (size_t i = 0; i < consortium->queue_count; i++)
        if (looks_at(&warner, consortium->queues[i].library))
            warn_of_queue(&warner, consortium, &consortium->queues[i]);
    warn_of_gaps(&warner, consortium);
    warn_of_all_canned(&warner, consortium, library, &consortium->canned);
    for (size_t i = 0; i < consortium->library_count; i++)
        if (looks_at(&warner, (int)i))
            warn_of_all_canned(&warner, consortium, (int)i, &consortium->libraries[i].canned);
}

void settings_warn(const struct consortium *consortium, const char *path, FILE *out)
{
    settings_warn_library(consortium, NO_INDEX, path, out);
}
