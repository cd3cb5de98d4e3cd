/* json.h: texts as JSON strings (RFC 8259). */
#ifndef DESKBELL_COMPONENT_JSON_H
#define DESKBELL_COMPONENT_JSON_H

#include <stdbool.h>
#include <stdio.h>

/* With its quotes; NULL is null. Bytes that are not UTF-8 become U+FFFD, each. '<' and '>' are
 * escaped too, and the line separators U+2028 and U+2029, so that the text can stand in a script of
 * a page. */
void json_put_text(FILE *out, const char *text);

/* Whether a text is a number as JSON wants it: "-12.5", not "+1", "01", ".5" or "1.". */
bool json_is_number(const char *text);

#endif
