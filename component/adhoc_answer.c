/* adhoc_answer.c: what the commands send: errors, forms, results. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/stanza_iq.h"
#include "component/stream.h"
#include "component/table.h"
#include "policy/mem.h"

static const struct {
    const char *type, *condition, *detail, *text;
} errors[] = {
    [ERROR_NOT_FOUND] = {"cancel", "item-not-found", NULL, NULL},
    [ERROR_BAD_REQUEST] = {"modify", "bad-request", NULL, NULL},
    [ERROR_MALFORMED_ACTION] = {"modify", "bad-request", "malformed-action", NULL},
    [ERROR_BAD_ACTION] = {"modify", "bad-request", "bad-action", NULL},
    [ERROR_BAD_PAYLOAD] = {"modify", "bad-request", "bad-payload", NULL},
    [ERROR_BAD_SESSION] = {"modify", "bad-request", "bad-sessionid",
                           "This form is done with. Please begin again."},
    [ERROR_SESSION_EXPIRED] = {"cancel", "not-allowed", "session-expired",
                               "This form waited too long. Please begin again."},
    [ERROR_BUSY] = {"wait", "unexpected-request", NULL, "This is still being worked on."},
};

struct answer_to pending_to(const struct pending *pending)
{
    return (struct answer_to){.from = pending->to, .to = pending->jid, .id = pending->id};
}

static void answer_begin(struct xml_out *out, const char *type, const struct answer_to *to)
{
    iq_begin(out, type, to->from, to->to, to->id);
}

void answer_error(const struct answer_to *to, enum adhoc_error error, struct xml_out *out)
{
    answer_begin(out, "error", to);
    xml_out_raw(out, "<error");
    xml_out_attribute(out, "type", errors[error].type);
    xml_out_raw(out, "><");
    xml_out_raw(out, errors[error].condition);
    xml_out_raw(out, " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>");
    if (errors[error].text != NULL) {
        xml_out_raw(out, "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>");
        xml_out_text(out, errors[error].text);
        xml_out_raw(out, "</text>");
    }
    if (errors[error].detail != NULL) {
        xml_out_raw(out, "<");
        xml_out_raw(out, errors[error].detail);
        xml_out_raw(out, " xmlns='" NS_COMMANDS "'/>");
    }
    xml_out_raw(out, "</error></iq>");
}

static void command_begin(struct xml_out *out, const char *node, const char *session,
                          const char *status)
{
    xml_out_raw(out, "<command xmlns='" NS_COMMANDS "'");
    xml_out_attribute(out, "node", node);
    xml_out_attribute(out, "sessionid", session);
    xml_out_attribute(out, "status", status);
    xml_out_raw(out, ">");
}

static void note_out(struct xml_out *out, enum note_type type, const char *text)
{
    static const char *const types[] = {"info", "warn", "error"};

    xml_out_raw(out, "<note");
    xml_out_attribute(out, "type", types[type]);
    xml_out_raw(out, ">");
    xml_out_text(out, text);
    xml_out_raw(out, "</note>");
}

void answer_cancelled(const struct answer_to *to, const char *node, const char *session,
                      struct xml_out *out)
{
    answer_begin(out, "result", to);
    command_begin(out, node, session, "canceled");
    xml_out_raw(out, "</command></iq>");
}

/* What a person reads is fixed text, which clients show as it is, with all of its lines; Pidgin and
 * Gajim give a box of text four lines, and Pidgin one line's box sixteen letters. But only from a
 * box can a text be copied, and only a box has a bar to scroll a text that is longer than a screen:
 * markup and what is long come in one. */
enum { BOX_LETTERS = 16, FIXED_LINES_MAX = 40 };

static enum field_type text_field_type(const char *text)
{
    int lines = 1;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    if (lines == 1)
        return strlen(text) <= BOX_LETTERS ? FIELD_TEXT_SINGLE : FIELD_TEXT_MULTI;
    return lines > FIXED_LINES_MAX || text[0] == '<' ? FIELD_TEXT_MULTI : FIELD_FIXED;
}

/* Clients show no label of a fixed text, so it is the first line. A table's text begins with its
 * own title. */
