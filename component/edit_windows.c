/* Hours and dates as the lines that people write. */
#include <stdlib.h>
#include <string.h>

#include "component/edit_private.h"
#include "policy/date.h"
#include "policy/hours.h"
#include "policy/names.h"

#define ANSWERED_BY "answered by"
#define EN_DASH "\xe2\x80\x93" /* word processors make one of a hyphen */

/* One line on its way to a window. */
struct line {
    struct edit *edit;
    const char *field, *text; /* as it was written */
    size_t number, count;
    bool days, answerable;
};

static void complain_of_line(const struct line *line, const char *what)
{
    struct edit *edit = line->edit;
    const char *where = edit_word(edit, line->field);

    if (line->count > 1)
        where = arena_printf(edit->arena, "%s, line %zu", where, line->number);
    edit_complain(edit, "%s: '%s' %s.", where, edit_quote(edit, line->text), what);
}

/* Small letters, single blanks, none around ',' and '-'. */
static char *even_out(struct edit *edit, const char *text)
{
    char *even = arena_alloc(edit->arena, strlen(text) + 1), *to = even;

    for (const char *at = text; *at != '\0'; at++) {
        bool dash = strncmp(at, EN_DASH, strlen(EN_DASH)) == 0;
        char c = dash ? '-' : *at == '\t' ? ' ' : *at;
        at += dash ? strlen(EN_DASH) - 1 : 0;
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (c == ' ' && (to == even || strchr(" ,-", to[-1]) != NULL))
            continue;
        while ((c == ',' || c == '-') && to > even && to[-1] == ' ')
            to--;
        *to++ = c;
    }
    *to = '\0';
    return even;
}

/* "8:00" is what people write for "08:00". */
static bool read_clock(struct edit *edit, const char *text, bool is_close, int16_t *ret)
{
    const char *colon = strchr(text, ':');

    if (colon != NULL && colon - text == 1)
        text = arena_printf(edit->arena, "0%s", text);
    return hours_parse_time(text, is_close, ret);
}

/* "08:00-17:00" */
static bool read_times(struct edit *edit, char *text, struct window *window)
{
    char *dash = strchr(text, '-');

    if (dash == NULL)
        return false;
    *dash = '\0';
    return read_clock(edit, text, false, &window->open) &&
           read_clock(edit, dash + 1, true, &window->close);
}

/* Names of queues with commas between them: whole ones of any library, or what follows the own
 * prefix. Whether they are there is the link's question. */
static bool read_answerers(const struct line *line, const char *text, struct window *window)
{
    struct edit *edit = line->edit;
    const char *consortium = arena_printf(edit->arena, "%s-", edit->copy->name);
    size_t most = 1;

    for (const char *at = text; *at != '\0'; at++)
        most += *at == ',' || *at == ' ';
    window->answered_by = arena_alloc(edit->copy->arena, most * sizeof *window->answered_by);
    for (const char *at = text; at += strspn(at, " ,"), *at != '\0'; at += strcspn(at, " ,")) {
        const char *name = arena_strndup(edit->copy->arena, at, strcspn(at, " ,"));
        if (strncmp(name, consortium, strlen(consortium)) != 0 && edit->label != NULL)
            name = arena_printf(edit->copy->arena, "%s%s-%s", consortium, edit->label, name);
        if (!name_is_queue(name)) {
            complain_of_line(line, "names what cannot be a queue");
            return false;
        }
        for (size_t i = 0; i < window->answered_by_count; i++)
            if (edit_is(window->answered_by[i], name)) {
                complain_of_line(line, "names a queue twice");
                return false;
            }
        window->answered_by[window->answered_by_count++] = name;
    }
    if (window->answered_by_count == 0)
        complain_of_line(line, "names no queue");
    window->others_answer = true;
    return window->answered_by_count > 0;
}

static bool read_window(const struct line *line, struct window *window)
{
    struct edit *edit = line->edit;
    char *text = even_out(edit, line->text);
    char *answered = strstr(text, ANSWERED_BY);

    if (answered != NULL) {
        if (!line->answerable) {
            complain_of_line(line, "cannot be answered by others");
            return false;
        }
        if (!read_answerers(line, answered + strlen(ANSWERED_BY), window))
            return false;
        *answered = '\0';
    }
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = '\0';
    char *times = text;
    if (line->days) {
        char *blank = strchr(text, ' ');
        times = blank == NULL ? text : blank + 1;
        if (blank != NULL)
            *blank = '\0';
        if (blank == NULL || !hours_parse_days(text, &window->days)) {
            complain_of_line(line, "is not like 'mon-fri 08:00-17:00'");
            return false;
        }
    }
    if (read_times(edit, times, window))
        return true;
    complain_of_line(line, line->days ? "is not like 'mon-fri 08:00-17:00'"
                                      : "is not like '08:00-12:00'");
    return false;
}

