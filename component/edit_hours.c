/* Hours and closures of a queue, a library, or the consortium. */
#include <string.h>

#include "component/edit_private.h"
#include "policy/date.h"

enum { CLOSURE_DAYS_MAX = 366 }; /* of one command; a longer one is a mistake */

/* The queue that is chosen; NO_INDEX for the library or the consortium as a whole. False after a
 * complaint. */
static bool chosen_queue(struct edit *edit, int *ret_queue)
{
    *ret_queue = NO_INDEX;
    if (edit->label == NULL || edit_is_whole(edit, "queue"))
        return true;
    *ret_queue = edit_queue(edit, "queue");
    return *ret_queue != NO_INDEX;
}

static struct hours *chosen_hours(struct edit *edit)
{
    int queue;

    if (!chosen_queue(edit, &queue))
        return NULL;
    if (queue != NO_INDEX)
        return &edit->copy->queues[queue].hours;
    return edit->label != NULL ? &edit->copy->libraries[edit->library].hours : &edit->copy->hours;
}

void edit_hours_edit(struct edit *edit)
{
    struct hours *hours = chosen_hours(edit);
    const char *text = edit_answer(edit, "hours");

    if (hours != NULL && text != NULL)
        edit_hours(edit, "hours", text, edit->label == NULL, true, hours);
}

const char *present_hours_edit(struct edit *edit, const char *field)
{
    const struct hours *hours = edit_is(field, "hours") ? chosen_hours(edit) : NULL;

    return hours == NULL ? "" : edit_present_hours(edit, hours);
}

/* Closures */

struct closures *edit_closures(struct edit *edit)
{
    int queue;

    if (!chosen_queue(edit, &queue))
        return NULL;
    if (queue != NO_INDEX)
        return &edit->copy->queues[queue].closures;
    return edit->label != NULL ? &edit->copy->libraries[edit->library].closures
                               : &edit->copy->closures;
}

/* `from` and `to`, the second one left out for a single day. False after a complaint. */
static bool read_days(struct edit *edit, day_number *ret_from, day_number *ret_to)
{
    const char *from = edit_required(edit, "from"), *to = edit_trimmed(edit, "to");

    if (from == NULL || !edit_date(edit, "from", from, ret_from))
        return false;
    *ret_to = *ret_from;
    if (to[0] != '\0' && !edit_date(edit, "to", to, ret_to))
        return false;
    if (*ret_to < *ret_from)
        edit_complain(edit, "To: %s is before %s.", to, from);
    else if (*ret_to - *ret_from >= CLOSURE_DAYS_MAX)
        edit_complain(edit, "To: from %s to %s are more than %d days.", from, to, CLOSURE_DAYS_MAX);
    else
        return true;
    return false;
}

/* The closure of a date, NULL when there is none. */
static const struct closure *closure_on(const struct closures *closures, day_number date)
{
    for (size_t i = 0; i < closures->count; i++)
        if (closures->list[i].date == date)
            return &closures->list[i];
    return NULL;
}

static bool closures_equal(struct edit *edit, const struct closure *one,
                           const struct closure *other)
{
    return edit_is(one->name, other->name) && one->special == other->special &&
           edit_is(edit_present_hours(edit, &one->hours), edit_present_hours(edit, &other->hours));
}

/* A closure that is there just so is fine; another one on that date has to be removed first. */
static void add_closures(struct edit *edit, struct closures *closures, const struct closure *like,
                         day_number from, day_number to)
{
    size_t days = (size_t)(to - from) + 1;

    struct closures grown = {.count = closures->count};
    grown.list = arena_alloc(edit->copy->arena, (closures->count + days) * sizeof *grown.list);
    if (closures->count > 0)
        memcpy(grown.list, closures->list, closures->count * sizeof *grown.list);
    for (day_number date = from; date <= to; date++) {
        const struct closure *there = closure_on(closures, date);
        if (there == NULL) {
            grown.list[grown.count] = *like;
            grown.list[grown.count++].date = date;
        } else if (!closures_equal(edit, there, like)) {
            edit_complain(edit, "From: there is a closure on %s already; remove it first.",
                          edit_present_date(edit, date, there->name));
        }
    }
    if (grown.count > CLOSURES_MAX)
        edit_complain(edit, "From: %zu closures are more than %d.", grown.count, CLOSURES_MAX);
    else
        *closures = grown;
}

void edit_closure_add(struct edit *edit)
{
    struct closures *closures = edit_closures(edit);
    const char *hours = edit_trimmed(edit, "hours");
    struct closure closure = {.name = "", .special = hours[0] != '\0'};
    day_number from, to;

    if (closures == NULL || !read_days(edit, &from, &to))
        return;
    edit_line(edit, "name", 0, LINE_CHARACTERS_MAX, &closure.name);
    if (closure.special && !edit_windows(edit, "hours", hours, false, true, &closure.hours))
        return;
    add_closures(edit, closures, &closure, from, to);
}

/* Removing what is not there is a mistake of somebody who chose dates, and none in a range. */
void edit_closure_remove(struct edit *edit)
{
    struct closures *closures = edit_closures(edit);
    day_number *dates = NULL, from, to;
    size_t count = 0, kept = 0;

    if (closures == NULL)
        return;
    bool chosen = edit_trimmed(edit, "dates")[0] != '\0';
    if (chosen ? !edit_dates(edit, "dates", edit_trimmed(edit, "dates"), &dates, &count)
               : !read_days(edit, &from, &to))
        return;
    for (size_t i = 0; i < count; i++)
        if (closure_on(closures, dates[i]) == NULL)
            edit_complain(edit, "Dates: there is no closure on %s.",
                          edit_present_date(edit, dates[i], ""));
    for (size_t i = 0; i < closures->count; i++) {
        day_number date = closures->list[i].date;
        if (chosen ? !date_in(dates, count, date) : date < from || date > to)
            closures->list[kept++] = closures->list[i];
    }
    if (!chosen && kept == closures->count)
        edit_complain(edit, "From: there is no closure then.");
    closures->count = kept;
}
