/* Files by way of the XMPP server: the service is found, a slot asked for, the bytes put there. */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "component/courier.h"
#include "component/upload.h"

static xmpp_ctx_t *ctx;
static struct upload *upload;
static struct xml_out out;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    upload = upload_new(ctx, "chat.localhost", "localhost");
    xml_out_init(&out);
}

static void tear_down(void)
{
    xml_out_release(&out);
    upload = upload_free(upload);
    xmpp_ctx_free(ctx);
}

static void ask(int64_t tag)
{
    ck_assert(upload_ask(upload, "chats.csv", "text/csv", 1234, tag, 1000, &out));
}

/* The id of the question that was sent to that address and has that in it; "" when there is none.
 * The last one counts. */
static const char *id_of(const char *to, const char *part)
{
    static char id[64];
    char head[128];

    xml_out_bytes(&out, "", 1);
    out.length--;
    id[0] = '\0';
    snprintf(head, sizeof head, " to=\"%s\" id=\"", to);
    for (const char *at = strstr(out.bytes, head); at != NULL; at = strstr(at + 1, head)) {
        const char *end = strstr(at, "</iq>");
        const char *found = strstr(at, part);
        if (found != NULL && found < end)
            sscanf(at + strlen(head), "%63[^\"]", id);
    }
    return id;
}

static bool answer(const char *from, const char *type, const char *id, const char *inner)
{
    static char text[8192];

    snprintf(text, sizeof text, "<iq type='%s' from='%s' to='chat.localhost' id='%s'>%s</iq>", type,
             from, id, inner);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
    ck_assert_ptr_nonnull(stanza);
    bool ours = upload_answered(upload, stanza, &out);
    xmpp_stanza_release(stanza);
    return ours;
}

#define ITEMS                                                                                      \
    "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='upload.localhost'/>"         \
    "<item jid='muc.localhost'/><item jid='sue@localhost'/><item jid='chat.localhost'/></query>"
#define INFO(feature)                                                                              \
    "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='" feature "'/></query>"
#define SLOT(put, get, headers)                                                                    \
    "<slot xmlns='urn:xmpp:http:upload:0'><put url='" put "'>" headers "</put><get url='" get      \
    "'/></slot>"
#define ERROR(condition)                                                                           \
    "<error type='modify'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define UPLOAD "upload.localhost"
#define URL "https://files.example.org/x/chats.csv"

static void find_service(void)
{
    ck_assert(answer("localhost", "result", id_of("localhost", "disco#items"), ITEMS));
    ck_assert(answer("localhost", "result", id_of("localhost", "disco#info"), INFO("jabber:x")));
    ck_assert(answer(UPLOAD, "result", id_of(UPLOAD, "disco#info"),
                     INFO("urn:xmpp:http:upload:0")));
    ck_assert(answer("muc.localhost", "error", id_of("muc.localhost", "disco#info"),
                     ERROR("service-unavailable")));
}

START_TEST(a_slot_is_found)
{
    struct upload_result result;

    ask(7);
    find_service();
    ck_assert_str_eq(id_of("sue@localhost", "disco"), "");
    ck_assert_str_eq(id_of("chat.localhost", "disco"), "");
    ck_assert(!upload_next(upload, 2000, &result));
    ck_assert(answer(UPLOAD, "result", id_of(UPLOAD, "filename=\"chats.csv\""),
                     SLOT(URL "?put", URL, "<header name='Authorization'>Basic abc</header>")));
    ck_assert_int_eq(upload_deadline(upload), 0);
    ck_assert(upload_next(upload, 2000, &result));
    ck_assert_int_eq(result.tag, 7);
    ck_assert_int_eq(result.outcome, UPLOAD_SLOT);
    ck_assert_str_eq(result.slot.put, URL "?put");
    ck_assert_str_eq(result.slot.get, URL);
    ck_assert_uint_eq(result.slot.header_count, 1);
    ck_assert_str_eq(result.slot.headers[0], "Authorization: Basic abc");
    ck_assert(!upload_next(upload, INT64_MAX, &result));
    ck_assert_int_eq(upload_deadline(upload), INT64_MAX);
    /* The next one asks at once. */
    xml_out_clear(&out);
    ask(8);
    ck_assert_str_ne(id_of(UPLOAD, "size=\"1234\""), "");
    ck_assert_str_eq(id_of("localhost", "disco"), "");
}
END_TEST

