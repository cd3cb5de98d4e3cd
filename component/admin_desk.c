/* admin_desk.c: commands about how the desk is and what is promised. What only looks at what is in
 * memory, and needs no audit, runs in the loop. */
#include <stdlib.h>
#include <string.h>

#include "component/adhoc_private.h"
#include "component/database.h"
#include "component/explain_private.h"
#include "component/table.h"
#include "policy/date.h"
#include "policy/holidays.h"
#include "policy/hours_words.h"
#include "policy/wall.h"

/* --- queue-status --- */

/* Whose state the asker may see: that of libraries where the right is held, and of the own one. */
static bool library_is_seen(const struct command_call *call, int library)
{
    int operator = rights_operator(call->settings, call->asker.account);

    return rights_holds(call->settings, call->asker.account, RIGHT_DESK, library) ||
           (operator != NO_INDEX && call->settings->operators[operator].library == library);
}

static const char *state_words(const struct queue_view *view)
{
    static const char *const words[] = {[QUEUE_FREE] = "open",
                                        [QUEUE_STAFFED] = "open, everybody there is busy or away",
                                        [QUEUE_BUSY] = "open, all at their limit",
                                        [QUEUE_BACKUP] = "the backup answers",
                                        [QUEUE_CLOSED] = "closed"};

    if (!view->published)
        return "not known yet";
    return view->unstaffed ? "open, but nobody is there" : words[view->state];
}

static const char *instant_words(const struct command_call *call, int queue, instant at)
{
    char date[DATE_TEXT_SIZE];

    if (at == INT64_MAX)
        return NULL;
    struct wall wall = wall_at(consortium_queue_zone(call->settings, queue), at);
    return arena_printf(call->asker.arena, "%s %s %02d:%02d",
                        date_weekday_name(date_weekday(wall.date)), date_print(wall.date, date),
                        wall.minute / 60, wall.minute % 60);
}

static struct table *staff_table(const struct command_call *call)
{
    struct table *staff = table_new(call->asker.arena, "staff", "On duty now");

    table_add_column(staff, "queue", "Queue", TABLE_TEXT);
    table_add_column(staff, "operator", "Operator", TABLE_TEXT);
    table_add_column(staff, "chats", "Chats", TABLE_NUMBER);
    table_add_column(staff, "limit", "At most", TABLE_NUMBER);
    return staff;
}

static void staff_add(const struct command_call *call, const struct queue *queue,
                      const char *queue_name, struct table *staff)
{
    struct staff_view view;
    size_t place = 0;

    while (routing_staff_next(queue, &place, call->asker.wall, &view)) {
        size_t row = table_add_row(staff);
        table_set(staff, row, 0, queue_name);
        table_set(staff, row, 1, view.name);
        table_set_number(staff, row, 2, view.chats);
        table_set_number(staff, row, 3, view.limit);
    }
}

static void queue_status(const struct command_call *call, struct outcome *ret)
{
    struct table *table = table_new(call->asker.arena, "queues", "Queues now");
    struct table *staff = staff_table(call);
    const struct queue *cursor = NULL;
    struct queue_view view;
    int64_t waiting = 0;

    table_add_column(table, "queue", "Queue", TABLE_TEXT);
    table_add_column(table, "state", "State", TABLE_TEXT);
    table_add_column(table, "waiting", "Waiting", TABLE_NUMBER);
    table_add_column(table, "until", "Until", TABLE_TEXT);
    table_add_column(table, "next", "Opens", TABLE_TEXT);
    while (routing_queue_next(call->adhoc->routing, &cursor, &view)) {
        int queue = consortium_queue(call->settings, view.name);
        if (queue == NO_INDEX || !library_is_seen(call, call->settings->queues[queue].library))
            continue;
        size_t row = table_add_row(table);
        table_set(table, row, 0, view.name);
        table_set(table, row, 1, state_words(&view));
        table_set_number(table, row, 2, view.waiting);
        table_set(table, row, 3, instant_words(call, queue, view.until));
        table_set(table, row, 4, instant_words(call, queue, view.next));
        waiting += view.waiting;
        staff_add(call, cursor, view.name, staff);
    }
    ret->result.text =
        arena_printf(call->asker.arena, "%zu queue%s, %lld patron%s waiting.", table->row_count,
                     table->row_count == 1 ? "" : "s", (long long)waiting,
                     waiting == 1 ? "" : "s");
    if (table->row_count > 0)
        result_table(&ret->result, call->asker.arena, table);
    if (staff->row_count > 0)
        result_table(&ret->result, call->asker.arena, staff);
}

