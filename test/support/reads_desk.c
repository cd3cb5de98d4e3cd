#include "test/support/reads_desk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"

static void libraries_put(void)
{
    sql(database,
        "INSERT INTO deskbell.library (consortium_id, name, title) VALUES (1, 'chatstaff', '');"
        "INSERT INTO deskbell.library_admin (library_id, account, position)"
        " VALUES (3, 'staffadmin@localhost', 0);"
        "INSERT INTO deskbell.address VALUES (1, 'mobius-slu', 'queue'),"
        " (1, 'mobius-chatstaff', 'queue'), (1, 'mobius-slu-jane', 'operator'),"
        " (1, 'mobius-chatstaff-max', 'operator');"
        "INSERT INTO deskbell.queue (library_id, consortium_id, name, title, retention_days)"
        " VALUES (2, 1, 'mobius-slu', '', 90), (3, 1, 'mobius-chatstaff', '', 30);"
        "INSERT INTO deskbell.operator (library_id, consortium_id, name, account)"
        " VALUES (2, 1, 'mobius-slu-jane', 'jane@localhost'),"
        " (3, 1, 'mobius-chatstaff-max', 'max@localhost');"
        "INSERT INTO deskbell.assignment (library_id, queue_id, consortium_id, operator_id,"
        " position) VALUES (2, 2, 1, 3, 0), (3, 3, 1, 4, 0)");
}

/* The claim, and the offer behind it, from which work is counted. */
static void claim(int chat, int operator, int seconds)
{
    char text[3][16];

    desk_claim(database, chat, operator, seconds);
    snprintf(text[0], sizeof text[0], "%d", chat);
    snprintf(text[1], sizeof text[1], "%d", operator);
    snprintf(text[2], sizeof text[2], "%d", seconds);
    desk_sql(database,
             "INSERT INTO deskbell.offer (library_id, chat, operator_id, operator_name, queue_id,"
             "  queue_name, at, outcome, decided)"
             " SELECT c.library_id, c.number, c.owner_id, c.owner_name, c.answering_queue_id,"
             "  c.answering_queue_name, c.opened, 'claimed',"
             "  c.opened + interval '1 second' * $3::integer"
             " FROM deskbell.chat c WHERE c.number = $1 AND c.owner_id = $2",
             text[0], text[1], text[2], NULL);
}

static void chats_put(void)
{
    static const struct {
        int library, first, last;
    } chats[READS_CHATS] = {{1, 1, 0}, {1, 4, 0}, {2, 1, 0}, {2, 1, 3}, {2, 3, 0}, {1, 0, 0}};

    for (int i = 0; i < READS_CHATS; i++) {
        char text[64];
        snprintf(text, sizeof text, "2025-03-03 %02d:00:00+00", 16 + i);
        desk_chat(database, chats[i].library, i + 1, text);
        snprintf(text, sizeof text, "where is zebra%d", i + 1);
        desk_line(database, i + 1, 0, text);
        if (chats[i].first != 0) {
            claim(i + 1, chats[i].first, 30);
            desk_line(database, i + 1, chats[i].first, "in room 7");
        }
        if (chats[i].last != 0)
            claim(i + 1, chats[i].last, 90);
    }
    sql(database,
        "INSERT INTO deskbell.followup (consortium_id, library_id, chat, queue_id, kind, body,"
        " contact, at, state, handed) VALUES (1, 1, 6, 1, 'left', 'where is zebra6',"
        " 'zoe@example.org', '2025-03-03 21:10:00+00', 'open', false)");
}

void reads_set_up(void)
{
    admin_set_up();
    libraries_put();
    chats_put();
    admin_settings_take();
}

void reads_grant(const char *account, int library, const char *right)
{
    char number[16];

    snprintf(number, sizeof number, "%d", library);
    desk_sql(database,
             "INSERT INTO deskbell.permission (consortium_id, library_id, account, \"right\","
             " granted_by) VALUES (1, $1, $2, $3, 'coord@localhost')",
             number, account, right, NULL);
    admin_settings_take();
}

const char *reads_run(const char *jid, const char *node, const char *library, const char *fields,
                       const char *reason)
{
    char *first = mem_printf("node='%s'", node), *next = mem_printf("node='%s' $", node);
    char *inner = mem_printf("<x xmlns='jabber:x:data' type='submit'>%s<field var='reason'>"
                             "<value>%s</value></field></x>",
                             fields, reason == NULL ? "" : reason);
    const char *answer = admin_send(jid, first, "");

    if (strstr(answer, "var=\"library\"") != NULL) {
        char *chosen = mem_printf("<x xmlns='jabber:x:data' type='submit'><field var='library'>"
                                  "<value>%s</value></field></x>",
                                  library);
        answer = admin_send(jid, next, chosen);
        free(chosen);
    }
    if (strstr(answer, "status=\"executing\"") != NULL)
        answer = admin_send(jid, next, inner);
    free(first);
    free(next);
    free(inner);
    return answer;
}
