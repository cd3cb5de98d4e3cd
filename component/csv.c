#include "component/csv.h"

#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool csv_is_number(const char *cell)
{
    if (*cell == '-' || *cell == '+')
        cell++;
    size_t whole = strspn(cell, "0123456789");
    if (whole == 0)
        return false;
    cell += whole;
    if (cell[0] == '.' && digit(cell[1]))
        cell += 1 + strspn(cell + 1, "0123456789");
    return *cell == '\0';
}

/* Full-width forms count too: spreadsheets of East Asia read them as the ordinary ones. */
static bool begins_formula(const char *cell)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};

    if (*cell != '\0' && strchr("=+-@\t\r\n", *cell) != NULL)
        return !csv_is_number(cell);
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (strncmp(cell, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

void csv_put(FILE *out, const char *cell)
{
    if (cell == NULL)
        cell = "";
    bool formula = begins_formula(cell);
    /* A semicolon or a tab parts cells for some spreadsheets: quotes keep them together. */
    if (*cell != '\0' && strpbrk(cell, "\",;\t\r\n'") == NULL && cell[0] != ' ' &&
        cell[strlen(cell) - 1] != ' ') {
        fputs(formula ? "'" : "", out);
        fputs(cell, out);
        return;
    }
    fputs(formula ? "\"'" : "\"", out);
    for (; *cell != '\0'; cell++) {
        if (*cell == '"')
            fputc('"', out);
        fputc(*cell, out);
    }
    fputc('"', out);
}

void csv_put_line(FILE *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', out);
        csv_put(out, cells[i]);
    }
    fputs("\r\n", out);
}
