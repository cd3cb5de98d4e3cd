/* The consortium file's libraries, queues, operators and snippets. */
#include <stdlib.h>
#include <string.h>

#include "component/account.h"
#include "component/settings.h"
#include "component/settings_bounds.h"
#include "component/settings_check.h"
#include "component/settings_read_private.h"
#include "component/settings_value.h"
#include "component/zone.h"
#include "policy/arena.h"
#include "policy/names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct settings_reader *whole(struct file_reader *reader)
{
    return (struct settings_reader *)reader;
}

void settings_read_strings(struct settings_reader *reader, const config_setting_t *setting,
                           const char *key, int max, bool (*right)(const char *), const char *wrong,
                           const char ***ret_list, size_t *ret_count)
{
    struct file_reader *file = &reader->file;

    if (!file_list(file, setting, key, max))
        return;
    size_t length = (size_t)config_setting_length(setting), count = 0;
    const char **list = length == 0 ? NULL : arena_alloc(file->arena, length * sizeof *list);
    for (size_t i = 0; i < length; i++) {
        const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
        unsigned line = config_setting_source_line(element);
        const char *text = file_string(file, element, key, false, 1, ACCOUNT_BYTES_MAX);
        if (text == NULL)
            continue;
        if (!right(text)) {
            file_complain(file, line, "%s: '%s' %s", key, text, wrong);
            continue;
        }
        size_t same = 0;
        while (same < count && strcmp(list[same], text) != 0)
            same++;
        if (same < count)
            file_complain(file, line, "%s: '%s' is there twice", key, text);
        else
            list[count++] = arena_strdup(file->arena, text);
    }
    *ret_list = list;
    *ret_count = count;
}

/* A name that breaks the grammar is complained of and kept all the same, so that what refers to
 * it is not complained of too. */
static void read_name(struct file_reader *reader, const config_setting_t *setting,
                      bool (*right)(const char *), const char *wrong, const char **ret_name)
{
    const char *text = file_string(reader, setting, "name", false, 1, ACCOUNT_BYTES_MAX);

    if (text == NULL)
        return;
    *ret_name = arena_strdup(reader->arena, text);
    if (!right(text))
        file_complain(reader, config_setting_source_line(setting), "name: '%s' %s", text, wrong);
}

static void read_timezone(struct file_reader *reader, const config_setting_t *setting,
                          const char **ret_timezone, const struct zone **ret_zone)
{
    struct error error;
    const char *text = file_string(reader, setting, "timezone", false, 1, LINE_CHARACTERS_MAX);

    if (text == NULL)
        return;
    const struct zone *zone = zone_load(text, &error);
    if (zone == NULL) {
        file_complain(reader, config_setting_source_line(setting), "timezone: %s", error.text);
        return;
    }
    *ret_timezone = arena_strdup(reader->arena, text);
    *ret_zone = zone;
}

static void read_account_list(struct file_reader *reader, const config_setting_t *setting,
                              const char *key, const char ***ret_list, size_t *ret_count)
{
    settings_read_strings(whole(reader), setting, key, ADMINS_MAX, account_is_plausible,
                          "is not an account (name@domain, in small letters)", ret_list, ret_count);
}

/* Queues */

static void complain_foreign(struct file_reader *reader, const config_setting_t *setting,
                             const char *name)
{
    const struct settings_reader *all = whole(reader);

    if (all->library_name != NULL && !name_belongs(name, all->consortium->name, all->library_name))
        file_complain(reader, config_setting_source_line(setting),
                      "name: '%s' must begin with '%s-%s'", name, all->consortium->name,
                      all->library_name);
}

static void read_queue_name(struct file_reader *reader, const config_setting_t *setting,
                            void *target)
{
    struct queue_settings *queue = target;

    read_name(reader, setting, name_is_queue,
              "is not a queue's name (consortium-library or consortium-library-rest)",
              &queue->name);
    if (name_is_queue(queue->name))
        complain_foreign(reader, setting, queue->name);
}

