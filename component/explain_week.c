#include <stdlib.h>
#include <string.h>

#include "component/explain_private.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/hours.h"
#include "policy/wall.h"

/* "Mon 23 Nov  08:00-17:00    " */
enum { DATE_WIDTH = 12, TEXT_COLUMN = 28, TEXT_WIDTH = EXPLAIN_WIDTH - TEXT_COLUMN };

struct week {
    const struct consortium *consortium;
    int queue;
    const struct zone *zone;
    FILE *out;
    day_number printed; /* the date whose name was printed last */
    instant nobody;     /* seconds without an answer */
};

static const char *const week_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* "Mon 23 Nov", always of the same width. */
static void week_put_date(day_number date, FILE *out)
{
    int year, month, day;
    const char *name = date_weekday_name(date_weekday(date));

    date_to_civil(date, &year, &month, &day);
    fprintf(out, "%c%s %2d %s", name[0] - 'a' + 'A', name + 1, day, week_months[month - 1]);
}

/* Columns that the bytes take; one a character. */
static int week_columns(const char *text, size_t bytes)
{
    int columns = 0;

    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* Bytes of at most `columns` characters. */
static size_t week_cut(const char *text, size_t bytes, int columns)
{
    while (bytes > 0 && week_columns(text, bytes) > columns)
        bytes--;
    while (((unsigned char)text[bytes] & 0xc0) == 0x80)
        bytes--;
    return bytes;
}

/* Words one after the other, on as many lines as they need; a longer word is cut in two. */
static void week_put_wrapped(const char *text, FILE *out)
{
    int column = 0;

    for (;;) {
        text += strspn(text, " ");
        size_t word = strcspn(text, " ");
        if (word == 0)
            break;
        int columns = week_columns(text, word);
        if (column > 0 && column + 1 + columns > TEXT_WIDTH) {
            fprintf(out, "\n%*s", TEXT_COLUMN, "");
            column = 0;
        }
        if (columns > TEXT_WIDTH) {
            word = week_cut(text, word, TEXT_WIDTH);
            columns = week_columns(text, word);
        }
        fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)word, text);
        column += columns + (column > 0);
        text += word;
    }
    fputc('\n', out);
}

static void week_say_nobody(const struct decision *decision, FILE *text)
{
    const char *detail = decision->detail;

    switch (decision->reason) {
    case REASON_CLOSURE:
        fprintf(text, "nobody: closed%s%s", detail[0] != '\0' ? " for " : "", detail);
        break;
    case REASON_HOLIDAY:
        fprintf(text, "nobody: holiday%s%s", detail[0] != '\0' ? ", " : "", detail);
        break;
    case REASON_NO_ROLLOVER:
        fputs("nobody: no rollover to the backup", text);
        break;
    case REASON_GAP:
    case REASON_NONE:
        fputs("nobody: gap", text);
        break;
    }
}

static void week_say(const struct week *week, const struct decision *decision, FILE *text)
{
    if (decision->verdict == VERDICT_CLOSED)
        week_say_nobody(decision, text);
    for (int i = 0; i < decision->tier_count; i++) {
        const struct tier *tier = &decision->tiers[i];
        fprintf(text, "%s%s:", i > 0 ? ", then " : "", verdict_name(tier->kind));
        for (int k = 0; k < tier->queue_count; k++)
            fprintf(text, "%s %s", k > 0 ? "," : "",
                    week->consortium->queues[tier->queues[k]].name);
    }
}

/* One stretch of a day during which the same people are asked. */
static void week_put_stretch(struct week *week, instant start, instant end,
                             const struct decision *decision)
{
    struct wall first = wall_at(week->zone, start), last = wall_at(week->zone, end - 1);
    char open[HOURS_TIME_TEXT_SIZE], close[HOURS_TIME_TEXT_SIZE];
    char *text = NULL;
    size_t size;
    bool closed = decision->verdict == VERDICT_CLOSED;

    if (week->printed != first.date)
        week_put_date(first.date, week->out);
    else
        fprintf(week->out, "%*s", DATE_WIDTH - 2, "");
    week->printed = first.date;
    fprintf(week->out, "  %s-%s %s ", hours_render_time(first.minute, open),
            hours_render_time(last.minute + 1, close), closed ? " !" : "  ");
    if (closed)
        week->nobody += end - start;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        abort();
    week_say(week, decision, memory);
    fclose(memory);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    week_put_wrapped(text, week->out);
    free(text);
}

static void week_put_clock_change(const struct week *week, instant at)
{
    struct wall before = wall_at(week->zone, at - 1), after = wall_at(week->zone, at);
    char from[HOURS_TIME_TEXT_SIZE], to[HOURS_TIME_TEXT_SIZE];

    if (zone_offset(week->zone, at - 1) == zone_offset(week->zone, at))
        return;
    fprintf(week->out, "%*sclocks go from %s to %s\n", DATE_WIDTH, "",
            hours_render_time(before.minute + 1, from), hours_render_time(after.minute, to));
}

/* The first instant of a local date, or of the next one if the zone skipped it. */
static instant week_date_start(const struct week *week, day_number date)
{
    instant at = ((instant)date - 2) * SECONDS_A_DAY;

    while (wall_at(week->zone, at).date < date)
        at = policy_boundary(week->consortium, week->queue, at);
    return at;
}

static void week_put_title(const struct week *week, day_number monday)
{
    int year, month, day;

    date_to_civil(monday + 6, &year, &month, &day);
    week_put_date(monday, week->out);
    fputs(" to ", week->out);
    week_put_date(monday + 6, week->out);
    fprintf(week->out, " %d, %s\n%s\n\n", year, week->zone->name,
            week->consortium->queues[week->queue].name);
}

static void week_put_sum(const struct week *week)
{
    int minutes = (int)(week->nobody / 60);

    if (minutes == 0)
        fputs("\nSomebody is asked at every hour of this week.\n", week->out);
    else
        fprintf(week->out, "\n! Nobody is asked during %d h %02d min of this week.\n", minutes / 60,
                minutes % 60);
}

void explain_week(const struct consortium *consortium, int queue, day_number date, FILE *out)
{
    struct week week = {consortium, queue,     consortium_queue_zone(consortium, queue),
                        out,        INT32_MIN, 0};
    day_number monday = date - (int)date_weekday(date);
    instant start = week_date_start(&week, monday), end = week_date_start(&week, monday + 7);

    week_put_title(&week, monday);
    while (start < end) {
        struct decision decision, later;
        policy_decide(consortium, queue, start, &decision);
        instant at = policy_boundary(consortium, queue, start);
        for (; at < end; at = policy_boundary(consortium, queue, at)) {
            if (wall_at(week.zone, at).date != wall_at(week.zone, start).date ||
                zone_offset(week.zone, at - 1) != zone_offset(week.zone, at))
                break;
            policy_decide(consortium, queue, at, &later);
            if (!decision_equal(&decision, &later) || strcmp(decision.detail, later.detail) != 0)
                break;
        }
        week_put_stretch(&week, start, at, &decision);
        week_put_clock_change(&week, at);
        start = at;
    }
    week_put_sum(&week);
}
