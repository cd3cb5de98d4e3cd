/* Forms as clients send them, their quirks and their bounds; and forms as they are written. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/form.h"
#include "policy/arena.h"

static xmpp_ctx_t *ctx;
static struct arena *arena;
static struct form *form;
static struct error error;

static void set_up(void)
{
    ctx = xmpp_ctx_new(NULL, NULL);
    arena = arena_new();
    form = calloc(1, sizeof *form);
}

static void tear_down(void)
{
    free(form);
    arena_free(arena);
    xmpp_ctx_free(ctx);
}

static bool read_form(const char *xml)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, xml);

    ck_assert_ptr_nonnull(stanza);
    error.text[0] = '\0';
    bool fine = form_read(stanza, arena, form, &error);
    xmpp_stanza_release(stanza);
    ck_assert(fine == (error.text[0] == '\0'));
    return fine;
}

#define SUBMIT(fields) "<x xmlns='jabber:x:data' type='submit'>" fields "</x>"
#define FIELD(values) SUBMIT("<field var='a'>" values "</field>")

static const struct {
    const char *name, *xml, *text;
} texts[] = {
    {"a value", FIELD("<value>maps</value>"), "maps"},
    {"markup in it", FIELD("<value>a &lt; b &amp; c</value>"), "a < b & c"},
    {"lines", FIELD("<value>one</value><value>two</value>"), "one\ntwo"},
    {"an empty line between", FIELD("<value>one</value><value/><value>two</value>"), "one\n\ntwo"},
    {"Pidgin's empty box", FIELD("<value/>"), ""},
    {"Pidgin's line more", FIELD("<value>one</value><value/>"), "one"},
    {"no value", FIELD(""), ""},
    {"no field", SUBMIT(""), ""},
    {"another field", SUBMIT("<field var='b'><value>x</value></field>"), ""},
    {"a field twice",
     SUBMIT("<field var='a'><value>1</value></field><field var='a'><value>2</value></field>"), "1"},
    {"a field without a name", SUBMIT("<field><value>x</value></field>"), ""},
    {"a value of another namespace", FIELD("<value xmlns='urn:x'>x</value>"), ""},
    {"a field of another namespace",
     SUBMIT("<field xmlns='urn:x' var='a'><value>x</value></field>"), ""},
    {"elements in a value", FIELD("<value>x<b/></value>"), ""},
    {"a cancelled form", "<x xmlns='jabber:x:data' type='cancel'/>", ""},
};

START_TEST(reads_text)
{
    ck_assert_msg(read_form(texts[_i].xml), "%s", texts[_i].name);
    ck_assert_msg(strcmp(form_text(form, "a", arena), texts[_i].text) == 0, "%s: '%s'",
                  texts[_i].name, form_text(form, "a", arena));
    ck_assert(form->cancelled == (strstr(texts[_i].xml, "'cancel'") != NULL));
}
END_TEST

START_TEST(refuses_what_is_not_sent)
{
    static const char *const bad[] = {
        "<x xmlns='jabber:x:data'/>",
        "<x xmlns='jabber:x:data' type='form'/>",
        "<x xmlns='jabber:x:data' type='result'/>",
        "<x xmlns='jabber:x:data' type='Submit'/>",
    };

    ck_assert_msg(!read_form(bad[_i]), "%s", bad[_i]);
}
END_TEST

static const struct {
    const char *value;
    bool with_true, with_false; /* by the fallback */
} booleans[] = {
    {"<value>1</value>", true, true},     {"<value>true</value>", true, true},
    {"<value>0</value>", false, false},   {"<value>false</value>", false, false},
    {"<value>yes</value>", true, false},  {"<value/>", true, false},
    {"", true, false},                    {"<value>1</value><value>0</value>", true, false},
};

START_TEST(reads_booleans)
{
    char xml[200];

    snprintf(xml, sizeof xml, FIELD("%s"), booleans[_i].value);
    ck_assert(read_form(xml));
    ck_assert(form_boolean(form, "a", true) == booleans[_i].with_true);
    ck_assert(form_boolean(form, "a", false) == booleans[_i].with_false);
    ck_assert(form_boolean(form, "missing", true));
}
END_TEST

