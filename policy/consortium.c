#include "policy/consortium.h"

#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/date.h"

const struct queue_options queue_options_default = {
    .strategy = STRATEGY_ALL,
    .ring_seconds = 40,
    .offer_seconds = 15,
    .chats_per_operator = 5,
    .idle_grace_seconds = 600,
    .patron_grace_seconds = 90,
    .silent_seconds = 180,
    .holding_seconds = 30,
    .retention_days = 365,
    .transcripts = true,
    .show_operator_name = false,
    .welcome = "",
    .holding_text = "",
    .closed_text = "",
};

/* Monday to Friday, and each of the other days alone. */
enum { WEEKDAYS = 0x1f, SATURDAY_ONLY = 1 << SATURDAY, SUNDAY_ONLY = 1 << SUNDAY };

static const struct window own_windows[] = {
    {.days = WEEKDAYS, .open = 8 * 60, .close = 17 * 60},
};

static const struct window backup_windows[] = {
    {.days = WEEKDAYS, .open = 17 * 60, .close = 8 * 60},
    {.days = SATURDAY_ONLY, .open = 10 * 60, .close = 22 * 60},
    {.days = SUNDAY_ONLY, .open = 10 * 60, .close = 8 * 60},
};

static struct hours hours_default(struct arena *arena, const struct window *windows, size_t count)
{
    struct hours hours = {.given = true, .count = count};

    hours.windows = arena_alloc(arena, count * sizeof *windows);
    memcpy(hours.windows, windows, count * sizeof *windows);
    return hours;
}

struct consortium *consortium_new(const char *name)
{
    struct arena *arena = arena_new();
    struct consortium *consortium = arena_alloc(arena, sizeof *consortium);

    consortium->arena = arena;
    consortium->name = arena_strdup(arena, name);
    consortium->title = "";
    memcpy(consortium->grants.bundles, rights_default, sizeof rights_default);
    consortium->timezone = "America/Chicago";
    consortium->hours =
        hours_default(arena, own_windows, sizeof own_windows / sizeof own_windows[0]);
    consortium->holidays.federal = true;
    consortium->holidays.dates = HOLIDAYS_OBSERVED;
    consortium->backup_index = NO_INDEX;
    consortium->backup_hours =
        hours_default(arena, backup_windows, sizeof backup_windows / sizeof backup_windows[0]);
    return consortium;
}

struct consortium *consortium_free(struct consortium *consortium)
{
    if (consortium != NULL)
        arena_free(consortium->arena); /* with the struct itself */
    return NULL;
}

typedef int compare_function(const void *, const void *);

static int library_compare(const void *a, const void *b)
{
    return strcmp(((const struct library_settings *)a)->name,
                  ((const struct library_settings *)b)->name);
}

static int queue_compare(const void *a, const void *b)
{
    return strcmp(((const struct queue_settings *)a)->name,
                  ((const struct queue_settings *)b)->name);
}

static int operator_compare(const void *a, const void *b)
{
    return strcmp(((const struct operator_settings *)a)->name,
                  ((const struct operator_settings *)b)->name);
}

static int snippet_compare(const void *a, const void *b)
{
    return strcmp(((const struct snippet_settings *)a)->name,
                  ((const struct snippet_settings *)b)->name);
}

static int closure_compare(const void *a, const void *b)
{
    day_number first = ((const struct closure *)a)->date;
    day_number second = ((const struct closure *)b)->date;

    return (first > second) - (first < second);
}

static int canned_compare(const void *a, const void *b)
{
    return strcmp(((const struct canned *)a)->name, ((const struct canned *)b)->name);
}

static int holiday_compare(const void *a, const void *b)
{
    day_number first = ((const struct holiday *)a)->date;
    day_number second = ((const struct holiday *)b)->date;

    return (first > second) - (first < second);
}

static int day_compare(const void *a, const void *b)
{
    day_number first = *(const day_number *)a;
    day_number second = *(const day_number *)b;

    return (first > second) - (first < second);
}

/* An empty array is NULL here, which neither qsort nor bsearch may be given. */
static void array_sort(void *array, size_t count, size_t size, compare_function *compare)
{
    if (count > 0)
        qsort(array, count, size, compare);
}

