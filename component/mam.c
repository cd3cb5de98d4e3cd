#include "component/mam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/database.h"
#include "component/form.h"
#include "component/stanza_in.h"
#include "policy/arena.h"
#include "policy/instant.h"

#define NS_RSM "http://jabber.org/protocol/rsm"

/* --- the question --- */

/* Digits alone, at most `max`; strtol would let signs and blanks pass. */
static bool number_read(const char *text, int64_t max, int64_t *ret, const char **ret_end)
{
    char *end = NULL;

    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789") > 18)
        return false;
    *ret = strtoll(text, &end, 10);
    *ret_end = end;
    return *ret <= max;
}

static bool place_read(const char *text, struct mam_place *ret)
{
    const char *end = NULL;
    int64_t line = 0;

    if (!number_read(text, INT64_MAX, &ret->chat, &end) || *end != '-' ||
        !number_read(end + 1, INT32_MAX, &line, &end) || *end != '\0' || ret->chat == 0)
        return false;
    ret->line = (int)line;
    return true;
}

/* `with` is a chat's address; a resource, which would name an author, is passed over. */
static bool with_read(const char *text, const char *domain, struct arena *arena,
                      struct mam_query *ret)
{
    struct jid jid;

    if (!jid_parse(text, &jid) || strcmp(jid.domain, domain) != 0 || jid.local[0] == '\0')
        return false;
    ret->chat = arena_strdup(arena, jid.local);
    return true;
}

static bool time_read(const char *text, int64_t *ret)
{
    instant at;

    if (!instant_parse(text, &at))
        return false;
    *ret = (int64_t)at * 1000;
    return true;
}

static const char *filters_read(const struct form *form, const char *domain, struct arena *arena,
                                struct mam_query *ret)
{
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->fields[i].name;
        const char *value = form_text(form, name, arena);
        bool right = true;
        if (strcmp(name, "FORM_TYPE") == 0)
            right = strcmp(value, NS_MAM) == 0;
        else if (strcmp(name, "with") == 0)
            right = with_read(value, domain, arena, ret);
        else if (strcmp(name, "start") == 0)
            right = time_read(value, &ret->since);
        else if (strcmp(name, "end") == 0)
            right = time_read(value, &ret->until);
        else
            return "feature-not-implemented"; /* silence would look like an answer to it */
        if (!right)
            return "bad-request";
    }
    return NULL;
}

static const char *paging_read(xmpp_stanza_t *set, struct mam_query *ret)
{
    xmpp_stanza_t *max = stanza_child(set, "max", NS_RSM);
    xmpp_stanza_t *after = stanza_child(set, "after", NS_RSM);
    xmpp_stanza_t *before = stanza_child(set, "before", NS_RSM);
    int64_t number = 0;
    const char *end = "";

    if (max != NULL) {
        if (!number_read(stanza_text(max), INT64_MAX, &number, &end) || *end != '\0')
            return "bad-request";
        ret->max = number < MAM_PAGE_MAX ? (int)number : MAM_PAGE_MAX;
    }
    if (after != NULL && !place_read(stanza_text(after), &ret->after))
        return "item-not-found";
    ret->backwards = before != NULL;
    if (before != NULL && stanza_text(before)[0] != '\0' &&
        !place_read(stanza_text(before), &ret->before))
        return "item-not-found";
    return NULL;
}

const char *mam_read(xmpp_stanza_t *query, const char *domain, struct arena *arena,
                     struct mam_query *ret)
{
    xmpp_stanza_t *x = stanza_child(query, "x", NS_FORM);
    xmpp_stanza_t *set = stanza_child(query, "set", NS_RSM);
    const char *queryid = xmpp_stanza_get_attribute(query, "queryid");
    const char *wrong = NULL;
    struct error error;

    *ret = (struct mam_query){.max = MAM_PAGE};
    if (queryid != NULL && strlen(queryid) > MAM_QUERYID_BYTES_MAX)
        return "bad-request";
    ret->queryid = arena_strdup(arena, queryid);
    ret->flip = stanza_child(query, "flip-page", NS_MAM) != NULL;
    if (x != NULL) {
        struct form *form = arena_alloc(arena, sizeof *form);
        if (!form_read(x, arena, form, &error) || form->cancelled)
            return "bad-request";
        wrong = filters_read(form, domain, arena, ret);
    }
    if (wrong == NULL && set != NULL)
        wrong = paging_read(set, ret);
    return wrong;
}