static void text_field_out(struct xml_out *out, const char *name, const char *label,
                           const char *text)
{
    enum field_type type = text_field_type(text);
    bool titled = label[0] == '\0' || strncmp(text, label, strlen(label)) == 0;
    size_t size = strlen(label) + strlen(text) + sizeof ":\n";
    char *lines = mem_new(size);

    snprintf(lines, size, "%s%s%s", titled ? "" : label, titled ? "" : ":\n", text);
    form_field_begin(out, type, name, type == FIELD_FIXED ? "" : label, false);
    form_value(out, type, type == FIELD_FIXED ? lines : text);
    form_field_end(out);
    free(lines);
}

/* XEP-0004, section 3.4. */
static void table_out(struct xml_out *out, const struct table *table)
{
    xml_out_raw(out, "<reported>");
    for (size_t i = 0; i < table->column_count; i++) {
        form_field_begin(out, FIELD_TEXT_SINGLE, table->columns[i].key, table->columns[i].label,
                         false);
        form_field_end(out);
    }
    xml_out_raw(out, "</reported>");
    for (size_t row = 0; row < table->row_count && row < RESULT_ROWS_MAX; row++) {
        xml_out_raw(out, "<item>");
        for (size_t i = 0; i < table->column_count; i++) {
            xml_out_raw(out, "<field");
            xml_out_attribute(out, "var", table->columns[i].key);
            xml_out_raw(out, ">");
            form_value(out, FIELD_TEXT_SINGLE, table_show(table, row, i));
            xml_out_raw(out, "</field>");
        }
        xml_out_raw(out, "</item>");
    }
}

/* A text of several lines comes as a field, too: not every client keeps a note's lines apart. */
static void result_form_out(struct xml_out *out, const char *title, const struct result *result,
                            const struct table *table)
{
    bool lines = result->text != NULL && strchr(result->text, '\n') != NULL;

    if (!lines && result->field_count == 0 && table == NULL)
        return;
    form_begin(out, FORM_RESULT, title, "");
    if (lines)
        text_field_out(out, "answer", "", result->text);
    for (size_t i = 0; i < result->field_count; i++)
        text_field_out(out, result->fields[i].name, result->fields[i].label,
                       result->fields[i].text);
    if (table != NULL)
        table_out(out, table);
    form_end(out);
}

static void result_out(const struct answer_to *to, const struct command *command,
                       const char *session, const struct result *result,
                       const struct table *table, struct xml_out *out)
{
    answer_begin(out, "result", to);
    command_begin(out, command->node, session, "completed");
    note_out(out, result->type, result->text == NULL ? command->title : result->text);
    result_form_out(out, command->title, result, table);
    xml_out_raw(out, "</command></iq>");
}

/* What the stream would not take is sent with less: the table says nothing that the text does
 * not. */
void answer_result(const struct answer_to *to, const struct command *command,
                   const char *session, const struct result *result, struct xml_out *out)
{
    static const struct result too_long = {
        .type = NOTE_WARN, .text = "The answer is too long for one message. Ask for less at once."};
    size_t before = out->length;

    result_out(to, command, session, result, result->table, out);
    if (out->length - before > STANZA_OUT_BYTES_MAX && result->table != NULL) {
        out->length = before;
        result_out(to, command, session, result, NULL, out);
    }
    if (out->length - before > STANZA_OUT_BYTES_MAX) {
        out->length = before;
        result_out(to, command, session, &too_long, NULL, out);
    }
}

/* Whether more follows may hang on the answers: "complete" is offered only where nothing can. */
void answer_form(const struct answer_to *to, const struct command_call *call,
                 const char *complaint, struct xml_out *out)
{
    int step = call->session->step;
    const char *go = step_is_last(call, step) ? "complete" : "next";

    answer_begin(out, "result", to);
    command_begin(out, call->command->node, call->session->id, "executing");
    xml_out_raw(out, "<actions");
    xml_out_attribute(out, "execute", go);
    xml_out_raw(out, ">");
    if (step_before(call, step) >= 0)
        xml_out_raw(out, "<prev/>");
    xml_out_raw(out, go[0] == 'c' ? "<complete/>" : "<next/>");
    xml_out_raw(out, "</actions>");
    if (complaint != NULL) {
        xml_out_raw(out, "<note type='error'>");
        xml_out_text(out, complaint);
        xml_out_raw(out, "</note>");
    }
    step_form(call, step, complaint, out);
    xml_out_raw(out, "</command></iq>");
}
