/* What the stream carries: stanzas in, bounds, output, back-pressure. */
#include "test/unit/stream_server.h"

START_TEST(stanzas_arrive)
{
    come_up();
    server_say("<message from='a@b' xml:lang='de'><body>1</body></message><presence/><iq/>"
               "<unknown/><x:message xmlns:x='urn:x'/>");
    until_seen("<iq/>");
    turns(2);
    ck_assert(has(&seen, "<body>1</body></message><presence/><iq/>"));
    ck_assert(has(&seen, "xml:lang=\"de\""));
    ck_assert(!has(&seen, "unknown"));
    ck_assert(!has(&seen, "urn:x"));
    ck_assert_uint_eq(stream_counts(stream)->stanzas_in, 3);
    xml_out_clear(&seen);

    const char *drip = "<message><body>2</body></message><message><body>3</body></message>";
    for (size_t i = 0; i < strlen(drip); i++) {
        server_say_bytes(drip + i, 1);
        turn();
    }
    until_seen("3");
    xml_out_bytes(&seen, "", 1);
    ck_assert_str_eq(seen.bytes, drip);
}
END_TEST

START_TEST(over_a_bound_the_sender_is_told_and_the_stream_stays)
{
    struct xml_out wide;

    come_up();
    xml_out_init(&wide);
    xml_out_raw(&wide, "<message from='g@h/r' to='q@desk.example' id='7'>");
    for (int i = 0; i <= STANZA_CHILDREN_MAX; i++)
        xml_out_raw(&wide, "<a/>");
    xml_out_raw(&wide, "</message>");
    server_say_bytes(wide.bytes, wide.length);
    until_server_has("</message>");
    ck_assert(has(&got, "<message type=\"error\" from=\"q@desk.example\" to=\"g@h/r\" id=\"7\">"));
    ck_assert(has(&got, "policy-violation"));
    xml_out_clear(&got);

    xml_out_clear(&wide);
    xml_out_raw(&wide, "<iq from='g@h/r' type='set' id='8'><q xmlns='urn:q'>");
    while (wide.length < 40 * STANZA_BYTES_MAX)
        xml_out_raw(&wide, "<a/>\n&amp;");
    xml_out_raw(&wide, "</q></iq>");
    for (size_t at = 0; at < wide.length; at += 50000) {
        server_say_bytes(wide.bytes + at, wide.length - at < 50000 ? wide.length - at : 50000);
        turns(1);
    }
    until_server_has("</iq>");
    ck_assert(has(&got, "<iq type=\"error\" from=\"desk.example\" to=\"g@h/r\" id=\"8\">"));
    xml_out_release(&wide);
    xml_out_clear(&got);

    server_say("<message from='a@b' type='error'><!-- --></message>");
    server_say("<message from='a@b'><!-- --></message><message><body>after</body></message>");
    until_seen("after");
    until_server_has("not-acceptable");
    ck_assert_int_eq(count_of(&got, "<error "), 1);
    ck_assert_uint_eq(stream_counts(stream)->refused, 4);
    ck_assert_uint_eq(stream_counts(stream)->stanzas_in, 1);
    ck_assert_int_eq(downs, 0);
    assert_logged("refused a stanza from 'g@h/r'", 1);
}
END_TEST

START_TEST(an_answer_to_a_refused_stanza_is_bounded)
{
    struct xml_out stanza;

    come_up();
    xml_out_init(&stanza);
    xml_out_raw(&stanza, "<message from='a@b' id='");
    while (stanza.length < STANZA_BYTES_MAX - 1000) /* each becomes six bytes */
        xml_out_raw(&stanza, "\"");
    xml_out_raw(&stanza, "'><!-- --></message><message/>");
    server_say_bytes(stanza.bytes, stanza.length);
    until_seen("<message/>");
    turns(2);
    ck_assert_uint_eq(got.length, 0);
    ck_assert_uint_eq(stream_counts(stream)->dropped, 1);
    xml_out_release(&stanza);
}
END_TEST

