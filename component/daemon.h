/* daemon.h: `deskbell run`: the loop of poll(), signals, and the manager's notifications. */
#ifndef DESKBELL_COMPONENT_DAEMON_H
#define DESKBELL_COMPONENT_DAEMON_H

#include "component/config.h"

/* Runs in the foreground until SIGTERM or SIGINT, or until it cannot go on. Returns the exit code:
 * 0, 1, or 78 (sysexits: EX_CONFIG) when the schema does not fit. SIGHUP reads configuration and
 * settings again, SIGUSR1 writes the live state to the log. */
int daemon_run(const struct config *config, const char *config_path);

#endif
