#include "policy/snippet.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/profile.h"

#define BLANKS " \t"

/* --- lines and their parts --- */

static const char *trimmed(struct arena *arena, const char *text, size_t length)
{
    while (length > 0 && strchr(BLANKS, text[0]) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        length--;
    return arena_strndup(arena, text, length);
}

/* The next line that is not blank, in the arena; NULL at the end. */
static const char *line_next(struct arena *arena, const char **at)
{
    while (**at != '\0') {
        size_t length = strcspn(*at, "\n");
        const char *line = trimmed(arena, *at, length);
        *at += length + ((*at)[length] == '\n');
        if (line[0] != '\0')
            return line;
    }
    return NULL;
}

/* Cuts a word in parentheses off the end, "(email)"; false when it is none of ours. */
static bool kind_cut(struct arena *arena, const char **label, enum snippet_kind *ret)
{
    static const struct {
        const char *word;
        enum snippet_kind kind;
    } kinds[] = {
        {"(text)", SNIPPET_TEXT},   {"(email)", SNIPPET_EMAIL}, {"(e-mail)", SNIPPET_EMAIL},
        {"(phone)", SNIPPET_PHONE}, {"(tel)", SNIPPET_PHONE},
    };
    size_t length = strlen(*label);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t word = strlen(kinds[i].word);
        if (length >= word && strcmp(*label + length - word, kinds[i].word) == 0) {
            *label = trimmed(arena, *label, length - word);
            *ret = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static bool star_cut(struct arena *arena, const char **label)
{
    size_t length = strlen(*label);

    if (length == 0 || (*label)[length - 1] != '*')
        return false;
    *label = trimmed(arena, *label, length - 1);
    return true;
}

/* "a student | a guest"; what is wrong with it, or NULL. */
static const char *options_read(struct arena *arena, const char *text,
                                struct snippet_question *question)
{
    question->options = arena_alloc(arena, SNIPPET_OPTIONS_MAX * sizeof *question->options);
    for (;;) {
        size_t length = strcspn(text, "|");
        const char *option = trimmed(arena, text, length);
        if (option[0] == '\0')
            return "has an empty choice";
        if (question->option_count == SNIPPET_OPTIONS_MAX)
            return "has more than 20 choices";
        question->options[question->option_count++] = option;
        if (text[length] == '\0')
            return NULL;
        text += length + 1;
    }
}

/* What is wrong with the line, or NULL. A colon without a choice behind it is the question's. */
static const char *question_read(struct arena *arena, const char *line,
                                 struct snippet_question *question)
{
    const char *colon = strchr(line, '|') == NULL ? NULL : strchr(line, ':');

    *question = (struct snippet_question){.label = line};
    if (colon == NULL && strchr(line, '|') != NULL)
        return "has choices, and no colon before them";
    if (colon != NULL) {
        const char *wrong = options_read(arena, colon + 1, question);
        if (wrong != NULL)
            return wrong;
        question->label = trimmed(arena, line, (size_t)(colon - line));
        question->kind = SNIPPET_SELECT;
    } else {
        kind_cut(arena, &question->label, &question->kind);
    }
    question->required = star_cut(arena, &question->label);
    return question->label[0] == '\0' ? "asks nothing" : NULL;
}

/* What is wrong with the line, or NULL; whether the page has such words is another question. */
static const char *words_read(struct arena *arena, const char *line, struct snippet_words *words)
{
    size_t language = strspn(line, "abcdefghijklmnopqrstuvwxyz");
    const char *colon = strchr(line, ':');

    if (language < 2 || language > 3 || line[language] != '.')
        return "does not begin with a language, such as 'en.'";
    if (colon == NULL)
        return "has no colon";
    words->language = arena_strndup(arena, line, language);
    words->what = trimmed(arena, line + language + 1, (size_t)(colon - line) - language - 1);
    words->text = trimmed(arena, colon + 1, strlen(colon + 1));
    if (words->what[0] == '\0')
        return "does not say which words";
    return words->text[0] == '\0' ? "has no words" : NULL;
}

struct snippet_question *snippet_questions(struct arena *arena, const char *text,
                                           size_t *ret_count)
{
    struct snippet_question *questions =
        arena_alloc(arena, SNIPPET_QUESTIONS_MAX * sizeof *questions);
    const char *line;
    size_t count = 0;

    while (text != NULL && count < SNIPPET_QUESTIONS_MAX && (line = line_next(arena, &text)))
        count += question_read(arena, line, &questions[count]) == NULL;
    *ret_count = count;
    return questions;
}

struct snippet_words *snippet_words(struct arena *arena, const char *text, size_t *ret_count)
{
    struct snippet_words *words = arena_alloc(arena, SNIPPET_WORDS_MAX * sizeof *words);
    const char *line;
    size_t count = 0;

    while (text != NULL && count < SNIPPET_WORDS_MAX && (line = line_next(arena, &text)))
        count += words_read(arena, line, &words[count]) == NULL;
    *ret_count = count;
    return words;
}

/* --- judging --- */

/* The brightness of a part of a colour, 0 to 1 (WCAG 2.2, "relative luminance"). */
static double brightness(const char *digits)
{
    const char pair[] = {digits[0], digits[1], '\0'};
    double part = (double)strtol(pair, NULL, 16) / 255;

    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* "#7a1f2b", dark enough for white words: 4.5 to 1 (WCAG 2.2, 1.4.3). */
static const char *accent_complaint(struct arena *arena, const char *accent)
{
    if (accent[0] != '#' || strlen(accent) != 7 ||
        strspn(accent + 1, "0123456789abcdefABCDEF") != 6)
        return arena_printf(arena, "accent: '%s' is not a colour such as #7a1f2b", accent);
    double light = 0.2126 * brightness(accent + 1) + 0.7152 * brightness(accent + 3) +
                   0.0722 * brightness(accent + 5);
    double contrast = 1.05 / (light + 0.05);
    if (contrast >= 4.5)
        return NULL;
    return arena_printf(arena,
                        "accent: white words on '%s' cannot be read (contrast %.1f, at least 4.5 "
                        "is needed): take a darker colour",
                        accent, floor(contrast * 10) / 10);
}

static const char *questions_complaint(struct arena *arena, const char *text)
{
    struct snippet_question question;
    const char *line;
    size_t count = 0;

    while ((line = line_next(arena, &text)) != NULL) {
        const char *wrong = question_read(arena, line, &question);
        if (wrong != NULL)
            return arena_printf(arena, "questions: '%s' %s", line, wrong);
        if (++count > SNIPPET_QUESTIONS_MAX)
            return arena_printf(arena, "questions: more than %d", SNIPPET_QUESTIONS_MAX);
    }
    return NULL;
}

bool snippet_word(const char *what)
{
    /* widget/texts/en.json, but for what says which language it is. */
    static const char *const known[] = {
        "about_page",  "button",       "button_closed", "close",        "consent",
        "consent_link", "consent_start", "delivered",    "desk",         "failed",
        "full",        "gone",         "hint",          "hint_title",   "input",
        "leave_contact", "leave_contact_bad", "leave_hint", "leave_question", "leave_send",
        "leave_skip",  "leave_title",  "left",          "link_back",    "link_connecting",
        "link_offline", "log",         "more",          "moved",        "newtab",
        "offer",       "offer_take",   "place",         "place_closed", "place_more",
        "popout",      "required",     "save",          "send",         "sending",
        "sound",       "start",        "state_away",    "state_backup", "state_busy",
        "state_busy_waiting", "state_closed", "state_closed_until", "state_missing", "state_open",
        "state_unknown", "title",      "typing",        "you"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], what) == 0)
            return true;
    return false;
}

static bool is_asked(const struct snippet_question *questions, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(questions[i].label, what) == 0)
            return true;
        for (size_t k = 0; k < questions[i].option_count; k++)
            if (strcmp(questions[i].options[k], what) == 0)
                return true;
    }
    return false;
}

