/* What an import changes, in words, and the file that an export writes. */
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "component/settings_value.h"

enum { DIFF_COLUMNS_MAX = 100 }; /* a longer change of a list is shown by its elements */

/* The length of a list's first element, in the form that value_write() gives it. */
static size_t element_length(const char *at)
{
    int depth = 0;
    bool quoted = false;
    size_t i = 0;

    for (; at[i] != '\0'; i++) {
        if (at[i] == '\\' && at[i + 1] != '\0')
            i++;
        else if (at[i] == '"')
            quoted = !quoted;
        else if (!quoted && strchr("([{", at[i]) != NULL)
            depth++;
        else if (!quoted && strchr(")]}", at[i]) != NULL && depth-- == 0)
            break;
        else if (!quoted && depth == 0 && at[i] == ',')
            break;
    }
    while (i > 0 && at[i - 1] == ' ')
        i--;
    return i;
}

/* The next element, or NULL at the end; begin with *at behind the opening bracket. */
static const char *element_next(const char **at, size_t *ret_length)
{
    const char *element = *at + strspn(*at, " ,");

    *ret_length = element_length(element);
    *at = element + *ret_length;
    return *ret_length == 0 ? NULL : element;
}

/* The elements of `list` that `other` has not. Returns their number. */
static int diff_elements(const char *list, const char *other, char sign, FILE *out)
{
    const char *at = list + 1, *element;
    size_t length;
    int count = 0;

    while ((element = element_next(&at, &length)) != NULL) {
        const char *at_other = other + 1, *same;
        size_t same_length;
        while ((same = element_next(&at_other, &same_length)) != NULL)
            if (same_length == length && memcmp(same, element, length) == 0)
                break;
        if (same != NULL)
            continue;
        count++;
        if (out != NULL)
            fprintf(out, "  %c %.*s\n", sign, (int)length, element);
    }
    return count;
}

/* Two years of closures in one line help nobody. What came and went does, unless it is only the
 * order that changed. */
static void diff_value(const struct settings_kind *kind, const char *name, const char *key,
                       const char *before, const char *after, FILE *out)
{
    size_t length = strlen(before) + strlen(after);
    bool lists = strchr("([", before[0]) != NULL && before[0] == after[0] && before[0] != '\0';

    fprintf(out, "~ %s %s: %s", kind->word, name, key);
    if (lists && length > DIFF_COLUMNS_MAX &&
        diff_elements(before, after, '-', NULL) + diff_elements(after, before, '+', NULL) > 0) {
        fputc('\n', out);
        diff_elements(before, after, '-', out);
        diff_elements(after, before, '+', out);
        return;
    }
    fprintf(out, " %s -> %s\n", before[0] == '\0' ? "none" : before,
            after[0] == '\0' ? "none" : after);
}

static int diff_keys(const struct settings_kind *kind, const void *old, const void *new, FILE *out)
{
    int changes = 0;

    for (size_t i = 0; i < kind->key_count; i++) {
        const struct settings_key *key = &kind->keys[i];
        char *before = value_text(key, old), *after = value_text(key, new);
        if (strcmp(before, after) != 0) {
            changes++;
            if (out != NULL)
                diff_value(kind, thing_name(kind, new), key->key, before, after, out);
        }
        free(before);
        free(after);
    }
    return changes;
}

static int diff_things(const struct settings_kind *kind, const struct consortium *stored,
                       const struct consortium *merged, FILE *out)
{
    struct settings_walk walk = {.kind = kind, .old = stored, .new = merged};
    const void *old, *new;
    int changes = 0;

    while (walk_next(&walk, &old, &new)) {
        if (old != NULL && new != NULL) {
            changes += diff_keys(kind, old, new, out);
            continue;
        }
        changes++;
        if (out != NULL)
            fprintf(out, "%c %s %s\n", old == NULL ? '+' : '-', kind->word,
                    thing_name(kind, old == NULL ? new : old));
    }
    return changes;
}

static void list_unnamed(const struct settings_kind *kind, const struct consortium *merged,
                         const struct consortium *file, FILE *out)
{
    struct settings_walk walk = {.kind = kind, .old = merged, .new = file};
    const void *kept, *named;

    while (walk_next(&walk, &kept, &named))
        if (named == NULL)
            fprintf(out, "  %s %s: not in the file\n", kind->word, thing_name(kind, kept));
}

