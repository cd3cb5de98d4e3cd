/* The escaping writer against xmpp_stanza_to_text(): the same bytes for everything that XML can
 * carry, U+FFFD for the rest, and always something that a parser takes. */
#include <check.h>
#include <expat.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

#include "component/xml_out.h"

static xmpp_ctx_t *ctx;

static void ctx_setup(void)
{
    xmpp_initialize();
    ctx = xmpp_ctx_new(NULL, NULL);
}

static void ctx_teardown(void)
{
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
}

/* What libstrophe renders for one element with this attribute and this text. */
static char *strophe_render(const char *text)
{
    xmpp_stanza_t *element = xmpp_stanza_new(ctx), *child = xmpp_stanza_new(ctx);
    char *rendered = NULL;
    size_t length;

    xmpp_stanza_set_name(element, "b");
    xmpp_stanza_set_attribute(element, "a", text);
    xmpp_stanza_set_text(child, text);
    xmpp_stanza_add_child_ex(element, child, 0);
    ck_assert_int_eq(xmpp_stanza_to_text(element, &rendered, &length), XMPP_EOK);
    xmpp_stanza_release(element);
    return rendered;
}

static void own_render(struct xml_out *out, const char *text)
{
    xml_out_init(out);
    xml_out_raw(out, "<b");
    xml_out_attribute(out, "a", text);
    xml_out_raw(out, ">");
    xml_out_text(out, text);
    xml_out_raw(out, "</b>");
}

static void assert_parses(const struct xml_out *out)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");

    ck_assert_int_eq(XML_Parse(parser, out->bytes, (int)out->length, 1), XML_STATUS_OK);
    XML_ParserFree(parser);
}

static void assert_same_as_strophe(const char *text)
{
    char *expected = strophe_render(text);
    struct xml_out out;

    own_render(&out, text);
    ck_assert_msg(out.length == strlen(expected) && memcmp(out.bytes, expected, out.length) == 0,
                  "'%.*s' is not '%s'", (int)out.length, out.bytes, expected);
    assert_parses(&out);
    xml_out_release(&out);
    xmpp_free(ctx, expected);
}

