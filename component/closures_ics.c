#include "component/closures_ics.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "component/ics.h"
#include "component/settings_bounds.h"
#include "component/utf8.h"
#include "policy/arena.h"
#include "policy/date.h"

enum {
    WINDOW_DAYS = CLOSURES_DAYS_BACK + 1 + CLOSURES_DAYS_AHEAD,
    LABEL_CHARACTERS_MAX = 60, /* of an event's name in what is said */
    YEAR_MIN = 1970,           /* an older one is no closure of a chat desk */
    YEAR_MAX = 2199
};

struct entry {
    const struct ics_event *event;
    icalcomponent *component;
    const char *uid, *name; /* clean; "" when it has none */
    bool changes_one;       /* it has a RECURRENCE-ID: it stands for one date of another */
    day_number changed;
};

struct reading {
    struct arena *arena;
    const char *path;
    FILE *words;
    day_number first;                 /* of the window */
    struct entry *entries, **changes; /* the latter by uid and date */
    size_t count, change_count;
    long rule_days;
    struct entry *taken[WINDOW_DAYS]; /* which event has that day */
    bool outside; /* of the present event: it has dates, none in the window so far */
};

/* At most `max` characters in one line: blanks for what is no character to see. */
static const char *text_clean(struct arena *arena, const char *text, int max)
{
    char *clean = arena_strdup(arena, text == NULL ? "" : text), *to = clean;
    int characters = 0;

    for (const char *from = clean; *from != '\0' && characters <= max; from++) {
        unsigned char byte = (unsigned char)*from;
        /* C1 controls are 0xc2 0x80 to 0xc2 0x9f. */
        bool c1 = byte == 0xc2 && (unsigned char)from[1] < 0xa0;
        if (byte <= ' ' || byte == 0x7f || c1) {
            from += c1;
            if (to > clean && to[-1] != ' ') {
                *to++ = ' ';
                characters++;
            }
            continue;
        }
        characters += (byte & 0xc0) != 0x80;
        if (characters <= max)
            *to++ = (char)byte;
    }
    while (to > clean && to[-1] == ' ')
        to--;
    *to = '\0';
    /* libical takes a backslash before a character of several bytes for an escape of the first. */
    if (utf8_length(clean) < 0)
        for (to = clean; *to != '\0'; to++)
            if ((unsigned char)*to >= 0x80)
                *to = '?';
    return clean;
}

static void skip(const struct reading *reading, const struct entry *entry, const char *reason)
{
    const char *label = entry->name[0] != '\0' ? entry->name : entry->uid;

    fprintf(reading->words, "%s:%u: event '%s' is skipped: %s\n", reading->path, entry->event->line,
            text_clean(reading->arena, label, LABEL_CHARACTERS_MAX), reason);
}

static const char *property_text(icalcomponent *component, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(component, kind);

    return property == NULL ? NULL : icalproperty_get_value_as_string(property);
}

/* False for a time that is none, or centuries away. */
static bool day_of(struct icaltimetype time, day_number *ret)
{
    if (icaltime_is_null_time(time) || time.year < YEAR_MIN || time.year > YEAR_MAX ||
        time.month < 1 || time.month > 12 || time.day < 1 ||
        time.day > date_month_days(time.year, time.month))
        return false;
    *ret = date_from_civil(time.year, time.month, time.day);
    return true;
}

static struct icaltimetype time_of(day_number day)
{
    struct icaltimetype time = icaltime_null_time(); /* that of a date has hour -1 in 3.0 */
    int year, month, date;

    date_to_civil(day, &year, &month, &date);
    time.year = year;
    time.month = month;
    time.day = date;
    time.is_date = 1;
    return time;
}

static int entry_compare(const struct entry *a, const char *uid, day_number date)
{
    int order = strcmp(a->uid, uid);

    return order != 0 ? order : (a->changed > date) - (a->changed < date);
}

static int changes_compare(const void *left, const void *right)
{
    const struct entry *const *a = left, *const *b = right;

    return entry_compare(*a, (*b)->uid, (*b)->changed);
}

