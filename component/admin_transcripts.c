/* admin_transcripts.c: commands about what was said in chats.
 *
 * Each look is a read that the audit knows before anything is shown: its row is in the transaction
 * of the read, and what was read is sent when that is committed. */
#include "component/admin_transcripts.h"

#include <stdlib.h>
#include <string.h>

#include "component/permit.h"
#include "policy/names.h"

enum { STEP_WHAT = 1, STEP_LIST, STEP_TEXT };

/* What a list-single has for "all of them": clients drop an empty value. */
#define ANY "*"

/* --- shared with the other files --- */

bool transcripts_scope(struct admin *admin, struct transcript_scope *ret)
{
    const struct library_settings *library = admin_library(admin);
    int operator;

    *ret = (struct transcript_scope){.consortium = admin->settings->id, .library = library->id};
    if (admin->right != RIGHT_TRANSCRIPTS_OWN)
        return true;
    operator = rights_operator(admin->settings, admin->account);
    if (operator == NO_INDEX || admin->settings->operators[operator].library != admin->library)
        return admin_refuse(admin, "You have had no chats at %s.", library->name);
    ret->operator = admin->settings->operators[operator].id;
    return true;
}

/* "" for what is not looked for. */
static const char *wanted(const struct admin *admin, const char *field)
{
    const char *value = admin_value(admin, field);

    return strcmp(value, ANY) == 0 ? "" : value;
}

bool transcripts_query(struct admin *admin, struct transcript_query *ret)
{
    struct error error;

    *ret = (struct transcript_query){
        .from = wanted(admin, "from"),
        .to = wanted(admin, "to"),
        .queue = wanted(admin, "queue"),
        .answered = wanted(admin, "operator"),
        .tag = wanted(admin, "tag"),
        .resolution = wanted(admin, "resolution"),
        .words = wanted(admin, "words"),
        .left = admin_switch(admin, "left"),
    };
    if (!transcripts_scope(admin, &ret->scope))
        return false;
    return transcript_query_check(ret, &error) ||
           admin_refuse(admin, "Please look again: %s.", error.text);
}

void transcripts_tell(struct admin *admin, const char *did)
{
    if (admin->as_coordinator)
        admin_tell_library(admin, arena_printf(admin->arena,
                                               "%s, a coordinator, %s of %s. Reason: %s",
                                               admin->account, did, admin_library(admin)->name,
                                               admin->reason));
}

bool transcripts_note(struct admin *admin, const char *detail)
{
    return permit_note(admin->database, admin_library(admin)->id, "", admin->reason, detail,
                       &admin->error);
}

bool transcripts_failed(struct admin *admin)
{
    char *words;

    if (admin->refused || PQtransactionStatus(admin->database) != PQTRANS_INTRANS)
        return false;
    words = arena_strdup(admin->arena, admin->error.text);
    return admin_refuse(admin, "This cannot be done: %s.", words);
}

/* --- the list --- */

#define BEFORE_LABEL "Only chats before this one (its ID, or nothing)"

/* IDs come again after years, so the number tells them apart. */
static const char *hit_value(struct arena *arena, const struct transcript_hit *hit)
{
    return arena_printf(arena, "%s#%lld", hit->address, (long long)hit->number);
}

static const char *hit_label(struct arena *arena, const struct transcript_hit *hit)
{
    const char *label = arena_printf(arena, "%s, %s, %s, %d line%s", hit->opened,
                                     strrchr(hit->address, '.') == NULL
                                         ? hit->address
                                         : strrchr(hit->address, '.') + 1,
                                     hit->operator[0] == '\0' ? "nobody" : hit->operator,
                                     hit->lines, hit->lines == 1 ? "" : "s");

    if (hit->resolution[0] != '\0')
        label = arena_printf(arena, "%s, %s", label, hit->resolution);
    if (hit->tags[0] != '\0')
        label = arena_printf(arena, "%s (%s)", label, hit->tags);
    return hit->erased ? arena_printf(arena, "%s, text erased", label) : label;
}

/* How many there are, and how to come to those that the list has no room for. */
static const char *count_words(struct admin *admin, const struct transcript_list *list, int count)
{
    const char *words = arena_printf(admin->arena, "%d%s chat%s, the newest first.", count,
                                     count == TRANSCRIPT_COUNT_MAX ? " or more" : "",
                                     count == 1 ? "" : "s");

    if (!list->more || list->count == 0)
        return words;
    const char *last = list->hits[list->count - 1].address, *dot = strrchr(last, '.');
    return arena_printf(admin->arena,
                        "%s Here are %zu. For those before them go back and write %s into '%s'.",
                        words, list->count, dot == NULL ? last : dot + 1, BEFORE_LABEL);
}

