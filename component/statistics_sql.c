/* statistics_sql.c: the statements. Parameters of all: $1 libraries, $2 start, $3 stop, in seconds.
 */
#include "component/statistics_private.h"

#define OPENED(row)                                                                                \
    row ".library_id = ANY ($1::bigint[]) AND " row ".opened >= to_timestamp($2::bigint)"          \
        " AND " row ".opened < to_timestamp($3::bigint)"

/* $4 the shortest duration, $5 whether the unanswered are in. Practice is never. */
#define CHOSEN                                                                                     \
    "WITH chosen AS (SELECT c.* FROM deskbell.chat c WHERE " OPENED("c")                           \
    " AND c.resolution IS DISTINCT FROM 'practice'"                                                \
    " AND (c.claimed IS NULL OR c.closed IS NULL"                                                  \
    "  OR c.closed - c.claimed >= make_interval(secs => $4::double precision))"                    \
    " AND ($5::boolean OR c.claimed IS NOT NULL))"

/* Rounded down. Not extract(), which counts in numeric and takes a third of a whole year's figures.
 * What a double leaves out of an interval is far below its microseconds. */
#define SECONDS(from, to) "floor(date_part('epoch', " to " - " from "))::bigint"

#define TIMES(name)                                                                                \
    "round(avg(" name "))::bigint, percentile_disc(0.5) WITHIN GROUP (ORDER BY " name "),"         \
    " percentile_disc(0.9) WITHIN GROUP (ORDER BY " name "), max(" name ")"

/* The parts of a time on the zone's wall, after CASE of a word of statistics_by_name(). */
#define CLOCK_BUCKETS(opened, zone)                                                                \
    " WHEN 'hour' THEN to_char(" opened " AT TIME ZONE " zone ", 'HH24')"                          \
    " WHEN 'weekday' THEN to_char(" opened " AT TIME ZONE " zone ", 'ID')"                         \
    " WHEN 'day' THEN to_char(" opened " AT TIME ZONE " zone ", 'YYYY-MM-DD')"                     \
    " WHEN 'month' THEN to_char(" opened " AT TIME ZONE " zone ", 'YYYY-MM')"

#define LIBRARY_NAME(id)                                                                           \
    "coalesce((SELECT l.name::text FROM deskbell.library l WHERE l.library_id = " id "), '')"    \
    " COLLATE \"C\""

/* $6 by, $7 zone. Is-total, bucket, chats, answered, missed, nobody there, abandoned, waiting,
 * running; then counts and times (1 + 4): wait, given up, first answer, duration. */
const char statistics_sql_chats[] = CHOSEN
    ", sorted AS (SELECT c.*,"
    "  CASE WHEN c.claimed IS NULL AND c.state = 'closed' THEN EXISTS (SELECT FROM deskbell.offer o"
    "   WHERE o.library_id = c.library_id AND o.chat = c.number) END AS asked,"
    "  CASE $6::text" CLOCK_BUCKETS("c.opened", "$7::text")
    "  WHEN 'queue' THEN coalesce((SELECT q.name::text FROM deskbell.queue q"
    "   WHERE q.library_id = c.library_id AND q.queue_id = c.queue_id), c.queue_name, '')"
    "  WHEN 'origin' THEN " LIBRARY_NAME("c.library_id")
    "  WHEN 'answering' THEN coalesce((SELECT " LIBRARY_NAME("a.answering_library_id")
    "   FROM deskbell.answering a WHERE a.library_id = c.library_id AND a.chat = c.number"
    "   ORDER BY a.began DESC, a.offer DESC LIMIT 1), '')"
    "  ELSE '' END COLLATE \"C\" AS bucket"
    "  FROM chosen c),"
    " counted AS (SELECT c.bucket, c.asked,"
    "  CASE WHEN c.claimed IS NOT NULL THEN 'answered' WHEN c.state <> 'closed' THEN 'waiting'"
    "   WHEN c.asked AND c.ended_by = 'patron' THEN 'abandoned' ELSE 'missed' END AS outcome,"
    "  c.state <> 'closed' AS running,"
    "  " SECONDS("c.opened", "c.claimed") " AS wait,"
    "  CASE WHEN c.asked AND c.ended_by = 'patron'"
    "   THEN " SECONDS("c.opened", "c.closed") " END AS given_up,"
    "  CASE WHEN c.claimed IS NOT NULL THEN (SELECT " SECONDS("c.opened", "l.at")
    "   FROM deskbell.line l WHERE l.library_id = c.library_id AND l.chat = c.number"
    "    AND l.author = 'operator' ORDER BY l.line LIMIT 1) END AS first_answer,"
    "  " SECONDS("c.claimed", "c.closed") " AS duration"
    "  FROM sorted c)"
    " SELECT grouping(bucket), bucket, count(*), count(*) FILTER (WHERE outcome = 'answered'),"
    "  count(*) FILTER (WHERE outcome = 'missed'),"
    "  count(*) FILTER (WHERE outcome = 'missed' AND NOT asked),"
    "  count(*) FILTER (WHERE outcome = 'abandoned'),"
    "  count(*) FILTER (WHERE outcome = 'waiting'), count(*) FILTER (WHERE running),"
    "  count(wait), " TIMES("wait") ", count(given_up), " TIMES("given_up") ","
    "  count(first_answer), " TIMES("first_answer") ", count(duration), " TIMES("duration")
    " FROM counted GROUP BY GROUPING SETS ((bucket), ()) ORDER BY 1, 2";

