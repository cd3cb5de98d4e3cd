/* statistics_staff.c: promised hours, and those during which somebody was on duty. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "component/statistics_private.h"
#include "policy/date.h"
#include "policy/decide.h"
#include "policy/mem.h"

struct span {
    instant start, end;
};

/* Spans in any order; spans_merge() makes them ascending and apart. */
struct spans {
    size_t count, capacity;
    struct span *list;
};

struct staff {
    struct spans promised, staffed;
    instant people; /* seconds of duty of all together */
};

static void spans_add(struct spans *spans, instant start, instant end)
{
    if (start >= end)
        return;
    if (spans->count > 0 && spans->list[spans->count - 1].end == start) {
        spans->list[spans->count - 1].end = end;
        return;
    }
    if (spans->count == spans->capacity) {
        spans->capacity = spans->capacity * 2 + 64;
        spans->list = mem_resize(spans->list, spans->capacity * sizeof *spans->list);
    }
    spans->list[spans->count++] = (struct span){start, end};
}

static int span_compare(const void *a, const void *b)
{
    const struct span *left = a, *right = b;

    return (left->start > right->start) - (left->start < right->start);
}

static void spans_merge(struct spans *spans)
{
    size_t used = 0;

    if (spans->count == 0)
        return;
    qsort(spans->list, spans->count, sizeof *spans->list, span_compare);
    for (size_t i = 1; i < spans->count; i++) {
        struct span *last = &spans->list[used];
        if (spans->list[i].start > last->end)
            spans->list[++used] = spans->list[i];
        else if (spans->list[i].end > last->end)
            last->end = spans->list[i].end;
    }
    spans->count = used + 1;
}

static instant spans_sum(const struct spans *spans)
{
    instant sum = 0;

    for (size_t i = 0; i < spans->count; i++)
        sum += spans->list[i].end - spans->list[i].start;
    return sum;
}

/* Seconds that are in both. Both are merged. */
static instant spans_common(const struct spans *a, const struct spans *b)
{
    instant sum = 0;

    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        const struct span *left = &a->list[i], *right = &b->list[k];
        instant start = left->start > right->start ? left->start : right->start;
        instant end = left->end < right->end ? left->end : right->end;
        if (start < end)
            sum += end - start;
        if (left->end < right->end)
            i++;
        else
            k++;
    }
    return sum;
}

static bool decision_has(const struct decision *decision, enum verdict kind)
{
    for (int i = 0; i < decision->tier_count; i++)
        if (decision->tiers[i].kind == kind)
            return true;
    return false;
}

/* When policy has a tier of that kind for a queue. */
static void promise_add(const struct report *report, int queue, enum verdict kind, instant stop,
                        struct spans *spans)
{
    const struct consortium *consortium = report->consortium;
    struct decision decision;

    for (instant at = report->start, next; at < stop; at = next) {
        next = policy_boundary(consortium, queue, at);
        policy_decide(consortium, queue, at, &decision);
        if (decision_has(&decision, kind))
            spans_add(spans, at, next < stop ? next : stop);
    }
}

static void promise_find(const struct report *report, int queue, instant stop,
                         struct spans *spans)
{
    const struct consortium *consortium = report->consortium;

    promise_add(report, queue, VERDICT_OWN, stop, spans);
    for (size_t i = 0; queue == consortium->backup_index && i < consortium->queue_count; i++)
        if (consortium->queues[i].rollover)
            promise_add(report, (int)i, VERDICT_BACKUP, stop, spans);
    spans_merge(spans);
}

static int queue_by_id(const struct consortium *consortium, int64_t id)
{
    for (size_t i = 0; i < consortium->queue_count; i++)
        if (consortium->queues[i].id == id)
            return (int)i;
    return NO_INDEX;
}

/* The rows of one queue and operator, from `row` on: each is how it was until the next. Returns the
 * first row of somebody or something else. */
static int duty_read(const struct report *report, int row, instant stop, struct staff *staff)
{
    const PGresult *result = report->result;
    int64_t queue = result_number(result, row, 0), operator = result_number(result, row, 1);

    for (;;) {
        instant start = result_number(result, row, 3), end = stop;
        bool on = result_switch(result, row, 2);
        row++;
        bool more = row < report->rows && result_number(result, row, 0) == queue &&
                    result_number(result, row, 1) == operator;
        if (more && result_number(result, row, 3) < stop)
            end = result_number(result, row, 3);
        if (on && start < end && staff != NULL) {
            staff->people += end - start;
            spans_add(&staff->staffed, start, end);
        }
        if (!more)
            return row;
    }
}

