#include "component/snippet_file.h"

#include <stdbool.h>
#include <string.h>

#include "component/json.h"
#include "policy/arena.h"
#include "policy/snippet.h"

struct words {
    const struct snippet_words *list;
    size_t count;
};

static void put_member(FILE *out, const char *key, const char *text)
{
    if (text == NULL)
        return;
    fprintf(out, ",\"%s\":", key);
    json_put_text(out, text);
}

/* A text, or where there are translations one for each language; the library's own words are the
 * English ones, which the page shows where a language is missing. */
static void put_translated(FILE *out, const struct words *words, const char *text)
{
    bool english = false, several = false;

    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->list[i].what, text) != 0)
            continue;
        fputs(several ? "," : "{", out);
        json_put_text(out, words->list[i].language);
        fputc(':', out);
        json_put_text(out, words->list[i].text);
        english |= strcmp(words->list[i].language, "en") == 0;
        several = true;
    }
    if (several && !english)
        fputs(",\"en\":", out);
    if (!english)
        json_put_text(out, text);
    if (several)
        fputc('}', out);
}

static void put_question(FILE *out, const struct words *words,
                         const struct snippet_question *question)
{
    static const char *const kinds[] = {[SNIPPET_TEXT] = "text", [SNIPPET_EMAIL] = "email",
                                        [SNIPPET_PHONE] = "tel", [SNIPPET_SELECT] = "select"};

    fputs("{\"label\":", out);
    put_translated(out, words, question->label);
    fprintf(out, ",\"type\":\"%s\"", kinds[question->kind]);
    if (question->required)
        fputs(",\"required\":true", out);
    for (size_t i = 0; i < question->option_count; i++) {
        fputs(i == 0 ? ",\"options\":[" : ",", out);
        put_translated(out, words, question->options[i]);
    }
    fputs(question->option_count > 0 ? "]}" : "}", out);
}

static void put_form(FILE *out, struct arena *arena, const struct words *words, const char *text)
{
    size_t count;
    const struct snippet_question *questions = snippet_questions(arena, text, &count);

    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? ",\"form\":[" : ",", out);
        put_question(out, words, &questions[i]);
    }
    if (count > 0)
        fputc(']', out);
}

/* The page's own words that a language has others for. The first line for a word counts. */
static void put_language(FILE *out, const struct words *words, const char *language)
{
    bool any = false;

    for (size_t i = 0; i < words->count; i++) {
        const struct snippet_words *one = &words->list[i];
        bool again = false;
        if (strcmp(one->language, language) != 0 || !snippet_word(one->what))
            continue;
        for (size_t k = 0; k < i; k++)
            again |= strcmp(words->list[k].language, language) == 0 &&
                     strcmp(words->list[k].what, one->what) == 0;
        if (again)
            continue;
        fputs(any ? "," : "{", out);
        json_put_text(out, one->what);
        fputc(':', out);
        json_put_text(out, one->text);
        any = true;
    }
    fputc('}', out);
}

static void put_texts(FILE *out, const struct words *words)
{
    bool any = false;

    for (size_t i = 0; i < words->count; i++) {
        bool again = !snippet_word(words->list[i].what);
        for (size_t k = 0; k < i; k++)
            again |= snippet_word(words->list[k].what) &&
                     strcmp(words->list[k].language, words->list[i].language) == 0;
        if (again)
            continue;
        fprintf(out, "%s\"%s\":", any ? "," : ",\"texts\":{", words->list[i].language);
        put_language(out, words, words->list[i].language);
        any = true;
    }
    if (any)
        fputc('}', out);
}

void snippet_put_members(FILE *out, const struct snippet_settings *snippet)
{
    struct arena *arena = arena_new();
    struct words words;

    words.list = snippet_words(arena, snippet->texts, &words.count);
    fputs("\"snippet\":", out);
    json_put_text(out, snippet->name);
    put_member(out, "accent", snippet->accent);
    put_member(out, "side", snippet->side);
    put_member(out, "closed", snippet->closed);
    if (snippet->consent)
        fputs(",\"consent\":true", out);
    put_member(out, "consent_link", snippet->consent_link);
    put_form(out, arena, &words, snippet->questions);
    put_texts(out, &words);
    arena_free(arena);
}
