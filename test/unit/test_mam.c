/* A queue's archive: what is asked for, which lines are on a page, and what is sent. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "component/mam.h"
#include "policy/arena.h"
#include "test/support/store_desk.h"

static xmpp_ctx_t *ctx;
static struct arena *arena;
static struct xml_out out;
static PGconn *database;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    arena = arena_new();
    xml_out_init(&out);
}

static void tear_down(void)
{
    xml_out_release(&out);
    arena_free(arena);
    xmpp_ctx_free(ctx);
}

#define QUERY(attributes, inner) "<query xmlns='urn:xmpp:mam:2'" attributes ">" inner "</query>"
#define FORM(fields)                                                                               \
    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"                               \
    "<value>urn:xmpp:mam:2</value></field>" fields "</x>"
#define FIELD(name, value) "<field var='" name "'><value>" value "</value></field>"
#define SET(inner) "<set xmlns='http://jabber.org/protocol/rsm'>" inner "</set>"

static const char *read_query(const char *xml, struct mam_query *ret)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);

    ck_assert_ptr_nonnull(stanza);
    const char *wrong = mam_read(stanza, "chat.localhost", arena, ret);
    xmpp_stanza_release(stanza);
    return wrong;
}

static const struct {
    const char *xml;
    const char *wrong; /* NULL: right */
    struct mam_query query;
} queries[] = {
    {QUERY("", ""), NULL, {.max = MAM_PAGE}},
    {QUERY(" queryid='q'", SET("<max>3</max>")), NULL, {.queryid = "q", .max = 3}},
    {QUERY("", SET("<max>0</max>")), NULL, {.max = 0}},
    {QUERY("", SET("<max>201</max>")), NULL, {.max = MAM_PAGE_MAX}},
    {QUERY("", SET("<max>999999999999999999</max>")), NULL, {.max = MAM_PAGE_MAX}},
    {QUERY("", SET("<max>-1</max>")), "bad-request", {0}},
    {QUERY("", SET("<max>3x</max>")), "bad-request", {0}},
    {QUERY("", SET("<max/>")), "bad-request", {0}},
    {QUERY("", SET("<after>12-3</after>")), NULL, {.max = MAM_PAGE, .after = {12, 3}}},
    {QUERY("", SET("<before>12-3</before>")),
     NULL,
     {.max = MAM_PAGE, .before = {12, 3}, .backwards = true}},
    {QUERY("", SET("<before/>")), NULL, {.max = MAM_PAGE, .backwards = true}},
    {QUERY("", SET("<after>12</after>")), "item-not-found", {0}},
    {QUERY("", SET("<after>0-1</after>")), "item-not-found", {0}},
    {QUERY("", SET("<after>12-3 </after>")), "item-not-found", {0}},
    {QUERY("", SET("<before>+12-3</before>")), "item-not-found", {0}},
    {QUERY("", SET("<before>9999999999999999999-1</before>")), "item-not-found", {0}},
    {QUERY("", "<flip-page/>"), NULL, {.max = MAM_PAGE, .flip = true}},
    {QUERY("", FORM(FIELD("start", "2026-11-26T16:00:00Z") FIELD("end", "2026-11-26T17:00:00Z"))),
     NULL,
     {.max = MAM_PAGE, .since = 1795708800000, .until = 1795712400000}},
    {QUERY("", FORM(FIELD("start", "yesterday"))), "bad-request", {0}},
    {QUERY("", FORM(FIELD("with", "mobius-mobstate.k3f9@chat.localhost"))),
     NULL,
     {.max = MAM_PAGE, .chat = "mobius-mobstate.k3f9"}},
    {QUERY("", FORM(FIELD("with", "sue@elsewhere.example"))), "bad-request", {0}},
    {QUERY("", FORM(FIELD("withtext", "maps"))), "feature-not-implemented", {0}},
    {QUERY("", "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
               "<value>urn:xmpp:mam:1</value></field></x>"),
     "bad-request",
     {0}},
    {QUERY("", "<x xmlns='jabber:x:data' type='cancel'/>"), "bad-request", {0}},
};

static const char *nonnull(const char *text)
{
    return text == NULL ? "(none)" : text;
}

START_TEST(what_is_asked)
{
    struct mam_query query;
    const struct mam_query *right = &queries[_i].query;
    const char *wrong = read_query(queries[_i].xml, &query);

    ck_assert_msg(strcmp(nonnull(wrong), nonnull(queries[_i].wrong)) == 0, "%s: %s",
                  queries[_i].xml, nonnull(wrong));
    if (wrong != NULL)
        return;
    ck_assert_str_eq(nonnull(query.queryid), nonnull(right->queryid));
    ck_assert_str_eq(nonnull(query.chat), nonnull(right->chat));
    ck_assert_int_eq(query.since, right->since);
    ck_assert_int_eq(query.until, right->until);
    ck_assert_int_eq(query.after.chat, right->after.chat);
    ck_assert_int_eq(query.after.line, right->after.line);
    ck_assert_int_eq(query.before.chat, right->before.chat);
    ck_assert_int_eq(query.before.line, right->before.line);
    ck_assert_int_eq(query.backwards, right->backwards);
    ck_assert_int_eq(query.flip, right->flip);
    ck_assert_int_eq(query.max, right->max);
}
END_TEST

