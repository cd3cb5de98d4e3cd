/* day.h: a day at the desk, eight hours of sixty patrons and six librarians, as one plays it to see
 * whether the desk is quiet. Shared by the files of this folder. */
#ifndef DESKBELL_TEST_DAY_DAY_H
#define DESKBELL_TEST_DAY_DAY_H

#include <stdbool.h>
#include <stdio.h>

#include "test/scenario/world.h"

enum { OPERATORS = 6, PATRONS = 60, CHATS_MAX = 100, LINES_MAX = 24, DIALOGUES_MAX = 40 };

/* "P hello" is the patron's, "L hello" the librarian's. */
struct dialogue {
    char *lines[LINES_MAX];
    int count;
};

/* What one person saw of one chat: the window, as it stands on the screen. */
struct chat_window {
    bool open;    /* something was shown in it */
    bool taken;   /* the chat was this operator's at some time */
    bool dead;    /* the desk said that it is somebody else's, or over */
    msec_t dead_at;
    bool declined;
    bool planned; /* an answer is on its way from the fingers */
    int desk_lines;
    const char *last; /* the desk's last line, while nobody else said anything */
};

struct person {
    const char *name, *library; /* library: of operators */
    FILE *log;
    char *text;
    size_t length;
    int seconds; /* how fast: to read and to answer */
    bool here;
    struct chat_window windows[CHATS_MAX]; /* operators: by chat number */
    int desk_lines;                   /* patrons */
    const char *last;
};

struct patron_state {
    const char *queue;
    const struct dialogue *dialogue;
    int step;      /* the line of the dialogue that comes next */
    bool impatient; /* leaves when it takes long */
    bool gone;
    int64_t chat;
};

struct day {
    struct world world;
    struct person operators[OPERATORS], patrons[PATRONS];
    struct patron_state states[PATRONS];
    struct dialogue dialogues[DIALOGUES_MAX];
    int dialogue_count;
};

/* report.c: what everybody saw, and how much of it was the desk. */
void report_open(struct day *day);
/* A line on somebody's screen; `who` is "me", "patron", "desk", a name, or "" for what happens. */
void report_line(struct day *day, struct person *person, const char *place, const char *who,
                 const char *text);
/* Everything as files in the folder; false with a word on standard error when one cannot be. */
bool report_write(struct day *day, const char *folder);
/* Compares with the files; false with the first difference on standard error. */
bool report_compare(struct day *day, const char *folder);
/* The bounds; false with what is above them on standard error. */
bool report_judge(struct day *day);
void report_close(struct day *day);

#endif
