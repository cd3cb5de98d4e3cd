/* letters.h: random letters for people: passwords and codes that are read out and typed. */
#ifndef DESKBELL_COMPONENT_LETTERS_H
#define DESKBELL_COMPONENT_LETTERS_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `ret` with size - 1 characters: groups of `group` with hyphens between them. Each letter is
 * one of 32 that are not mistaken for one another (no 0 and o, 1 and l), so five random bits. */
void letters_make(char *ret, size_t size, size_t group);

/* Whether the text has the shape of what letters_make() makes with these numbers. */
bool letters_are(const char *text, size_t size, size_t group);

#endif
