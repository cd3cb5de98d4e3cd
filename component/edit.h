/* edit.h: what each settings command does to a consortium's settings.
 *
 * Plain functions on plain data: no database, no network, no clock of their own. The caller loads
 * the settings, makes an edit, runs a command on it, shows the person what it says, and saves:
 *
 *     settings_load(database, name, &before, ...);
 *     struct edit *edit = edit_new(&(struct edit_request){.before = before, .library = "mobstate",
 *                                  .accounts_domain = "localhost", .value = ..., .now = ...});
 *     if (edit_run(edit, "hours-edit"))
 *         settings_save(database, before, edit_after(edit), ...);   and say edit_changes()
 *     else
 *         show the form again with edit_complaints()
 *     edit_free(edit);
 *
 * Values come by the name of their field, as one text; the values of a list or of a long text as
 * its lines. NULL is "not asked": an *-edit leaves that value as it is, an *-add complains if it
 * needs it.
 *
 * Names by grammar: a form asks only for what is a library's own, "janedoe", and the library's
 * prefix is put in front. The whole own name is understood too; one that begins with the
 * consortium's name and another library's is refused, whether there is such a thing or not. Only
 * `answered by` in hours and the backup's queue take names of other libraries. */
#ifndef DESKBELL_COMPONENT_EDIT_H
#define DESKBELL_COMPONENT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/consortium.h"
#include "policy/instant.h"

/* Of one field's text; forms carry no more (FORM_FIELD_BYTES_MAX). */
enum { EDIT_VALUE_BYTES_MAX = 16 * 1024 };

/* The choice "none of these, but the library itself (or a new one)": clients drop empty values. */
#define EDIT_WHOLE "-"

struct edit;

/* The answer to a field; NULL when it was not asked. Valid as long as the edit. */
typedef const char *edit_value(void *context, const char *field);

struct edit_request {
    const struct consortium *before; /* linked, with zones; borrowed, never changed */
    const char *library;             /* label of the library that is edited; NULL: the consortium */
    const char *accounts_domain;     /* where people's accounts are by default */
    instant now;                     /* Unix seconds: what is over cannot be announced */
    edit_value *value;
    void *context;
};

/* Copies the settings; strings of the request must outlive it. Never NULL: a library that is not
 * there is complained of by every command that needs one. */
struct edit *edit_new(const struct edit_request *request);

/* NULL is fine. Always returns NULL. */
struct edit *edit_free(struct edit *edit);

/* Runs a command once: changes the copy, then judges the whole of it as an import would be. False
 * after at least one complaint: the copy must not be saved then. An edit that changes nothing is
 * fine; edit_changes() is "" then. An unknown node is a complaint. */
bool edit_run(struct edit *edit, const char *node);

/* For settings_save(); linked, ids kept, 0 for what is new. Owned by the edit. */
const struct consortium *edit_after(const struct edit *edit);

/* Sentences for the person, one a line: "Hours, line 2: 'mon 8-17' is not like 'mon-fri
 * 08:00-17:00'." "" when there are none. Owned by the edit, as the next two. */
const char *edit_complaints(const struct edit *edit);

/* "Queue mobius-mobstate: rollover is now on", one a line, without a full stop. */
const char *edit_changes(const struct edit *edit);

/* What somebody should think about, one a line, though it is saved: only what was not so before.
 * Of an edit of a library only what is about that library. */
const char *edit_advice(const struct edit *edit);

/* The account of a new administrator or operator (library-add, admin-add, operator-add, and
 * operator-edit with another one), else NULL. The caller creates it, or finds that it is there. */
const char *edit_account(const struct edit *edit);

/* What to ask before the command is run, for what cannot be undone: "Remove queue ...? Its
 * ..."; NULL when nothing needs to be asked. Uses the values given so far. */
const char *edit_confirm(struct edit *edit, const char *node);

