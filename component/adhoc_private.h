/* adhoc_private.h: what the files of the ad-hoc commands share. */
#ifndef DESKBELL_COMPONENT_ADHOC_PRIVATE_H
#define DESKBELL_COMPONENT_ADHOC_PRIVATE_H

#include <sys/queue.h>
#include <uthash.h>

#include "component/adhoc.h"
#include "component/admin.h"
#include "component/form.h"
#include "policy/rights.h"
#include "routing/choices.h"

enum {
    COMMAND_FIELDS_MAX = 40, /* of one row of the table; a queue's settings are 25 */
    SESSION_ID_SIZE = 33,    /* 128 random bits in hex */
    STEP_CONFIRM = 1000      /* the step behind all others: "yes, do it" */
};

struct command;

struct session {
    UT_hash_handle hh;
    TAILQ_ENTRY(session) entry;
    char id[SESSION_ID_SIZE];
    char *jid, *account, *address;
    const struct command *command;
    int64_t began;                    /* monotonic */
    int step;                         /* whose form was sent last; -1: none */
    char *chat;                       /* address, when it needed no asking; else NULL */
    char *values[COMMAND_FIELDS_MAX]; /* by the place in the row; NULL: not answered yet */
    char *library;                    /* label, when it needed no asking; else NULL */
    int64_t job;                      /* tag of the one that it waits for; 0: none */
    struct arena *fetched_arena;      /* of the next; NULL: nothing is fetched */
    int fetched_step;                 /* for the form of this step */
    struct fetched *fetched;          /* by the place in the row */
    char *preview;                    /* what preview() said; NULL: nothing */
};

/* What a job found for a field. */
struct fetched {
    const char *present; /* NULL: not said */
    struct choices choices;
};

/* A word under way. */
struct pending {
    int64_t tag; /* 0: free */
    char *to, *jid, *id, *node;
    char session[SESSION_ID_SIZE];
    int parts;  /* answers that are still to come behind the next one */
    char *text; /* of those that came; NULL for none */
};

TAILQ_HEAD(session_list, session);

struct attendant;
struct account_wait; /* adhoc_account.c */
TAILQ_HEAD(account_list, account_wait);

struct adhoc {
    struct routing *routing;
    struct arena *arena; /* of the call under way */
    int64_t at, wall;
    struct session *sessions;     /* by id */
    struct session_list by_age;   /* the oldest first */
    struct account_list accounts; /* that the people's server is asked for */
    struct attendant *attendants; /* adhoc_attendance.c; by account */
    struct pending *pending;      /* ring of PENDING_MAX */
    int64_t tag;                  /* the last one given */
    struct adhoc_desk desk;       /* all NULL: not attached */
    const struct consortium *settings; /* NULL before the first */
    const struct command *more;   /* a table behind the others, for tests; NULL: none */
};

/* One look at a command, to list it or to run it. */
struct command_call {
    struct adhoc *adhoc;
    const struct adhoc_request *request;
    struct asker asker; /* with the call's arena */
    const struct command *command;
    const struct session *session; /* NULL while it is only listed */
    const struct consortium *settings; /* NULL before the first */
};

/* How a command that runs in the loop goes on: done with what `result` says, or with an event to
 * step, or a word to run. */
enum { OUTCOME_LINES_MAX = 4 };

struct outcome {
    struct result result; /* its text NULL and no event: run the words */
    const char *address;  /* where they are run */
    size_t line_count;
    const char *lines[OUTCOME_LINES_MAX]; /* the answers to all are the answer */
};