/* A form of `fields` fields with `values` values of `bytes` bytes each. */
static char *form_of(int fields, int values, size_t bytes, size_t name)
{
    char *xml = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&xml, &length);

    fputs("<x xmlns='jabber:x:data' type='submit'>", out);
    for (int i = 0; i < fields; i++) {
        fprintf(out, "<field var='%0*d'>", (int)name, i);
        for (int j = 0; j < values; j++) {
            fputs("<value>", out);
            for (size_t k = 0; k < bytes; k++)
                fputc('x', out);
            fputs("</value>", out);
        }
        fputs("</field>", out);
    }
    fputs("</x>", out);
    fclose(out);
    return xml;
}

static const struct {
    const char *name;
    int fields, values;
    size_t bytes, name_bytes;
    bool fine;
} bounds[] = {
    {"as many fields", FORM_FIELDS_MAX, 1, 1, 4, true},
    {"one field more", FORM_FIELDS_MAX + 1, 1, 1, 4, false},
    {"as many values", 1, FORM_VALUES_MAX, 1, 4, true},
    {"one value more", 1, FORM_VALUES_MAX + 1, 1, 4, false},
    {"values of all fields", 3, FORM_VALUES_MAX / 2, 1, 4, false},
    {"as long a name", 1, 1, 1, FORM_NAME_BYTES_MAX, true},
    {"a longer name", 1, 1, 1, FORM_NAME_BYTES_MAX + 1, false},
    {"as many bytes", 1, 1, FORM_FIELD_BYTES_MAX - 1, 4, true},
    {"one byte more", 1, 1, FORM_FIELD_BYTES_MAX, 4, false},
    {"bytes of all values", 1, 2, FORM_FIELD_BYTES_MAX / 2, 4, false},
};

START_TEST(keeps_bounds)
{
    char *xml = form_of(bounds[_i].fields, bounds[_i].values, bounds[_i].bytes,
                        bounds[_i].name_bytes);

    ck_assert_msg(read_form(xml) == bounds[_i].fine, "%s: %s", bounds[_i].name, error.text);
    free(xml);
}
END_TEST

START_TEST(writes_forms)
{
    struct xml_out out;

    xml_out_init(&out);
    form_begin(&out, FORM_ASK, "End <it>", "How was it?");
    form_field_begin(&out, FIELD_LIST_SINGLE, "as", "It was", true);
    form_value(&out, FIELD_LIST_SINGLE, "lost");
    form_option(&out, "Lost & gone", "lost");
    form_field_end(&out);
    form_field_begin(&out, FIELD_TEXT_MULTI, "note", "", false);
    form_value(&out, FIELD_TEXT_MULTI, "one\n\ntwo");
    form_field_end(&out);
    form_field_begin(&out, FIELD_FIXED, NULL, "", false);
    form_value(&out, FIELD_FIXED, "");
    form_field_end(&out);
    form_end(&out);
    xml_out_bytes(&out, "", 1);
    ck_assert_str_eq(
        out.bytes,
        "<x xmlns='jabber:x:data' type=\"form\"><title>End &lt;it&gt;</title>"
        "<instructions>How was it?</instructions>"
        "<field type=\"list-single\" var=\"as\" label=\"It was\"><required/><value>lost</value>"
        "<option label=\"Lost &amp; gone\"><value>lost</value></option></field>"
        "<field type=\"text-multi\" var=\"note\"><value>one</value><value></value>"
        "<value>two</value></field><field type=\"fixed\"><value></value></field></x>");
    xml_out_release(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("form");
    TCase *tcase = tcase_create("form");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, reads_text, 0, sizeof texts / sizeof texts[0]);
    tcase_add_loop_test(tcase, refuses_what_is_not_sent, 0, 4);
    tcase_add_loop_test(tcase, reads_booleans, 0, sizeof booleans / sizeof booleans[0]);
    tcase_add_loop_test(tcase, keeps_bounds, 0, sizeof bounds / sizeof bounds[0]);
    tcase_add_test(tcase, writes_forms);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
