/* iq_presence.c: the desk's own address in people's lists of contacts.
 *
 * Pidgin offers a contact's commands only while the contact is shown as there, from an address with
 * a resource and with a hash of what it can do. Whoever asks is answered; who has asked is not
 * remembered, as nothing about the service ever changes while it answers. */
#include <string.h>

#include "component/iq.h"
#include "component/stanza_out.h"

bool iq_takes(const struct iq *iq, xmpp_stanza_t *stanza)
{
    const char *to = xmpp_stanza_get_to(stanza);

    if (strcmp(xmpp_stanza_get_name(stanza), "iq") == 0)
        return true;
    return strcmp(xmpp_stanza_get_name(stanza), "presence") == 0 && to != NULL &&
           strcmp(to, iq->domain) == 0;
}

static void presence_begin(const struct iq *iq, const char *resource, const char *to,
                           struct xml_out *out)
{
    xml_out_raw(out, "<presence from=\"");
    xml_out_text(out, iq->domain);
    xml_out_raw(out, resource);
    xml_out_raw(out, "\"");
    xml_out_attribute(out, "to", to);
}

void iq_presence(const struct iq *iq, const char *type, const char *to, struct xml_out *out)
{
    bool subscribe = strcmp(type, "subscribe") == 0;

    if (!subscribe && strcmp(type, "probe") != 0)
        return;
    /* From the bare address: RFC 6121, section 3.1.5. */
    if (subscribe) {
        presence_begin(iq, "", to, out);
        xml_out_raw(out, " type='subscribed'/>");
    }
    presence_begin(iq, "/" DESK_RESOURCE, to, out);
    xml_out_raw(out, "><status>The commands of the desk</status>"
                     "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1'");
    xml_out_attribute(out, "node", CAPS_NODE);
    xml_out_attribute(out, "ver", iq->caps_ver);
    xml_out_raw(out, "/></presence>");
}
