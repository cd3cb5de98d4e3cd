#include "component/stanza_iq.h"

#include <stdlib.h>
#include <string.h>

void iq_id_make(xmpp_ctx_t *ctx, char ret[IQ_ID_SIZE])
{
    char *id = xmpp_uuid_gen(ctx);

    if (id == NULL)
        abort();
    size_t length = strnlen(id, IQ_ID_SIZE - 1);
    memcpy(ret, id, length);
    ret[length] = '\0';
    xmpp_free(ctx, id);
}

void iq_begin(struct xml_out *out, const char *type, const char *from, const char *to,
              const char *id)
{
    xml_out_raw(out, "<iq");
    xml_out_attribute(out, "type", type);
    xml_out_attribute(out, "from", from);
    xml_out_attribute(out, "to", to);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, ">");
}

void iq_error(struct xml_out *out, const char *from, const char *to, const char *id,
              const char *type, const char *condition)
{
    iq_begin(out, "error", from, to, id);
    xml_out_raw(out, "<error");
    xml_out_attribute(out, "type", type);
    xml_out_raw(out, "><");
    xml_out_raw(out, condition);
    xml_out_raw(out, " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
}

static void address_out(struct xml_out *out, const char *name, const char *domain)
{
    xml_out_text(out, name);
    xml_out_raw(out, "@");
    xml_out_text(out, domain);
}

void stanza_gone(struct xml_out *out, const char *name, const char *domain)
{
    xml_out_raw(out, "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:");
    address_out(out, name, domain);
    xml_out_raw(out, "</gone><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>This address has "
                     "changed. Please write to ");
    address_out(out, name, domain);
    xml_out_raw(out, "</text>");
}

void iq_gone(struct xml_out *out, const char *from, const char *to, const char *id,
             const char *name, const char *domain)
{
    iq_begin(out, "error", from, to, id);
    xml_out_raw(out, "<error type='cancel'>");
    stanza_gone(out, name, domain);
    xml_out_raw(out, "</error></iq>");
}
