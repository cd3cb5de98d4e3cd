#include "component/admin.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/table.h"
#include "policy/mem.h"

const char *admin_answer(const struct admin *admin, const char *name)
{
    for (size_t i = 0; i < admin->value_count; i++)
        if (strcmp(admin->values[i].name, name) == 0)
            return admin->values[i].text;
    return NULL;
}

const char *admin_value(const struct admin *admin, const char *name)
{
    const char *text = admin_answer(admin, name);

    return text == NULL ? "" : text;
}

bool admin_switch(const struct admin *admin, const char *name)
{
    return strcmp(admin_value(admin, name), "1") == 0;
}

size_t admin_lines(const struct admin *admin, const char *name, const char ***ret_lines)
{
    static const char blanks[] = " \t\r";
    char *text = arena_strdup(admin->arena, admin_value(admin, name)), *rest = text;
    size_t count = 0, most = 1;

    for (const char *at = text; *at != '\0'; at++)
        most += *at == '\n';
    const char **lines = arena_alloc(admin->arena, most * sizeof *lines);
    while (rest != NULL) {
        char *line = strsep(&rest, "\n");
        line += strspn(line, blanks);
        size_t length = strlen(line);
        while (length > 0 && strchr(blanks, line[length - 1]) != NULL)
            line[--length] = '\0';
        if (length > 0)
            lines[count++] = line;
    }
    *ret_lines = lines;
    return count;
}

const struct library_settings *admin_library(const struct admin *admin)
{
    return admin->library == NO_INDEX ? NULL : &admin->settings->libraries[admin->library];
}

/* --- what a fetch says --- */

static struct admin_fetched *fetched_of(struct admin *admin, const char *field)
{
    for (size_t i = 0; i < admin->fetched_count; i++)
        if (strcmp(admin->fetched[i].name, field) == 0)
            return &admin->fetched[i];
    return NULL; /* not of this step */
}

void admin_choice(struct admin *admin, const char *field, const char *label, const char *value)
{
    struct admin_fetched *fetched = fetched_of(admin, field);

    if (fetched != NULL)
        choices_add(&fetched->choices, admin->arena,
                    (struct choice){.value = arena_strdup(admin->arena, value),
                                    .label = arena_strdup(admin->arena, label)});
}

void admin_present(struct admin *admin, const char *field, const char *value)
{
    struct admin_fetched *fetched = fetched_of(admin, field);

    if (fetched != NULL)
        fetched->present = arena_strdup(admin->arena, value);
}

/* --- what it says --- */

/* Cut between two characters, at the end of a line where one is near. */
static const char *text_bounded(struct arena *arena, const char *text)
{
    size_t length = strlen(text), end = RESULT_TEXT_BYTES_MAX;

    if (length <= RESULT_TEXT_BYTES_MAX)
        return text;
    while (end > RESULT_TEXT_BYTES_MAX / 2 && text[end] != '\n')
        end--;
    if (text[end] != '\n') {
        end = RESULT_TEXT_BYTES_MAX;
        while ((text[end] & 0xc0) == 0x80)
            end--;
    }
    return arena_printf(arena, "%.*s\n(The rest is left out: %zu bytes. Ask for less at once.)",
                        (int)end, text, length - end);
}

__attribute__((format(printf, 2, 0)))
static void note_add(struct admin *admin, const char *format, va_list arguments)
{
    struct result *result = &admin->result;
    char *line = NULL;

    if (vasprintf(&line, format, arguments) < 0)
        abort();
    result->text = result->text == NULL
                       ? arena_strdup(admin->arena, line)
                       : arena_printf(admin->arena, "%s\n%s", result->text, line);
    result->text = text_bounded(admin->arena, result->text);
    free(line);
}

void admin_say(struct admin *admin, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    note_add(admin, format, arguments);
    va_end(arguments);
}

bool admin_refuse(struct admin *admin, const char *format, ...)
{
    va_list arguments;

    free(admin->result.file.bytes);
    memset(&admin->result, 0, sizeof admin->result);
    admin->result.type = NOTE_WARN;
    admin->refused = true;
    va_start(arguments, format);
    note_add(admin, format, arguments);
    va_end(arguments);
    return false;
}

