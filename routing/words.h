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
/* All that stands behind the word, without white space at its end. In the turn's arena. */
const char *word_argument(const struct word_call *call);
/* A whole number from 1 to `max`, and nothing else. */
bool word_number(const char *text, int max, int *ret);
/* A queue that the asker answers, by its name or, where that fits one alone, by the part behind the
 * library; else NULL. */
struct queue *word_own_queue(const struct word_call *call, const char *name);

/* words_chat.c: about one chat. */
void word_cancel(const struct word_call *call);
void word_decline(const struct word_call *call);
void word_end(const struct word_call *call);
void word_info(const struct word_call *call);
void word_note(const struct word_call *call);
void word_tag(const struct word_call *call);
void word_transfer(const struct word_call *call);

/* words_todo.c: about what is still to be done; in any window. */
void word_done(const struct word_call *call);
void word_todo(const struct word_call *call);

/* words_library.c: about the patron's library. */
void word_canned(const struct word_call *call);
void word_profile(const struct word_call *call);

/* words_desk.c: about the desk. */
void word_take(const struct word_call *call);
void word_wait(const struct word_call *call);
void word_who(const struct word_call *call);
/* The first `limit`, each on a line of its own behind the head. */
const char *choices_text(struct arena *arena, const char *head, const struct choices *choices,
                         size_t limit);
/* What !wait, !todo and !who show, appended, in the turn's arena. A target of another library than
 * `library` says so. */
void waiting_list(struct routing *routing, const struct operator *operator, struct choices *ret);
void todo_list(struct routing *routing, const struct operator *operator, struct choices *ret);
void targets_list(struct routing *routing, const struct operator *operator, int64_t library,
                  struct choices *ret);

/* words_duty.c: about the asker's own duty. */
void word_max(const struct word_call *call);
void word_off(const struct word_call *call);
void word_on(const struct word_call *call);
void word_until(const struct word_call *call);

/* words_block.c, words_explain.c */
void word_block(const struct word_call *call);
void word_explain(const struct word_call *call);

#endif