static int array_find(const void *array, size_t count, size_t size, compare_function *compare,
                      const void *key)
{
    const void *found = count > 0 ? bsearch(key, array, count, size, compare) : NULL;

    if (found == NULL)
        return NO_INDEX;
    return (int)((size_t)((const char *)found - (const char *)array) / size);
}

int consortium_library(const struct consortium *consortium, const char *name)
{
    struct library_settings key = {.name = name};

    return array_find(consortium->libraries, consortium->library_count, sizeof key, library_compare,
                      &key);
}

int consortium_queue(const struct consortium *consortium, const char *name)
{
    struct queue_settings key = {.name = name};

    return array_find(consortium->queues, consortium->queue_count, sizeof key, queue_compare, &key);
}

int consortium_operator(const struct consortium *consortium, const char *name)
{
    struct operator_settings key = {.name = name};

    return array_find(consortium->operators, consortium->operator_count, sizeof key,
                      operator_compare, &key);
}

static int renamed_compare(const void *key, const void *element)
{
    return strcmp(key, ((const struct renamed_address *)element)->name);
}

const char *consortium_forward(const struct consortium *consortium, const char *name, int64_t now)
{
    const struct renamed_address *renamed = NULL;

    if (consortium->renamed_count > 0)
        renamed = bsearch(name, consortium->renamed, consortium->renamed_count,
                          sizeof *consortium->renamed, renamed_compare);
    return renamed != NULL && now < renamed->until ? renamed->now : NULL;
}

const struct zone *consortium_queue_zone(const struct consortium *consortium, int queue)
{
    return consortium->libraries[consortium->queues[queue].library].zone;
}

const struct hours *consortium_queue_hours(const struct consortium *consortium, int queue)
{
    const struct queue_settings *settings = &consortium->queues[queue];
    const struct library_settings *library = &consortium->libraries[settings->library];

    if (settings->hours.given)
        return &settings->hours;
    return library->hours.given ? &library->hours : &consortium->hours;
}

static const struct closure *closures_find(const struct closures *closures, day_number date)
{
    size_t low = 0, high = closures->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (closures->list[middle].date < date)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == closures->count || closures->list[low].date != date)
        return NULL;
    return &closures->list[low];
}

const struct closure *consortium_queue_closure(const struct consortium *consortium, int queue,
                                               day_number date)
{
    const struct queue_settings *settings = &consortium->queues[queue];
    const struct closure *closure = closures_find(&settings->closures, date);

    if (closure == NULL)
        closure = closures_find(&consortium->libraries[settings->library].closures, date);
    if (closure == NULL)
        closure = closures_find(&consortium->closures, date);
    return closure;
}

struct linker {
    struct consortium *consortium;
    consortium_complaint *complain;
    void *context;
    bool failed;
    unsigned *seen; /* by queue or operator: the number of the list that named it last */
    unsigned list;
};

#define LINK_COMPLAIN(linker, line, ...)                                                           \
    link_complain(linker, line, arena_printf((linker)->consortium->arena, __VA_ARGS__))

static void link_complain(struct linker *linker, unsigned line, const char *text)
{
    linker->failed = true;
    linker->complain(linker->context, line, text);
}

/* Neighbours that compare equal, in a sorted array of things with a name and a line. */
static void link_twice(struct linker *linker, const char *what, const char *name,
                       const char *next_name, unsigned line, unsigned next_line)
{
    if (strcmp(name, next_name) == 0)
        LINK_COMPLAIN(linker, line > next_line ? line : next_line, "%s '%s' is given twice", what,
                      name);
}

