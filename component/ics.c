#include "component/ics.h"

#include <string.h>
#include <strings.h>

#include "component/utf8.h"
#include "policy/arena.h"

enum { COMPONENT_NAME_MAX = 40, RULE_BYTES_MAX = 1000 };

/* What of an event says which dates it has, and how they are called. */
static const char *const kept_properties[] = {
    "DTSTART", "DTEND",  "DURATION", "EXDATE", "RDATE",
    "RRULE",   "STATUS", "SUMMARY",  "UID",    "RECURRENCE-ID",
};

struct split {
    struct file_reader *reader;
    unsigned line; /* where the current content line begins */
    int depth;
    char open[ICS_DEPTH_MAX][COMPONENT_NAME_MAX + 1];
    bool seen_calendar;
    struct ics_event *events;
    size_t count;
    char *kept; /* of the event that is open */
    size_t kept_length;
};

/* A content line is unfolded into a buffer of its own: folds may cut a character in two. */
static const char *line_take(struct split *split, const char **at, unsigned *number)
{
    const char *from = *at;
    size_t length = 0;

    for (const char *end = from;;) {
        end += strcspn(end, "\n");
        length = (size_t)(end - from);
        if (*end == '\0' || (end[1] != ' ' && end[1] != '\t'))
            break;
        end++;
    }
    char *line = arena_alloc(split->reader->arena, length + 1), *to = line;
    split->line = ++*number;
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '\n') {
            ++*number;
            i++; /* and the blank behind it */
        } else if (from[i] != '\r' || (from[i + 1] != '\n' && from[i + 1] != '\0')) {
            *to++ = from[i];
        }
    }
    *at = from + length + (from[length] == '\n');
    return line;
}

static bool refuse(struct split *split, const char *words)
{
    file_complain(split->reader, split->line, "%s", words);
    return false;
}

static bool is_open(const struct split *split, int depth, const char *name)
{
    return split->depth == depth && strcasecmp(split->open[depth - 1], name) == 0;
}

static void keep(struct split *split, const char *line)
{
    size_t length = strlen(line);

    if (split->kept_length + length + 2 <= ICS_EVENT_BYTES_MAX) {
        memcpy(split->kept + split->kept_length, line, length);
        memcpy(split->kept + split->kept_length + length, "\r\n", 3);
    }
    split->kept_length += length + 2; /* beyond the bound it only counts */
}

static bool component_begin(struct split *split, const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > COMPONENT_NAME_MAX)
        return refuse(split, "BEGIN of no component");
    if (split->depth == 0 && strcasecmp(name, "VCALENDAR") != 0)
        return refuse(split, "not an iCalendar file: BEGIN:VCALENDAR should be here");
    if (split->depth == ICS_DEPTH_MAX)
        return refuse(split, "components are nested too deep");
    memcpy(split->open[split->depth++], name, length + 1);
    split->seen_calendar = true;
    if (!is_open(split, 2, "VEVENT"))
        return true;
    if (split->count == ICS_EVENTS_MAX) {
        file_complain(split->reader, split->line, "more than %d events", ICS_EVENTS_MAX);
        return false;
    }
    split->events[split->count++] = (struct ics_event){.line = split->line};
    split->kept_length = 0;
    keep(split, "BEGIN:VEVENT");
    return true;
}

static bool component_end(struct split *split, const char *name)
{
    if (split->depth == 0 || strcasecmp(split->open[split->depth - 1], name) != 0)
        return refuse(split, "END of what is not open: lines before it are missing");
    if (is_open(split, 2, "VEVENT")) {
        struct ics_event *event = &split->events[split->count - 1];
        keep(split, "END:VEVENT");
        if (split->kept_length > ICS_EVENT_BYTES_MAX) {
            file_complain(split->reader, event->line, "an event larger than %d bytes",
                          ICS_EVENT_BYTES_MAX);
            return false;
        }
        if (utf8_length(split->kept) < 0) {
            file_complain(split->reader, event->line,
                          "an event that is not UTF-8; save the calendar as UTF-8");
            return false;
        }
        event->text = arena_strdup(split->reader->arena, split->kept);
    }
    split->depth--;
    return true;
}

static bool property_is_kept(const char *line, size_t name_length)
{
    for (size_t i = 0; i < sizeof kept_properties / sizeof kept_properties[0]; i++)
        if (strlen(kept_properties[i]) == name_length &&
            strncasecmp(kept_properties[i], line, name_length) == 0)
            return true;
    return false;
}

static bool line_read(struct split *split, const char *line)
{
    size_t length = strcspn(line, ";:");

    if (line[strspn(line, " \t")] == '\0')
        return true;
    if (strncasecmp(line, "BEGIN:", 6) == 0)
        return component_begin(split, line + 6);
    if (strncasecmp(line, "END:", 4) == 0)
        return component_end(split, line + 4);
    if (split->depth == 0)
        return refuse(split, "not an iCalendar file: no BEGIN:VCALENDAR");
    if (length == 0 || strchr(line, ':') == NULL)
        return refuse(split, "not a line of a calendar: no NAME:VALUE");
    if (!is_open(split, 2, "VEVENT") || !property_is_kept(line, length))
        return true;
    if (length == 5 && strncasecmp(line, "RRULE", 5) == 0 &&
        (line[length] != ':' || !ics_rule_fits(line + length + 1)))
        split->events[split->count - 1].odd_rule = true;
    else
        keep(split, line);
    return true;
}