/* Where the list begins; false behind a refusal or a failure. */
static bool page_begin(struct admin *admin, struct transcript_page *page)
{
    const char *before = admin_value(admin, "before");
    struct transcript_scope scope;

    *page = (struct transcript_page){.limit = TRANSCRIPT_PAGE_MAX};
    if (before[0] == '\0')
        return true;
    if (!transcripts_scope(admin, &scope) ||
        !transcript_find(admin->database, &scope, before, &page->older_than, &admin->error))
        return false;
    return page->older_than != 0 ||
           admin_refuse(admin, "There is no chat %s at %s.", before, admin_library(admin)->name);
}

static bool list_fetch(struct admin *admin)
{
    struct transcript_page page;
    struct transcript_query query;
    struct transcript_list list;
    int count = 0;

    if (!transcripts_query(admin, &query) || !page_begin(admin, &page))
        return false;
    if (!transcript_count(admin->database, &query, &count, &admin->error))
        return transcripts_failed(admin);
    if (!transcript_search(admin->database, &query, &page, &list, &admin->error))
        return transcripts_failed(admin);
    for (size_t i = 0; i < list.count; i++)
        admin_choice(admin, "found", hit_label(admin->arena, &list.hits[i]),
                     hit_value(admin->arena, &list.hits[i]));
    admin_present(admin, "count", count_words(admin, &list, count));
    transcripts_tell(admin, "has searched the transcripts");
    transcript_list_release(&list);
    return true;
}

/* --- one chat --- */

/* *ret_text is NULL behind a refusal, else the caller's to free(). */
static bool text_read(struct admin *admin, const struct transcript_scope *scope, int64_t number,
                      char **ret_text)
{
    if (!transcript_get(admin->database, scope, number, ret_text, &admin->error))
        return false;
    if (*ret_text == NULL)
        return admin_refuse(admin, "There is no such chat at %s.", admin_library(admin)->name);
    return true;
}

/* A form is not made for more. */
static const char *text_shown(struct admin *admin, const char *text)
{
    size_t length = strlen(text), end = RESULT_TEXT_BYTES_MAX - 200; /* for the last words */

    while (length > end && (text[end] & 0xc0) == 0x80)
        end--;
    while (length > 0 && length <= end && text[length - 1] == '\n')
        length--;
    if (length <= end)
        return arena_strndup(admin->arena, text, length);
    return arena_printf(admin->arena, "%.*s\n(The rest is left out: transcript-get sends all of it "
                                      "as chat lines.)",
                        (int)end, text);
}

static bool text_fetch(struct admin *admin)
{
    const char *found = admin_value(admin, "found"), *mark = strrchr(found, '#');
    struct transcript_scope scope;
    char *text;

    if (!transcripts_scope(admin, &scope) ||
        !text_read(admin, &scope, mark == NULL ? 0 : strtoll(mark + 1, NULL, 10), &text))
        return false;
    admin_present(admin, "transcript", text_shown(admin, text));
    free(text);
    transcripts_tell(admin, arena_printf(admin->arena, "has read chat %.*s",
                                         (int)(mark - found), found));
    return true;
}

static bool search_fetch(struct admin *admin)
{
    return admin->step == STEP_LIST ? list_fetch(admin) : text_fetch(admin);
}

static void search_end(const struct command_call *call, struct outcome *ret)
{
    (void)call;
    ret->result.text = "Done.";
}

static bool transcript_show(struct admin *admin)
{
    const char *name = admin_value(admin, "chat");
    bool lines = strcmp(admin_value(admin, "how"), "lines") == 0, fits = true;
    struct transcript_scope scope;
    int64_t number;
    char *text;

    if (!transcripts_scope(admin, &scope) ||
        !transcript_find(admin->database, &scope, name, &number, &admin->error) ||
        !text_read(admin, &scope, number, &text))
        return false;
    if (lines)
        fits = admin_tell(admin, admin->jid, text);
    else
        admin_show(admin, "transcript", "Transcript", text_shown(admin, text));
    free(text);
    if (!fits)
        return admin_refuse(admin, "That chat is too long for chat lines: export it as a file.");
    admin_say(admin, "Chat %s of %s%s", name, admin_library(admin)->name,
              lines ? ": its transcript follows as messages." : ".");
    transcripts_tell(admin, arena_printf(admin->arena, "has read chat %s", name));
    return true;
}

