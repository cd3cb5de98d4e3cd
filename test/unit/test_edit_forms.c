/* Forms of the settings commands: what they show, what comes back, and hostile answers. */
#include "edit_desk.h"

/* Every command with its fields: the ones that choose first, so that the others are about them. */
static const struct {
    const char *node, *library;
    const char *chosen[7];
    const char *fields[24];
} forms[] = {
    {"library-edit", "mobstate", {NULL}, {"title", "timezone"}},
    {"library-edit", "slu", {NULL}, {"title", "timezone"}},
    {"library-rename", "mobstate", {NULL}, {"abbreviation"}},
    {"queue-rollover", "mobstate", {"queue", "mobius-mobstate"}, {"rollover"}},
    {"library-holiday-coverage", "mobstate", {NULL}, {"coverage", "dates"}},
    {"library-holiday-coverage", "slu", {NULL}, {"coverage", "dates"}},
    {"backup-edit", NULL, {NULL}, {"queue", "hours"}},
    {"holidays-edit", NULL, {NULL}, {"calendar", "dates", "add", "remove"}},
    {"operator-edit", "mobstate", {"operator", "bob"}, {"name", "title", "account"}},
    {"operator-edit", "mobstate", {"operator", "jane"}, {"name", "title", "account"}},
    {"queue-edit",
     "mobstate",
     {"queue", "mobius-mobstate"},
     {"name", "title", "strategy", "ring_seconds", "offer_seconds", "chats_per_operator",
      "idle_grace_seconds", "patron_grace_seconds", "silent_seconds", "holding_seconds",
      "retention_days", "transcripts", "show_operator_name", "welcome", "holding_text",
      "closed_text"}},
    {"queue-edit",
     "mobstate",
     {"queue", "law"},
     {"name", "title", "strategy", "retention_days", "transcripts", "welcome"}},
    {"queue-assign", "mobstate", {"queue", "mobius-mobstate"}, {"operators"}},
    {"queue-assign", "slu", {"queue", "mobius-slu"}, {"operators"}},
    {"hours-edit", "mobstate", {"queue", "-"}, {"hours"}},
    {"hours-edit", "mobstate", {"queue", "law"}, {"hours"}},
    {"hours-edit", "mobstate", {"queue", "mobius-mobstate"}, {"hours"}},
    {"hours-edit", "slu", {"queue", "mobius-slu"}, {"hours"}},
    {"hours-edit", NULL, {NULL}, {"hours"}},
    {"canned-edit", "mobstate", {"canned", "bye"}, {"name", "text", "remove"}},
    {"canned-edit", NULL, {"canned", "hello"}, {"name", "text", "remove"}},
    {"profile-edit", "mobstate", {"queue", "-"}, {"text", "link", "phone", "policies"}},
    {"profile-edit", "mobstate", {"queue", "law"}, {"text", "link", "phone", "policies"}},
    {"profile-edit", NULL, {NULL}, {"text", "link", "phone", "policies"}},
    {"notice", "mobstate", {"notice", "Fire drill"}, {"text", "until", "remove"}},
    {"notice", NULL, {"notice", "Catalogue is down"}, {"text", "until", "remove"}},
    {"snippet-edit",
     "mobstate",
     {"snippet", "home page"},
     {"queue", "accent", "side", "closed", "consent", "consent_link", "questions", "texts"}},
    {"library-add",
     NULL,
     {"abbreviation", "wash", "account", "a", "title", "T"},
     {"retention_days", "transcripts", "queue", "hours", "timezone", "title", "abbreviation",
      "account"}},
    {"admin-add", "slu", {NULL}, {"account"}},
    {"admin-remove", "slu", {NULL}, {"account"}},
    {"operator-add", "mobstate", {"name", "eve"}, {"name", "title", "account", "queues"}},
    {"operator-remove", "mobstate", {NULL}, {"operator"}},
    {"queue-add",
     "mobstate",
     {"name", "new", "retention_days", "3", "transcripts", "1"},
     {"name", "title", "retention_days", "transcripts", "operators", "welcome"}},
    {"queue-remove", "mobstate", {NULL}, {"queue"}},
    {"closure-add", "mobstate", {"from", "2026-10-10"}, {"queue", "from", "to", "name", "hours"}},
    {"closure-remove", "mobstate", {NULL}, {"queue", "dates", "from", "to"}},
    {"snippet-add", "mobstate", {"queue", "law", "text", "new"}, {"queue", "text"}},
    {"snippet-remove", "mobstate", {NULL}, {"snippet"}},
};

