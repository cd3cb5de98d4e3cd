#include "component/settings_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings_bounds.h"
#include "component/utf8.h"
#include "policy/arena.h"
#include "policy/mem.h"

void file_complain(struct file_reader *reader, unsigned line, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    int order = reader->errors++;
    if (order >= COMPLAINTS_MAX)
        return;
    if (reader->complaints == NULL)
        reader->complaints = mem_new(COMPLAINTS_MAX * sizeof *reader->complaints);
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    reader->complaints[order] = (struct file_complaint){line, order, text};
}

static int complaint_compare(const void *left, const void *right)
{
    const struct file_complaint *a = left, *b = right;

    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->order - b->order;
}

bool file_report(struct file_reader *reader, FILE *out)
{
    int kept = reader->errors < COMPLAINTS_MAX ? reader->errors : COMPLAINTS_MAX;
    bool fine = reader->errors == 0;

    if (kept > 0)
        qsort(reader->complaints, (size_t)kept, sizeof *reader->complaints, complaint_compare);
    for (int i = 0; i < kept; i++) {
        const struct file_complaint *complaint = &reader->complaints[i];
        if (out != NULL && complaint->line == 0)
            fprintf(out, "%s: %s\n", reader->name, complaint->text);
        else if (out != NULL)
            fprintf(out, "%s:%u: %s\n", reader->name, complaint->line, complaint->text);
        free(complaint->text);
    }
    if (out != NULL && reader->errors > kept)
        fprintf(out, "%s: and %d more\n", reader->name, reader->errors - kept);
    free(reader->complaints);
    reader->complaints = NULL;
    reader->errors = 0;
    return fine;
}

char *file_slurp(struct file_reader *reader, const char *path)
{
    char *text = NULL;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        file_complain(reader, 0, "cannot open: %s", strerror(errno));
        return NULL;
    }
    text = mem_new(FILE_BYTES_MAX + 2);
    size_t size = fread(text, 1, FILE_BYTES_MAX + 1, file);
    if (ferror(file)) {
        file_complain(reader, 0, "cannot read: %s", strerror(errno));
        goto failed;
    }
    if (size > FILE_BYTES_MAX) {
        file_complain(reader, 0, "larger than %d bytes", FILE_BYTES_MAX);
        goto failed;
    }
    if (memchr(text, '\0', size) != NULL) {
        file_complain(reader, 0, "not a text file: has a NUL byte");
        goto failed;
    }
    fclose(file);
    return text;
failed:
    free(text);
    fclose(file);
    return NULL;
}

/* The end of a comment that begins at `at`, or `at` itself when none does. */
static const char *comment_end(const char *at)
{
    if (*at == '#' || (at[0] == '/' && at[1] == '/'))
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end == NULL ? at + strlen(at) : end + 2;
    }
    return at;
}

