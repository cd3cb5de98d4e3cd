#include "component/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

enum { LINE_MAX_BYTES = 1024 };

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
    line[length] = '\n';
    fwrite(line, 1, (size_t)length + 1, stderr);
    fflush(stderr);
}

#define LOG_FUNCTION(name, priority, word)                                                         \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        log_line(priority, word, format, arguments);                                               \
        va_end(arguments);                                                                         \
    }

LOG_FUNCTION(log_error, LOG_ERR, "error: ")
LOG_FUNCTION(log_warning, LOG_WARNING, "warning: ")
LOG_FUNCTION(log_info, LOG_INFO, "")
