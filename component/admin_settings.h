/* admin_settings.h: what all commands that change settings have in common.
 *
 * A row's fields are the edit's by name (edit.h); its fetch, preview and work are the three below.
 * They load nothing: the edit is made on the settings of the transaction. */
#ifndef DESKBELL_COMPONENT_ADMIN_SETTINGS_H
#define DESKBELL_COMPONENT_ADMIN_SETTINGS_H

#include "component/adhoc_private.h"
#include "component/admin.h"
#include "component/edit.h"

/* Present values, and what there is to choose from, of all `fetched` fields of the step. */
bool settings_fetch(struct admin *admin);
/* Tries the edit: the form comes again with what is wrong. What cannot be undone is asked for. */
bool settings_preview(struct admin *admin);
/* Does it, and says what changed. */
bool settings_work(struct admin *admin);

/* The parts, for commands that do more. The edit of the form's values at the chosen library; with
 * `without_account` as if no account was asked for. */
struct edit *settings_edit(struct admin *admin, bool without_account);
/* Runs and saves it. False as work() does. */
bool settings_save_edit(struct admin *admin, struct edit *edit);
/* Says what changed, and what to think of. */
void settings_say(struct admin *admin, const struct edit *edit);

/* For `asked`: a library is chosen, not the consortium as a whole. */
bool settings_at_library(const struct command_call *call);

/* Fields of the rows. */
#define SETTING(name_, type_, label_, step_)                                                       \
    .name = (name_), .type = (type_), .label = (label_), .step = (step_)
#define CHOICE(name_, label_, step_)                                                               \
    SETTING(name_, FIELD_LIST_SINGLE, label_, step_), .required = true, .fetched = true
#define LINE(name_, label_, step_) SETTING(name_, FIELD_TEXT_SINGLE, label_, step_)
#define LINES(name_, label_, step_) SETTING(name_, FIELD_TEXT_MULTI, label_, step_)
#define SWITCH(name_, label_, step_) SETTING(name_, FIELD_BOOLEAN, label_, step_)
#define SEVERAL(name_, label_, step_)                                                              \
    SETTING(name_, FIELD_LIST_MULTI, label_, step_), .fetched = true
/* Prefilled with the value of now. */
#define PRESENT .fetched = true
#define FIELD_QUEUE {CHOICE("queue", "Queue", 1), .nothing = "This library has no queue yet."}
/* A queue, the library itself, or nothing to ask when it is the consortium's. */
#define FIELD_PLACE {CHOICE("queue", "For", 1), .asked = settings_at_library}
#define FIELDS_END {.name = NULL}

#define HOURS_LABEL                                                                                \
    "Hours, one line each: 'mon-fri 08:00-17:00' or 'mon 17:00-20:00 answered by QUEUE'; or "      \
    "'inherited', or 'none'"

#define SETTINGS_ROW(node_, title_, right_, scope_, object_, fields_)                              \
    .node = (node_), .title = (title_), .places = PLACE_SERVICE, .right = (right_),                \
    .scope = (scope_), .object = (object_), .fields = (fields_), .fetch = settings_fetch,          \
    .preview = settings_preview

#endif
