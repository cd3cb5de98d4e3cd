/* Any bytes as a consortium file: refused with words or read, and what was read can be written and
 * read again as the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/settings.h"
#include "component/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(const struct consortium *read)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    settings_write(read, out);
    fclose(out);
    struct consortium *again = settings_read_text(text, "again", "localhost", stderr);
    if (again == NULL || settings_diff(read, again, NULL, stderr) != 0) {
        fputs(text, stderr);
        abort();
    }
    consortium_free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    char *text = malloc(size + 1);

    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (text == NULL || nowhere == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    struct consortium *read = settings_read_text(text, "f", "localhost", nowhere);
    if (read != NULL) {
        settings_warn(read, "f", nowhere);
        write_and_read(read);
    }
    consortium_free(read);
    free(text);
    zone_forget_all();
    return 0;
}
