/* Libraries' open items: bounds, the list for commands, and rows that make no sense any more. */
#include "small_desk.h"

#include <stdlib.h>
#include <string.h>

#include "routing/contact.h"

static void setup(void)
{
    struct event up = {.type = EVENT_STREAM_UP};

    small_desk_new(false);
    routing_start(routing, &(struct routing_options){.code_key = 1, .first_number = 100});
    step(&up);
}

/* What was stored of it in this step, or NULL. */
static const struct followup_record *patron_says(const char *body)
{
    struct event event = {.type = EVENT_MESSAGE, .from = "pat@x", .to = "c-z"};

    event.message.id = "";
    event.message.body = body;
    step(&event);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].type == EFFECT_STORE_FOLLOWUP)
            return &effects.list[i].followup;
    return NULL;
}

static void give(struct followup_record record)
{
    struct event event = {.type = EVENT_RESTORE_FOLLOWUP, .followup = &record};

    if (record.text == NULL)
        record.text = "text";
    if (record.contact == NULL)
        record.contact = "";
    step(&event);
}

/* "code/told_to ..." in the order of the list. */
static const char *listed(void)
{
    static char text[200];
    const struct followup *cursor = NULL;
    struct followup_view view;

    text[0] = '\0';
    while (routing_followup_next(routing, &cursor, &view)) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%lld:%s/%s", used > 0 ? " " : "",
                 (long long)view.library, view.code, view.told_to);
    }
    return text;
}

static char line[LINE_BYTES_MAX + 1];

static const struct {
    const char *name;
    const char *more;   /* a second line */
    size_t wanted;      /* bytes of the text */
    const char *ending; /* of the text */
} texts[] = {
    {"as long as can be", NULL, FOLLOWUP_BYTES_MAX, "\xe2\x82\xac"},
    /* 8189 bytes fit before the dots, and the character that ends there is whole. */
    {"a line more", "more", FOLLOWUP_BYTES_MAX, "x...."},
    {"a line more, cut within a character", "\xe2\x82\xac", FOLLOWUP_BYTES_MAX, "x...."},
};

START_TEST(a_long_question_is_cut_between_characters)
{
    memset(line, 'x', LINE_BYTES_MAX);
    memcpy(line + LINE_BYTES_MAX - 3, "\xe2\x82\xac", 3);
    if (texts[_i].more != NULL)
        line[LINE_BYTES_MAX - 4] = '.';
    ck_assert_ptr_null(patron_says(line));
    if (texts[_i].more != NULL)
        ck_assert_ptr_null(patron_says(texts[_i].more));
    const struct followup_record *left = patron_says("pat@example.org");
    ck_assert_ptr_nonnull(left);
    size_t length = strlen(left->text);
    ck_assert_uint_eq(length, texts[_i].wanted);
    ck_assert_str_eq(left->text + length - strlen(texts[_i].ending), texts[_i].ending);
}
END_TEST

START_TEST(a_cut_never_splits_a_character)
{
    memset(line, 'x', LINE_BYTES_MAX);
    memcpy(line + LINE_BYTES_MAX - 4, "\xe2\x82\xacx", 4); /* the cut falls into it */
    patron_says(line);
    patron_says("more");
    const struct followup_record *left = patron_says("pat@example.org");
    ck_assert_ptr_nonnull(left);
    ck_assert_uint_eq(strlen(left->text), FOLLOWUP_BYTES_MAX - 1);
    ck_assert_str_eq(left->text + FOLLOWUP_BYTES_MAX - 5, "x...");
}
END_TEST

/* 100 bytes are a line for an address, 101 are not. */
START_TEST(an_address_comes_in_a_short_line)
{
    char body[CONTACT_LINE_BYTES_MAX + 2];

    patron_says("Where is the map room?");
    memset(body, '.', sizeof body);
    memcpy(body, "pat@example.org ", 16);
    body[CONTACT_LINE_BYTES_MAX + 1] = '\0';
    ck_assert_ptr_null(patron_says(body));
    body[CONTACT_LINE_BYTES_MAX] = '\0';
    ck_assert_ptr_nonnull(patron_says(body));
}
END_TEST

START_TEST(the_list_goes_by_library_and_age)
{
    give((struct followup_record){.chat = 3, .code = "ccc", .library = 5, .queue = 7, .at = 30});
    give((struct followup_record){.chat = 9, .code = "other", .library = 6, .at = 5});
    give((struct followup_record){.chat = 1, .code = "aaa", .library = 5, .queue = 7, .at = 10,
                                  .told_to = 8, .handed = true});
    give((struct followup_record){.chat = 2, .code = "bbb", .library = 5, .queue = 7, .at = 30,
                                  .told_to = 8});
    ck_assert_str_eq(listed(), "5:aaa/c-z-ann 5:bbb/ 5:ccc/ 6:other/");
}
END_TEST

START_TEST(rows_that_make_no_sense_are_passed_over)
{
    give((struct followup_record){.chat = 1, .code = "aaa", .library = 5, .queue = 7, .at = 10});
    give((struct followup_record){.chat = 1, .code = "aaa", .library = 5, .queue = 7, .at = 20});
    give((struct followup_record){.chat = 2, .code = "bbb", .library = 5, .at = 1, .done_at = 2});
    give((struct followup_record){.chat = 3, .code = "ccc", .library = 99, .queue = 98, .at = 3});
    give((struct followup_record){.chat = 4, .code = "ddd", .library = 5, .queue = 7, .at = 30,
                                  .told_to = 97, .handed = true});
    ck_assert_str_eq(listed(), "5:aaa/ 5:ddd/ 99:ccc/");
}
END_TEST

/* The database may hold more than is taken: all of it comes back, and nothing is added. */
START_TEST(more_than_the_bound_comes_back)
{
    char code[16];

    patron_says("Where is the map room?");
    for (int i = 0; i <= FOLLOWUPS_OPEN_MAX; i++) {
        snprintf(code, sizeof code, "%d", i);
        give((struct followup_record){
            .chat = 1000 + i, .code = code, .library = 5, .queue = 7, .at = i});
    }
    ck_assert_ptr_null(patron_says("pat@example.org"));
    ck_assert(followups_full(routing, 5));
    ck_assert(!followups_full(routing, 6));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("followup");
    TCase *tcase = tcase_create("followup");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tcase, setup, small_desk_free);
    tcase_add_loop_test(tcase, a_long_question_is_cut_between_characters, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_test(tcase, a_cut_never_splits_a_character);
    tcase_add_test(tcase, an_address_comes_in_a_short_line);
    tcase_add_test(tcase, the_list_goes_by_library_and_age);
    tcase_add_test(tcase, rows_that_make_no_sense_are_passed_over);
    tcase_add_test(tcase, more_than_the_bound_comes_back);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