bool ics_split(struct file_reader *reader, const char *text, struct ics_event **ret_events,
               size_t *ret_count)
{
    struct split split = {.reader = reader};
    unsigned number = 0;

    split.events = arena_alloc(reader->arena, ICS_EVENTS_MAX * sizeof *split.events);
    split.kept = arena_alloc(reader->arena, ICS_EVENT_BYTES_MAX + 1);
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (*text != '\0')
        if (!line_read(&split, line_take(&split, &text, &number)))
            return false;
    split.line = 0;
    if (!split.seen_calendar)
        return refuse(&split, "not an iCalendar file: no BEGIN:VCALENDAR");
    if (split.depth > 0)
        return refuse(&split, "the file was cut off: its last END is missing");
    *ret_events = split.events;
    *ret_count = split.count;
    return true;
}

/* Rules */

enum weekday_part { NEVER, OPTIONAL, ALWAYS };

/* An item is [+-]digits, digits, a weekday behind digits, or a weekday. */
static const struct rule_part {
    const char *name;
    bool list, sign;
    int digits;
    enum weekday_part weekday;
} rule_parts[] = {
    {"BYDAY", true, true, 2, ALWAYS},     {"BYMONTH", true, false, 2, NEVER},
    {"BYMONTHDAY", true, true, 2, NEVER}, {"BYSETPOS", true, true, 3, NEVER},
    {"BYWEEKNO", true, true, 2, NEVER},   {"BYYEARDAY", true, true, 3, NEVER},
    {"COUNT", false, false, 5, NEVER},    {"FREQ", false, false, 0, NEVER},
    {"INTERVAL", false, false, 3, NEVER}, {"UNTIL", false, false, 0, NEVER},
    {"WKST", false, false, 0, ALWAYS},
};

enum { RULE_PARTS = sizeof rule_parts / sizeof rule_parts[0] };

static bool is_one_of(const char *text, size_t length, const char *words)
{
    for (const char *word = words; *word != '\0';
         word += strcspn(word, " "), word += *word == ' ') {
        size_t size = strcspn(word, " ");
        if (size == length && strncasecmp(word, text, length) == 0)
            return true;
    }
    return false;
}

static bool item_fits(const struct rule_part *part, const char *item, size_t length)
{
    size_t sign = part->sign && length > 0 && strchr("+-", item[0]) != NULL;
    size_t digits = strspn(item + sign, "0123456789");

    if (digits > length - sign)
        digits = length - sign;
    size_t rest = length - sign - digits;
    if (digits > (size_t)part->digits || (sign > 0 && digits == 0))
        return false;
    if (part->weekday == NEVER)
        return digits > 0 && rest == 0;
    return is_one_of(item + sign + digits, rest, "MO TU WE TH FR SA SU");
}

/* 20261231, 20261231T120000 or the same with Z. */
static bool until_fits(const char *text, size_t length)
{
    size_t date = strspn(text, "0123456789");

    if (length == 8)
        return date >= 8;
    return (length == 15 || (length == 16 && (text[15] == 'Z' || text[15] == 'z'))) && date == 8 &&
           (text[8] == 'T' || text[8] == 't') && strspn(text + 9, "0123456789") == 6;
}

static bool part_fits(const struct rule_part *part, const char *value, size_t length)
{
    if (strcmp(part->name, "FREQ") == 0)
        return is_one_of(value, length, "DAILY WEEKLY MONTHLY YEARLY");
    if (strcmp(part->name, "UNTIL") == 0)
        return until_fits(value, length);
    for (size_t at = 0;;) {
        size_t item = strcspn(value + at, ",");
        bool last = item >= length - at;
        if (last)
            item = length - at;
        if (!item_fits(part, value + at, item))
            return false;
        if (last)
            return true;
        if (!part->list)
            return false;
        at += item + 1;
    }
}

bool ics_rule_fits(const char *value)
{
    unsigned seen = 0;

    if (strlen(value) > RULE_BYTES_MAX)
        return false;
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ";"), name = strcspn(at, "=");
        int found = 0;
        if (name >= length)
            return false;
        while (found < RULE_PARTS && (strlen(rule_parts[found].name) != name ||
                                      strncasecmp(rule_parts[found].name, at, name) != 0))
            found++;
        if (found == RULE_PARTS || (seen & 1U << found) != 0 ||
            !part_fits(&rule_parts[found], at + name + 1, length - name - 1))
            return false;
        seen |= 1U << found;
        at += length;
        if (*at == '\0')
            return true;
    }
}