static void read_queue_operators(struct file_reader *reader, const config_setting_t *setting,
                                 void *target)
{
    struct queue_settings *queue = target;

    settings_read_strings(whole(reader), setting, "operators", QUEUE_OPERATORS_MAX,
                          name_is_operator, "is not an operator's name", &queue->operators,
                          &queue->operator_count);
}

#define QUEUE_NUMBER(key, bit, min, max)                                                           \
    {                                                                                              \
#key, FILE_NUMBER, false, bit, offsetof(struct queue_settings, options.key), min, max,     \
            NULL, NULL                                                                             \
    }
#define QUEUE_SWITCH(key, bit)                                                                     \
    {                                                                                              \
#key, FILE_SWITCH, false, bit, offsetof(struct queue_settings, options.key), 0, 0, NULL,   \
            NULL                                                                                   \
    }
#define QUEUE_TEXT(key, bit)                                                                       \
    {                                                                                              \
#key, FILE_TEXT, false, bit, offsetof(struct queue_settings, options.key), 0,              \
            TEXT_CHARACTERS_MAX, NULL, NULL                                                        \
    }

static void read_queue_profile(struct file_reader *reader, const config_setting_t *setting,
                               void *target)
{
    struct queue_settings *queue = target;

    settings_read_profile(reader, setting, &queue->profile, QUEUE_PROFILE_TEXT, &queue->given);
}

static const struct file_key queue_keys[] = {
    {"name", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_queue_name},
    {"title", FILE_LINE, false, QUEUE_TITLE, offsetof(struct queue_settings, title), 0,
     LINE_CHARACTERS_MAX, NULL, NULL},
    {"rollover", FILE_SWITCH, false, QUEUE_ROLLOVER, offsetof(struct queue_settings, rollover), 0,
     0, NULL, NULL},
    {"operators", FILE_OTHER, false, QUEUE_OPERATORS, 0, 0, 0, NULL, read_queue_operators},
    {"hours", FILE_OTHER, false, QUEUE_HOURS, offsetof(struct queue_settings, hours), 0, 0, NULL,
     settings_read_hours},
    {"closures", FILE_OTHER, false, QUEUE_CLOSURES, offsetof(struct queue_settings, closures), 0, 0,
     NULL, settings_read_closures},
    {"strategy", FILE_CHOICE, false, QUEUE_STRATEGY,
     offsetof(struct queue_settings, options.strategy), 0, 0, strategy_names, NULL},
    QUEUE_NUMBER(ring_seconds, QUEUE_RING_SECONDS, 1, SECONDS_MAX),
    QUEUE_NUMBER(offer_seconds, QUEUE_OFFER_SECONDS, 1, SECONDS_MAX),
    QUEUE_NUMBER(chats_per_operator, QUEUE_CHATS_PER_OPERATOR, 1, CHATS_PER_OPERATOR_MAX),
    QUEUE_NUMBER(idle_grace_seconds, QUEUE_IDLE_GRACE_SECONDS, 0, SECONDS_MAX),
    QUEUE_NUMBER(patron_grace_seconds, QUEUE_PATRON_GRACE_SECONDS, 0, SECONDS_MAX),
    QUEUE_NUMBER(silent_seconds, QUEUE_SILENT_SECONDS, 1, SECONDS_MAX),
    QUEUE_NUMBER(holding_seconds, QUEUE_HOLDING_SECONDS, 1, SECONDS_MAX),
    QUEUE_NUMBER(retention_days, QUEUE_RETENTION_DAYS, 1, RETENTION_DAYS_MAX),
    QUEUE_SWITCH(transcripts, QUEUE_TRANSCRIPTS),
    QUEUE_SWITCH(show_operator_name, QUEUE_SHOW_OPERATOR_NAME),
    QUEUE_TEXT(welcome, QUEUE_WELCOME),
    QUEUE_TEXT(holding_text, QUEUE_HOLDING_TEXT),
    QUEUE_TEXT(closed_text, QUEUE_CLOSED_TEXT),
    {"profile", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_queue_profile},
};

