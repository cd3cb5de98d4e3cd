/* edit_desk.h: a consortium as if from the database, and edits of it, for the tests of edits. */
#ifndef DESKBELL_TEST_EDIT_DESK_H
#define DESKBELL_TEST_EDIT_DESK_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component/consortium_copy.h"
#include "component/edit.h"
#include "component/settings.h"
#include "component/zone.h"
#include "policy/mem.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { FIELDS_MAX = 12, NOW = 1790000000 /* 2026-09-21T14:13:20Z */ };

static const char edit_base[] =
    "consortium = { name = \"mobius\"; title = \"MOBIUS\"; coordinators = [ \"boss@localhost\" ];\n"
    "holidays = { add = ( { date = \"2026-12-24\"; name = \"Eve\"; } ); remove = ( \"2026-10-12\" "
    "); };\n"
    "backup = { queue = \"mobius-chatstaff\"; };\n"
    "closures = ( { date = \"2027-01-02\"; name = \"Stocktaking\"; } );\n"
    "canned = ( { name = \"hello\"; text = \"Hello from {library}\"; } );\n"
    "notices = ( { text = \"Catalogue is down\"; until = \"2027-12-01T17:00\"; } );\n"
    "profile = { text = \"All of us\"; phone = \"555\"; };\n"
    "libraries = (\n"
    " { name = \"chatstaff\"; title = \"Chatstaff\"; hours = ();\n"
    "   operators = ( { name = \"mobius-chatstaff-ann\"; } );\n"
    "   queues = ( { name = \"mobius-chatstaff\"; retention_days = 30;\n"
    "     operators = [ \"mobius-chatstaff-ann\" ]; } ); },\n"
    " { name = \"mobstate\"; title = \"Mo State\"; admins = [ \"mobius-mobstate-admin@localhost\", "
    "\"kim@else.org\" ];\n"
    "   timezone = \"America/New_York\"; holiday_coverage = [ \"2026-11-26\", \"2026-12-25\" ];\n"
    "   hours = ( { days = \"mon-fri\"; open = \"08:00\"; close = \"17:00\"; },\n"
    "     { days = \"mon,wed\"; open = \"17:00\"; close = \"20:00\"; answered_by = [ "
    "\"mobius-slu\", \"mobius-mobstate-law\" ]; } );\n"
    "   closures = ( { date = \"2026-12-23\"; name = \"Winter break\"; }, { date = \"2026-12-22\"; "
    "hours = ( { open = \"08:00\"; close = \"12:00\"; } ); } );\n"
    "   canned = ( { name = \"bye\"; text = \"Good bye.\\nCall {phone}.\"; } );\n"
    "   notices = ( { text = \"Fire drill\"; until = \"2027-01-01T09:30\"; } );\n"
    "   profile = { text = \" two\\nlines \"; link = \"https://mobstate.example/\"; phone = \"\"; "
    "};\n"
    "   operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },\n"
    "     { name = \"mobius-mobstate-bob\"; account = \"bob@else.org\"; } );\n"
    "   queues = ( { name = \"mobius-mobstate\"; rollover = true; retention_days = 365; welcome = "
    "\"Hello\\n\\\"you\\\" {there}\";\n"
    "     operators = [ \"mobius-mobstate-jane\", \"mobius-slu-sam\", \"mobius-mobstate-bob\" ]; "
    "},\n"
    "     { name = \"mobius-mobstate-law\"; title = \"Law\"; retention_days = 30; transcripts = "
    "false; hours = (); strategy = \"least-busy\";\n"
    "     closures = ( { date = \"2026-12-24\"; } ); profile = { text = \"none\"; }; } );\n"
    "   snippets = ( { name = \"mobstate (home page)\"; queue = \"mobius-mobstate\"; } ); },\n"
    " { name = \"slu\"; title = \"SLU\"; admins = [ \"mobius-slu-admin@localhost\" ];\n"
    "   operators = ( { name = \"mobius-slu-sam\"; title = \"Sam\"; } );\n"
    "   queues = ( { name = \"mobius-slu\"; retention_days = 30; operators = [ \"mobius-slu-sam\", "
    "\"mobius-umkc-eve\", \"mobius-mobstate-jane\" ];\n"
    "     hours = ( { days = \"all\"; open = \"00:00\"; close = \"24:00\"; answered_by = [ "
    "\"mobius-slu\", \"mobius-mobstate\" ]; } ); } );\n"
    "   snippets = ( { name = \"slu (home)\"; queue = \"mobius-slu\"; } ); },\n"
    " { name = \"umkc\"; title = \"UMKC\"; operators = ( { name = \"mobius-umkc-eve\"; } );\n"
    "   queues = ( { name = \"mobius-umkc\"; retention_days = 30; operators = [ "
    "\"mobius-umkc-eve\" ]; },\n"
    "     { name = \"mobius-umkc-old\"; retention_days = 30; } );\n"
    "   snippets = ( { name = \"umkc (x)\"; queue = \"mobius-umkc\"; } ); }\n"
    ");};\n";

static struct consortium *before;

/* As if it had come from the database. */
static inline void give_ids(struct consortium *consortium)
{
    consortium->given = UINT32_MAX;
    for (size_t i = 0; i < consortium->library_count; i++) {
        consortium->libraries[i].id = 100 + (int64_t)i;
        consortium->libraries[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->queue_count; i++) {
        consortium->queues[i].id = 200 + (int64_t)i;
        consortium->queues[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->operator_count; i++) {
        consortium->operators[i].id = 300 + (int64_t)i;
        consortium->operators[i].given = UINT32_MAX;
    }
    for (size_t i = 0; i < consortium->snippet_count; i++) {
        consortium->snippets[i].id = 400 + (int64_t)i;
        consortium->snippets[i].given = UINT32_MAX;
    }
}

static inline void setup(void)
{
    before = settings_read_text(edit_base, "base", "localhost", stderr);
    ck_assert_ptr_nonnull(before);
    give_ids(before);
}

static inline void teardown(void)
{
    before = consortium_free(before);
    zone_forget_all();
}

static inline char *exported(const struct consortium *consortium)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    settings_write(consortium, out);
    fclose(out);
    return text;
}

/* "field", "text", ..., NULL */
static inline const char *value_of(void *context, const char *field)
{
    const char *const *fields = context;

    for (size_t i = 0; fields[i] != NULL; i += 2)
        if (strcmp(fields[i], field) == 0)
            return fields[i + 1];
    return NULL;
}

static inline struct edit *edit_of(const char *library, const char *const *fields)
{
    struct edit_request request = {
        .before = before,
        .library = library,
        .accounts_domain = "localhost",
        .now = NOW,
        .value = value_of,
        .context = (void *)(uintptr_t)fields,
    };

    return edit_new(&request);
}

/* What was saved could be imported again, whatever the command: no bound is kept by a form alone.
 */
static inline void check_importable(const struct consortium *after)
{
    char *text = exported(after), *words = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&words, &size);
    struct consortium *again = settings_read_text(text, "after", "localhost", out);

    fclose(out);
    ck_assert_msg(again != NULL, "%s", words);
    char *second = exported(again);
    ck_assert_str_eq(text, second);
    consortium_free(again);
    free(text);
    free(second);
    free(words);
}

#endif
