/* admin.h: an administrator's command at work: what it is given, and what it says.
 *
 * A command's work is a plain function that runs in the clerk's thread, inside a transaction that
 * was begun for it: permit_begin() has checked in the database that the account holds the right
 * for the library now, has set role and tenant, and has written the audit's row. Whoever returns
 * true gets the transaction committed, false gets it rolled back:
 *
 *     bool work(struct admin *admin)
 *     {
 *         if (!snippet_add(admin->database, ..., &admin->error))
 *             return false;                               the person reads that it failed; it is
 *                                                         logged with the error's words
 *         if (taken)
 *             return admin_refuse(admin, "There is a snippet '%s' already.", name);
 *         admin_say(admin, "Snippet '%s' is added.", name);
 *         return true;
 *     }
 *
 * All strings that go into the result are copied or live in admin->arena. */
#ifndef DESKBELL_COMPONENT_ADMIN_H
#define DESKBELL_COMPONENT_ADMIN_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component/error.h"
#include "component/form.h"
#include "component/provision.h"
#include "policy/arena.h"
#include "policy/consortium.h"
#include "policy/rights.h"
#include "routing/choices.h"

struct table;
struct event;

enum {
    /* What one answer can hold: of each text; the rest is left out, and said to be. An answer as a
     * whole is held below STANZA_OUT_BYTES_MAX. */
    RESULT_TEXT_BYTES_MAX = 24 * 1024,
    RESULT_FIELDS_MAX = 40,
    RESULT_ROWS_MAX = 300, /* of a table, in <item/>s */
    /* Lines that go out as messages of their own. */
    RESULT_MESSAGES_MAX = 500,
    RESULT_MESSAGE_BYTES_MAX = 10 * 1024,
    RESULT_MESSAGES_BYTES_MAX = 1024 * 1024, /* and all of them */
    /* Of a file that is made in memory: what some thousand chats come to. */
    FILE_BYTES_MAX = 8 * 1024 * 1024
};

enum note_type { NOTE_INFO, NOTE_WARN, NOTE_ERROR };

/* Something to read beside the note: a label and a text of one line or several. */
struct result_field {
    const char *name; /* of the field in the answer */
    const char *label, *text;
};

/* A message from the service's address. */
struct result_message {
    const char *to; /* bare JID, or the full one that asked */
    const char *body;
};

/* Somebody's account on the people's server, which is asked for when the transaction is committed;
 * the command's answer waits for the server's and shows the new password, once. An account that
 * shall have another password and is missing is made. */
struct result_account {
    enum provision_what what;
    const char *account; /* of the accounts' domain */
    const char *welcome; /* a message to it when it is there; NULL: none */
    const char *again;   /* the command that tries once more; NULL: none */
};

/* A file for who asked: the server keeps it, and the person gets a link (upload.h). */
struct result_file {
    const char *name, *type; /* "chats.csv", "text/csv" */
    char *bytes;             /* free()d by whoever takes it over; NULL: there is no file */
    size_t size;
};

/* What a command says. All is optional but the text. */
struct result {
    enum note_type type;
    const char *text; /* NULL: nothing was said yet */
    size_t field_count;
    struct result_field fields[RESULT_FIELDS_MAX];
    const struct table *table; /* sent as <reported/> and <item/>s; the text says it, too */
    size_t message_count, message_bytes;
    struct result_message *messages; /* sent when the transaction is committed */
    struct result_file file; /* sent off when the transaction is committed */
    /* For routing, when the transaction is committed. Without a text its answer is the command's
     * (EFFECT_ANSWER; the engine sets word.tag). NULL: none. */
    const struct event *event;
    const struct result_account *account; /* NULL: none; only where admin->provisions */
};

/* A value of the command's forms. */
struct admin_value {
    const char *name, *text;
};

/* What a fetch() says of a field. */
struct admin_fetched {
    const char *name, *present;
    struct choices choices;
};