/* --- holidays --- */

static day_number today(const struct command_call *call)
{
    return wall_at(call->settings->zone, call->asker.wall / 1000).date;
}

static const char *year_now(const struct command_call *call)
{
    int year, month, day;

    date_to_civil(today(call), &year, &month, &day);
    return arena_printf(call->asker.arena, "%d", year);
}

enum { YEAR_MIN = 1970, YEAR_MAX = 2199 };

static const char *year_wrong(const struct command_call *call, const char *value)
{
    long year = strspn(value, "0123456789") == 4 && value[4] == '\0' ? strtol(value, NULL, 10) : 0;

    return year >= YEAR_MIN && year <= YEAR_MAX
               ? NULL
               : arena_printf(call->asker.arena, "please write a year from %d to %d.", YEAR_MIN,
                              YEAR_MAX);
}

static bool is_covered(const struct library_settings *library, day_number date)
{
    return library->covers_all_holidays ||
           date_in(library->covered, library->covered_count, date);
}

/* Of the libraries where the asker is at home; for a coordinator all of them. */
static bool library_is_own(const struct command_call *call, int library)
{
    const char *account = call->asker.account;
    int operator = rights_operator(call->settings, account);

    return rights_is_coordinator(call->settings, account) ||
           rights_is_admin(call->settings, account, library) ||
           (operator != NO_INDEX && call->settings->operators[operator].library == library);
}

/* "yes", "no", or which of them. */
static const char *coverage_words(const struct command_call *call, day_number date)
{
    struct arena *arena = call->asker.arena;
    const char *names = "";
    int covered = 0, all = 0;

    for (size_t i = 0; i < call->settings->library_count; i++) {
        const struct library_settings *library = &call->settings->libraries[i];
        if (!library_is_own(call, (int)i))
            continue;
        all++;
        if (!is_covered(library, date))
            continue;
        covered++;
        names = arena_printf(arena, "%s%s%s", names, names[0] == '\0' ? "" : ", ", library->name);
    }
    if (covered == 0 || covered == all)
        return covered == 0 ? "no" : "yes";
    return covered <= 8 ? names : arena_printf(arena, "%d of %d libraries", covered, all);
}

static void holidays(const struct command_call *call, struct outcome *ret)
{
    struct table *table = table_new(call->asker.arena, "holidays", "Holidays");
    int year = (int)strtol(command_value(call, "year"), NULL, 10);
    char text[DATE_TEXT_SIZE];

    table_add_column(table, "date", "Date", TABLE_TEXT);
    table_add_column(table, "weekday", "Day", TABLE_TEXT);
    table_add_column(table, "name", "Holiday", TABLE_TEXT);
    table_add_column(table, "covered", "Covered", TABLE_TEXT);
    for (day_number date = date_from_civil(year, 1, 1), end = date_from_civil(year + 1, 1, 1);
         date < end; date++) {
        const char *name;
        if (!holiday_on(&call->settings->holidays, date, &name))
            continue;
        size_t row = table_add_row(table);
        table_set(table, row, 0, date_print(date, text));
        table_set(table, row, 1, date_weekday_name(date_weekday(date)));
        table_set(table, row, 2, name);
        table_set(table, row, 3, coverage_words(call, date));
    }
    table_add_note(table, "Covered: the backup answers on that day; else the library is closed "
                          "unless it has hours of its own then.");
    ret->result.text = arena_printf(call->asker.arena, "%zu holidays in %d.", table->row_count,
                                    year);
    if (table->row_count > 0)
        result_table(&ret->result, call->asker.arena, table);
}

static const struct command_field holidays_fields[] = {
    {.name = "year",
     .type = FIELD_TEXT_SINGLE,
     .label = "Year",
     .required = true,
     .prefill = year_now,
     .wrong = year_wrong},
    {.name = NULL},
};

/* --- policy-show --- */