START_TEST(there_is_no_service)
{
    struct upload_result result;

    ask(7);
    ck_assert(answer("localhost", "result", id_of("localhost", "disco#items"), ""));
    ck_assert(!upload_next(upload, 2000, &result));
    ck_assert(answer("localhost", "error", id_of("localhost", "disco#info"), ERROR("forbidden")));
    ck_assert(upload_next(upload, 2000, &result));
    ck_assert_int_eq(result.outcome, UPLOAD_NONE);
    /* Next time it is looked for again. */
    xml_out_clear(&out);
    ask(8);
    ck_assert_str_ne(id_of("localhost", "disco#items"), "");
}
END_TEST

static const struct {
    const char *name, *type, *inner;
    enum upload_outcome outcome;
} slots[] = {
    {"too large", "error",
     "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
     "<file-too-large xmlns='urn:xmpp:http:upload:0'/></error>",
     UPLOAD_TOO_LARGE},
    {"not the desk", "error", ERROR("forbidden"), UPLOAD_FORBIDDEN},
    {"a quota", "error", ERROR("resource-constraint"), UPLOAD_REFUSED},
    {"nothing", "result", "", UPLOAD_REFUSED},
    {"no link", "result",
     "<slot xmlns='urn:xmpp:http:upload:0'><put url='" URL "'/></slot>", UPLOAD_REFUSED},
    {"another protocol", "result", SLOT("file:///etc/passwd", URL, ""), UPLOAD_REFUSED},
    {"in clear over the net", "result", SLOT("http://files.example.org/x", URL, ""),
     UPLOAD_REFUSED},
    {"in clear here", "result", SLOT("http://127.0.0.1:5280/x", "http://localhost:5280/x", ""),
     UPLOAD_SLOT},
};

START_TEST(other_answers)
{
    struct upload_result result;

    ask(7);
    find_service();
    ck_assert(answer(UPLOAD, slots[_i].type, id_of(UPLOAD, "filename"), slots[_i].inner));
    ck_assert(upload_next(upload, 2000, &result));
    ck_assert_msg(result.outcome == slots[_i].outcome, "%s: %d", slots[_i].name,
                  (int)result.outcome);
    ck_assert_ptr_nonnull(upload_words(result.outcome));
}
END_TEST

START_TEST(headers_that_must_not_pass)
{
    struct upload_result result;

    ask(7);
    find_service();
    ck_assert(answer(UPLOAD, "result", id_of(UPLOAD, "filename"),
                     SLOT(URL, URL,
                          "<header name='Host'>x</header><header name='cookie'>a&#10;b: c</header>"
                          "<header name='EXPIRES'>1</header><header name='Cookie'>2</header>"
                          "<header name='Cookie'>3</header><header name='Cookie'>4</header>")));
    ck_assert(upload_next(upload, 2000, &result));
    ck_assert_uint_eq(result.slot.header_count, 3);
    ck_assert_str_eq(result.slot.headers[0], "Expires: 1");
    ck_assert_str_eq(result.slot.headers[2], "Cookie: 3");
}
END_TEST

START_TEST(forged_and_late)
{
    struct upload_result result;
    char id[64];

    ask(7);
    find_service();
    snprintf(id, sizeof id, "%s", id_of(UPLOAD, "filename"));
    ck_assert(!answer("guest.localhost", "result", id, SLOT(URL, URL, "")));
    ck_assert(!answer(UPLOAD, "result", "1", SLOT(URL, URL, "")));
    ck_assert(!answer(UPLOAD, "result", "", SLOT(URL, URL, "")));
    ck_assert(!upload_next(upload, 999 + UPLOAD_MS_MAX, &result));
    ck_assert_int_eq(upload_deadline(upload), 1000 + UPLOAD_MS_MAX);
    ck_assert(upload_next(upload, 1000 + UPLOAD_MS_MAX, &result));
    ck_assert_int_eq(result.outcome, UPLOAD_SILENT);
    ck_assert(!answer(UPLOAD, "result", id, SLOT(URL, URL, "")));
}
END_TEST

START_TEST(the_stream_breaks)
{
    struct upload_result result;

    ask(7);
    ask(8);
    upload_forget(upload);
    ck_assert(upload_next(upload, INT64_MAX, &result));
    ck_assert(upload_next(upload, INT64_MAX, &result));
    ck_assert_int_eq(result.outcome, UPLOAD_SILENT);
    ck_assert(!upload_next(upload, INT64_MAX, &result));
}
END_TEST

