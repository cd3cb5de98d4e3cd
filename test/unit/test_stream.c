/* The life of the stream: connecting, shaking hands, coming back, noticing death, ending. */
#include "test/unit/stream_server.h"

#define DIGEST "54dd5c9c924a6aec875bd9cdedd0b500fde7a1ea"
#define STREAM_ERROR(condition)                                                                    \
    "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"                   \
    "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>words</text></stream:error>"                \
    "</stream:stream>"

START_TEST(handshake)
{
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(stream_fd(stream), -1);
    ck_assert(stream_deadline(stream) == INT64_MAX);
    stream_open(stream, now);
    ck_assert_int_eq(stream_deadline(stream), now);
    server_accept();
    ck_assert_int_eq(stream_state(stream), STREAM_CONNECTING);
    ck_assert(has(&got, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                        "xmlns:stream='http://etherx.jabber.org/streams' to=\"desk.example\">"));
    server_say(SERVER_HEADER);
    until_server_has("</handshake>");
    /* printf 'abc&1s3cret' | sha1sum */
    ck_assert_msg(has(&got, "<handshake>" DIGEST "</handshake>"), "%.*s", (int)got.length,
                  got.bytes);
    ck_assert_int_eq(ups, 0);
    stream_send(stream, "<early/>", 8);
    server_say("<handshake/>");
    until_state(STREAM_UP);
    ck_assert_int_eq(ups, 1);
    ck_assert_uint_eq(stream_counts(stream)->connects, 1);
    ck_assert_uint_eq(stream_queued(stream), 0);
    turns(3);
    ck_assert(!has(&got, "early"));
}
END_TEST

START_TEST(a_name_with_several_addresses)
{
    /* The test's server listens on IPv4 only; a name may stand for ::1 first. */
    stream = stream_free(stream);
    stream_make("localhost");
    come_up();
}
END_TEST

/* A name that turns out to be another machine, or a number that got past the file: nothing is
 * dialled, not even once. */
START_TEST(another_machine_is_not_dialled)
{
    stream = stream_free(stream);
    stream_make("0.0.0.0"); /* the kernel would connect it to this machine, and so to our server */
    stream_open(stream, now);
    turn();
    ck_assert_int_eq(stream_fd(stream), -1);
    ck_assert_int_eq(accept(listener, NULL, NULL), -1);
    assert_logged("its address is another machine's", 1);
}
END_TEST

START_TEST(another_machine_is_dialled_when_allowed)
{
    stream = stream_free(stream);
    remote_allowed = true;
    stream_make("0.0.0.0");
    come_up();
}
END_TEST

START_TEST(an_unknown_host_is_tried_again)
{
    stream = stream_free(stream);
    stream_make("no such host");
    stream_open(stream, now);
    turn();
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert(stream_deadline(stream) > now);
    assert_logged("cannot find host 'no such host'", 1);
}
END_TEST

static const struct {
    const char *error, *logged;
    bool before_handshake;
    int64_t wait_min, wait_max;
} error_cases[] = {
    {STREAM_ERROR("not-authorized"),
     "the secret in deskbell.conf and the server's component_secret differ", false, 30000, 60000},
    {STREAM_ERROR("host-unknown"), "has no component 'desk.example'", true, 30000, 60000},
    {STREAM_ERROR("conflict"), "another process is connected", false, 120000, 300000},
    {STREAM_ERROR("system-shutdown"), "system-shutdown", false, 200, 10000},
    {"<stream:error/>", "undefined-condition", false, 200, 10000},
};

START_TEST(stream_errors)
{
    stream_open(stream, now);
    for (int round = 1; round <= 3; round++) {
        server_accept();
        server_say(SERVER_HEADER);
        if (!error_cases[_i].before_handshake)
            until_server_has("</handshake>");
        server_say(error_cases[_i].error);
        until_state(STREAM_DOWN);
        server_drop();
        int64_t wait = stream_deadline(stream) - now;
        ck_assert_msg(wait >= error_cases[_i].wait_min && wait <= error_cases[_i].wait_max,
                      "%s: waits %lld ms", error_cases[_i].error, (long long)wait);
        now += wait;
    }
    ck_assert_int_eq(ups, 0);
    ck_assert_int_eq(downs, 0);
    assert_logged(error_cases[_i].logged, 1);
}
END_TEST

START_TEST(kicked_while_up)
{
    come_up();
    server_say(STREAM_ERROR("conflict"));
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
    ck_assert_int_ge(stream_deadline(stream) - now, 120000);
}
END_TEST

