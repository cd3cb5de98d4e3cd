/* consortium.h: a consortium's settings as plain data.
 *
 * One shape for all who need it: the file that `import` reads, the rows that the database keeps,
 * the rules that policy judges by and the desk that routing runs. It is built once, linked, and
 * never changed afterwards: a change builds a new one and swaps.
 *
 * Everything lives in the arena of the struct consortium. Arrays are NULL when their count is 0.
 * Strings are UTF-8 and never NULL unless the comment says so. */
#ifndef DESKBELL_POLICY_CONSORTIUM_H
#define DESKBELL_POLICY_CONSORTIUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/rights.h"

struct arena;
struct zone;

enum { NO_INDEX = -1 };

/* A calendar date as the number of days since 1970-01-01 (see date.h). */
typedef int32_t day_number;

/* Bounds that consortium_link() keeps. The first is for all windows of one `struct hours` together:
 * with it, what covers one instant (hours of two dates at most) always fits into a tier. */
enum { ANSWERED_BY_MAX = 128, CONSORTIUM_QUEUES_MAX = 10000 };

/* A weekly window: the wall clock in [open, close) of a day that it begins on. */
struct window {
    uint8_t days;       /* bit 0 is Monday, bit 6 Sunday; 0 in a closure's window */
    int16_t open;       /* minutes after midnight, 0 to 1439 */
    int16_t close;      /* 1 to 1440; at most `open` means that it ends on the next day */
    bool others_answer; /* `answered_by` was given: the queue itself answers only if named */
    size_t answered_by_count;
    const char **answered_by; /* names of queues */
    int *answered_by_index;   /* into consortium.queues, after consortium_link() */
    unsigned line;            /* in the file, 0 when it came from the database */
};

struct hours {
    bool given; /* false: inherited; true with no window: never open */
    size_t count;
    struct window *windows;
};

struct closure {
    day_number date;
    const char *name; /* "" when it has none */
    bool special;     /* has hours of its own; else closed for the whole date */
    struct hours hours;
    unsigned line;
};

struct closures {
    size_t count;
    struct closure *list; /* ascending by date, one a date */
};

/* What somebody who answers for a library or a queue has to know of it. NULL: inherited, a queue's
 * from its library, that from the consortium; "" is none, and inherits nothing. See profile.h. */
struct profile {
    const char *text;
    const char *link; /* http or https, as the last */
    const char *phone;
    const char *policies;
};

/* A reply that is sent by its name. */
struct canned {
    const char *name;
    const char *text; /* with fields, see canned.h */
    unsigned line;
};

struct canned_replies {
    size_t count;
    struct canned *list; /* ascending by name, each name once */
};

/* Something urgent that everybody who answers has to know, until the owner's wall clock says so. */
struct notice {
    const char *text; /* one line; different from the owner's others */
    day_number date;
    int minute; /* after midnight of the date, 0 to 1439 */
    unsigned line;
};

struct notices {
    size_t count;
    struct notice *list; /* in the file's order */
};

enum strategy { STRATEGY_ALL, STRATEGY_LEAST_BUSY, STRATEGY_ROUND_ROBIN };

/* What can be set for one queue and says how it is run, not when. Times in seconds. */
struct queue_options {
    enum strategy strategy;
    int ring_seconds;
    int offer_seconds;
    int chats_per_operator;
    int idle_grace_seconds;
    int patron_grace_seconds;
    int silent_seconds;
    int holding_seconds;
    int retention_days;
    bool transcripts;
    bool show_operator_name;
    const char *welcome;      /* "" is none, as for the next two */
    const char *holding_text;
    const char *closed_text;
};

/* `given` fields: bit KEY is set when the source named that key. Merging a file over the database
 * keeps what the file left out; the bits of a consortium from the database are all set. The four
 * keys of a profile stand together, in this order. */