/* Whether another event stands for that date of this one. */
static bool is_changed(const struct reading *reading, const struct entry *entry, day_number date)
{
    struct entry key = {.uid = entry->uid, .changed = date}, *sought = &key;

    return !entry->changes_one && entry->uid[0] != '\0' && reading->change_count > 0 &&
           bsearch(&sought, reading->changes, reading->change_count, sizeof(struct entry *),
                   changes_compare) != NULL;
}

/* Reading one event */

struct dates {
    day_number start;
    int days;
    size_t left_out_count;
    day_number *left_out; /* ascending */
};

static int day_compare(const void *left, const void *right)
{
    const day_number *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* DTEND is the day after the last; without it and DURATION an event lasts its day (RFC 5545,
 * section 3.6.1). Some programs write a DTEND that equals DTSTART and mean one day too. NULL, or
 * why the event's dates are no dates. */
static const char *read_length(icalcomponent *component, struct dates *dates)
{
    icalproperty *end = icalcomponent_get_first_property(component, ICAL_DTEND_PROPERTY);
    icalproperty *length = icalcomponent_get_first_property(component, ICAL_DURATION_PROPERTY);
    day_number after = dates->start + 1;

    if (end != NULL) {
        struct icaltimetype time = icalproperty_get_dtend(end);
        if (!time.is_date)
            return "its end has a time of day";
        if (!day_of(time, &after))
            return "its end is no date from 1970 to 2199";
        after += after == dates->start;
    } else if (length != NULL) {
        struct icaldurationtype time = icalproperty_get_duration(length);
        if (time.hours != 0 || time.minutes != 0 || time.seconds != 0)
            return "its duration is no number of days";
        if (time.is_neg || time.weeks > ICS_EVENT_DAYS_MAX || time.days > ICS_EVENT_DAYS_MAX)
            return "its duration is negative or above 366 days";
        after = dates->start + (day_number)(time.weeks * 7 + time.days);
        after += after == dates->start;
    }
    if (after <= dates->start)
        return "it ends before it begins";
    if (after - dates->start > ICS_EVENT_DAYS_MAX)
        return "it lasts more than 366 days";
    dates->days = after - dates->start;
    return NULL;
}

static void read_left_out(struct reading *reading, icalcomponent *component, struct dates *dates)
{
    int count = icalcomponent_count_properties(component, ICAL_EXDATE_PROPERTY);

    if (count == 0)
        return;
    dates->left_out = arena_alloc(reading->arena, (size_t)count * sizeof *dates->left_out);
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_EXDATE_PROPERTY);
         property != NULL;
         property = icalcomponent_get_next_property(component, ICAL_EXDATE_PROPERTY))
        dates->left_out_count +=
            day_of(icalproperty_get_exdate(property), &dates->left_out[dates->left_out_count]);
    qsort(dates->left_out, dates->left_out_count, sizeof *dates->left_out, day_compare);
}

/* NULL, or why the event is no closure. */
static const char *read_dates(struct reading *reading, const struct entry *entry,
                              struct dates *dates)
{
    icalcomponent *component = entry->component;
    icalproperty *start = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
    const char *status = property_text(component, ICAL_STATUS_PROPERTY);

    if (entry->event->odd_rule)
        return "its RRULE is none for whole days";
    if (status != NULL &&
        (strcasecmp(status, "CANCELLED") == 0 || strcasecmp(status, "CANCELED") == 0))
        return "it is cancelled";
    if (icalcomponent_count_errors(component) > 0)
        return arena_printf(reading->arena, "%s",
                            text_clean(reading->arena,
                                       property_text(component, ICAL_XLICERROR_PROPERTY),
                                       LINE_CHARACTERS_MAX));
    if (start == NULL)
        return "it has no DTSTART";
    if (!icalproperty_get_dtstart(start).is_date)
        return "it has a time of day";
    if (!day_of(icalproperty_get_dtstart(start), &dates->start))
        return "its DTSTART is no date from 1970 to 2199";
    const char *reason = read_length(component, dates);
    if (reason == NULL)
        read_left_out(reading, component, dates);
    return reason;
}