/* --- fields --- */

static const char *day_first(const struct command_call *call)
{
    return command_day(call, 30);
}

static const char *day_last(const struct command_call *call)
{
    return command_day(call, 0);
}

static void queue_options(const struct command_call *call, struct choices *ret)
{
    int library;

    choices_add(ret, call->asker.arena, (struct choice){.value = ANY, .label = "All queues"});
    if (!command_library(call, &library))
        return;
    for (size_t i = 0; i < call->settings->queue_count; i++)
        if (call->settings->queues[i].library == library)
            choices_add(ret, call->asker.arena,
                        (struct choice){.value = call->settings->queues[i].name,
                                        .label = call->settings->queues[i].name});
}

static void resolution_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice resolutions[] = {
        {.value = ANY, .label = "All"},
        {.value = "answered", .label = "Answered"},
        {.value = "followup", .label = "To be followed up"},
        {.value = "lost", .label = "The patron was lost"},
        {.value = "practice", .label = "Only practice"},
    };

    for (size_t i = 0; i < sizeof resolutions / sizeof resolutions[0]; i++)
        choices_add(ret, call->asker.arena, resolutions[i]);
}

static void shown_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice ways[] = {
        {.value = "form", .label = "Here"},
        {.value = "lines", .label = "As chat lines"},
    };

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        choices_add(ret, call->asker.arena, ways[i]);
}

/* Who reads only the own chats is the operator. */
static bool operator_is_asked(const struct command_call *call)
{
    int library;

    return command_library(call, &library) &&
           command_right_held(call, library) == call->command->right;
}

static const char *query_wrong(const struct command_call *call,
                               const struct transcript_query *query)
{
    struct error error;

    return transcript_query_check(query, &error)
               ? NULL
               : arena_printf(call->asker.arena, "%s.", error.text);
}

static const char *operator_wrong(const struct command_call *call, const char *value)
{
    return query_wrong(call, &(struct transcript_query){.answered = value});
}

static const char *tag_wrong(const struct command_call *call, const char *value)
{
    return query_wrong(call, &(struct transcript_query){.tag = value});
}

static const char *words_wrong(const struct command_call *call, const char *value)
{
    return query_wrong(call, &(struct transcript_query){.words = value});
}

#define FIELDS_QUERY                                                                               \
    {.name = "from",                                                                               \
     .type = FIELD_TEXT_SINGLE,                                                                    \
     .label = "From (a day, or nothing)",                                                          \
     .step = STEP_WHAT,                                                                            \
     .prefill = day_first,                                                                         \
     .wrong = command_date_wrong},                                                                 \
        {.name = "to",                                                                             \
         .type = FIELD_TEXT_SINGLE,                                                                \
         .label = "To (a day, or nothing)",                                                        \
         .step = STEP_WHAT,                                                                        \
         .prefill = day_last,                                                                      \
         .wrong = command_date_wrong},                                                             \
        {.name = "queue",                                                                          \
         .type = FIELD_LIST_SINGLE,                                                                \
         .label = "Queue that was asked",                                                          \
         .step = STEP_WHAT,                                                                        \
         .initial = ANY,                                                                           \
         .options = queue_options},                                                                \
        {.name = "operator",                                                                       \
         .type = FIELD_TEXT_SINGLE,                                                                \
         .label = "Operator who had the chat (the full name, or nothing)",                         \
         .step = STEP_WHAT,                                                                        \
         .asked = operator_is_asked,                                                               \
         .wrong = operator_wrong},                                                                 \
        {.name = "tag",                                                                            \
         .type = FIELD_TEXT_SINGLE,                                                                \
         .label = "Tag",                                                                           \
         .step = STEP_WHAT,                                                                        \
         .wrong = tag_wrong},                                                                      \
        {.name = "resolution",                                                                     \
         .type = FIELD_LIST_SINGLE,                                                                \
         .label = "Resolution",                                                                    \
         .step = STEP_WHAT,                                                                        \
         .initial = ANY,                                                                           \
         .options = resolution_options},                                                           \
        {.name = "words",                                                                          \
         .type = FIELD_TEXT_SINGLE,                                                                \
         .label = "Words (\"a phrase\", -without)",                                                \
         .step = STEP_WHAT,                                                                        \
         .wrong = words_wrong},                                                                    \
    {                                                                                              \
        .name = "left", .type = FIELD_BOOLEAN,                                                     \
        .label = "Only where the patron left a question", .step = STEP_WHAT, .initial = "0"        \
    }

