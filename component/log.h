/* log.h: one line an event on standard error, with a syslog priority in front ("<4>") when
 * standard error is the journal. Lower case, 'quoted' subject, no full stop, cause last.
 * Never a chat's text and never a secret, at any level: a body is logged as its length. */
#ifndef DESKBELL_COMPONENT_LOG_H
#define DESKBELL_COMPONENT_LOG_H

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
