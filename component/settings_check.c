#include "component/settings_check.h"

#include <stdlib.h>
#include <string.h>

#include "component/settings_bounds.h"
#include "policy/mem.h"

struct bearer {
    const char *account;
    const struct operator_settings *person;
};

static int bearer_compare(const void *left, const void *right)
{
    const struct bearer *a = left, *b = right;
    int order = strcmp(a->account, b->account);

    if (order != 0)
        return order;
    return (a->person->line > b->person->line) - (a->person->line < b->person->line);
}

/* The desk knows people by their accounts: two operators with one could not be told apart. */
static void check_accounts(const struct consortium *consortium, struct file_reader *reader)
{
    size_t count = 0;
    struct bearer *bearers = mem_new((consortium->operator_count + 1) * sizeof *bearers);

    for (size_t i = 0; i < consortium->operator_count; i++)
        if (consortium->operators[i].account != NULL)
            bearers[count++] =
                (struct bearer){consortium->operators[i].account, &consortium->operators[i]};
    qsort(bearers, count, sizeof *bearers, bearer_compare);
    for (size_t i = 1; i < count; i++) {
        const struct operator_settings *one = bearers[i - 1].person, *other = bearers[i].person;
        if (strcmp(bearers[i - 1].account, bearers[i].account) == 0 &&
            strcmp(one->name, other->name) != 0)
            file_complain(reader, other->line, "operator '%s': account '%s' is that of '%s'",
                          other->name, bearers[i].account, one->name);
    }
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

static void check_count(size_t count, size_t max, const char *what, struct file_reader *reader)
{
    if (count > max)
        file_complain(reader, 0, "%zu %s are more than %zu", count, what, max);
}

struct link_context {
    struct file_reader *reader;
    unsigned backup_line;
};

/* What the link says without a line is about the backup. */
static void complain_of_link(void *context, unsigned line, const char *text)
{
    struct link_context *link = context;

    file_complain(link->reader, line > 0 ? line : link->backup_line, "%s", text);
}

void settings_check(struct consortium *consortium, const char *accounts_domain,
                    unsigned backup_line, struct file_reader *reader)
{
    struct link_context link = {reader, backup_line};

    check_count(consortium->library_count, LIBRARIES_MAX, "libraries", reader);
    check_count(consortium->operator_count, OPERATORS_MAX, "operators", reader);
    check_count(consortium->snippet_count, SNIPPETS_MAX, "snippets", reader);
    consortium_link(consortium, accounts_domain, complain_of_link, &link);
    check_accounts(consortium, reader);
    check_snippets(consortium, reader);
}