void mam_form_out(struct xml_out *out)
{
    static const struct {
        enum field_type type;
        const char *name, *label;
    } fields[] = {
        {FIELD_JID_SINGLE, "with", "Only the chat with this address"},
        {FIELD_TEXT_SINGLE, "start", "From this time (2026-11-26T16:00:00Z)"},
        {FIELD_TEXT_SINGLE, "end", "Until this time"},
    };

    xml_out_raw(out, "<query xmlns='" NS_MAM "'>");
    form_begin(out, FORM_ASK, "", "");
    form_field_begin(out, FIELD_HIDDEN, "FORM_TYPE", "", false);
    form_value(out, FIELD_HIDDEN, NS_MAM);
    form_field_end(out);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        form_field_begin(out, fields[i].type, fields[i].name, fields[i].label, false);
        form_field_end(out);
    }
    form_end(out);
    xml_out_raw(out, "</query>");
}

/* --- the page --- */

/* Chat by chat, each with its own lines by their key: a time that lets most chats out must not make
 * the database read all lines of a library (OFFSET 0 keeps it from turning this inside out). A
 * chat's lines are at or after its opening; its end bounds them from the other side. */
#define PAGE                                                                                       \
    "SELECT l.chat, l.line, floor(extract(epoch FROM l.at) * 1000)::bigint, c.address, l.author, " \
    "coalesce(l.operator_name, ''), l.body FROM deskbell.chat c CROSS JOIN LATERAL ("              \
    "SELECT * FROM deskbell.line o WHERE o.library_id = c.library_id AND o.chat = c.number "       \
    "AND o.body <> '' "                                                                            \
    "AND ($4::bigint = 0 OR o.at >= to_timestamp($4::double precision / 1000)) "                   \
    "AND ($5::bigint = 0 OR o.at <= to_timestamp($5::double precision / 1000)) "                   \
    "AND ($6::bigint = 0 OR (o.chat, o.line) > ($6, $7::integer)) "                                \
    "AND ($8::bigint = 0 OR (o.chat, o.line) < ($8, $9::integer)) OFFSET 0) l "                    \
    "WHERE c.library_id = $1 AND c.queue_id = $2 AND ($3::text IS NULL OR c.address = $3) "        \
    "AND ($4::bigint = 0 OR c.closed IS NULL "                                                     \
    "OR c.closed >= to_timestamp($4::double precision / 1000)) "                                   \
    "AND ($5::bigint = 0 OR c.opened <= to_timestamp($5::double precision / 1000)) "               \
    "AND ($6::bigint = 0 OR c.number >= $6) AND ($8::bigint = 0 OR c.number <= $8) "

static const char *const page_forwards = PAGE "ORDER BY c.number, l.line LIMIT $10";
static const char *const page_backwards = PAGE "ORDER BY c.number DESC, l.line DESC LIMIT $10";

static const char *author_of(const PGresult *result, int row)
{
    const char *author = PQgetvalue(result, row, 4), *name = PQgetvalue(result, row, 5);

    if (strcmp(author, "patron") == 0)
        return "Patron";
    if (strcmp(author, "desk") == 0)
        return "Desk";
    if (strcmp(author, "note") == 0)
        return "Note";
    return name[0] != '\0' ? name : "Operator";
}

static void item_read(const PGresult *result, int row, struct arena *arena, struct mam_item *ret)
{
    *ret = (struct mam_item){
        .place = {result_number(result, row, 0), (int)result_number(result, row, 1)},
        .at = result_number(result, row, 2),
        .chat = arena_strdup(arena, PQgetvalue(result, row, 3)),
        .author = arena_strdup(arena, author_of(result, row)),
        .body = arena_strdup(arena, PQgetvalue(result, row, 6)),
    };
}

/* One row more than the page says whether there is more. */
bool mam_fetch(PGconn *database, int64_t library, int64_t queue, const struct mam_query *query,
               struct arena *arena, struct mam_page *ret, struct error *reterr)
{
    struct statement statement;
    PGresult *result = NULL;