static const struct command_field search_fields[] = {
    FIELD_LIBRARY,
    FIELDS_QUERY,
    {.name = "before", .type = FIELD_TEXT_SINGLE, .label = BEFORE_LABEL, .step = STEP_WHAT},
    FIELD_REASON(STEP_WHAT),
    {.name = "count", .type = FIELD_FIXED, .label = "Found", .step = STEP_LIST, .fetched = true},
    {.name = "found",
     .type = FIELD_LIST_SINGLE,
     .label = "Read",
     .step = STEP_LIST,
     .required = true,
     .fetched = true,
     .nothing = "No chat was found."},
    {.name = "transcript",
     .type = FIELD_FIXED,
     .label = "Transcript",
     .step = STEP_TEXT,
     .fetched = true},
    {.name = NULL},
};

static const struct command_field get_fields[] = {
    FIELD_LIBRARY,
    {.name = "chat",
     .type = FIELD_TEXT_SINGLE,
     .label = "Chat (its ID, such as k3f9)",
     .step = STEP_WHAT,
     .required = true},
    {.name = "how",
     .type = FIELD_LIST_SINGLE,
     .label = "Show it",
     .step = STEP_WHAT,
     .required = true,
     .initial = "form",
     .options = shown_options},
    FIELD_REASON(STEP_WHAT),
    {.name = NULL},
};

static const struct command_field export_fields[] = {
    FIELD_LIBRARY,
    FIELDS_QUERY,
    {.name = "format",
     .type = FIELD_LIST_SINGLE,
     .label = "Format",
     .step = STEP_WHAT,
     .required = true,
     .initial = "csv",
     .options = transcripts_format_options},
    {.name = "text",
     .type = FIELD_BOOLEAN,
     .label = "With what was said (else only what is known of each chat)",
     .step = STEP_WHAT,
     .initial = "1"},
    {.name = "way",
     .type = FIELD_LIST_SINGLE,
     .label = "Send it",
     .step = STEP_WHAT,
     .required = true,
     .initial = "upload",
     .options = transcripts_way_options},
    FIELD_REASON(STEP_WHAT),
    {.name = NULL},
};

static const struct command_field erase_fields[] = {
    FIELD_LIBRARY,
    {.name = "chat",
     .type = FIELD_TEXT_SINGLE,
     .label = "One chat (its ID); with nothing here, all that the next lines find",
     .step = STEP_WHAT},
    FIELDS_QUERY,
    {.name = "how",
     .type = FIELD_LIST_SINGLE,
     .label = "Erase",
     .step = STEP_WHAT,
     .required = true,
     .initial = "text",
     .options = transcripts_erase_options},
    FIELD_REASON(STEP_WHAT),
    {.name = NULL},
};

const struct command transcript_commands[] = {
    {.node = "transcript-search",
     .title = "Search transcripts",
     .places = PLACE_SERVICE,
     .right = RIGHT_TRANSCRIPTS,
     .instead = RIGHT_TRANSCRIPTS_OWN,
     .reason = REASON_AT_LIBRARY,
     .fields = search_fields,
     .object = "found",
     .fetch = search_fetch,
     .fetch_is_audited = true,
     .run = search_end},
    {.node = "transcript-get",
     .title = "Read a transcript",
     .places = PLACE_SERVICE,
     .right = RIGHT_TRANSCRIPTS,
     .instead = RIGHT_TRANSCRIPTS_OWN,
     .reason = REASON_AT_LIBRARY,
     .fields = get_fields,
     .object = "chat",
     .work = transcript_show},
    {.node = "transcript-export",
     .title = "Export transcripts",
     .places = PLACE_SERVICE,
     .right = RIGHT_TRANSCRIPTS,
     .instead = RIGHT_TRANSCRIPTS_OWN,
     .reason = REASON_AT_LIBRARY,
     .fields = export_fields,
     .work = transcripts_export},
    {.node = "transcript-erase",
     .title = "Erase transcripts",
     .places = PLACE_SERVICE,
     .right = RIGHT_ERASE,
     .reason = REASON_AT_LIBRARY,
     .fields = erase_fields,
     .object = "chat",
     .preview = transcripts_erase_preview,
     .work = transcripts_erase},
    {.node = NULL},
};
