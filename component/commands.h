/* commands.h: what each subcommand does. Each returns the exit code and has said on standard error
 * what went wrong. */
#ifndef DESKBELL_COMPONENT_COMMANDS_H
#define DESKBELL_COMPONENT_COMMANDS_H

#include "component/command_line.h"

int command_run(const struct command_line *line);
int command_check(const struct command_line *line);
int command_migrate(const struct command_line *line);
int command_import(const struct command_line *line);
int command_import_closures(const struct command_line *line);
int command_status(const struct command_line *line);
int command_export(const struct command_line *line);
int command_explain(const struct command_line *line);

#endif