/* One occurrence: all its days that are in the window and still free. */
static void occur(struct reading *reading, struct entry *entry, const struct dates *dates,
                  day_number start)
{
    char text[DATE_TEXT_SIZE];

    if (date_in(dates->left_out, dates->left_out_count, start) || is_changed(reading, entry, start))
        return;
    for (int i = 0; i < dates->days; i++) {
        int at = start + i - reading->first;
        if (at < 0 || at >= WINDOW_DAYS)
            continue;
        reading->outside = false;
        if (reading->taken[at] == NULL)
            reading->taken[at] = entry;
        else if (strcmp(reading->taken[at]->name, entry->name) != 0)
            skip(reading, entry,
                 arena_printf(reading->arena, "on %s '%s' of line %u comes first",
                              date_print(start + i, text), reading->taken[at]->name,
                              reading->taken[at]->event->line));
    }
}

/* The rule ends with the window, whatever it says: libical would look for the next 30 February
 * for centuries. False when the file asks for too much of this. */
static bool occur_by_rule(struct reading *reading, struct entry *entry, const struct dates *dates,
                          icalproperty *property)
{
    struct icalrecurrencetype rule = icalproperty_get_rrule(property);
    day_number last = reading->first + WINDOW_DAYS - 1, until;

    if (rule.freq == ICAL_NO_RECURRENCE) {
        skip(reading, entry, "its RRULE cannot be read, only its DTSTART counts");
        return true;
    }
    if (day_of(rule.until, &until) && until < last)
        last = until;
    if (last < dates->start)
        return true;
    reading->rule_days += last - dates->start + 1;
    if (reading->rule_days > ICS_RULE_DAYS_MAX)
        return false;
    rule.until = time_of(last);
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, time_of(dates->start));
    if (iterator == NULL) {
        skip(reading, entry, "its RRULE never comes true, only its DTSTART counts");
        return true;
    }
    for (;;) {
        struct icaltimetype time = icalrecur_iterator_next(iterator);
        day_number start;
        if (!day_of(time, &start) || start > last)
            break;
        if (start != dates->start)
            occur(reading, entry, dates, start);
    }
    icalrecur_iterator_free(iterator);
    return true;
}

static void occur_by_list(struct reading *reading, struct entry *entry, const struct dates *dates)
{
    icalcomponent *component = entry->component;

    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_RDATE_PROPERTY);
         property != NULL;
         property = icalcomponent_get_next_property(component, ICAL_RDATE_PROPERTY)) {
        struct icaldatetimeperiodtype value = icalproperty_get_rdate(property);
        day_number start;
        if (!value.time.is_date || !day_of(value.time, &start))
            skip(reading, entry, "not all of it, but an RDATE that is no whole day");
        else
            occur(reading, entry, dates, start);
    }
}

static bool entry_read(struct reading *reading, struct entry *entry)
{
    struct dates dates = {.days = 1};
    const char *reason = read_dates(reading, entry, &dates);

    if (reason != NULL) {
        skip(reading, entry, reason);
        return true;
    }
    reading->outside = true;
    occur(reading, entry, &dates, dates.start);
    for (icalproperty *property =
             icalcomponent_get_first_property(entry->component, ICAL_RRULE_PROPERTY);
         property != NULL;
         property = icalcomponent_get_next_property(entry->component, ICAL_RRULE_PROPERTY))
        if (!occur_by_rule(reading, entry, &dates, property))
            return false;
    occur_by_list(reading, entry, &dates);
    if (reading->outside) {
        char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
        skip(reading, entry,
             arena_printf(reading->arena, "no date of it is from %s to %s",
                          date_print(reading->first, first),
                          date_print(reading->first + WINDOW_DAYS - 1, last)));
    }
    return true;
}

/* The whole file */

