#include "component/stanza_refuse.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

struct refusal_row {
    const char *type, *condition, *text;
};

static const struct refusal_row rows[] = {
    [REFUSED_BYTES] = {"modify", "policy-violation", "This is too long: more than 64 kilobytes."},
    [REFUSED_ELEMENTS] = {"modify", "policy-violation", "Too many elements in one stanza."},
    [REFUSED_CHILDREN] = {"modify", "policy-violation", "Too many elements in one element."},
    [REFUSED_ATTRIBUTES] = {"modify", "policy-violation", "Too many attributes."},
    [REFUSED_DEPTH] = {"modify", "policy-violation", "Elements nested too deeply."},
    [REFUSED_NAMESPACE] = {"modify", "not-acceptable",
                           "A namespace is too long or is not declared."},
    [REFUSED_RESTRICTED] = {"modify", "not-acceptable",
                            "Comments and instructions are not allowed in XMPP."},
    [REFUSED_UNKEPT] = {"wait", "resource-constraint",
                        "Sorry, the chat cannot take messages at the moment. Nothing of this one "
                        "was kept: please try again in a few minutes."},
};

static const struct refusal_row *row_of(enum stanza_refusal refusal)
{
    assert(refusal > REFUSED_NOT && (size_t)refusal < sizeof rows / sizeof *rows);
    return &rows[refusal];
}

const char *stanza_refusal_text(enum stanza_refusal refusal)
{
    return row_of(refusal)->text;
}

static bool text_is(const char *text, const char *expected)
{
    return text != NULL && strcmp(text, expected) == 0;
}

static bool may_be_answered(const char *name, const char *type)
{
    if (text_is(name, "message"))
        return !text_is(type, "error");
    if (text_is(name, "presence"))
        return !text_is(type, "error") && !text_is(type, "unavailable");
    return text_is(name, "iq") && (text_is(type, "get") || text_is(type, "set"));
}

bool stanza_refuse(struct xml_out *out, xmpp_stanza_t *stanza, enum stanza_refusal refusal,
                   const char *jid)
{
    const struct refusal_row *row = row_of(refusal);

    /* A namespace of its own: an element of that name, but no stanza. */
    if (stanza == NULL || xmpp_stanza_get_ns(stanza) != NULL)
        return false;
    const char *name = xmpp_stanza_get_name(stanza), *to = xmpp_stanza_get_to(stanza);
    const char *from = xmpp_stanza_get_from(stanza);
    if (from == NULL || !may_be_answered(name, xmpp_stanza_get_type(stanza)))
        return false;
    xml_out_raw(out, "<");
    xml_out_raw(out, name);
    xml_out_attribute(out, "type", "error");
    xml_out_attribute(out, "from", to != NULL ? to : jid);
    xml_out_attribute(out, "to", from);
    xml_out_attribute(out, "id", xmpp_stanza_get_id(stanza));
    xml_out_raw(out, "><error");
    xml_out_attribute(out, "type", row->type);
    xml_out_raw(out, "><");
    xml_out_raw(out, row->condition);
    xml_out_raw(out, " xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>"
                     "<text xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\" xml:lang=\"en\">");
    xml_out_text(out, row->text);
    xml_out_raw(out, "</text></error></");
    xml_out_raw(out, name);
    xml_out_raw(out, ">");
    return true;
}
