/* utf8.h: what may be in a text that comes from outside. */
#ifndef DESKBELL_COMPONENT_UTF8_H
#define DESKBELL_COMPONENT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at the beginning of a text, 0 if there is none: at the end, and where it
 * is not valid UTF-8. */
int utf8_character(const char *text);

/* The number of characters (code points), -1 if it is not valid UTF-8 (RFC 3629). */
int utf8_length(const char *text);

/* Columns that valid UTF-8 text takes on a screen with letters of equal width: none for a mark that
 * stands on the letter before, two for East Asian letters and for pictures. By ranges, without a
 * locale: a guess that is right for nearly all texts. The second is of the first `bytes_max`. */
int utf8_columns(const char *text);
int utf8_columns_of(const char *text, size_t bytes_max);

/* Whether valid UTF-8 text has a C0 or C1 control character or DEL; `newlines` lets line feeds and
 * tabs pass. */
bool utf8_has_control(const char *text, bool newlines);

#endif