enum { FORMS_PREFILLED = 27 /* those that come back as they are */ };

/* Fields of a form in the making. */
struct answers {
    const char *list[FIELDS_MAX * 6];
    size_t count;
};

static void answer(struct answers *answers, const char *field, const char *text)
{
    ck_assert_uint_lt(answers->count + 2, COUNT(answers->list));
    answers->list[answers->count++] = field;
    answers->list[answers->count++] = text;
}

static void answer_chosen(struct answers *answers, const char *const *chosen)
{
    for (size_t i = 0; chosen[i] != NULL; i += 2)
        answer(answers, chosen[i], chosen[i + 1]);
}

/* A form that is sent back as it was shown changes nothing. */
START_TEST(round_trip)
{
    struct answers answers = {.count = 0};

    answer_chosen(&answers, forms[_i].chosen);
    struct edit *asked = edit_of(forms[_i].library, answers.list);
    for (size_t i = 0; forms[_i].fields[i] != NULL; i++)
        answer(&answers, forms[_i].fields[i],
               edit_present(asked, forms[_i].node, forms[_i].fields[i]));
    struct edit *edit = edit_of(forms[_i].library, answers.list);
    ck_assert_msg(edit_run(edit, forms[_i].node), "%s: %s", forms[_i].node, edit_complaints(edit));
    ck_assert_str_eq(edit_changes(edit), "");
    ck_assert_str_eq(edit_advice(edit), "");
    char *old = exported(before), *new = exported(edit_after(edit));
    ck_assert_str_eq(old, new);
    free(old);
    free(new);
    edit_free(edit);
    edit_free(asked);
}
END_TEST

/* The text of a field may be anything. Whatever comes of it can be imported again, and no other
 * library's things change, nor appear in a complaint that did not name them. */
static void run_hostile(size_t form, const char *field, const char *text)
{
    struct answers answers = {.count = 0};

    answer(&answers, field, text);
    answer_chosen(&answers, forms[form].chosen);
    struct edit *edit = edit_of(forms[form].library, answers.list);
    edit_confirm(edit, forms[form].node);
    if (edit_run(edit, forms[form].node)) {
        ck_assert_str_eq(edit_complaints(edit), "");
        if (edit_changes(edit)[0] != '\0')
            check_importable(edit_after(edit));
    } else {
        ck_assert_str_ne(edit_complaints(edit), "");
        for (const char *at = edit_complaints(edit); *at != '\0'; at++)
            ck_assert_msg((unsigned char)*at >= 0x20 || *at == '\n', "%s: %s", forms[form].node,
                          edit_complaints(edit));
        ck_assert_uint_lt(strlen(edit_complaints(edit)), 8192);
    }
    edit_free(edit);
}

static char *many(const char *piece, size_t bytes)
{
    size_t length = strlen(piece);
    char *text = mem_new(bytes + 1);

    for (size_t i = 0; i + length <= bytes; i += length)
        memcpy(text + i, piece, length);
    return text;
}

