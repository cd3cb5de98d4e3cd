/* Answers of a form, one at a time. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "component/edit_private.h"
#include "component/utf8.h"
#include "policy/date.h"

#define BLANKS " \t\n"

void edit_complain(struct edit *edit, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    if (edit->complaint_count++ >= EDIT_COMPLAINTS_MAX)
        return;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    edit->complaints = arena_printf(edit->arena, "%s%s%s", edit->complaints,
                                    edit->complaints[0] == '\0' ? "" : "\n", text);
    free(text);
}

const char *edit_quote(struct edit *edit, const char *text)
{
    size_t length = strlen(text), shown = length;

    if (utf8_length(text) < 0)
        return "...";
    if (length > EDIT_QUOTE_BYTES_MAX) {
        shown = EDIT_QUOTE_BYTES_MAX;
        while (shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80)
            shown--;
    }
    char *quoted =
        arena_printf(edit->arena, "%.*s%s", (int)shown, text, shown < length ? "..." : "");
    for (char *at = quoted; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    return quoted;
}

const char *edit_sentence(struct edit *edit, const char *text)
{
    char *sentence = arena_strdup(edit->arena, text);

    if (sentence[0] >= 'a' && sentence[0] <= 'z')
        sentence[0] = (char)(sentence[0] - 'a' + 'A');
    return sentence;
}

const char *edit_word(struct edit *edit, const char *field)
{
    char *word = arena_strdup(edit->arena, field);

    for (char *at = word; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    return edit_sentence(edit, word);
}

bool edit_is(const char *one, const char *other)
{
    return strcmp(one, other) == 0;
}

const char *edit_answer(struct edit *edit, const char *field)
{
    const char *text = edit->request.value(edit->request.context, field);

    if (text == NULL)
        return NULL;
    size_t length = strlen(text);
    if (length > EDIT_VALUE_BYTES_MAX) {
        edit_complain(edit, "%s: is longer than %d bytes.", edit_word(edit, field),
                      EDIT_VALUE_BYTES_MAX);
        return NULL;
    }
    if (utf8_length(text) < 0) {
        edit_complain(edit, "%s: is not readable text.", edit_word(edit, field));
        return NULL;
    }
    if (strchr(text, '\r') == NULL)
        return text;
    char *copy = arena_strdup(edit->arena, text), *to = copy;
    for (const char *at = copy; *at != '\0'; at++)
        if (at[0] != '\r' || at[1] != '\n')
            *to++ = *at;
    *to = '\0';
    return copy;
}

static const char *trim(struct edit *edit, const char *text, size_t length)
{
    while (length > 0 && strchr(BLANKS, text[0]) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        length--;
    return arena_strndup(edit->arena, text, length);
}

const char *edit_trimmed(struct edit *edit, const char *field)
{
    const char *text = edit_answer(edit, field);

    return text == NULL ? "" : trim(edit, text, strlen(text));
}

const char *edit_required(struct edit *edit, const char *field)
{
    int complaints = edit->complaint_count;
    const char *text = edit_trimmed(edit, field);

    if (text[0] != '\0')
        return text;
    if (edit->complaint_count == complaints)
        edit_complain(edit, "%s: is missing.", edit_word(edit, field));
    return NULL;
}

bool edit_is_whole(struct edit *edit, const char *field)
{
    const char *text = edit_trimmed(edit, field);

    return text[0] == '\0' || edit_is(text, EDIT_WHOLE);
}

size_t edit_lines(struct edit *edit, const char *text, const char ***ret_lines)
{
    size_t most = 1, count = 0;

    for (const char *at = text; *at != '\0'; at++)
        most += *at == '\n';
    const char **lines = arena_alloc(edit->arena, most * sizeof *lines);
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, "\n");
        const char *line = trim(edit, at, length);
        if (line[0] != '\0')
            lines[count++] = line;
        at += length;
        if (*at == '\0')
            break;
    }
    *ret_lines = lines;
    return count;
}

static void check_text(struct edit *edit, const char *field, bool newlines, const char *text,
                       int min, int max, const char **target)
{
    int characters = utf8_length(text);

    if (characters == 0 && min > 0)
        edit_complain(edit, "%s: is missing.", edit_word(edit, field));
    else if (utf8_has_control(text, newlines))
        edit_complain(edit, "%s: has %s.", edit_word(edit, field),
                      newlines ? "a control character" : "a control character or a line break");
    else if (characters < min || characters > max)
        edit_complain(edit, "%s: has %d characters, not %d to %d.", edit_word(edit, field),
                      characters, min, max);
    else
        *target = arena_strdup(edit->copy->arena, text);
}

void edit_check_line(struct edit *edit, const char *field, const char *text, int max,
                     const char **target)
{
    check_text(edit, field, false, text, 0, max, target);
}

void edit_check_text(struct edit *edit, const char *field, const char *text, int max,
                     const char **target)
{
    check_text(edit, field, true, text, 0, max, target);
}

static void take_text(struct edit *edit, const char *field, bool newlines, int min, int max,
                      const char **target)
{
    const char *text = edit_answer(edit, field);

    if (text != NULL && (*target == NULL || !edit_is(text, *target)))
        check_text(edit, field, newlines, trim(edit, text, strlen(text)), min, max, target);
}

void edit_line(struct edit *edit, const char *field, int min, int max, const char **target)
{
    take_text(edit, field, false, min, max, target);
}

void edit_text(struct edit *edit, const char *field, int min, int max, const char **target)
{
    take_text(edit, field, true, min, max, target);
}

void edit_number(struct edit *edit, const char *field, int min, int max, int *target)
{
    if (edit_answer(edit, field) == NULL)
        return;
    const char *text = edit_trimmed(edit, field);
    size_t length = strspn(text, "0123456789");
    bool fine = length >= 1 && length <= 9 && text[length] == '\0';
    int value = fine ? (int)strtol(text, NULL, 10) : 0;
    if (!fine || value < min || value > max)
        edit_complain(edit, "%s: '%s' is not a number from %d to %d.", edit_word(edit, field),
                      edit_quote(edit, text), min, max);
    else
        *target = value;
}

void edit_switch(struct edit *edit, const char *field, bool *target)
{
    if (edit_answer(edit, field) == NULL)
        return;
    const char *text = edit_trimmed(edit, field);
    if (edit_is(text, "1") || edit_is(text, "true"))
        *target = true;
    else if (edit_is(text, "0") || edit_is(text, "false"))
        *target = false;
    else
        edit_complain(edit, "%s: '%s' is neither yes (1) nor no (0).", edit_word(edit, field),
                      edit_quote(edit, text));
}

void edit_pick(struct edit *edit, const char *field, const char *const *choices, int *target)
{
    const char *known = "";

    if (edit_answer(edit, field) == NULL)
        return;
    const char *text = edit_trimmed(edit, field);
    for (int i = 0; choices[i] != NULL; i++) {
        if (edit_is(text, choices[i])) {
            *target = i;
            return;
        }
        known = arena_printf(edit->arena, "%s%s'%s'", known, i > 0 ? ", " : "", choices[i]);
    }
    edit_complain(edit, "%s: '%s' is none of %s.", edit_word(edit, field), edit_quote(edit, text),
                  known);
}

bool edit_date(struct edit *edit, const char *field, const char *text, day_number *ret_date)
{
    if (date_parse(text, ret_date))
        return true;
    edit_complain(edit, "%s: '%s' is not a date such as 2026-12-24.", edit_word(edit, field),
                  edit_quote(edit, text));
    return false;
}

const char *edit_present_switch(bool value)
{
    return value ? "1" : "0";
}

const char *edit_present_number(struct edit *edit, int value)
{
    return arena_printf(edit->arena, "%d", value);
}

const char *edit_present_lines(struct edit *edit, const char *const *list, size_t count)
{
    size_t size = 1, used = 0;

    for (size_t i = 0; i < count; i++)
        size += strlen(list[i]) + 1;
    char *lines = arena_alloc(edit->arena, size);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);
        memcpy(lines + used, list[i], length);
        used += length;
        if (i + 1 < count)
            lines[used++] = '\n';
    }
    lines[used] = '\0';
    return lines;
}
