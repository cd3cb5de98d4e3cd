/* Chats that come back from the database as no story leaves them: of settings that have changed,
 * doubled, or with rows that make no sense. Each is taken or ended, and nothing aborts. */
#include "small_desk.h"

#include <stdlib.h>
#include <string.h>

static void setup(void)
{
    small_desk_new(true);
    routing_start(routing, &(struct routing_options){.code_key = 1, .first_number = 1});
}

static struct chat_record record_of(int64_t number, const char *code, const char *patron)
{
    return (struct chat_record){.number = number,
                                .code = code,
                                .address = "c-z.code",
                                .queue = 7,
                                .entry_name = "",
                                .patron = patron,
                                .patron_resource = "web",
                                .token_hash = "",
                                .state = CHAT_WAITING,
                                .opened = now - 5000,
                                .waiting_since = now - 5000,
                                .last_line = 1};
}

static void restore(const struct chat_record *record, const struct offer_record *offers,
                    size_t offer_count, const struct line_record *lines, size_t line_count)
{
    struct event event = {.type = EVENT_RESTORE};

    event.restore.chat = record;
    event.restore.offers = offers;
    event.restore.offer_count = offer_count;
    event.restore.lines = event.restore.recent = lines;
    event.restore.line_count = event.restore.recent_count = line_count;
    step(&event);
}

static const struct effect *effect_of(enum effect_type type, int64_t operator)
{
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].type == type &&
            (type != EFFECT_STORE_OFFER || effects.list[i].offer.operator == operator))
            return &effects.list[i];
    return NULL;
}

START_TEST(a_chat_of_a_removed_queue_says_what_was_left_to_say)
{
    const struct line_record lines[] = {
        {.chat = 3, .line = 1, .author = AUTHOR_PATRON, .stanza_id = "", .body = "hello"},
        {.chat = 3, .line = 2, .author = AUTHOR_OPERATOR, .stanza_id = "", .body = "hi"},
        {.chat = 3, .line = 3, .author = AUTHOR_OPERATOR, .stanza_id = "", .body = "hey",
         .replaces = 2},
    };
    const struct offer_record offers[] = {
        {.chat = 3, .operator = 8, .queue = 7, .outcome = OFFER_OPEN},
        {.chat = 3, .operator = 9, .queue = 7, .outcome = OFFER_DECLINED},
    };
    struct chat_record record = record_of(3, "abcd", "pat@x");

    record.queue = 70;
    record.last_line = 3;
    restore(&record, offers, 2, lines, 3);
    ck_assert_ptr_nonnull(effect_of(EFFECT_STORE_OFFER, 8));
    ck_assert_ptr_null(effect_of(EFFECT_STORE_OFFER, 9));
    const struct effect *said = effect_of(EFFECT_MESSAGE, 0);
    ck_assert_ptr_nonnull(said);
    ck_assert_str_eq(said[0].message.body, "hi");
    ck_assert_ptr_null(said[0].message.replaces);
    ck_assert_str_eq(said[1].message.replaces, "abcd-2");
    ck_assert_int_eq(effect_of(EFFECT_STORE_CHAT, 0)->chat.last_line, 4);
}
END_TEST

/* One whom the settings have no more, one twice, one who does not answer the queue, and one who has
 * declined through a queue that is gone. */
START_TEST(offers_that_cannot_be_end)
{
    const struct offer_record offers[] = {
        {.chat = 3, .operator = 80, .queue = 7, .outcome = OFFER_OPEN},
        {.chat = 3, .operator = 81, .queue = 7, .outcome = OFFER_DECLINED},
        {.chat = 3, .operator = 9, .queue = 7, .outcome = OFFER_OPEN},
        {.chat = 3, .operator = 8, .queue = 70, .outcome = OFFER_OPEN},
        {.chat = 3, .operator = 8, .queue = 70, .outcome = OFFER_DECLINED},
        {.chat = 3, .operator = 8, .queue = 7, .outcome = OFFER_DECLINED},
    };
    struct chat_record record = record_of(3, "abcd", "pat@x");

    restore(&record, offers, 6, NULL, 0);
    for (int operator = 8; operator <= 81; operator += operator == 9 ? 71 : 1) {
        const struct effect *ended = effect_of(EFFECT_STORE_OFFER, operator);
        ck_assert((ended != NULL) == (operator != 81));
        ck_assert(ended == NULL || ended->offer.outcome == OFFER_WITHDRAWN);
    }
    const struct chat *chat = chat_by_code(routing, "abcd");
    ck_assert_ptr_nonnull(chat);
    ck_assert_ptr_nonnull(offer_find(chat, operator_by_id(routing, 8)));
    ck_assert_int_eq(chat->open_offer_count, 0);
}
END_TEST

