/* names.h: the grammar of names, enforced everywhere.
 *
 *   label    = [a-z][a-z0-9]*                    at most 20
 *   rest     = [a-z0-9]([a-z0-9-]*[a-z0-9])?     at most 40
 *   queue    = label "-" label [ "-" rest ]      mobius-mobstate, mobius-mobstate-law
 *   operator = label "-" label "-" rest          mobius-mobstate-janedoe
 *   snippet  = label " (" text ")"               mobstate (home page)
 *
 * The first label is the consortium's, the second the library's. A chat can be transferred to
 * every queue and operator of the whole account, and only names keep a patron from landing in a
 * wrong library: so no other name can even be expressed. */
#ifndef DESKBELL_POLICY_NAMES_H
#define DESKBELL_POLICY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { LABEL_MAX = 20, REST_MAX = 40, SNIPPET_TEXT_MAX = 60 };

/* consortium-library-rest with both hyphens */
enum { NAME_MAX_BYTES = LABEL_MAX + 1 + LABEL_MAX + 1 + REST_MAX };

bool name_is_label(const char *text);
bool name_is_queue(const char *text);
bool name_is_operator(const char *text);

/* A snippet's text is 1 to 60 characters of valid UTF-8 without control characters and
 * parentheses. */
bool name_is_snippet(const char *text);

/* Whether a queue's or operator's name begins with exactly these two labels. */
bool name_belongs(const char *name, const char *consortium, const char *library);

/* Whether a snippet's name begins with exactly that library's label. */
bool name_snippet_belongs(const char *name, const char *library);

#endif