enum queue_key {
    QUEUE_ROLLOVER,
    QUEUE_OPERATORS,
    QUEUE_HOURS,
    QUEUE_CLOSURES,
    QUEUE_TITLE,
    QUEUE_STRATEGY,
    QUEUE_RING_SECONDS,
    QUEUE_OFFER_SECONDS,
    QUEUE_CHATS_PER_OPERATOR,
    QUEUE_IDLE_GRACE_SECONDS,
    QUEUE_PATRON_GRACE_SECONDS,
    QUEUE_SILENT_SECONDS,
    QUEUE_HOLDING_SECONDS,
    QUEUE_RETENTION_DAYS,
    QUEUE_TRANSCRIPTS,
    QUEUE_SHOW_OPERATOR_NAME,
    QUEUE_WELCOME,
    QUEUE_HOLDING_TEXT,
    QUEUE_CLOSED_TEXT,
    QUEUE_PROFILE_TEXT,
    QUEUE_PROFILE_LINK,
    QUEUE_PROFILE_PHONE,
    QUEUE_PROFILE_POLICIES
};

struct queue_settings {
    int64_t id; /* the database's; 0 in a file */
    const char *name;
    const char *title; /* "" means the library's */
    int library;       /* index */
    bool rollover;
    struct hours hours;
    struct closures closures;
    size_t operator_count;
    const char **operators; /* names, each once, in the file's order */
    int *operator_index;    /* into consortium.operators, after consortium_link() */
    struct queue_options options;
    struct profile profile;
    uint32_t given;
    unsigned line;
};

enum operator_key { OPERATOR_TITLE, OPERATOR_ACCOUNT };

struct operator_settings {
    int64_t id;
    const char *name;
    const char *title;   /* what colleagues read; "" means the name */
    const char *account; /* bare JID; NULL in a file that leaves it to the default (see link) */
    int library;
    uint32_t given;
    unsigned line;
};

struct snippet_settings {
    int64_t id;
    const char *name; /* "mobstate (home page)" */
    const char *queue; /* name */
    int queue_index;   /* after consortium_link() */
    int library;
    /* What policy/snippet.h judges; each NULL when it is not set. */
    const char *accent, *side, *closed, *consent_link, *questions, *texts;
    bool consent; /* nothing is sent before it is given */
    uint32_t given;
    unsigned line;
};

enum snippet_setting {
    SNIPPET_QUEUE,
    SNIPPET_ACCENT,
    SNIPPET_SIDE,
    SNIPPET_CLOSED,
    SNIPPET_CONSENT,
    SNIPPET_CONSENT_LINK,
    SNIPPET_QUESTIONS,
    SNIPPET_TEXTS
};

enum library_key {
    LIBRARY_TITLE,
    LIBRARY_ADMINS,
    LIBRARY_TIMEZONE,
    LIBRARY_HOLIDAY_COVERAGE,
    LIBRARY_CLOSURES,
    LIBRARY_HOURS,
    LIBRARY_PROFILE_TEXT,
    LIBRARY_PROFILE_LINK,
    LIBRARY_PROFILE_PHONE,
    LIBRARY_PROFILE_POLICIES,
    LIBRARY_CANNED,
    LIBRARY_NOTICES
};

struct library_settings {
    int64_t id;
    const char *name; /* the label: mobstate */
    const char *title;
    const char *timezone; /* NULL: the consortium's */
    const struct zone *zone; /* set by the loader; the consortium's where timezone is NULL */
    size_t admin_count;
    const char **admins; /* bare JIDs */
    bool covers_all_holidays;
    size_t covered_count;
    day_number *covered; /* ascending */
    struct hours hours;
    struct closures closures;
    struct profile profile;
    struct canned_replies canned;
    struct notices notices;
    uint32_t given;
    unsigned line;
};

/* What a queue or an operator was called before it was renamed, for 30 days. Not a setting: it
 * comes with the names from the database alone, and no file says it. */
struct renamed_address {
    const char *name;
    const char *now; /* the name of a queue or an operator */
    int64_t until;   /* Unix seconds */
};

enum holiday_dates { HOLIDAYS_OBSERVED, HOLIDAYS_ACTUAL, HOLIDAYS_BOTH };

struct holiday {
    day_number date;
    const char *name; /* "" when it has none */
    unsigned line;
};

struct holidays {
    bool federal; /* calendar = "us-federal"; false for "none" */
    enum holiday_dates dates;
    size_t added_count;
    struct holiday *added; /* ascending */
    size_t removed_count;
    day_number *removed; /* ascending */
};

