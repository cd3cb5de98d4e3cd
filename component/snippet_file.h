/* snippet_file.h: a snippet's settings as members of a JSON object, for its public file
 * (doc/protocol.md, "A snippet's file"). */
#ifndef DESKBELL_COMPONENT_SNIPPET_FILE_H
#define DESKBELL_COMPONENT_SNIPPET_FILE_H

#include <stdio.h>

#include "policy/consortium.h"

/* `"snippet":"mobstate (map room)"` and a member for each setting, without braces. Texts of the
 * library, as texts; nothing of them names a person. */
void snippet_put_members(FILE *out, const struct snippet_settings *snippet);

#endif
