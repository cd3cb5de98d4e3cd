/* adhoc_private.h: what the files of the ad-hoc commands share. */
#ifndef DESKBELL_COMPONENT_ADHOC_PRIVATE_H
#define DESKBELL_COMPONENT_ADHOC_PRIVATE_H

#include <sys/queue.h>
#include <uthash.h>

#include "component/adhoc.h"
#include "component/form.h"
#include "routing/choices.h"

enum {
    COMMAND_FIELDS_MAX = 8, /* of one row of the table */
    SESSION_ID_SIZE = 33    /* 128 random bits in hex */
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
};

/* A word under way. */
struct pending {
    int64_t tag; /* 0: free */
    char *to, *jid, *id, *node;
    char session[SESSION_ID_SIZE];
};

TAILQ_HEAD(session_list, session);

struct adhoc {
    struct routing *routing;
    struct arena *arena; /* of the call under way */
    int64_t at, wall;
    struct session *sessions;     /* by id */
    struct session_list by_age;   /* the oldest first */
    struct pending *pending;      /* ring of PENDING_MAX */
    int64_t tag;                  /* the last one given */
};

/* One look at a command, to list it or to run it. */
struct command_call {
    struct adhoc *adhoc;
    const struct adhoc_request *request;
    struct asker asker; /* with the call's arena */
    const struct command *command;
    const struct session *session; /* NULL while it is only listed */
};

enum note_type { NOTE_INFO, NOTE_WARN, NOTE_ERROR };

/* How a command goes on: done with a note, or a word to run. */
struct outcome {
    enum note_type type;
    const char *note;    /* NULL: run the word */
    const char *address; /* where it is run */
    const char *line;
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
};

/* Whether a command is about one chat. */
enum command_subject { ABOUT_DESK, ABOUT_CHAT };

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
};

/* adhoc_commands.c: the table, in the order of the menus. */
extern const struct command commands[];
extern const size_t command_count;
const struct command *command_find(const char *node);
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
/* Whether no row of the command can ask anything behind it. */
bool step_is_last(const struct command_call *call, int step);
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

#endif
