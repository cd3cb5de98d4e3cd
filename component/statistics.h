/* statistics.h: what a desk did, counted: for one library, one operator, or the whole consortium.
 *
 * Which chats: those that were opened between two dates, both included, on the wall of the zone in
 * which the figures are read, which is the library's, or the consortium's for all. A chat counts
 * once, when it was opened, also when it spans midnight. On the day when clocks go back both passes
 * of an hour count in that hour, and the day has 25; when they go forward it has 23. Practice chats
 * are left out everywhere, and their number is told. A chat counts for the library that owns it
 * now: one that was moved counts for the library to which it was moved, from the beginning.
 *
 *     chats      answered + missed + abandoned + waiting
 *     answered   somebody claimed it, whatever came of it; a chat that still runs counts
 *     abandoned  nobody claimed it, somebody had been asked, and the patron left
 *     missed     nobody claimed it, and it ended otherwise: nobody took it before the patron left a
 *                question or fell silent, it was not let in, its queue was removed; or the patron
 *                left, but nobody was there to be asked at all. "nobody there" is the part of the
 *                missed of which nobody had been asked
 *     waiting    nobody has claimed it yet
 *     share      answered of (answered + missed + abandoned), in per cent with one digit
 *
 * Times, of the chats whose number is told as "count":
 *
 *     wait          from opening to the first claim; of answered chats
 *     given up      from opening to the end; of abandoned chats
 *     first answer  from opening to the operator's first line; of answered chats of which that line
 *                   is kept (not without transcripts, nor after they were erased)
 *     duration      from the first claim to the end; of answered chats that are over
 *
 * Single times are whole seconds, rounded down. The mean is rounded to a second; the median and
 * p90 are percentile_disc(), always a time that has occurred (of two, the shorter is the median).
 *
 *     answering  the stretch from a claim to the next one, to the chat's return, or to its end. A
 *                stretch belongs to the library of the queue through which it was offered. One that
 *                is not over counts as a chat, without time
 *     promised   when policy asks the queue itself, by its windows, closures and special days; of
 *                the backup's queue also when policy asks it for any queue that rolls over
 *     staffed    at least one operator was on duty for the queue
 *     people     the sum of what each was on duty
 *     transfers  offers to another queue or operator, and those of them that were taken: within the
 *                library ("own"), or across with "help" or "move". A name that is no more counts as
 *                a queue
 *
 * Promise and duty count up to now, by the settings of now. What queues that were removed had of
 * duty is not counted. The time that a desk was down counts as the last state before. */
#ifndef DESKBELL_COMPONENT_STATISTICS_H
#define DESKBELL_COMPONENT_STATISTICS_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "component/error.h"
#include "component/table.h"
#include "policy/consortium.h"
#include "policy/zone.h"

enum statistics_scope {
    STATISTICS_LIBRARY,   /* all of one library, its people by name */
    STATISTICS_OPERATOR,  /* what one operator answered */
    STATISTICS_CONSORTIUM /* sums and totals by library: no queue, person or tag is named */
};

enum statistics_by {
    STATISTICS_BY_NOTHING,
    STATISTICS_BY_HOUR,
    STATISTICS_BY_WEEKDAY,
    STATISTICS_BY_DAY,
    STATISTICS_BY_MONTH,
    STATISTICS_BY_QUEUE,
    STATISTICS_BY_OPERATOR, /* the library's own people, whomever they answered for */
    STATISTICS_BY_ORIGIN,   /* the library that was asked */
    STATISTICS_BY_ANSWERING /* the library that had the chat last */
};

enum {
    STATISTICS_BY_COUNT = STATISTICS_BY_ANSWERING + 1,
    /* As long as transcripts can be kept, and the most rows of a table by day. */
    STATISTICS_DAYS_MAX = 3660,
    STATISTICS_DURATION_MAX = 86400,
    STATISTICS_TAGS_MAX = 20 /* the most frequent */
};

struct statistics_query {
    enum statistics_scope scope;
    int library;         /* index; NO_INDEX for the consortium */
    int operator;        /* index, of that library; NO_INDEX but for STATISTICS_OPERATOR */
    day_number from, to; /* both included */
    enum statistics_by by;
    int duration_min; /* seconds: answered chats, and stretches of answering, that are over and were
                         shorter are left out */
    bool unanswered;  /* false: chats that nobody claimed are left out, of "left questions" never */
    instant now;      /* 0: the database's clock */
};

/* "hour", "weekday" ... and "total" for STATISTICS_BY_NOTHING. */
const char *statistics_by_name(enum statistics_by by);
bool statistics_by_parse(const char *name, enum statistics_by *ret_by);

/* Whether that scope can be told apart by it. */
bool statistics_by_fits(enum statistics_scope scope, enum statistics_by by);

/* NULL when the query can be run, else why not, for people. */
const char *statistics_refusal(const struct consortium *consortium,
                               const struct statistics_query *query);

/* Runs the query, which must not be refused, within the caller's transaction, for whose rest it
 * switches the server's JIT off. At most eleven statements, however much there is. Reads
 * deskbell.chat, offer, act, followup, answering and duty_log, the columns library_id, chat, line,
 * at and author of deskbell.line (never a text), and
 * the names of deskbell.library, queue, operator and address. The consortium is linked and has its
 * zones. The tables are in the arena, in the order in which people read them; tables without a row
 * stay in, so that a program finds them all.
 *
 *     key         scope                 rows
 *     chats, wait, first_answer, given_up, duration
 *                 library, consortium   by what was asked for (not by operator), then the total
 *     people, people_wait, people_time
 *                 library by operator,  operators, whomever they answered for; or the operator's
 *                 operator              chats by what was asked for
 *     answered    library, consortium   who answered for whom, in chats and time
 *     staffed     library, consortium   queues; or libraries
 *     transfers   library, consortium   kind and target
 *     resolutions library, consortium   resolution
 *     left        library, consortium   left questions and follow-ups, and how many are done
 *     tags        library               tag
 *
 * False on a failure of the database. */
bool statistics_run(PGconn *database, const struct consortium *consortium,
                    const struct statistics_query *query, struct arena *arena,
                    struct tables *ret_tables, struct error *reterr);

#endif