#define STRETCHES(join)                                                                            \
    "FROM deskbell.answering a " join " WHERE " OPENED("a") " AND NOT a.practice"                  \
    " AND (a.ended IS NULL OR a.ended - a.began >= make_interval(secs => $4::double precision))"

/* $4 the shortest stretch, $5 by, $6 zone, $7 the operator, 0: all. Is-total, bucket, chats, time;
 * then counts and times (1 + 4): wait for a first claim, stretches. */
const char statistics_sql_people[] =
    "WITH stretch AS (SELECT a.chat,"
    "  CASE $5::text" CLOCK_BUCKETS("a.opened", "$6::text")
    "  WHEN 'operator' THEN coalesce(o.name::text, a.operator_name, '')"
    "  WHEN 'origin' THEN " LIBRARY_NAME("a.asking_library_id")
    "  ELSE '' END COLLATE \"C\" AS bucket,"
    "  CASE WHEN a.is_first THEN " SECONDS("a.opened", "a.began") " END AS wait,"
    "  " SECONDS("a.began", "a.ended") " AS time "
    STRETCHES("LEFT JOIN deskbell.operator o"
              "  ON o.library_id = a.library_id AND o.operator_id = a.operator_id")
    " AND a.operator_id IS NOT NULL AND $7::bigint IN (0, a.operator_id))"
    " SELECT grouping(bucket), bucket, count(DISTINCT chat), coalesce(sum(time), 0),"
    "  count(wait), " TIMES("wait") ", count(time), " TIMES("time")
    " FROM stretch GROUP BY GROUPING SETS ((bucket), ()) ORDER BY 1, 2";

/* $4 the shortest stretch, $5 the library, 0: all. Ids and names of who was asked and of who
 * answered, chats, time. Of the rows that a stretch has, the asked library's counts for all. */
const char statistics_sql_answered[] =
    "SELECT a.asking_library_id, " LIBRARY_NAME("a.asking_library_id") ","
    "  a.answering_library_id, " LIBRARY_NAME("a.answering_library_id") ","
    "  count(DISTINCT a.chat), coalesce(sum(" SECONDS("a.began", "a.ended") "), 0) "
    STRETCHES("") " AND CASE WHEN $5::bigint = 0 THEN a.library_id = a.asking_library_id"
    "  ELSE $5::bigint IN (a.asking_library_id, a.answering_library_id) END"
    " GROUP BY 1, 3 ORDER BY 2, 4, 1, 3";

/* $6 the consortium. Kind, target, offered, taken. An operator who got a new name has the chats
 * "transferred", too. */