static void read_queues(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct consortium *consortium = whole(reader)->consortium;

    (void)target;
    if (!file_list(reader, setting, "queues", CONSORTIUM_QUEUES_MAX))
        return;
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct queue_settings *queue = &consortium->queues[consortium->queue_count++];
        queue->name = queue->title = "";
        queue->library = whole(reader)->library;
        queue->options = queue_options_default;
        queue->line = config_setting_source_line(group);
        file_group(reader, group, "a queue", queue_keys, COUNT(queue_keys), queue, &queue->given);
    }
}

/* Operators */

static void read_operator_name(struct file_reader *reader, const config_setting_t *setting,
                               void *target)
{
    struct operator_settings *operator = target;

    read_name(reader, setting, name_is_operator,
              "is not an operator's name (consortium-library-rest)", &operator->name);
    if (name_is_operator(operator->name))
        complain_foreign(reader, setting, operator->name);
}

static void read_operator_account(struct file_reader *reader, const config_setting_t *setting,
                                  void *target)
{
    const char *text = file_string(reader, setting, "account", false, 1, ACCOUNT_BYTES_MAX);

    if (text == NULL)
        return;
    if (account_is_plausible(text))
        *(const char **)target = arena_strdup(reader->arena, text);
    else
        file_complain(reader, config_setting_source_line(setting),
                      "account: '%s' is not an account (name@domain, in small letters)", text);
}

static const struct file_key operator_keys[] = {
    {"name", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_operator_name},
    {"title", FILE_LINE, false, OPERATOR_TITLE, offsetof(struct operator_settings, title), 0,
     LINE_CHARACTERS_MAX, NULL, NULL},
    {"account", FILE_OTHER, false, OPERATOR_ACCOUNT, offsetof(struct operator_settings, account), 0,
     0, NULL, read_operator_account},
};

static void read_operators(struct file_reader *reader, const config_setting_t *setting,
                           void *target)
{
    struct consortium *consortium = whole(reader)->consortium;

    (void)target;
    if (!file_list(reader, setting, "operators", OPERATORS_MAX))
        return;
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct operator_settings *operator = &consortium->operators[consortium->operator_count++];
        operator->name = operator->title = "";
        operator->library = whole(reader)->library;
        operator->line = config_setting_source_line(group);
        file_group(reader, group, "an operator", operator_keys,
                   COUNT(operator_keys), operator, & operator->given);
    }
}

/* Snippets */

static void read_snippet_name(struct file_reader *reader, const config_setting_t *setting,
                              void *target)
{
    struct snippet_settings *snippet = target;
    const char *library_name = whole(reader)->library_name;

    read_name(reader, setting, name_is_snippet, "is not a snippet's name (library (text))",
              &snippet->name);
    if (library_name != NULL && name_is_snippet(snippet->name) &&
        !name_snippet_belongs(snippet->name, library_name))
        file_complain(reader, config_setting_source_line(setting),
                      "name: '%s' must begin with '%s ('", snippet->name, library_name);
}

/* An empty one is none. */
static void read_snippet_text(struct file_reader *reader, const config_setting_t *setting,
                              bool lines, void *target)
{
    const char *text = file_string(reader, setting, config_setting_name(setting), lines, 0,
                                   lines ? SNIPPET_LINES_MAX : SNIPPET_LINE_MAX);

    if (text != NULL)
        *(const char **)target = text[0] == '\0' ? NULL : arena_strdup(reader->arena, text);
}

static void read_snippet_line(struct file_reader *reader, const config_setting_t *setting,
                              void *target)
{
    read_snippet_text(reader, setting, false, target);
}

static void read_snippet_lines(struct file_reader *reader, const config_setting_t *setting,
                               void *target)
{
    read_snippet_text(reader, setting, true, target);
}

#define SNIPPET_FIELD(field) offsetof(struct snippet_settings, field)

