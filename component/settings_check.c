#include "component/settings_check.h"

#include <stdlib.h>
#include <string.h>

#include "component/mem.h"
#include "component/settings_bounds.h"

/* A name or an account, and who bears it. */
struct bearer {
    const char *name;
    const char *kind;
    unsigned line;
};

static int bearer_compare(const void *left, const void *right)
{
    const struct bearer *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    if (order != 0)
        return order;
    return (a->line > b->line) - (a->line < b->line);
}

/* `what` is "the name" or "the account". */
static void complain_of_doubles(struct bearer *bearers, size_t count, const char *what,
                                struct file_reader *reader)
{
    if (count == 0)
        return;
    qsort(bearers, count, sizeof *bearers, bearer_compare);
    for (size_t i = 1; i < count; i++) {
        const struct bearer *one = &bearers[i - 1], *other = &bearers[i];
        if (other->name[0] == '\0' || strcmp(one->name, other->name) != 0)
            continue;
        if (one->line > 0)
            file_complain(reader, other->line, "%s: %s '%s' is already that of %s in line %u",
                          other->kind, what, other->name, one->kind, one->line);
        else
            file_complain(reader, other->line, "%s: %s '%s' is already that of %s", other->kind,
                          what, other->name, one->kind);
    }
}

static void check_names(const struct consortium *consortium, struct file_reader *reader)
{
    size_t count = 0;
    struct bearer *bearers = mem_new((consortium->library_count + consortium->queue_count +
                                      consortium->operator_count + consortium->snippet_count + 1) *
                                     sizeof *bearers);

    /* One list for all: a label has no hyphen, a snippet a blank, so only queues and operators
     * can meet, and they must not. */
    for (size_t i = 0; i < consortium->library_count; i++)
        bearers[count++] = (struct bearer){consortium->libraries[i].name, "a library",
                                           consortium->libraries[i].line};
    for (size_t i = 0; i < consortium->queue_count; i++)
        bearers[count++] =
            (struct bearer){consortium->queues[i].name, "a queue", consortium->queues[i].line};
    for (size_t i = 0; i < consortium->operator_count; i++)
        bearers[count++] = (struct bearer){consortium->operators[i].name, "an operator",
                                           consortium->operators[i].line};
    for (size_t i = 0; i < consortium->snippet_count; i++)
        bearers[count++] = (struct bearer){consortium->snippets[i].name, "a snippet",
                                           consortium->snippets[i].line};
    complain_of_doubles(bearers, count, "the name", reader);
    free(bearers);
}

static void check_accounts(const struct consortium *consortium, struct file_reader *reader)
{
    size_t count = 0;
    struct bearer *bearers = mem_new((consortium->operator_count + 1) * sizeof *bearers);

    for (size_t i = 0; i < consortium->operator_count; i++)
        if (consortium->operators[i].account != NULL)
            bearers[count++] = (struct bearer){consortium->operators[i].account, "an operator",
                                               consortium->operators[i].line};
    complain_of_doubles(bearers, count, "the account", reader);
    free(bearers);
}

/* A snippet is what a library puts on its pages: it must not lead patrons to another library. */
static void check_snippets(const struct consortium *consortium, struct file_reader *reader)
{
    for (size_t i = 0; i < consortium->snippet_count; i++) {
        const struct snippet_settings *snippet = &consortium->snippets[i];
        int queue = consortium_queue(consortium, snippet->queue);
        if (queue != NO_INDEX && consortium->queues[queue].library != snippet->library)
            file_complain(reader, snippet->line, "snippet '%s': queue '%s' is another library's",
                          snippet->name, snippet->queue);
    }
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* See HOURS_ANSWERERS_MAX. */
static void check_answerers(const struct hours *hours, struct file_reader *reader)
{
    size_t names = 0, different = 0;

    for (size_t i = 0; i < hours->count; i++)
        names += hours->windows[i].answered_by_count;
    if (names <= HOURS_ANSWERERS_MAX)
        return;
    const char **all = mem_new(names * sizeof *all);
    names = 0;
    for (size_t i = 0; i < hours->count; i++)
        for (size_t k = 0; k < hours->windows[i].answered_by_count; k++)
            all[names++] = hours->windows[i].answered_by[k];
    qsort(all, names, sizeof *all, name_compare);
    for (size_t i = 0; i < names; i++)
        different += i == 0 || strcmp(all[i], all[i - 1]) != 0;
    free(all);
    if (different > HOURS_ANSWERERS_MAX)
        file_complain(reader, hours->windows[0].line,
                      "answered_by: %zu queues in one 'hours' are more than %d", different,
                      HOURS_ANSWERERS_MAX);
}

static void check_hours(const struct hours *hours, const struct closures *closures,
                        struct file_reader *reader)
{
    check_answerers(hours, reader);
    for (size_t i = 0; i < closures->count; i++)
        check_answerers(&closures->list[i].hours, reader);
}

static void check_count(size_t count, size_t max, const char *what, struct file_reader *reader)
{
    if (count > max)
        file_complain(reader, 0, "%zu %s are more than %zu", count, what, max);
}

static void complain_of_link(void *context, unsigned line, const char *text)
{
    file_complain(context, line, "%s", text);
}

void settings_check(struct consortium *consortium, const char *accounts_domain,
                    struct file_reader *reader)
{
    check_count(consortium->library_count, LIBRARIES_MAX, "libraries", reader);
    check_count(consortium->queue_count, QUEUES_MAX, "queues", reader);
    check_count(consortium->operator_count, OPERATORS_MAX, "operators", reader);
    check_count(consortium->snippet_count, SNIPPETS_MAX, "snippets", reader);
    consortium_link(consortium, accounts_domain, complain_of_link, reader);
    check_names(consortium, reader);
    check_accounts(consortium, reader);
    check_snippets(consortium, reader);
    check_hours(&consortium->hours, &consortium->closures, reader);
    for (size_t i = 0; i < consortium->library_count; i++)
        check_hours(&consortium->libraries[i].hours, &consortium->libraries[i].closures, reader);
    for (size_t i = 0; i < consortium->queue_count; i++)
        check_hours(&consortium->queues[i].hours, &consortium->queues[i].closures, reader);
}
