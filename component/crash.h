/* crash.h: places where a test ends the process as a lost power line would: at once.
 *
 * Only the test program `deskbell_crash` has them (test/parts/crash.cmake). In every other build
 * they are nothing, and the name of a point is in no program. test/crash visits each of them. */
#ifndef DESKBELL_COMPONENT_CRASH_H
#define DESKBELL_COMPONENT_CRASH_H

#include <stddef.h>

#ifdef DESKBELL_CRASH_POINTS

/* Counts a visit; at the one that the environment names (DESKBELL_CRASH=POINT:VISIT, several with
 * commas) it does not return. From any thread. */
void crash_point(const char *name);

/* As much of `length` as is to be written before the process ends at the point: the half of it at
 * the visit that the environment names, else all. */
size_t crash_part(const char *name, size_t length);

#define CRASH_POINT(name) crash_point(name)
#define CRASH_PART(name, length) crash_part(name, length)

#else

#define CRASH_POINT(name) ((void)0)
#define CRASH_PART(name, length) (length)

#endif

#endif