START_TEST(hostile_values)
{
    static const char *const texts[] = {
        "",
        " ",
        "-",
        "\n\n\n",
        "{",
        "}",
        "{{",
        "{library}",
        "\"",
        "\\",
        "'; DROP TABLE x; --",
        "a\x01z",
        "\x7f",
        "\xc2\x85",
        "\xff\xfe",
        "\xe2\x80\xae",
        "<x/>&amp;",
        "%s%n",
        "@include \"x\"",
        "mobius-slu",
        "mobius-slu-sam",
        "slu",
        "slu (home)",
        "mobius-",
        "mobius",
        "-1",
        "0",
        "00",
        "1e9",
        "2147483648",
        "mon-fri 08:00-17:00",
        "08:00-12:00",
        "mon 00:00-24:00 answered by mobius-slu",
        "mon 08:00-09:00 answered by answered by",
        "all",
        "2026-12-24",
        "0000-00-00",
        "9999-12-31",
        "2299-12-31",
        "17:00",
        "inherited",
        "none",
        "a\r\nb",
        "Etc/UTC",
        "@",
        "@localhost",
        "a@",
        "a@b@c",
    };
    char *big[] = {many("a", 16384),
                   many("a", 16385),
                   many("{", 16384),
                   many("a\n", 16384),
                   many("mon 08:00-09:00\n", 16384),
                   many("2026-12-24\n", 16384),
                   many("\xc3\xa4", 16384),
                   many(",", 16384),
                   many("mon,", 16384)};

    for (size_t i = 0; forms[_i].fields[i] != NULL; i++) {
        for (size_t k = (i + (size_t)_i) % 3; k < COUNT(texts); k += 3) /* time */
            run_hostile((size_t)_i, forms[_i].fields[i], texts[k]);
        for (size_t k = (i + (size_t)_i) % 3; k < COUNT(big); k += 3)
            run_hostile((size_t)_i, forms[_i].fields[i], big[k]);
    }
    for (size_t k = 0; k < COUNT(big); k++)
        free(big[k]);
}
END_TEST

START_TEST(copy_is_the_same_and_apart)
{
    struct consortium *copy = consortium_copy(before);
    char *old = exported(before), *same = exported(copy);

    ck_assert_str_eq(old, same);
    ck_assert_int_eq(copy->queues[0].id, before->queues[0].id);
    ck_assert_ptr_eq(copy->libraries[1].zone, before->libraries[1].zone);
    /* Everything in the copy changes: its strings are its own, so even their bytes may. */
    for (size_t i = 0; i < copy->queue_count; i++)
        for (size_t k = 0; k < copy->queues[i].operator_count; k++)
            ((char *)(uintptr_t)copy->queues[i].operators[k])[0] = 'X';
    for (size_t i = 0; i < copy->library_count; i++) {
        ((char *)(uintptr_t)copy->libraries[i].name)[0] = 'X';
        for (size_t k = 0; k < copy->libraries[i].closures.count; k++)
            copy->libraries[i].closures.list[k].date++;
        for (size_t k = 0; k < copy->libraries[i].hours.count; k++)
            copy->libraries[i].hours.windows[k].open = 1;
    }
    ((char *)(uintptr_t)copy->backup_queue)[0] = 'X';
    copy->holidays.added[0].date++;
    char *still = exported(before);
    ck_assert_str_eq(old, still);
    copy = consortium_free(copy);
    free(old);
    free(same);
    free(still);
}
END_TEST

START_TEST(rename_keeps_ids_and_references)
{
    static const char *const fields[] = {"abbreviation", "msu", NULL};
    struct edit *edit = edit_of("mobstate", fields);

    ck_assert(edit_run(edit, "library-rename"));
    const struct consortium *after = edit_after(edit);
    int library = consortium_library(after, "msu"),
        queue = consortium_queue(after, "mobius-msu-law");
    ck_assert_int_ne(library, NO_INDEX);
    ck_assert_int_ne(queue, NO_INDEX);
    ck_assert_int_eq(after->queues[queue].library, library);
    ck_assert_int_eq(after->libraries[library].id,
                     before->libraries[consortium_library(before, "mobstate")].id);
    ck_assert_int_eq(after->queues[queue].id,
                     before->queues[consortium_queue(before, "mobius-mobstate-law")].id);
    /* The server has no way to rename an account. */
    int person = consortium_operator(after, "mobius-msu-jane");
    ck_assert_str_eq(after->operators[person].account, "mobius-mobstate-jane@localhost");
    const struct queue_settings *slu = &after->queues[consortium_queue(after, "mobius-slu")];
    ck_assert_str_eq(slu->hours.windows[0].answered_by[1], "mobius-msu");
    ck_assert_str_eq(slu->operators[2], "mobius-msu-jane");
    char *text = exported(after);
    ck_assert_ptr_null(strstr(text, "\"mobius-mobstate\""));
    free(text);
    edit_free(edit);
}
END_TEST

