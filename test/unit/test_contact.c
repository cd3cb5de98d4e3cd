/* What counts as an address that a patron leaves, and what does not. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "routing/contact.h"

/* NULL: none is found. */
static const struct {
    const char *text, *found;
} contacts[] = {
    {"ann@example.org", "ann@example.org"},
    {"my e-mail is ann.b+x@mail.example.org.", "ann.b+x@mail.example.org"},
    {"<ann@example.org>, thanks", "ann@example.org"},
    {"mailto:ann@example.org", "ann@example.org"},
    {"It is 'ann@example.org'", "ann@example.org"},
    {"ann_b%c@ex-ample.co.uk", "ann_b%c@ex-ample.co.uk"},
    {"j\xc3\xb6rg@m\xc3\xbcnchen.de", "j\xc3\xb6rg@m\xc3\xbcnchen.de"},
    {"first @ home, then ann@example.org", "ann@example.org"},
    {"a@b@example.org", "b@example.org"},
    {"ann@example.org or 555-123-4567", "ann@example.org"},
    {"555-123-4567 or ann@example.org", "ann@example.org"},
    {"ann@localhost", NULL},
    {"ann@example.", NULL},
    {"ann@.org", NULL},
    {"ann@example..org", NULL},
    {"ann@-example.org", NULL},
    {"ann@example-.org", NULL},
    {"ann@example.o", NULL},
    {"ann@10.0.0.12", NULL},
    {"ann.@example.org", NULL},
    {"@example.org", NULL},
    {"ann@", NULL},
    {"@", NULL},
    {"", NULL},
    {"555-1234", "555-1234"},
    {"call me at (573) 555-1234, please", "(573) 555-1234"},
    {"+15735551234", "+15735551234"},
    {"+49 (0)89 / 1", NULL},
    {"573.555.1234", "573.555.1234"},
    {"573 555 1234x12", "573 555 1234"},
    {"tel: 01 23 45 67 89", "01 23 45 67 89"},
    {"5735551234", "5735551234"},
    {"my number is 5735551234", "5735551234"},
    {"15735551234", "15735551234"},
    {"item 5735551234", NULL},
    {"5551234", NULL},
    {"0131103628", NULL},
    {"21234567890123", NULL},
    {"555-123", NULL},
    {"+1234567", "+1234567"},
    {"+123456", NULL},
    {"1234 5678 9012 345", "1234 5678 9012 345"},
    {"1234 5678 9012 3456", NULL},
    {"the war of 1914-1918", NULL},
    {"1234-5679", NULL},
    {"on 2026-11-24", NULL},
    {"on 24.12.2026", NULL},
    {"on 2026-11-24 10:00", NULL},
    {"on 2026-1-24 at 10", NULL},
    {"978-0-13-110362-7", NULL},
    {"ISBN 0-13-110362-8", NULL},
    {"issn 317-8471", NULL},
    {"QA76-123-4567", NULL},
    {"item/573-555-1234", NULL},
    {"573-555-1234th", NULL},
    {"1000 of 573-555-1234", "573-555-1234"},
    {"+", NULL},
    {"(((((((((", NULL},
    {"----------", NULL},
    {"1 - - - - 2 3 4 5 6 7", NULL},
    {"{ann@example.org}", "ann@example.org"},
    {"ann@example.org-", "ann@example.org"},
    {"1-2-3-4-5-6-7-8-9", "1-2-3-4-5-6-7-8-9"},
    {"979-0-13-110362-7", NULL},
    {"123-4567-890123", "123-4567-890123"},
    {"in 1914-123", "1914-123"},
    {"2026-11-1234", "2026-11-1234"},
    {"24-12-201", "24-12-201"},
    {"call 25735551234", NULL},
    {"my number is 25735551234", NULL},
};

START_TEST(contact_is_found)
{
    const char *text = contacts[_i].text, *wanted = contacts[_i].found;
    struct contact contact;
    bool found = contact_find(text, &contact);

    ck_assert_msg(found == (wanted != NULL), "'%s': %s", text, found ? "found" : "not found");
    if (!found)
        return;
    ck_assert_msg(contact.length == strlen(wanted) &&
                      strncmp(text + contact.start, wanted, contact.length) == 0,
                  "'%s': found '%.*s'", text, (int)contact.length, text + contact.start);
}
END_TEST

static const struct {
    const char *text;
    bool all;
} lines[] = {
    {"ann@example.org", true},
    {" ann@example.org. ", true},
    {"My E-Mail is ann@example.org, thank you!", true},
    {"(573) 555-1234", true},
    {"you can call me at 573-555-1234", false},
    {"Call me at 573-555-1234", true},
    {"Where is the map room? ann@example.org", false},
    {"ann@example.org 7", false},
    {"ann@example.org \xc3\xa9", false},
};

START_TEST(contact_is_all_there_is)
{
    struct contact contact;

    ck_assert(contact_find(lines[_i].text, &contact));
    ck_assert_msg(contact_is_all(lines[_i].text, &contact) == lines[_i].all, "'%s'",
                  lines[_i].text);
}
END_TEST

/* RFC 5321's bound of the local part, RFC 1035's of the domain, and one above. */
START_TEST(contact_bounds)
{
    char text[400];
    struct contact contact;

    for (size_t length = 64; length <= 65; length++) {
        memset(text, 'a', length);
        memcpy(text + length, "@example.org", sizeof "@example.org");
        ck_assert_int_eq(contact_find(text, &contact), length == 64);
    }
    for (size_t length = 253; length <= 254; length++) {
        memcpy(text, "a@", 2);
        memset(text + 2, 'b', length - 3);
        memcpy(text + 2 + length - 3, ".cc", sizeof ".cc");
        ck_assert_int_eq(contact_find(text, &contact), length == 253);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contact");
    TCase *tcase = tcase_create("contact");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tcase, contact_is_found, 0, sizeof contacts / sizeof contacts[0]);
    tcase_add_loop_test(tcase, contact_is_all_there_is, 0, sizeof lines / sizeof lines[0]);
    tcase_add_test(tcase, contact_bounds);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
