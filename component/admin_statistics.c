/* admin_statistics.c: commands about figures.
 *
 * A library's figures name its people, so a coordinator gives a reason for them; those of the whole
 * consortium name nobody. Every operator may see what he or she did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/database.h"
#include "component/permit.h"
#include "component/statistics.h"
#include "policy/date.h"

enum { STEP_WHAT = 1 };

static const char *const by_labels[STATISTICS_BY_COUNT] = {
    [STATISTICS_BY_NOTHING] = "All together",
    [STATISTICS_BY_HOUR] = "Hour of the day",
    [STATISTICS_BY_WEEKDAY] = "Weekday",
    [STATISTICS_BY_DAY] = "Day",
    [STATISTICS_BY_MONTH] = "Month",
    [STATISTICS_BY_QUEUE] = "Queue",
    [STATISTICS_BY_OPERATOR] = "Operator",
    [STATISTICS_BY_ORIGIN] = "Library that was asked",
    [STATISTICS_BY_ANSWERING] = "Library that answered",
};

/* For whom the figures are, of the rights of now. */
static enum statistics_scope scope_of_call(const struct command_call *call)
{
    int library;

    if (!command_library(call, &library))
        return STATISTICS_OPERATOR;
    return library == NO_INDEX ? STATISTICS_CONSORTIUM : STATISTICS_LIBRARY;
}

static void by_options(const struct command_call *call, struct choices *ret)
{
    enum statistics_scope scope = scope_of_call(call);

    for (int by = 0; by < STATISTICS_BY_COUNT; by++)
        if (statistics_by_fits(scope, (enum statistics_by)by))
            choices_add(ret, call->asker.arena,
                        (struct choice){.value = statistics_by_name((enum statistics_by)by),
                                        .label = by_labels[by]});
}

static const struct choice formats[] = {
    {.value = "text", .label = "Text"},
    {.value = "table", .label = "Text and tables"},
    {.value = "lines", .label = "CSV as chat lines"},
    {.value = "upload", .label = "CSV as a file, with a link to it"},
};

static void format_options(const struct command_call *call, struct choices *ret)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        choices_add(ret, call->asker.arena, formats[i]);
}

static const char *day_first(const struct command_call *call)
{
    return command_day(call, 30);
}

static const char *day_last(const struct command_call *call)
{
    return command_day(call, 0);
}

static const char *seconds_wrong(const struct command_call *call, const char *value)
{
    (void)call;
    return strspn(value, "0123456789") == strlen(value) && strlen(value) <= 5 &&
                   strtol(value, NULL, 10) <= STATISTICS_DURATION_MAX
               ? NULL
               : "please write seconds, from 0 to 86400.";
}

/* --- the work --- */

static struct statistics_query query_of(const struct admin *admin)
{
    struct statistics_query query = {
        .scope = STATISTICS_LIBRARY,
        .library = admin->library,
        .operator = NO_INDEX,
        .duration_min = (int)strtol(admin_value(admin, "minimum"), NULL, 10),
        .unanswered = admin_switch(admin, "unanswered"),
    };

    if (!admin->by_right) {
        query.scope = STATISTICS_OPERATOR;
        query.operator = rights_operator(admin->settings, admin->account);
    } else if (admin->library == NO_INDEX) {
        query.scope = STATISTICS_CONSORTIUM;
    }
    date_parse(admin_value(admin, "from"), &query.from);
    date_parse(admin_value(admin, "to"), &query.to);
    statistics_by_parse(admin_value(admin, "by"), &query.by);
    return query;
}

static const char *whose(const struct admin *admin)
{
    if (!admin->by_right)
        return "yours";
    return admin->library == NO_INDEX ? "the whole consortium" : admin_library(admin)->name;
}

/* Tables without a row are for programs. */
static struct tables with_rows(const struct tables *tables)
{
    struct tables some = {0};

    for (size_t i = 0; i < tables->count; i++)
        if (tables->list[i]->row_count > 0)
            tables_add(&some, tables->list[i]);
    return some;
}

static char *tables_written(const struct tables *tables,
                            void (*put)(const struct tables *, FILE *), size_t *ret_size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_size);

    if (out == NULL)
        abort();
    put(tables, out);
    if (fclose(out) != 0)
        abort();
    return text;
}