START_TEST(bounds)
{
    char items[8192] = "<query xmlns='http://jabber.org/protocol/disco#items'>";
    size_t used = strlen(items);
    size_t asked = 0;

    for (int i = 0; i < UPLOAD_WAITING_MAX; i++)
        ask(i);
    ck_assert(!upload_ask(upload, "x", "text/csv", 1, 99, 1000, &out));
    for (int i = 0; i < 3 * UPLOAD_SERVICES_MAX; i++)
        used += (size_t)snprintf(items + used, sizeof items - used, "<item jid='s%d.localhost'/>",
                                 i);
    snprintf(items + used, sizeof items - used, "</query>");
    ck_assert(answer("localhost", "result", id_of("localhost", "disco#items"), items));
    for (const char *at = strstr(out.bytes, "disco#info"); at != NULL;
         at = strstr(at + 1, "disco#info"))
        asked++;
    ck_assert_uint_eq(asked, UPLOAD_SERVICES_MAX);
}
END_TEST

static const struct {
    const char *url;
    bool safe;
} urls[] = {
    {"https://files.example.org/x", true},   {"https:///x", false},
    {"https://", false},                     {"http://localhost:5280/x", true},
    {"http://localhost/x", true},            {"http://[::1]:5280/x", true},
    {"http://localhost.example.org/", false}, {"http://localhost@example.org/", false},
    {"http://127.0.0.1.example.org/", false}, {"http://files.example.org/x", false},
    {"ftp://files.example.org/x", false},    {"", false},
    {"https://files.example.org/a b", false}, {"https://files.example.org/\nx", false},
    {"http://localhost", false},
};

START_TEST(which_addresses)
{
    ck_assert_msg(upload_is_safe(urls[_i].url) == urls[_i].safe, "%s", urls[_i].url);
}
END_TEST

/* --- the bytes --- */

struct server {
    int fd;
    const char *answer;
    char got[8192];
};

/* Takes one request, to its whole length, and answers. */
static void *serve(void *context)
{
    struct server *server = context;
    int fd = accept(server->fd, NULL, NULL);
    size_t used = 0;

    while (used < sizeof server->got - 1) {
        ssize_t got = read(fd, server->got + used, sizeof server->got - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        server->got[used] = '\0';
        const char *end = strstr(server->got, "\r\n\r\n");
        if (end != NULL && strstr(end, "one,two\n") != NULL)
            break;
    }
    ck_assert_int_eq(write(fd, server->answer, strlen(server->answer)),
                     (ssize_t)strlen(server->answer));
    close(fd);
    return NULL;
}

/* A server that takes connections and says nothing yet. */
static int server_listen(struct upload_slot *ret_slot)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(fd, 2 * COURIER_FILES_MAX), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    snprintf(ret_slot->put, sizeof ret_slot->put, "http://127.0.0.1:%d/x/chats.csv",
             ntohs(address.sin_port));
    return fd;
}

static bool put(const char *answer_text, struct server *server, struct error *reterr)
{
    struct upload_slot slot = {.header_count = 1, .headers = {"Authorization: Basic abc"}};
    pthread_t thread;

    server->fd = server_listen(&slot);
    server->answer = answer_text;
    ck_assert_int_eq(pthread_create(&thread, NULL, serve, server), 0);
    bool fine = upload_put(&slot, "text/csv", "one,two\n", 8, NULL, reterr);
    pthread_join(thread, NULL);
    close(server->fd);
    return fine;
}

