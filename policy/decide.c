#include "policy/decide.h"

#include <assert.h>
#include <string.h>

#include "policy/date.h"
#include "policy/decide_private.h"
#include "policy/holidays.h"
#include "policy/hours.h"
#include "policy/wall.h"

/* What is taken to be otherwise than it is, to find the reason of a closed queue. */
enum assumption {
    AS_IT_IS = 0,
    NO_CLOSURES = 1,
    ORDINARY_DATE = 2, /* no holiday */
    ROLLOVER = 4
};

struct moment {
    const struct consortium *consortium;
    int queue;
    struct wall own;     /* in the zone of the queue's library */
    struct wall central; /* in the consortium's */
    struct walls walls;  /* in those of who answers, as they come */
};

/* Who is asked, before it is put into tiers. */
struct asked {
    bool own;
    bool backup;
    struct tier shared;
    int taken_out; /* first queue by name that a closure keeps from answering, or NO_INDEX */
    bool closures_counted; /* without closures the answer could have been another */
};

static void moment_init(struct moment *moment, const struct consortium *consortium, int queue,
                        instant at)
{
    assert(queue >= 0 && (size_t)queue < consortium->queue_count);
    moment->consortium = consortium;
    moment->queue = queue;
    moment->walls.at = at;
    moment->walls.count = 0;
    moment->own = walls_get(&moment->walls, consortium_queue_zone(consortium, queue));
    moment->central = walls_get(&moment->walls, consortium->zone);
}

/* The date that it is for a queue at this moment, in the zone of its library. */
static day_number moment_date(struct moment *moment, int queue)
{
    return walls_get(&moment->walls, consortium_queue_zone(moment->consortium, queue)).date;
}

/* The full closure that keeps a queue from answering anybody at this moment, or NULL. */
static const struct closure *moment_taken_out(struct moment *moment, int queue)
{
    const struct closure *closure =
        consortium_queue_closure(moment->consortium, queue, moment_date(moment, queue));

    return closure != NULL && !closure->special ? closure : NULL;
}

static void tier_add(struct tier *tier, int queue)
{
    int place = tier->queue_count;

    while (place > 0 && tier->queues[place - 1] >= queue)
        place--;
    if (place < tier->queue_count && tier->queues[place] == queue)
        return;
    assert(tier->queue_count < TIER_QUEUES_MAX); /* consortium_link() saw to it */
    memmove(&tier->queues[place + 1], &tier->queues[place],
            (size_t)(tier->queue_count - place) * sizeof tier->queues[0]);
    tier->queues[place] = (short)queue;
    tier->queue_count++;
}

static bool tier_has(const struct tier *tier, int queue)
{
    for (int i = 0; i < tier->queue_count; i++)
        if (tier->queues[i] == queue)
            return true;
    return false;
}

/* Whether the queue can answer; if a closure takes it out, that is noted. */
static bool asked_can(struct asked *asked, struct moment *moment, unsigned assume, int queue)
{
    if ((assume & NO_CLOSURES) != 0 || moment_taken_out(moment, queue) == NULL)
        return true;
    asked->closures_counted = true;
    if (asked->taken_out == NO_INDEX || queue < asked->taken_out)
        asked->taken_out = queue;
    return false;
}

static void asked_window(struct asked *asked, struct moment *moment, unsigned assume,
                         const struct window *window)
{
    if (!window->others_answer && asked_can(asked, moment, assume, moment->queue))
        asked->own = true;
    for (size_t i = 0; i < window->answered_by_count; i++) {
        int queue = window->answered_by_index[i];
        if (!asked_can(asked, moment, assume, queue))
            continue;
        if (queue == moment->queue)
            asked->own = true;
        else
            tier_add(&asked->shared, queue);
    }
}

/* The windows that begin on `date`: those of today that cover the moment, or those of yesterday
 * that reach it over midnight. A closure's special hours stand in for the weekly ones. */
static void asked_date(struct asked *asked, struct moment *moment, unsigned assume, day_number date)
{
    const struct hours *hours = consortium_queue_hours(moment->consortium, moment->queue);
    const struct closure *closure = NULL;
    unsigned weekday_bit = 1u << date_weekday(date);

    if ((assume & NO_CLOSURES) == 0)
        closure = consortium_queue_closure(moment->consortium, moment->queue, date);
    if (closure != NULL && closure->special) {
        hours = &closure->hours;
        asked->closures_counted = true;
    } else {
        closure = NULL;
    }
    for (size_t i = 0; i < hours->count; i++) {
        const struct window *window = &hours->windows[i];
        if (closure == NULL && (window->days & weekday_bit) == 0)
            continue;
        if (date == moment->own.date ? hours_window_covers(window, moment->own.minute)
                                     : hours_window_reaches(window, moment->own.minute))
            asked_window(asked, moment, assume, window);
    }
}

/* The date that counts is the consortium's, and not the one on which a window began: so Thursday's
 * window over midnight answers again from Friday 00:00 when Thursday is a holiday. */
