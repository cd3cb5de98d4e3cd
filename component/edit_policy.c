/* What the coordinators decide: rollover, the backup, holidays and who bought their coverage. */
#include <stdlib.h>
#include <string.h>

#include "component/edit_private.h"
#include "policy/date.h"
#include "policy/names.h"

const char *const edit_calendars[] = {"us-federal", "none", NULL};
const char *const edit_coverages[] = {"all", "none", "dates", NULL};

enum { COVERAGE_ALL, COVERAGE_NONE, COVERAGE_DATES };

void edit_queue_rollover(struct edit *edit)
{
    int queue = edit_queue(edit, "queue");

    if (queue != NO_INDEX && edit_required(edit, "rollover") != NULL)
        edit_switch(edit, "rollover", &edit->copy->queues[queue].rollover);
}

const char *present_queue_rollover(struct edit *edit, const char *field)
{
    int queue = edit_queue(edit, "queue");

    if (queue == NO_INDEX || !edit_is(field, "rollover"))
        return "";
    return edit_present_switch(edit->copy->queues[queue].rollover);
}

/* Coverage */

static int coverage_of(const struct library_settings *library)
{
    if (library->covers_all_holidays)
        return COVERAGE_ALL;
    return library->covered_count == 0 ? COVERAGE_NONE : COVERAGE_DATES;
}

void edit_holiday_coverage(struct edit *edit)
{
    struct library_settings *library = &edit->copy->libraries[edit->library];
    int coverage = coverage_of(library);
    day_number *dates = NULL;
    size_t count = 0;

    if (edit_required(edit, "coverage") == NULL)
        return;
    edit_pick(edit, "coverage", edit_coverages, &coverage);
    if (coverage == COVERAGE_DATES &&
        !edit_dates(edit, "dates", edit_trimmed(edit, "dates"), &dates, &count))
        return;
    if (coverage == COVERAGE_DATES && count == 0)
        edit_complain(edit, "Dates: name at least one, or choose 'none'.");
    library->covers_all_holidays = coverage == COVERAGE_ALL;
    library->covered = dates;
    library->covered_count = count;
}

static const char *present_dates(struct edit *edit, const day_number *dates, size_t count)
{
    const char **lines = arena_alloc(edit->arena, (count + 1) * sizeof *lines);

    for (size_t i = 0; i < count; i++)
        lines[i] = edit_present_date(edit, dates[i], "");
    return edit_present_lines(edit, lines, count);
}

const char *present_holiday_coverage(struct edit *edit, const char *field)
{
    const struct library_settings *library = &edit->copy->libraries[edit->library];

    if (edit_is(field, "coverage"))
        return edit_coverages[coverage_of(library)];
    return edit_is(field, "dates") ? present_dates(edit, library->covered, library->covered_count)
                                   : "";
}

/* Backup */

/* Any library's: the coordinators choose who answers for all. */
static void take_backup_queue(struct edit *edit, const char *text)
{
    struct consortium *copy = edit->copy;

    if (edit_is(text, EDIT_WHOLE)) {
        copy->backup_queue = NULL;
        return;
    }
    if (!name_is_queue(text) || consortium_queue(copy, text) == NO_INDEX) {
        edit_complain(edit, "Queue: there is no queue '%s'. Write its whole name, or '-' for none.",
                      edit_quote(edit, text));
        return;
    }
    copy->backup_queue = arena_strdup(copy->arena, text);
}

void edit_backup(struct edit *edit)
{
    const char *hours = edit_answer(edit, "hours");

    if (edit_answer(edit, "queue") != NULL) {
        const char *queue = edit_required(edit, "queue");
        if (queue != NULL)
            take_backup_queue(edit, queue);
    }
    if (hours != NULL)
        edit_hours(edit, "hours", hours, true, false, &edit->copy->backup_hours);
}

const char *present_backup(struct edit *edit, const char *field)
{
    const struct consortium *copy = edit->copy;

    if (edit_is(field, "queue"))
        return copy->backup_queue == NULL ? EDIT_WHOLE : copy->backup_queue;
    return edit_is(field, "hours") ? edit_present_hours(edit, &copy->backup_hours) : "";
}

/* Holidays */

static int added_compare(const void *left, const void *right)
{
    const struct holiday *a = left, *b = right;

    return (a->date > b->date) - (a->date < b->date);
}

/* "2026-12-24 Christmas Eve" */
static bool read_holiday(struct edit *edit, const char *line, struct holiday *ret)
{
    size_t length = strcspn(line, " \t");
    const char *name = line + length + strspn(line + length, " \t");
    struct holiday holiday = {.name = ""};

    if (!edit_date(edit, "add", arena_strndup(edit->arena, line, length), &holiday.date))
        return false;
    int complaints = edit->complaint_count;
    edit_check_line(edit, "add", name, LINE_CHARACTERS_MAX, &holiday.name);
    *ret = holiday;
    return edit->complaint_count == complaints;
}

static void take_added(struct edit *edit, const char *text)
{
    struct holidays *holidays = &edit->copy->holidays;
    const char **lines;
    size_t count = edit_lines(edit, text, &lines);
    struct holiday *added =
        count == 0 ? NULL : arena_alloc(edit->copy->arena, count * sizeof *added);

    if (count > HOLIDAYS_MAX) {
        edit_complain(edit, "Add: %zu dates are more than %d.", count, HOLIDAYS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_holiday(edit, lines[i], &added[i]))
            return;
    if (count > 0)
        qsort(added, count, sizeof *added, added_compare);
    for (size_t i = 1; i < count; i++)
        if (added[i].date == added[i - 1].date)
            edit_complain(edit, "Add: %s is there twice.",
                          edit_present_date(edit, added[i].date, ""));
    holidays->added = added;
    holidays->added_count = count;
}

void edit_holidays(struct edit *edit)
{
    struct holidays *holidays = &edit->copy->holidays;
    int calendar = holidays->federal ? 0 : 1, dates = (int)holidays->dates;
    const char *add = edit_answer(edit, "add"), *remove = edit_answer(edit, "remove");

    edit_pick(edit, "calendar", edit_calendars, &calendar);
    edit_pick(edit, "dates", holiday_dates_names, &dates);
    holidays->federal = calendar == 0;
    holidays->dates = (enum holiday_dates)dates;
    if (add != NULL)
        take_added(edit, add);
    if (remove != NULL)
        edit_dates(edit, "remove", remove, &holidays->removed, &holidays->removed_count);
}

const char *present_holidays(struct edit *edit, const char *field)
{
    const struct holidays *holidays = &edit->copy->holidays;

    if (edit_is(field, "calendar"))
        return edit_calendars[holidays->federal ? 0 : 1];
    if (edit_is(field, "dates"))
        return holiday_dates_names[holidays->dates];
    if (edit_is(field, "remove"))
        return present_dates(edit, holidays->removed, holidays->removed_count);
    if (!edit_is(field, "add"))
        return "";
    const char **lines = arena_alloc(edit->arena, (holidays->added_count + 1) * sizeof *lines);
    for (size_t i = 0; i < holidays->added_count; i++)
        lines[i] = edit_present_date(edit, holidays->added[i].date, holidays->added[i].name);
    return edit_present_lines(edit, lines, holidays->added_count);
}