    statement_begin(&statement, query->backwards ? page_backwards : page_forwards);
    statement_number(&statement, library);
    statement_number(&statement, queue);
    statement_text(&statement, query->chat);
    statement_number(&statement, query->since);
    statement_number(&statement, query->until);
    statement_number(&statement, query->after.chat);
    statement_number(&statement, query->after.line);
    statement_number(&statement, query->before.chat);
    statement_number(&statement, query->before.line);
    statement_number(&statement, query->max + 1);
    if (!statement_run(database, &statement, &result, reterr))
        return false;
    int rows = PQntuples(result);
    int count = rows > query->max ? query->max : rows;
    ret->complete = rows <= query->max;
    ret->count = (size_t)count;
    ret->items = arena_alloc(arena, (ret->count + 1) * sizeof *ret->items);
    for (int row = 0; row < count; row++)
        item_read(result, row, arena,
                  &ret->items[query->backwards != query->flip ? count - 1 - row : row]);
    PQclear(result);
    return true;
}

/* --- the answer --- */

static void place_out(struct xml_out *out, const char *name, const struct mam_place *place)
{
    char text[64];

    snprintf(text, sizeof text, "<%s>%lld-%d</%s>", name, (long long)place->chat, place->line,
             name);
    xml_out_raw(out, text);
}

static void stamp_out(struct xml_out *out, int64_t at)
{
    char text[INSTANT_TEXT_SIZE], stamp[INSTANT_TEXT_SIZE + 16];

    instant_print((instant)(at / 1000), text);
    /* XEP-0082 lets a fraction stand before the Z: lines of one second stay in order. */
    snprintf(stamp, sizeof stamp, "%.*s.%03dZ", INSTANT_TEXT_SIZE - 2, text, (int)(at % 1000));
    xml_out_raw(out, "<delay xmlns='urn:xmpp:delay'");
    xml_out_attribute(out, "stamp", stamp);
    xml_out_raw(out, "/>");
}

static void item_out(const struct mam_item *item, const struct mam_query *query, const char *queue,
                     const char *domain, const char *to, struct xml_out *out)
{
    char id[48];

    snprintf(id, sizeof id, "%lld-%d", (long long)item->place.chat, item->place.line);
    xml_out_raw(out, "<message");
    xml_out_attribute(out, "from", queue);
    xml_out_attribute(out, "to", to);
    xml_out_raw(out, "><result xmlns='" NS_MAM "'");
    xml_out_attribute(out, "queryid", query->queryid);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, "><forwarded xmlns='urn:xmpp:forward:0'>");
    stamp_out(out, item->at);
    xml_out_raw(out, "<message xmlns='jabber:client' type='chat' from=\"");
    xml_out_text(out, item->chat);
    xml_out_raw(out, "@");
    xml_out_text(out, domain);
    xml_out_raw(out, "/");
    xml_out_text(out, item->author);
    xml_out_raw(out, "\"");
    xml_out_attribute(out, "to", queue);
    xml_out_raw(out, "><body>");
    xml_out_text(out, item->body);
    xml_out_raw(out, "</body></message></forwarded></result></message>");
}

void mam_page_out(const struct mam_page *page, const struct mam_query *query, const char *queue,
                  const char *domain, const char *to, const char *id, struct xml_out *out)
{
    for (size_t i = 0; i < page->count; i++)
        item_out(&page->items[i], query, queue, domain, to, out);
    xml_out_raw(out, "<iq type='result'");
    xml_out_attribute(out, "from", queue);
    xml_out_attribute(out, "to", to);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, "><fin xmlns='" NS_MAM "'");
    if (page->complete)
        xml_out_raw(out, " complete='true'");
    xml_out_raw(out, "><set xmlns='" NS_RSM "'>");
    if (page->count > 0) {
        size_t last = page->count - 1;
        place_out(out, "first", &page->items[query->flip ? last : 0].place);
        place_out(out, "last", &page->items[query->flip ? 0 : last].place);
    }
    xml_out_raw(out, "</set></fin></iq>");
}