static bool hand_out_csv(struct admin *admin, const struct tables *tables, bool upload)
{
    size_t size = 0;
    char *text = tables_written(tables, tables_put_csv, &size);
    bool fits;

    if (upload)
        return admin_file(admin,
                          arena_printf(admin->arena, "statistics-%s-%s.csv",
                                       admin_value(admin, "from"), admin_value(admin, "to")),
                          "text/csv", text, size) ||
               admin_refuse(admin, "That is too long for a file: take fewer days at a time.");
    fits = admin_tell(admin, admin->jid, text);
    free(text);
    return fits || admin_refuse(admin, "That is too long for chat lines: take fewer days at a "
                                       "time, or have it as a file.");
}

static bool hand_out(struct admin *admin, const struct tables *tables)
{
    const char *format = admin_value(admin, "format");
    const struct tables some = with_rows(tables);
    size_t size = 0;
    char *text;

    if (strcmp(format, "lines") == 0 || strcmp(format, "upload") == 0)
        return hand_out_csv(admin, tables, strcmp(format, "upload") == 0);
    if (strcmp(format, "table") == 0) {
        for (size_t i = 0; i < some.count; i++)
            admin_table(admin, some.list[i]);
        return true;
    }
    text = tables_written(&some, tables_put_text, &size);
    while (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    admin_show(admin, "statistics", "Figures", text);
    free(text);
    return true;
}

static bool statistics(struct admin *admin)
{
    const struct statistics_query query = query_of(admin);
    struct tables tables = {0};

    if (!admin->by_right && query.operator == NO_INDEX)
        return admin_refuse(admin, "You are no operator any more.");
    const char *refusal = statistics_refusal(admin->settings, &query);
    if (refusal != NULL)
        return admin_refuse(admin, "%s", refusal);
    if (!statistics_run(admin->database, admin->settings, &query, admin->arena, &tables,
                        &admin->error))
        return false;
    if (!hand_out(admin, &tables))
        return false;
    admin_say(admin, "Figures from %s to %s: %s.%s", admin_value(admin, "from"),
              admin_value(admin, "to"), whose(admin),
              admin->result.file.bytes != NULL ? " The link to the file follows as a message."
              : admin->result.message_count > 0 ? " They follow as messages."
                                                : "");
    if (admin->as_coordinator && admin->library != NO_INDEX)
        admin_tell_library(admin,
                           arena_printf(admin->arena,
                                        "%s, a coordinator, has read the figures of %s and its "
                                        "people. Reason: %s",
                                        admin->account, admin_library(admin)->name,
                                        admin->reason));
    return true;
}

static const struct command_field statistics_fields[] = {
    FIELD_LIBRARY,
    {.name = "from",
     .type = FIELD_TEXT_SINGLE,
     .label = "From",
     .step = STEP_WHAT,
     .required = true,
     .prefill = day_first,
     .wrong = command_date_wrong},
    {.name = "to",
     .type = FIELD_TEXT_SINGLE,
     .label = "To",
     .step = STEP_WHAT,
     .required = true,
     .prefill = day_last,
     .wrong = command_date_wrong},
    {.name = "by",
     .type = FIELD_LIST_SINGLE,
     .label = "Told apart by",
     .step = STEP_WHAT,
     .required = true,
     .initial = "total",
     .options = by_options},
    {.name = "minimum",
     .type = FIELD_TEXT_SINGLE,
     .label = "Leave out what was shorter than (seconds)",
     .step = STEP_WHAT,
     .initial = "0",
     .wrong = seconds_wrong},
    {.name = "unanswered",
     .type = FIELD_BOOLEAN,
     .label = "With chats that nobody answered",
     .step = STEP_WHAT,
     .initial = "1"},
    {.name = "format",
     .type = FIELD_LIST_SINGLE,
     .label = "Show it as",
     .step = STEP_WHAT,
     .required = true,
     .initial = "text",
     .options = format_options},
    FIELD_REASON(STEP_WHAT),
    {.name = NULL},
};

const struct command statistics_commands[] = {
    {.node = "statistics",
     .title = "Statistics",
     .places = PLACE_SERVICE,
     .right = RIGHT_STATISTICS,
     .scope = SCOPE_EITHER,
     .who = WHO_OPERATOR,
     .own = true,
     .reason = REASON_AT_LIBRARY,
     .fields = statistics_fields,
     .work = statistics},
    {.node = NULL},
};
