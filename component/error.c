#include "component/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *reterr, const char *format, ...)
{
    va_list arguments;

    if (reterr == NULL)
        return false;
    va_start(arguments, format);
    vsnprintf(reterr->text, sizeof reterr->text, format, arguments);
    va_end(arguments);
    return false;
}
