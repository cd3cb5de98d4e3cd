/* The bounds of a connection, each at the bound and one byte above. Those of a single stanza are in
 * test_stanza.c (incoming) and test_stream_flow.c (outgoing). */
#include "stream_server.h"

#include <sys/ioctl.h>

/* Queues exactly so many bytes of whole stanzas; nothing is written. */
static void queue_bytes(size_t length)
{
    static char message[STANZA_OUT_BYTES_MAX];

    while (length > 0) {
        size_t part = length > 2 * sizeof message ? sizeof message
                      : length > sizeof message   ? length / 2
                                                  : length;
        ck_assert_uint_gt(part, 16);
        memset(message, 'x', part);
        memcpy(message, "<m>", 3);
        memcpy(message + part - 4, "</m>", 4);
        stream_send(stream, message, part);
        length -= part;
    }
}

START_TEST(unsent_bytes_stop_the_reading)
{
    come_up();
    queue_bytes(STREAM_OUT_BYTES_MAX);
    ck_assert_uint_eq(stream_queued(stream) - stream_written(stream), STREAM_OUT_BYTES_MAX);
    ck_assert_int_eq(stream_poll_events(stream) & POLLIN, POLLIN);
    server_drop();
    until_state(STREAM_DOWN);

    now += 60000;
    come_up();
    queue_bytes(STREAM_OUT_BYTES_MAX + 1);
    ck_assert_uint_eq(stream_queued(stream) - stream_written(stream), STREAM_OUT_BYTES_MAX + 1);
    ck_assert_int_eq(stream_poll_events(stream) & POLLIN, 0);
}
END_TEST

START_TEST(unsent_bytes_end_the_stream)
{
    come_up();
    queue_bytes(STREAM_OUT_BYTES_LOST);
    ck_assert_uint_eq(stream_queued(stream) - stream_written(stream), STREAM_OUT_BYTES_LOST);
    turn();
    ck_assert_int_eq(stream_state(stream), STREAM_UP);
    ck_assert_int_eq(downs, 0);
    server_drop();
    until_state(STREAM_DOWN);
    ck_assert_int_eq(downs, 1);

    now += 60000;
    come_up();
    queue_bytes(STREAM_OUT_BYTES_LOST + 1);
    ck_assert_uint_lt(stream_queued(stream), STREAM_OUT_BYTES_LOST);
    turn();
    ck_assert_int_eq(stream_state(stream), STREAM_DOWN);
    ck_assert_int_eq(downs, 2);
}
END_TEST

/* Who sends without a pause may not keep the loop from its other work. */
START_TEST(one_turn_reads_so_much)
{
    static char text[STREAM_READ_BYTES + 1];
    int waiting = 0;

    come_up();
    uint64_t before = stream_counts(stream)->bytes_in;
    memset(text, ' ', sizeof text);
    memcpy(text, "<message/>", 10);
    memcpy(text + sizeof text - 3, "<b>", 3);
    server_say_bytes(text, sizeof text);
    for (int i = 0; i < 1000 && waiting < (int)sizeof text; i++) {
        ck_assert_int_eq(ioctl(stream_fd(stream), FIONREAD, &waiting), 0);
        usleep(1000);
    }
    ck_assert_int_eq(waiting, (int)sizeof text);
    turn();
    ck_assert_uint_eq(stream_counts(stream)->bytes_in - before, STREAM_READ_BYTES);
    turn();
    ck_assert_uint_eq(stream_counts(stream)->bytes_in - before, STREAM_READ_BYTES + 1);
    ck_assert_uint_eq(stream_counts(stream)->stanzas_in, 1);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, unsent_bytes_stop_the_reading);
    tcase_add_test(cases, unsent_bytes_end_the_stream);
    tcase_add_test(cases, one_turn_reads_so_much);
}

int main(void)
{
    return run_cases("stream_bounds", add);
}