/* One question of a command. Fields with the same step are one form; steps count up. */
struct command_field {
    const char *name; /* NULL ends a row's list */
    enum field_type type;
    const char *label;
    int step;
    bool required;
    const char *initial; /* NULL for none */
    /* FIELD_LIST_SINGLE: what there is to choose from. */
    void (*options)(const struct command_call *call, struct choices *ret);
    /* Ends the command, with these words, when there is nothing to choose from; NULL: the form is
     * shown all the same. */
    const char *nothing;
    /* Whether it is to be asked at all; NULL: always. */
    bool (*asked)(const struct command_call *call);
    /* What stands above the form; NULL for nothing. */
    const char *(*instructions)(const struct command_call *call);
    const char *unsaid;    /* a choice that the word is not told: clients drop an empty value */
    const char *stop;      /* choosing this value ends the command, */
    const char *stop_note; /* with these words */
    /* What the form shows before anything is answered: of an edit the value of now. NULL: what
     * `initial` says. Of list-multi, jid-multi and text-multi each line is a value, of a boolean
     * "1" or "0". */
    const char *(*prefill)(const struct command_call *call);
    /* The command's fetch() says what there is to choose from, or what the value is now, or both:
     * instead of options() and prefill(). */
    bool fetched;
    /* What is wrong with an answer beyond its type, for the person ("%s: ..." with the label is
     * put before it); NULL: nothing. Never called with "". */
    const char *(*wrong)(const struct command_call *call, const char *value);
};

/* Whether a command is about one chat. */
enum command_subject { ABOUT_DESK, ABOUT_CHAT };

/* For what a right must be held. With the first two the command's fields begin with FIELD_LIBRARY,
 * which asks nothing where there is but one. */
enum command_scope {
    SCOPE_LIBRARY,    /* one library */
    SCOPE_EITHER,     /* one, or the whole consortium for who holds the right for it */
    SCOPE_CONSORTIUM, /* the whole */
    SCOPE_ANY         /* any library, but none is chosen: the command's own look decides */
};

/* When a coordinator has to say why, by FIELD_REASON: never, where it acts at one library, or for
 * the whole consortium, too. */
enum command_reason { REASON_NEVER, REASON_AT_LIBRARY, REASON_ALWAYS };

/* Who may run a command though holding no right for it, as bits. */
enum command_who { WHO_OPERATOR = 1, WHO_ADMIN = 2, WHO_COORDINATOR = 4, WHO_ALL = 7 };

struct command {
    const char *node;
    const char *title; /* as a menu shows it */
    unsigned places;   /* of enum adhoc_place */
    enum command_subject subject;
    enum chat_part part; /* ABOUT_CHAT: in chats of which the asker has that part */
    const struct command_field *fields; /* NULL for none */
    /* Who may run it, beyond whom the place lets in; NULL: all of these. */
    bool (*may)(const struct command_call *call);
    void (*run)(const struct command_call *call, struct outcome *ret);
    /* --- administrators' commands, at the service; the rows above leave all of this out --- */
    enum right right; /* what one has to hold; RIGHT_NONE: see `who` */
    enum right instead; /* holding this one is enough: the work then keeps to the asker's own */
    enum command_scope scope;
    unsigned who;       /* of enum command_who; these may, too, */
    bool own;           /* in the library where the asker is an operator; else in none */
    enum command_reason reason;
    const char *object; /* the field that the audit names as what it was about; NULL for none */
    /* A job before the form of a step that has fields with `fetched`: gets all answers so far and
     * the step, says admin_choice() and admin_present(). Rolled back, but for `fetch_is_audited`:
     * what it shows is a read that the audit has to know. A refusal ends the command. */
    bool (*fetch)(struct admin *admin);
    bool wants_attendance; /* the work is told who of those who answer is here */
    bool fetch_is_audited;
    /* Done in the clerk's thread (admin.h), instead of run(). */
    bool (*work)(struct admin *admin);
    /* The question before what cannot be undone, in the loop; NULL from it: there is none now. */
    const char *(*confirm)(const struct command_call *call);
    /* The same by a job, whose transaction is rolled back: what it says is what would happen, such
     * as the differences of an edit. A refusal ends the command with its words. */
    bool (*preview)(struct admin *admin);
};

/* The first question of a command about a library: of which the asker holds the right. */
#define FIELD_LIBRARY                                                                              \
    {                                                                                              \
        .name = "library", .type = FIELD_LIST_SINGLE, .label = "Library", .required = true,        \
        .options = command_library_options, .asked = command_library_is_asked                      \
    }

