/* What is refused while nothing can be kept, and what the state says of the spool. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/driver_spool.h"
#include "component/store.h"

static xmpp_ctx_t *ctx;
static struct xml_out out;

static void setup(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    xml_out_init(&out);
}

static void teardown(void)
{
    xml_out_release(&out);
    xmpp_ctx_free(ctx);
}

static const struct {
    const char *name, *stanza;
    bool refused;
} cases[] = {
    {"words", "<message from='p@g/x' to='q@d' id='1'><body>Hi</body></message>", true},
    {"words of type chat", "<message type='chat' from='p@g/x' to='q@d'><body>Hi</body></message>",
     true},
    {"a command", "<iq type='set' from='a@g/x' to='d' id='2'><command/></iq>", true},
    {"a question", "<iq type='get' from='a@g/x' to='d' id='2'><query/></iq>", false},
    {"an answer", "<iq type='result' from='a@g/x' to='d' id='2'/>", false},
    {"presence", "<presence from='a@g/x' to='q@d'/>", false},
    {"leaving", "<presence type='unavailable' from='a@g/x' to='q@d'/>", false},
    {"typing", "<message from='p@g/x' to='q@d'><composing/></message>", false},
    {"an error, with the words that it is of",
     "<message type='error' from='p@g/x' to='q@d'><body>Hi</body></message>", false},
    {"from nobody", "<message to='q@d'><body>Hi</body></message>", false},
};

START_TEST(words_are_refused_and_presence_is_not)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, cases[_i].stanza);

    ck_assert_ptr_nonnull(stanza);
    ck_assert_msg(spool_refuses(stanza, "d", &out) == cases[_i].refused, "%s", cases[_i].name);
    ck_assert_msg((out.length > 0) == cases[_i].refused, "%s", cases[_i].name);
    xmpp_stanza_release(stanza);
}
END_TEST

START_TEST(the_refusal_says_to_come_again)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, cases[0].stanza);
    static const char expected[] =
        "<message type=\"error\" from=\"q@d\" to=\"p@g/x\" id=\"1\"><error type=\"wait\">"
        "<resource-constraint xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\"/>";

    ck_assert(spool_refuses(stanza, "d", &out));
    xml_out_bytes(&out, "", 1);
    ck_assert_int_eq(strncmp(out.bytes, expected, sizeof expected - 1), 0);
    ck_assert_ptr_nonnull(strstr(out.bytes, "please try again in a few minutes"));
    xmpp_stanza_release(stanza);
}
END_TEST

START_TEST(a_spool_that_nobody_needed)
{
    static const struct store_events events = {0};
    struct store *store = store_new(
        &(struct store_options){.conninfo = "", .consortium = "mobius", .holder = "here:1"},
        &events, NULL);
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);

    spool_dump(store, (struct now){1000, 1760000000000}, memory);
    fclose(memory);
    ck_assert_str_eq(text, "spool: not in use\n");
    free(text);
    store_free(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("driver_spool");
    TCase *tcase = tcase_create("driver_spool");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, words_are_refused_and_presence_is_not, 0,
                        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tcase, the_refusal_says_to_come_again);
    tcase_add_test(tcase, a_spool_that_nobody_needed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
