/* Any text is searched for an address, and what is found lies within it. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/contact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_new(size + 1);
    struct contact contact;

    if (size > 0)
        memcpy(text, data, size);
    if (contact_find(text, &contact)) {
        assert(contact.length > 0);
        assert(contact.start + contact.length <= strlen(text));
        contact_is_all(text, &contact);
        assert(contact_read(text, &contact));
    }
    if (contact_read(text, &contact))
        assert(contact.start + contact.length <= strlen(text));
    free(text);
    return 0;
}