static void link_names(struct linker *linker)
{
    struct consortium *consortium = linker->consortium;

    for (size_t i = 1; i < consortium->library_count; i++) {
        const struct library_settings *library = &consortium->libraries[i];
        link_twice(linker, "library", library[-1].name, library->name, library[-1].line,
                   library->line);
    }
    for (size_t i = 1; i < consortium->queue_count; i++) {
        const struct queue_settings *queue = &consortium->queues[i];
        link_twice(linker, "queue", queue[-1].name, queue->name, queue[-1].line, queue->line);
    }
    for (size_t i = 0; i < consortium->operator_count; i++) {
        const struct operator_settings *person = &consortium->operators[i];
        if (consortium_queue(consortium, person->name) != NO_INDEX)
            LINK_COMPLAIN(linker, person->line, "operator '%s': a queue has that name",
                          person->name);
        if (i > 0)
            link_twice(linker, "operator", person[-1].name, person->name, person[-1].line,
                       person->line);
    }
    for (size_t i = 1; i < consortium->snippet_count; i++) {
        const struct snippet_settings *snippet = &consortium->snippets[i];
        link_twice(linker, "snippet", snippet[-1].name, snippet->name, snippet[-1].line,
                   snippet->line);
    }
}

/* Sorting the libraries moves them; who pointed at one by its index follows it by its name. */
static void link_sort(struct consortium *consortium)
{
    size_t count = consortium->library_count;
    const char **names = arena_alloc(consortium->arena, count * sizeof *names);
    int *moved = arena_alloc(consortium->arena, count * sizeof *moved);

    for (size_t i = 0; i < count; i++)
        names[i] = consortium->libraries[i].name;
    array_sort(consortium->libraries, count, sizeof *consortium->libraries, library_compare);
    for (size_t i = 0; i < count; i++)
        moved[i] = consortium_library(consortium, names[i]);
    for (size_t i = 0; i < consortium->queue_count; i++)
        consortium->queues[i].library = moved[consortium->queues[i].library];
    for (size_t i = 0; i < consortium->operator_count; i++)
        consortium->operators[i].library = moved[consortium->operators[i].library];
    for (size_t i = 0; i < consortium->snippet_count; i++)
        consortium->snippets[i].library = moved[consortium->snippets[i].library];
    array_sort(consortium->queues, consortium->queue_count, sizeof *consortium->queues,
               queue_compare);
    array_sort(consortium->operators, consortium->operator_count, sizeof *consortium->operators,
               operator_compare);
    array_sort(consortium->snippets, consortium->snippet_count, sizeof *consortium->snippets,
               snippet_compare);
}

static void link_hours(struct linker *linker, const char *owner, struct hours *hours)
{
    struct consortium *consortium = linker->consortium;
    size_t named = 0;

    linker->list++;
    for (size_t i = 0; i < hours->count; i++) {
        struct window *window = &hours->windows[i];
        window->answered_by_index = arena_alloc(
            consortium->arena, window->answered_by_count * sizeof *window->answered_by_index);
        for (size_t k = 0; k < window->answered_by_count; k++) {
            int queue = consortium_queue(consortium, window->answered_by[k]);
            window->answered_by_index[k] = queue;
            if (queue == NO_INDEX) {
                LINK_COMPLAIN(linker, window->line, "%s: queue '%s' in answered_by does not exist",
                              owner, window->answered_by[k]);
            } else if (linker->seen[queue] != linker->list) {
                linker->seen[queue] = linker->list;
                named++;
            }
        }
    }
    if (named > ANSWERED_BY_MAX)
        LINK_COMPLAIN(linker, hours->windows[0].line,
                      "%s: answered_by names %zu queues, more than %d", owner, named,
                      ANSWERED_BY_MAX);
}

static void link_closures(struct linker *linker, const char *owner, struct closures *closures)
{
    array_sort(closures->list, closures->count, sizeof *closures->list, closure_compare);
    for (size_t i = 0; i < closures->count; i++) {
        struct closure *closure = &closures->list[i];
        char date[DATE_TEXT_SIZE];
        if (i > 0 && closure[-1].date == closure->date)
            LINK_COMPLAIN(
                linker, closure[-1].line > closure->line ? closure[-1].line : closure->line,
                "%s: closure of %s is given twice", owner, date_print(closure->date, date));
        link_hours(linker, owner, &closure->hours);
    }
}

static void link_canned(struct linker *linker, const char *owner, struct canned_replies *canned)
{
    array_sort(canned->list, canned->count, sizeof *canned->list, canned_compare);
    for (size_t i = 1; i < canned->count; i++) {
        const struct canned *reply = &canned->list[i];
        if (strcmp(reply[-1].name, reply->name) == 0)
            LINK_COMPLAIN(linker, reply[-1].line > reply->line ? reply[-1].line : reply->line,
                          "%s: canned '%s' is given twice", owner, reply->name);
    }
}