static void entry_open(struct reading *reading, struct entry *entry, const struct ics_event *event)
{
    entry->event = event;
    entry->component = icalparser_parse_string(event->text);
    if (entry->component == NULL) /* not seen with what ics_split() lets through */
        entry->component = icalcomponent_new(ICAL_VEVENT_COMPONENT);
    icalproperty *uid = icalcomponent_get_first_property(entry->component, ICAL_UID_PROPERTY);
    entry->uid = text_clean(reading->arena, uid == NULL ? NULL : icalproperty_get_uid(uid),
                            ICS_EVENT_BYTES_MAX);
    icalproperty *summary =
        icalcomponent_get_first_property(entry->component, ICAL_SUMMARY_PROPERTY);
    entry->name =
        text_clean(reading->arena, summary == NULL ? NULL : icalproperty_get_summary(summary),
                   LINE_CHARACTERS_MAX);
    icalproperty *changed =
        icalcomponent_get_first_property(entry->component, ICAL_RECURRENCEID_PROPERTY);
    if (changed == NULL || !day_of(icalproperty_get_recurrenceid(changed), &entry->changed))
        return;
    entry->changes_one = true;
    reading->changes[reading->change_count++] = entry;
    if (icalproperty_get_first_parameter(changed, ICAL_RANGE_PARAMETER) != NULL)
        skip(reading, entry, "not all of it, but the change of later dates too (RANGE)");
}

static struct closures taken_closures(const struct reading *reading)
{
    struct closures closures = {0, NULL};

    closures.list = arena_alloc(reading->arena, WINDOW_DAYS * sizeof *closures.list);
    for (int i = 0; i < WINDOW_DAYS; i++)
        if (reading->taken[i] != NULL)
            closures.list[closures.count++] = (struct closure){
                .date = reading->first + i,
                .name = reading->taken[i]->name,
                .line = reading->taken[i]->event->line,
            };
    return closures;
}

static bool events_read(struct reading *reading, const struct ics_event *events)
{
    struct entry *heavy = NULL;

    reading->entries = arena_alloc(reading->arena, (reading->count + 1) * sizeof *reading->entries);
    reading->changes = arena_alloc(reading->arena, (reading->count + 1) * sizeof(struct entry *));
    for (size_t i = 0; i < reading->count; i++)
        entry_open(reading, &reading->entries[i], &events[i]);
    qsort(reading->changes, reading->change_count, sizeof(struct entry *), changes_compare);
    for (size_t i = 0; i < reading->count && heavy == NULL; i++)
        if (!entry_read(reading, &reading->entries[i]))
            heavy = &reading->entries[i];
    for (size_t i = 0; i < reading->count; i++)
        icalcomponent_free(reading->entries[i].component);
    icalmemory_free_ring();
    if (heavy != NULL)
        fprintf(reading->words,
                "%s:%u: the rules up to here run over more than %d days together; leave old "
                "events out\n",
                reading->path, heavy->event->line, ICS_RULE_DAYS_MAX);
    return heavy == NULL;
}

bool closures_ics_read(const char *text, const char *path, day_number today, struct arena *arena,
                       struct closures *ret_closures, FILE *words)
{
    struct file_reader reader = {.name = path, .arena = arena};
    struct reading reading = {
        .arena = arena, .path = path, .words = words, .first = today - CLOSURES_DAYS_BACK};
    struct ics_event *events = NULL;

    if (!ics_split(&reader, text, &events, &reading.count)) {
        file_report(&reader, words);
        return false;
    }
    icalerror_set_errors_are_fatal(0);
    if (!events_read(&reading, events))
        return false;
    *ret_closures = taken_closures(&reading);
    return true;
}

struct closures closures_ics_merge(const struct closures *before, const struct closures *fresh,
                                   const char *path, struct arena *arena, FILE *words)
{
    struct closures merged = {0, NULL};
    size_t old = 0;

    merged.list = arena_alloc(arena, (before->count + fresh->count + 1) * sizeof *merged.list);
    for (size_t i = 0; i < fresh->count; i++) {
        const struct closure *closure = &fresh->list[i];
        char date[DATE_TEXT_SIZE];
        while (old < before->count && before->list[old].date < closure->date)
            merged.list[merged.count++] = before->list[old++];
        const struct closure *kept = old < before->count && before->list[old].date == closure->date
                                         ? &before->list[old]
                                         : NULL;
        if (kept == NULL)
            merged.list[merged.count++] = *closure;
        else if (kept->special || strcmp(kept->name, closure->name) != 0)
            fprintf(words, "%s:%u: '%s' is skipped: %s keeps its %s '%s'\n", path, closure->line,
                    closure->name, date_print(closure->date, date),
                    kept->special ? "special hours" : "closure", kept->name);
    }
    while (old < before->count)
        merged.list[merged.count++] = before->list[old++];
    return merged;
}
