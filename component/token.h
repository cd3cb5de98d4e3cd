/* token.h: the tokens that patrons come back with (routing/resume.c).
 *
 * SHA-1 is enough for their hash: who has the hash must find what it is of, and among 128 random
 * bits that is hopeless. Its known weakness, two made-up texts with the same hash, helps nobody
 * here; nor would a slow hash help us, which is for passwords that people choose. */
#ifndef DESKBELL_COMPONENT_TOKEN_H
#define DESKBELL_COMPONENT_TOKEN_H

#include <stdbool.h>

#include "routing/event.h"

/* The namespace of what the patron's page and the desk say about it. */
#define NS_RESUME "urn:x-deskbell:resume"

/* A new one, from the kernel's random bytes. */
void token_make(struct token *ret);

/* Reads "CODE.SECRET", hashing the secret. Returns false, with both empty, for what is no token. */
bool token_read(const char *text, char ret_code[CHAT_CODE_MAX + 1],
                char ret_hash[TOKEN_HASH_MAX + 1]);

#endif
