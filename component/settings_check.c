#include "component/settings_check.h"

#include <stdlib.h>
#include <string.h>

#include "component/settings_bounds.h"
#include "policy/arena.h"
#include "policy/canned.h"
#include "policy/mem.h"
#include "policy/names.h"
#include "policy/profile.h"
#include "policy/snippet.h"

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

static int key_compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* "(Map room)" and "(map-room)" would be one file. */
static void check_snippet_keys(const struct consortium *consortium, struct file_reader *reader)
{
    size_t count = consortium->snippet_count;
    char(*keys)[SNIPPET_KEY_SIZE] = mem_new((count + 1) * sizeof *keys);

    for (size_t i = 0; i < count; i++)
        if (name_is_snippet(consortium->snippets[i].name)) /* else complained of already */
            snippet_key(consortium->snippets[i].name, keys[i]);
    qsort(keys, count, sizeof *keys, key_compare);
    for (size_t i = 1; i < count; i++)
        if (keys[i][0] != '\0' && strcmp(keys[i - 1], keys[i]) == 0)
            file_complain(reader, 0,
                          "two snippets are alike but for capitals and signs: their file would be "
                          "'%s'",
                          keys[i]);
    free(keys);
}

/* A snippet is what a library puts on its pages: it must not lead patrons to another library. */
static void check_snippets(const struct consortium *consortium, struct file_reader *reader)
{
    struct arena *arena = arena_new();

    for (size_t i = 0; i < consortium->snippet_count; i++) {
        const struct snippet_settings *snippet = &consortium->snippets[i];
        int queue = consortium_queue(consortium, snippet->queue);
        if (queue != NO_INDEX && consortium->queues[queue].library != snippet->library)
            file_complain(reader, snippet->line, "snippet '%s': queue '%s' is another library's",
                          snippet->name, snippet->queue);
        const char *wrong = snippet_complaint(arena, snippet);
        if (wrong != NULL)
            file_complain(reader, snippet->line, "snippet '%s': %s", snippet->name, wrong);
    }
    arena_free(arena);
    check_snippet_keys(consortium, reader);
}

static void check_count(size_t count, size_t max, const char *what, struct file_reader *reader)
{
    if (count > max)
        file_complain(reader, 0, "%zu %s are more than %zu", count, what, max);
}

/* In a file each link was judged where it stands, and a bad one is not here. */
static void check_profile(const char *what, const char *name, const struct profile *profile,
                          struct file_reader *reader)
{
    const struct {
        const char *key, *link;
    } links[] = {{"link", profile->link}, {"policies", profile->policies}};

    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (links[i].link != NULL && links[i].link[0] != '\0' && !profile_is_link(links[i].link))
            file_complain(reader, 0, "%s '%s': profile: %s '%s' is not an http address", what, name,
                          links[i].key, links[i].link);
}

/* A name that is missing or too long in the file was complained of already. */
static void check_canned(const char *what, const char *name, const struct canned_replies *canned,
                         struct file_reader *reader)
{
    for (size_t i = 0; i < canned->count; i++) {
        const struct canned *reply = &canned->list[i];
        const char *wrong;
        unsigned fields;
        int length;
        if (reply->name[0] != '\0' && !canned_name_is_right(reply->name))
            file_complain(reader, reply->line,
                          "%s '%s': canned '%s' is not one word of small letters, digits and "
                          "hyphens, at most %d",
                          what, name, reply->name, CANNED_NAME_MAX);
        if (!canned_fields(reply->text, &fields, &wrong, &length))
            file_complain(reader, reply->line,
                          "%s '%s': canned '%s': there is no field '%.*s'; '{{' is one brace", what,
                          name, reply->name, length, wrong);
    }
}

/* A notice is known by its text. */
static void check_notices(const char *what, const char *name, const struct notices *notices,
                          struct file_reader *reader)
{
    for (size_t i = 0; i < notices->count; i++)
        for (size_t j = 0; j < i; j++)
            if (notices->list[i].text[0] != '\0' &&
                strcmp(notices->list[i].text, notices->list[j].text) == 0)
                file_complain(reader, notices->list[i].line,
                              "%s '%s': a notice with that text is given twice", what, name);
}

static void check_knowledge(const struct consortium *consortium, struct file_reader *reader)
{
    check_profile("consortium", consortium->name, &consortium->profile, reader);
    check_canned("consortium", consortium->name, &consortium->canned, reader);
    check_notices("consortium", consortium->name, &consortium->notices, reader);
    for (size_t i = 0; i < consortium->library_count; i++) {
        const struct library_settings *library = &consortium->libraries[i];
        check_profile("library", library->name, &library->profile, reader);
        check_canned("library", library->name, &library->canned, reader);
        check_notices("library", library->name, &library->notices, reader);
    }
    for (size_t i = 0; i < consortium->queue_count; i++)
        check_profile("queue", consortium->queues[i].name, &consortium->queues[i].profile, reader);
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
    check_knowledge(consortium, reader);
}