static const struct {
    const char *bytes, *answer;
} garbage_cases[] = {
    {"<message><body></message></body>", "not-well-formed"},
    {"<message>\xC3\x28</message>", "not-well-formed"},
    {"<message>&nbsp;</message>", "not-well-formed"},
    {"HTTP/1.1 400 Bad Request\r\n", "restricted-xml"},
    {"<!DOCTYPE x [<!ENTITY a 'b'>]>", "restricted-xml"},
    {"<message><!ENTITY a 'b'></message>", "restricted-xml"},
    {"<?php echo 1 ?>", "restricted-xml"},
    {"\xFF\xFE\xFD", "restricted-xml"},
};

START_TEST(garbage_ends_the_stream_and_it_comes_back)
{
    come_up();
    server_say(garbage_cases[_i].bytes);
    until_state(STREAM_DOWN);
    turns(1);
    ck_assert_msg(has(&got, garbage_cases[_i].answer) && has(&got, "</stream:stream>"), "%.*s",
                  (int)got.length, got.bytes);
    ck_assert(got_end);
    ck_assert_int_eq(downs, 1);
    server_drop();
    now = stream_deadline(stream);
    come_up();
}
END_TEST

START_TEST(garbage_instead_of_a_header)
{
    stream_open(stream, now);
    server_accept();
    server_say("SSH-2.0-OpenSSH_9.2\r\n");
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 0);
    server_drop();
    now = stream_deadline(stream);
    server_accept();
    server_say("<html>");
    until_state(STREAM_DOWN);
}
END_TEST

static void (*const ends[])(void) = {end_by_eof, end_by_reset, end_by_tag};

START_TEST(the_server_ends_it)
{
    come_up();
    server_say("<message><body>last</body></message>");
    if (_i != 1) /* a reset takes back what was not read */
        until_seen("last");
    ends[_i]();
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
    ck_assert_int_eq(stream_fd(stream), -1);
    if (server >= 0)
        server_drop();
    int64_t wait = stream_deadline(stream) - now;
    ck_assert(wait >= 200 && wait <= 400);
    turns(3); /* not before its time */
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    now = stream_deadline(stream);
    come_up();
    ck_assert_uint_eq(stream_counts(stream)->connects, 2);
}
END_TEST

START_TEST(back_off_grows_and_starts_anew)
{
    int64_t last = 0;

    come_up();
    for (int i = 0; i < 12; i++) {
        server_drop();
        until_state(STREAM_DOWN);
        last = stream_deadline(stream) - now;
        ck_assert(last >= 200 && last <= 10000);
        now += last;
        come_up();
    }
    ck_assert_int_ge(last, 5000); /* half of it is certain, half is jitter */
    now += 10000;
    turns(2);
    server_drop();
    until_state(STREAM_DOWN);
    ck_assert_int_le(stream_deadline(stream) - now, 400);
}
END_TEST

START_TEST(nobody_listens)
{
    int lowest = dup(STDERR_FILENO);

    close(lowest);
    close(listener);
    stream_open(stream, now);
    for (int i = 0; i < 8; i++) {
        until_state(STREAM_CONNECTING);
        until_state(STREAM_DOWN);
        now = stream_deadline(stream);
    }
    assert_logged("Connection refused", 1);
    stream_cut(stream);
    listener = dup(STDERR_FILENO); /* no socket was left open */
    ck_assert_int_le(listener, lowest);
    close(listener);
    listen_start(); /* another port: only so that teardown has one to close */
}
END_TEST

START_TEST(a_server_that_never_answers_is_given_up)
{
    stream_open(stream, now);
    server_accept();
    now = stream_deadline(stream);
    turns(1);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    assert_logged("no answer within 10 seconds", 1);
}
END_TEST

/* The question comes back from the component's own domain; an answer would too. */
static void answer_ping(const char *type, const char *from)
{
    char id[64] = "", *line;
    const char *at = got.length > 0 ? memmem(got.bytes, got.length, "id=\"ping-", 9) : NULL;

    ck_assert_ptr_nonnull(at);
    memccpy(id, at + 4, '"', sizeof id - 1);
    id[strcspn(id, "\"")] = '\0';
    line = mem_printf("<iq type='%s' id='%s' from='%s' to='desk.example'/>", type, id, from);
    server_say(line);
    free(line);
}

START_TEST(a_silent_server_is_pinged_and_then_given_up)
{
    come_up();
    ck_assert_int_eq(stream_deadline(stream), now + 3000);
    now += 2999;
    turns(2);
    ck_assert(!has(&got, "urn:xmpp:ping"));
    now += 1;
    until_server_has("<ping xmlns=\"urn:xmpp:ping\"/></iq>");
    ck_assert(has(&got, "from=\"desk.example\" to=\"desk.example\""));

    answer_ping("get", "desk.example");
    turns(3);
    ck_assert_uint_eq(seen.length, 0); /* swallowed */
    answer_ping("result", "desk.example");
    turns(3);
    ck_assert_uint_eq(seen.length, 0);
    answer_ping("result", "evil@guest.example");
    until_seen("evil"); /* not the answer, whatever it says */

    xml_out_clear(&got);
    now += 3000;
    until_server_has("urn:xmpp:ping");
    now += 5999;
    turns(2);
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    ck_assert_int_eq(count_of(&got, "urn:xmpp:ping"), 1);
    ck_assert_int_eq(stream_deadline(stream), now + 1);
    now += 1;
    turns(1);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
}
END_TEST