START_TEST(accounts_are_told)
{
    static const char *const fields[] = {"name", "eve", NULL};
    static const char *const other[] = {"operator", "jane", "title", "J", NULL};
    struct edit *edit = edit_of("mobstate", fields);

    ck_assert_ptr_null(edit_account(edit));
    ck_assert(edit_run(edit, "operator-add"));
    ck_assert_str_eq(edit_account(edit), "mobius-mobstate-eve@localhost");
    edit_free(edit);
    edit = edit_of("mobstate", other);
    ck_assert(edit_run(edit, "operator-edit"));
    ck_assert_ptr_null(edit_account(edit));
    edit_free(edit);
}
END_TEST

static const struct {
    const char *node, *library, *words; /* NULL: nothing is asked */
    const char *fields[5];
} questions[] = {
    {"library-remove",
     "mobstate",
     "Remove library mobstate with 2 queues, 2 operators and 1 snippets?",
     {NULL}},
    {"library-rename", "mobstate", "Rename library mobstate to msu?", {"abbreviation", "msu"}},
    {"operator-remove",
     "mobstate",
     "Remove operator mobius-mobstate-jane (Jane), who answers 2 queues?",
     {"operator", "jane"}},
    {"operator-remove", "mobstate", NULL, {"operator", "mobius-slu-sam"}},
    {"queue-remove", "mobstate", "Remove queue mobius-mobstate-law?", {"queue", "law"}},
    {"queue-edit",
     "mobstate",
     "Keep transcripts of mobius-mobstate for 30 days instead of 365?",
     {"queue", "mobius-mobstate", "retention_days", "30"}},
    {"queue-edit", "mobstate", NULL, {"queue", "mobius-mobstate", "retention_days", "366"}},
    {"hours-edit", "mobstate", NULL, {"hours", "none"}},
};

START_TEST(confirmations)
{
    struct edit *edit = edit_of(questions[_i].library, questions[_i].fields);
    const char *words = edit_confirm(edit, questions[_i].node);

    ck_assert_int_eq(words == NULL, questions[_i].words == NULL);
    if (words != NULL)
        ck_assert_msg(strncmp(words, questions[_i].words, strlen(questions[_i].words)) == 0, "%s",
                      words);
    ck_assert_str_eq(edit_complaints(edit), "");
    edit_free(edit);
}
END_TEST

static const struct {
    const char *node, *library, *field, *values;
    const char *fields[3];
} menus[] = {
    {"queue-edit", "mobstate", "queue", "mobius-mobstate mobius-mobstate-law ", {NULL}},
    {"hours-edit", "slu", "queue", "- mobius-slu ", {NULL}},
    {"hours-edit", NULL, "queue", "", {NULL}},
    {"queue-assign", "mobstate", "operators", "bob jane ", {NULL}},
    {"operator-edit", "slu", "operator", "mobius-slu-sam ", {NULL}},
    {"admin-remove",
     "mobstate",
     "account",
     "mobius-mobstate-admin@localhost kim@else.org ",
     {NULL}},
    {"closure-remove", "mobstate", "dates", "2026-12-22 2026-12-23 ", {NULL}},
    {"closure-remove", "mobstate", "dates", "2026-12-24 ", {"queue", "law"}},
    {"closure-remove", "slu", "dates", "", {"queue", "mobius-mobstate"}},
    {"snippet-remove", "slu", "snippet", "slu (home) ", {NULL}},
    {"canned-edit", "mobstate", "canned", "- bye ", {NULL}},
    {"notice", NULL, "notice", "- Catalogue is down ", {NULL}},
    {"backup-edit",
     NULL,
     "queue",
     "- mobius-chatstaff mobius-mobstate mobius-mobstate-law mobius-slu mobius-umkc "
     "mobius-umkc-old ",
     {NULL}},
    {"queue-edit", "mobstate", "strategy", "all least-busy round-robin ", {NULL}},
    {"holidays-edit", NULL, "dates", "observed actual both ", {NULL}},
    {"library-holiday-coverage", "slu", "coverage", "all none dates ", {NULL}},
    {"queue-edit", "nowhere", "queue", "", {NULL}},
};

