/* Hours, closures and holidays of a consortium file. */
#include <stdlib.h>
#include <string.h>

#include "component/settings_bounds.h"
#include "component/settings_read_private.h"
#include "component/settings_value.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "policy/hours.h"
#include "policy/names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct settings_reader *whole(struct file_reader *reader)
{
    return (struct settings_reader *)reader;
}

static const char *read_word(struct file_reader *reader, const config_setting_t *setting,
                             const char *key)
{
    return file_string(reader, setting, key, false, 1, LINE_CHARACTERS_MAX);
}

static void read_days(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *text = read_word(reader, setting, "days");

    if (text != NULL && !hours_parse_days(text, target))
        file_complain(reader, config_setting_source_line(setting), "hours: days '%s' are not days",
                      text);
}

static void read_open(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *text = read_word(reader, setting, "open");

    if (text != NULL && !hours_parse_time(text, false, target))
        file_complain(reader, config_setting_source_line(setting), "hours: open %s is not a time",
                      text);
}

static void read_close(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *text = read_word(reader, setting, "close");

    if (text != NULL && !hours_parse_time(text, true, target))
        file_complain(reader, config_setting_source_line(setting), "hours: close %s is not a time",
                      text);
}

static void read_date(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *text = read_word(reader, setting, "date");

    if (text != NULL && !date_parse(text, target))
        file_complain(reader, config_setting_source_line(setting), "date: '%s' is not a date",
                      text);
}

static void read_answered_by(struct file_reader *reader, const config_setting_t *setting,
                             void *target)
{
    struct window *window = target;

    window->others_answer = true;
    settings_read_strings(whole(reader), setting, "answered_by", ANSWERED_BY_MAX, name_is_queue,
                          "is not a queue's name", &window->answered_by,
                          &window->answered_by_count);
    if (config_setting_length(setting) == 0 && config_setting_is_aggregate(setting))
        file_complain(reader, config_setting_source_line(setting),
                      "answered_by: names no queue; leave it out where the queue itself answers");
}

#define WINDOW_KEY(key, is_required, function)                                                     \
    {                                                                                              \
#key, FILE_OTHER, is_required, NO_BIT, offsetof(struct window, key), 0, 0, NULL, function  \
    }

/* Weekly windows use the whole table, the backup's all but the last, a closure's all but the
 * first row. */
static const struct file_key window_keys[] = {
    WINDOW_KEY(days, true, read_days),
    WINDOW_KEY(open, true, read_open),
    WINDOW_KEY(close, true, read_close),
    {"answered_by", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_answered_by},
};

static void read_windows(struct file_reader *reader, const config_setting_t *setting,
                         const struct file_key *keys, size_t key_count, struct hours *hours)
{
    if (!file_list(reader, setting, "hours", WINDOWS_MAX))
        return;
    hours->given = true;
    hours->count = (size_t)config_setting_length(setting);
    hours->windows = NULL;
    if (hours->count == 0)
        return;
    hours->windows = arena_alloc(reader->arena, hours->count * sizeof *hours->windows);
    for (size_t i = 0; i < hours->count; i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        hours->windows[i].line = config_setting_source_line(group);
        file_group(reader, group, "hours", keys, key_count, &hours->windows[i], NULL);
    }
}

void settings_read_hours(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    read_windows(reader, setting, window_keys, COUNT(window_keys), target);
}

void settings_read_plain_hours(struct file_reader *reader, const config_setting_t *setting,
                               void *target)
{
    read_windows(reader, setting, window_keys, COUNT(window_keys) - 1, target);
}

static void read_closure_hours(struct file_reader *reader, const config_setting_t *setting,
                               void *target)
{
    struct closure *closure = target;

    closure->special = true;
    read_windows(reader, setting, window_keys + 1, COUNT(window_keys) - 1, &closure->hours);
    if (config_setting_is_aggregate(setting) && config_setting_length(setting) == 0)
        file_complain(reader, config_setting_source_line(setting),
                      "hours: a closure's hours may not be empty; leave them out to close");
}

static const struct file_key closure_keys[] = {
    {"date", FILE_OTHER, true, NO_BIT, offsetof(struct closure, date), 0, 0, NULL, read_date},
    {"name", FILE_LINE, false, NO_BIT, offsetof(struct closure, name), 0, LINE_CHARACTERS_MAX, NULL,
     NULL},
    {"hours", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_closure_hours},
};

/* A date that could not be read stays here, each by itself: the link, which complains of dates that
 * are there twice, has nothing to say of it. */
#define NO_DATE INT32_MIN

void settings_read_closures(struct file_reader *reader, const config_setting_t *setting,
                            void *target)
{
    struct closures *closures = target;

    if (!file_list(reader, setting, "closures", CLOSURES_MAX))
        return;
    size_t count = (size_t)config_setting_length(setting);
    *closures = (struct closures){0, NULL};
    if (count == 0)
        return;
    closures->list = arena_alloc(reader->arena, count * sizeof *closures->list);
    closures->count = count;
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct closure *closure = &closures->list[i];
        closure->name = "";
        closure->date = NO_DATE + (day_number)i;
        closure->line = config_setting_source_line(group);
        file_group(reader, group, "a closure", closure_keys, COUNT(closure_keys), closure, NULL);
    }
}