const char statistics_sql_transfers[] = CHOSEN
    ", handed AS (SELECT a.act, split_part(a.detail, ' ', 1) AS kind,"
    "  CASE WHEN EXISTS (SELECT FROM deskbell.address n WHERE n.consortium_id = $6::bigint"
    "   AND n.name = split_part(a.detail, ' ', 2) AND n.kind = 'operator')"
    "   THEN 'operator' ELSE 'queue' END AS target"
    "  FROM chosen c JOIN deskbell.act a ON a.library_id = c.library_id AND a.chat = c.number"
    "  WHERE a.act IN ('transfer offered', 'transferred') AND a.detail <> 'new name')"
    " SELECT kind, target, count(*) FILTER (WHERE act = 'transfer offered'),"
    "  count(*) FILTER (WHERE act = 'transferred')"
    " FROM handed GROUP BY kind, target ORDER BY kind DESC, target DESC";

/* Resolution, chats: of the answered that are over. Then a row "practice" for what was left out. */
const char statistics_sql_resolutions[] = CHOSEN
    " SELECT * FROM (SELECT coalesce(resolution, 'none'), count(*) FROM chosen"
    "  WHERE claimed IS NOT NULL AND state = 'closed' GROUP BY 1 ORDER BY 1) given"
    " UNION ALL SELECT 'practice', (SELECT count(*) FROM deskbell.chat c WHERE " OPENED("c")
    "  AND c.resolution = 'practice')";

/* Kind, all, done, mean time until done. */
const char statistics_sql_left[] =
    "SELECT f.kind, count(*), count(*) FILTER (WHERE f.state = 'done'),"
    "  round(avg(" SECONDS("f.at", "f.done_at") "))::bigint"
    " FROM deskbell.chat c JOIN deskbell.followup f"
    "  ON f.library_id = c.library_id AND f.chat = c.number"
    " WHERE " OPENED("c") " AND c.resolution IS DISTINCT FROM 'practice'"
    " GROUP BY f.kind ORDER BY f.kind DESC";

/* $6 how many. Tag, chats. */
const char statistics_sql_tags[] = CHOSEN
    " SELECT a.detail, count(DISTINCT c.number)"
    " FROM chosen c JOIN deskbell.act a ON a.library_id = c.library_id AND a.chat = c.number"
    " WHERE a.act = 'tagged' GROUP BY a.detail ORDER BY 2 DESC, a.detail COLLATE \"C\""
    " LIMIT $6::integer";

/* Queue, operator, on duty, since when: the state at the start, then each change. Who was ever on
 * duty is found by jumping from one to the next in the index, so that years of changes before the
 * start are not read. */
const char statistics_sql_duty[] =
    "WITH RECURSIVE pair AS ("
    "  SELECT s.library_id, f.queue_id, f.operator_id"
    "   FROM unnest($1::bigint[]) AS s (library_id) CROSS JOIN LATERAL"
    "    (SELECT d.queue_id, d.operator_id FROM deskbell.duty_log d"
    "     WHERE d.library_id = s.library_id ORDER BY d.queue_id, d.operator_id LIMIT 1) f"
    "  UNION ALL"
    "  SELECT p.library_id, n.queue_id, n.operator_id FROM pair p CROSS JOIN LATERAL"
    "   (SELECT d.queue_id, d.operator_id FROM deskbell.duty_log d"
    "    WHERE d.library_id = p.library_id"
    "     AND (d.queue_id, d.operator_id) > (p.queue_id, p.operator_id)"
    "    ORDER BY d.queue_id, d.operator_id LIMIT 1) n)"
    " SELECT p.queue_id, p.operator_id, d.on_duty,"
    "  floor(extract(epoch FROM greatest(d.at, to_timestamp($2::bigint))))::bigint"
    " FROM pair p CROSS JOIN LATERAL ("
    "  (SELECT on_duty, at, number FROM deskbell.duty_log b WHERE b.library_id = p.library_id"
    "    AND b.queue_id = p.queue_id AND b.operator_id = p.operator_id"
    "    AND b.at < to_timestamp($2::bigint) ORDER BY b.at DESC, b.number DESC LIMIT 1)"
    "  UNION ALL"
    "  (SELECT on_duty, at, number FROM deskbell.duty_log b WHERE b.library_id = p.library_id"
    "    AND b.queue_id = p.queue_id AND b.operator_id = p.operator_id"
    "    AND b.at >= to_timestamp($2::bigint) AND b.at < to_timestamp($3::bigint))) d"
    " ORDER BY p.queue_id, p.operator_id, d.at, d.number";
