#include "component/form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/stanza_in.h"
#include "policy/arena.h"
#include "policy/mem.h"

static const char *const type_names[] = {
    [FIELD_BOOLEAN] = "boolean",       [FIELD_FIXED] = "fixed",
    [FIELD_HIDDEN] = "hidden",         [FIELD_JID_MULTI] = "jid-multi",
    [FIELD_JID_SINGLE] = "jid-single", [FIELD_LIST_MULTI] = "list-multi",
    [FIELD_LIST_SINGLE] = "list-single", [FIELD_TEXT_MULTI] = "text-multi",
    [FIELD_TEXT_PRIVATE] = "text-private", [FIELD_TEXT_SINGLE] = "text-single",
};

/* --- writing --- */

static void element(struct xml_out *out, const char *name, const char *text)
{
    xml_out_raw(out, "<");
    xml_out_raw(out, name);
    xml_out_raw(out, ">");
    xml_out_text(out, text);
    xml_out_raw(out, "</");
    xml_out_raw(out, name);
    xml_out_raw(out, ">");
}

void form_begin(struct xml_out *out, enum form_kind kind, const char *title,
                const char *instructions)
{
    static const char *const kinds[] = {
        [FORM_ASK] = "form", [FORM_SUBMIT] = "submit", [FORM_RESULT] = "result"};

    xml_out_raw(out, "<x xmlns='" NS_FORM "'");
    xml_out_attribute(out, "type", kinds[kind]);
    xml_out_raw(out, ">");
    if (title[0] != '\0')
        element(out, "title", title);
    if (instructions[0] != '\0')
        element(out, "instructions", instructions);
}

void form_field_begin(struct xml_out *out, enum field_type type, const char *name,
                      const char *label, bool required)
{
    assert(name != NULL || type == FIELD_FIXED);
    xml_out_raw(out, "<field");
    xml_out_attribute(out, "type", type_names[type]);
    xml_out_attribute(out, "var", name);
    if (label[0] != '\0')
        xml_out_attribute(out, "label", label);
    xml_out_raw(out, ">");
    if (required)
        xml_out_raw(out, "<required/>");
}

void form_value(struct xml_out *out, enum field_type type, const char *text)
{
    bool lines = type == FIELD_TEXT_MULTI;
    char *copy = mem_strdup(text), *rest = copy;

    while (rest != NULL) {
        char *line = lines ? strsep(&rest, "\n") : rest;
        element(out, "value", line);
        if (!lines)
            break;
    }
    free(copy);
}

void form_option(struct xml_out *out, const char *label, const char *value)
{
    xml_out_raw(out, "<option");
    xml_out_attribute(out, "label", label);
    xml_out_raw(out, ">");
    element(out, "value", value);
    xml_out_raw(out, "</option>");
}

void form_field_end(struct xml_out *out)
{
    xml_out_raw(out, "</field>");
}

void form_end(struct xml_out *out)
{
    xml_out_raw(out, "</x>");
}

/* --- reading --- */

static bool element_is(xmpp_stanza_t *stanza, const char *name)
{
    const char *own = xmpp_stanza_get_name(stanza), *ns = xmpp_stanza_get_ns(stanza);

    return own != NULL && strcmp(own, name) == 0 && ns != NULL && strcmp(ns, NS_FORM) == 0;
}

/* Reads the values; counts them in `*count` for the whole form. */
static bool values_read(xmpp_stanza_t *field, struct arena *arena, size_t *count,
                        struct form_field *ret, struct error *reterr)
{
    size_t capacity = 0, bytes = 0;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(field); child != NULL;
         child = xmpp_stanza_get_next(child))
        capacity += element_is(child, "value");
    *count += capacity;
    if (*count > FORM_VALUES_MAX)
        return error_set(reterr, "more than %d values in one form", FORM_VALUES_MAX);
    ret->values = arena_alloc(arena, (capacity + 1) * sizeof *ret->values);
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(field); child != NULL;
         child = xmpp_stanza_get_next(child)) {
        if (!element_is(child, "value"))
            continue;
        const char *text = arena_strdup(arena, stanza_text(child));
        bytes += strlen(text) + 1;
        ret->values[ret->count++] = text;
    }
    if (bytes > FORM_FIELD_BYTES_MAX)
        return error_set(reterr, "field '%s': more than %d bytes", ret->name,
                         FORM_FIELD_BYTES_MAX);
    while (ret->count > 0 && ret->values[ret->count - 1][0] == '\0')
        ret->count--;
    return true;
}

bool form_read(xmpp_stanza_t *x, struct arena *arena, struct form *ret, struct error *reterr)
{
    const char *type = xmpp_stanza_get_type(x);
    size_t values = 0;

    memset(ret, 0, sizeof *ret);
    ret->cancelled = type != NULL && strcmp(type, "cancel") == 0;
    if (!ret->cancelled && (type == NULL || strcmp(type, "submit") != 0))
        return error_set(reterr, "the form is neither submitted nor cancelled");
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(x); child != NULL;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_attribute(child, "var");
        if (!element_is(child, "field") || name == NULL || form_field(ret, name) != NULL)
            continue;
        if (strlen(name) > FORM_NAME_BYTES_MAX || ret->count == FORM_FIELDS_MAX)
            return error_set(reterr, "more than %d fields in one form or %d bytes in a name",
                             FORM_FIELDS_MAX, FORM_NAME_BYTES_MAX);
        struct form_field *field = &ret->fields[ret->count++];
        field->name = arena_strdup(arena, name);
        if (!values_read(child, arena, &values, field, reterr))
            return false;
    }
    return true;
}

const struct form_field *form_field(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    return NULL;
}

/* Linear, whatever the number of lines. */
const char *form_text(const struct form *form, const char *name, struct arena *arena)
{
    const struct form_field *field = form_field(form, name);
    size_t length = 0;

    if (field == NULL || field->count == 0)
        return "";
    for (size_t i = 0; i < field->count; i++)
        length += strlen(field->values[i]) + 1;
    char *text = arena_alloc(arena, length), *end = text;
    for (size_t i = 0; i < field->count; i++) {
        size_t bytes = strlen(field->values[i]);
        memcpy(end, field->values[i], bytes);
        end += bytes;
        *end++ = '\n';
    }
    end[-1] = '\0';
    return text;
}

bool form_boolean(const struct form *form, const char *name, bool fallback)
{
    const struct form_field *field = form_field(form, name);

    if (field == NULL || field->count != 1)
        return fallback;
    const char *value = field->values[0];
    if (strcmp(value, "1") == 0 || strcmp(value, "true") == 0)
        return true;
    if (strcmp(value, "0") == 0 || strcmp(value, "false") == 0)
        return false;
    return fallback;
}