/* Names of queues are public; the own library's come first. */
static void queues_options(const struct command_call *call, bool own, struct choices *ret)
{
    for (size_t i = 0; i < call->settings->queue_count; i++) {
        const struct queue_settings *queue = &call->settings->queues[i];
        const char *title = queue->title[0] != '\0'
                                ? queue->title
                                : call->settings->libraries[queue->library].title;
        if (library_is_own(call, queue->library) == own)
            choices_add(ret, call->asker.arena,
                        (struct choice){.value = queue->name,
                                        .label = arena_printf(call->asker.arena, "%s (%s)",
                                                              queue->name, title)});
    }
}

static void own_queues_options(const struct command_call *call, struct choices *ret)
{
    queues_options(call, true, ret);
}

static void all_queues_options(const struct command_call *call, struct choices *ret)
{
    queues_options(call, true, ret);
    queues_options(call, false, ret);
}

static const char *date_today(const struct command_call *call)
{
    char text[DATE_TEXT_SIZE];

    return arena_strdup(call->asker.arena, date_print(today(call), text));
}

static const char *week_wrong(const struct command_call *call, const char *value)
{
    const char *wrong = command_date_wrong(call, value);
    char year[5] = "";

    if (wrong != NULL)
        return wrong;
    memcpy(year, value, 4);
    return year_wrong(call, year);
}

static void policy_show(const struct command_call *call, struct outcome *ret)
{
    struct arena *arena = call->asker.arena;
    int queue = consortium_queue(call->settings, command_value(call, "queue"));
    day_number date = today(call);
    char *week = NULL;
    size_t size = 0;

    if (queue == NO_INDEX) {
        ret->result.type = NOTE_WARN;
        ret->result.text = "That queue is not there any more.";
        return;
    }
    date_parse(command_value(call, "date"), &date);
    FILE *out = open_memstream(&week, &size);
    if (out == NULL)
        abort();
    explain_week(call->settings, queue, date, out);
    if (fclose(out) != 0)
        abort();
    const struct queue_settings *settings = &call->settings->queues[queue];
    const char *backup = call->settings->backup_queue == NULL ? "there is none"
                         : settings->rollover ? call->settings->backup_queue
                                              : "not for this queue";
    ret->result.text = arena_printf(arena, "%s: times are those of %s.", settings->name,
                                    consortium_queue_zone(call->settings, queue)->name);
    result_show(&ret->result, arena, "hours", "Hours",
                hours_words_of_queue(arena, call->settings, queue, HOURS_FOR_COLLEAGUES));
    result_show(&ret->result, arena, "backup", "Backup outside of them", backup);
    result_show(&ret->result, arena, "week", "The week", week);
    free(week);
}

static const struct command_field policy_fields[] = {
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "Queue",
     .required = true,
     .options = all_queues_options,
     .nothing = "There are no queues yet."},
    {.name = "date",
     .type = FIELD_TEXT_SINGLE,
     .label = "The week of",
     .required = true,
     .prefill = date_today,
     .wrong = week_wrong},
    {.name = NULL},
};

/* --- duty --- */

static void duty_options(const struct command_call *call, struct choices *ret)
{
    static const struct choice choices[] = {
        {.value = "keep", .label = "Leave it as it is"},
        {.value = "on", .label = "On duty"},
        {.value = "off", .label = "Off duty"},
    };

    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        choices_add(ret, call->asker.arena, choices[i]);
}

static void duty_queue_options(const struct command_call *call, struct choices *ret)
{
    struct choices queues = {0};

    choices_add(ret, call->asker.arena, (struct choice){.value = "all", .label = "All my queues"});
    choices_queues(&call->asker, &queues);
    for (size_t i = 0; i < queues.count; i++)
        choices_add(ret, call->asker.arena, queues.list[i]);
}

static void line_add(const struct command_call *call, struct outcome *outcome, const char *word,
                     const char *value)
{
    outcome->lines[outcome->line_count++] =
        arena_printf(call->asker.arena, "!%s %s", word, value);
}

static const char *single_line_word_wrong(const struct command_call *call, const char *value)
{
    (void)call;
    return strcspn(value, " \t") == strlen(value) ? NULL : "please write one word.";
}