static const char *string_end(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

/* A word may be a key or a number; a number of more than nine digits could wrap around. */
static const char *word_end(const char *at, bool *ret_too_large)
{
    const char *end = at;

    while (isalnum((unsigned char)*end) || *end == '_' || *end == '*')
        end++;
    *ret_too_large = isdigit((unsigned char)*at) && end - at > 9;
    return end;
}

/* What libconfig would do wrong, found before it runs. NULL when the text is fine. */
static const char *text_fault(const char *text, unsigned *ret_line)
{
    const char *counted = text, *fault = NULL;
    const char *at = text;
    int depth = 0;
    bool too_large = false;

    while (*at != '\0' && fault == NULL) {
        const char *end = comment_end(at);
        if (end != at) {
            at = end;
        } else if (*at == '"') {
            at = string_end(at);
        } else if (isalnum((unsigned char)*at)) {
            end = word_end(at, &too_large);
            fault = too_large ? "a number is too large" : NULL;
            at = fault == NULL ? end : at;
        } else if (*at == '@') {
            fault = "@include is not allowed";
        } else {
            depth += strchr("{([", *at) != NULL;
            depth -= strchr("})]", *at) != NULL;
            fault = depth > FILE_DEPTH_MAX ? "nested too deeply" : NULL;
            at += fault == NULL;
        }
    }
    *ret_line = 1;
    for (; counted < at; counted++)
        *ret_line += *counted == '\n';
    return fault;
}

/* COMPAT(libconfig 1.5): a syntax error right behind a string leaks that string. A bad file of an
 * administrator is rare and small; only the leak checker of the tests must not stumble over it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

bool file_parse(struct file_reader *reader, const char *text, config_t *tree)
{
    unsigned line;
    const char *fault = text_fault(text, &line);

    if (fault != NULL) {
        file_complain(reader, line, "%s", fault);
        return false;
    }
    if (config_read_string(tree, text) == CONFIG_TRUE)
        return true;
    const char *words = config_error_text(tree);
    int error_line = config_error_line(tree);
    file_complain(reader, error_line > 0 ? (unsigned)error_line : 1, "%s",
                  words == NULL ? "syntax error" : words);
    return false;
}

const char *file_string(struct file_reader *reader, const config_setting_t *setting,
                        const char *key, bool newlines, int min, int max)
{
    unsigned line = config_setting_source_line(setting);

    if (config_setting_type(setting) != CONFIG_TYPE_STRING) {
        file_complain(reader, line, "%s: must be a text in quotes", key);
        return NULL;
    }
    const char *text = config_setting_get_string(setting);
    int characters = utf8_length(text);
    if (characters < 0) {
        file_complain(reader, line, "%s: is not valid UTF-8", key);
        return NULL;
    }
    if (utf8_has_control(text, newlines)) {
        file_complain(reader, line, "%s: has a control character", key);
        return NULL;
    }
    if (characters < min && characters == 0) {
        file_complain(reader, line, "%s: is empty", key);
        return NULL;
    }
    if (characters < min || characters > max) {
        file_complain(reader, line, "%s: has %d characters, not %d to %d", key, characters, min,
                      max);
        return NULL;
    }
    return text;
}

bool file_list(struct file_reader *reader, const config_setting_t *setting, const char *key,
               int max)
{
    unsigned line = config_setting_source_line(setting);

    if (!config_setting_is_list(setting) && !config_setting_is_array(setting)) {
        file_complain(reader, line, "%s: must be a list", key);
        return false;
    }
    int length = config_setting_length(setting);
    if (length > max) {
        file_complain(reader, line, "%s: %d are more than %d", key, length, max);
        return false;
    }
    return true;
}

static bool read_number(struct file_reader *reader, const config_setting_t *setting,
                        const struct file_key *key, void *field)
{
    unsigned line = config_setting_source_line(setting);
    int type = config_setting_type(setting);

    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
        file_complain(reader, line, "%s: must be a number", key->key);
        return false;
    }
    long long value = config_setting_get_int64(setting);
    if (type == CONFIG_TYPE_INT)
        value = config_setting_get_int(setting);
    if (value < key->min || value > key->max) {
        file_complain(reader, line, "%s: %lld is not between %d and %d", key->key, value, key->min,
                      key->max);
        return false;
    }
    *(int *)field = (int)value;
    return true;
}

static bool read_string(struct file_reader *reader, const config_setting_t *setting,
                        const struct file_key *key, void *field)
{
    const char *text =
        file_string(reader, setting, key->key, key->type == FILE_TEXT, key->min, key->max);

    if (text == NULL)
        return false;
    *(const char **)field =
        reader->arena == NULL ? mem_strdup(text) : arena_strdup(reader->arena, text);
    return true;
}

static bool read_choice(struct file_reader *reader, const config_setting_t *setting,
                        const struct file_key *key, void *field)
{
    const char *text = file_string(reader, setting, key->key, false, 0, LINE_CHARACTERS_MAX);
    char known[256] = "";
    size_t used = 0;

    if (text == NULL)
        return false;
    for (int i = 0; key->choices[i] != NULL; i++) {
        if (strcmp(text, key->choices[i]) == 0) {
            *(int *)field = i;
            return true;
        }
        int more = snprintf(known + used, sizeof known - used, "%s'%s'", i > 0 ? ", " : "",
                            key->choices[i]);
        if (more > 0 && (size_t)more < sizeof known - used)
            used += (size_t)more;
    }
    file_complain(reader, config_setting_source_line(setting), "%s: '%s' is none of %s", key->key,
                  text, known);
    return false;
}

static bool read_switch(struct file_reader *reader, const config_setting_t *setting,
                        const struct file_key *key, void *field)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
        file_complain(reader, config_setting_source_line(setting), "%s: must be true or false",
                      key->key);
        return false;
    }
    *(bool *)field = config_setting_get_bool(setting) != CONFIG_FALSE;
    return true;
}

static bool read_key(struct file_reader *reader, const config_setting_t *setting,
                     const struct file_key *key, void *target)
{
    void *field = (char *)target + key->offset;
    int errors = reader->errors;

    switch (key->type) {
    case FILE_LINE:
    case FILE_TEXT:
        return read_string(reader, setting, key, field);
    case FILE_NUMBER:
        return read_number(reader, setting, key, field);
    case FILE_SWITCH:
        return read_switch(reader, setting, key, field);
    case FILE_CHOICE:
        return read_choice(reader, setting, key, field);
    case FILE_OTHER:
        key->read(reader, setting, field);
        return reader->errors == errors;
    }
    return false;
}

void file_group(struct file_reader *reader, const config_setting_t *group, const char *what,
                const struct file_key *keys, size_t key_count, void *target, uint32_t *ret_given)
{
    if (!config_setting_is_group(group)) {
        file_complain(reader, config_setting_source_line(group), "%s must be a group in braces",
                      what);
        return;
    }
    int length = config_setting_length(group);
    for (int i = 0; i < length; i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(setting);
        size_t row = 0;
        while (row < key_count && strcmp(keys[row].key, name) != 0)
            row++;
        if (row == key_count) {
            file_complain(reader, config_setting_source_line(setting), "unknown key '%s' in %s",
                          name, what);
            continue;
        }
        if (read_key(reader, setting, &keys[row], target) && ret_given != NULL &&
            keys[row].given != NO_BIT)
            *ret_given |= UINT32_C(1) << keys[row].given;
    }
    for (size_t row = 0; row < key_count; row++)
        if (keys[row].required && config_setting_get_member(group, keys[row].key) == NULL)
            file_complain(reader, config_setting_source_line(group), "%s: '%s' is missing", what,
                          keys[row].key);
}

const char *file_peek(const config_setting_t *group, const char *key)
{
    const config_setting_t *member =
        config_setting_is_group(group) ? config_setting_get_member(group, key) : NULL;

    if (member == NULL || config_setting_type(member) != CONFIG_TYPE_STRING)
        return NULL;
    return config_setting_get_string(member);
}

size_t file_peek_length(const config_setting_t *group, const char *key)
{
    const config_setting_t *member =
        config_setting_is_group(group) ? config_setting_get_member(group, key) : NULL;

    if (member == NULL || !(config_setting_is_list(member) || config_setting_is_array(member)))
        return 0;
    return (size_t)config_setting_length(member);
}
