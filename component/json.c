#include "component/json.h"

#include <string.h>

#include "component/utf8.h"

void json_put_text(FILE *out, const char *text)
{
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    while (*text != '\0') {
        unsigned char c = (unsigned char)*text;
        int bytes = utf8_character(text);
        if (bytes == 0)
            fputs("\\ufffd", out);
        else if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c < 0x20 || c == 0x7f || c == '<' || c == '>')
            fprintf(out, "\\u%04x", c);
        else if (strncmp(text, "\xe2\x80\xa8", 3) == 0 || strncmp(text, "\xe2\x80\xa9", 3) == 0)
            fprintf(out, "\\u202%c", (unsigned char)text[2] == 0xa8 ? '8' : '9');
        else
            fwrite(text, 1, (size_t)bytes, out);
        text += bytes > 0 ? bytes : 1;
    }
    fputc('"', out);
}

bool json_is_number(const char *text)
{
    if (*text == '-')
        text++;
    size_t whole = strspn(text, "0123456789");
    if (whole == 0 || (whole > 1 && text[0] == '0'))
        return false;
    text += whole;
    if (*text == '.') {
        size_t fraction = strspn(text + 1, "0123456789");
        if (fraction == 0)
            return false;
        text += 1 + fraction;
    }
    return *text == '\0';
}