static bool backup_answers(const struct moment *moment, unsigned assume)
{
    const struct consortium *consortium = moment->consortium;
    const struct queue_settings *queue = &consortium->queues[moment->queue];
    const struct library_settings *library = &consortium->libraries[queue->library];
    const struct wall *wall = &moment->central;

    if (consortium->backup_index == NO_INDEX || (!queue->rollover && (assume & ROLLOVER) == 0))
        return false;
    if ((assume & ORDINARY_DATE) == 0 && holiday_on(&consortium->holidays, wall->date, NULL))
        return library->covers_all_holidays ||
               date_in(library->covered, library->covered_count, wall->date);
    return hours_cover(&consortium->backup_hours, date_weekday(wall->date), wall->minute);
}

static void asked_at(struct moment *moment, unsigned assume, struct asked *ret)
{
    int backup = moment->consortium->backup_index;

    ret->own = ret->backup = ret->closures_counted = false;
    ret->shared.kind = VERDICT_SHARED;
    ret->shared.queue_count = 0;
    ret->taken_out = NO_INDEX;
    asked_date(ret, moment, assume, moment->own.date);
    asked_date(ret, moment, assume, moment->own.date - 1);
    if (!backup_answers(moment, assume) || !asked_can(ret, moment, assume, backup))
        return;
    /* A queue is in its first tier only. */
    bool asked_before = backup == moment->queue ? ret->own : tier_has(&ret->shared, backup);
    ret->backup = !asked_before;
}

static bool asked_anybody(const struct asked *asked)
{
    return asked->own || asked->shared.queue_count > 0 || asked->backup;
}

static bool moment_would_ask(struct moment *moment, unsigned assume)
{
    struct asked asked;

    asked_at(moment, assume, &asked);
    return asked_anybody(&asked);
}

/* The queue's effective closure of the date speaks first, then who was kept from answering. */
static const char *closure_detail(struct moment *moment, const struct asked *asked)
{
    const struct closure *closure =
        consortium_queue_closure(moment->consortium, moment->queue, moment->own.date);

    if (closure != NULL && closure->name[0] != '\0')
        return closure->name;
    if (asked->taken_out == NO_INDEX)
        return "";
    return moment_taken_out(moment, asked->taken_out)->name;
}

static void decision_explain(struct moment *moment, const struct asked *asked,
                             struct decision *decision)
{
    const struct consortium *consortium = moment->consortium;
    const char *holiday = NULL;

    decision->detail = "";
    if (asked->closures_counted && moment_would_ask(moment, NO_CLOSURES)) {
        decision->reason = REASON_CLOSURE;
        decision->detail = closure_detail(moment, asked);
    } else if (holiday_on(&consortium->holidays, moment->central.date, &holiday) &&
               moment_would_ask(moment, ORDINARY_DATE)) {
        decision->reason = REASON_HOLIDAY;
        decision->detail = holiday;
    } else if (moment_would_ask(moment, ROLLOVER)) {
        decision->reason = REASON_NO_ROLLOVER;
    } else {
        decision->reason = REASON_GAP;
    }
}

static void decision_add(struct decision *decision, enum verdict kind, int queue)
{
    struct tier *tier = &decision->tiers[decision->tier_count++];

    tier->kind = kind;
    tier->queue_count = 1;
    tier->queues[0] = (short)queue;
}

void policy_decide(const struct consortium *consortium, int queue, instant at, struct decision *ret)
{
    struct moment moment;
    struct asked asked;

    moment_init(&moment, consortium, queue, at);
    asked_at(&moment, AS_IT_IS, &asked);
    ret->tier_count = 0;
    ret->reason = REASON_NONE;
    ret->detail = "";
    if (asked.own)
        decision_add(ret, VERDICT_OWN, queue);
    if (asked.shared.queue_count > 0)
        ret->tiers[ret->tier_count++] = asked.shared;
    if (asked.backup)
        decision_add(ret, VERDICT_BACKUP, consortium->backup_index);
    ret->verdict = ret->tier_count > 0 ? ret->tiers[0].kind : VERDICT_CLOSED;
    if (ret->tier_count == 0)
        decision_explain(&moment, &asked, ret);
}

bool policy_is_open(const struct consortium *consortium, int queue, instant at)
{
    struct moment moment;

    moment_init(&moment, consortium, queue, at);
    return moment_would_ask(&moment, AS_IT_IS);
}

static bool tier_equal(const struct tier *a, const struct tier *b)
{
    return a->kind == b->kind && a->queue_count == b->queue_count &&
           memcmp(a->queues, b->queues, (size_t)a->queue_count * sizeof a->queues[0]) == 0;
}

bool decision_equal(const struct decision *a, const struct decision *b)
{
    if (a->reason != b->reason || a->tier_count != b->tier_count)
        return false;
    for (int i = 0; i < a->tier_count; i++)
        if (!tier_equal(&a->tiers[i], &b->tiers[i]))
            return false;
    return true;
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_OWN] = "own",
        [VERDICT_SHARED] = "shared",
        [VERDICT_BACKUP] = "backup",
        [VERDICT_CLOSED] = "closed",
    };

    assert(verdict <= VERDICT_CLOSED);
    return names[verdict];
}

const char *closed_reason_name(enum closed_reason reason)
{
    static const char *const names[] = {
        [REASON_NONE] = "-",          [REASON_CLOSURE] = "closure",
        [REASON_HOLIDAY] = "holiday", [REASON_NO_ROLLOVER] = "no-rollover",
        [REASON_GAP] = "gap",
    };

    assert(reason <= REASON_GAP);
    return names[reason];
}
