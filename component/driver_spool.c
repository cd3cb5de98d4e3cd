#include "component/driver_spool.h"

#include <inttypes.h>
#include <string.h>

#include "component/stanza_refuse.h"
#include "component/store.h"
#include "policy/instant.h"

bool spool_refuses(xmpp_stanza_t *stanza, const char *jid, struct xml_out *out)
{
    const char *name = xmpp_stanza_get_name(stanza), *type = xmpp_stanza_get_type(stanza);

    bool words = strcmp(name, "message") == 0 &&
                 xmpp_stanza_get_child_by_name(stanza, "body") != NULL;
    bool command = strcmp(name, "iq") == 0 && type != NULL && strcmp(type, "set") == 0;
    return (words || command) && stanza_refuse(out, stanza, REFUSED_UNKEPT, jid);
}

static void instant_dump(const char *what, int64_t at_ms, struct now now, FILE *out)
{
    char text[INSTANT_TEXT_SIZE];

    fprintf(out, "%s %s", what, instant_print((now.wall - (now.at - at_ms)) / 1000, text));
}

void spool_dump(const struct store *store, struct now now, FILE *out)
{
    struct store_spool spool;
    uint64_t refused = store_counts(store)->refused;

    store_spool(store, &spool);
    if (spool.in_use) {
        fprintf(out, "spool: %" PRIu64 " batches, %" PRIu64 " records, %" PRIu64 " bytes",
                spool.batches, spool.records, spool.bytes);
        if (spool.since != 0)
            instant_dump(", in use since", spool.since, now, out);
        fprintf(out, ", %" PRIu64 " batches written back%s\n", spool.replayed_batches,
                spool.stuck ? "; IT CANNOT BE WRITTEN, messages are refused" : "");
    } else if (spool.replayed != 0) {
        fputs("spool: empty", out);
        instant_dump(", written back", spool.replayed, now, out);
        fprintf(out, ": %" PRIu64 " batches, %" PRIu64 " records\n", spool.replayed_batches,
                spool.replayed_records);
    } else {
        fputs("spool: not in use\n", out);
    }
    if (refused > 0)
        fprintf(out, "quarantine: %" PRIu64 " records refused by the database since the start\n",
                refused);
}