bool edit_windows(struct edit *edit, const char *field, const char *text, bool days,
                  bool answerable, struct hours *ret)
{
    const char **lines;
    size_t count = edit_lines(edit, text, &lines);
    struct hours hours = {.given = true, .count = count};
    bool fine = true;

    if (count > WINDOWS_MAX) {
        edit_complain(edit, "%s: %zu windows are more than %d.", edit_word(edit, field), count,
                      WINDOWS_MAX);
        return false;
    }
    if (count > 0)
        hours.windows = arena_alloc(edit->copy->arena, count * sizeof *hours.windows);
    for (size_t i = 0; i < count; i++) {
        struct line line = {edit, field, lines[i], i + 1, count, days, answerable};
        fine &= read_window(&line, &hours.windows[i]);
    }
    if (fine)
        *ret = hours;
    return fine;
}

bool edit_hours(struct edit *edit, const char *field, const char *text, bool top, bool answerable,
                struct hours *ret)
{
    const char **lines;
    size_t count = edit_lines(edit, text, &lines);

    if (count == 1 && edit_is(even_out(edit, lines[0]), "none")) {
        *ret = (struct hours){.given = true};
        return true;
    }
    if (count == 0 || (count == 1 && edit_is(even_out(edit, lines[0]), "inherited"))) {
        if (top) {
            edit_complain(edit, "%s: there is nothing to inherit from; write 'none' for no hours.",
                          edit_word(edit, field));
            return false;
        }
        *ret = (struct hours){.given = false};
        return true;
    }
    return edit_windows(edit, field, text, true, answerable, ret);
}

const char *edit_present_hours(struct edit *edit, const struct hours *hours)
{
    char days[HOURS_DAYS_TEXT_SIZE], open[HOURS_TIME_TEXT_SIZE], close[HOURS_TIME_TEXT_SIZE];
    const char *text = "";

    if (hours->count == 0)
        return hours->given ? "none" : "inherited";
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        text = arena_printf(edit->arena, "%s%s%s%s%s-%s", text, i > 0 ? "\n" : "",
                            hours_render_days(window->days, days), window->days != 0 ? " " : "",
                            hours_render_time(window->open, open),
                            hours_render_time(window->close, close));
        for (size_t k = 0; window->others_answer && k < window->answered_by_count; k++)
            text = arena_printf(edit->arena, "%s%s%s", text, k == 0 ? " " ANSWERED_BY " " : ", ",
                                window->answered_by[k]);
    }
    return text;
}

const char *edit_present_date(struct edit *edit, day_number date, const char *name)
{
    char text[DATE_TEXT_SIZE];

    return arena_printf(edit->arena, "%s%s%s", date_print(date, text), name[0] != '\0' ? " " : "",
                        name);
}

static int day_compare(const void *left, const void *right)
{
    const day_number *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

bool edit_dates(struct edit *edit, const char *field, const char *text, day_number **ret_dates,
                size_t *ret_count)
{
    const char **lines;
    size_t count = edit_lines(edit, text, &lines), kept = 0;
    day_number *dates = count == 0 ? NULL : arena_alloc(edit->copy->arena, count * sizeof *dates);
    bool fine = true;

    for (size_t i = 0; i < count && fine; i++)
        fine = edit_date(edit, field, lines[i], &dates[i]);
    if (!fine)
        return false;
    if (count > 0)
        qsort(dates, count, sizeof *dates, day_compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || dates[i] != dates[kept - 1])
            dates[kept++] = dates[i];
    if (kept > HOLIDAYS_MAX) {
        edit_complain(edit, "%s: %zu dates are more than %d.", edit_word(edit, field), kept,
                      HOLIDAYS_MAX);
        return false;
    }
    *ret_dates = kept == 0 ? NULL : dates;
    *ret_count = kept;
    return true;
}
