/* edit_private.h: what the files of the edits share. */
#ifndef DESKBELL_COMPONENT_EDIT_PRIVATE_H
#define DESKBELL_COMPONENT_EDIT_PRIVATE_H

#include <stdio.h>

#include "component/consortium_copy.h"
#include "component/edit.h"
#include "component/settings_bounds.h"
#include "policy/arena.h"

enum {
    EDIT_COMPLAINTS_MAX = 20, /* nobody reads more above a form */
    EDIT_QUOTE_BYTES_MAX = 80 /* of what somebody wrote, when it is repeated to them */
};

struct edit {
    struct edit_request request;
    struct arena *arena; /* of the words; the settings have their own */
    struct consortium *copy;
    int library;       /* index in the copy; NO_INDEX: consortium-wide, or not there */
    const char *label; /* of that library as it is now; NULL: consortium-wide */
    int complaint_count;
    const char *complaints, *changes, *advice, *account;
};

enum edit_scope { SCOPE_LIBRARY, SCOPE_CONSORTIUM, SCOPE_EITHER };

struct edit_command {
    const char *node;
    enum edit_scope scope;
    void (*apply)(struct edit *edit); /* changes the copy, or complains */
    const char *(*present)(struct edit *edit, const char *field); /* NULL: nothing is prefilled */
    const char *(*confirm)(struct edit *edit);                    /* NULL: nothing to ask */
};

/* NULL when there is none of that name, or none for what is edited. */
const struct edit_command *edit_command_here(struct edit *edit, const char *node);
/* A form about what is not there leaves the complaint to the run. */
void edit_forget_complaints(struct edit *edit);

/* edit_value.c: answers. */