/* The words say what they did, and what was wrong. */
static void duty(const struct command_call *call, struct outcome *ret)
{
    const char *way = command_value(call, "duty"), *queue = command_value(call, "queue");

    ret->address = "";
    if (strcmp(way, "keep") != 0)
        line_add(call, ret, way, strcmp(queue, "all") == 0 ? "" : queue);
    if (command_value(call, "max")[0] != '\0')
        line_add(call, ret, "max", command_value(call, "max"));
    if (command_value(call, "until")[0] != '\0')
        line_add(call, ret, "until", command_value(call, "until"));
    if (ret->line_count == 0)
        line_add(call, ret, "until", "");
}

static bool asker_is_at_work(const struct command_call *call)
{
    return asker_is_operator(&call->asker);
}

static const struct command_field duty_fields[] = {
    {.name = "duty",
     .type = FIELD_LIST_SINGLE,
     .label = "Duty",
     .required = true,
     .initial = "keep",
     .options = duty_options},
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "For",
     .required = true,
     .initial = "all",
     .options = duty_queue_options},
    {.name = "max",
     .type = FIELD_TEXT_SINGLE,
     .label = "At most so many chats at once (a number, off, or nothing)",
     .wrong = single_line_word_wrong},
    {.name = "until",
     .type = FIELD_TEXT_SINGLE,
     .label = "Off duty from (a time such as 17:00, off, or nothing)",
     .wrong = single_line_word_wrong},
    {.name = NULL},
};

/* --- explain, for who is no operator: operators have the word --- */

static bool asker_has_no_words(const struct command_call *call)
{
    return !asker_is_operator(&call->asker);
}

static void explain(const struct command_call *call, struct outcome *ret)
{
    struct event *event = arena_alloc(call->asker.arena, sizeof *event);

    event->type = EVENT_EXPLAIN;
    event->to = "";
    event->explain.queue = arena_strdup(call->asker.arena, command_value(call, "queue"));
    ret->result.event = event;
}

static const struct command_field explain_fields[] = {
    {.name = "queue",
     .type = FIELD_LIST_SINGLE,
     .label = "Queue",
     .required = true,
     .options = own_queues_options,
     .nothing = "There are no queues yet."},
    {.name = NULL},
};

/* --- operator-signoff --- */

static void operator_options(const struct command_call *call, struct choices *ret)
{
    int library;

    if (!command_library(call, &library))
        return;
    for (size_t i = 0; i < call->settings->operator_count; i++) {
        const struct operator_settings *operator = &call->settings->operators[i];
        const char *title = operator->title[0] == '\0' ? operator->name : operator->title;
        if (operator->library == library)
            choices_add(ret, call->asker.arena,
                        (struct choice){.value = operator->name,
                                        .label = arena_printf(call->asker.arena, "%s (%s)",
                                                              operator->name, title)});
    }
}

static bool operator_signoff(struct admin *admin)
{
    struct event *event = arena_alloc(admin->arena, sizeof *event);
    int operator = consortium_operator(admin->settings, admin_value(admin, "operator"));

    if (operator == NO_INDEX || admin->settings->operators[operator].library != admin->library)
        return admin_refuse(admin, "That operator is not there any more.");
    event->type = EVENT_SIGNOFF;
    event->signoff.operator = admin->settings->operators[operator].id;
    admin->result.event = event;
    return true;
}

static const struct command_field signoff_fields[] = {
    FIELD_LIBRARY,
    {.name = "operator",
     .type = FIELD_LIST_SINGLE,
     .label = "Operator",
     .step = 1,
     .required = true,
     .options = operator_options,
     .nothing = "That library has no operators."},
    {.name = NULL},
};

/* --- followups --- */

/* Of an operator, who holds no right for it: those of the own queues. */
static int64_t followups_operator(const struct admin *admin)
{
    int operator = admin->by_right ? NO_INDEX : rights_operator(admin->settings, admin->account);

    return operator == NO_INDEX ? 0 : admin->settings->operators[operator].id;
}