START_TEST(a_slow_reader_stops_us_from_reading_and_loses_nothing)
{
    enum { MESSAGES = 40 * 1024 };
    char message[MESSAGE_SIZE], id[32];
    int sent = 0;

    come_up();
    server_say("<message><body>before</body></message>");
    until_seen("before");
    for (; sent < MESSAGES && (stream_poll_events(stream) & POLLIN) != 0; sent++) {
        stream_send(stream, message, numbered(message, sent));
        stream_flush(stream);
    }
    ck_assert_int_lt(sent, MESSAGES);
    size_t waiting = stream_queued(stream) - stream_written(stream);
    ck_assert(waiting > STREAM_OUT_BYTES_MAX && waiting < STREAM_OUT_BYTES_MAX + 2000);
    server_say("<message><body>while full</body></message>");
    for (int i = 0; i < 10; i++)
        turn();
    ck_assert(!has(&seen, "while full"));

    xml_out_clear(&got);
    until_seen("while full");
    while (stream_written(stream) < stream_queued(stream))
        turns(1);
    turns(5);
    ck_assert_uint_eq(got.length, stream_written(stream));
    const char *at = got.bytes;
    for (int i = 0; i < sent; i++) {
        snprintf(id, sizeof id, "<message id=\"%08d\">", i);
        ck_assert_int_eq(memcmp(at, id, strlen(id)), 0);
        at += numbered(message, i);
    }
    ck_assert_uint_eq(stream_counts(stream)->stanzas_out, (uint64_t)sent);
}
END_TEST

START_TEST(a_reader_that_takes_nothing_is_given_up)
{
    come_up();
    fill_up();
    turn();
    now += 8000;
    turn();
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    now += 1001;
    turn();
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
}
END_TEST

START_TEST(output_has_an_end)
{
    char message[MESSAGE_SIZE];

    come_up();
    for (int i = 0; i < 40 * 1024; i++)
        stream_send(stream, message, numbered(message, i));
    ck_assert_uint_le(stream_queued(stream), STREAM_OUT_BYTES_LOST);
    ck_assert_int_eq(downs, 0); /* told from stream_process() only */
    turn();
    ck_assert_int_eq(downs, 1);
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    assert_logged("does not take what is sent", 1);
}
END_TEST

START_TEST(positions_say_what_has_left)
{
    come_up();
    stream_send(stream, "<message/>", 10);
    ck_assert_uint_eq(stream_queued(stream), 10);
    ck_assert_uint_eq(stream_written(stream), 0);
    stream_flush(stream);
    ck_assert_uint_eq(stream_written(stream), 10);
    until_server_has("<message/>");
    server_drop();
    until_state(STREAM_DOWN);
    stream_send(stream, "<message/>", 10);
    ck_assert_uint_eq(stream_queued(stream), 0);
    stream_flush(stream);
}
END_TEST

/* What only our kernel has dies with us: it is reset when something unread lies there. */
START_TEST(received_is_what_the_servers_kernel_has)
{
    char message[MESSAGE_SIZE];
    int small = 4096;

    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    come_up();
    ck_assert_uint_eq(stream_received(stream), 0);
    for (int i = 0; i < 100; i++)
        stream_send(stream, message, numbered(message, i));
    for (int i = 0; i < 10; i++)
        turn();
    ck_assert_uint_eq(stream_written(stream), stream_queued(stream));
    ck_assert_uint_lt(stream_received(stream), stream_written(stream) / 2);
    for (int i = 0; i < 500 && stream_received(stream) < stream_queued(stream); i++)
        turns(1);
    uint64_t all = stream_queued(stream);
    ck_assert_uint_eq(stream_received(stream), all);
    server_drop();
    until_state(STREAM_DOWN);
    ck_assert_uint_eq(stream_received(stream), all);
}
END_TEST