START_TEST(a_long_queryid)
{
    char xml[1024];
    struct mam_query query;

    snprintf(xml, sizeof xml, QUERY(" queryid='%0255d'", ""), 1);
    ck_assert_ptr_null(read_query(xml, &query));
    snprintf(xml, sizeof xml, QUERY(" queryid='%0256d'", ""), 1);
    ck_assert_str_eq(read_query(xml, &query), "bad-request");
}
END_TEST

/* --- pages --- */

#define CHAT "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, "       \
             "queue_id, patron, patron_resource, state, opened, closed, last_line) VALUES "

/* Three chats of the queue, one of another queue; a text that was erased. */
static void archive_set_up(void)
{
    set_up();
    database = database_new();
    sql(database,
        "INSERT INTO deskbell.address VALUES (1, 'mobius-mobstate-maps', 'queue') RETURNING 1");
    sql(database,
        "INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days) VALUES "
        "(1, 1, 'mobius-mobstate-maps', 365) RETURNING 1");
    sql(database, CHAT
        "(1, 1, 1, 'aaaa', 'mobius-mobstate.aaaa', 1, 'p@guest', 'w', 'closed', "
        "'2026-03-01 10:00Z', '2026-03-01 11:00Z', 3),"
        "(1, 1, 2, 'bbbb', 'mobius-mobstate.bbbb', 1, 'q@guest', 'w', 'closed', "
        "'2026-03-01 10:30Z', '2026-03-01 10:45Z', 2),"
        "(1, 1, 3, 'cccc', 'mobius-mobstate-maps.cccc', (SELECT max(queue_id) FROM "
        "deskbell.queue), 'q@guest', 'w', 'closed', '2026-03-01 10:31Z', '2026-03-01 10:45Z', 1),"
        "(1, 1, 4, 'dddd', 'mobius-mobstate.dddd', 1, 'q@guest', 'w', 'claimed', "
        "'2026-03-02 09:00Z', NULL, 1) RETURNING 1");
    sql(database,
        "INSERT INTO deskbell.line (library_id, chat, line, at, author, operator_name, "
        "stanza_id, body) VALUES "
        "(1, 1, 1, '2026-03-01 10:00:00.250Z', 'patron', NULL, '', 'Hello <b>'),"
        "(1, 1, 2, '2026-03-01 10:01Z', 'operator', 'mobius-mobstate-ann', '', 'Hello!'),"
        "(1, 1, 3, '2026-03-01 10:59Z', 'note', 'mobius-mobstate-ann', '', 'a regular'),"
        "(1, 2, 1, '2026-03-01 10:30Z', 'patron', NULL, '', ''),"
        "(1, 2, 2, '2026-03-01 10:31Z', 'desk', NULL, '', 'Bye'),"
        "(1, 3, 1, '2026-03-01 10:31Z', 'patron', NULL, '', 'a map'),"
        "(1, 4, 1, '2026-03-02 09:00Z', 'patron', NULL, '', 'Again') RETURNING 1");
}

static void archive_tear_down(void)
{
    PQfinish(database);
    tear_down();
}

/* "1-1 1-2 |": the places of the page's items, and a bar when it is complete. */
static const char *page_of(const char *xml)
{
    static char text[256];
    struct mam_query query;
    struct mam_page page;
    struct error error;
    size_t used = 0;

    ck_assert_ptr_null(read_query(xml, &query));
    ck_assert_msg(mam_fetch(database, 1, 1, &query, arena, &page, &error), "%s", error.text);
    text[0] = '\0';
    for (size_t i = 0; i < page.count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%lld-%d ",
                                 (long long)page.items[i].place.chat, page.items[i].place.line);
    snprintf(text + used, sizeof text - used, page.complete ? "|" : "");
    return text;
}

static const struct {
    const char *xml, *page;
} pages[] = {
    {QUERY("", ""), "1-1 1-2 1-3 2-2 4-1 |"},
    {QUERY("", SET("<max>2</max>")), "1-1 1-2 "},
    {QUERY("", SET("<max>2</max><after>1-2</after>")), "1-3 2-2 "},
    {QUERY("", SET("<max>2</max><after>2-2</after>")), "4-1 |"},
    {QUERY("", SET("<max>1</max><after>2-2</after>")), "4-1 |"},
    {QUERY("", SET("<max>2</max><after>2-1</after>")), "2-2 4-1 |"}, /* erased since */
    {QUERY("", SET("<max>2</max><before/>")), "2-2 4-1 "},
    {QUERY("", SET("<max>2</max><before>2-2</before>")), "1-2 1-3 "},
    {QUERY("", SET("<max>2</max><before>1-2</before>")), "1-1 |"},
    {QUERY("", SET("<max>2</max><before/>") "<flip-page/>"), "4-1 2-2 "},
    {QUERY("", SET("<max>2</max>") "<flip-page/>"), "1-2 1-1 "},
    {QUERY("", SET("<max>0</max>")), ""},
    {QUERY("", SET("<max>0</max><after>4-1</after>")), "|"},
    {QUERY("", FORM(FIELD("with", "mobius-mobstate.aaaa@chat.localhost"))), "1-1 1-2 1-3 |"},
    {QUERY("", FORM(FIELD("with", "mobius-mobstate-maps.cccc@chat.localhost"))), "|"},
    {QUERY("", FORM(FIELD("start", "2026-03-01T10:31:00Z"))), "1-3 2-2 4-1 |"},
    {QUERY("", FORM(FIELD("start", "2026-03-01T11:00:01Z"))), "4-1 |"},
    {QUERY("", FORM(FIELD("end", "2026-03-01T10:01:00Z"))), "1-1 1-2 |"},
    {QUERY("", FORM(FIELD("start", "2026-03-01T10:01:00Z")
                    FIELD("end", "2026-03-01T10:31:00Z"))), "1-2 2-2 |"},
};