/* One sentence, its full stop included. */
void edit_complain(struct edit *edit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What somebody wrote, fit to stand in a sentence. */
const char *edit_quote(struct edit *edit, const char *text);
/* The same text with a capital in front. */
const char *edit_sentence(struct edit *edit, const char *text);
/* "ring_seconds" as a sentence begins with it: "Ring seconds". */
const char *edit_word(struct edit *edit, const char *field);
/* The answer; NULL when it was not asked, or cannot be read (a complaint). CRLF is LF. */
const char *edit_answer(struct edit *edit, const char *field);
/* The same without blanks at both ends; NULL becomes "". */
const char *edit_trimmed(struct edit *edit, const char *field);
/* The same; NULL after a complaint when it is empty or was not asked. */
const char *edit_required(struct edit *edit, const char *field);
/* Whether it is empty, EDIT_WHOLE, or was not asked. */
bool edit_is_whole(struct edit *edit, const char *field);
/* Lines that are not blank, without blanks at their ends. */
size_t edit_lines(struct edit *edit, const char *text, const char ***ret_lines);
/* Each of these leaves the target as it is when the field was not asked, and complains when the
 * answer is none. The first two take the text as it stands when it is the target's already. */
void edit_line(struct edit *edit, const char *field, int min, int max, const char **target);
void edit_text(struct edit *edit, const char *field, int min, int max, const char **target);
void edit_number(struct edit *edit, const char *field, int min, int max, int *target);
void edit_switch(struct edit *edit, const char *field, bool *target);
void edit_pick(struct edit *edit, const char *field, const char *const *choices, int *target);
/* The same of a text that is there already; the second lets line breaks pass. */
void edit_check_line(struct edit *edit, const char *field, const char *text, int max,
                     const char **target);
void edit_check_text(struct edit *edit, const char *field, const char *text, int max,
                     const char **target);
/* "2026-12-24"; false after a complaint. */
bool edit_date(struct edit *edit, const char *field, const char *text, day_number *ret_date);

const char *edit_present_switch(bool value); /* "1" or "0", as clients write it */
const char *edit_present_number(struct edit *edit, int value);
const char *edit_present_lines(struct edit *edit, const char *const *list, size_t count);
bool edit_is(const char *one, const char *other);

/* edit_name.c: names by grammar. */

enum edit_name { NAME_QUEUE, NAME_OPERATOR };

/* The whole own name for what somebody wrote, "janedoe" or "mobius-mobstate-janedoe"; NULL after a
 * complaint. Whether there is such a thing is another question. */
const char *edit_own_name(struct edit *edit, enum edit_name kind, const char *field,
                          const char *text);
/* Indices of the copy of what a field chooses; NO_INDEX after a complaint. Nobody else's is ever
 * found. */
int edit_queue_named(struct edit *edit, const char *field, const char *text);
int edit_queue(struct edit *edit, const char *field);
int edit_operator_named(struct edit *edit, const char *field, const char *text);
int edit_operator(struct edit *edit, const char *field);
/* What follows the library's prefix, "" for the main queue. */
const char *edit_rest(struct edit *edit, const char *name);
/* A person's account: a whole one, or a name of the library at the accounts' domain; NULL after a
 * complaint. */
const char *edit_account_named(struct edit *edit, const char *field, const char *text);
/* False, after a complaint, for one at our own domain that reads as if it were another library's:
 * it would pass for one of its people. */
bool edit_account_is_own(struct edit *edit, const char *field, const char *account);

/* edit_windows.c: hours and dates as lines. */

/* False after a complaint. `answerable`: others may answer. `days`: weekly ones. */
bool edit_windows(struct edit *edit, const char *field, const char *text, bool days,
                  bool answerable, struct hours *ret);
/* The same with "inherited" and "none". `top`: there is nothing to inherit from. */
bool edit_hours(struct edit *edit, const char *field, const char *text, bool top, bool answerable,
                struct hours *ret);
const char *edit_present_hours(struct edit *edit, const struct hours *hours);
/* "2026-12-23 Winter break", the name may be left out. */
const char *edit_present_date(struct edit *edit, day_number date, const char *name);
/* Dates of lines, ascending, each once. False after a complaint. */
bool edit_dates(struct edit *edit, const char *field, const char *text, day_number **ret_dates,
                size_t *ret_count);

/* edit_changes.c */
const char *edit_say_changes(struct edit *edit);

/* edit.c */
const char *edit_say_advice(struct edit *edit);

/* The commands. edit_library.c: */
void edit_library_add(struct edit *edit);
const char *present_library_add(struct edit *edit, const char *field);
void edit_library_edit(struct edit *edit);
const char *present_library_edit(struct edit *edit, const char *field);
void edit_library_rename(struct edit *edit);
const char *present_library_rename(struct edit *edit, const char *field);
const char *confirm_library_rename(struct edit *edit);
void edit_library_remove(struct edit *edit);
const char *confirm_library_remove(struct edit *edit);
void edit_admin_add(struct edit *edit);
void edit_admin_remove(struct edit *edit);
/* Complains of each queue or hours that need the queue; `library` NO_INDEX, or one whose own do not
 * count. False after a complaint. */
bool edit_queue_is_free(struct edit *edit, int queue, int library);
/* Takes an operator out of all queues. */
void edit_operator_leave(struct edit *edit, const char *name);

/* edit_policy.c: */
void edit_queue_rollover(struct edit *edit);
const char *present_queue_rollover(struct edit *edit, const char *field);
void edit_holiday_coverage(struct edit *edit);
const char *present_holiday_coverage(struct edit *edit, const char *field);
void edit_backup(struct edit *edit);
const char *present_backup(struct edit *edit, const char *field);
void edit_holidays(struct edit *edit);
const char *present_holidays(struct edit *edit, const char *field);

/* edit_people.c: */
void edit_operator_add(struct edit *edit);
void edit_operator_edit(struct edit *edit);
const char *present_operator_edit(struct edit *edit, const char *field);
void edit_operator_remove(struct edit *edit);
const char *confirm_operator_remove(struct edit *edit);

/* edit_queue.c: */
void edit_queue_add(struct edit *edit);
const char *present_queue_add(struct edit *edit, const char *field);
void edit_queue_edit(struct edit *edit);
const char *present_queue_edit(struct edit *edit, const char *field);
const char *confirm_queue_edit(struct edit *edit);
void edit_queue_remove(struct edit *edit);
const char *confirm_queue_remove(struct edit *edit);
void edit_queue_assign(struct edit *edit);
const char *present_queue_assign(struct edit *edit, const char *field);

/* edit_hours.c: */
void edit_hours_edit(struct edit *edit);
const char *present_hours_edit(struct edit *edit, const char *field);
void edit_closure_add(struct edit *edit);
void edit_closure_remove(struct edit *edit);
/* Those of the queue that is chosen, else the library's, else the consortium's; NULL after a
 * complaint. */
struct closures *edit_closures(struct edit *edit);

/* edit_snippet.c: */
void edit_snippet_add(struct edit *edit);
void edit_snippet_edit(struct edit *edit);
const char *present_snippet_edit(struct edit *edit, const char *field);
void edit_snippet_remove(struct edit *edit);

/* edit_texts.c: */
void edit_canned(struct edit *edit);
const char *present_canned(struct edit *edit, const char *field);
void edit_profile(struct edit *edit);
const char *present_profile(struct edit *edit, const char *field);
void edit_notice(struct edit *edit);
const char *present_notice(struct edit *edit, const char *field);
struct canned_replies *edit_canned_replies(struct edit *edit);
struct notices *edit_notices(struct edit *edit);

/* "us-federal", "none", and "all", "none", "dates"; each with NULL behind. */
extern const char *const edit_calendars[];
extern const char *const edit_coverages[];
/* "end", "start", and "show", "hide"; the first is the default. */
extern const char *const edit_sides[];
extern const char *const edit_closed[];

#endif
