/* What an administrator would want to know though it is no error. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "component/mem.h"
#include "component/settings.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/hours.h"

enum {
    MINUTES_A_WEEK = 7 * MINUTES_A_DAY,
    GAPS_MAX = 512 /* different ones are told; a consortium with more has another problem */
};

struct warner {
    const char *path;
    FILE *out;
};

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
    warn_of_overlaps(warner, "the consortium's hours", &consortium->hours);
    warn_of_overlaps(warner, "the backup's hours", &consortium->backup_hours);
    for (size_t i = 0; i < consortium->library_count; i++) {
        const struct library_settings *library = &consortium->libraries[i];
        char *owner = mem_printf("library %s", library->name);
        warn_of_overlaps(warner, owner, &library->hours);
        free(owner);
    }
    for (size_t i = 0; i < consortium->queue_count; i++) {
        const struct queue_settings *queue = &consortium->queues[i];
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

/* Minutes after the week's Monday 00:00 in the library's zone; `end` may be in the next week. */
struct gap {
    int begin, end;
    int queue;       /* the first that has it */
    int queue_count; /* that have it */
    bool rollover;
};

struct gaps {
    struct gap list[GAPS_MAX];
    int count;
};

static void gaps_add(struct gaps *gaps, int begin, int end, int queue, bool rollover)
{
    for (int i = 0; i < gaps->count; i++) {
        struct gap *gap = &gaps->list[i];
        if (gap->begin == begin && gap->end == end && gap->rollover == rollover) {
            gap->queue_count++;
            return;
        }
    }
    if (gaps->count < GAPS_MAX)
        gaps->list[gaps->count++] = (struct gap){begin, end, queue, 1, rollover};
}

/* A queue with rollover means to be answered around the clock, so each of its gaps counts. Of one
 * without only those between two windows of one day do: that it sleeps at night is no mistake. */
static void find_gaps(const struct consortium *plain, int queue, day_number monday,
                      struct gaps *gaps)
{
    const struct zone *zone = plain->libraries[plain->queues[queue].library].zone;
    bool rollover = plain->queues[queue].rollover;
    instant start = (instant)monday * SECONDS_A_DAY;
    struct decision decision;
    bool seen_open = false;

    start -= zone_offset(zone, start);
    instant end = start + INT64_C(2) * 7 * SECONDS_A_DAY;
    for (instant at = start, until; at < end; at = until) {
        policy_decide(plain, queue, at, &decision);
        until = policy_until(plain, queue, at);
        if (decision.verdict != VERDICT_CLOSED) {
            seen_open = true;
            continue;
        }
        int begin_minute = (int)((at - start) / 60);
        if (!seen_open || until >= end || begin_minute >= MINUTES_A_WEEK)
            continue;
        int end_minute = (int)((until - start) / 60);
        if (rollover || begin_minute / MINUTES_A_DAY == (end_minute - 1) / MINUTES_A_DAY)
            gaps_add(gaps, begin_minute, end_minute, queue, rollover);
    }
}

static void gap_words(int minute, char words[16])
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char clock[HOURS_TIME_TEXT_SIZE];

    snprintf(words, 16, "%s %s", names[minute / MINUTES_A_DAY % 7],
             hours_render_time(minute % MINUTES_A_DAY, clock));
}

static void warn_of_gaps(const struct warner *warner, const struct consortium *consortium)
{
    struct arena *arena = arena_new();
    struct gaps *gaps = mem_new(sizeof *gaps);
    struct consortium plain = plain_copy(consortium, arena);
    day_number monday = date_from_civil(2026, 6, 1); /* no zone's clock changes in that week */
    char begin[16], end[16];

    for (size_t i = 0; i < plain.queue_count; i++)
        find_gaps(&plain, (int)i, monday, gaps);
    for (int i = 0; i < gaps->count; i++) {
        const struct gap *gap = &gaps->list[i];
        const struct queue_settings *queue = &consortium->queues[gap->queue];
        gap_words(gap->begin, begin);
        gap_words(gap->end, end);
        if (gap->queue_count == 1)
            warn(warner, queue->line, "queue %s: nobody answers from %s to %s", queue->name, begin,
                 end);
        else
            warn(warner, queue->line, "queue %s and %d more: nobody answers from %s to %s",
                 queue->name, gap->queue_count - 1, begin, end);
    }
    free(gaps);
    arena_free(arena);
}

/* Single queues */

static void warn_of_backup(const struct warner *warner, const struct consortium *consortium)
{
    if (consortium->backup_index == NO_INDEX)
        return;
    const struct queue_settings *backup = &consortium->queues[consortium->backup_index];
    if (backup->operator_count == 0)
        warn(warner, backup->line, "queue %s: the backup has no operators", backup->name);
}

static void warn_of_queue(const struct warner *warner, const struct consortium *consortium,
                          const struct queue_settings *queue)
{
    const struct library_settings *library = &consortium->libraries[queue->library];

    if ((queue->given & UINT32_C(1) << QUEUE_RETENTION_DAYS) == 0)
        warn(warner, queue->line, "queue %s: has no retention_days, taken as %d", queue->name,
             queue->options.retention_days);
    if (queue->rollover && library->hours.given && library->hours.count == 0)
        warn(warner, queue->line, "queue %s: has rollover, but library %s has no hours at all",
             queue->name, library->name);
    if (queue->rollover && consortium->backup_index == NO_INDEX)
        warn(warner, queue->line, "queue %s: has rollover, but there is no backup", queue->name);
}

void settings_warn(const struct consortium *consortium, const char *path, FILE *out)
{
    struct warner warner = {path, out};

    warn_of_all_overlaps(&warner, consortium);
    warn_of_backup(&warner, consortium);
    for (size_t i = 0; i < consortium->queue_count; i++)
        warn_of_queue(&warner, consortium, &consortium->queues[i]);
    warn_of_gaps(&warner, consortium);
}