struct admin {
    PGconn *database; /* in the transaction */
    struct arena *arena;  /* the job's: lives until the answer is sent */
    const char *account;  /* bare JID of who asks, as its server says */
    const char *jid;      /* the same, full */
    const char *node;     /* the command's */
    const char *domain;   /* the service's address: QUEUE@domain */
    const char *accounts_domain; /* where operators have theirs unless they say another */
    int64_t wall;         /* ms since the Unix epoch, when it was asked */
    /* The settings as this transaction sees them. */
    const struct consortium *settings;
    int library;          /* index there; NO_INDEX: the consortium as a whole */
    bool by_right;        /* false: who one is lets one run it, see the row's `who` */
    enum right right;     /* by which; RIGHT_NONE without one */
    bool as_coordinator;  /* acts at a library as somebody from outside of it */
    const char *reason;   /* "" unless it was asked for */
    size_t here_count;    /* accounts of those who answer for help and are online now, */
    const char *const *here; /* where the command's row wants them */
    bool provisions;      /* the desk makes accounts on the people's server */
    size_t value_count;
    const struct admin_value *values;
    int step; /* of a fetch(): whose form follows */
    size_t fetched_count;
    struct admin_fetched *fetched; /* of a fetch(), by field */
    struct result result;
    struct error error; /* when false is returned without a refusal */
    bool refused;
    bool again;   /* refused, and the form that was sent is shown again with the words */
    bool audited; /* what this fetch() shows is a read that the audit has to know */
};

/* The answer to the field of that name; NULL when it was not asked. Of a list-multi, a jid-multi
 * and a text-multi each value is a line; a boolean is "1" or "0". */
const char *admin_answer(const struct admin *admin, const char *name);
/* The same, "" when it was not asked. */
const char *admin_value(const struct admin *admin, const char *name);
/* A boolean's. */
bool admin_switch(const struct admin *admin, const char *name);
/* The lines of a value, each without blanks around it, empty ones left out. In the arena. */
size_t admin_lines(const struct admin *admin, const char *name, const char ***ret_lines);

/* The chosen library; NULL for the consortium as a whole. */
const struct library_settings *admin_library(const struct admin *admin);

/* In a fetch(): one more thing to choose from, and a field's present value. Copied. */
void admin_choice(struct admin *admin, const char *field, const char *label, const char *value);
void admin_present(struct admin *admin, const char *field, const char *value);

/* The note's text; several calls make several lines. */
void admin_say(struct admin *admin, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same as a warning that ends the command: nothing is changed. Returns false. */
bool admin_refuse(struct admin *admin, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with what is wrong with the answers: the form is shown again. Several calls make several
 * lines. */
bool admin_complain(struct admin *admin, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A field of the answer. Those above RESULT_FIELDS_MAX are left out. */
void admin_show(struct admin *admin, const char *name, const char *label, const char *text);
/* The table (in the job's arena) as <reported/>, and its text as a field. The first counts. */
void admin_table(struct admin *admin, const struct table *table);
/* A message to an account when all is done; a long one is cut into pieces at the ends of lines.
 * False, and nothing is added, above the bounds. */
bool admin_tell(struct admin *admin, const char *account, const char *body);
/* The same to every administrator of the chosen library but the one who asks. */
void admin_tell_library(struct admin *admin, const char *body);
/* The file, if it is not longer than FILE_BYTES_MAX; takes `bytes` over in any case. */
bool admin_file(struct admin *admin, const char *name, const char *type, char *bytes, size_t size);

/* The same three on a result alone, for commands that run in the loop. */
void result_show(struct result *result, struct arena *arena, const char *name, const char *label,
                 const char *text);
void result_table(struct result *result, struct arena *arena, const struct table *table);
bool result_tell(struct result *result, struct arena *arena, const char *account,
                 const char *body);

/* What was said, as one text: for previews and tests. "" for nothing. */
const char *admin_text(const struct admin *admin);

#endif