/* The present value of a command's field as the text that the field accepts, for a prefilled form;
 * "" when there is none. Answers that it depends on (`queue`, `operator`, `canned`, `notice`) are
 * asked through the edit's values. Before edit_run() only. Running a command with all its present
 * values changes nothing. */
const char *edit_present(struct edit *edit, const char *node, const char *field);

/* One thing to choose from. */
struct edit_choice {
    const char *label, *value;
};

/* What a choice field of a command offers, in the edit's memory: `queue`, `operator`, `account`
 * (admin-remove), `dates` (closure-remove), `snippet`, `canned`, `notice`, `operators`, `coverage`,
 * `calendar`, `strategy` and such. Only what is the edit's library's. NULL and 0: nothing to choose
 * from. */
const struct edit_choice *edit_choices(struct edit *edit, const char *node, const char *field,
                                       size_t *ret_count);

/* The commands and their fields. A field marked * is prefilled (edit_present()), one marked = has
 * edit_choices(). L: for the request's library; C: consortium-wide; LC: either.
 *
 *   library-add   C   abbreviation; title; timezone ("": the consortium's); account (of the first
 *                     mini-administrator: "admin", or a whole one with @); retention_days;
 *                     transcripts (boolean); queue (rest of the first queue's name; "" or "-":
 *                     the library's main one); hours=* ("inherited", "none", or windows)
 *   library-edit  L   title*; timezone*
 *   library-rename L  abbreviation*
 *   library-remove L  (confirm)
 *   admin-add     L   account
 *   admin-remove  L   account=
 *   queue-rollover L  queue=; rollover* (boolean)
 *   library-holiday-coverage L  coverage=* ("all", "none", "dates"); dates* (lines, for "dates")
 *   backup-edit   C   queue=* (whole name, "-": no backup); hours* (windows, nobody else answers)
 *   holidays-edit C   calendar=*; dates=*; add* (lines "2026-12-24 Christmas Eve"); remove* (lines)
 *   operator-add  L   name; title; account ("": NAME@accounts' domain); queues= (lines)
 *   operator-edit L   operator=; name*; title*; account*
 *   operator-remove L operator= (confirm)
 *   queue-add     L   name ("" or "-": the main one); title; retention_days*; transcripts*;
 *                     operators= (lines)
 *   queue-edit    L   queue=; name*; title*; strategy=*; ring_seconds*; offer_seconds*;
 *                     chats_per_operator*; idle_grace_seconds*; patron_grace_seconds*;
 *                     silent_seconds*; holding_seconds*; retention_days*; transcripts*;
 *                     show_operator_name*; welcome*; holding_text*; closed_text*
 *   queue-remove  L   queue= (confirm)
 *   queue-assign  L   queue=; operators=* (lines, who is asked first comes first)
 *   hours-edit    LC  queue= ("-": the library's); hours* ("inherited", "none", or windows)
 *   closure-add   LC  queue=; from; to ("": one day); name; hours ("": closed the whole day; else
 *                     windows without days: "08:00-12:00")
 *   closure-remove LC queue=; dates= (lines); or from and to
 *   snippet-add   L   text; queue=
 *   snippet-edit  L   snippet=; queue=*; accent*; side=*; closed=*; consent* (boolean);
 *                     consent_link*; questions* and texts* (lines, policy/snippet.h)
 *   snippet-remove L  snippet=
 *   canned-edit   LC  canned= ("-": a new one); name*; text*; remove (boolean)
 *   profile-edit  LC  queue=; text*; link*; phone*; policies* ("": inherited, "none": none)
 *   notice        LC  notice= ("-": a new one); text*; until* ("17:00" or "2026-12-01 17:00");
 *                     remove (boolean)
 *
 * Windows are lines "mon-fri 08:00-17:00" and "mon,wed 17:00-20:00 answered by mobius-slu,
 * mobius-umkc"; an empty text is "inherited" (of a consortium or the backup "none"). Booleans are
 * 1, true, 0 and false. */

#endif
