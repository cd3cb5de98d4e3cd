/* What the desk is given beside its chats: bounds, and rows that make no sense any more. */
#include "small_desk.h"

#include <stdlib.h>

static void setup(void)
{
    small_desk_new(false);
}

static void give_block(int64_t library, const char *patron, msec_t until)
{
    const struct block_record block = {.library = library, .patron = patron, .until = until};
    struct event event = {.type = EVENT_RESTORE_BLOCK, .block = &block};

    step(&event);
}

static void give_duty(struct duty_record duty)
{
    struct event event = {.type = EVENT_RESTORE_DUTY, .duty = &duty};

    step(&event);
}

static bool refuses(const char *patron)
{
    struct event event = {.type = EVENT_MESSAGE, .from = patron, .to = "c-z"};

    event.message.id = "";
    event.message.body = "hello";
    step(&event);
    return effects.count == 1 && effects.list[0].type == EFFECT_ERROR &&
           effects.list[0].error.refusal == REFUSAL_NOT_ALLOWED;
}

START_TEST(the_block_that_ends_first_makes_room)
{
    char patron[32];

    give_block(5, "later@x", now + 3000000);
    give_block(5, "first@x", now + 1000);
    for (int i = 2; i < BLOCKS_PER_LIBRARY_MAX; i++) {
        snprintf(patron, sizeof patron, "p%d@x", i);
        give_block(5, patron, now + 2000000 - i);
    }
    /* At the bound all hold, and the same patron again takes no room. */
    give_block(5, "later@x", now + 4000000);
    ck_assert(refuses("first@x"));
    give_block(5, "one-more@x", now + 5000000);
    ck_assert(!refuses("first@x"));
    ck_assert(refuses("later@x"));
    ck_assert(refuses("p2@x"));
    ck_assert(refuses("one-more@x"));
}
END_TEST

/* What the desk answers to "c-old", which is called c-z since a while. */
static const struct effect *write_to_old(void)
{
    struct event event = {.type = EVENT_MESSAGE, .from = "pat@x", .to = "c-old"};

    event.message.id = "";
    event.message.body = "hello";
    step(&event);
    ck_assert_uint_eq(effects.count, 1);
    ck_assert_int_eq(effects.list[0].type, EFFECT_ERROR);
    return &effects.list[0];
}

START_TEST(an_old_name_tells_the_new_one_for_a_while)
{
    static struct renamed_address renamed[] = {{"c-aaa", "c-b", INT64_MAX}, {"c-old", "c-z", 0}};

    ck_assert_int_eq(write_to_old()->error.refusal, REFUSAL_NOT_FOUND);
    settings->renamed = renamed;
    settings->renamed_count = 2;
    renamed[1].until = now / 1000 + 1;
    ck_assert_int_eq(write_to_old()->error.refusal, REFUSAL_GONE);
    ck_assert_str_eq(write_to_old()->error.text, "c-z");
    renamed[1].until = now / 1000;
    ck_assert_int_eq(write_to_old()->error.refusal, REFUSAL_NOT_FOUND);
}
END_TEST

/* What comes of a presence stanza to "c-old"; NULL for nothing. */
static const struct effect *be_seen_at_old(enum event_type type, enum show show)
{
    struct event event = {.type = type, .from = "pat@x", .to = "c-old", .id = "p1"};

    if (type == EVENT_PRESENCE)
        event.presence.show = show;
    else if (type == EVENT_SUBSCRIPTION)
        event.subscription = show == SHOW_UNAVAILABLE ? UNSUBSCRIBE : SUBSCRIBE;
    step(&event);
    return effects.count == 0 ? NULL : &effects.list[0];
}

