/* mem.h: allocation that cannot fail: out of memory aborts. Systemd restarts us and the store
 * restores, which is tested; a thousand untested error paths would not be. */
#ifndef DESKBELL_POLICY_MEM_H
#define DESKBELL_POLICY_MEM_H

#include <stddef.h>

/* Zeroed. Free with free(). */
void *mem_new(size_t size);
void *mem_resize(void *memory, size_t size);
char *mem_strdup(const char *text);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