static void link_queue(struct linker *linker, struct queue_settings *queue)
{
    struct consortium *consortium = linker->consortium;
    const char *owner = arena_printf(consortium->arena, "queue '%s'", queue->name);

    link_hours(linker, owner, &queue->hours);
    link_closures(linker, owner, &queue->closures);
    queue->operator_index =
        arena_alloc(consortium->arena, queue->operator_count * sizeof *queue->operator_index);
    linker->list++;
    for (size_t i = 0; i < queue->operator_count; i++) {
        int index = consortium_operator(consortium, queue->operators[i]);
        queue->operator_index[i] = index;
        if (index == NO_INDEX)
            LINK_COMPLAIN(linker, queue->line, "%s: operator '%s' does not exist", owner,
                          queue->operators[i]);
        else if (linker->seen[index] == linker->list)
            LINK_COMPLAIN(linker, queue->line, "%s: operator '%s' is named twice", owner,
                          queue->operators[i]);
        else
            linker->seen[index] = linker->list;
    }
}

static void link_consortium(struct linker *linker)
{
    struct consortium *consortium = linker->consortium;
    struct holidays *holidays = &consortium->holidays;

    link_hours(linker, "consortium", &consortium->hours);
    link_closures(linker, "consortium", &consortium->closures);
    link_canned(linker, "consortium", &consortium->canned);
    array_sort(holidays->added, holidays->added_count, sizeof *holidays->added, holiday_compare);
    array_sort(holidays->removed, holidays->removed_count, sizeof *holidays->removed, day_compare);
    consortium->backup_index = NO_INDEX;
    if (consortium->backup_queue == NULL)
        return;
    consortium->backup_index = consortium_queue(consortium, consortium->backup_queue);
    if (consortium->backup_index == NO_INDEX)
        LINK_COMPLAIN(linker, 0, "backup: queue '%s' does not exist", consortium->backup_queue);
}

bool consortium_link(struct consortium *consortium, const char *accounts_domain,
                     consortium_complaint *complain, void *context)
{
    struct arena *arena = consortium->arena;
    size_t most = consortium->queue_count > consortium->operator_count ? consortium->queue_count
                                                                       : consortium->operator_count;
    struct linker linker = {consortium, complain, context, .seen = NULL};

    linker.seen = arena_alloc(arena, most * sizeof *linker.seen);
    if (consortium->queue_count > CONSORTIUM_QUEUES_MAX)
        LINK_COMPLAIN(&linker, 0, "%zu queues are more than %d", consortium->queue_count,
                      CONSORTIUM_QUEUES_MAX);
    link_sort(consortium);
    link_names(&linker);
    link_consortium(&linker);
    for (size_t i = 0; i < consortium->library_count; i++) {
        struct library_settings *library = &consortium->libraries[i];
        const char *owner = arena_printf(arena, "library '%s'", library->name);
        link_hours(&linker, owner, &library->hours);
        link_closures(&linker, owner, &library->closures);
        link_canned(&linker, owner, &library->canned);
        array_sort(library->covered, library->covered_count, sizeof *library->covered, day_compare);
    }
    for (size_t i = 0; i < consortium->queue_count; i++)
        link_queue(&linker, &consortium->queues[i]);
    for (size_t i = 0; i < consortium->operator_count; i++) {
        struct operator_settings *person = &consortium->operators[i];
        if (person->account == NULL && accounts_domain != NULL)
            person->account = arena_printf(arena, "%s@%s", person->name, accounts_domain);
    }
    for (size_t i = 0; i < consortium->snippet_count; i++) {
        struct snippet_settings *snippet = &consortium->snippets[i];
        snippet->queue_index = consortium_queue(consortium, snippet->queue);
        if (snippet->queue_index == NO_INDEX)
            LINK_COMPLAIN(&linker, snippet->line, "snippet '%s': queue '%s' does not exist",
                          snippet->name, snippet->queue);
    }
    return !linker.failed;
}