static const struct file_key snippet_keys[] = {
    {"name", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_snippet_name},
    {"queue", FILE_LINE, true, SNIPPET_QUEUE, SNIPPET_FIELD(queue), 1, LINE_CHARACTERS_MAX, NULL,
     NULL},
    {"accent", FILE_OTHER, false, SNIPPET_ACCENT, SNIPPET_FIELD(accent), 0, 0, NULL,
     read_snippet_line},
    {"side", FILE_OTHER, false, SNIPPET_SIDE, SNIPPET_FIELD(side), 0, 0, NULL, read_snippet_line},
    {"closed", FILE_OTHER, false, SNIPPET_CLOSED, SNIPPET_FIELD(closed), 0, 0, NULL,
     read_snippet_line},
    {"consent", FILE_SWITCH, false, SNIPPET_CONSENT, SNIPPET_FIELD(consent), 0, 0, NULL, NULL},
    {"consent_link", FILE_OTHER, false, SNIPPET_CONSENT_LINK, SNIPPET_FIELD(consent_link), 0, 0,
     NULL, read_snippet_line},
    {"questions", FILE_OTHER, false, SNIPPET_QUESTIONS, SNIPPET_FIELD(questions), 0, 0, NULL,
     read_snippet_lines},
    {"texts", FILE_OTHER, false, SNIPPET_TEXTS, SNIPPET_FIELD(texts), 0, 0, NULL,
     read_snippet_lines},
};

static void read_snippets(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct consortium *consortium = whole(reader)->consortium;

    (void)target;
    if (!file_list(reader, setting, "snippets", SNIPPETS_MAX))
        return;
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct snippet_settings *snippet = &consortium->snippets[consortium->snippet_count++];
        snippet->name = snippet->queue = "";
        snippet->library = whole(reader)->library;
        snippet->line = config_setting_source_line(group);
        file_group(reader, group, "a snippet", snippet_keys, COUNT(snippet_keys), snippet,
                   &snippet->given);
    }
}

/* Libraries */

static void read_label(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    read_name(reader, setting, name_is_label,
              "is not an abbreviation (a small letter, then small letters and digits, at most 20)",
              target);
}

static void read_library_admins(struct file_reader *reader, const config_setting_t *setting,
                                void *target)
{
    struct library_settings *library = target;

    read_account_list(reader, setting, "admins", &library->admins, &library->admin_count);
}

static void read_library_timezone(struct file_reader *reader, const config_setting_t *setting,
                                  void *target)
{
    struct library_settings *library = target;

    read_timezone(reader, setting, &library->timezone, &library->zone);
}

static void read_library_profile(struct file_reader *reader, const config_setting_t *setting,
                                 void *target)
{
    struct library_settings *library = target;

    settings_read_profile(reader, setting, &library->profile, LIBRARY_PROFILE_TEXT,
                          &library->given);
}

static const struct file_key library_keys[] = {
    {"name", FILE_OTHER, true, NO_BIT, offsetof(struct library_settings, name), 0, 0, NULL,
     read_label},
    {"title", FILE_LINE, false, LIBRARY_TITLE, offsetof(struct library_settings, title), 0,
     LINE_CHARACTERS_MAX, NULL, NULL},
    {"admins", FILE_OTHER, false, LIBRARY_ADMINS, 0, 0, 0, NULL, read_library_admins},
    {"timezone", FILE_OTHER, false, LIBRARY_TIMEZONE, 0, 0, 0, NULL, read_library_timezone},
    {"holiday_coverage", FILE_OTHER, false, LIBRARY_HOLIDAY_COVERAGE, 0, 0, 0, NULL,
     settings_read_coverage},
    {"closures", FILE_OTHER, false, LIBRARY_CLOSURES, offsetof(struct library_settings, closures),
     0, 0, NULL, settings_read_closures},
    {"hours", FILE_OTHER, false, LIBRARY_HOURS, offsetof(struct library_settings, hours), 0, 0,
     NULL, settings_read_hours},
    {"profile", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_library_profile},
    {"canned", FILE_OTHER, false, LIBRARY_CANNED, offsetof(struct library_settings, canned), 0, 0,
     NULL, settings_read_canned},
    {"notices", FILE_OTHER, false, LIBRARY_NOTICES, offsetof(struct library_settings, notices), 0,
     0, NULL, settings_read_notices},
    {"queues", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_queues},
    {"operators", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_operators},
    {"snippets", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_snippets},
};