START_TEST(an_outgoing_stanza_over_the_bound_is_dropped)
{
    struct xml_out out;

    come_up();
    xml_out_init(&out);
    xml_out_raw(&out, "<message id='1'><body>");
    while (out.length < STANZA_OUT_BYTES_MAX - strlen("</body></message>"))
        xml_out_raw(&out, "x");
    xml_out_raw(&out, "</body></message>");
    stream_send(stream, out.bytes, out.length);
    ck_assert_uint_eq(stream_queued(stream), STANZA_OUT_BYTES_MAX); /* at the bound */

    xml_out_clear(&out);
    xml_out_raw(&out, "<message id='2'/><message id='3'><body>");
    while (out.length <
           STANZA_OUT_BYTES_MAX + strlen("<message id='2'/>") + 1 - strlen("</body></message>"))
        xml_out_raw(&out, "x");
    xml_out_raw(&out, "</body></message><message id='4'/>");
    stream_send(stream, out.bytes, out.length);
    until_server_has("id='4'");
    ck_assert(has(&got, "id='2'"));
    ck_assert(!has(&got, "id='3'"));
    ck_assert_uint_eq(stream_counts(stream)->dropped, 1);
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    assert_logged("dropped an outgoing stanza of 131073 bytes", 1);
    xml_out_release(&out);
}
END_TEST

START_TEST(a_rendered_stanza_cannot_break_the_stream)
{
    xmpp_stanza_t *message = xmpp_message_new(ctx, "chat", "a@b", "1");

    come_up();
    xmpp_message_set_body(message, "a\x01"
                                   "b\xFF<");
    stream_send_stanza(stream, message);
    until_server_has("<body>a\xEF\xBF\xBD"
                     "b\xEF\xBF\xBD&lt;</body></message>");
    xmpp_stanza_release(message);

    xmpp_stanza_t *nameless = xmpp_stanza_new(ctx);
    stream_send_stanza(stream, nameless);
    xmpp_stanza_release(nameless);
    ck_assert_uint_eq(stream_counts(stream)->dropped, 1);
    ck_assert_uint_eq(stream_counts(stream)->stanzas_out, 1);
}
END_TEST

START_TEST(pause_stops_reading_only)
{
    come_up();
    now += 3000;
    until_server_has("urn:xmpp:ping");
    stream_pause(stream, true);
    server_say("<message><body>later</body></message>");
    stream_send(stream, "<message/>", 10);
    until_server_has("<message/>");
    turns(5);
    ck_assert_uint_eq(seen.length, 0);
    now += 60000; /* the silence is our own */
    turns(2);
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    stream_pause(stream, false);
    until_seen("later");
}
END_TEST

START_TEST(the_end_comes_after_the_pause)
{
    come_up();
    stream_pause(stream, true);
    server_say("<message><body>last words</body></message>");
    end_by_reset();
    turns(3);
    ck_assert_int_eq(downs, 0);
    ck_assert_int_eq(stream_fd(stream), -1); /* else poll() would return at once, for ever */
    stream_pause(stream, false);
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 1);
}
END_TEST

/* Neither what the owner says nor a ping; what was queued is not lost when the owner may again. */
START_TEST(a_mute_owner_writes_nothing)
{
    come_up();
    mute = true;
    stream_send(stream, "<message/>", 10);
    stream_flush(stream);
    for (int i = 0; i < 5; i++) {
        now += 1000;
        turns(2);
    }
    ck_assert_uint_eq(stream_written(stream), 0);
    mute = false;
    stream_flush(stream);
    until_server_has("<message/><iq ");
    ck_assert_uint_gt(stream_written(stream), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_mute_owner_writes_nothing);
    tcase_add_test(cases, stanzas_arrive);
    tcase_add_test(cases, over_a_bound_the_sender_is_told_and_the_stream_stays);
    tcase_add_test(cases, an_answer_to_a_refused_stanza_is_bounded);
    tcase_add_test(cases, a_slow_reader_stops_us_from_reading_and_loses_nothing);
    tcase_add_test(cases, a_reader_that_takes_nothing_is_given_up);
    tcase_add_test(cases, output_has_an_end);
    tcase_add_test(cases, positions_say_what_has_left);
    tcase_add_test(cases, received_is_what_the_servers_kernel_has);
    tcase_add_test(cases, an_outgoing_stanza_over_the_bound_is_dropped);
    tcase_add_test(cases, a_rendered_stanza_cannot_break_the_stream);
    tcase_add_test(cases, pause_stops_reading_only);
    tcase_add_test(cases, the_end_comes_after_the_pause);
}

int main(void)
{
    return run_cases("stream_flow", add);
}