/* Every character that XML 1.0 section 2.2 allows, one by one: over a million, so by rows. */
static size_t encode(uint32_t code, char *ret)
{
    if (code < 0x80) {
        ret[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        ret[0] = (char)(0xC0 | (code >> 6));
        ret[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        ret[0] = (char)(0xE0 | (code >> 12));
        ret[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        ret[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    ret[0] = (char)(0xF0 | (code >> 18));
    ret[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    ret[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    ret[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

static bool xml_allows(uint32_t code)
{
    return code == 9 || code == 10 || code == 13 || (code >= 0x20 && code <= 0xD7FF) ||
           (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

START_TEST(every_character_as_libstrophe)
{
    enum { ROW = 4096 };
    char row[ROW * 4 + 1];

    for (uint32_t first = 0; first <= 0x10FFFF; first += ROW) {
        size_t length = 0;
        for (uint32_t code = first; code < first + ROW; code++)
            if (xml_allows(code))
                length += encode(code, row + length);
        row[length] = '\0';
        assert_same_as_strophe(row);
    }
}
END_TEST

START_TEST(every_special_character_in_every_place)
{
    static const char *specials[] = {"<", ">", "&", "\"", "'", "]]>", "\t", "\n", "\r", "&amp;"};
    enum { SPECIALS = sizeof specials / sizeof *specials };
    char text[64];

    for (size_t i = 0; i < SPECIALS; i++)
        for (size_t j = 0; j < SPECIALS; j++) {
            snprintf(text, sizeof text, "%sa%s%s", specials[i], specials[j], specials[i]);
            assert_same_as_strophe(text);
        }
    assert_same_as_strophe("");
}
END_TEST

START_TEST(every_illegal_character_is_replaced)
{
    for (uint32_t code = 1; code <= 0xFFFF; code++) {
        char text[8] = "a";
        struct xml_out out;
        if (xml_allows(code))
            continue;
        size_t length = encode(code, text + 1);
        text[1 + length] = 'b';
        xml_out_init(&out);
        xml_out_text(&out, text);
        /* One for each byte that cannot be read as part of a character. */
        ck_assert_uint_eq(out.length, 2 + 3 * length);
        ck_assert_int_eq(memcmp(out.bytes, "a\xEF\xBF\xBD", 4), 0);
        ck_assert_int_eq(out.bytes[out.length - 1], 'b');
        xml_out_release(&out);
    }
}
END_TEST

static const struct {
    const char *name, *bytes, *expected;
} broken_cases[] = {
    {"lone continuation", "a\x80z", "a\xEF\xBF\xBDz"},
    {"cut before the end of two", "a\xC3", "a\xEF\xBF\xBD"},
    {"cut before the end of three", "a\xE2\x82", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"cut before the end of four", "\xF0\x9F\x98", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"overlong solidus", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"overlong less-than", "\xE0\x80\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"beyond the last", "\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"bytes that never occur", "\xFE\xFF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"latin-1 before markup", "caf\xE9<", "caf\xEF\xBF\xBD&lt;"},
};

START_TEST(broken_utf8_is_replaced)
{
    struct xml_out out;

    xml_out_init(&out);
    xml_out_text(&out, broken_cases[_i].bytes);
    ck_assert_msg(out.length == strlen(broken_cases[_i].expected) &&
                      memcmp(out.bytes, broken_cases[_i].expected, out.length) == 0,
                  "%s", broken_cases[_i].name);
    xml_out_release(&out);
}
END_TEST

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

START_TEST(random_texts)
{
    uint64_t state = 0x9E3779B97F4A7C15u;

    for (int round = 0; round < 2000; round++) {
        char legal[4 * 64 + 1], noise[257];
        size_t length = 0, characters = random_next(&state) % 64;
        struct xml_out out;
        while (characters > 0) {
            uint32_t code =
                (uint32_t)(random_next(&state) % (1u << (7 + random_next(&state) % 15)));
            if (!xml_allows(code))
                continue;
            length += encode(code, legal + length);
            characters--;
        }
        legal[length] = '\0';
        assert_same_as_strophe(legal);

        for (size_t i = 0; i < sizeof noise - 1; i++)
            noise[i] = (char)(1 + random_next(&state) % 255);
        noise[sizeof noise - 1] = '\0';
        own_render(&out, noise);
        assert_parses(&out);
        xml_out_release(&out);
    }
}
END_TEST

START_TEST(cleaning_keeps_markup)
{
    struct xml_out out;

    xml_out_init(&out);
    xml_out_clean(&out, "<a b=\"1\">&amp;\x01\xC3\xA9</a>");
    xml_out_bytes(&out, "", 1);
    ck_assert_str_eq(out.bytes, "<a b=\"1\">&amp;\xEF\xBF\xBD\xC3\xA9</a>");
    xml_out_clear(&out);
    xml_out_attribute(&out, "to", NULL);
    ck_assert_uint_eq(out.length, 0);
    xml_out_release(&out);
}
END_TEST

START_TEST(growth_keeps_what_was_there)
{
    struct xml_out out;

    xml_out_init(&out);
    for (int i = 0; i < 100000; i++)
        xml_out_bytes(&out, (char[]){(char)('a' + i % 26)}, 1);
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(out.bytes[i], 'a' + i % 26);
    ck_assert_uint_le(out.capacity, 2 * out.length);
    xml_out_release(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xml_out");
    TCase *cases = tcase_create("all");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, ctx_setup, ctx_teardown);
    tcase_add_test(cases, every_character_as_libstrophe);
    tcase_add_test(cases, every_special_character_in_every_place);
    tcase_add_test(cases, every_illegal_character_is_replaced);
    tcase_add_loop_test(cases, broken_utf8_is_replaced, 0,
                        sizeof broken_cases / sizeof *broken_cases);
    tcase_add_test(cases, random_texts);
    tcase_add_test(cases, cleaning_keeps_markup);
    tcase_add_test(cases, growth_keeps_what_was_there);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
