/* Any bytes as deskbell.conf: refused with words or read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    struct config config;
    char *text = malloc(size + 1);

    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (text == NULL || nowhere == NULL)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (config_load_text(text, "f", &config, nowhere))
        config_release(&config);
    free(text);
    return 0;
}
