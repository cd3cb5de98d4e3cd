/* line.c: see line.h. */
#include "test/e2e/line.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Above what any scenario says to a client: a 1 MiB stanza of a hostile guest, in hex or not. */
enum { LINE_MAX_BYTES = 4 << 20 };

static void string_put(const char *text)
{
    putchar('"');
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            printf("\\%c", *byte);
        else if (*byte < 0x20)
            printf("\\u%04x", *byte);
        else
            putchar(*byte);
    }
    putchar('"');
}

void line_event(const char *event, ...)
{
    va_list pairs;
    const char *name;

    fputs("{\"event\":", stdout);
    string_put(event);
    va_start(pairs, event);
    while ((name = va_arg(pairs, const char *))) {
        const char *value = va_arg(pairs, const char *);
        if (!value)
            continue;
        putchar(',');
        string_put(name);
        putchar(':');
        string_put(value);
    }
    va_end(pairs);
    fputs("}\n", stdout);
    fflush(stdout);
}

static void unescape(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (text[0] == '\\' && (text[1] == 'n' || text[1] == '\\'))
            *to++ = *++text == 'n' ? '\n' : '\\';
        else
            *to++ = *text;
    }
    *to = '\0';
}

void line_split(char *line, struct line_command *ret_command)
{
    char *end = line + strcspn(line, "\r\n");

    *end = '\0';
    ret_command->verb = line;
    ret_command->jid = line + strcspn(line, " ");
    if (*ret_command->jid)
        *ret_command->jid++ = '\0';
    ret_command->text = ret_command->jid + strcspn(ret_command->jid, " ");
    if (*ret_command->text)
        *ret_command->text++ = '\0';
    unescape(ret_command->text);
}

bool line_poll(void (*command)(struct line_command *command, void *user), void *user)
{
    static char buffer[LINE_MAX_BYTES];
    static size_t used;

    for (;;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&input, 1, 0) <= 0)
            return true;
        ssize_t count = read(STDIN_FILENO, buffer + used, sizeof(buffer) - used - 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        used += (size_t)count;
        for (char *end; (end = memchr(buffer, '\n', used));) {
            struct line_command words;
            size_t length = (size_t)(end - buffer) + 1;
            *end = '\0';
            line_split(buffer, &words);
            command(&words, user);
            used -= length;
            memmove(buffer, buffer + length, used);
        }
        if (used == sizeof(buffer) - 1)
            return false;
    }
}