int settings_diff(const struct consortium *stored, const struct consortium *merged,
                  const struct consortium *file, FILE *out)
{
    int changes = 0;

    if (stored != NULL) {
        changes += diff_keys(&settings_consortium_kind, stored, merged, out);
    } else {
        changes++;
        if (out != NULL)
            fprintf(out, "+ consortium %s\n", merged->name);
    }
    for (int i = 0; i < SETTINGS_KIND_COUNT; i++)
        changes += diff_things(settings_kinds[i], stored, merged, out);
    for (int i = 0; i < SETTINGS_KIND_COUNT && file != NULL && out != NULL; i++)
        list_unnamed(settings_kinds[i], merged, file, out);
    return changes;
}

/* Export */

static void write_key(FILE *out, int indent, const char *name, const char *value)
{
    if (value[0] != '\0')
        fprintf(out, "%*s%s = %s;\n", indent, "", name, value);
}

/* Without this one the rest of its group means nothing: no backup has no hours either. */
static bool key_leads(const struct settings_key *key)
{
    return strcmp(key->key, "backup.queue") == 0;
}

/* Keys of one group stand together in the table: "backup.queue", "backup.hours". A group that says
 * nothing is left out. */
static void write_keys(FILE *out, int indent, const struct settings_kind *kind, const void *thing)
{
    const char *group = "";
    int group_length = 0;
    bool open = false, skipped = false;

    for (size_t i = 0; i < kind->key_count; i++) {
        const struct settings_key *key = &kind->keys[i];
        const char *dot = strchr(key->key, '.');
        int length = dot == NULL ? 0 : (int)(dot - key->key);
        char *value = value_text(key, thing);
        if (length != group_length || strncmp(group, key->key, (size_t)length) != 0) {
            if (open)
                fprintf(out, "%*s};\n", indent, "");
            open = false;
            group = key->key;
            group_length = length;
            skipped = key_leads(key) && value[0] == '\0';
        }
        if (length > 0 && !open && !skipped && value[0] != '\0') {
            fprintf(out, "%*s%.*s = {\n", indent, "", length, group);
            open = true;
        }
        if (!skipped)
            write_key(out, length == 0 ? indent : indent + 2, length == 0 ? key->key : dot + 1,
                      value);
        free(value);
    }
    if (open)
        fprintf(out, "%*s};\n", indent, "");
}

/* The things of one kind that belong to a library, as a list in its group. */
static void write_things(FILE *out, const char *plural, const struct settings_kind *kind,
                         const struct consortium *consortium, const char *library)
{
    struct settings_walk walk = {.kind = kind, .old = consortium};
    const void *thing, *none;
    bool first = true;

    fprintf(out, "      %s = (", plural);
    while (walk_next(&walk, &thing, &none)) {
        if (strcmp(thing_library(kind, consortium, thing), library) != 0)
            continue;
        fprintf(out, "%s\n        {\n", first ? "" : ",");
        fputs("          name = ", out);
        value_write_quoted(out, thing_name(kind, thing)); /* a snippet's may have quotes */
        fputs(";\n", out);
        write_keys(out, 10, kind, thing);
        fputs("        }", out);
        first = false;
    }
    fputs(first ? ");\n" : "\n      );\n", out);
}

void settings_write(const struct consortium *consortium, FILE *out)
{
    fprintf(out, "consortium = {\n  name = \"%s\";\n", consortium->name);
    write_keys(out, 2, &settings_consortium_kind, consortium);
    fputs("  libraries = (", out);
    for (size_t i = 0; i < consortium->library_count; i++) {
        const struct library_settings *library = &consortium->libraries[i];
        fprintf(out, "%s\n    {\n      name = \"%s\";\n", i > 0 ? "," : "", library->name);
        write_keys(out, 6, &settings_library_kind, library);
        write_things(out, "operators", &settings_operator_kind, consortium, library->name);
        write_things(out, "queues", &settings_queue_kind, consortium, library->name);
        write_things(out, "snippets", &settings_snippet_kind, consortium, library->name);
        fputs("    }", out);
    }
    fputs(consortium->library_count > 0 ? "\n  );\n};\n" : ");\n};\n", out);
}