/* Asked of a coordinator who acts at a library, in the step that is given. */
#define FIELD_REASON(step_)                                                                        \
    {                                                                                              \
        .name = "reason", .type = FIELD_TEXT_SINGLE,                                               \
        .label = "Your reason (the library's administrators will read it)", .step = (step_),       \
        .required = true, .asked = command_reason_is_asked                                         \
    }

/* The tables, each ended by a row without a node, in the order of the menus: the words, and the
 * administrators' by subject. */
extern const struct command word_commands[];  /* adhoc_commands.c */
extern const struct command desk_commands[];  /* admin_desk.c */
extern const struct command block_commands[]; /* admin_blocks.c */
extern const struct command right_commands[]; /* admin_rights.c */
extern const struct command help_commands[];  /* admin_help.c */
extern const struct command library_commands[]; /* admin_settings_library.c */
extern const struct command people_commands[];  /* admin_accounts.c */
extern const struct command queue_commands[];   /* admin_settings_queue.c */
extern const struct command text_commands[];    /* admin_settings_text.c */
extern const struct command transcript_commands[]; /* admin_transcripts.c */
extern const struct command statistics_commands[]; /* admin_statistics.c */

/* admin_rights.c: for `prefill`: the day so many days ago, where the command's library is. */
const char *command_day(const struct command_call *call, int back);
/* For `wrong`: a date like 2026-11-26. */
const char *command_date_wrong(const struct command_call *call, const char *value);

/* adhoc_library.c: the library that a command is about. */
/* What "library" has for the consortium as a whole. */
#define LIBRARY_ALL "*"
void command_library_options(const struct command_call *call, struct choices *ret);
bool command_library_is_asked(const struct command_call *call);
bool command_reason_is_asked(const struct command_call *call);
/* The chosen or only library for which the asker holds the command's right now, an index into the
 * call's settings. False when none is chosen, or not any more; with SCOPE_EITHER and
 * SCOPE_CONSORTIUM it may be NO_INDEX. */
bool command_library(const struct command_call *call, int *ret_library);
/* Fixes the library of a new session where there is but one. */
void command_library_begin(const struct command_call *call, struct session *session);
/* Whether one was chosen, and the right for it is gone, or it is. */
bool command_library_is_lost(const struct command_call *call);
/* The right by which the asker runs it there. */
enum right command_right_held(const struct command_call *call, int library);
/* Whether the asker holds the right there only for the whole consortium. */
bool command_acts_as_coordinator(const struct command_call *call);
/* Whether the rights let the asker run the command at all. */
bool command_right(const struct command_call *call);

/* adhoc_commands.c */
/* The row behind that one, in the order of the menus; NULL: the first; NULL behind the last. */
const struct command *command_next(const struct adhoc *adhoc, const struct command *command);
const struct command *command_find(const struct adhoc *adhoc, const char *node);
/* Sets the call's command to the first with that node that the asker may run here and now; false
 * when there is none. A node that is a word of operators can be an administrators' command, too. */
bool command_find_allowed(struct command_call *call, const char *node);
/* Whether the asker may run the command here and now. */
bool command_may(const struct command_call *call);
/* The chat that the command is about; NULL when it is not chosen yet. */
const char *command_chat(const struct command_call *call);
/* The answer to the field of that name; "" before. */
const char *command_value(const struct command_call *call, const char *name);

/* adhoc_step.c: the forms of a command, one after the other. */
/* The next step behind `step` that has to be asked; -1 when there is none. */
int step_after(const struct command_call *call, int step);
/* The last one before `step` that was asked; -1 when there is none. */
int step_before(const struct command_call *call, int step);
/* Whether a question before the work may follow the fields. */
bool step_may_confirm(const struct command *command);
/* Whether nothing of the command can be asked behind it. */
bool step_is_last(const struct command_call *call, int step);
/* Whether a job has to fetch something before the step's form, and has not. */
bool step_wants_fetch(const struct command_call *call, int step);
/* Why the step cannot be asked: nothing to choose from. NULL: it can. */
const char *step_nothing(const struct command_call *call, int step);
/* Appends the step's form; `complaint` is NULL or what was wrong with the last one. */
void step_form(const struct command_call *call, int step, const char *complaint,
               struct xml_out *out);