START_TEST(a_stanza_without_an_end_is_silence)
{
    come_up();
    server_say("<message><body></message>");
    for (int i = 0; i < 9; i++) {
        ck_assert_int_eq(stream_state(stream), STREAM_UP);
        server_say("<message><body>never heard</body></message>");
        turns(2);
        now += 1000;
        turns(2);
    }
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
}
END_TEST

START_TEST(who_was_stopped_for_a_while_asks_first)
{
    come_up();
    now += 60000;
    until_server_has("urn:xmpp:ping");
    turns(2);
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    server_say(" ");
    turns(3);
    now += 2999;
    turns(2);
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
}
END_TEST

START_TEST(polite_end)
{
    come_up();
    stream_send(stream, "<presence type='unavailable'/>", 30);
    stream_close(stream, now);
    ck_assert_int_eq(stream_state(stream), STREAM_CLOSING);
    stream_send(stream, "<late/>", 7);
    until_server_has("<presence type='unavailable'/></stream:stream>");
    turns(1);
    ck_assert(got_end);
    ck_assert(!has(&got, "late"));
    server_say("<message><body>crossing</body></message>");
    until_seen("crossing");
    ck_assert_int_eq(stream_state(stream), STREAM_CLOSING);
    server_say("</stream:stream>");
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
    ck_assert(stream_deadline(stream) == INT64_MAX);
    now += 3600 * 1000;
    turns(3);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    server_drop();
    come_up(); /* but it can be opened again */
}
END_TEST

START_TEST(polite_end_without_an_answer)
{
    come_up();
    stream_close(stream, now);
    turns(3);
    ck_assert_int_eq(stream_state(stream), STREAM_CLOSING);
    now = stream_deadline(stream);
    turns(1);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
}
END_TEST

START_TEST(closing_what_is_not_up)
{
    stream_close(stream, now);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    stream_open(stream, now);
    server_accept();
    stream_close(stream, now);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    turns(3);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 0);
}
END_TEST

START_TEST(a_cut_takes_back_what_has_not_left)
{
    come_up();
    fill_up();
    uint64_t in_kernels = stream_written(stream);
    stream_cut(stream);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(stream_fd(stream), -1);
    now += 3600 * 1000;
    turns(3);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 0);
    ck_assert(got_end);
    ck_assert_uint_lt(got.length, in_kernels); /* not even what our kernel had taken */
}
END_TEST

static void act_cut(void)
{
    stream_cut(stream);
}

static void act_close(void)
{
    stream_close(stream, now);
}

static void act_cut_and_open(void)
{
    stream_cut(stream);
    stream_open(stream, now);
}

static void (*const acts[])(void) = {act_cut, act_close, act_cut_and_open};
static const int acts_seen[] = {1, 2, 1};

START_TEST(the_owner_may_end_it_while_it_is_told)
{
    come_up();
    on_next = acts[_i];
    server_say("<message><body>1</body></message><message><body>2</body></message>");
    until_seen("1");
    ck_assert_int_eq(count_of(&seen, "<body>"), acts_seen[_i]);
    if (_i == 2) {
        server_drop();
        server_accept();
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, handshake);
    tcase_add_test(cases, a_name_with_several_addresses);
    tcase_add_test(cases, another_machine_is_not_dialled);
    tcase_add_test(cases, another_machine_is_dialled_when_allowed);
    tcase_add_test(cases, an_unknown_host_is_tried_again);
    LOOP(stream_errors, error_cases);
    tcase_add_test(cases, kicked_while_up);
    LOOP(garbage_ends_the_stream_and_it_comes_back, garbage_cases);
    tcase_add_test(cases, garbage_instead_of_a_header);
    LOOP(the_server_ends_it, ends);
    tcase_add_test(cases, back_off_grows_and_starts_anew);
    tcase_add_test(cases, nobody_listens);
    tcase_add_test(cases, a_server_that_never_answers_is_given_up);
    tcase_add_test(cases, a_silent_server_is_pinged_and_then_given_up);
    tcase_add_test(cases, a_stanza_without_an_end_is_silence);
    tcase_add_test(cases, who_was_stopped_for_a_while_asks_first);
    tcase_add_test(cases, polite_end);
    tcase_add_test(cases, polite_end_without_an_answer);
    tcase_add_test(cases, closing_what_is_not_up);
    tcase_add_test(cases, a_cut_takes_back_what_has_not_left);
    LOOP(the_owner_may_end_it_while_it_is_told, acts);
}

int main(void)
{
    return run_cases("stream", add);
}
