/* admin_settings_queue.c: commands about queues, hours and closures. */
#include "component/admin_settings.h"

static const struct command_field queue_add_fields[] = {
    FIELD_LIBRARY,
    {LINE("name", "Name, what follows the library's: 'law' ('-' for the library's main queue)", 1),
     .required = true},
    {LINE("title", "Title, as people read it", 1)},
    {SWITCH("transcripts", "Keep transcripts", 1), PRESENT},
    {LINE("retention_days", "Keep them for so many days", 1), .required = true, PRESENT},
    {SEVERAL("operators", "Who answers", 1)},
    FIELDS_END,
};

static const struct command_field queue_edit_fields[] = {
    FIELD_LIBRARY,
    FIELD_QUEUE,
    {LINE("name", "Name, what follows the library's ('-' for the main queue)", 2), PRESENT,
     .required = true},
    {LINE("title", "Title, as people read it", 2), PRESENT},
    {CHOICE("strategy", "Who is asked", 2)},
    {LINE("ring_seconds", "Seconds until others are asked, too", 2), PRESENT, .required = true},
    {LINE("offer_seconds", "Seconds until the next operator is asked", 2), PRESENT,
     .required = true},
    {LINE("chats_per_operator", "Chats of one operator at most", 2), PRESENT, .required = true},
    {LINE("idle_grace_seconds", "Seconds of being idle that still count as there", 2), PRESENT,
     .required = true},
    {LINE("patron_grace_seconds", "Seconds in which a vanished patron may come back", 2), PRESENT,
     .required = true},
    {LINE("silent_seconds", "Seconds until a chat of a silent operator is offered again", 2),
     PRESENT, .required = true},
    {LINE("holding_seconds", "Seconds between words to a patron who waits", 2), PRESENT,
     .required = true},
    {SWITCH("transcripts", "Keep transcripts", 2), PRESENT},
    {LINE("retention_days", "Keep them for so many days", 2), PRESENT, .required = true},
    {SWITCH("show_operator_name", "Patrons see who answers", 2), PRESENT},
    {LINES("welcome", "First words to a patron", 2), PRESENT},
    {LINES("holding_text", "Words to a patron who waits", 2), PRESENT},
    {LINES("closed_text", "Words when closed", 2), PRESENT},
    FIELDS_END,
};

static const struct command_field queue_fields[] = {FIELD_LIBRARY, FIELD_QUEUE, FIELDS_END};

static const struct command_field assign_fields[] = {
    FIELD_LIBRARY,
    FIELD_QUEUE,
    {SEVERAL("operators", "Who answers", 2)},
    FIELDS_END,
};

static const struct command_field hours_fields[] = {
    FIELD_LIBRARY,
    FIELD_PLACE,
    {LINES("hours", HOURS_LABEL, 2), PRESENT},
    FIELDS_END,
};

static const struct command_field closure_add_fields[] = {
    FIELD_LIBRARY,
    FIELD_PLACE,
    {LINE("from", "On, or from (a date like 2026-12-23)", 2), .required = true,
     .wrong = command_date_wrong},
    {LINE("to", "To (leave it empty for one day)", 2), .wrong = command_date_wrong},
    {LINE("name", "Name, such as 'Winter break'", 2)},
    {LINES("hours", "Hours on these days, such as '08:00-12:00' (empty: closed)", 2)},
    FIELDS_END,
};

static const struct command_field closure_remove_fields[] = {
    FIELD_LIBRARY,
    FIELD_PLACE,
    {SEVERAL("dates", "Open again on", 2), .required = true,
     .nothing = "There are no closures there."},
    FIELDS_END,
};

const struct command queue_commands[] = {
    {SETTINGS_ROW("queue-add", "Add a queue", RIGHT_QUEUES, SCOPE_LIBRARY, "name",
                  queue_add_fields),
     .work = settings_work},
    {SETTINGS_ROW("queue-edit", "Change a queue", RIGHT_QUEUES, SCOPE_LIBRARY, "queue",
                  queue_edit_fields),
     .work = settings_work},
    {SETTINGS_ROW("queue-remove", "Remove a queue", RIGHT_QUEUES, SCOPE_LIBRARY, "queue",
                  queue_fields),
     .work = settings_work},
    {SETTINGS_ROW("queue-assign", "Who answers a queue", RIGHT_QUEUES, SCOPE_LIBRARY, "queue",
                  assign_fields),
     .work = settings_work},
    {SETTINGS_ROW("hours-edit", "Opening hours", RIGHT_HOURS, SCOPE_EITHER, "queue",
                  hours_fields),
     .work = settings_work},
    {SETTINGS_ROW("closure-add", "Close on a date", RIGHT_HOURS, SCOPE_EITHER, "from",
                  closure_add_fields),
     .work = settings_work},
    {SETTINGS_ROW("closure-remove", "Open again on a date", RIGHT_HOURS, SCOPE_EITHER, "dates",
                  closure_remove_fields),
     .work = settings_work},
    {.node = NULL},
};