START_TEST(which_lines)
{
    ck_assert_msg(strcmp(page_of(pages[_i].xml), pages[_i].page) == 0, "%s: %s", pages[_i].xml,
                  page_of(pages[_i].xml));
}
END_TEST

START_TEST(of_another_library)
{
    struct mam_query query = {.max = 10};
    struct mam_page page;
    struct error error;

    ck_assert(mam_fetch(database, 2, 1, &query, arena, &page, &error));
    ck_assert_uint_eq(page.count, 0);
    ck_assert(page.complete);
}
END_TEST

START_TEST(what_is_sent)
{
    static const char *const parts[] = {
        "<message from=\"mobius-mobstate@chat.localhost\" to=\"ann@localhost/desk\"><result "
        "xmlns='urn:xmpp:mam:2' queryid=\"q&quot;1\" id=\"1-1\"><forwarded "
        "xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' "
        "stamp=\"2026-03-01T10:00:00.250Z\"/><message xmlns='jabber:client' type='chat' "
        "from=\"mobius-mobstate.aaaa@chat.localhost/Patron\" "
        "to=\"mobius-mobstate@chat.localhost\"><body>Hello &lt;b&gt;</body></message>"
        "</forwarded></result></message>",
        "/mobius-mobstate-ann\"",
        "/Note\"",
        "<iq type='result' from=\"mobius-mobstate@chat.localhost\" to=\"ann@localhost/desk\" "
        "id=\"7\"><fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>"
        "<first>1-1</first><last>1-3</last></set></fin></iq>",
    };
    struct mam_query query = {.queryid = "q\"1", .max = 3};
    struct mam_page page;
    struct error error;

    ck_assert(mam_fetch(database, 1, 1, &query, arena, &page, &error));
    mam_page_out(&page, &query, "mobius-mobstate@chat.localhost", "chat.localhost",
                 "ann@localhost/desk", "7", &out);
    xml_out_bytes(&out, "", 1);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(out.bytes, parts[i]) != NULL, "%s in %s", parts[i], out.bytes);
    ck_assert_ptr_null(strstr(out.bytes, "p@guest"));
    ck_assert_ptr_null(strstr(out.bytes, "complete"));
}
END_TEST

START_TEST(the_end)
{
    struct mam_query query = {.max = 3};
    struct mam_page page = {.complete = true};

    mam_page_out(&page, &query, "mobius-mobstate@chat.localhost", "chat.localhost",
                 "ann@localhost/desk", NULL, &out);
    xml_out_bytes(&out, "", 1);
    ck_assert_ptr_nonnull(strstr(out.bytes, "<fin xmlns='urn:xmpp:mam:2' complete='true'>"
                                            "<set xmlns='http://jabber.org/protocol/rsm'></set>"));
}
END_TEST

START_TEST(which_filters_there_are)
{
    mam_form_out(&out);
    xml_out_bytes(&out, "", 1);
    static const char *const names[] = {"var=\"with\"", "var=\"start\"", "var=\"end\""};
    for (size_t i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(strstr(out.bytes, names[i]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mam");
    TCase *asked = tcase_create("asked"), *archive = tcase_create("archive");

    tcase_add_checked_fixture(asked, set_up, tear_down);
    tcase_add_loop_test(asked, what_is_asked, 0, (int)(sizeof queries / sizeof queries[0]));
    tcase_add_test(asked, a_long_queryid);
    tcase_add_test(asked, the_end);
    tcase_add_test(asked, which_filters_there_are);
    tcase_add_checked_fixture(archive, archive_set_up, archive_tear_down);
    tcase_set_timeout(archive, 60);
    tcase_add_loop_test(archive, which_lines, 0, (int)(sizeof pages / sizeof pages[0]));
    tcase_add_test(archive, of_another_library);
    tcase_add_test(archive, what_is_sent);
    suite_add_tcase(suite, asked);
    suite_add_tcase(suite, archive);
    cluster_start(false);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    cluster_end();
    return failed == 0 ? 0 : 1;
}