/* The arrays grow never: libraries, queues, operators and snippets are counted before. */
static bool allocate(struct settings_reader *reader, const config_setting_t *libraries)
{
    struct consortium *consortium = reader->consortium;
    struct arena *arena = consortium->arena;
    size_t queues = 0, operators = 0, snippets = 0;
    int length = config_setting_length(libraries);
    unsigned line = config_setting_source_line(libraries);

    for (int i = 0; i < length; i++) {
        const config_setting_t *group = config_setting_get_elem(libraries, (unsigned)i);
        queues += file_peek_length(group, "queues");
        operators += file_peek_length(group, "operators");
        snippets += file_peek_length(group, "snippets");
    }
    if (queues > CONSORTIUM_QUEUES_MAX)
        file_complain(&reader->file, line, "%zu queues are more than %d", queues,
                      CONSORTIUM_QUEUES_MAX);
    if (operators > OPERATORS_MAX)
        file_complain(&reader->file, line, "%zu operators are more than %d", operators,
                      OPERATORS_MAX);
    if (snippets > SNIPPETS_MAX)
        file_complain(&reader->file, line, "%zu snippets are more than %d", snippets, SNIPPETS_MAX);
    if (queues > CONSORTIUM_QUEUES_MAX || operators > OPERATORS_MAX || snippets > SNIPPETS_MAX)
        return false;
    if (length > 0)
        consortium->libraries = arena_alloc(arena, (size_t)length * sizeof *consortium->libraries);
    if (queues > 0)
        consortium->queues = arena_alloc(arena, queues * sizeof *consortium->queues);
    if (operators > 0)
        consortium->operators = arena_alloc(arena, operators * sizeof *consortium->operators);
    if (snippets > 0)
        consortium->snippets = arena_alloc(arena, snippets * sizeof *consortium->snippets);
    return true;
}

static void read_libraries(struct file_reader *reader, const config_setting_t *setting,
                           void *target)
{
    struct settings_reader *all = whole(reader);
    struct consortium *consortium = target;

    if (!file_list(reader, setting, "libraries", LIBRARIES_MAX) || !allocate(all, setting))
        return;
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct library_settings *library = &consortium->libraries[consortium->library_count++];
        const char *name = file_peek(group, "name");
        library->name = library->title = "";
        library->line = config_setting_source_line(group);
        all->library = i;
        all->library_name = name != NULL && name_is_label(name) ? name : NULL;
        file_group(reader, group, "a library", library_keys, COUNT(library_keys), library,
                   &library->given);
    }
}

/* The consortium */

static void read_consortium_timezone(struct file_reader *reader, const config_setting_t *setting,
                                     void *target)
{
    struct consortium *consortium = target;

    read_timezone(reader, setting, &consortium->timezone, &consortium->zone);
}

static void read_coordinators(struct file_reader *reader, const config_setting_t *setting,
                              void *target)
{
    struct consortium *consortium = target;

    read_account_list(reader, setting, "coordinators", &consortium->coordinators,
                      &consortium->coordinator_count);
}

static void read_backup_queue(struct file_reader *reader, const config_setting_t *setting,
                              void *target)
{
    const char *text = file_string(reader, setting, "queue", false, 1, LINE_CHARACTERS_MAX);

    whole(reader)->backup_line = config_setting_source_line(setting);
    if (text == NULL)
        return;
    if (name_is_queue(text))
        *(const char **)target = arena_strdup(reader->arena, text);
    else
        file_complain(reader, config_setting_source_line(setting),
                      "backup: queue '%s' is not a queue's name", text);
}

static const struct file_key backup_keys[] = {
    {"queue", FILE_OTHER, true, CONSORTIUM_BACKUP_QUEUE, offsetof(struct consortium, backup_queue),
     0, 0, NULL, read_backup_queue},
    {"hours", FILE_OTHER, false, CONSORTIUM_BACKUP_HOURS, offsetof(struct consortium, backup_hours),
     0, 0, NULL, settings_read_plain_hours},
};

static void read_backup(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    file_group(reader, setting, "backup", backup_keys, COUNT(backup_keys), target,
               &whole(reader)->consortium->given);
}