static bool queue_in_scope(const struct report *report, int queue)
{
    return report->query->scope == STATISTICS_CONSORTIUM ||
           report->consortium->queues[queue].library == report->query->library;
}

/* Seconds of a queue or of a library's queues together. */
struct hours_sum {
    instant promised, kept, outside, people;
};

static void staffed_add_row(struct report *report, struct table *table, const char *name,
                            const struct hours_sum *sum)
{
    size_t row = table_add_row(table);

    table_set(table, row, 0, name);
    table_set_number(table, row, 1, sum->promised);
    table_set_number(table, row, 2, sum->kept);
    if (sum->promised > 0) {
        instant tenths = (sum->kept * 2000 + sum->promised) / (2 * sum->promised);
        table_set(table, row, 3, arena_printf(report->arena, "%d.%d", (int)(tenths / 10),
                                              (int)(tenths % 10)));
    }
    table_set_number(table, row, 4, sum->outside);
    table_set_number(table, row, 5, sum->people);
}

static void sum_add(struct hours_sum *sum, const struct hours_sum *part)
{
    sum->promised += part->promised;
    sum->kept += part->kept;
    sum->outside += part->outside;
    sum->people += part->people;
}

static void staffed_fill(struct report *report, struct table *table, struct staff *staffs,
                         instant stop)
{
    const struct consortium *consortium = report->consortium;
    bool all = report->query->scope == STATISTICS_CONSORTIUM;
    struct hours_sum *libraries = mem_new((consortium->library_count + 1) * sizeof *libraries);
    struct hours_sum total = {0};

    for (int i = 0; (size_t)i < consortium->queue_count; i++) {
        struct staff *staff = &staffs[i];
        if (!queue_in_scope(report, i))
            continue;
        promise_find(report, i, stop, &staff->promised);
        spans_merge(&staff->staffed);
        instant kept = spans_common(&staff->promised, &staff->staffed);
        struct hours_sum sum = {spans_sum(&staff->promised), kept,
                                spans_sum(&staff->staffed) - kept, staff->people};
        if (!all)
            staffed_add_row(report, table, consortium->queues[i].name, &sum);
        sum_add(&libraries[consortium->queues[i].library], &sum);
        sum_add(&total, &sum);
    }
    for (size_t i = 0; all && i < consortium->library_count; i++)
        staffed_add_row(report, table, consortium->libraries[i].name, &libraries[i]);
    staffed_add_row(report, table, "total", &total);
    free(libraries);
}

/* Where the caller named no time: the database's. */
static bool now_find(struct report *report, instant *ret_now)
{
    struct statement statement;

    *ret_now = report->query->now;
    if (*ret_now != 0)
        return true;
    statement_begin(&statement, "SELECT floor(extract(epoch FROM now()))::bigint");
    if (!report_run(report, &statement))
        return false;
    *ret_now = result_number(report->result, 0, 0);
    return true;
}

bool report_staffed(struct report *report)
{
    const struct consortium *consortium = report->consortium;
    bool all = report->query->scope == STATISTICS_CONSORTIUM;
    struct statement statement;
    instant stop;

    if (!now_find(report, &stop))
        return false;
    report_begin(report, &statement, statistics_sql_duty);
    if (!report_run(report, &statement))
        return false;
    if (stop > report->stop)
        stop = report->stop;
    struct staff *staffs = mem_new((consortium->queue_count + 1) * sizeof *staffs);
    for (int row = 0; row < report->rows;) {
        int queue = queue_by_id(consortium, result_number(report->result, row, 0));
        row = duty_read(report, row, stop, queue == NO_INDEX ? NULL : &staffs[queue]);
    }
    struct table *table = report_table(report, "staffed", "Promised and staffed hours");
    table_add_column(table, all ? "library" : "queue", all ? "Library" : "Queue", TABLE_TEXT);
    table_add_column(table, "promised", "Promised", TABLE_DURATION);
    table_add_column(table, "staffed", "of it staffed", TABLE_DURATION);
    table_add_column(table, "staffed_share", "Share", TABLE_SHARE);
    table_add_column(table, "outside", "Staffed besides", TABLE_DURATION);
    table_add_column(table, "people", "All people's", TABLE_DURATION);
    staffed_fill(report, table, staffs, stop);
    for (size_t i = 0; i < consortium->queue_count; i++) {
        free(staffs[i].promised.list);
        free(staffs[i].staffed.list);
    }
    free(staffs);
    return true;
}
