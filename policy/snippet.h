/* snippet.h: what a library chooses for one button on its pages, judged.
 *
 * A snippet's settings are short texts that a form can ask for: a colour, the side of the page,
 * whether the button is there while the desk is closed, consent, and two texts of lines. The desk
 * writes them into a small public file that the patrons' page reads (component/snippet_file.h).
 *
 * Questions before the chat, one a line: what is asked, then '*' when it has to be answered, then
 * its kind in parentheses, or what there is to choose from behind a colon:
 *
 *     Your name
 *     E-mail* (email)
 *     I am: a student | a guest
 *
 * Words instead of the page's own, one a line: the language, a point, which words, a colon. Which
 * words are those of the page (snippet_word()), or a question or choice of this snippet:
 *
 *     en.title: Map room
 *     es.I am: Soy */
#ifndef DESKBELL_POLICY_SNIPPET_H
#define DESKBELL_POLICY_SNIPPET_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/consortium.h"

struct arena;

enum {
    SNIPPET_QUESTIONS_MAX = 8, /* nobody answers more before a chat */
    SNIPPET_OPTIONS_MAX = 20,
    SNIPPET_WORDS_MAX = 100,
    SNIPPET_KEY_SIZE = 92
};

enum snippet_kind { SNIPPET_TEXT, SNIPPET_EMAIL, SNIPPET_PHONE, SNIPPET_SELECT };

struct snippet_question {
    const char *label;
    enum snippet_kind kind;
    bool required;
    size_t option_count;
    const char **options;
};

struct snippet_words {
    const char *language; /* "en" */
    const char *what;     /* "title", or a question or a choice */
    const char *text;
};

/* The two texts, taken apart in the arena; NULL for none. Lines that are wrong are left out: they
 * were refused when they were written. */
struct snippet_question *snippet_questions(struct arena *arena, const char *text,
                                           size_t *ret_count);
struct snippet_words *snippet_words(struct arena *arena, const char *text, size_t *ret_count);

/* What is wrong with the settings, "accent: ..." in a line without a full stop, in the arena; NULL
 * when nothing is. Only what is set is judged. */
const char *snippet_complaint(struct arena *arena, const struct snippet_settings *snippet);

/* Whether the page has such words of its own: "title", "hint", "consent". */
bool snippet_word(const char *what);

/* The name of its file, "mobstate.map-room" for "mobstate (Map room)": small letters, the text
 * behind a point, all else a hyphen. No queue's name has a point. A text without any letter of
 * a to z and digit gets a number of its own. */
void snippet_key(const char *name, char key[static SNIPPET_KEY_SIZE]);

#endif
