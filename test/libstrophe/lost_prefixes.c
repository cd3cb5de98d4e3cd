/* What is parsed and rendered again loses the prefix of each attribute: xml:lang becomes lang. */
#include "defect.h"

int main(void)
{
    char *text;
    size_t length;

    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(
        ctx, "<m><body xml:lang='de'>ja</body><x xmlns:p='urn:p' p:a='1'/></m>");
    if (stanza == NULL || xmpp_stanza_to_text(stanza, &text, &length) != XMPP_EOK)
        return 1;
    printf("%s\n", text);
    bool lost = strstr(text, "xml:lang=\"de\"") == NULL || strstr(text, "urn:p") == NULL;
    xmpp_free(ctx, text);
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return defect_verdict("lost prefixes", lost);
}