START_TEST(the_bytes_arrive)
{
    struct server server = {0};
    struct error error = {""};

    ck_assert_msg(put("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", &server, &error), "%s",
                  error.text);
    ck_assert_ptr_nonnull(strstr(server.got, "PUT /x/chats.csv HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(server.got, "Content-Length: 8\r\n"));
    ck_assert_ptr_nonnull(strstr(server.got, "Content-Type: text/csv\r\n"));
    ck_assert_ptr_nonnull(strstr(server.got, "Authorization: Basic abc\r\n"));
    ck_assert_ptr_nonnull(strstr(server.got, "\r\n\r\none,two\n"));
}
END_TEST

START_TEST(it_is_refused_or_sent_elsewhere)
{
    struct server server = {0};
    struct error error = {""};

    ck_assert(!put("HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n", &server, &error));
    ck_assert_str_eq(error.text, "upload: the server answers with status 413");
    ck_assert(!put("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
                   "0\r\n\r\n",
                   &server, &error));
    ck_assert_str_eq(error.text, "upload: the server answers with status 302");
}
END_TEST

START_TEST(nobody_is_there)
{
    struct upload_slot slot = {.put = "http://127.0.0.1:1/x"};
    struct error error = {""};

    ck_assert(!upload_put(&slot, "text/csv", "x", 1, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "upload: "));
}
END_TEST

/* --- beside the loop --- */

struct ends {
    int there, failed;
    struct error last;
};

static void file_done(void *context, const struct error *failure)
{
    struct ends *ends = context;

    if (failure == NULL) {
        ends->there++;
    } else {
        ends->failed++;
        ends->last = *failure;
    }
}

static bool carry(struct courier *courier, const struct upload_slot *slot, struct ends *ends)
{
    return courier_send(courier, &(struct courier_file){.slot = slot,
                                                        .type = "text/csv",
                                                        .bytes = "one,two\n",
                                                        .size = 8,
                                                        .done = file_done,
                                                        .context = ends});
}

/* As the loop does it. */
static void courier_wait(struct courier *courier, const int *count, int until)
{
    while (*count < until) {
        struct pollfd poller = {.fd = courier_fd(courier), .events = POLLIN};
        ck_assert_int_ge(poll(&poller, 1, 20000), 1);
        courier_process(courier);
    }
}

/* Whether a connection comes: at once when it has to, and surely not when it must not. */
static bool is_called(int fd, int ms)
{
    return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, ms) == 1;
}

/* A server that says nothing holds its own file, and nobody else's. */
START_TEST(one_that_hangs_holds_nobody)
{
    struct upload_slot dead = {.header_count = 0};
    struct upload_slot living = {.header_count = 0};
    struct server server = {.answer = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"};
    struct ends ends = {0};
    struct courier *courier = courier_new();
    int fd = server_listen(&dead);
    pthread_t thread;

    server.fd = server_listen(&living);
    for (int i = 1; i < COURIER_THREADS_MAX; i++)
        ck_assert(carry(courier, &dead, &ends));
    ck_assert(is_called(fd, 20000));
    courier_process(courier); /* returns though none is over */
    ck_assert_int_eq(ends.there + ends.failed, 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, serve, &server), 0);
        ck_assert(carry(courier, &living, &ends));
        courier_wait(courier, &ends.there, i + 1);
        pthread_join(thread, NULL);
    }
    ck_assert_int_eq(ends.failed, 0);
    courier_free(courier); /* long before their time-out: the test has not as long */
    ck_assert_int_eq(ends.failed, COURIER_THREADS_MAX - 1);
    ck_assert_str_ne(ends.last.text, "");
    close(server.fd);
    close(fd);
}
END_TEST

/* The bound, and one above; who waits has no connection, and begins when another has ended. */
START_TEST(few_at_a_time)
{
    struct upload_slot slot = {.header_count = 0};
    struct ends ends = {0};
    struct courier *courier = courier_new();
    int fd = server_listen(&slot);
    int first;

    for (int i = 0; i < COURIER_FILES_MAX; i++)
        ck_assert(carry(courier, &slot, &ends));
    ck_assert(!carry(courier, &slot, &ends));
    ck_assert(is_called(fd, 20000));
    first = accept(fd, NULL, NULL);
    for (int i = 1; i < COURIER_THREADS_MAX; i++) {
        ck_assert(is_called(fd, 20000));
        ck_assert_int_ge(accept(fd, NULL, NULL), 0);
    }
    ck_assert(!is_called(fd, 300));
    close(first);
    courier_wait(courier, &ends.failed, 1);
    ck_assert(is_called(fd, 20000));
    ck_assert(carry(courier, &slot, &ends));
    ck_assert(!carry(courier, &slot, &ends));
    courier_free(courier);
    ck_assert_int_eq(ends.failed, COURIER_FILES_MAX + 1);
    ck_assert_str_eq(ends.last.text, "upload: the desk ends");
    close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("upload");
    TCase *tests = tcase_create("upload");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_slot_is_found);
    tcase_add_test(tests, there_is_no_service);
    tcase_add_loop_test(tests, other_answers, 0, (int)(sizeof slots / sizeof slots[0]));
    tcase_add_test(tests, headers_that_must_not_pass);
    tcase_add_test(tests, forged_and_late);
    tcase_add_test(tests, the_stream_breaks);
    tcase_add_test(tests, bounds);
    tcase_add_loop_test(tests, which_addresses, 0, (int)(sizeof urls / sizeof urls[0]));
    tcase_add_test(tests, the_bytes_arrive);
    tcase_add_test(tests, it_is_refused_or_sent_elsewhere);
    tcase_add_test(tests, nobody_is_there);
    tcase_set_timeout(tests, 30); /* less than UPLOAD_PUT_SECONDS_MAX */
    tcase_add_test(tests, one_that_hangs_holds_nobody);
    tcase_add_test(tests, few_at_a_time);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