enum consortium_key {
    CONSORTIUM_TITLE,
    CONSORTIUM_TIMEZONE,
    CONSORTIUM_COORDINATORS,
    CONSORTIUM_HOURS,
    CONSORTIUM_CLOSURES,
    CONSORTIUM_BACKUP_QUEUE,
    CONSORTIUM_BACKUP_HOURS,
    CONSORTIUM_HOLIDAYS_CALENDAR,
    CONSORTIUM_HOLIDAYS_DATES,
    CONSORTIUM_HOLIDAYS_ADD,
    CONSORTIUM_HOLIDAYS_REMOVE,
    CONSORTIUM_PROFILE_TEXT,
    CONSORTIUM_PROFILE_LINK,
    CONSORTIUM_PROFILE_PHONE,
    CONSORTIUM_PROFILE_POLICIES,
    CONSORTIUM_CANNED,
    CONSORTIUM_NOTICES
};

struct consortium {
    struct arena *arena; /* owns everything here but the zones */
    int64_t id;
    const char *name;
    const char *title;
    const char *timezone;
    const struct zone *zone; /* set by the loader */
    size_t coordinator_count;
    const char **coordinators; /* bare JIDs */
    struct hours hours;
    struct closures closures;
    struct holidays holidays;
    const char *backup_queue; /* NULL: no backup */
    int backup_index;         /* after consortium_link(); NO_INDEX: no backup */
    struct hours backup_hours;
    struct profile profile; /* of every library that says nothing else; the next two are for all */
    struct canned_replies canned;
    struct notices notices;
    size_t library_count;
    struct library_settings *libraries; /* ascending by name, as the next three */
    size_t queue_count;
    struct queue_settings *queues;
    size_t operator_count;
    struct operator_settings *operators;
    size_t snippet_count;
    struct snippet_settings *snippets;
    struct grants grants; /* the database's alone: no file says them */
    size_t renamed_count;
    struct renamed_address *renamed; /* ascending by name */
    uint32_t given;
};

/* The options of a queue that sets none (the defaults of the manual). */
extern const struct queue_options queue_options_default;

/* A consortium without libraries, with the given name, an arena of its own and all defaults: the
 * zone's name, the hours, the federal holidays as observed and the backup's hours (no queue) are
 * those that MOBIUS has; title "". The zone itself is NULL. */
struct consortium *consortium_new(const char *name);

/* NULL is fine. Always returns NULL. */
struct consortium *consortium_free(struct consortium *consortium);

/* Index of the thing with that name, or NO_INDEX. Binary search: needs the arrays sorted. */
int consortium_library(const struct consortium *consortium, const char *name);
int consortium_queue(const struct consortium *consortium, const char *name);
int consortium_operator(const struct consortium *consortium, const char *name);
/* Where somebody who still asks for that name of before is to be sent, `now` in Unix seconds; NULL:
 * it was nobody's within the last 30 days. */
const char *consortium_forward(const struct consortium *consortium, const char *name,
                               int64_t now);

/* The zone in which all about a queue is read: its library's. `queue` is an index, as below. */
const struct zone *consortium_queue_zone(const struct consortium *consortium, int queue);

/* A queue's own windows: its own, else its library's, else the consortium's. */
const struct hours *consortium_queue_hours(const struct consortium *consortium, int queue);

/* The closure that counts for a queue on a date: its own, else its library's, else the
 * consortium's; NULL if none. */
const struct closure *consortium_queue_closure(const struct consortium *consortium, int queue,
                                    day_number date);

/* Called for every name that nothing bears: "queue 'a-b': operator 'a-b-c' does not exist".
 * `line` is that of the thing that names it, 0 when unknown. */
typedef void consortium_complaint(void *context, unsigned line, const char *text);

/* Sorts the arrays (closures, canned replies, holidays and covered dates too), sets every *_index
 * and each queue's and operator's library index stays right, gives operators without an account
 * NAME@`accounts_domain` (when that is not NULL). Names given twice, an operator named as a queue
 * is, two closures of one owner for one date, two canned replies of one owner with one name, and
 * what is over a bound above are complaints too. False after at least one complaint; the
 * consortium must not be used then. */
bool consortium_link(struct consortium *consortium, const char *accounts_domain,
                     consortium_complaint *complain, void *context);

#endif