START_TEST(choices)
{
    struct edit *edit = edit_of(menus[_i].library, menus[_i].fields);
    char text[512] = "";
    size_t count = 0, used = 0;
    const struct edit_choice *list = edit_choices(edit, menus[_i].node, menus[_i].field, &count);

    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s ", list[i].value);
    ck_assert_str_eq(text, menus[_i].values);
    edit_free(edit);
}
END_TEST

/* Only what the command brought about, and only of that library. */
START_TEST(advice)
{
    static const char *const overlap[] = {"hours", "mon 08:00-12:00\nmon 11:00-13:00", NULL};
    static const char *const rollover[] = {"queue", "law", "rollover", "1", NULL};
    static const char *const canned[] = {"name", "p", "text", "See {policies}", NULL};
    struct edit *edit = edit_of("mobstate", overlap);

    ck_assert(edit_run(edit, "hours-edit"));
    ck_assert_ptr_nonnull(strstr(edit_advice(edit),
                                 "Library mobstate: the window mon 11:00-13:00 overlaps another."));
    edit_free(edit);
    edit = edit_of("mobstate", rollover);
    ck_assert(edit_run(edit, "queue-rollover"));
    ck_assert_msg(strstr(edit_advice(edit), "mobius-mobstate-law") != NULL, "%s",
                  edit_advice(edit));
    ck_assert_ptr_null(strstr(edit_advice(edit), "slu"));
    edit_free(edit);
    edit = edit_of("mobstate", canned);
    ck_assert(edit_run(edit, "canned-edit"));
    ck_assert_str_eq(edit_advice(edit), "Canned 'p': queue mobius-mobstate and 1 more have nothing "
                                        "for {policies}.");
    edit_free(edit);
}
END_TEST

static void complain_of_link(void *context, unsigned line, const char *text)
{
    (void)context;
    ck_abort_msg("%u: %s", line, text);
}

/* The bounds that only the form keeps. */
START_TEST(bounds)
{
    char text[64];
    struct consortium *start = before;
    struct edit *edit = NULL;

    for (int i = 0; i < 5; i++) { /* one notice is there, NOTICES_MAX are five */
        const char *fields[] = {"text", text, "until", "2027-01-01 10:00", NULL};
        snprintf(text, sizeof text, "Notice %d", i);
        edit = edit_of("mobstate", fields);
        ck_assert_int_eq(edit_run(edit, "notice"), i < 4);
        if (i == 4)
            ck_assert_str_eq(edit_complaints(edit),
                             "There are 5 notices already: remove one first.");
        struct consortium *next = consortium_copy(edit_after(edit));
        ck_assert(consortium_link(next, NULL, complain_of_link, NULL));
        if (before != start)
            consortium_free(before);
        before = next;
        edit_free(edit);
    }
    consortium_free(before);
    before = start;
    char *windows = many("mon 08:00-09:00\n", 56 * 16), *more = many("mon 08:00-09:00\n", 57 * 16);
    const char *few[] = {"hours", windows, NULL}, *too_many[] = {"hours", more, NULL};
    edit = edit_of("mobstate", few);
    ck_assert(edit_run(edit, "hours-edit"));
    edit_free(edit);
    edit = edit_of("mobstate", too_many);
    ck_assert(!edit_run(edit, "hours-edit"));
    ck_assert_str_eq(edit_complaints(edit), "Hours: 57 windows are more than 56.");
    edit_free(edit);
    free(windows);
    free(more);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit_forms");
    TCase *tests = tcase_create("edit_forms");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 200);
    tcase_add_loop_test(tests, round_trip, 0, FORMS_PREFILLED);
    tcase_add_loop_test(tests, hostile_values, 0, COUNT(forms));
    tcase_add_test(tests, copy_is_the_same_and_apart);
    tcase_add_test(tests, rename_keeps_ids_and_references);
    tcase_add_test(tests, accounts_are_told);
    tcase_add_loop_test(tests, confirmations, 0, COUNT(questions));
    tcase_add_loop_test(tests, choices, 0, COUNT(menus));
    tcase_add_test(tests, advice);
    tcase_add_test(tests, bounds);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
