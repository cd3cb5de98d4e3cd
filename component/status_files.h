/* status_files.h: how each queue is, as small public files for any web server to hand out.
 *
 * QUEUE.json, .txt, .svg and .js in status_dir, replaced atomically when something changes and at
 * least once a minute: who reads `ts` knows that the desk is alive. Each snippet has the .json of
 * its queue under its own key (policy/snippet.h), with its settings in it. Nothing in them names a
 * person. */
#ifndef DESKBELL_COMPONENT_STATUS_FILES_H
#define DESKBELL_COMPONENT_STATUS_FILES_H

#include <stdint.h>

#include "routing/routing.h"

enum { STATUS_FILES_MS_MAX = 60 * 1000 };

struct status_files;

/* Makes the folder when it is not there. `folder` is borrowed. */
struct status_files *status_files_new(const char *folder);
struct status_files *status_files_free(struct status_files *files);

/* The settings whose snippets are written; borrowed until the next ones. With the next update the
 * files of snippets that are no more are removed: those in the folder that have a snippet's key for
 * a name. */
void status_files_settings(struct status_files *files, const struct consortium *settings);

/* Writes what has changed since the last call, and everything once a minute. A file that cannot be
 * written is logged once, and tried again with the next change. */
void status_files_update(struct status_files *files, const struct routing *routing,
                         int64_t now_ms, int64_t wall_ms);

/* When the next update is due if nothing changes. */
int64_t status_files_deadline(const struct status_files *files);

#endif
