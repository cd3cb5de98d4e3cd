#include "component/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

enum { LINE_MAX_BYTES = 1024 };

/* The clerk's thread logs, too. */
static atomic_int level_now = LOG_LEVEL_INFO;

void log_level_set(enum log_level level)
{
    atomic_store(&level_now, (int)level);
}

/* Marks that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069), so that a line
 * would be read as another one. */
static bool is_turning_mark(const char *at)
{
    unsigned char last = (unsigned char)at[2];

    return memcmp(at, "\xe2\x80", 2) == 0   ? last >= 0xaa && last <= 0xae
           : memcmp(at, "\xe2\x81", 2) == 0 ? last >= 0xa6 && last <= 0xa9
                                            : false;
}

/* One write a line, so that lines of several processes do not mix. Control characters could forge
 * a line of their own: they become '?'. */
__attribute__((format(printf, 3, 0))) static void log_line(int priority, const char *word,
                                                           const char *format, va_list arguments)
{
    char line[LINE_MAX_BYTES];
    int journal = getenv("JOURNAL_STREAM") != NULL;
    int head = journal ? snprintf(line, sizeof line, "<%d>", priority)
                       : snprintf(line, sizeof line, "deskbell: %s", word);
    int length = head + vsnprintf(line + head, sizeof line - (size_t)head, format, arguments);

    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    for (int i = head; i < length; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 127)
            line[i] = '?';
    for (int i = head; i + 2 < length; i++)
        if (is_turning_mark(line + i))
            memset(line + i, '?', 3);
    line[length] = '\n';
    fwrite(line, 1, (size_t)length + 1, stderr);
    fflush(stderr);
}

#define LOG_FUNCTION(name, level, priority, word)                                                  \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        if (atomic_load(&level_now) < (int)(level))                                                \
            return;                                                                                \
        va_start(arguments, format);                                                               \
        log_line(priority, word, format, arguments);                                               \
        va_end(arguments);                                                                         \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR, LOG_ERR, "error: ")
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING, LOG_WARNING, "warning: ")
LOG_FUNCTION(log_info, LOG_LEVEL_INFO, LOG_INFO, "")
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG, LOG_DEBUG, "debug: ")
