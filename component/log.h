/* log.h: one line an event on standard error, with a syslog priority in front ("<4>") when
 * standard error is the journal. Lower case, 'quoted' subject, no full stop, cause last.
 * Never a chat's text and never a secret, at any level: a body is logged as its length.
 *
 * error: something is lost, refused or over, and a person has to look. warning: something is away
 * or odd, and the desk goes on by itself. info: what is rare and normal: start, connections,
 * settings, end. debug: each batch, each refusal, each try to connect. */
#ifndef DESKBELL_COMPONENT_LOG_H
#define DESKBELL_COMPONENT_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above the level are not written; LOG_LEVEL_INFO unless set. From any thread. */
void log_level_set(enum log_level level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