static int date_compare(const void *left, const void *right)
{
    const day_number *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* A list of dates as bare strings, ascending. */
static void read_dates(struct file_reader *reader, const config_setting_t *setting, const char *key,
                       day_number **ret_list, size_t *ret_count)
{
    char words[DATE_TEXT_SIZE];

    if (!file_list(reader, setting, key, HOLIDAYS_MAX))
        return;
    size_t length = (size_t)config_setting_length(setting), count = 0;
    day_number *list = length == 0 ? NULL : arena_alloc(reader->arena, length * sizeof *list);
    for (size_t i = 0; i < length; i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        const char *text = file_string(reader, element, key, false, 1, LINE_CHARACTERS_MAX);
        if (text == NULL)
            continue;
        if (date_parse(text, &list[count]))
            count++;
        else
            file_complain(reader, config_setting_source_line(element), "%s: '%s' is not a date",
                          key, text);
    }
    if (count > 0)
        qsort(list, count, sizeof *list, date_compare);
    for (size_t i = 1; i < count; i++) {
        if (list[i] != list[i - 1])
            continue;
        date_print(list[i], words);
        file_complain(reader, config_setting_source_line(setting), "%s: %s is there twice", key,
                      words);
    }
    *ret_list = list;
    *ret_count = count;
}

static const struct file_key holiday_keys[] = {
    {"date", FILE_OTHER, true, NO_BIT, offsetof(struct holiday, date), 0, 0, NULL, read_date},
    {"name", FILE_LINE, false, NO_BIT, offsetof(struct holiday, name), 0, LINE_CHARACTERS_MAX, NULL,
     NULL},
};

static int holiday_compare(const void *left, const void *right)
{
    const struct holiday *a = left, *b = right;

    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static void read_added(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct holidays *holidays = target;
    char words[DATE_TEXT_SIZE];

    if (!file_list(reader, setting, "add", HOLIDAYS_MAX))
        return;
    size_t count = (size_t)config_setting_length(setting);
    holidays->added_count = count;
    holidays->added =
        count == 0 ? NULL : arena_alloc(reader->arena, count * sizeof *holidays->added);
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct holiday *holiday = &holidays->added[i];
        holiday->name = "";
        holiday->date = NO_DATE + (day_number)i;
        holiday->line = config_setting_source_line(group);
        file_group(reader, group, "an added holiday", holiday_keys, COUNT(holiday_keys), holiday,
                   NULL);
    }
    if (count > 0)
        qsort(holidays->added, count, sizeof *holidays->added, holiday_compare);
    for (size_t i = 1; i < count; i++) {
        const struct holiday *holiday = &holidays->added[i];
        if (holiday->date != holidays->added[i - 1].date)
            continue;
        date_print(holiday->date, words);
        file_complain(reader, holiday->line, "add: %s is there twice (line %u)", words,
                      holidays->added[i - 1].line);
    }
}

static void read_removed(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct holidays *holidays = target;

    read_dates(reader, setting, "remove", &holidays->removed, &holidays->removed_count);
}

static void read_calendar(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct holidays *holidays = target;
    const char *text = read_word(reader, setting, "calendar");

    if (text == NULL)
        return;
    holidays->federal = strcmp(text, "us-federal") == 0;
    if (!holidays->federal && strcmp(text, "none") != 0)
        file_complain(reader, config_setting_source_line(setting),
                      "calendar: '%s' is neither 'us-federal' nor 'none'", text);
}

static const struct file_key holidays_keys[] = {
    {"calendar", FILE_OTHER, false, CONSORTIUM_HOLIDAYS_CALENDAR, 0, 0, 0, NULL, read_calendar},
    {"dates", FILE_CHOICE, false, CONSORTIUM_HOLIDAYS_DATES, offsetof(struct holidays, dates), 0, 0,
     holiday_dates_names, NULL},
    {"add", FILE_OTHER, false, CONSORTIUM_HOLIDAYS_ADD, 0, 0, 0, NULL, read_added},
    {"remove", FILE_OTHER, false, CONSORTIUM_HOLIDAYS_REMOVE, 0, 0, 0, NULL, read_removed},
};

void settings_read_holidays(struct file_reader *reader, const config_setting_t *setting,
                            void *target)
{
    file_group(reader, setting, "holidays", holidays_keys, COUNT(holidays_keys), target,
               &whole(reader)->consortium->given);
}

void settings_read_coverage(struct file_reader *reader, const config_setting_t *setting,
                            void *target)
{
    struct library_settings *library = target;

    library->covers_all_holidays = false;
    library->covered_count = 0;
    if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
        library->covers_all_holidays = config_setting_get_bool(setting) != CONFIG_FALSE;
    else if (config_setting_is_list(setting) || config_setting_is_array(setting))
        read_dates(reader, setting, "holiday_coverage", &library->covered, &library->covered_count);
    else
        file_complain(reader, config_setting_source_line(setting),
                      "holiday_coverage: must be true, false or a list of dates");
}
