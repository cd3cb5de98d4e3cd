#include "component/explain.h"

#include <string.h>

#include "component/explain_private.h"
#include "component/timeline.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/instant.h"
#include "policy/wall.h"

enum {
    EXIT_GOOD = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    TIME_LINE_MAX = 100, /* no time is as long; the rest of a longer line is passed over */
    WEEK_YEAR_MIN = 1970,
    WEEK_YEAR_MAX = 2199
};

struct explain {
    const struct consortium *consortium;
    int queue;
    struct timeline *timeline;
    FILE *out, *err;
    bool bad; /* something could not be read */
};

/* Text of somebody else's: what could break the line or the terminal becomes a blank. */
static void explain_put(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        putc_unlocked(byte < 0x20 || byte == 0x7f ? ' ' : byte, out);
    }
}

static void explain_put_instant(instant at, FILE *out)
{
    char text[INSTANT_TEXT_SIZE];

    fputs(at == INT64_MAX ? "-" : instant_print(at, text), out);
}

static void explain_put_tiers(const struct consortium *consortium, const struct decision *decision,
                              FILE *out)
{
    if (decision->tier_count == 0)
        fputs("-", out);
    for (int i = 0; i < decision->tier_count; i++) {
        const struct tier *tier = &decision->tiers[i];
        for (int k = 0; k < tier->queue_count; k++) {
            if (k > 0)
                putc_unlocked(',', out);
            else if (i > 0)
                putc_unlocked('>', out);
            fputs(consortium->queues[tier->queues[k]].name, out);
        }
    }
}

static void explain_time(struct explain *explain, instant at)
{
    struct decision decision;
    FILE *out = explain->out;
    bool closed;

    policy_decide(explain->consortium, explain->queue, at, &decision);
    closed = decision.verdict == VERDICT_CLOSED;
    explain_put_instant(at, out);
    putc_unlocked('\t', out);
    fputs(verdict_name(decision.verdict), out);
    putc_unlocked('\t', out);
    fputs(closed_reason_name(decision.reason), out);
    putc_unlocked('\t', out);
    explain_put_tiers(explain->consortium, &decision, out);
    putc_unlocked('\t', out);
    explain_put_instant(timeline_until(explain->timeline, at), out);
    putc_unlocked('\t', out);
    explain_put_instant(closed ? timeline_next(explain->timeline, at) : INT64_MAX, out);
    putc_unlocked('\t', out);
    explain_put(decision.detail[0] == '\0' ? "-" : decision.detail, out);
    putc_unlocked('\n', out);
}

static void explain_refuse(struct explain *explain, const char *what, const char *text,
                           const char *cause)
{
    fprintf(explain->err, "%s '", what);
    explain_put(text, explain->err);
    fprintf(explain->err, "' %s\n", cause);
    explain->bad = true;
}

static void explain_text(struct explain *explain, const char *text)
{
    instant at;

    if (instant_parse(text, &at))
        explain_time(explain, at);
    else
        explain_refuse(explain, "time", text,
                       "is not like 2026-11-26T10:00:00-06:00, from 1970 to 2199");
}

/* One line without its end; false at the end of the input. A NUL inside is kept as a character
 * that no time has, so that what follows it is not passed over. */
static bool explain_read_line(FILE *in, char line[static TIME_LINE_MAX + 1])
{
    size_t length = 0;
    int c = getc_unlocked(in);

    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc_unlocked(in))
        if (length < TIME_LINE_MAX)
            line[length++] = c == '\0' ? '?' : (char)c;
    while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
        length--;
    line[length] = '\0';
    return true;
}

static void explain_lines(struct explain *explain, FILE *in)
{
    char line[TIME_LINE_MAX + 1];

    while (explain_read_line(in, line))
        if (line[0] != '\0')
            explain_text(explain, line);
}

static void explain_times(struct explain *explain, const struct explain_request *request, FILE *in)
{
    explain->timeline = timeline_new(explain->consortium, explain->queue);
    if (request->count == 0)
        explain_time(explain, request->now);
    for (int i = 0; i < request->count; i++) {
        if (strcmp(request->times[i], "-") == 0)
            explain_lines(explain, in);
        else
            explain_text(explain, request->times[i]);
    }
    timeline_free(explain->timeline);
}

static void explain_dates(struct explain *explain, const struct explain_request *request)
{
    const struct zone *zone = consortium_queue_zone(explain->consortium, explain->queue);
    day_number date = wall_at(zone, request->now).date;

    if (request->count > 1) {
        explain_refuse(explain, "date", request->times[1], "is one too many for --week");
        return;
    }
    if (request->count == 1) {
        const char *text = request->times[0];
        if (!date_parse(text, &date) || date < date_from_civil(WEEK_YEAR_MIN, 1, 1) ||
            date > date_from_civil(WEEK_YEAR_MAX, 12, 31)) {
            explain_refuse(explain, "date", text, "is not like 2026-11-26, from 1970 to 2199");
            return;
        }
    }
    explain_week(explain->consortium, explain->queue, date, explain->out);
}

int explain_run(const struct consortium *consortium, const struct explain_request *request,
                FILE *in, FILE *out, FILE *err)
{
    struct explain explain = {.consortium = consortium, .out = out, .err = err};

    explain.queue = consortium_queue(consortium, request->queue);
    if (explain.queue == NO_INDEX)
        explain_refuse(&explain, "queue", request->queue, "does not exist");
    else if (request->week)
        explain_dates(&explain, request);
    else
        explain_times(&explain, request, in);
    if (fflush(out) != 0 || ferror(out)) {
        fprintf(err, "cannot write the answers\n");
        return EXIT_FAILED;
    }
    return explain.bad ? EXIT_USAGE : EXIT_GOOD;
}