START_TEST(a_second_chat_of_a_patron_and_a_closed_one_end_quietly)
{
    struct chat_record first = record_of(3, "abcd", "pat@x");
    struct chat_record second = record_of(4, "efgh", "pat@x");
    struct chat_record closed = record_of(5, "ijkl", "quin@x");

    restore(&first, NULL, 0, NULL, 0);
    restore(&second, NULL, 0, NULL, 0);
    ck_assert_int_eq(effect_of(EFFECT_STORE_CHAT, 0)->chat.end, END_REMOVED);
    ck_assert_ptr_null(effect_of(EFFECT_MESSAGE, 0));
    closed.state = CHAT_CLOSED;
    closed.queue = 70;
    restore(&closed, NULL, 0, NULL, 0);
    ck_assert_ptr_null(effect_of(EFFECT_MESSAGE, 0));
    ck_assert_ptr_null(chat_by_code(routing, "ijkl"));
}
END_TEST

/* Its end was written, and not all was said: to the patron and to the owner what lies above their
 * marks, but for what was a note or not kept; if the owner is gone, only the patron's part. */
START_TEST(an_ended_chat_says_what_it_owes)
{
    const struct line_record lines[] = {
        {.chat = 3, .line = 2, .author = AUTHOR_DESK, .stanza_id = "", .body = "said"},
        {.chat = 3, .line = 3, .author = AUTHOR_PATRON, .stanza_id = "", .body = "thanks"},
        {.chat = 3, .line = 4, .author = AUTHOR_OPERATOR, .stanza_id = "", .body = ""},
        {.chat = 3, .line = 5, .author = AUTHOR_NOTE, .stanza_id = "", .body = "for us"},
        {.chat = 3, .line = 6, .author = AUTHOR_DESK, .stanza_id = "", .body = "good-bye"},
    };
    struct chat_record record = record_of(3, "abcd", "pat@x");

    record.state = CHAT_CLOSED;
    record.owner = 8;
    record.last_line = 6;
    record.operator_mark = 1;
    record.patron_mark = 2;
    restore(&record, NULL, 0, lines, 5);
    ck_assert_uint_eq(effects.count, 2);
    const struct effect *said = effects.list;
    ck_assert_str_eq(said[0].message.body, "thanks");
    ck_assert_str_eq(said[0].from, "c-z.code");
    ck_assert_str_eq(said[0].to, "ann@localhost");
    ck_assert(said[0].message.private && said[0].message.mark.type == MARK_OPERATORS);
    ck_assert_str_eq(said[1].message.body, "good-bye");
    ck_assert_str_eq(said[1].message.id, "abcd-6");
    ck_assert_str_eq(said[1].from, "c-z");
    ck_assert_str_eq(said[1].to, "pat@x/web");
    ck_assert(!said[1].message.private && said[1].message.mark.type == MARK_PATRON);
    ck_assert_int_eq(said[1].message.mark.line, 6);
    ck_assert_ptr_null(chat_by_code(routing, "abcd"));
    record.owner = 80;
    restore(&record, NULL, 0, lines, 5);
    ck_assert_uint_eq(effects.count, 1);
}
END_TEST

/* The next chat gets a number of its own, whatever the caller believed the highest to be. */
START_TEST(numbers_go_on_above_all_that_came_back)
{
    struct chat_record record = record_of(900, "abcd", "pat@x");
    struct event up = {.type = EVENT_STREAM_UP};
    struct event line = {.type = EVENT_MESSAGE, .from = "quin@x", .to = "c-z"};

    record.address = "no dot";
    restore(&record, NULL, 0, NULL, 0);
    routing_start(routing, &(struct routing_options){.code_key = 1, .first_number = 2});
    step(&up);
    line.message.id = "";
    line.message.body = "hello";
    step(&line);
    ck_assert_int_eq(effect_of(EFFECT_STORE_CHAT, 0)->chat.number, 901);
}
END_TEST

/* Who was never asked as far as the rows tell cannot own it: it waits again. */
START_TEST(an_owner_without_a_queue_gives_the_chat_back)
{
    struct chat_record record = record_of(3, "abcd", "pat@x");

    record.state = CHAT_CLAIMED;
    record.owner = 8;
    record.claimed = now - 1000;
    restore(&record, NULL, 0, NULL, 0);
    const struct chat *chat = chat_by_code(routing, "abcd");
    ck_assert_ptr_nonnull(chat);
    ck_assert_int_eq(chat->state, CHAT_WAITING);
    ck_assert_ptr_nonnull(effect_of(EFFECT_STORE_ACT, 0));
}
END_TEST

START_TEST(nothing_is_freed_for_nobody)
{
    ck_assert_ptr_null(routing_free(NULL));
    ck_assert_ptr_null(flood_free(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("restore");
    TCase *tcase = tcase_create("restore");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, small_desk_free);
    tcase_add_test(tcase, a_chat_of_a_removed_queue_says_what_was_left_to_say);
    tcase_add_test(tcase, offers_that_cannot_be_end);
    tcase_add_test(tcase, a_second_chat_of_a_patron_and_a_closed_one_end_quietly);
    tcase_add_test(tcase, an_ended_chat_says_what_it_owes);
    tcase_add_test(tcase, numbers_go_on_above_all_that_came_back);
    tcase_add_test(tcase, an_owner_without_a_queue_gives_the_chat_back);
    tcase_add_test(tcase, nothing_is_freed_for_nobody);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
