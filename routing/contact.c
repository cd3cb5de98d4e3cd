#include "routing/contact.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum {
    LOCAL_BYTES_MAX = 64,   /* RFC 5321, section 4.5.3.1 */
    DOMAIN_BYTES_MAX = 253, /* RFC 1035, section 2.3.4, as it is written */
    DIGITS_MIN = 7,
    DIGITS_MAX = 15, /* ITU-T E.164 */
    GROUPS_MAX = 8,
    SEPARATORS_MAX = 3 /* side by side: ") -" */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of UTF-8 count as letters: names of people and hosts have them. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool is_local(char c)
{
    return is_letter(c) || is_digit(c) || (c != '\0' && strchr("._%+-'", c) != NULL);
}

static bool is_domain(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

/* Two labels at least, none of them empty, and a last one that could be a top-level domain. */
static bool domain_is_fine(const char *domain, size_t length)
{
    size_t label = 0, labels = 0;

    for (size_t i = 0; i <= length; i++) {
        if (i < length && domain[i] != '.') {
            label++;
            continue;
        }
        if (label == 0 || domain[i - 1] == '-' || domain[i - label] == '-')
            return false;
        labels++;
        if (i == length && (label < 2 || !is_letter(domain[i - 1])))
            return false;
        label = 0;
    }
    return labels >= 2 && length <= DOMAIN_BYTES_MAX;
}

/* The address around the '@' at `at`; nothing before `from` belongs to it. */
static bool mail_at(const char *text, size_t from, size_t at, struct contact *ret)
{
    size_t start = at, end = at + 1;

    while (start > from && is_local(text[start - 1]))
        start--;
    while (start < at && (text[start] == '.' || text[start] == '\'' || text[start] == '-'))
        start++; /* the end of a sentence or the beginning of a quotation */
    while (is_domain(text[end]))
        end++;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-'))
        end--;
    if (start == at || at - start > LOCAL_BYTES_MAX || text[at - 1] == '.' ||
        !domain_is_fine(text + at + 1, end - at - 1))
        return false;
    *ret = (struct contact){start, end - start};
    return true;
}

static bool mail_find(const char *text, struct contact *ret)
{
    size_t from = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] != '@')
            continue;
        if (mail_at(text, from, i, ret))
            return true;
        from = i + 1;
    }
    return false;
}

/* Digits with separators between: how many, in which groups. */
struct run {
    size_t length; /* up to the last digit */
    size_t end;    /* where it was looked at last */
    bool plus;
    int digits;
    int group_count; /* may be more than are kept */
    int groups[GROUPS_MAX];
};

static void run_read(const char *text, struct run *run)
{
    int separators = 0;
    size_t i = 0;

    memset(run, 0, sizeof *run);
    run->plus = text[0] == '+';
    for (i += run->plus; text[i] != '\0'; i++) {
        if (is_digit(text[i])) {
            if (separators > 0 || run->digits == 0)
                run->group_count++;
            if (run->group_count <= GROUPS_MAX)
                run->groups[run->group_count - 1]++;
            separators = 0;
            run->digits++;
            run->length = i + 1;
        } else if (strchr(" -.()", text[i]) != NULL && separators < SEPARATORS_MAX) {
            separators++;
        } else {
            break;
        }
    }
    run->end = i;
}

/* "1914-1918", "ISSN 1234-5679", "2026-11-24", "24.12.2026", "978-0-13-110362-7". */
static bool run_is_something_else(const char *text, const struct run *run)
{
    const int *groups = run->groups;

    if (run->plus)
        return false;
    if (run->digits == 13 && (strncmp(text, "978", 3) == 0 || strncmp(text, "979", 3) == 0))
        return true;
    if (run->group_count == 2)
        return groups[0] == 4 && groups[1] == 4;
    if (run->group_count < 3 || groups[1] > 2)
        return false;
    return (groups[0] == 4 && groups[2] <= 2) ||
           (run->group_count == 3 && groups[0] <= 2 && groups[2] == 4);
}

/* Ten digits in North America begin with 2 to 9, where an ISBN of ten begins with 0 or 1. */
static bool run_is_bare_phone(const char *text, const struct run *run)
{
    const char *number = run->digits == 11 && text[0] == '1' ? text + 1 : text;

    return run->digits - (number - text) == 10 && number[0] >= '2';
}

static bool phone_is_fine(const char *all, size_t start, const struct run *run)
{
    struct contact contact = {start, run->length};
    const char *text = all + start;
    char next = text[run->length];

    if (run->digits < DIGITS_MIN || run->digits > DIGITS_MAX || run_is_something_else(text, run))
        return false;
    if (is_letter(next) && next != 'x')
        return false; /* a call number, "2nd" */
    if (run->plus || run->group_count > 1)
        return true;
    return run_is_bare_phone(text, run) && contact_is_all(all, &contact);
}

static bool word_in(const char *text, const char *word)
{
    for (; *text != '\0'; text++)
        if (strncasecmp(text, word, strlen(word)) == 0)
            return true;
    return false;
}

static bool phone_find(const char *text, struct contact *ret)
{
    struct run run;

    if (word_in(text, "isbn") || word_in(text, "issn"))
        return false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (!is_digit(text[i]) && text[i] != '+' && text[i] != '(')
            continue;
        run_read(text + i, &run);
        bool begins = i == 0 || !(is_letter(text[i - 1]) || strchr("/_=#", text[i - 1]) != NULL);
        if (run.digits > 0 && begins && phone_is_fine(text, i, &run)) {
            *ret = (struct contact){i, run.length};
            return true;
        }
        i += run.end - 1; /* all of it was looked at; the loop goes on behind it */
    }
    return false;
}

bool contact_find(const char *text, struct contact *ret)
{
    return mail_find(text, ret) || phone_find(text, ret);
}

bool contact_read(const char *field, struct contact *ret)
{
    size_t start = strspn(field, " ");
    struct run run;

    if (contact_find(field, ret))
        return true;
    run_read(field + start, &run);
    *ret = (struct contact){start, run.length};
    return run.digits >= DIGITS_MIN && run.digits <= DIGITS_MAX && run.group_count == 1 &&
           field[start + run.end] == '\0';
}

static bool is_filler(const char *word, size_t length)
{
    static const char *const fillers[] = {
        "a",    "address", "and",    "answer", "at",    "by",     "call",  "cell", "contact",
        "e",    "email",   "here",   "hi",     "i",     "is",     "it",    "m",    "mail",
        "mailto", "me",    "mobile", "my",     "number", "on",    "or",    "phone", "please",
        "s",    "tel",     "telephone", "text", "thank", "thanks", "the",  "this", "to",
        "use",  "write",   "you",
    };

    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
        if (strlen(fillers[i]) == length && strncasecmp(fillers[i], word, length) == 0)
            return true;
    return false;
}

bool contact_is_all(const char *text, const struct contact *contact)
{
    size_t i = 0;

    assert(contact->length > 0);
    if (strnlen(text, CONTACT_LINE_BYTES_MAX + 1) > CONTACT_LINE_BYTES_MAX)
        return false;
    while (text[i] != '\0') {
        if (i == contact->start) {
            i += contact->length;
            continue;
        }
        size_t length = 0;
        while (i + length != contact->start &&
               (is_letter(text[i + length]) || is_digit(text[i + length])))
            length++;
        if (length > 0 && !is_filler(text + i, length))
            return false;
        i += length > 0 ? length : 1;
    }
    return true;
}