START_TEST(an_old_name_as_a_contact)
{
    static struct renamed_address renamed[] = {{"c-old", "c-z", INT64_MAX}};
    static const struct {
        enum event_type type;
        enum show show;
        bool answered;
    } rows[] = {
        {EVENT_PRESENCE, SHOW_AVAILABLE, true},   {EVENT_PRESENCE, SHOW_UNAVAILABLE, false},
        {EVENT_PROBE, SHOW_AVAILABLE, true},      {EVENT_SUBSCRIPTION, SHOW_AVAILABLE, true},
        {EVENT_SUBSCRIPTION, SHOW_UNAVAILABLE, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        settings->renamed_count = 0;
        ck_assert_ptr_null(be_seen_at_old(rows[i].type, rows[i].show));
        settings->renamed = renamed;
        settings->renamed_count = 1;
        const struct effect *effect = be_seen_at_old(rows[i].type, rows[i].show);
        ck_assert_msg((effect != NULL) == rows[i].answered, "%zu", i);
        if (effect == NULL)
            continue;
        ck_assert_int_eq(effect->type, EFFECT_ERROR);
        ck_assert_int_eq(effect->error.refusal, REFUSAL_GONE);
        ck_assert_str_eq(effect->error.text, "c-z");
        ck_assert_str_eq(effect->error.id, "p1");
        ck_assert(effect->error.of_presence);
    }
}
END_TEST

/* Whoever has the service as a contact sees it; those who work here are seen by it, too. */
START_TEST(the_service_as_a_contact)
{
    struct event event = {.type = EVENT_SUBSCRIPTION, .from = "pat@x", .to = ""};
    static const char *coordinators[] = {"boss@x"};

    event.subscription = SUBSCRIBE;
    step(&event);
    ck_assert_uint_eq(effects.count, 2);
    ck_assert_int_eq(effects.list[0].subscription, SUBSCRIBED);
    ck_assert_int_eq(effects.list[1].type, EFFECT_PRESENCE);
    ck_assert_int_eq(effects.list[1].presence.show, SHOW_AVAILABLE);
    settings->coordinators = coordinators;
    settings->coordinator_count = 1;
    event.from = "boss@x";
    step(&event);
    ck_assert_uint_eq(effects.count, 3);
    ck_assert_int_eq(effects.list[1].subscription, SUBSCRIBE);
    event.subscription = SUBSCRIBED;
    step(&event);
    ck_assert_uint_eq(effects.count, 0);
    event.type = EVENT_PROBE;
    step(&event);
    ck_assert_uint_eq(effects.count, 1);
    ck_assert_int_eq(effects.list[0].type, EFFECT_PRESENCE);
}
END_TEST

START_TEST(blocks_that_make_no_sense_are_passed_over)
{
    give_block(5, "over@x", now);
    give_block(6, "elsewhere@x", now + 1000);
    give_block(5, "", now + 1000);
    give_block(5, "blocked@x", now + 1);
    ck_assert(!refuses("over@x"));
    ck_assert(!refuses("elsewhere@x"));
    ck_assert(refuses("blocked@x"));
}
END_TEST

START_TEST(blocks_go_with_their_library)
{
    struct event event = {.type = EVENT_SETTINGS, .settings = settings};

    give_block(5, "blocked@x", now + 1000);
    settings->libraries[0].id = 6;
    step(&event);
    ck_assert_ptr_null(routing->blocked);
}
END_TEST

START_TEST(duties_that_make_no_sense_are_passed_over)
{
    const struct operator *ann = operator_by_id(routing, 8);
    const struct queue *queue = queue_by_id(routing, 7);

    give_duty((struct duty_record){.operator = 9, .off = true});
    give_duty((struct duty_record){.operator = 9, .queue = 7, .off = true});
    give_duty((struct duty_record){.operator = 8, .queue = 77, .off = true});
    give_duty((struct duty_record){.operator = 8, .queue = 7});
    ck_assert(!duty_is_off(ann, queue));
    give_duty((struct duty_record){.operator = 8, .max = -3, .until = -5});
    ck_assert_int_eq(ann->own_limit, 0);
    ck_assert_int_eq(ann->turns_at, 0);
    give_duty((struct duty_record){.operator = 8, .max = 1000});
    ck_assert_int_eq(ann->limit, 5);
    give_duty((struct duty_record){.operator = 8, .queue = 7, .off = true});
    give_duty((struct duty_record){.operator = 8, .queue = 7, .off = true});
    ck_assert(duty_is_off(ann, queue));
    ck_assert_uint_eq(ann->queue_off_count, 1);
}
END_TEST

/* The desk was away while a sign-off, and perhaps its midnight, went by: 2025-10-09T08:53:20Z. */
static const struct {
    const char *name;
    bool off;
    msec_t until;
    bool off_now;
    msec_t until_now;
} turn_cases[] = {
    {"not yet", false, 1760000000001, false, 1760000000001},
    {"just now", false, 1760000000000, true, 1760054400000},
    {"today", false, 1759970000000, true, 1760054400000},
    {"the midnight before, to the day", false, 1759967999000, false, 0},
    {"yesterday", false, 1759960000000, false, 0},
    {"off till later", true, 1760054400000, true, 1760054400000},
    {"off till now", true, 1760000000000, false, 0},
    {"off for good", true, 0, true, 0},
};

START_TEST(a_duty_turns_while_the_desk_is_away)
{
    const struct operator *ann = operator_by_id(routing, 8);
    struct event event = {.type = EVENT_TIME};

    give_duty((struct duty_record){
        .operator = 8, .off = turn_cases[_i].off, .until = turn_cases[_i].until});
    step(&event);
    ck_assert_msg(ann->off == turn_cases[_i].off_now, "%s", turn_cases[_i].name);
    ck_assert_msg(ann->turns_at == turn_cases[_i].until_now, "%s: %lld", turn_cases[_i].name,
                  (long long)ann->turns_at);
    /* And the loop wakes up for the next. */
    if (ann->turns_at != 0)
        ck_assert_int_le(routing_deadline(routing, now, now), ann->turns_at);
}
END_TEST

static void show(enum show how)
{
    struct event event = {.type = EVENT_PRESENCE, .from = "ann@localhost", .to = "c-z"};

    event.presence.show = how;
    step(&event);
}

/* The one record of the log in the last step: '+' on, '-' off; 'A' before the first of all; "" when
 * there is none. */
static const char *logged(void)
{
    const struct duty_log_record *log = NULL;

    for (size_t i = 0; i < effects.count; i++) {
        if (effects.list[i].type != EFFECT_STORE_DUTY_LOG)
            continue;
        ck_assert_ptr_null(log);
        log = &effects.list[i].duty_log;
        ck_assert_int_eq(log->operator, 8);
        ck_assert_int_eq(log->queue, 7);
    }
    if (log == NULL)
        return "";
    return log->on ? (log->first ? "A+" : "+") : (log->first ? "A-" : "-");
}

START_TEST(the_log_has_what_changes)
{
    struct event up = {.type = EVENT_STREAM_UP}, down = {.type = EVENT_STREAM_DOWN};
    struct event later = {.type = EVENT_TIME};
    struct event event = {.type = EVENT_SETTINGS, .settings = settings};

    step(&up);
    show(SHOW_AVAILABLE);
    ck_assert_str_eq(logged(), ""); /* who is there is not known yet */
    now += 10000;
    step(&later);
    ck_assert_str_eq(logged(), "A+");
    show(SHOW_DND);
    ck_assert_str_eq(logged(), "-");
    show(SHOW_CHAT);
    ck_assert_str_eq(logged(), "+");
    show(SHOW_AVAILABLE);
    ck_assert_str_eq(logged(), "");
    step(&down);
    ck_assert_str_eq(logged(), ""); /* nor did she go because the server did */
    step(&up);
    show(SHOW_AVAILABLE);
    now += 10000;
    step(&later);
    ck_assert_str_eq(logged(), "");
    settings->queues[0].operator_count = 0;
    step(&event);
    ck_assert_str_eq(logged(), "-");
}
END_TEST

START_TEST(a_removed_queue_is_forgotten)
{
    const struct operator *ann = operator_by_id(routing, 8);
    struct event event = {.type = EVENT_SETTINGS, .settings = settings};

    give_duty((struct duty_record){.operator = 8, .queue = 7, .off = true});
    settings->queue_count = 0;
    step(&event);
    ck_assert_uint_eq(ann->queue_off_count, 0);
}
END_TEST

/* Removed and put back while a chat of hers runs: the same person under another id. */
START_TEST(a_duty_follows_a_new_id)
{
    struct event event = {.type = EVENT_SETTINGS, .settings = settings};

    give_duty((struct duty_record){.operator = 8, .off = true, .max = 2});
    give_duty((struct duty_record){.operator = 8, .queue = 7, .off = true});
    settings->operators[0].id = 88;
    step(&event);
    ck_assert_uint_eq(effects.count, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(effects.list[i].type, EFFECT_STORE_DUTY);
        ck_assert_int_eq(effects.list[i].duty.operator, 88);
        ck_assert_int_eq(effects.list[i].duty.queue, 7 * i);
        ck_assert(effects.list[i].duty.off);
    }
    ck_assert_int_eq(effects.list[0].duty.max, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("desk_state");
    TCase *given = tcase_create("given");

    tcase_add_checked_fixture(given, setup, small_desk_free);
    tcase_add_test(given, the_block_that_ends_first_makes_room);
    tcase_add_test(given, blocks_that_make_no_sense_are_passed_over);
    tcase_add_test(given, an_old_name_tells_the_new_one_for_a_while);
    tcase_add_test(given, an_old_name_as_a_contact);
    tcase_add_test(given, the_service_as_a_contact);
    tcase_add_test(given, blocks_go_with_their_library);
    tcase_add_test(given, duties_that_make_no_sense_are_passed_over);
    tcase_add_loop_test(given, a_duty_turns_while_the_desk_is_away, 0,
                        sizeof turn_cases / sizeof turn_cases[0]);
    tcase_add_test(given, the_log_has_what_changes);
    tcase_add_test(given, a_removed_queue_is_forgotten);
    tcase_add_test(given, a_duty_follows_a_new_id);
    suite_add_tcase(suite, given);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