/* Takes the answers of the session's step. False, with words for the person: one of them is not
 * an answer. `*ret_stop` is set to the words of a choice that ends the command. */
bool step_take(const struct command_call *call, struct session *session, const struct form *form,
               const char **ret_complaint, const char **ret_stop);

/* adhoc_session.c */
/* A new one; others make room for it. */
struct session *session_new(struct adhoc *adhoc, const struct adhoc_request *request,
                            const struct command *command);
void session_end(struct adhoc *adhoc, struct session *session);
/* NULL when it is not there any more, or waits for another job. */
struct session *session_by_job(struct adhoc *adhoc, const char *id, int64_t job);
/* Forgets what was fetched. */
void session_forget(struct session *session);
void sessions_free(struct adhoc *adhoc);
enum session_state { SESSION_FINE, SESSION_UNKNOWN, SESSION_EXPIRED };
/* That of the asker, at this address, of this command; somebody else's is unknown. One that has
 * expired is forgotten. */
enum session_state session_find(struct adhoc *adhoc, const struct adhoc_request *request,
                                const struct command *command, const char *id,
                                struct session **ret);
/* Remembers who waits for a word; the tag for it. */
int64_t pending_add(struct adhoc *adhoc, const struct adhoc_request *request,
                    const struct session *session);
/* NULL when nobody waits for it. */
struct pending *pending_find(struct adhoc *adhoc, int64_t tag);
void pending_clear(struct pending *pending);

/* adhoc_answer.c: what goes out. Each is a whole stanza. */
/* XEP-0050, section 4.4. */
enum adhoc_error {
    ERROR_NOT_FOUND,
    ERROR_BAD_REQUEST,
    ERROR_MALFORMED_ACTION,
    ERROR_BAD_ACTION,
    ERROR_BAD_PAYLOAD,
    ERROR_BAD_SESSION,
    ERROR_SESSION_EXPIRED,
    ERROR_BUSY
};
/* To whom an answer goes: what a request and a pending have in common. */
struct answer_to {
    const char *from, *to, *id;
};
struct answer_to pending_to(const struct pending *pending);
void answer_error(const struct answer_to *to, enum adhoc_error error, struct xml_out *out);
void answer_cancelled(const struct answer_to *to, const char *node, const char *session,
                      struct xml_out *out);
void answer_result(const struct answer_to *to, const struct command *command,
                   const char *session, const struct result *result, struct xml_out *out);
/* The form of the session's step. `complaint` is NULL or what was wrong with the last one. */
void answer_form(const struct answer_to *to, const struct command_call *call,
                 const char *complaint, struct xml_out *out);

/* adhoc_job.c: work in the database. */
enum job_kind { JOB_FETCH, JOB_PREVIEW, JOB_WORK };
/* Sends it to the clerk; the answer follows. False when the clerk has no room. `step` is the one
 * whose form follows a JOB_FETCH. */
bool job_submit(const struct command_call *call, struct session *session, enum job_kind kind,
                int step);

/* adhoc_account.c: accounts on the people's server. */
/* Asks for result->account and takes the arena, in which the result is; whoever waits for `tag` is
 * answered later. False, with the result's text saying so, when too much is asked for. */
bool account_begin(struct adhoc *adhoc, const struct command *command, const char *session,
                   int64_t tag, struct arena *arena, struct result *result);
void accounts_free(struct adhoc *adhoc);

/* adhoc_attendance.c: who of those who answer requests for help is here. */
void attendance_copy(const struct adhoc *adhoc, struct admin *admin);
/* Nothing is known of anybody any more. */
void attendance_forget(struct adhoc *adhoc);
void attendance_free(struct adhoc *adhoc);

/* adhoc.c: a session goes on after its job; the answer, if any, is in `out`. `complaint` is NULL,
 * or what the job found wrong with the form of the session's step, which is shown again. */
void session_resume(struct adhoc *adhoc, struct session *session, const struct pending *pending,
                    enum job_kind kind, int step, const char *complaint, struct xml_out *out);

#endif
