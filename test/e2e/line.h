/* line.h: the line protocol of the scripted clients, so that Python can drive them.
 *
 * In:  one command a line, `VERB JID TEXT`; in TEXT `\n` is a line break and `\\` a backslash.
 * Out: one event a line, a JSON object whose values are all strings: {"event":"message",...}. */
#ifndef DESKBELL_TEST_E2E_LINE_H
#define DESKBELL_TEST_E2E_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* One object to standard output, written at once. Pairs of name and value follow, then NULL; a
 * pair whose value is NULL is left out. */
void line_event(const char *event, ...) __attribute__((sentinel));

struct line_command {
    char *verb, *jid, *text; /* never NULL; point into the line */
};

/* Takes the line apart in place. */
void line_split(char *line, struct line_command *ret_command);

/* Reads what is there from standard input without waiting and calls `command` for each whole line.
 * False when the input has ended. */
bool line_poll(void (*command)(struct line_command *command, void *user), void *user);

#endif
