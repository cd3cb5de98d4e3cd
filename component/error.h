/* error.h: what went wrong, in words for the person who can do something about it. */
#ifndef DESKBELL_COMPONENT_ERROR_H
#define DESKBELL_COMPONENT_ERROR_H

#include <stdbool.h>

enum { ERROR_TEXT_MAX = 512 };

/* Filled only when a function fails. One line: lower case, 'quoted' subject, cause last. */
struct error {
    char text[ERROR_TEXT_MAX];
};

/* Fills `reterr` (which may be NULL) and returns false, so that a caller can return it. */
bool error_set(struct error *reterr, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
