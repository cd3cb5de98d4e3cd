/* words.h: what the words of operators share. See words.c for the table of all. */
#ifndef DESKBELL_ROUTING_WORDS_H
#define DESKBELL_ROUTING_WORDS_H

#include "routing/choices.h"
#include "routing/routing_private.h"

/* One word that somebody wrote. */
struct word_call {
    struct routing *routing;
    struct operator *operator;
    struct chat *chat;     /* NULL outside of a chat */
    const char *address;   /* whose window it is */
    const char *arguments; /* behind the word, trimmed at the front */
};

/* One plain line back into the window. */
void word_answer(const struct word_call *call, const char *text);
bool word_owns_chat(const struct word_call *call);

/* words_chat.c: about one chat. */
void word_cancel(const struct word_call *call);
void word_decline(const struct word_call *call);
void word_end(const struct word_call *call);
void word_info(const struct word_call *call);
void word_note(const struct word_call *call);
void word_tag(const struct word_call *call);
void word_transfer(const struct word_call *call);

/* words_desk.c: about the desk. */
void word_take(const struct word_call *call);
void word_wait(const struct word_call *call);
void word_who(const struct word_call *call);
/* What !wait and !who show, appended, in the turn's arena. `library` is the one that a target is
 * elsewhere from. */
void waiting_list(struct routing *routing, const struct operator *operator, struct choices *ret);
void targets_list(struct routing *routing, const struct operator *operator, int64_t library,
                  struct choices *ret);

#endif
