/* settings_check.h: what must hold for a consortium's settings as a whole, from wherever they came.
 *
 * A file is checked when it is read, and again after it was merged over the database: only then is
 * it known whether a new operator has the name of an old queue. */
#ifndef DESKBELL_COMPONENT_SETTINGS_CHECK_H
#define DESKBELL_COMPONENT_SETTINGS_CHECK_H

#include "component/settings_file.h"
#include "policy/consortium.h"

/* Sorts and links (consortium_link), then complains of accounts that two operators have, of
 * snippets that lead to another library, and of bounds that are passed. `backup_line` is where the
 * backup is named, 0 outside a file. */
void settings_check(struct consortium *consortium, const char *accounts_domain,
                    unsigned backup_line, struct file_reader *reader);

#endif