bool admin_complain(struct admin *admin, const char *format, ...)
{
    va_list arguments;

    if (!admin->again)
        memset(&admin->result, 0, sizeof admin->result);
    admin->result.type = NOTE_WARN;
    admin->refused = admin->again = true;
    va_start(arguments, format);
    note_add(admin, format, arguments);
    va_end(arguments);
    return false;
}

void result_show(struct result *result, struct arena *arena, const char *name, const char *label,
                 const char *text)
{
    if (result->field_count == RESULT_FIELDS_MAX)
        return;
    result->fields[result->field_count++] = (struct result_field){
        .name = arena_strdup(arena, name),
        .label = arena_strdup(arena, label),
        .text = text_bounded(arena, arena_strdup(arena, text)),
    };
}

void admin_show(struct admin *admin, const char *name, const char *label, const char *text)
{
    result_show(&admin->result, admin->arena, name, label, text);
}

void result_table(struct result *result, struct arena *arena, const struct table *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        abort();
    table_put_text(table, out);
    if (fclose(out) != 0)
        abort();
    while (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    result_show(result, arena, table->key, table->title, text);
    if (result->table == NULL)
        result->table = table;
    free(text);
}

void admin_table(struct admin *admin, const struct table *table)
{
    result_table(&admin->result, admin->arena, table);
}

/* --- messages --- */

/* Bytes of the next piece: up to the bound, at the end of a line, else of a character. */
static size_t piece_length(const char *body)
{
    size_t length = strlen(body), end = RESULT_MESSAGE_BYTES_MAX;

    if (length <= RESULT_MESSAGE_BYTES_MAX)
        return length;
    while (end > RESULT_MESSAGE_BYTES_MAX / 2 && body[end] != '\n')
        end--;
    if (body[end] == '\n')
        return end;
    end = RESULT_MESSAGE_BYTES_MAX;
    while (end > 1 && (body[end] & 0xc0) == 0x80)
        end--;
    return end;
}

/* A chat line has no carriage returns, as CSV has them. */
static const char *lines_plain(struct arena *arena, const char *body, size_t length)
{
    char *line = arena_strndup(arena, body, length), *to = line;

    for (const char *from = line; *from != '\0'; from++)
        if (*from != '\r')
            *to++ = *from;
    *to = '\0';
    return line;
}

bool result_tell(struct result *result, struct arena *arena, const char *account,
                 const char *body)
{
    size_t pieces = 0;

    for (const char *at = body; *at != '\0'; pieces++)
        at += piece_length(at) + (at[piece_length(at)] == '\n');
    if (result->message_count + pieces > RESULT_MESSAGES_MAX ||
        result->message_bytes + strlen(body) > RESULT_MESSAGES_BYTES_MAX)
        return false;
    if (result->messages == NULL)
        result->messages = arena_alloc(arena, RESULT_MESSAGES_MAX * sizeof *result->messages);
    account = arena_strdup(arena, account);
    while (*body != '\0') {
        size_t length = piece_length(body);
        result->messages[result->message_count++] =
            (struct result_message){account, lines_plain(arena, body, length)};
        result->message_bytes += length;
        body += length + (body[length] == '\n');
    }
    return true;
}

bool admin_tell(struct admin *admin, const char *account, const char *body)
{
    return result_tell(&admin->result, admin->arena, account, body);
}

void admin_tell_library(struct admin *admin, const char *body)
{
    const struct library_settings *library = admin_library(admin);

    for (size_t i = 0; library != NULL && i < library->admin_count; i++)
        if (strcmp(library->admins[i], admin->account) != 0)
            admin_tell(admin, library->admins[i], body);
}

bool admin_file(struct admin *admin, const char *name, const char *type, char *bytes, size_t size)
{
    struct result_file *file = &admin->result.file;

    if (size > FILE_BYTES_MAX) {
        free(bytes);
        return false;
    }
    free(file->bytes);
    *file = (struct result_file){
        .name = arena_strdup(admin->arena, name),
        .type = arena_strdup(admin->arena, type),
        .bytes = bytes,
        .size = size,
    };
    return true;
}

const char *admin_text(const struct admin *admin)
{
    const struct result *result = &admin->result;
    const char *text = result->text == NULL ? "" : result->text;

    for (size_t i = 0; i < result->field_count; i++)
        text = arena_printf(admin->arena, "%s%s%s: %s", text, text[0] == '\0' ? "" : "\n",
                            result->fields[i].label, result->fields[i].text);
    return text;
}
