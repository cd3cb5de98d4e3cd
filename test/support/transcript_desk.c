#include "test/support/transcript_desk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

PGconn *transcript_desk_new(void)
{
    PGconn *database = database_new();

    sql(database, "SET client_min_messages = warning");
    sql(database,
        "INSERT INTO deskbell.library (consortium_id, name, title)"
        " VALUES (1, 'slu', 'Saint Louis'), (1, 'chatstaff', '')");
    sql(database, "UPDATE deskbell.library SET title = 'Missouri State' WHERE library_id = 1");
    sql(database, "INSERT INTO deskbell.address VALUES (1, 'mobius-slu', 'queue'),"
                  " (1, 'mobius-chatstaff', 'queue'), (1, 'mobius-slu-jane', 'operator'),"
                  " (1, 'mobius-chatstaff-max', 'operator')");
    sql(database,
        "INSERT INTO deskbell.queue (library_id, consortium_id, name, title, retention_days)"
        " VALUES (2, 1, 'mobius-slu', '', 90), (3, 1, 'mobius-chatstaff', '', 30)");
    sql(database, "INSERT INTO deskbell.operator (library_id, consortium_id, name, account)"
                  " VALUES (2, 1, 'mobius-slu-jane', 'jane@localhost'),"
                  " (3, 1, 'mobius-chatstaff-max', 'max@localhost')");
    sql(database, "INSERT INTO deskbell.numbering (consortium_id, code_key) VALUES (1, 7)");
    sql(database, "BEGIN");
    return database;
}

void desk_sql(PGconn *database, const char *statement, ...)
{
    const char *values[16];
    int count = 0;
    va_list list;

    va_start(list, statement);
    for (const char *value; (value = va_arg(list, const char *)) != NULL;)
        values[count++] = value;
    va_end(list);
    PGresult *result = PQexecParams(database, statement, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "%s\n%s", statement, PQresultErrorMessage(result));
        abort();
    }
    PQclear(result);
}

struct digits {
    char text[16];
};

static struct digits digits(int number)
{
    struct digits digits;

    snprintf(digits.text, sizeof digits.text, "%d", number);
    return digits;
}

void desk_chat(PGconn *database, int library, int number, const char *opened)
{
    desk_sql(database,
             "INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address,"
             "  queue_id, queue_name, patron, patron_resource, state, ended_by, resolution, opened,"
             "  closed, last_line)"
             " SELECT 1, $1::bigint, $2::bigint, 'c' || $2, q.name || '.c' || $2, q.queue_id,"
             "  q.name, 'patron' || $2 || '@guest.localhost', 'browser', 'closed', 'patron',"
             "  'answered', $3::timestamptz, $3::timestamptz + interval '15 minutes', 0"
             " FROM deskbell.queue q WHERE q.queue_id = $1::bigint",
             digits(library).text, digits(number).text, opened, NULL);
}

void desk_claim(PGconn *database, int number, int operator, int seconds)
{
    desk_act(database, number, "claimed", operator, "");
    desk_sql(database,
             "UPDATE deskbell.chat c SET owner_id = o.operator_id, owner_name = o.name,"
             "  answering_queue_id = q.queue_id, answering_queue_name = q.name,"
             "  claimed = c.opened + interval '1 second' * $3::integer"
             " FROM deskbell.operator o JOIN deskbell.queue q ON q.library_id = o.library_id"
             " WHERE c.number = $1 AND o.operator_id = $2",
             digits(number).text, digits(operator).text, digits(seconds).text, NULL);
}

void desk_line(PGconn *database, int number, int operator, const char *body)
{
    desk_sql(database,
             "INSERT INTO deskbell.line (library_id, chat, line, at, author, operator_id,"
             "  operator_name, stanza_id, body)"
             " SELECT c.library_id, c.number, n.line, c.opened + interval '20 seconds' * n.line,"
             "  CASE WHEN o.operator_id IS NULL THEN 'patron' ELSE 'operator' END, o.operator_id,"
             "  o.name, 'id-of-stanza', $3"
             " FROM deskbell.chat c CROSS JOIN LATERAL (SELECT count(*) + 1 AS line"
             "   FROM deskbell.line l WHERE l.library_id = c.library_id AND l.chat = c.number) n"
             " LEFT JOIN deskbell.operator o ON o.operator_id = $2"
             " WHERE c.number = $1",
             digits(number).text, digits(operator).text, body, NULL);
}

void desk_act(PGconn *database, int number, const char *act, int operator, const char *detail)
{
    desk_sql(database,
             "INSERT INTO deskbell.act (library_id, chat, at, act, operator_id, operator_name,"
             "  detail)"
             " SELECT c.library_id, c.number, c.opened + interval '1 minute', $2, o.operator_id,"
             "  o.name, $4"
             " FROM deskbell.chat c LEFT JOIN deskbell.operator o ON o.operator_id = $3"
             " WHERE c.number = $1",
             digits(number).text, act, digits(operator).text, detail, NULL);
}