static void read_consortium_profile(struct file_reader *reader, const config_setting_t *setting,
                                    void *target)
{
    struct consortium *consortium = target;

    settings_read_profile(reader, setting, &consortium->profile, CONSORTIUM_PROFILE_TEXT,
                          &consortium->given);
}

static const struct file_key consortium_keys[] = {
    {"name", FILE_OTHER, true, NO_BIT, offsetof(struct consortium, name), 0, 0, NULL, read_label},
    {"title", FILE_LINE, false, CONSORTIUM_TITLE, offsetof(struct consortium, title), 0,
     LINE_CHARACTERS_MAX, NULL, NULL},
    {"timezone", FILE_OTHER, false, CONSORTIUM_TIMEZONE, 0, 0, 0, NULL, read_consortium_timezone},
    {"coordinators", FILE_OTHER, false, CONSORTIUM_COORDINATORS, 0, 0, 0, NULL, read_coordinators},
    {"hours", FILE_OTHER, false, CONSORTIUM_HOURS, offsetof(struct consortium, hours), 0, 0, NULL,
     settings_read_hours},
    {"closures", FILE_OTHER, false, CONSORTIUM_CLOSURES, offsetof(struct consortium, closures), 0,
     0, NULL, settings_read_closures},
    {"holidays", FILE_OTHER, false, NO_BIT, offsetof(struct consortium, holidays), 0, 0, NULL,
     settings_read_holidays},
    {"backup", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_backup},
    {"profile", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_consortium_profile},
    {"canned", FILE_OTHER, false, CONSORTIUM_CANNED, offsetof(struct consortium, canned), 0, 0,
     NULL, settings_read_canned},
    {"notices", FILE_OTHER, false, CONSORTIUM_NOTICES, offsetof(struct consortium, notices), 0, 0,
     NULL, settings_read_notices},
    {"libraries", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_libraries},
};

static void read_consortium(struct file_reader *reader, const config_setting_t *setting,
                            void *target)
{
    struct consortium *consortium = target;
    const char *name = file_peek(setting, "name");

    /* Names are judged by the consortium's, which need not be the first key. */
    if (name != NULL)
        consortium->name = arena_strdup(reader->arena, name);
    file_group(reader, setting, "the consortium", consortium_keys, COUNT(consortium_keys),
               consortium, &consortium->given);
}

static const struct file_key file_keys[] = {
    {"consortium", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_consortium},
};

/* Zones that the file does not name: the default, and the consortium's for its libraries. */
static void fill_zones(struct settings_reader *reader)
{
    struct consortium *consortium = reader->consortium;
    struct error error;

    if (consortium->zone == NULL)
        consortium->zone = zone_load(consortium->timezone, &error);
    if (consortium->zone == NULL)
        file_complain(&reader->file, 0, "timezone: %s", error.text);
    for (size_t i = 0; i < consortium->library_count; i++)
        if (consortium->libraries[i].zone == NULL)
            consortium->libraries[i].zone = consortium->zone;
}

struct consortium *settings_read_text(const char *text, const char *name,
                                      const char *accounts_domain, FILE *complaints)
{
    struct settings_reader reader = {.file = {.name = name}};
    config_t tree;

    config_init(&tree);
    reader.consortium = consortium_new("");
    reader.file.arena = reader.consortium->arena;
    if (file_parse(&reader.file, text, &tree)) {
        file_group(&reader.file, config_root_setting(&tree), "the file", file_keys,
                   COUNT(file_keys), reader.consortium, NULL);
        fill_zones(&reader);
        settings_check(reader.consortium, accounts_domain, reader.backup_line, &reader.file);
    }
    config_destroy(&tree);
    if (!file_report(&reader.file, complaints))
        reader.consortium = consortium_free(reader.consortium);
    return reader.consortium;
}

struct consortium *settings_read(const char *path, const char *accounts_domain, FILE *complaints)
{
    struct file_reader file = {.name = path};
    struct consortium *consortium = NULL;
    char *text = file_slurp(&file, path);

    if (text == NULL)
        file_report(&file, complaints);
    else
        consortium = settings_read_text(text, path, accounts_domain, complaints);
    free(text);
    return consortium;
}