static bool followups(struct admin *admin)
{
    const struct library_settings *library = admin_library(admin);
    struct table *table = table_new(admin->arena, "followups", "To be followed up");
    static const char *const keys[] = {"library", "chat", "at", "kind", "text", "contact", "told"};
    static const char *const labels[] = {"Library", "Chat",   "Since", "Kind",
                                         "Text",    "Answer to", "Told"};
    struct statement statement;
    PGresult *result;

    statement_begin(&statement,
                    "SELECT l.name, coalesce(c.code, ''),"
                    "  to_char(f.at AT TIME ZONE $3, 'YYYY-MM-DD HH24:MI'), f.kind, f.body,"
                    "  f.contact, coalesce(o.name, '')"
                    " FROM deskbell.followup f"
                    "  JOIN deskbell.library l ON l.library_id = f.library_id"
                    "  LEFT JOIN deskbell.chat c"
                    "   ON c.library_id = f.library_id AND c.number = f.chat"
                    "  LEFT JOIN deskbell.operator o ON o.operator_id = f.told_to_id"
                    " WHERE f.consortium_id = $1 AND ($2::bigint = 0 OR f.library_id = $2)"
                    "  AND f.state = 'open' AND ($5::bigint = 0 OR f.queue_id IN"
                    "   (SELECT a.queue_id FROM deskbell.assignment a"
                    "    WHERE a.library_id = f.library_id AND a.operator_id = $5))"
                    " ORDER BY l.name, f.at LIMIT $4");
    statement_number(&statement, admin->settings->id);
    statement_number(&statement, library == NULL ? 0 : library->id);
    statement_text(&statement,
                   library == NULL ? admin->settings->zone->name : library->zone->name);
    statement_number(&statement, RESULT_ROWS_MAX);
    statement_number(&statement, followups_operator(admin));
    if (!statement_run(admin->database, &statement, &result, &admin->error))
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        table_add_column(table, keys[i], labels[i], TABLE_TEXT);
    for (int row = 0; row < PQntuples(result); row++) {
        size_t place = table_add_row(table);
        for (int i = 0; i < PQnfields(result); i++)
            if (PQgetvalue(result, row, i)[0] != '\0')
                table_set(table, place, (size_t)i, PQgetvalue(result, row, i));
    }
    PQclear(result);
    if (table->row_count == 0) {
        admin_say(admin, "Nothing is left to do.");
        return true;
    }
    admin_say(admin, "%zu to be followed up.", table->row_count);
    admin_table(admin, table);
    if (admin->as_coordinator && library != NULL)
        admin_tell_library(admin, arena_printf(admin->arena,
                                               "%s, a coordinator, has read the open items of %s. "
                                               "Reason: %s",
                                               admin->account, library->name, admin->reason));
    return true;
}

static const struct command_field followups_fields[] = {
    FIELD_LIBRARY,
    FIELD_REASON(1),
    {.name = NULL},
};

const struct command desk_commands[] = {
    {.node = "queue-status",
     .title = "How the queues are now",
     .places = PLACE_SERVICE,
     .right = RIGHT_DESK,
     .scope = SCOPE_ANY,
     .who = WHO_OPERATOR,
     .run = queue_status},
    {.node = "policy-show",
     .title = "Hours, and who answers when",
     .places = PLACE_SERVICE,
     .who = WHO_ALL,
     .fields = policy_fields,
     .run = policy_show},
    {.node = "explain",
     .title = "Why open or closed",
     .places = PLACE_SERVICE,
     .who = WHO_ADMIN | WHO_COORDINATOR,
     .fields = explain_fields,
     .may = asker_has_no_words,
     .run = explain},
    {.node = "holidays",
     .title = "Holidays of a year",
     .places = PLACE_SERVICE,
     .who = WHO_ALL,
     .fields = holidays_fields,
     .run = holidays},
    {.node = "duty",
     .title = "My duty: on, off, limit, until",
     .places = PLACE_SERVICE,
     .who = WHO_OPERATOR,
     .fields = duty_fields,
     .may = asker_is_at_work,
     .run = duty},
    {.node = "operator-signoff",
     .title = "Take an operator off duty",
     .places = PLACE_SERVICE,
     .right = RIGHT_DESK,
     .fields = signoff_fields,
     .object = "operator",
     .work = operator_signoff},
    {.node = "followups",
     .title = "What is left to do",
     .places = PLACE_SERVICE,
     .right = RIGHT_FOLLOWUPS,
     .scope = SCOPE_EITHER,
     .who = WHO_OPERATOR,
     .own = true,
     .reason = REASON_ALWAYS,
     .fields = followups_fields,
     .work = followups},
    {.node = NULL},
};
