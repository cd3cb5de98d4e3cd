/* server.h: the simulated PostgreSQL between pq.c, database.c and tables.c. */
#ifndef DESKBELL_TEST_SIMULATION_DESK_SERVER_H
#define DESKBELL_TEST_SIMULATION_DESK_SERVER_H

#include <libpq-fe.h>

#include "component/store_private.h"
#include "test/simulation/desk/desk.h"

enum { PARAMETERS_MAX = STORE_ARRAYS + 1, CALLS_MAX = 40, COLUMNS_MAX = 24 };

struct arena;
struct session;

/* A value in the wire's form; no bytes is NULL. A NUL stands behind it. */
struct cell {
    const char *bytes;
    int length;
};

struct call {
    int statement;   /* enum statement; NOBODY: */
    const char *sql; /* this text */
    int count;
    struct cell parameters[PARAMETERS_MAX];
};

/* What goes to the server up to a sync: one transaction. */
struct unit {
    struct unit *next;
    int64_t at; /* when the server has done it */
    struct arena *arena;
    int call_count;
    struct call calls[CALLS_MAX];
};

struct pg_result {
    struct pg_result *next; /* on the way to the client */
    int64_t at;             /* when it gets there */
    bool pause;             /* stands for a NULL */
    ExecStatusType status;
    const char *sqlstate, *message, *rule;
    int rows, columns;
    struct cell *cells;
};

struct pg_conn {
    struct pg_conn *next;
    int node;
    ConnStatusType status;
    int64_t connects_at; /* FOREVER: the server does not answer */
    bool refused;
    struct session *session;
    bool silent;       /* half-open: nothing comes any more */
    int64_t broken_at; /* the client notices; FOREVER: it is not broken */
    struct unit *building, *unsent, **unsent_end;
    struct pg_result *answers, **answers_end; /* in the wire */
    struct pg_result *arrived, **arrived_end; /* read by PQconsumeInput() */
    bool goodbye;                             /* the server says that it goes down */
    PQnoticeReceiver receiver;
    void *receiver_context;
    int notices; /* of changed settings */
};

/* --- pq.c --- */
extern struct pg_conn *connections;
struct pg_result *result_new(ExecStatusType status, int rows, int columns);
void result_set(struct pg_result *result, int row, int column, const char *bytes, int length);
void result_set_text(struct pg_result *result, int row, int column, const char *text);
struct unit *unit_new(void);
void unit_free(struct unit *unit);
void connection_answer(struct pg_conn *connection, struct pg_result *result, int64_t at);

/* --- database.c --- */
struct session *session_new(struct pg_conn *connection);
void session_receive(struct session *session, struct unit *unit);
/* The client closed its end: what has not arrived may be lost, and the server notices some time. */
void session_leave(struct session *session);

/* --- tables.c --- */
void tables_begin(void);
void tables_end(void);
/* Executes a prepared statement in the transaction that is open. An error has a sqlstate. */
struct pg_result *tables_execute(int64_t lease, const struct call *call);
void tables_commit(int node);
void tables_roll_back(void);
int64_t tables_batch_highest(int64_t epoch);
int64_t tables_chat_highest(void);
struct pg_result *result_error(const char *sqlstate, const char *message, const char *rule);

#endif