static const char *texts_complaint(struct arena *arena, const struct snippet_settings *snippet)
{
    size_t asked, count = 0;
    struct snippet_question *questions = snippet_questions(arena, snippet->questions, &asked);
    const char *at = snippet->texts, *line;
    struct snippet_words words;

    while ((line = line_next(arena, &at)) != NULL) {
        const char *wrong = words_read(arena, line, &words);
        if (wrong != NULL)
            return arena_printf(arena, "texts: '%s' %s", line, wrong);
        if (!snippet_word(words.what) && !is_asked(questions, asked, words.what))
            return arena_printf(arena, "texts: '%s' is neither one of the page's words (title, "
                                "button, hint_title, hint, consent and such) nor asked here",
                                words.what);
        if (++count > SNIPPET_WORDS_MAX)
            return arena_printf(arena, "texts: more than %d lines", SNIPPET_WORDS_MAX);
    }
    return NULL;
}

static bool is_one_of(const char *text, const char *one, const char *other)
{
    return text == NULL || strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

const char *snippet_complaint(struct arena *arena, const struct snippet_settings *snippet)
{
    const char *wrong = NULL;

    if (snippet->accent != NULL)
        wrong = accent_complaint(arena, snippet->accent);
    if (wrong == NULL && !is_one_of(snippet->side, "start", "end"))
        wrong = arena_printf(arena, "side: '%s' is neither 'start' nor 'end'", snippet->side);
    if (wrong == NULL && !is_one_of(snippet->closed, "show", "hide"))
        wrong = arena_printf(arena, "closed: '%s' is neither 'show' nor 'hide'", snippet->closed);
    if (wrong == NULL && snippet->consent_link != NULL && !profile_is_link(snippet->consent_link))
        wrong = arena_printf(arena, "consent_link: '%s' is not an http address",
                             snippet->consent_link);
    if (wrong == NULL && snippet->questions != NULL)
        wrong = questions_complaint(arena, snippet->questions);
    if (wrong == NULL && snippet->texts != NULL)
        wrong = texts_complaint(arena, snippet);
    return wrong;
}

/* --- its file's name --- */

void snippet_key(const char *name, char key[static SNIPPET_KEY_SIZE])
{
    const char *open = strchr(name, '('), *at = open == NULL ? "" : open + 1;
    size_t length = strcspn(name, " ("), first;
    uint32_t number = 2166136261; /* FNV-1a: two texts in other letters are two files */

    memcpy(key, name, length);
    key[length++] = '.';
    first = length;
    for (; *at != '\0' && *at != ')'; at++) {
        unsigned char letter = (unsigned char)*at;
        number = (number ^ letter) * 16777619;
        if (letter < 0x80 && isalnum(letter))
            key[length++] = (char)tolower(letter);
        else if (length > first && key[length - 1] != '-')
            key[length++] = '-';
    }
    if (length > first && key[length - 1] == '-')
        length--;
    key[length] = '\0';
    if (length == first)
        snprintf(key + length, SNIPPET_KEY_SIZE - length, "%08" PRIx32, number);
}
